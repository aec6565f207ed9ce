/* Compressed records (RFC 3749): DEFLATE over all records of a side. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum { TLS_DEFLATE = 1, TLS_MAX_PLAIN = 1 << 14 }; /* bytes of a record's contents, uncompressed */

typedef struct TlsInflater TlsInflater;

/* Is zlib in? */
bool tls_can_inflate(void);

TlsInflater *tls_inflater_new(void);
void tls_inflater_free(TlsInflater *inflater);

/* The next record's contents; `out` has room for TLS_MAX_PLAIN. False if it is damaged, or longer: the side is lost then. */
bool tls_inflate(TlsInflater *inflater, FmSlice in, uint8_t *out, size_t *size);
