/* The first screen where neither a file nor an interface was named: what could be captured from, and how busy it is. */
#pragma once

#include <stdbool.h>

#include <glib.h>

typedef struct FmChoice { /* free both */
    GPtrArray *interfaces; /* of char *: NULL, nothing was chosen */
    char *filter;          /* capture filter; NULL: none */
} FmChoice;

/* Lets the user choose. False with error set if there is no terminal, or nothing to capture from. */
bool fm_chooser_run(const char *filter, FmChoice *choice, GError **error);
