/* Checksums (RFC 1071, RFC 9260 appendix A, RFC 1950). */
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

uint32_t fm_crc32c(uint32_t before, FmSlice bytes)
{
    static const uint32_t table[16] = { /* of half a byte: the polynomial 0x1edc6f41, reflected */
        0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
        0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
    };
    uint32_t crc = ~before;
    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= bytes.data[i];
        crc = crc >> 4 ^ table[crc & 15];
        crc = crc >> 4 ^ table[crc & 15];
    }
    return ~crc;
}

uint32_t fm_adler32(uint32_t before, FmSlice bytes)
{
    uint32_t a = before & 0xffff, b = before >> 16;
    for (size_t i = 0; i < bytes.size; i++) {
        a = (a + bytes.data[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}
