/* Redundant audio in RTP (RFC 2198): older blocks, then the newest. */
#include "config.h"

#include "dissectors/realtime/rtp.h"

enum { REDUNDANT, FOLLOW, TYPE, OFFSET, LENGTH, PAYLOAD };

static const FmField fields[] = {
    [REDUNDANT] = { "rtp_rfc2198", "RFC 2198: Redundant Audio Data", FM_PROTOCOL },
    [FOLLOW] = { "rtp.follow", "Follow", FM_BOOL8, FM_BASE_NONE, 0x80, .yes = "Next header follows", .no = "No next header follows" },
    [TYPE] = { "rtp.p_type", "Payload type", FM_UINT8, FM_DEC, 0x7f },
    [OFFSET] = { "rtp.timestamp-offset", "Timestamp offset", FM_UINT16, FM_DEC, 0xfffc },
    [LENGTH] = { "rtp.block-length", "Block length", FM_UINT16, FM_DEC, 0x03ff },
    [PAYLOAD] = { "rtp.payload", "Payload", FM_BYTES },
};

#define BLOCKS 32

static void redundant_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t lengths[BLOCKS];
    unsigned count = 0;
    bool follows = true;
    while (follows && fm_left(c) && count < BLOCKS) {
        FmSubtree line = fm_open_text(d, c, "Header %u", count + 1);
        follows = fm_add_bits(d, FOLLOW, c);
        fm_add(d, TYPE, c);
        lengths[count] = UINT64_MAX;
        if (follows) {
            fm_add(d, OFFSET, c);
            c->at -= fm_ok(d) ? 1 : 0;
            lengths[count] = fm_add(d, LENGTH, c);
        }
        count++;
        fm_close(d, line, c);
    }
    for (unsigned i = 0; i < count && fm_left(c) && fm_ok(d); i++) {
        FmCursor block = fm_take(c, lengths[i] == UINT64_MAX ? fm_left(c) : lengths[i]);
        if (fm_left(&block))
            fm_add_bytes(d, PAYLOAD, &block, fm_left(&block));
    }
}

const FmProtocol fm_rtp_redundant = {
    .abbrev = "rtp_rfc2198",
    .name = "RTP",
    .title = "RFC 2198: Redundant Audio Data",
    FM_FIELDS(fields),
    .dissect = redundant_dissect,
};
