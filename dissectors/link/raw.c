/* Raw IP: RAW (101 and the numbers that systems use for it), which may hold IPv4, IPv6 or PPP. */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "dissectors/link/ethertype.h"

enum { RAW };

static const FmField fields[] = {
    [RAW] = { "raw", "Raw packet data", FM_PROTOCOL },
};

static void raw_dissect(FmDissection *d, FmCursor *c)
{
    fm_info(d, "Raw packet data");
    fm_no_link_addresses(d);
    if (!fm_left(c)) {
        fm_cursor_fail(c, 1);
        return;
    }
    fm_length(d, 0);
    if (fm_peek(c, 0, 2) == 0xff03)
        fm_call(d, &fm_ppp, c);
    else if (c->at[0] >> 4 == 4)
        fm_call(d, &fm_ipv4, c);
    else if (c->at[0] >> 4 == 6)
        fm_call(d, &fm_ipv6, c);
    else
        fm_data(d, c);
}

const FmProtocol fm_raw = {
    .abbrev = "raw",
    .name = "Raw",
    .title = "Raw packet data",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 101 }, { FM_LINK_TYPE, 12 }, { FM_LINK_TYPE, 14 }),
    .dissect = raw_dissect,
};
