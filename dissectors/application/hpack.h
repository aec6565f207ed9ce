/* Header blocks of HTTP/2 (RFC 7541): nghttp2 keeps the table and undoes the coding; instructions are told apart here, so that an
 * entry that was made before the capture began is shown as unknown instead of being fatal. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/arena.h"
#include "base/limits.h"
#include "base/slice.h"

typedef enum HpackKind {
    HPACK_INDEXED,       /* RFC 7541 §6.1 */
    HPACK_INCREMENTAL,   /* §6.2.1 */
    HPACK_NOT_INDEXED,   /* §6.2.2 */
    HPACK_NEVER_INDEXED, /* §6.2.3 */
    HPACK_TABLE_SIZE,    /* §6.3: no header, index is the size */
} HpackKind;

typedef struct HpackHeader {
    uint32_t at, size;  /* its instruction in the bytes given; what came before them is not counted */
    uint32_t text;      /* where its text begins: length of the name in four bytes, name, length of the value, value */
    uint32_t name_size, value_size;
    uint64_t index;     /* as on the wire; 0: the name is literal */
    uint8_t kind;
    bool unknown;       /* an entry from before the capture began: "<unknown>", and with HPACK_INDEXED no value */
} HpackHeader;

typedef struct HpackBlock { /* what a frame's part of a header block says */
    uint32_t count, lines, text_size; /* instructions, headers among them */
    uint32_t length;     /* of all headers, each with 8 bytes for the lengths */
    bool too_many, too_long; /* the rest was read, but is not told */
    bool broken;         /* not HPACK from here on */
    const uint8_t *text;
    HpackHeader headers[];
} HpackBlock;

typedef struct Hpack Hpack; /* the decoder of one direction of a connection */

/* With `joined` the block read first is not the connection's first: the table has entries that are not known. */
Hpack *hpack_new(bool joined);
void hpack_free(Hpack *hpack);

/* Something was missed: entries so far are not known any more. */
void hpack_forget(Hpack *hpack);

/* Reads the next bytes of a block; with `end`, its last. Returns what is complete with them, in `arena`: never NULL. */
const HpackBlock *hpack_decode(Hpack *hpack, FmArena *arena, FmSlice bytes, bool end);

static inline FmSlice hpack_name(const HpackBlock *block, const HpackHeader *header)
{
    return (FmSlice){ block->text + header->text + 4, header->name_size };
}

static inline FmSlice hpack_value(const HpackBlock *block, const HpackHeader *header)
{
    return (FmSlice){ block->text + header->text + 4 + header->name_size + 4, header->value_size };
}

/* Undoes Huffman coding (RFC 7541 §5.2), which QPACK shares. False, and `out` as it was, if the bytes are not that. */
bool hpack_huffman(FmSlice coded, GByteArray *out);

/* For decoders: a block's headers while they are gathered. */
typedef struct HpackTexts {
    GByteArray *text;
    GArray *headers; /* HpackHeader */
} HpackTexts;

void hpack_texts_init(HpackTexts *texts);
void hpack_texts_clear(HpackTexts *texts);
void hpack_texts_empty(HpackTexts *texts);

/* Adds a header as far as the bounds of a block allow, and counts it. */
void hpack_texts_add(HpackTexts *texts, HpackBlock *block, HpackHeader *header, FmSlice name, FmSlice value);

/* A copy of block and headers in `arena`. */
const HpackBlock *hpack_texts_keep(const HpackTexts *texts, FmArena *arena, const HpackBlock *block);
