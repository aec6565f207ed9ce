/* Nodes side by side, with the second names that some of them have. */
#pragma once

#include <stdbool.h>
#include <string.h>

#include "model/packet.h"

/* Walks over siblings. Where neighbours share a second name (source and destination port: "tcp.port"), that name comes for each of them
 * when the last of them is through, as tshark's trees have it. */
typedef struct FmSiblings {
    const FmPacket *packet;
    const FmNode *node; /* the current one */
    bool alias;         /* now under its second name */
    const FmNode *after, *end; /* the next sibling, unless under second names; the last one's end */
    const FmNode *run;
} FmSiblings;

/* Nodes from `first` to before `end`, and what lies below them is skipped. */
static inline void fm_siblings_begin(FmSiblings *s, const FmPacket *packet, const FmNode *first, const FmNode *end)
{
    *s = (FmSiblings){ .packet = packet, .after = first, .end = end };
}

static inline const char *fm_siblings_alias_of(const FmSiblings *s, const FmNode *node)
{
    return node && node < s->end ? fm_node_field(s->packet, node)->also : NULL;
}

/* The next one; false at the end. */
static inline bool fm_siblings_next(FmSiblings *s)
{
    if (s->alias) {
        s->node = fm_node_after(s->packet, s->node);
        if (s->node < s->after)
            return true;
        s->run = NULL;
    } else if (s->run) {
        const char *next = fm_siblings_alias_of(s, s->after);
        if (!next || strcmp(next, fm_siblings_alias_of(s, s->run)) != 0) { /* the run is over: its second names */
            s->node = s->run;
            s->alias = true;
            return true;
        }
    }
    if (s->after >= s->end)
        return false;
    s->node = s->after;
    s->alias = false;
    s->after = fm_node_after(s->packet, s->node);
    if (!s->run && fm_catalog_aliased(s->packet->catalog, s->node->field))
        s->run = s->node;
    return true;
}
