/* Capture files made of bytes, read in every way there is. */
#include "config.h"

#include "captures.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#ifdef HAVE_LZ4
#include <lz4frame.h>
#endif
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

#include "base/text.h"
#include "test.h"

char *test_directory_new(void)
{
    char *directory = g_dir_make_tmp("fathom-test-XXXXXX", NULL);
    g_assert(directory);
    return directory;
}

void test_directory_free(char *directory)
{
    GDir *dir = g_dir_open(directory, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        g_unlink(path);
    }
    if (dir)
        g_dir_close(dir);
    g_rmdir(directory);
    g_free(directory);
}

char *test_file(const char *directory, const char *name, const GByteArray *bytes)
{
    char *path = g_build_filename(directory, name, NULL);
    g_autoptr(GError) error = NULL;
    if (!g_file_set_contents(path, (const char *)bytes->data, bytes->len, &error))
        g_error("%s", error->message);
    return path;
}

static void put_frame(FmText *text, const FmFrame *frame)
{
    fm_text_uint(text, frame->number);
    fm_text_char(text, ' ');
    if (frame->time == FM_TIME_NONE)
        fm_text_literal(text, "-");
    else
        fm_text_seconds(text, frame->time, 9);
    fm_text_printf(text, " %u/%u link=%u", frame->captured, frame->length, frame->link_type);
    if (frame->section)
        fm_text_printf(text, " section=%u", frame->section);
    if (frame->interface)
        fm_text_printf(text, " if=%u", frame->interface->number);
    if (frame->interface && frame->interface->name)
        fm_text_printf(text, " name=%s", frame->interface->name);
    if (frame->fcs_length >= 0)
        fm_text_printf(text, " fcs=%d", frame->fcs_length);
    if (frame->has_flags)
        fm_text_printf(text, " flags=0x%x", frame->flags);
    if (frame->has_packet_id)
        fm_text_printf(text, " id=%" G_GUINT64_FORMAT, frame->packet_id);
    if (frame->has_queue)
        fm_text_printf(text, " queue=%u", frame->queue);
    for (size_t i = 0; frame->comments && frame->comments[i]; i++)
        fm_text_printf(text, " comment=%s", frame->comments[i]);
    fm_text_char(text, ' ');
    fm_text_bytes(text, (FmSlice){ frame->data, MIN(frame->captured, 8) }, '\0');
}

static void put_end(FmText *text, const GError *error)
{
    static const char *const ends[] = {
        [FM_CAPTURE_ERROR_OPEN] = "not there",  [FM_CAPTURE_ERROR_FORMAT] = "damaged", [FM_CAPTURE_ERROR_CUT] = "cut",
        [FM_CAPTURE_ERROR_READ] = "unreadable", [FM_CAPTURE_ERROR_DEVICE] = "device",  [FM_CAPTURE_ERROR_WRITE] = "unwritable",
    };
    fm_text_put(text, error ? ends[error->code] : "end");
}

/* The frame that is read again is the same to the last byte, whatever its number was. */
static void check_again(FmSource *source, const FmFrame *frame, const char *line, GByteArray *room, FmAhead *ahead)
{
    FmFrame second = { .number = frame->number };
    g_auto(FmText) text = { 0 };
    CU_ASSERT_FATAL(fm_source_again(source, frame->place, &second, room, frame->number % 7 ? ahead : NULL));
    put_frame(&text, &second);
    CU_ASSERT_STRING_EQUAL(fm_text_string(&text), line);
    CU_ASSERT_EQUAL_FATAL(second.captured, frame->captured);
    CU_ASSERT_EQUAL(memcmp(second.data, frame->data, frame->captured), 0);
    CU_ASSERT_EQUAL(second.place, frame->place);
    CU_ASSERT_PTR_EQUAL(second.interface, frame->interface);
    CU_ASSERT_EQUAL(second.decimals, frame->decimals);
}

char *test_read_file(const char *path, bool again)
{
    g_autoptr(GError) error = NULL;
    g_auto(FmText) text = { 0 };
    g_autoptr(FmSource) source = fm_source_open_file(path, &error);
    if (!source) {
        put_end(&text, error);
        return g_strdup(fm_text_string(&text));
    }
    FmFrame frame;
    FmAhead ahead = { 0 };
    g_autoptr(GByteArray) room = g_byte_array_new();
    FmNext next;
    while ((next = fm_source_next(source, &frame, &error)) == FM_NEXT_FRAME) {
        size_t start = text.size;
        put_frame(&text, &frame);
        if (again)
            check_again(source, &frame, fm_text_string(&text) + start, room, &ahead);
        fm_text_char(&text, '\n');
    }
    CU_ASSERT_EQUAL(next == FM_NEXT_ERROR, error != NULL);
    put_end(&text, error);
    CU_ASSERT_EQUAL(fm_source_next(source, &frame, NULL), FM_NEXT_END);
    fm_ahead_clear(&ahead);
    return g_strdup(fm_text_string(&text));
}

enum { FITS_A_PIPE = 800 }; /* bytes: sixteen pieces of fill_pipe */

typedef struct Pipe {
    int fd;
    const GByteArray *bytes;
} Pipe;

/* In pieces of odd sizes, so that lengths and packets are torn. A reader that has seen enough is no reason to die. */
static void *fill_pipe(void *data)
{
    const Pipe *to = data;
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, NULL);
    size_t step = 1;
    for (size_t at = 0; at < to->bytes->len; at += step, step = step % 8191 + 7) {
        step = MIN(step, to->bytes->len - at);
        if (write(to->fd, to->bytes->data + at, step) != (ssize_t)step)
            break;
    }
    close(to->fd);
    return NULL;
}

/* What a pipe holds at once needs no thread that fills it, whose turn would come late on a busy machine; such a pipe keeps the pieces
 * apart. */
static char *read_pipe(const GByteArray *bytes)
{
    int ends[2];
    bool fits = bytes->len <= FITS_A_PIPE;
    g_assert(pipe2(ends, O_CLOEXEC | (fits ? O_DIRECT : 0)) == 0);
    Pipe to = { ends[1], bytes };
    g_autofree char *path = g_strdup_printf("/dev/fd/%d", ends[0]);
    GThread *thread = fits ? NULL : g_thread_new("pipe", fill_pipe, &to);
    if (fits)
        fill_pipe(&to);
    char *text = test_read_file(path, false);
    close(ends[0]);
    if (thread)
        g_thread_join(thread);
    return text;
}

#if defined HAVE_ZLIB || defined HAVE_ZSTD || defined HAVE_LZ4
static GByteArray *no_bytes(size_t room)
{
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_set_size(bytes, (guint)room);
    return bytes;
}
#endif

static GByteArray *compress_gzip(const GByteArray *bytes)
{
#ifdef HAVE_ZLIB
    z_stream z = { 0 };
    g_assert(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    GByteArray *packed = no_bytes(deflateBound(&z, bytes->len) + 64);
    z.next_in = bytes->data;
    z.avail_in = bytes->len;
    z.next_out = packed->data;
    z.avail_out = packed->len;
    g_assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
    g_byte_array_set_size(packed, (guint)z.total_out);
    deflateEnd(&z);
    return packed;
#else
    return NULL;
#endif
}

static GByteArray *compress_zstd(const GByteArray *bytes)
{
#ifdef HAVE_ZSTD
    GByteArray *packed = no_bytes(ZSTD_compressBound(bytes->len));
    size_t n = ZSTD_compress(packed->data, packed->len, bytes->data, bytes->len, 3);
    g_assert(!ZSTD_isError(n));
    g_byte_array_set_size(packed, (guint)n);
    return packed;
#else
    return NULL;
#endif
}

static GByteArray *compress_lz4(const GByteArray *bytes)
{
#ifdef HAVE_LZ4
    GByteArray *packed = no_bytes(LZ4F_compressFrameBound(bytes->len, NULL));
    size_t n = LZ4F_compressFrame(packed->data, packed->len, bytes->data, bytes->len, NULL);
    g_assert(!LZ4F_isError(n));
    g_byte_array_set_size(packed, (guint)n);
    return packed;
#else
    return NULL;
#endif
}

char *test_read_bytes(const char *name, const GByteArray *bytes)
{
    static GByteArray *(*const compress[])(const GByteArray *) = { compress_gzip, compress_zstd, compress_lz4 };
    char *directory = test_directory_new();
    g_autofree char *path = test_file(directory, "capture", bytes);
    char *text = test_read_file(path, true);
    g_autofree char *piped = read_pipe(bytes);
    TEST_TEXT(name, piped, text);
    for (size_t i = 0; i < G_N_ELEMENTS(compress); i++) {
        g_autoptr(GByteArray) packed = compress[i](bytes);
        if (!packed)
            continue;
        g_autofree char *packed_path = test_file(directory, "packed", packed);
        g_autofree char *unpacked = test_read_file(packed_path, false);
        TEST_TEXT(name, unpacked, text);
    }
    test_directory_free(directory);
    return text;
}

char *test_read_message(const GByteArray *bytes)
{
    char *directory = test_directory_new();
    g_autofree char *path = test_file(directory, "capture", bytes);
    g_autoptr(GError) error = NULL;
    g_autoptr(FmSource) source = fm_source_open_file(path, &error);
    FmFrame frame;
    while (source && fm_source_next(source, &frame, &error) == FM_NEXT_FRAME)
        ;
    g_autofree char *start = g_strconcat(path, ": ", NULL);
    CU_ASSERT(!error || g_str_has_prefix(error->message, start));
    test_directory_free(directory);
    return g_strdup(error ? error->message + strlen(start) : "");
}
