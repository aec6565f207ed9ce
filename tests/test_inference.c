#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "inference/connection.h"
#include "inference/scoreboard.h"
#include "inference/sender.h"
#include "script.h"
#include "test.h"

static FmConnection *run_script(const char *script, const TestVariant *v, GString *verdicts)
{
    static const char *const names[] = { "-", "new", "fast", "recovery", "timeout", "go-back", "probe", "needless", "late", "double", "alive", "wprobe" };
    FmConnection *c = fm_connection_new();
    g_auto(GStrv) lines = g_strsplit(script, "\n", -1);
    for (unsigned i = 0; lines[i] && *lines[i]; i++) {
        FmSegment s = test_segment(lines[i], v);
        FmVerdict verdict = fm_connection_add(c, &s);
        if (verdicts && s.length)
            g_string_append_printf(verdicts, "%s%s", verdicts->len ? " " : "", names[verdict]);
    }
    fm_connection_finish(c);
    return c;
}

#define SHAKE "0 > S\n40 < S a1\n40.1 > a1 1+0\n"
#define FIVE "41 > 1+1000 i1\n41.1 > 1001+1000 i2\n41.2 > 2001+1000 i3\n41.3 > 3001+1000 i4\n41.4 > 4001+1000 i5\n"

static const struct {
    const char *name, *script, *verdicts;
} cases[] = {
    { "in order", SHAKE FIVE "81 < a5001\n", "new new new new new" },
    { "three SACKed above a hole start a recovery", SHAKE FIVE
      "81.1 < a1 s1001-2001\n81.2 < a1 s1001-3001\n81.3 < a1 s1001-4001\n81.35 > 1+1000 i6\n", "new new new new new fast" },
    { "two acknowledgments, three SACKed", SHAKE FIVE "81.1 < a1 s1001-3001\n81.2 < a1 s1001-4001\n81.3 > 1+1000 i6\n", "new new new new new fast" },
    { "one SACKed, and time has passed (RFC 8985)", SHAKE FIVE "81.4 < a1 s4001-5001\n92 > 1+1000 i6\n", "new new new new new fast" },
    { "the second hole of the same recovery", SHAKE FIVE
      "81.1 < a1 s1001-2001\n81.3 < a1 s3001-4001 s1001-2001\n81.4 < a1 s3001-5001 s1001-2001\n81.5 > 1+1000 i6\n81.6 > 2001+1000 i7\n",
      "new new new new new fast recovery" },
    { "three duplicates without SACK", "0 > S nosack\n40 < S a1 nosack\n40.1 > a1 1+0\n" FIVE "81.1 < a1\n81.2 < a1\n81.3 < a1\n81.35 > 1+1000 i6\n",
      "new new new new new fast" },
    { "silence, then the oldest again", SHAKE FIVE "341 > 1+1000 i6\n", "new new new new new timeout" },
    { "after a timeout the rest goes again", SHAKE FIVE "341 > 1+1000 i6\n381 < a1001\n381.1 > 1001+1000 i7\n",
      "new new new new new timeout go-back" },
    { "the timer fires again and again", SHAKE FIVE "341 > 1+1000 i6\n821 > 1+1000 i7\n1781 > 1+1000 i8\n", "new new new new new timeout timeout timeout" },
    { "holes between SACK blocks after a timeout", SHAKE FIVE
      "341 > 1+1000 i6\n381 < a2001 s3001-4001\n381.1 > 2001+1000 i7\n381.2 > 4001+1000 i8\n", "new new new new new timeout go-back go-back" },
    { "silence, then the newest again", SHAKE FIVE "121.6 > 4001+1000 i6\n", "new new new new new probe" },
    { "a tail loss probe of a single packet waits 200 ms longer", SHAKE "41 > 1+1000 i1\n321 > 1+1000 i2\n", "new probe" },
    { "a tail loss probe with new data", SHAKE FIVE "121.6 > 5001+1000 i6\n", "new new new new new new" },
    { "NewReno: three holes, partial acknowledgments", "0 > S nosack\n40 < S a1 nosack\n40.1 > a1 1+0\n" FIVE "41.5 > 5001+1000 i6\n41.6 > 6001+1000 i7\n"
      "81.2 < a1\n81.4 < a1\n81.6 < a1\n81.65 > 1+1000 i8\n121.7 < a2001\n121.75 > 2001+1000 i9\n161.8 < a4001\n161.85 > 4001+1000 i10\n",
      "new new new new new new new fast recovery recovery" },
    { "a gap, filled at once: late", SHAKE "41 > 1+1000\n41.2 > 2001+1000\n41.4 > 1001+1000\n", "new new late" },
    { "a gap, filled half a round trip later: late", SHAKE "41 > 1+1000\n41.2 > 2001+1000\n61 > 1001+1000\n", "new new late" },
    { "a gap, filled nearly a round trip later: late", SHAKE "41 > 1+1000\n41.2 > 2001+1000\n76 > 1001+1000\n", "new new late" },
    { "a gap, filled after a round trip: sent again", SHAKE "41 > 1+1000\n41.2 > 2001+1000\n85.2 > 1001+1000\n", "new new fast" },
    { "a gap, filled by an earlier IP id: late", SHAKE "41.0 > 1+1000 i1\n41.1 > 1001+1000 i2\n41.2 > 2001+1000 i3\n41.3 > 3001+1000 i4\n"
      "41.4 > 4001+1000 i5\n41.5 > 5001+1000 i6\n41.6 > 6001+1000 i7\n41.7 > 7001+1000 i8\n"
      "41.8 > 8001+1000 i9\n41.9 > 9001+1000 i10\n42.0 > 10001+1000 i11\n42.1 > 11001+1000 i12\n"
      "42.2 > 12001+1000 i13\n42.3 > 13001+1000 i14\n42.4 > 14001+1000 i15\n42.5 > 15001+1000 i16\n"
      "42.6 > 16001+1000 i17\n"
      "42.8 > 18001+1000 i19\n86 > 17001+1000 i18\n", "new new new new new new new new new new new new new new new new new new late" },
    { "a gap, filled by a later IP id: sent again", SHAKE "41.0 > 1+1000 i1\n41.1 > 1001+1000 i2\n41.2 > 2001+1000 i3\n41.3 > 3001+1000 i4\n"
      "41.4 > 4001+1000 i5\n41.5 > 5001+1000 i6\n41.6 > 6001+1000 i7\n41.7 > 7001+1000 i8\n"
      "41.8 > 8001+1000 i9\n41.9 > 9001+1000 i10\n42.0 > 10001+1000 i11\n42.1 > 11001+1000 i12\n"
      "42.2 > 12001+1000 i13\n42.3 > 13001+1000 i14\n42.4 > 14001+1000 i15\n42.5 > 15001+1000 i16\n"
      "42.6 > 16001+1000 i17\n"
      "42.8 > 18001+1000 i19\n60 > 17001+1000 i20\n", "new new new new new new new new new new new new new new new new new new fast" },
    { "a gap, filled with an older clock: late", SHAKE "41 > 1+1000 t100/5\n41.2 > 2001+1000 t102/5\n90 > 1001+1000 t101/5\n", "new new late" },
    { "a gap, filled after SACK with a newer clock: sent again", SHAKE
      "41 > 1+1000 t100/5\n41.2 > 2001+1000 t100/5\n41.3 > 3001+1000 t100/5\n41.4 > 4001+1000 t100/5\n"
      "81.2 < a1001 s2001-3001\n81.3 < a1001 s2001-4001\n81.4 < a1001 s2001-5001\n81.5 > 1001+1000 t140/5\n", "new new new new fast" },
    { "the same packet twice", SHAKE "41 > 1+1000 i7\n41.15 > 1+1000 i7\n", "new double" },
    { "acknowledged here already", SHAKE "41 > 1+1000 i7\n81 < a1001\n300 > 1+1000 i9\n", "new needless" },
    { "every packet twice", SHAKE "41 > 1+1000 i7\n41.01 > 1+1000 i7\n41.1 > 1001+1000 i8\n41.11 > 1001+1000 i8\n", "new double new double" },
    { "a byte asks a closed window", SHAKE "41 > 1+1000\n81 < a1001 w0\n300 > 1001+1\n", "new wprobe" },
    { "a closed window is asked with an old byte", SHAKE "41 > 1+1000\n81 < a1001 w0\n9000 > 1000+1\n", "new wprobe" },
    { "a byte is new where the window is open", SHAKE "41 > 1+1000\n81 < a1001\n300 > 1001+1\n", "new new" },
    { "a byte below the next one", SHAKE "41 > 1+1000\n81 < a1001\n9000 > 1000+1\n", "new alive" },
    { "an end that was dropped before it came here", SHAKE
      "41 > 1+1000 i1\n41.1 > 1001+1000 i2\n41.2 > 2001+1000 i3\n41.3 > 3001+1000 i4\n41.4 > 4001+1000 i5\n41.5 > 5001+1000 i6\n41.6 > 6001+1000 i7\n"
      "41.7 > 7001+1000 i8\n41.8 > 8001+1000 i9\n41.9 > 9001+1000 i10\n81 < a10001\n400 > 10001+1460 i13\n",
      "new new new new new new new new new new timeout" },
};

static void test_verdicts(void)
{
    static const TestVariant plain = { 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) got = g_string_new(NULL);
        fm_connection_free(run_script(cases[i].script, &plain, got));
        TEST_TEXT(cases[i].name, got->str, cases[i].verdicts);
    }
}

/* The time of day, initial sequence numbers and the order of addresses change nothing. */
static void test_what_must_not_matter(void)
{
    static const TestVariant plain = { 0 };
    static const TestVariant variants[] = {
        { .later = 1000000 * FM_SECOND }, { .offset = { 0xfffff000, 5 } }, { .offset = { 0x7ffffff0, 0xffffffff } }, { .swapped = true },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(variants); k++) {
            const TestVariant *v = &variants[k];
            g_autoptr(GString) got = g_string_new(NULL);
            g_autoptr(FmConnection) a = run_script(cases[i].script, &plain, NULL), b = run_script(cases[i].script, v, got);
            TEST_TEXT(cases[i].name, got->str, cases[i].verdicts);
            FmSenderSummary one, two;
            CU_ASSERT(fm_connection_summary(a, 0, &one) && fm_connection_summary(b, v->swapped, &two));
            CU_ASSERT_EQUAL(one.rtt, two.rtt);
            CU_ASSERT_EQUAL(one.series->count, two.series->count);
            for (uint32_t n = 0; n < one.series->count && n < two.series->count; n++) {
                const FmPoint *p = &one.series->points[n], *q = &two.series->points[n];
                CU_ASSERT(p->kind == q->kind && p->time + v->later == q->time);
                CU_ASSERT(p->value + (p->kind == FM_POINT_RETRANSMISSION ? v->offset[0] : 0) == q->value);
            }
        }
}

/* Karn: what was sent twice gives no sample, except by the clock that it echoes (RFC 7323). */
static void test_no_sample_of_resent(void)
{
    static const TestVariant plain = { 0 };
    FmSenderSummary sum;
    g_autoptr(FmConnection) c = run_script(SHAKE "41 > 1+1000\n500 > 1+1000\n510 < a1001\n", &plain, NULL);
    CU_ASSERT(fm_connection_summary(c, 0, &sum));
    CU_ASSERT_EQUAL(sum.rtt, 40100000);
}

/* ---- a sender with a constant window behind a queue ---- */

typedef struct Path {
    FmTime before, after, service; /* one-way delays on both sides of the point of capture, and time per packet of the bottleneck, ahead of it */
    uint32_t window;
    bool clocks;
} Path;

static FmTime tick(FmTime t)
{
    return t / FM_MILLISECOND;
}

enum { PACKETS = 4000, MSS = 1000 };

/* Feeds the connection what passes the point of capture. Returns the round-trip time of the last packet. */
static FmTime simulate(FmConnection *c, const Path *path)
{
    static const TestVariant plain = { 0 };
    FmTime *sent = g_new(FmTime, PACKETS), *here = g_new(FmTime, PACKETS), free_at = 0;
    for (unsigned n = 0; n < PACKETS; n++) {
        FmTime told = n < path->window ? 100 * FM_MILLISECOND : here[n - path->window] + 2 * path->after + path->before;
        sent[n] = MAX(told, n ? sent[n - 1] + 1000 : 0);
        free_at = MAX(free_at, sent[n]) + path->service;
        here[n] = free_at + path->before;
    }
    const char *shake[] = { "0 > S t1/0", "0 < S a1 t1/1", "0 > a1 1+0 t1/1" };
    FmTime at[] = { path->before, path->before + 2 * path->after, 3 * path->before + 2 * path->after };
    for (unsigned i = 0; i < 3; i++) {
        FmSegment s = test_segment(shake[i], &plain);
        s.time = at[i];
        s.timestamps = path->clocks;
        s.mss = MSS + (path->clocks ? 12 : 0);
        fm_connection_add(c, &s);
    }
    for (unsigned n = 0, a = 0; a < PACKETS;) {
        bool data = n < PACKETS && here[n] <= here[a] + 2 * path->after;
        unsigned i = data ? n++ : a++;
        FmSegment s = { .scale = -1, .flags = FM_SEGMENT_ACK, .window = 65535, .timestamps = path->clocks, .direction = !data };
        s.time = data ? here[i] : here[i] + 2 * path->after;
        s.seq = data ? 1 + i * MSS : 1;
        s.ack = data ? 1 : 1 + (i + 1) * MSS;
        s.length = data ? MSS : 0;
        s.tsval = (uint32_t)tick(data ? sent[i] : here[i] + path->after);
        s.tsecr = data ? i < path->window ? 1 : (uint32_t)tick(here[i - path->window] + path->after) : (uint32_t)tick(sent[i]);
        fm_connection_add(c, &s);
    }
    FmTime rtt = here[PACKETS - 1] + 2 * path->after + path->before - sent[PACKETS - 1];
    g_free(sent);
    g_free(here);
    fm_connection_finish(c);
    return rtt;
}

static void test_window_from_anywhere(void)
{
    static const struct {
        const char *name;
        Path path;
    } paths[] = {
        { "at the sender", { 10000, 20 * FM_MILLISECOND, 0, 20, true } },
        { "in the middle, no queue", { 10 * FM_MILLISECOND, 10 * FM_MILLISECOND, 100000, 20, true } },
        { "in the middle, behind a queue", { 10 * FM_MILLISECOND, 10 * FM_MILLISECOND, FM_MILLISECOND, 80, true } },
        { "at the receiver, behind a queue", { 20 * FM_MILLISECOND, 10000, FM_MILLISECOND, 80, true } },
        { "at the sender, no timestamps", { 10000, 20 * FM_MILLISECOND, 0, 30, false } },
        { "in the middle, no queue, no timestamps", { 10 * FM_MILLISECOND, 10 * FM_MILLISECOND, 100000, 20, false } },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(FmConnection) c = fm_connection_new();
        FmTime rtt = simulate(c, &paths[i].path);
        FmSenderSummary sum;
        CU_ASSERT_FATAL(fm_connection_summary(c, 0, &sum));
        CU_ASSERT_EQUAL(sum.packets, PACKETS);
        CU_ASSERT_EQUAL(sum.retransmissions, 0);
        if (ABS(sum.rtt - rtt) > rtt / 50)
            g_printerr("%s: RTT %" PRId64 " instead of %" PRId64 "\n", paths[i].name, sum.rtt, rtt);
        CU_ASSERT(ABS(sum.rtt - rtt) <= rtt / 50);
        uint32_t good = 0, points = 0;
        for (uint32_t n = 0; n < sum.series->count; n++) {
            const FmPoint *p = &sum.series->points[n];
            if (p->kind != FM_POINT_WINDOW || p->time < FM_SECOND / 2)
                continue;
            points++;
            good += ABS((int)p->value - (int)paths[i].path.window) <= 1;
        }
        uint32_t first = 0;
        for (uint32_t n = 0; n < sum.series->count; n++)
            if (sum.series->points[n].kind == FM_POINT_WINDOW && sum.series->points[n].time < FM_SECOND / 2)
                first = sum.series->points[n].value;
        if (good * 10 < points * 9 || ABS((int)first - (int)paths[i].path.window) > 1)
            g_printerr("%s: %u of %u points right, %u at first\n", paths[i].name, good, points, first);
        CU_ASSERT(good * 10 >= points * 9);
        CU_ASSERT(ABS((int)first - (int)paths[i].path.window) <= 1);
    }
}

/* ---- what held it back, where it was lost, what was never captured ---- */

enum { ANY = -1 };

/* Limits in milliseconds, at least. */
static const struct {
    const char *name, *script;
    int network, receiver, application, lost_before, lost_behind, retransmissions;
    uint64_t unseen;
    FmPhase phase; /* at the end */
} tales[] = {
    { "the window of the receiver is full all the time", "0 > S\n40 < S a1 w3000\n40.1 > a1 1+0\n41 > 1+1460\n41.1 > 1461+1460\n82 < a2921 w3000\n82.1 > 2921+1460\n82.2 > 4381+1460\n"
      "123 < a5841 w3000\n123.1 > 5841+1460\n123.2 > 7301+1460\n164 < a8761 w3000\n164.1 > 8761+1460\n164.2 > 10221+1460\n205 < a11681 w3000\n",
      ANY, 100, 0, 0, 0, 0, 0 },
    { "the application writes little now and then", SHAKE "41 > 1+500\n81 < a501\n241 > 501+500\n281 < a1001\n441 > 1001+500\n481 < a1501\n641 > 1501+500\n681 < a2001\n",
      ANY, 0, 400, 0, 0, 0, 0 },
    { "lost behind the point of capture", SHAKE FIVE "81.1 < a1 s1001-2001\n81.2 < a1 s1001-3001\n81.3 < a1 s1001-4001\n81.35 > 1+1000 i6\n", ANY, 0, 0, 0, 1, 1, 0, FM_PHASE_RECOVERY },
    { "lost ahead of it", SHAKE "41.1 > 1001+1000 i2 t10/1\n41.2 > 2001+1000 i3 t10/1\n41.3 > 3001+1000 i4 t10/1\n41.4 > 4001+1000 i5 t10/1\n"
      "81.1 < a1 s1001-2001\n81.2 < a1 s1001-3001\n81.3 < a1 s1001-4001\n81.35 > 1+1000 i6 t50/2\n", ANY, 0, 0, 1, 0, 1, 0, FM_PHASE_RECOVERY },
    { "arrived, but not captured", SHAKE "41 > 1+1000\n41.2 > 2001+1000\n41.4 > 4001+1000\n81.4 < a5001\n", ANY, 0, 0, 0, 0, 0, 2000 },
    { "a mark of congestion instead of a loss", "0 > S\n40 < S a1 E\n40.1 > a1 1+0\n" FIVE "81.1 < a1001 E\n82 > 5001+1000 i6\n", ANY, 0, 0, 0, 0, 0, 0, FM_PHASE_RECOVERY },
    { "a mark that was not agreed upon", SHAKE FIVE "81.1 < a1001 E\n82 > 5001+1000 i6\n", ANY, 0, 0, 0, 0, 0, 0, FM_PHASE_SLOW_START },
};

static void test_tales(void)
{
    static const TestVariant plain = { 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(tales); i++) {
        g_autoptr(FmConnection) c = run_script(tales[i].script, &plain, NULL);
        const FmSender *s = fm_connection_sender(c, 0);
        const int least[] = { tales[i].network, tales[i].receiver, tales[i].application };
        for (unsigned k = 0; k < G_N_ELEMENTS(least); k++) {
            FmTime span = s->limited[k] + (s->limit == k ? MAX(s->now - s->limit_since, 0) : 0);
            if (span < least[k] * FM_MILLISECOND)
                g_printerr("%s: limit %u for %" PRId64 " ms\n", tales[i].name, k, span / FM_MILLISECOND);
            CU_ASSERT(span >= least[k] * FM_MILLISECOND);
        }
        if ((int)s->lost_before != tales[i].lost_before || (int)s->lost_behind != tales[i].lost_behind || s->board.unseen_acked != tales[i].unseen)
            g_printerr("%s: %d %d %d\n", tales[i].name, (int)s->lost_before, (int)s->lost_behind, (int)s->board.unseen_acked);
        CU_ASSERT_EQUAL((int)s->lost_before, tales[i].lost_before);
        CU_ASSERT_EQUAL((int)s->lost_behind, tales[i].lost_behind);
        CU_ASSERT_EQUAL((int)s->retransmissions, tales[i].retransmissions);
        CU_ASSERT_EQUAL(s->board.unseen_acked, tales[i].unseen);
        CU_ASSERT_EQUAL(s->phase, tales[i].phase);
    }
}

/* What was sent again for nothing is taken back: the window and the phase are what they were. */
#define CLOCKED "0 > S t1/0\n40 < S a1 t1/1\n40.1 > a1 1+0 t41/1\n"
#define CLOCKED_FIVE "41 > 1+1000 t42/1\n41.1 > 1001+1000 t42/1\n41.2 > 2001+1000 t42/1\n41.3 > 3001+1000 t42/1\n41.4 > 4001+1000 t42/1\n"

static const struct {
    const char *name, *script;
    uint32_t undone;
    uint64_t spurious;
    FmPhase phase;
} undos[] = {
    { "a timeout in a delay: the answer is to what was sent first (RFC 3522)", CLOCKED CLOCKED_FIVE "341 > 1+1000 t342/1\n360 < a5001 t321/42\n361 > 5001+1000 t362/321\n", 1, 1, FM_PHASE_SLOW_START },
    { "a timeout: the answer is to the retransmission", CLOCKED CLOCKED_FIVE "341 > 1+1000 t342/1\n381 < a1001 t341/342\n381.1 > 1001+1000 t382/341\n", 0, 0, FM_PHASE_TIMEOUT },
    { "a timeout in a delay: D-SACK tells", SHAKE FIVE "341 > 1+1000 i6\n360 < a3001\n361 < a5001\n382 < a5001 s1-1001\n383 > 5001+1000 i8\n", 1, 1, FM_PHASE_SLOW_START },
    { "the same without D-SACK", SHAKE FIVE "341 > 1+1000 i6\n360 < a3001\n361 < a5001\n383 > 5001+1000 i8\n", 0, 0, FM_PHASE_SLOW_START },
    { "overtaken far behind the capture: D-SACK tells", SHAKE FIVE
      "81.1 < a1 s1001-2001\n81.2 < a1 s1001-3001\n81.3 < a1 s1001-4001\n81.35 > 1+1000 i6\n82 < a5001\n121.4 < a5001 s1-1001\n122 > 5001+1000 i8\n", 1, 1, FM_PHASE_SLOW_START },
    { "overtaken: the answer is to what was sent first", CLOCKED CLOCKED_FIVE
      "81.1 < a1 s1001-2001 t81/1\n81.2 < a1 s1001-3001 t81/1\n81.3 < a1 s1001-4001 t81/1\n81.35 > 1+1000 t82/81\n82 < a5001 t82/42\n83 > 5001+1000 t83/82\n", 1, 1, FM_PHASE_SLOW_START },
    { "one of two was needless", SHAKE FIVE "41.5 > 5001+1000 i6\n41.6 > 6001+1000 i7\n81.1 < a1 s2001-3001\n81.2 < a1 s2001-4001\n81.3 < a1 s2001-6001\n81.35 > 1+1000 i8\n"
      "81.4 > 1001+1000 i9\n121.4 < a1001 s2001-6001\n121.5 < a7001 s1-1001\n", 0, 1, FM_PHASE_AVOIDANCE },
};

static void test_undo(void)
{
    static const TestVariant plain = { 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(undos); i++) {
        g_autoptr(FmConnection) c = run_script(undos[i].script, &plain, NULL);
        const FmSender *s = fm_connection_sender(c, 0);
        if (s->undone != undos[i].undone || s->spurious != undos[i].spurious || s->phase != undos[i].phase)
            g_printerr("%s: undone %u, needless %u, phase %u\n", undos[i].name, s->undone, (unsigned)s->spurious, s->phase);
        CU_ASSERT_EQUAL(s->undone, undos[i].undone);
        CU_ASSERT_EQUAL(s->spurious, undos[i].spurious);
        CU_ASSERT_EQUAL(s->phase, undos[i].phase);
        if (undos[i].undone)
            CU_ASSERT_EQUAL(s->identify.cuts, 0); /* no window was cut */
    }
}

/* Samples, and what Karn forbids. Times in microseconds. */
static const struct {
    const char *name, *script;
    uint64_t samples;
    FmTime least, smoothed;
} times[] = {
    { "one segment", SHAKE "41 > 1+1000\n51 < a1001\n", 1, 10100, 36350 },
    { "a delayed acknowledgment", SHAKE "41 > 1+1000\n41 > 1001+1000\n101 < a2001\n", 1, 40100, 42600 },
    { "two SYNs: nobody knows which was answered", "0 > S\n1000 > S\n1010 < S a1\n1010.1 > a1 1+0\n1011 > 1+1000\n1051 < a1001\n", 1, 40100, 40100 },
    { "two SYNs, and the echo tells", "0 > S t10/0\n1000 > S t1010/0\n1040 < S a1 t7/1010\n1040.1 > a1 1+0 t1050/7\n", 0, 40100, 40100 },
    { "two SYNs, and the echo tells of the first", "0 > S t10/0\n1000 > S t1010/0\n1010 < S a1 t7/10\n1010.1 > a1 1+0 t1020/7\n1011 > 1+1000 t1021/7\n1051 < a1001 t47/1021\n", 1, 40100, 40100 },
};

static void test_times(void)
{
    static const TestVariant plain = { 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        g_autoptr(FmConnection) c = run_script(times[i].script, &plain, NULL);
        const FmRtt *r = &fm_connection_sender(c, 0)->rtt;
        if (r->samples != times[i].samples || r->lifetime_minimum / 1000 != times[i].least || r->smoothed / 1000 != times[i].smoothed)
            g_printerr("%s: %" PRIu64 " %" PRId64 " %" PRId64 "\n", times[i].name, r->samples, r->lifetime_minimum / 1000, r->smoothed / 1000);
        CU_ASSERT_EQUAL(r->samples, times[i].samples);
        CU_ASSERT_EQUAL(r->lifetime_minimum / 1000, times[i].least);
        CU_ASSERT_EQUAL(r->smoothed / 1000, times[i].smoothed);
    }
}

/* More than 2^33 bytes: the numbers wrap twice, acknowledgments lag; then the capture has a gap of three gigabytes. */
static void test_wraps(void)
{
    enum { LENGTH = 60000, LAG = 8, SEGMENTS = 150000 };
    g_autoptr(FmConnection) c = run_script(SHAKE, &(TestVariant){ 0 }, NULL);
    uint32_t seq = 1;
    FmTime now = FM_SECOND + 41 * FM_MILLISECOND;
    for (unsigned n = 0; n < SEGMENTS; n++, now += FM_MILLISECOND) {
        FmSegment s = { .time = now, .seq = seq, .ack = 1, .length = LENGTH, .flags = FM_SEGMENT_ACK, .window = 65535, .scale = -1 };
        CU_ASSERT_EQUAL(fm_connection_add(c, &s), FM_VERDICT_NEW);
        seq += LENGTH;
        FmSegment a = { .time = now + 1000, .seq = 1, .ack = seq - LAG * LENGTH, .flags = FM_SEGMENT_ACK, .window = 65535, .scale = -1, .direction = 1 };
        if (n >= LAG)
            fm_connection_add(c, &a);
    }
    const FmSender *sender = fm_connection_sender(c, 0);
    CU_ASSERT_EQUAL(sender->bytes, (uint64_t)SEGMENTS * LENGTH);
    CU_ASSERT_EQUAL(sender->retransmissions, 0);
    seq += 3000000000u;
    for (unsigned n = 0; n < 10; n++, seq += LENGTH) {
        FmSegment s = { .time = now += FM_MILLISECOND, .seq = seq, .ack = 1, .length = LENGTH, .flags = FM_SEGMENT_ACK, .window = 65535, .scale = -1 };
        FmVerdict verdict = fm_connection_add(c, &s);
        CU_ASSERT_EQUAL(verdict, n < 2 ? FM_VERDICT_NONE : FM_VERDICT_NEW); /* the third stray in a row is believed */
    }
    CU_ASSERT_EQUAL(sender->retransmissions, 0);
}

/* ---- the scoreboard ---- */

/* RFC 6675 by hand: ten sent, the first, fourth and seventh lost. */
static void test_pipe(void)
{
    FmBoard b = { 0 };
    FmSegment s = { 0 };
    fm_board_start(&b, 1000);
    b.sack = true;
    for (uint32_t i = 0; i < 10; i++)
        fm_board_send(&b, 1000 + i * 100, 1100 + i * 100, 100, 1 + i, &s, 0);
    CU_ASSERT_EQUAL(fm_board_pipe(&b), 10);
    static const struct {
        FmSackBlock blocks[3];
        unsigned count;
        uint32_t pipe, lost;
    } acks[] = {
        { { { 1100, 1200 } }, 1, 8, 1 },
        { { { 1100, 1300 } }, 1, 7, 1 },
        { { { 1400, 1500 }, { 1100, 1300 } }, 2, 5, 2 },
        { { { 1400, 1600 }, { 1100, 1300 } }, 2, 4, 2 },
        { { { 1700, 1800 }, { 1400, 1600 }, { 1100, 1300 } }, 3, 2, 3 },
        { { { 1700, 2000 }, { 1400, 1600 }, { 1100, 1300 } }, 3, 0, 3 },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(acks); i++) {
        FmDelivery d = { .now = 1000 + (FmTime)i };
        fm_board_ack(&b, 1000, acks[i].blocks, acks[i].count, &d);
        fm_board_detect(&b, 0, &d);
        CU_ASSERT_EQUAL(fm_board_pipe(&b), acks[i].pipe);
        CU_ASSERT_EQUAL(b.lost, acks[i].lost);
    }
    fm_board_resend(&b, fm_board_find(&b, 1000), 2000, &s);
    CU_ASSERT_EQUAL(fm_board_pipe(&b), 1);
    FmDelivery d = { .now = 3000 };
    fm_board_ack(&b, 1300, NULL, 0, &d);
    CU_ASSERT_EQUAL(fm_board_pipe(&b), 0);
    CU_ASSERT_EQUAL(fm_board_out(&b), 7);
    CU_ASSERT(d.resent_acked);
    fm_board_clear(&b);
}

/* Garbage neither crashes nor grows without a bound, and the counts stay consistent. */
static void test_garbage(void)
{
    g_autoptr(FmConnection) c = fm_connection_new();
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (unsigned i = 0; i < 100000; i++) {
        FmSegment s = { .time = i * 10000 + g_rand_int_range(random, 0, 1000000), .scale = (int8_t)g_rand_int_range(random, -1, 15) };
        s.seq = (uint32_t)g_rand_int_range(random, 0, 1000000);
        s.ack = (uint32_t)g_rand_int_range(random, 0, 1000000);
        s.length = (uint32_t)g_rand_int_range(random, 0, 3) * (uint32_t)g_rand_int_range(random, 0, 60000);
        s.flags = (uint16_t)(FM_SEGMENT_ACK | (g_rand_int_range(random, 0, 500) ? 0 : FM_SEGMENT_SYN) | (g_rand_int_range(random, 0, 9) ? 0 : FM_SEGMENT_ECE));
        s.window = (uint16_t)g_rand_int(random);
        s.direction = (uint8_t)g_rand_int_range(random, 0, 2);
        s.ip_id = (uint16_t)(i + (unsigned)g_rand_int_range(random, 0, 3));
        s.mss = (uint16_t)(g_rand_int_range(random, 0, 2) * 1460);
        s.timestamps = g_rand_int_range(random, 0, 2);
        s.tsval = (uint32_t)g_rand_int_range(random, 0, 100000);
        s.tsecr = (uint32_t)g_rand_int_range(random, 0, 100000);
        s.sack_permitted = true;
        s.sacks = (uint8_t)g_rand_int_range(random, 0, FM_SEGMENT_SACKS + 1);
        for (unsigned k = 0; k < s.sacks; k++)
            s.sack[k] = (FmSackBlock){ (uint32_t)g_rand_int_range(random, 0, 1000000), (uint32_t)g_rand_int_range(random, 0, 1000000) };
        fm_connection_add(c, &s);
    }
    fm_connection_finish(c);
    for (unsigned d = 0; d < 2; d++) {
        FmSenderSummary sum;
        CU_ASSERT(fm_connection_summary(c, d, &sum));
        CU_ASSERT(sum.series->count <= FM_SERIES_MAX);
        CU_ASSERT(sum.retransmissions <= sum.packets);
    }
}

/* ---- bounded work ---- */

enum { ATTACK = 40000, STEPS_PER_SEGMENT = 200 };

static FmSegment attack_data(unsigned i, uint32_t seq, uint32_t length)
{
    return (FmSegment){ .time = FM_SECOND + i * 10000, .seq = seq, .ack = 1, .length = length, .flags = FM_SEGMENT_ACK, .window = 65535, .scale = -1,
                        .ip_id = (uint16_t)i };
}

static FmSegment attack_ack(unsigned i, uint32_t ack)
{
    return (FmSegment){ .time = FM_SECOND + i * 10000, .seq = 1, .ack = ack, .flags = FM_SEGMENT_ACK, .window = 65535, .scale = -1, .direction = 1 };
}

/* Half of the segments put tiny records in flight; the others make the board look at all of them, if it would. */
static FmSegment sack_all_or_little(unsigned i)
{
    if (i < ATTACK / 2)
        return attack_data(i, 1 + i, 1);
    FmSegment s = attack_ack(i, 1);
    s.sacks = 2;
    s.sack[0] = i % 2 ? (FmSackBlock){ 2, ATTACK / 2 } : (FmSackBlock){ 5, 6 };
    s.sack[1] = i % 2 ? (FmSackBlock){ 2 + i % 7, ATTACK / 2 } : (FmSackBlock){ 9, 12 };
    return s;
}

static FmSegment scattered_sacks(unsigned i)
{
    if (i < ATTACK / 2)
        return attack_data(i, 1 + i, 1);
    FmSegment s = attack_ack(i, 1);
    s.sacks = FM_SEGMENT_SACKS;
    for (unsigned k = 0; k < FM_SEGMENT_SACKS; k++) {
        uint32_t left = 2 + (i * 7919u + k * 104729u) % (ATTACK / 4);
        s.sack[k] = (FmSackBlock){ left, left + ATTACK / 4 };
    }
    return s;
}

static FmSegment one_timeout_after_the_other(unsigned i)
{
    if (i < ATTACK / 2)
        return attack_data(i, 1 + i, 1);
    FmSegment s = attack_data(i, 1, 1);
    s.time = i * 100 * FM_SECOND;
    return s;
}

static FmSegment all_sent_again_at_once(unsigned i)
{
    if (i < ATTACK / 2)
        return attack_data(i, 1 + i, 1);
    FmSegment s = attack_data(i, 1, ATTACK / 2 - 1);
    s.time = i * (i % 3 ? FM_SECOND : FM_MILLISECOND) + 10 * FM_SECOND;
    return s;
}

static FmSegment ids_that_leap(unsigned i)
{
    FmSegment s = attack_data(i, 1 + i * 1000, 1000);
    s.ip_id = (uint16_t)(i + (i / 12) * 4000);
    if (i % 12 == 0)
        s.seq -= 500;
    s.time = i * (i % 12 ? 1000 : FM_SECOND) + FM_SECOND;
    return s;
}

static FmSegment holes_of_half_a_gigabyte(unsigned i)
{
    return attack_data(i, 1 + i * (1u << 29), 1);
}

static FmSegment clocks_that_leap(unsigned i)
{
    FmSegment s = i % 2 ? attack_data(i, 1 + i * 1000, 1000) : attack_ack(i, 1 + (i - i % 4) * 500);
    s.timestamps = true;
    s.tsval = i * 0x1234567u;
    s.tsecr = i * 0x7654321u;
    s.time += (i % 16 == 0) * FM_SECOND * (i % 64);
    return s;
}

static FmSegment acknowledgments_that_leap(unsigned i)
{
    return i % 2 ? attack_data(i, 1 + i * 1400, 1400) : attack_ack(i, 1 + i * 1400 + (1u << 28) * (i % 3));
}

/* Records visited per segment stay few on average whatever comes, and all memory within its bounds. */
static void test_bounded_work(void)
{
    static const struct {
        const char *name;
        FmSegment (*segment)(unsigned i);
    } attacks[] = {
        { "SACK all or little", sack_all_or_little },
        { "scattered SACK blocks", scattered_sacks },
        { "one timeout after the other", one_timeout_after_the_other },
        { "all sent again at once", all_sent_again_at_once },
        { "ids that leap", ids_that_leap },
        { "holes of half a gigabyte", holes_of_half_a_gigabyte },
        { "clocks that leap", clocks_that_leap },
        { "acknowledgments that leap", acknowledgments_that_leap },
    };
    static const TestVariant plain = { 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(attacks); i++) {
        g_autoptr(FmConnection) c = fm_connection_new();
        const char *shake[] = { "0 > S", "40 < S a1", "40.1 > a1 1+0" };
        for (unsigned n = 0; n < 3; n++) {
            FmSegment s = test_segment(shake[n], &plain);
            fm_connection_add(c, &s);
        }
        for (unsigned n = 0; n < ATTACK; n++) {
            FmSegment s = attacks[i].segment(n);
            fm_connection_add(c, &s);
        }
        fm_connection_finish(c);
        for (unsigned d = 0; d < 2; d++) {
            const FmSender *s = fm_connection_sender(c, d);
            if (s->board.steps > (uint64_t)STEPS_PER_SEGMENT * ATTACK)
                g_printerr("%s: %" PRIu64 " steps for %u segments\n", attacks[i].name, s->board.steps, (unsigned)ATTACK);
            CU_ASSERT(s->board.steps <= (uint64_t)STEPS_PER_SEGMENT * ATTACK);
            CU_ASSERT(s->board.room <= FM_BOARD_MAX_RECORDS && s->board.resent_room <= FM_BOARD_MAX_RESENT);
            CU_ASSERT(s->acks.room <= FM_RING_MAX && s->series.count <= FM_SERIES_MAX);
        }
    }
}

const TestSuite test_inference_suite = {
    "inference",
    TEST_CASES({ "verdicts", test_verdicts }, { "what must not matter", test_what_must_not_matter },
               { "no sample of what was sent twice", test_no_sample_of_resent }, { "the window from anywhere", test_window_from_anywhere },
               { "limits and losses", test_tales }, { "times", test_times }, { "undo", test_undo },
               { "numbers wrap", test_wraps }, { "the pipe", test_pipe }, { "garbage", test_garbage }, { "bounded work", test_bounded_work }),
};
