/* fathom teach: lists lessons, plays them, checks them, writes them out. */
#include "config.h"

#include "commands/teach.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/reading.h"
#include "interactive.h"
#include "secret_options.h"
#include "teach/lesson.h"
#include "teach/scene.h"

static const char help[] =
    "Usage: fathom teach                          list the lessons\n"
    "       fathom teach LESSON                   play one, on its own capture\n"
    "       fathom teach LESSON -r FILE           on a capture of yours: it finds the best example there\n"
    "       fathom teach LESSON -i INTERFACE      on what comes along\n"
    "       fathom teach --check FILE...          are filters, packets and values of lesson files right?\n"
    "       fathom teach --new                    print a commented lesson to start from\n"
    "LESSON is a name from the list or a file; yours belong into ~/.local/share/fathom/lessons.\n"
    "\n"
    "While it plays: Space goes on, PgUp back, P plays by itself, F5 presents one sentence at a time, a to f answer, q leaves; every other key\n"
    "works as always, and . returns to the step.\n";

enum { LOOK = 100000 };

static int fail(int status, const GError *error)
{
    return fm_reading_complain(status, error);
}

static int list(void)
{
    g_autoptr(GPtrArray) complaints = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) lessons = fm_lesson_list(complaints);
    for (unsigned i = 0; i < lessons->len; i++) {
        const FmLesson *lesson = lessons->pdata[i];
        printf("%-22s %2u min  %s\n", lesson->name, lesson->minutes, lesson->title);
    }
    for (unsigned i = 0; i < complaints->len; i++)
        fprintf(stderr, "fathom: %s\n", (const char *)complaints->pdata[i]);
    if (!lessons->len)
        fputs("fathom: no lessons are installed; FATHOM_LESSONS can name their folder\n", stderr);
    return lessons->len && !complaints->len ? FM_COMMAND_GOOD : FM_COMMAND_FAILED;
}

/* ---- a lesson on a capture, without a terminal ---- */

static void nothing(void *data)
{
}

static FmArchive *archive_of(const FmReading *r, GError **error)
{
    g_autoptr(FmSecrets) secrets = fm_secrets_of_options(r->options, error);
    FmSource *source = secrets ? fm_source_open_file(r->options->read_file, error) : NULL;
    if (!source)
        return NULL;
    FmArchive *archive = fm_archive_new(r->catalog, source, nothing, NULL);
    fm_archive_take_secrets(archive, g_steal_pointer(&secrets));
    fm_archive_summarize(archive);
    fm_archive_start(archive);
    while (fm_archive_loading(archive))
        fm_archive_wait(archive, fm_archive_count(archive));
    return archive;
}

static unsigned check_texts(FmScene *scene, const FmLesson *lesson, unsigned i)
{
    const FmLessonStep *step = fm_lesson_step(lesson, i);
    unsigned faults = 0;
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    g_ptr_array_add(texts, step->text);
    if (step->question)
        g_ptr_array_add(texts, step->question);
    for (char **choice = step->choices; choice && *choice; choice++)
        g_ptr_array_add(texts, *choice);
    for (unsigned n = 0; n < texts->len; n++) {
        g_auto(FmText) out = { 0 };
        g_autofree char *missing = NULL;
        if (fm_scene_text(scene, i, texts->pdata[n], &out, &missing))
            continue;
        printf("%s: [step %s] ${%s}: packet %u does not have it\n", lesson->path, step->name, missing, fm_scene_cue(scene, i)->packet);
        faults++;
    }
    return faults;
}

static unsigned check_steps(FmScene *scene, const FmLesson *lesson)
{
    unsigned faults = 0;
    for (unsigned i = 0; i < lesson->steps->len; i++) {
        const FmLessonStep *step = fm_lesson_step(lesson, i);
        if (fm_scene_cue(scene, i)->packet) {
            faults += check_texts(scene, lesson, i);
        } else if (!step->optional) {
            printf("%s: [step %s] packet: nothing in %s matches%s\n", lesson->path, step->name, lesson->capture, step->anywhere ? "" : " in the flow that comes closest");
            faults++;
        }
    }
    return faults;
}

static int check_one(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FmLesson) lesson = fm_lesson_named(name, &error);
    if (!lesson)
        return fail(FM_COMMAND_FAILED, error);
    char verb[] = "teach", read[] = "-r", *words[] = { verb, read, lesson->capture, NULL };
    const FmOwnOption own[] = { { NULL, NULL, NULL } };
    FmReading reading;
    int status = fm_reading_start(&reading, 3, words, own, help);
    if (status == FM_COMMAND_GO_ON) {
        g_autoptr(FmArchive) archive = archive_of(&reading, &error);
        g_autoptr(FmScene) scene = archive ? fm_scene_new(lesson, archive, &error) : NULL;
        while (scene && !fm_scene_look(scene, LOOK)) { }
        unsigned faults = scene ? check_steps(scene, lesson) : 0;
        status = !scene ? fail(FM_COMMAND_FAILED, error) : faults ? FM_COMMAND_FAILED : FM_COMMAND_GOOD;
        if (status == FM_COMMAND_GOOD)
            printf("%s: %u steps, good\n", lesson->name, lesson->steps->len);
    }
    fm_reading_clear(&reading);
    return status;
}

static int check(char **names)
{
    int status = FM_COMMAND_GOOD;
    if (!*names) {
        fputs("fathom: --check: which lesson? give a file or a name\n", stderr);
        return FM_COMMAND_USAGE;
    }
    for (; *names; names++)
        status = MAX(status, check_one(*names));
    return status;
}

/* ---- playing ---- */

static bool names_input(int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (g_str_has_prefix(argv[i], "-r") || g_str_has_prefix(argv[i], "-i") || strcmp(argv[i], "--read-file") == 0 || strcmp(argv[i], "--interface") == 0)
            return true;
    return false;
}

static int play(const FmLesson *lesson, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autofree char **words = g_new0(char *, (size_t)argc + 4);
    int n = 0;
    words[n++] = argv[0];
    if (!names_input(argc, argv)) {
        words[n++] = (char *)(uintptr_t) "-r";
        words[n++] = lesson->capture;
    }
    for (int i = 2; i < argc; i++)
        words[n++] = argv[i];
    g_autoptr(FmOptions) options = fm_options_parse(n, words, &error);
    if (!options)
        return fail(FM_COMMAND_USAGE, error);
    if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
        fputs("fathom: a lesson is played on a terminal\n", stderr);
        return FM_COMMAND_USAGE;
    }
    return fm_interactive_run(options, lesson);
}

int fm_teach_run(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc == 1)
        return list();
    if (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0) {
        fputs(help, stdout);
        return FM_COMMAND_GOOD;
    }
    if (strcmp(argv[1], "--new") == 0) {
        fputs(fm_lesson_template(), stdout);
        return FM_COMMAND_GOOD;
    }
    if (strcmp(argv[1], "--check") == 0)
        return check(argv + 2);
    if (argv[1][0] == '-') {
        fprintf(stderr, "fathom: which lesson? the name comes first; 'fathom teach' lists them (not \"%s\")\n", argv[1]);
        return FM_COMMAND_USAGE;
    }
    g_autoptr(FmLesson) lesson = fm_lesson_named(argv[1], &error);
    return lesson ? play(lesson, argc, argv) : fail(FM_COMMAND_USAGE, error);
}
