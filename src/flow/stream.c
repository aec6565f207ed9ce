/* An ordered sequence of bytes: what it owns. */
#include "config.h"

#include "flow/stream.h"

#include <glib.h>

void fm_stream_release(FmStream *stream)
{
    g_free(stream->gathered);
    g_free(stream->pieces);
    g_free(stream->waiting);
    for (FmHeld *h = stream->held, *next; h; h = next) {
        next = h->next;
        g_free(h);
    }
    stream->gathered = NULL;
    stream->gathered_room = stream->held_size = 0;
    stream->piece_room = stream->waiting_room = stream->held_count = 0;
    stream->pieces = NULL;
    stream->waiting = NULL;
    stream->held = stream->held_last = NULL;
}
