/* Verification of certificate chains by libcrypto. */
#include "config.h"

#include "crypto/trust.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

struct FmTrust {
    X509_STORE *store; /* shared by all threads: libcrypto locks it */
};

FmTrust *fm_trust_new(const char *path, GError **error)
{
    X509_STORE *store = X509_STORE_new();
    if (!store)
        g_error("no memory");
    if (path ? X509_STORE_load_file(store, path) != 1 : X509_STORE_set_default_paths(store) != 1) {
        g_set_error(error, FM_CRYPTO_ERROR, FM_CRYPTO_ERROR_FILE, "%s: no trusted certificates in PEM form", path ? path : "system");
        X509_STORE_free(store);
        ERR_clear_error();
        return NULL;
    }
    FmTrust *trust = g_new0(FmTrust, 1);
    trust->store = store;
    return trust;
}

void fm_trust_free(FmTrust *trust)
{
    if (!trust)
        return;
    X509_STORE_free(trust->store);
    g_free(trust);
}

static X509 *read_certificate(FmSlice der)
{
    const unsigned char *at = der.data;
    return der.size ? d2i_X509(NULL, &at, (long)der.size) : NULL;
}

static const char *verify(FmTrust *trust, X509 *leaf, STACK_OF(X509) *others, int64_t time, const char *host)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    const char *result = "not verified";
    if (context && X509_STORE_CTX_init(context, trust->store, leaf, others) == 1) {
        X509_VERIFY_PARAM *how = X509_STORE_CTX_get0_param(context);
        X509_VERIFY_PARAM_set_time(how, (time_t)time);
        X509_VERIFY_PARAM_set_purpose(how, X509_PURPOSE_SSL_SERVER);
        if (host && X509_VERIFY_PARAM_set1_ip_asc(how, host) != 1)
            X509_VERIFY_PARAM_set1_host(how, host, 0);
        int ok = X509_verify_cert(context);
        result = ok == 1 ? "ok" : X509_verify_cert_error_string(X509_STORE_CTX_get_error(context));
    }
    X509_STORE_CTX_free(context);
    ERR_clear_error();
    return result;
}

const char *fm_trust_verify(FmTrust *trust, const FmSlice *chain, size_t count, int64_t time, const char *host)
{
    X509 *leaf = count ? read_certificate(chain[0]) : NULL;
    if (!leaf) {
        ERR_clear_error();
        return "the certificate cannot be read";
    }
    STACK_OF(X509) *others = sk_X509_new_null();
    for (size_t i = 1; i < count; i++) {
        X509 *other = read_certificate(chain[i]);
        if (other && !sk_X509_push(others, other))
            X509_free(other);
    }
    const char *result = verify(trust, leaf, others, time, host);
    sk_X509_pop_free(others, X509_free);
    X509_free(leaf);
    return result;
}
