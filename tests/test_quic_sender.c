#include "config.h"

#include "inference/quic_sender.h"
#include "test.h"

#define MS FM_MILLISECOND

static void send_run(FmQuicSender *s, uint64_t from, uint64_t to, FmTime time)
{
    for (uint64_t n = from; n <= to; n++)
        fm_quic_sent(s, n, time, 1200, true);
}

static FmQuicNews acked(FmQuicSender *s, FmTime time, unsigned count, const FmQuicRange *ranges)
{
    return fm_quic_acked(s, ranges, count, time, 0);
}

static void test_round_trips(void)
{
    g_autofree FmQuicSender *s = g_new0(FmQuicSender, 1);
    send_run(s, 0, 9, 0);
    CU_ASSERT_EQUAL(s->in_flight, 12000);
    FmQuicNews news = acked(s, 40 * MS, 1, (FmQuicRange[]){ { 0, 9 } });
    CU_ASSERT_EQUAL(news.rtt, 40 * MS);
    CU_ASSERT_EQUAL(news.acked, 10);
    CU_ASSERT_EQUAL(s->in_flight, 0);
    CU_ASSERT_EQUAL(s->smoothed, 40 * MS);
    CU_ASSERT_EQUAL(fm_quic_window_least(s), 12000);
    fm_quic_sent(s, 10, 50 * MS, 1200, true);
    news = fm_quic_acked(s, (FmQuicRange[]){ { 0, 10 } }, 1, 110 * MS, 10 * MS); /* the peer waited: RFC 9002 §5.3 */
    CU_ASSERT_EQUAL(news.rtt, 60 * MS);
    CU_ASSERT_EQUAL(s->smoothed, (7 * 40 + 50) * MS / 8);
    news = acked(s, 120 * MS, 1, (FmQuicRange[]){ { 0, 10 } }); /* nothing new */
    CU_ASSERT_EQUAL(news.rtt, 0);
    CU_ASSERT_EQUAL(news.acked, 0);
}

static void test_losses(void)
{
    g_autofree FmQuicSender *s = g_new0(FmQuicSender, 1);
    send_run(s, 0, 9, 0);
    FmQuicNews news = acked(s, 10 * MS, 2, (FmQuicRange[]){ { 4, 6 }, { 0, 2 } });
    CU_ASSERT_EQUAL(news.lost, 1); /* three above it are acknowledged */
    CU_ASSERT_EQUAL(news.lost_numbers[0], 3);
    CU_ASSERT_EQUAL(s->in_flight, 3 * 1200);
    news = acked(s, 11 * MS, 1, (FmQuicRange[]){ { 0, 6 } });
    CU_ASSERT_EQUAL(news.spurious, 1);
    news = acked(s, 12 * MS, 2, (FmQuicRange[]){ { 8, 8 }, { 0, 6 } }); /* 7: one above it, and not late yet */
    CU_ASSERT_EQUAL(news.lost, 0);
    fm_quic_sent(s, 10, 13 * MS, 1200, true);
    news = acked(s, 30 * MS, 2, (FmQuicRange[]){ { 10, 10 }, { 8, 8 } }); /* 7 and 9: late by nine eighths of a round trip */
    CU_ASSERT_EQUAL(news.lost, 2);
    CU_ASSERT_EQUAL(s->in_flight, 0);
}

static void test_numbers_left_out(void)
{
    g_autofree FmQuicSender *s = g_new0(FmQuicSender, 1);
    send_run(s, 0, 1, 0);
    send_run(s, 4, 9, 0);
    fm_quic_sent(s, 3, 1, 1200, true); /* reordered */
    FmQuicNews news = acked(s, 10 * MS, 2, (FmQuicRange[]){ { 3, 9 }, { 0, 1 } });
    CU_ASSERT_EQUAL(news.lost_before, 1);
    CU_ASSERT_EQUAL(news.lost, 0);
    send_run(s, 12, 13, 20 * MS);
    news = acked(s, 30 * MS, 1, (FmQuicRange[]){ { 3, 13 } });
    CU_ASSERT_EQUAL(news.uncaptured, 2);
    CU_ASSERT_EQUAL(s->in_flight, 0);
}

/* Whatever numbers come, memory and time stay bounded, and nothing is counted below zero. */
static void test_hostile(void)
{
    g_autofree FmQuicSender *s = g_new0(FmQuicSender, 1);
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t n = (uint64_t)g_rand_int(random) << (g_rand_int(random) % 30);
        if (g_rand_int(random) % 4) {
            fm_quic_sent(s, n, (FmTime)i * MS, 1200, true);
        } else {
            uint64_t width = g_rand_int(random);
            acked(s, (FmTime)i * MS, 1, (FmQuicRange[]){ { n > width ? n - width : 0, n } });
        }
        CU_ASSERT_TRUE_FATAL(s->count <= FM_QUIC_SENT);
        CU_ASSERT_TRUE_FATAL(s->in_flight <= (uint64_t)FM_QUIC_SENT * 1200);
    }
    fm_quic_sent(s, UINT64_MAX, 0, 1, true);
    fm_quic_sent(s, 0, 0, 1, true);
    acked(s, 0, 1, (FmQuicRange[]){ { 0, UINT64_MAX } });
    CU_ASSERT_EQUAL(s->in_flight, 0);
}

const TestSuite test_quic_sender_suite = { "quic_sender", TEST_CASES({ "round trips", test_round_trips }, { "losses", test_losses },
                                                                     { "numbers left out", test_numbers_left_out }, { "hostile", test_hostile }) };
