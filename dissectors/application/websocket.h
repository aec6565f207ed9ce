/* WebSocket (RFC 6455) as other protocols start it: HTTP/1 by Upgrade, HTTP/2 and 3 by extended CONNECT (RFC 8441, 9220). */
#pragma once

#include "engine/dissect.h"

/* The stream `s`, and its peer in the other direction, carry WebSocket frames from here on: says what the handshake agreed on
 * (Sec-WebSocket-Protocol, Sec-WebSocket-Extensions of the response; empty: none). The consumer is chosen by the caller
 * (fm_stream_feed, fm_stream_hand_over; the protocol is bound to FM_UPGRADE "websocket"). First visits only; NULL does nothing. */
void fm_websocket_begin(FmDissection *d, FmStream *s, FmSlice protocol, FmSlice extensions);
