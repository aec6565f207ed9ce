/* What IPv4's files share. */
#pragma once

#include "engine/dissect.h"

extern const FmProtocol fm_ipv4_options;

/* Name of an option that is dissected ("Router Alert"), or NULL. */
const char *fm_ipv4_option_name(uint64_t option);

/* The last address of a source route that is not used up (RFC 791 §3.1), or NULL: where the packet goes to in the end. */
const uint8_t *fm_ipv4_final_destination(FmSlice options);

/* The address at `c` as text, into row `row` of the table `fields`; does not move. */
static inline void fm_ipv4_add_host(FmDissection *d, const FmField *fields, const FmCursor *c, unsigned row)
{
    if (!fm_wanted(d, row) || !fm_has(c, 4))
        return;
    g_auto(FmText) text = { 0 };
    fm_text_ipv4(&text, (uint32_t)fm_be(c->at, 4));
    fm_record_blob(d, row, fm_offset(c), 4, c->buffer, 0, text.data, text.size);
}
