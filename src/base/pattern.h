/* printf formats, read once and used for every packet. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>

#include "base/text.h"

typedef struct FmPattern FmPattern;
typedef struct FmPatterns FmPatterns;

/* The patterns of one engine. Formats must be constants of the program: they are known by their address. */
FmPatterns *fm_patterns_new(void);
void fm_patterns_free(FmPatterns *patterns);

/* The pattern of `format`, valid until the patterns are freed. Never NULL. */
const FmPattern *fm_pattern_of(FmPatterns *patterns, const char *format);

/* Adds what vsnprintf would print. `format` is the pattern's own. */
void fm_pattern_put(const FmPattern *pattern, FmText *text, const char *format, va_list args) G_GNUC_PRINTF(3, 0);

/* Without conversions, so that the format is its own text of that size? */
bool fm_pattern_is_constant(const FmPattern *pattern, size_t *size);

/* Nothing but the format's own words and numbers: printable without escaping, if the format is. */
bool fm_pattern_is_plain(const FmPattern *pattern);
