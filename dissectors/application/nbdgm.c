/* NetBIOS datagrams (RFC 1002 §4.4). */
#include "config.h"

#include <string.h>

#include "dissectors/application/netbios.h"

enum {
    NBDGM, TYPE, FLAGS, MORE, FIRST, NODE_TYPE, ID, SOURCE_IP, SOURCE_PORT, LENGTH, OFFSET, SOURCE_NAME, DESTINATION_NAME, ERROR_CODE,
};

static const FmName types[] = {
    { 16, 0, "Direct_unique datagram" }, { 17, 0, "Direct_group datagram" }, { 18, 0, "Broadcast datagram" }, { 19, 0, "Datagram error" },
    { 20, 0, "Datagram query request" }, { 21, 0, "Datagram positive query response" }, { 22, 0, "Datagram negative query response" }, { 0 },
};
static const FmName nodes[] = { { 0, 0, "B node" }, { 1, 0, "P node" }, { 2, 0, "M node" }, { 3, 0, "NBDD" }, { 0 } };
static const FmName errors[] = {
    { 0x82, 0, "Destination name not present" }, { 0x83, 0, "Invalid source name format" }, { 0x84, 0, "Invalid destination name format" }, { 0 },
};

static const FmField fields[] = {
    [NBDGM] = { "nbdgm", "NetBIOS Datagram Service", FM_PROTOCOL },
    [TYPE] = { "nbdgm.type", "Message Type", FM_UINT8, FM_DEC, .names = types },
    [FLAGS] = { "nbdgm.flags", "Flags", FM_UINT8, FM_HEX },
    [MORE] = { "nbdgm.next", "More fragments follow", FM_BOOL8, FM_BASE_NONE, 0x01, .yes = "Yes", .no = "No" },
    [FIRST] = { "nbdgm.first", "This is first fragment", FM_BOOL8, FM_BASE_NONE, 0x02, .yes = "Yes", .no = "No" },
    [NODE_TYPE] = { "nbdgm.node_type", "Node Type", FM_UINT8, FM_DEC, 0x0c, .names = nodes },
    [ID] = { "nbdgm.dgram_id", "Datagram ID", FM_UINT16, FM_HEX },
    [SOURCE_IP] = { "nbdgm.src.ip", "Source IP", FM_IPV4 },
    [SOURCE_PORT] = { "nbdgm.src.port", "Source Port", FM_UINT16, FM_DEC },
    [LENGTH] = { "nbdgm.dgram_len", "Datagram length", FM_UINT16, FM_DEC, .unit = " bytes" },
    [OFFSET] = { "nbdgm.pkt_offset", "Packet offset", FM_UINT16, FM_DEC, .unit = " bytes" },
    [SOURCE_NAME] = { "nbdgm.source_name", "Source name", FM_STRING },
    [DESTINATION_NAME] = { "nbdgm.destination_name", "Destination name", FM_STRING },
    [ERROR_CODE] = { "nbdgm.error_code", "Error code", FM_UINT8, FM_HEX, .names = errors },
};

static void put_name(FmDissection *d, FmCursor *c, const FmCursor *message, unsigned row)
{
    char text[NETBIOS_TEXT];
    const char *meaning;
    FmCursor start = *c;
    size_t size = fm_netbios_name(c, message, text, &meaning);
    if (fm_wanted(d, row))
        fm_record_blob_of(d, &fields[row], row, fm_offset(&start), (uint32_t)size, start.buffer, 0, text, strlen(text));
    fm_label(d, row, *meaning ? "%s: %s (%s)" : "%s: %s%s", fields[row].name, text, meaning);
}

static void nbdgm_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor message = *c;
    uint64_t type = fm_add(d, TYPE, c), flags = fm_peek(c, 0, 1);
    const char *name = fm_name(types, type);
    fm_info(d, "%s", name ? name : "Unknown");
    fm_add_bits(d, FLAGS, c);
    fm_label_more(d, FLAGS, "%s%s, Node Type: %s", flags & 1 ? ", More fragments follow" : "", flags & 2 ? ", This is first fragment" : "",
                  fm_name(nodes, flags >> 2 & 3));
    fm_down(d);
    fm_add_bits(d, MORE, c);
    fm_add_bits(d, FIRST, c);
    fm_add(d, NODE_TYPE, c);
    fm_up(d);
    fm_add(d, ID, c);
    fm_add(d, SOURCE_IP, c);
    fm_add(d, SOURCE_PORT, c);
    if (type >= 16 && type <= 18) {
        fm_add(d, LENGTH, c);
        fm_add(d, OFFSET, c);
        put_name(d, c, &message, SOURCE_NAME);
        put_name(d, c, &message, DESTINATION_NAME);
        fm_length(d, (uint64_t)(c->at - message.at));
        if (fm_left(c))
            fm_data(d, c);
    } else if (type == 19) {
        fm_add(d, ERROR_CODE, c);
    } else if (type >= 20 && type <= 22) {
        put_name(d, c, &message, DESTINATION_NAME);
    }
}

const FmProtocol fm_nbdgm = {
    .abbrev = "nbdgm",
    .name = "NBDS",
    .title = "NetBIOS Datagram Service",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 138 }),
    .dissect = nbdgm_dissect,
};
