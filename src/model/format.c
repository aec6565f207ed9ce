/* Values as text. */
#include "config.h"

#include "model/format.h"

#include <float.h>
#include <string.h>
#include <time.h>

#include "base/cursor.h"

#define SHOWN_BYTES 36 /* of a byte string in a line */
#define TRUNCATED " [truncated]"

static const char month_names[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

static void put_two(FmText *out, int v)
{
    char *at = fm_text_room(out, 2);
    at[0] = (char)('0' + v / 10 % 10);
    at[1] = (char)('0' + v % 10);
    out->size += 2;
}

static void put_nine(FmText *out, uint32_t v)
{
    char *at = fm_text_room(out, 10);
    at[0] = '.';
    for (unsigned i = 9; i > 0; i--) {
        at[i] = (char)('0' + v % 10);
        v /= 10;
    }
    out->size += 10;
}

static void put_clock(FmText *out, const struct tm *tm, uint32_t nanoseconds)
{
    put_two(out, tm->tm_hour);
    fm_text_char(out, ':');
    put_two(out, tm->tm_min);
    fm_text_char(out, ':');
    put_two(out, tm->tm_sec);
    put_nine(out, nanoseconds);
}

FmTime fm_format_time_of(const FmField *field, uint64_t value)
{
    FmTime time;
    if (field->base != FM_UTC_SECONDS)
        return (FmTime)value;
    if (__builtin_mul_overflow((int64_t)value, FM_SECOND, &time))
        return (int64_t)value < 0 ? INT64_MIN + 1 : INT64_MAX;
    return time;
}

void fm_format_absolute_time(FmText *out, FmTime time, FmBase base)
{
    int64_t unit = base == FM_UTC_SECONDS ? 1 : FM_SECOND, seconds = time / unit, rest = time % unit;
    if (rest < 0) {
        rest += unit;
        seconds--;
    }
    time_t clock = (time_t)seconds;
    struct tm tm;
    if (base == FM_NTP_UTC && time == 0) {
        fm_text_literal(out, "NULL");
        return;
    }
    bool local = base != FM_UTC && base != FM_UTC_SECONDS && base != FM_DOY_UTC && base != FM_NTP_UTC;
    if (time == FM_TIME_NONE || !(local ? localtime_r(&clock, &tm) : gmtime_r(&clock, &tm))) {
        fm_text_literal(out, "Not representable");
        return;
    }
    if (base == FM_DOY_UTC) {
        fm_text_int(out, tm.tm_year + 1900);
        fm_text_char(out, '/');
        fm_text_char(out, (char)('0' + (tm.tm_yday + 1) / 100));
        put_two(out, (tm.tm_yday + 1) % 100);
        fm_text_char(out, ':');
    } else {
        fm_text_add(out, month_names[tm.tm_mon], 3);
        fm_text_char(out, ' ');
        if (tm.tm_mday < 10)
            fm_text_char(out, ' ');
        fm_text_int(out, tm.tm_mday);
        fm_text_literal(out, ", ");
        fm_text_int(out, tm.tm_year + 1900);
        fm_text_char(out, ' ');
    }
    put_clock(out, &tm, (uint32_t)rest);
    fm_text_char(out, ' ');
    fm_text_put(out, local ? tm.tm_zone : "UTC");
}

void fm_format_clock(FmText *out, FmClock *clock, FmTime time, FmBase base)
{
    if (clock->size && time > 0 && time / FM_SECOND == clock->second && base == clock->base) {
        char *to = memcpy(fm_text_room(out, sizeof clock->text), clock->text, sizeof clock->text);
        uint32_t rest = (uint32_t)(time % FM_SECOND);
        for (unsigned i = 9; i-- > 0; rest /= 10)
            to[clock->fraction + i] = (char)('0' + rest % 10);
        out->size += clock->size;
        return;
    }
    size_t start = out->size, size;
    fm_format_absolute_time(out, time, base);
    size = out->size - start;
    const char *text = out->data + start, *point = memchr(text, '.', size);
    *clock = (FmClock){ .second = time / FM_SECOND, .base = base };
    if (time <= 0 || !point || size > sizeof clock->text)
        return;
    memcpy(clock->text, text, size);
    clock->size = (uint8_t)size;
    clock->fraction = (uint8_t)(point + 1 - text);
}

static void put_float(FmText *out, double value, int digits)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE], format[8];
    g_snprintf(format, sizeof format, "%%.%dg", digits);
    fm_text_put(out, g_ascii_formatd(text, sizeof text, format, value));
}

static void put_number_float(FmText *out, FmType type, uint64_t value)
{
    if (type == FM_FLOAT) {
        uint32_t bits = (uint32_t)value;
        float f;
        memcpy(&f, &bits, sizeof f);
        put_float(out, (double)f, FLT_DIG);
    } else {
        double f;
        memcpy(&f, &value, sizeof f);
        put_float(out, f, DBL_DIG);
    }
}

static void put_guid(FmText *out, FmSlice bytes)
{
    static const uint8_t ends[] = { 4, 6, 8, 10, 16 };
    if (bytes.size < 16)
        return;
    for (unsigned i = 0, at = 0; i < G_N_ELEMENTS(ends); at = ends[i++]) {
        if (at)
            fm_text_char(out, '-');
        fm_text_bytes(out, (FmSlice){ bytes.data + at, ends[i] - at }, '\0');
    }
}

/* An object identifier (X.690 §8.19), or a relative one. */
static void put_oid(FmText *out, FmSlice bytes, bool relative)
{
    uint64_t arc = 0;
    bool first = true;
    for (size_t i = 0; i < bytes.size; i++) {
        if (arc >> 57)
            return; /* wider than any real arc */
        arc = arc << 7 | (bytes.data[i] & 0x7f);
        if (bytes.data[i] & 0x80)
            continue;
        if (!first)
            fm_text_char(out, '.');
        if (first && !relative) {
            uint64_t top = MIN(arc / 40, 2);
            fm_text_uint(out, top);
            fm_text_char(out, '.');
            arc -= top * 40;
        }
        fm_text_uint(out, arc);
        first = false;
        arc = 0;
    }
}

static void put_eui64(FmText *out, uint64_t value)
{
    uint64_t wire = GUINT64_TO_BE(value);
    fm_text_bytes(out, (FmSlice){ (const uint8_t *)&wire, 8 }, ':');
}

static char byte_separator(FmBase base, char otherwise)
{
    switch (base) {
    case FM_DOT: return '.';
    case FM_DASH: return '-';
    case FM_COLON: return ':';
    case FM_SPACE: return ' ';
    default: return otherwise;
    }
}

static unsigned hex_digits_of(FmType type)
{
    unsigned width = fm_type_width(type);
    return width ? 2 * width : 8;
}

FmSlice fm_node_string(const FmPacket *packet, const FmNode *node)
{
    FmSlice s = fm_node_bytes(packet, node);
    FmType type = fm_node_field(packet, node)->type;
    if (s.size && type != FM_STRING && type != FM_UINT_STRING) {
        const uint8_t *end = memchr(s.data, '\0', s.size);
        if (end)
            s.size = (size_t)(end - s.data);
    }
    return s;
}

static void put_number(FmText *out, const FmField *field, uint64_t value)
{
    switch (field->base) {
    case FM_HEX:
    case FM_HEX_DEC:
        fm_text_literal(out, "0x");
        fm_text_hex(out, value, hex_digits_of(field->type));
        break;
    case FM_OCT:
        fm_text_char(out, '0');
        if (value)
            fm_text_printf(out, "%" G_GINT64_MODIFIER "o", value);
        break;
    default:
        if (fm_type_is_signed(field->type))
            fm_text_int(out, (int64_t)value);
        else
            fm_text_uint(out, value);
    }
}

/* What fields, JSON and details have in common; `separator` stands between bytes. */
static void put_value(FmText *out, const FmPacket *packet, const FmNode *node, const FmField *field, bool escape, char separator)
{
    switch (field->type) {
    case FM_NONE: case FM_PROTOCOL: case FM_EXPERT: case FM_TYPES: break;
    case FM_BOOL8: case FM_BOOL16: case FM_BOOL24: case FM_BOOL32: case FM_BOOL64: case FM_BOOL16_LE: case FM_BOOL32_LE:
        fm_text_char(out, node->value ? '1' : '0');
        break;
    case FM_CHAR: case FM_UINT8: case FM_UINT16: case FM_UINT24: case FM_UINT32: case FM_UINT40: case FM_UINT48: case FM_UINT56:
    case FM_UINT64: case FM_UINT16_LE: case FM_UINT24_LE: case FM_UINT32_LE: case FM_UINT64_LE: case FM_INT8: case FM_INT16:
    case FM_INT24: case FM_INT32: case FM_INT64: case FM_INT16_LE: case FM_INT32_LE: case FM_INT64_LE: case FM_FRAMENUM:
        put_number(out, field, node->value);
        break;
    case FM_FLOAT: case FM_DOUBLE: put_number_float(out, field->type, node->value); break;
    case FM_IPV4: fm_text_ipv4(out, (uint32_t)node->value); break;
    case FM_IPV6: {
        FmSlice s = fm_node_bytes(packet, node);
        if (s.size >= 16)
            fm_text_ipv6(out, s.data);
        break;
    }
    case FM_ETHER: fm_text_ether(out, node->value); break;
    case FM_EUI64: put_eui64(out, node->value); break;
    case FM_ABSOLUTE_TIME: fm_format_absolute_time(out, (FmTime)node->value, field->base); break;
    case FM_RELATIVE_TIME: fm_text_seconds(out, (FmTime)node->value, 9); break;
    case FM_STRING: case FM_STRINGZ: case FM_STRINGZPAD: case FM_UINT_STRING: {
        FmSlice s = fm_node_string(packet, node);
        if (!s.size)
            break;
        if (escape)
            fm_text_escaped(out, (const char *)s.data, s.size);
        else
            fm_text_add(out, (const char *)s.data, s.size);
        break;
    }
    case FM_BYTES: case FM_UINT_BYTES:
        fm_text_bytes(out, fm_node_bytes(packet, node), byte_separator(field->base, separator));
        break;
    case FM_GUID: put_guid(out, fm_node_bytes(packet, node)); break;
    case FM_OID: put_oid(out, fm_node_bytes(packet, node), false); break;
    case FM_REL_OID: put_oid(out, fm_node_bytes(packet, node), true); break;
    }
}

/* What most fields are. */
static inline bool is_decimal(const FmField *field)
{
    return field->base == FM_DEC && fm_type_is_unsigned(field->type);
}

void fm_format_value(FmText *out, const FmPacket *packet, const FmNode *node, bool escape)
{
    const FmField *field = fm_node_field(packet, node);
    if (is_decimal(field))
        fm_text_uint(out, node->value);
    else
        put_value(out, packet, node, field, escape, ':');
}

void fm_format_cell(FmText *out, const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    if (is_decimal(field))
        fm_text_uint(out, node->value);
    else if (field->type == FM_PROTOCOL)
        fm_format_line(out, packet, node);
    else if (field->type == FM_NONE || field->type == FM_EXPERT)
        fm_text_char(out, '1');
    else if ((field->type == FM_BYTES || field->type == FM_UINT_BYTES) && !fm_node_bytes(packet, node).size)
        fm_text_put(out, field->no ? field->no : "<MISSING>");
    else
        put_value(out, packet, node, field, true, '\0');
}

/* ---- lines of the details ---- */

/* "0100 .... = ": the bits of the mask, dots elsewhere. */
static void put_bits(FmText *out, const FmField *field, uint64_t value)
{
    unsigned bits = field->bits ? field->bits : 8 * fm_type_width(field->type);
    uint64_t word = value << __builtin_ctzll(field->mask);
    char *at = fm_text_room(out, 64 + 16 + 3), *from = at;
    for (unsigned i = bits; i-- > 0;) {
        *at++ = !(field->mask >> i & 1) ? '.' : word >> i & 1 ? '1' : '0';
        if (i && i % 4 == 0)
            *at++ = ' ';
    }
    memcpy(at, " = ", 3);
    out->size += (size_t)(at - from) + 3;
}

static void put_label_number(FmText *out, const FmField *field, uint64_t value)
{
    if (field->base == FM_HEX || field->base == FM_HEX_DEC) {
        unsigned digits = field->mask ? (64u - (unsigned)(__builtin_clzll(field->mask) + __builtin_ctzll(field->mask)) + 3) / 4 : hex_digits_of(field->type);
        fm_text_literal(out, "0x");
        fm_text_hex(out, value, digits);
    } else {
        put_number(out, field, value);
    }
}

static void put_label_integer(FmText *out, const FmField *field, uint64_t value)
{
    if (field->base == FM_CUSTOM && field->format) {
        field->format(out, value);
        return;
    }
    if (field->names && field->type != FM_FRAMENUM) {
        const char *name = fm_name(field->names, value);
        fm_text_put(out, name ? name : "Unknown");
        if (field->base != FM_BASE_NONE) {
            fm_text_literal(out, " (");
            put_label_number(out, field, value);
            fm_text_char(out, ')');
        }
    } else if (field->base == FM_HEX_DEC) {
        put_label_number(out, field, value);
        fm_text_literal(out, " (");
        fm_text_uint(out, value);
        fm_text_char(out, ')');
    } else if (field->base == FM_DEC_HEX) {
        fm_text_uint(out, value);
        fm_text_literal(out, " (0x");
        fm_text_hex(out, value, hex_digits_of(field->type));
        fm_text_char(out, ')');
    } else {
        put_label_number(out, field, value);
    }
    if (field->unit)
        fm_text_put(out, field->unit);
}

static void put_oui(FmText *out, const FmCatalog *catalog, uint64_t value)
{
    uint8_t bytes[] = { (uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value };
    fm_text_bytes(out, (FmSlice){ bytes, 3 }, ':');
    const char *vendor = fm_catalog_vendor(catalog, (uint32_t)value);
    if (vendor) {
        fm_text_literal(out, " (");
        fm_text_put(out, vendor);
        fm_text_char(out, ')');
    }
}

/* How tshark shows a byte string in a line: the first ones, without separator. */
static void put_label_bytes(FmText *out, const FmField *field, FmSlice s)
{
    if (!s.size) {
        fm_text_put(out, field->no ? field->no : "<MISSING>");
        return;
    }
    char separator = byte_separator(field->base, '\0');
    size_t shown = separator ? SHOWN_BYTES * 2 / 3 : SHOWN_BYTES;
    fm_text_bytes(out, (FmSlice){ s.data, MIN(s.size, shown) }, separator);
    if (s.size > shown)
        fm_text_put(out, "…");
}

static void put_label_value(FmText *out, const FmPacket *packet, const FmNode *node, const FmField *field)
{
    FmType type = field->type;
    if (fm_type_is_bool(type)) {
        if (node->value)
            fm_text_put(out, field->yes ? field->yes : "True");
        else
            fm_text_put(out, field->no ? field->no : "False");
    } else if (field->base == FM_OUI) {
        put_oui(out, packet->catalog, node->value);
    } else if (fm_type_is_unsigned(type) || fm_type_is_signed(type)) {
        put_label_integer(out, field, node->value);
    } else if (type == FM_BYTES || type == FM_UINT_BYTES) {
        put_label_bytes(out, field, fm_node_bytes(packet, node));
    } else if (type == FM_RELATIVE_TIME) {
        put_value(out, packet, node, field, true, '\0');
        fm_text_literal(out, " seconds");
    } else {
        put_value(out, packet, node, field, true, '\0');
        if (field->unit)
            fm_text_put(out, field->unit);
    }
}

/* Cuts the line that begins at `start` to FM_LINE_SIZE and says so behind the name that ends at `name_end`. */
static void truncate_line(FmText *out, size_t start, size_t name_end)
{
    size_t mark = sizeof TRUNCATED - 1;
    fm_text_room(out, mark);
    memmove(out->data + name_end + mark, out->data + name_end, out->size - name_end);
    memcpy(out->data + name_end, TRUNCATED, mark);
    size_t end = start + FM_LINE_SIZE;
    while (end > start && ((uint8_t)out->data[end] & 0xc0) == 0x80)
        end--;
    out->size = end;
}

/* The line without a label; returns where its name ends. */
static size_t put_standard_line(FmText *out, const FmPacket *packet, const FmNode *node, const FmField *field)
{
    if (field->line) {
        field->line(out, node->value);
        return out->size;
    }
    if (field->mask)
        put_bits(out, field, node->value);
    fm_text_put(out, field->name);
    size_t name_end = out->size;
    if (field->type != FM_NONE && field->type != FM_PROTOCOL && field->type != FM_EXPERT) {
        fm_text_literal(out, ": ");
        put_label_value(out, packet, node, field);
    }
    return name_end;
}

void fm_format_label(FmText *out, const FmPacket *packet, const FmNode *node)
{
    size_t start = out->size, name_end = start;
    bool instead = node->label && !(node->flags & FM_NODE_LABEL_ADDS);
    if (!instead)
        name_end = put_standard_line(out, packet, node, fm_node_field(packet, node));
    if (node->label)
        fm_node_put_label(out, packet, node);
    if (out->size - start > FM_LINE_SIZE)
        truncate_line(out, start, name_end);
}

void fm_format_line_value(FmText *out, const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    if (field->type != FM_NONE && field->type != FM_PROTOCOL && field->type != FM_EXPERT)
        put_label_value(out, packet, node, field);
}

void fm_format_line(FmText *out, const FmPacket *packet, const FmNode *node)
{
    bool brackets = node->flags & FM_NODE_MADE;
    if (brackets)
        fm_text_char(out, '[');
    fm_format_label(out, packet, node);
    if (brackets)
        fm_text_char(out, ']');
}

void fm_format_named(FmText *out, const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    const char *name = field->names && field->type != FM_FRAMENUM ? fm_name(field->names, node->value) : NULL;
    if (name)
        fm_text_put(out, name);
    else if (fm_type_is_bool(field->type))
        put_label_value(out, packet, node, field);
    else if (fm_type_is_unsigned(field->type) || fm_type_is_signed(field->type))
        put_label_number(out, field, node->value);
    else
        fm_format_cell(out, packet, node);
}
