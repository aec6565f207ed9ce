/* Lessons: files, values in narration, packets of steps; and every lesson that comes along, on its own capture. */
#include "config.h"

#include <string.h>

#include <glib/gstdio.h>

#include "filter/filter.h"
#include "teach/quiz.h"
#include "teach/scene.h"
#include "test.h"

static void nothing(void *data)
{
}

/* Lessons are shown on screens, which put segments in order. */
static FmCatalog *screens_catalog(void)
{
    FmCatalog *catalog = test_catalog();
    fm_catalog_set(catalog, "tcp.reassemble_out_of_order", "TRUE", NULL);
    return catalog;
}

static FmArchive *archive_of(const FmCatalog *catalog, const char *path)
{
    g_autoptr(GError) error = NULL;
    FmSource *source = fm_source_open_file(path, &error);
    g_assert_no_error(error);
    FmArchive *archive = fm_archive_new(catalog, source, nothing, NULL);
    fm_archive_take_secrets(archive, fm_secrets_new());
    fm_archive_summarize(archive);
    fm_archive_start(archive);
    while (fm_archive_loading(archive))
        fm_archive_wait(archive, fm_archive_count(archive));
    return archive;
}

/* A lesson file of this text; the error's message instead of a lesson is put into *said. */
static FmLesson *lesson_of(const char *text, char **said)
{
    g_autofree char *folder = g_dir_make_tmp("lesson-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "some.de.lesson", NULL);
    g_autoptr(GError) error = NULL;
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    FmLesson *lesson = fm_lesson_load(path, &error);
    const char *message = error ? strstr(error->message, ".lesson: ") : NULL;
    *said = g_strdup(message ? message + strlen(".lesson: ") : "");
    g_remove(path);
    g_rmdir(folder);
    return lesson;
}

static void test_files(void)
{
    static const char head[] = "[lesson]\ntitle=T\naim=A\ncapture=c.pcap\n";
    static const struct {
        const char *rest, *said;
    } cases[] = {
        { "[step 1]\npacket=tcp\ntext=Hello.\n", "" },
        { "[step 1]\ntext=Hello.\n", "[step 1] packet= is missing: the first step names a packet" },
        { "[step 1]\npacket=tcp\n", "[step 1] text= is missing: what is said at this step" },
        { "[step 1]\npacket=tcp\ntext=x\nshow=film\n", "[step 1] show=film: there is no such view; ladder, window, header, packets, … (fathom-lesson, 5)" },
        { "[step 1]\npacket=tcp\ntext=x\nquestion=Why?\n", "[step 1] a question wants choices=ONE;ANOTHER;…, two to 6 of them" },
        { "[step 1]\npacket=tcp\ntext=x\nquestion=Why?\nchoices=a;b\nanswer=3\n", "[step 1] answer= is the number of the right choice, 1 to 2" },
        { "[step 1]\npacket=tcp\ntext=x\ncolour=red\n", "[step 1] there is no key \"colour\" (fathom-lesson, 5)" },
        { "[page 1]\ntext=x\n", "[page 1] is neither lesson nor step NAME" },
        { "", "[step 1] is missing: a lesson has steps" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat(head, cases[i].rest, NULL), *said = NULL;
        g_autoptr(FmLesson) lesson = lesson_of(text, &said);
        TEST_TEXT(cases[i].rest, said, cases[i].said);
        CU_ASSERT_EQUAL(lesson != NULL, !*cases[i].said);
        if (lesson)
            TEST_TEXT("name", lesson->name, "some");
    }
    g_autofree char *said = NULL;
    g_autoptr(FmLesson) lesson = lesson_of(fm_lesson_template(), &said);
    TEST_TEXT("template", said, "");
    CU_ASSERT(lesson && lesson->steps->len == 2);
}

/* ---- values, on packets whose fields are known ---- */

static const char fields_lesson[] = "[lesson]\ntitle=T\naim=A\ncapture=c.pcap\n"
                                    "[step syn]\npacket=tcp.flags.syn == 1 && tcp.flags.ack == 0\ntext=x\n"
                                    "[step answer]\npacket=tcp.flags.syn == 1 && tcp.flags.ack == 1\ntext=x\n"
                                    "[step never]\npacket=dns\noptional=true\ntext=x\n"
                                    "[step same]\ntext=x\n";

static void test_values(void)
{
    static const struct {
        unsigned step;
        const char *text, *filled, *missing;
    } cases[] = {
        { 0, "no value, $ and {}", "no value, $ and {}", NULL },
        { 0, "port ${tcp.dstport}.", "port 7004.", NULL },
        { 1, "${tcp.ack_raw} = ${syn:tcp.seq_raw + 1 | round}", "240847092 = 240,847,092", NULL },
        { 1, "${frame.time_relative - syn:frame.time_relative | ms}", "11.6 ms", NULL },
        { 1, "${frame.time_relative - syn:frame.time_relative | span}", "12 ms", NULL },
        { 0, "${tcp.window_size_value * 2 / 4}", "32,120", NULL },
        { 0, "${eth.addr#2}", "00:00:5e:00:53:10", NULL },
        { 0, "${eth.type | name} ${tcp.flags | line}", "IPv4 0x002", NULL },
        { 0, "${7 / 2} ${1 / 3} ${-2 - 3}", "3.50 0.33 -5", NULL },
        { 0, "${udp.port} and ${tcp.seq / 0}", "? and ?", "udp.port" },
        { 2, "${tcp.port}", "?", "tcp.port" },
    };
    g_autofree char *said = NULL, *path = test_data_path("tcp-plain.pcapng");
    g_autoptr(FmLesson) lesson = lesson_of(fields_lesson, &said);
    FmCatalog *catalog = screens_catalog();
    FmArchive *archive = archive_of(catalog, path);
    FmScene *scene = fm_scene_new(lesson, archive, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(scene);
    while (!fm_scene_look(scene, 7)) { }
    CU_ASSERT(fm_scene_complete(scene, NULL));
    CU_ASSERT_EQUAL(fm_scene_cue(scene, 0)->packet, 1);
    CU_ASSERT_EQUAL(fm_scene_cue(scene, 1)->packet, 2);
    CU_ASSERT_EQUAL(fm_scene_cue(scene, 2)->packet, 0);
    CU_ASSERT_EQUAL(fm_scene_cue(scene, 3)->packet, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_auto(FmText) out = { 0 };
        g_autofree char *missing = NULL;
        bool good = fm_scene_text(scene, cases[i].step, cases[i].text, &out, &missing);
        TEST_TEXT(cases[i].text, fm_text_string(&out), cases[i].filled);
        CU_ASSERT_EQUAL(good, !cases[i].missing);
        CU_ASSERT_STRING_EQUAL(missing ? missing : "", cases[i].missing ? cases[i].missing : "");
    }
    fm_scene_free(scene);
    fm_archive_free(archive);
    fm_catalog_free(catalog);
}

static void test_faults(void)
{
    static const struct {
        const char *step, *said;
    } cases[] = {
        { "packet=tcp.nothing\ntext=x\n", "[step 1] packet: " },
        { "packet=tcp\ntext=${tcp.nothing}\n", "[step 1] \"tcp.nothing\" is neither a field nor flow.COLUMN" },
        { "packet=tcp\ntext=${2:tcp.port}\n", "[step 1] there is no step \"2\"" },
        { "packet=tcp\ntext=${tcp.port tcp.port}\n", "[step 1] ${tcp.port tcp.port} is no value" },
        { "packet=tcp\ntext=${tcp.port - }\n", "[step 1] ${tcp.port - } lacks a term" },
        { "packet=tcp\ntext=${tcp.port | furlongs}\n", "[step 1] \"| furlongs\" is no form" },
    };
    g_autofree char *path = test_data_path("tcp-plain.pcapng");
    FmCatalog *catalog = screens_catalog();
    FmArchive *archive = archive_of(catalog, path);
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strconcat("[lesson]\ntitle=T\naim=A\ncapture=c.pcap\n[step 1]\n", cases[i].step, NULL), *said = NULL;
        g_autoptr(FmLesson) lesson = lesson_of(text, &said);
        g_autoptr(GError) error = NULL;
        CU_ASSERT_PTR_NULL(fm_scene_new(lesson, archive, &error));
        if (!error || !strstr(error->message, cases[i].said))
            TEST_TEXT(cases[i].step, error ? error->message : "no error", cases[i].said);
    }
    fm_archive_free(archive);
    fm_catalog_free(catalog);
}

/* ---- all that come along ---- */

static void check_lesson(const FmCatalog *catalog, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FmLesson) lesson = fm_lesson_load(path, &error);
    if (!lesson) {
        TEST_TEXT(path, error->message, "");
        return;
    }
    FmArchive *archive = archive_of(catalog, lesson->capture);
    FmScene *scene = fm_scene_new(lesson, archive, &error);
    if (!scene)
        TEST_TEXT(path, error->message, "");
    while (scene && !fm_scene_look(scene, 100000)) { }
    unsigned missing = 0;
    if (scene && !fm_scene_complete(scene, &missing))
        TEST_TEXT(path, fm_lesson_step(lesson, missing)->name, "no step without its packet");
    for (unsigned i = 0; scene && i < lesson->steps->len; i++) {
        const FmLessonStep *step = fm_lesson_step(lesson, i);
        g_auto(FmText) out = { 0 };
        g_autofree char *lacks = NULL;
        if (fm_scene_cue(scene, i)->packet && !fm_scene_text(scene, i, step->text, &out, &lacks))
            TEST_TEXT(step->name, lacks, "in the packet");
        for (char **choice = step->choices; choice && *choice; choice++) {
            g_autofree char *no = NULL;
            if (fm_scene_cue(scene, i)->packet && !fm_scene_text(scene, i, *choice, &out, &no))
                TEST_TEXT(step->name, no, "in the packet");
        }
    }
    fm_scene_free(scene);
    fm_archive_free(archive);
}

static void test_all(void)
{
    g_autofree char *folder = test_data_path("../lessons");
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    FmCatalog *catalog = screens_catalog();
    unsigned count = 0;
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (!g_str_has_suffix(name, ".lesson"))
            continue;
        check_lesson(catalog, path);
        count++;
    }
    CU_ASSERT(count > 0);
    fm_catalog_free(catalog);
}

/* ---- the quiz: a display filter must find that the right answer is right, and that no other one is ---- */

static char *filter_of(const char *question, const char *answer)
{
    if (strstr(question, "Which flags"))
        return g_strdup_printf("tcp.flags.syn == %d && tcp.flags.ack == %d && tcp.flags.fin == %d && tcp.flags.reset == %d", strstr(answer, "SYN") != NULL,
                               strstr(answer, "ACK") != NULL, strstr(answer, "FIN") != NULL, strstr(answer, "RST") != NULL);
    if (strstr(question, "in which phase"))
        return g_strdup_printf("fathom.tcp.phase == \"%s\"", answer);
    if (strstr(question, "had sent before"))
        return g_strdup_printf("fathom.tcp.verdict == \"%s\"", answer);
    if (strstr(question, "acknowledge?"))
        return g_strdup_printf("tcp.ack == %s + 1", answer);
    static const char *const limits[][2] = { { "the network", "network" }, { "the receiver's window", "receiver" }, { "the sending application", "application" } };
    for (size_t i = 0; i < G_N_ELEMENTS(limits); i++)
        if (strcmp(limits[i][0], answer) == 0)
            return g_strdup_printf("fathom.tcp.limited_by == \"%s\"", limits[i][1]);
    return g_strdup("frame.number == 0");
}

static bool holds(FmArchive *archive, const char *number, const char *text)
{
    const FmCatalog *catalog = fm_archive_catalog(archive);
    g_autoptr(GError) error = NULL;
    g_autoptr(FmFilter) filter = fm_filter_compile(catalog, text, NULL, NULL, NULL, &error);
    g_assert_no_error(error);
    g_autofree uint64_t *wanted = g_new0(uint64_t, fm_catalog_words(catalog));
    bool columns;
    fm_filter_wants(filter, wanted, &columns);
    g_autoptr(FmViewer) viewer = fm_viewer_new(archive, false);
    fm_viewer_want(viewer, wanted, false, false, false);
    const FmPacket *packet = fm_viewer_packet(viewer, (uint32_t)g_ascii_strtoull(number, NULL, 10), 0);
    return packet && fm_filter_match(filter, packet);
}

static void check_quiz(FmArchive *archive, const char *name, uint32_t seed)
{
    g_autoptr(FmLesson) lesson = fm_quiz_new(archive, name, 12, seed);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lesson);
    for (unsigned i = 0; i < lesson->steps->len; i++) {
        const FmLessonStep *step = fm_lesson_step(lesson, i);
        CU_ASSERT(g_strv_length(step->choices) >= 2 && step->answer < g_strv_length(step->choices));
        for (unsigned k = 0; step->choices[k]; k++) {
            g_autofree char *filter = filter_of(step->question, step->choices[k]);
            bool good = holds(archive, step->packet + strlen("frame.number == "), filter);
            if (good != (k == step->answer))
                TEST_TEXT(step->question, step->choices[k], good ? "not right as well" : "right");
        }
    }
}

static void test_quiz(void)
{
    static const char *const names[] = { "bulk-reno.pcapng", "tcp-tail-loss.pcapng", "tcp-zero-window.pcapng", "tcp-half-close.pcapng", "demo.pcapng" };
    FmCatalog *catalog = screens_catalog();
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = test_data_path(names[i]);
        FmArchive *archive = archive_of(catalog, path);
        for (uint32_t seed = 1; seed <= 3; seed++)
            check_quiz(archive, path, seed);
        fm_archive_free(archive);
    }
    g_autofree char *path = test_data_path("arp.pcapng");
    FmArchive *archive = archive_of(catalog, path);
    CU_ASSERT_PTR_NULL(fm_quiz_new(archive, path, 12, 1));
    fm_archive_free(archive);
    fm_catalog_free(catalog);
}

const TestSuite test_lesson_suite = {
    .name = "lesson",
    TEST_CASES({ "files", test_files }, { "values", test_values }, { "faults", test_faults }, { "all that come along", test_all },
               { "quiz", test_quiz }),
};
