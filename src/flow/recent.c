/* Things by number and by last use: a list, and a hash table over it as soon as a walk would be long. */
#include "config.h"

#include "flow/recent.h"

#include <glib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FEW = 8, FIRST_ROOM = 32 };

static FmRecent **slot_of(const FmRecents *set, uint64_t seed, uint64_t number, uint32_t kind)
{
    uint64_t key[2] = { number, kind };
    return &set->slots[XXH3_64bits_withSeed(key, sizeof key, seed) & (set->room - 1)];
}

static void unlink_thing(FmRecents *set, FmRecent *thing)
{
    *(thing->newer ? &thing->newer->older : &set->newest) = thing->older;
    *(thing->older ? &thing->older->newer : &set->oldest) = thing->newer;
}

static void link_newest(FmRecents *set, FmRecent *thing)
{
    thing->newer = NULL;
    thing->older = set->newest;
    *(set->newest ? &set->newest->newer : &set->oldest) = thing;
    set->newest = thing;
}

static void rehash(FmRecents *set, uint64_t seed)
{
    set->room = set->room ? set->room * 2 : FIRST_ROOM;
    g_free(set->slots);
    set->slots = g_new0(FmRecent *, set->room);
    for (FmRecent *thing = set->newest; thing; thing = thing->older) {
        FmRecent **slot = slot_of(set, seed, thing->number, thing->kind);
        thing->chain = *slot;
        *slot = thing;
    }
}

/* The older of two becomes the newest. */
static FmRecent *swap_two(FmRecents *set)
{
    FmRecent *newest = set->oldest, *oldest = set->newest;
    newest->newer = oldest->older = NULL;
    newest->older = oldest;
    oldest->newer = newest;
    set->newest = newest;
    set->oldest = oldest;
    return newest;
}

FmRecent *fm_recent_find(FmRecents *set, uint64_t seed, uint64_t number, uint32_t kind)
{
    FmRecent *thing = set->newest;
    if (thing && thing->number == number && thing->kind == kind)
        return thing;
    if (set->count == 2 && thing->older->number == number && thing->older->kind == kind) /* both ways of a connection */
        return swap_two(set);
    if (set->slots)
        for (thing = *slot_of(set, seed, number, kind); thing && (thing->number != number || thing->kind != kind);)
            thing = thing->chain;
    else
        while (thing && (thing->number != number || thing->kind != kind))
            thing = thing->older;
    if (thing) {
        unlink_thing(set, thing);
        link_newest(set, thing);
    }
    return thing;
}

void fm_recent_add(FmRecents *set, uint64_t seed, FmRecent *thing)
{
    link_newest(set, thing);
    set->count++;
    if (set->count > MAX(FEW, set->room)) {
        rehash(set, seed);
    } else if (set->slots) {
        FmRecent **slot = slot_of(set, seed, thing->number, thing->kind);
        thing->chain = *slot;
        *slot = thing;
    }
}

void fm_recent_remove(FmRecents *set, uint64_t seed, FmRecent *thing)
{
    if (set->slots) {
        FmRecent **at = slot_of(set, seed, thing->number, thing->kind);
        while (*at != thing)
            at = &(*at)->chain;
        *at = thing->chain;
    }
    unlink_thing(set, thing);
    set->count--;
}

FmRecent *fm_recent_oldest(const FmRecents *set)
{
    FmRecent *thing = set->oldest;
    while (thing && thing->busy)
        thing = thing->newer;
    return thing;
}

void fm_recent_clear(FmRecents *set)
{
    g_free(set->slots);
    *set = (FmRecents){ 0 };
}
