/* When a capture stops and when it goes on in another file. */
#include "config.h"

#include "capture/ring_files.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KILOBYTE 1000
#define MOST_FILES 100000
#define MOST_SECONDS 1e9

struct FmRingFiles {
    FmCaptureLimits limits;
    FmWriterOptions options;
    char *base, *extension; /* the extension with its dot */
    FmWriter *writer;
    char *path;
    GQueue *older;   /* paths of the files before, oldest first, where only some are kept */
    uint32_t number; /* of the present file, from 1 */
    FmTime opened;
    FmTime turn; /* the multiple of the interval at which the file ends */
};

static FmTime now(void)
{
    return g_get_real_time() * FM_MICROSECOND;
}

static bool read_number(const char *text, uint64_t most, uint64_t *value)
{
    return g_ascii_string_to_unsigned(text, 10, 1, most, value, NULL);
}

static bool read_seconds(const char *text, FmTime *time)
{
    char *end;
    double seconds = g_ascii_strtod(text, &end);
    if (end == text || *end || !(seconds > 0) || seconds > MOST_SECONDS)
        return false;
    *time = MAX((FmTime)(seconds * (double)FM_SECOND), 1);
    return true;
}

bool fm_capture_limit(FmCaptureLimits *limits, const char *text, bool ring, GError **error)
{
    const char *colon = strchr(text, ':');
    const char *value = colon ? colon + 1 : "";
    g_autofree char *key = g_strndup(text, colon ? (size_t)(colon - text) : strlen(text));
    uint64_t n = 0;
    bool good;
    if (strcmp(key, "duration") == 0) {
        good = read_seconds(value, &limits->duration);
    } else if (strcmp(key, "filesize") == 0) {
        good = read_number(value, INT64_MAX / KILOBYTE, &n);
        limits->file_size = n * KILOBYTE;
    } else if (strcmp(key, "files") == 0) {
        good = read_number(value, MOST_FILES - 1, &n);
        limits->files = (uint32_t)n;
    } else if (strcmp(key, "packets") == 0) {
        good = read_number(value, UINT64_MAX, &limits->packets);
    } else if (ring && strcmp(key, "interval") == 0) {
        good = read_number(value, (uint64_t)MOST_SECONDS, &n);
        limits->interval = (FmTime)n * FM_SECOND;
    } else if (ring && strcmp(key, "nametimenum") == 0) {
        good = read_number(value, 2, &n);
        limits->time_first = n == 2;
    } else {
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_FORMAT,
                    "Invalid or unknown -%c flag \"%s\" (known: duration:S, filesize:KB, files:N, packets:N%s)", ring ? 'b' : 'a',
                    key, ring ? ", interval:S, nametimenum:1|2" : "");
        return false;
    }
    if (!good)
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_FORMAT,
                    "The -%c criterion \"%s\" needs a positive number, as in %s:10", ring ? 'b' : 'a', text, key);
    return good;
}

bool fm_capture_limits_end_files(const FmCaptureLimits *limits)
{
    return limits->duration || limits->interval || limits->file_size || limits->packets;
}

static char *make_path(const FmRingFiles *ring, FmTime time)
{
    time_t seconds = (time_t)(time / FM_SECOND);
    struct tm local;
    char stamp[32];
    if (!localtime_r(&seconds, &local) || strftime(stamp, sizeof stamp, "%Y%m%d%H%M%S", &local) == 0)
        stamp[0] = '\0';
    if (ring->limits.time_first)
        return g_strdup_printf("%s_%s_%05u%s", ring->base, stamp, ring->number, ring->extension);
    return g_strdup_printf("%s_%05u_%s%s", ring->base, ring->number, stamp, ring->extension);
}

/* Removes the oldest files; that one is gone already is none of our business. */
static void drop_older(FmRingFiles *ring)
{
    while (ring->limits.files && g_queue_get_length(ring->older) >= ring->limits.files) {
        g_autofree char *path = g_queue_pop_head(ring->older);
        unlink(path);
    }
}

/* Makes room before it makes the new file: with a full ring there are never more than `files`. */
static bool open_next(FmRingFiles *ring, GError **error)
{
    if (ring->limits.files && ring->path)
        g_queue_push_tail(ring->older, g_steal_pointer(&ring->path));
    drop_older(ring);
    ring->number++;
    ring->opened = now();
    ring->turn = ring->limits.interval ? (ring->opened / ring->limits.interval + 1) * ring->limits.interval : 0;
    g_free(ring->path);
    ring->path = make_path(ring, ring->opened);
    ring->writer = fm_writer_open(ring->path, &ring->options, error);
    return ring->writer != NULL;
}

static bool switch_file(FmRingFiles *ring, GError **error)
{
    return fm_writer_close(g_steal_pointer(&ring->writer), error) && open_next(ring, error);
}

static bool is_full(const FmRingFiles *ring)
{
    const FmCaptureLimits *limits = &ring->limits;
    return ring->writer && ((limits->file_size && fm_writer_size(ring->writer) >= limits->file_size) ||
                            (limits->packets && fm_writer_count(ring->writer) >= limits->packets));
}

bool fm_ring_files_tick(FmRingFiles *ring, FmTime time, GError **error)
{
    const FmCaptureLimits *limits = &ring->limits;
    bool over = (limits->duration && time - ring->opened >= limits->duration) || (limits->interval && time >= ring->turn);
    return !over || switch_file(ring, error);
}

bool fm_ring_files_frame(FmRingFiles *ring, const FmFrame *frame, GError **error)
{
    if (is_full(ring) && !switch_file(ring, error))
        return false;
    if (!ring->writer) {
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_WRITE, "%s: could not be made", ring->path);
        return false;
    }
    return fm_writer_frame(ring->writer, frame, error);
}

bool fm_ring_files_flush(FmRingFiles *ring, GError **error)
{
    return !ring->writer || fm_writer_flush(ring->writer, error);
}

bool fm_ring_files_close(FmRingFiles *ring, GError **error)
{
    if (!ring)
        return true;
    bool good = fm_writer_close(ring->writer, error);
    g_queue_free_full(ring->older, g_free);
    g_free(ring->base);
    g_free(ring->extension);
    g_free(ring->path);
    g_free(ring);
    return good;
}

uint32_t fm_ring_files_full(const FmRingFiles *ring)
{
    return ring->number - !is_full(ring);
}

const char *fm_ring_files_path(const FmRingFiles *ring)
{
    return ring->path;
}

FmRingFiles *fm_ring_files_new(const char *path, const FmCaptureLimits *limits, const FmWriterOptions *options, GError **error)
{
    FmRingFiles *ring = g_new0(FmRingFiles, 1);
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    if (!dot)
        dot = path + strlen(path);
    ring->limits = *limits;
    ring->options = *options;
    ring->base = g_strndup(path, (size_t)(dot - path));
    ring->extension = g_strdup(dot);
    ring->older = g_queue_new();
    if (!open_next(ring, error)) {
        fm_ring_files_close(ring, NULL);
        return NULL;
    }
    return ring;
}
