/* Loss, order and jitter of a stream of media. */
#include "config.h"

#include "statistics/media_quality.h"

#include <math.h>
#include <stddef.h>

#define WINDOW 64

/* RFC 3550 A.1: the number of 64 bits nearest to the highest. */
static uint64_t extend(uint64_t highest, uint16_t seq)
{
    uint64_t extended = (highest & ~UINT64_C(0xffff)) | seq;
    if (extended + 0x8000 < highest)
        extended += 0x10000;
    else if (extended > highest + 0x8000 && extended >= 0x10000)
        extended -= 0x10000;
    return extended;
}

static void count_number(FmMediaQuality *q, uint16_t seq)
{
    if (q->received == 1) {
        q->first = q->highest = UINT64_C(0x10000) + seq;
        q->seen = 1;
        return;
    }
    uint64_t number = extend(q->highest, seq);
    if (number > q->highest) {
        uint64_t step = number - q->highest;
        if (step > 1) {
            q->bursts++;
            q->longest_burst = step - 1 > q->longest_burst ? step - 1 : q->longest_burst;
        }
        q->seen = step < WINDOW ? q->seen << step | 1 : 1;
        q->highest = number;
        return;
    }
    uint64_t back = q->highest - number;
    q->first = number < q->first ? number : q->first;
    if (back < WINDOW && q->seen >> back & 1) {
        q->repeated++;
        return;
    }
    if (back < WINDOW)
        q->seen |= UINT64_C(1) << back;
    q->reordered++;
}

static void count_delta(FmMediaQuality *q, double delta)
{
    q->delta_min = q->delta_min < 0 || delta < q->delta_min ? delta : q->delta_min;
    q->delta_max = delta > q->delta_max ? delta : q->delta_max;
    q->delta_sum += delta;
}

/* RFC 3550 A.8, in milliseconds. */
static void count_jitter(FmMediaQuality *q, const FmMediaPacket *p, FmTime playout)
{
    if (!q->has_clock) {
        q->has_clock = true;
        q->first_stamp = p->timestamp;
        q->least_transit = p->time;
    } else {
        double arrival = (double)(p->time - q->jitter_time) / 1e6;
        double media = (double)(int32_t)(p->timestamp - q->jitter_stamp) * 1000 / p->clock;
        q->jitter += (fabs(arrival - media) - q->jitter) / 16;
        q->jitter_min = q->jitter_min < 0 || q->jitter < q->jitter_min ? q->jitter : q->jitter_min;
        q->jitter_max = q->jitter > q->jitter_max ? q->jitter : q->jitter_max;
        q->jitter_sum += q->jitter;
        q->jitters++;
    }
    q->jitter_time = p->time;
    q->jitter_stamp = p->timestamp;
    FmTime transit = p->time - (FmTime)((double)(int32_t)(p->timestamp - q->first_stamp) * 1e9 / p->clock);
    q->least_transit = transit < q->least_transit ? transit : q->least_transit;
    if (playout && transit - q->least_transit > playout)
        q->late++;
}

void fm_media_quality_add(FmMediaQuality *q, const FmMediaPacket *p, FmTime playout)
{
    if (!q->received++) {
        q->first_time = p->time;
        q->delta_min = q->jitter_min = -1;
    } else {
        count_delta(q, (double)(p->time - q->last_time) / 1e6);
    }
    q->last_time = p->time;
    count_number(q, p->seq);
    if (p->clock && !p->aside)
        count_jitter(q, p, playout);
}

uint64_t fm_media_quality_expected(const FmMediaQuality *q)
{
    return q->received ? q->highest - q->first + 1 : 0;
}

uint64_t fm_media_quality_lost(const FmMediaQuality *q)
{
    uint64_t expected = fm_media_quality_expected(q), came = q->received - q->repeated;
    return expected > came ? expected - came : 0;
}

uint32_t fm_media_clock(unsigned type)
{
    switch (type) {
    case 0: case 3: case 4: case 5: case 7: case 8: case 9: case 12: case 13: case 15: case 18: case 19: return 8000;
    case 6: return 16000;
    case 10: case 11: return 44100;
    case 14: case 25: case 26: case 28: case 31: case 32: case 33: case 34: return 90000;
    case 16: return 11025;
    case 17: return 22050;
    default: return 0;
    }
}
