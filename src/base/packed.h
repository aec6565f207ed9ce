/* Plain memory in few bytes, for what is kept in great numbers and seldom looked at: 64-bit words, of which a zero takes a bit and a small
 * one few bytes. */
#pragma once

#include <stddef.h>

/* `size` is a multiple of 8. Returns the packed bytes: free with g_free. */
void *fm_pack(const void *words, size_t size);

/* Back again; `size` as it was. */
void fm_unpack(const void *packed, void *words, size_t size);
