# Lessons, in the order in which they are learnt, and the captures that they are played on.
lessons = \
	lessons/protocols.lesson \
	lessons/handshake.lesson \
	lessons/closing.lesson \
	lessons/reset.lesson \
	lessons/flow-control.lesson \
	lessons/slow-start.lesson \
	lessons/fast-recovery.lesson \
	lessons/timeout.lesson \
	lessons/three-senders.lesson \
	lessons/head-of-line.lesson \
	lessons/udp.lesson \
	lessons/tls-round-trips.lesson \
	lessons/tls-opened.lesson \
	lessons/resumption.lesson \
	lessons/certificates.lesson \
	lessons/forward-secrecy.lesson \
	lessons/quic-setup.lesson \
	lessons/quic-observer.lesson \
	lessons/migration.lesson \
	lessons/same-loss.lesson \
	lessons/http2.lesson \
	lessons/grpc.lesson \
	lessons/webrtc.lesson \
	lessons/mqtt.lesson \
	lessons/choosing.lesson

lesson_captures = \
	testdata/bulk-reno.pcapng \
	testdata/demo.pcapng \
	testdata/moving.pcapng \
	testdata/same-loss.pcapng \
	testdata/tcp-half-close.pcapng \
	testdata/tcp-reset.pcapng \
	testdata/tcp-tail-loss.pcapng \
	testdata/tcp-zero-window.pcapng \
	testdata/three-senders.pcapng \
	testdata/tls12-old-suites.pcapng \
	testdata/tls13-resumption.pcapng
