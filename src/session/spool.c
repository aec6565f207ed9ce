/* Frames on disk, where their source cannot be read again. The newest bytes are written when there are enough of them: a call for each
 * frame would take a third of what a packet costs. */
#include "config.h"

#include "session/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "capture/source.h"
#include "session/rows.h"

enum { TAIL_ROOM = 1 << 18 };

struct FmSpool {
    int file;
    uint64_t written;   /* bytes of the file */
    size_t forgotten;   /* frames */
    FmRows *frames;     /* of FmFrame: place is the offset in the file, comments are the spool's own */
    size_t tail_size;
    uint8_t tail[TAIL_ROOM]; /* what follows those of the file */
};

FmSpool *fm_spool_new(GError **error)
{
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("fathom-XXXXXX", &path, error);
    if (file < 0)
        return NULL;
    unlink(path);
    FmSpool *spool = g_new(FmSpool, 1);
    spool->file = file;
    spool->written = 0;
    spool->forgotten = spool->tail_size = 0;
    spool->frames = fm_rows_new(sizeof(FmFrame));
    return spool;
}

static void free_comments(const FmFrame *frame)
{
    g_strfreev((char **)(uintptr_t)frame->comments);
}

void fm_spool_free(FmSpool *spool)
{
    if (!spool)
        return;
    for (size_t i = spool->forgotten; i < fm_rows_count(spool->frames); i++)
        free_comments(fm_rows_at(spool->frames, i));
    fm_rows_free(spool->frames);
    close(spool->file);
    g_free(spool);
}

static bool write_out(FmSpool *spool, const uint8_t *bytes, size_t size, GError **error)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(spool->file, bytes + done, size - done, (off_t)spool->written);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_WRITE, "temporary file: %s", g_strerror(errno));
            return false;
        }
        done += (size_t)n;
        spool->written += (uint64_t)n;
    }
    return true;
}

static bool keep_bytes(FmSpool *spool, const FmFrame *frame, GError **error)
{
    if (frame->captured > TAIL_ROOM - spool->tail_size) {
        if (!write_out(spool, spool->tail, spool->tail_size, error))
            return false;
        spool->tail_size = 0;
    }
    if (frame->captured > TAIL_ROOM)
        return write_out(spool, frame->data, frame->captured, error);
    memcpy(spool->tail + spool->tail_size, frame->data, frame->captured);
    spool->tail_size += frame->captured;
    return true;
}

bool fm_spool_add(FmSpool *spool, const FmFrame *frame, GError **error)
{
    uint64_t place = spool->written + spool->tail_size;
    if (!keep_bytes(spool, frame, error))
        return false;
    FmFrame *kept = fm_rows_add(spool->frames);
    *kept = *frame;
    kept->place = place;
    kept->data = NULL;
    kept->comments = (const char *const *)(uintptr_t)g_strdupv((char **)(uintptr_t)frame->comments);
    return true;
}

bool fm_spool_get(const FmSpool *spool, size_t i, FmFrame *frame, GByteArray *room)
{
    if (i < spool->forgotten || i >= fm_rows_count(spool->frames))
        return false;
    *frame = *(const FmFrame *)fm_rows_at(spool->frames, i);
    g_byte_array_set_size(room, frame->captured);
    frame->data = room->data;
    if (frame->place >= spool->written) {
        if (frame->captured)
            memcpy(room->data, spool->tail + (frame->place - spool->written), frame->captured);
        return true;
    }
    for (uint32_t done = 0; done < frame->captured;) {
        ssize_t n = pread(spool->file, room->data + done, frame->captured - done, (off_t)(frame->place + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (uint32_t)n;
    }
    return true;
}

void fm_spool_forget(FmSpool *spool, size_t first)
{
    first = MIN(first, fm_rows_count(spool->frames));
    for (; spool->forgotten < first; spool->forgotten++) {
        const FmFrame *frame = fm_rows_at(spool->frames, spool->forgotten);
        free_comments(frame);
        if (spool->forgotten + 1 == first && frame->place + frame->captured) /* where the file system cannot, the room stays taken */
            (void)!fallocate(spool->file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)(frame->place + frame->captured));
    }
    fm_rows_forget(spool->frames, first);
}
