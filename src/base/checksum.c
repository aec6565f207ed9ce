/* The internet checksum (RFC 1071). */
#include "config.h"

#include "base/checksum.h"

#include "base/cursor.h"

static uint16_t fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

static uint64_t add(FmSlice bytes)
{
    uint64_t sum = 0;
    size_t i = 0;
    for (; i + 4 <= bytes.size; i += 4)
        sum += fm_be(bytes.data + i, 4);
    for (; i < bytes.size; i++)
        sum += (uint64_t)bytes.data[i] << (i % 2 ? 0 : 8);
    return sum;
}

uint16_t fm_checksum(FmSlice bytes)
{
    return fold(add(bytes));
}

uint16_t fm_checksum_pseudo(const uint8_t *source, const uint8_t *destination, unsigned size, uint8_t protocol, FmSlice bytes)
{
    return fold(add((FmSlice){ source, size }) + add((FmSlice){ destination, size }) + protocol + bytes.size + add(bytes));
}

uint16_t fm_checksum_expected(uint16_t sum, uint16_t found)
{
    uint16_t without = fold((uint64_t)sum + (uint16_t)~found);
    return (uint16_t)~without;
}
