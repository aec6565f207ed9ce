/* A growing text, and fast ways to put numbers and addresses into it. */
#include "config.h"

#include "base/text.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const char hex_digits[] = "0123456789abcdef";

static const char digit_pairs[] = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

void fm_text_clear(FmText *text)
{
    if (!text->borrowed)
        g_free(text->data);
    *text = (FmText){ 0 };
}

void fm_text_grow(FmText *text, size_t more)
{
    size_t room = MAX(text->room * 2, 256);
    while (room - text->size < more)
        room *= 2;
    if (text->borrowed) {
        text->data = memcpy(g_malloc(room), text->data, text->size);
        text->borrowed = false;
    } else {
        text->data = g_realloc(text->data, room);
    }
    text->room = room;
}

const char *fm_text_string(FmText *text)
{
    *fm_text_room(text, 1) = '\0';
    return text->data;
}

/* The eight decimal digits of a number below 10^8 as bytes 0 to 9, the highest in the lowest byte: pairs, then single digits, all at
 * once. */
static inline uint64_t eight_digits(uint32_t value)
{
    uint64_t fours = value / 10000 | (uint64_t)(value % 10000) << 32;
    uint64_t hundreds = (fours * 10486 >> 20) & UINT64_C(0x0000007f0000007f);
    uint64_t pairs = hundreds | (fours - hundreds * 100) << 16;
    uint64_t tens = (pairs * 103 >> 10) & UINT64_C(0x000f000f000f000f);
    return tens | (pairs - tens * 10) << 8;
}

#define ZEROS UINT64_C(0x3030303030303030)

static inline void put_word(char *to, uint64_t bytes) /* the lowest byte first */
{
    bytes = GUINT64_TO_LE(bytes);
    memcpy(to, &bytes, 8);
}

/* How many digits a number below 10^8 has, without waiting for them: what comes next goes behind them. The top half of entry n tells
 * how many a number of n + 1 bits has, and the sum with the number carries into it where that is one more. */
static inline unsigned count_digits(uint32_t value)
{
    static const uint64_t lengths[] = {
        UINT64_C(4294967296), UINT64_C(4294967296), UINT64_C(4294967296), UINT64_C(8589934582), UINT64_C(8589934592),
        UINT64_C(8589934592), UINT64_C(12884901788), UINT64_C(12884901888), UINT64_C(12884901888), UINT64_C(17179868184),
        UINT64_C(17179869184), UINT64_C(17179869184), UINT64_C(17179869184), UINT64_C(21474826480), UINT64_C(21474836480),
        UINT64_C(21474836480), UINT64_C(25769703776), UINT64_C(25769803776), UINT64_C(25769803776), UINT64_C(30063771072),
        UINT64_C(30064771072), UINT64_C(30064771072), UINT64_C(30064771072), UINT64_C(34349738368), UINT64_C(34359738368),
        UINT64_C(34359738368), UINT64_C(38554705664),
    };
    return (unsigned)((value + lengths[31 - __builtin_clz(value | 1)]) >> 32);
}

static inline char *put_small(char *to, uint32_t value) /* below 10^8 */
{
    unsigned n = count_digits(value);
    put_word(to, (eight_digits(value) | ZEROS) >> 8 * (8 - n));
    return to + n;
}

static inline char *put_eight(char *to, uint32_t value)
{
    put_word(to, eight_digits(value) | ZEROS);
    return to + 8;
}

char *fm_text_digits(char *to, uint64_t value)
{
    const uint64_t limit = 100000000;
    if (G_LIKELY(value < limit))
        return put_small(to, (uint32_t)value);
    if (value < limit * limit)
        return put_eight(put_small(to, (uint32_t)(value / limit)), (uint32_t)(value % limit));
    to = put_small(to, (uint32_t)(value / (limit * limit)));
    to = put_eight(to, (uint32_t)(value / limit % limit));
    return put_eight(to, (uint32_t)(value % limit));
}

void fm_text_uint(FmText *text, uint64_t value)
{
    char *at = fm_text_room(text, FM_DIGITS_ROOM);
    text->size = (size_t)(fm_text_digits(at, value) - text->data);
}

void fm_text_uint_right(FmText *text, uint64_t value, unsigned width)
{
    char *at = fm_text_room(text, width + FM_DIGITS_ROOM);
    size_t n = (size_t)(fm_text_digits(at, value) - at);
    if (n < width) {
        memmove(at + width - n, at, n);
        memset(at, ' ', width - n);
        n = width;
    }
    text->size += n;
}

void fm_text_int(FmText *text, int64_t value)
{
    if (value < 0) {
        fm_text_char(text, '-');
        fm_text_uint(text, 0 - (uint64_t)value);
    } else {
        fm_text_uint(text, (uint64_t)value);
    }
}

void fm_text_hex(FmText *text, uint64_t value, unsigned digits)
{
    unsigned count = value ? (67 - (unsigned)__builtin_clzll(value)) / 4 : 1;
    if (count < digits)
        count = MIN(digits, 16);
    char *at = fm_text_room(text, 16);
    for (unsigned i = count; i-- > 0; value >>= 4)
        at[i] = hex_digits[value & 15];
    text->size += count;
}

static inline char *put_octet(char *out, unsigned v)
{
    if (v >= 100) {
        unsigned hundreds = v >= 200 ? 2 : 1;
        *out = (char)('0' + hundreds);
        memcpy(out + 1, digit_pairs + 2 * (v - 100 * hundreds), 2);
        return out + 3;
    }
    if (v >= 10) {
        memcpy(out, digit_pairs + 2 * v, 2);
        return out + 2;
    }
    *out = (char)('0' + v);
    return out + 1;
}

void fm_text_ipv4(FmText *text, uint32_t address)
{
    char *from = fm_text_room(text, 16), *out = from;
    out = put_octet(out, address >> 24);
    *out++ = '.';
    out = put_octet(out, address >> 16 & 255);
    *out++ = '.';
    out = put_octet(out, address >> 8 & 255);
    *out++ = '.';
    out = put_octet(out, address & 255);
    text->size += (size_t)(out - from);
}

void fm_text_ipv6(FmText *text, const uint8_t a[16])
{
    unsigned words[8], best = 8, best_size = 1;
    for (unsigned i = 0; i < 8; i++)
        words[i] = (unsigned)a[2 * i] << 8 | a[2 * i + 1];
    for (unsigned i = 0, n; i < 8; i += n ? n : 1) {
        for (n = 0; i + n < 8 && !words[i + n]; n++)
            ;
        if (n > best_size) {
            best = i;
            best_size = n;
        }
    }
    /* IPv4-mapped and IPv4-compatible forms keep the dotted end, as inet_ntop does. */
    bool dotted = best == 0 && (best_size == 6 || (best_size == 7 && words[7] != 1) || (best_size == 5 && words[5] == 0xffff));
    for (unsigned i = 0; i < 8; i++) {
        if (best < 8 && i >= best && i < best + best_size) {
            if (i == best)
                fm_text_char(text, ':');
            continue;
        }
        if (i)
            fm_text_char(text, ':');
        if (dotted && i == 6) {
            fm_text_ipv4(text, (uint32_t)words[6] << 16 | words[7]);
            return;
        }
        fm_text_hex(text, words[i], 1);
    }
    if (best < 8 && best + best_size == 8)
        fm_text_char(text, ':');
}

void fm_text_ether(FmText *text, uint64_t address)
{
    uint8_t bytes[6];
    for (unsigned i = 0; i < 6; i++)
        bytes[i] = (uint8_t)(address >> (40 - 8 * i));
    fm_text_bytes(text, (FmSlice){ bytes, 6 }, ':');
}

void fm_text_seconds(FmText *text, FmTime time, unsigned digits)
{
    uint64_t v = time < 0 ? 0 - (uint64_t)time : (uint64_t)time;
    if (time < 0)
        fm_text_char(text, '-');
    char *at = fm_text_digits(fm_text_room(text, FM_DIGITS_ROOM + 10), v / FM_SECOND);
    if (digits) {
        uint32_t fraction = (uint32_t)(v % FM_SECOND);
        *at++ = '.';
        put_eight(at, fraction / 10);
        at[8] = (char)('0' + fraction % 10);
        at += digits;
    }
    text->size = (size_t)(at - text->data);
}

/* At the top bit of each byte of `w` that is not printable ASCII; exact up to the lowest such byte. */
static inline uint64_t odd_bytes(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    return (w | (w + ones) | ((w - 0x20 * ones) & ~w)) & highs; /* 0x80 and above, 0x7f, below 0x20 */
}

/* Up to eight bytes as a word, the first one lowest, spaces behind them. */
static inline uint64_t load_some(const char *bytes, size_t n)
{
    uint64_t w;
    if (n >= 8) {
        memcpy(&w, bytes, 8);
        return GUINT64_FROM_LE(w);
    }
    w = n ? UINT64_C(0x2020202020202020) << 8 * n : UINT64_C(0x2020202020202020);
    if (n >= 4) {
        uint32_t low, high;
        memcpy(&low, bytes, 4);
        memcpy(&high, bytes + n - 4, 4);
        return w | GUINT32_FROM_LE(low) | (uint64_t)GUINT32_FROM_LE(high) << 8 * (n - 4);
    }
    for (size_t i = 0; i < n; i++)
        w |= (uint64_t)(uint8_t)bytes[i] << 8 * i;
    return w;
}

/* The same sixteen at once, as far as they go. */
static inline size_t copy_plain_sixteens(char *to, const char *bytes, size_t n)
{
    size_t i = 0;
#if defined(__SSE2__)
    for (; n - i >= 16; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
        __m128i good = _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(0x7f)), _mm_cmpgt_epi8(v, _mm_set1_epi8(0x1f)));
        if (_mm_movemask_epi8(good) != 0xffff)
            break;
        _mm_storeu_si128((__m128i *)(void *)(to + i), v);
    }
#endif
    return i;
}

/* Copies printable ASCII up to the first other byte; returns how much that was. */
static inline size_t copy_plain(FmText *text, const char *bytes, size_t n)
{
    char *to = fm_text_room(text, n + 8);
    size_t i = copy_plain_sixteens(to, bytes, n);
    while (i < n) {
        uint64_t w = load_some(bytes + i, n - i), odd = odd_bytes(w);
        put_word(to + i, w);
        if (odd) {
            i += (unsigned)__builtin_ctzll(odd) / 8;
            break;
        }
        i += 8;
    }
    i = MIN(i, n);
    text->size += i;
    return i;
}

/* Bytes of a character that our own texts use often: "·", "→", "…"; 0: another one. */
static size_t known_printable(const uint8_t *bytes, size_t n)
{
    if (n >= 2 && bytes[0] == 0xc2 && bytes[1] == 0xb7)
        return 2;
    if (n >= 3 && bytes[0] == 0xe2 && ((bytes[1] == 0x86 && bytes[2] == 0x92) || (bytes[1] == 0x80 && bytes[2] == 0xa6)))
        return 3;
    return 0;
}

void fm_text_escaped(FmText *text, const char *bytes, size_t n)
{
    size_t i = 0;
    while (i < n) {
        i += copy_plain(text, bytes + i, n - i);
        if (i == n)
            break;
        size_t own, before = i;
        while ((own = known_printable((const uint8_t *)bytes + i, n - i)))
            i += own;
        if (i > before) {
            fm_text_add(text, bytes + before, i - before);
            continue;
        }
        uint8_t b = (uint8_t)bytes[i];
        if (b >= 0xc2) { /* a printable character of several bytes stays */
            gunichar u = g_utf8_get_char_validated(bytes + i, (gssize)(n - i));
            if (u < 0x110000 && g_unichar_isprint(u)) {
                size_t size = (size_t)g_utf8_skip[b];
                fm_text_add(text, bytes + i, size);
                i += size;
                continue;
            }
        }
        switch (b) {
        case '\n': fm_text_literal(text, "\\n"); break;
        case '\r': fm_text_literal(text, "\\r"); break;
        case '\t': fm_text_literal(text, "\\t"); break;
        default:
            fm_text_literal(text, "\\x");
            fm_text_hex(text, b, 2);
        }
        i++;
    }
}

void fm_text_pad(FmText *text, size_t start, unsigned width)
{
    if (text->size - start >= 4 * (size_t)width)
        return;
    size_t shown = 0;
    for (size_t i = start; i < text->size; i++)
        shown += ((uint8_t)text->data[i] & 0xc0) != 0x80;
    if (shown >= width)
        return;
    memset(fm_text_room(text, width - shown), ' ', width - shown);
    text->size += width - shown;
}

unsigned fm_text_distance(const char *a, const char *b, unsigned bound)
{
    size_t la = strlen(a), lb = strlen(b);
    if (la > 60 || lb > 60 || (la > lb ? la - lb : lb - la) > bound)
        return bound + 1;
    unsigned row[61];
    for (unsigned j = 0; j <= lb; j++)
        row[j] = j;
    for (unsigned i = 1; i <= la; i++) {
        unsigned corner = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= lb; j++) {
            unsigned up = row[j];
            unsigned best = corner + (a[i - 1] != b[j - 1]);
            best = MIN(best, MIN(up, row[j - 1]) + 1);
            corner = up;
            row[j] = best;
        }
    }
    return row[lb];
}
