/* Frames that a target made, dissected in every way there is. */
#pragma once

#include <stddef.h>

#include "crypto/secrets.h"
#include "model/frame.h"

enum { FUZZ_MAX_FRAMES = 64 };

typedef struct FuzzFrames {
    FmFrame at[FUZZ_MAX_FRAMES]; /* numbered from 1 on */
    size_t count;
} FuzzFrames;

/* With nothing wanted, with everything, and replayed: aborts where a replay differs from the first visit. `secrets` may be NULL. */
void fuzz_visit(FuzzFrames *frames, FmSecrets *secrets);
