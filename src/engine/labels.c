/* Labels of nodes and the text columns: what people read. Costs nothing where nobody does. */
#include "config.h"

#include <string.h>

#include "base/pattern.h"
#include "engine/visit.h"

static void set_text(FmDissection *d, FmNode *node, const char *text, size_t size, bool plain, bool constant)
{
    FmVisit *v = d->visit;
    FmPacket *p = d->packet;
    if (!node->label) {
        if (p->label_count >= UINT16_MAX - 1)
            return;
        if (p->label_count == v->label_room) {
            v->label_room = v->label_room ? v->label_room * 2 : 64;
            p->labels = g_renew(FmLabel, p->labels, v->label_room);
        }
        node->label = (uint16_t)++p->label_count;
    }
    p->labels[node->label - 1] = (FmLabel){ text, (uint32_t)size, plain, constant };
}

void fm_visit_label(FmDissection *d, FmNode *node, const char *text)
{
    set_text(d, node, text, strlen(text), false, false);
}

/* A text at the end of the arena, behind `old` if that is given: where that stands last it is not copied. */
static FmText begin_text(FmArena *arena, const FmLabel *old)
{
    uint8_t *from = arena->at;
    if (old && (uint8_t *)(uintptr_t)old->text + (((size_t)old->size + 1 + 7) & ~(size_t)7) == from)
        from = (uint8_t *)(uintptr_t)old->text;
    FmText text = { 0 };
    if (from < arena->end)
        text = (FmText){ (char *)from, 0, (size_t)(arena->end - from), true };
    if (!old)
        return text;
    if (from == arena->at)
        fm_text_add(&text, old->text, old->size);
    else
        text.size = old->size;
    return text;
}

/* Makes the text, with a NUL behind it, the arena's. */
static const char *keep_text(FmArena *arena, FmText *text)
{
    fm_text_string(text);
    if (!text->borrowed) {
        const char *copy = fm_arena_strndup(arena, text->data, text->size);
        fm_text_clear(text);
        return copy;
    }
    size_t used = (text->size + 1 + 7) & ~(size_t)7, room = (size_t)(arena->end - (uint8_t *)text->data);
    arena->at = (uint8_t *)text->data + MIN(used, room);
    return text->data;
}

static G_GNUC_PRINTF(4, 0) void set_label(FmDissection *d, FmNode *node, bool adds, const char *format, va_list args)
{
    const FmPattern *pattern = fm_pattern_of(d->visit->patterns, format);
    const FmLabel *old = node->label ? &d->packet->labels[node->label - 1] : NULL;
    bool plain = fm_pattern_is_plain(pattern);
    if (!adds)
        node->flags &= (uint8_t)~FM_NODE_LABEL_ADDS;
    else if (!old)
        node->flags |= FM_NODE_LABEL_ADDS;
    size_t size;
    if (fm_pattern_is_constant(pattern, &size) && !(old && adds)) { /* needs no copy */
        set_text(d, node, format, size, true, true);
        return;
    }
    if (old && adds)
        plain = plain && old->plain;
    FmText text = begin_text(d->arena, adds ? old : NULL);
    fm_pattern_put(pattern, &text, format, args);
    size = text.size;
    const char *kept = keep_text(d->arena, &text);
    set_text(d, node, kept, size, plain, false);
}

FmSubtree fm_open_text(FmDissection *d, const FmCursor *c, const char *format, ...)
{
    FmSubtree subtree = { 0, c->at };
    FmNode *node = fm_visit_wants(d, FM_ID_TEXT) ? fm_visit_node(d, FM_ID_TEXT, d->depth) : NULL;
    if (node) {
        node->offset = fm_offset(c);
        node->buffer = c->buffer;
        if (!c->start)
            node->flags |= FM_NODE_MADE;
        subtree.node = d->packet->node_count;
        va_list args;
        va_start(args, format);
        set_label(d, node, false, format, args);
        va_end(args);
    }
    if (d->depth < FM_MAX_TREE)
        d->depth++;
    return subtree;
}

void fm_label_of(FmDissection *d, unsigned index, bool adds, const char *format, ...)
{
    uint16_t id = (uint16_t)(d->base + index);
    for (uint32_t i = d->packet->node_count; i > d->layer_first; i--) {
        FmNode *node = &d->packet->nodes[i - 1];
        if (node->depth < d->depth)
            return;
        if (node->field != id || node->depth != d->depth)
            continue;
        va_list args;
        va_start(args, format);
        set_label(d, node, adds, format, args);
        va_end(args);
        return;
    }
}

/* Labels of plain texts are their contents: JSON has them as keys. */
static bool wants_label(const FmDissection *d, FmSubtree subtree)
{
    return subtree.node && (d->want_labels || d->packet->nodes[subtree.node - 1].field == FM_ID_TEXT);
}

void fm_subtree_label(FmDissection *d, FmSubtree subtree, const char *format, ...)
{
    if (!wants_label(d, subtree))
        return;
    va_list args;
    va_start(args, format);
    set_label(d, &d->packet->nodes[subtree.node - 1], false, format, args);
    va_end(args);
}

void fm_subtree_label_more(FmDissection *d, FmSubtree subtree, const char *format, ...)
{
    if (!wants_label(d, subtree))
        return;
    va_list args;
    va_start(args, format);
    set_label(d, &d->packet->nodes[subtree.node - 1], true, format, args);
    va_end(args);
}

void fm_subtree_constant(FmDissection *d, FmSubtree subtree, const char *text)
{
    if (wants_label(d, subtree))
        set_text(d, &d->packet->nodes[subtree.node - 1], text, strlen(text), true, true);
}

void fm_title_of(FmDissection *d, bool adds, const char *format, ...)
{
    if (!d->layer_node)
        return;
    va_list args;
    va_start(args, format);
    set_label(d, &d->packet->nodes[d->layer_node - 1], adds, format, args);
    va_end(args);
}

void fm_info_of(FmDissection *d, int where, const char *format, ...)
{
    FmText *info = &d->packet->info;
    size_t fence = d->visit->info_fence;
    va_list args;
    va_start(args, format);
    const FmPattern *pattern = fm_pattern_of(d->visit->patterns, format);
    bool alone = where == 0 && fence == 0;
    d->packet->info_plain = (alone || d->packet->info_plain) && fm_pattern_is_plain(pattern);
    if (where < 0) {
        FmText *front = &d->visit->scratch;
        front->size = 0;
        fm_pattern_put(pattern, front, format, args);
        if (info->size + front->size <= FM_MAX_INFO) {
            fm_text_room(info, front->size);
            memmove(info->data + front->size, info->data, info->size);
            memcpy(info->data, front->data, front->size);
            info->size += front->size;
            d->visit->info_fence = fence + front->size; /* whoever replaces the text leaves this */
        }
    } else {
        if (where == 0)
            info->size = fence;
        if (info->size < FM_MAX_INFO)
            fm_pattern_put(pattern, info, format, args);
        if (info->size > FM_MAX_INFO) { /* perhaps within a character */
            info->size = FM_MAX_INFO;
            d->packet->info_plain = false;
        }
    }
    va_end(args);
}

void fm_info_clear(FmDissection *d)
{
    if (!d->want_info)
        return;
    d->packet->info.size = d->visit->info_fence;
    d->packet->info_plain = d->packet->info_plain || !d->visit->info_fence;
}

void fm_info_constant(FmDissection *d, const char *text)
{
    fm_info_clear(d);
    if (d->want_info)
        fm_text_put(&d->packet->info, text);
}

void fm_info_keep(FmDissection *d)
{
    if (d->want_info)
        d->visit->info_fence = d->packet->info.size;
}

void fm_protocol_column(FmDissection *d, const char *name)
{
    if (!d->quoting)
        d->packet->protocol = name;
}
