/* Content codings of message bodies (RFC 9110 §8.4): gzip, deflate, br (RFC 7932), zstd (RFC 8878). */
#include "config.h"

#include <string.h>

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_BROTLI
#include <brotli/decode.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "dissectors/application/body.h"

#define FIRST_ROOM 4096
#define ZSTD_WINDOW_LOG 23 /* RFC 9659: 8 MB for content codings */

typedef struct Output {
    uint8_t *bytes; /* g_malloc */
    size_t size, room;
} Output;

#if defined HAVE_BROTLI || defined HAVE_ZLIB || defined HAVE_ZSTD
/* Room for more; false at the bound. */
static bool grow(Output *out)
{
    if (out->room >= FM_MAX_BODY)
        return false;
    out->room = out->room ? MIN(out->room * 4, FM_MAX_BODY) : FIRST_ROOM;
    out->bytes = g_realloc(out->bytes, out->room);
    return true;
}
#endif

typedef FmBodyOutcome Decode(FmSlice in, Output *out);

#ifdef HAVE_ZLIB
/* `bits`: 15 zlib's frame, 31 gzip's, -15 none. */
static FmBodyOutcome inflate_with(FmSlice in, Output *out, int bits)
{
    z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)in.data, .avail_in = (uInt)in.size };
    if (inflateInit2(&z, bits) != Z_OK)
        return FM_BODY_FAILED;
    FmBodyOutcome outcome = FM_BODY_CUT;
    out->size = 0;
    for (;;) {
        if (out->size == out->room && !grow(out)) {
            outcome = FM_BODY_TOO_LONG;
            break;
        }
        z.next_out = out->bytes + out->size;
        z.avail_out = (uInt)(out->room - out->size);
        int status = inflate(&z, Z_NO_FLUSH);
        out->size = out->room - z.avail_out;
        if (status == Z_STREAM_END) {
            outcome = FM_BODY_DECODED;
            if (bits == 31 && z.avail_in >= 2 && z.next_in[0] == 0x1f && z.next_in[1] == 0x8b && inflateReset(&z) == Z_OK)
                continue; /* RFC 1952 §2.2: more members */
            break;
        }
        if (status != Z_OK && status != Z_BUF_ERROR) {
            outcome = FM_BODY_FAILED;
            break;
        }
        if (!z.avail_in && z.avail_out)
            break;
    }
    inflateEnd(&z);
    return outcome;
}

static FmBodyOutcome decode_gzip(FmSlice in, Output *out)
{
    return inflate_with(in, out, 31);
}

/* RFC 9110 §8.4.1.2: with zlib's frame; senders are met that leave it out. */
static FmBodyOutcome decode_deflate(FmSlice in, Output *out)
{
    bool framed = in.size >= 2 && (in.data[0] & 15) == 8 && (in.data[0] << 8 | in.data[1]) % 31 == 0;
    FmBodyOutcome outcome = framed ? inflate_with(in, out, 15) : FM_BODY_FAILED;
    return outcome == FM_BODY_FAILED ? inflate_with(in, out, -15) : outcome;
}
#else
#define decode_gzip NULL
#define decode_deflate NULL
#endif

#ifdef HAVE_BROTLI
static FmBodyOutcome decode_brotli(FmSlice in, Output *out)
{
    BrotliDecoderState *b = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    FmBodyOutcome outcome = FM_BODY_FAILED;
    const uint8_t *next_in = in.data;
    size_t left_in = in.size;
    while (b) {
        if (out->size == out->room && !grow(out)) {
            outcome = FM_BODY_TOO_LONG;
            break;
        }
        uint8_t *next_out = out->bytes + out->size;
        size_t left_out = out->room - out->size;
        BrotliDecoderResult result = BrotliDecoderDecompressStream(b, &left_in, &next_in, &left_out, &next_out, NULL);
        out->size = out->room - left_out;
        if (result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
            continue;
        outcome = result == BROTLI_DECODER_RESULT_SUCCESS ? FM_BODY_DECODED
                  : result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT ? FM_BODY_CUT : FM_BODY_FAILED;
        break;
    }
    if (b)
        BrotliDecoderDestroyInstance(b);
    return outcome;
}
#else
#define decode_brotli NULL
#endif

#ifdef HAVE_ZSTD
static FmBodyOutcome decode_zstd(FmSlice in, Output *out)
{
    ZSTD_DStream *z = ZSTD_createDStream();
    FmBodyOutcome outcome = FM_BODY_FAILED;
    ZSTD_inBuffer from = { in.data, in.size, 0 };
    bool good = z && !ZSTD_isError(ZSTD_initDStream(z)) && !ZSTD_isError(ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
    while (good) {
        if (out->size == out->room && !grow(out)) {
            outcome = FM_BODY_TOO_LONG;
            break;
        }
        ZSTD_outBuffer to = { out->bytes + out->size, out->room - out->size, 0 };
        size_t status = ZSTD_decompressStream(z, &to, &from);
        out->size += to.pos;
        if (ZSTD_isError(status)) {
            outcome = FM_BODY_FAILED;
            break;
        }
        if (to.pos < to.size && from.pos == from.size) {
            outcome = status == 0 ? FM_BODY_DECODED : FM_BODY_CUT;
            break;
        }
    }
    ZSTD_freeDStream(z);
    return outcome;
}
#else
#define decode_zstd NULL
#endif

static const struct {
    const char *name;
    Decode *decode; /* NULL: built without it */
} codings[] = {
    { "gzip", decode_gzip }, { "x-gzip", decode_gzip }, { "deflate", decode_deflate }, { "x-deflate", decode_deflate },
    { "br", decode_brotli }, { "zstd", decode_zstd },
};

static Decode *decoder_of(FmSlice name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(codings); i++)
        if (strlen(codings[i].name) == name.size && g_ascii_strncasecmp(codings[i].name, (const char *)name.data, name.size) == 0)
            return codings[i].decode;
    return NULL;
}

/* The last coding of the list, which was applied last; takes it off the list. */
static FmSlice last_coding(FmSlice *list)
{
    size_t from = list->size;
    while (from && list->data[from - 1] != ',')
        from--;
    FmSlice name = { list->data + from, list->size - from };
    list->size = from ? from - 1 : 0;
    while (name.size && (name.data[0] == ' ' || name.data[0] == '\t'))
        name = (FmSlice){ name.data + 1, name.size - 1 };
    while (name.size && (name.data[name.size - 1] == ' ' || name.data[name.size - 1] == '\t'))
        name.size--;
    return name;
}

static FmBodyOutcome decode_one(FmDissection *d, FmSlice name, FmCursor *c)
{
    Decode *decode = decoder_of(name);
    if (!decode)
        return FM_BODY_UNKNOWN;
    Output out = { 0 };
    size_t before = fm_left(c);
    FmBodyOutcome outcome = decode(fm_rest(c), &out);
    if (outcome == FM_BODY_CUT && !c->lost)
        outcome = out.size ? outcome : FM_BODY_FAILED;
    FmCursor end = *c;
    end.at = end.end;
    if (outcome == FM_BODY_FAILED) {
        FmSubtree line = fm_open_text(d, c, "Content-encoded entity body (%.*s): %zu bytes", (int)name.size, (const char *)name.data, before);
        fm_close(d, line, &end);
        g_free(out.bytes);
        return outcome;
    }
    FmSubtree line = fm_open_text(d, c, "Content-encoded entity body (%.*s): %zu bytes -> %zu bytes", (int)name.size, (const char *)name.data,
                                  before, out.size);
    fm_close(d, line, &end);
    uint32_t lost = c->lost;
    *c = fm_buffer_take(d, out.bytes, out.size, "Uncompressed entity body");
    c->lost = lost;
    if (outcome == FM_BODY_TOO_LONG)
        fm_note(d, FM_WARN, "The decoded body is longer than %u bytes: the rest is left out", (unsigned)FM_MAX_BODY);
    else if (outcome == FM_BODY_CUT)
        fm_note(d, FM_NOTE, "The coded body ends too early");
    return outcome;
}

FmCursor fm_body_uncompress(FmDissection *d, const char *coding, FmSlice in, size_t most, const char *buffer)
{
    Decode *decode = decoder_of((FmSlice){ (const uint8_t *)coding, strlen(coding) });
    Output out = { 0 };
    if (decode && decode(in, &out) == FM_BODY_DECODED && out.size <= most)
        return fm_buffer_take(d, out.bytes, out.size, buffer);
    g_free(out.bytes);
    return (FmCursor){ .trouble = d->trouble };
}

FmCursor fm_body_decode(FmDissection *d, FmSlice encoding, const FmCursor *c, FmBodyOutcome *outcome)
{
    FmCursor body = *c;
    *outcome = FM_BODY_PLAIN;
    for (unsigned i = 0; i < 4 && encoding.size; i++) { /* nobody applies more */
        FmSlice name = last_coding(&encoding);
        if (!name.size || (name.size == 8 && g_ascii_strncasecmp((const char *)name.data, "identity", 8) == 0))
            continue;
        *outcome = decode_one(d, name, &body);
        if (*outcome == FM_BODY_FAILED || *outcome == FM_BODY_UNKNOWN)
            break;
    }
    return body;
}
