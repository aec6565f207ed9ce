/* VRRP, versions 2 (RFC 3768) and 3 (RFC 5798). */
#include "config.h"

#include "base/checksum.h"
#include "engine/dissect.h"

enum {
    VRRP, TYPEVER, VERSION_OF, TYPE, ROUTER, PRIORITY, COUNT, AUTH_TYPE, INTERVAL, RESERVED, SHORT_INTERVAL, CHECKSUM, CHECKSUM_STATUS, IPV4, IPV6,
    AUTH_STRING, CHECKSUM_BAD,
};

static const FmName types[] = { { 1, 0, "Advertisement" }, { 0 } };
static const FmName auth_types[] = {
    { 0, 0, "No Authentication" }, { 1, 0, "Simple Text Authentication [RFC 2338] / Reserved [RFC 3768]" },
    { 2, 0, "IP Authentication Header [RFC 2338] / Reserved [RFC 3768]" }, { 254, 0, "Cisco VRRP MD5 authentication" }, { 0 },
};
static const FmName statuses[] = { { 0, 0, "Bad" }, { 1, 0, "Good" }, { 2, 0, "Unverified" }, { 0 } };

static const FmField fields[] = {
    [VRRP] = { "vrrp", "Virtual Router Redundancy Protocol", FM_PROTOCOL },
    [TYPEVER] = { "vrrp.typever", "VRRP message version and type", FM_UINT8, FM_DEC },
    [VERSION_OF] = { "vrrp.version", "VRRP protocol version", FM_UINT8, FM_DEC, 0xf0 },
    [TYPE] = { "vrrp.type", "VRRP packet type", FM_UINT8, FM_DEC, 0x0f, .names = types },
    [ROUTER] = { "vrrp.virt_rtr_id", "Virtual Rtr ID", FM_UINT8, FM_DEC },
    [PRIORITY] = { "vrrp.prio", "Priority", FM_UINT8, FM_DEC },
    [COUNT] = { "vrrp.addr_count", "Addr Count", FM_UINT8, FM_DEC },
    [AUTH_TYPE] = { "vrrp.auth_type", "Auth Type", FM_UINT8, FM_DEC, .names = auth_types },
    [INTERVAL] = { "vrrp.adver_int", "Adver Int", FM_UINT8, FM_DEC },
    [RESERVED] = { "vrrp.reserved_mbz", "Reserved", FM_UINT8, FM_DEC, 0xf0 },
    [SHORT_INTERVAL] = { "vrrp.short_adver_int", "Adver Int", FM_UINT16, FM_DEC, 0x0fff },
    [CHECKSUM] = { "vrrp.checksum", "Checksum", FM_UINT16, FM_HEX },
    [CHECKSUM_STATUS] = { "vrrp.checksum.status", "Checksum Status", FM_UINT8, FM_BASE_NONE, .names = statuses, .generated = true },
    [IPV4] = { "vrrp.ip_addr", "IP Address", FM_IPV4 },
    [IPV6] = { "vrrp.ipv6_addr", "IPv6 Address", FM_IPV6 },
    [AUTH_STRING] = { "vrrp.auth_string", "Authentication String", FM_STRING },
    [CHECKSUM_BAD] = { "vrrp.checksum_bad.expert", "Bad checksum", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
};

/* Version 3 counts the pseudo header in, version 2 does not. */
static void put_checksum(FmDissection *d, FmCursor *c, const FmCursor *whole, uint64_t version)
{
    const FmPacket *p = d->packet;
    FmCursor here = *c;
    uint16_t found = (uint16_t)fm_add(d, CHECKSUM, c);
    if (whole->lost || d->quoting || !fm_ok(d))
        return;
    unsigned size = p->net_source.type == FM_ADDRESS_IPV6 ? 16 : 4;
    uint16_t sum = version == 3 ? fm_checksum_pseudo(p->net_source.bytes, p->net_destination.bytes, size, 112, fm_rest(whole)) : fm_checksum(fm_rest(whole));
    uint16_t right = fm_checksum_expected(sum, found);
    bool good = right == found;
    fm_label(d, CHECKSUM, good ? "Checksum: 0x%04x [correct]" : "Checksum: 0x%04x incorrect, should be 0x%04x", found, right);
    if (!good)
        fm_expert_text(d, CHECKSUM_BAD, "Bad checksum [should be 0x%04x]", right);
    fm_add_value(d, CHECKSUM_STATUS, &here, 0, good);
}

static void vrrp_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor whole = *c;
    uint64_t first = fm_peek(c, 0, 1), version = first >> 4;
    const char *type = fm_name(types, first & 15);
    fm_info(d, "%s (v%u)", (first & 15) == 1 ? "Announcement" : "Unknown", (unsigned)version);
    fm_add_bits(d, TYPEVER, c);
    fm_label(d, TYPEVER, "Version %u, Packet type %u (%s)", (unsigned)version, (unsigned)first & 15, type ? type : "Unknown");
    fm_down(d);
    fm_add_bits(d, VERSION_OF, c);
    fm_add(d, TYPE, c);
    fm_up(d);
    fm_add(d, ROUTER, c);
    uint64_t priority = fm_add(d, PRIORITY, c);
    static const FmName priorities[] = {
        { 0, 0, "Current Master has stopped participating in VRRP" }, { 1, 99, "Non-default backup priority" }, { 100, 0, "Default priority for a backup VRRP router" },
        { 101, 254, "Non-default backup priority" }, { 255, 0, "This VRRP router owns the virtual router's IP address(es)" }, { 0 },
    };
    fm_label(d, PRIORITY, "Priority: %u (%s)", (unsigned)priority, fm_name(priorities, priority));
    uint64_t count = fm_add(d, COUNT, c);
    if (version == 3) {
        fm_add_bits(d, RESERVED, c);
        fm_add(d, SHORT_INTERVAL, c);
    } else {
        fm_add(d, AUTH_TYPE, c);
        fm_add(d, INTERVAL, c);
    }
    put_checksum(d, c, &whole, version);
    bool ipv6 = d->packet->net_source.type == FM_ADDRESS_IPV6;
    for (uint64_t i = 0; i < count && fm_left(c); i++) {
        if (ipv6)
            fm_add_bytes(d, IPV6, c, 16);
        else
            fm_add(d, IPV4, c);
    }
    if (version == 2 && fm_left(c) >= 8 && fm_peek(&whole, 4, 1) == 1)
        fm_add_bytes(d, AUTH_STRING, c, 8);
}

const FmProtocol fm_vrrp = {
    .abbrev = "vrrp",
    .name = "VRRP",
    .title = "Virtual Router Redundancy Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_IP_PROTO, 112 }),
    .dissect = vrrp_dissect,
};
