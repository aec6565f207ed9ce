#include "config.h"

#include <string.h>

#include <glib/gstdio.h>

#include "base/limits.h"
#include "filter/filter.h"
#include "filter/macros.h"
#include "test.h"

/* ---- a catalog of its own: filters know nothing of engine and dissectors ---- */

static const FmName protocol_names[] = { { 1, 0, "ICMP" }, { 6, 0, "TCP" }, { 17, 0, "UDP" }, { 0 } };
static const FmName port_names[] = { { 80, 0, "web" }, { 1, 60, "low" }, { 5000, 0, "web" }, { 0 } };

static const FmField frame_fields[] = {
    { "frame", "Frame", FM_PROTOCOL },
    { "frame.number", "Number", FM_UINT32, FM_DEC },
    { "frame.len", "Length", FM_UINT32, FM_DEC },
    { "frame.time", "Time", FM_ABSOLUTE_TIME, FM_LOCAL },
    { "frame.time_relative", "Since the first", FM_RELATIVE_TIME },
    { "frame.time_delta", "Since the one before", FM_RELATIVE_TIME },
    { "frame.comment", "Comment", FM_STRING },
};
static const FmField comment_fields[] = {
    { "pkt_comment", "Packet comments", FM_PROTOCOL },
};
static const FmField eth_fields[] = {
    { "eth", "Ethernet", FM_PROTOCOL },
    { "eth.dst", "Destination", FM_ETHER, .also = "eth.addr" },
    { "eth.src", "Source", FM_ETHER, .also = "eth.addr" },
    { "eth.type", "Type", FM_UINT16, FM_HEX },
};
static const FmField ip_fields[] = {
    { "ip", "Internet Protocol", FM_PROTOCOL },
    { "ip.src", "Source", FM_IPV4, .also = "ip.addr" },
    { "ip.dst", "Destination", FM_IPV4, .also = "ip.addr" },
    { "ip.proto", "Protocol", FM_UINT8, FM_DEC, .names = protocol_names },
    { "ip.ttl", "Time to Live", FM_UINT8, FM_DEC },
    { "ip.len", "Length", FM_UINT16, FM_DEC },
    { "ip.host", "Host", FM_STRING },
};
static const FmField ipv6_fields[] = {
    { "ipv6", "Internet Protocol", FM_PROTOCOL },
    { "ipv6.src", "Source", FM_IPV6, .also = "ipv6.addr" },
    { "ipv6.dst", "Destination", FM_IPV6, .also = "ipv6.addr" },
};
static const FmField tcp_fields[] = {
    { "tcp", "Transmission Control Protocol", FM_PROTOCOL },
    { "tcp.srcport", "Source Port", FM_UINT16, FM_DEC, .names = port_names, .also = "tcp.port" },
    { "tcp.dstport", "Destination Port", FM_UINT16, FM_DEC, .names = port_names, .also = "tcp.port" },
    { "tcp.stream", "Stream", FM_UINT32, FM_DEC },
    { "tcp.flags", "Flags", FM_UINT16, FM_HEX, 0xfff },
    { "tcp.flags.syn", "Syn", FM_BOOL16, .mask = 2, .yes = "Set", .no = "Not set" },
    { "tcp.flags.reset", "Reset", FM_BOOL16, .mask = 4, .yes = "Set", .no = "Not set" },
    { "tcp.flags.str", "Letters", FM_STRING },
    { "tcp.payload", "Payload", FM_BYTES },
    { "tcp.window_size_value", "Window", FM_UINT16, FM_DEC },
    { "tcp.completeness", "Completeness", FM_UINT8, FM_DEC },
    { "tcp.analysis.flags", "Flags", FM_NONE },
    { "tcp.analysis.retransmission", "Retransmission", FM_EXPERT },
    { "tcp.analysis.fast_retransmission", "Fast retransmission", FM_EXPERT },
    { "tcp.skew", "Signed", FM_INT16, FM_DEC },
    { "tcp.rate", "Real", FM_DOUBLE },
};
static const FmField udp_fields[] = {
    { "udp", "User Datagram Protocol", FM_PROTOCOL },
    { "udp.srcport", "Source Port", FM_UINT16, FM_DEC, .also = "udp.port" },
    { "udp.dstport", "Destination Port", FM_UINT16, FM_DEC, .also = "udp.port" },
};
static const FmField http_fields[] = {
    { "http", "Hypertext Transfer Protocol", FM_PROTOCOL },
    { "http.host", "Host", FM_STRING },
    { "http.request.method", "Method", FM_STRING },
    { "http.response.code", "Status", FM_UINT16, FM_DEC },
    { "http.time", "Time", FM_RELATIVE_TIME },
    { "http.padded", "Padded", FM_STRINGZPAD },
    { "http.twin", "A number", FM_UINT8, FM_DEC },
    { "http.twin", "The same name for a string", FM_STRING },
};
static const FmField other_fields[] = {
    { "other", "Other", FM_PROTOCOL },
    { "dns.qry.name", "Name", FM_STRING },
    { "dns.qry.type", "Type", FM_UINT16, FM_DEC },
    { "dns.flags.rcode", "Code", FM_UINT16, FM_DEC },
    { "tls", "TLS", FM_NONE },
    { "tls.handshake", "Handshake", FM_NONE },
    { "tls.handshake.type", "Type", FM_UINT8, FM_DEC },
    { "tls.handshake.extensions_server_name", "Name", FM_STRING },
    { "http2.streamid", "Stream", FM_UINT32, FM_DEC },
    { "http3", "HTTP3", FM_NONE },
    { "quic.connection.number", "Number", FM_UINT32, FM_DEC },
    { "data.data", "Data", FM_BYTES },
    { "rtp.ssrc", "Source", FM_UINT32, FM_HEX },
    { "mqtt.topic", "Topic", FM_STRING },
    { "arp", "ARP", FM_NONE },
    { "x.guid", "GUID", FM_GUID },
    { "x.oid", "OID", FM_OID },
    { "x.eui", "EUI64", FM_EUI64 },
};

#define PROTOCOL(table, word)                                                                                                      \
    {                                                                                                                              \
        .abbrev = word, .name = word, .title = word, FM_FIELDS(table)                                                              \
    }

static const FmProtocol protocols[] = {
    PROTOCOL(frame_fields, "frame"), PROTOCOL(comment_fields, "pkt_comment"), PROTOCOL(eth_fields, "eth"), PROTOCOL(ip_fields, "ip"),     PROTOCOL(ipv6_fields, "ipv6"),
    PROTOCOL(tcp_fields, "tcp"),     PROTOCOL(udp_fields, "udp"), PROTOCOL(http_fields, "http"), PROTOCOL(other_fields, "other"),
};

static FmCatalog *catalog_new(void)
{
    const FmProtocol *list[G_N_ELEMENTS(protocols)];
    for (size_t i = 0; i < G_N_ELEMENTS(list); i++)
        list[i] = &protocols[i];
    return fm_catalog_new(list, G_N_ELEMENTS(list), NULL);
}

/* ---- packets, put together by hand ---- */

typedef struct Part { /* a node: its field and its place in the bytes, or its value or text */
    const char *name;
    uint32_t offset, length;
    uint64_t value;
    const char *text;
} Part;

#define HTTP "GET /x HTTP/1.1\r\nHost: Example.com\r\n\r\n"
#define ETHERNET "\0\1\2\3\4\5\x0a\x0b\x0c\x0d\x0e\x0f\x08\0"
#define MADE UINT32_MAX /* in place of an offset: not in the bytes */

static const struct {
    const char *bytes;
    size_t size;
    Part parts[24];
} packets[] = {
    /* 1: UDP, payload "616 abc 255 ab\1" */
    { ETHERNET "E\0\0\x2b\0\0\0\0\x40\x11\0\0\x0a\0\0\1\x0a\0\0\2\x0f\xa0\x13\x88\0\x17\0\0"
               "616 abc 255 \x61\x62\1",
      57,
      { { "frame", 0, 57, 57 },
        { "frame.number", MADE, 0, 1 },
        { "frame.len", MADE, 0, 57 },
        { "frame.time", MADE, 0, UINT64_C(1704103200) * 1000000000 },
        { "frame.time_relative", MADE, 0, 0 },
        { "frame.time_delta", MADE, 0, 0 },
        { "eth", 0, 14, 57 },
        { "eth.dst", 0, 6 },
        { "eth.src", 6, 6 },
        { "eth.type", 12, 2 },
        { "ip", 14, 20, 43 },
        { "ip.len", 16, 2 },
        { "ip.ttl", 22, 1 },
        { "ip.proto", 23, 1 },
        { "ip.src", 26, 4 },
        { "ip.dst", 30, 4 },
        { "udp", 34, 8, 23 },
        { "udp.srcport", 34, 2 },
        { "udp.dstport", 36, 2 } } },
    /* 2: HTTP */
    { ETHERNET "E\0\0\x4f\0\0\0\0\x40\6\0\0\x0a\0\0\1\xc0\xa8\1\2\x9c\x40\0\x50\0\0\3\xe8\0\0\7\xd0\x50\x18\x20\0\0\0\0\0" HTTP,
      54 + sizeof HTTP - 1,
      { { "frame", 0, 92, 92 },
        { "frame.number", MADE, 0, 2 },
        { "frame.time", MADE, 0, UINT64_C(1704103201500000000) },
        { "frame.time_relative", MADE, 0, 1500000000 },
        { "frame.time_delta", MADE, 0, 1500000000 },
        { "eth", 0, 14, 92 },
        { "eth.src", 6, 6 },
        { "ip", 14, 20, 78 },
        { "ip.proto", 23, 1 },
        { "ip.src", 26, 4 },
        { "ip.dst", 30, 4 },
        { "tcp", 34, 20, 58 },
        { "tcp.srcport", 34, 2 },
        { "tcp.dstport", 36, 2 },
        { "tcp.flags", 46, 2 },
        { "tcp.flags.syn", 46, 2 },
        { "tcp.payload", 54, 38 },
        { "tcp.skew", MADE, 0, UINT64_MAX - 4 },
        { "http", 54, 38, 38 },
        { "http.host", 77, 11 },
        { "http.request.method", 54, 3 },
        { "http.padded", MADE, 0, 0, "pad" },
        { "http.twin", MADE, 0, 7 } } },
    /* 3: IP in IP, UDP */
    { ETHERNET "E\0\0\x31\0\0\0\0\x40\4\0\0\1\1\1\1\2\2\2\2E\0\0\x1d\0\0\0\0\x40\x11\0\0\3\3\3\3\4\4\4\4\x0f\xa1\x0f\xa1\0\x0d\0\0"
               "\6\x16\0zz",
      67,
      { { "frame", 0, 67, 67 },
        { "frame.time_delta", MADE, 0, 500000000 },
        { "ip", 14, 20, 53 },
        { "ip.proto", 23, 1 },
        { "ip.src", 26, 4 },
        { "ip.dst", 30, 4 },
        { "ip", 34, 20, 33 },
        { "ip.proto", 43, 1 },
        { "ip.src", 46, 4 },
        { "ip.dst", 50, 4 },
        { "udp", 54, 8, 13 },
        { "udp.srcport", 54, 2 },
        { "udp.dstport", 56, 2 } } },
    /* 4: nothing above Ethernet but odd values */
    { "\xff\xff\xff\xff\xff\xff\x0a\x0b\x0c\x0d\x0e\x0f\x08\x06",
      14,
      { { "frame", 0, 14, 14 },
        { "frame.number", MADE, 0, 4 },
        { "eth", 0, 14, 14 },
        { "eth.dst", 0, 6 },
        { "ipv6", 0, 0, 0 },
        { "ipv6.src", MADE, 0, 0, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1" },
        { "ipv6.dst", MADE, 0, 0, "\xff\2\0\0\0\0\0\0\0\0\0\0\0\0\0\1" },
        { "arp", 0, 14 },
        { "http.twin", MADE, 0, 0, "seven" },
        { "x.eui", MADE, 0, UINT64_C(0x0102030405060708) },
        { "x.guid", MADE, 0, 0, "\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10" },
        { "x.oid", MADE, 0, 0, "\x2a\x86\x48" },
        { "tcp.rate", MADE, 0, UINT64_C(0x3ff8000000000000) } } },
    /* 5: SYN to the same host */
    { ETHERNET "E\0\0\x28\0\0\0\0\x40\6\0\0\x0a\0\0\3\x0a\0\0\3\0\x32\0\x3c\0\0\3\xe8\0\0\7\xd0\x50\2\x20\0\0\0\0\0",
      54,
      { { "frame", 0, 54, 54 },
        { "frame.number", MADE, 0, 5 },
        { "frame.time_delta", MADE, 0, 500000000 },
        { "eth", 0, 14, 54 },
        { "ip", 14, 20, 40 },
        { "ip.proto", 23, 1 },
        { "ip.src", 26, 4 },
        { "ip.dst", 30, 4 },
        { "tcp", 34, 20, 20 },
        { "tcp.srcport", 34, 2 },
        { "tcp.dstport", 36, 2 },
        { "tcp.flags", 46, 2 },
        { "tcp.flags.syn", 46, 2 },
        { "tcp.analysis.flags", 34, 20 },
        { "tcp.analysis.retransmission", 34, 20 } } },
};

#define PACKETS G_N_ELEMENTS(packets)

typedef struct Made {
    FmFrame frame;
    FmBuffer buffer;
    FmPacket packet;
    GPtrArray *blobs;
} Made;

static size_t text_size(const FmField *field, const char *text)
{
    return field->type == FM_IPV6 || field->type == FM_GUID ? 16 : strlen(text);
}

static FmNode node_of(Made *made, const FmCatalog *catalog, const Part *part, const uint8_t *bytes)
{
    const FmEntry *entry = fm_catalog_find(catalog, part->name);
    size_t which = part->text && entry->id_count > 1 ? 1 : 0; /* of two fields with a name the second is the string */
    const FmField *field = fm_catalog_field(catalog, entry->ids[which]);
    FmNode node = { .field = entry->ids[which], .offset = part->offset, .length = part->length, .value = part->value };
    node.depth = field->type != FM_PROTOCOL;
    if (part->text) {
        size_t size = text_size(field, part->text);
        FmBlob *blob = g_malloc0(sizeof *blob + size + 4);
        blob->size = (uint32_t)(field->type == FM_STRINGZPAD ? size + 3 : size);
        memcpy(blob->bytes, part->text, size);
        g_ptr_array_add(made->blobs, blob);
        node.value = (uint64_t)(uintptr_t)blob;
        node.flags = FM_NODE_BLOB;
        node.offset = node.length = 0;
    } else if (part->offset == MADE) {
        node.offset = 0;
    } else if (!fm_type_is_bytes(field->type) && field->type != FM_PROTOCOL) {
        node.value = fm_be(bytes + part->offset, fm_type_width(field->type));
        if (field->mask)
            node.value = (node.value & field->mask) >> __builtin_ctzll(field->mask);
    }
    return node;
}

static void make_packet(Made *made, const FmCatalog *catalog, size_t i)
{
    const uint8_t *bytes = (const uint8_t *)packets[i].bytes;
    *made = (Made){ .blobs = g_ptr_array_new_with_free_func(g_free) };
    made->frame = (FmFrame){ .number = i + 1,
                             .time = (FmTime)i * FM_SECOND,
                             .data = bytes,
                             .captured = (uint32_t)packets[i].size,
                             .length = (uint32_t)packets[i].size };
    made->buffer.bytes = (FmSlice){ bytes, packets[i].size };
    made->packet = (FmPacket){
        .catalog = catalog, .frame = &made->frame, .buffers = &made->buffer, .buffer_count = 1, .protocol = i == 1 ? "HTTP" : "UDP"
    };
    made->packet.source = (FmAddress){ .type = FM_ADDRESS_IPV4, .bytes = { 10, 0, 0, (uint8_t)i } };
    fm_text_printf(&made->packet.info, "number %zu, SYN", i + 1);
    made->packet.nodes = g_new0(FmNode, G_N_ELEMENTS(packets[i].parts));
    for (const Part *part = packets[i].parts; part->name; part++)
        made->packet.nodes[made->packet.node_count++] = node_of(made, catalog, part, bytes);
}

static void free_packet(Made *made)
{
    g_free(made->packet.nodes);
    g_ptr_array_unref(made->blobs);
    fm_text_clear(&made->packet.info);
}

typedef struct Bench {
    FmCatalog *catalog;
    Made made[PACKETS];
} Bench;

static void bench_open(Bench *b)
{
    b->catalog = catalog_new();
    for (size_t i = 0; i < PACKETS; i++)
        make_packet(&b->made[i], b->catalog, i);
}

static void bench_close(Bench *b)
{
    for (size_t i = 0; i < PACKETS; i++)
        free_packet(&b->made[i]);
    fm_catalog_free(b->catalog);
}

static char *all_matching(const Bench *b, const FmFilter *filter)
{
    GString *out = g_string_new(NULL);
    for (size_t i = 0; i < PACKETS; i++)
        if (fm_filter_match(filter, &b->made[i].packet))
            g_string_append_printf(out, "%s%zu", out->len ? " " : "", i + 1);
    return g_string_free(out, FALSE);
}

/* Numbers of the packets that match, or what is wrong and where: "at+size message". */
static char *matching(const Bench *b, const char *text)
{
    g_autoptr(GError) error = NULL;
    size_t at, size;
    g_autoptr(FmFilter) filter = fm_filter_compile(b->catalog, text, &at, &size, NULL, &error);
    if (!filter)
        return g_strdup_printf("%zu+%zu %s", at, size, error->message);
    return all_matching(b, filter);
}

typedef struct Row {
    const char *filter, *matches;
} Row;

static void check_rows(const Row *rows, size_t count)
{
    Bench b;
    bench_open(&b);
    for (size_t i = 0; i < count; i++) {
        g_autofree char *got = matching(&b, rows[i].filter);
        TEST_TEXT(rows[i].filter, got, rows[i].matches);
    }
    bench_close(&b);
}

#define CHECK(rows) check_rows((rows), G_N_ELEMENTS(rows))

/* ---- what matches ---- */

static void test_logic(void)
{
    static const Row rows[] = {
        { "", "1 2 3 4 5" },
        { " \t\n", "1 2 3 4 5" },
        { "tcp", "2 5" },
        { ".tcp", "2 5" },
        { "!tcp", "1 3 4" },
        { "not not tcp", "2 5" },
        { "tcp or udp", "1 2 3 5" },
        { "tcp and http", "2" },
        { "tcp xor http", "5" },
        { "tcp ^^ http ^^ eth", "1 2 4" },
        { "not (tcp xor (udp xor eth))", "1 2 5" },
        { "tcp or udp and arp", "2 5" },
        { "(tcp or udp) and arp", "" },
        { "arp or tcp xor http", "4 5" },
        { "not tcp and eth", "1 4" },
        { "tcp.analysis.flags", "5" },
        { "tcp.analysis.retransmission", "5" },
    };
    CHECK(rows);
}

static void test_relations(void)
{
    static const Row rows[] = {
        { "tcp.port == 80", "2" },
        { "tcp.port eq 0x50", "2" },
        { "tcp.port == 0b1010000", "2" },
        { "tcp.port == 0120", "2" },
        { "tcp.port == 'P'", "2" },
        { "tcp.port != 80", "5" },
        { "not tcp.port == 80", "1 3 4 5" },
        { "tcp.port !== 80", "2 5" },
        { "tcp.port ~= 80", "2 5" },
        { "tcp.port === 80", "" },
        { "ip.addr === 10.0.0.3", "5" },
        { "ip.addr != 1.1.1.1", "1 2 5" },
        { "any ip.addr != 1.1.1.1", "1 2 3 5" },
        { "all ip.addr !== 1.1.1.1", "1 2 5" },
        { "any ip.addr === 10.0.0.1", "1 2" },
        { "all ip.addr == 10.0.0.0/8", "1 5" },
        { "tcp.port > 100", "2" },
        { "all tcp.port > 100", "" },
        { "all tcp.port >= 50", "2 5" },
        { "tcp.port < 80", "5" },
        { "tcp.port <= 80", "2 5" },
        { "tcp.port < 0", "" },
        { "tcp.port > 65535", "" },
        { "tcp.srcport < tcp.dstport", "5" },
        { "tcp.srcport < tcp.dstport < tcp.flags", "" },
        { "50 + 0 <= 1", "0+6 Left side of \"<=\" expression must be a field or function, not 50 + 0" },
        { "tcp.dstport < tcp.srcport < 50000", "2" },
        { "ip.src == ip.dst", "5" },
        { "ip.src != ip.dst", "1 2 3" },
        { "ip.src !== ip.dst", "1 2 3" },
        { "ip.src === ip.dst", "5" },
        { "tcp.skew == -5", "2" },
        { "tcp.skew < 0", "2" },
        { "tcp.skew > -6", "2" },
        { "tcp.skew >= -4", "" },
        { "tcp.dstport > -1", "2 5" },
        { "tcp.dstport == -1", "" },
        { "tcp.rate == 1.5", "4" },
        { "tcp.rate > 1.5", "" },
        { "tcp.rate > -1e3", "4" },
        { "http.twin == 7", "2" },
        { "http.twin", "2 4" },
        { "http.host == \"Example.com\"", "2" },
        { "http.host == Example.com", "2" },
        { "http.host > \"E\" and http.host < \"F\"", "2" },
        { "http.host == \"example.com\"", "" },
        { "http.padded == \"pad\"", "2" },
        { "x.eui == 01:02:03:04:05:06:07:08", "4" },
        { "x.guid == 01020304-0506-0708-090a-0b0c0d0e0f10", "4" },
        { "x.oid == 1.2.840", "4" },
        { "frame.time >= \"2024-01-01T10:00:01.5Z\"", "2" },
        { "frame.time == \"Jan  1, 2024 10:00:00 UTC\"", "1" },
        { "frame.time < \"2024-01-01 11:00:01+01:00\"", "1" },
        { "frame.time >= 1704103201", "2" },
        { "frame.time_delta == .tcp", "20+4 frame.time_delta and .tcp are not of compatible types." },
        { "frame.time_delta == 0.5", "3 5" },
        { "frame.time_delta > -1", "1 2 3 5" },
        { "frame.time_relative == 1.500000000", "2" },
    };
    CHECK(rows);
}

static void test_names_of_values(void)
{
    static const Row rows[] = {
        { "ip.proto == TCP", "2 5" },
        { "ip.proto == \"udp\"", "1 3" },
        { "ip.proto > TCP", "1 3" },
        { "ip.proto in {UDP, icmp}", "1 3" },
        { "ip.proto matches \"^t\"", "2 5" },
        { "ip.proto contains \"DP\"", "1 3" },
        { "tcp.dstport == web", "2" },
        { "tcp.dstport != web", "5" },
        { "tcp.port == low", "5" },
        { "tcp.port > low", "2" },
        { "tcp.port > web", "11+3 web stands for several values" },
        { "vals(ip.proto) == \"UDP\"", "1 3" },
        { "tcp.flags.syn == 1", "5" },
        { "tcp.flags.syn == 2", "5" },
        { "tcp.flags.syn == True", "5" },
        { "tcp.flags.syn == false", "2" },
        { "tcp.flags.syn == \"Set\"", "5" },
        { "tcp.flags.syn == \"not set\"", "2" },
        { "tcp.flags.syn", "2 5" },
        { "vals(tcp.flags.syn) contains \"ot\"", "2" },
    };
    CHECK(rows);
}

static void test_addresses(void)
{
    static const Row rows[] = {
        { "ip.addr == 10.0.0.1", "1 2" },
        { "ip.dst == 192.168.0.0/16", "2" },
        { "ip.dst > 192.168.0.0/16", "" },
        { "ip.dst >= 192.168.0.0/16", "2" },
        { "ip.dst < 192.168.0.0/16", "1 3 5" },
        { "ip.dst <= 192.168.0.0/16", "1 2 3 5" },
        { "ip.addr == 0.0.0.0/0", "1 2 3 5" },
        { "ip.addr in {10.0.0.2, 3.0.0.0/8}", "1 3" },
        { "ip.dst in {192.168.0.0/16 .. 200.0.0.0/8}", "2" },
        { "ip.dst in {11.0.0.0 .. 10.0.0.0}", "" },
        { "ip.dst & 0.0.255.0 == 0.0.1.0", "2" },
        { "ip.addr matches \"^192\\\\.168\"", "2" },
        { "ipv6.addr == fe80::/10", "4" },
        { "ipv6.addr == fe80::1", "4" },
        { "ipv6.src != fe80::/10", "" },
        { "ipv6.dst in {ff02::..ff03::}", "4" },
        { "ipv6.src & ffff:: == fe80::", "4" },
        { "ip_linklocal(ipv6.src) and ip_multicast(ipv6.dst) and not ip_ula(ipv6.src)", "4" },
        { "ip_rfc1918(ip.src)", "1 2 5" },
        { "ip_special_name(ip.dst) == \"Private-Use\"", "1 2 5" },
        { "ip_special_mask(ip.dst) & 1", "" },
        { "eth.src == 0a:0b:0c:0d:0e:0f", "1 2" },
        { "eth.addr == ffff.ffff.ffff", "4" },
        { "eth.addr == ff-ff-ff-ff-ff-ff", "4" },
        { "eth.dst > 00:01:02:03:04:04", "1 4" },
    };
    CHECK(rows);
}

static void test_sets(void)
{
    static const Row rows[] = {
        { "tcp.port in {80}", "2" },
        { "tcp.port in {60, 80,8000..8100}", "2 5" },
        { "tcp.port in {1..49, 51 .. 59, 61..79, 81..39999, 40001..65535}", "" },
        { "tcp.port not in {80}", "1 3 4 5" },
        { "tcp.port !in {80}", "1 3 4 5" },
        { "all tcp.port in {50, 60}", "5" },
        { "any tcp.port in {50}", "5" },
        { "tcp.srcport in {tcp.dstport}", "" },
        { "ip.src in {ip.dst, 10.0.0.1}", "1 2 5" },
        { "tcp.srcport in {10 .. tcp.dstport}", "5" },
        { "http.request.method in {\"GET\",\"POST\"}", "2" },
        { "http.host in {\"A\"..\"Z\"}", "2" },
        { "frame.time_delta in {0.5 .. 1}", "3 5" },
        { "len(http.host) in {11}", "2" },
        { "tcp.skew in {-6 .. -4}", "2" },
    };
    CHECK(rows);
}

static void test_slices(void)
{
    static const Row rows[] = {
        { "frame contains \"abc\"", "1" },
        { "frame contains 61", "1 2" },
        { "frame contains 0x61", "1 2" },
        { "frame contains 06.16.00", "3" },
        { "frame contains '\\x7a'", "3" },
        { "udp contains \"abc\"", "1" },
        { "ip contains \"zz\"", "3" },
        { "eth contains \"zz\"", "" },
        { "udp[8:3] == \"616\"", "1" },
        { "udp[0:2] == 0f:a0", "1" },
        { "frame[0:2] == 0001", "1 2 3 5" },
        { "frame[0-3] == 00:01:02:03", "1 2 3 5" },
        { "frame[:2] == 00:01", "1 2 3 5" },
        { "frame[1] == 0x01", "1 2 3 5" },
        { "frame[ -1 ] == 01", "1" },
        { "frame[-3:2] == 61:62", "1" },
        { "frame[-3--2] == 61:62", "1" },
        { "frame[60:100]", "" },
        { "frame[60:]", "2 3" },
        { "frame[0]", "1 2 3 4 5" },
        { "frame[1000:] == \"\"", "1 2 3 4 5" },
        { "frame[0:14][6:3] == 0a:0b:0c", "1 2 3 4 5" },
        { "eth.src[0:3] == 0a:0b:0c", "1 2" },
        { "eth.src[1,3-4] == 0b:0d:0e", "1 2" },
        { "eth.src[5,0] == 0f:0a", "1 2" },
        { "eth.src[0,9,1] == 0a", "1 2" },
        { "eth.src[9,0] == 0a", "" },
        { "eth.src contains 0b:0c", "1 2" },
        { "eth.src & 02:00:00:00:00:00", "1 2" },
        { "eth.src[0:2] & 02 == 02", "1 2" },
        { "eth.src[0] & 01", "" },
        { "ip.src[0:2] == 0a:00", "1 2 5" },
        { "http.host[0:2] == \"Ex\"", "2" },
        { "http.host[-3:] == 63:6f:6d", "2" },
        { "http.host contains \"xamp\"", "2" },
        { "http.host contains http.request.method", "" },
        { "tcp.payload contains \"Host\"", "2" },
        { "tcp.payload[0:4] == \"GET \"", "2" },
        { "@ip.src == 0a:00:00:01", "1 2" },
        { "@tcp.flags == 50:18", "2" },
        { "@frame contains \"zz\"", "3" },
    };
    CHECK(rows);
}

static void test_regular_expressions(void)
{
    static const Row rows[] = {
        { "http.host matches \"example\"", "2" },
        { "http.host matches \"(?-i)example\"", "" },
        { "http.host ~ r\"^Ex.*\\.com$\"", "2" },
        { "frame matches \"[a-z]{3} 255\"", "1" },
        { "tcp.payload matches \"host: \"", "2" },
        { "eth.src matches \"^\\x0a\"", "1 2" },
        { "tcp.port matches \"^400\"", "2" },
        { "all udp.port matches \"00$\"", "1" },
        { "upper(http.host) matches \"(?-i)^EXAMPLE\"", "2" },
        { "frame.time_delta matches \"^1.5\"", "2" },
        { "x.oid matches \"^1.2\"", "4" },
        { "http.host matches \"(a|b\"", "18+6 Regex compilation error: missing closing parenthesis." },
    };
    CHECK(rows);
}

static void test_arithmetic(void)
{
    static const Row rows[] = {
        { "tcp.srcport + 10 == tcp.dstport", "5" },
        { "tcp.srcport+10 == 60", "5" },
        { "tcp.srcport - 60 == -10", "5" },
        { "tcp.srcport -60 == -10", "5" },
        { "tcp.srcport - tcp.dstport < 0", "5" },
        { "tcp.srcport - 50", "2" },
        { "tcp.srcport - tcp.srcport", "" },
        { "-tcp.srcport == -50", "5" },
        { "tcp.srcport == - -50", "5" },
        { "tcp.srcport * 2 == 100", "5" },
        { "2 * tcp.srcport == 100", "5" },
        { "tcp.srcport / 7 == 7", "5" },
        { "tcp.srcport % 7 == 1", "5" },
        { "tcp.srcport / 0 == 0", "" },
        { "tcp.srcport == 25 * 2", "5" },
        { "tcp.srcport == {40 + 2 * 5}", "5" },
        { "tcp.srcport == 60 -10", "5" },
        { "tcp.dstport >= 1 + {tcp.srcport + 3}", "5" },
        { "tcp.srcport * 0.5 == 25", "5" },
        { "tcp.flags & 0x12", "2 5" },
        { "tcp.flags & 0x12 == 0x10", "2" },
        { "tcp.flags bitand 2", "5" },
        { "frame.time_delta + 1 == 1.5", "3 5" },
        { "frame.time_delta * 2 == 1", "3 5" },
        { "frame.time_delta / 0.5 == 1", "3 5" },
        { "-frame.time_delta < -1", "2" },
        { "frame.time - frame.time_relative == \"2024-01-01T10:00:00Z\"", "1 2" },
        { "frame.time - \"2024-01-01T10:00:00Z\" > 1", "2" },
        { "frame.time + 3600 > \"2024-01-01T11:00:01Z\"", "2" },
        { "18446744073709551615 + tcp.srcport > 0", "" },
        { "tcp.srcport - 18446744073709551615 < 0", "2 5" },
    };
    CHECK(rows);
}

static void test_functions(void)
{
    static const Row rows[] = {
        { "len(http.host) == 11", "2" },
        { "len(ip.src) == 4", "1 2 3 5" },
        { "len(udp) == 8", "1 3" },
        { "len(tcp.payload)", "2" },
        { "len(frame[1:]) == 53", "5" },
        { "count(ip.addr) == 4", "3" },
        { "count(tcp) == 0", "" },
        { "not count(tcp) == 0", "1 2 3 4 5" },
        { "upper(http.host) == \"EXAMPLE.COM\"", "2" },
        { "lower(http.host)[0:2] == \"ex\"", "2" },
        { "string(tcp.flags) == \"24\"", "2" },
        { "string(ip.src) contains \"10.\"", "1 2 5" },
        { "string(frame.number) matches \"[13579]$\"", "1 5" },
        { "max(tcp.srcport, tcp.dstport) == 40000", "2" },
        { "max(ip.src) == 3.3.3.3", "3" },
        { "min(ip.src, ip.dst) == 1.1.1.1", "3" },
        { "max(tcp.srcport, udp.srcport) > 4000", "2 3" },
        { "max(len(http.host), len(tcp.payload)) == 38", "2" },
        { "abs(tcp.srcport - 60) == 10", "5" },
        { "abs(tcp.skew) == 5", "2" },
        { "dec(tcp.port) == \"80\"", "2" },
        { "hex(tcp.port) == \"0x0050\"", "2" },
        { "upper(lower(http.host)) == \"EXAMPLE.COM\"", "2" },
    };
    CHECK(rows);
}

static void test_layers_and_columns(void)
{
    static const Row rows[] = {
        { "ip.src#1 == 1.1.1.1", "3" },
        { "ip.src#2", "3" },
        { "ip.src#2 == 3.3.3.3", "3" },
        { "ip.src#1 == 3.3.3.3", "" },
        { "ip.addr#[1-2] == 3.3.3.3", "3" },
        { "ip.addr#[2:] == 3.3.3.3", "3" },
        { "ip.addr#[-1] == 4.4.4.4", "3" },
        { "ip.addr#[-1] == 2.2.2.2", "" },
        { "ip.addr#[:2] == 3.3.3.3", "" },
        { "ip.addr#0", "" },
        { "ip#2", "3" },
        { "ip#3", "" },
        { "ip.src#2[0] == 03", "3" },
        { "_ws.col.info contains \"number 3\"", "3" },
        { "_ws.col.protocol == \"HTTP\"", "2" },
        { "_ws.col.def_src matches \"\\\\.4$\"", "5" },
        { "_ws.col.number == \"2\"", "2" },
        { "tcp.stream == ${tcp.stream}", "" },
        { "$tcp.port == 80", "" },
    };
    CHECK(rows);
}

static void test_references(void)
{
    static const struct {
        const char *filter, *matches[PACKETS + 1]; /* by the selected packet, none first */
    } rows[] = {
        { "ip.src == ${ip.src}", { "", "1 2", "1 2", "3", "", "5" } },
        { "frame.time_delta >= ${frame.time_delta} - 1", { "", "1 2 3 5", "2 3 5", "1 2 3 5", "", "1 2 3 5" } },
        { "http.host == $http.host", { "", "", "2", "", "", "" } },
        { "ipv6.src in {${ipv6.src} .. ffff::}", { "", "", "", "", "4", "" } },
        { "${tcp.port} == 80 and udp", { "", "", "1 3", "", "", "" } },
        { "${tcp.flags}", { "", "", "1 2 3 4 5", "", "", "1 2 3 4 5" } },
    };
    Bench b;
    bench_open(&b);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(FmFilter) filter = fm_filter_compile(b.catalog, rows[i].filter, NULL, NULL, NULL, NULL);
        CU_ASSERT_PTR_NOT_NULL_FATAL(filter);
        for (size_t selected = 0; selected <= PACKETS; selected++) {
            fm_filter_refer(filter, selected ? &b.made[selected - 1].packet : NULL);
            g_autofree char *got = all_matching(&b, filter);
            TEST_TEXT(rows[i].filter, got, rows[i].matches[selected]);
        }
    }
    bench_close(&b);
}

/* ---- what is refused, and where ---- */

static void test_refusals(void)
{
    static const Row rows[] = {
        { "tcp.port = 80", "9+1 \"=\" was unexpected in this context" },
        { "tcp.port in {80 443}", "16+3 \"443\" was unexpected in this context" },
        { "udp.port in {8000-8100}", "13+9 \"8000-8100\" is not a valid number" },
        { "tcp.port in {}", "13+1 \"}\" was unexpected in this context" },
        { "tcp.port in 80", "12+2 \"80\" was unexpected in this context" },
        { "http.request.method in {\"GET\" \"POST\"}", "30+6 \"\"POST\"\" was unexpected in this context" },
        { "http.host matches example", "18+7 Matches requires a double quoted string on the right side." },
        { "ip.src/24 == ip.dst/24", "0+6 ip.src is an IPv4 address and cannot be combined by \"/\" with what stands beside it." },
        { "tcp.srcprt == 2", "0+10 tcp.srcprt is neither a field nor a protocol name. Did you mean \"tcp.srcport\"?" },
        { "tcp.srcport-1 == 2", "0+13 tcp.srcport-1 is neither a field nor a protocol name. Did you mean \"tcp.srcport\"?" },
        { "float(tcp.srcport) > 1", "0+5 Function 'float' does not exist" },
        { "ip.src#-1 == 10.0.0.1", "7+1 Expected a digit or \"[\" after \"#\"" },
        { "80 == tcp.port", "0+2 Left side of \"==\" expression must be a field or function, not 80" },
        { "ip.addr == example.com", "11+11 \"example.com\" is not a valid IPv4 address" },
        { "ip.addr == 10.0.0.1/33", "11+11 The prefix of this address should be at most 32, not 33" },
        { "ip.addr == \"10.0.0.1\"", "11+10 IPv4 address cannot be converted from a string (\"10.0.0.1\")" },
        { "ip.ttl == 256", "10+3 \"256\" too big for this field, maximum 255" },
        { "ip.ttl == 99999999999999999999", "10+20 \"99999999999999999999\" causes an integer overflow" },
        { "eth.addr == ff:ff", "12+5 \"ff:ff\" contains too few bytes to be a valid Ethernet or other MAC address" },
        { "ip.src == tcp.port", "10+8 ip.src and tcp.port are not of compatible types." },
        { "ip.src contains \"1\"", "0+6 ip.src is an IPv4 address and cannot participate in contains comparison." },
        { "tcp.analysis.flags == 1", "0+18 tcp.analysis.flags is a label and cannot participate in == comparison." },
        { "ip.ttl[0] == 1", "0+6 ip.ttl is an integer and cannot be sliced into a sequence of bytes." },
        { "frame[] == 1", "6+1 \"]\" was unexpected in this context" },
        { "frame[0:0] == 1", "6+3 Range 0:0 is not valid: its length is not positive" },
        { "frame[4-2] == 1", "6+3 Range 4-2 is not valid: it ends before it starts" },
        { "frame[a] == 1", "6+1 \"a\" is not a valid number" },
        { "frame[1 2] == 1", "6+3 \"1 2\" is not a valid range" },
        { "frame contains xyz", "15+3 \"xyz\" is not a valid byte string" },
        { "upper(tcp.port) == \"A\"", "6+8 Only string type fields can be used as parameter for upper()" },
        { "len(tcp.port, ip) == 1", "0+3 Function len can only accept 1 argument." },
        { "max(tcp.port, ip.src) > 1", "14+6 Arguments to 'max' must have the same type" },
        { "tcp.nosuchfield", "0+15 tcp.nosuchfield is neither a field nor a protocol name." },
        { "tcp and .5", "8+2 5 is neither a field nor a protocol name." },
        { "5", "0+1 5 is neither a field nor a protocol name." },
        { "http.host == \"abc", "13+4 The final quote was missing from a quoted string" },
        { "http.host == \"a\\qb\"", "15+2 \\q is not a valid escape sequence" },
        { "http.host == \"\\400\"", "14+4 \\400 is not a valid escape sequence" },
        { "tcp.port == 'ab'", "12+4 This is too long to be a valid character constant" },
        { "frame.time > \"2024-13-01\"",
          "13+12 \"2024-13-01\" is not a valid absolute time. Example: \"Nov 12, 1999 08:55:44.123\" or "
          "\"2011-07-04 12:34:56\"" },
        { "frame.time_delta > 1e-3", "19+4 \"1e-3\" is not a valid time" },
        { "tcp.port ==", "11+0 Unexpected end of filter expression" },
        { "tcp and", "7+0 Unexpected end of filter expression" },
        { "(tcp", "4+0 Unexpected end of filter expression" },
        { "tcp)", "3+1 \")\" was unexpected in this context" },
        { "()", "1+1 \")\" was unexpected in this context" },
        { "tcp tcp", "4+3 \"tcp\" was unexpected in this context" },
        { "any tcp", "7+0 Unexpected end of filter expression" },
        { "tcp \xe2\x86\x92 udp", "4+3 \"→\" was unexpected in this context" },
        { "${nosuch} == 1", "0+9 nosuch is neither a field nor a protocol name." },
        { "${tcp", "0+5 End of filter in the middle of a reference" },
    };
    CHECK(rows);
}

/* The kind of error tells a name from the rest. */
static void test_error_codes(void)
{
    g_autoptr(FmCatalog) catalog = catalog_new();
    static const struct {
        const char *filter;
        FmFilterError code;
    } rows[] = { { "tcp and", FM_FILTER_ERROR_SYNTAX },
                 { "nosuch", FM_FILTER_ERROR_NAME },
                 { "nosuch(tcp) > 1", FM_FILTER_ERROR_NAME },
                 { "tcp.port == x", FM_FILTER_ERROR_TYPE } };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        CU_ASSERT_PTR_NULL(fm_filter_compile(catalog, rows[i].filter, NULL, NULL, NULL, &error));
        CU_ASSERT(g_error_matches(error, FM_FILTER_ERROR, (int)rows[i].code));
    }
}

static void test_warnings(void)
{
    g_autoptr(FmCatalog) catalog = catalog_new();
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(FmFilter) filter = fm_filter_compile(catalog, "ssl.handshake.type == 1 or tcp.port ~= 5 or ssl.handshake.type == 2",
                                                   NULL, NULL, warnings, NULL);
    CU_ASSERT_PTR_NOT_NULL(filter);
    CU_ASSERT_EQUAL(warnings->len, 2);
    TEST_TEXT("renamed", warnings->len ? warnings->pdata[0] : "",
              "Deprecated name \"ssl.handshake.type\": use \"tls.handshake.type\" instead");
}

/* ---- the list that the reference takes ---- */

static char **listed_filters(void)
{
    g_autofree char *path = g_build_filename(g_getenv("srcdir") ? g_getenv("srcdir") : ".", "tests", "fuzz", "filters.txt", NULL);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    char **lines = g_strsplit(text, "\n", -1);
    g_free(text);
    return lines;
}

static void test_list(void)
{
    Bench b;
    bench_open(&b);
    g_auto(GStrv) lines = listed_filters();
    CU_ASSERT(g_strv_length(lines) > 100);
    for (char **line = lines; *line; line++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(FmFilter) filter = fm_filter_compile(b.catalog, *line, NULL, NULL, NULL, &error);
        TEST_TEXT(*line, error ? error->message : "", "");
        for (size_t i = 0; filter && i < PACKETS; i++)
            fm_filter_match(filter, &b.made[i].packet);
    }
    bench_close(&b);
}

/* A filter that is being typed is cut anywhere: an error has its place inside, or one behind. */
static void test_cut_anywhere(void)
{
    g_autoptr(FmCatalog) catalog = catalog_new();
    g_auto(GStrv) lines = listed_filters();
    for (char **line = lines; *line; line++) {
        for (size_t n = 0; n <= strlen(*line); n++) {
            g_autofree char *text = g_strndup(*line, n);
            g_autoptr(GError) error = NULL;
            size_t at = 0, size = 0;
            g_autoptr(FmFilter) filter = fm_filter_compile(catalog, text, &at, &size, NULL, &error);
            if (filter ? error != NULL : (error == NULL || at + size > n))
                CU_FAIL("an error without its place");
        }
    }
}

/* ---- bounds ---- */

static char *repeated(const char *start, const char *again, size_t times, const char *end)
{
    GString *s = g_string_new(start);
    for (size_t i = 0; i < times; i++)
        g_string_append(s, again);
    g_string_append(s, end);
    return g_string_free(s, FALSE);
}

static void test_hostile_sizes(void)
{
    static const struct {
        const char *start, *again;
        size_t times;
        const char *end;
        const char *says; /* NULL: taken */
    } rows[] = {
        { "tcp", " or tcp", 9000, "", NULL },
        { "tcp", " xor tcp", 8000, "", NULL },
        { "", "not ", 16000, "tcp", NULL },
        { "tcp.port in {1", ",1", 30000, "}", NULL },
        { "tcp.port == ", "- ", 30000, "1", NULL },
        { "", "(", 150, "tcp", "Unexpected end of filter expression" },
        { "", "(", 30000, "tcp", "The filter is nested too deeply" },
        { "tcp.port == ", "{", 30000, "1", "The filter is nested too deeply" },
        { "", "upper(", 9000, "http.host", "The filter is nested too deeply" },
        { "tcp.port == 1", "+1", 30000, "", "The filter is nested too deeply" },
        { "frame", "[0:]", 15000, " == 00", "The filter is nested too deeply" },
        { "frame[0", ",0", 30000, "] == 00", "These are more than 64 ranges" },
        { "", "(tcp xor (udp or ", 60, "x", "Unexpected end of filter expression" },
        { "tcp", " ", FM_MAX_FILTER, "", "The filter is longer than 65536 bytes" },
    };
    g_autoptr(FmCatalog) catalog = catalog_new();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = repeated(rows[i].start, rows[i].again, rows[i].times, rows[i].end);
        g_autoptr(GError) error = NULL;
        g_autoptr(FmFilter) filter = fm_filter_compile(catalog, text, NULL, NULL, NULL, &error);
        CU_ASSERT_EQUAL(filter == NULL, rows[i].says != NULL);
        TEST_TEXT(rows[i].again, error ? error->message : NULL, rows[i].says);
    }
}

/* Fields of many thousand nodes are bounded in what they make of each other. */
static void test_many_nodes(void)
{
    g_autoptr(FmCatalog) catalog = catalog_new();
    FmFrame frame = { .number = 1 };
    FmPacket packet = { .catalog = catalog, .frame = &frame, .protocol = "", .node_count = FM_MAX_NODES };
    packet.nodes = g_new0(FmNode, FM_MAX_NODES);
    uint16_t source = fm_catalog_find(catalog, "tcp.srcport")->ids[0];
    for (uint32_t i = 0; i < FM_MAX_NODES; i++)
        packet.nodes[i] = (FmNode){ .field = (uint16_t)(source + i % 2), .value = i };
    static const Row rows[] = { { "tcp.srcport + tcp.dstport == 1", "1" }, { "tcp.srcport == tcp.dstport", "" },
                                { "count(tcp.port) == 131072", "1" },      { "max(tcp.port) == 131071", "1" },
                                { "string(tcp.port) == \"131070\"", "1" }, { "tcp.port matches \"^131071$\"", "1" } };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(FmFilter) filter = fm_filter_compile(catalog, rows[i].filter, NULL, NULL, NULL, NULL);
        TEST_TEXT(rows[i].filter, filter && fm_filter_match(filter, &packet) ? "1" : "", rows[i].matches);
    }
    g_free(packet.nodes);
}

/* Many false starts before the bytes that are looked for. */
static void test_long_bytes(void)
{
    g_autoptr(FmCatalog) catalog = catalog_new();
    uint8_t bytes[400];
    memset(bytes, 'a', sizeof bytes);
    bytes[sizeof bytes - 1] = 'b';
    FmFrame frame = { .number = 1 };
    FmBuffer buffer = { { bytes, sizeof bytes }, NULL };
    FmNode node = { .field = fm_catalog_find(catalog, "frame")->ids[0], .length = sizeof bytes, .value = sizeof bytes };
    FmPacket packet = {
        .catalog = catalog, .frame = &frame, .protocol = "", .nodes = &node, .node_count = 1, .buffers = &buffer, .buffer_count = 1
    };
    static const Row rows[] = { { "frame contains \"aab\"", "1" },       { "frame contains \"b\"", "1" },
                                { "frame contains \"ba\"", "" },         { "frame contains \"aac\"", "" },
                                { "frame[0:64] contains \"ab\"", "" },   { "frame[335:] contains \"ab\"", "1" },
                                { "frame[336:] contains \"aabb\"", "" }, { "frame[:65] contains \"aab\"", "" },
                                { "frame contains \"\"", "1" } };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(FmFilter) filter = fm_filter_compile(catalog, rows[i].filter, NULL, NULL, NULL, NULL);
        TEST_TEXT(rows[i].filter, filter && fm_filter_match(filter, &packet) ? "1" : "", rows[i].matches);
    }
}

static void test_wants(void)
{
    g_autoptr(FmCatalog) catalog = catalog_new();
    static const struct {
        const char *filter, *wants;
        bool columns;
    } rows[] = {
        { "tcp.port == 80 or ip.src == 1.1.1.1", "ip.src tcp.srcport tcp.dstport", false },
        { "${tcp.stream} == 1 and http", "http", false },
        { "ip.src#2", "frame pkt_comment eth ip ip.src ipv6 tcp udp http other", false },
        { "_ws.col.info == \"x\"", "", true },
        { "max(tcp.srcport, len(http.host)) in {tcp.stream}", "tcp.srcport tcp.stream http.host", false },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(FmFilter) filter = fm_filter_compile(catalog, rows[i].filter, NULL, NULL, NULL, NULL);
        g_autofree uint64_t *wanted = g_new0(uint64_t, fm_catalog_words(catalog));
        bool columns = false;
        fm_filter_wants(filter, wanted, &columns);
        g_autoptr(GString) names = g_string_new(NULL);
        for (uint16_t id = 0; id < fm_catalog_words(catalog) * 64; id++)
            if (wanted[id / 64] >> id % 64 & 1)
                g_string_append_printf(names, "%s%s", names->len ? " " : "", fm_catalog_field(catalog, id)->abbrev);
        TEST_TEXT(rows[i].filter, names->str, rows[i].wants);
        CU_ASSERT_EQUAL(columns, rows[i].columns);
    }
}

/* ---- macros ---- */

static void test_macros(void)
{
    static const Row rows[] = {
        { "tcp.port == 80", "tcp.port == 80" },
        { "${private_ipv4:ip.src}", "(ip.src == 10.0.0.0/8 or ip.src == 172.16.0.0/12 or ip.src == 192.168.0.0/16)" },
        { "not ${web}", "not tcp.port in {80,443}" },
        { "${between:tcp.port; 1 ;{2+3}} or udp", "tcp.port >= 1 and tcp.port <= {2+3} or udp" },
        { "${between;tcp.port;1;2}", "tcp.port >= 1 and tcp.port <= 2" },
        { "$between(len(ip.src, x), 1, 2)", "len(ip.src, x) >= 1 and len(ip.src, x) <= 2" },
        { "$web", "tcp.port in {80,443}" },
        { "${twice:web}", "tcp.port in {80,443} or tcp.port in {80,443}" },
        { "tcp.stream == ${tcp.stream} or $ip.src", "tcp.stream == ${tcp.stream} or $ip.src" },
        { "http.host == \"$web ${web}\" and ip", "http.host == \"$web ${web}\" and ip" },
        { "${quote:\"a;b\"}", "http.host == \"a;b\"" },
        { "ip and ${nosuch:1}", "7+1 Macro 'nosuch' does not exist" },
        { "ip and ${between:1}", "7+1 Macro 'between' needs more arguments" },
        { "${again}", "0+1 Macro 'again' makes the filter grow without end" },
        { "${many0}", "0+1 Macro 'many2' makes the filter grow without end" },
        { "${web:1", "${web:1" },
        { "$ { $", "$ { $" },
    };
    static const char file[] = "# of a profile\n\n\"web\",\"tcp.port in {80,443}\"\n\"between\" $1 >= $2 and $1 <= $3\n"
                               "\"twice\",\"${$1} or ${$1}\"\n\"quote\" , \"http.host == $1\"\n\"again\", \"\\x24{again}\"\n";
    g_autofree char *path = NULL;
    int handle = g_file_open_tmp("fathom-XXXXXX", &path, NULL);
    CU_ASSERT_FATAL(handle >= 0 && g_file_set_contents(path, file, -1, NULL) && g_close(handle, NULL));
    g_autoptr(FmMacros) macros = fm_macros_new();
    CU_ASSERT(fm_macros_load(macros, path, NULL));
    g_autofree char *thousand = repeated("", "$many1 ", 1000, ""), *more = repeated("", "$many2 ", 1000, "");
    fm_macros_add(macros, "many0", thousand);
    fm_macros_add(macros, "many1", more);
    fm_macros_add(macros, "many2", "");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        size_t at, size;
        g_autofree char *got = fm_macros_expand(macros, rows[i].filter, &at, &size, &error);
        g_autofree char *said = error ? g_strdup_printf("%zu+%zu %s", at, size, error->message) : g_steal_pointer(&got);
        TEST_TEXT(rows[i].filter, said, rows[i].matches);
    }
    CU_ASSERT(g_file_set_contents(path, "web tcp.port == 80\n", -1, NULL));
    CU_ASSERT_FALSE(fm_macros_load(macros, path, NULL));
    g_remove(path);
}

/* ---- one filter, many threads ---- */

typedef struct Shared {
    const FmFilter *filter;
    const Bench *bench;
    int wrong;
} Shared;

static gpointer match_often(gpointer data)
{
    Shared *s = data;
    for (unsigned round = 0; round < 2000; round++)
        for (size_t i = 0; i < PACKETS; i++)
            if (fm_filter_match(s->filter, &s->bench->made[i].packet) != (i == 1))
                g_atomic_int_inc(&s->wrong);
    return NULL;
}

static void test_threads(void)
{
    Bench b;
    bench_open(&b);
    g_autoptr(FmFilter) filter = fm_filter_compile(
        b.catalog, "upper(http.host) matches \"^EXAMPLE\" and string(tcp.srcport) == \"40000\"", NULL, NULL, NULL, NULL);
    Shared shared = { filter, &b, 0 };
    GThread *threads[12];
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        threads[i] = g_thread_new("match", match_often, &shared);
    for (size_t i = 0; i < G_N_ELEMENTS(threads); i++)
        g_thread_join(threads[i]);
    CU_ASSERT_EQUAL(shared.wrong, 0);
    bench_close(&b);
}

const TestSuite test_filter_suite = {
    "filter",
    TEST_CASES({ "logic", test_logic }, { "relations", test_relations }, { "names of values", test_names_of_values },
               { "addresses", test_addresses }, { "sets", test_sets }, { "bytes and slices", test_slices },
               { "regular expressions", test_regular_expressions }, { "arithmetic", test_arithmetic },
               { "functions", test_functions }, { "layers and columns", test_layers_and_columns },
               { "references", test_references }, { "refusals", test_refusals }, { "error codes", test_error_codes },
               { "warnings", test_warnings }, { "list", test_list }, { "cut anywhere", test_cut_anywhere },
               { "hostile sizes", test_hostile_sizes }, { "many nodes", test_many_nodes }, { "long bytes", test_long_bytes },
               { "wants", test_wants }, { "macros", test_macros }, { "threads", test_threads }),
};
