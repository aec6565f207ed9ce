/* Ethernet II (IEEE 802.3). */
#include "config.h"

#include "engine/dissect.h"

enum { ETH, ETH_DST, ETH_SRC, ETH_TYPE };

static const FmField fields[] = {
    [ETH] = { "eth", "Ethernet", FM_PROTOCOL },
    [ETH_DST] = { "eth.dst", "Destination", FM_ETHER, .also = "eth.addr" },
    [ETH_SRC] = { "eth.src", "Source", FM_ETHER, .also = "eth.addr" },
    [ETH_TYPE] = { "eth.type", "Type", FM_UINT16, FM_HEX },
};

static void ethernet_dissect(FmDissection *d, FmCursor *c)
{
    if (fm_has(c, 12))
        fm_link_addresses(d, c->at + 6, c->at);
    fm_add(d, ETH_DST, c);
    fm_add(d, ETH_SRC, c);
    uint64_t type = fm_add(d, ETH_TYPE, c);
    fm_length(d, 14);
    fm_layer_name(d, "ethertype");
    fm_next(d, FM_ETHERTYPE, type, c);
}

const FmProtocol fm_ethernet = {
    .abbrev = "eth",
    .name = "Ethernet",
    .title = "Ethernet",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 1 }),
    .dissect = ethernet_dissect,
};
