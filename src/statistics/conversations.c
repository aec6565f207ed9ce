/* -z conv,TYPE: what two ends sent each other. */
#include "config.h"

#include <stdlib.h>

#include "statistics/all.h"
#include "statistics/pairs.h"
#include "statistics/roster.h"

typedef struct Key { /* the lower end in front */
    FmEnd ends[2];
    uint32_t stream;
} Key;

typedef struct Conversation {
    uint32_t number;
    bool swapped;                 /* the key's second end is shown first */
    uint64_t frames[2], bytes[2]; /* from the key's first end, from its second */
    FmTime start, stop;           /* since the first packet of the capture */
    FmTime start_clock;
} Conversation;

typedef struct Conversations {
    FmObserver base;
    FmPairReader reader;
    FmRoster *roster;
    GArray *all; /* of Conversation, by number */
    FmTimeFormat time;
    char *filter;
    uint64_t left_out;
} Conversations;

static void count_pair(Conversations *c, const FmPair *pair, const FmPacket *packet)
{
    bool back = fm_end_compare(&pair->source, &pair->destination) > 0;
    Key key = { { back ? pair->destination : pair->source, back ? pair->source : pair->destination }, pair->stream };
    bool fresh;
    uint32_t number = fm_roster_put(c->roster, &key, sizeof key, &fresh);
    if (number == FM_ROSTER_FULL) {
        c->left_out++;
        return;
    }
    FmTime now = fm_observer_time(packet);
    if (fresh) /* who speaks first is shown first */
        g_array_append_vals(c->all, &(Conversation){ .number = number, .swapped = back, .start = now, .stop = now, .start_clock = packet->frame->time }, 1);
    Conversation *conversation = &g_array_index(c->all, Conversation, number);
    conversation->frames[back]++;
    conversation->bytes[back] += packet->frame->length;
    if (now > conversation->stop) {
        conversation->stop = now;
    } else if (now < conversation->start) {
        conversation->start = now;
        conversation->start_clock = packet->frame->time;
    }
}

static void conversations_packet(FmObserver *observer, const FmPacket *packet)
{
    Conversations *c = (Conversations *)observer;
    uint32_t at = 0;
    for (const FmPair *pair; (pair = fm_pair_next(&c->reader, packet, &at));)
        count_pair(c, pair, packet);
}

static int by_frames(const void *a, const void *b)
{
    const Conversation *x = a, *y = b;
    uint64_t m = x->frames[0] + x->frames[1], n = y->frames[0] + y->frames[1];
    if (m != n)
        return m > n ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* "2602 bytes", "138 kB": whole numbers, at least two digits of the unit. */
static void put_size(FmText *out, uint64_t bytes)
{
    static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
    size_t start = out->size, unit = 0;
    for (; bytes >= 10000 && unit + 1 < G_N_ELEMENTS(units); unit++)
        bytes /= 1000;
    fm_text_printf(out, "%lu %s", (unsigned long)bytes, units[unit]);
    fm_text_pad(out, start, 9);
}

static void put_number(FmText *out, uint64_t value)
{
    fm_text_printf(out, "  %6lu ", (unsigned long)value);
}

static void put_end(FmText *out, const FmEnd *end, bool with_port)
{
    size_t start = out->size;
    fm_end_text(out, end);
    if (with_port)
        fm_text_printf(out, ":%u", end->port);
    fm_text_pad(out, start, with_port ? 26 : 20);
}

/* As tshark adds them: the last bit decides how ties are rounded. */
static double seconds(FmTime time)
{
    return (double)(time / FM_SECOND) + (double)(time % FM_SECOND) / 1e9;
}

static void print_line(const Conversations *c, const Conversation *line, FmText *out)
{
    const Key *key = (const void *)fm_roster_key(c->roster, line->number).data;
    bool ports = fm_pair_has_ports(c->reader.kind);
    put_end(out, &key->ends[line->swapped], ports);
    fm_text_literal(out, " <-> ");
    put_end(out, &key->ends[!line->swapped], ports);
    for (int i = 1; i >= 0; i--) {
        put_number(out, line->frames[i ^ line->swapped]);
        put_size(out, line->bytes[i ^ line->swapped]);
    }
    put_number(out, line->frames[0] + line->frames[1]);
    put_size(out, line->bytes[0] + line->bytes[1]);
    fm_text_literal(out, "  ");
    char number[64];
    switch (c->time) {
    case FM_TIME_EPOCH:
        g_snprintf(number, sizeof number, "%20.9f", seconds(line->start_clock));
        fm_text_put(out, number);
        break;
    case FM_TIME_RELATIVE: case FM_TIME_DELTA: case FM_TIME_DELTA_DISPLAYED:
        g_snprintf(number, sizeof number, "%14.9f", seconds(line->start));
        fm_text_put(out, number);
        break;
    default: fm_observer_clock(out, c->time, line->start_clock); break;
    }
    g_snprintf(number, sizeof number, "   %12.4f\n", seconds(line->stop) - seconds(line->start));
    fm_text_put(out, number);
}

static void print_heading(const Conversations *c, FmText *out)
{
    static const struct {
        const char *when, *size, *start;
    } headings[] = {
        [FM_TIME_RELATIVE] = { "    Relative    ", "Bytes", "      Start     " },
        [FM_TIME_DELTA] = { "    Relative    ", "Bytes", "      Start     " },
        [FM_TIME_DELTA_DISPLAYED] = { "    Relative    ", "Bytes", "      Start     " },
        [FM_TIME_EPOCH] = { "       Relative       ", "Bytes", "         Start        " },
        [FM_TIME_CLOCK] = { " Absolute Time  ", "Size ", "      Start     " },
        [FM_TIME_UTC] = { " Absolute Time  ", "Size ", "      Start     " },
        [FM_TIME_DATE] = { " Absolute Date  ", "Size ", "     Start      " },
        [FM_TIME_UTC_DATE] = { " Absolute Date  ", "Size ", "     Start      " },
        [FM_TIME_DAY_OF_YEAR] = { " Absolute Date  ", "Size ", "     Start      " },
        [FM_TIME_UTC_DAY_OF_YEAR] = { " Absolute Date  ", "Size ", "     Start      " },
    };
    const char *when = headings[c->time].when, *size = headings[c->time].size, *start = headings[c->time].start;
    int margin = fm_pair_has_ports(c->reader.kind) ? 59 : 47;
    fm_text_printf(out, "%s Conversations\nFilter:%s\n", fm_pair_title(c->reader.kind), c->filter ? c->filter : "<No Filter>");
    fm_text_printf(out, "%*s|       <-      | |       ->      | |     Total     |%s|   Duration   |\n", margin, "", when);
    fm_text_printf(out, "%*s| Frames  %s | | Frames  %s | | Frames  %s |%s|              |\n", margin, "", size, size, size, start);
}

static void conversations_print(FmObserver *observer, FmText *out)
{
    static const char border[] = "================================================================================\n";
    Conversations *c = (Conversations *)observer;
    fm_text_put(out, border);
    print_heading(c, out);
    if (c->all->len)
        qsort(c->all->data, c->all->len, sizeof(Conversation), by_frames);
    for (guint i = 0; i < c->all->len; i++)
        print_line(c, &g_array_index(c->all, Conversation, i), out);
    fm_text_put(out, border);
    fm_observer_tell_full(out, c->left_out);
}

static void conversations_free(FmObserver *observer)
{
    Conversations *c = (Conversations *)observer;
    fm_pair_reader_clear(&c->reader);
    fm_roster_free(c->roster);
    g_array_unref(c->all);
    g_free(c->filter);
    g_free(c);
}

FmObserver *fm_conversations_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    Conversations *c = g_new0(Conversations, 1);
    c->base = (FmObserver){ .packet = conversations_packet, .print = conversations_print, .free = conversations_free };
    c->roster = fm_roster_new();
    c->all = g_array_new(FALSE, FALSE, sizeof(Conversation));
    c->time = context->time;
    c->filter = *arguments ? g_strdup(arguments) : NULL;
    g_autoptr(FmObserver) observer = &c->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    fm_pair_reader_start(&c->reader, observer, context->catalog, (FmPairKind)statistic->kind);
    return g_steal_pointer(&observer);
}
