/* Checksums: the internet's (RFC 1071), CRC-32C (RFC 9260 appendix A), Adler-32 (RFC 1950). */
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

/* CRC-32C of the bytes behind others whose CRC is `before` (0: none). */
uint32_t fm_crc32c(uint32_t before, FmSlice bytes);

/* Adler-32, the same; 1 before the first byte. */
uint32_t fm_adler32(uint32_t before, FmSlice bytes);
