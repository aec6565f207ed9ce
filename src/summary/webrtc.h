/* WebRTC sessions of a capture, each as one thing: signalling where it can be read, ICE, DTLS, media and data channels, with their times.
 *
 * It looks at packets only: whoever dissects must want fm_webrtc_wanted's fields. Bounded: of more sessions, channels or sources than are kept
 * the later ones are not told. */
#pragma once

#include "base/text.h"
#include "base/time.h"
#include "model/packet.h"

enum { FM_WEBRTC_NAME = 63, FM_WEBRTC_CHANNELS = 16, FM_WEBRTC_SOURCES = 16 };

typedef enum FmWebrtcStep { /* in the order in which a session is set up */
    FM_WEBRTC_OFFER, FM_WEBRTC_ANSWER, FM_WEBRTC_CHECK, FM_WEBRTC_CHECKED, FM_WEBRTC_NOMINATED, FM_WEBRTC_HELLO, FM_WEBRTC_SECURED,
    FM_WEBRTC_ASSOCIATED, FM_WEBRTC_CHANNEL, FM_WEBRTC_MEDIA, FM_WEBRTC_STEPS
} FmWebrtcStep;

typedef struct FmWebrtcMark {
    FmTime time;
    uint64_t packet; /* 0: not seen */
} FmWebrtcMark;

typedef struct FmWebrtcChannel {
    char label[FM_WEBRTC_NAME + 1];
    uint64_t messages[2], bytes[2]; /* by direction of the flow */
    uint32_t number;
} FmWebrtcChannel;

typedef struct FmWebrtcSource {
    uint64_t packets, lost;
    uint32_t ssrc;
    uint8_t direction;
} FmWebrtcSource;

typedef struct FmWebrtcSession {
    char names[2][FM_WEBRTC_NAME + 1]; /* ICE user fragments, in the order of text; empty: none were seen */
    FmWebrtcMark steps[FM_WEBRTC_STEPS];
    FmTime first, last;
    FmAddress ends[2];                 /* of its flow, from the first packet there */
    uint32_t ports[2];
    uint32_t flow;                     /* udp.stream that carries DTLS; or of the latest check */
    bool has_flow;
    uint64_t checks, answers;          /* of connectivity */
    unsigned pairs;                    /* flows that were checked */
    uint16_t profile;                  /* of SRTP, as agreed; 0: none */
    unsigned channel_count, source_count;
    FmWebrtcChannel channels[FM_WEBRTC_CHANNELS];
    FmWebrtcSource sources[FM_WEBRTC_SOURCES];
} FmWebrtcSession;

typedef struct FmWebrtc FmWebrtc;

FmWebrtc *fm_webrtc_new(const FmCatalog *catalog);
void fm_webrtc_free(FmWebrtc *webrtc);
const uint64_t *fm_webrtc_wanted(const FmWebrtc *webrtc);
void fm_webrtc_packet(FmWebrtc *webrtc, const FmPacket *packet);

/* Those that got beyond checks, in the order in which they began. */
size_t fm_webrtc_count(const FmWebrtc *webrtc);
const FmWebrtcSession *fm_webrtc_at(const FmWebrtc *webrtc, size_t index);

/* The session whose flow is that udp.stream, or NULL. */
const FmWebrtcSession *fm_webrtc_of_flow(const FmWebrtc *webrtc, uint32_t flow);

typedef enum FmWebrtcTopic { /* what can be told of it */
    FM_WEBRTC_ENDS, FM_WEBRTC_SIGNALLING, FM_WEBRTC_ICE, FM_WEBRTC_DTLS, FM_WEBRTC_PLAYED, FM_WEBRTC_CHANNELS_TOLD, FM_WEBRTC_SETUP, FM_WEBRTC_TOPICS
} FmWebrtcTopic;

const char *fm_webrtc_topic(FmWebrtcTopic topic); /* "ICE" */

/* A sentence; nothing is appended where there is nothing to tell. */
void fm_webrtc_text(FmText *out, const FmWebrtcSession *session, FmWebrtcTopic topic);

/* When it could be used: the first media, or the first open channel; packet 0: not seen. */
FmWebrtcMark fm_webrtc_ready(const FmWebrtcSession *session);

/* How long each stage of the set-up took: signalling, ICE, DTLS, the rest until it was ready. False if it never was. */
enum { FM_WEBRTC_STAGES = 4 };
bool fm_webrtc_stages(const FmWebrtcSession *session, FmTime stages[FM_WEBRTC_STAGES]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmWebrtc, fm_webrtc_free)
