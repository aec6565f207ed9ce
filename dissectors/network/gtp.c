/* GTPv1-U, the user plane of GPRS, LTE and 5G tunnels (3GPP TS 29.281, TS 38.415). */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    GTP,
    GTP_FLAGS,
    GTP_FLAGS_VERSION,
    GTP_FLAGS_PAYLOAD,
    GTP_FLAGS_RESERVED,
    GTP_FLAGS_E,
    GTP_FLAGS_S,
    GTP_FLAGS_PN,
    GTP_MESSAGE,
    GTP_LENGTH,
    GTP_TEID,
    GTP_SEQ_NUMBER,
    GTP_NPDU_NUMBER,
    GTP_EXT_HDR,
    GTP_EXT_HDR_LENGTH,
    GTP_EXT_HDR_UDP_PORT,
    GTP_EXT_HDR_RAN_CONT,
    GTP_EXT_HDR_XW_RAN_CONT,
    GTP_EXT_HDR_PDCP_SN,
    GTP_EXT_HDR_PDU_TYPE,
    GTP_EXT_HDR_PPP,
    GTP_EXT_HDR_RQI,
    GTP_EXT_HDR_QFI,
    GTP_EXT_HDR_PPI,
    GTP_EXT_HDR_NEXT,
};

static const FmName versions[] = {
    { 0, 0, "GTP release 97/98 version" }, { 1, 0, "GTP release 99 version" }, { 2, 0, "GTPv2-C" }, { 0 },
};

static const FmName payloads[] = { { 0, 0, "GTP'" }, { 1, 0, "GTP" }, { 0 } };

static const FmName messages[] = {
    { 1, 0, "Echo request" },
    { 2, 0, "Echo response" },
    { 26, 0, "Error indication" },
    { 31, 0, "Supported extension header notification" },
    { 253, 0, "Tunnel Status" },
    { 254, 0, "End Marker" },
    { 255, 0, "T-PDU" },
    { 0 },
};

enum {
    EXTENSION_NONE = 0x00,
    EXTENSION_UDP_PORT = 0x40,
    EXTENSION_RAN = 0x81,
    EXTENSION_XW_RAN = 0x83,
    EXTENSION_PDU_SESSION = 0x85,
    EXTENSION_PDCP = 0xc0,
    EXTENSION_ENDLESS = 0x100, /* no type: the one before has no length */
};

static const FmName extensions[] = {
    { EXTENSION_NONE, 0, "No more extension headers" },
    { 0x01, 0, "MBMS support indication" },
    { 0x02, 0, "MS Info Change Reporting support indication" },
    { 0x20, 0, "Service Class Indicator" },
    { EXTENSION_UDP_PORT, 0, "UDP Port number" },
    { EXTENSION_RAN, 0, "RAN container" },
    { 0x82, 0, "Long PDCP PDU number" },
    { EXTENSION_XW_RAN, 0, "Xw RAN container" },
    { 0x84, 0, "NR RAN container" },
    { EXTENSION_PDU_SESSION, 0, "PDU Session container" },
    { EXTENSION_PDCP, 0, "PDCP PDU number" },
    { 0xc1, 0, "Suspend request" },
    { 0xc2, 0, "Suspend response" },
    { 0 },
};

static const FmName pdu_types[] = { { 0, 0, "DL PDU SESSION INFORMATION" }, { 1, 0, "UL PDU SESSION INFORMATION" }, { 0 } };

#define YES .yes = "Yes", .no = "No"
#define PRESENT .yes = "Present", .no = "Not Present"

static const FmField fields[] = {
    [GTP] = { "gtp", "GPRS Tunneling Protocol", FM_PROTOCOL },
    [GTP_FLAGS] = { "gtp.flags", "Flags", FM_UINT8, FM_HEX },
    [GTP_FLAGS_VERSION] = { "gtp.flags.version", "Version", FM_UINT8, FM_DEC, 0xe0, .names = versions },
    [GTP_FLAGS_PAYLOAD] = { "gtp.flags.payload", "Protocol type", FM_UINT8, FM_DEC, 0x10, .names = payloads },
    [GTP_FLAGS_RESERVED] = { "gtp.flags.reserved", "Reserved", FM_UINT8, FM_DEC, 0x08 },
    [GTP_FLAGS_E] = { "gtp.flags.e", "Is Next Extension Header present?", FM_BOOL8, .mask = 0x04, YES },
    [GTP_FLAGS_S] = { "gtp.flags.s", "Is Sequence Number present?", FM_BOOL8, .mask = 0x02, YES },
    [GTP_FLAGS_PN] = { "gtp.flags.pn", "Is N-PDU number present?", FM_BOOL8, .mask = 0x01, YES },
    [GTP_MESSAGE] = { "gtp.message", "Message Type", FM_UINT8, FM_HEX, .names = messages },
    [GTP_LENGTH] = { "gtp.length", "Length", FM_UINT16, FM_DEC },
    [GTP_TEID] = { "gtp.teid", "TEID", FM_UINT32, FM_HEX_DEC },
    [GTP_SEQ_NUMBER] = { "gtp.seq_number", "Sequence number", FM_UINT16, FM_HEX_DEC },
    [GTP_NPDU_NUMBER] = { "gtp.npdu_number", "N-PDU Number", FM_UINT8, FM_HEX },
    [GTP_EXT_HDR] = { "gtp.ext_hdr", "Extension header", FM_NONE },
    [GTP_EXT_HDR_LENGTH] = { "gtp.ext_hdr.length", "Extension Header Length", FM_UINT8, FM_DEC },
    [GTP_EXT_HDR_UDP_PORT] = { "gtp.ext_hdr.udp_port", "UDP Port", FM_UINT16, FM_DEC },
    [GTP_EXT_HDR_RAN_CONT] = { "gtp.ext_hdr.ran_cont", "RAN Container", FM_BYTES },
    [GTP_EXT_HDR_XW_RAN_CONT] = { "gtp.ext_hdr.xw_ran_cont", "Xw RAN Container", FM_BYTES },
    [GTP_EXT_HDR_PDCP_SN] = { "gtp.ext_hdr.pdcp_sn", "PDCP Sequence Number", FM_UINT16, FM_DEC },
    [GTP_EXT_HDR_PDU_TYPE] = { "gtp.ext_hdr.pdu_ses_con.pdu_type", "PDU Type", FM_UINT8, FM_DEC, 0xf0, .names = pdu_types },
    [GTP_EXT_HDR_PPP] = { "gtp.ext_hdr.pdu_ses_cont.ppp", "Paging Policy Presence (PPP)", FM_BOOL8, .mask = 0x80, PRESENT },
    [GTP_EXT_HDR_RQI] = { "gtp.ext_hdr.pdu_ses_cont.rqi", "Reflective QoS Indicator (RQI)", FM_BOOL8, .mask = 0x40, PRESENT },
    [GTP_EXT_HDR_QFI] = { "gtp.ext_hdr.pdu_ses_con.qos_flow_id", "QoS Flow Identifier (QFI)", FM_UINT8, FM_DEC, 0x3f },
    [GTP_EXT_HDR_PPI] = { "gtp.ext_hdr.pdu_ses_cont.ppi", "Paging Policy Indicator (PPI)", FM_UINT8, FM_DEC, 0xe0 },
    [GTP_EXT_HDR_NEXT] = { "gtp.ext_hdr.next", "Next extension header type", FM_UINT8, FM_HEX, .names = extensions },
};

enum { FLAG_E = 0x04, FLAG_S = 0x02, FLAG_PN = 0x01, T_PDU = 255, DOWNLINK = 0, PPP = 0x80 };

static void add_pdu_session(FmDissection *d, FmCursor *c)
{
    FmSubtree container = fm_open_text(d, c, "PDU Session Container");
    uint64_t type = fm_add(d, GTP_EXT_HDR_PDU_TYPE, c), flags = fm_peek(c, 0, 1);
    if (type == DOWNLINK) {
        fm_add_bits(d, GTP_EXT_HDR_PPP, c);
        fm_add_bits(d, GTP_EXT_HDR_RQI, c);
    }
    if (type <= 1)
        fm_add(d, GTP_EXT_HDR_QFI, c);
    if (type == DOWNLINK && flags & PPP && fm_left(c))
        fm_add(d, GTP_EXT_HDR_PPI, c);
    fm_close(d, container, c);
}

/* An extension header, whose length counts words of four bytes, its own and the next one's type too. Returns that type. */
static uint64_t add_extension(FmDissection *d, FmCursor *c, uint64_t type)
{
    FmSubtree extension = fm_open(d, GTP_EXT_HDR, c);
    const char *name = fm_name(extensions, type);
    uint64_t next = EXTENSION_NONE, length = fm_add(d, GTP_EXT_HDR_LENGTH, c);
    if (fm_ok(d) && length == 0) {
        fm_note(d, FM_ERROR, "Extension header length is zero");
        next = EXTENSION_ENDLESS;
    } else if (fm_ok(d)) {
        fm_subtree_label(d, extension, "Extension header (%s)", name ? name : "Unknown");
        FmCursor body = fm_take(c, length * 4 - 2);
        switch (type) {
        case EXTENSION_UDP_PORT: fm_add(d, GTP_EXT_HDR_UDP_PORT, &body); break;
        case EXTENSION_RAN: fm_add_bytes(d, GTP_EXT_HDR_RAN_CONT, &body, fm_left(&body)); break;
        case EXTENSION_XW_RAN: fm_add_bytes(d, GTP_EXT_HDR_XW_RAN_CONT, &body, fm_left(&body)); break;
        case EXTENSION_PDU_SESSION: add_pdu_session(d, &body); break;
        case EXTENSION_PDCP: fm_add(d, GTP_EXT_HDR_PDCP_SN, &body); break;
        default: break;
        }
        next = fm_add(d, GTP_EXT_HDR_NEXT, c);
    }
    fm_close(d, extension, c);
    return next;
}

/* What one of the flags E, S and PN makes room for; false: nobody knows where it ends. */
static bool add_options(FmDissection *d, FmCursor *c, uint64_t flags)
{
    if (flags & FLAG_S)
        fm_add(d, GTP_SEQ_NUMBER, c);
    else
        fm_skip(c, 2);
    if (flags & FLAG_PN)
        fm_add(d, GTP_NPDU_NUMBER, c);
    else
        fm_skip(c, 1);
    if (!(flags & FLAG_E)) {
        fm_skip(c, 1);
        return true;
    }
    uint64_t type = fm_add(d, GTP_EXT_HDR_NEXT, c);
    while (type != EXTENSION_NONE && type != EXTENSION_ENDLESS && fm_ok(d))
        type = add_extension(d, c, type);
    return type != EXTENSION_ENDLESS;
}

/* The tunnelled packet tells by its first bits which IP it is; what else tunnels carry is not told apart. */
static void dissect_packet(FmDissection *d, FmCursor *c)
{
    switch (fm_peek(c, 0, 1) >> 4) {
    case 4: fm_call(d, &fm_ipv4, c); break;
    case 6: fm_call(d, &fm_ipv6, c); break;
    default: return;
    }
    fm_protocol_column(d, fm_arena_printf(d->arena, "GTP <%s>", d->packet->protocol));
}

static void gtp_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    uint64_t first = fm_peek(c, 0, 1);
    if (first >> 4 != 3) { /* not version 1 of GTP: another header */
        fm_data(d, c);
        return;
    }
    uint64_t flags = fm_add_flags(d, GTP_FLAGS, GTP_FLAGS_VERSION, GTP_FLAGS_PN, c);
    uint64_t type = fm_add(d, GTP_MESSAGE, c);
    const char *name = fm_name(messages, type);
    fm_info(d, "%s", name ? name : "Unknown");
    fm_add(d, GTP_LENGTH, c);
    fm_add(d, GTP_TEID, c);
    bool ends = !(flags & (FLAG_E | FLAG_S | FLAG_PN)) || add_options(d, c, flags);
    if (ends && fm_ok(d) && type == T_PDU) {
        fm_length(d, (uint64_t)(c->at - header.at));
        dissect_packet(d, c);
    }
}

const FmProtocol fm_gtp = {
    .abbrev = "gtp",
    .name = "GTP",
    .title = "GPRS Tunneling Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 2152 }),
    .dissect = gtp_dissect,
};
