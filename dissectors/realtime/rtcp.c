/* RTCP (RFC 3550 §6, RFC 4585, RFC 5104, RFC 3611, RFC 5760) and the outside of SRTCP (RFC 3711 §3.4). */
#include "config.h"

#include "dissectors/realtime/rtp.h"
#include "dissectors/realtime/srtp.h"

enum {
    RTCP, RTCP_SETUP, RTCP_SETUP_FRAME, RTCP_SETUP_METHOD, RTCP_VERSION, RTCP_PADDING, RTCP_RC, RTCP_SC, RTCP_APP_SUBTYPE, RTCP_RTPFB_FMT,
    RTCP_PSFB_FMT, RTCP_XR_RESERVED, RTCP_PT, RTCP_LENGTH, RTCP_SENDERSSRC, RTCP_MEDIASSRC, RTCP_NTP, RTCP_NTP_MSW, RTCP_NTP_LSW, RTCP_RTP_TIME,
    RTCP_PACKET_COUNT, RTCP_OCTET_COUNT, RTCP_SSRC_IDENTIFIER, RTCP_SSRC_FRACTION, RTCP_SSRC_CUM_NR, RTCP_SSRC_EXT_HIGH, RTCP_SSRC_HIGH_CYCLES,
    RTCP_SSRC_HIGH_SEQ, RTCP_SSRC_JITTER, RTCP_SSRC_LSR, RTCP_SSRC_DLSR, RTCP_SSRC_DISCARDED, RTCP_SDES_TYPE, RTCP_SDES_LENGTH, RTCP_SDES_TEXT,
    RTCP_SDES_PREFIX_LENGTH, RTCP_SDES_PREFIX_STRING, RTCP_BYE_REASON_NOT_PADDED, RTCP_APP_NAME, RTCP_APP_DATA, RTCP_PROFILE_EXTENSION,
    RTCP_PROFILE_TYPE, RTCP_PROFILE_LENGTH, RTCP_NOT_ASCII, RTCP_NACK_FSN, RTCP_OLD_NACK_BLP, RTCP_TIMEBASE, RTCP_AS_TIME, RTCP_BLOCK_INVALID,
    RTCP_XR_BT, RTCP_XR_BS, RTCP_XR_BL, RTCP_XR_TF, RTCP_XR_BEGINSEQ, RTCP_XR_ENDSEQ, RTCP_XR_CHUNK, RTCP_XR_RECEIPT, RTCP_XR_NTP, RTCP_XR_LRR,
    RTCP_XR_DLRR, RTCP_LENGTH_CHECK, RTCP_LSR_FRAME, RTCP_LSR_TIME, RTCP_ROUNDTRIP, RTCP_ROUNDTRIP_NOTE, RTCP_ROUNDTRIP_NEGATIVE, SRTCP_PAYLOAD,
    SRTCP_E, SRTCP_INDEX, SRTCP_AUTH_TAG, FATHOM_RTCP_RTT,
};

enum {
    PT_FIR = 192, PT_NACK = 193, PT_SR = 200, PT_RR = 201, PT_SDES = 202, PT_BYE = 203, PT_APP = 204, PT_RTPFB = 205, PT_PSFB = 206, PT_XR = 207,
    PT_AVB = 208, PT_RSI = 209, PT_TOKEN = 210, PT_IDMS = 211,
};

static const FmName versions[] = { { 0, 0, "Old VAT Version" }, { 1, 0, "First Draft Version" }, { 2, 0, "RFC 1889 Version" }, { 0 } };
static const FmName packet_types[] = {
    { PT_FIR, 0, "Full Intra-frame Request (H.261)" }, { PT_NACK, 0, "Negative Acknowledgement (H.261)" }, { 195, 0, "Extended inter-arrival jitter report" },
    { PT_SR, 0, "Sender Report" }, { PT_RR, 0, "Receiver Report" }, { PT_SDES, 0, "Source description" }, { PT_BYE, 0, "Goodbye" },
    { PT_APP, 0, "Application specific" }, { PT_RTPFB, 0, "Generic RTP Feedback" }, { PT_PSFB, 0, "Payload-specific Feedback" },
    { PT_XR, 0, "Extended report (RFC 3611)" }, { PT_AVB, 0, "AVB RTCP packet (IEEE1733)" }, { PT_RSI, 0, "Receiver Summary Information" },
    { PT_TOKEN, 0, "Port Mapping" }, { PT_IDMS, 0, "IDMS Settings" }, { 0 },
};
static const FmName sdes_types[] = {
    { 0, 0, "END" }, { 1, 0, "CNAME (user and domain)" }, { 2, 0, "NAME (common name)" }, { 3, 0, "EMAIL (e-mail address)" },
    { 4, 0, "PHONE (phone number)" }, { 5, 0, "LOC (geographic location)" }, { 6, 0, "TOOL (name/version of source app)" },
    { 7, 0, "NOTE (note about source)" }, { 8, 0, "PRIV (private extensions)" }, { 9, 0, "H323-CNAME (H.323 CNAME)" }, { 10, 0, "APSI" }, { 0 },
};
static const FmName rtpfb_formats[] = {
    { 1, 0, "Generic negative acknowledgement (NACK)" }, { 3, 0, "Temporary Maximum Media Stream Bit Rate Request (TMMBR)" },
    { 4, 0, "Temporary Maximum Media Stream Bit Rate Notification (TMMBN)" }, { 5, 0, "RTCP Rapid Resynchronisation Request (RTCP-SR-REQ)" },
    { 6, 0, "Rapid Acquisition of Multicast Sessions (RAMS)" }, { 7, 0, "Transport-Layer Third-Party Loss Early Indication (TLLEI)" },
    { 8, 0, "RTCP ECN Feedback (RTCP-ECN-FB)" }, { 9, 0, "Media Pause/Resume (PAUSE-RESUME)" },
    { 10, 0, "Delay Budget Information (DBI)" }, { 11, 0, "RTP Congestion Control Feedback (CCFB)" },
    { 15, 0, "Transport-wide Congestion Control (Transport-cc)" }, { 31, 0, "Reserved for future extensions" }, { 0 },
};
static const FmName psfb_formats[] = {
    { 1, 0, "Picture Loss Indication" }, { 2, 0, "Slice Loss Indication" }, { 3, 0, "Reference Picture Selection Indication" },
    { 4, 0, "Full Intra Request (FIR) Command" }, { 5, 0, "Temporal-Spatial Trade-off Request (TSTR)" },
    { 6, 0, "Temporal-Spatial Trade-off Notification (TSTN)" }, { 7, 0, "Video Back Channel Message (VBCM)" },
    { 15, 0, "Application Layer Feedback" }, { 31, 0, "Reserved for future extensions" }, { 0 },
};
static const FmName xr_types[] = {
    { 1, 0, "Loss Run Length Encoding Report Block" }, { 2, 0, "Duplicate Run Length Encoding Report Block" },
    { 3, 0, "Packet Receipt Times Report Block" }, { 4, 0, "Receiver Reference Time Report Block" },
    { 5, 0, "DLRR Report Block" }, { 6, 0, "Statistics Summary Report Block" }, { 7, 0, "VoIP Metrics Report Block" }, { 0 },
};

static const FmField fields[] = {
    [RTCP] = { "rtcp", "Real-time Transport Control Protocol", FM_PROTOCOL },
    [RTCP_SETUP] = { "rtcp.setup", "Stream setup", FM_STRING, .generated = true },
    [RTCP_SETUP_FRAME] = { "rtcp.setup-frame", "Setup frame", FM_FRAMENUM, .generated = true },
    [RTCP_SETUP_METHOD] = { "rtcp.setup-method", "Setup Method", FM_STRING, .generated = true },
    [RTCP_VERSION] = { "rtcp.version", "Version", FM_UINT8, FM_DEC, 0xc0, .names = versions },
    [RTCP_PADDING] = { "rtcp.padding", "Padding", FM_BOOL8, FM_BASE_NONE, 0x20 },
    [RTCP_RC] = { "rtcp.rc", "Reception report count", FM_UINT8, FM_DEC, 0x1f },
    [RTCP_SC] = { "rtcp.sc", "Source count", FM_UINT8, FM_DEC, 0x1f },
    [RTCP_APP_SUBTYPE] = { "rtcp.app.subtype", "Subtype", FM_UINT8, FM_DEC, 0x1f },
    [RTCP_RTPFB_FMT] = { "rtcp.rtpfb.fmt", "RTCP Feedback message type (FMT)", FM_UINT8, FM_DEC, 0x1f, .names = rtpfb_formats },
    [RTCP_PSFB_FMT] = { "rtcp.psfb.fmt", "RTCP Feedback message type (FMT)", FM_UINT8, FM_DEC, 0x1f, .names = psfb_formats },
    [RTCP_XR_RESERVED] = { "rtcp.xr.reserved", "Reserved", FM_UINT8, FM_DEC, 0x1f },
    [RTCP_PT] = { "rtcp.pt", "Packet type", FM_UINT8, FM_DEC, .names = packet_types },
    [RTCP_LENGTH] = { "rtcp.length", "Length", FM_UINT16, FM_DEC },
    [RTCP_SENDERSSRC] = { "rtcp.senderssrc", "Sender SSRC", FM_UINT32, FM_HEX_DEC },
    [RTCP_MEDIASSRC] = { "rtcp.mediassrc", "Media source SSRC", FM_UINT32, FM_HEX_DEC },
    [RTCP_NTP] = { "rtcp.timestamp.ntp", "MSW and LSW as NTP timestamp", FM_ABSOLUTE_TIME, FM_UTC, .generated = true },
    [RTCP_NTP_MSW] = { "rtcp.timestamp.ntp.msw", "Timestamp, MSW", FM_UINT32, FM_DEC_HEX },
    [RTCP_NTP_LSW] = { "rtcp.timestamp.ntp.lsw", "Timestamp, LSW", FM_UINT32, FM_DEC_HEX },
    [RTCP_RTP_TIME] = { "rtcp.timestamp.rtp", "RTP timestamp", FM_UINT32, FM_DEC },
    [RTCP_PACKET_COUNT] = { "rtcp.sender.packetcount", "Sender's packet count", FM_UINT32, FM_DEC },
    [RTCP_OCTET_COUNT] = { "rtcp.sender.octetcount", "Sender's octet count", FM_UINT32, FM_DEC },
    [RTCP_SSRC_IDENTIFIER] = { "rtcp.ssrc.identifier", "Identifier", FM_UINT32, FM_HEX_DEC },
    [RTCP_SSRC_FRACTION] = { "rtcp.ssrc.fraction", "Fraction lost", FM_UINT8, FM_DEC },
    [RTCP_SSRC_CUM_NR] = { "rtcp.ssrc.cum_nr", "Cumulative number of packets lost", FM_INT24, FM_DEC },
    [RTCP_SSRC_EXT_HIGH] = { "rtcp.ssrc.ext_high", "Extended highest sequence number received", FM_UINT32, FM_DEC },
    [RTCP_SSRC_HIGH_CYCLES] = { "rtcp.ssrc.high_cycles", "Sequence number cycles count", FM_UINT16, FM_DEC },
    [RTCP_SSRC_HIGH_SEQ] = { "rtcp.ssrc.high_seq", "Highest sequence number received", FM_UINT16, FM_DEC },
    [RTCP_SSRC_JITTER] = { "rtcp.ssrc.jitter", "Interarrival jitter", FM_UINT32, FM_DEC },
    [RTCP_SSRC_LSR] = { "rtcp.ssrc.lsr", "Last SR timestamp", FM_UINT32, FM_DEC_HEX },
    [RTCP_SSRC_DLSR] = { "rtcp.ssrc.dlsr", "Delay since last SR timestamp", FM_UINT32, FM_DEC },
    [RTCP_SSRC_DISCARDED] = { "rtcp.ssrc.discarded", "Fraction discarded", FM_UINT8, FM_DEC },
    [RTCP_SDES_TYPE] = { "rtcp.sdes.type", "Type", FM_UINT8, FM_DEC, .names = sdes_types },
    [RTCP_SDES_LENGTH] = { "rtcp.sdes.length", "Length", FM_UINT8, FM_DEC },
    [RTCP_SDES_TEXT] = { "rtcp.sdes.text", "Text", FM_STRING },
    [RTCP_SDES_PREFIX_LENGTH] = { "rtcp.sdes.prefix.length", "Prefix length", FM_UINT8, FM_DEC },
    [RTCP_SDES_PREFIX_STRING] = { "rtcp.sdes.prefix.string", "Prefix string", FM_STRING },
    [RTCP_BYE_REASON_NOT_PADDED] = { "rtcp.bye_reason_not_padded", "Reason string is not NULL padded (see RFC3550, section 6.6)", FM_EXPERT,
                                     .severity = FM_WARN, .group = FM_GROUP_MALFORMED },
    [RTCP_APP_NAME] = { "rtcp.app.name", "Name (ASCII)", FM_STRING },
    [RTCP_APP_DATA] = { "rtcp.app.data", "Application specific data", FM_BYTES },
    [RTCP_PROFILE_EXTENSION] = { "rtcp.profile-specific-extension", "Profile-specific extension", FM_BYTES },
    [RTCP_PROFILE_TYPE] = { "rtcp.profile-specific-extension.type", "Extension Type", FM_UINT16, FM_DEC },
    [RTCP_PROFILE_LENGTH] = { "rtcp.profile-specific-extension.length", "Extension Length", FM_UINT16, FM_DEC },
    [RTCP_NOT_ASCII] = { "rtcp.appl.not_ascii", "Application name is not a string", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_MALFORMED },
    [RTCP_NACK_FSN] = { "rtcp.nack.fsn", "First sequence number", FM_UINT16, FM_DEC },
    [RTCP_OLD_NACK_BLP] = { "rtcp.nack.blp", "Bitmask of following lost packets", FM_UINT16, FM_DEC },
    [RTCP_TIMEBASE] = { "rtcp.timebase_indicator", "Timebase Indicator", FM_UINT16, FM_DEC_HEX },
    [RTCP_AS_TIME] = { "rtcp.timestamp.as", "AS timestamp", FM_UINT32, FM_DEC },
    [RTCP_BLOCK_INVALID] = { "rtcp.block_length.invalid", "Block length is greater than packet length", FM_EXPERT, .severity = FM_WARN,
                             .group = FM_GROUP_PROTOCOL },
    [RTCP_XR_BT] = { "rtcp.xr.bt", "Type", FM_UINT8, FM_DEC, .names = xr_types },
    [RTCP_XR_BS] = { "rtcp.xr.bs", "Type Specific", FM_UINT8, FM_DEC },
    [RTCP_XR_BL] = { "rtcp.xr.bl", "Length", FM_UINT16, FM_DEC },
    [RTCP_XR_TF] = { "rtcp.xr.tf", "Thinning factor", FM_UINT8, FM_DEC, 0x0f },
    [RTCP_XR_BEGINSEQ] = { "rtcp.xr.beginseq", "Begin Sequence Number", FM_UINT16, FM_DEC },
    [RTCP_XR_ENDSEQ] = { "rtcp.xr.endseq", "End Sequence Number", FM_UINT16, FM_DEC },
    [RTCP_XR_CHUNK] = { "rtcp.xr.chunk", "Chunk", FM_UINT16, FM_HEX },
    [RTCP_XR_RECEIPT] = { "rtcp.xr.receipt_time_seq", "Receipt Time", FM_UINT32, FM_DEC },
    [RTCP_XR_NTP] = { "rtcp.xr.timestamp", "Timestamp", FM_ABSOLUTE_TIME, FM_UTC },
    [RTCP_XR_LRR] = { "rtcp.xr.lrr", "Last RR timestamp", FM_UINT32, FM_DEC },
    [RTCP_XR_DLRR] = { "rtcp.xr.dlrr", "Delay since last RR timestamp", FM_UINT32, FM_DEC },
    [RTCP_LENGTH_CHECK] = { "rtcp.length_check", "RTCP frame length check", FM_BOOL8, FM_BASE_NONE, .generated = true },
    [RTCP_LSR_FRAME] = { "rtcp.lsr-frame", "Frame matching Last SR timestamp", FM_FRAMENUM, .generated = true },
    [RTCP_LSR_TIME] = { "rtcp.lsr-frame-captured", "Time since Last SR captured", FM_UINT32, FM_DEC, .unit = " milliseconds", .generated = true },
    [RTCP_ROUNDTRIP] = { "rtcp.roundtrip-delay", "Roundtrip Delay(ms)", FM_INT32, FM_DEC, .generated = true },
    [RTCP_ROUNDTRIP_NOTE] = { "rtcp.roundtrip-delay.expert", "RTCP round-trip delay detected", FM_EXPERT, .severity = FM_NOTE,
                              .group = FM_GROUP_SEQUENCE },
    [RTCP_ROUNDTRIP_NEGATIVE] = { "rtcp.roundtrip-delay.negative", "Negative RTCP round-trip delay detected", FM_EXPERT, .severity = FM_ERROR,
                                  .group = FM_GROUP_SEQUENCE },
    [SRTCP_PAYLOAD] = { "srtcp.encrypted_payload", "Encrypted RTCP Payload - not dissected", FM_NONE },
    [SRTCP_E] = { "srtcp.e", "SRTCP E flag", FM_BOOL32, FM_BASE_NONE, 0x80000000 },
    [SRTCP_INDEX] = { "srtcp.index", "SRTCP Index", FM_UINT32, FM_DEC_HEX, 0x7fffffff },
    [SRTCP_AUTH_TAG] = { "srtcp.auth_tag", "SRTCP Auth Tag", FM_BYTES },
    [FATHOM_RTCP_RTT] = { "fathom.rtcp.rtt_ms", "Round trip from here to the reporter", FM_INT32, FM_DEC, .unit = " ms", .generated = true },
};

enum { PREF_ROUNDTRIP };

static const FmPreference preferences[] = {
    [PREF_ROUNDTRIP] = { "rtcp.show_roundtrip_calculation", "Show relative roundtrip calculations", FM_PREF_BOOL, 0 },
};

#define REPORTS 8             /* latest sender reports kept per direction, to answer LSR */

typedef struct SenderReport {
    uint32_t lsr; /* middle 32 bits of its NTP time */
    uint32_t frame;
    FmTime time;
} SenderReport;

typedef struct RtcpState { /* per flow */
    SenderReport reports[2][REPORTS];
    unsigned next[2];
} RtcpState;

#define BLOCKS 31

typedef struct RtcpMemo { /* per datagram */
    RtpSetup setup;
    uint32_t matched[BLOCKS]; /* frame of the sender report that the n-th report block speaks of; 0: not seen */
    uint32_t since_ms[BLOCKS];
    uint8_t blocks;
    SrtpOpening opening;
} RtcpMemo;

typedef struct RtcpDatagram { /* what its packets share */
    RtcpMemo *memo;
    RtcpState *state; /* NULL on replay */
    unsigned block;   /* report blocks so far */
} RtcpDatagram;

static void remember_report(FmDissection *d, RtcpDatagram *all, uint32_t lsr)
{
    if (!all->state)
        return;
    unsigned direction = fm_direction(d);
    all->state->reports[direction][all->state->next[direction]++ % REPORTS] = (SenderReport){ lsr, fm_frame_number(d), fm_frame_time(d) };
}

/* The round trip as seen from here: from the other side's sender report passing by to this answer, less the time it was held. */
static void match_report(FmDissection *d, RtcpDatagram *all, uint32_t lsr)
{
    if (all->block >= BLOCKS)
        return;
    RtcpMemo *memo = all->memo;
    if (all->state && lsr) {
        const SenderReport *reports = all->state->reports[!fm_direction(d)];
        for (unsigned i = 0; i < REPORTS; i++) {
            if (reports[i].lsr == lsr && reports[i].frame) {
                memo->matched[all->block] = reports[i].frame;
                memo->since_ms[all->block] = (uint32_t)((fm_frame_time(d) - reports[i].time) / 1000000);
            }
        }
    }
}

static void put_round_trip(FmDissection *d, const RtcpDatagram *all, uint64_t dlsr)
{
    if (all->block >= BLOCKS || !all->memo->matched[all->block])
        return;
    uint32_t since = all->memo->since_ms[all->block];
    int32_t delay = (int32_t)since - (int32_t)(dlsr * 1000 / 65536);
    fm_make(d, FATHOM_RTCP_RTT, (uint64_t)(int64_t)delay);
    if (!fm_preference(d, PREF_ROUNDTRIP))
        return;
    fm_make(d, RTCP_LSR_FRAME, all->memo->matched[all->block]);
    fm_make(d, RTCP_LSR_TIME, since);
    fm_make(d, RTCP_ROUNDTRIP, (uint64_t)(int64_t)delay);
    if (delay > 200)
        fm_expert_text(d, RTCP_ROUNDTRIP_NOTE, "RTCP round-trip delay detected (%d ms)", delay);
    else if (delay < 0)
        fm_expert_text(d, RTCP_ROUNDTRIP_NEGATIVE, "Negative RTCP round-trip delay detected (%d ms)", delay);
    fm_info_more(d, " (roundtrip delay <-> %d ms, using frame %u)", delay, all->memo->matched[all->block]);
}

static void put_report_block(FmDissection *d, FmCursor *c, RtcpDatagram *all, unsigned number)
{
    FmCursor block = fm_take(c, 24);
    if (fm_left(&block) < 24) {
        fm_skip(&block, 24);
        return;
    }
    FmSubtree line = fm_open_text(d, &block, "Source %u", number);
    fm_add(d, RTCP_SSRC_IDENTIFIER, &block);
    FmSubtree contents = fm_open_text(d, &block, "SSRC contents");
    uint64_t fraction = fm_add(d, RTCP_SSRC_FRACTION, &block);
    fm_label(d, RTCP_SSRC_FRACTION, "Fraction lost: %u / 256", (unsigned)fraction);
    fm_add(d, RTCP_SSRC_CUM_NR, &block);
    fm_close(d, contents, &block);
    fm_add_bits(d, RTCP_SSRC_EXT_HIGH, &block);
    fm_down(d);
    fm_add(d, RTCP_SSRC_HIGH_CYCLES, &block);
    fm_add(d, RTCP_SSRC_HIGH_SEQ, &block);
    fm_up(d);
    fm_add(d, RTCP_SSRC_JITTER, &block);
    uint64_t lsr = fm_add(d, RTCP_SSRC_LSR, &block);
    uint64_t dlsr = fm_add(d, RTCP_SSRC_DLSR, &block);
    fm_label(d, RTCP_SSRC_DLSR, "Delay since last SR timestamp: %u (%u milliseconds)", (unsigned)dlsr, (unsigned)(dlsr * 1000 / 65536));
    match_report(d, all, (uint32_t)lsr);
    put_round_trip(d, all, dlsr);
    all->block++;
    fm_close(d, line, &block);
}

static void put_report_blocks(FmDissection *d, FmCursor *c, RtcpDatagram *all, uint64_t count)
{
    for (unsigned i = 1; i <= count && fm_left(c); i++)
        put_report_block(d, c, all, i);
    while (fm_left(c)) { /* as Microsoft's: a type and a length that counts both */
        if (fm_left(c) < 4) {
            fm_add_bytes(d, RTCP_PROFILE_EXTENSION, c, fm_left(c));
            return;
        }
        FmSubtree line = fm_open_text(d, c, "Profile Specific Extension");
        fm_add(d, RTCP_PROFILE_TYPE, c);
        uint64_t length = fm_add(d, RTCP_PROFILE_LENGTH, c);
        uint64_t data = length >= 4 ? MIN(length - 4, fm_left(c)) : fm_left(c);
        if (data)
            fm_add_bytes(d, RTCP_PROFILE_EXTENSION, c, data);
        fm_close(d, line, c);
    }
}

static void put_sender_report(FmDissection *d, FmCursor *c, RtcpDatagram *all, uint64_t count)
{
    fm_add(d, RTCP_SENDERSSRC, c);
    FmCursor stamp = *c;
    uint64_t seconds = fm_add(d, RTCP_NTP_MSW, c);
    uint64_t fraction = fm_add(d, RTCP_NTP_LSW, c);
    if (fm_ok(d) && fm_wanted(d, RTCP_NTP))
        fm_record(d, RTCP_NTP, fm_offset(&stamp), 8, stamp.buffer, FM_NODE_MADE, (uint64_t)fm_ntp_time(seconds, fraction));
    fm_add(d, RTCP_RTP_TIME, c);
    fm_add(d, RTCP_PACKET_COUNT, c);
    fm_add(d, RTCP_OCTET_COUNT, c);
    if (fm_ok(d))
        remember_report(d, all, (uint32_t)(seconds << 16 | fraction >> 16));
    put_report_blocks(d, c, all, count);
}

static void put_sdes(FmDissection *d, FmCursor *c, uint64_t chunks)
{
    for (unsigned n = 1; n <= chunks && fm_left(c); n++) {
        FmSubtree chunk = fm_open_text(d, c, "Chunk %u, SSRC/CSRC 0x%X", n, (unsigned)fm_peek(c, 0, 4));
        const uint8_t *start = c->at;
        fm_add(d, RTCP_SSRC_IDENTIFIER, c);
        FmSubtree items = fm_open_text(d, c, "SDES items");
        while (fm_left(c)) {
            uint64_t type = fm_add(d, RTCP_SDES_TYPE, c);
            if (!type)
                break;
            uint64_t length = fm_add(d, RTCP_SDES_LENGTH, c);
            FmCursor item = fm_take(c, length);
            if (type == 8) {
                uint64_t prefix = fm_add(d, RTCP_SDES_PREFIX_LENGTH, &item);
                fm_add_bytes(d, RTCP_SDES_PREFIX_STRING, &item, prefix);
            }
            if (fm_left(&item))
                fm_add_bytes(d, RTCP_SDES_TEXT, &item, fm_left(&item));
        }
        fm_close(d, items, c);
        fm_skip(c, MIN((4 - (uint64_t)(c->at - start) % 4) % 4, fm_left(c)));
        fm_close(d, chunk, c);
    }
}

static void put_bye(FmDissection *d, FmCursor *c, uint64_t count)
{
    for (unsigned i = 0; i < count && fm_left(c); i++)
        fm_add(d, RTCP_SSRC_IDENTIFIER, c);
    if (!fm_left(c))
        return;
    uint64_t length = fm_add(d, RTCP_SDES_LENGTH, c);
    fm_add_bytes(d, RTCP_SDES_TEXT, c, length);
    for (; fm_left(c); fm_skip(c, 1)) {
        if (*c->at) {
            fm_expert(d, RTCP_BYE_REASON_NOT_PADDED);
            break;
        }
    }
}

static void put_app(FmDissection *d, FmCursor *c, uint64_t subtype)
{
    fm_add(d, RTCP_SSRC_IDENTIFIER, c);
    FmSlice name = fm_add_bytes(d, RTCP_APP_NAME, c, 4);
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] < 0x20 || name.data[i] > 0x7e) {
            fm_expert(d, RTCP_NOT_ASCII);
            break;
        }
    }
    fm_info_more(d, " (%.*s) subtype=%u", (int)name.size, (const char *)name.data, (unsigned)subtype);
    if (fm_left(c))
        fm_add_bytes(d, RTCP_APP_DATA, c, fm_left(c));
}

/* H.261's own (RFC 2032 §5.2) */
static void put_old_nack(FmDissection *d, FmCursor *c)
{
    fm_add(d, RTCP_SSRC_IDENTIFIER, c);
    fm_add(d, RTCP_NACK_FSN, c);
    fm_add(d, RTCP_OLD_NACK_BLP, c);
}

/* IEEE 1733: RTP's clock by the network's */
static void put_timebase(FmDissection *d, FmCursor *c)
{
    fm_add(d, RTCP_SSRC_IDENTIFIER, c);
    fm_add_bytes(d, RTCP_APP_NAME, c, 4);
    fm_add(d, RTCP_TIMEBASE, c);
    fm_skip(c, 18); /* identity of the clock, stream id */
    fm_add(d, RTCP_AS_TIME, c);
    fm_add(d, RTCP_RTP_TIME, c);
}

static void put_extended_report(FmDissection *d, FmCursor *c)
{
    fm_add(d, RTCP_SENDERSSRC, c);
    for (unsigned n = 1; fm_left(c) && fm_ok(d); n++) {
        FmSubtree line = fm_open_text(d, c, "Block %u", n);
        uint64_t type = fm_add(d, RTCP_XR_BT, c);
        if (type <= 3)
            fm_add(d, RTCP_XR_TF, c);
        else
            fm_add(d, RTCP_XR_BS, c);
        uint64_t words = fm_add(d, RTCP_XR_BL, c);
        FmCursor block = fm_take(c, words * 4);
        if (type <= 3) {
            fm_add(d, RTCP_SSRC_IDENTIFIER, &block);
            fm_add(d, RTCP_XR_BEGINSEQ, &block);
            fm_add(d, RTCP_XR_ENDSEQ, &block);
            while (fm_left(&block)) {
                if (type == 3)
                    fm_add(d, RTCP_XR_RECEIPT, &block);
                else
                    fm_add(d, RTCP_XR_CHUNK, &block);
            }
        } else if (type == 4) {
            if (fm_left(&block) >= 8)
                fm_add_value(d, RTCP_XR_NTP, &block, 8, (uint64_t)fm_ntp_time(fm_peek(&block, 0, 4), fm_peek(&block, 4, 4)));
            fm_skip(&block, 8);
        } else if (type == 5) {
            while (fm_left(&block)) {
                fm_add(d, RTCP_SSRC_IDENTIFIER, &block);
                fm_add(d, RTCP_XR_LRR, &block);
                fm_add(d, RTCP_XR_DLRR, &block);
            }
        }
        fm_close(d, line, c);
    }
}

static void put_setup(FmDissection *d, const RtcpMemo *memo)
{
    if (!memo->setup.method)
        return;
    fm_make_text(d, RTCP_SETUP, "");
    fm_label(d, RTCP_SETUP, "Stream setup by %s (frame %u)", memo->setup.method, memo->setup.frame);
    fm_down(d);
    fm_make(d, RTCP_SETUP_FRAME, memo->setup.frame);
    fm_make_text(d, RTCP_SETUP_METHOD, memo->setup.method);
    fm_up(d);
}

/* The first byte, by packet type; the result is its lower five bits. */
static uint64_t put_first(FmDissection *d, FmCursor *c, uint64_t type)
{
    fm_add_bits(d, RTCP_VERSION, c);
    fm_add_bits(d, RTCP_PADDING, c);
    switch (type) {
    case PT_SR: case PT_RR: return fm_add(d, RTCP_RC, c);
    case PT_APP: return fm_add(d, RTCP_APP_SUBTYPE, c);
    case PT_RTPFB: return fm_add(d, RTCP_RTPFB_FMT, c);
    case PT_PSFB: return fm_add(d, RTCP_PSFB_FMT, c);
    case PT_XR: return fm_add(d, RTCP_XR_RESERVED, c);
    default: return fm_add(d, RTCP_SC, c);
    }
}

/* One packet of the compound. */
static void put_packet(FmDissection *d, FmCursor *c, RtcpDatagram *all)
{
    uint64_t type = fm_peek(c, 1, 1);
    const char *name = fm_name(packet_types, type);
    fm_info_more(d, "%s", name ? name : "Unknown packet type");
    uint64_t count = put_first(d, c, type);
    fm_add(d, RTCP_PT, c);
    uint64_t words = fm_add(d, RTCP_LENGTH, c);
    fm_label_more(d, RTCP_LENGTH, " (%u bytes)", (unsigned)(words + 1) * 4);
    FmCursor body = fm_take(c, words * 4);
    switch (type) {
    case PT_SR: put_sender_report(d, &body, all, count); break;
    case PT_RR:
        fm_add(d, RTCP_SENDERSSRC, &body);
        put_report_blocks(d, &body, all, count);
        break;
    case PT_SDES: put_sdes(d, &body, count); break;
    case PT_BYE: put_bye(d, &body, count); break;
    case PT_APP: put_app(d, &body, count); break;
    case PT_RTPFB: case PT_PSFB:
        fm_add(d, RTCP_SENDERSSRC, &body);
        fm_add(d, RTCP_MEDIASSRC, &body);
        rtcp_put_feedback(d, &body, type == PT_PSFB, count);
        break;
    case PT_XR: put_extended_report(d, &body); break;
    case PT_FIR: fm_add(d, RTCP_SSRC_IDENTIFIER, &body); break;
    case PT_NACK: put_old_nack(d, &body); break;
    case PT_AVB: put_timebase(d, &body); break;
    default: break;
    }
}

/* The first header and SSRC of an SRTCP packet are in clear; the rest is cipher text, the E flag with the index, and the tag. */
static void put_srtcp(FmDissection *d, FmCursor *c, unsigned tag)
{
    fm_protocol_column(d, "SRTCP");
    uint64_t type = fm_peek(c, 1, 1);
    const char *name = fm_name(packet_types, type);
    fm_info(d, "%s", name ? name : "Unknown packet type");
    put_first(d, c, type);
    fm_add(d, RTCP_PT, c);
    uint64_t words = fm_add(d, RTCP_LENGTH, c);
    fm_label_more(d, RTCP_LENGTH, " (%u bytes)", (unsigned)(words + 1) * 4);
    fm_add(d, RTCP_SENDERSSRC, c);
    bool gcm = tag == 16; /* RFC 7714 §9.2: the tag comes before the index */
    size_t behind = 4 + (gcm ? 0 : tag);
    if (!fm_ok(d) || c->lost || fm_left(c) < behind)
        return;
    FmCursor cipher = fm_take(c, fm_left(c) - behind);
    FmSubtree line = fm_open(d, SRTCP_PAYLOAD, &cipher);
    fm_skip(&cipher, fm_left(&cipher));
    fm_close(d, line, &cipher);
    fm_add_bits(d, SRTCP_E, c);
    fm_add(d, SRTCP_INDEX, c);
    if (fm_left(c))
        fm_add_bytes(d, SRTCP_AUTH_TAG, c, fm_left(c));
}

/* What stands behind the first packet is the next one only if it looks like one: SRTCP's cipher text and index may stand there. */
static bool is_packet(FmSlice bytes, bool first)
{
    if (bytes.size < 4 || bytes.data[0] >> 6 != 2)
        return false;
    return first || (bytes.data[1] >= PT_FIR && bytes.data[1] <= 223 && 4 + 4 * (size_t)fm_be(bytes.data + 2, 2) <= bytes.size);
}

/* The packets of a compound. Each but the first, which has the layer's own line, is a line of its own; `opened`: the first as well. */
static void put_compound(FmDissection *d, FmCursor *c, RtcpDatagram *all, bool opened)
{
    FmCursor whole = *c;
    fm_info(d, "%s", "");
    FmSubtree again = { 0 };
    while (fm_ok(d) && is_packet(fm_rest(c), c->at == whole.at)) {
        const char *name = fm_name(packet_types, fm_peek(c, 1, 1));
        bool first = c->at == whole.at && !opened;
        if (first) {
            fm_title(d, "Real-time Transport Control Protocol (%s)", name ? name : "Unknown");
            fm_length(d, MIN((fm_peek(c, 2, 2) + 1) * 4, fm_left(c)));
        } else {
            fm_up(d);
            again = fm_open(d, RTCP, c);
            fm_subtree_label(d, again, "Real-time Transport Control Protocol (%s)", name ? name : "Unknown");
        }
        put_setup(d, all->memo);
        put_packet(d, c, all);
        fm_info_more(d, "   ");
        if (fm_ok(d) && !is_packet(fm_rest(c), false)) {
            fm_make(d, RTCP_LENGTH_CHECK, 1);
            fm_label(d, RTCP_LENGTH_CHECK, "RTCP frame length check: OK - %zu bytes", (size_t)(c->at - whole.at));
        }
        if (!first) {
            fm_close(d, again, c);
            fm_down(d);
        }
    }
}

static void rtcp_dissect(FmDissection *d, FmCursor *c)
{
    RtcpMemo *memo = fm_memo(d);
    RtcpDatagram all = { .memo = memo };
    if (!fm_replaying(d)) {
        const RtpSetup *setup = fm_rtp_setup(d);
        if (setup)
            memo->setup = *setup;
        all.state = fm_state(d);
    }
    if (!memo->setup.profile) {
        put_compound(d, c, &all, false);
        return;
    }
    FmCursor whole = *c, plain;
    put_setup(d, memo);
    put_srtcp(d, c, fm_srtp_tag_size(memo->setup.profile));
    if (!whole.lost && srtcp_open(d, &memo->opening, (FmSlice){ whole.at, fm_left(&whole) }, &plain))
        put_compound(d, &plain, &all, true);
}

/* A compound begins with a report (RFC 3550 A.2), in practice also with others, and fits. Where the media was announced any type may stand
 * alone (RFC 5506). */
static bool rtcp_probe(const FmDissection *d, FmSlice bytes)
{
    if (bytes.size < 8 || bytes.data[0] >> 6 != 2)
        return false;
    const RtpSetup *setup = fm_rtp_setup(d);
    if (setup && setup->announced && (setup->control || (bytes.data[1] >= PT_FIR && bytes.data[1] <= 223)))
        return true;
    switch (bytes.data[1]) {
    case PT_SR: case PT_RR: case PT_BYE: case PT_APP: case PT_PSFB: break;
    default: return false;
    }
    return d->quoting || (bytes.size % 4 == 0 && 4 + 4 * (size_t)fm_be(bytes.data + 2, 2) <= bytes.size);
}

const FmProtocol fm_rtcp = {
    .abbrev = "rtcp",
    .name = "RTCP",
    .title = "Real-time Transport Control Protocol",
    FM_FIELDS(fields),
    FM_PREFERENCES(preferences),
    .dissect = rtcp_dissect,
    .probe = rtcp_probe,
    .probe_on = FM_UDP_PORT,
    .state_size = sizeof(RtcpState),
    .memo_size = sizeof(RtcpMemo),
};
