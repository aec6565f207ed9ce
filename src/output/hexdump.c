/* Bytes of a packet's buffers: -x, --hexdump. */
#include "config.h"

#include <string.h>

#include "output/printer.h"

#define ROW 16

typedef struct Hexdump {
    FmPrinter base;
    bool frames_only, no_ascii, delimited;
} Hexdump;

static const char digits[] = "0123456789abcdef";

static char printable(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f ? (char)byte : '.';
}

/* "0010  00 34 …   .4…": two spaces behind the offset, a space behind each byte. */
static void put_row(const Hexdump *dump, FmText *out, FmSlice bytes, size_t at, unsigned offset_digits)
{
    size_t n = MIN(bytes.size - at, ROW);
    fm_text_hex(out, at, offset_digits);
    char *to = fm_text_room(out, 8 + 4 * ROW), *from = to;
    *to++ = ' ';
    *to++ = ' ';
    memset(to, ' ', 3 * ROW);
    for (size_t i = 0; i < n; i++) {
        to[3 * i] = digits[bytes.data[at + i] >> 4];
        to[3 * i + 1] = digits[bytes.data[at + i] & 15];
    }
    to += 3 * ROW;
    *to++ = ' ';
    *to++ = ' ';
    if (!dump->no_ascii) {
        if (dump->delimited)
            *to++ = '|';
        for (size_t i = 0; i < n; i++)
            *to++ = printable(bytes.data[at + i]);
        if (dump->delimited)
            *to++ = '|';
    }
    *to++ = '\n';
    out->size += (size_t)(to - from);
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
        for (size_t at = 0; at < bytes.size; at += ROW)
            put_row(dump, out, bytes, at, bytes.size > 0x10000 ? bytes.size > 0x1000000 ? 8 : 6 : 4);
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
