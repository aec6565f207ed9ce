/* Which congestion control: how far the window falls at a loss, how it grows in between. */
#include "config.h"

#include "inference/identify.h"

#include <glib.h>

const char *fm_algorithm_name(FmAlgorithm algorithm)
{
    static const char *const names[] = { "unknown", "reno", "cubic", "bbr" };
    return names[algorithm];
}

void fm_identify_cut(FmIdentify *id, uint32_t before)
{
    id->before = before;
}

FmAlgorithm fm_identify(const FmIdentify *id)
{
    return FM_ALGORITHM_UNKNOWN;
}
