/* Memory that is given back all at once: a list of blocks, filled from the front. */
#include "config.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

typedef struct FmArenaBlock {
    struct FmArenaBlock *next;
    size_t size;
    uint64_t bytes[];
} Block;

FmArena *fm_arena_new(size_t block)
{
    FmArena *arena = g_new0(FmArena, 1);
    arena->block = block;
    return arena;
}

void fm_arena_free(FmArena *arena)
{
    if (!arena)
        return;
    for (Block *b = arena->blocks, *next; b; b = next) {
        next = b->next;
        g_free(b);
    }
    g_free(arena);
}

void fm_arena_reset(FmArena *arena)
{
    Block *b = arena->blocks;
    if (!b)
        return;
    if (b->next || b->size > 4 * arena->block) { /* keep one of the ordinary size */
        Block *keep = NULL;
        for (Block *next; b; b = next) {
            next = b->next;
            if (!keep && b->size <= 4 * arena->block)
                keep = b;
            else
                g_free(b);
        }
        arena->blocks = b = keep;
        arena->total = 0;
        if (b) {
            b->next = NULL;
            arena->total = b->size;
        }
    }
    arena->at = b ? (uint8_t *)b->bytes : NULL;
    arena->end = b ? arena->at + b->size : NULL;
}

void *fm_arena_grow(FmArena *arena, size_t size)
{
    size_t room = MAX(size, arena->block);
    Block *b = g_malloc(sizeof(Block) + room);
    b->next = arena->blocks;
    b->size = room;
    arena->blocks = b;
    arena->total += room;
    arena->at = (uint8_t *)b->bytes + size;
    arena->end = (uint8_t *)b->bytes + room;
    return b->bytes;
}

void *fm_arena_copy(FmArena *arena, const void *bytes, size_t size)
{
    void *p = fm_arena_alloc(arena, size);
    if (size)
        memcpy(p, bytes, size);
    return p;
}

char *fm_arena_strndup(FmArena *arena, const char *text, size_t size)
{
    char *copy = fm_arena_alloc(arena, size + 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

char *fm_arena_vprintf(FmArena *arena, const char *format, va_list args)
{
    char small[512];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, format, args);
    char *text;
    if (n < (int)sizeof small) {
        text = fm_arena_strndup(arena, small, n > 0 ? (size_t)n : 0);
    } else {
        text = fm_arena_alloc(arena, (size_t)n + 1);
        vsnprintf(text, (size_t)n + 1, format, again);
    }
    va_end(again);
    return text;
}

char *fm_arena_printf(FmArena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = fm_arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

size_t fm_arena_size(const FmArena *arena)
{
    return arena->total;
}
