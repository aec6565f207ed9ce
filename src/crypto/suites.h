/* TLS cipher suites: what each number stands for (IANA registry). */
#pragma once

#include <stdint.h>

#include "crypto/cipher.h"

typedef enum FmKeyExchange { /* as far as it decides where the premaster secret comes from */
    FM_KX_RSA,
    FM_KX_PSK,
    FM_KX_RSA_PSK,
    FM_KX_STATIC,    /* fixed (EC)DH */
    FM_KX_EPHEMERAL, /* (EC)DHE, with or without a PSK, and others: from a key log alone */
    FM_KX_TLS13,
} FmKeyExchange;

typedef struct FmSuite {
    uint16_t number;
    uint8_t exchange;
    uint8_t cipher;
    uint8_t hash; /* of the MAC; of the key derivation where there is none */
} FmSuite;

/* NULL if it is not known, or its cipher is not. */
const FmSuite *fm_suite(unsigned number);

/* The hash of the suite's PRF in TLS 1.2, and of HKDF in TLS 1.3. */
FmHash fm_suite_prf(const FmSuite *suite);
