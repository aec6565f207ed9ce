/* The story of one TCP flow: what happened in the order of time, and what its latest segment is about. Kept only where somebody
 * asks for it. */
#pragma once

#include "summary/flow_record.h"

typedef struct FmStory FmStory;

FmStory *fm_story_new(unsigned most_events);
void fm_story_free(FmStory *story);

void fm_story_event(FmStory *story, const FmFlowEvent *event);

/* Around the analysis of a segment: before it, its verdict, and after it. `first`: the first payload of its direction. */
void fm_story_begin(FmStory *story, const FmFlowRecord *flow, const FmSegment *segment, uint64_t packet);
void fm_story_verdict(FmStory *story, FmVerdict verdict, bool first);
void fm_story_end(FmStory *story, const FmFlowRecord *flow);
