/* QPACK (RFC 9204), by nghttp3's decoder. */
#include "config.h"

#include "dissectors/application/qpack.h"

#include <string.h>

#include <nghttp3/nghttp3.h>

#include "dissectors/application/prefix_integer.h"

#define ENTRY_OVERHEAD 32      /* RFC 9204 §3.2.1 */
#define STREAMS (UINT64_C(1) << 20) /* as many may be blocked as an encoder dares */

struct Qpack {
    nghttp3_qpack_decoder *decoder;
    uint64_t limit;     /* of the table, by SETTINGS */
    bool limited;       /* they were seen */
    uint64_t capacity;  /* largest that the encoder has set */
    bool broken;
    HpackTexts texts;
};

Qpack *qpack_new(void)
{
    Qpack *q = g_new0(Qpack, 1);
    if (nghttp3_qpack_decoder_new(&q->decoder, FM_MAX_HEADER_TABLE, STREAMS, nghttp3_mem_default()) != 0)
        g_error("no memory");
    nghttp3_qpack_decoder_set_max_concurrent_streams(q->decoder, STREAMS);
    hpack_texts_init(&q->texts);
    return q;
}

void qpack_free(Qpack *q)
{
    if (!q)
        return;
    nghttp3_qpack_decoder_del(q->decoder);
    hpack_texts_clear(&q->texts);
    g_free(q);
}

void qpack_limit(Qpack *q, uint64_t capacity)
{
    q->limit = capacity;
    q->limited = true;
}

uint64_t qpack_inserted(const Qpack *q)
{
    return nghttp3_qpack_decoder_get_icnt(q->decoder);
}

/* ---- instructions ---- */

#define MOST_BYTES 9 /* of an integer, behind its first */

/* A string whose length has `bits`, below the bit that says Huffman. */
static unsigned read_string(FmSlice bytes, size_t *at, unsigned bits, QpackString *out)
{
    out->huffman = *at < bytes.size && bytes.data[*at] >> bits & 1;
    uint64_t size;
    unsigned parsed = fm_prefix_integer(bytes, at, bits, MOST_BYTES, &size);
    if (parsed != FM_PARSED)
        return parsed;
    if (size > FM_MAX_HEADER_TEXT)
        return FM_WRONG;
    out->at = *at;
    out->size = (size_t)size;
    if (size > bytes.size - *at)
        return FM_INCOMPLETE;
    *at += (size_t)size;
    return FM_PARSED;
}

static size_t outcome(unsigned parsed, size_t at, QpackInstruction *out)
{
    out->size = at;
    return parsed == FM_PARSED ? at : parsed == FM_INCOMPLETE ? 0 : SIZE_MAX;
}

size_t qpack_encoder_instruction(FmSlice bytes, QpackInstruction *out)
{
    uint8_t first = bytes.data[0];
    size_t at = 0;
    unsigned parsed;
    *out = (QpackInstruction){ .fixed = first & 0x40 };
    if (first & 0x80) {
        out->kind = QPACK_INSERT_INDEXED;
        parsed = fm_prefix_integer(bytes, &at, 6, MOST_BYTES, &out->number);
    } else if (first & 0x40) {
        out->kind = QPACK_INSERT_LITERAL;
        parsed = read_string(bytes, &at, 5, &out->name);
    } else {
        out->kind = first & 0x20 ? QPACK_CAPACITY : QPACK_DUPLICATE;
        parsed = fm_prefix_integer(bytes, &at, 5, MOST_BYTES, &out->number);
    }
    out->number_size = at;
    if (parsed == FM_PARSED && first & 0xc0)
        parsed = read_string(bytes, &at, 7, &out->value);
    return outcome(parsed, at, out);
}

size_t qpack_decoder_instruction(FmSlice bytes, QpackInstruction *out)
{
    uint8_t first = bytes.data[0];
    size_t at = 0;
    *out = (QpackInstruction){ .kind = first & 0x80 ? QPACK_SECTION_ACK : first & 0x40 ? QPACK_CANCEL : QPACK_INCREMENT };
    unsigned parsed = fm_prefix_integer(bytes, &at, first & 0x80 ? 7 : 6, MOST_BYTES, &out->number);
    out->number_size = at;
    return outcome(parsed, at, out);
}

static size_t write_integer(uint8_t *to, uint8_t first, unsigned bits, uint64_t value)
{
    uint64_t most = (UINT64_C(1) << bits) - 1;
    if (value < most) {
        to[0] = (uint8_t)(first | value);
        return 1;
    }
    size_t n = 0;
    to[n++] = (uint8_t)(first | most);
    for (value -= most; value >= 0x80; value >>= 7)
        to[n++] = (uint8_t)(value | 0x80);
    to[n++] = (uint8_t)value;
    return n;
}

static bool feed(Qpack *q, const uint8_t *bytes, size_t size)
{
    return nghttp3_qpack_decoder_read_encoder(q->decoder, bytes, size) == (nghttp3_ssize)size;
}

/* A table larger than we allow is taken as that large: what falls out of ours too early can't be read later. */
static bool set_capacity(Qpack *q, uint64_t capacity)
{
    uint8_t bytes[12];
    q->capacity = MAX(q->capacity, capacity);
    return feed(q, bytes, write_integer(bytes, 0x20, 5, MIN(capacity, FM_MAX_HEADER_TABLE)));
}

bool qpack_follow(Qpack *q, FmSlice bytes)
{
    QpackInstruction in;
    while (bytes.size && !q->broken) {
        size_t size = qpack_encoder_instruction(bytes, &in);
        if (size == 0 || size == SIZE_MAX)
            q->broken = true;
        else if (in.kind == QPACK_CAPACITY)
            q->broken = !set_capacity(q, in.number);
        else
            q->broken = !feed(q, bytes.data, size);
        if (!q->broken)
            bytes = (FmSlice){ bytes.data + size, bytes.size - size };
    }
    return !q->broken;
}

/* ---- sections ---- */

/* RFC 9204 §4.5.1.1; `prefix`: bytes of the encoded count. */
static bool read_required(const Qpack *q, FmSlice section, uint64_t *count, size_t *prefix)
{
    uint64_t encoded;
    *prefix = 0;
    if (fm_prefix_integer(section, prefix, 8, MOST_BYTES, &encoded) != FM_PARSED)
        return false;
    *count = 0;
    if (!encoded)
        return true;
    uint64_t capacity = q->limited ? q->limit : q->capacity, most = capacity / ENTRY_OVERHEAD, range = 2 * most;
    if (!most || encoded > range)
        return false;
    uint64_t highest = qpack_inserted(q) + most, base = highest / range * range;
    *count = base + encoded - 1;
    if (*count > highest) {
        if (*count <= range)
            return false;
        *count -= range;
    }
    return *count != 0;
}

bool qpack_required(const Qpack *q, FmSlice section, uint64_t *count)
{
    size_t prefix;
    return read_required(q, section, count, &prefix);
}

static void add_field(Qpack *q, HpackBlock *block, const nghttp3_qpack_nv *nv)
{
    nghttp3_vec name = nghttp3_rcbuf_get_buf(nv->name), value = nghttp3_rcbuf_get_buf(nv->value);
    HpackHeader header = { .kind = HPACK_NOT_INDEXED };
    hpack_texts_add(&q->texts, block, &header, (FmSlice){ name.base, name.len }, (FmSlice){ value.base, value.len });
}

/* Hands the section's bytes to the decoder; with `last`, nothing follows them. */
static bool read_bytes(Qpack *q, nghttp3_qpack_stream_context *context, HpackBlock *block, FmSlice bytes, bool last)
{
    for (;;) {
        nghttp3_qpack_nv nv;
        uint8_t flags = 0;
        nghttp3_ssize used = nghttp3_qpack_decoder_read_request(q->decoder, context, &nv, &flags, bytes.data, bytes.size, last);
        if (used < 0 || flags & NGHTTP3_QPACK_DECODE_FLAG_BLOCKED)
            return false;
        bytes = (FmSlice){ bytes.data + used, bytes.size - (size_t)used };
        if (flags & NGHTTP3_QPACK_DECODE_FLAG_EMIT) {
            add_field(q, block, &nv);
            nghttp3_rcbuf_decref(nv.name);
            nghttp3_rcbuf_decref(nv.value);
        }
        if (flags & NGHTTP3_QPACK_DECODE_FLAG_FINAL)
            return last && bytes.size == 0;
        if (!used && !(flags & NGHTTP3_QPACK_DECODE_FLAG_EMIT))
            return !last && bytes.size == 0;
        if (!bytes.size && !last)
            return true;
    }
}

/* What the decoder would answer is of no use to us. */
static void drop_answers(Qpack *q)
{
    size_t size = nghttp3_qpack_decoder_get_decoder_streamlen(q->decoder);
    if (!size)
        return;
    g_autofree uint8_t *bytes = g_malloc(size);
    nghttp3_buf buf = { .begin = bytes, .end = bytes + size, .pos = bytes, .last = bytes };
    nghttp3_qpack_decoder_write_decoder(q->decoder, &buf);
}

const HpackBlock *qpack_decode(Qpack *q, FmArena *arena, uint64_t stream, FmSlice section)
{
    HpackBlock block = { 0 };
    uint64_t required;
    size_t prefix;
    hpack_texts_empty(&q->texts);
    block.broken = !read_required(q, section, &required, &prefix) || (q->broken && required > qpack_inserted(q));
    if (!block.broken) { /* the count as it is encoded for a table of our size */
        uint8_t head[12];
        uint64_t range = 2 * (FM_MAX_HEADER_TABLE / ENTRY_OVERHEAD);
        size_t n = write_integer(head, 0, 8, required ? required % range + 1 : 0);
        nghttp3_qpack_stream_context *context;
        if (nghttp3_qpack_stream_context_new(&context, (int64_t)(stream & INT64_MAX), nghttp3_mem_default()) != 0)
            g_error("no memory");
        block.broken = !read_bytes(q, context, &block, (FmSlice){ head, n }, false) ||
                       !read_bytes(q, context, &block, (FmSlice){ section.data + prefix, section.size - prefix }, true);
        nghttp3_qpack_stream_context_del(context);
        drop_answers(q);
    }
    return hpack_texts_keep(&q->texts, arena, &block);
}
