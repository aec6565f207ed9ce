/* BSD loopback: NULL (0) in the writer's byte order, LOOP (108) in network byte order. */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    NULL_,
    NULL_TYPE,
    NULL_FAMILY,
};

static const FmName families[] = {
    { 2, 0, "IP" },
    { 7, 0, "OSI" },
    { 16, 0, "Appletalk" },
    { 23, 0, "Netware IPX/SPX" },
    { 24, 0, "IPv6" },
    { 28, 0, "IPv6" },
    { 30, 0, "IPv6" },
    { 0 },
};

static const FmField fields[] = {
    [NULL_] = { "null", "Null/Loopback", FM_PROTOCOL },
    [NULL_TYPE] = { "null.type", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [NULL_FAMILY] = { "null.family", "Family", FM_UINT32, FM_DEC, .names = families },
};

enum { HEADER_SIZE = 4, PPP_HDLC = 0xff03, LENGTH_MAX = 1500, LINKTYPE_LOOP = 108 };

/* The number in a header whose writer used either byte order, and 16 or 32 bits of it: an address family or an EtherType. */
static uint64_t guess_number(const uint8_t *at)
{
    uint32_t number = (uint32_t)fm_le(at, 4);
    if (number >> 16) {
        if (number < 0x06000000 / 256)
            return number >> 16;
        return __builtin_bswap32(number);
    }
    if ((number & 0xff) == 0 && number < 0x0600)
        return __builtin_bswap16((uint16_t)number);
    return number;
}

static void null_dissect(FmDissection *d, FmCursor *c)
{
    fm_info(d, "Null/Loopback");
    fm_no_link_addresses(d);
    if (fm_left(c) < HEADER_SIZE) {
        fm_cursor_fail(c, HEADER_SIZE);
        return;
    }
    bool loop = d->packet->frame->link_type == LINKTYPE_LOOP;
    if (!loop && fm_be(c->at, 2) == PPP_HDLC) {
        fm_call(d, &fm_ppp, c);
        return;
    }
    uint64_t number = loop ? fm_be(c->at, 4) : guess_number(c->at);
    bool type = !loop && number > LENGTH_MAX;
    if (type)
        fm_add_value(d, NULL_TYPE, c, HEADER_SIZE, number & 0xffff);
    else
        fm_add_value(d, NULL_FAMILY, c, HEADER_SIZE, number);
    fm_skip(c, HEADER_SIZE);
    fm_length(d, HEADER_SIZE);
    if (type)
        fm_next(d, FM_ETHERTYPE, number & 0xffff, c);
    else
        fm_next(d, FM_NULL_TYPE, number, c);
}

const FmProtocol fm_null = {
    .abbrev = "null",
    .name = "Null",
    .title = "Null/Loopback",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 0 }, { FM_LINK_TYPE, LINKTYPE_LOOP }),
    .dissect = null_dissect,
};
