/* Bytes that nobody knows. */
#include "config.h"

#include "engine/dissect.h"

enum { DATA, DATA_DATA, DATA_TEXT, DATA_MD5_HASH, DATA_LEN };

static const FmField fields[] = {
    [DATA] = { "data", "Data", FM_PROTOCOL },
    [DATA_DATA] = { "data.data", "Data", FM_BYTES },
    [DATA_TEXT] = { "data.text", "Text", FM_STRING },
    [DATA_MD5_HASH] = { "data.md5_hash", "Payload MD5 hash", FM_STRING, .generated = true },
    [DATA_LEN] = { "data.len", "Length", FM_INT32, FM_DEC, .generated = true },
};

enum { SHOW_AS_TEXT, MD5_HASH };

static const FmPreference preferences[] = {
    [SHOW_AS_TEXT] = { "data.show_as_text", "Show data as text", FM_PREF_BOOL, 0 },
    [MD5_HASH] = { "data.md5_hash", "Compute the MD5 hash of data", FM_PREF_BOOL, 0 },
};

static void data_dissect(FmDissection *d, FmCursor *c)
{
    if (fm_quiet(d)) {
        c->at = c->end;
        return;
    }
    FmCursor text = *c;
    size_t size = fm_left(c);
    fm_title(d, "Data (%zu byte%s)", size, size == 1 ? "" : "s");
    FmSlice bytes = fm_add_bytes(d, DATA_DATA, c, size);
    if (fm_wanted(d, DATA_TEXT) && fm_preference(d, SHOW_AS_TEXT))
        fm_add_bytes(d, DATA_TEXT, &text, size);
    if (fm_wanted(d, DATA_MD5_HASH) && fm_preference(d, MD5_HASH)) {
        g_autofree char *hash = g_compute_checksum_for_data(G_CHECKSUM_MD5, bytes.data, bytes.size);
        fm_make_text(d, DATA_MD5_HASH, hash);
    }
    fm_make(d, DATA_LEN, size);
}

const FmProtocol fm_data_protocol = {
    .abbrev = "data",
    .title = "Data",
    FM_FIELDS(fields),
    FM_PREFERENCES(preferences),
    FM_BINDINGS({ FM_CONTENT, FM_CONTENT_DATA }),
    .dissect = data_dissect,
};
