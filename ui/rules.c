/* Wireshark's default colour rules. */
#include "config.h"

#include "ui/rules.h"

#include "filter/filter.h"

/* In the order in which they are tried; the style counts from FM_STYLE_RULE, see theme.c. */
static const struct {
    const char *filter;
    unsigned style;
} rules[] = {
    { "tcp.analysis.flags && !tcp.analysis.window_update && !tcp.analysis.keep_alive && !tcp.analysis.keep_alive_ack", 0 },
    { "stp.type == 0x80", 1 },
    { "icmp.type in { 3..5, 11 } || icmpv6.type in { 1..4 }", 2 },
    { "arp", 3 },
    { "icmp || icmpv6", 4 },
    { "tcp.flags.reset eq 1", 5 },
    { "sctp.chunk_type eq 6", 5 },
    { "(ip.dst != 224.0.0.0/4 && ip.ttl < 5) || (ip.dst == 224.0.0.0/24 && ip.dst != 224.0.0.251 && ip.ttl != 1 && !igmp)", 6 },
    { "(ipv6.dst != ff00::/8 && ipv6.hlim < 5) || (ipv6.dst == ff00::/8 && not ipv6.hlim in { 1, 64, 255 })", 6 },
    { "ip.checksum.status == 0 || tcp.checksum.status == 0 || udp.checksum.status == 0", 0 },
    { "http || tcp.port == 80 || http2", 7 },
    { "tcp.port == 80", 7 },
    { "igmp", 8 },
    { "tcp.flags.syn == 1 || tcp.flags.fin == 1", 9 },
    { "tcp", 10 },
    { "udp || udplite", 11 },
    { "eth[0] & 1", 12 },
    { "systemd_journal", 13 },
};

typedef struct Rule {
    FmFilter *filter;
    FmStyle style;
} Rule;

struct FmRules {
    Rule rules[G_N_ELEMENTS(rules)];
    size_t count;
    uint64_t *wanted;
    bool info;
};

FmRules *fm_rules_new(const FmCatalog *catalog)
{
    FmRules *r = g_new0(FmRules, 1);
    r->wanted = g_new0(uint64_t, fm_catalog_words(catalog));
    for (size_t i = 0; i < G_N_ELEMENTS(rules); i++) {
        FmFilter *filter = fm_filter_compile(catalog, rules[i].filter, NULL, NULL, NULL, NULL);
        if (!filter)
            continue;
        fm_filter_wants(filter, r->wanted, &r->info);
        r->rules[r->count++] = (Rule){ filter, FM_STYLE_RULE + rules[i].style };
    }
    return r;
}

void fm_rules_free(FmRules *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->count; i++)
        fm_filter_free(r->rules[i].filter);
    g_free(r->wanted);
    g_free(r);
}

void fm_rules_want(const FmRules *r, FmViewer *viewer)
{
    fm_viewer_want(viewer, r->wanted, false, false, r->info);
}

FmStyle fm_rules_style(const FmRules *r, const FmPacket *packet)
{
    for (size_t i = 0; i < r->count; i++)
        if (fm_filter_match(r->rules[i].filter, packet))
            return r->rules[i].style;
    return FM_STYLE_NORMAL;
}
