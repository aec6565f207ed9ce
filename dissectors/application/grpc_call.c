/* gRPC: calls, from their headers, messages and ends. */
#include "config.h"

#include "dissectors/application/grpc_call.h"

#include <string.h>

enum {
    REPORT, CALL, MODE, OUTCOME, STATUS, MESSAGE, TIMEOUT, TIME, FIRST_RESPONSE, REQUESTS, RESPONSES, REQUEST_BYTES, RESPONSE_BYTES, CANCELLED_BY,
};

enum { STATUS_OK = 0, STATUS_CANCELLED = 1, STATUS_UNKNOWN = 2, STATUS_DEADLINE = 4, ERROR_NO_ERROR = 0, ERROR_CANCEL = 8 };

static const FmName statuses[] = {
    { 0, 0, "OK" }, { 1, 0, "CANCELLED" }, { 2, 0, "UNKNOWN" }, { 3, 0, "INVALID_ARGUMENT" }, { 4, 0, "DEADLINE_EXCEEDED" }, { 5, 0, "NOT_FOUND" },
    { 6, 0, "ALREADY_EXISTS" }, { 7, 0, "PERMISSION_DENIED" }, { 8, 0, "RESOURCE_EXHAUSTED" }, { 9, 0, "FAILED_PRECONDITION" },
    { 10, 0, "ABORTED" }, { 11, 0, "OUT_OF_RANGE" }, { 12, 0, "UNIMPLEMENTED" }, { 13, 0, "INTERNAL" }, { 14, 0, "UNAVAILABLE" },
    { 15, 0, "DATA_LOSS" }, { 16, 0, "UNAUTHENTICATED" }, { 0, 0, NULL },
};

static const FmField fields[] = {
    [REPORT] = { "fathom.grpc", "gRPC call", FM_NONE, .generated = true },
    [CALL] = { "fathom.grpc.call", "Method", FM_STRING, .generated = true },
    [MODE] = { "fathom.grpc.mode", "Mode", FM_STRING, .generated = true },
    [OUTCOME] = { "fathom.grpc.outcome", "Outcome", FM_STRING, .generated = true },
    [STATUS] = { "fathom.grpc.status", "Status", FM_UINT32, FM_DEC, .names = statuses, .generated = true },
    [MESSAGE] = { "fathom.grpc.message", "Status message", FM_STRING, .generated = true },
    [TIMEOUT] = { "fathom.grpc.timeout", "Timeout", FM_RELATIVE_TIME, .generated = true },
    [TIME] = { "fathom.grpc.time", "Time of the call", FM_RELATIVE_TIME, .generated = true },
    [FIRST_RESPONSE] = { "fathom.grpc.first_response", "Time to the first response", FM_RELATIVE_TIME, .generated = true },
    [REQUESTS] = { "fathom.grpc.requests", "Messages of the request", FM_UINT32, FM_DEC, .generated = true },
    [RESPONSES] = { "fathom.grpc.responses", "Messages of the response", FM_UINT32, FM_DEC, .generated = true },
    [REQUEST_BYTES] = { "fathom.grpc.request_bytes", "Bytes in messages of the request", FM_UINT64, FM_DEC, .generated = true },
    [RESPONSE_BYTES] = { "fathom.grpc.response_bytes", "Bytes in messages of the response", FM_UINT64, FM_DEC, .generated = true },
    [CANCELLED_BY] = { "fathom.grpc.cancelled_by", "Cancelled by", FM_STRING, .generated = true },
};

struct GrpcReport {
    const char *path, *message, *mode, *outcome, *cancelled_by; /* NULL: not told */
    FmTime time, timeout, first_response;
    uint64_t bytes[2];
    uint32_t messages[2], status;
    bool has_time, has_status, has_timeout;
};

static bool is(FmSlice text, const char *constant)
{
    return text.size == strlen(constant) && g_ascii_strncasecmp((const char *)text.data, constant, text.size) == 0;
}

static bool parse_digits(FmSlice text, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (!g_ascii_isdigit(text.data[i]))
            return false;
        *value = *value * 10 + (uint64_t)(text.data[i] - '0');
    }
    return text.size > 0 && text.size <= 8;
}

/* At most eight digits and a unit. */
static bool parse_timeout(FmSlice text, FmTime *timeout)
{
    static const struct {
        char unit;
        int64_t ns;
    } units[] = { { 'H', 3600000000000 }, { 'M', 60000000000 }, { 'S', 1000000000 }, { 'm', 1000000 }, { 'u', 1000 }, { 'n', 1 } };
    uint64_t number;
    if (text.size < 2 || !parse_digits((FmSlice){ text.data, text.size - 1 }, &number))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (text.data[text.size - 1] == units[i].unit && (int64_t)number <= INT64_MAX / units[i].ns) {
            *timeout = (FmTime)number * units[i].ns;
            return true;
        }
    return false;
}

void grpc_call_begin(FmDissection *d, GrpcCall *call)
{
    if (call->known)
        return;
    call->known = true;
    call->begun = fm_frame_time(d);
}

void grpc_call_field(GrpcCall *call, FmSlice name, FmSlice value)
{
    uint64_t status;
    if (is(name, "grpc-timeout"))
        call->has_timeout = parse_timeout(value, &call->timeout);
    else if (is(name, "grpc-status") && parse_digits(value, &status)) {
        call->status = (uint32_t)status;
        call->has_status = true;
    }
}

void grpc_call_message(FmDissection *d, GrpcCall *call, GrpcSide side, uint64_t size)
{
    if (side == GRPC_RESPONSE && !call->messages[side]) {
        call->first_response = fm_frame_time(d) - call->begun;
        call->answered_early = call->known && !call->request_ended;
    }
    call->messages[side]++;
    call->bytes[side] += size;
}

/* A client that still may send when an answer comes is one that streams, and so is a server whose answer does not end the call. */
static const char *mode_of(const GrpcCall *call)
{
    bool client = call->messages[GRPC_REQUEST] > 1 || call->answered_early;
    bool server = call->messages[GRPC_RESPONSE] > 1 || (call->messages[GRPC_RESPONSE] && !call->has_status);
    if (client)
        return server ? "bidirectional streaming" : "client streaming";
    return server ? "server streaming" : "unary";
}

static const char *outcome_of(const GrpcCall *call, FmTime time, int reset_by, uint64_t error)
{
    bool late = call->known && call->has_timeout && time >= call->timeout;
    if (call->has_status)
        return call->status == STATUS_OK         ? "ok"
               : call->status == STATUS_DEADLINE ? "deadline exceeded"
               : call->status == STATUS_CANCELLED ? "cancelled"
                                                  : "error";
    if (reset_by == GRPC_REQUEST && error == ERROR_CANCEL)
        return late ? "deadline exceeded" : "cancelled";
    return error == ERROR_CANCEL ? "cancelled" : "error";
}

static unsigned hex_digit(uint8_t c)
{
    return g_ascii_isxdigit(c) ? (unsigned)g_ascii_xdigit_value((char)c) : 16;
}

/* A text with %XX undone; NULL: there is none. */
static const char *kept_text(FmArena *arena, FmSlice text)
{
    if (!text.size)
        return NULL;
    char *kept = fm_arena_alloc(arena, text.size + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte == '%' && i + 2 < text.size && hex_digit(text.data[i + 1]) < 16 && hex_digit(text.data[i + 2]) < 16) {
            byte = (uint8_t)(hex_digit(text.data[i + 1]) << 4 | hex_digit(text.data[i + 2]));
            i += 2;
        }
        if (byte)
            kept[n++] = (char)byte;
    }
    kept[n] = '\0';
    return kept;
}

const GrpcReport *grpc_call_end(FmDissection *d, GrpcCall *call, FmSlice path, FmSlice message, int reset_by, uint64_t error)
{
    if (call->reported)
        return NULL;
    call->reported = true;
    FmArena *arena = fm_memo_arena(d);
    FmTime time = fm_frame_time(d) - call->begun;
    GrpcReport *r = fm_arena_alloc0(arena, sizeof *r);
    *r = (GrpcReport){ .path = kept_text(arena, path), .message = kept_text(arena, message), .mode = call->known ? mode_of(call) : NULL,
                       .outcome = outcome_of(call, time, reset_by, error), .time = time, .timeout = call->timeout,
                       .first_response = call->first_response, .has_time = call->known, .has_status = call->has_status,
                       .has_timeout = call->has_timeout, .status = call->status };
    memcpy(r->bytes, call->bytes, sizeof r->bytes);
    memcpy(r->messages, call->messages, sizeof r->messages);
    if (reset_by >= 0 && !call->has_status)
        r->cancelled_by = reset_by == GRPC_REQUEST ? "client" : "server";
    return r;
}

void grpc_call_put_timeout(FmDissection *d, FmTime timeout)
{
    FmTableUse before = fm_use(d, &fm_grpc_call);
    fm_make(d, TIMEOUT, (uint64_t)timeout);
    fm_unuse(d, before);
}

static void put_report(FmDissection *d, const GrpcReport *r)
{
    fm_make(d, REPORT, 0);
    fm_label(d, REPORT, "gRPC call%s%s: %s%s%s", r->path ? " " : "", r->path ? r->path : "", r->mode ? r->mode : "", r->mode ? ", " : "", r->outcome);
    fm_down(d);
    if (r->path)
        fm_make_text(d, CALL, r->path);
    if (r->mode)
        fm_make_text(d, MODE, r->mode);
    fm_make_text(d, OUTCOME, r->outcome);
    if (r->has_status)
        fm_make(d, STATUS, r->status);
    if (r->message)
        fm_make_text(d, MESSAGE, r->message);
    if (r->cancelled_by)
        fm_make_text(d, CANCELLED_BY, r->cancelled_by);
    if (r->has_timeout)
        fm_make(d, TIMEOUT, (uint64_t)r->timeout);
    if (r->has_time) {
        fm_make(d, TIME, (uint64_t)r->time);
        if (r->messages[GRPC_RESPONSE])
            fm_make(d, FIRST_RESPONSE, (uint64_t)r->first_response);
    }
    fm_make(d, REQUESTS, r->messages[GRPC_REQUEST]);
    fm_make(d, RESPONSES, r->messages[GRPC_RESPONSE]);
    fm_make(d, REQUEST_BYTES, r->bytes[GRPC_REQUEST]);
    fm_make(d, RESPONSE_BYTES, r->bytes[GRPC_RESPONSE]);
    fm_up(d);
}

void grpc_call_report(FmDissection *d, const GrpcReport *report)
{
    FmTableUse before = fm_use(d, &fm_grpc_call);
    put_report(d, report);
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
    (void)d;
    (void)c;
}

const FmProtocol fm_grpc_call = { .abbrev = "fathom.grpc", .title = "gRPC call", FM_FIELDS(fields), .dissect = nothing, .part = true };
