/* What is known of sessions' secrets before and beside their packets: key logs, private keys, pre-shared keys, and what earlier
 * sessions left for their resumption.
 *
 * One object may serve several engines on several threads. Secrets are only ever added; what a function returns stays where it is
 * until the object is freed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/slice.h"
#include "crypto/cipher.h"
#include "crypto/trust.h"

typedef struct FmSecrets FmSecrets;

typedef enum FmSecretKind { /* labels of a key log, and what they are found by */
    FM_SECRET_NONE,
    FM_SECRET_MASTER,             /* CLIENT_RANDOM: master secret of TLS 1.2 and before, by client random */
    FM_SECRET_PREMASTER,          /* PMS_CLIENT_RANDOM: by client random */
    FM_SECRET_CLIENT_EARLY,       /* TLS 1.3, QUIC and DTLS 1.3: by client random */
    FM_SECRET_CLIENT_HANDSHAKE,
    FM_SECRET_SERVER_HANDSHAKE,
    FM_SECRET_CLIENT_APPLICATION, /* …_TRAFFIC_SECRET_0 */
    FM_SECRET_SERVER_APPLICATION,
    FM_SECRET_EARLY_EXPORTER,
    FM_SECRET_EXPORTER,
    FM_SECRET_ECH_SECRET,
    FM_SECRET_ECH_CONFIG,
    FM_SECRET_RSA_PREMASTER,      /* RSA: by the first 8 bytes of the encrypted premaster secret */
    FM_SECRET_SESSION_MASTER,     /* RSA Session-ID:… Master-Key:…, and learned: by session id */
    FM_SECRET_TICKET_MASTER,      /* learned: by SHA-256 of the session ticket */
    FM_SECRET_OWN_MASTER,         /* learned: derived with a private or pre-shared key; by client random */
    FM_SECRET_KINDS,
} FmSecretKind;

#define FM_MAX_SECRET 128 /* bytes of a secret; ECH configurations may be longer and are left out */

FmSecrets *fm_secrets_new(void);
void fm_secrets_free(FmSecrets *secrets);

/* Adds a key log file in NSS form, which is read again when it grows. False with error set if it cannot be read: the message starts
 * with the file. With `may_come` a file that is not there yet is no error: it is looked for again, as SSLKEYLOGFILE of programs that
 * are still to start. */
bool fm_secrets_add_file(FmSecrets *secrets, const char *path, bool may_come, GError **error);

/* Adds lines of a key log, as pcapng's decryption secrets blocks hold them: the capture has these itself. Lines of unknown kind are
 * skipped. */
void fm_secrets_add_lines(FmSecrets *secrets, FmSlice lines);

/* Adds one secret; more than FM_MAX_SECRETS are not kept, and the first one of a name stays. */
void fm_secrets_add(FmSecrets *secrets, FmSecretKind kind, FmSlice name, FmSlice secret);

void fm_secrets_take_key(FmSecrets *secrets, FmRsaKey *key);

/* The pre-shared key of sessions that use one. */
void fm_secrets_set_psk(FmSecrets *secrets, FmSlice psk);

/* Adds what a session showed, for those that resume it: fewer of these are kept, and they do not count as new. */
void fm_secrets_learn(FmSecrets *secrets, FmSecretKind kind, FmSlice name, FmSlice secret);

/* The secret of that name; size 0 if there is none. Looks whether key log files have grown first. */
FmSlice fm_secrets_find(FmSecrets *secrets, FmSecretKind kind, FmSlice name);

/* Grows with every secret added: as long as it stays, a search that failed fails again. Looks at the files, but at most every
 * so often. */
uint64_t fm_secrets_generation(FmSecrets *secrets);

/* Is there a key log, or a line of one? */
bool fm_secrets_has_log(FmSecrets *secrets);

/* The key that belongs to a certificate (DER), NULL if there is none; and whether there are keys at all. */
const FmRsaKey *fm_secrets_key_for(FmSecrets *secrets, FmSlice certificate);
bool fm_secrets_has_keys(const FmSecrets *secrets);

/* Size 0: none. */
FmSlice fm_secrets_psk(const FmSecrets *secrets);

/* Counts all that is known by now of a session, by its client random, as used: other programs want it before the first record. */
void fm_secrets_note_session(FmSecrets *secrets, const uint8_t *client_random);

/* Appends what was found and opened something so far, as lines of a key log, from the `from`-th on; how many there are by now.
 * `all`: also those that the capture has itself. */
size_t fm_secrets_print_used(FmSecrets *secrets, size_t from, bool all, GString *lines);

/* Whom to trust when chains are verified; NULL: they are not. */
void fm_secrets_take_trust(FmSecrets *secrets, FmTrust *trust);
FmTrust *fm_secrets_trust(const FmSecrets *secrets);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmSecrets, fm_secrets_free)
