/* The protocols that the program knows: two lines each. */
#include "config.h"

#include "dissectors/all.h"

extern const FmProtocol fm_ah;
extern const FmProtocol fm_arp;
extern const FmProtocol fm_chdlc;
extern const FmProtocol fm_cmd;
extern const FmProtocol fm_data_protocol;
extern const FmProtocol fm_dns;
extern const FmProtocol fm_dns_message;
extern const FmProtocol fm_dns_options;
extern const FmProtocol fm_dns_records;
extern const FmProtocol fm_dns_security;
extern const FmProtocol fm_dtls;
extern const FmProtocol fm_dtls_messages;
extern const FmProtocol fm_dtls_records;
extern const FmProtocol fm_erspan;
extern const FmProtocol fm_esp;
extern const FmProtocol fm_ethernet;
extern const FmProtocol fm_frame;
extern const FmProtocol fm_packet_comments;
extern const FmProtocol fm_frame_relay;
extern const FmProtocol fm_geneve;
extern const FmProtocol fm_gre;
extern const FmProtocol fm_grpc;
extern const FmProtocol fm_grpc_call;
extern const FmProtocol fm_grpc_web_text;
extern const FmProtocol fm_gtp;
extern const FmProtocol fm_http;
extern const FmProtocol fm_http_chunk_fields;
extern const FmProtocol fm_http_header_fields;
extern const FmProtocol fm_http2;
extern const FmProtocol fm_http2_body;
extern const FmProtocol fm_http2_headers;
extern const FmProtocol fm_http2_measures;
extern const FmProtocol fm_http2_settings;
extern const FmProtocol fm_http3;
extern const FmProtocol fm_http3_body;
extern const FmProtocol fm_http3_headers;
extern const FmProtocol fm_http3_qpack;
extern const FmProtocol fm_icmp;
extern const FmProtocol fm_icmp_extensions;
extern const FmProtocol fm_icmpv6;
extern const FmProtocol fm_icmpv6_options;
extern const FmProtocol fm_ieee8021ad;
extern const FmProtocol fm_ieee8021ah;
extern const FmProtocol fm_igmp;
extern const FmProtocol fm_ipv4;
extern const FmProtocol fm_ipv4_options;
extern const FmProtocol fm_ipv6;
extern const FmProtocol fm_ipv6_dstopts;
extern const FmProtocol fm_ipv6_fraghdr;
extern const FmProtocol fm_ipv6_hopopts;
extern const FmProtocol fm_ipv6_options;
extern const FmProtocol fm_ipv6_routing;
extern const FmProtocol fm_json, fm_xml;
extern const FmProtocol fm_db_lsp, fm_db_lsp_disc;
extern const FmProtocol fm_li5g;
extern const FmProtocol fm_llc;
extern const FmProtocol fm_llmnr;
extern const FmProtocol fm_macsec;
extern const FmProtocol fm_mdns;
extern const FmProtocol fm_media;
extern const FmProtocol fm_mipv6;
extern const FmProtocol fm_mpls;
extern const FmProtocol fm_nflog;
extern const FmProtocol fm_nsh;
extern const FmProtocol fm_null;
extern const FmProtocol fm_pktap;
extern const FmProtocol fm_ppp;
extern const FmProtocol fm_pppoed;
extern const FmProtocol fm_pppoes;
extern const FmProtocol fm_quic;
extern const FmProtocol fm_quic_analysis;
extern const FmProtocol fm_quic_frames;
extern const FmProtocol fm_protobuf;
extern const FmProtocol fm_radiotap;
extern const FmProtocol fm_raw;
extern const FmProtocol fm_data_channels;
extern const FmProtocol fm_rtcdc;
extern const FmProtocol fm_rtcp;
extern const FmProtocol fm_rtcp_feedback;
extern const FmProtocol fm_rtp;
extern const FmProtocol fm_rtp_event;
extern const FmProtocol fm_rtp_redundant;
extern const FmProtocol fm_sctp;
extern const FmProtocol fm_sctp_association;
extern const FmProtocol fm_sctp_data;
extern const FmProtocol fm_sctp_parameters;
extern const FmProtocol fm_sctp_sack;
extern const FmProtocol fm_sdp;
extern const FmProtocol fm_sdp_attributes;
extern const FmProtocol fm_sip;
extern const FmProtocol fm_sip_header_fields;
extern const FmProtocol fm_sip_values;
extern const FmProtocol fm_sll;
extern const FmProtocol fm_srtp;
extern const FmProtocol fm_classic_stun;
extern const FmProtocol fm_stun;
extern const FmProtocol fm_stun_attributes;
extern const FmProtocol fm_tcp;
extern const FmProtocol fm_tcp_flags;
extern const FmProtocol fm_tcp_sender;
extern const FmProtocol fm_contents_part;
extern const FmProtocol fm_tcp_options;
extern const FmProtocol fm_tcp_payload;
extern const FmProtocol fm_teredo;
extern const FmProtocol fm_text_lines;
extern const FmProtocol fm_smtp;
extern const FmProtocol fm_imap;
extern const FmProtocol fm_pop;
extern const FmProtocol fm_ftp;
extern const FmProtocol fm_pgsql;
extern const FmProtocol fm_tls;
extern const FmProtocol fm_tls_decrypt;
extern const FmProtocol fm_x509;
extern const FmProtocol fm_x509_extensions;
extern const FmProtocol fm_x509_names;
extern const FmProtocol fm_ocsp_part;
extern const FmProtocol fm_tls_extensions, fm_tls_heartbeat, fm_dtls_heartbeat;
extern const FmProtocol fm_tls_handshake;
extern const FmProtocol fm_tls_segments;
extern const FmProtocol fm_tls_ssl2;
extern const FmProtocol fm_tls_handshake_quic;
extern const FmProtocol fm_tls_hello;
extern const FmProtocol fm_tls_quic_parameters;
extern const FmProtocol fm_tls_verdicts;
extern const FmProtocol fm_dtls_extensions;
extern const FmProtocol fm_dtls_handshake;
extern const FmProtocol fm_dtls_hello;
extern const FmProtocol fm_event_stream;
extern const FmProtocol fm_mqtt;
extern const FmProtocol fm_mqtt_property_fields;
extern const FmProtocol fm_multipart;
extern const FmProtocol fm_udp;
extern const FmProtocol fm_udplite;
extern const FmProtocol fm_ntp;
extern const FmProtocol fm_ssdp;
extern const FmProtocol fm_syslog;
extern const FmProtocol fm_tftp;
extern const FmProtocol fm_dhcp;
extern const FmProtocol fm_dhcp_options;
extern const FmProtocol fm_dhcpv6;
extern const FmProtocol fm_eap;
extern const FmProtocol fm_radius;
extern const FmProtocol fm_snmp;
extern const FmProtocol fm_stp;
extern const FmProtocol fm_eapol;
extern const FmProtocol fm_vrrp;
extern const FmProtocol fm_nbns;
extern const FmProtocol fm_nbdgm;
extern const FmProtocol fm_lldp;
extern const FmProtocol fm_urlencoded;
extern const FmProtocol fm_vlan;
extern const FmProtocol fm_vntag;
extern const FmProtocol fm_vxlan;
extern const FmProtocol fm_websocket;
extern const FmProtocol fm_wlan;

const FmProtocol *const fm_all_protocols[] = {
    &fm_frame,
    &fm_packet_comments,
    &fm_data_protocol,
    &fm_ethernet,
    &fm_chdlc,
    &fm_ieee8021ad,
    &fm_ieee8021ah,
    &fm_llc,
    &fm_mpls,
    &fm_null,
    &fm_pktap,
    &fm_ppp,
    &fm_pppoed,
    &fm_pppoes,
    &fm_quic,
    &fm_quic_analysis,
    &fm_quic_frames,
    &fm_radiotap,
    &fm_raw,
    &fm_data_channels,
    &fm_rtcdc,
    &fm_rtcp,
    &fm_rtcp_feedback,
    &fm_rtp,
    &fm_rtp_event,
    &fm_rtp_redundant,
    &fm_sctp,
    &fm_sctp_association,
    &fm_sctp_data,
    &fm_sctp_parameters,
    &fm_sctp_sack,
    &fm_sdp,
    &fm_sdp_attributes,
    &fm_sip,
    &fm_sip_header_fields,
    &fm_sip_values,
    &fm_sll,
    &fm_vlan,
    &fm_wlan,
    &fm_ipv4,
    &fm_ipv4_options,
    &fm_ipv6,
    &fm_ipv6_dstopts,
    &fm_ipv6_fraghdr,
    &fm_ipv6_hopopts,
    &fm_ipv6_options,
    &fm_ipv6_routing,
    &fm_mipv6,
    &fm_ah,
    &fm_esp,
    &fm_nsh,
    &fm_macsec,
    &fm_frame_relay,
    &fm_teredo,
    &fm_nflog,
    &fm_cmd,
    &fm_vntag,
    &fm_dtls,
    &fm_dtls_messages,
    &fm_dtls_records,
    &fm_erspan,
    &fm_igmp,
    &fm_geneve,
    &fm_vxlan,
    &fm_gre,
    &fm_gtp,
    &fm_icmpv6_options,
    &fm_icmpv6,
    &fm_icmp_extensions,
    &fm_icmp,
    &fm_arp,
    &fm_srtp,
    &fm_stun,
    &fm_classic_stun,
    &fm_stun_attributes,
    &fm_http,
    &fm_http_chunk_fields,
    &fm_http_header_fields,
    &fm_json,
    &fm_xml,
    &fm_db_lsp,
    &fm_db_lsp_disc,
    &fm_li5g,
    &fm_media,
    &fm_text_lines,
    &fm_event_stream,
    &fm_urlencoded,
    &fm_multipart,
    &fm_mqtt,
    &fm_mqtt_property_fields,
    &fm_websocket,
    &fm_tcp,
    &fm_smtp,
    &fm_imap,
    &fm_pop,
    &fm_ftp,
    &fm_pgsql,
    &fm_tls,
    &fm_tls_decrypt,
    &fm_x509,
    &fm_x509_extensions,
    &fm_x509_names,
    &fm_ocsp_part,
    &fm_tls_extensions,
    &fm_tls_heartbeat,
    &fm_tls_handshake,
    &fm_tls_segments,
    &fm_tls_ssl2,
    &fm_tls_handshake_quic,
    &fm_tls_hello,
    &fm_tls_quic_parameters,
    &fm_tls_verdicts,
    &fm_dtls_extensions,
    &fm_dtls_heartbeat,
    &fm_dtls_handshake,
    &fm_dtls_hello,
    &fm_tcp_flags,
    &fm_tcp_sender,
    &fm_contents_part,
    &fm_tcp_options,
    &fm_tcp_payload,
    &fm_udp,
    &fm_udplite,
    &fm_lldp,
    &fm_nbdgm,
    &fm_nbns,
    &fm_vrrp,
    &fm_eapol,
    &fm_stp,
    &fm_dhcp_options,
    &fm_dhcp,
    &fm_dhcpv6,
    &fm_eap,
    &fm_radius,
    &fm_snmp,
    &fm_tftp,
    &fm_syslog,
    &fm_ssdp,
    &fm_ntp,
    &fm_dns_message,
    &fm_dns_options,
    &fm_dns_records,
    &fm_dns_security,
    &fm_grpc,
    &fm_grpc_call,
    &fm_grpc_web_text,
    &fm_http2,
    &fm_http2_body,
    &fm_protobuf,
    &fm_http2_headers,
    &fm_http2_measures,
    &fm_http2_settings,
    &fm_http3,
    &fm_http3_body,
    &fm_http3_headers,
    &fm_http3_qpack,
    &fm_llmnr,
    &fm_mdns,
    &fm_dns, /* last: its probe takes much, so the others are asked first */
};

const size_t fm_all_protocol_count = sizeof fm_all_protocols / sizeof fm_all_protocols[0];
