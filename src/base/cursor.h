/* A cursor over bytes that may be hostile.
 *
 * Reading past the end returns 0, moves the cursor to its end and notes the layer's first trouble; all later
 * reads return 0 as well. So a dissector needs no check after each field, only before it acts on values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/slice.h"

/* For functions that few packets need: where they are called is laid apart from what runs for every packet. */
#define FM_SELDOM __attribute__((cold))

typedef enum FmTroubleKind {
    FM_TROUBLE_NONE,
    FM_TROUBLE_CUT,       /* the bytes were on the wire but were not captured */
    FM_TROUBLE_MALFORMED, /* the bytes never were */
    FM_TROUBLE_FRAGMENT,  /* the bytes are in fragments that were not put together */
} FmTroubleKind;

typedef struct FmTrouble { /* one per layer in dissection; the first one is kept */
    FmTroubleKind kind;
    uint32_t offset; /* in its buffer */
    uint16_t buffer;
} FmTrouble;

typedef struct FmCursor {
    const uint8_t *at, *end;
    const uint8_t *start; /* first byte of the buffer: offsets of nodes count from here */
    FmTrouble *trouble;
    uint32_t lost; /* bytes that followed `end` on the wire and were not captured */
    uint16_t buffer;
    bool fragment; /* what is lost lies in other fragments */
} FmCursor;

/* A copy, member by member: wide moves would wait for what was just written to single members. */
static inline FmCursor fm_cursor_copy(const FmCursor *c)
{
    FmCursor copy;
    copy.at = c->at;
    copy.end = c->end;
    copy.start = c->start;
    copy.trouble = c->trouble;
    copy.lost = c->lost;
    copy.buffer = c->buffer;
    copy.fragment = c->fragment;
    return copy;
}

static inline size_t fm_left(const FmCursor *c)
{
    return (size_t)(c->end - c->at);
}

/* Bytes left on the wire, captured or not. */
static inline uint64_t fm_left_on_wire(const FmCursor *c)
{
    return (uint64_t)(c->end - c->at) + c->lost;
}

static inline uint32_t fm_offset(const FmCursor *c)
{
    return (uint32_t)(c->at - c->start);
}

static inline FmSlice fm_rest(const FmCursor *c)
{
    return (FmSlice){ c->at, (size_t)(c->end - c->at) };
}

/* Notes that `need` bytes were asked for and are not there; moves to the end. */
void fm_cursor_fail(FmCursor *c, uint64_t need) FM_SELDOM;

/* Notes that the contents are malformed here, whatever the reason; the cursor stays. */
void fm_cursor_malformed(FmCursor *c) FM_SELDOM;

static inline bool fm_has(const FmCursor *c, size_t n)
{
    return (size_t)(c->end - c->at) >= n;
}

static inline uint64_t fm_be(const uint8_t *p, unsigned width)
{
    switch (width) {
    case 1: return p[0];
    case 2: {
        uint16_t v;
        memcpy(&v, p, 2);
        return __builtin_bswap16(v);
    }
    case 4: {
        uint32_t v;
        memcpy(&v, p, 4);
        return __builtin_bswap32(v);
    }
    case 8: {
        uint64_t v;
        memcpy(&v, p, 8);
        return __builtin_bswap64(v);
    }
    default: {
        uint64_t v = 0;
        for (unsigned i = 0; i < width; i++)
            v = v << 8 | p[i];
        return v;
    }
    }
}

static inline uint64_t fm_le(const uint8_t *p, unsigned width)
{
    uint64_t v = 0;
    for (unsigned i = width; i > 0; i--)
        v = v << 8 | p[i - 1];
    return v;
}

/* Big-endian number of `width` bytes; advances. */
static inline uint64_t fm_read(FmCursor *c, unsigned width)
{
    if (__builtin_expect(!fm_has(c, width), 0)) {
        fm_cursor_fail(c, width);
        return 0;
    }
    uint64_t v = fm_be(c->at, width);
    c->at += width;
    return v;
}

static inline uint64_t fm_read_u8(FmCursor *c) { return fm_read(c, 1); }
static inline uint64_t fm_read_u16(FmCursor *c) { return fm_read(c, 2); }
static inline uint64_t fm_read_u24(FmCursor *c) { return fm_read(c, 3); }
static inline uint64_t fm_read_u32(FmCursor *c) { return fm_read(c, 4); }
static inline uint64_t fm_read_u64(FmCursor *c) { return fm_read(c, 8); }

/* Big-endian number at `offset` bytes from here, or 0 if it is not there. No trouble, no move. */
static inline uint64_t fm_peek(const FmCursor *c, size_t offset, unsigned width)
{
    return fm_left(c) >= offset + width ? fm_be(c->at + offset, width) : 0;
}

/* Moves `n` bytes on; past the end is trouble. */
static inline void fm_skip(FmCursor *c, uint64_t n)
{
    if (n > fm_left(c))
        fm_cursor_fail(c, n);
    else
        c->at += n;
}

/* Splits off the next `n` bytes and moves behind them.
 *
 * Where fewer were captured the part has what there is and knows how much is lost; where fewer were on the wire that is
 * trouble of `c`, and the part has what there is. */
FmCursor fm_take(FmCursor *c, uint64_t n);

/* A copy of `c` that ends after `n` bytes, or at its end if there are fewer; `c` does not move, no trouble. */
FmCursor fm_window(const FmCursor *c, uint64_t n);

/* All that is left, as a part; `c` moves to its end. */
static inline FmCursor fm_take_rest(FmCursor *c)
{
    FmCursor part = fm_cursor_copy(c);
    c->at = c->end;
    c->lost = 0;
    return part;
}
