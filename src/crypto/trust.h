/* Verification of certificate chains by libcrypto against trusted roots. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/slice.h"
#include "crypto/cipher.h"

typedef struct FmTrust FmTrust;

/* Trusted certificates from a PEM file, or the system's own where `path` is NULL. NULL with error set if there are none: the message
 * starts with the file. */
FmTrust *fm_trust_new(const char *path, GError **error);
void fm_trust_free(FmTrust *trust);

/* Verifies a server's chain (DER, its own certificate first) as of a time in seconds since 1970, for a host name or an address, or for
 * any where `host` is NULL. May be called on several threads at a time.
 *
 * Returns "ok", or why not: a text that lives as long as the program. */
const char *fm_trust_verify(FmTrust *trust, const FmSlice *chain, size_t count, int64_t time, const char *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmTrust, fm_trust_free)
