# Every suite, one line each; suites.h lists them too.
suites = \
	tests/test_archive.c \
	tests/test_arena.c \
	tests/test_catalog.c \
	tests/test_crypto.c \
	tests/test_cursor.c \
	tests/test_cut.c \
	tests/test_dns.c \
	tests/test_docs.c \
	tests/test_engine.c \
	tests/test_filter.c \
	tests/test_flow.c \
	tests/test_format.c \
	tests/test_gtp.c \
	tests/test_hpack.c \
	tests/test_http1.c \
	tests/test_inference.c \
	tests/test_keylog.c \
	tests/test_network.c \
	tests/test_output.c \
	tests/test_pattern.c \
	tests/test_pairing.c \
	tests/test_plot.c \
	tests/test_pcap.c \
	tests/test_pcapng.c \
	tests/test_quic_keys.c \
	tests/test_replay.c \
	tests/test_srtp_keys.c \
	tests/test_statistics.c \
	tests/test_stream.c \
	tests/test_summary.c \
	tests/test_text.c \
	tests/test_threads.c \
	tests/test_udplite.c \
	tests/test_wireless.c \
	tests/test_writer.c \
	tests/test_x509.c
