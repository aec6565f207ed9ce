/* Where output goes: a text that is written to a file descriptor whenever it has grown. */
#include "config.h"

#include "output/sink.h"

#include <errno.h>
#include <unistd.h>

bool fm_sink_flush(FmSink *sink)
{
    const char *at = sink->text.data;
    size_t left = sink->trouble ? 0 : sink->text.size;
    while (left > 0) {
        ssize_t n = write(sink->fd, at, left);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            sink->trouble = errno;
            break;
        }
        at += n;
        left -= (size_t)n;
    }
    if (sink->text.room > 16 * FM_SINK_SIZE) /* one packet was huge */
        fm_text_clear(&sink->text);
    else
        fm_text_reset(&sink->text);
    return sink->trouble == 0;
}
