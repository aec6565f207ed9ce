/* The page of one flow. */
#include "config.h"

#include "ui/flow.h"

#include <string.h>

#include "flow/flow.h"
#include "summary/flow_columns.h"
#include "ui/pages.h"

static void flow_open(FmPage *page, const void *argument)
{
    FmFlowPage *flow = page->state;
    const FmFlowArgument *a = argument;
    flow->kind = a->kind;
    flow->number = a->number;
    flow->packet = a->packet;
    flow->side = -1;
    flow->gather = fm_gather_new(page->app->archive, a->kind, a->number, fm_app_wake, page->app);
    flow->viewer = fm_viewer_new(page->app->archive, true);
    fm_viewer_want(flow->viewer, NULL, true, true, true);
    if (a->kind != FM_FLOW_TCP)
        page->focus = 1;
}

static void flow_close(FmPage *page)
{
    FmFlowPage *flow = page->state;
    fm_gather_free(flow->gather);
    fm_viewer_free(flow->viewer);
    g_free(flow->layer);
}

static void flow_title(FmPage *page, FmPen *pen)
{
    FmFlowPage *flow = page->state;
    FmApp *app = page->app;
    g_auto(FmText) text = { 0 };
    fm_archive_hold(app->archive);
    const FmFlowRecord *record = fm_summary_find(fm_archive_summary(app->archive), flow->kind, flow->number);
    if (record) {
        fm_text_printf(&text, " %u  ", flow->number);
        fm_flow_end_text(&text, record, record->client);
        fm_text_put(&text, " → ");
        fm_flow_server_text(&text, record);
        fm_text_put(&text, "   ");
        fm_flow_stack_text(&text, record);
        fm_text_put(&text, "   ");
        fm_flow_state_text(&text, record);
    }
    fm_archive_release(app->archive);
    fm_put_n(pen, FM_STYLE_BRIGHT, text.data ? text.data : "", text.size);
    size_t count;
    fm_track_steps(fm_gather_hold(flow->gather), &count, NULL);
    fm_gather_release(flow->gather);
    char room[32];
    g_autofree char *packets = g_strdup_printf("   %s packets%s", fm_short_count(room, count), fm_gather_done(flow->gather) ? "" : " so far");
    if (fm_width(packets, strlen(packets)) <= fm_pen_room(pen))
        fm_put(pen, FM_STYLE_DIM, packets);
}

bool fm_flow_has_protocol(FmPage *page, const char *name)
{
    const FmFlowPage *flow = page->state;
    bool found = false;
    fm_archive_hold(page->app->archive);
    const FmFlowRecord *record = fm_summary_find(fm_archive_summary(page->app->archive), flow->kind, flow->number);
    for (unsigned i = 0; record && i < record->protocol_count; i++)
        found |= g_str_has_prefix(record->protocols[i], name);
    fm_archive_release(page->app->archive);
    return found;
}

/* Only tabs that have something to say. */
static bool flow_has(FmPage *page, const FmView *view)
{
    const FmFlowPage *flow = page->state;
    if (view == &fm_tls_view)
        return fm_flow_has_protocol(page, "TLS") || fm_flow_has_protocol(page, "DTLS") || fm_flow_has_protocol(page, "QUIC");
    if (view == &fm_media_view)
        return fm_flow_has_protocol(page, "STUN") || fm_flow_has_protocol(page, "RTP") || fm_flow_has_protocol(page, "SRTP") || fm_flow_has_protocol(page, "RTCP");
    if (view == &fm_streams_view)
        return fm_flow_has_protocol(page, "h2") || fm_flow_has_protocol(page, "HTTP2") || fm_flow_has_protocol(page, "QUIC") || fm_flow_has_protocol(page, "gRPC");
    return flow->kind == FM_FLOW_TCP || view == &fm_ladder_view || view == &fm_follow_view || view == &fm_header_view;
}

size_t fm_flow_step(FmFlowPage *flow, const FmStep *steps, size_t count)
{
    size_t from = 0, to = count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (steps[middle].number <= flow->packet)
            from = middle + 1;
        else
            to = middle;
    }
    return from ? from - 1 : 0;
}

unsigned fm_flow_side_of(FmFlowPage *flow, const FmFlowRecord *record)
{
    if (flow->side >= 0 || !record)
        return flow->side > 0;
    return record->payload[1] > record->payload[0];
}

void fm_flow_stand_at(FmPage *page, uint32_t packet, const char *layer)
{
    FmFlowPage *flow = fm_flow_of(page);
    flow->packet = packet;
    if (layer) {
        g_free(flow->layer);
        flow->layer = g_strdup(layer);
    }
    page->app->dirty = true;
}

void fm_flow_show_packet(FmPage *page, uint32_t number)
{
    FmFlowPage *flow = page->state;
    g_autofree char *filter = fm_flow_filter(page->app, flow->kind, flow->number);
    fm_app_push(page->app, &fm_packets_page, &(FmPacketsArgument){ .number = number, .filter = filter });
}

static bool flow_request(FmPage *page, FmRequest request, const char *argument)
{
    FmFlowPage *flow = page->state;
    switch (request) {
    case FM_REQUEST_PACKETS: fm_flow_show_packet(page, flow->packet); return true;
    case FM_REQUEST_SWAP: {
        const FmTrack *track = fm_gather_hold(flow->gather);
        flow->side = !fm_flow_side_of(flow, fm_track_flow(track));
        fm_gather_release(flow->gather);
        return true;
    }
    default: return false;
    }
}

const FmPageKind fm_flow_page = {
    .name = "flow",
    .where = FM_IN_FLOW,
    .layout = FM_LAYOUT_TABS,
    .views = { &fm_story_view, &fm_ladder_view, &fm_window_view, &fm_sequence_view, &fm_sliding_view, &fm_streams_view, &fm_tls_view, &fm_follow_view,
               &fm_media_view, &fm_header_view },
    .private_size = sizeof(FmFlowPage),
    .open = flow_open,
    .close = flow_close,
    .title = flow_title,
    .has = flow_has,
    .request = flow_request,
};
