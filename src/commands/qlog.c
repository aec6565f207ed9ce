/* fathom qlog CAPTURE [-o FILE]: QUIC connections as qlog in JSON text sequences (RFC 7464), one trace each, seen from the network
 * (draft-ietf-quic-qlog-main-schema, draft-ietf-quic-qlog-quic-events). */
#include "config.h"

#include "commands/qlog.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "commands/qlog_event.h"
#include "commands/reading.h"

static const char help[] =
    "Usage: fathom qlog [option]... FILE [display filter]\n"
    "QUIC connections as qlog: packets with their frames, losses and recovery\n"
    "metrics. A trace for each connection.\n"
    "\n"
    "  -o OUTPUT         write there; a second connection goes to OUTPUT-1, and so\n"
    "                    on; nothing is overwritten\n"
    "  --flow server     as the server sends and receives; else as the client does\n"
    "  --qvis            names of events as in draft 02, which qvis reads\n"
    "and the options for input and preferences of fathom itself (fathom --help).\n"
    "Frames need keys: -o tls.keylog_file:FILE, or secrets inside the capture.\n";

enum { MOST_CONNECTIONS = 256 /* files at a time */ };

typedef struct Connection {
    FILE *file;
    FmTime start;
    FmAddress server;
    uint32_t server_port;
    uint64_t number;
} Connection;

typedef struct Qlog {
    FmReading reading;
    FmAsked *asked;
    GPtrArray *connections; /* in order of appearance */
    const char *output;     /* NULL: standard output */
    bool from_server, old;
    uint32_t left_out;
    FmQlogPacket packet;
    FmText text;
    GError *error;
} Qlog;

static void connection_free(gpointer data)
{
    Connection *c = data;
    if (c->file)
        fclose(c->file);
    g_free(c);
}

/* ---- records ---- */

/* One text of the sequence: a record separator, the JSON text, a line feed. */
static void write_text(Qlog *q, Connection *c)
{
    fputc(0x1e, c->file);
    fwrite(q->text.data, 1, q->text.size, c->file);
    fputc('\n', c->file);
    if (ferror(c->file) && !q->error)
        g_set_error(&q->error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", q->output ? q->output : "temporary file", g_strerror(errno));
    fm_text_reset(&q->text);
}

static void put_reference(FmText *out, const Connection *c, bool old)
{
    if (old) {
        fm_text_printf(out, "\"time_format\":\"relative\",\"reference_time\":%" PRId64 ".%06u", c->start / 1000000, (unsigned)(c->start % 1000000));
        return;
    }
    g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(c->start / FM_SECOND);
    g_autofree char *date = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%S") : g_strdup("1970-01-01T00:00:00");
    fm_text_printf(out, "\"time_format\":\"relative_to_epoch\",\"reference_time\":{\"clock_type\":\"system\",\"epoch\":\"%s.%09uZ\"}", date,
                   (unsigned)(c->start % FM_SECOND));
}

static void write_header(Qlog *q, Connection *c, const FmPacket *packet, const FmQlogPacket *p)
{
    FmText *out = &q->text;
    if (q->old)
        fm_text_put(out, "{\"qlog_version\":\"0.3\",\"qlog_format\":\"JSON-SEQ\"");
    else
        fm_text_put(out, "{\"file_schema\":\"urn:ietf:params:qlog:file:sequential\",\"serialization_format\":\"application/qlog+json-seq\"");
    fm_text_printf(out, ",\"title\":\"QUIC connection %" PRIu64 "\",\"trace\":{", c->number);
    if (!q->old)
        fm_text_put(out, "\"event_schemas\":[\"urn:ietf:params:qlog:events:quic-12\"],");
    fm_text_printf(out, "\"vantage_point\":{\"name\":\"fathom\",\"type\":\"network\",\"flow\":\"%s\"},\"common_fields\":{", q->from_server ? "server" : "client");
    put_reference(out, c, q->old);
    fm_text_put(out, ",\"protocol_types\":[\"QUIC\"]");
    if (p->dcid) {
        fm_text_put(out, ",\"group_id\":\"");
        fm_text_bytes(out, fm_node_bytes(packet, p->dcid), 0);
        fm_text_put(out, q->old ? "\",\"ODCID\":\"" : "\"");
        if (q->old) {
            fm_text_bytes(out, fm_node_bytes(packet, p->dcid), 0);
            fm_text_char(out, '"');
        }
    }
    fm_text_put(out, "}}}");
    write_text(q, c);
}

static void begin_event(Qlog *q, const Connection *c, const FmPacket *packet, const char *name, const char *old_name)
{
    FmTime since = MAX(packet->frame->time - c->start, 0);
    fm_text_printf(&q->text, "{\"time\":%" PRId64 ".%06u,\"name\":\"%s\",\"data\":", since / 1000000, (unsigned)(since % 1000000), q->old ? old_name : name);
}

static void end_event(Qlog *q, Connection *c)
{
    fm_text_char(&q->text, '}');
    write_text(q, c);
}

/* ---- connections ---- */

static FILE *open_output(Qlog *q)
{
    if (!q->output)
        return tmpfile();
    const char *dot = strrchr(q->output, '.'), *slash = strrchr(q->output, '/');
    int stem = dot && (!slash || dot > slash + 1) ? (int)(dot - q->output) : (int)strlen(q->output);
    g_autofree char *name = q->connections->len ? g_strdup_printf("%.*s-%u%s", stem, q->output, q->connections->len, q->output + stem) : g_strdup(q->output);
    FILE *file = fopen(name, "wxe");
    if (!file && !q->error)
        g_set_error(&q->error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", name, g_strerror(errno));
    return file;
}

/* Who asked first is the client, unless that end's port says otherwise where the beginning was not captured. */
static Connection *connection_of(Qlog *q, const FmPacket *packet, const FmQlogPacket *p)
{
    for (unsigned i = q->connections->len; i-- > 0;) {
        Connection *c = g_ptr_array_index(q->connections, i);
        if (c->number == p->connection->value)
            return c;
    }
    if (q->connections->len == MOST_CONNECTIONS) {
        q->left_out++;
        return NULL;
    }
    FILE *file = open_output(q);
    if (!file) {
        if (!q->error)
            g_set_error(&q->error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "temporary file: %s", g_strerror(errno));
        return NULL;
    }
    bool reversed = p->type && strcmp(p->type, "initial") != 0 && strcmp(p->type, "0RTT") != 0 && packet->source_port < packet->destination_port;
    Connection *c = g_new0(Connection, 1);
    *c = (Connection){ .file = file, .start = packet->frame->time, .number = p->connection->value,
                       .server = reversed ? packet->net_source : packet->net_destination,
                       .server_port = reversed ? packet->source_port : packet->destination_port };
    g_ptr_array_add(q->connections, c);
    write_header(q, c, packet, p);
    return c;
}

static void write_packet(Qlog *q, Connection *c, const FmPacket *packet, const FmQlogPacket *p)
{
    bool by_server = packet->source_port == c->server_port && packet->net_source.type == c->server.type &&
                     memcmp(packet->net_source.bytes, c->server.bytes, sizeof c->server.bytes) == 0;
    bool sent = by_server == q->from_server, own = sent != p->acknowledges; /* metrics are of the sender that is acknowledged */
    begin_event(q, c, packet, sent ? "quic:packet_sent" : "quic:packet_received", sent ? "transport:packet_sent" : "transport:packet_received");
    fm_qlog_put_packet(&q->text, packet, p);
    end_event(q, c);
    for (unsigned i = 0; i < p->lost_count && own; i++) {
        begin_event(q, c, packet, "quic:packet_lost", "recovery:packet_lost");
        fm_text_printf(&q->text, "{\"header\":{\"packet_type\":\"1RTT\",\"packet_number\":%" PRIu64 "}}", p->lost[i]->value);
        end_event(q, c);
    }
    if (own && p->metrics.in_flight) {
        begin_event(q, c, packet, "quic:recovery_metrics_updated", "recovery:metrics_updated");
        fm_qlog_put_metrics(&q->text, &p->metrics);
        end_event(q, c);
    }
}

static bool take_packet(void *data, const FmPacket *packet, bool match)
{
    Qlog *q = data;
    const FmNode *at = packet->nodes, *connection = NULL;
    while (match && !q->error && fm_qlog_next(q->asked, packet, &at, &q->packet)) {
        if (q->packet.connection)
            connection = q->packet.connection;
        q->packet.connection = connection; /* the datagram's first packet tells */
        Connection *c = connection && q->packet.type ? connection_of(q, packet, &q->packet) : NULL;
        if (c)
            write_packet(q, c, packet, &q->packet);
    }
    return !q->error;
}

/* Traces that wait in files of their own, one behind the other. */
static void print_all(Qlog *q)
{
    char buffer[65536];
    for (unsigned i = 0; i < q->connections->len && !q->output; i++) {
        Connection *c = g_ptr_array_index(q->connections, i);
        size_t n;
        rewind(c->file);
        while ((n = fread(buffer, 1, sizeof buffer, c->file)) > 0 && fwrite(buffer, 1, n, stdout) == n)
            ;
    }
}

static int run(Qlog *q)
{
    int status = fm_reading_open(&q->reading);
    if (status != FM_COMMAND_GO_ON)
        return status;
    q->asked = fm_qlog_asked(q->reading.catalog);
    fm_session_want(q->reading.session, q->asked->bits, false, false, false);
    q->reading.writes = q->output ? q->output : g_get_tmp_dir();
    const FmReader reader = { take_packet, NULL, q };
    status = fm_reading_run(&q->reading, &reader);
    print_all(q);
    if (q->left_out)
        fprintf(stderr, "fathom: packets of further connections were left out: %u traces at a time\n", (unsigned)MOST_CONNECTIONS);
    if (q->error)
        return fm_reading_complain(FM_COMMAND_FAILED, q->error);
    if (!q->connections->len)
        fprintf(stderr, "fathom: no QUIC connection was found\n");
    return fflush(stdout) == 0 ? status : FM_COMMAND_FAILED;
}

int fm_qlog_run(int argc, char **argv)
{
    Qlog q = { .connections = g_ptr_array_new_with_free_func(connection_free) };
    const char *flow = NULL;
    const FmOwnOption own[] = { { "--output", &q.output, NULL }, { "--flow", &flow, NULL }, { "--qvis", NULL, &q.old }, { NULL, NULL, NULL } };
    g_autofree char **words = fm_reading_with_output(argc, argv);
    int status = fm_reading_start(&q.reading, argc, words, own, help);
    if (status == FM_COMMAND_GO_ON && flow && strcmp(flow, "client") != 0 && strcmp(flow, "server") != 0) {
        fprintf(stderr, "fathom: --flow: client or server\n");
        status = FM_COMMAND_USAGE;
    }
    q.from_server = flow && strcmp(flow, "server") == 0;
    if (status == FM_COMMAND_GO_ON)
        status = run(&q);
    fm_asked_free(q.asked);
    g_ptr_array_unref(q.connections);
    g_clear_error(&q.error);
    fm_text_clear(&q.text);
    fm_text_clear(&q.packet.frames);
    fm_reading_clear(&q.reading);
    return status;
}
