/* fathom objects: the bodies that a capture holds, listed and saved. */
#include "config.h"

#include "commands/objects.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "commands/reading.h"
#include "follow/objects.h"
#include "follow/save.h"
#include "output/json_text.h"
#include "output/sink.h"

static const char help[] =
    "Usage: fathom objects [option]... FILE [display filter]\n"
    "Bodies of HTTP, 1 and 2, with their codings taken off: packet, host, type,\n"
    "size, name.\n"
    "\n"
    "  -o DIR            save them there; names are made safe, nothing is\n"
    "                    overwritten\n"
    "  --json            a JSON object a line\n"
    "and the options for input and preferences of fathom itself (fathom --help).\n";

typedef struct Row {
    uint64_t number, size;
    uint32_t packet;
    char *host, *type, *name;
} Row;

typedef struct Objects {
    FmReading reading;
    FmObjects *objects;
    FmSave *save;        /* NULL: they are only listed */
    GError *error;       /* of the first one that could not be saved */
    GArray *rows;        /* of Row */
    uint64_t left_out;
    bool json;
    FmSink sink;
} Objects;

static void clear_row(gpointer data)
{
    Row *row = data;
    g_free(row->host);
    g_free(row->type);
    g_free(row->name);
}

/* The row of an object that goes on: among the latest. */
static Row *row_of(Objects *o, uint64_t number)
{
    for (unsigned i = o->rows->len; i-- > 0 && o->rows->len - i < 4096;)
        if (g_array_index(o->rows, Row, i).number == number)
            return &g_array_index(o->rows, Row, i);
    return NULL;
}

static void take_object(void *data, const FmObject *object)
{
    Objects *o = data;
    g_auto(FmText) name = { 0 };
    if (o->save && !o->error) {
        const char *saved = fm_save_object(o->save, object, &o->error);
        fm_text_put(&name, saved ? saved : "");
    } else {
        fm_object_name(&name, object);
    }
    Row *before = object->continued ? row_of(o, object->number) : NULL;
    if (before) {
        before->size += object->bytes.size;
        return;
    }
    Row row = { .number = object->number, .size = object->bytes.size, .packet = object->packet, .host = g_strdup(object->host),
                .type = g_strdup(object->type), .name = g_strdup(fm_text_string(&name)) };
    if (o->rows->len < FM_MAX_TALLY) {
        g_array_append_val(o->rows, row);
    } else {
        clear_row(&row);
        o->left_out++;
    }
}

static bool take_packet(void *data, const FmPacket *packet, bool match)
{
    Objects *o = data;
    if (match)
        fm_objects_packet(o->objects, packet);
    return !o->error;
}

/* ---- the list ---- */

static void put_json_row(FmText *out, const Row *row)
{
    fm_text_printf(out, "{\"packet\": %u, \"host\": ", row->packet);
    fm_json_string(out, row->host, strlen(row->host));
    fm_text_literal(out, ", \"type\": ");
    fm_json_string(out, row->type, strlen(row->type));
    fm_text_printf(out, ", \"size\": %" PRIu64 ", \"name\": ", row->size);
    fm_json_string(out, row->name, strlen(row->name));
    fm_text_literal(out, "}\n");
}

static void put_word(FmText *out, const char *word, unsigned width)
{
    size_t start = out->size;
    fm_text_escaped(out, word, strlen(word));
    fm_text_pad(out, start, width);
    fm_text_literal(out, "  ");
}

static unsigned width_of(const Objects *o, size_t offset, const char *title, unsigned most)
{
    unsigned width = (unsigned)strlen(title);
    for (unsigned i = 0; i < o->rows->len; i++) {
        const Row *row = &g_array_index(o->rows, Row, i);
        const char *word = *(char *const *)((const char *)row + offset);
        width = MAX(width, MIN((unsigned)strlen(word), most));
    }
    return width;
}

static void put_list(Objects *o)
{
    FmText *out = &o->sink.text;
    unsigned host = width_of(o, G_STRUCT_OFFSET(Row, host), "host", 40), type = width_of(o, G_STRUCT_OFFSET(Row, type), "type", 32);
    uint64_t bytes = 0;
    if (!o->json && o->rows->len) {
        fm_text_literal(out, "  packet  ");
        put_word(out, "host", host);
        put_word(out, "type", type);
        fm_text_literal(out, "       size  name\n");
    }
    for (unsigned i = 0; i < o->rows->len && fm_sink_step(&o->sink); i++) {
        const Row *row = &g_array_index(o->rows, Row, i);
        bytes += row->size;
        if (o->json) {
            put_json_row(out, row);
            continue;
        }
        fm_text_printf(out, "%8u  ", row->packet);
        put_word(out, row->host, host);
        put_word(out, row->type, type);
        fm_text_uint_right(out, row->size, 11);
        fm_text_literal(out, "  ");
        fm_text_escaped(out, row->name, strlen(row->name));
        fm_text_char(out, '\n');
    }
    if (!o->json)
        fm_text_printf(out, "%u object%s, %" PRIu64 " bytes%s\n", o->rows->len, o->rows->len == 1 ? "" : "s", bytes, o->save ? ", saved" : "");
    if (o->left_out && !o->json)
        fm_text_printf(out, "%" PRIu64 " more are not listed\n", o->left_out);
}

static int run(Objects *o, const char *directory)
{
    g_autoptr(GError) error = NULL;
    int status = fm_reading_open(&o->reading);
    if (status != FM_COMMAND_GO_ON)
        return status;
    if (directory && !(o->save = fm_save_new(directory, &error)))
        return fm_reading_complain(FM_COMMAND_FAILED, error);
    o->objects = fm_objects_new(o->reading.catalog, take_object, o);
    fm_session_want(o->reading.session, fm_objects_wanted(o->objects), false, false, false);
    o->reading.writes = directory;
    const FmReader reader = { take_packet, NULL, o };
    status = fm_reading_run(&o->reading, &reader);
    put_list(o);
    if (!fm_sink_flush(&o->sink))
        return FM_COMMAND_FAILED;
    return o->error ? fm_reading_complain(FM_COMMAND_FAILED, o->error) : status;
}

int fm_objects_run(int argc, char **argv)
{
    Objects o = { .sink.fd = STDOUT_FILENO, .rows = g_array_new(FALSE, FALSE, sizeof(Row)) };
    g_array_set_clear_func(o.rows, clear_row);
    const char *directory = NULL;
    const FmOwnOption own[] = { { "--output", &directory, NULL }, { "--json", NULL, &o.json }, { NULL, NULL, NULL } };
    g_autofree char **words = fm_reading_with_output(argc, argv);
    int status = fm_reading_start(&o.reading, argc, words, own, help);
    if (status == FM_COMMAND_GO_ON)
        status = run(&o, directory);
    fm_objects_free(o.objects);
    fm_save_free(o.save);
    g_clear_error(&o.error);
    g_array_unref(o.rows);
    fm_reading_clear(&o.reading);
    fm_text_clear(&o.sink.text);
    return status;
}

/* ---- --export-objects ---- */

typedef struct Export {
    FmObserver base;
    FmObjects *objects;
    FmSave *save;
    GError *error;
} Export;

static void save_object(void *data, const FmObject *object)
{
    Export *e = data;
    if (!e->error)
        fm_save_object(e->save, object, &e->error);
}

static void export_packet(FmObserver *observer, const FmPacket *packet)
{
    fm_objects_packet(((Export *)observer)->objects, packet);
}

static void export_print(FmObserver *observer, FmText *out)
{
    const Export *e = (const Export *)observer;
    (void)out;
    if (e->error)
        fprintf(stderr, "fathom: %s\n", e->error->message);
}

static void export_free(FmObserver *observer)
{
    Export *e = (Export *)observer;
    fm_objects_free(e->objects);
    fm_save_free(e->save);
    g_clear_error(&e->error);
    g_free(e);
}

FmObserver *fm_export_objects(const FmStatisticContext *context, const char *argument, GError **error)
{
    const char *comma = strchr(argument, ',');
    if (!comma || !comma[1] || comma - argument != 4 || strncmp(argument, "http", 4) != 0) {
        g_set_error(error, FM_STATISTIC_ERROR, FM_STATISTIC_ERROR_ARGUMENT, "--export-objects: \"%s\" is not http,DIRECTORY; only HTTP's objects are known",
                    argument);
        return NULL;
    }
    Export *e = g_new0(Export, 1);
    e->base = (FmObserver){ .packet = export_packet, .print = export_print, .free = export_free };
    g_autoptr(FmObserver) observer = &e->base;
    e->save = fm_save_new(comma + 1, error);
    if (!e->save || !fm_observer_start(observer, context, NULL, error))
        return NULL;
    e->objects = fm_objects_new(context->catalog, save_object, e);
    for (size_t i = 0; i < fm_catalog_words(context->catalog); i++)
        e->base.wanted[i] |= fm_objects_wanted(e->objects)[i];
    return g_steal_pointer(&observer);
}
