/* printf formats, read once and used for every packet. */
#include "config.h"

#include "base/pattern.h"

#include <stdio.h>

#define FIRST_ROOM 256u
#define MAX_STEPS 24 /* of a format; longer ones are left to vsnprintf */

typedef enum Kind { END, STRING, STRING_CUT, CHARACTER, PERCENT, UNSIGNED, SIGNED, HEX } Kind;

typedef struct Step { /* literal text, then a conversion */
    const char *literal;
    uint16_t size;
    uint8_t kind;
    uint8_t width; /* least number of hexadecimal digits */
    uint8_t longs; /* 0: int, 1: long, 2: long long */
} Step;

struct FmPattern {
    const char *format;
    uint16_t room; /* for literals and numbers */
    uint8_t count; /* 0: left to vsnprintf */
    bool constant, plain;
    Step steps[];
};

struct FmPatterns {
    FmPattern **slots;
    size_t room, used;
};

/* ---- reading a format ---- */

/* Reads the conversion behind a '%'; false if it is not one of ours. */
static bool read_conversion(const char **at, Step *step)
{
    const char *f = *at;
    bool zero = *f == '0', cut = false;
    unsigned width = 0;
    for (; *f >= '0' && *f <= '9' && width < 100; f++)
        width = width * 10 + (unsigned)(*f - '0');
    if (f[0] == '.' && f[1] == '*') {
        cut = true;
        f += 2;
    }
    step->longs = 0;
    for (; *f == 'l'; f++)
        step->longs++;
    if (*f == 'z') {
        step->longs = 2;
        f++;
    }
    *at = f + 1;
    step->width = (uint8_t)width;
    switch (*f) {
    case 's': step->kind = cut ? STRING_CUT : STRING; return !width && !zero && !step->longs;
    case 'c': step->kind = CHARACTER; break;
    case '%': step->kind = PERCENT; break;
    case 'u': step->kind = UNSIGNED; break;
    case 'd': step->kind = SIGNED; break;
    case 'x': step->kind = HEX; return !cut && step->longs <= 2 && width <= 16 && (zero || !width);
    default: return false;
    }
    return !cut && !width && !zero && step->longs <= 2;
}

/* Number of steps; 0: not for us. */
static unsigned read_steps(const char *format, Step *steps, size_t *room, bool *plain)
{
    unsigned n = 0;
    *room = 0;
    *plain = true;
    for (const char *f = format;; n++) {
        if (n == MAX_STEPS)
            return 0;
        const char *percent = strchr(f, '%');
        size_t size = percent ? (size_t)(percent - f) : strlen(f);
        steps[n] = (Step){ f, (uint16_t)size, END, 0, 0 };
        *room += size + FM_DIGITS_ROOM;
        if (*room > UINT16_MAX)
            return 0;
        if (!percent)
            return n + 1;
        f = percent + 1;
        if (!read_conversion(&f, &steps[n]))
            return 0;
        *plain = *plain && steps[n].kind != STRING && steps[n].kind != STRING_CUT && steps[n].kind != CHARACTER;
    }
}

static FmPattern *make(const char *format)
{
    Step steps[MAX_STEPS];
    size_t room;
    bool plain;
    unsigned count = read_steps(format, steps, &room, &plain);
    FmPattern *pattern = g_malloc(sizeof(FmPattern) + count * sizeof(Step));
    *pattern = (FmPattern){ format, (uint16_t)room, (uint8_t)count, count == 1, count && plain };
    memcpy(pattern->steps, steps, count * sizeof(Step));
    return pattern;
}

/* ---- the table ---- */

FmPatterns *fm_patterns_new(void)
{
    FmPatterns *patterns = g_new0(FmPatterns, 1);
    patterns->room = FIRST_ROOM;
    patterns->slots = g_new0(FmPattern *, patterns->room);
    return patterns;
}

void fm_patterns_free(FmPatterns *patterns)
{
    if (!patterns)
        return;
    for (size_t i = 0; i < patterns->room; i++)
        g_free(patterns->slots[i]);
    g_free(patterns->slots);
    g_free(patterns);
}

static inline FmPattern **slot_of(const FmPatterns *patterns, const char *format)
{
    size_t mask = patterns->room - 1, at = (size_t)((uintptr_t)format * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;
    while (patterns->slots[at] && patterns->slots[at]->format != format)
        at = (at + 1) & mask;
    return &patterns->slots[at];
}

static void grow(FmPatterns *patterns)
{
    FmPatterns old = *patterns;
    patterns->room *= 2;
    patterns->slots = g_new0(FmPattern *, patterns->room);
    for (size_t i = 0; i < old.room; i++)
        if (old.slots[i])
            *slot_of(patterns, old.slots[i]->format) = old.slots[i];
    g_free(old.slots);
}

const FmPattern *fm_pattern_of(FmPatterns *patterns, const char *format)
{
    FmPattern **slot = slot_of(patterns, format);
    if (G_LIKELY(*slot))
        return *slot;
    if (++patterns->used * 2 > patterns->room) {
        grow(patterns);
        slot = slot_of(patterns, format);
    }
    return *slot = make(format);
}

bool fm_pattern_is_constant(const FmPattern *pattern, size_t *size)
{
    *size = pattern->constant ? pattern->steps[0].size : 0;
    return pattern->constant;
}

bool fm_pattern_is_plain(const FmPattern *pattern)
{
    return pattern->plain;
}

/* ---- using it ---- */

static inline uint64_t next_unsigned(const Step *step, va_list *args)
{
    return step->longs == 0 ? va_arg(*args, unsigned) : step->longs == 1 ? va_arg(*args, unsigned long) : va_arg(*args, unsigned long long);
}

static inline int64_t next_signed(const Step *step, va_list *args)
{
    return step->longs == 0 ? va_arg(*args, int) : step->longs == 1 ? va_arg(*args, long) : va_arg(*args, long long);
}

/* Literals and numbers have their room before the first step and behind every string. */
static void put_steps(const Step *step, size_t room, FmText *text, va_list *args)
{
    fm_text_room(text, room);
    for (;; step++) {
        fm_text_copy(text->data + text->size, step->literal, step->size);
        text->size += step->size;
        switch ((Kind)step->kind) {
        case END: return;
        case UNSIGNED: text->size = (size_t)(fm_text_digits(text->data + text->size, next_unsigned(step, args)) - text->data); break;
        case SIGNED: fm_text_int(text, next_signed(step, args)); break;
        case HEX: fm_text_hex(text, next_unsigned(step, args), step->width); break;
        case CHARACTER: fm_text_char(text, (char)va_arg(*args, int)); break;
        case PERCENT: fm_text_char(text, '%'); break;
        case STRING:
        case STRING_CUT: {
            int most = step->kind == STRING_CUT ? va_arg(*args, int) : -1;
            const char *string = va_arg(*args, const char *);
            string = string ? string : "(null)";
            fm_text_add(text, string, most >= 0 ? strnlen(string, (size_t)most) : strlen(string));
            fm_text_room(text, room);
        }
        }
    }
}

static G_GNUC_PRINTF(2, 0) void put_slowly(FmText *text, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    char *at = fm_text_room(text, 256);
    size_t room = text->room - text->size;
    int n = vsnprintf(at, room, format, args);
    if (n > 0 && (size_t)n >= room) {
        at = fm_text_room(text, (size_t)n + 1);
        vsnprintf(at, (size_t)n + 1, format, again);
    }
    if (n > 0)
        text->size += (size_t)n;
    va_end(again);
}

void fm_pattern_put(const FmPattern *pattern, FmText *text, const char *format, va_list args)
{
    if (G_UNLIKELY(!pattern->count)) {
        put_slowly(text, format, args);
        return;
    }
    va_list own;
    va_copy(own, args);
    put_steps(pattern->steps, pattern->room, text, &own);
    va_end(own);
}

void fm_text_vprintf(FmText *text, const char *format, va_list args)
{
    Step steps[MAX_STEPS];
    size_t room;
    bool plain;
    if (!read_steps(format, steps, &room, &plain)) {
        put_slowly(text, format, args);
        return;
    }
    va_list own;
    va_copy(own, args);
    put_steps(steps, room, text, &own);
    va_end(own);
}

void fm_text_printf(FmText *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fm_text_vprintf(text, format, args);
    va_end(args);
}
