/* What the files of X.509 share. */
#pragma once

#include "dissectors/security/der.h"
#include "dissectors/security/x509.h"

/* A Name below what was added last; Wireshark names its rows after the place. */
typedef enum X509NameUse { X509_ISSUER, X509_SUBJECT } X509NameUse;
void x509_name(FmDissection *d, X509NameUse use, FmCursor *c);

/* Microsoft's certificate template name. */
void x509_template_name(FmDissection *d, DerValue *value);

/* A big number of row F, shown as one. */
static inline void put_number(FmDissection *d, unsigned row, const char *name, const FmField *fields, FmCursor *c)
{
    FmSlice bytes = fm_add_bytes_of(d, &fields[row], row, c, fm_left(c));
    if (d->want_labels && bytes.size) {
        g_auto(FmText) hex = { 0 };
        fm_text_bytes(&hex, (FmSlice){ bytes.data, MIN(bytes.size, 36) }, '\0');
        fm_label(d, row, "%s: 0x%s%s", name, fm_text_string(&hex), bytes.size > 36 ? "…" : "");
    }
}
