/* SCTP (RFC 9260): the packet and its chunks, over IP, over UDP (RFC 6951) and over DTLS (RFC 8261). */
#include "config.h"

#include <string.h>

#include "base/checksum.h"
#include "dissectors/transport/sctp.h"

enum {
    SCTP, SRCPORT, DSTPORT, TAG, ASSOCIATION, CHECKSUM, CHECKSUM_STATUS, CHUNK_TYPE, CHUNK_BIT_1, CHUNK_BIT_2, CHUNK_FLAGS, CHUNK_LENGTH,
    CHUNK_PADDING, CHUNK_VALUE, COOKIE, INITIATE_TAG, INIT_TAG, INIT_WINDOW, INIT_OUT, INIT_IN, INIT_TSN, INIT_ACK_TAG, INIT_ACK_WINDOW,
    INIT_ACK_OUT, INIT_ACK_IN, INIT_ACK_TSN, SHUTDOWN_TSN, ECNE_TSN, CWR_TSN, COMPLETE_T, ABORT_T, FORWARD_TSN, FORWARD_STREAM,
    FORWARD_SEQUENCE, I_FORWARD_TSN, I_FORWARD_STREAM, I_FORWARD_FLAGS, I_FORWARD_RESERVED, I_FORWARD_U, I_FORWARD_MESSAGE, ASCONF_SEQUENCE,
    ASCONF_ACK_SEQUENCE, SHARED_KEY, HMAC_ID, HMAC, DROP_M, DROP_B, DROP_T, DROP_BANDWIDTH, DROP_QUEUE, DROP_TRUNCATED, DROP_RESERVED,
    DROP_DATA, PAD_DATA, LENGTH_BAD, CHECKSUM_BAD,
};

typedef enum ChunkType {
    C_DATA = 0, C_INIT = 1, C_INIT_ACK = 2, C_SACK = 3, C_HEARTBEAT = 4, C_HEARTBEAT_ACK = 5, C_ABORT = 6, C_SHUTDOWN = 7, C_SHUTDOWN_ACK = 8,
    C_ERROR = 9, C_COOKIE_ECHO = 10, C_COOKIE_ACK = 11, C_ECNE = 12, C_CWR = 13, C_SHUTDOWN_COMPLETE = 14, C_AUTH = 15, C_NR_SACK = 16,
    C_I_DATA = 64, C_ASCONF_ACK = 128, C_PKTDROP = 129, C_RE_CONFIG = 130, C_PAD = 132, C_FORWARD_TSN = 192, C_ASCONF = 193, C_I_FORWARD_TSN = 194,
} ChunkType;

const FmName fm_sctp_chunk_types[] = {
    { C_DATA, 0, "DATA" }, { C_INIT, 0, "INIT" }, { C_INIT_ACK, 0, "INIT_ACK" }, { C_SACK, 0, "SACK" }, { C_HEARTBEAT, 0, "HEARTBEAT" },
    { C_HEARTBEAT_ACK, 0, "HEARTBEAT_ACK" }, { C_ABORT, 0, "ABORT" }, { C_SHUTDOWN, 0, "SHUTDOWN" }, { C_SHUTDOWN_ACK, 0, "SHUTDOWN_ACK" },
    { C_ERROR, 0, "ERROR" }, { C_COOKIE_ECHO, 0, "COOKIE_ECHO" }, { C_COOKIE_ACK, 0, "COOKIE_ACK" }, { C_ECNE, 0, "ECNE" }, { C_CWR, 0, "CWR" },
    { C_SHUTDOWN_COMPLETE, 0, "SHUTDOWN_COMPLETE" }, { C_AUTH, 0, "AUTH" }, { C_NR_SACK, 0, "NR_SACK" }, { C_I_DATA, 0, "I_DATA" },
    { C_ASCONF_ACK, 0, "ASCONF_ACK" }, { C_PKTDROP, 0, "PKTDROP" }, { C_RE_CONFIG, 0, "RE_CONFIG" }, { C_PAD, 0, "PAD" },
    { C_FORWARD_TSN, 0, "FORWARD_TSN" }, { C_ASCONF, 0, "ASCONF" }, { C_I_FORWARD_TSN, 0, "I_FORWARD_TSN" }, { 255, 0, "IETF_EXTENSION" }, { 0 },
};

static const FmName statuses[] = { { 0, 0, "Bad" }, { 1, 0, "Good" }, { 2, 0, "Unverified" }, { 3, 0, "Not present" }, { 4, 0, "Illegal" }, { 0 } };
static const FmName hmacs[] = { { 0, 0, "Reserved" }, { 1, 0, "SHA-1" }, { 2, 0, "Reserved" }, { 3, 0, "SHA-256" }, { 0 } };

#define NO_INDEX 65535

static void association_line(FmText *out, uint64_t index)
{
    if (index == NO_INDEX)
        fm_text_literal(out, "Association index: disabled (enable in preferences)");
    else
        fm_text_printf(out, "Association index: %u", (unsigned)index);
}

static const FmField fields[] = {
    [SCTP] = { "sctp", "Stream Control Transmission Protocol", FM_PROTOCOL },
    [SRCPORT] = { "sctp.srcport", "Source port", FM_UINT16, FM_PORT_SCTP, .also = "sctp.port" },
    [DSTPORT] = { "sctp.dstport", "Destination port", FM_UINT16, FM_PORT_SCTP, .also = "sctp.port" },
    [TAG] = { "sctp.verification_tag", "Verification tag", FM_UINT32, FM_HEX },
    [ASSOCIATION] = { "sctp.assoc_index", "Association index", FM_UINT16, FM_DEC, .line = association_line, .generated = true },
    [CHECKSUM] = { "sctp.checksum", "Checksum", FM_UINT32, FM_HEX },
    [CHECKSUM_STATUS] = { "sctp.checksum.status", "Checksum Status", FM_UINT8, FM_BASE_NONE, .names = statuses, .generated = true },
    [CHUNK_TYPE] = { "sctp.chunk_type", "Chunk type", FM_UINT8, FM_DEC, .names = fm_sctp_chunk_types },
    [CHUNK_BIT_1] = { "sctp.chunk_bit_1", "Bit", FM_BOOL8, FM_BASE_NONE, 0x80, .yes = "Skip chunk and continue processing of the packet",
                      .no = "Stop processing of the packet" },
    [CHUNK_BIT_2] = { "sctp.chunk_bit_2", "Bit", FM_BOOL8, FM_BASE_NONE, 0x40, .yes = "Do report", .no = "Do not report" },
    [CHUNK_FLAGS] = { "sctp.chunk_flags", "Chunk flags", FM_UINT8, FM_HEX },
    [CHUNK_LENGTH] = { "sctp.chunk_length", "Chunk length", FM_UINT16, FM_DEC },
    [CHUNK_PADDING] = { "sctp.chunk_padding", "Chunk padding", FM_BYTES },
    [CHUNK_VALUE] = { "sctp.chunk_value", "Chunk value", FM_BYTES },
    [COOKIE] = { "sctp.cookie", "Cookie", FM_BYTES },
    [INITIATE_TAG] = { "sctp.initiate_tag", "Initiate tag", FM_UINT32, FM_HEX, .hidden = true },
    [INIT_TAG] = { "sctp.init_initiate_tag", "Initiate tag", FM_UINT32, FM_HEX },
    [INIT_WINDOW] = { "sctp.init_credit", "Advertised receiver window credit (a_rwnd)", FM_UINT32, FM_DEC },
    [INIT_OUT] = { "sctp.init_nr_out_streams", "Number of outbound streams", FM_UINT16, FM_DEC },
    [INIT_IN] = { "sctp.init_nr_in_streams", "Number of inbound streams", FM_UINT16, FM_DEC },
    [INIT_TSN] = { "sctp.init_initial_tsn", "Initial TSN", FM_UINT32, FM_DEC },
    [INIT_ACK_TAG] = { "sctp.initack_initiate_tag", "Initiate tag", FM_UINT32, FM_HEX },
    [INIT_ACK_WINDOW] = { "sctp.initack_credit", "Advertised receiver window credit (a_rwnd)", FM_UINT32, FM_DEC },
    [INIT_ACK_OUT] = { "sctp.initack_nr_out_streams", "Number of outbound streams", FM_UINT16, FM_DEC },
    [INIT_ACK_IN] = { "sctp.initack_nr_in_streams", "Number of inbound streams", FM_UINT16, FM_DEC },
    [INIT_ACK_TSN] = { "sctp.initack_initial_tsn", "Initial TSN", FM_UINT32, FM_DEC },
    [SHUTDOWN_TSN] = { "sctp.shutdown_cumulative_tsn_ack", "Cumulative TSN Ack", FM_UINT32, FM_DEC },
    [ECNE_TSN] = { "sctp.ecne_lowest_tsn", "Lowest TSN", FM_UINT32, FM_DEC },
    [CWR_TSN] = { "sctp.cwr_lowest_tsn", "Lowest TSN", FM_UINT32, FM_DEC },
    [COMPLETE_T] = { "sctp.shutdown_complete_t_bit", "T-Bit", FM_BOOL8, FM_BASE_NONE, 0x01, .yes = "Tag reflected", .no = "Tag not reflected" },
    [ABORT_T] = { "sctp.abort_t_bit", "T-Bit", FM_BOOL8, FM_BASE_NONE, 0x01, .yes = "Tag reflected", .no = "Tag not reflected" },
    [FORWARD_TSN] = { "sctp.forward_tsn_tsn", "New cumulative TSN", FM_UINT32, FM_DEC },
    [FORWARD_STREAM] = { "sctp.forward_tsn_sid", "Stream identifier", FM_UINT16, FM_DEC },
    [FORWARD_SEQUENCE] = { "sctp.forward_tsn_ssn", "Stream sequence number", FM_UINT16, FM_DEC },
    [I_FORWARD_TSN] = { "sctp.i_forward_tsn_tsn", "New cumulative TSN", FM_UINT32, FM_DEC },
    [I_FORWARD_STREAM] = { "sctp.i_forward_tsn_sid", "Stream identifier", FM_UINT16, FM_DEC },
    [I_FORWARD_FLAGS] = { "sctp.i_forward_tsn_flags", "Flags", FM_UINT16, FM_HEX },
    [I_FORWARD_RESERVED] = { "sctp.i_forward_tsn_res", "Reserved", FM_UINT16, FM_DEC, 0xfffe },
    [I_FORWARD_U] = { "sctp.i_forward_tsn_u_bit", "U-Bit", FM_BOOL16, FM_BASE_NONE, 0x0001, .yes = "Unordered messages", .no = "Ordered messages" },
    [I_FORWARD_MESSAGE] = { "sctp.forward_tsn_mid", "Message identifier", FM_UINT32, FM_DEC },
    [ASCONF_SEQUENCE] = { "sctp.asconf_seq_nr_number", "Sequence number", FM_UINT32, FM_HEX },
    [ASCONF_ACK_SEQUENCE] = { "sctp.asconf_ack_seq_nr_number", "Sequence number", FM_UINT32, FM_HEX },
    [SHARED_KEY] = { "sctp.shared_key_id", "Shared key identifier", FM_UINT16, FM_DEC },
    [HMAC_ID] = { "sctp.hmac_id", "HMAC identifier", FM_UINT16, FM_DEC, .names = hmacs },
    [HMAC] = { "sctp.hmac", "HMAC", FM_BYTES },
    [DROP_M] = { "sctp.pckdrop_m_bit", "M-Bit", FM_BOOL8, FM_BASE_NONE, 0x01, .yes = "Source is a middlebox", .no = "Source is an endhost" },
    [DROP_B] = { "sctp.pckdrop_b_bit", "B-Bit", FM_BOOL8, FM_BASE_NONE, 0x02, .yes = "SCTP checksum was incorrect", .no = "SCTP checksum was correct" },
    [DROP_T] = { "sctp.pckdrop_t_bit", "T-Bit", FM_BOOL8, FM_BASE_NONE, 0x04, .yes = "Packet is truncated", .no = "Packet is not truncated" },
    [DROP_BANDWIDTH] = { "sctp.pktdrop_bandwidth", "Bandwidth", FM_UINT32, FM_DEC },
    [DROP_QUEUE] = { "sctp.pktdrop_queuesize", "Queuesize", FM_UINT32, FM_DEC },
    [DROP_TRUNCATED] = { "sctp.pktdrop_truncated_length", "Truncated length", FM_UINT16, FM_DEC },
    [DROP_RESERVED] = { "sctp.pktdrop_reserved", "Reserved", FM_UINT16, FM_DEC },
    [DROP_DATA] = { "sctp.pktdrop_datafield", "Data field", FM_BYTES },
    [PAD_DATA] = { "sctp.padding_data", "Padding data", FM_BYTES },
    [LENGTH_BAD] = { "sctp.chunk_length.bad", "Chunk length bad", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [CHECKSUM_BAD] = { "sctp.checksum_bad.expert", "Bad SCTP checksum.", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
};

enum { PREF_CHECKSUM, PREF_RELATIVE, PREF_REASSEMBLY, PREF_PAYLOAD, PREF_INDEX };
enum { CHECK_NONE, CHECK_ADLER, CHECK_CRC, CHECK_AUTOMATIC };

static const char *const checks[] = { "None", "Adler 32", "CRC 32c", "Automatic", NULL };

static const FmPreference preferences[] = {
    [PREF_CHECKSUM] = { "sctp.checksum", "The type of checksum used in SCTP packets", FM_PREF_ENUM, CHECK_NONE, .choices = checks },
    [PREF_RELATIVE] = { "sctp.relative_tsns", "Use relative TSNs instead of absolute ones", FM_PREF_BOOL, 1 },
    [PREF_REASSEMBLY] = { "sctp.reassembly", "Reassemble fragmented SCTP user messages", FM_PREF_BOOL, 1 },
    [PREF_PAYLOAD] = { "sctp.ulp_dissection", "Dissect upper layer protocols", FM_PREF_BOOL, 1 },
    [PREF_INDEX] = { "sctp.association_index", "Number associations", FM_PREF_BOOL, 0 },
};

enum { HEADER_SIZE = 12, CHUNK_HEADER = 4, INIT_SIZE = 16, CHECKSUM_AT = 8, NAME_TAGS = FM_FLOW_SCTP /* kind of flow ids */ };

typedef struct SctpMemo {
    uint32_t association;
    uint8_t direction;
    bool elsewhere; /* the association began between other addresses */
} SctpMemo;

/* ---- checksum ---- */

static uint32_t checksum_of(FmSlice packet, bool adler)
{
    static const uint8_t zeros[4];
    FmSlice parts[] = { { packet.data, CHECKSUM_AT }, { zeros, 4 }, { packet.data + HEADER_SIZE, packet.size - HEADER_SIZE } };
    uint32_t sum = adler ? 1 : 0;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
        sum = adler ? fm_adler32(sum, parts[i]) : fm_crc32c(sum, parts[i]);
    return adler ? sum : GUINT32_SWAP_LE_BE(sum); /* RFC 9260 appendix A: the least significant byte comes first */
}

static void put_checksum(FmDissection *d, const FmCursor *whole, FmCursor *c)
{
    uint64_t check = fm_preference(d, PREF_CHECKSUM);
    FmCursor here = *c;
    uint32_t found = (uint32_t)fm_add(d, CHECKSUM, c);
    if (!fm_ok(d) || whole->lost || check == CHECK_NONE) {
        fm_label(d, CHECKSUM, "Checksum: 0x%08x [unverified]", found);
        fm_add_value(d, CHECKSUM_STATUS, &here, 0, 2);
        return;
    }
    bool adler = check == CHECK_ADLER || (check == CHECK_AUTOMATIC && checksum_of(fm_rest(whole), true) == found);
    uint32_t right = checksum_of(fm_rest(whole), adler);
    const char *name = adler ? "ADLER32" : "CRC32C";
    if (right == found) {
        fm_label(d, CHECKSUM, "Checksum (%s): 0x%08x [correct]", name, found);
    } else {
        fm_label(d, CHECKSUM, "Checksum (%s): 0x%08x incorrect, should be 0x%08x", name, found, right);
        fm_expert_text(d, CHECKSUM_BAD, "Bad SCTP checksum. [should be 0x%08x]", right);
    }
    fm_add_value(d, CHECKSUM_STATUS, &here, 0, right == found);
}

/* ---- chunks ---- */

static void bogus(FmDissection *d, FmSubtree chunk, unsigned length, unsigned least)
{
    fm_subtree_label_more(d, chunk, ", bogus chunk length %u < %u)", length, least);
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void put_init(FmDissection *d, FmSubtree chunk, bool ack, uint64_t length, FmCursor *c)
{
    if (length < CHUNK_HEADER + INIT_SIZE) {
        bogus(d, chunk, (unsigned)length, CHUNK_HEADER + INIT_SIZE);
        return;
    }
    static const unsigned rows[2][5] = { { INIT_TAG, INIT_WINDOW, INIT_OUT, INIT_IN, INIT_TSN },
                                         { INIT_ACK_TAG, INIT_ACK_WINDOW, INIT_ACK_OUT, INIT_ACK_IN, INIT_ACK_TSN } };
    uint64_t out = fm_peek(c, 8, 2), in = fm_peek(c, 10, 2);
    FmCursor tag = *c;
    for (unsigned i = 0; i < 5; i++) {
        fm_add_number(d, &fields[rows[ack][i]], rows[ack][i], c, true);
        if (i == 0)
            fm_add(d, INITIATE_TAG, &tag);
    }
    if (fm_ok(d))
        fm_subtree_label_more(d, chunk, " (Outbound streams: %u, inbound streams: %u)", (unsigned)out, (unsigned)in);
    sctp_put_parameters(d, c);
}

static void put_forward_tsn(FmDissection *d, FmSubtree chunk, bool interleaved, uint64_t length, FmCursor *c)
{
    if (length < CHUNK_HEADER + 4) {
        bogus(d, chunk, (unsigned)length, CHUNK_HEADER + 4);
        return;
    }
    uint64_t tsn = interleaved ? fm_add(d, I_FORWARD_TSN, c) : fm_add(d, FORWARD_TSN, c);
    while (!interleaved && fm_left(c) >= 4) {
        fm_add(d, FORWARD_STREAM, c);
        fm_add(d, FORWARD_SEQUENCE, c);
    }
    while (interleaved && fm_left(c) >= 8) {
        fm_add(d, I_FORWARD_STREAM, c);
        fm_add_flags(d, I_FORWARD_FLAGS, I_FORWARD_RESERVED, I_FORWARD_U, c);
        fm_add(d, I_FORWARD_MESSAGE, c);
    }
    if (fm_ok(d))
        fm_subtree_label_more(d, chunk, "(Cumulative TSN: %u)", (unsigned)tsn);
}

static void put_auth(FmDissection *d, FmCursor *c)
{
    fm_add(d, SHARED_KEY, c);
    fm_add(d, HMAC_ID, c);
    if (fm_left(c))
        fm_add_bytes(d, HMAC, c, fm_left_on_wire(c));
}

static void put_asconf(FmDissection *d, FmSubtree chunk, bool ack, uint64_t length, FmCursor *c)
{
    if (length < CHUNK_HEADER + 4) {
        bogus(d, chunk, (unsigned)length, CHUNK_HEADER + 4);
        return;
    }
    if (ack)
        fm_add(d, ASCONF_ACK_SEQUENCE, c);
    else
        fm_add(d, ASCONF_SEQUENCE, c);
    sctp_put_parameters(d, c);
}

static void put_packet(FmDissection *d, SctpPacket *packet, const FmCursor *whole, FmCursor *c);

/* draft-stewart-sctp-pktdrprep: the packet that was dropped, or its beginning. */
static void put_drop(FmDissection *d, const SctpPacket *packet, FmSubtree chunk, unsigned flags, uint64_t length, FmCursor *c)
{
    if (length < CHUNK_HEADER + 12) {
        bogus(d, chunk, (unsigned)length, CHUNK_HEADER + 12);
        return;
    }
    fm_add(d, DROP_BANDWIDTH, c);
    fm_add(d, DROP_QUEUE, c);
    fm_add(d, DROP_TRUNCATED, c);
    fm_add(d, DROP_RESERVED, c);
    if (!fm_left(c))
        return;
    if (flags & 4 || packet->quoted || fm_left(c) < HEADER_SIZE) {
        fm_add_bytes(d, DROP_DATA, c, fm_left_on_wire(c));
        return;
    }
    SctpPacket inner = *packet;
    inner.quoted = true;
    inner.half = NULL;
    bool want_info = d->want_info;
    d->want_info = false;
    FmCursor whole = *c;
    FmSubtree tree = fm_open(d, SCTP, c);
    fm_subtree_label(d, tree, "Stream Control Transmission Protocol, Src Port: %u (%u), Dst Port: %u (%u)", (unsigned)fm_peek(c, 0, 2),
                     (unsigned)fm_peek(c, 0, 2), (unsigned)fm_peek(c, 2, 2), (unsigned)fm_peek(c, 2, 2));
    put_packet(d, &inner, &whole, c);
    fm_close(d, tree, c);
    d->want_info = want_info;
}

static void put_flags(FmDissection *d, unsigned type, FmCursor *c)
{
    fm_down(d);
    switch (type) {
    case C_DATA: case C_I_DATA: sctp_data_flags(d, c); break;
    case C_SACK: sctp_sack_flags(d, false, c); break;
    case C_NR_SACK: sctp_sack_flags(d, true, c); break;
    case C_ABORT: fm_add_bits(d, ABORT_T, c); break;
    case C_SHUTDOWN_COMPLETE: fm_add_bits(d, COMPLETE_T, c); break;
    case C_PKTDROP:
        fm_add_bits(d, DROP_M, c);
        fm_add_bits(d, DROP_B, c);
        fm_add_bits(d, DROP_T, c);
        break;
    default: break;
    }
    fm_up(d);
}

static void follow_stage(FmDissection *d, const SctpPacket *packet, unsigned type)
{
    if (!packet->own_flow || packet->quoted || fm_replaying(d))
        return;
    if (type == C_COOKIE_ECHO || type == C_COOKIE_ACK)
        fm_flow_stage(d, FM_FLOW_OPEN);
    else if (type == C_SHUTDOWN_COMPLETE || type == C_ABORT)
        fm_flow_stage(d, FM_FLOW_ENDED);
}

static void put_value(FmDissection *d, SctpPacket *packet, FmSubtree chunk, unsigned type, unsigned flags, uint64_t length, FmCursor *c,
                      SctpPayload *payload)
{
    uint64_t size = fm_left_on_wire(c);
    switch (type) {
    case C_DATA: case C_I_DATA: sctp_put_data(d, packet, chunk, type == C_I_DATA, flags, length, c, payload); break;
    case C_INIT: case C_INIT_ACK: put_init(d, chunk, type == C_INIT_ACK, length, c); break;
    case C_SACK: sctp_put_sack(d, packet, chunk, c); break;
    case C_NR_SACK: sctp_put_nr_sack(d, packet, chunk, c); break;
    case C_HEARTBEAT: case C_HEARTBEAT_ACK:
        fm_subtree_label_more(d, chunk, " (Information: %u byte%s)", (unsigned)size, plural(size));
        sctp_put_parameter(d, c, true);
        break;
    case C_ABORT: case C_ERROR: sctp_put_causes(d, c); break;
    case C_SHUTDOWN: fm_subtree_label_more(d, chunk, " (Cumulative TSN ack: %u)", (unsigned)fm_add(d, SHUTDOWN_TSN, c)); break;
    case C_COOKIE_ECHO:
        fm_add_bytes(d, COOKIE, c, size);
        fm_subtree_label_more(d, chunk, " (Cookie length: %u byte%s)", (unsigned)size, plural(size));
        break;
    case C_ECNE: fm_subtree_label_more(d, chunk, " (Lowest TSN: %u)", (unsigned)fm_add(d, ECNE_TSN, c)); break;
    case C_CWR: fm_subtree_label_more(d, chunk, " (Lowest TSN: %u)", (unsigned)fm_add(d, CWR_TSN, c)); break;
    case C_SHUTDOWN_ACK: case C_COOKIE_ACK: case C_SHUTDOWN_COMPLETE: break;
    case C_FORWARD_TSN: case C_I_FORWARD_TSN: put_forward_tsn(d, chunk, type == C_I_FORWARD_TSN, length, c); break;
    case C_RE_CONFIG: sctp_put_parameters(d, c); break;
    case C_AUTH: put_auth(d, c); break;
    case C_ASCONF: case C_ASCONF_ACK: put_asconf(d, chunk, type == C_ASCONF_ACK, length, c); break;
    case C_PKTDROP: put_drop(d, packet, chunk, flags, length, c); break;
    case C_PAD:
        fm_add_bytes(d, PAD_DATA, c, size);
        fm_subtree_label_more(d, chunk, " (Padding data length: %u byte%s)", (unsigned)size, plural(size));
        break;
    default:
        if (fm_left(c))
            fm_add_bytes(d, CHUNK_VALUE, c, size);
        fm_subtree_label_more(d, chunk, " (Type: %u, value length: %u byte%s)", type, (unsigned)size, plural(size));
        break;
    }
}

/* One chunk with its padding: all of `c`. */
static void put_chunk(FmDissection *d, SctpPacket *packet, FmCursor *c, SctpPayload *payload)
{
    unsigned type = (unsigned)fm_peek(c, 0, 1), flags = (unsigned)fm_peek(c, 1, 1);
    uint64_t length = fm_peek(c, 2, 2), all = fm_left_on_wire(c);
    const char *name = fm_name(fm_sctp_chunk_types, type);
    FmSubtree chunk = fm_open_text(d, c, "%s chunk", name ? name : "RESERVED");
    fm_info_more(d, "%s ", name ? name : "RESERVED");
    fm_add_flags(d, CHUNK_TYPE, CHUNK_BIT_1, CHUNK_BIT_2, c);
    FmCursor at_flags = *c;
    fm_add(d, CHUNK_FLAGS, c);
    if (length < CHUNK_HEADER && fm_left(c) >= 2) {
        fm_add(d, CHUNK_LENGTH, c);
        fm_label(d, CHUNK_LENGTH, "Chunk length: %u (invalid, should be >= 4)", (unsigned)length);
        bogus(d, chunk, (unsigned)length, CHUNK_HEADER);
        payload->ends_tree = type == C_DATA;
        c->at = c->end;
        fm_close(d, chunk, c);
        return;
    }
    put_flags(d, type, &at_flags);
    fm_add(d, CHUNK_LENGTH, c);
    if (length > all && !packet->quoted)
        fm_expert_text(d, LENGTH_BAD, "Chunk length (%u) is longer than remaining data (%u) in the packet.", (unsigned)length, (unsigned)all);
    if (fm_ok(d)) {
        FmCursor value = fm_take(c, length - CHUNK_HEADER);
        follow_stage(d, packet, type);
        put_value(d, packet, chunk, type, flags, length, &value, payload);
    }
    if (fm_left(c))
        fm_add_bytes(d, CHUNK_PADDING, c, fm_left_on_wire(c));
    fm_close(d, chunk, c);
    if (!payload->hand_on) /* what takes the message speaks in the chunk's place */
        fm_info_keep(d);
}

void sctp_put_quoted_chunk(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_sctp);
    SctpPacket packet = { .quoted = true };
    SctpPayload payload = { .ends_tree = false };
    bool want_info = d->want_info;
    d->want_info = false;
    put_chunk(d, &packet, c, &payload);
    d->want_info = want_info;
    fm_unuse(d, before);
}

/* What follows a message that was handed on is a layer's line of its own. */
static void begin_again(FmDissection *d, const FmCursor *c)
{
    uint8_t depth = d->depth;
    d->depth = d->floor;
    if (fm_wanted(d, SCTP)) {
        fm_record(d, SCTP, fm_offset(c), (uint32_t)fm_left(c), c->buffer, 0, fm_left(c));
        d->layer_node = d->packet->node_count;
    }
    d->depth = depth;
}

static void put_packet(FmDissection *d, SctpPacket *packet, const FmCursor *whole, FmCursor *c)
{
    SctpMemo *memo = fm_memo(d);
    packet->source_port = (uint16_t)fm_add(d, SRCPORT, c);
    packet->destination_port = (uint16_t)fm_add(d, DSTPORT, c);
    uint32_t tag = (uint32_t)fm_add(d, TAG, c);
    fm_make(d, ASSOCIATION, packet->index ? memo->association : NO_INDEX);
    put_checksum(d, whole, c);
    if (!packet->quoted && !fm_replaying(d) && fm_ok(d)) {
        memo->association = d->flow_number;
        packet->half = sctp_half(d, packet->source_port, packet->destination_port, tag);
    }
    const uint8_t *from = whole->at;
    while (fm_left(c)) {
        uint64_t length = (fm_peek(c, 2, 2) + 3) & ~UINT64_C(3), all = fm_left_on_wire(c);
        SctpPayload payload = { .ends_tree = false };
        FmCursor one = fm_take(c, length < CHUNK_HEADER ? all : MIN(length, all));
        put_chunk(d, packet, &one, &payload);
        if (!payload.ends_tree || packet->quoted)
            continue;
        fm_length(d, (uint64_t)(c->at - from));
        from = c->at;
        sctp_hand_on(d, packet, &payload);
        fm_info_keep(d);
        if (fm_left(c))
            begin_again(d, c);
    }
}

/* An association may have several paths: all are known by the tags of the first. First visits only. */
static FmFlow *find_association(FmDissection *d, SctpMemo *memo, const FmCursor *c)
{
    uint8_t id[8], back[8]; /* ports and tag, as seen by the receiver */
    memcpy(id, c->at, sizeof id);
    memcpy(back, c->at + 2, 2);
    memcpy(back + 2, c->at, 2);
    FmFlow *flow = d->flow;
    bool tagged = fm_peek(c, 4, 4) != 0;
    uint64_t type = fm_peek(c, HEADER_SIZE, 1);
    const FmFlowId *known = tagged ? fm_flow_id(d, NAME_TAGS, id, sizeof id) : NULL;
    memo->direction = (uint8_t)fm_direction(d);
    if (known) {
        flow = known->flow;
        memo->direction = known->owner;
    } else if (tagged) {
        fm_flow_name(d, flow, NAME_TAGS, id, sizeof id, memo->direction);
    }
    if ((type == C_INIT || type == C_INIT_ACK) && fm_has(c, HEADER_SIZE + CHUNK_HEADER + 4)) {
        memcpy(back + 4, c->at + HEADER_SIZE + CHUNK_HEADER, 4);
        fm_flow_name(d, flow, NAME_TAGS, back, sizeof back, !memo->direction);
    }
    memo->association = flow->number;
    memo->elsewhere = flow != d->flow;
    return flow;
}

static void dissect_over_ip(FmDissection *d, SctpPacket *packet, const FmCursor *whole, FmCursor *c)
{
    SctpMemo *memo = fm_memo(d);
    fm_flow(d, FM_FLOW_SCTP, fm_peek(c, 0, 2), fm_peek(c, 2, 2));
    FmFlow *flow = d->flow ? find_association(d, memo, c) : NULL;
    packet->own_flow = true;
    if (!memo->elsewhere) {
        put_packet(d, packet, whole, c);
        return;
    }
    FmFlowUse before = fm_flow_enter(d, flow, FM_FLOW_SCTP, memo->association, memo->direction);
    put_packet(d, packet, whole, c);
    fm_flow_leave(d, before);
}

/* Inside UDP and DTLS the outer flow is the association's. */
static bool is_over_ip(const FmDissection *d)
{
    const FmPacket *p = d->packet;
    const char *below = p->layer_count > 1 ? p->layers[p->layer_count - 2] : "";
    return strcmp(below, "udp") != 0 && strcmp(below, "dtls") != 0;
}

static void sctp_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor whole = *c;
    unsigned source = (unsigned)fm_peek(c, 0, 2), destination = (unsigned)fm_peek(c, 2, 2);
    fm_title(d, "Stream Control Transmission Protocol, Src Port: %u (%u), Dst Port: %u (%u)", source, source, destination, destination);
    fm_info(d, "%s", "");
    SctpPacket packet = { .relative = fm_preference(d, PREF_RELATIVE), .reassembles = fm_preference(d, PREF_REASSEMBLY),
                          .passes_on = fm_preference(d, PREF_PAYLOAD), .index = fm_preference(d, PREF_INDEX), .quoted = d->quoting };
    if (!d->quoting && fm_left(c) >= HEADER_SIZE && is_over_ip(d))
        dissect_over_ip(d, &packet, &whole, c);
    else
        put_packet(d, &packet, &whole, c);
}

/* Inside DTLS, where nothing but the checksum tells: it is the whole packet's. */
static bool sctp_probe(const FmDissection *d, FmSlice b)
{
    if (b.size < HEADER_SIZE + CHUNK_HEADER || b.size % 4 || !fm_be(b.data, 2) || !fm_be(b.data + 2, 2))
        return false;
    return checksum_of(b, false) == fm_be(b.data + CHECKSUM_AT, 4);
}

const FmProtocol fm_sctp = {
    .abbrev = "sctp",
    .name = "SCTP",
    .title = "Stream Control Transmission Protocol",
    FM_FIELDS(fields),
    FM_PREFERENCES(preferences),
    FM_BINDINGS({ FM_IP_PROTO, 132 }, { FM_UDP_PORT, 9899 }),
    FM_NAMES({ FM_ALPN, "webrtc" }, { FM_ALPN, "c-webrtc" }),
    .dissect = sctp_dissect,
    .probe = sctp_probe,
    .probe_on = FM_DTLS_PORT,
    .memo_size = sizeof(SctpMemo),
};
