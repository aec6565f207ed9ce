/* A compiled filter: operations without loops, each with the operation that follows when it holds and when it does not.
 * Private to src/filter. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "filter/syntax.h"

/* How the values of a field are asked for. */
typedef struct FieldUse {
    uint16_t first; /* ids near the lowest one: bit n of `near` is first + n */
    uint64_t near;
    const uint16_t *far; /* all others */
    size_t far_count;
    const FmEntry *entry;
    FmType type;
    Kind kind; /* of the type */
    Want want;
    uint64_t flip;      /* of the bits of numbers, that makes their order the one of unsigned ones */
    bool mixed;         /* fields of other types share the name */
    bool made;          /* values are made for the use; they do not stand in the packet */
    bool column;        /* _ws.col.* */
    const Span *span;   /* the bytes that are used; NULL: all */
    const Span *layers; /* NULL: in all */
    size_t layer_count;
    const uint16_t *layer_nodes; /* by place in entry->ids: the protocol's id, whose nodes count the layers */
} FieldUse;

/* How many values must pass. */
typedef enum Tally { TALLY_ANY, TALLY_ALL, TALLY_ANY_OUT, TALLY_NONE } Tally;

typedef enum ProbeType { PROBE_WITHIN, PROBE_CONTAINS, PROBE_MATCHES, PROBE_NOT_EMPTY, PROBE_NOT_ZERO } ProbeType;

/* What is asked of one value. */
typedef struct Probe {
    ProbeType type;
    Kind kind;
    const Bounds *bounds;
    size_t bound_count;
    FmSlice needle;
    pcre2_code *regex;
} Probe;

typedef struct KeyRange {
    uint64_t low, high;
} KeyRange;

typedef enum Code {
    /* tests of nodes */
    CODE_EXISTS, /* a: use */
    CODE_KEYS,   /* a: use, b: first of c key ranges */
    CODE_FIELD,  /* a: use, b: probe */
    /* tests of lists */
    CODE_LIST,     /* a: list, b: probe */
    CODE_PAIRS,    /* a, b: lists; op: Relation */
    CODE_CONTAINS, /* a, b: lists */
    CODE_BETWEEN,  /* a, b, c: lists */
    /* lists; an empty one leads to `no` */
    CODE_LOAD,       /* a: list, b: use */
    CODE_REFERENCE,  /* a: list, b: reference */
    CODE_CONSTANT,   /* a: list, b: constant */
    CODE_SLICE,      /* a: list, b: list, c: slice */
    CODE_NEGATE,     /* a: list, b: list */
    CODE_ARITHMETIC, /* a: list, b, c: lists */
    CODE_CALL,       /* a: list, b: first of c operands */
    /* exclusive or: a is its depth */
    CODE_CLEAR,
    CODE_TOGGLE,
    CODE_TOGGLED,
} Code;

enum { ACCEPT = 0, REJECT = 1, FIRST_OPERATION = 2 };

typedef struct Operation {
    uint8_t code, op;
    uint8_t tally;
    uint8_t kind, second_kind; /* of what it works on */
    uint8_t digits;            /* of hex(): at least so many */
    bool reset;                /* first of a test that uses lists */
    uint32_t a, b, c;
    uint32_t yes, no; /* always smaller than the operation's own number, so every run ends */
} Operation;

/* ${field}: its values in the packet that is selected. */
typedef struct Reference {
    FieldUse use;
    const Value *values;
    uint32_t count;
} Reference;

typedef struct Slicing {
    const Span *spans;
    size_t count;
} Slicing;

/* What a run needs besides its stack. */
typedef struct Scratch Scratch;

enum { SPARES = 8 };

struct FmFilter {
    const FmCatalog *catalog;
    FmArena *memory; /* constants, uses */
    const Operation *operations;
    uint32_t entry;
    const FieldUse *uses;
    size_t use_count;
    const Probe *probes;
    size_t probe_count;
    const KeyRange *keys;
    const Value *constants;
    const Slicing *slicings;
    const uint32_t *operands;
    Reference *references;
    size_t reference_count;
    FmArena *referred;   /* their values */
    uint32_t list_count; /* of the test with the most */
    bool columns;
    pcre2_match_context *regex_limits;
    _Atomic(Scratch *) *spares; /* kept from run to run, for as many threads at a time */
};

/* Code for a checked tree (NULL: matches everything) into `filter`. False after an error. */
bool program_generate(Compiler *c, Syntax *root, FmFilter *filter);

void scratch_free(Scratch *scratch);

static inline bool use_has(const FieldUse *use, uint16_t id)
{
    unsigned distance = (unsigned)id - use->first;
    if (distance < 64)
        return use->near >> distance & 1;
    for (size_t i = 0; i < use->far_count; i++)
        if (use->far[i] == id)
            return true;
    return false;
}
