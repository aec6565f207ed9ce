/* What RTCP's feedback packets tell the sender (RFC 4585, RFC 5104; transport-wide congestion control, REMB by their drafts). */
#include "config.h"

#include <math.h>

#include "dissectors/realtime/rtp.h"

enum {
    RTCP_FCI, RTCP_NACK_PID, RTCP_NACK_BLP, RTCP_TMMBR_SSRC, RTCP_TMMBR_EXP, RTCP_TMMBR_MANTISSA, RTCP_TMMBR_BITRATE, RTCP_TMMBR_OVERHEAD,
    RTCP_TCC_BASESEQ, RTCP_TCC_STATUSCOUNT, RTCP_TCC_REFTIME, RTCP_TCC_PKTCOUNT, RTCP_TCC_CHUNK, RTCP_TCC_DELTA, RTCP_TCC_PADDING,
    RTCP_SLI_FIRST, RTCP_SLI_NUMBER, RTCP_SLI_PICTURE, RTCP_FIR_SSRC, RTCP_FIR_CSN, RTCP_FIR_RESERVED, RTCP_REMB_ID, RTCP_REMB_COUNT,
    RTCP_REMB_EXP, RTCP_REMB_MANTISSA, RTCP_REMB_BITRATE, RTCP_REMB_SSRC, RTCP_TCC_BAD,
};

static const FmField fields[] = {
    [RTCP_FCI] = { "rtcp.fci", "Feedback Control Information (FCI)", FM_BYTES },
    [RTCP_NACK_PID] = { "rtcp.rtpfb.nack_pid", "RTCP Transport Feedback NACK PID", FM_UINT16, FM_DEC },
    [RTCP_NACK_BLP] = { "rtcp.rtpfb.nack_blp", "RTCP Transport Feedback NACK BLP", FM_UINT16, FM_HEX },
    [RTCP_TMMBR_SSRC] = { "rtcp.rtpfb.tmmbr.fci.ssrc", "SSRC", FM_UINT32, FM_HEX_DEC },
    [RTCP_TMMBR_EXP] = { "rtcp.rtpfb.tmmbr.fci.exp", "MxTBR Exp", FM_UINT8, FM_DEC, 0xfc },
    [RTCP_TMMBR_MANTISSA] = { "rtcp.rtpfb.tmmbr.fci.mantissa", "MxTBR Mantissa", FM_UINT24, FM_DEC, 0x03fffe },
    [RTCP_TMMBR_BITRATE] = { "rtcp.rtpfb.tmmbr.fci.bitrate", "Maximum total media bit rate", FM_STRING, .generated = true },
    [RTCP_TMMBR_OVERHEAD] = { "rtcp.rtpfb.tmmbr.fci.measuredoverhead", "Measured Overhead", FM_UINT16, FM_DEC, 0x01ff },
    [RTCP_TCC_BASESEQ] = { "rtcp.rtpfb.transportcc.baseseq", "Base Sequence Number", FM_UINT16, FM_DEC_HEX },
    [RTCP_TCC_STATUSCOUNT] = { "rtcp.rtpfb.transportcc.statuscount", "Packet Status Count", FM_UINT16, FM_DEC_HEX },
    [RTCP_TCC_REFTIME] = { "rtcp.rtpfb.transportcc.reftime", "Reference Time", FM_INT24, FM_DEC },
    [RTCP_TCC_PKTCOUNT] = { "rtcp.rtpfb.transportcc.pktcount", "Feedback Packets Count", FM_UINT8, FM_DEC_HEX },
    [RTCP_TCC_CHUNK] = { "rtcp.rtpfb.transportcc.pktchunk", "Packet Chunk", FM_UINT16, FM_DEC_HEX },
    [RTCP_TCC_DELTA] = { "rtcp.rtpfb.transportcc.recv_delta", "Recv Delta", FM_UINT8, FM_HEX },
    [RTCP_TCC_PADDING] = { "rtcp.rtpfb.transportcc.recv_delta.padding", "Recv Delta Padding", FM_UINT16, FM_HEX },
    [RTCP_SLI_FIRST] = { "rtcp.psfb.fir.sli.first", "First MB", FM_UINT32, FM_DEC, 0xfff80000 },
    [RTCP_SLI_NUMBER] = { "rtcp.psfb.fir.sli.number", "Number of MBs", FM_UINT32, FM_DEC, 0x0007ffc0 },
    [RTCP_SLI_PICTURE] = { "rtcp.psfb.fir.sli.picture_id", "Picture ID", FM_UINT32, FM_DEC, 0x0000003f },
    [RTCP_FIR_SSRC] = { "rtcp.psfb.fir.fci.ssrc", "SSRC", FM_UINT32, FM_HEX_DEC },
    [RTCP_FIR_CSN] = { "rtcp.psfb.fir.fci.csn", "Command Sequence Number", FM_UINT8, FM_DEC },
    [RTCP_FIR_RESERVED] = { "rtcp.psfb.fir.fci.reserved", "Reserved", FM_UINT24, FM_DEC },
    [RTCP_REMB_ID] = { "rtcp.psfb.remb.identifier", "Unique Identifier", FM_STRING },
    [RTCP_REMB_COUNT] = { "rtcp.psfb.remb.fci.number_ssrcs", "Number of Ssrcs", FM_UINT8, FM_DEC },
    [RTCP_REMB_EXP] = { "rtcp.psfb.remb.fci.br_exp", "BR Exp", FM_UINT8, FM_DEC, 0xfc },
    [RTCP_REMB_MANTISSA] = { "rtcp.psfb.remb.fci.br_mantissa", "Br Mantissa", FM_UINT24, FM_DEC, 0x03ffff },
    [RTCP_REMB_BITRATE] = { "rtcp.psfb.remb.fci.bitrate", "Maximum bit rate", FM_STRING, .generated = true },
    [RTCP_REMB_SSRC] = { "rtcp.psfb.remb.fci.ssrc", "SSRC", FM_UINT32, FM_HEX_DEC },
    [RTCP_TCC_BAD] = { "rtcp.rtpfb.transportcc_bad", "Too many packet chunks (more than packet status count)", FM_EXPERT, .severity = FM_WARN,
                       .group = FM_GROUP_MALFORMED },
};

static void put_nacks(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        fm_add(d, RTCP_NACK_PID, c);
        uint64_t mask = fm_add(d, RTCP_NACK_BLP, c);
        unsigned frames = (unsigned)__builtin_popcountll(mask);
        fm_label_more(d, RTCP_NACK_BLP, frames ? " (Frames lost)" : " (No additional frames lost)");
    }
}

static void write_rate(FmDissection *d, unsigned row, uint64_t mantissa, uint64_t exponent)
{
    char text[40];
    double rate = ldexp((double)mantissa, (int)exponent);
    g_snprintf(text, sizeof text, "%.0f", rate);
    if (fm_wanted(d, row))
        fm_record_blob_of(d, &fields[row], row, 0, 0, 0, FM_NODE_MADE, text, strlen(text));
}

static void put_tmmbr(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        fm_add(d, RTCP_TMMBR_SSRC, c);
        uint64_t exponent = fm_add_bits(d, RTCP_TMMBR_EXP, c);
        uint64_t mantissa = fm_add_bits(d, RTCP_TMMBR_MANTISSA, c);
        write_rate(d, RTCP_TMMBR_BITRATE, mantissa, exponent);
        fm_skip(c, 2);
        fm_add(d, RTCP_TMMBR_OVERHEAD, c);
    }
}

/* draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1 */
static void put_transport_cc(FmDissection *d, FmCursor *c)
{
    fm_add(d, RTCP_TCC_BASESEQ, c);
    uint64_t count = fm_add(d, RTCP_TCC_STATUSCOUNT, c);
    fm_add(d, RTCP_TCC_REFTIME, c);
    fm_add(d, RTCP_TCC_PKTCOUNT, c);
    uint64_t left = count;
    uint8_t symbols[4096]; /* sizes of the deltas, in order */
    unsigned known = 0;
    while (left && fm_left(c) && fm_ok(d)) {
        uint64_t chunk = fm_add(d, RTCP_TCC_CHUNK, c);
        unsigned n = !(chunk >> 15) ? chunk & 0x1fff : chunk >> 14 & 1 ? 7 : 14;
        for (unsigned i = 0; i < n && left; i++, left--) {
            unsigned symbol = !(chunk >> 15) ? chunk >> 13 & 3 : chunk >> 14 & 1 ? chunk >> (12 - 2 * i) & 3 : chunk >> (13 - i) & 1;
            if ((symbol == 1 || symbol == 2) && known < sizeof symbols)
                symbols[known++] = (uint8_t)symbol;
        }
    }
    for (unsigned i = 0; i < known && fm_left(c); i++) {
        if (symbols[i] == 1) {
            fm_add(d, RTCP_TCC_DELTA, c);
            continue;
        }
        FmCursor here = *c;
        uint64_t delta = fm_read_u16(c);
        if (fm_ok(d))
            fm_add_value(d, RTCP_TCC_DELTA, &here, 2, delta);
    }
    if (fm_left(c) && fm_left(c) < 4)
        fm_add_value(d, RTCP_TCC_PADDING, c, fm_left(c), fm_peek(c, 0, (unsigned)fm_left(c)));
    fm_skip(c, fm_left(c));
}

static void put_transport_feedback(FmDissection *d, FmCursor *c, uint64_t format)
{
    switch (format) {
    case 1: put_nacks(d, c); break;
    case 3: case 4: put_tmmbr(d, c); break;
    case 15: put_transport_cc(d, c); break;
    default:
        if (fm_left(c))
            fm_add_bytes(d, RTCP_FCI, c, fm_left(c));
    }
}

static void put_remb(FmDissection *d, FmCursor *c)
{
    fm_add_bytes(d, RTCP_REMB_ID, c, 4);
    uint64_t count = fm_add(d, RTCP_REMB_COUNT, c);
    uint64_t exponent = fm_add_bits(d, RTCP_REMB_EXP, c);
    uint64_t mantissa = fm_add(d, RTCP_REMB_MANTISSA, c);
    write_rate(d, RTCP_REMB_BITRATE, mantissa, exponent);
    for (unsigned i = 0; i < count && fm_left(c); i++)
        fm_add(d, RTCP_REMB_SSRC, c);
}

static void put_payload_feedback(FmDissection *d, FmCursor *c, uint64_t format)
{
    switch (format) {
    case 2:
        while (fm_left(c)) {
            fm_add_bits(d, RTCP_SLI_FIRST, c);
            fm_add_bits(d, RTCP_SLI_NUMBER, c);
            fm_add(d, RTCP_SLI_PICTURE, c);
        }
        break;
    case 4:
        while (fm_left(c)) {
            fm_add(d, RTCP_FIR_SSRC, c);
            fm_add(d, RTCP_FIR_CSN, c);
            fm_add(d, RTCP_FIR_RESERVED, c);
        }
        break;
    case 15:
        if (fm_peek(c, 0, 4) == 0x52454d42) { /* "REMB" */
            put_remb(d, c);
            break;
        }
        /* fallthrough */
    default:
        if (fm_left(c))
            fm_add_bytes(d, RTCP_FCI, c, fm_left(c));
    }
}

void rtcp_put_feedback(FmDissection *d, FmCursor *c, bool payload, uint64_t format)
{
    FmTableUse before = fm_use(d, &fm_rtcp_feedback);
    if (payload)
        put_payload_feedback(d, c, format);
    else
        put_transport_feedback(d, c, format);
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
    (void)d;
    (void)c;
}

const FmProtocol fm_rtcp_feedback = {
    .abbrev = "rtcp", .name = "RTCP", .title = "Feedback", FM_FIELDS(fields), .dissect = nothing, .part = true,
};
