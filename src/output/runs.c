/* Keeping the texts of runs, and finding out which fields spoil them. */
#include "config.h"

#include "output/runs.h"

#include <glib.h>

#define TRIAL 16 /* runs kept at a place until it is judged */
#define WORTH 4  /* times that a kept run is to be found again */

void fm_runs_init(FmRuns *runs, size_t ids)
{
    *runs = (FmRuns){ g_new0(FmRunPlace *, ids), g_new0(bool, ids), ids };
}

static void forget(FmRunPlace *place)
{
    for (unsigned i = 0; i < FM_RUN_SLOTS; i++)
        g_free(place->slots[i]);
    *place = (FmRunPlace){ 0 };
}

void fm_runs_clear(FmRuns *runs)
{
    for (size_t i = 0; i < runs->ids; i++)
        if (runs->places[i]) {
            forget(runs->places[i]);
            g_free(runs->places[i]);
        }
    g_free(runs->places);
    g_free(runs->loose);
}

static size_t common(const FmRun *run, const FmPacket *packet, const FmNode *node, size_t count)
{
    size_t i = 0;
    while (i < count && i < run->count && fm_run_head(&node[i]) == run->keys[i].head && node[i].value == run->keys[i].value &&
           fm_run_matches_label(packet, &node[i], run->keys[i].label))
        i++;
    return i;
}

/* The node that makes this run differ from those that are kept. */
static const FmNode *spoiler(const FmRunPlace *place, const FmPacket *packet, const FmNode *first, size_t count)
{
    size_t most = 0;
    for (unsigned i = 0; i < FM_RUN_SLOTS && place->slots[i]; i++)
        most = MAX(most, common(place->slots[i], packet, first, count));
    return &first[MIN(most, count - 1)];
}

static FmRun *make(const FmPacket *packet, const FmNode *first, size_t count, const char *text, size_t size)
{
    FmRun *run = g_malloc(sizeof(FmRun) + count * sizeof(FmRunKey) + size);
    run->count = (uint16_t)count;
    run->size = (uint16_t)size;
    run->text = memcpy((char *)(run->keys + count), text, size);
    for (size_t i = 0; i < count; i++)
        run->keys[i] = (FmRunKey){ first[i].value, fm_node_label(packet, &first[i]), fm_run_head(&first[i]) };
    return run;
}

void fm_runs_keep(FmRuns *runs, const FmPacket *packet, const FmNode *first, size_t count, const char *text, size_t size)
{
    if (count < 2 || count > FM_RUN_NODES || size > FM_RUN_TEXT)
        return;
    FmRunPlace *place = runs->places[first->field];
    if (!place)
        place = runs->places[first->field] = g_new0(FmRunPlace, 1);
    if (place->kept == TRIAL && place->hits < TRIAL * WORTH) {
        runs->loose[spoiler(place, packet, first, count)->field] = true;
        forget(place);
        return;
    }
    if (place->kept == TRIAL)
        place->kept = place->hits = 0;
    g_free(place->slots[FM_RUN_SLOTS - 1]); /* found the longest ago, or nearly */
    memmove(place->slots + 1, place->slots, (FM_RUN_SLOTS - 1) * sizeof *place->slots);
    place->slots[0] = make(packet, first, count, text, size);
    place->kept++;
}
