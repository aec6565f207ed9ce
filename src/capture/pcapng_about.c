/* pcapng: options, and the blocks that tell of the capture: sections, interfaces, names, statistics, secrets. */
#include "config.h"

#include "capture/pcapng_blocks.h"

bool fm_pcapng_option(Options *options, Option *option)
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

FmNext fm_pcapng_bad_options(FmSource *source, const Options *options, GError **error)
{
    return fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT,
                          "the file is damaged: an option of length %u is longer than its block, after packet %" G_GUINT64_FORMAT,
                          u16(options->swapped, options->at + 2), source->frames);
}

FmNext fm_pcapng_bad_block(FmSource *source, const char *what, GError **error)
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

FmTime fm_pcapng_time(const Clock *clock, uint64_t units)
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

FmNext fm_pcapng_interface(FmSource *source, const Block *block, GError **error)
{
    Pcapng *pcapng = source->state;
    if (block->size < 8)
        return fm_pcapng_bad_block(source, "an interface description is too short", error);
    if (source->interfaces->len >= FM_MAX_INTERFACES)
        return fm_pcapng_bad_block(source, "it describes more interfaces than any capture has", error);
    Interface *interface = g_new0(Interface, 1);
    interface->shown.number = (uint32_t)pcapng->now.interface_count;
    interface->shown.section = pcapng->now.number;
    interface->shown.link_type = fm_link_type(u16(block->swapped, block->body));
    interface->shown.snap_length = u32(block->swapped, block->body + 4);
    interface->shown.fcs_length = -1;
    set_resolution(interface, 6);
    Options options = { block->body + 8, block->body + block->size, block->swapped };
    Option option;
    while (fm_pcapng_option(&options, &option))
        set_interface_option(source, interface, &option, block->swapped);

    g_mutex_lock(&pcapng->lock);
    fm_source_take_interface(source, &interface->shown);
    g_array_index(pcapng->sections, Section, pcapng->now.number - 1).interface_count = ++pcapng->now.interface_count;
    g_mutex_unlock(&pcapng->lock);
    return options.at < options.end ? fm_pcapng_bad_options(source, &options, error) : FM_NEXT_WAIT;
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

FmNext fm_pcapng_names(FmSource *source, const Block *block, GError **error)
{
    enum { NAMES_END, NAMES_IPV4, NAMES_IPV6 };
    const uint8_t *at = block->body, *end = at + block->size;
    while (end - at >= 4) {
        uint16_t type = u16(block->swapped, at), size = u16(block->swapped, at + 2);
        at += 4;
        if (type == NAMES_END)
            return FM_NEXT_WAIT;
        if (padded(size) > (size_t)(end - at))
            return fm_pcapng_bad_block(source, "a record of names is longer than its block", error);
        if (type == NAMES_IPV4 && size > 4)
            add_names(source, at, 4, at + size);
        else if (type == NAMES_IPV6 && size > 16)
            add_names(source, at, 16, at + size);
        at += padded(size);
    }
    return FM_NEXT_WAIT;
}

FmNext fm_pcapng_statistics(FmSource *source, const Block *block, GError **error)
{
    const Pcapng *pcapng = source->state;
    if (block->size < 12)
        return fm_pcapng_bad_block(source, "interface statistics are too short", error);
    uint32_t number = u32(block->swapped, block->body);
    Interface *known =
        number < pcapng->now.interface_count ? source->interfaces->pdata[pcapng->now.first_interface + number] : NULL;
    FmInterface *interface = known ? &known->shown : NULL;
    if (known)
        interface->counted =
            fm_pcapng_time(&known->clock, (uint64_t)u32(block->swapped, block->body + 4) << 32 | u32(block->swapped, block->body + 8));
    Options options = { block->body + 12, block->body + block->size, block->swapped };
    Option option;
    while (fm_pcapng_option(&options, &option)) {
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
    return options.at < options.end ? fm_pcapng_bad_options(source, &options, error) : FM_NEXT_WAIT;
}

FmNext fm_pcapng_secrets(FmSource *source, const Block *block, GError **error)
{
    if (block->size < 8 || u32(block->swapped, block->body + 4) > block->size - 8)
        return fm_pcapng_bad_block(source, "decryption secrets are longer than their block", error);
    uint32_t size = u32(block->swapped, block->body + 4);
    if (!fm_source_keep(source, size + sizeof(FmSecretsBlock)))
        return fm_pcapng_bad_block(source, "it holds more decryption secrets than any capture needs", error);
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
    while (fm_pcapng_option(&options, &option))
        set_section_option(source, &option);
    g_ptr_array_add(source->comments, NULL);
    source->section->comments = (const char *const *)source->comments->pdata;
}

FmNext fm_pcapng_section(FmSource *source, const Block *block, GError **error)
{
    Pcapng *pcapng = source->state;
    if (block->size < 16)
        return fm_pcapng_bad_block(source, "a section header is too short", error);
    uint16_t major = u16(block->swapped, block->body + 4), minor = u16(block->swapped, block->body + 6);
    if (major != 1 || (minor != 0 && minor != 2))
        return fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT, "pcapng version %u.%u is not known", major, minor);
    Options options = { block->body + 16, block->body + block->size, block->swapped };
    if (!source->section)
        keep_section(source, options);
    Option option;
    while (fm_pcapng_option(&options, &option))
        ;
    if (options.at < options.end)
        return fm_pcapng_bad_options(source, &options, error);
    if (pcapng->sections->len >= FM_MAX_INTERFACES)
        return fm_pcapng_bad_block(source, "it has more sections than any capture", error);
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
