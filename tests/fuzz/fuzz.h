/* What the packet target and the maker of its seeds agree on. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { FUZZ_LINK_TYPES = 12 };

/* LINKTYPE_ numbers; the first byte of an input chooses one. */
static const uint32_t fuzz_link_types[FUZZ_LINK_TYPES] = { 1, 0, 9, 12, 101, 104, 108, 113, 228, 229, 276, 50 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
