/* fathom flows --sessions: WebRTC sessions, each as one thing. */
#pragma once

#include "commands/reading.h"
#include "output/sink.h"

/* Reads the opened capture and prints its sessions. The exit status. */
int fm_sessions_run(FmReading *reading, FmSink *sink, bool json);
