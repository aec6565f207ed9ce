/* The internet checksum (RFC 1071). */
#pragma once

#include <stdint.h>

#include "base/slice.h"

/* One's complement sum of the bytes, folded, not inverted; odd bytes are padded with 0. 0xffff over data that holds its own right
 * checksum. */
uint16_t fm_checksum(FmSlice bytes);

/* The same over the pseudo header of IPv4 (size 4) or IPv6 (size 16) and the bytes. */
uint16_t fm_checksum_pseudo(const uint8_t *source, const uint8_t *destination, unsigned size, uint8_t protocol, FmSlice bytes);

/* The checksum that should stand where `found` stands, given the sum over everything with `found` in it. */
uint16_t fm_checksum_expected(uint16_t sum, uint16_t found);
