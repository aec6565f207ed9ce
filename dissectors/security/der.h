/* DER (X.690): one value after the other. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

enum { /* tags of the universal class */
    DER_BOOLEAN = 1, DER_INTEGER = 2, DER_BIT_STRING = 3, DER_OCTET_STRING = 4, DER_OID = 6, DER_ENUMERATED = 10, DER_UTF8 = 12,
    DER_SEQUENCE = 16, DER_SET = 17, DER_PRINTABLE = 19, DER_TELETEX = 20, DER_IA5 = 22, DER_UTC_TIME = 23, DER_GENERALIZED_TIME = 24,
    DER_VISIBLE = 26, DER_UNIVERSAL = 28, DER_BMP = 30,
    DER_CONTEXT = 0x100, /* added to tags of the context class: [0] is DER_CONTEXT + 0 */
    DER_OTHER = 0x200,   /* application and private classes */
};

typedef struct DerValue {
    unsigned tag;     /* DER_… */
    bool constructed;
    FmCursor body;    /* contents */
} DerValue;

/* Over bytes of their own; there may be none, at NULL. Trouble is noted there. */
FmCursor der_open(FmSlice bytes, FmTrouble *trouble);

/* Reads the next value; `c` moves behind it. False at the end, and where it is malformed: that is trouble. */
bool der_next(FmCursor *c, DerValue *value);

/* The tag of the next value without reading it; 0: there is none. */
unsigned der_peek(const FmCursor *c);

/* Reads the next value if it has this tag. */
bool der_take(FmCursor *c, unsigned tag, DerValue *value);

/* Values in front of the end. */
unsigned der_count(FmCursor c);

/* Is it this object identifier (contents as on the wire)? */
#define der_is(slice, literal) ((slice).size == sizeof(literal) - 1 && memcmp((slice).data, literal, sizeof(literal) - 1) == 0)

/* Seconds since 1970 of a UTCTime or GeneralizedTime in UTC (RFC 5280 §4.1.2.5); INT64_MIN if it is not one. */
int64_t der_seconds(const DerValue *value);

/* The same in nanoseconds; years that they do not reach: INT64_MAX, INT64_MIN. */
int64_t der_time(const DerValue *value);
