/* Short names of protocols. */
#include "config.h"

#include "summary/protocols.h"

#include <string.h>

static const struct {
    const char *abbrev, *name; /* NULL: not told */
} shorts[] = {
    { "ber", NULL }, { "data", NULL }, { "data-text-lines", NULL }, { "dns", "DNS" }, { "dtls", "DTLS" }, { "grpc", "gRPC" }, { "http", "HTTP" },
    { "http2", "h2" }, { "http3", "h3" }, { "json", NULL }, { "mdns", "mDNS" }, { "media", NULL }, { "mime_multipart", NULL }, { "ocsp", NULL },
    { "protobuf", NULL }, { "quic", "QUIC" }, { "sse", "SSE" }, { "tcp.segments", NULL }, { "text", NULL }, { "tls", "TLS" },
    { "urlencoded-form", NULL }, { "websocket", "WS" }, { "xml", NULL },
};

static bool is_told(const char *abbrev)
{
    static const char *const silent[] = { "x509", "pkix", "pkcs", "image-", "_ws" };
    for (size_t i = 0; i < G_N_ELEMENTS(silent); i++)
        if (g_str_has_prefix(abbrev, silent[i]))
            return false;
    return true;
}

const char *fm_protocol_short(const FmCatalog *catalog, const char *abbrev)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shorts); i++)
        if (strcmp(shorts[i].abbrev, abbrev) == 0)
            return shorts[i].name;
    unsigned number = is_told(abbrev) ? fm_catalog_protocol_named(catalog, abbrev) : 0;
    return number ? fm_catalog_protocol_at(catalog, number)->name : NULL;
}
