/* Where messages of HTTP/1 end, asked of the scan itself: at once, and byte by byte. */
#include "config.h"

#include <string.h>

#include "dissectors/application/http1.h"
#include "test.h"

extern const FmProtocol fm_json;

enum { REQUESTS, RESPONSES };

#define OK "HTTP/1.1 200 OK\r\n"

static const struct {
    const char *name, *requests; /* that are waiting: 'G'ET, 'H'EAD, 'C'ONNECT */
    unsigned direction;
    const char *text, *records;
} cases[] = {
    { "a request", "", REQUESTS, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "message:27" },
    { "pipelined requests", "", REQUESTS, "GET / HTTP/1.1\r\n\r\nPUT / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n",
      "message:18 message:40 message:18" },
    { "line ends without CR", "", REQUESTS, "GET / HTTP/1.1\nA: b\n\n", "message:21" },
    { "a method that nobody knows", "", REQUESTS, "BREW / HTTP/1.1\r\n\r\n", "refused" },
    { "no HTTP", "", REQUESTS, "\x16\x03\x01", "refused" },
    { "a body by its length", "G", RESPONSES, OK "Content-Length: 2\r\n\r\nhi", "message:40" },
    { "length twice, the same", "G", RESPONSES, OK "Content-Length: 2\r\nContent-Length: 2\r\n\r\nhi", "message:59" },
    { "length twice, the last is taken", "G", RESPONSES, OK "Content-Length: 2\r\nContent-Length: 9\r\n\r\nhi4567890", "message:66" },
    { "no length and no type: until the end", "G", RESPONSES, OK "\r\nhi", "until-end" },
    { "one empty line in front", "", REQUESTS, "\r\nGET / HTTP/1.1\r\n\r\n", "message:20" },
    { "two empty lines in front", "", REQUESTS, "\r\n\r\nGET / HTTP/1.1\r\n\r\n", "refused" },
    { "HEAD has no body", "HG", RESPONSES, OK "Content-Length: 9\r\n\r\n" OK "Content-Length: 1\r\n\r\nx", "message:38 message:39" },
    { "neither have 1xx, 204, 304", "G", RESPONSES, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 Gone\r\nContent-Length: 9\r\n\r\n", "message:25 message:40" },
    { "chunks", "G", RESPONSES, OK "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "message:60" },
    { "chunks win over a length", "G", RESPONSES, OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n",
      "message:89" },
    { "no chunk after all", "G", RESPONSES, OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "message:51" },
    { "a chunk that is too long", "G", RESPONSES, OK "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", "header:47 part:18" },
    { "until the end", "G", RESPONSES, OK "Content-Type: text/plain\r\n\r\nabc", "until-end" },
    { "events come one by one", "G", RESPONSES, OK "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      "header:80 events:8 events:5" },
    { "a body of 4 GB comes in pieces", "G", RESPONSES, OK "Content-Length: 4294967296\r\n\r\nabc", "header:47 part:3" },
    { "a tunnel", "C", RESPONSES, OK "Content-Length: 7\r\n\r\n", "message:38" },
    { "preface of HTTP/2", "", REQUESTS, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "preface:24" },
    { "header without an end", "", REQUESTS, "GET / HTTP/1.1\r\nA: b\r\n", "more" },
};

static void put_record(GString *out, const HttpState *state, unsigned direction, uint64_t length)
{
    static const char *const kinds[] = { "other", "message", "header", "part", "events", "preface", "tunnel" };
    if (out->len)
        g_string_append_c(out, ' ');
    if (length == FM_NEED_MORE)
        g_string_append(out, "more");
    else if (length == FM_UNTIL_END)
        g_string_append(out, "until-end");
    else if (length == FM_IGNORED)
        g_string_append(out, "refused");
    else
        g_string_append_printf(out, "%s:%" G_GUINT64_FORMAT, kinds[state->side[direction].scan.kind], length);
}

/* What a dissected response does: its request no longer waits. */
static void answer(HttpState *state, unsigned direction)
{
    const HttpScan *scan = &state->side[direction].scan;
    bool message = scan->kind == HTTP_MESSAGE || scan->kind == HTTP_HEADER;
    if (direction == RESPONSES && message && scan->status / 100 != 1)
        fm_http_exchange_done(state);
    state->seen |= message;
}

/* Lengths of the records; with `bytewise` the scan sees each record grow. */
static char *scan_records(const char *requests, unsigned direction, const char *text, bool bytewise)
{
    HttpState state = { .pending = 0 };
    FmStream stream = { .state = &state };
    stream.entry.kind = direction;
    for (const char *r = requests; *r; r++)
        fm_http_exchange_new(&state, *r == 'H' ? HTTP_HEAD : *r == 'C' ? HTTP_CONNECT : HTTP_OTHER_METHOD);
    GString *out = g_string_new(NULL);
    FmSlice rest = { (const uint8_t *)text, strlen(text) };
    while (rest.size) {
        uint64_t length = FM_NEED_MORE;
        for (size_t n = bytewise ? 1 : rest.size; n <= rest.size; n++) {
            length = fm_http_record(&stream, (FmSlice){ rest.data, n });
            if (length <= n)
                break;
        }
        put_record(out, &state, direction, length);
        if (length > rest.size)
            break;
        answer(&state, direction);
        stream.record_offset += length;
        rest = (FmSlice){ rest.data + length, rest.size - (size_t)length };
    }
    fm_http_release(&state);
    return g_string_free(out, FALSE);
}

static void test_records(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = scan_records(cases[i].requests, cases[i].direction, cases[i].text, false);
        TEST_TEXT(cases[i].name, got, cases[i].records);
    }
}

/* Pieces are as long as what is there, so those cases differ by nature. */
static void test_records_bytewise(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (strstr(cases[i].records, "part:") || strstr(cases[i].name, "no chunk"))
            continue;
        g_autofree char *got = scan_records(cases[i].requests, cases[i].direction, cases[i].text, true);
        TEST_TEXT(cases[i].name, got, cases[i].records);
    }
}

static void test_pending_bound(void)
{
    HttpState state = { .pending = 0 };
    for (unsigned i = 0; i < FM_MAX_HTTP_PENDING + 10; i++)
        fm_http_exchange_new(&state, HTTP_OTHER_METHOD);
    CU_ASSERT_EQUAL(state.pending, FM_MAX_HTTP_PENDING);
    fm_http_release(&state);
    CU_ASSERT_EQUAL(state.pending, 0);
}

static void test_header_bomb(void)
{
    HttpState state = { .pending = 0 };
    FmStream stream = { .state = &state };
    g_autoptr(GString) text = g_string_new("GET / HTTP/1.1\r\n");
    while (text->len < FM_MAX_HTTP_HEADER + 100)
        g_string_append(text, "A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n");
    uint64_t length = fm_http_record(&stream, (FmSlice){ (const uint8_t *)text->str, text->len });
    CU_ASSERT(length > FM_MAX_HTTP_HEADER && length <= text->len);
    fm_http_release(&state);
}

static void test_json_nesting(void)
{
    g_autofree char *got = test_dissect(&fm_json, "'[' 5b*200000 5d*200001");
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "!fathom.json.too_deep"));
    g_autofree char *open = test_dissect(&fm_json, "5b*200000");
    CU_ASSERT_PTR_NULL(strstr(open, "json.array"));
}

const TestSuite test_http1_suite = {
    "http1",
    TEST_CASES({ "records", test_records }, { "records byte by byte", test_records_bytewise }, { "requests that wait are bounded", test_pending_bound },
               { "a header bomb", test_header_bomb }, { "nested JSON", test_json_nesting }),
};
