/* A call: how it was set up, which addresses were tried, and how its media fared. */
#include "config.h"

#include "summary/media.h"

#include <inttypes.h>
#include <string.h>

#include "model/asked.h"
#include "session/survey.h"
#include "summary/webrtc.h"
#include "ui/flow.h"
#include "ui/lines.h"
#include "ui/pages.h"

enum { LABEL = 12, SHOWN_PAIRS = 24 };

typedef struct MediaObserver {
    FmObserver observer;
    FmMedia *media;
    FmWebrtc *webrtc;
} MediaObserver;

typedef struct MediaView {
    FmSurvey *survey;
    FmLines *lines;
    uint32_t seen;
    int columns;
} MediaView;

static void observe(FmObserver *observer, const FmPacket *packet)
{
    MediaObserver *o = (MediaObserver *)observer;
    fm_media_packet(o->media, packet);
    fm_webrtc_packet(o->webrtc, packet);
}

static void observer_free(FmObserver *observer)
{
    MediaObserver *o = (MediaObserver *)observer;
    fm_media_free(o->media);
    fm_webrtc_free(o->webrtc);
    g_free(observer);
}

static void media_open(FmPane *pane)
{
    MediaView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    const FmCatalog *catalog = pane->app->catalog;
    MediaObserver *o = g_new0(MediaObserver, 1);
    o->media = fm_media_new(catalog, flow->kind, flow->number);
    o->webrtc = fm_webrtc_new(catalog);
    o->observer = (FmObserver){ .packet = observe, .free = observer_free };
    o->observer.wanted = g_memdup2(o->media->asked->bits, fm_catalog_words(catalog) * sizeof(uint64_t));
    for (size_t i = 0; i < fm_catalog_words(catalog); i++)
        o->observer.wanted[i] |= fm_webrtc_wanted(o->webrtc)[i];
    FmObserver *observers[] = { &o->observer };
    v->survey = fm_survey_new(pane->app->archive, observers, 1, fm_app_wake, pane->app);
    v->lines = fm_lines_new();
}

static void media_close(FmPane *pane)
{
    MediaView *v = pane->state;
    fm_survey_free(v->survey);
    fm_lines_free(v->lines);
}

/* ---- the session ---- */

static void add_stages(MediaView *v, const FmWebrtcSession *session)
{
    static const char *const names[FM_WEBRTC_STAGES] = { "signalling", "ICE", "DTLS", "until ready" };
    static const char *const styles[FM_WEBRTC_STAGES] = { FM_PROTO, FM_WAIT, FM_MARKED, FM_GOOD };
    FmTime stages[FM_WEBRTC_STAGES], all = 0;
    if (!fm_webrtc_stages(session, stages))
        return;
    for (unsigned i = 0; i < FM_WEBRTC_STAGES; i++)
        all += MAX(stages[i], 0);
    g_auto(FmText) bar = { 0 }, legend = { 0 };
    for (unsigned i = 0; i < FM_WEBRTC_STAGES && all > 0; i++) {
        char span[32];
        fm_text_put(&bar, styles[i]);
        int width = (int)((double)MAX(stages[i], 0) / (double)all * MAX(v->columns - 20, 20) + 0.5);
        for (int c = 0; c < width; c++)
            fm_text_put(&bar, i % 2 ? "▒" : "█");
        if (stages[i] > 0)
            fm_text_printf(&legend, "%s%s %s  ", styles[i], names[i], fm_short_span(span, stages[i]));
    }
    if (bar.size) {
        fm_lines_add(v->lines, 1, true, 0, "%s", fm_text_string(&bar));
        fm_lines_add(v->lines, 1, true, 0, "%s", fm_text_string(&legend));
    }
}

static void add_session(MediaView *v, const FmWebrtcSession *session)
{
    fm_lines_heading(v->lines, "the session");
    for (unsigned topic = 0; topic < FM_WEBRTC_TOPICS; topic++) {
        g_auto(FmText) text = { 0 }, escaped = { 0 };
        fm_webrtc_text(&text, session, (FmWebrtcTopic)topic);
        fm_text_escaped(&escaped, text.data ? text.data : "", text.size);
        if (text.size)
            fm_lines_add_broken(v->lines, 1, 0, v->columns, LABEL, FM_DIM "%-*s" FM_PLAIN "%s", LABEL, fm_webrtc_topic((FmWebrtcTopic)topic), fm_text_string(&escaped));
    }
    add_stages(v, session);
}

static void add_steps(MediaView *v, const FmWebrtcSession *session)
{
    static const char *const names[FM_WEBRTC_STEPS] = { "offer", "answer", "first check of connectivity", "first answer to one", "a pair is nominated", "DTLS begins",
                                                        "DTLS is done: keys for SRTP", "SCTP is associated", "first data channel", "first media" };
    fm_lines_heading(v->lines, "step by step");
    for (unsigned i = 0; i < FM_WEBRTC_STEPS; i++) {
        char span[32];
        const FmWebrtcMark *mark = &session->steps[i];
        if (mark->packet)
            fm_lines_add(v->lines, 1, true, (uint32_t)mark->packet, FM_DIM "%10s  " FM_PLAIN "%s", fm_short_span(span, mark->time - session->first), names[i]);
    }
}

/* ---- who could reach whom ---- */

static void add_pairs(MediaView *v, const FmMedia *media, uint32_t flow)
{
    if (!media->pairs->len)
        return;
    fm_lines_heading(v->lines, "checks of connectivity: who could reach whom");
    for (guint i = 0; i < media->pairs->len && i < SHOWN_PAIRS; i++) {
        const FmMediaPair *p = media->pairs->pdata[i];
        char rtt[32];
        g_autofree char *ends = g_strdup_printf("%s → %s", p->ends[0], p->ends[1]);
        const char *sign = p->answers ? FM_GOOD "✓" : FM_BAD "✗";
        fm_lines_add(v->lines, 1, true, p->first_packet, "%s " FM_PLAIN "%s" FM_DIM "  %" PRIu64 " checks, %" PRIu64 " answers%s%s%s", sign, ends, p->checks, p->answers,
                     p->rtt ? ", " : "", p->rtt ? fm_short_span(rtt, p->rtt) : "", p->flow == flow ? FM_BRIGHT "  this flow" : "");
    }
    if (media->pairs->len > SHOWN_PAIRS)
        fm_lines_add(v->lines, 1, true, 0, FM_DIM "and %u more", media->pairs->len - SHOWN_PAIRS);
}

/* ---- media ---- */

static void add_stream(MediaView *v, const FmMediaStream *s, const FmFlowRecord *record)
{
    char rate[32], span[32], jitter[32], longest[32], rtt[32];
    double seconds = (double)(s->last - s->first) / FM_SECOND, share = 100.0 * (double)s->lost / (double)MAX(s->lost + s->packets, 1);
    fm_lines_add(v->lines, 1, true, s->first_packet, FM_PROTO "%s " FM_PLAIN "SSRC %08x" FM_DIM "  payload type %s", s->direction == record->client ? "▶" : "◀", s->ssrc, s->kind ? s->kind : "?");
    fm_lines_add(v->lines, 2, true, 0, FM_DIM "sent     " FM_PLAIN "%" PRIu64 " packets in %s, %s bit/s", s->packets, fm_short_span(span, s->last - s->first),
                 fm_short_size(rate, seconds > 0 ? (uint64_t)((double)s->bytes * 8 / seconds) : 0));
    fm_lines_add(v->lines, 2, true, 0, FM_DIM "lost     %s%" PRIu64 " (%.1f %%)" FM_DIM ", %" PRIu64 " came late", share > 2 ? FM_BAD : share > 0 ? FM_WAIT : FM_GOOD, s->lost, share, s->late);
    if (s->clock > 0)
        fm_lines_add(v->lines, 2, true, 0, FM_DIM "jitter   %s%s" FM_DIM " here, of a clock of %.0f Hz", s->jitter > 0.03 ? FM_BAD : s->jitter > 0.01 ? FM_WAIT : FM_GOOD,
                     fm_short_span(jitter, (FmTime)(s->jitter * 1e9)), s->clock);
    if (s->longest_at)
        fm_lines_add(v->lines, 2, true, s->longest_at, FM_DIM "silence  " FM_PLAIN "%s at most", fm_short_span(longest, s->longest));
    if (s->rtt)
        fm_lines_add(v->lines, 2, true, 0, FM_DIM "RTT      " FM_PLAIN "%s, from here to the receiver, by RTCP", fm_short_span(rtt, s->rtt));
}

static void tell(MediaView *v, const MediaObserver *o, const FmFlowRecord *record)
{
    fm_lines_reset(v->lines);
    const FmWebrtcSession *session = fm_webrtc_of_flow(o->webrtc, record->number);
    if (session)
        add_session(v, session);
    fm_lines_heading(v->lines, o->media->streams->len ? "media" : "no media in this flow");
    for (guint i = 0; i < o->media->streams->len; i++)
        add_stream(v, o->media->streams->pdata[i], record);
    if (session)
        add_steps(v, session);
    add_pairs(v, o->media, record->number);
}

static void media_refresh(FmPane *pane)
{
    MediaView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    uint32_t seen = fm_survey_seen(v->survey);
    if (seen == v->seen && pane->box.columns == v->columns)
        return;
    const FmFlowRecord *record = fm_track_flow(fm_gather_hold(flow->gather));
    if (record) {
        v->seen = seen;
        v->columns = pane->box.columns;
        tell(v, (const MediaObserver *)(const void *)fm_survey_hold(v->survey, 0), record);
        fm_survey_release(v->survey);
    }
    fm_gather_release(flow->gather);
    pane->count = fm_lines_count(v->lines);
}

static void media_row(FmPane *pane, size_t i, FmPen *pen)
{
    fm_lines_row(((MediaView *)pane->state)->lines, i, pen, pane->box.columns);
}

static bool media_request(FmPane *pane, FmRequest request, const char *argument)
{
    MediaView *v = pane->state;
    uint32_t packet = fm_lines_packet(v->lines, pane->cursor);
    if (fm_lines_request(v->lines, pane, request))
        return true;
    if (request != FM_REQUEST_ENTER || !packet)
        return false;
    fm_app_push(pane->app, &fm_packets_page, &(FmPacketsArgument){ .number = packet }); /* it may be of another flow */
    return true;
}

const FmView fm_media_view = {
    .name = "Media",
    .where = FM_IN_LIST,
    .private_size = sizeof(MediaView),
    .open = media_open,
    .close = media_close,
    .refresh = media_refresh,
    .row = media_row,
    .request = media_request,
};
