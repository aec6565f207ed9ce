/* Writes a capture of many TCP connections.
 *
 *   short_flows COUNT >FILE        one after the other: a handshake, a request, an answer and the end, nine frames each
 *   short_flows open COUNT >FILE   all at a time: handshakes, then requests, then answers, no end; six frames each
 *   short_flows flood COUNT >FILE  so many SYNs from everywhere, while a hundred established connections go on */
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

static const char request[] = "GET / HTTP/1.1\r\nHost: short.example\r\n\r\n";
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

typedef struct Connection {
    Side client, server;
} Connection;

static Connection connection(long i)
{
    uint32_t sequence = 1000 + (uint32_t)i * 2654435761u;
    return (Connection){ { 0x0a000001 + (uint32_t)(i / 28000), sequence, (uint16_t)(32768 + i % 28000) }, { 0x0aff0001, ~sequence, 80 } };
}

static void shake_hands(Connection *c)
{
    frame(&c->client, &c->server, SYN, "");
    frame(&c->server, &c->client, SYN | ACK, "");
    frame(&c->client, &c->server, ACK, "");
}

static void ask(Connection *c)
{
    frame(&c->client, &c->server, PSH | ACK, request);
    frame(&c->server, &c->client, ACK, "");
}

static void put_short(long count)
{
    for (long i = 0; i < count; i++) {
        Connection c = connection(i);
        shake_hands(&c);
        ask(&c);
        frame(&c.server, &c.client, PSH | ACK, answer);
        frame(&c.client, &c.server, FIN | ACK, "");
        frame(&c.server, &c.client, FIN | ACK, "");
        frame(&c.client, &c.server, ACK, "");
    }
}

static void put_open(long count)
{
    Connection *all = calloc((size_t)count, sizeof *all);
    for (long i = 0; all && i < count; i++) {
        all[i] = connection(i);
        shake_hands(&all[i]);
    }
    for (long i = 0; all && i < count; i++)
        ask(&all[i]);
    for (long i = 0; all && i < count; i++)
        frame(&all[i].server, &all[i].client, PSH | ACK, answer);
    free(all);
}

static void put_flood(long count)
{
    enum { ESTABLISHED = 100 };
    Connection all[ESTABLISHED];
    for (long i = 0; i < ESTABLISHED; i++) {
        all[i] = connection(i);
        shake_hands(&all[i]);
        ask(&all[i]);
    }
    uint32_t random = 1;
    for (long i = 0; i < count; i++) {
        random = random * 1664525u + 1013904223u;
        Side attacker = { random | 0x40000000, ~random, (uint16_t)(1024 + i % 60000) }, target = { 0x0aff0001, 0, 80 };
        frame(&attacker, &target, SYN, "");
        if (i % 10000 == 9999)
            ask(&all[i / 10000 % ESTABLISHED]);
    }
    for (long i = 0; i < ESTABLISHED; i++)
        frame(&all[i].server, &all[i].client, PSH | ACK, answer);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[argc - 1]) : 0;
    void (*put)(long count) = argc == 2 ? put_short : argc == 3 && strcmp(argv[1], "open") == 0 ? put_open
                            : argc == 3 && strcmp(argv[1], "flood") == 0 ? put_flood : NULL;
    if (count < 1 || !put) {
        fputs("usage: short_flows [open|flood] COUNT >FILE\n", stderr);
        return 2;
    }
    const uint32_t head[6] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0, 65535, 1 };
    fwrite(head, sizeof head, 1, stdout);
    put(count);
    return fflush(stdout) ? 1 : 0;
}
