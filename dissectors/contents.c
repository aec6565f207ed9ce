/* What flows carry, free of what it was wrapped in. */
#include "config.h"

#include "dissectors/contents.h"

static const FmField fields[] = {
    [FM_CONTENTS_PLAINTEXT] = { "fathom.tls.plaintext", "Application data, decrypted", FM_BYTES, .hidden = true },
    [FM_CONTENTS_MESSAGE] = { "fathom.websocket.message", "Message, inflated", FM_BYTES, .hidden = true },
    [FM_CONTENTS_BODY] = { "fathom.http.body", "Body, decoded", FM_BYTES, .hidden = true },
};

extern const FmProtocol fm_contents_part;

void fm_contents(FmDissection *d, unsigned row, const FmCursor *c)
{
    FmTableUse before = fm_use(d, &fm_contents_part);
    if (fm_left(c) && fm_wanted(d, row))
        fm_record_of(d, &fields[row], row, fm_offset(c), (uint32_t)fm_left(c), c->buffer, 0, 0);
    fm_unuse(d, before);
}

static void part_dissect(FmDissection *d, FmCursor *c)
{
    (void)d;
    (void)c;
}

const FmProtocol fm_contents_part = {
    .abbrev = "fathom.contents",
    .title = "Contents of flows",
    FM_FIELDS(fields),
    .dissect = part_dissect,
    .part = true,
};
