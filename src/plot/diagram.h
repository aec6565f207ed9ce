/* Who said what to whom, as a file: a flow as a ladder, its streams as lanes. Needs cairo. */
#pragma once

#include "plot/picture.h"
#include "summary/lanes.h"

typedef struct FmArrow { /* of a ladder: a packet, or a run of them */
    double seconds;      /* since the flow's first packet */
    uint32_t number;     /* of the frame */
    bool from_client, bad; /* bad: sent again */
    char *text;          /* g_free */
} FmArrow;

enum { FM_MOST_ARROWS = 1000, FM_MOST_DRAWN_LANES = 1000 };

/* Each draws as many as there is room for on a page of 20,000 points at most; where options->height is 0 as high as it has to be. False
 * with error set: the message starts with the file. */
bool fm_diagram_ladder(const char *path, const FmArrow *arrows, size_t count, const char *client, const char *server,
                       const FmPictureOptions *options, GError **error);

/* `client`: the direction in which the client sends. */
bool fm_diagram_lanes(const char *path, const FmLanes *lanes, unsigned client, const FmPictureOptions *options, GError **error);
