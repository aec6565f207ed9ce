/* Observers over all packets of an archive. */
#include "config.h"

#include "session/survey.h"

#include "flow/flow.h"

#define TELL_EVERY (200 * G_TIME_SPAN_MILLISECOND)

struct FmSurvey {
    FmArchive *archive;
    GPtrArray *observers;
    unsigned kind; /* of the flow that is looked at; 0: all packets */
    uint32_t flow;
    void (*changed)(void *data);
    void *changed_data;
    GThread *thread;
    GMutex lock; /* on the observers */
    _Atomic uint32_t waiting, seen;
    _Atomic bool cancelled;
};

static void see(FmSurvey *survey, FmViewer *viewer, uint32_t number)
{
    const FmIndexed *indexed = fm_archive_packet(survey->archive, number);
    if (survey->kind && (indexed->kind != survey->kind || indexed->flow != survey->flow))
        return;
    const FmPacket *packet = fm_viewer_packet(viewer, number, 0);
    while (survey->waiting)
        g_thread_yield();
    g_mutex_lock(&survey->lock);
    for (guint i = 0; packet && i < survey->observers->len; i++)
        fm_observer_see(survey->observers->pdata[i], packet);
    g_mutex_unlock(&survey->lock);
}

static gpointer work(gpointer data)
{
    FmSurvey *survey = data;
    g_autoptr(FmViewer) viewer = fm_viewer_new(survey->archive, false);
    for (guint i = 0; i < survey->observers->len; i++) {
        const FmObserver *o = survey->observers->pdata[i];
        fm_viewer_want(viewer, o->wanted, false, o->wants_labels, o->wants_info);
    }
    gint64 told = 0;
    uint32_t number = fm_archive_first(survey->archive) - 1;
    while (!survey->cancelled) {
        bool loading = fm_archive_loading(survey->archive);
        uint32_t there = fm_archive_count(survey->archive);
        if (number < there) {
            see(survey, viewer, ++number);
            survey->seen = number;
        } else if (!loading) {
            break;
        } else {
            fm_archive_wait(survey->archive, there);
        }
        gint64 now = number % 64 && number < there ? told : g_get_monotonic_time();
        if (now - told > TELL_EVERY) {
            told = now;
            survey->changed(survey->changed_data);
        }
    }
    survey->changed(survey->changed_data);
    return NULL;
}

static void free_observer(gpointer observer)
{
    fm_observer_free(observer);
}

FmSurvey *fm_survey_new_flow(FmArchive *archive, unsigned kind, uint32_t number, FmObserver *const *observers, size_t count, void (*changed)(void *data),
                             void *data)
{
    FmSurvey *survey = g_new0(FmSurvey, 1);
    survey->archive = archive;
    survey->kind = kind;
    survey->flow = number;
    survey->observers = g_ptr_array_new_with_free_func(free_observer);
    for (size_t i = 0; i < count; i++)
        g_ptr_array_add(survey->observers, observers[i]);
    survey->changed = changed;
    survey->changed_data = data;
    g_mutex_init(&survey->lock);
    survey->thread = g_thread_new("survey", work, survey);
    return survey;
}

FmSurvey *fm_survey_new(FmArchive *archive, FmObserver *const *observers, size_t count, void (*changed)(void *data), void *data)
{
    return fm_survey_new_flow(archive, FM_FLOW_NONE, 0, observers, count, changed, data);
}

void fm_survey_free(FmSurvey *survey)
{
    if (!survey)
        return;
    survey->cancelled = true;
    g_thread_join(survey->thread);
    g_ptr_array_unref(survey->observers);
    g_mutex_clear(&survey->lock);
    g_free(survey);
}

uint32_t fm_survey_seen(FmSurvey *survey)
{
    return survey->seen;
}

FmObserver *fm_survey_hold(FmSurvey *survey, size_t i)
{
    survey->waiting++;
    g_mutex_lock(&survey->lock);
    survey->waiting--;
    return survey->observers->pdata[i];
}

void fm_survey_release(FmSurvey *survey)
{
    g_mutex_unlock(&survey->lock);
}
