/* What the files of SDP share. */
#pragma once

#include "dissectors/realtime/rtp.h"

typedef struct SdpAddress {
    uint8_t bytes[16];
    unsigned size; /* 0: none */
} SdpAddress;

typedef struct SdpMedia { /* one m= line and the lines below it */
    SdpAddress address;
    SdpAddress control_address; /* a=rtcp */
    uint16_t port, control_port;
    bool rtp, secure;
    uint16_t profile;  /* by a=crypto */
    uint8_t mki;
    RtpFormats formats;
} SdpMedia;

typedef struct SdpSession {
    SdpAddress address;
    FmSlice fragment, password; /* a=ice-ufrag, a=ice-pwd, until both are known */
    bool in_media;
    SdpMedia media;
} SdpSession;

/* The next word up to one of `stops`, or to the end; moves behind the stop. Spaces in front are passed over. */
FmCursor fm_sdp_word(FmCursor *c, const char *stops);

/* An address in text; false, and nothing changed, if it is none. */
bool fm_sdp_address(FmSlice text, SdpAddress *address);

/* An attribute: what follows "a=". */
void fm_sdp_attribute(FmDissection *d, SdpSession *session, FmCursor *c);

/* A line of RTP that does without escapes, for `fm_sdp_word`'s results: decimal digits in front. */
uint64_t fm_sdp_number(FmSlice text);

static inline bool fm_sdp_is(FmSlice text, const char *word)
{
    return text.size == strlen(word) && g_ascii_strncasecmp((const char *)text.data, word, text.size) == 0;
}

extern const FmProtocol fm_sdp, fm_sdp_attributes;
