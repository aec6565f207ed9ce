/* pcapng (draft-ietf-opsawg-pcapng): blocks of several kinds, in sections of either byte order. */
#include "config.h"

#include "capture/pcapng_blocks.h"

static FmNext next_frame(FmSource *source, const Block *block, FmFrame *frame, GError **error)
{
    Pcapng *pcapng = source->state;
    Options options;
    Fault fault = fm_pcapng_frame(source, &pcapng->now, block, frame, &options);
    if (fault)
        return fm_pcapng_bad_block(source, fault, error);
    frame->number = ++source->frames;
    frame->place = fm_input_offset(&source->input);
    size_t size = fm_pcapng_comments_size(options);
    if (size > 0) {
        g_byte_array_set_size(pcapng->room, (guint)size);
        frame->comments = fm_pcapng_comments(options, pcapng->room->data);
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
    case BLOCK_SECTION: return fm_pcapng_section(source, block, error);
    case BLOCK_INTERFACE: return fm_pcapng_interface(source, block, error);
    case BLOCK_NAMES: return fm_pcapng_names(source, block, error);
    case BLOCK_STATISTICS: return fm_pcapng_statistics(source, block, error);
    case BLOCK_SECRETS: return fm_pcapng_secrets(source, block, error);
    case BLOCK_CUSTOM:
    case BLOCK_CUSTOM_NO_COPY: return block->size >= 4 ? FM_NEXT_WAIT : fm_pcapng_bad_block(source, "a custom block is too short", error);
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
    return same_total(total, again) ? FM_NEXT_WAIT : fm_pcapng_bad_block(source, "the two lengths of a block differ", error);
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
        return fm_pcapng_bad_block(source, "a section's byte order is not known", error);
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
        return fm_pcapng_bad_block(source, "the two lengths of a block differ", error);
    block.body = input->at + 8;
    block.size = size - BLOCK_FRAME;
    FmNext next = read_block(source, &block, frame, error);
    input->at += size;
    fm_input_prefetch(input);
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

static bool pcapng_again(FmSource *source, uint64_t place, FmFrame *frame, GByteArray *room, FmAhead *ahead)
{
    Pcapng *pcapng = source->state;
    uint8_t start[BLOCK_FRAME];
    uint32_t total;
    Section section;
    if (!fm_input_seekable(&source->input) || !fm_input_copy(&source->input, ahead, place, start, sizeof start))
        return false;
    g_mutex_lock(&pcapng->lock);
    bool found = find_section(source, place, &section);
    g_mutex_unlock(&pcapng->lock);
    Block block = { .swapped = found && section.swapped };
    if (!found || !read_block_start(start, &block, &total) || total < BLOCK_FRAME || total > FM_MAX_BLOCK)
        return false;
    size_t size = padded(total), aligned = (size + 7) & ~(size_t)7;
    g_byte_array_set_size(room, (guint)size);
    if (!fm_input_copy(&source->input, ahead, place, room->data, size))
        return false;
    block.body = room->data + 8;
    block.size = size - BLOCK_FRAME;
    Options options;
    g_mutex_lock(&pcapng->lock);
    Fault fault = holds_frame(&block) ? fm_pcapng_frame(source, &section, &block, frame, &options) : "no packet";
    g_mutex_unlock(&pcapng->lock);
    if (fault)
        return false;
    frame->place = place;
    size_t more = fm_pcapng_comments_size(options);
    if (more > 0) { /* behind the block; growing may move it */
        size_t data = (size_t)(frame->data - room->data), at = (size_t)(options.at - room->data);
        g_byte_array_set_size(room, (guint)(aligned + more));
        frame->data = room->data + data;
        options = (Options){ room->data + at, room->data + size - 4, block.swapped };
        frame->comments = fm_pcapng_comments(options, room->data + aligned);
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
