/* The batch tool: packets in, text out. */
#include "config.h"

#include "batch.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture/source.h"
#include "capture/source_live.h"
#include "capture/writer.h"
#include "commands/glossary.h"
#include "commands/objects.h"
#include "live.h"
#include "output/sink.h"
#include "plugins.h"
#include "record.h"
#include "sandbox.h"
#include "secret_options.h"
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
    FmSource *source;   /* the session's, where there is one */
    FmSession *session; /* NULL: packets are written and nothing else, so nobody needs to look into them */
    FmRecord *record;
    bool records; /* … has something to do */
    size_t injected; /* secrets written into it */
    uint64_t count, matched; /* packets read, and those that the filter let through */
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
    fprintf(stderr, "\r%" G_GUINT64_FORMAT " packets ", batch->count);
}

static void end_progress(const Batch *batch)
{
    if (batch->told)
        fprintf(stderr, "\r%30s\r", "");
}

static bool show(Batch *batch, const FmPacket *packet)
{
    if (batch->printer)
        batch->printer->packet(batch->printer, &batch->sink.text, packet);
    fm_session_displayed(batch->session);
    return batch->options->flush ? fm_sink_flush(&batch->sink) : fm_sink_step(&batch->sink);
}

/* Statistics see every packet, whatever the display filter says. */
static void observe(Batch *batch, const FmPacket *packet)
{
    for (unsigned i = 0; i < batch->observers->len; i++)
        fm_observer_see(batch->observers->pdata[i], packet);
}

/* Secrets go before the frame in which they open something first. */
static bool inject_secrets(Batch *batch, GError **error)
{
    if (!batch->options->inject_secrets || !batch->session)
        return true;
    g_autoptr(GString) lines = g_string_new(NULL);
    batch->injected = fm_secrets_print_used(fm_session_secrets(batch->session), batch->injected, false, lines);
    return !lines->len || fm_record_secrets(batch->record, lines->str, lines->len, error);
}

typedef enum Step { STEP_ON, STEP_END, STEP_ERROR } Step;

/* Reads one packet, of which all that is left to do is done. */
static Step take_packet(Batch *batch, const FmFrame *frame, const FmPacket *packet, bool match, GError **error)
{
    batch->count++;
    batch->matched += match;
    if (packet)
        observe(batch, packet);
    if (batch->records && (!inject_secrets(batch, error) || (match && !fm_record_frame(batch->record, frame, error))))
        return STEP_ERROR;
    if (match && packet && !show(batch, packet))
        return STEP_END;
    if (!batch->records)
        return STEP_ON;
    bool live = !batch->options->read_file;
    if (fm_record_enough(batch->record, live ? batch->count : batch->matched, frame->place + frame->captured))
        return STEP_END;
    return fm_record_tick(batch->record, error) ? STEP_ON : STEP_ERROR;
}

/* Nothing came for a while, in a live capture. */
static Step wait_on(Batch *batch, GError **error)
{
    if (!fm_sink_flush(&batch->sink) || fm_record_enough(batch->record, 0, 0))
        return STEP_END;
    return fm_record_flush(batch->record, error) && fm_record_tick(batch->record, error) ? STEP_ON : STEP_ERROR;
}

static Step step(Batch *batch, GError **error)
{
    const FmPacket *packet = NULL;
    FmFrame frame;
    bool match = true;
    if (batch->options->count && batch->count >= batch->options->count && !batch->options->two_pass)
        return STEP_END;
    FmNext next = batch->session ? fm_session_next(batch->session, &packet, &match, error) : fm_source_next(batch->source, &frame, error);
    switch (next) {
    case FM_NEXT_FRAME: return take_packet(batch, packet ? packet->frame : &frame, packet, match, error);
    case FM_NEXT_WAIT: return wait_on(batch, error);
    case FM_NEXT_END: return STEP_END;
    default: return STEP_ERROR;
    }
}

/* Reads to the end. False with error set if that is not where the source stopped; a sink that fails ends it quietly. */
static bool read_packets(Batch *batch, GError **error)
{
    Step next = STEP_ON;
    for (uint64_t i = 1; next == STEP_ON; i++) {
        next = step(batch, error);
        if (batch->shows_progress && i % 4096 == 0)
            tell_progress(batch);
    }
    return next == STEP_END;
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
    FmSandbox sandbox = { 0 };
    fm_sandbox_options(&sandbox, batch->options);
    fm_sandbox_enter(&sandbox);
    batch->started = g_get_monotonic_time();
    batch->shows_progress = !batch->options->quieter && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
    if (batch->printer && batch->printer->begin)
        batch->printer->begin(batch->printer, out);
    bool good = read_packets(batch, &error);
    end_progress(batch);
    if (batch->printer && batch->printer->end)
        batch->printer->end(batch->printer, out);
    for (unsigned i = batch->observers->len; i > 0 && !batch->sink.trouble; i--) { /* the last one asked for comes first */
        FmObserver *observer = batch->observers->pdata[i - 1];
        observer->print(observer, out);
    }
    if (!batch->options->read_file)
        fm_live_finish(batch->options, batch->source, batch->count);
    if (!fm_record_close(g_steal_pointer(&batch->record), good ? &error : NULL))
        good = false;
    if (good && batch->options->export_keys && !fm_secrets_export(fm_session_secrets(batch->session), batch->options->export_keys, &error))
        good = false;
    int status = finish_output(batch, GOOD);
    return good || !error ? status : complain(FAILED, error);
}

static void free_observer(gpointer data)
{
    fm_observer_free(data);
}

static bool start_observers(Batch *batch, GError **error)
{
    const FmStatisticContext context = { batch->catalog, fm_columns_time(batch->columns) };
    for (unsigned i = 0; i < batch->options->statistics->len; i++) {
        FmObserver *observer = fm_statistic_start(&context, batch->options->statistics->pdata[i], error);
        if (!observer)
            return false;
        g_ptr_array_add(batch->observers, observer);
    }
    for (unsigned i = 0; i < batch->options->exports->len; i++) {
        FmObserver *observer = fm_export_objects(&context, batch->options->exports->pdata[i], error);
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

static bool open_source(Batch *batch, GError **error)
{
    const FmOptions *options = batch->options;
    batch->source = options->read_file ? fm_source_open_file(options->read_file, error) : fm_live_open(options, error);
    return batch->source != NULL;
}

/* From the first packet on there are no privileges left. */
static bool open_record(Batch *batch, GError **error)
{
    const FmOptions *options = batch->options;
    batch->record = fm_record_new(options, batch->source, error);
    batch->records = batch->record && !fm_record_idle(batch->record);
    if (!batch->record || options->read_file)
        return batch->record != NULL;
    fm_live_announce(options, batch->source);
    return fm_live_drop_privileges(options->ring->len > 0, error);
}

/* Writing alone, without a look into the packets: a plain copy, or a capture at full speed. */
static bool only_writes(const Batch *batch)
{
    const FmOptions *o = batch->options;
    return o->write_file && !prints(o) && !batch->observers->len && !o->display_filter && !o->two_pass && !o->export_keys && !o->inject_secrets;
}

static int prepare(Batch *batch, FmOptions *options)
{
    g_autoptr(GError) error = NULL;
    if (!options->read_file && !options->interfaces->len) {
        fprintf(stderr, "fathom: nothing to read: give a file (-r FILE) or an interface (-i NAME); see fathom -h\n");
        return USAGE;
    }
    FmSessionOptions session = { .limit = options->count, .reset = options->session_reset, .two_pass = options->two_pass };
    if (!fm_setup_print(options, batch->catalog, batch->columns, &error) || !start_observers(batch, &error) ||
        !fm_record_check(options, &error))
        return complain(USAGE, error);
    g_autoptr(FmSecrets) secrets = fm_secrets_of_options(options, &error);
    if (!secrets)
        return complain(error->domain == FM_OPTION_ERROR ? USAGE : FAILED, error);
    if (!open_source(batch, &error))
        return complain(options->read_file ? FAILED : USAGE, error);
    if (!fm_setup_filter(&session.read, batch->catalog, options->read_filter) ||
        !fm_setup_filter(&session.display, batch->catalog, options->display_filter))
        return FAILED;
    if (!open_record(batch, &error))
        return complain(error->domain == FM_OPTION_ERROR ? USAGE : FAILED, error);
    if (only_writes(batch))
        return GOOD;
    session.secrets = g_steal_pointer(&secrets);
    batch->session = fm_session_new(batch->catalog, batch->source, &session);
    if (prints(options))
        batch->printer = fm_printer_new(&options->shown);
    want_all_sides(batch);
    return GOOD;
}

static int list_statistics(void)
{
    g_auto(FmText) list = { 0 };
    fm_statistics_list(&list);
    fputs(fm_text_string(&list), stderr);
    return GOOD;
}

static int list_formats(void)
{
    fprintf(stderr, "fathom: The available capture file types for the \"-F\" flag are:\n");
    for (const FmFileFormatName *f = fm_file_formats(); f->name; f++)
        fprintf(stderr, "    %s - %s\n", f->name, f->description);
    return USAGE;
}

static int act(Batch *batch, FmOptions *options)
{
    g_autoptr(GError) error = NULL;
    FmText *out = &batch->sink.text;
    switch (options->action) {
    case FM_ACTION_HELP: fm_options_help(out, options->help_all); return finish_output(batch, GOOD);
    case FM_ACTION_VERSION: fm_options_version(out); return finish_output(batch, GOOD);
    case FM_ACTION_GLOSSARY:
        if (!fm_glossary(out, batch->catalog, options->glossary, &error))
            return complain(USAGE, error);
        return finish_output(batch, GOOD);
    case FM_ACTION_RUN: break;
    case FM_ACTION_LIST_FORMATS: return list_formats();
    case FM_ACTION_LIST_STATISTICS: return list_statistics();
    default:
        if (!fm_live_list(options, out, &error))
            return complain(USAGE, error);
        return finish_output(batch, GOOD);
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
    batch.catalog = fm_plugins_catalog(options, &error);
    int status = USAGE;
    if (!batch.catalog || !fm_setup_catalog(batch.catalog, options, batch.columns, &error))
        complain(status, error);
    else
        status = act(&batch, options);
    fm_printer_free(batch.printer);
    g_ptr_array_unref(batch.observers);
    fm_record_close(batch.record, NULL);
    if (batch.session)
        fm_session_free(batch.session);
    else
        fm_source_free(batch.source);
    fm_columns_free(batch.columns);
    fm_catalog_free(batch.catalog);
    fm_text_clear(&batch.sink.text);
    return status;
}
