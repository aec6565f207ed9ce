/* How WebRTC data channels are opened (RFC 8832, and the draft before it). */
#include "config.h"

#include "dissectors/realtime/data_channel.h"

enum {
    RTCDC, MESSAGE_TYPE, OLD_CHANNEL_TYPE, CHANNEL_TYPE, FLAGS, FLAGS_RESERVED, FLAGS_UNORDERED, OLD_RELIABILITY, RELIABILITY, PRIORITY, LABEL,
    CHANNEL_ERROR, REVERSE_STREAM, LABEL_LENGTH, PROTOCOL_LENGTH, PROTOCOL, TOO_LONG, TYPE_UNKNOWN, NON_ZERO, INCONSISTENT, MESSAGE_UNKNOWN,
};

enum { M_OLD_OPEN = 0, M_OLD_RESPONSE = 1, M_ACK = 2, M_OPEN = 3 };

static const FmName messages[] = {
    { M_OLD_OPEN, 0, "DATA_CHANNEL_OPEN_REQUEST" }, { M_OLD_RESPONSE, 0, "DATA_CHANNEL_OPEN_RESPONSE" }, { M_ACK, 0, "DATA_CHANNEL_ACK" },
    { M_OPEN, 0, "DATA_CHANNEL_OPEN_REQUEST" }, { 0 },
};

static const FmName old_types[] = {
    { 0, 0, "DATA_CHANNEL_RELIABLE" }, { 1, 0, "DATA_CHANNEL_PARTIAL_RELIABLE_REXMIT" }, { 2, 0, "DATA_CHANNEL_PARTIAL_RELIABLE_TIMED" }, { 0 },
};

static const FmName types[] = {
    { 0x00, 0, "DATA_CHANNEL_RELIABLE" }, { 0x01, 0, "DATA_CHANNEL_PARTIAL_RELIABLE_REXMIT" },
    { 0x02, 0, "DATA_CHANNEL_PARTIAL_RELIABLE_TIMED" }, { 0x80, 0, "DATA_CHANNEL_RELIABLE_UNORDERED" },
    { 0x81, 0, "DATA_CHANNEL_PARTIAL_RELIABLE_REXMIT_UNORDERED" }, { 0x82, 0, "DATA_CHANNEL_PARTIAL_RELIABLE_TIMED_UNORDERED" }, { 0 },
};

static const FmField fields[] = {
    [RTCDC] = { "rtcdc", "WebRTC Datachannel Protocol", FM_PROTOCOL },
    [MESSAGE_TYPE] = { "rtcdc.message_type", "Message type", FM_UINT8, FM_DEC, .names = messages },
    [OLD_CHANNEL_TYPE] = { "rtcdc.channel_type", "Channel type", FM_UINT8, FM_DEC, .names = old_types },
    [CHANNEL_TYPE] = { "rtcdc.channel_type", "Channel type", FM_UINT8, FM_DEC, .names = types },
    [FLAGS] = { "rtcdc.flags", "Flags", FM_UINT16, FM_HEX },
    [FLAGS_RESERVED] = { "rtcdc.flags_reserved", "Reserved", FM_UINT16, FM_HEX, 0xfffe },
    [FLAGS_UNORDERED] = { "rtcdc.flags_unordered_allowed", "Unordered allowed", FM_BOOL16, FM_BASE_NONE, 0x0001 },
    [OLD_RELIABILITY] = { "rtcdc.reliability_parameter", "Reliability parameter", FM_UINT16, FM_DEC },
    [RELIABILITY] = { "rtcdc.reliability_parameter", "Reliability parameter", FM_UINT32, FM_DEC },
    [PRIORITY] = { "rtcdc.priority", "Priority", FM_UINT16, FM_DEC },
    [LABEL] = { "rtcdc.label", "Label", FM_STRING },
    [CHANNEL_ERROR] = { "rtcdc.error", "Error", FM_UINT8, FM_DEC },
    [REVERSE_STREAM] = { "rtcdc.reverse_stream_id", "Reverse stream identifier", FM_UINT16, FM_DEC },
    [LABEL_LENGTH] = { "rtcdc.label_length", "Label length", FM_UINT16, FM_DEC },
    [PROTOCOL_LENGTH] = { "rtcdc.protocol_length", "Protocol length", FM_UINT16, FM_DEC },
    [PROTOCOL] = { "rtcdc.protocol", "Protocol", FM_STRING },
    [TOO_LONG] = { "rtcdc.message_too_long", "Message too long", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [TYPE_UNKNOWN] = { "rtcdc.channel_type.unknown", "Unknown channel type", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [NON_ZERO] = { "rtcdc.reliability_parameter.non_zero", "Reliability parameter non zero for reliable channel", FM_EXPERT, .severity = FM_WARN,
                   .group = FM_GROUP_PROTOCOL },
    [INCONSISTENT] = { "rtcdc.inconsistent_label_and_parameter_length", "Inconsistent label and parameter length", FM_EXPERT, .severity = FM_ERROR,
                       .group = FM_GROUP_MALFORMED },
    [MESSAGE_UNKNOWN] = { "rtcdc.message_type.unknown", "Unknown message type", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
};

enum { OPEN_SIZE = 12, RESPONSE_SIZE = 6, ALL_BUT_UNORDERED = 0x7f };

static void open_channel(FmDissection *d, FmSlice label, FmSlice protocol)
{
    const SctpStream *stream = d->context;
    if (stream && fm_ok(d))
        data_channel_open(d, stream->number, label, protocol);
}

/* RFC 8832 §5.1. */
static void put_open(FmDissection *d, FmCursor *c)
{
    uint64_t size = fm_left_on_wire(c) + 1, type = fm_peek(c, 0, 1), reliability = fm_peek(c, 3, 4);
    uint64_t label_size = fm_peek(c, 7, 2), protocol_size = fm_peek(c, 9, 2);
    fm_up(d); /* notes of the whole message */
    if ((type & ALL_BUT_UNORDERED) > 2)
        fm_expert(d, TYPE_UNKNOWN);
    if (reliability && !(type & ALL_BUT_UNORDERED))
        fm_expert(d, NON_ZERO);
    if (OPEN_SIZE + label_size + protocol_size != size)
        fm_expert(d, INCONSISTENT);
    fm_down(d);
    fm_add(d, CHANNEL_TYPE, c);
    fm_add(d, PRIORITY, c);
    fm_add(d, RELIABILITY, c);
    fm_add(d, LABEL_LENGTH, c);
    fm_add(d, PROTOCOL_LENGTH, c);
    FmSlice label = fm_add_bytes(d, LABEL, c, label_size);
    FmSlice protocol = fm_add_bytes(d, PROTOCOL, c, protocol_size);
    open_channel(d, label, protocol);
}

/* draft-jesup-rtcweb-data-protocol. */
static void put_old_open(FmDissection *d, FmCursor *c)
{
    fm_add(d, OLD_CHANNEL_TYPE, c);
    fm_add_flags(d, FLAGS, FLAGS_RESERVED, FLAGS_UNORDERED, c);
    fm_add(d, OLD_RELIABILITY, c);
    fm_add(d, PRIORITY, c);
    FmSlice label = fm_add_bytes(d, LABEL, c, fm_left_on_wire(c));
    open_channel(d, label, (FmSlice){ NULL, 0 });
}

static void put_old_response(FmDissection *d, FmCursor *c)
{
    if (fm_left_on_wire(c) + 1 > RESPONSE_SIZE)
        fm_expert(d, TOO_LONG);
    fm_add(d, CHANNEL_ERROR, c);
    fm_add(d, FLAGS, c);
    fm_add(d, REVERSE_STREAM, c);
}

static void rtcdc_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t type = fm_add(d, MESSAGE_TYPE, c);
    const char *name = fm_name(messages, type);
    fm_info(d, "%s ", name ? name : "reserved");
    switch (type) {
    case M_OLD_OPEN: put_old_open(d, c); break;
    case M_OLD_RESPONSE: put_old_response(d, c); break;
    case M_OPEN: put_open(d, c); break;
    case M_ACK:
        if (fm_left_on_wire(c))
            fm_expert(d, TOO_LONG);
        break;
    default: fm_expert(d, MESSAGE_UNKNOWN); break;
    }
}

const FmProtocol fm_rtcdc = {
    .abbrev = "rtcdc",
    .name = "RTCDC",
    .title = "WebRTC Datachannel Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_SCTP_PPI, 50 }),
    .dissect = rtcdc_dissect,
};
