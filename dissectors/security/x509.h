/* X.509 certificates (RFC 5280) and what is made of their parts: names of authorities, OCSP responses (RFC 6960). Fields are
 * Wireshark's: x509af, x509if, x509sat, x509ce, pkix1explicit, pkix1implicit, pkcs1, ocsp. */
#pragma once

#include "dissectors/security/der.h"
#include "engine/dissect.h"

/* A certificate (DER), its fields as children of what is open. */
void x509_certificate(FmDissection *d, FmCursor *c);

/* A DistinguishedName (DER): its parts, as children of what is open. */
void x509_distinguished_name(FmDissection *d, FmCursor *c);

/* An OCSPResponse (DER). */
void x509_ocsp_response(FmDissection *d, FmCursor *c);

/* What is said of a certificate without dissecting it: slices into the DER. */
typedef struct X509Summary {
    FmSlice issuer, subject;         /* Names, with their headers */
    FmSlice serial;
    FmSlice key_algorithm;           /* object identifier */
    FmSlice signature_algorithm;     /* object identifier */
    FmSlice alternative_names;       /* GeneralNames: contents of subjectAltName; empty: none */
    int64_t not_before, not_after;   /* nanoseconds since 1970; INT64_MIN: not told */
    unsigned key_bits;               /* of RSA's modulus or of the curve; 0: unknown */
    bool is_authority;               /* basicConstraints cA */
    bool whole;                      /* all of it was there */
} X509Summary;

X509Summary x509_summarize(FmSlice certificate);

/* "id-at-commonName=R3,id-at-countryName=US": the last part first, as Wireshark shows it. `name` is a Name with its header. */
void x509_name_text(FmText *out, FmSlice name);

/* The same in the usual short form, "CN=R3, C=US", most specific first. */
void x509_name_short(FmText *out, FmSlice name);

/* Does the certificate speak for this host name (RFC 6125: dNSNames, one leading wildcard; the common name where there are none)? */
bool x509_names_host(const X509Summary *certificate, FmSlice host);

/* ---- between the files ---- */

/* Name of an object identifier (contents), or NULL. */
const char *x509_oid_name(FmSlice oid);

/* Adds " (name)" to the label of the object identifier that row F just added. */
#define x509_label_oid(d, F, oid) \
    do { \
        if ((d)->want_labels && x509_oid_name(oid)) \
            fm_label_more((d), (F), " (%s)", x509_oid_name(oid)); \
    } while (0)

/* GeneralNames (contents): their GeneralName choices. */
void x509_general_names(FmDissection *d, FmCursor *c);

/* One GeneralName's inside, by its choice. */
void x509_general_name_value(FmDissection *d, DerValue *value);

/* An AlgorithmIdentifier's contents; returns its object identifier. */
FmSlice x509_algorithm(FmDissection *d, FmCursor *c);

/* Extensions (contents of the SEQUENCE OF). */
void x509_extensions(FmDissection *d, FmCursor *c);

extern const FmProtocol fm_x509, fm_x509_names, fm_x509_extensions, fm_ocsp_part;
