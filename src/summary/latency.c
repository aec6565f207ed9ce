/* Answers and their services. */
#include "config.h"

#include "summary/latency.h"

#include <math.h>
#include <string.h>

#include "model/asked.h"

enum { MOST_SERVICES = 1 << 14 };
#define SHORTEST (10 * FM_MICROSECOND)

static const char *const protocols[] = { "", "HTTP", "HTTP/2", "HTTP/3", "DNS", "mDNS", "TLS handshake", "STUN", "ICMP", "SIP" };

static const FmAskedField fields[] = {
    { "http.time", 1 }, { "fathom.http2.time", 2 }, { "fathom.http3.time", 3 }, { "dns.time", 4 }, { "mdns.time", 5 }, { "fathom.tls.handshake_time", 6 },
    { "stun.time", 7 }, { "sip.response-time", 9 },
};

static void service_free(gpointer data)
{
    FmService *service = data;
    g_free(service->who);
    g_free(service);
}

FmLatency *fm_latency_new(const FmCatalog *catalog)
{
    FmLatency *l = g_new0(FmLatency, 1);
    l->asked = fm_asked_new(catalog, fields, G_N_ELEMENTS(fields));
    l->services = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, service_free);
    return l;
}

void fm_latency_free(FmLatency *l)
{
    if (!l)
        return;
    fm_asked_free(l->asked);
    g_hash_table_unref(l->services);
    g_free(l);
}

/* Who answers. A handshake is told by its last message, which either end sends: the lower port is the server's. */
static char *answerer(const FmPacket *packet, bool handshake)
{
    bool client_speaks = handshake && packet->source_port > packet->destination_port;
    g_auto(FmText) who = { 0 };
    const FmAddress *address = client_speaks ? &packet->destination : &packet->source;
    bool v6 = address->type == FM_ADDRESS_IPV6 && packet->has_ports;
    fm_text_put(&who, v6 ? "[" : "");
    if (address->type != FM_ADDRESS_NONE)
        fm_address_text(&who, address);
    if (packet->has_ports)
        fm_text_printf(&who, "%s:%u", v6 ? "]" : "", client_speaks ? packet->destination_port : packet->source_port);
    return g_strdup(fm_text_string(&who));
}

static FmService *service_of(FmLatency *l, const char *protocol, const char *who)
{
    g_autofree char *key = g_strdup_printf("%s %s", protocol, who);
    FmService *service = g_hash_table_lookup(l->services, key);
    if (service || g_hash_table_size(l->services) >= MOST_SERVICES)
        return service;
    service = g_new0(FmService, 1);
    service->protocol = protocol;
    service->who = g_strdup(who);
    g_hash_table_insert(l->services, g_steal_pointer(&key), service);
    return service;
}

static void add(FmLatency *l, const FmPacket *packet, const char *protocol, FmTime took)
{
    g_autofree char *who = answerer(packet, strncmp(protocol, "TLS", 3) == 0);
    FmService *s = service_of(l, protocol, who);
    if (!s) {
        l->left_out++;
        return;
    }
    if (!s->count || took < s->least)
        s->least = took;
    if (!s->count || took > s->most) {
        s->most = took;
        s->worst = (uint32_t)packet->frame->number;
    }
    s->count++;
    s->sum += took;
    int bin = took > SHORTEST ? 1 + (int)(2 * log2((double)took / SHORTEST)) : 0;
    s->bins[CLAMP(bin, 0, FM_LATENCY_BINS - 1)]++;
}

void fm_latency_packet(FmLatency *l, const FmPacket *packet)
{
    for (uint32_t i = 0; i < packet->node_count; i++) {
        const FmNode *node = &packet->nodes[i];
        unsigned role = fm_asked_role(l->asked, node->field);
        if (role && (int64_t)node->value >= 0)
            add(l, packet, protocols[role], (FmTime)node->value);
    }
}

FmTime fm_service_quantile(const FmService *s, double share)
{
    uint64_t wanted = (uint64_t)ceil((double)s->count * share), sum = 0;
    for (int bin = 0; bin < FM_LATENCY_BINS; bin++) {
        sum += s->bins[bin];
        if (sum >= wanted)
            return CLAMP((FmTime)(SHORTEST * pow(2, bin / 2.0)), s->least, s->most);
    }
    return s->most;
}
