/* The command line: tshark's options. */
#include "config.h"

#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { /* long options without a letter */
    TIME_STAMP_TYPE = 256, LIST_TIME_STAMP_TYPES, HEXDUMP, COLOR, NO_DUPLICATE_KEYS, VERIFY_CHAIN, ENABLE_PROTOCOL, DISABLE_PROTOCOL,
    ENABLE_HEURISTIC, DISABLE_HEURISTIC, CAPTURE_COMMENT, TEMP_DIR, EXPORT_KEYS, EXPORT_OBJECTS, INJECT_SECRETS, MEMORY, PROTO, PLUGIN, REFUSED,
};

static const char letters[] = "+:2A:a:B:b:C:c:Dd:E:e:F:f:G::gH:hIi:J:j:K:LlM:N:nO:o:PpQqR:r:S:s:T:t:U:u:VvW:w:X:xY:y:Z:z:";

static const struct option long_options[] = {
    { "interface", required_argument, NULL, 'i' },
    { "snapshot-length", required_argument, NULL, 's' },
    { "no-promiscuous-mode", no_argument, NULL, 'p' },
    { "monitor-mode", no_argument, NULL, 'I' },
    { "buffer-size", required_argument, NULL, 'B' },
    { "linktype", required_argument, NULL, 'y' },
    { "time-stamp-type", required_argument, NULL, TIME_STAMP_TYPE },
    { "list-interfaces", no_argument, NULL, 'D' },
    { "list-data-link-types", no_argument, NULL, 'L' },
    { "list-time-stamp-types", no_argument, NULL, LIST_TIME_STAMP_TYPES },
    { "autostop", required_argument, NULL, 'a' },
    { "ring-buffer", required_argument, NULL, 'b' },
    { "read-file", required_argument, NULL, 'r' },
    { "read-filter", required_argument, NULL, 'R' },
    { "display-filter", required_argument, NULL, 'Y' },
    { "print", no_argument, NULL, 'P' },
    { "hexdump", required_argument, NULL, HEXDUMP },
    { "color", no_argument, NULL, COLOR },
    { "no-duplicate-keys", no_argument, NULL, NO_DUPLICATE_KEYS },
    { "verify-chain", optional_argument, NULL, VERIFY_CHAIN },
    { "enable-protocol", required_argument, NULL, ENABLE_PROTOCOL },
    { "disable-protocol", required_argument, NULL, DISABLE_PROTOCOL },
    { "enable-heuristic", required_argument, NULL, ENABLE_HEURISTIC },
    { "disable-heuristic", required_argument, NULL, DISABLE_HEURISTIC },
    { "capture-comment", required_argument, NULL, CAPTURE_COMMENT },
    { "temp-dir", required_argument, NULL, TEMP_DIR },
    { "export-objects", required_argument, NULL, EXPORT_OBJECTS },
    { "export-tls-session-keys", required_argument, NULL, EXPORT_KEYS },
    { "inject-secrets", no_argument, NULL, INJECT_SECRETS },
    { "memory", required_argument, NULL, MEMORY },
    { "proto", required_argument, NULL, PROTO },
    { "plugin", required_argument, NULL, PLUGIN },
    { "elastic-mapping-filter", required_argument, NULL, REFUSED },
    { "help", optional_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'v' },
    { NULL, 0, NULL, 0 },
};

static const struct {
    const char *name;
    FmFormat format;
} formats[] = {
    { "text", FM_FORMAT_TEXT }, { "fields", FM_FORMAT_FIELDS }, { "json", FM_FORMAT_JSON }, { "jsonraw", FM_FORMAT_JSONRAW },
    { "ek", FM_FORMAT_EK }, { "pdml", FM_FORMAT_PDML }, { "psml", FM_FORMAT_PSML }, { "tabs", FM_FORMAT_TABS },
    { "jsonl", FM_FORMAT_JSONL },
};

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

static void set_text(char **place, const char *value)
{
    g_free(*place);
    *place = g_strdup(value);
}

static bool parse_number(const char *text, const char *what, uint64_t least, uint64_t most, uint64_t *number, GError **error)
{
    char *end;
    errno = 0;
    *number = g_ascii_strtoull(text, &end, 10);
    if (!g_ascii_isdigit(*text) || *end || errno)
        return fail(error, "The specified %s \"%s\" isn't a decimal number", what, text);
    if (*number < least)
        return fail(error, least == 1 ? "The specified %s is zero" : "The specified %s is too small", what);
    if (*number > most)
        return fail(error, "The specified %s \"%s\" is too large", what, text);
    return true;
}

static bool parse_format(FmOptions *o, const char *name, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (strcmp(formats[i].name, name) == 0) {
            o->shown.format = formats[i].format;
            return true;
        }
    g_autoptr(GString) known = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        g_string_append_printf(known, "%s%s", i ? ", " : "", formats[i].name);
    return fail(error, "Invalid -T parameter \"%s\"; it must be one of: %s", name, known->str);
}

static char special_character(const char *text)
{
    if (strcmp(text, "/t") == 0)
        return '\t';
    if (strcmp(text, "/s") == 0)
        return ' ';
    return text[0] && !text[1] ? text[0] : '\0';
}

/* -E: name=value. */
static bool parse_shape(FmPrintOptions *shown, const char *text, GError **error)
{
    const char *value = strchr(text, '=');
    size_t size = value ? (size_t)(value - text) : 0;
    value = value ? value + 1 : "";
    char c = special_character(value);
    bool yes = c == 'y' || c == 'Y', flag = yes || c == 'n' || c == 'N', good = false;
    if (size == 6 && strncmp(text, "header", size) == 0 && (good = flag))
        shown->header = yes;
    else if (size == 3 && strncmp(text, "bom", size) == 0 && (good = flag))
        shown->bom = yes;
    else if (size == 6 && strncmp(text, "escape", size) == 0 && (good = flag))
        shown->unescaped = !yes;
    else if (size == 9 && strncmp(text, "separator", size) == 0 && (good = c))
        shown->field_separator = c;
    else if (size == 10 && strncmp(text, "aggregator", size) == 0 && (good = c))
        shown->aggregator = c;
    else if (size == 10 && strncmp(text, "occurrence", size) == 0 && (good = c == 'f' || c == 'l' || c == 'a'))
        shown->occurrence = (FmOccurrence)c;
    else if (size == 5 && strncmp(text, "quote", size) == 0 && (good = c == 'd' || c == 's' || c == 'n'))
        shown->quote = c == 'd' ? '"' : c == 's' ? '\'' : '\0';
    if (good)
        return true;
    return fail(error,
                "\"%s\" is not a valid field output option=value pair; there are bom=y|n, escape=y|n, header=y|n, separator=/t|/s|<character>, "
                "occurrence=f|l|a, aggregator=,|/s|<character>, quote=d|s|n",
                text);
}

static bool parse_hexdump(FmOptions *o, const char *name, GError **error)
{
    o->hex = true;
    if (strcmp(name, "all") == 0)
        o->shown.hex_frames_only = false;
    else if (strcmp(name, "frames") == 0)
        o->shown.hex_frames_only = true;
    else if (strcmp(name, "ascii") == 0)
        o->shown.hex_no_ascii = o->shown.hex_delimited = false;
    else if (strcmp(name, "delimit") == 0)
        o->shown.hex_delimited = true;
    else if (strcmp(name, "noascii") == 0)
        o->shown.hex_no_ascii = true;
    else
        return fail(error, "Invalid --hexdump parameter \"%s\"; it must be one of: all, frames, ascii, delimit, noascii", name);
    return true;
}

static void keep_names(FmOptions *o, const char *names, bool children)
{
    if (!o->shown.keep)
        o->shown.keep = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) words = g_strsplit_set(names, " ,", -1);
    for (char **word = words; *word; word++)
        if (**word)
            g_hash_table_add(o->shown.keep, g_strdup(*word));
    o->shown.keep_children = children;
}

static bool check_names(const char *flags, GError **error)
{
    for (const char *c = flags; *c; c++)
        if (!strchr("dmnNtv", *c))
            return fail(error, "-N specifies unknown resolving option '%c'; valid options are d, m, n, N, t, v", *c);
    return true;
}

/* Options that apply to one interface: to the last one named, or to all that follow. */
static FmCaptureOptions *capture_target(FmOptions *o)
{
    return o->interfaces->len ? o->interfaces->pdata[o->interfaces->len - 1] : &o->capture;
}

static void free_capture_fields(FmCaptureOptions *c)
{
    g_free(c->interface);
    g_free(c->filter);
    g_free(c->link_type);
    g_free(c->time_stamp_type);
}

static void free_capture(gpointer data)
{
    free_capture_fields(data);
    g_free(data);
}

static void add_interface(FmOptions *o, const char *name)
{
    FmCaptureOptions *c = g_new(FmCaptureOptions, 1);
    *c = o->capture;
    c->interface = g_strdup(name);
    c->filter = g_strdup(o->capture.filter);
    c->link_type = g_strdup(o->capture.link_type);
    c->time_stamp_type = g_strdup(o->capture.time_stamp_type);
    g_ptr_array_add(o->interfaces, c);
}

static bool take_capture_option(FmOptions *o, int letter, const char *value, GError **error)
{
    FmCaptureOptions *c = capture_target(o);
    switch (letter) {
    case 'f': set_text(&c->filter, value); return true;
    case 'y': set_text(&c->link_type, value); return true;
    case TIME_STAMP_TYPE: set_text(&c->time_stamp_type, value); return true;
    case 'p': c->not_promiscuous = true; return true;
    case 'I': c->monitor = true; return true;
    case 's': return parse_number(value, "snapshot length", 0, 0x7fffffff, &c->snap_length, error);
    case 'B': return parse_number(value, "buffer size", 1, 2047, &c->buffer_mib, error);
    default: g_assert_not_reached();
    }
}

/* --enable-heuristic, --disable-heuristic: those that preferences stand for; the others' names do not matter here. */
static void put_heuristic(FmOptions *o, const char *name, bool on)
{
    static const char *const preferences[][2] = {
        { "rtp_udp", "rtp.heuristic_udp" },
        { "dtls_stun", "stun.dissect_relayed" },
        { "rtp_stun", "stun.dissect_relayed" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(preferences); i++)
        if (strcmp(name, preferences[i][0]) == 0)
            g_ptr_array_add(o->preferences, g_strconcat(preferences[i][1], on ? ":TRUE" : ":FALSE", NULL));
}

static bool take_option(FmOptions *o, int letter, const char *value, GError **error)
{
    switch (letter) {
    case '2': o->two_pass = true; return true;
    case 'a': g_ptr_array_add(o->autostop, g_strdup(value)); return true;
    case 'b': g_ptr_array_add(o->ring, g_strdup(value)); return true;
    case 'f': case 'y': case 's': case 'B': case 'p': case 'I': case TIME_STAMP_TYPE: return take_capture_option(o, letter, value, error);
    case 'c': return parse_number(value, "packet count", 1, G_MAXUINT64, &o->count, error);
    case 'M': return parse_number(value, "packet count", 1, G_MAXUINT64, &o->session_reset, error);
    case 'D': o->action = FM_ACTION_LIST_INTERFACES; return true;
    case 'L': o->action = FM_ACTION_LIST_LINK_TYPES; return true;
    case LIST_TIME_STAMP_TYPES: o->action = FM_ACTION_LIST_TIME_STAMPS; return true;
    case 'd': g_ptr_array_add(o->decode_as, g_strdup(value)); return true;
    case 'E': return parse_shape(&o->shown, value, error);
    case 'e': g_ptr_array_add(o->shown.fields, g_strdup(value)); return true;
    case 'F':
        set_text(&o->write_format, value);
        if (!*value)
            o->action = FM_ACTION_LIST_FORMATS;
        return true;
    case 'G':
        o->action = FM_ACTION_GLOSSARY;
        set_text(&o->glossary, value ? value : "fields");
        return true;
    case 'h':
        o->action = FM_ACTION_HELP;
        o->help_all = value && strcmp(value, "all") == 0;
        return !value || o->help_all || fail(error, "there are --help and --help=all");
    case 'v': o->action = FM_ACTION_VERSION; return true;
    case 'i': add_interface(o, value); return true;
    case 'j': keep_names(o, value, false); return true;
    case 'J': keep_names(o, value, true); return true;
    case 'l': o->flush = true; return true;
    case 'n': return true; /* names are never looked up */
    case 'N': return check_names(value, error);
    case 'O': set_text(&o->open, value); o->details = true; return true;
    case 'o': g_ptr_array_add(o->preferences, g_strdup(value)); return true;
    case 'P': o->print = true; return true;
    case 'q': o->quiet = true; return true;
    case 'Q': o->quiet = o->quieter = true; return true;
    case 'R': set_text(&o->read_filter, value); return true;
    case 'r': set_text(&o->read_file, value); return true;
    case 'S': o->shown.separator = value; return true;
    case 'T': return parse_format(o, value, error);
    case 't': set_text(&o->time_format, value); return true;
    case 'u': set_text(&o->seconds_format, value); return true;
    case 'V': o->details = true; return true;
    case 'w': set_text(&o->write_file, value); return true;
    case 'x': o->hex = true; return true;
    case 'Y': set_text(&o->display_filter, value); return true;
    case 'z':
        g_ptr_array_add(o->statistics, g_strdup(value));
        if (strcmp(value, "help") == 0)
            o->action = FM_ACTION_LIST_STATISTICS;
        return true;
    case HEXDUMP: return parse_hexdump(o, value, error);
    case COLOR: o->shown.color = true; return true;
    case NO_DUPLICATE_KEYS: o->shown.merge_keys = true; return true;
    case VERIFY_CHAIN: g_ptr_array_add(o->preferences, g_strconcat("tls.verify_chain:", value ? value : "system", NULL)); return true;
    case ENABLE_PROTOCOL: g_ptr_array_add(o->switches, g_strconcat("+", value, NULL)); return true;
    case DISABLE_PROTOCOL: g_ptr_array_add(o->switches, g_strconcat("-", value, NULL)); return true;
    case EXPORT_OBJECTS: g_ptr_array_add(o->exports, g_strdup(value)); return true;
    case EXPORT_KEYS: set_text(&o->export_keys, value); return true;
    case PROTO: g_ptr_array_add(o->preferences, g_strconcat("protobuf.schema:", value, NULL)); return true;
    case PLUGIN: g_ptr_array_add(o->plugins, g_strdup(value)); return true;
    case INJECT_SECRETS: o->inject_secrets = true; return true;
    case MEMORY: return parse_number(value, "memory", 64, 1 << 20, &o->memory_mib, error);
    case CAPTURE_COMMENT: set_text(&o->capture_comment, value); return true;
    case 'g': o->group_access = true; return true;
    case ENABLE_HEURISTIC: case DISABLE_HEURISTIC:
        put_heuristic(o, value, letter == ENABLE_HEURISTIC);
        return true;
    case 'C': case 'H': case 'W': case TEMP_DIR:
        return true; /* nothing here depends on profiles, hosts files, temporary files, heuristics' names */
    case 'A': case 'K': case 'U': case 'X': case 'Z': return fail(error, "option -%c is not supported", letter);
    default: g_assert_not_reached();
    }
}

static bool fail_unknown(const char *word, GError **error)
{
    if (!g_str_has_prefix(word, "--"))
        return fail(error, "unrecognized option: %s", word);
    g_autofree char *name = g_strndup(word + 2, strcspn(word + 2, "="));
    const char *best = NULL;
    unsigned least = 4;
    for (const struct option *l = long_options; l->name; l++) {
        unsigned d = fm_text_distance(name, l->name, least);
        if (d < least) {
            least = d;
            best = l->name;
        }
    }
    return best ? fail(error, "unrecognized option: %s; did you mean --%s?", word, best) : fail(error, "unrecognized option: %s", word);
}

/* Without -r and -i the first word is the file. True if options go on behind it. */
static bool take_file(FmOptions *o, int argc, char **argv)
{
    if (optind >= argc || o->read_file || o->interfaces->len || !g_file_test(argv[optind], G_FILE_TEST_EXISTS))
        return false;
    o->read_file = g_strdup(argv[optind++]);
    o->positional_file = true;
    return optind < argc && argv[optind][0] == '-' && argv[optind][1];
}

/* The words behind the options: a filter, of packets shown or (live) captured. */
static bool take_words(FmOptions *o, int argc, char **argv, GError **error)
{
    int i = optind;
    if (i >= argc)
        return true;
    if (o->read_file && o->display_filter)
        return fail(error, "Display filters were specified both with \"-Y\" and with additional command-line arguments.");
    *(o->read_file ? &o->display_filter : &o->capture_filter_words) = g_strjoinv(" ", argv + i);
    return true;
}

static bool check(const FmOptions *o, GError **error)
{
    FmFormat format = o->shown.format;
    bool with_fields = format == FM_FORMAT_FIELDS || format == FM_FORMAT_JSON || format == FM_FORMAT_EK || format == FM_FORMAT_PDML ||
                       format == FM_FORMAT_JSONL;
    if (o->read_filter && !o->two_pass)
        return fail(error, "-R without -2 is deprecated. For single-pass filtering use -Y.");
    if (format == FM_FORMAT_FIELDS && !o->shown.fields->len)
        return fail(error, "\"-Tfields\" was specified, but no fields were specified with \"-e\".");
    if (o->shown.fields->len && !with_fields)
        return fail(error, "Output fields were specified with \"-e\", but \"-Tek, -Tfields, -Tjson, -Tjsonl or -Tpdml\" was not specified.");
    if (o->read_file && o->interfaces->len)
        return fail(error, "You can't specify both a live capture and a capture file to be read.");
    return true;
}

static FmOptions *new_options(void)
{
    FmOptions *o = g_new0(FmOptions, 1);
    o->interfaces = g_ptr_array_new_with_free_func(free_capture);
    o->autostop = g_ptr_array_new_with_free_func(g_free);
    o->ring = g_ptr_array_new_with_free_func(g_free);
    o->preferences = g_ptr_array_new_with_free_func(g_free);
    o->decode_as = g_ptr_array_new_with_free_func(g_free);
    o->statistics = g_ptr_array_new_with_free_func(g_free);
    o->exports = g_ptr_array_new_with_free_func(g_free);
    o->switches = g_ptr_array_new_with_free_func(g_free);
    o->plugins = g_ptr_array_new_with_free_func(g_free);
    o->shown.fields = g_ptr_array_new_with_free_func(g_free);
    o->shown.field_separator = '\t';
    o->shown.aggregator = ',';
    o->shown.occurrence = FM_OCCURRENCE_ALL;
    o->shown.separator = "";
    o->shown.terminal = isatty(STDOUT_FILENO);
    return o;
}

static bool take_options(FmOptions *o, int argc, char **argv, GError **error)
{
    for (int letter; (letter = getopt_long(argc, argv, letters, long_options, NULL)) != -1;) {
        const char *value = optarg;
        if (letter == '?') {
            const char short_name[] = { '-', (char)optopt, '\0' };
            fail_unknown(optopt && optopt < 256 ? short_name : argv[optind - 1], error);
            return false;
        }
        if (letter == ':') {
            fail(error, "option requires an argument: %s", argv[optind - 1]);
            return false;
        }
        if (letter == REFUSED) {
            fail(error, "option %s is not supported", argv[optind - 1]);
            return false;
        }
        if (letter == 'G' && !value && optind < argc) /* the report's name may be the next word */
            value = argv[optind++];
        if (!take_option(o, letter, value, error))
            return false;
    }
    return true;
}

FmOptions *fm_options_parse(int argc, char **argv, GError **error)
{
    g_autoptr(FmOptions) o = new_options();
    optind = 1;
    opterr = 0;
    do {
        if (!take_options(o, argc, argv, error))
            return NULL;
    } while (take_file(o, argc, argv));
    if (!take_words(o, argc, argv, error))
        return NULL;
    return check(o, error) ? g_steal_pointer(&o) : NULL;
}

void fm_options_free(FmOptions *o)
{
    if (!o)
        return;
    GPtrArray *const lists[] = { o->interfaces, o->autostop, o->ring, o->preferences, o->decode_as, o->statistics, o->exports, o->switches, o->plugins, o->shown.fields };
    char *const texts[] = { o->glossary, o->read_file, o->write_file, o->write_format, o->capture_comment, o->read_filter,
                            o->display_filter, o->export_keys, o->capture_filter_words, o->open, o->time_format, o->seconds_format };
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
        g_ptr_array_unref(lists[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
    free_capture_fields(&o->capture);
    if (o->shown.keep)
        g_hash_table_unref(o->shown.keep);
    if (o->shown.open)
        g_hash_table_unref(o->shown.open);
    g_free(o);
}
