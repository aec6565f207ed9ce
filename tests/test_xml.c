#include "config.h"

#include <string.h>

#include "test.h"

extern const FmProtocol fm_xml;

static const struct {
    const char *name, *text, *nodes;
} cases[] = {
    { "tags in tags", "<?xml version=\"1.0\"?>\n<a b=\"c>\" d='e'><f> g </f><h/></a>",
      "xml.xmlpi=<?xml version=\"1.0\"?> xml.tag=<a b=\"c>\" d='e'> xml.attribute=b=\"c>\" xml.attribute=d='e' xml.tag=<f> xml.cdata=g (</f>) "
      "xml.tag=<h/> (</a>)" },
    { "what is no tag", "<!DOCTYPE x><!-- <y> --><![CDATA[<z>]]>",
      "xml.doctype=<!DOCTYPE x> xml.comment=<!-- <y> --> xml.cdatasection=<![CDATA[<z>]]>" },
    { "ends that nobody began", "</a></b>c", "(</a>) (</b>) xml.cdata=c" },
    { "cut inside an attribute", "<a b=\"c", "xml.tag=<a b=\"c" },
};

static char *dissected(const char *text, size_t size)
{
    g_autoptr(GString) hex = g_string_new("");
    for (size_t i = 0; i < size; i++)
        g_string_append_printf(hex, "%02x", (uint8_t)text[i]);
    return test_dissect(&fm_xml, hex->str);
}

static void test_nodes_of_documents(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = dissected(cases[i].text, strlen(cases[i].text));
        TEST_TEXT(cases[i].name, got, cases[i].nodes);
    }
}

static void test_documents_cut_anywhere(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (size_t n = 1; n < strlen(cases[i].text); n++) {
            g_autofree char *got = dissected(cases[i].text, n);
            CU_ASSERT_PTR_NOT_NULL(got);
        }
}

static void test_deep_nesting(void)
{
    g_autoptr(GString) deep = g_string_new("");
    for (int i = 0; i < 1000; i++)
        g_string_append(deep, "<a>");
    for (int i = 0; i < 2000; i++)
        g_string_append(deep, "</a>");
    g_autofree char *got = dissected(deep->str, deep->len);
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "xml.tag=<a>"));
}

const TestSuite test_xml_suite = {
    "xml", TEST_CASES({ "nodes of documents", test_nodes_of_documents }, { "documents cut anywhere", test_documents_cut_anywhere },
                      { "deep nesting", test_deep_nesting }),
};
