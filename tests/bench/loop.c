/* The least that reading a capture costs: libpcap's loop, which touches a byte of each frame.
 *
 *   loop CAPTURE */
#include "config.h"

#include <pcap/pcap.h>
#include <stdio.h>

typedef struct Sum {
    unsigned long frames, bytes;
} Sum;

static void seen(u_char *user, const struct pcap_pkthdr *header, const u_char *bytes)
{
    Sum *sum = (Sum *)(void *)user;
    sum->frames++;
    sum->bytes += header->caplen + (bytes[0] & 1);
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    if (!pcap) {
        fprintf(stderr, "loop: %s\n", argc == 2 ? error : "one capture, please");
        return 1;
    }
    Sum sum = { 0, 0 };
    int end = pcap_loop(pcap, -1, seen, (u_char *)&sum);
    pcap_close(pcap);
    printf("%lu frames, %lu bytes\n", sum.frames, sum.bytes);
    return end ? 1 : 0;
}
