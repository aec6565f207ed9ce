/* Display filters: from tokens to a tree, by recursive descent. From loose to tight: or, xor, and, not, one test. */
#include "config.h"

#include "filter/syntax.h"

#include <string.h>

const char *const function_names[CALLS] = {
    [CALL_LEN] = "len",
    [CALL_COUNT] = "count",
    [CALL_UPPER] = "upper",
    [CALL_LOWER] = "lower",
    [CALL_STRING] = "string",
    [CALL_MAX] = "max",
    [CALL_MIN] = "min",
    [CALL_ABS] = "abs",
    [CALL_VALS] = "vals",
    [CALL_DEC] = "dec",
    [CALL_HEX] = "hex",
    [CALL_IP_SPECIAL_NAME] = "ip_special_name",
    [CALL_IP_SPECIAL_MASK] = "ip_special_mask",
    [CALL_IP_LINKLOCAL] = "ip_linklocal",
    [CALL_IP_MULTICAST] = "ip_multicast",
    [CALL_IP_RFC1918] = "ip_rfc1918",
    [CALL_IP_ULA] = "ip_ula",
};

static const struct {
    const char *old, *now; /* a protocol, or the whole name of a field */
} renamed[] = { { "ssl", "tls" }, { "bootp", "dhcp" } };

typedef struct Parser {
    Compiler *c;
    Lexer lexer;
    Token token; /* the next one, not yet used */
    unsigned depth;
} Parser;

static void advance(Parser *p)
{
    p->token = lexer_next(&p->lexer);
}

static Syntax *unexpected(Parser *p)
{
    Place place = p->token.place;
    if (p->token.type == TOKEN_END)
        compiler_fail(p->c, place, FM_FILTER_ERROR_SYNTAX, "Unexpected end of filter expression");
    else if (p->token.type != TOKEN_ERROR)
        compiler_fail(p->c, place, FM_FILTER_ERROR_SYNTAX, "\"%.*s\" was unexpected in this context", (int)place.size,
                      p->c->text + place.at);
    return NULL;
}

static bool expect(Parser *p, TokenType type)
{
    if (p->token.type != type)
        return unexpected(p) != NULL;
    advance(p);
    return true;
}

/* A node over `count` children (none NULL but in sets), whose place reaches over them. */
static Syntax *make(Parser *p, SyntaxKind kind, Place place, Syntax *const *children, size_t count)
{
    Syntax *s = fm_arena_alloc0(p->c->memory, sizeof *s);
    s->kind = kind;
    s->place = place;
    s->count = count;
    if (count)
        s->children = fm_arena_copy(p->c->memory, children, count * sizeof(Syntax *));
    for (size_t i = 0; i < count; i++) {
        if (!children[i])
            continue;
        s->height = MAX(s->height, (uint16_t)(children[i]->height + 1));
        size_t end = MAX(s->place.at + s->place.size, children[i]->place.at + children[i]->place.size);
        s->place.at = MIN(s->place.at, children[i]->place.at);
        s->place.size = end - s->place.at;
    }
    if (s->height > MAX_HEIGHT) {
        compiler_fail(p->c, place, FM_FILTER_ERROR_SYNTAX, "The filter is nested too deeply");
        return NULL;
    }
    return s;
}

static Syntax *make_pair(Parser *p, SyntaxKind kind, uint8_t op, Place place, Syntax *left, Syntax *right)
{
    Syntax *s = make(p, kind, place, (Syntax *[]){ left, right }, 2);
    if (s)
        s->op = op;
    return s;
}

static Syntax *entity(Parser *p);

static bool enter(Parser *p)
{
    if (p->depth >= MAX_HEIGHT)
        return compiler_fail(p->c, p->token.place, FM_FILTER_ERROR_SYNTAX, "The filter is nested too deeply");
    p->depth++;
    return true;
}

/* ---- fields and values ---- */

static const FmEntry *find_renamed(Compiler *c, const Token *token)
{
    for (size_t i = 0; i < G_N_ELEMENTS(renamed); i++) {
        size_t n = strlen(renamed[i].old);
        if (strncmp(token->text, renamed[i].old, n) != 0 || (token->text[n] && token->text[n] != '.'))
            continue;
        g_autofree char *name = g_strconcat(renamed[i].now, token->text + n, NULL);
        const FmEntry *entry = fm_catalog_find(c->catalog, name);
        if (entry)
            compiler_warn(c, "Deprecated name \"%s\": use \"%s\" instead", token->text, name);
        return entry;
    }
    return NULL;
}

static const FmEntry *find_entry(Compiler *c, const Token *token)
{
    if (token->literal_only)
        return NULL;
    const FmEntry *entry = fm_catalog_find(c->catalog, token->text);
    return entry ? entry : find_renamed(c, token);
}

static Syntax *unknown_name(Parser *p, const Token *token)
{
    compiler_unknown(p->c, token->place, token->text);
    return NULL;
}

static Syntax *slices(Parser *p, Syntax *of)
{
    while (of && p->token.type == TOKEN_OPEN_BRACKET) {
        const Span *spans;
        size_t count, start = p->token.place.at;
        if (!lexer_ranges(&p->lexer, &spans, &count))
            return NULL;
        of = make(p, SYNTAX_SLICE, (Place){ start, p->lexer.at - start }, &of, 1);
        if (!of)
            return NULL;
        of->spans = spans;
        of->span_count = count;
        advance(p);
    }
    return of;
}

/* What may follow a field: a layer, slices. */
static Syntax *field(Parser *p, const FmEntry *entry, Place place, bool raw)
{
    Syntax *s = make(p, SYNTAX_FIELD, place, NULL, 0);
    if (!s)
        return NULL;
    s->entry = entry;
    s->raw = raw;
    if (p->token.type == TOKEN_HASH) {
        if (!lexer_layer(&p->lexer, &s->spans, &s->span_count))
            return NULL;
        advance(p);
    }
    return slices(p, s);
}

static Syntax *call(Parser *p, const Token *name)
{
    unsigned function = 0;
    while (function < CALLS && strcmp(function_names[function], name->text) != 0)
        function++;
    if (function == CALLS) {
        compiler_fail(p->c, name->place, FM_FILTER_ERROR_NAME, "Function '%s' does not exist", name->text);
        return NULL;
    }
    g_autoptr(GPtrArray) arguments = g_ptr_array_new();
    advance(p);
    while (p->token.type != TOKEN_CLOSE) {
        if (arguments->len && !expect(p, TOKEN_COMMA))
            return NULL;
        Syntax *argument = entity(p);
        if (!argument)
            return NULL;
        g_ptr_array_add(arguments, argument);
    }
    advance(p);
    Syntax *s = make(p, SYNTAX_CALL, name->place, (Syntax *const *)arguments->pdata, arguments->len);
    if (!s)
        return NULL;
    s->op = (uint8_t)function;
    s->place = name->place;
    return slices(p, s);
}

static Syntax *literal(Parser *p, SyntaxKind kind, const Token *token)
{
    Syntax *s = make(p, kind, token->place, NULL, 0);
    if (s)
        s->token = *token;
    return s;
}

static Syntax *raw_field(Parser *p)
{
    size_t start = p->token.place.at;
    advance(p);
    Token name = p->token;
    if (name.type != TOKEN_WORD)
        return unexpected(p);
    const FmEntry *entry = find_entry(p->c, &name);
    if (!entry)
        return unknown_name(p, &name);
    advance(p);
    return field(p, entry, (Place){ start, name.place.at + name.place.size - start }, true);
}

static Syntax *reference(Parser *p)
{
    Token name = p->token;
    const FmEntry *entry = find_entry(p->c, &name);
    if (!entry)
        return unknown_name(p, &name);
    advance(p);
    Syntax *s = literal(p, SYNTAX_REFERENCE, &name);
    if (s)
        s->entry = entry;
    return s ? slices(p, s) : NULL;
}

static Syntax *grouped(Parser *p)
{
    advance(p);
    Syntax *inner = entity(p);
    return inner && expect(p, TOKEN_CLOSE_BRACE) ? inner : NULL;
}

static Syntax *primary(Parser *p)
{
    Token token = p->token;
    switch (token.type) {
    case TOKEN_WORD: {
        advance(p);
        if (p->token.type == TOKEN_OPEN)
            return call(p, &token);
        const FmEntry *entry = find_entry(p->c, &token);
        if (entry)
            return field(p, entry, token.place, false);
        if (token.field_only)
            return unknown_name(p, &token);
        return literal(p, SYNTAX_LITERAL, &token);
    }
    case TOKEN_STRING:
    case TOKEN_CHAR: advance(p); return literal(p, SYNTAX_LITERAL, &token);
    case TOKEN_REFERENCE: return reference(p);
    case TOKEN_AT: return raw_field(p);
    case TOKEN_OPEN_BRACE: return grouped(p);
    default: return unexpected(p);
    }
}

static Syntax *signed_primary(Parser *p)
{
    if (p->token.type != TOKEN_ARITHMETIC || (p->token.op != OP_SUBTRACT && p->token.op != OP_ADD))
        return primary(p);
    bool negate = false;
    Place place = p->token.place;
    while (p->token.type == TOKEN_ARITHMETIC && (p->token.op == OP_SUBTRACT || p->token.op == OP_ADD)) {
        negate ^= p->token.op == OP_SUBTRACT;
        advance(p);
    }
    Syntax *s = primary(p);
    return s && negate ? make(p, SYNTAX_NEGATE, place, &s, 1) : s;
}

static unsigned precedence(Operator op)
{
    return op == OP_AND ? 1 : op == OP_ADD || op == OP_SUBTRACT ? 2 : 3;
}

/* Operators of at least `level`, all of them left associative. */
static Syntax *arithmetic(Parser *p, unsigned level)
{
    Syntax *left = level > 3 ? signed_primary(p) : arithmetic(p, level + 1);
    if (level > 3)
        return left;
    while (left && p->token.type == TOKEN_ARITHMETIC && precedence(p->token.op) == level) {
        Token op = p->token;
        advance(p);
        Syntax *right = arithmetic(p, level + 1);
        if (!right)
            return NULL;
        left = make_pair(p, SYNTAX_ARITHMETIC, op.op, op.place, left, right);
    }
    return left;
}

static Syntax *entity(Parser *p)
{
    if (!enter(p))
        return NULL;
    Syntax *s = arithmetic(p, 1);
    p->depth--;
    return s;
}

/* ---- tests ---- */

static Syntax *set(Parser *p, Syntax *left, Place in)
{
    g_autoptr(GPtrArray) children = g_ptr_array_new();
    g_ptr_array_add(children, left);
    if (!expect(p, TOKEN_OPEN_BRACE))
        return NULL;
    for (;;) {
        Syntax *low = entity(p), *high = NULL;
        if (!low)
            return NULL;
        if (p->token.type == TOKEN_DOTS) {
            advance(p);
            high = entity(p);
            if (!high)
                return NULL;
        }
        g_ptr_array_add(children, low);
        g_ptr_array_add(children, high);
        if (p->token.type == TOKEN_CLOSE_BRACE)
            break;
        if (!expect(p, TOKEN_COMMA))
            return NULL;
    }
    advance(p);
    return make(p, SYNTAX_IN, in, (Syntax *const *)children->pdata, children->len);
}

static Syntax *matches(Parser *p, Syntax *left, Place place)
{
    Token pattern = p->token;
    if (pattern.type != TOKEN_STRING) {
        if (pattern.type == TOKEN_END || pattern.type == TOKEN_ERROR)
            return unexpected(p);
        compiler_fail(p->c, pattern.place, FM_FILTER_ERROR_TYPE, "Matches requires a double quoted string on the right side.");
        return NULL;
    }
    advance(p);
    Syntax *right = literal(p, SYNTAX_LITERAL, &pattern);
    return right ? make_pair(p, SYNTAX_MATCHES, 0, place, left, right) : NULL;
}

/* a < b <= c: each pair must hold. */
static Syntax *comparisons(Parser *p, Syntax *left, Quantifier quantifier)
{
    g_autoptr(GPtrArray) pairs = g_ptr_array_new();
    Place place = p->token.place;
    while (p->token.type == TOKEN_RELATION) {
        Token relation = p->token;
        advance(p);
        Syntax *right = entity(p);
        Syntax *pair = right ? make_pair(p, SYNTAX_COMPARE, relation.op, relation.place, left, right) : NULL;
        if (!pair)
            return NULL;
        pair->quantifier = quantifier;
        g_ptr_array_add(pairs, pair);
        left = right;
    }
    return pairs->len == 1 ? pairs->pdata[0] : make(p, SYNTAX_AND, place, (Syntax *const *)pairs->pdata, pairs->len);
}

static Syntax *test(Parser *p)
{
    Quantifier quantifier = p->token.type == TOKEN_ANY   ? QUANTIFIER_ANY
                            : p->token.type == TOKEN_ALL ? QUANTIFIER_ALL
                                                         : QUANTIFIER_NONE;
    if (quantifier)
        advance(p);
    Syntax *left = entity(p);
    if (!left)
        return NULL;
    Token token = p->token;
    Syntax *s;
    switch (token.type) {
    case TOKEN_RELATION: return comparisons(p, left, quantifier);
    case TOKEN_CONTAINS: {
        advance(p);
        Syntax *right = entity(p);
        s = right ? make_pair(p, SYNTAX_CONTAINS, 0, token.place, left, right) : NULL;
        break;
    }
    case TOKEN_MATCHES:
        advance(p);
        s = matches(p, left, token.place);
        break;
    case TOKEN_IN:
        advance(p);
        s = set(p, left, token.place);
        break;
    case TOKEN_NOT: /* not in */
        advance(p);
        if (p->token.type != TOKEN_IN)
            return unexpected(p);
        advance(p);
        s = set(p, left, token.place);
        if (s)
            s->quantifier = quantifier;
        return s ? make(p, SYNTAX_NOT, token.place, &s, 1) : NULL;
    default: return quantifier ? unexpected(p) : make(p, SYNTAX_TRUTH, left->place, &left, 1);
    }
    if (s)
        s->quantifier = quantifier;
    return s;
}

static Syntax *expression(Parser *p, unsigned level);

static Syntax *negated(Parser *p)
{
    bool negate = false;
    Place place = p->token.place;
    for (; p->token.type == TOKEN_NOT; negate = !negate)
        advance(p);
    Syntax *s;
    if (p->token.type == TOKEN_OPEN) {
        if (!enter(p))
            return NULL;
        advance(p);
        s = expression(p, 0);
        p->depth--;
        if (!s || !expect(p, TOKEN_CLOSE))
            return NULL;
    } else {
        s = test(p);
    }
    return s && negate ? make(p, SYNTAX_NOT, place, &s, 1) : s;
}

static Syntax *expression(Parser *p, unsigned level)
{
    static const struct {
        TokenType token;
        SyntaxKind kind;
    } levels[] = { { TOKEN_OR, SYNTAX_OR }, { TOKEN_XOR, SYNTAX_XOR }, { TOKEN_AND, SYNTAX_AND } };
    if (level == G_N_ELEMENTS(levels))
        return negated(p);
    Syntax *first = expression(p, level + 1);
    if (!first || p->token.type != levels[level].token)
        return first;
    g_autoptr(GPtrArray) children = g_ptr_array_new();
    g_ptr_array_add(children, first);
    Place place = p->token.place;
    while (p->token.type == levels[level].token) {
        advance(p);
        Syntax *next = expression(p, level + 1);
        if (!next)
            return NULL;
        g_ptr_array_add(children, next);
    }
    return make(p, levels[level].kind, place, (Syntax *const *)children->pdata, children->len);
}

Syntax *parser_parse(Compiler *c)
{
    Parser p = { .c = c, .lexer = { .c = c } };
    advance(&p);
    if (p.token.type == TOKEN_END)
        return NULL;
    Syntax *root = expression(&p, 0);
    if (!root)
        return NULL;
    if (p.token.type != TOKEN_END)
        return unexpected(&p);
    return root;
}
