/* Attributes of STUN, TURN and ICE messages (RFC 8489 §14, RFC 8656 §18, RFC 8445 §16.1, RFC 5780 §7). */
#include "config.h"

#include <arpa/inet.h>

#include "dissectors/realtime/stun.h"

enum {
    ATTRIBUTES, ATTRIBUTE, TYPE, COMPREHENSION, ASSIGNMENT, LENGTH, FAMILY, IPV4, IPV6, PORT, USERNAME, USERNAME_OPAQUE, PASSWORD, PADDING, HMAC,
    CRC32, CRC32_STATUS, ERROR_CLASS, ERROR_NUMBER, ERROR_REASON, REALM, NONCE, UNKNOWN, IPV4_XORED, IPV6_XORED, PORT_XORED, ICMP_TYPE, ICMP_CODE,
    SOFTWARE, PRIORITY, TIE_BREAKER, LIFETIME, CHANGE_IP, CHANGE_PORT, ALGORITHM, ALGORITHM_LENGTH, ALGORITHM_DATA, RESERVE_NEXT, CACHE_TIMEOUT,
    TOKEN, VALUE, RESERVED, TRANSPORT, CHANNEL, MAGIC_COOKIE, BANDWIDTH, MS_VERSION, MS_VERSION_ICE, MS_CONNECTION_ID, MS_SEQUENCE_NUMBER,
    MS_STREAM_TYPE, MS_SERVICE_QUALITY, MS_FOUNDATION, MS_SESSION_ID, MS_8006, ADMISSION_TYPE, RESERVATION_ID, AMOUNT_MAX_SEND, AMOUNT_MIN_SEND,
    AMOUNT_MAX_RECEIVE, AMOUNT_MIN_RECEIVE, SITE_VALID, SITE_PSTN, SITE_RESERVED, SITE_MAX_SEND, SITE_MAX_RECEIVE, SIP_DIALOG, SIP_CALL,
    PEER_LOCATION, SELF_LOCATION, FEDERATION, NETWORK_ID, NETWORK_COST, LONG_ATTRIBUTE, UNKNOWN_ATTRIBUTE, CRC32_BAD,
};

static const FmName comprehensions[] = { { 0, 0, "Required" }, { 1, 0, "Optional" }, { 0 } };
static const FmName assignments[] = { { 0, 0, "IETF Review" }, { 1, 0, "Designated Expert" }, { 0 } };
static const FmName families[] = { { 1, 0, "IPv4" }, { 2, 0, "IPv6" }, { 0 } };
static const FmName crc_statuses[] = { { 0, 0, "Bad" }, { 1, 0, "Good" }, { 2, 0, "Unverified" }, { 0 } };
static const FmName algorithms[] = { { 0, 0, "Reserved" }, { 1, 0, "MD5" }, { 2, 0, "SHA-256" }, { 0 } };
static const FmName reservations[] = { { 0, 0, "No reservation" }, { 1, 0, "Reserve next port number" }, { 0 } };
static const FmName transports[] = { { 0x11, 0, "UDP" }, { 6, 0, "TCP" }, { 0 } };
static const FmName ms_versions[] = {
    { 1, 0, "ICE" }, { 2, 0, "MS-ICE2" }, { 3, 0, "MS-ICE2 with SHA256" }, { 4, 0, "MS-ICE2 with SHA256 and IPv6" },
    { 5, 0, "MULTIPLEXED TURN over UDP only" }, { 6, 0, "MULTIPLEXED TURN over UDP and TCP" }, { 0 },
};
static const FmName ms_ice_versions[] = {
    { 0, 2, "Supports only RFC3489bis-02 message formats" }, { 3, UINT32_MAX, "Supports RFC5389 message formats" }, { 0 },
};
static const FmName ms_stream_types[] = { { 1, 0, "Audio" }, { 2, 0, "Video" }, { 3, 0, "Supplemental Video" }, { 4, 0, "Data" }, { 0 } };
static const FmName ms_qualities[] = { { 0, 0, "Best effort delivery" }, { 1, 0, "Reliable delivery" }, { 0 } };
static const FmName network_costs[] = {
    { 0, 0, "Min" }, { 10, 0, "Low" }, { 50, 0, "Unknown" }, { 250, 0, "Cellular5G" }, { 500, 0, "Cellular4G" }, { 900, 0, "Cellular" },
    { 910, 0, "Cellular3G" }, { 980, 0, "Cellular2G" }, { 999, 0, "Max" }, { 0 },
};

enum { /* attribute types (IANA: STUN Attributes) */
    A_MAPPED_ADDRESS = 0x0001, A_RESPONSE_ADDRESS, A_CHANGE_REQUEST, A_SOURCE_ADDRESS, A_CHANGED_ADDRESS, A_USERNAME, A_PASSWORD,
    A_MESSAGE_INTEGRITY, A_ERROR_CODE, A_UNKNOWN_ATTRIBUTES, A_REFLECTED_FROM, A_CHANNEL_NUMBER, A_LIFETIME, A_MS_ALTERNATE_SERVER,
    A_MAGIC_COOKIE, A_BANDWIDTH, A_DESTINATION_ADDRESS, A_XOR_PEER_ADDRESS, A_DATA, A_REALM, A_NONCE, A_XOR_RELAYED_ADDRESS,
    A_REQUESTED_ADDRESS_FAMILY, A_EVEN_PORT, A_REQUESTED_TRANSPORT, A_DONT_FRAGMENT, A_ACCESS_TOKEN, A_MESSAGE_INTEGRITY_SHA256,
    A_PASSWORD_ALGORITHM, A_USERHASH,
    A_XOR_MAPPED_ADDRESS = 0x0020, A_RESERVATION_TOKEN = 0x0022, A_PRIORITY = 0x0024, A_USE_CANDIDATE, A_PADDING, A_XOR_RESPONSE_TARGET,
    A_XOR_REFLECTED_FROM, A_CONNECTION_ID = 0x002a, A_LEGACY_ICMP = 0x0030,
    A_ADDITIONAL_ADDRESS_FAMILY = 0x8000, A_ADDRESS_ERROR_CODE, A_PASSWORD_ALGORITHMS, A_ALTERNATE_DOMAIN, A_ICMP, A_MS_8006 = 0x8006, A_MS_VERSION = 0x8008,
    A_MS_XOR_MAPPED_ADDRESS = 0x8020, A_SOFTWARE = 0x8022, A_ALTERNATE_SERVER, A_CACHE_TIMEOUT = 0x8027, A_FINGERPRINT, A_ICE_CONTROLLED,
    A_ICE_CONTROLLING, A_RESPONSE_ORIGIN, A_OTHER_ADDRESS, A_MS_SEQUENCE_NUMBER = 0x8050, A_MS_CANDIDATE_IDENTIFIER = 0x8054,
    A_MS_SERVICE_QUALITY = 0x8055, A_MS_ADMISSION, A_MS_RESERVATION, A_MS_AMOUNT, A_MS_REMOTE_SITE, A_MS_REMOTE_RELAY, A_MS_LOCAL_SITE, A_MS_LOCAL_RELAY,
    A_MS_REMOTE_SITE_RESPONSE, A_MS_REMOTE_RELAY_RESPONSE, A_MS_LOCAL_SITE_RESPONSE, A_MS_LOCAL_RELAY_RESPONSE, A_MS_SIP_DIALOG, A_MS_SIP_CALL,
    A_MS_LOCATION = 0x8068, A_MS_IMPLEMENTATION_VERSION = 0x8070, A_MS_ALT_MAPPED_ADDRESS = 0x8090, A_MS_SESSION_ID = 0x8095,
    A_GOOG_NETWORK_INFO = 0xc057,
};

static const FmName attributes[] = {
    { A_MAPPED_ADDRESS, 0, "MAPPED-ADDRESS" }, { A_RESPONSE_ADDRESS, 0, "RESPONSE_ADDRESS" }, { A_CHANGE_REQUEST, 0, "CHANGE_REQUEST" },
    { A_SOURCE_ADDRESS, 0, "SOURCE_ADDRESS" }, { A_CHANGED_ADDRESS, 0, "CHANGED_ADDRESS" }, { A_USERNAME, 0, "USERNAME" },
    { A_PASSWORD, 0, "PASSWORD" }, { A_MESSAGE_INTEGRITY, 0, "MESSAGE-INTEGRITY" }, { A_ERROR_CODE, 0, "ERROR-CODE" },
    { A_UNKNOWN_ATTRIBUTES, 0, "UNKNOWN-ATTRIBUTES" }, { A_REFLECTED_FROM, 0, "REFLECTED-FROM" }, { A_CHANNEL_NUMBER, 0, "CHANNEL-NUMBER" },
    { A_LIFETIME, 0, "LIFETIME" }, { A_MS_ALTERNATE_SERVER, 0, "MS-ALTERNATE-SERVER" }, { A_MAGIC_COOKIE, 0, "MAGIC-COOKIE" },
    { A_BANDWIDTH, 0, "BANDWIDTH" }, { A_DESTINATION_ADDRESS, 0, "DESTINATION-ADDRESS" }, { A_XOR_PEER_ADDRESS, 0, "XOR-PEER-ADDRESS" },
    { A_DATA, 0, "DATA" }, { A_REALM, 0, "REALM" }, { A_NONCE, 0, "NONCE" }, { A_XOR_RELAYED_ADDRESS, 0, "XOR-RELAYED-ADDRESS" },
    { A_REQUESTED_ADDRESS_FAMILY, 0, "REQUESTED-ADDRESS-FAMILY" }, { A_EVEN_PORT, 0, "EVEN-PORT" },
    { A_REQUESTED_TRANSPORT, 0, "REQUESTED-TRANSPORT" }, { A_DONT_FRAGMENT, 0, "DONT-FRAGMENT" }, { A_ACCESS_TOKEN, 0, "ACCESS-TOKEN" },
    { A_MESSAGE_INTEGRITY_SHA256, 0, "MESSAGE-INTEGRITY-SHA256" }, { A_PASSWORD_ALGORITHM, 0, "PASSWORD-ALGORITHM" },
    { A_USERHASH, 0, "USERHASH" }, { A_XOR_MAPPED_ADDRESS, 0, "XOR-MAPPED-ADDRESS" }, { A_RESERVATION_TOKEN, 0, "RESERVATION-TOKEN" },
    { A_PRIORITY, 0, "PRIORITY" }, { A_USE_CANDIDATE, 0, "USE-CANDIDATE" }, { A_PADDING, 0, "PADDING" },
    { A_XOR_RESPONSE_TARGET, 0, "XOR-RESPONSE-TARGET" }, { A_XOR_REFLECTED_FROM, 0, "XOR-REFELECTED-FROM" },
    { A_CONNECTION_ID, 0, "CONNECTION-ID" }, { A_LEGACY_ICMP, 0, "LEGACY-ICMP" },
    { A_ADDITIONAL_ADDRESS_FAMILY, 0, "ADDITIONAL-ADDRESS-FAMILY" }, { A_ADDRESS_ERROR_CODE, 0, "ADDRESS-ERROR-CODE" },
    { A_PASSWORD_ALGORITHMS, 0, "PASSWORD-ALGORITHMS" }, { A_ALTERNATE_DOMAIN, 0, "ALTERNATE-DOMAIN" }, { A_ICMP, 0, "ICMP" },
    { A_MS_8006, 0, "MS-TURN UNKNOWN 8006" }, { A_MS_VERSION, 0, "MS-VERSION" }, { A_MS_XOR_MAPPED_ADDRESS, 0, "XOR-MAPPED-ADDRESS" }, { A_SOFTWARE, 0, "SOFTWARE" },
    { A_ALTERNATE_SERVER, 0, "ALTERNATE-SERVER" }, { 0x8025, 0, "TRANSACTION-TRANSMIT-COUNTER" }, { A_CACHE_TIMEOUT, 0, "CACHE-TIMEOUT" },
    { A_FINGERPRINT, 0, "FINGERPRINT" }, { A_ICE_CONTROLLED, 0, "ICE-CONTROLLED" }, { A_ICE_CONTROLLING, 0, "ICE-CONTROLLING" },
    { A_RESPONSE_ORIGIN, 0, "RESPONSE-ORIGIN" }, { A_OTHER_ADDRESS, 0, "OTHER-ADDRESS" }, { 0x802d, 0, "ECN-CHECK-STUN" },
    { 0x802e, 0, "THIRD-PARTY-AUTHORIZATION" }, { 0x8030, 0, "MOBILITY-TICKET" }, { 0x8032, 0, "MS-ALTERNATE-HOST-NAME" },
    { 0x8037, 0, "MS-APP-ID" }, { 0x8039, 0, "MS-SECURE-TAG" }, { A_MS_SEQUENCE_NUMBER, 0, "MS-SEQUENCE-NUMBER" },
    { A_MS_CANDIDATE_IDENTIFIER, 0, "MS-CANDIDATE-IDENTIFIER" }, { A_MS_SERVICE_QUALITY, 0, "MS-SERVICE-QUALITY" },
    { A_MS_ADMISSION, 0, "Bandwidth Admission Control Message" }, { A_MS_RESERVATION, 0, "Bandwidth Reservation Identifier" },
    { A_MS_AMOUNT, 0, "Bandwidth Reservation Amount" }, { A_MS_REMOTE_SITE, 0, "Remote Site Address" },
    { A_MS_REMOTE_RELAY, 0, "Remote Relay Site Address" }, { A_MS_LOCAL_SITE, 0, "Local Site Address" },
    { A_MS_LOCAL_RELAY, 0, "Local Relay Site Address" }, { A_MS_REMOTE_SITE_RESPONSE, 0, "Remote Site Address Response" },
    { A_MS_REMOTE_RELAY_RESPONSE, 0, "Remote Relay Site Address Response" }, { A_MS_LOCAL_SITE_RESPONSE, 0, "Local Site Address Response" },
    { A_MS_LOCAL_RELAY_RESPONSE, 0, "Local Relay Site Address Response" }, { A_MS_SIP_DIALOG, 0, "SIP Dialog Identifier" },
    { A_MS_SIP_CALL, 0, "SIP Call Identifier" }, { A_MS_LOCATION, 0, "Location Profile" },
    { A_MS_IMPLEMENTATION_VERSION, 0, "MS-IMPLEMENTATION-VERSION" }, { A_MS_ALT_MAPPED_ADDRESS, 0, "MS-ALT-MAPPED-ADDRESS" },
    { A_MS_SESSION_ID, 0, "MS-MULTIPLEXED-TURN-SESSION-ID" }, { 0xc000, 0, "CISCO-STUN-FLOWDATA" },
    { 0xc001, 0, "ENF-FLOW-DESCRIPTION" }, { 0xc002, 0, "ENF-NETWORK-STATUS" }, { A_GOOG_NETWORK_INFO, 0, "GOOG-NETWORK-INFO" },
    { 0xc058, 0, "GOOG-LAST-ICE-CHECK-RECEIVED" }, { 0xc059, 0, "GOOG-MISC-INFO" }, { 0xc05a, 0, "GOOG-OBSOLETE-1" },
    { 0xc05b, 0, "GOOG-CONNECTION-ID" }, { 0xc05c, 0, "GOOG-DELTA" }, { 0xc05d, 0, "GOOG-DELTA-ACK" }, { 0xc060, 0, "GOOG-MESSAGE_INTEGRITY-32" },
    { 0xff04, 0, "GOOG-MULTI-MAPPING" },
    { 0 },
};

static const FmName admissions[] = { { 0, 0, "Reservation Check" }, { 1, 0, "Reservation Commit" }, { 2, 0, "Reservation Update" }, { 0 } };
static const FmName locations[] = { { 0, 0, "Unknown" }, { 1, 0, "Internet" }, { 2, 0, "Intranet" }, { 0 } };
static const FmName federations[] = { { 0, 0, "No Federation" }, { 1, 0, "Enterprise Federation" }, { 2, 0, "Public Cloud Federation" }, { 0 } };

static const FmName errors[] = { /* IANA: STUN Error Codes */
    { 274, 0, "Disable Candidate" }, { 275, 0, "Disable Candidate Pair" }, { 300, 0, "Try Alternate" }, { 400, 0, "Bad Request" },
    { 401, 0, "Unauthenticated" }, { 403, 0, "Forbidden" }, { 405, 0, "Mobility Forbidden" }, { 420, 0, "Unknown Attribute" },
    { 430, 0, "Stale Credentials" }, { 431, 0, "Integrity Check Failure" }, { 432, 0, "Missing Username" }, { 433, 0, "Use TLS" },
    { 434, 0, "Missing Realm" }, { 435, 0, "Missing Nonce" }, { 436, 0, "Unknown User" }, { 437, 0, "Allocation Mismatch" },
    { 438, 0, "Stale Nonce" }, { 439, 0, "Wrong Credentials" }, { 440, 0, "Address Family not Supported" }, { 441, 0, "Wrong Credentials" },
    { 442, 0, "Unsupported Transport Protocol" }, { 443, 0, "Peer Address Family Mismatch" }, { 446, 0, "Connection Already Exists" },
    { 447, 0, "Connection Timeout or Failure" }, { 481, 0, "Connection does not exist" }, { 486, 0, "Allocation Quota Reached" },
    { 487, 0, "Role Conflict" }, { 500, 0, "Server Error" }, { 508, 0, "Insufficient Capacity" }, { 600, 0, "Global Failure" }, { 0 },
};

static const FmField fields[] = {
    [ATTRIBUTES] = { "stun.attributes", "Attributes", FM_NONE },
    [ATTRIBUTE] = { "stun.attribute", "Attribute Type", FM_UINT16, FM_HEX, .names = attributes },
    [TYPE] = { "stun.att.type", "Attribute Type", FM_UINT16, FM_HEX, .names = attributes },
    [COMPREHENSION] = { "stun.att.type.comprehension", "Attribute Type Comprehension", FM_UINT16, FM_HEX, 0x8000, .names = comprehensions },
    [ASSIGNMENT] = { "stun.att.type.assignment", "Attribute Type Assignment", FM_UINT16, FM_HEX, 0x4000, .names = assignments },
    [LENGTH] = { "stun.att.length", "Attribute Length", FM_UINT16, FM_DEC },
    [FAMILY] = { "stun.att.family", "Protocol Family", FM_UINT8, FM_HEX, .names = families },
    [IPV4] = { "stun.att.ipv4", "IP", FM_IPV4 },
    [IPV6] = { "stun.att.ipv6", "IP", FM_IPV6 },
    [PORT] = { "stun.att.port", "Port", FM_UINT16, FM_DEC },
    [USERNAME] = { "stun.att.username", "Username", FM_STRING },
    [USERNAME_OPAQUE] = { "stun.att.username.opaque", "Username", FM_BYTES },
    [PASSWORD] = { "stun.att.password", "Password", FM_BYTES },
    [PADDING] = { "stun.att.padding", "Padding", FM_UINT16, FM_DEC },
    [HMAC] = { "stun.att.hmac", "HMAC-SHA1", FM_BYTES },
    [CRC32] = { "stun.att.crc32", "CRC-32", FM_UINT32, FM_HEX },
    [CRC32_STATUS] = { "stun.att.crc32.status", "CRC-32 Status", FM_UINT8, FM_BASE_NONE, .names = crc_statuses, .generated = true },
    [ERROR_CLASS] = { "stun.att.error.class", "Error Class", FM_UINT8, FM_DEC, 0x07 },
    [ERROR_NUMBER] = { "stun.att.error", "Error Code", FM_UINT8, FM_DEC },
    [ERROR_REASON] = { "stun.att.error.reason", "Error Reason Phrase", FM_STRING },
    [REALM] = { "stun.att.realm", "Realm", FM_STRING },
    [NONCE] = { "stun.att.nonce", "Nonce", FM_STRING },
    [UNKNOWN] = { "stun.att.unknown", "Unknown Attribute", FM_UINT16, FM_HEX },
    [IPV4_XORED] = { "stun.att.ipv4-xord", "IP (XOR-d)", FM_BYTES },
    [IPV6_XORED] = { "stun.att.ipv6-xord", "IP (XOR-d)", FM_BYTES },
    [PORT_XORED] = { "stun.att.port-xord", "Port (XOR-d)", FM_BYTES },
    [ICMP_TYPE] = { "stun.att.icmp.type", "ICMP type", FM_UINT8, FM_DEC },
    [ICMP_CODE] = { "stun.att.icmp.code", "ICMP code", FM_UINT8, FM_DEC },
    [SOFTWARE] = { "stun.att.software", "Software", FM_STRING },
    [PRIORITY] = { "stun.att.priority", "Priority", FM_UINT32, FM_DEC },
    [TIE_BREAKER] = { "stun.att.tie-breaker", "Tie breaker", FM_BYTES },
    [LIFETIME] = { "stun.att.lifetime", "Lifetime", FM_UINT32, FM_DEC },
    [CHANGE_IP] = { "stun.att.change-ip", "Change IP", FM_BOOL16, FM_BASE_NONE, 0x0004, .yes = "Set", .no = "Not set" },
    [CHANGE_PORT] = { "stun.att.change-port", "Change Port", FM_BOOL16, FM_BASE_NONE, 0x0002, .yes = "Set", .no = "Not set" },
    [ALGORITHM] = { "stun.att.pw_alg", "Password Algorithm", FM_UINT16, FM_DEC, .names = algorithms },
    [ALGORITHM_LENGTH] = { "stun.att.pw_alg_len", "Password Algorithm Length", FM_UINT16, FM_DEC },
    [ALGORITHM_DATA] = { "stun.att.pw_alg_data", "Password Algorithm Data", FM_BYTES },
    [RESERVE_NEXT] = { "stun.att.even-port.reserve-next", "Reserve next", FM_UINT8, FM_DEC, 0x80, .names = reservations },
    [CACHE_TIMEOUT] = { "stun.att.cache-timeout", "Cache timeout", FM_UINT32, FM_DEC },
    [TOKEN] = { "stun.att.token", "Token", FM_BYTES },
    [VALUE] = { "stun.value", "Value", FM_BYTES },
    [RESERVED] = { "stun.att.reserved", "Reserved", FM_BYTES },
    [TRANSPORT] = { "stun.att.transp", "Transport", FM_UINT8, FM_HEX, .names = transports },
    [CHANNEL] = { "stun.att.channelnum", "Channel-Number", FM_UINT16, FM_HEX },
    [MAGIC_COOKIE] = { "stun.att.magic_cookie", "Magic Cookie", FM_UINT32, FM_HEX },
    [BANDWIDTH] = { "stun.port.bandwidth", "Bandwidth", FM_UINT32, FM_DEC },
    [MS_VERSION] = { "stun.att.ms.version", "MS Version", FM_UINT32, FM_DEC, .names = ms_versions },
    [MS_VERSION_ICE] = { "stun.att.ms.version.ice", "MS ICE Version", FM_UINT32, FM_DEC, .names = ms_ice_versions },
    [MS_CONNECTION_ID] = { "stun.att.ms.connection_id", "Connection ID", FM_BYTES },
    [MS_SEQUENCE_NUMBER] = { "stun.att.ms.sequence_number", "Sequence Number", FM_UINT32, FM_DEC },
    [MS_STREAM_TYPE] = { "stun.att.ms.stream_type", "Stream Type", FM_UINT16, FM_DEC, .names = ms_stream_types },
    [MS_SERVICE_QUALITY] = { "stun.att.ms.service_quality", "Service Quality", FM_UINT16, FM_DEC, .names = ms_qualities },
    [MS_FOUNDATION] = { "stun.att.ms.foundation", "Foundation", FM_STRING },
    [MS_SESSION_ID] = { "stun.att.ms.multiplexed_turn_session_id", "MS Multiplexed TURN Session Id", FM_UINT64, FM_HEX },
    [MS_8006] = { "stun.att.unknown8006", "Unknown8006", FM_BYTES },
    [ADMISSION_TYPE] = { "stun.att.bandwidth_acm.type", "Message Type", FM_UINT16, FM_DEC, .names = admissions },
    [RESERVATION_ID] = { "stun.att.bandwidth_rsv_id", "Reservation ID", FM_BYTES },
    [AMOUNT_MAX_SEND] = { "stun.att.bandwidth_rsv_amount.masb", "Maximum Send Bandwidth", FM_UINT32, FM_DEC },
    [AMOUNT_MIN_SEND] = { "stun.att.bandwidth_rsv_amount.misb", "Minimum Send Bandwidth", FM_UINT32, FM_DEC },
    [AMOUNT_MAX_RECEIVE] = { "stun.att.bandwidth_rsv_amount.marb", "Maximum Receive Bandwidth", FM_UINT32, FM_DEC },
    [AMOUNT_MIN_RECEIVE] = { "stun.att.bandwidth_rsv_amount.mirb", "Minimum Receive Bandwidth", FM_UINT32, FM_DEC },
    [SITE_VALID] = { "stun.att.address_rp.valid", "Valid", FM_BOOL32, FM_BASE_NONE, 0x80000000, .yes = "Yes", .no = "No" },
    [SITE_PSTN] = { "stun.att.address_rp.pstn", "PSTN", FM_BOOL32, FM_BASE_NONE, 0x40000000, .yes = "Yes", .no = "No" },
    [SITE_RESERVED] = { "stun.att.address_rp.reserved", "Reserved", FM_UINT32, FM_HEX, 0x3fffffff },
    [SITE_MAX_SEND] = { "stun.att.address_rp.masb", "Maximum Send Bandwidth", FM_UINT32, FM_DEC },
    [SITE_MAX_RECEIVE] = { "stun.att.address_rp.marb", "Maximum Receive Bandwidth", FM_UINT32, FM_DEC },
    [SIP_DIALOG] = { "stun.att.sip_dialog_id", "SIP Dialog ID", FM_BYTES },
    [SIP_CALL] = { "stun.att.sip_call_id", "SIP Call ID", FM_BYTES },
    [PEER_LOCATION] = { "stun.att.lp.peer_location", "Peer Location", FM_UINT8, FM_DEC, .names = locations },
    [SELF_LOCATION] = { "stun.att.lp.seft_location", "Self Location", FM_UINT8, FM_DEC, .names = locations },
    [FEDERATION] = { "stun.att.lp.federation", "Federation", FM_UINT8, FM_DEC, .names = federations },
    [NETWORK_ID] = { "stun.att.google.network_id", "Google Network ID", FM_UINT16, FM_DEC },
    [NETWORK_COST] = { "stun.att.google.network_cost", "Google Network Cost", FM_UINT16, FM_DEC, .names = network_costs },
    [LONG_ATTRIBUTE] = { "stun.long_attribute", "Attribute has trailing data", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_MALFORMED },
    [UNKNOWN_ATTRIBUTE] = { "stun.unknown_attribute", "Attribute unknown", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_UNDECODED },
    [CRC32_BAD] = { "stun.att.crc32.bad", "Bad Fingerprint", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_CHECKSUM },
};

#define FINGERPRINT_MASK 0x5354554eu

const char *fm_stun_attribute_name(uint64_t type)
{
    return fm_name(attributes, type);
}

/* Behind the attribute's own line, from inside it */
#define label_attribute(d, ...) do { fm_up(d); fm_label_more(d, ATTRIBUTE, __VA_ARGS__); fm_down(d); } while (0)

/* "10.0.0.1:5000"; as Wireshark has it, no brackets round IPv6 */
static void tell_endpoint(FmDissection *d, uint64_t type, const uint8_t *address, unsigned size, unsigned port)
{
    if (!d->want_labels && !d->want_info)
        return;
    char host[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 10];
    inet_ntop(size == 4 ? AF_INET : AF_INET6, address, host, sizeof host);
    g_snprintf(text, sizeof text, "%s:%u", host, port);
    label_attribute(d, ": %s", text);
    fm_info_more(d, " %s: %s", fm_stun_attribute_name(type), text);
}

/* MAPPED-ADDRESS and its like; `key` is what it is hidden with, or NULL. */
static void put_address(FmDissection *d, FmCursor *c, uint64_t type, const uint8_t *key)
{
    fm_add_bytes(d, RESERVED, c, 1);
    uint64_t family = fm_add(d, FAMILY, c);
    unsigned size = family == 1 ? 4 : family == 2 ? 16 : 0;
    if (!size || fm_left(c) < 2 + size)
        return;
    uint64_t port = fm_peek(c, 0, 2);
    uint8_t address[16];
    memcpy(address, c->at + 2, size);
    if (!key) {
        fm_add(d, PORT, c);
        if (size == 4)
            fm_add(d, IPV4, c);
        else
            fm_add_bytes(d, IPV6, c, 16);
        tell_endpoint(d, type, address, size, (unsigned)port);
        return;
    }
    FmCursor here = *c;
    port ^= (uint64_t)key[0] << 8 | key[1];
    for (unsigned i = 0; i < size; i++)
        address[i] ^= key[i];
    fm_add_bytes(d, PORT_XORED, c, 2);
    if (fm_wanted(d, PORT))
        fm_record(d, PORT, fm_offset(&here), 2, here.buffer, FM_NODE_MADE, port);
    here = *c;
    if (size == 4) {
        fm_add_bytes(d, IPV4_XORED, c, 4);
        if (fm_wanted(d, IPV4))
            fm_record(d, IPV4, fm_offset(&here), 4, here.buffer, FM_NODE_MADE, fm_be(address, 4));
    } else {
        fm_add_bytes(d, IPV6_XORED, c, 16);
        if (fm_wanted(d, IPV6))
            fm_record_blob(d, IPV6, fm_offset(&here), 16, here.buffer, FM_NODE_MADE, address, 16);
    }
    tell_endpoint(d, type, address, size, (unsigned)port);
}

static void put_error(FmDissection *d, FmCursor *c)
{
    fm_add_bytes(d, RESERVED, c, 2);
    uint64_t class = fm_add(d, ERROR_CLASS, c);
    if (!fm_left(c))
        return;
    uint64_t number = fm_add(d, ERROR_NUMBER, c);
    unsigned code = (unsigned)(class * 100 + number);
    const char *name = fm_name(errors, code);
    label_attribute(d, " %u (%s)", code, name ? name : "Unknown error code");
    fm_info_more(d, " error-code: %u (%s)", code, name ? name : "Unknown error code");
    if (!fm_left(c))
        return;
    FmSlice reason = fm_add_bytes(d, ERROR_REASON, c, fm_left(c));
    label_attribute(d, ": %.*s", (int)MIN(reason.size, 1000), (const char *)reason.data);
    fm_info_more(d, " %.*s", (int)MIN(reason.size, 1000), (const char *)reason.data);
}

/* CRC-32 of ISO 3309 over everything before the attribute (RFC 8489 §14.7). */
static uint32_t crc32_of(const uint8_t *at, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= at[i];
        for (unsigned bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void put_fingerprint(FmDissection *d, FmCursor *c, const StunMessage *message)
{
    if (!fm_wanted(d, CRC32) && !fm_wanted(d, CRC32_STATUS) && !fm_wants_notes(d)) {
        fm_skip(c, 4);
        return;
    }
    FmCursor here = *c;
    uint32_t right = crc32_of(message->whole.at, (size_t)(c->at - 4 - message->whole.at)) ^ FINGERPRINT_MASK;
    uint64_t found = fm_add(d, CRC32, c);
    if (!fm_ok(d))
        return;
    if (found == right) {
        fm_label_more(d, CRC32, " [correct]");
    } else {
        fm_label_more(d, CRC32, " incorrect, should be 0x%08x", right);
        fm_expert_text(d, CRC32_BAD, "Bad checksum [should be 0x%08x]", right);
    }
    fm_add_value(d, CRC32_STATUS, &here, 0, found == right);
}

/* `info`: how the info column names it, or NULL; told on the attribute's line as well. */
static void put_text(FmDissection *d, FmCursor *c, unsigned row, bool label, const char *info)
{
    FmSlice text = fm_add_bytes_of(d, &fields[row], row, c, fm_left(c));
    if (label)
        label_attribute(d, ": %.*s", (int)MIN(text.size, 1000), (const char *)text.data);
    if (info)
        fm_info_more(d, " %s: %.*s", info, (int)MIN(text.size, 1000), (const char *)text.data);
}

static void put_algorithm(FmDissection *d, FmCursor *c)
{
    fm_add(d, ALGORITHM, c);
    uint64_t length = fm_add(d, ALGORITHM_LENGTH, c);
    if (length)
        fm_add_bytes(d, ALGORITHM_DATA, c, length);
    fm_skip(c, MIN((4 - length % 4) % 4, fm_left(c)));
}

static void put_named(FmDissection *d, FmCursor *c, unsigned row, const FmName *names)
{
    const char *name = fm_name(names, fm_add_number(d, &fields[row], row, c, true));
    if (name)
        label_attribute(d, ": %s", name);
}

/* Attributes of [MS-TURN], [MS-ICE2] and [MS-TURNBWM]; all others: their bytes. */
static void put_microsoft(FmDissection *d, FmCursor *c, uint64_t type)
{
    switch (type) {
    case A_MS_8006: fm_add_bytes(d, MS_8006, c, fm_left(c)); break;
    case A_MS_VERSION: put_named(d, c, MS_VERSION, ms_versions); break;
    case A_MS_IMPLEMENTATION_VERSION: put_named(d, c, MS_VERSION_ICE, ms_ice_versions); break;
    case A_MS_SEQUENCE_NUMBER:
        fm_add_bytes(d, MS_CONNECTION_ID, c, 20);
        fm_add(d, MS_SEQUENCE_NUMBER, c);
        break;
    case A_MS_SERVICE_QUALITY:
        fm_add(d, MS_STREAM_TYPE, c);
        fm_add(d, MS_SERVICE_QUALITY, c);
        break;
    case A_MS_CANDIDATE_IDENTIFIER: fm_add_bytes(d, MS_FOUNDATION, c, fm_left(c)); break;
    case A_MS_ADMISSION:
        fm_add_bytes(d, RESERVED, c, 2);
        fm_add(d, ADMISSION_TYPE, c);
        break;
    case A_MS_RESERVATION: fm_add_bytes(d, RESERVATION_ID, c, 16); break;
    case A_MS_AMOUNT:
        fm_add(d, AMOUNT_MAX_SEND, c);
        fm_add(d, AMOUNT_MIN_SEND, c);
        fm_add(d, AMOUNT_MAX_RECEIVE, c);
        fm_add(d, AMOUNT_MIN_RECEIVE, c);
        break;
    case A_MS_REMOTE_SITE_RESPONSE: case A_MS_REMOTE_RELAY_RESPONSE: case A_MS_LOCAL_SITE_RESPONSE: case A_MS_LOCAL_RELAY_RESPONSE:
        fm_add_bits(d, SITE_VALID, c);
        if (type == A_MS_REMOTE_SITE_RESPONSE || type == A_MS_LOCAL_SITE_RESPONSE) {
            fm_add_bits(d, SITE_PSTN, c);
            fm_add(d, SITE_RESERVED, c);
        } else { /* of relays: one bit more is reserved */
            fm_add_value(d, SITE_RESERVED, c, 4, fm_peek(c, 0, 4) & 0x7fffffff);
            fm_skip(c, 4);
        }
        fm_add(d, SITE_MAX_SEND, c);
        fm_add(d, SITE_MAX_RECEIVE, c);
        break;
    case A_MS_SIP_DIALOG: fm_add_bytes(d, SIP_DIALOG, c, fm_left(c)); break;
    case A_MS_SIP_CALL: fm_add_bytes(d, SIP_CALL, c, fm_left(c)); break;
    case A_MS_LOCATION:
        fm_add(d, PEER_LOCATION, c);
        fm_add(d, SELF_LOCATION, c);
        fm_add(d, FEDERATION, c);
        fm_add_bytes(d, RESERVED, c, 1);
        break;
    case A_MS_SESSION_ID: fm_add(d, MS_SESSION_ID, c); break;
    default:
        if (fm_left(c))
            fm_add_bytes(d, VALUE, c, fm_left(c));
        break;
    }
}

/* The attribute's value. What is left in `c` afterwards nobody knows. */
static void put_value(FmDissection *d, StunAttributes *all, FmCursor *c, uint64_t type)
{
    const StunMessage *message = all->message;
    switch (type) {
    case A_MAPPED_ADDRESS: case A_RESPONSE_ADDRESS: case A_SOURCE_ADDRESS: case A_CHANGED_ADDRESS: case A_REFLECTED_FROM:
    case A_DESTINATION_ADDRESS: case A_MS_ALTERNATE_SERVER: case A_ALTERNATE_SERVER: case A_RESPONSE_ORIGIN: case A_OTHER_ADDRESS:
    case A_MS_ALT_MAPPED_ADDRESS:
        put_address(d, c, type, NULL);
        break;
    case A_XOR_MAPPED_ADDRESS: case A_XOR_PEER_ADDRESS: case A_XOR_RELAYED_ADDRESS: case A_XOR_RESPONSE_TARGET:
    case A_XOR_REFLECTED_FROM: case A_MS_XOR_MAPPED_ADDRESS: case A_MS_REMOTE_SITE:
    case A_MS_REMOTE_RELAY: case A_MS_LOCAL_SITE: case A_MS_LOCAL_RELAY:
        put_address(d, c, type, message->id);
        break;
    case A_CHANGE_REQUEST:
        fm_skip(c, 2);
        fm_add_bits(d, CHANGE_IP, c);
        fm_add(d, CHANGE_PORT, c);
        break;
    case A_USERNAME: put_text(d, c, USERNAME, true, "user"); break;
    case A_USERHASH: fm_add_bytes(d, USERNAME_OPAQUE, c, fm_left(c)); break;
    case A_PASSWORD: fm_add_bytes(d, PASSWORD, c, fm_left(c)); break;
    case A_MESSAGE_INTEGRITY: case A_MESSAGE_INTEGRITY_SHA256: fm_add_bytes(d, HMAC, c, fm_left(c)); break;
    case A_ERROR_CODE: put_error(d, c); break;
    case A_UNKNOWN_ATTRIBUTES:
        while (fm_left(c))
            fm_add(d, UNKNOWN, c);
        break;
    case A_REALM: put_text(d, c, REALM, true, "realm"); break;
    case A_NONCE:
        put_text(d, c, NONCE, true, NULL);
        fm_info_more(d, " with nonce");
        break;
    case A_PASSWORD_ALGORITHM: put_algorithm(d, c); break;
    case A_PASSWORD_ALGORITHMS:
        while (fm_left(c))
            put_algorithm(d, c);
        break;
    case A_CHANNEL_NUMBER: {
        uint64_t channel = fm_add(d, CHANNEL, c);
        label_attribute(d, ": 0x%x", (unsigned)channel);
        fm_info_more(d, " ChannelNumber=0x%x", (unsigned)channel);
        fm_add_bytes(d, RESERVED, c, 2);
        break;
    }
    case A_LIFETIME: case A_CACHE_TIMEOUT: {
        uint64_t seconds = type == A_LIFETIME ? fm_add(d, LIFETIME, c) : fm_add(d, CACHE_TIMEOUT, c);
        label_attribute(d, " %u", (unsigned)seconds);
        if (type == A_LIFETIME)
            fm_info_more(d, " lifetime: %u", (unsigned)seconds);
        break;
    }
    case A_MAGIC_COOKIE: fm_add(d, MAGIC_COOKIE, c); break;
    case A_BANDWIDTH: fm_add(d, BANDWIDTH, c); break;
    case A_REQUESTED_TRANSPORT: {
        uint64_t transport = fm_add(d, TRANSPORT, c);
        const char *name = fm_name(transports, transport);
        label_attribute(d, ": %s", name ? name : "Unknown");
        fm_info_more(d, " %s", name ? name : "Unknown");
        fm_add_bytes(d, RESERVED, c, 3);
        break;
    }
    case A_REQUESTED_ADDRESS_FAMILY: case A_ADDITIONAL_ADDRESS_FAMILY:
        fm_add(d, FAMILY, c);
        fm_add_bytes(d, RESERVED, c, 3);
        break;
    case A_ADDRESS_ERROR_CODE:
        fm_add(d, FAMILY, c);
        fm_add_bytes(d, RESERVED, c, 1);
        fm_add(d, ERROR_CLASS, c);
        fm_add(d, ERROR_NUMBER, c);
        put_text(d, c, ERROR_REASON, false, NULL);
        break;
    case A_ICMP:
        fm_add_bytes(d, RESERVED, c, 2);
        fm_add(d, ICMP_TYPE, c);
        fm_add(d, ICMP_CODE, c);
        break;
    case A_EVEN_PORT: fm_add(d, RESERVE_NEXT, c); break;
    case A_RESERVATION_TOKEN: fm_add_bytes(d, TOKEN, c, 8); break;
    case A_PRIORITY: fm_add(d, PRIORITY, c); break;
    case A_ICE_CONTROLLED: case A_ICE_CONTROLLING: fm_add_bytes(d, TIE_BREAKER, c, 8); break;
    case A_SOFTWARE: put_text(d, c, SOFTWARE, false, NULL); break;
    case A_DATA:
        all->data = *c;
        fm_add_bytes(d, VALUE, c, fm_left(c));
        break;
    case A_FINGERPRINT: put_fingerprint(d, c, message); break;
    case A_GOOG_NETWORK_INFO:
        fm_add(d, NETWORK_ID, c);
        fm_add(d, NETWORK_COST, c);
        break;
    case A_USE_CANDIDATE: case A_DONT_FRAGMENT: break;
    default: put_microsoft(d, c, type); break;
    }
}

/* The line of an attribute; what follows is inside, until close_attribute. */
static FmSubtree open_attribute(FmDissection *d, FmCursor *c, uint64_t type)
{
    const char *name = fm_stun_attribute_name(type);
    if (!name) {
        FmSubtree line = fm_open_text(d, c, "Unknown attribute 0x%04x", (unsigned)type);
        fm_up(d);
        fm_expert_text(d, UNKNOWN_ATTRIBUTE, "Unknown attribute 0x%04x", (unsigned)type);
        fm_down(d);
        fm_skip(c, 2);
        return line;
    }
    uint64_t size = MIN(4 + fm_peek(c, 2, 2), fm_left(c));
    fm_add_value(d, ATTRIBUTE, c, size, type);
    fm_label(d, ATTRIBUTE, "%s", name);
    fm_down(d);
    fm_add_bits(d, TYPE, c);
    fm_label(d, TYPE, "Attribute Type: %s", name);
    fm_down(d);
    fm_add_bits(d, COMPREHENSION, c);
    fm_add(d, ASSIGNMENT, c);
    fm_up(d);
    return (FmSubtree){ 0 };
}

static void close_attribute(FmDissection *d, FmCursor *c, FmSubtree line, uint64_t type)
{
    if (fm_stun_attribute_name(type))
        fm_up(d);
    else
        fm_close(d, line, c);
}

static void stun_attributes_dissect(FmDissection *d, FmCursor *c)
{
    StunAttributes *all = (StunAttributes *)(void *)c;
    FmSubtree tree = fm_open(d, ATTRIBUTES, c);
    while (fm_left(c) >= 4 && fm_ok(d)) {
        uint64_t type = fm_peek(c, 0, 2);
        FmSubtree line = open_attribute(d, c, type);
        uint64_t length = fm_add(d, LENGTH, c);
        if (length > fm_left_on_wire(c)) {
            fm_label_more(d, LENGTH, " (bogus, goes past the end of the message)");
            close_attribute(d, c, line, type);
            break;
        }
        FmCursor value = fm_take(c, length);
        put_value(d, all, &value, type);
        if (fm_left(&value) && fm_ok(d))
            fm_expert(d, LONG_ATTRIBUTE);
        unsigned padding = (4 - length % 4) % 4;
        if (padding)
            fm_add_value(d, PADDING, c, MIN(padding, fm_left(c)), padding);
        fm_skip(c, MIN(padding, fm_left(c)));
        close_attribute(d, c, line, type);
    }
    fm_close(d, tree, c);
}

const FmProtocol fm_stun_attributes = {
    .abbrev = "stun", .name = "STUN", .title = "Attributes", FM_FIELDS(fields), .dissect = stun_attributes_dissect, .part = true,
};
