/* Handshake messages of TLS, DTLS and QUIC: one code, one table a carrier. The tables have the same rows in the same order; fields are
 * tls.* in fm_tls_handshake (TLS records, QUIC CRYPTO frames) and dtls.* in fm_dtls_handshake.
 *
 * fm_tls_handshake is a part and a consumer of streams: messages that come as a stream of bytes (records, CRYPTO frames) are given to a
 * stream that it is the consumer of,
 *
 *     fm_stream_feed(d, stream, fm_catalog_number(d->packet->catalog, &fm_tls_handshake));
 *     fm_stream_append(d, stream, &body);      // or fm_stream_put, at the CRYPTO frame's offset
 *
 * and come out whole. DTLS puts its fragments together itself and calls tls_handshake_message. */
#pragma once

#include "dissectors/security/tls.h"

extern const FmProtocol fm_tls_handshake, fm_dtls_handshake, fm_tls_extensions, fm_dtls_extensions;

typedef enum TlsCarrier { TLS_OVER_TCP, TLS_OVER_UDP, TLS_OVER_QUIC } TlsCarrier;

/* Dissects one whole message, header included, that `part` (fm_tls_handshake or fm_dtls_handshake) names the fields of. Of DTLS the
 * header is given without message_seq, fragment_offset and fragment_length: the caller has shown them. */
void tls_handshake_message(FmDissection *d, TlsCarrier carrier, FmCursor *c);
