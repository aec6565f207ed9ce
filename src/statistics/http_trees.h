/* -z http,tree, http_req,tree and http_srv,tree. */
#pragma once

#include "statistics/observer.h"

typedef enum FmHttpTree { FM_HTTP_TREE_COUNTER, FM_HTTP_TREE_REQUESTS, FM_HTTP_TREE_SERVERS } FmHttpTree;

FmObserver *fm_http_trees_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error);
