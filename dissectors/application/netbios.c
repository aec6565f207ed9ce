/* Names of NetBIOS: fifteen characters and a byte that says what has the name. */
#include "config.h"

#include "dissectors/application/netbios.h"

static const FmName meanings[] = {
    { 0x00, 0, "Workstation/Redirector" }, { 0x01, 0, "Browser" }, { 0x02, 0, "Workstation/Redirector" }, { 0x03, 0, "Messenger service/Main name" },
    { 0x05, 0, "Forwarded name" }, { 0x06, 0, "RAS Server service" }, { 0x1b, 0, "Domain Master Browser" }, { 0x1c, 0, "Domain Controllers" },
    { 0x1d, 0, "Local Master Browser" }, { 0x1e, 0, "Browser Election Service" }, { 0x1f, 0, "Net DDE Service" }, { 0x20, 0, "Server service" },
    { 0x21, 0, "RAS client service" }, { 0x22, 0, "Exchange Interchange (MSMail Connector)" }, { 0x23, 0, "Exchange Store" }, { 0x24, 0, "Exchange Directory" },
    { 0x2b, 0, "Lotus Notes Server service" }, { 0x30, 0, "Modem sharing server service" }, { 0x31, 0, "Modem sharing client service" },
    { 0x43, 0, "SMS Clients Remote Control" }, { 0x44, 0, "SMS Administrators Remote Control Tool" }, { 0x45, 0, "SMS Clients Remote Chat" },
    { 0x46, 0, "SMS Clients Remote Transfer" }, { 0xbe, 0, "Network Monitor Agent" }, { 0xbf, 0, "Network Monitor Analyzer" }, { 0 },
};

const char *fm_netbios_plain(const uint8_t bytes[16], char text[NETBIOS_TEXT])
{
    int n = 0, size = 15;
    while (size && (bytes[size - 1] == ' ' || !bytes[size - 1]))
        size--;
    for (int i = 0; i < size; i++)
        n += g_snprintf(text + n, (gulong)(NETBIOS_TEXT - 6 - n > 0 ? NETBIOS_TEXT - 6 - n : 1), bytes[i] >= 0x20 && bytes[i] < 0x7f ? "%c" : "<%02x>", bytes[i]);
    n = MIN(n, NETBIOS_TEXT - 7);
    g_snprintf(text + n, 6, "<%02x>", bytes[15]);
    const char *meaning = fm_name(meanings, bytes[15]);
    return meaning ? meaning : "";
}

size_t fm_netbios_name(FmCursor *c, const FmCursor *message, char text[NETBIOS_TEXT], const char **meaning)
{
    const uint8_t *start = c->at;
    FmCursor name = *c;
    *meaning = "";
    text[0] = 0;
    if (fm_left(c) >= 2 && *c->at >= 0xc0) { /* a pointer (RFC 1035 §4.1.4) */
        size_t at = fm_peek(c, 0, 2) & 0x3fff;
        name = *message;
        name.at += MIN(at, fm_left(&name));
        fm_skip(c, 2);
    } else {
        while (fm_left(c) && *c->at && *c->at < 0x40)
            fm_skip(c, 1 + (uint64_t)*c->at);
        fm_skip(c, fm_left(c) && *c->at >= 0xc0 ? 2 : 1);
    }
    if (fm_left(&name) < 33 || *name.at != 32)
        return (size_t)(c->at - start);
    uint8_t bytes[16];
    for (unsigned i = 0; i < 16; i++) {
        unsigned high = (unsigned)(name.at[1 + 2 * i] - 'A') & 15, low = (unsigned)(name.at[2 + 2 * i] - 'A') & 15;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    *meaning = fm_netbios_plain(bytes, text);
    return (size_t)(c->at - start);
}
