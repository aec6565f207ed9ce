/* Syslog (RFC 3164, RFC 5424) over UDP, and over TCP and TLS as lines or with lengths (RFC 6587, RFC 5425). */
#include "config.h"

#include <string.h>

#include "engine/dissect.h"

enum { SYSLOG, FACILITY, LEVEL, MESSAGE, VERSION_OF, TIMESTAMP, TIMESTAMP_OLD, HOSTNAME, APPNAME, PROCID, MSGID };

static const FmName facilities[] = {
    { 0, 0, "KERN - kernel messages" }, { 1, 0, "USER - random user-level messages" }, { 2, 0, "MAIL - mail system" },
    { 3, 0, "DAEMON - system daemons" }, { 4, 0, "AUTH - security/authorization messages" },
    { 5, 0, "SYSLOG - messages generated internally by syslogd" }, { 6, 0, "LPR - line printer subsystem" },
    { 7, 0, "NEWS - network news subsystem" }, { 8, 0, "UUCP - UUCP subsystem" }, { 9, 0, "CRON - clock daemon (BSD, Linux)" },
    { 10, 0, "AUTHPRIV - security/authorization messages (private)" }, { 11, 0, "FTP - ftp daemon" }, { 12, 0, "NTP - ntp subsystem" },
    { 13, 0, "LOGAUDIT - log audit" }, { 14, 0, "LOGALERT - log alert" }, { 15, 0, "CRON - clock daemon (Solaris)" },
    { 16, 0, "LOCAL0 - reserved for local use" }, { 17, 0, "LOCAL1 - reserved for local use" }, { 18, 0, "LOCAL2 - reserved for local use" },
    { 19, 0, "LOCAL3 - reserved for local use" }, { 20, 0, "LOCAL4 - reserved for local use" }, { 21, 0, "LOCAL5 - reserved for local use" },
    { 22, 0, "LOCAL6 - reserved for local use" }, { 23, 0, "LOCAL7 - reserved for local use" }, { 0 },
};
static const FmName levels[] = {
    { 0, 0, "EMERG - system is unusable" }, { 1, 0, "ALERT - action must be taken immediately" }, { 2, 0, "CRIT - critical conditions" },
    { 3, 0, "ERR - error conditions" }, { 4, 0, "WARNING - warning conditions" }, { 5, 0, "NOTICE - normal but significant condition" },
    { 6, 0, "INFO - informational" }, { 7, 0, "DEBUG - debug-level messages" }, { 0 },
};

static const FmField fields[] = {
    [SYSLOG] = { "syslog", "Syslog message", FM_PROTOCOL },
    [FACILITY] = { "syslog.facility", "Facility", FM_UINT8, FM_DEC, 0xf8, .names = facilities },
    [LEVEL] = { "syslog.level", "Level", FM_UINT8, FM_DEC, 0x07, .names = levels },
    [MESSAGE] = { "syslog.msg", "Message", FM_STRING },
    [VERSION_OF] = { "syslog.version", "Syslog version", FM_STRING },
    [TIMESTAMP] = { "syslog.timestamp", "Syslog timestamp", FM_ABSOLUTE_TIME, FM_UTC },
    [TIMESTAMP_OLD] = { "syslog.timestamp_rfc3164", "Syslog timestamp (RFC3164)", FM_STRING },
    [HOSTNAME] = { "syslog.hostname", "Syslog hostname", FM_STRING },
    [APPNAME] = { "syslog.appname", "Syslog app name", FM_STRING },
    [PROCID] = { "syslog.procid", "Syslog process id", FM_STRING },
    [MSGID] = { "syslog.msgid", "Syslog message id", FM_STRING },
};

#define MAX_LINE 65536

/* "<34>"; -1 if there is none. */
static int take_priority(FmCursor *c)
{
    FmSlice text = fm_rest(c);
    int v = 0;
    size_t i = 1;
    if (!text.size || text.data[0] != '<')
        return -1;
    for (; i < text.size && i < 4 && g_ascii_isdigit(text.data[i]); i++)
        v = v * 10 + (text.data[i] - '0');
    if (i == 1 || i >= text.size || text.data[i] != '>')
        return -1;
    fm_skip(c, i + 1);
    return v;
}

static FmCursor word(FmCursor *c, char stop)
{
    const uint8_t *end = memchr(c->at, stop, fm_left(c));
    FmCursor w = fm_window(c, end ? (size_t)(end - c->at) : fm_left(c));
    c->at = end ? end + 1 : c->end;
    return w;
}

static void put(FmDissection *d, unsigned row, FmCursor w)
{
    if (fm_left(&w))
        fm_add_bytes_of(d, &fields[row], row, &w, fm_left(&w));
}

/* 1 2003-10-11T22:14:15.003Z host app procid msgid … (RFC 5424 §6) */
static void put_structured(FmDissection *d, FmCursor *c)
{
    put(d, VERSION_OF, word(c, ' '));
    FmCursor stamp = word(c, ' ');
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(fm_arena_strndup(d->arena, (const char *)stamp.at, fm_left(&stamp)), utc);
    FmTime t = time ? g_date_time_to_unix(time) * FM_SECOND + g_date_time_get_microsecond(time) * (FmTime)1000 : FM_TIME_NONE;
    if (time)
        fm_add_value(d, TIMESTAMP, &stamp, fm_left(&stamp), (uint64_t)t);
    put(d, HOSTNAME, word(c, ' '));
    put(d, APPNAME, word(c, ' '));
    put(d, PROCID, word(c, ' '));
    put(d, MSGID, *c);
}

/* Oct 11 22:14:15 host tag: text (RFC 3164 §4.1) */
static void put_old(FmDissection *d, FmCursor *c)
{
    put(d, TIMESTAMP_OLD, fm_window(c, 15));
    fm_skip(c, MIN(16, fm_left(c)));
    put(d, HOSTNAME, word(c, ' '));
    size_t n = 0;
    while (n < fm_left(c) && g_ascii_isalnum(c->at[n]))
        n++;
    put(d, PROCID, fm_window(c, n));
    fm_skip(c, n);
    put(d, MSGID, *c);
}

/* "Mmm dd hh:mm:ss " */
static bool has_old_stamp(FmSlice text)
{
    return text.size > 16 && text.data[3] == ' ' && text.data[6] == ' ' && text.data[9] == ':' && text.data[12] == ':' && text.data[15] == ' ';
}

static void tell(FmDissection *d, int priority, FmSlice text)
{
    char where[24] = "", level[16] = "";
    if (priority >= 0) {
        const char *f = fm_name(facilities, (uint64_t)priority >> 3), *l = fm_name(levels, priority & 7);
        g_snprintf(where, sizeof where, "%.*s", f ? (int)(strchr(f, ' ') - f) : 7, f ? f : "UNKNOWN");
        g_snprintf(level, sizeof level, ".%.*s: ", (int)(strchr(l, ' ') - l), l);
    }
    int n = (int)MIN(text.size, 1000);
    fm_info(d, "%s%s%.*s", where, level, n, (const char *)text.data);
    fm_title(d, "Syslog message: %s%s%.*s", priority < 0 ? "(unknown): " : where, level, n, (const char *)text.data);
}

static void syslog_dissect(FmDissection *d, FmCursor *c)
{
    while (d->stream && fm_left(c) && g_ascii_isdigit(*c->at)) /* RFC 6587 §3.4.1: length in front */
        word(c, ' ');
    FmCursor start = *c;
    int priority = take_priority(c);
    FmSlice text = fm_rest(c);
    while (text.size && (text.data[text.size - 1] == '\n' || text.data[text.size - 1] == '\r' || !text.data[text.size - 1]))
        text.size--;
    tell(d, priority, text);
    if (priority >= 0) {
        fm_add_value(d, FACILITY, &start, (size_t)(c->at - start.at), (uint64_t)priority >> 3);
        fm_add_value(d, LEVEL, &start, (size_t)(c->at - start.at), (uint64_t)priority & 7);
    }
    if (!text.size)
        return;
    FmCursor inside = fm_window(c, text.size);
    fm_add_bytes(d, MESSAGE, c, text.size);
    fm_down(d);
    if (text.size > 2 && g_ascii_isdigit(text.data[0]) && text.data[1] == ' ')
        put_structured(d, &inside);
    else if (has_old_stamp(text))
        put_old(d, &inside);
    fm_up(d);
}

/* "83 <34>1 …", or a line (RFC 6587 §3.4). */
static uint64_t syslog_record(const FmStream *stream, FmSlice bytes)
{
    (void)stream;
    uint64_t length = 0;
    size_t i = 0;
    for (; i < bytes.size && i < 6 && g_ascii_isdigit(bytes.data[i]); i++)
        length = length * 10 + (bytes.data[i] - '0');
    if (i && i < bytes.size && bytes.data[i] == ' ' && length)
        return i + 1 + length;
    const uint8_t *end = bytes.size ? memchr(bytes.data, '\n', bytes.size) : NULL;
    return end ? (uint64_t)(end - bytes.data) + 1 : bytes.size > MAX_LINE ? FM_REFUSED : FM_NEED_MORE;
}

const FmProtocol fm_syslog = {
    .abbrev = "syslog",
    .name = "Syslog",
    .title = "Syslog message",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 514 }, { FM_TCP_PORT, 601 }, { FM_TLS_PORT, 6514 }),
    .dissect = syslog_dissect,
    .record = syslog_record,
};
