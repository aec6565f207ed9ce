/* Keys of a session: what its handshake and the secrets that were given make of them. Private to the opening of records. */
#pragma once

#include "crypto/srtp_keys.h"
#include "crypto/tls_keys.h"
#include "dissectors/security/tls_compression.h"
#include "dissectors/security/tls_decrypt.h"
#include "dissectors/security/tls_handshake.h"

enum { TLS_MAX_OFFERED = 8 }; /* suites of TLS 1.3 in a ClientHello, tried for early data */

typedef struct TlsKeySide {
    const FmTlsKeys *keys; /* of its epoch; NULL: not found yet */
    const FmTlsKeys *keys_before; /* DTLS: of the epoch before, for what comes late */
    uint32_t epoch;        /* DTLS before 1.3: that the keys are for */
    bool proven;           /* they opened something */
    bool told;             /* its source was */
    unsigned failures;     /* since they opened something */
    unsigned retries;
    uint64_t asked;        /* 1 + generation of the secrets when they were looked for in vain */
    uint8_t closed;        /* why: TlsClosed */
    uint8_t last_block[FM_MAX_BLOCK_SIZE]; /* CBC before TLS 1.1: of the record before */
    bool has_last_block;
    uint64_t bytes;        /* RC4: since the epoch began */
    uint64_t rc4_at;       /* how many of them the state is through */
    FmRc4 *rc4;
    TlsInflater *inflater; /* of compressed records; goes on with the next epoch's, anew */
    struct Unified {       /* DTLS 1.3: by the two bits of the epoch in a record's header */
        const FmTlsKeys *keys;
        uint64_t next;     /* number of the next record */
        uint32_t epoch;
    } unified[4];
} TlsKeySide;

typedef struct TlsSecrets {
    const FmSuite *suite;
    uint16_t version;             /* as fm_tls_… take it, drafts too */
    bool has_master, has_keys;
    uint8_t by;                   /* TlsOpenedBy of the master secret */
    uint8_t closed;               /* TlsClosed: why there is none */
    uint8_t master[FM_TLS_MASTER];
    FmTlsKeys *next;              /* [2] by role: keys of the handshake at hand, in the flow's memory; TLS 1.2 and before */
    FmTlsKeys *early;             /* TLS 1.3: what opened early data */
    uint64_t early_sequence;
    uint16_t offered[TLS_MAX_OFFERED]; /* suites of TLS 1.3 */
    unsigned offered_count;
    GByteArray *messages;         /* of the handshake at hand, for an extended master secret; NULL: not needed */
    const FmRsaKey *key;          /* of the server's certificate */
    bool has_certificate;
    bool verified;                /* DTLS: after a HelloVerifyRequest, which does not count */
    uint16_t sent[2];             /* DTLS: handshake messages by role */
    const FmSrtpKeys *media;      /* [2] by role: of SRTP, in the flow's memory; NULL: not known yet */
    uint64_t media_asked;         /* 1 + generation of the secrets when they were looked for in vain */
    GByteArray *exchange;         /* the ClientKeyExchange's body, until a master secret is found */
    TlsKeySide side[2];
} TlsSecrets;

/* Made on first use. */
TlsSecrets *tls_secrets_of(TlsState *s);

bool tls_is_13(uint16_t version);
bool tls_is_datagram(uint16_t version);

static inline FmSlice tls_random_of(const TlsState *s)
{
    return (FmSlice){ s->client_random, TLS_RANDOM };
}

/* A side begins a new epoch: nothing is known of its keys. */
void tls_side_renew(TlsKeySide *side);

/* Keys [2] by role of the handshake at hand, before TLS 1.3; NULL, and the reason in k->closed, if they cannot be known. */
FmTlsKeys *tls_handshake_keys(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k);

/* TLS 1.3: keys of a side in an epoch of up to TLS_EPOCH_APPLICATION, as above. */
FmTlsKeys *tls_traffic_keys(FmDissection *d, FmSecrets *known, const TlsState *s, TlsSecrets *k, TlsRole role, uint32_t epoch);
TlsClosed tls_why_no_traffic_secret(FmSecrets *known, const TlsState *s, TlsRole role, uint32_t epoch);
