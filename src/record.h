/* What -w, -F, -b and -a ask for: frames into files, and an end. */
#pragma once

#include "capture/source.h"
#include "options.h"

typedef struct FmRecord FmRecord;

/* Opens what is to be written to. NULL with error set: FM_OPTION_ERROR where the options make no sense, else the file cannot be
 * made. The source must outlive the record. */
FmRecord *fm_record_new(const FmOptions *options, const FmSource *source, GError **error);

/* Do the options make sense? Asked before a source is opened. */
bool fm_record_check(const FmOptions *options, GError **error);

/* Is nothing to be written and no end set? Then there is no need to ask it about frames. */
bool fm_record_idle(const FmRecord *record);

/* Writes a frame, if anything is to be written. */
bool fm_record_frame(FmRecord *record, const FmFrame *frame, GError **error);

/* Writes lines of a key log before the next frame, where the format has a place for them. */
bool fm_record_secrets(FmRecord *record, const char *lines, size_t size, GError **error);

/* To be called between frames: changes files by the clock. */
bool fm_record_tick(FmRecord *record, GError **error);

/* Nothing comes at the moment: hands over what was held back. */
bool fm_record_flush(FmRecord *record, GError **error);

/* Is the end reached that -a sets? `count`: packets that count; `place`: of the last in its file. */
bool fm_record_enough(const FmRecord *record, uint64_t count, uint64_t place);

/* Closes the file. The record is gone in any case; NULL is fine. */
bool fm_record_close(FmRecord *record, GError **error);
