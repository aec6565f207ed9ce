/* Ethernet: DIX (Ethernet II) and IEEE 802.3 frames. */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    ETH,
    ETH_DST,
    ETH_DST_RESOLVED,
    ETH_DST_OUI,
    ETH_DST_OUI_RESOLVED,
    ETH_DST_LG,
    ETH_DST_IG,
    ETH_SRC,
    ETH_SRC_RESOLVED,
    ETH_SRC_OUI,
    ETH_SRC_OUI_RESOLVED,
    ETH_SRC_LG,
    ETH_SRC_IG,
    ETH_ADDR,
    ETH_ADDR_RESOLVED,
    ETH_ADDR_OUI,
    ETH_ADDR_OUI_RESOLVED,
    ETH_TYPE,
    ETH_LEN,
    ETH_INVALID_LENTYPE,
    ETH_PADDING,
    ETH_TRAILER,
    ETH_FCS,
    ETH_FCS_STATUS,
    ETH_SRC_NOT_GROUP,
    ETH_INVALID_LENTYPE_EXPERT,
    ETH_LEN_PAST_END,
    ETH_PADDING_BAD,
    ETH_FCS_BAD,
};

#define LG_BIT .mask = 0x20000, .yes = "Locally administered address (this is NOT the factory default)", \
               .no = "Globally unique address (factory default)"
#define IG_BIT .mask = 0x10000, .yes = "Group address (multicast/broadcast)", .no = "Individual address (unicast)"

static const FmField fields[] = {
    [ETH] = { "eth", "Ethernet", FM_PROTOCOL },
    [ETH_DST] = { "eth.dst", "Destination", FM_ETHER },
    [ETH_DST_RESOLVED] = { "eth.dst_resolved", "Destination (resolved)", FM_STRING, .hidden = true },
    [ETH_DST_OUI] = { "eth.dst.oui", "Destination OUI", FM_UINT24, FM_OUI, .hidden = true },
    [ETH_DST_OUI_RESOLVED] = { "eth.dst.oui_resolved", "Destination OUI (resolved)", FM_STRING, .hidden = true },
    [ETH_DST_LG] = { "eth.dst.lg", "LG bit", FM_BOOL24, .also = "eth.lg", LG_BIT },
    [ETH_DST_IG] = { "eth.dst.ig", "IG bit", FM_BOOL24, .also = "eth.ig", IG_BIT },
    [ETH_SRC] = { "eth.src", "Source", FM_ETHER },
    [ETH_SRC_RESOLVED] = { "eth.src_resolved", "Source (resolved)", FM_STRING, .hidden = true },
    [ETH_SRC_OUI] = { "eth.src.oui", "Source OUI", FM_UINT24, FM_OUI, .hidden = true },
    [ETH_SRC_OUI_RESOLVED] = { "eth.src.oui_resolved", "Source OUI (resolved)", FM_STRING, .hidden = true },
    [ETH_SRC_LG] = { "eth.src.lg", "LG bit", FM_BOOL24, .also = "eth.lg", LG_BIT },
    [ETH_SRC_IG] = { "eth.src.ig", "IG bit", FM_BOOL24, .also = "eth.ig", IG_BIT },
    [ETH_ADDR] = { "eth.addr", "Address", FM_ETHER },
    [ETH_ADDR_RESOLVED] = { "eth.addr_resolved", "Address (resolved)", FM_STRING, .hidden = true },
    [ETH_ADDR_OUI] = { "eth.addr.oui", "Address OUI", FM_UINT24, FM_OUI, .hidden = true },
    [ETH_ADDR_OUI_RESOLVED] = { "eth.addr.oui_resolved", "Address OUI (resolved)", FM_STRING, .hidden = true },
    [ETH_TYPE] = { "eth.type", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [ETH_LEN] = { "eth.len", "Length", FM_UINT16, FM_DEC },
    [ETH_INVALID_LENTYPE] = { "eth.invalid_lentype", "Invalid length/type", FM_UINT16, FM_HEX_DEC },
    [ETH_PADDING] = { "eth.padding", "Padding", FM_BYTES },
    [ETH_TRAILER] = { "eth.trailer", "Trailer", FM_BYTES },
    [ETH_FCS] = { "eth.fcs", "Frame check sequence", FM_UINT32, FM_HEX },
    [ETH_FCS_STATUS] = { "eth.fcs.status", "FCS Status", FM_UINT8, .names = fm_checksum_names, .generated = true },
    [ETH_SRC_NOT_GROUP] = { "eth.src_not_group", "Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)",
                            FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [ETH_INVALID_LENTYPE_EXPERT] = { "eth.invalid_lentype.expert", "Invalid length/type", FM_EXPERT, .severity = FM_WARN,
                                     .group = FM_GROUP_PROTOCOL },
    [ETH_LEN_PAST_END] = { "eth.len.past_end", "Length field value goes past the end of the payload", FM_EXPERT,
                           .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [ETH_PADDING_BAD] = { "eth.padding_bad", "Padding identification may be inaccurate and impact trailer dissector", FM_EXPERT,
                          .severity = FM_NOTE, .group = FM_GROUP_PROTOCOL },
    [ETH_FCS_BAD] = { "eth.fcs_bad", "Bad checksum", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
};

enum { CHECK_FCS };

static const FmPreference preferences[] = {
    [CHECK_FCS] = { "eth.check_fcs", "Validate the Ethernet checksum if possible", FM_PREF_BOOL, 0 },
};

#define HEADER_SIZE 14
#define LENGTH_MAX 1500
#define FCS_FRAME_MIN 64 /* a trailer of a frame this long is no padding: it ends with the FCS */
#define CRC32_POLYNOMIAL 0xedb88320u

static void add_made_text(FmDissection *d, unsigned index, const FmCursor *c, FmText *text)
{
    if (fm_wanted(d, index))
        fm_record_blob(d, index, fm_offset(c), 6, c->buffer, 0, text->data, text->size);
}

/* The four forms of an address, rows `first` to first + 3. */
static void add_forms(FmDissection *d, const FmCursor *c, unsigned first, uint64_t address, FmText *text, bool inside)
{
    enum { RESOLVED = 1, OUI, OUI_RESOLVED };
    if (fm_wanted(d, first))
        fm_record(d, first, fm_offset(c), 6, c->buffer, 0, address);
    if (inside)
        fm_down(d);
    add_made_text(d, first + RESOLVED, c, text);
    if (fm_wanted(d, first + OUI))
        fm_record(d, first + OUI, fm_offset(c), 3, c->buffer, 0, address >> 24);
    const char *vendor = fm_wanted(d, first + OUI_RESOLVED) ? fm_vendor(d, (uint32_t)(address >> 24)) : NULL;
    if (vendor)
        fm_record_blob(d, first + OUI_RESOLVED, fm_offset(c), 6, c->buffer, 0, vendor, strlen(vendor));
}

static void add_address(FmDissection *d, FmCursor *c, unsigned first)
{
    enum { LG = 4, IG };
    char room[32];
    g_auto(FmText) text = FM_TEXT_IN(room);
    uint64_t address = fm_be(c->at, 6);
    fm_text_ether(&text, address);
    add_forms(d, c, first, address, &text, true);
    if (first == ETH_SRC && address >> 40 & 1) {
        fm_up(d);
        fm_expert(d, ETH_SRC_NOT_GROUP);
        fm_down(d);
    }
    add_forms(d, c, ETH_ADDR, address, &text, false);
    for (unsigned bit = LG; bit <= IG; bit++)
        if (fm_wanted(d, first + bit))
            fm_record(d, first + bit, fm_offset(c), 3, c->buffer, 0, address >> (bit == LG ? 41 : 40) & 1);
    fm_up(d);
    c->at += 6;
}

static uint32_t crc32(FmSlice bytes)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < bytes.size; i++) {
        crc ^= bytes.data[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? CRC32_POLYNOMIAL : 0);
    }
    return __builtin_bswap32(~crc);
}

static void add_fcs(FmDissection *d, FmCursor *c, FmSlice frame)
{
    bool check = fm_preference(d, CHECK_FCS) && !c->lost;
    uint64_t fcs = fm_add(d, ETH_FCS, c);
    if (!check) {
        fm_label(d, ETH_FCS, "Frame check sequence: 0x%08x [unverified]", (unsigned)fcs);
        fm_make(d, ETH_FCS_STATUS, FM_CHECKSUM_UNVERIFIED);
        return;
    }
    uint32_t right = crc32(frame);
    if (right == fcs) {
        fm_label(d, ETH_FCS, "Frame check sequence: 0x%08x [correct]", (unsigned)fcs);
        fm_make(d, ETH_FCS_STATUS, FM_CHECKSUM_GOOD);
        return;
    }
    fm_label(d, ETH_FCS, "Frame check sequence: 0x%08x incorrect, should be 0x%08x", (unsigned)fcs, right);
    fm_expert_text(d, ETH_FCS_BAD, "Bad checksum [should be 0x%08x]", right);
    fm_make(d, ETH_FCS_STATUS, FM_CHECKSUM_BAD);
}

/* What follows a payload of `size` bytes: padding, trailer, and the frame check sequence, which frames in tunnels do not have. */
static void add_trailer(FmDissection *d, FmCursor *rest, uint64_t size, FmSlice frame)
{
    if (!fm_left_on_wire(rest))
        return;
    bool other, fcs = d->packet->layer_count == 2 && HEADER_SIZE + size + fm_left_on_wire(rest) >= FCS_FRAME_MIN && fm_left_on_wire(rest) >= 4;
    size_t padding = fm_ethernet_padding(rest, &other);
    if (padding)
        fm_add_bytes(d, ETH_PADDING, rest, padding);
    uint64_t trailer = fm_left_on_wire(rest);
    trailer -= fcs && trailer >= 4 ? 4 : 0;
    FmCursor bytes = fm_take(rest, trailer);
    if (fm_left(&bytes)) {
        fm_add_bytes(d, ETH_TRAILER, &bytes, fm_left(&bytes));
        if (other) {
                    fm_expert_text(d, ETH_PADDING_BAD, "Didn't find padding of zeros, and an undecoded trailer exists. "
                                               "There may be padding of non-zeros.");
        }
    }
    if (fcs && fm_left(rest) >= 4)
        add_fcs(d, rest, (FmSlice){ frame.data, (size_t)(rest->at - frame.data) });
}

/* IEEE 802.3: `type` is the payload's length. */
static void dissect_802_3(FmDissection *d, FmCursor *c, uint64_t length, FmSlice frame)
{
    fm_add(d, ETH_LEN, c);
    if (length > fm_left_on_wire(c)) {
            fm_expert(d, ETH_LEN_PAST_END);
        length = fm_left_on_wire(c);
    }
    bool raw = fm_peek(c, 0, 2) == 0xffff;
    FmCursor payload = fm_take(c, length);
    if (raw)
        fm_title(d, "IEEE 802.3 Ethernet Raw ");
    else
        fm_title(d, "IEEE 802.3 Ethernet ");
    add_trailer(d, c, length, frame);
    fm_length(d, HEADER_SIZE);
    if (raw)
        fm_data(d, &payload);
    else
        fm_call(d, &fm_llc, &payload);
}

static bool wants_trailer(const FmDissection *d)
{
    return fm_wanted(d, ETH_PADDING) || fm_wanted(d, ETH_TRAILER) || fm_wanted(d, ETH_FCS) || fm_wanted(d, ETH_FCS_STATUS) ||
           fm_wanted(d, ETH_PADDING_BAD) || fm_wanted(d, ETH_FCS_BAD);
}

static void eth_dissect(FmDissection *d, FmCursor *c)
{
    FmSlice frame = fm_rest(c);
    if (frame.size >= 12)
        fm_link_addresses(d, c->at + 6, c->at);
    if (frame.size < HEADER_SIZE) {
        fm_cursor_fail(c, HEADER_SIZE);
        return;
    }
    uint64_t type = fm_be(c->at + 12, 2);
    if (d->want_labels) {
        const uint8_t *a = c->at;
        fm_title(d, "Ethernet II, Src: %02x:%02x:%02x:%02x:%02x:%02x, Dst: %02x:%02x:%02x:%02x:%02x:%02x", a[6], a[7], a[8], a[9],
                 a[10], a[11], a[0], a[1], a[2], a[3], a[4], a[5]);
    }
    if (d->want[0]) {
        add_address(d, c, ETH_DST);
        add_address(d, c, ETH_SRC);
    } else {
        c->at += 12;
    }
    if (type <= LENGTH_MAX) {
        dissect_802_3(d, c, type, frame);
        return;
    }
    if (type < FM_ETHERTYPE_FIRST) {
        fm_info(d, "Ethernet Unknown: Invalid length/type: 0x%04x (%u)", (unsigned)type, (unsigned)type);
        fm_add(d, ETH_INVALID_LENTYPE, c);
            fm_expert_text(d, ETH_INVALID_LENTYPE_EXPERT, "Invalid length/type: 0x%04x (%u)", (unsigned)type, (unsigned)type);
        fm_length(d, HEADER_SIZE);
        fm_data(d, c);
        return;
    }
    fm_info_constant(d, "Ethernet II");
    fm_add(d, ETH_TYPE, c);
    FmCursor payload = fm_cursor_copy(c);
    if (d->want[0] && wants_trailer(d)) {
        payload = fm_ethertype_payload(d, type, c);
        add_trailer(d, c, fm_left_on_wire(&payload), frame);
    }
    fm_length(d, HEADER_SIZE);
    fm_ethertype_next(d, type, &payload);
}

const FmProtocol fm_ethernet = {
    .abbrev = "eth",
    .name = "Ethernet",
    .title = "Ethernet",
    FM_FIELDS(fields),
    FM_PREFERENCES(preferences),
    FM_BINDINGS({ FM_LINK_TYPE, 1 }, { FM_GRE_PROTO, 0x6558 }),
    .dissect = eth_dissect,
};
