/* A lesson on paper: narration, what its packets were, pictures, and the answers at the end. */
#pragma once

#include <stdio.h>

#include "teach/scene.h"

typedef enum FmHandoutFormat { FM_HANDOUT_TXT, FM_HANDOUT_HTML, FM_HANDOUT_PDF, FM_HANDOUT_FORMATS } FmHandoutFormat;

/* "txt", "html", "pdf"; FM_HANDOUT_FORMATS if it is none. */
FmHandoutFormat fm_handout_format(const char *name);

/* Writes the whole of it. The scene is complete, or as far as it came: steps without a packet are left out. False if it could not be
 * written, or is PDF and fathom was built without cairo. */
bool fm_handout(FILE *file, FmHandoutFormat format, const FmLesson *lesson, FmScene *scene, FmArchive *archive);
