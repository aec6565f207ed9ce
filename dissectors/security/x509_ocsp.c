/* OCSP responses (RFC 6960 §4.2). */
#include "config.h"

#include "dissectors/security/x509_internal.h"

enum {
    STATUS, BYTES, RESPONSE_TYPE, BASIC, DATA, RESPONDER, BY_NAME, BY_KEY, PRODUCED_AT, RESPONSES, SINGLE, CERT_ID, HASH_ALGORITHM,
    NAME_HASH, KEY_HASH, SERIAL, CERT_STATUS, GOOD, REVOKED, UNKNOWN, REVOCATION_TIME, THIS_UPDATE, NEXT_UPDATE, SINGLE_EXTENSIONS,
    EXTENSIONS, SIGNATURE_ALGORITHM, PADDING, SIGNATURE, CERTS, CERTIFICATE,
};

static const FmName statuses[] = {
    { 0, 0, "successful" }, { 1, 0, "malformedRequest" }, { 2, 0, "internalError" }, { 3, 0, "tryLater" }, { 5, 0, "sigRequired" },
    { 6, 0, "unauthorized" }, { 0 },
};
static const FmName responder_choices[] = { { 1, 0, "byName" }, { 2, 0, "byKey" }, { 0 } };
static const FmName cert_statuses[] = { { 0, 0, "good" }, { 1, 0, "revoked" }, { 2, 0, "unknown" }, { 0 } };

static const FmField fields[] = {
    [STATUS] = { "ocsp.responseStatus", "responseStatus", FM_UINT32, FM_DEC, .names = statuses },
    [BYTES] = { "ocsp.responseBytes_element", "responseBytes", FM_NONE },
    [RESPONSE_TYPE] = { "ocsp.responseType.id", "ResponseType Id", FM_OID },
    [BASIC] = { "ocsp.BasicOCSPResponse_element", "BasicOCSPResponse", FM_NONE },
    [DATA] = { "ocsp.tbsResponseData_element", "tbsResponseData", FM_NONE },
    [RESPONDER] = { "ocsp.responderID", "responderID", FM_UINT32, FM_DEC, .names = responder_choices },
    [BY_NAME] = { "ocsp.byName", "byName", FM_UINT32, FM_DEC },
    [BY_KEY] = { "ocsp.byKey", "byKey", FM_BYTES },
    [PRODUCED_AT] = { "ocsp.producedAt", "producedAt", FM_ABSOLUTE_TIME, FM_UTC_SECONDS },
    [RESPONSES] = { "ocsp.responses", "responses", FM_UINT32, FM_DEC },
    [SINGLE] = { "ocsp.SingleResponse_element", "SingleResponse", FM_NONE },
    [CERT_ID] = { "ocsp.certID_element", "certID", FM_NONE },
    [HASH_ALGORITHM] = { "ocsp.hashAlgorithm_element", "hashAlgorithm", FM_NONE },
    [NAME_HASH] = { "ocsp.issuerNameHash", "issuerNameHash", FM_BYTES },
    [KEY_HASH] = { "ocsp.issuerKeyHash", "issuerKeyHash", FM_BYTES },
    [SERIAL] = { "ocsp.serialNumber", "serialNumber", FM_BYTES },
    [CERT_STATUS] = { "ocsp.certStatus", "certStatus", FM_UINT32, FM_DEC, .names = cert_statuses },
    [GOOD] = { "ocsp.good_element", "good", FM_NONE },
    [REVOKED] = { "ocsp.revoked_element", "revoked", FM_NONE },
    [UNKNOWN] = { "ocsp.unknown_element", "unknown", FM_NONE },
    [REVOCATION_TIME] = { "ocsp.revocationTime", "revocationTime", FM_ABSOLUTE_TIME, FM_UTC_SECONDS },
    [THIS_UPDATE] = { "ocsp.thisUpdate", "thisUpdate", FM_ABSOLUTE_TIME, FM_UTC_SECONDS },
    [NEXT_UPDATE] = { "ocsp.nextUpdate", "nextUpdate", FM_ABSOLUTE_TIME, FM_UTC_SECONDS },
    [SINGLE_EXTENSIONS] = { "ocsp.singleExtensions", "singleExtensions", FM_UINT32, FM_DEC },
    [EXTENSIONS] = { "ocsp.responseExtensions", "responseExtensions", FM_UINT32, FM_DEC },
    [SIGNATURE_ALGORITHM] = { "ocsp.signatureAlgorithm_element", "signatureAlgorithm", FM_NONE },
    [PADDING] = { "ber.bitstring.padding", "Padding", FM_UINT8, FM_DEC },
    [SIGNATURE] = { "ocsp.signature", "signature", FM_BYTES },
    [CERTS] = { "ocsp.certs", "certs", FM_UINT32, FM_DEC },
    [CERTIFICATE] = { "ocsp.Certificate_element", "Certificate", FM_NONE },
};

static void put_algorithm(FmDissection *d, unsigned row, FmCursor *c)
{
    DerValue v;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    FmSubtree tree = fm_open(d, row, &at);
    FmSlice id = x509_algorithm(d, &v.body);
    if (d->want_labels && x509_oid_name(id))
        fm_subtree_label(d, tree, "%s (%s)", fields[row].name, x509_oid_name(id));
    fm_close(d, tree, c);
}

static void put_time(FmDissection *d, unsigned row, const DerValue *v)
{
    if (der_seconds(v) != INT64_MIN)
        fm_add_value(d, row, &v->body, fm_left(&v->body), (uint64_t)der_seconds(v));
}

static void put_count(FmDissection *d, unsigned row, const FmCursor *c)
{
    unsigned count = der_count(*c);
    fm_add_value(d, row, c, fm_left(c), count);
    fm_label(d, row, "%s: %u item%s", fields[row].name, count, count == 1 ? "" : "s");
}

static void put_extensions(FmDissection *d, unsigned row, FmCursor *explicit_one)
{
    DerValue v;
    if (!der_take(explicit_one, DER_SEQUENCE, &v))
        return;
    put_count(d, row, &v.body);
    fm_down(d);
    x509_extensions(d, &v.body);
    fm_up(d);
}

static void put_certificate_id(FmDissection *d, FmCursor *c)
{
    DerValue v, inner;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    FmSubtree tree = fm_open(d, CERT_ID, &at);
    put_algorithm(d, HASH_ALGORITHM, &v.body);
    if (der_take(&v.body, DER_OCTET_STRING, &inner))
        fm_add_bytes(d, NAME_HASH, &inner.body, fm_left(&inner.body));
    if (der_take(&v.body, DER_OCTET_STRING, &inner))
        fm_add_bytes(d, KEY_HASH, &inner.body, fm_left(&inner.body));
    if (der_take(&v.body, DER_INTEGER, &inner))
        put_number(d, SERIAL, "serialNumber", fields, &inner.body);
    fm_close(d, tree, c);
}

static void put_status(FmDissection *d, FmCursor *c)
{
    DerValue v, time;
    FmCursor at = *c;
    if (!der_next(c, &v))
        return;
    unsigned choice = v.tag & 0xff;
    fm_add_value(d, CERT_STATUS, &at, (size_t)(c->at - at.at), choice);
    fm_down(d);
    if (choice <= 2) {
        unsigned row = GOOD + choice;
        FmSubtree tree = fm_open(d, row, &v.body);
        if (choice == 1 && der_take(&v.body, DER_GENERALIZED_TIME, &time))
            put_time(d, REVOCATION_TIME, &time);
        fm_close(d, tree, &v.body);
    }
    fm_up(d);
}

static void put_single(FmDissection *d, FmCursor *c)
{
    DerValue v, inner, time;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &v)) {
        c->at = c->end;
        return;
    }
    FmSubtree tree = fm_open(d, SINGLE, &at);
    put_certificate_id(d, &v.body);
    put_status(d, &v.body);
    if (der_take(&v.body, DER_GENERALIZED_TIME, &time))
        put_time(d, THIS_UPDATE, &time);
    if (der_take(&v.body, DER_CONTEXT + 0, &inner) && der_take(&inner.body, DER_GENERALIZED_TIME, &time))
        put_time(d, NEXT_UPDATE, &time);
    if (der_take(&v.body, DER_CONTEXT + 1, &inner))
        put_extensions(d, SINGLE_EXTENSIONS, &inner.body);
    fm_close(d, tree, c);
}

static void put_responder(FmDissection *d, FmCursor *c)
{
    DerValue v, key;
    FmCursor at = *c;
    if (!der_next(c, &v))
        return;
    fm_add_value(d, RESPONDER, &at, (size_t)(c->at - at.at), v.tag & 0xff);
    fm_down(d);
    if (v.tag == DER_CONTEXT + 1) {
        fm_add_value(d, BY_NAME, &v.body, fm_left(&v.body), 0);
        fm_down(d);
        x509_name(d, X509_ISSUER, &v.body);
        fm_up(d);
    } else if (v.tag == DER_CONTEXT + 2 && der_take(&v.body, DER_OCTET_STRING, &key)) {
        fm_add_bytes(d, BY_KEY, &key.body, fm_left(&key.body));
    }
    fm_up(d);
}

static void put_data(FmDissection *d, FmCursor *c)
{
    DerValue v, inner;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    FmSubtree tree = fm_open(d, DATA, &at);
    der_take(&v.body, DER_CONTEXT + 0, &inner); /* version 1 */
    put_responder(d, &v.body);
    if (der_take(&v.body, DER_GENERALIZED_TIME, &inner))
        put_time(d, PRODUCED_AT, &inner);
    if (der_take(&v.body, DER_SEQUENCE, &inner)) {
        put_count(d, RESPONSES, &inner.body);
        fm_down(d);
        while (fm_left(&inner.body))
            put_single(d, &inner.body);
        fm_up(d);
    }
    if (der_take(&v.body, DER_CONTEXT + 1, &inner))
        put_extensions(d, EXTENSIONS, &inner.body);
    fm_close(d, tree, c);
}

static void put_certificates(FmDissection *d, FmCursor *c)
{
    DerValue list, certificate;
    if (!der_take(c, DER_SEQUENCE, &list))
        return;
    put_count(d, CERTS, &list.body);
    fm_down(d);
    while (fm_left(&list.body)) {
        FmCursor at = list.body;
        if (!der_next(&list.body, &certificate))
            break;
        FmSubtree tree = fm_open(d, CERTIFICATE, &at);
        x509_certificate(d, &at);
        fm_close(d, tree, &list.body);
    }
    fm_up(d);
}

static void put_basic(FmDissection *d, FmCursor *c)
{
    DerValue v, inner;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    FmSubtree tree = fm_open(d, BASIC, &v.body);
    put_data(d, &v.body);
    put_algorithm(d, SIGNATURE_ALGORITHM, &v.body);
    if (der_take(&v.body, DER_BIT_STRING, &inner)) {
        fm_add(d, PADDING, &inner.body);
        fm_add_bytes(d, SIGNATURE, &inner.body, fm_left(&inner.body));
    }
    if (der_take(&v.body, DER_CONTEXT + 0, &inner))
        put_certificates(d, &inner.body);
    fm_close(d, tree, &v.body);
}

static void put_response(FmDissection *d, FmCursor *c)
{
    DerValue v, inner, bytes, oid;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    FmSubtree tree = fm_open_text(d, &v.body, "OCSP Response");
    if (der_take(&v.body, DER_ENUMERATED, &inner))
        fm_add_value(d, STATUS, &inner.body, 1, fm_peek(&inner.body, 0, 1));
    if (der_take(&v.body, DER_CONTEXT + 0, &inner) && der_take(&inner.body, DER_SEQUENCE, &bytes)) {
        FmSubtree response = fm_open(d, BYTES, &bytes.body);
        if (der_take(&bytes.body, DER_OID, &oid)) {
            FmSlice id = fm_rest(&oid.body);
            fm_add_bytes(d, RESPONSE_TYPE, &oid.body, id.size);
            x509_label_oid(d, RESPONSE_TYPE, id);
            if (der_is(id, "\x2b\x06\x01\x05\x05\x07\x30\x01\x01") && der_take(&bytes.body, DER_OCTET_STRING, &inner)) {
                fm_layer_name(d, "ocsp");
                put_basic(d, &inner.body);
            }
        }
        fm_close(d, response, &bytes.body);
    }
    fm_close(d, tree, &v.body);
}

void x509_ocsp_response(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_ocsp_part);
    put_response(d, c);
    fm_unuse(d, before);
}

static void ocsp_dissect(FmDissection *d, FmCursor *c)
{
    put_response(d, c);
}

const FmProtocol fm_ocsp_part = {
    .abbrev = "ocsp",
    .title = "Online Certificate Status Protocol",
    FM_FIELDS(fields),
    .dissect = ocsp_dissect,
    .part = true,
};
