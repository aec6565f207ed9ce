/* fathom teach: lists lessons, plays them, checks them, writes them out. */
#include "config.h"

#include "commands/teach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands/reading.h"
#include "interactive.h"
#include "sandbox.h"
#include "secret_options.h"
#include "teach/handout.h"
#include "teach/lesson.h"
#include "teach/quiz.h"
#include "teach/scene.h"

static const char help[] =
    "Usage: fathom teach                          list the lessons\n"
    "       fathom teach LESSON                   play one, on its own capture\n"
    "       fathom teach LESSON -r FILE\n"
    "              on a capture of yours: it finds the best example there\n"
    "       fathom teach LESSON -i INTERFACE      on what comes along\n"
    "       fathom teach --quiz FILE [--questions N] [--seed N]\n"
    "              questions about a capture, made from its packets\n"
    "       fathom teach LESSON --export FORMAT\n"
    "              as html, pdf or txt to standard output: a handout with packets,\n"
    "              pictures and answers\n"
    "       fathom teach --check FILE...\n"
    "              are filters, packets and values of lesson files right?\n"
    "       fathom teach --new\n"
    "              print a commented lesson to start from\n"
    "LESSON is a name from the list or a file; yours belong into\n"
    "~/.local/share/fathom/lessons.\n"
    "\n"
    "While it plays: Space goes on, PgUp back, P plays by itself, F5 presents one\n"
    "sentence at a time, a to f answer, q leaves; every other key works as always,\n"
    "and . returns to the step.\n";

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
    const FmSandbox sandbox = { 0 };
    fm_sandbox_enter(&sandbox);
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

typedef struct Stage { /* a lesson and the capture it is played on, all read */
    FmReading reading;
    FmArchive *archive;
    FmScene *scene;
} Stage;

static void stage_clear(Stage *stage)
{
    fm_scene_free(stage->scene);
    if (stage->archive)
        fm_archive_free(stage->archive);
    fm_reading_clear(&stage->reading);
}

/* `words` are a command line whose -r names the capture. FM_COMMAND_GO_ON, or the exit status. */
static int set_capture(Stage *stage, int argc, char **words)
{
    g_autoptr(GError) error = NULL;
    const FmOwnOption own[] = { { NULL, NULL, NULL } };
    *stage = (Stage){ .archive = NULL };
    int status = fm_reading_start(&stage->reading, argc, words, own, help);
    if (status != FM_COMMAND_GO_ON)
        return status;
    if (!stage->reading.options->read_file) {
        fputs("fathom: this wants a capture file (-r FILE)\n", stderr);
        return FM_COMMAND_USAGE;
    }
    stage->archive = archive_of(&stage->reading, &error);
    return stage->archive ? FM_COMMAND_GO_ON : fail(FM_COMMAND_FAILED, error);
}

static int set_stage(Stage *stage, const FmLesson *lesson, int argc, char **words)
{
    g_autoptr(GError) error = NULL;
    int status = set_capture(stage, argc, words);
    if (status != FM_COMMAND_GO_ON)
        return status;
    stage->scene = fm_scene_new(lesson, stage->archive, &error);
    if (!stage->scene)
        return fail(FM_COMMAND_FAILED, error);
    while (!fm_scene_look(stage->scene, LOOK)) { }
    return FM_COMMAND_GO_ON;
}

static int check_one(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FmLesson) lesson = fm_lesson_named(name, &error);
    if (!lesson)
        return fail(FM_COMMAND_FAILED, error);
    char verb[] = "teach", read[] = "-r", *words[] = { verb, read, lesson->capture, NULL };
    Stage stage;
    int status = set_stage(&stage, lesson, 3, words);
    if (status == FM_COMMAND_GO_ON) {
        status = check_steps(stage.scene, lesson) ? FM_COMMAND_FAILED : FM_COMMAND_GOOD;
        if (status == FM_COMMAND_GOOD)
            printf("%s: %u steps, good\n", lesson->name, lesson->steps->len);
    }
    stage_clear(&stage);
    return status;
}

static int check(char **names)
{
    int status = FM_COMMAND_GOOD;
    if (!*names) {
        fputs("fathom: --check: which lesson? give a file or a name\n", stderr);
        return FM_COMMAND_USAGE;
    }
    for (; *names; names++) {
        int one = check_one(*names);
        status = MAX(status, one);
    }
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

/* The words behind the lesson's name, with its capture where they name none. */
static char **input_words(const FmLesson *lesson, int argc, char **argv, int *count)
{
    char **words = g_new0(char *, (size_t)argc + 4);
    int n = 0;
    words[n++] = argv[0];
    if (!names_input(argc, argv)) {
        words[n++] = (char *)(uintptr_t) "-r";
        words[n++] = lesson->capture;
    }
    for (int i = 2; i < argc; i++)
        words[n++] = argv[i];
    *count = n;
    return words;
}

/* Says what is missing, and how to make it. */
static int decline(const FmLesson *lesson)
{
    fprintf(stderr, "fathom: this capture does not hold %s%s%s\n", lesson->missing ? lesson->missing : "what the lesson is about",
            lesson->make ? "; this makes some: " : "", lesson->make ? lesson->make : "");
    return FM_COMMAND_FAILED;
}

static int print_handout(const FmLesson *lesson, const char *format, int argc, char **argv)
{
    FmHandoutFormat kind = fm_handout_format(format);
    if (kind == FM_HANDOUT_FORMATS) {
        fprintf(stderr, "fathom: --export %s: there are html, pdf and txt\n", format);
        return FM_COMMAND_USAGE;
    }
    int count;
    g_autofree char **words = input_words(lesson, argc, argv, &count);
    Stage stage;
    int status = set_stage(&stage, lesson, count, words);
    if (status == FM_COMMAND_GO_ON)
        status = fm_scene_complete(stage.scene, NULL) ? FM_COMMAND_GOOD : decline(lesson);
    if (status == FM_COMMAND_GOOD) {
        errno = 0;
        if (!fm_handout(stdout, kind, lesson, stage.scene, stage.archive)) {
            fprintf(stderr, "fathom: standard output: %s\n", errno ? g_strerror(errno) : "there is no PDF without cairo; html and txt need nothing");
            status = FM_COMMAND_FAILED;
        }
    }
    stage_clear(&stage);
    return status;
}

static int play(const FmLesson *lesson, int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    int n;
    g_autofree char **words = input_words(lesson, argc, argv, &n);
    g_autoptr(FmOptions) options = fm_options_parse(n, words, &error);
    if (!options)
        return fail(FM_COMMAND_USAGE, error);
    if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO)) {
        fputs("fathom: a lesson is played on a terminal\n", stderr);
        return FM_COMMAND_USAGE;
    }
    return fm_interactive_run(options, lesson);
}

/* Takes an option and its value out of the words; "" where the value is missing, NULL where the option is. */
static const char *take_option(int *argc, char **argv, const char *name)
{
    for (int i = 2; i < *argc; i++) {
        if (strcmp(argv[i], name) != 0)
            continue;
        const char *value = i + 1 < *argc ? argv[i + 1] : "";
        int taken = *value ? 2 : 1;
        for (int k = i; k + taken < *argc; k++)
            argv[k] = argv[k + taken];
        *argc -= taken;
        return value;
    }
    return NULL;
}

static int perform(const FmLesson *lesson, int argc, char **argv)
{
    const char *format = take_option(&argc, argv, "--export");
    return format ? print_handout(lesson, format, argc, argv) : play(lesson, argc, argv);
}

static unsigned number_of(const char *text, unsigned otherwise)
{
    return text ? (unsigned)MAX(g_ascii_strtoull(text, NULL, 10), 1) : otherwise;
}

/* On paper, or on the screen. */
static int quiz(int argc, char **argv)
{
    const char *questions = take_option(&argc, argv, "--questions"), *seed = take_option(&argc, argv, "--seed");
    Stage stage;
    int status = set_capture(&stage, argc - 1, argv + 1);
    g_autoptr(FmLesson) lesson = NULL;
    if (status == FM_COMMAND_GO_ON) {
        const char *name = stage.reading.options->read_file;
        lesson = fm_quiz_new(stage.archive, name, MIN(number_of(questions, 10), 100), number_of(seed, g_random_int()));
        if (!lesson)
            fprintf(stderr, "fathom: %s: there is nothing to ask about: no TCP connection with enough packets\n", name);
    }
    stage_clear(&stage);
    if (!lesson)
        return status == FM_COMMAND_GO_ON ? FM_COMMAND_FAILED : status;
    for (int i = 2; i < argc; i++) /* a capture named without -r is the lesson's own now */
        if (strcmp(argv[i], lesson->capture) == 0 && strcmp(argv[i - 1], "-r") != 0) {
            memmove(argv + i, argv + i + 1, (size_t)(argc - i - 1) * sizeof *argv);
            argc--;
            break;
        }
    return perform(lesson, argc, argv);
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
    if (strcmp(argv[1], "--quiz") == 0)
        return quiz(argc, argv);
    if (argv[1][0] == '-') {
        fprintf(stderr, "fathom: which lesson? the name comes first; 'fathom teach' lists them (not \"%s\")\n", argv[1]);
        return FM_COMMAND_USAGE;
    }
    g_autoptr(FmLesson) lesson = fm_lesson_named(argv[1], &error);
    if (!lesson)
        return fail(FM_COMMAND_USAGE, error);
    return perform(lesson, argc, argv);
}
