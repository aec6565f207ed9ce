/* IP datagrams in fragments (RFC 791, RFC 8200 §4.5). */
#include "config.h"

#include <string.h>

#include "engine/visit.h"

typedef struct Key { /* zeroed before it is filled */
    uint8_t source[16], destination[16];
    uint32_t id, kind;
} Key;

typedef struct FragmentMemo {
    FmFragments fragments;
    bool whole;
} FragmentMemo;

typedef struct Fragment {
    FmPiece piece;
    uint32_t offset, arrival;
    uint8_t marks;
    uint8_t *bytes;
    FragmentMemo *memo; /* NULL unless memos are kept */
} Fragment;

typedef struct Datagram {
    Key key;
    GArray *fragments; /* of Fragment, in order of arrival; by place when whole */
    uint64_t filled[(FM_MAX_DATAGRAM + 1) / 8 / 64]; /* a bit for each 8 bytes */
    uint32_t length;   /* 0: the last fragment is not known yet */
    bool tail;
    uint32_t whole_in; /* frame that made it whole; 0 */
    struct Datagram *next; /* older → newer, to forget the oldest */
} Datagram;

struct FmReassembler {
    GHashTable *datagrams;
    Datagram *oldest, **newest;
    size_t count;
};

static guint hash_key(gconstpointer k)
{
    const uint32_t *words = k;
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < sizeof(Key) / 4; i++)
        hash = (hash ^ words[i]) * 16777619u ^ hash >> 15;
    return hash;
}

static gboolean equal_keys(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(Key)) == 0;
}

FmReassembler *fm_reassembler_new(void)
{
    FmReassembler *r = g_new0(FmReassembler, 1);
    r->datagrams = g_hash_table_new(hash_key, equal_keys);
    r->newest = &r->oldest;
    return r;
}

static void drop_bytes(Datagram *datagram)
{
    for (guint i = 0; i < datagram->fragments->len; i++) {
        Fragment *f = &g_array_index(datagram->fragments, Fragment, i);
        g_free(f->bytes);
        f->bytes = NULL;
    }
}

static void free_datagram(Datagram *datagram)
{
    drop_bytes(datagram);
    g_array_unref(datagram->fragments);
    g_free(datagram);
}

void fm_reassembler_free(FmReassembler *r)
{
    if (!r)
        return;
    for (Datagram *g = r->oldest, *next; g; g = next) {
        next = g->next;
        free_datagram(g);
    }
    g_hash_table_unref(r->datagrams);
    g_free(r);
}

/* The datagram in reassembly; a new one where the last of that id is whole. */
static Datagram *find(FmReassembler *r, const Key *key)
{
    Datagram *g = g_hash_table_lookup(r->datagrams, key);
    if (g && !g->whole_in)
        return g;
    if (r->count == FM_MAX_REASSEMBLIES) {
        Datagram *old = r->oldest;
        r->oldest = old->next;
        if (!r->oldest)
            r->newest = &r->oldest;
        if (g_hash_table_lookup(r->datagrams, &old->key) == old)
            g_hash_table_remove(r->datagrams, &old->key);
        free_datagram(old);
        r->count--;
    }
    g = g_new0(Datagram, 1);
    g->key = *key;
    g->fragments = g_array_new(FALSE, TRUE, sizeof(Fragment));
    g_hash_table_replace(r->datagrams, &g->key, g);
    *r->newest = g;
    r->newest = &g->next;
    r->count++;
    return g;
}

/* Marks the 8-byte units of a fragment as filled. */
static void fill(Datagram *g, uint32_t offset, uint32_t size, bool more)
{
    uint32_t last = (offset + size + (more ? 0 : 7)) / 8;
    for (uint32_t unit = offset / 8; unit < MIN(last, (FM_MAX_DATAGRAM + 1) / 8); unit++)
        g->filled[unit / 64] |= UINT64_C(1) << unit % 64;
}

static bool is_whole(const Datagram *g)
{
    uint32_t units = (g->length + 7) / 8;
    for (uint32_t unit = 0; g->tail && unit < units; unit += 64) {
        uint64_t need = units - unit >= 64 ? UINT64_MAX : (UINT64_C(1) << (units - unit)) - 1;
        if ((g->filled[unit / 64] & need) != need)
            return false;
    }
    return g->tail;
}

static gint compare_places(gconstpointer a, gconstpointer b)
{
    const Fragment *x = a, *y = b;
    return x->offset != y->offset ? (x->offset < y->offset ? -1 : 1) : x->arrival < y->arrival ? -1 : 1;
}

/* Brings the fragments of a whole datagram into order and marks those that say what others said before. */
static void sort_and_mark(Datagram *g)
{
    g_array_sort(g->fragments, compare_places);
    g_autofree uint8_t *bytes = g_malloc0(FM_MAX_DATAGRAM);
    uint32_t filled = 0; /* without holes up to here */
    for (guint i = 0; i < g->fragments->len; i++) {
        Fragment *f = &g_array_index(g->fragments, Fragment, i);
        uint32_t end = f->offset + f->piece.length, shared = MIN(filled, end) - MIN(f->offset, MIN(filled, end));
        if (f->offset < filled)
            f->marks |= FM_FRAGMENT_OVERLAP;
        if (shared && memcmp(bytes + f->offset, f->bytes, shared) != 0)
            f->marks |= FM_FRAGMENT_CONFLICT;
        if (end > g->length)
            f->marks |= FM_FRAGMENT_TOO_LONG;
        if (end > filled) {
            memcpy(bytes + f->offset + shared, f->bytes + shared, f->piece.length - shared);
            filled = end;
        }
    }
}

/* The bytes of a whole datagram in this packet's arena; where fragments overlap, the one that starts first wins. */
static FmSlice assemble(FmDissection *d, const FmFragments *fragments, const Datagram *g)
{
    uint8_t *bytes = fm_arena_alloc0(d->arena, fragments->length + 1);
    for (uint32_t i = fragments->count; i > 0; i--) { /* later ones first, so that earlier ones overwrite them */
        const FmPiece *p = &fragments->pieces[i - 1];
        FmSlice from = { NULL, 0 };
        FmFrame frame;
        if (g) {
            from = (FmSlice){ g_array_index(g->fragments, Fragment, i - 1).bytes, p->length };
        } else {
            from = p->packet != fm_frame_number(d) ? fm_visit_earlier(d->visit, p, &frame)
                   : p->buffer < d->packet->buffer_count ? d->packet->buffers[p->buffer].bytes : from;
            if (p->offset >= from.size)
                continue;
            from.data += p->offset;
            from.size = MIN(from.size - p->offset, p->length);
        }
        uint32_t offset = fragments->offsets[i - 1];
        if (offset < fragments->length && from.data)
            memcpy(bytes + offset, from.data, MIN(from.size, fragments->length - offset));
    }
    return (FmSlice){ bytes, fragments->length };
}

static void tell(FmDissection *d, FragmentMemo *memo, const Datagram *g)
{
    FmArena *arena = d->visit->memo_arena ? d->visit->memo_arena : d->arena;
    uint32_t n = g->fragments->len;
    FmPiece *pieces = fm_arena_alloc(arena, n * sizeof *pieces);
    uint32_t *offsets = fm_arena_alloc(arena, n * sizeof *offsets);
    uint8_t *marks = fm_arena_alloc(arena, n);
    for (uint32_t i = 0; i < n; i++) {
        const Fragment *f = &g_array_index(g->fragments, Fragment, i);
        pieces[i] = f->piece;
        offsets[i] = f->offset;
        marks[i] = f->marks;
    }
    memo->fragments = (FmFragments){ pieces, offsets, marks, n, g->length, g->whole_in };
}

static void visit_first(FmDissection *d, FragmentMemo *memo, Datagram *g, uint32_t offset, bool more, const FmCursor *c)
{
    uint32_t size = (uint32_t)fm_left(c);
    Fragment f = { .arrival = g->fragments->len, .piece = { (uint32_t)d->packet->frame->number, fm_offset(c), size, c->buffer }, .offset = offset,
                   .bytes = g_memdup2(c->at, size), .memo = d->keeping ? memo : NULL };
    fill(g, offset, size, more);
    if (!more) {
        if (g->tail && g->length != offset + size)
            f.marks |= FM_FRAGMENT_MULTIPLE_TAILS;
        else
            g->length = offset + size;
        g->tail = true;
    }
    g_array_append_val(g->fragments, f);
    if (!is_whole(g))
        return;
    g->whole_in = (uint32_t)d->packet->frame->number;
    memo->whole = true;
    sort_and_mark(g);
    tell(d, memo, g);
    for (guint i = 0; i < g->fragments->len; i++) {
        Fragment *other = &g_array_index(g->fragments, Fragment, i);
        if (other->memo && other->memo != memo)
            other->memo->fragments.reassembled_in = g->whole_in;
    }
}

bool fm_reassemble(FmDissection *d, unsigned kind, uint32_t id, uint32_t offset, bool more, const FmCursor *c, const char *name,
                   FmCursor *whole, const FmFragments **fragments)
{
    FragmentMemo *memo = fm_visit_memo(d, sizeof *memo, false);
    *fragments = &memo->fragments;
    if (d->replaying) {
        if (memo->whole)
            *whole = fm_buffer(d, assemble(d, &memo->fragments, NULL), name);
        return memo->whole;
    }
    if (d->quoting || c->lost || fm_left(c) == 0 || offset + fm_left(c) > FM_MAX_DATAGRAM)
        return false;
    Key key = { .id = id, .kind = kind };
    const FmPacket *p = d->packet;
    memcpy(key.source, p->net_source.bytes, 16);
    memcpy(key.destination, p->net_destination.bytes, 16);
    Datagram *g = find(d->visit->reassembler, &key);
    if (g->fragments->len >= 8192)
        return false;
    visit_first(d, memo, g, offset, more, c);
    if (memo->whole) {
        *whole = fm_buffer(d, assemble(d, &memo->fragments, g), name);
        drop_bytes(g);
    }
    return memo->whole;
}
