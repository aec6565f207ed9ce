#include "config.h"

#include "summary/pairing.h"
#include "test.h"

typedef struct Path {
    FmTime there, back; /* way from the first place to the second; and back */
    FmTime ahead;       /* clock of the second */
    bool backwards;     /* the client is nearer to the second place */
    bool one_way;       /* no acknowledgments */
} Path;

enum { PACKETS = 40, FIRST_LOST = 5, SECOND_LOST = 9, UNSEEN = 20 };

static FmSegment segment(unsigned i, bool data, FmTime time)
{
    FmSegment s = { .time = time, .scale = -1, .flags = FM_SEGMENT_ACK, .direction = !data, .window = 500, .ip_id = (uint16_t)(100 + i) };
    s.seq = data ? 1000 * i : 1;
    s.ack = data ? 1 : 1000 * i + 1000;
    s.length = data ? 1000 : 0;
    return s;
}

/* Every packet passes both places, but for two that are lost in between, and one that the first place fails to capture. */
static void feed(FmPairing *pairing, const Path *path)
{
    uint64_t numbers[2] = { 0 };
    for (unsigned i = 0; i < PACKETS; i++) {
        for (unsigned data = 2; data-- > (path->one_way ? 1u : 0u);) {
            bool forwards = data != path->backwards;
            FmTime first = FM_SECOND + i * FM_MILLISECOND + (data ? 0 : 50 * FM_MILLISECOND);
            FmTime queue = (i % 4) * 100 * FM_MICROSECOND; /* now and then none */
            FmTime here = forwards ? first : first + path->back + queue, there = forwards ? first + path->there + queue : first;
            bool lost = data && (i == FIRST_LOST || i == SECOND_LOST), unseen = data && i == UNSEEN;
            if (!(lost && !forwards) && !unseen) {
                FmSegment s = segment(i, data, here);
                fm_pairing_add(pairing, 0, 7, ++numbers[0], &s);
            }
            if (!(lost && forwards)) {
                FmSegment s = segment(i, data, there + path->ahead);
                fm_pairing_add(pairing, 1, 3, ++numbers[1], &s);
            }
        }
    }
}

static const struct {
    const char *name;
    Path path;
    FmTime offset, delay; /* as estimated */
} cases[] = {
    { "equal clocks", { 10 * FM_MILLISECOND, 10 * FM_MILLISECOND, 0, false, false }, 0, 10 * FM_MILLISECOND },
    { "ahead by three seconds", { 10 * FM_MILLISECOND, 10 * FM_MILLISECOND, 3 * FM_SECOND, false, false }, 3 * FM_SECOND, 10 * FM_MILLISECOND },
    { "behind by an hour", { FM_MILLISECOND, FM_MILLISECOND, -3600 * FM_SECOND, false, false }, -3600 * FM_SECOND, FM_MILLISECOND },
    { "the client nearer to the second", { 10 * FM_MILLISECOND, 10 * FM_MILLISECOND, 3 * FM_SECOND, true, false }, 3 * FM_SECOND, 10 * FM_MILLISECOND },
    { "ways of different length: half of it goes to the clocks", { 10 * FM_MILLISECOND, 20 * FM_MILLISECOND, 0, false, false }, -5 * FM_MILLISECOND,
      15 * FM_MILLISECOND },
};

static void test_clocks_and_losses(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(FmPairing) pairing = fm_pairing_new();
        const FmPairingFlow *flows;
        feed(pairing, &cases[i].path);
        CU_ASSERT_EQUAL_FATAL(fm_pairing_match(pairing, &flows), 1);
        const FmPairingWay *data = &flows->way[0], *acks = &flows->way[1];
        unsigned nearer = cases[i].path.backwards;
        CU_ASSERT(flows->both && flows->flow[0] == 7 && flows->flow[1] == 3);
        CU_ASSERT_EQUAL(flows->offset, cases[i].offset);
        CU_ASSERT_EQUAL(data->first, nearer);
        CU_ASSERT_EQUAL(acks->first, !nearer);
        CU_ASSERT_EQUAL(data->matched, PACKETS - 3);
        CU_ASSERT_EQUAL(acks->matched, PACKETS);
        CU_ASSERT_EQUAL(data->least, cases[i].delay);
        CU_ASSERT_EQUAL(acks->least, cases[i].delay);
        CU_ASSERT(data->most - data->least == 300 * FM_MICROSECOND && data->median >= data->least && data->high <= data->most);
        CU_ASSERT_EQUAL(data->lost, nearer ? 3 : 2); /* what the first place did not capture looks lost where it comes second */
        CU_ASSERT_EQUAL(data->missed, nearer ? 0 : 1);
        CU_ASSERT(acks->lost == 0 && acks->missed == 0);
        CU_ASSERT_EQUAL(data->lost_count, data->lost);
        CU_ASSERT_EQUAL(data->lost_packets[0], 2 * FIRST_LOST + 1);
        CU_ASSERT_EQUAL(data->lost_packets[1], 2 * SECOND_LOST + 1);
    }
}

static void test_one_direction(void)
{
    static const Path path = { 10 * FM_MILLISECOND, 10 * FM_MILLISECOND, 0, false, true };
    g_autoptr(FmPairing) pairing = fm_pairing_new();
    const FmPairingFlow *flows;
    feed(pairing, &path);
    CU_ASSERT_EQUAL_FATAL(fm_pairing_match(pairing, &flows), 1);
    CU_ASSERT(!flows->both && flows->offset == 0);
    CU_ASSERT_EQUAL(flows->way[0].least, 10 * FM_MILLISECOND);
    CU_ASSERT_EQUAL(flows->way[0].lost, 2);
    CU_ASSERT_EQUAL(flows->way[1].matched, 0);
}

static void test_nothing_in_common(void)
{
    g_autoptr(FmPairing) pairing = fm_pairing_new(), empty = fm_pairing_new();
    const FmPairingFlow *flows;
    for (unsigned i = 0; i < PACKETS; i++) {
        FmSegment a = segment(i, true, i), b = segment(PACKETS + i, true, i);
        fm_pairing_add(pairing, 0, 0, i + 1, &a);
        fm_pairing_add(pairing, 1, 0, i + 1, &b);
    }
    CU_ASSERT_EQUAL(fm_pairing_match(pairing, &flows), 0);
    CU_ASSERT_EQUAL(fm_pairing_match(empty, &flows), 0);
}

/* A packet sent three times, of which the second is lost: copies match in order. */
static void test_copies(void)
{
    g_autoptr(FmPairing) pairing = fm_pairing_new();
    const FmPairingFlow *flows;
    for (unsigned i = 0; i < 3; i++) {
        FmSegment a = segment(0, true, FM_SECOND * i), b = segment(0, true, FM_SECOND * i + FM_MILLISECOND);
        fm_pairing_add(pairing, 0, 0, i + 1, &a);
        if (i < 2)
            fm_pairing_add(pairing, 1, 0, i + 1, &b);
    }
    CU_ASSERT_EQUAL_FATAL(fm_pairing_match(pairing, &flows), 1);
    CU_ASSERT_EQUAL(flows->way[0].matched, 2);
    CU_ASSERT_EQUAL(flows->way[0].most, FM_MILLISECOND);
}

const TestSuite test_pairing_suite = {
    "pairing",
    TEST_CASES({ "clocks and losses", test_clocks_and_losses }, { "one direction", test_one_direction },
               { "nothing in common", test_nothing_in_common }, { "copies", test_copies }),
};
