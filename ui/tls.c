/* TLS on a flow: the handshake in round trips, what was offered and what chosen, certificates, verdicts, and why it is open or not. */
#include "config.h"

#include <string.h>

#include "model/asked.h"
#include "session/survey.h"
#include "statistics/observer.h"
#include "summary/tls_facts.h"
#include "ui/flow.h"
#include "ui/lines.h"

enum { TOPIC_COLUMNS = 14, SHOWN_OFFERS = 400, ARROW_REST = 32, FINISHED = 20, LEAST_RUN = 4 };

typedef struct TlsObserver {
    FmObserver observer;
    FmTlsFacts *facts;
} TlsObserver;

typedef struct TlsView {
    FmSurvey *survey;
    FmLines *lines;
    uint32_t seen;
    int columns; /* that the lines are made for */
    bool whole; /* the flow had been gathered: its names are known */
} TlsView;

static void observe(FmObserver *observer, const FmPacket *packet)
{
    fm_tls_facts_packet(((TlsObserver *)observer)->facts, packet);
}

static void observer_free(FmObserver *observer)
{
    fm_tls_facts_free(((TlsObserver *)observer)->facts);
    g_free(observer);
}

static void tls_open(FmPane *pane)
{
    TlsView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    TlsObserver *o = g_new0(TlsObserver, 1);
    o->facts = fm_tls_facts_new(pane->app->catalog);
    o->observer = (FmObserver){ .packet = observe, .free = observer_free, .wants_labels = true };
    o->observer.wanted = g_memdup2(o->facts->asked->bits, fm_catalog_words(pane->app->catalog) * sizeof(uint64_t));
    FmObserver *observers[] = { &o->observer };
    v->survey = fm_survey_new_flow(pane->app->archive, flow->kind, flow->number, observers, 1, fm_app_wake, pane->app);
    v->lines = fm_lines_new();
}

static void tls_close(FmPane *pane)
{
    TlsView *v = pane->state;
    fm_survey_free(v->survey);
    fm_lines_free(v->lines);
}

/* ---- the handshake ---- */

static FmStyle message_style(const FmTlsMessage *m)
{
    switch ((FmTlsKind)m->kind) {
    case FM_TLS_ALERT: return strstr(m->text, "Close Notify") ? FM_STYLE_NORMAL : FM_STYLE_BAD;
    case FM_TLS_CLOSED: return FM_STYLE_DIM;
    case FM_TLS_DATA: return FM_STYLE_GOOD;
    case FM_TLS_CHANGE_CIPHER: return FM_STYLE_DIM;
    default: return FM_STYLE_PROTOCOL;
    }
}

static void put_message(FmText *out, const FmTlsMessage *m)
{
    char size[32];
    if (m->kind == FM_TLS_DATA || m->kind == FM_TLS_CLOSED)
        fm_text_printf(out, "{%s × %u, %s}", m->kind == FM_TLS_DATA ? "application data" : "closed", m->count, fm_short_bytes(size, m->bytes));
    else
        fm_text_printf(out, m->encrypted ? "{%s}" : "%s", m->text);
}

/* Messages of one packet and direction stand on one arrow, as they travelled; on more where one is too short. */
static void add_arrows(TlsView *v, unsigned depth, const FmFlowRecord *record, FmTime first, const FmTlsMessage *messages, guint count)
{
    g_auto(FmText) label = { 0 };
    char span[32];
    bool right = messages[0].direction == record->client;
    FmStyle style = message_style(&messages[0]);
    fm_short_span(span, messages[0].time - first);
    for (guint i = 0; i < count; i++) {
        g_auto(FmText) text = { 0 };
        put_message(&text, &messages[i]);
        if (label.size && (message_style(&messages[i]) != style || fm_width(label.data, label.size) + fm_width(text.data, text.size) > v->columns - ARROW_REST)) {
            fm_lines_arrow(v->lines, depth, messages[0].packet, style, right, span, fm_text_string(&label));
            fm_text_reset(&label);
            *span = '\0';
        }
        style = message_style(&messages[i]);
        fm_text_printf(&label, "%s%s", label.size ? "  " : "", fm_text_string(&text));
    }
    fm_lines_arrow(v->lines, depth, messages[0].packet, style, right, span, fm_text_string(&label));
}

static void add_round_trip(TlsView *v, unsigned number, FmTime took, int columns)
{
    char span[32];
    g_autofree char *label = g_strdup_printf(" round trip %u: %s ", number, fm_short_span(span, took));
    g_auto(FmText) line = { 0 };
    int width = MAX(columns - 22, 30), before = (width - fm_width(label, strlen(label))) / 2;
    for (int i = 0; i < before; i++)
        fm_text_put(&line, "┄");
    fm_text_put(&line, label);
    for (int i = 0; i < before; i++)
        fm_text_put(&line, "┄");
    fm_lines_add(v->lines, 1, true, 0, FM_DIM "         %s", fm_text_string(&line));
}

/* TLS 1.3 is done with the client's Finished, the older ones with the server's, but for those that are resumed; application data tells too. */
static bool ends_handshake(const FmTlsFacts *f, const FmTlsMessage *m, bool from_client)
{
    bool tls13 = f->chosen[FM_TLS_VERSION] && strstr(f->chosen[FM_TLS_VERSION], "1.3");
    bool finished = (m->kind == FM_TLS_HANDSHAKE && m->type == FINISHED) || m->kind == FM_TLS_CLOSED;
    return m->kind == FM_TLS_DATA || (finished && from_client == tls13);
}

/* How many messages from `i` on are data, opened or not. */
static guint run_of_data(const FmTlsFacts *f, guint i)
{
    guint n = i;
    while (n < f->messages->len && g_array_index(f->messages, FmTlsMessage, n).kind >= FM_TLS_DATA)
        n++;
    return n - i;
}

/* Data to and fro: one line that can be opened. */
static void add_run(TlsView *v, const FmTlsFacts *f, const FmFlowRecord *record, guint from, guint count)
{
    const FmTlsMessage *messages = (const FmTlsMessage *)(const void *)f->messages->data;
    uint64_t bytes[2] = { 0, 0 };
    unsigned records = 0;
    for (guint i = from; i < from + count; i++) {
        bytes[messages[i].direction] += messages[i].bytes;
        records += messages[i].count;
    }
    char span[32], up[32], down[32];
    fm_lines_add(v->lines, 1, false, messages[from].packet, FM_DIM "%5s  " FM_GOOD "{%s × %u, %s to the server, %s to the client}", fm_short_span(span, messages[from].time - messages[0].time),
                 messages[from].kind == FM_TLS_DATA ? "application data" : "closed", records, fm_short_bytes(up, bytes[record->client]), fm_short_bytes(down, bytes[!record->client]));
    for (guint i = from; i < from + count; i++)
        add_arrows(v, 2, record, messages[0].time, &messages[i], 1);
}

static void add_handshake(TlsView *v, const FmTlsFacts *f, const FmFlowRecord *record, int columns)
{
    const FmTlsMessage *messages = (const FmTlsMessage *)(const void *)f->messages->data;
    g_auto(FmText) client = { 0 }, server = { 0 };
    fm_flow_end_text(&client, record, record->client);
    fm_flow_server_text(&server, record);
    int middle = MAX(columns - 20, 20);
    g_auto(FmText) ends = { 0 };
    fm_text_printf(&ends, "%s", fm_text_string(&client));
    fm_text_pad(&ends, 0, (unsigned)MAX(middle - fm_width(server.data, server.size), 1));
    fm_text_add(&ends, server.data, server.size);
    fm_lines_add(v->lines, 1, true, 0, FM_DIM "         %s", fm_text_string(&ends));
    unsigned trips = 0;
    FmTime asked = FM_TIME_NONE;
    bool done = false;
    for (guint i = 0; i < f->messages->len;) {
        const FmTlsMessage *m = &messages[i];
        guint n = 1;
        while (i + n < f->messages->len && messages[i + n].packet == m->packet && messages[i + n].direction == m->direction)
            n++;
        guint run = done ? run_of_data(f, i) : 0;
        if (run > LEAST_RUN) {
            add_run(v, f, record, i, run);
            i += run;
            continue;
        }
        bool from_client = m->direction == record->client, flight_ends = i + n >= f->messages->len || messages[i + n].direction != m->direction;
        add_arrows(v, 1, record, messages[0].time, m, n);
        if (from_client && asked == FM_TIME_NONE)
            asked = m->time;
        if (!done && !from_client && asked != FM_TIME_NONE && flight_ends) { /* the answer is here */
            add_round_trip(v, ++trips, m->time - asked, columns);
            asked = FM_TIME_NONE;
        }
        for (guint k = 0; k < n; k++)
            done |= ends_handshake(f, &messages[i + k], from_client);
        i += n;
    }
    if (f->left_out)
        fm_lines_add(v->lines, 1, true, 0, FM_DIM "         and %lu more", (unsigned long)f->left_out);
    if (!f->messages->len)
        fm_lines_add(v->lines, 1, true, 0, FM_DIM "         no message was captured");
}

/* ---- offered and chosen ---- */

static void add_topic(TlsView *v, const FmTlsFacts *f, FmTlsTopic topic, const char *name)
{
    const GPtrArray *offered = f->offered[topic];
    const char *chosen = topic == FM_TLS_GROUP && !f->chosen[topic] ? f->chosen[FM_TLS_SHARE] : f->chosen[topic];
    bool answered = f->certificates->len || f->verdicts[FM_TLS_OPENED_BY].text; /* what follows the server's hello was read */
    if (!offered->len && !chosen)
        return;
    guint rank = 0;
    for (guint i = 0; chosen && i < offered->len && !rank; i++)
        if (strcmp(offered->pdata[i], chosen) == 0)
            rank = i + 1;
    g_auto(FmText) label = { 0 }, line = { 0 };
    fm_text_put(&label, name);
    fm_text_pad(&label, 0, TOPIC_COLUMNS);
    if (chosen)
        fm_text_printf(&line, FM_GOOD "%s", chosen);
    else
        fm_text_put(&line, answered ? FM_DIM "none chosen" : FM_DIM "not seen");
    if (rank && offered->len > 1)
        fm_text_printf(&line, FM_DIM "  number %u of %u offered", rank, offered->len);
    else if (rank)
        fm_text_put(&line, FM_DIM "  the only one offered");
    else if (offered->len)
        fm_text_printf(&line, FM_DIM "  %u offered", offered->len);
    fm_lines_add(v->lines, 1, false, f->chosen_in ? f->chosen_in : f->offered_in, FM_DIM "%s" FM_PLAIN "%s", fm_text_string(&label), fm_text_string(&line));
    for (guint i = 0; i < offered->len && i < SHOWN_OFFERS; i++)
        fm_lines_add(v->lines, 2, true, f->offered_in, "%s%s%s", i + 1 == rank ? FM_GOOD : "", (const char *)offered->pdata[i], i + 1 == rank ? "  ◀ chosen" : "");
}

static void add_choices(TlsView *v, const FmTlsFacts *f)
{
    static const struct {
        FmTlsTopic topic;
        const char *name;
    } topics[] = { { FM_TLS_VERSION, "version" }, { FM_TLS_SUITE, "cipher suite" }, { FM_TLS_SHARE, "key share" }, { FM_TLS_GROUP, "groups" },
                   { FM_TLS_SIGNATURE, "signatures" }, { FM_TLS_ALPN, "ALPN" } };
    fm_lines_heading(v->lines, "chosen, and what was offered");
    if (f->server_name)
        fm_lines_add(v->lines, 1, true, f->offered_in, FM_DIM "server name   " FM_PROTO "%s", f->server_name);
    for (size_t i = 0; i < G_N_ELEMENTS(topics); i++)
        add_topic(v, f, topics[i].topic, topics[i].name);
}

/* ---- certificates ---- */

static bool says(const FmTlsFacts *f, FmTlsVerdictKind kind, const char *what)
{
    return f->verdicts[kind].text && g_ascii_strcasecmp(f->verdicts[kind].text, what) == 0;
}

static unsigned depth_of(const char *line)
{
    return (unsigned)strspn(line, " ") / 2;
}

static void add_certificate(TlsView *v, const FmTlsFacts *f, const FmTlsCertificate *c, unsigned depth, bool first, bool own)
{
    bool root = c->issuer && c->subject && strcmp(c->issuer, c->subject) == 0;
    fm_lines_add(v->lines, depth, true, c->packet, FM_PLAIN "%s" FM_DIM "%s%s", c->subject ? c->subject : "a certificate that is not read", root ? "  the root: signed by itself" : "",
                 own ? "  the client's" : "");
    unsigned below = depth + 1;
    if (first && f->verdicts[FM_TLS_KEY].text)
        fm_lines_add(v->lines, below, true, c->packet, FM_DIM "key        " FM_PLAIN "%s" FM_DIM ", signed with " FM_PLAIN "%s", f->verdicts[FM_TLS_KEY].text,
                     f->verdicts[FM_TLS_SIGNED_WITH].text ? f->verdicts[FM_TLS_SIGNED_WITH].text : "?");
    if (c->not_after)
        fm_lines_add(v->lines, below, true, c->packet, FM_DIM "valid      " FM_PLAIN "%.10s" FM_DIM " to " FM_PLAIN "%.10s", c->not_before ? c->not_before : "?", c->not_after);
    if (c->names)
        fm_lines_add(v->lines, below, true, c->packet, FM_DIM "names      " FM_PLAIN "%s", c->names);
    fm_lines_add(v->lines, below, false, c->packet, FM_DIM "all of it");
    for (guint i = 0; i < c->lines->len; i++) {
        const char *line = c->lines->pdata[i];
        fm_lines_add(v->lines, MIN(below + 1 + depth_of(line), 60), false, c->packet, "%s", line + strspn(line, " "));
    }
}

static void add_chain(TlsView *v, const FmTlsFacts *f, const FmFlowRecord *record)
{
    if (!f->certificates->len)
        return;
    g_autofree char *heading = g_strdup_printf("certificates%s%s", f->verdicts[FM_TLS_CHAIN].text ? ": " : "", f->verdicts[FM_TLS_CHAIN].text ? f->verdicts[FM_TLS_CHAIN].text : "");
    fm_lines_heading(v->lines, heading);
    unsigned depth = 1;
    for (guint i = 0; i < f->certificates->len; i++) {
        const FmTlsCertificate *c = f->certificates->pdata[i], *before = i ? f->certificates->pdata[i - 1] : NULL;
        bool signs = before && before->packet == c->packet && g_strcmp0(before->issuer, c->subject) == 0;
        depth = signs ? MIN(depth + 1, 20) : 1;
        add_certificate(v, f, c, depth, i == 0, c->direction == record->client);
    }
}

/* ---- verdicts ---- */

typedef enum Tone { GOOD, FAIR, POOR } Tone;

static void add_verdict(TlsView *v, const FmTlsFacts *f, FmTlsVerdictKind kind, Tone tone, const char *format, ...) G_GNUC_PRINTF(5, 6);

static void add_verdict(TlsView *v, const FmTlsFacts *f, FmTlsVerdictKind kind, Tone tone, const char *format, ...)
{
    static const char *const signs[] = { FM_GOOD "✓ " FM_PLAIN, FM_DIM "· " FM_PLAIN, FM_BAD "✗ " };
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    fm_lines_add_broken(v->lines, 1, f->verdicts[kind].packet, v->columns, 2, "%s%s", signs[tone], text);
}

static const char *text_of(const FmTlsFacts *f, FmTlsVerdictKind kind)
{
    return f->verdicts[kind].text ? f->verdicts[kind].text : "?";
}

static void add_secrecy(TlsView *v, const FmTlsFacts *f)
{
    if (f->verdicts[FM_TLS_FORWARD_SECRECY].text)
        add_verdict(v, f, FM_TLS_FORWARD_SECRECY, says(f, FM_TLS_FORWARD_SECRECY, "yes") ? GOOD : says(f, FM_TLS_FORWARD_SECRECY, "no") ? POOR : FAIR, "forward secrecy: %s%s%s",
                    text_of(f, FM_TLS_FORWARD_SECRECY), f->verdicts[FM_TLS_FORWARD_SECRECY_REASON].text ? "; " : "",
                    f->verdicts[FM_TLS_FORWARD_SECRECY_REASON].text ? f->verdicts[FM_TLS_FORWARD_SECRECY_REASON].text : "");
    if (says(f, FM_TLS_OLDER_VERSION, "true"))
        add_verdict(v, f, FM_TLS_OLDER_VERSION, POOR, "an older version was chosen; the client offered %s", text_of(f, FM_TLS_BEST_VERSION));
    else if (f->verdicts[FM_TLS_OLDER_VERSION].text)
        add_verdict(v, f, FM_TLS_OLDER_VERSION, GOOD, "the best version that was offered: %s", text_of(f, FM_TLS_BEST_VERSION));
    if (says(f, FM_TLS_DOWNGRADE, "true"))
        add_verdict(v, f, FM_TLS_DOWNGRADE, FAIR, "the server's random says that it knows a newer version than it chose");
    if (f->verdicts[FM_TLS_RESUMPTION].text)
        add_verdict(v, f, FM_TLS_RESUMPTION, FAIR, "resumption: %s", text_of(f, FM_TLS_RESUMPTION));
    if (f->verdicts[FM_TLS_EARLY_DATA].text)
        add_verdict(v, f, FM_TLS_EARLY_DATA, FAIR, "early data: %s", text_of(f, FM_TLS_EARLY_DATA));
}

static void add_trust(TlsView *v, const FmTlsFacts *f)
{
    if (f->verdicts[FM_TLS_NAMES_SERVER].text) {
        bool names = says(f, FM_TLS_NAMES_SERVER, "true");
        add_verdict(v, f, FM_TLS_NAMES_SERVER, names ? GOOD : POOR, names ? "the certificate names the server that was asked for" : "the certificate does not name the server that was asked for");
    }
    if (f->verdicts[FM_TLS_IN_TIME].text) {
        bool valid = says(f, FM_TLS_IN_TIME, "true");
        add_verdict(v, f, FM_TLS_IN_TIME, valid ? GOOD : POOR, "the certificate was %s at the time; days left: %s", valid ? "valid" : "not valid", text_of(f, FM_TLS_DAYS_LEFT));
    }
    if (f->verdicts[FM_TLS_CHAIN_VERIFIED].text)
        add_verdict(v, f, FM_TLS_CHAIN_VERIFIED, says(f, FM_TLS_CHAIN_VERIFIED, "yes") ? GOOD : POOR, "the chain verified: %s", text_of(f, FM_TLS_CHAIN_VERIFIED));
}

/* ---- decryption ---- */

static const char *remedy(const char *why)
{
    static const struct {
        const char *word, *remedy;
    } remedies[] = {
        { "no key log", "Set SSLKEYLOGFILE for the client before it starts, and give the file: -o tls.keylog_file:FILE." },
        { "no line for this client random", "The key log is of another run or another program: it must be written by this client or server, during this connection." },
        { "handshake's secrets", "The log was cut short: the program ended before it wrote the application secrets." },
        { "handshake was not captured", "Start the capture before the connection: keys are found by the randoms of the hellos." },
        { "hello was not captured", "Start the capture earlier, or capture both directions." },
        { "ephemeral", "Only the secrets of the session open it: a key log of the client or the server." },
        { "private key", "Give the key that belongs to the certificate above." },
        { "resumed", "Capture the earlier connection as well, or give a key log." },
        { "key update", "Packets are missing: what follows cannot be opened." },
        { "records before", "Packets are missing: capture with a larger buffer, and see the fitness of the capture in the statistics." },
        { "not captured whole", "Capture with a larger snap length." },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(remedies); i++)
        if (strstr(why, remedies[i].word))
            return remedies[i].remedy;
    return NULL;
}

static void add_doctor(TlsView *v, const FmTlsFacts *f)
{
    fm_lines_heading(v->lines, "decryption");
    const FmTlsVerdict *opened = &f->verdicts[FM_TLS_OPENED_BY], *closed = &f->verdicts[FM_TLS_CLOSED_BECAUSE];
    if (opened->text)
        add_verdict(v, f, FM_TLS_OPENED_BY, GOOD, "opened by %s", opened->text);
    if (closed->text) {
        add_verdict(v, f, FM_TLS_CLOSED_BECAUSE, POOR, "%s: %s", opened->text ? "partly closed" : "closed", closed->text);
        if (remedy(closed->text))
            fm_lines_add_broken(v->lines, 2, 0, v->columns, 0, FM_WAIT "%s", remedy(closed->text));
    }
    bool encrypted = false;
    for (guint i = 0; i < f->messages->len; i++)
        encrypted |= g_array_index(f->messages, FmTlsMessage, i).encrypted;
    if (!opened->text && !closed->text)
        fm_lines_add(v->lines, 1, true, 0, encrypted ? FM_GOOD "✓ " FM_PLAIN "opened" : FM_DIM "nothing encrypted was seen");
    for (unsigned k = FM_TLS_JA3; k <= FM_TLS_JA4; k++)
        if (f->verdicts[k].text)
            fm_lines_add(v->lines, 1, true, f->verdicts[k].packet, FM_DIM "· %s %s", k == FM_TLS_JA3 ? "JA3" : "JA4", f->verdicts[k].text);
}

static void tell(TlsView *v, const FmTlsFacts *f, const FmFlowRecord *record)
{
    fm_lines_reset(v->lines);
    g_autofree char *heading = g_strdup_printf("handshake%s%s%s%s%s", f->chosen[FM_TLS_VERSION] ? " of " : "", f->chosen[FM_TLS_VERSION] ? f->chosen[FM_TLS_VERSION] : "",
                                               f->verdicts[FM_TLS_ROUND_TRIPS].text ? ": round trips " : "", f->verdicts[FM_TLS_ROUND_TRIPS].text ? f->verdicts[FM_TLS_ROUND_TRIPS].text : "",
                                               "; {encrypted}");
    fm_lines_heading(v->lines, heading);
    add_handshake(v, f, record, v->columns);
    add_choices(v, f);
    add_chain(v, f, record);
    fm_lines_heading(v->lines, "verdicts");
    add_secrecy(v, f);
    add_trust(v, f);
    add_doctor(v, f);
}

static void tls_refresh(FmPane *pane)
{
    TlsView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    uint32_t seen = fm_survey_seen(v->survey);
    bool whole = fm_gather_done(flow->gather); /* two read side by side: either may be the last */
    if (seen == v->seen && whole == v->whole && pane->box.columns == v->columns)
        return;
    const FmTrack *track = fm_gather_hold(flow->gather);
    const FmFlowRecord *record = fm_track_flow(track);
    if (record) {
        v->seen = seen;
        v->whole = whole;
        v->columns = pane->box.columns;
        const TlsObserver *o = (const TlsObserver *)(const void *)fm_survey_hold(v->survey, 0);
        tell(v, o->facts, record);
        fm_survey_release(v->survey);
    }
    fm_gather_release(flow->gather);
    pane->count = fm_lines_count(v->lines);
}

static void tls_row(FmPane *pane, size_t i, FmPen *pen)
{
    fm_lines_row(((TlsView *)pane->state)->lines, i, pen, pane->box.columns);
}

static bool tls_request(FmPane *pane, FmRequest request, const char *argument)
{
    TlsView *v = pane->state;
    uint32_t packet = fm_lines_packet(v->lines, pane->cursor);
    if (fm_lines_request(v->lines, pane, request))
        return true;
    if (request != FM_REQUEST_ENTER || !packet)
        return false;
    fm_flow_show_packet(pane->page, packet);
    return true;
}

const FmView fm_tls_view = {
    .name = "TLS",
    .where = FM_IN_LIST,
    .private_size = sizeof(TlsView),
    .open = tls_open,
    .close = tls_close,
    .refresh = tls_refresh,
    .row = tls_row,
    .request = tls_request,
};
