/* HPACK (RFC 7541), by nghttp2's inflater. */
#include "config.h"

#include "dissectors/application/hpack.h"

#include <string.h>

#include <glib.h>
#include <nghttp2/nghttp2.h>

#include "dissectors/application/prefix_integer.h"

#define UNKNOWN "<unknown>" /* in place of a name that is not known, as Wireshark has it */

/* Room for 65536 bytes (RFC 7541 §6.3): assumed of a table that was there before us. Browsers offer no more. */
static const uint8_t joined_table_size[] = { 0x3f, 0xe1, 0xff, 0x03 };

typedef struct Instruction {
    HpackKind kind;
    uint64_t index;
    size_t prefix; /* bytes of the first byte and its integer */
    size_t size;
} Instruction;

struct Hpack {
    nghttp2_hd_inflater *inflater;
    bool joined;       /* entries beyond the table are unknown, not wrong */
    GByteArray *rest;  /* begin of an instruction that the next frame goes on with */
    HpackTexts texts;  /* of the block being read */
};

/* ---- instructions ---- */

#define MOST_BYTES 5 /* of an integer, behind its first */

static FmParsed skip_string(FmSlice bytes, size_t *at)
{
    uint64_t size;
    FmParsed parsed = fm_prefix_integer(bytes, at, 7, MOST_BYTES, &size);
    if (parsed != FM_PARSED)
        return parsed;
    if (size > FM_MAX_HEADER_TEXT)
        return FM_WRONG;
    if (size > bytes.size - *at)
        return FM_INCOMPLETE;
    *at += (size_t)size;
    return FM_PARSED;
}

static FmParsed parse(FmSlice bytes, Instruction *out)
{
    uint8_t first = bytes.data[0];
    unsigned bits = first & 0x80 ? 7 : first & 0x40 ? 6 : first & 0x20 ? 5 : 4;
    out->kind = first & 0x80   ? HPACK_INDEXED
                : first & 0x40 ? HPACK_INCREMENTAL
                : first & 0x20 ? HPACK_TABLE_SIZE
                : first & 0x10 ? HPACK_NEVER_INDEXED
                               : HPACK_NOT_INDEXED;
    size_t at = 0;
    FmParsed parsed = fm_prefix_integer(bytes, &at, bits, MOST_BYTES, &out->index);
    out->prefix = at;
    bool literal = out->kind != HPACK_INDEXED && out->kind != HPACK_TABLE_SIZE;
    if (parsed == FM_PARSED && literal && out->index == 0)
        parsed = skip_string(bytes, &at);
    if (parsed == FM_PARSED && literal)
        parsed = skip_string(bytes, &at);
    out->size = at;
    return parsed;
}

/* ---- the decoder ---- */

/* Room for what any endpoint may offer; the table itself has 4096 bytes until the encoder says more. */
static nghttp2_hd_inflater *new_inflater(bool joined)
{
    nghttp2_hd_inflater *inflater = NULL;
    if (nghttp2_hd_inflate_new(&inflater) != 0)
        g_error("no memory");
    nghttp2_hd_inflate_change_table_size(inflater, FM_MAX_HEADER_TABLE);
    if (joined) {
        nghttp2_nv nv;
        int flags;
        nghttp2_hd_inflate_hd2(inflater, &nv, &flags, joined_table_size, sizeof joined_table_size, 1);
        nghttp2_hd_inflate_end_headers(inflater);
    }
    return inflater;
}

Hpack *hpack_new(bool joined)
{
    Hpack *h = g_new0(Hpack, 1);
    h->inflater = new_inflater(joined);
    h->joined = joined;
    h->rest = g_byte_array_new();
    hpack_texts_init(&h->texts);
    return h;
}

void hpack_free(Hpack *h)
{
    if (!h)
        return;
    nghttp2_hd_inflate_del(h->inflater);
    g_byte_array_unref(h->rest);
    hpack_texts_clear(&h->texts);
    g_free(h);
}

void hpack_forget(Hpack *h)
{
    nghttp2_hd_inflate_del(h->inflater);
    h->inflater = new_inflater(true);
    h->joined = true;
    g_byte_array_set_size(h->rest, 0);
}

/* ---- a block ---- */

void hpack_texts_init(HpackTexts *texts)
{
    texts->text = g_byte_array_new();
    texts->headers = g_array_new(FALSE, FALSE, sizeof(HpackHeader));
}

void hpack_texts_clear(HpackTexts *texts)
{
    g_byte_array_unref(texts->text);
    g_array_unref(texts->headers);
}

void hpack_texts_empty(HpackTexts *texts)
{
    g_byte_array_set_size(texts->text, 0);
    g_array_set_size(texts->headers, 0);
}

static void add_text(GByteArray *text, const uint8_t *bytes, size_t size)
{
    uint32_t length = GUINT32_TO_BE((uint32_t)size);
    g_byte_array_append(text, (const guint8 *)&length, 4);
    g_byte_array_append(text, bytes, (guint)size);
}

void hpack_texts_add(HpackTexts *texts, HpackBlock *block, HpackHeader *header, FmSlice name, FmSlice value)
{
    block->length += (uint32_t)(name.size + value.size + 8);
    if (block->lines == FM_MAX_HEADER_LINES)
        block->too_many = true;
    else if (texts->text->len + name.size + value.size > FM_MAX_HEADER_TEXT)
        block->too_long = true;
    if (block->too_many || block->too_long)
        return;
    block->lines++;
    header->text = texts->text->len;
    header->name_size = (uint32_t)name.size;
    header->value_size = (uint32_t)value.size;
    add_text(texts->text, name.data, name.size);
    add_text(texts->text, value.data, value.size);
    g_array_append_vals(texts->headers, header, 1);
}

const HpackBlock *hpack_texts_keep(const HpackTexts *texts, FmArena *arena, const HpackBlock *block)
{
    size_t headers = texts->headers->len * sizeof(HpackHeader);
    HpackBlock *kept = fm_arena_alloc(arena, sizeof *block + headers + texts->text->len);
    uint8_t *text = (uint8_t *)kept->headers + headers;
    *kept = *block;
    kept->count = texts->headers->len;
    kept->text = text;
    kept->text_size = texts->text->len;
    if (headers)
        memcpy(kept->headers, texts->headers->data, headers);
    if (texts->text->len)
        memcpy(text, texts->text->data, texts->text->len);
    return kept;
}

/* Hands an instruction to the inflater; false where it finds fault with it. */
static bool inflate(Hpack *h, const uint8_t *bytes, size_t size, nghttp2_nv *nv, bool *emitted)
{
    *emitted = false;
    while (size) {
        int flags = 0;
        ssize_t used = nghttp2_hd_inflate_hd2(h->inflater, nv, &flags, bytes, size, 0);
        if (used < 0 || (used == 0 && !(flags & NGHTTP2_HD_INFLATE_EMIT)))
            return false;
        bytes += used;
        size -= (size_t)used;
        if (flags & NGHTTP2_HD_INFLATE_EMIT) {
            *emitted = true;
            return size == 0;
        }
    }
    return true;
}

/* A table larger than we allow is taken as that large: what falls out of ours too early is unknown later. */
static bool resize_table(Hpack *h, uint64_t size)
{
    if (size > FM_MAX_HEADER_TABLE) {
        size = FM_MAX_HEADER_TABLE;
        h->joined = true;
    }
    uint8_t bytes[8] = { 0x20 | 31 };
    size_t n = 1;
    if (size < 31) {
        bytes[0] = (uint8_t)(0x20 | size);
    } else {
        for (size -= 31; size >= 0x80; size >>= 7)
            bytes[n++] = (uint8_t)(size | 0x80);
        bytes[n++] = (uint8_t)size;
    }
    nghttp2_nv nv;
    bool emitted;
    return inflate(h, bytes, n, &nv, &emitted);
}

/* A literal whose name is an unknown entry's: stored under a name that says so. */
static bool inflate_unnamed(Hpack *h, const uint8_t *bytes, const Instruction *in, nghttp2_nv *nv, bool *emitted)
{
    uint8_t head[2 + sizeof UNKNOWN - 1] = { in->kind == HPACK_INCREMENTAL ? 0x40 : in->kind == HPACK_NEVER_INDEXED ? 0x10 : 0, sizeof UNKNOWN - 1 };
    memcpy(head + 2, UNKNOWN, sizeof UNKNOWN - 1);
    return inflate(h, head, sizeof head, nv, emitted) && inflate(h, bytes + in->prefix, in->size - in->prefix, nv, emitted) && *emitted;
}

/* One whole instruction; false where the block is broken. */
static bool follow(Hpack *h, HpackBlock *block, const uint8_t *bytes, const Instruction *in, HpackHeader *header)
{
    nghttp2_nv nv;
    bool emitted = false;
    if (in->kind == HPACK_TABLE_SIZE) {
        if (h->texts.headers->len < FM_MAX_HEADER_LINES)
            g_array_append_vals(h->texts.headers, header, 1);
        return resize_table(h, in->index);
    }
    header->unknown = in->index > nghttp2_hd_inflate_get_num_table_entries(h->inflater);
    if (header->unknown && !h->joined)
        return false;
    if (header->unknown && in->kind == HPACK_INDEXED) {
        hpack_texts_add(&h->texts, block, header, (FmSlice){ (const uint8_t *)UNKNOWN, strlen(UNKNOWN) }, (FmSlice){ NULL, 0 });
        return true;
    }
    if (header->unknown ? !inflate_unnamed(h, bytes, in, &nv, &emitted) : !inflate(h, bytes, in->size, &nv, &emitted))
        return false;
    if (!emitted)
        return false;
    header->unknown |= h->joined && nv.namelen == strlen(UNKNOWN) && memcmp(nv.name, UNKNOWN, nv.namelen) == 0;
    hpack_texts_add(&h->texts, block, header, (FmSlice){ nv.name, nv.namelen }, (FmSlice){ nv.value, nv.valuelen });
    return true;
}

/* Returns how many bytes the whole instructions have; `before` of them came with earlier frames. */
static size_t read_instructions(Hpack *h, HpackBlock *block, FmSlice bytes, size_t before)
{
    size_t at = 0;
    while (at < bytes.size) {
        FmSlice here = { bytes.data + at, bytes.size - at };
        Instruction in;
        FmParsed parsed = parse(here, &in);
        if (parsed == FM_INCOMPLETE)
            break;
        size_t start = at > before ? at - before : 0, end = at + in.size > before ? at + in.size - before : 0;
        HpackHeader header = { .at = (uint32_t)start, .size = (uint32_t)(end - start), .index = in.index, .kind = (uint8_t)in.kind };
        if (parsed == FM_WRONG || !follow(h, block, here.data, &in, &header)) {
            block->broken = true;
            break;
        }
        at += in.size;
    }
    return at;
}

static void end_block(Hpack *h, HpackBlock *block)
{
    nghttp2_nv nv;
    int flags;
    if (h->rest->len || nghttp2_hd_inflate_hd2(h->inflater, &nv, &flags, NULL, 0, 1) < 0)
        block->broken = true;
    nghttp2_hd_inflate_end_headers(h->inflater);
}

const HpackBlock *hpack_decode(Hpack *h, FmArena *arena, FmSlice bytes, bool end)
{
    HpackBlock block = { 0 };
    hpack_texts_empty(&h->texts);
    if (h->rest->len) {
        size_t before = h->rest->len;
        g_byte_array_append(h->rest, bytes.data, (guint)bytes.size);
        size_t used = read_instructions(h, &block, (FmSlice){ h->rest->data, h->rest->len }, before);
        if (used)
            g_byte_array_remove_range(h->rest, 0, (guint)used);
    } else {
        size_t used = read_instructions(h, &block, bytes, 0);
        if (used < bytes.size)
            g_byte_array_append(h->rest, bytes.data + used, (guint)(bytes.size - used));
    }
    if (h->rest->len > 2 * FM_MAX_HEADER_TEXT)
        block.broken = true;
    if (end && !block.broken)
        end_block(h, &block);
    const HpackBlock *kept = hpack_texts_keep(&h->texts, arena, &block);
    if (block.broken)
        hpack_forget(h);
    return kept;
}

bool hpack_huffman(FmSlice coded, GByteArray *out)
{
    uint8_t head[12] = { 0x00, 1, 'x', 0x80 | 127 }; /* a literal with that value; its length: RFC 7541 §5.1 */
    size_t n = 4, left = coded.size;
    if (left < 127) {
        head[3] = (uint8_t)(0x80 | left);
    } else {
        for (left -= 127; left >= 0x80; left >>= 7)
            head[n++] = (uint8_t)(left | 0x80);
        head[n++] = (uint8_t)left;
    }
    nghttp2_hd_inflater *inflater = new_inflater(false);
    nghttp2_nv nv = { 0 };
    int flags = 0;
    bool good = coded.size <= FM_MAX_HEADER_TEXT && nghttp2_hd_inflate_hd2(inflater, &nv, &flags, head, n, 0) == (ssize_t)n &&
                nghttp2_hd_inflate_hd2(inflater, &nv, &flags, coded.data, coded.size, 1) == (ssize_t)coded.size && flags & NGHTTP2_HD_INFLATE_EMIT;
    if (good)
        g_byte_array_append(out, nv.value, (guint)nv.valuelen);
    nghttp2_hd_inflate_del(inflater);
    return good;
}
