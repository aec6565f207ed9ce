/* Who the IEEE gave an OUI to: read from the list that the system has, when first asked. */
#pragma once

#include <stdint.h>

typedef struct FmVendors FmVendors;

/* An empty table: nothing is read yet. */
FmVendors *fm_vendors_new(void);
void fm_vendors_free(FmVendors *vendors);

/* Name of the holder of a 24-bit OUI, or NULL: not given away, or the system has no list. May be called from any thread. */
const char *fm_vendors_find(FmVendors *vendors, uint32_t oui);
