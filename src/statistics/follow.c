/* -z follow,PROTOCOL,MODE,FLOW[,RANGE]: what a flow carried, as text. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "follow/follow.h"
#include "follow/text.h"
#include "statistics/all.h"
#include "statistics/follow.h"

static const struct {
    const char *name;
    FmFollowLevel level;
    FmFlowKind kind;
    const char *flow_field, *stream_field; /* stream_field: a second number is wanted */
    const char *transport;
} protocols[] = {
    [FM_FOLLOWED_TCP] = { "tcp", FM_FOLLOW_TRANSPORT, FM_FLOW_TCP, "tcp.stream", NULL, "tcp" },
    [FM_FOLLOWED_UDP] = { "udp", FM_FOLLOW_TRANSPORT, FM_FLOW_UDP, "udp.stream", NULL, "udp" },
    [FM_FOLLOWED_TLS] = { "tls", FM_FOLLOW_DECRYPTED, FM_FLOW_TCP, "tcp.stream", NULL, "tcp" },
    [FM_FOLLOWED_HTTP] = { "http", FM_FOLLOW_HTTP, FM_FLOW_TCP, "tcp.stream", NULL, "tcp" },
    [FM_FOLLOWED_HTTP2] = { "http2", FM_FOLLOW_HTTP2, FM_FLOW_TCP, "tcp.stream", "http2.streamid", NULL },
    [FM_FOLLOWED_QUIC] = { "quic", FM_FOLLOW_TRANSPORT, FM_FLOW_QUIC, "quic.connection.number", "quic.stream.stream_id", NULL },
    [FM_FOLLOWED_WEBSOCKET] = { "websocket", FM_FOLLOW_WEBSOCKET, FM_FLOW_TCP, "tcp.stream", NULL, "tcp" },
};

#define LINE "===================================================================\n"

typedef struct Follow {
    FmObserver base;
    FmFollow *follow;
    FmFollowed protocol;
    FmFollowMode mode;
    const char *mode_name;
    char *filter;             /* as it is printed */
    uint64_t first, last;     /* chunks that are printed */
    uint64_t chunks, left_out;
    uint64_t offsets[2];      /* for hex */
    FmText text;
} Follow;

/* ---- chunks ---- */

static void put_chunk(Follow *f, const FmFollowChunk *chunk, FmSlice bytes)
{
    FmText *out = &f->text;
    const char *indent = chunk->side ? "\t" : "";
    switch (f->mode) {
    case FM_FOLLOW_MODE_YAML:
        fm_text_printf(out, "  - packet: %u\n    peer: %u\n    timestamp: ", chunk->packet, chunk->side);
        fm_text_seconds(out, chunk->time, 9);
        fm_text_literal(out, "\n    data: !!binary |\n");
        fm_follow_base64(out, bytes, "      ");
        break;
    case FM_FOLLOW_MODE_HEX: fm_follow_hex(out, bytes, f->offsets[chunk->side], indent); break;
    case FM_FOLLOW_MODE_RAW:
        fm_text_put(out, indent);
        fm_text_bytes(out, bytes, 0);
        fm_text_char(out, '\n');
        break;
    default:
        fm_text_printf(out, "%s%zu\n", indent, bytes.size);
        fm_follow_plain(out, bytes, f->mode);
        fm_text_char(out, '\n');
        break;
    }
}

static void take_chunk(void *data, const FmFollowChunk *chunk)
{
    Follow *f = data;
    char missing[64];
    FmSlice bytes = chunk->bytes;
    if (chunk->missing) { /* its NUL counts, as it does in tshark */
        int n = snprintf(missing, sizeof missing, "[%" PRIu64 " bytes missing in capture file]", chunk->missing);
        bytes = (FmSlice){ (const uint8_t *)missing, (size_t)n + 1 };
    }
    f->chunks++;
    if (f->chunks >= f->first && f->chunks <= f->last) {
        if (f->text.size < FM_MAX_FOLLOW)
            put_chunk(f, chunk, bytes);
        else
            f->left_out += bytes.size;
    }
    f->offsets[chunk->side] += bytes.size;
}

/* ---- the observer ---- */

static void follow_packet(FmObserver *observer, const FmPacket *packet)
{
    fm_follow_packet(((Follow *)observer)->follow, packet);
}

static void put_address(FmText *out, const FmFollowEnd *end)
{
    if (end->address.type != FM_ADDRESS_NONE)
        fm_address_text(out, &end->address);
}

static void put_peers(const Follow *f, FmText *out)
{
    fm_text_literal(out, "peers:\n");
    for (unsigned side = 0; side < 2; side++) {
        const FmFollowEnd *end = fm_follow_end(f->follow, side);
        fm_text_printf(out, "  - peer: %u\n    host: ", side);
        put_address(out, end);
        fm_text_printf(out, "\n    port: %u\n", end->port);
    }
    fm_text_literal(out, "packets:\n");
}

static void put_header(const Follow *f, FmText *out)
{
    fm_text_literal(out, "\n" LINE);
    fm_text_printf(out, "Follow: %s,%s\nFilter: %s\n", protocols[f->protocol].name, f->mode_name, f->filter);
    for (unsigned side = 0; side < 2; side++) {
        const FmFollowEnd *end = fm_follow_end(f->follow, side);
        fm_text_printf(out, "Node %u: ", side);
        if (end->address.type == FM_ADDRESS_IPV6)
            fm_text_char(out, '[');
        put_address(out, end);
        fm_text_printf(out, "%s:%u\n", end->address.type == FM_ADDRESS_IPV6 ? "]" : "", end->port);
    }
}

static void follow_print(FmObserver *observer, FmText *out)
{
    Follow *f = (Follow *)observer;
    if (f->mode == FM_FOLLOW_MODE_YAML)
        put_peers(f, out);
    else
        put_header(f, out);
    fm_text_add(out, f->text.data, f->text.size);
    if (f->left_out)
        fm_text_printf(out, "%s%" PRIu64 " bytes more; \"fathom follow\" shows all\n", f->mode == FM_FOLLOW_MODE_YAML ? "# " : "", f->left_out);
    if (f->mode != FM_FOLLOW_MODE_YAML)
        fm_text_literal(out, LINE);
}

static void follow_free(FmObserver *observer)
{
    Follow *f = (Follow *)observer;
    fm_follow_free(f->follow);
    fm_text_clear(&f->text);
    g_free(f->filter);
    g_free(f);
}

/* ---- the argument ---- */

/* A number in front of `*text`, which ends at a comma or at the end; moves behind the comma. */
static bool take_number(const char **text, uint64_t most, uint64_t *number)
{
    char *end;
    if (!g_ascii_isdigit(**text))
        return false;
    *number = g_ascii_strtoull(*text, &end, 10);
    if ((*end && *end != ',') || *number > most)
        return false;
    *text = *end ? end + 1 : end;
    return true;
}

/* "10.0.0.1:80" or "[2001:db8::1]:80", as above. */
static bool take_end(const char **text, char **address, bool *six, unsigned *port)
{
    size_t size = strcspn(*text, ",");
    g_autofree char *word = g_strndup(*text, size);
    char *colon = strrchr(word, ':'), *end;
    if (!colon || !g_ascii_isdigit(colon[1]))
        return false;
    guint64 number = g_ascii_strtoull(colon + 1, &end, 10);
    *colon = 0;
    *six = word[0] == '[';
    if (*end || number > 65535 || (*six && word[strlen(word) - 1] != ']'))
        return false;
    if (*six)
        word[strlen(word) - 1] = 0;
    *address = g_strdup(word + *six);
    *port = (unsigned)number;
    *text += size + ((*text)[size] == ',');
    return true;
}

/* Two ends: the filter that lets both ways through. */
static char *take_ends(const char **text, const char *transport)
{
    g_autofree char *a = NULL, *b = NULL;
    bool six[2];
    unsigned port[2];
    if (!transport || !take_end(text, &a, &six[0], &port[0]) || !take_end(text, &b, &six[1], &port[1]) || six[0] != six[1])
        return NULL;
    const char *ip = six[0] ? "ipv6" : "ip";
    return g_strdup_printf("((%s.src eq %s and %s.srcport eq %u) and (%s.dst eq %s and %s.dstport eq %u)) or "
                           "((%s.src eq %s and %s.srcport eq %u) and (%s.dst eq %s and %s.dstport eq %u))",
                           ip, a, transport, port[0], ip, b, transport, port[1], ip, b, transport, port[1], ip, a, transport, port[0]);
}

static bool take_range(Follow *f, const char *text)
{
    char *end;
    f->first = 1;
    f->last = UINT64_MAX;
    if (!*text)
        return true;
    f->first = f->last = g_ascii_strtoull(text, &end, 10);
    if (!g_ascii_isdigit(*text))
        return false;
    if (*end == '-' && g_ascii_isdigit(end[1]))
        f->last = g_ascii_strtoull(end + 1, &end, 10);
    return !*end && f->first && f->first <= f->last;
}

static bool take_mode(Follow *f, const char **text)
{
    size_t size = strcspn(*text, ",");
    f->mode_name = fm_follow_mode(*text, size, &f->mode);
    *text += size + ((*text)[size] == ',');
    return f->mode_name != NULL;
}

static bool fail(const Follow *f, GError **error, const char *why)
{
    g_set_error(error, FM_STATISTIC_ERROR, FM_STATISTIC_ERROR_ARGUMENT, "follow,%s - %s", protocols[f->protocol].name, why);
    return false;
}

static bool parse(Follow *f, const FmStatisticContext *context, const char *text, GError **error)
{
    uint64_t number = 0, stream = 0;
    int64_t inner = FM_FOLLOW_ALL;
    const char *flow_field = protocols[f->protocol].flow_field, *stream_field = protocols[f->protocol].stream_field;
    if (!take_mode(f, &text))
        return fail(f, error, "Invalid display mode: ascii, ebcdic, hex, raw, utf-8 and yaml are known.");
    bool any = !take_number(&text, UINT32_MAX, &number);
    if (any)
        f->filter = take_ends(&text, protocols[f->protocol].transport);
    else if (!stream_field)
        f->filter = g_strdup_printf("%s eq %" PRIu64, flow_field, number);
    else if (!take_number(&text, INT64_MAX, &stream))
        return fail(f, error, "Invalid stream: the flow's number and the stream's are wanted.");
    else
        f->filter = g_strdup_printf("%s eq %" PRIu64 " and %s eq %" PRIu64, flow_field, number, stream_field, stream);
    if (!f->filter)
        return fail(f, error, "Invalid address: the flow's number is wanted, or two ends as ADDRESS:PORT,ADDRESS:PORT.");
    if (stream_field)
        inner = (int64_t)stream;
    if (!take_range(f, text))
        return fail(f, error, "Invalid range: FIRST-LAST is wanted, counted from 1.");
    f->follow = fm_follow_new(context->catalog, protocols[f->protocol].level, protocols[f->protocol].kind, (uint32_t)number, inner, take_chunk, f);
    if (any)
        fm_follow_any(f->follow);
    if (!fm_observer_start(&f->base, context, any ? f->filter : NULL, error))
        return false;
    for (size_t i = 0; i < fm_catalog_words(context->catalog); i++)
        f->base.wanted[i] |= fm_follow_wanted(f->follow)[i];
    return true;
}

FmObserver *fm_follow_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    Follow *f = g_new0(Follow, 1);
    f->base = (FmObserver){ .packet = follow_packet, .print = follow_print, .free = follow_free };
    f->protocol = (FmFollowed)statistic->kind;
    g_autoptr(FmObserver) observer = &f->base;
    return parse(f, context, arguments, error) ? g_steal_pointer(&observer) : NULL;
}
