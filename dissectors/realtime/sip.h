/* What the files of SIP share, and what it tells the bodies it carries. */
#pragma once

#include "engine/dissect.h"

typedef struct SipHeader { /* what a message's header said; slices point into it */
    FmSlice call_id, content_type, cseq_method;
    uint64_t cseq, length;
    bool has_length;
    unsigned contacts;
    bool all_contacts; /* Contact: * */
} SipHeader;

typedef enum SipPart { /* header fields that hold an address: which rows tell of it */
    SIP_REQUEST_URI, SIP_TO, SIP_FROM, SIP_CONTACT, SIP_ROUTE, SIP_RECORD_ROUTE, SIP_SERVICE_ROUTE, SIP_PATH, SIP_PAI, SIP_PMISS, SIP_PPI, SIP_TC,
} SipPart;

/* Reads header fields up to and with the empty line. */
void fm_sip_headers(FmDissection *d, FmCursor *c, SipHeader *header);

/* A bare URI: the request's. */
void fm_sip_uri(FmDissection *d, SipPart part, FmCursor *uri);

/* What stands in certain header fields. */
void fm_sip_addresses(FmDissection *d, SipPart part, FmCursor *value, SipHeader *header);
void fm_sip_via(FmDissection *d, FmCursor *value);
void fm_sip_cseq(FmDissection *d, FmCursor *value, SipHeader *header);
void fm_sip_rack(FmDissection *d, FmCursor *value);
void fm_sip_reason(FmDissection *d, FmCursor *value);
void fm_sip_credentials(FmDissection *d, const FmCursor *line, FmCursor *value);
void fm_sip_call_id(FmDissection *d, const FmCursor *value);

/* Frame of the request that the SIP message being dissected answers or repeats; 0: neither, or there is no such message. First visits only. */
uint32_t fm_sip_exchange_frame(FmDissection *d);

extern const FmProtocol fm_sip, fm_sip_header_fields, fm_sip_values;
