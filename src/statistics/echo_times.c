/* -z icmp,srt and icmpv6,srt: how long echoes took. */
#include "config.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "statistics/all.h"
#include "statistics/echo_times.h"

static const struct {
    const char *name, *type, *time;
    unsigned request;
} kinds[] = {
    [FM_ECHO_ICMP] = { "ICMP", "icmp.type", "icmp.resptime", 8 },
    [FM_ECHO_ICMPV6] = { "ICMPv6", "icmpv6.type", "icmpv6.resptime", 128 },
};

typedef struct EchoTimes {
    FmObserver base;
    FmEchoKind kind;
    const FmEntry *type, *time;
    char *filter;
    uint64_t requests, left_out;
    uint64_t first, last; /* frames of the shortest and of the longest */
    double least, most;
    GArray *times;        /* of double: ms */
} EchoTimes;

static bool has_id(const FmEntry *entry, uint16_t id)
{
    for (size_t i = 0; entry && i < entry->id_count; i++)
        if (entry->ids[i] == id)
            return true;
    return false;
}

static void take_time(EchoTimes *e, const FmPacket *packet, double ms)
{
    if (!e->times->len || ms < e->least) {
        e->least = ms;
        e->first = packet->frame->number;
    }
    if (!e->times->len || ms > e->most) {
        e->most = ms;
        e->last = packet->frame->number;
    }
    if (e->times->len < FM_MAX_TALLY)
        g_array_append_val(e->times, ms);
    else
        e->left_out++;
}

static void echo_packet(FmObserver *observer, const FmPacket *packet)
{
    EchoTimes *e = (EchoTimes *)observer;
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++) {
        if (n->depth == 1 && has_id(e->type, n->field)) /* none that an error message quotes */
            e->requests += n->value == kinds[e->kind].request;
        if (!has_id(e->time, n->field))
            continue;
        double ms;
        memcpy(&ms, &n->value, sizeof ms);
        take_time(e, packet, ms);
    }
}

static int compare(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double at(const EchoTimes *e, unsigned i)
{
    return g_array_index(e->times, double, i);
}

static void echo_print(FmObserver *observer, FmText *out)
{
    EchoTimes *e = (EchoTimes *)observer;
    unsigned n = e->times->len;
    double sum = 0, squares = 0, median = 0;
    g_array_sort(e->times, compare);
    for (unsigned i = 0; i < n; i++)
        sum += at(e, i);
    double mean = n ? sum / n : 0;
    for (unsigned i = 0; i < n; i++)
        squares += (at(e, i) - mean) * (at(e, i) - mean);
    if (n)
        median = n % 2 ? at(e, n / 2) : (at(e, n / 2 - 1) + at(e, n / 2)) / 2;
    uint64_t replies = n + e->left_out, lost = e->requests > replies ? e->requests - replies : 0;
    fm_text_literal(out, "\n==========================================================================\n");
    fm_text_printf(out, "%s Service Response Time (SRT) Statistics (all times in ms):\nFilter: %s\n\n", kinds[e->kind].name,
                   *e->filter ? e->filter : "<none>");
    fm_text_literal(out, "Requests  Replies   Lost      % Loss\n");
    fm_text_printf(out, "%-10" PRIu64 "%-10" PRIu64 "%-10" PRIu64 "%5.1f%%\n\n", e->requests, replies, lost,
                   e->requests ? 100.0 * (double)lost / (double)e->requests : 0.0);
    fm_text_literal(out, "Minimum   Maximum   Mean      Median    SDeviation     Min Frame Max Frame\n");
    fm_text_printf(out, "%-10.3f%-10.3f%-10.3f%-10.3f%-10.3f     %-10" PRIu64 "%-*" PRIu64 "\n", e->least, e->most, mean, median,
                   n > 1 ? sqrt(squares / (n - 1)) : 0.0, e->first, n ? 10 : 0, e->last);
    fm_text_literal(out, "==========================================================================\n");
}

static void echo_free(FmObserver *observer)
{
    EchoTimes *e = (EchoTimes *)observer;
    g_array_unref(e->times);
    g_free(e->filter);
    g_free(e);
}

FmObserver *fm_echo_times_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    EchoTimes *e = g_new0(EchoTimes, 1);
    e->base = (FmObserver){ .packet = echo_packet, .print = echo_print, .free = echo_free };
    e->kind = (FmEchoKind)statistic->kind;
    e->filter = g_strdup(arguments);
    e->times = g_array_new(FALSE, FALSE, sizeof(double));
    g_autoptr(FmObserver) observer = &e->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    e->type = fm_observer_want(observer, context->catalog, kinds[e->kind].type);
    e->time = fm_observer_want(observer, context->catalog, kinds[e->kind].time);
    return g_steal_pointer(&observer);
}
