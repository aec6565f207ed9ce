/* VLAN tags (IEEE 802.1Q). */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    VLAN,
    VLAN_PRIORITY,
    VLAN_CFI,
    VLAN_DEI,
    VLAN_ID,
    VLAN_ID_NAME,
    VLAN_ETYPE,
    VLAN_LEN,
    ETH_PADDING,
    VLAN_TRAILER,
    VLAN_LEN_PAST_END,
    VLAN_TOO_MANY_TAGS,
};

static const FmName priorities[] = {
    { 0, 0, "Best Effort (default)" },
    { 1, 0, "Background" },
    { 2, 0, "Excellent Effort" },
    { 3, 0, "Critical Applications" },
    { 4, 0, "Video, < 100ms latency and jitter" },
    { 5, 0, "Voice, < 10ms latency and jitter" },
    { 6, 0, "Internetwork Control" },
    { 7, 0, "Network Control" },
    { 0 },
};

static const FmField fields[] = {
    [VLAN] = { "vlan", "802.1Q Virtual LAN", FM_PROTOCOL },
    [VLAN_PRIORITY] = { "vlan.priority", "Priority", FM_UINT16, FM_DEC, 0xe000, .names = priorities },
    [VLAN_CFI] = { "vlan.cfi", "CFI", FM_BOOL16, .mask = 0x1000, .yes = "Non-canonical", .no = "Canonical" },
    [VLAN_DEI] = { "vlan.dei", "DEI", FM_BOOL16, .mask = 0x1000, .yes = "Eligible", .no = "Ineligible" },
    [VLAN_ID] = { "vlan.id", "ID", FM_UINT16, FM_DEC, 0xfff },
    [VLAN_ID_NAME] = { "vlan.id_name", "Name", FM_STRING },
    [VLAN_ETYPE] = { "vlan.etype", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [VLAN_LEN] = { "vlan.len", "Length", FM_UINT16, FM_DEC },
    [ETH_PADDING] = { "eth.padding", "Padding", FM_BYTES },
    [VLAN_TRAILER] = { "vlan.trailer", "Trailer", FM_BYTES },
    [VLAN_LEN_PAST_END] = { "vlan.len.past_end", "Length field value goes past the end of the payload", FM_EXPERT,
                            .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [VLAN_TOO_MANY_TAGS] = { "vlan.too_many_tags", "Too many nested VLAN tags", FM_EXPERT, .severity = FM_WARN,
                             .group = FM_GROUP_UNDECODED },
};

#define TAG_SIZE 4

static void vlan_dissect(FmDissection *d, FmCursor *c)
{
    fm_add_bits(d, VLAN_PRIORITY, c);
    fm_add_bits(d, VLAN_DEI, c);
    uint64_t tag = fm_peek(c, 0, 2);
    fm_add(d, VLAN_ID, c);
    fm_title(d, "802.1Q Virtual LAN, PRI: %u, DEI: %u, ID: %u", (unsigned)(tag >> 13), (unsigned)(tag >> 12 & 1),
             (unsigned)(tag & 0xfff));
    fm_info(d, "PRI: %u  DEI: %u  ID: %u", (unsigned)(tag >> 13), (unsigned)(tag >> 12 & 1), (unsigned)(tag & 0xfff));
    uint64_t type = fm_peek(c, 0, 2);
    if (type < FM_ETHERTYPE_FIRST) {
        fm_add(d, VLAN_LEN, c);
        if (!fm_ok(d))
            return;
        uint64_t length = type;
        if (length > fm_left_on_wire(c)) {
            fm_expert(d, VLAN_LEN_PAST_END);
            length = fm_left_on_wire(c);
        }
        FmCursor payload = fm_take(c, length);
        fm_ethertype_trailer(d, fields, c, ETH_PADDING, VLAN_TRAILER);
        fm_length(d, TAG_SIZE);
        fm_call(d, &fm_llc, &payload);
        return;
    }
    fm_add(d, VLAN_ETYPE, c);
    if (!fm_ok(d))
        return;
    FmCursor payload = *c;
    if (fm_wanted(d, VLAN_TRAILER) || fm_wanted(d, ETH_PADDING)) {
        payload = fm_ethertype_payload(d, type, c);
        fm_ethertype_trailer(d, fields, c, ETH_PADDING, VLAN_TRAILER);
    }
    fm_length(d, TAG_SIZE);
    fm_ethertype_next(d, type, &payload);
}

const FmProtocol fm_vlan = {
    .abbrev = "vlan",
    .name = "VLAN",
    .title = "802.1Q Virtual LAN",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x8100 }, { FM_ETHERTYPE, 0x9100 }),
    .dissect = vlan_dissect,
};
