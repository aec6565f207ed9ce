/* The batch tool: packets in, text out. */
#pragma once

#include "options.h"

/* Runs what the options ask for. Returns the exit status: 0, 1 for what the user got wrong, 2 for what failed at work. */
int fm_batch_run(FmOptions *options);
