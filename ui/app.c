/* The program in the terminal: loop, status line, key line, stack of pages. */
#include "config.h"

#include "ui/app.h"

#include <errno.h>
#include <langinfo.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define NCURSES_NOMACROS
#include <ncurses.h>

#include "ui/frame.h"
#include "ui/pages.h"
#include "ui/teaching.h"
#include "ui/terminal.h"

enum { WAIT_MS = 250, STEP_MS = 100, LEAST_KEPT = 20000 };

/* ---- messages, marks, filter ---- */

static void say(FmApp *app, bool bad, const char *format, va_list args) G_GNUC_PRINTF(3, 0);

static void say(FmApp *app, bool bad, const char *format, va_list args)
{
    g_free(app->message);
    app->message = g_strdup_vprintf(format, args);
    app->message_bad = bad;
    app->dirty = true;
}

void fm_app_say(FmApp *app, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(app, false, format, args);
    va_end(args);
}

void fm_app_complain(FmApp *app, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(app, true, format, args);
    va_end(args);
}

void fm_app_wake(void *data)
{
    const FmApp *app = data;
    uint64_t one = 1;
    if (write(app->wake_fd, &one, sizeof one) < 0) {
        /* it is awake already */
    }
}

bool fm_app_filter(FmApp *app, const char *text)
{
    g_autofree char *stripped = g_strstrip(g_strdup(text ? text : ""));
    g_autoptr(FmFilter) filter = NULL;
    if (*stripped) {
        g_autoptr(GError) error = NULL;
        filter = fm_filter_compile(app->catalog, stripped, NULL, NULL, NULL, &error);
        if (!filter) {
            fm_app_complain(app, "%s", error->message);
            return false;
        }
    }
    fm_matches_free(app->matches);
    app->matches = NULL;
    app->rows_gone = 0;
    g_free(app->filter);
    app->filter = filter ? g_steal_pointer(&stripped) : NULL;
    if (filter)
        app->matches = fm_matches_new(app->archive, g_steal_pointer(&filter), fm_app_wake, app);
    app->dirty = true;
    return true;
}

uint32_t fm_app_count(FmApp *app)
{
    uint32_t count = fm_archive_count(app->archive);
    return app->paused ? MIN(count, app->paused_at) : count;
}

uint32_t fm_app_shown(FmApp *app)
{
    if (!app->matches)
        return fm_app_count(app) - MIN(fm_app_count(app), fm_archive_first(app->archive) - 1);
    return app->paused ? fm_matches_find(app->matches, app->paused_at + 1) : fm_matches_count(app->matches);
}

uint32_t fm_app_shown_at(FmApp *app, uint32_t i)
{
    return app->matches ? fm_matches_at(app->matches, i) : fm_archive_first(app->archive) + i;
}

uint32_t fm_app_shown_find(FmApp *app, uint32_t number)
{
    uint32_t first = fm_archive_first(app->archive);
    if (number < first)
        return 0;
    return app->matches ? fm_matches_find(app->matches, number) : MIN(number, fm_archive_count(app->archive) + 1) - first;
}

void fm_app_copy(FmApp *app, const char *text, size_t n)
{
    g_autofree char *encoded = g_base64_encode((const guchar *)text, MIN(n, (size_t)74994));
    fm_terminal_write("\033]52;c;");
    fm_terminal_write(encoded);
    fm_terminal_write("\a");
    fm_app_say(app, "copied");
}

/* ---- pages ---- */

FmPage *fm_app_page(FmApp *app)
{
    return app->pages->len ? app->pages->pdata[app->pages->len - 1] : NULL;
}

FmPage *fm_app_push(FmApp *app, const FmPageKind *kind, const void *argument)
{
    FmPage *page = fm_page_new(app, kind, argument);
    g_ptr_array_add(app->pages, page);
    app->dirty = true;
    return page;
}

void fm_app_pop(FmApp *app)
{
    if (app->pages->len <= 1) {
        app->quitting = true;
        return;
    }
    g_ptr_array_set_size(app->pages, (gint)app->pages->len - 1);
    app->dirty = true;
}

/* ---- requests ---- */

static void open_prompt(FmApp *app, FmPromptKind kind, const char *text)
{
    fm_prompt_at(app->prompt, fm_page_where(fm_app_page(app)) | (app->teaching ? fm_teaching_where(app->teaching) : 0));
    fm_prompt_open(app->prompt, kind, text);
    app->dirty = true;
}

static void go_back(FmApp *app)
{
    if (app->pages->len > 1)
        fm_app_pop(app);
    else if (app->filter)
        fm_app_filter(app, NULL);
    else
        fm_app_say(app, "q leaves");
}

static void set_theme(FmApp *app, const char *name)
{
    FmBackground now = app->screen.theme.background;
    FmBackground to = !name ? (now == FM_BACKGROUND_DARK ? FM_BACKGROUND_LIGHT : FM_BACKGROUND_DARK)
                      : g_str_has_prefix(name, "l") ? FM_BACKGROUND_LIGHT
                                                    : FM_BACKGROUND_DARK;
    fm_theme_start(&app->screen.theme, to, name && g_str_has_prefix(name, "p"));
    clearok(curscr, TRUE);
}

static void pause_view(FmApp *app)
{
    app->paused = !app->paused;
    app->paused_at = fm_archive_count(app->archive);
    fm_app_say(app, app->paused ? "view held; packets are still taken in" : "view goes on");
}

static void stop_capture(FmApp *app)
{
    fm_archive_stop(app->archive);
    uint64_t one = 1;
    if (app->options->stop_fd >= 0 && write(app->options->stop_fd, &one, sizeof one) < 0)
        fm_app_complain(app, "%s", g_strerror(errno));
}

static void find_again(FmApp *app, int step)
{
    if (!app->find)
        open_prompt(app, FM_PROMPT_FIND, NULL);
    else
        fm_page_find(fm_app_page(app), app->find, step);
}

static bool core_request(FmApp *app, FmRequest request, const char *argument)
{
    switch (request) {
    case FM_REQUEST_FILTER: argument ? (void)fm_app_filter(app, argument) : open_prompt(app, FM_PROMPT_FILTER, app->filter); return true;
    case FM_REQUEST_COMMAND: open_prompt(app, FM_PROMPT_COMMAND, NULL); return true;
    case FM_REQUEST_FIND:
        if (argument) {
            g_free(app->find);
            app->find = g_strdup(argument);
            find_again(app, 1);
        } else {
            open_prompt(app, FM_PROMPT_FIND, NULL);
        }
        return true;
    case FM_REQUEST_FIND_NEXT: find_again(app, 1); return true;
    case FM_REQUEST_FIND_PREVIOUS: find_again(app, -1); return true;
    case FM_REQUEST_ADD: open_prompt(app, FM_PROMPT_ADD, argument); return true;
    case FM_REQUEST_BACK: go_back(app); return true;
    case FM_REQUEST_QUIT: fm_app_pop(app); return true;
    case FM_REQUEST_HELP: fm_app_push(app, &fm_help_page, NULL); return true;
    case FM_REQUEST_STATISTICS: fm_app_push(app, &fm_statistics_page, NULL); return true;
    case FM_REQUEST_THEME: set_theme(app, argument); return true;
    case FM_REQUEST_REDRAW: clearok(curscr, TRUE); return true;
    case FM_REQUEST_PAUSE: pause_view(app); return true;
    case FM_REQUEST_STOP: stop_capture(app); return true;
    case FM_REQUEST_SAVE:
        if (argument)
            fm_app_save(app, argument);
        else
            open_prompt(app, FM_PROMPT_SAVE, NULL);
        return true;
    default: return false;
    }
}

void fm_app_request(FmApp *app, FmRequest request, const char *argument)
{
    app->dirty = true;
    if (app->teaching && fm_teaching_request(app->teaching, request, argument))
        return;
    if (!fm_page_request(fm_app_page(app), request, argument))
        core_request(app, request, argument);
}

static void run_command(FmApp *app, const char *text)
{
    g_autofree char *line = g_strstrip(g_strdup(text));
    if (g_ascii_isdigit(*line)) {
        fm_app_request(app, FM_REQUEST_GO, line);
        return;
    }
    char *argument = line + strcspn(line, " ");
    if (*argument)
        *argument++ = '\0';
    const FmCommand *command = fm_command_named(line);
    if (command)
        fm_app_request(app, command->request, *argument ? g_strstrip(argument) : NULL);
    else if (*line)
        fm_app_complain(app, "there is no command \"%s\"; Tab completes", line);
}

static void end_prompt(FmApp *app, FmPromptKind kind, FmPromptEnd how)
{
    app->dirty = true;
    if (how != FM_PROMPT_ACCEPTED)
        return;
    const char *text = fm_prompt_text(app->prompt);
    switch (kind) {
    case FM_PROMPT_FILTER: fm_app_filter(app, text); break;
    case FM_PROMPT_COMMAND: run_command(app, text); break;
    case FM_PROMPT_FIND:
        if (*text)
            fm_app_request(app, FM_REQUEST_FIND, text);
        break;
    case FM_PROMPT_ADD:
        if (*text)
            fm_app_request(app, FM_REQUEST_ADD, text);
        break;
    case FM_PROMPT_SAVE: fm_app_request(app, FM_REQUEST_SAVE, text); break;
    default: break;
    }
}

/* ---- keys ---- */

static void take_key(FmApp *app, const char *name)
{
    app->dirty = true;
    g_clear_pointer(&app->message, g_free);
    FmPromptKind kind = fm_prompt_kind(app->prompt);
    if (kind != FM_PROMPT_NONE) {
        FmPromptEnd how = fm_prompt_key(app->prompt, name);
        if (how != FM_PROMPT_TYPING)
            end_prompt(app, kind, how);
        return;
    }
    FmPage *page = fm_app_page(app);
    bool tabs = page->kind->layout == FM_LAYOUT_TABS;
    if (g_ascii_isdigit(name[0]) && !name[1]) {
        if (tabs) {
            fm_app_request(app, FM_REQUEST_TAB, name);
            return;
        }
        app->count = MIN(app->count * 10 + (unsigned)(name[0] - '0'), 1u << 28);
        return;
    }
    bool wait = false;
    unsigned where = fm_page_where(page) | (app->teaching ? fm_teaching_where(app->teaching) : 0);
    FmRequest request = fm_keys_find(app->keys, name, where, app->pending, &wait);
    if (wait)
        return;
    char number[16];
    g_snprintf(number, sizeof number, "%u", app->count);
    bool counted = app->count && (request == FM_REQUEST_BOTTOM || request == FM_REQUEST_TOP);
    app->count = 0;
    if (counted)
        fm_app_request(app, FM_REQUEST_GO, number);
    else if (request != FM_REQUEST_NONE)
        fm_app_request(app, request, NULL);
}

static void take_mouse(FmApp *app)
{
    MEVENT event;
    if (getmouse(&event) != OK || fm_prompt_kind(app->prompt) != FM_PROMPT_NONE)
        return;
    app->dirty = true;
    g_clear_pointer(&app->message, g_free);
    FmPage *page = fm_app_page(app);
    if (event.bstate & BUTTON4_PRESSED)
        fm_page_wheel(page, event.y, event.x, -3);
    else if (event.bstate & BUTTON5_PRESSED)
        fm_page_wheel(page, event.y, event.x, 3);
    else if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
        fm_page_click(page, event.y, event.x);
    else if ((event.bstate & BUTTON1_DOUBLE_CLICKED) && fm_page_click(page, event.y, event.x))
        fm_app_request(app, FM_REQUEST_ENTER, NULL);
}

/* All that is there to be read: keys come in bursts when they are pasted or repeated. */
static void take_input(FmApp *app)
{
    wint_t code;
    for (int i = 0; i < 256 && !app->quitting; i++) {
        int kind = get_wch(&code);
        if (kind == ERR)
            return;
        if (kind == KEY_CODE_YES && code == KEY_MOUSE) {
            take_mouse(app);
        } else if (kind == KEY_CODE_YES && code == KEY_RESIZE) {
            app->dirty = true;
        } else {
            char name[16];
            fm_key_name(name, (int)code, kind == KEY_CODE_YES);
            if (*name)
                take_key(app, name);
        }
    }
}

/* ---- the loop ---- */

static void start_archive(FmApp *app, FmSource *source, FmSecrets *secrets)
{
    app->archive = fm_archive_new(app->catalog, source, fm_app_wake, app);
    fm_archive_take_secrets(app->archive, secrets);
    fm_archive_summarize(app->archive);
    fm_archive_start(app->archive);
}

/* Bytes of memory that are in use, all in all. */
static uint64_t memory_used(void)
{
    g_autofree char *text = NULL;
    unsigned long all = 0, resident = 0;
    if (!g_file_get_contents("/proc/self/statm", &text, NULL, NULL) || sscanf(text, "%lu %lu", &all, &resident) != 2)
        return 0;
    return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static gpointer free_archive(gpointer archive)
{
    fm_archive_free(archive);
    malloc_trim(0);
    return NULL;
}

static void tell_gone(FmApp *app)
{
    char room[32], size[32];
    fm_app_say(app, "%s packets let go to stay within %s of memory; --memory gives more, w saves before", fm_short_count(room, app->let_go),
               fm_short_bytes(size, app->options->memory));
}

static gboolean is_gone(gpointer number, gpointer value, gpointer first)
{
    return GPOINTER_TO_UINT(number) < GPOINTER_TO_UINT(first);
}

/* The oldest packets go: one cannot look at what comes and keep everything. */
static void let_oldest_go(FmApp *app, uint32_t count)
{
    uint32_t before = fm_archive_first(app->archive), first = fm_archive_forget(app->archive, count);
    app->let_go += first - before;
    app->rows_gone += app->matches ? fm_matches_forget(app->matches, first) : first - before;
    g_hash_table_foreach_remove(app->marks, is_gone, GUINT_TO_POINTER(first));
    malloc_trim(0);
    tell_gone(app);
}

/* Where that does not help, because of what flows have to remember, all that was taken in goes, and capturing goes on with the same
 * source. */
static void let_all_go(FmApp *app)
{
    bool packets = fm_app_page(app) && fm_app_page(app)->kind == &fm_packets_page;
    g_ptr_array_set_size(app->pages, 0);
    g_autofree char *filter = g_strdup(app->filter);
    g_clear_pointer(&app->matches, fm_matches_free);
    g_clear_pointer(&app->filter, g_free);
    FmSecrets *secrets;
    FmSource *source = fm_archive_leave(app->archive, &secrets);
    app->let_go += fm_archive_count(app->archive) - (fm_archive_first(app->archive) - 1);
    FmArchive *gone = g_steal_pointer(&app->archive);
    start_archive(app, source, secrets);
    g_clear_pointer(&app->freeing, g_thread_join);
    app->freeing = g_thread_new("free", free_archive, gone); /* packets do not wait for it */
    g_hash_table_remove_all(app->marks);
    app->paused = false;
    app->rows_gone = 0;
    if (filter)
        fm_app_filter(app, filter);
    fm_app_push(app, fm_pages_home(app), NULL);
    if (packets)
        fm_app_push(app, &fm_packets_page, NULL);
    tell_gone(app);
}

static void weigh(FmApp *app)
{
    gint64 now = g_get_monotonic_time();
    if (!app->options->live || !app->options->memory || now - app->weighed < WAIT_MS * 1000 || !fm_archive_loading(app->archive))
        return;
    app->weighed = now;
    uint32_t held = fm_archive_count(app->archive) - (fm_archive_first(app->archive) - 1);
    if (memory_used() <= app->options->memory)
        return;
    if (held > LEAST_KEPT)
        let_oldest_go(app, held / 4);
    else if (fm_archive_count(app->archive) > LEAST_KEPT)
        let_all_go(app);
}

static bool anything_moves(FmApp *app)
{
    bool taught = app->teaching && fm_teaching_tick(app->teaching);
    FmPane *pane = fm_page_focus(fm_app_page(app));
    return (pane && pane->opened && pane->view->tick && pane->view->tick(pane)) || taught;
}

/* A terminal that is gone ends the program. */
static void loop(FmApp *app, int signal_fd)
{
    struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 }, { app->wake_fd, POLLIN, 0 }, { signal_fd, POLLIN, 0 } };
    app->dirty = true;
    gint64 stepped = 0, drawn = 0;
    bool news = false; /* that a live view shows at its next turn */
    while (!app->quitting) {
        if (app->dirty) {
            app->dirty = news = false;
            fm_frame_draw(app);
            drawn = g_get_monotonic_time();
        }
        bool live = fm_archive_loading(app->archive) && app->options->live;
        FmPane *pane = fm_page_focus(fm_app_page(app));
        bool moves = (pane && pane->view->tick) || (app->teaching && fm_teaching_moves(app->teaching));
        int timeout = moves || (live && news) ? STEP_MS : -1;
        int n = poll(fds, G_N_ELEMENTS(fds), timeout);
        if (n < 0 && errno != EINTR)
            break;
        if (n > 0 && fds[2].revents) /* SIGTERM and its like */
            break;
        if (n > 0 && (fds[0].revents & (POLLHUP | POLLERR)))
            break;
        take_input(app); /* also after EINTR: the size may have changed */
        uint64_t woken;
        if (n > 0 && fds[1].revents && read(app->wake_fd, &woken, sizeof woken) > 0)
            news = true;
        weigh(app);
        gint64 now = g_get_monotonic_time();
        app->dirty |= news && (!live || now - drawn >= WAIT_MS * 1000);
        if (now - stepped >= STEP_MS * 1000) {
            stepped = now;
            app->dirty |= anything_moves(app);
        }
    }
}

static int catch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void page_free(gpointer page)
{
    fm_page_free(page);
}

static void start_app(FmApp *app)
{
    app->catalog = app->options->catalog;
    app->config = g_key_file_new();
    g_autofree char *path = g_build_filename(g_get_user_config_dir(), "fathom", "fathom.conf", NULL);
    g_key_file_load_from_file(app->config, path, G_KEY_FILE_NONE, NULL);
    g_autoptr(GPtrArray) complaints = g_ptr_array_new_with_free_func(g_free);
    app->keys = fm_keys_new(app->config, complaints);
    app->prompt = fm_prompt_new(app->catalog);
    app->pages = g_ptr_array_new_with_free_func(page_free);
    app->marks = g_hash_table_new(NULL, NULL);
    start_archive(app, app->options->source, app->options->secrets ? app->options->secrets : fm_secrets_new());
    if (complaints->len)
        fm_app_complain(app, "%s", (const char *)complaints->pdata[0]);
    if (app->options->filter)
        fm_app_filter(app, app->options->filter);
}

static void end_app(FmApp *app)
{
    stop_capture(app);
    fm_teaching_free(app->teaching);
    g_ptr_array_unref(app->pages);
    fm_matches_free(app->matches);
    fm_archive_free(app->archive);
    g_clear_pointer(&app->freeing, g_thread_join);
    fm_prompt_free(app->prompt);
    fm_keys_free(app->keys);
    g_key_file_unref(app->config);
    g_hash_table_unref(app->marks);
    g_free(app->filter);
    g_free(app->find);
    g_free(app->message);
}

int fm_app_run(const FmAppOptions *options, GError **error)
{
    FmApp app = { .options = options };
    int signal_fd = catch_signals();
    app.wake_fd = fm_terminal_event();
    if (!fm_terminal_start(&app.screen, error)) {
        fm_source_free(options->source);
        return 1;
    }
    start_app(&app);
    g_autofree char *background = g_key_file_get_string(app.config, "fathom", "background", NULL);
    FmBackground known = g_strcmp0(background, "light") == 0  ? FM_BACKGROUND_LIGHT
                         : g_strcmp0(background, "dark") == 0 ? FM_BACKGROUND_DARK
                                                              : FM_BACKGROUND_UNKNOWN;
    const char *no_color = getenv("NO_COLOR");
    fm_theme_start(&app.screen.theme, known, no_color && *no_color);
    fm_app_push(&app, fm_pages_home(&app), NULL);
    app.teaching = options->lesson ? fm_teaching_new(&app, options->lesson, error) : NULL;
    bool good = app.teaching || !options->lesson;
    if (good)
        loop(&app, signal_fd);
    fm_terminal_stop();
    end_app(&app);
    close(app.wake_fd);
    close(signal_fd);
    return good ? 0 : 1;
}
