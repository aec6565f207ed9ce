/* Keys of a QUIC connection (RFC 9001): where each packet's come from, and when they change. */
#include "config.h"

#include <string.h>

#include "dissectors/quic/quic.h"
#include "dissectors/security/tls.h"

uint64_t quic_varint(FmCursor *c)
{
    unsigned size = quic_varint_size(c);
    uint64_t value = fm_read(c, size);
    return size == 8 ? value & UINT64_C(0x3fffffffffffffff) : value & ((UINT64_C(1) << (8 * size - 2)) - 1);
}

unsigned quic_space(QuicPacketType type)
{
    return type == QUIC_INITIAL ? 0 : type == QUIC_HANDSHAKE ? 1 : 2;
}

static FmQuicKeys *new_keys(FmDissection *d)
{
    return fm_arena_alloc0(fm_flow_arena(d->flow), sizeof(FmQuicKeys));
}

/* Initial keys come from the destination id of the client's first packet, and from its next one after a Retry. A client that joins a
 * capture late is tried with the id that it uses. */
static const FmQuicKeys *initial_keys(FmDissection *d, QuicConnection *q, QuicRole role, uint32_t version, QuicClosed *why)
{
    for (unsigned i = 0; i < q->initial_count; i++)
        if (q->initial[i]->version == version)
            return &q->initial[i]->side[role];
    QuicInitialKeys made = { .version = version };
    FmSlice id = { q->original_id, q->original_id_size };
    if (!fm_quic_initial_keys(fm_crypto(d), quic_is_reserved(version) ? QUIC_VERSION_1 : version, id, made.side)) {
        *why = QUIC_UNKNOWN_VERSION;
        return NULL;
    }
    QuicInitialKeys *kept = fm_arena_alloc(fm_flow_arena(d->flow), sizeof *kept);
    *kept = made;
    q->initial[q->initial_count < QUIC_MAX_INITIAL_KEYS ? q->initial_count++ : QUIC_MAX_INITIAL_KEYS - 1] = kept;
    return &kept->side[role];
}

static const FmQuicKeys *keys_of(FmDissection *d, uint32_t version, const FmSuite *suite, FmSlice secret)
{
    if (!suite || !secret.size)
        return NULL;
    FmQuicKeys *keys = new_keys(d);
    return fm_quic_keys(fm_crypto(d), version, suite, secret, keys) ? keys : NULL;
}

static FmSlice secret_of(FmDissection *d, const TlsState *tls, FmSecretKind kind)
{
    FmSecrets *secrets = fm_secrets(d);
    return secrets ? fm_secrets_find(secrets, kind, (FmSlice){ tls->client_random, TLS_RANDOM }) : (FmSlice){ 0 };
}

/* Before the server has chosen a suite, the size of the secret tells as much as can be told of the one that 0-RTT uses. */
static const FmSuite *early_suite(const TlsState *tls, FmSlice secret)
{
    return fm_suite(tls->has_suite ? tls->cipher_suite : secret.size == 48 ? 0x1302 : 0x1301);
}

static void look_for_secrets(FmDissection *d, QuicConnection *q, const TlsState *tls, uint32_t version)
{
    static const struct {
        FmSecretKind handshake, data;
    } kinds[2] = {
        [QUIC_CLIENT] = { FM_SECRET_CLIENT_HANDSHAKE, FM_SECRET_CLIENT_APPLICATION },
        [QUIC_SERVER] = { FM_SECRET_SERVER_HANDSHAKE, FM_SECRET_SERVER_APPLICATION },
    };
    if (!q->early) {
        FmSlice secret = secret_of(d, tls, FM_SECRET_CLIENT_EARLY);
        q->early = keys_of(d, version, early_suite(tls, secret), secret);
    }
    const FmSuite *suite = tls->has_suite ? fm_suite(tls->cipher_suite) : NULL;
    for (unsigned role = 0; role < 2 && suite; role++) {
        QuicSide *side = &q->side[role];
        if (!side->handshake)
            side->handshake = keys_of(d, version, suite, secret_of(d, tls, kinds[role].handshake));
        if (!side->data)
            side->data = keys_of(d, version, suite, secret_of(d, tls, kinds[role].data));
    }
}

static const FmQuicKeys *known_keys(const QuicConnection *q, QuicPacketType type, QuicRole role)
{
    switch (type) {
    case QUIC_ZERO_RTT: return role == QUIC_CLIENT ? q->early : NULL;
    case QUIC_HANDSHAKE: return q->side[role].handshake;
    case QUIC_ONE_RTT: return q->side[role].data;
    default: return NULL;
    }
}

const FmQuicKeys *quic_keys_for(FmDissection *d, QuicConnection *q, QuicPacketType type, QuicRole role, uint32_t version, QuicClosed *why)
{
    if (type == QUIC_INITIAL)
        return initial_keys(d, q, role, version, why);
    const FmQuicKeys *keys = known_keys(q, type, role);
    if (keys)
        return keys;
    FmSecrets *secrets = fm_secrets(d);
    const TlsState *tls = tls_state(d);
    if (!tls || !tls->has_client_random) {
        *why = QUIC_NO_CLIENT_RANDOM;
        return NULL;
    }
    if (!secrets || !fm_secrets_has_log(secrets)) {
        *why = QUIC_NO_KEY_LOG;
        return NULL;
    }
    uint64_t generation = fm_secrets_generation(secrets) * 2 + 1 + tls->has_suite;
    if (q->secrets_seen != generation) {
        q->secrets_seen = generation;
        look_for_secrets(d, q, tls, version);
    }
    keys = known_keys(q, type, role);
    if (!keys)
        *why = QUIC_NO_SECRET;
    return keys;
}

const FmQuicKeys *quic_next_phase(FmDissection *d, QuicSide *side)
{
    if (!side->next) {
        FmQuicKeys *keys = new_keys(d);
        fm_quic_next_keys(fm_crypto(d), side->data, keys);
        side->next = keys;
    }
    return side->next;
}

void quic_phase_flipped(QuicSide *side)
{
    side->previous = side->data;
    side->data = side->next;
    side->next = NULL;
    side->phase = !side->phase;
}

/* ---- stateless resets ---- */

enum { MOST_TOKENS = 16, LEAST_RESET = 21 };

void quic_note_reset_token(FmDissection *d, FmFlow *flow, QuicConnection *q, const uint8_t token[QUIC_RESET_TOKEN])
{
    if (!q || fm_replaying(d))
        return;
    if (!q->reset_tokens)
        q->reset_tokens = fm_arena_alloc0(fm_flow_arena(flow), sizeof *q->reset_tokens * MOST_TOKENS);
    memcpy(q->reset_tokens[q->reset_token_count++ % MOST_TOKENS], token, QUIC_RESET_TOKEN);
}

bool quic_is_reset(FmDissection *d, const QuicConnection *q, FmSlice bytes)
{
    if (bytes.size < LEAST_RESET)
        return false;
    const uint8_t *end = bytes.data + bytes.size - QUIC_RESET_TOKEN;
    for (unsigned i = 0; i < MIN(q->reset_token_count, MOST_TOKENS); i++)
        if (memcmp(end, q->reset_tokens[i], QUIC_RESET_TOKEN) == 0)
            return true;
    const TlsState *tls = tls_state(d);
    return tls && tls->has_reset_token && memcmp(end, tls->reset_token, QUIC_RESET_TOKEN) == 0;
}
