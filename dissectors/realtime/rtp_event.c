/* DTMF digits and telephone events in RTP (RFC 4733). */
#include "config.h"

#include "dissectors/realtime/rtp.h"

enum { EVENT, EVENT_ID, EVENT_END, EVENT_RESERVED, EVENT_VOLUME, EVENT_DURATION };

static const FmName events[] = {
    { 0, 0, "DTMF Zero 0" }, { 1, 0, "DTMF One 1" }, { 2, 0, "DTMF Two 2" }, { 3, 0, "DTMF Three 3" }, { 4, 0, "DTMF Four 4" },
    { 5, 0, "DTMF Five 5" }, { 6, 0, "DTMF Six 6" }, { 7, 0, "DTMF Seven 7" }, { 8, 0, "DTMF Eight 8" }, { 9, 0, "DTMF Nine 9" },
    { 10, 0, "DTMF Star *" }, { 11, 0, "DTMF Pound #" }, { 12, 0, "DTMF A" }, { 13, 0, "DTMF B" }, { 14, 0, "DTMF C" }, { 15, 0, "DTMF D" },
    { 16, 0, "Flash" }, { 0 },
};

static const FmField fields[] = {
    [EVENT] = { "rtpevent", "RFC 2833 RTP Event", FM_PROTOCOL },
    [EVENT_ID] = { "rtpevent.event_id", "Event ID", FM_UINT8, FM_DEC, .names = events },
    [EVENT_END] = { "rtpevent.end_of_event", "End of Event", FM_BOOL8, FM_BASE_NONE, 0x80 },
    [EVENT_RESERVED] = { "rtpevent.reserved", "Reserved", FM_BOOL8, FM_BASE_NONE, 0x40 },
    [EVENT_VOLUME] = { "rtpevent.volume", "Volume", FM_UINT8, FM_DEC, 0x3f },
    [EVENT_DURATION] = { "rtpevent.duration", "Event Duration", FM_UINT16, FM_DEC },
};

static void rtp_event_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t id = fm_add(d, EVENT_ID, c);
    bool end = fm_add_bits(d, EVENT_END, c);
    fm_add_bits(d, EVENT_RESERVED, c);
    fm_add(d, EVENT_VOLUME, c);
    fm_add(d, EVENT_DURATION, c);
    const char *name = fm_name(events, id);
    fm_info(d, "Payload type=RTP Event, %s%s", name ? name : "Unknown", end ? " (end)" : "");
}

const FmProtocol fm_rtp_event = {
    .abbrev = "rtpevent",
    .name = "RTP EVENT",
    .title = "RFC 2833 RTP Event",
    FM_FIELDS(fields),
    .dissect = rtp_event_dissect,
};
