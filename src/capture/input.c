/* The bytes of a file, pipe or compressed file: plain files are mapped a window at a time, all others go through a buffer. */
#include "config.h"

#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/source.h"

#define WINDOW ((size_t)1 << 20)     /* larger ones read no faster */
#define FIRST_ROOM ((size_t)1 << 18) /* of a buffer; frames larger than it make it grow */
#define PAGE ((uint64_t)1 << 16)     /* a multiple of every page size in use */

static bool fail(FmInput *input, int number)
{
    g_set_error(&input->error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_READ, "%s: cannot be read: %s", input->name, g_strerror(number));
    return false;
}

/* The size now: a file may still grow, or have been cut since. */
static bool find_size(FmInput *input, uint64_t *size)
{
    struct stat status;
    if (fstat(input->fd, &status) < 0)
        return fail(input, errno);
    *size = (uint64_t)status.st_size;
    return true;
}

/* Maps the window that starts in the page of the present place. A file that is cut by somebody else while its window is read kills
 * us with SIGBUS, as it does every reader of mappings; a look at the size before each window keeps that to a millisecond. */
static bool slide(FmInput *input, size_t need)
{
    uint64_t size, offset = fm_input_offset(input);
    if (!find_size(input, &size) || size < offset || size - offset < need)
        return false;
    uint64_t start = offset - offset % PAGE;
    uint64_t length = MIN(size - start, MAX(WINDOW, offset - start + need));
    void *map = mmap(NULL, length, PROT_READ, MAP_SHARED | MAP_POPULATE, input->fd, (off_t)start);
    if (map == MAP_FAILED)
        return fail(input, errno);
    if (input->base)
        munmap((void *)(uintptr_t)input->base, input->window);
    input->base = map;
    input->window = length;
    input->start = start;
    input->at = input->base + (offset - start);
    input->end = input->base + length;
    return true;
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
    return input->mapped ? slide(input, need) : fill(input, need);
}

bool fm_input_skip(FmInput *input, uint64_t n)
{
    if (input->mapped) {
        uint64_t size, offset = fm_input_offset(input);
        if (!find_size(input, &size) || size < offset || size - offset < n)
            return false;
        uint64_t left = (uint64_t)(input->end - input->at);
        if (n <= left) {
            input->at += n;
        } else { /* an empty window there */
            input->start = offset + n - (uint64_t)(input->end - input->base);
            input->at = input->end;
        }
        return true;
    }
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

/* Goes over from the buffer to a mapping, where the file system can. */
static void map_file(FmInput *input)
{
    uint8_t *buffer = input->buffer;
    FmInput mapped = { .fd = input->fd, .name = input->name, .mapped = true, .stop_fd = -1 };
    if (!slide(&mapped, 1)) {
        g_clear_error(&mapped.error);
        return;
    }
    posix_fadvise(input->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    g_free(buffer);
    *input = mapped;
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
    else if (plain)
        map_file(input);
    return true;
}

void fm_input_close(FmInput *input)
{
    if (input->mapped)
        munmap((void *)(uintptr_t)input->base, input->window);
    g_free(input->buffer);
    fm_decoder_free(input->decoder);
    g_clear_error(&input->error);
    if (input->fd >= 0)
        close(input->fd);
    input->fd = -1;
}
