/* The line that is typed at the bottom. */
#include "config.h"

#include "ui/prompt.h"

#include <string.h>

#include "filter/filter.h"
#include "ui/keys.h"

enum { MOST_SHOWN = 8, MOST_FOUND = 256, MOST_HISTORY = 200 };

struct FmPrompt {
    const FmCatalog *catalog;
    FmPromptKind kind;
    GString *text;
    size_t cursor; /* byte */
    GPtrArray *history[FM_PROMPT_KINDS]; /* of char *, latest last */
    size_t recalled;  /* steps back in the history */
    GPtrArray *found; /* completions: names, borrowed */
    size_t chosen;    /* 1 + index of the one in the line; 0: none */
    unsigned where;   /* FM_IN_…, for commands */
    size_t word;      /* where the word begins that they complete */
    FmStyle state;    /* of a filter: good, bad, open */
    char *trouble;
};

static const char *const functions[] = { "abs", "count", "len", "lower", "max", "min", "string", "upper" };
static const char *const operators[] = { "all", "and", "any", "contains", "eq", "ge", "gt", "in", "le", "lt", "matches", "ne", "not", "or" };

FmPrompt *fm_prompt_new(const FmCatalog *catalog)
{
    FmPrompt *p = g_new0(FmPrompt, 1);
    p->catalog = catalog;
    p->text = g_string_new(NULL);
    p->found = g_ptr_array_new();
    for (size_t i = 0; i < FM_PROMPT_KINDS; i++)
        p->history[i] = g_ptr_array_new_with_free_func(g_free);
    return p;
}

void fm_prompt_free(FmPrompt *p)
{
    if (!p)
        return;
    g_string_free(p->text, TRUE);
    g_ptr_array_unref(p->found);
    for (size_t i = 0; i < FM_PROMPT_KINDS; i++)
        g_ptr_array_unref(p->history[i]);
    g_free(p->trouble);
    g_free(p);
}

FmPromptKind fm_prompt_kind(const FmPrompt *p)
{
    return p->kind;
}

const char *fm_prompt_text(const FmPrompt *p)
{
    return p->text->str;
}

/* ---- completion ---- */

static bool in_name(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '.' || c == '-';
}

static void add_matching(FmPrompt *p, const char *const *names, size_t count, const char *start)
{
    for (size_t i = 0; i < count; i++)
        if (g_str_has_prefix(names[i], start))
            g_ptr_array_add(p->found, (gpointer)(uintptr_t)names[i]);
}

static void add_fields(FmPrompt *p, const char *start)
{
    size_t count, from = 0, to;
    const FmEntry *entries = fm_catalog_entries(p->catalog, &count);
    to = count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (strcmp(entries[middle].name, start) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    for (; from < count && p->found->len < MOST_FOUND && g_str_has_prefix(entries[from].name, start); from++)
        g_ptr_array_add(p->found, (gpointer)(uintptr_t)entries[from].name);
}

/* The texts that the value of the field left of an operator may have. */
static void add_values(FmPrompt *p, const char *start)
{
    g_autofree char *before = g_strndup(p->text->str, p->word);
    g_strchomp(before);
    size_t n = strlen(before);
    while (n && strchr("=!<>", before[n - 1]))
        n--;
    if (n == strlen(before) && (g_str_has_suffix(before, " eq") || g_str_has_suffix(before, " ne")))
        n -= 3;
    else if (n == strlen(before))
        return;
    before[n] = '\0';
    g_strchomp(before);
    size_t from = strlen(before);
    while (from && in_name(before[from - 1]))
        from--;
    const FmEntry *entry = fm_catalog_find(p->catalog, before + from);
    const FmName *names = entry ? entry->field->names : NULL;
    for (; names && names->text && p->found->len < MOST_FOUND; names++)
        if (!*start || g_ascii_strncasecmp(names->text, start, strlen(start)) == 0)
            g_ptr_array_add(p->found, (gpointer)(uintptr_t)names->text);
}

/* Those of this page, then those of all pages, then the others. */
static unsigned farness(const FmCommand *command, unsigned where)
{
    return command->where == FM_IN_ALL ? 1 : command->where & where ? 0 : 2;
}

static void add_commands(FmPrompt *p, const char *start)
{
    size_t count;
    const FmCommand *commands = fm_commands(&count);
    for (size_t i = 0; i < 3 * count; i++)
        if (farness(&commands[i % count], p->where) == i / count && g_str_has_prefix(commands[i % count].name, start))
            g_ptr_array_add(p->found, (gpointer)(uintptr_t)commands[i % count].name);
}

static bool is_filter(FmPromptKind kind)
{
    return kind == FM_PROMPT_FILTER || kind == FM_PROMPT_ADD;
}

static void complete(FmPrompt *p)
{
    g_ptr_array_set_size(p->found, 0);
    p->chosen = 0;
    if (!is_filter(p->kind) && p->kind != FM_PROMPT_COMMAND)
        return;
    p->word = p->cursor;
    while (p->word && in_name(p->text->str[p->word - 1]))
        p->word--;
    g_autofree char *start = g_strndup(p->text->str + p->word, p->cursor - p->word);
    if (p->kind == FM_PROMPT_COMMAND) {
        if (p->word == 0)
            add_commands(p, start);
        return;
    }
    add_values(p, start);
    if (!*start || p->found->len)
        return;
    add_matching(p, operators, G_N_ELEMENTS(operators), start);
    add_matching(p, functions, G_N_ELEMENTS(functions), start);
    add_fields(p, start);
    if (p->found->len == 1 && strcmp(p->found->pdata[0], start) == 0)
        g_ptr_array_set_size(p->found, 0);
}

static bool is_value(const FmPrompt *p, const char *text)
{
    for (const char *c = text; *c; c++)
        if (!in_name(*c))
            return true;
    return p->word && strchr("=! ", p->text->str[p->word - 1]) && !fm_catalog_find(p->catalog, text) && !g_ascii_islower(*text);
}

/* Puts the next completion in place of the word. */
static void choose(FmPrompt *p, int step)
{
    size_t n = p->found->len;
    if (!n)
        return;
    p->chosen = step > 0 ? p->chosen % n + 1 : p->chosen > 1 ? p->chosen - 1 : n;
    const char *name = p->found->pdata[p->chosen - 1];
    g_autofree char *text = is_value(p, name) ? g_strdup_printf("\"%s\"", name) : g_strdup(name);
    g_string_erase(p->text, (gssize)p->word, (gssize)(p->cursor - p->word));
    g_string_insert(p->text, (gssize)p->word, text);
    p->cursor = p->word + strlen(text);
}

/* ---- validity ---- */

/* A filter that is not one yet, but may become one, is open: what is missing is missing at its end. */
static void judge(FmPrompt *p)
{
    g_clear_pointer(&p->trouble, g_free);
    p->state = FM_STYLE_INPUT;
    if (!is_filter(p->kind) || !p->text->len)
        return;
    g_autoptr(GError) error = NULL;
    size_t at = 0, size = 0;
    g_autoptr(FmFilter) filter = fm_filter_compile(p->catalog, p->text->str, &at, &size, NULL, &error);
    p->state = filter ? FM_STYLE_INPUT_GOOD : at + size >= p->text->len ? FM_STYLE_INPUT_OPEN : FM_STYLE_INPUT_BAD;
    if (error)
        p->trouble = g_strdup(error->message);
}

static void changed(FmPrompt *p)
{
    complete(p);
    judge(p);
}

void fm_prompt_at(FmPrompt *p, unsigned where)
{
    p->where = where;
}

void fm_prompt_open(FmPrompt *p, FmPromptKind kind, const char *text)
{
    p->kind = kind;
    g_string_assign(p->text, text ? text : "");
    p->cursor = p->text->len;
    p->recalled = 0;
    changed(p);
    if (is_filter(kind))
        g_ptr_array_set_size(p->found, 0);
}

/* ---- keys ---- */

static void remember(FmPrompt *p)
{
    GPtrArray *history = p->history[p->kind];
    if (!p->text->len || (history->len && strcmp(history->pdata[history->len - 1], p->text->str) == 0))
        return;
    g_ptr_array_add(history, g_strdup(p->text->str));
    if (history->len > MOST_HISTORY)
        g_ptr_array_remove_index(history, 0);
}

static void recall(FmPrompt *p, int step)
{
    const GPtrArray *history = p->history[p->kind];
    size_t to = step < 0 ? p->recalled + 1 : p->recalled ? p->recalled - 1 : 0;
    if (to > history->len)
        return;
    p->recalled = to;
    g_string_assign(p->text, to ? history->pdata[history->len - to] : "");
    p->cursor = p->text->len;
    changed(p);
    g_ptr_array_set_size(p->found, 0);
}

static size_t left_of(const FmPrompt *p)
{
    return p->cursor ? (size_t)(g_utf8_prev_char(p->text->str + p->cursor) - p->text->str) : 0;
}

static size_t right_of(const FmPrompt *p)
{
    return p->cursor < p->text->len ? (size_t)(g_utf8_next_char(p->text->str + p->cursor) - p->text->str) : p->cursor;
}

static size_t word_left_of(const FmPrompt *p)
{
    size_t at = p->cursor;
    while (at && p->text->str[at - 1] == ' ')
        at--;
    while (at && p->text->str[at - 1] != ' ')
        at--;
    return at;
}

static void erase(FmPrompt *p, size_t from, size_t to)
{
    g_string_erase(p->text, (gssize)from, (gssize)(to - from));
    p->cursor = from;
    changed(p);
}

static void type(FmPrompt *p, const char *text)
{
    if (p->text->len > 4096)
        return;
    g_string_insert(p->text, (gssize)p->cursor, text);
    p->cursor += strlen(text);
    changed(p);
}

static FmPromptEnd end(FmPrompt *p, FmPromptEnd how)
{
    if (how == FM_PROMPT_ACCEPTED)
        remember(p);
    p->kind = FM_PROMPT_NONE;
    return how;
}

static bool edit(FmPrompt *p, const char *key)
{
    static const struct {
        const char *keys;
        int what;
    } moves[] = { { "Left C-b", 0 }, { "Right C-f", 1 }, { "Home C-a", 2 }, { "End C-e", 3 } };
    for (size_t i = 0; i < G_N_ELEMENTS(moves); i++) {
        const char *found = strstr(moves[i].keys, key);
        size_t n = strlen(key);
        if (n < 3 || !found || (found[n] && found[n] != ' '))
            continue;
        p->cursor = moves[i].what == 0 ? left_of(p) : moves[i].what == 1 ? right_of(p) : moves[i].what == 2 ? 0 : p->text->len;
        complete(p);
        return true;
    }
    if (strcmp(key, "C-w") == 0)
        erase(p, word_left_of(p), p->cursor);
    else if (strcmp(key, "C-u") == 0)
        erase(p, 0, p->cursor);
    else if (strcmp(key, "C-k") == 0)
        erase(p, p->cursor, p->text->len);
    else if (strcmp(key, "Del") == 0 || strcmp(key, "C-d") == 0)
        erase(p, p->cursor, right_of(p));
    else
        return false;
    return true;
}

FmPromptEnd fm_prompt_key(FmPrompt *p, const char *key)
{
    if (strcmp(key, "Enter") == 0)
        return end(p, FM_PROMPT_ACCEPTED);
    if (strcmp(key, "Esc") == 0 || strcmp(key, "C-g") == 0 || strcmp(key, "C-c") == 0)
        return end(p, FM_PROMPT_CANCELLED);
    if (strcmp(key, "Backspace") == 0) {
        if (!p->text->len)
            return end(p, FM_PROMPT_CANCELLED);
        erase(p, left_of(p), p->cursor);
    } else if (strcmp(key, "Tab") == 0 || strcmp(key, "S-Tab") == 0) {
        choose(p, key[0] == 'T' ? 1 : -1);
        judge(p);
    } else if (strcmp(key, "Up") == 0 || strcmp(key, "C-p") == 0) {
        recall(p, -1);
    } else if (strcmp(key, "Down") == 0 || strcmp(key, "C-n") == 0) {
        recall(p, 1);
    } else if (strcmp(key, "Space") == 0) {
        type(p, " ");
    } else if (!edit(p, key) && *key && g_utf8_strlen(key, -1) == 1) {
        type(p, key);
    }
    return FM_PROMPT_TYPING;
}

/* ---- drawing ---- */

int fm_prompt_rows(const FmPrompt *p)
{
    return (int)MIN(p->found->len, (guint)MOST_SHOWN) + (p->trouble && p->state == FM_STYLE_INPUT_BAD ? 1 : 0);
}

static const char *explanation(const FmPrompt *p, const char *name)
{
    size_t count;
    const FmCommand *commands = fm_commands(&count);
    if (p->kind == FM_PROMPT_COMMAND) {
        for (size_t i = 0; i < count; i++)
            if (strcmp(commands[i].name, name) == 0)
                return commands[i].help;
        return "";
    }
    const FmEntry *entry = fm_catalog_find(p->catalog, name);
    return entry ? entry->field->name : "";
}

static void draw_found(const FmPrompt *p, const FmScreen *screen, FmBox box, int row)
{
    size_t shown = MIN(p->found->len, (guint)MOST_SHOWN);
    size_t first = p->chosen > shown ? p->chosen - shown : 0;
    int width = 0;
    for (size_t i = first; i < first + shown; i++)
        width = MAX(width, (int)strlen(p->found->pdata[i]));
    for (size_t i = first; i < first + shown; i++) {
        FmPen pen = fm_pen(screen, box, row++);
        if (i + 1 == p->chosen)
            pen.over = FM_STYLE_SELECTED;
        fm_put(&pen, FM_STYLE_STATUS, "  ");
        fm_put_cell(&pen, FM_STYLE_STATUS, MIN(width, box.columns / 2) + 2, p->found->pdata[i]);
        fm_put(&pen, FM_STYLE_STATUS, explanation(p, p->found->pdata[i]));
        if (i + 1 == first + shown && first + shown < p->found->len)
            fm_putf(&pen, FM_STYLE_STATUS, "   and %u more", p->found->len - (unsigned)(first + shown));
        fm_put_rest(&pen, FM_STYLE_STATUS);
    }
}

int fm_prompt_draw(FmPrompt *p, const FmScreen *screen, FmBox box)
{
    static const char *const marks[] = { "", "/", ":", "find: ", "write to: ", "a curve of: " };
    int rows = MIN(fm_prompt_rows(p), box.rows - 1), row = box.rows - 1 - rows;
    if (p->trouble && p->state == FM_STYLE_INPUT_BAD && rows > 0) {
        FmPen pen = fm_pen(screen, box, row++);
        fm_putf(&pen, FM_STYLE_BAD, " %s", p->trouble);
        fm_put_rest(&pen, FM_STYLE_NORMAL);
    }
    if (rows > 0)
        draw_found(p, screen, box, row);
    FmPen pen = fm_pen(screen, box, box.rows - 1);
    fm_put(&pen, FM_STYLE_KEY, marks[p->kind]);
    int start = pen.x - box.x, before = fm_width(p->text->str, p->cursor), room = MAX(box.columns - start - 2, 1);
    pen.skip = MAX(0, before - room);
    int skip = pen.skip;
    fm_put(&pen, p->state, p->text->str);
    fm_put_rest(&pen, p->state);
    return start + before - skip;
}
