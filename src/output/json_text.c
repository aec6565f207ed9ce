/* What the JSON formats share. */
#include "config.h"

#include "output/json_text.h"

#include <time.h>

#include "model/format.h"

/* Bytes of the valid UTF-8 sequence at `at`; 0 if there is none. */
static size_t sequence(const char *at, size_t left)
{
    gunichar c = g_utf8_get_char_validated(at, (gssize)left);
    return c < 0x110000 ? g_utf8_skip[(uint8_t)*at] : 0;
}

static void escape_one(FmText *out, uint8_t b)
{
    switch (b) {
    case '"': fm_text_literal(out, "\\\""); break;
    case '\\': fm_text_literal(out, "\\\\"); break;
    case '\b': fm_text_literal(out, "\\b"); break;
    case '\f': fm_text_literal(out, "\\f"); break;
    case '\n': fm_text_literal(out, "\\n"); break;
    case '\r': fm_text_literal(out, "\\r"); break;
    case '\t': fm_text_literal(out, "\\t"); break;
    default:
        fm_text_literal(out, "\\u");
        fm_text_hex(out, b, 4);
    }
}

static bool plain(uint8_t b)
{
    return b >= 0x20 && b < 0x80 && b != '"' && b != '\\';
}

/* Is one of the eight bytes not plain? */
static inline bool some_odd(const char *bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    uint64_t w;
    memcpy(&w, bytes, 8);
    uint64_t quote = w ^ '"' * ones, slash = w ^ '\\' * ones; /* a byte that is found becomes 0 */
    return (w | (w - 0x20 * ones) | (quote - ones) | (slash - ones)) & highs;
}

void fm_json_escape(FmText *out, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t run = i;
        while (n - run >= 8 && !some_odd(bytes + run))
            run += 8;
        while (run < n && plain((uint8_t)bytes[run]))
            run++;
        fm_text_add(out, bytes + i, run - i);
        i = run;
        if (i == n)
            break;
        uint8_t b = (uint8_t)bytes[i];
        size_t size = 1;
        if (b < 0x80) {
            escape_one(out, b);
        } else if ((size = sequence(bytes + i, n - i)) > 0) {
            fm_text_add(out, bytes + i, size);
        } else {
            fm_text_literal(out, "\xef\xbf\xbd");
            size = 1;
        }
        i += size;
    }
}

void fm_json_string(FmText *out, const char *bytes, size_t n)
{
    fm_text_char(out, '"');
    fm_json_escape(out, bytes, n);
    fm_text_char(out, '"');
}

void fm_json_value(FmText *out, const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    fm_text_char(out, '"');
    if (fm_type_is_string(field->type)) {
        FmSlice s = fm_node_string(packet, node);
        fm_json_escape(out, (const char *)s.data, s.size);
    } else {
        fm_format_value(out, packet, node, false);
    }
    fm_text_char(out, '"');
}

void fm_json_cell(FmText *out, const FmPrintOptions *options, const FmPacket *packet, const FmCell *cell, uint32_t i)
{
    if (cell->column < 0 && fm_type_is_string(fm_node_field(packet, cell->nodes[i])->type)) {
        fm_json_value(out, packet, cell->nodes[i]);
        return;
    }
    g_auto(FmText) text = { 0 };
    fm_cell_put(cell, options, &text, packet, i);
    fm_json_string(out, text.data, text.size);
}

void fm_json_index(FmText *out, FmJsonIndex *index, FmTime time)
{
    const time_t clock = time == FM_TIME_NONE ? 0 : (time_t)(time / FM_SECOND);
    if (!index->size || index->clock != (int64_t)clock) {
        struct tm tm = { 0 };
        localtime_r(&clock, &tm);
        int n = g_snprintf(index->text, sizeof index->text, "\"packets-%04d-%02d-%02d\"", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
        index->size = MIN((size_t)MAX(n, 0), sizeof index->text - 1);
        index->clock = clock;
    }
    fm_text_add(out, index->text, index->size);
}

unsigned fm_json_type_number(FmType type)
{
    static const uint8_t numbers[FM_TYPES] = {
        [FM_PROTOCOL] = 1, [FM_BOOL8] = 2, [FM_BOOL16] = 2, [FM_BOOL24] = 2, [FM_BOOL32] = 2, [FM_BOOL64] = 2, [FM_BOOL16_LE] = 2,
        [FM_BOOL32_LE] = 2, [FM_CHAR] = 3, [FM_UINT8] = 4, [FM_UINT16] = 5, [FM_UINT16_LE] = 5, [FM_UINT24] = 6, [FM_UINT24_LE] = 6,
        [FM_UINT32] = 7, [FM_UINT32_LE] = 7, [FM_UINT40] = 8, [FM_UINT48] = 9, [FM_UINT56] = 10, [FM_UINT64] = 11,
        [FM_UINT64_LE] = 11, [FM_INT8] = 12, [FM_INT16] = 13, [FM_INT16_LE] = 13, [FM_INT24] = 14, [FM_INT32] = 15,
        [FM_INT32_LE] = 15, [FM_INT64] = 19, [FM_INT64_LE] = 19, [FM_FLOAT] = 22, [FM_DOUBLE] = 23, [FM_ABSOLUTE_TIME] = 24,
        [FM_RELATIVE_TIME] = 25, [FM_STRING] = 26, [FM_STRINGZ] = 27, [FM_UINT_STRING] = 28, [FM_ETHER] = 29, [FM_BYTES] = 30,
        [FM_UINT_BYTES] = 31, [FM_IPV4] = 32, [FM_IPV6] = 33, [FM_FRAMENUM] = 35, [FM_GUID] = 36, [FM_OID] = 37, [FM_EUI64] = 38,
        [FM_REL_OID] = 41, [FM_STRINGZPAD] = 43,
    };
    return numbers[type];
}

void fm_json_raw_hex(FmText *out, const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    if (field->mask && node->length)
        fm_text_hex(out, node->value, 1);
    else
        fm_text_bytes(out, fm_node_wire(packet, node), '\0');
}
