/* Why a session is open or closed, told by the fields of fm_tls_decrypt: for records of TLS and DTLS here, for QUIC's packets by QUIC. */
#pragma once

#include "engine/dissect.h"

typedef enum TlsClosed { /* memos hold these */
    TLS_OPEN,
    TLS_CLOSED_NO_SECRETS,
    TLS_CLOSED_NO_LINE,
    TLS_CLOSED_NO_HANDSHAKE,
    TLS_CLOSED_NO_SERVER_HELLO,
    TLS_CLOSED_HANDSHAKE_ONLY,
    TLS_CLOSED_NO_HANDSHAKE_SECRETS,
    TLS_CLOSED_NO_EARLY_SECRET,
    TLS_CLOSED_EPHEMERAL,
    TLS_CLOSED_OTHER_KEY,
    TLS_CLOSED_RESUMED,
    TLS_CLOSED_KEY_UPDATE,
    TLS_CLOSED_SUITE,
    TLS_CLOSED_WRONG_SECRET,
    TLS_CLOSED_LOST,
    TLS_CLOSED_CUT,
    TLS_CLOSED_COMPRESSED,
    TLS_CLOSED_REASONS,
} TlsClosed;

typedef enum TlsOpenedBy {
    TLS_OPENED_BY_NOTHING,
    TLS_OPENED_BY_MASTER,   /* a key log's CLIENT_RANDOM */
    TLS_OPENED_BY_TRAFFIC,  /* its traffic secrets */
    TLS_OPENED_BY_PREMASTER,
    TLS_OPENED_BY_RSA,
    TLS_OPENED_BY_PSK,
    TLS_OPENED_BY_SESSION,  /* an earlier session's master secret */
    TLS_OPENED_BY_SOURCES,
} TlsOpenedBy;

/* Adds fathom.tls.closed_because, or where `by` tells it fathom.tls.opened_by. */
void tls_tell_opening(FmDissection *d, TlsClosed closed, TlsOpenedBy by);

/* The same as text; NULL for TLS_OPEN. */
const char *tls_closed_text(TlsClosed closed);

/* What the sender of this packet protects media with that run on the current flow (RFC 5764), which live as long as memos do. NULL, and the
 * reason, if they cannot be known. First visits only. */
const struct FmSrtpKeys *tls_media_keys(FmDissection *d, uint8_t *closed);

extern const FmProtocol fm_tls_decrypt;
