/* A sender of a known law and a receiver, a bottleneck between them, and a point of capture: what the kernel would have told of the sender
 * is known at any time. Packets have all the same size; links are clean but for what is asked for; nothing is random but by the seed. */
#pragma once

#include <stdbool.h>

#include "inference/connection.h"

typedef enum TestLaw {
    TEST_RENO,
    TEST_CUBIC,    /* RFC 9438 without fast convergence */
    TEST_SCALABLE, /* a law that nobody has: grows by 1 in 50 acknowledged, cut to 7/8 */
    TEST_FIXED,    /* never grows nor falls */
} TestLaw;

typedef struct TestLink {
    TestLaw law;
    FmTime before, after;  /* one-way delay from sender to capture, and on to the receiver */
    FmTime service;        /* time per packet of the bottleneck */
    bool queue_after;      /* the bottleneck stands behind the capture */
    unsigned queue;        /* packets that fit in front of it; 0: any number */
    unsigned initial;      /* window; 0: 10 */
    unsigned packets;      /* to send in all */
    unsigned delayed;      /* the receiver acknowledges every so manyth; 0: each */
    unsigned acks_lost;    /* of a hundred, behind the capture */
    unsigned burst;        /* packets in one captured segment at most; 0: 1 */
    FmTime tick;           /* of both clocks; 0: no timestamps */
    unsigned threshold;    /* slow start ends at that window; 0: at a loss */
    bool hystart, gentle;  /* it ends when round trips get longer; and grows by a quarter for five round trips more (RFC 9406) */
    unsigned write;        /* the application writes so many packets … */
    FmTime every;          /* … so often; 0: everything at once */
    unsigned pause_after;  /* packets; then nothing for pause */
    FmTime pause;
    bool keeps_window;     /* when it was idle (no slow start after idle) */
} TestLink;

typedef struct TestTruth { /* after each transmission that used the whole window, outside of recovery */
    FmTime time;           /* at the sender */
    unsigned window;       /* packets */
    bool slow_start;
} TestTruth;

typedef struct TestRun {
    FmConnection *connection;
    GArray *truth;     /* of TestTruth */
    FmTime rtt;        /* of the last packet acknowledged */
    FmTime least;      /* round-trip time of an empty path */
    unsigned resent, cuts;
    FmTime exit;       /* of the first slow start; 0: it did not end */
    unsigned exit_window;
} TestRun;

enum { TEST_MSS = 1000 };

/* Sends everything, and feeds a connection with what passes the capture. Free with test_run_clear. */
TestRun test_link_run(const TestLink *link);
void test_run_clear(TestRun *run);
