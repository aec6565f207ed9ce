/* Names in certificates: distinguished names (RFC 5280 §4.1.2.4) and GeneralName (§4.2.1.6). */
#include "config.h"

#include "dissectors/security/x509_internal.h"
#include "dissectors/security/x509_oids.h"

enum {
    IF_RDN_SEQUENCE, AF_RDN_SEQUENCE, RDN, ATTRIBUTE, OID,
    COUNTRY, DIRECTORY_STRING, TELETEX, PRINTABLE_CHOICE, UNIVERSAL, BMP_CHOICE, UTF8, IA5, PRINTABLE, BMP,
    GENERAL_NAME, OTHER_NAME, TYPE_ID, RFC822, DNS, DIRECTORY_NAME, URI, IPV4, IPV6, IP_BYTES, REGISTERED,
};

static const FmName string_choices[] = {
    { 0, 0, "teletexString" }, { 1, 0, "printableString" }, { 2, 0, "universalString" }, { 3, 0, "bmpString" }, { 4, 0, "uTF8String" }, { 0 },
};

static const FmName name_choices[] = {
    { 0, 0, "otherName" }, { 1, 0, "rfc822Name" }, { 2, 0, "dNSName" }, { 3, 0, "x400Address" }, { 4, 0, "directoryName" },
    { 5, 0, "ediPartyName" }, { 6, 0, "uniformResourceIdentifier" }, { 7, 0, "iPAddress" }, { 8, 0, "registeredID" }, { 0 },
};

static const FmName rdn_choice[] = { { 0, 0, "rdnSequence" }, { 0 } };

static const FmField fields[] = {
    [IF_RDN_SEQUENCE] = { "x509if.rdnSequence", "rdnSequence", FM_UINT32, FM_DEC },
    [AF_RDN_SEQUENCE] = { "x509af.rdnSequence", "rdnSequence", FM_UINT32, FM_DEC },
    [RDN] = { "x509if.RDNSequence_item", "RDNSequence item", FM_UINT32, FM_DEC },
    [ATTRIBUTE] = { "x509if.RelativeDistinguishedName_item_element", "RelativeDistinguishedName item", FM_NONE },
    [OID] = { "x509if.oid", "Object Id", FM_OID },
    [COUNTRY] = { "x509sat.CountryName", "CountryName", FM_STRING },
    [DIRECTORY_STRING] = { "x509sat.DirectoryString", "DirectoryString", FM_UINT32, FM_DEC, .names = string_choices },
    [TELETEX] = { "x509sat.teletexString", "teletexString", FM_STRING },
    [PRINTABLE_CHOICE] = { "x509sat.printableString", "printableString", FM_STRING },
    [UNIVERSAL] = { "x509sat.universalString", "universalString", FM_STRING },
    [BMP_CHOICE] = { "x509sat.bmpString", "bmpString", FM_STRING },
    [UTF8] = { "x509sat.uTF8String", "uTF8String", FM_STRING },
    [IA5] = { "x509sat.IA5String", "IA5String", FM_STRING },
    [PRINTABLE] = { "x509sat.PrintableString", "PrintableString", FM_STRING },
    [BMP] = { "x509sat.BMPString", "BMPString", FM_STRING },
    [GENERAL_NAME] = { "x509ce.GeneralName", "GeneralName", FM_UINT32, FM_DEC, .names = name_choices },
    [OTHER_NAME] = { "x509ce.otherName_element", "otherName", FM_NONE },
    [TYPE_ID] = { "x509ce.type_id", "type-id", FM_OID },
    [RFC822] = { "x509ce.rfc822Name", "rfc822Name", FM_STRING },
    [DNS] = { "x509ce.dNSName", "dNSName", FM_STRING },
    [DIRECTORY_NAME] = { "x509ce.directoryName", "directoryName", FM_UINT32, FM_DEC, .names = rdn_choice },
    [URI] = { "x509ce.uniformResourceIdentifier", "uniformResourceIdentifier", FM_STRING },
    [IPV4] = { "x509ce.IPAddress.ipv4", "iPAddress", FM_IPV4 },
    [IPV6] = { "x509ce.IPAddress.ipv6", "iPAddress", FM_IPV6 },
    [IP_BYTES] = { "x509ce.iPAddress", "iPAddress", FM_BYTES },
    [REGISTERED] = { "x509ce.registeredID", "registeredID", FM_OID },
};

const char *x509_oid_name(FmSlice oid)
{
    const X509Oid *known = x509_oid(oid);
    return known ? known->name : NULL;
}

/* ---- texts ---- */

static void put_char(FmText *out, gunichar c)
{
    out->size += (size_t)g_unichar_to_utf8(g_unichar_validate(c) ? c : 0xfffd, fm_text_room(out, 6));
}

static void put_utf16(FmText *out, FmSlice b)
{
    for (size_t i = 0; i + 2 <= b.size; i += 2)
        put_char(out, (gunichar)fm_be(b.data + i, 2));
}

static void put_latin1(FmText *out, FmSlice b)
{
    for (size_t i = 0; i < b.size; i++)
        put_char(out, b.data[i]);
}

static void put_utf32(FmText *out, FmSlice b)
{
    for (size_t i = 0; i + 4 <= b.size; i += 4)
        put_char(out, (gunichar)fm_be(b.data + i, 4));
}

static void put_string_text(FmText *out, unsigned tag, FmSlice b)
{
    switch (tag) {
    case DER_BMP: put_utf16(out, b); break;
    case DER_UNIVERSAL: put_utf32(out, b); break;
    case DER_TELETEX: put_latin1(out, b); break;
    default: fm_text_add(out, (const char *)b.data, b.size); break;
    }
}

/* A string row at a value: plain bytes, or decoded text where the encoding is another. */
static void put_string(FmDissection *d, unsigned row, const DerValue *v)
{
    FmCursor c = v->body;
    if (!fm_wanted(d, row))
        return;
    if (v->tag != DER_BMP && v->tag != DER_UNIVERSAL && v->tag != DER_TELETEX) {
        fm_record(d, row, fm_offset(&c), (uint32_t)fm_left(&c), c.buffer, 0, 0);
        return;
    }
    g_auto(FmText) text = { 0 };
    put_string_text(&text, v->tag, fm_rest(&c));
    fm_record_blob(d, row, fm_offset(&c), (uint32_t)fm_left(&c), c.buffer, 0, text.data ? text.data : "", text.size);
}

static void put_attribute_text(FmText *out, FmCursor attribute, bool short_form)
{
    DerValue oid, value;
    if (!der_take(&attribute, DER_OID, &oid) || !der_next(&attribute, &value))
        return;
    const X509Oid *known = x509_oid(fm_rest(&oid.body));
    if (known)
        fm_text_put(out, short_form && known->abbreviation ? known->abbreviation : known->name);
    else
        fm_text_put(out, "oid");
    fm_text_char(out, '=');
    put_string_text(out, value.tag, fm_rest(&value.body));
}

static void put_rdn_text(FmText *out, FmCursor set, bool short_form)
{
    DerValue attribute;
    for (bool first = true; der_take(&set, DER_SEQUENCE, &attribute); first = false) {
        if (!first)
            fm_text_char(out, '+');
        put_attribute_text(out, attribute.body, short_form);
    }
}

enum { MAX_PARTS = 64 }; /* of a name that are shown */

/* Contents of an RDNSequence as text, the last one first. */
static void put_name_text(FmText *out, FmCursor sequence, bool short_form)
{
    FmTrouble trouble = { 0 };
    sequence.trouble = &trouble;
    DerValue parts[MAX_PARTS];
    unsigned count = 0;
    while (count < MAX_PARTS && der_take(&sequence, DER_SET, &parts[count]))
        count++;
    for (unsigned i = count; i-- > 0;) {
        put_rdn_text(out, parts[i].body, short_form);
        if (i)
            fm_text_put(out, short_form ? ", " : ",");
    }
}

static void name_text(FmText *out, FmSlice name, bool short_form)
{
    FmTrouble trouble = { 0 };
    FmCursor c = der_open(name, &trouble);
    DerValue sequence;
    if (der_take(&c, DER_SEQUENCE, &sequence))
        put_name_text(out, sequence.body, short_form);
}

void x509_name_text(FmText *out, FmSlice name)
{
    name_text(out, name, false);
}

void x509_name_short(FmText *out, FmSlice name)
{
    name_text(out, name, true);
}

/* ---- distinguished names ---- */

static void put_directory_string(FmDissection *d, const DerValue *v)
{
    unsigned row, choice;
    switch (v->tag) {
    case DER_TELETEX: choice = 0, row = TELETEX; break;
    case DER_PRINTABLE: choice = 1, row = PRINTABLE_CHOICE; break;
    case DER_UNIVERSAL: choice = 2, row = UNIVERSAL; break;
    case DER_BMP: choice = 3, row = BMP_CHOICE; break;
    case DER_UTF8: choice = 4, row = UTF8; break;
    default: return;
    }
    fm_add_value(d, DIRECTORY_STRING, &v->body, fm_left(&v->body), choice);
    fm_down(d);
    put_string(d, row, v);
    fm_up(d);
}

static void put_attribute_value(FmDissection *d, FmSlice oid, const DerValue *v)
{
    if (!x509_oid(oid))
        return;
    fm_layer_name(d, "x509sat");
    if (der_is(oid, "\x55\x04\x06") || der_is(oid, "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03"))
        put_string(d, COUNTRY, v);
    else if (der_is(oid, "\x55\x04\x05") || der_is(oid, "\x55\x04\x2e"))
        put_string(d, PRINTABLE, v);
    else if (v->tag == DER_IA5)
        put_string(d, IA5, v);
    else
        put_directory_string(d, v);
}

static void put_attribute(FmDissection *d, FmCursor *set)
{
    DerValue attribute, oid, value;
    FmCursor at = *set;
    if (!der_next(set, &attribute))
        return;
    FmSubtree tree = fm_open(d, ATTRIBUTE, &at);
    if (d->want_labels) {
        g_auto(FmText) text = { 0 };
        put_attribute_text(&text, attribute.body, false);
        fm_subtree_label(d, tree, "RelativeDistinguishedName item (%s)", fm_text_string(&text));
    }
    if (der_take(&attribute.body, DER_OID, &oid)) {
        FmSlice id = fm_rest(&oid.body);
        fm_add_bytes(d, OID, &oid.body, id.size);
        x509_label_oid(d, OID, id);
        if (der_next(&attribute.body, &value))
            put_attribute_value(d, id, &value);
    }
    fm_close(d, tree, set);
}

static void put_rdns(FmDissection *d, FmCursor *c)
{
    DerValue set;
    FmCursor at = *c;
    while (der_take(c, DER_SET, &set)) {
        unsigned count = der_count(set.body);
        fm_add_value(d, RDN, &at, (size_t)(c->at - at.at), count);
        if (d->want_labels) {
            g_auto(FmText) text = { 0 };
            put_rdn_text(&text, set.body, false);
            fm_label(d, RDN, "RDNSequence item: %u item%s (%s)", count, count == 1 ? "" : "s", fm_text_string(&text));
        }
        fm_down(d);
        while (fm_left(&set.body))
            put_attribute(d, &set.body);
        fm_up(d);
        at = *c;
    }
}

static void put_name(FmDissection *d, unsigned row, FmCursor *c)
{
    DerValue sequence;
    FmCursor at = *c;
    if (!der_take(c, DER_SEQUENCE, &sequence))
        return;
    unsigned count = der_count(sequence.body);
    fm_add_value(d, row, &at, (size_t)(c->at - at.at), count);
    if (d->want_labels) {
        g_auto(FmText) text = { 0 };
        put_name_text(&text, sequence.body, false);
        fm_label(d, row, "rdnSequence: %u item%s (%s)", count, count == 1 ? "" : "s", fm_text_string(&text));
    }
    fm_down(d);
    put_rdns(d, &sequence.body);
    fm_up(d);
}

void x509_name(FmDissection *d, X509NameUse use, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_x509_names);
    put_name(d, IF_RDN_SEQUENCE + use, c);
    fm_unuse(d, before);
}

void x509_distinguished_name(FmDissection *d, FmCursor *c)
{
    DerValue sequence;
    FmTableUse before = fm_use(d, &fm_x509_names);
    if (der_take(c, DER_SEQUENCE, &sequence))
        put_rdns(d, &sequence.body);
    fm_unuse(d, before);
}

/* ---- general names ---- */

static void put_ip_address(FmDissection *d, FmCursor *c)
{
    if (fm_left(c) == 4)
        fm_add(d, IPV4, c);
    else if (fm_left(c) == 16)
        fm_add_bytes(d, IPV6, c, 16);
    else
        fm_add_bytes(d, IP_BYTES, c, fm_left(c));
}

static void put_other_name(FmDissection *d, FmCursor *c)
{
    FmSubtree tree = fm_open(d, OTHER_NAME, c);
    DerValue oid;
    if (der_take(c, DER_OID, &oid)) {
        FmSlice id = fm_rest(&oid.body);
        fm_add_bytes(d, TYPE_ID, &oid.body, id.size);
        x509_label_oid(d, TYPE_ID, id);
    }
    fm_skip(c, fm_left(c));
    fm_close(d, tree, c);
}

static void put_general_name_value(FmDissection *d, DerValue *v)
{
    FmCursor *c = &v->body;
    switch (v->tag) {
    case DER_CONTEXT + 0: put_other_name(d, c); break;
    case DER_CONTEXT + 1: fm_add_bytes(d, RFC822, c, fm_left(c)); break;
    case DER_CONTEXT + 2: fm_add_bytes(d, DNS, c, fm_left(c)); break;
    case DER_CONTEXT + 4:
        fm_add_value(d, DIRECTORY_NAME, c, fm_left(c), 0);
        fm_down(d);
        put_name(d, IF_RDN_SEQUENCE, c);
        fm_up(d);
        break;
    case DER_CONTEXT + 6: fm_add_bytes(d, URI, c, fm_left(c)); break;
    case DER_CONTEXT + 7: put_ip_address(d, c); break;
    case DER_CONTEXT + 8: fm_add_bytes(d, REGISTERED, c, fm_left(c)); break;
    default: break;
    }
}

void x509_general_name_value(FmDissection *d, DerValue *value)
{
    FmTableUse before = fm_use(d, &fm_x509_names);
    put_general_name_value(d, value);
    fm_unuse(d, before);
}

void x509_general_names(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_x509_names);
    DerValue name;
    FmCursor at = *c;
    while (der_next(c, &name)) {
        fm_add_value(d, GENERAL_NAME, &at, (size_t)(c->at - at.at), name.tag & 0xff);
        fm_down(d);
        put_general_name_value(d, &name);
        fm_up(d);
        at = *c;
    }
    fm_unuse(d, before);
}

void x509_template_name(FmDissection *d, DerValue *value)
{
    FmTableUse before = fm_use(d, &fm_x509_names);
    put_string(d, BMP, value);
    fm_unuse(d, before);
}

static void names_dissect(FmDissection *d, FmCursor *c)
{
    put_name(d, IF_RDN_SEQUENCE, c);
}

const FmProtocol fm_x509_names = {
    .abbrev = "x509if",
    .title = "X.509 Names",
    FM_FIELDS(fields),
    .dissect = names_dissect,
    .part = true,
};
