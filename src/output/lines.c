/* One line a packet: -T text, -T tabs. */
#include "config.h"

#include "output/printer.h"

typedef struct Lines {
    FmPrinter base;
    const FmColumns *columns;
    char separator;
} Lines;

static void lines_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    const Lines *lines = (const Lines *)printer;
    fm_columns_line(lines->columns, out, packet, lines->separator);
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
    return &lines->base;
}
