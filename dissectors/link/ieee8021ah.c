/* Provider backbone bridges (IEEE 802.1ah, MAC in MAC). */
#include "config.h"

#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    IEEE8021AH,
    IEEE8021AH_PRIORITY,
    IEEE8021AH_DROP,
    IEEE8021AH_NCA,
    IEEE8021AH_RES1,
    IEEE8021AH_RES2,
    IEEE8021AH_ISID,
    IEEE8021AH_CDST,
    IEEE8021AH_CSRC,
    IEEE8021AH_ETYPE,
    ETH_PADDING,
    IEEE8021AH_TRAILER,
};

static const FmField fields[] = {
    [IEEE8021AH] = { "ieee8021ah", "IEEE 802.1ah", FM_PROTOCOL },
    [IEEE8021AH_PRIORITY] = { "ieee8021ah.priority", "Priority", FM_UINT32, FM_DEC, 0xe0000000 },
    [IEEE8021AH_DROP] = { "ieee8021ah.drop", "DROP", FM_UINT32, FM_DEC, 0x10000000 },
    [IEEE8021AH_NCA] = { "ieee8021ah.nca", "NCA", FM_UINT32, FM_DEC, 0x8000000 },
    [IEEE8021AH_RES1] = { "ieee8021ah.res1", "RES1", FM_UINT32, FM_DEC, 0x4000000 },
    [IEEE8021AH_RES2] = { "ieee8021ah.res2", "RES2", FM_UINT32, FM_DEC, 0x3000000 },
    [IEEE8021AH_ISID] = { "ieee8021ah.isid", "I-SID", FM_UINT32, FM_DEC, 0xffffff },
    [IEEE8021AH_CDST] = { "ieee8021ah.cdst", "C-Destination", FM_ETHER },
    [IEEE8021AH_CSRC] = { "ieee8021ah.csrc", "C-Source", FM_ETHER },
    [IEEE8021AH_ETYPE] = { "ieee8021ah.etype", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [ETH_PADDING] = { "eth.padding", "Padding", FM_BYTES },
    [IEEE8021AH_TRAILER] = { "ieee8021ah.trailer", "Trailer", FM_BYTES },
};

#define HEADER_SIZE 18

static void ieee8021ah_dissect(FmDissection *d, FmCursor *c)
{
    unsigned tag_bits = (unsigned)fm_peek(c, 0, 4), isid = tag_bits & 0xffffff;
    FmSubtree tag = fm_open_text(d, c, "I-Tag, I-SID: %u", isid);
    for (unsigned i = IEEE8021AH_PRIORITY; i < IEEE8021AH_ISID; i++)
        fm_add_number(d, &fields[i], i, c, false);
    fm_add(d, IEEE8021AH_ISID, c);
    fm_close(d, tag, c);
    if (fm_left(c) >= 12 && d->want_labels) {
        const uint8_t *a = c->at;
        fm_title(d, "IEEE 802.1ah, I-SID: %u, C-Src: %02x:%02x:%02x:%02x:%02x:%02x, C-Dst: %02x:%02x:%02x:%02x:%02x:%02x", isid, a[6],
                 a[7], a[8], a[9], a[10], a[11], a[0], a[1], a[2], a[3], a[4], a[5]);
    }
    fm_info(d, "PRI: %u  Drop: %u  NCA: %u  Res1: %u  Res2: %u  I-SID: %u", tag_bits >> 29, tag_bits >> 28 & 1, tag_bits >> 27 & 1,
            tag_bits >> 26 & 1, tag_bits >> 24 & 3, isid);
    fm_add(d, IEEE8021AH_CDST, c);
    fm_add(d, IEEE8021AH_CSRC, c);
    uint64_t type = fm_add(d, IEEE8021AH_ETYPE, c);
    if (!fm_ok(d))
        return;
    FmCursor payload = *c;
    if (fm_wanted(d, IEEE8021AH_TRAILER) || fm_wanted(d, ETH_PADDING)) {
        payload = fm_ethertype_payload(d, type, c);
        fm_ethertype_trailer(d, fields, c, ETH_PADDING, IEEE8021AH_TRAILER);
    }
    fm_length(d, HEADER_SIZE);
    fm_ethertype_next(d, type, &payload);
}

const FmProtocol fm_ieee8021ah = {
    .abbrev = "ieee8021ah",
    .name = "802.1AH",
    .title = "IEEE 802.1ah",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x88e7 }),
    .dissect = ieee8021ah_dissect,
};
