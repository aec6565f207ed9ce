/* Protocols as a table of flows names them: "TLS", "h2", "gRPC". */
#pragma once

#include <stdbool.h>

#include "model/catalog.h"

/* The short name of a layer by its abbreviation; NULL where it says nothing of a flow (data, parts of certificates, bodies). Lives as
 * long as the catalog. */
const char *fm_protocol_short(const FmCatalog *catalog, const char *abbrev);
