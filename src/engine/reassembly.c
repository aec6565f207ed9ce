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
    bool late; /* came after the datagram was whole */
} FragmentMemo;

typedef struct Fragment {
    FmPiece piece;
    uint32_t offset;
    uint8_t marks;
    uint8_t *bytes;
    FragmentMemo *memo; /* NULL unless memos are kept */
} Fragment;

typedef struct Datagram {
    Key key;
    GArray *fragments; /* of Fragment, in order of arrival */
    uint64_t filled[(FM_MAX_DATAGRAM + 1) / 8 / 64]; /* a bit for each 8 bytes */
    uint32_t filled_count;
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

static Datagram *find(FmReassembler *r, const Key *key, bool fresh)
{
    Datagram *g = g_hash_table_lookup(r->datagrams, key);
    if (g && !fresh)
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

/* Marks the 8-byte units of a fragment as filled; true if one of them was filled before. */
static bool fill(Datagram *g, uint32_t offset, uint32_t size, bool more)
{
    uint32_t last = (offset + size + (more ? 0 : 7)) / 8;
    bool again = false;
    for (uint32_t unit = offset / 8; unit < MIN(last, (FM_MAX_DATAGRAM + 1) / 8); unit++) {
        uint64_t bit = UINT64_C(1) << unit % 64;
        again = again || g->filled[unit / 64] & bit;
        g->filled_count += !(g->filled[unit / 64] & bit);
        g->filled[unit / 64] |= bit;
    }
    return again;
}

/* What the new fragment shares with those before it. */
static uint8_t compare(const Datagram *g, const Fragment *new)
{
    uint8_t marks = 0;
    for (guint i = 0; i < g->fragments->len; i++) {
        const Fragment *f = &g_array_index(g->fragments, Fragment, i);
        uint32_t from = MAX(f->offset, new->offset), to = MIN(f->offset + f->piece.length, new->offset + new->piece.length);
        if (from >= to)
            continue;
        marks |= FM_FRAGMENT_OVERLAP;
        if (f->bytes && new->bytes && memcmp(f->bytes + (from - f->offset), new->bytes + (from - new->offset), to - from) != 0)
            marks |= FM_FRAGMENT_CONFLICT;
    }
    return marks;
}

/* The bytes of a whole datagram in this packet's arena; the first fragment to bring a byte wins. */
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
    Fragment f = { .piece = { (uint32_t)d->packet->frame->number, fm_offset(c), size, c->buffer }, .offset = offset,
                   .bytes = g_memdup2(c->at, size), .memo = d->keeping ? memo : NULL };
    if (fill(g, offset, size, more))
        f.marks = compare(g, &f);
    if (!more) {
        if (g->tail && g->length != offset + size)
            f.marks |= FM_FRAGMENT_MULTIPLE_TAILS;
        else
            g->length = offset + size;
        g->tail = true;
    }
    if (g->tail && offset + size > g->length)
        f.marks |= FM_FRAGMENT_TOO_LONG;
    g_array_append_val(g->fragments, f);
    if (!g->tail || g->filled_count < (g->length + 7) / 8)
        return;
    g->whole_in = (uint32_t)d->packet->frame->number;
    memo->whole = true;
    tell(d, memo, g);
    for (guint i = 0; i + 1 < g->fragments->len; i++) {
        Fragment *other = &g_array_index(g->fragments, Fragment, i);
        if (other->memo)
            other->memo->fragments.reassembled_in = g->whole_in;
    }
}

bool fm_reassemble(FmDissection *d, unsigned kind, uint32_t id, uint32_t offset, bool more, const FmCursor *c, const char *name,
                   FmCursor *whole, const FmFragments **fragments)
{
    FragmentMemo *memo = fm_visit_memo(d, sizeof *memo);
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
    Datagram *g = find(d->visit->reassembler, &key, false);
    if (g->whole_in && g->whole_in != fm_frame_number(d)) {
        bool again = false; /* the id is used for the next datagram when this place was filled already */
        for (guint i = 0; i < g->fragments->len && !again; i++)
            again = g_array_index(g->fragments, Fragment, i).offset == offset;
        if (!again) {
            memo->late = true;
            memo->fragments.reassembled_in = g->whole_in;
            return false;
        }
        g = find(d->visit->reassembler, &key, true);
    }
    if (g->fragments->len >= 8192)
        return false;
    visit_first(d, memo, g, offset, more, c);
    if (memo->whole) {
        *whole = fm_buffer(d, assemble(d, &memo->fragments, g), name);
        drop_bytes(g);
    }
    return memo->whole;
}
