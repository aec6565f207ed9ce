/* Status codes of HTTP and their reason phrases. */
#pragma once

#include "model/field.h"

extern const FmName http_status_names[];
