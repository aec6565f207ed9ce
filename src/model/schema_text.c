/* Schemas from .proto files, proto2 and proto3 (and editions, which look alike): as much as decides how fields are read. Options, defaults,
 * reserved names and extension ranges are passed over. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/schema_build.h"

typedef enum Kind { END, WORD, NUMBER, STRING, SIGN } Kind;

typedef struct Parser {
    FmSchema *schema;
    const char *at, *name;
    unsigned line;
    Kind kind;          /* of the token at hand */
    const char *token;
    size_t size;
    char *package;
    bool packs;         /* repeated numbers, unless an option says otherwise */
    GError *error;
} Parser;

/* ---- tokens ---- */

static void fail(Parser *p, const char *wanted)
{
    if (!p->error)
        g_set_error(&p->error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s:%u: expected %s%s%.*s", p->name, p->line, wanted,
                    p->kind == END ? ", and the file ends" : " before ", p->kind == END ? 0 : (int)MIN(p->size, 40), p->token);
    p->kind = END;
    p->at = "";
}

static void skip_blanks(Parser *p)
{
    for (;;) {
        if (*p->at == '\n')
            p->line++;
        if (g_ascii_isspace(*p->at)) {
            p->at++;
        } else if (p->at[0] == '/' && p->at[1] == '/') {
            p->at += strcspn(p->at, "\n");
        } else if (p->at[0] == '/' && p->at[1] == '*') {
            const char *end = strstr(p->at + 2, "*/");
            for (const char *c = p->at; end && c < end; c++)
                p->line += *c == '\n';
            p->at = end ? end + 2 : p->at + strlen(p->at);
        } else {
            return;
        }
    }
}

static bool is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_' || c == '.';
}

static void next(Parser *p)
{
    skip_blanks(p);
    const char *start = p->token = p->at;
    char first = *start;
    if (!first) {
        p->kind = END;
    } else if (first == '"' || first == '\'') {
        p->kind = STRING;
        for (p->at++; *p->at && *p->at != first && *p->at != '\n'; p->at++)
            p->at += *p->at == '\\' && p->at[1];
        p->at += *p->at == first;
    } else if (is_word(first)) { /* numbers too: exponents with a sign are never of interest */
        p->kind = g_ascii_isdigit(first) ? NUMBER : WORD;
        while (is_word(*p->at))
            p->at++;
    } else {
        p->kind = SIGN;
        p->at++;
    }
    p->size = (size_t)(p->at - start);
}

static bool is(const Parser *p, const char *text)
{
    return p->kind != END && p->kind != STRING && p->size == strlen(text) && memcmp(p->token, text, p->size) == 0;
}

static bool take(Parser *p, const char *text)
{
    if (!is(p, text))
        return false;
    next(p);
    return true;
}

static void need(Parser *p, const char *text)
{
    if (!take(p, text))
        fail(p, text);
}

static char *need_word(Parser *p)
{
    if (p->kind != WORD) {
        fail(p, "a name");
        return g_strdup("");
    }
    char *word = g_strndup(p->token, p->size);
    next(p);
    return word;
}

static char *need_string(Parser *p)
{
    if (p->kind != STRING || p->size < 2) {
        fail(p, "a string");
        return g_strdup("");
    }
    char *text = g_strndup(p->token + 1, p->size - 2);
    next(p);
    return text;
}

static int64_t need_number(Parser *p)
{
    bool negative = take(p, "-");
    char digits[32] = "";
    if (p->kind != NUMBER || p->size >= sizeof digits) {
        fail(p, "a number");
        return 0;
    }
    memcpy(digits, p->token, p->size);
    int64_t value = g_ascii_strtoll(digits, NULL, 0);
    next(p);
    return negative ? -value : value;
}

/* In a block: is there more of it? */
static bool goes_on(Parser *p)
{
    if (p->kind == END) {
        fail(p, "}");
        return false;
    }
    return !take(p, "}");
}

/* To behind the ; or the block that ends this statement. */
static void skip_statement(Parser *p)
{
    unsigned depth = 0;
    while (p->kind != END) {
        bool opens = is(p, "{"), closes = is(p, "}"), ends = is(p, ";");
        if (closes && depth == 0)
            return;
        depth += opens;
        depth -= closes;
        next(p);
        if (depth == 0 && (ends || closes))
            return;
    }
}

/* [deprecated = true, (mine) = { … }]: does it say packed? */
static bool read_options(Parser *p)
{
    unsigned depth = 0;
    bool packs = p->packs;
    if (!is(p, "["))
        return packs;
    do {
        depth += is(p, "[");
        depth -= is(p, "]");
        bool told = is(p, "packed");
        next(p);
        if (told && take(p, "="))
            packs = is(p, "true");
    } while (depth && p->kind != END);
    return packs;
}

/* ---- definitions ---- */

static const struct {
    const char *name;
    FmSchemaType type;
} scalars[] = {
    { "double", FM_SCHEMA_DOUBLE }, { "float", FM_SCHEMA_FLOAT }, { "int64", FM_SCHEMA_INT64 }, { "uint64", FM_SCHEMA_UINT64 },
    { "int32", FM_SCHEMA_INT32 }, { "fixed64", FM_SCHEMA_FIXED64 }, { "fixed32", FM_SCHEMA_FIXED32 }, { "bool", FM_SCHEMA_BOOL },
    { "string", FM_SCHEMA_STRING }, { "bytes", FM_SCHEMA_BYTES }, { "uint32", FM_SCHEMA_UINT32 }, { "sfixed32", FM_SCHEMA_SFIXED32 },
    { "sfixed64", FM_SCHEMA_SFIXED64 }, { "sint32", FM_SCHEMA_SINT32 }, { "sint64", FM_SCHEMA_SINT64 },
};

static void put_field(FmSchemaMessage *m, const char *type, const char *name, int64_t number, FmSchemaLabel label)
{
    for (size_t i = 0; i < G_N_ELEMENTS(scalars); i++)
        if (strcmp(scalars[i].name, type) == 0) {
            fm_schema_put_field(m, name, (uint32_t)number, (uint8_t)scalars[i].type, NULL, label);
            return;
        }
    fm_schema_put_field(m, name, (uint32_t)number, 0, type, label);
}

static void parse_message_body(Parser *p, FmSchemaMessage *m, const char *scope, unsigned depth);

static void parse_enum(Parser *p, const char *scope)
{
    g_autofree char *name = need_word(p), *full = fm_schema_join(scope, name);
    FmSchemaEnum *e = fm_schema_new_enum(p->schema, full);
    need(p, "{");
    while (goes_on(p)) {
        if (take(p, ";"))
            continue;
        g_autofree char *word = need_word(p);
        if (!take(p, "=")) { /* option, reserved */
            skip_statement(p);
            continue;
        }
        int64_t number = need_number(p);
        fm_schema_put_value(e, word, (int32_t)number);
        read_options(p);
        need(p, ";");
    }
}

static void parse_message(Parser *p, const char *scope, unsigned depth)
{
    g_autofree char *name = need_word(p), *full = fm_schema_join(scope, name);
    need(p, "{");
    parse_message_body(p, fm_schema_new_message(p->schema, full), full, depth);
}

/* map<string, Value> name = 1: a repeated message of a key and a value. */
static void parse_map(Parser *p, FmSchemaMessage *m, const char *scope)
{
    need(p, "<");
    g_autofree char *key = need_word(p);
    need(p, ",");
    g_autofree char *value = need_word(p);
    need(p, ">");
    g_autofree char *name = need_word(p), *entry = g_strconcat(scope, ".", name, "MapEntry", NULL), *absolute = g_strconcat(".", entry, NULL);
    need(p, "=");
    int64_t number = need_number(p);
    read_options(p);
    need(p, ";");
    FmSchemaMessage *pair = fm_schema_new_message(p->schema, entry);
    put_field(pair, key, "key", 1, FM_SCHEMA_SINGLE);
    put_field(pair, value, "value", 2, FM_SCHEMA_SINGLE);
    fm_schema_put_field(m, name, (uint32_t)number, FM_SCHEMA_MESSAGE, absolute, FM_SCHEMA_REPEATED);
}

static void parse_group(Parser *p, FmSchemaMessage *m, const char *scope, bool repeated, unsigned depth)
{
    g_autofree char *name = need_word(p), *full = fm_schema_join(scope, name), *absolute = g_strconcat(".", full, NULL);
    need(p, "=");
    int64_t number = need_number(p);
    read_options(p);
    need(p, "{");
    fm_schema_put_field(m, name, (uint32_t)number, FM_SCHEMA_GROUP, absolute, repeated ? FM_SCHEMA_REPEATED : FM_SCHEMA_SINGLE);
    parse_message_body(p, fm_schema_new_message(p->schema, full), full, depth);
}

/* What begins with a word: a keyword, or a field's type. A field may have a keyword's name, and a type may be called like one. */
static void parse_member(Parser *p, FmSchemaMessage *m, const char *scope, unsigned depth)
{
    g_autofree char *word = need_word(p);
    bool repeated = strcmp(word, "repeated") == 0;
    if ((repeated || strcmp(word, "optional") == 0 || strcmp(word, "required") == 0) && p->kind == WORD) {
        g_free(word);
        word = need_word(p);
    }
    if (strcmp(word, "group") == 0 && p->kind == WORD) {
        parse_group(p, m, scope, repeated, depth);
        return;
    }
    g_autofree char *name = need_word(p);
    need(p, "=");
    int64_t number = need_number(p);
    bool packs = read_options(p);
    put_field(m, word, name, number, !repeated ? FM_SCHEMA_SINGLE : packs ? FM_SCHEMA_PACKED : FM_SCHEMA_REPEATED);
    need(p, ";");
}

static bool begins(Parser *p, const char *keyword, const char *follows)
{
    if (!is(p, keyword))
        return false;
    Parser ahead = *p;
    next(&ahead);
    if (ahead.kind == WORD) { /* "message Name {" is one, "message message = 1;" is not */
        next(&ahead);
        return is(&ahead, follows);
    }
    return is(&ahead, follows);
}

static void parse_message_body(Parser *p, FmSchemaMessage *m, const char *scope, unsigned depth)
{
    if (!depth)
        fail(p, "fewer messages within messages");
    while (goes_on(p)) {
        if (take(p, ";"))
            continue;
        if (begins(p, "message", "{")) {
            next(p);
            parse_message(p, scope, depth - 1);
        } else if (begins(p, "enum", "{")) {
            next(p);
            parse_enum(p, scope);
        } else if (begins(p, "extend", "{")) {
            skip_statement(p);
        } else if (begins(p, "oneof", "{")) {
            next(p);
            g_free(need_word(p));
            next(p);
            parse_message_body(p, m, scope, depth - 1);
        } else if (begins(p, "map", "<")) {
            next(p);
            parse_map(p, m, scope);
        } else if (is(p, "option") || is(p, "reserved") || is(p, "extensions")) {
            skip_statement(p);
        } else {
            parse_member(p, m, scope, depth - 1);
        }
    }
}

static char *method_type(Parser *p, bool *streams)
{
    need(p, "(");
    *streams = false;
    if (is(p, "stream")) {
        next(p);
        if (is(p, ")")) { /* a type of that name */
            next(p);
            return g_strdup("stream");
        }
        *streams = true;
    }
    char *type = need_word(p);
    need(p, ")");
    return type;
}

static void parse_service(Parser *p)
{
    g_autofree char *name = need_word(p), *full = fm_schema_join(p->package, name);
    need(p, "{");
    while (goes_on(p)) {
        if (!take(p, "rpc")) {
            skip_statement(p);
            continue;
        }
        g_autofree char *method = need_word(p), *path = g_strdup_printf("/%s/%s", full, method);
        bool streams[2];
        char *request = method_type(p, &streams[0]);
        need(p, "returns");
        char *response = method_type(p, &streams[1]);
        FmSchemaMethod *m = p->error ? NULL : fm_schema_new_method(p->schema, path);
        if (m) {
            m->types[0] = request;
            m->types[1] = response;
            memcpy(m->streams, streams, sizeof streams);
        } else {
            g_free(request);
            g_free(response);
        }
        skip_statement(p);
    }
}

static void parse_import(Parser *p)
{
    if (!take(p, "public") && !take(p, "weak"))
        take(p, "option");
    g_autofree char *name = need_string(p);
    need(p, ";");
    if (*name)
        fm_schema_import(p->schema, name);
}

static void parse_file(Parser *p)
{
    next(p);
    while (p->kind != END) {
        if (take(p, ";"))
            continue;
        if (take(p, "package")) {
            g_free(p->package);
            p->package = need_word(p);
            need(p, ";");
        } else if (take(p, "import")) {
            parse_import(p);
        } else if (take(p, "message")) {
            parse_message(p, p->package, FM_SCHEMA_MAX_DEPTH);
        } else if (take(p, "enum")) {
            parse_enum(p, p->package);
        } else if (take(p, "service")) {
            parse_service(p);
        } else if (take(p, "syntax")) {
            need(p, "=");
            g_autofree char *syntax = need_string(p);
            p->packs = strcmp(syntax, "proto2") != 0;
            need(p, ";");
        } else if (take(p, "edition")) {
            p->packs = true;
            skip_statement(p);
        } else if (is(p, "option") || is(p, "extend")) {
            skip_statement(p);
        } else {
            fail(p, "a definition");
        }
    }
}

bool fm_schema_add_text(FmSchema *schema, const char *text, const char *name, GError **error)
{
    Parser p = { .schema = schema, .at = text, .name = name, .line = 1, .token = text, .package = g_strdup("") };
    parse_file(&p);
    g_free(p.package);
    if (!p.error)
        return true;
    g_propagate_error(error, p.error);
    return false;
}
