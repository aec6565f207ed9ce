/* The trees of lengths and addresses. */
#pragma once

typedef enum FmTreeStatistic {
    FM_TREE_LENGTHS, FM_TREE_IPV4_HOSTS, FM_TREE_IPV4_BOTH, FM_TREE_IPV4_TYPES, FM_TREE_IPV4_PORTS, FM_TREE_IPV6_HOSTS,
    FM_TREE_IPV6_BOTH, FM_TREE_IPV6_TYPES, FM_TREE_IPV6_PORTS,
} FmTreeStatistic;
