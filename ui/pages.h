/* The pages there are, and what they share. */
#pragma once

#include "ui/app.h"

extern const FmPageKind fm_packets_page, fm_help_page, fm_statistics_page;

/* The page that the program starts with. */
const FmPageKind *fm_pages_home(FmApp *app);

/* Lets the observers of pages see the packets; before the archive starts. And gives them back, after it is freed. */
void fm_pages_observe(FmApp *app);
void fm_pages_clear(FmApp *app);

/* Writes the packets that are shown, or the marked ones if there are any, into a pcapng file. */
void fm_app_save(FmApp *app, const char *path);
