/* Display filters: types. Literals get the type of what they stand beside. */
#include "config.h"

#include "filter/syntax.h"

#include <string.h>

static const char *const relation_signs[] = { "==", "!=", "===", "!==", ">", "<", ">=", "<=" };
static const char operator_signs[] = "+-*/%&";

static const char *const kind_names[] = {
    [KIND_NONE] = "a label",         [KIND_NUMBER] = "an integer",         [KIND_FLOAT] = "a floating point number",
    [KIND_IPV4] = "an IPv4 address", [KIND_ETHER] = "an Ethernet address", [KIND_EUI64] = "an EUI64 address",
    [KIND_IPV6] = "an IPv6 address", [KIND_BYTES] = "a sequence of bytes", [KIND_PROTOCOL] = "a protocol",
    [KIND_STRING] = "a string",      [KIND_TIME] = "a date and time",      [KIND_SPAN] = "a time offset",
};

static bool fail(Compiler *c, const Syntax *s, const char *what)
{
    return compiler_fail(c, s->place, FM_FILTER_ERROR_TYPE, "%.*s is %s and %s", (int)s->place.size, c->text + s->place.at,
                         kind_names[s->value], what);
}

static bool is_constant(const Syntax *s)
{
    if (s->kind == SYNTAX_LITERAL)
        return true;
    if (s->kind != SYNTAX_NEGATE && s->kind != SYNTAX_ARITHMETIC)
        return false;
    for (size_t i = 0; i < s->count; i++)
        if (!is_constant(s->children[i]))
            return false;
    return true;
}

/* A word where only a field makes sense. */
static bool not_a_field(Compiler *c, const Syntax *s, const char *otherwise)
{
    const Token *token = &s->token;
    if (s->kind != SYNTAX_LITERAL || token->type != TOKEN_WORD || !(g_ascii_isalpha(token->text[0]) || token->text[0] == '_'))
        return compiler_fail(c, s->place, FM_FILTER_ERROR_TYPE, "%s, not %.*s", otherwise, (int)s->place.size,
                             c->text + s->place.at);
    return compiler_unknown(c, s->place, token->text);
}

/* ---- constants ---- */

static bool is_real_literal(const Syntax *s)
{
    return s->kind == SYNTAX_LITERAL && s->token.type == TOKEN_WORD && strchr(s->token.text, '.');
}

/* The kind of a constant that stands at one side of an operator, when the other or the result is of `kind`. */
static Kind operand_kind(Operator op, Kind kind, const Syntax *constant, bool on_right)
{
    switch (kind) {
    case KIND_NUMBER: return op != OP_AND && is_real_literal(constant) ? KIND_FLOAT : KIND_NUMBER;
    case KIND_SPAN:
        if ((op == OP_MULTIPLY || op == OP_DIVIDE) && on_right)
            return is_real_literal(constant) ? KIND_FLOAT : KIND_NUMBER;
        return KIND_SPAN;
    case KIND_TIME: return constant->kind == SYNTAX_LITERAL && constant->token.type == TOKEN_STRING ? KIND_TIME : KIND_SPAN;
    default: return kind;
    }
}

static bool convert(Compiler *c, Syntax *s, Kind kind, const FmField *field);

static bool convert_negated(Compiler *c, Syntax *s, Kind kind, const FmField *field)
{
    Syntax *child = s->children[0];
    if (kind != KIND_NUMBER && kind != KIND_FLOAT && kind != KIND_SPAN) {
        s->value = kind;
        return fail(c, s, "has no negative");
    }
    if (!convert(c, child, kind, field))
        return false;
    Bounds *bounds = fm_arena_copy(c->constants, child->bounds, child->bound_count * sizeof *bounds);
    for (size_t i = 0; i < child->bound_count; i++) {
        Value low = bounds[i].low, high = bounds[i].high;
        if (kind == KIND_FLOAT) {
            low.real = -low.real;
            high.real = -high.real;
        } else {
            low.negative = !low.negative && low.number;
            high.negative = !high.negative && high.number;
        }
        bounds[i].low = high;
        bounds[i].high = low;
    }
    s->bounds = bounds;
    s->bound_count = child->bound_count;
    return true;
}

static bool convert_arithmetic(Compiler *c, Syntax *s, Kind kind)
{
    Syntax *left = s->children[0], *right = s->children[1];
    if (!convert(c, left, kind, NULL) || !convert(c, right, operand_kind(s->op, kind, right, true), NULL))
        return false;
    Bounds b = { .has_low = true, .has_high = true };
    if (left->bound_count != 1 || right->bound_count != 1 || arithmetic_kind(s->op, left->value, right->value) != kind ||
        !value_arithmetic(s->op, left->value, &left->bounds->low, right->value, &right->bounds->low, c->constants, &b.low))
        return compiler_fail(c, s->place, FM_FILTER_ERROR_TYPE, "This cannot be computed with \"%c\"", operator_signs[s->op]);
    b.high = b.low;
    s->bounds = fm_arena_copy(c->constants, &b, sizeof b);
    s->bound_count = 1;
    return true;
}

/* Gives a value of `kind` to a constant. */
static bool convert(Compiler *c, Syntax *s, Kind kind, const FmField *field)
{
    s->constant = true;
    s->checked = true;
    s->value = kind;
    switch (s->kind) {
    case SYNTAX_NEGATE: return convert_negated(c, s, kind, field);
    case SYNTAX_ARITHMETIC: return convert_arithmetic(c, s, kind);
    default: return literal_bounds(c, s, kind, field, &s->bounds, &s->bound_count);
    }
}

/* The same where only one value makes sense. */
static bool convert_one(Compiler *c, Syntax *s, Kind kind, const FmField *field)
{
    if (!convert(c, s, kind, field))
        return false;
    if (s->bound_count == 1 && value_compare(kind, &s->bounds->low, &s->bounds->high) == 0)
        return true;
    return compiler_fail(c, s->place, FM_FILTER_ERROR_TYPE, "%.*s stands for several values", (int)s->place.size,
                         c->text + s->place.at);
}

/* ---- entities ---- */

static bool entity(Compiler *c, Syntax *s);

/* Addresses that are numbers become bytes. */
static void as_bytes(Syntax *s)
{
    if (s->kind == SYNTAX_FIELD && (s->value == KIND_ETHER || s->value == KIND_IPV4 || s->value == KIND_EUI64)) {
        s->want = WANT_BYTES;
        s->value = KIND_BYTES;
    }
}

static bool slice(Compiler *c, Syntax *s)
{
    Syntax *child = s->children[0];
    if (!entity(c, child))
        return false;
    as_bytes(child);
    if (!kind_is_bytes(child->value))
        return fail(c, child, "cannot be sliced into a sequence of bytes.");
    s->value = KIND_BYTES;
    return true;
}

static bool negation(Compiler *c, Syntax *s)
{
    if (!entity(c, s->children[0]))
        return false;
    s->value = s->children[0]->value;
    return s->value == KIND_NUMBER || s->value == KIND_FLOAT || s->value == KIND_SPAN ||
           fail(c, s->children[0], "has no negative.");
}

static bool arithmetic(Compiler *c, Syntax *s)
{
    bool constants[2] = { is_constant(s->children[0]), is_constant(s->children[1]) };
    if (constants[0] && s->op == OP_MULTIPLY) { /* so that what is scaled stands left */
        Syntax *swap = s->children[0];
        s->children[0] = s->children[1];
        s->children[1] = swap;
        constants[0] = false;
        constants[1] = true;
    }
    for (unsigned i = 0; i < 2; i++)
        if (!constants[i] && !entity(c, s->children[i]))
            return false;
    for (unsigned i = 0; i < 2; i++) {
        Syntax *other = s->children[1 - i];
        if (!constants[i])
            continue;
        if (arithmetic_kind(s->op, other->value, other->value) == KIND_NONE && other->value != KIND_TIME &&
            other->value != KIND_SPAN)
            break;
        if (!convert_one(c, s->children[i], operand_kind(s->op, other->value, s->children[i], i == 1), NULL))
            return false;
    }
    s->value = arithmetic_kind(s->op, s->children[0]->value, s->children[1]->value);
    if (s->value == KIND_NONE) {
        Syntax *at = constants[0] ? s->children[1] : s->children[0];
        g_autofree char *what = g_strdup_printf("cannot be combined by \"%c\" with what stands beside it.", operator_signs[s->op]);
        return fail(c, at, what);
    }
    return true;
}

static bool bad_argument(Compiler *c, const Syntax *call, const Syntax *argument, const char *what)
{
    return compiler_fail(c, argument->place, FM_FILTER_ERROR_TYPE, "%s can be used as parameter for %s()", what,
                         function_names[call->op]);
}

static bool extreme(Compiler *c, Syntax *s)
{
    Syntax *first = NULL;
    for (size_t i = 0; i < s->count; i++) {
        if (is_constant(s->children[i]))
            continue;
        if (!entity(c, s->children[i]))
            return false;
        first = first ? first : s->children[i];
        if (s->children[i]->value == KIND_NONE)
            return fail(c, s->children[i], "has no value to compare.");
        if (s->children[i]->value != first->value)
            return compiler_fail(c, s->children[i]->place, FM_FILTER_ERROR_TYPE, "Arguments to '%s' must have the same type",
                                 function_names[s->op]);
    }
    if (!first)
        return compiler_fail(c, s->children[0]->place, FM_FILTER_ERROR_TYPE, "%s() needs a field among its arguments",
                             function_names[s->op]);
    for (size_t i = 0; i < s->count; i++)
        if (is_constant(s->children[i]) && !convert_one(c, s->children[i], first->value, NULL))
            return false;
    s->value = first->value;
    return true;
}

static bool has_names(const FmField *field)
{
    return fm_type_is_bool(field->type) || (field->names && field->type != FM_FRAMENUM);
}

static bool call(Compiler *c, Syntax *s)
{
    bool many = s->op == CALL_MAX || s->op == CALL_MIN;
    if (s->count < 1 || (s->count > 1 && !many))
        return compiler_fail(c, s->place, FM_FILTER_ERROR_TYPE, "Function %s %s", function_names[s->op],
                             s->count ? "can only accept 1 argument." : "needs at least 1 argument.");
    if (many)
        return extreme(c, s);
    Syntax *a = s->children[0];
    if (is_constant(a))
        return bad_argument(c, s, a, "Only fields");
    if (!entity(c, a))
        return false;
    bool is_field = a->kind == SYNTAX_FIELD && !a->raw;
    s->value = KIND_STRING;
    switch ((Function)s->op) {
    case CALL_LEN:
        s->value = KIND_NUMBER;
        if (a->kind == SYNTAX_FIELD && a->value != KIND_NONE) {
            a->want = WANT_LENGTH;
            a->value = KIND_NUMBER;
            return true;
        }
        return kind_is_bytes(a->value) || bad_argument(c, s, a, "Only fields and strings of bytes");
    case CALL_COUNT: s->value = KIND_NUMBER; return a->kind == SYNTAX_FIELD || bad_argument(c, s, a, "Only fields");
    case CALL_UPPER:
    case CALL_LOWER: return a->value == KIND_STRING || bad_argument(c, s, a, "Only string type fields");
    case CALL_STRING:
        if (!is_field || a->value == KIND_NONE || a->value == KIND_PROTOCOL)
            return bad_argument(c, s, a, "Only fields with a value");
        a->want = WANT_TEXT;
        a->value = KIND_STRING;
        return true;
    case CALL_VALS:
        if (!is_field || !has_names(a->entry->field))
            return bad_argument(c, s, a, "Only fields with named values");
        a->want = WANT_NAME;
        a->value = KIND_STRING;
        return true;
    case CALL_DEC:
    case CALL_HEX: return a->value == KIND_NUMBER || bad_argument(c, s, a, "Only integer fields");
    case CALL_ABS:
        s->value = a->value;
        return a->value == KIND_NUMBER || a->value == KIND_FLOAT || a->value == KIND_SPAN || bad_argument(c, s, a, "Only numbers");
    case CALL_IP_SPECIAL_NAME:
    case CALL_IP_SPECIAL_MASK:
    case CALL_IP_LINKLOCAL:
    case CALL_IP_MULTICAST:
    case CALL_IP_RFC1918:
    case CALL_IP_ULA:
        s->value = s->op == CALL_IP_SPECIAL_NAME ? KIND_STRING : KIND_NUMBER;
        return a->value == KIND_IPV4 || a->value == KIND_IPV6 || bad_argument(c, s, a, "Only IPv4 and IPv6 addresses");
    case CALL_MAX:
    case CALL_MIN:
    case CALLS: break;
    }
    return false;
}

/* Types of what is not a constant. */
static bool entity(Compiler *c, Syntax *s)
{
    if (s->checked)
        return true;
    s->checked = true;
    switch (s->kind) {
    case SYNTAX_FIELD:
        s->value = s->raw ? KIND_BYTES : kind_of(s->entry->field->type);
        s->want = s->raw ? WANT_WIRE : WANT_VALUE;
        return true;
    case SYNTAX_REFERENCE: s->value = kind_of(s->entry->field->type); return true;
    case SYNTAX_SLICE:
        return is_constant(s->children[0]) ? not_a_field(c, s->children[0], "Only fields can be sliced") : slice(c, s);
    case SYNTAX_NEGATE: return negation(c, s);
    case SYNTAX_ARITHMETIC: return arithmetic(c, s);
    case SYNTAX_CALL: return call(c, s);
    default: return not_a_field(c, s, "A field or function must stand here");
    }
}

static const FmField *names_of(const Syntax *s)
{
    return (s->kind == SYNTAX_FIELD && !s->raw && s->want == WANT_VALUE) || s->kind == SYNTAX_REFERENCE ? s->entry->field : NULL;
}

static bool left_side(Compiler *c, Syntax *s, const char *operator)
{
    if (is_constant(s)) {
        g_autofree char *what = g_strdup_printf("Left side of \"%s\" expression must be a field or function", operator);
        return not_a_field(c, s, what);
    }
    if (!entity(c, s))
        return false;
    if (s->value == KIND_NONE) {
        g_autofree char *what = g_strdup_printf("cannot participate in %s comparison.", operator);
        return fail(c, s, what);
    }
    return true;
}

/* ---- tests ---- */

static bool comparable(Syntax *a, Syntax *b)
{
    if (a->value == b->value)
        return true;
    as_bytes(a->value == KIND_ETHER || a->value == KIND_EUI64 ? a : b);
    bool a_bytes = a->value == KIND_BYTES || a->value == KIND_PROTOCOL,
         b_bytes = b->value == KIND_BYTES || b->value == KIND_PROTOCOL;
    return a_bytes && b_bytes;
}

static bool incompatible(Compiler *c, const Syntax *a, const Syntax *b)
{
    return compiler_fail(c, b->place, FM_FILTER_ERROR_TYPE, "%.*s and %.*s are not of compatible types.", (int)a->place.size,
                         c->text + a->place.at, (int)b->place.size, c->text + b->place.at);
}

static bool compare(Compiler *c, Syntax *s)
{
    Syntax *left = s->children[0], *right = s->children[1];
    if (!left_side(c, left, relation_signs[s->op]))
        return false;
    if (!is_constant(right)) {
        if (!entity(c, right))
            return false;
        return comparable(left, right) || incompatible(c, left, right);
    }
    Kind kind = left->value;
    if (!convert(c, right, kind, names_of(left)))
        return false;
    s->bounds = right->bounds;
    s->bound_count = right->bound_count;
    if (s->op <= REL_ANY_NE)
        return true;
    if (right->bound_count != 1)
        return compiler_fail(c, right->place, FM_FILTER_ERROR_TYPE, "%.*s stands for several values", (int)right->place.size,
                             c->text + right->place.at);
    Bounds b = { 0 };
    if (s->op == REL_GT || s->op == REL_GE) {
        b.has_low = true;
        b.low_open = s->op == REL_GT;
        b.low = b.low_open ? right->bounds->high : right->bounds->low;
    } else {
        b.has_high = true;
        b.high_open = s->op == REL_LT;
        b.high = b.high_open ? right->bounds->low : right->bounds->high;
    }
    s->bounds = fm_arena_copy(c->constants, &b, sizeof b);
    return true;
}

static bool contains(Compiler *c, Syntax *s)
{
    Syntax *left = s->children[0], *right = s->children[1];
    if (!left_side(c, left, "contains"))
        return false;
    if (left->value == KIND_ETHER || left->value == KIND_EUI64)
        as_bytes(left);
    if (left->value == KIND_NUMBER && left->kind == SYNTAX_FIELD && has_names(left->entry->field) && is_constant(right)) {
        left->want = WANT_NAME;
        left->value = KIND_STRING;
    }
    if (left->value != KIND_STRING && left->value != KIND_BYTES && left->value != KIND_PROTOCOL)
        return fail(c, left, "cannot participate in contains comparison.");
    if (is_constant(right))
        return convert_one(c, right, left->value, NULL);
    if (!entity(c, right))
        return false;
    return comparable(left, right) || incompatible(c, left, right);
}

static bool matches(Compiler *c, Syntax *s)
{
    Syntax *left = s->children[0];
    if (!left_side(c, left, "matches"))
        return false;
    if (left->kind == SYNTAX_FIELD && left->want == WANT_VALUE) {
        FmType type = left->entry->field->type;
        if (left->value == KIND_ETHER) { /* its bytes, as ever */
            as_bytes(left);
        } else if ((left->value != KIND_STRING && left->value != KIND_BYTES && left->value != KIND_PROTOCOL) || type == FM_GUID ||
                   type == FM_OID || type == FM_REL_OID) {
            left->want = WANT_NAME;
            left->value = KIND_STRING;
        }
    }
    return kind_is_bytes(left->value) || fail(c, left, "cannot participate in matches comparison.");
}

static bool membership(Compiler *c, Syntax *s)
{
    Syntax *left = s->children[0];
    if (!left_side(c, left, "in"))
        return false;
    Bounds *bounds = fm_arena_alloc0(c->constants, s->count * sizeof *bounds);
    size_t bound_count = 0, kept = 1, room = s->count;
    for (size_t i = 1; i < s->count; i += 2) {
        Syntax *low = s->children[i], *high = s->children[i + 1];
        if (is_constant(low) && (!high || is_constant(high))) {
            if (!convert(c, low, left->value, names_of(left)) || (high && !convert(c, high, left->value, names_of(left))))
                return false;
            if (high && (low->bound_count != 1 || high->bound_count != 1))
                return compiler_fail(c, low->place, FM_FILTER_ERROR_TYPE, "The ends of a range must be single values");
            if (bound_count + low->bound_count > room) {
                room = 2 * (bound_count + low->bound_count) + s->count;
                Bounds *more = fm_arena_alloc0(c->constants, room * sizeof *more);
                memcpy(more, bounds, bound_count * sizeof *more);
                bounds = more;
            }
            memcpy(bounds + bound_count, low->bounds, low->bound_count * sizeof *bounds);
            if (high)
                bounds[bound_count].high = high->bounds->high;
            bound_count += low->bound_count;
            continue;
        }
        Syntax *ends[2] = { low, high };
        for (unsigned e = 0; e < 2 && ends[e]; e++) {
            bool good = is_constant(ends[e]) ? convert_one(c, ends[e], left->value, names_of(left)) : entity(c, ends[e]);
            if (!good)
                return false;
            if (ends[e]->value != left->value)
                return incompatible(c, left, ends[e]);
        }
        s->children[kept++] = low;
        s->children[kept++] = high;
    }
    s->count = kept;
    s->bounds = bounds;
    s->bound_count = bound_count;
    if (kept > 1 && s->quantifier == QUANTIFIER_ALL)
        return compiler_fail(c, s->place, FM_FILTER_ERROR_TYPE, "A set for \"all\" must not hold fields.");
    return true;
}

static bool truth(Compiler *c, Syntax *s)
{
    Syntax *of = s->children[0];
    if (of->kind == SYNTAX_LITERAL && of->token.type == TOKEN_WORD)
        return compiler_unknown(c, of->place, of->token.text);
    if (is_constant(of))
        return compiler_fail(c, of->place, FM_FILTER_ERROR_NAME, "%.*s is neither a field nor a protocol name.",
                             (int)of->place.size, c->text + of->place.at);
    return entity(c, of);
}

bool checker_check(Compiler *c, Syntax *s)
{
    switch (s->kind) {
    case SYNTAX_TRUTH: return truth(c, s);
    case SYNTAX_COMPARE: return compare(c, s);
    case SYNTAX_CONTAINS: return contains(c, s);
    case SYNTAX_MATCHES: return matches(c, s);
    case SYNTAX_IN: return membership(c, s);
    default: break;
    }
    for (size_t i = 0; i < s->count; i++)
        if (!checker_check(c, s->children[i]))
            return false;
    return true;
}
