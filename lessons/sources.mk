# Lessons, in the order in which they are learnt, and the captures that they are played on.
lessons = \
	lessons/handshake.lesson \
	lessons/closing.lesson \
	lessons/reset.lesson \
	lessons/flow-control.lesson \
	lessons/slow-start.lesson \
	lessons/fast-recovery.lesson \
	lessons/timeout.lesson \
	lessons/head-of-line.lesson

lesson_captures = \
	testdata/bulk-reno.pcapng \
	testdata/tcp-half-close.pcapng \
	testdata/tcp-reset.pcapng \
	testdata/tcp-tail-loss.pcapng \
	testdata/tcp-zero-window.pcapng
