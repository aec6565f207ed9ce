#include "config.h"

#include "inference/connection.h"
#include "inference/identify.h"
#include "inference/scoreboard.h"
#include "inference/slow_start.h"
#include "test.h"

#define RTT (50 * FM_MILLISECOND)
#define MOST 24

/* ---- dips ---- */

/* Packets per round trip. */
static const struct {
    const char *name;
    uint32_t packets[MOST];
    unsigned spoilt; /* in this round trip a segment went again; 0: never */
    uint32_t found;
} dips[] = {
    { "PROBE_RTT", { 40, 40, 40, 40, 40, 0, 4, 4, 4, 4, 40, 40, 40 }, 0, 1 },
    { "its first round trip still has some", { 40, 40, 40, 40, 40, 7, 0, 4, 4, 4, 4, 23, 40, 40 }, 0, 1 },
    { "two of them", { 40, 40, 40, 0, 4, 4, 4, 4, 40, 40, 40, 40, 0, 4, 4, 4, 4, 40, 40 }, 0, 2 },
    { "a pause", { 40, 40, 40, 40, 40, 0, 0, 0, 0, 0, 40, 40, 40 }, 0, 0 },
    { "too short", { 40, 40, 40, 40, 40, 4, 40, 40, 40 }, 0, 0 },
    { "too long", { 40, 40, 40, 40, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 40, 40, 40 }, 0, 0 },
    { "never much", { 9, 9, 9, 9, 9, 0, 3, 3, 3, 3, 9, 9, 9 }, 0, 0 },
    { "for a loss", { 40, 40, 40, 40, 40, 0, 4, 4, 4, 4, 40, 40, 40 }, 7, 0 },
    { "not as before afterwards", { 40, 40, 40, 40, 40, 0, 4, 4, 4, 4, 12, 12, 12 }, 0, 0 },
};

static void test_dips(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(dips); i++) {
        FmDip d = { 0 };
        FmTime now = FM_SECOND;
        for (unsigned k = 0; k < MOST && (dips[i].packets[k] || dips[i].packets[MIN(k + 1, MOST - 1)] || k < 11); k++, now += RTT) {
            uint32_t n = dips[i].packets[k];
            for (uint32_t j = 0; j < n; j++)
                fm_dip_sent(&d, 1, now + j * (RTT / n), RTT);
            if (dips[i].spoilt == k && k)
                fm_dip_spoil(&d);
        }
        if (d.found != dips[i].found)
            g_printerr("%s: %u\n", dips[i].name, d.found);
        CU_ASSERT_EQUAL(d.found, dips[i].found);
    }
}

/* ---- slow start ---- */

/* Each of fifty acknowledgments is of two packets, and is answered with `growth` more than that. */
static const struct {
    const char *name;
    uint32_t window, growth, room;
    bool ends;
} starts[] = {
    { "doubles", 20, 2, 1000, false },
    { "half of that", 100, 1, 1000, true },
    { "no growth", 20, 0, 1000, true },
    { "no growth, but no room either", 20, 0, 21, false },
};

static void test_slow_start(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(starts); i++) {
        FmSlowStart s;
        uint32_t pipe = starts[i].window;
        FmTime over = 0;
        fm_slow_start_begin(&s, pipe, 1);
        for (FmTime now = 2; now < 52 && !over; now++) {
            FmSlowStartState state = { .now = now, .pipe = pipe - 2, .room = starts[i].room };
            over = fm_slow_start_acked(&s, 2, &state);
            pipe += starts[i].growth;
            fm_slow_start_sent(&s, 2 + starts[i].growth, pipe);
        }
        if ((over != 0) != starts[i].ends)
            g_printerr("%s\n", starts[i].name);
        CU_ASSERT_EQUAL(over != 0, starts[i].ends);
    }
}

/* What was acknowledged while there was nothing to send is no reason to expect growth later. */
static void test_stale_answers(void)
{
    FmSlowStart s;
    uint32_t pipe = 200;
    fm_slow_start_begin(&s, pipe, 1);
    for (FmTime now = 2; now < 90; now++) {
        FmSlowStartState state = { .now = now, .pipe = pipe -= 2, .room = 100000 };
        CU_ASSERT_EQUAL(fm_slow_start_acked(&s, 2, &state), 0);
    }
    fm_slow_start_begin(&s, pipe, 100);
    s.fresh = 150;
    for (FmTime now = 101; now < 200; now++) {
        FmSlowStartState state = { .now = now, .pipe = pipe - 2, .room = 100000 };
        CU_ASSERT_EQUAL(fm_slow_start_acked(&s, 2, &state), 0);
        fm_slow_start_sent(&s, 4, pipe += 2);
    }
}

/* It was taken to be over, and then the pipe grows by all that is acknowledged, or by half of it. */
static void test_slow_start_goes_on(void)
{
    for (unsigned growth = 1; growth <= 2; growth++) {
        FmSlowStart s;
        uint32_t pipe = 100;
        bool on = false;
        fm_slow_start_begin(&s, pipe, 1);
        FmSlowStartState state = { .now = 2, .pipe = pipe, .room = 100000 };
        fm_slow_start_over(&s, 1, &state);
        for (FmTime now = 3; now < 103 && !on; now++) {
            state = (FmSlowStartState){ .now = now, .pipe = pipe - 2, .room = 100000 };
            on = fm_slow_start_goes_on(&s, 2, &state);
            fm_slow_start_sent(&s, 2 + growth, pipe += growth);
        }
        CU_ASSERT_EQUAL(on, growth == 2);
    }
}

/* ---- windows at losses ---- */

/* A loss every so many seconds, as kernels had them. The first one of each is where slow start ended. */
static const struct {
    const char *name;
    uint32_t rtt_ms, least_ms; /* at losses; of the path */
    struct { uint32_t window; double after; } losses[6];
    FmAlgorithm algorithm;
} spans[] = {
    { "Reno, full queue", 60, 30, { { 104, 0 }, { 54, .30 }, { 53, 1.30 }, { 53, 1.30 }, { 53, 1.30 } }, FM_ALGORITHM_RENO },
    { "CUBIC, plateau after plateau lower", 71, 70, { { 306, 0 }, { 261, 1.51 }, { 221, 3.05 }, { 187, 2.94 } }, FM_ALGORITHM_CUBIC },
    { "CUBIC, the same plateau", 74, 50, { { 125, 0 }, { 127, 3.35 }, { 126, 3.31 }, { 126, 3.31 } }, FM_ALGORITHM_CUBIC },
    { "both would fit", 79, 40, { { 102, 0 }, { 102, 3.23 }, { 102, 3.23 }, { 103, 3.23 } }, FM_ALGORITHM_UNKNOWN },
    { "the window is kept", 50, 40, { { 100, 0 }, { 100, .2 }, { 100, .2 }, { 101, .2 } }, FM_ALGORITHM_BBR },
};

static void test_spans(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
        FmIdentify id = { 0 };
        FmTime now = FM_SECOND;
        for (unsigned k = 0; k < G_N_ELEMENTS(spans[i].losses) && spans[i].losses[k].window; k++) {
            now += (FmTime)(spans[i].losses[k].after * FM_SECOND);
            fm_identify_loss(&id, spans[i].losses[k].window, spans[i].rtt_ms * FM_MILLISECOND, spans[i].least_ms * FM_MILLISECOND, now);
        }
        TEST_TEXT(spans[i].name, fm_algorithm_name(fm_identify(&id)), fm_algorithm_name(spans[i].algorithm));
    }
}

/* A cut is not judged where the receiver holds the sender back before its window can be seen. */
static void test_held_cut(void)
{
    for (unsigned held = 0; held < 2; held++) {
        FmIdentify id = { 0 };
        fm_identify_cut(&id, 100);
        fm_identify_recovered(&id, RTT, false);
        for (FmTime now = FM_SECOND; now < FM_SECOND + 4 * RTT; now += RTT / 10) {
            if (held)
                fm_identify_held(&id);
            fm_identify_pipe(&id, 50, !held, now, RTT);
        }
        CU_ASSERT_EQUAL(id.reno_cuts, held ? 0 : 1);
    }
}

/* ---- names ---- */

static const struct {
    const char *name;
    FmIdentify seen;
    FmAlgorithm algorithm;
} names[] = {
    { "nothing", { 0 }, FM_ALGORITHM_UNKNOWN },
    { "halves", { .cuts = 3, .reno_cuts = 3 }, FM_ALGORITHM_RENO },
    { "cuts to 0.7", { .cuts = 3, .cubic_cuts = 3 }, FM_ALGORITHM_CUBIC },
    { "one of each", { .cuts = 2, .reno_cuts = 1, .cubic_cuts = 1 }, FM_ALGORITHM_UNKNOWN },
    { "keeps its window", { .cuts = 4, .kept_cuts = 4 }, FM_ALGORITHM_BBR },
    { "halves once by chance, and paces", { .cuts = 2, .reno_cuts = 1, .kept_cuts = 1, .paced = 20 }, FM_ALGORITHM_BBR },
    { "HyStart, not paced", { .early_exit = true, .opened_at_once = true }, FM_ALGORITHM_CUBIC },
    { "HyStart or a full pipe", { .early_exit = true }, FM_ALGORITHM_UNKNOWN },
    { "PROBE_RTT", { .dip = { .found = 1 } }, FM_ALGORITHM_BBR },
    { "a swinging pipe", { .rounds = 40, .grown = 10, .fallen = 40, .summed = 480 }, FM_ALGORITHM_BBR },
};

static void test_names(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        TEST_TEXT(names[i].name, fm_algorithm_name(fm_identify(&names[i].seen)), fm_algorithm_name(names[i].algorithm));
}

/* ---- hostile input ---- */

/* A hole of many packets counts as many. */
static void test_large_hole(void)
{
    FmBoard b = { 0 };
    FmSegment s = { 0 };
    fm_board_start(&b, 0);
    for (uint64_t i = 0; i < 20; i++)
        fm_board_send(&b, i * 1000, i * 1000 + 1000, 1000, 1, &s, 0);
    fm_board_send(&b, 220000, 221000, 1000, 2, &s, 0);
    CU_ASSERT_EQUAL(fm_board_out(&b), 221);
    fm_board_clear(&b);
}

/* Leaps, blocks that sweep over everything in flight and acknowledgments that take nothing away: what a packet may cost has a bound, so
 * records are made at most as fast as a fixed number per packet. */
static void test_work_is_bounded(void)
{
    g_autoptr(FmConnection) c = fm_connection_new();
    gint64 began = g_get_monotonic_time();
    uint32_t seq = 1;
    for (unsigned i = 0; i < 100000; i++) {
        FmSegment s = { .time = (FmTime)i * 10000, .seq = seq, .ack = 1, .length = 1, .flags = FM_SEGMENT_ACK, .window = 65535, .scale = -1 };
        fm_connection_add(c, &s);
        seq += i % 2 ? 1 : 30000;
        FmSegment a = { .time = s.time + 5000, .seq = 1, .ack = 1, .flags = FM_SEGMENT_ACK, .window = 65535, .scale = -1, .direction = 1, .sacks = 4 };
        for (unsigned k = 0; k < 4; k++)
            a.sack[k] = (FmSackBlock){ 2 + (i + k) % 7 * 1000, seq - (i + k) % 5 * 1000 };
        fm_connection_add(c, &a);
    }
    fm_connection_finish(c);
    CU_ASSERT(g_get_monotonic_time() - began < 20 * G_USEC_PER_SEC);
}

const TestSuite test_identify_suite = {
    "identify",
    TEST_CASES({ "dips", test_dips }, { "slow start", test_slow_start }, { "stale answers", test_stale_answers },
               { "slow start goes on", test_slow_start_goes_on }, { "windows at losses", test_spans }, { "a cut not seen", test_held_cut }, { "names", test_names }, { "a large hole", test_large_hole },
               { "work is bounded", test_work_is_bounded }),
};
