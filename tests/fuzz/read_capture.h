/* Reads bytes as a capture file, to its end. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A file in memory with these bytes; its path is /dev/fd/N. Aborts if there is none to be had. */
int fuzz_file(const uint8_t *bytes, size_t size);

/* Reads all frames of file `fd`, each a second time by its place, which must give the same. With `copy` not negative, writes them
 * there as pcapng. Returns how many there are. */
uint64_t fuzz_read(int fd, int copy);
