/* A lesson in the terminal: the narration below the page, which it turns to where each step plays. The page stays usable. */
#pragma once

#include <stdbool.h>

#include "teach/lesson.h"
#include "ui/app.h"

typedef struct FmTeaching FmTeaching;

/* The lesson is borrowed. NULL with the error set if it does not fit the catalog. */
FmTeaching *fm_teaching_new(FmApp *app, const FmLesson *lesson, GError **error);
void fm_teaching_free(FmTeaching *teaching);

/* Rows that it wants of a screen of that size. */
int fm_teaching_rows(FmTeaching *teaching, int rows, int columns);
void fm_teaching_draw(FmTeaching *teaching, FmBox box);

/* FM_IN_LESSON, and FM_IN_QUESTION while one is open. */
unsigned fm_teaching_where(const FmTeaching *teaching);

/* True: done. */
bool fm_teaching_request(FmTeaching *teaching, FmRequest request, const char *argument);

/* A tenth of a second went by: looks for packets, plays. True if the screen changes. */
bool fm_teaching_tick(FmTeaching *teaching);

/* Does anything of it move by itself? */
bool fm_teaching_moves(FmTeaching *teaching);
