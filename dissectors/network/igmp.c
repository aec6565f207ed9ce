/* IGMP, versions 1 to 3 (RFC 1112, RFC 2236, RFC 3376). */
#include "config.h"

#include "base/checksum.h"
#include "dissectors/network/names.h"
#include "engine/dissect.h"

enum {
    IGMP,
    IGMP_VERSION,
    IGMP_TYPE,
    IGMP_RESERVED,
    IGMP_MAX_RESP,
    IGMP_MAX_RESP_EXP,
    IGMP_MAX_RESP_MANT,
    IGMP_CHECKSUM,
    IGMP_CHECKSUM_STATUS,
    IGMP_MADDR,
    IGMP_S,
    IGMP_QRV,
    IGMP_QQIC,
    IGMP_NUM_SRC,
    IGMP_SADDR,
    IGMP_NUM_GRP_RECS,
    IGMP_RECORD_TYPE,
    IGMP_AUX_DATA_LEN,
    IGMP_AUX_DATA,
    IGMP_BAD_CHECKSUM,
};

enum {
    QUERY = 0x11, REPORT_V1 = 0x12, REPORT_V2 = 0x16, LEAVE = 0x17, REPORT_V3 = 0x22,
};

static const FmName types[] = {
    { 0x01, 0, "Create Group Request" },
    { 0x02, 0, "Create Group Reply" },
    { 0x03, 0, "Join Group Request" },
    { 0x04, 0, "Join Group Reply" },
    { 0x05, 0, "Leave Group Request" },
    { 0x06, 0, "Leave Group Reply" },
    { 0x07, 0, "Confirm Group Request" },
    { 0x08, 0, "Confirm Group Reply" },
    { QUERY, 0, "Membership Query" },
    { REPORT_V1, 0, "Membership Report" },
    { 0x13, 0, "DVMRP Protocol" },
    { 0x14, 0, "PIM Routing Message" },
    { REPORT_V2, 0, "Membership Report" },
    { LEAVE, 0, "Leave Group" },
    { 0x1e, 0, "Traceroute Response" },
    { 0x1f, 0, "Traceroute Query or Request" },
    { REPORT_V3, 0, "Membership Report" },
    { 0 },
};

enum { IS_INCLUDE = 1, IS_EXCLUDE = 2, TO_INCLUDE = 3, TO_EXCLUDE = 4, ALLOW_NEW = 5, BLOCK_OLD = 6 };

static const FmName record_types[] = {
    { IS_INCLUDE, 0, "Mode Is Include" },
    { IS_EXCLUDE, 0, "Mode Is Exclude" },
    { TO_INCLUDE, 0, "Change To Include Mode" },
    { TO_EXCLUDE, 0, "Change To Exclude Mode" },
    { ALLOW_NEW, 0, "Allow New Sources" },
    { BLOCK_OLD, 0, "Block Old Sources" },
    { 0 },
};

static const FmField fields[] = {
    [IGMP] = { "igmp", "Internet Group Management Protocol", FM_PROTOCOL },
    [IGMP_VERSION] = { "igmp.version", "IGMP Version", FM_UINT8, FM_DEC, .generated = true },
    [IGMP_TYPE] = { "igmp.type", "Type", FM_UINT8, FM_HEX, .names = types },
    [IGMP_RESERVED] = { "igmp.reserved", "Reserved", FM_BYTES },
    [IGMP_MAX_RESP] = { "igmp.max_resp", "Max Resp Time", FM_UINT8, FM_DEC },
    [IGMP_MAX_RESP_EXP] = { "igmp.max_resp.exp", "Exponent", FM_UINT8, FM_HEX, 0x70 },
    [IGMP_MAX_RESP_MANT] = { "igmp.max_resp.mant", "Mantissa", FM_UINT8, FM_HEX, 0x0f },
    [IGMP_CHECKSUM] = { "igmp.checksum", "Checksum", FM_UINT16, FM_HEX },
    [IGMP_CHECKSUM_STATUS] = { "igmp.checksum.status", "Checksum Status", FM_UINT8, .names = fm_checksum_names, .generated = true },
    [IGMP_MADDR] = { "igmp.maddr", "Multicast Address", FM_IPV4 },
    [IGMP_S] = { "igmp.s", "S", FM_BOOL8, .mask = 0x08, .yes = "SUPPRESS router side processing",
                 .no = "Do not suppress router side processing" },
    [IGMP_QRV] = { "igmp.qrv", "QRV", FM_UINT8, FM_DEC, 0x07 },
    [IGMP_QQIC] = { "igmp.qqic", "QQIC", FM_UINT8, FM_DEC },
    [IGMP_NUM_SRC] = { "igmp.num_src", "Num Src", FM_UINT16, FM_DEC },
    [IGMP_SADDR] = { "igmp.saddr", "Source Address", FM_IPV4 },
    [IGMP_NUM_GRP_RECS] = { "igmp.num_grp_recs", "Num Group Records", FM_UINT16, FM_DEC },
    [IGMP_RECORD_TYPE] = { "igmp.record_type", "Record Type", FM_UINT8, FM_DEC, .names = record_types },
    [IGMP_AUX_DATA_LEN] = { "igmp.aux_data_len", "Aux Data Len", FM_UINT8, FM_DEC },
    [IGMP_AUX_DATA] = { "igmp.aux_data", "Aux Data", FM_BYTES },
    [IGMP_BAD_CHECKSUM] = { "igmp.bad_checksum", "Bad checksum", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_CHECKSUM },
};

enum { QUERY_SIZE = 8, MAX_RESP_FLOAT = 0x80 };

static void add_checksum(FmDissection *d, FmCursor *c, const FmCursor *message)
{
    FmCursor here = *c;
    uint64_t checksum = fm_add(d, IGMP_CHECKSUM, c);
    unsigned status = FM_CHECKSUM_UNVERIFIED;
    if (message->lost || message->fragment) {
        fm_label(d, IGMP_CHECKSUM, "Checksum: 0x%04x [unverified]", (unsigned)checksum);
    } else {
        uint16_t sum = fm_checksum(fm_rest(message)), right = fm_checksum_expected(sum, (uint16_t)checksum);
        status = sum == 0xffff ? FM_CHECKSUM_GOOD : FM_CHECKSUM_BAD;
        if (sum == 0xffff) {
            fm_label(d, IGMP_CHECKSUM, "Checksum: 0x%04x [correct]", (unsigned)checksum);
        } else {
            fm_label(d, IGMP_CHECKSUM, "Checksum: 0x%04x incorrect, should be 0x%04x", (unsigned)checksum, right);
            fm_expert_text(d, IGMP_BAD_CHECKSUM, "Bad checksum [should be 0x%04x]", right);
        }
    }
    fm_add_value(d, IGMP_CHECKSUM_STATUS, &here, 0, status);
}

/* Tenths of a second; long times are a small floating point number (RFC 3376 §4.1.1). */
static void add_max_resp(FmDissection *d, FmCursor *c, bool floating)
{
    uint64_t code = fm_peek(c, 0, 1), tenths = code;
    if (floating && code & MAX_RESP_FLOAT)
        tenths = ((code & 0x0f) | 0x10) << ((code >> 4 & 7) + 3);
    fm_add_bits(d, IGMP_MAX_RESP, c);
    fm_label(d, IGMP_MAX_RESP, "Max Resp Time: %u.%u sec (0x%02x)", (unsigned)tenths / 10, (unsigned)tenths % 10, (unsigned)code);
    if (floating && code & MAX_RESP_FLOAT) {
        fm_down(d);
        fm_add_bits(d, IGMP_MAX_RESP_EXP, c);
        fm_add_bits(d, IGMP_MAX_RESP_MANT, c);
        fm_up(d);
    }
    fm_skip(c, 1);
}

static uint64_t add_group(FmDissection *d, FmCursor *c, const char *before)
{
    uint64_t group = fm_peek(c, 0, 4);
    if (d->want_info && before) {
        g_auto(FmText) text = { 0 };
        fm_text_ipv4(&text, (uint32_t)group);
        fm_info_more(d, "%s%s", before, fm_text_string(&text));
    }
    fm_add(d, IGMP_MADDR, c);
    return group;
}

static void add_sources(FmDissection *d, FmCursor *c, uint64_t count)
{
    for (uint64_t i = 0; i < count && fm_left(c); i++) {
        if (d->want_info && fm_left(c) >= 4) {
            g_auto(FmText) text = { 0 };
            fm_text_ipv4(&text, (uint32_t)fm_peek(c, 0, 4));
            fm_info_more(d, "%s%s", i ? ", " : "", fm_text_string(&text));
        }
        fm_add(d, IGMP_SADDR, c);
    }
}

static void add_query(FmDissection *d, FmCursor *c, const FmCursor *message, unsigned version)
{
    if (version == 1)
        fm_add_bytes(d, IGMP_RESERVED, c, 1);
    else
        add_max_resp(d, c, version == 3);
    add_checksum(d, c, message);
    bool general = fm_peek(c, 0, 4) == 0;
    if (version > 1 && general)
        fm_info_more(d, ", general");
    add_group(d, c, version > 1 && !general ? ", specific for group " : NULL);
    if (version < 3)
        return;
    fm_add_bits(d, IGMP_S, c);
    fm_add(d, IGMP_QRV, c);
    fm_add(d, IGMP_QQIC, c);
    uint64_t count = fm_add(d, IGMP_NUM_SRC, c);
    if (count)
        fm_info_more(d, ", source%s {", count > 1 ? "s" : "");
    add_sources(d, c, count);
    if (count)
        fm_info_more(d, "}");
}

static void info_record(FmDissection *d, const FmCursor *c, uint64_t type, uint64_t count)
{
    if (!d->want_info || fm_left(c) < 4)
        return;
    g_auto(FmText) text = { 0 };
    fm_text_ipv4(&text, (uint32_t)fm_peek(c, 0, 4));
    const char *group = fm_text_string(&text), *plural = count > 1 ? "s" : "";
    switch (type) {
    case IS_INCLUDE: case TO_INCLUDE:
        if (count)
            fm_info_more(d, " / Join group %s for source%s {", group, plural);
        else
            fm_info_more(d, " / Leave group %s", group);
        break;
    case IS_EXCLUDE: case TO_EXCLUDE:
        if (count)
            fm_info_more(d, " / Join group %s not for source%s {", group, plural);
        else
            fm_info_more(d, " / Join group %s for any sources", group);
        break;
    case ALLOW_NEW: fm_info_more(d, " / Group %s, new source%s {", group, plural); break;
    case BLOCK_OLD: fm_info_more(d, " / Group %s, block source%s {", group, plural); break;
    default: fm_info_more(d, " / Group %s, ADD/REMOVE source%s {", group, plural); break;
    }
}

static void add_record(FmDissection *d, FmCursor *c)
{
    g_auto(FmText) group = { 0 };
    uint64_t type = fm_peek(c, 0, 1);
    const char *name = fm_name(record_types, type);
    fm_text_ipv4(&group, (uint32_t)fm_peek(c, 4, 4));
    FmSubtree record = fm_open_text(d, c, "Group Record : %s  %s", fm_text_string(&group), name ? name : "");
    fm_add(d, IGMP_RECORD_TYPE, c);
    uint64_t auxiliary = fm_add(d, IGMP_AUX_DATA_LEN, c) * 4, count = fm_add(d, IGMP_NUM_SRC, c);
    info_record(d, c, type, count);
    fm_add(d, IGMP_MADDR, c);
    add_sources(d, c, count);
    if (count || type > TO_EXCLUDE || type == 0)
        fm_info_more(d, "}");
    if (auxiliary)
        fm_add_bytes(d, IGMP_AUX_DATA, c, auxiliary);
    fm_close(d, record, c);
}

static void add_report(FmDissection *d, FmCursor *c, const FmCursor *message)
{
    fm_add_bytes(d, IGMP_RESERVED, c, 1);
    add_checksum(d, c, message);
    fm_add_bytes(d, IGMP_RESERVED, c, 2);
    uint64_t count = fm_add(d, IGMP_NUM_GRP_RECS, c);
    for (; count && fm_left(c); count--)
        add_record(d, c);
}

static unsigned version_of(const FmCursor *c, uint64_t type)
{
    switch (type) {
    case QUERY: return fm_left_on_wire(c) > QUERY_SIZE ? 3 : fm_peek(c, 1, 1) ? 2 : 1;
    case REPORT_V1: return 1;
    case REPORT_V2: case LEAVE: return 2;
    case REPORT_V3: return 3;
    default: return 0;
    }
}

static void igmp_dissect(FmDissection *d, FmCursor *c)
{
    static const char *const names[] = { "IGMP", "IGMPv1", "IGMPv2", "IGMPv3" };
    FmCursor message = *c;
    uint64_t type = fm_peek(c, 0, 1);
    unsigned version = version_of(c, type);
    fm_protocol_column(d, names[version]);
    if (!version) {
        fm_add(d, IGMP_TYPE, c);
        fm_info(d, "Unknown Type:0x%02x", (unsigned)type);
        return;
    }
    fm_layer_name(d, "igmp"); /* of the version */
    fm_info(d, "%s", fm_name(types, type));
    fm_make(d, IGMP_VERSION, version);
    fm_add(d, IGMP_TYPE, c);
    switch (type) {
    case QUERY: add_query(d, c, &message, version); break;
    case REPORT_V3: add_report(d, c, &message); break;
    default:
        if (type == REPORT_V1)
            fm_add_bytes(d, IGMP_RESERVED, c, 1);
        else
            add_max_resp(d, c, false);
        add_checksum(d, c, &message);
        add_group(d, c, type == REPORT_V2 ? " group " : type == LEAVE ? " " : NULL);
        break;
    }
}

const FmProtocol fm_igmp = {
    .abbrev = "igmp",
    .name = "IGMP",
    .title = "Internet Group Management Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_IP_PROTO, 2 }),
    .dissect = igmp_dissect,
};
