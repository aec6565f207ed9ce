/* The statistics that -z knows: one line each. */
#include "config.h"

#include "statistics/all.h"

#include <string.h>

const FmStatistic fm_all_statistics[] = {
    { NULL, NULL },
};

FmObserver *fm_statistic_start(const FmCatalog *catalog, const char *text, GError **error)
{
    const FmStatistic *best = NULL;
    g_autoptr(GString) known = g_string_new(NULL);
    for (const FmStatistic *s = fm_all_statistics; s->name; s++) {
        size_t size = strlen(s->name);
        if (strncmp(text, s->name, size) == 0 && (text[size] == ',' || !text[size]) && (!best || size > strlen(best->name)))
            best = s;
        g_string_append_printf(known, "%s%s", known->len ? ", " : "", s->name);
    }
    if (best) {
        const char *arguments = text + strlen(best->name);
        return best->start(catalog, *arguments ? arguments + 1 : "", error);
    }
    g_set_error(error, FM_STATISTIC_ERROR, FM_STATISTIC_ERROR_ARGUMENT, "Invalid -z argument \"%s\"; there are: %s", text, known->len ? known->str : "none yet");
    return NULL;
}
