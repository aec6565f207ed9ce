/* Texts of nodes that come again and again, side by side and with the same values: flags, addresses, headers that hardly change. A
 * printer that knows the text of a whole run copies it. */
#pragma once

#include <stdbool.h>
#include <string.h>

#include "model/packet.h"

#define FM_RUN_NODES 48  /* of a run, at most */
#define FM_RUN_TEXT 3072 /* bytes of its text, at most */
#define FM_RUN_SLOTS 4   /* runs kept that begin with one field */

typedef struct FmRunKey { /* all of a node that its text depends on */
    uint64_t value;
    const char *label; /* a constant one, or NULL */
    uint32_t head;
} FmRunKey;

typedef struct FmRun {
    uint16_t count, size;
    char *text;
    FmRunKey keys[];
} FmRun;

typedef struct FmRunPlace { /* of the field that a run begins with */
    FmRun *slots[FM_RUN_SLOTS]; /* the first ones are filled */
    uint16_t hits, kept;
} FmRunPlace;

typedef struct FmRuns {
    FmRunPlace **places; /* by id */
    bool *loose;         /* by id: changes too often to be in a run */
    size_t ids;
} FmRuns;

void fm_runs_init(FmRuns *runs, size_t ids);
void fm_runs_clear(FmRuns *runs);

/* Keeps the text of `count` nodes; runs too long are not kept. Labels must be constant, and only nodes whose label says all may have bytes
 * as their value; none may have a blob. */
void fm_runs_keep(FmRuns *runs, const FmPacket *packet, const FmNode *first, size_t count, const char *text, size_t size);

static inline uint32_t fm_run_head(const FmNode *node)
{
    return node->field | (uint32_t)node->depth << 16 | (uint32_t)node->flags << 24;
}

static inline bool fm_run_matches_label(const FmPacket *packet, const FmNode *node, const char *text)
{
    if (!node->label)
        return !text;
    const FmLabel *label = &packet->labels[node->label - 1];
    return label->constant && label->text == text;
}

static inline bool fm_run_matches(const FmRun *run, const FmPacket *packet, const FmNode *node, size_t left)
{
    if (run->count > left)
        return false;
    for (const FmRunKey *key = run->keys, *end = key + run->count; key < end; key++, node++)
        if (((fm_run_head(node) ^ key->head) | (node->value ^ key->value)) || !fm_run_matches_label(packet, node, key->label))
            return false;
    return true;
}

/* The run that the nodes from `node` to before `end` begin with, or NULL. */
static inline const FmRun *fm_runs_find(FmRuns *runs, const FmPacket *packet, const FmNode *node, const FmNode *end)
{
    FmRunPlace *place = runs->places[node->field];
    if (!place)
        return NULL;
    for (unsigned i = 0; i < FM_RUN_SLOTS && place->slots[i]; i++) {
        FmRun *run = place->slots[i];
        if (!fm_run_matches(run, packet, node, (size_t)(end - node)))
            continue;
        place->slots[i] = place->slots[0]; /* the latest one is tried first */
        place->slots[0] = run;
        place->hits += place->hits < UINT16_MAX;
        return run;
    }
    return NULL;
}
