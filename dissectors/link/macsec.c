/* MACsec (IEEE 802.1AE): the tag, and the payload where it is not encrypted. */
#include "config.h"

#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    MACSEC,
    MACSEC_TCI,
    MACSEC_TCI_V,
    MACSEC_TCI_ES,
    MACSEC_TCI_SC,
    MACSEC_TCI_SCB,
    MACSEC_TCI_E,
    MACSEC_TCI_C,
    MACSEC_AN,
    MACSEC_SL,
    MACSEC_PN,
    MACSEC_SYSTEM_IDENTIFIER,
    MACSEC_PORT_IDENTIFIER,
    MACSEC_ETYPE,
    MACSEC_ICV,
};

static const FmField fields[] = {
    [MACSEC] = { "macsec", "802.1AE Security tag", FM_PROTOCOL },
    [MACSEC_TCI] = { "macsec.TCI", "TCI", FM_UINT8, FM_HEX, 0xfc },
    [MACSEC_TCI_V] = { "macsec.TCI.V", "VER", FM_UINT8, FM_HEX, 0x80 },
    [MACSEC_TCI_ES] = { "macsec.TCI.ES", "ES", FM_BOOL8, .mask = 0x40, .yes = "Set", .no = "Not set" },
    [MACSEC_TCI_SC] = { "macsec.TCI.SC", "SC", FM_BOOL8, .mask = 0x20, .yes = "Set", .no = "Not set" },
    [MACSEC_TCI_SCB] = { "macsec.TCI.SCB", "SCB", FM_BOOL8, .mask = 0x10, .yes = "Set", .no = "Not set" },
    [MACSEC_TCI_E] = { "macsec.TCI.E", "E", FM_BOOL8, .mask = 0x08, .yes = "Set", .no = "Not set" },
    [MACSEC_TCI_C] = { "macsec.TCI.C", "C", FM_BOOL8, .mask = 0x04, .yes = "Set", .no = "Not set" },
    [MACSEC_AN] = { "macsec.AN", "AN", FM_UINT8, FM_HEX, 0x03 },
    [MACSEC_SL] = { "macsec.SL", "Short length", FM_UINT8, FM_DEC },
    [MACSEC_PN] = { "macsec.PN", "Packet number", FM_UINT32, FM_DEC },
    [MACSEC_SYSTEM_IDENTIFIER] = { "macsec.SCI.system_identifier", "System Identifier", FM_ETHER },
    [MACSEC_PORT_IDENTIFIER] = { "macsec.SCI.port_identifier", "Port Identifier", FM_UINT16, FM_DEC },
    [MACSEC_ETYPE] = { "macsec.etype", "Ethertype", FM_UINT16, FM_HEX },
    [MACSEC_ICV] = { "macsec.ICV", "ICV", FM_BYTES },
};

enum {
    FLAG_ES = 0x40,
    FLAG_SC = 0x20,
    FLAG_SCB = 0x10,
    FLAG_E = 0x08,
    FLAG_C = 0x04,
    ICV_SIZE = 16,
    LONG_SIZE = 48, /* from here on the short length is zero */
};

static void macsec_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    uint64_t flags = fm_peek(c, 0, 1);
    fm_add_flags_of(d, fields, MACSEC_TCI, MACSEC_TCI_V, MACSEC_TCI_C, c, false);
    fm_label_more(d, MACSEC_TCI, ", VER: 0x%x%s%s%s%s%s", (unsigned)flags >> 7, flags & FLAG_ES ? ", ES" : "", flags & FLAG_SC ? ", SC" : "",
                  flags & FLAG_SCB ? ", SCB" : "", flags & FLAG_E ? ", E" : "", flags & FLAG_C ? ", C" : "");
    fm_add(d, MACSEC_AN, c);
    uint64_t length = fm_add(d, MACSEC_SL, c);
    fm_add(d, MACSEC_PN, c);
    if (flags & FLAG_SC) {
        fm_add(d, MACSEC_SYSTEM_IDENTIFIER, c);
        fm_add(d, MACSEC_PORT_IDENTIFIER, c);
    }
    if (!fm_ok(d))
        return;
    fm_info(d, "MACsec frame");
    bool plain = !(flags & (FLAG_E | FLAG_C));
    uint64_t left = fm_left_on_wire(c);
    if (!length && left >= LONG_SIZE + ICV_SIZE)
        length = left - ICV_SIZE;
    FmCursor payload = length && length < left ? fm_take(c, length) : fm_take(c, left);
    uint64_t type = plain ? fm_add(d, MACSEC_ETYPE, &payload) : 0;
    if (fm_left(c))
        fm_add_bytes(d, MACSEC_ICV, c, MIN(fm_left(c), ICV_SIZE));
    fm_length(d, (uint64_t)((plain ? payload.at : c->at) - header.at));
    if (plain)
        fm_ethertype_next(d, type, &payload);
    else
        fm_data(d, &payload);
}

const FmProtocol fm_macsec = {
    .abbrev = "macsec",
    .name = "MACSEC",
    .title = "802.1AE Security tag",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x88e5 }),
    .dissect = macsec_dissect,
};
