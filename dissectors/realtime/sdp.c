/* SDP (RFC 8866): descriptions of sessions, one line a fact. What they promise is told to RTP. */
#include "config.h"

#include <arpa/inet.h>
#include <string.h>

#include "dissectors/realtime/sdp.h"
#include "dissectors/realtime/sip.h"

enum {
    SDP, SDP_VERSION, OWNER, OWNER_USERNAME, OWNER_SESSIONID, OWNER_VERSION, OWNER_NETWORK_TYPE, OWNER_ADDRESS_TYPE, OWNER_ADDRESS, SESSION_NAME,
    SESSION_INFO, URI, EMAIL, PHONE, CONNECTION, CONNECTION_NETWORK_TYPE, CONNECTION_ADDRESS_TYPE, CONNECTION_ADDRESS, CONNECTION_TTL,
    CONNECTION_NUM_ADDR, BANDWIDTH, BANDWIDTH_MODIFIER, BANDWIDTH_VALUE, TIMEZONE, TIMEZONE_TIME, TIMEZONE_OFFSET, ENCRYPTION_KEY,
    ENCRYPTION_KEY_TYPE, ENCRYPTION_KEY_DATA, TIME, TIME_START, TIME_STOP, REPEAT_TIME, REPEAT_INTERVAL, REPEAT_DURATION, REPEAT_OFFSET, MEDIA,
    MEDIA_MEDIA, MEDIA_PORT_STRING, MEDIA_PORT, MEDIA_PORTCOUNT, MEDIA_PROTO, MEDIA_FORMAT, MEDIA_TITLE, SESSION_ATTR, MEDIA_ATTR, UNKNOWN,
    INVALID, NO_EQUAL, EXTRA_SPACE,
};

static const FmField fields[] = {
    [SDP] = { "sdp", "Session Description Protocol", FM_PROTOCOL },
    [SDP_VERSION] = { "sdp.version", "Session Description Protocol Version (v)", FM_STRING },
    [OWNER] = { "sdp.owner", "Owner/Creator, Session Id (o)", FM_STRING },
    [OWNER_USERNAME] = { "sdp.owner.username", "Owner Username", FM_STRING },
    [OWNER_SESSIONID] = { "sdp.owner.sessionid", "Session ID", FM_STRING },
    [OWNER_VERSION] = { "sdp.owner.version", "Session Version", FM_STRING },
    [OWNER_NETWORK_TYPE] = { "sdp.owner.network_type", "Owner Network Type", FM_STRING },
    [OWNER_ADDRESS_TYPE] = { "sdp.owner.address_type", "Owner Address Type", FM_STRING },
    [OWNER_ADDRESS] = { "sdp.owner.address", "Owner Address", FM_STRING },
    [SESSION_NAME] = { "sdp.session_name", "Session Name (s)", FM_STRING },
    [SESSION_INFO] = { "sdp.session_info", "Session Information (i)", FM_STRING },
    [URI] = { "sdp.uri", "URI of Description (u)", FM_STRING },
    [EMAIL] = { "sdp.email", "E-mail Address (e)", FM_STRING },
    [PHONE] = { "sdp.phone", "Phone Number (p)", FM_STRING },
    [CONNECTION] = { "sdp.connection_info", "Connection Information (c)", FM_STRING },
    [CONNECTION_NETWORK_TYPE] = { "sdp.connection_info.network_type", "Connection Network Type", FM_STRING },
    [CONNECTION_ADDRESS_TYPE] = { "sdp.connection_info.address_type", "Connection Address Type", FM_STRING },
    [CONNECTION_ADDRESS] = { "sdp.connection_info.address", "Connection Address", FM_STRING },
    [CONNECTION_TTL] = { "sdp.connection_info.ttl", "Connection TTL", FM_STRING },
    [CONNECTION_NUM_ADDR] = { "sdp.connection_info.num_addr", "Connection Number of Addresses", FM_STRING },
    [BANDWIDTH] = { "sdp.bandwidth", "Bandwidth Information (b)", FM_STRING },
    [BANDWIDTH_MODIFIER] = { "sdp.bandwidth.modifier", "Bandwidth Modifier", FM_STRING },
    [BANDWIDTH_VALUE] = { "sdp.bandwidth.value", "Bandwidth Value", FM_STRING },
    [TIMEZONE] = { "sdp.timezone", "Time Zone Adjustments (z)", FM_STRING },
    [TIMEZONE_TIME] = { "sdp.timezone.time", "Timezone Time", FM_STRING },
    [TIMEZONE_OFFSET] = { "sdp.timezone.offset", "Timezone Offset", FM_STRING },
    [ENCRYPTION_KEY] = { "sdp.encryption_key", "Encryption Key (k)", FM_STRING },
    [ENCRYPTION_KEY_TYPE] = { "sdp.encryption_key.type", "Key Type", FM_STRING },
    [ENCRYPTION_KEY_DATA] = { "sdp.encryption_key.data", "Key Data", FM_STRING },
    [TIME] = { "sdp.time", "Time Description, active time (t)", FM_STRING },
    [TIME_START] = { "sdp.time.start", "Session Start Time", FM_STRING },
    [TIME_STOP] = { "sdp.time.stop", "Session Stop Time", FM_STRING },
    [REPEAT_TIME] = { "sdp.repeat_time", "Repeat Time (r)", FM_STRING },
    [REPEAT_INTERVAL] = { "sdp.repeat_time.interval", "Repeat Interval", FM_STRING },
    [REPEAT_DURATION] = { "sdp.repeat_time.duration", "Repeat Duration", FM_STRING },
    [REPEAT_OFFSET] = { "sdp.repeat_time.offset", "Repeat Offset", FM_STRING },
    [MEDIA] = { "sdp.media", "Media Description, name and address (m)", FM_STRING },
    [MEDIA_MEDIA] = { "sdp.media.media", "Media Type", FM_STRING },
    [MEDIA_PORT_STRING] = { "sdp.media.port_string", "Media Port", FM_STRING },
    [MEDIA_PORT] = { "sdp.media.port", "Media Port", FM_UINT16, FM_DEC },
    [MEDIA_PORTCOUNT] = { "sdp.media.portcount", "Media Port Count", FM_STRING },
    [MEDIA_PROTO] = { "sdp.media.proto", "Media Protocol", FM_STRING },
    [MEDIA_FORMAT] = { "sdp.media.format", "Media Format", FM_STRING },
    [MEDIA_TITLE] = { "sdp.media_title", "Media Title (i)", FM_STRING },
    [SESSION_ATTR] = { "sdp.session_attr", "Session Attribute (a)", FM_STRING },
    [MEDIA_ATTR] = { "sdp.media_attr", "Media Attribute (a)", FM_STRING },
    [UNKNOWN] = { "sdp.unknown", "Unknown", FM_STRING },
    [INVALID] = { "sdp.invalid", "Invalid line", FM_STRING },
    [NO_EQUAL] = { "sdp.invalid_line.no_equal", "Invalid SDP line (no '=' delimiter)", FM_EXPERT, .severity = FM_NOTE,
                   .group = FM_GROUP_MALFORMED },
    [EXTRA_SPACE] = { "sdp.invalid_line.extra_space", "Invalid SDP whitespace (extra space character)", FM_EXPERT, .severity = FM_ERROR,
                      .group = FM_GROUP_MALFORMED },
};

/* ---- words ---- */

FmCursor fm_sdp_word(FmCursor *c, const char *stops)
{
    while (fm_left(c) && *c->at == ' ')
        c->at++;
    size_t n = 0;
    while (n < fm_left(c) && (!c->at[n] || !strchr(stops, c->at[n])))
        n++;
    FmCursor word = fm_window(c, n);
    word.lost = 0;
    c->at += MIN(n + 1, fm_left(c));
    return word;
}

uint64_t fm_sdp_number(FmSlice text)
{
    uint64_t v = 0;
    for (size_t i = 0; i < text.size && i < 18 && g_ascii_isdigit(text.data[i]); i++)
        v = v * 10 + (uint64_t)(text.data[i] - '0');
    return v;
}

bool fm_sdp_address(FmSlice text, SdpAddress *address)
{
    char host[INET6_ADDRSTRLEN];
    uint8_t bytes[16];
    if (!text.size || text.size >= sizeof host)
        return false;
    memcpy(host, text.data, text.size);
    host[text.size] = 0;
    int family = strchr(host, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(family, host, bytes) != 1)
        return false;
    address->size = family == AF_INET ? 4 : 16;
    memcpy(address->bytes, bytes, address->size);
    return true;
}

/* Rows `first` to `last`, a word each, as far as there are words; the last takes all that is left if `rest`. */
static void put_words(FmDissection *d, FmCursor *c, unsigned first, unsigned last, bool rest)
{
    for (unsigned row = first; row <= last && fm_left(c); row++) {
        FmCursor word = fm_sdp_word(c, row == last && rest ? "" : " ");
        if (fm_left(&word))
            fm_add_bytes_of(d, &fields[row], row, &word, fm_left(&word));
    }
}

/* ---- lines ---- */

static void put_connection(FmDissection *d, FmCursor *c, SdpAddress *address)
{
    put_words(d, c, CONNECTION_NETWORK_TYPE, CONNECTION_ADDRESS_TYPE, false);
    FmCursor word = fm_sdp_word(c, "/");
    fm_sdp_address(fm_rest(&word), address);
    if (fm_left(&word))
        fm_add_bytes(d, CONNECTION_ADDRESS, &word, fm_left(&word));
    for (unsigned row = CONNECTION_TTL; row <= CONNECTION_NUM_ADDR && fm_left(c); row++) {
        word = fm_sdp_word(c, "/");
        fm_add_bytes_of(d, &fields[row], row, &word, fm_left(&word));
    }
}

static void put_bandwidth(FmDissection *d, FmCursor *c)
{
    if (!memchr(c->at, ':', fm_left(c)))
        return;
    FmCursor word = fm_sdp_word(c, ":");
    FmSlice modifier = fm_rest(&word);
    bool total = fm_sdp_is(modifier, "CT"), application = fm_sdp_is(modifier, "AS");
    fm_add_bytes(d, BANDWIDTH_MODIFIER, &word, fm_left(&word));
    if (total)
        fm_label_more(d, BANDWIDTH_MODIFIER, " [Conference Total(total bandwidth of all RTP sessions)]");
    else if (application)
        fm_label_more(d, BANDWIDTH_MODIFIER, " [Application Specific (RTP session bandwidth)]");
    fm_add_bytes(d, BANDWIDTH_VALUE, c, fm_left(c));
    if (total || application)
        fm_label_more(d, BANDWIDTH_VALUE, " kb/s");
}

static void put_key(FmDissection *d, FmCursor *c)
{
    if (!memchr(c->at, ':', fm_left(c)))
        return;
    FmCursor word = fm_sdp_word(c, ":");
    fm_add_bytes(d, ENCRYPTION_KEY_TYPE, &word, fm_left(&word));
    fm_add_bytes(d, ENCRYPTION_KEY_DATA, c, fm_left(c));
}

static void put_formats(FmDissection *d, FmCursor *c, bool named)
{
    while (fm_left(c)) {
        if (*c->at == ' ') {
            FmSubtree gap = fm_open_text(d, c, "Invalid SDP whitespace (extra space character)");
            fm_expert(d, EXTRA_SPACE);
            c->at++;
            fm_close(d, gap, c);
            continue;
        }
        FmCursor word = fm_sdp_word(c, " ");
        FmSlice text = fm_rest(&word);
        uint64_t type = named && g_ascii_isdigit(text.data[0]) ? fm_sdp_number(text) : 128;
        if (type > 127) {
            fm_add_bytes(d, MEDIA_FORMAT, &word, text.size);
            continue;
        }
        char room[32];
        const char *name = fm_rtp_payload_type(type);
        g_snprintf(room, sizeof room, "DynamicRTP-Type-%u", (unsigned)type);
        fm_add_text(d, MEDIA_FORMAT, &word, text.size, name ? name : room);
    }
}

static bool is_rtp(FmSlice proto)
{
    static const char *const protos[] = { "RTP/AVP", "RTP/SAVP", "RTP/AVPF", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF" };
    for (size_t i = 0; i < G_N_ELEMENTS(protos); i++)
        if (fm_sdp_is(proto, protos[i]))
            return true;
    return false;
}

static void put_media(FmDissection *d, FmCursor *c, SdpMedia *media)
{
    put_words(d, c, MEDIA_MEDIA, MEDIA_MEDIA, false);
    FmCursor ports = fm_sdp_word(c, " "), port = fm_sdp_word(&ports, "/"), text = port;
    bool good = fm_left(&port) && g_ascii_isdigit(*port.at) && fm_sdp_number(fm_rest(&port)) <= UINT16_MAX;
    uint32_t before = d->packet->node_count;
    if (fm_left(&text))
        fm_add_bytes(d, MEDIA_PORT_STRING, &text, fm_left(&text));
    if (good) {
        media->port = (uint16_t)fm_sdp_number(fm_rest(&port));
        if (d->packet->node_count > before)
            d->packet->nodes[before].flags |= FM_NODE_HIDDEN;
        fm_add_value(d, MEDIA_PORT, &port, fm_left(&port), media->port);
    }
    if (fm_left(&ports))
        fm_add_bytes(d, MEDIA_PORTCOUNT, &ports, fm_left(&ports));
    FmCursor proto = fm_sdp_word(c, " ");
    media->rtp = is_rtp(fm_rest(&proto));
    media->secure = media->rtp && g_strstr_len((const char *)proto.at, (gssize)fm_left(&proto), "SAVP");
    if (fm_left(&proto))
        fm_add_bytes(d, MEDIA_PROTO, &proto, fm_left(&proto));
    put_formats(d, c, media->rtp);
}

/* An answer belongs to the offer: what it sets up counts from there. Nor does saying it again change anything. */
static uint32_t exchange_frame(FmDissection *d)
{
    uint32_t offer = fm_sip_exchange_frame(d);
    return offer ? offer : fm_frame_number(d);
}

/* RTP at the port, RTCP at the next one unless a=rtcp says otherwise (RFC 3605). */
static void announce(FmDissection *d, SdpSession *session)
{
    SdpMedia *media = &session->media;
    if (!session->in_media || !media->rtp || !media->port || fm_replaying(d))
        return;
    const SdpAddress *address = media->address.size ? &media->address : &session->address;
    static const uint8_t anywhere[16];
    if (!address->size || memcmp(address->bytes, anywhere, address->size) == 0)
        return;
    RtpSetup setup = { .method = "SDP", .frame = exchange_frame(d), .announced = true, .formats = media->formats.count ? &media->formats : NULL };
    if (media->secure) {
        setup.profile = media->profile ? media->profile : SRTP_UNKNOWN;
        setup.mki = media->profile ? media->mki : 0;
    }
    fm_rtp_announce(d, address->bytes, address->size, media->port, &setup);
    const SdpAddress *control = media->control_address.size ? &media->control_address : address;
    uint16_t port = media->control_port ? media->control_port : (uint16_t)(media->port + 1);
    setup.control = true;
    if (port != media->port)
        fm_rtp_announce(d, control->bytes, control->size, port, &setup);
}

static void put_inside(FmDissection *d, FmCursor *c, char letter, SdpSession *session)
{
    switch (letter) {
    case 'o': put_words(d, c, OWNER_USERNAME, OWNER_ADDRESS, true); break;
    case 'c': put_connection(d, c, session->in_media ? &session->media.address : &session->address); break;
    case 'b': put_bandwidth(d, c); break;
    case 't': put_words(d, c, TIME_START, TIME_STOP, true); break;
    case 'r':
        put_words(d, c, REPEAT_INTERVAL, REPEAT_DURATION, false);
        while (fm_left(c))
            put_words(d, c, REPEAT_OFFSET, REPEAT_OFFSET, false);
        break;
    case 'z':
        while (fm_left(c))
            put_words(d, c, TIMEZONE_TIME, TIMEZONE_OFFSET, false);
        break;
    case 'k': put_key(d, c); break;
    case 'm': put_media(d, c, &session->media); break;
    case 'a': fm_sdp_attribute(d, session, c); break;
    default: break;
    }
}

static unsigned row_of(char letter, bool in_media)
{
    switch (letter) {
    case 'v': return SDP_VERSION;
    case 'o': return OWNER;
    case 's': return SESSION_NAME;
    case 'i': return in_media ? MEDIA_TITLE : SESSION_INFO;
    case 'u': return URI;
    case 'e': return EMAIL;
    case 'p': return PHONE;
    case 'c': return CONNECTION;
    case 'b': return BANDWIDTH;
    case 'z': return TIMEZONE;
    case 'k': return ENCRYPTION_KEY;
    case 't': return TIME;
    case 'r': return REPEAT_TIME;
    case 'm': return MEDIA;
    case 'a': return in_media ? MEDIA_ATTR : SESSION_ATTR;
    default: return UNKNOWN;
    }
}

static void put_line(FmDissection *d, FmCursor *line, SdpSession *session)
{
    size_t size = fm_left(line);
    if (line->at[1] != '=') {
        fm_add_bytes(d, INVALID, line, size);
        fm_expert(d, NO_EQUAL);
        return;
    }
    char letter = (char)line->at[0];
    if (letter == 'm') {
        announce(d, session);
        session->media = (SdpMedia){ 0 };
        session->in_media = true;
    }
    unsigned row = row_of(letter, session->in_media);
    size_t name = row == UNKNOWN ? 0 : 2;
    if (fm_wanted(d, row))
        fm_record_blob_of(d, &fields[row], row, fm_offset(line), (uint32_t)size, line->buffer, 0, line->at + name, size - name);
    line->at += 2;
    fm_down(d);
    put_inside(d, line, letter, session);
    fm_up(d);
}

static void sdp_dissect(FmDissection *d, FmCursor *c)
{
    SdpSession session = { .in_media = false };
    while (fm_left(c)) {
        const uint8_t *end = memchr(c->at, '\n', fm_left(c));
        size_t whole = end ? (size_t)(end - c->at) + 1 : fm_left(c), size = end ? whole - 1 : whole;
        while (size && c->at[size - 1] == '\r')
            size--;
        FmCursor line = fm_window(c, size);
        line.lost = 0;
        if (size < 2)
            break;
        put_line(d, &line, &session);
        c->at += whole;
    }
    announce(d, &session);
}

const FmProtocol fm_sdp = {
    .abbrev = "sdp",
    .name = "SDP",
    .title = "Session Description Protocol",
    FM_FIELDS(fields),
    FM_NAMES({ FM_MEDIA_TYPE, "application/sdp" }),
    .dissect = sdp_dissect,
};
