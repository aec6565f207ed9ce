/* DNS record types about keys and signatures: DNSSEC (RFC 4034, 5155, 7344), TSIG (8945), TKEY (2930), KEY and SIG (2535), CERT (4398),
 * SSHFP (4255), IPSECKEY (4025), TLSA (6698), HIP (8005), OPENPGPKEY (7929), CSYNC (7477), ZONEMD (8976). */
#include "config.h"

#include "dissectors/application/dns.h"

enum {
    RRSIG_TYPE, RRSIG_ALGORITHM, RRSIG_LABELS, RRSIG_TTL, RRSIG_EXPIRATION, RRSIG_INCEPTION, RRSIG_KEY_TAG, RRSIG_SIGNER,
    RRSIG_SIGNATURE, KEY_FLAGS, KEY_AUTHENTICATION, KEY_CONFIDENTIALITY, KEY_REQUIRED, KEY_USER, KEY_ENTITY, KEY_IPSEC, KEY_MIME,
    KEY_SIGNATORY, KEY_PROTOCOL, KEY_ALGORITHM, KEY_ID, KEY_PUBLIC_KEY, NXT_NEXT, CERT_TYPE, CERT_KEY_TAG, CERT_ALGORITHM,
    CERT_CERTIFICATE, DS_KEY_ID, DS_ALGORITHM, DS_DIGEST_TYPE, DS_DIGEST, SSHFP_ALGORITHM, SSHFP_TYPE, SSHFP_FINGERPRINT,
    IPSECKEY_PRECEDENCE, IPSECKEY_TYPE, IPSECKEY_ALGORITHM, IPSECKEY_IPV4, IPSECKEY_IPV6, IPSECKEY_DNS, IPSECKEY_PUBLIC_KEY,
    NSEC_NEXT, DNSKEY_FLAGS, DNSKEY_ZONE_KEY, DNSKEY_REVOKED, DNSKEY_ENTRY_POINT, DNSKEY_RESERVED, DNSKEY_PROTOCOL,
    DNSKEY_ALGORITHM, DNSKEY_ID, DNSKEY_PUBLIC_KEY, NSEC3_ALGORITHM, NSEC3_FLAGS, NSEC3_OPT_OUT, NSEC3_ITERATIONS,
    NSEC3_SALT_LENGTH, NSEC3_SALT, NSEC3_HASH_LENGTH, NSEC3_HASH, TLSA_USAGE, TLSA_SELECTOR, TLSA_MATCHING, TLSA_DATA,
    HIP_LENGTH, HIP_ALGORITHM, HIP_PK_LENGTH, HIP_HIT, HIP_PK, HIP_SERVER, OPENPGPKEY, CSYNC_SOA, CSYNC_FLAGS, CSYNC_IMMEDIATE,
    CSYNC_SOAMINIMUM, CSYNC_BITMAP, ZONEMD_SERIAL, ZONEMD_SCHEME, ZONEMD_HASH, ZONEMD_DIGEST, TKEY_NAME, TKEY_INCEPTION,
    TKEY_EXPIRATION, TKEY_MODE, TKEY_ERROR, TKEY_KEY_SIZE, TKEY_KEY, TKEY_OTHER_SIZE, TKEY_OTHER, TSIG_NAME, TSIG_TIME, TSIG_FUDGE,
    TSIG_MAC_SIZE, TSIG_MAC, TSIG_ID, TSIG_ERROR, TSIG_OTHER_LENGTH, TSIG_OTHER, TYPE, TSIG_NOALG, KEY_TOO_SHORT,
};

static const FmName certificates[] = {
    { 1, 0, "PKIX" }, { 2, 0, "SPKI" }, { 3, 0, "PGP" }, { 4, 0, "IPKIX" }, { 5, 0, "ISPKI" }, { 6, 0, "IPGP" }, { 7, 0, "ACPKIX" },
    { 8, 0, "IACPKIX" }, { 253, 0, "Private, URI" }, { 254, 0, "Private, OID" }, { 0 },
};
static const FmName sshfp_algorithms[] = {
    { 0, 0, "Reserved" }, { 1, 0, "RSA" }, { 2, 0, "DSA" }, { 3, 0, "ECDSA" }, { 4, 0, "Ed25519" }, { 5, 0, "XMSS" }, { 0 },
};
static const FmName fingerprints[] = { { 0, 0, "Reserved" }, { 1, 0, "SHA1" }, { 2, 0, "SHA256" }, { 0 } };
static const FmName gateways[] = {
    { 0, 0, "No Gateway" }, { 1, 0, "IPv4 Gateway" }, { 2, 0, "IPv6 Gateway" }, { 3, 0, "DNS Gateway" }, { 0 },
};
static const FmName gateway_algorithms[] = { { 1, 0, "DSA" }, { 2, 0, "RSA" }, { 0 } };
static const FmName hip_algorithms[] = { { 0, 0, "Reserved" }, { 1, 0, "DSA" }, { 2, 0, "RSA" }, { 0 } };
static const FmName usages[] = {
    { 0, 0, "CA constraint (PKIX-TA)" }, { 1, 0, "Service certificate constraint (PKIX-EE)" },
    { 2, 0, "Trust anchor assertion (DANE-TA)" }, { 3, 0, "Domain-issued certificate (DANE-EE)" }, { 0 },
};
static const FmName selectors[] = { { 0, 0, "Full certificate (Cert)" }, { 1, 0, "SubjectPublicKeyInfo (SPKI)" }, { 0 } };
static const FmName matchings[] = {
    { 0, 0, "No Hash Used (Full)" }, { 1, 0, "256 bit hash by SHA2 (SHA2-256)" }, { 2, 0, "512 bit hash by SHA2 (SHA2-512)" }, { 0 },
};
static const FmName zonemd_schemes[] = {
    { 0, 0, "Reserved" }, { 1, 0, "SIMPLE" }, { 2, 239, "Unassigned" }, { 240, 254, "Private Use" }, { 255, 0, "Reserved" }, { 0 },
};
static const FmName zonemd_hashes[] = {
    { 0, 0, "Reserved" }, { 1, 0, "SHA-384" }, { 2, 0, "SHA-512" }, { 3, 239, "Unassigned" }, { 240, 254, "Private Use" },
    { 255, 0, "Reserved" }, { 0 },
};
static const FmName tkey_modes[] = {
    { 1, 0, "Server assigned" }, { 2, 0, "Diffie Hellman" }, { 3, 0, "GSSAPI" }, { 4, 0, "Resolver assigned" }, { 5, 0, "Delete" }, { 0 },
};

static const FmField fields[] = {
    [RRSIG_TYPE] = { "dns.rrsig.type_covered", "Type Covered", FM_UINT16, FM_DEC, .names = fm_dns_types },
    [RRSIG_ALGORITHM] = { "dns.rrsig.algorithm", "Algorithm", FM_UINT8, FM_DEC, .names = fm_dns_algorithms },
    [RRSIG_LABELS] = { "dns.rrsig.labels", "Labels", FM_UINT8, FM_DEC },
    [RRSIG_TTL] = { "dns.rrsig.original_ttl", "Original TTL", FM_UINT32, FM_DEC },
    [RRSIG_EXPIRATION] = { "dns.rrsig.signature_expiration", "Signature Expiration", FM_ABSOLUTE_TIME, FM_LOCAL },
    [RRSIG_INCEPTION] = { "dns.rrsig.signature_inception", "Signature Inception", FM_ABSOLUTE_TIME, FM_LOCAL },
    [RRSIG_KEY_TAG] = { "dns.rrsig.key_tag", "Key Tag", FM_UINT16, FM_DEC },
    [RRSIG_SIGNER] = { "dns.rrsig.signers_name", "Signer's name", FM_STRING },
    [RRSIG_SIGNATURE] = { "dns.rrsig.signature", "Signature", FM_BYTES },
    [KEY_FLAGS] = { "dns.key.flags", "Flags", FM_UINT16, FM_HEX },
    [KEY_AUTHENTICATION] = { "dns.key.flags.authentication", "Key allowed for authentication", FM_BOOL16, .mask = 0x8000,
                             .yes = "Not Allowed", .no = "Allowed" },
    [KEY_CONFIDENTIALITY] = { "dns.key.flags.confidentiality", "Key allowed for confidentiality", FM_BOOL16, .mask = 0x4000,
                              .yes = "Not Allowed", .no = "Allowed" },
    [KEY_REQUIRED] = { "dns.key.flags.required", "Key required", FM_BOOL16, .mask = 0x2000, .yes = "Experimental or optional",
                       .no = "Required" },
    [KEY_USER] = { "dns.key.flags.associated_user", "Key is associated with a user", FM_BOOL16, .mask = 0x0400, .yes = "Yes", .no = "No" },
    [KEY_ENTITY] = { "dns.key.flags.associated_named_entity", "Key is associated with the named entity", FM_BOOL16, .mask = 0x0200,
                     .yes = "Yes", .no = "No" },
    [KEY_IPSEC] = { "dns.key.flags.ipsec", "Key use with IPSEC", FM_BOOL16, .mask = 0x0080, .yes = "Valid", .no = "Invalid" },
    [KEY_MIME] = { "dns.key.flags.mime", "Key use with MIME security multiparts", FM_BOOL16, .mask = 0x0040, .yes = "Valid",
                   .no = "Invalid" },
    [KEY_SIGNATORY] = { "dns.key.flags.signatory", "Signatory", FM_UINT16, FM_DEC, .mask = 0x000f },
    [KEY_PROTOCOL] = { "dns.key.protocol", "Protocol", FM_UINT8, FM_DEC },
    [KEY_ALGORITHM] = { "dns.key.algorithm", "Algorithm", FM_UINT8, FM_DEC, .names = fm_dns_algorithms },
    [KEY_ID] = { "dns.key.key_id", "Key ID", FM_UINT16, FM_DEC, .generated = true },
    [KEY_PUBLIC_KEY] = { "dns.key.public_key", "Public Key", FM_BYTES },
    [NXT_NEXT] = { "dns.nxt.next_domain_name", "Next Domain Name", FM_STRING },
    [CERT_TYPE] = { "dns.cert.type", "Type", FM_UINT16, FM_DEC, .names = certificates },
    [CERT_KEY_TAG] = { "dns.cert.key_tag", "Key Tag", FM_UINT16, FM_HEX },
    [CERT_ALGORITHM] = { "dns.cert.algorithm", "Algorithm", FM_UINT8, FM_DEC, .names = fm_dns_algorithms },
    [CERT_CERTIFICATE] = { "dns.cert.certificate", "Certificate (or CRL)", FM_BYTES },
    [DS_KEY_ID] = { "dns.ds.key_id", "Key id", FM_UINT16, FM_HEX },
    [DS_ALGORITHM] = { "dns.ds.algorithm", "Algorithm", FM_UINT8, FM_DEC, .names = fm_dns_algorithms },
    [DS_DIGEST_TYPE] = { "dns.ds.digest_type", "Digest Type", FM_UINT8, FM_DEC, .names = fm_dns_digests },
    [DS_DIGEST] = { "dns.ds.digest", "Digest", FM_BYTES },
    [SSHFP_ALGORITHM] = { "dns.sshfp.algorithm", "Algorithm", FM_UINT8, FM_DEC, .names = sshfp_algorithms },
    [SSHFP_TYPE] = { "dns.sshfp.fingerprint.type", "Fingerprint type", FM_UINT8, FM_DEC, .names = fingerprints },
    [SSHFP_FINGERPRINT] = { "dns.sshfp.fingerprint", "Fingerprint", FM_BYTES },
    [IPSECKEY_PRECEDENCE] = { "dns.ipseckey.gateway_precedence", "Gateway Precedence", FM_UINT8, FM_DEC },
    [IPSECKEY_TYPE] = { "dns.ipseckey.gateway_type", "Gateway Type", FM_UINT8, FM_DEC, .names = gateways },
    [IPSECKEY_ALGORITHM] = { "dns.ipseckey.gateway_algorithm", "Gateway Algorithm", FM_UINT8, FM_DEC, .names = gateway_algorithms },
    [IPSECKEY_IPV4] = { "dns.ipseckey.gateway_ipv4", "IPv4 Gateway", FM_IPV4 },
    [IPSECKEY_IPV6] = { "dns.ipseckey.gateway_ipv6", "IPv6 Gateway", FM_IPV6 },
    [IPSECKEY_DNS] = { "dns.ipseckey.gateway_dns", "DNS Gateway", FM_STRING },
    [IPSECKEY_PUBLIC_KEY] = { "dns.ipseckey.public_key", "Public Key", FM_BYTES },
    [NSEC_NEXT] = { "dns.nsec.next_domain_name", "Next Domain Name", FM_STRING },
    [DNSKEY_FLAGS] = { "dns.dnskey.flags", "Flags", FM_UINT16, FM_HEX },
    [DNSKEY_ZONE_KEY] = { "dns.dnskey.flags.zone_key", "Zone Key", FM_BOOL16, .mask = 0x0100,
                          .yes = "This is the zone key for specified zone", .no = "This it not a zone key" },
    [DNSKEY_REVOKED] = { "dns.dnskey.flags.key_revoked", "Key Revoked", FM_BOOL16, .mask = 0x0080, .yes = "Yes", .no = "No" },
    [DNSKEY_ENTRY_POINT] = { "dns.dnskey.flags.secure_entry_point", "Key Signing Key", FM_BOOL16, .mask = 0x0001, .yes = "Yes", .no = "No" },
    [DNSKEY_RESERVED] = { "dns.dnskey.flags.reserved", "Key Signing Key", FM_UINT16, FM_HEX, .mask = 0xfe7e },
    [DNSKEY_PROTOCOL] = { "dns.dnskey.protocol", "Protocol", FM_UINT8, FM_DEC },
    [DNSKEY_ALGORITHM] = { "dns.dnskey.algorithm", "Algorithm", FM_UINT8, FM_DEC, .names = fm_dns_algorithms },
    [DNSKEY_ID] = { "dns.dnskey.key_id", "Key id", FM_UINT16, FM_DEC, .generated = true },
    [DNSKEY_PUBLIC_KEY] = { "dns.dnskey.public_key", "Public Key", FM_BYTES },
    [NSEC3_ALGORITHM] = { "dns.nsec3.algo", "Hash algorithm", FM_UINT8, FM_DEC, .names = fm_dns_hashes },
    [NSEC3_FLAGS] = { "dns.nsec3.flags", "NSEC3 flags", FM_UINT8, FM_DEC },
    [NSEC3_OPT_OUT] = { "dns.nsec3.flags.opt_out", "NSEC3 Opt-out flag", FM_BOOL8, .mask = 0x01,
                        .yes = "Additional insecure delegations allowed", .no = "Additional insecure delegations forbidden" },
    [NSEC3_ITERATIONS] = { "dns.nsec3.iterations", "NSEC3 iterations", FM_UINT16, FM_DEC },
    [NSEC3_SALT_LENGTH] = { "dns.nsec3.salt_length", "Salt length", FM_UINT8, FM_DEC },
    [NSEC3_SALT] = { "dns.nsec3.salt_value", "Salt value", FM_BYTES },
    [NSEC3_HASH_LENGTH] = { "dns.nsec3.hash_length", "Hash length", FM_UINT8, FM_DEC },
    [NSEC3_HASH] = { "dns.nsec3.hash_value", "Next hashed owner", FM_STRING, .generated = true },
    [TLSA_USAGE] = { "dns.tlsa.certificate_usage", "Certificate Usage", FM_UINT8, FM_DEC, .names = usages },
    [TLSA_SELECTOR] = { "dns.tlsa.selector", "Selector", FM_UINT8, FM_DEC, .names = selectors },
    [TLSA_MATCHING] = { "dns.tlsa.matching_type", "Matching Type", FM_UINT8, FM_DEC, .names = matchings },
    [TLSA_DATA] = { "dns.tlsa.certificate_association_data", "Certificate Association Data", FM_BYTES },
    [HIP_LENGTH] = { "dns.hip.hit.length", "HIT length", FM_UINT8, FM_DEC },
    [HIP_ALGORITHM] = { "dns.hip.hit.pk.algo", "HIT length", FM_UINT8, FM_DEC, .names = hip_algorithms },
    [HIP_PK_LENGTH] = { "dns.hip.pk.length", "PK length", FM_UINT16, FM_DEC },
    [HIP_HIT] = { "dns.hip.hit", "Host Identity Tag", FM_BYTES },
    [HIP_PK] = { "dns.hip.pk", "HIP Public Key", FM_BYTES },
    [HIP_SERVER] = { "dns.hip.rendezvous_server", "Rendezvous Server", FM_STRING },
    [OPENPGPKEY] = { "dns.openpgpkey", "OpenPGP Key", FM_STRING },
    [CSYNC_SOA] = { "dns.csync.soa", "SOA", FM_UINT32, FM_DEC },
    [CSYNC_FLAGS] = { "dns.csync.flags", "Flags", FM_UINT16, FM_HEX },
    [CSYNC_IMMEDIATE] = { "dns.csync.flags.immediate", "immediate", FM_BOOL16, .mask = 0x0001 },
    [CSYNC_SOAMINIMUM] = { "dns.csync.flags.soaminimum", "soaminimum", FM_BOOL16, .mask = 0x0002 },
    [CSYNC_BITMAP] = { "dns.csync.type_bitmap", "Type Bitmap", FM_BYTES },
    [ZONEMD_SERIAL] = { "dns.zonemd.serial", "Serial", FM_UINT32, FM_DEC },
    [ZONEMD_SCHEME] = { "dns.zonemd.scheme", "Scheme", FM_UINT8, FM_DEC, .names = zonemd_schemes },
    [ZONEMD_HASH] = { "dns.zonemd.hash_algo", "Hash Algorithm", FM_UINT8, FM_DEC, .names = zonemd_hashes },
    [ZONEMD_DIGEST] = { "dns.zonemd.digest", "Digest", FM_BYTES },
    [TKEY_NAME] = { "dns.tkey.algo_name", "Algorithm name", FM_STRING },
    [TKEY_INCEPTION] = { "dns.tkey.signature_inception", "Signature Inception", FM_ABSOLUTE_TIME, FM_LOCAL },
    [TKEY_EXPIRATION] = { "dns.tkey.signature_expiration", "Signature Expiration", FM_ABSOLUTE_TIME, FM_LOCAL },
    [TKEY_MODE] = { "dns.tkey.mode", "Mode", FM_UINT16, FM_DEC, .names = tkey_modes },
    [TKEY_ERROR] = { "dns.tkey.error", "Error", FM_UINT16, FM_DEC, .names = fm_dns_rcodes },
    [TKEY_KEY_SIZE] = { "dns.tkey.key_size", "Key Size", FM_UINT16, FM_DEC },
    [TKEY_KEY] = { "dns.tkey.key_data", "Key Data", FM_BYTES },
    [TKEY_OTHER_SIZE] = { "dns.tkey.other_size", "Other Size", FM_UINT16, FM_DEC },
    [TKEY_OTHER] = { "dns.tkey.other_data", "Other Data", FM_BYTES },
    [TSIG_NAME] = { "dns.tsig.algorithm_name", "Algorithm Name", FM_STRING },
    [TSIG_TIME] = { "dns.tsig.time_signed", "Time Signed", FM_ABSOLUTE_TIME, FM_LOCAL },
    [TSIG_FUDGE] = { "dns.tsig.fudge", "Fudge", FM_UINT16, FM_DEC },
    [TSIG_MAC_SIZE] = { "dns.tsig.mac_size", "MAC Size", FM_UINT16, FM_DEC },
    [TSIG_MAC] = { "dns.tsig.mac", "MAC", FM_NONE },
    [TSIG_ID] = { "dns.tsig.original_id", "Original Id", FM_UINT16, FM_DEC },
    [TSIG_ERROR] = { "dns.tsig.error", "Error", FM_UINT16, FM_DEC, .names = fm_dns_rcodes },
    [TSIG_OTHER_LENGTH] = { "dns.tsig.other_len", "Other Len", FM_UINT16, FM_DEC },
    [TSIG_OTHER] = { "dns.tsig.other_data", "Other Data", FM_BYTES },
    [TYPE] = { "dns.resp.type", "Type", FM_UINT16, FM_DEC, .names = fm_dns_types },
    [TSIG_NOALG] = { "dns.tsig.noalg", "No dissector for algorithm", FM_EXPERT, .severity = FM_WARN, .group = FM_GROUP_UNDECODED },
    [KEY_TOO_SHORT] = { "dns.key_id_buffer_too_short", "Buffer too short to compute a key id", FM_EXPERT, .severity = FM_WARN,
                        .group = FM_GROUP_MALFORMED },
};

static void put_rest(FmDissection *d, unsigned field, FmCursor *c)
{
    fm_add_bytes(d, field, c, fm_left(c));
}

static void put_time(FmDissection *d, unsigned field, FmCursor *c)
{
    if (fm_has(c, 4))
        fm_add_value(d, field, c, 4, fm_peek(c, 0, 4) * (uint64_t)FM_SECOND);
    fm_skip(c, 4);
}

/* Types, one for each bit that is set. */
static void put_types(FmDissection *d, FmCursor *c, uint64_t first)
{
    for (; fm_left(c); first += 8, fm_skip(c, 1)) {
        uint64_t bits = fm_peek(c, 0, 1);
        for (unsigned i = 0; bits && i < 8; i++) {
            if (!(bits & 0x80u >> i))
                continue;
            fm_add_value(d, TYPE, c, 1, first + i);
            if (!d->want_texts)
                continue;
            const char *name = fm_name(fm_dns_types, first + i);
            if (name)
                fm_label(d, TYPE, "RR type in bit map: %s", name);
            else
                fm_label(d, TYPE, "RR type in bit map: Unknown (%u)", (unsigned)(first + i));
        }
    }
}

/* Type bit maps in windows (RFC 4034 §4.1.2). */
static void put_windows(FmDissection *d, FmCursor *c)
{
    while (fm_left(c)) {
        uint64_t window = fm_read_u8(c);
        FmCursor bits = fm_take(c, fm_read_u8(c));
        put_types(d, &bits, window * 256);
    }
}

/* RFC 4034 appendix B over the whole record. */
static uint16_t key_id(FmSlice rdata)
{
    if (rdata.data[3] == 1) /* RSA/MD5 */
        return (uint16_t)fm_be(rdata.data + rdata.size - 3, 2);
    uint32_t sum = 0;
    for (size_t i = 0; i < rdata.size; i++)
        sum += i & 1 ? rdata.data[i] : (uint32_t)rdata.data[i] << 8;
    return (uint16_t)(sum + (sum >> 16));
}

static void put_key_id(FmDissection *d, unsigned field, const FmCursor *c, FmSlice rdata)
{
    if (rdata.size >= 4)
        fm_add_value(d, field, c, 0, key_id(rdata));
    else
        fm_expert(d, KEY_TOO_SHORT);
}

static void put_key(FmDissection *d, FmCursor *c)
{
    FmSlice rdata = fm_rest(c);
    bool none = (fm_peek(c, 0, 2) & 0xc000) == 0xc000;
    fm_add_flags(d, KEY_FLAGS, KEY_AUTHENTICATION, none ? KEY_CONFIDENTIALITY : KEY_SIGNATORY, c);
    fm_add(d, KEY_PROTOCOL, c);
    fm_add(d, KEY_ALGORITHM, c);
    put_key_id(d, KEY_ID, c, rdata);
    if (fm_left(c))
        put_rest(d, KEY_PUBLIC_KEY, c);
}

static void put_dnskey(FmDissection *d, FmCursor *c)
{
    FmSlice rdata = fm_rest(c);
    fm_add_flags(d, DNSKEY_FLAGS, DNSKEY_ZONE_KEY, DNSKEY_RESERVED, c);
    fm_add(d, DNSKEY_PROTOCOL, c);
    if (!fm_left(c)) {
        fm_cursor_fail(c, 1);
        return;
    }
    fm_add(d, DNSKEY_ALGORITHM, c);
    put_key_id(d, DNSKEY_ID, c, rdata);
    put_rest(d, DNSKEY_PUBLIC_KEY, c);
}

static void put_rrsig(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    fm_add(d, RRSIG_TYPE, c);
    fm_add(d, RRSIG_ALGORITHM, c);
    fm_add(d, RRSIG_LABELS, c);
    uint64_t ttl = fm_add(d, RRSIG_TTL, c);
    if (d->want_texts)
        fm_label_more(d, RRSIG_TTL, " (%s)", fm_dns_span(ttl).text);
    put_time(d, RRSIG_EXPIRATION, c);
    put_time(d, RRSIG_INCEPTION, c);
    fm_add(d, RRSIG_KEY_TAG, c);
    DnsName signer;
    if (fm_dns_add_name(d, RRSIG_SIGNER, r->message, c, &signer))
        put_rest(d, RRSIG_SIGNATURE, c);
}

static bool put_next(FmDissection *d, unsigned field, DnsRecord *r)
{
    DnsName name;
    if (!fm_dns_add_name(d, field, r->message, &r->data, &name))
        return false;
    fm_dns_info(d, name.text);
    fm_subtree_label_more(d, r->line, ", next domain name %s", name.text);
    return true;
}

static void put_nsec3_head(FmDissection *d, FmCursor *c, bool flags)
{
    fm_add(d, NSEC3_ALGORITHM, c);
    if (flags)
        fm_add_flags(d, NSEC3_FLAGS, NSEC3_OPT_OUT, NSEC3_OPT_OUT, c);
    else
        fm_add(d, NSEC3_FLAGS, c);
    fm_add(d, NSEC3_ITERATIONS, c);
    FmCursor salt = fm_take(c, fm_add(d, NSEC3_SALT_LENGTH, c));
    put_rest(d, NSEC3_SALT, &salt);
}

/* RFC 5155 §3.2; the hash is shown as in owner names: base32 with extended hex digits, no padding (RFC 4648 §7). */
static void put_nsec3(FmDissection *d, FmCursor *c)
{
    put_nsec3_head(d, c, true);
    FmCursor hash = fm_take(c, fm_add(d, NSEC3_HASH_LENGTH, c));
    char text[(255 * 8 + 4) / 5 + 1];
    size_t size = fm_left(&hash), n = 0;
    for (size_t bit = 0; bit < size * 8; bit += 5) {
        uint32_t pair = (uint32_t)hash.at[bit / 8] << 8 | (bit / 8 + 1 < size ? hash.at[bit / 8 + 1] : 0u);
        text[n++] = "0123456789abcdefghijklmnopqrstuv"[pair >> (11 - bit % 8) & 31];
    }
    text[n] = 0;
    if (size)
        fm_add_text(d, NSEC3_HASH, &hash, size, text);
    put_windows(d, c);
}

static void put_ipseckey(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    fm_add(d, IPSECKEY_PRECEDENCE, c);
    uint64_t type = fm_add(d, IPSECKEY_TYPE, c);
    fm_add(d, IPSECKEY_ALGORITHM, c);
    DnsName name;
    switch (type) {
    case 1: fm_add(d, IPSECKEY_IPV4, c); break;
    case 2: fm_add_bytes(d, IPSECKEY_IPV6, c, 16); break;
    case 3: fm_dns_add_name(d, IPSECKEY_DNS, r->message, c, &name); break;
    default: break;
    }
    if (fm_left(c))
        put_rest(d, IPSECKEY_PUBLIC_KEY, c);
}

static void put_hip(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    fm_dns_info(d, r->owner);
    uint64_t hit_size = fm_add(d, HIP_LENGTH, c);
    fm_add(d, HIP_ALGORITHM, c);
    uint64_t key_size = fm_add(d, HIP_PK_LENGTH, c);
    FmCursor hit = fm_take(c, hit_size), key = fm_take(c, key_size);
    put_rest(d, HIP_HIT, &hit);
    put_rest(d, HIP_PK, &key);
    DnsName name;
    while (fm_left(c) && fm_dns_add_name(d, HIP_SERVER, r->message, c, &name))
        continue;
}

static void put_csync(FmDissection *d, FmCursor *c)
{
    fm_add(d, CSYNC_SOA, c);
    fm_add_flags(d, CSYNC_FLAGS, CSYNC_IMMEDIATE, CSYNC_SOAMINIMUM, c);
    FmCursor whole = *c;
    put_rest(d, CSYNC_BITMAP, &whole);
    put_windows(d, c);
}

static void put_tkey(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    DnsName name;
    if (!fm_dns_add_name(d, TKEY_NAME, r->message, c, &name))
        return;
    put_time(d, TKEY_INCEPTION, c);
    put_time(d, TKEY_EXPIRATION, c);
    fm_add(d, TKEY_MODE, c);
    fm_add(d, TKEY_ERROR, c);
    FmCursor key = fm_take(c, fm_add(d, TKEY_KEY_SIZE, c));
    if (fm_left(&key))
        put_rest(d, TKEY_KEY, &key);
    FmCursor other = fm_take(c, fm_add(d, TKEY_OTHER_SIZE, c));
    if (fm_left(&other))
        put_rest(d, TKEY_OTHER, &other);
}

static void put_mac(FmDissection *d, FmCursor *c, uint64_t size, const char *algorithm)
{
    FmCursor mac = fm_take(c, size);
    if (!fm_left(&mac))
        return;
    FmSubtree line = fm_open(d, TSIG_MAC, &mac);
    mac.at = mac.end;
    fm_close(d, line, &mac);
    if (strcmp(algorithm, "gss.microsoft.com") != 0)
        fm_expert_text(d, TSIG_NOALG, "No dissector for algorithm:%s", algorithm);
}

static void put_tsig(FmDissection *d, DnsRecord *r)
{
    FmCursor *c = &r->data;
    DnsName algorithm;
    if (!fm_dns_add_name(d, TSIG_NAME, r->message, c, &algorithm))
        return;
    uint64_t seconds = fm_peek(c, 0, 6);
    if (fm_has(c, 6)) /* of the 48 bits those that a time has room for */
        fm_add_value(d, TSIG_TIME, c, 6, (uint64_t)(MIN(seconds, INT64_MAX / FM_SECOND) * FM_SECOND));
    if (seconds >> 32)
        fm_label_more(d, TSIG_TIME, " (high bits set)");
    fm_skip(c, 6);
    fm_add(d, TSIG_FUDGE, c);
    put_mac(d, c, fm_add(d, TSIG_MAC_SIZE, c), algorithm.text);
    fm_add(d, TSIG_ID, c);
    fm_add(d, TSIG_ERROR, c);
    FmCursor other = fm_take(c, fm_add(d, TSIG_OTHER_LENGTH, c));
    if (fm_left(&other))
        put_rest(d, TSIG_OTHER, &other);
}

static void security_dissect(FmDissection *d, FmCursor *c)
{
    DnsRecord *r = (DnsRecord *)c;
    switch (r->type) {
    case 24: case 46: put_rrsig(d, r); break;
    case 25: put_key(d, c); break;
    case 30:
        if (put_next(d, NXT_NEXT, r))
            put_types(d, c, 0);
        break;
    case 37:
        fm_add(d, CERT_TYPE, c);
        fm_add(d, CERT_KEY_TAG, c);
        fm_add(d, CERT_ALGORITHM, c);
        if (fm_left(c))
            put_rest(d, CERT_CERTIFICATE, c);
        break;
    case 43: case 59: case 32769:
        fm_add(d, DS_KEY_ID, c);
        fm_add(d, DS_ALGORITHM, c);
        fm_add(d, DS_DIGEST_TYPE, c);
        put_rest(d, DS_DIGEST, c);
        break;
    case 44:
        fm_add(d, SSHFP_ALGORITHM, c);
        fm_add(d, SSHFP_TYPE, c);
        if (fm_left(c))
            put_rest(d, SSHFP_FINGERPRINT, c);
        break;
    case 45: put_ipseckey(d, r); break;
    case 47:
        if (put_next(d, NSEC_NEXT, r))
            put_windows(d, c);
        break;
    case 48: case 60: put_dnskey(d, c); break;
    case 50: put_nsec3(d, c); break;
    case 51:
        fm_dns_info(d, r->owner);
        put_nsec3_head(d, c, false);
        break;
    case 52:
        fm_dns_info(d, r->owner);
        fm_add(d, TLSA_USAGE, c);
        fm_add(d, TLSA_SELECTOR, c);
        fm_add(d, TLSA_MATCHING, c);
        put_rest(d, TLSA_DATA, c);
        break;
    case 55: put_hip(d, r); break;
    case 61: fm_dns_add_ascii(d, OPENPGPKEY, c, fm_left(c)); break;
    case 62: put_csync(d, c); break;
    case 63:
        fm_add(d, ZONEMD_SERIAL, c);
        fm_add(d, ZONEMD_SCHEME, c);
        fm_add(d, ZONEMD_HASH, c);
        put_rest(d, ZONEMD_DIGEST, c);
        break;
    case 249: put_tkey(d, r); break;
    case 250: put_tsig(d, r); break;
    default: break;
    }
}

const FmProtocol fm_dns_security = {
    .abbrev = "dns.security",
    .title = "DNS security records",
    .part = true,
    FM_FIELDS(fields),
    .dissect = security_dissect,
};
