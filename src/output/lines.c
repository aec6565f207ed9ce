/* One line a packet: -T text, -T tabs. */
#include "config.h"

#include <string.h>

#include "output/printer.h"

typedef struct Lines {
    FmPrinter base;
    const FmColumns *columns;
    char separator;
    bool color;
} Lines;

/* Colours of protocols, by the beginning of their names in the protocol column (SGR, 256 colours). */
static const struct {
    const char *prefix, *color;
} colors[] = {
    { "TCP", "38;5;146" }, { "UDP", "38;5;117" }, { "DNS", "38;5;81" }, { "MDNS", "38;5;81" }, { "LLMNR", "38;5;81" }, { "HTTP", "38;5;114" },
    { "TLS", "38;5;183" }, { "SSL", "38;5;183" }, { "DTLS", "38;5;183" }, { "QUIC", "38;5;180" }, { "GRPC", "38;5;114" },
    { "WebSocket", "38;5;114" }, { "MQTT", "38;5;150" }, { "ICMP", "38;5;219" }, { "IGMP", "38;5;219" }, { "ARP", "38;5;223" },
    { "STUN", "38;5;152" }, { "RTP", "38;5;152" }, { "RTCP", "38;5;152" }, { "SCTP", "38;5;109" },
};

#define TROUBLE "1;38;5;203"

static const char *color_of(const FmPacket *packet)
{
    if (packet->trouble)
        return TROUBLE;
    for (size_t i = 0; i < G_N_ELEMENTS(colors); i++)
        if (g_str_has_prefix(packet->protocol, colors[i].prefix))
            return colors[i].color;
    return NULL;
}

static void lines_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    const Lines *lines = (const Lines *)printer;
    const char *color = lines->color ? color_of(packet) : NULL;
    if (color) {
        fm_text_literal(out, "\033[");
        fm_text_put(out, color);
        fm_text_char(out, 'm');
    }
    fm_columns_line(lines->columns, out, packet, lines->separator);
    if (color)
        fm_text_literal(out, "\033[0m");
    fm_text_char(out, '\n');
}

FmPrinter *fm_lines_printer_new(const FmPrintOptions *options)
{
    Lines *lines = g_new0(Lines, 1);
    lines->base = (FmPrinter){ .packet = lines_packet };
    lines->base.wanted = g_new0(uint64_t, fm_catalog_words(options->catalog));
    fm_columns_wants(options->columns, lines->base.wanted, &lines->base.wants_info);
    lines->columns = options->columns;
    lines->separator = options->format == FM_FORMAT_TABS ? '\t' : ' ';
    lines->color = options->color;
    return &lines->base;
}
