/* SRTP and SRTCP opened (RFC 3711, RFC 7714) with keys that a DTLS handshake on the same flow agreed on (RFC 5764). */
#pragma once

#include "crypto/srtp_keys.h"
#include "engine/dissect.h"

typedef struct SrtpOpening { /* part of a packet's memo */
    const FmSrtpKeys *keys; /* NULL: not known */
    uint32_t rollovers;     /* how often the sequence number began anew, as far as it can be known */
    uint8_t closed;         /* TlsClosed: why there are no keys */
} SrtpOpening;

/* Opens an RTP packet whose header has `header` bytes: `plain` is its payload, with padding if it has some. Tells the bytes, or why the packet
 * stays closed. */
bool srtp_open(FmDissection *d, SrtpOpening *memo, FmSlice packet, size_t header, bool padded, FmCursor *plain);

/* Opens an RTCP packet: `plain` has the whole compound. */
bool srtcp_open(FmDissection *d, SrtpOpening *memo, FmSlice packet, FmCursor *plain);

extern const FmProtocol fm_srtp;
