/* Choosing interfaces to capture from. */
#include "config.h"

#include "ui/chooser.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NCURSES_NOMACROS
#include <ncurses.h>

#include "capture/source_live.h"
#include "ui/keys.h"
#include "ui/terminal.h"

enum { SAMPLES = 40, SAMPLE_MS = 250, FILTER_MOST = 1000 };

typedef struct Device {
    const FmDevice *device;
    uint64_t packets, bytes;       /* counted by the system so far */
    uint64_t packet_rate, byte_rate; /* of the latest second or so */
    uint64_t history[SAMPLES];     /* packets in each sample, latest last */
    bool counted, chosen;
} Device;

typedef struct Chooser {
    FmScreen screen;
    GPtrArray *list;
    Device *devices;
    size_t count, cursor, top;
    GString *filter;
    char *trouble;  /* why the filter is none */
    bool typing, done, taken;
    char *said;
} Chooser;

/* ---- how busy interfaces are: the system counts, no privileges are needed ---- */

static bool read_count(const char *interface, const char *what, uint64_t *sum)
{
    g_autofree char *path = g_strdup_printf("/sys/class/net/%s/statistics/%s", interface, what), *text = NULL;
    if (strchr(interface, '/') || !g_file_get_contents(path, &text, NULL, NULL))
        return false;
    *sum += g_ascii_strtoull(text, NULL, 10);
    return true;
}

static void sample(Chooser *c)
{
    for (size_t i = 0; i < c->count; i++) {
        Device *d = &c->devices[i];
        uint64_t packets = 0, bytes = 0;
        bool first = !d->counted;
        d->counted = read_count(d->device->name, "rx_packets", &packets) && read_count(d->device->name, "tx_packets", &packets) &&
                     read_count(d->device->name, "rx_bytes", &bytes) && read_count(d->device->name, "tx_bytes", &bytes);
        if (d->counted && !first) {
            memmove(d->history, d->history + 1, sizeof d->history - sizeof d->history[0]);
            d->history[SAMPLES - 1] = packets - MIN(packets, d->packets);
            d->packet_rate = (d->packet_rate + d->history[SAMPLES - 1] * (1000 / SAMPLE_MS)) / 2;
            d->byte_rate = (d->byte_rate + (bytes - MIN(bytes, d->bytes)) * (1000 / SAMPLE_MS)) / 2;
        }
        d->packets = packets;
        d->bytes = bytes;
    }
}

/* ---- drawing ---- */

static void put_history(FmPen *pen, const Device *d, int columns)
{
    static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    uint64_t most = 1;
    for (unsigned i = 0; i < SAMPLES; i++)
        most = MAX(most, d->history[i]);
    for (int i = SAMPLES - MIN(columns, SAMPLES); i < SAMPLES; i++)
        fm_put(pen, FM_STYLE_GOOD, d->history[i] ? blocks[MIN(d->history[i] * 8 / most, 7)] : " ");
}

static void draw_device(Chooser *c, FmPen *pen, const Device *d)
{
    char room[32];
    fm_put(pen, FM_STYLE_MARK, d->chosen ? " ● " : "   ");
    fm_put_cell(pen, FM_STYLE_BRIGHT, 18, d->device->name);
    fm_put_cell(pen, FM_STYLE_DIM, MAX(c->screen.columns - 82, 12), d->device->description ? d->device->description : "");
    if (!d->counted) {
        fm_put(pen, FM_STYLE_DIM, "  not counted by the system");
        return;
    }
    fm_put_cell(pen, d->packet_rate ? FM_STYLE_NORMAL : FM_STYLE_DIM, -10, fm_short_size(room, d->packet_rate));
    fm_put_cell(pen, d->byte_rate ? FM_STYLE_NORMAL : FM_STYLE_DIM, -10, fm_short_size(room, d->byte_rate * 8));
    fm_put(pen, FM_STYLE_NORMAL, "  ");
    put_history(pen, d, pen->end - pen->x - 1);
}

static void draw(Chooser *c)
{
    FmScreen *s = &c->screen;
    getmaxyx(stdscr, s->rows, s->columns);
    attrset(A_NORMAL);
    erase();
    FmBox all = { 0, 0, s->rows, s->columns };
    FmPen pen = fm_pen(s, all, 0);
    fm_put(&pen, FM_STYLE_STATUS, " fathom  what shall be captured?");
    fm_put_rest(&pen, FM_STYLE_STATUS);
    pen = fm_pen(s, all, 1);
    fm_put_cell(&pen, FM_STYLE_HEAD, 21, "   interface");
    fm_put_cell(&pen, FM_STYLE_HEAD, MAX(s->columns - 82, 12), "");
    fm_put_cell(&pen, FM_STYLE_HEAD, -10, "packets/s");
    fm_put_cell(&pen, FM_STYLE_HEAD, -10, "bit/s");
    fm_put(&pen, FM_STYLE_HEAD, "  the last ten seconds");
    size_t rows = (size_t)MAX(s->rows - 5, 1);
    c->top = c->cursor < c->top ? c->cursor : c->cursor >= c->top + rows ? c->cursor - rows + 1 : c->top;
    for (size_t i = 0; i < rows && c->top + i < c->count; i++) {
        pen = fm_pen(s, all, 2 + (int)i);
        if (c->top + i == c->cursor)
            pen.over = FM_STYLE_SELECTED;
        draw_device(c, &pen, &c->devices[c->top + i]);
        if (pen.over)
            fm_put_rest(&pen, pen.over);
    }
    pen = fm_pen(s, all, s->rows - 3);
    if (c->said || c->trouble)
        fm_putf(&pen, FM_STYLE_BAD, " %s", c->said ? c->said : c->trouble);
    pen = fm_pen(s, all, s->rows - 2);
    fm_put(&pen, FM_STYLE_DIM, " capture filter: ");
    fm_put(&pen, c->trouble ? FM_STYLE_INPUT_BAD : c->typing || c->filter->len ? FM_STYLE_INPUT_GOOD : FM_STYLE_DIM, c->filter->len || c->typing ? c->filter->str : "none");
    int column = pen.x;
    static const char *const hints[] = { "Enter", "start", "Space", "more than one", "/", "capture filter", "q", "quit" };
    pen = fm_pen(s, all, s->rows - 1);
    for (size_t i = 0; i < G_N_ELEMENTS(hints); i += 2) {
        fm_putf(&pen, FM_STYLE_KEY, " %s", hints[i]);
        fm_putf(&pen, FM_STYLE_DIM, " %s", hints[i + 1]);
    }
    curs_set(c->typing ? 1 : 0);
    if (c->typing)
        move(s->rows - 2, MIN(column, s->columns - 1));
    refresh();
}

/* ---- keys ---- */

static void check_filter(Chooser *c)
{
    g_autoptr(GError) error = NULL;
    g_clear_pointer(&c->trouble, g_free);
    if (!fm_live_filter_check(c->filter->str, &error))
        c->trouble = g_strdup(error->message);
}

static void type_key(Chooser *c, const char *key)
{
    if (strcmp(key, "Enter") == 0 || strcmp(key, "Esc") == 0) {
        c->typing = false;
    } else if (strcmp(key, "Backspace") == 0) {
        if (c->filter->len)
            g_string_truncate(c->filter, (gsize)(g_utf8_prev_char(c->filter->str + c->filter->len) - c->filter->str));
    } else if (strcmp(key, "C-u") == 0) {
        g_string_truncate(c->filter, 0);
    } else if (strcmp(key, "Space") == 0 || g_utf8_strlen(key, -1) == 1) {
        if (c->filter->len < FILTER_MOST)
            g_string_append(c->filter, strcmp(key, "Space") == 0 ? " " : key);
    }
    check_filter(c);
}

static void take_key(Chooser *c, const char *key)
{
    g_clear_pointer(&c->said, g_free);
    size_t last = c->count - 1;
    if (c->typing)
        type_key(c, key);
    else if (strcmp(key, "j") == 0 || strcmp(key, "Down") == 0)
        c->cursor = MIN(c->cursor + 1, last);
    else if (strcmp(key, "k") == 0 || strcmp(key, "Up") == 0)
        c->cursor -= c->cursor > 0;
    else if (strcmp(key, "G") == 0 || strcmp(key, "End") == 0)
        c->cursor = last;
    else if (strcmp(key, "g") == 0 || strcmp(key, "Home") == 0)
        c->cursor = 0;
    else if (strcmp(key, "/") == 0)
        c->typing = true;
    else if (strcmp(key, "Space") == 0)
        c->devices[c->cursor].chosen = !c->devices[c->cursor].chosen;
    else if (strcmp(key, "Enter") == 0 && !c->trouble)
        c->done = c->taken = true;
    else if (strcmp(key, "q") == 0 || strcmp(key, "F10") == 0 || strcmp(key, "C-c") == 0)
        c->done = true;
    else
        c->said = c->trouble ? NULL : g_strdup("Enter starts; q leaves");
}

static void take_input(Chooser *c)
{
    wint_t code;
    for (int i = 0; i < 256 && !c->done; i++) {
        int kind = get_wch(&code);
        char name[16] = "";
        MEVENT event;
        if (kind == ERR)
            return;
        if (kind == KEY_CODE_YES && code == KEY_MOUSE) {
            if (getmouse(&event) == OK && event.y >= 2 && c->top + (size_t)(event.y - 2) < c->count)
                c->cursor = c->top + (size_t)(event.y - 2);
        } else if (kind != KEY_CODE_YES || code != KEY_RESIZE) {
            fm_key_name(name, (int)code, kind == KEY_CODE_YES);
        }
        if (*name)
            take_key(c, name);
    }
}

static void loop(Chooser *c)
{
    gint64 sampled = 0;
    struct pollfd fd = { STDIN_FILENO, POLLIN, 0 };
    while (!c->done) {
        gint64 now = g_get_monotonic_time();
        if (now - sampled >= SAMPLE_MS * 1000) {
            sampled = now;
            sample(c);
        }
        draw(c);
        int n = poll(&fd, 1, SAMPLE_MS);
        if ((n < 0 && errno != EINTR) || (n > 0 && (fd.revents & (POLLHUP | POLLERR))))
            return;
        take_input(c);
    }
}

bool fm_chooser_run(const char *filter, FmChoice *choice, GError **error)
{
    *choice = (FmChoice){ 0 };
    Chooser c = { .list = fm_live_devices(error) };
    if (!c.list)
        return false;
    if (!c.list->len) {
        g_set_error_literal(error, FM_TERMINAL_ERROR, FM_TERMINAL_ERROR_NONE, "interfaces: there are none that can be captured from");
        g_ptr_array_unref(c.list);
        return false;
    }
    if (!fm_terminal_start(&c.screen, error)) {
        g_ptr_array_unref(c.list);
        return false;
    }
    const char *no_color = getenv("NO_COLOR");
    fm_theme_start(&c.screen.theme, FM_BACKGROUND_UNKNOWN, no_color && *no_color);
    c.count = c.list->len;
    c.devices = g_new0(Device, c.count);
    for (size_t i = 0; i < c.count; i++)
        c.devices[i].device = c.list->pdata[i];
    c.filter = g_string_new(filter);
    check_filter(&c);
    loop(&c);
    fm_terminal_stop();
    if (c.taken) {
        choice->interfaces = g_ptr_array_new_with_free_func(g_free);
        for (size_t i = 0; i < c.count; i++)
            if (c.devices[i].chosen)
                g_ptr_array_add(choice->interfaces, g_strdup(c.devices[i].device->name));
        if (!choice->interfaces->len)
            g_ptr_array_add(choice->interfaces, g_strdup(c.devices[c.cursor].device->name));
        choice->filter = c.filter->len ? g_strdup(c.filter->str) : NULL;
    }
    g_string_free(c.filter, TRUE);
    g_free(c.trouble);
    g_free(c.said);
    g_free(c.devices);
    g_ptr_array_unref(c.list);
    return true;
}
