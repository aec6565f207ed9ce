/* -G: what the program knows, as tables for scripts; the columns are tshark's. */
#include "config.h"

#include "commands/glossary.h"

#include <string.h>

#include "model/protocol.h"
#include "options.h"
#include "output/columns.h"

static const struct {
    FmType type;
    const char *name, *title;
} types[] = {
    { FM_NONE, "FT_NONE", "Label" },
    { FM_PROTOCOL, "FT_PROTOCOL", "Protocol" },
    { FM_BOOL8, "FT_BOOLEAN", "Boolean" },
    { FM_CHAR, "FT_CHAR", "Character (1 byte)" },
    { FM_UINT8, "FT_UINT8", "Unsigned integer (1 byte)" },
    { FM_UINT16, "FT_UINT16", "Unsigned integer (2 bytes)" },
    { FM_UINT24, "FT_UINT24", "Unsigned integer (3 bytes)" },
    { FM_UINT32, "FT_UINT32", "Unsigned integer (4 bytes)" },
    { FM_UINT40, "FT_UINT40", "Unsigned integer (5 bytes)" },
    { FM_UINT48, "FT_UINT48", "Unsigned integer (6 bytes)" },
    { FM_UINT56, "FT_UINT56", "Unsigned integer (7 bytes)" },
    { FM_UINT64, "FT_UINT64", "Unsigned integer (8 bytes)" },
    { FM_INT8, "FT_INT8", "Signed integer (1 byte)" },
    { FM_INT16, "FT_INT16", "Signed integer (2 bytes)" },
    { FM_INT24, "FT_INT24", "Signed integer (3 bytes)" },
    { FM_INT32, "FT_INT32", "Signed integer (4 bytes)" },
    { FM_INT64, "FT_INT64", "Signed integer (8 bytes)" },
    { FM_FLOAT, "FT_FLOAT", "Floating point (single-precision)" },
    { FM_DOUBLE, "FT_DOUBLE", "Floating point (double-precision)" },
    { FM_ABSOLUTE_TIME, "FT_ABSOLUTE_TIME", "Date and time" },
    { FM_RELATIVE_TIME, "FT_RELATIVE_TIME", "Time offset" },
    { FM_STRING, "FT_STRING", "Character string" },
    { FM_STRINGZ, "FT_STRINGZ", "Character string" },
    { FM_UINT_STRING, "FT_UINT_STRING", "Character string" },
    { FM_ETHER, "FT_ETHER", "Ethernet or other MAC address" },
    { FM_BYTES, "FT_BYTES", "Byte sequence" },
    { FM_UINT_BYTES, "FT_UINT_BYTES", "Byte sequence" },
    { FM_IPV4, "FT_IPv4", "IPv4 address" },
    { FM_IPV6, "FT_IPv6", "IPv6 address" },
    { FM_FRAMENUM, "FT_FRAMENUM", "Frame number" },
    { FM_GUID, "FT_GUID", "Globally Unique Identifier" },
    { FM_OID, "FT_OID", "ASN.1 object identifier" },
    { FM_EUI64, "FT_EUI64", "EUI64 address" },
    { FM_REL_OID, "FT_REL_OID", "ASN.1 relative object identifier" },
    { FM_STRINGZPAD, "FT_STRINGZPAD", "Character string" },
};

static FmType big_endian(FmType type)
{
    switch (type) {
    case FM_UINT16_LE: return FM_UINT16;
    case FM_UINT24_LE: return FM_UINT24;
    case FM_UINT32_LE: return FM_UINT32;
    case FM_UINT64_LE: return FM_UINT64;
    case FM_INT16_LE: return FM_INT16;
    case FM_INT32_LE: return FM_INT32;
    case FM_INT64_LE: return FM_INT64;
    default: return type;
    }
}

static const char *type_name(FmType type)
{
    if (type == FM_EXPERT)
        return "FT_NONE";
    if (fm_type_is_bool(type))
        return "FT_BOOLEAN";
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (types[i].type == big_endian(type))
            return types[i].name;
    return "";
}

static const char *base_name(FmBase base)
{
    switch (base) {
    case FM_DEC: return "BASE_DEC";
    case FM_HEX: return "BASE_HEX";
    case FM_OCT: return "BASE_OCT";
    case FM_DEC_HEX: return "BASE_DEC_HEX";
    case FM_HEX_DEC: return "BASE_HEX_DEC";
    case FM_CUSTOM: return "BASE_CUSTOM";
    case FM_PORT_TCP: return "BASE_PT_TCP";
    case FM_PORT_UDP: return "BASE_PT_UDP";
    case FM_PORT_SCTP: return "BASE_PT_SCTP";
    case FM_PORT_DCCP: return "BASE_PT_DCCP";
    case FM_OUI: return "BASE_OUI";
    default: return "BASE_NONE";
    }
}

static void put_base(FmText *out, const FmField *f)
{
    if (fm_type_is_bool(f->type))
        fm_text_uint(out, f->mask ? f->bits ? f->bits : 8 * fm_type_width(f->type) : 0);
    else if ((fm_type_is_unsigned(f->type) && f->type != FM_FRAMENUM) || fm_type_is_signed(f->type))
        fm_text_put(out, base_name(f->base));
}

/* F, name, abbreviation, type, protocol, base, mask, description. */
static void put_field(FmText *out, const FmField *f, const char *abbrev, const char *protocol)
{
    fm_text_literal(out, "F\t");
    fm_text_put(out, f->name);
    fm_text_char(out, '\t');
    fm_text_put(out, abbrev);
    fm_text_char(out, '\t');
    fm_text_put(out, type_name(f->type));
    fm_text_char(out, '\t');
    fm_text_put(out, protocol);
    fm_text_char(out, '\t');
    put_base(out, f);
    fm_text_literal(out, "\t0x");
    fm_text_hex(out, f->mask, 1);
    fm_text_literal(out, "\t\n");
}

/* The protocol that a part belongs to is the part of the name before the first dot. */
static void put_parent(FmText *parent, const FmCatalog *catalog, uint16_t id, const FmField *f)
{
    const FmProtocol *p = fm_catalog_protocol(catalog, id);
    fm_text_reset(parent);
    if (p && !p->part)
        fm_text_put(parent, p->abbrev);
    else if (p)
        fm_text_add(parent, f->abbrev, strcspn(f->abbrev, "."));
    else
        fm_text_literal(parent, "_ws.expert");
}

static void put_protocol_row(FmText *out, const FmProtocol *p)
{
    fm_text_literal(out, "P\t");
    fm_text_put(out, p->title);
    fm_text_char(out, '\t');
    fm_text_put(out, p->abbrev);
    fm_text_char(out, '\n');
}

/* Rows of ids that carry `entry`'s name as their own; an alias gets one row. */
static void put_entry(FmText *out, FmText *parent, const FmCatalog *catalog, const FmEntry *entry)
{
    for (size_t i = 0; i < entry->id_count; i++) {
        const FmField *f = fm_catalog_field(catalog, entry->ids[i]);
        if (!entry->alias && strcmp(f->abbrev, entry->name) != 0)
            continue;
        put_parent(parent, catalog, entry->ids[i], f);
        if (f->type != FM_PROTOCOL)
            put_field(out, f, entry->name, fm_text_string(parent));
        if (entry->alias)
            return;
    }
}

static void put_fields(FmText *out, const FmCatalog *catalog)
{
    g_auto(FmText) parent = { 0 };
    static const uint16_t own[] = { FM_ID_SHORT, FM_ID_MALFORMED, FM_ID_UNREASSEMBLED };
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        const FmField *f = fm_catalog_field(catalog, own[i]);
        fm_text_printf(out, "P\t%s\t%s\n", f->name, f->abbrev);
    }
    for (unsigned n = 1; n <= fm_catalog_protocol_count(catalog); n++)
        if (!fm_catalog_protocol_at(catalog, n)->part)
            put_protocol_row(out, fm_catalog_protocol_at(catalog, n));
    size_t count;
    const FmEntry *entries = fm_catalog_entries(catalog, &count);
    for (size_t i = 0; i < count; i++)
        put_entry(out, &parent, catalog, &entries[i]);
}

static void put_protocols(FmText *out, const FmCatalog *catalog)
{
    for (unsigned n = 1; n <= fm_catalog_protocol_count(catalog); n++) {
        const FmProtocol *p = fm_catalog_protocol_at(catalog, n);
        if (!p->part)
            fm_text_printf(out, "%s\t%s\t%s\n", p->title, p->name ? p->name : p->title, p->abbrev);
    }
}

static void put_types(FmText *out, const FmCatalog *catalog)
{
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        fm_text_printf(out, "%s\t%s\n", types[i].name, types[i].title);
}

/* V: a value and its text; R: a range and its text; T: the texts of a boolean. */
static void put_field_values(FmText *out, const FmField *f, const char *abbrev)
{
    if (fm_type_is_bool(f->type) && (f->yes || f->no))
        fm_text_printf(out, "T\t%s\t%s\t%s\n", abbrev, f->yes ? f->yes : "True", f->no ? f->no : "False");
    bool hex = f->base == FM_HEX || f->base == FM_HEX_DEC;
    for (const FmName *name = f->names; name && name->text; name++) {
        fm_text_printf(out, "%c\t%s\t", name->last ? 'R' : 'V', abbrev);
        if (name->last)
            fm_text_printf(out, "0x%" G_GINT64_MODIFIER "x\t0x%" G_GINT64_MODIFIER "x", name->value, name->last);
        else
            fm_text_printf(out, hex ? "0x%" G_GINT64_MODIFIER "x" : "%" G_GINT64_MODIFIER "u", name->value);
        fm_text_printf(out, "\t%s\n", name->text);
    }
}

static void put_values(FmText *out, const FmCatalog *catalog)
{
    size_t count;
    const FmEntry *entries = fm_catalog_entries(catalog, &count);
    for (size_t i = 0; i < count; i++)
        put_field_values(out, entries[i].field, entries[i].name);
}

static void put_decodes(FmText *out, const FmCatalog *catalog)
{
    for (unsigned t = FM_NO_TABLE + 1; t < FM_CONTENT; t++)
        for (uint32_t number = 0; number <= 65535; number++) {
            unsigned p = fm_catalog_bound(catalog, (FmTable)t, number);
            if (p)
                fm_text_printf(out, "%s\t%u\t%s\n", fm_table_name((FmTable)t), number, fm_catalog_protocol_at(catalog, p)->abbrev);
        }
}

static const struct {
    FmTable table;
    const char *title, *type, *base, *protocol;
} tables[] = {
    { FM_ARP_HARDWARE, "ARP Hardware Type", "FT_UINT16", "BASE_DEC", "ARP" },
    { FM_TLS_PORT, "TLS Port", "FT_UINT16", "BASE_DEC", "TLS" },
    { FM_DTLS_PORT, "DTLS Port", "FT_UINT16", "BASE_DEC", "DTLS" },
    { FM_ETHERTYPE, "Ethertype", "FT_UINT16", "BASE_HEX", "Ethertype" },
    { FM_GRE_PROTO, "GRE protocol type", "FT_UINT16", "BASE_HEX", "GRE" },
    { FM_IP_PROTO, "IP protocol", "FT_UINT8", "BASE_DEC", "IPv4" },
    { FM_LLC_DSAP, "LLC SAP", "FT_UINT8", "BASE_HEX", "LLC" },
    { FM_NULL_TYPE, "BSD AF", "FT_UINT32", "BASE_DEC", "Null/Loopback" },
    { FM_PPP_PROTOCOL, "PPP protocol", "FT_UINT16", "BASE_HEX", "PPP" },
    { FM_SCTP_PORT, "SCTP port", "FT_UINT16", "BASE_DEC", "SCTP" },
    { FM_SCTP_PPI, "SCTP payload protocol identifier", "FT_UINT32", "BASE_DEC", "SCTP" },
    { FM_SLL_TYPE, "Linux SLL protocol type", "FT_UINT16", "BASE_HEX", "SLL" },
    { FM_TCP_PORT, "TCP port", "FT_UINT16", "BASE_DEC", "TCP" },
    { FM_UDP_PORT, "UDP port", "FT_UINT16", "BASE_DEC", "UDP" },
    { FM_LINK_TYPE, "Wiretap encapsulation type", "FT_UINT32", "BASE_DEC", "Frame" },
};

static void put_tables(FmText *out, const FmCatalog *catalog)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
        fm_text_printf(out, "%s\t%s\t%s\t%s\t%s\tDecode As supported\n", fm_table_name(tables[i].table), tables[i].title,
                       tables[i].type, tables[i].base, tables[i].protocol);
}

static void put_heuristics(FmText *out, const FmCatalog *catalog)
{
    static const struct {
        FmTable table;
        const char *name;
    } lists[] = { { FM_SCTP_PORT, "sctp" }, { FM_TCP_PORT, "tcp" }, { FM_UDP_PORT, "udp" } };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        size_t count;
        const uint16_t *probes = fm_catalog_probes(catalog, lists[i].table, &count);
        for (size_t n = 0; n < count; n++)
            fm_text_printf(out, "%s\t%s\tT\n", lists[i].name, fm_catalog_protocol_at(catalog, probes[n])->abbrev);
    }
}

static void put_column_formats(FmText *out, const FmCatalog *catalog)
{
    const char *code, *title;
    for (size_t i = 0; fm_column_kind(i, &code, &title); i++)
        fm_text_printf(out, "%s\t%s\n", code, title);
}

static void put_count(FmText *out, const FmCatalog *catalog)
{
    size_t fields = 0, protocols = 0, repeated = 0, count;
    const FmEntry *entries = fm_catalog_entries(catalog, &count);
    for (size_t i = 0; i < count; i++) {
        fields += entries[i].alias ? 1 : entries[i].id_count;
        repeated += entries[i].alias ? 0 : entries[i].id_count - 1;
    }
    for (unsigned n = 1; n <= fm_catalog_protocol_count(catalog); n++)
        protocols += !fm_catalog_protocol_at(catalog, n)->part;
    fm_text_printf(out, "There are %zu header fields registered, of which:\n\t%zu are protocols\n\t%zu have the same name as another field\n",
                   fields, protocols, repeated);
}

static void put_preference_value(FmText *out, const FmPreference *p, uint64_t value, const char *text)
{
    switch (p->type) {
    case FM_PREF_BOOL: fm_text_put(out, value ? "TRUE" : "FALSE"); break;
    case FM_PREF_UINT: fm_text_uint(out, value); break;
    case FM_PREF_STRING: fm_text_put(out, text ? text : ""); break;
    case FM_PREF_ENUM: fm_text_put(out, p->choices[value]); break;
    }
}

static void put_preferences(FmText *out, const FmCatalog *catalog, bool current)
{
    static const char *const kinds[] = {
        [FM_PREF_BOOL] = "TRUE or FALSE (case-insensitive)", [FM_PREF_UINT] = "A decimal number", [FM_PREF_STRING] = "A string",
        [FM_PREF_ENUM] = "One of:",
    };
    for (unsigned n = 1; n <= fm_catalog_protocol_count(catalog); n++) {
        const FmProtocol *protocol = fm_catalog_protocol_at(catalog, n);
        for (unsigned i = 0; i < protocol->preference_count; i++) {
            const FmPreference *p = &protocol->preferences[i];
            fm_text_printf(out, "# %s\n# %s", p->title ? p->title : p->name, kinds[p->type]);
            for (const char *const *choice = p->type == FM_PREF_ENUM ? p->choices : NULL; choice && *choice; choice++)
                fm_text_printf(out, " %s", *choice);
            uint64_t value = current ? fm_catalog_number_preference(catalog, n, i) : p->value;
            const char *text = current ? fm_catalog_text_preference(catalog, n, i) : p->text;
            bool changed = p->type == FM_PREF_STRING ? g_strcmp0(text, p->text) != 0 : value != p->value;
            fm_text_printf(out, "\n%s%s: ", changed ? "" : "#", p->name);
            put_preference_value(out, p, value, text);
            fm_text_literal(out, "\n\n");
        }
    }
}

static void put_default_preferences(FmText *out, const FmCatalog *catalog) { put_preferences(out, catalog, false); }
static void put_current_preferences(FmText *out, const FmCatalog *catalog) { put_preferences(out, catalog, true); }
static void put_nothing(FmText *out, const FmCatalog *catalog) { }

static const struct {
    const char *name, *about;
    void (*put)(FmText *out, const FmCatalog *catalog);
} reports[] = {
    { "column-formats", "codes of columns", put_column_formats },
    { "currentprefs", "preferences as they are", put_current_preferences },
    { "decodes", "numbers that lead to protocols", put_decodes },
    { "defaultprefs", "preferences as they were", put_default_preferences },
    { "dissector-tables", "tables of such numbers", put_tables },
    { "fieldcount", "number of fields", put_count },
    { "fields", "every protocol and field", put_fields },
    { "ftypes", "types of fields", put_types },
    { "heuristic-decodes", "protocols found by their looks", put_heuristics },
    { "plugins", "protocols from shared objects", put_nothing },
    { "protocols", "every protocol", put_protocols },
    { "values", "texts of values", put_values },
};

bool fm_glossary(FmText *out, const FmCatalog *catalog, const char *name, GError **error)
{
    if (strcmp(name, "help") == 0) {
        for (size_t i = 0; i < G_N_ELEMENTS(reports); i++)
            fm_text_printf(out, "  -G %-20s %s\n", reports[i].name, reports[i].about);
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(reports); i++)
        if (strcmp(reports[i].name, name) == 0) {
            reports[i].put(out, catalog);
            return true;
        }
    g_set_error(error, FM_OPTION_ERROR, FM_OPTION_ERROR_USAGE, "Invalid \"%s\" option for -G; -G help lists the reports", name);
    return false;
}
