/* Who sends to whom, on each layer that has addresses: what conversations and endpoints count. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "statistics/observer.h"

typedef enum FmPairKind { FM_PAIR_ETHER, FM_PAIR_IPV4, FM_PAIR_IPV6, FM_PAIR_TCP, FM_PAIR_UDP, FM_PAIR_SCTP } FmPairKind;

typedef struct FmEnd { /* zeroed before it is filled: it is compared as bytes */
    uint8_t bytes[16];
    uint32_t port;
    uint32_t type; /* FmAddressType */
} FmEnd;

typedef struct FmPair {
    FmEnd source, destination;
    uint32_t stream; /* tcp.stream, udp.stream; otherwise 0 */
} FmPair;

typedef struct FmPairReader {
    FmPairKind kind;
    uint8_t *roles; /* by field id */
    FmPair pair;    /* of the layers read so far in a packet */
} FmPairReader;

/* "Ethernet", "IPv4", …, and whether ends have ports. */
const char *fm_pair_title(FmPairKind kind);
bool fm_pair_has_ports(FmPairKind kind);

/* Asks for the fields that it takes. */
void fm_pair_reader_start(FmPairReader *reader, FmObserver *observer, const FmCatalog *catalog, FmPairKind kind);
void fm_pair_reader_clear(FmPairReader *reader);

/* The next pair of the packet from node *at on (0 at first), or NULL: a packet in a tunnel has several. Quoted packets do not
 * count. Valid until the next call. */
const FmPair *fm_pair_next(FmPairReader *reader, const FmPacket *packet, uint32_t *at);

/* Some order of ends. */
int fm_end_compare(const FmEnd *a, const FmEnd *b);

/* The address as text, without the port. */
void fm_end_text(FmText *out, const FmEnd *end);
