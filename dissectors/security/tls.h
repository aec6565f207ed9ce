/* TLS in parts: what records, handshake messages and decryption share. DTLS and QUIC use the same handshake (tls_handshake.h).
 *
 * Who does what: tls.c reads records and asks tls_open_record for the plain text of protected ones; tls_handshake.c reads messages
 * from any of the three carriers, keeps the session up to date and then hands each message to tls_keys_message. Keys, ciphers and
 * key logs are behind the functions of tls_decrypt.c and tls_session_keys.c, which alone know src/crypto. */
#pragma once

#include "engine/dissect.h"

enum {
    TLS_SSL_2 = 0x0002, TLS_SSL_3 = 0x0300, TLS_1_0 = 0x0301, TLS_1_1 = 0x0302, TLS_1_2 = 0x0303, TLS_1_3 = 0x0304,
    TLS_DTLS_1_0 = 0xfeff, TLS_DTLS_1_2 = 0xfefd, TLS_DTLS_1_3 = 0xfefc,
    TLS_DTLS_OPENSSL = 0x0100, /* OpenSSL before 0.9.8f */
};

typedef enum TlsContentType {
    TLS_CHANGE_CIPHER_SPEC = 20, TLS_ALERT = 21, TLS_HANDSHAKE = 22, TLS_APPLICATION_DATA = 23, TLS_HEARTBEAT = 24, TLS_CID = 25,
    TLS_ACK = 26,
} TlsContentType;

typedef enum TlsMessageType {
    TLS_HELLO_REQUEST = 0, TLS_CLIENT_HELLO = 1, TLS_SERVER_HELLO = 2, TLS_HELLO_VERIFY_REQUEST = 3, TLS_NEW_SESSION_TICKET = 4,
    TLS_END_OF_EARLY_DATA = 5, TLS_HELLO_RETRY_REQUEST = 6, TLS_ENCRYPTED_EXTENSIONS = 8, TLS_CERTIFICATE = 11,
    TLS_SERVER_KEY_EXCHANGE = 12, TLS_CERTIFICATE_REQUEST = 13, TLS_SERVER_HELLO_DONE = 14, TLS_CERTIFICATE_VERIFY = 15,
    TLS_CLIENT_KEY_EXCHANGE = 16, TLS_FINISHED = 20, TLS_CERTIFICATE_URL = 21, TLS_CERTIFICATE_STATUS = 22,
    TLS_SUPPLEMENTAL_DATA = 23, TLS_KEY_UPDATE = 24, TLS_COMPRESSED_CERTIFICATE = 25, TLS_ENCRYPTED_EXTENSIONS_NPN = 67,
    TLS_MESSAGE_HASH = 254,
} TlsMessageType;

/* Which keys a sender uses. Before TLS 1.3 each ChangeCipherSpec moves on by one; in TLS 1.3 (RFC 8446 §7.1, as in DTLS 1.3) the
 * number tells the stage, and each KeyUpdate adds one to TLS_EPOCH_APPLICATION. */
enum { TLS_EPOCH_PLAIN, TLS_EPOCH_EARLY, TLS_EPOCH_HANDSHAKE, TLS_EPOCH_APPLICATION };

#define TLS_RANDOM 32
#define TLS_MAX_SESSION_ID 32

typedef struct TlsSide {     /* one sender */
    uint32_t epoch;          /* of its next record */
    uint64_t sequence;       /* number of its next record in that epoch; DTLS carries its own */
    uint32_t ccs_frame;      /* frame of its latest ChangeCipherSpec; 0: none */
    bool finished;           /* its Finished of the current handshake was seen, or what must be it */
    void *keys;              /* tls_decrypt.c's own: what opens the epoch's records */
} TlsSide;

enum { TLS_MAX_FRAGMENTS = 32 }; /* records of one message that are told one by one */

typedef struct TlsFragments {
    struct { uint32_t frame, size; } at[TLS_MAX_FRAGMENTS];
    unsigned count;
} TlsFragments;

typedef struct TlsTurns { /* who waited for whom in the handshake */
    FmTime first, last, waited[2]; /* waited: for that role's next flight */
    unsigned changes;
    uint8_t role;            /* of who sent last */
    bool begun, ended;
} TlsTurns;

typedef struct TlsOffer { /* by the latest ClientHello, without GREASE */
    uint16_t suites[128], groups[32], best_version;
    uint8_t suite_count, group_count;
    char server_name[256];
} TlsOffer;

/* A session as its handshake tells it; changed on first visits only. Sides are indexed by role, not by direction. */
typedef enum TlsRole { TLS_CLIENT, TLS_SERVER } TlsRole;

typedef struct TlsState {
    bool knows_client;       /* the client's direction is known: hellos were seen, or ports tell */
    uint8_t client;          /* direction (fm_direction) of the client */
    uint16_t version;        /* TLS_1_3 …, as chosen by ServerHello, or by the first record until then; 0: unknown */
    uint16_t draft;          /* of TLS 1.3: the version on the wire, 0x7f00 + n of draft n; 0: not one */
    bool version_agreed;     /* by ServerHello: final */
    uint16_t cipher_suite;   /* chosen; 0: unknown */
    uint8_t compression;
    bool has_client_random, has_server_random, has_suite;
    uint8_t client_random[TLS_RANDOM], server_random[TLS_RANDOM];
    uint8_t session_id[TLS_MAX_SESSION_ID], session_id_size;               /* the server's */
    uint8_t client_session_id[TLS_MAX_SESSION_ID], client_session_id_size; /* what the client offered */
    FmSlice ticket;          /* SessionTicket that the client offered (RFC 5077), in the flow's memory */
    FmSlice new_ticket;      /* the latest that the server gave */
    bool extended_master_secret, encrypt_then_mac; /* agreed: in both hellos */
    bool offered_ems, offered_etm; /* by the latest ClientHello */
    bool truncated_hmac;
    bool retried;            /* a HelloRetryRequest was seen */
    bool resumed;            /* by session id, ticket, or PSK */
    bool hello_done;         /* the server sent its part of a full handshake (before TLS 1.3) */
    bool psk_selected;       /* TLS 1.3: by pre_shared_key */
    uint16_t psk_identity;
    bool early_data_offered, early_data_accepted, early_data_rejected;
    uint16_t group;          /* of the key exchange; 0: unknown */
    unsigned renegotiations;
    bool has_connection_id[2];     /* DTLS (RFC 9146): agreed for records that this role sends */
    uint8_t connection_id_size[2];
    uint16_t srtp_profile;   /* chosen by use_srtp (RFC 5764); 0: none */
    char alpn[64];           /* chosen application protocol; empty: none told */
    char alpn_offered[64];   /* the client's first choice: what its early data are in, if it offers no other */
    bool has_reset_token;    /* QUIC: the server told one among its parameters */
    uint8_t reset_token[16];
    unsigned application;    /* protocol of the application data; 0: not found yet */
    bool application_guessed; /* by its content: nothing announced it */
    bool application_unknown; /* looked for in vain */
    uint8_t application_asked; /* how often */
    TlsSide side[2];         /* by TlsRole */
    struct TlsSecrets *secrets; /* tls_decrypt.c's own: what it derived for this session; freed by tls_secrets_free */
    bool offered_psk;
    uint64_t early_bytes;    /* in records of early data */
    TlsTurns turns;
    TlsOffer offer;
    TlsFragments pending[2]; /* records that hold the message which that role has not ended yet */
} TlsState;

/* The current flow's session, whoever carries it. NULL on replay, while quoting and outside flows. */
TlsState *tls_state(FmDissection *d);

/* Role of who sent this packet. */
static inline TlsRole tls_sender(const FmDissection *d, const TlsState *s)
{
    return fm_direction(d) == s->client ? TLS_CLIENT : TLS_SERVER;
}

/* Do keys come in the stages of TLS 1.3 (TlsSide.epoch)? Early data comes before the version is agreed on. */
static inline bool tls_has_stages(const TlsState *s)
{
    return s->version_agreed ? s->version == TLS_1_3 || s->version == TLS_DTLS_1_3 : s->early_data_offered;
}

/* ---- decryption (tls_decrypt.c) -------------------------------------------------------------------------------------------- */

/* What a replay needs to open a record again: part of the record's memo, zeroed at first, written on the first visit. Keys never
 * change once they are derived, so a pointer to them and the record's number suffice. */
typedef struct TlsOpening {
    const void *keys;   /* NULL: the record stays closed */
    const void *iv;     /* CBC of TLS 1.0 and SSL 3: the block before, in the flow's memory */
    uint64_t sequence;
    uint8_t closed;     /* why it is closed: TlsClosed, 0 where it is open */
    uint8_t by;         /* what opened it: TlsOpenedBy, in the first record of a side */
    bool inflated;      /* iv is the plain text: compression has a state that a replay lacks */
} TlsOpening;

typedef struct TlsRecord { /* a protected record */
    uint8_t type;          /* content type; after opening, of TLS 1.3: the inner one */
    uint16_t version;      /* in its header */
    FmSlice header;        /* as on the wire: additional data of AEADs is made of it */
    uint64_t sequence;     /* DTLS: epoch << 48 | sequence, as on the wire */
    bool datagram;         /* DTLS */
    uint8_t number_at, number_size; /* DTLS 1.3: where the hidden number stands in the header (RFC 9147 §4); size 0: elsewhere */
} TlsRecord;

/* Opens the body of a protected record. `s` is NULL on replay: then the memo tells all.
 *
 * Returns true if there is a plain text: `body` covers a buffer of it ("Decrypted TLS") without padding, MAC, nonce and inner type, and
 * record->type is what it is. False: body stays as it is. The session's sequence number is counted here, opened or not. */
bool tls_open_record(FmDissection *d, TlsState *s, TlsOpening *memo, TlsRecord *record, FmCursor *body);

/* A whole handshake message in plain text with its header of four bytes, after the session has taken what it says; `sender` sent it.
 * First visits only; `s` is not NULL. This is where secrets are looked up and derived, and transcripts hashed. */
void tls_keys_message(FmDissection *d, TlsState *s, TlsRole sender, unsigned type, FmSlice message);

/* The session's side has begun a new epoch (ChangeCipherSpec, Finished, EndOfEarlyData, KeyUpdate); its sequence is 0 again. */
void tls_keys_epoch(FmDissection *d, TlsState *s, TlsRole side);

/* Is the secret of the early data known that the client has offered? Then it is TLS 1.3, whatever follows. First visits only. */
bool tls_keys_early(FmDissection *d, const TlsState *s);

/* Frees what tls_decrypt.c hung into a session. */
void tls_secrets_free(TlsState *s);

/* ---- parts --------------------------------------------------------------------------------------------------------------------- */

/* Names of versions for labels and the protocol column: "TLS 1.2", "TLSv1.2"; NULL if unknown. */
const char *tls_version_name(uint64_t version);
const char *tls_version_column(uint64_t version);

/* May these bytes begin a record? For probes: `TLS` on any port, inside CONNECT tunnels, after STARTTLS. */
bool tls_looks_like_record(FmSlice bytes);

/* Gives application data in plain text to its stream; shows which records its messages came from. */
FmStreamResult tls_application_put(FmDissection *d, FmStream *stream, FmCursor *body);

extern const FmProtocol fm_tls, fm_tls_segments;
