/* What the sender has outstanding, and what it knows of it (RFC 2018, RFC 6675, RFC 8985).
 *
 * A record is a piece of at most one MSS in the order of sequence numbers. The board is driven in the sender's order of
 * events: what it sends, and the acknowledgments when they have reached it. Work is bounded: each record is made once,
 * acknowledged once, marked lost once per transmission; whatever else walks over records (SACK blocks, timeouts, gaps) spends a
 * budget that every packet fills a little. FmBoard.steps counts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "inference/segment.h"

enum {
    FM_BOARD_MAX_RECORDS = 1 << 15, /* in flight at a time; beyond, pieces are merged */
    FM_BOARD_MAX_RESENT = 1 << 12,  /* retransmissions in flight that are remembered in order */
    FM_BOARD_MAX_PIECES = 64,       /* records of one captured segment (segmentation offload) */
    FM_BOARD_MAX_RANGES = 3,
};

enum {
    FM_RECORD_SACKED = 1,
    FM_RECORD_LOST = 2,
    FM_RECORD_RESENT = 4,       /* a retransmission is in flight */
    FM_RECORD_EVER_RESENT = 8,
    FM_RECORD_UNSEEN = 16,      /* never passed here: lost or late before the point of capture */
    FM_RECORD_APP_LIMITED = 32, /* sent while the application had nothing more */
};

typedef struct FmRecord {
    uint64_t start;
    FmTime sent;               /* last transmission, sender's time */
    FmTime first_sent;         /* start of the sending interval that it ends (delivery rate) */
    FmTime delivered_at;       /* time of the latest delivery when it was sent */
    uint32_t delivered;        /* packets delivered when it was sent */
    uint32_t length;
    uint32_t tsval;
    uint16_t ip_id;
    uint8_t flags;
} FmRecord;

typedef struct FmResent { /* a retransmission in flight, in order of time */
    uint64_t record;
    FmTime sent;
} FmResent;

/* What one acknowledgment delivered, for RTT and delivery rate. */
typedef struct FmDelivery {
    FmTime now;
    uint32_t delivered, lost; /* packets newly acknowledged or SACKed; newly marked lost */
    uint32_t acked;           /* packets newly acknowledged by number */
    uint32_t in_flight;       /* before it */
    FmTime first_acked, last_acked;   /* sending times of the oldest and newest record acknowledged by number; 0: none */
    FmTime first_sacked, last_sacked; /* the same by SACK */
    FmTime echoed; /* sending time that its TSecr names, where nothing else tells; 0: none */
    bool resent_acked;                /* a record that was retransmitted is among those acknowledged */
    bool originals_acked;             /* a record above was acknowledged that was never resent nor SACKed */
    bool spurious;                    /* D-SACK: something arrived twice */
    bool advanced;
    bool sacked;                      /* something was newly SACKed */
    bool rate_known;
    FmRecord rate;                    /* the record of the rate sample: the one sent last */
    uint64_t rate_end;
} FmDelivery;

typedef struct FmBoard {
    FmRecord *records; /* ring */
    FmResent *resent;  /* ring */
    uint64_t head, tail, detect; /* absolute numbers: oldest record, one past the newest, first not judged by time */
    uint64_t resent_head, resent_tail;
    uint64_t una, next, high_sacked;
    uint32_t room, resent_room;
    uint32_t sacked, lost, in_resend; /* packets */
    uint32_t dupacks;                 /* without SACK: segments that duplicates say have left */
    uint64_t unseen_acked;            /* bytes that the receiver has and that never passed here */
    uint64_t delivered;
    FmTime delivered_at, first_sent;  /* delivery rate: latest delivery; start of the current sending interval */
    uint64_t rack_end;                /* of the segment sent last among those delivered (RFC 8985) */
    FmTime rack_sent, rack_rtt;
    uint32_t reordering;              /* duplicate threshold, 3 at first */
    bool reordering_seen, sack;
    FmSackBlock known[FM_SEGMENT_SACKS]; /* of the last acknowledgment: only what is new is walked */
    uint8_t known_count;
    uint32_t budget;                     /* records that may still be visited beyond those amortised */
    uint64_t steps;                      /* records visited, ever */
} FmBoard;

void fm_board_start(FmBoard *b, uint64_t seq);
void fm_board_clear(FmBoard *b); /* frees */

static inline uint32_t fm_board_out(const FmBoard *b)
{
    return (uint32_t)(b->tail - b->head);
}

/* Packets in flight as the sender counts them (RFC 6675's pipe). */
static inline uint32_t fm_board_pipe(const FmBoard *b)
{
    uint32_t out = fm_board_out(b) + b->in_resend, left = b->sacked + b->dupacks + b->lost;
    return out > left ? out - left : 0;
}

static inline FmRecord *fm_board_at(const FmBoard *b, uint64_t i)
{
    return &b->records[i & (b->room - 1)];
}

/* One record more is visited: false if the budget is spent. */
static inline bool fm_board_spend(FmBoard *b)
{
    if (b->budget == 0)
        return false;
    b->budget--;
    b->steps++;
    return true;
}

/* Number of the record that holds seq, or of the first one behind it; tail if there is none. */
uint64_t fm_board_find(const FmBoard *b, uint64_t seq);

/* New data [start, end), in pieces of at most `mss`; what is missing between `next` and start becomes UNSEEN. */
void fm_board_send(FmBoard *b, uint64_t start, uint64_t end, uint32_t mss, FmTime now, const FmSegment *s, uint8_t flags);

/* Record i is sent again. */
void fm_board_resend(FmBoard *b, uint64_t i, FmTime now, const FmSegment *s);

/* An acknowledgment has reached the sender: cumulative number, SACK blocks. Fills the delivery. */
void fm_board_ack(FmBoard *b, uint64_t ack, const FmSackBlock *sack, unsigned count, FmDelivery *d);

/* Without SACK: a duplicate acknowledgment. */
void fm_board_duplicate(FmBoard *b, FmDelivery *d);

/* Marks lost what was sent long enough before the latest delivery (RFC 8985 §6.2); adds to d->lost. */
void fm_board_detect(FmBoard *b, FmTime window, FmDelivery *d);

void fm_board_lose(FmBoard *b, uint64_t i);
/* After a timeout all that was not SACKed counts as lost, as far as the budget reaches. */
void fm_board_lose_all(FmBoard *b);
/* Nothing was lost after all. */
void fm_board_lose_none(FmBoard *b);
