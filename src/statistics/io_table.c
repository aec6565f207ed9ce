/* The table of -z io,stat as text: its widths follow from the longest numbers, as tshark's do. */
#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "statistics/io.h"

#define WIDEST_FOR_FILTERS 102
#define DATE_WIDTH 23
#define CLOCK_WIDTH 12

typedef struct Width {
    unsigned frames, value; /* 0: the column has none */
} Width;

typedef struct Layout {
    const FmIoTable *table;
    uint64_t interval, duration; /* µs; the duration rounded */
    uint64_t exact;              /* the duration as it is */
    unsigned precision;
    uint64_t unit;     /* µs of the last decimal */
    int digits;        /* of the duration's seconds before rounding */
    int digits_after;  /* and after */
    int first, row, border; /* widths: of the column of intervals, of rows, of all */
    bool clock;        /* intervals are shown by their start */
    Width widths[];
} Layout;

static int digits_of(uint64_t value, int most)
{
    int digits = 1;
    while ((value /= 10) && digits < most)
        digits++;
    return digits;
}

static void put_times(FmText *out, char c, int n)
{
    for (int i = 0; i < n; i++)
        fm_text_char(out, c);
}

static Width width_of(const FmIoColumn *column, uint64_t interval)
{
    int name = (int)strlen(fm_io_name(column->calculation)), value;
    switch (column->calculation) {
    case FM_IO_FRAMES: return (Width){ (unsigned)MAX(6, digits_of(column->most_frames, 15)), 0 };
    case FM_IO_FRAMES_AND_BYTES:
        return (Width){ (unsigned)MAX(6, digits_of(column->most_frames, 15)), (unsigned)MAX(5, digits_of(column->most, 15)) };
    case FM_IO_BYTES: case FM_IO_COUNT: return (Width){ 0, (unsigned)MAX(5, digits_of(column->most, 15)) };
    default: break;
    }
    if (fm_io_real(column)) {
        value = digits_of(column->most, 15) + 7;
    } else if (fm_io_seconds(column)) {
        uint64_t seconds = column->calculation == FM_IO_LOAD ? column->most / MAX(interval, 1)
                                                          : (column->most + FM_SECOND / 2) / (uint64_t)FM_SECOND;
        value = digits_of(seconds, 15) + 7;
    } else {
        value = MAX(name, digits_of(column->most, 15));
    }
    return (Width){ 0, (unsigned)MAX(name, value) };
}

static void round_duration(Layout *l)
{
    l->unit = 1000000;
    for (unsigned i = 0; i < l->precision; i++)
        l->unit /= 10;
    if (l->duration % l->unit > 5 * (l->unit / 10))
        l->duration = (l->duration + 5 * (l->unit / 10)) / l->unit * l->unit;
    l->digits_after = digits_of(l->duration / 1000000, 5);
}

static void lay_out(Layout *l)
{
    const FmIoTable *table = l->table;
    bool whole = table->interval > table->duration || table->interval == UINT64_MAX;
    l->duration = l->exact = table->duration;
    l->interval = whole ? l->duration : table->interval;
    l->digits = digits_of(l->duration / 1000000, 5);
    if (l->interval == l->duration) {
        l->precision = l->digits >= 2 ? 1 : 3;
        l->border = 30 + l->digits + (int)l->precision + 1;
    } else {
        l->precision = table->precision;
        l->border = 25 + MAX(l->digits, digits_of(l->interval / 1000000, 5)) + (l->precision ? (int)l->precision + 1 : 0);
    }
    round_duration(l);
    if (whole)
        l->interval = l->duration;
    l->first = l->precision ? 2 * l->digits_after + 2 * (int)l->precision + 10 : 2 * l->digits_after + 8;
    bool date = table->time == FM_TIME_DATE || table->time == FM_TIME_UTC_DATE || table->time == FM_TIME_DAY_OF_YEAR ||
                table->time == FM_TIME_UTC_DAY_OF_YEAR;
    l->clock = table->time != FM_TIME_RELATIVE;
    l->first = MAX(l->first, date ? DATE_WIDTH : CLOCK_WIDTH);
    l->row = l->first;
    int filters = 0;
    for (size_t i = 0; i < table->count; i++) {
        const FmIoColumn *column = &table->columns[i];
        Width width = l->widths[i] = width_of(column, l->interval);
        l->row += (width.frames ? (int)width.frames + 3 : 0) + (width.value ? (int)width.value + 3 : 0);
        filters = MAX(filters, column->text ? (int)strlen(column->text) + 11 : 26);
    }
    l->border = MAX(l->border, MAX(l->first, l->row));
    if (filters > l->border && l->border < WIDEST_FOR_FILTERS)
        l->border = MIN(filters, WIDEST_FOR_FILTERS);
    if (l->border - l->row == 1) /* no double border at the right */
        l->border++;
}

static void put_number(FmText *out, const Layout *l, uint64_t time)
{
    fm_text_printf(out, "%*lu", l->digits, (unsigned long)(time / 1000000));
    if (l->precision)
        fm_text_printf(out, ".%0*lu", (int)l->precision, (unsigned long)(time % 1000000 / l->unit));
}

/* Filters wider than the table go on in the next line, at a space if there is one. */
static void put_filter(FmText *out, const Layout *l, const char *text)
{
    int room = l->border - 11, left = (int)strlen(text);
    while (left > room && left + 11 > l->border) {
        int n = room;
        while (n > 0 && text[n - 1] != ' ')
            n--;
        int size = n ? n - 1 : room, next = n ? n : room;
        fm_text_add(out, text, (size_t)size);
        put_times(out, ' ', room + 1 - size - 1);
        fm_text_literal(out, " |\n|        ");
        text += next;
        left -= next;
    }
    fm_text_put(out, text);
    put_times(out, ' ', l->border - 10 - left);
    fm_text_literal(out, "|\n");
}

static void put_heading(FmText *out, const Layout *l)
{
    char number[64];
    fm_text_char(out, '\n');
    put_times(out, '=', l->border);
    fm_text_literal(out, "\n| IO Statistics");
    put_times(out, ' ', l->border - 16);
    fm_text_literal(out, "|\n|");
    put_times(out, ' ', l->border - 2);
    fm_text_literal(out, "|\n| Duration: ");
    if (l->precision) {
        put_number(out, l, l->duration);
    } else {
        g_snprintf(number, sizeof number, "%*lu.%6lu", l->digits, (unsigned long)(l->exact / 1000000), (unsigned long)(l->exact % 1000000));
        fm_text_put(out, number);
    }
    int decimals = l->precision ? (int)l->precision + 1 : 0;
    fm_text_literal(out, " secs");
    put_times(out, ' ', l->border - (18 + l->digits_after + (l->precision ? decimals : 7)));
    fm_text_literal(out, "|\n| Interval: ");
    put_number(out, l, l->interval);
    fm_text_literal(out, " secs");
    put_times(out, ' ', l->border - (18 + l->digits_after + decimals));
    fm_text_literal(out, "|\n|");
    put_times(out, ' ', l->border - 2);
    fm_text_literal(out, "|\n");
    for (size_t i = 0; i < l->table->count; i++) {
        fm_text_printf(out, "%s%2u: ", i ? "|    " : "| Col", (unsigned)i + 1);
        put_filter(out, l, l->table->columns[i].text ? l->table->columns[i].text : "Frames and bytes");
    }
    fm_text_literal(out, "|-");
    put_times(out, '-', l->border - 3);
    fm_text_literal(out, "|\n");
}

/* Closes a row: where the table is narrower than its heading, a last column fills the room. */
static void end_row(FmText *out, const Layout *l)
{
    if (l->row < l->border) {
        put_times(out, ' ', l->border - l->row - 1);
        fm_text_char(out, '|');
    }
    fm_text_char(out, '\n');
}

static void put_centered(FmText *out, const char *label, unsigned width)
{
    int room = MAX((int)width - (int)strlen(label), 0);
    put_times(out, ' ', room / 2 + 1 + room % 2);
    fm_text_put(out, label);
    put_times(out, ' ', room / 2 + 1);
    fm_text_char(out, '|');
}

static void put_labels(FmText *out, const Layout *l)
{
    fm_text_char(out, '|');
    put_times(out, ' ', l->first - 2);
    fm_text_char(out, '|');
    for (size_t i = 0; i < l->table->count; i++) {
        Width w = l->widths[i];
        size_t start = out->size;
        fm_text_printf(out, "%u", (unsigned)i + 1);
        fm_text_pad(out, start, w.frames && w.value ? w.frames + w.value + 5 : w.frames + w.value + 2);
        fm_text_char(out, '|');
    }
    end_row(out, l);
    size_t start = out->size;
    FmTimeFormat time = l->table->time;
    fm_text_put(out, time == FM_TIME_RELATIVE ? "| Interval" : time == FM_TIME_CLOCK || time == FM_TIME_UTC ? "| Time" : "| Date and time");
    fm_text_pad(out, start, (unsigned)l->first - 1);
    fm_text_char(out, '|');
    for (size_t i = 0; i < l->table->count; i++) {
        Width w = l->widths[i];
        if (w.frames)
            put_centered(out, w.value ? "Frames" : "FRAMES", w.frames);
        if (w.value)
            put_centered(out, w.frames ? "Bytes" : fm_io_name(l->table->columns[i].calculation), w.value);
    }
    end_row(out, l);
    fm_text_literal(out, "|-");
    put_times(out, '-', l->row - 3);
    fm_text_char(out, '|');
    end_row(out, l);
}

static void put_interval(FmText *out, const Layout *l, uint64_t from, uint64_t to, bool last)
{
    fm_text_literal(out, "| ");
    if (l->clock) {
        fm_observer_clock(out, l->table->time, l->table->start + (FmTime)(from / 1000000) * FM_SECOND);
        fm_text_literal(out, " |");
        return;
    }
    int wider = !l->precision && l->digits_after == 1; /* room for "Dur" */
    put_times(out, ' ', wider);
    put_number(out, l, from);
    fm_text_literal(out, " <> ");
    if (!l->precision && last) {
        fm_text_literal(out, "Dur");
        put_times(out, ' ', l->digits_after - 2);
    } else {
        put_number(out, l, to);
        put_times(out, ' ', wider + 1);
    }
    fm_text_char(out, '|');
}

static void put_seconds(FmText *out, unsigned width, uint64_t microseconds)
{
    fm_text_printf(out, " %*lu.%06lu |", (int)width - 7, (unsigned long)(microseconds / 1000000), (unsigned long)(microseconds % 1000000));
}

static void put_value(FmText *out, const FmIoColumn *column, unsigned width, const FmIoCell *cell, uint64_t span)
{
    uint64_t samples = column->calculation == FM_IO_AVG ? MAX(cell->samples, 1) : 1;
    bool counted = !column->entry || column->calculation == FM_IO_COUNT;
    if (!counted && fm_io_real(column)) {
        char number[64];
        g_snprintf(number, sizeof number, " %*.6f |", (int)width, cell->real / (double)samples);
        fm_text_put(out, number);
    } else if (!counted && column->calculation == FM_IO_LOAD) {
        double share = span ? (double)cell->counter / (double)span : 0;
        put_seconds(out, width, span ? cell->counter / span * 1000000 + (uint64_t)((share - (double)(cell->counter / span)) * 1e6) : 0);
    } else if (!counted && fm_io_seconds(column)) {
        put_seconds(out, width, (cell->counter / samples + 500) / 1000);
    } else if (!counted && fm_type_is_signed(column->entry->field->type)) {
        fm_text_printf(out, " %*ld |", (int)width, (long)(int64_t)(cell->counter / samples));
    } else {
        fm_text_printf(out, " %*lu |", (int)width, (unsigned long)(cell->counter / samples));
    }
}

static void put_rows(FmText *out, const Layout *l)
{
    static const FmIoCell nothing = { 0 };
    if (!l->duration || !l->interval)
        return;
    uint64_t rows = l->duration / l->interval + ((l->duration % l->interval + 500) / 1000 > 0);
    for (uint64_t i = 0; i < MIN(rows, FM_MAX_TALLY); i++) {
        uint64_t from = i * l->interval, to = i + 1 == rows ? l->duration : from + l->interval;
        put_interval(out, l, from, to, i + 1 == rows);
        for (size_t k = 0; k < l->table->count; k++) {
            const FmIoColumn *column = &l->table->columns[k];
            const FmIoCell *cell = i < column->cells->len ? &g_array_index(column->cells, FmIoCell, i) : &nothing;
            if (l->widths[k].frames)
                fm_text_printf(out, " %*lu |", (int)l->widths[k].frames, (unsigned long)cell->frames);
            if (l->widths[k].value)
                put_value(out, column, l->widths[k].value, cell, to - from);
        }
        end_row(out, l);
    }
}

void fm_io_print(const FmIoTable *table, FmText *out)
{
    g_autofree Layout *l = g_malloc0(sizeof *l + table->count * sizeof(Width));
    l->table = table;
    lay_out(l);
    put_heading(out, l);
    put_labels(out, l);
    put_rows(out, l);
    put_times(out, '=', l->border);
    fm_text_char(out, '\n');
}
