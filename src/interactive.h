/* The terminal UI on what the command line names. */
#pragma once

#include "options.h"
#include "teach/lesson.h"

/* Does the command line ask for the UI? A file or interfaces, on a terminal, and nothing that is about printing or writing. */
bool fm_interactive_wanted(const FmOptions *options);

/* Runs it, with a lesson if one is given (may be NULL). Returns the exit status, as fm_batch_run. */
int fm_interactive_run(FmOptions *options, const FmLesson *lesson);
