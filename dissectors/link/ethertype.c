/* EtherTypes: what comes behind an Ethernet-like header. */
#include "config.h"

#include "dissectors/link/ethertype.h"

#include "dissectors/network/names.h"

#define FRAME_MIN 60 /* without the frame check sequence */

FmCursor fm_ethertype_payload(FmDissection *d, uint64_t type, FmCursor *c)
{
    uint64_t length = fm_extent(d, FM_ETHERTYPE, type, fm_rest(c));
    if (length >= fm_left_on_wire(c))
        return fm_take_rest(c);
    return fm_take(c, length);
}

void fm_ethertype_next(FmDissection *d, uint64_t type, FmCursor *payload)
{
    fm_layer_name(d, "ethertype");
    if (fm_try(d, FM_ETHERTYPE, type, payload))
        return;
    if (d->want_info) {
        const char *name = fm_name(fm_ethertypes, type);
        fm_protocol_column(d, fm_arena_printf(d->arena, "0x%04x", (unsigned)type));
        if (name)
            fm_info(d, "%s", name);
    }
    fm_data(d, payload);
}

size_t fm_ethernet_padding(const FmCursor *rest, bool *other)
{
    *other = false;
    uint64_t before = fm_offset(rest);
    if (before >= FRAME_MIN || before + fm_left_on_wire(rest) < FRAME_MIN)
        return 0;
    size_t n = (size_t)MIN(FRAME_MIN - before, fm_left(rest));
    for (size_t i = 0; i < n; i++)
        if (rest->at[i]) {
            *other = true;
            return 0;
        }
    return n;
}

void fm_ethertype_trailer(FmDissection *d, const FmField *fields, FmCursor *rest, unsigned padding, unsigned trailer)
{
    bool other;
    size_t n = fm_ethernet_padding(rest, &other);
    if (n)
        fm_add_bytes(d, padding, rest, n);
    if (fm_left(rest))
        fm_add_bytes(d, trailer, rest, fm_left(rest));
}
