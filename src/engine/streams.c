/* Streams: bytes in, in any order, and contiguous runs of them out to the records' code. */
#include "config.h"

#include <string.h>

#include "engine/records.h"

enum { NESTED_FLOW = 0xfe }; /* kind of the ids that connections inside others go by: where they are */

FmStream *fm_stream(FmDissection *d, uint64_t number)
{
    if (!d->flow)
        return NULL;
    bool crowded = false;
    FmStream *s = fm_flow_stream(d->flow, number, d->protocol << 1 | d->direction, &crowded);
    if (crowded)
        fm_note(d, FM_WARN, "More streams at a time than are followed: the one silent for longest is forgotten");
    if (!s->need)
        s->need = FM_NEED_MORE;
    return s;
}

void fm_stream_end(FmDissection *d, FmStream *s)
{
    if (!s || d->replaying)
        return;
    if (s->entry.busy)
        s->ended = true;
    else
        fm_flow_end_stream(d->flow, s);
}

void fm_stream_feed(FmDissection *d, FmStream *s, unsigned protocol)
{
    if (s && !d->replaying)
        s->protocol = protocol;
}

void fm_stream_nest(FmStream *s)
{
    if (s)
        s->nested = true;
}

FmFlow *fm_stream_flow(FmDissection *d, const FmStream *s)
{
    if (!s->nested)
        return d->flow;
    struct { uint64_t stream; uint32_t flow, feeder; } id; /* no padding: compared as bytes */
    id.stream = s->entry.number;
    id.flow = d->flow->number;
    id.feeder = s->entry.kind >> 1 << 8 | d->flow->key.kind;
    return fm_flow_announced(d, NESTED_FLOW, (const uint8_t *)&id, sizeof id);
}

void fm_stream_feed_both(FmDissection *d, FmStream *s, unsigned protocol)
{
    if (!s || d->replaying)
        return;
    bool crowded;
    FmStream *other = fm_flow_stream(d->flow, s->entry.number, s->entry.kind ^ 1, &crowded);
    if (!other->entry.busy)
        fm_records_forget(other);
    other->protocol = s->protocol = protocol;
    if (!other->need)
        other->need = FM_NEED_MORE;
}

static void hand_over(FmStream *s, unsigned protocol, bool tunnels)
{
    s->via = tunnels ? s->protocol : 0;
    s->protocol = protocol;
    s->need = FM_NEED_MORE; /* what waits is looked at with other eyes */
    s->skip = 0;
}

void *fm_stream_consumer_state(FmDissection *d, FmStream *s, unsigned protocol)
{
    if (!s || !protocol || d->replaying)
        return NULL;
    const FmProtocol *consumer = fm_catalog_protocol_at(d->catalog, protocol);
    if (consumer->stream_state_size)
        return fm_flow_stream_state(d->flow, protocol, fm_stream_state_number(s), consumer->stream_state_size, consumer->stream_release);
    return consumer->state_size ? fm_flow_state(d->flow, protocol, consumer->state_size, consumer->release) : NULL;
}

static void hand_over_both(FmDissection *d, unsigned protocol, bool tunnels)
{
    FmStream *s = d->stream;
    if (!s || d->replaying || !protocol)
        return;
    bool crowded;
    hand_over(fm_flow_stream(d->stream_flow, s->entry.number, s->entry.kind ^ 1, &crowded), protocol, tunnels);
    hand_over(s, protocol, tunnels);
}

void fm_stream_hand_over(FmDissection *d, unsigned protocol)
{
    hand_over_both(d, protocol, true);
}

void fm_stream_leave(FmDissection *d, unsigned protocol)
{
    hand_over_both(d, protocol, false);
}

void fm_stream_finish(FmDissection *d, FmStream *s, uint64_t offset)
{
    if (!s || d->replaying || s->finished)
        return;
    s->finished = true;
    s->end = offset;
}

void fm_stream_finish_here(FmDissection *d, FmStream *s)
{
    if (s)
        fm_stream_finish(d, s, s->offset);
}

/* ---- holes ---- */

static bool held_is_full(const FmStream *s, size_t more)
{
    return s->held_size + more > FM_MAX_HELD || s->held_count == FM_MAX_HELD_PIECES;
}

/* Are all these bytes held already? */
static bool is_held(const FmStream *s, uint64_t offset, size_t size)
{
    if (!s->held_last || offset + size > s->held_last->offset + s->held_last->size)
        return false;
    uint64_t end = offset;
    for (const FmHeld *h = s->held; h && h->offset <= end && end < offset + size; h = h->next)
        end = MAX(end, h->offset + h->size);
    return end >= offset + size;
}

/* Do bytes that are held differ from those of the same place that come now? Then one of the two senders is not who it seems to be. */
static bool differs(const FmStream *s, uint64_t offset, FmSlice bytes)
{
    uint64_t end = offset + bytes.size;
    const FmHeld *h = s->held;
    if (s->held_last && s->held_last->offset <= offset) /* as is usual; a longer one before it is not looked at */
        h = s->held_last;
    for (; h && h->offset < end; h = h->next) {
        uint64_t from = MAX(h->offset, offset), to = MIN(h->offset + h->size, end);
        if (from < to && memcmp(h->bytes + (from - h->offset), bytes.data + (from - offset), (size_t)(to - from)) != 0)
            return true;
    }
    return false;
}

bool fm_stream_hold(FmPut *put, uint64_t offset, const FmRun *run)
{
    FmStream *s = put->s;
    if (held_is_full(s, run->bytes.size) || fm_records_full(put, run->bytes.size))
        return false;
    FmHeld **at = s->held_last && s->held_last->offset < offset ? &s->held_last->next : &s->held;
    while (*at && (*at)->offset < offset)
        at = &(*at)->next;
    if (*at && (*at)->offset == offset && (*at)->size >= run->bytes.size)
        return true; /* a copy of what is held: the first one wins */
    FmHeld *h = g_malloc(sizeof(FmHeld) + run->bytes.size);
    *h = (FmHeld){ .next = *at, .offset = offset, .size = (uint32_t)run->bytes.size, .packet = run->place.packet,
                   .at = run->place.offset, .arrived = run->arrived, .buffer = run->place.buffer };
    memcpy(h->bytes, run->bytes.data, run->bytes.size);
    *at = h;
    if (!h->next)
        s->held_last = h;
    s->held_size += h->size;
    s->held_count++;
    return true;
}

void fm_stream_drain(FmPut *put)
{
    FmStream *s = put->s;
    while (s->held && s->held->offset <= s->offset) {
        FmHeld *h = s->held;
        s->held = h->next;
        if (!s->held)
            s->held_last = NULL;
        s->held_size -= h->size;
        s->held_count--;
        uint64_t skip = s->offset - h->offset;
        if (skip < h->size) {
            FmRun run = { .bytes = { h->bytes, h->size }, .place = { h->packet, h->at, h->size, h->buffer }, .arrived = h->arrived };
            fm_run_advance(&run, (size_t)skip);
            s->offset += run.bytes.size;
            fm_records_consume(put, &run);
        }
        g_free(h);
    }
}

/* The bytes before `offset` never came: what is behind them goes on. A record that is known to reach over the hole is passed over. */
static void skip_to(FmStream *s, uint64_t offset)
{
    uint64_t missing = offset - s->offset, rest = s->skip;
    if (s->gathered_size && s->need < FM_IGNORED)
        rest = s->need - s->gathered_size;
    s->hole = missing > rest; /* where the next record starts is not known */
    if (s->gathered_size) {
        s->skip = s->need < FM_IGNORED && s->need > s->gathered_size ? s->need - s->gathered_size : 0;
        fm_records_forget(s);
    }
    s->skip = s->skip > missing ? s->skip - missing : 0;
    s->offset = s->record_offset = offset;
}

/* The hole in front is given up. */
static void skip_hole(FmPut *put)
{
    if (put->s->held)
        skip_to(put->s, put->s->held->offset);
}

/* ---- putting ---- */

static void visit_put(FmPut *put, uint64_t offset, FmRun run)
{
    FmStream *s = put->s;
    FmStreamResult *result = &put->memo->result;
    if (!s->started) {
        s->started = true;
        s->offset = s->record_offset = offset;
    }
    uint64_t wire = run.bytes.size + run.lost;
    if (!s->protocol || s->lost) {
        if (offset <= s->offset && offset + wire > s->offset)
            s->offset = s->record_offset = offset + wire;
        return;
    }
    result->consumed = true;
    if (s->apart) {
        fm_records_consume(put, &run);
        return;
    }
    if (offset + wire <= s->offset) {
        result->repeated = wire > 0;
        return;
    }
    if (offset < s->offset) {
        uint64_t seen = s->offset - offset;
        result->overlaps = true;
        if (seen > run.bytes.size) {
            run.lost = (uint32_t)(wire - seen);
            seen = run.bytes.size;
        }
        fm_run_advance(&run, (size_t)seen);
        offset = s->offset;
    }
    if (offset > s->offset) {
        while (s->held && s->held->offset <= MIN(s->received, offset) && s->held->offset > s->offset) { /* lost by the capture alone */
            skip_hole(put);
            fm_stream_drain(put);
        }
        if (s->offset < offset && offset <= s->received)
            skip_to(s, offset);
        if (held_is_full(s, run.bytes.size)) {
            skip_hole(put);
            fm_stream_drain(put);
        }
        if (offset > s->offset) {
            result->tail = (uint32_t)run.bytes.size;
            result->conflict = differs(s, offset, run.bytes);
            result->repeated = is_held(s, offset, run.bytes.size);
            result->waiting = !result->repeated && fm_stream_hold(put, offset, &run);
            return;
        }
    }
    result->conflict = differs(s, offset, run.bytes);
    s->offset = offset + run.bytes.size + run.lost;
    fm_records_consume(put, &run);
    fm_stream_drain(put);
}

static void tell_begun(FmDissection *d, unsigned protocol, FmSlice bytes)
{
    const FmProtocol *consumer = fm_catalog_protocol_at(d->packet->catalog, protocol);
    if (consumer->begun && bytes.size)
        consumer->begun(d, bytes);
}

static void tell_begun_again(FmDissection *d, const FmStreamMemo *memo)
{
    const FmPiece *piece = &memo->begun;
    FmSlice all = { NULL, 0 };
    FmFrame frame;
    if (piece->packet == fm_frame_number(d))
        all = piece->buffer < d->packet->buffer_count ? d->packet->buffers[piece->buffer].bytes : all;
    else if (d->visit->fetch)
        all = fm_visit_earlier(d->visit, piece, &frame);
    if (piece->offset < all.size)
        tell_begun(d, memo->result.begun, (FmSlice){ all.data + piece->offset, MIN(piece->length, all.size - piece->offset) });
}

/* Member by member, and without the sequence's buffer, which is set before it is read: cheaper than to clear all for each segment. */
static void start_put(FmPut *put, FmDissection *d, FmStream *s, FmStreamMemo *memo, FmGathered **gathered, const FmCursor *c)
{
    put->d = d;
    put->s = s;
    put->memo = memo;
    put->last = &memo->first;
    put->size_before = fm_stream_size(s);
    put->silent = put->asked = put->same_layer = false;
    put->sequence.d = d;
    put->sequence.result = &memo->result;
    put->sequence.last = gathered;
    put->sequence.told = NULL;
    put->sequence.model = fm_cursor_copy(c);
    put->sequence.protocol = 0;
    put->sequence.gathered = false;
}

static void tell_opened(FmDissection *d, const FmStreamMemo *memo, const FmCursor *whole)
{
    if (!memo->opened || !fm_catalog_protocol_at(d->catalog, memo->opened)->opens)
        return;
    FmCursor tail = *whole;
    tail.at = tail.end - MIN(memo->result.tail, fm_left(&tail));
    fm_visit_layer(d, memo->opened, &tail);
}

FmStreamResult fm_stream_put(FmDissection *d, FmStream *s, uint64_t offset, FmCursor *c)
{
    FmStreamMemo *memo = fm_visit_memo(d, sizeof(FmStreamMemo), true);
    FmRun run = { fm_rest(c), c->start, { (uint32_t)d->packet->frame->number, fm_offset(c), (uint32_t)fm_left(c), c->buffer }, c->lost, d->arrived };
    FmCursor whole = fm_cursor_copy(c);
    if (d->replaying) {
        FmStreamResult again = fm_records_replay(d, memo, c);
        if (again.begun && d->want_info)
            tell_begun_again(d, memo);
        tell_opened(d, memo, &whole);
        return again;
    }
    memo->result.alone = true;
    if (!s)
        return memo->result;
    FmFlow *flow = d->flow;
    FmPut put;
    FmGathered *gathered = NULL; /* for this packet only: not kept in the memo */
    start_put(&put, d, s, memo, &gathered, c);
    s->entry.busy++;
    if (fm_left_on_wire(c) && s->unordered)
        fm_unordered_put(&put, offset, run);
    else if (fm_left_on_wire(c))
        visit_put(&put, offset, run);
    if (s->finished && s->offset == s->end)
        fm_records_finish(&put, c);
    if (memo->result.begun && d->want_info)
        tell_begun(d, memo->result.begun, (FmSlice){ s->gathered, s->gathered_size });
    tell_opened(d, memo, &whole);
    s->entry.busy--;
    flow->inner->bytes += fm_stream_size(s) - put.size_before;
    if (s->ended && !s->entry.busy)
        fm_flow_end_stream(flow, s);
    FmStreamResult result = memo->result;
    result.gathered = gathered;
    return result;
}

FmStreamResult fm_stream_append(FmDissection *d, FmStream *s, FmCursor *c)
{
    if (s && !d->replaying)
        s->started = true;
    return fm_stream_put(d, s, s ? s->offset : 0, c);
}

/* ---- gathering again ---- */

FmCursor fm_gather(FmDissection *d, const FmPiece *pieces, size_t count, const char *name)
{
    size_t size = 0, used = 0;
    for (size_t i = 0; i < count; i++)
        size += pieces[i].length;
    uint8_t *bytes = fm_arena_alloc(d->arena, MAX(size, 1));
    for (size_t i = 0; i < count; i++) {
        FmSlice from = { NULL, 0 };
        FmFrame frame;
        if (pieces[i].packet == fm_frame_number(d)) {
            if (pieces[i].buffer < d->packet->buffer_count)
                from = d->packet->buffers[pieces[i].buffer].bytes;
        } else if (d->visit->fetch) {
            from = fm_visit_earlier(d->visit, &pieces[i], &frame);
        }
        size_t n = pieces[i].offset < from.size ? MIN(pieces[i].length, from.size - pieces[i].offset) : 0;
        if (n)
            memcpy(bytes + used, from.data + pieces[i].offset, n);
        used += n;
    }
    return fm_buffer(d, (FmSlice){ bytes, used }, name);
}
