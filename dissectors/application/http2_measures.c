/* HTTP/2: windows and stalls, what HPACK saves, who waited for whose hole. */
#include "config.h"

#include "dissectors/application/http2_measures.h"

enum { WINDOW, STREAM_WINDOW, STALLED, STALLED_BY, STALLED_TOTAL, HEADER_PLAIN, HEADER_SAVED, WAITED, WAITED_FOR, WAITED_TOTAL };

static const FmField fields[] = {
    [WINDOW] = { "fathom.http2.window", "Window left on the connection", FM_INT64, FM_DEC, .generated = true },
    [STREAM_WINDOW] = { "fathom.http2.stream_window", "Window left on the stream", FM_INT64, FM_DEC, .generated = true },
    [STALLED] = { "fathom.http2.stalled", "Stood still for want of window for", FM_RELATIVE_TIME, .generated = true },
    [STALLED_BY] = { "fathom.http2.stalled_by", "The window of the", FM_STRING, .generated = true },
    [STALLED_TOTAL] = { "fathom.http2.stalled_total", "Stood still so far for", FM_RELATIVE_TIME, .generated = true },
    [HEADER_PLAIN] = { "fathom.http2.header_plain", "Size as HTTP/1.1 would write it", FM_UINT32, FM_DEC, .generated = true },
    [HEADER_SAVED] = { "fathom.http2.header_saved", "Bytes that HPACK saves", FM_INT32, FM_DEC, .generated = true },
    [WAITED] = { "fathom.http2.waited", "Waited behind a hole for", FM_RELATIVE_TIME, .generated = true },
    [WAITED_FOR] = { "fathom.http2.waited_for", "Waited for stream", FM_UINT32, FM_DEC, .generated = true },
    [WAITED_TOTAL] = { "fathom.http2.waited_total", "The stream has waited for others for", FM_RELATIVE_TIME, .generated = true },
};

/* ---- windows ---- */

static int64_t left(const Http2Window *w, uint32_t initial)
{
    return (int64_t)initial + w->credit - w->sent;
}

/* Were both ends' first frames seen, as far as they have sent any? */
static bool knows_windows(const Http2Measures *connection)
{
    return !connection->joined[0] && !connection->joined[1];
}

/* The sender goes on after its window was renewed. */
static void go_on(FmDissection *d, Http2Window *w, FmTime *reaction, const char *whose, Http2Measured *out)
{
    if (!w->is_renewed)
        return;
    w->is_renewed = false;
    FmTime gap = MAX(fm_frame_time(d) - w->renewed, 1);
    if (!*reaction || gap < *reaction)
        *reaction = gap;
    FmTime stalled = w->renewed - w->exhausted + MIN(gap, *reaction);
    w->stalled += stalled;
    if (out->stalled_by && out->stalled >= stalled)
        return;
    out->stalled_by = whose;
    out->stalled = stalled;
    out->stalled_total = w->stalled;
}

static void send_bytes(FmDissection *d, Http2Window *w, uint32_t initial, uint64_t length)
{
    w->sent += (int64_t)length;
    if (left(w, initial) > 0 || w->is_exhausted)
        return;
    w->is_exhausted = true;
    w->exhausted = fm_frame_time(d);
}

void http2_measure_data(FmDissection *d, Http2Measures *connection, Http2StreamMeasures *stream, uint64_t length, Http2Measured *out)
{
    unsigned side = fm_direction(d);
    if (!knows_windows(connection))
        return;
    go_on(d, &connection->windows[side], &connection->reaction[side], "connection", out);
    send_bytes(d, &connection->windows[side], HTTP2_INITIAL_WINDOW, length);
    out->window = left(&connection->windows[side], HTTP2_INITIAL_WINDOW);
    out->has_window = true;
    if (!stream)
        return;
    go_on(d, &stream->windows[side], &connection->reaction[side], "stream", out);
    send_bytes(d, &stream->windows[side], connection->initial[side], length);
    out->stream_window = left(&stream->windows[side], connection->initial[side]);
    out->has_stream_window = true;
}

void http2_measure_update(FmDissection *d, Http2Measures *connection, Http2StreamMeasures *stream, uint64_t increment, Http2Measured *out)
{
    unsigned side = !fm_direction(d); /* what the peer may send */
    if (!knows_windows(connection))
        return;
    Http2Window *w = stream ? &stream->windows[side] : &connection->windows[side];
    uint32_t initial = stream ? connection->initial[side] : HTTP2_INITIAL_WINDOW;
    w->credit += (int64_t)increment;
    if (stream) {
        out->stream_window = left(w, initial);
        out->has_stream_window = true;
    } else {
        out->window = left(w, initial);
        out->has_window = true;
    }
    if (!w->is_exhausted || left(w, initial) <= 0)
        return;
    w->is_exhausted = false;
    w->is_renewed = true;
    w->renewed = fm_frame_time(d);
}

/* ---- waiting ---- */

/* Frames that a packet completes without their having waited hold the bytes that were missing: those before them had come. */
void http2_measure_wait(FmDissection *d, Http2Measures *connection, Http2StreamMeasures *stream, uint32_t number, Http2Measured *out)
{
    FmTime waited = fm_frame_time(d) - d->arrived;
    if (waited <= 0) {
        connection->filling_frame = fm_frame_number(d);
        connection->filling_stream = number;
        return;
    }
    out->waited = waited;
    out->has_waited = true;
    if (connection->filling_frame != fm_frame_number(d))
        return; /* what was missing is no frame's: TCP went on without it */
    out->waited_for = connection->filling_stream;
    if (!stream || connection->filling_stream == number)
        return;
    if (stream->waited_frame != fm_frame_number(d))
        stream->waited_here = 0;
    stream->waited_frame = fm_frame_number(d);
    if (waited > stream->waited_here) { /* frames that wait at the same time count once */
        stream->waited += waited - stream->waited_here;
        stream->waited_here = waited;
    }
    out->waited_total = stream->waited;
    out->has_waited_total = true;
}

/* ---- telling ---- */

bool http2_is_measured(const Http2Measured *m)
{
    return m->has_window || m->has_stream_window || m->has_waited;
}

static void put_times(FmDissection *d, const Http2Measured *m)
{
    if (m->stalled_by) {
        fm_make(d, STALLED, (uint64_t)m->stalled);
        fm_make_text(d, STALLED_BY, m->stalled_by);
        fm_make(d, STALLED_TOTAL, (uint64_t)m->stalled_total);
    }
    if (!m->has_waited)
        return;
    fm_make(d, WAITED, (uint64_t)m->waited);
    if (m->waited_for || m->has_waited_total)
        fm_make(d, WAITED_FOR, m->waited_for);
    if (m->has_waited_total)
        fm_make(d, WAITED_TOTAL, (uint64_t)m->waited_total);
}

void http2_put_measured(FmDissection *d, const Http2Measured *m)
{
    FmTableUse before = fm_use(d, &fm_http2_measures);
    if (m->has_window)
        fm_make(d, WINDOW, (uint64_t)m->window);
    if (m->has_stream_window)
        fm_make(d, STREAM_WINDOW, (uint64_t)m->stream_window);
    put_times(d, m);
    fm_unuse(d, before);
}

void http2_put_saving(FmDissection *d, uint64_t plain, uint64_t wire)
{
    FmTableUse before = fm_use(d, &fm_http2_measures);
    fm_make(d, HEADER_PLAIN, plain);
    fm_make(d, HEADER_SAVED, (uint64_t)((int64_t)plain - (int64_t)wire));
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
    (void)d;
    (void)c;
}

const FmProtocol fm_http2_measures = { .abbrev = "fathom.http2", .title = "HTTP/2 measures", FM_FIELDS(fields), .dissect = nothing, .part = true };
