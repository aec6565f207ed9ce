/* RTP's setup: what other protocols know of the media that will follow on a flow. */
#pragma once

#include "engine/dissect.h"

typedef enum SrtpProfile { /* DTLS-SRTP protection profiles (RFC 5764 §4.1.2, RFC 7714 §14.2); 0: plain RTP */
    SRTP_NONE = 0, SRTP_AES128_CM_SHA1_80 = 0x0001, SRTP_AES128_CM_SHA1_32 = 0x0002, SRTP_NULL_SHA1_80 = 0x0005, SRTP_NULL_SHA1_32 = 0x0006,
    SRTP_AEAD_AES_128_GCM = 0x0007, SRTP_AEAD_AES_256_GCM = 0x0008,
} SrtpProfile;

/* Says that the current flow carries RTP and RTCP from now on. `method` lives as long as the program: "DTLS-SRTP". First visits only. */
void fm_rtp_set_up(FmDissection *d, const char *method, uint16_t profile);

/* The same for plain RTP or RTCP where the flow tells: how it was set up, or NULL. First visits only. */
typedef struct RtpSetup {
    const char *method;
    uint32_t frame;
    uint16_t profile;
    bool announced; /* by another protocol; otherwise the datagrams looked like it */
} RtpSetup;

const RtpSetup *fm_rtp_setup(const FmDissection *d);

/* Bytes that a profile puts behind the payload to authenticate it. */
unsigned fm_srtp_tag_size(uint16_t profile);

extern const FmProtocol fm_rtp, fm_rtcp, fm_rtp_event;
