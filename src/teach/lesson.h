/* Lessons: what a class is shown, step by step. A lesson is a key file; fathom-lesson(5) describes it. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef enum FmScreenKind { /* what a step shows */
    FM_SHOW_SAME, /* what the step before showed */
    FM_SHOW_FLOWS, FM_SHOW_STORY, FM_SHOW_LADDER, FM_SHOW_WINDOW, FM_SHOW_SEQUENCE, FM_SHOW_SLIDING, FM_SHOW_STREAMS, FM_SHOW_TLS, FM_SHOW_FOLLOW,
    FM_SHOW_MEDIA, FM_SHOW_HEADER, FM_SHOW_PACKETS,
    FM_SHOW_COUNT
} FmScreenKind;

typedef struct FmLessonStep {
    char *name;        /* what other steps call it: the rest of its group's name */
    char *packet;      /* display filter that its packet matches; NULL: the packet of the step before */
    char *role;        /* whose flow; "" where nothing is said: steps of one role are found in one flow, in their order */
    bool anywhere;     /* the first packet of the capture that matches, whatever its flow */
    bool optional;     /* left out where it finds nothing */
    bool hide;         /* from its packet on, what would give the answer away is not shown until it is given */
    FmScreenKind show;
    char *layer;       /* of the packet, whose header is shown: "tcp"; or a field to point at; NULL: none */
    char *text;        /* narration, with ${values} */
    char *question;    /* NULL: none */
    char **choices;    /* NULL-ended */
    unsigned answer;   /* index of the right choice */
    double pace;       /* seconds until the next step when it plays by itself; 0: by the length of the text */
} FmLessonStep;

typedef struct FmLesson {
    char *path;       /* of its file */
    char *name;       /* without folder, language and ending: "handshake" */
    char *title, *aim;
    char *capture;    /* path of its capture */
    char *missing;    /* what a capture without its subject lacks */
    char *make;       /* a command that makes such traffic; NULL: none is told */
    unsigned minutes;
    unsigned order;   /* in lists */
    GPtrArray *steps; /* of FmLessonStep */
} FmLesson;

typedef enum FmLessonError { FM_LESSON_ERROR_FILE, FM_LESSON_ERROR_NAME, FM_LESSON_ERROR_VALUE } FmLessonError;
#define FM_LESSON_ERROR (g_quark_from_static_string("fathom-lesson"))

/* Reads a lesson file. On error NULL; the message names file, group and key. */
FmLesson *fm_lesson_load(const char *path, GError **error);
void fm_lesson_free(FmLesson *lesson);

/* One without steps, made by a program. */
FmLesson *fm_lesson_new(const char *name, const char *title, const char *aim);

/* The lesson of a name (or the path of a file): the user's own before those that came along, in the user's language where there is one. */
FmLesson *fm_lesson_named(const char *name, GError **error);

/* All of them, in order; of one name the one that fm_lesson_named gives. What cannot be read is told in `complaints` (g_strdup'ed
 * lines, may be NULL). */
GPtrArray *fm_lesson_list(GPtrArray *complaints);

/* "ladder"; FM_SHOW_COUNT if there is no such. */
FmScreenKind fm_show_named(const char *name);
const char *fm_show_name(FmScreenKind show);

/* A lesson to start from, with comments (static). */
const char *fm_lesson_template(void);

static inline const FmLessonStep *fm_lesson_step(const FmLesson *lesson, unsigned i) { return lesson->steps->pdata[i]; }

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmLesson, fm_lesson_free)
