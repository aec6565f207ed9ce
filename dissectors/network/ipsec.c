/* IPsec: Authentication Header (RFC 4302) and Encapsulating Security Payload (RFC 4303), without keys. */
#include "config.h"

#include "dissectors/network/ipv6.h"

#include "dissectors/network/names.h"

enum { AH, AH_NEXT_HEADER, AH_LENGTH, AH_RESERVED, AH_SPI, AH_SEQUENCE, AH_ICV };

static const FmField fields[] = {
    [AH] = { "ah", "Authentication Header", FM_PROTOCOL },
    [AH_NEXT_HEADER] = { "ah.next_header", "Next header", FM_UINT8, FM_DEC, .names = fm_ip_protocols },
    [AH_LENGTH] = { "ah.length", "Length", FM_UINT8, FM_DEC },
    [AH_RESERVED] = { "ah.reserved", "Reserved", FM_BYTES },
    [AH_SPI] = { "ah.spi", "AH SPI", FM_UINT32, FM_HEX },
    [AH_SEQUENCE] = { "ah.sequence", "AH Sequence", FM_UINT32, FM_DEC },
    [AH_ICV] = { "ah.icv", "AH ICV", FM_BYTES },
};

/* Under IPv6 it is given its own bytes only; under IPv4 it passes on what follows. */
static void ah_dissect(FmDissection *d, FmCursor *c)
{
    FmCursor start = *c;
    uint64_t next = fm_add(d, AH_NEXT_HEADER, c), length = (fm_add(d, AH_LENGTH, c) + 2) * 4;
    fm_label_more(d, AH_LENGTH, " (%u bytes)", (unsigned)length);
    fm_add_bytes(d, AH_RESERVED, c, 2);
    uint64_t spi = fm_add(d, AH_SPI, c);
    fm_add(d, AH_SEQUENCE, c);
    fm_info(d, "AH (SPI=0x%08x)", (unsigned)spi);
    if (!fm_ok(d))
        return;
    uint64_t done = (uint64_t)(c->at - start.at);
    if (length > done)
        fm_add_bytes(d, AH_ICV, c, length - done);
    if (!fm_ok(d) || !fm_left_on_wire(c))
        return;
    fm_length(d, length);
    fm_next(d, FM_IP_PROTO, next, c);
}

const FmProtocol fm_ah = {
    .abbrev = "ah",
    .name = "AH",
    .title = "Authentication Header",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_IP_PROTO, FM_NEXT_AH }),
    .dissect = ah_dissect,
};

enum { ESP, ESP_SPI, ESP_SEQUENCE };

static const FmField esp_fields[] = {
    [ESP] = { "esp", "Encapsulating Security Payload", FM_PROTOCOL },
    [ESP_SPI] = { "esp.spi", "ESP SPI", FM_UINT32, FM_HEX_DEC },
    [ESP_SEQUENCE] = { "esp.sequence", "ESP Sequence", FM_UINT32, FM_DEC },
};

static void esp_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t spi = fm_add_number(d, &esp_fields[ESP_SPI], ESP_SPI, c, true);
    fm_info(d, "ESP (SPI=0x%08x)", (unsigned)spi);
    fm_add_number(d, &esp_fields[ESP_SEQUENCE], ESP_SEQUENCE, c, true);
}

const FmProtocol fm_esp = {
    .abbrev = "esp",
    .name = "ESP",
    .title = "Encapsulating Security Payload",
    FM_FIELDS(esp_fields),
    FM_BINDINGS({ FM_IP_PROTO, 50 }),
    .dissect = esp_dissect,
};
