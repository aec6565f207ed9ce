/* The manual page of the fields tells of every protocol, and of no other. */
#include "config.h"

#include <string.h>

#include "test.h"

static char *page(void)
{
    const char *source = g_getenv("srcdir");
    g_autofree char *path = g_build_filename(source ? source : ".", "man", "fathom-fields.5", NULL);
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static void test_protocols_have_a_line(void)
{
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autofree char *text = page();
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    for (unsigned n = 1; n <= fm_catalog_protocol_count(catalog); n++) {
        const FmProtocol *p = fm_catalog_protocol_at(catalog, n);
        g_autofree char *line = g_strdup_printf("\n.TP\n.B %s\n", p->abbrev);
        bool there = strstr(text, line) != NULL;
        if (!there && !p->part)
            g_printerr("\nman/fathom-fields.5 has no entry for %s\n", p->abbrev);
        CU_ASSERT(there || p->part);
    }
}

static void test_lines_have_a_protocol(void)
{
    g_autoptr(FmCatalog) catalog = test_catalog();
    g_autofree char *text = page();
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    g_auto(GStrv) parts = g_strsplit(strstr(text, ".SH PROTOCOLS"), "\n.TP\n.B ", -1);
    CU_ASSERT(g_strv_length(parts) > 5);
    for (char **part = parts + 1; *part; part++) {
        g_autofree char *name = g_strndup(*part, strcspn(*part, "\n"));
        bool known = fm_catalog_protocol_named(catalog, name) != 0;
        if (!known)
            g_printerr("\nman/fathom-fields.5 tells of %s, which is no protocol\n", name);
        CU_ASSERT(known);
        if (part > parts + 1) {
            g_autofree char *before = g_strndup(part[-1], strcspn(part[-1], "\n"));
            CU_ASSERT(strcmp(before, name) < 0); /* sorted */
        }
    }
}

const TestSuite test_docs_suite = {
    "docs",
    TEST_CASES({ "protocols have a line", test_protocols_have_a_line }, { "lines have a protocol", test_lines_have_a_protocol }),
};
