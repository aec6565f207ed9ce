#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "engine/engine.h"
#include "statistics/all.h"
#include "statistics/roster.h"
#include "test.h"

#define ETHERNET "020000000002 020000000001 0800"
#define IP(protocol, source, destination) "45000028 00000000 40" protocol "0000" source destination
#define SYN(source, destination) source destination "00000001 00000000 5002 2000 0000 0000"
#define FORWARD ETHERNET IP("06", "c000020a", "c6336414") SYN("9c40", "0050")
#define BACK ETHERNET IP("06", "c6336414", "c000020a") SYN("0050", "9c40")

/* What a statistic says about frames of Ethernet, one millisecond apart; or the error. */
static char *run(const char *statistic, const char *const *frames)
{
    g_autoptr(GError) error = NULL;
    FmCatalog *catalog = test_catalog();
    const FmStatisticContext context = { catalog, FM_TIME_RELATIVE };
    FmObserver *observer = fm_statistic_start(&context, statistic, &error);
    g_auto(FmText) out = { 0 };
    if (observer) {
        g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
        fm_engine_want(engine, observer->wanted);
        for (size_t i = 0; frames[i]; i++) {
            g_autoptr(GByteArray) bytes = test_bytes(frames[i]);
            FmFrame frame = test_frame(i + 1, bytes, 1);
            fm_observer_see(observer, fm_engine_feed(engine, &frame));
        }
        observer->print(observer, &out);
        fm_observer_free(observer);
    } else {
        fm_text_put(&out, error->message);
    }
    fm_catalog_free(catalog);
    return g_strdup(fm_text_string(&out));
}

static const struct {
    const char *name, *statistic, *frames[5], *line;
} cases[] = {
    { "both directions are one conversation, the first source in front", "conv,ip", { BACK, FORWARD, FORWARD },
      "198.51.100.20        <-> 192.0.2.10                 2 108 bytes       1 54 bytes        3 162 bytes     0.000000000         0.0020\n" },
    { "ports are part of an end", "conv,tcp", { FORWARD, BACK },
      "192.0.2.10:40000           <-> 198.51.100.20:80                 1 54 bytes        1 54 bytes        2 108 bytes     0.000000000         0.0010\n" },
    { "a filter leaves packets out", "conv,ip,ip.src == 192.0.2.10", { BACK, FORWARD, FORWARD },
      "192.0.2.10           <-> 198.51.100.20              0 0 bytes         2 108 bytes       2 108 bytes     0.001000000         0.0010\n" },
    { "the filter is shown", "conv,ip,ip.src == 192.0.2.10", { NULL }, "Filter:ip.src == 192.0.2.10\n" },
    { "sent and received", "endpoints,ip", { FORWARD, FORWARD, BACK },
      "192.0.2.10                     3           162          2             108           1              54   \n" },
    { "endpoints with ports", "endpoints,tcp", { FORWARD, BACK },
      "198.51.100.20                80          2           108          1              54           1              54   \n" },
    { "protocols inside one another", "io,phs", { FORWARD, BACK },
      "eth                                      frames:2 bytes:108\n"
      "  ip                                     frames:2 bytes:108\n"
      "    tcp                                  frames:2 bytes:108\n" },
    { "notes are counted by their text", "expert", { FORWARD, FORWARD },
      "           2   Sequence                TCP  Connection establish request (SYN): server port 80\n" },
    { "only the severe ones", "expert,error", { FORWARD }, NULL },
    { "sums of a field", "io,stat,0.001,SUM(ip.len)ip", { FORWARD, FORWARD, FORWARD }, "| 0.001 <> 0.002 |  40 |     |\n" },
    { "the field need not be in the filter", "io,stat,0,MAX(ip.len)frame", { FORWARD, FORWARD }, "|  40 |" },
    { "frames and bytes", "io,stat,0,,ip.src==192.0.2.10", { FORWARD, BACK, FORWARD }, "|      3 |   162 |      2 |   108 |\n" },
    { "a name that is nearly one", "conv,tcq", { NULL }, "Invalid -z argument \"conv,tcq\"; did you mean \"conv,tcp\"?" },
    { "a bad filter", "expert,ip ==", { NULL }, "Filter \"ip ==\" is invalid - " },
    { "no interval", "io,stat", { NULL }, "invalid \"-z io,stat,<interval>" },
    { "a function of no field", "io,stat,1,SUM()ip", { NULL }, "You didn't specify a field name for SUM(*)." },
    { "a field that has no sum", "io,stat,1,SUM(ip.src)ip", { NULL }, "ip.src doesn't have integral values" },
};

static void test_output(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = run(cases[i].statistic, cases[i].frames);
        bool good = cases[i].line ? strstr(got, cases[i].line) != NULL : !*got;
        if (!good)
            g_printerr("%s: %s\n", cases[i].name, got);
        CU_ASSERT_TRUE(good);
    }
}

static void test_roster(void)
{
    g_autoptr(FmRoster) roster = fm_roster_new();
    bool fresh;
    for (uint32_t i = 0; i < FM_MAX_TALLY; i++)
        if (fm_roster_put(roster, &i, sizeof i, NULL) != i)
            CU_FAIL_FATAL("numbers follow the order of appearance");
    uint32_t key = FM_MAX_TALLY;
    CU_ASSERT_EQUAL(fm_roster_put(roster, &key, sizeof key, NULL), FM_ROSTER_FULL);
    key = 77;
    CU_ASSERT_EQUAL(fm_roster_put(roster, &key, sizeof key, &fresh), 77);
    CU_ASSERT_FALSE(fresh);
    CU_ASSERT_EQUAL(fm_roster_key(roster, 77).size, sizeof key);
    CU_ASSERT_EQUAL(memcmp(fm_roster_key(roster, 77).data, &key, sizeof key), 0);
    CU_ASSERT_EQUAL(fm_roster_count(roster), FM_MAX_TALLY);
}

static void test_names(void)
{
    for (const FmStatistic *s = fm_all_statistics; s->name && s[1].name; s++)
        CU_ASSERT_TRUE(strcmp(s->name, s[1].name) < 0);
    g_auto(FmText) list = { 0 };
    fm_statistics_list(&list);
    CU_ASSERT_PTR_NOT_NULL(strstr(fm_text_string(&list), "     conv,tcp\n"));
}

const TestSuite test_statistics_suite = {
    .name = "statistics",
    TEST_CASES({ "output", test_output }, { "roster", test_roster }, { "names", test_names }),
};
