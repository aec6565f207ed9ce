/* Lessons as text and as HTML. */
#include "config.h"

#include "teach/handout.h"

#include <string.h>

#include "model/format.h"
#include "plot/paper.h"
#include "plot/picture.h"
#include "summary/track.h"

enum { COLUMNS = 78, AROUND = 4, MOST_INFO = 90, MOST_FIELDS = 40 };

FmHandoutFormat fm_handout_format(const char *name)
{
    static const char *const names[FM_HANDOUT_FORMATS] = { [FM_HANDOUT_TXT] = "txt", [FM_HANDOUT_HTML] = "html", [FM_HANDOUT_PDF] = "pdf" };
    FmHandoutFormat format = 0;
    while (format < FM_HANDOUT_FORMATS && strcmp(names[format], name) != 0)
        format++;
    return format;
}

typedef struct Handout {
    FmText *out;
    bool html;
    FmPaper *paper; /* PDF: texts go there; NULL otherwise */
    const FmLesson *lesson;
    FmScene *scene;
    FmArchive *archive;
    FmViewer *viewer;
} Handout;

/* ---- texts ---- */

static void put_escaped(Handout *h, const char *text)
{
    g_autofree char *escaped = h->html ? g_markup_escape_text(text, -1) : NULL;
    fm_text_put(h->out, escaped ? escaped : text);
}

static void put_wrapped(Handout *h, int indent, const char *text)
{
    int column = 0;
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    for (char **word = words; *word; word++) {
        int width = (int)g_utf8_strlen(*word, -1);
        if (column && column + 1 + width > COLUMNS - indent) {
            fm_text_char(h->out, '\n');
            column = 0;
        }
        fm_text_printf(h->out, "%*s%s", column ? 1 : indent, "", *word);
        column += width + (column > 0);
    }
    fm_text_char(h->out, '\n');
}

static void put_paragraph(Handout *h, FmPaperText kind, int indent, const char *text)
{
    static const char *const tags[] = { [FM_PAPER_TITLE] = "h1", [FM_PAPER_HEAD] = "h2", [FM_PAPER_TEXT] = "p",
                                        [FM_PAPER_BOLD] = "p class=question", [FM_PAPER_CHOICE] = "p class=choice" };
    if (h->paper) {
        fm_paper_text(h->paper, kind, text);
    } else if (h->html) {
        fm_text_printf(h->out, "<%s>", tags[kind]);
        put_escaped(h, text);
        fm_text_printf(h->out, "</%.*s>\n", (int)strcspn(tags[kind], " "), tags[kind]);
    } else {
        put_wrapped(h, indent, text);
    }
}

static char *filled(Handout *h, unsigned step, const char *text)
{
    g_auto(FmText) out = { 0 };
    fm_scene_text(h->scene, step, text, &out, NULL);
    return g_strdup(fm_text_string(&out));
}

static void put_question(Handout *h, unsigned i)
{
    const FmLessonStep *step = fm_lesson_step(h->lesson, i);
    if (!step->question)
        return;
    g_autofree char *question = filled(h, i, step->question);
    put_paragraph(h, FM_PAPER_BOLD, 3, question);
    for (unsigned n = 0; step->choices[n]; n++) {
        g_autofree char *choice = filled(h, i, step->choices[n]);
        g_autofree char *line = g_strdup_printf("%c) %s", 'a' + (int)n, choice);
        put_paragraph(h, FM_PAPER_CHOICE, 6, line);
    }
}

/* ---- the packets around a step's ---- */

static unsigned client_of(FmArchive *archive, const FmCue *cue)
{
    fm_archive_hold(archive);
    const FmFlowRecord *flow = fm_summary_find(fm_archive_summary(archive), cue->flow_kind, cue->flow);
    unsigned client = flow ? flow->client : 0;
    fm_archive_release(archive);
    return client;
}

static bool in_flow(FmArchive *archive, uint32_t number, const FmCue *cue)
{
    const FmIndexed *packet = fm_archive_packet(archive, number);
    return packet->kind == cue->flow_kind && packet->flow == cue->flow;
}

static void put_packet(Handout *h, uint32_t number, const FmCue *cue, unsigned client)
{
    const FmPacket *packet = fm_viewer_packet(h->viewer, number, 0);
    if (!packet)
        return;
    const FmIndexed *indexed = fm_archive_packet(h->archive, number);
    g_auto(FmText) info = { 0 };
    fm_text_escaped(&info, packet->info.data ? packet->info.data : "", MIN(packet->info.size, (size_t)MOST_INFO));
    g_autofree char *line = g_strdup_printf("%s %5u %10.6f  %s  %-8s %s", number == cue->packet ? ">" : " ", number,
                                            (double)fm_archive_time(h->archive, number) / FM_SECOND,
                                            cue->flow_kind ? indexed->direction == client ? "client ->" : "<- server" : "", packet->protocol,
                                            fm_text_string(&info));
    put_escaped(h, line);
    fm_text_char(h->out, '\n');
}

/* What a question hides is not on the paper either. */
static void put_ladder(Handout *h, const FmCue *cue, bool hide)
{
    uint32_t from = cue->packet, to = cue->packet, count = fm_archive_count(h->archive);
    for (unsigned n = 0; n < AROUND && from > 1;)
        n += in_flow(h->archive, --from, cue);
    for (unsigned n = 0; n < AROUND && to < count && !hide;)
        n += in_flow(h->archive, ++to, cue);
    unsigned client = client_of(h->archive, cue);
    for (uint32_t number = from; number <= to; number++)
        if (in_flow(h->archive, number, cue) && !(hide && number == cue->packet))
            put_packet(h, number, cue, client);
    if (hide)
        fm_text_printf(h->out, "> %5u ?\n", cue->packet);
}

/* The fields of one layer, one a line. */
static void put_layer(Handout *h, const FmCue *cue, const char *layer)
{
    const FmPacket *packet = fm_viewer_packet(h->viewer, cue->packet, 0);
    const FmEntry *entry = layer ? fm_catalog_find(fm_archive_catalog(h->archive), layer) : NULL;
    const FmNode *top = NULL;
    for (uint32_t i = 0; entry && packet && i < packet->node_count && !top; i++)
        for (size_t k = 0; k < entry->id_count; k++)
            if (packet->nodes[i].field == entry->ids[k])
                top = &packet->nodes[i];
    if (!top) {
        put_packet(h, cue->packet, cue, client_of(h->archive, cue));
        return;
    }
    const FmNode *end = fm_node_after(packet, top);
    unsigned lines = 0;
    for (const FmNode *node = top; node < end && lines < MOST_FIELDS; node++) {
        if (node->flags & FM_NODE_HIDDEN)
            continue;
        g_auto(FmText) line = { 0 };
        fm_format_line(&line, packet, node);
        g_autofree char *text = g_strdup_printf("   %*s%s\n", 2 * (node->depth - top->depth), "", fm_text_string(&line));
        put_escaped(h, text);
        lines++;
    }
}

static void put_chart(Handout *h, const FmChart *chart)
{
    if (h->paper) {
        fm_paper_picture(h->paper, chart);
        return;
    }
    g_autofree char *svg = fm_picture_svg(&chart, 1, &(FmPictureOptions){ .title = "", .width = 760, .height = 340 });
    const char *body = svg ? strstr(svg, "<svg") : NULL;
    if (body)
        fm_text_printf(h->out, "<figure>%s</figure>\n", body);
}

static void put_picture(Handout *h, const FmCue *cue, FmChartKind kind)
{
    FmTrack *track = fm_track_new(fm_archive_catalog(h->archive), cue->flow_kind, cue->flow);
    FmViewer *viewer = fm_viewer_new(h->archive, false);
    fm_viewer_want(viewer, fm_track_wanted(track), false, false, false);
    fm_viewer_want_segment(viewer);
    for (uint32_t number = 1; number <= fm_archive_count(h->archive); number++) {
        const FmPacket *packet = in_flow(h->archive, number, cue) ? fm_viewer_packet(viewer, number, 0) : NULL;
        if (packet)
            fm_track_packet(track, packet);
    }
    fm_track_finish(track);
    size_t count;
    const FmStep *steps = fm_track_steps(track, &count, NULL);
    const FmFlowRecord *flow = fm_track_flow(track);
    if (flow && count >= 2) {
        FmChart *chart = fm_chart_new(kind, steps, count, flow->payload[1] > flow->payload[0]);
        put_chart(h, chart);
        fm_chart_free(chart);
    }
    fm_viewer_free(viewer);
    fm_track_free(track);
}

static void put_scenery(Handout *h, const FmCue *cue, FmScreenKind show, const FmLessonStep *step)
{
    bool picture = (h->html || h->paper) && cue->flow_kind && (show == FM_SHOW_WINDOW || show == FM_SHOW_SEQUENCE);
    if (picture) {
        put_picture(h, cue, show == FM_SHOW_WINDOW ? FM_CHART_WINDOW : FM_CHART_SEQUENCE);
        return;
    }
    fm_text_put(h->out, h->html ? "<pre>" : "\n");
    if (show == FM_SHOW_HEADER || show == FM_SHOW_PACKETS)
        put_layer(h, cue, step->layer);
    else
        put_ladder(h, cue, step->hide);
    fm_text_put(h->out, h->html ? "</pre>\n" : "\n");
    if (h->paper) {
        fm_paper_lines(h->paper, fm_text_string(h->out));
        fm_text_reset(h->out);
    }
}

/* ---- all of it ---- */

static const char html_head[] = "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\n<title>%s</title>\n"
                                "<style>body{font:16px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em;color:#222}h2{font-size:1em;color:#777;margin:2em 0 0}\n"
                                "pre{font:13px/1.35 monospace;background:#f4f4f0;padding:.6em;overflow-x:auto}.question{font-weight:bold}.choice{margin:.1em 0 .1em 2em}\n"
                                "figure{margin:1em 0}svg{max-width:100%%;height:auto}</style></head><body>\n";

static void put_step(Handout *h, unsigned i, FmScreenKind show)
{
    const FmLessonStep *step = fm_lesson_step(h->lesson, i);
    const FmCue *cue = fm_scene_cue(h->scene, i);
    g_autofree char *head = g_strdup_printf("%u  packet %u", i + 1, cue->packet), *text = filled(h, i, step->text);
    if (!h->html)
        fm_text_char(h->out, '\n');
    put_paragraph(h, FM_PAPER_HEAD, 0, head);
    put_paragraph(h, FM_PAPER_TEXT, 3, text);
    FmCue here = *cue;
    put_scenery(h, &here, show, step);
    put_question(h, i);
}

static void put_answers(Handout *h)
{
    g_autoptr(GString) answers = g_string_new(NULL);
    for (unsigned i = 0; i < h->lesson->steps->len; i++) {
        const FmLessonStep *step = fm_lesson_step(h->lesson, i);
        if (step->question && fm_scene_cue(h->scene, i)->packet)
            g_string_append_printf(answers, "%s%u %c", answers->len ? ", " : "Answers: ", i + 1, 'a' + (int)step->answer);
    }
    if (!h->html)
        fm_text_char(h->out, '\n');
    if (answers->len)
        put_paragraph(h, FM_PAPER_TEXT, 0, answers->str);
}

bool fm_handout(FILE *file, FmHandoutFormat format, const FmLesson *lesson, FmScene *scene, FmArchive *archive)
{
    g_auto(FmText) out = { 0 };
    Handout h = { &out, format == FM_HANDOUT_HTML, format == FM_HANDOUT_PDF ? fm_paper_new(file) : NULL, lesson, scene, archive, NULL };
    if (format == FM_HANDOUT_PDF && !h.paper)
        return false;
    h.viewer = fm_viewer_new(archive, false);
    fm_viewer_want(h.viewer, NULL, true, true, true);
    g_autofree char *title = g_markup_escape_text(lesson->title, -1);
    if (h.html)
        fm_text_printf(&out, html_head, title);
    put_paragraph(&h, FM_PAPER_TITLE, 0, lesson->title);
    put_paragraph(&h, FM_PAPER_TEXT, 0, lesson->aim);
    FmScreenKind show = FM_SHOW_LADDER;
    for (unsigned i = 0; i < lesson->steps->len; i++) {
        if (fm_lesson_step(lesson, i)->show != FM_SHOW_SAME)
            show = fm_lesson_step(lesson, i)->show;
        if (fm_scene_cue(scene, i)->packet)
            put_step(&h, i, show);
    }
    put_answers(&h);
    if (h.html)
        fm_text_put(&out, "</body></html>\n");
    fm_viewer_free(h.viewer);
    bool good = h.paper ? fm_paper_close(h.paper) : fwrite(out.data, 1, out.size, file) == out.size;
    return fflush(file) == 0 && good;
}
