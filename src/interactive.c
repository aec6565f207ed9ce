/* The terminal UI on what the command line names. */
#include "config.h"

#include "interactive.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/source_live.h"
#include "live.h"
#include "plugins.h"
#include "sandbox.h"
#include "secret_options.h"
#include "setup.h"
#include "ui/app.h"
#include "ui/chooser.h"
#include "ui/terminal.h"

enum { GOOD, USAGE, FAILED };
enum { USUAL_MEMORY_MIB = 512, USUAL_BUFFER_MIB = 32 };

bool fm_interactive_wanted(const FmOptions *o)
{
    bool prints = o->details || o->hex || o->print || o->quiet || o->flush || o->shown.fields->len || o->shown.color ||
                  o->shown.format != FM_FORMAT_TEXT || o->statistics->len || o->count || o->two_pass || o->session_reset;
    bool records = o->write_file || o->autostop->len || o->ring->len;
    bool named = o->positional_file || o->interfaces->len || (!o->read_file && !o->capture_filter_words); /* nothing: one may choose */
    return o->action == FM_ACTION_RUN && named && !prints && !records && isatty(STDOUT_FILENO) && isatty(STDIN_FILENO);
}

static int complain(int status, const GError *error)
{
    fprintf(stderr, "fathom: %s\n", error->message);
    return status;
}

static char *name_of(const FmOptions *options, const FmSource *source)
{
    if (options->read_file)
        return g_path_get_basename(options->read_file);
    g_autoptr(GString) names = g_string_new(NULL);
    for (size_t i = 0; i < fm_source_interface_count(source); i++)
        g_string_append_printf(names, "%s%s", i ? ", " : "", fm_source_interface(source, i)->name);
    return g_strdup(names->str);
}

/* Puts what the user chose into the options: nothing, if nothing was chosen. */
static bool choose_interfaces(FmOptions *options, GError **error)
{
    FmChoice choice;
    if (!fm_chooser_run(options->capture.filter, &choice, error))
        return false;
    for (guint i = 0; choice.interfaces && i < choice.interfaces->len; i++) {
        FmCaptureOptions *c = g_new(FmCaptureOptions, 1);
        *c = options->capture;
        c->interface = g_strdup(choice.interfaces->pdata[i]);
        c->filter = g_strdup(choice.filter);
        c->link_type = g_strdup(options->capture.link_type);
        c->time_stamp_type = g_strdup(options->capture.time_stamp_type);
        g_ptr_array_add(options->interfaces, c);
    }
    g_clear_pointer(&choice.interfaces, g_ptr_array_unref);
    g_free(choice.filter);
    return true;
}

static int run(FmOptions *options, const FmCatalog *catalog, FmColumns *columns, int stop_fd, const FmLesson *lesson)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FmFilter) filter = NULL;
    if (!fm_setup_filter(&filter, catalog, options->display_filter))
        return FAILED;
    g_autoptr(FmSecrets) secrets = fm_secrets_of_options(options, &error);
    if (!secrets)
        return complain(USAGE, error);
    bool live = !options->read_file;
    if (live && !options->interfaces->len) {
        if (!choose_interfaces(options, &error))
            return complain(USAGE, error);
        if (!options->interfaces->len)
            return GOOD;
    }
    for (guint i = 0; live && i < options->interfaces->len; i++) { /* packets wait there while what was taken in is let go */
        FmCaptureOptions *c = options->interfaces->pdata[i];
        c->buffer_mib = c->buffer_mib ? c->buffer_mib : USUAL_BUFFER_MIB;
    }
    FmSource *source = live ? fm_live_open_until(options, stop_fd, &error) : fm_source_open_file(options->read_file, &error);
    if (!source)
        return complain(live ? USAGE : FAILED, error);
    if (live && !fm_live_drop_privileges(false, &error)) {
        fm_source_free(source);
        return complain(FAILED, error);
    }
    const FmSandbox sandbox = { .anywhere = true };
    fm_sandbox_enter(&sandbox);
    struct stat file;
    g_autofree char *name = name_of(options, source);
    const FmAppOptions app = {
        .catalog = catalog,
        .source = source,
        .secrets = g_steal_pointer(&secrets),
        .columns = columns,
        .name = name,
        .size = !live && stat(options->read_file, &file) == 0 ? (uint64_t)file.st_size : 0,
        .live = live,
        .stop_fd = live ? stop_fd : -1,
        .filter = options->display_filter,
        .memory = (options->memory_mib ? options->memory_mib : USUAL_MEMORY_MIB) << 20,
        .lesson = lesson,
    };
    int status = fm_app_run(&app, &error);
    return error ? complain(status, error) : status;
}

int fm_interactive_run(FmOptions *options, const FmLesson *lesson)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FmColumns) columns = fm_columns_new();
    g_autoptr(FmCatalog) catalog = fm_plugins_catalog(options, &error);
    if (catalog)
        fm_setup_deeper(catalog);
    if (!catalog || !fm_setup_catalog(catalog, options, columns, &error))
        return complain(USAGE, error);
    int stop_fd = fm_terminal_event();
    int status = run(options, catalog, columns, stop_fd, lesson);
    close(stop_fd);
    return status;
}
