/* Display filters: from text to tokens. */
#include "config.h"

#include "filter/syntax.h"

#include <string.h>

static const struct {
    const char *word;
    TokenType type;
    uint8_t op;
} keywords[] = {
    { "eq", TOKEN_RELATION, REL_EQ },
    { "any_eq", TOKEN_RELATION, REL_EQ },
    { "ne", TOKEN_RELATION, REL_NE },
    { "all_ne", TOKEN_RELATION, REL_NE },
    { "all_eq", TOKEN_RELATION, REL_ALL_EQ },
    { "any_ne", TOKEN_RELATION, REL_ANY_NE },
    { "gt", TOKEN_RELATION, REL_GT },
    { "lt", TOKEN_RELATION, REL_LT },
    { "ge", TOKEN_RELATION, REL_GE },
    { "le", TOKEN_RELATION, REL_LE },
    { "and", TOKEN_AND, 0 },
    { "or", TOKEN_OR, 0 },
    { "xor", TOKEN_XOR, 0 },
    { "not", TOKEN_NOT, 0 },
    { "contains", TOKEN_CONTAINS, 0 },
    { "matches", TOKEN_MATCHES, 0 },
    { "in", TOKEN_IN, 0 },
    { "any", TOKEN_ANY, 0 },
    { "all", TOKEN_ALL, 0 },
    { "bitwise_and", TOKEN_ARITHMETIC, OP_AND },
    { "bitand", TOKEN_ARITHMETIC, OP_AND },
};

static const struct { /* the longer ones first */
    const char *sign;
    TokenType type;
    uint8_t op;
} signs[] = {
    { "===", TOKEN_RELATION, REL_ALL_EQ },
    { "!==", TOKEN_RELATION, REL_ANY_NE },
    { "==", TOKEN_RELATION, REL_EQ },
    { "!=", TOKEN_RELATION, REL_NE },
    { "~=", TOKEN_RELATION, REL_ANY_NE },
    { ">=", TOKEN_RELATION, REL_GE },
    { "<=", TOKEN_RELATION, REL_LE },
    { "&&", TOKEN_AND, 0 },
    { "||", TOKEN_OR, 0 },
    { "^^", TOKEN_XOR, 0 },
    { "..", TOKEN_DOTS, 0 },
    { ">", TOKEN_RELATION, REL_GT },
    { "<", TOKEN_RELATION, REL_LT },
    { "!", TOKEN_NOT, 0 },
    { "~", TOKEN_MATCHES, 0 },
    { "+", TOKEN_ARITHMETIC, OP_ADD },
    { "-", TOKEN_ARITHMETIC, OP_SUBTRACT },
    { "*", TOKEN_ARITHMETIC, OP_MULTIPLY },
    { "/", TOKEN_ARITHMETIC, OP_DIVIDE },
    { "%", TOKEN_ARITHMETIC, OP_MODULO },
    { "&", TOKEN_ARITHMETIC, OP_AND },
    { "(", TOKEN_OPEN, 0 },
    { ")", TOKEN_CLOSE, 0 },
    { "{", TOKEN_OPEN_BRACE, 0 },
    { "}", TOKEN_CLOSE_BRACE, 0 },
    { "[", TOKEN_OPEN_BRACKET, 0 },
    { ",", TOKEN_COMMA, 0 },
    { "#", TOKEN_HASH, 0 },
    { "@", TOKEN_AT, 0 },
};

bool compiler_fail(Compiler *c, Place place, FmFilterError code, const char *format, ...)
{
    if (c->failed)
        return false;
    c->failed = true;
    c->error_at = place.at;
    c->error_size = place.size;
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    FmText text = { 0 }; /* what the message quotes may hold anything */
    fm_text_escaped(&text, message, strlen(message));
    g_set_error_literal(c->error, FM_FILTER_ERROR, code, fm_text_string(&text));
    fm_text_clear(&text);
    return false;
}

bool compiler_unknown(Compiler *c, Place place, const char *name)
{
    const char *near = fm_catalog_suggest(c->catalog, name);
    if (near)
        return compiler_fail(c, place, FM_FILTER_ERROR_NAME, "%s is neither a field nor a protocol name. Did you mean \"%s\"?",
                             name, near);
    return compiler_fail(c, place, FM_FILTER_ERROR_NAME, "%s is neither a field nor a protocol name.", name);
}

void compiler_warn(Compiler *c, const char *format, ...)
{
    if (!c->warnings)
        return;
    va_list args;
    va_start(args, format);
    g_autofree char *line = g_strdup_vprintf(format, args);
    va_end(args);
    for (guint i = 0; i < c->warnings->len; i++)
        if (strcmp(g_ptr_array_index(c->warnings, i), line) == 0)
            return;
    g_ptr_array_add(c->warnings, g_steal_pointer(&line));
}

static Token error_token(Lexer *lexer, size_t at, size_t size, const char *message)
{
    compiler_fail(lexer->c, (Place){ at, size }, FM_FILTER_ERROR_SYNTAX, "%s", message);
    return (Token){ .type = TOKEN_ERROR, .place = { at, size } };
}

/* The character at a place of the text; NUL behind its end. */
static char at(const Lexer *lexer, size_t place)
{
    return place < lexer->c->size ? lexer->c->text[place] : '\0';
}

static bool is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '.' || c == ':' || c == '-';
}

static int hex_value(char c)
{
    return g_ascii_xdigit_value(c);
}

/* Digits of `base`, at most `most`, from *place on. */
static unsigned escape_digits(const Lexer *lexer, size_t *place, unsigned base, unsigned most, uint32_t *value)
{
    unsigned n = 0;
    for (*value = 0; n < most; n++, (*place)++) {
        int digit = hex_value(at(lexer, *place));
        if (digit < 0 || (unsigned)digit >= base)
            break;
        *value = *value * base + (uint32_t)digit;
    }
    return n;
}

/* One escape, from its backslash on; adds what it stands for to `out`. */
static bool unescape(Lexer *lexer, size_t *place, char *out, size_t *size)
{
    static const char letters[] = "abfnrtv'\"\\", meanings[] = "\a\b\f\n\r\t\v'\"\\";
    size_t start = (*place)++;
    char c = at(lexer, *place);
    const char *letter = c ? strchr(letters, c) : NULL;
    uint32_t value;
    if (letter) {
        (*place)++;
        out[(*size)++] = meanings[letter - letters];
        return true;
    }
    if (c >= '0' && c <= '7') {
        escape_digits(lexer, place, 8, 3, &value);
        if (value <= 255) {
            out[(*size)++] = (char)value;
            return true;
        }
    } else if (c == 'x') {
        (*place)++;
        if (escape_digits(lexer, place, 16, 2, &value)) {
            out[(*size)++] = (char)value;
            return true;
        }
    } else if (c == 'u' || c == 'U') {
        (*place)++;
        unsigned width = c == 'u' ? 4 : 8;
        if (escape_digits(lexer, place, 16, width, &value) == width && g_unichar_validate(value)) {
            *size += (size_t)g_unichar_to_utf8(value, out + *size);
            return true;
        }
    } else if (*place < lexer->c->size) {
        (*place)++;
    }
    size_t length = *place - start;
    return compiler_fail(lexer->c, (Place){ start, length }, FM_FILTER_ERROR_SYNTAX, "%.*s is not a valid escape sequence",
                         (int)length, lexer->c->text + start);
}

/* From the opening quote at `open` on; `start` is where the token begins. */
static Token quoted(Lexer *lexer, size_t start, size_t open, bool raw)
{
    char quote = at(lexer, open);
    size_t place = open + 1, close = place, size = 0;
    while (close < lexer->c->size && at(lexer, close) != quote)
        close += at(lexer, close) == '\\' ? 2 : 1;
    if (close >= lexer->c->size)
        return error_token(lexer, start, lexer->c->size - start,
                           quote == '"' ? "The final quote was missing from a quoted string"
                                        : "The final quote was missing from a character constant");
    char *out = fm_arena_alloc(lexer->c->memory, close - open); /* no escape is shorter than its meaning */
    while (place < close) {
        if (at(lexer, place) != '\\') {
            out[size++] = at(lexer, place++);
        } else if (raw) {
            out[size++] = at(lexer, place++);
            out[size++] = at(lexer, place++);
        } else if (!unescape(lexer, &place, out, &size)) {
            return (Token){ .type = TOKEN_ERROR };
        }
    }
    out[size] = '\0';
    lexer->at = place + 1;
    if (quote == '\'' && size != 1)
        return error_token(lexer, start, lexer->at - start,
                           size ? "This is too long to be a valid character constant" : "Empty character constant");
    return (Token){
        .type = quote == '"' ? TOKEN_STRING : TOKEN_CHAR, .place = { start, lexer->at - start }, .text = out, .size = size
    };
}

/* Is [start, end) an address that "/24" may follow? Dots and digits only, or colons. */
static bool takes_prefix(const Lexer *lexer, size_t start, size_t end)
{
    unsigned dots = 0, colons = 0;
    bool digits = true;
    for (size_t i = start; i < end; i++) {
        char c = at(lexer, i);
        dots += c == '.';
        colons += c == ':';
        digits = digits && (c == '.' || g_ascii_isdigit(c));
    }
    return colons >= 2 || (digits && dots == 3);
}

static Token word(Lexer *lexer)
{
    size_t start = lexer->at, end = start;
    while (is_word(at(lexer, end)) && !(at(lexer, end) == '.' && at(lexer, end + 1) == '.'))
        end++;
    while (end > start + 1 && at(lexer, end - 1) == '.')
        end--;
    if (takes_prefix(lexer, start, end) && at(lexer, end) == '/' && g_ascii_isdigit(at(lexer, end + 1))) {
        end++;
        for (unsigned n = 0; n < 3 && g_ascii_isdigit(at(lexer, end)); n++)
            end++;
    }
    Token token = { .type = TOKEN_WORD, .place = { start, end - start } };
    lexer->at = end;
    if (at(lexer, start) == '.') {
        token.field_only = true;
        start++;
    } else if (at(lexer, start) == ':' && at(lexer, start + 1) != ':') {
        token.literal_only = true;
        start++;
    }
    if (start == end)
        return error_token(lexer, start - 1, 1,
                           at(lexer, start - 1) == '.' ? "\".\" was unexpected in this context"
                                                       : "\":\" was unexpected in this context");
    token.size = end - start;
    token.text = fm_arena_strndup(lexer->c->memory, lexer->c->text + start, token.size);
    if (!token.field_only && !token.literal_only) {
        for (size_t i = 0; i < G_N_ELEMENTS(keywords); i++) {
            if (strcmp(token.text, keywords[i].word) == 0) {
                token.type = keywords[i].type;
                token.op = keywords[i].op;
                break;
            }
        }
    }
    return token;
}

/* ${name} or $name. */
static Token reference(Lexer *lexer)
{
    size_t start = lexer->at, from = start + 1;
    bool braces = at(lexer, from) == '{';
    from += braces;
    size_t end = from;
    while (is_word(at(lexer, end)))
        end++;
    if (end == from || (braces && at(lexer, end) != '}'))
        return error_token(lexer, start, end - start,
                           end < lexer->c->size ? "A field's name must stand here: ${name}"
                                                : "End of filter in the middle of a reference");
    lexer->at = end + braces;
    return (Token){ .type = TOKEN_REFERENCE,
                    .place = { start, lexer->at - start },
                    .text = fm_arena_strndup(lexer->c->memory, lexer->c->text + from, end - from),
                    .size = end - from };
}

Token lexer_next(Lexer *lexer)
{
    if (lexer->c->failed)
        return (Token){ .type = TOKEN_ERROR };
    while (lexer->at < lexer->c->size && g_ascii_isspace(at(lexer, lexer->at)))
        lexer->at++;
    size_t start = lexer->at;
    if (start >= lexer->c->size)
        return (Token){ .type = TOKEN_END, .place = { start, 0 } };
    char c = at(lexer, start);
    if (c == '"' || c == '\'')
        return quoted(lexer, start, start, false);
    if ((c == 'r' || c == 'R') && at(lexer, start + 1) == '"')
        return quoted(lexer, start, start + 1, true);
    if (c == '$')
        return reference(lexer);
    bool dots = c == '.' && at(lexer, start + 1) == '.';
    if (is_word(c) && c != '-' && !dots)
        return word(lexer);
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
        size_t size = strlen(signs[i].sign);
        if (lexer->c->size - start >= size && memcmp(lexer->c->text + start, signs[i].sign, size) == 0) {
            lexer->at += size;
            if (size == 2 && c == '~')
                compiler_warn(lexer->c, "Deprecated operator \"~=\": use \"!==\" instead");
            return (Token){ .type = signs[i].type, .op = signs[i].op, .place = { start, size } };
        }
    }
    size_t size = 1;
    while ((at(lexer, start + size) & 0xc0) == 0x80)
        size++; /* a whole UTF-8 sequence */
    compiler_fail(lexer->c, (Place){ start, size }, FM_FILTER_ERROR_SYNTAX, "\"%.*s\" was unexpected in this context", (int)size,
                  lexer->c->text + start);
    return (Token){ .type = TOKEN_ERROR };
}

/* ---- ranges ---- */

static bool range_number(Lexer *lexer, size_t *place, size_t end, int32_t *value)
{
    size_t start = *place;
    bool negative = at(lexer, *place) == '-';
    *place += negative || at(lexer, *place) == '+';
    uint32_t base = 10;
    int64_t n = 0;
    if (at(lexer, *place) == '0' && (at(lexer, *place + 1) == 'x' || at(lexer, *place + 1) == 'X')) {
        base = 16;
        *place += 2;
    } else if (at(lexer, *place) == '0') {
        base = 8;
    }
    size_t digits = *place;
    for (; *place < end; (*place)++) {
        int digit = hex_value(at(lexer, *place));
        if (digit < 0 || (uint32_t)digit >= base)
            break;
        n = n * base + digit;
        if (n > INT32_MAX)
            return compiler_fail(lexer->c, (Place){ start, *place - start + 1 }, FM_FILTER_ERROR_SYNTAX,
                                 "\"%.*s\" causes an integer overflow", (int)(*place - start + 1), lexer->c->text + start);
    }
    if (*place == digits)
        return compiler_fail(lexer->c, (Place){ start, MAX(end - start, 1) }, FM_FILTER_ERROR_SYNTAX,
                             "\"%.*s\" is not a valid number", (int)(end - start), lexer->c->text + start);
    *value = (int32_t)(negative ? -n : n);
    return true;
}

static void skip_blanks(Lexer *lexer, size_t *place)
{
    while (g_ascii_isspace(at(lexer, *place)))
        (*place)++;
}

/* One of i, i:n, i-j, :n, i:, :  between `start` and `end`. */
static bool range(Lexer *lexer, size_t start, size_t end, Span *span)
{
    Place all = { start, MAX(end - start, 1) };
    size_t place = start;
    *span = (Span){ 0 };
    if (at(lexer, place) != ':' && !range_number(lexer, &place, end, &span->start))
        return false;
    skip_blanks(lexer, &place);
    if (place >= end) {
        span->length = 1;
        return true;
    }
    char separator = at(lexer, place++);
    skip_blanks(lexer, &place);
    if (separator == ':') {
        if (place < end) {
            if (!range_number(lexer, &place, end, &span->length))
                return false;
            if (span->length <= 0)
                return compiler_fail(lexer->c, all, FM_FILTER_ERROR_SYNTAX, "Range %.*s is not valid: its length is not positive",
                                     (int)all.size, lexer->c->text + start);
        }
    } else if (separator == '-') {
        if (!range_number(lexer, &place, end, &span->end))
            return false;
        span->inclusive_end = true;
        if ((span->start < 0) != (span->end < 0) || span->start > span->end)
            return compiler_fail(lexer->c, all, FM_FILTER_ERROR_SYNTAX, "Range %.*s is not valid: it ends before it starts",
                                 (int)all.size, lexer->c->text + start);
    } else {
        place = start;
    }
    skip_blanks(lexer, &place);
    if (place < end)
        return compiler_fail(lexer->c, all, FM_FILTER_ERROR_SYNTAX, "\"%.*s\" is not a valid range", (int)all.size,
                             lexer->c->text + start);
    return true;
}

bool lexer_ranges(Lexer *lexer, const Span **spans, size_t *count)
{
    size_t close = lexer->at, parts = 1;
    for (; close < lexer->c->size && at(lexer, close) != ']'; close++)
        parts += at(lexer, close) == ',';
    if (close >= lexer->c->size)
        return compiler_fail(lexer->c, (Place){ lexer->c->size, 0 }, FM_FILTER_ERROR_SYNTAX, "Unexpected end of filter expression");
    if (parts > MAX_SPANS)
        return compiler_fail(lexer->c, (Place){ lexer->at, close - lexer->at }, FM_FILTER_ERROR_SYNTAX,
                             "These are more than %d ranges", MAX_SPANS);
    Span *out = fm_arena_alloc0(lexer->c->memory, parts * sizeof *out);
    for (size_t i = 0, start = lexer->at; i < parts; i++) {
        size_t end = start;
        while (end < close && at(lexer, end) != ',')
            end++;
        size_t from = start, to = end;
        while (from < to && g_ascii_isspace(at(lexer, from)))
            from++;
        while (to > from && g_ascii_isspace(at(lexer, to - 1)))
            to--;
        if (from == to)
            return compiler_fail(lexer->c, (Place){ end, 1 }, FM_FILTER_ERROR_SYNTAX, "\"%c\" was unexpected in this context",
                                 at(lexer, end));
        if (!range(lexer, from, to, &out[i]))
            return false;
        start = end + 1;
    }
    lexer->at = close + 1;
    *spans = out;
    *count = parts;
    return true;
}

bool lexer_layer(Lexer *lexer, const Span **spans, size_t *count)
{
    if (at(lexer, lexer->at) == '[') {
        lexer->at++;
        return lexer_ranges(lexer, spans, count);
    }
    if (!g_ascii_isdigit(at(lexer, lexer->at)))
        return compiler_fail(lexer->c, (Place){ lexer->at, lexer->at < lexer->c->size }, FM_FILTER_ERROR_SYNTAX,
                             "Expected a digit or \"[\" after \"#\"");
    Span *span = fm_arena_alloc0(lexer->c->memory, sizeof *span);
    span->length = 1;
    size_t end = lexer->at;
    while (g_ascii_isdigit(at(lexer, end)))
        end++;
    if (!range_number(lexer, &lexer->at, end, &span->start))
        return false;
    if (lexer->at < end)
        return compiler_fail(lexer->c, (Place){ lexer->at, end - lexer->at }, FM_FILTER_ERROR_SYNTAX,
                             "This is not a layer's number");
    *spans = span;
    *count = 1;
    return true;
}
