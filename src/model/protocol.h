/* What a protocol is: a constant that its file exports. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "model/field.h"

typedef struct FmDissection FmDissection;
typedef struct FmStream FmStream;

/* Tables of numbers that lead to a protocol; named as Wireshark's dissector tables. */
typedef enum FmTable {
    FM_NO_TABLE, /* ends a list */
    FM_LINK_TYPE,
    FM_ETHERTYPE,
    FM_IP_PROTO,
    FM_TCP_PORT,
    FM_UDP_PORT,
    FM_SCTP_PORT,
    FM_SCTP_PPI,    /* payload protocol identifier */
    FM_LLC_DSAP,
    FM_LLC_PID,     /* SNAP: OUI << 16 | PID */
    FM_PPP_PROTOCOL,
    FM_GRE_PROTO,
    FM_NULL_TYPE,   /* BSD address family */
    FM_SLL_TYPE,
    FM_ARP_HARDWARE,
    FM_TLS_PORT,    /* what TLS on that TCP port carries, where ALPN does not say */
    FM_DTLS_PORT,
    FM_CONTENT,     /* see FmContent: which protocol takes data, quoted IPv4, … */
    FM_TABLES
} FmTable;

typedef enum FmContent {
    FM_CONTENT_DATA,    /* bytes that nobody knows */
    FM_CONTENT_FRAME,   /* the frame itself: where dissection starts */
    FM_CONTENT_COMMENTS, /* what was written beside a frame, which follows: where dissection of such a one starts */
} FmContent;

typedef struct FmBinding {
    FmTable table;
    uint32_t number;
} FmBinding;

/* Tables of names that lead to a protocol; compared without regard to case. */
typedef enum FmNameTable {
    FM_NO_NAME_TABLE, /* ends a list */
    FM_ALPN,          /* application protocol of TLS and QUIC (RFC 7301): "h2" */
    FM_MEDIA_TYPE,    /* of a message body, without parameters: "application/json"; RTP: "audio/opus" */
    FM_UPGRADE,       /* HTTP Upgrade (RFC 9110 7.8) and :protocol (RFC 8441): "websocket" */
    FM_SUBPROTOCOL,   /* Sec-WebSocket-Protocol: "mqtt" */
    FM_CHANNEL_PROTOCOL, /* of a WebRTC data channel (RFC 8832) */
    FM_NAME_TABLES
} FmNameTable;

typedef struct FmNameBinding {
    FmNameTable table;
    const char *name;
} FmNameBinding;

typedef enum FmPreferenceType { FM_PREF_BOOL, FM_PREF_UINT, FM_PREF_STRING, FM_PREF_ENUM } FmPreferenceType;

typedef struct FmPreference {
    const char *name;        /* full name: "tcp.check_checksum" */
    const char *title;
    FmPreferenceType type;
    uint64_t value;          /* default of a number; BOOL: 0 or 1 */
    const char *text;        /* default of a string */
    const char *const *choices; /* ENUM: names of 0, 1, …, NULL-ended */
} FmPreference;

#define FM_NEED_MORE UINT64_MAX
#define FM_REFUSED (UINT64_MAX - 2)   /* the bytes of this piece are not the protocol's at all: they are passed over */
#define FM_IGNORED (UINT64_MAX - 3)   /* the same, and they are not shown as data: who is bound to the port takes all */
#define FM_UNTIL_END (UINT64_MAX - 1) /* a record that ends with its stream */

typedef struct FmProtocol {
    const char *abbrev; /* "udp": filter name, and name in frame.protocols */
    const char *name;   /* "UDP": what the protocol column shows */
    const char *title;  /* "User Datagram Protocol" */
    const FmField *fields;
    size_t field_count;
    const FmBinding *bindings;          /* ends with FM_NO_TABLE */
    const FmNameBinding *names;         /* ends with FM_NO_NAME_TABLE */
    const FmPreference *preferences;
    size_t preference_count;

    /* Reads the cursor's bytes into nodes. First visit and replay call the same function. */
    void (*dissect)(FmDissection *d, FmCursor *c);

    /* Guesses whether bytes on an unknown port are this protocol. Must be strict. */
    bool (*probe)(const FmDissection *d, FmSlice bytes);
    bool certain; /* what it says beats port numbers: a signature too long to come by chance */
    FmTable probe_on; /* FM_UDP_PORT, FM_TCP_PORT: where probe is asked */
    FmTable probe_also; /* a second place, or FM_NO_TABLE */

    /* Network protocols: length of the packet at the front of `bytes` by its own header, or FM_NEED_MORE where that does not tell.
     * What follows on the link is padding or trailer. */
    uint64_t (*extent)(FmSlice bytes);

    /* Stream protocols: length of the record at the front of `bytes` (never empty), FM_NEED_MORE, or FM_UNTIL_END. May read and change
     * stream->state; is asked again when more bytes are there, and always right before a record is dissected for the first time. */
    uint64_t (*record)(const FmStream *stream, FmSlice bytes);
    /* The bytes so far of a record that ends in a later packet, in the packet where it begins, and while its length is not known: what
     * the info column may already say. Adds no nodes. May be NULL. A replay may see its first piece only. */
    void (*begun)(FmDissection *d, FmSlice bytes);
    bool opens; /* a record that is not whole shows as a layer in the packet where it begins */
    bool sized; /* each record tells its length at its beginning: shown as tcp.pdu.size */

    /* After a hole that is never filled: offset in `bytes` where a record may start, or FM_NEED_MORE. */
    uint64_t (*resync)(const FmStream *stream, FmSlice bytes);

    size_t state_size; /* of fm_state, per (flow, protocol) */
    void (*release)(void *state); /* frees what a state owns; may be NULL */
    size_t stream_state_size; /* of fm_stream_state, per (flow, protocol, stream) */
    void (*stream_release)(void *state); /* frees what such a state owns; may be NULL */
    size_t memo_size;  /* of fm_memo, per (packet, visit) */
    bool memo_final;   /* nobody writes to it after its packet, or keeps a pointer to it: sessions keep it packed */
    bool part;         /* a table of a protocol that is written in several files: no layer and no name of its own */
} FmProtocol;

#define FM_FIELDS(table) .fields = (table), .field_count = sizeof(table) / sizeof((table)[0])
#define FM_BINDINGS(...) .bindings = (const FmBinding[]){ __VA_ARGS__, { FM_NO_TABLE, 0 } }
#define FM_NAMES(...) .names = (const FmNameBinding[]){ __VA_ARGS__, { FM_NO_NAME_TABLE, NULL } }
#define FM_PREFERENCES(table) .preferences = (table), .preference_count = sizeof(table) / sizeof((table)[0])
