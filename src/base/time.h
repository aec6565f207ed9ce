/* Time: nanoseconds since 1970-01-01 UTC, or a span of nanoseconds. */
#pragma once

#include <stdint.h>

typedef int64_t FmTime;

#define FM_MICROSECOND INT64_C(1000)
#define FM_MILLISECOND INT64_C(1000000)
#define FM_SECOND INT64_C(1000000000)
#define FM_TIME_NONE INT64_MIN /* no time is known */

/* Time of an NTP stamp, by the era that fits this century (RFC 5905 §6). A stamp of zero says that no time is known: 0. */
static inline FmTime fm_ntp_time(uint64_t seconds, uint64_t fraction)
{
    if (!seconds && !fraction)
        return 0;
    int64_t since_1970 = (int64_t)seconds - INT64_C(2208988800) + (seconds & 0x80000000u ? 0 : (int64_t)1 << 32);
    return since_1970 * FM_SECOND + (FmTime)((fraction * (uint64_t)FM_SECOND) >> 32);
}
