/* Extensions of certificates (RFC 5280 §4.2). */
#include "config.h"

#include "dissectors/security/tls_handshake.h"
#include "dissectors/security/x509_internal.h"

enum {
    EXTENSION, EXTENSION_ID, CRITICAL,
    KEY_USAGE, DIGITAL_SIGNATURE, CONTENT_COMMITMENT, KEY_ENCIPHERMENT, DATA_ENCIPHERMENT, KEY_AGREEMENT, KEY_CERT_SIGN, CRL_SIGN,
    ENCIPHER_ONLY, DECIPHER_ONLY, PADDING,
    PURPOSES, PURPOSE, BASIC_CONSTRAINTS, CA, PATH_LENGTH, SUBJECT_KEY, AUTHORITY_KEY, KEY_IDENTIFIER, AUTHORITY_ISSUER, AUTHORITY_SERIAL,
    GENERAL_NAMES, CRL_POINTS, CRL_POINT, POINT, FULL_NAME, CRL_ISSUER, POLICIES, POLICY, POLICY_ID, QUALIFIERS, QUALIFIER, QUALIFIER_ID,
    CPS, USER_NOTICE, EXPLICIT_TEXT, NOTICE_IA5, NOTICE_VISIBLE, NOTICE_BMP, NOTICE_UTF8,
    ACCESS, ACCESS_DESCRIPTION, ACCESS_METHOD, ACCESS_LOCATION,
    NS_CERT_TYPE, NS_COMMENT, LOGO_HASH, LOGO_ALGORITHM, LOGO_URI, FEATURES, FEATURE, VALUE,
};

static const FmName point_choices[] = { { 0, 0, "fullName" }, { 1, 0, "nameRelativeToCRLIssuer" }, { 0 } };
static const FmName text_choices[] = { { 0, 0, "ia5String" }, { 1, 0, "visibleString" }, { 2, 0, "bmpString" }, { 3, 0, "utf8String" }, { 0 } };

static const FmField fields[] = {
    [EXTENSION] = { "x509af.Extension_element", "Extension", FM_NONE },
    [EXTENSION_ID] = { "x509af.extension.id", "Extension Id", FM_OID },
    [CRITICAL] = { "x509af.critical", "critical", FM_BOOL8 },
    [KEY_USAGE] = { "x509ce.KeyUsage", "KeyUsage", FM_BYTES },
    [DIGITAL_SIGNATURE] = { "x509ce.KeyUsage.digitalSignature", "digitalSignature", FM_BOOL8, .mask = 0x80 },
    [CONTENT_COMMITMENT] = { "x509ce.KeyUsage.contentCommitment", "contentCommitment", FM_BOOL8, .mask = 0x40 },
    [KEY_ENCIPHERMENT] = { "x509ce.KeyUsage.keyEncipherment", "keyEncipherment", FM_BOOL8, .mask = 0x20 },
    [DATA_ENCIPHERMENT] = { "x509ce.KeyUsage.dataEncipherment", "dataEncipherment", FM_BOOL8, .mask = 0x10 },
    [KEY_AGREEMENT] = { "x509ce.KeyUsage.keyAgreement", "keyAgreement", FM_BOOL8, .mask = 0x08 },
    [KEY_CERT_SIGN] = { "x509ce.KeyUsage.keyCertSign", "keyCertSign", FM_BOOL8, .mask = 0x04 },
    [CRL_SIGN] = { "x509ce.KeyUsage.cRLSign", "cRLSign", FM_BOOL8, .mask = 0x02 },
    [ENCIPHER_ONLY] = { "x509ce.KeyUsage.encipherOnly", "encipherOnly", FM_BOOL8, .mask = 0x01 },
    [DECIPHER_ONLY] = { "x509ce.KeyUsage.decipherOnly", "decipherOnly", FM_BOOL8, .mask = 0x80 },
    [PADDING] = { "ber.bitstring.padding", "Padding", FM_UINT8, FM_DEC },
    [PURPOSES] = { "x509ce.KeyPurposeIDs", "KeyPurposeIDs", FM_UINT32, FM_DEC },
    [PURPOSE] = { "x509ce.KeyPurposeId", "KeyPurposeId", FM_OID },
    [BASIC_CONSTRAINTS] = { "x509ce.BasicConstraintsSyntax_element", "BasicConstraintsSyntax", FM_NONE },
    [CA] = { "x509ce.cA", "cA", FM_BOOL8 },
    [PATH_LENGTH] = { "x509ce.pathLenConstraint", "pathLenConstraint", FM_UINT64, FM_DEC },
    [SUBJECT_KEY] = { "x509ce.SubjectKeyIdentifier", "SubjectKeyIdentifier", FM_BYTES },
    [AUTHORITY_KEY] = { "x509ce.AuthorityKeyIdentifier_element", "AuthorityKeyIdentifier", FM_NONE },
    [KEY_IDENTIFIER] = { "x509ce.keyIdentifier", "keyIdentifier", FM_BYTES },
    [AUTHORITY_ISSUER] = { "x509ce.authorityCertIssuer", "authorityCertIssuer", FM_UINT32, FM_DEC },
    [AUTHORITY_SERIAL] = { "x509ce.authorityCertSerialNumber", "authorityCertSerialNumber", FM_BYTES },
    [GENERAL_NAMES] = { "x509ce.GeneralNames", "GeneralNames", FM_UINT32, FM_DEC },
    [CRL_POINTS] = { "x509ce.CRLDistPointsSyntax", "CRLDistPointsSyntax", FM_UINT32, FM_DEC },
    [CRL_POINT] = { "x509ce.DistributionPoint_element", "DistributionPoint", FM_NONE },
    [POINT] = { "x509ce.distributionPoint", "distributionPoint", FM_UINT32, FM_DEC, .names = point_choices },
    [FULL_NAME] = { "x509ce.fullName", "fullName", FM_UINT32, FM_DEC },
    [CRL_ISSUER] = { "x509ce.cRLIssuer", "cRLIssuer", FM_UINT32, FM_DEC },
    [POLICIES] = { "x509ce.CertificatePoliciesSyntax", "CertificatePoliciesSyntax", FM_UINT32, FM_DEC },
    [POLICY] = { "x509ce.PolicyInformation_element", "PolicyInformation", FM_NONE },
    [POLICY_ID] = { "x509ce.policyIdentifier", "policyIdentifier", FM_OID },
    [QUALIFIERS] = { "x509ce.policyQualifiers", "policyQualifiers", FM_UINT32, FM_DEC },
    [QUALIFIER] = { "x509ce.PolicyQualifierInfo_element", "PolicyQualifierInfo", FM_NONE },
    [QUALIFIER_ID] = { "x509ce.id", "Id", FM_OID },
    [CPS] = { "pkix1explicit.DirectoryString", "DirectoryString", FM_STRING },
    [USER_NOTICE] = { "pkix1implicit.UserNotice_element", "UserNotice", FM_NONE },
    [EXPLICIT_TEXT] = { "pkix1implicit.explicitText", "explicitText", FM_UINT32, FM_DEC, .names = text_choices },
    [NOTICE_IA5] = { "pkix1implicit.ia5String", "ia5String", FM_STRING },
    [NOTICE_VISIBLE] = { "pkix1implicit.visibleString", "visibleString", FM_STRING },
    [NOTICE_BMP] = { "pkix1implicit.bmpString", "bmpString", FM_STRING },
    [NOTICE_UTF8] = { "pkix1implicit.utf8String", "utf8String", FM_STRING },
    [ACCESS] = { "pkix1implicit.AuthorityInfoAccessSyntax", "AuthorityInfoAccessSyntax", FM_UINT32, FM_DEC },
    [ACCESS_DESCRIPTION] = { "pkix1implicit.AccessDescription_element", "AccessDescription", FM_NONE },
    [ACCESS_METHOD] = { "pkix1implicit.accessMethod", "accessMethod", FM_OID },
    [ACCESS_LOCATION] = { "pkix1implicit.accessLocation", "accessLocation", FM_UINT32, FM_DEC },
    [NS_CERT_TYPE] = { "ns_cert_exts.CertType", "CertType", FM_BYTES },
    [NS_COMMENT] = { "ns_cert_exts.Comment", "Comment", FM_STRING },
    [LOGO_HASH] = { "logotypecertextn.HashAlgAndValue_element", "HashAlgAndValue", FM_NONE },
    [LOGO_ALGORITHM] = { "logotypecertextn.hashAlg_element", "hashAlg", FM_NONE },
    [LOGO_URI] = { "logotypecertextn.logotypeURI_item", "logotypeURI item", FM_STRING },
    [FEATURES] = { "pkix1explicit.Features", "Features", FM_UINT32, FM_DEC },
    [FEATURE] = { "pkix1explicit.Features_item", "Features item", FM_INT32, FM_DEC },
    [VALUE] = { "fathom.x509.extension_value", "Value", FM_BYTES },
};

static const char *plural(unsigned n)
{
    return n == 1 ? "" : "s";
}

/* The number of values in `c`, for a row that counts them. */
static void put_count(FmDissection *d, unsigned row, const FmCursor *c)
{
    unsigned count = der_count(*c);
    fm_add_value(d, row, c, fm_left(c), count);
    fm_label(d, row, "%s: %u item%s", fields[row].name, count, plural(count));
}

static FmSlice put_oid(FmDissection *d, unsigned row, FmCursor *c)
{
    DerValue v;
    if (!der_take(c, DER_OID, &v))
        return (FmSlice){ NULL, 0 };
    FmSlice id = fm_rest(&v.body);
    fm_add_bytes_of(d, &fields[row], row, &v.body, id.size);
    x509_label_oid(d, row, id);
    return id;
}

static void put_key_usage(FmDissection *d, FmCursor *c)
{
    DerValue v;
    if (!der_take(c, DER_BIT_STRING, &v))
        return;
    fm_add(d, PADDING, &v.body);
    FmCursor bits = v.body, nowhere = v.body;
    uint64_t first = fm_peek(&bits, 0, 1), second = fm_peek(&bits, 1, 1);
    size_t size = fm_left(&v.body);
    fm_add_bytes(d, KEY_USAGE, &v.body, size);
    fm_down(d);
    for (unsigned row = DIGITAL_SIGNATURE; row <= ENCIPHER_ONLY; row++)
        fm_add_value(d, row, &nowhere, 1, first >> __builtin_ctzll(fields[row].mask) & 1);
    fm_add_value(d, DECIPHER_ONLY, &nowhere, 1, second >> 7);
    fm_up(d);
}

static void put_purposes(FmDissection *d, FmCursor *c)
{
    DerValue v;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    put_count(d, PURPOSES, &v.body);
    fm_down(d);
    while (fm_left(&v.body) && put_oid(d, PURPOSE, &v.body).size)
        ;
    fm_up(d);
}

static void put_basic_constraints(FmDissection *d, FmCursor *c)
{
    DerValue v, inner;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    FmSubtree tree = fm_open(d, BASIC_CONSTRAINTS, &at);
    if (!fm_left(&v.body))
        fm_subtree_constant(d, tree, "BasicConstraintsSyntax [0 length]");
    if (der_take(&v.body, DER_BOOLEAN, &inner))
        fm_add_value(d, CA, &inner.body, 1, fm_peek(&inner.body, 0, 1) != 0);
    if (der_take(&v.body, DER_INTEGER, &inner) && fm_left(&inner.body) <= 8)
        fm_add_value(d, PATH_LENGTH, &inner.body, fm_left(&inner.body), fm_peek(&inner.body, 0, (unsigned)fm_left(&inner.body)));
    fm_close(d, tree, c);
}

static void put_subject_key(FmDissection *d, FmCursor *c)
{
    DerValue v;
    if (der_take(c, DER_OCTET_STRING, &v))
        fm_add_bytes(d, SUBJECT_KEY, &v.body, fm_left(&v.body));
}

static void put_authority_key(FmDissection *d, FmCursor *c)
{
    DerValue v, inner;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    FmSubtree tree = fm_open(d, AUTHORITY_KEY, &at);
    if (der_take(&v.body, DER_CONTEXT + 0, &inner))
        fm_add_bytes(d, KEY_IDENTIFIER, &inner.body, fm_left(&inner.body));
    if (der_take(&v.body, DER_CONTEXT + 1, &inner)) {
        put_count(d, AUTHORITY_ISSUER, &inner.body);
        fm_down(d);
        x509_general_names(d, &inner.body);
        fm_up(d);
    }
    if (der_take(&v.body, DER_CONTEXT + 2, &inner))
        put_number(d, AUTHORITY_SERIAL, "authorityCertSerialNumber", fields, &inner.body);
    fm_close(d, tree, c);
}

static void put_general_names(FmDissection *d, FmCursor *c)
{
    DerValue v;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    put_count(d, GENERAL_NAMES, &v.body);
    fm_down(d);
    x509_general_names(d, &v.body);
    fm_up(d);
}

static void put_point_name(FmDissection *d, FmCursor *c)
{
    DerValue v;
    if (!der_next(c, &v))
        return;
    fm_add_value(d, POINT, &v.body, fm_left(&v.body), v.tag & 0xff);
    if (v.tag != DER_CONTEXT + 0)
        return;
    fm_down(d);
    put_count(d, FULL_NAME, &v.body);
    fm_down(d);
    x509_general_names(d, &v.body);
    fm_up(d);
    fm_up(d);
}

static void put_crl_points(FmDissection *d, FmCursor *c)
{
    DerValue v, point, inner;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    put_count(d, CRL_POINTS, &v.body);
    fm_down(d);
    FmCursor at = v.body;
    while (der_take(&v.body, DER_SEQUENCE, &point)) {
        FmSubtree tree = fm_open(d, CRL_POINT, &at);
        if (der_take(&point.body, DER_CONTEXT + 0, &inner))
            put_point_name(d, &inner.body);
        der_take(&point.body, DER_CONTEXT + 1, &inner); /* reasons */
        if (der_take(&point.body, DER_CONTEXT + 2, &inner)) {
            put_count(d, CRL_ISSUER, &inner.body);
            fm_down(d);
            x509_general_names(d, &inner.body);
            fm_up(d);
        }
        fm_close(d, tree, &v.body);
        at = v.body;
    }
    fm_up(d);
}

static void put_user_notice(FmDissection *d, FmCursor *c)
{
    DerValue v, text;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    FmSubtree tree = fm_open(d, USER_NOTICE, &at);
    der_take(&v.body, DER_SEQUENCE, &text); /* noticeRef */
    if (der_next(&v.body, &text)) {
        unsigned choice = text.tag == DER_IA5 ? 0 : text.tag == DER_VISIBLE ? 1 : text.tag == DER_BMP ? 2 : 3;
        fm_add_value(d, EXPLICIT_TEXT, &text.body, fm_left(&text.body), choice);
        fm_down(d);
        if (choice == 2 && fm_wanted(d, NOTICE_BMP)) {
            glong size = 0;
            g_autofree gunichar2 *units = g_new(gunichar2, fm_left(&text.body) / 2 + 1);
            for (size_t i = 0; i + 2 <= fm_left(&text.body); i += 2)
                units[i / 2] = (gunichar2)fm_peek(&text.body, i, 2);
            g_autofree char *utf8 = g_utf16_to_utf8(units, (glong)fm_left(&text.body) / 2, NULL, &size, NULL);
            if (utf8)
                fm_record_blob(d, NOTICE_BMP, fm_offset(&text.body), (uint32_t)fm_left(&text.body), text.body.buffer, 0, utf8, (size_t)size);
        } else if (choice != 2) {
            unsigned row = NOTICE_IA5 + choice;
            fm_add_bytes_of(d, &fields[row], row, &text.body, fm_left(&text.body));
        }
        fm_up(d);
    }
    fm_close(d, tree, c);
}

static void put_qualifier(FmDissection *d, FmCursor *c)
{
    DerValue v, text;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &v)) {
        c->at = c->end;
        return;
    }
    FmSubtree tree = fm_open(d, QUALIFIER, &at);
    FmSlice id = put_oid(d, QUALIFIER_ID, &v.body);
    if (der_is(id, "\x2b\x06\x01\x05\x05\x07\x02\x01")) { /* id-qt-cps */
        fm_layer_name(d, "pkix1explicit");
        if (der_next(&v.body, &text))
            fm_add_bytes(d, CPS, &text.body, fm_left(&text.body));
    } else if (der_is(id, "\x2b\x06\x01\x05\x05\x07\x02\x02")) { /* id-qt-unotice */
        fm_layer_name(d, "pkix1implicit");
        put_user_notice(d, &v.body);
    }
    fm_close(d, tree, c);
}

static void put_policies(FmDissection *d, FmCursor *c)
{
    DerValue v, policy, qualifiers;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    put_count(d, POLICIES, &v.body);
    fm_down(d);
    FmCursor at = v.body;
    while (der_take(&v.body, DER_SEQUENCE, &policy)) {
        FmSubtree tree = fm_open(d, POLICY, &at);
        put_oid(d, POLICY_ID, &policy.body);
        if (der_take(&policy.body, DER_SEQUENCE, &qualifiers)) {
            put_count(d, QUALIFIERS, &qualifiers.body);
            fm_down(d);
            while (fm_left(&qualifiers.body))
                put_qualifier(d, &qualifiers.body);
            fm_up(d);
        }
        fm_close(d, tree, &v.body);
        at = v.body;
    }
    fm_up(d);
}

static void put_access(FmDissection *d, FmCursor *c)
{
    DerValue v, access, location;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    put_count(d, ACCESS, &v.body);
    fm_down(d);
    FmCursor at = v.body;
    while (der_take(&v.body, DER_SEQUENCE, &access)) {
        FmSubtree tree = fm_open(d, ACCESS_DESCRIPTION, &at);
        put_oid(d, ACCESS_METHOD, &access.body);
        if (der_next(&access.body, &location)) {
            fm_add_value(d, ACCESS_LOCATION, &location.body, fm_left(&location.body), location.tag & 0xff);
            fm_down(d);
            x509_general_name_value(d, &location);
            fm_up(d);
        }
        fm_close(d, tree, &v.body);
        at = v.body;
    }
    fm_up(d);
}

static void put_timestamps(FmDissection *d, FmCursor *c)
{
    DerValue v;
    if (der_take(c, DER_OCTET_STRING, &v))
        tls_put_signed_timestamps(d, &v.body);
}

static void put_netscape_type(FmDissection *d, FmCursor *c)
{
    DerValue v;
    if (!der_take(c, DER_BIT_STRING, &v))
        return;
    fm_add(d, PADDING, &v.body);
    fm_add_bytes(d, NS_CERT_TYPE, &v.body, fm_left(&v.body));
}

static void put_netscape_comment(FmDissection *d, FmCursor *c)
{
    DerValue v;
    if (der_next(c, &v))
        fm_add_bytes(d, NS_COMMENT, &v.body, fm_left(&v.body));
}

static void put_template(FmDissection *d, FmCursor *c)
{
    DerValue v;
    if (der_next(c, &v))
        x509_template_name(d, &v);
}

/* RFC 3709: hashes and addresses of the pictures, wherever they stand. */
static void put_logotype_details(FmDissection *d, FmCursor *c)
{
    DerValue hashes, pair, uris, uri, v;
    if (!der_take(c, DER_IA5, &v) || !der_take(c, DER_SEQUENCE, &hashes))
        return;
    FmCursor at = hashes.body;
    while (der_take(&hashes.body, DER_SEQUENCE, &pair)) {
        FmSubtree tree = fm_open(d, LOGO_HASH, &at);
        if (der_take(&pair.body, DER_SEQUENCE, &v)) {
            FmSubtree algorithm = fm_open(d, LOGO_ALGORITHM, &v.body);
            x509_algorithm(d, &v.body);
            fm_close(d, algorithm, &v.body);
        }
        fm_close(d, tree, &hashes.body);
        at = hashes.body;
    }
    if (der_take(c, DER_SEQUENCE, &uris))
        while (der_next(&uris.body, &uri))
            fm_add_bytes(d, LOGO_URI, &uri.body, fm_left(&uri.body));
}

static void put_logotype(FmDissection *d, FmCursor *c)
{
    DerValue v, logo, info, images, image, details;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    while (der_next(&v.body, &logo)) {
        if (!der_take(&logo.body, DER_CONTEXT + 0, &info) || !der_take(&info.body, DER_SEQUENCE, &images))
            continue;
        while (der_take(&images.body, DER_SEQUENCE, &image))
            if (der_take(&image.body, DER_SEQUENCE, &details))
                put_logotype_details(d, &details.body);
    }
}

/* RFC 7633. */
static void put_features(FmDissection *d, FmCursor *c)
{
    DerValue v, feature;
    if (!der_take(c, DER_SEQUENCE, &v))
        return;
    put_count(d, FEATURES, &v.body);
    fm_down(d);
    while (der_take(&v.body, DER_INTEGER, &feature))
        if (fm_left(&feature.body) <= 4)
            fm_add_value(d, FEATURE, &feature.body, fm_left(&feature.body), fm_peek(&feature.body, 0, (unsigned)fm_left(&feature.body)));
    fm_up(d);
}

static const struct {
    const char *id; /* object identifier, contents */
    uint8_t size;
    const char *layer;
    void (*put)(FmDissection *d, FmCursor *c);
} known[] = {
    { "\x55\x1d\x0e", 3, "x509ce", put_subject_key },
    { "\x55\x1d\x0f", 3, "x509ce", put_key_usage },
    { "\x55\x1d\x11", 3, "x509ce", put_general_names },
    { "\x55\x1d\x12", 3, "x509ce", put_general_names },
    { "\x55\x1d\x13", 3, "x509ce", put_basic_constraints },
    { "\x55\x1d\x1f", 3, "x509ce", put_crl_points },
    { "\x55\x1d\x20", 3, "x509ce", put_policies },
    { "\x55\x1d\x23", 3, "x509ce", put_authority_key },
    { "\x55\x1d\x25", 3, "x509ce", put_purposes },
    { "\x55\x1d\x2e", 3, "x509ce", put_crl_points },
    { "\x2b\x06\x01\x05\x05\x07\x01\x01", 8, "pkix1implicit", put_access },
    { "\x2b\x06\x01\x05\x05\x07\x01\x0b", 8, "pkix1implicit", put_access },
    { "\x2b\x06\x01\x05\x05\x07\x01\x0c", 8, "logotypecertextn", put_logotype },
    { "\x2b\x06\x01\x05\x05\x07\x01\x18", 8, "pkix1explicit", put_features },
    { "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02", 10, "tls", put_timestamps },
    { "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x05", 10, "tls", put_timestamps },
    { "\x2b\x06\x01\x04\x01\x82\x37\x14\x02", 9, "x509sat", put_template },
    { "\x60\x86\x48\x01\x86\xf8\x42\x01\x01", 9, "ns_cert_exts", put_netscape_type },
    { "\x60\x86\x48\x01\x86\xf8\x42\x01\x0d", 9, "ns_cert_exts", put_netscape_comment },
};

static void put_value(FmDissection *d, FmSlice id, FmCursor *c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i].size != id.size || memcmp(known[i].id, id.data, id.size) != 0)
            continue;
        fm_layer_name(d, known[i].layer);
        known[i].put(d, c);
        return;
    }
    fm_add_bytes(d, VALUE, c, fm_left(c));
}

void x509_extensions(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_x509_extensions);
    DerValue extension, v;
    FmCursor at = *c;
    while (der_take(c, DER_SEQUENCE, &extension)) {
        FmSubtree tree = fm_open(d, EXTENSION, &at);
        FmSlice id = put_oid(d, EXTENSION_ID, &extension.body);
        if (d->want_labels && x509_oid_name(id))
            fm_subtree_label(d, tree, "Extension (%s)", x509_oid_name(id));
        if (der_take(&extension.body, DER_BOOLEAN, &v))
            fm_add_value(d, CRITICAL, &v.body, 1, fm_peek(&v.body, 0, 1) != 0);
        if (der_take(&extension.body, DER_OCTET_STRING, &v))
            put_value(d, id, &v.body);
        fm_close(d, tree, c);
        at = *c;
    }
    fm_unuse(d, before);
}

static void extensions_dissect(FmDissection *d, FmCursor *c)
{
    x509_extensions(d, c);
}

const FmProtocol fm_x509_extensions = {
    .abbrev = "x509ce",
    .title = "X.509 Extensions",
    FM_FIELDS(fields),
    .dissect = extensions_dissect,
    .part = true,
};
