/* Finding a lesson's packets: one pass, in which every flow walks through the steps of every role as far as it comes. */
#include "config.h"

#include "teach/scene.h"

#include "filter/filter.h"
#include "teach/value.h"

enum { MOST_CANDIDATES = 20000 };

typedef struct Candidate { /* a flow on its way through the steps of a role */
    uint64_t flow;         /* kind and number */
    unsigned next, found, needed; /* step that it waits for; steps it has; of them not optional */
    uint32_t *packets;     /* by step */
} Candidate;

typedef struct Role {
    const char *name;
    GPtrArray *candidates;  /* of Candidate, in the order in which they began */
    GHashTable *by_flow;    /* of Candidate */
    unsigned steps, needed; /* found in its flow; those that are not optional. Where all are optional, it is all of them or none */
    Candidate *complete;    /* the first that has all */
} Role;

struct FmScene {
    const FmLesson *lesson;
    FmArchive *archive;
    FmFilter **filters; /* by step; NULL: none */
    Role *roles;
    unsigned role_count;
    unsigned *role_of;  /* by step */
    FmViewer *viewer, *detail;
    uint32_t seen;
    FmCue *cues;
    bool stale;
};

static void candidate_free(gpointer data)
{
    Candidate *c = data;
    g_free(c->packets);
    g_free(c);
}

static unsigned role_named(FmScene *s, const char *name)
{
    for (unsigned i = 0; i < s->role_count; i++)
        if (g_str_equal(s->roles[i].name, name))
            return i;
    s->roles[s->role_count] = (Role){ name, g_ptr_array_new_with_free_func(candidate_free), g_hash_table_new(g_int64_hash, g_int64_equal), 0, 0, NULL };
    return s->role_count++;
}

static bool prepare_step(FmScene *s, unsigned i, uint64_t *wanted, uint64_t *told, GError **error)
{
    const FmLessonStep *step = fm_lesson_step(s->lesson, i);
    bool columns = false;
    const char *const texts[] = { step->text, step->question };
    for (size_t n = 0; n < G_N_ELEMENTS(texts); n++)
        if (texts[n] && !fm_value_check(fm_archive_catalog(s->archive), s->lesson, i, texts[n], told, error))
            return false;
    for (char **choice = step->choices; choice && *choice; choice++)
        if (!fm_value_check(fm_archive_catalog(s->archive), s->lesson, i, *choice, told, error))
            return false;
    s->role_of[i] = role_named(s, step->role);
    if (!step->packet)
        return true;
    s->filters[i] = fm_filter_compile(fm_archive_catalog(s->archive), step->packet, NULL, NULL, NULL, error);
    if (!s->filters[i]) {
        g_prefix_error(error, "%s: [step %s] packet: ", s->lesson->path, step->name);
        return false;
    }
    fm_filter_wants(s->filters[i], wanted, &columns);
    s->roles[s->role_of[i]].steps += !step->anywhere;
    s->roles[s->role_of[i]].needed += !step->optional && !step->anywhere;
    return true;
}

FmScene *fm_scene_new(const FmLesson *lesson, FmArchive *archive, GError **error)
{
    g_autoptr(FmScene) s = g_new0(FmScene, 1);
    unsigned count = lesson->steps->len;
    s->lesson = lesson;
    s->archive = archive;
    s->filters = g_new0(FmFilter *, count);
    s->roles = g_new0(Role, count);
    s->role_of = g_new0(unsigned, count);
    s->cues = g_new0(FmCue, count);
    size_t words = fm_catalog_words(fm_archive_catalog(archive));
    g_autofree uint64_t *wanted = g_new0(uint64_t, words), *told = g_new0(uint64_t, words);
    for (unsigned i = 0; i < count; i++)
        if (!prepare_step(s, i, wanted, told, error))
            return NULL;
    s->viewer = fm_viewer_new(archive, false);
    fm_viewer_want(s->viewer, wanted, false, false, true);
    s->detail = fm_viewer_new(archive, true);
    fm_viewer_want(s->detail, told, true, true, true);
    return g_steal_pointer(&s);
}

void fm_scene_free(FmScene *s)
{
    if (!s)
        return;
    for (unsigned i = 0; i < s->lesson->steps->len; i++)
        fm_filter_free(s->filters[i]);
    for (unsigned i = 0; i < s->role_count; i++) {
        g_hash_table_unref(s->roles[i].by_flow);
        g_ptr_array_unref(s->roles[i].candidates);
    }
    fm_viewer_free(s->viewer);
    fm_viewer_free(s->detail);
    g_free(s->filters);
    g_free(s->roles);
    g_free(s->role_of);
    g_free(s->cues);
    g_free(s);
}

/* ---- looking ---- */

/* The next step of a role from `i` on that has a packet of its own in a flow; the count of steps if there is none. */
static unsigned step_of_role(const FmScene *s, unsigned role, unsigned i)
{
    while (i < s->lesson->steps->len && (s->role_of[i] != role || !s->filters[i] || fm_lesson_step(s->lesson, i)->anywhere))
        i++;
    return i;
}

static Candidate *candidate_of(FmScene *s, unsigned role, uint64_t flow)
{
    Role *r = &s->roles[role];
    Candidate *c = g_hash_table_lookup(r->by_flow, &flow);
    if (c || r->candidates->len >= MOST_CANDIDATES)
        return c;
    c = g_new0(Candidate, 1);
    c->flow = flow;
    c->next = step_of_role(s, role, 0);
    c->packets = g_new0(uint32_t, s->lesson->steps->len);
    g_ptr_array_add(r->candidates, c);
    g_hash_table_insert(r->by_flow, &c->flow, c);
    return c;
}

/* Steps that are optional may be passed over. A candidate comes to be with its first step. */
static void walk(FmScene *s, unsigned role, uint64_t flow, const FmPacket *packet)
{
    Role *r = &s->roles[role];
    Candidate *c = g_hash_table_lookup(r->by_flow, &flow);
    if (r->complete && r->complete != c)
        return;
    unsigned count = s->lesson->steps->len;
    for (unsigned i = c ? c->next : step_of_role(s, role, 0); i < count; i = step_of_role(s, role, i + 1)) {
        bool optional = r->needed && fm_lesson_step(s->lesson, i)->optional;
        if (fm_filter_match(s->filters[i], packet)) {
            c = c ? c : candidate_of(s, role, flow);
            if (!c)
                return;
            c->packets[i] = (uint32_t)packet->frame->number;
            c->found++;
            c->needed += !optional;
            c->next = step_of_role(s, role, i + 1);
            if (c->needed == (r->needed ? r->needed : r->steps))
                r->complete = c;
            s->stale = true;
            return;
        }
        if (!optional)
            return;
    }
}

static void find_anywhere(FmScene *s, const FmIndexed *indexed, const FmPacket *packet)
{
    for (unsigned i = 0; i < s->lesson->steps->len; i++)
        if (fm_lesson_step(s->lesson, i)->anywhere && s->filters[i] && !s->cues[i].packet && fm_filter_match(s->filters[i], packet)) {
            s->cues[i] = (FmCue){ (uint32_t)packet->frame->number, indexed->kind, indexed->flow };
            s->stale = true;
        }
}

bool fm_scene_look(FmScene *s, uint32_t most)
{
    uint32_t there = fm_archive_count(s->archive);
    for (; most && s->seen < there; most--) {
        const FmPacket *packet = fm_viewer_packet(s->viewer, ++s->seen, 0);
        if (!packet)
            continue;
        const FmIndexed *indexed = fm_archive_packet(s->archive, s->seen);
        uint64_t flow = (uint64_t)indexed->kind << 32 | indexed->flow;
        find_anywhere(s, indexed, packet);
        for (unsigned role = 0; role < s->role_count; role++)
            walk(s, role, flow, packet);
    }
    return s->seen >= there;
}

/* ---- what was found ---- */

/* A flow that no earlier role has; the one that came farthest. */
static const Candidate *best_of(FmScene *s, unsigned role)
{
    const Role *r = &s->roles[role];
    const Candidate *best = NULL;
    if (r->complete || !r->needed)
        return r->complete;
    for (unsigned i = 0; i < r->candidates->len; i++) {
        const Candidate *c = r->candidates->pdata[i];
        if (!best || c->needed > best->needed)
            best = c;
    }
    return best;
}

/* Steps without a packet of their own have that of the step before. */
static void settle(FmScene *s)
{
    if (!s->stale)
        return;
    s->stale = false;
    for (unsigned i = 0; i < s->lesson->steps->len; i++) {
        const FmLessonStep *step = fm_lesson_step(s->lesson, i);
        if (!s->filters[i]) {
            s->cues[i] = i ? s->cues[i - 1] : (FmCue){ 0 };
            continue;
        }
        if (step->anywhere)
            continue;
        const Candidate *c = best_of(s, s->role_of[i]);
        s->cues[i] = c && c->packets[i] ? (FmCue){ c->packets[i], (unsigned)(c->flow >> 32), (uint32_t)c->flow } : (FmCue){ 0 };
    }
}

bool fm_scene_complete(FmScene *s, unsigned *missing)
{
    settle(s);
    for (unsigned i = 0; i < s->lesson->steps->len; i++)
        if (s->filters[i] && !fm_lesson_step(s->lesson, i)->optional && !s->cues[i].packet) {
            if (missing)
                *missing = i;
            return false;
        }
    return true;
}

const FmCue *fm_scene_cue(FmScene *s, unsigned step)
{
    settle(s);
    return &s->cues[step];
}

/* ---- what is said ---- */


static const FmPacket *packet_of(void *data, unsigned step)
{
    FmScene *s = data;
    const FmCue *cue = fm_scene_cue(s, step);
    return cue->packet ? fm_viewer_packet(s->detail, cue->packet, 0) : NULL;
}

static bool flow_cell(void *data, unsigned step, const FmFlowColumn *column, FmText *out, double *number)
{
    FmScene *s = data;
    const FmCue *cue = fm_scene_cue(s, step);
    fm_archive_hold(s->archive);
    FmSummary *summary = fm_archive_summary(s->archive);
    const FmFlowRecord *flow = cue->packet ? fm_summary_find(summary, cue->flow_kind, cue->flow) : NULL;
    bool known = false;
    if (flow) {
        FmFlowRow row;
        fm_flow_row(&row, flow, fm_summary_totals(summary)->last);
        size_t before = out->size;
        fm_flow_cell(out, column, &row);
        double value;
        known = column->number ? column->number(&row, &value) : out->size > before;
        if (column->number && known)
            *number = value;
    }
    fm_archive_release(s->archive);
    return known;
}

bool fm_scene_text(FmScene *s, unsigned step, const char *text, FmText *out, char **missing)
{
    const FmValueSource source = { packet_of, flow_cell, s };
    return fm_value_fill(fm_archive_catalog(s->archive), s->lesson, &source, step, text, out, missing);
}
