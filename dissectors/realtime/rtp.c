/* RTP (RFC 3550), its header extensions (RFC 8285) and the outside of SRTP (RFC 3711). */
#include "config.h"

#include "dissectors/realtime/rtp.h"
#include "dissectors/realtime/srtp.h"

enum {
    RTP, RTP_SETUP, RTP_SETUP_FRAME, RTP_SETUP_METHOD, RTP_VERSION, RTP_PADDING, RTP_EXT, RTP_CC, RTP_MARKER, RTP_P_TYPE, RTP_SEQ, RTP_EXTSEQ,
    RTP_TIMESTAMP, RTP_SSRC, RTP_CSRC_ITEMS, RTP_CSRC_ITEM, RTP_EXT_PROFILE, RTP_EXT_LEN, RTP_HDR_EXTS, RTP_HDR_EXT, RTP_EXT_5285_ID,
    RTP_EXT_5285_LEN, RTP_EXT_5285_APPBITS, RTP_EXT_5285_DATA, RTP_PAYLOAD, RTP_PADDING_DATA, RTP_PADDING_COUNT, RTP_PADDING_MISSING,
    SRTP_ENC_PAYLOAD, SRTP_MKI, SRTP_AUTH_TAG, FATHOM_RTP_LOST, FATHOM_RTP_LATE, FATHOM_RTP_CODEC,
    FATHOM_RTP_CLOCK,
};

static const FmName versions[] = {
    { 0, 0, "Old VAT Version" }, { 1, 0, "First Draft Version" }, { 2, 0, "RFC 1889 Version" }, { 0 },
};

static const FmName payload_types[] = { /* RFC 3551 §6 */
    { 0, 0, "ITU-T G.711 PCMU" }, { 1, 0, "USA Federal Standard FS-1016" }, { 2, 0, "ITU-T G.721" }, { 3, 0, "GSM 06.10" },
    { 4, 0, "ITU-T G.723" }, { 5, 0, "DVI4 8000 samples/s" }, { 6, 0, "DVI4 16000 samples/s" },
    { 7, 0, "Experimental linear predictive encoding from Xerox PARC" }, { 8, 0, "ITU-T G.711 PCMA" }, { 9, 0, "ITU-T G.722" },
    { 10, 0, "16-bit uncompressed audio, stereo" }, { 11, 0, "16-bit uncompressed audio, monaural" },
    { 12, 0, "Qualcomm Code Excited Linear Predictive coding" }, { 13, 0, "Comfort noise" }, { 14, 0, "MPEG-I/II Audio" },
    { 15, 0, "ITU-T G.728" }, { 16, 0, "DVI4 11025 samples/s" }, { 17, 0, "DVI4 22050 samples/s" }, { 18, 0, "ITU-T G.729" },
    { 19, 0, "Comfort noise (old)" }, { 20, 24, "Unassigned" }, { 25, 0, "Sun CellB video encoding" }, { 26, 0, "JPEG-compressed video" },
    { 27, 0, "Unassigned" }, { 28, 0, "'nv' program" }, { 29, 30, "Unassigned" }, { 31, 0, "ITU-T H.261" }, { 32, 0, "MPEG-I/II Video" },
    { 33, 0, "MPEG-II transport streams" }, { 34, 0, "ITU-T H.263" }, { 35, 71, "Unassigned" },
    { 72, 76, "Reserved for RTCP conflict avoidance" }, { 77, 95, "Unassigned" }, { 0 },
};

const char *fm_rtp_payload_type(uint64_t type)
{
    return fm_name(payload_types, type);
}

static const FmField fields[] = {
    [RTP] = { "rtp", "Real-Time Transport Protocol", FM_PROTOCOL },
    [RTP_SETUP] = { "rtp.setup", "Stream setup", FM_STRING, .generated = true },
    [RTP_SETUP_FRAME] = { "rtp.setup-frame", "Setup frame", FM_FRAMENUM, .generated = true },
    [RTP_SETUP_METHOD] = { "rtp.setup-method", "Setup Method", FM_STRING, .generated = true },
    [RTP_VERSION] = { "rtp.version", "Version", FM_UINT8, FM_DEC, 0xc0, .names = versions },
    [RTP_PADDING] = { "rtp.padding", "Padding", FM_BOOL8, FM_BASE_NONE, 0x20 },
    [RTP_EXT] = { "rtp.ext", "Extension", FM_BOOL8, FM_BASE_NONE, 0x10 },
    [RTP_CC] = { "rtp.cc", "Contributing source identifiers count", FM_UINT8, FM_DEC, 0x0f },
    [RTP_MARKER] = { "rtp.marker", "Marker", FM_BOOL8, FM_BASE_NONE, 0x80 },
    [RTP_P_TYPE] = { "rtp.p_type", "Payload type", FM_UINT8, FM_DEC, 0x7f },
    [RTP_SEQ] = { "rtp.seq", "Sequence number", FM_UINT16, FM_DEC },
    [RTP_EXTSEQ] = { "rtp.extseq", "Extended sequence number", FM_UINT32, FM_DEC, .generated = true },
    [RTP_TIMESTAMP] = { "rtp.timestamp", "Timestamp", FM_UINT32, FM_DEC },
    [RTP_SSRC] = { "rtp.ssrc", "Synchronization Source identifier", FM_UINT32, FM_HEX_DEC },
    [RTP_CSRC_ITEMS] = { "rtp.csrc.items", "Contributing Source identifiers", FM_NONE },
    [RTP_CSRC_ITEM] = { "rtp.csrc.item", "CSRC item", FM_UINT32, FM_HEX_DEC },
    [RTP_EXT_PROFILE] = { "rtp.ext.profile", "Defined by profile", FM_UINT16, FM_HEX_DEC },
    [RTP_EXT_LEN] = { "rtp.ext.len", "Extension length", FM_UINT16, FM_DEC },
    [RTP_HDR_EXTS] = { "rtp.hdr_exts", "Header extensions", FM_NONE },
    [RTP_HDR_EXT] = { "rtp.hdr_ext", "Header extension", FM_UINT32, FM_HEX_DEC },
    [RTP_EXT_5285_ID] = { "rtp.ext.rfc5285.id", "Identifier", FM_UINT8, FM_DEC },
    [RTP_EXT_5285_LEN] = { "rtp.ext.rfc5285.len", "Length", FM_UINT8, FM_DEC },
    [RTP_EXT_5285_APPBITS] = { "rtp.ext.rfc5285.appbits", "Application Bits", FM_UINT8, FM_DEC },
    [RTP_EXT_5285_DATA] = { "rtp.ext.rfc5285.data", "Extension Data", FM_BYTES },
    [RTP_PAYLOAD] = { "rtp.payload", "Payload", FM_BYTES },
    [RTP_PADDING_DATA] = { "rtp.padding.data", "Padding data", FM_BYTES },
    [RTP_PADDING_COUNT] = { "rtp.padding.count", "Padding count", FM_UINT8, FM_DEC },
    [RTP_PADDING_MISSING] = { "rtp.padding_missing", "Frame too short for its padding", FM_EXPERT, .severity = FM_ERROR,
                              .group = FM_GROUP_MALFORMED },
    [SRTP_ENC_PAYLOAD] = { "srtp.enc_payload", "SRTP Encrypted Payload", FM_BYTES },
    [SRTP_MKI] = { "srtp.mki", "SRTP MKI", FM_BYTES },
    [SRTP_AUTH_TAG] = { "srtp.auth_tag", "SRTP Auth Tag", FM_BYTES },
    [FATHOM_RTP_LOST] = { "fathom.rtp.lost", "Packets missing before this one", FM_UINT32, FM_DEC, .generated = true },
    [FATHOM_RTP_CODEC] = { "fathom.rtp.codec", "Codec by the session description", FM_STRING, .generated = true, .hidden = true },
    [FATHOM_RTP_CLOCK] = { "fathom.rtp.clock", "Clock by the session description", FM_UINT32, FM_DEC, .unit = " Hz", .generated = true, .hidden = true },
    [FATHOM_RTP_LATE] = { "fathom.rtp.late", "Came after its successors", FM_BOOL8, FM_BASE_NONE, .generated = true },
};

enum { PREF_HEURISTIC, PREF_GUESS };

static const FmPreference preferences[] = {
    [PREF_HEURISTIC] = { "rtp.heuristic_udp", "Take any datagram that looks like RTP for RTP, one by one", FM_PREF_BOOL, 0 },
    [PREF_GUESS] = { "rtp.heuristic_two_in_a_row", "Take datagrams for RTP once two in a row follow each other in sequence", FM_PREF_BOOL, 0 },
};

#define HEADER_SIZE 12
#define DYNAMIC_FIRST 96
#define EVENT_TYPE 101   /* where nobody said otherwise */
#define CISCO_EVENT_TYPE 100
#define REDUNDANT_TYPE 99
#define ONE_BYTE_HEADER 0xbede
#define TWO_BYTE_HEADER 0x100 /* upper 12 bits */

typedef struct RtpMemo {
    RtpSetup setup;
    uint32_t extended;
    uint32_t lost;
    bool late;
    SrtpOpening opening;
} RtpMemo;

/* The place of an SSRC; the oldest ones make room. */
static struct RtpSource *source_of(RtpState *state, unsigned direction, uint32_t ssrc)
{
    struct RtpSource *sources = state->sources[direction];
    unsigned i = 0;
    while (i < RTP_SOURCES - 1 && sources[i].used && sources[i].ssrc != ssrc)
        i++;
    if (sources[i].ssrc != ssrc)
        sources[i] = (struct RtpSource){ .ssrc = ssrc };
    return &sources[i];
}

/* The number of 32 bits that fits the one before (RFC 3550 A.1). A first one below half of the range counts as if one cycle had passed, so that
 * what came before it on the wire can still be numbered. */
static uint32_t extend(uint32_t before, uint16_t seq)
{
    uint32_t extended = (before & 0xffff0000u) | seq;
    if (extended + 0x8000u < before)
        extended += 0x10000u;
    else if (extended > before + 0x8000u && extended >= 0x10000u)
        extended -= 0x10000u;
    return extended;
}

/* Finds gaps, by source. What is shown as the extended number goes on from the flow's last packet in that direction, whatever its source, as
 * tshark's. */
static void follow_sequence(FmDissection *d, RtpState *state, RtpMemo *memo, uint32_t ssrc, uint16_t seq)
{
    uint32_t *last = &state->last[fm_direction(d)];
    *last = memo->extended = extend(*last ? *last : 0x10000u, seq);
    struct RtpSource *s = source_of(state, fm_direction(d), ssrc);
    if (!s->used) {
        *s = (struct RtpSource){ ssrc, extend(0x10000u, seq), true };
        return;
    }
    uint32_t extended = extend(s->highest, seq);
    memo->late = extended <= s->highest;
    if (extended > s->highest) {
        memo->lost = extended - s->highest - 1;
        s->highest = extended;
    }
}

static void put_setup(FmDissection *d, const RtpMemo *memo)
{
    if (!memo->setup.method)
        return;
    fm_make_text(d, RTP_SETUP, "");
    fm_label(d, RTP_SETUP, "Stream setup by %s (frame %u)", memo->setup.method, memo->setup.frame);
    fm_down(d);
    fm_make(d, RTP_SETUP_FRAME, memo->setup.frame);
    fm_make_text(d, RTP_SETUP_METHOD, memo->setup.method);
    fm_up(d);
}

/* Elements that go past the end are cipher text (RFC 6904, RFC 9335): what follows is not looked at. */
static void put_one_byte_extensions(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        if (!*c->at) { /* padding */
            fm_skip(c, 1);
            continue;
        }
        unsigned id = *c->at >> 4, length = (*c->at & 0x0fu) + 1;
        if (id != 15 && length >= fm_left_on_wire(c)) {
            fm_skip(c, fm_left(c));
            return;
        }
        FmSubtree line = fm_open_text(d, c, "RFC 5285 Header Extension (One-Byte Header)");
        fm_add_value(d, RTP_EXT_5285_ID, c, 1, id);
        if (id == 15) { /* nothing may follow */
            fm_skip(c, 1);
            fm_close(d, line, c);
            return;
        }
        fm_add_value(d, RTP_EXT_5285_LEN, c, 1, length);
        fm_skip(c, 1);
        fm_add_bytes(d, RTP_EXT_5285_DATA, c, length);
        fm_close(d, line, c);
    }
}

static void put_two_byte_extensions(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        if (!*c->at) {
            fm_skip(c, 1);
            continue;
        }
        FmSubtree line = fm_open_text(d, c, "RFC 5285 Header Extension (Two-Byte Header)");
        fm_add(d, RTP_EXT_5285_ID, c);
        uint64_t length = fm_add(d, RTP_EXT_5285_LEN, c);
        if (length > fm_left_on_wire(c)) {
            fm_close(d, line, c);
            return;
        }
        if (length)
            fm_add_bytes(d, RTP_EXT_5285_DATA, c, length);
        fm_close(d, line, c);
    }
}

static void put_extension(FmDissection *d, FmCursor *c)
{
    uint64_t profile = fm_add(d, RTP_EXT_PROFILE, c);
    fm_label(d, RTP_EXT_PROFILE, "Defined by profile: Unknown (0x%04x)", (unsigned)profile);
    uint64_t words = fm_add(d, RTP_EXT_LEN, c);
    if (!words)
        return;
    FmCursor inner = fm_take(c, words * 4);
    FmSubtree line = fm_open(d, RTP_HDR_EXTS, &inner);
    if (profile == ONE_BYTE_HEADER) {
        put_one_byte_extensions(d, &inner);
    } else if (profile >> 4 == TWO_BYTE_HEADER) {
        put_two_byte_extensions(d, &inner);
    } else {
        while (fm_left(&inner))
            fm_add(d, RTP_HDR_EXT, &inner);
    }
    fm_close(d, line, &inner);
}

/* Is this what the setup calls `name`, or, where it does not say, a type that usually means it? */
static bool is_named(const RtpSetup *setup, uint64_t type, const char *name, uint64_t usual, uint64_t other)
{
    const char *told = fm_rtp_format_name(setup, type);
    return told ? g_ascii_strcasecmp(told, name) == 0 : type == usual || type == other;
}

/* Payload that has a protocol of its own. */
static bool dissect_named(FmDissection *d, const RtpMemo *memo, uint64_t type, FmCursor *payload)
{
    bool event = is_named(&memo->setup, type, "telephone-event", EVENT_TYPE, CISCO_EVENT_TYPE);
    bool redundant = is_named(&memo->setup, type, "red", REDUNDANT_TYPE, REDUNDANT_TYPE);
    if (event)
        fm_call(d, &fm_rtp_event, payload);
    else if (redundant)
        fm_call(d, &fm_rtp_redundant, payload);
    return event || redundant;
}

/* Cipher text, key identifier and tag (RFC 3711 §3.1); and what they hide, where the keys are known. */
static void put_protected(FmDissection *d, FmCursor *c, RtpMemo *memo, const FmCursor *whole, bool padded, uint64_t type)
{
    unsigned tag = fm_srtp_tag_size(memo->setup.profile), behind = tag + memo->setup.mki;
    FmSlice packet = { whole->at, fm_left(whole) };
    size_t header = (size_t)(c->at - whole->at);
    fm_protocol_column(d, "SRTP");
    if (fm_left(c) > behind)
        fm_add_bytes(d, SRTP_ENC_PAYLOAD, c, fm_left(c) - behind);
    if (memo->setup.mki && fm_left(c) == behind)
        fm_add_bytes(d, SRTP_MKI, c, memo->setup.mki);
    if (tag && fm_left(c))
        fm_add_bytes(d, SRTP_AUTH_TAG, c, fm_left(c));
    FmCursor plain;
    if (!whole->lost && !memo->setup.mki && srtp_open(d, &memo->opening, packet, header, padded, &plain) && fm_left(&plain))
        dissect_named(d, memo, type, &plain);
}

/* What the header does not cover: payload and padding, or cipher text and tag. */
static void put_payload(FmDissection *d, FmCursor *c, RtpMemo *memo, const FmCursor *whole, bool padded, uint64_t type)
{
    if (memo->setup.profile && memo->setup.profile != SRTP_UNKNOWN) {
        put_protected(d, c, memo, whole, padded, type);
        return;
    }
    if (memo->setup.profile)
        fm_protocol_column(d, "SRTP");
    uint64_t padding = padded && fm_left(c) && !c->lost ? c->end[-1] : 0;
    if (padded && (!padding || padding > fm_left(c))) {
        if (!c->lost)
            fm_expert(d, RTP_PADDING_MISSING);
        padding = 0;
    }
    FmCursor payload = fm_take(c, fm_left_on_wire(c) - padding), bytes = payload;
    if (fm_left(&payload)) {
        uint32_t before = d->packet->node_count;
        fm_add_bytes(d, RTP_PAYLOAD, &bytes, fm_left(&bytes));
        uint32_t behind = d->packet->node_count;
        if (dissect_named(d, memo, type, &payload) && behind > before)
            d->packet->nodes[before].flags |= FM_NODE_HIDDEN;
    }
    if (!padding)
        return;
    if (padding > 1)
        fm_add_bytes(d, RTP_PADDING_DATA, c, padding - 1);
    fm_add(d, RTP_PADDING_COUNT, c);
}

/* "telephone-event", "ITU-T G.711 PCMU", "DynamicRTP-Type-96" */
static const char *type_name(const RtpSetup *setup, uint64_t type, char *room, size_t size)
{
    const char *name = fm_rtp_format_name(setup, type);
    if (!name)
        name = fm_name(payload_types, type);
    if (name)
        return name;
    g_snprintf(room, size, "DynamicRTP-Type-%u", (unsigned)type);
    return room;
}

static void tell(FmDissection *d, const char *type, uint64_t ssrc, uint64_t seq, uint64_t timestamp, bool marker)
{
    fm_info(d, "PT=%s, SSRC=0x%X, Seq=%u, Time=%u%s", type, (unsigned)ssrc, (unsigned)seq, (unsigned)timestamp, marker ? ", Mark" : "");
}

static void rtp_dissect(FmDissection *d, FmCursor *c)
{
    RtpMemo *memo = fm_memo(d);
    FmCursor whole = *c;
    if (!fm_replaying(d) && fm_left(c) >= HEADER_SIZE) {
        RtpState *state = fm_rtp_state(d);
        if (state) {
            if (!fm_rtp_setup(d))
                state->setup = (RtpSetup){ .method = "HEUR RTP", .frame = fm_frame_number(d) };
            memo->setup = state->setup;
            if (!state->setup.announced) { /* guessed for each direction */
                uint32_t *first = &state->guessed[fm_direction(d)];
                memo->setup.frame = *first = *first ? *first : fm_frame_number(d);
            }
            follow_sequence(d, state, memo, (uint32_t)fm_peek(c, 8, 4), (uint16_t)fm_peek(c, 2, 2));
        }
    }
    put_setup(d, memo);
    fm_add_bits(d, RTP_VERSION, c);
    bool padded = fm_add_bits(d, RTP_PADDING, c);
    bool extended = fm_add_bits(d, RTP_EXT, c);
    uint64_t sources = fm_add(d, RTP_CC, c);
    bool marker = fm_add_bits(d, RTP_MARKER, c);
    uint64_t type = fm_add(d, RTP_P_TYPE, c);
    char room[32];
    const char *name = type_name(&memo->setup, type, room, sizeof room);
    fm_label(d, RTP_P_TYPE, "Payload type: %s (%u)", name, (unsigned)type);
    const struct RtpFormat *format = fm_rtp_format(&memo->setup, type);
    if (format) {
        fm_make_text(d, FATHOM_RTP_CODEC, format->name);
        if (format->clock)
            fm_make(d, FATHOM_RTP_CLOCK, format->clock);
    }
    uint64_t seq = fm_add(d, RTP_SEQ, c);
    if (memo->setup.method)
        fm_make(d, RTP_EXTSEQ, memo->extended);
    uint64_t timestamp = fm_add(d, RTP_TIMESTAMP, c);
    uint64_t ssrc = fm_add(d, RTP_SSRC, c);
    tell(d, name, ssrc, seq, timestamp, marker);
    if (memo->lost)
        fm_make(d, FATHOM_RTP_LOST, memo->lost);
    if (memo->late)
        fm_make(d, FATHOM_RTP_LATE, 1);
    if (sources) {
        FmCursor items = fm_take(c, sources * 4);
        FmSubtree line = fm_open(d, RTP_CSRC_ITEMS, &items);
        fm_subtree_label(d, line, "Contributing Source identifiers (%u item%s)", (unsigned)sources, sources == 1 ? "" : "s");
        for (unsigned i = 0; fm_left(&items); i++) {
            uint64_t source = fm_add(d, RTP_CSRC_ITEM, &items);
            fm_label(d, RTP_CSRC_ITEM, "CSRC item %u: 0x%X", i, (unsigned)source);
        }
        fm_close(d, line, &items);
    }
    if (extended)
        put_extension(d, c);
    if (fm_ok(d) && fm_left(c))
        put_payload(d, c, memo, &whole, padded, type);
}

/* Two datagrams in a row of one source, the second the next in sequence. */
static bool guess(RtpState *state, unsigned direction, FmSlice bytes)
{
    struct RtpGuess now = { (uint32_t)fm_be(bytes.data + 8, 4), (uint16_t)fm_be(bytes.data + 2, 2), bytes.data[1] & 0x7f, true };
    struct RtpGuess *before = &state->guess[direction];
    bool known = now.type < 35 || now.type >= DYNAMIC_FIRST;
    bool fits = before->seen && known && before->ssrc == now.ssrc && before->type == now.type && (uint16_t)(now.seq - before->seq) == 1;
    *before = now;
    return fits;
}

/* Header, sources, extension and padding lie within the datagram. */
static bool holds_together(FmSlice bytes)
{
    size_t header = HEADER_SIZE + 4 * (size_t)(bytes.data[0] & 0x0f);
    if (header > bytes.size)
        return false;
    if (bytes.data[0] & 0x10) {
        if (header + 4 > bytes.size)
            return false;
        header += 4 + 4 * (size_t)fm_be(bytes.data + header + 2, 2);
    }
    size_t padding = bytes.data[0] & 0x20 ? bytes.data[bytes.size - 1] : 0;
    return header + padding <= bytes.size && (padding || !(bytes.data[0] & 0x20));
}

static bool rtp_probe(const FmDissection *d, FmSlice bytes)
{
    if (bytes.size < 2 || bytes.data[0] >> 6 != 2 || !d->flow || d->quoting)
        return false;
    bool control = bytes.data[1] >= 192 && bytes.data[1] <= 223; /* RTCP's types on the same port look like this (RFC 5761 §4) */
    const RtpSetup *setup = fm_rtp_setup(d);
    if (control || (setup && setup->control))
        return false;
    if (setup && setup->announced)
        return true;
    if (bytes.size < HEADER_SIZE || !holds_together(bytes))
        return false;
    if (setup)
        return true;
    unsigned number = fm_catalog_number(d->catalog, &fm_rtp);
    if (fm_catalog_number_preference(d->catalog, number, PREF_HEURISTIC))
        return (bytes.data[1] & 0x7f) < 72 || (bytes.data[1] & 0x7f) > 76;
    return fm_catalog_number_preference(d->catalog, number, PREF_GUESS) && guess(fm_rtp_state(d), fm_direction(d), bytes);
}

const FmProtocol fm_rtp = {
    .abbrev = "rtp",
    .name = "RTP",
    .title = "Real-Time Transport Protocol",
    FM_FIELDS(fields),
    FM_PREFERENCES(preferences),
    .dissect = rtp_dissect,
    .probe = rtp_probe,
    .probe_on = FM_UDP_PORT,
    .state_size = sizeof(RtpState),
    .memo_size = sizeof(RtpMemo),
};
