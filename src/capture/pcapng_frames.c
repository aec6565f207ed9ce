/* pcapng: the blocks that hold a frame. */
#include "config.h"

#include "capture/pcapng_blocks.h"

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

size_t fm_pcapng_comments_size(Options options)
{
    size_t size = 0;
    Option option;
    while (fm_pcapng_option(&options, &option)) {
        if (option.code == OPTION_COMMENT)
            size += sizeof(char *) + option.size + 1u;
    }
    return size ? size + sizeof(char *) : 0;
}

const char *const *fm_pcapng_comments(Options options, void *room)
{
    size_t count = 0;
    Option option;
    for (Options all = options; fm_pcapng_option(&all, &option);)
        count += option.code == OPTION_COMMENT;
    const char **list = room, **next = list;
    char *text = (char *)(list + count + 1);
    while (fm_pcapng_option(&options, &option)) {
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
    frame->time = fm_pcapng_time(&interface->clock, (uint64_t)u32(block->swapped, body + 4) << 32 | u32(block->swapped, body + 8));
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

Fault fm_pcapng_frame(const FmSource *source, const Section *section, const Block *block, FmFrame *frame, Options *options)
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
    while (fm_pcapng_option(&all, &option)) {
        fault = set_packet_option(frame, &option, block->swapped);
        if (fault)
            return fault;
    }
    return all.at < all.end ? "an option is longer than its packet's block" : NULL;
}
