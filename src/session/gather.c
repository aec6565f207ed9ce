/* The packets of one flow, gathered in the background. */
#include "config.h"

#include "session/gather.h"

#define TELL_EVERY (100 * G_TIME_SPAN_MILLISECOND)

struct FmGather {
    FmArchive *archive;
    unsigned kind;
    uint32_t number;
    void (*changed)(void *data);
    void *changed_data;
    GThread *thread;
    GMutex lock; /* on the track */
    FmTrack *track;
    _Atomic uint32_t waiting, seen;
    _Atomic bool cancelled, done;
};

static void take(FmGather *g, FmViewer *viewer, uint32_t number)
{
    const FmIndexed *indexed = fm_archive_packet(g->archive, number);
    if (indexed->kind != g->kind || indexed->flow != g->number)
        return;
    const FmPacket *packet = fm_viewer_packet(viewer, number, 0);
    while (g->waiting)
        g_thread_yield();
    g_mutex_lock(&g->lock);
    if (packet)
        fm_track_packet(g->track, packet);
    g_mutex_unlock(&g->lock);
}

static void tell(FmGather *g, gint64 *told, bool in_any_case)
{
    gint64 now = g_get_monotonic_time();
    if (!in_any_case && now - *told < TELL_EVERY)
        return;
    *told = now;
    g->changed(g->changed_data);
}

static gpointer work(gpointer data)
{
    FmGather *g = data;
    gint64 told = g_get_monotonic_time();
    g_autoptr(FmViewer) viewer = fm_viewer_new(g->archive, false);
    fm_viewer_want(viewer, fm_track_wanted(g->track), false, false, false);
    fm_viewer_want_segment(viewer);
    while (!g->cancelled) {
        bool loading = fm_archive_loading(g->archive);
        uint32_t there = fm_archive_count(g->archive);
        if (g->seen < there) {
            g->done = false;
            take(g, viewer, ++g->seen);
            if (g->seen % 256 == 0)
                tell(g, &told, false);
            continue;
        }
        if (!loading)
            break;
        g->done = true;
        tell(g, &told, false);
        fm_archive_wait(g->archive, there);
    }
    g_mutex_lock(&g->lock);
    fm_track_finish(g->track);
    g_mutex_unlock(&g->lock);
    g->done = true;
    tell(g, &told, true);
    return NULL;
}

FmGather *fm_gather_new(FmArchive *archive, unsigned kind, uint32_t number, void (*changed)(void *data), void *data)
{
    FmGather *g = g_new0(FmGather, 1);
    g->archive = archive;
    g->kind = kind;
    g->number = number;
    g->changed = changed;
    g->changed_data = data;
    g->seen = fm_archive_first(archive) - 1;
    g->track = fm_track_new(fm_archive_catalog(archive), kind, number);
    g_mutex_init(&g->lock);
    g->thread = g_thread_new("gather", work, g);
    return g;
}

void fm_gather_free(FmGather *g)
{
    if (!g)
        return;
    g->cancelled = true;
    g_thread_join(g->thread);
    fm_track_free(g->track);
    g_mutex_clear(&g->lock);
    g_free(g);
}

const FmTrack *fm_gather_hold(FmGather *g)
{
    g->waiting++;
    g_mutex_lock(&g->lock);
    g->waiting--;
    return g->track;
}

void fm_gather_release(FmGather *g)
{
    g_mutex_unlock(&g->lock);
}

bool fm_gather_done(FmGather *g)
{
    return g->done;
}
