/* Chosen fields, one line a packet: -T fields. */
#include "config.h"

#include "output/chosen.h"
#include "output/printer.h"

typedef struct Fields {
    FmPrinter base;
    const FmPrintOptions *options;
    FmChosen *chosen;
} Fields;

static void fields_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    const Fields *fields = (const Fields *)printer;
    const FmPrintOptions *options = fields->options;
    size_t count;
    const FmCell *cells = fm_chosen_collect(fields->chosen, packet, &count);
    for (size_t i = 0; i < count; i++) {
        if (i)
            fm_text_char(out, options->field_separator);
        if (cells[i].count == 1 && !options->quote) { /* nearly always */
            fm_cell_put(&cells[i], options, out, packet, 0);
            continue;
        }
        if (!fm_cell_filled(&cells[i]))
            continue;
        if (options->quote)
            fm_text_char(out, options->quote);
        for (uint32_t n = 0; n < fm_cell_values(&cells[i]); n++) {
            if (n)
                fm_text_char(out, options->aggregator);
            fm_cell_put(&cells[i], options, out, packet, n);
        }
        if (options->quote)
            fm_text_char(out, options->quote);
    }
    fm_text_char(out, '\n');
}

static void fields_begin(FmPrinter *printer, FmText *out)
{
    const FmPrintOptions *options = ((const Fields *)printer)->options;
    if (options->bom)
        fm_text_literal(out, "\xef\xbb\xbf");
    if (!options->header)
        return;
    for (unsigned i = 0; i < options->fields->len; i++) {
        if (i)
            fm_text_char(out, options->field_separator);
        if (options->quote)
            fm_text_char(out, options->quote);
        fm_text_put(out, options->fields->pdata[i]);
        if (options->quote)
            fm_text_char(out, options->quote);
    }
    fm_text_char(out, '\n');
}

static void fields_clear(FmPrinter *printer)
{
    fm_chosen_free(((Fields *)printer)->chosen);
}

FmPrinter *fm_fields_printer_new(const FmPrintOptions *options)
{
    Fields *fields = g_new0(Fields, 1);
    fields->base = (FmPrinter){ .begin = fields_begin, .packet = fields_packet, .clear = fields_clear };
    fields->options = options;
    fields->chosen = fm_chosen_new(options, &fields->base);
    return &fields->base;
}
