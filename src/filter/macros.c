/* Macros of display filters. */
#include "config.h"

#include "filter/macros.h"

#include <string.h>

#include "base/limits.h"

#define MAX_NESTING 16 /* of macros whose texts use macros */
#define MAX_USES 4096  /* of macros in one filter */

struct FmMacros {
    GHashTable *texts; /* by name */
};

/* A use of a macro in a text. */
typedef struct Use {
    const char *end; /* behind it */
    char *name;
    GPtrArray *arguments;
    bool has_arguments; /* if only an empty list */
} Use;

FmMacros *fm_macros_new(void)
{
    FmMacros *macros = g_new0(FmMacros, 1);
    macros->texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    fm_macros_add(macros, "private_ipv4", "($1 == 10.0.0.0/8 or $1 == 172.16.0.0/12 or $1 == 192.168.0.0/16)");
    fm_macros_add(macros, "private_ipv6", "$1 == fc00::/7");
    fm_macros_add(macros, "private_ethernet", "$1[0] & 02");
    return macros;
}

void fm_macros_free(FmMacros *macros)
{
    if (!macros)
        return;
    g_hash_table_unref(macros->texts);
    g_free(macros);
}

void fm_macros_add(FmMacros *macros, const char *name, const char *text)
{
    g_hash_table_replace(macros->texts, g_strdup(name), g_strdup(text));
}

/* ---- files ---- */

/* A quoted text from *at on, with \" \\ and \xNN in it; moves behind it. NULL if there is none. */
static char *quoted(const char **at)
{
    const char *c = *at;
    if (*c++ != '"')
        return NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    while (*c && *c != '"') {
        if (c[0] == '\\' && c[1] == 'x' && g_ascii_isxdigit(c[2]) && g_ascii_isxdigit(c[3])) {
            g_string_append_c(out, (char)(g_ascii_xdigit_value(c[2]) << 4 | g_ascii_xdigit_value(c[3])));
            c += 4;
        } else {
            c += c[0] == '\\' && c[1];
            g_string_append_c(out, *c++);
        }
    }
    if (*c != '"')
        return NULL;
    *at = c + 1;
    return g_strdup(out->str);
}

static bool add_line(FmMacros *macros, const char *line)
{
    g_autofree char *name = quoted(&line);
    if (!name)
        return false;
    line += strspn(line, " \t");
    bool comma = *line == ',';
    line += comma;
    line += strspn(line, " \t");
    g_autofree char *text = comma ? quoted(&line) : g_strdup(line);
    if (!text || !*name)
        return false;
    fm_macros_add(macros, name, text);
    return true;
}

bool fm_macros_load(FmMacros *macros, const char *path, GError **error)
{
    g_autofree char *contents = NULL;
    if (!g_file_get_contents(path, &contents, NULL, error))
        return false;
    g_auto(GStrv) lines = g_strsplit(contents, "\n", -1);
    for (size_t i = 0; lines[i]; i++) {
        const char *line = g_strstrip(lines[i]);
        if (*line && *line != '#' && !add_line(macros, line)) {
            g_set_error(error, FM_FILTER_ERROR, FM_FILTER_ERROR_SYNTAX, "%s:%zu: a macro is written \"name\",\"text\"", path,
                        i + 1);
            return false;
        }
    }
    return true;
}

/* ---- expansion ---- */

/* Behind the quoted text that starts here, or the end of all. */
static const char *skip_quoted(const char *c)
{
    char quote = *c++;
    while (*c && *c != quote)
        c += c[0] == '\\' && c[1] ? 2 : 1;
    return *c ? c + 1 : c;
}

static void use_clear(Use *use)
{
    g_free(use->name);
    g_ptr_array_unref(use->arguments);
}

/* Reads arguments up to `close`; NULL if it is missing. */
static const char *arguments(const char *c, char separator, char close, GPtrArray *out)
{
    const char *start = c;
    unsigned depth = 0;
    for (; *c; c++) {
        if (*c == '"') {
            c = skip_quoted(c) - 1;
            continue;
        }
        if (!depth && (*c == separator || *c == close)) {
            g_autofree char *argument = g_strndup(start, (size_t)(c - start));
            if (*c == separator || out->len || *g_strstrip(argument))
                g_ptr_array_add(out, g_strdup(g_strstrip(argument)));
            if (*c == close)
                return c + 1;
            start = c + 1;
        }
        depth += *c == '{' || *c == '(';
        depth -= depth && (*c == '}' || *c == ')');
    }
    return NULL;
}

/* What is used at the `$` at `c`. False if this is no macro's use. */
static bool find_use(const char *c, Use *use)
{
    bool braces = c[1] == '{';
    const char *name = c + 1 + braces, *end = name;
    while (g_ascii_isalnum(*end) || (*end && strchr("_.-", *end)))
        end++;
    *use = (Use){ .end = end, .name = g_strndup(name, (size_t)(end - name)), .arguments = g_ptr_array_new_with_free_func(g_free) };
    if (braces && (*end == ':' || *end == ';'))
        use->end = arguments(end + 1, ';', '}', use->arguments);
    else if (braces)
        use->end = *end == '}' ? end + 1 : NULL;
    else if (*end == '(')
        use->end = arguments(end + 1, ',', ')', use->arguments);
    use->has_arguments = use->end && use->end != end && !(braces && *end == '}');
    return *use->name && use->end;
}

typedef struct Expansion {
    const FmMacros *macros;
    unsigned uses;
    GError **error;
} Expansion;

typedef enum Replaced { REPLACED, REPLACED_NOT, REPLACED_WRONG } Replaced;

static bool expand(Expansion *e, const char *text, unsigned nesting, const char **where, GString *out);

static Replaced wrong(Expansion *e, const Use *use, const char *what)
{
    g_set_error(e->error, FM_FILTER_ERROR, FM_FILTER_ERROR_NAME, "Macro '%s' %s", use->name, what);
    return REPLACED_WRONG;
}

/* Adds what a use stands for to `out`. */
static Replaced replace(Expansion *e, const Use *use, unsigned nesting, GString *out)
{
    const char *text = g_hash_table_lookup(e->macros->texts, use->name), *where;
    if (!text)
        return use->has_arguments ? wrong(e, use, "does not exist") : REPLACED_NOT;
    if (nesting == MAX_NESTING || e->uses++ == MAX_USES)
        return wrong(e, use, "makes the filter grow without end");
    g_autoptr(GString) filled = g_string_new(NULL);
    for (char *c = (char *)(uintptr_t)text; *c;) {
        if (*c != '$' || !g_ascii_isdigit(c[1])) {
            g_string_append_c(filled, *c++);
            continue;
        }
        guint64 n = g_ascii_strtoull(c + 1, &c, 10);
        if (n < 1 || n > use->arguments->len)
            return wrong(e, use, "needs more arguments");
        g_string_append(filled, use->arguments->pdata[n - 1]);
        if (filled->len > FM_MAX_FILTER)
            return wrong(e, use, "makes the filter too long");
    }
    return expand(e, filled->str, nesting + 1, &where, out) ? REPLACED : REPLACED_WRONG;
}

/* `*where` is the place that makes an error. */
static bool expand(Expansion *e, const char *text, unsigned nesting, const char **where, GString *out)
{
    for (const char *c = text, *next; *c; c = next) {
        Replaced replaced = REPLACED_NOT;
        next = *c == '"' ? skip_quoted(c) : c + 1;
        *where = c;
        if (*c == '$') {
            Use use;
            if (find_use(c, &use))
                replaced = replace(e, &use, nesting, out);
            if (replaced == REPLACED)
                next = use.end;
            use_clear(&use);
        }
        if (replaced == REPLACED_WRONG)
            return false;
        if (replaced == REPLACED_NOT)
            g_string_append_len(out, c, next - c);
        if (out->len > FM_MAX_FILTER) {
            g_set_error_literal(e->error, FM_FILTER_ERROR, FM_FILTER_ERROR_SYNTAX, "The filter is too long with its macros");
            return false;
        }
    }
    return true;
}

char *fm_macros_expand(const FmMacros *macros, const char *text, size_t *at, size_t *size, GError **error)
{
    Expansion e = { macros, 0, error };
    const char *where = text;
    g_autoptr(GString) out = g_string_new(NULL);
    bool good = expand(&e, text, 0, &where, out);
    if (at)
        *at = good ? 0 : (size_t)(where - text);
    if (size)
        *size = !good;
    return good ? g_strdup(out->str) : NULL;
}
