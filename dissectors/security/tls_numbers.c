/* Numbers of TLS and their names (IANA: TLS Parameters, TLS ExtensionType Values). */
#include "config.h"

#include "dissectors/security/tls_numbers.h"

const FmName fm_tls_versions[] = {
    { 0x0002, 0, "SSL 2.0" }, { 0x0100, 0, "DTLS 1.0 (OpenSSL pre 0.9.8f)" }, { 0x0101, 0, "GMTLS" },
    { 0x0300, 0, "SSL 3.0" }, { 0x0301, 0, "TLS 1.0" }, { 0x0302, 0, "TLS 1.1" }, { 0x0303, 0, "TLS 1.2" },
    { 0x0304, 0, "TLS 1.3" }, { 0x0a0a, 0, "Reserved (GREASE)" }, { 0x1a1a, 0, "Reserved (GREASE)" },
    { 0x2a2a, 0, "Reserved (GREASE)" }, { 0x3a3a, 0, "Reserved (GREASE)" }, { 0x4a4a, 0, "Reserved (GREASE)" },
    { 0x5a5a, 0, "Reserved (GREASE)" }, { 0x6a6a, 0, "Reserved (GREASE)" }, { 0x7a7a, 0, "Reserved (GREASE)" },
    { 0x7f0e, 0, "TLS 1.3 (draft 14)" }, { 0x7f0f, 0, "TLS 1.3 (draft 15)" }, { 0x7f10, 0, "TLS 1.3 (draft 16)" },
    { 0x7f11, 0, "TLS 1.3 (draft 17)" }, { 0x7f12, 0, "TLS 1.3 (draft 18)" }, { 0x7f13, 0, "TLS 1.3 (draft 19)" },
    { 0x7f14, 0, "TLS 1.3 (draft 20)" }, { 0x7f15, 0, "TLS 1.3 (draft 21)" }, { 0x7f16, 0, "TLS 1.3 (draft 22)" },
    { 0x7f17, 0, "TLS 1.3 (draft 23)" }, { 0x7f18, 0, "TLS 1.3 (draft 24)" }, { 0x7f19, 0, "TLS 1.3 (draft 25)" },
    { 0x7f1a, 0, "TLS 1.3 (draft 26)" }, { 0x7f1b, 0, "TLS 1.3 (draft 27)" }, { 0x7f1c, 0, "TLS 1.3 (draft 28)" },
    { 0x8a8a, 0, "Reserved (GREASE)" }, { 0x9a9a, 0, "Reserved (GREASE)" }, { 0xaaaa, 0, "Reserved (GREASE)" },
    { 0xbaba, 0, "Reserved (GREASE)" }, { 0xcaca, 0, "Reserved (GREASE)" }, { 0xdada, 0, "Reserved (GREASE)" },
    { 0xeaea, 0, "Reserved (GREASE)" }, { 0xfafa, 0, "Reserved (GREASE)" },
    { 0xfb17, 0, "TLS 1.3 (Facebook draft 23)" }, { 0xfb1a, 0, "TLS 1.3 (Facebook draft 26)" },
    { 0xfefc, 0, "DTLS 1.3" }, { 0xfefd, 0, "DTLS 1.2" }, { 0xfeff, 0, "DTLS 1.0" }, { 0 },
};

const FmName fm_tls_content_types[] = {
    { 20, 0, "Change Cipher Spec" }, { 21, 0, "Alert" }, { 22, 0, "Handshake" }, { 23, 0, "Application Data" },
    { 24, 0, "Heartbeat" }, { 25, 0, "Connection ID" }, { 26, 0, "ACK" }, { 0 },
};

const FmName fm_tls_alert_levels[] = {
    { 1, 0, "Warning" }, { 2, 0, "Fatal" }, { 0 },
};

const FmName fm_tls_alerts[] = {
    { 0, 0, "Close Notify" }, { 1, 0, "End of Early Data" }, { 10, 0, "Unexpected Message" },
    { 20, 0, "Bad Record MAC" }, { 21, 0, "Decryption Failed" }, { 22, 0, "Record Overflow" },
    { 30, 0, "Decompression Failure" }, { 40, 0, "Handshake Failure" }, { 41, 0, "No Certificate" },
    { 42, 0, "Bad Certificate" }, { 43, 0, "Unsupported Certificate" }, { 44, 0, "Certificate Revoked" },
    { 45, 0, "Certificate Expired" }, { 46, 0, "Certificate Unknown" }, { 47, 0, "Illegal Parameter" },
    { 48, 0, "Unknown CA" }, { 49, 0, "Access Denied" }, { 50, 0, "Decode Error" }, { 51, 0, "Decrypt Error" },
    { 60, 0, "Export Restriction" }, { 70, 0, "Protocol Version" }, { 71, 0, "Insufficient Security" },
    { 80, 0, "Internal Error" }, { 86, 0, "Inappropriate Fallback" }, { 90, 0, "User Canceled" },
    { 100, 0, "No Renegotiation" }, { 109, 0, "Missing Extension" }, { 110, 0, "Unsupported Extension" },
    { 111, 0, "Certificate Unobtainable" }, { 112, 0, "Unrecognized Name" },
    { 113, 0, "Bad Certificate Status Response" }, { 114, 0, "Bad Certificate Hash Value" },
    { 115, 0, "Unknown PSK Identity" }, { 116, 0, "Certificate Required" }, { 120, 0, "No application Protocol" },
    { 121, 0, "ECH Required" }, { 0 },
};

const FmName fm_tls_message_types[] = {
    { 0, 0, "Hello Request" }, { 1, 0, "Client Hello" }, { 2, 0, "Server Hello" }, { 3, 0, "Hello Verify Request" },
    { 4, 0, "New Session Ticket" }, { 5, 0, "End of Early Data" }, { 6, 0, "Hello Retry Request" }, { 8, 0, "Encrypted Extensions" },
    { 11, 0, "Certificate" }, { 12, 0, "Server Key Exchange" }, { 13, 0, "Certificate Request" }, { 14, 0, "Server Hello Done" },
    { 15, 0, "Certificate Verify" }, { 16, 0, "Client Key Exchange" }, { 20, 0, "Finished" }, { 21, 0, "Client Certificate URL" },
    { 22, 0, "Certificate Status" }, { 23, 0, "Supplemental Data" }, { 24, 0, "Key Update" }, { 25, 0, "Compressed Certificate" },
    { 67, 0, "Encrypted Extensions" }, { 0 },
};

const FmName fm_tls_extension_types[] = {
    { 0, 0, "server_name" }, { 1, 0, "max_fragment_length" }, { 2, 0, "client_certificate_url" },
    { 3, 0, "trusted_ca_keys" }, { 4, 0, "truncated_hmac" }, { 5, 0, "status_request" }, { 6, 0, "user_mapping" },
    { 7, 0, "client_authz" }, { 8, 0, "server_authz" }, { 9, 0, "cert_type" }, { 10, 0, "supported_groups" },
    { 11, 0, "ec_point_formats" }, { 12, 0, "srp" }, { 13, 0, "signature_algorithms" }, { 14, 0, "use_srtp" },
    { 15, 0, "heartbeat" }, { 16, 0, "application_layer_protocol_negotiation" }, { 17, 0, "status_request_v2" },
    { 18, 0, "signed_certificate_timestamp" }, { 19, 0, "client_certificate_type" },
    { 20, 0, "server_certificate_type" }, { 21, 0, "padding" }, { 22, 0, "encrypt_then_mac" },
    { 23, 0, "extended_master_secret" }, { 24, 0, "token_binding" }, { 25, 0, "cached_info" },
    { 27, 0, "compress_certificate" }, { 28, 0, "record_size_limit" }, { 34, 0, "delegated_credentials" },
    { 35, 0, "session_ticket" }, { 40, 0, "Reserved (key_share)" }, { 41, 0, "pre_shared_key" },
    { 42, 0, "early_data" }, { 43, 0, "supported_versions" }, { 44, 0, "cookie" },
    { 45, 0, "psk_key_exchange_modes" }, { 46, 0, "Reserved (ticket_early_data_info)" },
    { 47, 0, "certificate_authorities" }, { 48, 0, "oid_filters" }, { 49, 0, "post_handshake_auth" },
    { 50, 0, "signature_algorithms_cert" }, { 51, 0, "key_share" }, { 52, 0, "transparency_info" },
    { 53, 0, "connection_id (deprecated)" }, { 54, 0, "connection_id" }, { 55, 0, "external_id_hash" },
    { 56, 0, "external_session_id" }, { 57, 0, "quic_transport_parameters" }, { 58, 0, "ticket_request" },
    { 59, 0, "dnssec_chain" }, { 60, 0, "sequence_number_encryption_algorithms" }, { 61, 0, "rrc" },
    { 62, 0, "tls_flags" }, { 2570, 0, "Reserved (GREASE)" }, { 6682, 0, "Reserved (GREASE)" },
    { 10794, 0, "Reserved (GREASE)" }, { 13172, 0, "next_protocol_negotiation" }, { 14906, 0, "Reserved (GREASE)" },
    { 17513, 0, "application_settings" }, { 17613, 0, "application_settings" }, { 19018, 0, "Reserved (GREASE)" },
    { 23130, 0, "Reserved (GREASE)" }, { 27242, 0, "Reserved (GREASE)" }, { 30031, 0, "channel_id_old" },
    { 30032, 0, "channel_id" }, { 31354, 0, "Reserved (GREASE)" }, { 35466, 0, "Reserved (GREASE)" },
    { 39578, 0, "Reserved (GREASE)" }, { 43690, 0, "Reserved (GREASE)" }, { 47802, 0, "Reserved (GREASE)" },
    { 51914, 0, "Reserved (GREASE)" }, { 56026, 0, "Reserved (GREASE)" }, { 60138, 0, "Reserved (GREASE)" },
    { 64250, 0, "Reserved (GREASE)" }, { 64768, 0, "ech_outer_extensions" }, { 65037, 0, "encrypted_client_hello" },
    { 65281, 0, "renegotiation_info" }, { 65445, 0, "quic_transport_parameters (drafts version)" },
    { 65486, 0, "encrypted_server_name" }, { 0 },
};

const FmName fm_tls_groups[] = {
    { 0x0001, 0, "sect163k1" }, { 0x0002, 0, "sect163r1" }, { 0x0003, 0, "sect163r2" }, { 0x0004, 0, "sect193r1" },
    { 0x0005, 0, "sect193r2" }, { 0x0006, 0, "sect233k1" }, { 0x0007, 0, "sect233r1" }, { 0x0008, 0, "sect239k1" },
    { 0x0009, 0, "sect283k1" }, { 0x000a, 0, "sect283r1" }, { 0x000b, 0, "sect409k1" }, { 0x000c, 0, "sect409r1" },
    { 0x000d, 0, "sect571k1" }, { 0x000e, 0, "sect571r1" }, { 0x000f, 0, "secp160k1" }, { 0x0010, 0, "secp160r1" },
    { 0x0011, 0, "secp160r2" }, { 0x0012, 0, "secp192k1" }, { 0x0013, 0, "secp192r1" }, { 0x0014, 0, "secp224k1" },
    { 0x0015, 0, "secp224r1" }, { 0x0016, 0, "secp256k1" }, { 0x0017, 0, "secp256r1" }, { 0x0018, 0, "secp384r1" },
    { 0x0019, 0, "secp521r1" }, { 0x001a, 0, "brainpoolP256r1" }, { 0x001b, 0, "brainpoolP384r1" },
    { 0x001c, 0, "brainpoolP512r1" }, { 0x001d, 0, "x25519" }, { 0x001e, 0, "x448" }, { 0x0029, 0, "curveSM2" },
    { 0x0100, 0, "ffdhe2048" }, { 0x0101, 0, "ffdhe3072" }, { 0x0102, 0, "ffdhe4096" }, { 0x0103, 0, "ffdhe6144" },
    { 0x0104, 0, "ffdhe8192" }, { 0x0200, 0, "frodo640aes" }, { 0x0201, 0, "frodo640shake" },
    { 0x0202, 0, "frodo976aes" }, { 0x0203, 0, "frodo976shake" }, { 0x0204, 0, "frodo1344aes" },
    { 0x0205, 0, "frodo1344shake" }, { 0x0214, 0, "ntru_hps2048509" }, { 0x0215, 0, "ntru_hps2048677" },
    { 0x0216, 0, "ntru_hps4096821" }, { 0x0217, 0, "ntru_hrss701" }, { 0x0218, 0, "lightsaber" },
    { 0x0219, 0, "saber" }, { 0x021a, 0, "firesaber" }, { 0x021b, 0, "sidhp434" }, { 0x021c, 0, "sidhp503" },
    { 0x021d, 0, "sidhp610" }, { 0x021e, 0, "sidhp751" }, { 0x021f, 0, "sikep434" }, { 0x0220, 0, "sikep503" },
    { 0x0221, 0, "sikep610" }, { 0x0222, 0, "sikep751" }, { 0x022c, 0, "hqc128" }, { 0x022d, 0, "hqc192" },
    { 0x022e, 0, "hqc256" }, { 0x022f, 0, "ntrulpr653" }, { 0x0230, 0, "ntrulpr761" }, { 0x0231, 0, "ntrulpr857" },
    { 0x0232, 0, "sntrup653" }, { 0x0233, 0, "sntrup761" }, { 0x0234, 0, "sntrup857" }, { 0x0238, 0, "bikel1" },
    { 0x023a, 0, "kyber512" }, { 0x023b, 0, "bikel3" }, { 0x023c, 0, "kyber768" }, { 0x023d, 0, "kyber1024" },
    { 0x023e, 0, "kyber90s512" }, { 0x023f, 0, "kyber90s768" }, { 0x0240, 0, "kyber90s1024" },
    { 0x0241, 0, "ntrulpr1277" }, { 0x0242, 0, "sntrup1277" }, { 0x0245, 0, "ntru_hps40961229" },
    { 0x0246, 0, "ntru_hrss1373" }, { 0x0a0a, 0, "Reserved (GREASE)" }, { 0x11eb, 0, "SecP256r1MLKEM768" },
    { 0x11ec, 0, "X25519MLKEM768" }, { 0x11ed, 0, "SecP384r1MLKEM1024" }, { 0x1a1a, 0, "Reserved (GREASE)" },
    { 0x2a2a, 0, "Reserved (GREASE)" }, { 0x2f00, 0, "p256_frodo640aes" }, { 0x2f01, 0, "p256_frodo640shake" },
    { 0x2f02, 0, "p384_frodo976aes" }, { 0x2f03, 0, "p384_frodo976shake" }, { 0x2f04, 0, "p521_frodo1344aes" },
    { 0x2f05, 0, "p521_frodo1344shake" }, { 0x2f14, 0, "p256_ntru_hps2048509" },
    { 0x2f15, 0, "p384_ntru_hps2048677" }, { 0x2f16, 0, "p521_ntru_hps4096821" }, { 0x2f17, 0, "p384_ntru_hrss701" },
    { 0x2f18, 0, "p256_lightsaber" }, { 0x2f19, 0, "p384_saber" }, { 0x2f1a, 0, "p521_firesaber" },
    { 0x2f1b, 0, "p256_sidhp434" }, { 0x2f1c, 0, "p256_sidhp503" }, { 0x2f1d, 0, "p384_sidhp610" },
    { 0x2f1e, 0, "p521_sidhp751" }, { 0x2f1f, 0, "p256_sikep434" }, { 0x2f20, 0, "p256_sikep503" },
    { 0x2f21, 0, "p384_sikep610" }, { 0x2f22, 0, "p521_sikep751" }, { 0x2f2c, 0, "p256_hqc128" },
    { 0x2f2d, 0, "p384_hqc192" }, { 0x2f2e, 0, "p521_hqc256" }, { 0x2f2f, 0, "p256_ntrulpr653" },
    { 0x2f31, 0, "p384_ntrulpr857" }, { 0x2f32, 0, "p256_sntrup653" }, { 0x2f34, 0, "p384_sntrup857" },
    { 0x2f38, 0, "p256_bikel1" }, { 0x2f3a, 0, "p256_kyber512" }, { 0x2f3b, 0, "p384_bikel3" },
    { 0x2f3c, 0, "p384_kyber768" }, { 0x2f3d, 0, "p521_kyber1024" }, { 0x2f3e, 0, "p256_kyber90s512" },
    { 0x2f3f, 0, "p384_kyber90s768" }, { 0x2f40, 0, "p521_kyber90s1024" }, { 0x2f41, 0, "p521_ntrulpr1277" },
    { 0x2f42, 0, "p521_sntrup1277" }, { 0x2f43, 0, "p256_ntrulpr761" }, { 0x2f44, 0, "p256_sntrup761" },
    { 0x2f45, 0, "p521_ntru_hps40961229" }, { 0x2f46, 0, "p521_ntru_hrss1373" }, { 0x3a3a, 0, "Reserved (GREASE)" },
    { 0x4a4a, 0, "Reserved (GREASE)" }, { 0x5a5a, 0, "Reserved (GREASE)" }, { 0x6399, 0, "X25519Kyber768Draft00" },
    { 0x639a, 0, "SecP256r1Kyber768Draft00" }, { 0x6a6a, 0, "Reserved (GREASE)" }, { 0x7a7a, 0, "Reserved (GREASE)" },
    { 0x8a8a, 0, "Reserved (GREASE)" }, { 0x9a9a, 0, "Reserved (GREASE)" }, { 0xaaaa, 0, "Reserved (GREASE)" },
    { 0xbaba, 0, "Reserved (GREASE)" }, { 0xcaca, 0, "Reserved (GREASE)" }, { 0xdada, 0, "Reserved (GREASE)" },
    { 0xeaea, 0, "Reserved (GREASE)" }, { 0xfafa, 0, "Reserved (GREASE)" },
    { 0xff01, 0, "arbitrary_explicit_prime_curves" }, { 0xff02, 0, "arbitrary_explicit_char2_curves" }, { 0 },
};

const FmName fm_tls_signature_schemes[] = {
    { 0x0201, 0, "rsa_pkcs1_sha1" }, { 0x0203, 0, "ecdsa_sha1" }, { 0x0401, 0, "rsa_pkcs1_sha256" },
    { 0x0403, 0, "ecdsa_secp256r1_sha256" }, { 0x0501, 0, "rsa_pkcs1_sha384" },
    { 0x0503, 0, "ecdsa_secp384r1_sha384" }, { 0x0601, 0, "rsa_pkcs1_sha512" },
    { 0x0603, 0, "ecdsa_secp521r1_sha512" }, { 0x0708, 0, "sm2sig_sm3" }, { 0x0804, 0, "rsa_pss_rsae_sha256" },
    { 0x0805, 0, "rsa_pss_rsae_sha384" }, { 0x0806, 0, "rsa_pss_rsae_sha512" }, { 0x0807, 0, "ed25519" },
    { 0x0808, 0, "ed448" }, { 0x0809, 0, "rsa_pss_pss_sha256" }, { 0x080a, 0, "rsa_pss_pss_sha384" },
    { 0x080b, 0, "rsa_pss_pss_sha512" }, { 0x081a, 0, "ecdsa_brainpoolP256r1tls13_sha256" },
    { 0x081b, 0, "ecdsa_brainpoolP384r1tls13_sha384" }, { 0x081c, 0, "ecdsa_brainpoolP512r1tls13_sha512" },
    { 0x0904, 0, "mldsa44" }, { 0x0905, 0, "mldsa65" }, { 0x0906, 0, "mldsa87" }, { 0xfe0b, 0, "falcon512" },
    { 0xfe0c, 0, "p256_falcon512" }, { 0xfe0d, 0, "rsa3072_falcon512" }, { 0xfe0e, 0, "falcon1024" },
    { 0xfe0f, 0, "p521_falcon1024" }, { 0xfe1b, 0, "picnic3l1" }, { 0xfe1c, 0, "p256_picnic3l1" },
    { 0xfe1d, 0, "rsa3072_picnic3l1" }, { 0xfe27, 0, "rainbowIclassic" }, { 0xfe28, 0, "p256_rainbowIclassic" },
    { 0xfe29, 0, "rsa3072_rainbowIclassic" }, { 0xfe3c, 0, "rainbowVclassic" }, { 0xfe3d, 0, "p521_rainbowVclassic" },
    { 0xfe42, 0, "sphincsharaka128frobust" }, { 0xfe43, 0, "p256_sphincsharaka128frobust" },
    { 0xfe44, 0, "rsa3072_sphincsharaka128frobust" }, { 0xfe5e, 0, "sphincssha256128frobust" },
    { 0xfe5f, 0, "p256_sphincssha256128frobust" }, { 0xfe60, 0, "rsa3072_sphincssha256128frobust" },
    { 0xfe7a, 0, "sphincsshake256128frobust" }, { 0xfe7b, 0, "p256_sphincsshake256128frobust" },
    { 0xfe7c, 0, "rsa3072_sphincsshake256128frobust" }, { 0xfe96, 0, "picnicl1full" },
    { 0xfe97, 0, "p256_picnicl1full" }, { 0xfe98, 0, "rsa3072_picnicl1full" }, { 0xfea0, 0, "dilithium2" },
    { 0xfea1, 0, "p256_dilithium2" }, { 0xfea2, 0, "rsa3072_dilithium2" }, { 0xfea3, 0, "dilithium3" },
    { 0xfea4, 0, "p384_dilithium3" }, { 0xfea5, 0, "dilithium5" }, { 0xfea6, 0, "p521_dilithium5" },
    { 0xfea7, 0, "dilithium2_aes" }, { 0xfea8, 0, "p256_dilithium2_aes" }, { 0xfea9, 0, "rsa3072_dilithium2_aes" },
    { 0xfeaa, 0, "dilithium3_aes" }, { 0xfeab, 0, "p384_dilithium3_aes" }, { 0xfeac, 0, "dilithium5_aes" },
    { 0xfead, 0, "p521_dilithium5_aes" }, { 0 },
};

const FmName fm_tls_hashes[] = {
    { 0, 0, "None" }, { 1, 0, "MD5" }, { 2, 0, "SHA1" }, { 3, 0, "SHA224" }, { 4, 0, "SHA256" }, { 5, 0, "SHA384" },
    { 6, 0, "SHA512" }, { 7, 0, "SM3" }, { 0 },
};

const FmName fm_tls_signatures[] = {
    { 0, 0, "Anonymous" }, { 1, 0, "RSA" }, { 2, 0, "DSA" }, { 3, 0, "ECDSA" }, { 4, 0, "SM2" }, { 0 },
};

const FmName fm_tls_compressions[] = {
    { 0, 0, "null" }, { 1, 0, "DEFLATE" }, { 64, 0, "LZS" }, { 0 },
};

const FmName fm_tls_psk_modes[] = {
    { 0, 0, "PSK-only key establishment (psk_ke)" }, { 1, 0, "PSK with (EC)DHE key establishment (psk_dhe_ke)" },
    { 0 },
};

const FmName fm_tls_certificate_compressions[] = {
    { 1, 0, "zlib" }, { 2, 0, "brotli" }, { 3, 0, "zstd" }, { 0 },
};

const FmName fm_tls_curve_types[] = {
    { 1, 0, "explicit_prime" }, { 2, 0, "explicit_char2" }, { 3, 0, "named_curve" }, { 0 },
};

const FmName fm_tls_point_formats[] = {
    { 0, 0, "uncompressed" }, { 1, 0, "ansiX962_compressed_prime" }, { 2, 0, "ansiX962_compressed_char2" }, { 0 },
};

const FmName fm_tls_name_types[] = {
    { 0, 0, "host_name" }, { 0 },
};

const FmName fm_tls_fragment_lengths[] = {
    { 1, 0, "512" }, { 2, 0, "1024" }, { 3, 0, "2048" }, { 4, 0, "4096" }, { 0 },
};

const FmName fm_tls_certificate_chain_types[] = {
    { 1, 0, "Individual Certificates" }, { 2, 0, "PKI Path" }, { 0 },
};

const FmName fm_tls_status_types[] = {
    { 1, 0, "OCSP" }, { 2, 0, "OCSP Multi" }, { 0 },
};

const FmName fm_tls_certificate_types[] = {
    { 0, 0, "X.509" }, { 1, 0, "OpenPGP" }, { 2, 0, "Raw Public Key" }, { 0 },
};

const FmName fm_tls_heartbeat_modes[] = {
    { 1, 0, "Peer allowed to send requests" }, { 2, 0, "Peer not allowed to send requests" }, { 0 },
};

const FmName fm_tls_heartbeat_types[] = {
    { 1, 0, "Request" }, { 2, 0, "Response" }, { 0 },
};

const FmName fm_tls_key_updates[] = {
    { 0, 0, "update_not_requested" }, { 1, 0, "update_requested" }, { 0 },
};

const FmName fm_tls_client_certificate_types[] = {
    { 1, 0, "RSA Sign" }, { 2, 0, "DSS Sign" }, { 3, 0, "RSA Fixed DH" }, { 4, 0, "DSS Fixed DH" },
    { 21, 0, "GOST R 34.10-94" }, { 22, 0, "GOST R 34.10-2001" }, { 64, 0, "ECDSA Sign" },
    { 65, 0, "RSA Fixed ECDH" }, { 66, 0, "ECDSA Fixed ECDH" }, { 80, 0, "IBC Params" }, { 0 },
};
