/* SSL 2.0 (draft-hickman-netscape-ssl-00): its records, and the ClientHello in its form that other versions begin with (RFC 5246 E.2). */
#pragma once

#include "dissectors/security/tls.h"

/* Length of the handshake record in front, or 0: it is none. Strict: all lengths inside add up. Needs `SSL2_PEEK` bytes of it. */
#define SSL2_PEEK 11
uint64_t tls_ssl2_handshake(FmSlice bytes);

/* Length of any record, by its header of two or three bytes; FM_NEED_MORE. */
uint64_t tls_ssl2_record(FmSlice bytes);

/* A record; `encrypted`: not one of the handshake's. `s` is NULL on replay. True: what follows on the connection is SSL 2.0 as well. */
bool tls_ssl2_dissect(FmDissection *d, TlsState *s, bool encrypted, FmCursor *c);

extern const FmProtocol fm_tls_ssl2;
