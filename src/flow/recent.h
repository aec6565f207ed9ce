/* Things found by (number, kind) in constant time and kept in the order of their last use, so that the one unused for longest can go
 * when there are too many: streams of a flow, states of conversations inside it. The things belong to the caller; FmRecent is
 * their first member. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct FmRecent {
    struct FmRecent *chain;         /* in the same slot */
    struct FmRecent *newer, *older; /* by last use */
    uint64_t number;
    uint32_t kind;
    uint32_t busy; /* not 0: in use, never the one that goes */
} FmRecent;

typedef struct FmRecents { /* zeroed is a valid empty set */
    FmRecent *newest, *oldest;
    FmRecent **slots; /* NULL while there are few */
    uint32_t room, count;
} FmRecents;

/* The thing, now the newest, or NULL. `seed` is a secret of the set, the same in all calls. */
FmRecent *fm_recent_find(FmRecents *set, uint64_t seed, uint64_t number, uint32_t kind);

/* Adds a thing that is not in the set; its number and kind are filled in. */
void fm_recent_add(FmRecents *set, uint64_t seed, FmRecent *thing);

void fm_recent_remove(FmRecents *set, uint64_t seed, FmRecent *thing);

/* The thing unused for longest that is not busy, or NULL. */
FmRecent *fm_recent_oldest(const FmRecents *set);

/* Frees the set's own memory; it is then empty. */
void fm_recent_clear(FmRecents *set);
