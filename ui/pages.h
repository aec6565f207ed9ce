/* The pages there are, and what they share. */
#pragma once

#include "ui/app.h"

extern const FmPageKind fm_flows_page, fm_packets_page, fm_help_page, fm_statistics_page, fm_columns_page;

/* Tabs of statistics that have files of their own. */
extern const FmView fm_graph_view, fm_latency_view, fm_fitness_view;

typedef struct FmPacketsArgument { /* what the page of packets is opened with */
    uint32_t number;    /* to start at; 0: the first */
    const char *filter; /* instead of the one that is set, until the page is left; NULL: none */
    const char *field;  /* that the tree opens at; NULL: none */
} FmPacketsArgument;

/* A display filter for the packets of a flow (g_free), or NULL. */
char *fm_flow_filter(FmApp *app, unsigned kind, uint32_t number);

/* The page that the program starts with. */
const FmPageKind *fm_pages_home(FmApp *app);

/* Writes the packets that are shown, or the marked ones if there are any, into a pcapng file. */
void fm_app_save(FmApp *app, const char *path);
