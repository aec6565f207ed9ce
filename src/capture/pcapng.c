/* pcapng (draft-ietf-opsawg-pcapng): blocks of several kinds, in sections of either byte order. */
#include "config.h"

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

/* The next option; false at the end of the list, and where one is longer than what is left: then `at` stays before `end`. */
static bool next_option(Options *options, Option *option)
{
    if (options->end - options->at < 4)
        options->at = options->end;
    if (options->at == options->end)
        return false;
    option->code = u16(options->swapped, options->at);
    option->size = u16(options->swapped, options->at + 2);
    option->data = options->at + 4;
    if (option->code == OPTION_END) {
        options->at = options->end;
        return false;
    }
    size_t left = (size_t)(options->end - option->data);
    if (option->size > left)
        return false;
    options->at = option->data + MIN(padded(option->size), left);
    return true;
}

static FmNext bad_options(FmSource *source, const Options *options, GError **error)
{
    return fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT,
                          "the file is damaged: an option of length %u is longer than its block, after packet %" G_GUINT64_FORMAT,
                          u16(options->swapped, options->at + 2), source->frames);
}

static FmNext bad_block(FmSource *source, const char *what, GError **error)
{
    return fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT, "the file is damaged: %s, after packet %" G_GUINT64_FORMAT, what,
                          source->frames);
}

static uint64_t power(uint64_t base, unsigned n)
{
    uint64_t v = 1;
    while (n-- > 0)
        v *= base;
    return v;
}

/* if_tsresol: a power of ten, or of two where the high bit is set. Finer ones than 10^-28 make all times 0. */
static void set_resolution(Interface *interface, uint8_t value)
{
    unsigned n = value & 0x7f;
    bool binary = value & 0x80;
    Clock *clock = &interface->clock;
    clock->multiply = binary ? (uint64_t)FM_SECOND : n <= 9 ? power(10, 9 - n) : n <= 28 ? 1 : 0;
    clock->divide = !binary && n > 9 && n <= 28 ? power(10, n - 9) : 1;
    clock->shift = binary ? n : 0;
    interface->shown.resolution = binary ? MAX(n < 30 ? FM_SECOND >> n : 1, 1) : n <= 9 ? (FmTime)clock->multiply : 1;
    clock->plain = !binary && n <= 9 && clock->offset_s == 0 ? INT64_MAX / clock->multiply : 0;
    unsigned digits = binary ? n * 3 / 10 : n; /* whole decimal digits of a unit */
    interface->shown.decimals = digits >= 9 ? 9 : digits >= 6 ? 6 : (uint8_t)MIN(digits, 3);
}

/* Exact to the nanosecond, rounded down; saturated where 64 bits of nanoseconds do not reach. */
static FmTime time_of(const Clock *clock, uint64_t units)
{
    if (units < clock->plain)
        return (FmTime)(units * clock->multiply);
    unsigned __int128 ns = (unsigned __int128)units * clock->multiply >> clock->shift;
    if (clock->divide > 1)
        ns /= clock->divide;
    __int128 time = (__int128)ns + (__int128)clock->offset_s * FM_SECOND;
    return time > INT64_MAX ? INT64_MAX : time <= INT64_MIN ? INT64_MIN + 1 : (FmTime)time;
}

static char *keep_text(FmSource *source, const Option *option)
{
    return fm_source_keep(source, option->size) ? g_strndup((const char *)option->data, option->size) : NULL;
}

static void set_interface_option(FmSource *source, Interface *interface, const Option *option, bool swapped)
{
    FmInterface *shown = &interface->shown;
    switch (option->code) {
    case INTERFACE_NAME:
        if (!shown->name)
            shown->name = keep_text(source, option);
        break;
    case INTERFACE_DESCRIPTION:
        if (!shown->description)
            shown->description = keep_text(source, option);
        break;
    case INTERFACE_FILTER: /* a byte that says how it is written: 0 is pcap-filter text */
        if (!shown->filter && option->size > 1 && option->data[0] == 0 && fm_source_keep(source, option->size))
            shown->filter = g_strndup((const char *)option->data + 1, option->size - 1u);
        break;
    case INTERFACE_RESOLUTION:
        if (option->size == 1)
            set_resolution(interface, option->data[0]);
        break;
    case INTERFACE_OFFSET:
        if (option->size == 8) {
            interface->clock.offset_s = (int64_t)u64(swapped, option->data);
            interface->clock.plain = 0;
        }
        break;
    case INTERFACE_FCS_LENGTH:
        if (option->size == 1)
            shown->fcs_length = (int8_t)MIN(option->data[0], 127);
        break;
    }
}

static FmNext read_interface(FmSource *source, const Block *block, GError **error)
{
    Pcapng *pcapng = source->state;
    if (block->size < 8)
        return bad_block(source, "an interface description is too short", error);
    if (source->interfaces->len >= FM_MAX_INTERFACES)
        return bad_block(source, "it describes more interfaces than any capture has", error);
    Interface *interface = g_new0(Interface, 1);
    interface->shown.number = (uint32_t)pcapng->now.interface_count;
    interface->shown.section = pcapng->now.number;
    interface->shown.link_type = fm_link_type(u16(block->swapped, block->body));
    interface->shown.snap_length = u32(block->swapped, block->body + 4);
    interface->shown.fcs_length = -1;
    set_resolution(interface, 6);
    Options options = { block->body + 8, block->body + block->size, block->swapped };
    Option option;
    while (next_option(&options, &option))
        set_interface_option(source, interface, &option, block->swapped);

    g_mutex_lock(&pcapng->lock);
    fm_source_take_interface(source, &interface->shown);
    g_array_index(pcapng->sections, Section, pcapng->now.number - 1).interface_count = ++pcapng->now.interface_count;
    g_mutex_unlock(&pcapng->lock);
    return options.at < options.end ? bad_options(source, &options, error) : FM_NEXT_WAIT;
}

/* A name goes onto a line of its own with spaces around it: only those that are no trouble there are kept. */
static bool is_plain_name(const uint8_t *name, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (name[i] <= ' ' || name[i] == 0x7f)
            return false;
    }
    return n > 0 && g_utf8_validate((const char *)name, (gssize)n, NULL);
}

/* Names of one address, each ended by a zero byte. */
static void add_names(FmSource *source, const uint8_t *address, size_t address_size, const uint8_t *end)
{
    FmText text = { 0 };
    if (address_size == 4)
        fm_text_ipv4(&text, (uint32_t)fm_be(address, 4));
    else
        fm_text_ipv6(&text, address);
    const uint8_t *name = address + address_size;
    while (name < end) {
        const uint8_t *zero = memchr(name, 0, (size_t)(end - name));
        size_t n = (size_t)((zero ? zero : end) - name);
        if (is_plain_name(name, n) && fm_source_keep(source, text.size + n + 2))
            g_string_append_printf(source->names, "%s %.*s\n", fm_text_string(&text), (int)n, name);
        name += n + 1;
    }
    fm_text_clear(&text);
}

static FmNext read_names(FmSource *source, const Block *block, GError **error)
{
    enum { NAMES_END, NAMES_IPV4, NAMES_IPV6 };
    const uint8_t *at = block->body, *end = at + block->size;
    while (end - at >= 4) {
        uint16_t type = u16(block->swapped, at), size = u16(block->swapped, at + 2);
        at += 4;
        if (type == NAMES_END)
            return FM_NEXT_WAIT;
        if (padded(size) > (size_t)(end - at))
            return bad_block(source, "a record of names is longer than its block", error);
        if (type == NAMES_IPV4 && size > 4)
            add_names(source, at, 4, at + size);
        else if (type == NAMES_IPV6 && size > 16)
            add_names(source, at, 16, at + size);
        at += padded(size);
    }
    return FM_NEXT_WAIT;
}

static FmNext read_statistics(FmSource *source, const Block *block, GError **error)
{
    const Pcapng *pcapng = source->state;
    if (block->size < 12)
        return bad_block(source, "interface statistics are too short", error);
    uint32_t number = u32(block->swapped, block->body);
    Interface *known =
        number < pcapng->now.interface_count ? source->interfaces->pdata[pcapng->now.first_interface + number] : NULL;
    FmInterface *interface = known ? &known->shown : NULL;
    if (known)
        interface->counted =
            time_of(&known->clock, (uint64_t)u32(block->swapped, block->body + 4) << 32 | u32(block->swapped, block->body + 8));
    Options options = { block->body + 12, block->body + block->size, block->swapped };
    Option option;
    while (next_option(&options, &option)) {
        if (!interface || option.size != 8)
            continue;
        if (option.code == STATISTICS_RECEIVED) {
            interface->received = u64(block->swapped, option.data);
            interface->has_received = true;
        } else if (option.code == STATISTICS_DROPPED) {
            interface->dropped = u64(block->swapped, option.data);
            interface->has_dropped = true;
        }
    }
    return options.at < options.end ? bad_options(source, &options, error) : FM_NEXT_WAIT;
}

static FmNext read_secrets(FmSource *source, const Block *block, GError **error)
{
    if (block->size < 8 || u32(block->swapped, block->body + 4) > block->size - 8)
        return bad_block(source, "decryption secrets are longer than their block", error);
    uint32_t size = u32(block->swapped, block->body + 4);
    if (!fm_source_keep(source, size + sizeof(FmSecretsBlock)))
        return bad_block(source, "it holds more decryption secrets than any capture needs", error);
    FmSecretsBlock *secrets = g_new(FmSecretsBlock, 1);
    *secrets = (FmSecretsBlock){ u32(block->swapped, block->body), g_memdup2(block->body + 8, size), size };
    g_ptr_array_add(source->secrets, secrets);
    return FM_NEXT_WAIT;
}

static void set_section_option(FmSource *source, const Option *option)
{
    FmSection *section = source->section;
    if (option->code == OPTION_COMMENT) {
        char *comment = keep_text(source, option);
        if (comment)
            g_ptr_array_add(source->comments, comment);
    } else if (option->code == SECTION_HARDWARE && !section->hardware) {
        section->hardware = keep_text(source, option);
    } else if (option->code == SECTION_SYSTEM && !section->system) {
        section->system = keep_text(source, option);
    } else if (option->code == SECTION_APPLICATION && !section->application) {
        section->application = keep_text(source, option);
    }
}

/* The first section speaks for the capture. */
static void keep_section(FmSource *source, Options options)
{
    Option option;
    source->section = g_new0(FmSection, 1);
    source->comments = g_ptr_array_new_with_free_func(g_free);
    while (next_option(&options, &option))
        set_section_option(source, &option);
    g_ptr_array_add(source->comments, NULL);
    source->section->comments = (const char *const *)source->comments->pdata;
}

static FmNext read_section(FmSource *source, const Block *block, GError **error)
{
    Pcapng *pcapng = source->state;
    if (block->size < 16)
        return bad_block(source, "a section header is too short", error);
    uint16_t major = u16(block->swapped, block->body + 4), minor = u16(block->swapped, block->body + 6);
    if (major != 1 || (minor != 0 && minor != 2))
        return fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT, "pcapng version %u.%u is not known", major, minor);
    Options options = { block->body + 16, block->body + block->size, block->swapped };
    if (!source->section)
        keep_section(source, options);
    Option option;
    while (next_option(&options, &option))
        ;
    if (options.at < options.end)
        return bad_options(source, &options, error);
    if (pcapng->sections->len >= FM_MAX_INTERFACES)
        return bad_block(source, "it has more sections than any capture", error);
    pcapng->now = (Section){
        .place = fm_input_offset(&source->input),
        .first_interface = source->interfaces->len,
        .number = pcapng->now.number + 1,
        .swapped = block->swapped,
    };
    g_mutex_lock(&pcapng->lock);
    g_array_append_val(pcapng->sections, pcapng->now);
    g_mutex_unlock(&pcapng->lock);
    return FM_NEXT_WAIT;
}

/* What is wrong with a packet's block; NULL: nothing. */
typedef const char *Fault;

static Fault set_packet_option(FmFrame *frame, const Option *option, bool swapped)
{
    switch (option->code) {
    case PACKET_FLAGS:
        if (option->size != 4)
            return "a packet's flags are not 4 bytes long";
        frame->flags = u32(swapped, option->data);
        frame->has_flags = true;
        if (frame->flags >> 5 & 15)
            frame->fcs_length = (int8_t)(frame->flags >> 5 & 15);
        break;
    case PACKET_ID:
        if (option->size != 8)
            return "a packet's identifier is not 8 bytes long";
        frame->packet_id = u64(swapped, option->data);
        frame->has_packet_id = true;
        break;
    case PACKET_QUEUE:
        if (option->size != 4)
            return "a packet's queue is not 4 bytes long";
        frame->queue = u32(swapped, option->data);
        frame->has_queue = true;
        break;
    }
    return NULL;
}

/* Bytes that put_comments needs; 0: there are none. */
static size_t comments_size(Options options)
{
    size_t size = 0;
    Option option;
    while (next_option(&options, &option)) {
        if (option.code == OPTION_COMMENT)
            size += sizeof(char *) + option.size + 1u;
    }
    return size ? size + sizeof(char *) : 0;
}

static const char *const *put_comments(Options options, void *room)
{
    size_t count = 0;
    Option option;
    for (Options all = options; next_option(&all, &option);)
        count += option.code == OPTION_COMMENT;
    const char **list = room, **next = list;
    char *text = (char *)(list + count + 1);
    while (next_option(&options, &option)) {
        if (option.code != OPTION_COMMENT)
            continue;
        *next++ = text;
        memcpy(text, option.data, option.size);
        text[option.size] = '\0';
        text += option.size + 1u;
    }
    *next = NULL;
    return list;
}

/* The fixed part of a packet block of the usual or the obsolete kind. */
static Fault read_packet(const FmSource *source, const Section *section, const Block *block, FmFrame *frame, Options *options)
{
    if (block->size < 20)
        return "a packet block is too short";
    const uint8_t *body = block->body;
    uint32_t number = block->type == BLOCK_PACKET ? u32(block->swapped, body) : u16(block->swapped, body);
    if (number >= section->interface_count)
        return "a packet comes from an interface that is not described";
    const Interface *interface = source->interfaces->pdata[section->first_interface + number];
    frame->captured = u32(block->swapped, body + 12);
    frame->length = u32(block->swapped, body + 16);
    if (frame->captured > block->size - 20)
        return "a packet is longer than its block";
    frame->time = time_of(&interface->clock, (uint64_t)u32(block->swapped, body + 4) << 32 | u32(block->swapped, body + 8));
    frame->interface = &interface->shown;
    frame->data = body + 20;
    size_t used = 20 + padded(frame->captured);
    if (used < block->size)
        *options = (Options){ body + used, body + block->size, block->swapped };
    return NULL;
}

static Fault read_simple_packet(const FmSource *source, const Section *section, const Block *block, FmFrame *frame)
{
    if (block->size < 4)
        return "a simple packet block is too short";
    if (section->interface_count == 0)
        return "a packet comes from an interface that is not described";
    const FmInterface *interface = source->interfaces->pdata[section->first_interface];
    frame->length = frame->captured = u32(block->swapped, block->body);
    if (interface->snap_length && frame->captured > interface->snap_length)
        frame->captured = interface->snap_length;
    if (frame->captured > block->size - 4)
        return "a packet is longer than its block";
    frame->data = block->body + 4;
    frame->interface = interface;
    return NULL;
}

/* The time of a journal entry is one of its lines, in microseconds. */
static FmTime journal_time(const char *text, size_t n)
{
    static const char key[] = "__REALTIME_TIMESTAMP=";
    const char *line = g_strstr_len(text, (gssize)n, key), *end = text + n;
    if (!line || (line > text && line[-1] != '\n'))
        return FM_TIME_NONE;
    int64_t time = 0;
    for (line += sizeof key - 1; line < end && g_ascii_isdigit(*line); line++) {
        if (__builtin_mul_overflow(time, 10, &time) || __builtin_add_overflow(time, *line - '0', &time))
            return FM_TIME_NONE;
    }
    return __builtin_mul_overflow(time, FM_MICROSECOND, &time) ? FM_TIME_NONE : time;
}

static Fault read_journal(const Block *block, FmFrame *frame)
{
    size_t n = block->size;
    while (n > 0 && block->size - n < 3 && block->body[n - 1] == 0)
        n--;
    frame->data = block->body;
    frame->captured = frame->length = (uint32_t)n;
    frame->link_type = FM_LINK_JOURNAL;
    frame->time = journal_time((const char *)block->body, n);
    return NULL;
}

/* CPU, time, thread, length of the event and its type come first. */
static Fault read_system_call(const Block *block, FmFrame *frame)
{
    size_t header = block->type == BLOCK_SYSTEM_CALL ? SYSTEM_CALL_HEADER + 2 : SYSTEM_CALL_HEADER + 6;
    if (block->size < header)
        return "a system call's block is too short";
    uint64_t time = u64(block->swapped, block->body + 2);
    frame->data = block->body + header;
    frame->captured = (uint32_t)(block->size - header);
    frame->length = u32(block->swapped, block->body + 18);
    frame->link_type = FM_LINK_SYSTEM_CALL;
    frame->time = time > INT64_MAX ? FM_TIME_NONE : (FmTime)time;
    return NULL;
}

static Fault read_custom(const Block *block, FmFrame *frame)
{
    frame->data = block->body + 4;
    frame->captured = frame->length = (uint32_t)(block->size - 4);
    frame->link_type = FM_LINK_CUSTOM_BLOCK;
    return NULL;
}

/* One by one: the compiler's way to clear a whole struct takes as long as all the rest. Number and place are the callers'. */
static inline void clear_frame(FmFrame *frame, const Section *section)
{
    frame->time = FM_TIME_NONE;
    frame->interface = NULL;
    frame->comments = NULL;
    frame->packet_id = 0;
    frame->section = section->number;
    frame->flags = frame->queue = 0;
    frame->has_flags = frame->has_packet_id = frame->has_queue = false;
    frame->fcs_length = -1;
    frame->decimals = 9;
}

/* Fills the frame from its block; the comments are among `options`, to be gathered by the caller. Touches nothing in the source. */
static Fault read_frame(const FmSource *source, const Section *section, const Block *block, FmFrame *frame, Options *options)
{
    clear_frame(frame, section);
    *options = (Options){ NULL, NULL, block->swapped };
    Fault fault;
    switch (block->type) {
    case BLOCK_PACKET:
    case BLOCK_OLD_PACKET: fault = read_packet(source, section, block, frame, options); break;
    case BLOCK_SIMPLE_PACKET: fault = read_simple_packet(source, section, block, frame); break;
    case BLOCK_JOURNAL: fault = read_journal(block, frame); break;
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NO_COPY: fault = read_custom(block, frame); break;
    default: fault = read_system_call(block, frame); break;
    }
    if (fault)
        return fault;
    if (frame->interface) {
        frame->link_type = frame->interface->link_type;
        frame->fcs_length = frame->interface->fcs_length;
        frame->decimals = frame->interface->decimals;
    }
    if (frame->captured > fm_max_frame(frame->link_type))
        return "a packet is longer than any";
    Option option;
    Options all = *options;
    while (next_option(&all, &option)) {
        fault = set_packet_option(frame, &option, block->swapped);
        if (fault)
            return fault;
    }
    return all.at < all.end ? "an option is longer than its packet's block" : NULL;
}

static FmNext next_frame(FmSource *source, const Block *block, FmFrame *frame, GError **error)
{
    Pcapng *pcapng = source->state;
    Options options;
    Fault fault = read_frame(source, &pcapng->now, block, frame, &options);
    if (fault)
        return bad_block(source, fault, error);
    frame->number = ++source->frames;
    frame->place = fm_input_offset(&source->input);
    size_t size = comments_size(options);
    if (size > 0) {
        g_byte_array_set_size(pcapng->room, (guint)size);
        frame->comments = put_comments(options, pcapng->room->data);
    }
    return FM_NEXT_FRAME;
}

static bool holds_frame(const Block *block)
{
    if (block->type == BLOCK_PACKET)
        return true;
    switch (block->type) {
    case BLOCK_OLD_PACKET:
    case BLOCK_SIMPLE_PACKET:
    case BLOCK_JOURNAL:
    case BLOCK_SYSTEM_CALL:
    case BLOCK_SYSTEM_CALL_2:
    case BLOCK_SYSTEM_CALL_2_LARGE: return true;
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NO_COPY: return block->size >= 4 && u32(block->swapped, block->body) != SPARE_PEN;
    default: return false;
    }
}

/* FM_NEXT_WAIT: go on with the next block. */
static FmNext read_block(FmSource *source, const Block *block, FmFrame *frame, GError **error)
{
    if (holds_frame(block))
        return next_frame(source, block, frame, error);
    switch (block->type) {
    case BLOCK_SECTION: return read_section(source, block, error);
    case BLOCK_INTERFACE: return read_interface(source, block, error);
    case BLOCK_NAMES: return read_names(source, block, error);
    case BLOCK_STATISTICS: return read_statistics(source, block, error);
    case BLOCK_SECRETS: return read_secrets(source, block, error);
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NO_COPY: return block->size >= 4 ? FM_NEXT_WAIT : bad_block(source, "a custom block is too short", error);
    default: return FM_NEXT_WAIT;
    }
}

static bool is_known(uint32_t type)
{
    Block block = { .type = type };
    return holds_frame(&block) || type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_NAMES ||
           type == BLOCK_STATISTICS || type == BLOCK_SECRETS || type == BLOCK_CUSTOM || type == BLOCK_CUSTOM_NO_COPY;
}

/* Type and length of the block at `at`, of which 12 bytes are there for a section header and 8 for others. */
static bool read_block_start(const uint8_t *at, Block *block, uint32_t *total)
{
    block->type = u32(block->swapped, at);
    if (block->type == BLOCK_SECTION) {
        uint32_t order = u32(false, at + 8);
        if (order != BYTE_ORDER_MAGIC && order != BYTE_ORDER_SWAPPED)
            return false;
        block->swapped = order == BYTE_ORDER_SWAPPED;
    }
    *total = u32(block->swapped, at + 4);
    return true;
}

static FmNext bad_total(FmSource *source, uint32_t total, GError **error)
{
    return fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT,
                          "the file is damaged: a block of %u bytes is not possible, after packet %" G_GUINT64_FORMAT, total,
                          source->frames);
}

/* Writers that forget to pad give an odd length; the block goes on to the next multiple of 4 all the same. */
static bool same_total(uint32_t total, uint32_t again)
{
    return again == total || again == padded(total);
}

/* A block that is none of ours. */
static FmNext skip_block(FmSource *source, const Block *block, uint32_t total, GError **error)
{
    FmInput *input = &source->input;
    if (!fm_input_skip(input, padded(total) - 4) || !fm_input_need(input, 4))
        return fm_source_short(source, false, error);
    uint32_t again = u32(block->swapped, input->at);
    input->at += 4;
    return same_total(total, again) ? FM_NEXT_WAIT : bad_block(source, "the two lengths of a block differ", error);
}

static inline FmNext take_block(FmSource *source, FmFrame *frame, GError **error)
{
    const Pcapng *pcapng = source->state;
    FmInput *input = &source->input;
    Block block = { .swapped = pcapng->now.swapped };
    uint32_t total;
    if (!fm_input_need(input, BLOCK_FRAME))
        return fm_source_short(source, true, error);
    if (!read_block_start(input->at, &block, &total))
        return bad_block(source, "a section's byte order is not known", error);
    if (total < BLOCK_FRAME || total > UINT32_MAX - 3)
        return bad_total(source, total, error);
    if (block.type != BLOCK_PACKET && !is_known(block.type))
        return skip_block(source, &block, total, error);
    if (total > FM_MAX_BLOCK)
        return bad_total(source, total, error);
    size_t size = padded(total);
    if (!fm_input_need(input, size))
        return fm_source_short(source, false, error);
    if (!same_total(total, u32(block.swapped, input->at + size - 4)))
        return bad_block(source, "the two lengths of a block differ", error);
    block.body = input->at + 8;
    block.size = size - BLOCK_FRAME;
    FmNext next = read_block(source, &block, frame, error);
    input->at += size;
    return next;
}

static FmNext pcapng_next(FmSource *source, FmFrame *frame, GError **error)
{
    FmNext next;
    do {
        source->input.waiting = false;
        next = take_block(source, frame, error);
    } while (next == FM_NEXT_WAIT && !source->input.waiting);
    return next;
}

static bool find_section(FmSource *source, uint64_t place, Section *section)
{
    Pcapng *pcapng = source->state;
    const GArray *sections = pcapng->sections;
    size_t low = 0, high = sections->len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g_array_index(sections, Section, middle).place <= place)
            low = middle + 1;
        else
            high = middle;
    }
    if (low > 0)
        *section = g_array_index(sections, Section, low - 1);
    return low > 0;
}

static bool pcapng_again(FmSource *source, uint64_t place, FmFrame *frame, GByteArray *room)
{
    Pcapng *pcapng = source->state;
    uint8_t start[BLOCK_FRAME];
    uint32_t total;
    Section section;
    if (!fm_input_seekable(&source->input) || !fm_input_copy(&source->input, place, start, sizeof start))
        return false;
    g_mutex_lock(&pcapng->lock);
    bool found = find_section(source, place, &section);
    g_mutex_unlock(&pcapng->lock);
    Block block = { .swapped = found && section.swapped };
    if (!found || !read_block_start(start, &block, &total) || total < BLOCK_FRAME || total > FM_MAX_BLOCK)
        return false;
    size_t size = padded(total), aligned = (size + 7) & ~(size_t)7;
    g_byte_array_set_size(room, (guint)size);
    if (!fm_input_copy(&source->input, place, room->data, size))
        return false;
    block.body = room->data + 8;
    block.size = size - BLOCK_FRAME;
    Options options;
    g_mutex_lock(&pcapng->lock);
    Fault fault = holds_frame(&block) ? read_frame(source, &section, &block, frame, &options) : "no packet";
    g_mutex_unlock(&pcapng->lock);
    if (fault)
        return false;
    frame->place = place;
    size_t more = comments_size(options);
    if (more > 0) { /* behind the block; growing may move it */
        size_t data = (size_t)(frame->data - room->data), at = (size_t)(options.at - room->data);
        g_byte_array_set_size(room, (guint)(aligned + more));
        frame->data = room->data + data;
        options = (Options){ room->data + at, room->data + size - 4, block.swapped };
        frame->comments = put_comments(options, room->data + aligned);
    }
    return true;
}

static void pcapng_close(FmSource *source)
{
    Pcapng *pcapng = source->state;
    g_array_unref(pcapng->sections);
    g_byte_array_unref(pcapng->room);
    g_mutex_clear(&pcapng->lock);
    g_free(pcapng);
}

bool fm_pcapng_found(const uint8_t *bytes, size_t n)
{
    Block block = { 0 };
    uint32_t total;
    return n >= FM_FORMAT_MAGIC && u32(false, bytes) == BLOCK_SECTION && read_block_start(bytes, &block, &total);
}

bool fm_pcapng_open(FmSource *source, GError **error)
{
    Pcapng *pcapng = g_new0(Pcapng, 1);
    pcapng->sections = g_array_new(FALSE, FALSE, sizeof(Section));
    pcapng->room = g_byte_array_new();
    g_mutex_init(&pcapng->lock);
    source->state = pcapng;
    source->next = pcapng_next;
    source->again = pcapng_again;
    source->close = pcapng_close;
    source->format = g_strdup("pcapng");
    FmFrame frame; /* the first block is the section's header, so it is not used */
    return take_block(source, &frame, error) == FM_NEXT_WAIT;
}
