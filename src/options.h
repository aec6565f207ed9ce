/* The command line, as text: names are checked when the catalog is there. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "output/printer.h"

typedef struct FmCaptureOptions { /* of one interface; the numbers are 0 where nothing was said */
    char *interface;
    char *filter;               /* BPF */
    char *link_type, *time_stamp_type;
    uint64_t snap_length, buffer_mib;
    bool not_promiscuous, monitor;
} FmCaptureOptions;

typedef struct FmOptions {
    enum {
        FM_ACTION_RUN, FM_ACTION_HELP, FM_ACTION_VERSION, FM_ACTION_GLOSSARY, FM_ACTION_LIST_INTERFACES, FM_ACTION_LIST_LINK_TYPES,
        FM_ACTION_LIST_TIME_STAMPS, FM_ACTION_LIST_FORMATS, FM_ACTION_LIST_STATISTICS,
    } action;
    bool help_all;              /* --help=all */
    char *glossary;             /* -G; "fields" if nothing was said */

    char *read_file;            /* -r */
    bool positional_file;       /* the file was named without -r */
    GPtrArray *interfaces;      /* -i: FmCaptureOptions, in order */
    FmCaptureOptions capture;   /* defaults for the interfaces that follow */
    GPtrArray *autostop, *ring; /* -a, -b: "duration:10", in order */

    char *write_file, *write_format; /* -w, -F */
    char *capture_comment;
    GPtrArray *exports;         /* --export-objects */
    char *export_keys;          /* --export-tls-session-keys: a file */
    bool inject_secrets;        /* --inject-secrets: into the file that is written */
    bool group_access;          /* -g */

    uint64_t count;             /* -c; 0: no limit */
    uint64_t session_reset;     /* -M; 0: never */
    uint64_t memory_mib;        /* --memory: of the terminal UI on a live capture */
    bool two_pass;              /* -2 */
    char *read_filter;          /* -R */
    char *display_filter;       /* -Y, or the trailing words with -r */
    char *capture_filter_words; /* the trailing words without -r */

    GPtrArray *preferences;     /* -o: "name:value" */
    GPtrArray *decode_as;       /* -d */
    GPtrArray *statistics;      /* -z */
    GPtrArray *plugins;         /* --plugin: files */
    GPtrArray *switches;        /* protocols by name: "+dns" switches on, "-dns" off, in order */
    char *open;                 /* -O: comma-separated protocols */
    char *time_format, *seconds_format; /* -t, -u */

    bool quiet, quieter;        /* -q, -Q */
    bool flush;                 /* -l */
    bool print;                 /* -P */
    bool details, hex;          /* -V or -O, -x */
    FmPrintOptions shown;       /* catalog and columns are filled by the batch run */
} FmOptions;

/* Reads the words. On error NULL with error set: one line that says what is wrong. */
FmOptions *fm_options_parse(int argc, char **argv, GError **error);
void fm_options_free(FmOptions *options);

/* What -h and -v print. */
void fm_options_help(FmText *out, bool all);
void fm_options_version(FmText *out);

typedef enum FmOptionError { FM_OPTION_ERROR_USAGE } FmOptionError;
#define FM_OPTION_ERROR (g_quark_from_static_string("fathom-options"))

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmOptions, fm_options_free)
