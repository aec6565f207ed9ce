/* Streams: bytes in, whole records out to the consumer's dissect. Records inside one segment are dissected in place; a record
 * over several is gathered once. The memo of a put tells a replay where each record lies. */
#include "config.h"

#include <string.h>

#include "engine/visit.h"

#define ASK_AGAIN 512 /* bytes gathered before a consumer that could not tell the length is asked again */

typedef struct RecordMemo {
    struct RecordMemo *next;
    uint64_t length;     /* of the record; what is missing at the end was lost */
    uint32_t lost;
    uint16_t protocol, via; /* who reads it; who had the stream before */
    uint32_t piece_count;
    FmPiece pieces[];
} RecordMemo;

typedef struct StreamMemo {
    RecordMemo *first, **last;
    FmStreamResult result;
} StreamMemo;

typedef struct Put { /* one call */
    FmDissection *d;
    FmStream *s;
    StreamMemo *memo;
    FmCursor model; /* for trouble and buffer of cursors in place */
    size_t size_before; /* what the stream kept then */
    bool fence;     /* the record before was gathered: what it wrote into the info column stays */
    unsigned protocol; /* that read the record before */
} Put;

typedef struct Run { /* contiguous bytes and where they come from */
    FmSlice bytes;
    const uint8_t *start; /* of their buffer, if it is this packet's; NULL: held bytes */
    FmPiece place;
    uint32_t lost;        /* bytes missing behind them */
} Run;

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

static void hand_over(FmStream *s, unsigned protocol)
{
    s->via = s->protocol;
    s->protocol = protocol;
    s->need = FM_NEED_MORE; /* what waits is looked at with other eyes */
}

void fm_stream_hand_over(FmDissection *d, unsigned protocol)
{
    FmStream *s = d->stream;
    if (!s || d->replaying || !protocol)
        return;
    bool crowded;
    hand_over(fm_flow_stream(d->flow, s->entry.number, s->entry.kind ^ 1, &crowded), protocol);
    hand_over(s, protocol);
}

/* ---- gathering ---- */

static void note_piece(Put *put, const FmPiece *piece)
{
    FmStream *s = put->s;
    if (s->piece_count) {
        FmPiece *last = &s->pieces[s->piece_count - 1];
        if (last->packet == piece->packet && last->buffer == piece->buffer && last->offset + last->length == piece->offset) {
            last->length += piece->length;
            return;
        }
    }
    if (s->piece_count == s->piece_room) {
        s->piece_room = s->piece_room ? s->piece_room * 2 : 8;
        s->pieces = g_renew(FmPiece, s->pieces, s->piece_room);
    }
    s->pieces[s->piece_count++] = *piece;
}

/* Would so many bytes more be too many for the flow? */
static bool flow_is_full(const Put *put, size_t more)
{
    return put->d->flow->inner->bytes + fm_stream_size(put->s) - put->size_before + more > FM_MAX_STREAM_BYTES;
}

static void gather(Put *put, Run *run, size_t n)
{
    FmStream *s = put->s;
    if (s->gathered_size + n > s->gathered_room) {
        s->gathered_room = MAX(s->gathered_size + n, s->gathered_room * 2);
        s->gathered = g_realloc(s->gathered, s->gathered_room);
    }
    memcpy(s->gathered + s->gathered_size, run->bytes.data, n);
    s->gathered_size += n;
    FmPiece piece = run->place;
    piece.length = (uint32_t)n;
    if (put->d->keeping)
        note_piece(put, &piece);
}

static void advance(Run *run, size_t n)
{
    run->bytes.data += n;
    run->bytes.size -= n;
    run->place.offset += (uint32_t)n;
    run->place.length -= (uint32_t)n;
}

static void forget_record(FmStream *s)
{
    s->gathered_size = 0;
    s->piece_count = 0;
    s->waiting_count = 0;
    s->need = FM_NEED_MORE;
}

/* ---- records ---- */

static void remember(Put *put, const FmPiece *pieces, uint32_t count, uint64_t length, uint32_t lost)
{
    if (!put->d->visit->memo_arena)
        return;
    RecordMemo *r = fm_arena_alloc(put->d->visit->memo_arena, sizeof(RecordMemo) + count * sizeof(FmPiece));
    *r = (RecordMemo){ .length = length, .lost = lost, .protocol = (uint16_t)put->s->protocol, .via = (uint16_t)put->s->via, .piece_count = count };
    memcpy(r->pieces, pieces, count * sizeof(FmPiece));
    *put->memo->last = r;
    put->memo->last = &r->next;
}

/* Several records in place are one layer in frame.protocols, as when a dissector loops over them. */
static void call_consumer(FmDissection *d, unsigned protocol, unsigned via, FmCursor *c, bool same_layer)
{
    FmPacket *p = d->packet;
    if (via && !same_layer)
        fm_layer_name(d, fm_catalog_protocol_at(p->catalog, via)->abbrev);
    uint32_t at = p->layer_count;
    fm_call_number(d, protocol, c);
    if (!same_layer || p->layer_count == at)
        return;
    p->layer_count--;
    memmove(&d->visit->layers[at], &d->visit->layers[at + 1], (p->layer_count - at) * sizeof d->visit->layers[0]);
}

static void dissect_record(Put *put, FmCursor *c, bool gathered)
{
    FmDissection *d = put->d;
    FmFlow *flow = d->flow;
    FmStream *outer = d->stream;
    bool outer_follows = d->follows;
    bool same_layer = put->memo->result.records && !put->fence && put->protocol == put->s->protocol;
    if (put->fence)
        fm_info_keep(d);
    put->fence = gathered;
    put->protocol = put->s->protocol;
    d->stream = put->s;
    d->follows = put->memo->result.records > 0;
    put->memo->result.records++;
    put->s->records++;
    call_consumer(d, put->s->protocol, put->s->via, c, same_layer);
    d->flow = flow;
    d->stream = outer;
    d->follows = outer_follows;
}

/* A whole record (or, with `lost`, the part that was captured) that lies in this packet. */
static void emit_in_place(Put *put, Run *run, size_t n, uint32_t lost)
{
    FmPiece piece = run->place;
    piece.length = (uint32_t)n;
    remember(put, &piece, 1, n + lost, lost);
    FmCursor c = put->model;
    if (run->start) {
        c.start = run->start;
        c.buffer = run->place.buffer;
    } else {
        c = fm_buffer(put->d, (FmSlice){ fm_arena_copy(put->d->arena, run->bytes.data, n), n }, "Reassembled");
    }
    if (run->start)
        c.at = run->bytes.data;
    c.end = c.at + n;
    c.lost = lost;
    put->s->record_offset += n + lost;
    advance(run, n);
    dissect_record(put, &c, false);
}

static void emit_gathered(Put *put, uint32_t lost)
{
    FmDissection *d = put->d;
    FmStream *s = put->s;
    remember(put, s->pieces, s->piece_count, s->gathered_size + lost, lost);
    for (uint32_t i = 0; i < s->waiting_count; i++)
        if (s->waiting[i] != put->memo)
            ((StreamMemo *)s->waiting[i])->result.reassembled_in = fm_frame_number(d);
    put->memo->result.waiting = false; /* held bytes completed what this packet left open */
    uint8_t *bytes = s->gathered;
    size_t size = s->gathered_size;
    s->gathered = NULL;
    s->gathered_room = 0;
    forget_record(s);
    s->record_offset += size + lost;
    fm_visit_bury(d, bytes);
    FmCursor c = fm_buffer(d, (FmSlice){ bytes, size }, "Reassembled");
    c.lost = lost;
    dissect_record(put, &c, true);
}

static void wait_for_more(Put *put)
{
    FmStream *s = put->s;
    put->memo->result.waiting = true;
    if (!s->gathered_size || s->waiting_count == 0)
        s->first_packet = s->first_packet ? s->first_packet : fm_frame_number(put->d);
    if (!put->d->keeping)
        return;
    if (s->waiting_count && s->waiting[s->waiting_count - 1] == put->memo)
        return;
    if (s->waiting_count == s->waiting_room) {
        s->waiting_room = s->waiting_room ? s->waiting_room * 2 : 8;
        s->waiting = g_renew(void *, s->waiting, s->waiting_room);
    }
    s->waiting[s->waiting_count++] = put->memo;
}

static uint64_t ask(Put *put, FmSlice bytes)
{
    FmStream *s = put->s;
    const FmProtocol *consumer = fm_catalog_protocol_at(put->d->packet->catalog, s->protocol);
    if (!consumer->record)
        return bytes.size;
    if (consumer->stream_state_size) { /* one for both directions; streams of one number have different feeders */
        uint64_t number = s->entry.number ^ (uint64_t)(s->entry.kind >> 1) << 48;
        s->state = fm_flow_stream_state(put->d->flow, s->protocol, number, consumer->stream_state_size, consumer->stream_release);
    } else if (consumer->state_size) {
        s->state = fm_flow_state(put->d->flow, s->protocol, consumer->state_size, consumer->release);
    }
    uint64_t need = consumer->record(s, bytes);
    return need == 0 ? bytes.size : need; /* a record is never empty */
}

static void lose(Put *put, const char *why)
{
    forget_record(put->s);
    fm_stream_release(put->s);
    put->s->lost = true;
    fm_note(put->d, FM_WARN, "%s", why);
}

/* Continues an unfinished record; false when the run is used up. */
static bool continue_record(Put *put, Run *run)
{
    FmStream *s = put->s;
    while (s->gathered_size && run->bytes.size) {
        bool known = s->need != FM_NEED_MORE;
        size_t n = known ? (size_t)(s->need - s->gathered_size) : ASK_AGAIN;
        n = MIN(n, run->bytes.size);
        size_t before = s->gathered_size;
        if (flow_is_full(put, n)) {
            lose(put, "The streams of this connection hold more than is put together");
            return false;
        }
        gather(put, run, n);
        if (!known) {
            s->need = ask(put, (FmSlice){ s->gathered, s->gathered_size });
            if ((s->need != FM_NEED_MORE && s->need > FM_MAX_RECORD) || s->gathered_size > FM_MAX_RECORD) {
                lose(put, "A record is longer than what is put together");
                return false;
            }
            if (s->need < s->gathered_size) { /* too much was taken: give the rest back */
                size_t used = s->need > before ? (size_t)s->need - before : 0;
                size_t back = n - used;
                s->gathered_size -= back;
                if (put->d->keeping)
                    s->pieces[s->piece_count - 1].length -= (uint32_t)back;
                n = used;
            }
        }
        advance(run, n);
        if (s->need == s->gathered_size) {
            emit_gathered(put, 0);
            return true;
        }
    }
    if (s->gathered_size && run->lost) { /* the end of the record was not captured */
        uint64_t missing = s->need == FM_NEED_MORE ? run->lost : MIN(run->lost, s->need - s->gathered_size);
        s->skip = s->need != FM_NEED_MORE && s->need - s->gathered_size > run->lost ? s->need - s->gathered_size - run->lost : 0;
        emit_gathered(put, (uint32_t)missing);
        return false;
    }
    return run->bytes.size > 0;
}

static void consume(Put *put, Run *run)
{
    FmStream *s = put->s;
    while (run->bytes.size && !s->lost) {
        if (s->skip) {
            size_t n = (size_t)MIN(s->skip, run->bytes.size);
            s->skip -= n;
            s->record_offset += n;
            advance(run, n);
            continue;
        }
        if (s->gathered_size) {
            if (!continue_record(put, run))
                break;
            continue;
        }
        uint64_t need = ask(put, run->bytes);
        if (need <= run->bytes.size) {
            emit_in_place(put, run, (size_t)need, 0);
        } else if (run->lost) {
            uint64_t more = need == FM_NEED_MORE ? run->lost : need - run->bytes.size;
            if (more > run->lost) {
                s->skip = more - run->lost;
                more = run->lost;
            }
            emit_in_place(put, run, run->bytes.size, (uint32_t)more);
        } else if (need != FM_NEED_MORE && need > FM_MAX_RECORD) {
            lose(put, "A record is longer than what is put together");
        } else if (flow_is_full(put, run->bytes.size)) {
            lose(put, "The streams of this connection hold more than is put together");
        } else {
            s->need = need;
            s->first_packet = fm_frame_number(put->d);
            gather(put, run, run->bytes.size);
            advance(run, run->bytes.size);
        }
    }
    if (s->gathered_size)
        wait_for_more(put);
}

/* ---- holes ---- */

static bool held_is_full(const FmStream *s, size_t more)
{
    return s->held_size + more > FM_MAX_HELD || s->held_count == FM_MAX_HELD_PIECES;
}

static void hold(Put *put, uint64_t offset, const Run *run)
{
    FmStream *s = put->s;
    if (held_is_full(s, run->bytes.size) || flow_is_full(put, run->bytes.size))
        return;
    FmHeld **at = s->held_last && s->held_last->offset < offset ? &s->held_last->next : &s->held;
    while (*at && (*at)->offset < offset)
        at = &(*at)->next;
    if (*at && (*at)->offset == offset && (*at)->size >= run->bytes.size)
        return; /* a copy of what is held: the first one wins */
    FmHeld *h = g_malloc(sizeof(FmHeld) + run->bytes.size);
    *h = (FmHeld){ .next = *at, .offset = offset, .size = (uint32_t)run->bytes.size, .packet = run->place.packet,
                   .at = run->place.offset, .buffer = run->place.buffer };
    memcpy(h->bytes, run->bytes.data, run->bytes.size);
    *at = h;
    if (!h->next)
        s->held_last = h;
    s->held_size += h->size;
    s->held_count++;
}

static void drain_held(Put *put)
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
            Run run = { .bytes = { h->bytes, h->size }, .place = { h->packet, h->at, h->size, h->buffer } };
            advance(&run, (size_t)skip);
            s->offset += run.bytes.size;
            consume(put, &run);
        }
        g_free(h);
    }
}

/* The hole in front is given up: what is held goes on as if it were next. */
static void skip_hole(Put *put)
{
    FmStream *s = put->s;
    if (!s->held)
        return;
    uint64_t missing = s->held->offset - s->offset;
    forget_record(s);
    s->skip = s->skip > missing ? s->skip - missing : 0;
    s->offset = s->record_offset = s->held->offset;
}

void fm_stream_skip_hole(FmDissection *d, FmStream *s, uint64_t offset)
{
    if (!s || d->replaying || !s->started || offset <= s->offset)
        return;
    uint64_t missing = offset - s->offset;
    if (s->gathered_size) {
        s->skip = s->need != FM_NEED_MORE ? s->need - s->gathered_size : 0;
        forget_record(s);
    }
    s->skip = s->skip > missing ? s->skip - missing : 0;
    s->offset = s->record_offset = offset;
}

/* ---- putting ---- */

static FmStreamResult replay_put(FmDissection *d, const StreamMemo *memo, const FmCursor *model)
{
    bool fence = false, outer_follows = d->follows;
    unsigned protocol = 0;
    for (const RecordMemo *r = memo->first; r; r = r->next) {
        FmCursor c = *model;
        const FmPiece *p = &r->pieces[0];
        bool same_layer = r != memo->first && !fence && r->protocol == protocol;
        if (fence)
            fm_info_keep(d);
        fence = r->piece_count > 1 || p->packet != fm_frame_number(d);
        if (r->piece_count == 1 && p->packet == fm_frame_number(d) && p->buffer < d->packet->buffer_count) {
            FmSlice all = d->packet->buffers[p->buffer].bytes;
            c.start = all.data;
            c.at = all.data + MIN(p->offset, all.size);
            c.end = c.at + MIN(p->length, all.size - (size_t)(c.at - all.data));
            c.buffer = p->buffer;
        } else {
            c = fm_gather(d, r->pieces, r->piece_count, "Reassembled");
            c.trouble = model->trouble;
        }
        c.lost = r->lost;
        protocol = r->protocol;
        d->follows = r != memo->first;
        call_consumer(d, protocol, r->via, &c, same_layer);
    }
    d->follows = outer_follows;
    return memo->result;
}

static void visit_put(Put *put, uint64_t offset, Run run)
{
    FmStream *s = put->s;
    StreamMemo *memo = put->memo;
    if (!s->started) {
        s->started = true;
        s->offset = s->record_offset = offset;
    }
    uint64_t wire = run.bytes.size + run.lost;
    if (!s->protocol || s->lost) {
        if (offset <= s->offset && offset + wire > s->offset)
            s->offset = offset + wire;
        return;
    }
    memo->result.consumed = true;
    if (offset + wire <= s->offset)
        return; /* seen before */
    if (offset < s->offset) {
        uint64_t seen = s->offset - offset;
        s->overlap = true;
        if (seen > run.bytes.size) {
            run.lost = (uint32_t)(wire - seen);
            seen = run.bytes.size;
        }
        advance(&run, (size_t)seen);
        offset = s->offset;
    }
    if (offset > s->offset) {
        if (held_is_full(s, run.bytes.size)) {
            skip_hole(put);
            drain_held(put);
        }
        if (offset > s->offset) {
            hold(put, offset, &run);
            memo->result.waiting = true;
            return;
        }
    }
    s->offset = offset + run.bytes.size + run.lost;
    consume(put, &run);
    drain_held(put);
}

FmStreamResult fm_stream_put(FmDissection *d, FmStream *s, uint64_t offset, FmCursor *c)
{
    StreamMemo *memo = fm_visit_memo(d, sizeof(StreamMemo));
    FmCursor model = *c;
    Run run = { fm_rest(c), c->start, { (uint32_t)d->packet->frame->number, fm_offset(c), (uint32_t)fm_left(c), c->buffer }, c->lost };
    if (d->replaying)
        return replay_put(d, memo, &model);
    memo->last = &memo->first;
    if (!s)
        return memo->result;
    FmFlow *flow = d->flow;
    Put put = { d, s, memo, model, fm_stream_size(s), false, 0 };
    s->entry.busy++;
    visit_put(&put, offset, run);
    s->entry.busy--;
    flow->inner->bytes += fm_stream_size(s) - put.size_before;
    if (s->ended && !s->entry.busy)
        fm_flow_end_stream(flow, s);
    return memo->result;
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
