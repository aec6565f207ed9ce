/* What all statistics have in common. */
#include "config.h"

#include "statistics/observer.h"

#include <time.h>

static void want_id(FmObserver *observer, size_t id)
{
    observer->wanted[id / 64] |= UINT64_C(1) << (id % 64);
}

FmFilter *fm_observer_filter(FmObserver *observer, const FmCatalog *catalog, const char *text, GError **error)
{
    g_autoptr(GError) fault = NULL;
    FmFilter *filter = fm_filter_compile(catalog, text, NULL, NULL, NULL, &fault);
    if (filter)
        fm_filter_wants(filter, observer->wanted, &observer->wants_info);
    else
        g_set_error(error, FM_STATISTIC_ERROR, FM_STATISTIC_ERROR_ARGUMENT, "Filter \"%s\" is invalid - %s", text, fault->message);
    return filter;
}

bool fm_observer_start(FmObserver *observer, const FmStatisticContext *context, const char *filter, GError **error)
{
    observer->wanted = g_new0(uint64_t, fm_catalog_words(context->catalog));
    if (!filter || !*filter)
        return true;
    observer->filter = fm_observer_filter(observer, context->catalog, filter, error);
    return observer->filter != NULL;
}

const FmEntry *fm_observer_want(FmObserver *observer, const FmCatalog *catalog, const char *name)
{
    const FmEntry *entry = fm_catalog_find(catalog, name);
    for (size_t i = 0; entry && i < entry->id_count; i++)
        want_id(observer, entry->ids[i]);
    return entry;
}

void fm_observer_want_type(FmObserver *observer, const FmCatalog *catalog, FmType type)
{
    for (size_t id = 0; id < fm_catalog_words(catalog) * 64; id++) {
        const FmField *field = fm_catalog_field(catalog, (uint16_t)id);
        if (field && field->type == type)
            want_id(observer, id);
    }
}

void fm_observer_see(FmObserver *observer, const FmPacket *packet)
{
    if (!observer->filter || fm_filter_match(observer->filter, packet))
        observer->packet(observer, packet);
}

void fm_observer_free(FmObserver *observer)
{
    if (!observer)
        return;
    g_free(observer->wanted);
    fm_filter_free(observer->filter);
    observer->free(observer);
}

FmTime fm_observer_time(const FmPacket *packet)
{
    FmTime first = packet->first_time, now = packet->frame->time;
    return first == FM_TIME_NONE || now == FM_TIME_NONE ? 0 : now - first;
}

void fm_observer_tell_full(FmText *out, uint64_t left_out)
{
    if (left_out)
        fm_text_printf(out, "Note: the table was full; left out: %lu\n", (unsigned long)left_out);
}

void fm_observer_clock(FmText *out, FmTimeFormat format, FmTime time)
{
    time_t seconds = (time_t)(time / FM_SECOND - (time % FM_SECOND < 0));
    bool utc = format == FM_TIME_UTC || format == FM_TIME_UTC_DATE || format == FM_TIME_UTC_DAY_OF_YEAR;
    struct tm parts;
    if (time == FM_TIME_NONE || !(utc ? gmtime_r(&seconds, &parts) : localtime_r(&seconds, &parts)))
        return;
    char text[64];
    size_t size;
    switch (format) {
    case FM_TIME_DATE: case FM_TIME_UTC_DATE: size = strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts); break;
    case FM_TIME_DAY_OF_YEAR: case FM_TIME_UTC_DAY_OF_YEAR: size = strftime(text, sizeof text, "%Y/%j %H:%M:%S", &parts); break;
    default: size = strftime(text, sizeof text, "%H:%M:%S", &parts); break;
    }
    fm_text_add(out, text, size);
}
