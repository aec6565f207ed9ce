/* What the files of DNS share: names, numbers, and how a record's data reaches the part that knows its type. */
#pragma once

#include "engine/dissect.h"

enum { DNS_SPARE_LABELS = 1 << 16 };

typedef enum DnsKind { DNS_UNICAST, DNS_MULTICAST, DNS_LINK_LOCAL } DnsKind;

typedef struct DnsMessage {
    FmCursor whole; /* from the first byte of the header: compression pointers count from there */
    DnsKind kind;
    uint32_t labels; /* that may still be looked at beyond what one name needs */
} DnsMessage;

typedef struct DnsName {
    uint16_t length; /* bytes of the dotted name before escaping */
    uint16_t labels;
    uint16_t size;   /* of text */
    char text[1024]; /* ends with NUL; never empty, the root is "<Root>" */
} DnsName;

/* A record's data. fm_part hands the cursor to the part, which finds the rest around it: so the cursor stands first. */
typedef struct DnsRecord {
    FmCursor data;
    DnsMessage *message;
    const char *owner;
    FmSubtree line; /* of the record in the details */
    uint64_t type;
} DnsRecord;

typedef struct DnsMemo { /* what a message has to do with others of its flow; frame numbers, 0: none */
    uint32_t query;    /* of a response */
    uint32_t response; /* of a query (hindsight) */
    uint32_t original; /* this message repeats that one */
    bool unsolicited;
    FmTime time; /* from query to response */
} DnsMemo;

typedef struct DnsTransaction { /* a query and its response */
    uint32_t query, response; /* frame numbers; query 0: a free slot */
    uint16_t id;
    bool transfer; /* has as many responses as it likes (RFC 5936 §2.2) */
    FmTime time;   /* of the query */
    DnsMemo *memo; /* of the query, if memos live on */
} DnsTransaction;

typedef struct DnsState { /* per flow: the latest transaction of each id */
    DnsTransaction *slots;
    uint32_t room, count;
} DnsState;

/* Finds or makes the transaction of a message and writes the memo. First visits only; `state` may be NULL. A query seen again within
 * `timer_s` without a response in between is a retransmission. The result, or NULL, is valid until the flow's next message. */
DnsTransaction *fm_dns_transaction(FmDissection *d, DnsState *state, DnsMemo *memo, uint64_t id, bool response, uint64_t timer_s);
void fm_dns_release(void *state);

/* Record types, by the file that reads them. */
extern const FmProtocol fm_dns_records, fm_dns_security, fm_dns_options;

/* Reads a name (RFC 1035 §4.1.4) and moves behind it. The work is bounded whatever the pointers say: pointers that loop and names
 * over 253 bytes become a text that says so. Returns false with trouble noted, and moves to the end, if the name leaves the message. */
bool fm_dns_name(DnsMessage *m, FmCursor *c, DnsName *name);

/* The same, recorded as row `field` of the current table. */
#define fm_dns_add_name(d, F, m, c, name) fm_dns_add_name_of((d), fields, (F), (m), (c), (name))
bool fm_dns_add_name_of(FmDissection *d, const FmField *fields, unsigned field, DnsMessage *m, FmCursor *c, DnsName *name);

/* Records the next `n` bytes as ASCII text up to the first NUL; what is not ASCII becomes U+FFFD. Moves on. Returns the text if
 * somebody shows labels or the info column, else "". Lives as long as the packet. */
#define fm_dns_add_ascii(d, F, c, n) fm_dns_add_ascii_of((d), fields, (F), (c), (n))
const char *fm_dns_add_ascii_of(FmDissection *d, const FmField *fields, unsigned field, FmCursor *c, uint64_t n);

/* Appends bytes to a text, with control characters and what is not UTF-8 made visible. */
void fm_dns_escape(FmText *out, FmSlice bytes);

/* An address as text for labels and the info column, or "" if nobody shows them. Lives as long as the packet. */
const char *fm_dns_address(FmDissection *d, FmSlice address);

/* Puts a space and the text behind the info column. */
void fm_dns_info(FmDissection *d, const char *text);

/* Name of a record type as it stands in the info column: "AAAA", "Unknown (53)". */
const char *fm_dns_type_name(FmDissection *d, uint64_t type);

/* "5 minutes, 1 second". */
typedef struct DnsSpan {
    char text[64];
} DnsSpan;

DnsSpan fm_dns_span(uint64_t seconds);

extern const FmName fm_dns_types[], fm_dns_classes[], fm_dns_rcodes[], fm_dns_algorithms[], fm_dns_digests[], fm_dns_hashes[];
