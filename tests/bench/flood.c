/* Sends the frames of a capture out of an interface, again and again, so many a second.
 *
 *   flood CAPTURE INTERFACE PACKETS-PER-SECOND SECONDS
 *
 * Frames longer than the interface takes are left out. Prints how many were sent. */
#define _GNU_SOURCE
#include "config.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

enum { MOST_FRAMES = 200000, LONGEST = 1514, BATCH = 64 };

typedef struct Frames {
    struct iovec at[MOST_FRAMES];
    size_t count;
} Frames;

static bool load(Frames *frames, const char *path)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_open_offline(path, error);
    if (!pcap || pcap_datalink(pcap) != DLT_EN10MB) {
        fprintf(stderr, "flood: %s\n", pcap ? "Ethernet, please" : error);
        return false;
    }
    struct pcap_pkthdr *header;
    const u_char *bytes;
    while (frames->count < MOST_FRAMES && pcap_next_ex(pcap, &header, &bytes) == 1) {
        if (header->caplen != header->len || header->caplen > LONGEST || header->caplen < ETH_HLEN)
            continue;
        void *copy = malloc(header->caplen);
        if (!copy)
            break;
        frames->at[frames->count++] = (struct iovec){ memcpy(copy, bytes, header->caplen), header->caplen };
    }
    pcap_close(pcap);
    return frames->count > 0;
}

static int open_interface(const char *name)
{
    struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name) };
    int fd = socket(AF_PACKET, SOCK_RAW, 0), yes = 1;
    if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes) != 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        fprintf(stderr, "flood: %s: %s\n", name, strerror(errno));
        return -1;
    }
    return fd;
}

static uint64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Sends what is due, at most BATCH frames; returns how many went out. */
static unsigned send_due(int fd, const Frames *frames, uint64_t sent, uint64_t due)
{
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof messages);
    unsigned count = due - sent < BATCH ? (unsigned)(due - sent) : BATCH;
    for (unsigned i = 0; i < count; i++)
        messages[i].msg_hdr = (struct msghdr){ .msg_iov = (struct iovec *)(uintptr_t)&frames->at[(sent + i) % frames->count], .msg_iovlen = 1 };
    int n = sendmmsg(fd, messages, count, 0);
    return n > 0 ? (unsigned)n : 0;
}

int main(int argc, char **argv)
{
    static Frames frames;
    if (argc != 5) {
        fprintf(stderr, "flood CAPTURE INTERFACE PACKETS-PER-SECOND SECONDS\n");
        return 1;
    }
    int fd = open_interface(argv[2]);
    if (fd < 0 || !load(&frames, argv[1]))
        return 1;
    uint64_t rate = strtoull(argv[3], NULL, 10), seconds = strtoull(argv[4], NULL, 10), sent = 0, start = now_ns(), end = start + seconds * 1000000000u;
    for (uint64_t now; (now = now_ns()) < end;) {
        uint64_t due = (now - start) / 1000 * rate / 1000000;
        unsigned n = due > sent ? send_due(fd, &frames, sent, due) : 0;
        sent += n;
        if (!n)
            nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
    }
    printf("%llu\n", (unsigned long long)sent);
    return 0;
}
