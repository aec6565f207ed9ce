/* An ordered sequence of bytes with a consumer: TCP payload, TLS plaintext, an HTTP/2 body. Changed on first visits only;
 * see fm_stream_put and fm_stream_append in engine/dissect.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/time.h"
#include "flow/recent.h"

typedef struct FmPiece { /* where bytes of a record lie */
    uint32_t packet;     /* number of the frame */
    uint32_t offset, length;
    uint16_t buffer;
} FmPiece;

typedef struct FmHeld { /* bytes above a hole */
    struct FmHeld *next;
    uint64_t offset;
    uint32_t size, packet;
    uint32_t at; /* where they lie in their packet's buffer */
    FmTime arrived;
    uint16_t buffer;
    uint8_t bytes[];
} FmHeld;

typedef enum FmArrival { /* what its feeder says of the bytes at hand, where they are dissected as they come */
    FM_ARRIVAL_NEW,
    FM_ARRIVAL_LATE,     /* before others that came already: they may complete a record, which then is not dissected */
    FM_ARRIVAL_REPEATED, /* came before: left alone */
} FmArrival;

typedef struct FmStream {
    FmRecent entry;        /* number: chosen by the protocol that feeds it */
    bool ended;            /* goes as soon as it is not in use */
    bool started;          /* an offset is known */
    bool lost;             /* more than is put together: opaque from here */
    bool hole;             /* one was given up, and the next record may start anywhere */
    bool tells;            /* its feeder shows where the pieces of records lie */
    bool apart;            /* each put is dissected by itself */
    bool unordered;        /* what comes early is dissected at once, as Wireshark does unless told otherwise: see engine/unordered.c */
    FmArrival arrival;     /* of this put, if unordered */
    bool nested;           /* it carries a connection of its own, whose states are not those of the flow: fm_stream_nest */
    bool exact;            /* nothing behind a record is put together with it, even where its length came late */
    bool finished;         /* its end is known */
    bool awaits_end;       /* the consumer's: it wants to be called at the stream's end even if nothing comes with it */
    uint8_t asked;         /* how often protocols were asked whether the bytes are theirs */
    unsigned protocol;     /* consumer; 0: none chosen yet */
    unsigned via;          /* consumer that handed the stream over; 0: none did */
    void *state;           /* of the consumer, for its `record` and `dissect`: its stream_state_size bytes for this stream, both ways, or
                              its fm_state if it has none such. NULL without `record` */
    uint64_t offset;       /* of the next byte in order */
    uint64_t end;          /* one behind its last byte, if finished */
    uint64_t received;     /* the feeder's: bytes before it are with the receiver, whether they were captured or not */
    uint64_t record_offset; /* of the first byte of the unfinished record */
    uint8_t *gathered;     /* bytes of the unfinished record: g_malloc */
    size_t gathered_size, gathered_room;
    FmTime arrived;        /* when the latest of them came */
    uint64_t need;         /* length of the unfinished record; FM_NEED_MORE if not known yet */
    uint64_t skip;         /* bytes of a record that are only counted */
    FmPiece *pieces;       /* of the unfinished record (sessions, and those that tell) */
    uint32_t piece_count, piece_room;
    uint32_t **waiting;    /* of packets that hold them: where to say who completes the record (sessions only) */
    uint32_t waiting_count, waiting_room;
    FmHeld *held, *held_last; /* by offset */
    size_t held_size;
    uint32_t held_count;
    uint64_t records;      /* completed so far */
    struct FmStream *aside; /* if unordered: records that were left for what came early, the latest first; each with its own pieces */
    uint32_t aside_count;
} FmStream;

/* 0: from the low to the high end of the flow. */
static inline unsigned fm_stream_direction(const FmStream *stream)
{
    return stream->entry.kind & 1;
}

/* Bytes that it keeps for later. */
static inline size_t fm_stream_size(const FmStream *stream)
{
    size_t size = stream->gathered_room + stream->held_size;
    for (const FmStream *aside = stream->aside; aside; aside = aside->aside)
        size += aside->gathered_room + aside->held_size;
    return size;
}

/* Gives back what it holds above a hole. */
void fm_stream_drop_held(FmStream *stream);

/* Gives back what the stream holds. */
void fm_stream_release(FmStream *stream);
