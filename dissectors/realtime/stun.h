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

#define STUN_MAX_KEY 64

typedef struct StunKey { /* size 0: not known */
    uint8_t size;
    uint8_t bytes[STUN_MAX_KEY];
} StunKey;

typedef enum StunIntegrity { STUN_UNCHECKED, STUN_RIGHT, STUN_WRONG } StunIntegrity;

/* A session description tells the password that belongs to a fragment of user names (a=ice-ufrag, a=ice-pwd). First visits only. */
void fm_stun_announce(FmDissection *d, FmSlice fragment, FmSlice password);

/* The key of a request: announced, or made of `password` ("": not told). First visits only. */
void fm_stun_find_key(FmDissection *d, FmSlice message, const char *password, StunKey *key);

/* Does the message bear the code that the key makes? Unchecked without key or code. First visits only. */
StunIntegrity fm_stun_check(FmDissection *d, FmSlice message, const StunKey *key);

extern const FmProtocol fm_stun;

/* Reads attributes to the end of `c`. */
extern const FmProtocol fm_stun_attributes;

/* Names for labels; NULL if unknown. */
const char *fm_stun_attribute_name(uint64_t type);
