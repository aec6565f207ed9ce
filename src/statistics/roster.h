/* Numbers keys in the order in which they are first met: 0, 1, 2, …
 *
 * Keys are bytes, copied; hashed with a secret of each roster, so that nobody can choose packets that make it slow. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/slice.h"

typedef struct FmRoster FmRoster;

#define FM_ROSTER_FULL UINT32_MAX

FmRoster *fm_roster_new(void);
void fm_roster_free(FmRoster *roster);

/* The key's number; *fresh (may be NULL) says whether it is new. FM_ROSTER_FULL where it would be new and there is no room. */
uint32_t fm_roster_put(FmRoster *roster, const void *key, size_t size, bool *fresh);

/* The number of a key that was put; FM_ROSTER_FULL if it was not. */
uint32_t fm_roster_get(const FmRoster *roster, const void *key, size_t size);

uint32_t fm_roster_count(const FmRoster *roster);

/* The key of a number: valid as long as the roster. */
FmSlice fm_roster_key(const FmRoster *roster, uint32_t number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmRoster, fm_roster_free)
