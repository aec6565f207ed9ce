/* What TLS did on one flow: its messages, what was offered and what chosen, the certificates, and why it is open or closed. From the
 * fields of tls, dtls and x509, packet by packet. */
#pragma once

#include <glib.h>

#include "model/packet.h"

typedef enum FmTlsKind { FM_TLS_HANDSHAKE, FM_TLS_CHANGE_CIPHER, FM_TLS_ALERT, FM_TLS_DATA, FM_TLS_CLOSED } FmTlsKind;

typedef struct FmTlsMessage {
    FmTime time;
    uint32_t packet;
    uint8_t kind, direction; /* FmTlsKind; as packet->flow_direction */
    uint8_t type;            /* of handshake messages */
    bool encrypted;
    uint32_t count;          /* records of DATA and CLOSED that are told together */
    uint64_t bytes;          /* in them */
    char *text;              /* "Client Hello", and what matters of it; escaped */
} FmTlsMessage;

typedef enum FmTlsTopic {
    FM_TLS_VERSION, FM_TLS_SUITE, FM_TLS_GROUP, FM_TLS_SHARE, FM_TLS_SIGNATURE, FM_TLS_ALPN, FM_TLS_COMPRESSION, FM_TLS_TOPICS
} FmTlsTopic;

typedef struct FmTlsCertificate {
    uint32_t packet;
    uint8_t direction;
    char *subject, *issuer;      /* "CN=www.example.test, O=Example"; may be NULL, as what follows */
    char *not_before, *not_after;
    char *names;                 /* that it is for, with commas */
    GPtrArray *lines;            /* of char *: all that is in it, a line a node; two spaces for each depth */
} FmTlsCertificate;

typedef struct FmTlsVerdict {
    uint8_t kind;
    uint32_t packet;
    char *text;
} FmTlsVerdict;

/* Verdicts, as fields of fathom.tls say them. */
typedef enum FmTlsVerdictKind {
    FM_TLS_FORWARD_SECRECY, FM_TLS_FORWARD_SECRECY_REASON, FM_TLS_RESUMPTION, FM_TLS_EARLY_DATA, FM_TLS_ROUND_TRIPS, FM_TLS_TIME,
    FM_TLS_SERVER_TIME, FM_TLS_CLIENT_TIME, FM_TLS_BEST_VERSION, FM_TLS_OLDER_VERSION, FM_TLS_DOWNGRADE, FM_TLS_CHAIN, FM_TLS_CHAIN_VERIFIED,
    FM_TLS_IN_TIME, FM_TLS_DAYS_LEFT, FM_TLS_NAMES_SERVER, FM_TLS_KEY, FM_TLS_SIGNED_WITH, FM_TLS_OPENED_BY, FM_TLS_CLOSED_BECAUSE, FM_TLS_JA3,
    FM_TLS_JA4, FM_TLS_VERDICTS
} FmTlsVerdictKind;

typedef struct FmTlsFacts {
    struct FmAsked *asked; /* its bits are what must be wanted, with labels */
    GArray *messages;      /* of FmTlsMessage */
    uint64_t left_out;     /* beyond the bound */
    char *server_name;
    GPtrArray *offered[FM_TLS_TOPICS]; /* of char * */
    char *chosen[FM_TLS_TOPICS];
    uint32_t offered_in, chosen_in;    /* packets of the hellos; 0: not seen */
    GPtrArray *certificates;           /* of FmTlsCertificate */
    FmTlsVerdict verdicts[FM_TLS_VERDICTS]; /* text NULL: not said */
    uint64_t data[2];                  /* bytes in records of application data, by direction */
    bool ciphered[2];                  /* Change Cipher Spec was seen */
} FmTlsFacts;

FmTlsFacts *fm_tls_facts_new(const FmCatalog *catalog);
void fm_tls_facts_free(FmTlsFacts *facts);

/* Takes in a packet of the flow, in the order of capture. */
void fm_tls_facts_packet(FmTlsFacts *facts, const FmPacket *packet);
