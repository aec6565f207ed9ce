/* The streams of a connection of HTTP/2 or QUIC side by side: when each sent what. From fields, packet by packet. */
#pragma once

#include <glib.h>

#include "model/packet.h"

typedef enum FmLaneKind { FM_LANE_HEADERS, FM_LANE_DATA, FM_LANE_RESET, FM_LANE_OTHER } FmLaneKind;

typedef struct FmLanePiece { /* a frame */
    FmTime time;
    uint32_t packet, bytes;
    uint8_t kind, direction; /* FmLaneKind; as packet->flow_direction */
    bool ends;               /* its sender sends nothing after it */
} FmLanePiece;

typedef struct FmLane {
    uint64_t id;
    uint8_t opener;      /* direction of its first frame */
    char *title;         /* "GET /style.css"; NULL: none */
    char *status;
    uint64_t bytes[2];   /* of data, by direction */
    bool ended[2], reset;
    FmTime blocked;      /* for which its data waited for that of others; 0: none */
    GArray *pieces;      /* of FmLanePiece */
} FmLane;

typedef struct FmLanes {
    struct FmAsked *asked;
    GPtrArray *lanes;    /* of FmLane, in the order in which they began */
    GHashTable *by_id;
    FmTime first, last;
    uint64_t pieces, left_out; /* frames; those beyond the bound */
    bool quic;
} FmLanes;

FmLanes *fm_lanes_new(const FmCatalog *catalog);
void fm_lanes_free(FmLanes *lanes);
void fm_lanes_packet(FmLanes *lanes, const FmPacket *packet);
