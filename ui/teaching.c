/* Lessons on the screen. */
#include "config.h"

#include "ui/teaching.h"

#include <string.h>

#include "teach/scene.h"
#include "ui/flow.h"
#include "ui/pages.h"

enum { LOOK = 20000, READING_SPEED = 14 /* characters a second */, LEAST_PACE = 4, TICKS = 10, NOT_ANSWERED = -1 };

struct FmTeaching {
    FmApp *app;
    const FmLesson *lesson;
    FmScene *scene;
    bool begun;          /* the steps have their packets, or as many as there are */
    unsigned step;
    FmScreenKind shown;  /* the view of the step */
    GPtrArray *sentences; /* of the step, with their values */
    unsigned sentence;   /* presenter: the one that is shown */
    char *question;
    GPtrArray *choices;
    int *answers;        /* by step: what was chosen, NOT_ANSWERED */
    bool presenter, playing, ended;
    unsigned ticks;      /* until the next step while it plays */
};

/* ---- texts ---- */

static char *filled(FmTeaching *t, const char *text)
{
    g_auto(FmText) out = { 0 };
    fm_scene_text(t->scene, t->step, text, &out, NULL);
    return g_strdup(fm_text_string(&out));
}

/* A sentence ends with a full stop and a space, not after "e.g." or a single letter. */
static void split_sentences(GPtrArray *into, const char *text)
{
    const char *from = text;
    for (const char *at = text; *at; at++) {
        bool ends = strchr(".!?", *at) && at[1] == ' ' && at - from > 12 && !(at > text + 1 && at[-2] == '.');
        if (!ends)
            continue;
        g_ptr_array_add(into, g_strndup(from, (gsize)(at + 1 - from)));
        from = at + 2;
    }
    if (*from)
        g_ptr_array_add(into, g_strdup(from));
}

static void prepare_texts(FmTeaching *t)
{
    const FmLessonStep *step = fm_lesson_step(t->lesson, t->step);
    g_autofree char *text = filled(t, step->text);
    g_ptr_array_set_size(t->sentences, 0);
    g_ptr_array_set_size(t->choices, 0);
    split_sentences(t->sentences, text);
    g_free(t->question);
    t->question = step->question ? filled(t, step->question) : NULL;
    for (char **choice = step->choices; choice && *choice; choice++)
        g_ptr_array_add(t->choices, filled(t, *choice));
    size_t letters = strlen(text) + (t->question ? 3 * strlen(t->question) : 0);
    t->ticks = (unsigned)(TICKS * (step->pace > 0 ? step->pace : MAX((double)letters / READING_SPEED, LEAST_PACE)));
}

/* ---- turning the page to the step ---- */

static void to_home(FmApp *app)
{
    while (app->pages->len > 1)
        fm_app_pop(app);
}

static FmPage *flow_page(FmApp *app, const FmCue *cue)
{
    FmPage *page = fm_app_page(app);
    if (page->kind == &fm_flow_page && fm_flow_of(page)->kind == cue->flow_kind && fm_flow_of(page)->number == cue->flow)
        return page;
    to_home(app);
    return fm_app_push(app, &fm_flow_page, &(FmFlowArgument){ .kind = cue->flow_kind, .number = cue->flow, .packet = cue->packet });
}

/* The tab of a view; the ladder where this flow has no such tab. */
static void choose_tab(FmPage *page, FmScreenKind show)
{
    unsigned ladder = page->focus;
    for (unsigned i = 0; i < page->pane_count; i++) {
        const FmView *view = page->panes[i].view;
        if (page->kind->has && !page->kind->has(page, view))
            continue;
        if (g_ascii_strcasecmp(view->name, fm_show_name(show)) == 0) {
            page->focus = i;
            return;
        }
        if (view == &fm_ladder_view)
            ladder = i;
    }
    page->focus = ladder;
}

static void show_packet(FmTeaching *t, const FmCue *cue, const char *field)
{
    to_home(t->app);
    g_autofree char *filter = cue->flow_kind ? fm_flow_filter(t->app, cue->flow_kind, cue->flow) : NULL;
    fm_app_push(t->app, &fm_packets_page, &(FmPacketsArgument){ .number = cue->packet, .filter = filter, .field = field });
}

static void turn_page(FmTeaching *t)
{
    const FmLessonStep *step = fm_lesson_step(t->lesson, t->step);
    const FmCue *cue = fm_scene_cue(t->scene, t->step);
    if (t->shown == FM_SHOW_FLOWS) {
        to_home(t->app);
    } else if (t->shown == FM_SHOW_PACKETS || !cue->flow_kind) {
        show_packet(t, cue, step->layer);
    } else {
        FmPage *page = flow_page(t->app, cue);
        choose_tab(page, t->shown);
        fm_flow_stand_at(page, cue->packet, t->shown == FM_SHOW_HEADER ? step->layer : NULL);
        fm_flow_of(page)->hidden = step->hide && t->answers[t->step] == NOT_ANSWERED ? cue->packet : 0;
    }
}

/* What the steps up to this one said last of the view. */
static FmScreenKind show_of(const FmLesson *lesson, unsigned step)
{
    for (unsigned i = step + 1; i-- > 0;)
        if (fm_lesson_step(lesson, i)->show != FM_SHOW_SAME)
            return fm_lesson_step(lesson, i)->show;
    return FM_SHOW_LADDER;
}

static bool has_packet(FmTeaching *t, unsigned step)
{
    return fm_scene_cue(t->scene, step)->packet != 0;
}

static void enter_step(FmTeaching *t, unsigned step)
{
    t->step = step;
    t->sentence = 0;
    t->ended = false;
    t->shown = show_of(t->lesson, step);
    prepare_texts(t);
    turn_page(t);
    t->app->dirty = true;
}

/* The next step that has its packet, in either direction; stays where there is none. */
static bool move_step(FmTeaching *t, int by)
{
    for (int i = (int)t->step + by; i >= 0 && i < (int)t->lesson->steps->len; i += by)
        if (has_packet(t, (unsigned)i)) {
            enter_step(t, (unsigned)i);
            return true;
        }
    return false;
}

/* ---- life ---- */

static void free_text(gpointer text)
{
    g_free(text);
}

FmTeaching *fm_teaching_new(FmApp *app, const FmLesson *lesson, GError **error)
{
    FmTeaching *t = g_new0(FmTeaching, 1);
    t->app = app;
    t->lesson = lesson;
    t->sentences = g_ptr_array_new_with_free_func(free_text);
    t->choices = g_ptr_array_new_with_free_func(free_text);
    t->answers = g_new(int, lesson->steps->len);
    for (unsigned i = 0; i < lesson->steps->len; i++)
        t->answers[i] = NOT_ANSWERED;
    t->scene = fm_scene_new(lesson, app->archive, error);
    if (t->scene)
        return t;
    fm_teaching_free(t);
    return NULL;
}

void fm_teaching_free(FmTeaching *t)
{
    if (!t)
        return;
    fm_scene_free(t->scene);
    g_ptr_array_unref(t->sentences);
    g_ptr_array_unref(t->choices);
    g_free(t->question);
    g_free(t->answers);
    g_free(t);
}

bool fm_teaching_moves(FmTeaching *t)
{
    return !t->begun || t->playing;
}

/* A lesson begins when all its packets are there, or when no more will come. */
static bool begin(FmTeaching *t)
{
    bool loading = fm_archive_loading(t->app->archive), all = fm_scene_look(t->scene, LOOK);
    if (!fm_scene_complete(t->scene, NULL) && !(all && !loading))
        return false;
    if (!fm_scene_complete(t->scene, NULL) || (loading && !t->app->options->live))
        return false;
    t->begun = true;
    enter_step(t, 0);
    return true;
}

bool fm_teaching_tick(FmTeaching *t)
{
    if (!t->begun)
        return begin(t) || fm_archive_loading(t->app->archive);
    if (!t->playing || (t->ticks && --t->ticks))
        return false;
    if (!move_step(t, 1)) {
        t->playing = false;
        t->ended = true;
    }
    return true;
}

/* ---- requests ---- */

unsigned fm_teaching_where(const FmTeaching *t)
{
    bool open = t->begun && t->question && t->answers[t->step] == NOT_ANSWERED;
    return FM_IN_LESSON | (open ? FM_IN_QUESTION : 0);
}

static void go_on(FmTeaching *t)
{
    if (t->presenter && t->sentence + 1 < t->sentences->len + (t->question != NULL))
        t->sentence++;
    else if (!move_step(t, 1))
        t->ended = true;
}

static void go_back(FmTeaching *t)
{
    if (t->ended)
        t->ended = false;
    else if (t->presenter && t->sentence)
        t->sentence--;
    else
        move_step(t, -1);
}

static void answer(FmTeaching *t, unsigned choice)
{
    if (choice >= t->choices->len)
        return;
    t->answers[t->step] = (int)choice;
    if (fm_lesson_step(t->lesson, t->step)->hide)
        turn_page(t);
}

bool fm_teaching_request(FmTeaching *t, FmRequest request, const char *argument)
{
    if (request == FM_REQUEST_QUIT || (request == FM_REQUEST_BACK && t->app->pages->len == 1)) {
        t->app->quitting = true;
        return true;
    }
    if (!t->begun)
        return false;
    switch (request) {
    case FM_REQUEST_STEP_ON: go_on(t); return true;
    case FM_REQUEST_STEP_BACK: go_back(t); return true;
    case FM_REQUEST_STEP_HERE: turn_page(t); return true;
    case FM_REQUEST_LESSON_PLAY: t->playing = !t->playing; return true;
    case FM_REQUEST_PRESENTER:
        t->presenter = !t->presenter;
        t->sentence = 0;
        return true;
    case FM_REQUEST_ANSWER_A: case FM_REQUEST_ANSWER_B: case FM_REQUEST_ANSWER_C: case FM_REQUEST_ANSWER_D: case FM_REQUEST_ANSWER_E:
    case FM_REQUEST_ANSWER_F: answer(t, request - FM_REQUEST_ANSWER_A); return true;
    default: return false;
    }
}

/* ---- drawing ---- */

typedef struct Lines { /* rows of the panel */
    FmTeaching *t;
    FmBox box;   /* rows 0: only counts them */
    int row, columns;
} Lines;

static FmPen line(Lines *l, int indent)
{
    FmPen pen = fm_pen(&l->t->app->screen, l->box, l->row++);
    fm_put_to(&pen, FM_STYLE_NORMAL, indent);
    return pen;
}

static void put_wrapped(Lines *l, int indent, FmStyle style, const char *mark, const char *text)
{
    int first = indent + fm_width(mark, strlen(mark));
    for (bool begun = false; *text || !begun; begun = true) {
        size_t n = fm_fitting(text, strlen(text), MAX(l->columns - first - 1, 10)), fits = n;
        while (text[n] && n && text[n] != ' ')
            n--;
        n = n ? n : fits;
        if (l->row < l->box.rows) {
            FmPen pen = line(l, begun ? first : indent);
            if (!begun)
                fm_put(&pen, style, mark);
            fm_put_n(&pen, style, text, n);
        } else {
            l->row++;
        }
        text += n + (text[n] == ' ');
        if (!n)
            break;
    }
}

static void put_title(Lines *l)
{
    FmTeaching *t = l->t;
    if (l->row++ >= l->box.rows)
        return;
    FmPen pen = fm_pen(&t->app->screen, l->box, l->row - 1);
    fm_putf(&pen, FM_STYLE_HEAD, " %s", t->lesson->title);
    char room[48] = "";
    if (t->begun)
        g_snprintf(room, sizeof room, "%s%u of %u ", t->playing ? "playing  " : "", t->step + 1, t->lesson->steps->len);
    fm_put_to(&pen, FM_STYLE_HEAD, MAX(l->box.columns - (int)strlen(room), 0));
    fm_put(&pen, FM_STYLE_HEAD, room);
    fm_put_rest(&pen, FM_STYLE_HEAD);
}

static void put_question(Lines *l, int indent)
{
    FmTeaching *t = l->t;
    int chosen = t->answers[t->step];
    const FmLessonStep *step = fm_lesson_step(t->lesson, t->step);
    put_wrapped(l, indent, FM_STYLE_MARK, "", t->question);
    for (unsigned i = 0; i < t->choices->len; i++) {
        bool right = i == step->answer;
        FmStyle style = chosen == NOT_ANSWERED ? FM_STYLE_NORMAL : right ? FM_STYLE_GOOD : (int)i == chosen ? FM_STYLE_BAD : FM_STYLE_DIM;
        const char *said = chosen == NOT_ANSWERED ? "" : right ? "  <- right" : (int)i == chosen ? "  <- no" : "";
        char mark[8];
        g_snprintf(mark, sizeof mark, "%c) ", 'a' + (int)i);
        g_autofree char *text = g_strconcat(t->choices->pdata[i], said, NULL);
        put_wrapped(l, indent + 2, style, mark, text);
    }
}

static void put_end(Lines *l)
{
    FmTeaching *t = l->t;
    unsigned asked = 0, right = 0;
    for (unsigned i = 0; i < t->lesson->steps->len; i++) {
        const FmLessonStep *step = fm_lesson_step(t->lesson, i);
        asked += step->question && has_packet(t, i);
        right += step->question && t->answers[i] == (int)step->answer;
    }
    put_wrapped(l, 1, FM_STYLE_BRIGHT, "", "The end of the lesson.");
    if (asked) {
        g_autofree char *score = g_strdup_printf("%u of %u questions answered right.", right, asked);
        put_wrapped(l, 1, right == asked ? FM_STYLE_GOOD : FM_STYLE_NORMAL, "", score);
    }
}

static void put_waiting(Lines *l)
{
    FmTeaching *t = l->t;
    unsigned missing = 0;
    bool loading = fm_archive_loading(t->app->archive);
    put_wrapped(l, 1, FM_STYLE_NORMAL, "", t->lesson->aim);
    if (fm_scene_complete(t->scene, &missing))
        return;
    g_autofree char *what = g_strdup_printf("%s %s%s%s", loading ? "Looking for" : "This capture does not hold",
                                            t->lesson->missing ? t->lesson->missing : "an example of it",
                                            t->lesson->make ? ". This makes some: " : ".", t->lesson->make ? t->lesson->make : "");
    put_wrapped(l, 1, FM_STYLE_WAIT, "", what);
}

static void put_sentence(Lines *l)
{
    FmTeaching *t = l->t;
    l->row++;
    if (t->sentence < t->sentences->len)
        put_wrapped(l, MAX(l->columns / 10, 1), FM_STYLE_BRIGHT, "", t->sentences->pdata[t->sentence]);
    else
        put_question(l, MAX(l->columns / 10, 1));
    l->row++;
}

static void put_all(Lines *l)
{
    FmTeaching *t = l->t;
    put_title(l);
    if (!t->begun) {
        put_waiting(l);
    } else if (t->ended) {
        put_end(l);
    } else if (t->presenter) {
        put_sentence(l);
    } else {
        g_autoptr(GString) text = g_string_new(NULL);
        for (unsigned i = 0; i < t->sentences->len; i++)
            g_string_append_printf(text, "%s%s", i ? " " : "", (char *)t->sentences->pdata[i]);
        put_wrapped(l, 1, FM_STYLE_NORMAL, "", text->str);
        if (t->question)
            put_question(l, 1);
    }
}

int fm_teaching_rows(FmTeaching *t, int rows, int columns)
{
    Lines count = { .t = t, .columns = t->presenter ? columns - columns / 10 : columns };
    put_all(&count);
    int least = t->presenter ? rows / 3 : 5;
    return MIN(MAX(count.row, least), MAX(rows / 2, 0));
}

void fm_teaching_draw(FmTeaching *t, FmBox box)
{
    Lines lines = { .t = t, .box = box, .columns = t->presenter ? box.columns - box.columns / 10 : box.columns };
    put_all(&lines);
}
