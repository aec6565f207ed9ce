/* The quiz: one maker for each kind of question. Answers come from the analysis, never from a list. */
#include "config.h"

#include "teach/quiz.h"

#include <string.h>

#include "flow/flow.h"
#include "summary/track.h"

enum { MOST_FLOWS = 8, CHOICES = 4, FEW_PACKETS = 6, SURE = 60 };

typedef struct Quiz {
    FmLesson *lesson;
    GRand *random;
    const FmStep *steps; /* of the flow that is asked about */
    size_t count;
    unsigned client;
    uint32_t stream;
} Quiz;

typedef struct Question {
    char *text;
    char *right;
    GPtrArray *wrong; /* of char *, owned */
    FmScreenKind show;
    uint32_t packet;
    const char *why;
} Question;

static void free_text(gpointer text)
{
    g_free(text);
}

static Question question_at(const FmStep *step, FmScreenKind show)
{
    return (Question){ .wrong = g_ptr_array_new_with_free_func(free_text), .show = show, .packet = step->number };
}

static void question_clear(Question *q)
{
    g_free(q->text);
    g_free(q->right);
    g_ptr_array_unref(q->wrong);
}

/* Wrong answers are of use once, and not if they say the same as the right one. */
static void add_wrong(Question *q, char *text)
{
    bool known = strcmp(text, q->right) == 0;
    for (unsigned i = 0; i < q->wrong->len; i++)
        known |= strcmp(q->wrong->pdata[i], text) == 0;
    if (known)
        g_free(text);
    else
        g_ptr_array_add(q->wrong, text);
}

static const char *end_name(const Quiz *z, unsigned direction)
{
    return direction == z->client ? "client" : "server";
}

/* ---- kinds of questions; false: the step is nothing for it ---- */

typedef bool (*Maker)(Quiz *z, size_t i, Question *q);

static void put_flags(GString *out, uint16_t flags)
{
    static const struct {
        uint16_t flag;
        const char *name;
    } names[] = { { FM_SEGMENT_SYN, "SYN" }, { FM_SEGMENT_FIN, "FIN" }, { FM_SEGMENT_RST, "RST" }, { FM_SEGMENT_ACK, "ACK" } };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (flags & names[i].flag)
            g_string_append_printf(out, "%s%s", out->len ? " " : "", names[i].name);
}

static bool ask_flags(Quiz *z, size_t i, Question *q)
{
    const FmStep *s = &z->steps[i];
    if (!(s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN | FM_SEGMENT_RST)) && i != 2)
        return false;
    GString *flags = g_string_new(NULL);
    put_flags(flags, s->flags);
    q->right = g_string_free(flags, FALSE);
    q->text = g_strdup_printf("Packet %u is hidden; the %s sent it. Which flags does it carry?", s->number, end_name(z, s->direction));
    static const char *const others[] = { "SYN", "SYN ACK", "ACK", "FIN ACK", "RST" };
    for (size_t k = 0; k < G_N_ELEMENTS(others); k++)
        add_wrong(q, g_strdup(others[k]));
    return *q->right != '\0';
}

static bool ask_phase(Quiz *z, size_t i, Question *q)
{
    const FmStep *s = &z->steps[i];
    const FmTrackSide *side = &s->side[s->direction], *before = i ? &z->steps[i - 1].side[s->direction] : NULL;
    if (!s->length || !side->cwnd || side->sure < SURE || !before || before->phase != side->phase)
        return false;
    q->right = g_strdup(fm_phase_name((FmPhase)side->phase));
    q->text = g_strdup_printf("At packet %u: in which phase is the congestion control of the %s?", s->number, end_name(z, s->direction));
    for (unsigned phase = FM_PHASE_SLOW_START; phase <= FM_PHASE_TIMEOUT; phase++)
        add_wrong(q, g_strdup(fm_phase_name((FmPhase)phase)));
    return true;
}

static bool ask_verdict(Quiz *z, size_t i, Question *q)
{
    const FmStep *s = &z->steps[i];
    if (!fm_verdict_is_retransmission((FmVerdict)s->verdict))
        return false;
    q->right = g_strdup(fm_verdict_name((FmVerdict)s->verdict));
    q->text = g_strdup_printf("Packet %u carries bytes that the %s had sent before. Why?", s->number, end_name(z, s->direction));
    static const FmVerdict others[] = { FM_VERDICT_FAST_RETRANSMIT, FM_VERDICT_TIMEOUT, FM_VERDICT_TAIL_PROBE, FM_VERDICT_NEEDLESS };
    for (size_t k = 0; k < G_N_ELEMENTS(others); k++)
        add_wrong(q, g_strdup(fm_verdict_name(others[k])));
    return true;
}

/* The acknowledgment that answers the last data before it, where nothing was lost. */
static bool ask_acknowledgment(Quiz *z, size_t i, Question *q)
{
    const FmStep *s = &z->steps[i], *data = i ? &z->steps[i - 1] : NULL;
    if (s->length || s->sack_count || !data || !data->length || data->direction == s->direction || data->verdict > FM_VERDICT_NEW ||
        (s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN | FM_SEGMENT_RST)) || s->ack != data->seq + data->length)
        return false;
    q->right = g_strdup_printf("%u", s->ack);
    q->text = g_strdup_printf("The %s has sent %u bytes from number %u on, and nothing is missing. Which number does packet %u acknowledge?",
                              end_name(z, data->direction), data->length, data->seq, s->number);
    add_wrong(q, g_strdup_printf("%u", data->seq));
    add_wrong(q, g_strdup_printf("%u", data->length));
    add_wrong(q, g_strdup_printf("%u", s->ack + 1));
    return true;
}

static bool ask_limit(Quiz *z, size_t i, Question *q)
{
    const FmStep *s = &z->steps[i];
    const FmTrackSide *side = &s->side[s->direction], *before = i ? &z->steps[i - 1].side[s->direction] : NULL;
    static const char *const limits[] = { "the network", "the receiver's window", "the sending application" };
    if (!s->length || !side->cwnd || !before || before->limit != side->limit || side->limit >= G_N_ELEMENTS(limits) || i < z->count / 4)
        return false;
    q->right = g_strdup(limits[side->limit]);
    q->text = g_strdup_printf("At packet %u: what keeps the %s from sending faster?", s->number, end_name(z, s->direction));
    for (size_t k = 0; k < G_N_ELEMENTS(limits); k++)
        add_wrong(q, g_strdup(limits[k]));
    return true;
}

static const struct {
    Maker make;
    FmScreenKind show;
    const char *text; /* what is said before the question */
} kinds[] = {
    { ask_flags, FM_SHOW_LADDER, "What belongs here, at this place of the connection?" },
    { ask_phase, FM_SHOW_WINDOW, "Look at what is in flight, and how it changes." },
    { ask_verdict, FM_SHOW_LADDER, "Look at what came before: duplicate acknowledgments, silence, nothing at all?" },
    { ask_acknowledgment, FM_SHOW_LADDER, "Every byte has a number." },
    { ask_limit, FM_SHOW_WINDOW, "Three can be in the way: the network, the receiver, the sending program." },
};

/* ---- a lesson of them ---- */

static void shuffle(GRand *random, char **texts, unsigned n)
{
    for (unsigned i = n; i > 1; i--) {
        unsigned k = (unsigned)g_rand_int_range(random, 0, (gint32)i);
        char *keep = texts[i - 1];
        texts[i - 1] = texts[k];
        texts[k] = keep;
    }
}

static void take(Quiz *z, const Question *q, const char *text)
{
    FmLessonStep *step = g_new0(FmLessonStep, 1);
    unsigned number = z->lesson->steps->len + 1, wrong = MIN(q->wrong->len, CHOICES - 1u);
    step->name = g_strdup_printf("%u", number);
    step->packet = g_strdup_printf("frame.number == %u", q->packet);
    step->role = g_strdup_printf("%u", number);
    step->text = g_strdup(text);
    step->show = q->show;
    step->hide = true;
    step->question = g_strdup(q->text);
    shuffle(z->random, (char **)q->wrong->pdata, q->wrong->len);
    step->choices = g_new0(char *, wrong + 2);
    for (unsigned i = 0; i < wrong; i++)
        step->choices[i] = g_strdup(q->wrong->pdata[i]);
    step->choices[wrong] = g_strdup(q->right);
    shuffle(z->random, step->choices, wrong + 1);
    while (strcmp(step->choices[step->answer], q->right) != 0)
        step->answer++;
    g_ptr_array_add(z->lesson->steps, step);
}

/* One question of a kind about a random packet that is good for it; from there on the first one. */
static bool ask(Quiz *z, unsigned kind)
{
    size_t from = (size_t)g_rand_int_range(z->random, 0, (gint32)MIN(z->count, (size_t)G_MAXINT32));
    for (size_t n = 0; n < z->count; n++) {
        size_t i = (from + n) % z->count;
        Question q = question_at(&z->steps[i], kinds[kind].show);
        bool good = kinds[kind].make(z, i, &q) && q.wrong->len;
        if (good)
            take(z, &q, kinds[kind].text);
        question_clear(&q);
        if (good)
            return true;
    }
    return false;
}

static FmTrack *track_of(FmArchive *archive, uint32_t stream)
{
    FmTrack *track = fm_track_new(fm_archive_catalog(archive), FM_FLOW_TCP, stream);
    g_autoptr(FmViewer) viewer = fm_viewer_new(archive, false);
    fm_viewer_want(viewer, fm_track_wanted(track), false, false, false);
    fm_viewer_want_segment(viewer);
    for (uint32_t n = 1; n <= fm_archive_count(archive); n++) {
        const FmIndexed *indexed = fm_archive_packet(archive, n);
        const FmPacket *packet = indexed->kind == FM_FLOW_TCP && indexed->flow == stream ? fm_viewer_packet(viewer, n, 0) : NULL;
        if (packet)
            fm_track_packet(track, packet);
    }
    fm_track_finish(track);
    return track;
}

static void ask_about(Quiz *z, FmArchive *archive, uint32_t stream, unsigned most)
{
    g_autoptr(FmTrack) track = track_of(archive, stream);
    const FmFlowRecord *flow = fm_track_flow(track);
    z->steps = fm_track_steps(track, &z->count, NULL);
    if (!flow || z->count < FEW_PACKETS)
        return;
    z->client = flow->client;
    z->stream = stream;
    for (unsigned kind = 0; kind < G_N_ELEMENTS(kinds) && z->lesson->steps->len < most; kind++)
        ask(z, kind);
}

/* The TCP flows with the most packets, numbers into `streams`. */
static unsigned busiest(FmArchive *archive, uint32_t *streams)
{
    uint64_t packets[MOST_FLOWS] = { 0 };
    unsigned count = 0;
    fm_archive_hold(archive);
    FmSummary *summary = fm_archive_summary(archive);
    for (size_t i = 0; i < fm_summary_count(summary); i++) {
        const FmFlowRecord *flow = fm_summary_at(summary, i);
        uint64_t n = flow->packets[0] + flow->packets[1];
        if (flow->kind != FM_FLOW_TCP || n < FEW_PACKETS || (count == MOST_FLOWS && n <= packets[count - 1]))
            continue;
        unsigned at = count < MOST_FLOWS ? count++ : count - 1;
        for (; at && packets[at - 1] < n; at--) {
            packets[at] = packets[at - 1];
            streams[at] = streams[at - 1];
        }
        packets[at] = n;
        streams[at] = flow->number;
    }
    fm_archive_release(archive);
    return count;
}

FmLesson *fm_quiz_new(FmArchive *archive, const char *name, unsigned most, uint32_t seed)
{
    uint32_t streams[MOST_FLOWS];
    Quiz z = { .lesson = fm_lesson_new("quiz", "Quiz", "Questions about this capture; the answers come from its packets."), .random = g_rand_new_with_seed(seed) };
    z.lesson->capture = g_strdup(name);
    z.lesson->missing = g_strdup("a TCP connection with enough packets to ask about");
    unsigned count = busiest(archive, streams);
    for (unsigned round = 0; round < 3 && z.lesson->steps->len < most; round++) /* more of the same flows, where there are few */
        for (unsigned i = 0; i < count && z.lesson->steps->len < most; i++)
            ask_about(&z, archive, streams[i], most);
    g_rand_free(z.random);
    if (z.lesson->steps->len)
        return z.lesson;
    fm_lesson_free(z.lesson);
    return NULL;
}
