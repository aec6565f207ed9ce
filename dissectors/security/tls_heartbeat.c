/* Heartbeats of TLS and DTLS (RFC 6520). */
#include "config.h"

#include "dissectors/security/tls_heartbeat.h"
#include "dissectors/security/tls_numbers.h"

enum { MESSAGE, TYPE, LENGTH, PAYLOAD, PADDING, INVALID };

#define ROWS(P) \
    { \
        [MESSAGE] = { P ".heartbeat_message", "Heartbeat Message", FM_NONE }, \
        [TYPE] = { P ".heartbeat_message.type", "Type", FM_UINT8, FM_DEC, .names = fm_tls_heartbeat_types }, \
        [LENGTH] = { P ".heartbeat_message.payload_length", "Payload Length", FM_UINT16, FM_DEC }, \
        [PAYLOAD] = { P ".heartbeat_message.payload", "Payload Length", FM_BYTES }, \
        [PADDING] = { P ".heartbeat_message.padding", "Payload Length", FM_BYTES }, \
        [INVALID] = { P ".heartbeat_message.payload_length.invalid", "Invalid heartbeat payload length", FM_EXPERT, .severity = FM_WARN, \
                      .group = FM_GROUP_MALFORMED }, \
    }

static const FmField fields[] = ROWS("tls");
static const FmField dtls_fields[] = ROWS("dtls");

enum { HEADER_SIZE = 3, MIN_PADDING = 16 }; /* §4 */

bool tls_heartbeat_fits(const FmCursor *body)
{
    return HEADER_SIZE + fm_peek(body, 1, 2) + MIN_PADDING <= fm_left_on_wire(body);
}

static void put_message(FmDissection *d, uint64_t length, bool fits, bool datagram, FmCursor *body)
{
    fm_add(d, TYPE, body);
    fm_add(d, LENGTH, body);
    size_t left = fm_left(body);
    if (!fits) { /* more than there is: Heartbleed (CVE-2014-0160) */
        fm_expert_text(d, INVALID, "Invalid heartbeat payload length (%u)", (unsigned)length);
        length = !datagram ? MIN(length, left) : left > MIN_PADDING ? left - MIN_PADDING : 0;
    }
    fm_add_bytes(d, PAYLOAD, body, length);
    fm_label(d, PAYLOAD, "Payload (%u byte%s)", (unsigned)length, length == 1 ? "" : "s");
    left = fm_left(body);
    if (!left)
        return;
    fm_add_bytes(d, PADDING, body, left);
    fm_label(d, PADDING, "Padding and HMAC (%zu byte%s)", left, left == 1 ? "" : "s");
}

void tls_heartbeat_dissect(FmDissection *d, TlsCarrier carrier, FmSubtree record, const char *version, bool closed, FmCursor *body)
{
    FmTableUse before = fm_use(d, carrier == TLS_OVER_UDP ? &fm_dtls_heartbeat : &fm_tls_heartbeat);
    uint64_t length = fm_peek(body, 1, 2);
    const char *name = closed ? NULL : fm_name(fm_tls_heartbeat_types, fm_peek(body, 0, 1));
    bool fits = tls_heartbeat_fits(body);
    FmSubtree message = fm_open(d, MESSAGE, body);
    if (name) {
        tls_info(d, "Heartbeat ");
        fm_info_more(d, "%s", name);
        fm_subtree_label(d, record, "%s Record Layer: Heartbeat %s", version, name);
        put_message(d, length, fits, carrier == TLS_OVER_UDP, body);
    } else {
        tls_info(d, "Encrypted Heartbeat");
        fm_subtree_label(d, record, "%s Record Layer: Encrypted Heartbeat", version);
        fm_subtree_constant(d, message, "Encrypted Heartbeat Message");
        body->at = body->end;
    }
    fm_close(d, message, body);
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_tls_heartbeat = { .abbrev = "tls", .title = "TLS Heartbeats", FM_FIELDS(fields), .dissect = nothing, .part = true };
const FmProtocol fm_dtls_heartbeat = { .abbrev = "dtls", .title = "DTLS Heartbeats", FM_FIELDS(dtls_fields), .dissect = nothing, .part = true };
