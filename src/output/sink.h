/* Where output goes: a text that is written to a file descriptor whenever it has grown. */
#pragma once

#include <stdbool.h>

#include "base/text.h"

#define FM_SINK_SIZE 65536

typedef struct FmSink {
    FmText text;
    int fd;
    int trouble; /* errno of the first write that failed; nothing is written after it */
} FmSink;

/* Writes all that is there. False if the reader is gone or the disk is full: see `trouble`. */
bool fm_sink_flush(FmSink *sink);

/* Writes if there is much. */
static inline bool fm_sink_step(FmSink *sink)
{
    return sink->text.size < FM_SINK_SIZE || fm_sink_flush(sink);
}
