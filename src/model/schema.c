/* Schemas of Protocol Buffers: names and what they lead to. */
#include "config.h"

#include "model/schema.h"

#include <string.h>

#include "base/limits.h"
#include "model/schema_build.h"

struct FmSchema {
    GHashTable *messages, *enums, *methods; /* by full name; own their values */
    GHashTable *ports;       /* number → type name */
    GHashTable *seen;        /* files that were read */
    GPtrArray *folders;
    GQueue *imports;         /* names that were not looked for yet */
};

/* Facts of https://protobuf.dev/reference/protobuf/google.protobuf. */
static const char well_known[] =
    "syntax = \"proto3\"; package google.protobuf;"
    "message Timestamp { int64 seconds = 1; int32 nanos = 2; }"
    "message Duration { int64 seconds = 1; int32 nanos = 2; }"
    "message Any { string type_url = 1; bytes value = 2; }"
    "message Empty {} message FieldMask { repeated string paths = 1; } message SourceContext { string file_name = 1; }"
    "message DoubleValue { double value = 1; } message FloatValue { float value = 1; } message Int64Value { int64 value = 1; }"
    "message UInt64Value { uint64 value = 1; } message Int32Value { int32 value = 1; } message UInt32Value { uint32 value = 1; }"
    "message BoolValue { bool value = 1; } message StringValue { string value = 1; } message BytesValue { bytes value = 1; }"
    "enum NullValue { NULL_VALUE = 0; } message ListValue { repeated Value values = 1; }"
    "message Struct { map<string, Value> fields = 1; }"
    "message Value { NullValue null_value = 1; double number_value = 2; string string_value = 3; bool bool_value = 4;"
    " Struct struct_value = 5; ListValue list_value = 6; }";

/* ---- members ---- */

static void free_message(void *data)
{
    FmSchemaMessage *m = data;
    for (guint i = 0; i < m->fields->len; i++) {
        FmSchemaField *f = &g_array_index(m->fields, FmSchemaField, i);
        g_free(f->name);
        g_free(f->type_name);
    }
    g_array_unref(m->fields);
    g_free(m->name);
    g_free(m);
}

static void free_enum(void *data)
{
    FmSchemaEnum *e = data;
    for (guint i = 0; i < e->values->len; i++)
        g_free(g_array_index(e->values, FmSchemaValue, i).name);
    g_array_unref(e->values);
    g_free(e->name);
    g_free(e);
}

static void free_method(void *data)
{
    FmSchemaMethod *m = data;
    g_free(m->path);
    g_free(m->types[0]);
    g_free(m->types[1]);
    g_free(m);
}

FmSchema *fm_schema_new(void)
{
    FmSchema *s = g_new0(FmSchema, 1);
    s->messages = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_message);
    s->enums = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_enum);
    s->methods = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_method);
    s->ports = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    s->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->folders = g_ptr_array_new_with_free_func(g_free);
    s->imports = g_queue_new();
    return s;
}

void fm_schema_free(FmSchema *s)
{
    if (!s)
        return;
    g_hash_table_unref(s->messages);
    g_hash_table_unref(s->enums);
    g_hash_table_unref(s->methods);
    g_hash_table_unref(s->ports);
    g_hash_table_unref(s->seen);
    g_ptr_array_unref(s->folders);
    g_queue_free_full(s->imports, g_free);
    g_free(s);
}

FmSchemaMessage *fm_schema_new_message(FmSchema *s, const char *name)
{
    if (g_hash_table_contains(s->messages, name))
        return NULL;
    FmSchemaMessage *m = g_new0(FmSchemaMessage, 1);
    m->name = g_strdup(name);
    m->fields = g_array_new(FALSE, FALSE, sizeof(FmSchemaField));
    g_hash_table_insert(s->messages, m->name, m);
    return m;
}

FmSchemaEnum *fm_schema_new_enum(FmSchema *s, const char *name)
{
    if (g_hash_table_contains(s->enums, name))
        return NULL;
    FmSchemaEnum *e = g_new0(FmSchemaEnum, 1);
    e->name = g_strdup(name);
    e->values = g_array_new(FALSE, FALSE, sizeof(FmSchemaValue));
    g_hash_table_insert(s->enums, e->name, e);
    return e;
}

FmSchemaMethod *fm_schema_new_method(FmSchema *s, const char *path)
{
    if (g_hash_table_contains(s->methods, path))
        return NULL;
    FmSchemaMethod *m = g_new0(FmSchemaMethod, 1);
    m->path = g_strdup(path);
    g_hash_table_insert(s->methods, m->path, m);
    return m;
}

void fm_schema_put_field(FmSchemaMessage *m, const char *name, uint32_t number, uint8_t type, const char *type_name, FmSchemaLabel label)
{
    if (!m)
        return;
    FmSchemaField f = { .name = g_strdup(name), .type_name = g_strdup(type_name), .number = number, .type = type,
                        .repeated = label != FM_SCHEMA_SINGLE, .packed = label == FM_SCHEMA_PACKED };
    g_array_append_val(m->fields, f);
}

void fm_schema_put_value(FmSchemaEnum *e, const char *name, int32_t number)
{
    if (!e)
        return;
    FmSchemaValue v = { g_strdup(name), number };
    g_array_append_val(e->values, v);
}

char *fm_schema_join(const char *outer, const char *name)
{
    return *outer ? g_strconcat(outer, ".", name, NULL) : g_strdup(name);
}

void fm_schema_import(FmSchema *s, const char *name)
{
    g_queue_push_tail(s->imports, g_strdup(name));
}

void fm_schema_set_port(FmSchema *s, uint16_t port, const char *type)
{
    g_hash_table_insert(s->ports, GUINT_TO_POINTER(port), g_strdup(type));
}

/* ---- files ---- */

void fm_schema_search(FmSchema *s, const char *folder)
{
    g_ptr_array_add(s->folders, g_strdup(folder));
}

static bool add_file(FmSchema *s, const char *path, GError **error)
{
    g_autofree char *content = NULL;
    gsize size;
    if (g_hash_table_contains(s->seen, path))
        return true;
    g_hash_table_add(s->seen, g_strdup(path));
    if (!g_file_get_contents(path, &content, &size, error))
        return false;
    bool is_text = g_str_has_suffix(path, ".proto") || (size && !memchr(content, '\0', size) && content[0] != '\n');
    return is_text ? fm_schema_add_text(s, content, path, error) : fm_schema_add_descriptors(s, (FmSlice){ (const uint8_t *)content, size }, path, error);
}

/* Imports of files, and theirs: from the folder of the file that was named, then from those that are searched. */
static bool add_imports(FmSchema *s, const char *folder, GError **error)
{
    for (char *name; (name = g_queue_pop_head(s->imports));) {
        g_autofree char *owned = name;
        for (guint i = 0; i <= s->folders->len; i++) {
            g_autofree char *path = g_build_filename(i ? s->folders->pdata[i - 1] : folder, owned, NULL);
            if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
                continue;
            if (!add_file(s, path, error))
                return false;
            break;
        }
    }
    return true;
}

static bool add_folder(FmSchema *s, const char *path, unsigned depth, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(path, 0, error);
    if (!folder)
        return false;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; (name = g_dir_read_name(folder));)
        g_ptr_array_add(names, g_build_filename(path, name, NULL));
    g_ptr_array_sort(names, (GCompareFunc)(void (*)(void))g_strcmp0);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        if (g_file_test(name, G_FILE_TEST_IS_DIR) && depth && !g_file_test(name, G_FILE_TEST_IS_SYMLINK)) {
            if (!add_folder(s, name, depth - 1, error))
                return false;
        } else if (g_str_has_suffix(name, ".proto") && !add_file(s, name, error)) {
            return false;
        }
    }
    return true;
}

bool fm_schema_add(FmSchema *s, const char *path, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
        fm_schema_search(s, path);
        return add_folder(s, path, FM_SCHEMA_MAX_DEPTH, error) && add_imports(s, path, error);
    }
    g_autofree char *folder = g_path_get_dirname(path);
    return add_file(s, path, error) && add_imports(s, folder, error);
}

/* ---- names ---- */

/* A type as written inside `scope`: the innermost of that name (proto3-spec, "Packages and Name Resolution"). */
static const void *find_type(GHashTable *table, const char *scope, const char *name)
{
    if (*name == '.')
        return g_hash_table_lookup(table, name + 1);
    g_autofree char *at = g_strdup(scope);
    for (;;) {
        g_autofree char *full = fm_schema_join(at, name);
        const void *found = g_hash_table_lookup(table, full);
        if (found || !*at)
            return found;
        char *dot = strrchr(at, '.');
        *(dot ? dot : at) = '\0';
    }
}

static void resolve_field(const FmSchema *s, const FmSchemaMessage *m, FmSchemaField *f)
{
    if (!f->type_name)
        return;
    f->message = find_type(s->messages, m->name, f->type_name);
    f->enumeration = f->message ? NULL : find_type(s->enums, m->name, f->type_name);
    if (f->message && f->type != FM_SCHEMA_GROUP)
        f->type = FM_SCHEMA_MESSAGE;
    else if (f->enumeration)
        f->type = FM_SCHEMA_ENUM;
}

static int compare_fields(const void *a, const void *b)
{
    const FmSchemaField *f = a, *g = b;
    return (f->number > g->number) - (f->number < g->number);
}

void fm_schema_finish(FmSchema *s)
{
    GHashTableIter at;
    void *value;
    fm_schema_add_text(s, well_known, "", NULL);
    g_hash_table_iter_init(&at, s->messages);
    while (g_hash_table_iter_next(&at, NULL, &value)) {
        FmSchemaMessage *m = value;
        for (guint i = 0; i < m->fields->len; i++)
            resolve_field(s, m, &g_array_index(m->fields, FmSchemaField, i));
        g_array_sort(m->fields, compare_fields);
    }
    g_hash_table_iter_init(&at, s->methods);
    while (g_hash_table_iter_next(&at, NULL, &value)) {
        FmSchemaMethod *m = value;
        g_autofree char *scope = g_strndup(m->path + 1, strcspn(m->path + 1, "/"));
        for (unsigned i = 0; i < 2; i++)
            m->messages[i] = m->types[i] ? find_type(s->messages, scope, m->types[i]) : NULL;
    }
}

/* ---- questions ---- */

const FmSchemaMessage *fm_schema_message(const FmSchema *s, const char *name)
{
    return g_hash_table_lookup(s->messages, *name == '.' ? name + 1 : name);
}

const FmSchemaMessage *fm_schema_of_port(const FmSchema *s, uint16_t port)
{
    const char *type = g_hash_table_lookup(s->ports, GUINT_TO_POINTER(port));
    return type ? fm_schema_message(s, type) : NULL;
}

const FmSchemaMethod *fm_schema_method(const FmSchema *s, FmSlice path)
{
    char name[512];
    if (path.size >= sizeof name || !path.size)
        return NULL;
    memcpy(name, path.data, path.size);
    name[path.size] = '\0';
    return g_hash_table_lookup(s->methods, name);
}

const FmSchemaField *fm_schema_field(const FmSchemaMessage *m, uint64_t number)
{
    guint low = 0, high = m->fields->len;
    while (low < high) {
        guint middle = (low + high) / 2;
        const FmSchemaField *f = &g_array_index(m->fields, FmSchemaField, middle);
        if (f->number == number)
            return f;
        if (f->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *fm_schema_value_name(const FmSchemaEnum *e, int32_t number)
{
    for (guint i = 0; i < e->values->len; i++)
        if (g_array_index(e->values, FmSchemaValue, i).number == number)
            return g_array_index(e->values, FmSchemaValue, i).name;
    return NULL;
}
