/* -z plen,tree and those of the IP layers: lengths, addresses, protocols and ports, as trees. */
#include "config.h"

#include <string.h>

#include "statistics/all.h"
#include "statistics/pairs.h"
#include "statistics/tree.h"
#include "statistics/trees.h"

#define NARROWEST_BOTH 31 /* tshark's width of names, however short they are */

enum { NO_TRANSPORT, TCP, UDP, SCTP };

typedef struct Trees {
    FmObserver base;
    FmTree *tree;
    FmTreeStatistic kind;
    FmPairReader layers; /* tells how many of the layer that is counted a packet has */
    uint8_t *transports; /* by field id */
    FmText name;
} Trees;

static const struct {
    const char *title;
    FmPairKind layer; /* not for lengths */
    const char *line, *second_line;
} kinds[] = {
    [FM_TREE_LENGTHS] = { "Packet Lengths", FM_PAIR_ETHER, "Packet Lengths", NULL },
    [FM_TREE_IPV4_HOSTS] = { "IPv4 Statistics/All Addresses", FM_PAIR_IPV4, "All Addresses", NULL },
    [FM_TREE_IPV4_BOTH] = { "IPv4 Statistics/Source and Destination Addresses", FM_PAIR_IPV4, "Source IPv4 Addresses", "Destination IPv4 Addresses" },
    [FM_TREE_IPV4_TYPES] = { "IPv4 Statistics/IP Protocol Types", FM_PAIR_IPV4, "IP Protocol Types", NULL },
    [FM_TREE_IPV4_PORTS] = { "IPv4 Statistics/Destinations and Ports", FM_PAIR_IPV4, "Destinations and Ports", NULL },
    [FM_TREE_IPV6_HOSTS] = { "IPv6 Statistics/All Addresses", FM_PAIR_IPV6, "All Addresses", NULL },
    [FM_TREE_IPV6_BOTH] = { "IPv6 Statistics/Source and Destination Addresses", FM_PAIR_IPV6, "Source IPv6 Addresses", "Destination IPv6 Addresses" },
    [FM_TREE_IPV6_TYPES] = { "IPv6 Statistics/IP Protocol Types", FM_PAIR_IPV6, "IP Protocol Types", NULL },
    [FM_TREE_IPV6_PORTS] = { "IPv6 Statistics/Destinations and Ports", FM_PAIR_IPV6, "Destinations and Ports", NULL },
};

static const struct {
    unsigned last;
    const char *name;
} ranges[] = {
    { 19, "0-19" }, { 39, "20-39" }, { 79, "40-79" }, { 159, "80-159" }, { 319, "160-319" }, { 639, "320-639" },
    { 1279, "640-1279" }, { 2559, "1280-2559" }, { 5119, "2560-5119" }, { UINT32_MAX, "5120 and greater" },
};

static const char *const transports[] = { "NONE", "TCP", "UDP", "SCTP" };

static uint32_t tick(Trees *t, uint32_t parent, const char *name)
{
    uint32_t line = fm_tree_line(t->tree, parent, name, FM_TREE_COUNT);
    fm_tree_tick(t->tree, line, 1);
    return line;
}

static const char *address_name(Trees *t, const FmAddress *address)
{
    fm_text_reset(&t->name);
    fm_address_text(&t->name, address);
    return fm_text_string(&t->name);
}

static void take_length(Trees *t, uint32_t length)
{
    uint32_t line = fm_tree_line(t->tree, FM_TREE_ROOT, kinds[t->kind].line, FM_TREE_RANGE);
    fm_tree_tick(t->tree, line, length);
    size_t i = 0;
    while (length > ranges[i].last)
        i++;
    fm_tree_tick(t->tree, fm_tree_line(t->tree, line, ranges[i].name, FM_TREE_VALUE), length);
}

/* One layer of addresses; they are the innermost ones of the packet. */
static void take_layer(Trees *t, const FmPacket *packet, unsigned transport, unsigned number)
{
    uint32_t line = tick(t, FM_TREE_ROOT, kinds[t->kind].line);
    switch (t->kind) {
    case FM_TREE_IPV4_TYPES: case FM_TREE_IPV6_TYPES: tick(t, line, transports[transport]); break;
    case FM_TREE_IPV4_PORTS: case FM_TREE_IPV6_PORTS: {
        char port[16];
        g_snprintf(port, sizeof port, "%u", number);
        tick(t, tick(t, tick(t, line, address_name(t, &packet->net_destination)), transports[transport]), port);
        break;
    }
    default:
        tick(t, line, address_name(t, &packet->net_source));
        if (kinds[t->kind].second_line)
            line = tick(t, FM_TREE_ROOT, kinds[t->kind].second_line);
        tick(t, line, address_name(t, &packet->net_destination));
    }
}

static void trees_packet(FmObserver *observer, const FmPacket *packet)
{
    Trees *t = (Trees *)observer;
    FmTime now = fm_observer_time(packet);
    if (t->kind == FM_TREE_LENGTHS) {
        fm_tree_time(t->tree, now);
        take_length(t, packet->frame->length);
        return;
    }
    unsigned transport = NO_TRANSPORT, port = 0;
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++) {
        if (!t->transports[n->field])
            continue;
        transport = t->transports[n->field]; /* the last one counts, even in a packet that is quoted */
        port = (unsigned)n->value;
    }
    for (uint32_t at = 0; fm_pair_next(&t->layers, packet, &at);) {
        fm_tree_time(t->tree, now);
        take_layer(t, packet, transport, port);
    }
}

static void trees_print(FmObserver *observer, FmText *out)
{
    fm_tree_print(((Trees *)observer)->tree, out);
}

static void trees_free(FmObserver *observer)
{
    Trees *t = (Trees *)observer;
    fm_tree_free(t->tree);
    fm_pair_reader_clear(&t->layers);
    g_free(t->transports);
    fm_text_clear(&t->name);
    g_free(t);
}

static void mark(Trees *t, const FmCatalog *catalog, const char *name, uint8_t value)
{
    const FmEntry *entry = fm_observer_want(&t->base, catalog, name);
    for (size_t i = 0; entry && i < entry->id_count; i++)
        t->transports[entry->ids[i]] = value;
}

/* Lines that stand there even if nothing is counted. */
static void make_lines(Trees *t)
{
    uint32_t line = fm_tree_line(t->tree, FM_TREE_ROOT, kinds[t->kind].line, t->kind == FM_TREE_LENGTHS ? FM_TREE_RANGE : FM_TREE_COUNT);
    if (kinds[t->kind].second_line)
        fm_tree_line(t->tree, FM_TREE_ROOT, kinds[t->kind].second_line, FM_TREE_COUNT);
    for (size_t i = 0; t->kind == FM_TREE_LENGTHS && i < G_N_ELEMENTS(ranges); i++)
        fm_tree_line(t->tree, line, ranges[i].name, FM_TREE_VALUE);
}

FmObserver *fm_trees_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    Trees *t = g_new0(Trees, 1);
    t->base = (FmObserver){ .packet = trees_packet, .print = trees_print, .free = trees_free };
    t->kind = (FmTreeStatistic)statistic->kind;
    t->tree = fm_tree_new(kinds[t->kind].title, kinds[t->kind].second_line ? NARROWEST_BOTH : 0);
    size_t ids = fm_catalog_words(context->catalog) * 64;
    t->transports = g_new0(uint8_t, ids);
    g_autoptr(FmObserver) observer = &t->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    if (t->kind != FM_TREE_LENGTHS)
        fm_pair_reader_start(&t->layers, observer, context->catalog, kinds[t->kind].layer);
    mark(t, context->catalog, "tcp.dstport", TCP);
    mark(t, context->catalog, "udp.dstport", UDP);
    mark(t, context->catalog, "sctp.dstport", SCTP);
    make_lines(t);
    return g_steal_pointer(&observer);
}
