/* Protocols that begin in plain text and turn to TLS when both agree: SMTP (RFC 3207), IMAP and POP3 (RFC 2595), FTP (RFC 4217) and
 * PostgreSQL (its frontend/backend protocol, SSLRequest). Only that is looked for; lines are shown as they are. */
#include "config.h"

#include "dissectors/security/tls.h"

extern const FmProtocol fm_smtp, fm_imap, fm_pop, fm_ftp, fm_pgsql;

typedef struct UpgradeState {
    bool asked;       /* the client wants TLS; the server has not answered yet */
    uint8_t client;   /* its direction */
} UpgradeState;

enum { MAX_LINE = 4096 };

/* ---- lines ---- */

/* All whole lines in front; a text without end counts as one. */
static uint64_t lines_record(const FmStream *stream, FmSlice b)
{
    for (size_t i = b.size; i > 0; i--)
        if (b.data[i - 1] == '\n')
            return i;
    return b.size > MAX_LINE ? b.size : FM_NEED_MORE;
}

static FmSlice next_line(FmCursor *c)
{
    FmSlice rest = fm_rest(c);
    const uint8_t *end = memchr(rest.data, '\n', rest.size);
    size_t size = end ? (size_t)(end - rest.data) : rest.size;
    c->at += end ? size + 1 : size;
    while (size && rest.data[size - 1] == '\r')
        size--;
    return (FmSlice){ rest.data, size };
}

static bool begins(FmSlice line, const char *word)
{
    size_t n = strlen(word);
    return line.size >= n && g_ascii_strncasecmp((const char *)line.data, word, n) == 0;
}

static bool is_word(FmSlice line, const char *word)
{
    return begins(line, word) && line.size == strlen(word);
}

/* An IMAP command stands behind its tag. */
static FmSlice behind_tag(FmSlice line)
{
    const uint8_t *space = line.size ? memchr(line.data, ' ', line.size) : NULL;
    if (!space)
        return (FmSlice){ line.data, 0 };
    size_t skip = (size_t)(space - line.data) + 1;
    return (FmSlice){ line.data + skip, line.size - skip };
}

static bool is_question(const FmDissection *d, FmSlice line)
{
    const FmProtocol *p = fm_catalog_protocol_at(d->packet->catalog, d->protocol);
    if (p == &fm_smtp)
        return is_word(line, "STARTTLS");
    if (p == &fm_imap)
        return is_word(behind_tag(line), "STARTTLS");
    if (p == &fm_pop)
        return is_word(line, "STLS");
    return is_word(line, "AUTH TLS") || is_word(line, "AUTH SSL") || is_word(line, "AUTH TLS-C");
}

static bool is_consent(const FmDissection *d, FmSlice line)
{
    const FmProtocol *p = fm_catalog_protocol_at(d->packet->catalog, d->protocol);
    if (p == &fm_smtp)
        return begins(line, "220");
    if (p == &fm_imap)
        return !begins(line, "*") && begins(behind_tag(line), "OK");
    if (p == &fm_pop)
        return begins(line, "+OK");
    return begins(line, "234");
}

static void turn_to_tls(FmDissection *d)
{
    fm_stream_leave(d, fm_catalog_number(d->packet->catalog, &fm_tls));
}

static void watch(FmDissection *d, UpgradeState *s, FmSlice line)
{
    if (is_question(d, line)) {
        s->asked = true;
        s->client = (uint8_t)fm_direction(d);
    } else if (s->asked && fm_direction(d) != s->client) {
        s->asked = false;
        if (is_consent(d, line))
            turn_to_tls(d);
    }
}

static void lines_dissect(FmDissection *d, FmCursor *c)
{
    UpgradeState *s = fm_replaying(d) ? NULL : fm_state(d);
    const FmProtocol *p = fm_catalog_protocol_at(d->packet->catalog, d->protocol);
    bool request = d->packet->destination_port < d->packet->source_port, letters = p == &fm_smtp || p == &fm_pop;
    for (bool first = true; fm_left(c); first = false) {
        FmCursor at = *c;
        FmSlice line = next_line(c);
        if (first || p == &fm_imap)
            fm_info(d, "%s%.*s", letters ? request ? "C: " : "S: " : request ? "Request: " : "Response: ", (int)line.size,
                    (const char *)line.data);
        else if (letters)
            fm_info_more(d, " | %.*s", (int)line.size, (const char *)line.data);
        FmSubtree text = fm_open_text(d, &at, "%.*s", (int)line.size, (const char *)line.data);
        fm_close(d, text, c);
        if (s)
            watch(d, s, line);
    }
}

/* ---- PostgreSQL ---- */

enum { SSL_REQUEST_SIZE = 8 };
#define SSL_REQUEST UINT64_C(0x0000000804d2162f)

static void pgsql_dissect(FmDissection *d, FmCursor *c)
{
    UpgradeState *s = fm_replaying(d) ? NULL : fm_state(d);
    bool question = fm_left(c) == SSL_REQUEST_SIZE && fm_peek(c, 0, 8) == SSL_REQUEST;
    fm_info(d, "%s", d->packet->destination_port < d->packet->source_port ? ">" : "<");
    if (s && question) {
        s->asked = true;
        s->client = (uint8_t)fm_direction(d);
    } else if (s && s->asked && fm_direction(d) != s->client) {
        s->asked = false;
        if (fm_left(c) == 1 && fm_peek(c, 0, 1) == 'S')
            turn_to_tls(d);
    }
    FmSubtree text = fm_open_text(d, c, "%s", question ? "SSL request" : "Message");
    fm_skip(c, fm_left(c));
    fm_close(d, text, c);
}

/* ---- the protocols ---- */

static const FmField smtp_fields[] = { { "smtp", "Simple Mail Transfer Protocol", FM_PROTOCOL } };
static const FmField imap_fields[] = { { "imap", "Internet Message Access Protocol", FM_PROTOCOL } };
static const FmField pop_fields[] = { { "pop", "Post Office Protocol", FM_PROTOCOL } };
static const FmField ftp_fields[] = { { "ftp", "File Transfer Protocol (FTP)", FM_PROTOCOL } };
static const FmField pgsql_fields[] = { { "pgsql", "PostgreSQL", FM_PROTOCOL } };

const FmProtocol fm_smtp = {
    .abbrev = "smtp",
    .name = "SMTP",
    .title = "Simple Mail Transfer Protocol",
    FM_FIELDS(smtp_fields),
    FM_BINDINGS({ FM_TCP_PORT, 25 }, { FM_TCP_PORT, 587 }, { FM_TLS_PORT, 465 }, { FM_TLS_PORT, 25 }, { FM_TLS_PORT, 587 }),
    .dissect = lines_dissect,
    .record = lines_record,
    .state_size = sizeof(UpgradeState),
};

const FmProtocol fm_imap = {
    .abbrev = "imap",
    .name = "IMAP",
    .title = "Internet Message Access Protocol",
    FM_FIELDS(imap_fields),
    FM_BINDINGS({ FM_TCP_PORT, 143 }, { FM_TLS_PORT, 993 }, { FM_TLS_PORT, 143 }),
    .dissect = lines_dissect,
    .record = lines_record,
    .state_size = sizeof(UpgradeState),
};

const FmProtocol fm_pop = {
    .abbrev = "pop",
    .name = "POP",
    .title = "Post Office Protocol",
    FM_FIELDS(pop_fields),
    FM_BINDINGS({ FM_TCP_PORT, 110 }, { FM_TLS_PORT, 995 }, { FM_TLS_PORT, 110 }),
    .dissect = lines_dissect,
    .record = lines_record,
    .state_size = sizeof(UpgradeState),
};

const FmProtocol fm_ftp = {
    .abbrev = "ftp",
    .name = "FTP",
    .title = "File Transfer Protocol (FTP)",
    FM_FIELDS(ftp_fields),
    FM_BINDINGS({ FM_TCP_PORT, 21 }, { FM_TLS_PORT, 21 }),
    .dissect = lines_dissect,
    .record = lines_record,
    .state_size = sizeof(UpgradeState),
};

const FmProtocol fm_pgsql = {
    .abbrev = "pgsql",
    .name = "PGSQL",
    .title = "PostgreSQL",
    FM_FIELDS(pgsql_fields),
    FM_BINDINGS({ FM_TCP_PORT, 5432 }, { FM_TLS_PORT, 5432 }),
    .dissect = pgsql_dissect,
    .state_size = sizeof(UpgradeState),
};
