/* The sliding window as textbooks draw it, of both directions, packet by packet. */
#include "config.h"

#include <string.h>

#include "ui/flow.h"

typedef struct SlidingView {
    bool playing;
} SlidingView;

typedef struct Edges { /* of one direction; bytes from the beginning */
    uint64_t acked, sent, edge;
    FmSackBlock sacks[FM_TRACK_SACKS];
    unsigned sack_count;
    bool known;
} Edges;

/* What the packets up to step `i` have said; looks back only as far as needed. */
static Edges edges_of(const FmStep *steps, size_t i, unsigned direction)
{
    Edges e = { 0 };
    bool acked = false, sent = false;
    for (size_t n = i + 1; n-- > 0 && !(acked && sent) && i - n < 100000;) {
        const FmStep *s = &steps[n];
        if (s->direction == direction && s->length && (uint64_t)s->seq + s->length > e.sent) {
            e.sent = (uint64_t)s->seq + s->length;
            sent = s->verdict == FM_VERDICT_NEW;
        } else if (s->direction != direction && (s->flags & FM_SEGMENT_ACK) && !acked) {
            acked = e.known = true;
            e.acked = s->ack;
            e.edge = (uint64_t)s->ack + s->window;
            e.sack_count = s->sack_count;
            memcpy(e.sacks, s->sacks, sizeof e.sacks);
        }
    }
    e.sent = MAX(e.sent, e.acked);
    return e;
}

static bool sacked(const Edges *e, uint64_t byte)
{
    for (unsigned i = 0; i < e->sack_count; i++)
        if (byte >= e->sacks[i].left && byte < e->sacks[i].right)
            return true;
    return false;
}

/* One bar: what is acknowledged, in flight, may be sent, and is blocked. */
static void put_bar(FmPen *pen, const Edges *e, int columns, const FmStep *now, bool mine)
{
    uint64_t open = MAX(e->edge, e->sent) - e->acked, before = MAX(open / 4, 1), from = e->acked > before ? e->acked - before : 0;
    uint64_t to = MAX(e->edge, e->sent) + MAX(open / 6, 1);
    for (int x = 0; x < columns; x++) {
        uint64_t byte = from + (to - from) * (uint64_t)x / (uint64_t)columns, until = from + (to - from) * (uint64_t)(x + 1) / (uint64_t)columns;
        bool here = mine && now->length && until > now->seq && byte < (uint64_t)now->seq + now->length;
        if (byte < e->acked)
            fm_put(pen, here ? FM_STYLE_BAD : FM_STYLE_DIM, here ? "▓" : "█");
        else if (byte < e->sent)
            fm_put(pen, here ? FM_STYLE_BRIGHT : sacked(e, byte) ? FM_STYLE_MARK : FM_STYLE_GOOD, here ? "█" : sacked(e, byte) ? "▓" : "▒");
        else if (byte < e->edge)
            fm_put(pen, FM_STYLE_NORMAL, "░");
        else
            fm_put(pen, FM_STYLE_DIM, "·");
    }
}

static int place_of(const Edges *e, uint64_t byte, int columns)
{
    uint64_t open = MAX(e->edge, e->sent) - e->acked, before = MAX(open / 4, 1), from = e->acked > before ? e->acked - before : 0;
    uint64_t to = MAX(e->edge, e->sent) + MAX(open / 6, 1);
    return byte <= from ? 0 : (int)MIN((byte - from) * (uint64_t)columns / (to - from), (uint64_t)columns - 1);
}

static void put_labels(FmPen *pen, const Edges *e, int columns)
{
    char a[32], b[32], c[32];
    int places[] = { place_of(e, e->acked, columns), place_of(e, e->sent, columns), place_of(e, e->edge, columns) };
    g_autofree char *acked = g_strdup_printf("▲acknowledged %s", fm_short_count(a, e->acked));
    g_autofree char *sent = g_strdup_printf("▲sent %s", fm_short_count(b, e->sent));
    g_autofree char *edge = g_strdup_printf("▲window's edge %s", fm_short_count(c, e->edge));
    const char *const texts[] = { acked, sent, edge };
    int start = pen->x - pen->start, at = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        int width = fm_width(texts[i], strlen(texts[i])), to = MAX(MIN(places[i], columns - width), at);
        fm_put_to(pen, FM_STYLE_NORMAL, start + to);
        fm_put(pen, i == 0 ? FM_STYLE_DIM : i == 1 ? FM_STYLE_GOOD : FM_STYLE_PROTOCOL, texts[i]);
        at = to + width + 1;
    }
}

static void draw_direction(FmPane *pane, FmBox box, int row, const FmStep *steps, size_t i, unsigned direction, const char *name)
{
    const FmScreen *screen = &pane->app->screen;
    const FmStep *now = &steps[i];
    const FmTrackSide *side = &now->side[direction];
    Edges e = edges_of(steps, i, direction);
    int columns = MAX(box.columns - 4, 10);
    char a[32], b[32], c[32];
    FmPen pen = fm_pen(screen, box, row);
    fm_putf(&pen, FM_STYLE_BRIGHT, "  %s", name);
    if (e.known)
        fm_putf(&pen, FM_STYLE_NORMAL, "   %s acknowledged, %s sent and not acknowledged, %s may be sent", fm_short_bytes(a, e.acked),
                fm_short_bytes(b, e.sent - e.acked), fm_short_bytes(c, e.edge > e.sent ? e.edge - e.sent : 0));
    pen = fm_pen(screen, box, row + 1);
    fm_put(&pen, FM_STYLE_NORMAL, "  ");
    put_bar(&pen, &e, columns, now, now->direction == direction);
    pen = fm_pen(screen, box, row + 2);
    fm_put(&pen, FM_STYLE_NORMAL, "  ");
    put_labels(&pen, &e, columns);
    pen = fm_pen(screen, box, row + 3);
    if (side->cwnd)
        fm_putf(&pen, FM_STYLE_DIM, "  congestion window %s to %s, %s", fm_short_bytes(a, side->cwnd_low), fm_short_bytes(b, side->cwnd_high),
                fm_phase_name((FmPhase)side->phase));
}

static void put_packet(FmPen *pen, const FmStep *steps, size_t i, size_t count, unsigned client)
{
    const FmStep *s = &steps[i];
    fm_putf(pen, FM_STYLE_BRIGHT, " #%u", s->number);
    fm_putf(pen, FM_STYLE_DIM, "  %zu of %zu  %.6f s  ", i + 1, count, (double)(s->time - steps[0].time) / FM_SECOND);
    fm_put(pen, FM_STYLE_NORMAL, s->direction == client ? "client → server  " : "server → client  ");
    if (s->length)
        fm_putf(pen, FM_STYLE_NORMAL, "bytes %u to %u", s->seq, s->seq + s->length);
    if (s->flags & FM_SEGMENT_ACK)
        fm_putf(pen, FM_STYLE_NORMAL, "%sacknowledges up to %u, window %u", s->length ? "; " : "", s->ack, s->window);
    if (s->verdict > FM_VERDICT_NEW)
        fm_putf(pen, FM_STYLE_BAD, "  %s", fm_verdict_name((FmVerdict)s->verdict));
}

/* What the packet is and why it is here, broken between words. */
static void put_said(FmPane *pane, FmBox box, int row, const char *text)
{
    while (text && *text && row < box.rows) {
        size_t n = fm_fitting(text, strlen(text), MAX(box.columns - 4, 10)), fits = n;
        while (text[n] && n && text[n] != ' ')
            n--;
        n = n ? n : fits;
        FmPen pen = fm_pen(&pane->app->screen, box, row++);
        fm_put(&pen, FM_STYLE_NORMAL, "  ");
        fm_put_n(&pen, FM_STYLE_WAIT, text, n);
        text += n + (text[n] == ' ');
    }
}

static void sliding_draw(FmPane *pane, FmBox box)
{
    const SlidingView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    size_t count;
    const FmTrack *track = fm_gather_hold(flow->gather);
    const FmStep *steps = fm_track_steps(track, &count, NULL);
    const FmFlowRecord *record = fm_track_flow(track);
    if (count && record) {
        size_t i = fm_flow_step(flow, steps, count);
        FmPen pen = fm_pen(&pane->app->screen, box, 0);
        put_packet(&pen, steps, i, count, record->client);
        unsigned first = fm_flow_side_of(flow, record);
        draw_direction(pane, box, 2, steps, i, first, first == record->client ? "client → server" : "server → client");
        draw_direction(pane, box, 7, steps, i, !first, first == record->client ? "server → client" : "client → server");
        pen = fm_pen(&pane->app->screen, box, 12);
        fm_put(&pen, FM_STYLE_DIM, "  █ acknowledged  ");
        fm_put(&pen, FM_STYLE_GOOD, "▒ in flight  ");
        fm_put(&pen, FM_STYLE_MARK, "▓ SACK  ");
        fm_put(&pen, FM_STYLE_NORMAL, "░ may be sent  ");
        fm_put(&pen, FM_STYLE_DIM, "· blocked  ");
        fm_put(&pen, FM_STYLE_BRIGHT, "█ this packet");
        if (v->playing)
            fm_put(&pen, FM_STYLE_WAIT, "   playing");
        put_said(pane, box, 14, steps[i].said);
    }
    fm_gather_release(flow->gather);
}

static bool is_event(const FmStep *s)
{
    return s->verdict > FM_VERDICT_NEW || s->sack_count || (s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN | FM_SEGMENT_RST)) || !s->window;
}

static bool move(FmPane *pane, long by, bool to_event)
{
    FmFlowPage *flow = fm_flow_of(pane->page);
    size_t count;
    const FmStep *steps = fm_track_steps(fm_gather_hold(flow->gather), &count, NULL);
    bool moved = false;
    if (count) {
        size_t i = fm_flow_step(flow, steps, count), to = by < 0 ? i - MIN(i, (size_t)-by) : MIN(i + (size_t)by, count - 1);
        while (to_event && to && to + 1 < count && !is_event(&steps[to]))
            to = by < 0 ? to - 1 : to + 1;
        moved = to != i;
        flow->packet = steps[to].number;
    }
    fm_gather_release(flow->gather);
    return moved;
}

static bool sliding_tick(FmPane *pane)
{
    SlidingView *v = pane->state;
    if (!v->playing)
        return false;
    v->playing = move(pane, 1, false);
    return true;
}

static bool sliding_request(FmPane *pane, FmRequest request, const char *argument)
{
    SlidingView *v = pane->state;
    switch (request) {
    case FM_REQUEST_LEFT: case FM_REQUEST_UP: move(pane, -1, false); return true;
    case FM_REQUEST_RIGHT: case FM_REQUEST_DOWN: move(pane, 1, false); return true;
    case FM_REQUEST_PAGE_UP: move(pane, -20, false); return true;
    case FM_REQUEST_PAGE_DOWN: move(pane, 20, false); return true;
    case FM_REQUEST_TOP: move(pane, -G_MAXINT, false); return true;
    case FM_REQUEST_BOTTOM: move(pane, G_MAXINT, false); return true;
    case FM_REQUEST_NEXT_EVENT: move(pane, 1, true); return true;
    case FM_REQUEST_PREVIOUS_EVENT: move(pane, -1, true); return true;
    case FM_REQUEST_PLAY: v->playing = !v->playing; return true;
    case FM_REQUEST_ENTER: fm_flow_show_packet(pane->page, fm_flow_of(pane->page)->packet); return true;
    default: return false;
    }
}

const FmView fm_sliding_view = {
    .name = "Sliding",
    .where = FM_IN_STEPS,
    .private_size = sizeof(SlidingView),
    .draw = sliding_draw,
    .request = sliding_request,
    .tick = sliding_tick,
};
