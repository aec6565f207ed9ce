/* NTP (RFC 5905), its control messages (RFC 9327) and extension fields (RFC 7822). */
#include "config.h"

#include <math.h>

#include "engine/dissect.h"

enum {
    NTP, FLAGS, LI, VN, MODE, STRATUM, POLL, PRECISION, ROOT_DELAY, ROOT_DISPERSION, REFID, REFTIME, ORG, REC, XMT, KEYID, MAC, EXTENSION, EXT_TYPE,
    EXT_LENGTH, EXT_VALUE, FLAGS2, RESPONSE, ERROR, MORE, OPCODE, SEQUENCE, STATUS, ERR_STATUS, SYS_LI, SYS_SOURCE,
    SYS_COUNT, SYS_CODE, PEER_CONFIG, PEER_AUTH_ENABLE, PEER_AUTHENTIC, PEER_REACH, PEER_BROADCAST, PEER_SELECTION, PEER_COUNT, PEER_CODE, DATA, ITEM,
    ASSOCIATION, OFFSET, COUNT, PRIV_RESPONSE, PRIV_MORE, PRIV_AUTH_SEQ, PRIV_AUTH, PRIV_SEQ, PRIV_IMPL, PRIV_CODE,
};

static const FmName leaps[] = {
    { 0, 0, "no warning" }, { 1, 0, "last minute of the day has 61 seconds" }, { 2, 0, "last minute of the day has 59 seconds" },
    { 3, 0, "unknown (clock unsynchronized)" }, { 0 },
};
static const FmName versions[] = {
    { 0, 0, "reserved" }, { 1, 0, "NTP Version 1" }, { 2, 0, "NTP Version 2" }, { 3, 0, "NTP Version 3" }, { 4, 0, "NTP Version 4" },
    { 5, 7, "reserved" }, { 0 },
};
static const FmName modes[] = {
    { 0, 0, "reserved" }, { 1, 0, "symmetric active" }, { 2, 0, "symmetric passive" }, { 3, 0, "client" }, { 4, 0, "server" },
    { 5, 0, "broadcast" }, { 6, 0, "reserved for NTP control message" }, { 7, 0, "reserved for private use" }, { 0 },
};
static const FmName info_modes[] = {
    { 0, 0, "reserved" }, { 1, 0, "symmetric active" }, { 2, 0, "symmetric passive" }, { 3, 0, "client" }, { 4, 0, "server" }, { 5, 0, "broadcast" },
    { 6, 0, "control" }, { 7, 0, "private" }, { 0 },
};
static const FmName extensions[] = {
    { 0x2, 0, "No-Operation Request" }, { 0x102, 0, "Association Message Request" }, { 0x104, 0, "Unique Identifier" },
    { 0x202, 0, "Certificate Message Request" }, { 0x204, 0, "NTS Cookie" }, { 0x302, 0, "Cookie Message Request" },
    { 0x304, 0, "NTS Cookie Placeholder" }, { 0x402, 0, "Autokey Message Request" },
    { 0x404, 0, "NTS Authenticator and Encrypted Extension Fields" }, { 0x502, 0, "Leapseconds Message Request" },
    { 0x602, 0, "Sign Message Request" }, { 0x702, 0, "IFF Identity Message Request" }, { 0x802, 0, "GQ Identity Message Request" },
    { 0x902, 0, "MV Identity Message Request" }, { 0x2005, 0, "Checksum Complement" }, { 0x8002, 0, "No-Operation Response" },
    { 0x8102, 0, "Association Message Response" }, { 0x8202, 0, "Certificate Message Response" }, { 0x8302, 0, "Cookie Message Response" },
    { 0x8402, 0, "Autokey Message Response" }, { 0x8502, 0, "Leapseconds Message Response" }, { 0x8602, 0, "Sign Message Response" },
    { 0x8702, 0, "IFF Identity Message Response" }, { 0x8802, 0, "GQ Identity Message Response" }, { 0x8902, 0, "MV Identity Message Response" },
    { 0xc002, 0, "No-Operation Error Response" }, { 0xc102, 0, "Association Message Error Response" },
    { 0xc202, 0, "Certificate Message Error Response" }, { 0xc302, 0, "Cookie Message Error Response" },
    { 0xc402, 0, "Autokey Message Error Response" }, { 0xc502, 0, "Leapseconds Message Error Response" },
    { 0xc602, 0, "Sign Message Error Response" }, { 0xc702, 0, "IFF Identity Message Error Response" },
    { 0xc802, 0, "GQ Identity Message Error Response" }, { 0xc902, 0, "MV Identity Message Error Response" }, { 0 },
};
static const FmName opcodes[] = {
    { 0, 0, "reserved" }, { 1, 0, "read status" }, { 2, 0, "read variables" }, { 3, 0, "write variables" }, { 4, 0, "read clock variables" },
    { 5, 0, "write clock variables" }, { 6, 0, "set trap address/port" }, { 7, 0, "asynchronous message" }, { 8, 0, "runtime configuration" },
    { 9, 0, "save config to file" }, { 10, 0, "retrieve MRU (mrulist)" }, { 11, 0, "retrieve ordered list" }, { 12, 0, "request a client nonce" },
    { 31, 0, "unset trap address/port" }, { 0 },
};
static const FmName directions[] = { { 0, 0, "Request" }, { 1, 0, "Response" }, { 0 } };
static const FmName errors[] = {
    { 0, 0, "unspecified" }, { 1, 0, "authentication failure" }, { 2, 0, "invalid message length or format" }, { 3, 0, "invalid opcode" },
    { 4, 0, "unknown association identifier" }, { 5, 0, "unknown variable name" }, { 6, 0, "invalid variable value" },
    { 7, 0, "administratively prohibited" }, { 0 },
};
static const FmName sources[] = {
    { 0, 0, "unspecified or unknown" }, { 1, 0, "Calibrated atomic clock (e.g. HP 5061)" },
    { 2, 0, "VLF (band 4) or LF (band 5) radio (e.g. OMEGA, WWVB)" }, { 3, 0, "HF (band 7) radio (e.g. CHU, MSF, WWV/H)" },
    { 4, 0, "UHF (band 9) satellite (e.g. GOES, GPS)" }, { 5, 0, "local net (e.g. DCN, TSP, DTS)" }, { 6, 0, "UDP/NTP" }, { 7, 0, "UDP/TIME" },
    { 8, 0, "eyeball-and-wristwatch" }, { 9, 0, "telephone modem (e.g. NIST)" }, { 0 },
};
static const FmName system_events[] = {
    { 0, 0, "unspecified" }, { 1, 0, "frequency correction (drift) file not available" },
    { 2, 0, "frequency correction started (frequency stepped)" }, { 3, 0, "spike detected and ignored, starting stepout timer" },
    { 4, 0, "frequency training started" }, { 5, 0, "clock synchronized" }, { 6, 0, "system restart" },
    { 7, 0, "panic stop (required step greater than panic threshold)" }, { 8, 0, "no system peer" },
    { 9, 0, "leap second insertion/deletion armed" }, { 10, 0, "leap second disarmed" }, { 11, 0, "leap second inserted or deleted" },
    { 12, 0, "clock stepped (stepout timer expired)" }, { 13, 0, "kernel loop discipline status changed" },
    { 14, 0, "leapseconds table loaded from file" }, { 15, 0, "leapseconds table outdated, updated file needed" }, { 0 },
};
static const FmName selections[] = {
    { 0, 0, "rejected" }, { 1, 0, "passed sanity checks (tests 1 through 8 in Section 3.4.3)" },
    { 2, 0, "passed correctness checks (intersection algorithm in Section 4.2.1)" },
    { 3, 0, "passed candidate checks (if limit check implemented)" }, { 4, 0, "passed outlier checks (clustering algorithm in Section 4.2.2)" },
    { 5, 0, "current synchronization source; max distance exceeded (if limit check implemented)" },
    { 6, 0, "current synchronization source; max distance okay" }, { 7, 0, "reserved" }, { 0 },
};
static const FmName peer_events[] = {
    { 0, 0, "unspecified" }, { 1, 0, "association mobilized" }, { 2, 0, "association demobilized" },
    { 3, 0, "peer unreachable (peer.reach was nonzero now zero)" }, { 4, 0, "peer reachable (peer.reach was zero now nonzero)" },
    { 5, 0, "association restarted or timed out" }, { 6, 0, "no server found (ntpdate mode)" }, { 7, 0, "rate exceeded (kiss code RATE)" },
    { 8, 0, "access denied (kiss code DENY)" }, { 9, 0, "leap armed from server LI code" }, { 10, 0, "become system peer" },
    { 11, 0, "reference clock event (see clock status word)" }, { 12, 0, "authentication failure" }, { 13, 0, "popcorn spike suppressor" },
    { 14, 0, "entering interleave mode" }, { 15, 0, "interleave error (recovered)" }, { 16, 0, "leapsecond values update from server" }, { 0 },
};
static const FmName references[] = { /* four characters: RFC 5905 §7.3 and the reference clocks of ntpd */
    { 0x4c4f434c, 0, "uncalibrated local clock" }, { 0x4345534d, 0, "calibrated Cesium clock" }, { 0x5242444d, 0, "calibrated Rubidium clock" },
    { 0x50505300, 0, "Generic pulse-per-second" }, { 0x49524947, 0, "Inter-Range Instrumentation Group" },
    { 0x41435453, 0, "NIST telephone modem" }, { 0x55534e4f, 0, "USNO telephone modem" }, { 0x50544200, 0, "European telephone modem" },
    { 0x54444600, 0, "MF Radio Allouis, FR 162 kHz" }, { 0x44434600, 0, "LF Radio DCF77 Mainflingen, DE 77.5 kHz" },
    { 0x4d534600, 0, "LF Radio MSF Anthorn, UK 60 kHz" }, { 0x57575600, 0, "HF Radio WWV Ft. Collins, CO" },
    { 0x57575642, 0, "LF Radio WWVB Ft. Collins, CO 60 kHz" }, { 0x57575648, 0, "HF Radio WWVH Kauai, HI" },
    { 0x43485500, 0, "HF Radio CHU Ottawa, Ontario" }, { 0x4c4f5243, 0, "MF Radio LORAN C station, 100 kHz" },
    { 0x4f4d4547, 0, "OMEGA radionavigation system" }, { 0x47505300, 0, "Global Position System" },
    { 0x474f4553, 0, "Geostationary Orbit Environment Satellite" }, { 0x47414c00, 0, "Galileo Positioning System" },
    { 0x4a4a5900, 0, "LF Radio JJY Fukushima, JP 40 kHz, Saga, JP 60 kHz" }, { 0x4e495354, 0, "NIST telephone modem" },
    { 0x46524545, 0, "(Internal clock)" }, { 0x494e4954, 0, "(Initialization)" }, { 0x44545300, 0, "Digital Time Service" },
    { 0x41544f4d, 0, "Atomic clock (calibrated)" }, { 0x564c4600, 0, "VLF radio (OMEGA,, etc.)" }, { 0x31505053, 0, "External 1 PPS input" },
    { 0x54535000, 0, "TSP time protocol" },
    { 0 },
};

static const FmField fields[] = {
    [NTP] = { "ntp", "Network Time Protocol", FM_PROTOCOL },
    [FLAGS] = { "ntp.flags", "Flags", FM_UINT8, FM_HEX },
    [LI] = { "ntp.flags.li", "Leap Indicator", FM_UINT8, FM_DEC, 0xc0, .names = leaps },
    [VN] = { "ntp.flags.vn", "Version number", FM_UINT8, FM_DEC, 0x38, .names = versions },
    [MODE] = { "ntp.flags.mode", "Mode", FM_UINT8, FM_DEC, 0x07, .names = modes },
    [STRATUM] = { "ntp.stratum", "Peer Clock Stratum", FM_UINT8, FM_DEC },
    [POLL] = { "ntp.ppoll", "Peer Polling Interval", FM_UINT8, FM_DEC },
    [PRECISION] = { "ntp.precision", "Peer Clock Precision", FM_UINT8, FM_DEC },
    [ROOT_DELAY] = { "ntp.rootdelay", "Root Delay", FM_UINT32, FM_DEC },
    [ROOT_DISPERSION] = { "ntp.rootdispersion", "Root Dispersion", FM_UINT32, FM_DEC },
    [REFID] = { "ntp.refid", "Reference ID", FM_BYTES },
    [REFTIME] = { "ntp.reftime", "Reference Timestamp", FM_ABSOLUTE_TIME, FM_NTP_UTC },
    [ORG] = { "ntp.org", "Origin Timestamp", FM_ABSOLUTE_TIME, FM_NTP_UTC },
    [REC] = { "ntp.rec", "Receive Timestamp", FM_ABSOLUTE_TIME, FM_NTP_UTC },
    [XMT] = { "ntp.xmt", "Transmit Timestamp", FM_ABSOLUTE_TIME, FM_NTP_UTC },
    [KEYID] = { "ntp.keyid", "Key ID", FM_BYTES },
    [MAC] = { "ntp.mac", "Message Authentication Code", FM_BYTES },
    [EXTENSION] = { "ntp.ext", "Extension", FM_NONE },
    [EXT_TYPE] = { "ntp.ext.type", "Field Type", FM_UINT16, FM_HEX, .names = extensions },
    [EXT_LENGTH] = { "ntp.ext.length", "Length", FM_UINT16, FM_DEC },
    [EXT_VALUE] = { "ntp.ext.value", "Value", FM_BYTES },
    [FLAGS2] = { "ntp.ctrl.flags2", "Flags 2", FM_UINT8, FM_HEX },
    [RESPONSE] = { "ntp.ctrl.flags2.r", "Response bit", FM_UINT8, FM_DEC, 0x80, .names = directions },
    [ERROR] = { "ntp.ctrl.flags2.error", "Error bit", FM_UINT8, FM_DEC, 0x40 },
    [MORE] = { "ntp.ctrl.flags2.more", "More bit", FM_UINT8, FM_DEC, 0x20 },
    [OPCODE] = { "ntp.ctrl.flags2.opcode", "Opcode", FM_UINT8, FM_DEC, 0x1f, .names = opcodes },
    [SEQUENCE] = { "ntp.ctrl.sequence", "Sequence", FM_UINT16, FM_DEC },
    [STATUS] = { "ntp.ctrl.status", "Status", FM_UINT16, FM_HEX },
    [ERR_STATUS] = { "ntp.ctrl.err_status", "Error Status Word", FM_UINT16, FM_DEC, 0xff00, .names = errors },
    [SYS_LI] = { "ntp.ctrl.sys_status.li", "Leap Indicator", FM_UINT16, FM_DEC, 0xc000, .names = leaps },
    [SYS_SOURCE] = { "ntp.ctrl.sys_status.clksrc", "Clock Source", FM_UINT16, FM_DEC, 0x3f00, .names = sources },
    [SYS_COUNT] = { "ntp.ctrl.sys_status.count", "System Event Counter", FM_UINT16, FM_DEC, 0x00f0 },
    [SYS_CODE] = { "ntp.ctrl.sys_status.code", "System Event Code", FM_UINT16, FM_DEC, 0x000f, .names = system_events },
    [PEER_CONFIG] = { "ntp.ctrl.peer_status.config", "Peer Status", FM_BOOL16, FM_BASE_NONE, 0x8000, .yes = "configured (peer.config)",
                      .no = "not configured (peer.config)" },
    [PEER_AUTH_ENABLE] = { "ntp.ctrl.peer_status.authenable", "Peer Status", FM_BOOL16, FM_BASE_NONE, 0x4000,
                           .yes = "authentication enabled (peer.authenable)", .no = "authentication disabled (peer.authenable)" },
    [PEER_AUTHENTIC] = { "ntp.ctrl.peer_status.authentic", "Peer Status", FM_BOOL16, FM_BASE_NONE, 0x2000,
                         .yes = "authentication okay (peer.authentic)", .no = "authentication not okay (peer.authentic)" },
    [PEER_REACH] = { "ntp.ctrl.peer_status.reach", "Peer Status", FM_BOOL16, FM_BASE_NONE, 0x1000, .yes = "reachability okay (peer.reach != 0)",
                     .no = "reachability not okay (peer.reach != 0)" },
    [PEER_BROADCAST] = { "ntp.ctrl.peer_status.bcast", "Peer Status broadcast association", FM_BOOL16, FM_BASE_NONE, 0x0800, .yes = "Set", .no = "Not set" },
    [PEER_SELECTION] = { "ntp.ctrl.peer_status.selection", "Peer Selection", FM_UINT16, FM_DEC, 0x0700, .names = selections },
    [PEER_COUNT] = { "ntp.ctrl.peer_status.count", "Peer Event Counter", FM_UINT16, FM_DEC, 0x00f0 },
    [PEER_CODE] = { "ntp.ctrl.peer_status.code", "Peer Event Code", FM_UINT16, FM_DEC, 0x000f, .names = peer_events },
    [DATA] = { "ntp.ctrl.data", "Data", FM_NONE },
    [ITEM] = { "ntp.ctrl.item", "Item", FM_NONE },
    [ASSOCIATION] = { "ntp.ctrl.associd", "AssociationID", FM_UINT16, FM_DEC },
    [OFFSET] = { "ntp.ctrl.offset", "Offset", FM_UINT16, FM_DEC },
    [COUNT] = { "ntp.ctrl.count", "Count", FM_UINT16, FM_DEC },
    [PRIV_RESPONSE] = { "ntp.priv.flags.r", "Response bit", FM_UINT8, FM_DEC, 0x80, .names = directions },
    [PRIV_MORE] = { "ntp.priv.flags.more", "More bit", FM_UINT8, FM_DEC, 0x40 },
    [PRIV_AUTH_SEQ] = { "ntp.priv.auth_seq", "Auth, sequence", FM_UINT8, FM_DEC },
    [PRIV_AUTH] = { "ntp.priv.auth", "Auth bit", FM_UINT8, FM_DEC, 0x80 },
    [PRIV_SEQ] = { "ntp.priv.seq", "Sequence number", FM_UINT8, FM_DEC, 0x7f },
    [PRIV_IMPL] = { "ntp.priv.impl", "Implementation", FM_UINT8, FM_DEC },
    [PRIV_CODE] = { "ntp.priv.reqcode", "Request code", FM_UINT8, FM_DEC },
};

enum { CONTROL = 6, PRIVATE = 7, READ_STATUS = 1, READ_VARIABLES = 2 };

static void put_stamp(FmDissection *d, unsigned row, FmCursor *c)
{
    uint64_t seconds = fm_peek(c, 0, 4), fraction = fm_peek(c, 4, 4);
    if (fm_left(c) >= 8 && fm_wanted(d, row))
        fm_record_of(d, &fields[row], row, fm_offset(c), 8, c->buffer, 0, (uint64_t)fm_ntp_time(seconds, fraction));
    fm_skip(c, 8);
}

/* Who the clock is set by: four characters at stratum 1, an address below. */
static void put_reference(FmDissection *d, FmCursor *c, uint64_t stratum)
{
    uint32_t id = (uint32_t)fm_peek(c, 0, 4);
    FmSlice text = fm_add_bytes(d, REFID, c, 4);
    const char *name = fm_name(references, id);
    if (text.size < 4)
        return;
    if (stratum > 1)
        fm_label(d, REFID, "Reference ID: %u.%u.%u.%u", text.data[0], text.data[1], text.data[2], text.data[3]);
    else if (!id)
        fm_label(d, REFID, "Reference ID: NULL");
    else if (name)
        fm_label(d, REFID, "Reference ID: %s", name);
    else
        fm_label(d, REFID, "Reference ID: Unidentified reference source '%.4s'", (const char *)text.data);
}

/* Extension fields are longer than any authentication code that may follow them (RFC 7822 §7.5). */
static void put_tail(FmDissection *d, FmCursor *c)
{
    while (fm_left(c) >= 28 && fm_ok(d)) {
        FmSubtree line = fm_open(d, EXTENSION, c);
        fm_add(d, EXT_TYPE, c);
        uint64_t length = fm_add(d, EXT_LENGTH, c);
        if (length > 4)
            fm_add_bytes(d, EXT_VALUE, c, length - 4);
        else
            fm_skip(c, fm_left(c));
        fm_close(d, line, c);
    }
    if (fm_left(c) >= 4) {
        fm_add_bytes(d, KEYID, c, 4);
        if (fm_left(c))
            fm_add_bytes(d, MAC, c, fm_left(c));
    }
}

static void put_times(FmDissection *d, FmCursor *c)
{
    uint64_t stratum = fm_add(d, STRATUM, c);
    const char *kind = stratum == 0 ? "unspecified or invalid" : stratum == 1 ? "primary reference" : stratum < 16 ? "secondary reference"
                       : stratum == 16 ? "unsynchronized" : "reserved";
    fm_label(d, STRATUM, "Peer Clock Stratum: %s (%u)", kind, (unsigned)stratum);
    uint64_t poll = fm_add(d, POLL, c);
    fm_label(d, POLL, poll >= 4 && poll <= 17 ? "Peer Polling Interval: %u (%u seconds)" : "Peer Polling Interval: invalid (%u)", (unsigned)poll,
             1u << (poll & 31));
    uint64_t precision = fm_add(d, PRECISION, c);
    fm_label(d, PRECISION, "Peer Clock Precision: %8.6f seconds", ldexp(1, (int8_t)precision));
    uint64_t delay = fm_add(d, ROOT_DELAY, c);
    fm_label(d, ROOT_DELAY, "Root Delay: %8.6f seconds", (double)(int32_t)delay / 65536);
    uint64_t dispersion = fm_add(d, ROOT_DISPERSION, c);
    fm_label(d, ROOT_DISPERSION, "Root Dispersion: %8.6f seconds", (double)dispersion / 65536);
    put_reference(d, c, stratum);
    for (unsigned row = REFTIME; row <= XMT; row++)
        put_stamp(d, row, c);
    put_tail(d, c);
}

static void put_system_status(FmDissection *d, FmCursor *c)
{
    uint64_t status = fm_peek(c, 0, 2);
    const char *leap = fm_name(leaps, status >> 14), *source = fm_name(sources, status >> 8 & 63), *event = fm_name(system_events, status & 15);
    fm_add_flags(d, STATUS, SYS_LI, SYS_CODE, c);
    fm_label(d, STATUS, "Status: 0x%04x, Leap Indicator: %s, Clock Source: %s, System Event Code: %s", (unsigned)status, leap,
             source ? source : "reserved", event);
}

static void put_control(FmDissection *d, FmCursor *c)
{
    uint64_t first = fm_peek(c, 0, 1), opcode = first & 31;
    bool response = first & 0x80, error = first & 0x40;
    const char *name = fm_name(opcodes, opcode);
    fm_add_bits(d, FLAGS2, c);
    fm_label_more(d, FLAGS2, ", Response bit: %s, Opcode: %s", response ? "Response" : "Request", name ? name : "Unknown");
    fm_down(d);
    for (unsigned row = RESPONSE; row <= OPCODE; row++)
        fm_add_number(d, &fields[row], row, c, false);
    fm_up(d);
    fm_skip(c, 1);
    fm_add(d, SEQUENCE, c);
    uint64_t association = fm_peek(c, 2, 2);
    if (error)
        fm_add_flags(d, STATUS, ERR_STATUS, ERR_STATUS, c);
    else if (!response)
        fm_add(d, STATUS, c);
    else if (association && (opcode == READ_STATUS || opcode == READ_VARIABLES))
        fm_add_flags(d, STATUS, PEER_CONFIG, PEER_CODE, c);
    else
        put_system_status(d, c);
    fm_add(d, ASSOCIATION, c);
    fm_add(d, OFFSET, c);
    uint64_t count = fm_add(d, COUNT, c);
    if (!count || !fm_left(c))
        return;
    FmCursor data = fm_take(c, MIN(count, fm_left_on_wire(c)));
    FmSubtree tree = fm_open(d, DATA, &data);
    if (opcode == READ_STATUS && response) {
        while (fm_left(&data) >= 4) {
            FmSubtree item = fm_open(d, ITEM, &data);
            fm_add(d, ASSOCIATION, &data);
            fm_add_flags(d, STATUS, PEER_CONFIG, PEER_CODE, &data);
            fm_close(d, item, &data);
        }
    } else {
        FmSubtree text = fm_open_text(d, &data, "%.*s", (int)MIN(fm_left(&data), 1000), (const char *)data.at);
        data.at = data.end;
        fm_close(d, text, &data);
    }
    fm_close(d, tree, &data);
}

static void put_private(FmDissection *d, FmCursor *c)
{
    fm_add_flags(d, PRIV_AUTH_SEQ, PRIV_AUTH, PRIV_SEQ, c);
    fm_add(d, PRIV_IMPL, c);
    fm_add(d, PRIV_CODE, c);
    if (fm_left(c))
        fm_data(d, c);
}

static void ntp_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t flags = fm_peek(c, 0, 1), mode = flags & 7;
    const char *version = fm_name(versions, flags >> 3 & 7), *what = fm_name(info_modes, mode);
    fm_info(d, "%s, %s", version, what);
    fm_title(d, "Network Time Protocol (%s, %s)", version, what);
    fm_add_bits(d, FLAGS, c);
    if (mode == PRIVATE)
        fm_label_more(d, FLAGS, ", Response bit: %s, Version number: %s, Mode: %s", flags & 0x80 ? "Response" : "Request", version, fm_name(modes, mode));
    else
        fm_label_more(d, FLAGS, ", Leap Indicator: %s, Version number: %s, Mode: %s", fm_name(leaps, flags >> 6), version, fm_name(modes, mode));
    fm_down(d);
    fm_add_number(d, &fields[mode == PRIVATE ? PRIV_RESPONSE : LI], mode == PRIVATE ? PRIV_RESPONSE : LI, c, false);
    if (mode == PRIVATE)
        fm_add_bits(d, PRIV_MORE, c);
    fm_add_bits(d, VN, c);
    fm_add_bits(d, MODE, c);
    fm_up(d);
    fm_skip(c, 1);
    switch (mode) {
    case CONTROL: put_control(d, c); break;
    case PRIVATE: put_private(d, c); break;
    default: put_times(d, c); break;
    }
}

const FmProtocol fm_ntp = {
    .abbrev = "ntp",
    .name = "NTP",
    .title = "Network Time Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 123 }),
    .dissect = ntp_dissect,
};
