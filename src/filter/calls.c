/* Display filters: the functions of the language. */
#include "config.h"

#include "filter/run.h"

#include <math.h>
#include <string.h>

static Value text_value(Scratch *s)
{
    return (Value){ .bytes = { s->text.size ? fm_arena_copy(s->arena, s->text.data, s->text.size) : NULL, s->text.size } };
}

static Value changed_case(Scratch *s, const Value *v, bool upper)
{
    uint8_t *out = fm_arena_alloc(s->arena, v->bytes.size);
    for (size_t i = 0; i < v->bytes.size; i++)
        out[i] = (uint8_t)(upper ? g_ascii_toupper((char)v->bytes.data[i]) : g_ascii_tolower((char)v->bytes.data[i]));
    return (Value){ .bytes = { out, v->bytes.size } };
}

static Value digits(Scratch *s, const Value *v, bool hex, unsigned least)
{
    fm_text_reset(&s->text);
    if (v->negative)
        fm_text_char(&s->text, '-');
    if (hex) {
        fm_text_literal(&s->text, "0x");
        fm_text_hex(&s->text, v->number, least);
    } else {
        fm_text_uint(&s->text, v->number);
    }
    return text_value(s);
}

static bool is_multicast(Kind kind, const Value *v)
{
    return kind == KIND_IPV4 ? v->number >> 28 == 14 : v->bytes.size && v->bytes.data[0] == 0xff;
}

static bool is_linklocal(Kind kind, const Value *v)
{
    if (kind == KIND_IPV4)
        return v->number >> 16 == 0xa9fe;
    return v->bytes.size > 1 && v->bytes.data[0] == 0xfe && (v->bytes.data[1] & 0xc0) == 0x80;
}

static bool is_rfc1918(Kind kind, const Value *v)
{
    return kind == KIND_IPV4 && (v->number >> 24 == 10 || v->number >> 20 == 0xac1 || v->number >> 16 == 0xc0a8);
}

static bool is_ula(Kind kind, const Value *v)
{
    return kind == KIND_IPV6 && v->bytes.size && (v->bytes.data[0] & 0xfe) == 0xfc;
}

static Value magnitude(Kind kind, const Value *v)
{
    if (kind == KIND_FLOAT)
        return (Value){ .real = fabs(v->real) };
    return (Value){ .number = v->number };
}

/* One value of a function that has one for each of its argument's. False where it has none. */
static bool apply(Scratch *s, const Operation *o, const Value *v, Value *result)
{
    Kind kind = o->kind;
    unsigned mask = 0;
    switch ((Function)o->op) {
    case CALL_LEN: *result = kind == KIND_NUMBER ? *v : (Value){ .number = v->bytes.size }; return true;
    case CALL_UPPER:
    case CALL_LOWER: *result = changed_case(s, v, o->op == CALL_UPPER); return true;
    case CALL_STRING:
    case CALL_VALS: *result = *v; return true; /* loaded as text */
    case CALL_DEC:
    case CALL_HEX: *result = digits(s, v, o->op == CALL_HEX, o->digits); return true;
    case CALL_ABS: *result = magnitude(kind, v); return true;
    case CALL_IP_SPECIAL_NAME: {
        const char *name = special_address(kind, v, &mask);
        if (name)
            *result = (Value){ .bytes = { (const uint8_t *)name, strlen(name) } };
        return name != NULL;
    }
    case CALL_IP_SPECIAL_MASK:
        if (!special_address(kind, v, &mask))
            return false;
        *result = (Value){ .number = mask };
        return true;
    case CALL_IP_LINKLOCAL: *result = (Value){ .number = is_linklocal(kind, v) }; return true;
    case CALL_IP_MULTICAST: *result = (Value){ .number = is_multicast(kind, v) }; return true;
    case CALL_IP_RFC1918: *result = (Value){ .number = is_rfc1918(kind, v) }; return true;
    case CALL_IP_ULA: *result = (Value){ .number = is_ula(kind, v) }; return true;
    case CALL_COUNT:
    case CALL_MAX:
    case CALL_MIN:
    case CALLS: break;
    }
    return false;
}

static void extreme(Run *run, const Operation *o, List *out)
{
    Scratch *s = run->scratch;
    Value best = { 0 };
    bool any = false;
    for (uint32_t i = 0; i < o->c; i++) {
        List in = s->lists[run->filter->operands[o->b + i]];
        for (uint32_t j = 0; j < in.count; j++) {
            const Value *v = &s->values[in.first + j];
            int order = any ? value_compare(o->kind, v, &best) : 0;
            if (!any || (o->op == CALL_MAX ? order > 0 : order < 0))
                best = *v;
            any = true;
        }
    }
    if (any)
        run_push(run, out, best);
}

void run_call(Run *run, const Operation *o)
{
    Scratch *s = run->scratch;
    List out = { s->count, 0 }, in = s->lists[run->filter->operands[o->b]];
    if (o->op == CALL_MAX || o->op == CALL_MIN) {
        extreme(run, o, &out);
    } else if (o->op == CALL_COUNT) {
        run_push(run, &out, (Value){ .number = in.count });
    } else {
        Value result;
        for (uint32_t i = 0; i < in.count; i++) {
            Value v = s->values[in.first + i]; /* pushing may move the others */
            if (apply(s, o, &v, &result) && !run_push(run, &out, result))
                break;
        }
    }
    s->lists[o->a] = out;
}
