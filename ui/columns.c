/* Which columns the flows have. */
#include "config.h"

#include <string.h>

#include "summary/flow_columns.h"
#include "ui/pages.h"

typedef struct ColumnsView {
    bool *shown; /* by place in fm_flow_columns */
} ColumnsView;

static void columns_open(FmPane *pane)
{
    ColumnsView *v = pane->state;
    g_auto(GStrv) names = g_key_file_get_string_list(pane->app->config, "flows", "columns", NULL, NULL);
    v->shown = g_new0(bool, fm_flow_column_count);
    for (size_t i = 0; i < fm_flow_column_count; i++)
        v->shown[i] = names ? g_strv_contains((const char *const *)names, fm_flow_columns[i].name) : fm_flow_columns[i].rank > 0;
    pane->count = fm_flow_column_count;
}

static void columns_close(FmPane *pane)
{
    g_free(((ColumnsView *)pane->state)->shown);
}

static void columns_row(FmPane *pane, size_t i, FmPen *pen)
{
    const ColumnsView *v = pane->state;
    const FmFlowColumn *column = &fm_flow_columns[i];
    fm_put(pen, v->shown[i] ? FM_STYLE_GOOD : FM_STYLE_DIM, v->shown[i] ? " ✓ " : "   ");
    fm_put_cell(pen, v->shown[i] ? FM_STYLE_NORMAL : FM_STYLE_DIM, 20, column->title);
    fm_put_cell(pen, FM_STYLE_DIM, 20, column->name);
    if (column->people_only)
        fm_put(pen, FM_STYLE_DIM, "a picture");
}

static void columns_head(FmPane *pane, FmPen *pen)
{
    fm_put(pen, FM_STYLE_HEAD, "   ");
    fm_put_cell(pen, FM_STYLE_HEAD, 20, "column");
    fm_put(pen, FM_STYLE_HEAD, "in the configuration file");
}

/* At least one stays. */
static void turn(FmPane *pane)
{
    ColumnsView *v = pane->state;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    v->shown[pane->cursor] = !v->shown[pane->cursor];
    for (size_t i = 0; i < fm_flow_column_count; i++)
        if (v->shown[i])
            g_ptr_array_add(names, (gpointer)(uintptr_t)fm_flow_columns[i].name);
    if (!names->len) {
        v->shown[pane->cursor] = true;
        fm_app_complain(pane->app, "one column stays");
        return;
    }
    g_key_file_set_string_list(pane->app->config, "flows", "columns", (const char *const *)names->pdata, names->len);
    pane->app->columns_chosen++;
}

static bool columns_request(FmPane *pane, FmRequest request, const char *argument)
{
    if ((request != FM_REQUEST_ENTER && request != FM_REQUEST_MARK) || pane->cursor >= fm_flow_column_count)
        return false;
    turn(pane);
    return true;
}

static const FmView columns_view = {
    .name = "columns",
    .where = FM_IN_LIST | FM_IN_CHOICES,
    .private_size = sizeof(ColumnsView),
    .open = columns_open,
    .close = columns_close,
    .row = columns_row,
    .head = columns_head,
    .request = columns_request,
};

const FmPageKind fm_columns_page = { .name = "columns", .layout = FM_LAYOUT_PANES, .views = { &columns_view } };
