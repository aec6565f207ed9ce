/* Frames of QUIC (RFC 9000 §19, RFC 9221; acknowledgement frequency and time stamps by their drafts). */
#include "config.h"

#include <inttypes.h>

#include "dissectors/fragments.h"
#include "dissectors/quic/quic_analysis.h"
#include "dissectors/security/tls_handshake.h"

enum {
    FRAME, FRAME_TYPE, PADDING_LENGTH, ACK_LARGEST, ACK_DELAY, ACK_RANGE_COUNT, ACK_FIRST_RANGE, ACK_GAP, ACK_RANGE, ACK_ECT0, ACK_ECT1, ACK_CE,
    RSTS_STREAM_ID, RSTS_ERROR, RSTS_FINAL_SIZE, SS_STREAM_ID, SS_ERROR, CRYPTO_OFFSET, CRYPTO_LENGTH, CRYPTO_DATA, NT_LENGTH, NT_TOKEN,
    STREAM_FIN, STREAM_LEN, STREAM_OFF, STREAM_ID, STREAM_INITIATOR, STREAM_DIRECTION, STREAM_OFFSET, STREAM_LENGTH, STREAM_DATA, MD_MAXIMUM,
    MSD_STREAM_ID, MSD_MAXIMUM, MS_MAX_STREAMS, SDB_STREAM_ID, SB_LIMIT, SIB_LIMIT, NCI_SEQUENCE, NCI_RETIRE, NCI_SIZE, NCI_ID, NCI_TOKEN,
    RCI_SEQUENCE, PC_DATA, PR_DATA, CC_ERROR, CC_ERROR_APP, CC_ALERT, CC_FRAME_TYPE, CC_REASON_LENGTH, CC_REASON, DG_LENGTH, DG_DATA,
    AF_SEQUENCE, AF_THRESHOLD, AF_DELAY, AF_LAST_BYTE, AF_RESERVED, AF_IGNORE_ORDER, AF_IGNORE_CE, TS, UNKNOWN_TYPE,
    RETRANSMISSION, OVERLAP, CRYPTO_FRAGMENTS, /* and ten more: see fragments.h */
    STREAM_FRAGMENTS = CRYPTO_FRAGMENTS + FM_REASSEMBLED_DATA + 1, ROWS = STREAM_FRAGMENTS + FM_REASSEMBLED_DATA + 1,
};

enum { /* frame types */
    F_PADDING, F_PING, F_ACK, F_ACK_ECN, F_RESET_STREAM, F_STOP_SENDING, F_CRYPTO, F_NEW_TOKEN, F_STREAM, F_STREAM_LAST = 0x0f, F_MAX_DATA,
    F_MAX_STREAM_DATA, F_MAX_STREAMS_BIDI, F_MAX_STREAMS_UNI, F_DATA_BLOCKED, F_STREAM_DATA_BLOCKED, F_STREAMS_BLOCKED_BIDI,
    F_STREAMS_BLOCKED_UNI, F_NEW_CONNECTION_ID, F_RETIRE_CONNECTION_ID, F_PATH_CHALLENGE, F_PATH_RESPONSE, F_CONNECTION_CLOSE,
    F_CONNECTION_CLOSE_APP, F_HANDSHAKE_DONE, F_DATAGRAM = 0x30, F_DATAGRAM_LENGTH, F_IMMEDIATE_ACK = 0xac, F_ACK_FREQUENCY = 0xaf,
    F_TIME_STAMP = 0x2f5,
};

static const FmName types[] = {
    { F_PADDING, 0, "PADDING" }, { F_PING, 0, "PING" }, { F_ACK, F_ACK_ECN, "ACK" }, { F_RESET_STREAM, 0, "RESET_STREAM" },
    { F_STOP_SENDING, 0, "STOP_SENDING" }, { F_CRYPTO, 0, "CRYPTO" }, { F_NEW_TOKEN, 0, "NEW_TOKEN" }, { F_STREAM, F_STREAM_LAST, "STREAM" },
    { F_MAX_DATA, 0, "MAX_DATA" }, { F_MAX_STREAM_DATA, 0, "MAX_STREAM_DATA" }, { F_MAX_STREAMS_BIDI, 0, "MAX_STREAMS (BIDI)" },
    { F_MAX_STREAMS_UNI, 0, "MAX_STREAMS (UNI)" }, { F_DATA_BLOCKED, 0, "DATA_BLOCKED" }, { F_STREAM_DATA_BLOCKED, 0, "STREAM_DATA_BLOCKED" },
    { F_STREAMS_BLOCKED_BIDI, 0, "STREAMS_BLOCKED (BIDI)" }, { F_STREAMS_BLOCKED_UNI, 0, "STREAMS_BLOCKED (UNI)" },
    { F_NEW_CONNECTION_ID, 0, "NEW_CONNECTION_ID" }, { F_RETIRE_CONNECTION_ID, 0, "RETIRE_CONNECTION_ID" },
    { F_PATH_CHALLENGE, 0, "PATH_CHALLENGE" }, { F_PATH_RESPONSE, 0, "PATH_RESPONSE" }, { F_CONNECTION_CLOSE, 0, "CONNECTION_CLOSE (Transport)" },
    { F_CONNECTION_CLOSE_APP, 0, "CONNECTION_CLOSE (Application)" }, { F_HANDSHAKE_DONE, 0, "HANDSHAKE_DONE" },
    { F_DATAGRAM, F_DATAGRAM_LENGTH, "DATAGRAM" }, { 0x40, 0, "MP_NEW_CONNECTION_ID" }, { 0x41, 0, "MP_RETIRE_CONNECTION_ID" },
    { 0x42, 0x43, "MP_ACK" }, { 0x44, 0, "ADD_ADDRESS" }, { 0x45, 0, "REMOVE_ADDRESS" }, { 0x46, 0, "UNIFLOWS" },
    { F_IMMEDIATE_ACK, 0, "IMMEDIATE_ACK" }, { F_ACK_FREQUENCY, 0, "ACK_FREQUENCY" }, { F_TIME_STAMP, 0, "TIME_STAMP" }, { 0 },
};

static const FmName errors[] = { /* RFC 9000 §20.1 */
    { 0, 0, "NO_ERROR" }, { 1, 0, "INTERNAL_ERROR" }, { 2, 0, "CONNECTION_REFUSED" }, { 3, 0, "FLOW_CONTROL_ERROR" }, { 4, 0, "STREAM_ID_ERROR" },
    { 5, 0, "STREAM_STATE_ERROR" }, { 6, 0, "FINAL_SIZE_ERROR" }, { 7, 0, "FRAME_ENCODING_ERROR" }, { 8, 0, "TRANSPORT_PARAMETER_ERROR" },
    { 9, 0, "CONNECTION_ID_LIMIT_ERROR" }, { 10, 0, "PROTOCOL_VIOLATION" }, { 11, 0, "INVALID_TOKEN" }, { 12, 0, "APPLICATION_ERROR" },
    { 13, 0, "CRYPTO_BUFFER_EXCEEDED" }, { 14, 0, "KEY_UPDATE_ERROR" }, { 15, 0, "AEAD_LIMIT_REACHED" }, { 16, 0, "NO_VIABLE_PATH" },
    { 17, 0, "VERSION_NEGOTIATION_ERROR" }, { 0x100, 0x1ff, "CRYPTO_ERROR" }, { 0 },
};

static const FmName alerts[] = { /* RFC 8446 §6 */
    { 0, 0, "Close Notify" }, { 10, 0, "Unexpected Message" }, { 20, 0, "Bad Record MAC" }, { 22, 0, "Record Overflow" },
    { 40, 0, "Handshake Failure" }, { 42, 0, "Bad Certificate" }, { 43, 0, "Unsupported Certificate" }, { 44, 0, "Certificate Revoked" },
    { 45, 0, "Certificate Expired" }, { 46, 0, "Certificate Unknown" }, { 47, 0, "Illegal Parameter" }, { 48, 0, "Unknown CA" },
    { 49, 0, "Access Denied" }, { 50, 0, "Decode Error" }, { 51, 0, "Decrypt Error" }, { 70, 0, "Protocol Version" },
    { 71, 0, "Insufficient Security" }, { 80, 0, "Internal Error" }, { 86, 0, "Inappropriate Fallback" }, { 90, 0, "User Canceled" },
    { 109, 0, "Missing Extension" }, { 110, 0, "Unsupported Extension" }, { 112, 0, "Unrecognized Name" },
    { 113, 0, "Bad Certificate Status Response" }, { 115, 0, "Unknown PSK Identity" }, { 116, 0, "Certificate Required" },
    { 120, 0, "No application Protocol" }, { 121, 0, "ECH Required" }, { 0 },
};

static const FmName initiators[] = { { 0, 0, "Client-initiated" }, { 1, 0, "Server-initiated" }, { 0 } };
static const FmName directions[] = { { 0, 0, "Bidirectional" }, { 1, 0, "Unidirectional" }, { 0 } };

#define FRAGMENT_ROWS(base, P, N) \
    [(base) + FM_FRAGMENTS] = { P ".fragments", "Reassembled " N " Fragments", FM_NONE }, \
    [(base) + FM_FRAGMENT] = { P ".fragment", N " Fragment", FM_FRAMENUM }, \
    [(base) + FM_FRAGMENT_ERROR] = { P ".fragment.error", "Reassembling error", FM_FRAMENUM }, \
    [(base) + FM_FRAGMENT_IS_OVERLAP] = { P ".fragment.overlap", "Fragment overlap", FM_BOOL8 }, \
    [(base) + FM_FRAGMENT_IS_CONFLICT] = { P ".fragment.overlap.conflict", "Conflicting data in fragment overlap", FM_BOOL8 }, \
    [(base) + FM_FRAGMENT_IS_MULTIPLE_TAILS] = { P ".fragment.multipletails", "Multiple tail fragments found", FM_BOOL8 }, \
    [(base) + FM_FRAGMENT_IS_TOO_LONG] = { P ".fragment.toolongfragment", "Fragment too long", FM_BOOL8 }, \
    [(base) + FM_FRAGMENT_COUNT] = { P ".fragment.count", "Fragment count", FM_UINT32, FM_DEC }, \
    [(base) + FM_REASSEMBLED_IN] = { P ".reassembled_in", "Reassembled PDU in frame", FM_FRAMENUM, .generated = true }, \
    [(base) + FM_REASSEMBLED_LENGTH] = { P ".reassembled.length", "Reassembled " N " length", FM_UINT32, FM_DEC, .generated = true }, \
    [(base) + FM_REASSEMBLED_DATA] = { P ".reassembled.data", "Reassembled " N, FM_BYTES, .generated = true }

static const FmField fields[] = {
    [FRAME] = { "quic.frame", "Frame", FM_NONE },
    [FRAME_TYPE] = { "quic.frame_type", "Frame Type", FM_UINT64, FM_DEC, .names = types },
    [PADDING_LENGTH] = { "quic.padding_length", "Padding Length", FM_UINT32, FM_DEC, .generated = true },
    [ACK_LARGEST] = { "quic.ack.largest_acknowledged", "Largest Acknowledged", FM_UINT64, FM_DEC },
    [ACK_DELAY] = { "quic.ack.ack_delay", "ACK Delay", FM_UINT64, FM_DEC },
    [ACK_RANGE_COUNT] = { "quic.ack.ack_range_count", "ACK Range Count", FM_UINT64, FM_DEC },
    [ACK_FIRST_RANGE] = { "quic.ack.first_ack_range", "First ACK Range", FM_UINT64, FM_DEC },
    [ACK_GAP] = { "quic.ack.gap", "Gap", FM_UINT64, FM_DEC },
    [ACK_RANGE] = { "quic.ack.ack_range", "ACK Range", FM_UINT64, FM_DEC },
    [ACK_ECT0] = { "quic.ack.ect0_count", "ECT(0) Count", FM_UINT64, FM_DEC },
    [ACK_ECT1] = { "quic.ack.ect1_count", "ECT(1) Count", FM_UINT64, FM_DEC },
    [ACK_CE] = { "quic.ack.ecn_ce_count", "ECN-CE Count", FM_UINT64, FM_DEC },
    [RSTS_STREAM_ID] = { "quic.rsts.stream_id", "Stream ID", FM_UINT64, FM_DEC },
    [RSTS_ERROR] = { "quic.rsts.application_error_code", "Application Error code", FM_UINT64, FM_DEC },
    [RSTS_FINAL_SIZE] = { "quic.rsts.final_size", "Final Size", FM_UINT64, FM_DEC },
    [SS_STREAM_ID] = { "quic.ss.stream_id", "Stream ID", FM_UINT64, FM_DEC },
    [SS_ERROR] = { "quic.ss.application_error_code", "Application Error code", FM_UINT64, FM_DEC },
    [CRYPTO_OFFSET] = { "quic.crypto.offset", "Offset", FM_UINT64, FM_DEC },
    [CRYPTO_LENGTH] = { "quic.crypto.length", "Length", FM_UINT64, FM_DEC },
    [CRYPTO_DATA] = { "quic.crypto.crypto_data", "Crypto Data", FM_NONE },
    [NT_LENGTH] = { "quic.nt.length", "(Token) Length", FM_UINT64, FM_DEC },
    [NT_TOKEN] = { "quic.nt.token", "Token", FM_BYTES },
    [STREAM_FIN] = { "quic.stream.fin", "Fin", FM_BOOL8, FM_BASE_NONE, 0x01 },
    [STREAM_LEN] = { "quic.stream.len", "Len(gth)", FM_BOOL8, FM_BASE_NONE, 0x02 },
    [STREAM_OFF] = { "quic.stream.off", "Off(set)", FM_BOOL8, FM_BASE_NONE, 0x04 },
    [STREAM_ID] = { "quic.stream.stream_id", "Stream ID", FM_UINT64, FM_DEC },
    [STREAM_INITIATOR] = { "quic.stream.initiator", "Stream initiator", FM_UINT64, FM_DEC, 0x01, .names = initiators },
    [STREAM_DIRECTION] = { "quic.stream.direction", "Stream direction", FM_UINT64, FM_DEC, 0x02, .names = directions },
    [STREAM_OFFSET] = { "quic.stream.offset", "Offset", FM_UINT64, FM_DEC },
    [STREAM_LENGTH] = { "quic.stream.length", "Length", FM_UINT64, FM_DEC },
    [STREAM_DATA] = { "quic.stream_data", "Stream Data", FM_BYTES },
    [MD_MAXIMUM] = { "quic.md.maximum_data", "Maximum Data", FM_UINT64, FM_DEC },
    [MSD_STREAM_ID] = { "quic.msd.stream_id", "Stream ID", FM_UINT64, FM_DEC },
    [MSD_MAXIMUM] = { "quic.msd.maximum_stream_data", "Maximum Stream Data", FM_UINT64, FM_DEC },
    [MS_MAX_STREAMS] = { "quic.ms.max_streams", "Max Streams", FM_UINT64, FM_DEC },
    [SDB_STREAM_ID] = { "quic.sdb.stream_id", "Stream ID", FM_UINT64, FM_DEC },
    [SB_LIMIT] = { "quic.sb.stream_data_limit", "Stream Data Limit", FM_UINT64, FM_DEC },
    [SIB_LIMIT] = { "quic.sib.stream_limit", "Stream Limit", FM_UINT64, FM_DEC },
    [NCI_SEQUENCE] = { "quic.nci.sequence", "Sequence", FM_UINT64, FM_DEC },
    [NCI_RETIRE] = { "quic.nci.retire_prior_to", "Retire Prior To", FM_UINT64, FM_DEC },
    [NCI_SIZE] = { "quic.nci.connection_id.length", "Connection ID Length", FM_UINT8, FM_DEC },
    [NCI_ID] = { "quic.nci.connection_id", "Connection ID", FM_BYTES },
    [NCI_TOKEN] = { "quic.nci.stateless_reset_token", "Stateless Reset Token", FM_BYTES },
    [RCI_SEQUENCE] = { "quic.rci.sequence", "Sequence", FM_UINT64, FM_DEC },
    [PC_DATA] = { "quic.path_challenge.data", "Data", FM_BYTES },
    [PR_DATA] = { "quic.path_response.data", "Data", FM_BYTES },
    [CC_ERROR] = { "quic.cc.error_code", "Error code", FM_UINT64, FM_DEC, .names = errors },
    [CC_ERROR_APP] = { "quic.cc.error_code.app", "Application Error code", FM_UINT64, FM_DEC },
    [CC_ALERT] = { "quic.cc.error_code.tls_alert", "TLS Alert Description", FM_UINT8, FM_DEC, .names = alerts },
    [CC_FRAME_TYPE] = { "quic.cc.frame_type", "Frame Type", FM_UINT64, FM_DEC, .names = types },
    [CC_REASON_LENGTH] = { "quic.cc.reason_phrase.length", "Reason phrase Length", FM_UINT64, FM_DEC },
    [CC_REASON] = { "quic.cc.reason_phrase", "Reason phrase", FM_STRING },
    [DG_LENGTH] = { "quic.dg.length", "Datagram Length", FM_UINT64, FM_DEC },
    [DG_DATA] = { "quic.dg", "Datagram", FM_BYTES },
    [AF_SEQUENCE] = { "quic.af.sequence_number", "Sequence Number", FM_UINT64, FM_DEC },
    [AF_THRESHOLD] = { "quic.af.ack_eliciting_threshold", "Ack-Eliciting Threshold", FM_UINT64, FM_DEC },
    [AF_DELAY] = { "quic.af.request_max_ack_delay", "Request Max Ack Delay", FM_UINT64, FM_DEC },
    [AF_LAST_BYTE] = { "quic.af.last_byte", "Last Byte", FM_UINT8, FM_HEX },
    [AF_RESERVED] = { "quic.af.reserved", "Reserved", FM_UINT8, FM_DEC, 0xfc },
    [AF_IGNORE_ORDER] = { "quic.af.ignore_order", "Ignore Order", FM_BOOL8, FM_BASE_NONE, 0x02 },
    [AF_IGNORE_CE] = { "quic.af.ignore_ce", "Ignore CE", FM_BOOL8, FM_BASE_NONE, 0x01 },
    [TS] = { "quic.ts", "Time Stamp", FM_UINT64, FM_DEC },
    [UNKNOWN_TYPE] = { "quic.ft.unknown", "Unknown Frame Type", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_UNDECODED },
    [RETRANSMISSION] = { "quic.retransmission", "This QUIC frame has a reused stream offset (retransmission?)", FM_EXPERT, .severity = FM_NOTE,
                         .group = FM_GROUP_SEQUENCE },
    [OVERLAP] = { "quic.overlap", "This QUIC frame overlaps a previous frame in the stream", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_SEQUENCE },
    FRAGMENT_ROWS(CRYPTO_FRAGMENTS, "quic.crypto", "QUIC CRYPTO Data"),
    FRAGMENT_ROWS(STREAM_FRAGMENTS, "quic", "QUIC STREAM Data"),
};

#define MAX_DELIVERIES 64 /* STREAM frames of one packet that are followed */

typedef struct Delivery { /* stream bytes, handed on after the packet's frames: the layers above come behind this one */
    FmCursor bytes;
    uint64_t stream, offset;
    size_t info; /* length of the info column behind it */
    bool fin;
} Delivery;

typedef struct Frames { /* the packet at hand */
    const QuicPayload *payload;
    Delivery deliveries[MAX_DELIVERIES];
    unsigned count;
    unsigned cryptos; /* CRYPTO frames so far */
} Frames;

/* Row F from a variable-length integer; the value. */
#define add_varint(d, F, c) add_varint_of((d), (F), (c))

static uint64_t add_varint_of(FmDissection *d, unsigned row, FmCursor *c)
{
    FmCursor at = *c;
    unsigned size = quic_varint_size(c);
    uint64_t value = quic_varint(c);
    if (c->at != at.at && fm_wanted(d, row) && (size_t)(c->at - at.at) == size)
        fm_record_of(d, &fields[row], row, fm_offset(&at), size, at.buffer, 0, value);
    return value;
}

/* Did the pieces come in order? Then they are the handshake's to tell of. */
static bool in_order(const FmFragments *f)
{
    for (uint32_t i = 1; i < f->count; i++)
        if (f->pieces[i].packet < f->pieces[i - 1].packet ||
            (f->pieces[i].packet == f->pieces[i - 1].packet && f->pieces[i].offset < f->pieces[i - 1].offset))
            return false;
    return true;
}

#define MOST_PIECES 64 /* of a message whose gaps are told of */

/* Indexes of the pieces as they came. False: too many. */
static bool by_arrival(const FmFragments *f, uint8_t *order)
{
    if (f->count > MOST_PIECES)
        return false;
    for (uint32_t i = 0; i < f->count; i++) {
        const FmPiece *piece = &f->pieces[i];
        uint32_t at = i;
        for (; at > 0; at--) {
            const FmPiece *other = &f->pieces[order[at - 1]];
            if (other->packet < piece->packet || (other->packet == piece->packet && other->offset < piece->offset))
                break;
            order[at] = order[at - 1];
        }
        order[at] = (uint8_t)i;
    }
    return true;
}

/* The pieces `first` to before `end`, put together by themselves. */
static void tell_of_gap(FmDissection *d, const char *title, const FmFragments *f, const FmCursor *whole, uint32_t first, uint32_t end)
{
    uint32_t offsets[MOST_PIECES], from = f->offsets[first];
    uint64_t length = 0;
    for (uint32_t i = first; i < end; i++) {
        offsets[i - first] = f->offsets[i] - from;
        length += f->pieces[i].length;
    }
    FmFragments gap = *f;
    gap.pieces += first;
    gap.marks += first;
    gap.offsets = offsets;
    gap.count = end - first;
    gap.length = (uint32_t)length;
    FmCursor bytes = *whole;
    fm_skip(&bytes, from);
    bytes = fm_take(&bytes, length);
    fm_add_fragments(d, fields, CRYPTO_FRAGMENTS, title, &gap, &bytes);
}

/* As Wireshark: what comes in order goes on to the handshake piece by piece; only what came from the opening of a gap until it
 * was filled, here, is put together. */
static void tell_of_gaps(FmDissection *d, const char *title, const FmFragments *f, const FmCursor *whole)
{
    uint8_t order[MOST_PIECES];
    bool there[MOST_PIECES] = { false }, open = false;
    if (!by_arrival(f, order))
        return;
    for (uint32_t k = 0, next = 0, first = 0, end = 0; k < f->count; k++) {
        uint32_t i = order[k];
        there[i] = true;
        end = MAX(end, i + 1);
        if (!open && i != next) {
            open = true;
            first = next;
        }
        while (next < f->count && there[next])
            next++;
        if (!open || next < end)
            continue;
        if (f->pieces[i].packet == fm_frame_number(d))
            tell_of_gap(d, title, f, whole, first, end);
        open = false;
    }
}

/* What became of bytes that were put into a stream. */
static void tell_of(FmDissection *d, unsigned rows, const char *title, FmStreamResult result)
{
    for (const FmGathered *g = result.gathered; g; g = g->next)
        if (rows == CRYPTO_FRAGMENTS)
            tell_of_gaps(d, title, &g->fragments, &g->buffer);
        else if (!in_order(&g->fragments))
            fm_add_fragments(d, fields, rows, title, &g->fragments, &g->buffer);
    if (result.reassembled_in)
        fm_make(d, rows + FM_REASSEMBLED_IN, result.reassembled_in);
    if (result.repeated)
        fm_expert(d, RETRANSMISSION);
    if (result.overlaps)
        fm_expert(d, OVERLAP);
}

/* CRYPTO bytes of each level are one stream to the handshake. */
#define CRYPTO_STREAM(type) ((UINT64_C(1) << 62) + quic_space(type))

/* Bytes that the handshake can read at once make a layer of TLS, as Wireshark counts them. */
static void name_handshake(FmDissection *d, const Frames *f, const FmStream *s, uint64_t offset, uint64_t length)
{
    uint16_t bit = f->cryptos < 16 ? (uint16_t)(1u << f->cryptos) : 0;
    if (s && offset <= s->offset && s->offset - offset < length)
        *f->payload->handed_on |= bit;
    if (*f->payload->handed_on & bit)
        fm_layer_name(d, "tls");
}

static void put_crypto(FmDissection *d, FmCursor *c, Frames *f)
{
    uint64_t offset = add_varint(d, CRYPTO_OFFSET, c);
    uint64_t length = add_varint(d, CRYPTO_LENGTH, c);
    FmCursor data = fm_take(c, length);
    FmSubtree inner = fm_open(d, CRYPTO_DATA, &data);
    FmCursor end = data;
    fm_skip(&end, fm_left(&end));
    fm_close(d, inner, &end);
    if (!fm_ok(d) || !fm_left(&data))
        return;
    FmStream *s = fm_stream(d, CRYPTO_STREAM(f->payload->type));
    if (s && !s->protocol) {
        fm_stream_feed(d, s, fm_catalog_number(d->packet->catalog, &fm_tls_handshake));
        s->started = s->tells = true;
    }
    if (s)
        tls_handshake_piece(d, s->offset == offset && !s->held_count ? fm_left(&data) : 0);
    name_handshake(d, f, s, offset, fm_left(&data));
    f->cryptos++;
    const char *column = d->packet->protocol; /* the columns tell of QUIC */
    bool want_info = d->want_info;
    d->want_info = false;
    tell_of(d, CRYPTO_FRAGMENTS, "Reassembled QUIC CRYPTO Data Fragments", fm_stream_put(d, s, offset, &data));
    d->want_info = want_info;
    d->packet->protocol = column;
}

static void note_range(QuicSeen *seen, uint64_t last, uint64_t size)
{
    if (seen && seen->range_count < QUIC_MAX_RANGES && size <= last)
        seen->ranges[seen->range_count++] = (FmQuicRange){ last - size, last };
}

static void put_ack(FmDissection *d, FmCursor *c, const Frames *f, bool ecn)
{
    QuicSeen *seen = f->payload->seen;
    uint64_t last = add_varint(d, ACK_LARGEST, c);
    uint64_t delay = add_varint(d, ACK_DELAY, c);
    uint64_t ranges = add_varint(d, ACK_RANGE_COUNT, c);
    uint64_t size = add_varint(d, ACK_FIRST_RANGE, c);
    if (seen && fm_ok(d))
        seen->ack_delay = delay;
    if (fm_ok(d))
        note_range(seen, last, size);
    for (uint64_t i = 0; i < ranges && fm_left(c); i++) {
        uint64_t gap = add_varint(d, ACK_GAP, c);
        if (last < size + gap + 2)
            seen = NULL; /* below zero: the rest tells nothing */
        last -= size + gap + 2;
        size = add_varint(d, ACK_RANGE, c);
        if (fm_ok(d))
            note_range(seen, last, size);
    }
    if (!ecn)
        return;
    add_varint(d, ACK_ECT0, c);
    add_varint(d, ACK_ECT1, c);
    add_varint(d, ACK_CE, c);
}

static void put_stream_id(FmDissection *d, FmCursor *c, uint64_t *id)
{
    FmCursor at = *c;
    *id = add_varint(d, STREAM_ID, c);
    unsigned size = (unsigned)(c->at - at.at);
    fm_down(d);
    fm_add_value(d, STREAM_INITIATOR, &at, size, *id & 1);
    fm_add_value(d, STREAM_DIRECTION, &at, size, *id >> 1 & 1);
    fm_up(d);
}

static void put_stream(FmDissection *d, FmCursor *c, Frames *f, FmSubtree line, uint64_t type, const FmCursor *type_at)
{
    bool fin = type & 1, has_length = type & 2, has_offset = type & 4;
    fm_down(d);
    fm_add_value(d, STREAM_FIN, type_at, 1, fin);
    fm_add_value(d, STREAM_LEN, type_at, 1, has_length);
    fm_add_value(d, STREAM_OFF, type_at, 1, has_offset);
    fm_up(d);
    uint64_t id;
    put_stream_id(d, c, &id);
    uint64_t offset = has_offset ? add_varint(d, STREAM_OFFSET, c) : 0;
    uint64_t length = has_length ? add_varint(d, STREAM_LENGTH, c) : fm_left(c);
    fm_info_more(d, "(%" G_GUINT64_FORMAT ")", id);
    if (d->want_labels)
        fm_subtree_label(d, line, "STREAM id=%" G_GUINT64_FORMAT " fin=%u off=%" G_GUINT64_FORMAT " len=%" G_GUINT64_FORMAT " dir=%s origin=%s", id, fin, offset,
                         length, directions[id >> 1 & 1].text, initiators[id & 1].text);
    FmCursor data = fm_take(c, length), bytes = data;
    fm_add_bytes(d, STREAM_DATA, &bytes, fm_left(&bytes));
    if (fm_ok(d) && f->count < MAX_DELIVERIES)
        f->deliveries[f->count++] = (Delivery){ data, id, offset, d->packet->info.size, fin };
}

static void put_datagram(FmDissection *d, FmCursor *c, Frames *f, uint64_t size)
{
    FmCursor data = fm_take(c, size), bytes = data;
    fm_add_bytes(d, DG_DATA, &bytes, fm_left(&bytes));
    if (fm_ok(d) && f->count < MAX_DELIVERIES)
        f->deliveries[f->count++] = (Delivery){ data, QUIC_DATAGRAM_STREAM, 0, d->packet->info.size, false };
}

static void put_new_connection_id(FmDissection *d, FmCursor *c, const Frames *f)
{
    add_varint(d, NCI_SEQUENCE, c);
    add_varint(d, NCI_RETIRE, c);
    uint64_t size = fm_add(d, NCI_SIZE, c);
    FmSlice id = fm_add_bytes(d, NCI_ID, c, size);
    FmSlice token = fm_add_bytes(d, NCI_TOKEN, c, 16);
    if (fm_ok(d) && token.size == 16)
        quic_note_reset_token(d, f->payload->flow, f->payload->connection, token.data);
    if (fm_ok(d) && id.size <= FM_FLOW_ID_SIZE)
        fm_flow_name(d, f->payload->flow, FM_FLOW_QUIC, id.data, (unsigned)id.size, (uint8_t)f->payload->role);
}

static void put_close(FmDissection *d, FmCursor *c, bool application)
{
    if (application) {
        add_varint(d, CC_ERROR_APP, c);
    } else {
        FmCursor at = *c;
        uint64_t error = add_varint(d, CC_ERROR, c);
        if (error >> 8 == 1) {
            fm_add_value(d, CC_ALERT, &at, c->at - at.at, error & 0xff);
        }
        add_varint(d, CC_FRAME_TYPE, c);
    }
    uint64_t length = add_varint(d, CC_REASON_LENGTH, c);
    if (length)
        fm_add_bytes(d, CC_REASON, c, length);
}

static void put_ack_frequency(FmDissection *d, FmCursor *c)
{
    add_varint(d, AF_SEQUENCE, c);
    add_varint(d, AF_THRESHOLD, c);
    add_varint(d, AF_DELAY, c);
    fm_add_bits(d, AF_LAST_BYTE, c);
    fm_down(d);
    fm_add_bits(d, AF_RESERVED, c);
    fm_add_bits(d, AF_IGNORE_ORDER, c);
    fm_add(d, AF_IGNORE_CE, c);
    fm_up(d);
}

/* As the info column calls it. */
static const char *short_name(uint64_t type)
{
    static const char *const names[] = {
        "PADDING", "PING", "ACK", "ACK_ECN", "RS", "SS", "CRYPTO", "NT", "STREAM", "STREAM", "STREAM", "STREAM", "STREAM", "STREAM", "STREAM",
        "STREAM", "MD", "MSD", "MS", "MS", "DB", "SDB", "SB", "SB", "NCI", "RC", "PC", "PR", "CC", "CC", "DONE",
    };
    if (type < G_N_ELEMENTS(names))
        return names[type];
    switch (type) {
    case F_DATAGRAM: case F_DATAGRAM_LENGTH: return "DG";
    case F_IMMEDIATE_ACK: return "IA";
    case F_ACK_FREQUENCY: return "AF";
    case F_TIME_STAMP: return "TS";
    default: return NULL;
    }
}

static void note_path_data(QuicSeen *seen, bool challenge, FmSlice data)
{
    if (!seen || data.size != 8)
        return;
    memcpy(challenge ? seen->challenge_data : seen->response_data, data.data, 8);
    *(challenge ? &seen->challenge : &seen->response) = true;
}

static void note_type(QuicSeen *seen, uint64_t type)
{
    if (!seen)
        return;
    seen->eliciting |= type != F_ACK && type != F_ACK_ECN && type != F_CONNECTION_CLOSE && type != F_CONNECTION_CLOSE_APP;
    seen->blocked |= type == F_DATA_BLOCKED || type == F_STREAM_DATA_BLOCKED;
    seen->raised |= type == F_MAX_DATA || type == F_MAX_STREAM_DATA;
}

static void put_body(FmDissection *d, FmCursor *c, Frames *f, FmSubtree line, uint64_t type, const FmCursor *type_at)
{
    QuicSeen *seen = f->payload->seen;
    note_type(seen, type);
    switch (type) {
    case F_PING: case F_HANDSHAKE_DONE: case F_IMMEDIATE_ACK: break;
    case F_ACK: case F_ACK_ECN: put_ack(d, c, f, type == F_ACK_ECN); break;
    case F_RESET_STREAM:
        add_varint(d, RSTS_STREAM_ID, c);
        add_varint(d, RSTS_ERROR, c);
        add_varint(d, RSTS_FINAL_SIZE, c);
        break;
    case F_STOP_SENDING:
        add_varint(d, SS_STREAM_ID, c);
        add_varint(d, SS_ERROR, c);
        break;
    case F_CRYPTO: put_crypto(d, c, f); break;
    case F_NEW_TOKEN: fm_add_bytes(d, NT_TOKEN, c, add_varint(d, NT_LENGTH, c)); break;
    case F_MAX_DATA: add_varint(d, MD_MAXIMUM, c); break;
    case F_MAX_STREAM_DATA:
        add_varint(d, MSD_STREAM_ID, c);
        add_varint(d, MSD_MAXIMUM, c);
        break;
    case F_MAX_STREAMS_BIDI: case F_MAX_STREAMS_UNI: add_varint(d, MS_MAX_STREAMS, c); break;
    case F_DATA_BLOCKED: add_varint(d, SB_LIMIT, c); break;
    case F_STREAM_DATA_BLOCKED:
        add_varint(d, SDB_STREAM_ID, c);
        add_varint(d, SB_LIMIT, c);
        break;
    case F_STREAMS_BLOCKED_BIDI: case F_STREAMS_BLOCKED_UNI: add_varint(d, SIB_LIMIT, c); break;
    case F_NEW_CONNECTION_ID: put_new_connection_id(d, c, f); break;
    case F_RETIRE_CONNECTION_ID: add_varint(d, RCI_SEQUENCE, c); break;
    case F_PATH_CHALLENGE: note_path_data(seen, true, fm_add_bytes(d, PC_DATA, c, 8)); break;
    case F_PATH_RESPONSE: note_path_data(seen, false, fm_add_bytes(d, PR_DATA, c, 8)); break;
    case F_CONNECTION_CLOSE: case F_CONNECTION_CLOSE_APP: put_close(d, c, type == F_CONNECTION_CLOSE_APP); break;
    case F_DATAGRAM: put_datagram(d, c, f, fm_left(c)); break;
    case F_DATAGRAM_LENGTH: put_datagram(d, c, f, add_varint(d, DG_LENGTH, c)); break;
    case F_ACK_FREQUENCY: put_ack_frequency(d, c); break;
    case F_TIME_STAMP: add_varint(d, TS, c); break;
    default:
        if (type >= F_STREAM && type <= F_STREAM_LAST) {
            put_stream(d, c, f, line, type, type_at);
            break;
        }
        fm_expert(d, UNKNOWN_TYPE);
        fm_skip(c, fm_left(c)); /* nobody knows where the next one begins */
        break;
    }
}

static void put_padding(FmDissection *d, FmCursor *c)
{
    FmSubtree line = fm_open(d, FRAME, c);
    fm_add_value(d, FRAME_TYPE, c, 1, F_PADDING);
    fm_label(d, FRAME_TYPE, "Frame Type: PADDING (0x%016x)", 0);
    const uint8_t *start = c->at;
    while (c->at < c->end && !*c->at)
        c->at++;
    fm_make(d, PADDING_LENGTH, (uint64_t)(c->at - start));
    fm_subtree_label(d, line, "PADDING Length: %zu", (size_t)(c->at - start));
    fm_close(d, line, c);
    fm_info_more(d, ", PADDING");
}

static void put_frame(FmDissection *d, FmCursor *c, Frames *f)
{
    if (!*c->at) {
        put_padding(d, c);
        return;
    }
    FmSubtree line = fm_open(d, FRAME, c);
    FmCursor type_at = *c;
    uint64_t type = add_varint(d, FRAME_TYPE, c);
    const char *name = fm_name(types, type);
    fm_label(d, FRAME_TYPE, "Frame Type: %s (0x%016" PRIx64 ")", name ? name : "Unknown", type);
    fm_subtree_label(d, line, "%s", name ? name : "Unknown");
    if (short_name(type))
        fm_info_more(d, ", %s", short_name(type));
    put_body(d, c, f, line, type, &type_at);
    fm_close(d, line, c);
}

/* A draft goes by the name of what it became, with a number behind it: "h3-29". */
static unsigned find_application(const FmDissection *d, const char *alpn)
{
    unsigned protocol = fm_find_named(d, FM_ALPN, (FmSlice){ (const uint8_t *)alpn, strlen(alpn) });
    const char *dash = strrchr(alpn, '-');
    if (!protocol && dash)
        protocol = fm_find_named(d, FM_ALPN, (FmSlice){ (const uint8_t *)alpn, (size_t)(dash - alpn) });
    return protocol;
}

/* Who reads streams: by ALPN, once the handshake has told it. Early data are in what the client offers. */
static unsigned application_of(FmDissection *d, const QuicPayload *payload)
{
    QuicConnection *q = payload->connection;
    if (q->application)
        return q->application;
    const TlsState *tls = tls_state(d);
    if (tls && tls->alpn[0])
        q->application = find_application(d, tls->alpn);
    else if (tls && payload->type == QUIC_ZERO_RTT)
        return find_application(d, tls->alpn_offered);
    return q->application;
}

typedef struct Waiting { /* of a stream: since when bytes wait above a hole; 0: none do */
    FmTime since[2];
} Waiting;

/* Bytes that lie above a hole wait for those in it, whatever else has come (RFC 9000 §2.2). */
static void note_waiting(FmDissection *d, const FmStream *s, uint64_t id, QuicSeen *seen)
{
    Waiting *w = seen && s ? fm_stream_state(d, id) : NULL;
    FmTime *since = w ? &w->since[fm_direction(d)] : NULL;
    if (!since)
        return;
    if (s->held_count) {
        if (!*since)
            *since = fm_frame_time(d);
    } else if (*since) {
        if (seen->released_count < QUIC_MAX_BLOCKED) {
            seen->waited[seen->released_count] = fm_frame_time(d) - *since;
            seen->released[seen->released_count++] = id;
        }
        *since = 0;
    }
}

static void deliver_one(FmDissection *d, const Delivery *delivery, unsigned application, QuicSeen *seen)
{
    FmStream *s = fm_stream(d, delivery->stream);
    bool datagram = delivery->stream == QUIC_DATAGRAM_STREAM;
    if (s && !s->protocol && application) {
        fm_stream_feed(d, s, application);
        s->started = s->tells = true;
        s->apart = datagram;
    }
    if (s && delivery->fin)
        fm_stream_finish(d, s, delivery->offset + fm_left(&delivery->bytes));
    FmCursor bytes = delivery->bytes;
    if (datagram)
        fm_stream_append(d, s, &bytes);
    else
        fm_stream_put(d, s, delivery->offset, &bytes);
    if (!datagram)
        note_waiting(d, s, delivery->stream, seen);
}

/* What streams bring goes on. In the info column, what it says stands behind its frame. */
static void deliver(FmDissection *d, const Frames *f)
{
    unsigned application = f->payload->connection && f->count ? application_of(d, f->payload) : 0;
    FmText *info = f->count ? fm_info_plain_text(d) : NULL;
    size_t size = info ? info->size : 0, at = info ? f->deliveries[0].info : 0;
    const char *told = info ? fm_arena_strndup(d->arena, info->data + at, size - at) : "";
    size_t first = at;
    if (info)
        info->size = at;
    for (unsigned i = 0; i < f->count; i++) {
        fm_info_keep(d);
        deliver_one(d, &f->deliveries[i], application, f->payload->seen);
        if (!info)
            continue;
        size_t next = i + 1 < f->count ? f->deliveries[i + 1].info : size;
        if (info->size + (next - at) <= FM_MAX_INFO)
            fm_text_add(info, told + (at - first), next - at);
        at = next;
    }
}

static void quic_frames_dissect(FmDissection *d, FmCursor *c)
{
    Frames f = { .payload = (const QuicPayload *)(const void *)c };
    while (fm_left(c) && fm_ok(d))
        put_frame(d, c, &f);
    deliver(d, &f);
}

const FmProtocol fm_quic_frames = {
    .abbrev = "quic", .name = "QUIC", .title = "Frames", FM_FIELDS(fields), .dissect = quic_frames_dissect, .part = true,
    .stream_state_size = sizeof(Waiting),
};
