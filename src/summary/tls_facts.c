/* What TLS did on one flow. */
#include "config.h"

#include "summary/tls_facts.h"

#include <string.h>

#include "model/asked.h"
#include "model/format.h"

enum { MOST_MESSAGES = 2000, MOST_OFFERED = 300, MOST_CERTIFICATES = 64, MOST_LINES = 1000, MOST_NAMES = 2000 };

typedef enum Role {
    ROLE_NONE, RECORD, RECORD_TYPE, RECORD_OPAQUE, RECORD_LENGTH, QUIC_LONG, QUIC_SHORT, MESSAGE_TYPE, MESSAGE_LENGTH, SERVER_NAME, ALERT, ALERT_LEVEL, CHANGE_CIPHER, APP_DATA,
    CERTIFICATE, ISSUER, SUBJECT, NAME_SEQUENCE, TIME, DNS_NAME, OLD_VERSION,
    TOPIC,                            /* and FmTlsTopic */
    VERDICT = TOPIC + FM_TLS_TOPICS,  /* and FmTlsVerdictKind */
} Role;

#define BOTH(name, role) { "tls." name, role }, { "dtls." name, role }

static const FmAskedField fields[] = {
    { "tls.*", 0 }, { "dtls.*", 0 }, { "x509*", 0 }, { "pkcs1.*", 0 }, { "fathom.tls.*", 0 },
    BOTH("record", RECORD), BOTH("record.content_type", RECORD_TYPE), BOTH("record.opaque_type", RECORD_OPAQUE), BOTH("record.length", RECORD_LENGTH),
    { "quic.long.packet_type", QUIC_LONG }, { "quic.long.packet_type_v2", QUIC_LONG }, { "quic.short", QUIC_SHORT },
    BOTH("handshake.type", MESSAGE_TYPE), BOTH("handshake.length", MESSAGE_LENGTH), BOTH("handshake.extensions_server_name", SERVER_NAME),
    BOTH("alert_message.desc", ALERT), BOTH("alert_message.level", ALERT_LEVEL), BOTH("change_cipher_spec", CHANGE_CIPHER), BOTH("app_data", APP_DATA),
    BOTH("handshake.certificate", CERTIFICATE), 
    { "x509af.issuer", ISSUER }, { "x509af.subject", SUBJECT }, { "x509if.rdnSequence", NAME_SEQUENCE }, { "x509af.rdnSequence", NAME_SEQUENCE },
    { "x509af.utcTime", TIME }, { "x509af.generalizedTime", TIME }, { "x509ce.dNSName", DNS_NAME }, { "x509ce.IPAddress.ipv4", DNS_NAME },
    { "x509ce.IPAddress.ipv6", DNS_NAME },
    BOTH("handshake.extensions.supported_version", TOPIC + FM_TLS_VERSION), BOTH("handshake.version", OLD_VERSION),
    BOTH("handshake.ciphersuite", TOPIC + FM_TLS_SUITE), BOTH("handshake.extensions_supported_group", TOPIC + FM_TLS_GROUP),
    BOTH("handshake.extensions_key_share_group", TOPIC + FM_TLS_SHARE), BOTH("handshake.sig_hash_alg", TOPIC + FM_TLS_SIGNATURE),
    BOTH("handshake.extensions_alpn_str", TOPIC + FM_TLS_ALPN), BOTH("handshake.comp_method", TOPIC + FM_TLS_COMPRESSION),
    BOTH("handshake.server_named_curve", TOPIC + FM_TLS_GROUP),
    { "fathom.tls.forward_secrecy", VERDICT + FM_TLS_FORWARD_SECRECY }, { "fathom.tls.forward_secrecy_reason", VERDICT + FM_TLS_FORWARD_SECRECY_REASON },
    { "fathom.tls.resumption", VERDICT + FM_TLS_RESUMPTION }, { "fathom.tls.early_data", VERDICT + FM_TLS_EARLY_DATA },
    { "fathom.tls.handshake_round_trips", VERDICT + FM_TLS_ROUND_TRIPS }, { "fathom.tls.handshake_time", VERDICT + FM_TLS_TIME },
    { "fathom.tls.handshake_server_time", VERDICT + FM_TLS_SERVER_TIME }, { "fathom.tls.handshake_client_time", VERDICT + FM_TLS_CLIENT_TIME },
    { "fathom.tls.best_version_offered", VERDICT + FM_TLS_BEST_VERSION }, { "fathom.tls.older_version_chosen", VERDICT + FM_TLS_OLDER_VERSION },
    { "fathom.tls.downgrade_sentinel", VERDICT + FM_TLS_DOWNGRADE }, { "fathom.tls.chain", VERDICT + FM_TLS_CHAIN },
    { "fathom.tls.chain_verified", VERDICT + FM_TLS_CHAIN_VERIFIED }, { "fathom.tls.certificate_in_time", VERDICT + FM_TLS_IN_TIME },
    { "fathom.tls.certificate_days_left", VERDICT + FM_TLS_DAYS_LEFT }, { "fathom.tls.certificate_names_server", VERDICT + FM_TLS_NAMES_SERVER },
    { "fathom.tls.certificate_key", VERDICT + FM_TLS_KEY }, { "fathom.tls.certificate_signature", VERDICT + FM_TLS_SIGNED_WITH },
    { "fathom.tls.opened_by", VERDICT + FM_TLS_OPENED_BY }, { "fathom.tls.closed_because", VERDICT + FM_TLS_CLOSED_BECAUSE },
    { "fathom.quic.closed_because", VERDICT + FM_TLS_CLOSED_BECAUSE }, BOTH("handshake.ja3", VERDICT + FM_TLS_JA3), BOTH("handshake.ja4", VERDICT + FM_TLS_JA4),
};

enum { CLIENT_HELLO = 1, SERVER_HELLO = 2, NEW_SESSION_TICKET = 4, CERTIFICATE_MESSAGE = 11 };

static void message_clear(gpointer data)
{
    g_free(((FmTlsMessage *)data)->text);
}

static void certificate_free(gpointer data)
{
    FmTlsCertificate *c = data;
    g_free(c->subject);
    g_free(c->issuer);
    g_free(c->not_before);
    g_free(c->not_after);
    g_free(c->names);
    g_ptr_array_unref(c->lines);
    g_free(c);
}

FmTlsFacts *fm_tls_facts_new(const FmCatalog *catalog)
{
    FmTlsFacts *f = g_new0(FmTlsFacts, 1);
    f->asked = fm_asked_new(catalog, fields, G_N_ELEMENTS(fields));
    f->asked->bits[0] |= UINT64_C(1) << FM_ID_TEXT;
    f->messages = g_array_new(FALSE, TRUE, sizeof(FmTlsMessage));
    g_array_set_clear_func(f->messages, message_clear);
    for (unsigned i = 0; i < FM_TLS_TOPICS; i++)
        f->offered[i] = g_ptr_array_new_with_free_func(g_free);
    f->certificates = g_ptr_array_new_with_free_func(certificate_free);
    return f;
}

void fm_tls_facts_free(FmTlsFacts *f)
{
    if (!f)
        return;
    fm_asked_free(f->asked);
    g_array_unref(f->messages);
    g_free(f->server_name);
    for (unsigned i = 0; i < FM_TLS_TOPICS; i++) {
        g_ptr_array_unref(f->offered[i]);
        g_free(f->chosen[i]);
    }
    g_ptr_array_unref(f->certificates);
    for (unsigned i = 0; i < FM_TLS_VERDICTS; i++)
        g_free(f->verdicts[i].text);
    g_free(f);
}

static char *named(const FmPacket *packet, const FmNode *node)
{
    g_auto(FmText) text = { 0 };
    const FmField *field = fm_node_field(packet, node);
    if (fm_type_is_string(field->type))
        fm_format_value(&text, packet, node, true);
    else
        fm_format_named(&text, packet, node);
    return g_strdup(fm_text_string(&text));
}

/* ---- certificates ---- */

/* "rdnSequence: 2 items (id-at-commonName=www.example.test,…)" → "CN=www.example.test, …" */
static char *name_of(const char *label)
{
    static const struct {
        const char *from, *to;
    } names[] = { { "id-at-commonName=", "CN=" }, { "id-at-organizationName=", "O=" }, { "id-at-organizationalUnitName=", "OU=" },
                  { "id-at-countryName=", "C=" }, { "id-at-localityName=", "L=" }, { "id-at-stateOrProvinceName=", "ST=" }, { "id-at-", "" } };
    const char *from = strchr(label, '('), *to = strrchr(label, ')');
    g_auto(FmText) text = { 0 };
    for (const char *at = from ? from + 1 : label; *at && at != to;) {
        size_t n = 0;
        for (size_t i = 0; i < G_N_ELEMENTS(names) && !n; i++)
            if (g_str_has_prefix(at, names[i].from)) {
                n = strlen(names[i].from);
                fm_text_put(&text, names[i].to);
            }
        if (!n)
            fm_text_char(&text, *at);
        if (*at == ',' && !n)
            fm_text_char(&text, ' ');
        at += n ? n : 1;
    }
    return g_strdup(fm_text_string(&text));
}

static void take_name(FmTlsCertificate *c, const FmPacket *packet, const FmNode *node, unsigned part)
{
    char **to = part == SUBJECT ? &c->subject : part == ISSUER ? &c->issuer : NULL;
    if (!to || *to)
        return;
    g_auto(FmText) line = { 0 };
    fm_format_line(&line, packet, node);
    *to = name_of(fm_text_string(&line));
}

static void add_name(FmTlsCertificate *c, const FmPacket *packet, const FmNode *node)
{
    g_autofree char *value = named(packet, node), *before = c->names;
    if (before && strlen(before) > MOST_NAMES)
        return (void)(c->names = g_steal_pointer(&before));
    c->names = before ? g_strconcat(before, ", ", value, NULL) : g_strdup(value);
}

static void add_certificate(FmTlsFacts *f, const FmPacket *packet, const FmNode *node)
{
    if (f->certificates->len >= MOST_CERTIFICATES)
        return;
    FmTlsCertificate *c = g_new0(FmTlsCertificate, 1);
    c->packet = (uint32_t)packet->frame->number;
    c->direction = packet->flow_direction;
    c->lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(f->certificates, c);
    unsigned part = ROLE_NONE;
    for (const FmNode *n = node + 1, *end = fm_node_after(packet, node); n < end; n++) {
        unsigned role = fm_asked_role(f->asked, n->field);
        if (role == ISSUER || role == SUBJECT)
            part = role;
        else if (role == NAME_SEQUENCE)
            take_name(c, packet, n, part);
        else if (role == TIME && !c->not_before)
            c->not_before = named(packet, n);
        else if (role == TIME && !c->not_after)
            c->not_after = named(packet, n);
        else if (role == DNS_NAME)
            add_name(c, packet, n);
        if (n->flags & FM_NODE_HIDDEN || c->lines->len >= MOST_LINES)
            continue;
        g_auto(FmText) line = { 0 };
        for (int d = node->depth + 1; d < n->depth; d++)
            fm_text_literal(&line, "  ");
        fm_format_line(&line, packet, n);
        g_ptr_array_add(c->lines, g_strdup(fm_text_string(&line)));
    }
}

/* ---- hellos ---- */

static void forget_offer(FmTlsFacts *f, uint32_t packet)
{
    f->offered_in = packet;
    f->chosen_in = 0;
    for (unsigned i = 0; i < FM_TLS_TOPICS; i++) {
        g_ptr_array_set_size(f->offered[i], 0);
        g_clear_pointer(&f->chosen[i], g_free);
    }
}

static void take_topic(FmTlsFacts *f, FmTlsTopic topic, unsigned type, const FmPacket *packet, const FmNode *node)
{
    char *text = named(packet, node);
    if (type == CLIENT_HELLO && f->offered[topic]->len < MOST_OFFERED) {
        g_ptr_array_add(f->offered[topic], text);
        return;
    }
    if (type != CLIENT_HELLO && !f->chosen[topic]) {
        f->chosen[topic] = text;
        return;
    }
    g_free(text);
}

static void take_verdict(FmTlsFacts *f, unsigned kind, const FmPacket *packet, const FmNode *node)
{
    FmTlsVerdict *v = &f->verdicts[kind];
    g_free(v->text);
    v->kind = (uint8_t)kind;
    v->packet = (uint32_t)packet->frame->number;
    v->text = named(packet, node);
}

/* ---- messages ---- */

static FmTlsMessage *add_message(FmTlsFacts *f, const FmPacket *packet, FmTlsKind kind)
{
    FmTlsMessage *last = f->messages->len ? &g_array_index(f->messages, FmTlsMessage, f->messages->len - 1) : NULL;
    if ((kind == FM_TLS_DATA || kind == FM_TLS_CLOSED) && last && last->kind == kind && last->direction == packet->flow_direction)
        return last;
    if (f->messages->len >= MOST_MESSAGES) {
        f->left_out++;
        return NULL;
    }
    FmTlsMessage message = { .time = packet->frame->time, .packet = (uint32_t)packet->frame->number, .kind = (uint8_t)kind, .direction = packet->flow_direction };
    g_array_append_val(f->messages, message);
    return &g_array_index(f->messages, FmTlsMessage, f->messages->len - 1);
}

static void add_records(FmTlsFacts *f, const FmPacket *packet, FmTlsKind kind, uint64_t bytes)
{
    FmTlsMessage *m = add_message(f, packet, kind);
    if (m) {
        m->count++;
        m->bytes += bytes;
        m->encrypted = true;
    }
    if (kind == FM_TLS_DATA)
        f->data[packet->flow_direction] += bytes;
}

static bool is_tls13(const FmTlsFacts *f)
{
    return f->chosen[FM_TLS_VERSION] && strstr(f->chosen[FM_TLS_VERSION], "1.3");
}

/* The field of the hello itself holds where the extension is not there. */
static void settle_version(FmTlsFacts *f, unsigned type, const char *old)
{
    if (type == CLIENT_HELLO && old && !f->offered[FM_TLS_VERSION]->len)
        g_ptr_array_add(f->offered[FM_TLS_VERSION], g_strdup(old));
    if (type == SERVER_HELLO && old && !f->chosen[FM_TLS_VERSION])
        f->chosen[FM_TLS_VERSION] = g_strdup(old);
}

/* The nodes of one message: until the next one of its level. */
static void read_message(FmTlsFacts *f, const FmPacket *packet, const FmNode *type, bool encrypted)
{
    const FmNode *end = packet->nodes + packet->node_count;
    uint32_t certificates = f->certificates->len;
    FmTlsMessage *m = add_message(f, packet, FM_TLS_HANDSHAKE);
    if (type->value == CLIENT_HELLO)
        forget_offer(f, (uint32_t)packet->frame->number);
    if (type->value == SERVER_HELLO)
        f->chosen_in = (uint32_t)packet->frame->number;
    uint64_t length = 0;
    g_autofree char *server_name = NULL, *old_version = NULL;
    for (const FmNode *n = type + 1; n < end && n->depth >= type->depth; n++) {
        unsigned role = fm_asked_role(f->asked, n->field);
        if (role == MESSAGE_TYPE && n->depth == type->depth)
            break;
        if (role == MESSAGE_LENGTH && !length) {
            length = n->value;
        } else if (role == CERTIFICATE) {
            add_certificate(f, packet, n);
        } else if (role == OLD_VERSION && !old_version) {
            old_version = named(packet, n);
        } else if (role == SERVER_NAME && !server_name) {
            server_name = named(packet, n);
        } else if (role >= TOPIC && role < VERDICT) {
            take_topic(f, role - TOPIC, (unsigned)type->value, packet, n);
        }
    }
    settle_version(f, (unsigned)type->value, old_version);
    if (server_name) {
        g_free(f->server_name);
        f->server_name = g_strdup(server_name);
    }
    if (!m)
        return;
    m->type = (uint8_t)type->value;
    m->encrypted = encrypted;
    g_auto(FmText) text = { 0 };
    g_autofree char *name = named(packet, type);
    fm_text_put(&text, name);
    if (type->value == CLIENT_HELLO && server_name)
        fm_text_printf(&text, " for %s", server_name);
    if (type->value == SERVER_HELLO && f->chosen[FM_TLS_VERSION])
        fm_text_printf(&text, " %s", f->chosen[FM_TLS_VERSION]);
    if (type->value == SERVER_HELLO && f->chosen[FM_TLS_SUITE])
        fm_text_printf(&text, " %s", f->chosen[FM_TLS_SUITE]);
    if (type->value == SERVER_HELLO && f->chosen[FM_TLS_SHARE])
        fm_text_printf(&text, " %s", f->chosen[FM_TLS_SHARE]);
    if (type->value == CERTIFICATE_MESSAGE) {
        uint32_t count = f->certificates->len - certificates;
        fm_text_printf(&text, ": %u, %u bytes", count, (unsigned)length);
    }
    m->text = g_strdup(fm_text_string(&text));
}

static void read_record(FmTlsFacts *f, const FmPacket *packet, const FmNode *record, const FmNode *end)
{
    bool opaque = false, app_data = false, handshake = false, closed = false, other = false;
    uint64_t type = 0, length = 0;
    unsigned d = packet->flow_direction;
    for (const FmNode *n = record + 1; n < end; n++)
        opaque |= fm_asked_role(f->asked, n->field) == RECORD_OPAQUE;
    bool encrypted = opaque || (f->ciphered[d] && !is_tls13(f));
    for (const FmNode *n = record + 1; n < end; n++) {
        unsigned role = fm_asked_role(f->asked, n->field);
        switch (role) {
        case RECORD_TYPE: type = n->value; break;
        case RECORD_LENGTH: length = n->value; break;
        case APP_DATA: app_data = true; break;
        case VERDICT + FM_TLS_CLOSED_BECAUSE: closed = true; break;
        case MESSAGE_TYPE:
            handshake = true;
            read_message(f, packet, n, encrypted);
            break;
        case CHANGE_CIPHER: {
            FmTlsMessage *m = add_message(f, packet, FM_TLS_CHANGE_CIPHER);
            if (m)
                m->text = g_strdup("Change Cipher Spec");
            f->ciphered[d] = other = true;
            break;
        }
        case ALERT: {
            FmTlsMessage *m = add_message(f, packet, FM_TLS_ALERT);
            g_autofree char *name = named(packet, n);
            if (m) {
                m->text = g_strdup_printf("Alert: %s", name);
                m->encrypted = encrypted;
            }
            other = true;
            break;
        }
        default: break;
        }
    }
    if (handshake || other)
        return;
    if (closed || (type != 23 && encrypted))
        add_records(f, packet, FM_TLS_CLOSED, length);
    else if (app_data || type == 23)
        add_records(f, packet, FM_TLS_DATA, length);
}

void fm_tls_facts_packet(FmTlsFacts *f, const FmPacket *packet)
{
    bool protected = false;
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++) {
        unsigned role = fm_asked_role(f->asked, n->field);
        if (role >= VERDICT)
            take_verdict(f, role - VERDICT, packet, n);
        if (role == QUIC_LONG) {
            g_autofree char *name = named(packet, n);
            protected = strcmp(name, "Initial") != 0;
        }
        protected |= role == QUIC_SHORT;
        if (role == MESSAGE_TYPE) /* of QUIC: without a record around it */
            read_message(f, packet, n, protected);
        if (role != RECORD)
            continue;
        const FmNode *after = fm_node_after(packet, n);
        read_record(f, packet, n, after);
        for (const FmNode *inner = n + 1; inner < after; inner++)
            if (fm_asked_role(f->asked, inner->field) >= VERDICT)
                take_verdict(f, fm_asked_role(f->asked, inner->field) - VERDICT, packet, inner);
        n = after - 1;
    }
}
