/* The keys of the page one comes from, out of the key map. */
#include "config.h"

#include <string.h>

#include "ui/frame.h"
#include "ui/pages.h"

typedef struct HelpView {
    GArray *rows; /* of size_t: rows of the key map; those that are everywhere come last */
    size_t special;
} HelpView;

static void help_open(FmPane *pane)
{
    HelpView *v = pane->state;
    FmApp *app = pane->app;
    unsigned where = app->pages->len ? fm_page_where(app->pages->pdata[app->pages->len > 1 ? app->pages->len - 2 : 0]) : FM_IN_ALL;
    size_t count;
    const FmCommand *commands = fm_commands(&count);
    v->rows = g_array_new(FALSE, FALSE, sizeof(size_t));
    for (int general = 0; general < 2; general++) {
        for (size_t i = 0; i < count; i++)
            if ((commands[i].where & where) && (commands[i].where == FM_IN_ALL) == general)
                g_array_append_val(v->rows, i);
        if (!general)
            v->special = v->rows->len;
    }
    pane->count = v->rows->len + 1;
}

static void help_close(FmPane *pane)
{
    g_array_unref(((HelpView *)pane->state)->rows);
}

static void help_row(FmPane *pane, size_t i, FmPen *pen)
{
    const HelpView *v = pane->state;
    if (i == v->special) {
        fm_put(pen, FM_STYLE_HEAD, "everywhere");
        fm_put_rest(pen, FM_STYLE_HEAD);
        return;
    }
    size_t row = g_array_index(v->rows, size_t, i > v->special ? i - 1 : i), count;
    const FmCommand *c = &fm_commands(&count)[row];
    fm_put_cell(pen, FM_STYLE_KEY, 18, fm_keys_of(pane->app->keys, row));
    g_autofree char *name = g_strconcat(":", c->name, NULL);
    fm_put_cell(pen, FM_STYLE_DIM, 18, name);
    fm_put(pen, FM_STYLE_NORMAL, c->help);
}

static void help_head(FmPane *pane, FmPen *pen)
{
    fm_put_cell(pen, FM_STYLE_HEAD, 18, "key");
    fm_put_cell(pen, FM_STYLE_HEAD, 18, "command");
    fm_put(pen, FM_STYLE_HEAD, "what it does");
}

static bool help_request(FmPane *pane, FmRequest request, const char *argument)
{
    if (request == FM_REQUEST_HELP || request == FM_REQUEST_ENTER)
        fm_app_pop(pane->app);
    return request == FM_REQUEST_HELP || request == FM_REQUEST_ENTER;
}

static const FmView help_view = {
    .name = "help",
    .private_size = sizeof(HelpView),
    .open = help_open,
    .close = help_close,
    .row = help_row,
    .head = help_head,
    .request = help_request,
};

const FmPageKind fm_help_page = { .name = "help", .views = { &help_view } };
