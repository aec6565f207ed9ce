/* Scripts of TCP segments, a line each: "MS DIRECTION WORD…": > is the client, < the server. Words: S F R E set flags, SEQ+LENGTH is
 * payload, aACK, sLEFT-RIGHT a SACK block, tTSVAL/TSECR, iID the IP id, wWINDOW, nosack leaves out that option. */
#pragma once

#include <stdbool.h>

#include "inference/segment.h"

typedef struct TestVariant { /* changes that must not matter */
    FmTime later;
    uint32_t offset[2];
    bool swapped;
} TestVariant;

FmSegment test_segment(const char *line, const TestVariant *variant);
