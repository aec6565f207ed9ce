/* QUIC packets (RFC 8999, 9000, 9001, 9369) and the connections that they belong to. */
#include "config.h"

#include "dissectors/quic/quic.h"
#include "dissectors/quic/quic_analysis.h"
#include "dissectors/security/tls.h"

enum {
    QUIC, QUIC_CONNECTION_NUMBER, QUIC_CONNECTION_UNKNOWN, QUIC_PACKET_LENGTH, QUIC_HEADER_FORM, QUIC_FIXED_BIT, QUIC_LONG_TYPE, QUIC_LONG_TYPE_V2,
    QUIC_LONG_RESERVED, QUIC_PN_LENGTH, QUIC_VERSION, QUIC_VN_UNUSED, QUIC_SUPPORTED_VERSION, QUIC_DCIL, QUIC_DCID, QUIC_SCIL, QUIC_SCID,
    QUIC_TOKEN_LENGTH, QUIC_TOKEN, QUIC_LENGTH, QUIC_PN, QUIC_PAYLOAD, QUIC_RETRY_TOKEN, QUIC_RETRY_TAG, QUIC_BAD_RETRY, QUIC_SHORT, QUIC_UNPREDICTABLE, QUIC_STATELESS_RESET,
    QUIC_SPIN_BIT,
    QUIC_SHORT_RESERVED, QUIC_KEY_PHASE, QUIC_PROTECTED, QUIC_REMAINING, QUIC_DECRYPTION_FAILED, QUIC_COALESCED_PADDING, QUIC_ODCIL, QUIC_ODCID,
    FATHOM_QUIC_CLOSED_BECAUSE, FATHOM_QUIC_CONNECTION,
};

static const FmName forms[] = { { 0, 0, "Short Header" }, { 1, 0, "Long Header" }, { 0 } };
static const FmName long_types[] = { { 0, 0, "Initial" }, { 1, 0, "0-RTT" }, { 2, 0, "Handshake" }, { 3, 0, "Retry" }, { 0 } };
static const FmName long_types_v2[] = { { 0, 0, "Retry" }, { 1, 0, "Initial" }, { 2, 0, "0-RTT" }, { 3, 0, "Handshake" }, { 0 } };
static const FmName pn_lengths[] = { { 0, 0, "1 bytes" }, { 1, 0, "2 bytes" }, { 2, 0, "3 bytes" }, { 3, 0, "4 bytes" }, { 0 } };

static const FmField fields[] = {
    [QUIC] = { "quic", "QUIC IETF", FM_PROTOCOL },
    [QUIC_CONNECTION_NUMBER] = { "quic.connection.number", "Connection Number", FM_UINT32, FM_DEC, .generated = true },
    [QUIC_CONNECTION_UNKNOWN] = { "quic.connection.unknown", "Unknown QUIC connection. Missing Initial Packet or migrated connection?", FM_EXPERT,
                                  .severity = FM_NOTE, .group = FM_GROUP_PROTOCOL },
    [QUIC_PACKET_LENGTH] = { "quic.packet_length", "Packet Length", FM_UINT32, FM_DEC, .generated = true },
    [QUIC_HEADER_FORM] = { "quic.header_form", "Header Form", FM_UINT8, FM_DEC, 0x80, .names = forms },
    [QUIC_FIXED_BIT] = { "quic.fixed_bit", "Fixed Bit", FM_BOOL8, FM_BASE_NONE, 0x40 },
    [QUIC_LONG_TYPE] = { "quic.long.packet_type", "Packet Type", FM_UINT8, FM_DEC, 0x30, .names = long_types },
    [QUIC_LONG_TYPE_V2] = { "quic.long.packet_type_v2", "Packet Type", FM_UINT8, FM_DEC, 0x30, .names = long_types_v2 },
    [QUIC_LONG_RESERVED] = { "quic.long.reserved", "Reserved", FM_UINT8, FM_DEC, 0x0c },
    [QUIC_PN_LENGTH] = { "quic.packet_number_length", "Packet Number Length", FM_UINT8, FM_DEC, 0x03, .names = pn_lengths },
    [QUIC_VERSION] = { "quic.version", "Version", FM_UINT32, FM_HEX },
    [QUIC_VN_UNUSED] = { "quic.vn.unused", "Unused", FM_UINT8, FM_HEX, 0x7f },
    [QUIC_SUPPORTED_VERSION] = { "quic.supported_version", "Supported Version", FM_UINT32, FM_HEX },
    [QUIC_DCIL] = { "quic.dcil", "Destination Connection ID Length", FM_UINT8, FM_DEC },
    [QUIC_DCID] = { "quic.dcid", "Destination Connection ID", FM_BYTES },
    [QUIC_SCIL] = { "quic.scil", "Source Connection ID Length", FM_UINT8, FM_DEC },
    [QUIC_SCID] = { "quic.scid", "Source Connection ID", FM_BYTES },
    [QUIC_TOKEN_LENGTH] = { "quic.token_length", "Token Length", FM_UINT64, FM_DEC },
    [QUIC_TOKEN] = { "quic.token", "Token", FM_BYTES },
    [QUIC_LENGTH] = { "quic.length", "Length", FM_UINT64, FM_DEC },
    [QUIC_PN] = { "quic.packet_number", "Packet Number", FM_UINT64, FM_DEC },
    [QUIC_PAYLOAD] = { "quic.payload", "Payload", FM_BYTES },
    [QUIC_RETRY_TOKEN] = { "quic.retry_token", "Retry Token", FM_BYTES },
    [QUIC_RETRY_TAG] = { "quic.retry_integrity_tag", "Retry Integrity Tag", FM_BYTES },
    [QUIC_BAD_RETRY] = { "quic.bad_retry", "Retry Integrity Tag verification failure", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [QUIC_UNPREDICTABLE] = { "quic.unpredictable_bits", "Unpredictable Bits", FM_BYTES },
    [QUIC_STATELESS_RESET] = { "quic.stateless_reset_token", "Stateless Reset Token", FM_BYTES },
    [QUIC_SHORT] = { "quic.short", "QUIC Short Header", FM_NONE },
    [QUIC_SPIN_BIT] = { "quic.spin_bit", "Spin Bit", FM_BOOL8, FM_BASE_NONE, 0x20 },
    [QUIC_SHORT_RESERVED] = { "quic.short.reserved", "Reserved", FM_UINT8, FM_DEC, 0x18 },
    [QUIC_KEY_PHASE] = { "quic.key_phase", "Key Phase Bit", FM_BOOL8, FM_BASE_NONE, 0x04 },
    [QUIC_PROTECTED] = { "quic.protected_payload", "Protected Payload", FM_BYTES },
    [QUIC_REMAINING] = { "quic.remaining_payload", "Remaining Payload", FM_BYTES },
    [QUIC_DECRYPTION_FAILED] = { "quic.decryption_failed", "Failed to decrypt handshake", FM_EXPERT, .severity = FM_WARN,
                                 .group = FM_GROUP_DECRYPTION },
    [QUIC_COALESCED_PADDING] = { "quic.coalesced_padding_data", "Coalesced Padding Data", FM_NONE },
    [QUIC_ODCIL] = { "quic.odcil", "Original Destination Connection ID Length", FM_UINT8, FM_DEC },
    [QUIC_ODCID] = { "quic.odcid", "Original Destination Connection ID", FM_BYTES },
    [FATHOM_QUIC_CONNECTION] = { "fathom.quic.connection", "Connection Number by addresses", FM_UINT32, FM_DEC, .generated = true },
    [FATHOM_QUIC_CLOSED_BECAUSE] = { "fathom.quic.closed_because", "Stays closed because", FM_STRING, .generated = true },
};

static const char *const closed_texts[] = {
    [QUIC_OPEN] = "", [QUIC_NO_CONNECTION] = "its connection's first packets are not in the capture",
    [QUIC_NO_CLIENT_RANDOM] = "the ClientHello is not in the capture", [QUIC_NO_KEY_LOG] = "no key log was given",
    [QUIC_NO_SECRET] = "the key log has no such line for this client random", [QUIC_UNKNOWN_VERSION] = "the version is not known",
    [QUIC_WRONG_KEY] = "the keys do not fit", [QUIC_CUT_SHORT] = "the packet was cut short",
};

#define FIXED_BIT 0x40
#define LONG_ID_SIZE 8
#define MIN_SHORT_SIZE (1 + 1 + FM_QUIC_TAG) /* first byte, packet number, tag */

/* ---- versions ---- */

static void label_version(FmDissection *d, unsigned row, uint64_t version, bool offered)
{
    if (!d->want_labels)
        return;
    const char *title = fields[row].name;
    unsigned v = (unsigned)version;
    if (!version)
        fm_label_of(d, row, false, "%s: Version Negotiation (0x%08x)", title, v);
    else if (version == QUIC_VERSION_1)
        fm_label_of(d, row, false, "%s: 1 (0x%08x)", title, v);
    else if (version == QUIC_VERSION_2)
        fm_label_of(d, row, false, "%s: 2 (0x%08x)", title, v);
    else if (version == QUIC_VERSION_2_DRAFT)
        fm_label_of(d, row, false, "%s: v2 Draft-00 (0x%08x)", title, v);
    else if (version >= 0xff000004 && version <= 0xff0000ff)
        fm_label_of(d, row, false, "%s: draft-%02u (0x%08x)", title, v & 0xff, v);
    else if (quic_is_reserved(version))
        fm_label_of(d, row, false, "%s: Unknown (0x%08x) (%s)", title, v, offered ? "GREASE" : "Forcing Version Negotiation");
    else
        fm_label_of(d, row, false, "%s: Unknown (0x%08x)", title, v);
}

/* ---- opening ---- */

typedef struct Opened {
    FmCursor plain;
    uint8_t first;
    unsigned number_size;
    bool unmasked; /* the header is known */
    bool open;     /* and the payload */
} Opened;

/* Takes header protection off and opens the payload. `c` stands on the packet number; `all` is the packet from its first byte. */
static bool open_with(FmDissection *d, const FmQuicKeys *keys, const QuicHeader *h, const FmCursor *c, uint64_t *number, uint64_t largest,
                      Opened *out)
{
    size_t before = (size_t)(c->at - h->start.at), left = fm_left(c);
    if (left < 4 + FM_QUIC_SAMPLE)
        return false;
    uint8_t mask[5];
    if (!fm_quic_header_mask(fm_crypto(d), keys, c->at + 4, mask))
        return false;
    out->first = h->first ^ (mask[0] & (h->first & QUIC_LONG_HEADER ? 0x0f : 0x1f));
    out->number_size = (out->first & 3) + 1u;
    uint8_t *header = fm_arena_alloc(d->arena, before + 4);
    memcpy(header, h->start.at, before + out->number_size);
    header[0] = out->first;
    uint64_t truncated = 0;
    for (unsigned i = 0; i < out->number_size; i++) {
        header[before + i] ^= mask[1 + i];
        truncated = truncated << 8 | header[before + i];
    }
    if (!d->replaying)
        *number = fm_quic_packet_number(largest, truncated, out->number_size);
    out->unmasked = true;
    FmSlice in = { c->at + out->number_size, left - out->number_size };
    if (in.size < FM_QUIC_TAG)
        return false;
    uint8_t *plain = fm_arena_alloc(d->arena, in.size);
    if (!fm_quic_open(fm_crypto(d), keys, *number, (FmSlice){ header, before + out->number_size }, in, plain))
        return false;
    out->open = true;
    out->plain = fm_buffer(d, (FmSlice){ plain, in.size - FM_QUIC_TAG }, "Decrypted QUIC");
    return true;
}

/* 1-RTT keys change with the key phase bit, which protection hides: the current keys' header protection shows it (RFC 9001 §6). */
static bool open_one_rtt(FmDissection *d, QuicSide *side, const QuicSide *peer, const QuicHeader *h, const FmCursor *c, QuicMemo *memo, Opened *out)
{
    uint8_t mask[5];
    if (fm_left(c) < 4 + FM_QUIC_SAMPLE || !fm_quic_header_mask(fm_crypto(d), side->data, c->at + 4, mask))
        return false;
    bool phase = (h->first ^ mask[0]) & 0x04;
    uint64_t largest = side->largest[2];
    memo->keys = side->data;
    if (phase == side->phase)
        return open_with(d, side->data, h, c, &memo->number, largest, out);
    if (side->previous && open_with(d, side->previous, h, c, &memo->number, largest, out)) {
        memo->keys = side->previous;
        return true;
    }
    memo->keys = quic_next_phase(d, side);
    if (!open_with(d, memo->keys, h, c, &memo->number, largest, out))
        return false;
    quic_phase_flipped(side);
    memo->phase_flipped = side->phase != peer->phase;
    return true;
}

#define LAST_DRAFT 0xff00001d /* draft-29, the last one whose keys differ from version 1 */

static void open_first_time(FmDissection *d, QuicConnection *q, const QuicHeader *h, const FmCursor *c, QuicMemo *memo, Opened *out)
{
    QuicClosed why = QUIC_OPEN;
    QuicSide *side = &q->side[memo->role];
    const FmQuicKeys *keys = quic_keys_for(d, q, h->type, memo->role, h->type == QUIC_ONE_RTT ? q->version : (uint32_t)h->version, &why);
    if (!keys) {
        memo->closed = (uint8_t)why;
        memo->tells_closed = h->type == QUIC_ONE_RTT && !memo->assumed && !q->data_closed;
        q->data_closed |= memo->tells_closed;
        return;
    }
    unsigned space = quic_space(h->type);
    bool opened;
    if (h->type == QUIC_ONE_RTT) {
        opened = open_one_rtt(d, side, &q->side[!memo->role], h, c, memo, out);
    } else {
        memo->keys = keys;
        opened = open_with(d, keys, h, c, &memo->number, side->largest[space], out);
        if (!opened && h->type == QUIC_INITIAL && quic_is_reserved(h->version) && (keys = quic_keys_for(d, q, h->type, memo->role, LAST_DRAFT, &why))) {
            memo->keys = keys;
            opened = open_with(d, keys, h, c, &memo->number, side->largest[space], out);
        }
    }
    if (!opened) {
        memo->closed = c->lost ? QUIC_CUT_SHORT : QUIC_WRONG_KEY;
        return;
    }
    if (side->largest[space] == UINT64_MAX || memo->number > side->largest[space])
        side->largest[space] = memo->number;
}

static void open_packet(FmDissection *d, QuicConnection *q, const QuicHeader *h, const FmCursor *c, QuicMemo *memo, Opened *out)
{
    *out = (Opened){ .first = h->first };
    if (d->replaying) {
        if (memo->keys)
            open_with(d, memo->keys, h, c, &memo->number, 0, out);
        return;
    }
    if (q)
        open_first_time(d, q, h, c, memo, out);
    else
        memo->closed = QUIC_NO_CONNECTION;
}

/* ---- packets ---- */

static void put_closed(FmDissection *d, FmCursor *c, const QuicMemo *memo, QuicPacketType type, bool follows)
{
    bool unknown = !memo->known || memo->assumed;
    if (unknown && !follows)
        fm_expert(d, QUIC_CONNECTION_UNKNOWN);
    if (unknown && type != QUIC_ONE_RTT)
        fm_expert_text(d, QUIC_DECRYPTION_FAILED, "Failed to decrypt packet number");
    else if (!unknown && memo->closed && (type != QUIC_ONE_RTT || memo->tells_closed))
        fm_expert_text(d, QUIC_DECRYPTION_FAILED, "Failed to create decryption context: Secrets are not available");
    if (fm_left(c))
        fm_add_bytes(d, QUIC_REMAINING, c, fm_left(c));
    if (memo->closed)
        fm_make_text(d, FATHOM_QUIC_CLOSED_BECAUSE, closed_texts[memo->closed]);
}

/* The packet number and what it numbers, row `payload`, in plain text or not. */
static void put_sealed(FmDissection *d, FmCursor *c, const Opened *opened, const QuicMemo *memo, unsigned payload)
{
    fm_add_value(d, QUIC_PN, c, opened->number_size, memo->number);
    fm_info_more(d, ", PKN: %" G_GUINT64_FORMAT, memo->number);
    fm_skip(c, opened->number_size);
    fm_add_bytes_of(d, &fields[payload], payload, c, fm_left(c));
    if (opened->open)
        return;
    fm_down(d);
    fm_expert_text(d, QUIC_DECRYPTION_FAILED, "Decryption failed: Decryption (checktag) failed: Checksum error");
    fm_up(d);
    if (memo->closed)
        fm_make_text(d, FATHOM_QUIC_CLOSED_BECAUSE, closed_texts[memo->closed]);
}

static void put_payload(FmDissection *d, const Opened *opened, FmFlow *flow, QuicConnection *q, const QuicHeader *h, QuicMemo *memo, QuicSeen *seen)
{
    QuicPayload payload = { opened->plain, q, flow, h->type, memo->role, seen, &memo->handed_on };
    fm_part(d, &fm_quic_frames, &payload.c);
}

/* Told once a datagram. With an id that was never told, only the addresses speak for the connection. */
static void put_connection(FmDissection *d, const QuicHeader *h, const QuicMemo *memo, bool opened)
{
    if (!memo->known || h->follows)
        return;
    FmCursor here = h->start;
    FmSubtree line = fm_open_text(d, &here, "QUIC Connection information");
    fm_subtree_constant(d, line, "QUIC Connection information");
    if (memo->assumed && !opened)
        fm_make(d, FATHOM_QUIC_CONNECTION, memo->connection);
    else
        fm_make(d, QUIC_CONNECTION_NUMBER, memo->connection);
    fm_close(d, line, &here);
}

static void write_id(FmText *out, FmSlice id)
{
    fm_text_bytes(out, id, 0);
}

static void tell_ids(FmDissection *d, const QuicHeader *h, const char *type)
{
    FmText *info = fm_info_text(d);
    if (!info)
        return;
    fm_info(d, "%s", type);
    if (h->destination.size) {
        fm_text_literal(info, ", DCID=");
        write_id(info, h->destination);
    }
    if (h->first & QUIC_LONG_HEADER && h->source.size) {
        fm_text_literal(info, ", SCID=");
        write_id(info, h->source);
    }
}

static void put_versions(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        uint64_t version = fm_add(d, QUIC_SUPPORTED_VERSION, c);
        label_version(d, QUIC_SUPPORTED_VERSION, version, true);
    }
}

static void put_retry(FmDissection *d, FmCursor *c, const QuicHeader *h, const QuicMemo *memo)
{
    size_t tag = h->version >= 0xff000004 && h->version < 0xff000019 ? 0 : FM_QUIC_TAG;
    if (!tag) /* until draft 24 the id stood in clear, and was all that proved it */
        fm_add_bytes(d, QUIC_ODCID, c, fm_add(d, QUIC_ODCIL, c));
    if (fm_left(c) > tag)
        fm_add_bytes(d, QUIC_RETRY_TOKEN, c, fm_left(c) - tag);
    if (!tag)
        return;
    fm_add_bytes(d, QUIC_RETRY_TAG, c, tag);
    if (!memo->retry_checked)
        return;
    if (memo->retry_fits)
        fm_label_more(d, QUIC_RETRY_TAG, " [verified]");
    else
        fm_expert(d, QUIC_BAD_RETRY);
}

static const char *long_name(QuicPacketType type)
{
    static const char *const names[] = {
        [QUIC_INITIAL] = "Initial", [QUIC_ZERO_RTT] = "0-RTT", [QUIC_HANDSHAKE] = "Handshake", [QUIC_RETRY] = "Retry",
        [QUIC_VERSION_NEGOTIATION] = "Version Negotiation",
    };
    return names[type];
}

/* The first byte's lower bits are as they were before protection if the packet could be opened. */
static void put_first(FmDissection *d, const QuicHeader *h, const Opened *opened, bool open)
{
    FmCursor c = h->start;
    fm_add_value(d, QUIC_HEADER_FORM, &c, 1, h->first >> 7);
    if (h->type == QUIC_VERSION_NEGOTIATION) {
        fm_add_value(d, QUIC_VN_UNUSED, &c, 1, h->first & 0x7f);
        return;
    }
    if (h->type != QUIC_RETRY)
        fm_add_value(d, QUIC_FIXED_BIT, &c, 1, h->first >> 6 & 1);
    if (quic_is_version_2(h->version))
        fm_add_value(d, QUIC_LONG_TYPE_V2, &c, 1, h->first >> 4 & 3);
    else
        fm_add_value(d, QUIC_LONG_TYPE, &c, 1, h->first >> 4 & 3);
    if (open) {
        fm_add_value(d, QUIC_LONG_RESERVED, &c, 1, opened->first >> 2 & 3);
        fm_add_value(d, QUIC_PN_LENGTH, &c, 1, opened->first & 3);
    }
}

static void put_ids(FmDissection *d, FmCursor *c)
{
    uint64_t size = fm_add(d, QUIC_DCIL, c);
    if (size)
        fm_add_bytes(d, QUIC_DCID, c, size);
    size = fm_add(d, QUIC_SCIL, c);
    if (size)
        fm_add_bytes(d, QUIC_SCID, c, size);
}

/* Row F from a variable-length integer. */
#define add_varint(d, F, c) \
    do { FmCursor at_ = *(c); uint64_t v_ = quic_varint(c); if (fm_ok(d)) fm_add_value(d, F, &at_, (c)->at - at_.at, v_); } while (0)

static void dissect_long(FmDissection *d, FmCursor *c, QuicHeader *h, QuicMemo *memo)
{
    FmCursor peek = *c, ahead;
    FmTrouble none = { 0 };
    peek.trouble = &none; /* the same bytes are read again, and shown, below */
    quic_read_invariants(&peek, h);
    ahead = peek;
    FmFlow *flow = NULL;
    QuicConnection *q = NULL;
    QuicPath path = { .port = 0 };
    if (!fm_replaying(d) && !none.kind && !d->quoting) {
        flow = quic_find_connection(d, h, memo);
        q = flow ? quic_connection_of(d, flow) : NULL;
        path = quic_client_path(d, (QuicRole)memo->role);
    }
    FmFlowUse before = fm_flow_enter(d, flow, FM_FLOW_QUIC, memo->connection, memo->role);
    QuicSeen *seen = quic_analysis_begin(d, q);
    if (q && h->type == QUIC_RETRY && !q->retried && !none.kind) {
        memo->retry_checked = true;
        memo->retry_fits = fm_quic_retry_fits(fm_crypto(d), (uint32_t)h->version, (FmSlice){ q->original_id, q->original_id_size },
                                              fm_rest(&h->start));
    }
    if (q) {
        quic_learn_ids(d, flow, q, h, memo->role);
        if (h->type != QUIC_VERSION_NEGOTIATION && memo->role == QUIC_SERVER)
            q->version = (uint32_t)h->version; /* compatible negotiation (RFC 9368): what the server answers with */
    }
    uint64_t token = 0, length = 0;
    bool protected = h->type == QUIC_INITIAL || h->type == QUIC_ZERO_RTT || h->type == QUIC_HANDSHAKE;
    FmCursor sealed = { .start = NULL };
    Opened opened = { .first = h->first };
    if (protected && !none.kind) {
        if (h->type == QUIC_INITIAL) {
            token = quic_varint(&ahead);
            fm_skip(&ahead, token);
        }
        length = quic_varint(&ahead);
        sealed = fm_window(&ahead, MIN(length, fm_left_on_wire(&ahead)));
        uint8_t known = quic_is_known_version(h->version);
        if (!none.kind && known)
            open_packet(d, q, h, &sealed, memo, &opened);
        else if (!fm_replaying(d) && !known)
            memo->closed = QUIC_UNKNOWN_VERSION;
    }
    put_connection(d, h, memo, opened.open);
    fm_make(d, QUIC_PACKET_LENGTH, protected && sealed.start ? (uint64_t)(sealed.end - h->start.at) + sealed.lost : fm_left_on_wire(&h->start));
    put_first(d, h, &opened, opened.unmasked);
    fm_skip(c, 1);
    label_version(d, QUIC_VERSION, fm_add(d, QUIC_VERSION, c), false);
    put_ids(d, c);
    tell_ids(d, h, h->version == 0 ? "Version Negotiation" : long_name(h->type));
    if (h->type == QUIC_VERSION_NEGOTIATION) {
        put_versions(d, c);
    } else if (h->type == QUIC_RETRY) {
        put_retry(d, c, h, memo);
    } else {
        if (h->type == QUIC_INITIAL) {
            add_varint(d, QUIC_TOKEN_LENGTH, c);
            if (token)
                fm_add_bytes(d, QUIC_TOKEN, c, token);
        }
        add_varint(d, QUIC_LENGTH, c);
        FmCursor body = fm_take(c, MIN(length, fm_left_on_wire(c)));
        if (opened.unmasked)
            put_sealed(d, &body, &opened, memo, QUIC_PAYLOAD);
        else
            put_closed(d, &body, memo, h->type, h->follows);
        if (opened.open)
            put_payload(d, &opened, flow, q, h, memo, seen);
    }
    uint32_t size = (uint32_t)(protected && sealed.start ? (uint64_t)(sealed.end - h->start.at) + sealed.lost : fm_left_on_wire(&h->start));
    quic_analyse(d, q, h, memo, &path, seen, opened.open, size);
    fm_flow_leave(d, before);
}

/* All but the token looks like a packet's protected bytes (RFC 9000 §10.3); what is unpredictable begins behind the first two bits. */
static void put_reset(FmDissection *d, FmCursor *c)
{
    fm_info_constant(d, "Stateless Reset");
    fm_make(d, QUIC_PACKET_LENGTH, fm_left_on_wire(c));
    fm_add_value(d, QUIC_HEADER_FORM, c, 1, 0);
    fm_add_value(d, QUIC_FIXED_BIT, c, 1, fm_peek(c, 0, 1) >> 6 & 1);
    FmSlice bytes = fm_rest(c);
    size_t size = bytes.size - MIN(bytes.size, QUIC_RESET_TOKEN);
    if (fm_wanted(d, QUIC_UNPREDICTABLE)) {
        uint8_t *bits = fm_arena_alloc(d->arena, size + 1);
        for (size_t i = 0; i < size; i++)
            bits[i] = (uint8_t)(bytes.data[i] << 2 | (i + 1 < size ? bytes.data[i + 1] >> 6 : 0));
        fm_add_blob(d, QUIC_UNPREDICTABLE, c, size, bits, size);
    }
    fm_skip(c, size);
    if (fm_left(c))
        fm_add_bytes(d, QUIC_STATELESS_RESET, c, fm_left(c));
}

static void dissect_short(FmDissection *d, FmCursor *c, QuicHeader *h, QuicMemo *memo)
{
    FmFlow *flow = NULL;
    QuicConnection *q = NULL;
    h->first = fm_left(c) ? *c->at : 0;
    h->type = QUIC_ONE_RTT;
    QuicPath path = { .port = 0 };
    if (!fm_replaying(d) && !d->quoting) {
        flow = quic_find_connection(d, h, memo);
        q = flow ? quic_connection_of(d, flow) : NULL;
        path = quic_client_path(d, (QuicRole)memo->role);
    }
    FmFlowUse before = fm_flow_enter(d, flow, FM_FLOW_QUIC, memo->connection, memo->role);
    QuicSeen *seen = quic_analysis_begin(d, q);
    h->destination = (FmSlice){ c->at + 1, MIN(memo->id_size, fm_left(c) ? fm_left(c) - 1 : 0) };
    FmCursor sealed = *c;
    Opened opened = { .first = h->first };
    if (q && !c->lost)
        memo->reset = quic_is_reset(d, q, fm_rest(c));
    if (memo->reset) {
        put_connection(d, h, memo, true);
        put_reset(d, c);
        quic_analyse(d, q, h, memo, &path, seen, false, (uint32_t)fm_left_on_wire(&h->start));
        fm_flow_leave(d, before);
        return;
    }
    if (fm_left(c) >= 1u + memo->id_size) {
        fm_skip(&sealed, 1u + memo->id_size);
        open_packet(d, q, h, &sealed, memo, &opened);
    }
    put_connection(d, h, memo, opened.open);
    fm_make(d, QUIC_PACKET_LENGTH, fm_left_on_wire(c));
    FmSubtree line = fm_open(d, QUIC_SHORT, c);
    fm_add_value(d, QUIC_HEADER_FORM, c, 1, 0);
    fm_add_value(d, QUIC_FIXED_BIT, c, 1, h->first >> 6 & 1);
    fm_add_value(d, QUIC_SPIN_BIT, c, 1, h->first >> 5 & 1);
    if (opened.unmasked) {
        fm_add_value(d, QUIC_SHORT_RESERVED, c, 1, opened.first >> 3 & 3);
        fm_add_value(d, QUIC_KEY_PHASE, c, 1, opened.first >> 2 & 1);
        fm_add_value(d, QUIC_PN_LENGTH, c, 1, opened.first & 3);
    }
    fm_skip(c, 1);
    if (memo->id_size)
        fm_add_bytes(d, QUIC_DCID, c, memo->id_size);
    if (opened.unmasked) {
        tell_ids(d, h, opened.first & 0x04 ? "Protected Payload (KP1)" : "Protected Payload (KP0)");
        put_sealed(d, c, &opened, memo, QUIC_PROTECTED);
    } else {
        tell_ids(d, h, "Protected Payload");
        put_closed(d, c, memo, QUIC_ONE_RTT, h->follows);
    }
    if (d->want_labels) {
        FmText text = { 0 };
        if (memo->id_size) {
            fm_text_literal(&text, " DCID=");
            write_id(&text, h->destination);
        }
        if (opened.unmasked)
            fm_text_printf(&text, " PKN=%" G_GUINT64_FORMAT, memo->number);
        fm_subtree_label(d, line, "QUIC Short Header%s", fm_text_string(&text));
        fm_text_clear(&text);
    }
    fm_close(d, line, c);
    if (opened.open)
        put_payload(d, &opened, flow, q, h, memo, seen);
    quic_analyse(d, q, h, memo, &path, seen, opened.open, (uint32_t)fm_left_on_wire(&h->start));
    fm_flow_leave(d, before);
}

/* Where the packet at the front of a datagram ends; others may follow a long header's (RFC 9000 §12.2). */
static FmCursor cut_packet(const FmCursor *c)
{
    FmTrouble none = { 0 };
    FmCursor ahead = *c;
    ahead.trouble = &none;
    QuicHeader h = { .start = *c };
    if (!fm_left(c) || !(*c->at & QUIC_LONG_HEADER))
        return *c;
    quic_read_invariants(&ahead, &h);
    if (h.type != QUIC_INITIAL && h.type != QUIC_ZERO_RTT && h.type != QUIC_HANDSHAKE)
        return *c;
    if (h.type == QUIC_INITIAL)
        fm_skip(&ahead, quic_varint(&ahead));
    uint64_t length = quic_varint(&ahead);
    if (none.kind || length > fm_left(&ahead))
        return *c;
    FmCursor packet = *c;
    packet.end = ahead.at + length;
    packet.lost = 0;
    return packet;
}

static void dissect_packet(FmDissection *d, FmCursor *c, bool follows)
{
    QuicMemo *memo = fm_memo(d);
    QuicHeader h = { .start = *c, .follows = follows };
    if (fm_left(c) && *c->at & QUIC_LONG_HEADER)
        dissect_long(d, c, &h, memo);
    else
        dissect_short(d, c, &h, memo);
}

/* What follows in a datagram is a packet of the same connection, or it pads (RFC 9000 §12.2; a fixed bit may be greased, RFC 9287). */
static bool is_padding(const FmCursor *c, FmSlice id)
{
    if (*c->at & (QUIC_LONG_HEADER | FIXED_BIT))
        return false;
    return fm_left(c) <= id.size || !id.size || memcmp(c->at + 1, id.data, id.size) != 0;
}

static FmSlice destination_of(const FmCursor *c)
{
    FmTrouble none = { 0 };
    FmCursor ahead = *c;
    ahead.trouble = &none;
    QuicHeader h = { .start = *c };
    if (!fm_left(c) || !(*c->at & QUIC_LONG_HEADER))
        return (FmSlice){ 0 };
    quic_read_invariants(&ahead, &h);
    return h.destination;
}

static void quic_dissect(FmDissection *d, FmCursor *c)
{
    FmSlice id = destination_of(c);
    for (unsigned n = 0; fm_left(c) && fm_ok(d); n++) {
        if (n && is_padding(c, id)) {
            FmSubtree padding = fm_open(d, QUIC_COALESCED_PADDING, c);
            fm_skip(c, fm_left(c));
            fm_close(d, padding, c);
            return;
        }
        FmCursor packet = cut_packet(c);
        size_t size = fm_left(&packet);
        if (!n) {
            fm_length(d, size);
            dissect_packet(d, &packet, false);
        } else { /* each packet is a layer's line of its own */
            fm_up(d);
            FmSubtree line = fm_open(d, QUIC, c);
            dissect_packet(d, &packet, true);
            fm_close(d, line, &packet);
            fm_down(d);
        }
        fm_skip(c, size);
    }
}

/* ---- recognizing ---- */

static bool is_long(FmSlice bytes, bool met)
{
    if (bytes.size < 7 || !(bytes.data[0] & QUIC_LONG_HEADER))
        return false;
    uint64_t version = fm_be(bytes.data + 1, 4);
    size_t destination = bytes.data[5];
    if (destination > FM_FLOW_ID_SIZE || bytes.size < 7 + destination)
        return false;
    size_t source = bytes.data[6 + destination];
    if (source > FM_FLOW_ID_SIZE || bytes.size < 7 + destination + source)
        return false;
    if (!version)
        return bytes.size >= 11 + destination + source && (bytes.size - 7 - destination - source) % 4 == 0;
    return met || quic_is_known_version(version);
}

static bool quic_probe(const FmDissection *d, FmSlice bytes)
{
    bool met = !d->quoting && !d->replaying && quic_find_path(d);
    if (is_long(bytes, met))
        return true;
    if (bytes.size < MIN_SHORT_SIZE || bytes.data[0] & QUIC_LONG_HEADER || d->quoting || d->replaying)
        return false;
    if (met)
        return true;
    unsigned size; /* without the bit, which may be greased (RFC 9287), an id that nobody hits by chance */
    bool found = quic_find_short(d, bytes, &size);
    return found && (bytes.data[0] & FIXED_BIT || size >= LONG_ID_SIZE);
}

const FmProtocol fm_quic = {
    .abbrev = "quic",
    .name = "QUIC",
    .title = "QUIC IETF",
    FM_FIELDS(fields),
    .dissect = quic_dissect,
    .probe = quic_probe,
    .probe_on = FM_UDP_PORT,
    .state_size = sizeof(QuicConnection),
    .memo_size = sizeof(QuicMemo),
};
