/* The batch tool: packets in, text out. */
#include "config.h"

#include "batch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture/source.h"
#include "commands/glossary.h"
#include "dissectors/all.h"
#include "output/sink.h"
#include "session/session.h"
#include "setup.h"
#include "statistics/all.h"

enum { GOOD, USAGE, FAILED };

#define PROGRESS_FIRST G_TIME_SPAN_SECOND
#define PROGRESS_EVERY (G_TIME_SPAN_SECOND / 4)

typedef struct Batch {
    const FmOptions *options;
    FmCatalog *catalog;
    FmColumns *columns;
    FmPrinter *printer; /* NULL: nothing is printed */
    GPtrArray *observers;
    FmSession *session;
    FmSink sink;
    gint64 started, told; /* progress: µs */
    bool shows_progress;
} Batch;

static int complain(int status, const GError *error)
{
    fprintf(stderr, "fathom: %s\n", error->message);
    return status;
}

static void tell_progress(Batch *batch)
{
    gint64 now = g_get_monotonic_time();
    if (now - batch->started < PROGRESS_FIRST || now - batch->told < PROGRESS_EVERY)
        return;
    batch->told = now;
    fprintf(stderr, "\r%" G_GUINT64_FORMAT " packets ", fm_session_count(batch->session));
}

static void end_progress(const Batch *batch)
{
    if (batch->told)
        fprintf(stderr, "\r%30s\r", "");
}

static bool show(Batch *batch, const FmPacket *packet)
{
    for (unsigned i = 0; i < batch->observers->len; i++) {
        FmObserver *observer = batch->observers->pdata[i];
        observer->packet(observer, packet);
    }
    if (batch->printer)
        batch->printer->packet(batch->printer, &batch->sink.text, packet);
    fm_session_displayed(batch->session);
    return batch->options->flush ? fm_sink_flush(&batch->sink) : fm_sink_step(&batch->sink);
}

/* Reads to the end. False with error set if that is not where the source stopped; a sink that fails ends it quietly. */
static bool read_packets(Batch *batch, GError **error)
{
    for (uint64_t i = 1;; i++) {
        const FmPacket *packet;
        bool match;
        switch (fm_session_next(batch->session, &packet, &match, error)) {
        case FM_NEXT_FRAME:
            if (match && !show(batch, packet))
                return true;
            break;
        case FM_NEXT_WAIT:
            if (!fm_sink_flush(&batch->sink))
                return true;
            break;
        case FM_NEXT_END: return true;
        case FM_NEXT_ERROR: return false;
        }
        if (batch->shows_progress && i % 4096 == 0)
            tell_progress(batch);
    }
}

static int finish_output(Batch *batch, int status)
{
    if (fm_sink_flush(&batch->sink))
        return status;
    if (batch->sink.trouble != EPIPE) /* a reader that has seen enough is no news */
        fprintf(stderr, "fathom: Not all the packets could be printed: %s\n", g_strerror(batch->sink.trouble));
    return FAILED;
}

static int run(Batch *batch)
{
    g_autoptr(GError) error = NULL;
    FmText *out = &batch->sink.text;
    batch->started = g_get_monotonic_time();
    batch->shows_progress = !batch->options->quieter && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    if (batch->printer && batch->printer->begin)
        batch->printer->begin(batch->printer, out);
    bool good = read_packets(batch, &error);
    end_progress(batch);
    if (batch->printer && batch->printer->end)
        batch->printer->end(batch->printer, out);
    for (unsigned i = 0; i < batch->observers->len && !batch->sink.trouble; i++) {
        FmObserver *observer = batch->observers->pdata[i];
        observer->print(observer, out);
    }
    int status = finish_output(batch, GOOD);
    return good ? status : complain(FAILED, error);
}

static void free_observer(gpointer data)
{
    FmObserver *observer = data;
    observer->free(observer);
}

static bool start_observers(Batch *batch, GError **error)
{
    for (unsigned i = 0; i < batch->options->statistics->len; i++) {
        FmObserver *observer = fm_statistic_start(batch->catalog, batch->options->statistics->pdata[i], error);
        if (!observer)
            return false;
        g_ptr_array_add(batch->observers, observer);
    }
    return true;
}

static void want_all_sides(Batch *batch)
{
    const FmPrinter *p = batch->printer;
    if (p)
        fm_session_want(batch->session, p->wanted, p->wants_all, p->wants_labels, p->wants_info);
    for (unsigned i = 0; i < batch->observers->len; i++) {
        const FmObserver *o = batch->observers->pdata[i];
        fm_session_want(batch->session, o->wanted, false, o->wants_labels, o->wants_info);
    }
}

/* With -w packets are printed only where that is asked for; -q leaves statistics alone. */
static bool prints(const FmOptions *o)
{
    if (o->quiet)
        return false;
    return !o->write_file || o->print || o->details || o->hex;
}

static int prepare(Batch *batch, FmOptions *options)
{
    g_autoptr(GError) error = NULL;
    if (!options->read_file && !options->interfaces->len) {
        fprintf(stderr, "fathom: nothing to read: give a file (-r FILE) or an interface (-i NAME); see fathom -h\n");
        return USAGE;
    }
    FmSessionOptions session = { .limit = options->count, .reset = options->session_reset, .two_pass = options->two_pass };
    if (!fm_setup_print(options, batch->catalog, batch->columns, &error) || !start_observers(batch, &error))
        return complain(USAGE, error);
    FmSource *source = fm_source_open_file(options->read_file, &error);
    if (!source)
        return complain(FAILED, error);
    if (!fm_setup_filter(&session.read, batch->catalog, options->read_filter) ||
        !fm_setup_filter(&session.display, batch->catalog, options->display_filter)) {
        fm_filter_free(session.read);
        fm_source_free(source);
        return FAILED;
    }
    batch->session = fm_session_new(batch->catalog, source, &session);
    if (prints(options))
        batch->printer = fm_printer_new(&options->shown);
    want_all_sides(batch);
    return GOOD;
}

static int act(Batch *batch, FmOptions *options)
{
    g_autoptr(GError) error = NULL;
    FmText *out = &batch->sink.text;
    switch (options->action) {
    case FM_ACTION_HELP: fm_options_help(out); return finish_output(batch, GOOD);
    case FM_ACTION_VERSION: fm_options_version(out); return finish_output(batch, GOOD);
    case FM_ACTION_GLOSSARY:
        if (!fm_glossary(out, batch->catalog, options->glossary, &error))
            return complain(USAGE, error);
        return finish_output(batch, GOOD);
    case FM_ACTION_RUN: break;
    default: fprintf(stderr, "fathom: live capture is not in this build\n"); return FAILED;
    }
    int status = prepare(batch, options);
    return status == GOOD ? run(batch) : status;
}

int fm_batch_run(FmOptions *options)
{
    g_autoptr(GError) error = NULL;
    signal(SIGPIPE, SIG_IGN);
    Batch batch = { .options = options, .sink.fd = STDOUT_FILENO, .columns = fm_columns_new() };
    batch.observers = g_ptr_array_new_with_free_func(free_observer);
    batch.catalog = fm_catalog_new(fm_all_protocols, fm_all_protocol_count, &error);
    int status = USAGE;
    if (!batch.catalog || !fm_setup_catalog(batch.catalog, options, batch.columns, &error))
        complain(status, error);
    else
        status = act(&batch, options);
    fm_printer_free(batch.printer);
    g_ptr_array_unref(batch.observers);
    fm_session_free(batch.session);
    fm_columns_free(batch.columns);
    fm_catalog_free(batch.catalog);
    fm_text_clear(&batch.sink.text);
    return status;
}
