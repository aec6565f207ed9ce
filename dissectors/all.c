/* The protocols that the program knows: two lines each. */
#include "config.h"

#include "dissectors/all.h"

extern const FmProtocol fm_data_protocol;
extern const FmProtocol fm_dns;
extern const FmProtocol fm_dns_message;
extern const FmProtocol fm_dns_options;
extern const FmProtocol fm_dns_records;
extern const FmProtocol fm_dns_security;
extern const FmProtocol fm_ethernet;
extern const FmProtocol fm_frame;
extern const FmProtocol fm_ipv4;
extern const FmProtocol fm_llmnr;
extern const FmProtocol fm_mdns;
extern const FmProtocol fm_tcp;
extern const FmProtocol fm_tcp_flags;
extern const FmProtocol fm_tcp_options;
extern const FmProtocol fm_udp;

const FmProtocol *const fm_all_protocols[] = {
    &fm_frame,
    &fm_data_protocol,
    &fm_ethernet,
    &fm_ipv4,
    &fm_tcp,
    &fm_tcp_flags,
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
