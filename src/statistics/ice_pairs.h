/* The candidate pairs of ICE (RFC 8445) that were tried, and how their checks went; and how the NATs on the way map addresses (RFC 5780 §4).
 *
 * For -z ice,pairs and the screens: packets in, pairs out. Needs the fields of fm_ice_fields. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"
#include "model/packet.h"

typedef struct FmIceEnd {
    FmAddress address;
    uint32_t port;
} FmIceEnd;

typedef struct FmIcePair { /* the end that sent the first check stands first */
    FmIceEnd ends[2];
    bool relayed;             /* through TURN: one end is the relay's client, the other its peer */
    uint64_t checks[2];       /* requests by direction, each once */
    uint64_t repeats[2];      /* the same again */
    uint64_t successes[2];    /* answers to the requests of that direction */
    uint64_t errors[2];
    unsigned last_error;      /* code of the latest error; 0: none */
    FmTime first, last;
    FmTime rtt_min, rtt_sum;  /* of answered requests; rtt_min 0: none */
    uint64_t rtts;
    FmTime nominated;         /* when a check with USE-CANDIDATE was answered; FM_TIME_NONE: never */
    bool offered;             /* USE-CANDIDATE was sent */
    uint64_t priority[2];
} FmIcePair;

typedef enum FmNatKind { FM_NAT_UNKNOWN, FM_NAT_NONE, FM_NAT_SAME_MAPPING, FM_NAT_OTHER_MAPPING } FmNatKind;

typedef struct FmNatMapping { /* what servers and peers saw of a local address and port */
    FmIceEnd local, mapped;
    unsigned servers;  /* that told it, up to 8 */
    FmNatKind kind;    /* OTHER_MAPPING: two of them saw different ones (symmetric NAT) */
} FmNatMapping;

typedef struct FmIce FmIce;

/* Fields to be wanted, ended by NULL. */
extern const char *const fm_ice_fields[];

FmIce *fm_ice_new(const FmCatalog *catalog);
void fm_ice_free(FmIce *ice);
void fm_ice_packet(FmIce *ice, const FmPacket *packet);

/* Pairs and mappings in the order they came; valid until the next packet. */
const FmIcePair *fm_ice_pairs(const FmIce *ice, unsigned *count);
const FmNatMapping *fm_ice_mappings(const FmIce *ice, unsigned *count);

/* Those that found no room. */
uint64_t fm_ice_left_out(const FmIce *ice);

/* "succeeded, nominated", "no answer", … */
const char *fm_ice_state(const FmIcePair *pair);
const char *fm_nat_name(FmNatKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmIce, fm_ice_free)
