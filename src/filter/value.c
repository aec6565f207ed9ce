/* Values of a running filter: order, arithmetic. Integers are a sign and a magnitude, so that unsigned 64 bits and negative
 * numbers compare and add up as in mathematics. */
#include "config.h"

#include "filter/value.h"

#include <math.h>
#include <string.h>

Kind kind_of(FmType type)
{
    switch (type) {
    case FM_NONE:
    case FM_EXPERT:
    case FM_TYPES: return KIND_NONE;
    case FM_PROTOCOL: return KIND_PROTOCOL;
    case FM_FLOAT:
    case FM_DOUBLE: return KIND_FLOAT;
    case FM_IPV4: return KIND_IPV4;
    case FM_IPV6: return KIND_IPV6;
    case FM_ETHER: return KIND_ETHER;
    case FM_EUI64: return KIND_EUI64;
    case FM_ABSOLUTE_TIME: return KIND_TIME;
    case FM_RELATIVE_TIME: return KIND_SPAN;
    case FM_STRING:
    case FM_STRINGZ:
    case FM_STRINGZPAD:
    case FM_UINT_STRING: return KIND_STRING;
    case FM_BYTES:
    case FM_UINT_BYTES:
    case FM_GUID:
    case FM_OID:
    case FM_REL_OID: return KIND_BYTES;
    default: return KIND_NUMBER;
    }
}

bool kind_has_keys(Kind kind)
{
    return kind == KIND_NUMBER || kind == KIND_IPV4 || kind == KIND_ETHER || kind == KIND_EUI64 || kind == KIND_TIME ||
           kind == KIND_SPAN;
}

static int compare_integers(const Value *a, const Value *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    int order = a->number < b->number ? -1 : a->number > b->number;
    return a->negative ? -order : order;
}

static int compare_bytes(FmSlice a, FmSlice b)
{
    size_t n = a.size < b.size ? a.size : b.size;
    int order = n ? memcmp(a.data, b.data, n) : 0;
    return order ? order : a.size < b.size ? -1 : a.size > b.size;
}

int value_compare(Kind kind, const Value *a, const Value *b)
{
    if (kind_is_bytes(kind))
        return compare_bytes(a->bytes, b->bytes);
    if (kind == KIND_FLOAT)
        return a->real < b->real ? -1 : a->real > b->real;
    return compare_integers(a, b);
}

bool value_within(Kind kind, const Value *value, const Bounds *bounds)
{
    if (kind == KIND_FLOAT && isnan(value->real))
        return false;
    if (bounds->has_low) {
        int order = value_compare(kind, value, &bounds->low);
        if (order < 0 || (order == 0 && bounds->low_open))
            return false;
    }
    if (bounds->has_high) {
        int order = value_compare(kind, value, &bounds->high);
        if (order > 0 || (order == 0 && bounds->high_open))
            return false;
    }
    return true;
}

bool value_is_zero(Kind kind, const Value *value)
{
    if (kind_is_bytes(kind)) {
        for (size_t i = 0; i < value->bytes.size; i++)
            if (value->bytes.data[i])
                return false;
        return true;
    }
    return kind == KIND_FLOAT ? fpclassify(value->real) == FP_ZERO : value->number == 0;
}

Value value_integer(int64_t n)
{
    return (Value){ .number = n < 0 ? 0 - (uint64_t)n : (uint64_t)n, .negative = n < 0 };
}

Value value_from_bits(uint64_t bits, FmType type)
{
    if (type == FM_FLOAT) {
        uint32_t half = (uint32_t)bits;
        float f;
        memcpy(&f, &half, sizeof f);
        return (Value){ .real = (double)f };
    }
    if (type == FM_DOUBLE) {
        double f;
        memcpy(&f, &bits, sizeof f);
        return (Value){ .real = f };
    }
    if (fm_type_is_signed(type) || type == FM_ABSOLUTE_TIME || type == FM_RELATIVE_TIME)
        return value_integer((int64_t)bits);
    return (Value){ .number = fm_type_is_bool(type) ? bits != 0 : bits };
}

/* ---- arithmetic ---- */

static bool add(const Value *a, const Value *b, Value *result)
{
    if (a->negative == b->negative) {
        result->negative = a->negative;
        return !__builtin_add_overflow(a->number, b->number, &result->number);
    }
    bool a_larger = a->number >= b->number;
    result->number = a_larger ? a->number - b->number : b->number - a->number;
    result->negative = result->number && (a_larger ? a->negative : b->negative);
    return true;
}

static bool integers(Operator op, const Value *a, const Value *b, Value *result)
{
    Value minus_b = { .number = b->number, .negative = !b->negative && b->number };
    bool sign = a->negative != b->negative;
    switch (op) {
    case OP_ADD: return add(a, b, result);
    case OP_SUBTRACT: return add(a, &minus_b, result);
    case OP_MULTIPLY:
        if (__builtin_mul_overflow(a->number, b->number, &result->number))
            return false;
        result->negative = sign && result->number;
        return true;
    case OP_DIVIDE:
        if (!b->number)
            return false;
        result->number = a->number / b->number;
        result->negative = sign && result->number;
        return true;
    case OP_MODULO:
        if (!b->number)
            return false;
        result->number = a->number % b->number;
        result->negative = a->negative && result->number;
        return true;
    case OP_AND: { /* as two's complement */
        uint64_t x = a->negative ? 0 - a->number : a->number, y = b->negative ? 0 - b->number : b->number;
        result->negative = a->negative && b->negative;
        result->number = result->negative ? 0 - (x & y) : x & y;
        return true;
    }
    }
    return false;
}

static bool reals(Operator op, double a, double b, Value *result)
{
    switch (op) {
    case OP_ADD: result->real = a + b; return true;
    case OP_SUBTRACT: result->real = a - b; return true;
    case OP_MULTIPLY: result->real = a * b; return true;
    case OP_DIVIDE: result->real = a / b; return true;
    default: return false;
    }
}

static double real_of(Kind kind, const Value *v)
{
    if (kind == KIND_FLOAT)
        return v->real;
    return v->negative ? -(double)v->number : (double)v->number;
}

/* A span times or over a real number. */
static bool scale(Operator op, const Value *span, double factor, Value *result)
{
    double product = op == OP_MULTIPLY ? real_of(KIND_SPAN, span) * factor : real_of(KIND_SPAN, span) / factor;
    if (!(fabs(product) < 9e18))
        return false;
    *result = value_integer((int64_t)product);
    return true;
}

Kind arithmetic_kind(Operator op, Kind left, Kind right)
{
    bool numbers = (left == KIND_NUMBER || left == KIND_FLOAT) && (right == KIND_NUMBER || right == KIND_FLOAT);
    if (op == OP_AND)
        return left == right && (left == KIND_NUMBER || left == KIND_IPV4 || left == KIND_IPV6 || left == KIND_BYTES ||
                                 left == KIND_ETHER || left == KIND_EUI64)
                   ? left
                   : KIND_NONE;
    if (numbers) {
        if (left == KIND_NUMBER && right == KIND_NUMBER)
            return KIND_NUMBER;
        return op == OP_MODULO ? KIND_NONE : KIND_FLOAT;
    }
    if (op == OP_ADD || op == OP_SUBTRACT) {
        if (left == KIND_SPAN && right == KIND_SPAN)
            return KIND_SPAN;
        if (left == KIND_TIME && right == KIND_SPAN)
            return KIND_TIME;
        if (op == OP_ADD && left == KIND_SPAN && right == KIND_TIME)
            return KIND_TIME;
        if (op == OP_SUBTRACT && left == KIND_TIME && right == KIND_TIME)
            return KIND_SPAN;
    }
    if ((op == OP_MULTIPLY || op == OP_DIVIDE) && left == KIND_SPAN && (right == KIND_NUMBER || right == KIND_FLOAT))
        return KIND_SPAN;
    return KIND_NONE;
}

bool value_arithmetic(Operator op, Kind left, const Value *a, Kind right, const Value *b, FmArena *memory, Value *result)
{
    *result = (Value){ 0 };
    if (left == KIND_FLOAT || (right == KIND_FLOAT && left == KIND_NUMBER))
        return reals(op, real_of(left, a), real_of(right, b), result);
    if (left == KIND_SPAN && right == KIND_FLOAT)
        return scale(op, a, b->real, result);
    if (!kind_is_bytes(left))
        return integers(op, a, b, result);
    size_t size = MIN(a->bytes.size, b->bytes.size);
    uint8_t *out = fm_arena_alloc(memory, size);
    for (size_t i = 0; i < size; i++)
        out[i] = a->bytes.data[i] & b->bytes.data[i];
    result->bytes = (FmSlice){ out, size };
    return true;
}

/* ---- special purpose addresses ---- */

typedef struct Block {
    uint8_t address[16], prefix, properties;
    const char *name;
} Block;

/* The narrower blocks before those that hold them. */
static const Block blocks4[] = {
    { { 255, 255, 255, 255 }, 32, 4, "Limited Broadcast" },
    { { 192, 0, 0, 0 }, 29, 14, "IPv4 Service Continuity Prefix" },
    { { 192, 0, 0, 8 }, 32, 8, "IPv4 dummy address" },
    { { 192, 0, 0, 9 }, 32, 15, "Port Control Protocol Anycast" },
    { { 192, 0, 0, 10 }, 32, 15, "Traversal Using Relays around NAT Anycast" },
    { { 192, 0, 0, 170 }, 32, 0, "NAT64/DNS64 Discovery" },
    { { 192, 0, 0, 171 }, 32, 0, "NAT64/DNS64 Discovery" },
    { { 192, 0, 0, 0 }, 24, 0, "IETF Protocol Assignments" },
    { { 192, 0, 2, 0 }, 24, 0, "Documentation (TEST-NET-1)" },
    { { 192, 31, 196, 0 }, 24, 15, "AS112-v4" },
    { { 192, 52, 193, 0 }, 24, 15, "AMT" },
    { { 192, 88, 99, 0 }, 24, 0, "Deprecated (6to4 Relay Anycast)" },
    { { 192, 175, 48, 0 }, 24, 15, "Direct Delegation AS112 Service" },
    { { 198, 51, 100, 0 }, 24, 0, "Documentation (TEST-NET-2)" },
    { { 203, 0, 113, 0 }, 24, 0, "Documentation (TEST-NET-3)" },
    { { 169, 254, 0, 0 }, 16, 12, "Link Local" },
    { { 192, 168, 0, 0 }, 16, 14, "Private-Use" },
    { { 198, 18, 0, 0 }, 15, 14, "Benchmarking" },
    { { 172, 16, 0, 0 }, 12, 14, "Private-Use" },
    { { 100, 64, 0, 0 }, 10, 14, "Shared Address Space" },
    { { 0, 0, 0, 0 }, 32, 8, "\"This host on this network\"" },
    { { 0, 0, 0, 0 }, 8, 8, "\"This network\"" },
    { { 10, 0, 0, 0 }, 8, 14, "Private-Use" },
    { { 127, 0, 0, 0 }, 8, 0, "Loopback" },
    { { 240, 0, 0, 0 }, 4, 0, "Reserved" },
};

static const Block blocks6[] = {
    { { [15] = 1 }, 128, 0, "Loopback Address" },
    { { 0 }, 128, 8, "Unspecified Address" },
    { { 0x20, 0x01, 0, 1, [15] = 1 }, 128, 15, "Port Control Protocol Anycast" },
    { { 0x20, 0x01, 0, 1, [15] = 2 }, 128, 15, "Traversal Using Relays around NAT Anycast" },
    { { [10] = 0xff, [11] = 0xff }, 96, 0, "IPv4-mapped Address" },
    { { 0, 0x64, 0xff, 0x9b }, 96, 15, "IPv4-IPv6 Translat." },
    { { 0x01, 0 }, 64, 14, "Discard-Only Address Block" },
    { { 0, 0x64, 0xff, 0x9b, 0, 1 }, 48, 14, "IPv4-IPv6 Translat." },
    { { 0x20, 0x01, 0, 4, 0x01, 0x12 }, 48, 15, "AS112-v6" },
    { { 0x20, 0x01, 0, 2, 0, 0 }, 48, 14, "Benchmarking" },
    { { 0x26, 0x20, 0, 0x4f, 0x80, 0 }, 48, 15, "Direct Delegation AS112 Service" },
    { { 0x20, 0x01, 0, 3 }, 32, 15, "AMT" },
    { { 0x20, 0x01, 0x0d, 0xb8 }, 32, 0, "Documentation" },
    { { 0x20, 0x01, 0, 0 }, 32, 14, "TEREDO" },
    { { 0x20, 0x01, 0, 0x10 }, 28, 0, "Deprecated (previously ORCHID)" },
    { { 0x20, 0x01, 0, 0x20 }, 28, 15, "ORCHIDv2" },
    { { 0x20, 0x01, 0 }, 23, 0, "IETF Protocol Assignments" },
    { { 0x20, 0x02 }, 16, 14, "6to4" },
    { { 0xfe, 0x80 }, 10, 12, "Link-Local Unicast" },
    { { 0xfc, 0 }, 7, 14, "Unique-Local" },
};

static bool has_prefix(const uint8_t *address, const Block *block)
{
    unsigned bytes = block->prefix / 8, bits = block->prefix % 8;
    if (memcmp(address, block->address, bytes) != 0)
        return false;
    return !bits || (address[bytes] ^ block->address[bytes]) >> (8 - bits) == 0;
}

const char *special_address(Kind kind, const Value *address, unsigned *mask)
{
    uint8_t four[4] = { (uint8_t)(address->number >> 24), (uint8_t)(address->number >> 16), (uint8_t)(address->number >> 8),
                        (uint8_t)address->number };
    bool v4 = kind == KIND_IPV4;
    if (!v4 && address->bytes.size < 16)
        return NULL;
    const uint8_t *bytes = v4 ? four : address->bytes.data;
    const Block *blocks = v4 ? blocks4 : blocks6;
    size_t count = v4 ? G_N_ELEMENTS(blocks4) : G_N_ELEMENTS(blocks6);
    for (size_t i = 0; i < count; i++) {
        if (has_prefix(bytes, &blocks[i])) {
            *mask = blocks[i].properties;
            return blocks[i].name;
        }
    }
    return NULL;
}
