/* Pages on the screen. */
#include "config.h"

#include "ui/frame.h"

#include <string.h>

#include "ui/teaching.h"

#define NCURSES_NOMACROS
#include <ncurses.h>

enum { LAST_HINTS = 14 }; /* columns of the hints at the end of the last line */

/* ---- panes and lists ---- */

static void open_pane(FmPane *pane)
{
    if (pane->opened)
        return;
    pane->opened = true;
    pane->state = g_malloc0(MAX(pane->view->private_size, 1));
    if (pane->view->open)
        pane->view->open(pane);
}

FmPage *fm_page_new(FmApp *app, const FmPageKind *kind, const void *argument)
{
    FmPage *page = g_new0(FmPage, 1);
    page->kind = kind;
    page->app = app;
    page->state = g_malloc0(MAX(kind->private_size, 1));
    while (page->pane_count < FM_MOST_PANES && kind->views[page->pane_count]) {
        page->panes[page->pane_count] = (FmPane){ .view = kind->views[page->pane_count], .app = app, .page = page };
        page->pane_count++;
    }
    if (kind->open)
        kind->open(page, argument);
    return page;
}

void fm_page_free(FmPage *page)
{
    if (!page)
        return;
    for (unsigned i = 0; i < page->pane_count; i++) {
        FmPane *pane = &page->panes[i];
        if (pane->opened && pane->view->close)
            pane->view->close(pane);
        g_free(pane->state);
    }
    if (page->kind->close)
        page->kind->close(page);
    g_free(page->state);
    g_free(page);
}

FmPane *fm_page_focus(FmPage *page)
{
    return page && page->pane_count ? &page->panes[page->focus] : NULL;
}

FmPane *fm_page_pane(FmPage *page, const FmView *view)
{
    for (unsigned i = 0; i < page->pane_count; i++)
        if (page->panes[i].view == view) {
            open_pane(&page->panes[i]);
            return &page->panes[i];
        }
    return NULL;
}

void fm_pane_settle(FmPane *pane)
{
    size_t rows = (size_t)MAX(pane->box.rows, 1);
    if (pane->cursor >= pane->count)
        pane->cursor = pane->count ? pane->count - 1 : 0;
    if (pane->top > pane->cursor)
        pane->top = pane->cursor;
    if (pane->cursor >= pane->top + rows)
        pane->top = pane->cursor - rows + 1;
    if (pane->top && pane->top + rows > pane->count)
        pane->top = pane->count > rows ? pane->count - rows : 0;
}

void fm_pane_go(FmPane *pane, size_t i)
{
    size_t before = pane->cursor;
    pane->cursor = i;
    fm_pane_settle(pane);
    if (pane->cursor != before && pane->view->moved)
        pane->view->moved(pane);
}

/* A place far away comes into the middle of the pane. */
static void go_far(FmPane *pane, size_t i)
{
    size_t rows = (size_t)MAX(pane->box.rows, 1);
    if (i < pane->top || i >= pane->top + rows)
        pane->top = i > rows / 2 ? i - rows / 2 : 0;
    fm_pane_go(pane, i);
}

static bool list_request(FmPane *pane, FmRequest request, const char *argument)
{
    size_t page = (size_t)MAX(pane->box.rows - 1, 1), half = MAX(page / 2, 1), last = pane->count ? pane->count - 1 : 0;
    size_t at = pane->cursor;
    switch (request) {
    case FM_REQUEST_UP: fm_pane_go(pane, at ? at - 1 : 0); return true;
    case FM_REQUEST_DOWN: fm_pane_go(pane, MIN(at + 1, last)); return true;
    case FM_REQUEST_PAGE_UP:
        pane->top -= MIN(pane->top, page);
        fm_pane_go(pane, at - MIN(at, page));
        return true;
    case FM_REQUEST_PAGE_DOWN:
        pane->top += page;
        fm_pane_go(pane, MIN(at + page, last));
        return true;
    case FM_REQUEST_HALF_UP: fm_pane_go(pane, at - MIN(at, half)); return true;
    case FM_REQUEST_HALF_DOWN: fm_pane_go(pane, MIN(at + half, last)); return true;
    case FM_REQUEST_TOP: fm_pane_go(pane, 0); return true;
    case FM_REQUEST_BOTTOM: fm_pane_go(pane, last); return true;
    case FM_REQUEST_GO: {
        guint64 to = argument ? g_ascii_strtoull(argument, NULL, 10) : 0;
        go_far(pane, to ? MIN(to - 1, last) : 0);
        return true;
    }
    case FM_REQUEST_LEFT: pane->left -= MIN(pane->left, 8); return true;
    case FM_REQUEST_RIGHT: pane->left = MIN(pane->left + 8, 4000); return true;
    case FM_REQUEST_COPY: {
        g_auto(FmText) text = { 0 };
        FmPen pen = fm_text_pen(&text);
        if (pane->count)
            pane->view->row(pane, pane->cursor, &pen);
        fm_app_copy(pane->app, text.data, text.size);
        return true;
    }
    default: return false;
    }
}

/* ---- pages ---- */

static bool has_tab(FmPage *page, unsigned i)
{
    return !page->kind->has || page->kind->has(page, page->panes[i].view);
}

static bool pane_shown(FmPage *page, unsigned i)
{
    return page->kind->layout == FM_LAYOUT_TABS ? has_tab(page, i) : page->panes[i].box.rows > 0;
}

static void move_focus(FmPage *page, int step)
{
    for (unsigned tries = 0; tries < page->pane_count; tries++) {
        page->focus = (page->focus + page->pane_count + (unsigned)(step + (int)page->pane_count)) % page->pane_count;
        if (pane_shown(page, page->focus))
            break;
    }
    open_pane(fm_page_focus(page));
}

static bool choose_tab(FmPage *page, const char *number)
{
    unsigned n = number ? (unsigned)g_ascii_strtoull(number, NULL, 10) : 0;
    for (unsigned i = 0; i < page->pane_count; i++)
        if (has_tab(page, i) && --n == 0) {
            page->focus = i;
            open_pane(fm_page_focus(page));
            return true;
        }
    return false;
}

unsigned fm_page_where(const FmPage *page)
{
    unsigned where = FM_IN_ALL | page->kind->where | page->panes[page->focus].view->where;
    return where | (page->kind->layout == FM_LAYOUT_TABS ? FM_IN_TABS : 0);
}

bool fm_page_request(FmPage *page, FmRequest request, const char *argument)
{
    FmPane *pane = fm_page_focus(page);
    open_pane(pane);
    if (pane->view->refresh)
        pane->view->refresh(pane);
    if (pane->view->request && pane->view->request(pane, request, argument))
        return true;
    if (page->kind->request && page->kind->request(page, request, argument))
        return true;
    switch (request) {
    case FM_REQUEST_NEXT: move_focus(page, 1); return true;
    case FM_REQUEST_PREVIOUS: move_focus(page, -1); return true;
    case FM_REQUEST_TAB: return choose_tab(page, argument);
    default: return pane->view->row && list_request(pane, request, argument);
    }
}

static bool inside(FmBox box, int y, int x)
{
    return y >= box.y && y < box.y + box.rows && x >= box.x && x < box.x + box.columns;
}

static int pane_at(FmPage *page, int y, int x)
{
    for (unsigned i = 0; i < page->pane_count; i++)
        if (pane_shown(page, i) && (page->kind->layout == FM_LAYOUT_PANES || i == page->focus) && inside(page->panes[i].box, y, x))
            return (int)i;
    return -1;
}

bool fm_page_click(FmPage *page, int y, int x)
{
    for (unsigned i = 0; page->kind->layout == FM_LAYOUT_TABS && i < page->pane_count; i++)
        if (has_tab(page, i) && inside(page->tabs[i], y, x)) {
            page->focus = i;
            open_pane(fm_page_focus(page));
            return false;
        }
    int i = pane_at(page, y, x);
    if (i < 0)
        return false;
    page->focus = (unsigned)i;
    FmPane *pane = &page->panes[i];
    if (pane->view->clicked) {
        pane->view->clicked(pane, y - pane->box.y, x - pane->box.x);
        return true;
    }
    size_t row = pane->top + (size_t)(y - pane->box.y);
    if (!pane->view->row || row >= pane->count)
        return false;
    fm_pane_go(pane, row);
    return true;
}

void fm_page_wheel(FmPage *page, int y, int x, int rows)
{
    int i = pane_at(page, y, x);
    if (i < 0)
        return;
    unsigned focus = page->focus;
    page->focus = (unsigned)i;
    for (int n = 0; n < ABS(rows); n++)
        fm_page_request(page, rows < 0 ? FM_REQUEST_UP : FM_REQUEST_DOWN, NULL);
    page->focus = focus;
}

void fm_page_find(FmPage *page, const char *text, int step)
{
    FmPane *pane = fm_page_focus(page);
    if (!pane->view->row || !pane->count)
        return;
    g_autofree char *wanted = g_utf8_casefold(text, -1);
    g_auto(FmText) row = { 0 };
    for (size_t n = 1; n <= pane->count; n++) {
        size_t i = (pane->cursor + (step > 0 ? n : pane->count - n)) % pane->count;
        fm_text_reset(&row);
        FmPen pen = fm_text_pen(&row);
        pane->view->row(pane, i, &pen);
        g_autofree char *valid = g_utf8_make_valid(row.data ? row.data : "", (gssize)row.size);
        g_autofree char *folded = g_utf8_casefold(valid, -1);
        if (strstr(folded, wanted)) {
            go_far(pane, i);
            return;
        }
    }
    fm_app_complain(page->app, "\"%s\" is not here", text);
}

/* ---- drawing ---- */

static void draw_list(FmPane *pane, FmBox box, bool focused)
{
    const FmScreen *screen = &pane->app->screen;
    if (pane->view->head) {
        FmPen pen = fm_pen(screen, box, 0);
        pen.skip = pane->left;
        pane->view->head(pane, &pen);
        fm_put_rest(&pen, FM_STYLE_HEAD);
        box.y++;
        box.rows--;
    }
    int foot_rows = (int)(pane->view->foot + pane->more_foot);
    FmBox foot = { box.y + box.rows - foot_rows, box.x, foot_rows, box.columns };
    box.rows = MAX(box.rows - foot_rows, 0);
    pane->box = box;
    fm_pane_settle(pane);
    for (int i = 0; i < box.rows && pane->top + (size_t)i < pane->count; i++) {
        FmPen pen = fm_pen(screen, box, i);
        pen.skip = pane->left;
        if (pane->top + (size_t)i == pane->cursor)
            pen.over = focused ? FM_STYLE_SELECTED : FM_STYLE_SELECTED_ASIDE;
        pane->view->row(pane, pane->top + (size_t)i, &pen);
        if (pen.over != FM_STYLE_NORMAL)
            fm_put_rest(&pen, pen.over);
    }
    if (pane->view->draw_foot && foot.rows > 0)
        pane->view->draw_foot(pane, foot);
}

static void draw_pane(FmPane *pane, FmBox box, bool focused)
{
    open_pane(pane);
    if (box.rows <= 0 || box.columns <= 0)
        return;
    pane->box = box;
    if (pane->view->refresh)
        pane->view->refresh(pane);
    if (pane->view->draw)
        pane->view->draw(pane, box);
    else
        draw_list(pane, box, focused);
}

/* Where there is no room for all tabs, those before go off to the left until the focused one is in sight. */
static unsigned first_tab(FmPage *page, int columns)
{
    unsigned first = 0;
    int width = 0;
    for (unsigned i = 0; i <= page->focus; i++) {
        width += has_tab(page, i) ? (int)strlen(page->panes[i].view->name) + 3 : 0;
        for (; width > columns - 2 && first < i; first++)
            width -= has_tab(page, first) ? (int)strlen(page->panes[first].view->name) + 3 : 0;
    }
    return first;
}

static void draw_tabs(FmPage *page, FmBox *box)
{
    FmPen pen = fm_pen(&page->app->screen, *box, 0);
    unsigned first = first_tab(page, box->columns);
    bool more = false; /* than there is room for */
    for (unsigned i = 0; i < page->pane_count; i++) {
        const char *name = page->panes[i].view->name;
        page->tabs[i] = (FmBox){ 0 };
        if (i < first || more || !has_tab(page, i))
            continue;
        int from = pen.x;
        more = i != page->focus && fm_width(name, strlen(name)) + 2 > fm_pen_room(&pen);
        if (more) {
            fm_put(&pen, FM_STYLE_DIM, "▶");
            continue;
        }
        fm_putf(&pen, i == page->focus ? FM_STYLE_SELECTED : FM_STYLE_DIM, "%s%s ", first && i == first ? "◀" : " ", name);
        page->tabs[i] = (FmBox){ box->y, from, 1, pen.x - from };
        fm_put(&pen, FM_STYLE_NORMAL, " ");
    }
    box->y++;
    box->rows--;
}

static void draw_page(FmPage *page, FmBox box)
{
    if (page->kind->refresh)
        page->kind->refresh(page);
    if (page->kind->title && box.rows > 3) {
        FmPen pen = fm_pen(&page->app->screen, box, 0);
        page->kind->title(page, &pen);
        box.y++;
        box.rows--;
    }
    if (page->kind->layout == FM_LAYOUT_TABS) {
        if (!has_tab(page, page->focus))
            move_focus(page, 1);
        if (box.rows > 2)
            draw_tabs(page, &box);
        draw_pane(fm_page_focus(page), box, true);
        return;
    }
    FmBox boxes[FM_MOST_PANES] = { box };
    if (page->kind->place)
        page->kind->place(page, box, boxes);
    for (unsigned i = 0; i < page->pane_count; i++) {
        page->panes[i].box = boxes[i];
        draw_pane(&page->panes[i], boxes[i], i == page->focus);
    }
}

static void put_state(FmApp *app, FmPen *pen)
{
    const FmStyle s = FM_STYLE_STATUS;
    char room[32];
    bool loading = fm_archive_loading(app->archive);
    uint32_t count = fm_app_count(app);
    fm_putf(pen, s, "  %s packets", fm_short_count(room, count - MIN(count, fm_archive_first(app->archive) - 1)));
    if (app->matches) {
        fm_putf(pen, s, ", %s shown", fm_short_count(room, fm_app_shown(app)));
        uint32_t judged = fm_matches_judged(app->matches);
        if (judged < count && !app->options->live)
            fm_putf(pen, s, " (%u %%)", (unsigned)(100.0 * judged / MAX(count, 1)));
    }
    if (count)
        fm_putf(pen, s, "  %s", fm_short_span(room, fm_archive_time(app->archive, count)));
    if (loading && !app->options->live && app->options->size && count)
        fm_putf(pen, s, "  reading %u %%", (unsigned)MIN(100.0 * (double)fm_archive_packet(app->archive, count)->place / (double)app->options->size, 100));
    else if (loading && !app->options->live)
        fm_put(pen, s, "  reading");
    else if (loading)
        fm_put(pen, s, app->paused ? "  held" : "  live");
    else if (app->options->live)
        fm_put(pen, s, "  ended");
    if (app->let_go)
        fm_putf(pen, s, "  %s let go", fm_short_size(room, app->let_go));
    if (app->paused && loading)
        fm_putf(pen, s, ", %s behind", fm_short_count(room, fm_archive_count(app->archive) - count));
}

static void put_drops(FmApp *app, FmPen *pen)
{
    FmSource *source = fm_archive_source(app->archive);
    uint64_t dropped = 0;
    bool known = false;
    for (size_t i = 0; i < fm_source_interface_count(source); i++) {
        const FmInterface *interface = fm_source_interface(source, i);
        known |= interface->has_dropped;
        dropped += interface->has_dropped ? interface->dropped : 0;
    }
    char room[32];
    if (dropped)
        fm_putf(pen, FM_STYLE_INPUT_BAD, " %s lost in capture ", fm_short_count(room, dropped));
    else if (known && app->options->live)
        fm_put(pen, FM_STYLE_STATUS, "  0 lost");
}

static void draw_status(FmApp *app, FmBox box)
{
    FmPen pen = fm_pen(&app->screen, box, 0);
    fm_putf(&pen, FM_STYLE_STATUS, " fathom  %s", app->options->name);
    put_state(app, &pen);
    put_drops(app, &pen);
    if (!fm_archive_loading(app->archive) && fm_archive_trouble(app->archive))
        fm_put(&pen, FM_STYLE_INPUT_BAD, " damaged ");
    if (app->options->record)
        fm_putf(&pen, FM_STYLE_STATUS, "  writing %s", app->options->record);
    if (app->filter) {
        int width = fm_width(app->filter, strlen(app->filter)) + 9;
        fm_put_to(&pen, FM_STYLE_STATUS, MAX(box.columns - width, pen.x - box.x + 2));
        fm_put(&pen, FM_STYLE_STATUS, "filter: ");
        fm_put(&pen, FM_STYLE_STATUS, app->filter);
    }
    fm_put_rest(&pen, FM_STYLE_STATUS);
}

static void draw_keys(FmApp *app, FmBox box)
{
    FmPen pen = fm_pen(&app->screen, box, 0);
    if (app->message) {
        fm_putf(&pen, app->message_bad ? FM_STYLE_BAD : FM_STYLE_BRIGHT, " %s", app->message);
        return;
    }
    if (app->count) {
        fm_putf(&pen, FM_STYLE_BRIGHT, " %u", app->count);
        return;
    }
    unsigned where = fm_page_where(fm_app_page(app)) | (app->teaching ? fm_teaching_where(app->teaching) : 0);
    size_t count;
    const FmCommand *commands = fm_commands(&count);
    pen.end -= LAST_HINTS;
    for (int pass = 0; pass < 2; pass++) /* what is special here goes first */
        for (size_t i = 0; i < count; i++) {
            const FmCommand *c = &commands[i];
            if (!c->hint || !(c->where & where) || (c->where == FM_IN_ALL) != pass)
                continue;
            char key[16];
            fm_keys_first(app->keys, i, key);
            if (c->request == FM_REQUEST_HELP || c->request == FM_REQUEST_QUIT)
                continue;
            if (pen.x + (int)strlen(key) + (int)strlen(c->hint) + 2 > pen.end)
                continue;
            fm_putf(&pen, FM_STYLE_KEY, " %s", key);
            fm_putf(&pen, FM_STYLE_DIM, " %s", c->hint);
        }
    pen.end += LAST_HINTS;
    fm_put_to(&pen, FM_STYLE_NORMAL, MAX(box.columns - LAST_HINTS, pen.x - box.x)); /* always there, always at the same place */
    for (size_t i = 0; i < count; i++)
        if (commands[i].request == FM_REQUEST_HELP || commands[i].request == FM_REQUEST_QUIT) {
            char key[16];
            fm_keys_first(app->keys, i, key);
            fm_putf(&pen, FM_STYLE_KEY, " %s", key);
            fm_putf(&pen, FM_STYLE_DIM, " %s", commands[i].hint);
        }
}

void fm_frame_draw(FmApp *app)
{
    FmScreen *screen = &app->screen;
    getmaxyx(stdscr, screen->rows, screen->columns);
    attrset(A_NORMAL);
    erase();
    FmBox all = { 0, 0, screen->rows, screen->columns };
    bool typing = fm_prompt_kind(app->prompt) != FM_PROMPT_NONE;
    if (all.rows > 2)
        draw_status(app, all);
    FmBox middle = { 1, 0, MAX(all.rows - 2, 0), all.columns };
    if (app->teaching) {
        int rows = fm_teaching_rows(app->teaching, middle.rows, middle.columns);
        middle.rows -= rows;
        fm_teaching_draw(app->teaching, (FmBox){ middle.y + middle.rows, 0, rows, middle.columns });
    }
    draw_page(fm_app_page(app), middle);
    int column = 0;
    if (typing)
        column = fm_prompt_draw(app->prompt, screen, all);
    else if (all.rows > 1)
        draw_keys(app, (FmBox){ all.rows - 1, 0, 1, all.columns });
    curs_set(typing ? 1 : 0);
    if (typing)
        move(all.rows - 1, MIN(column, all.columns - 1));
    refresh();
}
