/* Packet protection of SRTP and SRTCP (RFC 3711, RFC 7714), and its keys out of a DTLS handshake (RFC 5764). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/cipher.h"
#include "crypto/tls_keys.h"

typedef enum FmSrtpProfile { /* numbers of use_srtp (RFC 5764 4.1.2, RFC 7714 14.2) */
    FM_SRTP_AES128_CM_SHA1_80 = 0x0001,
    FM_SRTP_AES128_CM_SHA1_32 = 0x0002,
    FM_SRTP_NULL_SHA1_80 = 0x0005,
    FM_SRTP_NULL_SHA1_32 = 0x0006,
    FM_SRTP_AES128_GCM = 0x0007,
    FM_SRTP_AES256_GCM = 0x0008,
} FmSrtpProfile;

#define FM_SRTP_SALT 14
#define FM_SRTP_AUTH 20

typedef struct FmSrtpSide { /* of RTP, or of RTCP */
    uint8_t key[FM_MAX_KEY], salt[FM_SRTP_SALT], auth[FM_SRTP_AUTH];
} FmSrtpSide;

typedef struct FmSrtpKeys { /* of one sender; never changed once made */
    uint16_t profile;
    FmSrtpSide rtp, rtcp;
} FmSrtpKeys;

/* Bytes of a profile's master key and master salt; false if it is not known. */
bool fm_srtp_sizes(unsigned profile, size_t *key, size_t *salt);

/* Session keys from a master key and salt, without a key derivation rate (RFC 3711 4.3). False if a size does not fit. */
bool fm_srtp_keys(FmCrypto *crypto, unsigned profile, FmSlice master_key, FmSlice master_salt, FmSrtpKeys *keys);

/* Both sides' keys from DTLS 1.2 and before: keys[0] are what the client sends with. `version` and `suite` as in tls_keys.h. */
bool fm_srtp_from_master(FmCrypto *crypto, unsigned profile, const FmSuite *suite, uint16_t version, const uint8_t *master,
                         const uint8_t *client_random, const uint8_t *server_random, FmSrtpKeys keys[2]);

/* The same from DTLS 1.3's exporter secret (RFC 8446 7.5). */
bool fm_srtp_from_exporter(FmCrypto *crypto, unsigned profile, const FmSuite *suite, FmSlice exporter, FmSrtpKeys keys[2]);

/* Opens an RTP packet whose header, extension included, has `header` bytes; `rollovers` counts how often the sequence number began
 * anew. The plain payload is in `out` (room for packet.size). False if it does not fit. */
bool fm_srtp_open(FmCrypto *crypto, const FmSrtpKeys *keys, FmSlice packet, size_t header, uint32_t rollovers, uint8_t *out, size_t *size);

/* Opens an RTCP packet: what follows its first 8 bytes, without index and tag, is in `out`. */
bool fm_srtcp_open(FmCrypto *crypto, const FmSrtpKeys *keys, FmSlice packet, uint8_t *out, size_t *size);
