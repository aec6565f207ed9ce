/* A capture open for random access: any packet can be had again at any time, also while the rest is still being read.
 *
 * A thread of the archive's own reads the source and visits each packet once; what stays of a packet is 24 bytes of index and its
 * memos. Everybody else replays packets through a viewer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <glib.h>

#include "capture/source.h"
#include "crypto/secrets.h"
#include "model/packet.h"
#include "statistics/observer.h"
#include "summary/summary.h"

typedef struct FmArchive FmArchive;
typedef struct FmViewer FmViewer;

typedef struct FmIndexed { /* what is known of a packet without looking at it again */
    uint64_t place;        /* where the source finds it */
    FmTime time;
    uint32_t length;       /* bytes on the wire */
    uint32_t kind : 3, direction : 1, flow : 28; /* its innermost flow: FmFlowKind (0: none), way, number */
} FmIndexed;

_Static_assert(sizeof(FmIndexed) == 24, "an entry of the index is 24 bytes");

/* Takes the source over; the catalog must outlive the archive. `changed` is called from the archive's threads, some thirty times
 * a second at most, when there is more to be seen, and once at the end. */
FmArchive *fm_archive_new(const FmCatalog *catalog, FmSource *source, void (*changed)(void *data), void *data);
void fm_archive_free(FmArchive *archive);

/* Secrets to open packets with, taken over; those that the capture brings along are added. Before the start. */
void fm_archive_take_secrets(FmArchive *archive, FmSecrets *secrets);

/* Shows every packet to an observer, which stays the caller's, and lives until the archive is freed. Before the start. */
void fm_archive_observe(FmArchive *archive, FmObserver *observer);

/* Keeps a record of every flow; asked for before the start. Look at it, and at what hangs on its records, only while the archive is
 * held. */
void fm_archive_summarize(FmArchive *archive);
FmSummary *fm_archive_summary(FmArchive *archive);

/* Starts to read. */
void fm_archive_start(FmArchive *archive);

/* Ends reading within moments: what has been read stays. A source that waits for packets should be stopped, too. */
void fm_archive_stop(FmArchive *archive);

/* Ends reading, and gives the source and the secrets back for another archive to read on with. Nothing can be had of this one any more, so
 * whoever looks at it is gone before; only free it. */
FmSource *fm_archive_leave(FmArchive *archive, FmSecrets **secrets);

/* Packets read so far; they are numbered from 1 to that. */
uint32_t fm_archive_count(const FmArchive *archive);
bool fm_archive_loading(const FmArchive *archive);

/* Why reading ended before its time, or NULL: asked for when nothing is loading any more. */
const GError *fm_archive_trouble(const FmArchive *archive);

const FmCatalog *fm_archive_catalog(const FmArchive *archive);
FmSource *fm_archive_source(FmArchive *archive);

/* Lets the oldest packets go, about `count` of them; what is told of one that is gone is nothing. Numbers stay, and so do flows and what
 * observers have counted. Returns the number of the first packet that is still there: 1 as long as none was let go. */
uint32_t fm_archive_forget(FmArchive *archive, uint32_t count);
uint32_t fm_archive_first(const FmArchive *archive);

/* The entry of a packet, which must have been read. That of one that is gone is zeros. */
const FmIndexed *fm_archive_packet(const FmArchive *archive, uint32_t number);

/* When the first packet came, also when it is gone. Time since then; 0 where one of them has none, or is gone. */
FmTime fm_archive_start_time(const FmArchive *archive);
FmTime fm_archive_time(const FmArchive *archive, uint32_t number);

/* Waits until there are more than `seen` packets, or none will come, for a hundredth of a second at most. */
void fm_archive_wait(FmArchive *archive, uint32_t seen);

/* While this is held no packet is visited, so that observers can be read. Not for long: a capture may be running. */
void fm_archive_hold(FmArchive *archive);
void fm_archive_release(FmArchive *archive);

/* The same frame, as it was captured: for writing it out. The bytes lie in `room`. False if it cannot be read any more. */
bool fm_archive_frame(FmArchive *archive, uint32_t number, FmFrame *frame, GByteArray *room);

/* A viewer is for one thread. One that somebody waits for is `urgent`: reading the source gives way to it. What it wants is as with
 * fm_session_want, and adds up. */
FmViewer *fm_viewer_new(FmArchive *archive, bool urgent);
void fm_viewer_free(FmViewer *viewer);
void fm_viewer_want(FmViewer *viewer, const uint64_t *bits, bool all, bool labels, bool info);
void fm_viewer_want_segment(FmViewer *viewer); /* packet->segment */

/* The packet, valid until the viewer's next call; NULL if it is gone, or its bytes are. `shown_before`: number of the packet shown before
 * it, from which its "time since previous displayed" counts; 0: none. */
const FmPacket *fm_viewer_packet(FmViewer *viewer, uint32_t number, uint32_t shown_before);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmArchive, fm_archive_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmViewer, fm_viewer_free)
