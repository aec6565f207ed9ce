/* gRPC-Web in text (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md): messages in base64, which may be padded behind each. */
#include "config.h"

#include "dissectors/application/grpc_web.h"

#include <string.h>

#include "dissectors/application/message.h"

extern const FmProtocol fm_grpc;

#define HEADER_SIZE 5

static unsigned value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

/* Four letters; returns how many bytes they are, 0: none. */
static unsigned decode_quad(const uint8_t *text, uint8_t *out)
{
    unsigned bits = 0, n = 0;
    for (; n < 4 && value_of(text[n]) < 64; n++)
        bits |= value_of(text[n]) << (18 - 6 * n);
    for (unsigned i = n; i < 4; i++)
        if (text[i] != '=')
            return 0;
    out[0] = (uint8_t)(bits >> 16);
    out[1] = (uint8_t)(bits >> 8);
    out[2] = (uint8_t)bits;
    return n < 2 ? 0 : n - 1;
}

/* Bytes `at` to `at` + 5 of what the letters say. */
static bool decode_header(FmSlice text, uint64_t at, uint8_t *header)
{
    uint8_t bytes[9];
    uint64_t quad = at / 3 * 4;
    unsigned skip = (unsigned)(at % 3), n = 0;
    for (unsigned i = 0; n < skip + HEADER_SIZE && quad + 4 <= text.size; i++, quad += 4) {
        unsigned size = decode_quad(text.data + quad, bytes + n);
        if (!size)
            return false;
        n += size;
    }
    if (n < skip + HEADER_SIZE)
        return false;
    memcpy(header, bytes + skip, HEADER_SIZE);
    return true;
}

/* A message, and those behind it that begin within the same four letters. */
static uint64_t text_record(const FmStream *stream, FmSlice b)
{
    uint64_t end = 0;
    for (;;) {
        uint8_t header[HEADER_SIZE];
        uint64_t needed = (end + HEADER_SIZE + 2) / 3 * 4;
        if (b.size < needed)
            return value_of(b.data[0]) < 64 ? FM_NEED_MORE : b.size;
        if (!decode_header(b, end, header) || header[0] & 0x7e)
            return end ? (end + 2) / 3 * 4 : b.size;
        end += HEADER_SIZE + fm_be(header + 1, 4);
        uint64_t letters = (end + 2) / 3 * 4;
        if (end % 3 == 0 || letters > b.size || b.data[letters - 1] == '=')
            return letters;
    }
}

FmCursor grpc_web_decode(FmDissection *d, FmCursor *c)
{
    uint8_t *bytes = fm_arena_alloc(d->arena, fm_left(c) / 4 * 3 + 3);
    size_t size = 0;
    while (fm_left(c) >= 4) {
        unsigned n = decode_quad(c->at, bytes + size);
        if (!n)
            break;
        size += n;
        c->at += 4;
    }
    c->at = c->end;
    FmCursor plain = fm_buffer(d, (FmSlice){ bytes, size }, "Decoded base64");
    plain.trouble = c->trouble;
    return plain;
}

static void text_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor plain = grpc_web_decode(d, c);
    while (fm_left(&plain)) {
        FmCursor message = fm_take(&plain, MIN(HEADER_SIZE + fm_peek(&plain, 1, 4), fm_left(&plain)));
        fm_call(d, &fm_grpc, &message);
    }
}

const FmProtocol fm_grpc_web_text = { .abbrev = "grpc", .title = "gRPC-Web in text", .part = true, .dissect = text_dissect, .record = text_record };
