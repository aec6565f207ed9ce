/* What every test is written with: hex to bytes, the catalog, captures. */
#include "config.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "dissectors/all.h"

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
    FmCatalog *catalog = fm_catalog_new(fm_all_protocols, fm_all_protocol_count, &error);
    if (!catalog)
        g_error("%s", error->message);
    fm_catalog_set(catalog, "stun.dissect_relayed", "TRUE", NULL); /* as the verbs and the screens do: what lies deeper is tested too */
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

static void free_frame(gpointer frame)
{
    FmFrame *f = frame;
    g_free((gpointer)(uintptr_t)f->data);
    g_strfreev((gchar **)(uintptr_t)f->comments);
}

TestCapture *test_load(const char *path)
{
    TestCapture *capture = g_new0(TestCapture, 1);
    capture->frames = g_array_new(FALSE, FALSE, sizeof(FmFrame));
    g_array_set_clear_func(capture->frames, free_frame);
    capture->source = fm_source_open_file(path, NULL);
    FmFrame frame;
    while (capture->source && fm_source_next(capture->source, &frame, NULL) == FM_NEXT_FRAME) {
        frame.data = g_memdup2(frame.data, frame.captured);
        frame.comments = (const char *const *)g_strdupv((gchar **)(uintptr_t)frame.comments);
        g_array_append_val(capture->frames, frame);
    }
    capture->secrets = fm_secrets_new();
    for (size_t i = 0; capture->source && i < fm_source_secrets_count(capture->source); i++) {
        const FmSecretsBlock *block = fm_source_secrets(capture->source, i);
        if (block->type == FM_SECRETS_KEY_LOG)
            fm_secrets_add_lines(capture->secrets, (FmSlice){ block->data, block->size });
    }
    return capture;
}

void test_unload(TestCapture *capture)
{
    g_array_unref(capture->frames);
    fm_source_free(capture->source);
    fm_secrets_free(capture->secrets);
    g_free(capture);
}

bool test_fetch(void *capture, uint32_t number, FmFrame *frame)
{
    const TestCapture *c = capture;
    if (number == 0 || number > c->frames->len)
        return false;
    *frame = *test_frame_at(c, number - 1);
    return true;
}
