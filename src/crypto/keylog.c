/* NSS key log lines, as browsers, curl and TLS libraries write them, with the spellings of older programs. */
#include "config.h"

#include "crypto/keylog.h"

#include <string.h>

#define RANDOM_SIZE 32
#define RSA_NAME_SIZE 8

static const struct {
    const char *label;
    FmSecretKind kind;
} labels[] = { /* of a kind the usual one first */
    { "CLIENT_RANDOM", FM_SECRET_MASTER },
    { "PMS_CLIENT_RANDOM", FM_SECRET_PREMASTER },
    { "CLIENT_EARLY_TRAFFIC_SECRET", FM_SECRET_CLIENT_EARLY },
    { "CLIENT_HANDSHAKE_TRAFFIC_SECRET", FM_SECRET_CLIENT_HANDSHAKE },
    { "SERVER_HANDSHAKE_TRAFFIC_SECRET", FM_SECRET_SERVER_HANDSHAKE },
    { "CLIENT_TRAFFIC_SECRET_0", FM_SECRET_CLIENT_APPLICATION },
    { "SERVER_TRAFFIC_SECRET_0", FM_SECRET_SERVER_APPLICATION },
    { "EARLY_EXPORTER_SECRET", FM_SECRET_EARLY_EXPORTER },
    { "EXPORTER_SECRET", FM_SECRET_EXPORTER },
    { "EARLY_EXPORTER_MASTER_SECRET", FM_SECRET_EARLY_EXPORTER },
    { "EXPORTER_MASTER_SECRET", FM_SECRET_EXPORTER },
    { "ECH_SECRET", FM_SECRET_ECH_SECRET },
    { "ECH_CONFIG", FM_SECRET_ECH_CONFIG },
    { "QUIC_CLIENT_EARLY_TRAFFIC_SECRET", FM_SECRET_CLIENT_EARLY },
    { "QUIC_CLIENT_HANDSHAKE_TRAFFIC_SECRET", FM_SECRET_CLIENT_HANDSHAKE },
    { "QUIC_SERVER_HANDSHAKE_TRAFFIC_SECRET", FM_SECRET_SERVER_HANDSHAKE },
    { "QUIC_CLIENT_TRAFFIC_SECRET_0", FM_SECRET_CLIENT_APPLICATION },
    { "QUIC_SERVER_TRAFFIC_SECRET_0", FM_SECRET_SERVER_APPLICATION },
    { "RSA", FM_SECRET_RSA_PREMASTER },
};

typedef struct Words {
    const char *at, *end;
} Words;

static FmSlice next_word(Words *words)
{
    while (words->at < words->end && (*words->at == ' ' || *words->at == '\t'))
        words->at++;
    const char *start = words->at;
    while (words->at < words->end && *words->at != ' ' && *words->at != '\t')
        words->at++;
    return (FmSlice){ (const uint8_t *)start, (size_t)(words->at - start) };
}

static bool starts_with(FmSlice word, const char *text)
{
    size_t n = strlen(text);
    return word.size >= n && g_ascii_strncasecmp((const char *)word.data, text, n) == 0;
}

/* Bytes from hex digits; false if they are none, or too many for `room`. */
static bool read_hex(FmSlice word, uint8_t *out, size_t room, size_t *size)
{
    if (word.size == 0 || word.size % 2 || word.size / 2 > room)
        return false;
    for (size_t i = 0; i < word.size; i += 2) {
        int high = g_ascii_xdigit_value((char)word.data[i]), low = g_ascii_xdigit_value((char)word.data[i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    *size = word.size / 2;
    return true;
}

/* RSA Session-ID:… Master-Key:… */
static bool read_session(FmKeylogLine *line, FmSlice name, FmSlice secret)
{
    static const char id[] = "Session-ID:", key[] = "Master-Key:";
    if (!starts_with(name, id) || !starts_with(secret, key))
        return false;
    name = (FmSlice){ name.data + sizeof id - 1, name.size - (sizeof id - 1) };
    secret = (FmSlice){ secret.data + sizeof key - 1, secret.size - (sizeof key - 1) };
    line->kind = FM_SECRET_SESSION_MASTER;
    return read_hex(name, line->name, sizeof line->name, &line->name_size) &&
           read_hex(secret, line->secret, sizeof line->secret, &line->secret_size) && line->secret_size == 48;
}

static bool sizes_fit(const FmKeylogLine *line)
{
    if (line->name_size != (line->kind == FM_SECRET_RSA_PREMASTER ? RSA_NAME_SIZE : RANDOM_SIZE))
        return false;
    switch (line->kind) {
    case FM_SECRET_MASTER:
    case FM_SECRET_RSA_PREMASTER: return line->secret_size == 48;
    case FM_SECRET_PREMASTER:
    case FM_SECRET_ECH_SECRET:
    case FM_SECRET_ECH_CONFIG: return true;
    default: return line->secret_size == 32 || line->secret_size == 48; /* a hash */
    }
}

bool fm_keylog_line(const char *text, size_t size, FmKeylogLine *line)
{
    while (size && g_ascii_isspace(text[size - 1]))
        size--;
    if (size && (*text == '#' || *text == ';'))
        return false;
    Words words = { text, text + size };
    FmSlice label = next_word(&words), name = next_word(&words), secret = next_word(&words);
    while (secret.size && !g_ascii_isxdigit(secret.data[secret.size - 1])) /* what copying left behind: a backslash */
        secret.size--;
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
        if (label.size != strlen(labels[i].label) || !starts_with(label, labels[i].label))
            continue;
        line->kind = labels[i].kind;
        if (line->kind == FM_SECRET_RSA_PREMASTER && starts_with(name, "Session-ID:"))
            return read_session(line, name, secret);
        return read_hex(name, line->name, sizeof line->name, &line->name_size) &&
               read_hex(secret, line->secret, sizeof line->secret, &line->secret_size) && sizes_fit(line);
    }
    return false;
}

const char *fm_keylog_label(FmSecretKind kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(labels); i++)
        if (labels[i].kind == kind)
            return labels[i].label;
    return NULL;
}
