/* Values in narration. */
#include "config.h"

#include "teach/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/format.h"

enum { MOST_TERMS = 6 };

typedef enum Form { AS_IT_IS, MS, US, S, SPAN, N, ROUND, BYTES, PERCENT, TIMES, NAME, LINE, FORMS } Form;

static const char *const forms[FORMS] = {
    [AS_IT_IS] = "", [MS] = "ms", [US] = "us", [S] = "s", [SPAN] = "span", [N] = "n", [ROUND] = "round", [BYTES] = "bytes", [PERCENT] = "percent",
    [TIMES] = "times", [NAME] = "name", [LINE] = "line",
};

typedef struct Term {
    char join;                  /* + - * /, in front of it; '+' of the first */
    unsigned step;
    const FmEntry *field;       /* one of these, */
    const FmFlowColumn *column;
    double number;              /* or a number */
    unsigned nth;               /* of the field's occurrences, from 1 */
} Term;

typedef struct Value {
    Term terms[MOST_TERMS];
    unsigned count;
    Form form;
} Value;

/* ---- reading ---- */

static bool fault(GError **error, const FmLesson *lesson, unsigned step, const char *format, ...) G_GNUC_PRINTF(4, 5);

static bool fault(GError **error, const FmLesson *lesson, unsigned step, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, FM_LESSON_ERROR, FM_LESSON_ERROR_VALUE, "%s: [step %s] %s", lesson->path, fm_lesson_step(lesson, step)->name, message);
    return false;
}

static bool step_named(const FmLesson *lesson, const char *name, unsigned *step)
{
    for (unsigned i = 0; i < lesson->steps->len; i++)
        if (strcmp(fm_lesson_step(lesson, i)->name, name) == 0) {
            *step = i;
            return true;
        }
    return false;
}

static bool read_term(const FmCatalog *catalog, const FmLesson *lesson, unsigned step, char *word, Term *term, GError **error)
{
    term->step = step;
    term->nth = 1;
    char *end;
    term->number = g_ascii_strtod(word, &end);
    if (end != word && !*end)
        return true;
    char *colon = strchr(word, ':');
    if (colon) {
        *colon = '\0';
        if (!step_named(lesson, word, &term->step))
            return fault(error, lesson, step, "there is no step \"%s\"", word);
        word = colon + 1;
    }
    char *nth = strchr(word, '#');
    if (nth) {
        *nth = '\0';
        term->nth = (unsigned)MAX(strtoul(nth + 1, NULL, 10), 1);
    }
    if (g_str_has_prefix(word, "flow."))
        term->column = fm_flow_column(word + strlen("flow."));
    else
        term->field = fm_catalog_find(catalog, word);
    return term->column || term->field || fault(error, lesson, step, "\"%s\" is neither a field nor flow.COLUMN", word);
}

static bool read_form(const FmLesson *lesson, unsigned step, const char *word, Form *form, GError **error)
{
    for (*form = MS; *form < FORMS; ++*form)
        if (strcmp(forms[*form], word) == 0)
            return true;
    return fault(error, lesson, step, "\"| %s\" is no form: ms, us, s, span, n, round, bytes, percent, times, name, line", word);
}

static bool read_value(const FmCatalog *catalog, const FmLesson *lesson, unsigned step, const char *text, size_t n, Value *value, GError **error)
{
    g_autofree char *copy = g_strndup(text, n);
    g_auto(GStrv) words = g_strsplit_set(g_strstrip(copy), " ", -1);
    *value = (Value){ 0 };
    char join = '+';
    for (char **word = words; *word; word++) {
        if (!**word)
            continue;
        if (!join && strchr("+-*/", **word) && !(*word)[1]) {
            join = **word;
        } else if (!join && strcmp(*word, "|") == 0 && word[1]) {
            return word[2] ? fault(error, lesson, step, "${%.*s}: one word follows |", (int)n, text) : read_form(lesson, step, word[1], &value->form, error);
        } else if (join && value->count < MOST_TERMS) {
            Term *term = &value->terms[value->count++];
            term->join = join;
            join = 0;
            if (!read_term(catalog, lesson, step, *word, term, error))
                return false;
        } else {
            return fault(error, lesson, step, "${%.*s} is no value", (int)n, text);
        }
    }
    return !join || fault(error, lesson, step, "${%.*s} lacks a term", (int)n, text);
}

/* The next ${…} of a text: what stands before it and in it. False: none follows. A $ alone is itself. */
static bool next_value(const char **text, size_t *before, const char **value, size_t *n)
{
    const char *begin = strstr(*text, "${");
    const char *end = begin ? strchr(begin, '}') : NULL;
    if (!end)
        return false;
    *before = (size_t)(begin - *text);
    *value = begin + 2;
    *n = (size_t)(end - begin) - 2;
    return true;
}

static void want(const Value *value, uint64_t *wanted)
{
    for (unsigned i = 0; i < value->count; i++)
        for (size_t k = 0; value->terms[i].field && k < value->terms[i].field->id_count; k++)
            wanted[value->terms[i].field->ids[k] / 64] |= UINT64_C(1) << value->terms[i].field->ids[k] % 64;
}

bool fm_value_check(const FmCatalog *catalog, const FmLesson *lesson, unsigned step, const char *text, uint64_t *wanted, GError **error)
{
    const char *inside;
    size_t before, n;
    for (; next_value(&text, &before, &inside, &n); text = inside + n + 1) {
        Value value;
        if (!read_value(catalog, lesson, step, inside, n, &value, error))
            return false;
        want(&value, wanted);
    }
    return true;
}

/* ---- filling in ---- */

static const FmNode *node_of(const FmPacket *packet, const Term *term)
{
    unsigned left = term->nth;
    for (uint32_t i = 0; packet && i < packet->node_count; i++)
        for (size_t k = 0; k < term->field->id_count; k++)
            if (packet->nodes[i].field == term->field->ids[k] && --left == 0)
                return &packet->nodes[i];
    return NULL;
}

static bool number_of(const FmPacket *packet, const FmNode *node, double *number)
{
    const FmField *field = fm_node_field(packet, node);
    if (field->type == FM_RELATIVE_TIME || field->type == FM_ABSOLUTE_TIME)
        *number = (double)fm_format_time_of(field, node->value) / FM_SECOND;
    else if (field->type == FM_FLOAT || field->type == FM_DOUBLE || fm_type_is_bytes(field->type)) {
        g_auto(FmText) text = { 0 };
        fm_format_value(&text, packet, node, true);
        char *end;
        *number = g_ascii_strtod(fm_text_string(&text), &end);
        return end != text.data;
    } else if (field->type == FM_PROTOCOL)
        *number = node->length;
    else
        *number = fm_type_is_signed(field->type) ? (double)(int64_t)node->value : (double)node->value;
    return true;
}

static bool term_number(const FmValueSource *source, const Term *term, double *number)
{
    if (term->column) {
        g_auto(FmText) cell = { 0 };
        return term->column->number && source->flow(source->data, term->step, term->column, &cell, number);
    }
    if (!term->field) {
        *number = term->number;
        return true;
    }
    const FmPacket *packet = source->packet(source->data, term->step);
    const FmNode *node = node_of(packet, term);
    return node && number_of(packet, node, number);
}

/* The text of a single term as it is. */
static bool put_term(const FmValueSource *source, const Value *value, FmText *out)
{
    const Term *term = &value->terms[0];
    double number;
    if (term->column)
        return source->flow(source->data, term->step, term->column, out, &number);
    const FmPacket *packet = source->packet(source->data, term->step);
    const FmNode *node = node_of(packet, term);
    if (!node)
        return false;
    if (value->form == NAME)
        fm_format_named(out, packet, node);
    else if (value->form == LINE)
        fm_format_line_value(out, packet, node);
    else
        fm_format_cell(out, packet, node);
    return true;
}

static void put_thousands(FmText *out, double number)
{
    char digits[32];
    int n = g_snprintf(digits, sizeof digits, "%.0f", fabs(number));
    if (number <= -0.5)
        fm_text_char(out, '-');
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            fm_text_char(out, ',');
        fm_text_char(out, digits[i]);
    }
}

/* Three digits that count, no more. */
static void put_short(FmText *out, double number)
{
    double size = fabs(number);
    if (size >= 100 || fabs(number - round(number)) < 1e-9)
        put_thousands(out, number);
    else
        fm_text_printf(out, size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3g", number);
}

static void put_number(FmText *out, Form form, double number)
{
    switch (form) {
    case MS: put_short(out, number * 1e3); fm_text_put(out, " ms"); break;
    case US: put_short(out, number * 1e6); fm_text_put(out, " µs"); break;
    case S: put_short(out, number); fm_text_put(out, " s"); break;
    case SPAN: fm_span_text(out, (FmTime)(number * FM_SECOND)); break;
    case N: case ROUND: put_thousands(out, round(number)); break;
    case BYTES: fm_amount_text(out, (uint64_t)MAX(number, 0)); break;
    case PERCENT: put_short(out, number * 100); fm_text_put(out, " %"); break;
    default: put_short(out, number); break;
    }
}

static bool put_value(const FmValueSource *source, const Value *value, FmText *out)
{
    bool alone = value->count == 1 && (value->terms[0].field || value->terms[0].column);
    if (alone && (value->form == AS_IT_IS || value->form == NAME || value->form == LINE))
        return put_term(source, value, out);
    double sum = 0;
    for (unsigned i = 0; i < value->count; i++) {
        double number;
        if (!term_number(source, &value->terms[i], &number))
            return false;
        switch (value->terms[i].join) {
        case '-': sum -= number; break;
        case '*': sum *= number; break;
        case '/':
            if (number == 0)
                return false;
            sum /= number;
            break;
        default: sum += number; break;
        }
    }
    put_number(out, value->form, sum);
    return true;
}

bool fm_value_fill(const FmCatalog *catalog, const FmLesson *lesson, const FmValueSource *source, unsigned step, const char *text, FmText *out,
                   char **missing)
{
    bool good = true;
    const char *inside;
    size_t before, n;
    for (; next_value(&text, &before, &inside, &n); text = inside + n + 1) {
        Value value;
        fm_text_add(out, text, before);
        size_t here = out->size;
        if (read_value(catalog, lesson, step, inside, n, &value, NULL) && put_value(source, &value, out))
            continue;
        out->size = here;
        fm_text_char(out, '?');
        if (good && missing)
            *missing = g_strndup(inside, n);
        good = false;
    }
    fm_text_put(out, text);
    return good;
}
