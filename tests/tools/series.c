/* Estimates of one capture as CSV, straight from a minimal parser: raw IP, Ethernet, IPv4 and IPv6 without extension headers. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <glib.h>

#include "base/cursor.h"
#include "base/text.h"
#include "capture/source.h"
#include "inference/connection.h"

typedef struct Flow {
    FmConnection *connection;
    char *name[2];
} Flow;

static void flow_free(gpointer data)
{
    Flow *flow = data;
    fm_connection_free(flow->connection);
    g_free(flow->name[0]);
    g_free(flow->name[1]);
    g_free(flow);
}

static void read_options(FmSegment *s, const uint8_t *at, const uint8_t *end)
{
    while (at < end && *at != 0) {
        if (*at == 1) {
            at++;
            continue;
        }
        if (end - at < 2 || at[1] < 2 || at[1] > end - at)
            return;
        unsigned kind = at[0], size = at[1];
        if (kind == 2 && size == 4)
            s->mss = (uint16_t)fm_be(at + 2, 2);
        else if (kind == 3 && size == 3)
            s->scale = (int8_t)at[2];
        else if (kind == 4)
            s->sack_permitted = true;
        else if (kind == 8 && size == 10) {
            s->timestamps = true;
            s->tsval = (uint32_t)fm_be(at + 2, 4);
            s->tsecr = (uint32_t)fm_be(at + 6, 4);
        } else if (kind == 5) {
            for (unsigned i = 2; i + 8 <= size && s->sacks < FM_SEGMENT_SACKS; i += 8)
                s->sack[s->sacks++] = (FmSackBlock){ (uint32_t)fm_be(at + i, 4), (uint32_t)fm_be(at + i + 4, 4) };
        }
        at += size;
    }
}

static void feed(GHashTable *flows, GPtrArray *order, const FmFrame *f)
{
    const uint8_t *ip = f->data, *end = f->data + f->captured;
    if (f->link_type == 1)
        ip += 14;
    if (end - ip < 40 || ip[0] >> 4 != 4 || ip[9] != 6)
        return;
    unsigned header = (ip[0] & 15) * 4u;
    const uint8_t *tcp = ip + header;
    if (end - tcp < 20)
        return;
    unsigned tcp_header = (tcp[12] >> 4) * 4u;
    FmSegment s = { .time = f->time, .scale = -1 };
    unsigned source = (unsigned)fm_be(tcp, 2), destination = (unsigned)fm_be(tcp + 2, 2);
    s.seq = (uint32_t)fm_be(tcp + 4, 4);
    s.ack = (uint32_t)fm_be(tcp + 8, 4);
    s.flags = tcp[13];
    s.window = (uint16_t)fm_be(tcp + 14, 2);
    s.ip_id = (uint16_t)fm_be(ip + 4, 2);
    s.length = (uint32_t)fm_be(ip + 2, 2) - header - tcp_header;
    read_options(&s, tcp + 20, MIN(tcp + tcp_header, end));
    g_autofree char *from = g_strdup_printf("%u.%u.%u.%u:%u", ip[12], ip[13], ip[14], ip[15], source);
    g_autofree char *to = g_strdup_printf("%u.%u.%u.%u:%u", ip[16], ip[17], ip[18], ip[19], destination);
    s.direction = strcmp(from, to) > 0;
    g_autofree char *key = s.direction ? g_strdup_printf("%s>%s", to, from) : g_strdup_printf("%s>%s", from, to);
    Flow *flow = g_hash_table_lookup(flows, key);
    if (!flow) {
        flow = g_new0(Flow, 1);
        flow->connection = fm_connection_new();
        flow->name[s.direction] = g_strdup_printf("%s>%s", from, to);
        flow->name[!s.direction] = g_strdup_printf("%s>%s", to, from);
        g_hash_table_insert(flows, g_strdup(key), flow);
        g_ptr_array_add(order, flow);
    }
    fm_connection_add(flow->connection, &s);
}

static void print_sender(const Flow *flow, unsigned direction)
{
    static const char *const phases[] = { "SS", "CA", "FR", "RTO", "DRAIN", "PROBE_RTT" };
    static const char *const limits[] = { "net", "rwnd", "app" };
    FmSenderSummary sum;
    if (!fm_connection_summary(flow->connection, direction, &sum))
        return;
    const char *name = flow->name[direction];
    bool bbr = sum.algorithm == FM_ALGORITHM_BBR;
    for (uint32_t i = 0; i < sum.series->count; i++) {
        const FmPoint *p = &sum.series->points[i];
        switch ((FmPointKind)p->kind) {
        case FM_POINT_WINDOW:
        case FM_POINT_MODEL_WINDOW:
            if (bbr == (p->kind == FM_POINT_MODEL_WINDOW))
                printf("%" PRId64 ",%s,%" PRIu64 ",,,,,,\n", p->time, name, (uint64_t)p->value * sum.mss);
            break;
        case FM_POINT_RTT: printf("%" PRId64 ",%s,,%" PRIu64 ",,,,,\n", p->time, name, (uint64_t)p->value * 16); break;
        case FM_POINT_PHASE:
        case FM_POINT_MODEL_PHASE:
            if (bbr == (p->kind == FM_POINT_MODEL_PHASE))
                printf("%" PRId64 ",%s,,,%s,,,,\n", p->time, name, phases[p->value]);
            break;
        case FM_POINT_RETRANSMISSION: printf("%" PRId64 ",%s,,,,retrans,%u,,\n", p->time, name, p->value); break;
        case FM_POINT_LIMIT: printf("%" PRId64 ",%s,,,,,,%s,\n", p->time, name, limits[p->value]); break;
        case FM_POINT_KINDS: break;
        }
    }
    if (sum.algorithm != FM_ALGORITHM_UNKNOWN)
        printf(",%s,,,,,,,%s\n", name, fm_algorithm_name(sum.algorithm));
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    g_autoptr(FmSource) source = fm_source_open_file(argv[argc - 1], &error);
    if (!source) {
        fprintf(stderr, "series: %s\n", error->message);
        return 2;
    }
    g_autoptr(GHashTable) flows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, flow_free);
    g_autoptr(GPtrArray) order = g_ptr_array_new();
    FmFrame frame;
    while (fm_source_next(source, &frame, &error) == FM_NEXT_FRAME)
        feed(flows, order, &frame);
    puts("time_ns,conn,cwnd_bytes,rtt_ns,phase,event,seq,limit,algorithm");
    for (guint i = 0; i < order->len; i++) {
        Flow *flow = g_ptr_array_index(order, i);
        fm_connection_finish(flow->connection);
        print_sender(flow, 0);
        print_sender(flow, 1);
    }
    return 0;
}
