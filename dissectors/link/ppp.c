/* PPP (RFC 1661), with or without HDLC-like address and control bytes (RFC 1662). */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    PPP,
    PPP_ADDRESS,
    PPP_CONTROL,
    PPP_PROTOCOL,
    PPP_PROTOCOL_SHORT,
};

static const FmField fields[] = {
    [PPP] = { "ppp", "Point-to-Point Protocol", FM_PROTOCOL },
    [PPP_ADDRESS] = { "ppp.address", "Address", FM_UINT8, FM_HEX },
    [PPP_CONTROL] = { "ppp.control", "Control", FM_UINT8, FM_HEX },
    [PPP_PROTOCOL] = { "ppp.protocol", "Protocol", FM_UINT16, FM_HEX, .names = fm_ppp_protocols },
    [PPP_PROTOCOL_SHORT] = { "ppp.protocol", "Protocol", FM_UINT8, FM_HEX, .names = fm_ppp_protocols },
};

enum { ALL_STATIONS = 0xff, CISCO_UNICAST = 0x0f, CISCO_MULTICAST = 0x8f };

static void ppp_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    uint64_t first = fm_peek(c, 0, 1);
    if (d->packet->layer_count == 2) { /* directly in the frame, which may hold Cisco's framing instead */
        fm_no_link_addresses(d);
        if (first == CISCO_UNICAST || first == CISCO_MULTICAST) {
            fm_length(d, 0);
            fm_call(d, &fm_chdlc, c);
            return;
        }
    }
    fm_protocol_column(d, "PPP");
    if (first == ALL_STATIONS) {
        fm_add(d, PPP_ADDRESS, c);
        fm_add(d, PPP_CONTROL, c);
    }
    bool compressed = fm_peek(c, 0, 1) & 1;
    uint64_t protocol = compressed ? fm_add(d, PPP_PROTOCOL_SHORT, c) : fm_add(d, PPP_PROTOCOL, c);
    if (compressed)
        fm_label(d, PPP_PROTOCOL_SHORT, "Protocol: %s (0x%04x)",
                 fm_name(fm_ppp_protocols, protocol) ? fm_name(fm_ppp_protocols, protocol) : "Unknown", (unsigned)protocol);
    if (!fm_ok(d))
        return;
    fm_length(d, (uint64_t)(c->at - header.at));
    if (fm_try(d, FM_PPP_PROTOCOL, protocol, c))
        return;
    if (d->want_info) {
        const char *name = fm_name(fm_ppp_protocols, protocol);
        fm_protocol_column(d, fm_arena_printf(d->arena, "0x%04x", (unsigned)protocol));
        fm_info(d, "PPP %s (0x%04x)", name ? name : "Unknown", (unsigned)protocol);
    }
    fm_data(d, c);
}

const FmProtocol fm_ppp = {
    .abbrev = "ppp",
    .name = "PPP",
    .title = "Point-to-Point Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 9 }, { FM_LINK_TYPE, 50 }, { FM_GRE_PROTO, 0x880b }),
    .dissect = ppp_dissect,
};
