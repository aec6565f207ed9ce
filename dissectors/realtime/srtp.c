/* SRTP opened: which keys, and how often a sequence number began anew (RFC 3711 §3.3.1). */
#include "config.h"

#include "dissectors/realtime/srtp.h"

#include <string.h>

#include "dissectors/security/tls_decrypt.h"

enum { SRTP, PAYLOAD, CLOSED_BECAUSE };

static const FmField fields[] = {
    [SRTP] = { "fathom.srtp", "SRTP", FM_NONE },
    [PAYLOAD] = { "fathom.srtp.payload", "Opened payload", FM_BYTES },
    [CLOSED_BECAUSE] = { "fathom.srtp.closed_because", "Closed because", FM_STRING, .generated = true },
};

enum { SOURCES = 16, RTCP_HEADER = 8 };

typedef struct SrtpState { /* of a flow */
    struct SrtpSource {
        uint32_t ssrc;
        uint64_t highest; /* number of its newest packet, rollovers included */
        bool used;
    } sources[2][SOURCES];
    unsigned next[2];
} SrtpState;

static struct SrtpSource *source_of(FmDissection *d, SrtpState *state, uint32_t ssrc)
{
    unsigned direction = fm_direction(d);
    for (unsigned i = 0; i < SOURCES; i++)
        if (state->sources[direction][i].used && state->sources[direction][i].ssrc == ssrc)
            return &state->sources[direction][i];
    struct SrtpSource *source = &state->sources[direction][state->next[direction]++ % SOURCES];
    *source = (struct SrtpSource){ .ssrc = ssrc };
    return source;
}

static uint32_t count_rollovers(FmDissection *d, FmSlice packet)
{
    SrtpState *state = fm_state(d);
    struct SrtpSource *source = source_of(d, state, (uint32_t)fm_be(packet.data + 8, 4));
    uint64_t seq = fm_be(packet.data + 2, 2);
    if (!source->used) {
        source->used = true;
        source->highest = seq;
        return 0;
    }
    uint64_t number = (source->highest & ~UINT64_C(0xffff)) | seq;
    if (number + 0x8000 < source->highest)
        number += 0x10000;
    else if (number > source->highest + 0x8000 && number >= 0x10000)
        number -= 0x10000;
    source->highest = MAX(source->highest, number);
    return (uint32_t)(number >> 16);
}

/* First visits: what a look at the packet, now or later, needs. */
static void find_keys(FmDissection *d, SrtpOpening *memo)
{
    if (!fm_replaying(d) && !d->quoting && d->flow)
        memo->keys = tls_media_keys(d, &memo->closed);
}

static bool try_rollovers(FmDissection *d, const SrtpOpening *memo, FmSlice packet, size_t header, uint8_t *out, size_t *size)
{
    FmCrypto *crypto = fm_crypto(d);
    return fm_srtp_open(crypto, memo->keys, packet, header, memo->rollovers, out, size) ||
           fm_srtp_open(crypto, memo->keys, packet, header, memo->rollovers + 1, out, size) ||
           (memo->rollovers && fm_srtp_open(crypto, memo->keys, packet, header, memo->rollovers - 1, out, size));
}

static void tell_closed(FmDissection *d, const SrtpOpening *memo)
{
    const char *why = tls_closed_text((TlsClosed)memo->closed);
    if (why)
        fm_make_text(d, CLOSED_BECAUSE, why);
}

bool srtp_open(FmDissection *d, SrtpOpening *memo, FmSlice packet, size_t header, bool padded, FmCursor *plain)
{
    FmTableUse before = fm_use(d, &fm_srtp);
    bool opened = false;
    find_keys(d, memo);
    if (memo->keys && !fm_replaying(d))
        memo->rollovers = count_rollovers(d, packet);
    if (fm_quiet(d)) {
        fm_unuse(d, before);
        return false;
    }
    if (memo->keys) {
        uint8_t *out = fm_arena_alloc(d->arena, packet.size);
        size_t size;
        opened = try_rollovers(d, memo, packet, header, out, &size);
        if (opened) {
            *plain = fm_buffer(d, (FmSlice){ out, size }, "Decrypted SRTP");
            uint64_t padding = padded && size ? MIN(out[size - 1], size) : 0;
            FmCursor bytes = fm_window(plain, size - padding);
            if (fm_left(&bytes))
                fm_add_bytes(d, PAYLOAD, &bytes, fm_left(&bytes));
        } else {
            fm_make_text(d, CLOSED_BECAUSE, tls_closed_text(TLS_CLOSED_WRONG_SECRET));
        }
    } else {
        tell_closed(d, memo);
    }
    fm_unuse(d, before);
    return opened;
}

bool srtcp_open(FmDissection *d, SrtpOpening *memo, FmSlice packet, FmCursor *plain)
{
    FmTableUse before = fm_use(d, &fm_srtp);
    find_keys(d, memo);
    bool opened = false;
    if (memo->keys && packet.size > RTCP_HEADER) {
        uint8_t *out = fm_arena_alloc(d->arena, packet.size);
        size_t size;
        opened = fm_srtcp_open(fm_crypto(d), memo->keys, packet, out + RTCP_HEADER, &size);
        memcpy(out, packet.data, RTCP_HEADER);
        if (opened)
            *plain = fm_buffer(d, (FmSlice){ out, RTCP_HEADER + size }, "Decrypted SRTCP");
        else
            fm_make_text(d, CLOSED_BECAUSE, tls_closed_text(TLS_CLOSED_WRONG_SECRET));
    } else {
        tell_closed(d, memo);
    }
    fm_unuse(d, before);
    return opened;
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_srtp = {
    .abbrev = "fathom.srtp",
    .title = "SRTP",
    FM_FIELDS(fields),
    .dissect = nothing,
    .state_size = sizeof(SrtpState),
    .part = true,
};
