/* Key logs: lines of every kind and damage, files that grow, bounds. */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "crypto/keylog.h"
#include "test.h"

#define RANDOM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define SECRET "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
#define MASTER SECRET "404142434445464748494a4b4c4d4e4f"

static const uint8_t random_bytes[32] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                          16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };
static const FmSlice name = { random_bytes, sizeof random_bytes };

static const struct {
    const char *name, *line;
    FmSecretKind kind;
    size_t size;
} cases[] = {
    { "TLS 1.2", "CLIENT_RANDOM " RANDOM " " MASTER, FM_SECRET_MASTER, 48 },
    { "end of line of another system", "CLIENT_RANDOM " RANDOM " " MASTER "\r", FM_SECRET_MASTER, 48 },
    { "several blanks", "  CLIENT_RANDOM\t" RANDOM "   " MASTER "  ", FM_SECRET_MASTER, 48 },
    { "premaster", "PMS_CLIENT_RANDOM " RANDOM " " SECRET, FM_SECRET_PREMASTER, 32 },
    { "early", "CLIENT_EARLY_TRAFFIC_SECRET " RANDOM " " SECRET, FM_SECRET_CLIENT_EARLY, 32 },
    { "client's handshake", "CLIENT_HANDSHAKE_TRAFFIC_SECRET " RANDOM " " MASTER, FM_SECRET_CLIENT_HANDSHAKE, 48 },
    { "server's handshake", "SERVER_HANDSHAKE_TRAFFIC_SECRET " RANDOM " " MASTER, FM_SECRET_SERVER_HANDSHAKE, 48 },
    { "client", "CLIENT_TRAFFIC_SECRET_0 " RANDOM " " SECRET, FM_SECRET_CLIENT_APPLICATION, 32 },
    { "server", "SERVER_TRAFFIC_SECRET_0 " RANDOM " " SECRET, FM_SECRET_SERVER_APPLICATION, 32 },
    { "exporter", "EXPORTER_SECRET " RANDOM " " SECRET, FM_SECRET_EXPORTER, 32 },
    { "QUIC's old labels", "QUIC_SERVER_TRAFFIC_SECRET_0 " RANDOM " " SECRET, FM_SECRET_SERVER_APPLICATION, 32 },
    { "RSA", "RSA 0011223344556677 " MASTER, FM_SECRET_RSA_PREMASTER, 48 },
    { "session", "RSA Session-ID:" RANDOM " Master-Key:" MASTER, FM_SECRET_SESSION_MASTER, 48 },
    { "comment", "# CLIENT_RANDOM " RANDOM " " MASTER, FM_SECRET_NONE, 0 },
    { "empty", "", FM_SECRET_NONE, 0 },
    { "unknown label", "SERVER_RANDOM " RANDOM " " MASTER, FM_SECRET_NONE, 0 },
    { "label cut", "CLIENT_RANDO " RANDOM " " MASTER, FM_SECRET_NONE, 0 },
    { "secret too short", "CLIENT_RANDOM " RANDOM " " SECRET, FM_SECRET_NONE, 0 },
    { "half a byte", "CLIENT_RANDOM " RANDOM " " MASTER "0", FM_SECRET_NONE, 0 },
    { "no hex", "CLIENT_RANDOM " RANDOM " zz" SECRET, FM_SECRET_NONE, 0 },
    { "no secret", "CLIENT_RANDOM " RANDOM, FM_SECRET_NONE, 0 },
    { "random too long", "CLIENT_RANDOM " RANDOM "20 " MASTER, FM_SECRET_NONE, 0 },
};

static void test_lines(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        FmKeylogLine line;
        bool known = fm_keylog_line(cases[i].line, strlen(cases[i].line), &line);
        bool good = known == (cases[i].kind != FM_SECRET_NONE) && (!known || (line.kind == cases[i].kind && line.secret_size == cases[i].size));
        if (!good)
            g_printerr("%s\n", cases[i].name);
        CU_ASSERT(good);
        for (size_t n = 0; n < strlen(cases[i].line); n++)
            fm_keylog_line(cases[i].line, n, &line);
    }
}

static size_t size_of(FmSecrets *secrets, FmSecretKind kind)
{
    return fm_secrets_find(secrets, kind, name).size;
}

static void append(const char *path, const char *text)
{
    FILE *file = fopen(path, "a");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fputs(text, file);
    fclose(file);
}

static void test_growing_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("fathom-keylog-XXXXXX", &path, NULL);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    g_autoptr(FmSecrets) secrets = fm_secrets_new();
    CU_ASSERT(fm_secrets_add_file(secrets, path, false, &error));
    CU_ASSERT_EQUAL(size_of(secrets, FM_SECRET_MASTER), 0);
    append(path, "CLIENT_RANDOM " RANDOM " " MASTER "\nCLIENT_TRAFFIC_SECRET_0 " RANDOM);
    CU_ASSERT_EQUAL(size_of(secrets, FM_SECRET_MASTER), 48);
    CU_ASSERT_EQUAL(size_of(secrets, FM_SECRET_CLIENT_APPLICATION), 0);
    append(path, " " SECRET); /* without its end, and then longer */
    CU_ASSERT_EQUAL(size_of(secrets, FM_SECRET_CLIENT_APPLICATION), 32);
    append(path, "404142434445464748494a4b4c4d4e4f\n");
    CU_ASSERT_EQUAL(size_of(secrets, FM_SECRET_SERVER_APPLICATION), 0); /* looks */
    CU_ASSERT_EQUAL(size_of(secrets, FM_SECRET_CLIENT_APPLICATION), 48);
    CU_ASSERT(truncate(path, 0) == 0);
    append(path, "EXPORTER_SECRET " RANDOM " " SECRET "\n");
    CU_ASSERT_EQUAL(size_of(secrets, FM_SECRET_EXPORTER), 32);
    CU_ASSERT_EQUAL(size_of(secrets, FM_SECRET_MASTER), 48);
    g_autoptr(GString) lines = g_string_new(NULL);
    size_t used = fm_secrets_print_used(secrets, 0, false, lines);
    TEST_TEXT("printed", lines->str, "CLIENT_RANDOM " RANDOM " " MASTER "\nCLIENT_TRAFFIC_SECRET_0 " RANDOM " " MASTER "\nEXPORTER_SECRET " RANDOM " " SECRET "\n");
    size_t size = lines->len;
    CU_ASSERT_EQUAL(fm_secrets_print_used(secrets, used, false, lines), used);
    CU_ASSERT_EQUAL(lines->len, size);
    g_unlink(path);
}

static void test_missing_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(FmSecrets) secrets = fm_secrets_new();
    CU_ASSERT_FALSE(fm_secrets_add_file(secrets, "/nowhere/keys", false, &error));
    CU_ASSERT(error && g_str_has_prefix(error->message, "/nowhere/keys: "));
    CU_ASSERT(fm_secrets_add_file(secrets, "/nowhere/keys", true, NULL));
    g_clear_error(&error);
    CU_ASSERT_FALSE(fm_secrets_add_file(secrets, "/", true, &error));
}

static void test_many_lines(void) /* longer than what is read at a time, with lines over its ends */
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("fathom-keylog-XXXXXX", &path, NULL);
    CU_ASSERT_FATAL(fd >= 0);
    close(fd);
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < 5000; i++)
        g_string_append_printf(text, "CLIENT_TRAFFIC_SECRET_0 %064x " MASTER "\n%s", i, i % 64 ? "" : "# a comment of some length\n");
    CU_ASSERT(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
    g_autoptr(FmSecrets) secrets = fm_secrets_new();
    CU_ASSERT(fm_secrets_add_file(secrets, path, false, NULL));
    CU_ASSERT_EQUAL(fm_secrets_generation(secrets), 5000);
    for (unsigned i = 0; i < 5000; i++) {
        uint8_t random[32] = { [30] = (uint8_t)(i >> 8), [31] = (uint8_t)i };
        CU_ASSERT_EQUAL(fm_secrets_find(secrets, FM_SECRET_CLIENT_APPLICATION, (FmSlice){ random, 32 }).size, 48);
    }
    g_unlink(path);
}

const TestSuite test_keylog_suite = { "keylog", TEST_CASES({ "lines", test_lines }, { "a file that grows", test_growing_file },
                                                           { "a file that is not there", test_missing_file }, { "many lines", test_many_lines }) };
