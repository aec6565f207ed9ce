/* Pictures: ticks of axes, how numbers are written, dots of a small chart. */
#include "config.h"

#include "plot/cells.h"
#include "test.h"

static const struct {
    const char *name;
    double from, to;
    unsigned most;
    const char *ticks;
} axes[] = {
    { "tens", 0, 100, 5, "0 20 40 60 80" },
    { "room for all", 0, 100, 6, "0 20 40 60 80 100" },
    { "not from 0", 0.13, 0.29, 4, "0.15 0.2 0.25" },
    { "below one", 0, 0.0031, 4, "0 0.001 0.002 0.003" },
    { "large", 0, 1.2e9, 3, "0 5e+08 1e+09" },
    { "nothing", 5, 5, 4, "" },
    { "backwards", 5, 1, 4, "" },
};

static void test_ticks(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(axes); i++) {
        double ticks[16], step;
        unsigned n = fm_axis_ticks(axes[i].from, axes[i].to, axes[i].most, ticks, &step);
        g_autoptr(GString) got = g_string_new(NULL);
        for (unsigned k = 0; k < n; k++)
            g_string_append_printf(got, "%s%g", k ? " " : "", ticks[k]);
        TEST_TEXT(axes[i].name, got->str, axes[i].ticks);
    }
}

static const struct {
    const char *unit;
    double value, step;
    const char *text;
} numbers[] = {
    { "B", 0, 1000, "0" },          { "B", 1500, 500, "1.5k" },  { "B", 20000, 1000, "20k" },     { "B", 3.2e6, 1e5, "3.2M" },
    { "s", 1.5, 0.5, "1.5" },       { "s", 2, 1, "2" },          { "s", 0.0125, 0.0025, "0.013" }, { "ms", 0.05, 0.01, "50 ms" },
    { "ms", 0.0005, 0.0001, "0.5 ms" }, { "bit/s", 1e7, 1e6, "10M" },
};

static void test_numbers(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        char room[24];
        TEST_TEXT(numbers[i].unit, fm_axis_text(room, numbers[i].unit, numbers[i].value, numbers[i].step), numbers[i].text);
    }
}

/* A sender with two packets in flight, then one, then none; the receiver closes its window at the end. */
static FmChart *small_chart(FmChartKind kind)
{
    static const struct {
        int ms;
        unsigned direction, seq, length, ack, window, in_flight;
    } rows[] = { { 0, 0, 0, 1000, 0, 5000, 1000 }, { 1, 0, 1000, 1000, 0, 5000, 2000 }, { 5, 1, 0, 0, 1000, 5000, 1000 }, { 8, 1, 0, 0, 2000, 0, 0 } };
    FmStep steps[G_N_ELEMENTS(rows)] = { 0 };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        steps[i] = (FmStep){ .time = rows[i].ms * FM_MILLISECOND, .number = (uint32_t)i + 1, .direction = (uint8_t)rows[i].direction,
                             .seq = rows[i].seq, .length = rows[i].length, .ack = rows[i].ack, .window = rows[i].window, .flags = FM_SEGMENT_ACK,
                             .verdict = rows[i].length ? FM_VERDICT_NEW : FM_VERDICT_NONE };
        steps[i].side[0] = (FmTrackSide){ .in_flight = rows[i].in_flight, .left = UINT32_MAX };
    }
    return fm_chart_new(kind, steps, G_N_ELEMENTS(steps), 0);
}

static char *draw(const FmChart *chart, int columns, int rows)
{
    double low, high;
    fm_chart_range(chart, 0, chart->to, &low, &high);
    g_autoptr(FmCells) cells = fm_cells_new(columns, rows);
    fm_cells_chart(cells, chart, 0, chart->to, low, high);
    GString *out = g_string_new(NULL);
    for (int i = 0; i < columns * rows; i++) {
        g_string_append_unichar(out, 0x2800u + cells->cells[i].dots);
        if (i % columns == columns - 1)
            g_string_append_c(out, i + 1 < columns * rows ? '/' : '\0');
    }
    return g_string_free(out, FALSE);
}

static void test_dots(void)
{
    g_autoptr(FmChart) window = small_chart(FM_CHART_WINDOW);
    g_autofree char *dots = draw(window, 8, 2);
    TEST_TEXT("in flight", dots, "⠀⣿⣿⣿⣿⡇⠀⠀/⣿⣿⣿⣿⣿⣿⣿⣿");
    CU_ASSERT_EQUAL(window->marks->len, 1);
    CU_ASSERT_EQUAL(g_array_index(window->marks, FmMark, 0).kind, FM_MARK_ZERO_WINDOW);
    CU_ASSERT_DOUBLE_EQUAL(window->to, 0.008, 1e-9);
    g_autoptr(FmChart) sequence = small_chart(FM_CHART_SEQUENCE);
    double low, high;
    fm_chart_range(sequence, 0, sequence->to, &low, &high);
    CU_ASSERT(low <= 0 && high > 2000 && high < 3500);
}

static void test_outside(void)
{
    g_autoptr(FmCells) cells = fm_cells_new(2, 1);
    fm_cells_dot(cells, -1, 0, FM_INK_DATA);
    fm_cells_dot(cells, 4, 0, FM_INK_DATA);
    fm_cells_dot(cells, 0, 4, FM_INK_DATA);
    fm_cells_line_up(cells, 0, -100, 1, FM_INK_DATA);
    fm_cells_line_up(cells, 3, 2, 100, FM_INK_RESENT);
    CU_ASSERT_EQUAL(cells->cells[0].dots, 0x44);
    CU_ASSERT_EQUAL(cells->cells[1].dots, 0x18);
    CU_ASSERT_EQUAL(cells->cells[1].ink, FM_INK_RESENT);
}

static void test_names(void)
{
    for (unsigned kind = 0; kind < FM_CHART_KINDS; kind++)
        CU_ASSERT_EQUAL(fm_chart_named(fm_chart_name((FmChartKind)kind)), kind);
    CU_ASSERT_EQUAL(fm_chart_named("nothing"), FM_CHART_KINDS);
}

const TestSuite test_plot_suite = {
    "plot",
    TEST_CASES({ "ticks", test_ticks }, { "numbers", test_numbers }, { "dots", test_dots }, { "outside", test_outside }, { "names", test_names }),
};
