/* Lawful interception of 5G networks: X2 and X3 (ETSI TS 103 221-2), which carries the packets of the one who is listened to. */
#include "config.h"

#include "dissectors/contents.h"
#include "dissectors/network/names.h"

enum {
    LI5G, PROTOCOL_VERSION, TYPE, HEADER_LENGTH, PAYLOAD_LENGTH, FORMAT, DIRECTION, XID, CORRELATION_ID, ATTRIBUTE_TYPE, ATTRIBUTE_LENGTH, DOMAIN_ID,
    FUNCTION_ID, POINT_ID, SEQUENCE, TIMESTAMP, SOURCE_IPV4, DESTINATION_IPV4, SOURCE_IPV6, DESTINATION_IPV6, SOURCE_PORT, DESTINATION_PORT,
    IP_PROTOCOL, MATCHED_TARGET, OTHER_TARGET, PAYLOAD,
};

static const FmName types[] = {
    { 1, 0, "X2 xIRI" }, { 2, 0, "X3 xCC" }, { 3, 0, "Keepalive" }, { 4, 0, "Keepalive Acknowledgement" }, { 0 },
};

static const FmName formats[] = {
    { 0, 0, "Reserved for Keepalive" }, { 1, 0, "ETSI TS 102 232-1 Defined Payload" }, { 2, 0, "3GPP TS 33.128 Defined Payload" },
    { 3, 0, "3GPP TS 33.108 Defined Payload" }, { 4, 0, "Proprietary Payload" }, { 5, 0, "IPv4 Packet" }, { 6, 0, "IPv6 Packet" },
    { 7, 0, "Ethernet Frame" }, { 8, 0, "RTP Packet" }, { 9, 0, "SIP Message" }, { 10, 0, "DHCP Message" }, { 11, 0, "RADIUS Packet" },
    { 12, 0, "GTP-U Message" }, { 13, 0, "MSRP Message" }, { 0 },
};

static const FmName directions[] = {
    { 0, 0, "Reserved for Keepalive" },
    { 1, 0, "The direction of the intercepted data or event is not known to the POI" },
    { 2, 0, "The intercepted data or event was sent to (i.e. received by) the target" },
    { 3, 0, "The intercepted data or event was sent from the target" },
    { 4, 0, "The intercepted data or event is a result of intercepted data or events in more than one direction" },
    { 5, 0, "The concept of direction is not applicable to this intercepted data or event" },
    { 0 },
};

static const FmName attributes[] = {
    { 1, 0, "ETSI TS 102 232-1 Defined Attribute" }, { 2, 0, "3GPP TS 33.128 Defined Attribute" },
    { 3, 0, "3GPP TS 33.108 Defined Attribute" }, { 4, 0, "Proprietary Attribute" }, { 5, 0, "Domain ID (DID)" },
    { 6, 0, "Network Function ID (NFID)" }, { 7, 0, "Interception Point ID (IPID)" }, { 8, 0, "Sequence Number" }, { 9, 0, "Timestamp" },
    { 10, 0, "Source IPv4 Address" }, { 11, 0, "Destination IPv4 Address" }, { 12, 0, "Source IPv6 Address" },
    { 13, 0, "Destination IPv6 Address" }, { 14, 0, "Source Port" }, { 15, 0, "Destination Port" }, { 16, 0, "IP Protocol" },
    { 17, 0, "Matched Target Identifier" }, { 18, 0, "Other Target Identifier" }, { 0 },
};

static const FmField fields[] = {
    [LI5G] = { "5gli", "5G Lawful Interception", FM_PROTOCOL },
    [PROTOCOL_VERSION] = { "li5g.ver", "Version", FM_UINT16, FM_DEC },
    [TYPE] = { "li5g.type", "PDU Type", FM_UINT16, FM_DEC, .names = types },
    [HEADER_LENGTH] = { "li5g.hl", "Header Length", FM_UINT32, FM_DEC, .unit = " octets" },
    [PAYLOAD_LENGTH] = { "li5g.pl", "Payload Length", FM_UINT32, FM_DEC, .unit = " octets" },
    [FORMAT] = { "li5g.pf", "Payload Format", FM_UINT16, FM_DEC, .names = formats },
    [DIRECTION] = { "li5g.pd", "Payload Direction", FM_UINT16, FM_DEC, .names = directions },
    [XID] = { "li5g.xid", "XID", FM_GUID },
    [CORRELATION_ID] = { "li5g.cid", "Correlation ID", FM_BYTES },
    [ATTRIBUTE_TYPE] = { "li5g.attrType", "Attribute Type", FM_UINT16, FM_DEC, .names = attributes },
    [ATTRIBUTE_LENGTH] = { "li5g.attrLen", "Attribute Length", FM_UINT16, FM_DEC, .unit = " octets" },
    [DOMAIN_ID] = { "li5g.did", "Domain ID", FM_BYTES },
    [FUNCTION_ID] = { "li5g.nfid", "Network Function ID", FM_BYTES },
    [POINT_ID] = { "li5g.ipid", "Interception Point ID", FM_BYTES },
    [SEQUENCE] = { "li5g.sq", "Sequence Number", FM_UINT16, FM_DEC },
    [TIMESTAMP] = { "li5g.ts", "Timestamp", FM_ABSOLUTE_TIME, FM_UTC },
    [SOURCE_IPV4] = { "li5g.srcip", "Source IPv4 address", FM_IPV4 },
    [DESTINATION_IPV4] = { "li5g.dstip", "Destination IPv4 address", FM_IPV4 },
    [SOURCE_IPV6] = { "li5g.srcipv6", "Source IPv6 address", FM_IPV6 },
    [DESTINATION_IPV6] = { "li5g.dstipv6", "Destination IPv6 address", FM_IPV6 },
    [SOURCE_PORT] = { "li5g.srcport", "Source Port", FM_UINT16, FM_DEC },
    [DESTINATION_PORT] = { "li5g.dstport", "Destination Port", FM_UINT16, FM_DEC },
    [IP_PROTOCOL] = { "li5g.ipproto", "IP Protocol", FM_UINT8, FM_DEC, .names = fm_ip_protocols },
    [MATCHED_TARGET] = { "li5g.mti", "Matched Target Identifier", FM_BYTES },
    [OTHER_TARGET] = { "li5g.oti", "Other Target Identifier", FM_BYTES },
    [PAYLOAD] = { "li5g.pld", "Payload", FM_BYTES },
};

enum { FIXED_SIZE = 40, ATTRIBUTE_HEADER = 4, MAX_HEADER = 4096, IPV4_PACKET = 5, IPV6_PACKET, ETHERNET_FRAME };

static bool li5g_probe(const FmDissection *d, FmSlice b)
{
    return b.size >= FIXED_SIZE && b.data[0] == 0 && b.data[1] && b.data[1] < 8 && b.data[2] == 0 && b.data[3] >= 1 && b.data[3] <= 4 &&
           fm_be(b.data + 4, 4) >= FIXED_SIZE && fm_be(b.data + 4, 4) <= MAX_HEADER && fm_be(b.data + 8, 4) < 1 << 20 &&
           fm_be(b.data + 12, 2) <= 13 && fm_be(b.data + 14, 2) <= 5;
}

static uint64_t li5g_record(const FmStream *stream, FmSlice b)
{
    if (b.size < FIXED_SIZE)
        return FM_NEED_MORE;
    if (!li5g_probe(NULL, b))
        return b.size;
    return fm_be(b.data + 4, 4) + fm_be(b.data + 8, 4);
}

static void put_attribute(FmDissection *d, FmCursor *c)
{
    static const struct { uint8_t row, size; } kinds[] = {
        [5] = { DOMAIN_ID }, [6] = { FUNCTION_ID }, [7] = { POINT_ID }, [8] = { SEQUENCE, 2 }, [9] = { TIMESTAMP, 8 }, [10] = { SOURCE_IPV4, 4 },
        [11] = { DESTINATION_IPV4, 4 }, [12] = { SOURCE_IPV6 }, [13] = { DESTINATION_IPV6 }, [14] = { SOURCE_PORT, 2 },
        [15] = { DESTINATION_PORT, 2 }, [16] = { IP_PROTOCOL, 1 }, [17] = { MATCHED_TARGET }, [18] = { OTHER_TARGET },
    };
    uint64_t type = fm_peek(c, 0, 2);
    const char *name = fm_name(attributes, type);
    FmSubtree attribute = fm_open_text(d, c, "%s", name ? name : "Unknown attribute");
    fm_add(d, ATTRIBUTE_TYPE, c);
    uint64_t length = fm_add(d, ATTRIBUTE_LENGTH, c);
    FmCursor value = fm_take(c, length);
    unsigned row = type < G_N_ELEMENTS(kinds) ? kinds[type].row : 0;
    if (row == TIMESTAMP && length == 8)
        fm_add_value(d, TIMESTAMP, &value, 8, fm_peek(&value, 0, 4) * G_GUINT64_CONSTANT(1000000000) + fm_peek(&value, 4, 4));
    else if (row && kinds[type].size == length)
        fm_add_number(d, &fields[row], row, &value, true);
    else if (row && !kinds[type].size && fm_left(&value))
        fm_add_bytes_of(d, &fields[row], row, &value, fm_left(&value));
    fm_close(d, attribute, c);
}

static void put_payload(FmDissection *d, uint64_t format, FmCursor *payload)
{
    FmCursor shown = fm_cursor_copy(payload);
    fm_add_bytes(d, PAYLOAD, &shown, fm_left(&shown));
    switch (format) {
    case IPV4_PACKET: fm_next(d, FM_ETHERTYPE, 0x0800, payload); break;
    case IPV6_PACKET: fm_next(d, FM_ETHERTYPE, 0x86dd, payload); break;
    case ETHERNET_FRAME: fm_next(d, FM_LINK_TYPE, 1, payload); break;
    default: payload->at = payload->end; break;
    }
}

static void li5g_dissect(FmDissection *d, FmCursor *c)
{
    FmPacket *p = d->packet;
    FmAddress source = p->source, destination = p->destination;
    bool want_info = d->want_info;
    fm_add(d, PROTOCOL_VERSION, c);
    uint64_t type = fm_add(d, TYPE, c), header = fm_add(d, HEADER_LENGTH, c), length = fm_add(d, PAYLOAD_LENGTH, c);
    uint64_t format = fm_add(d, FORMAT, c);
    fm_add(d, DIRECTION, c);
    fm_add_bytes(d, XID, c, 16);
    fm_add_bytes(d, CORRELATION_ID, c, 8);
    FmCursor list = fm_take(c, header - MIN(header, FIXED_SIZE));
    while (fm_left(&list) >= ATTRIBUTE_HEADER)
        put_attribute(d, &list);
    FmCursor payload = fm_take(c, length);
    d->want_info = false; /* columns tell of those who listen */
    if (fm_left(&payload))
        put_payload(d, format, &payload);
    d->want_info = want_info;
    p->source = source;
    p->destination = destination;
    fm_protocol_column(d, "5GLI");
    const char *name = fm_name(types, type);
    fm_info(d, "%s", name ? name : "Unknown");
}

const FmProtocol fm_li5g = {
    .abbrev = "5gli",
    .name = "5GLI",
    .title = "5G Lawful Interception",
    FM_FIELDS(fields),
    .dissect = li5g_dissect,
    .probe = li5g_probe,
    .probe_on = FM_TLS_PORT,
    .record = li5g_record,
};
