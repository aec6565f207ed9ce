/* The key map. Help, hints in the last line and names of commands come from this table. */
#include "config.h"

#include "ui/keys.h"

#include <stdio.h>
#include <string.h>

#include <ncurses.h>

static const FmCommand commands[] = {
    { FM_REQUEST_STEP_ON, "step-on", "Space PgDn", "go on", "a lesson's next step; for the presenter its next sentence", FM_IN_LESSON },
    { FM_REQUEST_STEP_BACK, "step-back", "PgUp ,", "go back", "the step before", FM_IN_LESSON },
    { FM_REQUEST_STEP_HERE, "step-here", ".", "here again", "back to where the step plays", FM_IN_LESSON },
    { FM_REQUEST_LESSON_PLAY, "lesson-play", "P", "play", "step by itself, or no longer", FM_IN_LESSON },
    { FM_REQUEST_PRESENTER, "presenter", "F5 B", "present", "one sentence at a time, large", FM_IN_LESSON },
    { FM_REQUEST_ANSWER_A, "answer-a", "a", NULL, "first answer", FM_IN_QUESTION },
    { FM_REQUEST_ANSWER_B, "answer-b", "b", NULL, "second answer", FM_IN_QUESTION },
    { FM_REQUEST_ANSWER_C, "answer-c", "c", NULL, "third answer", FM_IN_QUESTION },
    { FM_REQUEST_ANSWER_D, "answer-d", "d", NULL, "fourth answer", FM_IN_QUESTION },
    { FM_REQUEST_ANSWER_E, "answer-e", "e", NULL, "fifth answer", FM_IN_QUESTION },
    { FM_REQUEST_ANSWER_F, "answer-f", "f", NULL, "sixth answer", FM_IN_QUESTION },

    { FM_REQUEST_UP, "up", "k Up", NULL, "one line up", FM_IN_ALL },
    { FM_REQUEST_DOWN, "down", "j Down", NULL, "one line down", FM_IN_ALL },
    { FM_REQUEST_PAGE_UP, "page-up", "PgUp C-b", NULL, "one page up", FM_IN_ALL },
    { FM_REQUEST_PAGE_DOWN, "page-down", "PgDn", NULL, "one page down", FM_IN_ALL },
    { FM_REQUEST_HALF_UP, "half-up", "C-u", NULL, "half a page up", FM_IN_ALL },
    { FM_REQUEST_HALF_DOWN, "half-down", "C-d", NULL, "half a page down", FM_IN_ALL },
    { FM_REQUEST_TOP, "top", "gg Home", NULL, "to the first line", FM_IN_ALL },
    { FM_REQUEST_BOTTOM, "bottom", "G End", NULL, "to the last line; with a number before it: to that packet", FM_IN_ALL },
    { FM_REQUEST_LEFT, "left", "h Left", NULL, "left; in the tree: close, or to the parent", FM_IN_ALL },
    { FM_REQUEST_RIGHT, "right", "l Right", NULL, "right; in the tree: open", FM_IN_ALL },

    { FM_REQUEST_ENTER, "enter", "Enter", "open", "what is selected, in more detail", FM_IN_ALL },
    { FM_REQUEST_BACK, "back", "Backspace Esc", "back", "to where one was; leaves a filter", FM_IN_ALL },
    { FM_REQUEST_NEXT, "next", "Tab", "next", "next pane or tab", FM_IN_PACKET_PAGE | FM_IN_TABS },
    { FM_REQUEST_PREVIOUS, "previous", "S-Tab", NULL, "pane or tab before", FM_IN_PACKET_PAGE | FM_IN_TABS },
    { FM_REQUEST_TAB, "tab", "1 2 3 4 5 6 7 8 9", NULL, "tab by its number", FM_IN_TABS },
    { FM_REQUEST_FILTER, "filter", "/", "filter", "type a display filter for packets and flows", FM_IN_ALL },
    { FM_REQUEST_FIND, "find", "C-f F3", "find", "find text, 0x and hex digits, or a filter in [ ]", FM_IN_ALL },
    { FM_REQUEST_FIND_NEXT, "find-next", "n", NULL, "find the next", FM_IN_ALL },
    { FM_REQUEST_FIND_PREVIOUS, "find-previous", "N", NULL, "find the one before", FM_IN_ALL },
    { FM_REQUEST_COMMAND, "command", ":", NULL, "type a command by its name", FM_IN_ALL },
    { FM_REQUEST_GO, "go", "", NULL, "go to a packet: number as argument", FM_IN_PACKET_PAGE },

    { FM_REQUEST_OPEN_ALL, "open-all", "+", NULL, "open everything below", FM_IN_TREE },
    { FM_REQUEST_CLOSE_ALL, "close-all", "-", NULL, "close everything", FM_IN_TREE },
    { FM_REQUEST_APPLY, "apply", "a", "apply", "filter by this field", FM_IN_TREE },
    { FM_REQUEST_APPLY_NOT, "apply-not", "A", NULL, "filter out this field", FM_IN_TREE },
    { FM_REQUEST_PREPARE, "prepare", "e", NULL, "put this field into the filter line", FM_IN_TREE },
    { FM_REQUEST_COLUMN, "column", "C", NULL, "show this field as a column, or no longer", FM_IN_TREE },
    { FM_REQUEST_FLOW, "flow", "f", "flow", "the flow of this packet", FM_IN_PACKET_PAGE },
    { FM_REQUEST_MARK, "mark", "m Space", "mark", "mark", FM_IN_PACKETS | FM_IN_FLOWS },
    { FM_REQUEST_NEXT_MARK, "next-mark", "'", NULL, "to the next marked one", FM_IN_PACKETS },
    { FM_REQUEST_REFERENCE, "reference", "T", NULL, "count time from this packet, or no longer", FM_IN_PACKETS },
    { FM_REQUEST_TIME, "time", "t", NULL, "next way to show time", FM_IN_PACKETS },
    { FM_REQUEST_COLORS, "colors", "c", NULL, "colour rules on or off", FM_IN_PACKETS },
    { FM_REQUEST_COPY, "copy", "y", NULL, "copy the line to the clipboard", FM_IN_ALL },
    { FM_REQUEST_FOLLOW_END, "follow-end", "F", NULL, "stay at the end while packets come", FM_IN_PACKETS },
    { FM_REQUEST_MAXIMIZE, "maximize", "\\ z", "zoom", "this pane alone, or all of them", FM_IN_PACKET_PAGE },
    { FM_REQUEST_WIDER, "wider", ">", NULL, "more room for the list", FM_IN_PACKET_PAGE },
    { FM_REQUEST_NARROWER, "narrower", "<", NULL, "less room for the list", FM_IN_PACKET_PAGE },

    { FM_REQUEST_PACKETS, "packets", "p F6", "packets", "the packets of it", FM_IN_FLOWS | FM_IN_TABS },
    { FM_REQUEST_ALL, "all-packets", "a F7", "all packets", "all packets that the filter lets through", FM_IN_FLOWS },
    { FM_REQUEST_SORT, "sort", "s", "sort", "sort by the next column", FM_IN_FLOWS },
    { FM_REQUEST_SORT_BACK, "sort-back", "S", NULL, "sort by the column before", FM_IN_FLOWS },
    { FM_REQUEST_REVERSE, "reverse", "r", NULL, "sort the other way round", FM_IN_FLOWS },
    { FM_REQUEST_GROUP, "group", "g", "group", "group by host, by service, or not", FM_IN_FLOWS },
    { FM_REQUEST_COLUMNS, "columns", "c", "columns", "choose columns", FM_IN_FLOWS },
    { FM_REQUEST_MARK, "choose", "Space", "choose", "show it, or no longer", FM_IN_CHOICES },
    { FM_REQUEST_HIDE, "hide", "H", "hide closed", "hide closed flows, or show them", FM_IN_FLOWS },

    { FM_REQUEST_ZOOM_IN, "zoom-in", "+", "in", "nearer", FM_IN_PLOT | FM_IN_LANES | FM_IN_GRAPH },
    { FM_REQUEST_ZOOM_OUT, "zoom-out", "-", "out", "farther", FM_IN_PLOT | FM_IN_LANES | FM_IN_GRAPH },
    { FM_REQUEST_ZOOM_ALL, "zoom-all", "0", "all", "everything", FM_IN_PLOT | FM_IN_LANES | FM_IN_GRAPH },
    { FM_REQUEST_NEXT_EVENT, "next-event", "]", "event", "next loss, retransmission or change", FM_IN_PLOT | FM_IN_STEPS },
    { FM_REQUEST_PREVIOUS_EVENT, "previous-event", "[", NULL, "the one before", FM_IN_PLOT | FM_IN_STEPS },
    { FM_REQUEST_SWAP, "swap", "x", "other side", "the other direction; one side, or both", FM_IN_PLOT | FM_IN_STEPS | FM_IN_FOLLOW },
    { FM_REQUEST_PLAY, "play", "Space", "play", "play, or stop", FM_IN_STEPS },
    { FM_REQUEST_FORMAT, "format", "v", "format", "as it fits, as text, as bytes", FM_IN_FOLLOW },
    { FM_REQUEST_LEVEL, "level", "d", "level", "content, decrypted, transport", FM_IN_FOLLOW },

    { FM_REQUEST_ADD, "add-curve", "a", "add", "one more curve: type its filter", FM_IN_GRAPH },
    { FM_REQUEST_REMOVE, "remove-curve", "x", NULL, "take the last curve away", FM_IN_GRAPH },
    { FM_REQUEST_FORMAT, "unit", "v", "unit", "packets, bytes or bits each second", FM_IN_GRAPH },
    { FM_REQUEST_WIDER, "longer", ">", "longer", "longer intervals", FM_IN_GRAPH },
    { FM_REQUEST_NARROWER, "shorter", "<", "shorter", "shorter intervals", FM_IN_GRAPH },

    { FM_REQUEST_STATISTICS, "statistics", "i F9", "statistics", "tables of the whole capture", FM_IN_PACKET_PAGE | FM_IN_FLOWS },
    { FM_REQUEST_SAVE, "save", "w F2", NULL, "write the packets shown, or what was followed, into a file", FM_IN_PACKET_PAGE | FM_IN_FLOWS | FM_IN_TABS },
    { FM_REQUEST_PAUSE, "pause", "P", NULL, "live: hold the view while capturing goes on", FM_IN_PACKETS | FM_IN_FLOWS },
    { FM_REQUEST_STOP, "stop", "E", NULL, "live: end the capture", FM_IN_PACKETS | FM_IN_FLOWS },
    { FM_REQUEST_THEME, "theme", "", NULL, "dark, light, or plain: as argument", FM_IN_ALL },
    { FM_REQUEST_REDRAW, "redraw", "C-l", NULL, "draw the screen anew", FM_IN_ALL },
    { FM_REQUEST_HELP, "help", "? F1", "help", "this list", FM_IN_ALL },
    { FM_REQUEST_QUIT, "quit", "q ZZ F10", "quit", "leave this page, and the program from the first one", FM_IN_ALL },
};

struct FmKeys {
    char *keys[G_N_ELEMENTS(commands)];
};

const FmCommand *fm_commands(size_t *count)
{
    *count = G_N_ELEMENTS(commands);
    return commands;
}

FmKeys *fm_keys_new(GKeyFile *file, GPtrArray *complain)
{
    FmKeys *keys = g_new0(FmKeys, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        keys->keys[i] = g_strdup(commands[i].keys);
    g_auto(GStrv) names = file ? g_key_file_get_keys(file, "keys", NULL, NULL) : NULL;
    for (char **name = names; name && *name; name++) {
        bool known = false;
        for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
            if (strcmp(commands[i].name, *name) == 0) {
                g_free(keys->keys[i]);
                keys->keys[i] = g_key_file_get_string(file, "keys", *name, NULL);
                known = true;
            }
        if (!known && complain)
            g_ptr_array_add(complain, g_strdup_printf("configuration: there is no command \"%s\"", *name));
    }
    return keys;
}

void fm_keys_free(FmKeys *keys)
{
    if (!keys)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        g_free(keys->keys[i]);
    g_free(keys);
}

const char *fm_keys_of(const FmKeys *keys, size_t row)
{
    return keys->keys[row];
}

void fm_keys_first(const FmKeys *keys, size_t row, char *name)
{
    g_strlcpy(name, keys->keys[row], 16);
    name[strcspn(name, " ")] = '\0';
}

void fm_key_name(char *name, int code, bool special)
{
    static const struct {
        int code;
        const char *name;
    } named[] = {
        { KEY_UP, "Up" }, { KEY_DOWN, "Down" }, { KEY_LEFT, "Left" }, { KEY_RIGHT, "Right" }, { KEY_PPAGE, "PgUp" },
        { KEY_NPAGE, "PgDn" }, { KEY_HOME, "Home" }, { KEY_END, "End" }, { KEY_BTAB, "S-Tab" }, { KEY_BACKSPACE, "Backspace" },
        { KEY_DC, "Del" }, { KEY_IC, "Ins" }, { KEY_ENTER, "Enter" }, { KEY_A1, "Home" }, { KEY_C1, "End" },
    };
    name[0] = '\0';
    if (special) {
        if (code >= KEY_F(1) && code <= KEY_F(12))
            snprintf(name, 16, "F%d", code - KEY_F(0));
        for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
            if (named[i].code == code)
                g_strlcpy(name, named[i].name, 16);
        return;
    }
    switch (code) {
    case '\r': case '\n': g_strlcpy(name, "Enter", 16); return;
    case '\t': g_strlcpy(name, "Tab", 16); return;
    case ' ': g_strlcpy(name, "Space", 16); return;
    case 27: g_strlcpy(name, "Esc", 16); return;
    case 8: case 127: g_strlcpy(name, "Backspace", 16); return;
    default: break;
    }
    if (code < ' ')
        snprintf(name, 16, "C-%c", code | 0x60);
    else
        name[g_unichar_to_utf8((gunichar)code, name)] = '\0';
}

/* Is `key` one of `list`? *begins: is it the first of a key of two letters? */
static bool listed(const char *list, const char *key, bool *begins)
{
    size_t size = strlen(key);
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        if (n == size && memcmp(at, key, n) == 0)
            return true;
        if (size == 1 && n == 2 && at[0] == at[1] && at[0] == key[0])
            *begins = true;
        at += n;
    }
    return false;
}

FmRequest fm_keys_find(const FmKeys *keys, const char *name, unsigned where, char *pending, bool *wait)
{
    char key[32];
    snprintf(key, sizeof key, "%s%s", pending, name);
    pending[0] = '\0';
    bool begins = false;
    for (int general = 0; general < 2; general++) /* what is special goes before what is everywhere */
        for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
            if ((commands[i].where & where) && (commands[i].where == FM_IN_ALL) == general && listed(keys->keys[i], key, &begins))
                return commands[i].request;
    if (begins && !strchr(key, '-')) {
        g_strlcpy(pending, key, 8);
        *wait = true;
    }
    return FM_REQUEST_NONE;
}

const FmCommand *fm_command_named(const char *name)
{
    const FmCommand *found = NULL;
    size_t size = strlen(name);
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
        if (size && strncmp(commands[i].name, name, size) == 0) {
            if (found)
                return NULL;
            found = &commands[i];
        }
    }
    return found;
}
