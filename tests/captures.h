/* Capture files made of bytes, read in every way there is. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "capture/source.h"

/* A new empty directory for files; test_directory_free removes it with all files in it. */
char *test_directory_new(void);
void test_directory_free(char *directory);

/* Makes a file of these bytes; returns its path. */
char *test_file(const char *directory, const char *name, const GByteArray *bytes);

/* The frames of a capture file, one a line, and how it ends:
 *
 *   1 1.000000000 60/60 link=1 [section=1 if=0] [fcs=4] [flags=0x1] [id=5] [queue=7] [comment=…]… bytes
 *   end | cut | damaged | …
 *
 * Long frames show their first 8 bytes. With `again`, each frame is read a second time by its place and must be the same. */
char *test_read_file(const char *path, bool again);

/* The same for bytes: as a file on disk, through a pipe, and compressed in each way that is built in. Asserts that all agree. */
char *test_read_bytes(const char *name, const GByteArray *bytes);

/* Why such a file cannot be opened, or how it ends, in words: the message without the name in front, which is asserted. */
char *test_read_message(const GByteArray *bytes);
