/* The filter language between text and program: tokens, the tree, its checker. Private to src/filter. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "filter/filter.h"
#include "filter/value.h"

/* One compilation. Tokens and tree live in `memory`, constants in the arena of the filter to be. */
typedef struct Compiler {
    const FmCatalog *catalog;
    const char *text;
    size_t size;
    FmArena *memory, *constants;
    GPtrArray *warnings; /* may be NULL */
    GError **error;
    size_t error_at, error_size;
    bool failed;
} Compiler;

/* A piece of the filter's text. */
typedef struct Place {
    size_t at, size;
} Place;

/* Notes the first error of a compilation; the later ones are its consequences. Always false. */
bool compiler_fail(Compiler *c, Place place, FmFilterError code, const char *format, ...) G_GNUC_PRINTF(4, 5);
bool compiler_unknown(Compiler *c, Place place, const char *name); /* fails: names no field */
void compiler_warn(Compiler *c, const char *format, ...) G_GNUC_PRINTF(2, 3);

typedef enum TokenType {
    TOKEN_END,
    TOKEN_ERROR,      /* told already */
    TOKEN_WORD,       /* a field, a number, an address, … */
    TOKEN_STRING,     /* "…" or r"…" */
    TOKEN_CHAR,       /* '…' */
    TOKEN_REFERENCE,  /* ${…} or $… */
    TOKEN_RELATION,   /* `op` is a Relation */
    TOKEN_ARITHMETIC, /* `op` is an Operator; minus may be a sign */
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_XOR,
    TOKEN_NOT,
    TOKEN_CONTAINS,
    TOKEN_MATCHES,
    TOKEN_IN,
    TOKEN_ANY,
    TOKEN_ALL,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_OPEN_BRACE,
    TOKEN_CLOSE_BRACE,
    TOKEN_OPEN_BRACKET,
    TOKEN_COMMA,
    TOKEN_DOTS,
    TOKEN_HASH,
    TOKEN_AT,
} TokenType;

typedef enum Relation { REL_EQ, REL_NE, REL_ALL_EQ, REL_ANY_NE, REL_GT, REL_LT, REL_GE, REL_LE } Relation;

typedef struct Token {
    TokenType type;
    uint8_t op;
    bool field_only, literal_only; /* words written .like.this and :like-this */
    Place place;
    const char *text; /* word, unescaped string or name; NUL behind */
    size_t size;
} Token;

typedef struct Lexer {
    Compiler *c;
    size_t at;
} Lexer;

Token lexer_next(Lexer *lexer);

/* Reads `0:4,7-9,-2:]`, the inside of brackets, and moves behind the closing one. Layers count from 1 and are not lengths of
 * bytes, but are written the same way. False after an error. */
bool lexer_ranges(Lexer *lexer, const Span **spans, size_t *count);

/* Reads a number right here, after a `#`. */
bool lexer_layer(Lexer *lexer, const Span **spans, size_t *count);

enum {
    MAX_HEIGHT = 200, /* of the tree, and so of the recursion of all that walks it */
    MAX_SPANS = 64,   /* of one slice or choice of layers */
};

typedef enum SyntaxKind {
    SYNTAX_FIELD,
    SYNTAX_REFERENCE,
    SYNTAX_LITERAL,
    SYNTAX_CALL,
    SYNTAX_SLICE,
    SYNTAX_ARITHMETIC,
    SYNTAX_NEGATE,
    /* tests */
    SYNTAX_TRUTH, /* of what it stands over: is it there, or not zero */
    SYNTAX_COMPARE,
    SYNTAX_CONTAINS,
    SYNTAX_MATCHES,
    SYNTAX_IN, /* children: what is tested, then pairs of bounds (the second NULL: a single value); checked, the constant
                  ones are in `bounds` instead */
    SYNTAX_AND,
    SYNTAX_OR,
    SYNTAX_XOR,
    SYNTAX_NOT,
} SyntaxKind;

typedef enum Quantifier { QUANTIFIER_NONE, QUANTIFIER_ANY, QUANTIFIER_ALL } Quantifier;

typedef struct Syntax Syntax;
struct Syntax {
    SyntaxKind kind;
    uint8_t op; /* Relation, Operator or number of a function */
    Quantifier quantifier;
    uint16_t height; /* bounds the recursion of everything that walks the tree */
    Place place;
    Syntax **children;
    size_t count;
    Token token;          /* LITERAL, REFERENCE */
    const FmEntry *entry; /* FIELD, REFERENCE */
    bool raw;             /* @field */
    const Span *spans;    /* of a SLICE, or layers of a FIELD */
    size_t span_count;

    /* filled by the checker */
    bool checked;
    Kind value;           /* of an entity */
    Want want;            /* FIELD: in which form its value is used */
    bool constant;        /* an entity of literals only */
    const Bounds *bounds; /* of a constant; of COMPARE and IN with constants: what the left side is held against */
    size_t bound_count;

    uint32_t list; /* of an entity: where its values are put while a test runs */
};

/* The tree of the whole text, or NULL after an error or for an empty text. */
Syntax *parser_parse(Compiler *c);

typedef enum Function {
    CALL_LEN,
    CALL_COUNT,
    CALL_UPPER,
    CALL_LOWER,
    CALL_STRING,
    CALL_MAX,
    CALL_MIN,
    CALL_ABS,
    CALL_VALS,
    CALL_DEC,
    CALL_HEX,
    CALL_IP_SPECIAL_NAME,
    CALL_IP_SPECIAL_MASK,
    CALL_IP_LINKLOCAL,
    CALL_IP_MULTICAST,
    CALL_IP_RFC1918,
    CALL_IP_ULA,
    CALLS
} Function;

extern const char *const function_names[CALLS];

/* Gives types to the tree and values to its literals. False after an error. */
bool checker_check(Compiler *c, Syntax *root);

/* The constants that a literal stands for where a value of `kind` is expected; `field` (may be NULL) lends its names. Several
 * when a name stands for several numbers. False after an error. */
bool literal_bounds(Compiler *c, const Syntax *literal, Kind kind, const FmField *field, const Bounds **bounds, size_t *count);
