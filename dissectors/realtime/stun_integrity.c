/* MESSAGE-INTEGRITY of STUN (RFC 8489 §14.5, §14.6): checked where the password is known, by a session description (RFC 8839 §5.4) or by the user. */
#include "config.h"

#include <string.h>

#include "dissectors/realtime/stun.h"

enum { USERNAME = 0x0006, INTEGRITY = 0x0008, REALM = 0x0014, INTEGRITY_SHA256 = 0x001c };

enum { CREDENTIALS = FM_FLOW_KINDS + 1 }; /* kind of the ids that announced flows go by: a fragment of a user name */

typedef struct Announced { /* state of such a flow */
    StunKey key;
} Announced;

static void *announced_state(const FmDissection *d, FmFlow *flow)
{
    return fm_flow_state(flow, fm_catalog_number(d->packet->catalog, &fm_stun_attributes), sizeof(Announced), NULL);
}

void fm_stun_announce(FmDissection *d, FmSlice fragment, FmSlice password)
{
    if (fm_replaying(d) || d->quoting || !fragment.size || fragment.size > FM_FLOW_ID_SIZE || !password.size || password.size > STUN_MAX_KEY)
        return;
    Announced *a = announced_state(d, fm_flow_announced(d, CREDENTIALS, fragment.data, (unsigned)fragment.size));
    a->key.size = (uint8_t)password.size;
    memcpy(a->key.bytes, password.data, password.size);
}

/* The value of the first attribute of that type; *at is where its type stands. Data NULL: there is none. */
static FmSlice find(FmSlice message, unsigned type, size_t *at)
{
    size_t i = STUN_HEADER_SIZE;
    while (i + 4 <= message.size) {
        size_t length = (size_t)fm_be(message.data + i + 2, 2);
        if (i + 4 + length > message.size)
            break;
        if (fm_be(message.data + i, 2) == type) {
            *at = i;
            return (FmSlice){ message.data + i + 4, length };
        }
        i += 4 + (length + 3) / 4 * 4;
    }
    return (FmSlice){ NULL, 0 };
}

void fm_stun_find_key(FmDissection *d, FmSlice message, const char *password, StunKey *key)
{
    size_t at;
    FmSlice user = find(message, USERNAME, &at), realm = find(message, REALM, &at);
    key->size = 0;
    if (!user.size)
        return;
    const uint8_t *colon = memchr(user.data, ':', user.size);
    size_t fragment = colon ? (size_t)(colon - user.data) : 0; /* of the one who is asked (RFC 8445 §7.2.2) */
    const FmFlowId *known = fragment && fragment <= FM_FLOW_ID_SIZE ? fm_flow_id(d, CREDENTIALS, user.data, (unsigned)fragment) : NULL;
    if (known) {
        *key = ((Announced *)announced_state(d, known->flow))->key;
    } else if (*password && realm.data) { /* long-term (RFC 8489 §9.2.2) */
        const FmSlice separator = { (const uint8_t *)":", 1 };
        const FmSlice parts[] = { user, separator, realm, separator, { (const uint8_t *)password, strlen(password) } };
        uint8_t hash[FM_MAX_HASH];
        fm_hash(fm_crypto(d), FM_MD5, parts, G_N_ELEMENTS(parts), hash);
        key->size = 16;
        memcpy(key->bytes, hash, 16);
    } else if (*password && strlen(password) <= STUN_MAX_KEY) {
        key->size = (uint8_t)strlen(password);
        memcpy(key->bytes, password, key->size);
    }
}

/* The length in the header counts as if the attribute were the last one. */
static bool is_right(FmDissection *d, FmSlice message, size_t at, FmSlice found, FmHash hash, const StunKey *key)
{
    uint8_t header[STUN_HEADER_SIZE], right[FM_MAX_HASH];
    memcpy(header, message.data, sizeof header);
    size_t length = at + 4 + found.size - STUN_HEADER_SIZE;
    header[2] = (uint8_t)(length >> 8);
    header[3] = (uint8_t)length;
    const FmSlice parts[] = { { header, sizeof header }, { message.data + sizeof header, at - sizeof header } };
    fm_hmac(fm_crypto(d), hash, (FmSlice){ key->bytes, key->size }, parts, G_N_ELEMENTS(parts), right);
    return found.size && found.size <= fm_hash_size(hash) && fm_crypto_equal(right, found.data, found.size);
}

StunIntegrity fm_stun_check(FmDissection *d, FmSlice message, const StunKey *key)
{
    size_t at = 0;
    if (!key->size)
        return STUN_UNCHECKED;
    FmSlice found = find(message, INTEGRITY, &at);
    if (found.data)
        return is_right(d, message, at, found, FM_SHA1, key) ? STUN_RIGHT : STUN_WRONG;
    found = find(message, INTEGRITY_SHA256, &at);
    if (found.data)
        return is_right(d, message, at, found, FM_SHA256, key) ? STUN_RIGHT : STUN_WRONG;
    return STUN_UNCHECKED;
}
