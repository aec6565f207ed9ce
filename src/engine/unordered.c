/* Segments dissected as they come, which is Wireshark's way unless it is told otherwise (tcp.reassemble_out_of_order).
 *
 * Bytes of an unfinished record join it wherever they lie within. All else begins a record at once, a hole before it or not: the
 * unfinished one is put aside. Late bytes may still complete it there, and then it is shown to be whole but not dissected: consumers
 * need their bytes in order. Late bytes of no such record are left alone. */
#include "config.h"

#include "engine/records.h"

/* Where the unfinished record ends, as far as is known: bytes before that are its own. 0: there is none. */
static uint64_t reach(const FmStream *s)
{
    if (!s->gathered_size)
        return 0;
    if (s->need == FM_UNTIL_END)
        return UINT64_MAX;
    return s->need == FM_NEED_MORE ? s->offset + 1 : s->record_offset + s->need;
}

static bool covers(const FmStream *s, uint64_t offset)
{
    return s->record_offset <= offset && offset < reach(s);
}

/* Makes room for another record; the one at hand may be completed by late bytes. */
static void put_aside(FmStream *s)
{
    if (s->gathered_size && s->aside_count < FM_MAX_ASIDE) {
        FmStream *aside = g_new(FmStream, 1);
        *aside = *s;
        s->aside = aside;
        s->aside_count++;
        s->gathered = NULL;
        s->pieces = NULL;
        s->waiting = NULL;
        s->held = s->held_last = NULL;
        s->gathered_room = s->held_size = 0;
        s->piece_room = s->waiting_room = s->held_count = 0;
    }
    fm_stream_drop_held(s);
    fm_records_forget(s);
}

/* A record begins at `offset`, or the rest of one that is only counted is there. */
static void jump(FmPut *put, uint64_t offset, FmRun *run)
{
    FmStream *s = put->s;
    uint64_t missing = offset > s->offset ? offset - s->offset : 0;
    bool counted = offset >= s->offset && s->skip >= missing && s->skip;
    put_aside(s);
    s->hole = false; /* what is there is taken for a record's begin */
    s->skip = counted ? s->skip - missing : 0;
    s->record_offset = offset;
    s->offset = offset + run->bytes.size + run->lost;
    fm_records_consume(put, run);
}

/* Bytes of the unfinished record at `offset`, which it covers. */
static void join(FmPut *put, uint64_t offset, FmRun *run)
{
    FmStream *s = put->s;
    FmStreamResult *result = &put->memo->result;
    uint64_t end = reach(s), wire = run->bytes.size + run->lost;
    if (offset > s->offset) {
        if (!put->silent && offset + wire > end) { /* the record has a hole and something behind it: only late bytes can complete it */
            FmRun part = *run;
            part.bytes.size = part.place.length = (uint32_t)MIN(end - offset, run->bytes.size);
            fm_stream_hold(put, offset, &part);
            fm_run_advance(run, part.bytes.size);
            jump(put, end, run);
            return;
        }
        result->tail = (uint32_t)run->bytes.size;
        result->waiting = fm_stream_hold(put, offset, run);
        return;
    }
    if (offset + wire <= s->offset) {
        result->tail = (uint32_t)run->bytes.size;
        result->repeated = offset == s->record_offset;
        result->waiting = !result->repeated;
        return;
    }
    uint64_t seen = s->offset - offset;
    if (seen > run->bytes.size) {
        run->lost = (uint32_t)(wire - seen);
        seen = run->bytes.size;
    }
    fm_run_advance(run, (size_t)seen);
    s->offset += run->bytes.size + run->lost;
    fm_records_consume(put, run);
    fm_stream_drain(put);
}

/* The record put aside that covers `offset`, and where it hangs. */
static FmStream **find_aside(FmStream *s, uint64_t offset)
{
    FmStream **at = &s->aside;
    while (*at && !covers(*at, offset))
        at = &(*at)->aside;
    return at;
}

/* Late bytes, and such as are sent again at once (fast retransmissions, which are dissected): those that the unfinished record covers. */
static void join_record(FmPut *put, FmStream *record, uint64_t offset, FmRun *run)
{
    uint64_t end = reach(record);
    if (put->silent && record->need != FM_NEED_MORE && end - offset < run->bytes.size) {
        run->bytes.size = run->place.length = (uint32_t)(end - offset);
        run->lost = 0;
    }
    FmStream *s = put->s;
    put->s = record;
    join(put, offset, run);
    put->s = s;
}

/* The same for a record that was put aside. */
static void join_aside(FmPut *put, FmStream **at, uint64_t offset, FmRun *run)
{
    FmStream *record = *at, *older = record->aside;
    *at = older;
    record->aside = NULL;
    put->s->aside_count--;
    join_record(put, record, offset, run);
    if (record->gathered_size && !record->aside && put->s->aside_count < FM_MAX_ASIDE) {
        record->aside = put->s->aside;
        put->s->aside = record;
        put->s->aside_count++;
        return;
    }
    fm_stream_release(record);
    g_free(record);
}

void fm_unordered_put(FmPut *put, uint64_t offset, FmRun run)
{
    FmStream *s = put->s;
    FmStreamResult *result = &put->memo->result;
    if (!s->started) {
        s->started = true;
        s->offset = s->record_offset = offset;
    }
    if (!s->protocol || s->lost) {
        s->offset = s->record_offset = offset + run.bytes.size + run.lost;
        return;
    }
    result->consumed = true;
    put->silent = s->arrival == FM_ARRIVAL_LATE;
    FmStream **aside = find_aside(s, offset);
    if (s->arrival == FM_ARRIVAL_REPEATED)
        result->repeated = true;
    else if (covers(s, offset))
        join_record(put, s, offset, &run);
    else if (*aside)
        join_aside(put, aside, offset, &run);
    else if (!put->silent && s->apart)
        fm_records_consume(put, &run);
    else if (!put->silent)
        jump(put, offset, &run);
}
