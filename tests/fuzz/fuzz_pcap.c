/* Any bytes as a capture file, compressed or not. */
#include "config.h"

#include <unistd.h>

#include "read_capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = fuzz_file(data, size);
    fuzz_read(fd, -1);
    close(fd);
    return 0;
}
