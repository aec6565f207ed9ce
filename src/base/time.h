/* Time: nanoseconds since 1970-01-01 UTC, or a span of nanoseconds. */
#pragma once

#include <stdint.h>

typedef int64_t FmTime;

#define FM_MICROSECOND INT64_C(1000)
#define FM_MILLISECOND INT64_C(1000000)
#define FM_SECOND INT64_C(1000000000)
#define FM_TIME_NONE INT64_MIN /* no time is known */
