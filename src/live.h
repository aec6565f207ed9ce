/* Live capture as the command line asks for it: what to capture from, what is said about it, and how it ends. */
#pragma once

#include "base/text.h"
#include "capture/source.h"
#include "options.h"

/* Prints what -D, -L or --list-time-stamp-types ask for. */
bool fm_live_list(const FmOptions *options, FmText *out, GError **error);

/* Opens the interfaces, or the pipe, of -i. From now on SIGINT, SIGTERM and SIGHUP end the capture as
 * fm_source_stop does, and nothing else. */
FmSource *fm_live_open(const FmOptions *options, GError **error);

/* The same with a descriptor that ends the capture when it becomes readable; signals are left alone. */
FmSource *fm_live_open_until(const FmOptions *options, int stop_fd, GError **error);

/* Says on standard error what is being captured from. */
void fm_live_announce(const FmOptions *options, const FmSource *source);

/* The capture is over: counts go to standard error, and a second signal kills as usual. */
void fm_live_finish(const FmOptions *options, FmSource *source, uint64_t count);
