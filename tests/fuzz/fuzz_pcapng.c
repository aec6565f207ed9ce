/* Any bytes as a capture file that is read, written as pcapng and read again: the copy has as many frames. */
#include "config.h"

#include <unistd.h>

#include <glib.h>

#include "read_capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = fuzz_file(data, size), copy = fuzz_file(NULL, 0);
    uint64_t written = fuzz_read(fd, copy);
    g_assert(fuzz_read(copy, -1) == written);
    close(fd);
    close(copy);
    return 0;
}
