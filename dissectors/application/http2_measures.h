/* What is measured of an HTTP/2 connection. Who wants to show it asks for these fields; each stands in the frame that it is about.
 *
 * Flow control (RFC 9113 §5.2), where the connection was captured from its beginning:
 *   fathom.http2.window          what the sender of a DATA frame may still send on the connection; behind a WINDOW_UPDATE: what its peer may
 *   fathom.http2.stream_window   the same for the stream
 *   fathom.http2.stalled         in the DATA frame that goes on: how long its sender stood still because a window was used up. Not counted is
 *                                what goes beyond the way of a WINDOW_UPDATE: then there was nothing to send
 *   fathom.http2.stalled_by      whose window that was: "stream" or "connection"
 *   fathom.http2.stalled_total   all such times of that window so far
 *
 * Header compression (RFC 7541):
 *   fathom.http2.header_plain    size of a header block as HTTP/1.1 would write it;  fathom.http2.header_saved  bytes less than that
 *
 * Head-of-line blocking: bytes of a frame that were there, but behind a hole of the TCP connection:
 *   fathom.http2.waited          how long the whole frame lay with the receiver before bytes in front of it came
 *   fathom.http2.waited_for      the stream whose frame those bytes belong to: another one than the frame's own means an innocent victim
 *   fathom.http2.waited_total    time that this stream has waited for others so far */
#pragma once

#include "engine/dissect.h"

enum { HTTP2_INITIAL_WINDOW = 65535 };

typedef struct Http2Window { /* of one sender, for a connection or a stream */
    int64_t credit;          /* given by WINDOW_UPDATE */
    int64_t sent;
    FmTime exhausted;        /* when the last of it was used */
    FmTime renewed;          /* when more was given */
    FmTime stalled;          /* in all */
    bool is_exhausted, is_renewed; /* renewed: but nothing was sent since */
} Http2Window;

typedef struct Http2Measures { /* of a connection */
    Http2Window windows[2];    /* by direction of the data */
    uint32_t initial[2];       /* window of streams, the same way */
    FmTime reaction[2];        /* shortest time from WINDOW_UPDATE to what it lets go: the path from capture to sender and back; 0: none yet */
    bool joined[2];            /* by direction: not from the beginning */
    uint32_t filling_frame, filling_stream; /* the latest frame of HTTP/2 that came without waiting */
} Http2Measures;

typedef struct Http2StreamMeasures {
    Http2Window windows[2];
    FmTime waited;             /* for other streams */
    FmTime waited_here;        /* of it in the frame that is told of */
    uint32_t waited_frame;
} Http2StreamMeasures;

typedef struct Http2Measured { /* in a memo: what is told */
    FmTime waited, waited_total, stalled, stalled_total;
    int64_t window, stream_window;
    const char *stalled_by;
    uint32_t waited_for;
    bool has_window, has_stream_window, has_waited, has_waited_total; /* stalled: stalled_by is not NULL */
} Http2Measured;

/* First visits only; `stream` is NULL for stream 0 and where nothing is known of it. */
void http2_measure_wait(FmDissection *d, Http2Measures *connection, Http2StreamMeasures *stream, uint32_t number, Http2Measured *out);
void http2_measure_data(FmDissection *d, Http2Measures *connection, Http2StreamMeasures *stream, uint64_t length, Http2Measured *out);
void http2_measure_update(FmDissection *d, Http2Measures *connection, Http2StreamMeasures *stream, uint64_t increment, Http2Measured *out);

bool http2_is_measured(const Http2Measured *m);

/* Adds the fields. */
void http2_put_measured(FmDissection *d, const Http2Measured *m);
void http2_put_saving(FmDissection *d, uint64_t plain, uint64_t wire);

extern const FmProtocol fm_http2_measures;
