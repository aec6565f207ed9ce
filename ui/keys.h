/* Requests: what a user may ask for, by key or by name; and the key map that leads to them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <glib.h>

typedef enum FmRequest {
    FM_REQUEST_NONE,
    /* moving: the core does these for lists, pictures may take them themselves */
    FM_REQUEST_UP, FM_REQUEST_DOWN, FM_REQUEST_PAGE_UP, FM_REQUEST_PAGE_DOWN, FM_REQUEST_HALF_UP, FM_REQUEST_HALF_DOWN, FM_REQUEST_TOP,
    FM_REQUEST_BOTTOM, FM_REQUEST_LEFT, FM_REQUEST_RIGHT, FM_REQUEST_GO,
    FM_REQUEST_ENTER, FM_REQUEST_BACK, FM_REQUEST_NEXT, FM_REQUEST_PREVIOUS, FM_REQUEST_TAB, FM_REQUEST_MAXIMIZE, FM_REQUEST_WIDER,
    FM_REQUEST_NARROWER,
    /* text at the bottom */
    FM_REQUEST_FILTER, FM_REQUEST_COMMAND, FM_REQUEST_FIND, FM_REQUEST_FIND_NEXT, FM_REQUEST_FIND_PREVIOUS,
    /* packets */
    FM_REQUEST_OPEN_ALL, FM_REQUEST_CLOSE_ALL, FM_REQUEST_APPLY, FM_REQUEST_APPLY_NOT, FM_REQUEST_PREPARE, FM_REQUEST_MARK,
    FM_REQUEST_NEXT_MARK, FM_REQUEST_REFERENCE, FM_REQUEST_TIME, FM_REQUEST_COLORS, FM_REQUEST_COPY, FM_REQUEST_FOLLOW_END,
    FM_REQUEST_COLUMN,
    /* flows and pictures */
    FM_REQUEST_PACKETS, FM_REQUEST_ALL, FM_REQUEST_FLOW, FM_REQUEST_SORT, FM_REQUEST_SORT_BACK, FM_REQUEST_REVERSE, FM_REQUEST_HIDE, FM_REQUEST_GROUP, FM_REQUEST_COLUMNS,
    FM_REQUEST_ZOOM_IN, FM_REQUEST_ZOOM_OUT, FM_REQUEST_ZOOM_ALL, FM_REQUEST_NEXT_EVENT, FM_REQUEST_PREVIOUS_EVENT, FM_REQUEST_SWAP,
    FM_REQUEST_PLAY, FM_REQUEST_FORMAT, FM_REQUEST_LEVEL, FM_REQUEST_ADD, FM_REQUEST_REMOVE,
    /* lessons */
    FM_REQUEST_STEP_ON, FM_REQUEST_STEP_BACK, FM_REQUEST_STEP_HERE, FM_REQUEST_LESSON_PLAY, FM_REQUEST_PRESENTER, FM_REQUEST_ANSWER_A,
    FM_REQUEST_ANSWER_B, FM_REQUEST_ANSWER_C, FM_REQUEST_ANSWER_D, FM_REQUEST_ANSWER_E, FM_REQUEST_ANSWER_F,
    /* the program */
    FM_REQUEST_STATISTICS, FM_REQUEST_SAVE, FM_REQUEST_PAUSE, FM_REQUEST_STOP, FM_REQUEST_THEME, FM_REQUEST_REDRAW, FM_REQUEST_HELP,
    FM_REQUEST_QUIT,
    FM_REQUESTS
} FmRequest;

/* Where a key means something: views and pages say which of these they are. */
enum {
    FM_IN_ALL = 1, FM_IN_LIST = 2, FM_IN_PACKETS = 4, FM_IN_TREE = 8, FM_IN_BYTES = 16, FM_IN_PACKET_PAGE = 32, FM_IN_FLOWS = 64,
    FM_IN_TABS = 128, FM_IN_PLOT = 256, FM_IN_FLOW = 512, FM_IN_LADDER = 1024, FM_IN_STEPS = 2048, FM_IN_FOLLOW = 4096, FM_IN_LANES = 8192, FM_IN_GRAPH = 16384, FM_IN_CHOICES = 32768,
    FM_IN_LESSON = 1 << 20, FM_IN_QUESTION = 1 << 21,
};

typedef struct FmCommand { /* a row of the key map */
    FmRequest request;
    const char *name; /* after ":" and in the configuration file */
    const char *keys; /* "j Down": separated by spaces */
    const char *hint; /* a word for the last line, or NULL */
    const char *help;
    unsigned where;
} FmCommand;

typedef struct FmKeys FmKeys;

/* The default keys, changed by what group [keys] of `file` says (may be NULL): "name = key key". What is unknown there is told
 * by `complain` (g_strdup'ed lines, may be NULL). */
FmKeys *fm_keys_new(GKeyFile *file, GPtrArray *complain);
void fm_keys_free(FmKeys *keys);

/* Name of a key as ncurses gives it (`special`: a KEY_… code, otherwise a character): "j", "Down", "C-f". Into `name` (16 bytes). */
void fm_key_name(char *name, int code, bool special);

/* What a key asks for in these places. Keys of two letters ("gg"): `pending` (8 bytes) holds the first; *wait is set when another
 * one is needed. */
FmRequest fm_keys_find(const FmKeys *keys, const char *name, unsigned where, char *pending, bool *wait);

/* The rows, and the keys of one of them as the user has them. */
const FmCommand *fm_commands(size_t *count);
const char *fm_keys_of(const FmKeys *keys, size_t row);

/* The first key of a row, for hints. Into `name` (16 bytes). */
void fm_keys_first(const FmKeys *keys, size_t row, char *name);

/* Row of a command by its name or the unambiguous beginning of it; NULL if there is none. */
const FmCommand *fm_command_named(const char *name);
