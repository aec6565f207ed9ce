# Every dissector, one line each.
dissectors = \
	dissectors/all.c dissectors/all.h \
	dissectors/contents.c dissectors/contents.h \
	dissectors/application/body.c dissectors/application/body.h \
	dissectors/application/content_coding.c \
	dissectors/application/db_lsp.c \
	dissectors/application/dhcp.c dissectors/application/dhcp.h \
	dissectors/application/dhcp_options.c \
	dissectors/application/dhcpv6.c \
	dissectors/application/radius.c \
	dissectors/application/snmp.c \
	dissectors/link/eap.c \
	dissectors/application/dns.c dissectors/application/dns.h \
	dissectors/application/dns_names.c \
	dissectors/application/dns_numbers.c \
	dissectors/application/dns_options.c \
	dissectors/application/dns_records.c \
	dissectors/application/dns_security.c \
	dissectors/application/dns_transactions.c \
	dissectors/application/http1.c dissectors/application/http1.h \
	dissectors/application/http1_chunks.c \
	dissectors/application/http1_exchange.c \
	dissectors/application/http1_framing.c \
	dissectors/application/http1_headers.c \
	dissectors/application/json.c dissectors/application/json.h \
	dissectors/application/li5g.c \
	dissectors/application/event_stream.c \
	dissectors/application/media.c \
	dissectors/application/grpc.c dissectors/application/grpc_call.c dissectors/application/grpc_call.h \
	dissectors/application/grpc_web.c dissectors/application/grpc_web.h dissectors/application/message.c dissectors/application/message.h \
	dissectors/application/mqtt.c dissectors/application/mqtt.h \
	dissectors/application/mqtt_properties.c \
	dissectors/application/multipart.c \
	dissectors/application/nbdgm.c \
	dissectors/application/nbns.c \
	dissectors/application/netbios.c dissectors/application/netbios.h \
	dissectors/application/ntp.c \
	dissectors/application/ssdp.c \
	dissectors/application/syslog.c \
	dissectors/application/tftp.c \
	dissectors/application/urlencoded.c \
	dissectors/application/websocket.c dissectors/application/websocket.h \
	dissectors/application/xml.c \
	dissectors/application/hpack.c dissectors/application/hpack.h dissectors/application/prefix_integer.h \
	dissectors/application/http2.c dissectors/application/http2.h \
	dissectors/application/http2_body.c \
	dissectors/application/http2_exchange.c \
	dissectors/application/http2_headers.c dissectors/application/http2_measures.c dissectors/application/http2_measures.h \
	dissectors/application/http2_settings.c \
	dissectors/application/http3.c dissectors/application/http3.h \
	dissectors/application/http3_body.c \
	dissectors/application/http3_headers.c \
	dissectors/application/http3_qpack.c \
	dissectors/application/http3_section.c \
	dissectors/application/http_fields.c dissectors/application/http_fields.h \
	dissectors/application/qpack.c dissectors/application/qpack.h \
	dissectors/application/protobuf.c dissectors/application/protobuf.h \
	dissectors/application/http_status.c dissectors/application/http_status.h \
	dissectors/data.c \
	dissectors/frame.c \
	dissectors/link/chdlc.c \
	dissectors/link/eapol.c \
	dissectors/link/ethernet.c \
	dissectors/link/ethertype.c dissectors/link/ethertype.h \
	dissectors/link/ieee8021ad.c \
	dissectors/link/ieee8021ah.c \
	dissectors/link/llc.c \
	dissectors/link/lldp.c \
	dissectors/link/mpls.c \
	dissectors/link/null.c \
	dissectors/link/pktap.c \
	dissectors/link/ppp.c \
	dissectors/link/pppoe.c \
	dissectors/link/radiotap.c \
	dissectors/link/raw.c \
	dissectors/link/sll.c \
	dissectors/link/stp.c \
	dissectors/link/vlan.c \
	dissectors/link/wlan.c \
	dissectors/fragments.c dissectors/fragments.h \
	dissectors/network/arp.c \
	dissectors/network/icmp.c dissectors/network/icmp.h \
	dissectors/network/icmp_extensions.c \
	dissectors/network/icmpv6.c dissectors/network/icmpv6.h \
	dissectors/network/icmpv6_options.c \
	dissectors/network/gre.c \
	dissectors/network/gtp.c \
	dissectors/network/vrrp.c \
	dissectors/network/vxlan.c \
	dissectors/network/geneve.c \
	dissectors/network/igmp.c \
	dissectors/network/erspan.c \
	dissectors/link/vntag.c \
	dissectors/link/cmd.c \
	dissectors/link/nflog.c \
	dissectors/network/teredo.c \
	dissectors/link/frame_relay.c \
	dissectors/link/macsec.c \
	dissectors/network/nsh.c \
	dissectors/network/ipsec.c \
	dissectors/network/ipv4.c dissectors/network/ipv4.h \
	dissectors/network/ipv4_options.c \
	dissectors/network/ipv6.c dissectors/network/ipv6.h \
	dissectors/network/ipv6_extensions.c \
	dissectors/network/ipv6_options.c \
	dissectors/network/names.c dissectors/network/names.h dissectors/network/protocols.h \
	dissectors/quic/quic.c dissectors/quic/quic.h \
	dissectors/quic/quic_analysis.c dissectors/quic/quic_analysis.h \
	dissectors/quic/quic_connection.c \
	dissectors/quic/quic_find.c \
	dissectors/quic/quic_frames.c \
	dissectors/realtime/data_channel.c dissectors/realtime/data_channel.h \
	dissectors/realtime/rtcdc.c \
	dissectors/realtime/rtcp.c dissectors/realtime/rtcp_feedback.c \
	dissectors/realtime/rtp.c dissectors/realtime/rtp.h \
	dissectors/realtime/rtp_event.c \
	dissectors/realtime/rtp_redundant.c \
	dissectors/realtime/rtp_setup.c \
	dissectors/realtime/sdp.c dissectors/realtime/sdp.h \
	dissectors/realtime/sdp_attributes.c \
	dissectors/realtime/sip.c dissectors/realtime/sip.h \
	dissectors/realtime/sip_headers.c \
	dissectors/realtime/sip_values.c \
	dissectors/realtime/srtp.c dissectors/realtime/srtp.h \
	dissectors/realtime/classic_stun.c dissectors/realtime/stun.c dissectors/realtime/stun.h \
	dissectors/realtime/stun_attributes.c \
	dissectors/realtime/stun_integrity.c \
	dissectors/security/der.c dissectors/security/der.h \
	dissectors/security/dtls.c dissectors/security/dtls.h \
	dissectors/security/dtls_messages.c \
	dissectors/security/starttls.c \
	dissectors/security/tls.c dissectors/security/tls.h \
	dissectors/security/tls_compression.c dissectors/security/tls_compression.h \
	dissectors/security/tls_decrypt.c dissectors/security/tls_decrypt.h \
	dissectors/security/tls_session_keys.c dissectors/security/tls_session_keys.h \
	dissectors/security/tls_extensions.c \
	dissectors/security/tls_handshake.c dissectors/security/tls_handshake.h \
	dissectors/security/tls_heartbeat.c dissectors/security/tls_heartbeat.h \
	dissectors/security/tls_hello.c \
	dissectors/security/tls_numbers.c dissectors/security/tls_numbers.h \
	dissectors/security/tls_quic_parameters.c \
	dissectors/security/tls_segments.c dissectors/security/tls_ssl2.c dissectors/security/tls_ssl2.h \
	dissectors/security/tls_suites.c \
	dissectors/security/tls_verdicts.c dissectors/security/tls_verdicts.h \
	dissectors/security/x509.c dissectors/security/x509.h dissectors/security/x509_internal.h \
	dissectors/security/x509_extensions.c \
	dissectors/security/x509_names.c \
	dissectors/security/x509_ocsp.c \
	dissectors/security/x509_oids.c dissectors/security/x509_oids.h \
	dissectors/security/x509_summary.c \
	dissectors/transport/sctp.c dissectors/transport/sctp.h \
	dissectors/transport/sctp_association.c \
	dissectors/transport/sctp_data.c \
	dissectors/transport/sctp_parameters.c \
	dissectors/transport/sctp_sack.c \
	dissectors/transport/tcp.c \
	dissectors/transport/tcp_flags.c dissectors/transport/tcp_flags.h \
	dissectors/transport/tcp_payload.c dissectors/transport/tcp_payload.h \
	dissectors/transport/tcp_options.c dissectors/transport/tcp_options.h \
	dissectors/transport/tcp_sender.c dissectors/transport/tcp_sender.h \
	dissectors/transport/udp.c \
	dissectors/transport/udplite.c
