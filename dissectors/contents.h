/* What flows carry, free of what it was wrapped in: fields for those who follow a flow or take objects out of it. They are there only
 * for who asks for them by name. */
#pragma once

#include "engine/dissect.h"

enum {
    FM_CONTENTS_PLAINTEXT, /* application data of TLS or DTLS, opened */
    FM_CONTENTS_MESSAGE,   /* of WebSocket, put together and inflated */
    FM_CONTENTS_BODY,      /* of HTTP, codings taken off; or a piece of one that is too long to be put together */
};

void fm_contents(FmDissection *d, unsigned row, const FmCursor *c);
