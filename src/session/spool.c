/* Frames on disk, where their source cannot be read again. */
#include "config.h"

#include "session/spool.h"

#include <errno.h>
#include <unistd.h>

#include "capture/source.h"

struct FmSpool {
    int file;
    uint64_t size;
    GArray *frames; /* of FmFrame: place is the offset in the file, comments are the spool's own */
};

FmSpool *fm_spool_new(GError **error)
{
    g_autofree char *path = NULL;
    int file = g_file_open_tmp("fathom-XXXXXX", &path, error);
    if (file < 0)
        return NULL;
    unlink(path);
    FmSpool *spool = g_new0(FmSpool, 1);
    spool->file = file;
    spool->frames = g_array_new(FALSE, FALSE, sizeof(FmFrame));
    return spool;
}

static FmFrame *frame_at(const FmSpool *spool, size_t i)
{
    return &g_array_index(spool->frames, FmFrame, i);
}

void fm_spool_free(FmSpool *spool)
{
    if (!spool)
        return;
    for (size_t i = 0; i < spool->frames->len; i++) {
        char *const *comments = (char *const *)(uintptr_t)frame_at(spool, i)->comments;
        for (size_t n = 0; comments && comments[n]; n++)
            g_free(comments[n]);
        g_free((gpointer)(uintptr_t)comments);
    }
    g_array_unref(spool->frames);
    close(spool->file);
    g_free(spool);
}

bool fm_spool_add(FmSpool *spool, const FmFrame *frame, GError **error)
{
    for (uint32_t done = 0; done < frame->captured;) {
        ssize_t n = pwrite(spool->file, frame->data + done, frame->captured - done, (off_t)(spool->size + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_WRITE, "temporary file: %s", g_strerror(errno));
            return false;
        }
        done += (uint32_t)n;
    }
    FmFrame kept = *frame;
    kept.place = spool->size;
    kept.data = NULL;
    kept.comments = (const char *const *)(uintptr_t)g_strdupv((char **)(uintptr_t)frame->comments);
    g_array_append_val(spool->frames, kept);
    spool->size += frame->captured;
    return true;
}

bool fm_spool_get(const FmSpool *spool, size_t i, FmFrame *frame, GByteArray *room)
{
    if (i >= spool->frames->len)
        return false;
    *frame = *frame_at(spool, i);
    g_byte_array_set_size(room, frame->captured);
    for (uint32_t done = 0; done < frame->captured;) {
        ssize_t n = pread(spool->file, room->data + done, frame->captured - done, (off_t)(frame->place + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        done += (uint32_t)n;
    }
    frame->data = room->data;
    return true;
}
