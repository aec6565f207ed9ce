/* The page of packets: list, tree and bytes, linked both ways. */
#include "config.h"

#include "ui/packets.h"

#include <string.h>

#include "model/format.h"
#include "ui/flow.h"
#include "ui/pages.h"

enum { WIDE = 150, BYTES_COLUMNS = 78 };

static void packets_open(FmPage *page, const void *argument)
{
    FmPackets *p = page->state;
    FmApp *app = page->app;
    p->rows = fm_viewer_new(app->archive, true);
    p->detail = fm_viewer_new(app->archive, true);
    fm_viewer_want(p->detail, NULL, true, true, true);
    p->rules = fm_rules_new(app->catalog);
    fm_rules_want(p->rules, p->rows);
    g_autofree uint64_t *wanted = g_new0(uint64_t, fm_catalog_words(app->catalog));
    bool info = false;
    fm_columns_wants(app->options->columns, wanted, &info);
    fm_viewer_want(p->rows, wanted, false, false, info);
    p->open = g_hash_table_new(NULL, NULL);
    p->extra = g_ptr_array_new();
    p->colors = !g_key_file_has_key(app->config, "fathom", "colors", NULL) || g_key_file_get_boolean(app->config, "fathom", "colors", NULL);
    p->follow_end = app->options->live;
    p->share = 50;
    const FmPacketsArgument *a = argument;
    p->number = a ? a->number : 0;
    p->pointed = a && a->field ? fm_catalog_find(app->catalog, a->field) : NULL;
    if (p->pointed)
        p->share = 30;
    p->filtered = a && a->filter;
    if (p->filtered) {
        p->filter_before = g_strdup(app->filter);
        fm_app_filter(app, a->filter);
    }
}

static void packets_close(FmPage *page)
{
    FmPackets *p = page->state;
    if (p->filtered)
        fm_app_filter(page->app, p->filter_before);
    g_free(p->filter_before);
    fm_viewer_free(p->rows);
    fm_viewer_free(p->detail);
    fm_rules_free(p->rules);
    g_hash_table_unref(p->open);
    g_ptr_array_unref(p->extra);
}

/* Selects the first node of the field that was asked for. */
static void point(FmPackets *p)
{
    for (uint32_t i = 0; p->packet && i < p->packet->node_count; i++)
        for (size_t k = 0; k < p->pointed->id_count; k++)
            if (p->packet->nodes[i].field == p->pointed->ids[k] && !p->opening) {
                p->node = i + 1;
                p->opening = true;
            }
    p->pointed = NULL;
}

const FmPacket *fm_packets_packet(FmPage *page)
{
    FmPackets *p = page->state;
    if (!p->packet && p->number && p->number <= fm_archive_count(page->app->archive) && !p->there_is_more) {
        p->packet = fm_viewer_packet(p->detail, p->number, 0);
        p->there_is_more = !p->packet;
        p->generation++;
        p->byte = 0;
        p->buffer = 0;
        if (p->pointed)
            point(p);
    }
    return p->packet;
}

void fm_packets_go(FmPage *page, uint32_t number)
{
    FmPackets *p = page->state;
    if (p->number == number)
        return;
    p->number = number;
    p->packet = NULL;
    p->there_is_more = false;
    p->generation++;
}

void fm_packets_select(FmPage *page, uint32_t index, bool from_bytes)
{
    FmPackets *p = page->state;
    const FmPacket *packet = fm_packets_packet(page);
    if (!packet || index >= packet->node_count)
        return;
    const FmNode *node = &packet->nodes[index];
    p->node = index + 1;
    if (from_bytes) {
        p->generation++;
    } else if (node->buffer < packet->buffer_count && node->length) {
        p->buffer = node->buffer;
        p->byte = node->offset;
    }
}

/* ---- filters from values ---- */

static void put_quoted(FmText *out, FmSlice bytes)
{
    fm_text_char(out, '"');
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t c = bytes.data[i];
        if (c == '"' || c == '\\')
            fm_text_char(out, '\\');
        if (c >= ' ' && c < 0x7f)
            fm_text_char(out, (char)c);
        else
            fm_text_printf(out, "\\x%02x", c);
    }
    fm_text_char(out, '"');
}

char *fm_packets_filter_of(const FmPacket *packet, const FmNode *node)
{
    const FmField *field = fm_node_field(packet, node);
    if (!field->abbrev || node->field == FM_ID_TEXT)
        return NULL;
    g_auto(FmText) text = { 0 };
    fm_text_put(&text, field->abbrev);
    if (field->type != FM_PROTOCOL && field->type != FM_NONE && field->type != FM_EXPERT) {
        fm_text_literal(&text, " == ");
        FmSlice bytes = fm_node_bytes(packet, node);
        if (fm_type_is_string(field->type))
            put_quoted(&text, bytes);
        else if (field->type == FM_BYTES || field->type == FM_UINT_BYTES)
            bytes.size ? fm_text_bytes(&text, (FmSlice){ bytes.data, MIN(bytes.size, 64) }, ':') : fm_text_literal(&text, "\"\"");
        else if (field->type == FM_ABSOLUTE_TIME) {
            fm_text_char(&text, '"');
            fm_format_value(&text, packet, node, true);
            fm_text_char(&text, '"');
        } else
            fm_format_value(&text, packet, node, true);
    }
    return g_strdup(fm_text_string(&text));
}

/* ---- layout ---- */

static void packets_place(FmPage *page, FmBox box, FmBox *boxes)
{
    const FmPackets *p = page->state;
    memset(boxes, 0, 3 * sizeof *boxes);
    if (p->maximized || box.rows < 9) {
        boxes[page->focus] = box;
        return;
    }
    int list = MAX(box.rows * p->share / 100, 3), rest = box.rows - list;
    boxes[0] = (FmBox){ box.y, box.x, list, box.columns };
    if (box.columns >= WIDE) {
        int tree = box.columns - BYTES_COLUMNS;
        boxes[1] = (FmBox){ box.y + list, box.x, rest, tree };
        boxes[2] = (FmBox){ box.y + list, box.x + tree, rest, BYTES_COLUMNS };
        return;
    }
    int bytes = MAX(rest * 2 / 5, 3);
    boxes[1] = (FmBox){ box.y + list, box.x, rest - bytes, box.columns };
    boxes[2] = (FmBox){ box.y + box.rows - bytes, box.x, bytes, box.columns };
}

static void show_flow(FmPage *page)
{
    const FmPackets *p = page->state;
    const FmIndexed *packet = p->number ? fm_archive_packet(page->app->archive, p->number) : NULL;
    if (packet && packet->kind)
        fm_app_push(page->app, &fm_flow_page, &(FmFlowArgument){ packet->kind, packet->flow, p->number });
    else
        fm_app_say(page->app, "this packet belongs to no flow");
}

static bool packets_request(FmPage *page, FmRequest request, const char *argument)
{
    FmPackets *p = page->state;
    switch (request) {
    case FM_REQUEST_MAXIMIZE: p->maximized = !p->maximized; return true;
    case FM_REQUEST_WIDER: p->share = MIN(p->share + 5, 85); return true;
    case FM_REQUEST_NARROWER: p->share = MAX(p->share - 5, 15); return true;
    case FM_REQUEST_ENTER: page->focus = 1; return true;
    case FM_REQUEST_BACK:
        if (page->focus == 0)
            return false;
        page->focus = 0;
        return true;
    case FM_REQUEST_FLOW: show_flow(page); return true;
    case FM_REQUEST_GO: {
        uint32_t number = (uint32_t)MIN(argument ? g_ascii_strtoull(argument, NULL, 10) : 0, G_MAXUINT32);
        if (!number || number > fm_app_count(page->app)) {
            fm_app_complain(page->app, "there is no packet %s", argument ? argument : "");
            return true;
        }
        if (number < fm_archive_first(page->app->archive)) {
            fm_app_complain(page->app, "packet %u was let go", number);
            return true;
        }
        uint32_t at = fm_app_shown_find(page->app, number);
        fm_pane_go(fm_page_pane(page, &fm_list_view), at);
        if (fm_app_shown_at(page->app, at) != number)
            fm_app_say(page->app, "packet %u does not pass the filter", number);
        return true;
    }
    default: return false;
    }
}

const FmPageKind fm_packets_page = {
    .name = "packets",
    .where = FM_IN_PACKET_PAGE,
    .layout = FM_LAYOUT_PANES,
    .views = { &fm_list_view, &fm_tree_view, &fm_bytes_view },
    .private_size = sizeof(FmPackets),
    .open = packets_open,
    .close = packets_close,
    .place = packets_place,
    .request = packets_request,
};
