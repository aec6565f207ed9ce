/* Provider bridges (IEEE 802.1ad, Q-in-Q): a service tag, or two of them. */
#include "config.h"

#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    IEEE8021AD,
    IEEE8021AD_PRIORITY,
    IEEE8021AD_DEI,
    IEEE8021AD_ID,
    IEEE8021AD_SVID,
    IEEE8021AD_CVID,
    IEEE8021AH_ETYPE,
    ETH_PADDING,
    IEEE8021AH_TRAILER,
};

static const FmField fields[] = {
    [IEEE8021AD] = { "ieee8021ad", "IEEE 802.1ad", FM_PROTOCOL },
    [IEEE8021AD_PRIORITY] = { "ieee8021ad.priority", "Priority", FM_UINT16, FM_DEC, 0xe000 },
    [IEEE8021AD_DEI] = { "ieee8021ad.dei", "DEI", FM_UINT16, FM_DEC, 0x1000 },
    [IEEE8021AD_ID] = { "ieee8021ad.id", "ID", FM_UINT16, FM_DEC, 0xfff },
    [IEEE8021AD_SVID] = { "ieee8021ad.svid", "ID", FM_UINT16, FM_DEC, 0xfff },
    [IEEE8021AD_CVID] = { "ieee8021ad.cvid", "ID", FM_UINT16, FM_DEC, 0xfff },
    [IEEE8021AH_ETYPE] = { "ieee8021ah.etype", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [ETH_PADDING] = { "eth.padding", "Padding", FM_BYTES },
    [IEEE8021AH_TRAILER] = { "ieee8021ah.trailer", "Trailer", FM_BYTES },
};

enum { TYPE_802_1AD = 0x88a8, TAG_SIZE = 4 };

static void add_tag(FmDissection *d, FmCursor *c, unsigned id)
{
    fm_add_bits(d, IEEE8021AD_PRIORITY, c);
    fm_add_bits(d, IEEE8021AD_DEI, c);
    fm_add_number(d, &fields[id], id, c, true);
}

static void ieee8021ad_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t tag = fm_peek(c, 0, 2), size = TAG_SIZE;
    fm_info(d, "PRI: %u  DROP: %u ID: %u", (unsigned)(tag >> 13), (unsigned)(tag >> 12 & 1), (unsigned)(tag & 0xfff));
    fm_title(d, "IEEE 802.1ad, ID: %u", (unsigned)(tag & 0xfff));
    if (fm_peek(c, 2, 2) == TYPE_802_1AD) {
        uint64_t inner = fm_peek(c, 4, 2);
        fm_title(d, "IEEE 802.1ad, S-VID: %u, C-VID: %u", (unsigned)(tag & 0xfff), (unsigned)(inner & 0xfff));
        add_tag(d, c, IEEE8021AD_SVID);
        fm_skip(c, 2);
        add_tag(d, c, IEEE8021AD_CVID);
        size += TAG_SIZE;
    } else {
        add_tag(d, c, IEEE8021AD_ID);
    }
    uint64_t type = fm_add(d, IEEE8021AH_ETYPE, c);
    if (!fm_ok(d))
        return;
    FmCursor payload = *c;
    if (fm_wanted(d, IEEE8021AH_TRAILER) || fm_wanted(d, ETH_PADDING)) {
        payload = fm_ethertype_payload(d, type, c);
        fm_ethertype_trailer(d, fields, c, ETH_PADDING, IEEE8021AH_TRAILER);
    }
    fm_length(d, size);
    fm_ethertype_next(d, type, &payload);
}

const FmProtocol fm_ieee8021ad = {
    .abbrev = "ieee8021ad",
    .name = "802.1AD",
    .title = "IEEE 802.1ad",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, TYPE_802_1AD }),
    .dissect = ieee8021ad_dissect,
};
