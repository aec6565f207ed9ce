/* Bytes that nobody knows. */
#include "config.h"

#include "engine/dissect.h"

enum { DATA, DATA_DATA, DATA_LEN };

static const FmField fields[] = {
    [DATA] = { "data", "Data", FM_PROTOCOL },
    [DATA_DATA] = { "data.data", "Data", FM_BYTES },
    [DATA_LEN] = { "data.len", "Length", FM_INT32, FM_DEC, .generated = true },
};

static void data_dissect(FmDissection *d, FmCursor *c)
{
    size_t size = fm_left(c);
    fm_title(d, "Data (%zu byte%s)", size, size == 1 ? "" : "s");
    fm_add_bytes(d, DATA_DATA, c, size);
    fm_make(d, DATA_LEN, size);
}

const FmProtocol fm_data_protocol = {
    .abbrev = "data",
    .title = "Data",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_CONTENT, FM_CONTENT_DATA }),
    .dissect = data_dissect,
};
