/* What the options say, applied: to the catalog before an engine exists, to columns and printers. */
#pragma once

#include "filter/filter.h"
#include "options.h"

/* Turns on what fathom's own verbs and screens dissect beyond tshark's defaults; before fm_setup_catalog, so that the user has the last word. */
void fm_setup_deeper(FmCatalog *catalog);

/* Preferences, decode-as, switched off protocols, columns and their times. */
bool fm_setup_catalog(FmCatalog *catalog, const FmOptions *options, FmColumns *columns, GError **error);

/* Completes options->shown; checks that its fields and protocols exist. */
bool fm_setup_print(FmOptions *options, const FmCatalog *catalog, const FmColumns *columns, GError **error);

/* Compiles a filter; no text: none. False, and the fault shown on standard error, if it is not one. */
bool fm_setup_filter(FmFilter **filter, const FmCatalog *catalog, const char *text);

/* Is it a preference of tshark that changes nothing here? */
bool fm_preference_ignored(const char *name);
