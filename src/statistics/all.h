/* The statistics that -z knows. */
#pragma once

#include "statistics/observer.h"

/* Sorted by name, ended by a NULL name. */
extern const FmStatistic fm_all_statistics[];

/* Starts what -z asks for: "NAME" or "NAME,arguments". NULL with error set if there is no such name or the arguments are wrong. */
FmObserver *fm_statistic_start(const FmStatisticContext *context, const char *text, GError **error);

/* What -z help prints. */
void fm_statistics_list(FmText *out);

typedef FmObserver *FmStatisticStart(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments,
                                     GError **error);
FmStatisticStart fm_conversations_start, fm_endpoints_start, fm_expert_start, fm_flow_graph_start, fm_follow_start, fm_echo_times_start,
    fm_http_stat_start, fm_http2_tree_start, fm_hierarchy_start, fm_ice_start, fm_io_start, fm_rtp_streams_start, fm_trees_start;
