/* Bytes of a packet's buffers: -x, --hexdump. */
#include "config.h"

#include <string.h>

#include "output/printer.h"

#define ROW 16
#define ROW_ROOM 96 /* characters of a row, at most */
#define FAST_ROW (4 + 2 + 3 * ROW + 2 + ROW + 1)

typedef struct Hexdump {
    FmPrinter base;
    bool frames_only, no_ascii, delimited;
} Hexdump;

/* "00  01  …": the pair of each byte, in cells of four. */
#define SIXTEEN(h) h "0  " h "1  " h "2  " h "3  " h "4  " h "5  " h "6  " h "7  " h "8  " h "9  " h "a  " h "b  " h "c  " h "d  " h "e  " h "f  "
static const char cells[] = SIXTEEN("0") SIXTEEN("1") SIXTEEN("2") SIXTEEN("3") SIXTEEN("4") SIXTEEN("5") SIXTEEN("6") SIXTEEN("7")
    SIXTEEN("8") SIXTEEN("9") SIXTEEN("a") SIXTEEN("b") SIXTEEN("c") SIXTEEN("d") SIXTEEN("e") SIXTEEN("f");

/* Eight bytes with dots for what is not printable ASCII. */
static uint64_t printable(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = 0x7f * ones;
    uint64_t seven = w & low;
    uint64_t good = (seven + 0x60 * ones) & ~(seven + ones) & ~w & ~low; /* from 0x20 to 0x7e, at the top of each byte */
    uint64_t mask = (good >> 7) * 0xff;
    return (w & mask) | (0x2e * ones & ~mask);
}

static void put_ascii(char *to, const uint8_t *bytes)
{
    for (unsigned i = 0; i < ROW; i += 8) {
        uint64_t w;
        memcpy(&w, bytes + i, 8);
        w = printable(w);
        memcpy(to + i, &w, 8);
    }
}

#if defined(__x86_64__)
#include <tmmintrin.h>

/* Rows of sixteen bytes: hex pairs with a space behind each, two more spaces, and the text. Offsets have four digits. */
__attribute__((target("ssse3"))) static void put_whole_rows(char *to, const uint8_t *bytes, size_t rows)
{
    const __m128i low = _mm_set1_epi8(15), dots = _mm_set1_epi8('.');
    const __m128i digits = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
    /* Where a place takes no digit (-1) the shuffle leaves 0, and the space is put. */
    const __m128i first = _mm_setr_epi8(0, 1, -1, 2, 3, -1, 4, 5, -1, 6, 7, -1, 8, 9, -1, 10);
    const __m128i second = _mm_setr_epi8(3, -1, 4, 5, -1, 6, 7, -1, 8, 9, -1, 10, 11, -1, 12, 13);
    const __m128i third = _mm_setr_epi8(-1, 6, 7, -1, 8, 9, -1, 10, 11, -1, 12, 13, -1, 14, 15, -1);
    const __m128i spaces = _mm_set1_epi8(' '), zero = _mm_setzero_si128();
    const __m128i first_spaces = _mm_and_si128(_mm_cmplt_epi8(first, zero), spaces);
    const __m128i second_spaces = _mm_and_si128(_mm_cmplt_epi8(second, zero), spaces);
    const __m128i third_spaces = _mm_and_si128(_mm_cmplt_epi8(third, zero), spaces);
    for (size_t i = 0; i < rows; i++, bytes += ROW, to += FAST_ROW) {
        memcpy(to, cells + 4 * (i >> 4), 2);
        memcpy(to + 2, cells + 4 * (i & 15) * ROW, 2);
        memcpy(to + 4, "  ", 2);
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)bytes);
        __m128i high_digits = _mm_shuffle_epi8(digits, _mm_and_si128(_mm_srli_epi64(v, 4), low));
        __m128i low_digits = _mm_shuffle_epi8(digits, _mm_and_si128(v, low));
        __m128i front = _mm_unpacklo_epi8(high_digits, low_digits), back = _mm_unpackhi_epi8(high_digits, low_digits);
        __m128i middle = _mm_alignr_epi8(back, front, 8);
        __m128i *row = (__m128i *)(void *)(to + 6);
        _mm_storeu_si128(row, _mm_or_si128(_mm_shuffle_epi8(front, first), first_spaces));
        _mm_storeu_si128(row + 1, _mm_or_si128(_mm_shuffle_epi8(middle, second), second_spaces));
        _mm_storeu_si128(row + 2, _mm_or_si128(_mm_shuffle_epi8(back, third), third_spaces));
        __m128i good = _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)), _mm_cmpgt_epi8(v, _mm_set1_epi8(0x1f)));
        __m128i text = _mm_or_si128(_mm_and_si128(good, v), _mm_andnot_si128(good, dots));
        memcpy(to + 54, "  ", 2);
        _mm_storeu_si128((__m128i *)(void *)(to + 56), text);
        to[FAST_ROW - 1] = '\n';
    }
}

static bool has_fast_rows(void)
{
    return __builtin_cpu_supports("ssse3");
}
#else
static void put_whole_rows(char *to, const uint8_t *bytes, size_t rows) {}
static bool has_fast_rows(void) { return false; }
#endif

/* "0010  00 34 …   .4…": two spaces behind the offset, a space behind each byte. Returns where the row ends. */
static inline char *put_row(char *to, const uint8_t *bytes, unsigned n, size_t at, unsigned offset_digits, bool ascii, bool delimited)
{
    for (unsigned left = offset_digits; left > 0; left -= 2, to += 2)
        memcpy(to, cells + 4 * (at >> 4 * (left - 2) & 0xff), 2);
    memset(to, ' ', 2 + 3 * ROW + 2);
    to += 2;
    unsigned i = 0;
    for (; i + 4 <= n; i += 4) {
        memcpy(to + 3 * i, cells + 4 * bytes[i], 4);
        memcpy(to + 3 * i + 3, cells + 4 * bytes[i + 1], 4);
        memcpy(to + 3 * i + 6, cells + 4 * bytes[i + 2], 4);
        memcpy(to + 3 * i + 9, cells + 4 * bytes[i + 3], 4);
    }
    for (; i < n; i++)
        memcpy(to + 3 * i, cells + 4 * bytes[i], 4);
    to += 3 * ROW + 2;
    if (ascii) {
        uint8_t last[ROW] = { 0 };
        if (delimited)
            *to++ = '|';
        if (n < ROW)
            bytes = memcpy(last, bytes, n);
        put_ascii(to, bytes);
        to += n;
        if (delimited)
            *to++ = '|';
    }
    *to++ = '\n';
    return to;
}

/* All whole rows with offsets of four digits; returns where they end. */
static size_t put_fast_rows(FmText *out, FmSlice bytes)
{
    size_t rows = bytes.size / ROW;
    put_whole_rows(fm_text_room(out, rows * FAST_ROW), bytes.data, rows);
    out->size += rows * FAST_ROW;
    return rows * ROW;
}

static void put_rows(FmText *out, FmSlice bytes, bool ascii, bool delimited)
{
    unsigned digits = bytes.size > 0x1000000 ? 8 : bytes.size > 0x10000 ? 6 : 4;
    size_t at = ascii && !delimited && digits == 4 && has_fast_rows() ? put_fast_rows(out, bytes) : 0;
    while (at < bytes.size) {
        char *to = fm_text_room(out, 17 * ROW_ROOM), *from = to;
        for (unsigned i = 0; i < 16 && at + ROW <= bytes.size; i++, at += ROW)
            to = put_row(to, bytes.data + at, ROW, at, digits, ascii, delimited);
        if (bytes.size - at < ROW && bytes.size > at) {
            to = put_row(to, bytes.data + at, (unsigned)(bytes.size - at), at, digits, ascii, delimited);
            at = bytes.size;
        }
        out->size += (size_t)(to - from);
    }
}

void fm_hexdump_put(FmText *out, FmSlice bytes)
{
    put_rows(out, bytes, true, false);
}

static void hexdump_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    const Hexdump *dump = (const Hexdump *)printer;
    size_t count = dump->frames_only ? 1 : packet->buffer_count;
    for (size_t b = 0; b < count; b++) {
        FmSlice bytes = packet->buffers[b].bytes;
        if (count > 1) {
            fm_text_put(out, b ? packet->buffers[b].name : "Frame");
            fm_text_literal(out, " (");
            fm_text_uint(out, bytes.size);
            fm_text_put(out, bytes.size == 1 ? " byte):\n" : " bytes):\n");
        }
        put_rows(out, bytes, !dump->no_ascii, dump->delimited);
    }
}

FmPrinter *fm_hexdump_printer_new(const FmPrintOptions *options)
{
    Hexdump *dump = g_new0(Hexdump, 1);
    dump->base = (FmPrinter){ .packet = hexdump_packet };
    dump->frames_only = options->hex_frames_only;
    dump->no_ascii = options->hex_no_ascii;
    dump->delimited = options->hex_delimited;
    /* Buffers of reassembly and decryption exist only where somebody looks at what is inside. */
    dump->base.wants_all = !dump->frames_only;
    return &dump->base;
}
