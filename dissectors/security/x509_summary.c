/* What a certificate says in short, and whom it speaks for. */
#include "config.h"

#include <string.h>

#include "dissectors/security/der.h"
#include "dissectors/security/x509.h"

/* The next value with its header, as bytes. */
static FmSlice take_whole(FmCursor *c, DerValue *v)
{
    const uint8_t *from = c->at;
    if (!der_next(c, v))
        return (FmSlice){ NULL, 0 };
    return (FmSlice){ from, (size_t)(c->at - from) };
}

static unsigned curve_bits(FmSlice curve)
{
    if (der_is(curve, "\x2a\x86\x48\xce\x3d\x03\x01\x07") || der_is(curve, "\x2b\x81\x04\x00\x0a"))
        return 256;
    if (der_is(curve, "\x2b\x81\x04\x00\x22"))
        return 384;
    if (der_is(curve, "\x2b\x81\x04\x00\x23"))
        return 521;
    return 0;
}

static unsigned number_bits(FmCursor *c)
{
    while (fm_left(c) && !*c->at)
        c->at++;
    if (!fm_left(c))
        return 0;
    return (unsigned)(fm_left(c) - 1) * 8 + (unsigned)(32 - __builtin_clz(*c->at));
}

static void read_key(X509Summary *s, FmCursor *info)
{
    DerValue algorithm, oid, parameters, key, sequence, number;
    if (!der_take(info, DER_SEQUENCE, &algorithm) || !der_take(&algorithm.body, DER_OID, &oid))
        return;
    s->key_algorithm = fm_rest(&oid.body);
    if (der_is(s->key_algorithm, "\x2a\x86\x48\xce\x3d\x02\x01") && der_take(&algorithm.body, DER_OID, &parameters))
        s->key_bits = curve_bits(fm_rest(&parameters.body));
    else if (der_is(s->key_algorithm, "\x2b\x65\x70"))
        s->key_bits = 256;
    else if (der_is(s->key_algorithm, "\x2b\x65\x71"))
        s->key_bits = 456;
    else if (der_is(s->key_algorithm, "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") && der_take(info, DER_BIT_STRING, &key)) {
        fm_skip(&key.body, 1);
        if (der_take(&key.body, DER_SEQUENCE, &sequence) && der_take(&sequence.body, DER_INTEGER, &number))
            s->key_bits = number_bits(&number.body);
    }
}

static void read_extensions(X509Summary *s, FmCursor *c)
{
    DerValue extension, oid, v, inner;
    while (der_take(c, DER_SEQUENCE, &extension)) {
        if (!der_take(&extension.body, DER_OID, &oid))
            continue;
        der_take(&extension.body, DER_BOOLEAN, &v);
        if (!der_take(&extension.body, DER_OCTET_STRING, &v) || !der_take(&v.body, DER_SEQUENCE, &inner))
            continue;
        FmSlice id = fm_rest(&oid.body);
        if (der_is(id, "\x55\x1d\x11"))
            s->alternative_names = fm_rest(&inner.body);
        else if (der_is(id, "\x55\x1d\x13") && der_take(&inner.body, DER_BOOLEAN, &v))
            s->is_authority = fm_peek(&v.body, 0, 1) != 0;
    }
}

X509Summary x509_summarize(FmSlice certificate)
{
    X509Summary s = { .not_before = INT64_MIN, .not_after = INT64_MIN };
    FmTrouble trouble = { 0 };
    FmCursor c = der_open(certificate, &trouble);
    DerValue outer, body, v, inner;
    if (!der_take(&c, DER_SEQUENCE, &outer) || !der_take(&outer.body, DER_SEQUENCE, &body))
        return s;
    FmCursor *b = &body.body;
    der_take(b, DER_CONTEXT + 0, &v);
    if (der_take(b, DER_INTEGER, &v))
        s.serial = fm_rest(&v.body);
    if (der_take(b, DER_SEQUENCE, &v) && der_take(&v.body, DER_OID, &inner))
        s.signature_algorithm = fm_rest(&inner.body);
    s.issuer = take_whole(b, &v);
    if (der_take(b, DER_SEQUENCE, &v)) {
        if (der_next(&v.body, &inner))
            s.not_before = der_time(&inner);
        if (der_next(&v.body, &inner))
            s.not_after = der_time(&inner);
    }
    s.subject = take_whole(b, &v);
    if (der_take(b, DER_SEQUENCE, &v))
        read_key(&s, &v.body);
    der_take(b, DER_CONTEXT + 1, &v);
    der_take(b, DER_CONTEXT + 2, &v);
    if (der_take(b, DER_CONTEXT + 3, &v) && der_take(&v.body, DER_SEQUENCE, &inner))
        read_extensions(&s, &inner.body);
    s.whole = trouble.kind == FM_TROUBLE_NONE;
    return s;
}

/* RFC 6125 §6.4: labels compare without regard to case; a star stands for one whole label, the leftmost. */
static bool name_matches(FmSlice pattern, FmSlice host)
{
    if (pattern.size > 2 && pattern.data[0] == '*' && pattern.data[1] == '.') {
        const uint8_t *dot = memchr(host.data, '.', host.size);
        if (!dot || dot == host.data)
            return false;
        size_t label = (size_t)(dot - host.data);
        pattern.data++;
        pattern.size--;
        host.data += label;
        host.size -= label;
    }
    return pattern.size == host.size && g_ascii_strncasecmp((const char *)pattern.data, (const char *)host.data, host.size) == 0;
}

static bool common_name_matches(FmSlice subject, FmSlice host)
{
    FmTrouble trouble = { 0 };
    FmCursor c = der_open(subject, &trouble);
    DerValue sequence, set, attribute, oid, value;
    if (!der_take(&c, DER_SEQUENCE, &sequence))
        return false;
    while (der_take(&sequence.body, DER_SET, &set))
        while (der_take(&set.body, DER_SEQUENCE, &attribute))
            if (der_take(&attribute.body, DER_OID, &oid) && der_is(fm_rest(&oid.body), "\x55\x04\x03") &&
                der_next(&attribute.body, &value) && name_matches(fm_rest(&value.body), host))
                return true;
    return false;
}

bool x509_names_host(const X509Summary *certificate, FmSlice host)
{
    FmTrouble trouble = { 0 };
    FmSlice names = certificate->alternative_names;
    FmCursor c = der_open(names, &trouble);
    DerValue name;
    bool told = false;
    while (der_next(&c, &name)) {
        if (name.tag != DER_CONTEXT + 2)
            continue;
        told = true;
        if (name_matches(fm_rest(&name.body), host))
            return true;
    }
    return !told && certificate->subject.size && common_name_matches(certificate->subject, host);
}
