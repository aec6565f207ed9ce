/* Addresses and ports of a packet's layers, from its nodes. */
#include "config.h"

#include "statistics/pairs.h"

#include <string.h>

enum { NOTHING, ETHER_SOURCE, ETHER_DESTINATION, IPV4_SOURCE, IPV4_DESTINATION, IPV6_SOURCE, IPV6_DESTINATION, SOURCE_PORT,
       DESTINATION_PORT, STREAM, FRAGMENT, WHOLE };

typedef struct Role {
    const char *field;
    uint8_t role;
} Role;

/* What each kind reads: the last row ends a pair. */
static const struct {
    const char *title;
    bool ports;
    uint8_t last;
    Role roles[8];
} kinds[] = {
    [FM_PAIR_ETHER] = { "Ethernet", false, ETHER_SOURCE, { { "eth.dst", ETHER_DESTINATION }, { "eth.src", ETHER_SOURCE } } },
    [FM_PAIR_IPV4] = { "IPv4", false, IPV4_DESTINATION, { { "ip.src", IPV4_SOURCE }, { "ip.dst", IPV4_DESTINATION } } },
    [FM_PAIR_IPV6] = { "IPv6", false, IPV6_DESTINATION, 
                       { { "ipv6.src", IPV6_SOURCE }, { "ipv6.dst", IPV6_DESTINATION }, { "ipv6.fraghdr.offset", FRAGMENT },
                         { "ipv6.fraghdr.more", FRAGMENT }, { "ipv6.fragment.count", WHOLE } } },
    [FM_PAIR_TCP] = { "TCP", true, STREAM,
                      { { "ip.src", IPV4_SOURCE }, { "ip.dst", IPV4_DESTINATION }, { "ipv6.src", IPV6_SOURCE },
                        { "ipv6.dst", IPV6_DESTINATION }, { "tcp.srcport", SOURCE_PORT }, { "tcp.dstport", DESTINATION_PORT },
                        { "tcp.stream", STREAM } } },
    [FM_PAIR_UDP] = { "UDP", true, STREAM,
                      { { "ip.src", IPV4_SOURCE }, { "ip.dst", IPV4_DESTINATION }, { "ipv6.src", IPV6_SOURCE },
                        { "ipv6.dst", IPV6_DESTINATION }, { "udp.srcport", SOURCE_PORT }, { "udp.dstport", DESTINATION_PORT },
                        { "udp.stream", STREAM } } },
    [FM_PAIR_SCTP] = { "SCTP", true, DESTINATION_PORT,
                       { { "ip.src", IPV4_SOURCE }, { "ip.dst", IPV4_DESTINATION }, { "ipv6.src", IPV6_SOURCE },
                         { "ipv6.dst", IPV6_DESTINATION }, { "sctp.srcport", SOURCE_PORT }, { "sctp.dstport", DESTINATION_PORT } } },
};

const char *fm_pair_title(FmPairKind kind)
{
    return kinds[kind].title;
}

bool fm_pair_has_ports(FmPairKind kind)
{
    return kinds[kind].ports;
}

void fm_pair_reader_start(FmPairReader *reader, FmObserver *observer, const FmCatalog *catalog, FmPairKind kind)
{
    reader->kind = kind;
    reader->roles = g_new0(uint8_t, fm_catalog_words(catalog) * 64);
    for (const Role *role = kinds[kind].roles; role < kinds[kind].roles + G_N_ELEMENTS(kinds[kind].roles) && role->field; role++) {
        const FmEntry *entry = fm_observer_want(observer, catalog, role->field);
        for (size_t i = 0; entry && i < entry->id_count; i++)
            reader->roles[entry->ids[i]] = role->role;
    }
}

void fm_pair_reader_clear(FmPairReader *reader)
{
    g_free(reader->roles);
}

static void set_address(FmEnd *end, FmAddressType type, const FmPacket *packet, const FmNode *node)
{
    memset(end->bytes, 0, sizeof end->bytes);
    end->type = type;
    if (type == FM_ADDRESS_IPV6) {
        FmSlice bytes = fm_node_bytes(packet, node);
        if (bytes.size)
            memcpy(end->bytes, bytes.data, MIN(bytes.size, sizeof end->bytes));
        return;
    }
    unsigned size = type == FM_ADDRESS_ETHER ? 6 : 4;
    for (unsigned i = 0; i < size; i++)
        end->bytes[i] = (uint8_t)(node->value >> 8 * (size - 1 - i));
}

/* Is the IPv6 packet, whose fields go on at node `at`, a fragment with which no datagram became whole? */
static bool is_loose_fragment(const FmPairReader *reader, const FmPacket *packet, uint32_t at)
{
    bool fragment = false;
    for (; at < packet->node_count && reader->roles[packet->nodes[at].field] != IPV6_SOURCE; at++) {
        unsigned role = reader->roles[packet->nodes[at].field];
        if (role == WHOLE)
            return false;
        fragment |= role == FRAGMENT && packet->nodes[at].value;
    }
    return fragment;
}

const FmPair *fm_pair_next(FmPairReader *reader, const FmPacket *packet, uint32_t *at)
{
    FmPair *pair = &reader->pair;
    if (*at == 0)
        *pair = (FmPair){ 0 };
    while (*at < packet->node_count) {
        const FmNode *node = &packet->nodes[(*at)++];
        unsigned role = reader->roles[node->field];
        if (!role || node->depth != 1) /* deeper: a packet that another one quotes */
            continue;
        switch (role) {
        case ETHER_SOURCE: set_address(&pair->source, FM_ADDRESS_ETHER, packet, node); break;
        case ETHER_DESTINATION: set_address(&pair->destination, FM_ADDRESS_ETHER, packet, node); break;
        case IPV4_SOURCE: set_address(&pair->source, FM_ADDRESS_IPV4, packet, node); break;
        case IPV4_DESTINATION: set_address(&pair->destination, FM_ADDRESS_IPV4, packet, node); break;
        case IPV6_SOURCE: set_address(&pair->source, FM_ADDRESS_IPV6, packet, node); break;
        case IPV6_DESTINATION: set_address(&pair->destination, FM_ADDRESS_IPV6, packet, node); break;
        case SOURCE_PORT: pair->source.port = (uint32_t)node->value; break;
        case DESTINATION_PORT: pair->destination.port = (uint32_t)node->value; break;
        case STREAM: pair->stream = (uint32_t)node->value; break;
        default: break;
        }
        if (role == kinds[reader->kind].last && !(role == IPV6_DESTINATION && is_loose_fragment(reader, packet, *at)))
            return pair;
    }
    return NULL;
}

int fm_end_compare(const FmEnd *a, const FmEnd *b)
{
    return memcmp(a, b, sizeof *a);
}

void fm_end_text(FmText *out, const FmEnd *end)
{
    FmAddress address = { .type = (FmAddressType)end->type };
    memcpy(address.bytes, end->bytes, sizeof end->bytes);
    fm_address_text(out, &address);
}
