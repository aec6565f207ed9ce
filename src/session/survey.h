/* Observers that are shown all packets of an archive afterwards, in the background; those that come later too. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "session/archive.h"

typedef struct FmSurvey FmSurvey;

/* Takes the observers over; the archive must outlive the survey. `changed` is called from another thread, a few times a second. */
FmSurvey *fm_survey_new(FmArchive *archive, FmObserver *const *observers, size_t count, void (*changed)(void *data), void *data);
/* The same over the packets of one flow. */
FmSurvey *fm_survey_new_flow(FmArchive *archive, unsigned kind, uint32_t number, FmObserver *const *observers, size_t count, void (*changed)(void *data),
                             void *data);
void fm_survey_free(FmSurvey *survey);

/* Packets seen so far. */
uint32_t fm_survey_seen(FmSurvey *survey);

/* The observer `i`, which sees nothing until fm_survey_release. */
FmObserver *fm_survey_hold(FmSurvey *survey, size_t i);
void fm_survey_release(FmSurvey *survey);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmSurvey, fm_survey_free)
