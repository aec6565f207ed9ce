/* What the capture is good for: each check, how it ended, and what it makes doubtful. */
#include "config.h"

#include "summary/fitness.h"

#include "ui/lines.h"
#include "ui/pages.h"

typedef struct FitnessView {
    FmLines *lines;
    uint32_t seen;
    int columns;
    bool whole;
} FitnessView;

static void fitness_open(FmPane *pane)
{
    ((FitnessView *)pane->state)->lines = fm_lines_new();
}

static void fitness_close(FmPane *pane)
{
    fm_lines_free(((FitnessView *)pane->state)->lines);
}

static uint64_t dropped(FmSource *source)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < fm_source_interface_count(source); i++)
        sum += fm_source_interface(source, i)->has_dropped ? fm_source_interface(source, i)->dropped : 0;
    return sum;
}

static void tell(FitnessView *v, const FmFitness *fitness)
{
    FmDoubt doubts[FM_FITNESS_CHECKS];
    fm_fitness_doubts(fitness, doubts);
    unsigned faults = 0;
    for (unsigned i = 0; i < FM_FITNESS_CHECKS; i++)
        faults += doubts[i].count != 0;
    fm_lines_reset(v->lines);
    fm_lines_heading(v->lines, faults ? "what this capture lacks, and what that makes doubtful" : "nothing is missing: whole frames, both directions, from the beginning");
    char a[32], b[32];
    for (unsigned i = 0; i < FM_FITNESS_CHECKS; i++) {
        const FmDoubt *d = &doubts[i];
        if (!d->count)
            continue;
        double share = d->of ? (double)d->count / (double)d->of : 0;
        fm_lines_add_broken(v->lines, 1, 0, v->columns, 2, "%s✗ %s%s%s %s", share > 0.1 || !d->of ? FM_BAD : FM_WAIT, fm_short_count(a, d->count), d->of ? " of " : "",
                            d->of ? fm_short_count(b, d->of) : "", d->what);
        fm_lines_add_broken(v->lines, 2, 0, v->columns, 2, FM_DIM "doubtful: " FM_PLAIN "%s", d->doubt);
    }
    if (faults < FM_FITNESS_CHECKS)
        fm_lines_heading(v->lines, "what is well");
    for (unsigned i = 0; i < FM_FITNESS_CHECKS; i++)
        if (!doubts[i].count)
            fm_lines_add(v->lines, 1, true, 0, FM_GOOD "✓ " FM_PLAIN "no %s", doubts[i].what);
}

static void fitness_refresh(FmPane *pane)
{
    FitnessView *v = pane->state;
    FmArchive *archive = pane->app->archive;
    uint32_t count = fm_archive_count(archive);
    bool whole = !fm_archive_loading(archive);
    if (v->columns == pane->box.columns && v->seen == count && v->whole == whole)
        return;
    v->seen = count;
    v->whole = whole;
    v->columns = pane->box.columns;
    fm_archive_hold(archive);
    FmFitness fitness = fm_fitness_of(fm_archive_summary(archive), dropped(fm_archive_source(archive)));
    fm_archive_release(archive);
    tell(v, &fitness);
    pane->count = fm_lines_count(v->lines);
}

static void fitness_row(FmPane *pane, size_t i, FmPen *pen)
{
    fm_lines_row(((FitnessView *)pane->state)->lines, i, pen, pane->box.columns);
}

static bool fitness_request(FmPane *pane, FmRequest request, const char *argument)
{
    return fm_lines_request(((FitnessView *)pane->state)->lines, pane, request);
}

const FmView fm_fitness_view = {
    .name = "Fitness",
    .where = FM_IN_LIST,
    .private_size = sizeof(FitnessView),
    .open = fitness_open,
    .close = fitness_close,
    .refresh = fitness_refresh,
    .row = fitness_row,
    .request = fitness_request,
};
