/* Extensible Authentication Protocol (RFC 3748): who wants in, and by which method. */
#include "config.h"

#include "engine/dissect.h"

enum { EAP, CODE, ID, LENGTH, TYPE, DESIRED, IDENTITY, NOTIFICATION, TLS_FLAGS, TLS_HAS_LENGTH, TLS_MORE, TLS_START, TLS_VERSION, TLS_LENGTH };

enum { REQUEST = 1, RESPONSE, SUCCESS, FAILURE };
enum { T_IDENTITY = 1, T_NOTIFICATION, T_NAK, T_TLS = 13, T_TTLS = 21, T_PEAP = 25, T_FAST = 43 };

static const FmName codes[] = {
    { REQUEST, 0, "Request" }, { RESPONSE, 0, "Response" }, { SUCCESS, 0, "Success" }, { FAILURE, 0, "Failure" }, { 5, 0, "Initiate" },
    { 6, 0, "Finish" }, { 0 },
};
static const FmName types[] = { /* IANA: EAP Method Types */
    { T_IDENTITY, 0, "Identity" }, { T_NOTIFICATION, 0, "Notification" }, { T_NAK, 0, "Legacy Nak (Response Only)" },
    { 4, 0, "MD5-Challenge EAP (EAP-MD5-CHALLENGE)" }, { 5, 0, "One-Time Password EAP (EAP-OTP)" }, { 6, 0, "Generic Token Card EAP (EAP-GTC)" },
    { T_TLS, 0, "TLS EAP (EAP-TLS)" }, { 17, 0, "Cisco Wireless EAP / Lightweight EAP (EAP-LEAP)" },
    { 18, 0, "GSM Subscriber Identity Modules EAP (EAP-SIM)" }, { T_TTLS, 0, "Tunneled TLS EAP (EAP-TTLS)" },
    { 23, 0, "UMTS Authentication and Key Agreement EAP (EAP-AKA)" }, { T_PEAP, 0, "Protected EAP (EAP-PEAP)" },
    { 26, 0, "MS-EAP-Authentication EAP (EAP-MS-AUTH)" }, { T_FAST, 0, "Flexible Authentication via Secure Tunneling EAP (EAP-FAST)" },
    { 47, 0, "Pre-Shared Key EAP (EAP-PSK)" }, { 50, 0, "Authentication and Key Agreement Prime EAP (EAP-AKA')" }, { 52, 0, "Password EAP (EAP-pwd)" },
    { 254, 0, "Expanded Type" }, { 0 },
};

#define BIT FM_BOOL8, FM_BASE_NONE
#define SET .yes = "True", .no = "False"

static const FmField fields[] = {
    [EAP] = { "eap", "Extensible Authentication Protocol", FM_PROTOCOL },
    [CODE] = { "eap.code", "Code", FM_UINT8, FM_DEC, .names = codes },
    [ID] = { "eap.id", "Id", FM_UINT8, FM_DEC },
    [LENGTH] = { "eap.len", "Length", FM_UINT16, FM_DEC },
    [TYPE] = { "eap.type", "Type", FM_UINT8, FM_DEC, .names = types },
    [DESIRED] = { "eap.desired_type", "Desired Auth Type", FM_UINT8, FM_DEC, .names = types },
    [IDENTITY] = { "eap.identity", "Identity", FM_STRING },
    [NOTIFICATION] = { "eap.notification", "Notification", FM_STRING },
    [TLS_FLAGS] = { "eap.tls.flags", "EAP-TLS Flags", FM_UINT8, FM_HEX },
    [TLS_HAS_LENGTH] = { "eap.tls.flags.len_included", "Length Included", BIT, 0x80, SET },
    [TLS_MORE] = { "eap.tls.flags.more_fragments", "More Fragments", BIT, 0x40, SET },
    [TLS_START] = { "eap.tls.flags.start", "Start", BIT, 0x20, SET },
    [TLS_VERSION] = { "eap.tls.flags.version", "Version", FM_UINT8, FM_DEC, 0x07 },
    [TLS_LENGTH] = { "eap.tls.len", "EAP-TLS Length", FM_UINT32, FM_DEC },
};

static void put_tls(FmDissection *d, FmCursor *c, bool versioned)
{
    bool has_length = fm_peek(c, 0, 1) & 0x80;
    fm_add_flags(d, TLS_FLAGS, TLS_HAS_LENGTH, versioned ? TLS_VERSION : TLS_START, c);
    if (has_length)
        fm_add(d, TLS_LENGTH, c);
    fm_data(d, c);
}

static void put_method(FmDissection *d, FmCursor *c)
{
    uint64_t type = fm_add(d, TYPE, c);
    const char *name = fm_name(types, type);
    fm_info_more(d, ", %s", name ? name : "Unknown");
    switch (type) {
    case T_IDENTITY:
        if (fm_left(c))
            fm_add_bytes(d, IDENTITY, c, fm_left(c));
        break;
    case T_NOTIFICATION:
        if (fm_left(c))
            fm_add_bytes(d, NOTIFICATION, c, fm_left(c));
        break;
    case T_NAK:
        while (fm_left(c))
            fm_add(d, DESIRED, c);
        break;
    case T_TLS: case T_TTLS: case T_PEAP: case T_FAST: put_tls(d, c, type != T_TLS); break;
    default: fm_data(d, c); break;
    }
}

static void put_packet(FmDissection *d, FmCursor *c)
{
    uint64_t code = fm_add(d, CODE, c);
    fm_add(d, ID, c);
    uint64_t length = fm_add(d, LENGTH, c);
    const char *name = fm_name(codes, code);
    fm_info(d, "%s", name ? name : "Unknown code");
    if (length < 4 || (code != REQUEST && code != RESPONSE))
        return;
    FmCursor body = fm_take(c, MIN(length - 4, fm_left_on_wire(c)));
    if (fm_left(&body))
        put_method(d, &body);
}

static void eap_dissect(FmDissection *d, FmCursor *c)
{
    fm_layer_unname(d); /* as Wireshark counts */
    put_packet(d, c);
}

const FmProtocol fm_eap = {
    .abbrev = "eap", .name = "EAP", .title = "Extensible Authentication Protocol", FM_FIELDS(fields), .dissect = eap_dissect,
};
