/* Keys of TLS and DTLS records, from secrets to plaintext. Keys never change once derived: a memo may keep a pointer to them.
 *
 * Versions are those of TLS on the wire (0x0300 is SSL 3.0, 0x7f00 + n draft n of TLS 1.3); DTLS 1.0, 1.2 and 1.3 are told as
 * the TLS version that they follow: 0x0302, 0x0303, 0x0304. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crypto/cipher.h"
#include "crypto/rc4.h"
#include "crypto/suites.h"

#define FM_TLS_RANDOM 32
#define FM_TLS_MASTER 48

typedef struct FmTlsKeys { /* of one direction, from one change of keys to the next */
    const FmSuite *suite;
    uint16_t version;
    bool encrypt_then_mac;
    bool datagram;                /* DTLS 1.3: its own labels */
    uint8_t key[FM_MAX_KEY], iv[FM_MAX_BLOCK_SIZE], mac[FM_MAX_HASH];
    uint8_t number_key[FM_MAX_KEY]; /* DTLS 1.3: what hides record numbers */
    uint8_t secret[FM_MAX_HASH];  /* TLS 1.3: what the next ones are made of */
} FmTlsKeys;

/* Is it TLS 1.3 or one of its drafts? */
bool fm_tls_is_13(uint16_t version);

/* Master secret of TLS 1.2 and before; of the premaster secret and both randoms (RFC 5246 8.1). */
void fm_tls_master(FmCrypto *crypto, const FmSuite *suite, uint16_t version, FmSlice premaster, const uint8_t *client_random,
                   const uint8_t *server_random, uint8_t *master);

/* The same with the extended_master_secret extension (RFC 7627): of all handshake messages up to the ClientKeyExchange. */
void fm_tls_extended_master(FmCrypto *crypto, const FmSuite *suite, uint16_t version, FmSlice premaster, FmSlice messages,
                            uint8_t *master);

/* The key block of TLS 1.2 and before (RFC 5246 6.3): keys[0] are what the client writes with. */
void fm_tls_key_block(FmCrypto *crypto, const FmSuite *suite, uint16_t version, const uint8_t *master, const uint8_t *client_random,
                      const uint8_t *server_random, bool encrypt_then_mac, FmTlsKeys keys[2]);

/* Traffic keys of TLS 1.3 (RFC 8446 7.3) from a traffic secret; false if its size is not that of the suite's hash. */
bool fm_tls_traffic_keys(FmCrypto *crypto, const FmSuite *suite, uint16_t version, bool datagram, FmSlice secret, FmTlsKeys *keys);

/* The keys after a KeyUpdate (RFC 8446 7.2). `next` may be `keys`. */
void fm_tls_next_keys(FmCrypto *crypto, const FmTlsKeys *keys, FmTlsKeys *next);

#define FM_TLS_SAMPLE 16

/* What hides the number of a DTLS 1.3 record (RFC 9147 4.2.3), of the first FM_TLS_SAMPLE bytes of its body. False for ciphers without
 * such a key. */
bool fm_tls_number_mask(FmCrypto *crypto, const FmTlsKeys *keys, const uint8_t *sample, uint8_t mask[FM_TLS_SAMPLE]);

typedef struct FmTlsRecord {
    uint64_t sequence;   /* DTLS: with the epoch in the upper 16 bits */
    uint8_t type;        /* TLS 1.3: becomes the one inside */
    uint16_t version;    /* of the record's header */
    FmSlice body;
    FmSlice header;      /* DTLS 1.3: its header, whose authenticity is checked; otherwise empty */
    FmSlice connection_id; /* DTLS 1.2 (RFC 9146): of records of type 25, whose own type is inside */
    const uint8_t *iv;   /* CBC before TLS 1.1: the last block of the record before, NULL for the first */
    FmRc4 *rc4;          /* RC4: the state before this record, which becomes the one behind it */
} FmTlsRecord;

/* Opens a record. `out` has room for body.size; the plaintext, somewhere in it, is *plain. False if it does not fit: a wrong key, a
 * wrong sequence number, or a record cut short. */
bool fm_tls_open(FmCrypto *crypto, const FmTlsKeys *keys, FmTlsRecord *record, uint8_t *out, FmSlice *plain);
