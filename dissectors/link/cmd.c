/* Cisco MetaData: the security group of a frame, in front of its EtherType; behind it in GRE. */
#include "config.h"

#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    CMD,
    CMD_VERSION,
    CMD_LENGTH,
    CMD_OPTIONS,
    CMD_SGT,
    CMD_TYPE,
};

static const FmField fields[] = {
    [CMD] = { "cmd", "Cisco MetaData", FM_PROTOCOL },
    [CMD_VERSION] = { "cmd.version", "Version", FM_UINT8, FM_DEC },
    [CMD_LENGTH] = { "cmd.length", "Length", FM_UINT8, FM_DEC },
    [CMD_OPTIONS] = { "cmd.options", "Options", FM_UINT16, FM_HEX },
    [CMD_SGT] = { "cmd.sgt", "SGT", FM_UINT16, FM_DEC },
    [CMD_TYPE] = { "cmd.type", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
};

static void cmd_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor header = *c;
    const FmPacket *p = d->packet;
    bool type_first = p->layer_count > 1 && strcmp(p->layers[p->layer_count - 2], "gre") == 0;
    uint64_t type = type_first ? fm_add(d, CMD_TYPE, c) : 0;
    fm_add(d, CMD_VERSION, c);
    fm_add(d, CMD_LENGTH, c);
    fm_add(d, CMD_OPTIONS, c);
    uint64_t group = fm_add(d, CMD_SGT, c);
    if (!type_first)
        type = fm_add(d, CMD_TYPE, c);
    if (!fm_ok(d))
        return;
    fm_title(d, "Cisco MetaData, SGT: %u", (unsigned)group);
    fm_length(d, (uint64_t)(c->at - header.at));
    if (!fm_try(d, FM_ETHERTYPE, type, c) && !fm_try(d, FM_GRE_PROTO, type, c))
        fm_data(d, c);
}

const FmProtocol fm_cmd = {
    .abbrev = "cmd",
    .name = "Cisco MetaData",
    .title = "Cisco MetaData",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x8909 }, { FM_GRE_PROTO, 0x8909 }),
    .dissect = cmd_dissect,
};
