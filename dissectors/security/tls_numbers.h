/* Numbers of TLS and their names; tls_numbers.c, tls_suites.c. */
#pragma once

#include "model/field.h"

extern const FmName fm_tls_versions[], fm_tls_content_types[], fm_tls_alert_levels[], fm_tls_alerts[],
    fm_tls_message_types[], fm_tls_extension_types[], fm_tls_groups[], fm_tls_signature_schemes[], fm_tls_hashes[],
    fm_tls_signatures[], fm_tls_compressions[], fm_tls_psk_modes[], fm_tls_certificate_compressions[],
    fm_tls_curve_types[], fm_tls_point_formats[], fm_tls_name_types[], fm_tls_fragment_lengths[],
    fm_tls_certificate_chain_types[], fm_tls_status_types[], fm_tls_certificate_types[], fm_tls_heartbeat_modes[],
    fm_tls_heartbeat_types[], fm_tls_key_updates[], fm_tls_client_certificate_types[], fm_tls_cipher_suites[],
    fm_tls_ssl2_ciphers[];

/* Name of a cipher suite, or NULL; as fm_name, but quick. */
const char *fm_tls_suite_name(uint16_t suite);
