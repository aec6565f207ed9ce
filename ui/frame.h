/* Pages on the screen: panes, tabs, lists, status and keys. What the core does so that views need not. */
#pragma once

#include "ui/app.h"

FmPage *fm_page_new(FmApp *app, const FmPageKind *kind, const void *argument);
void fm_page_free(FmPage *page);

/* FM_IN_… of the page and its focused pane. */
unsigned fm_page_where(const FmPage *page);

/* Asks the focused view, the page, the list. False: nobody knows it. */
bool fm_page_request(FmPage *page, FmRequest request, const char *argument);

/* The mouse at a place of the screen; a click is true where it chose something. */
bool fm_page_click(FmPage *page, int y, int x);
void fm_page_wheel(FmPage *page, int y, int x, int rows);

/* Searches the focused list for a text, from its cursor on. */
void fm_page_find(FmPage *page, const char *text, int step);

/* Draws everything. */
void fm_frame_draw(FmApp *app);
