/* What commands that look at packets have in common: tshark's options for input, options of their own, and the way through a capture. */
#pragma once

#include "options.h"
#include "record.h"
#include "session/session.h"

typedef struct FmOwnOption { /* "--sort NAME", "--sort=NAME", or "--json" where there is no value */
    const char *name;
    const char **value; /* NULL: takes none */
    bool *given;        /* may be NULL */
} FmOwnOption;

typedef struct FmReading {
    FmOptions *options;
    FmCatalog *catalog;
    FmColumns *columns;
    FmSource *source;   /* the session's */
    FmSession *session;
    FmRecord *record;   /* -w, -a */
    const char *writes; /* a file or folder that the command is yet to write; else it may not */
    bool confined;      /* fm_reading_run finds itself in its sandbox already */
    char **words;       /* the command line without the options of its own */
} FmReading;

enum { FM_COMMAND_GOOD, FM_COMMAND_USAGE, FM_COMMAND_FAILED, FM_COMMAND_GO_ON = -1 };

/* Reads the command line (argv[0] is the verb) and makes the catalog. `own` ends with a NULL name. Prints `help` where that is asked
 * for. FM_COMMAND_GO_ON, or the program's exit status: everything is told then. */
int fm_reading_start(FmReading *r, int argc, char **argv, const FmOwnOption *own, const char *help);

/* Opens the capture. The caller then says to r->session what it wants. */
int fm_reading_open(FmReading *r);

/* False: enough. */
typedef struct FmReader {
    bool (*packet)(void *data, const FmPacket *packet, bool match);
    bool (*wait)(void *data); /* live, nothing came for a while; may be NULL */
    void *data;
} FmReader;

/* Shows all packets to the reader, and does what -w and -a ask for. The exit status: a capture that ends in the middle of a frame is told and fails after all that was
 * good. */
int fm_reading_run(FmReading *r, const FmReader *reader);

void fm_reading_clear(FmReading *r);

/* "3", "tcp:3", "udp 3": a flow. */
bool fm_reading_flow(const char *text, unsigned *kind, uint32_t *number);

/* The words, with "--output" for "-o": that is a preference elsewhere; where a command has one, it names a file, unless what follows looks
 * like a preference. Free with g_free; the words themselves are borrowed. */
char **fm_reading_with_output(int argc, char **argv);

/* Tells an error; returns `status`. */
int fm_reading_complain(int status, const GError *error);
