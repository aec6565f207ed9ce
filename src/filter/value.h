/* Values of a running filter, and how they compare. Private to src/filter. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/time.h"
#include "model/field.h"

typedef enum Kind {
    KIND_NONE,   /* is there or not: labels and notes */
    KIND_NUMBER, /* any integer, boolean, character: sign and magnitude */
    KIND_FLOAT,
    KIND_IPV4,
    KIND_ETHER,
    KIND_EUI64,    /* `number` */
    KIND_IPV6,     /* 16 `bytes` */
    KIND_BYTES,    /* and identifiers */
    KIND_PROTOCOL, /* the bytes of the layer with its payload */
    KIND_STRING,
    KIND_TIME,
    KIND_SPAN, /* nanoseconds: sign and magnitude */
} Kind;

typedef struct Value {
    FmSlice bytes;
    union {
        uint64_t number;
        double real;
    };
    bool negative;
} Value;

/* The form in which a field's value is used. */
typedef enum Want {
    WANT_VALUE,
    WANT_BYTES,  /* addresses as bytes, for slices and contains */
    WANT_WIRE,   /* @field */
    WANT_TEXT,   /* string(): numbers in decimal */
    WANT_NAME,   /* vals(), matches: the name of a number, or its text */
    WANT_LENGTH, /* len() */
} Want;

typedef enum Operator { OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_MODULO, OP_AND } Operator;

/* A range of values, both ends included unless open; an end may be missing. */
typedef struct Bounds {
    Value low, high;
    bool has_low, has_high, low_open, high_open;
} Bounds;

/* A piece of a slice or a choice of layers: from `start`, negative ones counted from the end. `length` 0: up to the end.
 * With `inclusive_end` up to `end`, which may be negative. */
typedef struct Span {
    int32_t start, end, length;
    bool inclusive_end;
} Span;

Kind kind_of(FmType type);

/* Has values that are one number: they compare as unsigned keys in the order of the kind. */
bool kind_has_keys(Kind kind);

/* Bytes of a kind, comparable with each other. */
static inline bool kind_is_bytes(Kind kind)
{
    return kind == KIND_BYTES || kind == KIND_PROTOCOL || kind == KIND_STRING || kind == KIND_IPV6;
}

/* Below 0, 0 or above: the order of two values of a kind. */
int value_compare(Kind kind, const Value *a, const Value *b);
bool value_within(Kind kind, const Value *value, const Bounds *bounds);
bool value_is_zero(Kind kind, const Value *value);

Value value_integer(int64_t n);
Value value_from_bits(uint64_t bits, FmType type);

/* a op b, for kinds that arithmetic_kind allows. False where there is no result: overflow, division by zero. */
bool value_arithmetic(Operator op, Kind left, const Value *a, Kind right, const Value *b, FmArena *memory, Value *result);

/* The kind of `left op right`, KIND_NONE where there is none. */
Kind arithmetic_kind(Operator op, Kind left, Kind right);

/* The name in the registry of special purpose addresses (RFC 6890) and its four properties: 8 source, 4 destination,
 * 2 forwardable, 1 globally reachable. NULL if the address is in none of its blocks. */
const char *special_address(Kind kind, const Value *address, unsigned *mask);
