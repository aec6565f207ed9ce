/* Lists of things to choose from; for capture/ only. */
#pragma once

#include <glib.h>

/* A list of FmDevice. */
GPtrArray *fm_device_list_new(void);
void fm_device_list_add(GPtrArray *list, const char *name, const char *description);
