/* What the files of DTLS share. */
#pragma once

#include "dissectors/security/tls_handshake.h"

typedef struct DtlsState { /* beside the session that it shares with TLS; first visits only */
    uint64_t seen[2];      /* by TlsRole and number: messages that were there whole; of numbers up to 63 */
    uint64_t together[2];  /* of them, those that were put together */
    uint32_t handshake;    /* counts them: fragments of each are kept apart */
    bool media;            /* SRTP was set up */
    bool named[2];         /* the connection id of that role's records is known to lead here */
} DtlsState;

/* The current flow's; NULL on replay, while quoting and outside flows. */
DtlsState *dtls_state(FmDissection *d);

/* The handshake messages of a record in plain text. `protected`: it was opened. `version`: what the record's line begins with. */
void dtls_put_messages(FmDissection *d, TlsState *s, FmSubtree record, const char *version, bool protected, FmCursor *body);

extern const FmProtocol fm_dtls, fm_dtls_records, fm_dtls_messages;
