/* Rows of tables of preferences, as -o uat:NAME:ROW has them. */
#pragma once

#include <glib.h>

/* The fields of a row, "a","b" with \" and \x20 in them: an array of strings. Free with g_ptr_array_unref. */
GPtrArray *fm_uat_row(const char *row);
