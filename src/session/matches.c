/* The packets of an archive that a filter lets through. Threads take pieces of the capture in turn; what they find is put in
 * order behind what is known. */
#include "config.h"

#include "session/matches.h"

enum { PIECE = 2048, MOST_THREADS = 4 };

typedef struct Piece { /* judged, waiting for those before it */
    uint32_t first, count;
    GArray *numbers;
} Piece;

struct FmMatches {
    FmArchive *archive;
    FmFilter *filter;
    void (*changed)(void *data);
    void *changed_data;
    GThread *threads[MOST_THREADS];
    unsigned thread_count;
    _Atomic bool cancelled;
    GMutex lock;         /* on what follows */
    uint32_t next;       /* first packet that nobody has taken */
    uint32_t judged;     /* all up to this one are in `numbers` */
    GArray *numbers;     /* of uint32_t */
    GQueue waiting;      /* of Piece */
    gint64 told;
};

static void piece_free(gpointer data)
{
    Piece *piece = data;
    g_array_unref(piece->numbers);
    g_free(piece);
}

/* The next piece that is all there; what is left at the end may be shorter. NULL when there is nothing more to do. */
static Piece *take_piece(FmMatches *m)
{
    while (!m->cancelled) {
        bool loading = fm_archive_loading(m->archive);
        g_mutex_lock(&m->lock); /* what is there is asked under it: another thread may have taken what came meanwhile */
        uint32_t there = fm_archive_count(m->archive);
        uint32_t first = m->next, count = MIN(there - (first - 1), (uint32_t)PIECE);
        m->next += count;
        g_mutex_unlock(&m->lock);
        if (count) {
            Piece *piece = g_new(Piece, 1);
            *piece = (Piece){ first, count, g_array_new(FALSE, FALSE, sizeof(uint32_t)) };
            return piece;
        }
        if (!loading)
            break;
        fm_archive_wait(m->archive, there);
    }
    return NULL;
}

static void judge(FmMatches *m, FmViewer *viewer, Piece *piece)
{
    for (uint32_t n = piece->first; n < piece->first + piece->count && !m->cancelled; n++) {
        const FmPacket *packet = fm_viewer_packet(viewer, n, 0);
        if (packet && fm_filter_match(m->filter, packet))
            g_array_append_val(piece->numbers, n);
    }
}

/* Puts in order what can be. With the lock. */
static void merge(FmMatches *m)
{
    for (GList *l = m->waiting.head; l;) {
        Piece *piece = l->data;
        if (piece->first != m->judged + 1) {
            l = l->next;
            continue;
        }
        g_array_append_vals(m->numbers, piece->numbers->data, piece->numbers->len);
        m->judged += piece->count;
        piece_free(piece);
        g_queue_delete_link(&m->waiting, l);
        l = m->waiting.head;
    }
}

static void hand_in(FmMatches *m, Piece *piece)
{
    g_mutex_lock(&m->lock);
    g_queue_push_tail(&m->waiting, piece);
    merge(m);
    gint64 now = g_get_monotonic_time();
    bool tell = now - m->told > 30 * G_TIME_SPAN_MILLISECOND || m->judged == fm_archive_count(m->archive);
    if (tell)
        m->told = now;
    g_mutex_unlock(&m->lock);
    if (tell)
        m->changed(m->changed_data);
}

static gpointer work(gpointer data)
{
    FmMatches *m = data;
    const FmCatalog *catalog = fm_archive_catalog(m->archive);
    g_autofree uint64_t *wanted = g_new0(uint64_t, fm_catalog_words(catalog));
    bool info = false;
    fm_filter_wants(m->filter, wanted, &info);
    g_autoptr(FmViewer) viewer = fm_viewer_new(m->archive, false);
    fm_viewer_want(viewer, wanted, false, false, info);
    for (Piece *piece; (piece = take_piece(m));) {
        judge(m, viewer, piece);
        hand_in(m, piece);
    }
    return NULL;
}

FmMatches *fm_matches_new(FmArchive *archive, FmFilter *filter, void (*changed)(void *data), void *data)
{
    FmMatches *m = g_new0(FmMatches, 1);
    m->archive = archive;
    m->filter = filter;
    m->changed = changed;
    m->changed_data = data;
    m->next = fm_archive_first(archive);
    m->judged = m->next - 1;
    m->numbers = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g_queue_init(&m->waiting);
    g_mutex_init(&m->lock);
    m->thread_count = CLAMP(g_get_num_processors(), 1, MOST_THREADS);
    for (unsigned i = 0; i < m->thread_count; i++)
        m->threads[i] = g_thread_new("filter", work, m);
    return m;
}

void fm_matches_free(FmMatches *m)
{
    if (!m)
        return;
    m->cancelled = true;
    for (unsigned i = 0; i < m->thread_count; i++)
        g_thread_join(m->threads[i]);
    g_queue_clear_full(&m->waiting, piece_free);
    g_array_unref(m->numbers);
    fm_filter_free(m->filter);
    g_mutex_clear(&m->lock);
    g_free(m);
}

uint32_t fm_matches_count(FmMatches *m)
{
    g_mutex_lock(&m->lock);
    uint32_t count = m->numbers->len;
    g_mutex_unlock(&m->lock);
    return count;
}

uint32_t fm_matches_at(FmMatches *m, uint32_t i)
{
    g_mutex_lock(&m->lock);
    uint32_t number = i < m->numbers->len ? g_array_index(m->numbers, uint32_t, i) : 0;
    g_mutex_unlock(&m->lock);
    return number;
}

uint32_t fm_matches_judged(FmMatches *m)
{
    g_mutex_lock(&m->lock);
    uint32_t judged = m->judged;
    g_mutex_unlock(&m->lock);
    return judged;
}

uint32_t fm_matches_forget(FmMatches *m, uint32_t first)
{
    uint32_t gone = fm_matches_find(m, first);
    g_mutex_lock(&m->lock);
    g_array_remove_range(m->numbers, 0, gone);
    g_mutex_unlock(&m->lock);
    return gone;
}

uint32_t fm_matches_find(FmMatches *m, uint32_t number)
{
    g_mutex_lock(&m->lock);
    uint32_t from = 0, to = m->numbers->len;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (g_array_index(m->numbers, uint32_t, middle) < number)
            from = middle + 1;
        else
            to = middle;
    }
    g_mutex_unlock(&m->lock);
    return from;
}
