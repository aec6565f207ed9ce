/* Compressed records (RFC 3749): DEFLATE over all records of a side, each of which ends at a byte. */
#include "config.h"

#include "dissectors/security/tls_compression.h"

#include <glib.h>

#ifdef HAVE_ZLIB

#include <zlib.h>

struct TlsInflater {
    z_stream z;
    bool lost;
};

bool tls_can_inflate(void)
{
    return true;
}

TlsInflater *tls_inflater_new(void)
{
    TlsInflater *inflater = g_new0(TlsInflater, 1);
    inflater->lost = inflateInit(&inflater->z) != Z_OK;
    return inflater;
}

void tls_inflater_free(TlsInflater *inflater)
{
    if (!inflater)
        return;
    inflateEnd(&inflater->z);
    g_free(inflater);
}

bool tls_inflate(TlsInflater *inflater, FmSlice in, uint8_t *out, size_t *size)
{
    z_stream *z = &inflater->z;
    z->next_in = (Bytef *)(uintptr_t)in.data;
    z->avail_in = (uInt)in.size;
    z->next_out = out;
    z->avail_out = TLS_MAX_PLAIN;
    int result = inflater->lost ? Z_DATA_ERROR : inflate(z, Z_SYNC_FLUSH);
    if ((result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) || z->avail_in) {
        inflater->lost = true;
        return false;
    }
    *size = TLS_MAX_PLAIN - z->avail_out;
    return true;
}

#else

bool tls_can_inflate(void)
{
    return false;
}

TlsInflater *tls_inflater_new(void)
{
    return NULL;
}

void tls_inflater_free(TlsInflater *inflater)
{
}

bool tls_inflate(TlsInflater *inflater, FmSlice in, uint8_t *out, size_t *size)
{
    return false;
}

#endif
