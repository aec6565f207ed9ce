/* -z endpoints,TYPE: what each end sent and received. */
#include "config.h"

#include <stdlib.h>

#include "statistics/all.h"
#include "statistics/pairs.h"
#include "statistics/roster.h"

typedef struct Endpoint {
    uint32_t number;
    uint64_t frames[2], bytes[2]; /* sent, received */
} Endpoint;

typedef struct Endpoints {
    FmObserver base;
    FmPairReader reader;
    FmRoster *roster; /* keys: FmEnd */
    GArray *all;      /* of Endpoint, by number */
    char *filter;
    uint64_t left_out;
} Endpoints;

static void count_end(Endpoints *e, const FmEnd *end, bool received, uint32_t size)
{
    bool fresh;
    uint32_t number = fm_roster_put(e->roster, end, sizeof *end, &fresh);
    if (number == FM_ROSTER_FULL) {
        e->left_out++;
        return;
    }
    if (fresh)
        g_array_append_vals(e->all, &(Endpoint){ .number = number }, 1);
    Endpoint *endpoint = &g_array_index(e->all, Endpoint, number);
    endpoint->frames[received]++;
    endpoint->bytes[received] += size;
}

static void endpoints_packet(FmObserver *observer, const FmPacket *packet)
{
    Endpoints *e = (Endpoints *)observer;
    uint32_t at = 0;
    for (const FmPair *pair; (pair = fm_pair_next(&e->reader, packet, &at));) {
        count_end(e, &pair->source, false, packet->frame->length);
        count_end(e, &pair->destination, true, packet->frame->length);
    }
}

static int by_frames(const void *a, const void *b)
{
    const Endpoint *x = a, *y = b;
    uint64_t m = x->frames[0] + x->frames[1], n = y->frames[0] + y->frames[1];
    if (m != n)
        return m > n ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

static void endpoints_print(FmObserver *observer, FmText *out)
{
    static const char border[] = "================================================================================\n";
    Endpoints *e = (Endpoints *)observer;
    bool ports = fm_pair_has_ports(e->reader.kind);
    fm_text_put(out, border);
    fm_text_printf(out, "%s Endpoints\nFilter:%s\n", fm_pair_title(e->reader.kind), e->filter ? e->filter : "<No Filter>");
    fm_text_printf(out, "                       |%s  Packets  | |  Bytes  | | Tx Packets | | Tx Bytes | | Rx Packets | | Rx Bytes |\n",
                   ports ? "  Port  ||" : "");
    if (e->all->len)
        qsort(e->all->data, e->all->len, sizeof(Endpoint), by_frames);
    for (guint i = 0; i < e->all->len; i++) {
        const Endpoint *line = &g_array_index(e->all, Endpoint, i);
        const FmEnd *end = (const void *)fm_roster_key(e->roster, line->number).data;
        size_t start = out->size;
        fm_end_text(out, end);
        fm_text_pad(out, start, 20);
        if (ports)
            fm_text_printf(out, "      %5u", end->port);
        fm_text_printf(out, "%s%6lu     %9lu     %6lu       %9lu      %6lu       %9lu   \n", ports ? "     " : "      ",
                       (unsigned long)(line->frames[0] + line->frames[1]), (unsigned long)(line->bytes[0] + line->bytes[1]),
                       (unsigned long)line->frames[0], (unsigned long)line->bytes[0], (unsigned long)line->frames[1],
                       (unsigned long)line->bytes[1]);
    }
    fm_text_put(out, border);
    fm_observer_tell_full(out, e->left_out);
}

static void endpoints_free(FmObserver *observer)
{
    Endpoints *e = (Endpoints *)observer;
    fm_pair_reader_clear(&e->reader);
    fm_roster_free(e->roster);
    g_array_unref(e->all);
    g_free(e->filter);
    g_free(e);
}

FmObserver *fm_endpoints_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    Endpoints *e = g_new0(Endpoints, 1);
    e->base = (FmObserver){ .packet = endpoints_packet, .print = endpoints_print, .free = endpoints_free };
    e->roster = fm_roster_new();
    e->all = g_array_new(FALSE, FALSE, sizeof(Endpoint));
    e->filter = *arguments ? g_strdup(arguments) : NULL;
    g_autoptr(FmObserver) observer = &e->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    fm_pair_reader_start(&e->reader, observer, context->catalog, (FmPairKind)statistic->kind);
    return g_steal_pointer(&observer);
}
