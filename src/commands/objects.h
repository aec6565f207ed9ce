/* fathom objects, and what --export-objects does. */
#pragma once

#include "statistics/observer.h"

/* argv[0] is "objects". Returns the exit status. */
int fm_objects_run(int argc, char **argv);

/* Saves objects while packets are read: "http,DIRECTORY". NULL with error set if that is not what was asked for. */
FmObserver *fm_export_objects(const FmStatisticContext *context, const char *argument, GError **error);
