/* Doubts about a capture as a whole. */
#include "config.h"

#include "summary/fitness.h"

#include <inttypes.h>
#include <string.h>

#include "flow/flow.h"

static void weigh(FmFitness *fitness, const FmFinding *f)
{
    switch ((FmFindingKind)f->kind) {
    case FM_FINDING_ONE_WAY: fitness->one_way++; break;
    case FM_FINDING_NO_HANDSHAKE: fitness->midstream++; break;
    case FM_FINDING_OFFLOAD: fitness->offload++; break;
    case FM_FINDING_DUPLICATED: fitness->doubled += f->count; break;
    case FM_FINDING_CAPTURE_LOSS:
        fitness->unseen_flows++;
        fitness->unseen += f->amount;
        break;
    default: break;
    }
}

FmFitness fm_fitness_of(FmSummary *summary, uint64_t dropped)
{
    const FmSummaryTotals *t = fm_summary_totals(summary);
    FmFitness fitness = { .packets = t->packets, .cut = t->cut, .backwards = t->backwards, .dropped = dropped };
    for (size_t i = 0; i < fm_summary_count(summary); i++) {
        const FmFlowRecord *flow = fm_summary_at(summary, i);
        FmFinding findings[2 * FM_FINDING_KINDS];
        unsigned n = fm_flow_findings(flow, findings, G_N_ELEMENTS(findings));
        fitness.tcp_flows += flow->kind == FM_FLOW_TCP;
        for (unsigned k = 0; k < n; k++)
            weigh(&fitness, &findings[k]);
    }
    return fitness;
}

void fm_fitness_doubts(const FmFitness *f, FmDoubt doubts[FM_FITNESS_CHECKS])
{
    const FmDoubt all[FM_FITNESS_CHECKS] = {
        { f->dropped, 0, "packets were dropped by the capture", "losses and retransmissions" },
        { f->unseen_flows, f->tcp_flows, "TCP flows have acknowledged data that was not captured", "byte counts, records above TCP and what follows a gap" },
        { f->one_way, f->tcp_flows, "TCP flows were captured in one direction only", "RTT, window, causes of retransmissions" },
        { f->midstream, f->tcp_flows, "TCP flows began before the capture", "window scale (so the receiver's limit), roles, first RTT, slow start" },
        { f->offload, f->tcp_flows, "TCP flows have segments longer than the MSS", "packet counts, gaps between packets, checksums: the network saw others" },
        { f->doubled, f->packets, "packets were captured twice", "packet and byte counts; they are left out of the analysis" },
        { f->cut, f->packets, "frames were not captured whole", "what stands behind the cut: payload, protocols above, objects" },
        { f->backwards, f->packets, "packets have an earlier time than the one before", "times between packets, order of events" },
    };
    memcpy(doubts, all, sizeof all);
}

void fm_fitness_text(FmText *out, const FmFitness *f)
{
    FmDoubt doubts[FM_FITNESS_CHECKS];
    fm_fitness_doubts(f, doubts);
    size_t before = out->size;
    for (size_t i = 0; i < G_N_ELEMENTS(doubts); i++) {
        const FmDoubt *l = &doubts[i];
        if (!l->count)
            continue;
        fm_text_printf(out, "%" PRIu64, l->count);
        if (l->of)
            fm_text_printf(out, " of %" PRIu64, l->of);
        fm_text_printf(out, " %s: doubtful are %s.\n", l->what, l->doubt);
    }
    if (out->size == before)
        fm_text_literal(out, "Nothing is missing: whole frames, both directions, from the beginning.\n");
}
