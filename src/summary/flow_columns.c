/* What can be told of a flow, one function each. */
#include "config.h"

#include "summary/flow_columns.h"

#include <math.h>
#include <string.h>

enum { SPARK_WIDTH = 6 };

void fm_flow_row(FmFlowRow *row, const FmFlowRecord *flow, FmTime now)
{
    *row = (FmFlowRow){ .flow = flow, .now = now };
    const uint64_t *weight = flow->payload[0] + flow->payload[1] ? flow->payload : flow->bytes;
    row->heavy = weight[!flow->client] >= weight[flow->client] ? !flow->client : flow->client;
    for (unsigned d = 0; d < 2; d++)
        row->has_side[d] = fm_flow_side(flow, d, &row->side[d]);
}

static const FmFlowSide *sender(const FmFlowRow *row)
{
    return row->has_side[row->heavy] ? &row->side[row->heavy] : NULL;
}

void fm_sparkline(FmText *out, const FmHistory *h, unsigned width)
{
    static const char *const blocks[] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    uint64_t sums[FM_HISTORY_BINS] = { 0 }, most = 0;
    unsigned counts[FM_HISTORY_BINS] = { 0 };
    width = MIN(width, h->used);
    for (unsigned i = 0; i < h->used; i++) {
        sums[i * width / h->used] += h->bins[i];
        counts[i * width / h->used]++;
    }
    for (unsigned i = 0; i < width; i++) {
        sums[i] /= counts[i];
        most = MAX(most, sums[i]);
    }
    for (unsigned i = 0; i < width; i++)
        fm_text_put(out, blocks[most ? (sums[i] * 8 + most - 1) / most : 0]);
}

/* ---- numbers ---- */

#define NUMBER(name, expression) \
    static bool name(const FmFlowRow *row, double *value) \
    { \
        *value = (double)(expression); \
        return true; \
    }
#define OF_SENDER(name, known, expression) \
    static bool name(const FmFlowRow *row, double *value) \
    { \
        const FmFlowSide *s = sender(row); \
        if (!s || !(known)) \
            return false; \
        *value = (double)(expression); \
        return true; \
    }

static double seconds(FmTime span)
{
    return (double)span / FM_SECOND;
}

static FmTime lifetime(const FmFlowRow *row)
{
    return row->flow->first == FM_TIME_NONE ? 0 : row->flow->last - row->flow->first;
}

static double down(const FmFlowRow *row)
{
    return (double)row->flow->bytes[!row->flow->client];
}

static double both(const uint64_t counts[2])
{
    return (double)(counts[0] + counts[1]);
}

static double losses(const FmFlowSide *s)
{
    return s->packets ? (double)(s->lost_before + s->lost_behind) / (double)s->packets : 0;
}

static bool limit_share(const FmFlowRow *row, double *value, FmLimit limit)
{
    const FmFlowSide *s = sender(row);
    double all = 0;
    for (unsigned i = 0; s && i <= FM_LIMIT_APPLICATION; i++)
        all += (double)s->limited[i];
    if (all <= 0)
        return false;
    *value = (double)s->limited[limit] / all;
    return true;
}

NUMBER(stream, row->flow->number)
NUMBER(duration, seconds(lifetime(row)))
NUMBER(down_bytes, down(row))
NUMBER(up_bytes, row->flow->bytes[row->flow->client])
NUMBER(all_bytes, both(row->flow->bytes))
NUMBER(down_packets, row->flow->packets[!row->flow->client])
NUMBER(up_packets, row->flow->packets[row->flow->client])
NUMBER(all_packets, both(row->flow->packets))
NUMBER(first_packet, row->flow->first_packet)
NUMBER(last_packet, row->flow->last_packet)
NUMBER(completeness, row->flow->completeness)
static bool rtt(const FmFlowRow *row, double *value)
{
    const FmFlowSide *s = sender(row);
    FmTime time = s ? s->rtt : row->flow->quic ? fm_quic_flow_rtt(row->flow->quic) : 0;
    *value = seconds(time);
    return time > 0;
}

static bool rtt_min(const FmFlowRow *row, double *value)
{
    const FmFlowSide *s = sender(row);
    FmTime time = s ? s->rtt_min : row->flow->quic ? fm_quic_flow_rtt_least(row->flow->quic) : 0;
    *value = seconds(time);
    return time > 0;
}

OF_SENDER(cwnd, s->cwnd, s->cwnd)
OF_SENDER(cwnd_low, s->cwnd, s->cwnd_low)
OF_SENDER(cwnd_high, s->cwnd, s->cwnd_high)
OF_SENDER(cwnd_confidence, s->cwnd, s->cwnd_confidence)
OF_SENDER(in_flight, true, s->in_flight)
OF_SENDER(mss, s->mss, s->mss)
OF_SENDER(initial_window, s->initial, s->initial)
OF_SENDER(loss, true, losses(s))
OF_SENDER(lost_before, true, s->lost_before)
OF_SENDER(lost_behind, true, s->lost_behind)
OF_SENDER(resent, true, s->retransmissions)
OF_SENDER(fast, true, s->verdicts[FM_VERDICT_FAST_RETRANSMIT] + s->verdicts[FM_VERDICT_RECOVERY])
OF_SENDER(timeouts, true, s->verdicts[FM_VERDICT_TIMEOUT])
OF_SENDER(probes, true, s->verdicts[FM_VERDICT_TAIL_PROBE])
OF_SENDER(needless, true, s->verdicts[FM_VERDICT_NEEDLESS])
OF_SENDER(reordered, true, s->verdicts[FM_VERDICT_REORDERED])
OF_SENDER(blocked, true, seconds(s->blocked))
OF_SENDER(vantage, s->vantage >= 0, s->vantage)
OF_SENDER(algorithm_confidence, s->algorithm != FM_ALGORITHM_UNKNOWN, s->algorithm_confidence)

static bool network_share(const FmFlowRow *row, double *value)
{
    return limit_share(row, value, FM_LIMIT_NETWORK);
}

static bool receiver_share(const FmFlowRow *row, double *value)
{
    return limit_share(row, value, FM_LIMIT_RECEIVER);
}

static bool application_share(const FmFlowRow *row, double *value)
{
    return limit_share(row, value, FM_LIMIT_APPLICATION);
}

static bool handshake(const FmFlowRow *row, double *value)
{
    FmTime total = fm_flow_handshake(row->flow).total;
    *value = seconds(total);
    return total > 0;
}

static bool start_time(const FmFlowRow *row, double *value)
{
    *value = seconds(row->flow->first);
    return row->flow->first != FM_TIME_NONE;
}

/* ---- texts ---- */

static void kind(FmText *out, const FmFlowRow *row)
{
    fm_text_put(out, fm_flow_kind_name(row->flow->kind));
}

static void protocols(FmText *out, const FmFlowRow *row)
{
    fm_flow_stack_text(out, row->flow);
}

static void client(FmText *out, const FmFlowRow *row)
{
    fm_flow_end_text(out, row->flow, row->flow->client);
}

static void server(FmText *out, const FmFlowRow *row)
{
    fm_flow_server_text(out, row->flow);
}

static void server_address(FmText *out, const FmFlowRow *row)
{
    fm_flow_end_text(out, row->flow, !row->flow->client);
}

static void put_said(FmText *out, const char *text)
{
    if (text)
        fm_text_escaped(out, text, strlen(text));
}

static void name(FmText *out, const FmFlowRow *row)
{
    put_said(out, row->flow->text ? row->flow->text->server_name : NULL);
}

static void alpn(FmText *out, const FmFlowRow *row)
{
    put_said(out, row->flow->text ? row->flow->text->alpn : NULL);
}

static void state(FmText *out, const FmFlowRow *row)
{
    fm_flow_state_text(out, row->flow);
}

/* Closed flows say so, before how long they lived. */
static void age(FmText *out, const FmFlowRow *row)
{
    static const char *const marks[FM_STATUS_COUNT] = {
        [FM_STATUS_HALF_OPEN] = "half-open ", [FM_STATUS_RESET] = "reset ", [FM_STATUS_REFUSED] = "refused ",
        [FM_STATUS_CLOSED] = "closed ", [FM_STATUS_HALF_CLOSED] = "closing ",
    };
    fm_text_put(out, marks[row->flow->state] ? marks[row->flow->state] : "");
    fm_span_text(out, lifetime(row));
}

static void rate(FmText *out, const FmFlowRow *row)
{
    if (row->flow->rate)
        fm_sparkline(out, &row->flow->rate[row->heavy], SPARK_WIDTH);
}

static void window(FmText *out, const FmFlowRow *row)
{
    const FmFlowSide *s = sender(row);
    if (s && s->cwnd && s->packets >= 10)
        fm_sparkline(out, s->window_history, SPARK_WIDTH);
}

/* "41/38 ms": smoothed and shortest. */
static void rtt_text(FmText *out, const FmFlowRow *row)
{
    const FmFlowSide *s = sender(row);
    FmTime total = row->flow->quic ? fm_quic_flow_rtt(row->flow->quic) : fm_flow_handshake(row->flow).total;
    if (!s || !s->rtt) {
        if (total)
            fm_span_text(out, total);
        return;
    }
    if (!s->rtt_min || s->rtt < 10 * FM_MILLISECOND || s->rtt >= FM_SECOND || s->rtt_min < FM_MILLISECOND) {
        fm_span_text(out, s->rtt);
        return;
    }
    fm_text_printf(out, "%.0f/%.0f ms", (double)s->rtt / FM_MILLISECOND, (double)s->rtt_min / FM_MILLISECOND);
}

/* In segments: "62±2"; "~71" where it is not sure. */
static void cwnd_text(FmText *out, const FmFlowRow *row)
{
    const FmFlowSide *s = sender(row);
    if (!s || !s->cwnd || !s->mss || s->packets < 10)
        return;
    double unit = s->mss, half = (double)(s->cwnd_high - s->cwnd_low) / 2 / unit;
    if (s->cwnd_confidence < 0.5)
        fm_text_printf(out, "~%.0f", (double)s->cwnd / unit);
    else
        fm_text_printf(out, "%.0f±%.0f", (double)s->cwnd / unit, half);
}

static void loss_text(FmText *out, const FmFlowRow *row)
{
    const FmFlowSide *s = sender(row);
    double share = s ? losses(s) : 0;
    if (s && share == 0)
        fm_text_char(out, '0');
    else if (s)
        fm_text_printf(out, share < 0.0095 ? "%.2f%%" : "%.1f%%", 100 * share);
}

/* "10"; "≥3" where less was to be sent than the window allowed. */
static void initial_text(FmText *out, const FmFlowRow *row)
{
    const FmFlowSide *s = sender(row);
    if (s && s->initial)
        fm_text_printf(out, "%s%u", s->initial_sure ? "" : "≥", s->initial);
}

static void limited_by(FmText *out, const FmFlowRow *row)
{
    const FmFlowSide *s = sender(row);
    unsigned percent;
    const char *limit = s ? fm_flow_limit(s, &percent) : NULL;
    if (limit)
        fm_text_printf(out, "%s %u%%", limit, percent);
}

static void algorithm(FmText *out, const FmFlowRow *row)
{
    const FmFlowSide *s = sender(row);
    if (s)
        fm_text_put(out, fm_algorithm_name(s->algorithm));
}

static void unknown(FmText *out, const FmFlowRow *row)
{
    const FmFlowSide *s = sender(row);
    const char *because = s ? fm_unknown_name(s->unknown) : NULL;
    if (because)
        fm_text_put(out, because);
}

static void phase(FmText *out, const FmFlowRow *row)
{
    const FmFlowSide *s = sender(row);
    if (s)
        fm_text_put(out, fm_phase_name(s->phase));
}

static void closed_because(FmText *out, const FmFlowRow *row)
{
    put_said(out, row->flow->text ? row->flow->text->closed_because : NULL);
}

static void finding(FmText *out, const FmFlowRow *row)
{
    fm_flow_finding_text(out, row->flow);
}

const FmFlowColumn fm_flow_columns[] = {
    { "kind", "kind", FM_SHAPE_TEXT, NULL, kind, 8, 0 },
    { "stream", "#", FM_SHAPE_COUNT, stream, NULL, 10, 1 },
    { "protocols", "protocols", FM_SHAPE_TEXT, NULL, protocols, 26, 3 },
    { "client", "client", FM_SHAPE_TEXT, NULL, client, 28, 8 },
    { "server", "server", FM_SHAPE_TEXT, NULL, server, 34, 2 },
    { "server_address", "server address", FM_SHAPE_TEXT, NULL, server_address, 28, 0 },
    { "server_name", "name", FM_SHAPE_TEXT, NULL, name, 34, 0 },
    { "alpn", "alpn", FM_SHAPE_TEXT, NULL, alpn, 12, 0 },
    { "state", "state", FM_SHAPE_TEXT, NULL, state, 24, 0 },
    { "start", "start", FM_SHAPE_SPAN, start_time, NULL, 20, 0 },
    { "duration", "age", FM_SHAPE_SPAN, duration, age, 17, 6 },
    { "bytes_down", "↓ bytes", FM_SHAPE_AMOUNT, down_bytes, NULL, 8, 4 },
    { "rate", "", FM_SHAPE_TEXT, NULL, rate, 6, 12, .people_only = true },
    { "bytes_up", "↑", FM_SHAPE_AMOUNT, up_bytes, NULL, 8, 7 },
    { "bytes", "bytes", FM_SHAPE_AMOUNT, all_bytes, NULL, 8, 0 },
    { "packets_down", "↓ packets", FM_SHAPE_COUNT, down_packets, NULL, 10, 0 },
    { "packets_up", "↑ packets", FM_SHAPE_COUNT, up_packets, NULL, 10, 0 },
    { "packets", "packets", FM_SHAPE_COUNT, all_packets, NULL, 10, 0 },
    { "first_packet", "first", FM_SHAPE_COUNT, first_packet, NULL, 10, 0 },
    { "last_packet", "last", FM_SHAPE_COUNT, last_packet, NULL, 10, 0 },
    { "handshake", "set-up", FM_SHAPE_SPAN, handshake, NULL, 8, 0 },
    { "rtt", "RTT", FM_SHAPE_SPAN, rtt, rtt_text, 13, 5 },
    { "rtt_min", "least RTT", FM_SHAPE_SPAN, rtt_min, NULL, 8, 0 },
    { "mss", "MSS", FM_SHAPE_COUNT, mss, NULL, 6, 0 },
    { "initial_window", "initial", FM_SHAPE_COUNT, initial_window, initial_text, 8, 0 },
    { "in_flight", "in flight", FM_SHAPE_AMOUNT, in_flight, NULL, 8, 0 },
    { "cwnd", "cwnd", FM_SHAPE_AMOUNT, cwnd, cwnd_text, 9, 10 },
    { "cwnd_low", "cwnd low", FM_SHAPE_AMOUNT, cwnd_low, NULL, 8, 0 },
    { "cwnd_high", "cwnd high", FM_SHAPE_AMOUNT, cwnd_high, NULL, 8, 0 },
    { "cwnd_confidence", "sure", FM_SHAPE_SHARE, cwnd_confidence, NULL, 5, 0 },
    { "window", "", FM_SHAPE_TEXT, NULL, window, 6, 13, .people_only = true },
    { "loss", "loss", FM_SHAPE_SHARE, loss, loss_text, 6, 9 },
    { "lost_before", "lost before", FM_SHAPE_COUNT, lost_before, NULL, 8, 0 },
    { "lost_behind", "lost behind", FM_SHAPE_COUNT, lost_behind, NULL, 8, 0 },
    { "resent", "resent", FM_SHAPE_COUNT, resent, NULL, 8, 0 },
    { "resent_fast", "fast", FM_SHAPE_COUNT, fast, NULL, 8, 0 },
    { "timeouts", "timeouts", FM_SHAPE_COUNT, timeouts, NULL, 8, 0 },
    { "tail_probes", "probes", FM_SHAPE_COUNT, probes, NULL, 8, 0 },
    { "needless", "needless", FM_SHAPE_COUNT, needless, NULL, 8, 0 },
    { "reordered", "reordered", FM_SHAPE_COUNT, reordered, NULL, 8, 0 },
    { "blocked", "blocked", FM_SHAPE_SPAN, blocked, NULL, 8, 0 },
    { "limited_by", "limited by", FM_SHAPE_TEXT, NULL, limited_by, 16, 11 },
    { "network_share", "network", FM_SHAPE_SHARE, network_share, NULL, 5, 0 },
    { "receiver_share", "receiver", FM_SHAPE_SHARE, receiver_share, NULL, 5, 0 },
    { "application_share", "application", FM_SHAPE_SHARE, application_share, NULL, 5, 0 },
    { "phase", "phase", FM_SHAPE_TEXT, NULL, phase, 12, 0 },
    { "algorithm", "algorithm", FM_SHAPE_TEXT, NULL, algorithm, 9, 0 },
    { "algorithm_confidence", "sure", FM_SHAPE_SHARE, algorithm_confidence, NULL, 5, 0 },
    { "algorithm_unknown", "not known because", FM_SHAPE_TEXT, NULL, unknown, 34, 0 },
    { "vantage", "vantage", FM_SHAPE_SHARE, vantage, NULL, 5, 0 },
    { "completeness", "complete", FM_SHAPE_COUNT, completeness, NULL, 4, 0 },
    { "closed_because", "closed because", FM_SHAPE_TEXT, NULL, closed_because, 40, 0 },
    { "finding", "finding", FM_SHAPE_TEXT, NULL, finding, 60, 4 },
};
const size_t fm_flow_column_count = G_N_ELEMENTS(fm_flow_columns);

const FmFlowColumn *fm_flow_column(const char *wanted)
{
    for (size_t i = 0; i < G_N_ELEMENTS(fm_flow_columns); i++)
        if (strcmp(fm_flow_columns[i].name, wanted) == 0)
            return &fm_flow_columns[i];
    return NULL;
}

void fm_flow_cell(FmText *out, const FmFlowColumn *column, const FmFlowRow *row)
{
    if (column->text) {
        column->text(out, row);
        return;
    }
    double value;
    if (!column->number(row, &value))
        return;
    switch (column->shape) {
    case FM_SHAPE_AMOUNT: fm_amount_text(out, (uint64_t)value); break;
    case FM_SHAPE_SPAN: fm_span_text(out, (FmTime)(value * FM_SECOND)); break;
    case FM_SHAPE_SHARE: fm_text_printf(out, "%.0f%%", 100 * value); break;
    default: fm_text_uint(out, (uint64_t)value); break;
    }
}
