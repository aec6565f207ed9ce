/* QUIC transport parameters (RFC 9000 §18), as the extension of hellos that carries them. */
#include "config.h"

#include <string.h>

#include "dissectors/security/tls_handshake.h"

enum {
    PARAMETER, PARAMETERS_LENGTH, TYPE, LENGTH, OLD_LENGTH, VALUE,
    ORIGINAL_ID, IDLE_TIMEOUT, RESET_TOKEN, UDP_PAYLOAD, MAX_DATA, DATA_BIDI_LOCAL, DATA_BIDI_REMOTE, DATA_UNI, STREAMS_BIDI, STREAMS_UNI,
    ACK_EXPONENT, ACK_DELAY, IPV4, IPV4_PORT, IPV6, IPV6_PORT, PREFERRED_ID_LENGTH, PREFERRED_ID, PREFERRED_TOKEN, ID_LIMIT, SOURCE_ID,
    RETRY_ID, DATAGRAM_SIZE, LOSS_BITS, MIN_ACK_DELAY, TIME_STAMP, USER_AGENT, GOOGLE_VERSION, GOOGLE_RTT, GOOGLE_OPTIONS, GOOGLE_DONE,
    CHOSEN_VERSION, OTHER_VERSION,
};

typedef enum Form { OPAQUE, NUMBER, BYTES, TEXT, ADDRESS, VERSIONS, VERSION_4, NOTHING } Form;

static const struct {
    uint64_t type;
    const char *name;
    uint8_t row;
    uint8_t form; /* Form */
} kinds[] = {
    { 0x00, "original_destination_connection_id", ORIGINAL_ID, BYTES },
    { 0x01, "max_idle_timeout", IDLE_TIMEOUT, NUMBER },
    { 0x02, "stateless_reset_token", RESET_TOKEN, BYTES },
    { 0x03, "max_udp_payload_size", UDP_PAYLOAD, NUMBER },
    { 0x04, "initial_max_data", MAX_DATA, NUMBER },
    { 0x05, "initial_max_stream_data_bidi_local", DATA_BIDI_LOCAL, NUMBER },
    { 0x06, "initial_max_stream_data_bidi_remote", DATA_BIDI_REMOTE, NUMBER },
    { 0x07, "initial_max_stream_data_uni", DATA_UNI, NUMBER },
    { 0x08, "initial_max_streams_bidi", STREAMS_BIDI, NUMBER },
    { 0x09, "initial_max_streams_uni", STREAMS_UNI, NUMBER },
    { 0x0a, "ack_delay_exponent", ACK_EXPONENT, NUMBER },
    { 0x0b, "max_ack_delay", ACK_DELAY, NUMBER },
    { 0x0c, "disable_active_migration", 0, NOTHING },
    { 0x0d, "preferred_address", 0, ADDRESS },
    { 0x0e, "active_connection_id_limit", ID_LIMIT, NUMBER },
    { 0x0f, "initial_source_connection_id", SOURCE_ID, BYTES },
    { 0x10, "retry_source_connection_id", RETRY_ID, BYTES },
    { 0x11, "version_information", 0, VERSIONS },
    { 0x20, "max_datagram_frame_size", DATAGRAM_SIZE, NUMBER },
    { 0x1057, "loss_bits", LOSS_BITS, NUMBER },
    { 0x2ab2, "grease_quic_bit", 0, NOTHING },
    { 0x3127, "google_initial_rtt", GOOGLE_RTT, NUMBER },
    { 0x3128, "google_connection_options", GOOGLE_OPTIONS, BYTES },
    { 0x3129, "user_agent", USER_AGENT, TEXT },
    { 0x312c, "google_support_handshake_done", GOOGLE_DONE, NOTHING },
    { 0x4752, "google_quic_version", GOOGLE_VERSION, VERSION_4 },
    { 0x7158, "enable_time_stamp_v2", TIME_STAMP, NUMBER },
    { 0xde1a, "min_ack_delay", MIN_ACK_DELAY, NUMBER },
    { 0xff04de1a, "min_ack_delay", MIN_ACK_DELAY, NUMBER },
    { 0xff04de1b, "min_ack_delay", MIN_ACK_DELAY, NUMBER },
    { 0xff73db, "version_information_draft", 0, VERSIONS },
};

static bool is_reserved(uint64_t type)
{
    return type >= 27 && (type - 27) % 31 == 0; /* RFC 9000 §18.1 */
}

static const char *name_of(uint64_t type)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (kinds[i].type == type)
            return kinds[i].name;
    return is_reserved(type) ? "GREASE" : "Unknown";
}

/* RFC 9000, RFC 9369. */
static const FmName versions[] = { { 1, 0, "1" }, { 0x6b3343cf, 0, "2" }, { 0 } };

static void put_type(FmText *out, uint64_t type)
{
    fm_text_put(out, name_of(type));
    fm_text_put(out, " (0x");
    fm_text_hex(out, type, 2);
    fm_text_char(out, ')');
}

#define P "tls.quic.parameter"

static const FmField fields[] = {
    [PARAMETER] = { P, "Parameter", FM_NONE },
    [TYPE] = { P ".type", "Type", FM_UINT64, FM_CUSTOM, .format = put_type },
    [PARAMETERS_LENGTH] = { "tls.quic.len", "Parameters Length", FM_UINT16, FM_DEC },
    [LENGTH] = { P ".length", "Length", FM_UINT64, FM_DEC },
    [OLD_LENGTH] = { P ".lengt.old", "Length", FM_UINT16, FM_DEC },
    [VALUE] = { P ".value", "Value", FM_BYTES },
    [ORIGINAL_ID] = { P ".original_destination_connection_id", "original_destination_connection_id", FM_BYTES },
    [IDLE_TIMEOUT] = { P ".max_idle_timeout", "max_idle_timeout", FM_UINT64, FM_DEC },
    [RESET_TOKEN] = { P ".stateless_reset_token", "stateless_reset_token", FM_BYTES },
    [UDP_PAYLOAD] = { P ".max_udp_payload_size", "max_udp_payload_size", FM_UINT64, FM_DEC },
    [MAX_DATA] = { P ".initial_max_data", "initial_max_data", FM_UINT64, FM_DEC },
    [DATA_BIDI_LOCAL] = { P ".initial_max_stream_data_bidi_local", "initial_max_stream_data_bidi_local", FM_UINT64, FM_DEC },
    [DATA_BIDI_REMOTE] = { P ".initial_max_stream_data_bidi_remote", "initial_max_stream_data_bidi_remote", FM_UINT64, FM_DEC },
    [DATA_UNI] = { P ".initial_max_stream_data_uni", "initial_max_stream_data_uni", FM_UINT64, FM_DEC },
    [STREAMS_BIDI] = { P ".initial_max_streams_bidi", "initial_max_streams_bidi", FM_UINT64, FM_DEC },
    [STREAMS_UNI] = { P ".initial_max_streams_uni", "initial_max_streams_uni", FM_UINT64, FM_DEC },
    [ACK_EXPONENT] = { P ".ack_delay_exponent", "ack_delay_exponent", FM_UINT64, FM_DEC },
    [ACK_DELAY] = { P ".max_ack_delay", "max_ack_delay", FM_UINT64, FM_DEC },
    [IPV4] = { P ".preferred_address.ipv4address", "ipv4Address", FM_IPV4 },
    [IPV4_PORT] = { P ".preferred_address.ipv4port", "ipv4Port", FM_UINT16, FM_DEC },
    [IPV6] = { P ".preferred_address.ipv6address", "ipv6Address", FM_IPV6 },
    [IPV6_PORT] = { P ".preferred_address.ipv6port", "ipv6Port", FM_UINT16, FM_DEC },
    [PREFERRED_ID_LENGTH] = { P ".preferred_address.connectionid.length", "Length", FM_UINT8, FM_DEC },
    [PREFERRED_ID] = { P ".preferred_address.connectionid", "connectionId", FM_BYTES },
    [PREFERRED_TOKEN] = { P ".preferred_address.statelessresettoken", "statelessResetToken", FM_BYTES },
    [ID_LIMIT] = { P ".active_connection_id_limit", "Active Connection ID Limit", FM_UINT64, FM_DEC },
    [SOURCE_ID] = { P ".initial_source_connection_id", "Initial Source Connection ID", FM_BYTES },
    [RETRY_ID] = { P ".retry_source_connection_id", "Retry Source Connection ID", FM_BYTES },
    [DATAGRAM_SIZE] = { P ".max_datagram_frame_size", "max_datagram_frame_size", FM_UINT64, FM_DEC },
    [LOSS_BITS] = { P ".loss_bits", "loss_bits", FM_UINT64, FM_DEC },
    [MIN_ACK_DELAY] = { P ".min_ack_delay", "min_ack_delay", FM_UINT64, FM_DEC },
    [TIME_STAMP] = { P ".enable_time_stamp_v2", "Enable TimestampV2", FM_UINT64, FM_DEC },
    [USER_AGENT] = { P ".google.user_agent", "Google UserAgent", FM_STRING },
    [GOOGLE_VERSION] = { P ".google.quic_version", "Google QUIC version", FM_UINT32, FM_HEX },
    [GOOGLE_RTT] = { P ".google.initial_rtt", "Google Initial RTT", FM_UINT64, FM_DEC },
    [GOOGLE_OPTIONS] = { P ".google.connection_options", "Google Connection options", FM_BYTES },
    [GOOGLE_DONE] = { P ".google.support_handshake_done", "Google Support Handshake Done", FM_NONE },
    [CHOSEN_VERSION] = { P ".vi.chosen_version", "Chosen Version", FM_UINT32, FM_HEX, .names = versions },
    [OTHER_VERSION] = { P ".vi.other_version", "Other Version", FM_UINT32, FM_HEX, .names = versions },
};

/* RFC 9000 §16; `size` is how many bytes it took. */
static uint64_t read_number(FmCursor *c, size_t *size)
{
    *size = fm_left(c) ? (size_t)1 << (*c->at >> 6) : 1;
    unsigned width = (unsigned)*size;
    return fm_read(c, width) & (UINT64_MAX >> (64 - 8 * width + 2));
}

static uint64_t put_number(FmDissection *d, unsigned row, FmCursor *c)
{
    FmCursor at = *c;
    size_t size;
    uint64_t value = read_number(c, &size);
    if (fm_ok(d))
        fm_add_value(d, row, &at, size, value);
    return value;
}

/* RFC 9000 §18.2. */
static void put_preferred_address(FmDissection *d, FmCursor *c)
{
    fm_add(d, IPV4, c);
    fm_add(d, IPV4_PORT, c);
    fm_add_bytes(d, IPV6, c, 16);
    fm_add(d, IPV6_PORT, c);
    uint64_t size = fm_add(d, PREFERRED_ID_LENGTH, c);
    fm_add_bytes(d, PREFERRED_ID, c, size);
    fm_add_bytes(d, PREFERRED_TOKEN, c, 16);
}

static void note_reset_token(FmDissection *d, FmSlice token)
{
    TlsState *s = fm_replaying(d) ? NULL : tls_state(d);
    if (!s || token.size != sizeof s->reset_token)
        return;
    s->has_reset_token = true;
    memcpy(s->reset_token, token.data, token.size);
}

static void put_value(FmDissection *d, FmSubtree tree, uint64_t type, FmCursor *c)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].type != type)
            continue;
        unsigned row = kinds[i].row;
        uint64_t value;
        switch (kinds[i].form) {
        case NUMBER:
            value = put_number(d, row, c);
            fm_subtree_label_more(d, tree, " %" G_GUINT64_FORMAT "%s", value, row == IDLE_TIMEOUT ? " ms" : "");
            break;
        case BYTES: case TEXT: {
            FmSlice bytes = fm_add_bytes_of(d, &fields[row], row, c, fm_left(c));
            if (row == RESET_TOKEN)
                note_reset_token(d, bytes);
            break;
        }
        case ADDRESS: put_preferred_address(d, c); break;
        case VERSIONS: /* RFC 9368 */
            fm_add(d, CHOSEN_VERSION, c);
            while (fm_left(c))
                fm_add(d, OTHER_VERSION, c);
            break;
        case VERSION_4: fm_add(d, GOOGLE_VERSION, c); break;
        default: break;
        }
        return;
    }
}

/* Until draft 26 all lengths had two bytes, and that of the list stood in front. */
static bool is_old(const FmCursor *c)
{
    return fm_left(c) >= 2 && fm_peek(c, 0, 2) == fm_left_on_wire(c) - 2;
}

void tls_put_quic_parameters(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_tls_quic_parameters);
    bool old = is_old(c);
    if (old)
        fm_add(d, PARAMETERS_LENGTH, c);
    while (fm_left(c)) {
        FmSubtree tree = fm_open(d, PARAMETER, c);
        FmCursor at = *c;
        uint64_t type = old ? fm_read_u16(c) : put_number(d, TYPE, c);
        if (old && fm_ok(d))
            fm_add_value(d, TYPE, &at, 2, type);
        uint64_t size = old ? fm_add(d, OLD_LENGTH, c) : put_number(d, LENGTH, c);
        fm_subtree_label(d, tree, "Parameter: %s (len=%u)", name_of(type), (unsigned)size);
        FmCursor value = fm_take(c, size);
        FmCursor again = value;
        fm_add_bytes(d, VALUE, &value, fm_left(&value));
        put_value(d, tree, type, &again);
        fm_close(d, tree, c);
    }
    fm_unuse(d, before);
}

static void parameters_dissect(FmDissection *d, FmCursor *c)
{
    tls_put_quic_parameters(d, c);
}

const FmProtocol fm_tls_quic_parameters = {
    .abbrev = "tls",
    .title = "QUIC Transport Parameters",
    FM_FIELDS(fields),
    .dissect = parameters_dissect,
    .part = true,
};
