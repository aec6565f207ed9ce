/* What the inference says of simulated senders (link.h), against what they did. */
#include "config.h"

#include <math.h>

#include "inference/band.h"
#include "inference/sender.h"
#include "link.h"
#include "test.h"

#define MS FM_MILLISECOND

static const FmSender *sender_of(const TestRun *run)
{
    return fm_connection_sender(run->connection, 0);
}

/* ---- the window, from anywhere ---- */

static gint by_time(gconstpointer a, gconstpointer b)
{
    FmTime x = ((const FmPoint *)a)->time, y = ((const FmPoint *)b)->time;
    return (x > y) - (x < y);
}

static gint by_size(gconstpointer a, gconstpointer b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median of the relative errors; 1 where nothing is said. */
static double median_error(const TestRun *run)
{
    const FmSeries *series = &sender_of(run)->series;
    g_autoptr(GArray) points = g_array_new(FALSE, FALSE, sizeof(FmPoint)), errors = g_array_new(FALSE, FALSE, sizeof(double));
    for (uint32_t i = 0; i < series->count; i++)
        if (series->points[i].kind == FM_POINT_WINDOW)
            g_array_append_val(points, series->points[i]);
    g_array_sort(points, by_time);
    unsigned at = 0;
    for (unsigned i = 0; i < run->truth->len; i++) {
        const TestTruth *truth = &g_array_index(run->truth, TestTruth, i);
        while (at + 1 < points->len && g_array_index(points, FmPoint, at + 1).time <= truth->time)
            at++;
        double error = points->len ? fabs((double)g_array_index(points, FmPoint, at).value - truth->window) / truth->window : 1;
        g_array_append_val(errors, error);
    }
    g_array_sort(errors, by_size);
    return errors->len ? g_array_index(errors, double, errors->len / 2) : 1;
}

static void test_window(void)
{
    static const struct {
        FmTime before, after;
        unsigned burst;
    } places[] = { { 10000, 20 * MS, 1 }, { 10000, 20 * MS, 44 }, { 4 * MS, 16 * MS, 1 }, { 10 * MS, 10 * MS, 1 }, { 16 * MS, 4 * MS, 1 }, { 20 * MS, 10000, 1 } };
    static const unsigned delayed[] = { 1, 2, 8 }, lost[] = { 0, 5 };
    for (unsigned n = 0; n < G_N_ELEMENTS(places) * 2 * G_N_ELEMENTS(delayed) * G_N_ELEMENTS(lost); n++) {
        unsigned place = n % G_N_ELEMENTS(places), rest = n / G_N_ELEMENTS(places);
        TestLink link = { .law = TEST_RENO, .before = places[place].before, .after = places[place].after, .burst = places[place].burst,
                          .queue_after = rest % 2, .delayed = delayed[rest / 2 % 3], .acks_lost = lost[rest / 6], .service = MS / 2, .queue = 60,
                          .packets = 6000, .tick = MS };
        TestRun run = test_link_run(&link);
        double error = median_error(&run);
        if (error > 0.02)
            g_printerr("capture %d/%d ms, queue %s, acknowledged each %u, %u %% of them lost, bursts of %u: %.1f %% off\n", (int)(link.before / MS),
                       (int)(link.after / MS), link.queue_after ? "behind" : "ahead", link.delayed, link.acks_lost, link.burst, 100 * error);
        CU_ASSERT(error <= 0.02);
        CU_ASSERT(run.cuts > 1);
        CU_ASSERT_EQUAL(sender_of(&run)->lost_before + sender_of(&run)->lost_behind, run.resent);
        test_run_clear(&run);
    }
}

/* ---- where the capture stands ---- */

static void test_place(void)
{
    static const FmTime before[] = { 5000, 2 * MS, 10 * MS, 18 * MS, 20 * MS - 5000 };
    for (unsigned i = 0; i < G_N_ELEMENTS(before); i++) {
        TestLink link = { .law = TEST_FIXED, .initial = 20, .before = before[i], .after = 20 * MS - before[i], .service = MS / 10, .packets = 2000, .tick = MS };
        TestRun run = test_link_run(&link);
        const FmSender *s = sender_of(&run);
        double place = fm_sender_vantage(s), true_place = (double)before[i] / (20 * MS);
        FmTime near_half = s->turn.shortest, far_half = s->rtt.lifetime_minimum - near_half;
        if (fabs(place - true_place) > 0.02)
            g_printerr("at %.3f instead of %.3f\n", place, true_place);
        CU_ASSERT(fabs(place - true_place) <= 0.02);
        CU_ASSERT(ABS(near_half - 2 * before[i]) <= MS);
        CU_ASSERT(ABS(far_half - 2 * (20 * MS - before[i])) <= MS);
        test_run_clear(&run);
    }
}

/* ---- clocks ---- */

static void test_clocks(void)
{
    static const FmTime ticks[] = { FM_MICROSECOND, MS, 4 * MS, 10 * MS };
    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(ticks); i++) {
        TestLink link = { .law = i % 2 ? TEST_CUBIC : TEST_RENO, .before = 10 * MS, .after = 10 * MS, .service = MS / 2, .queue = 60, .packets = 12000, .tick = ticks[i / 2] };
        TestRun run = test_link_run(&link);
        double error = median_error(&run);
        const char *name = fm_algorithm_name(fm_identify(&sender_of(&run)->identify));
        if (error > 0.02)
            g_printerr("a tick of %d µs: %.1f %% off\n", (int)(link.tick / FM_MICROSECOND), 100 * error);
        CU_ASSERT(error <= 0.02);
        TEST_TEXT("clocks", name, i % 2 ? "cubic" : "reno");
        test_run_clear(&run);
    }
}

/* ---- slow start and its end ---- */

static FmTime left_slow_start(const FmSender *s)
{
    FmTime time = 0;
    for (uint32_t i = 0; i < s->series.count && !time; i++)
        if (s->series.points[i].kind == FM_POINT_PHASE && s->series.points[i].value != FM_PHASE_SLOW_START)
            time = s->series.points[i].time;
    return time;
}

static void test_end_of_slow_start(void)
{
    static const struct {
        const char *name;
        TestLink link;
    } ends[] = {
        { "a loss", { .law = TEST_RENO, .queue = 40 } },
        { "a known threshold", { .law = TEST_RENO, .threshold = 40 } },
        { "HyStart", { .law = TEST_CUBIC, .hystart = true, .queue = 400 } },
        { "HyStart++", { .law = TEST_CUBIC, .hystart = true, .gentle = true, .queue = 400 } },
    };
    for (unsigned i = 0; i < 3 * G_N_ELEMENTS(ends); i++) {
        static const FmTime before[] = { 10000, 20 * MS, 40 * MS - 10000 };
        TestLink link = ends[i / 3].link;
        link.before = before[i % 3];
        link.after = 40 * MS - link.before;
        link.service = MS / 2;
        link.packets = 8000;
        link.tick = MS;
        TestRun run = test_link_run(&link);
        FmTime found = left_slow_start(sender_of(&run)), off = found - run.exit, rtt = run.least + MS * link.queue / 2;
        if (ABS(off) > (link.gentle ? 5 : 1.5) * (double)rtt)
            g_printerr("%s: found %d ms from the end of slow start, window %u\n", ends[i / 3].name, (int)(off / MS), run.exit_window);
        CU_ASSERT(ABS(off) <= (link.gentle ? 5 : 1.5) * (double)rtt);
        test_run_clear(&run);
    }
}

/* The second flight of a sender with more to send shows where the first one ended; a short answer only shows that the window was no smaller. */
static void test_initial_window(void)
{
    static const struct {
        unsigned window, packets, found;
        bool sure;
    } windows[] = { { 2, 400, 2, true }, { 4, 400, 4, true }, { 10, 400, 10, true }, { 32, 400, 32, true } };
    static const FmTime before[] = { 10000, 10 * MS, 20 * MS - 10000 };
    for (unsigned i = 0; i < G_N_ELEMENTS(windows) * G_N_ELEMENTS(before) * 2; i++) {
        unsigned w = i % G_N_ELEMENTS(windows), rest = i / G_N_ELEMENTS(windows);
        TestLink link = { .law = TEST_CUBIC, .initial = windows[w].window, .packets = windows[w].packets, .before = before[rest % 3], .after = 20 * MS - before[rest % 3],
                          .service = MS / 20, .tick = MS, .burst = rest / 3 ? 10 : 1, .delayed = 2 };
        TestRun run = test_link_run(&link);
        CU_ASSERT_EQUAL(sender_of(&run)->initial, windows[w].found);
        CU_ASSERT_EQUAL(sender_of(&run)->initial_sure, windows[w].sure);
        test_run_clear(&run);
    }
}

/* ---- an application that writes whole segments now and then ---- */

static void test_application(void)
{
    static const FmTime before[] = { 10000, 10 * MS, 20 * MS - 10000 };
    for (unsigned i = 0; i < G_N_ELEMENTS(before); i++) {
        TestLink link = { .law = TEST_CUBIC, .before = before[i], .after = 20 * MS - before[i], .service = MS / 20, .packets = 600, .write = 3, .every = 200 * MS, .tick = MS };
        TestRun run = test_link_run(&link);
        const FmSender *s = sender_of(&run);
        FmTime application = s->limited[FM_LIMIT_APPLICATION], network = s->limited[FM_LIMIT_NETWORK];
        if (application < 3 * network)
            g_printerr("application %d ms, network %d ms\n", (int)(application / MS), (int)(network / MS));
        CU_ASSERT(application >= 3 * network); /* 160 of each 200 ms */
        test_run_clear(&run);
    }
}

/* ---- what must not be named ---- */

static void test_unknown(void)
{
    static const TestLink links[] = {
        { .law = TEST_SCALABLE, .before = 10 * MS, .after = 10 * MS, .queue = 60 },
        { .law = TEST_SCALABLE, .before = 10 * MS, .after = 40 * MS, .queue = 100 },
        { .law = TEST_SCALABLE, .before = 1 * MS, .after = 20 * MS, .queue = 40, .delayed = 2 },
        { .law = TEST_FIXED, .initial = 30, .before = 10 * MS, .after = 10 * MS },
        { .law = TEST_FIXED, .initial = 30, .before = 10 * MS, .after = 10 * MS, .queue = 100, .queue_after = true, .delayed = 2 },
        { .law = TEST_RENO, .before = 10 * MS, .after = 10 * MS, .write = 3, .every = 50 * MS },
        { .law = TEST_CUBIC, .before = 10 * MS, .after = 10 * MS, .write = 10, .every = 200 * MS, .delayed = 2 },
        { .law = TEST_CUBIC, .before = 10 * MS, .after = 30 * MS, .write = 8, .every = 90 * MS },
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(links); i++) {
        TestLink link = links[i];
        link.service = MS / 2;
        link.packets = 8000;
        link.tick = MS;
        TestRun run = test_link_run(&link);
        g_autofree char *name = g_strdup_printf("unknown %u", i);
        TEST_TEXT(name, fm_algorithm_name(fm_identify(&sender_of(&run)->identify)), "unknown");
        test_run_clear(&run);
    }
}

/* ---- after a pause ---- */

static void test_pause(void)
{
    for (unsigned keeps = 0; keeps < 2; keeps++) {
        TestLink link = { .law = TEST_RENO, .before = 10 * MS, .after = 10 * MS, .service = MS / 2, .threshold = 60, .packets = 4000, .tick = MS,
                          .pause_after = 2000, .pause = 2 * FM_SECOND, .keeps_window = keeps };
        TestRun run = test_link_run(&link);
        double error = median_error(&run);
        if (error > 0.02)
            g_printerr("a pause, window %s: %.1f %% off\n", keeps ? "kept" : "not kept", 100 * error);
        CU_ASSERT(error <= 0.02);
        test_run_clear(&run);
    }
}

const TestSuite test_senders_suite = {
    "senders",
    TEST_CASES({ "the window, from anywhere", test_window }, { "where the capture stands", test_place }, { "clocks", test_clocks },
               { "the end of slow start", test_end_of_slow_start }, { "after a pause", test_pause },
               { "the initial window", test_initial_window }, { "the application", test_application }, { "what must not be named", test_unknown }),
};
