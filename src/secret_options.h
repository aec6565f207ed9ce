/* Options that bring secrets. */
#pragma once

#include "crypto/secrets.h"
#include "options.h"

/* Secrets that the options name: key logs, private keys and pre-shared keys of -o; and where the capture is live the file of
 * SSLKEYLOGFILE, which programs under observation may still make. NULL with error set if one of them cannot be read. Free with
 * fm_secrets_free, or give it to a session. */
FmSecrets *fm_secrets_of_options(const FmOptions *options, GError **error);

/* Writes what opened something into a new key log that its owner alone may read. */
bool fm_secrets_export(FmSecrets *secrets, const char *path, GError **error);

/* Is it a preference (-o) that the function above has an eye on? */
bool fm_secret_preference(const char *name);
