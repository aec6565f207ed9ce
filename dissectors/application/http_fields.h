/* Header fields that have names of their own, in HTTP/2 and HTTP/3 alike: the first rows of a table.
 *
 *   enum { HEADER = HTTP_KNOWN_FIELDS, … };
 *   static const FmField fields[] = { HTTP_FIELD_ROWS("http3") [HEADER] = … };
 */
#pragma once

#include "dissectors/application/hpack.h"
#include "engine/dissect.h"

/* Sorted as the wire has them. */
#define HTTP_FIELDS(X, P) \
    X(P, AUTHORITY, "authority", ":authority", FM_STRING, FM_BASE_NONE) \
    X(P, METHOD, "method", ":method", FM_STRING, FM_BASE_NONE) \
    X(P, PATH, "path", ":path", FM_STRING, FM_BASE_NONE) \
    X(P, SCHEME, "scheme", ":scheme", FM_STRING, FM_BASE_NONE) \
    X(P, STATUS, "status", ":status", FM_UINT16, FM_DEC) \
    X(P, ACCEPT, "accept", "accept", FM_STRING, FM_BASE_NONE) \
    X(P, ACCEPT_CHARSET, "accept_charset", "accept-charset", FM_STRING, FM_BASE_NONE) \
    X(P, ACCEPT_ENCODING, "accept_encoding", "accept-encoding", FM_STRING, FM_BASE_NONE) \
    X(P, ACCEPT_LANGUAGE, "accept_language", "accept-language", FM_STRING, FM_BASE_NONE) \
    X(P, ACCEPT_RANGES, "accept_ranges", "accept-ranges", FM_STRING, FM_BASE_NONE) \
    X(P, ACCESS_CONTROL_ALLOW_ORIGIN, "access_control_allow_origin", "access-control-allow-origin", FM_STRING, FM_BASE_NONE) \
    X(P, AGE, "age", "age", FM_UINT64, FM_DEC) \
    X(P, ALLOW, "allow", "allow", FM_STRING, FM_BASE_NONE) \
    X(P, AUTHORIZATION, "authorization", "authorization", FM_STRING, FM_BASE_NONE) \
    X(P, CACHE_CONTROL, "cache_control", "cache-control", FM_STRING, FM_BASE_NONE) \
    X(P, CONTENT_DISPOSITION, "content_disposition", "content-disposition", FM_STRING, FM_BASE_NONE) \
    X(P, CONTENT_ENCODING, "content_encoding", "content-encoding", FM_STRING, FM_BASE_NONE) \
    X(P, CONTENT_LANGUAGE, "content_language", "content-language", FM_STRING, FM_BASE_NONE) \
    X(P, CONTENT_LENGTH, "content_length", "content-length", FM_UINT64, FM_DEC) \
    X(P, CONTENT_LOCATION, "content_location", "content-location", FM_STRING, FM_BASE_NONE) \
    X(P, CONTENT_RANGE, "content_range", "content-range", FM_STRING, FM_BASE_NONE) \
    X(P, CONTENT_TYPE, "content_type", "content-type", FM_STRING, FM_BASE_NONE) \
    X(P, COOKIE, "cookie", "cookie", FM_STRING, FM_BASE_NONE) \
    X(P, DATE, "date", "date", FM_STRING, FM_BASE_NONE) \
    X(P, ETAG, "etag", "etag", FM_STRING, FM_BASE_NONE) \
    X(P, EXPECT, "expect", "expect", FM_STRING, FM_BASE_NONE) \
    X(P, EXPIRES, "expires", "expires", FM_STRING, FM_BASE_NONE) \
    X(P, FROM, "from", "from", FM_STRING, FM_BASE_NONE) \
    X(P, IF_MATCH, "if_match", "if-match", FM_STRING, FM_BASE_NONE) \
    X(P, IF_MODIFIED_SINCE, "if_modified_since", "if-modified-since", FM_STRING, FM_BASE_NONE) \
    X(P, IF_NONE_MATCH, "if_none_match", "if-none-match", FM_STRING, FM_BASE_NONE) \
    X(P, IF_RANGE, "if_range", "if-range", FM_STRING, FM_BASE_NONE) \
    X(P, IF_UNMODIFIED_SINCE, "if_unmodified_since", "if-unmodified-since", FM_STRING, FM_BASE_NONE) \
    X(P, LAST_MODIFIED, "last_modified", "last-modified", FM_STRING, FM_BASE_NONE) \
    X(P, LINK, "link", "link", FM_STRING, FM_BASE_NONE) \
    X(P, LOCATION, "location", "location", FM_STRING, FM_BASE_NONE) \
    X(P, MAX_FORWARDS, "max_forwards", "max-forwards", FM_UINT64, FM_DEC) \
    X(P, PROXY_AUTHENTICATE, "proxy_authenticate", "proxy-authenticate", FM_STRING, FM_BASE_NONE) \
    X(P, PROXY_AUTHORIZATION, "proxy_authorization", "proxy-authorization", FM_STRING, FM_BASE_NONE) \
    X(P, RANGE, "range", "range", FM_STRING, FM_BASE_NONE) \
    X(P, REFERER, "referer", "referer", FM_STRING, FM_BASE_NONE) \
    X(P, REFRESH, "refresh", "refresh", FM_STRING, FM_BASE_NONE) \
    X(P, RETRY_AFTER, "retry_after", "retry-after", FM_STRING, FM_BASE_NONE) \
    X(P, SERVER, "server", "server", FM_STRING, FM_BASE_NONE) \
    X(P, SET_COOKIE, "set_cookie", "set-cookie", FM_STRING, FM_BASE_NONE) \
    X(P, STRICT_TRANSPORT_SECURITY, "strict_transport_security", "strict-transport-security", FM_STRING, FM_BASE_NONE) \
    X(P, USER_AGENT, "user_agent", "user-agent", FM_STRING, FM_BASE_NONE) \
    X(P, VARY, "vary", "vary", FM_STRING, FM_BASE_NONE) \
    X(P, VIA, "via", "via", FM_STRING, FM_BASE_NONE) \
    X(P, WWW_AUTHENTICATE, "www_authenticate", "www-authenticate", FM_STRING, FM_BASE_NONE)

#define HTTP_FIELD_ID(P, id, abbrev, name, type, base) HTTP_FIELD_##id,
enum { HTTP_FIELDS(HTTP_FIELD_ID, ) HTTP_KNOWN_FIELDS };

#define HTTP_FIELD_ROW(P, id, abbrev, name, type, base) [HTTP_FIELD_##id] = { P ".headers." abbrev, name, type, base },
#define HTTP_FIELD_ROWS(P) HTTP_FIELDS(HTTP_FIELD_ROW, P)

/* Row of a known name in such a table, or -1. */
int http_field_row(const FmField *fields, FmSlice name);

/* The number that a value is; false if it is none. */
bool http_field_number(FmSlice value, uint64_t *number);

/* Adds the value, which lies at `c`, as row `row` of the table at hand. */
void http_field_put(FmDissection *d, const FmField *fields, int row, FmCursor *c, FmSlice value);

/* What HTTP says of a block, gathered while its fields are shown. Zeroed at first. */
typedef struct HttpSummary {
    FmSlice method, path, scheme, authority;
} HttpSummary;

/* Takes note of a field; adds request line and status, as soon as they are known, to the line of `tree` and to the info column. */
void http_field_summarize(FmDissection *d, HttpSummary *s, FmSubtree tree, FmSlice name, FmSlice value);

/* The whole URI, or NULL where it is not known. Lives as long as the packet. */
const char *http_full_uri(FmDissection *d, const HttpSummary *s);

/* "Header: name: value", with the words for a status. */
void http_field_label(FmDissection *d, FmSubtree tree, FmSlice name, FmSlice value);
