/* The media of one flow and the ICE around it: RTP streams with what they lost and how unsteady they were, checks by pair of addresses. */
#pragma once

#include <glib.h>

#include "model/packet.h"



typedef struct FmMediaStream { /* an SSRC in one direction */
    uint32_t ssrc, first_packet;
    uint8_t direction;
    char *kind;            /* of the payload, as named */
    uint64_t packets, bytes, lost, late;
    FmTime first, last, longest; /* longest: silence between two packets */
    uint32_t longest_at;   /* packet after it */
    double jitter, clock;  /* seconds (RFC 3550 6.4.1); ticks a second, as guessed from their pace: 0 while not known */
    uint32_t first_ticks, last_ticks;
    FmTime rtt;            /* as RTCP tells; 0: not */
} FmMediaStream;

typedef struct FmMediaPair { /* addresses that were tried */
    uint32_t flow, first_packet;
    char *ends[2];         /* who asked first, and whom */
    uint64_t checks, answers, failures;
    FmTime rtt;            /* shortest */
} FmMediaPair;

typedef struct FmMedia {
    struct FmAsked *asked;
    GPtrArray *streams;    /* of FmMediaStream: of the flow only */
    GPtrArray *pairs;      /* of FmMediaPair: of the capture */
    GHashTable *asked_at;  /* of FmTime *, by transaction: checks without an answer so far */
    unsigned kind;
    uint32_t flow;
} FmMedia;

FmMedia *fm_media_new(const FmCatalog *catalog, unsigned kind, uint32_t flow);
void fm_media_free(FmMedia *media);

/* Any packet of the capture, in order. */
void fm_media_packet(FmMedia *media, const FmPacket *packet);
