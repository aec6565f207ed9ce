/* Memory that is given back all at once. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

typedef struct FmArena {
    uint8_t *at, *end; /* in the newest block */
    struct FmArenaBlock *blocks; /* newest first */
    size_t block, total;
} FmArena;

/* A new arena; its blocks have at least `block` bytes. */
FmArena *fm_arena_new(size_t block);
void fm_arena_free(FmArena *arena);

/* Forgets everything; keeps one block for the next round. */
void fm_arena_reset(FmArena *arena);

/* Uninitialised memory, aligned to 8; zeroed with _alloc0. Never NULL. Lives until the arena is reset. */
static inline void *fm_arena_alloc(FmArena *arena, size_t size);
static inline void *fm_arena_alloc0(FmArena *arena, size_t size);
void *fm_arena_copy(FmArena *arena, const void *bytes, size_t size);
char *fm_arena_strndup(FmArena *arena, const char *text, size_t size);
char *fm_arena_vprintf(FmArena *arena, const char *format, va_list args) G_GNUC_PRINTF(2, 0);
char *fm_arena_printf(FmArena *arena, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Bytes in use and reserved. */
size_t fm_arena_size(const FmArena *arena);

void *fm_arena_grow(FmArena *arena, size_t size); /* fm_arena_alloc in a new block */

static inline void *fm_arena_alloc(FmArena *arena, size_t size)
{
    size = ((size ? size : 1) + 7) & ~(size_t)7;
    uint8_t *p = arena->at;
    if (__builtin_expect((size_t)(arena->end - p) < size, 0))
        return fm_arena_grow(arena, size);
    arena->at = p + size;
    return p;
}

static inline void *fm_arena_alloc0(FmArena *arena, size_t size)
{
    return memset(fm_arena_alloc(arena, size), 0, size);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmArena, fm_arena_free)
