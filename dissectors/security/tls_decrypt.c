/* Opening of protected records. No keys are known here yet: records stay closed and are only counted. */
#include "config.h"

#include "dissectors/security/tls.h"

bool tls_open_record(FmDissection *d, TlsState *s, TlsOpening *memo, TlsRecord *record, FmCursor *body)
{
    if (s)
        s->side[tls_sender(d, s)].sequence++;
    return false;
}

void tls_keys_message(FmDissection *d, TlsState *s, TlsRole sender, unsigned type, FmSlice message)
{
}

void tls_keys_epoch(FmDissection *d, TlsState *s, TlsRole side)
{
}

void tls_secrets_free(TlsState *s)
{
}
