/* Options that bring secrets: tls.keylog_file, tls.keys_list, uat:rsa_keys, tls.psk, with their older names; and tls.verify_chain, which
 * names the certificates to trust. */
#include "config.h"

#include "secret_options.h"
#include "uat.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PSK 256 /* bytes */

static bool fail(GError **error, const char *text, const char *why)
{
    g_set_error(error, FM_OPTION_ERROR, FM_OPTION_ERROR_USAGE, "-o \"%s\": %s", text, why);
    return false;
}

static bool add_key(FmSecrets *secrets, const char *path, const char *password, GError **error)
{
    FmRsaKey *key = fm_rsa_key_load(path, password, error);
    if (key)
        fm_secrets_take_key(secrets, key);
    return key != NULL;
}

static bool add_psk(FmSecrets *secrets, const char *text, const char *hex, GError **error)
{
    if (g_str_has_prefix(hex, "0x"))
        hex += 2;
    uint8_t psk[MAX_PSK];
    size_t n = strlen(hex);
    if (n % 2 || n / 2 > sizeof psk)
        return fail(error, text, "a pre-shared key is written in pairs of hex digits, at most 256 of them");
    for (size_t i = 0; i < n; i += 2) {
        int high = g_ascii_xdigit_value(hex[i]), low = g_ascii_xdigit_value(hex[i + 1]);
        if (high < 0 || low < 0)
            return fail(error, text, "a pre-shared key is written in hex digits");
        psk[i / 2] = (uint8_t)(high << 4 | low);
    }
    fm_secrets_set_psk(secrets, (FmSlice){ psk, n / 2 });
    return true;
}

/* "address,port,protocol,file[,password]", several with semicolons between; the key is recognised by the certificate, so only file
 * and password count. */
static bool add_keys_list(FmSecrets *secrets, const char *text, const char *list, GError **error)
{
    g_auto(GStrv) items = g_strsplit_set(list, ";\n", -1);
    for (char **item = items; *item; item++) {
        if (!*g_strstrip(*item))
            continue;
        g_auto(GStrv) parts = g_strsplit(*item, ",", 5);
        if (g_strv_length(parts) < 4)
            return fail(error, text, "an item is address,port,protocol,file and perhaps ,password");
        if (!add_key(secrets, parts[3], parts[4], error))
            return false;
    }
    return true;
}

/* uat:rsa_keys:"file","password"; uat:ssl_keys:"address","port","protocol","file","password". Other tables are none of ours. */
static bool add_row(FmSecrets *secrets, const char *text, const char *value, GError **error)
{
    bool is_list = g_str_has_prefix(value, "ssl_keys:") || g_str_has_prefix(value, "ssldecrypt:");
    if (!is_list && !g_str_has_prefix(value, "rsa_keys:"))
        return true;
    g_autoptr(GPtrArray) row = fm_uat_row(strchr(value, ':') + 1);
    unsigned file = is_list ? 3 : 0;
    if (row->len <= file)
        return fail(error, text, is_list ? "a row is \"address\",\"port\",\"protocol\",\"file\",\"password\"" : "a row is \"file\",\"password\"");
    return add_key(secrets, row->pdata[file], row->len > file + 1 ? row->pdata[file + 1] : NULL, error);
}

static bool add_trust(FmSecrets *secrets, const char *path, GError **error)
{
    FmTrust *trust = fm_trust_new(strcmp(path, "system") == 0 ? NULL : path, error);
    if (trust)
        fm_secrets_take_trust(secrets, trust);
    return trust != NULL;
}

typedef enum Kind { NONE, KEYLOG, KEYS_LIST, ROW, PSK, TRUST } Kind;

static Kind kind_of(const char *name, size_t size)
{
    static const struct {
        const char *name;
        Kind kind;
    } names[] = {
        { "tls.keylog_file", KEYLOG }, { "ssl.keylog_file", KEYLOG }, { "dtls.keylog_file", KEYLOG },
        { "tls.keys_list", KEYS_LIST }, { "ssl.keys_list", KEYS_LIST }, { "dtls.keys_list", KEYS_LIST },
        { "tls.psk", PSK }, { "ssl.psk", PSK }, { "dtls.psk", PSK }, { "uat", ROW },
        { "tls.verify_chain", TRUST },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (strlen(names[i].name) == size && strncmp(names[i].name, name, size) == 0)
            return names[i].kind;
    return NONE;
}

bool fm_secret_preference(const char *name)
{
    return kind_of(name, strlen(name)) != NONE;
}

static bool take(FmSecrets *secrets, const char *text, GError **error)
{
    const char *value = strchr(text, ':');
    if (!value)
        return true;
    Kind kind = kind_of(text, (size_t)(value - text));
    value++;
    while (g_ascii_isspace(*value))
        value++;
    if (!*value)
        return true;
    switch (kind) {
    case KEYLOG: return fm_secrets_add_file(secrets, value, false, error);
    case KEYS_LIST: return add_keys_list(secrets, text, value, error);
    case PSK: return add_psk(secrets, text, value, error);
    case TRUST: return add_trust(secrets, value, error);
    case ROW: return add_row(secrets, text, value, error);
    default: return true;
    }
}

FmSecrets *fm_secrets_of_options(const FmOptions *options, GError **error)
{
    g_autoptr(FmSecrets) secrets = fm_secrets_new();
    for (unsigned i = 0; i < options->preferences->len; i++)
        if (!take(secrets, options->preferences->pdata[i], error))
            return NULL;
    const char *log = options->read_file ? NULL : getenv("SSLKEYLOGFILE");
    if (log && *log && !fm_secrets_add_file(secrets, log, true, error))
        return NULL;
    return g_steal_pointer(&secrets);
}

bool fm_secrets_export(FmSecrets *secrets, const char *path, GError **error)
{
    g_autoptr(GString) lines = g_string_new(NULL);
    fm_secrets_print_used(secrets, 0, true, lines);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    bool good = file && fwrite(lines->str, 1, lines->len, file) == lines->len;
    good = file && fclose(file) == 0 && good;
    if (!good)
        g_set_error(error, FM_CRYPTO_ERROR, FM_CRYPTO_ERROR_FILE, "%s: the session keys cannot be written: %s", path, g_strerror(errno));
    return good;
}
