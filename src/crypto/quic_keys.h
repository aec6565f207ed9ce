/* Packet protection of QUIC: RFC 9001, RFC 9369 (version 2), and the drafts from 23 on that spoke the same way. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/cipher.h"
#include "crypto/suites.h"

#define FM_QUIC_SAMPLE 16 /* bytes of ciphertext that header protection is made of */
#define FM_QUIC_TAG 16    /* bytes that protection adds to a packet, and of a Retry's integrity tag */

typedef struct FmQuicKeys { /* of one sender and one encryption level; never changed once made, so a memo may point to them */
    const FmSuite *suite;
    uint32_t version;
    uint8_t key[FM_MAX_KEY], iv[FM_NONCE], header[FM_MAX_KEY];
    uint8_t secret[FM_MAX_HASH]; /* what the next ones are made of */
} FmQuicKeys;

/* Keys of Initial packets, which everybody can derive, from the destination connection id of the client's first one: keys[0] the
 * client's, keys[1] the server's. False for versions that are not known. */
bool fm_quic_initial_keys(FmCrypto *crypto, uint32_t version, FmSlice connection_id, FmQuicKeys keys[2]);

/* Keys of other packets from a traffic secret of the TLS handshake; false if its size is not that of the suite's hash, or QUIC does
 * not use the suite. */
bool fm_quic_keys(FmCrypto *crypto, uint32_t version, const FmSuite *suite, FmSlice secret, FmQuicKeys *keys);

/* The keys after the key phase bit flips (RFC 9001 6); header protection stays. `next` may be `keys`. */
void fm_quic_next_keys(FmCrypto *crypto, const FmQuicKeys *keys, FmQuicKeys *next);

/* The mask of header protection (RFC 9001 5.4): mask[0] for the first byte (its low 4 bits in a long header, 5 in a short one), the
 * others for the packet number, up to four bytes behind it. The sample begins 4 bytes behind the packet number's first. */
bool fm_quic_header_mask(FmCrypto *crypto, const FmQuicKeys *keys, const uint8_t sample[FM_QUIC_SAMPLE], uint8_t mask[5]);

/* The whole packet number of which only the lowest `size` bytes (1 to 4) were sent, after `largest` (RFC 9000 A.3); pass UINT64_MAX
 * for the first packet. */
uint64_t fm_quic_packet_number(uint64_t largest, uint64_t truncated, unsigned size);

/* Opens a packet: `header` is all before the payload with its protection taken off, `in` the payload with its tag. `out` has room for
 * in.size; the plaintext has FM_QUIC_TAG bytes less. False if it does not fit. */
bool fm_quic_open(FmCrypto *crypto, const FmQuicKeys *keys, uint64_t packet_number, FmSlice header, FmSlice in, uint8_t *out);

/* Does the integrity tag at the end of a Retry packet (RFC 9001 5.8) fit the destination connection id that the client chose first? */
bool fm_quic_retry_fits(FmCrypto *crypto, uint32_t version, FmSlice original_id, FmSlice retry);
