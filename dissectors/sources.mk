# Every dissector, one line each.
dissectors = \
	dissectors/all.c dissectors/all.h \
	dissectors/data.c \
	dissectors/frame.c \
	dissectors/link/ethernet.c \
	dissectors/network/ipv4.c \
	dissectors/transport/udp.c
