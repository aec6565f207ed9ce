/* The bytes of a file, pipe or compressed file.
 *
 * Plain files are mapped, a window at a time, so that what nobody looks at is not copied. Touching a page that the file has lost
 * meanwhile raises SIGBUS; the handler puts zeros there and the reader finds out by the file's size. Where the program has not asked
 * for that handler, and for all that is no plain file, bytes go through a buffer. */
#include "config.h"

#include "capture/input.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/source.h"

#define FIRST_ROOM ((size_t)1 << 16) /* of the buffer; frames larger than it make it grow */
#define WINDOW ((size_t)1 << 20)     /* that is mapped at a time, likewise */
#define AHEAD_MOST ((size_t)1 << 16)  /* that is read ahead of who goes forward, and of others */
#define AHEAD_LEAST ((size_t)1 << 11)

static bool fail(FmInput *input, int number)
{
    g_set_error(&input->error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_READ, "%s: cannot be read: %s", input->name, g_strerror(number));
    return false;
}

/* ---- mapping ---- */

/* A page that its file no longer has becomes one of zeros. Only system calls, and no state: the reader looks at the file's size. */
static void map_zeros(int number, siginfo_t *info, void *context)
{
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE), page = (uintptr_t)info->si_addr & ~(size - 1);
    int before = errno;
    if (info->si_code != BUS_ADRERR ||
        mmap((void *)page, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        signal(number, SIG_DFL); /* no such page: the fault comes again */
    errno = before;
}

void fm_source_map_files(void)
{
    struct sigaction action = { .sa_sigaction = map_zeros, .sa_flags = SA_SIGINFO };
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

static bool is_guarded(void)
{
    struct sigaction action;
    return sigaction(SIGBUS, NULL, &action) == 0 && action.sa_flags & SA_SIGINFO && action.sa_sigaction == map_zeros;
}

static void unmap(FmInput *input)
{
    if (input->mapped)
        munmap((void *)(uintptr_t)input->base, input->mapped);
    input->mapped = 0;
}

static bool lose_bytes(FmInput *input)
{
    g_set_error(&input->error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_CUT, "%s: the file was cut short while it was read", input->name);
    return false;
}

bool fm_input_shrunk(const FmInput *input)
{
    struct stat status;
    return input->mapped && fstat(input->fd, &status) == 0 && (uint64_t)status.st_size < input->start + input->mapped;
}

/* Moves the window to where `at` is. False: the file does not have so many bytes; the window then reaches to its end. Where it cannot
 * be mapped it is read from here on. */
static bool move_window(FmInput *input, size_t need)
{
    struct stat status;
    if (fstat(input->fd, &status) < 0)
        return fail(input, errno);
    uint64_t offset = fm_input_offset(input), size = (uint64_t)status.st_size, page = (uint64_t)sysconf(_SC_PAGESIZE);
    if (size < input->start + input->mapped || size < offset)
        return lose_bytes(input);
    uint64_t start = offset & ~(page - 1);
    size_t length = (size_t)MIN(size - start, MAX(WINDOW, need + (offset - start)));
    if (length == 0 || (start == input->start && length <= input->mapped))
        return size - offset >= need;
    void *memory = mmap(NULL, length, PROT_READ, MAP_SHARED, input->fd, (off_t)start);
    unmap(input);
    input->maps = memory != MAP_FAILED;
    if (!input->maps) {
        input->base = input->at = input->end = input->buffer;
        input->start = offset;
        return lseek(input->fd, (off_t)offset, SEEK_SET) < 0 ? fail(input, errno) : fm_input_more(input, need);
    }
    posix_fadvise(input->fd, (off_t)(start + length), (off_t)WINDOW, POSIX_FADV_WILLNEED);
    input->base = memory;
    input->mapped = length;
    input->start = start;
    input->at = input->base + (offset - start);
    input->end = input->base + length;
    return size - offset >= need;
}

/* ---- reading ---- */

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
    return input->maps ? move_window(input, need) : fill(input, need);
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
    if (input->maps) {
        unmap(input);
        input->base = input->at = input->end = input->buffer;
        input->start = offset + n;
        return true;
    }
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

/* One who goes forward gets some dozens of frames for one call. */
static bool read_ahead(const FmInput *input, FmAhead *ahead, uint64_t offset, size_t n)
{
    if (offset >= ahead->offset && offset - ahead->offset <= ahead->size && n <= ahead->size - (offset - ahead->offset))
        return true;
    bool forward = offset >= ahead->offset && offset - ahead->offset <= 2 * AHEAD_MOST;
    if (!ahead->bytes)
        ahead->bytes = g_malloc(AHEAD_MOST);
    ssize_t got = n <= AHEAD_MOST && offset <= INT64_MAX ? pread(input->fd, ahead->bytes, forward ? AHEAD_MOST : MAX(n, AHEAD_LEAST), (off_t)offset) : -1;
    ahead->offset = offset;
    ahead->size = got > 0 ? (size_t)got : 0;
    return n <= ahead->size;
}

bool fm_input_copy(const FmInput *input, FmAhead *ahead, uint64_t offset, void *to, size_t n)
{
    uint8_t *bytes = to;
    if (ahead && read_ahead(input, ahead, offset, n)) {
        memcpy(to, ahead->bytes + (offset - ahead->offset), n);
        return true;
    }
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

void fm_ahead_clear(FmAhead *ahead)
{
    g_free(ahead->bytes);
    *ahead = (FmAhead){ 0 };
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
    input->maps = input->seekable && is_guarded();
    if (input->maps)
        input->end = input->at; /* from the start again */
    return true;
}

void fm_input_close(FmInput *input)
{
    unmap(input);
    g_free(input->buffer);
    fm_decoder_free(input->decoder);
    g_clear_error(&input->error);
    if (input->fd >= 0)
        close(input->fd);
    input->fd = -1;
}
