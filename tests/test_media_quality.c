#include "config.h"

#include "statistics/media_quality.h"
#include "test.h"

#define CLOCK 8000

/* "seq@ms" and so on, a packet each; media time is 20 ms a number, counted from 0. What came of it. */
static char *run(const char *packets, unsigned playout_ms)
{
    FmMediaQuality q = { .received = 0 };
    g_auto(GStrv) words = g_strsplit(packets, " ", -1);
    for (char **word = words; *word; word++) {
        unsigned seq, ms;
        if (sscanf(*word, "%u@%u", &seq, &ms) != 2)
            continue;
        FmMediaPacket p = { .time = ms * FM_MILLISECOND, .timestamp = seq * (CLOCK / 50), .clock = CLOCK, .seq = (uint16_t)seq };
        fm_media_quality_add(&q, &p, playout_ms * FM_MILLISECOND);
    }
    return g_strdup_printf("of %lu lost %lu, reordered %lu, repeated %lu, bursts %lu of %lu, late %lu, jitter %.3f",
                           (unsigned long)fm_media_quality_expected(&q), (unsigned long)fm_media_quality_lost(&q), (unsigned long)q.reordered,
                           (unsigned long)q.repeated, (unsigned long)q.bursts, (unsigned long)q.longest_burst, (unsigned long)q.late, q.jitter);
}

static const struct {
    const char *name, *packets;
    unsigned playout;
    const char *result;
} cases[] = {
    { "in time", "1@20 2@40 3@60", 40, "of 3 lost 0, reordered 0, repeated 0, bursts 0 of 0, late 0, jitter 0.000" },
    { "one lost", "1@20 3@60 4@80", 40, "of 4 lost 1, reordered 0, repeated 0, bursts 1 of 1, late 0, jitter 0.000" },
    { "two runs lost", "1@20 4@80 8@160", 0, "of 8 lost 5, reordered 0, repeated 0, bursts 2 of 3, late 0, jitter 0.000" },
    { "out of order", "1@20 3@60 2@61 4@80", 0, "of 4 lost 0, reordered 1, repeated 0, bursts 1 of 1, late 0, jitter 2.543" },
    { "twice", "1@20 2@40 2@40 3@60", 0, "of 3 lost 0, reordered 0, repeated 1, bursts 0 of 0, late 0, jitter 0.000" },
    { "late for its turn", "1@20 2@40 3@101 4@80", 40, "of 4 lost 0, reordered 0, repeated 0, bursts 0 of 0, late 1, jitter 4.965" },
    { "late, but not too late", "1@20 2@40 3@99 4@80", 40, "of 4 lost 0, reordered 0, repeated 0, bursts 0 of 0, late 0, jitter 4.723" },
    { "a slow first packet tells nothing", "1@120 2@40 3@60", 40, "of 3 lost 0, reordered 0, repeated 0, bursts 0 of 0, late 0, jitter 5.859" },
    { "numbers go round", "65534@0 65535@20 65536@40 65537@60", 0, "of 4 lost 0, reordered 0, repeated 0, bursts 0 of 0, late 0, jitter 0.000" },
    { "back over the round", "65535@0 65537@40 65536@41 65538@60", 0, "of 4 lost 0, reordered 1, repeated 0, bursts 1 of 1, late 0, jitter 2.543" },
    { "before the first", "5@100 4@101 6@120", 0, "of 3 lost 0, reordered 1, repeated 0, bursts 0 of 0, late 0, jitter 2.543" },
    { "nothing", "", 0, "of 0 lost 0, reordered 0, repeated 0, bursts 0 of 0, late 0, jitter 0.000" },
};

static void test_counts(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = run(cases[i].packets, cases[i].playout);
        TEST_TEXT(cases[i].name, got, cases[i].result);
    }
}

const TestSuite test_media_quality_suite = { "media quality", TEST_CASES({ "counts", test_counts }) };
