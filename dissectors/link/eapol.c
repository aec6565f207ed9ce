/* EAP over LANs (IEEE 802.1X), with the key frames of IEEE 802.11 §12.7. */
#include "config.h"

#include "engine/dissect.h"

extern const FmProtocol fm_eap;

enum {
    EAPOL, VERSION_OF, TYPE, LENGTH, KEYDES_TYPE, BODY, MESSAGE, KEY_INFO, KEY_VERSION, KEY_TYPE, KEY_INDEX, INSTALL, ACK, MIC_SET, SECURE, ERROR, REQUEST,
    ENCRYPTED, SMK, KEY_LENGTH, REPLAY, NONCE, IV, RSC, ID, MIC, DATA_LENGTH, DATA,
};

enum { EAP_PACKET = 0, KEY = 3, RSN_KEY = 2, WPA_KEY = 254 };

static const FmName versions[] = { { 1, 0, "802.1X-2001" }, { 2, 0, "802.1X-2004" }, { 3, 0, "802.1X-2010" }, { 0 } };
static const FmName types[] = {
    { 0, 0, "EAP Packet" }, { 1, 0, "Start" }, { 2, 0, "Logoff" }, { KEY, 0, "Key" }, { 4, 0, "Encapsulated ASF Alert" }, { 5, 0, "MKA" },
    { 6, 0, "Announcement (Generic)" }, { 7, 0, "Announcement (Specific)" }, { 8, 0, "Announcement Request" }, { 0 },
};
static const FmName descriptors[] = { { 1, 0, "RC4 Descriptor" }, { RSN_KEY, 0, "EAPOL RSN Key" }, { WPA_KEY, 0, "EAPOL WPA Key" }, { 0 } };
static const FmName key_versions[] = {
    { 1, 0, "RC4 Cipher, HMAC-MD5 MIC" }, { 2, 0, "AES Cipher, HMAC-SHA1 MIC" }, { 3, 0, "AES Cipher, AES-128-CMAC MIC" }, { 0 },
};

#define P "wlan_rsna_eapol.keydes."
#define BIT FM_BOOL16, FM_BASE_NONE
#define SET .yes = "Set", .no = "Not set"

static const FmField fields[] = {
    [EAPOL] = { "eapol", "802.1X Authentication", FM_PROTOCOL },
    [VERSION_OF] = { "eapol.version", "Version", FM_UINT8, FM_DEC, .names = versions },
    [TYPE] = { "eapol.type", "Type", FM_UINT8, FM_DEC, .names = types },
    [LENGTH] = { "eapol.len", "Length", FM_UINT16, FM_DEC },
    [KEYDES_TYPE] = { "eapol.keydes.type", "Key Descriptor Type", FM_UINT8, FM_DEC, .names = descriptors },
    [BODY] = { "eapol.keydes.body", "Key Descriptor Body", FM_BYTES },
    [MESSAGE] = { P "msgnr", "Message number", FM_UINT8, FM_DEC, .generated = true },
    [KEY_INFO] = { P "key_info", "Key Information", FM_UINT16, FM_HEX },
    [KEY_VERSION] = { P "key_info.keydes_version", "Key Descriptor Version", FM_UINT16, FM_DEC, 0x0007, .names = key_versions },
    [KEY_TYPE] = { P "key_info.key_type", "Key Type", BIT, 0x0008, .yes = "Pairwise Key", .no = "Group Key" },
    [KEY_INDEX] = { P "key_info.key_index", "Key Index", FM_UINT16, FM_DEC, 0x0030 },
    [INSTALL] = { P "key_info.install", "Install", BIT, 0x0040, SET },
    [ACK] = { P "key_info.key_ack", "Key ACK", BIT, 0x0080, SET },
    [MIC_SET] = { P "key_info.key_mic", "Key MIC", BIT, 0x0100, SET },
    [SECURE] = { P "key_info.secure", "Secure", BIT, 0x0200, SET },
    [ERROR] = { P "key_info.error", "Error", BIT, 0x0400, SET },
    [REQUEST] = { P "key_info.request", "Request", BIT, 0x0800, SET },
    [ENCRYPTED] = { P "key_info.encrypted_key_data", "Encrypted Key Data", BIT, 0x1000, SET },
    [SMK] = { P "key_info.smk_message", "SMK Message", BIT, 0x2000, SET },
    [KEY_LENGTH] = { "eapol.keydes.key_len", "Key Length", FM_UINT16, FM_DEC },
    [REPLAY] = { "eapol.keydes.replay_counter", "Replay Counter", FM_UINT64, FM_DEC },
    [NONCE] = { P "nonce", "WPA Key Nonce", FM_BYTES },
    [IV] = { "eapol.keydes.key_iv", "Key IV", FM_BYTES },
    [RSC] = { P "rsc", "WPA Key RSC", FM_BYTES },
    [ID] = { P "id", "WPA Key ID", FM_BYTES },
    [MIC] = { P "mic", "WPA Key MIC", FM_BYTES },
    [DATA_LENGTH] = { P "data_len", "WPA Key Data Length", FM_UINT16, FM_DEC },
    [DATA] = { P "data", "WPA Key Data", FM_BYTES },
};

enum { INFO_PAIRWISE = 0x0008, INFO_INSTALL = 0x0040, INFO_ACK = 0x0080, INFO_MIC = 0x0100, INFO_SECURE = 0x0200 };

/* Which of the four messages of the handshake it is; 0: none of them. */
static unsigned message_number(uint64_t info, uint64_t data_length)
{
    if (!(info & INFO_PAIRWISE))
        return 0;
    switch (info & (INFO_INSTALL | INFO_ACK | INFO_MIC | INFO_SECURE)) {
    case INFO_ACK: return 1;
    case INFO_MIC: return data_length ? 2 : 4;
    case INFO_INSTALL | INFO_ACK | INFO_MIC: case INFO_INSTALL | INFO_ACK | INFO_MIC | INFO_SECURE: return 3;
    case INFO_MIC | INFO_SECURE: return 4;
    default: return 0;
    }
}

static void put_key(FmDissection *d, FmCursor *c)
{
    uint64_t info = fm_peek(c, 0, 2);
    unsigned number = message_number(info, fm_peek(c, 92, 2));
    if (number) {
        fm_make(d, MESSAGE, number);
        fm_info(d, "Key (Message %u of 4)", number);
    } else if (!(info & INFO_PAIRWISE)) {
        fm_info(d, "Key (Group Message %u of 2)", info & INFO_ACK ? 1 : 2);
    }
    fm_add_flags(d, KEY_INFO, KEY_VERSION, SMK, c);
    fm_add(d, KEY_LENGTH, c);
    fm_add(d, REPLAY, c);
    fm_add_bytes(d, NONCE, c, 32);
    fm_add_bytes(d, IV, c, 16);
    fm_add_bytes(d, RSC, c, 8);
    fm_add_bytes(d, ID, c, 8);
    fm_add_bytes(d, MIC, c, 16);
    uint64_t length = fm_add(d, DATA_LENGTH, c);
    if (length)
        fm_add_bytes(d, DATA, c, length);
}

static void eapol_dissect(FmDissection *d, FmCursor *c)
{
    fm_add(d, VERSION_OF, c);
    uint64_t type = fm_add(d, TYPE, c);
    const char *name = fm_name(types, type);
    fm_info(d, "%s", name ? name : "Unknown");
    uint64_t length = fm_add(d, LENGTH, c);
    FmCursor body = fm_take(c, MIN(length, fm_left_on_wire(c)));
    if (!fm_left(&body))
        return;
    if (type == EAP_PACKET) {
        fm_call(d, &fm_eap, &body);
        return;
    }
    if (type != KEY) {
        fm_data(d, &body);
        return;
    }
    uint64_t descriptor = fm_add(d, KEYDES_TYPE, &body);
    if (descriptor == RSN_KEY || descriptor == WPA_KEY)
        put_key(d, &body);
    else if (fm_left(&body))
        fm_add_bytes(d, BODY, &body, fm_left(&body));
}

const FmProtocol fm_eapol = {
    .abbrev = "eapol",
    .name = "EAPOL",
    .title = "802.1X Authentication",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_ETHERTYPE, 0x888e }),
    .dissect = eapol_dissect,
};
