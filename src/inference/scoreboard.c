/* Segments in flight (RFC 2018, RFC 6675, RFC 8985). */
#include "config.h"

#include "inference/scoreboard.h"

#include <string.h>

#include <glib.h>

enum { FIRST_ROOM = 4, VISITS_PER_PACKET = 64 };

void fm_board_start(FmBoard *b, uint64_t seq)
{
    FmRecord *records = b->records;
    FmResent *resent = b->resent;
    uint32_t room = b->room, resent_room = b->resent_room;
    *b = (FmBoard){ .records = records, .resent = resent, .room = room, .resent_room = resent_room, .steps = b->steps };
    b->una = b->next = b->high_sacked = seq;
    b->reordering = 3;
}

void fm_board_clear(FmBoard *b)
{
    g_free(b->records);
    g_free(b->resent);
    *b = (FmBoard){ 0 };
}

/* Doubles a ring; false if it has reached its bound. */
static bool grow_records(FmBoard *b)
{
    if (b->room >= FM_BOARD_MAX_RECORDS)
        return false;
    uint32_t room = b->room ? 2 * b->room : FIRST_ROOM;
    FmRecord *records = g_new(FmRecord, room);
    for (uint64_t i = b->head; i < b->tail; i++)
        records[i & (room - 1)] = *fm_board_at(b, i);
    g_free(b->records);
    b->records = records;
    b->room = room;
    return true;
}

static void remember_resent(FmBoard *b, uint64_t record, FmTime now)
{
    if (b->resent_tail - b->resent_head == b->resent_room) {
        if (b->resent_room >= FM_BOARD_MAX_RESENT) {
            b->resent_head++;
        } else {
            uint32_t room = b->resent_room ? 2 * b->resent_room : FIRST_ROOM;
            FmResent *resent = g_new(FmResent, room);
            for (uint64_t i = b->resent_head; i < b->resent_tail; i++)
                resent[i & (room - 1)] = b->resent[i & (b->resent_room - 1)];
            g_free(b->resent);
            b->resent = resent;
            b->resent_room = room;
        }
    }
    b->resent[b->resent_tail++ & (b->resent_room - 1)] = (FmResent){ record, now };
}

uint64_t fm_board_find(const FmBoard *b, uint64_t seq)
{
    uint64_t low = b->head, high = b->tail;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        const FmRecord *r = fm_board_at(b, middle);
        if (r->start + r->length <= seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void stamp(FmBoard *b, FmRecord *r, FmTime now, const FmSegment *s)
{
    if (fm_board_out(b) == 0)
        b->first_sent = b->delivered_at = now;
    r->sent = now;
    r->first_sent = b->first_sent;
    r->delivered_at = b->delivered_at;
    r->delivered = (uint32_t)b->delivered;
    r->tsval = s->tsval;
    r->ip_id = s->ip_id;
}

static void append(FmBoard *b, uint64_t start, uint64_t end, uint32_t mss, uint32_t most, FmTime now, const FmSegment *s, uint8_t flags)
{
    if ((end - start) / mss >= most)
        mss = (uint32_t)((end - start) / most + 1);
    for (uint64_t at = start; at < end; b->steps++) {
        uint32_t length = (uint32_t)MIN(end - at, mss);
        if (b->tail - b->head == b->room && !grow_records(b)) {
            fm_board_at(b, b->tail - 1)->length += length;
        } else {
            FmRecord r = { .start = at, .length = length, .flags = flags };
            stamp(b, &r, now, s);
            *fm_board_at(b, b->tail++) = r;
        }
        at += length;
    }
    b->next = end;
}

void fm_board_send(FmBoard *b, uint64_t start, uint64_t end, uint32_t mss, FmTime now, const FmSegment *s, uint8_t flags)
{
    if (start > b->next) {
        uint32_t extra = (uint32_t)MIN((start - b->next) / mss, b->budget);
        b->budget -= extra;
        append(b, b->next, start, mss, MAX(extra + 1, FM_BOARD_MAX_PIECES), now, s, FM_RECORD_UNSEEN);
    }
    append(b, b->next, end, mss, FM_BOARD_MAX_PIECES, now, s, flags);
    b->budget = MIN(b->budget + 2 * VISITS_PER_PACKET, 4 * FM_BOARD_MAX_RECORDS);
}

void fm_board_resend(FmBoard *b, uint64_t i, FmTime now, const FmSegment *s)
{
    FmRecord *r = fm_board_at(b, i);
    if (!(r->flags & FM_RECORD_RESENT))
        b->in_resend++;
    r->flags |= FM_RECORD_RESENT | FM_RECORD_EVER_RESENT;
    stamp(b, r, now, s);
    remember_resent(b, i, now);
}

/* The record's delivery counts for the rate sample if it was sent last (as the kernel's rate samples choose it), and for RACK. */
static void deliver(FmBoard *b, const FmRecord *r, FmDelivery *d)
{
    uint64_t end = r->start + r->length;
    b->delivered++;
    d->delivered++;
    if (!d->rate_known || r->sent > d->rate.sent || (r->sent == d->rate.sent && end > d->rate_end)) {
        d->rate = *r;
        d->rate_end = end;
        d->rate_known = true;
        b->first_sent = r->sent;
    }
    FmTime rtt = d->now - r->sent;
    if ((r->flags & FM_RECORD_EVER_RESENT) && rtt < b->rack_rtt / 2)
        return; /* rather the first copy arrived after all */
    b->rack_rtt = rtt;
    if (r->sent > b->rack_sent || (r->sent == b->rack_sent && end > b->rack_end)) {
        b->rack_sent = r->sent;
        b->rack_end = end;
    }
}

static void leave_flight(FmBoard *b, FmRecord *r)
{
    if (r->flags & FM_RECORD_LOST)
        b->lost--;
    if (r->flags & FM_RECORD_RESENT)
        b->in_resend--;
    r->flags &= (uint8_t) ~(FM_RECORD_LOST | FM_RECORD_RESENT);
}

static void note_reordering(FmBoard *b, uint64_t start, uint32_t length)
{
    if (b->high_sacked > start && length) {
        uint64_t distance = (b->high_sacked - start + length - 1) / length;
        b->reordering_seen = true;
        b->reordering = (uint32_t)CLAMP(distance, b->reordering, 300);
    }
}

static void acknowledge(FmBoard *b, uint64_t ack, FmDelivery *d)
{
    while (b->head < b->tail) {
        FmRecord *r = fm_board_at(b, b->head);
        if (r->start + r->length > ack)
            break;
        if (r->flags & FM_RECORD_EVER_RESENT) {
            d->resent_acked = true;
        } else if (!(r->flags & FM_RECORD_SACKED)) {
            if (!d->first_acked)
                d->first_acked = r->sent;
            d->last_acked = r->sent;
            d->originals_acked = true;
            if (b->sack)
                note_reordering(b, r->start, r->length);
        }
        d->acked++;
        if ((r->flags & (FM_RECORD_UNSEEN | FM_RECORD_EVER_RESENT)) == FM_RECORD_UNSEEN)
            b->unseen_acked += r->length;
        if (r->flags & FM_RECORD_SACKED)
            b->sacked--;
        else
            deliver(b, r, d);
        leave_flight(b, r);
        b->head++;
        b->steps++;
    }
    b->detect = MAX(b->detect, b->head);
    if (b->head < b->tail) { /* a part of a piece: what is left of it stays */
        FmRecord *r = fm_board_at(b, b->head);
        if (r->start < ack) {
            r->length -= (uint32_t)(ack - r->start);
            r->start = ack;
        }
    }
    if (ack > b->next + 1) /* one: a FIN */
        b->unseen_acked += ack - b->next;
    b->una = ack;
    b->high_sacked = MAX(b->high_sacked, ack);
    b->next = MAX(b->next, ack);
}

static void sack_range(FmBoard *b, uint64_t left, uint64_t right, FmDelivery *d)
{
    for (uint64_t i = fm_board_find(b, left); i < b->tail && fm_board_spend(b); i++) {
        FmRecord *r = fm_board_at(b, i);
        uint64_t end = r->start + r->length;
        if (end > right)
            break;
        if (r->start < left || (r->flags & FM_RECORD_SACKED))
            continue;
        if (!(r->flags & FM_RECORD_EVER_RESENT)) {
            note_reordering(b, r->start, r->length);
            if (!d->first_sacked)
                d->first_sacked = r->sent;
            d->last_sacked = r->sent;
        }
        deliver(b, r, d);
        leave_flight(b, r);
        r->flags |= FM_RECORD_SACKED;
        b->sacked++;
        d->sacked = true;
    }
}

/* Walks only what the last acknowledgment did not already tell. */
static void sack_block(FmBoard *b, FmSackBlock block, FmDelivery *d)
{
    uint64_t left = fm_seq_unwrap(block.left, b->una), right = fm_seq_unwrap(block.right, b->una);
    for (unsigned i = 0; i < b->known_count; i++) {
        uint64_t known_left = fm_seq_unwrap(b->known[i].left, b->una), known_right = fm_seq_unwrap(b->known[i].right, b->una);
        if (known_left <= left && known_right > left)
            left = known_right;
        else if (known_left < right && known_right >= right && known_left > left)
            right = known_left;
    }
    if (left < right)
        sack_range(b, left, right, d);
}

static bool usable_block(const FmBoard *b, uint64_t ack, FmSackBlock block)
{
    uint64_t left = fm_seq_unwrap(block.left, b->una), right = fm_seq_unwrap(block.right, b->una);
    return left < right && left >= ack && right <= b->next;
}

/* RFC 2883: the first block names what came twice, if it lies below the acknowledgment or within the second block. */
static bool tells_of_duplicate(const FmBoard *b, const FmSackBlock *sack, unsigned count)
{
    if (!count || fm_seq_distance(sack[0].left, sack[0].right) <= 0)
        return false;
    if (fm_seq_unwrap(sack[0].right, b->una) <= b->una)
        return true;
    return count > 1 && fm_seq_distance(sack[1].left, sack[0].left) >= 0 && fm_seq_distance(sack[0].right, sack[1].right) >= 0;
}

void fm_board_ack(FmBoard *b, uint64_t ack, const FmSackBlock *sack, unsigned count, FmDelivery *d)
{
    d->in_flight = fm_board_pipe(b);
    b->budget = MIN(b->budget + VISITS_PER_PACKET, 4 * FM_BOARD_MAX_RECORDS);
    if (ack > b->una) {
        d->advanced = true;
        acknowledge(b, ack, d);
    }
    FmSackBlock known[FM_SEGMENT_SACKS];
    uint8_t known_count = 0;
    uint64_t highest = b->high_sacked;
    for (unsigned i = 0; i < count; i++) {
        if (usable_block(b, b->una, sack[i])) {
            sack_block(b, sack[i], d);
            known[known_count++] = sack[i];
            highest = MAX(highest, fm_seq_unwrap(sack[i].right, b->una));
        }
    }
    d->spurious = tells_of_duplicate(b, sack, count);
    b->high_sacked = highest;
    memcpy(b->known, known, known_count * sizeof known[0]);
    b->known_count = known_count;
    if (!b->sack && d->advanced) { /* as many as the acknowledged ones had left before */
        uint32_t others = d->acked > 0 ? d->acked - 1 : 0;
        b->dupacks -= MIN(b->dupacks, others);
    }
    b->dupacks = MIN(b->dupacks, fm_board_out(b));
    if (d->delivered)
        b->delivered_at = d->now;
}

void fm_board_duplicate(FmBoard *b, FmDelivery *d)
{
    uint32_t holes = MAX(b->lost, 1);
    if (b->dupacks + holes < fm_board_out(b)) {
        b->dupacks++;
        d->delivered++;
        b->delivered++;
        b->delivered_at = d->now;
    }
}

void fm_board_lose_none(FmBoard *b)
{
    for (uint64_t i = b->head; i < b->tail && b->lost && fm_board_spend(b); i++) {
        FmRecord *r = fm_board_at(b, i);
        b->lost -= (r->flags & FM_RECORD_LOST) != 0;
        r->flags &= (uint8_t)~FM_RECORD_LOST;
    }
}

void fm_board_lose(FmBoard *b, uint64_t i)
{
    FmRecord *r = fm_board_at(b, i);
    if (r->flags & FM_RECORD_SACKED)
        return;
    if (r->flags & FM_RECORD_RESENT) {
        r->flags &= (uint8_t)~FM_RECORD_RESENT;
        b->in_resend--;
    }
    if (!(r->flags & FM_RECORD_LOST)) {
        r->flags |= FM_RECORD_LOST;
        b->lost++;
    }
}

void fm_board_lose_all(FmBoard *b)
{
    for (uint64_t i = b->head; i < b->tail && fm_board_spend(b); i++)
        fm_board_lose(b, i);
    b->resent_head = b->resent_tail;
    b->dupacks = 0;
}

static bool overdue(const FmBoard *b, FmTime sent, uint64_t end, FmTime window, FmTime now)
{
    bool before = sent < b->rack_sent || (sent == b->rack_sent && end < b->rack_end);
    return before && now >= sent + b->rack_rtt + window;
}

void fm_board_detect(FmBoard *b, FmTime window, FmDelivery *d)
{
    if (!b->rack_sent)
        return;
    for (; b->detect < b->tail; b->detect++, b->steps++) { /* first transmissions, in order of time */
        FmRecord *r = fm_board_at(b, b->detect);
        if (r->flags & (FM_RECORD_SACKED | FM_RECORD_EVER_RESENT | FM_RECORD_LOST))
            continue;
        if (!overdue(b, r->sent, r->start + r->length, window, d->now))
            break;
        fm_board_lose(b, b->detect);
        d->lost++;
    }
    for (; b->resent_head < b->resent_tail; b->resent_head++, b->steps++) {
        FmResent *q = &b->resent[b->resent_head & (b->resent_room - 1)];
        if (q->record < b->head)
            continue;
        FmRecord *r = fm_board_at(b, q->record);
        if ((r->flags & FM_RECORD_SACKED) || !(r->flags & FM_RECORD_RESENT) || r->sent != q->sent)
            continue;
        if (!overdue(b, r->sent, r->start + r->length, window, d->now))
            break;
        fm_board_lose(b, q->record);
        d->lost++;
    }
}
