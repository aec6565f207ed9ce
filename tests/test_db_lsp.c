#include "config.h"

#include "test.h"

extern const FmProtocol fm_db_lsp, fm_db_lsp_disc;

static const struct {
    const char *name;
    const FmProtocol *protocol;
    const char *bytes, *nodes;
} cases[] = {
    { "configuration", &fm_db_lsp, "16 0301 0002 0b41", "db-lsp.type=22 db-lsp.magic=769 db-lsp.length=2 db-lsp.op=11 db-lsp.value=0b:41" },
    { "data", &fm_db_lsp, "17 0301 0001 41", "db-lsp.type=23 db-lsp.magic=769 db-lsp.length=1 db-lsp.data=41" },
    { "another magic", &fm_db_lsp, "17 0302 0001 41", "db-lsp.type=23 db-lsp.magic=770 db-lsp.length=1" },
    { "cut", &fm_db_lsp, "17 0301 0005 41", "db-lsp.type=23 db-lsp.magic=769 db-lsp.length=5 db-lsp.data=41 !malformed" },
    { "text", &fm_db_lsp_disc, "7b 22 78 22 3a", "db-lsp.text={\"x\":" },
    { "JSON", &fm_db_lsp_disc, "20 7b 22 61 22 3a 31 7d 0a",
      "json json.object json.member=a json.path_with_value=/a:1 json.member_with_value=a:1 json.value.number=1 json.key=a json.path=/a" },
};

static void test_nodes_of_messages(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = test_dissect(cases[i].protocol, cases[i].bytes);
        TEST_TEXT(cases[i].name, got, cases[i].nodes);
    }
}

const TestSuite test_db_lsp_suite = { "db_lsp", TEST_CASES({ "nodes of messages", test_nodes_of_messages }) };
