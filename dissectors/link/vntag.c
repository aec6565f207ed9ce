/* VN-Tag: which virtual interface of a switch a frame belongs to. */
#include "config.h"

#include "dissectors/link/ethertype.h"
#include "dissectors/network/names.h"

enum {
    VNTAG,
    VNTAG_DIR,
    VNTAG_PTR,
    VNTAG_DST,
    VNTAG_LOOPED,
    VNTAG_R,
    VNTAG_VERSION,
    VNTAG_SRC,
    VNTAG_ETYPE,
    ETH_PADDING,
    VNTAG_TRAILER,
};

static const FmField fields[] = {
    [VNTAG] = { "vntag", "VN-Tag", FM_PROTOCOL },
    [VNTAG_DIR] = { "vntag.dir", "Direction", FM_BOOL32, .mask = 0x80000000, .yes = "From Bridge", .no = "To Bridge" },
    [VNTAG_PTR] = { "vntag.ptr", "Pointer", FM_BOOL32, .mask = 0x40000000, .yes = "vif_list_id", .no = "vif_id" },
    [VNTAG_DST] = { "vntag.dst", "Destination", FM_UINT32, FM_DEC, 0x3fff0000 },
    [VNTAG_LOOPED] = { "vntag.looped", "Looped", FM_BOOL32, .mask = 0x00008000, .yes = "Yes", .no = "No" },
    [VNTAG_R] = { "vntag.r", "Reserved", FM_UINT32, FM_DEC, 0x00004000 },
    [VNTAG_VERSION] = { "vntag.version", "Version", FM_UINT32, FM_DEC, 0x00003000 },
    [VNTAG_SRC] = { "vntag.src", "Source", FM_UINT32, FM_DEC, 0x00000fff },
    [VNTAG_ETYPE] = { "vntag.etype", "Type", FM_UINT16, FM_HEX, .names = fm_ethertypes },
    [ETH_PADDING] = { "eth.padding", "Padding", FM_BYTES },
    [VNTAG_TRAILER] = { "vntag.trailer", "Trailer", FM_BYTES },
};

#define TAG_SIZE 6

static void vntag_dissect(FmDissection *d, FmCursor *c)
{
    for (unsigned row = VNTAG_DIR; row < VNTAG_SRC; row++)
        fm_add_number(d, &fields[row], row, c, false);
    fm_add(d, VNTAG_SRC, c);
    uint64_t type = fm_add(d, VNTAG_ETYPE, c);
    if (!fm_ok(d))
        return;
    fm_length(d, TAG_SIZE);
    FmCursor payload = *c;
    if (fm_wanted(d, VNTAG_TRAILER) || fm_wanted(d, ETH_PADDING)) {
        payload = fm_ethertype_payload(d, type, c);
        fm_ethertype_trailer(d, fields, c, ETH_PADDING, VNTAG_TRAILER);
    }
    fm_ethertype_next(d, type, &payload);
}

const FmProtocol fm_vntag = {
    .abbrev = "vntag",
    .name = "VNTAG",
    .title = "VN-Tag",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x8926 }),
    .dissect = vntag_dissect,
};
