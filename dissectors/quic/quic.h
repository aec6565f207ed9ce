/* What the files of QUIC share: a connection, and the packet at hand. */
#pragma once

#include "crypto/quic_keys.h"
#include "engine/dissect.h"

enum { QUIC_VERSION_1 = 0x00000001, QUIC_VERSION_2 = 0x6b3343cf, QUIC_VERSION_2_DRAFT = 0x709a50c4 };

typedef struct QuicAnalysis QuicAnalysis;
typedef struct QuicFacts QuicFacts;

typedef enum QuicRole { QUIC_CLIENT, QUIC_SERVER } QuicRole; /* also the direction of what it sends in the connection's flow */

typedef enum QuicPacketType { QUIC_INITIAL, QUIC_ZERO_RTT, QUIC_HANDSHAKE, QUIC_RETRY, QUIC_ONE_RTT, QUIC_VERSION_NEGOTIATION } QuicPacketType;

typedef enum QuicClosed { /* why a packet's payload stays closed */
    QUIC_OPEN, QUIC_NO_CONNECTION, QUIC_NO_CLIENT_RANDOM, QUIC_NO_KEY_LOG, QUIC_NO_SECRET, QUIC_UNKNOWN_VERSION, QUIC_WRONG_KEY,
    QUIC_CUT_SHORT,
} QuicClosed;

typedef struct QuicInitialKeys { /* of one version and one destination connection id */
    uint32_t version;
    FmQuicKeys side[2]; /* by QuicRole */
} QuicInitialKeys;

typedef struct QuicSide { /* what one end sends, and the ids that it is known by */
    const FmQuicKeys *handshake;
    const FmQuicKeys *data, *previous, *next; /* 1-RTT: of the key phase, the one before, the one after */
    bool phase;
    uint64_t largest[3]; /* packet number by space: Initial, Handshake, application data; UINT64_MAX: none yet */
    bool has_ids;        /* it chose ids: packets to it bear one */
} QuicSide;

#define QUIC_MAX_INITIAL_KEYS 4
#define QUIC_RESET_TOKEN 16

typedef struct QuicConnection { /* state in the connection's own flow */
    uint32_t version;
    bool started;
    bool retried;
    bool data_closed; /* a 1-RTT packet was told to be closed */
    uint8_t original_id[FM_FLOW_ID_SIZE], original_id_size; /* destination id of the client's first Initial */
    const QuicInitialKeys *initial[QUIC_MAX_INITIAL_KEYS];
    unsigned initial_count;
    const FmQuicKeys *early;
    QuicSide side[2];        /* by QuicRole */
    uint64_t secrets_seen;   /* generation of the secrets when they were looked for in vain, plus 1 */
    unsigned application;    /* consumer of streams, by ALPN; 0: not known */
    uint8_t (*reset_tokens)[QUIC_RESET_TOKEN]; /* the newest; NULL: none told */
    unsigned reset_token_count;
    struct QuicAnalysis *analysis; /* NULL: nobody asks */
} QuicConnection;

typedef struct QuicMemo { /* per packet */
    const FmQuicKeys *keys; /* NULL: closed */
    uint64_t number;
    uint32_t connection;
    uint8_t role;           /* of the sender */
    uint8_t id_size;        /* of a short header's destination id */
    uint8_t closed;         /* QuicClosed */
    bool known;             /* it belongs to a connection */
    bool tells_closed;      /* the connection's first 1-RTT packet that stays closed */
    bool assumed;           /* by its addresses alone: it bears an id that was never told */
    bool retry_fits, retry_checked;
    bool phase_flipped;     /* it begins a key update */
    bool reset;             /* it is no packet: the connection is not known any more (RFC 9000 §10.3) */
    uint16_t handed_on;     /* CRYPTO frames, by their place in the packet, that brought the handshake something new to read */
    struct QuicFacts *facts; /* what it shows of the connection; NULL: nothing, or nobody asks */
} QuicMemo;

/* A packet between its header and its frames. fm_part hands the cursor to the part, which finds the rest around it: so it stands first. */
typedef struct QuicPayload {
    FmCursor c;                 /* frames in plain text */
    QuicConnection *connection; /* NULL on replay */
    FmFlow *flow;
    QuicPacketType type;
    QuicRole role;
    struct QuicSeen *seen;      /* where frames say what the analysis is to know; NULL: nobody asks */
    uint16_t *handed_on;        /* of the memo */
} QuicPayload;

/* Frames of one packet, and what they carry. */
extern const FmProtocol fm_quic, fm_quic_frames;

typedef struct QuicHeader { /* what of a packet stands in clear */
    FmCursor start;
    FmSlice destination, source;
    uint64_t version;
    uint8_t first;
    bool follows; /* another packet of the datagram */
    QuicPacketType type;
} QuicHeader;

#define QUIC_LONG_HEADER 0x80

/* ---- quic_find.c ---- */

bool quic_is_version_2(uint64_t version);

/* Versions whose packets look as those of version 1: it, version 2, the IETF's drafts, and forks of them. */
bool quic_is_known_version(uint64_t version);

/* From the first byte to the ids of a long header, which stay the same in all versions (RFC 8999 §5.1). */
void quic_read_invariants(FmCursor *c, QuicHeader *h);

/* The rest for first visits only. The connection that used this UDP flow last, and the sender's role in it; NULL: none. */
const FmFlowId *quic_find_path(const FmDissection *d);

/* Who goes by the destination id of a short header: ids that its receiver chose, of the sizes it chose. */
const FmFlowId *quic_find_short(const FmDissection *d, FmSlice bytes, unsigned *id_size);

/* The flow of a packet's connection, a new one for a client's first packets; NULL: not known. Fills in what the memo tells of it. */
FmFlow *quic_find_connection(FmDissection *d, const QuicHeader *h, QuicMemo *memo);

QuicConnection *quic_connection_of(FmDissection *d, FmFlow *flow);

/* Ids that a long header tells of. */
void quic_learn_ids(FmDissection *d, FmFlow *flow, QuicConnection *q, const QuicHeader *h, QuicRole role);

/* ---- quic_connection.c: first visits only ---- */

/* Forces negotiation (RFC 9000 §15). In practice such packets are protected as those of the version that the client knows. */
static inline bool quic_is_reserved(uint64_t version)
{
    return (version & 0x0f0f0f0f) == 0x0a0a0a0a;
}

/* The keys that may open the packet, derived when they are first needed; NULL and *why. */
const FmQuicKeys *quic_keys_for(FmDissection *d, QuicConnection *q, QuicPacketType type, QuicRole role, uint32_t version, QuicClosed *why);

/* Keeps a token that proves a stateless reset, for the connection at hand. */
void quic_note_reset_token(FmDissection *d, FmFlow *flow, QuicConnection *q, const uint8_t token[QUIC_RESET_TOKEN]);

/* Do these bytes end with such a token (RFC 9000 §10.3.1)? In the connection's flow. */
bool quic_is_reset(FmDissection *d, const QuicConnection *q, FmSlice bytes);

/* Number space of a packet type: index of QuicSide.largest. */
unsigned quic_space(QuicPacketType type);

/* A 1-RTT packet's header showed the other key phase: the keys of the phase after, which are taken over by quic_phase_flipped when they
 * have opened it. */
const FmQuicKeys *quic_next_phase(FmDissection *d, QuicSide *side);
void quic_phase_flipped(QuicSide *side);

/* Datagrams (RFC 9221) go to the consumer of streams, each by itself, under this number. */
#define QUIC_DATAGRAM_STREAM ((UINT64_C(1) << 62) + 16)

/* A variable-length integer (RFC 9000 §16). */
uint64_t quic_varint(FmCursor *c);

static inline unsigned quic_varint_size(const FmCursor *c)
{
    return fm_left(c) ? 1u << (*c->at >> 6) : 1;
}
