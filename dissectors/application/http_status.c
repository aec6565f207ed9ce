/* Reason phrases (RFC 9110 §15 and the registry), with a name for what each class has beside them. */
#include "config.h"

#include "dissectors/application/http_status.h"

#include <stddef.h>

const FmName http_status_names[] = {
    { 100, 0, "Continue" }, { 101, 0, "Switching Protocols" }, { 102, 0, "Processing" }, { 103, 0, "Early Hints" },
    { 104, 199, "Informational - Others" }, { 200, 0, "OK" }, { 201, 0, "Created" }, { 202, 0, "Accepted" },
    { 203, 0, "Non-authoritative Information" }, { 204, 0, "No Content" }, { 205, 0, "Reset Content" }, { 206, 0, "Partial Content" },
    { 207, 0, "Multi-Status" }, { 208, 0, "Already Reported" }, { 226, 0, "IM Used" }, { 209, 299, "Success - Others" },
    { 300, 0, "Multiple Choices" }, { 301, 0, "Moved Permanently" }, { 302, 0, "Found" }, { 303, 0, "See Other" },
    { 304, 0, "Not Modified" }, { 305, 0, "Use Proxy" }, { 307, 0, "Temporary Redirect" }, { 308, 0, "Permanent Redirect" },
    { 306, 399, "Redirection - Others" }, { 400, 0, "Bad Request" }, { 401, 0, "Unauthorized" }, { 402, 0, "Payment Required" },
    { 403, 0, "Forbidden" }, { 404, 0, "Not Found" }, { 405, 0, "Method Not Allowed" }, { 406, 0, "Not Acceptable" },
    { 407, 0, "Proxy Authentication Required" }, { 408, 0, "Request Time-out" }, { 409, 0, "Conflict" }, { 410, 0, "Gone" },
    { 411, 0, "Length Required" }, { 412, 0, "Precondition Failed" }, { 413, 0, "Request Entity Too Large" },
    { 414, 0, "Request-URI Too Long" }, { 415, 0, "Unsupported Media Type" }, { 416, 0, "Requested Range Not Satisfiable" },
    { 417, 0, "Expectation Failed" }, { 418, 0, "I'm a teapot" }, { 421, 0, "Misdirected Request" }, { 422, 0, "Unprocessable Entity" },
    { 423, 0, "Locked" }, { 424, 0, "Failed Dependency" }, { 425, 0, "Too Early" }, { 426, 0, "Upgrade Required" },
    { 428, 0, "Precondition Required" }, { 429, 0, "Too Many Requests" }, { 431, 0, "Request Header Fields Too Large" },
    { 451, 0, "Unavailable For Legal Reasons" }, { 419, 499, "Client Error - Others" }, { 500, 0, "Internal Server Error" },
    { 501, 0, "Not Implemented" }, { 502, 0, "Bad Gateway" }, { 503, 0, "Service Unavailable" }, { 504, 0, "Gateway Time-out" },
    { 505, 0, "HTTP Version not supported" }, { 506, 0, "Variant Also Negotiates" }, { 507, 0, "Insufficient Storage" },
    { 508, 0, "Loop Detected" }, { 511, 0, "Network Authentication Required" }, { 509, 599, "Server Error - Others" }, { 0, 0, NULL },
};
