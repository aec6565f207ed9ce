/* -z ice,pairs: candidate pairs tried, how their checks went, which was nominated; and what NATs did to addresses. */
#include "config.h"

#include "statistics/all.h"
#include "statistics/ice_pairs.h"

typedef struct IceStatistic {
    FmObserver base;
    FmIce *ice;
} IceStatistic;

static void ice_packet(FmObserver *observer, const FmPacket *p)
{
    fm_ice_packet(((IceStatistic *)observer)->ice, p);
}

static const char *end_text(FmText *text, const FmIceEnd *end)
{
    fm_text_reset(text);
    if (end->address.type == FM_ADDRESS_IPV6)
        fm_text_char(text, '[');
    fm_address_text(text, &end->address);
    fm_text_printf(text, end->address.type == FM_ADDRESS_IPV6 ? "]:%u" : ":%u", end->port);
    return fm_text_string(text);
}

static void print_pair(const FmIcePair *pair, FmText *out)
{
    g_auto(FmText) a = { 0 }, b = { 0 };
    fm_text_printf(out, "%-26s %-26s %-7s %6lu %6lu %6lu %6lu ", end_text(&a, &pair->ends[0]), end_text(&b, &pair->ends[1]),
                   pair->relayed ? "relayed" : "direct", (unsigned long)(pair->checks[0] + pair->checks[1]),
                   (unsigned long)(pair->repeats[0] + pair->repeats[1]), (unsigned long)(pair->successes[0] + pair->successes[1]),
                   (unsigned long)(pair->errors[0] + pair->errors[1]));
    if (pair->rtts)
        fm_text_printf(out, "%9.3f %9.3f", (double)pair->rtt_min / 1e6, (double)pair->rtt_sum / (double)pair->rtts / 1e6);
    else
        fm_text_printf(out, "%9s %9s", "-", "-");
    fm_text_printf(out, "  %s", fm_ice_state(pair));
    if (pair->nominated != FM_TIME_NONE)
        fm_text_printf(out, " after %.3f ms", (double)(pair->nominated - pair->first) / 1e6);
    else if (pair->last_error)
        fm_text_printf(out, " (error %u)", pair->last_error);
    fm_text_char(out, '\n');
}

static void ice_print(FmObserver *observer, FmText *out)
{
    const FmIce *ice = ((IceStatistic *)observer)->ice;
    unsigned count;
    const FmIcePair *pairs = fm_ice_pairs(ice, &count);
    fm_text_put(out, "===================================================================\nICE Candidate Pairs:\n");
    fm_text_printf(out, "%-26s %-26s %-7s %6s %6s %6s %6s %9s %9s  %s\n", "First to ask", "Asked", "Path", "Checks", "Again", "Good", "Bad", "RTT min",
                   "mean (ms)", "State");
    for (unsigned i = 0; i < count; i++)
        print_pair(&pairs[i], out);
    const FmNatMapping *mappings = fm_ice_mappings(ice, &count);
    fm_text_printf(out, "\n%-26s %-26s %7s  %s\n", "Local", "Seen as", "Seen by", "NAT");
    for (unsigned i = 0; i < count; i++) {
        g_auto(FmText) a = { 0 }, b = { 0 };
        fm_text_printf(out, "%-26s %-26s %7u  %s\n", end_text(&a, &mappings[i].local), end_text(&b, &mappings[i].mapped), mappings[i].servers,
                       fm_nat_name(mappings[i].kind));
    }
    fm_text_put(out, "===================================================================\n");
    fm_observer_tell_full(out, fm_ice_left_out(ice));
}

static void ice_free(FmObserver *observer)
{
    fm_ice_free(((IceStatistic *)observer)->ice);
    g_free(observer);
}

FmObserver *fm_ice_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    IceStatistic *s = g_new0(IceStatistic, 1);
    s->base = (FmObserver){ .packet = ice_packet, .print = ice_print, .free = ice_free };
    s->ice = fm_ice_new(context->catalog);
    g_autoptr(FmObserver) observer = &s->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    for (const char *const *field = fm_ice_fields; *field; field++)
        fm_observer_want(observer, context->catalog, *field);
    return g_steal_pointer(&observer);
}
