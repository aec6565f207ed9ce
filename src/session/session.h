/* One open capture: a source, an engine and a filter, wired. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "capture/source.h"
#include "crypto/secrets.h"
#include "filter/filter.h"
#include "model/packet.h"

typedef struct FmSession FmSession;

typedef struct FmSessionOptions {
    uint64_t limit;       /* frames to read; 0: all */
    uint64_t reset;       /* forget everything every so many frames; 0: never */
    bool two_pass;        /* read all first, so that fields may tell of later frames */
    FmFilter *read;       /* two passes: frames that do not match are left out; taken over, may be NULL */
    FmFilter *display;    /* taken over, may be NULL */
    FmSecrets *secrets;   /* taken over, may be NULL; those that the capture brings along are added */
} FmSessionOptions;

/* Takes the source over. The catalog must outlive the session. */
FmSession *fm_session_new(const FmCatalog *catalog, FmSource *source, const FmSessionOptions *options);
void fm_session_free(FmSession *session);

/* What somebody needs of the packets: field bits (may be NULL), everything, labels, the info column. Adds up; call before the
 * first packet. */
void fm_session_want(FmSession *session, const uint64_t *bits, bool all, bool labels, bool info);

/* Somebody follows TCP's senders: packet->segment. Call before the first packet; one pass only. */
void fm_session_want_segments(FmSession *session);

/* The next packet, valid until the next call; *match says whether the display filter lets it through. Two passes: the first call
 * reads the whole capture. */
FmNext fm_session_next(FmSession *session, const FmPacket **packet, bool *match, GError **error);

/* Says that the packet at hand is shown: times of the next ones count from it. */
void fm_session_displayed(FmSession *session);

/* Secrets of the session: of the options, of the capture, and those derived on the way. */
FmSecrets *fm_session_secrets(const FmSession *session);

/* Frames read so far. */
uint64_t fm_session_count(const FmSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmSession, fm_session_free)
