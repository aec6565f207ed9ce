/* The columns of a packet as XML: -T psml. */
#include "config.h"

#include "output/printer.h"
#include "output/xml_text.h"

typedef struct Psml {
    FmPrinter base;
    const FmColumns *columns;
    FmText text; /* scratch */
} Psml;

static void put_section(FmText *out, const char *text, size_t size)
{
    fm_text_literal(out, "<section>");
    fm_xml_escape(out, text, size);
    fm_text_literal(out, "</section>\n");
}

static void psml_begin(FmPrinter *printer, FmText *out)
{
    const Psml *psml = (const Psml *)printer;
    fm_text_put(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<psml version=\"0\" creator=\"fathom/" PACKAGE_VERSION "\">\n<structure>\n");
    for (size_t i = 0; i < fm_columns_count(psml->columns); i++) {
        const char *title = fm_columns_title(psml->columns, i);
        put_section(out, title, strlen(title));
    }
    fm_text_put(out, "</structure>\n\n");
}

static void psml_packet(FmPrinter *printer, FmText *out, const FmPacket *packet)
{
    Psml *psml = (Psml *)printer;
    fm_text_literal(out, "<packet>\n");
    for (size_t i = 0; i < fm_columns_count(psml->columns); i++) {
        fm_text_reset(&psml->text);
        fm_columns_put(psml->columns, &psml->text, packet, i);
        put_section(out, psml->text.data, psml->text.size);
    }
    fm_text_literal(out, "</packet>\n\n");
}

static void psml_end(FmPrinter *printer, FmText *out)
{
    fm_text_literal(out, "</psml>\n");
}

static void psml_clear(FmPrinter *printer)
{
    fm_text_clear(&((Psml *)printer)->text);
}

FmPrinter *fm_psml_printer_new(const FmPrintOptions *options)
{
    Psml *psml = g_new0(Psml, 1);
    psml->base = (FmPrinter){ .begin = psml_begin, .packet = psml_packet, .end = psml_end, .clear = psml_clear };
    psml->base.wanted = g_new0(uint64_t, fm_catalog_words(options->catalog));
    fm_columns_wants(options->columns, psml->base.wanted, &psml->base.wants_info);
    psml->columns = options->columns;
    return &psml->base;
}
