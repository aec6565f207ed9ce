/* Field sections of HTTP/3 (RFC 9204): nghttp3 keeps the dynamic table and undoes the coding. What it needs to know of the peer's
 * settings is put right here, so that sections can be read whatever order the streams come in. */
#pragma once

#include "dissectors/application/hpack.h"

typedef struct Qpack Qpack; /* the decoder of one direction of a connection */

Qpack *qpack_new(void);
void qpack_free(Qpack *qpack);

/* SETTINGS_QPACK_MAX_TABLE_CAPACITY of the endpoint that decodes. */
void qpack_limit(Qpack *qpack, uint64_t capacity);

typedef enum QpackKind {
    QPACK_CAPACITY, QPACK_INSERT_INDEXED, QPACK_INSERT_LITERAL, QPACK_DUPLICATE, /* encoder stream: RFC 9204 §4.3 */
    QPACK_SECTION_ACK, QPACK_CANCEL, QPACK_INCREMENT,                            /* decoder stream: §4.4 */
} QpackKind;

typedef struct QpackString { /* where it lies in the instruction */
    size_t at, size;
    bool huffman;
} QpackString;

typedef struct QpackInstruction {
    QpackKind kind;
    bool fixed;          /* a name of the static table */
    uint64_t number;     /* capacity, index, stream, increment */
    size_t number_size;  /* bytes of the first byte and its integer, or of the name's length */
    QpackString name, value;
    size_t size;
} QpackInstruction;

/* Reads the instruction at the front of bytes that are not empty. FM_NEED_MORE is told by 0, and by SIZE_MAX that no instruction
 * begins so; else its size. */
size_t qpack_encoder_instruction(FmSlice bytes, QpackInstruction *out);
size_t qpack_decoder_instruction(FmSlice bytes, QpackInstruction *out);

/* Follows whole instructions of the encoder stream. False where one is wrong: sections that need the table can't be read from then on. */
bool qpack_follow(Qpack *qpack, FmSlice bytes);

/* Entries inserted so far. */
uint64_t qpack_inserted(const Qpack *qpack);

/* How many must have been for the section to be readable (RFC 9204 §4.5.1.1); false if the section does not begin as one. */
bool qpack_required(const Qpack *qpack, FmSlice section, uint64_t *count);

/* Reads a whole section, for which enough is inserted. Returns its fields in `arena`: never NULL; `broken` if it is none. */
const HpackBlock *qpack_decode(Qpack *qpack, FmArena *arena, uint64_t stream, FmSlice section);
