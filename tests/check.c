/* Runs the suites named on the command line, or all.
 *
 *   check [-l] [SUITE ...]     -l lists the suites
 */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/Basic.h>

#include "test.h"

#define TEST(name) extern const TestSuite test_##name##_suite;
#include "suites.h"
#undef TEST

static const TestSuite *const suites[] = {
#define TEST(name) &test_##name##_suite,
#include "suites.h"
#undef TEST
};

static bool asked_for(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc == 1;
}

static bool known(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(suites); i++)
        if (strcmp(suites[i]->name, name) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C.UTF-8");
    if (argc == 2 && strcmp(argv[1], "-l") == 0) {
        for (size_t i = 0; i < G_N_ELEMENTS(suites); i++)
            puts(suites[i]->name);
        return EXIT_SUCCESS;
    }
    for (int i = 1; i < argc; i++) {
        if (!known(argv[i])) {
            fprintf(stderr, "check: no suite \"%s\"; -l lists them\n", argv[i]);
            return 2;
        }
    }
    if (CU_initialize_registry() != CUE_SUCCESS)
        return 2;
    for (size_t i = 0; i < G_N_ELEMENTS(suites); i++) {
        if (!asked_for(suites[i]->name, argc, argv))
            continue;
        CU_pSuite suite = CU_add_suite(suites[i]->name, NULL, NULL);
        for (const TestCase *c = suites[i]->cases; suite && c->name; c++)
            CU_add_test(suite, c->name, c->run);
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_ErrorCode error = CU_basic_run_tests();
    bool failed = error != CUE_SUCCESS || CU_get_number_of_failures() || CU_get_number_of_tests_failed() ||
                  CU_get_number_of_suites_failed() || !CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
