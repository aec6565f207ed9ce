/* Options that bring schemas of Protocol Buffers. */
#pragma once

#include "model/catalog.h"
#include "options.h"

/* Reads what --proto (protobuf.schema) and tshark's tables protobuf_search_paths and protobuf_udp_message_types name, and gives it to the
 * catalog. */
bool fm_schema_of_options(FmCatalog *catalog, const FmOptions *options, GError **error);

/* Is it a preference (-o) that the function above has an eye on? */
bool fm_schema_preference(const char *name);
