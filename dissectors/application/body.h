/* Bodies of messages: HTTP of all versions, parts of a multipart body.
 *
 *   body = …                                          what was received, chunks and frames put together, as a cursor
 *   body = fm_body_decode(d, encoding, &body, &outcome);
 *   fm_body_dissect(d, &info, &body);
 */
#pragma once

#include "engine/dissect.h"

typedef enum FmBodyOutcome {
    FM_BODY_PLAIN,    /* there is no coding */
    FM_BODY_DECODED,
    FM_BODY_CUT,      /* decoded as far as it was captured */
    FM_BODY_TOO_LONG, /* decoded up to FM_MAX_BODY */
    FM_BODY_FAILED,   /* broken */
    FM_BODY_UNKNOWN,  /* a coding that we do not know, or were built without */
} FmBodyOutcome;

/* Takes off the content codings that `encoding` (the value of Content-Encoding, perhaps a list, perhaps empty) names: gzip, x-gzip,
 * deflate (with and without zlib's frame), br, zstd, identity. Adds a line to the tree, "Content-encoded entity body (gzip): 20 bytes
 * -> 25 bytes", for each.
 *
 * Returns a cursor over a new buffer of the packet, or, where nothing could be decoded, a copy of `c`. */
FmCursor fm_body_decode(FmDissection *d, FmSlice encoding, const FmCursor *c, FmBodyOutcome *outcome);

/* Takes one coding off `in`, without a word in the tree: its name as above, "deflate" with zlib's frame.
 *
 * Returns a cursor over a new buffer of the packet, called `buffer`; an empty one where the bytes are not so coded, end too early, make
 * more than `most`, or the coding is one that we were built without. */
FmCursor fm_body_uncompress(FmDissection *d, const char *coding, FmSlice in, size_t most, const char *buffer);

typedef struct FmBodyInfo {
    FmSlice type;  /* value of Content-Type with its parameters; empty: not known */
    bool inside;   /* a part of another body: layers become children here */
} FmBodyInfo;

/* Gives the body to the protocol of its media type (FM_MEDIA_TYPE, by the name before the parameters; else by the structured suffix
 * "+json"; else "media"). Without a type: to one that recognises it, or to `data`, inside the current layer. */
void fm_body_dissect(FmDissection *d, const FmBodyInfo *info, FmCursor *c);

/* The media type without its parameters: "text/html". */
FmSlice fm_body_media_type(FmSlice type);

/* Does the body begin as pictures and films of its type do? True for types that have no such beginning. */
bool fm_body_fits(FmSlice type, FmSlice body);

/* The value of a parameter of a media type, without quotes; empty if it has none. */
FmSlice fm_body_parameter(FmSlice type, const char *name);

/* The media type (with parameters) of the body that the current layer is: what fm_body_dissect was given. For media protocols. */
FmSlice fm_body_type(const FmDissection *d);
