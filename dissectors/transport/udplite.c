/* UDP-Lite (RFC 3828): UDP whose checksum may cover the front of the datagram only. Its fields are UDP's. */
#include "config.h"

#include "base/checksum.h"
#include "engine/dissect.h"

enum {
    UDPLITE, SRCPORT, DSTPORT, COVERAGE, LENGTH, CHECKSUM, CHECKSUM_CALCULATED, CHECKSUM_STATUS, STREAM, TIME_RELATIVE, TIME_DELTA,
    PAYLOAD, COVERAGE_BAD, CHECKSUM_ZERO, CHECKSUM_BAD,
};

static const FmName statuses[] = { { 0, 0, "Bad" }, { 1, 0, "Good" }, { 2, 0, "Unverified" }, { 3, 0, "Not present" }, { 4, 0, "Illegal" }, { 0 } };

static const FmField fields[] = {
    [UDPLITE] = { "udplite", "Lightweight User Datagram Protocol", FM_PROTOCOL },
    [SRCPORT] = { "udp.srcport", "Source Port", FM_UINT16, FM_PORT_UDP, .also = "udp.port" },
    [DSTPORT] = { "udp.dstport", "Destination Port", FM_UINT16, FM_PORT_UDP, .also = "udp.port" },
    [COVERAGE] = { "udp.checksum_coverage", "Checksum coverage", FM_UINT16, FM_DEC },
    [LENGTH] = { "udp.length", "Length", FM_UINT16, FM_DEC },
    [CHECKSUM] = { "udp.checksum", "Checksum", FM_UINT16, FM_HEX },
    [CHECKSUM_CALCULATED] = { "udp.checksum_calculated", "Calculated Checksum", FM_UINT16, FM_HEX, .generated = true },
    [CHECKSUM_STATUS] = { "udp.checksum.status", "Checksum Status", FM_UINT8, FM_BASE_NONE, .names = statuses, .generated = true },
    [STREAM] = { "udp.stream", "Stream index", FM_UINT32, FM_DEC, .generated = true },
    [TIME_RELATIVE] = { "udp.time_relative", "Time since first frame", FM_RELATIVE_TIME, .generated = true },
    [TIME_DELTA] = { "udp.time_delta", "Time since previous frame", FM_RELATIVE_TIME, .generated = true },
    [PAYLOAD] = { "udp.payload", "Payload", FM_BYTES },
    [COVERAGE_BAD] = { "udplite.checksum_coverage.bad", "Bad checksum coverage length value", FM_EXPERT, .severity = FM_ERROR,
                       .group = FM_GROUP_MALFORMED },
    [CHECKSUM_ZERO] = { "udp.checksum.zero", "Illegal checksum value (0)", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
    [CHECKSUM_BAD] = { "udp.checksum.bad", "Bad checksum", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
};

enum { PREF_CHECK_CHECKSUM, PREF_IGNORE_COVERAGE };

static const FmPreference preferences[] = {
    [PREF_CHECK_CHECKSUM] = { "udplite.check_checksum", "Validate the UDP-Lite checksum if possible", FM_PREF_BOOL, 0 },
    [PREF_IGNORE_COVERAGE] = { "udplite.ignore_checksum_coverage", "Ignore the checksum coverage of UDP-Lite", FM_PREF_BOOL, 1 },
};

#define HEADER_SIZE 8

/* One's complement sum over the covered part. Where that ends on an odd byte, a zero follows: fm_checksum pads. The length in the
 * pseudo header is the whole datagram's, so it is added apart. */
static uint16_t covered_sum(const FmPacket *p, const FmCursor *whole, uint64_t coverage)
{
    FmCursor covered = fm_window(whole, coverage);
    unsigned size = p->net_source.type == FM_ADDRESS_IPV6 ? 16 : 4;
    uint16_t sum = fm_checksum_pseudo(p->net_source.bytes, p->net_destination.bytes, size, 136, fm_rest(&covered));
    uint64_t more = sum + (fm_left(whole) - fm_left(&covered));
    while (more >> 16)
        more = (more & 0xffff) + (more >> 16);
    return (uint16_t)more;
}

static void put_checksum(FmDissection *d, FmCursor *c, const FmCursor *whole, uint64_t coverage)
{
    FmCursor here = *c;
    unsigned checksum = (unsigned)fm_add(d, CHECKSUM, c), status = 2;
    bool whole_there = !whole->lost && coverage >= HEADER_SIZE && coverage <= fm_left(whole);
    if (checksum == 0) {
        fm_label(d, CHECKSUM, "Checksum: 0x0000 [zero-value illegal]");
        fm_expert(d, CHECKSUM_ZERO);
        status = 4;
    } else if (!fm_preference(d, PREF_CHECK_CHECKSUM) || !whole_there || d->quoting) {
        fm_label(d, CHECKSUM, "Checksum: 0x%04x [unverified]", checksum);
    } else {
        unsigned right = fm_checksum_expected(covered_sum(d->packet, whole, coverage), (uint16_t)checksum);
        status = right == checksum;
        if (status)
            fm_label(d, CHECKSUM, "Checksum: 0x%04x [correct]", checksum);
        else
            fm_label(d, CHECKSUM, "Checksum: 0x%04x incorrect, should be 0x%04x (maybe caused by \"UDP checksum offload\"?)", checksum, right);
        if (!status)
            fm_expert_text(d, CHECKSUM_BAD, "Bad checksum [should be 0x%04x]", right);
        fm_down(d);
        fm_make(d, CHECKSUM_CALCULATED, right);
        fm_up(d);
    }
    if (status == 4)
        fm_down(d);
    fm_add_value(d, CHECKSUM_STATUS, &here, 0, status);
    if (status == 4)
        fm_up(d);
}

static void put_flow(FmDissection *d, uint64_t src, uint64_t dst, bool payload)
{
    if (d->quoting)
        return;
    fm_make(d, STREAM, fm_flow(d, FM_FLOW_UDP, src, dst));
    if (!payload)
        return;
    FmTime now = fm_frame_time(d);
    FmCursor nowhere = { .start = NULL };
    FmSubtree times = fm_open_text(d, &nowhere, "Timestamps");
    fm_make(d, TIME_RELATIVE, (uint64_t)(now - d->flow_first));
    fm_make(d, TIME_DELTA, (uint64_t)(d->flow_previous == FM_TIME_NONE ? 0 : now - d->flow_previous));
    fm_close(d, times, &nowhere);
}

static void udplite_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor whole = *c;
    uint64_t length = fm_left_on_wire(c);
    uint64_t src = fm_add(d, SRCPORT, c), dst = fm_add(d, DSTPORT, c), coverage = fm_add(d, COVERAGE, c);
    if (!fm_has(c, 2)) {
        fm_cursor_fail(c, 2);
        return;
    }
    fm_length(d, HEADER_SIZE);
    fm_title(d, "Lightweight User Datagram Protocol, Src Port: %u, Dst Port: %u", (unsigned)src, (unsigned)dst);
    fm_info(d, "%u → %u Len=%u", (unsigned)src, (unsigned)dst, (unsigned)(length > HEADER_SIZE ? length - HEADER_SIZE : 0));
    bool bad = (coverage && coverage < HEADER_SIZE) || coverage > length;
    if (bad) {
        fm_label_more(d, COVERAGE, " (bogus, must be >= 8 and <= %u)", (unsigned)length);
        fm_expert_text(d, COVERAGE_BAD, "Bad checksum coverage length value %u < 8 or > %u", (unsigned)coverage, (unsigned)length);
    }
    fm_make(d, LENGTH, length);
    if (bad && !fm_preference(d, PREF_IGNORE_COVERAGE))
        return;
    put_checksum(d, c, &whole, coverage ? coverage : length);
    put_flow(d, src, dst, length > HEADER_SIZE);
    FmCursor payload = fm_take_rest(c), bytes = payload;
    size_t size = fm_left(&payload);
    if (size) {
        fm_add_bytes(d, PAYLOAD, &bytes, size);
        fm_label(d, PAYLOAD, "UDP payload (%zu byte%s)", size, size == 1 ? "" : "s");
    }
    fm_next_by_ports(d, FM_UDP_PORT, src, dst, &payload);
}

const FmProtocol fm_udplite = {
    .abbrev = "udplite",
    .name = "UDP-Lite",
    .title = "Lightweight User Datagram Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_IP_PROTO, 136 }),
    FM_PREFERENCES(preferences),
    .dissect = udplite_dissect,
};
