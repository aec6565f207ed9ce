/* The program in the terminal: one capture, the pages open on it, and what all of them share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "output/columns.h"
#include "session/archive.h"
#include "session/matches.h"
#include "ui/prompt.h"
#include "ui/view.h"

typedef struct FmAppOptions {
    const FmCatalog *catalog;
    FmSource *source;     /* taken over */
    FmSecrets *secrets;   /* taken over; may be NULL */
    FmColumns *columns;   /* borrowed */
    const char *name;     /* of the capture, as shown: a file or interfaces */
    uint64_t size;        /* of the file; 0: not known */
    bool live;
    int stop_fd;          /* live: an eventfd that ends the source; -1: none */
    const char *filter;   /* display filter to start with; may be NULL */
    uint64_t memory;      /* live: bytes of memory beyond which packets are let go */
    const char *record;   /* file that a live capture is being written to; may be NULL */
    const struct FmLesson *lesson; /* to be taught; may be NULL */
} FmAppOptions;

struct FmApp {
    const FmAppOptions *options;
    const FmCatalog *catalog;
    FmArchive *archive;
    FmScreen screen;
    FmKeys *keys;
    GKeyFile *config;
    FmPrompt *prompt;
    GPtrArray *pages; /* of FmPage: the last one is shown */

    char *filter;        /* text of the display filter; NULL: none */
    FmMatches *matches;  /* what it lets through; NULL without filter */
    GHashTable *marks;   /* numbers of marked packets */

    char *find;          /* what was last looked for */
    char *message;       /* shown in the last line until the next key */
    bool message_bad;
    unsigned count;      /* digits typed before a key */
    char pending[8];
    bool paused, quitting, dirty;
    uint32_t paused_at;  /* packets when the view was held */
    unsigned columns_chosen; /* how often: flows look anew */
    uint64_t let_go;     /* packets that are gone, to stay within options->memory */
    uint32_t rows_gone;  /* of those shown, since the filter was set */
    GThread *freeing;    /* what was let go; NULL: nothing */
    gint64 weighed;      /* when memory was last looked at: µs */
    int wake_fd;
    struct FmTeaching *teaching; /* NULL: no lesson */
};

/* Runs until the user leaves. Returns the exit status. */
int fm_app_run(const FmAppOptions *options, GError **error);

/* Opens a page on top, or shows the one of this kind that is open below. */
FmPage *fm_app_push(FmApp *app, const FmPageKind *kind, const void *argument);
void fm_app_pop(FmApp *app);
FmPage *fm_app_page(FmApp *app);

/* Says something in the last line. */
void fm_app_say(FmApp *app, const char *format, ...) G_GNUC_PRINTF(2, 3);
void fm_app_complain(FmApp *app, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Sets the display filter; an empty text takes it away. False, and the fault told, if it is none. */
bool fm_app_filter(FmApp *app, const char *text);

/* Packets shown: how many, the number of the i-th, the place of a packet or of the one behind it. */
uint32_t fm_app_shown(FmApp *app);
uint32_t fm_app_shown_at(FmApp *app, uint32_t i);
uint32_t fm_app_shown_find(FmApp *app, uint32_t number);

/* Packets there are, with those that were let go from the front; while the view is held, those there were. */
uint32_t fm_app_count(FmApp *app);

/* Does what a request asks for, as a key would. */
void fm_app_request(FmApp *app, FmRequest request, const char *argument);

/* To the clipboard (OSC 52). */
void fm_app_copy(FmApp *app, const char *text, size_t n);

/* Wakes the loop from any thread. */
void fm_app_wake(void *app);
