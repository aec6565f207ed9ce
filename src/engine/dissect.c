/* Dissection of one packet: recording nodes, entering protocols, columns. */
#include "config.h"

#include "engine/dissect.h"

#include <stdio.h>
#include <string.h>

#include "base/pattern.h"
#include "engine/visit.h"

/* ---- nodes ---- */

static G_NO_INLINE bool more_nodes(FmVisit *v)
{
    if (v->node_room >= FM_MAX_NODES) {
        v->truncated = true;
        return false;
    }
    v->node_room = v->node_room ? v->node_room * 2 : 256;
    v->packet.nodes = g_renew(FmNode, v->packet.nodes, v->node_room);
    return true;
}

static inline __attribute__((always_inline)) FmNode *new_node(FmDissection *d)
{
    FmPacket *p = d->packet;
    if (G_UNLIKELY(p->node_count == d->visit->node_room) && !more_nodes(d->visit))
        return NULL;
    return &p->nodes[p->node_count++];
}

FmNode *fm_visit_node(FmDissection *d, uint16_t id, unsigned depth)
{
    FmNode *node = new_node(d);
    if (node)
        *node = (FmNode){ .field = id, .depth = (uint8_t)depth };
    return node;
}

bool fm_visit_wants(const FmDissection *d, uint16_t id)
{
    return d->wanted[id / 64] >> (id % 64) & 1;
}

static inline void fill_node(FmDissection *d, FmNode *node, uint32_t row_and_flags, uint32_t offset, uint32_t length, uint16_t buffer,
                             uint64_t value)
{
    node->field = (uint16_t)(d->base + row_and_flags);
    node->depth = d->depth;
    node->flags = (uint8_t)(row_and_flags >> 16);
    node->offset = offset;
    node->length = length;
    node->buffer = buffer;
    node->label = 0;
    node->value = value;
}

/* The same where the array is full. Apart, so that the usual case needs no stack. */
static G_NO_INLINE void put_node_in_new_room(FmDissection *d, uint32_t row_and_flags, uint32_t offset, uint32_t length, uint16_t buffer,
                                             uint64_t value)
{
    FmNode *node = new_node(d);
    if (node)
        fill_node(d, node, row_and_flags, offset, length, buffer, value);
}

void fm_put_node(FmDissection *d, uint32_t row_and_flags, uint32_t offset, uint32_t length, uint16_t buffer, uint64_t value)
{
    FmPacket *p = d->packet;
    if (G_UNLIKELY(p->node_count == d->visit->node_room))
        put_node_in_new_room(d, row_and_flags, offset, length, buffer, value);
    else
        fill_node(d, &p->nodes[p->node_count++], row_and_flags, offset, length, buffer, value);
}

void fm_record_blob_of(FmDissection *d, const FmField *field, unsigned index, uint32_t offset, uint32_t length, uint16_t buffer,
                       unsigned flags, const void *data, size_t size)
{
    FmBlob *blob = fm_arena_alloc(d->arena, sizeof(FmBlob) + size + 1);
    blob->size = (uint32_t)size;
    if (size)
        memcpy(blob->bytes, data, size);
    blob->bytes[size] = 0;
    fm_record_of(d, field, index, offset, length, buffer, flags | FM_NODE_BLOB, (uintptr_t)blob);
}

void fm_record_flags(FmDissection *d, const FmField *fields, unsigned parent, unsigned first, unsigned last, const FmCursor *c)
{
    const FmField *f = &fields[parent];
    unsigned width = fm_type_width(f->type);
    uint64_t raw = fm_type_little_endian(f->type) ? fm_le(c->at, width) : fm_be(c->at, width);
    if (fm_wanted(d, parent))
        fm_record(d, parent, fm_offset(c), width, c->buffer, 0, f->mask ? (raw & f->mask) >> __builtin_ctzll(f->mask) : raw);
    d->depth++;
    for (unsigned i = first; i <= last; i++)
        if (fm_wanted(d, i)) {
            uint64_t mask = fields[i].mask;
            fm_record(d, i, fm_offset(c), width, c->buffer, 0, mask ? (raw & mask) >> __builtin_ctzll(mask) : raw);
        }
    d->depth--;
}

FmSlice fm_add_bytes_of(FmDissection *d, const FmField *field, unsigned index, FmCursor *c, uint64_t n)
{
    FmSlice bytes = fm_rest(c);
    if (n <= bytes.size)
        bytes.size = (size_t)n;
    if (fm_wanted(d, index) && (bytes.size || n == 0))
        fm_record_of(d, field, index, fm_offset(c), (uint32_t)bytes.size, c->buffer, 0, 0);
    if (n > bytes.size)
        fm_cursor_fail(c, n);
    else
        c->at += n;
    return bytes;
}

FmSlice fm_add_stringz_of(FmDissection *d, const FmField *field, unsigned index, FmCursor *c)
{
    FmSlice bytes = fm_rest(c);
    const uint8_t *end = bytes.size ? memchr(bytes.data, 0, bytes.size) : NULL;
    if (end)
        bytes.size = (size_t)(end - bytes.data);
    if (fm_wanted(d, index))
        fm_record_of(d, field, index, fm_offset(c), (uint32_t)(bytes.size + (end ? 1 : 0)), c->buffer, 0, 0);
    if (end)
        c->at = end + 1;
    else
        fm_cursor_fail(c, fm_left(c) + 1);
    return bytes;
}

/* ---- trees ---- */

FmSubtree fm_open_of(FmDissection *d, const FmField *field, unsigned index, const FmCursor *c)
{
    FmSubtree subtree = { 0, c->at };
    if (fm_wanted(d, index)) {
        uint32_t before = d->packet->node_count;
        fm_record_of(d, field, index, fm_offset(c), (uint32_t)fm_left(c), c->buffer, 0, 0);
        if (d->packet->node_count > before)
            subtree.node = before + 1;
    }
    if (d->depth < FM_MAX_TREE)
        d->depth++;
    return subtree;
}

void fm_close(FmDissection *d, FmSubtree subtree, const FmCursor *c)
{
    d->depth--;
    if (subtree.node)
        d->packet->nodes[subtree.node - 1].length = (uint32_t)(c->at - subtree.from);
}

void fm_move(FmDissection *d, FmMark to, FmMark from)
{
    FmNode *nodes = d->packet->nodes;
    size_t moved = d->packet->node_count - from;
    if (!moved || from == to)
        return;
    FmNode *copy = fm_arena_copy(d->arena, nodes + from, moved * sizeof *nodes);
    memmove(nodes + to + moved, nodes + to, (from - to) * sizeof *nodes);
    memcpy(nodes + to, copy, moved * sizeof *nodes);
}

void fm_length(FmDissection *d, uint64_t length)
{
    if (d->layer_node) {
        FmNode *node = &d->packet->nodes[d->layer_node - 1];
        node->length = (uint32_t)MIN(length, node->value);
    }
}

const char *fm_preference_text(const FmDissection *d, unsigned index)
{
    return fm_catalog_text_preference(d->catalog, d->protocol, index);
}

/* ---- protocols ---- */

/* What a layer changes and its end restores, but for the flow, which few layers change. Not in the order of FmDissection, so that no
 * two members are copied as one: they were just written one by one, and the processor would wait for that. */
typedef struct Place {
    const uint64_t *want;
    uint32_t layer_first;
    uint16_t protocol, base, layer;
    uint8_t depth;
    uint32_t layer_node;
    FmTrouble *trouble;
} Place;

static inline Place leave_place(const FmDissection *d)
{
    return (Place){ d->want, d->layer_first, d->protocol, d->base, d->layer, d->depth, d->layer_node, d->trouble };
}

static inline void return_to(FmDissection *d, const Place *p)
{
    d->want = p->want;
    d->trouble = p->trouble;
    d->layer_node = p->layer_node;
    d->layer_first = p->layer_first;
    d->protocol = p->protocol;
    d->layer = p->layer;
    d->base = p->base;
    d->depth = p->depth;
}

static G_NO_INLINE bool more_layers(FmVisit *v)
{
    if (v->layer_room >= 4096)
        return false;
    v->layer_room = v->layer_room ? v->layer_room * 2 : 32;
    v->layers = g_renew(const char *, v->layers, v->layer_room);
    v->packet.layers = v->layers;
    return true;
}

static inline void name_layer(FmVisit *v, const char *name)
{
    if (G_LIKELY(v->packet.layer_count < v->layer_room || more_layers(v)))
        v->layers[v->packet.layer_count++] = name;
}

void fm_layer_name(FmDissection *d, const char *name)
{
    name_layer(d->visit, name);
}

void fm_layer_unname(FmDissection *d)
{
    if (d->packet->layer_count)
        d->packet->layer_count--;
}

/* In line where layers are entered: each is a step of the way back from the innermost one, and a processor foresees sixteen. */
static inline __attribute__((always_inline)) void enter(FmDissection *d, unsigned number, const FmProtocol *protocol, uint16_t base,
                                                        FmCursor *c)
{
    FmPacket *p = d->packet;
    if (G_UNLIKELY(d->nesting >= FM_MAX_DEPTH)) {
        fm_note(d, FM_ERROR, "Too many layers");
        c->at = c->end;
        return;
    }
    Place outer = leave_place(d);
    FmTrouble trouble = { 0 };
    FmCursor inner = fm_cursor_copy(c);
    inner.trouble = &trouble;
    d->trouble = &trouble;
    d->nesting++;
    d->layer = d->protocol = (uint16_t)number;
    d->base = base;
    d->want = d->wanted + base / FM_ID_STEP;
    d->depth = d->floor;
    d->layer_node = 0;
    d->layer_first = p->node_count;
    if (fm_wanted(d, 0)) {
        size_t left = fm_left(&inner);
        fm_record_of(d, &protocol->fields[0], 0, fm_offset(&inner), (uint32_t)left, inner.buffer, 0, left);
        d->layer_node = p->node_count > d->layer_first ? p->node_count : 0;
    }
    d->depth = (uint8_t)(d->floor + 1);
    if (!d->quoting && protocol->name)
        p->protocol = protocol->name;
    name_layer(d->visit, protocol->abbrev);
    protocol->dissect(d, &inner);
    if (G_UNLIKELY(trouble.kind != FM_TROUBLE_NONE)) {
        d->depth = d->floor;
        fm_visit_trouble(d, protocol, &trouble);
    }
    if (d->kept && d->kept->nesting == d->nesting)
        fm_visit_return_flow(d);
    d->nesting--;
    return_to(d, &outer);
    c->at = c->end;
}

/* Enters the protocol of that number, which is known to the catalog. */
static inline __attribute__((always_inline)) void enter_number(FmDissection *d, unsigned number, FmCursor *c)
{
    const FmCatalogItem *item = &fm_catalog_index(d->catalog)->items[number];
    enter(d, number, item->protocol, item->base, c);
}

void fm_visit_layer(FmDissection *d, unsigned number, const FmCursor *c)
{
    const FmProtocol *protocol = fm_catalog_protocol_at(d->catalog, number);
    FmTableUse before = fm_use(d, protocol);
    uint8_t depth = d->depth;
    d->depth = d->floor;
    if (fm_wanted(d, 0))
        fm_record_of(d, &protocol->fields[0], 0, fm_offset(c), (uint32_t)fm_left(c), c->buffer, 0, fm_left(c));
    d->depth = depth;
    fm_unuse(d, before);
    name_layer(d->visit, protocol->abbrev);
}

void fm_call_number(FmDissection *d, unsigned number, FmCursor *c)
{
    enter_number(d, number, c);
}

void fm_call(FmDissection *d, const FmProtocol *protocol, FmCursor *c)
{
    const FmCatalogPlace *place = fm_catalog_place(d->catalog, protocol);
    if (place->number)
        enter(d, place->number, protocol, place->base, c);
}

void fm_part(FmDissection *d, const FmProtocol *part, FmCursor *c)
{
    FmTableUse before = fm_use(d, part);
    part->dissect(d, c);
    fm_unuse(d, before);
}

static inline __attribute__((always_inline)) bool try(FmDissection *d, FmTable table, uint64_t number, FmCursor *c)
{
    if (number > UINT32_MAX)
        return false;
    unsigned protocol = fm_catalog_bound(d->catalog, table, (uint32_t)number);
    if (!protocol || fm_catalog_disabled(d->catalog, protocol))
        return false;
    enter_number(d, protocol, c);
    return true;
}

bool fm_try(FmDissection *d, FmTable table, uint64_t number, FmCursor *c)
{
    return try(d, table, number, c);
}

uint64_t fm_extent(const FmDissection *d, FmTable table, uint64_t number, FmSlice bytes)
{
    const FmCatalog *catalog = d->catalog;
    unsigned protocol = number <= UINT32_MAX ? fm_catalog_bound(catalog, table, (uint32_t)number) : 0;
    if (!protocol || fm_catalog_disabled(catalog, protocol))
        return FM_NEED_MORE;
    const FmProtocol *p = fm_catalog_protocol_at(catalog, protocol);
    return p->extent ? p->extent(bytes) : FM_NEED_MORE;
}

const char *fm_vendor(const FmDissection *d, uint32_t oui)
{
    return fm_catalog_vendor(d->catalog, oui);
}

/* Is the protocol's name all that is asked of it? */
static bool only_named(const FmDissection *d, const FmCatalogItem *item)
{
    return !d->want_labels && !d->want_notes && item->protocol->field_count <= FM_ID_STEP && !d->wanted[item->base / FM_ID_STEP];
}

void fm_data(FmDissection *d, FmCursor *c)
{
    unsigned number = fm_find_data(d);
    if (!fm_left(c) || !number || fm_catalog_disabled(d->catalog, number))
        return;
    const FmCatalogItem *item = &fm_catalog_index(d->catalog)->items[number];
    if (only_named(d, item) && d->nesting < FM_MAX_DEPTH) { /* most bytes of most captures */
        name_layer(d->visit, item->protocol->abbrev);
        c->at = c->end;
    } else {
        enter_number(d, number, c);
    }
}

void fm_next(FmDissection *d, FmTable table, uint64_t number, FmCursor *c)
{
    if (fm_left_on_wire(c) && !fm_try(d, table, number, c))
        fm_data(d, c);
}

unsigned fm_find_certain(FmDissection *d, FmTable table, FmSlice bytes)
{
    const FmCatalog *catalog = d->catalog;
    size_t count;
    const uint16_t *probes = fm_catalog_probes(catalog, table, &count);
    for (size_t i = 0; i < count && bytes.size; i++) {
        const FmProtocol *p = fm_catalog_protocol_at(catalog, probes[i]);
        if (p->certain && !fm_catalog_disabled(catalog, probes[i]) && p->probe(d, bytes))
            return probes[i];
    }
    return 0;
}

unsigned fm_find_by_ports(FmDissection *d, FmTable table, uint64_t source, uint64_t destination, FmSlice bytes)
{
    const FmCatalog *catalog = d->catalog;
    uint64_t low = MIN(source, destination), high = MAX(source, destination);
    unsigned protocol = fm_catalog_bound(catalog, table, (uint32_t)low);
    if (!protocol || fm_catalog_disabled(catalog, protocol))
        protocol = fm_catalog_bound(catalog, table, (uint32_t)high);
    if (protocol && !fm_catalog_disabled(catalog, protocol))
        return protocol;
    size_t count;
    const uint16_t *probes = fm_catalog_probes(catalog, table, &count);
    for (size_t i = 0; i < count && bytes.size; i++)
        if (!fm_catalog_disabled(catalog, probes[i]) && fm_catalog_protocol_at(catalog, probes[i])->probe(d, bytes))
            return probes[i];
    return 0;
}

unsigned fm_find_named(const FmDissection *d, FmNameTable table, FmSlice name)
{
    unsigned protocol = fm_catalog_bound_name(d->catalog, table, name);
    return protocol && !fm_catalog_disabled(d->catalog, protocol) ? protocol : 0;
}

unsigned fm_find_data(const FmDissection *d)
{
    return fm_catalog_bound(d->catalog, FM_CONTENT, FM_CONTENT_DATA);
}

void fm_next_by_ports(FmDissection *d, FmTable table, uint64_t source, uint64_t destination, FmCursor *c)
{
    if (!fm_left_on_wire(c))
        return;
    unsigned protocol = fm_find_by_ports(d, table, source, destination, fm_rest(c));
    if (protocol)
        fm_call_number(d, protocol, c);
    else
        fm_data(d, c);
}

void fm_next_datagram(FmDissection *d, FmTable table, uint64_t source, uint64_t destination, uint16_t *choice, FmCursor *c)
{
    if (!fm_left_on_wire(c))
        return;
    if (!d->replaying)
        *choice = (uint16_t)fm_find_by_ports(d, table, source, destination, fm_rest(c));
    if (*choice)
        fm_call_number(d, *choice, c);
    else
        fm_data(d, c);
}

void fm_quote(FmDissection *d, FmTable table, uint64_t number, FmCursor *c)
{
    FmPacket *p = d->packet;
    FmAddress link_source = p->link_source, link_destination = p->link_destination;
    FmAddress net_source = p->net_source, net_destination = p->net_destination;
    bool quoting = d->quoting, want_info = d->want_info;
    uint8_t floor = d->floor;
    d->quoting = true;
    d->quoted = NULL;
    d->want_info = false;
    d->floor = d->depth;
    fm_next(d, table, number, c);
    d->floor = floor;
    d->want_info = want_info;
    d->quoting = quoting;
    p->link_source = link_source;
    p->link_destination = link_destination;
    p->net_source = net_source;
    p->net_destination = net_destination;
}

/* ---- buffers ---- */

FmCursor fm_buffer(FmDissection *d, FmSlice bytes, const char *name)
{
    FmVisit *v = d->visit;
    FmPacket *p = d->packet;
    FmCursor c = { bytes.data, bytes.data + bytes.size, bytes.data, d->trouble, 0, 0, false };
    if (p->buffer_count >= FM_MAX_BUFFERS) {
        c.end = c.at; /* nodes could not name it */
        return c;
    }
    if (p->buffer_count == v->buffer_room) {
        v->buffer_room = v->buffer_room ? v->buffer_room * 2 : 8;
        p->buffers = g_renew(FmBuffer, p->buffers, v->buffer_room);
    }
    c.buffer = (uint16_t)p->buffer_count;
    p->buffers[p->buffer_count++] = (FmBuffer){ bytes, name };
    return c;
}

FmSecrets *fm_secrets(const FmDissection *d)
{
    return d->visit->secrets;
}

FmCrypto *fm_crypto(FmDissection *d)
{
    if (!d->visit->crypto)
        d->visit->crypto = fm_crypto_new();
    return d->visit->crypto;
}

FmCursor fm_buffer_take(FmDissection *d, void *bytes, size_t size, const char *name)
{
    if (bytes)
        fm_visit_bury(d, bytes);
    return fm_buffer(d, (FmSlice){ bytes, size }, name);
}

/* ---- a frame ---- */

void fm_visit_init(FmVisit *visit, const FmCatalog *catalog)
{
    visit->catalog = catalog;
    visit->arena = fm_arena_new(16 * 1024);
    visit->patterns = fm_patterns_new();
    visit->wanted = g_new0(uint64_t, fm_catalog_words(catalog));
    visit->d.catalog = catalog;
    visit->d.wanted = visit->wanted;
    visit->packet.catalog = catalog;
    visit->packet.first_time = visit->packet.previous_time = visit->packet.previous_displayed_time = FM_TIME_NONE;
}

static void empty_graves(FmVisit *visit)
{
    for (FmGrave *g = visit->graves; g; g = g->next)
        g_free(g->memory);
    visit->graves = NULL;
}

void fm_visit_clear(FmVisit *visit)
{
    empty_graves(visit);
    fm_crypto_free(visit->crypto);
    fm_arena_free(visit->arena);
    g_free(visit->wanted);
    g_free(visit->packet.nodes);
    g_free(visit->packet.buffers);
    g_free(visit->packet.labels);
    fm_text_clear(&visit->packet.info);
    fm_text_clear(&visit->scratch);
    fm_patterns_free(visit->patterns);
    g_free(visit->layers);
    g_free(visit->memos);
}

void fm_visit_frame(FmVisit *visit, const FmFrame *frame)
{
    FmDissection *d = &visit->d;
    FmPacket *p = &visit->packet;
    empty_graves(visit);
    fm_arena_reset(visit->arena);
    p->frame = frame;
    p->node_count = p->buffer_count = p->label_count = p->layer_count = 0;
    p->source.type = p->destination.type = FM_ADDRESS_NONE;
    p->link_source.type = p->link_destination.type = FM_ADDRESS_NONE;
    p->net_source.type = p->net_destination.type = FM_ADDRESS_NONE;
    p->has_ports = false;
    p->flow_kind = 0;
    p->ip_id = 0;
    p->segment = NULL;
    p->flow_kind = 0;
    p->protocol = "";
    p->trouble = NULL;
    p->info.size = 0;
    p->info_plain = true;
    visit->info_fence = 0;
    visit->memo_count = 0;
    visit->truncated = false;
    visit->mismatch = false;

    d->packet = p;
    d->arrived = frame->time;
    d->arena = visit->arena;
    d->visit = visit;
    d->want_notes = visit->wanted[0] >> FM_ID_EXPERT & ((1u << (FM_ID_MALFORMED_EXPERT - FM_ID_EXPERT + 1)) - 1);
    d->want_texts = d->want_labels || fm_visit_wants(d, FM_ID_TEXT);
    d->depth = d->floor = d->nesting = d->radio_flags = 0;
    d->quoting = false;
    d->quoted = NULL;
    d->flow = NULL;
    d->stream = NULL;
    d->stream_flow = NULL;
    d->sizes = NULL;
    d->follows = false;
    d->body_type = (FmSlice){ NULL, 0 };
    d->context = NULL;
    d->flow_kind = FM_FLOW_NONE;
    d->kept = NULL;
    d->trouble = NULL;
    d->layer_node = 0;
    d->layer_first = 0;

    FmCursor c = fm_buffer(d, (FmSlice){ frame->data, frame->captured }, "Frame");
    c.lost = frame->length > frame->captured ? frame->length - frame->captured : 0;
    if (G_LIKELY(!frame->comments) || !try(d, FM_CONTENT, FM_CONTENT_COMMENTS, &c))
        try(d, FM_CONTENT, FM_CONTENT_FRAME, &c);
}
