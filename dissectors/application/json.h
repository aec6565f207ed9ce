/* JSON for protocols that carry it without a media type. */
#pragma once

#include "engine/dissect.h"

/* Are these bytes one object or array, with nothing but blanks around? */
bool fm_json_is_whole(FmSlice bytes);

extern const FmProtocol fm_json;
