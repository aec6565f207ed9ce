/* Schemas of Protocol Buffers: --proto PATH, which is -o protobuf.schema:PATH, and tshark's tables
 *   uat:protobuf_search_paths:"folder","TRUE"           TRUE: all files in it, else only where imports are looked for
 *   uat:protobuf_udp_message_types:"8127,8130-8140","package.Message" */
#include "config.h"

#include "schema_options.h"

#include <string.h>

#include "model/schema.h"
#include "uat.h"

static const char schema_name[] = "protobuf.schema:", paths_name[] = "uat:protobuf_search_paths:", types_name[] = "uat:protobuf_udp_message_types:";

static bool fail(GError **error, const char *text, const char *why)
{
    g_set_error(error, FM_OPTION_ERROR, FM_OPTION_ERROR_USAGE, "-o \"%s\": %s", text, why);
    return false;
}

bool fm_schema_preference(const char *name)
{
    return strcmp(name, "protobuf.schema") == 0;
}

static bool add_ports(FmSchema *schema, FmCatalog *catalog, const char *text, const char *ranges, const char *type, GError **error)
{
    unsigned protocol = fm_catalog_protocol_named(catalog, "protobuf");
    g_auto(GStrv) items = g_strsplit(ranges, ",", -1);
    for (char **item = items; *item; item++) {
        char *end;
        uint64_t first = g_ascii_strtoull(*item, &end, 10), last = *end == '-' ? g_ascii_strtoull(end + 1, &end, 10) : first;
        if (*end || end == *item || first > last || last > UINT16_MAX)
            return fail(error, text, "ports are numbers and ranges, with commas between");
        for (uint64_t port = first; port <= last; port++) {
            if (*type)
                fm_schema_set_port(schema, (uint16_t)port, type);
            fm_catalog_bind(catalog, FM_UDP_PORT, (uint32_t)port, protocol);
        }
    }
    return true;
}

static bool add_path(FmSchema *schema, const char *path, bool all, GError **error)
{
    g_autoptr(GError) trouble = NULL;
    if (!all)
        fm_schema_search(schema, path);
    else if (!fm_schema_add(schema, path, &trouble)) {
        g_set_error_literal(error, FM_OPTION_ERROR, FM_OPTION_ERROR_USAGE, trouble->message);
        return false;
    }
    return true;
}

static bool take(FmSchema *schema, FmCatalog *catalog, const char *text, GError **error)
{
    if (g_str_has_prefix(text, schema_name))
        return add_path(schema, text + strlen(schema_name), true, error);
    bool is_path = g_str_has_prefix(text, paths_name);
    if (!is_path && !g_str_has_prefix(text, types_name))
        return true;
    g_autoptr(GPtrArray) row = fm_uat_row(strchr(text + 4, ':') + 1);
    if (row->len < (is_path ? 1 : 2))
        return fail(error, text, is_path ? "a row is \"folder\",\"TRUE\"" : "a row is \"ports\",\"type\"");
    if (!is_path)
        return add_ports(schema, catalog, text, row->pdata[0], row->pdata[1], error);
    return add_path(schema, row->pdata[0], row->len > 1 && g_ascii_strcasecmp(row->pdata[1], "TRUE") == 0, error);
}

bool fm_schema_of_options(FmCatalog *catalog, const FmOptions *options, GError **error)
{
    g_autoptr(FmSchema) schema = fm_schema_new();
    bool any = false;
    for (unsigned pass = 0; pass < 2; pass++) /* folders that are searched come first */
        for (unsigned i = 0; i < options->preferences->len; i++) {
            const char *text = options->preferences->pdata[i];
            bool searched = g_str_has_prefix(text, paths_name) && !strstr(text, "\"TRUE\"");
            if (searched == (pass == 0) && !take(schema, catalog, text, error))
                return false;
            any |= strstr(text, "protobuf") != NULL;
        }
    if (!any)
        return true;
    fm_schema_finish(schema);
    fm_catalog_take_schema(catalog, g_steal_pointer(&schema));
    return true;
}
