#include "config.h"

#include "read_capture.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "capture/source.h"
#include "capture/writer.h"

int fuzz_file(const uint8_t *bytes, size_t size)
{
    int fd = memfd_create("capture", MFD_CLOEXEC);
    g_assert(fd >= 0);
    g_assert(size == 0 || write(fd, bytes, size) == (ssize_t)size);
    return fd;
}

static void check_again(FmSource *source, const FmFrame *frame, GByteArray *room)
{
    FmFrame second = { .number = frame->number };
    if (!fm_source_again(source, frame->place, &second, room, NULL))
        return; /* a compressed file */
    g_assert(second.captured == frame->captured && second.length == frame->length && second.time == frame->time);
    g_assert(second.interface == frame->interface && second.link_type == frame->link_type && second.flags == frame->flags);
    g_assert(frame->captured == 0 || memcmp(second.data, frame->data, frame->captured) == 0);
    for (size_t i = 0; frame->comments && frame->comments[i]; i++)
        g_assert(strcmp(second.comments[i], frame->comments[i]) == 0);
}

uint64_t fuzz_read(int fd, int copy)
{
    g_autofree char *path = g_strdup_printf("/dev/fd/%d", fd);
    g_autofree char *copy_path = g_strdup_printf("/dev/fd/%d", copy);
    g_autoptr(FmSource) source = fm_source_open_file(path, NULL);
    if (!source)
        return 0;
    const FmWriterOptions options = { .source = source };
    FmWriter *writer = copy >= 0 ? fm_writer_open(copy_path, &options, NULL) : NULL;
    g_autoptr(GByteArray) room = g_byte_array_new();
    FmFrame frame;
    uint64_t count = 0;
    while (fm_source_next(source, &frame, NULL) == FM_NEXT_FRAME) {
        check_again(source, &frame, room);
        count += writer ? frame.link_type < FM_LINK_CUSTOM_BLOCK && fm_writer_frame(writer, &frame, NULL) : 1;
    }
    g_assert(fm_writer_close(writer, NULL));
    return count;
}
