/* Settings of HTTP/2 (RFC 9113 §6.5): of a frame, or of the field HTTP2-Settings. */
#include "config.h"

#include "dissectors/application/http2.h"

enum {
    SETTINGS, ID, HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE, MAX_HEADER_LIST_SIZE,
    EXTENDED_CONNECT, UNKNOWN,
};

enum { SETTING_SIZE = 6, INITIAL_WINDOW_SIZE_ID = 4 };

static const FmName ids[] = {
    { 1, 0, "Header table size" }, { 2, 0, "Enable PUSH" }, { 3, 0, "Max concurrent streams" }, { 4, 0, "Initial Windows size" },
    { 5, 0, "Max frame size" }, { 6, 0, "Max header list size" }, { 8, 0, "Extended CONNECT" }, { 0, 0, NULL },
};

static const FmField fields[] = {
    [SETTINGS] = { "http2.settings", "Settings", FM_NONE },
    [ID] = { "http2.settings.id", "Settings Identifier", FM_UINT16, FM_DEC, .names = ids },
    [HEADER_TABLE_SIZE] = { "http2.settings.header_table_size", "Header table size", FM_UINT32, FM_DEC },
    [ENABLE_PUSH] = { "http2.settings.enable_push", "Enable PUSH", FM_UINT32, FM_DEC },
    [MAX_CONCURRENT_STREAMS] = { "http2.settings.max_concurrent_streams", "Max concurrent streams", FM_UINT32, FM_DEC },
    [INITIAL_WINDOW_SIZE] = { "http2.settings.initial_window_size", "Initial Windows Size", FM_UINT32, FM_DEC },
    [MAX_FRAME_SIZE] = { "http2.settings.max_frame_size", "Max frame size", FM_UINT32, FM_DEC },
    [MAX_HEADER_LIST_SIZE] = { "http2.settings.max_header_list_size", "Max header list size", FM_UINT32, FM_DEC },
    [EXTENDED_CONNECT] = { "http2.settings.extended_connect", "Extended CONNECT", FM_UINT32, FM_DEC },
    [UNKNOWN] = { "http2.settings.unknown", "Unknown Settings", FM_UINT32, FM_DEC },
};

static uint64_t add_value(FmDissection *d, FmCursor *c, uint64_t id)
{
    switch (id) {
    case 1: return fm_add(d, HEADER_TABLE_SIZE, c);
    case 2: return fm_add(d, ENABLE_PUSH, c);
    case 3: return fm_add(d, MAX_CONCURRENT_STREAMS, c);
    case 4: return fm_add(d, INITIAL_WINDOW_SIZE, c);
    case 5: return fm_add(d, MAX_FRAME_SIZE, c);
    case 6: return fm_add(d, MAX_HEADER_LIST_SIZE, c);
    case 8: return fm_add(d, EXTENDED_CONNECT, c);
    default: return fm_add(d, UNKNOWN, c);
    }
}

uint32_t http2_initial_window(FmSlice settings, uint32_t otherwise)
{
    for (size_t i = 0; i + SETTING_SIZE <= settings.size; i += SETTING_SIZE)
        if (fm_be(settings.data + i, 2) == INITIAL_WINDOW_SIZE_ID)
            otherwise = (uint32_t)fm_be(settings.data + i + 2, 4);
    return otherwise;
}

static void settings_dissect(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        FmSubtree setting = fm_open(d, SETTINGS, c);
        uint64_t id = fm_add(d, ID, c);
        const char *name = fm_name(ids, id);
        uint64_t value = add_value(d, c, id);
        if (name)
            fm_subtree_label(d, setting, "Settings - %s : %u", name, (unsigned)value);
        else
            fm_subtree_label(d, setting, "Settings - Unknown (%u) : %u", (unsigned)id, (unsigned)value);
        fm_close(d, setting, c);
    }
}

const FmProtocol fm_http2_settings = {
    .abbrev = "http2.settings",
    .title = "HTTP/2 settings",
    .part = true,
    FM_FIELDS(fields),
    .dissect = settings_dissect,
};
