/* A growing text, and fast ways to put numbers and addresses into it. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include "base/slice.h"
#include "base/time.h"

typedef struct FmText { /* zeroed is a valid empty text; not terminated, see fm_text_string */
    char *data;
    size_t size, room;
    bool borrowed; /* `data` is an array of the caller's, as long as that is large enough */
} FmText;

/* An empty text that begins in a local array. */
#define FM_TEXT_IN(array) { (array), 0, sizeof(array), true }

void fm_text_clear(FmText *text); /* frees */
void fm_text_grow(FmText *text, size_t more);

/* The text as a C string, valid until the next change. */
const char *fm_text_string(FmText *text);

static inline void fm_text_reset(FmText *text)
{
    text->size = 0;
}

/* Room for `n` more bytes; returns where they go, never NULL. The caller adds to `size` what it used. */
static inline char *fm_text_room(FmText *text, size_t n)
{
    if (__builtin_expect(text->room - text->size <= n, 0))
        fm_text_grow(text, n);
    return text->data + text->size;
}

/* Copies a few bytes without a call: two copies of a fixed size that may overlap. */
static inline void fm_text_copy(char *to, const char *from, size_t n)
{
    if (n > 32) {
        memcpy(to, from, n);
    } else if (n >= 16) {
        memcpy(to, from, 16);
        memcpy(to + n - 16, from + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, from, 8);
        memcpy(to + n - 8, from + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, from, 4);
        memcpy(to + n - 4, from + n - 4, 4);
    } else if (n) {
        to[0] = from[0];
        to[n - 1] = from[n - 1];
        to[n / 2] = from[n / 2];
    }
}

static inline void fm_text_add(FmText *text, const char *bytes, size_t n)
{
    if (n)
        fm_text_copy(fm_text_room(text, n), bytes, n);
    text->size += n;
}

static inline void fm_text_char(FmText *text, char c)
{
    *fm_text_room(text, 1) = c;
    text->size++;
}

#define fm_text_literal(text, literal) fm_text_add((text), "" literal, sizeof(literal) - 1)

static inline void fm_text_put(FmText *text, const char *string)
{
    fm_text_add(text, string, strlen(string));
}

void fm_text_uint(FmText *text, uint64_t value);

/* The same with spaces in front up to `width`. */
void fm_text_uint_right(FmText *text, uint64_t value, unsigned width);

/* Decimal digits of `value` at `to`, which has room for FM_DIGITS_ROOM characters whatever the value; returns where they end. */
#define FM_DIGITS_ROOM 24
char *fm_text_digits(char *to, uint64_t value);

void fm_text_int(FmText *text, int64_t value);

/* Lower-case hexadecimal with at least `digits` digits, no prefix. */
void fm_text_hex(FmText *text, uint64_t value, unsigned digits);

/* Bytes as hex pairs with `separator` between them ('\0': none). */
void fm_text_bytes(FmText *text, FmSlice bytes, char separator);

/* Dotted IPv4 (host order); IPv6 (RFC 5952) from 16 bytes; aa:bb:cc:dd:ee:ff from a 48-bit number. */
void fm_text_ipv4(FmText *text, uint32_t address);
void fm_text_ipv6(FmText *text, const uint8_t address[16]);
void fm_text_ether(FmText *text, uint64_t address);

/* Seconds with `digits` decimals (0 to 9), truncated. */
void fm_text_seconds(FmText *text, FmTime time, unsigned digits);

/* As printf; plain %s %.*s %c %u %d %x %0Nx (with l, ll, z) are fast. */
void fm_text_printf(FmText *text, const char *format, ...) G_GNUC_PRINTF(2, 3);
void fm_text_vprintf(FmText *text, const char *format, va_list args) G_GNUC_PRINTF(2, 0);

/* Bytes from a packet, made harmless for a terminal: control characters and invalid UTF-8 become \n, \r, \t or \xNN; a backslash
 * stays as it is. */
void fm_text_escaped(FmText *text, const char *bytes, size_t n);

/* Pads with spaces from `start` on to `width` display columns (UTF-8 aware). */
void fm_text_pad(FmText *text, size_t start, unsigned width);

/* Letters to change, add or take away to turn one word into another; anything above `bound` if there are more. */
unsigned fm_text_distance(const char *a, const char *b, unsigned bound);

static inline void fm_text_auto_clear(FmText *text)
{
    fm_text_clear(text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FmText, fm_text_auto_clear)
