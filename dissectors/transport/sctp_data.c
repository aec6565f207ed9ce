/* Chunks of data: DATA (RFC 9260 §3.3.1) and I-DATA (RFC 8260), put together to messages. */
#include "config.h"

#include "dissectors/realtime/data_channel.h"
#include "dissectors/transport/sctp.h"

#include <string.h>

enum {
    FLAG_E, FLAG_B, FLAG_U, FLAG_I, TSN, TSN_RAW, STREAM, SEQUENCE, PPID, RESERVED, MESSAGE, FSN,
    FRAGMENTS, FRAGMENT, REASSEMBLED_IN, RETRANSMISSION, RETRANSMISSION_TIME, RETRANSMITTED, RETRANSMITTED_COUNT, RETRANSMITTED_AFTER_ACK,
    ACKED, RTT, RETRANSMISSION_EXPERT, AFTER_ACK_EXPERT, MORE_THAN_TWICE,
};

static const FmName ppids[] = { /* registry of IANA: SCTP Payload Protocol Identifiers */
    { 0, 0, "not specified" }, { 1, 0, "IUA" }, { 2, 0, "M2UA" }, { 3, 0, "M3UA" }, { 4, 0, "SUA" }, { 5, 0, "M2PA" }, { 6, 0, "V5UA" },
    { 7, 0, "H.248/MEGACO" }, { 8, 0, "BICC/Q.2150.3" }, { 9, 0, "TALI" }, { 10, 0, "DUA" }, { 11, 0, "ASAP" }, { 12, 0, "ENRP" },
    { 13, 0, "H.323" }, { 14, 0, "Q.IPC/Q.2150.3" }, { 15, 0, "SIMCO" }, { 16, 0, "DDP Segment Chunk" },
    { 17, 0, "DDP Stream Session Control" }, { 18, 0, "S1 Application Protocol (S1AP)" }, { 19, 0, "RUA" }, { 20, 0, "HNBAP" },
    { 21, 0, "ForCES-HP" }, { 22, 0, "ForCES-MP" }, { 23, 0, "ForCES-LP" }, { 24, 0, "SBc-AP" }, { 25, 0, "NBAP" }, { 26, 0, "Unassigned" },
    { 27, 0, "X2AP" }, { 28, 0, "IRCP" }, { 29, 0, "LCS-AP" }, { 30, 0, "MPICH2" }, { 31, 0, "SABP" }, { 32, 0, "Fractal Generator Protocol" },
    { 33, 0, "Ping Pong Protocol" }, { 34, 0, "CalcApp Protocol" }, { 35, 0, "Scripting Service Protocol" }, { 36, 0, "NetPerfMeter Control" },
    { 37, 0, "NetPerfMeter Data" }, { 38, 0, "Echo" }, { 39, 0, "Discard" }, { 40, 0, "Daytime" }, { 41, 0, "Character Generator" },
    { 42, 0, "3GPP RNA" }, { 43, 0, "3GPP M2AP" }, { 44, 0, "3GPP M3AP" }, { 45, 0, "SSH" }, { 46, 0, "DIAMETER" },
    { 47, 0, "DIAMETER over DTLS" }, { 48, 0, "R14P" }, { 49, 0, "Generic Data Transfer Protocol (GDT)" }, { 50, 0, "WebRTC Control" },
    { 51, 0, "WebRTC String" }, { 52, 0, "WebRTC Binary Partial (Deprecated)" }, { 53, 0, "WebRTC Binary" },
    { 54, 0, "WebRTC String Partial (Deprecated)" }, { 55, 0, "3GPP PUA" }, { 56, 0, "WebRTC String Empty" }, { 57, 0, "WebRTC Binary Empty" },
    { 58, 0, "XwAP" }, { 59, 0, "Xw - Control Plane" }, { 60, 0, "NGAP" }, { 61, 0, "XnAP" }, { 62, 0, "F1 AP" },
    { 65, 0, "ELE2 Lawful Interception" }, { 66, 0, "NGAP over DTLS" }, { 67, 0, "XnAP over DTLS" }, { 68, 0, "F1AP over DTLS" },
    { 69, 0, "E1AP over DTLS" }, { 70, 0, "E2-CP" }, { 71, 0, "E2-UP" }, { 72, 0, "E2-DU" }, { 73, 0, "W1AP" }, { 0 },
};

static const FmField fields[] = {
    [FLAG_E] = { "sctp.data_e_bit", "E-Bit", FM_BOOL8, FM_BASE_NONE, 0x01, .yes = "Last segment", .no = "Not the last segment" },
    [FLAG_B] = { "sctp.data_b_bit", "B-Bit", FM_BOOL8, FM_BASE_NONE, 0x02, .yes = "First segment", .no = "Subsequent segment" },
    [FLAG_U] = { "sctp.data_u_bit", "U-Bit", FM_BOOL8, FM_BASE_NONE, 0x04, .yes = "Unordered delivery", .no = "Ordered delivery" },
    [FLAG_I] = { "sctp.data_i_bit", "I-Bit", FM_BOOL8, FM_BASE_NONE, 0x08, .yes = "Send SACK immediately", .no = "Possibly delay SACK" },
    [TSN] = { "sctp.data_tsn", "Transmission sequence number (relative)", FM_UINT32, FM_DEC },
    [TSN_RAW] = { "sctp.data_tsn_raw", "Transmission sequence number (absolute)", FM_UINT32, FM_DEC },
    [STREAM] = { "sctp.data_sid", "Stream identifier", FM_UINT16, FM_HEX },
    [SEQUENCE] = { "sctp.data_ssn", "Stream sequence number", FM_UINT16, FM_DEC },
    [PPID] = { "sctp.data_payload_proto_id", "Payload protocol identifier", FM_UINT32, FM_DEC, .names = ppids },
    [RESERVED] = { "sctp.data_reserved", "Reserved", FM_UINT16, FM_DEC },
    [MESSAGE] = { "sctp.data_mid", "Message identifier", FM_UINT32, FM_DEC },
    [FSN] = { "sctp.data_fsn", "Fragment sequence number", FM_UINT32, FM_DEC },
    [FRAGMENTS] = { "sctp.fragments", "Reassembled SCTP Fragments", FM_NONE },
    [FRAGMENT] = { "sctp.fragment", "SCTP Fragment", FM_FRAMENUM },
    [REASSEMBLED_IN] = { "sctp.reassembled_in", "Reassembled Message in frame", FM_FRAMENUM },
    [RETRANSMISSION] = { "sctp.retransmission", "This TSN is a retransmission of one in frame", FM_FRAMENUM, .generated = true },
    [RETRANSMISSION_TIME] = { "sctp.retransmission_time", "Retransmitted after", FM_RELATIVE_TIME, .generated = true },
    [RETRANSMITTED] = { "sctp.retransmitted", "This TSN is retransmitted in frame", FM_FRAMENUM, .generated = true },
    [RETRANSMITTED_COUNT] = { "sctp.retransmitted_count", "TSN was retransmitted this many times", FM_UINT32, FM_DEC, .generated = true },
    [RETRANSMITTED_AFTER_ACK] = { "sctp.retransmitted_after_ack", "Chunk was acked prior to retransmission", FM_FRAMENUM, .generated = true },
    [ACKED] = { "sctp.acked", "This chunk is acked in frame", FM_FRAMENUM, .generated = true },
    [RTT] = { "sctp.data_rtt", "The RTT to SACK was", FM_RELATIVE_TIME, .generated = true },
    [RETRANSMISSION_EXPERT] = { "sctp.retransmission.expert", "Retransmitted TSN", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_SEQUENCE },
    [AFTER_ACK_EXPERT] = { "sctp.retransmitted_after_ack.expert", "This TSN was acked prior to this retransmission (reneged ack?).", FM_EXPERT,
                           .severity = FM_WARN, .group = FM_GROUP_SEQUENCE },
    [MORE_THAN_TWICE] = { "sctp.retransmission.more_than_twice", "This TSN was retransmitted more than 2 times.", FM_EXPERT, .severity = FM_WARN,
                          .group = FM_GROUP_SEQUENCE },
};

enum { E_BIT = 1, B_BIT = 2, U_BIT = 4 };
enum { DATA_SIZE = 12, I_DATA_SIZE = 16, CHUNK_HEADER = 4, MAX_RETRANSMISSIONS = 100 };

typedef struct Again { /* a later transmission of the same chunk */
    struct Again *next;
    uint32_t frame;
    FmTime after;
} Again;

struct SctpMessageMemo {
    uint32_t relative;     /* its number from the first one on */
    bool counted;          /* relative is known */
    uint32_t first_frame;  /* that had this TSN before; 0: none */
    FmTime since;
    uint32_t acked;        /* frame, before this one or (hindsight) after it */
    FmTime rtt;
    bool acked_before;
    uint32_t again_count;  /* hindsight */
    Again *again, *again_last;
    uint32_t whole_in;     /* hindsight: frame that completes the message */
    const FmFragments *fragments; /* of the message that this chunk completes */
    uint64_t ppid;         /* its payload's */
    uint16_t next;         /* protocol of the payload, where ports decide */
    ChannelMemo channel;   /* of a message on a data channel */
};

typedef struct SctpPart { /* a fragment that waits */
    struct SctpPart *next; /* of the same message, by number; of another one behind */
    uint32_t message;      /* SSN or MID; 0: unordered DATA */
    uint32_t number;       /* TSN or FSN */
    uint32_t ppid;         /* of the first of an I-DATA message */
    uint16_t stream;
    uint8_t flags;
    bool interleaved;
    FmPiece piece;
    SctpMessageMemo *memo; /* NULL unless memos live on */
    uint8_t bytes[];
} SctpPart;

/* ---- fragments ---- */

static void drop_part(SctpHalf *half, SctpPart **at)
{
    SctpPart *part = *at;
    *at = part->next;
    half->part_count--;
    half->part_bytes -= part->piece.length;
    g_free(part);
}

void sctp_free_parts(SctpHalf *half)
{
    while (half->parts)
        drop_part(half, &half->parts);
}

static bool same_message(const SctpPart *a, const SctpPart *b)
{
    return a->stream == b->stream && a->message == b->message && a->interleaved == b->interleaved && (a->flags & U_BIT) == (b->flags & U_BIT);
}

/* Puts a fragment to those of its message, by number. False if it is there already. */
static bool insert_part(SctpHalf *half, SctpPart *part)
{
    SctpPart **at = &half->parts;
    while (*at && !same_message(*at, part))
        at = &(*at)->next;
    while (*at && same_message(*at, part) && (int32_t)(part->number - (*at)->number) > 0)
        at = &(*at)->next;
    if (*at && same_message(*at, part) && (*at)->number == part->number)
        return false;
    part->next = *at;
    *at = part;
    half->part_count++;
    half->part_bytes += part->piece.length;
    return true;
}

/* The first of the fragments that make a whole message with `part`, and how many they are; NULL if some are missing. */
static SctpPart **whole_run(SctpHalf *half, const SctpPart *part, uint32_t *count)
{
    SctpPart **first = NULL;
    uint32_t n = 0, before = 0;
    bool passed = false;
    SctpPart **at = &half->parts;
    while (*at && !same_message(*at, part))
        at = &(*at)->next;
    for (; *at && same_message(*at, part); at = &(*at)->next) {
        bool follows = first && (*at)->number == before + 1;
        if ((*at)->flags & B_BIT) {
            first = at;
            n = 0;
        } else if (!follows) {
            first = NULL;
        }
        if (first) {
            n++;
            before = (*at)->number;
        }
        passed |= *at == part;
        if (passed && !first)
            return NULL;
        if (passed && (*at)->flags & E_BIT) {
            *count = n;
            return first;
        }
        if ((*at)->flags & E_BIT)
            first = NULL;
    }
    return NULL;
}

/* Takes a whole message out of those that wait. */
static FmCursor take_message(FmDissection *d, SctpHalf *half, SctpPart **first, uint32_t count, SctpMessageMemo *memo)
{
    FmArena *arena = fm_memo_arena(d);
    FmPiece *pieces = fm_arena_alloc(arena, count * sizeof *pieces);
    uint32_t *offsets = fm_arena_alloc(arena, count * sizeof *offsets);
    FmFragments *fragments = fm_arena_alloc0(arena, sizeof *fragments);
    const SctpPart *p = *first;
    for (uint32_t i = 0; i < count; i++, p = p->next)
        fragments->length += p->piece.length;
    uint8_t *bytes = fm_arena_alloc(d->arena, MAX(fragments->length, 1));
    uint32_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        SctpPart *part = *first;
        pieces[i] = part->piece;
        offsets[i] = at;
        memcpy(bytes + at, part->bytes, part->piece.length);
        at += part->piece.length;
        if (part->memo && part->memo != memo)
            part->memo->whole_in = fm_frame_number(d);
        drop_part(half, first);
    }
    fragments->pieces = pieces;
    fragments->offsets = offsets;
    fragments->count = count;
    fragments->reassembled_in = fm_frame_number(d);
    memo->fragments = fragments;
    return fm_buffer(d, (FmSlice){ bytes, fragments->length }, "Reassembled SCTP Message");
}

/* First visits: true if the message is whole with this fragment, which `whole` covers then. */
static bool reassemble(FmDissection *d, SctpHalf *half, const SctpPart *model, const FmCursor *c, SctpMessageMemo *memo, uint64_t *ppid,
                       FmCursor *whole)
{
    size_t size = fm_left(c);
    if (c->lost)
        return false;
    while (half->parts && (half->part_count >= FM_MAX_HELD_PIECES || half->part_bytes + size > FM_MAX_HELD))
        drop_part(half, &half->parts);
    SctpPart *part = g_malloc(sizeof *part + size);
    *part = *model;
    part->piece = (FmPiece){ fm_frame_number(d), fm_offset(c), (uint32_t)size, c->buffer };
    part->memo = d->keeping ? memo : NULL;
    memcpy(part->bytes, c->at, size);
    if (!insert_part(half, part)) {
        g_free(part);
        return false;
    }
    uint32_t count = 0;
    SctpPart **first = whole_run(half, part, &count);
    if (!first)
        return false;
    if (model->interleaved)
        *ppid = (*first)->ppid;
    *whole = take_message(d, half, first, count, memo);
    return true;
}

static void put_fragments(FmDissection *d, const FmFragments *f, const FmCursor *whole)
{
    FmSubtree tree = fm_open(d, FRAGMENTS, whole);
    fm_subtree_label(d, tree, "Reassembled SCTP Fragments (%u bytes, %u fragments): ", f->length, f->count);
    FmCursor end = *whole;
    for (uint32_t i = 0; i < f->count; i++) {
        uint32_t size = f->pieces[i].length;
        fm_add_value(d, FRAGMENT, &end, size, f->pieces[i].packet);
        fm_label(d, FRAGMENT, "Frame: %u, payload: %u-%u (%u bytes)", f->pieces[i].packet, f->offsets[i], f->offsets[i] + (size ? size - 1 : 0), size);
        fm_skip(&end, MIN(size, fm_left(&end)));
    }
    fm_close(d, tree, &end);
}

/* ---- numbers ---- */

static void note_again(FmDissection *d, SctpTsn *t)
{
    SctpMessageMemo *first = t->memo;
    if (t->repeated < UINT16_MAX)
        t->repeated++;
    if (!first)
        return;
    first->again_count = t->repeated;
    if (t->repeated > MAX_RETRANSMISSIONS)
        return;
    Again *again = fm_arena_alloc0(fm_memo_arena(d), sizeof *again);
    again->frame = fm_frame_number(d);
    again->after = fm_frame_time(d) - t->time;
    if (first->again_last)
        first->again_last->next = again;
    else
        first->again = again;
    first->again_last = again;
}

static void count(FmDissection *d, const SctpPacket *packet, uint32_t tsn, SctpMessageMemo *memo)
{
    SctpHalf *half = packet->half;
    if (!half)
        return;
    SctpTsn *t = sctp_sent(d, half, tsn);
    memo->counted = true;
    memo->relative = tsn - half->first;
    if (t->frame == fm_frame_number(d)) {
        if (!t->memo && d->keeping)
            t->memo = memo;
        return;
    }
    memo->first_frame = t->frame;
    memo->since = fm_frame_time(d) - t->time;
    memo->acked = t->acked;
    memo->rtt = t->acked_time - t->time;
    memo->acked_before = t->acked && t->acked < fm_frame_number(d);
    note_again(d, t);
}

static void put_retransmission(FmDissection *d, const SctpPacket *packet, const SctpMessageMemo *memo)
{
    fm_make(d, RETRANSMISSION, memo->first_frame);
    fm_expert(d, RETRANSMISSION_EXPERT);
    fm_down(d);
    fm_make(d, RETRANSMISSION_TIME, (uint64_t)memo->since);
    if (memo->acked_before && !packet->relative) {
        fm_make(d, RETRANSMITTED_AFTER_ACK, memo->acked);
        fm_label(d, RETRANSMITTED_AFTER_ACK, "[This TSN was acked (in frame %u) prior to this retransmission (reneged ack?)]", memo->acked);
        fm_expert(d, AFTER_ACK_EXPERT);
    }
    fm_up(d);
}

/* What later packets told of this chunk. */
static void put_repetitions(FmDissection *d, const SctpMessageMemo *memo)
{
    uint32_t n = memo->again_count;
    fm_make(d, RETRANSMITTED_COUNT, n);
    fm_label(d, RETRANSMITTED_COUNT, "[This TSN was retransmitted %u time%s%s]", n, n == 1 ? "" : "s",
             n > MAX_RETRANSMISSIONS ? " (only 100 displayed)" : "");
    if (n > 2)
        fm_expert(d, MORE_THAN_TWICE);
    fm_down(d);
    for (const Again *a = memo->again; a; a = a->next) {
        fm_make(d, RETRANSMITTED, a->frame);
        if (d->want_labels) {
            g_auto(FmText) after = { 0 };
            fm_text_seconds(&after, a->after, 9);
            fm_label(d, RETRANSMITTED, "[This TSN was retransmitted in frame %u (%s seconds after this frame)]", a->frame, fm_text_string(&after));
        }
    }
    fm_up(d);
}

static void put_tsn(FmDissection *d, const SctpPacket *packet, const SctpMessageMemo *memo, FmCursor *c)
{
    bool relative = packet->relative && memo->counted;
    if (relative && fm_has(c, 4))
        fm_add_value(d, TSN, c, 4, memo->relative);
    else
        fm_add_bits(d, TSN_RAW, c);
    fm_down(d);
    if (memo->first_frame)
        put_retransmission(d, packet, memo);
    else if (memo->again_count)
        put_repetitions(d, memo);
    if (memo->acked && !packet->relative) {
        fm_make(d, ACKED, memo->acked);
        fm_down(d);
        fm_make(d, RTT, (uint64_t)memo->rtt);
        fm_up(d);
    }
    fm_up(d);
    if (relative)
        fm_add_bits(d, TSN_RAW, c);
    fm_skip(c, 4);
}

/* ---- the chunk ---- */

static void label_chunk(FmDissection *d, FmSubtree chunk, unsigned flags, unsigned tsn, uint64_t size, const char *rest)
{
    fm_subtree_label_more(d, chunk, " (%sordered, %s segment, TSN: %u, %s, payload length: %u byte%s)", flags & U_BIT ? "un" : "",
                          flags & B_BIT ? flags & E_BIT ? "complete" : "first" : flags & E_BIT ? "last" : "middle", tsn, rest, (unsigned)size,
                          size == 1 ? "" : "s");
}

static void label_data(FmDissection *d, FmSubtree chunk, unsigned flags, unsigned tsn, const SctpPart *part, uint64_t ppid, uint64_t size)
{
    char rest[80];
    if (!d->want_labels)
        return;
    if (!part->interleaved)
        g_snprintf(rest, sizeof rest, "SID: %u, SSN: %u, PPID: %u", part->stream, part->message, (unsigned)ppid);
    else if (flags & B_BIT)
        g_snprintf(rest, sizeof rest, "SID: %u, MID: %u", part->stream, part->message);
    else
        g_snprintf(rest, sizeof rest, "SID: %u, MID: %u, FSN: %u", part->stream, part->message, part->number);
    label_chunk(d, chunk, flags, tsn, size, rest);
}

void sctp_put_data(FmDissection *d, SctpPacket *packet, FmSubtree chunk, bool interleaved, unsigned flags, uint64_t length, FmCursor *c,
                   SctpPayload *payload)
{
    FmTableUse before = fm_use(d, &fm_sctp_data);
    SctpMessageMemo *memo = fm_memo(d);
    uint32_t tsn = (uint32_t)fm_peek(c, 0, 4);
    size_t header = interleaved ? I_DATA_SIZE : DATA_SIZE;
    payload->ends_tree = true;
    if (length < CHUNK_HEADER + header) {
        fm_subtree_label_more(d, chunk, ", bogus chunk length %u < %u)", (unsigned)length, (unsigned)(CHUNK_HEADER + header));
        fm_unuse(d, before);
        return;
    }
    if (!fm_replaying(d) && fm_has(c, header))
        count(d, packet, tsn, memo);
    uint32_t shown = packet->relative && memo->counted ? memo->relative : tsn;
    fm_info_more(d, "(TSN=%u) ", shown);
    put_tsn(d, packet, memo, c);
    SctpPart part = { .number = tsn, .flags = (uint8_t)flags, .interleaved = interleaved };
    part.stream = (uint16_t)fm_add(d, STREAM, c);
    uint64_t ppid = 0;
    if (interleaved) {
        fm_add(d, RESERVED, c);
        part.message = (uint32_t)fm_add(d, MESSAGE, c);
        if (flags & B_BIT)
            part.ppid = (uint32_t)(ppid = fm_add(d, PPID, c));
        part.number = flags & B_BIT ? 0 : (uint32_t)fm_add(d, FSN, c);
    } else {
        part.message = (uint32_t)fm_add(d, SEQUENCE, c);
        ppid = fm_add(d, PPID, c);
    }
    FmCursor bytes = fm_take(c, length - CHUNK_HEADER - header);
    label_data(d, chunk, flags, shown, &part, ppid, length - CHUNK_HEADER - header);
    if (!interleaved && flags & U_BIT)
        part.message = 0;
    payload->memo = memo;
    payload->stream = part.stream;
    bool again = memo->first_frame != 0, complete = (flags & (B_BIT | E_BIT)) == (B_BIT | E_BIT);
    if (again) {
        fm_info_more(d, "(retransmission) ");
        payload->ends_tree = false;
    } else if (complete || !packet->reassembles) {
        payload->hand_on = complete || flags & B_BIT;
        payload->ends_tree = payload->hand_on;
    } else {
        bool whole = false;
        if (fm_replaying(d) && memo->fragments) {
            bytes = fm_gather(d, memo->fragments->pieces, memo->fragments->count, "Reassembled SCTP Message");
            ppid = memo->ppid;
            whole = true;
        } else if (packet->half && fm_ok(d)) {
            whole = reassemble(d, packet->half, &part, &bytes, memo, &ppid, &bytes);
            memo->ppid = ppid;
        }
        if (memo->whole_in)
            fm_add_value(d, REASSEMBLED_IN, c, 0, memo->whole_in);
        if (whole)
            put_fragments(d, memo->fragments, &bytes);
        else
            fm_info_more(d, "(Message Fragment) ");
        payload->hand_on = whole;
    }
    payload->bytes = bytes;
    payload->ppid = ppid;
    if (payload->hand_on && data_channel_carries(ppid) && !packet->quoted)
        data_channel_message(d, ppid, payload->stream, &bytes, &memo->channel);
    fm_unuse(d, before);
}

void sctp_hand_on(FmDissection *d, const SctpPacket *packet, SctpPayload *payload)
{
    payload->bytes.trouble = d->trouble;
    if (!payload->hand_on || !fm_left_on_wire(&payload->bytes))
        return;
    SctpStream stream = { payload->stream };
    void *context = d->context;
    d->context = &stream;
    if (!packet->passes_on)
        fm_data(d, &payload->bytes);
    else if (payload->memo->channel.protocol)
        fm_call_number(d, payload->memo->channel.protocol, &payload->bytes);
    else if (!fm_try(d, FM_SCTP_PPI, payload->ppid, &payload->bytes))
        fm_next_datagram(d, FM_SCTP_PORT, packet->source_port, packet->destination_port, &payload->memo->next, &payload->bytes);
    d->context = context;
}

void sctp_data_flags(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_sctp_data);
    for (unsigned row = FLAG_I + 1; row-- > FLAG_E;)
        fm_add_number(d, &fields[row], row, c, false);
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_sctp_data = {
    .abbrev = "sctp",
    .title = "SCTP data",
    FM_FIELDS(fields),
    .dissect = nothing,
    .memo_size = sizeof(SctpMessageMemo),
    .part = true,
};
