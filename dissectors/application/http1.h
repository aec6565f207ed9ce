/* What the files of HTTP/1 share (RFC 9112): where messages end, which response answers which request. */
#pragma once

#include "engine/dissect.h"

typedef enum HttpKind { /* what a record of the stream is */
    HTTP_OTHER,     /* not a message: bytes that nobody expected */
    HTTP_MESSAGE,   /* a header and all of its body */
    HTTP_HEADER,    /* a header whose body follows in pieces */
    HTTP_BODY_PART, /* such a piece */
    HTTP_EVENTS,    /* a piece of a body of events: a chunk, or whatever came */
    HTTP_PREFACE,   /* of HTTP/2 (RFC 9113 §3.4) */
    HTTP_TUNNEL,    /* what a proxy forwards after CONNECT */
} HttpKind;

typedef enum HttpBody { HTTP_NO_BODY, HTTP_LENGTH, HTTP_CHUNKED, HTTP_CLOSE } HttpBody;

typedef enum HttpMethod { HTTP_OTHER_METHOD, HTTP_HEAD, HTTP_CONNECT } HttpMethod; /* as far as framing asks */

typedef struct HttpExchange { /* a request, and the responses to it so far */
    struct HttpExchange *next;
    char *uri;            /* g_malloc; NULL where nobody asks */
    struct HttpMemo *memo; /* of the request, in sessions */
    FmTime time;
    uint32_t number;      /* 0: the request has not been dissected yet */
    uint32_t previous;    /* frame of the request before it */
    uint32_t frame, answered; /* frames of request and of a response that came before the request's end */
    HttpMethod method;
    bool numbered;        /* a response has taken its number */
    bool notification;    /* of UPnP: has no number, and its response one of its own */
    bool over;            /* answered before the request was complete */
} HttpExchange;

typedef struct HttpScan { /* how far a record has been looked at */
    uint64_t record;      /* offset in the stream of the record */
    uint64_t at;          /* bytes looked at */
    uint64_t length;      /* Content-Length */
    uint64_t header;      /* size of the header */
    uint8_t stage;
    uint8_t kind, body;   /* HttpKind, HttpBody */
    bool response, has_length, chunked, coded, events;
    uint16_t status;
    HttpExchange *exchange; /* of a request that is not complete */
} HttpScan;

typedef struct HttpSide { /* one direction */
    HttpScan scan;
    uint64_t body_end;    /* offset where a body in pieces ends; 0: none */
    uint64_t chunk_end;   /* of chunked pieces: offset where the next chunk's size stands; 0: none */
    uint64_t lead;        /* of the piece at hand: bytes in front of the first size of a chunk in it */
    bool in_chunks;       /* it has such */
    bool to_the_end;      /* all that follows is body */
    bool events;          /* the body in pieces is one of events (text/event-stream), shown as they arrive */
} HttpSide;

typedef struct HttpState { /* of a connection */
    HttpSide side[2];
    HttpExchange *first, *last; /* waiting for responses, in order */
    uint32_t pending;
    uint32_t count;       /* messages numbered so far */
    uint32_t request, response; /* frames of the latest ones */
    struct HttpMemo *request_memo, *response_memo; /* of those, in sessions */
    char *proxy_host;     /* of CONNECT, once accepted */
    uint32_t proxy_port;
    bool seen;            /* a message was seen */
    bool tunnel;
} HttpState;

typedef struct HttpMemo { /* of a record */
    uint8_t kind, body;   /* HttpKind, HttpBody */
    bool chunked;         /* events in chunks */
    bool in_chunks;       /* a piece of a body in chunks, which begins `lead` bytes before the first size of one */
    uint64_t lead;
    uint32_t number, previous_request, previous_response, next_request, next_response, other; /* other: the response's, the request's frame */
    FmTime time;          /* since the request */
    const char *uri;      /* of the request, for a response; NULL: not known */
    const char *proxy_host;
    uint32_t proxy_port;
} HttpMemo;

/* Length of the record in front (FmProtocol.record). Registers requests as soon as their headers are complete, so that a response may
 * come before a request's end. */
uint64_t fm_http_record(const FmStream *stream, FmSlice bytes);

/* Gives back what a state owns. */
void fm_http_release(void *state);

/* Pairs a request or a response that is dissected for the first time; fills the memo. `uri` is copied where somebody asks for it. */
void fm_http_request_seen(FmDissection *d, HttpState *state, HttpMemo *memo, HttpExchange *exchange, const char *uri, bool wants_uri);
HttpExchange *fm_http_response_seen(FmDissection *d, HttpState *state, HttpMemo *memo, unsigned status);

/* Registers a request; the oldest goes where too many wait. */
HttpExchange *fm_http_exchange_new(HttpState *state, HttpMethod method);

/* Forgets the oldest request. */
void fm_http_exchange_done(HttpState *state);

/* ---- reading lines ---- */

/* Does the line (without its end) start a request or a response? */
bool fm_http_is_request(FmSlice line);
bool fm_http_is_response(FmSlice line);

/* A method of UPnP that tells, rather than asks? */
bool fm_http_is_notification(FmSlice method);

/* The line at `at` without its end; *next is where the following one starts. False if it has no end. */
bool fm_http_line(FmSlice bytes, size_t at, FmSlice *line, size_t *next);

/* Splits "Name: value"; both without white space around. False if there is no colon. */
bool fm_http_field(FmSlice line, FmSlice *name, FmSlice *value);

/* Is the text `word`, without regard to case? Does the comma-separated list have it? */
bool fm_http_is(FmSlice text, const char *word);
bool fm_http_lists(FmSlice text, const char *word);

/* Digits as a number; false if anything else is there, or if it is too long for 64 bits. */
bool fm_http_number(FmSlice text, uint64_t *number);

/* A chunk's size line: hexadecimal digits, then perhaps extensions. */
bool fm_http_chunk_size(FmSlice line, uint64_t *size);

/* The text with U+FFFD for each byte that is not ASCII, as Wireshark reads HTTP's strings; the same slice where there is none. */
FmSlice fm_http_ascii(FmDissection *d, FmSlice text);

/* ---- parts ---- */

typedef struct HttpHeader { /* what the message's own dissector needs of its header fields; slices lie in the packet */
    FmSlice host, type, encoding, upgrade, protocol, extensions, transfer;
    bool response, notification, has_length;
    bool ended; /* by a line that is no field */
} HttpHeader;

typedef struct HttpFieldName {
    const char *name;
    unsigned row;
} HttpFieldName;

/* Row of a field by its name; the table is sorted, without regard to case. */
unsigned fm_http_field_row(const HttpFieldName *names, size_t count, FmSlice name, unsigned otherwise);

/* Header fields from `c` on, the empty line included. */
void fm_http_headers(FmDissection *d, FmCursor *c, HttpHeader *header);

/* A chunked body: its tree, and its data put together (in place if it is one chunk). `whole` is what was captured of it. */
FmCursor fm_http_chunks(FmDissection *d, FmCursor *c, bool response);
