/* -z rtp,streams: every stream of media with its losses, gaps and jitter. -z rtp,quality[,MILLISECONDS] adds reordering, bursts, and what came too late
 * for a receiver that plays after so long. */
#include "config.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "statistics/all.h"
#include "statistics/media_quality.h"
#include "statistics/roster.h"

typedef enum Role { NOTHING, SSRC, SEQ, TIMESTAMP, TYPE, CODEC, CLOCK, ROLES } Role;

static const char *const role_fields[ROLES] = {
    [SSRC] = "rtp.ssrc", [SEQ] = "rtp.seq", [TIMESTAMP] = "rtp.timestamp", [TYPE] = "rtp.p_type", [CODEC] = "fathom.rtp.codec",
    [CLOCK] = "fathom.rtp.clock",
};

static const FmName short_names[] = { /* of payload types, as tshark's table has them */
    { 0, 0, "g711U" }, { 1, 0, "fs-1016" }, { 2, 0, "g721" }, { 3, 0, "GSM" }, { 4, 0, "g723" }, { 5, 0, "DVI4 8k" }, { 6, 0, "DVI4 16k" },
    { 7, 0, "Exp. from Xerox PARC" }, { 8, 0, "g711A" }, { 9, 0, "g722" }, { 10, 0, "16-bit audio, stereo" }, { 11, 0, "16-bit audio, monaural" },
    { 12, 0, "Qualcomm" }, { 13, 0, "CN" }, { 14, 0, "MPEG-I/II Audio" }, { 15, 0, "g728" }, { 16, 0, "DVI4 11k" }, { 17, 0, "DVI4 22k" }, { 18, 0, "g729" },
    { 19, 0, "CN(old)" }, { 25, 0, "CellB" }, { 26, 0, "JPEG" }, { 28, 0, "NV" }, { 31, 0, "h261" }, { 32, 0, "MPEG-I/II Video" },
    { 33, 0, "MPEG-II streams" }, { 34, 0, "h263" }, { 100, 101, "rtpevent" }, { 0 },
};

#define CODECS 8
#define DEFAULT_PLAYOUT 60 /* milliseconds */

typedef struct StreamKey { /* zeroed before it is filled */
    FmAddress source, destination;
    uint32_t source_port, destination_port, ssrc;
} StreamKey;

typedef struct Stream {
    FmMediaQuality quality;
    char *codecs[CODECS]; /* names of payload types, in the order they came */
    unsigned codec_count;
} Stream;

typedef struct Streams {
    FmObserver base;
    FmRoster *roster;
    GArray *streams;
    uint8_t *roles; /* by field id */
    FmTime playout;
    uint64_t left_out;
    bool quality;
} Streams;

static void note_codec(Stream *stream, uint64_t type, FmSlice told)
{
    char name[32];
    const char *known = fm_name(short_names, type);
    if (told.size)
        g_snprintf(name, sizeof name, "%.*s", (int)told.size, (const char *)told.data);
    else if (known)
        g_strlcpy(name, known, sizeof name);
    else
        g_snprintf(name, sizeof name, "RTPType-%u", (unsigned)type);
    for (unsigned i = 0; i < stream->codec_count; i++)
        if (strcmp(stream->codecs[i], name) == 0)
            return;
    if (stream->codec_count < CODECS)
        stream->codecs[stream->codec_count++] = g_strdup(name);
}

static void take(Streams *streams, const FmPacket *p, uint32_t ssrc, FmMediaPacket *media, uint64_t type, FmSlice codec)
{
    StreamKey key;
    memset(&key, 0, sizeof key);
    key.source.type = p->net_source.type;
    key.destination.type = p->net_destination.type;
    memcpy(key.source.bytes, p->net_source.bytes, sizeof key.source.bytes);
    memcpy(key.destination.bytes, p->net_destination.bytes, sizeof key.destination.bytes);
    key.source_port = p->source_port;
    key.destination_port = p->destination_port;
    key.ssrc = ssrc;
    bool fresh;
    uint32_t number = fm_roster_put(streams->roster, &key, sizeof key, &fresh);
    if (number == FM_ROSTER_FULL) {
        streams->left_out++;
        return;
    }
    if (fresh)
        g_array_append_vals(streams->streams, &(Stream){ .codec_count = 0 }, 1);
    Stream *stream = &g_array_index(streams->streams, Stream, number);
    note_codec(stream, type, codec);
    static const char event[] = "telephone-event";
    media->aside = codec.size ? codec.size == sizeof event - 1 && memcmp(codec.data, event, codec.size) == 0 : type == 100 || type == 101;
    fm_media_quality_add(&stream->quality, media, streams->playout);
}

/* A packet of RTP ends with its source: type, number and time come before. */
static void streams_packet(FmObserver *observer, const FmPacket *p)
{
    Streams *streams = (Streams *)observer;
    FmMediaPacket media = { .time = fm_observer_time(p) };
    FmSlice codec = { NULL, 0 };
    uint64_t type = 0;
    for (const FmNode *n = p->nodes, *end = n + p->node_count; n < end; n++) {
        switch ((Role)streams->roles[n->field]) {
        case TYPE:
            type = n->value;
            codec.size = 0;
            media.clock = fm_media_clock((unsigned)type);
            break;
        case CODEC: codec = fm_node_bytes(p, n); break;
        case CLOCK: media.clock = (uint32_t)n->value; break;
        case SEQ: media.seq = (uint16_t)n->value; break;
        case TIMESTAMP: media.timestamp = (uint32_t)n->value; break;
        case SSRC:
            if (!n->depth || n->depth == 1)
                take(streams, p, (uint32_t)n->value, &media, type, codec);
            break;
        default: break;
        }
    }
}

static void print_stream(const Streams *streams, const Stream *stream, const StreamKey *key, FmText *out)
{
    const FmMediaQuality *q = &stream->quality;
    g_auto(FmText) source = { 0 }, destination = { 0 }, codecs = { 0 };
    fm_address_text(&source, &key->source);
    fm_address_text(&destination, &key->destination);
    for (unsigned i = 0; i < stream->codec_count; i++) {
        if (i)
            fm_text_put(&codecs, ", ");
        fm_text_escaped(&codecs, stream->codecs[i], strlen(stream->codecs[i]));
    }
    uint64_t lost = fm_media_quality_lost(q), expected = fm_media_quality_expected(q);
    double share = expected ? (double)lost * 100 / (double)expected : 0;
    fm_text_printf(out, "%13.6f %13.6f %15s %5u %15s %5u 0x%08X %16s %5lu %5ld (%.1f%%) ", (double)q->first_time / 1e9, (double)q->last_time / 1e9,
                   fm_text_string(&source), key->source_port, fm_text_string(&destination), key->destination_port, key->ssrc, fm_text_string(&codecs),
                   (unsigned long)q->received, (long)lost, share);
    double delta_mean = q->received > 1 ? q->delta_sum / (double)(q->received - 1) : 0, jitter_mean = q->jitters ? q->jitter_sum / (double)q->jitters : 0;
    fm_text_printf(out, "%15.3f %15.3f %15.3f %15.3f %15.3f %15.3f %s", q->delta_min, delta_mean, q->delta_max, q->jitter_min, jitter_mean, q->jitter_max,
                   lost || q->reordered || q->repeated ? "X" : "");
    if (streams->quality)
        fm_text_printf(out, " %9lu %8lu %7lu %7lu %5lu (%.1f%%)", (unsigned long)q->reordered, (unsigned long)q->repeated, (unsigned long)q->bursts,
                       (unsigned long)q->longest_burst, (unsigned long)q->late, (double)q->late * 100 / (double)q->received);
    fm_text_char(out, '\n');
}

static void streams_print(FmObserver *observer, FmText *out)
{
    Streams *streams = (Streams *)observer;
    fm_text_put(out, "========================= RTP Streams ========================\n");
    fm_text_put(out, "   Start time      End time     Src IP addr  Port    Dest IP addr  Port       SSRC          Payload  Pkts         Lost   "
                     "Min Delta(ms)  Mean Delta(ms)   Max Delta(ms)  Min Jitter(ms) Mean Jitter(ms)  Max Jitter(ms) Problems?");
    if (streams->quality)
        fm_text_printf(out, " Reordered Repeated  Bursts Longest  Late(%ld ms)", (long)(streams->playout / FM_MILLISECOND));
    fm_text_char(out, '\n');
    for (guint i = streams->streams->len; i > 0; i--) { /* the latest first */
        StreamKey key;
        memcpy(&key, fm_roster_key(streams->roster, i - 1).data, sizeof key);
        print_stream(streams, &g_array_index(streams->streams, Stream, i - 1), &key, out);
    }
    fm_text_put(out, "==============================================================\n");
    fm_observer_tell_full(out, streams->left_out);
}

static void streams_free(FmObserver *observer)
{
    Streams *streams = (Streams *)observer;
    for (guint i = 0; i < streams->streams->len; i++) {
        Stream *stream = &g_array_index(streams->streams, Stream, i);
        for (unsigned k = 0; k < stream->codec_count; k++)
            g_free(stream->codecs[k]);
    }
    g_array_unref(streams->streams);
    fm_roster_free(streams->roster);
    g_free(streams->roles);
    g_free(streams);
}

FmObserver *fm_rtp_streams_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    Streams *streams = g_new0(Streams, 1);
    streams->base = (FmObserver){ .packet = streams_packet, .print = streams_print, .free = streams_free };
    streams->roster = fm_roster_new();
    streams->streams = g_array_new(FALSE, FALSE, sizeof(Stream));
    streams->roles = g_new0(uint8_t, fm_catalog_words(context->catalog) * 64);
    streams->quality = statistic->kind != 0;
    if (streams->quality) {
        char *end;
        guint64 playout = g_ascii_strtoull(arguments, &end, 10);
        streams->playout = (end > arguments && (!*end || *end == ',') ? (FmTime)MIN(playout, 60000) : DEFAULT_PLAYOUT) * FM_MILLISECOND;
        if (end > arguments && (!*end || *end == ','))
            arguments = *end ? end + 1 : end;
    }
    g_autoptr(FmObserver) observer = &streams->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    for (unsigned role = SSRC; role < ROLES; role++) {
        const FmEntry *entry = fm_observer_want(observer, context->catalog, role_fields[role]);
        for (size_t i = 0; entry && i < entry->id_count; i++)
            streams->roles[entry->ids[i]] = (uint8_t)role;
    }
    return g_steal_pointer(&observer);
}
