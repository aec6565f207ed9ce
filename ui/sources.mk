# The terminal UI.
ui = \
	ui/app.c ui/app.h \
	ui/chooser.c ui/chooser.h \
	ui/columns.c \
	ui/draw.c ui/draw.h \
	ui/fitness.c \
	ui/flow.c ui/flow.h \
	ui/flows.c \
	ui/follow.c \
	ui/frame.c ui/frame.h \
	ui/graph.c \
	ui/header.c \
	ui/help.c \
	ui/keys.c ui/keys.h \
	ui/ladder.c \
	ui/latency.c \
	ui/lines.c ui/lines.h \
	ui/media.c \
	ui/packets.c ui/packets.h \
	ui/packets_bytes.c \
	ui/packets_list.c \
	ui/packets_tree.c \
	ui/pages.c ui/pages.h \
	ui/plot.c \
	ui/prompt.c ui/prompt.h \
	ui/rules.c ui/rules.h \
	ui/sliding.c \
	ui/statistics.c \
	ui/story.c \
	ui/streams.c \
	ui/teaching.c ui/teaching.h \
	ui/terminal.c ui/terminal.h \
	ui/theme.c ui/theme.h \
	ui/tls.c \
	ui/view.h
