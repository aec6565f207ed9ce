/* The statistics that -z knows. */
#pragma once

#include "statistics/observer.h"

/* Sorted by name, ended by a NULL name. */
extern const FmStatistic fm_all_statistics[];

/* Starts what -z asks for: the longest name that `text` begins with. NULL with error set if there is none. */
FmObserver *fm_statistic_start(const FmCatalog *catalog, const char *text, GError **error);
