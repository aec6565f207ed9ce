/* What the sender knew and did, as fields: fathom.tcp.*. Private to dissectors/transport. */
#pragma once

#include "engine/dissect.h"
#include "inference/segment.h"

/* Does anybody look, now or on a replay? */
bool tcp_sender_wanted(const FmDissection *d);

/* Brings the inference up to this segment on a first visit, and puts the fields. Once per segment where it is wanted. */
void tcp_sender_put(FmDissection *d, const FmSegment *segment);
