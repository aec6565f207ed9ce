/* A capture open for random access. */
#include "config.h"

#include "session/archive.h"

#include "capture/source_live.h"
#include "engine/engine.h"
#include "flow/flow.h"
#include "session/rows.h"
#include "session/spool.h"

#define TELL_EVERY (30 * G_TIME_SPAN_MILLISECOND)

struct FmArchive {
    const FmCatalog *catalog;
    FmSource *source;
    FmEngine *engine;
    FmSpool *spool; /* where the source cannot be read again; made for the first frame */
    GPtrArray *observers;
    FmSummary *summary; /* NULL: not asked for */
    FmSecrets *secrets;
    size_t secrets_read; /* blocks of the source that were taken */
    void (*changed)(void *data);
    void *changed_data;
    gint64 told; /* when `changed` was last called: µs */

    GThread *thread;
    GMutex lock;   /* on engine, spool and observers */
    GCond more;    /* packets have come, or the end */
    _Atomic uint32_t waiting; /* others that want the lock: the reading thread lets them go first */
    _Atomic bool loading, stopping;
    _Atomic uint32_t count, first;
    FmTime start;
    GError *trouble;
    FmRows *index; /* of FmIndexed */
};

struct FmViewer {
    FmArchive *archive;
    bool urgent;
    FmReplay *replay;
    GByteArray *room, *earlier_room;
    FmAhead ahead;
};

FmArchive *fm_archive_new(const FmCatalog *catalog, FmSource *source, void (*changed)(void *data), void *data)
{
    FmArchive *archive = g_new0(FmArchive, 1);
    archive->catalog = catalog;
    archive->source = source;
    archive->engine = fm_engine_new(catalog, true);
    archive->index = fm_rows_new(sizeof(FmIndexed));
    archive->first = 1;
    archive->start = FM_TIME_NONE;
    archive->observers = g_ptr_array_new();
    archive->changed = changed;
    archive->changed_data = data;
    g_mutex_init(&archive->lock);
    g_cond_init(&archive->more);
    return archive;
}

void fm_archive_free(FmArchive *archive)
{
    if (!archive)
        return;
    fm_archive_stop(archive);
    if (archive->thread)
        g_thread_join(archive->thread);
    fm_summary_free(archive->summary);
    fm_engine_free(archive->engine);
    fm_secrets_free(archive->secrets);
    if (archive->source)
        fm_source_free(archive->source);
    fm_spool_free(archive->spool);
    g_ptr_array_unref(archive->observers);
    fm_rows_free(archive->index);
    g_clear_error(&archive->trouble);
    g_mutex_clear(&archive->lock);
    g_cond_clear(&archive->more);
    g_free(archive);
}

void fm_archive_take_secrets(FmArchive *archive, FmSecrets *secrets)
{
    fm_secrets_free(archive->secrets);
    archive->secrets = secrets;
    fm_engine_use_secrets(archive->engine, secrets);
}

void fm_archive_observe(FmArchive *archive, FmObserver *observer)
{
    fm_engine_want(archive->engine, observer->wanted);
    if (observer->wants_labels)
        fm_engine_want_labels(archive->engine);
    if (observer->wants_info)
        fm_engine_want_info(archive->engine);
    g_ptr_array_add(archive->observers, observer);
}

void fm_archive_summarize(FmArchive *archive)
{
    archive->summary = fm_summary_new(archive->catalog, NULL);
    fm_engine_want(archive->engine, fm_summary_wanted(archive->summary));
    fm_engine_want_segment(archive->engine);
}

FmSummary *fm_archive_summary(FmArchive *archive)
{
    return archive->summary;
}

uint32_t fm_archive_count(const FmArchive *archive)
{
    return archive->count;
}

bool fm_archive_loading(const FmArchive *archive)
{
    return archive->loading;
}

const GError *fm_archive_trouble(const FmArchive *archive)
{
    return archive->trouble;
}

const FmCatalog *fm_archive_catalog(const FmArchive *archive)
{
    return archive->catalog;
}

FmSource *fm_archive_source(FmArchive *archive)
{
    return archive->source;
}

const FmIndexed *fm_archive_packet(const FmArchive *archive, uint32_t number)
{
    return fm_rows_at(archive->index, number - 1);
}

uint32_t fm_archive_first(const FmArchive *archive)
{
    return archive->first;
}

FmTime fm_archive_start_time(const FmArchive *archive)
{
    return archive->start;
}

FmTime fm_archive_time(const FmArchive *archive, uint32_t number)
{
    FmTime time = number < archive->first ? FM_TIME_NONE : fm_archive_packet(archive, number)->time;
    return archive->start == FM_TIME_NONE || time == FM_TIME_NONE ? 0 : time - archive->start;
}

/* ---- the reading thread ---- */

static void tell(FmArchive *archive, bool in_any_case)
{
    gint64 now = g_get_monotonic_time();
    if (!in_any_case && now - archive->told < TELL_EVERY)
        return;
    archive->told = now;
    g_mutex_lock(&archive->lock);
    g_cond_broadcast(&archive->more);
    g_mutex_unlock(&archive->lock);
    if (archive->changed)
        archive->changed(archive->changed_data);
}

static bool keep_frame(FmArchive *archive, const FmFrame *frame)
{
    if (frame->number == 1) { /* the first one shows whether the source can be read again */
        g_autoptr(GByteArray) room = g_byte_array_new();
        FmFrame again = *frame;
        if (!fm_source_again(archive->source, frame->place, &again, room, NULL))
            archive->spool = fm_spool_new(&archive->trouble);
        if (archive->trouble)
            return false;
    }
    return !archive->spool || fm_spool_add(archive->spool, frame, &archive->trouble);
}

static void index_packet(FmArchive *archive, const FmPacket *p)
{
    FmIndexed *row = fm_rows_add(archive->index);
    *row = (FmIndexed){
        .place = p->frame->place,
        .time = p->frame->time,
        .length = p->frame->length,
        .kind = p->flow_kind,
        .direction = p->flow_direction,
        .flow = p->flow_number,
    };
    if (archive->count == 0)
        archive->start = p->frame->time;
    archive->count = (uint32_t)p->frame->number;
}

static bool take_frame(FmArchive *archive, FmFrame *frame)
{
    if (frame->number > FM_ROWS_MOST) {
        g_set_error_literal(&archive->trouble, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_READ, "more packets than can be shown at a time");
        return false;
    }
    while (archive->waiting)
        g_thread_yield();
    g_mutex_lock(&archive->lock);
    bool kept = keep_frame(archive, frame);
    while (archive->secrets && archive->secrets_read < fm_source_secrets_count(archive->source)) {
        const FmSecretsBlock *block = fm_source_secrets(archive->source, archive->secrets_read++);
        if (block->type == FM_SECRETS_KEY_LOG)
            fm_secrets_add_lines(archive->secrets, (FmSlice){ block->data, block->size });
    }
    if (kept) {
        const FmPacket *packet = fm_engine_feed(archive->engine, frame);
        for (unsigned i = 0; i < archive->observers->len; i++)
            fm_observer_see(archive->observers->pdata[i], packet);
        if (archive->summary)
            fm_summary_packet(archive->summary, packet, true);
        index_packet(archive, packet);
    }
    g_mutex_unlock(&archive->lock);
    return kept;
}

/* Drops are asked for once a second; they show up in the source's interfaces. */
static void count_drops(FmArchive *archive, gint64 *counted)
{
    gint64 now = g_get_monotonic_time();
    if (now - *counted < G_TIME_SPAN_SECOND)
        return;
    *counted = now;
    FmLiveCounts counts;
    for (size_t i = 0; i < fm_source_interface_count(archive->source); i++)
        if (!fm_source_live_counts(archive->source, i, &counts))
            return;
}

static gpointer read_source(gpointer data)
{
    gint64 counted = 0;
    FmArchive *archive = data;
    FmFrame frame;
    while (!archive->stopping) {
        FmNext next = fm_source_next(archive->source, &frame, &archive->trouble);
        if (next == FM_NEXT_FRAME) {
            frame.number = (uint64_t)fm_archive_count(archive) + 1;
            if (!take_frame(archive, &frame))
                break;
        } else if (next != FM_NEXT_WAIT) {
            break;
        }
        if (next == FM_NEXT_WAIT || frame.number % 64 == 0) {
            tell(archive, false);
            count_drops(archive, &counted);
        }
    }
    fm_archive_hold(archive);
    if (archive->summary)
        fm_summary_finish(archive->summary);
    fm_archive_release(archive);
    archive->loading = false;
    tell(archive, true);
    return NULL;
}

void fm_archive_start(FmArchive *archive)
{
    archive->loading = true;
    archive->thread = g_thread_new("reader", read_source, archive);
}

void fm_archive_stop(FmArchive *archive)
{
    archive->stopping = true;
}

FmSource *fm_archive_leave(FmArchive *archive, FmSecrets **secrets)
{
    fm_archive_stop(archive);
    if (archive->thread)
        g_thread_join(g_steal_pointer(&archive->thread));
    *secrets = g_steal_pointer(&archive->secrets);
    return g_steal_pointer(&archive->source);
}

/* ---- everybody else ---- */

void fm_archive_hold(FmArchive *archive)
{
    archive->waiting++;
    g_mutex_lock(&archive->lock);
    archive->waiting--;
}

void fm_archive_release(FmArchive *archive)
{
    g_mutex_unlock(&archive->lock);
}

void fm_archive_wait(FmArchive *archive, uint32_t seen)
{
    gint64 until = g_get_monotonic_time() + G_TIME_SPAN_SECOND / 100;
    g_mutex_lock(&archive->lock);
    if (fm_archive_count(archive) <= seen && fm_archive_loading(archive))
        g_cond_wait_until(&archive->more, &archive->lock, until);
    g_mutex_unlock(&archive->lock);
}

uint32_t fm_archive_forget(FmArchive *archive, uint32_t count)
{
    fm_archive_hold(archive);
    uint32_t most = archive->count - (archive->first - 1);
    archive->first += MIN(count, most);
    fm_rows_forget(archive->index, archive->first - 1);
    fm_engine_forget_packets(archive->engine, archive->first);
    if (archive->spool)
        fm_spool_forget(archive->spool, archive->first - 1);
    fm_archive_release(archive);
    return archive->first;
}

/* Only while nothing is added to the spool, if there is one. */
static bool read_frame(const FmArchive *archive, uint32_t number, FmFrame *frame, GByteArray *room, FmAhead *ahead)
{
    if (number < archive->first || number > fm_archive_count(archive))
        return false;
    if (archive->spool) {
        bool found = fm_spool_get(archive->spool, number - 1, frame, room);
        frame->number = number;
        return found;
    }
    frame->number = number;
    return fm_source_again(archive->source, fm_archive_packet(archive, number)->place, frame, room, ahead);
}

bool fm_archive_frame(FmArchive *archive, uint32_t number, FmFrame *frame, GByteArray *room)
{
    fm_archive_hold(archive);
    bool found = read_frame(archive, number, frame, room, NULL);
    fm_archive_release(archive);
    return found;
}

static bool fetch(void *data, uint32_t number, FmFrame *frame)
{
    FmViewer *viewer = data;
    return read_frame(viewer->archive, number, frame, viewer->earlier_room, NULL);
}

FmViewer *fm_viewer_new(FmArchive *archive, bool urgent)
{
    FmViewer *viewer = g_new0(FmViewer, 1);
    viewer->urgent = urgent;
    viewer->archive = archive;
    viewer->room = g_byte_array_new();
    viewer->earlier_room = g_byte_array_new();
    viewer->replay = fm_replay_new(archive->engine, fetch, viewer);
    return viewer;
}

void fm_viewer_free(FmViewer *viewer)
{
    if (!viewer)
        return;
    fm_replay_free(viewer->replay);
    g_byte_array_unref(viewer->room);
    g_byte_array_unref(viewer->earlier_room);
    fm_ahead_clear(&viewer->ahead);
    g_free(viewer);
}

void fm_viewer_want(FmViewer *viewer, const uint64_t *bits, bool all, bool labels, bool info)
{
    if (bits)
        fm_replay_want(viewer->replay, bits);
    if (all)
        fm_replay_want_all(viewer->replay);
    if (labels)
        fm_replay_want_labels(viewer->replay);
    if (info)
        fm_replay_want_info(viewer->replay);
}

void fm_viewer_want_segment(FmViewer *viewer)
{
    fm_replay_want_segment(viewer->replay);
}

static FmTime time_of(const FmArchive *archive, uint32_t number)
{
    return number >= archive->first ? fm_archive_packet(archive, number)->time : FM_TIME_NONE;
}

const FmPacket *fm_viewer_packet(FmViewer *viewer, uint32_t number, uint32_t shown_before)
{
    FmArchive *archive = viewer->archive;
    FmFrame frame = { 0 };
    const FmPacket *packet = NULL;
    bool loading = fm_archive_loading(archive); /* afterwards nothing changes any more, and no lock is needed */
    if (loading && viewer->urgent)
        fm_archive_hold(archive);
    else if (loading)
        g_mutex_lock(&archive->lock);
    if (read_frame(archive, number, &frame, viewer->room, &viewer->ahead)) {
        fm_replay_neighbours(viewer->replay, time_of(archive, number - 1), time_of(archive, shown_before));
        packet = fm_replay_packet(viewer->replay, &frame);
    }
    if (loading)
        fm_archive_release(archive);
    return packet;
}
