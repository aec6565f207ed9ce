/* Bytes of a packet's buffers: -x, --hexdump. */
#include "config.h"

#include <string.h>

#include "output/printer.h"

#define ROW 16
#define ROW_ROOM 96 /* characters of a row, at most */

typedef struct Hexdump {
    FmPrinter base;
    bool frames_only, no_ascii, delimited;
} Hexdump;

/* "00  01  …": the pair of each byte, in cells of four. */
#define SIXTEEN(h) h "0  " h "1  " h "2  " h "3  " h "4  " h "5  " h "6  " h "7  " h "8  " h "9  " h "a  " h "b  " h "c  " h "d  " h "e  " h "f  "
static const char cells[] = SIXTEEN("0") SIXTEEN("1") SIXTEEN("2") SIXTEEN("3") SIXTEEN("4") SIXTEEN("5") SIXTEEN("6") SIXTEEN("7")
    SIXTEEN("8") SIXTEEN("9") SIXTEEN("a") SIXTEEN("b") SIXTEEN("c") SIXTEEN("d") SIXTEEN("e") SIXTEEN("f");

/* Eight bytes with dots for what is not printable ASCII. */
static uint64_t printable(uint64_t w)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), low = 0x7f * ones;
    uint64_t seven = w & low;
    uint64_t good = (seven + 0x60 * ones) & ~(seven + ones) & ~w & ~low; /* from 0x20 to 0x7e, at the top of each byte */
    uint64_t mask = (good >> 7) * 0xff;
    return (w & mask) | (0x2e * ones & ~mask);
}

static void put_ascii(char *to, const uint8_t *bytes)
{
    for (unsigned i = 0; i < ROW; i += 8) {
        uint64_t w;
        memcpy(&w, bytes + i, 8);
        w = printable(w);
        memcpy(to + i, &w, 8);
    }
}

/* "0010  00 34 …   .4…": two spaces behind the offset, a space behind each byte. Returns where the row ends. */
static inline char *put_row(char *to, const uint8_t *bytes, unsigned n, size_t at, unsigned offset_digits, bool ascii, bool delimited)
{
    for (unsigned left = offset_digits; left > 0; left -= 2, to += 2)
        memcpy(to, cells + 4 * (at >> 4 * (left - 2) & 0xff), 2);
    memset(to, ' ', 2 + 3 * ROW + 2);
    to += 2;
    unsigned i = 0;
    for (; i + 4 <= n; i += 4) {
        memcpy(to + 3 * i, cells + 4 * bytes[i], 4);
        memcpy(to + 3 * i + 3, cells + 4 * bytes[i + 1], 4);
        memcpy(to + 3 * i + 6, cells + 4 * bytes[i + 2], 4);
        memcpy(to + 3 * i + 9, cells + 4 * bytes[i + 3], 4);
    }
    for (; i < n; i++)
        memcpy(to + 3 * i, cells + 4 * bytes[i], 4);
    to += 3 * ROW + 2;
    if (ascii) {
        uint8_t last[ROW] = { 0 };
        if (delimited)
            *to++ = '|';
        if (n < ROW)
            bytes = memcpy(last, bytes, n);
        put_ascii(to, bytes);
        to += n;
        if (delimited)
            *to++ = '|';
    }
    *to++ = '\n';
    return to;
}

static void put_rows(FmText *out, FmSlice bytes, bool ascii, bool delimited)
{
    unsigned digits = bytes.size > 0x1000000 ? 8 : bytes.size > 0x10000 ? 6 : 4;
    size_t at = 0;
    while (at < bytes.size) {
        char *to = fm_text_room(out, 17 * ROW_ROOM), *from = to;
        for (unsigned i = 0; i < 16 && at + ROW <= bytes.size; i++, at += ROW)
            to = put_row(to, bytes.data + at, ROW, at, digits, ascii, delimited);
        if (bytes.size - at < ROW && bytes.size > at) {
            to = put_row(to, bytes.data + at, (unsigned)(bytes.size - at), at, digits, ascii, delimited);
            at = bytes.size;
        }
        out->size += (size_t)(to - from);
    }
}

void fm_hexdump_put(FmText *out, FmSlice bytes)
{
    put_rows(out, bytes, true, false);
}

static void hexdump_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    const Hexdump *dump = (const Hexdump *)printer;
    size_t count = dump->frames_only ? 1 : packet->buffer_count;
    for (size_t b = 0; b < count; b++) {
        FmSlice bytes = packet->buffers[b].bytes;
        if (count > 1) {
            fm_text_put(out, b ? packet->buffers[b].name : "Frame");
            fm_text_literal(out, " (");
            fm_text_uint(out, bytes.size);
            fm_text_put(out, bytes.size == 1 ? " byte):\n" : " bytes):\n");
        }
        put_rows(out, bytes, !dump->no_ascii, dump->delimited);
    }
}

FmPrinter *fm_hexdump_printer_new(const FmPrintOptions *options)
{
    Hexdump *dump = g_new0(Hexdump, 1);
    dump->base = (FmPrinter){ .packet = hexdump_packet };
    dump->frames_only = options->hex_frames_only;
    dump->no_ascii = options->hex_no_ascii;
    dump->delimited = options->hex_delimited;
    /* Buffers of reassembly and decryption exist only where somebody looks at what is inside. */
    dump->base.wants_all = !dump->frames_only;
    return &dump->base;
}
