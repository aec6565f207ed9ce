/* fathom: reads packets and shows what the protocols in them are doing. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include <pcap.h>

#include "dissectors/all.h"
#include "engine/engine.h"

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    GError *trouble = NULL;
    FmCatalog *catalog = fm_catalog_new(fm_all_protocols, fm_all_protocol_count, &trouble);
    if (!catalog) {
        fprintf(stderr, "fathom: %s\n", trouble->message);
        return 2;
    }
    pcap_t *pcap = argc > 1 ? pcap_open_offline(argv[1], error) : NULL;
    if (!pcap) {
        fprintf(stderr, "fathom: no capture\n");
        return 2;
    }
    FmEngine *engine = fm_engine_new(catalog, false);
    if (argc > 2) {
        fm_engine_want_all(engine);
        fm_engine_want_info(engine);
    }
    struct pcap_pkthdr *h;
    const unsigned char *bytes;
    uint64_t nodes = 0;
    FmFrame frame = { .link_type = (uint32_t)pcap_datalink(pcap) };
    while (pcap_next_ex(pcap, &h, &bytes) == 1) {
        frame.number++;
        frame.time = h->ts.tv_sec * FM_SECOND + h->ts.tv_usec * 1000;
        frame.data = bytes;
        frame.captured = h->caplen;
        frame.length = h->len;
        const FmPacket *p = fm_engine_feed(engine, &frame);
        nodes += p->node_count;
        if (argc > 3)
            printf("%llu %s %.*s\n", (unsigned long long)frame.number, p->protocol, (int)p->info.size, p->info.data);
    }
    printf("%llu packets %llu nodes\n", (unsigned long long)frame.number, (unsigned long long)nodes);
    fm_engine_free(engine);
    fm_catalog_free(catalog);
    pcap_close(pcap);
    return 0;
}
