/* The statistics that -z knows: one line each. */
#include "config.h"

#include "statistics/all.h"

#include <string.h>

#include "statistics/echo_times.h"
#include "statistics/flow_graph.h"
#include "statistics/follow.h"
#include "statistics/http_trees.h"
#include "statistics/pairs.h"
#include "statistics/trees.h"

const FmStatistic fm_all_statistics[] = {
    { "conv,eth", fm_conversations_start, FM_PAIR_ETHER },
    { "conv,ip", fm_conversations_start, FM_PAIR_IPV4 },
    { "conv,ipv6", fm_conversations_start, FM_PAIR_IPV6 },
    { "conv,sctp", fm_conversations_start, FM_PAIR_SCTP },
    { "conv,tcp", fm_conversations_start, FM_PAIR_TCP },
    { "conv,udp", fm_conversations_start, FM_PAIR_UDP },
    { "dests,tree", fm_trees_start, FM_TREE_IPV4_PORTS },
    { "endpoints,eth", fm_endpoints_start, FM_PAIR_ETHER },
    { "endpoints,ip", fm_endpoints_start, FM_PAIR_IPV4 },
    { "endpoints,ipv6", fm_endpoints_start, FM_PAIR_IPV6 },
    { "endpoints,sctp", fm_endpoints_start, FM_PAIR_SCTP },
    { "endpoints,tcp", fm_endpoints_start, FM_PAIR_TCP },
    { "endpoints,udp", fm_endpoints_start, FM_PAIR_UDP },
    { "expert", fm_expert_start, 0 },
    { "flow,any", fm_flow_graph_start, FM_FLOW_GRAPH_ANY },
    { "flow,icmp", fm_flow_graph_start, FM_FLOW_GRAPH_ICMP },
    { "flow,icmpv6", fm_flow_graph_start, FM_FLOW_GRAPH_ICMPV6 },
    { "flow,tcp", fm_flow_graph_start, FM_FLOW_GRAPH_TCP },
    { "follow,http", fm_follow_start, FM_FOLLOWED_HTTP },
    { "follow,http2", fm_follow_start, FM_FOLLOWED_HTTP2 },
    { "follow,quic", fm_follow_start, FM_FOLLOWED_QUIC },
    { "follow,tcp", fm_follow_start, FM_FOLLOWED_TCP },
    { "follow,tls", fm_follow_start, FM_FOLLOWED_TLS },
    { "follow,udp", fm_follow_start, FM_FOLLOWED_UDP },
    { "follow,websocket", fm_follow_start, FM_FOLLOWED_WEBSOCKET },
    { "http,stat", fm_http_stat_start, 0 },
    { "http,tree", fm_http_trees_start, FM_HTTP_TREE_COUNTER },
    { "http2,tree", fm_http2_tree_start, 0 },
    { "http_req,tree", fm_http_trees_start, FM_HTTP_TREE_REQUESTS },
    { "http_srv,tree", fm_http_trees_start, FM_HTTP_TREE_SERVERS },
    { "ice,pairs", fm_ice_start, 0 },
    { "icmp,srt", fm_echo_times_start, FM_ECHO_ICMP },
    { "icmpv6,srt", fm_echo_times_start, FM_ECHO_ICMPV6 },
    { "io,phs", fm_hierarchy_start, 0 },
    { "io,stat", fm_io_start, 0 },
    { "ip_hosts,tree", fm_trees_start, FM_TREE_IPV4_HOSTS },
    { "ip_srcdst,tree", fm_trees_start, FM_TREE_IPV4_BOTH },
    { "ipv6_dests,tree", fm_trees_start, FM_TREE_IPV6_PORTS },
    { "ipv6_hosts,tree", fm_trees_start, FM_TREE_IPV6_HOSTS },
    { "ipv6_ptype,tree", fm_trees_start, FM_TREE_IPV6_TYPES },
    { "ipv6_srcdst,tree", fm_trees_start, FM_TREE_IPV6_BOTH },
    { "plen,tree", fm_trees_start, FM_TREE_LENGTHS },
    { "ptype,tree", fm_trees_start, FM_TREE_IPV4_TYPES },
    { "rtp,quality", fm_rtp_streams_start, 1 },
    { "rtp,streams", fm_rtp_streams_start, 0 },
    { NULL, NULL, 0 },
};

#define FARTHEST 4 /* letters between a word and the name it may have meant */

/* The name nearest to what `text` begins with: one word, or two with a comma between them. */
static const char *nearest(const char *text)
{
    const char *best = NULL, *comma = strchr(text, ',');
    const char *end = comma ? strchr(comma + 1, ',') : NULL;
    g_autofree char *word = end ? g_strndup(text, (size_t)(end - text)) : g_strdup(text);
    unsigned least = FARTHEST;
    for (const FmStatistic *s = fm_all_statistics; s->name; s++) {
        unsigned distance = fm_text_distance(word, s->name, least);
        if (distance < least) {
            least = distance;
            best = s->name;
        }
    }
    return best;
}

FmObserver *fm_statistic_start(const FmStatisticContext *context, const char *text, GError **error)
{
    for (const FmStatistic *s = fm_all_statistics; s->name; s++) {
        size_t size = strlen(s->name);
        if (strncmp(text, s->name, size) == 0 && (text[size] == ',' || !text[size]))
            return s->start(s, context, text + size + (text[size] == ','), error);
    }
    const char *near = nearest(text);
    g_set_error(error, FM_STATISTIC_ERROR, FM_STATISTIC_ERROR_ARGUMENT, "Invalid -z argument \"%s\"%s%s%s; \"-z help\" lists what there is",
                text, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return NULL;
}

void fm_statistics_list(FmText *out)
{
    fm_text_literal(out, "fathom: The available statistics for the \"-z\" option are:\n");
    for (const FmStatistic *s = fm_all_statistics; s->name; s++)
        fm_text_printf(out, "     %s\n", s->name);
}
