/* What every test is written with: hex to packets, packets to text, captures. */
#include "config.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "dissectors/all.h"
#include "engine/engine.h"
#include "model/format.h"

void test_text(const char *name, const char *got, const char *expected, unsigned line, const char *file, const char *function)
{
    bool equal = g_strcmp0(got, expected) == 0;
    if (!equal)
        g_printerr("\n%s\n  got      %s\n  expected %s\n", name, got ? got : "NULL", expected ? expected : "NULL");
    CU_assertImplementation(equal, line, name, file, function, CU_FALSE);
}

static void repeat(GByteArray *bytes, unsigned long times)
{
    g_assert(bytes->len > 0 && times > 0 && times <= 1 << 20);
    uint8_t last = bytes->data[bytes->len - 1];
    while (--times > 0)
        g_byte_array_append(bytes, &last, 1);
}

GByteArray *test_bytes(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();
    while (*hex) {
        if (*hex == ' ' || *hex == '\n') {
            hex++;
        } else if (*hex == '\'') {
            const char *end = strchr(hex + 1, '\'');
            g_assert(end);
            g_byte_array_append(bytes, (const guint8 *)hex + 1, (guint)(end - hex - 1));
            hex = end + 1;
        } else if (*hex == '*') {
            char *end;
            repeat(bytes, strtoul(hex + 1, &end, 10));
            hex = end;
        } else {
            g_assert(g_ascii_isxdigit(hex[0]) && g_ascii_isxdigit(hex[1]));
            uint8_t byte = (uint8_t)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
            g_byte_array_append(bytes, &byte, 1);
            hex += 2;
        }
    }
    return bytes;
}

FmCatalog *test_catalog(void)
{
    g_autoptr(GError) error = NULL;
    FmCatalog *catalog = fm_catalog_new(fm_protocols, fm_protocol_count, &error);
    if (!catalog)
        g_error("%s", error->message);
    return catalog;
}

FmFrame test_frame(uint64_t number, const GByteArray *bytes, uint32_t link_type)
{
    return (FmFrame){
        .number = number,
        .time = (FmTime)number * FM_MILLISECOND,
        .data = bytes->data,
        .captured = bytes->len,
        .length = bytes->len,
        .link_type = link_type,
    };
}

static FmEngine *engine_for_all(const FmCatalog *catalog)
{
    FmEngine *engine = fm_engine_new(catalog, false);
    fm_engine_want_all(engine);
    fm_engine_want_labels(engine);
    fm_engine_want_info(engine);
    return engine;
}

char *test_dissect_cut(const FmProtocol *protocol, const char *hex, size_t captured)
{
    g_autoptr(FmCatalog) catalog = test_catalog();
    fm_catalog_bind(catalog, FM_CONTENT, FM_CONTENT_FRAME, fm_catalog_number(catalog, protocol));
    g_autoptr(FmEngine) engine = engine_for_all(catalog);
    g_autoptr(GByteArray) bytes = test_bytes(hex);
    FmFrame frame = test_frame(1, bytes, 1);
    frame.captured = (uint32_t)MIN(captured, frame.captured);
    return test_nodes(fm_engine_feed(engine, &frame), 1);
}

char *test_dissect(const FmProtocol *protocol, const char *hex)
{
    return test_dissect_cut(protocol, hex, SIZE_MAX);
}

static char *nodes_behind_frame(const FmPacket *packet)
{
    return test_nodes(packet, packet->node_count ? (uint32_t)(fm_node_after(packet, packet->nodes) - packet->nodes) : 0);
}

static char *details(const FmPacket *packet)
{
    g_auto(FmText) out = { 0 };
    for (const FmNode *n = packet->nodes; n < packet->nodes + packet->node_count; n++) {
        if (n->flags & FM_NODE_HIDDEN || (n->field != FM_ID_TEXT && fm_node_field(packet, n)->hidden))
            continue;
        fm_text_pad(&out, out.size, 4u * n->depth);
        fm_format_line(&out, packet, n);
        fm_text_char(&out, '\n');
    }
    return g_strdup(fm_text_string(&out));
}

static char *columns(const FmPacket *packet)
{
    g_auto(FmText) out = { 0 };
    fm_address_text(&out, &packet->source);
    fm_text_literal(&out, " → ");
    fm_address_text(&out, &packet->destination);
    fm_text_char(&out, ' ');
    fm_text_put(&out, packet->protocol);
    fm_text_char(&out, ' ');
    fm_text_escaped(&out, packet->info.data, packet->info.size);
    if (packet->trouble)
        fm_text_printf(&out, "[%s]", packet->trouble);
    return g_strdup(fm_text_string(&out));
}

static char *each_frame(uint32_t link_type, const char *const *frames, char *(*show)(const FmPacket *packet))
{
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autoptr(FmEngine) engine = engine_for_all(catalog);
    g_autoptr(GString) out = g_string_new(NULL);
    for (uint64_t i = 0; frames[i]; i++) {
        g_autoptr(GByteArray) bytes = test_bytes(frames[i]);
        FmFrame frame = test_frame(i + 1, bytes, link_type);
        g_autofree char *text = show(fm_engine_feed(engine, &frame));
        if (i)
            g_string_append_c(out, '\n');
        g_string_append(out, text);
    }
    return g_strdup(out->str);
}

char *test_dissect_frames(uint32_t link_type, const char *const *frames)
{
    return each_frame(link_type, frames, nodes_behind_frame);
}

char *test_detail_frames(uint32_t link_type, const char *const *frames)
{
    return each_frame(link_type, frames, details);
}

char *test_column_frames(uint32_t link_type, const char *const *frames)
{
    return each_frame(link_type, frames, columns);
}

static void put_value(FmText *out, const FmPacket *packet, const FmNode *node)
{
    size_t before = out->size;
    fm_text_char(out, '=');
    fm_format_value(out, packet, node, true);
    if (out->size == before + 1 && fm_node_field(packet, node)->type == FM_NONE)
        out->size = before;
}

static void put_node(FmText *out, const FmPacket *packet, const FmNode *node)
{
    switch (node->field) {
    case FM_ID_MALFORMED: fm_text_literal(out, "!malformed "); return;
    case FM_ID_SHORT: fm_text_literal(out, "!short "); return;
    case FM_ID_UNREASSEMBLED: fm_text_literal(out, "!unreassembled "); return;
    case FM_ID_EXPERT: case FM_ID_EXPERT_SEVERITY: case FM_ID_EXPERT_GROUP: case FM_ID_MALFORMED_EXPERT: return;
    case FM_ID_EXPERT_MESSAGE:
        if (node > packet->nodes && node[-1].field != FM_ID_EXPERT)
            return; /* a note that has a name */
        fm_text_literal(out, "!(");
        fm_format_value(out, packet, node, true);
        fm_text_literal(out, ") ");
        return;
    case FM_ID_TEXT: fm_text_printf(out, "(%s) ", fm_node_label(packet, node) ? fm_node_label(packet, node) : ""); return;
    default: break;
    }
    const FmField *field = fm_node_field(packet, node);
    if (field->type == FM_PROTOCOL) {
        fm_text_printf(out, out->size ? "| %s " : "%s ", field->abbrev);
    } else if (field->type == FM_EXPERT) {
        fm_text_printf(out, "!%s ", field->abbrev);
    } else {
        fm_text_put(out, field->abbrev);
        put_value(out, packet, node);
        fm_text_char(out, ' ');
    }
}

char *test_nodes(const FmPacket *packet, uint32_t first)
{
    g_auto(FmText) out = { 0 };
    for (uint32_t i = first; i < packet->node_count; i++)
        put_node(&out, packet, packet->nodes + i);
    while (out.size && out.data[out.size - 1] == ' ')
        out.size--;
    return g_strdup(fm_text_string(&out));
}

static bool tells_of_later_frames(const FmPacket *packet, const FmNode *node)
{
    return fm_node_field(packet, node)->type == FM_FRAMENUM && node->value > packet->frame->number;
}

char *test_dump(const FmPacket *packet, bool hindsight)
{
    g_auto(FmText) out = { 0 };
    for (const FmNode *n = packet->nodes; n < packet->nodes + packet->node_count; n++) {
        if (!hindsight && tells_of_later_frames(packet, n))
            continue;
        const char *label = fm_node_label(packet, n);
        fm_text_printf(&out, "%u %s %u %u:%u+%u %s ", n->depth, fm_node_field(packet, n)->abbrev, n->flags, n->buffer, n->offset,
                       n->length, label ? label : "-");
        fm_format_cell(&out, packet, n);
        fm_text_char(&out, '\n');
    }
    for (uint32_t i = 0; i < packet->buffer_count; i++) {
        FmSlice bytes = packet->buffers[i].bytes;
        g_autofree char *sum = g_compute_checksum_for_data(G_CHECKSUM_MD5, bytes.data, bytes.size);
        fm_text_printf(&out, "buffer %u %s %zu %s\n", i, packet->buffers[i].name ? packet->buffers[i].name : "-", bytes.size, sum);
    }
    g_autofree char *line = columns(packet);
    fm_text_put(&out, line);
    return g_strdup(fm_text_string(&out));
}

char *test_data_path(const char *name)
{
    const char *source = g_getenv("srcdir");
    return g_build_filename(source ? source : ".", "testdata", name, NULL);
}

static bool is_capture(const char *name)
{
    static const char *const ends[] = { ".pcap", ".pcapng", ".pcap.gz", ".pcapng.gz", ".pcap.zst", ".pcapng.zst", ".pcap.lz4" };
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(name, ends[i]))
            return true;
    return false;
}

static void collect(GPtrArray *captures, const char *directory)
{
    g_autoptr(GDir) dir = g_dir_open(directory, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(directory, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            collect(captures, path);
        else if (is_capture(name))
            g_ptr_array_add(captures, g_steal_pointer(&path));
    }
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *test_captures(void)
{
    GPtrArray *captures = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *root = test_data_path("");
    collect(captures, root);
    g_ptr_array_sort(captures, by_name);
    g_ptr_array_add(captures, NULL);
    return captures;
}
