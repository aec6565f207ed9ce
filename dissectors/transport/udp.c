/* UDP (RFC 768). */
#include "config.h"

#include "base/checksum.h"
#include "engine/dissect.h"

enum {
    UDP, UDP_SRCPORT, UDP_DSTPORT, UDP_LENGTH, UDP_CHECKSUM, UDP_CHECKSUM_CALCULATED, UDP_CHECKSUM_STATUS, UDP_STREAM,
    UDP_TIME_RELATIVE, UDP_TIME_DELTA, UDP_PAYLOAD, UDP_LENGTH_BAD, UDP_CHECKSUM_ZERO, UDP_CHECKSUM_BAD, UDP_LENGTH_BAD_ZERO,
};

static const FmName statuses[] = { { 0, 0, "Bad" }, { 1, 0, "Good" }, { 2, 0, "Unverified" }, { 3, 0, "Not present" }, { 4, 0, "Illegal" }, { 0 } };

static const FmField fields[] = {
    [UDP] = { "udp", "User Datagram Protocol", FM_PROTOCOL },
    [UDP_SRCPORT] = { "udp.srcport", "Source Port", FM_UINT16, FM_PORT_UDP, .also = "udp.port" },
    [UDP_DSTPORT] = { "udp.dstport", "Destination Port", FM_UINT16, FM_PORT_UDP, .also = "udp.port" },
    [UDP_LENGTH] = { "udp.length", "Length", FM_UINT16, FM_DEC },
    [UDP_CHECKSUM] = { "udp.checksum", "Checksum", FM_UINT16, FM_HEX },
    [UDP_CHECKSUM_CALCULATED] = { "udp.checksum_calculated", "Calculated Checksum", FM_UINT16, FM_HEX, .generated = true },
    [UDP_CHECKSUM_STATUS] = { "udp.checksum.status", "Checksum Status", FM_UINT8, FM_BASE_NONE, .names = statuses, .generated = true },
    [UDP_STREAM] = { "udp.stream", "Stream index", FM_UINT32, FM_DEC, .generated = true },
    [UDP_TIME_RELATIVE] = { "udp.time_relative", "Time since first frame", FM_RELATIVE_TIME, .generated = true },
    [UDP_TIME_DELTA] = { "udp.time_delta", "Time since previous frame", FM_RELATIVE_TIME, .generated = true },
    [UDP_PAYLOAD] = { "udp.payload", "Payload", FM_BYTES },
    [UDP_LENGTH_BAD] = { "udp.length.bad", "Bad length value", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [UDP_CHECKSUM_ZERO] = { "udp.checksum.zero", "Illegal checksum value (0)", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
    [UDP_CHECKSUM_BAD] = { "udp.checksum.bad", "Bad checksum", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
    [UDP_LENGTH_BAD_ZERO] = { "udp.length.bad_zero", "Length is zero but payload < 65536", FM_EXPERT, .severity = FM_ERROR,
                              .group = FM_GROUP_MALFORMED },
};

enum { PREF_CHECK_CHECKSUM };

static const FmPreference preferences[] = {
    [PREF_CHECK_CHECKSUM] = { "udp.check_checksum", "Validate the UDP checksum if possible", FM_PREF_BOOL, 0 },
};

#define HEADER_SIZE 8

typedef struct UdpMemo {
    uint16_t next; /* protocol of the payload; 0: none */
} UdpMemo;

/* `whole` covers the datagram as the length field has it. */
static void put_checksum(FmDissection *d, FmCursor *c, const FmCursor *whole)
{
    bool ipv6 = d->packet->net_source.type == FM_ADDRESS_IPV6;
    FmCursor here = *c;
    uint64_t checksum = fm_add(d, UDP_CHECKSUM, c);
    unsigned status = 2;
    if (checksum == 0) {
        fm_label(d, UDP_CHECKSUM, "Checksum: 0x0000 [%s]", ipv6 ? "zero-value ignored" : "zero-value ignored");
        status = ipv6 ? 4 : 3;
        if (ipv6)
            fm_expert(d, UDP_CHECKSUM_ZERO);
    } else if (!fm_preference(d, PREF_CHECK_CHECKSUM) || whole->lost || d->quoting) {
        fm_label(d, UDP_CHECKSUM, "Checksum: 0x%04x [unverified]", (unsigned)checksum);
    } else {
        const FmPacket *p = d->packet;
        uint16_t sum = fm_checksum_pseudo(p->net_source.bytes, p->net_destination.bytes, ipv6 ? 16 : 4, 17, fm_rest(whole));
        uint16_t right = fm_checksum_expected(sum, (uint16_t)checksum);
        status = right == checksum;
        fm_label(d, UDP_CHECKSUM, status ? "Checksum: 0x%04x [correct]" : "Checksum: 0x%04x incorrect, should be 0x%04x (maybe caused by \"UDP checksum offload\"?)",
                 (unsigned)checksum, (unsigned)right);
        if (!status)
            fm_expert_text(d, UDP_CHECKSUM_BAD, "Bad checksum [should be 0x%04x]", (unsigned)right);
        fm_make(d, UDP_CHECKSUM_CALCULATED, right);
    }
    if (checksum == 0)
        fm_down(d);
    fm_add_value(d, UDP_CHECKSUM_STATUS, &here, 0, status);
    if (checksum == 0)
        fm_up(d);
}

static void put_flow(FmDissection *d, uint64_t src, uint64_t dst, bool payload)
{
    uint32_t number = fm_flow(d, FM_FLOW_UDP, src, dst);
    if (d->quoting)
        return;
    fm_make(d, UDP_STREAM, number);
    if (!payload)
        return;
    FmTime now = fm_frame_time(d);
    FmCursor nowhere = { .start = NULL };
    FmSubtree times = fm_open_text(d, &nowhere, "Timestamps");
    fm_make(d, UDP_TIME_RELATIVE, (uint64_t)(now - d->flow_first));
    fm_make(d, UDP_TIME_DELTA, (uint64_t)(d->flow_previous == FM_TIME_NONE ? 0 : now - d->flow_previous));
    fm_close(d, times, &nowhere);
}

static void udp_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor whole = *c;
    uint64_t src = fm_add(d, UDP_SRCPORT, c);
    uint64_t dst = fm_add(d, UDP_DSTPORT, c);
    uint64_t length = fm_add(d, UDP_LENGTH, c);
    if (!fm_ok(d))
        return;
    fm_length(d, HEADER_SIZE);
    fm_title(d, "User Datagram Protocol, Src Port: %u, Dst Port: %u", (unsigned)src, (unsigned)dst);
    if (length == 0 && d->packet->net_source.type == FM_ADDRESS_IPV6 && fm_left_on_wire(&whole) > UINT16_MAX) {
        length = fm_left_on_wire(&whole); /* a jumbogram (RFC 2675 §4) */
    } else if (length < HEADER_SIZE) {
        fm_label(d, UDP_LENGTH, "Length: %u (bogus, should be >= 8)", (unsigned)length);
        fm_expert_text(d, UDP_LENGTH_BAD, "Bad length value %u < 8", (unsigned)length);
        fm_info(d, "%u → %u [BAD UDP LENGTH %u < 8] Len=%u", (unsigned)src, (unsigned)dst, (unsigned)length, (unsigned)length);
        return;
    } else if (length > fm_left_on_wire(&whole) && !c->fragment) {
        unsigned there = (unsigned)fm_left_on_wire(&whole);
        fm_label(d, UDP_LENGTH, "Length: %u (bogus, payload length %u)", (unsigned)length, there);
        fm_expert_text(d, UDP_LENGTH_BAD, "Bad length value %u > IP payload length", (unsigned)length);
        fm_info(d, "%u → %u [BAD UDP LENGTH %u > IP PAYLOAD LENGTH] Len=%u", (unsigned)src, (unsigned)dst, (unsigned)length,
                (unsigned)length - HEADER_SIZE);
        length = there;
    } else {
        fm_info(d, "%u → %u Len=%u", (unsigned)src, (unsigned)dst, (unsigned)length - HEADER_SIZE);
    }
    FmCursor datagram = fm_window(&whole, length);
    put_checksum(d, c, &datagram);
    put_flow(d, src, dst, length > HEADER_SIZE);
    FmCursor payload = fm_take(c, length - HEADER_SIZE), bytes = payload;
    if (fm_left(&payload)) {
        fm_add_bytes(d, UDP_PAYLOAD, &bytes, fm_left(&bytes));
        fm_label(d, UDP_PAYLOAD, "UDP payload (%zu byte%s)", fm_left(&payload), fm_left(&payload) == 1 ? "" : "s");
    }
    UdpMemo *memo = fm_memo(d);
    fm_next_datagram(d, FM_UDP_PORT, src, dst, &memo->next, &payload);
}

const FmProtocol fm_udp = {
    .abbrev = "udp",
    .name = "UDP",
    .title = "User Datagram Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_IP_PROTO, 17 }),
    FM_PREFERENCES(preferences),
    .dissect = udp_dissect,
    .memo_size = sizeof(UdpMemo),
    .memo_final = true,
};
