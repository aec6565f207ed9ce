/* Unpacks gzip (RFC 1952), Zstandard (RFC 8878) and LZ4 frames. Several streams behind one another count as one, as those tools
 * have it; memory is the window of the format and one block of input. */
#include "config.h"

#include "capture/compressed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#ifdef HAVE_LZ4
#include <lz4frame.h>
#endif
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "capture/source.h"

#define BLOCK ((size_t)1 << 18)
#define ZSTD_WINDOW_LOG 27 /* 128 MiB, what `zstd -d` allows unasked */

typedef enum Step {
    STEP_ON,   /* goes on in this stream */
    STEP_OVER, /* a stream has ended */
    STEP_BAD,
} Step;

typedef struct Piece { /* what a step may use; it moves the pointers on */
    const uint8_t *in, *in_end;
    uint8_t *out, *out_end;
} Piece;

typedef struct Method {
    bool (*open)(FmDecoder *decoder);
    Step (*step)(FmDecoder *decoder, Piece *piece);
    void (*restart)(FmDecoder *decoder); /* for the next stream; NULL: it does so by itself */
    void (*close)(FmDecoder *decoder);
} Method;

typedef struct Kind {
    const char *name;
    uint8_t magic[FM_DECODER_MAGIC];
    size_t size;
    const Method *method; /* NULL: its library is not in */
} Kind;

struct FmDecoder {
    const Kind *kind;
    const char *name;
    int fd;
    union {
#ifdef HAVE_ZLIB
        z_stream gzip;
#endif
#ifdef HAVE_ZSTD
        ZSTD_DStream *zstd;
#endif
#ifdef HAVE_LZ4
        LZ4F_dctx *lz4;
#endif
        int none;
    } state;
    uint8_t *block;
    size_t at, end; /* of `block`: not yet unpacked */
    bool in_stream; /* an end now is too early */
    bool drained;   /* the packed bytes have ended */
    bool done;
};

#ifdef HAVE_ZLIB
static bool gzip_open(FmDecoder *decoder)
{
    return inflateInit2(&decoder->state.gzip, 16 + MAX_WBITS) == Z_OK;
}

static Step gzip_step(FmDecoder *decoder, Piece *piece)
{
    z_stream *z = &decoder->state.gzip;
    z->next_in = (Bytef *)(uintptr_t)piece->in;
    z->avail_in = (uInt)(piece->in_end - piece->in);
    z->next_out = piece->out;
    z->avail_out = (uInt)MIN((size_t)(piece->out_end - piece->out), (size_t)1 << 30);
    int status = inflate(z, Z_NO_FLUSH);
    piece->in = z->next_in;
    piece->out = z->next_out;
    if (status == Z_STREAM_END)
        return STEP_OVER;
    return status == Z_OK || status == Z_BUF_ERROR ? STEP_ON : STEP_BAD;
}

static void gzip_restart(FmDecoder *decoder)
{
    inflateReset(&decoder->state.gzip);
}

static void gzip_close(FmDecoder *decoder)
{
    inflateEnd(&decoder->state.gzip);
}

static const Method gzip = { gzip_open, gzip_step, gzip_restart, gzip_close };
#define GZIP_METHOD &gzip
#else
#define GZIP_METHOD NULL
#endif

#ifdef HAVE_ZSTD
static bool zstd_open(FmDecoder *decoder)
{
    decoder->state.zstd = ZSTD_createDStream();
    return decoder->state.zstd && !ZSTD_isError(ZSTD_initDStream(decoder->state.zstd)) &&
           !ZSTD_isError(ZSTD_DCtx_setParameter(decoder->state.zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
}

static Step zstd_step(FmDecoder *decoder, Piece *piece)
{
    ZSTD_inBuffer in = { piece->in, (size_t)(piece->in_end - piece->in), 0 };
    ZSTD_outBuffer out = { piece->out, (size_t)(piece->out_end - piece->out), 0 };
    size_t status = ZSTD_decompressStream(decoder->state.zstd, &out, &in);
    piece->in += in.pos;
    piece->out += out.pos;
    if (ZSTD_isError(status))
        return STEP_BAD;
    return status == 0 ? STEP_OVER : STEP_ON;
}

static void zstd_close(FmDecoder *decoder)
{
    ZSTD_freeDStream(decoder->state.zstd);
}

static const Method zstd = { zstd_open, zstd_step, NULL, zstd_close };
#define ZSTD_METHOD &zstd
#else
#define ZSTD_METHOD NULL
#endif

#ifdef HAVE_LZ4
static bool lz4_open(FmDecoder *decoder)
{
    return !LZ4F_isError(LZ4F_createDecompressionContext(&decoder->state.lz4, LZ4F_VERSION));
}

static Step lz4_step(FmDecoder *decoder, Piece *piece)
{
    size_t in = (size_t)(piece->in_end - piece->in), out = (size_t)(piece->out_end - piece->out);
    size_t status = LZ4F_decompress(decoder->state.lz4, piece->out, &out, piece->in, &in, NULL);
    piece->in += in;
    piece->out += out;
    if (LZ4F_isError(status))
        return STEP_BAD;
    return status == 0 ? STEP_OVER : STEP_ON;
}

static void lz4_close(FmDecoder *decoder)
{
    LZ4F_freeDecompressionContext(decoder->state.lz4);
}

static const Method lz4 = { lz4_open, lz4_step, NULL, lz4_close };
#define LZ4_METHOD &lz4
#else
#define LZ4_METHOD NULL
#endif

static const Kind kinds[] = {
    { "gzip", { 0x1f, 0x8b }, 2, GZIP_METHOD },
    { "zstd", { 0x28, 0xb5, 0x2f, 0xfd }, 4, ZSTD_METHOD },
    { "lz4", { 0x04, 0x22, 0x4d, 0x18 }, 4, LZ4_METHOD },
};

static const Kind *find_kind(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (n >= kinds[i].size && memcmp(bytes, kinds[i].magic, kinds[i].size) == 0)
            return &kinds[i];
    }
    return NULL;
}

bool fm_decoder_find(FmDecoder **found, const uint8_t *bytes, size_t n, int fd, const char *name, GError **error)
{
    const Kind *kind = find_kind(bytes, n);
    *found = NULL;
    if (!kind)
        return true;
    if (!kind->method) {
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_FORMAT,
                    "%s: is compressed with %s, which this fathom was built without; unpack it first", name, kind->name);
        return false;
    }
    FmDecoder *decoder = g_new0(FmDecoder, 1);
    decoder->kind = kind;
    decoder->name = name;
    decoder->fd = fd;
    decoder->block = g_malloc(MAX(BLOCK, n));
    memcpy(decoder->block, bytes, n);
    decoder->end = n;
    decoder->in_stream = true;
    if (!kind->method->open(decoder))
        g_error("%s: no memory to unpack it", name);
    *found = decoder;
    return true;
}

void fm_decoder_free(FmDecoder *decoder)
{
    if (!decoder)
        return;
    decoder->kind->method->close(decoder);
    g_free(decoder->block);
    g_free(decoder);
}

const char *fm_decoder_name(const FmDecoder *decoder)
{
    return decoder->kind->name;
}

/* Reads the next block of packed bytes; at the end there is none. */
static bool read_block(FmDecoder *decoder, GError **error)
{
    ssize_t n;
    do
        n = read(decoder->fd, decoder->block, BLOCK);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_READ, "%s: cannot be read: %s", decoder->name, g_strerror(errno));
        return false;
    }
    decoder->at = 0;
    decoder->end = (size_t)n;
    decoder->drained = n == 0;
    return true;
}

/* Between streams: does another one follow? The tools pad with zeros behind the last one. */
static bool another_follows(FmDecoder *decoder)
{
    if (decoder->at == decoder->end || decoder->block[decoder->at] == 0)
        return false;
    decoder->in_stream = true;
    return true;
}

/* One step; false where the packed bytes are bad or end too early. */
static bool unpack(FmDecoder *decoder, Piece *piece, GError **error)
{
    const uint8_t *to = piece->out;
    piece->in = decoder->block + decoder->at;
    piece->in_end = decoder->block + decoder->end;
    Step step = decoder->kind->method->step(decoder, piece);
    decoder->at = (size_t)(piece->in - decoder->block);
    if (step == STEP_BAD) {
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_FORMAT, "%s: the %s data is damaged", decoder->name,
                    decoder->kind->name);
        return false;
    }
    if (step == STEP_ON && decoder->drained && piece->out == to) {
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_CUT, "%s: the %s data ends too early: the file was cut short",
                    decoder->name, decoder->kind->name);
        return false;
    }
    if (step == STEP_OVER) {
        decoder->in_stream = false;
        if (decoder->kind->method->restart)
            decoder->kind->method->restart(decoder);
    }
    return true;
}

size_t fm_decoder_read(FmDecoder *decoder, uint8_t *to, size_t room, GError **error)
{
    Piece piece = { .out = to, .out_end = to + room };
    while (!decoder->done && piece.out == to) {
        if (decoder->at == decoder->end && !decoder->drained && !read_block(decoder, error))
            decoder->done = true;
        else if (!decoder->in_stream && !another_follows(decoder))
            decoder->done = true;
        else if (!unpack(decoder, &piece, error))
            decoder->done = true;
    }
    return (size_t)(piece.out - to);
}
