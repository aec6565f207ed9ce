/* Acknowledgments: SACK (RFC 9260 §3.3.4) and NR-SACK (draft-natarajan-tsvwg-sctp-nrsack). */
#include "config.h"

#include "dissectors/transport/sctp.h"

enum {
    NONCE, CUMULATIVE, CUMULATIVE_RAW, WINDOW, GAPS, DOUBLES, START, START_TSN, END, END_TSN, GAP_ACKED, DOUBLE,
    NR_NONCE, NR_CUMULATIVE, NR_WINDOW, NR_GAPS, NR_NR_GAPS, NR_DOUBLES, NR_RESERVED, NR_START, NR_START_TSN, NR_END, NR_END_TSN, NR_GAP_ACKED,
    NRN_START, NRN_START_TSN, NRN_END, NRN_END_TSN, NRN_GAP_ACKED, NR_DOUBLE,
    ACK, ACK_FRAME, ACK_RTT, RTT, ZERO_WINDOW, BLOCK_MALFORMED, BLOCK_ORDER, MANY, NR_MANY, NRN_MANY,
};

static const FmField fields[] = {
    [NONCE] = { "sctp.sack_nounce_sum", "Nounce sum", FM_UINT8, FM_DEC, 0x01 },
    [CUMULATIVE] = { "sctp.sack_cumulative_tsn_ack", "Cumulative TSN ACK (relative)", FM_UINT32, FM_DEC },
    [CUMULATIVE_RAW] = { "sctp.sack_cumulative_tsn_ack_raw", "Cumulative TSN ACK (absolute)", FM_UINT32, FM_DEC },
    [WINDOW] = { "sctp.sack_a_rwnd", "Advertised receiver window credit (a_rwnd)", FM_UINT32, FM_DEC },
    [GAPS] = { "sctp.sack_number_of_gap_blocks", "Number of gap acknowledgement blocks", FM_UINT16, FM_DEC },
    [DOUBLES] = { "sctp.sack_number_of_duplicated_tsns", "Number of duplicated TSNs", FM_UINT16, FM_DEC },
    [START] = { "sctp.sack_gap_block_start", "Start", FM_UINT16, FM_DEC },
    [START_TSN] = { "sctp.sack_gap_block_start_tsn", "Start TSN", FM_UINT32, FM_DEC, .generated = true },
    [END] = { "sctp.sack_gap_block_end", "End", FM_UINT16, FM_DEC },
    [END_TSN] = { "sctp.sack_gap_block_end_tsn", "End TSN", FM_UINT32, FM_DEC, .generated = true },
    [GAP_ACKED] = { "sctp.sack_number_of_tsns_gap_acked", "Number of TSNs in gap acknowledgement blocks", FM_UINT32, FM_DEC, .generated = true },
    [DOUBLE] = { "sctp.sack_duplicate_tsn", "Duplicate TSN", FM_UINT32, FM_DEC },
    [NR_NONCE] = { "sctp.nr_sack_nounce_sum", "Nounce sum", FM_UINT8, FM_DEC, 0x01 },
    [NR_CUMULATIVE] = { "sctp.nr_sack_cumulative_tsn_ack", "Cumulative TSN ACK", FM_UINT32, FM_DEC },
    [NR_WINDOW] = { "sctp.nr_sack_a_rwnd", "Advertised receiver window credit (a_rwnd)", FM_UINT32, FM_DEC },
    [NR_GAPS] = { "sctp.nr_sack_number_of_gap_blocks", "Number of gap acknowledgement blocks", FM_UINT16, FM_DEC },
    [NR_NR_GAPS] = { "sctp.nr_sack_number_of_nr_gap_blocks", "Number of nr-gap acknowledgement blocks", FM_UINT16, FM_DEC },
    [NR_DOUBLES] = { "sctp.nr_sack_number_of_duplicated_tsns", "Number of duplicated TSNs", FM_UINT16, FM_DEC },
    [NR_RESERVED] = { "sctp.nr_sack_reserved", "Reserved", FM_UINT16, FM_HEX },
    [NR_START] = { "sctp.nr_sack_gap_block_start", "Start", FM_UINT16, FM_DEC },
    [NR_START_TSN] = { "sctp.nr_sack_gap_block_start_tsn", "Start TSN", FM_UINT32, FM_DEC, .generated = true },
    [NR_END] = { "sctp.nr_sack_gap_block_end", "End", FM_UINT16, FM_DEC },
    [NR_END_TSN] = { "sctp.nr_sack_gap_block_end_tsn", "End TSN", FM_UINT32, FM_DEC, .generated = true },
    [NR_GAP_ACKED] = { "sctp.nr_sack_number_of_tsns_gap_acked", "Number of TSNs in gap acknowledgement blocks", FM_UINT32, FM_DEC, .generated = true },
    [NRN_START] = { "sctp.nr_sack_nr_gap_block_start", "Start", FM_UINT16, FM_DEC },
    [NRN_START_TSN] = { "sctp.nr_sack_nr_gap_block_start_tsn", "Start TSN", FM_UINT32, FM_DEC, .generated = true },
    [NRN_END] = { "sctp.nr_sack_nr_gap_block_end", "End", FM_UINT16, FM_DEC },
    [NRN_END_TSN] = { "sctp.nr_sack_nr_gap_block_end_tsn", "End TSN", FM_UINT32, FM_DEC, .generated = true },
    [NRN_GAP_ACKED] = { "sctp.nr_sack_number_of_tsns_nr_gap_acked", "Number of TSNs in nr-gap acknowledgement blocks", FM_UINT32, FM_DEC,
                        .generated = true },
    [NR_DOUBLE] = { "sctp.nr_sack_duplicate_tsn", "Duplicate TSN", FM_UINT32, FM_DEC },
    [ACK] = { "sctp.ack", "Acknowledges TSN", FM_UINT32, FM_DEC, .generated = true },
    [ACK_FRAME] = { "sctp.ack_frame", "Acknowledges TSN in frame", FM_FRAMENUM, .generated = true },
    [ACK_RTT] = { "sctp.sack_rtt", "The RTT since DATA was", FM_RELATIVE_TIME, .generated = true },
    [RTT] = { "fathom.sctp.rtt", "Since the newest chunk that it acknowledges", FM_RELATIVE_TIME, .generated = true },
    [ZERO_WINDOW] = { "sctp.sack_a_rwnd.expert", "Zero Advertised Receiver Window Credit", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_SEQUENCE },
    [BLOCK_MALFORMED] = { "sctp.sack_gap_block_malformed", "Malformed gap block.", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_PROTOCOL },
    [BLOCK_ORDER] = { "sctp.sack_gap_block_out_of_order", "Gap blocks not in strict order.", FM_EXPERT, .severity = FM_WARN,
                      .group = FM_GROUP_PROTOCOL },
    [MANY] = { "sctp.sack_number_of_tsns_gap_acked.100", "More than 100 TSNs were gap-acknowledged in this SACK.", FM_EXPERT, .severity = FM_WARN,
               .group = FM_GROUP_SEQUENCE },
    [NR_MANY] = { "sctp.nr_sack_number_of_tsns_gap_acked.100", "More than 100 TSNs were gap-acknowledged in this NR-SACK.", FM_EXPERT,
                  .severity = FM_WARN, .group = FM_GROUP_SEQUENCE },
    [NRN_MANY] = { "sctp.nr_sack_number_of_tsns_nr_gap_acked.100", "More than 100 TSNs were nr-gap-acknowledged in this NR-SACK.", FM_EXPERT,
                   .severity = FM_WARN, .group = FM_GROUP_SEQUENCE },
};

enum { MANY_GAPS = 100, BUDGET = 8192 };

typedef struct SackMemo {
    uint32_t first;  /* TSN from which the peer's count; of a chunk that nobody sent 0 */
    bool has_peer;
    SctpAcks acks;
} SackMemo;

typedef struct Blocks { /* rows of one kind of gap block */
    const char *name;
    unsigned start, start_tsn, end, end_tsn, acked, many;
} Blocks;

static const Blocks gaps = { "Gap", START, START_TSN, END, END_TSN, GAP_ACKED, MANY },
                    nr_gaps = { "Gap", NR_START, NR_START_TSN, NR_END, NR_END_TSN, NR_GAP_ACKED, NR_MANY },
                    nrn_gaps = { "NR-Gap", NRN_START, NRN_START_TSN, NRN_END, NRN_END_TSN, NRN_GAP_ACKED, NRN_MANY };

static void put_acks(FmDissection *d, const SackMemo *memo)
{
    fm_down(d);
    for (uint32_t i = 0; i < memo->acks.count; i++) {
        const SctpAcked *a = &memo->acks.at[i];
        fm_make(d, ACK, a->tsn);
        fm_down(d);
        fm_make(d, ACK_FRAME, a->frame);
        fm_make(d, ACK_RTT, (uint64_t)a->time);
        fm_up(d);
    }
    if (memo->acks.has_time)
        fm_make(d, RTT, (uint64_t)memo->acks.time);
    fm_up(d);
}

/* `from`: the cumulative TSN as it is shown. */
static void put_blocks(FmDissection *d, const Blocks *rows, uint64_t count, uint32_t from, FmCursor *c)
{
    uint32_t acked = 0;
    uint64_t last = 0;
    for (uint64_t i = 0; i < count && fm_ok(d); i++) {
        uint64_t start = fm_peek(c, 0, 2), end = fm_peek(c, 2, 2);
        uint32_t start_tsn = from + (uint32_t)start, end_tsn = from + (uint32_t)end;
        FmSubtree block = fm_open_text(d, c, "%s Acknowledgement for TSN %u to %u", rows->name, start_tsn, end_tsn);
        FmCursor here = *c;
        fm_add_number(d, &fields[rows->start], rows->start, c, true);
        fm_down(d);
        fm_add_value(d, rows->start_tsn, &here, 2, start_tsn);
        fm_up(d);
        here = *c;
        fm_add_number(d, &fields[rows->end], rows->end, c, true);
        fm_down(d);
        fm_add_value(d, rows->end_tsn, &here, 2, end_tsn);
        if (fm_ok(d) && start > end)
            fm_expert(d, BLOCK_MALFORMED);
        if (fm_ok(d) && last > start)
            fm_expert(d, BLOCK_ORDER);
        fm_up(d);
        fm_close(d, block, c);
        last = end;
        acked += (uint32_t)(end - start + 1);
    }
    if (!acked || !fm_ok(d))
        return;
    fm_make(d, rows->acked, acked);
    if (acked > MANY_GAPS)
        fm_expert_of(d, &fields[rows->many], rows->many, NULL);
}

static void remember(FmDissection *d, const SctpPacket *packet, SackMemo *memo, bool listed, uint32_t tsn, uint64_t count, FmCursor blocks)
{
    SctpHalf *peer = packet->half ? packet->half->peer : NULL;
    if (!peer)
        return;
    memo->has_peer = true;
    memo->first = peer->first;
    memo->acks = (SctpAcks){ .budget = BUDGET, .listed = listed };
    sctp_ack_until(d, peer, tsn, &memo->acks);
    for (uint64_t i = 0; i < count && fm_left(&blocks) >= 4 && memo->acks.budget; i++) {
        uint32_t start = (uint32_t)fm_read_u16(&blocks), end = (uint32_t)fm_read_u16(&blocks);
        sctp_ack_range(d, peer, tsn + start, tsn + end, &memo->acks);
    }
}

void sctp_put_sack(FmDissection *d, SctpPacket *packet, FmSubtree chunk, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_sctp_sack);
    SackMemo *memo = fm_memo(d);
    uint32_t raw = (uint32_t)fm_peek(c, 0, 4);
    uint64_t window = fm_peek(c, 4, 4), count = fm_peek(c, 8, 2), doubles = fm_peek(c, 10, 2);
    if (fm_left(c) >= 12) {
        FmCursor blocks = *c;
        blocks.at += 12;
        remember(d, packet, memo, !packet->relative, raw, count, blocks);
    }
    bool relative = packet->relative && memo->has_peer;
    uint32_t tsn = relative ? raw - memo->first : raw;
    if (relative && fm_has(c, 4))
        fm_add_value(d, CUMULATIVE, c, 4, tsn);
    else
        fm_add_bits(d, CUMULATIVE_RAW, c);
    put_acks(d, memo);
    if (relative)
        fm_add_bits(d, CUMULATIVE_RAW, c);
    fm_skip(c, 4);
    fm_add(d, WINDOW, c);
    if (fm_ok(d) && !window)
        fm_expert(d, ZERO_WINDOW);
    fm_add(d, GAPS, c);
    fm_add(d, DOUBLES, c);
    uint64_t last = fm_left(c) >= count * 4 && count ? fm_be(c->at + count * 4 - 2, 2) : 0;
    put_blocks(d, &gaps, count, tsn, c);
    for (uint64_t i = 0; i < doubles && fm_left(c); i++)
        fm_add(d, DOUBLE, c);
    if (fm_ok(d)) {
        fm_info_more(d, "(Ack=%u", tsn);
        if (count)
            fm_info_more(d, "+%u", (unsigned)last);
        fm_info_more(d, ", Arwnd=%u) ", (unsigned)window);
        fm_subtree_label_more(d, chunk, " (Cumulative TSN: %u, a_rwnd: %u, gaps: %u, duplicate TSNs: %u)", raw, (unsigned)window, (unsigned)count,
                              (unsigned)doubles);
    }
    fm_unuse(d, before);
}

void sctp_put_nr_sack(FmDissection *d, SctpPacket *packet, FmSubtree chunk, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_sctp_sack);
    SackMemo *memo = fm_memo(d);
    uint64_t count = fm_peek(c, 8, 2), nr_count = fm_peek(c, 10, 2), doubles = fm_peek(c, 12, 2);
    if (fm_left(c) >= 16) {
        FmCursor blocks = *c;
        blocks.at += 16;
        remember(d, packet, memo, true, (uint32_t)fm_peek(c, 0, 4), count + nr_count, blocks);
    }
    uint32_t tsn = (uint32_t)fm_add(d, NR_CUMULATIVE, c);
    put_acks(d, memo);
    uint64_t window = fm_add(d, NR_WINDOW, c);
    fm_add(d, NR_GAPS, c);
    fm_add(d, NR_NR_GAPS, c);
    fm_add(d, NR_DOUBLES, c);
    fm_add(d, NR_RESERVED, c);
    if (fm_ok(d))
        fm_subtree_label_more(d, chunk, " (Cumulative TSN: %u, a_rwnd: %u, gaps: %u, nr-gaps: %u, duplicate TSNs: %u)", tsn, (unsigned)window,
                              (unsigned)count, (unsigned)nr_count, (unsigned)doubles);
    put_blocks(d, &nr_gaps, count, tsn, c);
    put_blocks(d, &nrn_gaps, nr_count, tsn, c);
    for (uint64_t i = 0; i < doubles && fm_left(c); i++)
        fm_add(d, NR_DOUBLE, c);
    fm_unuse(d, before);
}

void sctp_sack_flags(FmDissection *d, bool nr, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_sctp_sack);
    if (nr)
        fm_add_bits(d, NR_NONCE, c);
    else
        fm_add_bits(d, NONCE, c);
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_sctp_sack = {
    .abbrev = "sctp",
    .title = "SCTP acknowledgments",
    FM_FIELDS(fields),
    .dissect = nothing,
    .memo_size = sizeof(SackMemo),
    .part = true,
};
