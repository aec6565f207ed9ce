# Every dissector, one line each.
dissectors = \
	dissectors/all.c dissectors/all.h \
	dissectors/data.c \
	dissectors/frame.c \
	dissectors/link/ethernet.c \
	dissectors/network/ipv4.c \
	dissectors/transport/tcp.c \
	dissectors/transport/tcp_options.c dissectors/transport/tcp_options.h \
	dissectors/transport/udp.c
