/* Wireless LAN: MAC headers (IEEE 802.11-2020, clause 9.2), with what data frames carry. */
#include "config.h"

#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    WLAN,
    WLAN_FC_TYPE_SUBTYPE,
    WLAN_FC,
    WLAN_FC_VERSION,
    WLAN_FC_TYPE,
    WLAN_FC_SUBTYPE,
    WLAN_FLAGS,
    WLAN_FC_DS,
    WLAN_FC_TODS,
    WLAN_FC_FROMDS,
    WLAN_FC_FRAG,
    WLAN_FC_RETRY,
    WLAN_FC_PWRMGT,
    WLAN_FC_MOREDATA,
    WLAN_FC_PROTECTED,
    WLAN_FC_ORDER,
    WLAN_DURATION,
    WLAN_AID,
    WLAN_RA,
    WLAN_RA_RESOLVED,
    WLAN_TA,
    WLAN_TA_RESOLVED,
    WLAN_DA,
    WLAN_DA_RESOLVED,
    WLAN_SA,
    WLAN_SA_RESOLVED,
    WLAN_BSSID,
    WLAN_BSSID_RESOLVED,
    WLAN_STAA,
    WLAN_STAA_RESOLVED,
    WLAN_ADDR,
    WLAN_ADDR_RESOLVED,
    WLAN_FRAG,
    WLAN_SEQ,
    WLAN_FCS,
    WLAN_FCS_STATUS,
    WLAN_QOS,
    WLAN_QOS_TID,
    WLAN_QOS_PRIORITY,
    WLAN_QOS_EOSP,
    WLAN_QOS_BIT4,
    WLAN_QOS_ACK,
    WLAN_QOS_AMSDUPRESENT,
    WLAN_QOS_TXOP_LIMIT,
    WLAN_QOS_PS_BUF_STATE,
    WLAN_QOS_BUF_STATE_INDICATED,
    WLAN_QOS_HIGHEST_PRI_BUF_AC,
    WLAN_QOS_QAP_BUF_LOAD,
    WLAN_QOS_TXOP_DUR_REQ,
    WLAN_QOS_QUEUE_SIZE,
    WLAN_HTC,
    WLAN_WEP_IV,
    WLAN_TKIP_EXTIV,
    WLAN_CCMP_EXTIV,
    WLAN_WEP_KEY,
    WLAN_WEP_ICV,
};

static const FmName types[] = {
    { 0, 0, "Management frame" }, { 1, 0, "Control frame" }, { 2, 0, "Data frame" }, { 3, 0, "Extension frame" }, { 0 },
};

enum { /* type and subtype in one number */
    TRIGGER = 0x12,
    VHT_NDP_ANNOUNCEMENT = 0x15,
    CONTROL_EXTENSION = 0x16,
    BLOCK_ACK_REQUEST = 0x18,
    BLOCK_ACK = 0x19,
    PS_POLL = 0x1a,
    RTS = 0x1b,
    CF_END = 0x1e,
    CF_END_ACK = 0x1f,
};

static const FmName type_subtypes[] = {
    { 0x00, 0, "Association Request" },
    { 0x01, 0, "Association Response" },
    { 0x02, 0, "Reassociation Request" },
    { 0x03, 0, "Reassociation Response" },
    { 0x04, 0, "Probe Request" },
    { 0x05, 0, "Probe Response" },
    { 0x06, 0, "Measurement Pilot" },
    { 0x08, 0, "Beacon frame" },
    { 0x09, 0, "ATIM" },
    { 0x0a, 0, "Disassociate" },
    { 0x0b, 0, "Authentication" },
    { 0x0c, 0, "Deauthentication" },
    { 0x0d, 0, "Action" },
    { 0x0e, 0, "Action No Ack" },
    { 0x0f, 0, "Aruba Management" },
    { TRIGGER, 0, "Trigger" },
    { 0x13, 0, "TACK" },
    { 0x14, 0, "Beamforming Report Poll" },
    { VHT_NDP_ANNOUNCEMENT, 0, "VHT/HE NDP Announcement" },
    { 0x17, 0, "Control Wrapper" },
    { BLOCK_ACK_REQUEST, 0, "802.11 Block Ack Req" },
    { BLOCK_ACK, 0, "802.11 Block Ack" },
    { PS_POLL, 0, "Power-Save poll" },
    { RTS, 0, "Request-to-send" },
    { 0x1c, 0, "Clear-to-send" },
    { 0x1d, 0, "Acknowledgement" },
    { CF_END, 0, "CF-End (Control-frame)" },
    { CF_END_ACK, 0, "CF-End + CF-Ack (Control-frame)" },
    { 0x20, 0, "Data" },
    { 0x21, 0, "Data + CF-Ack" },
    { 0x22, 0, "Data + CF-Poll" },
    { 0x23, 0, "Data + CF-Ack + CF-Poll" },
    { 0x24, 0, "Null function (No data)" },
    { 0x25, 0, "Acknowledgement (No data)" },
    { 0x26, 0, "CF-Poll (No data)" },
    { 0x27, 0, "CF-Ack/Poll (No data)" },
    { 0x28, 0, "QoS Data" },
    { 0x29, 0, "QoS Data + CF-Acknowledgment" },
    { 0x2a, 0, "QoS Data + CF-Poll" },
    { 0x2b, 0, "QoS Data + CF-Ack + CF-Poll" },
    { 0x2c, 0, "QoS Null function (No data)" },
    { 0x2e, 0, "QoS CF-Poll (No Data)" },
    { 0x2f, 0, "QoS CF-Ack + CF-Poll (No data)" },
    { 0x30, 0, "DMG Beacon" },
    { 0x31, 0, "S1G Beacon" },
    { 0x162, 0, "Poll" },
    { 0x163, 0, "Service Period Request" },
    { 0x164, 0, "Grant" },
    { 0x165, 0, "DMG Clear-to-send" },
    { 0x166, 0, "DMG Denial-to-send" },
    { 0x167, 0, "Grant Acknowledgment" },
    { 0x168, 0, "Sector Sweep" },
    { 0x169, 0, "Sector Sweep Feedback" },
    { 0x16a, 0, "Sector Sweep Acknowledgment" },
    { 0 },
};

static const FmName systems[] = {
    { 0, 0, "Not leaving DS or network is operating in AD-HOC mode (To DS: 0 From DS: 0)" },
    { 1, 0, "Frame from STA to DS via an AP (To DS: 1 From DS: 0)" },
    { 2, 0, "Frame from DS to a STA via AP(To DS: 0 From DS: 1)" },
    { 3, 0, "WDS (AP to AP) or Mesh (MP to MP) Frame (To DS: 1 From DS: 1)" },
    { 0 },
};

static const FmName priorities[] = {
    { 0, 0, "Best Effort (Best Effort)" }, { 1, 0, "Background (Background)" },     { 2, 0, "Spare (Background)" },
    { 3, 0, "Excellent Effort (Best Effort)" }, { 4, 0, "Controlled Load (Video)" }, { 5, 0, "Video (Video)" },
    { 6, 0, "Voice (Voice)" },             { 7, 0, "Network Control (Voice)" },     { 0 },
};

static const FmName acknowledgements[] = {
    { 0, 0, "Normal Ack" }, { 1, 0, "No Ack" }, { 2, 0, "No explicit acknowledgment" }, { 3, 0, "Block Ack" }, { 0 },
};

#define ADDRESS(row, abbreviation, label) \
    [row] = { "wlan." abbreviation, label, FM_ETHER }, \
    [row##_RESOLVED] = { "wlan." abbreviation "_resolved", label " (resolved)", FM_STRING, .hidden = true }

static const FmField fields[] = {
    [WLAN] = { "wlan", "IEEE 802.11 wireless LAN", FM_PROTOCOL },
    [WLAN_FC_TYPE_SUBTYPE] = { "wlan.fc.type_subtype", "Type/Subtype", FM_UINT16, FM_HEX, .names = type_subtypes },
    [WLAN_FC] = { "wlan.fc", "Frame Control Field", FM_UINT16, FM_HEX },
    [WLAN_FC_VERSION] = { "wlan.fc.version", "Version", FM_UINT8, FM_DEC, 0x03 },
    [WLAN_FC_TYPE] = { "wlan.fc.type", "Type", FM_UINT8, FM_DEC, 0x0c, .names = types },
    [WLAN_FC_SUBTYPE] = { "wlan.fc.subtype", "Subtype", FM_UINT8, FM_DEC, 0xf0 },
    [WLAN_FLAGS] = { "wlan.flags", "Flags", FM_UINT8, FM_HEX },
    [WLAN_FC_DS] = { "wlan.fc.ds", "DS status", FM_UINT8, FM_HEX, 0x03, .names = systems },
    [WLAN_FC_TODS] = { "wlan.fc.tods", "To DS", FM_BOOL8, .mask = 0x01, .hidden = true },
    [WLAN_FC_FROMDS] = { "wlan.fc.fromds", "From DS", FM_BOOL8, .mask = 0x02, .hidden = true },
    [WLAN_FC_FRAG] = { "wlan.fc.frag", "More Fragments", FM_BOOL8, .mask = 0x04, .yes = "More fragments follow",
                       .no = "This is the last fragment" },
    [WLAN_FC_RETRY] = { "wlan.fc.retry", "Retry", FM_BOOL8, .mask = 0x08, .yes = "Frame is being retransmitted",
                        .no = "Frame is not being retransmitted" },
    [WLAN_FC_PWRMGT] = { "wlan.fc.pwrmgt", "PWR MGT", FM_BOOL8, .mask = 0x10, .yes = "STA will go to sleep", .no = "STA will stay up" },
    [WLAN_FC_MOREDATA] = { "wlan.fc.moredata", "More Data", FM_BOOL8, .mask = 0x20, .yes = "Data is buffered for STA at AP",
                           .no = "No data buffered" },
    [WLAN_FC_PROTECTED] = { "wlan.fc.protected", "Protected flag", FM_BOOL8, .mask = 0x40, .yes = "Data is protected",
                            .no = "Data is not protected" },
    [WLAN_FC_ORDER] = { "wlan.fc.order", "+HTC/Order flag", FM_BOOL8, .mask = 0x80, .yes = "Strictly ordered",
                        .no = "Not strictly ordered" },
    [WLAN_DURATION] = { "wlan.duration", "Duration", FM_UINT16_LE, FM_DEC, 0x7fff, .unit = " microseconds" },
    [WLAN_AID] = { "wlan.aid", "Association ID", FM_UINT16_LE, FM_DEC, 0x3fff },
    ADDRESS(WLAN_RA, "ra", "Receiver address"),
    ADDRESS(WLAN_TA, "ta", "Transmitter address"),
    ADDRESS(WLAN_DA, "da", "Destination address"),
    ADDRESS(WLAN_SA, "sa", "Source address"),
    ADDRESS(WLAN_BSSID, "bssid", "BSS Id"),
    ADDRESS(WLAN_STAA, "staa", "STA address"),
    [WLAN_ADDR] = { "wlan.addr", "Hardware address", FM_ETHER, .hidden = true },
    [WLAN_ADDR_RESOLVED] = { "wlan.addr_resolved", "Hardware address (resolved)", FM_STRING, .hidden = true },
    [WLAN_FRAG] = { "wlan.frag", "Fragment number", FM_UINT16_LE, FM_DEC, 0x000f },
    [WLAN_SEQ] = { "wlan.seq", "Sequence number", FM_UINT16_LE, FM_DEC, 0xfff0 },
    [WLAN_FCS] = { "wlan.fcs", "Frame check sequence", FM_UINT32_LE, FM_HEX },
    [WLAN_FCS_STATUS] = { "wlan.fcs.status", "FCS Status", FM_UINT8, .names = fm_checksum_names, .generated = true },
    [WLAN_QOS] = { "wlan.qos", "Qos Control", FM_UINT16_LE, FM_HEX },
    [WLAN_QOS_TID] = { "wlan.qos.tid", "TID", FM_UINT16_LE, FM_DEC, 0x000f },
    [WLAN_QOS_PRIORITY] = { "wlan.qos.priority", "Priority", FM_UINT16_LE, FM_DEC, 0x0007, .names = priorities, .generated = true },
    [WLAN_QOS_EOSP] = { "wlan.qos.eosp", "EOSP", FM_BOOL16_LE, .mask = 0x0010, .yes = "End of service period", .no = "Service period" },
    [WLAN_QOS_BIT4] = { "wlan.qos.bit4", "QoS bit 4", FM_BOOL16_LE, .mask = 0x0010,
                        .yes = "Bits 8-15 of QoS Control field are Queue Size",
                        .no = "Bits 8-15 of QoS Control field are TXOP Duration Requested" },
    [WLAN_QOS_ACK] = { "wlan.qos.ack", "Ack Policy", FM_UINT16_LE, FM_HEX, 0x0060, .names = acknowledgements },
    [WLAN_QOS_AMSDUPRESENT] = { "wlan.qos.amsdupresent", "Payload Type", FM_BOOL16_LE, .mask = 0x0080, .yes = "A-MSDU", .no = "MSDU" },
    [WLAN_QOS_TXOP_LIMIT] = { "wlan.qos.txop_limit", "TXOP Limit", FM_UINT16_LE, FM_DEC, 0xff00 },
    [WLAN_QOS_PS_BUF_STATE] = { "wlan.qos.ps_buf_state", "QAP PS Buffer State", FM_UINT16_LE, FM_HEX, 0xff00 },
    [WLAN_QOS_BUF_STATE_INDICATED] = { "wlan.qos.buf_state_indicated", "Buffer State Indicated", FM_BOOL16_LE, .mask = 0x0200,
                                       .yes = "Yes", .no = "No" },
    [WLAN_QOS_HIGHEST_PRI_BUF_AC] = { "wlan.qos.highest_pri_buf_ac", "Highest-Priority Buffered AC", FM_UINT16_LE, FM_DEC, 0x0c00 },
    [WLAN_QOS_QAP_BUF_LOAD] = { "wlan.qos.qap_buf_load", "QAP Buffered Load", FM_UINT16_LE, FM_DEC, 0xf000 },
    [WLAN_QOS_TXOP_DUR_REQ] = { "wlan.qos.txop_dur_req", "TXOP Duration Requested", FM_UINT16_LE, FM_DEC, 0xff00 },
    [WLAN_QOS_QUEUE_SIZE] = { "wlan.qos.queue_size", "Queue Size", FM_UINT16_LE, FM_DEC, 0xff00 },
    [WLAN_HTC] = { "wlan.htc", "HT Control (+HTC)", FM_UINT32_LE, FM_HEX },
    [WLAN_WEP_IV] = { "wlan.wep.iv", "Initialization Vector", FM_UINT24, FM_HEX },
    [WLAN_TKIP_EXTIV] = { "wlan.tkip.extiv", "TKIP Ext. Initialization Vector", FM_STRING },
    [WLAN_CCMP_EXTIV] = { "wlan.ccmp.extiv", "CCMP Ext. Initialization Vector", FM_STRING },
    [WLAN_WEP_KEY] = { "wlan.wep.key", "Key Index", FM_UINT8, FM_DEC },
    [WLAN_WEP_ICV] = { "wlan.wep.icv", "WEP ICV", FM_UINT32, FM_HEX },
};

enum { MANAGEMENT, CONTROL, DATA };
enum { TO_DS = 0x01, FROM_DS = 0x02, MORE_FRAGMENTS = 0x04, PROTECTED = 0x40, ORDER = 0x80 };         /* flags */
enum { CF_POLL = 0x2, NO_DATA = 0x4, QOS = 0x8 };                                                     /* bits of data's subtypes */
enum { ADDRESS_1 = 4, ADDRESS_2 = 10, ADDRESS_3 = 16, SEQUENCE = 22, ADDRESS_4 = 24 };                /* offsets in the header */
enum { VERSION_MASK = 0x03 };
enum { QOS_BIT4 = 0x10, QOS_AMSDU = 0x80, QOS_BUFFER_STATE = 0x200 };
enum { EXTENDED_IV = 0x20, WEP_HEADER_SIZE = 4, EXTENDED_HEADER_SIZE = 8, ICV_SIZE = 4, FCS_SIZE = 4 };
enum { SUBFRAME_HEADER_SIZE = 14 };

typedef struct Header {
    FmCursor start;         /* first byte, the frame check sequence not covered */
    FmCursor tail;          /* the frame check sequence; empty: none, or not captured */
    unsigned type, subtype; /* as in the frame */
    unsigned flags;
    unsigned kind;          /* type and subtype in one number */
} Header;

static void add_address(FmDissection *d, const Header *h, size_t offset, unsigned row)
{
    FmCursor at = h->start;
    at.at += offset;
    uint64_t address = fm_be(at.at, 6);
    fm_add_value(d, row, &at, 6, address);
    if (!fm_wanted(d, row + 1))
        return;
    g_auto(FmText) text = { 0 };
    fm_text_ether(&text, address);
    fm_add_text(d, row + 1, &at, 6, fm_text_string(&text));
}

static void add_addresses(FmDissection *d, const Header *h, size_t offset, unsigned row)
{
    add_address(d, h, offset, row);
    add_address(d, h, offset, WLAN_ADDR);
}

/* Columns of control frames tell what their address is: the receiver's, or else the transmitter's. */
static FmAddress control_address(FmDissection *d, const Header *h, size_t offset, const char *role)
{
    const uint8_t *a = h->start.at + offset;
    return (FmAddress){ .type = FM_ADDRESS_TEXT,
                        .text = fm_arena_printf(d->arena, "%02x:%02x:%02x:%02x:%02x:%02x (%02x:%02x:%02x:%02x:%02x:%02x) (%s)", a[0],
                                                a[1], a[2], a[3], a[4], a[5], a[0], a[1], a[2], a[3], a[4], a[5], role) };
}

static const char *kind_name(const Header *h)
{
    const char *name = fm_name(type_subtypes, h->kind);
    return name ? name : "Unrecognized (Reserved frame)";
}

static void flags_text(const Header *h, char text[10])
{
    static const char letters[] = "opmPRMFTC";
    for (unsigned i = 0; i < 8; i++)
        text[i] = h->flags & 0x80u >> i ? letters[i] : '.';
    text[8] = fm_left(&h->tail) ? letters[8] : '\0';
    text[9] = '\0';
}

static void add_frame_control(FmDissection *d, FmCursor *c, const Header *h)
{
    fm_add_value(d, WLAN_FC_TYPE_SUBTYPE, c, 2, h->kind);
    fm_add_bits(d, WLAN_FC, c);
    fm_down(d);
    fm_add_bits(d, WLAN_FC_VERSION, c);
    fm_add_bits(d, WLAN_FC_TYPE, c);
    fm_add(d, WLAN_FC_SUBTYPE, c);
    fm_add_flags(d, WLAN_FLAGS, WLAN_FC_DS, WLAN_FC_ORDER, c);
    fm_up(d);
}

static void add_fcs(FmDissection *d, const Header *h)
{
    FmCursor tail = h->tail;
    if (!fm_left(&tail))
        return;
    uint64_t fcs = fm_add(d, WLAN_FCS, &tail);
    fm_label(d, WLAN_FCS, "Frame check sequence: 0x%08x [unverified]", (unsigned)fcs);
    fm_make(d, WLAN_FCS_STATUS, FM_CHECKSUM_UNVERIFIED);
}

/* Fragment and sequence numbers; returns the fragment's. */
static uint64_t add_sequence(FmDissection *d, const Header *h, const char *flags)
{
    FmCursor c = h->start;
    c.at += SEQUENCE;
    uint64_t fragment = fm_add_bits(d, WLAN_FRAG, &c), sequence = fm_add(d, WLAN_SEQ, &c);
    fm_info(d, "%s, SN=%u, FN=%u, Flags=%s", kind_name(h), (unsigned)sequence, (unsigned)fragment, flags);
    return fragment;
}

static void add_control(FmDissection *d, FmCursor *c, const Header *h, const char *flags)
{
    bool transmitter = (h->kind >= TRIGGER && h->kind <= VHT_NDP_ANNOUNCEMENT) || h->kind == BLOCK_ACK_REQUEST ||
                       h->kind == BLOCK_ACK || h->kind == PS_POLL || h->kind == RTS || h->kind >= CF_END;
    transmitter &= h->kind <= CF_END_ACK;
    size_t size = transmitter ? ADDRESS_2 + 6 : ADDRESS_1 + 6;
    if (h->kind == PS_POLL)
        fm_add(d, WLAN_AID, c);
    else
        fm_add(d, WLAN_DURATION, c);
    FmCursor addresses = fm_take(c, size - ADDRESS_1);
    if (fm_left(&addresses) < size - ADDRESS_1)
        return;
    fm_info(d, "%s, Flags=%s", kind_name(h), flags);
    fm_length(d, size + fm_left(&h->tail));
    add_addresses(d, h, ADDRESS_1, WLAN_RA);
    if (h->kind == PS_POLL)
        add_address(d, h, ADDRESS_1, WLAN_BSSID);
    if (transmitter)
        add_addresses(d, h, ADDRESS_2, h->kind == CF_END ? WLAN_BSSID : WLAN_TA);
    if (!d->quoting) {
        d->packet->destination = control_address(d, h, ADDRESS_1, h->kind == PS_POLL ? "BSSID" : "RA");
        if (transmitter)
            d->packet->source = control_address(d, h, ADDRESS_2, h->kind == CF_END ? "BSSID" : "TA");
    }
    add_fcs(d, h);
}

/* WEP, TKIP or CCMP: the header that tells how the rest is encrypted, and the rest. */
static void dissect_protected(FmDissection *d, FmCursor *c)
{
    bool extended = fm_peek(c, 3, 1) & EXTENDED_IV;
    size_t size = extended ? EXTENDED_HEADER_SIZE : WEP_HEADER_SIZE;
    FmCursor iv = fm_take(c, size), icv = *c;
    if (fm_left(&iv) < size)
        return;
    const uint8_t *b = iv.at;
    FmCursor key = iv;
    key.at += 3;
    bool tkip = extended && ((b[0] | 0x20) & 0x7f) == b[1];
    FmSubtree tree = fm_open_text(d, &iv, "%s parameters", !extended ? "WEP" : tkip ? "TKIP" : "CCMP");
    if (extended) {
        char text[16];
        g_snprintf(text, sizeof text, "0x%02X%02X%02X%02X%02X%02X", b[7], b[6], b[5], b[4], tkip ? b[0] : b[1], tkip ? b[2] : b[0]);
        if (tkip)
            fm_add_text(d, WLAN_TKIP_EXTIV, &iv, size, text);
        else
            fm_add_text(d, WLAN_CCMP_EXTIV, &iv, size, text);
    } else {
        fm_add_bits(d, WLAN_WEP_IV, &iv);
    }
    fm_add_value(d, WLAN_WEP_KEY, &key, 1, b[3] >> 6);
    FmCursor body = *c;
    if (!extended && !c->lost && fm_left(c) >= ICV_SIZE) {
        body = fm_take(c, fm_left(c) - ICV_SIZE);
        icv = *c;
        uint64_t value = fm_add(d, WLAN_WEP_ICV, &icv);
        fm_label(d, WLAN_WEP_ICV, "WEP ICV: 0x%08x (not verified)", (unsigned)value);
    }
    fm_skip(&iv, fm_left(&iv));
    fm_close(d, tree, &iv);
    fm_data(d, &body);
}

static void add_qos(FmDissection *d, FmCursor *c, const Header *h)
{
    uint64_t qos = fm_add_bits(d, WLAN_QOS, c);
    fm_down(d);
    fm_add_bits(d, WLAN_QOS_TID, c);
    fm_add_bits(d, WLAN_QOS_PRIORITY, c);
    if (h->flags & FROM_DS)
        fm_add_bits(d, WLAN_QOS_EOSP, c);
    else
        fm_add_bits(d, WLAN_QOS_BIT4, c);
    fm_add_bits(d, WLAN_QOS_ACK, c);
    fm_add_bits(d, WLAN_QOS_AMSDUPRESENT, c);
    if (h->flags & FROM_DS && h->subtype & CF_POLL) {
        fm_add_bits(d, WLAN_QOS_TXOP_LIMIT, c);
    } else if (h->flags & FROM_DS) {
        fm_add_bits(d, WLAN_QOS_PS_BUF_STATE, c);
        fm_down(d);
        fm_add_bits(d, WLAN_QOS_BUF_STATE_INDICATED, c);
        if (qos & QOS_BUFFER_STATE) {
            fm_add_bits(d, WLAN_QOS_HIGHEST_PRI_BUF_AC, c);
            fm_add_bits(d, WLAN_QOS_QAP_BUF_LOAD, c);
        }
        fm_up(d);
    } else if (!(h->subtype & CF_POLL)) {
        if (qos & QOS_BIT4)
            fm_add_bits(d, WLAN_QOS_QUEUE_SIZE, c);
        else
            fm_add_bits(d, WLAN_QOS_TXOP_DUR_REQ, c);
    }
    fm_up(d);
    fm_skip(c, 2);
}

/* Aggregated MSDUs: each with addresses, length, and padding to a multiple of four bytes before the next one. */
static void dissect_aggregate(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        Header h = { .start = *c };
        if (!fm_has(c, SUBFRAME_HEADER_SIZE)) {
            fm_cursor_fail(c, SUBFRAME_HEADER_SIZE);
            return;
        }
        add_address(d, &h, 0, WLAN_DA);
        add_address(d, &h, 6, WLAN_SA);
        fm_skip(c, 12);
        uint64_t length = fm_read_u16(c);
        FmCursor body = fm_take(c, length);
        if (fm_left(&body))
            fm_call(d, &fm_llc, &body);
        fm_skip(c, MIN((4 - (SUBFRAME_HEADER_SIZE + length) % 4) % 4, fm_left(c)));
    }
}

static void add_data_addresses(FmDissection *d, const Header *h, bool aggregate)
{
    bool to = h->flags & TO_DS, from = h->flags & FROM_DS;
    size_t destination = to ? ADDRESS_3 : ADDRESS_1, source = !from ? ADDRESS_2 : to ? ADDRESS_4 : ADDRESS_3;
    size_t bss = to ? ADDRESS_1 : from ? ADDRESS_2 : ADDRESS_3;
    fm_link_addresses(d, h->start.at + source, h->start.at + destination);
    add_addresses(d, h, ADDRESS_1, WLAN_RA);
    add_addresses(d, h, ADDRESS_2, WLAN_TA);
    if (!(aggregate && to)) /* each part has its own; here is the BSS */
        add_address(d, h, destination, WLAN_DA);
    if (!(aggregate && from))
        add_address(d, h, source, WLAN_SA);
    if (!(to && from))
        add_address(d, h, bss, WLAN_BSSID);
    if (to != from)
        add_address(d, h, to ? ADDRESS_2 : ADDRESS_1, WLAN_STAA);
}

static void dissect_data(FmDissection *d, FmCursor *c, const Header *h, unsigned radio, const char *flags)
{
    bool four = h->flags & TO_DS && h->flags & FROM_DS;
    fm_add(d, WLAN_DURATION, c);
    size_t size = four ? ADDRESS_4 + 6 : ADDRESS_4;
    FmCursor addresses = fm_take(c, size - ADDRESS_1);
    if (fm_left(&addresses) < size - ADDRESS_1)
        return;
    bool aggregate = h->subtype & QOS && fm_peek(c, 0, 1) & QOS_AMSDU;
    add_data_addresses(d, h, aggregate);
    uint64_t fragment = add_sequence(d, h, flags);
    add_address(d, h, ADDRESS_3, WLAN_ADDR);
    if (four)
        add_address(d, h, ADDRESS_4, WLAN_ADDR);
    add_fcs(d, h);
    if (h->subtype & QOS) {
        add_qos(d, c, h);
        if (h->flags & ORDER)
            fm_add(d, WLAN_HTC, c);
    }
    size_t length = (size_t)(c->at - h->start.at);
    if (radio & FM_RADIO_PADDED)
        fm_skip(c, (4 - length % 4) % 4);
    if (!fm_ok(d))
        return;
    fm_length(d, (uint64_t)(c->at - h->start.at));
    if (h->subtype & NO_DATA || !fm_left_on_wire(c))
        return;
    if (h->flags & PROTECTED) {
        dissect_protected(d, c);
    } else if (h->flags & MORE_FRAGMENTS || fragment) {
        fm_info(d, "Fragmented IEEE 802.11 frame");
        fm_data(d, c);
    } else if (aggregate) {
        dissect_aggregate(d, c);
    } else {
        fm_call(d, &fm_llc, c);
    }
}

static void dissect_management(FmDissection *d, FmCursor *c, const Header *h, const char *flags)
{
    fm_add(d, WLAN_DURATION, c);
    FmCursor addresses = fm_take(c, ADDRESS_4 - ADDRESS_1);
    if (fm_left(&addresses) < ADDRESS_4 - ADDRESS_1)
        return;
    fm_link_addresses(d, h->start.at + ADDRESS_2, h->start.at + ADDRESS_1);
    add_address(d, h, ADDRESS_1, WLAN_RA);
    add_addresses(d, h, ADDRESS_1, WLAN_DA);
    add_address(d, h, ADDRESS_2, WLAN_TA);
    add_addresses(d, h, ADDRESS_2, WLAN_SA);
    add_addresses(d, h, ADDRESS_3, WLAN_BSSID);
    add_sequence(d, h, flags);
    add_fcs(d, h);
    if (h->flags & ORDER)
        fm_add(d, WLAN_HTC, c);
    if (fm_ok(d) && h->flags & PROTECTED && fm_left_on_wire(c))
        dissect_protected(d, c);
}

static void wlan_dissect(FmDissection *d, FmCursor *c)
{
    if (!fm_has(c, 2)) {
        fm_cursor_fail(c, 2);
        return;
    }
    unsigned radio = d->radio_flags, control = (unsigned)fm_peek(c, 0, 2);
    d->radio_flags = 0;
    Header h = { .start = *c, .tail = fm_window(c, 0), .type = control >> 10 & 3, .subtype = control >> 12, .flags = control & 0xff };
    h.kind = h.type << 4 | h.subtype;
    if (h.kind == CONTROL_EXTENSION)
        h.kind = CONTROL_EXTENSION << 4 | (h.flags & 0xf);
    if (radio & FM_RADIO_FCS && fm_left_on_wire(c) >= FCS_SIZE) {
        h.start = fm_window(c, fm_left_on_wire(c) - FCS_SIZE);
        if (fm_left(c) >= fm_left(&h.start) + FCS_SIZE) {
            h.tail = *c;
            h.tail.at += fm_left(&h.start);
        }
    }
    char flags[10];
    flags_text(&h, flags);
    fm_title(d, "IEEE 802.11 %s, Flags: %s", kind_name(&h), flags);
    fm_info(d, "%s, Flags=%s", kind_name(&h), flags);
    FmCursor frame = h.start;
    if (fm_peek(c, 0, 1) & VERSION_MASK) { /* another header, or noise */
        add_fcs(d, &h);
        fm_data(d, &frame);
        return;
    }
    add_frame_control(d, &frame, &h);
    switch (h.type) {
    case MANAGEMENT: dissect_management(d, &frame, &h, flags); break;
    case CONTROL: add_control(d, &frame, &h, flags); break;
    case DATA: dissect_data(d, &frame, &h, radio, flags); break;
    default: fm_add(d, WLAN_DURATION, &frame); break;
    }
}

const FmProtocol fm_wlan = {
    .abbrev = "wlan",
    .name = "802.11",
    .title = "IEEE 802.11 wireless LAN",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 105 }),
    .dissect = wlan_dissect,
};
