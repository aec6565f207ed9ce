/* A lesson on a capture: the packet of each step, and what the narration says of it. The capture may still be growing. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "session/archive.h"
#include "teach/lesson.h"

typedef struct FmScene FmScene;

typedef struct FmCue { /* what a step is about */
    uint32_t packet;    /* 0: not found */
    unsigned flow_kind; /* FmFlowKind; 0: none */
    uint32_t flow;
} FmCue;

/* Lesson and archive must outlive it. NULL with the error set if a filter or a value of the lesson is none: the message names the
 * step. */
FmScene *fm_scene_new(const FmLesson *lesson, FmArchive *archive, GError **error);
void fm_scene_free(FmScene *scene);

/* Looks at up to `most` packets more. True: there is nothing to look at just now. */
bool fm_scene_look(FmScene *scene, uint32_t most);

/* Has every step that is not optional its packet? Otherwise `missing` (may be NULL) is the first that has none. Cues are those of the
 * flows that come closest. */
bool fm_scene_complete(FmScene *scene, unsigned *missing);

/* Valid until the next look. */
const FmCue *fm_scene_cue(FmScene *scene, unsigned step);

/* Appends a text of step `step` with its values in place. Values that the packets lack become "?"; then it returns false and tells
 * the first one in `missing` (g_free; may be NULL). */
bool fm_scene_text(FmScene *scene, unsigned step, const char *text, FmText *out, char **missing);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmScene, fm_scene_free)
