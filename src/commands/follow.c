/* fathom follow: what the two sides of a flow said to each other. */
#include "config.h"

#include "commands/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "commands/reading.h"
#include "follow/follow.h"
#include "follow/text.h"
#include "model/format.h"
#include "output/json_text.h"
#include "output/sink.h"

enum { SHOWN_BINARY = 256, LEVELS = 3 };
#define MAX_PENDING (FM_MAX_RECORD + (FM_MAX_RECORD >> 1)) /* a message comes whole, so its packets are held for that long */

static const char help[] =
    "Usage: fathom follow [option]... FILE FLOW\n"
    "What a flow carried: requests and answers, messages, headers and decoded\n"
    "bodies; else what TLS hid, where keys open it; else the payload. FLOW is a\n"
    "number of 'fathom flows', or udp:NUMBER, or quic:NUMBER.\n"
    "\n"
    "  --level NAME      content, decrypted or transport, instead of the first of\n"
    "                    them that the flow has\n"
    "  --stream NUMBER   one stream of HTTP/2 or QUIC\n"
    "  --side SIDE       only what the client or the server says\n"
    "  --text            all as text; otherwise what is none is shown as hex, its\n"
    "                    beginning only\n"
    "  --hex             all as hex\n"
    "  --raw             the bytes and nothing else\n"
    "  --json            a JSON object for each chunk\n"
    "  -o FILE           write there; never over an existing file\n"
    "and the options for input and preferences of fathom itself (fathom --help).\n";

typedef enum Style { STYLE_PLEASANT, STYLE_TEXT, STYLE_HEX, STYLE_RAW, STYLE_JSON } Style;

typedef struct Follow Follow;

typedef struct Level { /* one way to look at the flow */
    Follow *command;
    FmFollow *follow; /* NULL: not asked for */
    GByteArray *pending; /* chunks that came before it was known which level is shown: Held and bytes */
} Level;

typedef struct Held {
    FmFollowChunk chunk;
    size_t size;
} Held;

struct Follow {
    FmReading reading;
    Level levels[LEVELS];   /* the one that is liked best first */
    FmFollow *transport;    /* tells who began */
    const Level *chosen;
    Style style;
    bool color;
    FmFlowKind kind;
    uint32_t number;
    int64_t stream;
    const char *output, *side;
    FmSink sink;
    /* of the chunk before */
    int last_side;
    bool inside_line;
    uint64_t last_stream;
    FmTime first;
    uint64_t shown;
};

static const struct {
    const char *name;
    FmFollowLevel level;
} levels[LEVELS] = { { "content", FM_FOLLOW_CONTENT }, { "decrypted", FM_FOLLOW_DECRYPTED }, { "transport", FM_FOLLOW_TRANSPORT } };

/* ---- chunks ---- */

static bool same_end(const FmFollowEnd *a, const FmFollowEnd *b)
{
    return a->port == b->port && a->address.type == b->address.type && memcmp(a->address.bytes, b->address.bytes, sizeof a->address.bytes) == 0;
}

static bool from_server(const Follow *f, const FmFollowChunk *chunk)
{
    return !same_end(fm_follow_end(f->chosen->follow, chunk->side), fm_follow_opener(f->transport));
}

static void put_json(Follow *f, const FmFollowChunk *chunk, const char *side)
{
    FmText *out = &f->sink.text;
    fm_text_printf(out, "{\"packet\": %u, \"time\": ", chunk->packet);
    fm_text_seconds(out, chunk->time, 9);
    fm_text_printf(out, ", \"side\": \"%s\", \"protocol\": \"%s\"", side, chunk->what);
    if (chunk->stream || f->kind == FM_FLOW_QUIC)
        fm_text_printf(out, ", \"stream\": %" PRIu64, chunk->stream);
    if (chunk->missing) {
        fm_text_printf(out, ", \"missing\": %" PRIu64 "}\n", chunk->missing);
        return;
    }
    if (chunk->cut)
        fm_text_printf(out, ", \"cut\": %" PRIu64, chunk->cut);
    fm_text_printf(out, ", \"size\": %zu, ", chunk->bytes.size);
    if (g_utf8_validate((const char *)chunk->bytes.data, (gssize)chunk->bytes.size, NULL)) {
        fm_text_literal(out, "\"text\": ");
        fm_json_string(out, (const char *)chunk->bytes.data, chunk->bytes.size);
    } else {
        g_autofree char *base64 = g_base64_encode(chunk->bytes.data, chunk->bytes.size);
        fm_text_printf(out, "\"base64\": \"%s\"", base64);
    }
    fm_text_literal(out, "}\n");
}

static void end_line(Follow *f)
{
    if (f->inside_line)
        fm_text_char(&f->sink.text, '\n');
    f->inside_line = false;
}

/* A line in front of what one side says at a time. */
static void put_turn(Follow *f, const FmFollowChunk *chunk, const char *side, bool server)
{
    FmText *out = &f->sink.text;
    if (f->last_side == (int)server && f->last_stream == chunk->stream)
        return;
    end_line(f);
    fm_text_put(out, f->shown ? "\n" : "");
    fm_text_put(out, f->color ? "\033[2m" : "");
    fm_text_printf(out, "── %s  #%u  ", side, chunk->packet);
    fm_text_seconds(out, chunk->time - f->first, 6);
    fm_text_literal(out, " s");
    if (chunk->stream || f->kind == FM_FLOW_QUIC)
        fm_text_printf(out, "  stream %" PRIu64, chunk->stream);
    fm_text_literal(out, " ──");
    fm_text_put(out, f->color ? "\033[0m\n" : "\n");
    f->last_side = (int)server;
    f->last_stream = chunk->stream;
}

static void put_told(Follow *f, uint64_t bytes, const char *what)
{
    end_line(f);
    fm_text_printf(&f->sink.text, "[%" PRIu64 " bytes %s]\n", bytes, what);
}

static void put_hex(Follow *f, FmSlice bytes, uint64_t offset, const char *indent)
{
    end_line(f);
    fm_follow_hex(&f->sink.text, bytes, offset, indent);
}

static void put_readable(Follow *f, const FmFollowChunk *chunk, const char *side, bool server)
{
    FmText *out = &f->sink.text;
    put_turn(f, chunk, side, server);
    if (f->color)
        fm_text_put(out, server ? "\033[33m" : "\033[36m");
    FmSlice bytes = chunk->bytes;
    if (f->style == STYLE_HEX) {
        put_hex(f, bytes, chunk->offset, server ? "\t" : "");
    } else if (f->style == STYLE_TEXT || fm_follow_is_text(bytes)) {
        fm_follow_plain(out, bytes, FM_FOLLOW_MODE_UTF8);
        f->inside_line = bytes.size ? bytes.data[bytes.size - 1] != '\n' : f->inside_line;
    } else {
        put_hex(f, (FmSlice){ bytes.data, MIN(bytes.size, SHOWN_BINARY) }, chunk->offset, "");
        if (bytes.size > SHOWN_BINARY)
            put_told(f, bytes.size - SHOWN_BINARY, "more; --hex shows all");
    }
    if (chunk->missing)
        put_told(f, chunk->missing, "missing in the capture");
    if (chunk->cut)
        put_told(f, chunk->cut, "not captured");
    if (f->color)
        fm_text_literal(out, "\033[0m");
}

static void put_chunk(Follow *f, const FmFollowChunk *chunk)
{
    bool server = from_server(f, chunk);
    const char *side = server ? "server" : "client";
    if (f->side && strcmp(f->side, side) != 0)
        return;
    if (f->style == STYLE_JSON)
        put_json(f, chunk, side);
    else if (f->style != STYLE_RAW)
        put_readable(f, chunk, side, server);
    else
        fm_text_add(&f->sink.text, (const char *)chunk->bytes.data, chunk->bytes.size);
    f->shown++;
    fm_sink_step(&f->sink);
}

/* ---- which level ---- */

static void put_heading(Follow *f)
{
    if (f->style == STYLE_RAW || f->style == STYLE_JSON)
        return;
    static const char *const kinds[] = { [FM_FLOW_TCP] = "tcp", [FM_FLOW_UDP] = "udp", [FM_FLOW_QUIC] = "quic" };
    FmText *out = &f->sink.text;
    const FmFollowEnd *client = fm_follow_opener(f->transport), *server = fm_follow_end(f->transport, 1);
    if (same_end(client, server))
        server = fm_follow_end(f->transport, 0);
    fm_text_put(out, f->color ? "\033[1m" : "");
    fm_text_printf(out, "%s %u  ", kinds[f->kind], f->number);
    fm_address_text(out, &client->address);
    fm_text_printf(out, " port %u → ", client->port);
    fm_address_text(out, &server->address);
    fm_text_printf(out, " port %u  %s", server->port, levels[f->chosen - f->levels].name);
    fm_text_put(out, f->color ? "\033[0m\n" : "\n");
}

static void choose(Follow *f, Level *level)
{
    f->chosen = level;
    put_heading(f);
    const GByteArray *held = level->pending;
    for (size_t at = 0; held && at < held->len;) {
        Held h;
        memcpy(&h, held->data + at, sizeof h);
        h.chunk.bytes = (FmSlice){ held->data + at + sizeof h, h.size };
        put_chunk(f, &h.chunk);
        at += sizeof h + h.size;
    }
    for (unsigned i = 0; i < LEVELS; i++)
        g_clear_pointer(&f->levels[i].pending, g_byte_array_unref);
}

/* The best of those that had something to say. */
static void choose_best(Follow *f)
{
    for (unsigned i = 0; i < LEVELS && !f->chosen; i++)
        if (f->levels[i].pending && f->levels[i].pending->len)
            choose(f, &f->levels[i]);
}

static void take_chunk(void *data, const FmFollowChunk *chunk)
{
    Level *level = data;
    Follow *f = level->command;
    if (!f->chosen && level == &f->levels[0])
        choose(f, level);
    if (f->chosen == level)
        put_chunk(f, chunk);
    if (f->chosen)
        return;
    Held h = { *chunk, chunk->bytes.size };
    g_byte_array_append(level->pending, (const guint8 *)&h, sizeof h);
    if (h.size)
        g_byte_array_append(level->pending, chunk->bytes.data, (guint)h.size);
    if (level->pending->len > MAX_PENDING)
        choose_best(f);
}

static void pass_over(void *data, const FmFollowChunk *chunk)
{
    (void)data;
    (void)chunk;
}

/* ---- the run ---- */

static bool take_packet(void *data, const FmPacket *packet, bool match)
{
    Follow *f = data;
    (void)match;
    if (f->first == FM_TIME_NONE)
        f->first = packet->frame->time;
    fm_follow_packet(f->transport, packet);
    for (unsigned i = LEVELS; i-- > 0;) /* what is liked best comes last, so that the others are there when it is chosen */
        if (f->levels[i].follow && (!f->chosen || f->chosen == &f->levels[i]))
            fm_follow_packet(f->levels[i].follow, packet);
    return !f->sink.trouble;
}

static bool wait_on(void *data)
{
    Follow *f = data;
    choose_best(f);
    return fm_sink_flush(&f->sink);
}

static void want(Follow *f, const FmFollow *follow)
{
    fm_session_want(f->reading.session, fm_follow_wanted(follow), false, false, false);
}

static int run(Follow *f, const char *only)
{
    const FmCatalog *catalog = f->reading.catalog;
    f->transport = fm_follow_new(catalog, FM_FOLLOW_TRANSPORT, f->kind, f->number, FM_FOLLOW_ALL, pass_over, NULL);
    want(f, f->transport);
    for (unsigned i = 0; i < LEVELS; i++) {
        if (only && strcmp(only, levels[i].name) != 0)
            continue;
        f->levels[i].command = f;
        f->levels[i].pending = g_byte_array_new();
        f->levels[i].follow = fm_follow_new(catalog, levels[i].level, f->kind, f->number, f->stream, take_chunk, &f->levels[i]);
        want(f, f->levels[i].follow);
    }
    const FmReader reader = { take_packet, f->reading.options->read_file ? NULL : wait_on, f };
    int status = fm_reading_run(&f->reading, &reader);
    for (unsigned i = LEVELS; i-- > 0;)
        if (f->levels[i].follow)
            fm_follow_finish(f->levels[i].follow);
    choose_best(f);
    end_line(f);
    if (!f->shown && status == FM_COMMAND_GOOD) {
        fprintf(stderr, "fathom: that flow carries nothing%s\n", only || f->side ? " of the kind" : ", or is not there; 'fathom flows' lists flows");
        status = FM_COMMAND_FAILED;
    }
    if (!fm_sink_flush(&f->sink) && f->sink.trouble != EPIPE) {
        fprintf(stderr, "fathom: %s: %s\n", f->output ? f->output : "standard output", g_strerror(f->sink.trouble));
        return FM_COMMAND_FAILED;
    }
    return status;
}

/* ---- the command line ---- */

G_GNUC_PRINTF(1, 2) static int usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    fprintf(stderr, "fathom: %s\n", text);
    return FM_COMMAND_USAGE;
}

static bool known_level(const char *name)
{
    for (unsigned i = 0; i < LEVELS; i++)
        if (strcmp(name, levels[i].name) == 0)
            return true;
    return false;
}

static int open_output(Follow *f)
{
    if (!f->output)
        return FM_COMMAND_GO_ON;
    f->sink.fd = open(f->output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (f->sink.fd >= 0)
        return FM_COMMAND_GO_ON;
    fprintf(stderr, "fathom: %s: %s\n", f->output, g_strerror(errno));
    return FM_COMMAND_FAILED;
}

static int start(Follow *f, const char *flow, const char *level, const char *stream)
{
    char *end = NULL;
    if (!flow)
        return usage("%s", "which flow? give its number; 'fathom flows' lists them");
    unsigned kind;
    if (!fm_reading_flow(flow, &kind, &f->number) || (kind != FM_FLOW_TCP && kind != FM_FLOW_UDP && kind != FM_FLOW_QUIC))
        return usage("\"%s\" is no flow to follow: a number, udp:NUMBER or quic:NUMBER; 'fathom flows' lists them", flow);
    f->kind = (FmFlowKind)kind;
    f->stream = stream ? (int64_t)g_ascii_strtoull(stream, &end, 10) : FM_FOLLOW_ALL;
    if (stream && (*end || !g_ascii_isdigit(*stream) || f->stream < 0))
        return usage("--stream: \"%s\" is no number", stream);
    if (level && !known_level(level))
        return usage("--level: \"%s\" is none of content, decrypted, transport", level);
    if (f->side && strcmp(f->side, "client") != 0 && strcmp(f->side, "server") != 0)
        return usage("--side: \"%s\" is neither client nor server", f->side);
    int status = fm_reading_open(&f->reading);
    if (status == FM_COMMAND_GO_ON)
        status = open_output(f);
    if (status != FM_COMMAND_GO_ON)
        return status;
    f->color = f->style != STYLE_RAW && f->style != STYLE_JSON && isatty(f->sink.fd) && !g_getenv("NO_COLOR");
    return run(f, level);
}

int fm_follow_run(int argc, char **argv)
{
    Follow f = { .sink.fd = STDOUT_FILENO, .last_side = -1, .first = FM_TIME_NONE };
    bool text = false, hex = false, raw = false, json = false;
    const char *level = NULL, *stream = NULL;
    const FmOwnOption own[] = {
        { "--output", &f.output, NULL }, { "--level", &level, NULL }, { "--stream", &stream, NULL }, { "--side", &f.side, NULL },
        { "--text", NULL, &text },       { "--hex", NULL, &hex },     { "--raw", NULL, &raw },       { "--json", NULL, &json },
        { NULL, NULL, NULL },
    };
    g_autofree char **words = fm_reading_with_output(argc, argv);
    int status = fm_reading_start(&f.reading, argc, words, own, help);
    if (status == FM_COMMAND_GO_ON) {
        g_autofree char *flow = g_steal_pointer(&f.reading.options->display_filter);
        f.style = json ? STYLE_JSON : raw ? STYLE_RAW : hex ? STYLE_HEX : text ? STYLE_TEXT : STYLE_PLEASANT;
        status = start(&f, flow, level, stream);
    }
    if (f.output && f.sink.fd >= 0 && f.sink.fd != STDOUT_FILENO)
        close(f.sink.fd);
    for (unsigned i = 0; i < LEVELS; i++) {
        fm_follow_free(f.levels[i].follow);
        g_clear_pointer(&f.levels[i].pending, g_byte_array_unref);
    }
    fm_follow_free(f.transport);
    fm_reading_clear(&f.reading);
    fm_text_clear(&f.sink.text);
    return status;
}
