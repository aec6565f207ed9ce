/* Frame Relay (Q.922), with the encapsulation of RFC 2427 or Cisco's. */
#include "config.h"

#include "dissectors/network/names.h"
#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    FR,
    FR_FIRST_ADDR_OCTET,
    FR_UPPER_DLCI,
    FR_CR,
    FR_FIRST_EA,
    FR_SECOND_ADDR_OCTET,
    FR_SECOND_DLCI,
    FR_FECN,
    FR_BECN,
    FR_DE,
    FR_SECOND_EA,
    FR_THIRD_ADDR_OCTET,
    FR_THIRD_DLCI,
    FR_THIRD_EA,
    FR_LOWER_DLCI,
    FR_DLCORE_CONTROL,
    FR_DC,
    FR_LAST_EA,
    FR_DLCI,
    FR_CONTROL,
    FR_U_MODIFIER_CMD,
    FR_FTYPE,
    FR_NLPID,
    FR_SNAP_OUI,
    FR_SNAP_PID,
    FR_SNAPTYPE,
    FR_CHDLCTYPE,
    FR_BOGUS_ADDRESS,
};

static const FmName nlpids[] = {
    { 0x00, 0, "NULL" },  { 0x01, 0, "T.70" },         { 0x03, 0, "X.633" },     { 0x08, 0, "Q.933" },     { 0x09, 0, "LMI" },
    { 0x0c, 0, "Q.2119" }, { 0x80, 0, "SNAP" },        { 0x81, 0, "CLNP" },      { 0x82, 0, "ESIS" },      { 0x83, 0, "ISIS" },
    { 0x85, 0, "IDRP" },  { 0x8a, 0, "ESIS (X.25)" },  { 0x8c, 0, "ISO 10030" }, { 0x8d, 0, "ISO 11577" }, { 0x8e, 0, "IPv6" },
    { 0xb0, 0, "Data compression protocol" },          { 0xcc, 0, "IP" },        { 0xcf, 0, "PPP" },       { 0 },
};

static const FmName commands[] = { { 0, 0, "Unnumbered Information" }, { 0 } };
static const FmName frame_types[] = { { 3, 0, "Unnumbered frame" }, { 0 } };

#define END { "fr.ea", "EA", FM_BOOL8, .mask = 0x01, .yes = "Last Octet", .no = "More Follows" }

static const FmField fields[] = {
    [FR] = { "fr", "Frame Relay", FM_PROTOCOL },
    [FR_FIRST_ADDR_OCTET] = { "fr.first_addr_octet", "First address octet", FM_UINT8, FM_HEX },
    [FR_UPPER_DLCI] = { "fr.upper_dlci", "Upper DLCI", FM_UINT8, FM_HEX, 0xfc },
    [FR_CR] = { "fr.cr", "CR", FM_BOOL8, .mask = 0x02, .yes = "Command", .no = "Response" },
    [FR_FIRST_EA] = END,
    [FR_SECOND_ADDR_OCTET] = { "fr.second_addr_octet", "Second address octet", FM_UINT8, FM_HEX },
    [FR_SECOND_DLCI] = { "fr.second_dlci", "Second DLCI", FM_UINT8, FM_HEX, 0xf0 },
    [FR_FECN] = { "fr.fecn", "FECN", FM_BOOL8, .mask = 0x08 },
    [FR_BECN] = { "fr.becn", "BECN", FM_BOOL8, .mask = 0x04 },
    [FR_DE] = { "fr.de", "DE", FM_BOOL8, .mask = 0x02 },
    [FR_SECOND_EA] = END,
    [FR_THIRD_ADDR_OCTET] = { "fr.third_addr_octet", "Third address octet", FM_UINT8, FM_HEX },
    [FR_THIRD_DLCI] = { "fr.third_dlci", "Third DLCI", FM_UINT8, FM_HEX, 0xfe },
    [FR_THIRD_EA] = END,
    [FR_LOWER_DLCI] = { "fr.lower_dlci", "Lower DLCI", FM_UINT8, FM_HEX, 0xfc },
    [FR_DLCORE_CONTROL] = { "fr.dlcore_control", "DL-CORE Control", FM_UINT8, FM_HEX, 0xfc },
    [FR_DC] = { "fr.dc", "DC", FM_BOOL8, .mask = 0x02, .yes = "DLCI Address", .no = "Control" },
    [FR_LAST_EA] = END,
    [FR_DLCI] = { "fr.dlci", "DLCI", FM_UINT32, FM_DEC },
    [FR_CONTROL] = { "fr.control", "Control Field", FM_UINT8, FM_HEX },
    [FR_U_MODIFIER_CMD] = { "fr.control.u_modifier_cmd", "Command", FM_UINT8, FM_HEX, 0xec, .names = commands },
    [FR_FTYPE] = { "fr.control.ftype", "Frame type", FM_UINT8, FM_HEX, 0x03, .names = frame_types },
    [FR_NLPID] = { "fr.nlpid", "NLPID", FM_UINT8, FM_HEX, .names = nlpids },
    [FR_SNAP_OUI] = { "fr.snap.oui", "Organization Code", FM_UINT24, FM_OUI },
    [FR_SNAP_PID] = { "fr.snap.pid", "Protocol ID", FM_UINT16, FM_HEX },
    [FR_SNAPTYPE] = { "fr.snaptype", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [FR_CHDLCTYPE] = { "fr.chdlctype", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [FR_BOGUS_ADDRESS] = { "fr.bogus_address", "Bogus address", FM_NONE },
};

enum {
    LAST = 1, /* bit of the last octet of an address */
    UNNUMBERED_INFORMATION = 3,
    NLPID_SNAP = 0x80,
    NLPID_IPV6 = 0x8e,
    NLPID_IPV4 = 0xcc,
    NLPID_PPP = 0xcf,
    OUI_ETHERTYPE = 0,
    OUI_BRIDGED = 0x0080c2,
};

static void last_octet(FmDissection *d, FmCursor *c, uint64_t *dlci)
{
    unsigned octet = (unsigned)fm_peek(c, 0, 1);
    bool control = octet & 2;
    FmSubtree tree = fm_open_text(d, c, "Final address octet: 0x%02x", octet);
    fm_add_number(d, &fields[control ? FR_DLCORE_CONTROL : FR_LOWER_DLCI], control ? FR_DLCORE_CONTROL : FR_LOWER_DLCI, c, false);
    fm_add_number(d, &fields[FR_DC], FR_DC, c, false);
    fm_add(d, FR_LAST_EA, c);
    fm_close(d, tree, c);
    if (!control)
        *dlci = *dlci << 6 | octet >> 2;
}

/* An address has two to four octets. */
static uint64_t address(FmDissection *d, FmCursor *c)
{
    uint64_t octet = fm_add_flags(d, FR_FIRST_ADDR_OCTET, FR_UPPER_DLCI, FR_FIRST_EA, c), dlci = octet >> 2;
    fm_label_more(d, FR_FIRST_ADDR_OCTET, "%s%s", octet & 2 ? ", CR" : "", octet & LAST ? ", EA" : "");
    if (octet & LAST)
        return dlci;
    octet = fm_add_flags(d, FR_SECOND_ADDR_OCTET, FR_SECOND_DLCI, FR_SECOND_EA, c);
    fm_label_more(d, FR_SECOND_ADDR_OCTET, "%s%s%s%s", octet & 8 ? ", FECN" : "", octet & 4 ? ", BECN" : "", octet & 2 ? ", DE" : "",
                  octet & LAST ? ", EA" : "");
    dlci = dlci << 4 | octet >> 4;
    if (octet & LAST)
        return dlci;
    if (fm_has(c, 1) && !(fm_peek(c, 0, 1) & LAST)) {
        octet = fm_add_flags(d, FR_THIRD_ADDR_OCTET, FR_THIRD_DLCI, FR_THIRD_EA, c);
        dlci = dlci << 7 | octet >> 1;
        while (fm_has(c, 1) && !(fm_peek(c, 0, 1) & LAST)) {
            FmSubtree tree = fm_open(d, FR_BOGUS_ADDRESS, c);
            fm_subtree_label(d, tree, "Bogus extra address octet");
            fm_note(d, FM_WARN, "Bogus extra address octet");
            fm_skip(c, 1);
            fm_close(d, tree, c);
        }
    }
    last_octet(d, c, &dlci);
    return dlci;
}

static void snap(FmDissection *d, FmCursor *c, const FmCursor *header)
{
    uint64_t oui = fm_add(d, FR_SNAP_OUI, c);
    uint64_t pid = oui == OUI_ETHERTYPE ? fm_add(d, FR_SNAPTYPE, c) : fm_add(d, FR_SNAP_PID, c);
    if (!fm_ok(d))
        return;
    fm_length(d, (uint64_t)(c->at - header->at));
    if (oui == OUI_ETHERTYPE)
        fm_next(d, FM_ETHERTYPE, pid, c);
    else if (oui == OUI_BRIDGED && (pid == 1 || pid == 7))
        fm_call(d, &fm_ethernet, c);
    else
        fm_data(d, c);
}

/* RFC 2427 */
static void information(FmDissection *d, FmCursor *c, const FmCursor *header)
{
    fm_add_flags(d, FR_CONTROL, FR_U_MODIFIER_CMD, FR_FTYPE, c);
    fm_label(d, FR_CONTROL, "Control field: U, func=UI (0x03)");
    if (fm_has(c, 1) && !fm_peek(c, 0, 1)) {
        FmSubtree tree = fm_open_text(d, c, "Padding");
        fm_skip(c, 1);
        fm_close(d, tree, c);
    }
    uint64_t nlpid = fm_add(d, FR_NLPID, c);
    if (!fm_ok(d))
        return;
    fm_length(d, (uint64_t)(c->at - header->at));
    switch (nlpid) {
    case NLPID_SNAP: snap(d, c, header); break;
    case NLPID_IPV4: fm_call(d, &fm_ipv4, c); break;
    case NLPID_IPV6: fm_call(d, &fm_ipv6, c); break;
    case NLPID_PPP: fm_call(d, &fm_ppp, c); break;
    default: fm_data(d, c); break;
    }
}

static bool known_type(uint64_t type)
{
    return type == 0x0800 || type == 0x0806 || type == 0x8035 || type == 0x86dd || type == 0x8847 || type == 0x8848;
}

static void frame_relay_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    uint64_t dlci = address(d, c);
    if (!fm_ok(d))
        return;
    fm_add_value(d, FR_DLCI, &header, c->at - header.at, dlci);
    fm_info(d, "DLCI %u", (unsigned)dlci);
    fm_length(d, (uint64_t)(c->at - header.at));
    if (fm_has(c, 1) && fm_peek(c, 0, 1) == UNNUMBERED_INFORMATION) {
        information(d, c, &header);
    } else if (fm_has(c, 2) && known_type(fm_peek(c, 0, 2))) {
        uint64_t type = fm_add(d, FR_CHDLCTYPE, c);
        fm_length(d, (uint64_t)(c->at - header.at));
        fm_next(d, FM_ETHERTYPE, type, c);
    } else {
        fm_data(d, c);
    }
}

const FmProtocol fm_frame_relay = {
    .abbrev = "fr",
    .name = "FR",
    .title = "Frame Relay",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 107 }),
    .dissect = frame_relay_dissect,
};
