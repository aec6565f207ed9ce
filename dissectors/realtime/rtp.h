/* RTP's setup: what other protocols know of the media that will follow. */
#pragma once

#include "engine/dissect.h"

typedef enum SrtpProfile { /* DTLS-SRTP protection profiles (RFC 5764 §4.1.2, RFC 7714 §14.2); 0: plain RTP */
    SRTP_NONE = 0, SRTP_AES128_CM_SHA1_80 = 0x0001, SRTP_AES128_CM_SHA1_32 = 0x0002, SRTP_NULL_SHA1_80 = 0x0005, SRTP_NULL_SHA1_32 = 0x0006,
    SRTP_AEAD_AES_128_GCM = 0x0007, SRTP_AEAD_AES_256_GCM = 0x0008,
    SRTP_UNKNOWN = 0xffff, /* encrypted, nobody said how */
} SrtpProfile;

#define RTP_FORMATS 64
#define RTP_FORMAT_NAME 23

typedef struct RtpFormats { /* payload types that a session description named (a=rtpmap) */
    unsigned count;
    struct RtpFormat {
        uint32_t clock; /* per second; 0: not told */
        uint8_t type;
        char name[RTP_FORMAT_NAME];
    } list[RTP_FORMATS];
} RtpFormats;

typedef struct RtpSetup {
    const char *method; /* lives as long as the program: "DTLS-SRTP"; NULL: none */
    uint32_t frame;
    uint16_t profile;
    uint8_t mki;        /* bytes of the master key identifier in each packet (RFC 3711 §3.1) */
    bool announced;     /* by another protocol; otherwise the datagrams looked like it */
    bool control;       /* the place was announced for RTCP */
    bool lasting;       /* told for this very flow: no announcement changes it */
    const RtpFormats *formats; /* may be NULL */
} RtpSetup;

/* Says that the current flow carries RTP and RTCP from now on. First visits only. */
void fm_rtp_set_up(FmDissection *d, const char *method, uint16_t profile);

/* Says that media will come to, or from, an address (4 or 16 bytes) and port, whoever the other end is. A later announcement for the same place
 * replaces it. `setup` and its formats are copied. First visits only. */
void fm_rtp_announce(FmDissection *d, const uint8_t *address, unsigned size, uint16_t port, const RtpSetup *setup);

/* How the current flow was set up, or NULL. First visits only. Its formats live as long as memos do. */
const RtpSetup *fm_rtp_setup(const FmDissection *d);

/* What the setup says of a dynamic payload type, and what it calls it; NULL: nothing. */
const struct RtpFormat *fm_rtp_format(const RtpSetup *setup, uint64_t type);
const char *fm_rtp_format_name(const RtpSetup *setup, uint64_t type);

/* What RFC 3551 §6 calls it, or NULL. */
const char *fm_rtp_payload_type(uint64_t type);

/* Bytes that a profile puts behind the payload to authenticate it. */
unsigned fm_srtp_tag_size(uint16_t profile);

#define RTP_SOURCES 16 /* synchronization sources followed per flow and direction */

typedef struct RtpState { /* of a flow */
    RtpSetup setup;
    struct RtpSource {
        uint32_t ssrc;
        uint32_t highest; /* extended sequence number */
        bool used;
    } sources[2][RTP_SOURCES];
    uint32_t last[2];    /* extended sequence numbers shown last; 0: none */
    uint32_t guessed[2]; /* frames of the first packets that looked like RTP, where nobody announced it */
    struct RtpGuess {
        uint32_t ssrc;
        uint16_t seq;
        uint8_t type;
        bool seen;
    } guess[2]; /* a datagram that might have been RTP */
} RtpState;

/* NULL on replay and outside flows. */
RtpState *fm_rtp_state(const FmDissection *d);

/* What stands behind the two sources of a feedback packet; `payload`: it is payload-specific, else of the transport. */
void rtcp_put_feedback(FmDissection *d, FmCursor *c, bool payload, uint64_t format);

extern const FmProtocol fm_rtp, fm_rtcp, fm_rtcp_feedback, fm_rtp_event, fm_rtp_redundant;
