/* Which packets -z flow draws. */
#pragma once

typedef enum FmFlowGraphKind { FM_FLOW_GRAPH_ANY, FM_FLOW_GRAPH_ICMP, FM_FLOW_GRAPH_ICMPV6, FM_FLOW_GRAPH_TCP } FmFlowGraphKind;
