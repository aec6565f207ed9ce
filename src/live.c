/* Live capture as the command line asks for it. */
#include "config.h"

#include "live.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>

#include "capture/source_live.h"

static FmLiveInterface interface_of(const FmCaptureOptions *o, const char *filter)
{
    return (FmLiveInterface){
        .name = o->interface,
        .filter = o->filter ? o->filter : filter,
        .link_type = o->link_type,
        .time_stamp_type = o->time_stamp_type,
        .snap_length = (uint32_t)o->snap_length,
        .buffer_mib = (uint32_t)o->buffer_mib,
        .not_promiscuous = o->not_promiscuous,
        .monitor = o->monitor,
    };
}

/* The first device stands in where none is named. */
static char *first_device(GError **error)
{
    g_autoptr(GPtrArray) devices = fm_live_devices(error);
    if (devices && devices->len == 0)
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_OPEN, "interfaces: there are none that can be captured from");
    return devices && devices->len ? g_strdup(((const FmDevice *)devices->pdata[0])->name) : NULL;
}

static bool list_devices(FmText *out, GError **error)
{
    g_autoptr(GPtrArray) devices = fm_live_devices(error);
    for (unsigned i = 0; devices && i < devices->len; i++) {
        const FmDevice *device = devices->pdata[i];
        fm_text_printf(out, device->description ? "%u. %s (%s)\n" : "%u. %s\n", i + 1, device->name, device->description);
    }
    return devices != NULL;
}

static void put_list(FmText *out, const GPtrArray *list)
{
    for (unsigned i = 0; i < list->len; i++) {
        const FmDevice *entry = list->pdata[i];
        fm_text_printf(out, "  %s (%s)\n", entry->name, entry->description ? entry->description : entry->name);
    }
}

static bool list_types(const FmOptions *options, const FmLiveInterface *interface, FmText *out, GError **error)
{
    bool stamps = options->action == FM_ACTION_LIST_TIME_STAMPS;
    g_autoptr(GPtrArray) list = stamps ? fm_live_time_stamp_types(interface, error) : fm_live_link_types(interface, error);
    if (!list)
        return false;
    if (list->len == 0)
        fm_text_printf(out, "The interface %s has none to choose from\n", interface->name);
    else if (stamps)
        fm_text_literal(out, "Timestamp types of the interface (use option --time-stamp-type to set):\n");
    else
        fm_text_printf(out, "Data link types of interface %s (use option -y to set):\n", interface->name);
    put_list(out, list);
    return true;
}

bool fm_live_list(const FmOptions *options, FmText *out, GError **error)
{
    if (options->action == FM_ACTION_LIST_INTERFACES)
        return list_devices(out, error);
    if (!options->interfaces->len) {
        g_autofree char *name = first_device(error);
        const FmLiveInterface first = { .name = name };
        return name && list_types(options, &first, out, error);
    }
    for (unsigned i = 0; i < options->interfaces->len; i++) {
        const FmLiveInterface interface = interface_of(options->interfaces->pdata[i], NULL);
        if (!list_types(options, &interface, out, error))
            return false;
    }
    return true;
}

/* A capture that was started with nohup outlives its terminal. */
static void ending_signals(sigset_t *set)
{
    struct sigaction hangup;
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
        sigaddset(set, SIGHUP);
}

/* A file descriptor that becomes readable by one of the signals: no handler, and no state for it. It stays open to the end. */
static int catch_signals(GError **error)
{
    sigset_t set;
    ending_signals(&set);
    int fd = sigprocmask(SIG_BLOCK, &set, NULL) == 0 ? signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
    if (fd < 0)
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_OPEN, "signals: %s", g_strerror(errno));
    return fd;
}

void fm_live_announce(const FmOptions *options, const FmSource *source)
{
    if (options->quieter)
        return;
    g_autoptr(GString) names = g_string_new(NULL);
    size_t n = MAX(fm_source_interface_count(source), 1);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *title = fm_source_live_title(source, i);
        g_string_append_printf(names, "%s'%s'", i == 0 ? "" : i + 1 == n ? " and " : ", ", title);
    }
    fprintf(stderr, "Capturing on %s\n", names->str);
}

FmSource *fm_live_open_until(const FmOptions *options, int stop_fd, GError **error)
{
    g_autofree FmLiveInterface *interfaces = g_new(FmLiveInterface, options->interfaces->len);
    for (unsigned i = 0; i < options->interfaces->len; i++)
        interfaces[i] = interface_of(options->interfaces->pdata[i], options->capture_filter_words);
    const FmLiveOptions live = { .interfaces = interfaces, .count = options->interfaces->len, .stop_fd = stop_fd };
    return fm_source_open_live(&live, error);
}

FmSource *fm_live_open(const FmOptions *options, GError **error)
{
    int stop_fd = catch_signals(error);
    return stop_fd < 0 ? NULL : fm_live_open_until(options, stop_fd, error);
}

static void tell_drops(FmSource *source)
{
    for (size_t i = 0; i < fm_source_interface_count(source); i++) {
        FmLiveCounts counts;
        if (!fm_source_live_counts(source, i, &counts))
            continue;
        g_autofree char *title = fm_source_live_title(source, i);
        if (counts.kernel_drops)
            fprintf(stderr,
                    "%" G_GUINT64_FORMAT " packet%s dropped from %s by the kernel, whose buffer was full (-B makes it larger)\n",
                    counts.kernel_drops, counts.kernel_drops == 1 ? "" : "s", title);
        if (counts.device_drops)
            fprintf(stderr, "%" G_GUINT64_FORMAT " packet%s dropped from %s by the interface\n", counts.device_drops,
                    counts.device_drops == 1 ? "" : "s", title);
    }
}

void fm_live_finish(const FmOptions *options, FmSource *source, uint64_t count)
{
    sigset_t set;
    ending_signals(&set);
    struct timespec none = { 0, 0 };
    while (sigtimedwait(&set, NULL, &none) > 0) /* what asked for the end has been heard */
        ;
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    if (!options->quieter)
        fprintf(stderr, "%" G_GUINT64_FORMAT " packet%s captured\n", count, count == 1 ? "" : "s");
    tell_drops(source);
}
