/* Handshake messages of TLS, DTLS and QUIC: one code, two tables. The tables of a pair have the same rows in the same order; fields are
 * tls.* in fm_tls_… (TLS records, QUIC CRYPTO frames) and dtls.* in fm_dtls_….
 *
 * fm_tls_handshake is a part and a consumer of streams: messages that come as a stream of bytes (records, CRYPTO frames) are given to a
 * stream that it is the consumer of,
 *
 *     fm_stream_feed(d, stream, fm_catalog_number(d->packet->catalog, &fm_tls_handshake));
 *     fm_stream_append(d, stream, &body);      // or fm_stream_put, at the CRYPTO frame's offset
 *
 * and come out whole, as children of what was put. QUIC uses fm_tls_handshake_quic in the same way. DTLS puts its fragments together
 * itself and calls tls_handshake_message. */
#pragma once

#include "dissectors/security/tls.h"

typedef enum TlsCarrier { TLS_OVER_TCP, TLS_OVER_UDP, TLS_OVER_QUIC } TlsCarrier;

extern const FmProtocol fm_tls_handshake, fm_tls_handshake_quic, fm_dtls_handshake;

/* One message while it is dissected. */
typedef struct TlsMessage {
    TlsCarrier carrier;
    TlsState *s;          /* NULL on replay */
    TlsRole sender;
    unsigned type;        /* TlsMessageType */
    uint16_t version;     /* of the session, where it is known */
    uint16_t cipher_suite;
    bool retry;           /* a ServerHello that is a HelloRetryRequest */
    uint8_t draft;        /* of TLS 1.3; 0: none */
} TlsMessage;

/* Dissects one whole message behind its type and length, which DTLS has shown with its own fields in between; info column and label of
 * the message's node are the caller's. The message is `whole` (header of four bytes included): what tls_keys_message is given. One that
 * is `repeated` changes nothing in the session. */
void tls_handshake_message(FmDissection *d, TlsCarrier carrier, unsigned type, FmSlice whole, bool repeated, FmCursor *body);

/* Adds a text to the info column behind a comma. */
void tls_info(FmDissection *d, const char *text);

/* So many bytes of handshake messages come next from the current sender: messages in several such pieces tell of them. 0: what waits
 * is forgotten. First visits only. */
void tls_handshake_piece(FmDissection *d, size_t size);

/* Part of a message, shown in the record that holds it. */
void tls_handshake_fragment(FmDissection *d, unsigned type, bool last, FmCursor *c);

/* Gives the node of a certificate its begin and its subject as text. */
void tls_label_certificate(FmDissection *d, FmSubtree tree, FmSlice bytes);

/* A message that stays closed. */
void tls_handshake_encrypted(FmDissection *d, TlsCarrier carrier, FmCursor *c);

/* ---- hellos (tls_hello.c) ---- */

/* What a hello says, as bytes of the message: lists of two-byte numbers where nothing else is told. Valid while it is dissected. */
typedef struct TlsHello {
    uint64_t version;      /* legacy_version */
    FmSlice random, session_id;
    FmSlice suites;        /* of a ServerHello: the one chosen */
    FmSlice groups, schemes, versions; /* without their lengths */
    FmSlice point_formats; /* one byte each */
    FmSlice shares;        /* KeyShareEntry list */
    FmSlice alpn;          /* ProtocolNameList, without its length */
    FmSlice server_name;
    FmSlice extensions;    /* all of them */
    FmSlice ticket, cookie, psk;
    uint64_t selected_version, selected_group, selected_identity; /* ServerHello; 0 where not told */
    bool has_extensions, has_early_data, has_ems, has_etm, has_psk, has_ticket, has_truncated_hmac, has_status_request;
} TlsHello;

void tls_client_hello(FmDissection *d, TlsMessage *m, FmCursor *c);
void tls_server_hello(FmDissection *d, TlsMessage *m, FmCursor *c);
void tls_hello_verify_request(FmDissection *d, TlsMessage *m, FmCursor *c);

/* Of a ServerHello behind its header: is it a HelloRetryRequest, and which version does it choose? */
bool tls_is_retry(FmSlice hello);
uint16_t tls_peek_version(FmSlice hello);
extern const FmProtocol fm_tls_hello, fm_dtls_hello;

/* ---- extensions (tls_extensions.c) ---- */

/* The extensions of a message with the length in front of them. `hello` is filled with what they say; may be NULL. */
void tls_put_extensions(FmDissection *d, TlsMessage *m, TlsHello *hello, FmCursor *c);

/* A SignatureScheme of two bytes with its two halves below. */
void tls_put_signature_scheme(FmDissection *d, const TlsMessage *m, FmCursor *c);

/* A list of signature schemes with its length in front. */
void tls_put_signature_schemes(FmDissection *d, const TlsMessage *m, FmCursor *c, TlsHello *hello);

/* An OCSP status (type, length, response) as in CertificateStatus and as in a CertificateEntry's status_request. */
void tls_put_certificate_status(FmDissection *d, const TlsMessage *m, FmCursor *c);

/* A SignedCertificateTimestampList, as in the extension of certificates. */
void tls_put_signed_timestamps(FmDissection *d, FmCursor *c);

/* QUIC's transport parameters: the body of the extension. */
void tls_put_quic_parameters(FmDissection *d, FmCursor *c);
extern const FmProtocol fm_tls_quic_parameters;

/* Names of certificate authorities with the length in front of them. */
void tls_put_authorities(FmDissection *d, const TlsMessage *m, FmCursor *c);
extern const FmProtocol fm_tls_extensions, fm_dtls_extensions;

/* The part whose rows are named for the carrier. */
static inline FmTableUse tls_use(FmDissection *d, const TlsMessage *m, const FmProtocol *tls, const FmProtocol *dtls)
{
    return fm_use(d, m->carrier == TLS_OVER_UDP ? dtls : tls);
}

/* GREASE (RFC 8701): values that mean nothing. */
static inline bool tls_is_grease(uint64_t v)
{
    return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}
