/* The streams of HTTP/2 or QUIC as lanes over time: who asked, who waited, who sent. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "model/asked.h"
#include "session/survey.h"
#include "statistics/observer.h"
#include "summary/lanes.h"
#include "ui/flow.h"
#include "ui/pages.h"

enum { ID_COLUMNS = 6, STATUS_COLUMNS = 4, SIZE_COLUMNS = 7, LEAST_LANE = 20, FOOT_ROWS = 2, WHAT_IF_ROWS = 2 };

typedef struct LanesObserver {
    FmObserver observer;
    FmLanes *lanes;
} LanesObserver;

typedef struct StreamsView {
    FmSurvey *survey;
    GPtrArray *lanes; /* of FmLane, as they are shown: what was asked for comes first */
    uint32_t stood;   /* packet of the page that the cursor has followed */
    FmTime from, to; /* shown; to 0: all */
    unsigned client;
    uint64_t most;   /* bytes of the fullest cell in sight: the height of a whole block */
    uint32_t seen;
    uint32_t differing;      /* lanes that would wait less or more with the other transport */
    FmTime difference;       /* by so much altogether */
    bool waits;              /* any of them did */
} StreamsView;

typedef struct Bin { /* what a lane did in one column */
    uint64_t bytes[2];
    bool headers[2], reset, blocked;
} Bin;

static void observe(FmObserver *observer, const FmPacket *packet)
{
    fm_lanes_packet(((LanesObserver *)observer)->lanes, packet);
}

static void observer_free(FmObserver *observer)
{
    fm_lanes_free(((LanesObserver *)observer)->lanes);
    g_free(observer);
}

static void streams_open(FmPane *pane)
{
    StreamsView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    LanesObserver *o = g_new0(LanesObserver, 1);
    o->lanes = fm_lanes_new(pane->app->catalog);
    o->observer = (FmObserver){ .packet = observe, .free = observer_free };
    o->observer.wanted = g_memdup2(o->lanes->asked->bits, fm_catalog_words(pane->app->catalog) * sizeof(uint64_t));
    FmObserver *observers[] = { &o->observer };
    v->lanes = g_ptr_array_new();
    v->survey = fm_survey_new_flow(pane->app->archive, flow->kind, flow->number, observers, 1, fm_app_wake, pane->app);
}

static void streams_close(FmPane *pane)
{
    StreamsView *v = pane->state;
    fm_survey_free(v->survey);
    g_ptr_array_unref(v->lanes);
}

static const FmLanes *hold(StreamsView *v)
{
    return ((const LanesObserver *)(const void *)fm_survey_hold(v->survey, 0))->lanes;
}

/* ---- time ---- */

static void span_of(const StreamsView *v, const FmLanes *lanes, FmTime *from, FmTime *to)
{
    *from = v->to ? v->from : lanes->first;
    *to = v->to ? v->to : lanes->last;
    if (*to <= *from)
        *to = *from + 1;
}

static int title_columns(const FmPane *pane)
{
    int rest = pane->box.columns - ID_COLUMNS - STATUS_COLUMNS - SIZE_COLUMNS - 5;
    return CLAMP(rest * 2 / 5, 8, 44);
}

static int lane_columns(const FmPane *pane)
{
    return MAX(pane->box.columns - ID_COLUMNS - STATUS_COLUMNS - SIZE_COLUMNS - 5 - title_columns(pane), LEAST_LANE);
}

static int column_of(FmTime time, int columns, FmTime from, FmTime to)
{
    return CLAMP((int)((double)(time - from) / (double)(to - from) * columns), 0, columns - 1);
}

/* With `otherwise` as it would have been with the other transport. */
static void fill_bins(Bin *bins, int columns, const FmLanes *lanes, const FmLane *lane, bool otherwise, FmTime from, FmTime to)
{
    memset(bins, 0, (size_t)columns * sizeof *bins);
    for (unsigned d = 0; d < 2; d++) {
        const GArray *waits = otherwise && lanes->quic ? lanes->holes[d] : lane->waits[d];
        for (guint i = 0; i < waits->len; i++) {
            const FmLaneWait *w = &g_array_index(waits, FmLaneWait, i);
            bool stays = !otherwise || lanes->quic || !w->others;
            for (int x = column_of(w->from, columns, from, to); stays && w->from <= to && w->to >= from && x <= column_of(w->to, columns, from, to); x++)
                bins[x].blocked = true;
        }
    }
    for (guint i = 0; i < lane->pieces->len; i++) {
        const FmLanePiece *p = &g_array_index(lane->pieces, FmLanePiece, i);
        FmTime time = otherwise ? fm_lane_otherwise(lanes, p) : p->time;
        if (time < from || time > to)
            continue;
        Bin *bin = &bins[column_of(time, columns, from, to)];
        bin->headers[p->direction] |= p->kind == FM_LANE_HEADERS;
        bin->reset |= p->kind == FM_LANE_RESET;
        bin->bytes[p->direction] += p->kind == FM_LANE_DATA || p->kind == FM_LANE_OTHER ? p->bytes : 0;
    }
}

static void put_in_order(StreamsView *v, const FmLanes *lanes)
{
    g_ptr_array_set_size(v->lanes, 0);
    for (int titled = 1; titled >= 0; titled--)
        for (guint i = 0; i < lanes->lanes->len; i++)
            if ((((const FmLane *)lanes->lanes->pdata[i])->title != NULL) == titled)
                g_ptr_array_add(v->lanes, lanes->lanes->pdata[i]);
}

static bool ends_wait(const FmLane *lane, uint32_t packet)
{
    for (unsigned d = 0; d < 2; d++)
        for (guint i = 0; i < lane->waits[d]->len; i++)
            if (g_array_index(lane->waits[d], FmLaneWait, i).packet == packet)
                return true;
    return false;
}

static bool is_part(const FmLane *lane, uint32_t packet)
{
    for (guint i = 0; i < lane->pieces->len; i++)
        if (g_array_index(lane->pieces, FmLanePiece, i).packet == packet)
            return true;
    return false;
}

/* The cursor goes to a lane of the packet that the page stands at: to one whose wait it ends, if there is one. */
static void follow_packet(FmPane *pane, StreamsView *v, uint32_t packet)
{
    bool (*const tests[])(const FmLane *, uint32_t) = { ends_wait, is_part };
    for (size_t t = 0; packet && packet != v->stood && t < G_N_ELEMENTS(tests); t++)
        for (guint i = 0; i < v->lanes->len; i++)
            if (tests[t](v->lanes->pdata[i], packet)) {
                pane->cursor = i;
                v->stood = packet;
                return;
            }
}

/* What the other transport would have made of it all. */
static void weigh(StreamsView *v, const FmLanes *lanes)
{
    v->differing = 0;
    v->difference = 0;
    for (guint i = 0; i < lanes->lanes->len; i++) {
        FmTime difference = fm_lane_difference(lanes, lanes->lanes->pdata[i]);
        v->waits |= ((const FmLane *)lanes->lanes->pdata[i])->waited > 0;
        v->differing += difference > 0;
        v->difference += difference;
    }
}

static void streams_refresh(FmPane *pane)
{
    StreamsView *v = pane->state;
    const FmTrack *track = fm_gather_hold(fm_flow_of(pane->page)->gather);
    v->client = fm_track_flow(track) ? fm_track_flow(track)->client : v->client;
    fm_gather_release(fm_flow_of(pane->page)->gather);
    const FmLanes *lanes = hold(v);
    int columns = lane_columns(pane);
    g_autofree Bin *bins = g_new(Bin, columns);
    FmTime from, to;
    span_of(v, lanes, &from, &to);
    v->most = 1;
    if (v->seen != (uint32_t)lanes->pieces || v->lanes->len != lanes->lanes->len) { /* there is something new */
        v->seen = (uint32_t)lanes->pieces;
        put_in_order(v, lanes);
        weigh(v, lanes);
    }
    follow_packet(pane, v, fm_flow_of(pane->page)->packet);
    pane->count = v->lanes->len;
    pane->more_foot = v->differing ? WHAT_IF_ROWS : 0;
    for (size_t i = pane->top; i < pane->count && i < pane->top + (size_t)MAX(pane->box.rows, 1); i++) {
        fill_bins(bins, columns, lanes, v->lanes->pdata[i], false, from, to);
        for (int x = 0; x < columns; x++)
            v->most = MAX(v->most, MAX(bins[x].bytes[0], bins[x].bytes[1]));
    }
    fm_survey_release(v->survey);
}

/* ---- drawing ---- */

typedef struct Turns { /* of a lane: when what stands between its frames changes */
    FmTime begun, asked, answered, over; /* FM_TIME_NONE: never */
    bool complete;
} Turns;

static void earliest(FmTime *time, FmTime other)
{
    if (*time == FM_TIME_NONE || other < *time)
        *time = other;
}

static Turns turns_of(const FmLanes *lanes, const FmLane *lane, bool otherwise, unsigned client)
{
    Turns t = { FM_TIME_NONE, FM_TIME_NONE, FM_TIME_NONE, FM_TIME_NONE, (lane->ended[0] && lane->ended[1]) || lane->reset };
    for (guint i = 0; i < lane->pieces->len; i++) {
        const FmLanePiece *p = &g_array_index(lane->pieces, FmLanePiece, i);
        FmTime time = otherwise ? fm_lane_otherwise(lanes, p) : p->time;
        earliest(&t.begun, time);
        if (p->direction != client)
            earliest(&t.answered, time);
        else if (p->ends)
            earliest(&t.asked, time);
        t.over = t.over == FM_TIME_NONE ? time : MAX(t.over, time);
    }
    return t;
}

static bool is_past(FmTime turn, FmTime at)
{
    return turn != FM_TIME_NONE && turn <= at;
}

/* What stands between the frames of a lane: nothing before and after it, a wait for the answer, silence. */
static void put_gap(FmPen *pen, const Turns *t, FmTime at)
{
    bool over = at > t->over;
    if (!is_past(t->begun, at) || (over && t->complete))
        fm_put(pen, FM_STYLE_NORMAL, " ");
    else if (is_past(t->asked, at) && !is_past(t->answered, at))
        fm_put(pen, FM_STYLE_WAIT, "┄");
    else
        fm_put(pen, FM_STYLE_DIM, over ? "·" : "─");
}

static void put_bin(FmPen *pen, const Bin *bin, const StreamsView *v)
{
    static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
    unsigned client = v->client;
    uint64_t bytes = MAX(bin->bytes[0], bin->bytes[1]);
    bool from_client = bin->bytes[client] > bin->bytes[!client];
    if (bin->reset)
        fm_put(pen, FM_STYLE_BAD, "✗");
    else if (bin->headers[client])
        fm_put(pen, FM_STYLE_PROTOCOL, "▶");
    else if (bytes)
        fm_put(pen, from_client ? FM_STYLE_PROTOCOL : FM_STYLE_GOOD, blocks[MIN(bytes * 8 / v->most, 7)]);
    else if (!bin->headers[!client])
        fm_put(pen, FM_STYLE_WAIT, "▒");
    else
        fm_put(pen, FM_STYLE_GOOD, "◀");
}

static bool is_empty(const Bin *bin)
{
    return !bin->reset && !bin->blocked && !bin->headers[0] && !bin->headers[1] && !bin->bytes[0] && !bin->bytes[1];
}

static const char *kind_of(const FmLanes *lanes, const FmLane *lane)
{
    static const char *const quic[] = { "client's, both ways", "server's, both ways", "client's, one way", "server's, one way" };
    return lanes->quic ? quic[lane->id & 3] : lane->id ? "" : "the connection";
}

static void put_lane(FmPen *pen, const StreamsView *v, const FmLanes *lanes, const FmLane *lane, bool otherwise, int columns)
{
    if (columns <= 0) /* a search looks at the words only */
        return;
    g_autofree Bin *bins = g_new(Bin, columns);
    FmTime from, to;
    span_of(v, lanes, &from, &to);
    fill_bins(bins, columns, lanes, lane, otherwise, from, to);
    Turns turns = turns_of(lanes, lane, otherwise, v->client);
    for (int x = 0; x < columns; x++)
        if (is_empty(&bins[x]))
            put_gap(pen, &turns, from + (FmTime)((double)(to - from) * (x + 0.5) / columns));
        else
            put_bin(pen, &bins[x], v);
}

static void streams_row(FmPane *pane, size_t i, FmPen *pen)
{
    StreamsView *v = pane->state;
    const FmLanes *lanes = hold(v);
    if (i < v->lanes->len) {
        const FmLane *lane = v->lanes->pdata[i];
        char room[32];
        int columns = pen->into ? 0 : lane_columns(pane);
        fm_putf(pen, FM_STYLE_DIM, "%*" PRIu64 " ", ID_COLUMNS - 1, lane->id);
        fm_put_cell(pen, lane->title ? FM_STYLE_NORMAL : FM_STYLE_DIM, title_columns(pane), lane->title ? lane->title : kind_of(lanes, lane));
        fm_put(pen, FM_STYLE_NORMAL, " ");
        bool bad = lane->status && lane->status[0] >= '4';
        fm_put_cell(pen, bad || lane->reset ? FM_STYLE_BAD : FM_STYLE_GOOD, STATUS_COLUMNS, lane->status ? lane->status : lane->reset ? "rst" : "");
        fm_put_cell(pen, FM_STYLE_NORMAL, -(SIZE_COLUMNS - 1), fm_short_size(room, lane->bytes[0] + lane->bytes[1]));
        fm_put(pen, FM_STYLE_NORMAL, " ");
        put_lane(pen, v, lanes, lane, false, columns);
    }
    fm_survey_release(v->survey);
}

static void streams_head(FmPane *pane, FmPen *pen)
{
    StreamsView *v = pane->state;
    const FmLanes *lanes = hold(v);
    FmTime from, to;
    char a[32], b[32];
    span_of(v, lanes, &from, &to);
    fm_short_span(a, lanes->first == FM_TIME_NONE ? 0 : from - lanes->first);
    fm_short_span(b, lanes->first == FM_TIME_NONE ? 0 : to - lanes->first);
    fm_survey_release(v->survey);
    fm_put_cell(pen, FM_STYLE_HEAD, -(ID_COLUMNS - 1), "#");
    fm_put(pen, FM_STYLE_HEAD, " ");
    fm_put_cell(pen, FM_STYLE_HEAD, title_columns(pane), "stream");
    fm_put(pen, FM_STYLE_HEAD, " ");
    fm_put_cell(pen, FM_STYLE_HEAD, STATUS_COLUMNS, "");
    fm_put_cell(pen, FM_STYLE_HEAD, -(SIZE_COLUMNS - 1), "bytes");
    fm_put(pen, FM_STYLE_HEAD, " ");
    int columns = lane_columns(pane);
    fm_put_cell(pen, FM_STYLE_TITLE, columns / 2, a);
    fm_put_cell(pen, FM_STYLE_TITLE, -(columns - columns / 2), b);
}

static void put_lane_story(FmPen *pen, const FmLane *lane, unsigned client, FmTime first)
{
    const FmLanePiece *pieces = (const FmLanePiece *)(const void *)lane->pieces->data;
    FmTime asked = FM_TIME_NONE, answered = FM_TIME_NONE, end = pieces[lane->pieces->len - 1].time;
    for (guint i = 0; i < lane->pieces->len; i++) {
        if (pieces[i].direction == client && asked == FM_TIME_NONE)
            asked = pieces[i].time;
        if (pieces[i].direction != client && answered == FM_TIME_NONE)
            answered = pieces[i].time;
    }
    char room[32];
    fm_putf(pen, FM_STYLE_BRIGHT, " stream %" PRIu64, lane->id);
    fm_putf(pen, FM_STYLE_DIM, "  #%u to #%u, %u frame%s", pieces[0].packet, pieces[lane->pieces->len - 1].packet, lane->pieces->len, lane->pieces->len == 1 ? "" : "s");
    fm_putf(pen, FM_STYLE_DIM, "  begins at %s", fm_short_span(room, pieces[0].time - first));
    if (asked != FM_TIME_NONE && answered != FM_TIME_NONE && answered >= asked) {
        fm_putf(pen, FM_STYLE_WAIT, "  answer after %s", fm_short_span(room, answered - asked));
        fm_putf(pen, FM_STYLE_GOOD, "  then %s", fm_short_span(room, end - answered));
    }
    if (lane->waited)
        fm_putf(pen, FM_STYLE_WAIT, "  waited %s behind holes", fm_short_span(room, lane->waited));
    fm_put(pen, lane->reset ? FM_STYLE_BAD : FM_STYLE_DIM, lane->reset ? "  reset" : lane->ended[0] && lane->ended[1] ? "  complete" : "");
}

/* The selected lane as it would have been, below all the others; and what that makes altogether. */
static void put_what_if(FmPane *pane, FmBox box, const FmLanes *lanes)
{
    StreamsView *v = pane->state;
    char room[32];
    FmPen pen = fm_pen(&pane->app->screen, box, 1);
    const FmLane *lane = pane->cursor < v->lanes->len ? v->lanes->pdata[pane->cursor] : NULL;
    if (lane) {
        FmTime difference = fm_lane_difference(lanes, lane);
        g_autofree char *signed_span = g_strdup_printf("%s%s", difference ? lanes->quic ? "+" : "-" : "", fm_short_span(room, difference));
        fm_put_cell(&pen, FM_STYLE_TITLE, ID_COLUMNS, " if");
        fm_put_cell(&pen, FM_STYLE_TITLE, title_columns(pane) + 1, lanes->quic ? "it were TCP" : "it were QUIC");
        fm_put_cell(&pen, lanes->quic ? FM_STYLE_WAIT : FM_STYLE_GOOD, -(STATUS_COLUMNS + SIZE_COLUMNS - 1),
                    signed_span);
        fm_put(&pen, FM_STYLE_NORMAL, " ");
        put_lane(&pen, v, lanes, lane, true, lane_columns(pane));
    }
    pen = fm_pen(&pane->app->screen, box, 2);
    fm_putf(&pen, FM_STYLE_NORMAL, lanes->quic ? " Over TCP %u stream%s would have waited for holes of others, " : " %u stream%s waited for holes of others, ",
            v->differing, v->differing == 1 ? "" : "s");
    fm_putf(&pen, FM_STYLE_BRIGHT, "%s altogether", fm_short_span(room, v->difference));
    fm_put(&pen, FM_STYLE_NORMAL, lanes->quic ? "." : "; over QUIC: none.");
}

static void streams_foot(FmPane *pane, FmBox box)
{
    StreamsView *v = pane->state;
    const FmLanes *lanes = hold(v);
    FmPen pen = fm_pen(&pane->app->screen, box, 0);
    if (pane->cursor < v->lanes->len)
        put_lane_story(&pen, v->lanes->pdata[pane->cursor], v->client, lanes->first);
    if (v->differing && box.rows > FOOT_ROWS)
        put_what_if(pane, box, lanes);
    pen = fm_pen(&pane->app->screen, box, box.rows - 1);
    char room[32];
    fm_put(&pen, FM_STYLE_PROTOCOL, " ▶ asks");
    fm_put(&pen, FM_STYLE_WAIT, v->waits ? "  ┄ waits  ▒ behind a hole" : "  ┄ waits");
    fm_put(&pen, FM_STYLE_GOOD, "  ◀ answers");
    fm_putf(&pen, FM_STYLE_GOOD, "  █ data, %s a cell", fm_short_bytes(room, v->most));
    fm_put(&pen, FM_STYLE_BAD, "  ✗ reset");
    if (lanes->left_out)
        fm_putf(&pen, FM_STYLE_WAIT, "   %" PRIu64 " frames left out", lanes->left_out);
    fm_survey_release(v->survey);
}

/* ---- requests ---- */

/* Towards the middle of the selected lane. */
static void zoom(FmPane *pane, double factor, double shift)
{
    StreamsView *v = pane->state;
    const FmLanes *lanes = hold(v);
    FmTime from, to;
    span_of(v, lanes, &from, &to);
    double middle = (double)from + (double)(to - from) / 2 + shift * (double)(to - from), half = (double)(to - from) / 2 * factor;
    if (factor < 1 && pane->cursor < v->lanes->len) {
        const GArray *pieces = ((const FmLane *)v->lanes->pdata[pane->cursor])->pieces;
        FmTime first = MAX(g_array_index(pieces, FmLanePiece, 0).time, from), last = MIN(g_array_index(pieces, FmLanePiece, pieces->len - 1).time, to);
        middle = first <= last ? (double)first + (double)(last - first) / 2 : (double)g_array_index(pieces, FmLanePiece, 0).time;
    }
    FmTime all = lanes->last - lanes->first;
    half = MIN(MAX(half, 50 * FM_MICROSECOND), (double)all / 2);
    middle = CLAMP(middle, (double)lanes->first + half, MAX((double)lanes->last - half, (double)lanes->first + half));
    bool whole = 2 * half >= (double)all;
    v->from = whole ? 0 : (FmTime)(middle - half);
    v->to = whole ? 0 : (FmTime)(middle + half);
    fm_survey_release(v->survey);
}

static void show_packets(FmPane *pane)
{
    StreamsView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    const FmLanes *lanes = hold(v);
    uint32_t packet = 0;
    g_autofree char *filter = NULL, *of_flow = fm_flow_filter(pane->app, flow->kind, flow->number);
    if (pane->cursor < v->lanes->len && of_flow) {
        const FmLane *lane = v->lanes->pdata[pane->cursor];
        packet = g_array_index(lane->pieces, FmLanePiece, 0).packet;
        filter = g_strdup_printf("%s && %s == %" PRIu64, of_flow, lanes->quic ? "quic.stream.stream_id" : "http2.streamid", lane->id);
    }
    fm_survey_release(v->survey);
    if (filter)
        fm_app_push(pane->app, &fm_packets_page, &(FmPacketsArgument){ .number = packet, .filter = filter });
}

static bool streams_request(FmPane *pane, FmRequest request, const char *argument)
{
    StreamsView *v = pane->state;
    switch (request) {
    case FM_REQUEST_ZOOM_IN: zoom(pane, 0.5, 0); return true;
    case FM_REQUEST_ZOOM_OUT: zoom(pane, 2, 0); return true;
    case FM_REQUEST_ZOOM_ALL: v->to = 0; return true;
    case FM_REQUEST_LEFT: zoom(pane, 1, -0.25); return true;
    case FM_REQUEST_RIGHT: zoom(pane, 1, 0.25); return true;
    case FM_REQUEST_ENTER: show_packets(pane); return true;
    default: return false;
    }
}

const FmView fm_streams_view = {
    .name = "Streams",
    .where = FM_IN_LIST | FM_IN_LANES,
    .private_size = sizeof(StreamsView),
    .open = streams_open,
    .close = streams_close,
    .refresh = streams_refresh,
    .row = streams_row,
    .head = streams_head,
    .foot = FOOT_ROWS,
    .draw_foot = streams_foot,
    .request = streams_request,
};
