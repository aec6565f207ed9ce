/* Writes a capture of many short TCP connections: each a handshake, a request, an answer and the end, nine frames.
 *
 *   short_flows COUNT >FILE */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

typedef struct Side {
    uint32_t address, sequence;
    uint16_t port;
} Side;

static uint64_t microseconds;

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}

static unsigned sum_words(const uint8_t *bytes, size_t size)
{
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += i % 2 ? bytes[i] : (unsigned)bytes[i] << 8;
    return sum;
}

static unsigned fold(unsigned sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static void frame(Side *from, const Side *to, unsigned flags, const char *payload)
{
    uint8_t f[54 + 256] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45 };
    size_t size = strlen(payload), length = 54 + size;
    uint8_t *ip = f + 14, *tcp = f + 34;
    put16(ip + 2, (unsigned)(40 + size));
    ip[8] = 64;
    ip[9] = 6;
    put32(ip + 12, from->address);
    put32(ip + 16, to->address);
    put16(ip + 10, fold(sum_words(ip, 20)));
    put16(tcp, from->port);
    put16(tcp + 2, to->port);
    put32(tcp + 4, from->sequence);
    put32(tcp + 8, flags & ACK ? to->sequence : 0);
    tcp[12] = 0x50;
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, 64240);
    memcpy(tcp + 20, payload, size);
    put16(tcp + 16, fold(sum_words(ip + 12, 8) + 6 + (unsigned)(20 + size) + sum_words(tcp, 20 + size)));
    from->sequence += (uint32_t)size + (flags & (SYN | FIN) ? 1 : 0);

    uint32_t header[4] = { (uint32_t)(microseconds / 1000000), (uint32_t)(microseconds % 1000000), (uint32_t)length, (uint32_t)length };
    microseconds += 7;
    fwrite(header, sizeof header, 1, stdout);
    fwrite(f, length, 1, stdout);
}

int main(int argc, char **argv)
{
    long count = argc == 2 ? atol(argv[1]) : 0;
    if (count < 1) {
        fputs("usage: short_flows COUNT >FILE\n", stderr);
        return 2;
    }
    const uint32_t head[6] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1 };
    fwrite(head, sizeof head, 1, stdout);
    for (long i = 0; i < count; i++) {
        Side client = { 0x0a000001 + (uint32_t)(i / 28000), 1000 + (uint32_t)i * 2654435761u, (uint16_t)(32768 + i % 28000) };
        Side server = { 0x0aff0001, ~client.sequence, 80 };
        frame(&client, &server, SYN, "");
        frame(&server, &client, SYN | ACK, "");
        frame(&client, &server, ACK, "");
        frame(&client, &server, PSH | ACK, "GET / HTTP/1.1\r\nHost: short.example\r\n\r\n");
        frame(&server, &client, ACK, "");
        frame(&server, &client, PSH | ACK, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        frame(&client, &server, FIN | ACK, "");
        frame(&server, &client, FIN | ACK, "");
        frame(&client, &server, ACK, "");
    }
    return fflush(stdout) ? 1 : 0;
}
