/* TCP options (RFC 9293 §3.2, RFC 7323, RFC 2018, RFC 7413, RFC 2385, RFC 5925, RFC 5482, RFC 8684 in part). */
#include "config.h"

#include "dissectors/transport/tcp_flags.h"

extern const FmProtocol fm_tcp_options;

enum {
    OPTIONS, KIND, LENGTH, EOL, NOP, MSS, MSS_VAL, WSCALE, WSCALE_SHIFT, WSCALE_MULTIPLIER, SACK_PERM, SACK, SACK_LE, SACK_RE, SACK_COUNT,
    DSACK, DSACK_LE, DSACK_RE, TIMESTAMP, TSVAL, TSECR, MD5, MD5_DIGEST, AO, AO_KEYID, AO_RNEXT, AO_MAC, UTO, UTO_GRANULARITY, UTO_VAL,
    TFO, TFO_REQUEST, TFO_COOKIE, EXPERIMENTAL, EXID, EXPERIMENTAL_DATA, MPTCP, ACC_ECN, ACC_ECN_EE0B, ACC_ECN_CEB, ACC_ECN_EE1B, ECHO,
    ECHO_VALUE, ECHO_REPLY, CC, CC_NEW, CC_ECHO, CC_VALUE, QS, UNKNOWN, UNKNOWN_PAYLOAD, MSS_ABSENT, MSS_PRESENT,
    WSCALE_INVALID, LENGTH_INVALID, NOPS, AFTER_EOL, MPTCP_LAYER, MPTCP_SUBTYPE, MPTCP_VERSION, MPTCP_FLAGS,
};

static const FmName kinds[] = {
    { 0, 0, "End of Option List" }, { 1, 0, "No-Operation" }, { 2, 0, "Maximum Segment Size" }, { 3, 0, "Window Scale" },
    { 4, 0, "SACK Permitted" }, { 5, 0, "SACK" }, { 6, 0, "Echo" }, { 7, 0, "Echo Reply" }, { 8, 0, "Time Stamp Option" },
    { 9, 0, "Partial Order Connection Permitted" }, { 10, 0, "Partial Order Service Profile" }, { 11, 0, "CC" }, { 12, 0, "CC.NEW" },
    { 13, 0, "CC.ECHO" }, { 14, 0, "TCP Alternate Checksum Request" }, { 15, 0, "TCP Alternate Checksum Data" }, { 16, 0, "Skeeter" },
    { 17, 0, "Bubba" }, { 18, 0, "Trailer Checksum Option" }, { 19, 0, "MD5 Signature Option" }, { 20, 0, "SCPS Capabilities" },
    { 21, 0, "Selective Negative Acknowledgements" }, { 22, 0, "Record Boundaries" }, { 23, 0, "Corruption experienced" }, { 24, 0, "SNAP" },
    { 25, 0, "Unassigned" }, { 26, 0, "TCP Compression Filter" }, { 27, 0, "Quick-Start Response" }, { 28, 0, "User Timeout Option" },
    { 29, 0, "The TCP Authentication Option" }, { 30, 0, "Multipath TCP" }, { 34, 0, "TCP Fast Open Cookie" }, { 76, 0, "Riverbed Probe" },
    { 78, 0, "Riverbed Transparency" }, { 172, 0, "Accurate ECN Order 0" }, { 174, 0, "Accurate ECN Order 1" },
    { 253, 0, "RFC3692-style Experiment 1" }, { 254, 0, "RFC3692-style Experiment 2" }, { 0 },
};

static const FmName experiments[] = {
    { 0xf989, 0, "Fast Open" }, { 0x0348, 0, "Low Delay" }, { 0xacce, 0, "Accurate ECN" }, { 0xe2d4, 0, "SMC-R" }, { 0 },
};

static const FmName mptcp_subtypes[] = {
    { 0, 0, "Multipath Capable" }, { 1, 0, "Join Connection" }, { 2, 0, "Data Sequence Signal" }, { 3, 0, "Add Address" },
    { 4, 0, "Remove Address" }, { 5, 0, "Change Subflow Priority" }, { 6, 0, "TCP Fallback" }, { 7, 0, "Fast Close" },
    { 8, 0, "TCP Reset" }, { 0 },
};

static const FmField fields[] = {
    [OPTIONS] = { "tcp.options", "TCP Options", FM_BYTES },
    [KIND] = { "tcp.option_kind", "Kind", FM_UINT8, FM_DEC, .names = kinds },
    [LENGTH] = { "tcp.option_len", "Length", FM_UINT8, FM_DEC },
    [EOL] = { "tcp.options.eol", "TCP Option - End of Option List (EOL)", FM_BYTES },
    [NOP] = { "tcp.options.nop", "TCP Option - No-Operation (NOP)", FM_BYTES },
    [MSS] = { "tcp.options.mss", "TCP Option - Maximum segment size", FM_BYTES },
    [MSS_VAL] = { "tcp.options.mss_val", "MSS Value", FM_UINT16, FM_DEC },
    [WSCALE] = { "tcp.options.wscale", "TCP Option - Window scale", FM_BYTES },
    [WSCALE_SHIFT] = { "tcp.options.wscale.shift", "Shift count", FM_UINT8, FM_DEC },
    [WSCALE_MULTIPLIER] = { "tcp.options.wscale.multiplier", "Multiplier", FM_UINT16, FM_DEC, .generated = true },
    [SACK_PERM] = { "tcp.options.sack_perm", "TCP Option - SACK permitted", FM_BYTES },
    [SACK] = { "tcp.options.sack", "TCP Option - SACK", FM_BYTES },
    [SACK_LE] = { "tcp.options.sack_le", "TCP SACK Left Edge", FM_UINT32, FM_DEC },
    [SACK_RE] = { "tcp.options.sack_re", "TCP SACK Right Edge", FM_UINT32, FM_DEC },
    [SACK_COUNT] = { "tcp.options.sack.count", "TCP SACK Count", FM_UINT8, FM_DEC, .generated = true },
    [DSACK] = { "tcp.options.sack.dsack", "D-SACK Sequence", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_SEQUENCE },
    [DSACK_LE] = { "tcp.options.sack.dsack_le", "TCP D-SACK Left Edge", FM_UINT32, FM_DEC, .generated = true },
    [DSACK_RE] = { "tcp.options.sack.dsack_re", "TCP D-SACK Right Edge", FM_UINT32, FM_DEC, .generated = true },
    [TIMESTAMP] = { "tcp.options.timestamp", "TCP Option - Timestamps", FM_BYTES },
    [TSVAL] = { "tcp.options.timestamp.tsval", "Timestamp value", FM_UINT32, FM_DEC },
    [TSECR] = { "tcp.options.timestamp.tsecr", "Timestamp echo reply", FM_UINT32, FM_DEC },
    [MD5] = { "tcp.options.md5", "TCP Option - TCP MD5 signature", FM_BYTES },
    [MD5_DIGEST] = { "tcp.options.md5.digest", "MD5 digest", FM_BYTES },
    [AO] = { "tcp.options.ao", "TCP Option - TCP AO", FM_BYTES },
    [AO_KEYID] = { "tcp.options.ao.keyid", "AO KeyID", FM_UINT8, FM_DEC },
    [AO_RNEXT] = { "tcp.options.ao.rnextkeyid", "AO RNextKeyID", FM_UINT8, FM_DEC },
    [AO_MAC] = { "tcp.options.ao.mac", "AO MAC", FM_BYTES },
    [UTO] = { "tcp.options.user_to", "TCP Option - User Timeout", FM_BYTES },
    [UTO_GRANULARITY] = { "tcp.options.user_to_granularity", "Granularity", FM_BOOL16, FM_BASE_NONE, 0x8000, .yes = "Minutes", .no = "Seconds" },
    [UTO_VAL] = { "tcp.options.user_to_val", "User Timeout", FM_UINT16, FM_DEC, 0x7fff },
    [TFO] = { "tcp.options.tfo", "TCP Option - Fast Open", FM_BYTES },
    [TFO_REQUEST] = { "tcp.options.tfo.request", "Fast Open Cookie Request", FM_NONE },
    [TFO_COOKIE] = { "tcp.options.tfo.cookie", "Fast Open Cookie", FM_BYTES },
    [EXPERIMENTAL] = { "tcp.options.experimental", "TCP Option - Experimental", FM_BYTES },
    [EXID] = { "tcp.options.experimental.exid", "Experiment Identifier", FM_UINT16, FM_HEX, .names = experiments },
    [EXPERIMENTAL_DATA] = { "tcp.options.experimental.data", "Data", FM_BYTES },
    [MPTCP] = { "tcp.options.mptcp", "TCP Option - Multipath TCP", FM_BYTES, .hidden = true },
    [ACC_ECN] = { "tcp.options.acc_ecn", "TCP Option - Accurate ECN", FM_BYTES },
    [ACC_ECN_EE0B] = { "tcp.options.acc_ecn.ee0b", "Accurate ECN Echo ECT(0) Byte Counter", FM_UINT24, FM_DEC },
    [ACC_ECN_CEB] = { "tcp.options.acc_ecn.eceb", "Accurate ECN Echo CE Byte Counter", FM_UINT24, FM_DEC },
    [ACC_ECN_EE1B] = { "tcp.options.acc_ecn.ee1b", "Accurate ECN Echo ECT(1) Byte Counter", FM_UINT24, FM_DEC },
    [ECHO] = { "tcp.options.echo", "TCP Option - Echo", FM_BYTES },
    [ECHO_REPLY] = { "tcp.options.echo_reply", "TCP Option - Echo reply", FM_BYTES },
    [ECHO_VALUE] = { "tcp.options.echo_value", "TCP Echo Option", FM_UINT32, FM_DEC },
    [CC] = { "tcp.options.cc", "TCP Option - CC", FM_BYTES },
    [CC_NEW] = { "tcp.options.ccnew", "TCP Option - CC.NEW", FM_BYTES },
    [CC_ECHO] = { "tcp.options.ccecho", "TCP Option - CC.ECHO", FM_BYTES },
    [CC_VALUE] = { "tcp.options.cc_value", "TCP CC Option", FM_UINT32, FM_DEC },
    [QS] = { "tcp.options.qs", "TCP Option - Quick-Start", FM_BYTES },
    [UNKNOWN] = { "tcp.options.unknown", "TCP Option - Unknown", FM_BYTES },
    [UNKNOWN_PAYLOAD] = { "tcp.options.unknown.payload", "Payload", FM_BYTES },
    [MSS_ABSENT] = { "tcp.options.mss.absent", "The SYN packet does not contain a MSS option", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_PROTOCOL },
    [MSS_PRESENT] = { "tcp.options.mss.present", "The non-SYN packet does contain a MSS option", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [WSCALE_INVALID] = { "tcp.options.wscale.shift.invalid", "Window scale shift exceeds 14", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [LENGTH_INVALID] = { "tcp.option.len.invalid", "Invalid length for option", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_SEQUENCE },
    [NOPS] = { "tcp.nop", "4 NOP in a row - a router may have removed some options", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [AFTER_EOL] = { "tcp.non_zero_bytes_after_eol", "Non zero bytes in option space after EOL option", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_PROTOCOL },
    [MPTCP_LAYER] = { "mptcp", "Multipath Transmission Control Protocol", FM_NONE },
    [MPTCP_SUBTYPE] = { "tcp.options.mptcp.subtype", "Multipath TCP subtype", FM_UINT8, FM_DEC, 0xf0, .names = mptcp_subtypes },
    [MPTCP_VERSION] = { "tcp.options.mptcp.version", "Multipath TCP version", FM_UINT8, FM_DEC, 0x0f },
    [MPTCP_FLAGS] = { "tcp.options.mptcp.flags", "Multipath TCP flags", FM_UINT8, FM_HEX },
};

enum { SYN = 0x02, ACK = 0x10 };

/* Lengths that an option must have; 0: any, and what its row is. */
static const struct {
    uint8_t kind, row, length, at_least;
    const char *list; /* name in the line over all options */
} known[] = {
    { 2, MSS, 4, 4, "Maximum segment size" }, { 3, WSCALE, 3, 3, "Window scale" }, { 4, SACK_PERM, 2, 2, "SACK permitted" },
    { 5, SACK, 0, 2, "SACK" }, { 6, ECHO, 6, 6, "Echo" }, { 7, ECHO_REPLY, 6, 6, "Echo reply" }, { 8, TIMESTAMP, 10, 10, "Timestamps" },
    { 11, CC, 6, 6, "CC" }, { 12, CC_NEW, 6, 6, "CC.NEW" }, { 13, CC_ECHO, 6, 6, "CC.ECHO" }, { 19, MD5, 18, 18, "TCP MD5 signature" },
    { 27, QS, 8, 8, "Quick-Start" }, { 28, UTO, 4, 4, "User Timeout" }, { 29, AO, 0, 2, "TCP AO" }, { 30, MPTCP_LAYER, 0, 3, "MPTCP" },
    { 34, TFO, 0, 2, "Fast Open" }, { 172, ACC_ECN, 0, 2, "Accurate ECN Order 0" }, { 174, ACC_ECN, 0, 2, "Accurate ECN Order 1" },
    { 253, EXPERIMENTAL, 0, 2, "Experimental" }, { 254, EXPERIMENTAL, 0, 2, "Experimental" },
};

static void put_sack(FmDissection *d, FmCursor *c, const TcpOptionContext *context, TcpOptions *o, FmSubtree line)
{
    unsigned n = 0;
    uint32_t first_left = 0, first_right = 0;
    while (fm_left(c) >= 8) {
        FmCursor edge = *c;
        uint32_t left = (uint32_t)fm_read_u32(&edge), right = (uint32_t)fm_read_u32(&edge);
        if (o->sack_count < TCP_SACK_BLOCKS) {
            o->sack_left[o->sack_count] = left;
            o->sack_right[o->sack_count++] = right;
        }
        uint32_t shown_left = left - context->base, shown_right = right - context->base;
        bool whole = n == 0;
        if (whole) {
            first_left = left;
            first_right = right;
        }
        fm_add_value(d, SACK_LE, c, 4, shown_left);
        fm_label(d, SACK_LE, "left edge = %u%s", shown_left, context->base ? " (relative)" : "");
        fm_skip(c, 4);
        fm_add_value(d, SACK_RE, c, 4, shown_right);
        fm_label(d, SACK_RE, "right edge = %u%s", shown_right, context->base ? " (relative)" : "");
        fm_skip(c, 4);
        fm_subtree_label_more(d, line, " %u-%u", shown_left, shown_right);
        fm_info_more(d, " SLE=%u SRE=%u", shown_left, shown_right);
        n++;
        /* RFC 2883: the first block lies below the acknowledgement, or inside the second block. */
        bool below = whole && (int32_t)(context->ack - left) > 0;
        bool inside = n == 2 && (int32_t)(first_left - left) >= 0 && (int32_t)(right - first_right) >= 0;
        if (below || inside) {
            fm_make(d, DSACK_LE, whole ? shown_left : first_left - context->base);
            fm_make(d, DSACK_RE, whole ? shown_right : first_right - context->base);
            fm_expert_text(d, DSACK, "D-SACK Sequence");
        }
    }
    if (n)
        fm_make(d, SACK_COUNT, n);
}

static void put_fast_open(FmDissection *d, FmCursor *c, const TcpOptionContext *context, TcpOptions *o)
{
    o->fast_open = true;
    if (!fm_left(c)) {
        fm_add_bytes(d, TFO_REQUEST, c, 0);
        fm_info_more(d, " TFO=R");
        return;
    }
    fm_add_bytes(d, TFO_COOKIE, c, fm_left(c));
    fm_info_more(d, " TFO=C");
    tcp_flags_fast_open(d, context->flags, true);
}

static void put_experimental(FmDissection *d, FmCursor *c, const TcpOptionContext *context, TcpOptions *o, FmSubtree line)
{
    uint64_t id = fm_add(d, EXID, c);
    const char *name = fm_name(experiments, id);
    fm_subtree_label_more(d, line, ": %s", name ? name : "Unknown");
    if (id == 0xf989) {
        put_fast_open(d, c, context, o);
    } else if (fm_left(c)) {
        fm_add_bytes(d, EXPERIMENTAL_DATA, c, fm_left(c));
    }
}

static void put_accurate_ecn(FmDissection *d, FmCursor *c, bool order_1)
{
    static const uint8_t rows[2][3] = { { ACC_ECN_EE0B, ACC_ECN_CEB, ACC_ECN_EE1B }, { ACC_ECN_EE1B, ACC_ECN_CEB, ACC_ECN_EE0B } };
    for (unsigned i = 0; i < 3 && fm_left(c) >= 3; i++) {
        uint64_t count = fm_peek(c, 0, 3);
        switch (rows[order_1][i]) {
        case ACC_ECN_EE0B: fm_add_value(d, ACC_ECN_EE0B, c, 3, count); break;
        case ACC_ECN_CEB: fm_add_value(d, ACC_ECN_CEB, c, 3, count); break;
        default: fm_add_value(d, ACC_ECN_EE1B, c, 3, count);
        }
        fm_skip(c, 3);
    }
}

static void put_timestamps_info(FmDissection *d, const TcpOptions *o)
{
    FmText *info = fm_info_plain_text(d);
    if (!info)
        return;
    fm_text_literal(info, " TSval=");
    fm_text_uint(info, o->ts_value);
    fm_text_literal(info, " TSecr=");
    fm_text_uint(info, o->ts_echo);
}

/* The value of one option; `c` covers it without kind and length. */
static void put_value(FmDissection *d, unsigned kind, FmCursor *c, const TcpOptionContext *context, TcpOptions *o, FmSubtree line)
{
    bool syn = context->flags & SYN;
    switch (kind) {
    case 2:
        o->mss = (uint16_t)fm_add(d, MSS_VAL, c);
        o->has_mss = true;
        fm_subtree_label_more(d, line, ": %u bytes", o->mss);
        fm_info_more(d, " MSS=%u", o->mss);
        if (!syn)
            fm_expert(d, MSS_PRESENT);
        break;
    case 3: {
        FmCursor at = *c;
        uint64_t shift = fm_add(d, WSCALE_SHIFT, c);
        if (shift > 14) {
            fm_expert(d, WSCALE_INVALID);
            shift = 14;
        }
        o->wscale = (int8_t)shift;
        fm_add_value(d, WSCALE_MULTIPLIER, &at, 1, UINT64_C(1) << shift);
        fm_subtree_label_more(d, line, ": %u (multiply by %u)", (unsigned)shift, 1u << shift);
        fm_info_more(d, " WS=%u", 1u << shift);
        break;
    }
    case 4:
        o->sack_permitted = true;
        fm_info_more(d, " SACK_PERM");
        break;
    case 5: put_sack(d, c, context, o, line); break;
    case 6:
    case 7: {
        uint64_t value = fm_add(d, ECHO_VALUE, c);
        fm_info_more(d, kind == 6 ? " ECHO=%u" : " ECHOREPLY=%u", (unsigned)value);
        break;
    }
    case 8: {
        o->ts_value = (uint32_t)fm_add(d, TSVAL, c);
        o->ts_echo = (uint32_t)fm_add(d, TSECR, c);
        o->has_timestamps = true;
        fm_subtree_label_more(d, line, ": TSval %u, TSecr %u", o->ts_value, o->ts_echo);
        put_timestamps_info(d, o);
        break;
    }
    case 11: fm_info_more(d, " CC=%u", (unsigned)fm_add(d, CC_VALUE, c)); break;
    case 12: fm_info_more(d, " CC.NEW=%u", (unsigned)fm_add(d, CC_VALUE, c)); break;
    case 13: fm_info_more(d, " CC.ECHO=%u", (unsigned)fm_add(d, CC_VALUE, c)); break;
    case 19:
        fm_add_bytes(d, MD5_DIGEST, c, fm_left(c));
        fm_info_more(d, " MD5");
        break;
    case 28:
        fm_add_bits(d, UTO_GRANULARITY, c);
        fm_info_more(d, " USER_TO=%u", (unsigned)fm_add(d, UTO_VAL, c));
        break;
    case 29:
        fm_add(d, AO_KEYID, c);
        fm_add(d, AO_RNEXT, c);
        fm_add_bytes(d, AO_MAC, c, fm_left(c));
        fm_info_more(d, " AO");
        break;
    case 30: {
        uint64_t subtype = fm_add_bits(d, MPTCP_SUBTYPE, c);
        if (subtype == 0) {
            fm_add(d, MPTCP_VERSION, c);
            fm_add(d, MPTCP_FLAGS, c);
        }
        const char *name = fm_name(mptcp_subtypes, subtype);
        fm_subtree_label_more(d, line, ": %s", name ? name : "Unknown");
        break;
    }
    case 34: put_fast_open(d, c, context, o); break;
    case 172:
    case 174: put_accurate_ecn(d, c, kind == 174); break;
    case 253:
    case 254: put_experimental(d, c, context, o, line); break;
    default:
        if (fm_left(c))
            fm_add_bytes(d, UNKNOWN_PAYLOAD, c, fm_left(c));
    }
}

/* The line over all options names them; NULL: nobody shows it. */
static void list_name(FmText *list, const char *name)
{
    if (!list)
        return;
    if (list->size)
        fm_text_literal(list, ", ");
    fm_text_put(list, name);
}

/* One option with a length; false when nothing can follow. */
static bool put_option(FmDissection *d, FmCursor *c, uint64_t kind, const TcpOptionContext *context, TcpOptions *o, FmText *list)
{
    unsigned i = 0, row = UNKNOWN;
    const char *name = "Unknown";
    while (i < G_N_ELEMENTS(known) && known[i].kind != kind)
        i++;
    if (i < G_N_ELEMENTS(known)) {
        row = known[i].row;
        name = known[i].list;
    }
    list_name(list, name);
    uint64_t length = fm_peek(c, 1, 1);
    if (fm_left(c) < 2 || length < 2 || length > fm_left(c)) {
        if (list && fm_left(c) < 2)
            fm_text_put(list, " (length byte past end of options)");
        else if (list)
            fm_text_printf(list, length < 2 ? " (with too-short option length = %u byte%s)"
                                            : " (option length = %u byte%s says option goes past end of options)", (unsigned)length,
                           length == 1 ? "" : "s");
        return false;
    }
    FmCursor option = fm_take(c, length);
    FmSubtree line = fm_open(d, row, &option);
    fm_subtree_constant(d, line, fields[row].name);
    fm_add(d, KIND, &option);
    fm_add(d, LENGTH, &option);
    if (i < G_N_ELEMENTS(known) && ((known[i].length && length != known[i].length) || length < known[i].at_least)) {
        fm_subtree_label_more(d, line, " (with option length = %u byte%s; should be %u)", (unsigned)length, length == 1 ? "" : "s",
                              known[i].length ? known[i].length : known[i].at_least);
        fm_expert(d, LENGTH_INVALID);
    } else {
        put_value(d, (unsigned)kind, &option, context, o, line);
    }
    option.at = option.end;
    fm_close(d, line, &option);
    return true;
}

/* What every established flow sends: NOP, NOP, timestamps. Only when nobody looks at options. */
static bool take_usual(FmDissection *d, FmCursor *c, TcpOptions *o)
{
    if (fm_left(c) != 12 || fm_be(c->at, 4) != 0x0101080a || fm_asked(d, &fm_tcp_options))
        return false;
    o->ts_value = (uint32_t)fm_be(c->at + 4, 4);
    o->ts_echo = (uint32_t)fm_be(c->at + 8, 4);
    o->has_timestamps = true;
    put_timestamps_info(d, o);
    c->at = c->end;
    return true;
}

static bool is_zero(const FmCursor *c)
{
    for (const uint8_t *at = c->at; at < c->end; at++)
        if (*at)
            return false;
    return true;
}

void tcp_options_dissect(FmDissection *d, FmCursor *c, const TcpOptionContext *context, TcpOptions *o)
{
    if (take_usual(d, c, o))
        return;
    FmTableUse before = fm_use(d, &fm_tcp_options);
    FmSubtree all = fm_open(d, OPTIONS, c);
    size_t size = fm_left(c);
    g_auto(FmText) names = { 0 };
    FmText *list = d->want_labels && all.node ? &names : NULL;
    unsigned nops = 0;
    bool broken = false;
    while (fm_left(c)) {
        uint64_t kind = fm_peek(c, 0, 1);
        if (kind > 1) {
            nops = 0;
            if (!put_option(d, c, kind, context, o, list)) {
                broken = true;
                break;
            }
        } else {
            list_name(list, kind ? "No-Operation (NOP)" : "End of Option List (EOL)");
            FmCursor one = fm_take(c, 1);
            FmSubtree line = fm_open(d, kind ? NOP : EOL, &one);
            fm_subtree_constant(d, line, kind ? fields[NOP].name : fields[EOL].name);
            fm_add(d, KIND, &one);
            if (kind && ++nops == 4)
                fm_expert(d, NOPS);
            fm_close(d, line, &one);
            if (!kind && !is_zero(c)) {
                FmSubtree padding = fm_open_text(d, c, "Non-zero header padding");
                fm_close(d, padding, c);
                fm_expert(d, AFTER_EOL);
                break;
            }
        }
    }
    if (list)
        fm_subtree_label(d, all, "Options: (%zu bytes), %.*s", size, (int)names.size, names.data ? names.data : "");
    c->at = c->end;
    d->depth--;
    if ((context->flags & SYN) && !broken) {
        if (!o->has_mss)
            fm_expert(d, MSS_ABSENT);
    }
    d->depth++;
    fm_close(d, all, c);
    fm_unuse(d, before);
}

static void part_dissect(FmDissection *d, FmCursor *c)
{
    tcp_options_dissect(d, c, &(TcpOptionContext){ 0 }, &(TcpOptions){ .wscale = -1 });
}

const FmProtocol fm_tcp_options = {
    .abbrev = "tcp",
    .title = "TCP Options",
    FM_FIELDS(fields),
    .dissect = part_dissect,
    .part = true,
};
