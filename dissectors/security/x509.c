/* X.509 certificates (RFC 5280 §4.1). */
#include "config.h"

#include "dissectors/security/der.h"
#include "dissectors/security/x509.h"
#include "dissectors/security/x509_internal.h"

enum {
    SIGNED, VERSION_NUMBER, SERIAL, SIGNATURE, ALGORITHM_ID, ISSUER, VALIDITY, NOT_BEFORE, NOT_AFTER, UTC_TIME, GENERALIZED_TIME,
    SUBJECT, KEY_INFO, ALGORITHM, KEY, MODULUS, EXPONENT, EC_PARAMETERS, NAMED_CURVE, ISSUER_ID, SUBJECT_ID, EXTENSIONS,
    ALGORITHM_IDENTIFIER, PADDING, ENCRYPTED,
};

static const FmName versions[] = { { 0, 0, "v1" }, { 1, 0, "v2" }, { 2, 0, "v3" }, { 0 } };
static const FmName name_choices[] = { { 0, 0, "rdnSequence" }, { 0 } };
static const FmName time_choices[] = { { 0, 0, "utcTime" }, { 1, 0, "generalizedTime" }, { 0 } };
static const FmName curve_choices[] = { { 0, 0, "ecParameters" }, { 1, 0, "namedCurve" }, { 2, 0, "implicitlyCA" }, { 0 } };

static const FmField fields[] = {
    [SIGNED] = { "x509af.signedCertificate_element", "signedCertificate", FM_NONE },
    [VERSION_NUMBER] = { "x509af.version", "version", FM_INT32, FM_DEC, .names = versions },
    [SERIAL] = { "x509af.serialNumber", "serialNumber", FM_BYTES },
    [SIGNATURE] = { "x509af.signature_element", "signature", FM_NONE },
    [ALGORITHM_ID] = { "x509af.algorithm.id", "Algorithm Id", FM_OID },
    [ISSUER] = { "x509af.issuer", "issuer", FM_UINT32, FM_DEC, .names = name_choices },
    [VALIDITY] = { "x509af.validity_element", "validity", FM_NONE },
    [NOT_BEFORE] = { "x509af.notBefore", "notBefore", FM_UINT32, FM_DEC, .names = time_choices },
    [NOT_AFTER] = { "x509af.notAfter", "notAfter", FM_UINT32, FM_DEC, .names = time_choices },
    [UTC_TIME] = { "x509af.utcTime", "utcTime", FM_STRING },
    [GENERALIZED_TIME] = { "x509af.generalizedTime", "generalizedTime", FM_ABSOLUTE_TIME, FM_UTC_SECONDS },
    [SUBJECT] = { "x509af.subject", "subject", FM_UINT32, FM_DEC, .names = name_choices },
    [KEY_INFO] = { "x509af.subjectPublicKeyInfo_element", "subjectPublicKeyInfo", FM_NONE },
    [ALGORITHM] = { "x509af.algorithm_element", "algorithm", FM_NONE },
    [KEY] = { "x509af.subjectPublicKey", "subjectPublicKey", FM_BYTES },
    [MODULUS] = { "pkcs1.modulus", "modulus", FM_BYTES },
    [EXPONENT] = { "pkcs1.publicExponent", "publicExponent", FM_INT32, FM_DEC },
    [EC_PARAMETERS] = { "pkcs1.ECParameters", "ECParameters", FM_UINT32, FM_DEC, .names = curve_choices },
    [NAMED_CURVE] = { "pkcs1.namedCurve", "namedCurve", FM_OID },
    [ISSUER_ID] = { "x509af.issuerUniqueIdentifier", "issuerUniqueIdentifier", FM_BYTES },
    [SUBJECT_ID] = { "x509af.subjectUniqueIdentifier", "subjectUniqueIdentifier", FM_BYTES },
    [EXTENSIONS] = { "x509af.extensions", "extensions", FM_UINT32, FM_DEC },
    [ALGORITHM_IDENTIFIER] = { "x509af.algorithmIdentifier_element", "algorithmIdentifier", FM_NONE },
    [PADDING] = { "ber.bitstring.padding", "Padding", FM_UINT8, FM_DEC },
    [ENCRYPTED] = { "x509af.encrypted", "encrypted", FM_BYTES },
};

/* ---- parts ---- */

static FmSlice put_algorithm(FmDissection *d, FmCursor *c)
{
    DerValue oid, parameters;
    if (!der_take(c, DER_OID, &oid))
        return (FmSlice){ NULL, 0 };
    FmSlice id = fm_rest(&oid.body);
    fm_add_bytes(d, ALGORITHM_ID, &oid.body, id.size);
    x509_label_oid(d, ALGORITHM_ID, id);
    FmCursor at = *c;
    if (!der_is(id, "\x2a\x86\x48\xce\x3d\x02\x01") || !der_next(c, &parameters)) /* id-ecPublicKey */
        return id;
    fm_layer_name(d, "pkcs-1");
    unsigned choice = parameters.tag == DER_SEQUENCE ? 0 : parameters.tag == DER_OID ? 1 : 2; /* RFC 3279 §2.3.5 */
    fm_add_value(d, EC_PARAMETERS, &at, (size_t)(c->at - at.at), choice);
    if (choice == 1) {
        FmSlice curve = fm_rest(&parameters.body);
        fm_down(d);
        fm_add_bytes(d, NAMED_CURVE, &parameters.body, curve.size);
        x509_label_oid(d, NAMED_CURVE, curve);
        fm_up(d);
    }
    return id;
}

FmSlice x509_algorithm(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_x509);
    FmSlice id = put_algorithm(d, c);
    fm_unuse(d, before);
    return id;
}

/* An AlgorithmIdentifier below row F. */
static FmSlice put_algorithm_tree(FmDissection *d, unsigned row, FmCursor *c)
{
    DerValue v;
    FmCursor at = *c;
    FmSlice id = { NULL, 0 };
    if (!der_take(c, DER_SEQUENCE, &v))
        return id;
    FmSubtree tree = fm_open(d, row, &at);
    id = put_algorithm(d, &v.body);
    if (d->want_labels && x509_oid_name(id))
        fm_subtree_label(d, tree, "%s (%s)", fields[row].name, x509_oid_name(id));
    fm_close(d, tree, c);
    return id;
}

/* UTCTime in the form Wireshark shows it. */
static void put_utc_time(FmDissection *d, const DerValue *v)
{
    const char *at = (const char *)v->body.at;
    size_t size = fm_left(&v->body);
    char text[64];
    if (size == 13 && at[12] == 'Z')
        g_snprintf(text, sizeof text, "%s%.2s-%.2s-%.2s %.2s:%.2s:%.2s (UTC)", at[0] < '5' ? "20" : "19", at, at + 2, at + 4, at + 6, at + 8,
                   at + 10);
    else if (size == 11 && at[10] == 'Z')
        g_snprintf(text, sizeof text, "%s%.2s-%.2s-%.2s %.2s:%.2s (UTC)", at[0] < '5' ? "20" : "19", at, at + 2, at + 4, at + 6, at + 8);
    else
        g_snprintf(text, sizeof text, "%.*s", (int)MIN(size, sizeof text - 1), at);
    fm_add_text(d, UTC_TIME, &v->body, size, text);
}

static void put_time(FmDissection *d, unsigned row, FmCursor *c)
{
    DerValue v;
    FmCursor at = *c;
    if (!der_next(c, &v))
        return;
    fm_add_value(d, row, &at, (size_t)(c->at - at.at), v.tag == DER_GENERALIZED_TIME);
    fm_down(d);
    if (v.tag == DER_UTC_TIME)
        put_utc_time(d, &v);
    else if (v.tag == DER_GENERALIZED_TIME && der_seconds(&v) != INT64_MIN)
        fm_add_value(d, GENERALIZED_TIME, &v.body, fm_left(&v.body), (uint64_t)der_seconds(&v));
    fm_up(d);
}

/* RSAPublicKey (RFC 8017 appendix A.1.1). */
static void put_rsa_key(FmDissection *d, FmCursor *c)
{
    DerValue key, number;
    if (!der_take(c, DER_SEQUENCE, &key))
        return;
    if (der_take(&key.body, DER_INTEGER, &number))
        put_number(d, MODULUS, "modulus", fields, &number.body);
    if (der_take(&key.body, DER_INTEGER, &number) && fm_left(&number.body) <= 8) {
        uint64_t exponent = 0;
        FmCursor at = number.body;
        for (size_t i = fm_left(&number.body); i > 0; i--)
            exponent = exponent << 8 | fm_read_u8(&number.body);
        fm_add_value(d, EXPONENT, &at, fm_left(&at), exponent);
    }
}

static void put_key_info(FmDissection *d, FmCursor *c)
{
    DerValue info, key;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &info))
        return;
    FmSubtree tree = fm_open(d, KEY_INFO, &at);
    FmSlice algorithm = put_algorithm_tree(d, ALGORITHM, &info.body);
    if (der_take(&info.body, DER_BIT_STRING, &key)) {
        fm_skip(&key.body, 1); /* unused bits */
        FmCursor bits = key.body;
        fm_add_bytes(d, KEY, &key.body, fm_left(&key.body));
        fm_down(d);
        if (der_is(algorithm, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01")) /* rsaEncryption */
            put_rsa_key(d, &bits);
        fm_up(d);
    }
    fm_close(d, tree, c);
}

static void put_bits(FmDissection *d, unsigned row, FmCursor *c)
{
    fm_skip(c, 1);
    fm_add_bytes(d, row, c, fm_left(c));
}

static void put_name_choice(FmDissection *d, unsigned row, FmCursor *c)
{
    fm_add_value(d, row, c, fm_left(c), 0);
    fm_down(d);
    x509_name(d, row == SUBJECT ? X509_SUBJECT : X509_ISSUER, c);
    fm_up(d);
}

static void put_signed(FmDissection *d, FmCursor *c)
{
    DerValue v, inner;
    if (der_take(c, DER_CONTEXT + 0, &v) && der_take(&v.body, DER_INTEGER, &inner) && fm_left(&inner.body) <= 4)
        fm_add_value(d, VERSION_NUMBER, &inner.body, fm_left(&inner.body), fm_peek(&inner.body, 0, (unsigned)fm_left(&inner.body)));
    if (der_take(c, DER_INTEGER, &v))
        put_number(d, SERIAL, "serialNumber", fields, &v.body);
    put_algorithm_tree(d, SIGNATURE, c);
    put_name_choice(d, ISSUER, c);
    FmCursor at = *c;
    if (der_take(c, DER_SEQUENCE, &v)) {
        FmSubtree validity = fm_open(d, VALIDITY, &at);
        put_time(d, NOT_BEFORE, &v.body);
        put_time(d, NOT_AFTER, &v.body);
        fm_close(d, validity, c);
    }
    put_name_choice(d, SUBJECT, c);
    put_key_info(d, c);
    if (der_take(c, DER_CONTEXT + 1, &v))
        put_bits(d, ISSUER_ID, &v.body);
    if (der_take(c, DER_CONTEXT + 2, &v))
        put_bits(d, SUBJECT_ID, &v.body);
    if (der_take(c, DER_CONTEXT + 3, &v) && der_take(&v.body, DER_SEQUENCE, &inner)) {
        unsigned count = der_count(inner.body);
        fm_add_value(d, EXTENSIONS, &inner.body, fm_left(&inner.body), count);
        fm_label(d, EXTENSIONS, "extensions: %u item%s", count, count == 1 ? "" : "s");
        fm_down(d);
        x509_extensions(d, &inner.body);
        fm_up(d);
    }
}

void x509_certificate(FmDissection *d, FmCursor *c)
{
    DerValue certificate, v;
    FmTableUse before = fm_use(d, &fm_x509);
    if (der_take(c, DER_SEQUENCE, &certificate)) {
        FmCursor *inside = &certificate.body, at = *inside;
        if (der_take(inside, DER_SEQUENCE, &v)) {
            FmSubtree tree = fm_open(d, SIGNED, &at);
            put_signed(d, &v.body);
            fm_close(d, tree, inside);
        }
        put_algorithm_tree(d, ALGORITHM_IDENTIFIER, inside);
        if (der_take(inside, DER_BIT_STRING, &v)) {
            fm_add(d, PADDING, &v.body);
            fm_add_bytes(d, ENCRYPTED, &v.body, fm_left(&v.body));
        }
    }
    fm_unuse(d, before);
}

static void certificate_dissect(FmDissection *d, FmCursor *c)
{
    x509_certificate(d, c);
}

const FmProtocol fm_x509 = {
    .abbrev = "x509af",
    .title = "X.509 Certificate",
    FM_FIELDS(fields),
    .dissect = certificate_dissect,
    .part = true,
};
