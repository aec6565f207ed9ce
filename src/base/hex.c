/* Bytes as pairs of hexadecimal digits. */
#include "config.h"

#include "base/text.h"

#define SIXTEEN(h) h "0" h "1" h "2" h "3" h "4" h "5" h "6" h "7" h "8" h "9" h "a" h "b" h "c" h "d" h "e" h "f"
static const char hex_pairs[] = SIXTEEN("0") SIXTEEN("1") SIXTEEN("2") SIXTEEN("3") SIXTEEN("4") SIXTEEN("5") SIXTEEN("6") SIXTEEN("7")
    SIXTEEN("8") SIXTEEN("9") SIXTEEN("a") SIXTEEN("b") SIXTEEN("c") SIXTEEN("d") SIXTEEN("e") SIXTEEN("f");
#define FOURS(h) h "0:." h "1:." h "2:." h "3:." h "4:." h "5:." h "6:." h "7:." h "8:." h "9:." h "a:." h "b:." h "c:." h "d:." h "e:." h "f:."
static const char hex_colons[] = FOURS("0") FOURS("1") FOURS("2") FOURS("3") FOURS("4") FOURS("5") FOURS("6") FOURS("7") FOURS("8") FOURS("9")
    FOURS("a") FOURS("b") FOURS("c") FOURS("d") FOURS("e") FOURS("f"); /* four bytes each, of which the next one's place takes the last */

static inline char *put_pair(char *out, uint8_t byte)
{
    memcpy(out, hex_pairs + 2 * byte, 2);
    return out + 2;
}

#if defined(__x86_64__)
#include <tmmintrin.h>

#define AT_ONCE 16

static inline __m128i load(const uint8_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

static inline void store(char *to, __m128i v)
{
    _mm_storeu_si128((__m128i *)(void *)to, v);
}

/* All whole sixteens from `p` on; returns where their text ends. */
__attribute__((target("ssse3"))) static char *put_sixteens(char *out, const uint8_t *p, size_t count, char separator)
{
    const __m128i low = _mm_set1_epi8(15);
    const __m128i digits = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f');
    /* Where a place takes no digit (-1) the shuffle leaves 0, and the separator is put. */
    const __m128i first = _mm_setr_epi8(0, 1, -1, 2, 3, -1, 4, 5, -1, 6, 7, -1, 8, 9, -1, 10);
    const __m128i second = _mm_setr_epi8(3, -1, 4, 5, -1, 6, 7, -1, 8, 9, -1, 10, 11, -1, 12, 13);
    const __m128i third = _mm_setr_epi8(-1, 6, 7, -1, 8, 9, -1, 10, 11, -1, 12, 13, -1, 14, 15, -1);
    const __m128i separators = _mm_set1_epi8(separator), zero = _mm_setzero_si128();
    const __m128i between[] = { _mm_and_si128(_mm_cmplt_epi8(first, zero), separators), _mm_and_si128(_mm_cmplt_epi8(second, zero), separators),
                                _mm_and_si128(_mm_cmplt_epi8(third, zero), separators) };
    for (const uint8_t *end = p + AT_ONCE * count; p < end; p += AT_ONCE) {
        __m128i v = load(p);
        __m128i high_digits = _mm_shuffle_epi8(digits, _mm_and_si128(_mm_srli_epi64(v, 4), low));
        __m128i low_digits = _mm_shuffle_epi8(digits, _mm_and_si128(v, low));
        __m128i front = _mm_unpacklo_epi8(high_digits, low_digits), back = _mm_unpackhi_epi8(high_digits, low_digits);
        if (!separator) {
            store(out, front);
            store(out + 16, back);
            out += 32;
            continue;
        }
        store(out, _mm_or_si128(_mm_shuffle_epi8(front, first), between[0]));
        store(out + 16, _mm_or_si128(_mm_shuffle_epi8(_mm_alignr_epi8(back, front, 8), second), between[1]));
        store(out + 32, _mm_or_si128(_mm_shuffle_epi8(back, third), between[2]));
        out += 48;
    }
    return out;
}

static bool has_sixteens(void)
{
    return __builtin_cpu_supports("ssse3");
}
#else
#define AT_ONCE 16
static char *put_sixteens(char *out, const uint8_t *p, size_t count, char separator) { return out; }
static bool has_sixteens(void) { return false; }
#endif

static char *put_separated(char *out, const uint8_t *p, const uint8_t *end, char separator)
{
    if (separator == ':') {
        for (; end - p >= 4; p += 4, out += 12) {
            memcpy(out, hex_colons + 4 * p[0], 4);
            memcpy(out + 3, hex_colons + 4 * p[1], 4);
            memcpy(out + 6, hex_colons + 4 * p[2], 4);
            memcpy(out + 9, hex_colons + 4 * p[3], 4);
        }
        for (; p < end; p++, out += 3)
            memcpy(out, hex_colons + 4 * *p, 4);
        return out;
    }
    for (; p < end; p++, out += 3)
        put_pair(out, *p)[0] = separator;
    return out;
}

static char *put_joined(char *out, const uint8_t *p, const uint8_t *end)
{
    for (; end - p >= 4; p += 4)
        out = put_pair(put_pair(put_pair(put_pair(out, p[0]), p[1]), p[2]), p[3]);
    for (; p < end; p++)
        out = put_pair(out, *p);
    return out;
}

void fm_text_bytes(FmText *text, FmSlice bytes, char separator)
{
    if (!bytes.size)
        return;
    char *out = fm_text_room(text, bytes.size * 3 + 1);
    const uint8_t *p = bytes.data, *end = p + bytes.size;
    if (bytes.size >= AT_ONCE && has_sixteens()) {
        size_t count = bytes.size / AT_ONCE;
        out = put_sixteens(out, p, count, separator);
        p += AT_ONCE * count;
    }
    out = separator ? put_separated(out, p, end, separator) - 1 : put_joined(out, p, end);
    text->size = (size_t)(out - text->data);
}
