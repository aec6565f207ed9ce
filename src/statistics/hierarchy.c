/* -z io,phs: which protocols were carried by which. */
#include "config.h"

#include "base/limits.h"
#include "statistics/all.h"
#include "statistics/roster.h"

#define NAME_WIDTH 40
#define DEEPEST_INDENT 16

typedef struct Key { /* a protocol at its place */
    uint32_t parent; /* 1 + its number; 0: right in the frame */
    uint32_t field;
} Key;

typedef struct Place {
    uint32_t first, last; /* 1 + numbers of what it carries, in order of appearance; 0: nothing */
    uint32_t next;        /* of the same carrier */
    uint64_t frames, bytes;
} Place;

typedef struct Hierarchy {
    FmObserver base;
    const FmCatalog *catalog;
    FmRoster *roster; /* keys: Key */
    GArray *places;   /* by 1 + number; [0] is the frame */
    char *filter;
    uint64_t left_out;
    uint16_t frame;   /* id of the frame's own protocol, which is not shown */
} Hierarchy;

static uint32_t find_place(Hierarchy *h, uint32_t parent, uint16_t field)
{
    bool fresh;
    uint32_t number = fm_roster_put(h->roster, &(Key){ parent, field }, sizeof(Key), &fresh);
    if (number == FM_ROSTER_FULL)
        return 0;
    uint32_t place = number + 1;
    if (fresh) {
        g_array_append_vals(h->places, &(Place){ 0 }, 1);
        Place *above = &g_array_index(h->places, Place, parent);
        if (above->last)
            g_array_index(h->places, Place, above->last).next = place;
        else
            above->first = place;
        above->last = place;
    }
    return place;
}

static void hierarchy_packet(FmObserver *observer, const FmPacket *packet)
{
    Hierarchy *h = (Hierarchy *)observer;
    uint32_t place = 0;
    for (uint32_t i = 0; i < packet->node_count; i++) {
        const FmNode *node = &packet->nodes[i];
        if (node->depth || node->field == h->frame || node->flags & FM_NODE_HIDDEN)
            continue;
        place = find_place(h, place, node->field);
        if (!place) {
            h->left_out++;
            return;
        }
        Place *p = &g_array_index(h->places, Place, place);
        p->frames++;
        p->bytes += packet->frame->length;
    }
}

static void print_place(const Hierarchy *h, FmText *out, uint32_t place, unsigned indent)
{
    const Place *p = &g_array_index(h->places, Place, place);
    const Key *key = (const void *)fm_roster_key(h->roster, place - 1).data;
    size_t start = out->size;
    for (unsigned i = 0; i < MIN(indent, DEEPEST_INDENT); i++)
        fm_text_literal(out, "  ");
    if (indent > DEEPEST_INDENT)
        fm_text_literal(out, "...");
    fm_text_put(out, fm_catalog_field(h->catalog, (uint16_t)key->field)->abbrev);
    fm_text_pad(out, start, NAME_WIDTH);
    fm_text_printf(out, " frames:%lu bytes:%lu\n", (unsigned long)p->frames, (unsigned long)p->bytes);
}

/* A path is no longer than a packet's top nodes, which may be many: no recursion. */
static void print_places(const Hierarchy *h, FmText *out)
{
    g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(uint32_t)); /* what comes after what is shown, outermost first */
    uint32_t at = g_array_index(h->places, Place, 0).first;
    while (at || path->len) {
        if (!at) {
            at = g_array_index(path, uint32_t, path->len - 1);
            g_array_set_size(path, path->len - 1);
            continue;
        }
        const Place *p = &g_array_index(h->places, Place, at);
        print_place(h, out, at, path->len);
        g_array_append_val(path, p->next);
        at = p->first;
    }
}

static void hierarchy_print(FmObserver *observer, FmText *out)
{
    Hierarchy *h = (Hierarchy *)observer;
    fm_text_printf(out, "\n===================================================================\nProtocol Hierarchy Statistics\nFilter: %s\n\n",
                   h->filter);
    print_places(h, out);
    fm_text_literal(out, "===================================================================\n");
    fm_observer_tell_full(out, h->left_out);
}

static void hierarchy_free(FmObserver *observer)
{
    Hierarchy *h = (Hierarchy *)observer;
    fm_roster_free(h->roster);
    g_array_unref(h->places);
    g_free(h->filter);
    g_free(h);
}

FmObserver *fm_hierarchy_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    Hierarchy *h = g_new0(Hierarchy, 1);
    h->base = (FmObserver){ .packet = hierarchy_packet, .print = hierarchy_print, .free = hierarchy_free };
    h->catalog = context->catalog;
    h->roster = fm_roster_new();
    h->places = g_array_new(FALSE, FALSE, sizeof(Place));
    g_array_append_vals(h->places, &(Place){ 0 }, 1);
    h->filter = g_strdup(arguments);
    g_autoptr(FmObserver) observer = &h->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    fm_observer_want_type(observer, context->catalog, FM_PROTOCOL);
    fm_observer_want_type(observer, context->catalog, FM_NONE);
    fm_observer_want(observer, context->catalog, "tcp.segments");
    const FmEntry *frame = fm_catalog_find(context->catalog, "frame");
    h->frame = frame ? frame->ids[0] : 0;
    return g_steal_pointer(&observer);
}
