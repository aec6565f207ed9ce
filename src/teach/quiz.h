/* Questions about a capture, made from what the analysis says of it: any capture is an exercise. */
#pragma once

#include "session/archive.h"
#include "teach/lesson.h"

/* A lesson that consists of at most `most` questions; what they ask for is hidden on the screen until it is answered. The archive has
 * been read, with a summary. The same seed gives the same questions. NULL if there is nothing to ask: no TCP flow that says enough. */
FmLesson *fm_quiz_new(FmArchive *archive, const char *name, unsigned most, uint32_t seed);
