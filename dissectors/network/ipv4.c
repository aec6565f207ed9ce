/* IPv4 (RFC 791). */
#include "config.h"

#include "engine/dissect.h"

enum { IP, IP_VERSION, IP_HDR_LEN, IP_LEN, IP_ID, IP_TTL, IP_PROTO, IP_CHECKSUM, IP_SRC, IP_DST };

static const FmField fields[] = {
    [IP] = { "ip", "Internet Protocol Version 4", FM_PROTOCOL },
    [IP_VERSION] = { "ip.version", "Version", FM_UINT8, FM_DEC, 0xf0 },
    [IP_HDR_LEN] = { "ip.hdr_len", "Header Length", FM_UINT8, FM_DEC, 0x0f },
    [IP_LEN] = { "ip.len", "Total Length", FM_UINT16, FM_DEC },
    [IP_ID] = { "ip.id", "Identification", FM_UINT16, FM_HEX_DEC },
    [IP_TTL] = { "ip.ttl", "Time to Live", FM_UINT8, FM_DEC },
    [IP_PROTO] = { "ip.proto", "Protocol", FM_UINT8, FM_DEC },
    [IP_CHECKSUM] = { "ip.checksum", "Header Checksum", FM_UINT16, FM_HEX },
    [IP_SRC] = { "ip.src", "Source Address", FM_IPV4, .also = "ip.addr" },
    [IP_DST] = { "ip.dst", "Destination Address", FM_IPV4, .also = "ip.addr" },
};

static void ipv4_dissect(FmDissection *d, FmCursor *c)
{
    fm_add_bits(d, IP_VERSION, c);
    uint64_t header = fm_add(d, IP_HDR_LEN, c) * 4;
    fm_skip(c, 1);
    uint64_t length = fm_add(d, IP_LEN, c);
    fm_add(d, IP_ID, c);
    fm_skip(c, 2);
    fm_add(d, IP_TTL, c);
    uint64_t protocol = fm_add(d, IP_PROTO, c);
    fm_add(d, IP_CHECKSUM, c);
    if (fm_has(c, 8))
        fm_net_addresses(d, c->at, c->at + 4, 4);
    fm_add(d, IP_SRC, c);
    fm_add(d, IP_DST, c);
    fm_length(d, header);
    if (header < 20 || length < header)
        return;
    fm_skip(c, header - 20);
    FmCursor payload = fm_take(c, length - header);
    fm_next(d, FM_IP_PROTO, protocol, &payload);
}

const FmProtocol fm_ipv4 = {
    .abbrev = "ip",
    .name = "IPv4",
    .title = "Internet Protocol Version 4",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x0800 }, { FM_IP_PROTO, 4 }),
    .dissect = ipv4_dissect,
};
