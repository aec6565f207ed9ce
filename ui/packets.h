/* The page of packets: what list, tree and bytes share. */
#pragma once

#include "ui/app.h"
#include "ui/rules.h"

typedef struct FmPackets {
    FmViewer *rows, *detail;
    FmRules *rules;
    uint32_t number;          /* selected packet; 0: none yet */
    const FmPacket *packet;   /* the same with everything in it; NULL: not there */
    bool there_is_more;       /* it was asked for and could not be had */
    uint32_t node;            /* 1 + index of the selected node; 0: none */
    const FmEntry *pointed;   /* field that the tree opens at when it comes; NULL: none */
    bool opening;             /* the tree shall open at `node` */
    GHashTable *open;         /* subtrees that are open, by field and its parent's: for all packets */
    uint32_t generation;      /* changes with packet and open subtrees */
    unsigned buffer;          /* shown in the bytes pane */
    uint32_t byte;            /* its cursor */
    GPtrArray *extra;         /* of const FmEntry: fields shown as columns of their own */
    bool colors, maximized, follow_end;
    int share;                /* of the list, in percent of the height */
    bool filtered;            /* a filter of its own, */
    char *filter_before;      /* instead of this one */
} FmPackets;

extern const FmView fm_list_view, fm_tree_view, fm_bytes_view;

static inline FmPackets *fm_packets(FmPage *page) { return page->state; }

/* The selected packet, dissected in full; NULL: there is none. */
const FmPacket *fm_packets_packet(FmPage *page);

/* Selects a packet: in the list too. */
void fm_packets_go(FmPage *page, uint32_t number);

/* Selects a node: its buffer and bytes come into sight. From the bytes: the tree opens at it. */
void fm_packets_select(FmPage *page, uint32_t index, bool from_bytes);

/* A filter that matches the node's value, or NULL. */
char *fm_packets_filter_of(const FmPacket *packet, const FmNode *node);
