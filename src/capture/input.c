/* The bytes of a file, pipe or compressed file, through a buffer.
 *
 * Plain files are read, not mapped: a mapping of a file that somebody else cuts short kills its reader with SIGBUS, and a buffer that
 * fits the processor's cache is as fast. */
#include "config.h"

#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/source.h"

#define FIRST_ROOM ((size_t)1 << 16) /* of the buffer; frames larger than it make it grow */

static bool fail(FmInput *input, int number)
{
    g_set_error(&input->error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_READ, "%s: cannot be read: %s", input->name, g_strerror(number));
    return false;
}

/* Waits for bytes of a pipe that may be stopped. */
static bool wait_for_bytes(FmInput *input)
{
    struct pollfd waits[] = { { .fd = input->fd, .events = POLLIN }, { .fd = input->stop_fd, .events = POLLIN } };
    int ready = poll(waits, G_N_ELEMENTS(waits), input->stopped ? 0 : input->wait_ms);
    if (waits[1].revents)
        input->stopped = true;
    input->waiting = !waits[0].revents && !input->stopped;
    return ready > 0 && waits[0].revents && !input->stopped;
}

static size_t read_some(FmInput *input, uint8_t *to, size_t room)
{
    if (input->decoder)
        return fm_decoder_read(input->decoder, to, room, &input->error);
    if (input->stop_fd >= 0 && !wait_for_bytes(input))
        return 0;
    ssize_t n;
    do
        n = read(input->fd, to, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        fail(input, errno);
    return n > 0 ? (size_t)n : 0;
}

/* Moves what is left to the front and reads behind it. The buffer grows with the bytes that come, never on the word of a length. */
static bool fill(FmInput *input, size_t need)
{
    size_t have = (size_t)(input->end - input->at);
    input->start = fm_input_offset(input);
    memmove(input->buffer, input->at, have);
    while (have < need) {
        if (have == input->room) {
            input->room *= 2;
            input->buffer = g_realloc(input->buffer, input->room);
        }
        size_t n = read_some(input, input->buffer + have, input->room - have);
        if (n == 0)
            break;
        have += n;
    }
    input->base = input->at = input->buffer;
    input->end = input->buffer + have;
    return have >= need;
}

bool fm_input_more(FmInput *input, size_t need)
{
    if (input->error)
        return false;
    return fill(input, need);
}

/* Past `n` bytes of a plain file, which are not at hand: only those that it has now. */
static bool seek_on(FmInput *input, uint64_t n)
{
    struct stat status;
    if (fstat(input->fd, &status) < 0)
        return fail(input, errno);
    uint64_t size = (uint64_t)status.st_size, offset = input->start + (uint64_t)(input->end - input->base);
    if (size < offset || size - offset < n)
        return false;
    if (lseek(input->fd, (off_t)n, SEEK_CUR) < 0)
        return fail(input, errno);
    input->start += n;
    input->at = input->end;
    return true;
}

bool fm_input_skip(FmInput *input, uint64_t n)
{
    uint64_t left = (uint64_t)(input->end - input->at);
    if (input->seekable && n > left)
        return seek_on(input, n - left);
    while (n > 0) {
        if (!fm_input_need(input, 1))
            return false;
        size_t part = MIN(n, (size_t)(input->end - input->at));
        input->at += part;
        n -= part;
    }
    return true;
}

bool fm_input_copy(const FmInput *input, uint64_t offset, void *to, size_t n)
{
    uint8_t *bytes = to;
    while (n > 0) {
        ssize_t got = offset <= INT64_MAX ? pread(input->fd, bytes, n, (off_t)offset) : 0;
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        bytes += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return true;
}

static bool is_plain_file(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && lseek(fd, 0, SEEK_CUR) == 0;
}

bool fm_input_open(FmInput *input, int fd, const char *name, int stop_fd, GError **error)
{
    *input = (FmInput){ .fd = fd, .name = name, .room = FIRST_ROOM, .stop_fd = stop_fd, .wait_ms = -1 };
    input->base = input->at = input->end = input->buffer = g_malloc(FIRST_ROOM);
    bool plain = is_plain_file(fd);
    if (!fill(input, FM_DECODER_MAGIC) && input->error) {
        g_propagate_error(error, g_steal_pointer(&input->error));
        return false;
    }
    if (!fm_decoder_find(&input->decoder, input->at, (size_t)(input->end - input->at), fd, name, error))
        return false;
    if (input->decoder)
        input->end = input->at;
    input->seekable = plain && !input->decoder;
    if (input->seekable)
        posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    return true;
}

void fm_input_close(FmInput *input)
{
    g_free(input->buffer);
    fm_decoder_free(input->decoder);
    g_clear_error(&input->error);
    if (input->fd >= 0)
        close(input->fd);
    input->fd = -1;
}
