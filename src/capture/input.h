/* The bytes of a file, pipe or compressed file, in order; a window slides over them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "capture/compressed.h"

struct FmAhead; /* capture/source.h */

typedef struct FmInput {
    const uint8_t *at, *end; /* what is at hand; the user moves `at` on */
    const uint8_t *base;     /* byte at `start` of the (uncompressed) file */
    uint64_t start;
    int fd;
    bool seekable;      /* a plain file */
    bool maps;          /* the window is mapped from it */
    size_t mapped;      /* bytes that are, from `base` on; 0: none */
    uint8_t *buffer;
    size_t room;
    FmDecoder *decoder; /* NULL: not compressed */
    const char *name;   /* for messages; borrowed */
    GError *error;      /* why fm_input_more failed; NULL at a plain end */
    int stop_fd;        /* a pipe ends when this becomes readable; -1: none */
    int wait_ms;        /* a pipe without bytes for so long counts as waiting; -1: waits for ever */
    bool stopped;       /* by stop_fd, or by the user of the input */
    bool waiting;       /* fm_input_more failed for lack of bytes, and may be asked again */
} FmInput;

/* Starts reading `fd`, which the input closes. Compressed input is recognised by its first bytes. False with error set if it cannot
 * be read; fm_input_close is needed in any case. `name` starts the messages. With stop_fd not -1, the first bytes are waited for
 * until that becomes readable. */
bool fm_input_open(FmInput *input, int fd, const char *name, int stop_fd, GError **error);
void fm_input_close(FmInput *input);

/* Makes at least `need` bytes stand at `at`. False if the input ends before (`error` is NULL) or cannot be read (`error` says why);
 * then what there is stays. Pointers into the window are void afterwards. */
bool fm_input_more(FmInput *input, size_t need);

static inline bool fm_input_need(FmInput *input, size_t need)
{
    return __builtin_expect((size_t)(input->end - input->at) >= need, 1) || fm_input_more(input, need);
}

/* Place of `at`, counted over the uncompressed bytes. */
static inline uint64_t fm_input_offset(const FmInput *input)
{
    return input->start + (uint64_t)(input->at - input->base);
}

/* Has the headers of the next frame fetched while this one is dissected. */
static inline void fm_input_prefetch(const FmInput *input)
{
    if (input->end - input->at > 128) {
        __builtin_prefetch(input->at);
        __builtin_prefetch(input->at + 64);
    }
}

/* Skips `n` bytes; false as fm_input_more. */
bool fm_input_skip(FmInput *input, uint64_t n);

/* Copies `n` bytes at `offset` from a plain file on disk, wherever the window stands; thread-safe. `ahead` may be NULL. */
bool fm_input_copy(const FmInput *input, struct FmAhead *ahead, uint64_t offset, void *to, size_t n);

/* Has the file lost bytes of the window? Then some of what it shows are zeros. */
bool fm_input_shrunk(const FmInput *input);

/* Is it a plain file, which fm_input_copy can read? */
static inline bool fm_input_seekable(const FmInput *input)
{
    return input->seekable;
}
