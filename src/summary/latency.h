/* How long answers took, by service: a protocol and who answers. From the fields that dissectors give to answers. */
#pragma once

#include <glib.h>

#include "model/packet.h"

enum { FM_LATENCY_BINS = 40 };

typedef struct FmService {
    const char *protocol;     /* "HTTP" */
    char *who;                /* "192.0.2.1:80" */
    uint64_t count;
    FmTime sum, least, most;
    uint32_t worst;           /* packet of the longest */
    uint64_t bins[FM_LATENCY_BINS]; /* by length: two a factor of two, from 10 µs on */
} FmService;

typedef struct FmLatency {
    struct FmAsked *asked;
    GHashTable *services;     /* of FmService, by protocol and who */
    uint64_t left_out;        /* answers of services beyond the bound */
} FmLatency;

FmLatency *fm_latency_new(const FmCatalog *catalog);
void fm_latency_free(FmLatency *latency);
void fm_latency_packet(FmLatency *latency, const FmPacket *packet);

/* The length that `share` of the answers do not exceed, within a factor of 1.4. */
FmTime fm_service_quantile(const FmService *service, double share);
