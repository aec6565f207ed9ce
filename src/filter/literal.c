/* Display filters: what literals stand for, by the type that is expected. */
#include "config.h"

#include "filter/syntax.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

static const char *kind_name(Kind kind)
{
    switch (kind) {
    case KIND_NUMBER: return "An integer";
    case KIND_FLOAT: return "A floating point number";
    case KIND_IPV4: return "IPv4 address";
    case KIND_IPV6: return "IPv6 address";
    case KIND_ETHER: return "Ethernet or other MAC address";
    case KIND_EUI64: return "EUI64 address";
    case KIND_TIME: return "Date and time";
    case KIND_SPAN: return "Time offset";
    case KIND_NONE: return "Label";
    default: return "Sequence of bytes";
    }
}

static bool reject(Compiler *c, const Token *token, const char *what)
{
    return compiler_fail(c, token->place, FM_FILTER_ERROR_TYPE, "\"%s\" is not a valid %s", token->text, what);
}

static bool give(Compiler *c, Bounds one, const Bounds **bounds, size_t *count)
{
    *bounds = fm_arena_copy(c->constants, &one, sizeof one);
    *count = 1;
    return true;
}

static Bounds exactly(Value v)
{
    return (Bounds){ .low = v, .high = v, .has_low = true, .has_high = true };
}

/* ---- numbers and names ---- */

typedef enum Parsed { PARSED, PARSED_NOT, PARSED_OVERFLOW } Parsed;

static Parsed parse_number(const char *text, uint64_t *value)
{
    unsigned base = 10;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    } else if (text[0] == '0' && (text[1] == 'b' || text[1] == 'B')) {
        base = 2;
        text += 2;
    } else if (text[0] == '0') {
        base = 8;
    }
    Parsed parsed = *text ? PARSED : PARSED_NOT;
    for (*value = 0; *text; text++) {
        int digit = g_ascii_xdigit_value(*text);
        if (digit < 0 || (unsigned)digit >= base)
            return PARSED_NOT;
        if (__builtin_mul_overflow(*value, (uint64_t)base, value) || __builtin_add_overflow(*value, (uint64_t)digit, value))
            parsed = PARSED_OVERFLOW;
    }
    return parsed;
}

static bool fits(Compiler *c, const Token *token, const FmField *field, uint64_t value)
{
    unsigned bits = field ? 8 * fm_type_width(field->type) : 64;
    if (!bits || bits >= 64 || fm_type_is_bool(field->type))
        return true;
    uint64_t most = (UINT64_C(1) << (bits - fm_type_is_signed(field->type))) - !fm_type_is_signed(field->type);
    if (value <= most)
        return true;
    return compiler_fail(c, token->place, FM_FILTER_ERROR_TYPE, "\"%s\" too big for this field, maximum %" G_GUINT64_FORMAT,
                         token->text, most);
}

static bool truth_word(const FmField *field, const Token *token, uint64_t *value)
{
    const char *yes = field->yes ? field->yes : "True", *no = field->no ? field->no : "False";
    bool is_yes = g_ascii_strcasecmp(token->text, yes) == 0 || g_ascii_strcasecmp(token->text, "true") == 0;
    *value = is_yes;
    return is_yes || g_ascii_strcasecmp(token->text, no) == 0 || g_ascii_strcasecmp(token->text, "false") == 0;
}

/* All numbers that the field's names give this text. */
static bool named(Compiler *c, const Token *token, const FmField *field, const Bounds **bounds, size_t *count)
{
    size_t n = 0;
    for (const FmName *name = field->names; name->text; name++)
        n += g_ascii_strcasecmp(name->text, token->text) == 0;
    if (!n)
        return false;
    Bounds *out = fm_arena_alloc0(c->constants, n * sizeof *out);
    *bounds = out;
    *count = n;
    for (const FmName *name = field->names; name->text; name++) {
        if (g_ascii_strcasecmp(name->text, token->text) == 0) {
            *out = exactly(value_from_bits(name->value, field->type));
            if (name->last)
                out->high = value_from_bits(name->last, field->type);
            out++;
        }
    }
    return true;
}

static bool number(Compiler *c, const Token *token, const FmField *field, const Bounds **bounds, size_t *count)
{
    uint64_t value = 0;
    bool is_bool = field && fm_type_is_bool(field->type);
    if (token->type == TOKEN_CHAR)
        return give(c, exactly((Value){ .number = (uint8_t)token->text[0] }), bounds, count);
    if (token->type == TOKEN_WORD) {
        switch (parse_number(token->text, &value)) {
        case PARSED:
            if (!fits(c, token, field, value))
                return false;
            return give(c, exactly((Value){ .number = is_bool ? value != 0 : value }), bounds, count);
        case PARSED_OVERFLOW:
            return compiler_fail(c, token->place, FM_FILTER_ERROR_TYPE, "\"%s\" causes an integer overflow", token->text);
        case PARSED_NOT: break;
        }
    }
    if (is_bool && truth_word(field, token, &value))
        return give(c, exactly((Value){ .number = value }), bounds, count);
    if (field && field->names && field->type != FM_FRAMENUM && named(c, token, field, bounds, count))
        return true;
    if (is_bool || (field && field->names))
        return compiler_fail(c, token->place, FM_FILTER_ERROR_TYPE, "\"%s\" cannot be found among the possible values for %s",
                             token->text, field->abbrev);
    if (token->type == TOKEN_STRING)
        return compiler_fail(c, token->place, FM_FILTER_ERROR_TYPE, "%s cannot be converted from a string (\"%s\")",
                             kind_name(KIND_NUMBER), token->text);
    return reject(c, token, "number");
}

/* ---- addresses ---- */

static bool prefix_length(Compiler *c, const Token *token, const char *slash, unsigned most, unsigned *length)
{
    *length = most;
    if (!slash)
        return true;
    *length = (unsigned)g_ascii_strtoull(slash + 1, NULL, 10);
    if (*length > most)
        return compiler_fail(c, token->place, FM_FILTER_ERROR_TYPE, "The prefix of this address should be at most %u, not %u", most,
                             *length);
    return true;
}

static bool ipv4(Compiler *c, const Token *token, const Bounds **bounds, size_t *count)
{
    const char *slash = strchr(token->text, '/');
    char text[INET_ADDRSTRLEN];
    size_t size = slash ? (size_t)(slash - token->text) : token->size;
    uint8_t bytes[4];
    unsigned length;
    if (size >= sizeof text)
        return reject(c, token, "IPv4 address");
    memcpy(text, token->text, size);
    text[size] = '\0';
    if (inet_pton(AF_INET, text, bytes) != 1)
        return reject(c, token, "IPv4 address");
    if (!prefix_length(c, token, slash, 32, &length))
        return false;
    uint32_t address = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    uint32_t host = (uint32_t)((UINT64_C(1) << (32 - length)) - 1);
    Bounds b = exactly((Value){ .number = address & ~host });
    b.high.number = address | host;
    return give(c, b, bounds, count);
}

static bool ipv6(Compiler *c, const Token *token, const Bounds **bounds, size_t *count)
{
    const char *slash = strchr(token->text, '/');
    char text[INET6_ADDRSTRLEN];
    size_t size = slash ? (size_t)(slash - token->text) : token->size;
    uint8_t low[16], high[16];
    unsigned length;
    if (size >= sizeof text)
        return reject(c, token, "IPv6 address");
    memcpy(text, token->text, size);
    text[size] = '\0';
    if (inet_pton(AF_INET6, text, low) != 1)
        return reject(c, token, "IPv6 address");
    if (!prefix_length(c, token, slash, 128, &length))
        return false;
    memcpy(high, low, sizeof high);
    for (unsigned bit = length; bit < 128; bit++) {
        uint8_t mask = (uint8_t)(0x80 >> bit % 8);
        low[bit / 8] &= (uint8_t)~mask;
        high[bit / 8] |= mask;
    }
    Bounds b = exactly((Value){ 0 });
    b.low.bytes = (FmSlice){ fm_arena_copy(c->constants, low, sizeof low), sizeof low };
    b.high.bytes = (FmSlice){ fm_arena_copy(c->constants, high, sizeof high), sizeof high };
    return give(c, b, bounds, count);
}

/* ---- bytes ---- */

/* Pairs of hex digits with `:`, `.` or `-` between groups of one to four digits, or in one group of any length. */
static bool parse_bytes(const char *text, uint8_t *out, size_t *size)
{
    *size = 0;
    bool single = !strpbrk(text, ":.-");
    if (single && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && strlen(text) <= 4)
        text += 2;
    do {
        size_t digits = 0;
        while (g_ascii_isxdigit(text[digits]))
            digits++;
        if (!digits || (!single && digits > 4) || (digits == 3 && !single))
            return false;
        size_t i = 0;
        for (; i + 1 < digits; i += 2)
            out[(*size)++] = (uint8_t)(g_ascii_xdigit_value(text[i]) << 4 | g_ascii_xdigit_value(text[i + 1]));
        if (i < digits)
            out[(*size)++] = (uint8_t)g_ascii_xdigit_value(text[i]);
        text += digits;
        if (!*text)
            return true;
    } while (strchr(":.-", *text++));
    return false;
}

/* 00112233-4455-6677-8899-aabbccddeeff */
static bool guid(Compiler *c, const Token *token, const Bounds **bounds, size_t *count)
{
    static const uint8_t groups[] = { 8, 4, 4, 4, 12 };
    uint8_t out[16];
    const char *text = token->text;
    for (size_t group = 0, n = 0; group < G_N_ELEMENTS(groups); group++) {
        for (unsigned i = 0; i < groups[group]; i += 2, text += 2) {
            if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
                return reject(c, token, "GUID");
            out[n++] = (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
        }
        if (*text++ != (n < sizeof out ? '-' : '\0'))
            return reject(c, token, "GUID");
    }
    return give(c, exactly((Value){ .bytes = { fm_arena_copy(c->constants, out, sizeof out), sizeof out } }), bounds, count);
}

/* Dotted numbers to the encoding of an object identifier (X.690 §8.19). */
static bool oid(Compiler *c, const Token *token, bool relative, const Bounds **bounds, size_t *count)
{
    uint8_t *out = fm_arena_alloc(c->constants, token->size * 5 + 10);
    size_t size = 0, arcs = 0;
    uint64_t first = 0;
    for (const char *at = token->text; *at;) {
        char *end;
        uint64_t arc = g_ascii_strtoull(at, &end, 10);
        if (!g_ascii_isdigit(*at) || (*end && (*end != '.' || !end[1])) || arc >> 56)
            return reject(c, token, "object identifier");
        at = *end ? end + 1 : end;
        if (!relative && arcs++ == 0) {
            first = arc;
            continue;
        }
        if (!relative && arcs == 2)
            arc += first * 40;
        unsigned shift = 0;
        while (shift < 63 && arc >> shift >= 128)
            shift += 7;
        for (;; shift -= 7) {
            out[size++] = (uint8_t)((arc >> shift & 0x7f) | (shift ? 0x80 : 0));
            if (!shift)
                break;
        }
    }
    if (!relative && (arcs < 2 || first > 2))
        return reject(c, token, "object identifier");
    return give(c, exactly((Value){ .bytes = { out, size } }), bounds, count);
}

static bool bytes(Compiler *c, const Token *token, const FmField *field, const Bounds **bounds, size_t *count)
{
    if (token->type == TOKEN_WORD && field && field->type == FM_GUID && token->size == 36)
        return guid(c, token, bounds, count);
    if (token->type == TOKEN_WORD && field && (field->type == FM_OID || field->type == FM_REL_OID) && !strchr(token->text, ':'))
        return oid(c, token, field->type == FM_REL_OID, bounds, count);
    size_t size = token->size;
    uint8_t *out = fm_arena_copy(c->constants, token->text, size + 1);
    if (token->type == TOKEN_WORD && !parse_bytes(token->text, out, &size))
        return reject(c, token, "byte string");
    return give(c, exactly((Value){ .bytes = { out, size } }), bounds, count);
}

/* Ethernet and EUI-64: a number of `width` bytes. */
static bool hardware(Compiler *c, const Token *token, Kind kind, const Bounds **bounds, size_t *count)
{
    size_t width = kind == KIND_ETHER ? 6 : 8, size;
    uint64_t value = 0;
    if (kind == KIND_EUI64 && parse_number(token->text, &value) == PARSED)
        return give(c, exactly((Value){ .number = value }), bounds, count);
    uint8_t *out = fm_arena_alloc(c->memory, token->size + 1);
    if (!parse_bytes(token->text, out, &size))
        return reject(c, token, kind_name(kind));
    if (size != width)
        return compiler_fail(c, token->place, FM_FILTER_ERROR_TYPE, "\"%s\" contains too %s bytes to be a valid %s", token->text,
                             size < width ? "few" : "many", kind_name(kind));
    for (size_t i = 0; i < width; i++)
        value = value << 8 | out[i];
    return give(c, exactly((Value){ .number = value }), bounds, count);
}

/* ---- times ---- */

/* `digits` decimal digits, at most `most` of them used as a fraction of a second. */
static const char *fraction(const char *text, FmTime *nanoseconds)
{
    FmTime unit = FM_SECOND;
    for (*nanoseconds = 0; g_ascii_isdigit(*text); text++) {
        unit /= 10;
        *nanoseconds += (*text - '0') * unit;
    }
    return text;
}

static const char *digits(const char *text, unsigned least, unsigned most, int *value)
{
    unsigned n = 0;
    for (*value = 0; n < most && g_ascii_isdigit(*text); n++)
        *value = *value * 10 + (*text++ - '0');
    return n >= least ? text : NULL;
}

/* HH[:MM[:SS[.fraction]]] */
static const char *clock_time(const char *text, struct tm *tm, FmTime *rest)
{
    text = digits(text, 1, 2, &tm->tm_hour);
    if (text && *text == ':')
        text = digits(text + 1, 2, 2, &tm->tm_min);
    else
        return text;
    if (text && *text == ':')
        text = digits(text + 1, 2, 2, &tm->tm_sec);
    else
        return text;
    return text && *text == '.' ? fraction(text + 1, rest) : text;
}

static const char *iso_date(const char *text, struct tm *tm, FmTime *rest)
{
    text = digits(text, 4, 4, &tm->tm_year);
    if (!text || *text != '-' || !(text = digits(text + 1, 1, 2, &tm->tm_mon)) || *text != '-' ||
        !(text = digits(text + 1, 1, 2, &tm->tm_mday)))
        return NULL;
    tm->tm_year -= 1900;
    tm->tm_mon--;
    if (*text == 'T' || (*text == ' ' && g_ascii_isdigit(text[1])))
        text = clock_time(text + 1, tm, rest);
    return text;
}

/* Jan 13, 2017 14:50:32.888907 */
static const char *month_date(const char *text, struct tm *tm, FmTime *rest)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (tm->tm_mon = 0; tm->tm_mon < 12; tm->tm_mon++)
        if (g_ascii_strncasecmp(text, months + tm->tm_mon * 3, 3) == 0)
            break;
    if (tm->tm_mon == 12 || text[3] != ' ')
        return NULL;
    for (text += 3; *text == ' '; text++)
        ;
    if (!(text = digits(text, 1, 2, &tm->tm_mday)) || *text != ',')
        return NULL;
    for (text++; *text == ' '; text++)
        ;
    if (!(text = digits(text, 4, 4, &tm->tm_year)) || *text != ' ')
        return NULL;
    tm->tm_year -= 1900;
    return clock_time(text + 1, tm, rest);
}

/* Nothing (local time), Z, UTC or ±hh[:mm]. */
static const char *zone(const char *text, bool *utc, int *offset)
{
    if (*text == ' ' && text[1] == 'U')
        text++;
    *offset = 0;
    *utc = true;
    if (*text == 'Z')
        return text + 1;
    if (strncmp(text, "UTC", 3) == 0)
        return text + 3;
    if (*text == '+' || *text == '-') {
        int sign = *text == '-' ? -1 : 1, hours, minutes = 0;
        if (!(text = digits(text + 1, 2, 2, &hours)))
            return NULL;
        text += *text == ':';
        if (g_ascii_isdigit(*text) && !(text = digits(text, 2, 2, &minutes)))
            return NULL;
        *offset = sign * (hours * 3600 + minutes * 60);
        return text;
    }
    *utc = false;
    return text;
}

static bool parse_span(const char *text, Value *value)
{
    uint64_t seconds = 0, nanoseconds;
    FmTime rest = 0;
    if (!g_ascii_isdigit(*text))
        return false;
    for (; g_ascii_isdigit(*text); text++)
        if (__builtin_mul_overflow(seconds, UINT64_C(10), &seconds) ||
            __builtin_add_overflow(seconds, (uint64_t)(*text - '0'), &seconds))
            return false;
    if (*text == '.') {
        const char *end = fraction(text + 1, &rest);
        if (end == text + 1 || end - text > 10)
            return false;
        text = end;
    }
    if (*text || __builtin_mul_overflow(seconds, (uint64_t)FM_SECOND, &nanoseconds) ||
        __builtin_add_overflow(nanoseconds, (uint64_t)rest, &nanoseconds))
        return false;
    *value = (Value){ .number = nanoseconds };
    return true;
}

static bool absolute(Compiler *c, const Token *token, const Bounds **bounds, size_t *count)
{
    Value value;
    if (token->type == TOKEN_WORD && parse_span(token->text, &value))
        return give(c, exactly(value), bounds, count);
    struct tm tm = { .tm_isdst = -1 };
    FmTime rest = 0;
    bool utc = false;
    int offset = 0;
    const char *end = g_ascii_isdigit(token->text[0]) ? iso_date(token->text, &tm, &rest) : month_date(token->text, &tm, &rest);
    if (end)
        end = zone(end, &utc, &offset);
    bool sane = tm.tm_mon >= 0 && tm.tm_mon < 12 && tm.tm_mday >= 1 && tm.tm_mday <= 31 && tm.tm_hour < 24 && tm.tm_min < 60 &&
                tm.tm_sec <= 60;
    if (!end || *end || !sane)
        return compiler_fail(
            c, token->place, FM_FILTER_ERROR_TYPE,
            "\"%s\" is not a valid absolute time. Example: \"Nov 12, 1999 08:55:44.123\" or \"2011-07-04 12:34:56\"", token->text);
    time_t seconds = utc ? timegm(&tm) : mktime(&tm);
    int64_t nanoseconds;
    if (__builtin_mul_overflow((int64_t)seconds - offset, FM_SECOND, &nanoseconds) ||
        __builtin_add_overflow(nanoseconds, rest, &nanoseconds))
        return reject(c, token, "absolute time: it is too far away");
    return give(c, exactly(value_integer(nanoseconds)), bounds, count);
}

static bool floating(Compiler *c, const Token *token, const Bounds **bounds, size_t *count)
{
    char *end;
    double value = g_ascii_strtod(token->text, &end);
    if (end == token->text || *end)
        return reject(c, token, "floating point number");
    return give(c, exactly((Value){ .real = value }), bounds, count);
}

bool literal_bounds(Compiler *c, const Syntax *literal, Kind kind, const FmField *field, const Bounds **bounds, size_t *count)
{
    const Token *token = &literal->token;
    bool text = token->type == TOKEN_STRING || token->type == TOKEN_CHAR;
    switch (kind) {
    case KIND_NUMBER: return number(c, token, field, bounds, count);
    case KIND_BYTES:
    case KIND_PROTOCOL: return bytes(c, token, field, bounds, count);
    case KIND_STRING:
        return give(c, exactly((Value){ .bytes = { fm_arena_copy(c->constants, token->text, token->size + 1), token->size } }),
                    bounds, count);
    case KIND_TIME: return absolute(c, token, bounds, count);
    case KIND_NONE: return compiler_fail(c, token->place, FM_FILTER_ERROR_TYPE, "A label has no value to compare");
    default: break;
    }
    if (text)
        return compiler_fail(c, token->place, FM_FILTER_ERROR_TYPE, "%s cannot be converted from a string (\"%s\")",
                             kind_name(kind), token->text);
    switch (kind) {
    case KIND_IPV4: return ipv4(c, token, bounds, count);
    case KIND_IPV6: return ipv6(c, token, bounds, count);
    case KIND_ETHER:
    case KIND_EUI64: return hardware(c, token, kind, bounds, count);
    case KIND_FLOAT: return floating(c, token, bounds, count);
    case KIND_SPAN: {
        Value value;
        return parse_span(token->text, &value) ? give(c, exactly(value), bounds, count) : reject(c, token, "time");
    }
    default: return false;
    }
}
