/* What the parts of the pcapng reader share: its blocks and their options. Private to src/capture/pcapng*.c. */
#pragma once

#include <string.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "base/text.h"
#include "capture/reader.h"

enum {
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2, /* obsolete, still found */
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_NAMES = 4,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_JOURNAL = 9,
    BLOCK_SECRETS = 10,
    BLOCK_SYSTEM_CALL = 0x204,
    BLOCK_SYSTEM_CALL_2 = 0x216,
    BLOCK_SYSTEM_CALL_2_LARGE = 0x221,
    BLOCK_CUSTOM = 0xbad,
    BLOCK_CUSTOM_NO_COPY = 0x40000bad,
    BLOCK_SECTION = 0x0a0d0d0a,
};

enum { /* options, by the block they stand in */
       OPTION_END = 0,
       OPTION_COMMENT = 1,
       SECTION_HARDWARE = 2,
       SECTION_SYSTEM = 3,
       SECTION_APPLICATION = 4,
       INTERFACE_NAME = 2,
       INTERFACE_DESCRIPTION = 3,
       INTERFACE_RESOLUTION = 9,
       INTERFACE_FILTER = 11,
       INTERFACE_FCS_LENGTH = 13,
       INTERFACE_OFFSET = 14,
       STATISTICS_RECEIVED = 4,
       STATISTICS_DROPPED = 5,
       PACKET_FLAGS = 2,
       PACKET_ID = 5,
       PACKET_QUEUE = 6,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BYTE_ORDER_SWAPPED 0x4d3c2b1au
#define BLOCK_FRAME 12  /* type, length and length again */
#define SPARE_PEN 10949 /* its custom blocks hold no frames */
#define SYSTEM_CALL_HEADER 22

typedef struct Clock { /* ns = units * multiply >> shift / divide + offset */
    uint64_t multiply, divide;
    unsigned shift;
    int64_t offset_s;
    uint64_t plain; /* below this, ns = units * multiply */
} Clock;

typedef struct Interface {
    FmInterface shown; /* first: the source hands out pointers to it */
    Clock clock;
} Interface;

typedef struct Section {
    uint64_t place;
    size_t first_interface, interface_count;
    uint32_t number;
    bool swapped;
} Section;

typedef struct Pcapng {
    GArray *sections; /* Section, in the order of the file */
    GMutex lock;      /* on sections and interfaces: pcapng_again reads them from other threads */
    Section now;      /* the last one, for fm_source_next alone */
    GByteArray *room; /* comments of the present frame */
} Pcapng;

typedef struct Block {
    uint32_t type;
    bool swapped;
    const uint8_t *body; /* between the lengths */
    size_t size;
} Block;

typedef struct Options {
    const uint8_t *at, *end;
    bool swapped;
} Options;

typedef struct Option {
    uint16_t code;
    uint16_t size;
    const uint8_t *data;
} Option;

static inline uint16_t u16(bool swapped, const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, 2);
    return swapped ? __builtin_bswap16(v) : v;
}

static inline uint32_t u32(bool swapped, const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return swapped ? __builtin_bswap32(v) : v;
}

static inline uint64_t u64(bool swapped, const uint8_t *p)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return swapped ? __builtin_bswap64(v) : v;
}

static inline size_t padded(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

/* What is wrong with a packet's block; NULL: nothing. */
typedef const char *Fault;

/* ---- options (pcapng_about.c) ---- */

/* The next option; false at the end of the list, and where one is longer than what is left: then `at` stays before `end`. */
bool fm_pcapng_option(Options *options, Option *option);
FmNext fm_pcapng_bad_options(FmSource *source, const Options *options, GError **error);
FmNext fm_pcapng_bad_block(FmSource *source, const char *what, GError **error);

/* ---- blocks that tell of the capture (pcapng_about.c) ---- */

/* Exact to the nanosecond, rounded down; saturated where 64 bits of nanoseconds do not reach. */
FmTime fm_pcapng_time(const Clock *clock, uint64_t units);

FmNext fm_pcapng_interface(FmSource *source, const Block *block, GError **error);
FmNext fm_pcapng_names(FmSource *source, const Block *block, GError **error);
FmNext fm_pcapng_statistics(FmSource *source, const Block *block, GError **error);
FmNext fm_pcapng_secrets(FmSource *source, const Block *block, GError **error);
FmNext fm_pcapng_section(FmSource *source, const Block *block, GError **error);

/* ---- blocks that hold a frame (pcapng_frames.c) ---- */

/* Fills the frame from its block; the comments are among `options`, to be gathered by the caller. Touches nothing in the source. */
Fault fm_pcapng_frame(const FmSource *source, const Section *section, const Block *block, FmFrame *frame, Options *options);

/* Bytes that fm_pcapng_comments needs; 0: there are none. */
size_t fm_pcapng_comments_size(Options options);
const char *const *fm_pcapng_comments(Options options, void *room);
