/* A dissected packet: its addresses as text. */
#include "config.h"

#include "model/packet.h"

#include "base/cursor.h"

void fm_address_text(FmText *out, const FmAddress *address)
{
    switch (address->type) {
    case FM_ADDRESS_NONE: break;
    case FM_ADDRESS_ETHER: fm_text_ether(out, fm_be(address->bytes, 6)); break;
    case FM_ADDRESS_IPV4: fm_text_ipv4(out, (uint32_t)fm_be(address->bytes, 4)); break;
    case FM_ADDRESS_IPV6: fm_text_ipv6(out, address->bytes); break;
    case FM_ADDRESS_TEXT: fm_text_put(out, address->text); break;
    }
}
