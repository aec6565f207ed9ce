/* Hostile packets: any bytes as frames of one capture, dissected with everything wanted and with nothing wanted, then replayed.
 *
 * Input: a byte that chooses the link type, then frames: two bytes of length (big endian; the top bit: cut, half of the bytes were
 * not captured) and the bytes. fuzz_seeds makes such inputs from captures. */
#include "config.h"

#include "fuzz.h"
#include "visit.h"

static FuzzFrames split(const uint8_t *data, size_t size)
{
    FuzzFrames frames = { .count = 0 };
    uint32_t link_type = fuzz_link_types[data[0] % FUZZ_LINK_TYPES];
    size_t at = 1;
    while (at + 2 <= size && frames.count < FUZZ_MAX_FRAMES) {
        bool cut = data[at] & 0x80;
        uint32_t length = (uint32_t)(data[at] & 0x7f) << 8 | data[at + 1];
        at += 2;
        length = (uint32_t)MIN(length, size - at);
        FmFrame *f = &frames.at[frames.count++];
        *f = (FmFrame){ .number = frames.count,
                        .time = (FmTime)frames.count * FM_SECOND,
                        .data = data + at,
                        .captured = cut ? length / 2 : length,
                        .length = length,
                        .link_type = link_type };
        at += length;
    }
    return frames;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    FuzzFrames frames = split(data, size);
    fuzz_visit(&frames, NULL);
    return 0;
}
