/* An ordered sequence of bytes: what it owns. */
#include "config.h"

#include "flow/stream.h"

#include <glib.h>

void fm_stream_drop_held(FmStream *stream)
{
    for (FmHeld *h = stream->held, *next; h; h = next) {
        next = h->next;
        g_free(h);
    }
    stream->held = stream->held_last = NULL;
    stream->held_size = stream->held_count = 0;
}

void fm_stream_release(FmStream *stream)
{
    for (FmStream *aside = stream->aside, *next; aside; aside = next) {
        next = aside->aside;
        aside->aside = NULL;
        fm_stream_release(aside);
        g_free(aside);
    }
    g_free(stream->gathered);
    g_free(stream->pieces);
    g_free(stream->waiting);
    fm_stream_drop_held(stream);
    stream->gathered = NULL;
    stream->gathered_room = 0;
    stream->piece_room = stream->waiting_room = stream->aside_count = 0;
    stream->pieces = NULL;
    stream->waiting = NULL;
    stream->aside = NULL;
}
