/* RSA private keys, by which premaster secrets of old key exchanges are opened. */
#include "config.h"

#include "crypto/cipher.h"

#include <stdio.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define MAX_KEY_FILE (1 << 20)

struct FmRsaKey {
    EVP_PKEY *key;
};

static int give_password(char *buffer, int size, int writing, void *data)
{
    const char *password = data ? data : "";
    size_t n = MIN(strlen(password), (size_t)size);
    memcpy(buffer, password, n);
    return (int)n;
}

static EVP_PKEY *read_key(const char *bytes, size_t size, const char *password)
{
    EVP_PKEY *key = NULL;
    BIO *bio = BIO_new_mem_buf(bytes, (int)size);
    key = PEM_read_bio_PrivateKey(bio, NULL, give_password, (void *)(uintptr_t)password);
    if (!key) {
        BIO_free(bio);
        bio = BIO_new_mem_buf(bytes, (int)size);
        PKCS12 *bag = d2i_PKCS12_bio(bio, NULL);
        if (bag) {
            X509 *certificate = NULL;
            PKCS12_parse(bag, password ? password : "", &key, &certificate, NULL);
            X509_free(certificate);
            PKCS12_free(bag);
        }
    }
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

FmRsaKey *fm_rsa_key_load(const char *path, const char *password, GError **error)
{
    g_autofree char *bytes = NULL;
    gsize size;
    g_autoptr(GError) trouble = NULL;
    if (!g_file_get_contents(path, &bytes, &size, &trouble)) {
        g_set_error(error, FM_CRYPTO_ERROR, FM_CRYPTO_ERROR_FILE, "%s: the key cannot be read: %s", path, trouble->message);
        return NULL;
    }
    EVP_PKEY *key = size <= MAX_KEY_FILE ? read_key(bytes, size, password) : NULL;
    OPENSSL_cleanse(bytes, size);
    if (!key || !EVP_PKEY_is_a(key, "RSA")) {
        EVP_PKEY_free(key);
        g_set_error(error, FM_CRYPTO_ERROR, FM_CRYPTO_ERROR_KEY, "%s: it holds no RSA private key%s", path,
                    password && *password ? " that this password opens" : "");
        return NULL;
    }
    FmRsaKey *rsa = g_new(FmRsaKey, 1);
    rsa->key = key;
    return rsa;
}

void fm_rsa_key_free(FmRsaKey *key)
{
    if (!key)
        return;
    EVP_PKEY_free(key->key);
    g_free(key);
}

bool fm_rsa_key_fits(const FmRsaKey *key, FmSlice certificate)
{
    const unsigned char *at = certificate.data;
    X509 *x = d2i_X509(NULL, &at, (long)MIN(certificate.size, (size_t)G_MAXINT));
    EVP_PKEY *other = x ? X509_get0_pubkey(x) : NULL;
    bool fits = other && EVP_PKEY_eq(key->key, other) == 1;
    X509_free(x);
    ERR_clear_error();
    return fits;
}

size_t fm_rsa_decrypt(const FmRsaKey *key, FmSlice in, uint8_t *out, size_t room)
{
    uint8_t plain[2048];
    size_t size = sizeof plain;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->key, NULL);
    bool good = context && (size_t)EVP_PKEY_get_size(key->key) <= sizeof plain && EVP_PKEY_decrypt_init(context) > 0 &&
                EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
                EVP_PKEY_decrypt(context, plain, &size, in.data, in.size) > 0 && size <= room;
    if (good)
        memcpy(out, plain, size);
    EVP_PKEY_CTX_free(context);
    OPENSSL_cleanse(plain, sizeof plain);
    ERR_clear_error();
    return good ? size : 0;
}
