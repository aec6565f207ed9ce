/* What fathom may still do once its inputs are open: read files, write where the command line said, and nothing else. Packets come from
 * strangers; whoever finds a fault in a dissector finds himself in here.
 *
 * Refused are programs and processes, sockets, other processes' memory, changes to the machine (libseccomp), and writing elsewhere than
 * in the folders of `writes` (Landlock; where the kernel has none and nothing is to be written, libseccomp too). What is refused fails
 * as a lack of permission does. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "options.h"

enum { FM_SANDBOX_WRITES = 8 };

typedef struct FmSandbox {
    const char *writes[FM_SANDBOX_WRITES]; /* files and folders that are yet to be written; they need not exist */
    size_t count;
    bool anywhere; /* the user will say where: the terminal */
} FmSandbox;

/* What the options ask to be written later: further files of a ring, objects, keys, a copy for the second pass. */
void fm_sandbox_options(FmSandbox *sandbox, const FmOptions *options);

/* Adds a file or folder; NULL and standard output are none. */
void fm_sandbox_write(FmSandbox *sandbox, const char *path);

/* Goes in, for good. To be called before there are threads. What kernel or build do not have is left out. */
void fm_sandbox_enter(const FmSandbox *sandbox);
