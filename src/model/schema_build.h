/* How a schema is filled: between the files that read one. */
#pragma once

#include "model/schema.h"

/* New members of the schema, which owns them; full names. A message or enum of that name that is there already is returned as NULL: the
 * first one wins. */
FmSchemaMessage *fm_schema_new_message(FmSchema *schema, const char *name);
FmSchemaEnum *fm_schema_new_enum(FmSchema *schema, const char *name);
FmSchemaMethod *fm_schema_new_method(FmSchema *schema, const char *path);

typedef enum FmSchemaLabel { FM_SCHEMA_SINGLE, FM_SCHEMA_REPEATED, FM_SCHEMA_PACKED } FmSchemaLabel;

/* Strings are copied. `message` may be NULL: nothing happens. */
void fm_schema_put_field(FmSchemaMessage *message, const char *name, uint32_t number, uint8_t type, const char *type_name, FmSchemaLabel label);
void fm_schema_put_value(FmSchemaEnum *enumeration, const char *name, int32_t number);

/* "outer.name", or "name" where outer is empty. */
char *fm_schema_join(const char *outer, const char *name);

/* A .proto file says: import. */
void fm_schema_import(FmSchema *schema, const char *name);

#define FM_SCHEMA_MAX_DEPTH 64 /* messages within messages */
