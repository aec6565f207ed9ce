/* Header fields of SIP (RFC 3261 §20 and the registry that grew from it), in long and short form. */
#include "config.h"

#include <string.h>

#include "dissectors/application/http1.h"
#include "dissectors/realtime/sip.h"

enum {
    HEADER, UNRECOGNIZED, NO_COLON, BAD_LENGTH,
    H_ACCEPT, H_ACCEPT_CONTACT, H_ACCEPT_ENCODING, H_ACCEPT_LANGUAGE, H_ACCEPT_RESOURCE_PRIORITY, H_ADDITIONAL_IDENTITY, H_ALERT_INFO, H_ALLOW,
    H_ALLOW_EVENTS, H_ANSWER_MODE, H_ATTESTATION_INFO, H_AUTHENTICATION_INFO, H_AUTHORIZATION, H_CALL_ID, H_CALL_INFO, H_CELLULAR_NETWORK_INFO,
    H_CONTACT, H_CONTENT_DISPOSITION, H_CONTENT_ENCODING, H_CONTENT_LANGUAGE, H_CONTENT_LENGTH, H_CONTENT_TYPE, H_CSEQ, H_DATE, H_ERROR_INFO,
    H_EVENT, H_EXPIRES, H_FEATURE_CAPS, H_FLOW_TIMER, H_FROM, H_GEOLOCATION, H_GEOLOCATION_ERROR, H_GEOLOCATION_ROUTING, H_HISTORY_INFO,
    H_IDENTITY, H_IDENTITY_INFO, H_INFO_PACKAGE, H_IN_REPLY_TO, H_JOIN, H_MAX_BREADTH, H_MAX_FORWARDS, H_MIME_VERSION, H_MIN_EXPIRES, H_MIN_SE,
    H_ORGANIZATION, H_ORIGINATION_ID, H_P_ACCESS_NETWORK_INFO, H_P_ANSWER_STATE, H_P_ASSERTED_IDENTITY, H_P_ASSERTED_SERVICE, H_P_CHARGE_INFO,
    H_P_ASSOCIATED_URI, H_P_CALLED_PARTY_ID, H_P_CHARGING_FUNCTION_ADDRESSES, H_P_CHARGING_VECTOR, H_P_DCS_TRACE_PARTY_ID, H_P_DCS_OSPS,
    H_P_DCS_BILLING_INFO, H_P_DCS_LAES, H_P_DCS_REDIRECT, H_P_EARLY_MEDIA, H_P_MEDIA_AUTHORIZATION, H_P_PREFERRED_IDENTITY, H_P_PREFERRED_SERVICE,
    H_P_PROFILE_KEY, H_P_REFUSED_URI_LIST, H_P_SERVED_USER, H_P_USER_DATABASE, H_P_VISITED_NETWORK_ID, H_PATH, H_PERMISSION_MISSING,
    H_POLICY_CONTACT, H_POLICY_ID, H_PRIORITY, H_PRIORITY_SHARE, H_PRIV_ANSWER_MODE, H_PRIVACY, H_PROXY_AUTHENTICATE, H_PROXY_AUTHORIZATION,
    H_PROXY_REQUIRE, H_RACK, H_REASON, H_REASON_PHRASE, H_RECORD_ROUTE, H_RECV_INFO, H_REFER_SUB, H_REFER_TO, H_REFERRED_BY, H_REJECT_CONTACT,
    H_RELAYED_CHARGE, H_REPLACES, H_REPLY_TO, H_REQUEST_DISPOSITION, H_REQUIRE, H_RESOURCE_PRIORITY, H_RESOURCE_SHARE, H_RESPONSE_SOURCE,
    H_RESTORATION_INFO, H_RETRY_AFTER, H_ROUTE, H_RSEQ, H_SECURITY_CLIENT, H_SECURITY_SERVER, H_SECURITY_VERIFY, H_SERVER, H_SERVICE_INTERACT_INFO,
    H_SERVICE_ROUTE, H_SESSION_EXPIRES, H_SESSION_ID, H_SIP_ETAG, H_SIP_IF_MATCH, H_SUBJECT, H_SUBSCRIPTION_STATE, H_SUPPORTED,
    H_SUPPRESS_IF_MATCH, H_TARGET_DIALOG, H_TIMESTAMP, H_TO, H_TRIGGER_CONSENT, H_UNSUPPORTED, H_USER_AGENT, H_VIA, H_WARNING, H_WWW_AUTHENTICATE,
    H_DIVERSION, H_USER_TO_USER,
};

static const FmField fields[] = {
    [HEADER] = { "sip.header", "Header field", FM_PROTOCOL },
    [UNRECOGNIZED] = { "sip.unrecognized_header", "Unrecognised SIP header", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_UNDECODED },
    [NO_COLON] = { "sip.header_no_colon", "Header has no colon after the name", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_MALFORMED },
    [BAD_LENGTH] = { "sip.content_length.invalid", "Invalid content_length", FM_EXPERT, .severity = FM_NOTE, .group = FM_GROUP_MALFORMED },
    [H_ACCEPT] = { "sip.Accept", "Accept", FM_STRING },
    [H_ACCEPT_CONTACT] = { "sip.Accept-Contact", "Accept-Contact", FM_STRING },
    [H_ACCEPT_ENCODING] = { "sip.Accept-Encoding", "Accept-Encoding", FM_STRING },
    [H_ACCEPT_LANGUAGE] = { "sip.Accept-Language", "Accept-Language", FM_STRING },
    [H_ACCEPT_RESOURCE_PRIORITY] = { "sip.Accept-Resource-Priority", "Accept-Resource-Priority", FM_STRING },
    [H_ADDITIONAL_IDENTITY] = { "sip.Additional-Identity", "Additional-Identity", FM_STRING },
    [H_ALERT_INFO] = { "sip.Alert-Info", "Alert-Info", FM_STRING },
    [H_ALLOW] = { "sip.Allow", "Allow", FM_STRING },
    [H_ALLOW_EVENTS] = { "sip.Allow-Events", "Allow-Events", FM_STRING },
    [H_ANSWER_MODE] = { "sip.Answer-Mode", "Answer-Mode", FM_STRING },
    [H_ATTESTATION_INFO] = { "sip.Attestation-Info", "Attestation-Info", FM_STRING },
    [H_AUTHENTICATION_INFO] = { "sip.Authentication-Info", "Authentication-Info", FM_STRING },
    [H_AUTHORIZATION] = { "sip.Authorization", "Authorization", FM_STRING },
    [H_CALL_ID] = { "sip.Call-ID", "Call-ID", FM_STRING },
    [H_CALL_INFO] = { "sip.Call-Info", "Call-Info", FM_STRING },
    [H_CELLULAR_NETWORK_INFO] = { "sip.Cellular-Network-Info", "Cellular-Network-Info", FM_STRING },
    [H_CONTACT] = { "sip.Contact", "Contact", FM_STRING },
    [H_CONTENT_DISPOSITION] = { "sip.Content-Disposition", "Content-Disposition", FM_STRING },
    [H_CONTENT_ENCODING] = { "sip.Content-Encoding", "Content-Encoding", FM_STRING },
    [H_CONTENT_LANGUAGE] = { "sip.Content-Language", "Content-Language", FM_STRING },
    [H_CONTENT_LENGTH] = { "sip.Content-Length", "Content-Length", FM_UINT32, FM_DEC },
    [H_CONTENT_TYPE] = { "sip.Content-Type", "Content-Type", FM_STRING },
    [H_CSEQ] = { "sip.CSeq", "CSeq", FM_STRING },
    [H_DATE] = { "sip.Date", "Date", FM_STRING },
    [H_ERROR_INFO] = { "sip.Error-Info", "Error-Info", FM_STRING },
    [H_EVENT] = { "sip.Event", "Event", FM_STRING },
    [H_EXPIRES] = { "sip.Expires", "Expires", FM_UINT32, FM_DEC },
    [H_FEATURE_CAPS] = { "sip.Feature-Caps", "Feature-Caps", FM_STRING },
    [H_FLOW_TIMER] = { "sip.Flow-Timer", "Flow-Timer", FM_STRING },
    [H_FROM] = { "sip.From", "From", FM_STRING },
    [H_GEOLOCATION] = { "sip.Geolocation", "Geolocation", FM_STRING },
    [H_GEOLOCATION_ERROR] = { "sip.Geolocation-Error", "Geolocation-Error", FM_STRING },
    [H_GEOLOCATION_ROUTING] = { "sip.Geolocation-Routing", "Geolocation-Routing", FM_STRING },
    [H_HISTORY_INFO] = { "sip.History-Info", "History-Info", FM_STRING },
    [H_IDENTITY] = { "sip.Identity", "Identity", FM_STRING },
    [H_IDENTITY_INFO] = { "sip.Identity-info", "Identity-info", FM_STRING },
    [H_INFO_PACKAGE] = { "sip.Info-Package", "Info-Package", FM_STRING },
    [H_IN_REPLY_TO] = { "sip.In-Reply-To", "In-Reply-To", FM_STRING },
    [H_JOIN] = { "sip.Join", "Join", FM_STRING },
    [H_MAX_BREADTH] = { "sip.Max-Breadth", "Max-Breadth", FM_UINT32, FM_DEC },
    [H_MAX_FORWARDS] = { "sip.Max-Forwards", "Max-Forwards", FM_UINT32, FM_DEC },
    [H_MIME_VERSION] = { "sip.MIME-Version", "MIME-Version", FM_STRING },
    [H_MIN_EXPIRES] = { "sip.Min-Expires", "Min-Expires", FM_STRING },
    [H_MIN_SE] = { "sip.Min-SE", "Min-SE", FM_STRING },
    [H_ORGANIZATION] = { "sip.Organization", "Organization", FM_STRING },
    [H_ORIGINATION_ID] = { "sip.Origination-Id", "Origination-Id", FM_STRING },
    [H_P_ACCESS_NETWORK_INFO] = { "sip.P-Access-Network-Info", "P-Access-Network-Info", FM_STRING },
    [H_P_ANSWER_STATE] = { "sip.P-Answer-State", "P-Answer-State", FM_STRING },
    [H_P_ASSERTED_IDENTITY] = { "sip.P-Asserted-Identity", "P-Asserted-Identity", FM_STRING },
    [H_P_ASSERTED_SERVICE] = { "sip.P-Asserted-Service", "P-Asserted-Service", FM_STRING },
    [H_P_CHARGE_INFO] = { "sip.P-Charge-Info", "P-Charge-Info", FM_STRING },
    [H_P_ASSOCIATED_URI] = { "sip.P-Associated-URI", "P-Associated-URI", FM_STRING },
    [H_P_CALLED_PARTY_ID] = { "sip.P-Called-Party-ID", "P-Called-Party-ID", FM_STRING },
    [H_P_CHARGING_FUNCTION_ADDRESSES] = { "sip.P-Charging-Function-Addresses", "P-Charging-Function-Addresses", FM_STRING },
    [H_P_CHARGING_VECTOR] = { "sip.P-Charging-Vector", "P-Charging-Vector", FM_STRING },
    [H_P_DCS_TRACE_PARTY_ID] = { "sip.P-DCS-Trace-Party-ID", "P-DCS-Trace-Party-ID", FM_STRING },
    [H_P_DCS_OSPS] = { "sip.P-DCS-OSPS", "P-DCS-OSPS", FM_STRING },
    [H_P_DCS_BILLING_INFO] = { "sip.P-DCS-Billing-Info", "P-DCS-Billing-Info", FM_STRING },
    [H_P_DCS_LAES] = { "sip.P-DCS-LAES", "P-DCS-LAES", FM_STRING },
    [H_P_DCS_REDIRECT] = { "sip.P-DCS-Redirect", "P-DCS-Redirect", FM_STRING },
    [H_P_EARLY_MEDIA] = { "sip.P-Early-Media", "P-Early-Media", FM_STRING },
    [H_P_MEDIA_AUTHORIZATION] = { "sip.P-Media-Authorization", "P-Media-Authorization", FM_STRING },
    [H_P_PREFERRED_IDENTITY] = { "sip.P-Preferred-Identity", "P-Preferred-Identity", FM_STRING },
    [H_P_PREFERRED_SERVICE] = { "sip.P-Preferred-Service", "P-Preferred-Service", FM_STRING },
    [H_P_PROFILE_KEY] = { "sip.P-Profile-Key", "P-Profile-Key", FM_STRING },
    [H_P_REFUSED_URI_LIST] = { "sip.P-Refused-URI-List", "P-Refused-URI-List", FM_STRING },
    [H_P_SERVED_USER] = { "sip.P-Served-User", "P-Served-User", FM_STRING },
    [H_P_USER_DATABASE] = { "sip.P-User-Database", "P-User-Database", FM_STRING },
    [H_P_VISITED_NETWORK_ID] = { "sip.P-Visited-Network-ID", "P-Visited-Network-ID", FM_STRING },
    [H_PATH] = { "sip.Path", "Path", FM_STRING },
    [H_PERMISSION_MISSING] = { "sip.Permission-Missing", "Permission-Missing", FM_STRING },
    [H_POLICY_CONTACT] = { "sip.Policy_Contact", "Policy-Contact", FM_STRING },
    [H_POLICY_ID] = { "sip.Policy_ID", "Policy-ID", FM_STRING },
    [H_PRIORITY] = { "sip.Priority", "Priority", FM_STRING },
    [H_PRIORITY_SHARE] = { "sip.Priority-Share", "Priority-Share", FM_STRING },
    [H_PRIV_ANSWER_MODE] = { "sip.Priv-Answer-mode", "Priv-Answer-mode", FM_STRING },
    [H_PRIVACY] = { "sip.Privacy", "Privacy", FM_STRING },
    [H_PROXY_AUTHENTICATE] = { "sip.Proxy-Authenticate", "Proxy-Authenticate", FM_STRING },
    [H_PROXY_AUTHORIZATION] = { "sip.Proxy-Authorization", "Proxy-Authorization", FM_STRING },
    [H_PROXY_REQUIRE] = { "sip.Proxy-Require", "Proxy-Require", FM_STRING },
    [H_RACK] = { "sip.RAck", "RAck", FM_STRING },
    [H_REASON] = { "sip.Reason", "Reason", FM_STRING },
    [H_REASON_PHRASE] = { "sip.Reason-Phrase", "Reason-Phrase", FM_STRING },
    [H_RECORD_ROUTE] = { "sip.Record-Route", "Record-Route", FM_STRING },
    [H_RECV_INFO] = { "sip.Recv-Info", "Recv-Info", FM_STRING },
    [H_REFER_SUB] = { "sip.Refer-Sub", "Refer-Sub", FM_STRING },
    [H_REFER_TO] = { "sip.Refer-To", "Refer-To", FM_STRING },
    [H_REFERRED_BY] = { "sip.Referred-by", "Referred By", FM_STRING },
    [H_REJECT_CONTACT] = { "sip.Reject-Contact", "Reject-Contact", FM_STRING },
    [H_RELAYED_CHARGE] = { "sip.Relayed-Charge", "Relayed-Charge", FM_STRING },
    [H_REPLACES] = { "sip.Replaces", "Replaces", FM_STRING },
    [H_REPLY_TO] = { "sip.Reply-To", "Reply-To", FM_STRING },
    [H_REQUEST_DISPOSITION] = { "sip.Request-Disposition", "Request-Disposition", FM_STRING },
    [H_REQUIRE] = { "sip.Require", "Require", FM_STRING },
    [H_RESOURCE_PRIORITY] = { "sip.Resource-Priority", "Resource-Priority", FM_STRING },
    [H_RESOURCE_SHARE] = { "sip.Resource-Share", "Resource-Share", FM_STRING },
    [H_RESPONSE_SOURCE] = { "sip.Response-Source", "Response-Source", FM_STRING },
    [H_RESTORATION_INFO] = { "sip.Restoration-Info", "Restoration-Info", FM_STRING },
    [H_RETRY_AFTER] = { "sip.Retry-After", "Retry-After", FM_UINT32, FM_DEC },
    [H_ROUTE] = { "sip.Route", "Route", FM_STRING },
    [H_RSEQ] = { "sip.RSeq", "RSeq", FM_UINT32, FM_DEC },
    [H_SECURITY_CLIENT] = { "sip.Security-Client", "Security-Client", FM_STRING },
    [H_SECURITY_SERVER] = { "sip.Security-Server", "Security-Server", FM_STRING },
    [H_SECURITY_VERIFY] = { "sip.Security-Verify", "Security-Verify", FM_STRING },
    [H_SERVER] = { "sip.Server", "Server", FM_STRING },
    [H_SERVICE_INTERACT_INFO] = { "sip.Service-Interact-Info", "Service-Interact-Info", FM_STRING },
    [H_SERVICE_ROUTE] = { "sip.Service-Route", "Service-Route", FM_STRING },
    [H_SESSION_EXPIRES] = { "sip.Session-Expires", "Session-Expires", FM_STRING },
    [H_SESSION_ID] = { "sip.Session-ID", "Session-ID", FM_STRING },
    [H_SIP_ETAG] = { "sip.ETag", "ETag", FM_STRING },
    [H_SIP_IF_MATCH] = { "sip.If_Match", "If_Match", FM_STRING },
    [H_SUBJECT] = { "sip.Subject", "Subject", FM_STRING },
    [H_SUBSCRIPTION_STATE] = { "sip.Subscription-State", "Subscription-State", FM_STRING },
    [H_SUPPORTED] = { "sip.Supported", "Supported", FM_STRING },
    [H_SUPPRESS_IF_MATCH] = { "sip.Suppress_If_Match", "Suppress-If-Match", FM_STRING },
    [H_TARGET_DIALOG] = { "sip.Target-Dialog", "Target-Dialog", FM_STRING },
    [H_TIMESTAMP] = { "sip.Timestamp", "Timestamp", FM_STRING },
    [H_TO] = { "sip.To", "To", FM_STRING },
    [H_TRIGGER_CONSENT] = { "sip.Trigger-Consent", "Trigger-Consent", FM_STRING },
    [H_UNSUPPORTED] = { "sip.Unsupported", "Unsupported", FM_STRING },
    [H_USER_AGENT] = { "sip.User-Agent", "User-Agent", FM_STRING },
    [H_VIA] = { "sip.Via", "Via", FM_STRING },
    [H_WARNING] = { "sip.Warning", "Warning", FM_STRING },
    [H_WWW_AUTHENTICATE] = { "sip.WWW-Authenticate", "WWW-Authenticate", FM_STRING },
    [H_DIVERSION] = { "sip.Diversion", "Diversion", FM_STRING },
    [H_USER_TO_USER] = { "sip.uui", "User-to-User", FM_STRING },
};

static const HttpFieldName known[] = {
    { "a", H_ACCEPT_CONTACT }, { "Accept", H_ACCEPT }, { "Accept-Contact", H_ACCEPT_CONTACT }, { "Accept-Encoding", H_ACCEPT_ENCODING },
    { "Accept-Language", H_ACCEPT_LANGUAGE }, { "Accept-Resource-Priority", H_ACCEPT_RESOURCE_PRIORITY },
    { "Additional-Identity", H_ADDITIONAL_IDENTITY }, { "Alert-Info", H_ALERT_INFO }, { "Allow", H_ALLOW }, { "Allow-Events", H_ALLOW_EVENTS },
    { "Answer-Mode", H_ANSWER_MODE }, { "Attestation-Info", H_ATTESTATION_INFO }, { "Authentication-Info", H_AUTHENTICATION_INFO },
    { "Authorization", H_AUTHORIZATION }, { "b", H_REFERRED_BY }, { "c", H_CONTENT_TYPE }, { "Call-ID", H_CALL_ID }, { "Call-Info", H_CALL_INFO },
    { "Cellular-Network-Info", H_CELLULAR_NETWORK_INFO }, { "Contact", H_CONTACT }, { "Content-Disposition", H_CONTENT_DISPOSITION },
    { "Content-Encoding", H_CONTENT_ENCODING }, { "Content-Language", H_CONTENT_LANGUAGE }, { "Content-Length", H_CONTENT_LENGTH },
    { "Content-Type", H_CONTENT_TYPE }, { "CSeq", H_CSEQ }, { "d", H_REQUEST_DISPOSITION }, { "Date", H_DATE }, { "Diversion", H_DIVERSION },
    { "e", H_CONTENT_ENCODING }, { "Error-Info", H_ERROR_INFO }, { "Event", H_EVENT }, { "Expires", H_EXPIRES }, { "f", H_FROM },
    { "Feature-Caps", H_FEATURE_CAPS }, { "Flow-Timer", H_FLOW_TIMER }, { "From", H_FROM }, { "Geolocation", H_GEOLOCATION },
    { "Geolocation-Error", H_GEOLOCATION_ERROR }, { "Geolocation-Routing", H_GEOLOCATION_ROUTING }, { "History-Info", H_HISTORY_INFO },
    { "i", H_CALL_ID }, { "Identity", H_IDENTITY }, { "Identity-info", H_IDENTITY_INFO }, { "In-Reply-To", H_IN_REPLY_TO },
    { "Info-Package", H_INFO_PACKAGE }, { "j", H_REJECT_CONTACT }, { "Join", H_JOIN }, { "k", H_SUPPORTED }, { "l", H_CONTENT_LENGTH },
    { "m", H_CONTACT }, { "Max-Breadth", H_MAX_BREADTH }, { "Max-Forwards", H_MAX_FORWARDS }, { "MIME-Version", H_MIME_VERSION },
    { "Min-Expires", H_MIN_EXPIRES }, { "Min-SE", H_MIN_SE }, { "n", H_IDENTITY_INFO }, { "o", H_EVENT }, { "Organization", H_ORGANIZATION },
    { "Origination-Id", H_ORIGINATION_ID }, { "P-Access-Network-Info", H_P_ACCESS_NETWORK_INFO }, { "P-Answer-State", H_P_ANSWER_STATE },
    { "P-Asserted-Identity", H_P_ASSERTED_IDENTITY }, { "P-Asserted-Service", H_P_ASSERTED_SERVICE }, { "P-Associated-URI", H_P_ASSOCIATED_URI },
    { "P-Called-Party-ID", H_P_CALLED_PARTY_ID }, { "P-Charge-Info", H_P_CHARGE_INFO },
    { "P-Charging-Function-Addresses", H_P_CHARGING_FUNCTION_ADDRESSES }, { "P-Charging-Vector", H_P_CHARGING_VECTOR },
    { "P-DCS-Billing-Info", H_P_DCS_BILLING_INFO }, { "P-DCS-LAES", H_P_DCS_LAES }, { "P-DCS-OSPS", H_P_DCS_OSPS },
    { "P-DCS-Redirect", H_P_DCS_REDIRECT }, { "P-DCS-Trace-Party-ID", H_P_DCS_TRACE_PARTY_ID }, { "P-Early-Media", H_P_EARLY_MEDIA },
    { "P-Media-Authorization", H_P_MEDIA_AUTHORIZATION }, { "P-Preferred-Identity", H_P_PREFERRED_IDENTITY },
    { "P-Preferred-Service", H_P_PREFERRED_SERVICE }, { "P-Profile-Key", H_P_PROFILE_KEY }, { "P-Refused-URI-List", H_P_REFUSED_URI_LIST },
    { "P-Served-User", H_P_SERVED_USER }, { "P-User-Database", H_P_USER_DATABASE }, { "P-Visited-Network-ID", H_P_VISITED_NETWORK_ID },
    { "Path", H_PATH }, { "Permission-Missing", H_PERMISSION_MISSING }, { "Policy-Contact", H_POLICY_CONTACT }, { "Policy-ID", H_POLICY_ID },
    { "Priority", H_PRIORITY }, { "Priority-Share", H_PRIORITY_SHARE }, { "Priv-Answer-mode", H_PRIV_ANSWER_MODE }, { "Privacy", H_PRIVACY },
    { "Proxy-Authenticate", H_PROXY_AUTHENTICATE }, { "Proxy-Authorization", H_PROXY_AUTHORIZATION }, { "Proxy-Require", H_PROXY_REQUIRE },
    { "r", H_REFER_TO }, { "RAck", H_RACK }, { "Reason", H_REASON }, { "Reason-Phrase", H_REASON_PHRASE }, { "Record-Route", H_RECORD_ROUTE },
    { "Recv-Info", H_RECV_INFO }, { "Refer-Sub", H_REFER_SUB }, { "Refer-To", H_REFER_TO }, { "Referred-By", H_REFERRED_BY },
    { "Reject-Contact", H_REJECT_CONTACT }, { "Relayed-Charge", H_RELAYED_CHARGE }, { "Replaces", H_REPLACES }, { "Reply-To", H_REPLY_TO },
    { "Request-Disposition", H_REQUEST_DISPOSITION }, { "Require", H_REQUIRE }, { "Resource-Priority", H_RESOURCE_PRIORITY },
    { "Resource-Share", H_RESOURCE_SHARE }, { "Response-Source", H_RESPONSE_SOURCE }, { "Restoration-Info", H_RESTORATION_INFO },
    { "Retry-After", H_RETRY_AFTER }, { "Route", H_ROUTE }, { "RSeq", H_RSEQ }, { "s", H_SUBJECT }, { "Security-Client", H_SECURITY_CLIENT },
    { "Security-Server", H_SECURITY_SERVER }, { "Security-Verify", H_SECURITY_VERIFY }, { "Server", H_SERVER },
    { "Service-Interact-Info", H_SERVICE_INTERACT_INFO }, { "Service-Route", H_SERVICE_ROUTE }, { "Session-Expires", H_SESSION_EXPIRES },
    { "Session-ID", H_SESSION_ID }, { "SIP-ETag", H_SIP_ETAG }, { "SIP-If-Match", H_SIP_IF_MATCH }, { "Subject", H_SUBJECT },
    { "Subscription-State", H_SUBSCRIPTION_STATE }, { "Supported", H_SUPPORTED }, { "Suppress-If-Match", H_SUPPRESS_IF_MATCH }, { "t", H_TO },
    { "Target-Dialog", H_TARGET_DIALOG }, { "Timestamp", H_TIMESTAMP }, { "To", H_TO }, { "Trigger-Consent", H_TRIGGER_CONSENT },
    { "u", H_ALLOW_EVENTS }, { "Unsupported", H_UNSUPPORTED }, { "User-Agent", H_USER_AGENT }, { "User-to-User", H_USER_TO_USER }, { "v", H_VIA },
    { "Via", H_VIA }, { "Warning", H_WARNING }, { "WWW-Authenticate", H_WWW_AUTHENTICATE }, { "x", H_SESSION_EXPIRES }, { "y", H_IDENTITY },
};

static void put_inside(FmDissection *d, unsigned row, const FmCursor *line, FmCursor *value, SipHeader *header)
{
    switch (row) {
    case H_TO: fm_sip_addresses(d, SIP_TO, value, header); break;
    case H_FROM: fm_sip_addresses(d, SIP_FROM, value, header); break;
    case H_CONTACT: fm_sip_addresses(d, SIP_CONTACT, value, header); break;
    case H_ROUTE: fm_sip_addresses(d, SIP_ROUTE, value, header); break;
    case H_RECORD_ROUTE: fm_sip_addresses(d, SIP_RECORD_ROUTE, value, header); break;
    case H_SERVICE_ROUTE: fm_sip_addresses(d, SIP_SERVICE_ROUTE, value, header); break;
    case H_PATH: fm_sip_addresses(d, SIP_PATH, value, header); break;
    case H_P_ASSERTED_IDENTITY: fm_sip_addresses(d, SIP_PAI, value, header); break;
    case H_PERMISSION_MISSING: fm_sip_addresses(d, SIP_PMISS, value, header); break;
    case H_P_PREFERRED_IDENTITY: fm_sip_addresses(d, SIP_PPI, value, header); break;
    case H_TRIGGER_CONSENT: fm_sip_addresses(d, SIP_TC, value, header); break;
    case H_VIA: fm_sip_via(d, value); break;
    case H_CSEQ: fm_sip_cseq(d, value, header); break;
    case H_RACK: fm_sip_rack(d, value); break;
    case H_REASON: fm_sip_reason(d, value); break;
    case H_AUTHORIZATION: case H_PROXY_AUTHORIZATION: case H_WWW_AUTHENTICATE: case H_PROXY_AUTHENTICATE: case H_AUTHENTICATION_INFO:
        fm_sip_credentials(d, line, value);
        break;
    case H_CALL_ID: header->call_id = fm_rest(value); break;
    case H_CONTENT_TYPE: header->content_type = fm_rest(value); break;
    case H_CONTENT_LENGTH:
        header->has_length = fm_http_number(fm_rest(value), &header->length);
        if (!header->has_length)
            fm_expert(d, BAD_LENGTH);
        break;
    default: break;
    }
}

static void put_value(FmDissection *d, unsigned row, const FmCursor *line, FmSlice value)
{
    uint64_t number;
    if (!fm_wanted(d, row))
        return;
    if (fields[row].type != FM_UINT32)
        fm_record_blob_of(d, &fields[row], row, fm_offset(line), (uint32_t)fm_left(line), line->buffer, 0, value.data, value.size);
    else if (fm_http_number(value, &number) && number <= UINT32_MAX)
        fm_record_of(d, &fields[row], row, fm_offset(line), (uint32_t)fm_left(line), line->buffer, 0, number);
}

static void put_odd(FmDissection *d, FmCursor *line, FmSlice text)
{
    FmSubtree odd = fm_open_text(d, line, "%.*s", (int)MIN(text.size, 1000), (const char *)text.data);
    line->at = line->end;
    fm_close(d, odd, line);
}

static void put_line(FmDissection *d, FmCursor *line, FmSlice text, SipHeader *header)
{
    FmSlice name, value;
    if (!fm_http_field(text, &name, &value)) {
        put_odd(d, line, text);
        fm_expert(d, NO_COLON);
        return;
    }
    unsigned row = fm_http_field_row(known, G_N_ELEMENTS(known), name, HEADER);
    FmCursor inside = *line;
    inside.at = value.data;
    inside.end = value.data + value.size;
    if (row == HEADER) {
        char lower[64];
        g_strlcpy(lower, fm_arena_strndup(d->arena, (const char *)name.data, MIN(name.size, sizeof lower - 1)), sizeof lower);
        for (char *at = lower; *at; at++)
            *at = g_ascii_tolower(*at);
        put_odd(d, line, text);
        fm_expert_text(d, UNRECOGNIZED, "Unrecognised SIP header (%s)", lower);
        return;
    }
    put_value(d, row, line, value);
    fm_label(d, row, "%.*s", (int)MIN(text.size, 1000), (const char *)text.data);
    fm_down(d);
    put_inside(d, row, line, &inside, header);
    fm_up(d);
    if (row == H_CALL_ID)
        fm_sip_call_id(d, &inside);
}

void fm_sip_headers(FmDissection *d, FmCursor *c, SipHeader *header)
{
    FmTableUse before = fm_use(d, &fm_sip_header_fields);
    while (fm_left(c)) {
        FmSlice rest = fm_rest(c), text;
        size_t next;
        if (!fm_http_line(rest, 0, &text, &next)) {
            text = rest; /* cut */
            next = rest.size;
        }
        if (!text.size) {
            fm_skip(c, next);
            break;
        }
        while (next < rest.size && (rest.data[next] == ' ' || rest.data[next] == '\t')) { /* folded */
            FmSlice more;
            if (!fm_http_line(rest, next, &more, &next))
                next = rest.size;
            text.size = next;
            while (text.size && (rest.data[text.size - 1] == '\n' || rest.data[text.size - 1] == '\r'))
                text.size--;
        }
        FmCursor line = fm_take(c, next);
        put_line(d, &line, text, header);
    }
    fm_unuse(d, before);
}

const FmProtocol fm_sip_header_fields = {
    .abbrev = "sip.header",
    .title = "Header fields of SIP",
    .part = true,
    FM_FIELDS(fields),
};
