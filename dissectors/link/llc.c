/* Logical link control (IEEE 802.2), with SNAP. */
#include "config.h"

#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"

enum {
    LLC,
    LLC_DSAP,
    LLC_DSAP_SAP,
    LLC_DSAP_IG,
    LLC_SSAP,
    LLC_SSAP_SAP,
    LLC_SSAP_CR,
    LLC_CONTROL,
    LLC_CONTROL_N_R,
    LLC_CONTROL_N_S,
    LLC_CONTROL_P_EXTENDED,
    LLC_CONTROL_F_EXTENDED,
    LLC_CONTROL_S_FTYPE,
    LLC_CONTROL_FTYPE_I,
    LLC_CONTROL_FTYPE_S,
    LLC_CONTROL_P,
    LLC_CONTROL_F,
    LLC_CONTROL_U_MODIFIER_CMD,
    LLC_CONTROL_U_MODIFIER_RESP,
    LLC_CONTROL_FTYPE_U,
    LLC_OUI,
    LLC_TYPE,
    LLC_PID,
    LLC_CISCO_PID,
    LLC_APPLE_ATALK_PID,
};

static const FmName saps[] = {
    { 0x00, 0, "NULL LSAP" },
    { 0x01, 0, "NULL LSAP" },
    { 0x02, 0, "LLC Sub-Layer Management" },
    { 0x04, 0, "SNA Path Control" },
    { 0x06, 0, "TCP/IP" },
    { 0x08, 0, "SNA" },
    { 0x0c, 0, "SNA" },
    { 0x0e, 0, "PROWAY (IEC955) Network Management and Initialization" },
    { 0x10, 0, "NetWare (unofficial?)" },
    { 0x14, 0, "ISO Network Layer (OSLAN 1)" },
    { 0x18, 0, "Texas Instruments" },
    { 0x20, 0, "ISO Network Layer (unofficial?)" },
    { 0x34, 0, "ISO Network Layer (unofficial?)" },
    { 0x42, 0, "Spanning Tree BPDU" },
    { 0x4e, 0, "EIA RS-511 Manufacturing Message Service" },
    { 0x54, 0, "ISO Network Layer (OSLAN 2)" },
    { 0x7e, 0, "ISO 8208 (X.25 over 802.2)" },
    { 0x7f, 0, "ISO 802.2" },
    { 0x80, 0, "XNS" },
    { 0x82, 0, "BACnet" },
    { 0x86, 0, "Nestar" },
    { 0x8e, 0, "PROWAY (IEC955) Active Station List Maintenance" },
    { 0x98, 0, "ARP" },
    { 0xaa, 0, "SNAP" },
    { 0xb4, 0, "HP JetDirect Printer" },
    { 0xba, 0, "Banyan Vines" },
    { 0xbc, 0, "Banyan Vines" },
    { 0xe0, 0, "NetWare" },
    { 0xf0, 0, "NetBIOS" },
    { 0xf4, 0, "IBM Net Management" },
    { 0xf8, 0, "HP Extended LLC" },
    { 0xfa, 0, "Ungermann-Bass" },
    { 0xfc, 0, "Remote Program Load" },
    { 0xfe, 0, "ISO Network Layer" },
    { 0xff, 0, "Global LSAP" },
    { 0 },
};

static const FmName supervisory[] = {
    { 0, 0, "Receiver ready" },
    { 1, 0, "Receiver not ready" },
    { 2, 0, "Reject" },
    { 3, 0, "Selective reject" },
    { 0 },
};

static const FmName commands[] = {
    { 0x00, 0, "Unnumbered Information" },
    { 0x01, 0, "Set Initialization Mode" },
    { 0x03, 0, "Set Asynchronous Response Mode" },
    { 0x08, 0, "Unnumbered Poll" },
    { 0x0b, 0, "Set Asynchronous Balanced Mode" },
    { 0x10, 0, "Disconnect" },
    { 0x13, 0, "Set Asynchronous Response Mode Extended" },
    { 0x18, 0, "Unnumbered Acknowledge" },
    { 0x1b, 0, "Set Asynchronous Balanced Mode Extended" },
    { 0x20, 0, "Set Normal Response Mode" },
    { 0x21, 0, "Frame reject" },
    { 0x23, 0, "Reset" },
    { 0x2b, 0, "Exchange identification" },
    { 0x31, 0, "Configure" },
    { 0x33, 0, "Set Normal Response Mode Extended" },
    { 0x38, 0, "Test" },
    { 0x3b, 0, "Beacon" },
    { 0 },
};

static const FmName responses[] = {
    { 0x00, 0, "Unnumbered Information" },
    { 0x01, 0, "Request Initialization Mode" },
    { 0x03, 0, "Disconnected mode" },
    { 0x08, 0, "Unnumbered Poll" },
    { 0x0b, 0, "Set Asynchronous Balanced Mode" },
    { 0x10, 0, "Request Disconnect" },
    { 0x13, 0, "Set Asynchronous Response Mode Extended" },
    { 0x18, 0, "Unnumbered Acknowledge" },
    { 0x1b, 0, "Set Asynchronous Balanced Mode Extended" },
    { 0x20, 0, "Set Normal Response Mode" },
    { 0x21, 0, "Frame reject" },
    { 0x23, 0, "Reset" },
    { 0x2b, 0, "Exchange identification" },
    { 0x31, 0, "Configure" },
    { 0x33, 0, "Set Normal Response Mode Extended" },
    { 0x38, 0, "Test" },
    { 0x3b, 0, "Beacon" },
    { 0 },
};

static const FmName short_commands[] = {
    { 0x00, 0, "UI" },   { 0x01, 0, "SIM" },   { 0x03, 0, "SARM" },  { 0x08, 0, "UP" },  { 0x0b, 0, "SABM" }, { 0x10, 0, "DISC" },
    { 0x13, 0, "SARME" }, { 0x18, 0, "UA" },   { 0x1b, 0, "SABME" }, { 0x20, 0, "SNRM" }, { 0x21, 0, "FRMR" }, { 0x23, 0, "RESET" },
    { 0x2b, 0, "XID" },  { 0x31, 0, "CFGR" },  { 0x33, 0, "SNRME" }, { 0x38, 0, "TEST" }, { 0x3b, 0, "BCN" },  { 0 },
};

static const FmName short_supervisory[] = { { 0, 0, "RR" }, { 1, 0, "RNR" }, { 2, 0, "REJ" }, { 3, 0, "SREJ" }, { 0 } };

static const FmName frame_types[] = {
    { 0, 0, "Information frame" },
    { 1, 0, "Supervisory frame" },
    { 2, 0, "Information frame" },
    { 3, 0, "Unnumbered frame" },
    { 0 },
};

static const FmName cisco_pids[] = {
    { 0x0102, 0, "DRIP" },
    { 0x0104, 0, "PAgP" },
    { 0x0105, 0, "MLS Hello" },
    { 0x0108, 0, "RLQ BPDUs (request)" },
    { 0x0109, 0, "RLQ BPDUs (response)" },
    { 0x010b, 0, "PVSTP+" },
    { 0x010c, 0, "VLAN Bridge" },
    { 0x0111, 0, "UDLD" },
    { 0x0139, 0, "MCP" },
    { 0x2000, 0, "CDP" },
    { 0x2001, 0, "CGMP" },
    { 0x2003, 0, "VTP" },
    { 0x2004, 0, "DTP" },
    { 0x200a, 0, "STP Uplink Fast" },
    { 0 },
};

static const FmName appletalk_pids[] = { { 0x809b, 0, "AppleTalk" }, { 0 } };

#define SET .yes = "Set", .no = "Not set"

static const FmField fields[] = {
    [LLC] = { "llc", "Logical-Link Control", FM_PROTOCOL },
    [LLC_DSAP] = { "llc.dsap", "DSAP", FM_UINT8, FM_HEX, .names = saps },
    [LLC_DSAP_SAP] = { "llc.dsap.sap", "SAP", FM_UINT8, FM_HEX, 0xfe },
    [LLC_DSAP_IG] = { "llc.dsap.ig", "IG Bit", FM_BOOL8, .mask = 0x1, .yes = "Group", .no = "Individual" },
    [LLC_SSAP] = { "llc.ssap", "SSAP", FM_UINT8, FM_HEX, .names = saps },
    [LLC_SSAP_SAP] = { "llc.ssap.sap", "SAP", FM_UINT8, FM_HEX, 0xfe },
    [LLC_SSAP_CR] = { "llc.ssap.cr", "CR Bit", FM_BOOL8, .mask = 0x1, .yes = "Response", .no = "Command" },
    [LLC_CONTROL] = { "llc.control", "Control", FM_UINT16, FM_HEX },
    [LLC_CONTROL_N_R] = { "llc.control.n_r", "N(R)", FM_UINT16_LE, FM_DEC, 0xfe00 },
    [LLC_CONTROL_N_S] = { "llc.control.n_s", "N(S)", FM_UINT16_LE, FM_DEC, 0xfe },
    [LLC_CONTROL_P_EXTENDED] = { "llc.control.p", "Poll", FM_BOOL16_LE, .mask = 0x100, SET },
    [LLC_CONTROL_F_EXTENDED] = { "llc.control.f", "Final", FM_BOOL16_LE, .mask = 0x100, SET },
    [LLC_CONTROL_S_FTYPE] = { "llc.control.s_ftype", "Supervisory frame type", FM_UINT16_LE, FM_HEX, 0xc, .names = supervisory },
    [LLC_CONTROL_FTYPE_I] = { "llc.control.ftype", "Frame type", FM_UINT16_LE, FM_HEX, 0x1, .names = frame_types },
    [LLC_CONTROL_FTYPE_S] = { "llc.control.ftype", "Frame type", FM_UINT16_LE, FM_HEX, 0x3, .names = frame_types },
    [LLC_CONTROL_P] = { "llc.control.p", "Poll", FM_BOOL8, .mask = 0x10, SET },
    [LLC_CONTROL_F] = { "llc.control.f", "Final", FM_BOOL8, .mask = 0x10, SET },
    [LLC_CONTROL_U_MODIFIER_CMD] = { "llc.control.u_modifier_cmd", "Command", FM_UINT8, FM_HEX, 0xec, .names = commands },
    [LLC_CONTROL_U_MODIFIER_RESP] = { "llc.control.u_modifier_resp", "Response", FM_UINT8, FM_HEX, 0xec, .names = responses },
    [LLC_CONTROL_FTYPE_U] = { "llc.control.ftype", "Frame type", FM_UINT8, FM_HEX, 0x3, .names = frame_types },
    [LLC_OUI] = { "llc.oui", "Organization Code", FM_UINT24, FM_OUI },
    [LLC_TYPE] = { "llc.type", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [LLC_PID] = { "llc.pid", "Protocol ID", FM_UINT16, FM_HEX },
    [LLC_CISCO_PID] = { "llc.cisco_pid", "PID", FM_UINT16, FM_HEX, .names = cisco_pids },
    [LLC_APPLE_ATALK_PID] = { "llc.apple_atalk_pid", "PID", FM_UINT16, FM_HEX, .names = appletalk_pids },
};

enum {
    SAP_SNAP = 0xaa,
    OUI_ENCAPSULATED_ETHERNET = 0x000000,
    OUI_CISCO = 0x00000c,
    OUI_CISCO_90 = 0x0000f8,
    OUI_APPLE = 0x080007,
    OUI_BRIDGED = 0x0080c2,
    PID_BRIDGED_ETHERNET_FCS = 0x0001,
    PID_BRIDGED_ETHERNET = 0x0007,
};

static const char *or_unknown(const char *name)
{
    return name ? name : "Unknown";
}

static void add_sap(FmDissection *d, FmCursor *c, unsigned row)
{
    enum { SAP = 1, BIT };
    uint64_t sap = fm_peek(c, 0, 1);
    fm_add_number(d, &fields[row], row, c, false);
    if (d->want_labels)
        fm_label_of(d, row, false, "%s: %s (0x%02x)", fields[row].name, or_unknown(fm_name(saps, sap & 0xfe)), (unsigned)sap);
    fm_down(d);
    fm_add_number(d, &fields[row + SAP], row + SAP, c, false);
    if (d->want_labels) {
        g_auto(FmText) bits = { 0 };
        for (unsigned bit = 8; bit > 0; bit--) {
            fm_text_char(&bits, bit == 1 ? '.' : (char)('0' + (sap >> (bit - 1) & 1)));
            if (bit == 5)
                fm_text_char(&bits, ' ');
        }
        fm_label_of(d, row + SAP, false, "%s = SAP: %s", fm_text_string(&bits), or_unknown(fm_name(saps, sap & 0xfe)));
    }
    fm_add_number(d, &fields[row + BIT], row + BIT, c, true);
    fm_up(d);
}

/* The control field; returns whether the frame carries information. */
static bool add_control(FmDissection *d, FmCursor *c, bool response, FmText *info)
{
    uint64_t first = fm_peek(c, 0, 1);
    bool unnumbered = (first & 3) == 3;
    uint64_t control = unnumbered ? first : fm_peek(c, 0, 1) | fm_peek(c, 1, 1) << 8;
    bool poll = unnumbered ? control & 0x10 : control & 0x100;
    const char *flag = !poll ? "" : response && (first & 1) ? " F" : " P";
    if (unnumbered)
        fm_text_printf(info, "U%s, func=%s", flag, or_unknown(fm_name(short_commands, (control & 0xec) >> 2)));
    else if (first & 1)
        fm_text_printf(info, "S%s, func=%s, N(R)=%u", flag, or_unknown(fm_name(short_supervisory, control >> 2 & 3)),
                       (unsigned)(control >> 9));
    else
        fm_text_printf(info, "I%s, N(R)=%u, N(S)=%u", flag, (unsigned)(control >> 9), (unsigned)(control >> 1 & 0x7f));
    if (!fm_has(c, unnumbered ? 1 : 2)) {
        fm_cursor_fail(c, 2);
        return false;
    }
    fm_add_value(d, LLC_CONTROL, c, unnumbered ? 1 : 2, control);
    fm_label(d, LLC_CONTROL, unnumbered ? "Control field: %s (0x%02X)" : "Control field: %s (0x%04X)", fm_text_string(info),
             (unsigned)control);
    fm_down(d);
    if (unnumbered) {
        if (poll && response)
            fm_add_bits(d, LLC_CONTROL_F, c);
        else if (poll)
            fm_add_bits(d, LLC_CONTROL_P, c);
        if (response)
            fm_add_bits(d, LLC_CONTROL_U_MODIFIER_RESP, c);
        else
            fm_add_bits(d, LLC_CONTROL_U_MODIFIER_CMD, c);
        fm_add(d, LLC_CONTROL_FTYPE_U, c);
    } else {
        fm_add_bits(d, LLC_CONTROL_N_R, c);
        if (!(first & 1))
            fm_add_bits(d, LLC_CONTROL_N_S, c);
        if (poll && response && first & 1)
            fm_add_bits(d, LLC_CONTROL_F_EXTENDED, c);
        else if (poll)
            fm_add_bits(d, LLC_CONTROL_P_EXTENDED, c);
        if (first & 1) {
            fm_add_bits(d, LLC_CONTROL_S_FTYPE, c);
            fm_add(d, LLC_CONTROL_FTYPE_S, c);
        } else {
            fm_add(d, LLC_CONTROL_FTYPE_I, c);
        }
    }
    fm_up(d);
    return !(first & 1) || control == 0x03;
}

/* Says whose the payload is, when nobody takes it. */
static void snap_info(FmDissection *d, FmText *info, uint64_t oui, uint64_t pid)
{
    if (!d->want_info)
        return;
    const char *vendor = fm_vendor(d, (uint32_t)oui);
    fm_info(d, "%s; SNAP, OUI 0x%06X (%s), PID 0x%04X", fm_text_string(info), (unsigned)oui, or_unknown(vendor), (unsigned)pid);
}

static void dissect_snap(FmDissection *d, FmCursor *c, const FmCursor *header, bool information, FmText *info)
{
    uint64_t oui = fm_add(d, LLC_OUI, c), pid = fm_peek(c, 0, 2);
    if (!fm_has(c, 2)) {
        fm_cursor_fail(c, 2);
        return;
    }
    snap_info(d, info, oui, pid);
    bool taken = false;
    switch (oui) {
    case OUI_ENCAPSULATED_ETHERNET: case OUI_CISCO_90:
        fm_add(d, LLC_TYPE, c);
        fm_length(d, (uint64_t)(c->at - header->at));
        taken = information && fm_try(d, FM_ETHERTYPE, pid, c);
        break;
    case OUI_BRIDGED:
        fm_add(d, LLC_PID, c);
        fm_length(d, (uint64_t)(c->at - header->at));
        taken = information && (pid == PID_BRIDGED_ETHERNET || pid == PID_BRIDGED_ETHERNET_FCS);
        if (taken)
            fm_call(d, &fm_ethernet, c);
        break;
    default:
        if (oui == OUI_CISCO)
            fm_add(d, LLC_CISCO_PID, c);
        else if (oui == OUI_APPLE)
            fm_add(d, LLC_APPLE_ATALK_PID, c);
        else
            fm_add(d, LLC_PID, c);
        fm_length(d, (uint64_t)(c->at - header->at));
        taken = information && fm_try(d, FM_LLC_PID, oui << 16 | pid, c);
        break;
    }
    if (!taken)
        fm_data(d, c);
}

static void llc_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    g_auto(FmText) info = { 0 };
    uint64_t dsap = fm_peek(c, 0, 1), ssap = fm_peek(c, 1, 1);
    add_sap(d, c, LLC_DSAP);
    add_sap(d, c, LLC_SSAP);
    if (!fm_ok(d))
        return;
    bool information = add_control(d, c, ssap & 1, &info);
    if (!fm_ok(d))
        return;
    if (dsap == SAP_SNAP && ssap == SAP_SNAP) {
        dissect_snap(d, c, &header, information, &info);
        return;
    }
    fm_info(d, "%s; DSAP %s %s, SSAP %s %s", fm_text_string(&info), or_unknown(fm_name(saps, dsap & 0xfe)),
            dsap & 1 ? "Group" : "Individual", or_unknown(fm_name(saps, ssap & 0xfe)), ssap & 1 ? "Response" : "Command");
    fm_length(d, (uint64_t)(c->at - header.at));
    if (!information || !fm_try(d, FM_LLC_DSAP, dsap, c))
        fm_data(d, c);
}

const FmProtocol fm_llc = {
    .abbrev = "llc",
    .name = "LLC",
    .title = "Logical-Link Control",
    FM_FIELDS(fields),
    .dissect = llc_dissect,
};
