/* Attributes of SDP: payload types (RFC 8866 §6.6), their parameters, keys (RFC 4568, RFC 4567), candidates (RFC 8839). */
#include "config.h"

#include <string.h>

#include "dissectors/realtime/sdp.h"
#include "dissectors/realtime/stun.h"

enum {
    ATTRIBUTES, SESSION_FIELD, SESSION_VALUE, MEDIA_FIELD, MEDIA_VALUE, FORMAT, MIME_TYPE, SAMPLE_RATE, PARAMETER, MPEG4_LEVEL, H263_PROFILE,
    H263_LEVEL, H264_MODE, NAL_1, NAL_2, TAG, SUITE, KEY_AND_SALT, MASTER_KEY, MASTER_SALT, LIFETIME, MKI_VALUE, MKI_LENGTH, KEY_MGMT,
    KEY_MGMT_ID, KEY_MGMT_DATA, FOUNDATION, COMPONENT, TRANSPORT, PRIORITY, ADDRESS, PORT, TYPE, IPBCP_VERSION, IPBCP_COMMAND, MISSING,
    INVALID_TAG, INVALID_KEY, INVALID_MKI_LENGTH, INVALID_RATE,
};

static const FmName mpeg4_levels[] = { /* ISO 14496-2 table G.1 */
    { 1, 2, "Simple Profile" }, { 8, 9, "Simple Profile" }, { 17, 18, "Simple Scalable Profile" }, { 33, 34, "Core Profile" }, { 50, 52, "Main Profile" },
    { 240, 245, "Advanced Simple Profile" }, { 248, 253, "Fine Granularity Scalable Profile" }, { 0 },
};
static const FmName h263_profiles[] = { /* ITU-T H.263 annex X */
    { 0, 0, "Baseline Profile" }, { 1, 0, "H.320 Coding Efficiency Version 2 Backward-Compatibility Profile" },
    { 2, 0, "Version 1 Backward-Compatibility Profile" }, { 3, 0, "Version 2 Interactive and Streaming Wireless Profile" },
    { 4, 0, "Version 3 Interactive and Streaming Wireless Profile" }, { 5, 0, "Conversational High Compression Profile" },
    { 6, 0, "Conversational Internet Profile" }, { 7, 0, "Conversational Interlace Profile" }, { 8, 0, "High Latency Profile" }, { 0 },
};
static const FmName h263_levels[] = {
    { 10, 0, "QCIF (176 x 144), 1 x 64Kb/s" }, { 20, 0, "CIF (352 x 288), 2 x 64Kb/s" }, { 30, 0, "CIF (352 x 288), 6 x 64Kb/s" },
    { 40, 0, "CIF (352 x 288), 32 x 64Kb/s" }, { 45, 0, "QCIF (176 x144) support of CPFMT, 2 x 64Kb/s" },
    { 50, 0, "CIF (352 x 288) support of CPFMT, 64 x 64Kb/s" }, { 60, 0, "CPFMT: 720 x 288 support of CPFMT, 128 x 64Kb/s" },
    { 70, 0, "CPFMT: 720 x 576 support of CPFMT, 256 x 64Kb/s" }, { 0 },
};
static const FmName h264_modes[] = { /* RFC 6184 §5.4 */
    { 0, 0, "Single NAL mode" }, { 1, 0, "Non-interleaved mode" }, { 2, 0, "Interleaved mode" }, { 0 },
};

#define MALFORMED .severity = FM_ERROR, .group = FM_GROUP_MALFORMED

static const FmField fields[] = {
    [ATTRIBUTES] = { "sdp.attributes", "Attributes", FM_PROTOCOL },
    [SESSION_FIELD] = { "sdp.session_attr.field", "Session Attribute Fieldname", FM_STRING },
    [SESSION_VALUE] = { "sdp.session_attr.value", "Session Attribute Value", FM_STRING },
    [MEDIA_FIELD] = { "sdp.media_attribute.field", "Media Attribute Fieldname", FM_STRING },
    [MEDIA_VALUE] = { "sdp.media_attribute.value", "Media Attribute Value", FM_STRING },
    [FORMAT] = { "sdp.media.format", "Media Format", FM_STRING },
    [MIME_TYPE] = { "sdp.mime.type", "MIME Type", FM_STRING },
    [SAMPLE_RATE] = { "sdp.sample_rate", "Sample Rate", FM_STRING },
    [PARAMETER] = { "sdp.fmtp.parameter", "Media format specific parameters", FM_STRING },
    [MPEG4_LEVEL] = { "sdp.fmtp.profile_level_id", "Level Code", FM_UINT32, FM_DEC, .names = mpeg4_levels, .generated = true },
    [H263_PROFILE] = { "sdp.fmtp.h263profile", "Profile", FM_UINT32, FM_DEC, .names = h263_profiles, .generated = true },
    [H263_LEVEL] = { "sdp.fmtp.h263level", "Level", FM_UINT32, FM_DEC, .names = h263_levels, .generated = true },
    [H264_MODE] = { "sdp.fmtp.h264_packetization_mode", "Packetization mode", FM_UINT32, FM_DEC, .names = h264_modes, .generated = true },
    [NAL_1] = { "sdp.nal_unit_1_string", "NAL unit 1 string", FM_STRING },
    [NAL_2] = { "sdp.nal_unit_2_string", "NAL unit 2 string", FM_STRING },
    [TAG] = { "sdp.crypto.tag", "tag", FM_UINT32, FM_DEC },
    [SUITE] = { "sdp.crypto.crypto_suite", "Crypto suite", FM_STRING },
    [KEY_AND_SALT] = { "sdp.key_and_salt", "Key and Salt", FM_BYTES },
    [MASTER_KEY] = { "sdp.crypto.master_key", "Master Key", FM_BYTES },
    [MASTER_SALT] = { "sdp.crypto.master_salt", "Master salt", FM_BYTES },
    [LIFETIME] = { "sdp.crypto.lifetime", "Lifetime", FM_STRING },
    [MKI_VALUE] = { "sdp.crypto.mki-valu", "mki-value", FM_STRING },
    [MKI_LENGTH] = { "sdp.crypto.mki_length", "mki_length", FM_STRING },
    [KEY_MGMT] = { "sdp.key_mgmt", "Key Management", FM_STRING },
    [KEY_MGMT_ID] = { "sdp.key_mgmt.kmpid", "Key Management Protocol (kmpid)", FM_STRING },
    [KEY_MGMT_DATA] = { "sdp.key_mgmt.data", "Key Management Data", FM_BYTES },
    [FOUNDATION] = { "sdp.ice_candidate.foundation", "Foundation", FM_STRING },
    [COMPONENT] = { "sdp.ice_candidate.componentid", "Component ID", FM_STRING },
    [TRANSPORT] = { "sdp.ice_candidate.transport", "Transport", FM_STRING },
    [PRIORITY] = { "sdp.ice_candidate.priority", "Priority", FM_STRING },
    [ADDRESS] = { "sdp.ice_candidate.address", "Connection Address", FM_STRING },
    [PORT] = { "sdp.ice_candidate.port", "Candidate Port", FM_STRING },
    [TYPE] = { "sdp.ice_candidate.type", "Candidate Type", FM_STRING },
    [IPBCP_VERSION] = { "sdp.ipbcp.version", "IPBCP Protocol Version", FM_STRING },
    [IPBCP_COMMAND] = { "sdp.ipbcp.command", "IPBCP Command Type", FM_STRING },
    [MISSING] = { "sdp.invalid_line.missing_fields", "Invalid SDP line (missing required fields)", FM_EXPERT, MALFORMED },
    [INVALID_TAG] = { "sdp.invalid_crypto_tag", "Invalid crypto tag", FM_EXPERT, MALFORMED },
    [INVALID_KEY] = { "sdp.invalid_key_param", "Invalid key-param (no ':' delimiter)", FM_EXPERT, .severity = FM_NOTE,
                      .group = FM_GROUP_MALFORMED },
    [INVALID_MKI_LENGTH] = { "sdp.invalid_crypto_mki_length", "Invalid crypto mki length", FM_EXPERT, MALFORMED },
    [INVALID_RATE] = { "sdp.invalid_sample_rate", "Invalid sample rate", FM_EXPERT, MALFORMED },
};

static bool put_word(FmDissection *d, FmCursor *c, unsigned row, const char *stops)
{
    FmCursor word = fm_sdp_word(c, stops);
    if (!fm_left(&word))
        return false;
    fm_add_bytes_of(d, &fields[row], row, &word, fm_left(&word));
    return true;
}

/* ---- rtpmap, fmtp ---- */

static void put_rtpmap(FmDissection *d, FmCursor *c, SdpMedia *media)
{
    FmCursor type = fm_sdp_word(c, " ");
    if (!fm_left(c))
        return;
    uint64_t number = fm_sdp_number(fm_rest(&type));
    fm_add_bytes(d, FORMAT, &type, fm_left(&type));
    const uint8_t *slash = memchr(c->at, '/', fm_left(c));
    if (!slash)
        return;
    FmCursor name = fm_sdp_word(c, "/"), rate = fm_sdp_word(c, "/ ");
    FmSlice text = fm_rest(&name), clock = fm_rest(&rate);
    fm_add_bytes(d, MIME_TYPE, &name, text.size);
    if (number > 127)
        return;
    fm_add_bytes(d, SAMPLE_RATE, &rate, clock.size);
    if (!clock.size || !g_ascii_isdigit(clock.data[0]))
        fm_expert(d, INVALID_RATE);
    if (media->formats.count >= RTP_FORMATS)
        return;
    struct RtpFormat *format = &media->formats.list[media->formats.count++];
    *format = (struct RtpFormat){ .clock = (uint32_t)MIN(fm_sdp_number(clock), UINT32_MAX), .type = (uint8_t)number };
    memcpy(format->name, text.data, MIN(text.size, RTP_FORMAT_NAME - 1));
}

static const char *format_name(const SdpMedia *media, uint64_t type)
{
    for (unsigned i = media->formats.count; i > 0; i--)
        if (media->formats.list[i - 1].type == type)
            return media->formats.list[i - 1].name;
    return "";
}

static bool starts(FmSlice text, const char *word)
{
    return text.size >= strlen(word) && g_ascii_strncasecmp((const char *)text.data, word, strlen(word)) == 0;
}

/* What is behind the "=" of a parameter. */
static FmCursor value_of(FmCursor parameter)
{
    fm_sdp_word(&parameter, "=");
    return parameter;
}

static void put_number(FmDissection *d, unsigned row, const FmCursor *value)
{
    if (fm_wanted(d, row))
        fm_record_of(d, &fields[row], row, fm_offset(value), (uint32_t)fm_left(value), value->buffer, 0, fm_sdp_number(fm_rest(value)));
}

static void put_parameter(FmDissection *d, FmCursor *c, const char *name)
{
    FmCursor whole = *c, value = value_of(*c);
    FmSlice text = fm_rest(c);
    fm_add_bytes(d, PARAMETER, c, text.size);
    if (!fm_left(&value))
        return;
    fm_down(d);
    if (g_ascii_strcasecmp(name, "MP4V-ES") == 0 && starts(text, "profile-level-id=")) {
        put_number(d, MPEG4_LEVEL, &value);
    } else if (g_ascii_strncasecmp(name, "H263-", 5) == 0 && starts(text, "profile=")) {
        put_number(d, H263_PROFILE, &value);
    } else if (g_ascii_strncasecmp(name, "H263-", 5) == 0 && starts(text, "level=")) {
        put_number(d, H263_LEVEL, &value);
    } else if (g_ascii_strcasecmp(name, "H264") == 0 && starts(text, "packetization-mode=")) {
        put_number(d, H264_MODE, &value);
    } else if (g_ascii_strcasecmp(name, "H264") == 0 && starts(text, "sprop-parameter-sets=")) {
        whole.at = value.at;
        put_word(d, &whole, NAL_1, ",");
        if (fm_left(&whole))
            put_word(d, &whole, NAL_2, ",");
    }
    fm_up(d);
}

static void put_fmtp(FmDissection *d, FmCursor *c, const SdpMedia *media)
{
    FmCursor type = fm_sdp_word(c, " ");
    if (!fm_left(c))
        return;
    const char *name = format_name(media, fm_sdp_number(fm_rest(&type)));
    fm_add_bytes(d, FORMAT, &type, fm_left(&type));
    if (*name)
        fm_label_more(d, FORMAT, " [%s]", name);
    bool more = true;
    while (more) {
        more = memchr(c->at, ';', fm_left(c)) != NULL;
        FmCursor parameter = fm_sdp_word(c, ";");
        put_parameter(d, &parameter, name);
    }
}

/* ---- keys ---- */

static const struct Suite {
    const char *name;
    uint16_t profile;
    uint8_t key, salt;
} suites[] = { /* RFC 4568 §6.2, RFC 6188, RFC 7714 §14.1 */
    { "AES_CM_128_HMAC_SHA1_80", SRTP_AES128_CM_SHA1_80, 16, 14 }, { "AES_CM_128_HMAC_SHA1_32", SRTP_AES128_CM_SHA1_32, 16, 14 },
    { "F8_128_HMAC_SHA1_80", SRTP_AES128_CM_SHA1_80, 16, 14 }, { "AES_192_CM_HMAC_SHA1_80", SRTP_AES128_CM_SHA1_80, 24, 14 },
    { "AES_192_CM_HMAC_SHA1_32", SRTP_AES128_CM_SHA1_32, 24, 14 }, { "AES_256_CM_HMAC_SHA1_80", SRTP_AES128_CM_SHA1_80, 32, 14 },
    { "AES_256_CM_HMAC_SHA1_32", SRTP_AES128_CM_SHA1_32, 32, 14 }, { "AEAD_AES_128_GCM", SRTP_AEAD_AES_128_GCM, 16, 12 },
    { "AEAD_AES_256_GCM", SRTP_AEAD_AES_256_GCM, 32, 12 },
};

static void put_keys(FmDissection *d, FmCursor *c, const struct Suite *suite)
{
    char *text = fm_arena_strndup(d->arena, (const char *)c->at, fm_left(c));
    gsize size = 0;
    if (text[0] && text[1]) /* GLib wants two at least */
        g_base64_decode_inplace(text, &size);
    FmCursor place = *c;
    fm_add_bytes(d, KEY_AND_SALT, c, fm_left(c));
    if (!suite || size < (gsize)suite->key + suite->salt)
        return;
    fm_add_blob(d, MASTER_KEY, &place, fm_left(&place), text, suite->key);
    fm_add_blob(d, MASTER_SALT, &place, fm_left(&place), text + suite->key, suite->salt);
}

/* tag suite inline:key|lifetime|mki:length; only the first of several keys. */
static void put_crypto(FmDissection *d, FmCursor *c, SdpMedia *media)
{
    FmCursor tag = fm_sdp_word(c, " ");
    fm_add_value(d, TAG, &tag, fm_left(&tag), fm_sdp_number(fm_rest(&tag)));
    if (!fm_left(&tag) || !g_ascii_isdigit(*tag.at))
        fm_expert(d, INVALID_TAG);
    FmCursor name = fm_sdp_word(c, " ");
    const struct Suite *suite = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(suites); i++)
        if (fm_sdp_is(fm_rest(&name), suites[i].name))
            suite = &suites[i];
    fm_add_bytes(d, SUITE, &name, fm_left(&name));
    FmCursor parameters = fm_sdp_word(c, " "), set = fm_sdp_word(&parameters, ";");
    if (!memchr(set.at, ':', fm_left(&set))) {
        fm_expert(d, INVALID_KEY);
        return;
    }
    FmCursor method = fm_sdp_word(&set, ":");
    if (!fm_sdp_is(fm_rest(&method), "inline"))
        return;
    if (!media->profile && suite)
        media->profile = suite->profile;
    FmSubtree line = fm_open_text(d, &set, "Key parameters");
    FmCursor keys = fm_sdp_word(&set, "|");
    put_keys(d, &keys, suite);
    if (fm_left(&set) && (memchr(set.at, '|', fm_left(&set)) || !memchr(set.at, ':', fm_left(&set))))
        put_word(d, &set, LIFETIME, "|");
    if (fm_left(&set)) {
        put_word(d, &set, MKI_VALUE, ":");
        FmCursor length = set;
        uint64_t mki = fm_sdp_number(fm_rest(&length));
        fm_add_bytes(d, MKI_LENGTH, &set, fm_left(&set));
        if (!mki || mki > 128)
            fm_expert(d, INVALID_MKI_LENGTH);
        else
            media->mki = (uint8_t)mki;
    }
    fm_close(d, line, &set);
}

static void put_key_management(FmDissection *d, FmCursor *c)
{
    FmCursor whole = *c;
    fm_add_bytes(d, KEY_MGMT, &whole, fm_left(&whole));
    fm_down(d);
    put_word(d, c, KEY_MGMT_ID, " ");
    if (fm_left(c)) {
        char *text = fm_arena_strndup(d->arena, (const char *)c->at, fm_left(c));
        gsize size = 0;
        if (text[0] && text[1]) /* GLib wants two at least */
            g_base64_decode_inplace(text, &size);
        fm_add_blob(d, KEY_MGMT_DATA, c, fm_left(c), text, size);
    }
    fm_up(d);
}

/* ---- candidates, RTCP ---- */

static void put_candidate(FmDissection *d, FmCursor *c)
{
    static const struct {
        const char *name, *meaning;
    } types[] = { { "host", "Host candidate" }, { "srflx", "Server reflexive candidate" }, { "prflx", "Peer reflexive candidate" },
                  { "relay", "Relayed candidate" } };
    for (unsigned row = FOUNDATION; row <= PORT; row++)
        if (!put_word(d, c, row, " "))
            return;
    fm_sdp_word(c, " "); /* typ */
    FmCursor type = fm_sdp_word(c, " ");
    FmSlice text = fm_rest(&type);
    if (!text.size)
        return;
    fm_add_bytes(d, TYPE, &type, text.size);
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (fm_sdp_is(text, types[i].name))
            fm_label_more(d, TYPE, " (%s)", types[i].meaning);
}

/* a=rtcp:53020 IN IP4 126.16.64.4 (RFC 3605) */
static void note_control(FmCursor c, SdpMedia *media)
{
    FmCursor port = fm_sdp_word(&c, " ");
    media->control_port = (uint16_t)MIN(fm_sdp_number(fm_rest(&port)), UINT16_MAX);
    fm_sdp_word(&c, " ");
    fm_sdp_word(&c, " ");
    FmCursor address = fm_sdp_word(&c, " ");
    fm_sdp_address(fm_rest(&address), &media->control_address);
}

static void put_media_attribute(FmDissection *d, SdpMedia *media, FmSlice name, FmCursor *c)
{
    bool known = fm_sdp_is(name, "rtpmap") || fm_sdp_is(name, "fmtp") || fm_sdp_is(name, "crypto") || fm_sdp_is(name, "candidate") ||
                 fm_sdp_is(name, "path");
    if (!fm_left(c)) {
        fm_expert(d, MISSING);
        return;
    }
    if (fm_sdp_is(name, "rtcp"))
        note_control(*c, media);
    if (!known) {
        while (fm_left(c) && *c->at == ' ')
            c->at++;
        fm_add_bytes(d, MEDIA_VALUE, c, fm_left(c));
    } else if (fm_sdp_is(name, "rtpmap")) {
        put_rtpmap(d, c, media);
    } else if (fm_sdp_is(name, "fmtp")) {
        put_fmtp(d, c, media);
    } else if (fm_sdp_is(name, "crypto")) {
        put_crypto(d, c, media);
    } else if (fm_sdp_is(name, "candidate")) {
        put_candidate(d, c);
    }
}

static void put_session_attribute(FmDissection *d, FmSlice name, FmCursor *c)
{
    if (fm_sdp_is(name, "key-mgmt")) {
        put_key_management(d, c);
    } else if (fm_sdp_is(name, "ipbcp")) {
        put_word(d, c, IPBCP_VERSION, " ");
        put_word(d, c, IPBCP_COMMAND, "");
    } else {
        fm_add_bytes(d, SESSION_VALUE, c, fm_left(c));
    }
}

/* Credentials of ICE come in two lines (RFC 8839 §5.4). */
static void note_credentials(FmDissection *d, SdpSession *session, FmSlice name, FmSlice value)
{
    if (fm_sdp_is(name, "ice-ufrag"))
        session->fragment = value;
    else if (fm_sdp_is(name, "ice-pwd"))
        session->password = value;
    if (!session->fragment.size || !session->password.size)
        return;
    fm_stun_announce(d, session->fragment, session->password);
    session->fragment = session->password = (FmSlice){ NULL, 0 };
}

void fm_sdp_attribute(FmDissection *d, SdpSession *session, FmCursor *c)
{
    if (!memchr(c->at, ':', fm_left(c)))
        return;
    FmTableUse before = fm_use(d, &fm_sdp_attributes);
    FmCursor name = fm_sdp_word(c, ":");
    FmSlice text = fm_rest(&name);
    unsigned row = session->in_media ? MEDIA_FIELD : SESSION_FIELD;
    fm_add_bytes_of(d, &fields[row], row, &name, text.size);
    note_credentials(d, session, text, fm_rest(c));
    if (session->in_media)
        put_media_attribute(d, &session->media, text, c);
    else
        put_session_attribute(d, text, c);
    fm_unuse(d, before);
}

const FmProtocol fm_sdp_attributes = {
    .abbrev = "sdp.attributes",
    .title = "Attributes of SDP",
    .part = true,
    FM_FIELDS(fields),
};
