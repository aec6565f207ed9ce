/* What Ethernet, VLAN tags, cooked captures and tunnels do alike: give a payload to the protocol of its EtherType. */
#pragma once

#include "engine/dissect.h"

/* A length below this is the length of an 802.3 frame, not a type. */
enum { FM_ETHERTYPE_FIRST = 0x600 };

/* The part of `c` that belongs to the protocol of `type` by that protocol's own length; `c` moves behind it, to padding and
 * trailer. All of `c` where the protocol tells no length. */
FmCursor fm_ethertype_payload(FmDissection *d, uint64_t type, FmCursor *c);

/* Gives the payload away, under the pseudo layer's name. */
void fm_ethertype_next(FmDissection *d, uint64_t type, FmCursor *payload);

/* How many of `rest`'s first bytes are padding: zeros that fill a frame up to 60 bytes. `other`: there should be padding, but it is
 * not zero. */
size_t fm_ethernet_padding(const FmCursor *rest, bool *other);

/* Records what follows the payload behind a tag: rows `padding` and `trailer` of the table `fields`. */
void fm_ethertype_trailer(FmDissection *d, const FmField *fields, FmCursor *rest, unsigned padding, unsigned trailer);

/* Columns of a link that has no addresses. */
static inline void fm_no_link_addresses(FmDissection *d)
{
    d->packet->source = d->packet->destination = (FmAddress){ .type = FM_ADDRESS_TEXT, .text = "N/A" };
    fm_protocol_column(d, "N/A");
}
