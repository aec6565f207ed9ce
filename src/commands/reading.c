/* Commands' way through a capture. */
#include "config.h"

#include "commands/reading.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "capture/source_live.h"
#include "flow/flow.h"
#include "live.h"
#include "plugins.h"
#include "sandbox.h"
#include "secret_options.h"
#include "setup.h"

int fm_reading_complain(int status, const GError *error)
{
    fprintf(stderr, "fathom: %s\n", error->message);
    return status;
}

static const FmOwnOption *own_option(const FmOwnOption *own, const char *word, size_t size)
{
    for (; own->name; own++)
        if (strlen(own->name) == size && strncmp(own->name, word, size) == 0)
            return own;
    return NULL;
}

/* Takes the command's own options out of the words. NULL where one lacks its value. */
static char **take_own(int argc, char **argv, const FmOwnOption *own)
{
    char **words = g_new0(char *, 2 * (size_t)argc + 1); /* "-" alone becomes "-r -" */
    int n = 0;
    for (int i = 0; i < argc; i++) {
        size_t size = strcspn(argv[i], "=");
        const FmOwnOption *o = g_str_has_prefix(argv[i], "--") ? own_option(own, argv[i], size) : NULL;
        if (!o) {
            bool value = i > 0 && (strcmp(argv[i - 1], "-i") == 0 || strcmp(argv[i - 1], "-r") == 0 || strcmp(argv[i - 1], "-w") == 0);
            if (strcmp(argv[i], "-") == 0 && !value)
                words[n++] = g_strdup("-r");
            words[n++] = g_strdup(argv[i]);
            continue;
        }
        if (o->given)
            *o->given = true;
        if (!o->value)
            continue;
        *o->value = argv[i][size] ? argv[i] + size + 1 : i + 1 < argc ? argv[++i] : NULL;
        if (!*o->value) {
            fprintf(stderr, "fathom: option requires an argument: %s\n", argv[i]);
            g_strfreev(words);
            return NULL;
        }
    }
    return words;
}

bool fm_reading_flow(const char *text, unsigned *kind, uint32_t *number)
{
    static const struct {
        const char *name;
        FmFlowKind kind;
    } kinds[] = { { "tcp", FM_FLOW_TCP }, { "udp", FM_FLOW_UDP }, { "sctp", FM_FLOW_SCTP }, { "dccp", FM_FLOW_DCCP }, { "quic", FM_FLOW_QUIC } };
    *kind = FM_FLOW_TCP;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        size_t size = strlen(kinds[i].name);
        if (g_ascii_strncasecmp(text, kinds[i].name, size) == 0 && text[size] && strchr(": ", text[size])) {
            *kind = kinds[i].kind;
            text += size + 1;
            break;
        }
    }
    char *end;
    guint64 value = g_ascii_strtoull(text, &end, 10);
    *number = (uint32_t)value;
    return g_ascii_isdigit(*text) && !*end && value <= UINT32_MAX;
}

char **fm_reading_with_output(int argc, char **argv)
{
    char **words = g_new0(char *, (size_t)argc + 1);
    for (int i = 0; i < argc; i++) {
        bool output = strcmp(argv[i], "-o") == 0 && i + 1 < argc && !strchr(argv[i + 1], ':');
        words[i] = output ? (char *)(uintptr_t) "--output" : argv[i];
    }
    return words;
}

int fm_reading_start(FmReading *r, int argc, char **argv, const FmOwnOption *own, const char *help)
{
    g_autoptr(GError) error = NULL;
    signal(SIGPIPE, SIG_IGN);
    *r = (FmReading){ .words = take_own(argc, argv, own) };
    if (!r->words)
        return FM_COMMAND_USAGE;
    r->options = fm_options_parse((int)g_strv_length(r->words), r->words, &error);
    if (!r->options)
        return fm_reading_complain(FM_COMMAND_USAGE, error);
    if (r->options->action == FM_ACTION_HELP) {
        fputs(help, stdout);
        return FM_COMMAND_GOOD;
    }
    r->columns = fm_columns_new();
    r->catalog = fm_plugins_catalog(r->options, &error);
    if (r->catalog)
        fm_setup_deeper(r->catalog);
    if (!r->catalog || !fm_setup_catalog(r->catalog, r->options, r->columns, &error))
        return fm_reading_complain(FM_COMMAND_USAGE, error);
    if (!r->options->read_file && !r->options->interfaces->len) {
        const char *said = r->options->capture_filter_words;
        if (said)
            fprintf(stderr, "fathom: nothing to read: there is no file \"%s\"; give one, or an interface (-i NAME)\n", said);
        else
            fputs("fathom: nothing to read: give a file, or an interface (-i NAME)\n", stderr);
        return FM_COMMAND_USAGE;
    }
    return FM_COMMAND_GO_ON;
}

int fm_reading_open(FmReading *r)
{
    g_autoptr(GError) error = NULL;
    const FmOptions *o = r->options;
    FmSessionOptions session = { .limit = o->count };
    g_autoptr(FmSecrets) secrets = fm_secrets_of_options(o, &error);
    if (!secrets)
        return fm_reading_complain(FM_COMMAND_FAILED, error);
    if (!fm_setup_filter(&session.display, r->catalog, o->display_filter))
        return FM_COMMAND_FAILED;
    r->source = o->read_file ? fm_source_open_file(o->read_file, &error) : fm_live_open(o, &error);
    if (!r->source) {
        fm_filter_free(session.display);
        return fm_reading_complain(o->read_file ? FM_COMMAND_FAILED : FM_COMMAND_USAGE, error);
    }
    session.secrets = g_steal_pointer(&secrets);
    r->session = fm_session_new(r->catalog, r->source, &session);
    r->record = fm_record_new(o, r->source, &error);
    if (!r->record)
        return fm_reading_complain(error->domain == FM_OPTION_ERROR ? FM_COMMAND_USAGE : FM_COMMAND_FAILED, error);
    if (o->read_file)
        return FM_COMMAND_GO_ON;
    fm_live_announce(o, r->source);
    return fm_live_drop_privileges(false, &error) ? FM_COMMAND_GO_ON : fm_reading_complain(FM_COMMAND_FAILED, error);
}

static bool take_packet(FmReading *r, const FmReader *reader, const FmPacket *packet, bool match, uint64_t *matched, GError **error)
{
    const FmFrame *frame = packet->frame;
    *matched += match;
    if (!reader->packet(reader->data, packet, match) || (match && !fm_record_frame(r->record, frame, error)))
        return false;
    uint64_t count = r->options->read_file ? *matched : fm_session_count(r->session);
    return !fm_record_enough(r->record, count, frame->place + frame->captured) && fm_record_tick(r->record, error);
}

static bool wait_on(FmReading *r, const FmReader *reader, GError **error)
{
    if ((reader->wait && !reader->wait(reader->data)) || fm_record_enough(r->record, 0, 0))
        return false;
    return fm_record_flush(r->record, error) && fm_record_tick(r->record, error);
}

static void confine(FmReading *r)
{
    FmSandbox sandbox = { 0 };
    fm_sandbox_options(&sandbox, r->options);
    fm_sandbox_write(&sandbox, r->writes);
    if (!r->confined)
        fm_sandbox_enter(&sandbox);
    r->confined = true;
}

int fm_reading_run(FmReading *r, const FmReader *reader)
{
    confine(r);
    g_autoptr(GError) error = NULL;
    const FmPacket *packet;
    bool match, on = true;
    uint64_t matched = 0;
    while (on) {
        switch (fm_session_next(r->session, &packet, &match, &error)) {
        case FM_NEXT_FRAME: on = take_packet(r, reader, packet, match, &matched, &error); break;
        case FM_NEXT_WAIT: on = wait_on(r, reader, &error); break;
        default: on = false; break;
        }
    }
    if (!fm_record_close(g_steal_pointer(&r->record), error ? NULL : &error) && !error)
        return FM_COMMAND_FAILED;
    if (!r->options->read_file)
        fm_live_finish(r->options, r->source, fm_session_count(r->session));
    return error ? fm_reading_complain(FM_COMMAND_FAILED, error) : FM_COMMAND_GOOD;
}

void fm_reading_clear(FmReading *r)
{
    fm_record_close(r->record, NULL);
    if (r->session)
        fm_session_free(r->session);
    else
        fm_source_free(r->source);
    fm_columns_free(r->columns);
    fm_catalog_free(r->catalog);
    fm_options_free(r->options);
    g_strfreev(r->words);
}
