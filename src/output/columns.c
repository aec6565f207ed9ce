/* The columns of a packet line. */
#include "config.h"

#include "output/columns.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/format.h"

enum { NUMBER_WIDTH = 5, TIME_WIDTH = 10, ADDRESS_WIDTH = 12, WIDEST = 16 };

typedef enum Kind {
    NUMBER, TIME, TIME_FIXED, SOURCE, DESTINATION, LINK_SOURCE, LINK_DESTINATION, NET_SOURCE, NET_DESTINATION, SOURCE_PORT,
    DESTINATION_PORT, PROTOCOL, LENGTH, INFO, FIELD,
} Kind;

/* Sorted by title, as -G column-formats prints them. */
static const struct {
    const char *code, *title;
    Kind kind;
    FmTimeFormat time;
} kinds[] = {
    { "%Yt", "Absolute date, as YYYY-MM-DD, and time", TIME_FIXED, FM_TIME_DATE },
    { "%YDOYt", "Absolute date, as YYYY/DOY, and time", TIME_FIXED, FM_TIME_DAY_OF_YEAR },
    { "%At", "Absolute time", TIME_FIXED, FM_TIME_CLOCK },
    { "%Cus", "Custom", FIELD },
    { "%Tt", "Delta time", TIME_FIXED, FM_TIME_DELTA },
    { "%Gt", "Delta time displayed", TIME_FIXED, FM_TIME_DELTA_DISPLAYED },
    { "%rd", "Dest addr (resolved)", DESTINATION },
    { "%ud", "Dest addr (unresolved)", DESTINATION },
    { "%rD", "Dest port (resolved)", DESTINATION_PORT },
    { "%uD", "Dest port (unresolved)", DESTINATION_PORT },
    { "%d", "Destination address", DESTINATION },
    { "%D", "Destination port", DESTINATION_PORT },
    { "%hd", "Hardware dest addr", LINK_DESTINATION },
    { "%hs", "Hardware src addr", LINK_SOURCE },
    { "%rhd", "Hw dest addr (resolved)", LINK_DESTINATION },
    { "%uhd", "Hw dest addr (unresolved)", LINK_DESTINATION },
    { "%rhs", "Hw src addr (resolved)", LINK_SOURCE },
    { "%uhs", "Hw src addr (unresolved)", LINK_SOURCE },
    { "%i", "Information", INFO },
    { "%rnd", "Net dest addr (resolved)", NET_DESTINATION },
    { "%und", "Net dest addr (unresolved)", NET_DESTINATION },
    { "%rns", "Net src addr (resolved)", NET_SOURCE },
    { "%uns", "Net src addr (unresolved)", NET_SOURCE },
    { "%nd", "Network dest addr", NET_DESTINATION },
    { "%ns", "Network src addr", NET_SOURCE },
    { "%m", "Number", NUMBER },
    { "%L", "Packet length (bytes)", LENGTH },
    { "%p", "Protocol", PROTOCOL },
    { "%Rt", "Relative time", TIME_FIXED, FM_TIME_RELATIVE },
    { "%s", "Source address", SOURCE },
    { "%S", "Source port", SOURCE_PORT },
    { "%rs", "Src addr (resolved)", SOURCE },
    { "%us", "Src addr (unresolved)", SOURCE },
    { "%rS", "Src port (resolved)", SOURCE_PORT },
    { "%uS", "Src port (unresolved)", SOURCE_PORT },
    { "%Yut", "UTC date, as YYYY-MM-DD, and time", TIME_FIXED, FM_TIME_UTC_DATE },
    { "%YDOYut", "UTC date, as YYYY/DOY, and time", TIME_FIXED, FM_TIME_UTC_DAY_OF_YEAR },
    { "%Aut", "UTC time", TIME_FIXED, FM_TIME_UTC },
    { "%t", "Time (format as specified)", TIME },
};

typedef struct Column {
    char *title;
    Kind kind;
    FmTimeFormat time;
    const FmEntry *entry; /* FIELD */
    int occurrence;       /* 0: all; -1: the last one */
    bool raw;             /* numbers rather than their names */
} Column;

struct FmColumns {
    Column *columns;
    size_t count;
    FmTimeFormat time;
    bool hms;
    unsigned digits; /* 0: as the file's */
    bool digits_set;
};

static const char *const default_columns[] = {
    "No.", "%m", "Time", "%t", "Source", "%s", "Destination", "%d", "Protocol", "%p", "Length", "%L", "Info", "%i",
};

static void clear_columns(Column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        g_free(columns[i].title);
    g_free(columns);
}

static bool parse_custom(Column *column, const FmCatalog *catalog, const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 3); /* field:occurrence:R|U */
    column->kind = FIELD;
    column->entry = parts[0] && catalog ? fm_catalog_find(catalog, parts[0]) : NULL;
    if (!column->entry) {
        g_set_error(error, FM_COLUMN_ERROR, FM_COLUMN_ERROR_FORMAT, "column \"%s\": no field is named \"%s\"", column->title,
                    parts[0] ? parts[0] : "");
        return false;
    }
    column->occurrence = parts[1] ? atoi(parts[1]) : 0;
    column->raw = parts[1] && parts[2] && strcmp(parts[2], "U") == 0;
    return true;
}

static bool parse_column(Column *column, const FmCatalog *catalog, const char *title, const char *code, GError **error)
{
    column->title = g_strdup(title);
    if (g_str_has_prefix(code, "%Cus:"))
        return parse_custom(column, catalog, code + 5, error);
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].code, code) == 0 && kinds[i].kind != FIELD) {
            column->kind = kinds[i].kind;
            column->time = kinds[i].time;
            return true;
        }
    g_set_error(error, FM_COLUMN_ERROR, FM_COLUMN_ERROR_FORMAT, "column \"%s\": \"%s\" is not a column format; see -G column-formats",
                title, code);
    return false;
}

FmColumns *fm_columns_new(void)
{
    FmColumns *columns = g_new0(FmColumns, 1);
    columns->count = G_N_ELEMENTS(default_columns) / 2;
    columns->columns = g_new0(Column, columns->count);
    for (size_t i = 0; i < columns->count; i++)
        parse_column(&columns->columns[i], NULL, default_columns[2 * i], default_columns[2 * i + 1], NULL);
    return columns;
}

void fm_columns_free(FmColumns *columns)
{
    if (!columns)
        return;
    clear_columns(columns->columns, columns->count);
    g_free(columns);
}

/* The next item of a comma-separated list, quoted or not; NULL at the end. */
static char *next_item(const char **text)
{
    const char *at = *text + strspn(*text, " \t");
    if (!*at)
        return NULL;
    g_autoptr(GString) item = g_string_new(NULL);
    if (*at == '"') {
        for (at++; *at && *at != '"'; at++) {
            if (*at == '\\' && at[1])
                at++;
            g_string_append_c(item, *at);
        }
        at += *at == '"';
        at += strcspn(at, ",");
    } else {
        size_t size = strcspn(at, ",");
        g_string_append_len(item, at, (gssize)size);
        g_strchomp(item->str);
        at += size;
    }
    *text = *at == ',' ? at + 1 : at;
    return g_strdup(item->str);
}

bool fm_columns_parse(FmColumns *columns, const FmCatalog *catalog, const char *text, GError **error)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(g_free);
    for (char *item; (item = next_item(&text));)
        g_ptr_array_add(items, item);
    if (items->len == 0 || items->len % 2) {
        g_set_error(error, FM_COLUMN_ERROR, FM_COLUMN_ERROR_FORMAT, "columns must be pairs of title and format: \"No.\",\"%%m\",…");
        return false;
    }
    size_t count = items->len / 2;
    Column *parsed = g_new0(Column, count);
    for (size_t i = 0; i < count; i++)
        if (!parse_column(&parsed[i], catalog, items->pdata[2 * i], items->pdata[2 * i + 1], error)) {
            clear_columns(parsed, count);
            return false;
        }
    clear_columns(columns->columns, columns->count);
    columns->columns = parsed;
    columns->count = count;
    return true;
}

static const struct {
    const char *name;
    FmTimeFormat format;
} time_names[] = {
    { "r", FM_TIME_RELATIVE }, { "d", FM_TIME_DELTA }, { "dd", FM_TIME_DELTA_DISPLAYED }, { "e", FM_TIME_EPOCH },
    { "a", FM_TIME_CLOCK }, { "ad", FM_TIME_DATE }, { "adoy", FM_TIME_DAY_OF_YEAR },
    { "u", FM_TIME_UTC }, { "ud", FM_TIME_UTC_DATE }, { "udoy", FM_TIME_UTC_DAY_OF_YEAR },
};

FmTimeFormat fm_columns_time(const FmColumns *columns)
{
    return columns->time;
}

bool fm_columns_set_time(FmColumns *columns, const char *name)
{
    const char *dot = strchr(name, '.');
    g_autofree char *base = dot ? g_strndup(name, (size_t)(dot - name)) : g_strdup(name);
    if (dot) { /* .N: decimals; a lone dot: as the file's */
        columns->digits_set = dot[1] != '\0';
        columns->digits = columns->digits_set ? (unsigned)(dot[1] - '0') : 0;
        if (columns->digits_set && (columns->digits > 9 || dot[2]))
            return false;
        if (!*base)
            return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(time_names); i++)
        if (strcmp(time_names[i].name, base) == 0) {
            columns->time = time_names[i].format;
            return true;
        }
    return false;
}

bool fm_columns_set_seconds(FmColumns *columns, const char *name)
{
    columns->hms = strcmp(name, "hms") == 0;
    return columns->hms || strcmp(name, "s") == 0;
}

size_t fm_columns_count(const FmColumns *columns)
{
    return columns->count;
}

const char *fm_columns_title(const FmColumns *columns, size_t i)
{
    return columns->columns[i].title;
}

/* Names that later versions of tshark give to the columns. */
static const char *newer_name(Kind kind)
{
    switch (kind) {
    case NUMBER: return "number";
    case TIME: return "time";
    case SOURCE: return "def_src";
    case DESTINATION: return "def_dst";
    case PROTOCOL: return "protocol";
    case LENGTH: return "length";
    case INFO: return "info";
    default: return "";
    }
}

int fm_columns_find(const FmColumns *columns, const char *title)
{
    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(columns->columns[i].title, title) == 0)
            return (int)i;
    for (size_t i = 0; i < columns->count; i++)
        if (strcmp(newer_name(columns->columns[i].kind), title) == 0)
            return (int)i;
    return -1;
}

void fm_columns_wants(const FmColumns *columns, uint64_t *wanted, bool *info)
{
    for (size_t i = 0; i < columns->count; i++) {
        const Column *column = &columns->columns[i];
        *info = *info || column->kind == INFO;
        for (size_t n = 0; column->entry && n < column->entry->id_count; n++)
            wanted[column->entry->ids[n] / 64] |= UINT64_C(1) << column->entry->ids[n] % 64;
    }
}

/* ---- times ---- */

static void put_span(const FmColumns *columns, FmText *out, FmTime span, unsigned digits)
{
    if (!columns->hms) {
        fm_text_seconds(out, span, digits);
        return;
    }
    uint64_t v = span < 0 ? 0 - (uint64_t)span : (uint64_t)span;
    uint64_t minutes = v / (60 * (uint64_t)FM_SECOND), hours = minutes / 60;
    if (span < 0)
        fm_text_char(out, '-');
    if (hours)
        fm_text_printf(out, "%" G_GUINT64_FORMAT "h %2um", hours, (unsigned)(minutes % 60));
    else if (minutes)
        fm_text_printf(out, "%um", (unsigned)minutes);
    if (minutes)
        fm_text_char(out, ' ');
    if (minutes && v % (60 * (uint64_t)FM_SECOND) < 10 * (uint64_t)FM_SECOND)
        fm_text_char(out, ' ');
    fm_text_seconds(out, (FmTime)(v % (60 * (uint64_t)FM_SECOND)), digits);
    fm_text_char(out, 's');
}

static void put_clock(FmText *out, FmTime time, FmTimeFormat format, unsigned digits)
{
    int64_t seconds = time / FM_SECOND, rest = time % FM_SECOND;
    if (rest < 0) {
        rest += FM_SECOND;
        seconds--;
    }
    time_t clock = (time_t)seconds;
    struct tm tm;
    bool utc = format >= FM_TIME_UTC;
    if (!(utc ? gmtime_r(&clock, &tm) : localtime_r(&clock, &tm)))
        return;
    if (format == FM_TIME_DATE || format == FM_TIME_UTC_DATE)
        fm_text_printf(out, "%04d-%02d-%02d ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
    else if (format == FM_TIME_DAY_OF_YEAR || format == FM_TIME_UTC_DAY_OF_YEAR)
        fm_text_printf(out, "%04d/%03d ", tm.tm_year + 1900, tm.tm_yday + 1);
    fm_text_printf(out, "%02d:%02d:", tm.tm_hour, tm.tm_min);
    size_t start = out->size;
    fm_text_seconds(out, tm.tm_sec * FM_SECOND + rest, digits);
    if (tm.tm_sec < 10) { /* two digits */
        fm_text_char(out, ' ');
        memmove(out->data + start + 1, out->data + start, out->size - start - 1);
        out->data[start] = '0';
    }
}

static unsigned decimals(const FmColumns *columns, const FmPacket *packet)
{
    return columns->digits_set ? columns->digits : packet->frame->decimals;
}

static void put_time(const FmColumns *columns, FmText *out, const FmPacket *packet, FmTimeFormat format)
{
    FmTime now = packet->frame->time, since;
    if (now == FM_TIME_NONE)
        return;
    unsigned digits = decimals(columns, packet);
    switch (format) {
    case FM_TIME_RELATIVE: since = packet->first_time; break;
    case FM_TIME_DELTA: since = packet->previous_time; break;
    case FM_TIME_DELTA_DISPLAYED: since = packet->previous_displayed_time; break;
    case FM_TIME_EPOCH: fm_text_seconds(out, now, digits); return;
    default: put_clock(out, now, format, digits); return;
    }
    put_span(columns, out, since == FM_TIME_NONE ? 0 : now - since, digits);
}

/* ---- the others ---- */

static void put_field(const Column *column, FmText *out, const FmPacket *packet)
{
    uint64_t found = 0;
    size_t start = out->size;
    for (const FmNode *node = packet->nodes, *end = node + packet->node_count; node < end; node++) {
        bool match = false;
        for (size_t i = 0; i < column->entry->id_count && !match; i++)
            match = column->entry->ids[i] == node->field;
        if (!match || (++found != (uint64_t)column->occurrence && column->occurrence > 0))
            continue;
        if (column->occurrence < 0)
            out->size = start;
        else if (out->size > start)
            fm_text_char(out, ',');
        if (column->raw)
            fm_format_cell(out, packet, node);
        else
            fm_format_named(out, packet, node);
    }
}

static void put_info(FmText *out, const FmPacket *packet)
{
    if (packet->info_plain)
        fm_text_add(out, packet->info.data, packet->info.size);
    else
        fm_text_escaped(out, packet->info.data, packet->info.size);
    if (packet->trouble)
        fm_text_put(out, packet->trouble);
}

static void put_address(FmText *out, const FmAddress *address)
{
    size_t start = out->size;
    fm_address_text(out, address);
    if (address->type == FM_ADDRESS_TEXT && out->size > start) { /* may stem from the packet */
        g_autofree char *raw = g_strndup(out->data + start, out->size - start);
        out->size = start;
        fm_text_escaped(out, raw, strlen(raw));
    }
}

void fm_columns_put(const FmColumns *columns, FmText *out, const FmPacket *packet, size_t i)
{
    const Column *column = &columns->columns[i];
    switch (column->kind) {
    case NUMBER: fm_text_uint(out, packet->frame->number); break;
    case TIME: put_time(columns, out, packet, columns->time); break;
    case TIME_FIXED: put_time(columns, out, packet, column->time); break;
    case SOURCE: put_address(out, &packet->source); break;
    case DESTINATION: put_address(out, &packet->destination); break;
    case LINK_SOURCE: put_address(out, &packet->link_source); break;
    case LINK_DESTINATION: put_address(out, &packet->link_destination); break;
    case NET_SOURCE: put_address(out, &packet->net_source); break;
    case NET_DESTINATION: put_address(out, &packet->net_destination); break;
    case SOURCE_PORT:
        if (packet->has_ports)
            fm_text_uint(out, packet->source_port);
        break;
    case DESTINATION_PORT:
        if (packet->has_ports)
            fm_text_uint(out, packet->destination_port);
        break;
    case PROTOCOL: fm_text_put(out, packet->protocol); break;
    case LENGTH: fm_text_uint(out, packet->frame->length); break;
    case INFO: put_info(out, packet); break;
    case FIELD: put_field(column, out, packet); break;
    }
}

typedef enum Side { NO_SIDE, FROM, TO } Side;

static Side side_of(Kind kind)
{
    switch (kind) {
    case SOURCE: case LINK_SOURCE: case NET_SOURCE: return FROM;
    case DESTINATION: case LINK_DESTINATION: case NET_DESTINATION: return TO;
    default: return NO_SIDE;
    }
}

/* Puts spaces before what begins at `start`. All right-aligned columns are plain ASCII. */
static inline void align_right(FmText *out, size_t start, unsigned width)
{
    size_t size = out->size - start;
    if (size >= width)
        return;
    char *at = fm_text_room(out, 2 * WIDEST) - size; /* moves of a fixed size, which may reach into the room behind */
    char text[WIDEST];
    memcpy(text, at, WIDEST);
    memset(at, ' ', WIDEST);
    memcpy(at + width - size, text, WIDEST);
    out->size = start + width;
}

/* Puts spaces behind it. */
static inline void align_left(FmText *out, size_t start, unsigned width)
{
    size_t size = out->size - start;
    if (size >= width)
        return;
    memset(fm_text_room(out, WIDEST), ' ', WIDEST);
    out->size = start + width;
}

static const FmAddress *address_of(const FmPacket *packet, Kind kind)
{
    switch (kind) {
    case DESTINATION: return &packet->destination;
    case LINK_DESTINATION: return &packet->link_destination;
    default: return &packet->net_destination;
    }
}

static void put_between(FmText *out, Side side, Side next, char separator)
{
    fm_text_char(out, separator);
    if (side == NO_SIDE || next == NO_SIDE || side == next)
        return;
    fm_text_put(out, side == FROM ? "→" : "←");
    fm_text_char(out, separator);
}

void fm_columns_line(const FmColumns *columns, FmText *out, const FmPacket *packet, char separator)
{
    for (size_t i = 0; i < columns->count; i++) {
        const Column *column = &columns->columns[i];
        Side side = side_of(column->kind);
        size_t start = out->size;
        switch (column->kind) {
        case NUMBER: fm_text_uint_right(out, packet->frame->number, NUMBER_WIDTH); break;
        case TIME:
        case TIME_FIXED:
            fm_columns_put(columns, out, packet, i);
            align_right(out, start, TIME_WIDTH);
            break;
        default:
            fm_columns_put(columns, out, packet, i);
            if (side == FROM)
                align_right(out, start, ADDRESS_WIDTH);
            else if (side == TO && address_of(packet, column->kind)->type != FM_ADDRESS_TEXT)
                align_left(out, start, ADDRESS_WIDTH);
            else if (side == TO)
                fm_text_pad(out, start, ADDRESS_WIDTH);
        }
        if (i + 1 < columns->count)
            put_between(out, side, side_of(columns->columns[i + 1].kind), separator);
    }
}

bool fm_column_kind(size_t i, const char **code, const char **title)
{
    if (i >= G_N_ELEMENTS(kinds))
        return false;
    *code = kinds[i].code;
    *title = kinds[i].title;
    return true;
}
