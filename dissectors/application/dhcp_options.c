/* Options of DHCP (RFC 2132 and those after it). Most are a table; a few have an inside of their own. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "dissectors/application/dhcp.h"

enum {
    OPTIONS, TYPE, LENGTH, VALUE, END, PADDING, DHCP_TYPE, REQUEST_ITEM, CLIENT_HW_TYPE, CLIENT_HW_ADDRESS, CLIENT_TYPE, CLIENT_UNDEF, CLIENT_IAID,
    CLIENT_DUID_TYPE, CLIENT_UUID, VENDOR_CLASS, VENDOR_VALUE, FQDN_FLAGS, FQDN_MBZ, FQDN_N, FQDN_E, FQDN_O, FQDN_S, FQDN_RCODE1, FQDN_RCODE2,
    FQDN_NAME, USER_CLASS, USER_CLASS_LENGTH, USER_CLASS_DATA, SEARCH_NAME, AGENT_SUBOPTION, SUBOPTION_LENGTH, AGENT_CIRCUIT, AGENT_REMOTE,
    AGENT_VALUE, ARCHITECTURE, OVERLOAD, STATIC_NETWORK, STATIC_ROUTER, PRIVATE_PROXY, BAD_LENGTH, MISSING_END,
    O_SUBNET_MASK, O_TIME_OFFSET, O_ROUTER, O_TIME_SERVER, O_NAME_SERVER, O_DOMAIN_NAME_SERVER, O_LOG_SERVER, O_QUOTES_SERVER, O_LPR_SERVER,
    O_IMPRESS_SERVER, O_RESOURCE_LOCATION_SERVER, O_HOSTNAME, O_BOOT_FILE_SIZE, O_MERIT_DUMP_FILE, O_DOMAIN_NAME, O_SWAP_SERVER, O_ROOT_PATH,
    O_EXTENSION_PATH, O_IP_FORWARDING, O_NON_LOCAL_SOURCE_ROUTING, O_MAX_DATAGRAM_REASSEMBLY_SIZE, O_DEFAULT_IP_TTL, O_PATH_MTU_AGING_TIMEOUT,
    O_PATH_MTU_PLATEAU_TABLE_ITEM, O_INTERFACE_MTU, O_ALL_SUBNETS_ARE_LOCAL, O_BROADCAST_ADDRESS, O_PERFORM_MASK_DISCOVERY, O_MASK_SUPPLIER,
    O_PERFORM_ROUTER_DISCOVER, O_ROUTER_SOLICITATION_ADDRESS, O_TRAILER_ENCAPSULATION, O_ARP_CACHE_TIMEOUT, O_ETHERNET_ENCAPSULATION,
    O_TCP_DEFAULT_TTL, O_TCP_KEEPALIVE_INTERVAL, O_TCP_KEEPALIVE_GARBAGE, O_NIS_DOMAIN, O_NIS_SERVER, O_NTP_SERVER,
    O_NETBIOS_OVER_TCPIP_NAME_SERVER, O_NETBIOS_OVER_TCPIP_DD_NAME_SERVER, O_NETBIOS_OVER_TCPIP_NODE_TYPE, O_NETBIOS_OVER_TCPIP_SCOPE,
    O_XWINDOWS_SYSTEM_FONT_SERVER, O_XWINDOWS_SYSTEM_DISPLAY_MANAGER, O_REQUESTED_IP_ADDRESS, O_IP_ADDRESS_LEASE_TIME, O_DHCP_SERVER_ID, O_MESSAGE,
    O_DHCP_MAX_MESSAGE_SIZE, O_RENEWAL_TIME_VALUE, O_REBINDING_TIME_VALUE, O_NIS_PLUS_DOMAIN, O_NIS_PLUS_SERVER, O_TFTP_SERVER_NAME,
    O_BOOTFILE_NAME, O_MOBILE_IP_HOME_AGENT, O_SMTP_SERVER, O_POP3_SERVER, O_NNTP_SERVER, O_DEFAULT_WWW_SERVER, O_DEFAULT_FINGER_SERVER,
    O_DEFAULT_IRC_SERVER, O_STREETTALK_SERVER, O_STREETTALK_DA_SERVER, O_NOVELL_DSS_IP, O_NOVELL_DS_TREE_NAME, O_NOVELL_DS_CONTEXT,
    O_CLIENT_LAST_TRANSACTION_TIME, O_ASSOCIATED_IP_OPTION, O_TZ_PCODE, O_TZ_TCODE, O_NETINFO_PARENT_SERVER_ADDRESS, O_NETINFO_PARENT_SERVER_TAG,
    O_CAPTIVE_PORTAL, O_DHCP_AUTO_CONFIGURATION, O_SUBNET_SELECTION_OPTION, O_PANA_AGENT, O_LOST_SERVER_DOMAIN_NAME, O_CAPWAP_ACCESS_CONTROLLER,
    O_ANDSF_SERVER, O_FORCERENEW_NONCE_ALGORITHM, O_TFTP_SERVER_ADDRESS,
};

static const FmName names[] = {
    { 0, 0, "Padding" },
    { 1, 0, "Subnet Mask" }, { 2, 0, "Time Offset" }, { 3, 0, "Router" }, { 4, 0, "Time Server" }, { 5, 0, "Name Server" },
    { 6, 0, "Domain Name Server" }, { 7, 0, "Log Server" }, { 8, 0, "Quotes Server" }, { 9, 0, "LPR Server" }, { 10, 0, "Impress Server" },
    { 11, 0, "Resource Location Server" }, { 12, 0, "Host Name" }, { 13, 0, "Boot File Size" }, { 14, 0, "Merit Dump File" },
    { 15, 0, "Domain Name" }, { 16, 0, "Swap Server" }, { 17, 0, "Root Path" }, { 18, 0, "Extensions Path" }, { 19, 0, "IP Forwarding" },
    { 20, 0, "Non-Local Source Routing" }, { 21, 0, "Policy Filter" }, { 22, 0, "Maximum Datagram Reassembly Size" },
    { 23, 0, "Default IP Time-to-Live" }, { 24, 0, "Path MTU Aging Timeout" }, { 25, 0, "Path MTU Plateau Table" }, { 26, 0, "Interface MTU" },
    { 27, 0, "All Subnets are Local" }, { 28, 0, "Broadcast Address" }, { 29, 0, "Perform Mask Discovery" }, { 30, 0, "Mask Supplier" },
    { 31, 0, "Perform Router Discover" }, { 32, 0, "Router Solicitation Address" }, { 33, 0, "Static Route" }, { 34, 0, "Trailer Encapsulation" },
    { 35, 0, "ARP Cache Timeout" }, { 36, 0, "Ethernet Encapsulation" }, { 37, 0, "TCP Default TTL" }, { 38, 0, "TCP Keepalive Interval" },
    { 39, 0, "TCP Keepalive Garbage" }, { 40, 0, "Network Information Service Domain" }, { 41, 0, "Network Information Service Servers" },
    { 42, 0, "Network Time Protocol Servers" }, { 43, 0, "Vendor-Specific Information" }, { 44, 0, "NetBIOS over TCP/IP Name Server" },
    { 45, 0, "NetBIOS over TCP/IP Datagram Distribution Name Server" }, { 46, 0, "NetBIOS over TCP/IP Node Type" },
    { 47, 0, "NetBIOS over TCP/IP Scope" }, { 48, 0, "X Window System Font Server" }, { 49, 0, "X Window System Display Manager" },
    { 50, 0, "Requested IP Address" }, { 51, 0, "IP Address Lease Time" }, { 52, 0, "Option Overload" }, { 53, 0, "DHCP Message Type" },
    { 54, 0, "DHCP Server Identifier" }, { 55, 0, "Parameter Request List" }, { 56, 0, "Message" }, { 57, 0, "Maximum DHCP Message Size" },
    { 58, 0, "Renewal Time Value" }, { 59, 0, "Rebinding Time Value" }, { 60, 0, "Vendor class identifier" }, { 61, 0, "Client identifier" },
    { 62, 0, "Novell/Netware IP domain" }, { 63, 0, "Novell Options" }, { 64, 0, "Network Information Service+ Domain" },
    { 65, 0, "Network Information Service+ Servers" }, { 66, 0, "TFTP Server Name" }, { 67, 0, "Bootfile name" },
    { 68, 0, "Mobile IP Home Agent" }, { 69, 0, "SMTP Server" }, { 70, 0, "POP3 Server" }, { 71, 0, "NNTP Server" },
    { 72, 0, "Default WWW Server" }, { 73, 0, "Default Finger Server" }, { 74, 0, "Default IRC Server" }, { 75, 0, "StreetTalk Server" },
    { 76, 0, "StreetTalk Directory Assistance Server" }, { 77, 0, "User Class Information" }, { 78, 0, "Directory Agent Information" },
    { 79, 0, "Service Location Agent Scope" }, { 80, 0, "Rapid commit" }, { 81, 0, "Client Fully Qualified Domain Name" },
    { 82, 0, "Agent Information Option" }, { 83, 0, "iSNS" }, { 84, 0, "Removed/Unassigned" }, { 85, 0, "Novell Directory Services Servers" },
    { 86, 0, "Novell Directory Services Tree Name" }, { 87, 0, "Novell Directory Services Context" }, { 88, 0, "BCMCS Controller Domain Name" },
    { 89, 0, "BCMCS Controller IPv4 address" }, { 90, 0, "Authentication" }, { 91, 0, "Client last transaction time" },
    { 92, 0, "Associated IP option" }, { 93, 0, "Client System Architecture" }, { 94, 0, "Client Network Device Interface" }, { 95, 0, "LDAP" },
    { 96, 0, "Removed/Unassigned" }, { 97, 0, "UUID/GUID-based Client Identifier" }, { 98, 0, "Open Group's User Authentication" },
    { 99, 0, "Civic Addresses Configuration" }, { 100, 0, "PCode" }, { 101, 0, "TCode" }, { 102, 107, "Removed/unassigned" },
    { 108, 0, "IPv6-Only Preferred" }, { 109, 0, "Unassigned" }, { 110, 0, "Removed/Unassigned" }, { 111, 0, "Unassigned" },
    { 112, 0, "NetInfo Parent Server Address" }, { 113, 0, "NetInfo Parent Server Tag" }, { 114, 0, "DHCP Captive-Portal" },
    { 115, 0, "Removed/Unassigned" }, { 116, 0, "DHCP Auto-Configuration" }, { 117, 0, "Name Service Search" },
    { 118, 0, "Subnet Selection Option" }, { 119, 0, "Domain Search" }, { 120, 0, "SIP Servers" }, { 121, 0, "Classless Static Route" },
    { 122, 0, "CableLabs Client Configuration" }, { 123, 0, "Coordinate-based Location Configuration" }, { 124, 0, "V-I Vendor Class" },
    { 125, 0, "V-I Vendor-specific Information" }, { 126, 127, "Removed/Unassigned" }, { 128, 0, "DOCSIS full security server IP" },
    { 129, 135, "PXE - undefined (vendor specific)" }, { 136, 0, "PANA Authentication Agent" }, { 137, 0, "LoST Server Domain Name" },
    { 138, 0, "CAPWAP Access Controllers" }, { 139, 0, "IPv4 Address-MoS" }, { 140, 0, "IPv4 FQDN-MoS" },
    { 141, 0, "SIP UA Configuration Domains" }, { 142, 0, "IPv4 Address ANDSF" }, { 143, 0, "Zerotouch Redirect" },
    { 144, 0, "Geospatial Location" }, { 145, 0, "Forcerenew Nonce Capable" }, { 146, 0, "RDNSS Selection" }, { 147, 149, "Unassigned" },
    { 150, 0, "TFTP Server Address" }, { 151, 0, "Leasequery Status code" }, { 152, 0, "Leasequery Base Time" },
    { 153, 0, "Leasequery Start Time of State" }, { 154, 0, "Leasequery Query Start Time" }, { 155, 0, "Leasequery Query End Time" },
    { 156, 0, "Leasequery Dhcp State" }, { 157, 0, "Leasequery Data Source" }, { 158, 0, "PCP Server" }, { 159, 0, "Portparams" },
    { 160, 0, "Unassigned (ex DHCP Captive-Portal)" }, { 161, 0, "Manufacturer Usage Description" }, { 162, 174, "Unassigned" },
    { 175, 0, "Etherboot" }, { 176, 0, "IP Telephone" }, { 177, 0, "Etherboot" }, { 178, 207, "Unassigned" }, { 208, 0, "PXELINUX Magic" },
    { 209, 0, "PXE Configuration file" }, { 210, 0, "PXE Path Prefix" }, { 211, 0, "Reboot Time" }, { 212, 0, "6RD" },
    { 213, 0, "V4 Access Domain" }, { 214, 219, "Unassigned" }, { 220, 0, "Subnet Allocation" }, { 221, 0, "Virtual Subnet Selection" },
    { 222, 223, "Unassigned" }, { 224, 241, "Private" }, { 242, 0, "Private/Avaya IP Telephone" }, { 243, 248, "Private" },
    { 249, 0, "Private/Classless Static Route (Microsoft)" }, { 250, 251, "Private" }, { 252, 0, "Private/Proxy autodiscovery" },
    { 253, 254, "Private" },
    { 255, 0, "End" }, { 0 },
};
static const FmName agent_suboptions[] = {
    { 1, 0, "Agent Circuit ID" }, { 2, 0, "Agent Remote ID" }, { 4, 0, "DOCSIS Device Class" }, { 5, 0, "Link selection" }, { 6, 0, "Subscriber-ID" },
    { 7, 0, "RADIUS Attributes" }, { 8, 0, "Authentication" }, { 9, 0, "Vendor-Specific Information" }, { 10, 0, "Relay Agent Flags" },
    { 11, 0, "Server ID Override" }, { 12, 0, "Relay Agent Identifier" }, { 0 },
};
static const FmName duid_types[] = {
    { 1, 0, "link-layer address plus time" }, { 2, 0, "assigned by vendor based on Enterprise number" }, { 3, 0, "link-layer address" },
    { 4, 0, "Universally Unique IDentifier (UUID)" }, { 0 },
};
static const FmName architectures[] = { /* RFC 4578 and IANA's list */
    { 0, 0, "IA x86 PC" }, { 1, 0, "NEC/PC98" }, { 2, 0, "IA64 PC" }, { 3, 0, "DEC Alpha" }, { 4, 0, "ArcX86" }, { 5, 0, "Intel Lean Client" },
    { 6, 0, "EFI IA32" }, { 7, 0, "EFI x64" }, { 8, 0, "EFI Xscale" }, { 9, 0, "EFI BC" }, { 10, 0, "ARM 32-bit UEFI" }, { 11, 0, "ARM 64-bit UEFI" },
    { 0 },
};
static const FmName overloads[] = {
    { 1, 0, "Boot file name holds options" }, { 2, 0, "Server host name holds options" }, { 3, 0, "Boot file and server host names hold options" }, { 0 },
};

const FmName fm_dhcp_types[] = {
    { 1, 0, "Discover" }, { 2, 0, "Offer" }, { 3, 0, "Request" }, { 4, 0, "Decline" }, { 5, 0, "ACK" }, { 6, 0, "NAK" }, { 7, 0, "Release" },
    { 8, 0, "Inform" }, { 9, 0, "Force Renew" }, { 10, 0, "Lease query" }, { 11, 0, "Lease Unassigned" }, { 12, 0, "Lease Unknown" },
    { 13, 0, "Lease Active" }, { 14, 0, "Bulk Lease Query" }, { 15, 0, "Lease Query Done" }, { 16, 0, "Active LeaseQuery" },
    { 17, 0, "Lease Query Status" }, { 18, 0, "TLS" }, { 0 },
};

static const FmField fields[] = {
    [OPTIONS] = { "dhcp.options", "Options", FM_PROTOCOL },
    [TYPE] = { "dhcp.option.type", "Option", FM_UINT8, FM_DEC },
    [LENGTH] = { "dhcp.option.length", "Length", FM_UINT8, FM_DEC },
    [VALUE] = { "dhcp.option.value", "Value", FM_BYTES },
    [END] = { "dhcp.option.end", "Option End", FM_UINT8, FM_DEC },
    [PADDING] = { "dhcp.option.padding", "Padding", FM_BYTES },
    [DHCP_TYPE] = { "dhcp.option.dhcp", "DHCP", FM_UINT8, FM_DEC, .names = fm_dhcp_types },
    [REQUEST_ITEM] = { "dhcp.option.request_list_item", "Parameter Request List Item", FM_UINT8, FM_DEC },
    [CLIENT_HW_TYPE] = { "dhcp.hw.type", "Hardware type", FM_UINT8, FM_HEX, .names = fm_arp_hardware },
    [CLIENT_HW_ADDRESS] = { "dhcp.hw.mac_addr", "Client MAC address", FM_ETHER },
    [CLIENT_TYPE] = { "dhcp.client_id.type", "Type", FM_UINT8, FM_DEC },
    [CLIENT_UNDEF] = { "dhcp.client_id.undef", "Client Identifier", FM_STRING },
    [CLIENT_IAID] = { "dhcp.client_id.iaid", "IAID", FM_STRING },
    [CLIENT_DUID_TYPE] = { "dhcp.client_id.duid_type", "DUID Type", FM_UINT16, FM_DEC, .names = duid_types },
    [CLIENT_UUID] = { "dhcp.client_id.uuid", "Client Identifier (UUID)", FM_GUID },
    [VENDOR_CLASS] = { "dhcp.option.vendor_class_id", "Vendor class identifier", FM_STRINGZ },
    [VENDOR_VALUE] = { "dhcp.option.vendor.value", "Value", FM_BYTES },
    [FQDN_FLAGS] = { "dhcp.fqdn.flags", "Flags", FM_UINT8, FM_HEX },
    [FQDN_MBZ] = { "dhcp.fqdn.mbz", "Reserved flags", FM_UINT8, FM_HEX, 0xf0 },
    [FQDN_N] = { "dhcp.fqdn.n", "Server DDNS", FM_BOOL8, FM_BASE_NONE, 0x08, .yes = "No server updates", .no = "Some server updates" },
    [FQDN_E] = { "dhcp.fqdn.e", "Encoding", FM_BOOL8, FM_BASE_NONE, 0x04, .yes = "Binary encoding", .no = "ASCII encoding" },
    [FQDN_O] = { "dhcp.fqdn.o", "Server overrides", FM_BOOL8, FM_BASE_NONE, 0x02, .yes = "Override", .no = "No override" },
    [FQDN_S] = { "dhcp.fqdn.s", "Server", FM_BOOL8, FM_BASE_NONE, 0x01, .yes = "Server", .no = "Client" },
    [FQDN_RCODE1] = { "dhcp.fqdn.rcode1", "A-RR result", FM_UINT8, FM_DEC },
    [FQDN_RCODE2] = { "dhcp.fqdn.rcode2", "PTR-RR result", FM_UINT8, FM_DEC },
    [FQDN_NAME] = { "dhcp.fqdn.name", "Client name", FM_STRING },
    [USER_CLASS] = { "dhcp.option.user_class", "Instance of User Class", FM_UINT8, FM_DEC },
    [USER_CLASS_LENGTH] = { "dhcp.option.user_class.length", "User Class Length", FM_UINT8, FM_DEC },
    [USER_CLASS_DATA] = { "dhcp.option.user_class.data", "User Class Data", FM_BYTES },
    [SEARCH_NAME] = { "dhcp.option.dhcp_dns_domain_search_list_fqdn", "FQDN", FM_STRINGZ },
    [AGENT_SUBOPTION] = { "dhcp.option.agent_information_option.suboption", "Option 82 Suboption", FM_UINT8, FM_DEC },
    [SUBOPTION_LENGTH] = { "dhcp.option.suboption_length", "Length", FM_UINT8, FM_DEC },
    [AGENT_CIRCUIT] = { "dhcp.option.agent_information_option.agent_circuit_id", "Agent Circuit ID", FM_BYTES },
    [AGENT_REMOTE] = { "dhcp.option.agent_information_option.agent_remote_id", "Agent Remote ID", FM_BYTES },
    [AGENT_VALUE] = { "dhcp.option.agent_information_option.value", "Value", FM_BYTES },
    [ARCHITECTURE] = { "dhcp.option.client_system_architecture", "Client System Architecture", FM_UINT16, FM_DEC, .names = architectures },
    [OVERLOAD] = { "dhcp.option.option_overload", "Option Overload", FM_UINT8, FM_DEC, .names = overloads },
    [STATIC_NETWORK] = { "dhcp.option.static_route.ip", "Destination IP Address", FM_IPV4 },
    [STATIC_ROUTER] = { "dhcp.option.static_route.router", "Destination Router", FM_IPV4 },
    [PRIVATE_PROXY] = { "dhcp.option.private_proxy_autodiscovery", "Private/Proxy autodiscovery", FM_STRINGZ },
    [BAD_LENGTH] = { "dhcp.bad_length", "length is wrong", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_PROTOCOL },
    [MISSING_END] = { "dhcp.end_option_missing", "End option missing", FM_EXPERT, .severity = FM_ERROR, .group = FM_GROUP_PROTOCOL },
    [O_SUBNET_MASK] = { "dhcp.option.subnet_mask", "Subnet Mask", FM_IPV4 },
    [O_TIME_OFFSET] = { "dhcp.option.time_offset", "Time Offset", FM_INT32, FM_DEC },
    [O_ROUTER] = { "dhcp.option.router", "Router", FM_IPV4 },
    [O_TIME_SERVER] = { "dhcp.option.time_server", "Time Server", FM_IPV4 },
    [O_NAME_SERVER] = { "dhcp.option.name_server", "Name Server", FM_IPV4 },
    [O_DOMAIN_NAME_SERVER] = { "dhcp.option.domain_name_server", "Domain Name Server", FM_IPV4 },
    [O_LOG_SERVER] = { "dhcp.option.log_server", "Log Server", FM_IPV4 },
    [O_QUOTES_SERVER] = { "dhcp.option.quotes_server", "Quotes Server", FM_IPV4 },
    [O_LPR_SERVER] = { "dhcp.option.lpr_server", "LPR Server", FM_IPV4 },
    [O_IMPRESS_SERVER] = { "dhcp.option.impress_server", "Impress Server", FM_IPV4 },
    [O_RESOURCE_LOCATION_SERVER] = { "dhcp.option.resource_location_server", "Resource Location Server", FM_IPV4 },
    [O_HOSTNAME] = { "dhcp.option.hostname", "Host Name", FM_STRINGZ },
    [O_BOOT_FILE_SIZE] = { "dhcp.option.boot_file_size", "Boot File Size", FM_UINT16, FM_DEC },
    [O_MERIT_DUMP_FILE] = { "dhcp.option.merit_dump_file", "Merit Dump File", FM_STRINGZ },
    [O_DOMAIN_NAME] = { "dhcp.option.domain_name", "Domain Name", FM_STRINGZ },
    [O_SWAP_SERVER] = { "dhcp.option.swap_server", "Swap Server", FM_IPV4 },
    [O_ROOT_PATH] = { "dhcp.option.root_path", "Root Path", FM_STRINGZ },
    [O_EXTENSION_PATH] = { "dhcp.option.extension_path", "Extensions Path", FM_STRINGZ },
    [O_IP_FORWARDING] = { "dhcp.option.ip_forwarding", "IP Forwarding", FM_BOOL8, FM_BASE_NONE, 0, .yes = "Enabled", .no = "Disabled" },
    [O_NON_LOCAL_SOURCE_ROUTING] = { "dhcp.option.non_local_source_routing", "Non-Local Source Routing", FM_BOOL8, FM_BASE_NONE, 0, .yes = "Enabled", .no = "Disabled" },
    [O_MAX_DATAGRAM_REASSEMBLY_SIZE] = { "dhcp.option.max_datagram_reassembly_size", "Maximum Datagram Reassembly Size", FM_UINT16, FM_DEC },
    [O_DEFAULT_IP_TTL] = { "dhcp.option.default_ip_ttl", "Default IP Time-to-Live", FM_UINT8, FM_DEC },
    [O_PATH_MTU_AGING_TIMEOUT] = { "dhcp.option.path_mtu_aging_timeout", "Path MTU Aging Timeout", FM_UINT32, FM_DEC },
    [O_PATH_MTU_PLATEAU_TABLE_ITEM] = { "dhcp.option.path_mtu_plateau_table_item", "Path MTU Plateau Table Item", FM_UINT16, FM_DEC },
    [O_INTERFACE_MTU] = { "dhcp.option.interface_mtu", "Interface MTU", FM_UINT16, FM_DEC },
    [O_ALL_SUBNETS_ARE_LOCAL] = { "dhcp.option.all_subnets_are_local", "All Subnets are Local", FM_BOOL8, FM_BASE_NONE, 0, .yes = "Enabled", .no = "Disabled" },
    [O_BROADCAST_ADDRESS] = { "dhcp.option.broadcast_address", "Broadcast Address", FM_IPV4 },
    [O_PERFORM_MASK_DISCOVERY] = { "dhcp.option.perform_mask_discovery", "Perform Mask Discovery", FM_BOOL8, FM_BASE_NONE, 0, .yes = "Enabled", .no = "Disabled" },
    [O_MASK_SUPPLIER] = { "dhcp.option.mask_supplier", "Mask Supplier", FM_BOOL8, FM_BASE_NONE, 0, .yes = "Enabled", .no = "Disabled" },
    [O_PERFORM_ROUTER_DISCOVER] = { "dhcp.option.perform_router_discover", "Perform Router Discover", FM_BOOL8, FM_BASE_NONE, 0, .yes = "Enabled", .no = "Disabled" },
    [O_ROUTER_SOLICITATION_ADDRESS] = { "dhcp.option.router_solicitation_address", "Router Solicitation Address", FM_IPV4 },
    [O_TRAILER_ENCAPSULATION] = { "dhcp.option.trailer_encapsulation", "Trailer Encapsulation", FM_BOOL8, FM_BASE_NONE, 0, .yes = "Enabled", .no = "Disabled" },
    [O_ARP_CACHE_TIMEOUT] = { "dhcp.option.arp_cache_timeout", "ARP Cache Timeout", FM_UINT32, FM_DEC },
    [O_ETHERNET_ENCAPSULATION] = { "dhcp.option.ethernet_encapsulation", "Ethernet Encapsulation", FM_BOOL8, FM_BASE_NONE, 0, .yes = "Enabled", .no = "Disabled" },
    [O_TCP_DEFAULT_TTL] = { "dhcp.option.tcp_default_ttl", "TCP Default TTL", FM_UINT8, FM_DEC },
    [O_TCP_KEEPALIVE_INTERVAL] = { "dhcp.option.tcp_keepalive_interval", "TCP Keepalive Interval", FM_UINT32, FM_DEC },
    [O_TCP_KEEPALIVE_GARBAGE] = { "dhcp.option.tcp_keepalive_garbage", "TCP Keepalive Garbage", FM_BOOL8, FM_BASE_NONE, 0, .yes = "Enabled", .no = "Disabled" },
    [O_NIS_DOMAIN] = { "dhcp.option.nis_domain", "Network Information Service Domain", FM_STRINGZ },
    [O_NIS_SERVER] = { "dhcp.option.nis_server", "Network Information Service Server", FM_IPV4 },
    [O_NTP_SERVER] = { "dhcp.option.ntp_server", "Network Time Protocol Server", FM_IPV4 },
    [O_NETBIOS_OVER_TCPIP_NAME_SERVER] = { "dhcp.option.netbios_over_tcpip_name_server", "NetBIOS over TCP/IP Name Server", FM_IPV4 },
    [O_NETBIOS_OVER_TCPIP_DD_NAME_SERVER] = { "dhcp.option.netbios_over_tcpip_dd_name_server", "NetBIOS over TCP/IP Datagram Distribution Name Server", FM_IPV4 },
    [O_NETBIOS_OVER_TCPIP_NODE_TYPE] = { "dhcp.option.netbios_over_tcpip_node_type", "NetBIOS over TCP/IP Node Type", FM_UINT8, FM_DEC },
    [O_NETBIOS_OVER_TCPIP_SCOPE] = { "dhcp.option.netbios_over_tcpip_scope", "NetBIOS over TCP/IP Scope", FM_STRINGZ },
    [O_XWINDOWS_SYSTEM_FONT_SERVER] = { "dhcp.option.xwindows_system_font_server", "X Window System Font Server", FM_IPV4 },
    [O_XWINDOWS_SYSTEM_DISPLAY_MANAGER] = { "dhcp.option.xwindows_system_display_manager", "X Window System Display Manager", FM_IPV4 },
    [O_REQUESTED_IP_ADDRESS] = { "dhcp.option.requested_ip_address", "Requested IP Address", FM_IPV4 },
    [O_IP_ADDRESS_LEASE_TIME] = { "dhcp.option.ip_address_lease_time", "IP Address Lease Time", FM_UINT32, FM_DEC },
    [O_DHCP_SERVER_ID] = { "dhcp.option.dhcp_server_id", "DHCP Server Identifier", FM_IPV4 },
    [O_MESSAGE] = { "dhcp.option.message", "Message", FM_STRINGZ },
    [O_DHCP_MAX_MESSAGE_SIZE] = { "dhcp.option.dhcp_max_message_size", "Maximum DHCP Message Size", FM_UINT16, FM_DEC },
    [O_RENEWAL_TIME_VALUE] = { "dhcp.option.renewal_time_value", "Renewal Time Value", FM_UINT32, FM_DEC },
    [O_REBINDING_TIME_VALUE] = { "dhcp.option.rebinding_time_value", "Rebinding Time Value", FM_UINT32, FM_DEC },
    [O_NIS_PLUS_DOMAIN] = { "dhcp.option.nis_plus_domain", "Network Information Service+ Domain", FM_STRINGZ },
    [O_NIS_PLUS_SERVER] = { "dhcp.option.nis_plus_server", "Network Information Service+ Server", FM_IPV4 },
    [O_TFTP_SERVER_NAME] = { "dhcp.option.tftp_server_name", "TFTP Server Name", FM_STRINGZ },
    [O_BOOTFILE_NAME] = { "dhcp.option.bootfile_name", "Bootfile name", FM_STRINGZ },
    [O_MOBILE_IP_HOME_AGENT] = { "dhcp.option.mobile_ip_home_agent", "Mobile IP Home Agent", FM_IPV4 },
    [O_SMTP_SERVER] = { "dhcp.option.smtp_server", "SMTP Server", FM_IPV4 },
    [O_POP3_SERVER] = { "dhcp.option.pop3_server", "POP3 Server", FM_IPV4 },
    [O_NNTP_SERVER] = { "dhcp.option.nntp_server", "NNTP Server", FM_IPV4 },
    [O_DEFAULT_WWW_SERVER] = { "dhcp.option.default_www_server", "Default WWW Server", FM_IPV4 },
    [O_DEFAULT_FINGER_SERVER] = { "dhcp.option.default_finger_server", "Default Finger Server", FM_IPV4 },
    [O_DEFAULT_IRC_SERVER] = { "dhcp.option.default_irc_server", "Default IRC Server", FM_IPV4 },
    [O_STREETTALK_SERVER] = { "dhcp.option.streettalk_server", "StreetTalk Server", FM_IPV4 },
    [O_STREETTALK_DA_SERVER] = { "dhcp.option.streettalk_da_server", "StreetTalk Directory Assistance Server", FM_IPV4 },
    [O_NOVELL_DSS_IP] = { "dhcp.option.novell_dss.ip", "IP Address", FM_IPV4 },
    [O_NOVELL_DS_TREE_NAME] = { "dhcp.option.novell_ds_tree_name", "Novell Directory Services Tree Name", FM_STRINGZ },
    [O_NOVELL_DS_CONTEXT] = { "dhcp.option.novell_ds_context", "Novell Directory Services Context", FM_STRINGZ },
    [O_CLIENT_LAST_TRANSACTION_TIME] = { "dhcp.option.client_last_transaction_time", "Client last transaction time", FM_UINT32, FM_DEC },
    [O_ASSOCIATED_IP_OPTION] = { "dhcp.option.associated_ip_option", "Associated IP option", FM_IPV4 },
    [O_TZ_PCODE] = { "dhcp.option.tz_pcode", "TZ PCode", FM_STRING },
    [O_TZ_TCODE] = { "dhcp.option.tz_tcode", "TZ TCode", FM_STRING },
    [O_NETINFO_PARENT_SERVER_ADDRESS] = { "dhcp.option.netinfo_parent_server_address", "NetInfo Parent Server Address", FM_IPV4 },
    [O_NETINFO_PARENT_SERVER_TAG] = { "dhcp.option.netinfo_parent_server_tag", "NetInfo Parent Server Tag", FM_STRINGZ },
    [O_CAPTIVE_PORTAL] = { "dhcp.option.captive_portal", "Captive Portal", FM_STRING },
    [O_DHCP_AUTO_CONFIGURATION] = { "dhcp.option.dhcp_auto_configuration", "DHCP Auto-Configuration", FM_UINT8, FM_DEC },
    [O_SUBNET_SELECTION_OPTION] = { "dhcp.option.subnet_selection_option", "Subnet Selection Option", FM_IPV4 },
    [O_PANA_AGENT] = { "dhcp.option.pana_agent", "PAA IPv4 Address", FM_IPV4 },
    [O_LOST_SERVER_DOMAIN_NAME] = { "dhcp.option.lost_server_domain_name", "LoST Server Domain Name", FM_STRINGZ },
    [O_CAPWAP_ACCESS_CONTROLLER] = { "dhcp.option.capwap_access_controller", "CAPWAP Access Controllers", FM_IPV4 },
    [O_ANDSF_SERVER] = { "dhcp.option.andsf_server", "ANDSF Server", FM_IPV4 },
    [O_FORCERENEW_NONCE_ALGORITHM] = { "dhcp.option.forcerenew_nonce.algorithm", "Algorithm", FM_UINT8, FM_DEC },
    [O_TFTP_SERVER_ADDRESS] = { "dhcp.option.tftp_server_address", "TFTP Server Address", FM_IPV4 },
};

typedef enum Kind { ADDRESS, ADDRESSES, TEXT, NUMBER8, NUMBER16, SECONDS } Kind;

static const struct Plain {
    uint8_t code, row, kind; /* Kind */
} plain[] = {
    { 1, O_SUBNET_MASK, ADDRESS }, { 2, O_TIME_OFFSET, SECONDS }, { 3, O_ROUTER, ADDRESSES }, { 4, O_TIME_SERVER, ADDRESSES },
    { 5, O_NAME_SERVER, ADDRESSES }, { 6, O_DOMAIN_NAME_SERVER, ADDRESSES }, { 7, O_LOG_SERVER, ADDRESSES }, { 8, O_QUOTES_SERVER, ADDRESSES },
    { 9, O_LPR_SERVER, ADDRESSES }, { 10, O_IMPRESS_SERVER, ADDRESSES }, { 11, O_RESOURCE_LOCATION_SERVER, ADDRESSES }, { 12, O_HOSTNAME, TEXT },
    { 13, O_BOOT_FILE_SIZE, NUMBER16 }, { 14, O_MERIT_DUMP_FILE, TEXT }, { 15, O_DOMAIN_NAME, TEXT }, { 16, O_SWAP_SERVER, ADDRESS },
    { 17, O_ROOT_PATH, TEXT }, { 18, O_EXTENSION_PATH, TEXT }, { 19, O_IP_FORWARDING, NUMBER8 }, { 20, O_NON_LOCAL_SOURCE_ROUTING, NUMBER8 },
    { 22, O_MAX_DATAGRAM_REASSEMBLY_SIZE, NUMBER16 }, { 23, O_DEFAULT_IP_TTL, NUMBER8 }, { 24, O_PATH_MTU_AGING_TIMEOUT, SECONDS },
    { 25, O_PATH_MTU_PLATEAU_TABLE_ITEM, NUMBER16 }, { 26, O_INTERFACE_MTU, NUMBER16 }, { 27, O_ALL_SUBNETS_ARE_LOCAL, NUMBER8 },
    { 28, O_BROADCAST_ADDRESS, ADDRESS }, { 29, O_PERFORM_MASK_DISCOVERY, NUMBER8 }, { 30, O_MASK_SUPPLIER, NUMBER8 },
    { 31, O_PERFORM_ROUTER_DISCOVER, NUMBER8 }, { 32, O_ROUTER_SOLICITATION_ADDRESS, ADDRESS }, { 34, O_TRAILER_ENCAPSULATION, NUMBER8 },
    { 35, O_ARP_CACHE_TIMEOUT, SECONDS }, { 36, O_ETHERNET_ENCAPSULATION, NUMBER8 }, { 37, O_TCP_DEFAULT_TTL, NUMBER8 },
    { 38, O_TCP_KEEPALIVE_INTERVAL, SECONDS }, { 39, O_TCP_KEEPALIVE_GARBAGE, NUMBER8 }, { 40, O_NIS_DOMAIN, TEXT },
    { 41, O_NIS_SERVER, ADDRESSES }, { 42, O_NTP_SERVER, ADDRESSES }, { 44, O_NETBIOS_OVER_TCPIP_NAME_SERVER, ADDRESSES },
    { 45, O_NETBIOS_OVER_TCPIP_DD_NAME_SERVER, ADDRESSES }, { 46, O_NETBIOS_OVER_TCPIP_NODE_TYPE, NUMBER8 },
    { 47, O_NETBIOS_OVER_TCPIP_SCOPE, TEXT }, { 48, O_XWINDOWS_SYSTEM_FONT_SERVER, ADDRESSES },
    { 49, O_XWINDOWS_SYSTEM_DISPLAY_MANAGER, ADDRESSES }, { 50, O_REQUESTED_IP_ADDRESS, ADDRESS }, { 51, O_IP_ADDRESS_LEASE_TIME, SECONDS },
    { 54, O_DHCP_SERVER_ID, ADDRESS }, { 56, O_MESSAGE, TEXT }, { 57, O_DHCP_MAX_MESSAGE_SIZE, NUMBER16 }, { 58, O_RENEWAL_TIME_VALUE, SECONDS },
    { 59, O_REBINDING_TIME_VALUE, SECONDS }, { 64, O_NIS_PLUS_DOMAIN, TEXT }, { 65, O_NIS_PLUS_SERVER, ADDRESSES },
    { 66, O_TFTP_SERVER_NAME, TEXT }, { 67, O_BOOTFILE_NAME, TEXT }, { 68, O_MOBILE_IP_HOME_AGENT, ADDRESSES }, { 69, O_SMTP_SERVER, ADDRESSES },
    { 70, O_POP3_SERVER, ADDRESSES }, { 71, O_NNTP_SERVER, ADDRESSES }, { 72, O_DEFAULT_WWW_SERVER, ADDRESSES },
    { 73, O_DEFAULT_FINGER_SERVER, ADDRESSES }, { 74, O_DEFAULT_IRC_SERVER, ADDRESSES }, { 75, O_STREETTALK_SERVER, ADDRESSES },
    { 76, O_STREETTALK_DA_SERVER, ADDRESSES }, { 85, O_NOVELL_DSS_IP, ADDRESSES }, { 86, O_NOVELL_DS_TREE_NAME, TEXT },
    { 87, O_NOVELL_DS_CONTEXT, TEXT }, { 91, O_CLIENT_LAST_TRANSACTION_TIME, SECONDS }, { 92, O_ASSOCIATED_IP_OPTION, ADDRESSES },
    { 100, O_TZ_PCODE, TEXT }, { 101, O_TZ_TCODE, TEXT }, { 112, O_NETINFO_PARENT_SERVER_ADDRESS, ADDRESSES },
    { 113, O_NETINFO_PARENT_SERVER_TAG, TEXT }, { 114, O_CAPTIVE_PORTAL, TEXT }, { 116, O_DHCP_AUTO_CONFIGURATION, NUMBER8 },
    { 118, O_SUBNET_SELECTION_OPTION, ADDRESSES }, { 136, O_PANA_AGENT, ADDRESSES }, { 137, O_LOST_SERVER_DOMAIN_NAME, TEXT },
    { 138, O_CAPWAP_ACCESS_CONTROLLER, ADDRESSES }, { 142, O_ANDSF_SERVER, ADDRESSES }, { 145, O_FORCERENEW_NONCE_ALGORITHM, NUMBER8 },
    { 150, O_TFTP_SERVER_ADDRESS, ADDRESSES },
};

static void tell_span(FmDissection *d, unsigned row, int64_t seconds)
{
    if (!d->want_labels)
        return;
    g_auto(FmText) text = { 0 };
    static const struct {
        int64_t size;
        const char *name;
    } units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };
    int64_t left = seconds < 0 ? -seconds : seconds;
    const char *before = seconds < 0 ? "-" : "";
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        int64_t n = left / units[i].size;
        left %= units[i].size;
        if (n) {
            fm_text_printf(&text, "%s%" PRId64 " %s%s", before, n, units[i].name, n == 1 ? "" : "s");
            before = ", ";
        }
    }
    const char *said = seconds == UINT32_MAX ? "infinity" : seconds ? fm_text_string(&text) : "0 seconds";
    fm_label(d, row, "%s: (%" PRId64 "s) %s", fields[row].name, seconds, said);
}

static void put_plain(FmDissection *d, const struct Plain *option, FmCursor *c)
{
    const FmField *field = &fields[option->row];
    switch ((Kind)option->kind) {
    case ADDRESS: case ADDRESSES:
        if (fm_left_on_wire(c) % 4)
            fm_expert(d, BAD_LENGTH);
        while (fm_left(c) >= 4)
            fm_add_number(d, field, option->row, c, true);
        break;
    case TEXT: fm_add_bytes_of(d, field, option->row, c, fm_left(c)); break;
    case NUMBER8: case NUMBER16: {
        unsigned width = option->kind == NUMBER8 ? 1 : 2;
        if (fm_left_on_wire(c) % width || !fm_left_on_wire(c))
            fm_expert(d, BAD_LENGTH);
        while (fm_left(c) >= width)
            fm_add_number(d, field, option->row, c, true);
        break;
    }
    case SECONDS:
        if (fm_left_on_wire(c) != 4)
            fm_expert(d, BAD_LENGTH);
        else
            tell_span(d, option->row, field->type == FM_INT32 ? (int64_t)fm_add_number(d, field, option->row, c, true)
                                                              : (int64_t)(uint32_t)fm_add_number(d, field, option->row, c, true));
        break;
    }
}

/* A type of hardware and an address, a DUID (RFC 4361), or anything. */
static void put_client_id(FmDissection *d, FmCursor *c)
{
    uint64_t type = fm_peek(c, 0, 1);
    if (type == 1 && fm_left(c) == 7) {
        fm_add(d, CLIENT_HW_TYPE, c);
        fm_add(d, CLIENT_HW_ADDRESS, c);
    } else if (type == 255 && fm_left(c) > 6) {
        fm_skip(c, 1);
        char iaid[9];
        g_snprintf(iaid, sizeof iaid, "%08x", (unsigned)fm_peek(c, 0, 4));
        fm_add_text(d, CLIENT_IAID, c, 4, iaid);
        fm_skip(c, 4);
        fm_add(d, CLIENT_DUID_TYPE, c);
    } else if (type == 0 && fm_left(c) == 17) {
        fm_skip(c, 1);
        fm_add_bytes(d, CLIENT_UUID, c, 16);
    } else {
        fm_add(d, CLIENT_TYPE, c);
        if (fm_left(c))
            fm_add_bytes(d, CLIENT_UNDEF, c, fm_left(c));
    }
    fm_skip(c, fm_left(c));
}

/* A name of DNS at `at`, which may point to an earlier one (RFC 1035 §4.1.4); the result is where it ends. */
static size_t read_name(FmSlice bytes, size_t at, GString *name)
{
    size_t end = 0;
    for (unsigned jumps = 0; at < bytes.size && jumps < 16;) {
        uint8_t n = bytes.data[at];
        if (n >= 0xc0 && at + 1 < bytes.size) {
            end = end ? end : at + 2;
            at = (n & 0x3fu) << 8 | bytes.data[at + 1];
            jumps++;
            continue;
        }
        if (!n || n >= 0x40 || at + 1 + n > bytes.size)
            return end ? end : at + 1;
        if (name->len)
            g_string_append_c(name, '.');
        g_string_append_len(name, (const char *)bytes.data + at + 1, MIN(n, 255));
        at += 1 + n;
    }
    return end ? end : bytes.size;
}

static void put_search_list(FmDissection *d, FmCursor *c)
{
    FmSlice all = fm_rest(c);
    size_t at = 0;
    while (at < all.size) {
        g_autoptr(GString) name = g_string_new(NULL);
        size_t next = read_name(all, at, name);
        FmCursor place = fm_window(c, all.size);
        place.at += at;
        fm_add_text(d, SEARCH_NAME, &place, MIN(next, all.size) - at, name->str);
        at = MAX(next, at + 1);
    }
    fm_skip(c, all.size);
}

static void put_fqdn(FmDissection *d, FmCursor *c)
{
    uint64_t flags = fm_peek(c, 0, 1);
    fm_add_flags(d, FQDN_FLAGS, FQDN_MBZ, FQDN_S, c);
    static const char *const bits[] = { "Server", "Server overrides", "Encoding", "Server DDNS" };
    for (unsigned i = 4; i > 0; i--)
        if (flags >> (i - 1) & 1)
            fm_label_more(d, FQDN_FLAGS, ", %s", bits[i - 1]);
    fm_add(d, FQDN_RCODE1, c);
    fm_add(d, FQDN_RCODE2, c);
    if (fm_left(c) && flags & 4) {
        g_autoptr(GString) name = g_string_new(NULL);
        read_name(fm_rest(c), 0, name);
        fm_add_text(d, FQDN_NAME, c, fm_left(c), name->str);
        fm_skip(c, fm_left(c));
    } else if (fm_left(c)) {
        fm_add_bytes(d, FQDN_NAME, c, fm_left(c));
    }
}

static void put_user_classes(FmDissection *d, FmCursor *c)
{
    for (unsigned i = 0; fm_left(c) && fm_ok(d); i++) {
        fm_add_value(d, USER_CLASS, c, MIN(1 + fm_peek(c, 0, 1), fm_left(c)), i);
        fm_label(d, USER_CLASS, "Instance of User Class: [%u]", i);
        fm_down(d);
        uint64_t length = fm_add(d, USER_CLASS_LENGTH, c);
        if (length)
            fm_add_bytes(d, USER_CLASS_DATA, c, length);
        fm_up(d);
    }
}

static void put_agent_information(FmDissection *d, FmCursor *c)
{
    while (fm_left(c) && fm_ok(d)) {
        uint64_t code = fm_peek(c, 0, 1);
        const char *name = fm_name(agent_suboptions, code);
        fm_add(d, AGENT_SUBOPTION, c);
        fm_label(d, AGENT_SUBOPTION, "Option 82 Suboption: (%u) %s", (unsigned)code, name ? name : "Unknown");
        fm_down(d);
        uint64_t length = fm_add(d, SUBOPTION_LENGTH, c);
        unsigned row = code == 1 ? AGENT_CIRCUIT : code == 2 ? AGENT_REMOTE : AGENT_VALUE;
        if (length)
            fm_add_bytes_of(d, &fields[row], row, c, length);
        fm_up(d);
    }
}

/* Prefix length, as many bytes as that needs, router (RFC 3442). */
static void put_classless_routes(FmDissection *d, FmCursor *c)
{
    while (fm_left(c) && fm_ok(d)) {
        uint64_t width = fm_peek(c, 0, 1), size = (width + 7) / 8;
        if (width > 32 || fm_left(c) < 1 + size + 4) {
            fm_skip(c, fm_left(c));
            return;
        }
        char network[24] = "default";
        if (width) {
            uint32_t prefix = (uint32_t)(fm_peek(c, 1, (unsigned)size) << (32 - 8 * size));
            int n = 0;
            for (unsigned i = 0; i < size; i++)
                n += g_snprintf(network + n, sizeof network - (size_t)n, "%s%u", i ? "." : "", prefix >> (24 - 8 * i) & 255);
            for (uint64_t i = size; i < 4; i++)
                n += g_snprintf(network + n, sizeof network - (size_t)n, ".0");
            g_snprintf(network + n, sizeof network - (size_t)n, "/%u", (unsigned)width);
        }
        const uint8_t *router = c->at + 1 + size;
        FmSubtree line = fm_open_text(d, c, " %s-%u.%u.%u.%u", network, router[0], router[1], router[2], router[3]);
        fm_skip(c, 1 + size + 4);
        fm_close(d, line, c);
    }
}

static void put_inside(FmDissection *d, FmCursor *c, uint64_t code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++) {
        if (plain[i].code == code) {
            put_plain(d, &plain[i], c);
            return;
        }
    }
    switch (code) {
    case 21: case 33:
        while (fm_left(c) >= 8) {
            fm_add(d, STATIC_NETWORK, c);
            fm_add(d, STATIC_ROUTER, c);
        }
        break;
    case 43: fm_add_bytes(d, VENDOR_VALUE, c, fm_left(c)); break;
    case 52: fm_add(d, OVERLOAD, c); break;
    case 53: fm_add(d, DHCP_TYPE, c); break;
    case 55:
        while (fm_left(c)) {
            uint64_t item = fm_add(d, REQUEST_ITEM, c);
            const char *name = fm_name(names, item);
            fm_label(d, REQUEST_ITEM, "Parameter Request List Item: (%u) %s", (unsigned)item, name ? name : "Unknown");
        }
        break;
    case 60: fm_add_bytes(d, VENDOR_CLASS, c, fm_left(c)); break;
    case 61: case 97: put_client_id(d, c); break;
    case 77: put_user_classes(d, c); break;
    case 81: put_fqdn(d, c); break;
    case 82: put_agent_information(d, c); break;
    case 93:
        while (fm_left(c) >= 2)
            fm_add(d, ARCHITECTURE, c);
        break;
    case 119: put_search_list(d, c); break;
    case 121: case 249: put_classless_routes(d, c); break;
    case 252: fm_add_bytes(d, PRIVATE_PROXY, c, fm_left(c)); break;
    default: break;
    }
}

static bool shows_address(uint64_t code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
        if (plain[i].code == code)
            return plain[i].kind == ADDRESS;
    return false;
}

static void put_option(FmDissection *d, FmCursor *c)
{
    uint64_t code = fm_peek(c, 0, 1);
    const char *name = fm_name(names, code);
    fm_add(d, TYPE, c);
    fm_label(d, TYPE, "Option: (%u) %s", (unsigned)code, name ? name : "Unknown");
    if (code == 53) {
        const char *type = fm_name(fm_dhcp_types, fm_peek(c, 1, 1));
        fm_label_more(d, TYPE, " (%s)", type ? type : "Unknown");
    } else if (shows_address(code) && fm_left(c) > 4) {
        fm_label_more(d, TYPE, " (%u.%u.%u.%u)", c->at[1], c->at[2], c->at[3], c->at[4]);
    }
    fm_down(d);
    uint64_t length = fm_add(d, LENGTH, c);
    FmCursor value = fm_take(c, length), bytes = value;
    uint32_t before = d->packet->node_count;
    fm_add_bytes(d, VALUE, &bytes, fm_left(&bytes));
    bool recorded = d->packet->node_count > before;
    const uint8_t *start = value.at;
    put_inside(d, &value, code);
    if (recorded && value.at != start) /* shown by its parts */
        d->packet->nodes[before].flags |= FM_NODE_HIDDEN;
    fm_up(d);
}

static void dhcp_options_dissect(FmDissection *d, FmCursor *c)
{
    while (fm_left(c) && fm_ok(d)) {
        uint64_t code = fm_peek(c, 0, 1);
        if (code == 255) {
            fm_add_bits(d, TYPE, c);
            fm_label(d, TYPE, "Option: (255) End");
            fm_down(d);
            fm_add(d, END, c);
            fm_up(d);
            if (fm_left(c))
                fm_add_bytes(d, PADDING, c, fm_left(c));
            return;
        }
        if (!code) {
            size_t n = 1;
            while (n < fm_left(c) && !c->at[n])
                n++;
            fm_add_bits(d, TYPE, c);
            fm_label(d, TYPE, "Option: (0) Padding");
            fm_down(d);
            fm_add_bytes(d, PADDING, c, n);
            fm_up(d);
            continue;
        }
        put_option(d, c);
    }
    if (fm_ok(d) && !c->lost)
        fm_expert(d, MISSING_END);
}

const FmProtocol fm_dhcp_options = {
    .abbrev = "dhcp.options",
    .title = "Options of DHCP",
    .part = true,
    FM_FIELDS(fields),
    .dissect = dhcp_options_dissect,
};
