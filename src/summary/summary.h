/* All flows of a capture, summed up as packets come: one bounded record each (flow_record.h).
 *
 * It looks at packets only; whoever dissects must want what it needs first:
 *
 *     FmSummary *summary = fm_summary_new(catalog, &options);
 *     fm_session_want(session, fm_summary_wanted(summary), false, false, false);
 *     fm_session_want_segments(session);
 *     … fm_summary_packet(summary, packet, match) for each packet, in the order of capture …
 *
 * Memory: at most `most_flows` records and `most_followed` TCP flows with inference at a time. Beyond, the flow that was silent for
 * longest ends: half-open ones first (of which FM_MAX_FRESH_FLOWS are kept at most), then closed ones. Not for use by several threads at once. */
#pragma once

#include "summary/flow_record.h"

typedef struct FmSummary FmSummary;

typedef struct FmSummaryOptions {
    size_t most_flows;    /* 0: FM_MAX_SUMMARY_FLOWS */
    size_t most_followed; /* 0: FM_MAX_FOLLOWED_FLOWS */
    FmTime idle;          /* a flow silent for so long ends; 0: never. Half-open and closed flows end after an eighth of it */
    bool no_inference;    /* counts and names only */
    unsigned most_events; /* kept of each TCP flow for its story; 0: none */
    /* Called before a record is given up, with its last word; may be NULL. */
    void (*ended)(void *data, const FmFlowRecord *flow);
    void *data;
} FmSummaryOptions;

/* `options` may be NULL. The catalog must outlive the summary. Free with fm_summary_free. */
FmSummary *fm_summary_new(const FmCatalog *catalog, const FmSummaryOptions *options);
void fm_summary_free(FmSummary *summary);

/* Bits of the fields it needs, fm_catalog_words(catalog) of them; names that the catalog lacks are left out. */
const uint64_t *fm_summary_wanted(const FmSummary *summary);

/* Takes a packet in. `match`: the user's filter lets it through. Returns its flow's record, or NULL if it belongs to none. Records stay
 * where they are until they end. */
const FmFlowRecord *fm_summary_packet(FmSummary *summary, const FmPacket *packet, bool match);

/* Nothing follows: what waits for acknowledgments takes effect. Packets may follow all the same. */
void fm_summary_finish(FmSummary *summary);

/* Ends flows that were silent for too long at `now`, where options.idle says so; in a live capture when nothing comes. */
void fm_summary_expire(FmSummary *summary, FmTime now);

/* Records in the order in which flows began. An index is valid until the next packet. */
size_t fm_summary_count(FmSummary *summary);
const FmFlowRecord *fm_summary_at(FmSummary *summary, size_t index);

/* The record of a flow by kind and number; NULL if there is none (any more). */
const FmFlowRecord *fm_summary_find(const FmSummary *summary, unsigned kind, uint32_t number);

typedef struct FmSummaryTotals {
    uint64_t packets, bytes;     /* all that were seen, of flows or not */
    uint64_t flows, ended;       /* flows ever; records given up */
    FmTime first, last;          /* of packets with a time; FM_TIME_NONE: none */
    uint64_t cut;                /* frames not captured whole */
    uint64_t backwards;          /* frames with an earlier time than the one before */
} FmSummaryTotals;
const FmSummaryTotals *fm_summary_totals(const FmSummary *summary);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmSummary, fm_summary_free)
