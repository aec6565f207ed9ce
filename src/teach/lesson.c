/* Lesson files, and where they are found. */
#include "config.h"

#include "teach/lesson.h"

#include <string.h>
#include <unistd.h>

enum { MOST_STEPS = 200, MOST_CHOICES = 6, MOST_LESSONS = 1000 };

static const char *const shows[FM_SHOW_COUNT] = {
    [FM_SHOW_SAME] = "same",         [FM_SHOW_FLOWS] = "flows",     [FM_SHOW_STORY] = "story",     [FM_SHOW_LADDER] = "ladder",
    [FM_SHOW_WINDOW] = "window",     [FM_SHOW_SEQUENCE] = "sequence", [FM_SHOW_SLIDING] = "sliding", [FM_SHOW_STREAMS] = "streams",
    [FM_SHOW_TLS] = "tls",           [FM_SHOW_FOLLOW] = "follow",   [FM_SHOW_MEDIA] = "media",     [FM_SHOW_HEADER] = "header",
    [FM_SHOW_PACKETS] = "packets",
};

FmScreenKind fm_show_named(const char *name)
{
    for (unsigned i = 0; i < FM_SHOW_COUNT; i++)
        if (strcmp(shows[i], name) == 0)
            return i;
    return FM_SHOW_COUNT;
}

const char *fm_show_name(FmScreenKind show)
{
    return shows[show];
}

/* ---- reading a file ---- */

static void step_free(gpointer data)
{
    FmLessonStep *step = data;
    g_free(step->name);
    g_free(step->packet);
    g_free(step->role);
    g_free(step->layer);
    g_free(step->text);
    g_free(step->question);
    g_strfreev(step->choices);
    g_free(step);
}

void fm_lesson_free(FmLesson *lesson)
{
    if (!lesson)
        return;
    g_free(lesson->path);
    g_free(lesson->name);
    g_free(lesson->title);
    g_free(lesson->aim);
    g_free(lesson->capture);
    g_free(lesson->missing);
    g_free(lesson->make);
    g_ptr_array_unref(lesson->steps);
    g_free(lesson);
}

FmLesson *fm_lesson_new(const char *name, const char *title, const char *aim)
{
    FmLesson *lesson = g_new0(FmLesson, 1);
    lesson->path = g_strdup(name);
    lesson->name = g_strdup(name);
    lesson->title = g_strdup(title);
    lesson->aim = g_strdup(aim);
    lesson->steps = g_ptr_array_new_with_free_func(step_free);
    return lesson;
}

/* A text of one or several lines as one paragraph; NULL where there is none. */
static char *text_of(GKeyFile *file, const char *group, const char *key)
{
    char *text = g_key_file_get_string(file, group, key, NULL);
    if (text && !*g_strstrip(text))
        g_clear_pointer(&text, g_free);
    return text;
}

static bool refuse(GError **error, const FmLesson *lesson, const char *group, const char *format, ...) G_GNUC_PRINTF(4, 5);

static bool refuse(GError **error, const FmLesson *lesson, const char *group, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *what = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, FM_LESSON_ERROR, FM_LESSON_ERROR_VALUE, "%s: [%s] %s", lesson->path, group, what);
    return false;
}

static bool known_keys(GKeyFile *file, const FmLesson *lesson, const char *group, const char *const *known, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);
    for (char **key = keys; key && *key; key++)
        if (!g_strv_contains(known, *key))
            return refuse(error, lesson, group, "there is no key \"%s\" (fathom-lesson, 5)", *key);
    return true;
}

static bool read_question(GKeyFile *file, const FmLesson *lesson, FmLessonStep *step, const char *group, GError **error)
{
    step->question = text_of(file, group, "question");
    if (!step->question)
        return true;
    gsize count = 0;
    step->choices = g_key_file_get_string_list(file, group, "choices", &count, NULL);
    if (count < 2 || count > MOST_CHOICES)
        return refuse(error, lesson, group, "a question wants choices=ONE;ANOTHER;…, two to %d of them", MOST_CHOICES);
    int answer = g_key_file_get_integer(file, group, "answer", NULL);
    if (answer < 1 || (gsize)answer > count)
        return refuse(error, lesson, group, "answer= is the number of the right choice, 1 to %u", (unsigned)count);
    step->answer = (unsigned)answer - 1;
    return true;
}

static bool read_step(GKeyFile *file, FmLesson *lesson, const char *group, GError **error)
{
    static const char *const known[] = { "packet", "role", "anywhere", "optional", "hide", "show", "layer", "text", "question", "choices", "answer", "pace", NULL };
    FmLessonStep *step = g_new0(FmLessonStep, 1);
    g_ptr_array_add(lesson->steps, step);
    step->name = g_strdup(group + strlen("step "));
    step->packet = text_of(file, group, "packet");
    step->role = text_of(file, group, "role");
    if (!step->role)
        step->role = g_strdup("");
    step->anywhere = g_key_file_get_boolean(file, group, "anywhere", NULL);
    step->optional = g_key_file_get_boolean(file, group, "optional", NULL);
    step->hide = g_key_file_get_boolean(file, group, "hide", NULL);
    step->layer = text_of(file, group, "layer");
    step->text = text_of(file, group, "text");
    step->pace = g_key_file_get_double(file, group, "pace", NULL);
    if (!known_keys(file, lesson, group, known, error))
        return false;
    g_autofree char *show = text_of(file, group, "show");
    step->show = show ? fm_show_named(show) : FM_SHOW_SAME;
    if (step->show == FM_SHOW_COUNT)
        return refuse(error, lesson, group, "show=%s: there is no such view; ladder, window, header, packets, … (fathom-lesson, 5)", show);
    if (!step->text)
        return refuse(error, lesson, group, "text= is missing: what is said at this step");
    if (lesson->steps->len == 1 && !step->packet)
        return refuse(error, lesson, group, "packet= is missing: the first step names a packet");
    return read_question(file, lesson, step, group, error);
}

/* "/somewhere/handshake.de.lesson" → "handshake" */
static char *name_of(const char *path)
{
    char *name = g_path_get_basename(path);
    name[strcspn(name, ".")] = '\0';
    return name;
}

/* Beside the lesson, or where the recordings of the source tree are. */
static char *capture_of(const char *lesson, const char *name)
{
    if (g_path_is_absolute(name))
        return g_strdup(name);
    g_autofree char *folder = g_path_get_dirname(lesson);
    char *beside = g_build_filename(folder, name, NULL);
    g_autofree char *recorded = g_build_filename(folder, "..", "testdata", name, NULL);
    if (g_file_test(beside, G_FILE_TEST_EXISTS) || !g_file_test(recorded, G_FILE_TEST_EXISTS))
        return beside;
    g_free(beside);
    return g_steal_pointer(&recorded);
}

static bool read_lesson(GKeyFile *file, FmLesson *lesson, GError **error)
{
    static const char *const known[] = { "title", "aim", "capture", "missing", "make", "minutes", "order", NULL };
    if (!g_key_file_has_group(file, "lesson"))
        return refuse(error, lesson, "lesson", "is missing: the group that tells title, aim and capture");
    if (!known_keys(file, lesson, "lesson", known, error))
        return false;
    lesson->title = text_of(file, "lesson", "title");
    lesson->aim = text_of(file, "lesson", "aim");
    lesson->missing = text_of(file, "lesson", "missing");
    lesson->make = text_of(file, "lesson", "make");
    lesson->minutes = (unsigned)MAX(g_key_file_get_integer(file, "lesson", "minutes", NULL), 0);
    lesson->order = (unsigned)MAX(g_key_file_get_integer(file, "lesson", "order", NULL), 0);
    g_autofree char *capture = text_of(file, "lesson", "capture");
    if (!lesson->title || !lesson->aim || !capture)
        return refuse(error, lesson, "lesson", "%s= is missing", !lesson->title ? "title" : !lesson->aim ? "aim" : "capture");
    lesson->capture = capture_of(lesson->path, capture);
    gsize count;
    g_auto(GStrv) groups = g_key_file_get_groups(file, &count);
    for (gsize i = 0; i < count; i++) {
        if (strcmp(groups[i], "lesson") == 0)
            continue;
        if (!g_str_has_prefix(groups[i], "step ") || count > MOST_STEPS)
            return refuse(error, lesson, groups[i], "%s", count > MOST_STEPS ? "these are too many steps" : "is neither lesson nor step NAME");
        if (!read_step(file, lesson, groups[i], error))
            return false;
    }
    return lesson->steps->len || refuse(error, lesson, "step 1", "is missing: a lesson has steps");
}

FmLesson *fm_lesson_load(const char *path, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(FmLesson) lesson = g_new0(FmLesson, 1);
    lesson->path = g_strdup(path);
    lesson->name = name_of(path);
    lesson->steps = g_ptr_array_new_with_free_func(step_free);
    g_autoptr(GError) fault = NULL;
    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &fault)) {
        g_set_error(error, FM_LESSON_ERROR, FM_LESSON_ERROR_FILE, "%s: %s", path, fault->message);
        return NULL;
    }
    return read_lesson(file, lesson, error) ? g_steal_pointer(&lesson) : NULL;
}

/* ---- where they are ---- */

/* The user's own, those named by the environment, those of a source tree that the program was built in, those installed. */
static GStrv folders(void)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *own = g_build_filename(g_get_user_data_dir(), "fathom", "lessons", NULL);
    g_strv_builder_add(builder, own);
    const char *named = g_getenv("FATHOM_LESSONS");
    if (named)
        g_strv_builder_add(builder, named);
    char program[4096];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n > 0) {
        program[n] = '\0';
        g_autofree char *folder = g_path_get_dirname(program);
        g_autofree char *built = g_build_filename(folder, "config.status", NULL);
        g_autofree char *here = g_build_filename(folder, "lessons", NULL);
        g_autofree char *above = g_build_filename(folder, "..", "lessons", NULL);
        if (g_file_test(built, G_FILE_TEST_EXISTS))
            g_strv_builder_add_many(builder, here, above, NULL);
    }
    g_strv_builder_add(builder, FM_DATA_FOLDER "/lessons");
    return g_strv_builder_end(builder);
}

/* "handshake.de.lesson" is in German, "handshake.lesson" in whatever there is. Smaller is better; negative: not to be read here. */
static int language_rank(const char *file)
{
    const char *language = strchr(file, '.');
    if (!language || strcmp(language, ".lesson") == 0)
        return 1000;
    const char *const *wanted = g_get_language_names();
    for (int i = 0; wanted[i] && i < 999; i++)
        if (g_str_has_prefix(language + 1, wanted[i]) && strcmp(language + 1 + strlen(wanted[i]), ".lesson") == 0)
            return i;
    return -1;
}

/* Paths of the best files by lesson name. */
static GHashTable *find_all(void)
{
    GHashTable *paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_auto(GStrv) all = folders();
    for (char **folder = all; *folder; folder++) {
        g_autoptr(GHashTable) ranks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL); /* of this folder */
        g_autoptr(GDir) dir = g_dir_open(*folder, 0, NULL);
        for (const char *file; dir && (file = g_dir_read_name(dir)) && g_hash_table_size(paths) < MOST_LESSONS;) {
            int rank = g_str_has_suffix(file, ".lesson") ? language_rank(file) : -1;
            g_autofree char *name = name_of(file);
            gpointer before = NULL;
            bool here = g_hash_table_lookup_extended(ranks, name, NULL, &before);
            if (rank < 0 || (here ? GPOINTER_TO_INT(before) <= rank : g_hash_table_contains(paths, name)))
                continue;
            g_hash_table_replace(ranks, g_strdup(name), GINT_TO_POINTER(rank));
            g_hash_table_replace(paths, g_steal_pointer(&name), g_build_filename(*folder, file, NULL));
        }
    }
    return paths;
}

FmLesson *fm_lesson_named(const char *name, GError **error)
{
    if (strchr(name, '/') || g_str_has_suffix(name, ".lesson"))
        return fm_lesson_load(name, error);
    g_autoptr(GHashTable) paths = find_all();
    const char *path = g_hash_table_lookup(paths, name);
    if (path)
        return fm_lesson_load(path, error);
    g_set_error(error, FM_LESSON_ERROR, FM_LESSON_ERROR_NAME, "there is no lesson \"%s\"; 'fathom teach' lists them", name);
    return NULL;
}

static gint by_order(gconstpointer a, gconstpointer b)
{
    const FmLesson *x = *(FmLesson *const *)a, *y = *(FmLesson *const *)b;
    return x->order != y->order ? (x->order < y->order ? -1 : 1) : strcmp(x->name, y->name);
}

static void free_lesson(gpointer lesson)
{
    fm_lesson_free(lesson);
}

GPtrArray *fm_lesson_list(GPtrArray *complaints)
{
    GPtrArray *lessons = g_ptr_array_new_with_free_func(free_lesson);
    g_autoptr(GHashTable) paths = find_all();
    GHashTableIter iter;
    g_hash_table_iter_init(&iter, paths);
    for (gpointer path; g_hash_table_iter_next(&iter, NULL, &path);) {
        g_autoptr(GError) error = NULL;
        FmLesson *lesson = fm_lesson_load(path, &error);
        if (lesson)
            g_ptr_array_add(lessons, lesson);
        else if (complaints)
            g_ptr_array_add(complaints, g_strdup(error->message));
    }
    g_ptr_array_sort(lessons, by_order);
    return lessons;
}

const char *fm_lesson_template(void)
{
    return "# A lesson for fathom; fathom-lesson(5) tells all. Try it: fathom teach --check THIS-FILE, then fathom teach ./THIS-FILE\n"
           "[lesson]\n"
           "title=The three-way handshake\n"
           "aim=How two ends agree to talk, and what they tell each other before the first byte.\n"
           "# beside this file, or a path\n"
           "capture=handshake.pcapng\n"
           "minutes=5\n"
           "# said when another capture (-r) has no example of it\n"
           "missing=a TCP connection from its first packet on\n"
           "make=curl -s http://example.org/\n"
           "\n"
           "[step 1]\n"
           "# the packet that this step is about: any display filter\n"
           "packet=tcp.flags.syn == 1 && tcp.flags.ack == 0\n"
           "# flows story ladder window sequence sliding streams tls follow media header packets\n"
           "show=ladder\n"
           "# ${field} is its value in the packet; ${1:field} that of step 1; ${a - b | ms} calculates\n"
           "text=The client asks: SYN. Its numbers begin at ${tcp.seq_raw}, chosen at random.\n"
           "\n"
           "[step 2]\n"
           "packet=tcp.flags.syn == 1 && tcp.flags.ack == 1\n"
           "text=After ${frame.time_relative - 1:frame.time_relative | ms} the server answers.\n"
           "question=Which number does it acknowledge?\n"
           "choices=${1:tcp.seq_raw};${1:tcp.seq_raw + 1};0\n"
           "answer=2\n";
}
