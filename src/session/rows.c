/* Rows of one size, in pieces of memory that are mapped, and handed back without being unmapped: a thread that still looks there sees
 * zeros. */
#include "config.h"

#include "session/rows.h"

#include <sys/mman.h>

struct FmRows {
    size_t row_size, count;
    size_t forgotten; /* pieces */
    char *pieces[FM_ROWS_PIECES];
};

FmRows *fm_rows_new(size_t row_size)
{
    FmRows *rows = g_new0(FmRows, 1);
    rows->row_size = row_size;
    return rows;
}

void fm_rows_free(FmRows *rows)
{
    if (!rows)
        return;
    for (size_t i = 0; i < FM_ROWS_PIECES && rows->pieces[i]; i++)
        munmap(rows->pieces[i], FM_ROWS_PIECE * rows->row_size);
    g_free(rows);
}

void *fm_rows_add(FmRows *rows)
{
    g_assert(rows->count < FM_ROWS_MOST);
    char **piece = &rows->pieces[rows->count / FM_ROWS_PIECE];
    if (!*piece) {
        void *memory = mmap(NULL, FM_ROWS_PIECE * rows->row_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
            g_error("no memory for more packets");
        *piece = memory;
    }
    return fm_rows_at(rows, rows->count++);
}

size_t fm_rows_count(const FmRows *rows)
{
    return rows->count;
}

void *fm_rows_at(const FmRows *rows, size_t i)
{
    return rows->pieces[i / FM_ROWS_PIECE] + i % FM_ROWS_PIECE * rows->row_size;
}

void fm_rows_forget(FmRows *rows, size_t first)
{
    for (; rows->forgotten < MIN(first, rows->count) / FM_ROWS_PIECE; rows->forgotten++)
        madvise(rows->pieces[rows->forgotten], FM_ROWS_PIECE * rows->row_size, MADV_DONTNEED);
}
