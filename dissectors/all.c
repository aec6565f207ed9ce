/* The protocols that the program knows: one line each. */
#include "config.h"

#include "dissectors/all.h"

extern const FmProtocol fm_data_protocol, fm_dns, fm_dns_message, fm_dns_options, fm_dns_records, fm_dns_security, fm_ethernet,
                        fm_frame, fm_ipv4, fm_llmnr, fm_mdns, fm_tcp, fm_tcp_options, fm_udp;

const FmProtocol *const fm_all_protocols[] = {
    &fm_frame,
    &fm_data_protocol,
    &fm_ethernet,
    &fm_ipv4,
    &fm_tcp,
    &fm_tcp_options,
    &fm_udp,
    &fm_dns,
    &fm_dns_message,
    &fm_dns_options,
    &fm_dns_records,
    &fm_dns_security,
    &fm_llmnr,
    &fm_mdns,
};

const size_t fm_all_protocol_count = sizeof fm_all_protocols / sizeof fm_all_protocols[0];
