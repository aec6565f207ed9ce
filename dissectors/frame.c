/* The frame itself: what the capture says about a packet. */
#include "config.h"

#include "engine/dissect.h"

enum {
    FRAME, SECTION_NUMBER, INTERFACE_ID, INTERFACE_NAME, INTERFACE_DESCRIPTION, INTERFACE_QUEUE, PACKET_ID, PACKET_FLAGS,
    FLAGS_DIRECTION, FLAGS_RECEPTION, FLAGS_FCS_LENGTH, FLAGS_RESERVED, FLAGS_CRC, FLAGS_TOO_LONG, FLAGS_TOO_SHORT, FLAGS_GAP,
    FLAGS_UNALIGNED, FLAGS_DELIMITER, FLAGS_PREAMBLE, FLAGS_SYMBOL, ENCAP_TYPE, TIME, OFFSET_SHIFT, TIME_EPOCH, TIME_DELTA,
    TIME_DELTA_DISPLAYED, TIME_RELATIVE, NUMBER, LEN, CAP_LEN, MARKED, IGNORED, PROTOCOLS, COMMENT, COMMENT_EXPERT, P2P_DIR,
};

static const FmName directions[] = { { 0, 0, "Unknown" }, { 1, 0, "Inbound" }, { 2, 0, "Outbound" }, { 3, 0, "Undefined" }, { 0 } };
static const FmName receptions[] = { { 0, 0, "Not specified" }, { 1, 0, "Unicast" }, { 2, 0, "Multicast" }, { 3, 0, "Broadcast" },
                                     { 4, 0, "Promiscuous" }, { 0 } };
static const FmName p2p_directions[] = { { 0, 0, "Sent" }, { 1, 0, "Received" }, { 0 } };

/* Wireshark's encapsulation numbers (frame.encap_type) of link types, as seen in captures of each. */
static const struct {
    uint32_t link_type, encapsulation;
} encapsulations[] = {
    { 1, 1 }, { 0, 15 }, { 6, 2 }, { 7, 8 }, { 8, 3 }, { 9, 4 }, { 10, 5 }, { 12, 7 }, { 14, 7 }, { 50, 4 }, { 51, 4 }, { 100, 10 }, { 101, 7 }, { 104, 28 },
    { 105, 20 }, { 106, 11 }, { 107, 26 }, { 108, 15 }, { 113, 25 }, { 119, 21 }, { 123, 13 }, { 127, 23 }, { 129, 9 }, { 137, 67 },
    { 147, 45 }, { 148, 46 }, { 149, 47 }, { 150, 48 }, { 163, 22 }, { 166, 4 }, { 178, 83 }, { 195, 104 }, { 228, 129 }, { 229, 130 }, { 239, 141 },
    { 253, 158 }, { 255, 160 }, { 258, 171 }, { 276, 210 },
};

static const FmName encapsulation_names[] = {
    { 1, 0, "Ethernet" }, { 2, 0, "Token Ring" }, { 3, 0, "SLIP" }, { 4, 0, "PPP" }, { 5, 0, "FDDI" }, { 7, 0, "Raw IP" }, { 8, 0, "ARCNET" },
    { 9, 0, "Linux ARCNET" }, { 10, 0, "RFC 1483 ATM" }, { 11, 0, "Linux ATM CLIP" }, { 13, 0, "ATM PDUs" },
    { 15, 0, "NULL/Loopback" }, { 20, 0, "IEEE 802.11 Wireless LAN" }, { 21, 0, "IEEE 802.11 plus Prism II monitor mode radio header" },
    { 22, 0, "IEEE 802.11 plus AVS radio header" },
    { 23, 0, "IEEE 802.11 plus radiotap radio header" }, { 25, 0, "Linux cooked-mode capture v1" }, { 26, 0, "Frame Relay" },
    { 28, 0, "Cisco HDLC" }, { 45, 0, "USER 0" }, { 46, 0, "USER 1" }, { 47, 0, "USER 2" }, { 48, 0, "USER 3" }, { 67, 0, "Juniper ATM1" },
    { 83, 0, "Juniper Ethernet" }, { 104, 0, "IEEE 802.15.4 Wireless PAN" }, { 129, 0, "Raw IPv4" }, { 130, 0, "Raw IPv6" }, { 141, 0, "NFLOG" },
    { 158, 0, "Linux Netlink" }, { 160, 0, "Bluetooth BR/EDR Baseband RF" }, { 171, 0, "Apple PKTAP" },
    { 210, 0, "Linux cooked-mode capture v2" }, { 0 },
};

static void length_line(FmText *out, uint64_t length)
{
    fm_text_printf(out, "Frame Length: %" G_GUINT64_FORMAT " bytes (%" G_GUINT64_FORMAT " bits)", length, length * 8);
}

static void captured_line(FmText *out, uint64_t length)
{
    fm_text_printf(out, "Capture Length: %" G_GUINT64_FORMAT " bytes (%" G_GUINT64_FORMAT " bits)", length, length * 8);
}

static const FmField fields[] = {
    [FRAME] = { "frame", "Frame", FM_PROTOCOL },
    [SECTION_NUMBER] = { "frame.section_number", "Section number", FM_UINT32, FM_DEC },
    [INTERFACE_ID] = { "frame.interface_id", "Interface id", FM_UINT32, FM_DEC },
    [INTERFACE_NAME] = { "frame.interface_name", "Interface name", FM_STRING },
    [INTERFACE_DESCRIPTION] = { "frame.interface_description", "Interface description", FM_STRING },
    [INTERFACE_QUEUE] = { "frame.interface_queue", "Interface queue", FM_UINT32, FM_DEC },
    [PACKET_ID] = { "frame.packet_id", "Packet id", FM_UINT64, FM_DEC },
    [PACKET_FLAGS] = { "frame.packet_flags", "Packet flags", FM_UINT32, FM_HEX },
    [FLAGS_DIRECTION] = { "frame.packet_flags_direction", "Direction", FM_UINT32, FM_HEX, 0x3, .names = directions },
    [FLAGS_RECEPTION] = { "frame.packet_flags_reception_type", "Reception type", FM_UINT32, FM_DEC, 0x1c, .names = receptions },
    [FLAGS_FCS_LENGTH] = { "frame.packet_flags_fcs_length", "FCS length", FM_UINT32, FM_DEC, 0x1e0 },
    [FLAGS_RESERVED] = { "frame.packet_flags_reserved", "Reserved", FM_UINT32, FM_DEC, 0xfe00 },
    [FLAGS_CRC] = { "frame.packet_flags_crc_error", "CRC error", FM_BOOL32, FM_BASE_NONE, 0x01000000, .yes = "Set", .no = "Not set" },
    [FLAGS_TOO_LONG] = { "frame.packet_flags_packet_too_error", "Packet too long error", FM_BOOL32, FM_BASE_NONE, 0x02000000, .yes = "Set", .no = "Not set" },
    [FLAGS_TOO_SHORT] = { "frame.packet_flags_packet_too_short_error", "Packet too short error", FM_BOOL32, FM_BASE_NONE, 0x04000000, .yes = "Set", .no = "Not set" },
    [FLAGS_GAP] = { "frame.packet_flags_wrong_inter_frame_gap_error", "Wrong interframe gap error", FM_BOOL32, FM_BASE_NONE, 0x08000000, .yes = "Set", .no = "Not set" },
    [FLAGS_UNALIGNED] = { "frame.packet_flags_unaligned_frame_error", "Unaligned frame error", FM_BOOL32, FM_BASE_NONE, 0x10000000, .yes = "Set", .no = "Not set" },
    [FLAGS_DELIMITER] = { "frame.packet_flags_start_frame_delimiter_error", "Start frame delimiter error", FM_BOOL32, FM_BASE_NONE, 0x20000000, .yes = "Set", .no = "Not set" },
    [FLAGS_PREAMBLE] = { "frame.packet_flags_preamble_error", "Preamble error", FM_BOOL32, FM_BASE_NONE, 0x40000000, .yes = "Set", .no = "Not set" },
    [FLAGS_SYMBOL] = { "frame.packet_flags_symbol_error", "Symbol error", FM_BOOL32, FM_BASE_NONE, 0x80000000, .yes = "Set", .no = "Not set" },
    [ENCAP_TYPE] = { "frame.encap_type", "Encapsulation type", FM_INT16, FM_DEC, .names = encapsulation_names },
    [TIME] = { "frame.time", "Arrival Time", FM_ABSOLUTE_TIME, FM_LOCAL },
    [OFFSET_SHIFT] = { "frame.offset_shift", "Time shift for this packet", FM_RELATIVE_TIME, .generated = true },
    [TIME_EPOCH] = { "frame.time_epoch", "Epoch Time", FM_RELATIVE_TIME },
    [TIME_DELTA] = { "frame.time_delta", "Time delta from previous captured frame", FM_RELATIVE_TIME, .generated = true },
    [TIME_DELTA_DISPLAYED] = { "frame.time_delta_displayed", "Time delta from previous displayed frame", FM_RELATIVE_TIME, .generated = true },
    [TIME_RELATIVE] = { "frame.time_relative", "Time since reference or first frame", FM_RELATIVE_TIME, .generated = true },
    [NUMBER] = { "frame.number", "Frame Number", FM_UINT32, FM_DEC },
    [LEN] = { "frame.len", "Frame length on the wire", FM_UINT32, FM_DEC, .line = length_line },
    [CAP_LEN] = { "frame.cap_len", "Frame length stored into the capture file", FM_UINT32, FM_DEC, .line = captured_line },
    [MARKED] = { "frame.marked", "Frame is marked", FM_BOOL8, FM_BASE_NONE, .generated = true },
    [IGNORED] = { "frame.ignored", "Frame is ignored", FM_BOOL8, FM_BASE_NONE, .generated = true },
    [PROTOCOLS] = { "frame.protocols", "Protocols in frame", FM_STRING, .generated = true },
    [COMMENT] = { "frame.comment", "Comment", FM_STRING },
    [COMMENT_EXPERT] = { "frame.comment.expert", "Formatted comment", FM_EXPERT, .severity = FM_COMMENT, .group = FM_GROUP_COMMENTS },
    [P2P_DIR] = { "frame.p2p_dir", "Point-to-Point Direction", FM_INT8, FM_DEC, .names = p2p_directions },
};

typedef struct FrameMemo { /* what a replay can't see */
    FmTime previous, previous_displayed;
} FrameMemo;

static uint32_t encapsulation(uint32_t link_type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(encapsulations); i++)
        if (encapsulations[i].link_type == link_type)
            return encapsulations[i].encapsulation;
    return 0;
}

static bool anything_wanted(const FmDissection *d)
{
    return d->want[0] != 0;
}

/* Values of the capture, not of the wire: they have no place, yet are not shown as made. */
static void put(FmDissection *d, unsigned field, uint64_t value)
{
    if (fm_wanted(d, field))
        fm_record(d, field, 0, 0, 0, 0, value);
}

static void put_text(FmDissection *d, unsigned field, const char *text)
{
    if (text && fm_wanted(d, field))
        fm_record_blob(d, field, 0, 0, 0, 0, text, strlen(text));
}

static void put_interface(FmDissection *d, const FmFrame *f)
{
    if (!f->section)
        return;
    put(d, SECTION_NUMBER, f->section);
    if (!f->interface)
        return;
    const char *name = f->interface->name, *description = f->interface->description;
    put(d, INTERFACE_ID, f->interface->number);
    fm_label(d, INTERFACE_ID, "Interface id: %u (%s)", f->interface->number, name ? name : description ? description : "unknown");
    fm_down(d);
    put_text(d, INTERFACE_NAME, name ? name : "unknown");
    put_text(d, INTERFACE_DESCRIPTION, description);
    if (f->has_queue)
        put(d, INTERFACE_QUEUE, f->queue);
    fm_up(d);
    if (f->has_packet_id)
        put(d, PACKET_ID, f->packet_id);
}

static void put_flags(FmDissection *d, const FmFrame *f)
{
    if (!f->has_flags)
        return;
    put(d, PACKET_FLAGS, f->flags);
    fm_down(d);
    for (unsigned i = FLAGS_DIRECTION; i <= FLAGS_SYMBOL; i++)
        put(d, i, (f->flags & fields[i].mask) >> __builtin_ctzll(fields[i].mask));
    fm_up(d);
    uint32_t direction = f->flags & 3;
    if (direction == 1 || direction == 2)
        put(d, P2P_DIR, direction == 1);
}

static uint64_t since(FmTime from, FmTime to)
{
    return (uint64_t)(from == FM_TIME_NONE || to == FM_TIME_NONE ? 0 : to - from);
}

/* All of row FRAME_PROTOCOLS but its text, which is known when everything else is dissected. Returns 1 + its node. */
static uint32_t put_fields(FmDissection *d, const FmFrame *f)
{
    const FmPacket *p = d->packet;
    if (!anything_wanted(d) && !d->keeping && !fm_replaying(d))
        return 0;
    FrameMemo *memo = fm_memo(d);
    if (!fm_replaying(d))
        *memo = (FrameMemo){ p->previous_time, p->previous_displayed_time };
    FmTime displayed = p->previous_displayed_time != FM_TIME_NONE ? p->previous_displayed_time : memo->previous_displayed;
    if (!anything_wanted(d))
        return 0;
    put_interface(d, f);
    put_flags(d, f);
    put(d, ENCAP_TYPE, encapsulation(f->link_type));
    if (f->time != FM_TIME_NONE) {
        put(d, TIME, (uint64_t)f->time);
        fm_make(d, OFFSET_SHIFT, 0);
        put(d, TIME_EPOCH, (uint64_t)f->time);
        fm_make(d, TIME_DELTA, since(memo->previous, f->time));
        fm_make(d, TIME_DELTA_DISPLAYED, since(displayed, f->time));
        fm_make(d, TIME_RELATIVE, since(p->first_time, f->time));
    }
    put(d, NUMBER, f->number);
    put(d, LEN, f->length);
    put(d, CAP_LEN, f->captured);
    fm_make(d, MARKED, 0);
    fm_make(d, IGNORED, 0);
    if (!fm_wanted(d, PROTOCOLS))
        return 0;
    uint32_t before = d->packet->node_count;
    fm_make_text(d, PROTOCOLS, "");
    return d->packet->node_count > before ? before + 1 : 0;
}

static void fill_protocols(FmDissection *d, uint32_t node)
{
    const FmPacket *p = d->packet;
    size_t size = 0;
    for (uint32_t i = 1; i < p->layer_count; i++)
        size += strlen(p->layers[i]) + 1;
    FmBlob *blob = fm_arena_alloc(d->arena, sizeof(FmBlob) + size + 1);
    char *at = (char *)blob->bytes;
    for (uint32_t i = 1; i < p->layer_count; i++) { /* the first layer is the frame */
        size_t n = strlen(p->layers[i]);
        memcpy(at, p->layers[i], n);
        at += n;
        *at++ = ':';
    }
    blob->size = size ? (uint32_t)size - 1 : 0;
    blob->bytes[blob->size] = 0;
    p->nodes[node - 1].value = (uintptr_t)blob;
}

static void put_title(FmDissection *d, const FmFrame *f)
{
    fm_title(d, "Frame %llu: %u byte%s on wire (%llu bits), %u byte%s captured (%llu bits)", (unsigned long long)f->number, f->length,
             f->length == 1 ? "" : "s", (unsigned long long)f->length * 8, f->captured, f->captured == 1 ? "" : "s",
             (unsigned long long)f->captured * 8);
    if (!f->section || !f->interface)
        return;
    fm_title_more(d, " on interface %s, id %u", f->interface->name ? f->interface->name : "unknown", f->interface->number);
    if (f->has_flags && (f->flags & 3))
        fm_title_more(d, ", %s", fm_name(directions, f->flags & 3));
}

static void frame_dissect(FmDissection *d, FmCursor *c)
{
    const FmFrame *f = d->packet->frame;
    if (anything_wanted(d))
        put_title(d, f);
    uint32_t protocols = put_fields(d, f);
    if (!fm_try(d, FM_LINK_TYPE, f->link_type, c))
        fm_data(d, c);
    if (protocols)
        fill_protocols(d, protocols);
}

const FmProtocol fm_frame = {
    .abbrev = "frame",
    .title = "Frame",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_CONTENT, FM_CONTENT_FRAME }),
    .dissect = frame_dissect,
    .memo_size = sizeof(FrameMemo),
    .memo_final = true,
};

enum { PKT_COMMENT };

static const FmField comment_fields[] = {
    [PKT_COMMENT] = { "pkt_comment", "Packet comments", FM_PROTOCOL },
};

/* The comments come before their frame, which is the first of its layers all the same. */
static void comments_dissect(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_frame);
    for (const char *const *comment = d->packet->frame->comments; *comment; comment++) {
        put_text(d, COMMENT, *comment);
        fm_label(d, COMMENT, "%s", *comment);
        fm_expert_text(d, COMMENT_EXPERT, "%s", *comment);
    }
    fm_unuse(d, before);
    fm_length(d, 0);
    d->packet->layer_count--;
    fm_try(d, FM_CONTENT, FM_CONTENT_FRAME, c);
}

const FmProtocol fm_packet_comments = {
    .abbrev = "pkt_comment",
    .title = "Packet comments",
    .fields = comment_fields,
    .field_count = G_N_ELEMENTS(comment_fields),
    FM_BINDINGS({ FM_CONTENT, FM_CONTENT_COMMENTS }),
    .dissect = comments_dissect,
};
