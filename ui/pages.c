/* What pages share: where one starts, observers, saving. */
#include "config.h"

#include "ui/pages.h"

#include <string.h>

#include "capture/writer.h"
#include "flow/flow.h"

const FmPageKind *fm_pages_home(FmApp *app)
{
    return &fm_flows_page;
}

char *fm_flow_filter(FmApp *app, unsigned kind, uint32_t number)
{
    static const char *const streams[] = { [FM_FLOW_TCP] = "tcp.stream", [FM_FLOW_UDP] = "udp.stream" };
    if (kind < G_N_ELEMENTS(streams) && streams[kind])
        return g_strdup_printf("%s == %u", streams[kind], number);
    char *filter = NULL;
    fm_archive_hold(app->archive);
    const FmFlowRecord *flow = fm_summary_find(fm_archive_summary(app->archive), kind, number);
    const char *field = !flow || flow->address_type > FM_ADDRESS_IPV6 ? NULL
                        : flow->address_type == FM_ADDRESS_ETHER      ? "eth.addr"
                        : flow->address_type == FM_ADDRESS_IPV4       ? "ip.addr"
                                                                      : "ipv6.addr";
    if (field) {
        g_auto(FmText) text = { 0 };
        for (unsigned i = 0; i < 2; i++) {
            FmAddress address = { .type = flow->address_type };
            memcpy(address.bytes, flow->ends[i].bytes, sizeof address.bytes);
            fm_text_printf(&text, "%s%s == ", i ? " && " : "", field);
            fm_address_text(&text, &address);
        }
        if (kind == FM_FLOW_SCTP)
            fm_text_literal(&text, " && sctp");
        filter = g_strdup(fm_text_string(&text));
    }
    fm_archive_release(app->archive);
    return filter;
}

static bool write_packets(FmApp *app, FmWriter *writer, uint32_t *written, GError **error)
{
    g_autoptr(GByteArray) room = g_byte_array_new();
    bool marked = g_hash_table_size(app->marks) > 0;
    for (uint32_t i = 0, count = fm_app_shown(app); i < count; i++) {
        uint32_t number = fm_app_shown_at(app, i);
        FmFrame frame = { 0 };
        if (marked && !g_hash_table_contains(app->marks, GUINT_TO_POINTER(number)))
            continue;
        if (!fm_archive_frame(app->archive, number, &frame, room))
            continue;
        if (!fm_writer_frame(writer, &frame, error))
            return false;
        ++*written;
    }
    return true;
}

void fm_app_save(FmApp *app, const char *path)
{
    g_autoptr(GError) error = NULL;
    if (!*path)
        return;
    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        fm_app_complain(app, "%s is there already; nothing was written", path);
        return;
    }
    uint32_t count = fm_archive_count(app->archive), judged = app->matches ? fm_matches_judged(app->matches) : count;
    if (judged < count && !app->options->live) {
        fm_app_complain(app, "the filter is at work, %u %% are through; nothing was written", (unsigned)(100.0 * judged / count));
        return;
    }
    const FmWriterOptions options = { .format = g_str_has_suffix(path, ".pcap") ? FM_FILE_PCAP : FM_FILE_PCAPNG,
                                      .source = fm_archive_source(app->archive), .application = "fathom " PACKAGE_VERSION };
    FmWriter *writer = fm_writer_open(path, &options, &error);
    uint32_t written = 0;
    bool good = writer && write_packets(app, writer, &written, &error);
    if (writer && !fm_writer_close(writer, good ? &error : NULL))
        good = false;
    if (good)
        fm_app_say(app, "%u packets written to %s", written, path);
    else
        fm_app_complain(app, "%s", error ? error->message : path);
}
