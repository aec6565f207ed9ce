# Every dissector, one line each.
dissectors = \
	dissectors/all.c dissectors/all.h \
	dissectors/application/dns.c dissectors/application/dns.h \
	dissectors/application/dns_names.c \
	dissectors/application/dns_numbers.c \
	dissectors/application/dns_options.c \
	dissectors/application/dns_records.c \
	dissectors/application/dns_security.c \
	dissectors/application/dns_transactions.c \
	dissectors/data.c \
	dissectors/frame.c \
	dissectors/link/ethernet.c \
	dissectors/network/ipv4.c \
	dissectors/transport/tcp.c \
	dissectors/transport/tcp_flags.c dissectors/transport/tcp_flags.h \
	dissectors/transport/tcp_options.c dissectors/transport/tcp_options.h \
	dissectors/transport/udp.c
