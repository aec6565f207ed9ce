# Lessons, in the order in which they are learnt, and the captures that they are played on.
lessons = \
	lessons/handshake.lesson

lesson_captures = \
	testdata/tcp-plain.pcapng
