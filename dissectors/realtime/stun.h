/* What the files of STUN share. */
#pragma once

#include "engine/dissect.h"

#define STUN_HEADER_SIZE 20
#define STUN_COOKIE 0x2112a442u

typedef struct StunMessage {
    FmCursor whole;    /* from the first byte of the header */
    uint64_t type;
    const uint8_t *id; /* cookie and transaction id: 16 bytes; addresses are hidden with them */
} StunMessage;

/* One attribute, type to padding. fm_part hands the cursor to the part, which finds the message around it: so it stands first. */
typedef struct StunAttributes {
    FmCursor c;
    StunMessage *message;
    FmCursor data; /* the DATA attribute's value, for who dissects it on; start NULL: there was none */
} StunAttributes;

extern const FmProtocol fm_stun;

/* Reads attributes to the end of `c`. */
extern const FmProtocol fm_stun_attributes;

/* Names for labels; NULL if unknown. */
const char *fm_stun_attribute_name(uint64_t type);
