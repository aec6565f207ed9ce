/* Protocols that -z follow knows. */
#pragma once

typedef enum FmFollowed {
    FM_FOLLOWED_TCP,
    FM_FOLLOWED_UDP,
    FM_FOLLOWED_TLS,
    FM_FOLLOWED_HTTP,
    FM_FOLLOWED_HTTP2,
    FM_FOLLOWED_QUIC,
    FM_FOLLOWED_WEBSOCKET,
} FmFollowed;
