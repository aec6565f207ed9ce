/* Records of streams. One that lies in this packet is dissected in place; one over several packets is gathered once. The memo of a
 * put tells a replay where each record lies.
 *
 * While a record's length is not known, whole runs are gathered, and what follows the record in the last of them is dissected from
 * the same buffer, as Wireshark does; a tail that is no whole record starts the next gathering. */
#include "config.h"

#include <string.h>

#include "engine/records.h"

/* ---- dissecting ---- */

/* Several records in one buffer are one layer in frame.protocols, as when a dissector loops over them. */
static void call_consumer(FmDissection *d, unsigned protocol, unsigned via, FmCursor *c, bool same_layer)
{
    FmPacket *p = d->packet;
    if (via && !same_layer)
        fm_layer_name(d, fm_catalog_protocol_at(p->catalog, via)->abbrev);
    uint32_t at = p->layer_count;
    const FmProtocol *consumer = fm_catalog_protocol_at(p->catalog, protocol);
    if (consumer->part) { /* records of the layer that feeds the stream */
        fm_part(d, consumer, c);
        return;
    }
    fm_call_number(d, protocol, c);
    if (!same_layer || p->layer_count == at)
        return;
    p->layer_count--;
    memmove(&d->visit->layers[at], &d->visit->layers[at + 1], (p->layer_count - at) * sizeof d->visit->layers[0]);
}

static void note_size(FmSequence *q, unsigned protocol, const FmCursor *c)
{
    FmDissection *d = q->d;
    if (!d->sizes || !fm_catalog_protocol_at(d->catalog, protocol)->sized)
        return;
    FmRecordSize *size = fm_arena_alloc(d->arena, sizeof *size);
    *size = (FmRecordSize){ NULL, fm_left_on_wire(c), fm_offset(c), c->buffer };
    *d->sizes = size;
    d->sizes = &size->next;
    if (q->gathered && q->told)
        q->told->sizes++;
}

static inline __attribute__((always_inline)) void enter_record(FmSequence *q, unsigned protocol, unsigned via, FmCursor *c, bool gathered, bool same_buffer)
{
    FmDissection *d = q->d;
    FmFlow *flow = d->flow;
    bool outer_follows = d->follows;
    bool fence = q->gathered && !same_buffer;
    if (fence)
        fm_info_keep(d);
    bool same_layer = q->protocol == protocol && !fence;
    q->protocol = protocol;
    q->gathered = gathered;
    d->follows = q->result->records > 0;
    q->result->records++;
    note_size(q, protocol, c);
    call_consumer(d, protocol, via, c, same_layer);
    d->flow = flow;
    d->follows = outer_follows;
}

/* Tells of a buffer put together from `pieces`, which live as long as the packet. */
static void tell_gathered(FmSequence *q, const FmPiece *pieces, uint32_t count)
{
    FmDissection *d = q->d;
    FmGathered *g = fm_arena_alloc0(d->arena, sizeof *g);
    uint32_t *offsets = fm_arena_alloc(d->arena, MAX(count, 1) * sizeof *offsets);
    for (uint32_t i = 0; i < count; i++) {
        offsets[i] = g->fragments.length;
        g->fragments.length += pieces[i].length;
        if (pieces[i].packet == fm_frame_number(d))
            g->here = &pieces[i];
    }
    g->fragments.pieces = pieces;
    g->fragments.offsets = offsets;
    g->fragments.marks = fm_arena_alloc0(d->arena, MAX(count, 1));
    g->fragments.count = count;
    g->buffer = q->buffer;
    *q->last = q->told = g;
    q->last = &g->next;
}

FmStreamResult fm_records_replay(FmDissection *d, const FmStreamMemo *memo, const FmCursor *model)
{
    FmStreamResult result = memo->result;
    result.gathered = NULL;
    result.records = 0;
    result.reassembled_in = memo->whole_in ? *memo->whole_in : 0;
    FmSequence q = { .d = d, .result = &result, .last = &result.gathered, .model = *model };
    for (const FmRecordMemo *r = memo->first; r; r = r->next) {
        bool same_buffer = !r->piece_count;
        bool in_place = !r->gathered && r->piece_count == 1 && r->pieces[0].packet == fm_frame_number(d) && r->pieces[0].buffer < d->packet->buffer_count;
        FmCursor c = *model;
        if (in_place) {
            FmSlice all = d->packet->buffers[r->pieces[0].buffer].bytes;
            c.start = all.data;
            c.end = all.data + all.size;
            c.buffer = r->pieces[0].buffer;
        } else {
            if (!same_buffer) {
                q.buffer = fm_gather(d, r->pieces, r->piece_count, "Reassembled");
                tell_gathered(&q, r->pieces, r->piece_count);
            }
            if (r->silent)
                continue;
            c = q.buffer;
            c.trouble = model->trouble;
        }
        size_t size = (size_t)(c.end - c.start), offset = MIN(r->offset, size);
        c.at = c.start + offset;
        c.end = c.at + MIN(r->length - r->lost, size - offset);
        c.lost = r->lost;
        enter_record(&q, r->protocol, r->via, &c, !in_place, same_buffer);
    }
    if (memo->lost)
        fm_note(d, FM_WARN, "%s", memo->lost);
    return result;
}

/* ---- remembering ---- */

/* Sessions need the memo; those who show where the pieces lie need it for this packet. */
static bool remembers(const FmPut *put)
{
    return put->d->keeping || put->s->tells;
}

static FmRecordMemo *remember(FmPut *put, const FmPiece *pieces, uint32_t count, uint32_t offset, uint64_t length, uint32_t lost)
{
    FmArena *arena = put->d->visit->memo_arena ? put->d->visit->memo_arena : put->d->arena;
    FmRecordMemo *r = fm_arena_alloc(arena, sizeof(FmRecordMemo) + count * sizeof(FmPiece));
    *r = (FmRecordMemo){ .length = length, .lost = lost, .offset = offset, .piece_count = count, .protocol = (uint16_t)put->s->protocol,
                          .via = (uint16_t)put->s->via };
    if (count)
        memcpy(r->pieces, pieces, count * sizeof(FmPiece));
    *put->last = r;
    put->last = &r->next;
    return r;
}

/* ---- gathering ---- */

void fm_run_advance(FmRun *run, size_t n)
{
    run->bytes.data += n;
    run->bytes.size -= n;
    run->place.offset += (uint32_t)n;
    run->place.length -= (uint32_t)n;
}

bool fm_records_full(const FmPut *put, size_t more)
{
    return put->d->flow->inner->bytes + fm_stream_size(put->s) - put->size_before + more > FM_MAX_STREAM_BYTES;
}

void fm_records_forget(FmStream *s)
{
    s->gathered_size = 0;
    s->piece_count = 0;
    s->waiting_count = 0;
    s->need = FM_NEED_MORE;
}

static void lose(FmPut *put, const char *why)
{
    fm_records_forget(put->s);
    fm_stream_release(put->s);
    put->s->lost = true;
    put->memo->lost = why;
    fm_note(put->d, FM_WARN, "%s", why);
}

static void note_piece(FmPut *put, const FmPiece *piece)
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

/* Takes `n` bytes of the run into the unfinished record. False: there are too many. */
static bool gather(FmPut *put, FmRun *run, size_t n)
{
    FmStream *s = put->s;
    if (s->gathered_size + n > FM_MAX_RECORD || s->piece_count >= FM_MAX_PIECES) {
        lose(put, "A record is longer than what is put together");
        return false;
    }
    if (fm_records_full(put, n)) {
        lose(put, "The streams of this connection hold more than is put together");
        return false;
    }
    if (s->gathered_size + n > s->gathered_room) {
        s->gathered_room = MAX(s->gathered_size + n, s->gathered_room * 2);
        s->gathered = g_realloc(s->gathered, s->gathered_room);
    }
    memcpy(s->gathered + s->gathered_size, run->bytes.data, n);
    s->arrived = s->gathered_size ? MAX(s->arrived, run->arrived) : run->arrived;
    s->gathered_size += n;
    if (run->start)
        put->memo->result.tail += (uint32_t)n;
    FmPiece piece = run->place;
    piece.length = (uint32_t)n;
    if (remembers(put))
        note_piece(put, &piece);
    fm_run_advance(run, n);
    return true;
}

static void wait_for_more(FmPut *put)
{
    FmStream *s = put->s;
    put->memo->result.waiting = true;
    if (!put->d->keeping)
        return;
    if (!put->memo->whole_in)
        put->memo->whole_in = fm_arena_alloc0(fm_memo_arena(put->d), sizeof *put->memo->whole_in);
    if (s->waiting_count && s->waiting[s->waiting_count - 1] == put->memo->whole_in)
        return;
    if (s->waiting_count == s->waiting_room) {
        s->waiting_room = s->waiting_room ? s->waiting_room * 2 : 8;
        s->waiting = g_renew(uint32_t *, s->waiting, s->waiting_room);
    }
    s->waiting[s->waiting_count++] = put->memo->whole_in;
}

/* ---- records ---- */

/* Length of the record in front; an unfinished one is never longer than is put together. */
static uint64_t ask(FmPut *put, FmSlice bytes)
{
    FmStream *s = put->s;
    const FmProtocol *consumer = fm_catalog_protocol_at(put->d->catalog, s->protocol);
    if (!consumer->record)
        return bytes.size;
    FmFlow *outer = put->d->flow;
    put->d->flow = fm_stream_flow(put->d, s);
    s->state = fm_stream_consumer_state(put->d, s, s->protocol);
    put->d->flow = outer;
    uint64_t need = consumer->record(s, bytes);
    return need == 0 ? bytes.size : need; /* a record is never empty */
}

static bool is_known(uint64_t need)
{
    return need < FM_IGNORED;
}

static bool is_refused(uint64_t need)
{
    return need == FM_REFUSED || need == FM_IGNORED;
}

/* So many bytes are not the consumer's. */
static void refuse(FmPut *put, uint64_t need, size_t size)
{
    put->s->record_offset += size;
    if (need == FM_REFUSED)
        put->memo->result.consumed = put->memo->result.records > 0;
}

static inline __attribute__((always_inline)) void dissect_record(FmPut *put, FmCursor *c, FmTime arrived, bool gathered, bool same_buffer)
{
    FmDissection *d = put->d;
    FmStream *before = d->stream;
    FmFlow *flow = d->flow, *before_flow = d->stream_flow;
    FmTime outer = d->arrived;
    d->stream = put->s;
    d->stream_flow = flow;
    d->flow = fm_stream_flow(d, put->s);
    d->arrived = arrived;
    put->s->records++;
    put->s->record_offset += fm_left_on_wire(c);
    enter_record(&put->sequence, put->s->protocol, put->s->via, c, gathered, same_buffer);
    d->flow = flow;
    d->stream = before;
    d->stream_flow = before_flow;
    d->arrived = outer;
}

/* A whole record (or, with `lost`, the part that was captured) that lies in this packet. */
static void emit_in_place(FmPut *put, FmRun *run, size_t n, uint32_t lost)
{
    FmPiece piece = run->place;
    piece.length = (uint32_t)n;
    FmCursor c = fm_cursor_copy(&put->sequence.model);
    if (run->start) {
        if (put->d->visit->memo_arena)
            remember(put, &piece, 1, piece.offset, n + lost, lost);
        c.start = run->start;
        c.buffer = run->place.buffer;
        c.at = run->bytes.data;
    } else { /* bytes that were held: of an earlier packet, or of this one (frames of QUIC) */
        c = put->sequence.buffer = fm_buffer(put->d, (FmSlice){ fm_arena_copy(put->d->arena, run->bytes.data, n), n }, "Reassembled");
        if (remembers(put)) {
            FmRecordMemo *r = remember(put, &piece, 1, 0, n + lost, lost);
            r->gathered = true;
            tell_gathered(&put->sequence, r->pieces, 1);
        }
    }
    c.end = c.at + n;
    c.lost = lost;
    fm_run_advance(run, n);
    put->memo->result.alone = false;
    dissect_record(put, &c, run->arrived, !run->start, false);
}

/* What was gathered goes to the consumer: `need` bytes, and the whole records behind them. What is left then, less than a record,
 * is the end of this packet's bytes `from`, and gathered anew. */
static void emit_gathered(FmPut *put, uint64_t need, uint32_t lost, const FmRun *from)
{
    FmDissection *d = put->d;
    FmStream *s = put->s;
    const FmPiece *pieces = s->pieces;
    uint32_t count = remembers(put) ? s->piece_count : 0;
    for (uint32_t i = 0; i < s->waiting_count; i++)
        if (s->waiting[i] != put->memo->whole_in)
            *s->waiting[i] = fm_frame_number(d);
    put->memo->result.waiting = false; /* held bytes completed what this packet left open */
    put->memo->result.tail = put->memo->result.begun = put->memo->opened = 0;
    FmTime arrived = s->arrived;
    uint8_t *bytes = s->gathered;
    size_t size = s->gathered_size, at = 0;
    s->gathered = NULL;
    s->gathered_room = 0;
    fm_visit_bury(d, bytes);
    FmCursor whole = put->sequence.buffer = fm_buffer(d, (FmSlice){ bytes, size }, "Reassembled");
    if (count) {
        FmRecordMemo *r = remember(put, pieces, count, 0, need + lost, lost);
        r->gathered = true;
        r->silent = put->silent;
        tell_gathered(&put->sequence, r->pieces, count);
    }
    fm_records_forget(s);
    if (put->silent) {
        s->record_offset = s->offset;
        return;
    }
    do {
        FmCursor c = whole;
        c.at = whole.start + MIN(at, (size_t)(whole.end - whole.start)); /* no room for buffers: empty */
        c.end = whole.end - whole.start >= (ptrdiff_t)(at + need) ? c.at + need : whole.end;
        c.lost = lost;
        if (at && count)
            remember(put, NULL, 0, (uint32_t)at, need, 0);
        dissect_record(put, &c, arrived, true, at > 0);
        at += need;
        need = at < size && s->protocol && !s->lost ? ask(put, (FmSlice){ bytes + at, size - at }) : FM_NEED_MORE;
    } while (is_known(need) && need <= size - at);
    put->memo->result.alone = false;
    if (at == size || !s->protocol || s->lost)
        return;
    FmRun tail = *from;
    size_t left = size - at;
    tail.bytes = (FmSlice){ from->bytes.data - left, left };
    tail.place.offset -= (uint32_t)left;
    tail.place.length = (uint32_t)left;
    s->need = need;
    put->same_layer = true;
    gather(put, &tail, left);
}

/* Continues an unfinished record with the run's bytes. */
static void continue_record(FmPut *put, FmRun *run)
{
    FmStream *s = put->s;
    size_t unknown = s->exact && s->need == FM_NEED_MORE ? 1 : run->bytes.size;
    size_t n = is_known(s->need) ? (size_t)MIN(s->need - s->gathered_size, run->bytes.size) : unknown;
    if (!gather(put, run, n))
        return;
    if (s->need == FM_NEED_MORE && put->silent)
        s->need = s->gathered_size; /* nobody is asked whether that is all */
    if (s->need == FM_NEED_MORE) {
        s->need = ask(put, (FmSlice){ s->gathered, s->gathered_size });
        put->asked = true;
    }
    if (is_refused(s->need)) { /* as more of it shows */
        uint64_t need = s->need;
        size_t size = s->gathered_size;
        fm_records_forget(s);
        put->memo->result.tail = 0;
        refuse(put, need, size);
        return;
    }
    if (is_known(s->need) && s->need > FM_MAX_RECORD) {
        lose(put, "A record is longer than what is put together");
        return;
    }
    if (is_known(s->need) && s->need <= s->gathered_size) {
        emit_gathered(put, s->need, 0, run);
        return;
    }
    if (run->bytes.size || !run->lost)
        return;
    bool known = is_known(s->need); /* the end of the record was not captured */
    uint64_t missing = known ? MIN(run->lost, s->need - s->gathered_size) : run->lost;
    s->skip = known ? s->need - s->gathered_size - missing : 0;
    emit_gathered(put, s->gathered_size, (uint32_t)missing, run);
}

/* Behind a hole: what comes before the first record that can be made out is dissected by itself. False if nothing does. */
static bool find_record(FmPut *put, FmRun *run)
{
    FmStream *s = put->s;
    const FmProtocol *consumer = fm_catalog_protocol_at(put->d->catalog, s->protocol);
    uint64_t at = consumer->resync ? consumer->resync(s, run->bytes) : 0;
    s->hole = at == FM_NEED_MORE;
    size_t before = (size_t)MIN(at, run->bytes.size);
    if (before)
        emit_in_place(put, run, before, 0);
    return before > 0;
}

static void start_record(FmPut *put, FmRun *run)
{
    FmStream *s = put->s;
    if (s->hole && find_record(put, run))
        return;
    uint64_t need = ask(put, run->bytes);
    if (need == FM_UNTIL_END && s->finished && s->offset == s->end && !run->lost)
        need = run->bytes.size; /* the end is here */
    if (is_refused(need)) {
        refuse(put, need, run->bytes.size);
        fm_run_advance(run, run->bytes.size);
        return;
    }
    if (s->apart && need > run->bytes.size && !run->lost)
        need = run->bytes.size;
    if (is_known(need) && need <= run->bytes.size) {
        emit_in_place(put, run, (size_t)need, 0);
        return;
    }
    if (run->lost) {
        uint64_t more = is_known(need) ? need - run->bytes.size : run->lost;
        s->skip = more > run->lost ? more - run->lost : 0;
        emit_in_place(put, run, run->bytes.size, (uint32_t)MIN(more, run->lost));
        return;
    }
    if (is_known(need) && need > FM_MAX_RECORD) {
        lose(put, "A record is longer than what is put together");
        return;
    }
    s->need = need;
    gather(put, run, run->bytes.size);
}

void fm_records_consume(FmPut *put, FmRun *run)
{
    FmStream *s = put->s;
    while (run->bytes.size && !s->lost && s->protocol) {
        if (s->skip) {
            size_t n = (size_t)MIN(s->skip, run->bytes.size);
            s->skip -= n;
            s->record_offset += n;
            fm_run_advance(run, n);
        } else if (s->gathered_size) {
            continue_record(put, run);
        } else {
            start_record(put, run);
        }
    }
    if (!s->gathered_size)
        return;
    wait_for_more(put);
    FmStreamResult *result = &put->memo->result;
    bool asks = result->tail == s->gathered_size || s->need == FM_NEED_MORE || put->asked; /* as Wireshark, which asks again then */
    const FmSequence *q = &put->sequence;
    result->begun = !result->records && asks ? (uint16_t)s->protocol : 0;
    bool apart = !q->protocol || (q->gathered && !put->same_layer);
    put->memo->opened = asks && apart ? (uint16_t)s->protocol : 0;
    if (s->piece_count)
        put->memo->begun = s->pieces[0];
}

/* Nothing comes with the end, and the consumer waits for it: a record without bytes. */
static void emit_end(FmPut *put, const FmCursor *c)
{
    FmCursor end = *c;
    end.at = end.end;
    end.lost = 0;
    FmPiece piece = { .packet = fm_frame_number(put->d), .offset = fm_offset(&end), .buffer = end.buffer };
    if (put->d->visit->memo_arena)
        remember(put, &piece, 1, piece.offset, 0, 0);
    dissect_record(put, &end, put->d->arrived, false, false);
}

void fm_records_finish(FmPut *put, const FmCursor *c)
{
    FmStream *s = put->s;
    static const FmRun nothing = { .lost = 0 };
    if (s->awaits_end && !s->gathered_size && s->protocol) {
        s->awaits_end = false;
        if (!put->memo->result.records)
            emit_end(put, c);
        return;
    }
    if (!s->gathered_size || s->need != FM_UNTIL_END || !s->protocol)
        return;
    FmPiece end = { .packet = fm_frame_number(put->d) };
    if (remembers(put) && s->pieces[s->piece_count - 1].packet != end.packet)
        note_piece(put, &end); /* it brought the end alone */
    emit_gathered(put, s->gathered_size, 0, &nothing);
}
