/* The classic capture file: pcap in both byte orders, with microseconds or nanoseconds, and its old relatives. */
#include "config.h"

#include <limits.h>
#include <string.h>

#include "base/limits.h"
#include "capture/reader.h"

#define FILE_HEADER 24
#define RECORD_HEADER 16 /* of the usual kind */

#define MAGIC_MICRO 0xa1b2c3d4u
#define MAGIC_NANO 0xa1b23c4du
#define MAGIC_MODIFIED 0xa1b2cd34u /* patches of 1999 that lengthen the record header */
#define MAGIC_IXIA_HARDWARE 0x1c0001acu
#define MAGIC_IXIA_SOFTWARE 0x1c0001abu

#define LINK_MASK 0x03ffffffu /* of the link type word (LINKTYPE_ list, FCS bits) */
#define FCS_PRESENT 0x04000000u

enum { RECORDS_TO_TRY = 3 };

typedef enum Lengths { /* old writers gave the length on the wire first */
                       LENGTHS_USUAL,
                       LENGTHS_SWAPPED,
                       LENGTHS_UNSURE, /* version 2.3: both were in use */
} Lengths;

typedef struct Pcap {
    bool swapped;
    Lengths lengths;
    uint32_t record_header;
    uint32_t fraction; /* ns per unit of the second time word */
    uint32_t link_type, snap_length, max_frame;
    int8_t fcs_length;
    uint8_t decimals;
} Pcap;

static inline uint32_t u32(bool swapped, const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return swapped ? __builtin_bswap32(v) : v;
}

static inline uint16_t u16(bool swapped, const uint8_t *p)
{
    uint16_t v;
    memcpy(&v, p, 2);
    return swapped ? __builtin_bswap16(v) : v;
}

static bool known_magic(uint32_t magic)
{
    return magic == MAGIC_MICRO || magic == MAGIC_NANO || magic == MAGIC_MODIFIED || magic == MAGIC_IXIA_HARDWARE ||
           magic == MAGIC_IXIA_SOFTWARE;
}

bool fm_pcap_found(const uint8_t *bytes, size_t n)
{
    return n >= 4 && (known_magic(u32(false, bytes)) || known_magic(u32(true, bytes)));
}

/* Captured length and length on the wire, in the order they are meant. */
static inline void read_lengths(const Pcap *pcap, const uint8_t *header, uint32_t *captured, uint32_t *length)
{
    uint32_t first = u32(pcap->swapped, header + 8), second = u32(pcap->swapped, header + 12);
    bool exchange = pcap->lengths == LENGTHS_SWAPPED || (pcap->lengths == LENGTHS_UNSURE && first > second);
    *captured = exchange ? second : first;
    *length = exchange ? first : second;
}

static inline void fill_frame(const Pcap *pcap, const uint8_t *header, FmFrame *frame)
{
    read_lengths(pcap, header, &frame->captured, &frame->length);
    frame->time = (FmTime)u32(pcap->swapped, header) * FM_SECOND + (FmTime)u32(pcap->swapped, header + 4) * pcap->fraction;
    frame->data = header + pcap->record_header;
    frame->link_type = pcap->link_type;
    frame->interface = NULL;
    frame->comments = NULL;
    frame->packet_id = 0;
    frame->section = frame->flags = frame->queue = 0;
    frame->has_flags = frame->has_packet_id = frame->has_queue = false;
    frame->fcs_length = pcap->fcs_length;
    frame->decimals = pcap->decimals;
}

static FmNext pcap_next(FmSource *source, FmFrame *frame, GError **error)
{
    const Pcap *pcap = source->state;
    FmInput *input = &source->input;
    uint32_t captured, length;
    if (!fm_input_need(input, pcap->record_header))
        return fm_source_short(source, true, error);
    read_lengths(pcap, input->at, &captured, &length);
    if (captured > pcap->max_frame)
        return fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT,
                              "the file is damaged: packet %" G_GUINT64_FORMAT
                              " claims %u bytes, more than the %u that are possible",
                              source->frames + 1, captured, pcap->max_frame);
    if (!fm_input_need(input, (size_t)pcap->record_header + captured) || (captured == 0 && fm_input_shrunk(input)))
        return fm_source_short(source, false, error);
    frame->number = ++source->frames;
    frame->place = fm_input_offset(input);
    fill_frame(pcap, input->at, frame);
    input->at += (size_t)pcap->record_header + captured;
    fm_input_prefetch(input);
    return FM_NEXT_FRAME;
}

static bool pcap_again(FmSource *source, uint64_t place, FmFrame *frame, GByteArray *room, FmAhead *ahead)
{
    const Pcap *pcap = source->state;
    uint8_t header[RECORD_HEADER];
    uint32_t captured, length;
    if (!fm_input_seekable(&source->input) || !fm_input_copy(&source->input, ahead, place, header, sizeof header))
        return false;
    read_lengths(pcap, header, &captured, &length);
    if (captured > pcap->max_frame)
        return false;
    g_byte_array_set_size(room, pcap->record_header + captured);
    if (!fm_input_copy(&source->input, ahead, place, room->data, room->len))
        return false;
    frame->place = place;
    fill_frame(pcap, room->data, frame);
    return true;
}

/* How many things are wrong with the first records if their headers are `record_header` bytes long. `sure`: a file that ends
 * in a record, or with the first one, is out. */
static unsigned count_oddities(FmSource *source, const Pcap *pcap, uint32_t record_header, bool sure)
{
    FmInput *input = &source->input;
    size_t at = 0;
    for (unsigned i = 0; i < RECORDS_TO_TRY; i++) {
        uint32_t captured, length;
        if (!fm_input_need(input, at + record_header)) {
            bool ends_well = (size_t)(input->end - input->at) == at;
            return sure ? (ends_well && i > 1 ? 0 : UINT_MAX) : !ends_well;
        }
        const uint8_t *header = input->at + at;
        read_lengths(pcap, header, &captured, &length);
        unsigned odd = (captured > pcap->max_frame) + (pcap->snap_length && captured > pcap->snap_length) + (captured > length) +
                       (length > FM_MAX_BIG_FRAME) + (u32(pcap->swapped, header + 4) >= FM_SECOND / pcap->fraction);
        if (odd || captured > pcap->max_frame)
            return odd;
        at += (size_t)record_header + captured;
    }
    return 0;
}

/* The magic number does not tell all lengths of the record header apart: the records do. The first kind wins a draw. A pipe is
 * believed: waiting for several packets would hold up the first. */
static uint32_t find_record_header(FmSource *source, const Pcap *pcap, bool modified)
{
    static const uint32_t usual[] = { 16, 24, 20 }, lengthened[] = { 24, 28 };
    const uint32_t *kinds = modified ? lengthened : usual;
    size_t n = modified ? G_N_ELEMENTS(lengthened) : G_N_ELEMENTS(usual);
    uint32_t best = kinds[0];
    if (!fm_input_seekable(&source->input) && !source->input.decoder)
        return best;
    unsigned least = count_oddities(source, pcap, best, false);
    for (size_t i = 1; i < n && least > 0; i++) {
        unsigned odd = count_oddities(source, pcap, kinds[i], true);
        if (odd < least) {
            least = odd;
            best = kinds[i];
        }
    }
    return best;
}

/* AIX wrote version 2.2 with nanoseconds and interface types (RFC 1573) instead of link types. */
static bool adopt_aix(Pcap *pcap)
{
    static const struct {
        uint8_t type, link_type;
    } types[] = { { 6, 1 }, { 9, 6 }, { 15, 10 }, { 24, 0 } };
    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        if (pcap->link_type == types[i].type) {
            pcap->link_type = types[i].link_type;
            pcap->fraction = 1;
            pcap->decimals = 9;
            return true;
        }
    }
    return false;
}

static void choose_lengths(Pcap *pcap, uint16_t major, uint16_t minor)
{
    if (major == 2 && minor == 2 && adopt_aix(pcap))
        return;
    if ((major == 2 && minor < 3) || (major == 543 && minor == 0))
        pcap->lengths = LENGTHS_SWAPPED;
    else if (major == 2 && minor == 3)
        pcap->lengths = LENGTHS_UNSURE;
}

static void pcap_close(FmSource *source)
{
    g_free(source->state);
}

bool fm_pcap_open(FmSource *source, GError **error)
{
    FmInput *input = &source->input;
    bool swapped = !known_magic(u32(false, input->at));
    uint32_t magic = u32(swapped, input->at);
    bool ixia = magic == MAGIC_IXIA_HARDWARE || magic == MAGIC_IXIA_SOFTWARE;
    size_t header_size = FILE_HEADER + (ixia ? 4 : 0);
    if (!fm_input_need(input, header_size)) {
        fm_source_fail(source, error, FM_CAPTURE_ERROR_CUT, "the file was cut short in the middle of its header");
        return false;
    }
    const uint8_t *header = input->at;
    uint16_t major = u16(swapped, header + 4);
    if (major < 2) {
        fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT, "pcap version %u is too old: versions 2 and later are read", major);
        return false;
    }
    bool nano = magic == MAGIC_NANO || ixia;
    uint32_t link = u32(swapped, header + 20);
    Pcap *pcap = g_new(Pcap, 1);
    *pcap = (Pcap){
        .swapped = swapped,
        .record_header = RECORD_HEADER,
        .fraction = nano ? 1 : 1000,
        .decimals = nano ? 9 : 6,
        .snap_length = u32(swapped, header + 16),
        .link_type = fm_link_type(link & LINK_MASK),
        .fcs_length = link & FCS_PRESENT ? (int8_t)(2 * (link >> 28)) : -1,
    };
    choose_lengths(pcap, major, u16(swapped, header + 6));
    pcap->max_frame = fm_max_frame(pcap->link_type);
    input->at += header_size;
    if (magic == MAGIC_MICRO || magic == MAGIC_MODIFIED)
        pcap->record_header = find_record_header(source, pcap, magic == MAGIC_MODIFIED);

    source->state = pcap;
    source->next = pcap_next;
    source->again = pcap_again;
    source->close = pcap_close;
    source->format = g_strdup(nano ? "nanosecond pcap" : pcap->record_header == RECORD_HEADER ? "pcap" : "modified pcap");
    return true;
}
