/* TFTP (RFC 1350) with options (RFC 2347). A transfer goes on between new ports: the one that asked is remembered. */
#include "config.h"

#include "engine/dissect.h"

enum {
    TFTP, OPCODE, SOURCE_FILE, DESTINATION_FILE, REQUEST_FRAME, TYPE, BLOCK, BLOCK_FULL, ERROR_CODE, ERROR_MESSAGE, OPTION_NAME, OPTION_VALUE, ERROR_NOTE,
};

enum { READ = 1, WRITE = 2, DATA = 3, ACK = 4, ERROR = 5, OACK = 6 };

static const FmName opcodes[] = {
    { READ, 0, "Read Request" }, { WRITE, 0, "Write Request" }, { DATA, 0, "Data Packet" }, { ACK, 0, "Acknowledgement" }, { ERROR, 0, "Error Code" },
    { OACK, 0, "Option Acknowledgement" }, { 255, 0, "Information (MSDP)" }, { 0 },
};
static const FmName errors[] = {
    { 0, 0, "Not defined" }, { 1, 0, "File not found" }, { 2, 0, "Access violation" }, { 3, 0, "Disk full or allocation exceeded" },
    { 4, 0, "Illegal TFTP Operation" }, { 5, 0, "Unknown transfer ID" }, { 6, 0, "File already exists" }, { 7, 0, "No such user" },
    { 8, 0, "Option negotiation failed" }, { 0 },
};

static const FmField fields[] = {
    [TFTP] = { "tftp", "Trivial File Transfer Protocol", FM_PROTOCOL },
    [OPCODE] = { "tftp.opcode", "Opcode", FM_UINT16, FM_DEC, .names = opcodes },
    [SOURCE_FILE] = { "tftp.source_file", "Source File", FM_STRINGZ },
    [DESTINATION_FILE] = { "tftp.destination_file", "Destination File", FM_STRINGZ },
    [REQUEST_FRAME] = { "tftp.request_frame", "Request frame", FM_FRAMENUM, .generated = true },
    [TYPE] = { "tftp.type", "Type", FM_STRINGZ },
    [BLOCK] = { "tftp.block", "Block", FM_UINT16, FM_DEC },
    [BLOCK_FULL] = { "tftp.block.full", "Full Block Number", FM_UINT32, FM_DEC, .generated = true },
    [ERROR_CODE] = { "tftp.error.code", "Error code", FM_UINT16, FM_DEC, .names = errors },
    [ERROR_MESSAGE] = { "tftp.error.message", "Error message", FM_STRINGZ },
    [OPTION_NAME] = { "tftp.option.name", "Option name", FM_STRINGZ },
    [OPTION_VALUE] = { "tftp.option.value", "Option value", FM_STRINGZ },
    [ERROR_NOTE] = { "tftp.error", "TFTP ERROR packet", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_RESPONSE },
};

#define NAME_SIZE 100
#define BLOCK_SIZE 512

typedef struct Transfer { /* state of a flow that is known by the asking side's address and port */
    char name[NAME_SIZE];
    uint32_t request; /* frame */
    uint32_t block;   /* the highest so far */
    uint16_t size;    /* of a block */
    bool writes;
} Transfer;

typedef struct TftpMemo {
    const char *name; /* NULL: the request was not seen */
    uint32_t request, block;
    bool writes, last;
} TftpMemo;

extern const FmProtocol fm_tftp;

/* Address and port of one end. */
static unsigned make_place(uint8_t *id, const FmAddress *address, uint32_t port)
{
    unsigned size = address->type == FM_ADDRESS_IPV6 ? 16 : 4;
    memcpy(id, address->bytes, size);
    id[size] = (uint8_t)(port >> 8);
    id[size + 1] = (uint8_t)port;
    return size + 2;
}

enum { PLACE = FM_FLOW_KINDS }; /* kind of id: no other protocol's */

static Transfer *transfer_at(const FmDissection *d, bool source)
{
    const FmPacket *p = d->packet;
    uint8_t id[FM_FLOW_ID_SIZE];
    if (d->replaying || d->quoting || !p->has_ports)
        return NULL;
    unsigned n = source ? make_place(id, &p->net_source, p->source_port) : make_place(id, &p->net_destination, p->destination_port);
    const FmFlowId *known = fm_flow_id(d, PLACE, id, n);
    return known ? fm_flow_state(known->flow, fm_catalog_number(p->catalog, &fm_tftp), sizeof(Transfer), NULL) : NULL;
}

static Transfer *transfer_of(const FmDissection *d)
{
    Transfer *t = transfer_at(d, true);
    return t ? t : transfer_at(d, false);
}

static void begin(FmDissection *d, bool writes, FmSlice name)
{
    if (fm_replaying(d) || d->quoting || !fm_ok(d))
        return;
    uint8_t id[FM_FLOW_ID_SIZE];
    unsigned n = make_place(id, &d->packet->net_source, d->packet->source_port);
    FmFlow *flow = fm_flow_announced(d, PLACE, id, n);
    Transfer *t = fm_flow_state(flow, fm_catalog_number(d->packet->catalog, &fm_tftp), sizeof *t, NULL);
    *t = (Transfer){ .request = fm_frame_number(d), .size = BLOCK_SIZE, .writes = writes };
    memcpy(t->name, name.data, MIN(name.size, NAME_SIZE - 1));
}

static void put_options(FmDissection *d, FmCursor *c, Transfer *t)
{
    while (fm_left(c) && fm_ok(d)) {
        FmSubtree line = fm_open_text(d, c, "Option");
        FmSlice name = fm_add_stringz(d, OPTION_NAME, c), value = fm_add_stringz(d, OPTION_VALUE, c);
        fm_subtree_label(d, line, "Option: %.*s = %.*s", (int)name.size, (const char *)name.data, (int)value.size, (const char *)value.data);
        fm_info_more(d, ", %.*s=%.*s", (int)name.size, (const char *)name.data, (int)value.size, (const char *)value.data);
        fm_close(d, line, c);
        if (t && name.size == 7 && g_ascii_strncasecmp((const char *)name.data, "blksize", 7) == 0)
            t->size = (uint16_t)CLAMP(g_ascii_strtoull(fm_arena_strndup(d->arena, (const char *)value.data, value.size), NULL, 10), 8, 65464);
    }
}

static void put_request(FmDissection *d, FmCursor *c, uint64_t opcode)
{
    FmSlice name = opcode == READ ? fm_add_stringz(d, SOURCE_FILE, c) : fm_add_stringz(d, DESTINATION_FILE, c);
    fm_info_more(d, ", File: %.*s", (int)name.size, (const char *)name.data);
    begin(d, opcode == WRITE, name);
    FmSlice type = fm_add_stringz(d, TYPE, c);
    fm_info_more(d, ", Transfer type: %.*s", (int)type.size, (const char *)type.data);
    put_options(d, c, NULL);
}

/* Blocks are numbered with 16 bits; long files go round. */
static void put_block(FmDissection *d, FmCursor *c, TftpMemo *memo, Transfer *t)
{
    uint64_t block = fm_peek(c, 0, 2);
    fm_add(d, BLOCK, c);
    if (t && fm_ok(d)) {
        uint32_t full = (t->block & 0xffff0000u) | (uint32_t)block;
        if (full + 0x8000u < t->block)
            full += 0x10000u;
        t->block = MAX(t->block, full);
        memo->block = full;
        memo->last = fm_left_on_wire(c) < t->size;
    } else if (!fm_replaying(d)) {
        memo->block = (uint32_t)block;
        memo->last = fm_left_on_wire(c) < BLOCK_SIZE;
    }
    fm_make(d, BLOCK_FULL, memo->block);
    fm_info_more(d, ", Block: %u", (unsigned)block);
}

static void put_transfer(FmDissection *d, const TftpMemo *memo)
{
    if (!memo->name)
        return;
    fm_make_text(d, DESTINATION_FILE, memo->name);
    fm_make(d, REQUEST_FRAME, memo->request);
    fm_label(d, REQUEST_FRAME, "%s Request in frame %u", memo->writes ? "Write" : "Read", memo->request);
}

static void tftp_dissect(FmDissection *d, FmCursor *c)
{
    TftpMemo *memo = fm_memo(d);
    uint64_t opcode = fm_add(d, OPCODE, c);
    const char *name = fm_name(opcodes, opcode);
    if (name)
        fm_info(d, "%s", name);
    else
        fm_info(d, "Unknown (0x%04x)", (unsigned)opcode);
    if (opcode == READ || opcode == WRITE) {
        put_request(d, c, opcode);
        return;
    }
    Transfer *t = transfer_of(d);
    if (t) {
        memo->request = t->request;
        memo->writes = t->writes;
        memo->name = fm_arena_strndup(fm_memo_arena(d), t->name, strlen(t->name));
    }
    put_transfer(d, memo);
    switch (opcode) {
    case DATA:
        put_block(d, c, memo, t);
        if (memo->last)
            fm_info_more(d, " (last)");
        fm_length(d, 4);
        if (fm_left(c))
            fm_data(d, c);
        break;
    case ACK: put_block(d, c, memo, t); break;
    case ERROR: {
        const char *error = fm_name(errors, fm_add(d, ERROR_CODE, c));
        FmSlice text = fm_add_stringz(d, ERROR_MESSAGE, c);
        fm_info_more(d, ", Code: %s, Message: %.*s", error ? error : "Unknown", (int)text.size, (const char *)text.data);
        fm_expert(d, ERROR_NOTE);
        break;
    }
    case OACK: put_options(d, c, t); break;
    default: fm_data(d, c); break;
    }
}

static bool tftp_probe(const FmDissection *d, FmSlice bytes)
{
    return bytes.size >= 4 && !bytes.data[0] && bytes.data[1] >= DATA && bytes.data[1] <= OACK && transfer_of(d);
}

const FmProtocol fm_tftp = {
    .abbrev = "tftp",
    .name = "TFTP",
    .title = "Trivial File Transfer Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 69 }),
    .dissect = tftp_dissect,
    .probe = tftp_probe,
    .probe_on = FM_UDP_PORT,
    .memo_size = sizeof(TftpMemo),
};
