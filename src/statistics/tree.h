/* A tree of counters, as -z …,tree prints it: how often, which share, how fast, and the densest burst. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/text.h"
#include "base/time.h"

typedef struct FmTree FmTree;

enum { FM_TREE_ROOT = 0 }; /* the parent of top lines */

typedef enum FmTreeKind {
    FM_TREE_COUNT, /* only counted */
    FM_TREE_VALUE, /* average, least and greatest of what was counted as well */
    FM_TREE_RANGE, /* the same, and its lines stay in the order in which they were made */
} FmTreeKind;

/* `narrowest`: least width of names. */
FmTree *fm_tree_new(const char *title, size_t narrowest);
void fm_tree_free(FmTree *tree);

/* The line of that name below `parent`, made if it is not there yet; FM_TREE_ROOT where there is no more room. */
uint32_t fm_tree_line(FmTree *tree, uint32_t parent, const char *name, FmTreeKind kind);

/* Time of the packet at hand, since the first of the capture. */
void fm_tree_time(FmTree *tree, FmTime time);

/* Counts one, worth `value`. The root takes nothing. */
void fm_tree_tick(FmTree *tree, uint32_t line, uint64_t value);

/* Lines below one that is counted are sorted: most frequent first, then by name backwards. */
void fm_tree_print(FmTree *tree, FmText *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmTree, fm_tree_free)
