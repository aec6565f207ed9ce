/* The fields that tell what something was put together from: datagrams from fragments, records from segments. */
#pragma once

#include "engine/dissect.h"

enum { /* rows of a table, from a first one on */
    FM_FRAGMENTS, FM_FRAGMENT, FM_FRAGMENT_ERROR, FM_FRAGMENT_IS_OVERLAP, FM_FRAGMENT_IS_CONFLICT, FM_FRAGMENT_IS_MULTIPLE_TAILS,
    FM_FRAGMENT_IS_TOO_LONG, FM_FRAGMENT_COUNT, FM_REASSEMBLED_IN, FM_REASSEMBLED_LENGTH, FM_REASSEMBLED_DATA,
};

/* Adds the tree of `fragments`, which `whole` covers; rows of the table `fields` start at `first`. `name`: "IPv4 Fragments". */
void fm_add_fragments(FmDissection *d, const FmField *fields, unsigned first, const char *name, const FmFragments *fragments,
                      const FmCursor *whole);
