/* Preferences of tshark that change nothing here: taken without complaint, so that scripts run. */
#include "config.h"

#include "setup.h"

#include <stdlib.h>
#include <string.h>

/* Whole families: of the graphical program, of captures, of output settings. */
static const char *const families[] = { "capture.", "console.", "extcap.", "gui.", "nameres.", "prefs.", "protocols.", "statistics.", "taps." };

/* Sorted. A name that a protocol here declares never gets this far. */
static const char *const names[] = {
    "arp.detect_duplicate_ips", "arp.detect_request_storms", "arp.detect_storm_number_of_packets", "arp.detect_storm_period",
    "arp.register_network_address_binding", "data.datapref.newpane", "data.uncompress_data",
    "dns.desegment_dns_messages", "dns.retransmission_timer",
    "dtls.debug_file", "eth.ccsds_heuristic_bit",
    "eth.ccsds_heuristic_header", "eth.ccsds_heuristic_length", "eth.ccsds_heuristic_version", "eth.check_fcs",
    "eth.deduplicate_dmac", "eth.fcs", "eth.interpret_as_fw1_monitor", "eth.padding", "eth.trailer_length",
    "frame.disable_packet_size_limited_in_summary", "frame.force_docsis_encap", "frame.generate_bits_field",
    "frame.generate_epoch_time", "frame.generate_md5_hash", "frame.show_file_off", "grpc.detect_json_automatically",
    "grpc.embedded_under_http2", "http.dechunk_body", "http.decompress_body", "http.desegment_body", "http.desegment_headers",
    "http.tls.port", "icmp.favor_icmp_mpls", "ip.check_checksum", "ip.decode_tos_as_diffserv", "ip.defragment",
    "ip.security_flag", "ip.summary_in_tree", "ip.try_heuristic_first", "ip.tso_support", "ip.use_geoip", "ipv6.defragment",
    "ipv6.exthdr_hide_len_oct_field", "ipv6.exthdr_under_root_protocol_tree", "ipv6.perform_strict_rpl_srh_rfc_checking",
    "ipv6.summary_in_tree", "ipv6.try_heuristic_first", "ipv6.tso_support", "ipv6.use_geoip", "json.compact_form",
    "json.hide_extended_path_based_filtering", "json.ignore_leading_bytes", "mqtt.default_version", "mqtt.show_msg_as_text",
    "ppp.default_proto_id", "ppp.fcs_type", "protobuf.add_default_value", "protobuf.bytes_as_string",
    "protobuf.display_json_mapping", "protobuf.pbf_as_hf", "protobuf.preload_protos", "protobuf.show_all_types",
    "protobuf.show_details", "protobuf.try_dissect_as_string", "protobuf.use_utc", "quic.reassemble_crypto_out_of_order",
    "rtcp.default_protocol", "rtcp.roundtrip_min_threshhold", "rtcp.show_setup_info",
    "rtp.desegment_rtp_streams", "rtp.show_setup_info", "rtp.version0_type", "sctp.show_always_control_chunks", "sctp.show_port_numbers_in_tree",
    "sctp.try_heuristic_first", "sctp.tsn_analysis", "sdp.establish_conversation", "stun.stunversion",
    "tcp.analyze_sequence_numbers", "tcp.bif_seq_based", "tcp.calculate_timestamps", "tcp.check_checksum",
    "tcp.default_window_scaling", "tcp.desegment_tcp_streams", "tcp.display_process_info_from_ipfix",
    "tcp.dissect_experimental_options_rfc6994", "tcp.fastrt_supersedes_ooo", "tcp.ignore_tcp_timestamps",
    "tcp.no_subdissector_on_error", "tcp.read_seq_as_syn_cookie", "tcp.reassemble_out_of_order",
    "tcp.relative_sequence_numbers", "tcp.summary_in_tree", "tcp.track_bytes_in_flight", "tcp.try_heuristic_first",
    "tls.debug_file", "tls.desegment_ssl_application_data", "tls.desegment_ssl_records", "tls.ignore_ssl_mac_failed",
    "udp.calculate_timestamps", "udp.check_checksum",
    "udp.ignore_ipv6_zero_checksum", "udp.process_info", "udp.summary_in_tree", "udp.try_heuristic_first",
    "udplite.calculate_timestamps", "udplite.check_checksum", "udplite.ignore_checksum_coverage", "vlan.priority_drop",
    "vlan.qinq_ethertype", "vlan.summary_in_tree", "vlan.version", "websocket.decompress", "websocket.text_type",
};

static int compare(const void *key, const void *name)
{
    return strcmp(key, *(const char *const *)name);
}

bool fm_preference_ignored(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(families); i++)
        if (g_str_has_prefix(name, families[i]))
            return true;
    return bsearch(name, names, G_N_ELEMENTS(names), sizeof *names, compare) != NULL;
}
