/* Heartbeats, which TLS and DTLS have alike. */
#pragma once

#include "dissectors/security/tls_handshake.h"

/* May these bytes be a heartbeat in plain text: is there room for the payload they announce? */
bool tls_heartbeat_fits(const FmCursor *body);

/* The contents of a heartbeat record, which `record` is the tree of; `closed`: they are cipher text. */
void tls_heartbeat_dissect(FmDissection *d, TlsCarrier carrier, FmSubtree record, const char *version, bool closed, FmCursor *body);

extern const FmProtocol fm_tls_heartbeat, fm_dtls_heartbeat;
