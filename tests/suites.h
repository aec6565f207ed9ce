/* Every suite, one line each: TEST(name) is test_name_suite of test_name.c. No #pragma once: check.c reads it twice. */
TEST(arena)
TEST(catalog)
TEST(cursor)
TEST(flow)
TEST(pcap)
TEST(pcapng)
TEST(text)
