/* BSD loopback: NULL (0) in the writer's byte order, LOOP (108) in network byte order. */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    NULL_,
    NULL_TYPE,
    NULL_FAMILY,
    NULL_FAMILY_LE,
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
    [NULL_FAMILY_LE] = { "null.family", "Family", FM_UINT32_LE, FM_DEC, .names = families },
};

#define HEADER_SIZE 4
#define PPP_HDLC 0xff03

static void dissect_family(FmDissection *d, FmCursor *c, uint64_t family)
{
    fm_length(d, HEADER_SIZE);
    fm_next(d, FM_NULL_TYPE, family, c);
}

static void null_dissect(FmDissection *d, FmCursor *c)
{
    fm_info(d, "Null/Loopback");
    fm_no_link_addresses(d);
    if (fm_left(c) < HEADER_SIZE) {
        fm_cursor_fail(c, HEADER_SIZE);
        return;
    }
    uint64_t family = fm_be(c->at, 4), low = family & 0xffff, high = family >> 16;
    if (d->packet->frame->link_type == 108) {
        fm_add(d, NULL_FAMILY, c);
        dissect_family(d, c, family);
        return;
    }
    if (high == PPP_HDLC) {
        fm_call(d, &fm_ppp, c);
        return;
    }
    /* Some writers put an EtherType into either half, in either byte order. */
    if (low == 0 && high) {
        uint64_t swapped = __builtin_bswap16((uint16_t)high);
        if (swapped >= FM_ETHERTYPE_FIRST) {
            if (fm_wanted(d, NULL_TYPE))
                fm_record(d, NULL_TYPE, fm_offset(c), 2, c->buffer, 0, swapped);
            c->at += HEADER_SIZE;
            fm_length(d, HEADER_SIZE);
            fm_next(d, FM_ETHERTYPE, swapped, c);
            return;
        }
        fm_add(d, NULL_FAMILY_LE, c);
        dissect_family(d, c, swapped);
    } else if (high == 0 && low >= FM_ETHERTYPE_FIRST) {
        c->at += 2;
        fm_add(d, NULL_TYPE, c);
        fm_length(d, HEADER_SIZE);
        fm_next(d, FM_ETHERTYPE, low, c);
    } else if (high == 0) {
        fm_add(d, NULL_FAMILY, c);
        dissect_family(d, c, family);
    } else {
        fm_add(d, NULL_FAMILY_LE, c);
        dissect_family(d, c, __builtin_bswap32((uint32_t)family));
    }
}

const FmProtocol fm_null = {
    .abbrev = "null",
    .name = "Null",
    .title = "Null/Loopback",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_LINK_TYPE, 0 }, { FM_LINK_TYPE, 108 }),
    .dissect = null_dissect,
};
