/* The page of one flow: what its tabs share. */
#pragma once

#include "session/gather.h"
#include "ui/app.h"

typedef struct FmFlowArgument {
    unsigned kind; /* FmFlowKind */
    uint32_t number;
    uint32_t packet; /* to stand at; 0: the first */
} FmFlowArgument;

typedef struct FmFlowPage {
    unsigned kind;
    uint32_t number;
    FmGather *gather;
    FmViewer *viewer; /* for single packets: info column and all fields */
    uint32_t packet;  /* frame that one stands at; 0: the first of the flow */
    int side;         /* direction whose sender is looked at; -1: not chosen yet */
    size_t last_step; /* where fm_flow_step found something */
    uint32_t hidden;  /* packet from which a question hides what it asks for; 0: none */
    char *layer;      /* protocol whose header is asked for; NULL: the transport's */
} FmFlowPage;

extern const FmPageKind fm_flow_page;
extern const FmView fm_story_view, fm_ladder_view, fm_window_view, fm_sequence_view, fm_sliding_view, fm_streams_view, fm_tls_view, fm_follow_view, fm_media_view,
    fm_header_view;

static inline FmFlowPage *fm_flow_of(FmPage *page) { return page->state; }

/* Index of the step of the packet one stands at, or of the one before it. */
size_t fm_flow_step(FmFlowPage *flow, const FmStep *steps, size_t count);

/* The direction with more payload, where none was chosen. */
unsigned fm_flow_side_of(FmFlowPage *flow, const FmFlowRecord *record);

/* All tabs stand at a packet; the header shown is that of `layer` (NULL: as it was). */
void fm_flow_stand_at(FmPage *page, uint32_t packet, const char *layer);

/* Does a protocol above the flow's transport begin so: "TLS" for "TLS1.3"? */
bool fm_flow_has_protocol(FmPage *page, const char *name);

/* Opens the page of packets at a packet, with the flow's filter. */
void fm_flow_show_packet(FmPage *page, uint32_t number);
