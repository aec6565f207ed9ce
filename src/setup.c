/* What the options say, applied. */
#include "config.h"

#include "setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "filter/macros.h"
#include "schema_options.h"
#include "secret_options.h"

static bool fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool fail(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error_literal(error, FM_OPTION_ERROR, FM_OPTION_ERROR_USAGE, message);
    return false;
}

/* -o name:value. */
static bool set_preference(FmCatalog *catalog, FmColumns *columns, const char *text, GError **error)
{
    const char *colon = strchr(text, ':');
    if (!colon || colon == text)
        return fail(error, "Invalid -o flag \"%s\": it must be name:value", text);
    g_autofree char *name = g_strndup(text, (size_t)(colon - text));
    const char *value = colon + 1;
    while (g_ascii_isspace(*value))
        value++;
    if (strcmp(name, "gui.column.format") == 0)
        return fm_columns_parse(columns, catalog, value, error);
    g_autoptr(GError) trouble = NULL;
    if (fm_catalog_set(catalog, name, value, &trouble) || fm_secret_preference(name) || fm_schema_preference(name) || fm_preference_ignored(name))
        return true;
    return fail(error, "-o \"%s\": %s", text, trouble->message);
}

/* The selectors of -d: a number, a-b, or a:length. */
static bool parse_selectors(const char *text, uint32_t *first, uint32_t *last)
{
    char *end;
    errno = 0;
    uint64_t a = g_ascii_strtoull(text, &end, 0), b = a;
    if (end == text || !g_ascii_isdigit(*text))
        return false;
    if ((*end == '-' || *end == ':') && g_ascii_isdigit(end[1])) {
        bool is_length = *end == ':';
        b = g_ascii_strtoull(end + 1, &end, 0);
        if (is_length) {
            if (b == 0 || b > UINT32_MAX)
                return false;
            b += a - 1;
        }
    }
    *first = (uint32_t)a;
    *last = (uint32_t)b;
    return *end == '\0' && errno == 0 && a <= b && b <= UINT32_MAX && b - a < 65536;
}

static bool fail_layer(const char *name, GError **error)
{
    g_autoptr(GString) known = g_string_new(NULL);
    for (unsigned t = FM_NO_TABLE + 1; t < FM_TABLES; t++)
        if (fm_table_name((FmTable)t))
            g_string_append_printf(known, "%s%s", known->len ? ", " : "", fm_table_name((FmTable)t));
    return fail(error, "-d: unknown layer type \"%s\"; there are: %s", name, known->str);
}

static const char *nearest_protocol(const FmCatalog *catalog, const char *name)
{
    const char *near = fm_catalog_suggest(catalog, name);
    return near && fm_catalog_protocol_named(catalog, near) ? near : NULL;
}

/* Protocols that tshark knows and that captures are often decoded as. A protocol of the catalog is found before this list is asked. */
static bool is_foreign(const char *name)
{
    static const char *const names[] = { "amqp", "diameter", "dtls", "grpc", "gtp", "http", "http2", "http3", "json", "kafka", "memcache", "mqtt", "mysql",
                                         "pgsql", "quic", "radius", "redis", "resp", "rtcp", "rtp", "sctp", "sip", "smtp", "ssh", "ssl",
                                         "stun", "syslog", "thrift", "tls", "websocket", NULL };
    return g_strv_contains(names, name);
}

static bool fail_protocol(const FmCatalog *catalog, const char *option, const char *name, GError **error)
{
    const char *near = nearest_protocol(catalog, name);
    return near ? fail(error, "%s: no protocol is named \"%s\"; did you mean \"%s\"?", option, name, near)
                : fail(error, "%s: no protocol is named \"%s\"; -G protocols lists them", option, name);
}

/* -d layer==selector,protocol. */
static bool decode_as(FmCatalog *catalog, const char *text, GError **error)
{
    const char *equals = strstr(text, "=="), *comma = strrchr(text, ',');
    g_autofree char *layer = g_strndup(text, equals ? (size_t)(equals - text) : strlen(text));
    FmTable table = fm_table_named(g_strstrip(layer));
    if (table == FM_NO_TABLE)
        return fail_layer(layer, error);
    if (!equals || !comma || comma < equals)
        return fail(error, "-d \"%s\" doesn't follow the template <layer_type>==<selector>,<decode_as_protocol>", text);
    g_autofree char *selector = g_strndup(equals + 2, (size_t)(comma - equals - 2));
    uint32_t first, last;
    if (!parse_selectors(g_strstrip(selector), &first, &last))
        return fail(error, "-d: \"%s\" is not a selector: it must be a number, first-last, or first:count", selector);
    g_autofree char *name = g_strstrip(g_strdup(comma + 1));
    unsigned protocol = fm_catalog_protocol_named(catalog, name);
    if (!protocol && is_foreign(name)) { /* scripts for tshark go on: the rest of their output is still good */
        g_printerr("fathom: -d: %s is not dissected yet: its bytes are shown as data\n", name);
        protocol = fm_catalog_protocol_named(catalog, "data");
    }
    if (!protocol)
        return fail_protocol(catalog, "-d", name, error);
    for (uint64_t n = first; n <= last; n++)
        fm_catalog_bind(catalog, table, (uint32_t)n, protocol);
    return true;
}

/* "+dns", "-dns", "-ALL". */
static bool switch_protocol(FmCatalog *catalog, const char *text, GError **error)
{
    bool off = *text == '-';
    const char *name = text + 1;
    if (g_ascii_strcasecmp(name, "ALL") == 0) {
        for (unsigned n = 1; n <= fm_catalog_protocol_count(catalog); n++)
            fm_catalog_disable(catalog, n, off && strcmp(fm_catalog_protocol_at(catalog, n)->abbrev, "frame") != 0);
        return true;
    }
    unsigned protocol = fm_catalog_protocol_named(catalog, name);
    if (!protocol)
        return fail_protocol(catalog, off ? "--disable-protocol" : "--enable-protocol", name, error);
    fm_catalog_disable(catalog, protocol, off);
    return true;
}

void fm_setup_deeper(FmCatalog *catalog)
{
    static const char *const deeper[] = { "stun.dissect_relayed", "rtp.heuristic_two_in_a_row", "tcp.reassemble_out_of_order" };
    for (size_t i = 0; i < G_N_ELEMENTS(deeper); i++)
        fm_catalog_set(catalog, deeper[i], "TRUE", NULL);
}

bool fm_setup_catalog(FmCatalog *catalog, const FmOptions *options, FmColumns *columns, GError **error)
{
    for (unsigned i = 0; i < options->preferences->len; i++)
        if (!set_preference(catalog, columns, options->preferences->pdata[i], error))
            return false;
    if (!fm_schema_of_options(catalog, options, error))
        return false;
    for (unsigned i = 0; i < options->decode_as->len; i++)
        if (!decode_as(catalog, options->decode_as->pdata[i], error))
            return false;
    for (unsigned i = 0; i < options->switches->len; i++)
        if (!switch_protocol(catalog, options->switches->pdata[i], error))
            return false;
    if (options->time_format && !fm_columns_set_time(columns, options->time_format))
        return fail(error, "Invalid time stamp type \"%s\"; it must be one of: a, ad, adoy, d, dd, e, r, u, ud, udoy",
                    options->time_format);
    if (options->seconds_format && !fm_columns_set_seconds(columns, options->seconds_format))
        return fail(error, "Invalid seconds type \"%s\"; it must be one of: s, hms", options->seconds_format);
    return true;
}

static bool check_fields(const FmPrintOptions *shown, GError **error)
{
    g_autoptr(GString) wrong = g_string_new(NULL);
    for (unsigned i = 0; i < shown->fields->len; i++) {
        const char *name = shown->fields->pdata[i];
        if (fm_print_field_known(shown, name))
            continue;
        const char *near = fm_catalog_suggest(shown->catalog, name);
        g_string_append_printf(wrong, "%s%s", wrong->len ? ", " : "", name);
        if (near)
            g_string_append_printf(wrong, " (did you mean %s?)", near);
    }
    return wrong->len == 0 || fail(error, "Some fields aren't valid: %s", wrong->str);
}

/* -O tcp,ip: whose details are shown. */
static bool set_open(FmOptions *options, const FmCatalog *catalog, GError **error)
{
    if (!options->open)
        return true;
    GHashTable *open = options->shown.open = g_hash_table_new(NULL, NULL);
    g_auto(GStrv) names = g_strsplit_set(options->open, ", ", -1);
    for (char **name = names; *name; name++) {
        if (!**name)
            continue;
        unsigned protocol = fm_catalog_protocol_named(catalog, *name);
        if (!protocol)
            return fail_protocol(catalog, "-O", *name, error);
        g_hash_table_add(open, (gpointer)(uintptr_t)fm_catalog_protocol_at(catalog, protocol));
    }
    return true;
}

bool fm_setup_print(FmOptions *options, const FmCatalog *catalog, const FmColumns *columns, GError **error)
{
    FmPrintOptions *shown = &options->shown;
    shown->catalog = catalog;
    shown->columns = columns;
    shown->file = options->read_file ? options->read_file : "";
    shown->details = options->details;
    shown->hex = options->hex;
    shown->lines = options->print || (!options->details && !options->hex);
    return check_fields(shown, error) && set_open(options, catalog, error);
}

static bool filter_error(const GError *error, const char *text, size_t at, size_t size)
{
    fprintf(stderr, "fathom: %s\n    %s\n    %*s^", error->message, text, (int)g_utf8_strlen(text, (gssize)at), "");
    for (size_t i = 1; i < size; i++)
        fputc('~', stderr);
    fputc('\n', stderr);
    return false;
}

/* The user's macros, in the names that the reference gave the file over time. */
static bool load_macros(FmMacros *macros)
{
    static const char *const files[] = { "wireshark/dfilter_macros", "wireshark/dmacros", "fathom/dmacros" };
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(g_get_user_config_dir(), files[i], NULL);
        g_autoptr(GError) error = NULL;
        if (!fm_macros_load(macros, path, &error) && error->domain != G_FILE_ERROR) {
            fprintf(stderr, "fathom: %s\n", error->message);
            return false;
        }
    }
    return true;
}

bool fm_setup_filter(FmFilter **filter, const FmCatalog *catalog, const char *text)
{
    if (!text)
        return true;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(FmMacros) macros = fm_macros_new();
    size_t at = 0, size = 0;
    if (strchr(text, '$') && !load_macros(macros))
        return false;
    g_autofree char *expanded = fm_macros_expand(macros, text, &at, &size, &error);
    if (!expanded)
        return filter_error(error, text, at, size);
    *filter = fm_filter_compile(catalog, expanded, &at, &size, warnings, &error);
    for (unsigned i = 0; i < warnings->len; i++)
        fprintf(stderr, "fathom: %s\n", (const char *)warnings->pdata[i]);
    return *filter || filter_error(error, expanded, at, size);
}
