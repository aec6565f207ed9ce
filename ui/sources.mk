# The terminal UI.
ui = \
	ui/app.c ui/app.h \
	ui/draw.c ui/draw.h \
	ui/frame.c ui/frame.h \
	ui/help.c \
	ui/keys.c ui/keys.h \
	ui/packets.c ui/packets.h \
	ui/packets_bytes.c \
	ui/packets_list.c \
	ui/packets_tree.c \
	ui/pages.c ui/pages.h \
	ui/prompt.c ui/prompt.h \
	ui/rules.c ui/rules.h \
	ui/statistics.c \
	ui/terminal.c ui/terminal.h \
	ui/theme.c ui/theme.h \
	ui/view.h
