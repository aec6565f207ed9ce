/* One flow step by step. */
#include "config.h"

#include "summary/track.h"

#include <string.h>

#include "base/limits.h"
#include "flow/flow.h"

enum { MOST_EVENTS = 4096, MOST_SAID = 1 << 14 };

struct FmTrack {
    FmSummary *summary;
    unsigned kind;
    uint32_t number;
    const FmFlowRecord *flow;
    GArray *steps;
    GHashTable *names;   /* of protocols */
    GStringChunk *said;  /* of steps */
    uint64_t left_out;
    uint32_t first_seq[2];  /* number of the first byte, by direction */
    bool has_seq[2];
    int scale[2];           /* shift of announced windows; -1: not known */
    bool scaled;            /* both ends offered it */
};

FmTrack *fm_track_new(const FmCatalog *catalog, unsigned kind, uint32_t number)
{
    FmTrack *t = g_new0(FmTrack, 1);
    const FmSummaryOptions options = { .most_events = MOST_EVENTS };
    t->summary = fm_summary_new(catalog, &options);
    t->said = g_string_chunk_new(4096);
    t->kind = kind;
    t->number = number;
    t->steps = g_array_new(FALSE, TRUE, sizeof(FmStep));
    t->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    t->scale[0] = t->scale[1] = -1;
    return t;
}

void fm_track_free(FmTrack *t)
{
    if (!t)
        return;
    fm_summary_free(t->summary);
    g_array_unref(t->steps);
    g_hash_table_unref(t->names);
    g_string_chunk_free(t->said);
    g_free(t);
}

const uint64_t *fm_track_wanted(const FmTrack *t)
{
    return fm_summary_wanted(t->summary);
}

static uint32_t clipped(uint64_t n)
{
    return (uint32_t)MIN(n, (uint64_t)UINT32_MAX - 1);
}

static void fill_side(FmTrackSide *to, const FmFlowRecord *flow, unsigned direction)
{
    FmFlowSide side;
    if (!fm_flow_side(flow, direction, &side)) {
        *to = (FmTrackSide){ .left = UINT32_MAX };
        return;
    }
    *to = (FmTrackSide){
        .in_flight = clipped(side.in_flight),
        .cwnd_low = clipped(side.cwnd_low),
        .cwnd = clipped(side.cwnd),
        .cwnd_high = clipped(side.cwnd_high),
        .left = side.window_left == UINT64_MAX ? UINT32_MAX : clipped(side.window_left),
        .rtt = (uint32_t)MIN(side.rtt_latest / FM_MICROSECOND, UINT32_MAX),
        .phase = (uint8_t)side.phase,
        .limit = (uint8_t)side.limit,
        .sure = (uint8_t)(100 * side.cwnd_confidence),
    };
}

/* The verdict is the one that is counted more often than before. */
static FmVerdict verdict_of(const FmFlowSide *before, const FmFlowSide *after)
{
    for (unsigned v = 1; v < FM_VERDICT_COUNT; v++)
        if (after->verdicts[v] != before->verdicts[v])
            return (FmVerdict)v;
    return FM_VERDICT_NONE;
}

/* Numbers count from the first byte after the SYN; where that was not seen, from what was seen first. */
static uint32_t relative(FmTrack *t, unsigned direction, uint32_t seq, bool syn)
{
    if (!t->has_seq[direction]) {
        t->has_seq[direction] = true;
        t->first_seq[direction] = seq + syn;
    }
    return seq - t->first_seq[direction];
}

static void fill_segment(FmTrack *t, FmStep *step, const FmSegment *s)
{
    unsigned d = s->direction;
    bool syn = s->flags & FM_SEGMENT_SYN;
    step->direction = s->direction;
    step->flags = s->flags;
    step->length = s->length;
    step->seq = syn ? 0 : relative(t, d, s->seq, false);
    if (syn)
        relative(t, d, s->seq, true);
    if (syn)
        t->scale[d] = s->scale;
    t->scaled = t->scale[0] >= 0 && t->scale[1] >= 0;
    step->window = (uint32_t)s->window << (!syn && t->scaled ? t->scale[d] : 0);
    if (!(s->flags & FM_SEGMENT_ACK))
        return;
    step->ack = relative(t, !d, s->ack, false);
    step->sack_count = MIN(s->sacks, FM_TRACK_SACKS);
    for (unsigned i = 0; i < step->sack_count; i++)
        step->sacks[i] = (FmSackBlock){ s->sack[i].left - t->first_seq[!d], s->sack[i].right - t->first_seq[!d] };
}

static const char *lasting_name(FmTrack *t, const char *name)
{
    const char *known = g_hash_table_lookup(t->names, name);
    if (known)
        return known;
    char *copy = g_strdup(name);
    g_hash_table_insert(t->names, copy, copy);
    return copy;
}

static const char *explain(FmTrack *t)
{
    FmMoment moment;
    if (t->steps->len >= MOST_SAID || !fm_flow_moment(t->flow, &moment))
        return NULL;
    g_auto(FmText) text = { 0 };
    fm_moment_text(&text, &moment);
    return text.size ? g_string_chunk_insert_len(t->said, text.data, (gssize)text.size) : NULL;
}

void fm_track_packet(FmTrack *t, const FmPacket *packet)
{
    if (packet->flow_kind != t->kind || packet->flow_number != t->number)
        return;
    FmFlowSide before = { 0 }, after = { 0 };
    unsigned direction = packet->segment ? packet->segment->direction : packet->flow_direction;
    if (t->flow && packet->segment)
        fm_flow_side(t->flow, direction, &before);
    t->flow = fm_summary_packet(t->summary, packet, true);
    if (t->steps->len >= FM_MAX_TRACK) {
        t->left_out++;
        return;
    }
    FmStep step = { .time = packet->frame->time, .number = (uint32_t)packet->frame->number, .length = packet->frame->length,
                    .direction = (uint8_t)direction, .protocol = lasting_name(t, packet->protocol) };
    if (packet->segment)
        fill_segment(t, &step, packet->segment);
    if (t->flow && packet->segment) {
        fm_flow_side(t->flow, direction, &after);
        step.verdict = (uint8_t)verdict_of(&before, &after);
        step.said = explain(t);
        fill_side(&step.side[0], t->flow, 0);
        fill_side(&step.side[1], t->flow, 1);
    }
    g_array_append_val(t->steps, step);
}

void fm_track_finish(FmTrack *t)
{
    fm_summary_finish(t->summary);
}

const FmStep *fm_track_steps(const FmTrack *t, size_t *count, uint64_t *left_out)
{
    *count = t->steps->len;
    if (left_out)
        *left_out = t->left_out;
    return (const FmStep *)(const void *)t->steps->data;
}

const FmFlowRecord *fm_track_flow(const FmTrack *t)
{
    return t->flow;
}

/* Bytes of one item of an info column, with the comma and the space behind it. */
static size_t item_size(const char *text, size_t n)
{
    const char *comma = memchr(text, ',', n);
    size_t size = comma ? (size_t)(comma - text) + 1 : n;
    return size < n && text[size] == ' ' ? size + 1 : size;
}

static bool starts(const char *text, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

void fm_packet_told(FmText *out, const FmPacket *packet, size_t most)
{
    const char *text = packet->info.data;
    size_t n = MIN(packet->info.size, most);
    while (n) {
        size_t size = item_size(text, n);
        bool repeated = starts(text, n, "DCID=") || starts(text, n, "SCID=") ||
                        (starts(text, n, "Protected Payload") && g_strstr_len(text, (gssize)n, "PKN: "));
        if (!repeated)
            fm_text_escaped(out, text, size);
        text += size;
        n -= size;
    }
}
