/* Handshake messages of DTLS (RFC 6347 §4.2): numbered, cut into fragments, sent again. */
#include "config.h"

#include "dissectors/fragments.h"
#include "dissectors/security/dtls.h"
#include "dissectors/security/tls_numbers.h"

#include <string.h>

enum {
    HANDSHAKE, TYPE, LENGTH, MESSAGE_SEQ, FRAGMENT_OFFSET, FRAGMENT_LENGTH, TOO_LONG, PAST_END, ZERO,
    FRAGMENTS, FRAGMENT, FRAGMENT_ERROR, FRAGMENT_OVERLAP, FRAGMENT_CONFLICT, FRAGMENT_TAILS, FRAGMENT_TOO_LONG, FRAGMENT_COUNT,
    REASSEMBLED_IN, REASSEMBLED_LENGTH, REASSEMBLED_DATA,
};

static const FmField fields[] = {
    [HANDSHAKE] = { "dtls.handshake", "Handshake Protocol", FM_NONE },
    [TYPE] = { "dtls.handshake.type", "Handshake Type", FM_UINT8, FM_DEC, .names = fm_tls_message_types },
    [LENGTH] = { "dtls.handshake.length", "Length", FM_UINT24, FM_DEC },
    [MESSAGE_SEQ] = { "dtls.handshake.message_seq", "Message Sequence", FM_UINT16, FM_DEC },
    [FRAGMENT_OFFSET] = { "dtls.handshake.fragment_offset", "Fragment Offset", FM_UINT24, FM_DEC },
    [FRAGMENT_LENGTH] = { "dtls.handshake.fragment_length", "Fragment Length", FM_UINT24, FM_DEC },
    [TOO_LONG] = { "dtls.handshake.fragment_length.too_long", "Fragment length is larger than message length", FM_EXPERT, .severity = FM_ERROR,
                   .group = FM_GROUP_PROTOCOL },
    [PAST_END] = { "dtls.handshake.fragment_past_end_msg", "Fragment runs past the end of the message", FM_EXPERT, .severity = FM_ERROR,
                   .group = FM_GROUP_PROTOCOL },
    [ZERO] = { "dtls.handshake.fragment_length.zero", "Zero-length fragment length for fragmented message", FM_EXPERT, .severity = FM_WARN,
               .group = FM_GROUP_PROTOCOL },
    [FRAGMENTS] = { "dtls.fragments", "Message fragments", FM_NONE },
    [FRAGMENT] = { "dtls.fragment", "Message fragment", FM_FRAMENUM },
    [FRAGMENT_ERROR] = { "dtls.fragment.error", "Message defragmentation error", FM_FRAMENUM },
    [FRAGMENT_OVERLAP] = { "dtls.fragment.overlap", "Message fragment overlap", FM_BOOL8, FM_BASE_NONE },
    [FRAGMENT_CONFLICT] = { "dtls.fragment.overlap.conflicts", "Message fragment overlapping with conflicting data", FM_BOOL8, FM_BASE_NONE },
    [FRAGMENT_TAILS] = { "dtls.fragment.multiple_tails", "Message has multiple tail fragments", FM_BOOL8, FM_BASE_NONE },
    [FRAGMENT_TOO_LONG] = { "dtls.fragment.too_long_fragment", "Message fragment too long", FM_BOOL8, FM_BASE_NONE },
    [FRAGMENT_COUNT] = { "dtls.fragment.count", "Message fragment count", FM_UINT32, FM_DEC },
    [REASSEMBLED_IN] = { "dtls.reassembled.in", "Reassembled in", FM_FRAMENUM },
    [REASSEMBLED_LENGTH] = { "dtls.reassembled.length", "Reassembled DTLS length", FM_UINT32, FM_DEC },
    [REASSEMBLED_DATA] = { "dtls.reassembled.data", "Reassembled DTLS", FM_BYTES, .hidden = true },
};

enum { HEADER_SIZE = 12, TLS_HEADER_SIZE = 4, REASSEMBLIES = 0x40000000 /* kinds of fm_reassemble, with the flow's number */ };

typedef struct FragmentMemo {
    bool repeated; /* the message was seen whole before */
    bool together; /* and was put together */
} FragmentMemo;

static bool same_random(const TlsState *s, const FmCursor *hello)
{
    return s->has_client_random && fm_left(hello) >= 2 + TLS_RANDOM && memcmp(hello->at + 2, s->client_random, TLS_RANDOM) == 0;
}

/* A ClientHello that is not the one seen before begins anew: in plain text a new session, else another handshake of the same one. */
static void begin_handshake(FmDissection *d, DtlsState *state, TlsState *s, bool protected)
{
    if (!protected) {
        tls_secrets_free(s);
        *s = (TlsState){ .knows_client = false };
    }
    *state = (DtlsState){ .handshake = state->handshake + 1, .media = state->media };
}

static TlsRole sender_of(const FmDissection *d, const TlsState *s, unsigned type)
{
    if (type == TLS_CLIENT_HELLO)
        return TLS_CLIENT;
    return type == TLS_SERVER_HELLO || type == TLS_HELLO_VERIFY_REQUEST ? TLS_SERVER : tls_sender(d, s);
}

static uint64_t bit_of(uint64_t number)
{
    return number < 64 ? UINT64_C(1) << number : 0;
}

/* Has this message been there before? First visits only. */
static void find_repetition(FmDissection *d, TlsState *s, unsigned type, uint64_t number, uint64_t offset, bool protected, const FmCursor *part,
                            FragmentMemo *memo)
{
    DtlsState *state = dtls_state(d);
    TlsRole sender = sender_of(d, s, type);
    bool hello = type == TLS_CLIENT_HELLO && offset == 0 && s->has_client_random;
    if (hello && state->seen[sender] & bit_of(number) && !same_random(s, part))
        begin_handshake(d, state, s, protected);
    memo->repeated = state->seen[sender] & bit_of(number);
    memo->together = state->together[sender] & bit_of(number);
}

static void note_seen(FmDissection *d, const TlsState *s, uint64_t number, bool together)
{
    DtlsState *state = dtls_state(d);
    TlsRole sender = tls_sender(d, s);
    state->seen[sender] |= bit_of(number);
    state->together[sender] |= together ? bit_of(number) : 0;
}

/* The message as TLS has it: with a header of four bytes. */
static FmSlice as_in_tls(FmDissection *d, unsigned type, const FmCursor *body)
{
    size_t size = fm_left(body);
    uint8_t *bytes = fm_arena_alloc(d->arena, TLS_HEADER_SIZE + size);
    bytes[0] = (uint8_t)type;
    for (unsigned i = 0; i < 3; i++)
        bytes[1 + i] = (uint8_t)(size >> 8 * (2 - i));
    memcpy(bytes + TLS_HEADER_SIZE, body->at, size);
    return (FmSlice){ bytes, TLS_HEADER_SIZE + size };
}

typedef struct Fragments {
    const FmFragments *fragments; /* NULL: it came whole */
    FmCursor whole;
} Fragments;

static bool put_together(FmDissection *d, TlsState *s, uint64_t number, uint64_t length, uint64_t offset, const FmCursor *part,
                         Fragments *fragments)
{
    const DtlsState *state = s ? dtls_state(d) : NULL;
    unsigned kind = REASSEMBLIES | (d->flow_number & (REASSEMBLIES - 1));
    uint32_t id = state ? (state->handshake & 0x7fff) << 17 | fm_direction(d) << 16 | (uint32_t)number : 0;
    bool more = offset + fm_left_on_wire(part) < length;
    if (!fm_reassemble(d, kind, id, (uint32_t)offset, more, part, "Reassembled DTLS", &fragments->whole, &fragments->fragments))
        return false;
    fragments->whole.trouble = part->trouble;
    return true;
}

static void put_message(FmDissection *d, TlsState *s, FmSubtree record, const char *version, bool first, bool protected, FmCursor *c)
{
    FragmentMemo *memo = fm_memo(d);
    FmSubtree message = fm_open(d, HANDSHAKE, c);
    const char *name = fm_name(fm_tls_message_types, fm_peek(c, 0, 1));
    uint64_t type = fm_add(d, TYPE, c), length = fm_add(d, LENGTH, c), number = fm_add(d, MESSAGE_SEQ, c);
    uint64_t offset = fm_add(d, FRAGMENT_OFFSET, c), size = fm_add(d, FRAGMENT_LENGTH, c);
    bool fragmented = false, empty = false;
    if (offset + size > length) {
        fragmented = offset > 0;
        if (fragmented)
            fm_expert(d, PAST_END);
        else
            fm_expert(d, TOO_LONG);
    } else if (offset > 0 && size == 0) {
        empty = true;
        fm_expert(d, ZERO);
    } else {
        fragmented = size < length;
    }
    FmCursor part = fm_take(c, size);
    if (s && fm_ok(d))
        find_repetition(d, s, (unsigned)type, number, offset, protected, &part, memo);
    Fragments fragments = { NULL, part };
    bool whole = !fragmented && !empty;
    if (fragmented && !memo->together && offset + size <= length)
        whole = put_together(d, s, number, length, offset, &part, &fragments);
    const char *how = !fragmented ? "" : whole ? " (Reassembled)" : " (Fragment)";
    fm_subtree_label(d, record, "%s Record Layer: Handshake Protocol: %s%s", version, first ? name : "Multiple Handshake Messages", how);
    fm_subtree_label(d, message, "Handshake Protocol: %s%s", name, how);
    if (whole) {
        FmSlice bytes = as_in_tls(d, (unsigned)type, &fragments.whole);
        tls_handshake_message(d, TLS_OVER_UDP, (unsigned)type, bytes, memo->repeated, &fragments.whole);
        if (s && fm_ok(d))
            note_seen(d, s, number, fragmented);
    } else {
        tls_info(d, name);
    }
    fm_info_more(d, "%s", how);
    fm_close(d, message, c);
    if (fragments.fragments && whole)
        fm_add_fragments(d, fields, FRAGMENTS, "Message fragments", fragments.fragments, &fragments.whole);
}

void dtls_put_messages(FmDissection *d, TlsState *s, FmSubtree record, const char *version, bool protected, FmCursor *body)
{
    FmTableUse before = fm_use(d, &fm_dtls_messages);
    for (bool first = true; fm_left(body); first = false) {
        bool known = fm_name(fm_tls_message_types, fm_peek(body, 0, 1)) != NULL;
        if (known) {
            put_message(d, s, record, version, first, protected, body);
            continue;
        }
        if (first)
            tls_handshake_encrypted(d, TLS_OVER_UDP, body);
        fm_skip(body, fm_left(body));
    }
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_dtls_messages = {
    .abbrev = "dtls",
    .title = "DTLS handshake messages",
    FM_FIELDS(fields),
    .dissect = nothing,
    .memo_size = sizeof(FragmentMemo),
    .part = true,
};
