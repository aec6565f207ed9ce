/* Numbers of DNS and their names (IANA's registries; texts as Wireshark shows them). */
#include "config.h"

#include "dissectors/application/dns.h"

/* The first word is the name that stands in the info column, with the exceptions in fm_dns_type_name. */
const FmName fm_dns_types[] = {
    { 0, 0, "Unused" }, { 1, 0, "A (Host Address)" }, { 2, 0, "NS (authoritative Name Server)" },
    { 3, 0, "MD (Mail Destination)" }, { 4, 0, "MF (Mail Forwarder)" }, { 5, 0, "CNAME (Canonical NAME for an alias)" },
    { 6, 0, "SOA (Start Of a zone of Authority)" }, { 7, 0, "MB (MailBox domain name)" }, { 8, 0, "MG (Mail Group member)" },
    { 9, 0, "MR (Mail Rename domain)" }, { 10, 0, "NULL RR" }, { 11, 0, "WKS (Well Known Service)" },
    { 12, 0, "PTR (domain name PoinTeR)" }, { 13, 0, "HINFO (host information)" },
    { 14, 0, "MINFO (Mailbox or mail list information)" }, { 15, 0, "MX (Mail eXchange)" }, { 16, 0, "TXT (Text strings)" },
    { 17, 0, "RP (Responsible Person)" }, { 18, 0, "AFSDB (AFS Data Base location)" }, { 19, 0, "X25 (XX.25 PSDN address)" },
    { 20, 0, "ISDN (ISDN address)" }, { 21, 0, "RT (Route Through)" }, { 22, 0, "NSAP (NSAP address)" },
    { 23, 0, "NSAP-PTR (NSAP domain name pointer)" }, { 24, 0, "SIG (security signature)" }, { 25, 0, "KEY (security key)" },
    { 26, 0, "PX (X.400 mail mapping information)" }, { 27, 0, "GPOS (Geographical Position)" }, { 28, 0, "AAAA (IPv6 Address)" },
    { 29, 0, "LOC (Location Information)" }, { 30, 0, "NXT (Next Domain)" }, { 31, 0, "EID (Endpoint Identifier)" },
    { 32, 0, "NIMLOC (Nimrod Locator)" }, { 33, 0, "SRV (Server Selection)" }, { 34, 0, "ATMA (ATM Address)" },
    { 35, 0, "NAPTR (Naming Authority Pointer)" }, { 36, 0, "KX (Key Exchanger)" }, { 37, 0, "CERT" },
    { 38, 0, "A6 (OBSOLETE - use AAAA)" }, { 39, 0, "DNAME" }, { 40, 0, "SINK" }, { 41, 0, "OPT" }, { 42, 0, "APL" },
    { 43, 0, "DS (Delegation Signer)" }, { 44, 0, "SSHFP (SSH Key Fingerprint)" }, { 45, 0, "IPSECKEY" },
    { 46, 0, "RRSIG (Resource Record Signature)" }, { 47, 0, "NSEC (Next Secure)" }, { 48, 0, "DNSKEY (DNS Public Key)" },
    { 49, 0, "DHCID" }, { 50, 0, "NSEC3" }, { 51, 0, "NSEC3PARAM" }, { 52, 0, "TLSA" }, { 55, 0, "HIP (Host Identity Protocol)" },
    { 57, 0, "RKEY" }, { 58, 0, "TALINK (Trust Anchor LINK)" }, { 59, 0, "CDS (Child DS)" },
    { 60, 0, "CDNSKEY (DNSKEY(s) the Child wants reflected in DS)" }, { 61, 0, "OPENPGPKEY (OpenPGP Key)" },
    { 62, 0, "CSYNC (Child-to-Parent Synchronization)" }, { 63, 0, "ZONEMD" },
    { 64, 0, "SVCB (General Purpose Service Endpoints)" }, { 65, 0, "HTTPS (HTTPS Specific Service Endpoints)" },
    { 99, 0, "SPF" }, { 100, 0, "UINFO" }, { 101, 0, "UID" }, { 102, 0, "GID" }, { 103, 0, "UNSPEC" }, { 104, 0, "NID (NodeID)" },
    { 105, 0, "L32 (Locator32)" }, { 106, 0, "L64 (Locator64)" }, { 107, 0, "LP (Locator FQDN)" }, { 108, 0, "EUI48" },
    { 109, 0, "EUI64" }, { 249, 0, "TKEY (Transaction Key)" }, { 250, 0, "TSIG (Transaction Signature)" },
    { 251, 0, "IXFR (incremental transfer)" }, { 252, 0, "AXFR (transfer of an entire zone)" },
    { 253, 0, "MAILB (mailbox-related RRs)" }, { 254, 0, "MAILA (mail agent RRs)" },
    { 255, 0, "* (A request for all records the server/cache has available)" }, { 256, 0, "URI" },
    { 257, 0, "CAA (Certification Authority Restriction)" }, { 32768, 0, "TA (DNSSEC Trust Authorities)" },
    { 32769, 0, "DLV (DNSSEC Lookaside Validation)" }, { 65281, 0, "WINS" }, { 65282, 0, "WINS-R" }, { 65422, 0, "XPF" }, { 0 },
};

const FmName fm_dns_classes[] = {
    { 1, 0, "IN" }, { 2, 0, "CS" }, { 3, 0, "CH" }, { 4, 0, "HS" }, { 254, 0, "NONE" }, { 255, 0, "ANY" }, { 0 },
};

const FmName fm_dns_rcodes[] = {
    { 0, 0, "No error" }, { 1, 0, "Format error" }, { 2, 0, "Server failure" }, { 3, 0, "No such name" },
    { 4, 0, "Not implemented" }, { 5, 0, "Refused" }, { 6, 0, "Name exists" }, { 7, 0, "RRset exists" },
    { 8, 0, "RRset does not exist" }, { 9, 0, "Not authoritative" }, { 10, 0, "Name out of zone" },
    { 11, 0, "DSO-Type not implemented" }, { 16, 0, "Bad OPT Version or TSIG Signature Failure" },
    { 17, 0, "Key not recognized" }, { 18, 0, "Signature out of time window" }, { 19, 0, "Bad TKEY Mode" },
    { 20, 0, "Duplicate key name" }, { 21, 0, "Algorithm not supported" }, { 22, 0, "Bad Truncation" },
    { 23, 0, "Bad/missing Server Cookie" }, { 0 },
};

const FmName fm_dns_algorithms[] = {
    { 1, 0, "RSA/MD5" }, { 2, 0, "Diffie-Hellman" }, { 3, 0, "DSA" }, { 4, 0, "Elliptic curve crypto" }, { 5, 0, "RSA/SHA1" },
    { 6, 0, "DSA + NSEC3/SHA1" }, { 7, 0, "RSA/SHA1 + NSEC3/SHA1" }, { 8, 0, "RSA/SHA-256" }, { 10, 0, "RSA/SHA-512" },
    { 12, 0, "GOST R 34.10-2001" }, { 13, 0, "ECDSA Curve P-256 with SHA-256" }, { 14, 0, "ECDSA Curve P-386 with SHA-386" },
    { 15, 0, "Ed25519" }, { 16, 0, "Ed448" }, { 157, 0, "HMAC/MD5" }, { 252, 0, "Indirect key" },
    { 253, 0, "Private, domain name" }, { 254, 0, "Private, OID" }, { 0 },
};

const FmName fm_dns_digests[] = {
    { 0, 0, "Reserved digest" }, { 1, 0, "SHA-1" }, { 2, 0, "SHA-256" }, { 3, 0, "GOST R 34.11-94" }, { 4, 0, "SHA-384" }, { 0 },
};

const FmName fm_dns_hashes[] = {
    { 0, 0, "Reserved" }, { 1, 0, "SHA-1" }, { 0 },
};

const char *fm_dns_type_name(FmDissection *d, uint64_t type)
{
    switch (type) { /* the common ones, and those with a name of their own */
    case 1: return "A";
    case 2: return "NS";
    case 5: return "CNAME";
    case 28: return "AAAA";
    case 41: return "OPT";
    case 253: return "MAILA";
    case 254: return "MAILB";
    case 255: return "ANY";
    default: break;
    }
    const char *name = fm_name(fm_dns_types, type);
    if (!name)
        return fm_arena_printf(d->arena, "Unknown (%u)", (unsigned)type);
    return fm_arena_strndup(d->arena, name, strcspn(name, " "));
}
