/* Memos of all packets, packed: the words of a packet's memos one behind the other, exclusive-or'ed with those of an earlier packet whose
 * memos have the same sizes, of which the bytes are kept that are not zero. Times, offsets and windows of neighbours differ in a few
 * low bytes. */
#include "config.h"

#include "engine/memos.h"

#include <string.h>

#include <glib.h>

#include "base/arena.h"

enum { CHUNK = 1 << 14, BLOCK = 1 << 18, SLOTS = 1 << 12, FARTHEST = 1 << 20, WORD = sizeof(uint64_t) };

typedef struct Base { /* memos that others are packed against */
    uint32_t count, words;
    uint64_t *image;
    uint32_t sizes[]; /* of each memo in words; 0: a pointer, which is one word */
} Base;

typedef struct Block { /* packed bytes, without holes */
    uint8_t *bytes;
    uint64_t first; /* packet that it was begun for */
} Block;

struct FmMemoStore {
    FmArena *arena;      /* of the bases */
    GPtrArray *bases;    /* of Base */
    GPtrArray *chunks;   /* for CHUNK packets each, where the packed memos are: NULL for packets without; NULL: forgotten */
    GQueue blocks;       /* of Block */
    uint64_t forgotten;  /* chunks */
    uint8_t *at, *end;   /* in the newest one */
    uint64_t count;      /* packets that have a place in the chunks */
    uint32_t slots[SLOTS]; /* by family and sizes: number + 1 of the latest base; 0: none */
    uint32_t *sizes;     /* of the packet at hand */
    uint64_t *image;
    uint8_t *packed;
    size_t size_room, image_room, packed_room;
};

FmMemoStore *fm_memo_store_new(void)
{
    FmMemoStore *store = g_new0(FmMemoStore, 1);
    store->arena = fm_arena_new(BLOCK);
    store->bases = g_ptr_array_new();
    store->chunks = g_ptr_array_new_with_free_func(g_free);
    g_queue_init(&store->blocks);
    return store;
}

static void free_block(gpointer data)
{
    Block *block = data;
    g_free(block->bytes);
    g_free(block);
}

void fm_memo_store_free(FmMemoStore *store)
{
    if (!store)
        return;
    fm_arena_free(store->arena);
    g_ptr_array_unref(store->bases);
    g_ptr_array_unref(store->chunks);
    g_queue_clear_full(&store->blocks, free_block);
    g_free(store->sizes);
    g_free(store->image);
    g_free(store->packed);
    g_free(store);
}

static void *roomy(void *memory, size_t *room, size_t need, size_t unit)
{
    if (*room >= need)
        return memory;
    *room = MAX(need, 2 * *room);
    return g_realloc_n(memory, *room, unit);
}

/* ---- packing ---- */

/* A byte for each eight words tells which of them differ, a byte for each of those which of its bytes do. Returns the end. */
static uint8_t *pack(uint8_t *out, const uint64_t *image, const uint64_t *base, uint32_t words)
{
    uint8_t *which = out;
    for (uint32_t i = 0; i < words; i++) {
        if (i % 8 == 0) {
            which = out++;
            *which = 0;
        }
        uint64_t differs = image[i] ^ base[i];
        if (!differs)
            continue;
        *which |= (uint8_t)(1u << i % 8);
        uint8_t *bytes = out++, mask = 0;
        while (differs) {
            unsigned n = (unsigned)__builtin_ctzll(differs) / 8;
            mask |= (uint8_t)(1u << n);
            *out++ = (uint8_t)(differs >> 8 * n);
            differs &= ~(UINT64_C(0xff) << 8 * n);
        }
        *bytes = mask;
    }
    return out;
}

static void unpack(const uint8_t *in, uint64_t *image, const Base *base)
{
    memcpy(image, base->image, base->words * WORD);
    for (uint32_t i = 0; i < base->words; i += 8)
        for (unsigned which = *in++; which; which &= which - 1) {
            uint64_t differs = 0;
            for (unsigned mask = *in++; mask; mask &= mask - 1)
                differs |= (uint64_t)*in++ << 8 * __builtin_ctz(mask);
            image[i + (unsigned)__builtin_ctz(which)] ^= differs;
        }
}

/* ---- keeping ---- */

/* Lays the packet's memos out. Returns how many words they are. */
static uint32_t lay_out(FmMemoStore *store, const FmMemo *memos, uint32_t count)
{
    uint32_t words = 0;
    for (uint32_t i = 0; i < count; i++)
        words += memos[i].final ? (memos[i].size + WORD - 1) / WORD : 1;
    store->sizes = roomy(store->sizes, &store->size_room, count, sizeof *store->sizes);
    store->image = roomy(store->image, &store->image_room, words, WORD);
    uint64_t *at = store->image;
    for (uint32_t i = 0; i < count; i++) {
        store->sizes[i] = memos[i].final ? (memos[i].size + WORD - 1) / WORD : 0;
        if (memos[i].final) {
            if (memos[i].size % WORD)
                at[store->sizes[i] - 1] = 0;
            memcpy(at, memos[i].at, memos[i].size);
            at += store->sizes[i];
        } else {
            *at++ = (uintptr_t)memos[i].at;
        }
    }
    return words;
}

static uint32_t *slot_of(FmMemoStore *store, uint32_t family, uint32_t count)
{
    uint32_t hash = family * 0x9e3779b1u;
    for (uint32_t i = 0; i < count; i++)
        hash = (hash ^ store->sizes[i]) * 0x01000193u;
    return &store->slots[(hash ^ hash >> 16) % SLOTS];
}

static uint32_t add_base(FmMemoStore *store, uint32_t count, uint32_t words)
{
    Base *base = fm_arena_alloc(store->arena, sizeof(Base) + count * sizeof(uint32_t));
    *base = (Base){ .count = count, .words = words, .image = fm_arena_copy(store->arena, store->image, words * WORD) };
    memcpy(base->sizes, store->sizes, count * sizeof(uint32_t));
    g_ptr_array_add(store->bases, base);
    return store->bases->len;
}

static size_t pack_against(FmMemoStore *store, uint32_t number, uint32_t words)
{
    const Base *base = store->bases->pdata[number - 1];
    memcpy(store->packed, &number, sizeof number);
    return (size_t)(pack(store->packed + sizeof number, store->image, base->image, words) - store->packed);
}

static const uint8_t *keep_packed(FmMemoStore *store, uint64_t number, size_t size)
{
    if ((size_t)(store->end - store->at) < size) {
        size_t room = MAX(size, BLOCK);
        Block *block = g_new(Block, 1);
        *block = (Block){ g_malloc(room), number };
        g_queue_push_tail(&store->blocks, block);
        store->at = block->bytes;
        store->end = store->at + room;
    }
    uint8_t *kept = memcpy(store->at, store->packed, size);
    store->at += size;
    return kept;
}

static const uint8_t *keep(FmMemoStore *store, uint64_t number, uint32_t family, const FmMemo *memos, uint32_t count)
{
    uint32_t words = lay_out(store, memos, count), *slot = slot_of(store, family, count);
    store->packed = roomy(store->packed, &store->packed_room, sizeof *slot + words * (WORD + 1) + words / 8 + 1, 1);
    const Base *base = *slot ? store->bases->pdata[*slot - 1] : NULL;
    size_t size = SIZE_MAX;
    if (base && base->count == count && memcmp(base->sizes, store->sizes, count * sizeof(uint32_t)) == 0)
        size = pack_against(store, *slot, words);
    if (size > words * WORD / 2 + 2 * sizeof *slot) { /* so different that the next ones are rather like this one */
        *slot = add_base(store, count, words);
        size = pack_against(store, *slot, words);
    }
    return keep_packed(store, number, size);
}

/* Where the packed memos of the packet are noted; NULL: too far from those before. */
static const uint8_t **place_of(FmMemoStore *store, uint64_t number)
{
    if (!number || (number > store->count && number - store->count >= FARTHEST))
        return NULL;
    if ((number - 1) / CHUNK < store->forgotten)
        return NULL;
    while (store->chunks->len <= (number - 1) / CHUNK)
        g_ptr_array_add(store->chunks, g_new0(const uint8_t *, CHUNK));
    store->count = MAX(store->count, number);
    return (const uint8_t **)store->chunks->pdata[(number - 1) / CHUNK] + (number - 1) % CHUNK;
}

void fm_memo_store_put(FmMemoStore *store, uint64_t number, uint32_t family, const FmMemo *memos, uint32_t count)
{
    const uint8_t **place = place_of(store, number);
    if (place)
        *place = count ? keep(store, number, family, memos, count) : NULL;
}

void fm_memo_store_forget(FmMemoStore *store, uint64_t first)
{
    for (; store->forgotten < store->chunks->len && (store->forgotten + 1) * CHUNK < first; store->forgotten++)
        g_clear_pointer(&store->chunks->pdata[store->forgotten], g_free);
    uint64_t left = store->forgotten * CHUNK + 1;
    while (store->blocks.length > 1 && ((const Block *)store->blocks.head->next->data)->first <= left)
        free_block(g_queue_pop_head(&store->blocks));
}

void fm_memo_store_get(const FmMemoStore *store, uint64_t number, FmMemos *memos)
{
    memos->count = 0;
    if (!number || number > store->count || (number - 1) / CHUNK < store->forgotten)
        return;
    const uint8_t *packed = ((const uint8_t *const *)store->chunks->pdata[(number - 1) / CHUNK])[(number - 1) % CHUNK];
    if (!packed)
        return;
    uint32_t base_number;
    memcpy(&base_number, packed, sizeof base_number);
    const Base *base = store->bases->pdata[base_number - 1];
    memos->image = roomy(memos->image, &memos->image_room, base->words, WORD);
    unpack(packed + sizeof base_number, memos->image, base);
    if (memos->room < base->count) {
        memos->room = base->count;
        memos->at = g_renew(void *, memos->at, memos->room);
    }
    uint64_t *at = memos->image;
    for (uint32_t i = 0; i < base->count; i++) {
        memos->at[i] = base->sizes[i] ? at : (void *)(uintptr_t)*at;
        at += MAX(base->sizes[i], 1);
    }
    memos->count = base->count;
}

void fm_memos_clear(FmMemos *memos)
{
    g_free(memos->at);
    g_free(memos->image);
    *memos = (FmMemos){ 0 };
}
