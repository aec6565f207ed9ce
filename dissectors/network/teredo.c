/* Teredo: IPv6 over UDP through address translators (RFC 4380). */
#include "config.h"

#include "dissectors/network/protocols.h"
#include "engine/dissect.h"

enum {
    TEREDO,
    TEREDO_AUTH,
    TEREDO_AUTH_IDLEN,
    TEREDO_AUTH_AULEN,
    TEREDO_AUTH_ID,
    TEREDO_AUTH_VALUE,
    TEREDO_AUTH_NONCE,
    TEREDO_AUTH_CONF,
    TEREDO_ORIG,
    TEREDO_ORIG_PORT,
    TEREDO_ORIG_ADDR,
};

static const FmField fields[] = {
    [TEREDO] = { "teredo", "Teredo IPv6 over UDP tunneling", FM_PROTOCOL },
    [TEREDO_AUTH] = { "teredo.auth", "Teredo Authentication header", FM_NONE },
    [TEREDO_AUTH_IDLEN] = { "teredo.auth.idlen", "Client identifier length", FM_UINT8, FM_DEC },
    [TEREDO_AUTH_AULEN] = { "teredo.auth.aulen", "Authentication value length", FM_UINT8, FM_DEC },
    [TEREDO_AUTH_ID] = { "teredo.auth.id", "Client identifier", FM_BYTES },
    [TEREDO_AUTH_VALUE] = { "teredo.auth.value", "Authentication value", FM_BYTES },
    [TEREDO_AUTH_NONCE] = { "teredo.auth.nonce", "Nonce value", FM_BYTES },
    [TEREDO_AUTH_CONF] = { "teredo.auth.conf", "Confirmation byte", FM_BYTES },
    [TEREDO_ORIG] = { "teredo.orig", "Teredo Origin Indication header", FM_NONE },
    [TEREDO_ORIG_PORT] = { "teredo.orig.port", "Origin UDP port", FM_UINT16, FM_DEC },
    [TEREDO_ORIG_ADDR] = { "teredo.orig.addr", "Origin IPv4 address", FM_IPV4 },
};

enum { ORIGIN = 0, AUTHENTICATION = 1, NONCE_SIZE = 8 };

static void add_authentication(FmDissection *d, FmCursor *c)
{
    FmSubtree subtree = fm_open(d, TEREDO_AUTH, c);
    fm_skip(c, 2);
    uint64_t id = fm_add(d, TEREDO_AUTH_IDLEN, c), value = fm_add(d, TEREDO_AUTH_AULEN, c);
    if (id)
        fm_add_bytes(d, TEREDO_AUTH_ID, c, id);
    if (value)
        fm_add_bytes(d, TEREDO_AUTH_VALUE, c, value);
    fm_add_bytes(d, TEREDO_AUTH_NONCE, c, NONCE_SIZE);
    fm_add_bytes(d, TEREDO_AUTH_CONF, c, 1);
    fm_close(d, subtree, c);
}

/* Port and address are inverted, so that translators leave them alone. */
static void add_origin(FmDissection *d, FmCursor *c)
{
    FmSubtree subtree = fm_open(d, TEREDO_ORIG, c);
    fm_skip(c, 2);
    fm_add_value(d, TEREDO_ORIG_PORT, c, 2, ~fm_peek(c, 0, 2) & 0xffff);
    fm_skip(c, 2);
    fm_add_value(d, TEREDO_ORIG_ADDR, c, 4, ~fm_peek(c, 0, 4) & 0xffffffff);
    fm_skip(c, 4);
    fm_close(d, subtree, c);
}

static void teredo_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor start = *c;
    fm_info_clear(d);
    if (fm_left(c) >= 2 && fm_peek(c, 0, 2) == AUTHENTICATION)
        add_authentication(d, c);
    if (fm_left(c) >= 2 && fm_peek(c, 0, 2) == ORIGIN)
        add_origin(d, c);
    if (!fm_ok(d))
        return;
    fm_length(d, (uint64_t)(c->at - start.at));
    if (fm_left(c) && c->at[0] >> 4 == 6)
        fm_call(d, &fm_ipv6, c);
    else
        fm_data(d, c);
}

const FmProtocol fm_teredo = {
    .abbrev = "teredo",
    .name = "Teredo",
    .title = "Teredo IPv6 over UDP tunneling",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 3544 }),
    .dissect = teredo_dissect,
};
