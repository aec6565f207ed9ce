/* Candidate pairs, from the STUN messages that check them. */
#include "config.h"

#include "statistics/ice_pairs.h"

#include <string.h>

#include "base/limits.h"
#include "model/catalog.h"
#include "statistics/roster.h"

typedef enum Role { NOTHING, LAYER, TYPE, CHANNEL_DATA, ATTRIBUTE, IPV4, IPV6, PORT, USERNAME, PRIORITY, REPEATED, TIME, ERROR_CLASS, ERROR_NUMBER, CHANNEL, ROLES } Role;

static const char *const role_fields[ROLES] = {
    [LAYER] = "stun", [TYPE] = "stun.type", [CHANNEL_DATA] = "stun.channel", [ATTRIBUTE] = "stun.att.type", [IPV4] = "stun.att.ipv4",
    [IPV6] = "stun.att.ipv6", [PORT] = "stun.att.port", [USERNAME] = "stun.att.username", [PRIORITY] = "stun.att.priority",
    [REPEATED] = "stun.reqduplicate", [TIME] = "stun.time", [ERROR_CLASS] = "stun.att.error.class", [ERROR_NUMBER] = "stun.att.error",
    [CHANNEL] = "stun.att.channelnum",
};

const char *const fm_ice_fields[] = {
    "stun", "stun.type", "stun.channel", "stun.att.type", "stun.att.ipv4", "stun.att.ipv6", "stun.att.port", "stun.att.username", "stun.att.priority",
    "stun.reqduplicate", "stun.time", "stun.att.error.class", "stun.att.error", "stun.att.channelnum", NULL,
};

enum { BINDING_REQUEST = 0x0001, BINDING_SUCCESS = 0x0101, BINDING_ERROR = 0x0111, CHANNEL_BIND = 0x0009, SEND = 0x0016, DATA = 0x0017 };
enum { A_MAPPED = 0x0001, A_PEER = 0x0012, A_XOR_MAPPED = 0x0020, A_USE_CANDIDATE = 0x0025 };

#define SERVERS 8

typedef struct PairKey { /* zeroed before it is filled; the lower end first */
    FmIceEnd ends[2];
    uint32_t relayed;
} PairKey;

typedef struct Mapping {
    FmNatMapping told;
    FmIceEnd seen_by[SERVERS];
} Mapping;

typedef struct ChannelKey {
    FmIceEnd client, server;
    uint32_t channel;
} ChannelKey;

struct FmIce {
    uint8_t *roles;
    FmRoster *pair_numbers, *mapping_numbers, *channel_numbers;
    GArray *pairs, *mappings, *told; /* of FmIcePair, Mapping, FmNatMapping (what fm_ice_mappings lends) */
    GArray *peers;                   /* of FmIceEnd: by channel */
    uint64_t left_out;
};

typedef struct Message {
    uint64_t type, attribute, priority, channel;
    FmTime time;
    unsigned error;
    bool checks, repeated, nominates, has_time, has_mapped, has_peer;
    FmIceEnd mapped, peer;
} Message;

FmIce *fm_ice_new(const FmCatalog *catalog)
{
    FmIce *ice = g_new0(FmIce, 1);
    ice->roles = g_new0(uint8_t, fm_catalog_words(catalog) * 64);
    for (unsigned role = LAYER; role < ROLES; role++) {
        const FmEntry *entry = fm_catalog_find(catalog, role_fields[role]);
        for (size_t i = 0; entry && i < entry->id_count; i++)
            ice->roles[entry->ids[i]] = (uint8_t)role;
    }
    ice->pair_numbers = fm_roster_new();
    ice->mapping_numbers = fm_roster_new();
    ice->channel_numbers = fm_roster_new();
    ice->pairs = g_array_new(FALSE, TRUE, sizeof(FmIcePair));
    ice->mappings = g_array_new(FALSE, TRUE, sizeof(Mapping));
    ice->told = g_array_new(FALSE, TRUE, sizeof(FmNatMapping));
    ice->peers = g_array_new(FALSE, TRUE, sizeof(FmIceEnd));
    return ice;
}

void fm_ice_free(FmIce *ice)
{
    if (!ice)
        return;
    fm_roster_free(ice->pair_numbers);
    fm_roster_free(ice->mapping_numbers);
    fm_roster_free(ice->channel_numbers);
    g_array_unref(ice->pairs);
    g_array_unref(ice->mappings);
    g_array_unref(ice->told);
    g_array_unref(ice->peers);
    g_free(ice->roles);
    g_free(ice);
}

/* An end with all its unused bytes zero: ends are compared and hashed as bytes. */
static FmIceEnd make_end(FmAddressType type, const uint8_t *bytes, uint32_t port)
{
    FmIceEnd end;
    memset(&end, 0, sizeof end);
    end.address.type = type;
    memcpy(end.address.bytes, bytes, type == FM_ADDRESS_IPV6 ? 16 : 4);
    end.port = port;
    return end;
}

static bool same(const FmIceEnd *a, const FmIceEnd *b)
{
    return a->port == b->port && a->address.type == b->address.type && memcmp(a->address.bytes, b->address.bytes, 16) == 0;
}

/* The pair of two ends; *direction is 0 where `from` is its first. Made only for a check. */
static FmIcePair *pair_of(FmIce *ice, const FmIceEnd *from, const FmIceEnd *to, bool relayed, bool make, unsigned *direction)
{
    PairKey key;
    memset(&key, 0, sizeof key);
    bool swap = memcmp(from, to, sizeof *from) > 0;
    memcpy(&key.ends[swap], from, sizeof *from);
    memcpy(&key.ends[!swap], to, sizeof *to);
    key.relayed = relayed;
    bool fresh = false;
    uint32_t number;
    if (make) {
        number = fm_roster_put(ice->pair_numbers, &key, sizeof key, &fresh);
    } else {
        number = fm_roster_count(ice->pair_numbers) ? fm_roster_get(ice->pair_numbers, &key, sizeof key) : FM_ROSTER_FULL;
    }
    if (number == FM_ROSTER_FULL) {
        ice->left_out += make;
        return NULL;
    }
    if (fresh) {
        FmIcePair pair = { .relayed = relayed, .nominated = FM_TIME_NONE };
        pair.ends[0] = *from;
        pair.ends[1] = *to;
        g_array_append_vals(ice->pairs, &pair, 1);
    }
    FmIcePair *pair = &g_array_index(ice->pairs, FmIcePair, number);
    *direction = !same(&pair->ends[0], from);
    return pair;
}

static void count_check(FmIcePair *pair, unsigned direction, const Message *m, FmTime now)
{
    if (!pair->checks[0] && !pair->checks[1])
        pair->first = now;
    pair->last = now;
    if (m->repeated)
        pair->repeats[direction]++;
    else
        pair->checks[direction]++;
    pair->offered |= m->nominates;
    if (m->priority)
        pair->priority[direction] = m->priority;
}

static void count_answer(FmIcePair *pair, unsigned direction, const Message *m, FmTime now)
{
    unsigned asked = !direction;
    pair->last = now;
    if (m->repeated)
        return;
    if (m->type == BINDING_ERROR) {
        pair->errors[asked]++;
        pair->last_error = m->error;
        return;
    }
    pair->successes[asked]++;
    if (m->has_time) {
        pair->rtt_min = !pair->rtts || m->time < pair->rtt_min ? m->time : pair->rtt_min;
        pair->rtt_sum += m->time;
        pair->rtts++;
    }
    if (pair->offered && pair->nominated == FM_TIME_NONE)
        pair->nominated = now;
}

/* A server or a peer (`by`) told `local` how it sees it. */
static void note_mapping(FmIce *ice, const FmIceEnd *local, const FmIceEnd *by, const FmIceEnd *mapped)
{
    bool fresh;
    uint32_t number = fm_roster_put(ice->mapping_numbers, local, sizeof *local, &fresh);
    if (number == FM_ROSTER_FULL) {
        ice->left_out++;
        return;
    }
    if (fresh) {
        Mapping m;
        memset(&m, 0, sizeof m);
        m.told.local = *local;
        m.told.mapped = *mapped;
        m.told.kind = same(local, mapped) ? FM_NAT_NONE : FM_NAT_UNKNOWN;
        g_array_append_vals(ice->mappings, &m, 1);
    }
    Mapping *m = &g_array_index(ice->mappings, Mapping, number);
    for (unsigned i = 0; i < m->told.servers; i++)
        if (same(&m->seen_by[i], by))
            return;
    if (m->told.servers < SERVERS)
        m->seen_by[m->told.servers++] = *by;
    if (m->told.kind == FM_NAT_OTHER_MAPPING || m->told.servers < 2)
        return;
    m->told.kind = !same(&m->told.mapped, mapped) ? FM_NAT_OTHER_MAPPING : same(local, mapped) ? FM_NAT_NONE : FM_NAT_SAME_MAPPING;
}

static void take(FmIce *ice, const Message *m, const FmIceEnd *from, const FmIceEnd *to, bool relayed, FmTime now)
{
    unsigned direction;
    bool request = m->type == BINDING_REQUEST;
    if (request && !m->checks)
        return; /* asks a server */
    if (m->type == BINDING_SUCCESS && m->has_mapped && !relayed)
        note_mapping(ice, to, from, &m->mapped);
    if (!request && m->type != BINDING_SUCCESS && m->type != BINDING_ERROR)
        return;
    FmIcePair *pair = pair_of(ice, from, to, relayed, request, &direction);
    if (!pair)
        return;
    if (request)
        count_check(pair, direction, m, now);
    else
        count_answer(pair, direction, m, now);
}

/* Who a channel leads to; a request of ChannelBind tells. */
static FmIceEnd *channel_peer(FmIce *ice, const FmIceEnd *client, const FmIceEnd *server, uint64_t channel, bool make)
{
    ChannelKey key;
    memset(&key, 0, sizeof key);
    key.client = *client;
    key.server = *server;
    key.channel = (uint32_t)channel;
    bool fresh = false;
    uint32_t number = make ? fm_roster_put(ice->channel_numbers, &key, sizeof key, &fresh) : fm_roster_get(ice->channel_numbers, &key, sizeof key);
    if (number == FM_ROSTER_FULL)
        return NULL;
    if (fresh)
        g_array_append_vals(ice->peers, &(FmIceEnd){ .port = 0 }, 1);
    return &g_array_index(ice->peers, FmIceEnd, number);
}

/* An outer message of TURN, if there is one, tells the peer of the inner one. */
static void finish(FmIce *ice, const FmPacket *p, const Message *messages, unsigned count)
{
    FmTime now = p->frame->time;
    FmIceEnd from = make_end(p->net_source.type, p->net_source.bytes, p->source_port);
    FmIceEnd to = make_end(p->net_destination.type, p->net_destination.bytes, p->destination_port);
    const Message *outer = &messages[0];
    if (outer->type == CHANNEL_BIND && outer->has_peer && outer->channel) {
        FmIceEnd *peer = channel_peer(ice, &from, &to, outer->channel, true);
        if (peer)
            *peer = outer->peer;
    }
    if (count == 1) {
        take(ice, outer, &from, &to, false, now);
        return;
    }
    FmIceEnd peer = outer->peer;
    bool known = outer->has_peer, out = outer->type == SEND;
    if (!outer->type && outer->channel) { /* ChannelData: the client is the end that bound it */
        FmIceEnd *found = channel_peer(ice, &from, &to, outer->channel, false);
        out = found != NULL;
        if (!found)
            found = channel_peer(ice, &to, &from, outer->channel, false);
        known = found != NULL;
        if (found)
            peer = *found;
    }
    if (known)
        take(ice, &messages[1], out ? &from : &peer, out ? &peer : &to, true, now);
}

static void note_address(Message *m, FmAddressType type, const uint8_t *bytes, uint32_t port)
{
    FmIceEnd end = make_end(type, bytes, port);
    if (m->attribute == A_XOR_MAPPED || (m->attribute == A_MAPPED && !m->has_mapped)) {
        m->mapped = end;
        m->has_mapped = true;
    } else if (m->attribute == A_PEER) {
        m->peer = end;
        m->has_peer = true;
    }
}

void fm_ice_packet(FmIce *ice, const FmPacket *p)
{
    Message messages[2], *m = NULL;
    unsigned count = 0;
    uint32_t port = 0;
    if (!p->has_ports)
        return;
    for (const FmNode *n = p->nodes, *end = n + p->node_count; n < end; n++) {
        Role role = ice->roles[n->field];
        if (role == LAYER) {
            if (count == 1 && m->type && m->type != SEND && m->type != DATA) { /* the next message in the same packet */
                finish(ice, p, messages, 1);
                count = 0;
            } else if (count == 2) {
                finish(ice, p, messages, 2);
                count = 0;
            }
            if (n->depth)
                return; /* quoted by an error */
            m = &messages[count++];
            memset(m, 0, sizeof *m);
            continue;
        }
        if (!role || !m)
            continue;
        switch (role) {
        case TYPE: m->type = n->value; break;
        case CHANNEL_DATA: case CHANNEL: m->channel = n->value; break;
        case ATTRIBUTE:
            m->attribute = n->value;
            m->nominates |= n->value == A_USE_CANDIDATE;
            break;
        case PORT: port = (uint32_t)n->value; break;
        case IPV4: {
            uint8_t bytes[4] = { (uint8_t)(n->value >> 24), (uint8_t)(n->value >> 16), (uint8_t)(n->value >> 8), (uint8_t)n->value };
            note_address(m, FM_ADDRESS_IPV4, bytes, port);
            break;
        }
        case IPV6: {
            FmSlice bytes = fm_node_bytes(p, n);
            if (bytes.size == 16)
                note_address(m, FM_ADDRESS_IPV6, bytes.data, port);
            break;
        }
        case USERNAME: m->checks = true; break;
        case PRIORITY: m->priority = n->value; break;
        case REPEATED: m->repeated = true; break;
        case TIME:
            m->time = (FmTime)n->value;
            m->has_time = true;
            break;
        case ERROR_CLASS: m->error = (unsigned)n->value * 100; break;
        case ERROR_NUMBER: m->error += (unsigned)n->value; break;
        default: break;
        }
    }
    if (count)
        finish(ice, p, messages, count);
}

const FmIcePair *fm_ice_pairs(const FmIce *ice, unsigned *count)
{
    *count = ice->pairs->len;
    return (const FmIcePair *)(const void *)ice->pairs->data;
}

const FmNatMapping *fm_ice_mappings(const FmIce *ice, unsigned *count)
{
    g_array_set_size(ice->told, 0);
    for (guint i = 0; i < ice->mappings->len; i++)
        g_array_append_vals(ice->told, &g_array_index(ice->mappings, Mapping, i).told, 1);
    *count = ice->told->len;
    return (const FmNatMapping *)(const void *)ice->told->data;
}

uint64_t fm_ice_left_out(const FmIce *ice)
{
    return ice->left_out;
}

const char *fm_ice_state(const FmIcePair *pair)
{
    if (pair->nominated != FM_TIME_NONE)
        return "succeeded, nominated";
    if (pair->successes[0] + pair->successes[1])
        return pair->offered ? "succeeded, nomination not answered" : "succeeded";
    return pair->errors[0] + pair->errors[1] ? "refused" : "no answer";
}

const char *fm_nat_name(FmNatKind kind)
{
    switch (kind) {
    case FM_NAT_NONE: return "none: seen as it is";
    case FM_NAT_SAME_MAPPING: return "same mapping for all (endpoint-independent)";
    case FM_NAT_OTHER_MAPPING: return "another mapping for each (symmetric)";
    default: return "some: one server asked";
    }
}
