/* Choosing and freeing printers; the text printer, which puts lines, details and bytes together. */
#include "config.h"

#include "output/printer.h"

#include <string.h>

void fm_printer_free(FmPrinter *printer)
{
    if (!printer)
        return;
    if (printer->clear)
        printer->clear(printer);
    g_free(printer->wanted);
    g_free(printer);
}

bool fm_print_field_known(const FmPrintOptions *options, const char *name)
{
    if (g_str_has_prefix(name, "_ws.col.") && fm_columns_find(options->columns, name + 8) >= 0)
        return true;
    return fm_catalog_find(options->catalog, name) != NULL;
}

typedef struct Text {
    FmPrinter base;
    FmPrinter *lines, *details, *hex; /* NULL: not shown */
    const char *separator;
} Text;

static void put_separator(const Text *text, FmText *out)
{
    fm_text_put(out, text->separator);
    fm_text_char(out, '\n');
}

static void text_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    const Text *text = (const Text *)printer;
    if (text->lines)
        text->lines->packet(text->lines, out, packet);
    if (text->details) {
        text->details->packet(text->details, out, packet);
        if (!text->hex)
            put_separator(text, out);
    }
    if (text->hex) {
        if (text->lines || text->details)
            fm_text_char(out, '\n');
        text->hex->packet(text->hex, out, packet);
        put_separator(text, out);
    }
}

static void text_clear(FmPrinter *printer)
{
    Text *text = (Text *)printer;
    fm_printer_free(text->lines);
    fm_printer_free(text->details);
    fm_printer_free(text->hex);
}

static void add_wants(FmPrinter *to, const FmPrinter *from, size_t words)
{
    if (!from)
        return;
    to->wants_all |= from->wants_all;
    to->wants_labels |= from->wants_labels;
    to->wants_info |= from->wants_info;
    for (size_t i = 0; from->wanted && i < words; i++)
        to->wanted[i] |= from->wanted[i];
}

static FmPrinter *text_printer_new(const FmPrintOptions *options)
{
    Text *text = g_new0(Text, 1);
    size_t words = fm_catalog_words(options->catalog);
    text->base = (FmPrinter){ .packet = text_packet, .clear = text_clear, .wanted = g_new0(uint64_t, words) };
    text->separator = options->separator ? options->separator : "";
    text->lines = options->lines ? fm_lines_printer_new(options) : NULL;
    text->details = options->details ? fm_detail_printer_new(options) : NULL;
    text->hex = options->hex ? fm_hexdump_printer_new(options) : NULL;
    add_wants(&text->base, text->lines, words);
    add_wants(&text->base, text->details, words);
    add_wants(&text->base, text->hex, words);
    return &text->base;
}

FmPrinter *fm_printer_new(const FmPrintOptions *options)
{
    switch (options->format) {
    case FM_FORMAT_TABS:
    case FM_FORMAT_TEXT: return text_printer_new(options);
    case FM_FORMAT_FIELDS: return fm_fields_printer_new(options);
    case FM_FORMAT_JSON:
    case FM_FORMAT_JSONRAW: return fm_json_printer_new(options);
    case FM_FORMAT_EK: return fm_ek_printer_new(options);
    case FM_FORMAT_PDML: return fm_pdml_printer_new(options);
    case FM_FORMAT_PSML: return fm_psml_printer_new(options);
    case FM_FORMAT_JSONL: return fm_jsonl_printer_new(options);
    }
    g_assert_not_reached();
}
