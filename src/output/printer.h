/* Printers: packets as text, one kind a format. They see packets only and append to a text that somebody else writes out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "model/packet.h"
#include "output/columns.h"

typedef struct FmPrinter {
    void (*begin)(struct FmPrinter *printer, FmText *out); /* may be NULL, as `end` */
    void (*packet)(struct FmPrinter *printer, FmText *out, const FmPacket *packet);
    void (*end)(struct FmPrinter *printer, FmText *out);
    void (*clear)(struct FmPrinter *printer);              /* frees what the kind has of its own; may be NULL */

    /* what it needs of each packet */
    uint64_t *wanted; /* bits of field ids, or NULL */
    bool wants_all, wants_labels, wants_info;
} FmPrinter;

typedef enum FmFormat {
    FM_FORMAT_TEXT, FM_FORMAT_FIELDS, FM_FORMAT_JSON, FM_FORMAT_JSONRAW, FM_FORMAT_EK, FM_FORMAT_PDML, FM_FORMAT_PSML, FM_FORMAT_TABS,
    FM_FORMAT_JSONL,
} FmFormat;

typedef enum FmOccurrence { FM_OCCURRENCE_ALL = 'a', FM_OCCURRENCE_FIRST = 'f', FM_OCCURRENCE_LAST = 'l' } FmOccurrence;

/* What the user chose; borrowed by printers for their life. */
typedef struct FmPrintOptions {
    const FmCatalog *catalog;
    const FmColumns *columns;
    FmFormat format;
    const char *file;         /* name of the capture, for PDML */

    bool lines, details, hex; /* text: which parts; `hex` also adds raw values to JSON and EK */
    const char *separator;    /* line between packets with details or bytes */
    GHashTable *open;         /* -O: FmProtocol pointers whose details are shown; NULL: all */

    bool hex_frames_only, hex_no_ascii, hex_delimited;

    GPtrArray *fields;        /* -e: names (char *), checked by fm_print_field_known */
    char field_separator, aggregator, quote; /* quote '\0': none */
    FmOccurrence occurrence;
    bool header, bom;
    bool terminal;            /* people read it there: control characters of packets are shown as escapes, all of them */
    bool unescaped;           /* -E escape=n: line ends and tabs in values stay */

    GHashTable *keep;         /* -j, -J: names (char *) to keep, NULL: all */
    bool keep_children;       /* -J */
    bool merge_keys;          /* --no-duplicate-keys */
    bool color;
} FmPrintOptions;

/* A printer for the options. Free with fm_printer_free. */
FmPrinter *fm_printer_new(const FmPrintOptions *options);
void fm_printer_free(FmPrinter *printer);

/* Is `name` a field, a protocol, or a column "_ws.col.…"? */
bool fm_print_field_known(const FmPrintOptions *options, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmPrinter, fm_printer_free)

/* ---- the kinds, for fm_printer_new and for one another ---- */

FmPrinter *fm_lines_printer_new(const FmPrintOptions *options);
FmPrinter *fm_detail_printer_new(const FmPrintOptions *options);
FmPrinter *fm_hexdump_printer_new(const FmPrintOptions *options);
FmPrinter *fm_fields_printer_new(const FmPrintOptions *options);
FmPrinter *fm_json_printer_new(const FmPrintOptions *options);
FmPrinter *fm_jsonl_printer_new(const FmPrintOptions *options);
FmPrinter *fm_ek_printer_new(const FmPrintOptions *options);
FmPrinter *fm_pdml_printer_new(const FmPrintOptions *options);
FmPrinter *fm_psml_printer_new(const FmPrintOptions *options);

/* Where a node stands in its buffer; what was made stands where its layer begins. `layer` may be NULL. */
static inline uint32_t fm_print_place(const FmNode *node, const FmNode *layer)
{
    return (node->flags & FM_NODE_MADE) && !node->length && !node->offset && layer ? layer->offset : node->offset;
}

/* Rows of hex and ASCII, as -x shows them. */
void fm_hexdump_put(FmText *out, FmSlice bytes);

/* Sets a bit of a set of field ids. */
static inline void fm_want_id(uint64_t *wanted, uint16_t id)
{
    wanted[id / 64] |= UINT64_C(1) << (id % 64);
}
