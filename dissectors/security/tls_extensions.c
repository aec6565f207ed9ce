/* Extensions of hellos, certificates and tickets (RFC 8446 §4.2, RFC 6066 and many others). */
#include "config.h"

#include "dissectors/security/tls_handshake.h"
#include "dissectors/security/tls_numbers.h"
#include "dissectors/security/x509.h"

enum {
    EXTENSIONS_LENGTH, TYPE, LEN, DATA,
    NAME_LIST_LEN, NAME_TYPE, NAME_LEN, NAME,
    GROUPS_LENGTH, GROUPS, GROUP, POINT_FORMATS_LENGTH, POINT_FORMATS, POINT_FORMAT,
    SCHEMES_LENGTH, SCHEMES, SCHEME, SCHEME_HASH, SCHEME_SIGNATURE,
    ALPN_LEN, ALPN_LIST, ALPN_STR_LEN, ALPN_STR, NPN_STR_LEN, NPN,
    ALPS_LEN, ALPS_LIST, ALPS_STR_LEN, ALPS_STR, ALPS_SETTINGS,
    RENEG_LEN, RENEG, SHARE_CLIENT_LENGTH, SHARE_GROUP, SHARE_LENGTH, SHARE, SELECTED_GROUP,
    IDENTITIES_LENGTH, IDENTITY_LENGTH, IDENTITY, TICKET_AGE, BINDERS_LEN, BINDERS, SELECTED_IDENTITY,
    VERSIONS_LEN, SUPPORTED_VERSION, COOKIE_LEN, COOKIE, MAX_FRAGMENT, PADDING,
    CERT_TYPES_LEN, CERT_TYPES, CERT_TYPE, SRP_LEN, SRP_USERNAME,
    STATUS_TYPE, STATUS_LEN, STATUS_RESPONDERS_LEN, STATUS_EXTENSIONS_LEN, STATUS_LIST_LEN, STATUS_UNDECODED, OCSP_LEN, OCSP_LIST_LEN,
    HEARTBEAT_MODE, PSK_MODES_LENGTH, PSK_MODE, EARLY_DATA_SIZE, COMPRESS_LENGTH, COMPRESS_ALGORITHM, RECORD_SIZE_LIMIT,
    OID_FILTERS_LENGTH, OID_LENGTH, OID, OID_VALUES_LENGTH, DNAMES_LEN, DNAMES, DNAME_LEN, DNAME,
    SCTS_LENGTH, SCT_LENGTH, SCT_VERSION, SCT_LOG, SCT_TIMESTAMP, SCT_EXTENSIONS_LENGTH, SCT_EXTENSIONS, SCT_SIGNATURE_LENGTH,
    SCT_SIGNATURE, CONNECTION_ID_LENGTH, CONNECTION_ID,
    CRED_TIME, CRED_KEY_LENGTH, CRED_KEY, CRED_SIGNATURE_LENGTH, CRED_SIGNATURE,
    ESNI_SUITE, ESNI_DIGEST_LENGTH, ESNI_DIGEST, ESNI_LENGTH, ESNI_DATA, ESNI_NONCE,
    ECH_TYPE, ECH_KDF, ECH_AEAD, ECH_CONFIG_ID, ECH_ENC_LENGTH, ECH_ENC, ECH_PAYLOAD_LENGTH, ECH_PAYLOAD, ECH_CONFIRMATION,
    SRTP_LENGTH, SRTP_PROFILE, SRTP_MKI_LENGTH, SRTP_MKI, TRAILING,
};

static const FmName ech_types[] = { { 0, 0, "Outer Client Hello" }, { 1, 0, "Inner Client Hello" }, { 0 } };
static const FmName hpke_kdfs[] = { { 1, 0, "HKDF-SHA256" }, { 2, 0, "HKDF-SHA384" }, { 3, 0, "HKDF-SHA512" }, { 0 } };
static const FmName hpke_aeads[] = { { 1, 0, "AES-128-GCM" }, { 2, 0, "AES-256-GCM" }, { 3, 0, "ChaCha20Poly1305" }, { 0 } };
static const FmName srtp_profiles[] = {
    { 0x0001, 0, "SRTP_AES128_CM_HMAC_SHA1_80" }, { 0x0002, 0, "SRTP_AES128_CM_HMAC_SHA1_32" }, { 0x0005, 0, "SRTP_NULL_HMAC_SHA1_80" },
    { 0x0006, 0, "SRTP_NULL_HMAC_SHA1_32" }, { 0x0007, 0, "SRTP_AEAD_AES_128_GCM" }, { 0x0008, 0, "SRTP_AEAD_AES_256_GCM" }, { 0 },
};

#define ROWS(P) \
    [EXTENSIONS_LENGTH] = { P ".handshake.extensions_length", "Extensions Length", FM_UINT16, FM_DEC }, \
    [TYPE] = { P ".handshake.extension.type", "Type", FM_UINT16, FM_DEC, .names = fm_tls_extension_types }, \
    [LEN] = { P ".handshake.extension.len", "Length", FM_UINT16, FM_DEC }, \
    [DATA] = { P ".handshake.extension.data", "Data", FM_BYTES }, \
    [NAME_LIST_LEN] = { P ".handshake.extensions_server_name_list_len", "Server Name list length", FM_UINT16, FM_DEC }, \
    [NAME_TYPE] = { P ".handshake.extensions_server_name_type", "Server Name Type", FM_UINT8, FM_DEC, .names = fm_tls_name_types }, \
    [NAME_LEN] = { P ".handshake.extensions_server_name_len", "Server Name length", FM_UINT16, FM_DEC }, \
    [NAME] = { P ".handshake.extensions_server_name", "Server Name", FM_STRING }, \
    [GROUPS_LENGTH] = { P ".handshake.extensions_supported_groups_length", "Supported Groups List Length", FM_UINT16, FM_DEC }, \
    [GROUPS] = { P ".handshake.extensions_supported_groups", "Supported Groups List", FM_NONE }, \
    [GROUP] = { P ".handshake.extensions_supported_group", "Supported Group", FM_UINT16, FM_HEX, .names = fm_tls_groups }, \
    [POINT_FORMATS_LENGTH] = { P ".handshake.extensions_ec_point_formats_length", "EC point formats Length", FM_UINT8, FM_DEC }, \
    [POINT_FORMATS] = { P ".handshake.extensions_ec_point_formats", "EC point formats", FM_NONE }, \
    [POINT_FORMAT] = { P ".handshake.extensions_ec_point_format", "EC point format", FM_UINT8, FM_DEC, .names = fm_tls_point_formats }, \
    [SCHEMES_LENGTH] = { P ".handshake.sig_hash_alg_len", "Signature Hash Algorithms Length", FM_UINT16, FM_DEC }, \
    [SCHEMES] = { P ".handshake.sig_hash_algs", "Signature Algorithms", FM_NONE }, \
    [SCHEME] = { P ".handshake.sig_hash_alg", "Signature Algorithm", FM_UINT16, FM_HEX, .names = fm_tls_signature_schemes }, \
    [SCHEME_HASH] = { P ".handshake.sig_hash_hash", "Signature Hash Algorithm Hash", FM_UINT8, FM_DEC, .names = fm_tls_hashes }, \
    [SCHEME_SIGNATURE] = { P ".handshake.sig_hash_sig", "Signature Hash Algorithm Signature", FM_UINT8, FM_DEC, .names = fm_tls_signatures }, \
    [ALPN_LEN] = { P ".handshake.extensions_alpn_len", "ALPN Extension Length", FM_UINT16, FM_DEC }, \
    [ALPN_LIST] = { P ".handshake.extensions_alpn_list", "ALPN Protocol", FM_NONE }, \
    [ALPN_STR_LEN] = { P ".handshake.extensions_alpn_str_len", "ALPN string length", FM_UINT8, FM_DEC }, \
    [ALPN_STR] = { P ".handshake.extensions_alpn_str", "ALPN Next Protocol", FM_STRING }, \
    [NPN_STR_LEN] = { P ".handshake.extensions_npn_str_len", "Protocol string length", FM_UINT8, FM_DEC }, \
    [NPN] = { P ".handshake.extensions_npn", "Next Protocol", FM_STRING }, \
    [ALPS_LEN] = { P ".handshake.extensions_alps_len", "ALPS Extension Length", FM_UINT16, FM_DEC }, \
    [ALPS_LIST] = { P ".handshake.extensions_alps_alpn_list", "Supported ALPN List", FM_NONE }, \
    [ALPS_STR_LEN] = { P ".handshake.extensions_alps_alpn_str_len", "Supported ALPN Length", FM_UINT8, FM_DEC }, \
    [ALPS_STR] = { P ".handshake.extensions_alps_alpn_str", "Supported ALPN", FM_STRING }, \
    [ALPS_SETTINGS] = { P ".handshake.extensions_alps.settings", "ALPN Opaque Settings", FM_BYTES }, \
    [RENEG_LEN] = { P ".handshake.extensions_reneg_info_len", "Renegotiation info extension length", FM_UINT8, FM_DEC }, \
    [RENEG] = { P ".handshake.extensions_reneg_info", "Renegotiation info", FM_BYTES }, \
    [SHARE_CLIENT_LENGTH] = { P ".handshake.extensions_key_share_client_length", "Client Key Share Length", FM_UINT16, FM_DEC }, \
    [SHARE_GROUP] = { P ".handshake.extensions_key_share_group", "Group", FM_UINT16, FM_DEC, .names = fm_tls_groups }, \
    [SHARE_LENGTH] = { P ".handshake.extensions_key_share_key_exchange_length", "Key Exchange Length", FM_UINT16, FM_DEC }, \
    [SHARE] = { P ".handshake.extensions_key_share_key_exchange", "Key Exchange", FM_BYTES }, \
    [SELECTED_GROUP] = { P ".handshake.extensions_key_share_selected_group", "Selected Group", FM_UINT16, FM_DEC, .names = fm_tls_groups }, \
    [IDENTITIES_LENGTH] = { P ".handshake.extensions.psk.identities.length", "Identities Length", FM_UINT16, FM_DEC }, \
    [IDENTITY_LENGTH] = { P ".handshake.extensions.psk.identity.identity_length", "Identity Length", FM_UINT16, FM_DEC }, \
    [IDENTITY] = { P ".handshake.extensions.psk.identity.identity", "Identity", FM_BYTES }, \
    [TICKET_AGE] = { P ".handshake.extensions.psk.identity.obfuscated_ticket_age", "Obfuscated Ticket Age", FM_UINT32, FM_DEC }, \
    [BINDERS_LEN] = { P ".handshake.extensions.psk.binders_len", "PSK Binders length", FM_UINT16, FM_DEC }, \
    [BINDERS] = { P ".handshake.extensions.psk.binders", "PSK Binders", FM_NONE }, \
    [SELECTED_IDENTITY] = { P ".handshake.extensions.psk.identity.selected", "Selected Identity", FM_UINT16, FM_DEC }, \
    [VERSIONS_LEN] = { P ".handshake.extensions.supported_versions_len", "Supported Versions length", FM_UINT8, FM_DEC }, \
    [SUPPORTED_VERSION] = { P ".handshake.extensions.supported_version", "Supported Version", FM_UINT16, FM_HEX, .names = fm_tls_versions }, \
    [COOKIE_LEN] = { P ".handshake.extensions.cookie_len", "Cookie length", FM_UINT16, FM_DEC }, \
    [COOKIE] = { P ".handshake.extensions.cookie", "Cookie", FM_BYTES }, \
    [MAX_FRAGMENT] = { P ".handshake.max_fragment_length", "Maximum Fragment Length", FM_UINT8, FM_DEC, .names = fm_tls_fragment_lengths }, \
    [PADDING] = { P ".handshake.extensions_padding_data", "Padding Data", FM_BYTES }, \
    [CERT_TYPES_LEN] = { P ".handshake.cert_type.types_len", "Certificate Type List Length", FM_UINT8, FM_DEC }, \
    [CERT_TYPES] = { P ".handshake.cert_type.types", "Certificate Type List", FM_NONE }, \
    [CERT_TYPE] = { P ".handshake.cert_type.type", "Certificate Type", FM_UINT8, FM_HEX, .names = fm_tls_certificate_types }, \
    [SRP_LEN] = { P ".handshake.extensions_srp_len", "SRP username length", FM_UINT8, FM_DEC }, \
    [SRP_USERNAME] = { P ".handshake.extensions_srp_username", "SRP username", FM_STRING }, \
    [STATUS_TYPE] = { P ".handshake.extensions_status_request_type", "Certificate Status Type", FM_UINT8, FM_DEC, .names = fm_tls_status_types }, \
    [STATUS_LEN] = { P ".handshake.extensions_status_request_len", "Certificate Status Length", FM_UINT16, FM_DEC }, \
    [STATUS_RESPONDERS_LEN] = { P ".handshake.extensions_status_request_responder_ids_len", "Responder ID list Length", FM_UINT16, FM_DEC }, \
    [STATUS_EXTENSIONS_LEN] = { P ".handshake.extensions_status_request_exts_len", "Request Extensions Length", FM_UINT16, FM_DEC }, \
    [STATUS_LIST_LEN] = { P ".handshake.extensions_status_request_list_len", "Certificate Status List Length", FM_UINT16, FM_DEC }, \
    [STATUS_UNDECODED] = { P ".handshake.status_request.undecoded", "Responder IDs and request extensions are not looked into", FM_EXPERT, \
                           .severity = FM_NOTE, .group = FM_GROUP_UNDECODED }, \
    [OCSP_LEN] = { P ".handshake.ocsp_response_len", "OCSP Response Length", FM_UINT24, FM_DEC }, \
    [OCSP_LIST_LEN] = { P ".handshake.ocsp_response_list_len", "OCSP Response List Length", FM_UINT24, FM_DEC }, \
    [HEARTBEAT_MODE] = { P ".handshake.extension.heartbeat.mode", "Mode", FM_UINT8, FM_DEC, .names = fm_tls_heartbeat_modes }, \
    [PSK_MODES_LENGTH] = { P ".extension.psk_ke_modes_length", "PSK Key Exchange Modes Length", FM_UINT8, FM_DEC }, \
    [PSK_MODE] = { P ".extension.psk_ke_mode", "PSK Key Exchange Mode", FM_UINT8, FM_DEC, .names = fm_tls_psk_modes }, \
    [EARLY_DATA_SIZE] = { P ".early_data.max_early_data_size", "Maximum Early Data Size", FM_UINT32, FM_DEC }, \
    [COMPRESS_LENGTH] = { P ".compress_certificate.algorithms_length", "Algorithms Length", FM_UINT8, FM_DEC }, \
    [COMPRESS_ALGORITHM] = { P ".compress_certificate.algorithm", "Algorithm", FM_UINT16, FM_DEC, .names = fm_tls_certificate_compressions }, \
    [RECORD_SIZE_LIMIT] = { P ".record_size_limit", "Record Size Limit", FM_UINT16, FM_DEC }, \
    [OID_FILTERS_LENGTH] = { P ".extension.oid_filters_length", "OID Filters Length", FM_UINT16, FM_DEC }, \
    [OID_LENGTH] = { P ".extension.oid_filters.oid_length", "Certificate Extension OID Length", FM_UINT8, FM_DEC }, \
    [OID] = { P ".extension.oid_filters.oid", "Certificate Extension OID", FM_OID }, \
    [OID_VALUES_LENGTH] = { P ".extension.oid_filters.values_length", "Certificate Extension Values Length", FM_UINT16, FM_DEC }, \
    [DNAMES_LEN] = { P ".handshake.dnames_len", "Distinguished Names Length", FM_UINT16, FM_DEC }, \
    [DNAMES] = { P ".handshake.dnames", "Distinguished Names", FM_NONE }, \
    [DNAME_LEN] = { P ".handshake.dname_len", "Distinguished Name Length", FM_UINT16, FM_DEC }, \
    [DNAME] = { P ".handshake.dname", "Distinguished Name", FM_NONE }, \
    [SCTS_LENGTH] = { P ".sct.scts_length", "Serialized SCT List Length", FM_UINT16, FM_DEC }, \
    [SCT_LENGTH] = { P ".sct.sct_length", "Serialized SCT Length", FM_UINT16, FM_DEC }, \
    [SCT_VERSION] = { P ".sct.sct_version", "SCT Version", FM_UINT8, FM_DEC }, \
    [SCT_LOG] = { P ".sct.sct_logid", "Log ID", FM_BYTES }, \
    [SCT_TIMESTAMP] = { P ".sct.sct_timestamp", "Timestamp", FM_ABSOLUTE_TIME, FM_UTC }, \
    [SCT_EXTENSIONS_LENGTH] = { P ".sct.sct_extensions_length", "Extensions length", FM_UINT16, FM_DEC }, \
    [SCT_EXTENSIONS] = { P ".sct.sct_extensions", "Extensions", FM_NONE }, \
    [SCT_SIGNATURE_LENGTH] = { P ".sct.sct_signature_length", "Signature Length", FM_UINT16, FM_DEC }, \
    [SCT_SIGNATURE] = { P ".sct.sct_signature", "Signature", FM_BYTES }, \
    [CONNECTION_ID_LENGTH] = { P ".connection_id_length", "Connection ID length", FM_UINT8, FM_DEC }, \
    [CONNECTION_ID] = { P ".connection_id", "Connection ID", FM_BYTES }, \
    [CRED_TIME] = { P ".handshake.cred.valid_time", "Valid Time", FM_UINT32, FM_DEC }, \
    [CRED_KEY_LENGTH] = { P ".handshake.cred.pubkey_len", "Subject Public Key Info Length", FM_UINT24, FM_DEC }, \
    [CRED_KEY] = { P ".handshake.cred.pubkey", "Subject Public Key Info", FM_BYTES }, \
    [CRED_SIGNATURE_LENGTH] = { P ".handshake.cred.signature_len", "Signature Length", FM_UINT16, FM_DEC }, \
    [CRED_SIGNATURE] = { P ".handshake.cred.signature", "Signature", FM_BYTES }, \
    [ESNI_SUITE] = { P ".esni.suite", "Cipher Suite", FM_UINT16, FM_HEX, .names = fm_tls_cipher_suites }, \
    [ESNI_DIGEST_LENGTH] = { P ".esni.record_digest_length", "Record Digest Length", FM_UINT16, FM_DEC }, \
    [ESNI_DIGEST] = { P ".esni.record_digest", "Record Digest", FM_BYTES }, \
    [ESNI_LENGTH] = { P ".esni.encrypted_sni_length", "Encrypted SNI Length", FM_UINT16, FM_DEC }, \
    [ESNI_DATA] = { P ".esni.encrypted_sni", "Encrypted SNI", FM_BYTES }, \
    [ESNI_NONCE] = { P ".esni.nonce", "Nonce", FM_BYTES }, \
    [ECH_TYPE] = { P ".ech.client_hello_type", "Client Hello type", FM_UINT8, FM_DEC, .names = ech_types }, \
    [ECH_KDF] = { P ".ech.hpke.keyconfig.cipher_suite.kdf_id", "KDF Id", FM_UINT16, FM_DEC, .names = hpke_kdfs }, \
    [ECH_AEAD] = { P ".ech.hpke.keyconfig.cipher_suite.aead_id", "AEAD Id", FM_UINT16, FM_DEC, .names = hpke_aeads }, \
    [ECH_CONFIG_ID] = { P ".ech.config_id", "Config Id", FM_UINT8, FM_DEC }, \
    [ECH_ENC_LENGTH] = { P ".ech.enc_length", "Enc length", FM_UINT16, FM_DEC }, \
    [ECH_ENC] = { P ".ech.enc", "Enc", FM_BYTES }, \
    [ECH_PAYLOAD_LENGTH] = { P ".ech.payload_length", "Payload length", FM_UINT16, FM_DEC }, \
    [ECH_PAYLOAD] = { P ".ech.payload", "Payload", FM_BYTES }, \
    [ECH_CONFIRMATION] = { P ".ech.confirmation", "Confirmation", FM_BYTES }, \
    [SRTP_LENGTH] = { P ".use_srtp.protection_profiles_length", "SRTP Protection Profiles Length", FM_UINT16, FM_DEC }, \
    [SRTP_PROFILE] = { P ".use_srtp.protection_profile", "SRTP Protection Profile", FM_UINT16, FM_HEX, .names = srtp_profiles }, \
    [SRTP_MKI_LENGTH] = { P ".use_srtp.mki_length", "MKI Length", FM_UINT8, FM_DEC }, \
    [SRTP_MKI] = { P ".use_srtp.mki", "MKI", FM_BYTES }, \
    [TRAILING] = { P ".malformed.trailing_data", "Undecoded trailing data is present", FM_EXPERT, .severity = FM_WARN, \
                   .group = FM_GROUP_UNDECODED }

static const FmField fields[] = { ROWS("tls") };
static const FmField dtls_fields[] = { ROWS("dtls") };

enum ExtensionType {
    SERVER_NAME = 0, MAX_FRAGMENT_LENGTH = 1, STATUS_REQUEST = 5, CERT_TYPE_OPENPGP = 9, SUPPORTED_GROUPS = 10, EC_POINT_FORMATS = 11,
    SRP = 12, SIGNATURE_ALGORITHMS = 13, USE_SRTP = 14, HEARTBEAT = 15, APPLICATION_PROTOCOLS = 16, STATUS_REQUEST_V2 = 17,
    SIGNED_TIMESTAMPS = 18, CLIENT_CERTIFICATE_TYPE = 19, SERVER_CERTIFICATE_TYPE = 20, PADDING_EXTENSION = 21, ENCRYPT_THEN_MAC = 22,
    EXTENDED_MASTER_SECRET = 23, TRUNCATED_HMAC = 4, COMPRESS_CERTIFICATE = 27, RECORD_SIZE_LIMIT_EXTENSION = 28,
    DELEGATED_CREDENTIALS = 34, SESSION_TICKET = 35, KEY_SHARE_OLD = 40, PRE_SHARED_KEY = 41, EARLY_DATA = 42, SUPPORTED_VERSIONS = 43,
    COOKIE_EXTENSION = 44, PSK_KEY_EXCHANGE_MODES = 45, CERTIFICATE_AUTHORITIES = 47, OID_FILTERS = 48, SIGNATURE_ALGORITHMS_CERT = 50,
    KEY_SHARE = 51, CONNECTION_ID_OLD = 53, CONNECTION_ID_EXTENSION = 54, QUIC_TRANSPORT_PARAMETERS = 57, NEXT_PROTOCOLS = 13172,
    APPLICATION_SETTINGS = 17513, APPLICATION_SETTINGS_NEW = 17613, ENCRYPTED_CLIENT_HELLO = 65037, RENEGOTIATION_INFO = 65281,
    QUIC_TRANSPORT_PARAMETERS_DRAFT = 65445, ENCRYPTED_SERVER_NAME = 65486,
};

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* ---- names and addresses ---- */

static void put_server_name(FmDissection *d, TlsHello *h, FmCursor *c)
{
    if (!fm_left_on_wire(c))
        return;
    FmSubtree tree = fm_open_text(d, c, "Server Name Indication extension");
    FmCursor list = fm_take(c, fm_add(d, NAME_LIST_LEN, c));
    while (fm_left(&list)) {
        fm_add(d, NAME_TYPE, &list);
        uint64_t size = fm_add(d, NAME_LEN, &list);
        FmSlice name = fm_add_bytes(d, NAME, &list, size);
        if (!h->server_name.data && name.size)
            h->server_name = name;
    }
    fm_close(d, tree, c);
}

static void put_alpn(FmDissection *d, TlsMessage *m, TlsHello *h, FmCursor *c)
{
    uint64_t size = fm_add(d, ALPN_LEN, c);
    FmCursor list = fm_take(c, size);
    h->alpn = fm_rest(&list);
    FmSubtree tree = fm_open(d, ALPN_LIST, &list);
    while (fm_left(&list)) {
        uint64_t n = fm_add(d, ALPN_STR_LEN, &list);
        fm_add_bytes(d, ALPN_STR, &list, n);
    }
    fm_close(d, tree, &list);
    if (m->s && fm_ok(d) && h->alpn.size > 1) {
        char *kept = m->sender == TLS_SERVER ? m->s->alpn : m->s->alpn_offered;
        size_t n = MIN(MIN(h->alpn.data[0], h->alpn.size - 1), sizeof m->s->alpn - 1);
        memcpy(kept, h->alpn.data + 1, n);
        kept[n] = 0;
    }
}

static void put_npn(FmDissection *d, FmCursor *c)
{
    if (!fm_left_on_wire(c))
        return;
    FmSubtree tree = fm_open_text(d, c, "Next Protocol Negotiation extension");
    while (fm_left(c)) {
        uint64_t n = fm_add(d, NPN_STR_LEN, c);
        fm_add_bytes(d, NPN, c, n);
    }
    fm_close(d, tree, c);
}

static void put_alps(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    if (m->type != TLS_CLIENT_HELLO) {
        fm_add_bytes(d, ALPS_SETTINGS, c, fm_left_on_wire(c));
        return;
    }
    FmCursor list = fm_take(c, fm_add(d, ALPS_LEN, c));
    FmSubtree tree = fm_open(d, ALPS_LIST, &list);
    while (fm_left(&list)) {
        uint64_t n = fm_add(d, ALPS_STR_LEN, &list);
        fm_add_bytes(d, ALPS_STR, &list, n);
    }
    fm_close(d, tree, &list);
}

void tls_put_authorities(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    FmTableUse before = tls_use(d, m, &fm_tls_extensions, &fm_dtls_extensions);
    uint64_t size = fm_add(d, DNAMES_LEN, c);
    FmCursor list = fm_take(c, size);
    if (fm_left(&list)) {
        FmSubtree tree = fm_open(d, DNAMES, &list);
        fm_subtree_label(d, tree, "Distinguished Names (%u byte%s)", (unsigned)size, plural(size));
        while (fm_left(&list)) {
            uint64_t n = fm_add(d, DNAME_LEN, &list);
            FmCursor name = fm_take(&list, n);
            FmSubtree item = fm_open(d, DNAME, &name);
            if (d->want_labels) {
                g_auto(FmText) text = { 0 };
                x509_name_text(&text, fm_rest(&name));
                fm_subtree_label(d, item, "Distinguished Name: (%s)", fm_text_string(&text));
            }
            x509_distinguished_name(d, &name);
            fm_close(d, item, &name);
        }
        fm_close(d, tree, &list);
    }
    fm_unuse(d, before);
}

/* ---- groups, key shares, signatures ---- */

static void put_groups(FmDissection *d, TlsHello *h, FmCursor *c)
{
    uint64_t size = fm_add(d, GROUPS_LENGTH, c);
    FmCursor list = fm_take(c, size);
    h->groups = fm_rest(&list);
    FmSubtree tree = fm_open(d, GROUPS, &list);
    fm_subtree_label(d, tree, "Supported Groups (%u group%s)", (unsigned)size / 2, plural(size / 2));
    while (fm_left(&list))
        fm_add(d, GROUP, &list);
    fm_close(d, tree, &list);
}

static void put_point_formats(FmDissection *d, TlsHello *h, FmCursor *c)
{
    uint64_t size = fm_add(d, POINT_FORMATS_LENGTH, c);
    FmCursor list = fm_take(c, size);
    h->point_formats = fm_rest(&list);
    FmSubtree tree = fm_open(d, POINT_FORMATS, &list);
    fm_subtree_label(d, tree, "Elliptic curves point formats (%u)", (unsigned)size);
    while (fm_left(&list))
        fm_add(d, POINT_FORMAT, &list);
    fm_close(d, tree, &list);
}

static void put_scheme(FmDissection *d, FmCursor *c)
{
    FmCursor halves = *c;
    if (!fm_has(c, 2)) {
        fm_cursor_fail(c, 2);
        return;
    }
    fm_add(d, SCHEME, c);
    fm_down(d);
    fm_add(d, SCHEME_HASH, &halves);
    fm_add(d, SCHEME_SIGNATURE, &halves);
    fm_up(d);
}

void tls_put_signature_scheme(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    FmTableUse before = tls_use(d, m, &fm_tls_extensions, &fm_dtls_extensions);
    put_scheme(d, c);
    fm_unuse(d, before);
}

void tls_put_signature_schemes(FmDissection *d, const TlsMessage *m, FmCursor *c, TlsHello *h)
{
    FmTableUse before = tls_use(d, m, &fm_tls_extensions, &fm_dtls_extensions);
    uint64_t size = fm_add(d, SCHEMES_LENGTH, c);
    FmCursor list = fm_take(c, size);
    if (h)
        h->schemes = fm_rest(&list);
    FmSubtree tree = fm_open(d, SCHEMES, &list);
    fm_subtree_label(d, tree, "Signature Hash Algorithms (%u algorithm%s)", (unsigned)size / 2, plural(size / 2));
    while (fm_left(&list))
        put_scheme(d, &list);
    fm_close(d, tree, &list);
    fm_unuse(d, before);
}

static void put_share(FmDissection *d, TlsHello *h, FmCursor *c)
{
    uint64_t group = fm_peek(c, 0, 2), size = fm_peek(c, 2, 2);
    const char *name = fm_name(fm_tls_groups, group);
    FmSubtree entry = { 0 };
    if (name)
        entry = fm_open_text(d, c, "Key Share Entry: Group: %s, Key Exchange length: %u", name, (unsigned)size);
    else
        entry = fm_open_text(d, c, "Key Share Entry: Group: Unknown (%u), Key Exchange length: %u", (unsigned)group, (unsigned)size);
    h->selected_group = fm_add(d, SHARE_GROUP, c);
    fm_add(d, SHARE_LENGTH, c);
    fm_add_bytes(d, SHARE, c, size);
    fm_close(d, entry, c);
}

static void put_key_share(FmDissection *d, TlsMessage *m, TlsHello *h, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "Key Share extension");
    if (m->type == TLS_CLIENT_HELLO) {
        FmCursor list = fm_take(c, fm_add(d, SHARE_CLIENT_LENGTH, c));
        h->shares = fm_rest(&list);
        while (fm_left(&list))
            put_share(d, h, &list);
    } else if (m->retry) {
        h->selected_group = fm_add(d, SELECTED_GROUP, c);
    } else {
        put_share(d, h, c);
    }
    fm_close(d, tree, c);
}

/* ---- resumption ---- */

static void put_pre_shared_key(FmDissection *d, TlsMessage *m, TlsHello *h, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "Pre-Shared Key extension");
    h->has_psk = true;
    if (m->type == TLS_SERVER_HELLO) {
        h->selected_identity = fm_add(d, SELECTED_IDENTITY, c);
        fm_close(d, tree, c);
        return;
    }
    h->psk = fm_rest(c);
    FmCursor identities = fm_take(c, fm_add(d, IDENTITIES_LENGTH, c));
    while (fm_left(&identities)) {
        uint64_t size = fm_peek(&identities, 0, 2);
        FmSubtree identity = fm_open_text(d, &identities, "PSK Identity (length: %u)", (unsigned)size);
        fm_add(d, IDENTITY_LENGTH, &identities);
        fm_add_bytes(d, IDENTITY, &identities, size);
        fm_add(d, TICKET_AGE, &identities);
        fm_close(d, identity, &identities);
    }
    uint64_t size = fm_add(d, BINDERS_LEN, c);
    FmCursor binders = fm_take(c, size);
    FmSubtree list = fm_open(d, BINDERS, &binders);
    fm_skip(&binders, fm_left(&binders));
    fm_close(d, list, &binders);
    fm_close(d, tree, c);
}

static void put_session_ticket(FmDissection *d, TlsMessage *m, TlsHello *h, FmCursor *c)
{
    size_t size = fm_left(c);
    h->has_ticket = true;
    if (m->type == TLS_CLIENT_HELLO)
        h->ticket = fm_rest(c);
    fm_add_bytes(d, DATA, c, fm_left_on_wire(c));
    fm_label(d, DATA, "Data (%zu byte%s)", size, plural(size));
}

/* ---- status ---- */

/* CertificateStatusRequest (RFC 6066 §8). */
static void put_status_request_body(FmDissection *d, FmCursor *c)
{
    uint64_t responders = fm_add(d, STATUS_RESPONDERS_LEN, c);
    if (responders) {
        fm_expert(d, STATUS_UNDECODED);
        fm_skip(c, responders);
    }
    uint64_t extensions = fm_add(d, STATUS_EXTENSIONS_LEN, c);
    if (extensions) {
        fm_expert(d, STATUS_UNDECODED);
        fm_skip(c, extensions);
    }
}

static void put_status_request(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    if (!fm_left_on_wire(c))
        return;
    if (m->type == TLS_CERTIFICATE || m->type == TLS_COMPRESSED_CERTIFICATE) {
        tls_put_certificate_status(d, m, c);
        return;
    }
    if (fm_add(d, STATUS_TYPE, c) == 1)
        put_status_request_body(d, c);
}

static void put_status_request_v2(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    if (!fm_left_on_wire(c))
        return;
    FmCursor list = fm_take(c, fm_add(d, STATUS_LIST_LEN, c));
    while (fm_left(&list)) {
        uint64_t type = fm_add(d, STATUS_TYPE, &list);
        FmCursor item = fm_take(&list, fm_add(d, STATUS_LEN, &list));
        if (type == 1 || type == 2)
            put_status_request_body(d, &item);
    }
}

static void put_ocsp_response(FmDissection *d, FmCursor *c)
{
    FmCursor response = fm_take(c, fm_add(d, OCSP_LEN, c));
    x509_ocsp_response(d, &response);
}

void tls_put_certificate_status(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    FmTableUse before = tls_use(d, m, &fm_tls_extensions, &fm_dtls_extensions);
    uint64_t type = fm_add(d, STATUS_TYPE, c);
    if (type == 1) {
        put_ocsp_response(d, c);
    } else if (type == 2) {
        FmCursor list = fm_take(c, fm_add(d, OCSP_LIST_LEN, c));
        while (fm_left(&list))
            put_ocsp_response(d, &list);
    }
    fm_unuse(d, before);
}

/* SignedCertificateTimestampList (RFC 6962 §3.3). */
static void put_signed_timestamps(FmDissection *d, FmCursor *c)
{
    if (!fm_left_on_wire(c))
        return;
    FmCursor list = fm_take(c, fm_add(d, SCTS_LENGTH, c));
    while (fm_left(&list)) {
        FmSubtree tree = fm_open_text(d, &list, "Signed Certificate Timestamp");
        FmCursor sct = fm_take(&list, fm_add(d, SCT_LENGTH, &list));
        fm_add(d, SCT_VERSION, &sct);
        fm_add_bytes(d, SCT_LOG, &sct, 32);
        uint64_t ms = fm_peek(&sct, 0, 8);
        if (fm_has(&sct, 8))
            fm_add_value(d, SCT_TIMESTAMP, &sct, 8, MIN(ms, INT64_MAX / 1000000) * 1000000);
        fm_skip(&sct, 8);
        uint64_t size = fm_add(d, SCT_EXTENSIONS_LENGTH, &sct);
        if (size) {
            FmSubtree extensions = fm_open(d, SCT_EXTENSIONS, &sct);
            fm_skip(&sct, size);
            fm_close(d, extensions, &sct);
        }
        put_scheme(d, &sct);
        size = fm_add(d, SCT_SIGNATURE_LENGTH, &sct);
        fm_add_bytes(d, SCT_SIGNATURE, &sct, size);
        fm_close(d, tree, &list);
    }
}

void tls_put_signed_timestamps(FmDissection *d, FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_tls_extensions);
    put_signed_timestamps(d, c);
    fm_unuse(d, before);
}

/* ---- others ---- */

static void put_versions(FmDissection *d, const TlsMessage *m, TlsHello *h, FmCursor *c)
{
    if (m->type != TLS_CLIENT_HELLO) {
        h->selected_version = fm_add(d, SUPPORTED_VERSION, c);
        return;
    }
    FmCursor list = fm_take(c, fm_add(d, VERSIONS_LEN, c));
    h->versions = fm_rest(&list);
    while (fm_left(&list))
        fm_add(d, SUPPORTED_VERSION, &list);
}

static void put_certificate_types(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    if (m->type != TLS_CLIENT_HELLO) {
        fm_add(d, CERT_TYPE, c);
        return;
    }
    uint64_t size = fm_add(d, CERT_TYPES_LEN, c);
    FmCursor list = fm_take(c, size);
    FmSubtree tree = fm_open(d, CERT_TYPES, &list);
    fm_subtree_label(d, tree, "Certificate Type List (%u)", (unsigned)size);
    while (fm_left(&list))
        fm_add(d, CERT_TYPE, &list);
    fm_close(d, tree, &list);
}

static void put_delegated_credentials(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    if (m->type != TLS_CERTIFICATE && m->type != TLS_COMPRESSED_CERTIFICATE) {
        tls_put_signature_schemes(d, m, c, NULL);
        return;
    }
    fm_add(d, CRED_TIME, c);
    put_scheme(d, c);
    uint64_t size = fm_add(d, CRED_KEY_LENGTH, c);
    fm_add_bytes(d, CRED_KEY, c, size);
    put_scheme(d, c);
    size = fm_add(d, CRED_SIGNATURE_LENGTH, c);
    fm_add_bytes(d, CRED_SIGNATURE, c, size);
}

static void put_oid_filters(FmDissection *d, FmCursor *c)
{
    FmCursor list = fm_take(c, fm_add(d, OID_FILTERS_LENGTH, c));
    while (fm_left(&list)) {
        FmSubtree tree = fm_open_text(d, &list, "OID Filter");
        uint64_t size = fm_add(d, OID_LENGTH, &list);
        fm_add_bytes(d, OID, &list, size);
        size = fm_add(d, OID_VALUES_LENGTH, &list);
        fm_skip(&list, size);
        fm_close(d, tree, &list);
    }
}

static void put_srtp(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    FmCursor list = fm_take(c, fm_add(d, SRTP_LENGTH, c));
    uint64_t profile = 0;
    while (fm_left(&list))
        profile = fm_add(d, SRTP_PROFILE, &list);
    uint64_t size = fm_add(d, SRTP_MKI_LENGTH, c);
    if (size)
        fm_add_bytes(d, SRTP_MKI, c, size);
    if (m->s && m->sender == TLS_SERVER && fm_ok(d))
        m->s->srtp_profile = (uint16_t)profile;
}

static void put_connection_id(FmDissection *d, TlsMessage *m, FmCursor *c)
{
    uint64_t size = fm_add(d, CONNECTION_ID_LENGTH, c);
    fm_add_bytes(d, CONNECTION_ID, c, size);
    if (m->s && fm_ok(d)) { /* the peer shall put it into its records */
        m->s->has_connection_id[!m->sender] = true;
        m->s->connection_id_size[!m->sender] = (uint8_t)size;
    }
}

static void put_encrypted_server_name(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    if (m->type != TLS_CLIENT_HELLO) {
        fm_add_bytes(d, ESNI_NONCE, c, fm_left_on_wire(c));
        return;
    }
    TlsHello unused = { 0 };
    fm_add(d, ESNI_SUITE, c);
    put_share(d, &unused, c);
    uint64_t size = fm_add(d, ESNI_DIGEST_LENGTH, c);
    fm_add_bytes(d, ESNI_DIGEST, c, size);
    size = fm_add(d, ESNI_LENGTH, c);
    fm_add_bytes(d, ESNI_DATA, c, size);
}

/* draft-ietf-tls-esni: shown as data, as tshark does, and field by field. */
static void put_encrypted_client_hello(FmDissection *d, const TlsMessage *m, FmCursor *c)
{
    FmCursor data = *c;
    fm_add_bytes(d, DATA, &data, fm_left_on_wire(&data));
    if (m->type != TLS_CLIENT_HELLO) {
        if (m->retry)
            fm_add_bytes(d, ECH_CONFIRMATION, c, 8);
        else
            fm_skip(c, fm_left(c));
        return;
    }
    if (fm_add(d, ECH_TYPE, c) != 0)
        return;
    fm_add(d, ECH_KDF, c);
    fm_add(d, ECH_AEAD, c);
    fm_add(d, ECH_CONFIG_ID, c);
    uint64_t size = fm_add(d, ECH_ENC_LENGTH, c);
    fm_add_bytes(d, ECH_ENC, c, size);
    size = fm_add(d, ECH_PAYLOAD_LENGTH, c);
    fm_add_bytes(d, ECH_PAYLOAD, c, size);
}

static void put_renegotiation_info(FmDissection *d, FmCursor *c)
{
    FmSubtree tree = fm_open_text(d, c, "Renegotiation Info extension");
    uint64_t size = fm_add(d, RENEG_LEN, c);
    if (size)
        fm_add_bytes(d, RENEG, c, size);
    fm_close(d, tree, c);
}

static void put_list_8(FmDissection *d, unsigned length, unsigned item, FmCursor *c)
{
    if (length == PSK_MODES_LENGTH) {
        FmCursor list = fm_take(c, fm_add(d, PSK_MODES_LENGTH, c));
        while (fm_left(&list))
            fm_add(d, PSK_MODE, &list);
    } else {
        FmCursor list = fm_take(c, fm_add(d, COMPRESS_LENGTH, c));
        while (fm_left(&list))
            fm_add(d, COMPRESS_ALGORITHM, &list);
    }
}

static void put_extension(FmDissection *d, TlsMessage *m, TlsHello *h, uint64_t type, FmCursor *c)
{
    uint64_t size;
    switch (type) {
    case SERVER_NAME: put_server_name(d, h, c); break;
    case MAX_FRAGMENT_LENGTH: fm_add(d, MAX_FRAGMENT, c); break;
    case TRUNCATED_HMAC: h->has_truncated_hmac = true; break;
    case STATUS_REQUEST: put_status_request(d, m, c); break;
    case STATUS_REQUEST_V2: put_status_request_v2(d, m, c); break;
    case CERT_TYPE_OPENPGP: case CLIENT_CERTIFICATE_TYPE: case SERVER_CERTIFICATE_TYPE: put_certificate_types(d, m, c); break;
    case SUPPORTED_GROUPS: put_groups(d, h, c); break;
    case EC_POINT_FORMATS: put_point_formats(d, h, c); break;
    case SRP:
        size = fm_add(d, SRP_LEN, c);
        fm_add_bytes(d, SRP_USERNAME, c, size);
        break;
    case SIGNATURE_ALGORITHMS: tls_put_signature_schemes(d, m, c, h); break;
    case SIGNATURE_ALGORITHMS_CERT: tls_put_signature_schemes(d, m, c, NULL); break;
    case DELEGATED_CREDENTIALS: put_delegated_credentials(d, m, c); break;
    case USE_SRTP:
        if (m->carrier == TLS_OVER_UDP)
            put_srtp(d, m, c);
        else
            fm_add_bytes(d, DATA, c, fm_left_on_wire(c));
        break;
    case HEARTBEAT: fm_add(d, HEARTBEAT_MODE, c); break;
    case APPLICATION_PROTOCOLS: put_alpn(d, m, h, c); break;
    case NEXT_PROTOCOLS: put_npn(d, c); break;
    case APPLICATION_SETTINGS: case APPLICATION_SETTINGS_NEW: put_alps(d, m, c); break;
    case SIGNED_TIMESTAMPS: put_signed_timestamps(d, c); break;
    case PADDING_EXTENSION: fm_add_bytes(d, PADDING, c, fm_left_on_wire(c)); break;
    case ENCRYPT_THEN_MAC: h->has_etm = true; break;
    case EXTENDED_MASTER_SECRET: h->has_ems = true; break;
    case COMPRESS_CERTIFICATE: put_list_8(d, COMPRESS_LENGTH, COMPRESS_ALGORITHM, c); break;
    case PSK_KEY_EXCHANGE_MODES: put_list_8(d, PSK_MODES_LENGTH, PSK_MODE, c); break;
    case RECORD_SIZE_LIMIT_EXTENSION: fm_add(d, RECORD_SIZE_LIMIT, c); break;
    case SESSION_TICKET: put_session_ticket(d, m, h, c); break;
    case KEY_SHARE: case KEY_SHARE_OLD: put_key_share(d, m, h, c); break;
    case PRE_SHARED_KEY: put_pre_shared_key(d, m, h, c); break;
    case EARLY_DATA:
        h->has_early_data = true;
        if (m->type == TLS_NEW_SESSION_TICKET)
            fm_add(d, EARLY_DATA_SIZE, c);
        break;
    case SUPPORTED_VERSIONS: put_versions(d, m, h, c); break;
    case COOKIE_EXTENSION:
        size = fm_add(d, COOKIE_LEN, c);
        fm_add_bytes(d, COOKIE, c, size);
        break;
    case CERTIFICATE_AUTHORITIES: tls_put_authorities(d, m, c); break;
    case OID_FILTERS: put_oid_filters(d, c); break;
    case CONNECTION_ID_OLD: case CONNECTION_ID_EXTENSION: put_connection_id(d, m, c); break;
    case QUIC_TRANSPORT_PARAMETERS: case QUIC_TRANSPORT_PARAMETERS_DRAFT: tls_put_quic_parameters(d, c); break;
    case RENEGOTIATION_INFO: put_renegotiation_info(d, c); break;
    case ENCRYPTED_SERVER_NAME: put_encrypted_server_name(d, m, c); break;
    case ENCRYPTED_CLIENT_HELLO: put_encrypted_client_hello(d, m, c); break;
    default:
        fm_add_bytes(d, DATA, c, fm_left_on_wire(c));
        break;
    }
}

void tls_put_extensions(FmDissection *d, TlsMessage *m, TlsHello *hello, FmCursor *c)
{
    TlsHello unused = { 0 };
    TlsHello *h = hello ? hello : &unused;
    FmTableUse before = tls_use(d, m, &fm_tls_extensions, &fm_dtls_extensions);
    FmCursor all = fm_take(c, fm_add(d, EXTENSIONS_LENGTH, c));
    h->extensions = fm_rest(&all);
    while (fm_left(&all)) {
        uint64_t type = fm_peek(&all, 0, 2), size = fm_peek(&all, 2, 2);
        const char *name = d->want_texts ? fm_name(fm_tls_extension_types, type) : "";
        FmSubtree tree = { 0 };
        if (name)
            tree = fm_open_text(d, &all, "Extension: %s (len=%u)", name, (unsigned)size);
        else
            tree = fm_open_text(d, &all, "Extension: Unknown type %u (len=%u)", (unsigned)type, (unsigned)size);
        fm_add(d, TYPE, &all);
        fm_add(d, LEN, &all);
        FmCursor body = fm_take(&all, size);
        put_extension(d, m, h, type, &body);
        if (fm_left(&body))
            fm_expert_text(d, TRAILING, "%zu trailing byte%s unprocessed", fm_left(&body), plural(fm_left(&body)));
        fm_close(d, tree, &all);
    }
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_tls_extensions = { .abbrev = "tls", .title = "TLS Extensions", FM_FIELDS(fields), .dissect = nothing, .part = true };
const FmProtocol fm_dtls_extensions = { .abbrev = "dtls", .title = "DTLS Extensions", FM_FIELDS(dtls_fields), .dissect = nothing,
                                        .part = true };
