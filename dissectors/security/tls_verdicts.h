/* What a handshake says about itself: the fields fathom.tls.*. */
#pragma once

#include "dissectors/security/tls_handshake.h"

/* Whose turn it is: called for every record and its sender until the handshake has ended. First visits only. */
void tls_verdict_turn(FmDissection *d, TlsState *s);

/* Has the handshake ended with this record of content type `type`? True once. First visits only. */
bool tls_verdict_ended(FmDissection *d, TlsState *s, unsigned type);

/* The verdict of the whole handshake, in the record that ends it. */
void tls_verdict_handshake(FmDissection *d, TlsState *s);

/* What a ServerHello chose against what was offered. */
void tls_verdict_choice(FmDissection *d, const TlsMessage *m, const TlsHello *hello);

/* Keeps what a ClientHello offers. First visits only. */
void tls_verdict_offer(TlsState *s, const TlsHello *hello);

/* The chain of a Certificate message: `list` is its certificate_list. */
void tls_verdict_chain(FmDissection *d, const TlsMessage *m, FmCursor list);

extern const FmProtocol fm_tls_verdicts;
