/* Segments of a TCP connection put in order, both ways. What the receiver acknowledges and the capture does not have is given up. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "follow/follow.h"

typedef struct FmFollowSegment {
    FmSlice bytes; /* captured */
    FmTime time;
    uint32_t packet, sequence, acknowledged, length; /* length: of the payload on the wire */
    uint8_t side;
    bool syn, ack;
} FmFollowSegment;

typedef struct FmFollowOrder FmFollowOrder;

FmFollowOrder *fm_follow_order_new(void);
void fm_follow_order_free(FmFollowOrder *order);

/* Takes a segment; its bytes are used until the calls of fm_follow_order_next that follow are done. */
void fm_follow_order_segment(FmFollowOrder *order, const FmFollowSegment *segment);

/* No more segments come: holes are given up. */
void fm_follow_order_finish(FmFollowOrder *order);

/* The next chunk that is known, or a hole; false if there is none for now. `offset`, `what` and `stream` are left to the caller. */
bool fm_follow_order_next(FmFollowOrder *order, FmFollowChunk *chunk);
