/* -z io,stat: what happened in each interval of time. */
#include "config.h"

#include "statistics/io.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "statistics/all.h"

#define USAGE "invalid \"-z io,stat,<interval>[,<filter>][,<filter>]...\" argument"
#define MAX_COLUMNS 256

typedef struct Io {
    FmObserver base;
    FmIoTable table;
    uint64_t left_out;
} Io;

static const char *const names[] = {
    [FM_IO_FRAMES_AND_BYTES] = "FRAMES BYTES", [FM_IO_FRAMES] = "FRAMES", [FM_IO_BYTES] = "BYTES", [FM_IO_COUNT] = "COUNT", [FM_IO_SUM] = "SUM",
    [FM_IO_MIN] = "MIN", [FM_IO_MAX] = "MAX", [FM_IO_AVG] = "AVG", [FM_IO_LOAD] = "LOAD",
};

const char *fm_io_name(FmCalculation calculation)
{
    return names[calculation];
}

bool fm_io_real(const FmIoColumn *column)
{
    return column->entry && (column->entry->field->type == FM_FLOAT || column->entry->field->type == FM_DOUBLE);
}

bool fm_io_seconds(const FmIoColumn *column)
{
    return column->entry && column->entry->field->type == FM_RELATIVE_TIME;
}

static bool is_signed(const FmIoColumn *column)
{
    return fm_type_is_signed(column->entry->field->type);
}

/* ---- counting ---- */

/* The cell for a time, or the latest one where time went back; NULL where there is no more room. */
static FmIoCell *cell_at(const FmIoTable *table, const FmIoColumn *column, uint64_t time)
{
    guint row = MAX(column->cells->len, 1) - 1;
    if (time / table->interval > row) {
        if (time / table->interval >= FM_MAX_TALLY / table->count)
            return NULL;
        row = (guint)(time / table->interval);
    }
    if (row >= column->cells->len)
        g_array_set_size(column->cells, row + 1);
    return &g_array_index(column->cells, FmIoCell, row);
}

static double real_of(const FmIoColumn *column, uint64_t value)
{
    double real;
    float single;
    uint32_t low = (uint32_t)value;
    if (column->entry->field->type == FM_FLOAT) {
        memcpy(&single, &low, sizeof single);
        return single;
    }
    memcpy(&real, &value, sizeof real);
    return real;
}

/* Time taken is spread over the intervals that end with this one. */
static void add_load(const FmIoTable *table, FmIoColumn *column, FmIoCell *cell, uint64_t value)
{
    uint64_t time = value / (uint64_t)FM_MICROSECOND;
    guint row = (guint)(cell - (FmIoCell *)(void *)column->cells->data);
    cell->counter += time % table->interval;
    time -= time % table->interval;
    for (; time > 0 && row > 0; row--) {
        uint64_t part = MIN(time, table->interval);
        g_array_index(column->cells, FmIoCell, row - 1).counter += part;
        time -= part;
    }
}

static void take_value(const FmIoTable *table, FmIoColumn *column, FmIoCell *cell, uint64_t value)
{
    bool less, more;
    double real = 0;
    if (fm_io_real(column)) {
        real = real_of(column, value);
        less = real < cell->real;
        more = real > cell->real;
    } else if (is_signed(column)) {
        less = (int64_t)value < (int64_t)cell->counter;
        more = (int64_t)value > (int64_t)cell->counter;
    } else {
        less = value < cell->counter;
        more = value > cell->counter;
    }
    bool first = cell->samples++ == 0;
    switch (column->calculation) {
    case FM_IO_COUNT: cell->counter++; break;
    case FM_IO_LOAD: add_load(table, column, cell, value); break;
    case FM_IO_MIN: case FM_IO_MAX:
        if (first || (column->calculation == FM_IO_MIN ? less : more)) {
            cell->counter = value;
            cell->real = real;
        }
        break;
    default:
        cell->counter += value;
        cell->real += real;
    }
}

static void take_fields(const FmIoTable *table, FmIoColumn *column, FmIoCell *cell, const FmPacket *packet)
{
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++) {
        for (size_t i = 0; i < column->entry->id_count; i++)
            if (n->field == column->entry->ids[i])
                take_value(table, column, cell, n->value);
    }
}

static uint64_t largest_so_far(const FmIoColumn *column, const FmIoCell *cell)
{
    uint64_t samples = column->calculation == FM_IO_AVG ? MAX(cell->samples, 1) : 1;
    if (fm_io_real(column))
        return cell->real > 0 ? (uint64_t)(cell->real / (double)samples + 0.5) : 0;
    return cell->counter / samples;
}

static void take_packet(const FmIoTable *table, FmIoColumn *column, FmIoCell *cell, const FmPacket *packet)
{
    cell->frames++;
    if (column->entry)
        take_fields(table, column, cell, packet);
    else
        cell->counter += packet->frame->length;
    column->most_frames = MAX(column->most_frames, cell->frames);
    column->most = MAX(column->most, largest_so_far(column, cell));
}

static void io_packet(FmObserver *observer, const FmPacket *packet)
{
    Io *io = (Io *)observer;
    FmIoTable *table = &io->table;
    FmTime since = fm_observer_time(packet);
    uint64_t time = since > 0 ? (uint64_t)(since + FM_MICROSECOND / 2) / (uint64_t)FM_MICROSECOND : 0;
    table->duration = MAX(table->duration, time);
    if (table->start == FM_TIME_NONE && packet->frame->time != FM_TIME_NONE)
        table->start = packet->frame->time - since;
    for (size_t i = 0; i < table->count; i++) {
        FmIoColumn *column = &table->columns[i];
        if (column->filter && !fm_filter_match(column->filter, packet))
            continue;
        FmIoCell *cell = cell_at(table, column, time);
        if (cell)
            take_packet(table, column, cell, packet);
        else
            io->left_out++;
    }
}

static void io_print(FmObserver *observer, FmText *out)
{
    const Io *io = (const Io *)observer;
    fm_io_print(&io->table, out);
    fm_observer_tell_full(out, io->left_out);
}

static void io_free(FmObserver *observer)
{
    Io *io = (Io *)observer;
    for (size_t i = 0; i < io->table.count; i++) {
        FmIoColumn *column = &io->table.columns[i];
        g_free(column->text);
        fm_filter_free(column->filter);
        if (column->cells)
            g_array_unref(column->cells);
    }
    g_free(io->table.columns);
    g_free(io);
}

/* ---- arguments ---- */

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (error)
        *error = g_error_new_valist(FM_STATISTIC_ERROR, FM_STATISTIC_ERROR_ARGUMENT, format, args);
    va_end(args);
    return false;
}

/* "0.25": the interval, and how many decimals of it are shown. */
static bool parse_interval(FmIoTable *table, const char *text, char **end, GError **error)
{
    double seconds = g_ascii_strtod(text, end);
    if (*end == text || (**end && **end != ',') || !(seconds < 1e12))
        return fail(error, USAGE);
    table->interval = UINT64_MAX;
    if (seconds <= 0)
        return true;
    table->interval = (uint64_t)(seconds * 1e6 + 0.5);
    if (table->interval == 0)
        return fail(error, "\"-z\" interval must be >=0.000001 seconds or \"0\" for the entire capture duration.");
    table->precision = 6;
    for (uint64_t i = 10; i < 10000000 && table->interval % i == 0; i *= 10)
        table->precision--;
    const char *dot = memchr(text, '.', (size_t)(*end - text));
    if (table->precision == 0 && dot)
        table->precision = MIN((unsigned)strspn(dot + 1, "0"), 6);
    return true;
}

static bool check_type(const FmIoColumn *column, GError **error)
{
    FmType type = column->entry->field->type;
    const char *name = column->entry->name, *function = names[column->calculation];
    if (column->calculation == FM_IO_COUNT)
        return true;
    if (column->calculation == FM_IO_LOAD && type != FM_RELATIVE_TIME)
        return fail(error, "LOAD() is only supported for relative-time fields such as smb.time");
    if (type == FM_CHAR || type == FM_FRAMENUM ||
        !(fm_type_is_unsigned(type) || fm_type_is_signed(type) || fm_io_real(column) || fm_io_seconds(column)))
        return fail(error, "%s doesn't have integral values, so %s(*) calculations are not supported on it.", name, function);
    return true;
}

/* "FUNC(field)filter" or "filter". */
static bool parse_column(Io *io, FmIoColumn *column, const FmCatalog *catalog, GError **error)
{
    const char *filter = column->text;
    for (unsigned i = 0; filter == column->text && i < G_N_ELEMENTS(names); i++) {
        size_t size = strlen(names[i]);
        if (strncmp(filter, names[i], size) != 0)
            continue;
        if (i <= FM_IO_BYTES && !filter[size]) {
            column->calculation = (FmCalculation)i;
            return true;
        }
        if (filter[size] != '(' || i == FM_IO_FRAMES_AND_BYTES)
            continue;
        const char *open = filter + size + 1, *close = strchr(open, ')');
        if (!close)
            return fail(error, "Closing parenthesis missing from calculated expression.");
        g_autofree char *field = g_strndup(open, (size_t)(close - open));
        column->calculation = (FmCalculation)i;
        filter = close + 1;
        if (i <= FM_IO_BYTES) {
            if (*field)
                return fail(error, "%s does not require or allow a field name within the parens.", names[i]);
            continue;
        }
        if (!*field)
            return fail(error, "You didn't specify a field name for %s(*).", names[i]);
        column->entry = fm_observer_want(&io->base, catalog, field);
        if (!column->entry)
            return fail(error, "There is no field named '%s'.", field);
        if (!check_type(column, error))
            return false;
    }
    if (*filter)
        column->filter = fm_observer_filter(&io->base, catalog, filter, error);
    return !*filter || column->filter;
}

FmObserver *fm_io_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    Io *io = g_new0(Io, 1);
    io->base = (FmObserver){ .packet = io_packet, .print = io_print, .free = io_free };
    io->table.time = context->time;
    io->table.start = FM_TIME_NONE;
    g_autoptr(FmObserver) observer = &io->base;
    fm_observer_start(observer, context, NULL, NULL);
    if (context->time >= FM_TIME_DELTA && context->time <= FM_TIME_EPOCH) {
        fail(error, "invalid -t operand. io,stat only supports -t <r|a|ad|adoy|u|ud|udoy>");
        return NULL;
    }
    char *rest;
    if (!*arguments || arguments[strlen(arguments) - 1] == ',') {
        fail(error, USAGE);
        return NULL;
    }
    if (!parse_interval(&io->table, arguments, &rest, error))
        return NULL;
    g_auto(GStrv) texts = g_strsplit(*rest ? rest + 1 : "", ",", MAX_COLUMNS);
    size_t count = MAX(g_strv_length(texts), 1);
    io->table.columns = g_new0(FmIoColumn, count);
    io->table.count = count;
    for (size_t i = 0; i < count; i++) {
        FmIoColumn *column = &io->table.columns[i];
        column->cells = g_array_new(FALSE, TRUE, sizeof(FmIoCell));
        if (!texts[0] || !*g_strstrip(texts[i]))
            continue;
        column->text = g_strdup(texts[i]);
        if (!parse_column(io, column, context->catalog, error))
            return NULL;
    }
    return g_steal_pointer(&observer);
}
