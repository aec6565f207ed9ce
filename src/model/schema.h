/* Schemas of Protocol Buffers: what numbers of fields mean. Read from .proto files (https://protobuf.dev/reference/protobuf/proto3-spec,
 * proto2-spec) or from a set of descriptors as protoc writes it (--descriptor_set_out).
 *
 *   FmSchema *schema = fm_schema_new();
 *   fm_schema_add(schema, "weather.proto", &error);   // a file, or a folder with all that is in it
 *   fm_schema_finish(schema);                         // names find their types; constant from now on, shared by threads
 *   fm_catalog_take_schema(catalog, schema);          // which owns it from then on
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <glib.h>

#include "base/slice.h"

typedef enum FmSchemaType { /* as in descriptors */
    FM_SCHEMA_DOUBLE = 1, FM_SCHEMA_FLOAT, FM_SCHEMA_INT64, FM_SCHEMA_UINT64, FM_SCHEMA_INT32, FM_SCHEMA_FIXED64, FM_SCHEMA_FIXED32,
    FM_SCHEMA_BOOL, FM_SCHEMA_STRING, FM_SCHEMA_GROUP, FM_SCHEMA_MESSAGE, FM_SCHEMA_BYTES, FM_SCHEMA_UINT32, FM_SCHEMA_ENUM,
    FM_SCHEMA_SFIXED32, FM_SCHEMA_SFIXED64, FM_SCHEMA_SINT32, FM_SCHEMA_SINT64,
} FmSchemaType;

typedef struct FmSchema FmSchema;
typedef struct FmSchemaMessage FmSchemaMessage;

typedef struct FmSchemaEnum {
    char *name;        /* full: "package.Outer.Name" */
    GArray *values;    /* FmSchemaValue, as they stand */
} FmSchemaEnum;

typedef struct FmSchemaValue {
    char *name;
    int32_t number;
} FmSchemaValue;

typedef struct FmSchemaField {
    char *name, *type_name; /* type_name: of messages and enums, as written; NULL: a scalar */
    uint32_t number;
    uint8_t type;           /* FmSchemaType; 0: the type was not found */
    bool repeated, packed;  /* packed: of numbers, many in one field */
    const FmSchemaMessage *message;
    const FmSchemaEnum *enumeration;
} FmSchemaField;

struct FmSchemaMessage {
    char *name;
    GArray *fields;         /* FmSchemaField, by number once finished */
};

typedef struct FmSchemaMethod {
    char *path;             /* "/package.Service/Method" */
    char *types[2];         /* as written: request, response */
    const FmSchemaMessage *messages[2];
    bool streams[2];
} FmSchemaMethod;

FmSchema *fm_schema_new(void);
void fm_schema_free(FmSchema *schema);

/* Folders in which imports are looked for, besides that of the importing file. */
void fm_schema_search(FmSchema *schema, const char *folder);

/* Reads a file, with what it imports, or all .proto files under a folder. Imports that are nowhere are passed over: their types are not
 * known then. Well-known types (google/protobuf/timestamp.proto and others) are known without a file. */
bool fm_schema_add(FmSchema *schema, const char *path, GError **error);

/* The same from memory; `name` is for messages of errors. */
bool fm_schema_add_text(FmSchema *schema, const char *text, const char *name, GError **error);
bool fm_schema_add_descriptors(FmSchema *schema, FmSlice bytes, const char *name, GError **error);

/* Messages that come over a UDP port. */
void fm_schema_set_port(FmSchema *schema, uint16_t port, const char *type);

void fm_schema_finish(FmSchema *schema);

/* NULL if there is none. Names are full, with or without a dot in front. */
const FmSchemaMessage *fm_schema_message(const FmSchema *schema, const char *name);
const FmSchemaMessage *fm_schema_of_port(const FmSchema *schema, uint16_t port);
const FmSchemaMethod *fm_schema_method(const FmSchema *schema, FmSlice path);
const FmSchemaField *fm_schema_field(const FmSchemaMessage *message, uint64_t number);
const char *fm_schema_value_name(const FmSchemaEnum *enumeration, int32_t number);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(FmSchema, fm_schema_free)
