/* Dropbox LAN sync on port 17500: announcements in JSON over UDP, and over TCP what begins like TLS. */
#include "config.h"

#include "dissectors/application/body.h"
#include "dissectors/application/json.h"
#include "dissectors/contents.h"

enum { LSP, TYPE, MAGIC, LENGTH, OPERATION, VALUE, DATA };

static const FmName types[] = { { 22, 0, "Configuration" }, { 23, 0, "Data" }, { 0 } };
static const FmName operations[] = { { 11, 0, "Certificate" }, { 0 } };

static const FmField fields[] = {
    [LSP] = { "db-lsp", "Dropbox LAN sync Protocol", FM_PROTOCOL },
    [TYPE] = { "db-lsp.type", "Type", FM_UINT8, FM_DEC, .names = types },
    [MAGIC] = { "db-lsp.magic", "Magic", FM_UINT16, FM_DEC_HEX },
    [LENGTH] = { "db-lsp.length", "Length", FM_UINT16, FM_DEC_HEX },
    [OPERATION] = { "db-lsp.op", "OP Value", FM_UINT8, FM_DEC, .names = operations },
    [VALUE] = { "db-lsp.value", "Value", FM_BYTES },
    [DATA] = { "db-lsp.data", "Data", FM_BYTES },
};

enum { HEADER_SIZE = 5, CONFIGURATION = 22, DATA_TYPE = 23, KNOWN_MAGIC = 0x0301 };

static uint64_t lsp_record(const FmStream *stream, FmSlice b)
{
    if (b.size < HEADER_SIZE)
        return FM_NEED_MORE;
    return fm_be(b.data + 1, 2) == KNOWN_MAGIC ? HEADER_SIZE + fm_be(b.data + 3, 2) : b.size;
}

static void lsp_dissect(FmDissection *d, FmCursor *c)
{
    fm_info(d, "%s", "Dropbox LAN sync Protocol");
    uint64_t type = fm_add(d, TYPE, c), magic = fm_add(d, MAGIC, c), length = fm_add(d, LENGTH, c);
    if (magic != KNOWN_MAGIC)
        return;
    fm_title(d, "Dropbox LAN sync Protocol, Type: %u, Length: %u", (unsigned)type, (unsigned)length);
    FmCursor rest = *c;
    if (type == DATA_TYPE) {
        fm_add_bytes(d, DATA, c, length);
    } else if (type == CONFIGURATION) {
        fm_add_bits(d, OPERATION, c);
        fm_add_bytes(d, VALUE, &rest, length);
    } else {
        fm_add_bytes(d, VALUE, c, length);
    }
}

const FmProtocol fm_db_lsp = {
    .abbrev = "db-lsp",
    .name = "DB-LSP",
    .title = "Dropbox LAN sync Protocol",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_TCP_PORT, 17500 }),
    .dissect = lsp_dissect,
    .record = lsp_record,
    .sized = true,
};

/* ---- announcements ---- */

enum { DISCOVERY, TEXT };

static const FmField discovery_fields[] = {
    [DISCOVERY] = { "db-lsp-disc", "Dropbox LAN sync Discovery Protocol", FM_PROTOCOL },
    [TEXT] = { "db-lsp.text", "Text", FM_STRING },
};

static void discovery_dissect(FmDissection *d, FmCursor *c)
{
    fm_info(d, "%s", "Dropbox LAN sync Discovery Protocol");
    if (fm_json_is_whole(fm_rest(c))) {
        uint8_t floor = d->floor;
        d->floor = d->depth;
        fm_call(d, &fm_json, c);
        d->floor = floor;
        fm_protocol_column(d, "DB-LSP-DISC/JSON");
    } else {
        fm_add_bytes_of(d, &discovery_fields[TEXT], TEXT, c, fm_left(c));
    }
}

const FmProtocol fm_db_lsp_disc = {
    .abbrev = "db-lsp-disc",
    .name = "DB-LSP-DISC",
    .title = "Dropbox LAN sync Discovery Protocol",
    FM_FIELDS(discovery_fields),
    FM_BINDINGS({ FM_UDP_PORT, 17500 }),
    .dissect = discovery_dissect,
};
