/* Numbers for keys: a table of chains over an array. */
#include "config.h"

#include "statistics/roster.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/arena.h"
#include "base/limits.h"

typedef struct Entry {
    const uint8_t *key;
    uint32_t size;
    uint32_t hash;
    uint32_t next; /* 1 + number of the next in its chain; 0: none */
} Entry;

struct FmRoster {
    Entry *entries;
    uint32_t *chains; /* 1 + number of the first */
    uint32_t count, room;  /* room: of both, a power of two */
    size_t bytes;
    uint64_t seed;
    FmArena *keys;
};

FmRoster *fm_roster_new(void)
{
    FmRoster *roster = g_new0(FmRoster, 1);
    roster->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    roster->keys = fm_arena_new(4096);
    return roster;
}

void fm_roster_free(FmRoster *roster)
{
    if (!roster)
        return;
    g_free(roster->entries);
    g_free(roster->chains);
    fm_arena_free(roster->keys);
    g_free(roster);
}

static void grow(FmRoster *roster)
{
    roster->room = roster->room ? roster->room * 2 : 64;
    roster->entries = g_renew(Entry, roster->entries, roster->room);
    g_free(roster->chains);
    roster->chains = g_new0(uint32_t, roster->room);
    for (uint32_t i = 0; i < roster->count; i++) {
        uint32_t *chain = &roster->chains[roster->entries[i].hash & (roster->room - 1)];
        roster->entries[i].next = *chain;
        *chain = i + 1;
    }
}

static uint32_t find(const FmRoster *roster, const void *key, size_t size, uint32_t hash)
{
    if (!roster->room)
        return FM_ROSTER_FULL;
    for (uint32_t n = roster->chains[hash & (roster->room - 1)]; n; n = roster->entries[n - 1].next) {
        const Entry *e = &roster->entries[n - 1];
        if (e->hash == hash && e->size == size && memcmp(e->key, key, size) == 0)
            return n - 1;
    }
    return FM_ROSTER_FULL;
}

uint32_t fm_roster_put(FmRoster *roster, const void *key, size_t size, bool *fresh)
{
    uint32_t hash = (uint32_t)XXH3_64bits_withSeed(key, size, roster->seed);
    uint32_t found = find(roster, key, size, hash);
    if (fresh)
        *fresh = found == FM_ROSTER_FULL;
    if (found != FM_ROSTER_FULL)
        return found;
    if (roster->count >= FM_MAX_TALLY || roster->bytes + size > FM_MAX_TALLY_BYTES)
        return FM_ROSTER_FULL;
    if (roster->count == roster->room)
        grow(roster);
    uint32_t *chain = &roster->chains[hash & (roster->room - 1)];
    roster->entries[roster->count] = (Entry){ fm_arena_copy(roster->keys, key, size), (uint32_t)size, hash, *chain };
    *chain = ++roster->count;
    roster->bytes += size;
    return roster->count - 1;
}

uint32_t fm_roster_get(const FmRoster *roster, const void *key, size_t size)
{
    return find(roster, key, size, (uint32_t)XXH3_64bits_withSeed(key, size, roster->seed));
}

uint32_t fm_roster_count(const FmRoster *roster)
{
    return roster->count;
}

FmSlice fm_roster_key(const FmRoster *roster, uint32_t number)
{
    return (FmSlice){ roster->entries[number].key, roster->entries[number].size };
}
