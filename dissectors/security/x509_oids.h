/* Names of object identifiers. */
#pragma once

#include <stdint.h>

#include "base/slice.h"

typedef struct X509Oid {
    const char *bytes; /* contents */
    uint8_t size;
    const char *name;         /* "id-at-commonName" */
    const char *abbreviation; /* "CN"; NULL: none */
} X509Oid;

/* What is known of an object identifier (contents); NULL: nothing. */
const X509Oid *x509_oid(FmSlice oid);
