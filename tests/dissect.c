/* Hex to dissected packets as text. */
#include "config.h"

#include "engine/engine.h"
#include "model/format.h"
#include "test.h"

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
    return each_frame(link_type, frames, test_columns);
}
