/* Records of streams: cut out of contiguous bytes, gathered over packets, dissected, remembered. Private to src/engine. */
#pragma once

#include "engine/visit.h"

typedef struct FmRecordMemo { /* one record, as the first visit found it */
    struct FmRecordMemo *next;
    uint64_t length;      /* what was lost of it included */
    uint32_t lost;        /* bytes of it that were not captured */
    uint32_t offset;      /* in its buffer */
    uint32_t piece_count; /* 0: lies in the buffer of the record before */
    uint16_t protocol, via; /* who reads it; who had the stream before */
    bool gathered;        /* even if it has one piece, of this very packet */
    bool silent;          /* put together and not dissected */
    FmPiece pieces[];     /* one of this very packet: in place; else what its buffer is put together from */
} FmRecordMemo;

typedef struct FmStreamMemo { /* one put */
    FmRecordMemo *first;
    uint32_t *whole_in; /* frame that completes its tail, once known: outlives the packet; NULL: no tail */
    FmStreamResult result;
    FmPiece begun; /* where the record that is not whole begins, if result.begun */
    uint16_t opened; /* protocol of a record that is not whole, of which this packet tells: its own layer; 0: none */
    const char *lost; /* why the stream is given up here, or NULL */
} FmStreamMemo;

typedef struct FmSequence { /* records that one put dissects */
    FmDissection *d;
    FmStreamResult *result;
    FmGathered **last, *told;
    FmCursor model; /* for trouble and buffer of cursors in place */
    FmCursor buffer; /* gathered last */
    unsigned protocol; /* of the record before; 0: none yet */
    bool gathered;     /* it was */
} FmSequence;

typedef struct FmPut { /* one call */
    FmDissection *d;
    FmStream *s;
    FmStreamMemo *memo;
    FmRecordMemo **last; /* of the memo */
    FmSequence sequence;
    size_t size_before; /* what the stream kept then */
    bool asked;         /* the consumer, about a record that goes on here */
    bool same_layer;    /* the tail was looked at with the record before it */
    bool silent;        /* a record that becomes whole is put together and not dissected */
} FmPut;

typedef struct FmRun { /* contiguous bytes and where they come from */
    FmSlice bytes;
    const uint8_t *start; /* of their buffer, if it is this packet's; NULL: held bytes */
    FmPiece place;
    uint32_t lost;        /* bytes missing behind them */
    FmTime arrived;       /* when they came */
} FmRun;

/* Where the states of the stream's consumers are: the current flow, or if it is nested, one that stands for what it carries. */
FmFlow *fm_stream_flow(FmDissection *d, const FmStream *s);

void fm_run_advance(FmRun *run, size_t n);

/* Early, late and repeated bytes, where all is dissected as it comes: see unordered.c. */
void fm_unordered_put(FmPut *put, uint64_t offset, FmRun run);

/* Keeps bytes above a hole; false: there is no room. Gives those to the consumer that are next in order. */
bool fm_stream_hold(FmPut *put, uint64_t offset, const FmRun *run);
void fm_stream_drain(FmPut *put);

/* Gives the run's bytes, which are next in order, to the stream's consumer. */
void fm_records_consume(FmPut *put, FmRun *run);

/* The stream has ended: a record that goes on until then is whole. */
void fm_records_finish(FmPut *put, const FmCursor *c);

/* Drops the unfinished record. */
void fm_records_forget(FmStream *s);

/* Dissects what the first visit found. */
FmStreamResult fm_records_replay(FmDissection *d, const FmStreamMemo *memo, const FmCursor *model);

/* Would so many bytes more be too many for the flow? */
bool fm_records_full(const FmPut *put, size_t more);
