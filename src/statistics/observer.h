/* Statistics: something that looks at every packet and has something to say at the end.
 *
 * An observer sees all packets that are read, whatever the display filter lets through; a filter of its own may narrow that. It
 * keeps nothing of a packet but copies, and no more of them than limits.h allows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "filter/filter.h"
#include "model/packet.h"
#include "output/columns.h"

typedef struct FmObserver { /* what every statistic's own structure begins with */
    void (*packet)(struct FmObserver *observer, const FmPacket *packet);
    void (*print)(struct FmObserver *observer, FmText *out);
    void (*free)(struct FmObserver *observer); /* its own contents and itself */

    /* what it needs of each packet; made by fm_observer_start */
    uint64_t *wanted; /* bits of field ids */
    bool wants_labels, wants_info;

    FmFilter *filter; /* NULL: all packets */
} FmObserver;

typedef struct FmStatisticContext { /* what a statistic may depend on */
    const FmCatalog *catalog;
    FmTimeFormat time; /* -t */
} FmStatisticContext;

/* What -z knows: a name like "conv,tcp" and how to start it. `arguments` is what follows the name and its comma, or "". */
typedef struct FmStatistic {
    const char *name;
    FmObserver *(*start)(const struct FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error);
    unsigned kind; /* which of several that one file makes */
} FmStatistic;

typedef enum FmStatisticError { FM_STATISTIC_ERROR_ARGUMENT } FmStatisticError;
#define FM_STATISTIC_ERROR (g_quark_from_static_string("fathom-statistic"))

/* Readies the common part of a new observer whose functions are set. `filter` may be NULL or empty. False with error set if the
 * filter is none; the observer can be freed then as well. */
bool fm_observer_start(FmObserver *observer, const FmStatisticContext *context, const char *filter, GError **error);

/* Compiles one more filter and asks for its fields. NULL with error set if it is none. */
FmFilter *fm_observer_filter(FmObserver *observer, const FmCatalog *catalog, const char *text, GError **error);

/* Asks for a field of this name; nothing happens where there is none. The entry or NULL. */
const FmEntry *fm_observer_want(FmObserver *observer, const FmCatalog *catalog, const char *name);

/* Asks for every row of a type in all protocols. */
void fm_observer_want_type(FmObserver *observer, const FmCatalog *catalog, FmType type);

/* Shows a packet to the observer if its filter lets it through. */
void fm_observer_see(FmObserver *observer, const FmPacket *packet);

void fm_observer_free(FmObserver *observer);

/* Time since the first packet of the capture; 0 where one of the times is not known. */
FmTime fm_observer_time(const FmPacket *packet);

/* What is printed where a table was full and packets were left out. */
void fm_observer_tell_full(FmText *out, uint64_t left_out);

/* Local time or UTC, by the format: "13:24:42", "2026-11-22 13:24:42", "2026/326 13:24:42". */
void fm_observer_clock(FmText *out, FmTimeFormat format, FmTime time);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmObserver, fm_observer_free)
