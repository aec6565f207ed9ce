/* Statistics: something that looks at every packet and has something to say at the end. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/packet.h"

typedef struct FmObserver {
    void (*packet)(struct FmObserver *observer, const FmPacket *packet);
    void (*print)(struct FmObserver *observer, FmText *out);
    void (*free)(struct FmObserver *observer);

    /* what it needs of each packet */
    uint64_t *wanted; /* bits of field ids, or NULL; owned by the observer */
    bool wants_labels, wants_info;
} FmObserver;

/* What -z knows: a name like "io,phs" and how to start it; `arguments` is what follows the name and its comma, or "". */
typedef struct FmStatistic {
    const char *name;
    FmObserver *(*start)(const FmCatalog *catalog, const char *arguments, GError **error);
} FmStatistic;

typedef enum FmStatisticError { FM_STATISTIC_ERROR_ARGUMENT } FmStatisticError;
#define FM_STATISTIC_ERROR (g_quark_from_static_string("fathom-statistic"))
