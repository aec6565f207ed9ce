/* The streams of a connection of HTTP/2 or QUIC side by side: when each sent what. From fields, packet by packet. */
#pragma once

#include <glib.h>

#include "model/packet.h"

typedef enum FmLaneKind { FM_LANE_HEADERS, FM_LANE_DATA, FM_LANE_RESET, FM_LANE_OTHER } FmLaneKind;

typedef struct FmLanePiece { /* a frame */
    FmTime time;
    FmTime unhindered;   /* HTTP/2: when it had come but for the holes of other streams */
    uint32_t packet, bytes;
    uint8_t kind, direction; /* FmLaneKind; as packet->flow_direction */
    bool ends;               /* its sender sends nothing after it */
} FmLanePiece;

typedef struct FmLaneWait { /* data stood behind bytes that were lost, and came to its reader later than to its machine */
    FmTime from, to;
    uint32_t packet; /* that ends it */
    bool others; /* HTTP/2: all that was missing belonged to other streams */
} FmLaneWait;

typedef struct FmLane {
    uint64_t id;
    uint8_t opener;      /* direction of its first frame */
    char *title;         /* "GET /style.css"; NULL: none */
    char *status;
    uint64_t bytes[2];   /* of data, by direction */
    bool ended[2], reset;
    FmTime waited;       /* in all */
    GArray *pieces;      /* of FmLanePiece */
    GArray *waits[2];    /* of FmLaneWait, by direction, one after the other */
} FmLane;

typedef struct FmLanes {
    struct FmAsked *asked;
    GPtrArray *lanes;    /* of FmLane, in the order in which they began */
    GHashTable *by_id;
    FmTime first, last;
    GArray *holes[2];    /* QUIC: FmLaneWait by direction, whenever any stream waited */
    uint64_t pieces, left_out; /* frames; those beyond the bound */
    bool quic;
} FmLanes;

FmLanes *fm_lanes_new(const FmCatalog *catalog);
void fm_lanes_free(FmLanes *lanes);
void fm_lanes_packet(FmLanes *lanes, const FmPacket *packet);

/* What if the transport had been the other one, with the same packets lost? When the piece had been with its reader then: over QUIC data of
 * HTTP/2 does not wait for other streams; over TCP data of QUIC waits until there is no hole before it, whosesoever. */
FmTime fm_lane_otherwise(const FmLanes *lanes, const FmLanePiece *piece);

/* For how long the lane would have waited less (HTTP/2) or more (QUIC) then. */
FmTime fm_lane_difference(const FmLanes *lanes, const FmLane *lane);
