/* NetBIOS names (RFC 1002 §4.2): messages like DNS's, with names of their own. */
#include "config.h"

#include <string.h>

#include "dissectors/application/netbios.h"

enum {
    NBNS, ID, FLAGS, RESPONSE, OPCODE, AUTHORITATIVE, TRUNCATED, RECDESIRED, RECAVAIL, BROADCAST, RCODE, QUERIES, ANSWERS, AUTH_RR, ADD_RR, NAME, TYPE,
    CLASS, TTL, DATA_LENGTH, NB_FLAGS, NB_GROUP, NB_ONT, ADDR, NUMBER, STATUS_NAME, NAME_FLAGS, NF_GROUP, NF_ONT, NF_DRG, NF_CNF, NF_ACT, NF_PRM, UNIT_ID,
    DATA,
};

static const FmName opcodes[] = {
    { 0, 0, "Name query" }, { 5, 0, "Registration" }, { 6, 0, "Release" }, { 7, 0, "Wait for acknowledgment" }, { 8, 0, "Refresh" },
    { 9, 0, "Refresh (alternate opcode)" }, { 15, 0, "Multi-homed registration" }, { 0 },
};
static const FmName rcodes[] = {
    { 0, 0, "No error" }, { 1, 0, "Request was invalidly formatted" }, { 2, 0, "Server failure" }, { 3, 0, "Requested name does not exist" },
    { 4, 0, "Request is not implemented" }, { 5, 0, "Request was refused" }, { 6, 0, "Name is owned by another node" }, { 7, 0, "Name is in conflict" }, { 0 },
};
static const FmName types[] = { { 32, 0, "NB" }, { 33, 0, "NBSTAT" }, { 0 } };
static const FmName classes[] = { { 1, 0, "IN" }, { 2, 0, "CS" }, { 3, 0, "CH" }, { 4, 0, "HS" }, { 254, 0, "NONE" }, { 255, 0, "ANY" }, { 0 } };
static const FmName nodes[] = { { 0, 0, "B-node" }, { 1, 0, "P-node" }, { 2, 0, "M-node" }, { 3, 0, "H-node" }, { 0 } };

#define BIT FM_BOOL16, FM_BASE_NONE

static const FmField fields[] = {
    [NBNS] = { "nbns", "NetBIOS Name Service", FM_PROTOCOL },
    [ID] = { "nbns.id", "Transaction ID", FM_UINT16, FM_HEX },
    [FLAGS] = { "nbns.flags", "Flags", FM_UINT16, FM_HEX },
    [RESPONSE] = { "nbns.flags.response", "Response", BIT, 0x8000, .yes = "Message is a response", .no = "Message is a query" },
    [OPCODE] = { "nbns.flags.opcode", "Opcode", FM_UINT16, FM_DEC, 0x7800, .names = opcodes },
    [AUTHORITATIVE] = { "nbns.flags.authoritative", "Authoritative", BIT, 0x0400, .yes = "Server is an authority for domain",
                        .no = "Server is not an authority for domain" },
    [TRUNCATED] = { "nbns.flags.truncated", "Truncated", BIT, 0x0200, .yes = "Message is truncated", .no = "Message is not truncated" },
    [RECDESIRED] = { "nbns.flags.recdesired", "Recursion desired", BIT, 0x0100, .yes = "Do query recursively", .no = "Don't do query recursively" },
    [RECAVAIL] = { "nbns.flags.recavail", "Recursion available", BIT, 0x0080, .yes = "Server can do recursive queries",
                   .no = "Server can't do recursive queries" },
    [BROADCAST] = { "nbns.flags.broadcast", "Broadcast", BIT, 0x0010, .yes = "Broadcast packet", .no = "Not a broadcast packet" },
    [RCODE] = { "nbns.flags.rcode", "Reply code", FM_UINT16, FM_DEC, 0x000f, .names = rcodes },
    [QUERIES] = { "nbns.count.queries", "Questions", FM_UINT16, FM_DEC },
    [ANSWERS] = { "nbns.count.answers", "Answer RRs", FM_UINT16, FM_DEC },
    [AUTH_RR] = { "nbns.count.auth_rr", "Authority RRs", FM_UINT16, FM_DEC },
    [ADD_RR] = { "nbns.count.add_rr", "Additional RRs", FM_UINT16, FM_DEC },
    [NAME] = { "nbns.name", "Name", FM_STRING },
    [TYPE] = { "nbns.type", "Type", FM_UINT16, FM_DEC, .names = types },
    [CLASS] = { "nbns.class", "Class", FM_UINT16, FM_DEC, .names = classes },
    [TTL] = { "nbns.ttl", "Time to live", FM_UINT32, FM_DEC },
    [DATA_LENGTH] = { "nbns.data_length", "Data length", FM_UINT16, FM_DEC },
    [NB_FLAGS] = { "nbns.nb_flags", "Name flags", FM_UINT16, FM_HEX },
    [NB_GROUP] = { "nbns.nb_flags.group", "Name type", BIT, 0x8000, .yes = "Group name", .no = "Unique name" },
    [NB_ONT] = { "nbns.nb_flags.ont", "ONT", FM_UINT16, FM_DEC, 0x6000, .names = nodes },
    [ADDR] = { "nbns.addr", "Addr", FM_IPV4 },
    [NUMBER] = { "nbns.number_of_names", "Number of names", FM_UINT8, FM_DEC },
    [STATUS_NAME] = { "nbns.netbios_name", "Name", FM_STRING },
    [NAME_FLAGS] = { "nbns.name_flags", "Name flags", FM_UINT16, FM_HEX },
    [NF_GROUP] = { "nbns.name_flags.group", "Name type", BIT, 0x8000, .yes = "Group name", .no = "Unique name" },
    [NF_ONT] = { "nbns.name_flags.ont", "ONT", FM_UINT16, FM_DEC, 0x6000, .names = nodes },
    [NF_DRG] = { "nbns.name_flags.drg", "Name is being deregistered", BIT, 0x1000, .yes = "Yes", .no = "No" },
    [NF_CNF] = { "nbns.name_flags.cnf", "Name is in conflict", BIT, 0x0800, .yes = "Yes", .no = "No" },
    [NF_ACT] = { "nbns.name_flags.act", "Name is active", BIT, 0x0400, .yes = "Yes", .no = "No" },
    [NF_PRM] = { "nbns.name_flags.prm", "Permanent node name", BIT, 0x0200, .yes = "Yes", .no = "No" },
    [UNIT_ID] = { "nbns.unit_id", "Unit ID", FM_ETHER },
    [DATA] = { "nbns.data", "Data", FM_BYTES },
};

typedef struct Record {
    char name[NETBIOS_TEXT];
    const char *meaning;
    uint64_t type, class;
} Record;

static const char *text_of(const FmName *names, uint64_t value)
{
    const char *name = fm_name(names, value);
    return name ? name : "Unknown";
}

static void put_flags(FmDissection *d, FmCursor *c)
{
    uint64_t flags = fm_peek(c, 0, 2);
    bool response = flags & 0x8000;
    static const struct {
        unsigned row;
        bool in_query, told;
    } bits[] = { { RESPONSE, true, false }, { OPCODE, true, false }, { AUTHORITATIVE, false, true }, { TRUNCATED, true, true }, { RECDESIRED, true, true },
                 { RECAVAIL, false, true }, { BROADCAST, true, true }, { RCODE, false, false } };
    fm_add_bits(d, FLAGS, c);
    fm_label_more(d, FLAGS, ", %sOpcode: %s", response ? "Response, " : "", text_of(opcodes, flags >> 11 & 15));
    for (size_t i = 0; i < G_N_ELEMENTS(bits); i++)
        if (bits[i].told && (response || bits[i].in_query) && flags & fields[bits[i].row].mask)
            fm_label_more(d, FLAGS, ", %s", fields[bits[i].row].name);
    if (response)
        fm_label_more(d, FLAGS, ", Reply code: %s", text_of(rcodes, flags & 15));
    fm_down(d);
    for (size_t i = 0; i < G_N_ELEMENTS(bits); i++)
        if (response || bits[i].in_query)
            fm_add_number(d, &fields[bits[i].row], bits[i].row, c, false);
    fm_up(d);
    fm_skip(c, 2);
}

/* Name, type and class: what questions and records begin with. */
static FmSubtree open_record(FmDissection *d, FmCursor *c, const FmCursor *message, Record *r)
{
    FmCursor start = *c;
    size_t size = fm_netbios_name(c, message, r->name, &r->meaning);
    r->type = fm_peek(c, 0, 2);
    r->class = fm_peek(c, 2, 2);
    FmSubtree line = fm_open_text(d, &start, "%s: type %s, class %s", r->name, text_of(types, r->type), text_of(classes, r->class));
    fm_add_text(d, NAME, &start, size, r->name);
    fm_label(d, NAME, *r->meaning ? "Name: %s (%s)" : "Name: %s%s", r->name, r->meaning);
    fm_add(d, TYPE, c);
    fm_add(d, CLASS, c);
    return line;
}

static void put_status(FmDissection *d, FmCursor *c)
{
    uint64_t count = fm_add(d, NUMBER, c);
    for (uint64_t i = 0; i < count && fm_left(c) >= 18; i++) {
        char name[NETBIOS_TEXT];
        const char *meaning = fm_netbios_plain(c->at, name);
        fm_add_text(d, STATUS_NAME, c, 16, name);
        fm_label(d, STATUS_NAME, *meaning ? "Name: %s (%s)" : "Name: %s%s", name, meaning);
        fm_skip(c, 16);
        fm_add_flags(d, NAME_FLAGS, NF_GROUP, NF_PRM, c);
    }
    if (fm_left(c) >= 6)
        fm_add(d, UNIT_ID, c);
    if (fm_left(c))
        fm_add_bytes(d, DATA, c, fm_left(c));
}

static void put_records(FmDissection *d, FmCursor *c, const FmCursor *message, uint64_t count, const char *title)
{
    if (!count || !fm_left(c))
        return;
    FmSubtree tree = fm_open_text(d, c, "%s", title);
    for (uint64_t i = 0; i < count && fm_left(c) && fm_ok(d); i++) {
        Record r;
        FmSubtree line = open_record(d, c, message, &r);
        fm_add(d, TTL, c);
        uint64_t length = fm_add(d, DATA_LENGTH, c);
        FmCursor data = fm_take(c, length);
        fm_info_more(d, " %s", text_of(types, r.type));
        if (r.type == 32) {
            while (fm_left(&data) >= 6) {
                fm_add_flags(d, NB_FLAGS, NB_GROUP, NB_ONT, &data);
                uint64_t address = fm_add(d, ADDR, &data);
                fm_info_more(d, " %u.%u.%u.%u", (unsigned)address >> 24, (unsigned)address >> 16 & 255, (unsigned)address >> 8 & 255, (unsigned)address & 255);
            }
        } else if (r.type == 33) {
            put_status(d, &data);
        } else if (fm_left(&data)) {
            fm_add_bytes(d, DATA, &data, fm_left(&data));
        }
        fm_close(d, line, c);
    }
    fm_close(d, tree, c);
}

static void nbns_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor message = *c;
    fm_add(d, ID, c);
    uint64_t flags = fm_peek(c, 0, 2), counts[4];
    bool response = flags & 0x8000;
    fm_info(d, "%s%s", text_of(opcodes, flags >> 11 & 15), response ? " response" : "");
    if (response && flags & 15)
        fm_info_more(d, ", %s", text_of(rcodes, flags & 15));
    put_flags(d, c);
    for (unsigned i = 0; i < 4; i++)
        counts[i] = fm_add_number(d, &fields[QUERIES + i], QUERIES + i, c, true);
    if (counts[0] && fm_left(c)) {
        FmSubtree tree = fm_open_text(d, c, "Queries");
        for (uint64_t i = 0; i < counts[0] && fm_left(c) && fm_ok(d); i++) {
            Record r;
            FmSubtree line = open_record(d, c, &message, &r);
            fm_info_more(d, " %s %s", text_of(types, r.type), r.name);
            fm_close(d, line, c);
        }
        fm_close(d, tree, c);
    }
    put_records(d, c, &message, counts[1], "Answers");
    put_records(d, c, &message, counts[2], "Authoritative nameservers");
    bool want_info = d->want_info;
    d->want_info = false; /* what a registration adds is no answer */
    put_records(d, c, &message, counts[3], "Additional records");
    d->want_info = want_info;
}

const FmProtocol fm_nbns = {
    .abbrev = "nbns",
    .name = "NBNS",
    .title = "NetBIOS Name Service",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 137 }),
    .dissect = nbns_dissect,
};
