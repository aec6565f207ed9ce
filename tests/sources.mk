# Every suite, one line each; suites.h lists them too.
suites = \
	tests/test_arena.c \
	tests/test_catalog.c \
	tests/test_cursor.c \
	tests/test_flow.c \
	tests/test_pcap.c \
	tests/test_pcapng.c \
	tests/test_text.c
