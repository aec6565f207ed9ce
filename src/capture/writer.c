/* Writes pcapng (draft-ietf-opsawg-pcapng) and pcap files. */
#include "config.h"

#include "capture/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "capture/reader.h"

#define ROOM ((size_t)1 << 18)

#define MAGIC_MICRO 0xa1b2c3d4u
#define MAGIC_NANO 0xa1b23c4du
#define FCS_PRESENT 0x04000000u
#define PCAP_HEADER 24
#define PCAP_RECORD 16

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define BLOCK_FRAME 12

enum {
    BLOCK_INTERFACE = 1,
    BLOCK_STATISTICS = 5,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10,
    BLOCK_SECTION = 0x0a0d0d0a,
};

enum {
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
    STATISTICS_RECEIVED = 4,
    STATISTICS_DROPPED = 5,
    PACKET_FLAGS = 2,
    PACKET_ID = 5,
    PACKET_QUEUE = 6,
};

typedef struct Described {        /* an interface block in the file */
    const FmInterface *interface; /* NULL: made for frames that name none */
    uint32_t link_type;
    int8_t fcs_length;
    FmTime unit; /* of its time stamps, in ns */
} Described;

struct FmWriter {
    FmWriterOptions options;
    char *name;
    int fd;
    bool standard_output;
    bool started; /* pcap: the file header is there */
    bool failed;
    uint32_t link_type; /* pcap: of all frames */
    GArray *described;
    size_t latest;                            /* used by the last frame */
    size_t source_interfaces, source_secrets; /* of the source, already written */
    uint8_t *buffer;
    size_t used, room;
    size_t block;     /* where the block that is being put starts */
    uint64_t written; /* given to the system; ends with a whole record */
    uint64_t frames;
};

static const FmFileFormatName formats[] = {
    [FM_FILE_PCAPNG] = { "pcapng", "Wireshark/... - pcapng" },
    [FM_FILE_PCAP] = { "pcap", "Wireshark/tcpdump/... - pcap" },
    [FM_FILE_NANO_PCAP] = { "nsecpcap", "Wireshark/tcpdump/... - nanosecond pcap" },
    { NULL, NULL },
};

const FmFileFormatName *fm_file_formats(void)
{
    return formats;
}

bool fm_file_format(const char *name, FmFileFormat *format)
{
    for (size_t i = 0; formats[i].name; i++) {
        if (strcmp(formats[i].name, name) == 0) {
            *format = (FmFileFormat)i;
            return true;
        }
    }
    return false;
}

static bool fail(FmWriter *writer, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool fail(FmWriter *writer, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_WRITE, "%s: %s", writer->name, text);
    return false;
}

static const char *cure(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT: return "; make room there or write elsewhere";
    case EFBIG: return "; -b filesize:KB spreads a capture over several files";
    default: return "";
    }
}

static uint32_t u32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, 4);
    return v;
}

/* A record's size: the buffer holds whole ones. The header of a pcap file counts as one. */
static size_t record_size(const FmWriter *writer, size_t at)
{
    if (writer->options.format == FM_FILE_PCAPNG)
        return u32(writer->buffer + at + 4);
    return writer->written + at == 0 ? PCAP_HEADER : PCAP_RECORD + u32(writer->buffer + at + 8);
}

static bool is_packet(const FmWriter *writer, size_t at)
{
    return writer->options.format == FM_FILE_PCAPNG ? u32(writer->buffer + at) == BLOCK_PACKET : writer->written + at > 0;
}

/* Bytes of the whole records among the first `n` of the buffer; how many packets are behind them. */
static size_t whole_records(const FmWriter *writer, size_t n, uint64_t *lost)
{
    size_t whole = 0, size;
    for (size_t at = 0; at < writer->used; at += size) {
        size = record_size(writer, at);
        if (at + size <= n)
            whole = at + size;
        else
            *lost += is_packet(writer, at);
    }
    return whole;
}

/* The system took `n` bytes of the buffer and then no more: cuts the file behind the last whole record. */
static bool give_up(FmWriter *writer, size_t n, int number, GError **error)
{
    uint64_t lost = 0;
    uint64_t good = writer->written + whole_records(writer, n, &lost);
    struct stat status;
    bool kept = fstat(writer->fd, &status) == 0 && S_ISREG(status.st_mode) && ftruncate(writer->fd, (off_t)good) == 0;
    writer->failed = true;
    writer->used = 0;
    writer->written = good;
    writer->frames -= MIN(lost, writer->frames);
    if (!kept)
        return fail(writer, error, "cannot be written: %s%s", g_strerror(number), cure(number));
    return fail(writer, error, "cannot be written: %s%s (the first %" G_GUINT64_FORMAT " packets are in it)", g_strerror(number),
                cure(number), writer->frames);
}

bool fm_writer_flush(FmWriter *writer, GError **error)
{
    size_t n = 0;
    while (n < writer->used) {
        ssize_t got = write(writer->fd, writer->buffer + n, writer->used - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return give_up(writer, n, errno, error);
        n += (size_t)got;
    }
    writer->written += writer->used;
    writer->used = 0;
    return true;
}

/* Room for a record of `n` bytes; after this the put functions need not look. */
static bool reserve(FmWriter *writer, size_t n, GError **error)
{
    if (writer->failed)
        return fail(writer, error, "an earlier packet could not be written");
    if (writer->room - writer->used >= n)
        return true;
    if (!fm_writer_flush(writer, error))
        return false;
    if (n > writer->room) {
        writer->room = n;
        writer->buffer = g_realloc(writer->buffer, n);
    }
    return true;
}

static inline void put_bytes(FmWriter *writer, const void *bytes, size_t n)
{
    if (n > 0)
        memcpy(writer->buffer + writer->used, bytes, n);
    writer->used += n;
}

static inline void put_u16(FmWriter *writer, uint16_t v)
{
    put_bytes(writer, &v, 2);
}

static inline void put_u32(FmWriter *writer, uint32_t v)
{
    put_bytes(writer, &v, 4);
}

static inline size_t padded(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

static inline void put_padded(FmWriter *writer, const void *bytes, size_t n)
{
    put_bytes(writer, bytes, n);
    memset(writer->buffer + writer->used, 0, padded(n) - n);
    writer->used += padded(n) - n;
}

static void put_option(FmWriter *writer, uint16_t code, const void *bytes, size_t n)
{
    put_u16(writer, code);
    put_u16(writer, (uint16_t)n);
    put_padded(writer, bytes, n);
}

/* Texts longer than an option can be are cut. */
static size_t text_size(const char *text)
{
    return text ? MIN(strlen(text), UINT16_MAX) : 0;
}

static size_t text_room(const char *text)
{
    return text ? 4 + padded(text_size(text)) : 0;
}

static void put_text(FmWriter *writer, uint16_t code, const char *text)
{
    if (text)
        put_option(writer, code, text, text_size(text));
}

static size_t comments_room(const char *const *comments)
{
    size_t n = 0;
    for (size_t i = 0; comments && comments[i]; i++)
        n += text_room(comments[i]);
    return n;
}

static void put_comments(FmWriter *writer, const char *const *comments)
{
    for (size_t i = 0; comments && comments[i]; i++)
        put_text(writer, OPTION_COMMENT, comments[i]);
}

static void open_block(FmWriter *writer, uint32_t type)
{
    writer->block = writer->used;
    put_u32(writer, type);
    put_u32(writer, 0);
}

static void close_block(FmWriter *writer)
{
    uint32_t total = (uint32_t)(writer->used + 4 - writer->block);
    put_u32(writer, total);
    memcpy(writer->buffer + writer->block + 4, &total, 4);
}

/* What the source says of itself goes on to be said; new comments come behind its own. */
static bool put_section(FmWriter *writer, GError **error)
{
    const FmWriterOptions *options = &writer->options;
    const FmSection *known = options->source ? fm_source_section(options->source) : NULL;
    FmSection section = known ? *known : (FmSection){ 0 };
    if (!section.application)
        section.application = options->application;
    if (!reserve(writer,
                 BLOCK_FRAME + 20 + text_room(section.hardware) + text_room(section.system) + text_room(section.application) +
                     comments_room(section.comments) + comments_room(options->comments),
                 error))
        return false;
    open_block(writer, BLOCK_SECTION);
    put_u32(writer, BYTE_ORDER_MAGIC);
    put_u16(writer, 1);
    put_u16(writer, 0);
    put_u32(writer, UINT32_MAX); /* length of the section: not known */
    put_u32(writer, UINT32_MAX);
    put_comments(writer, section.comments);
    put_comments(writer, options->comments);
    put_text(writer, SECTION_HARDWARE, section.hardware);
    put_text(writer, SECTION_SYSTEM, section.system);
    put_text(writer, SECTION_APPLICATION, section.application);
    put_option(writer, OPTION_END, NULL, 0);
    close_block(writer);
    return true;
}

/* Describes an interface, or the one that frames without any seem to come from. Times keep their digits. */
static bool put_interface(FmWriter *writer, const FmInterface *interface, uint32_t link_type, uint8_t decimals, int8_t fcs_length,
                          GError **error)
{
    const FmInterface none = { .snap_length = FM_MAX_FRAME };
    const FmInterface *shown = interface ? interface : &none;
    g_autofree char *filter = shown->filter ? g_strconcat(" ", shown->filter, NULL) : NULL;
    if (!reserve(writer, BLOCK_FRAME + 8 + text_room(shown->name) + text_room(shown->description) + text_room(filter) + 8 + 8 + 4,
                 error))
        return false;
    uint8_t digits = decimals > 6 ? 9 : 6;
    open_block(writer, BLOCK_INTERFACE);
    put_u16(writer, (uint16_t)link_type);
    put_u16(writer, 0);
    put_u32(writer, shown->snap_length);
    put_text(writer, INTERFACE_NAME, shown->name);
    put_text(writer, INTERFACE_DESCRIPTION, shown->description);
    put_option(writer, INTERFACE_RESOLUTION, &digits, 1);
    if (filter) {
        filter[0] = '\0'; /* written in pcap-filter's language */
        put_option(writer, INTERFACE_FILTER, filter, MIN(strlen(shown->filter) + 1, UINT16_MAX));
    }
    if (fcs_length >= 0)
        put_option(writer, INTERFACE_FCS_LENGTH, &fcs_length, 1);
    put_option(writer, OPTION_END, NULL, 0);
    close_block(writer);
    Described described = { interface, link_type, fcs_length, digits == 9 ? 1 : FM_MICROSECOND };
    g_array_append_val(writer->described, described);
    return true;
}

bool fm_writer_secrets(FmWriter *writer, const FmSecretsBlock *secrets, GError **error)
{
    if (writer->options.format != FM_FILE_PCAPNG)
        return true;
    if (!reserve(writer, BLOCK_FRAME + 8 + padded(secrets->size), error))
        return false;
    open_block(writer, BLOCK_SECRETS);
    put_u32(writer, secrets->type);
    put_u32(writer, (uint32_t)secrets->size);
    put_padded(writer, secrets->data, secrets->size);
    close_block(writer);
    return true;
}

/* What the source came to know since the last frame. */
static bool follow_source(FmWriter *writer, GError **error)
{
    const FmSource *source = writer->options.source;
    while (source && writer->source_interfaces < fm_source_interface_count(source)) {
        const FmInterface *interface = fm_source_interface(source, writer->source_interfaces++);
        if (!put_interface(writer, interface, interface->link_type, interface->decimals, interface->fcs_length, error))
            return false;
    }
    while (source && writer->source_secrets < fm_source_secrets_count(source)) {
        if (!fm_writer_secrets(writer, fm_source_secrets(source, writer->source_secrets++), error))
            return false;
    }
    return true;
}

/* The block that describes where the frame comes from; often the same as last time. */
static bool find_interface(FmWriter *writer, const FmFrame *frame, size_t *number, GError **error)
{
    const GArray *described = writer->described;
    if (frame->interface && writer->latest < described->len &&
        g_array_index(described, Described, writer->latest).interface == frame->interface) {
        *number = writer->latest;
        return true;
    }
    for (size_t i = described->len; i > 0; i--) {
        const Described *d = &g_array_index(described, Described, i - 1);
        if (frame->interface ? d->interface == frame->interface
                             : !d->interface && d->link_type == frame->link_type && d->fcs_length == frame->fcs_length) {
            *number = writer->latest = i - 1;
            return true;
        }
    }
    *number = described->len;
    return put_interface(writer, frame->interface, frame->link_type, frame->decimals, frame->fcs_length, error);
}

static bool write_pcapng(FmWriter *writer, const FmFrame *frame, GError **error)
{
    size_t number;
    if (!follow_source(writer, error) || !find_interface(writer, frame, &number, error))
        return false;
    const Described *described = &g_array_index(writer->described, Described, number);
    if (frame->time < 0 && frame->time != FM_TIME_NONE)
        return fail(writer, error, "packet %" G_GUINT64_FORMAT " is from before 1970, which cannot be written", frame->number);
    uint64_t time = frame->time < 0 ? 0 : (uint64_t)(frame->time / described->unit);
    if (!reserve(writer, BLOCK_FRAME + 20 + padded(frame->captured) + comments_room(frame->comments) + 8 + 12 + 8 + 4, error))
        return false;
    open_block(writer, BLOCK_PACKET);
    put_u32(writer, (uint32_t)number);
    put_u32(writer, (uint32_t)(time >> 32));
    put_u32(writer, (uint32_t)time);
    put_u32(writer, frame->captured);
    put_u32(writer, frame->length);
    put_padded(writer, frame->data, frame->captured);
    put_comments(writer, frame->comments);
    if (frame->has_flags)
        put_option(writer, PACKET_FLAGS, &frame->flags, 4);
    if (frame->has_packet_id)
        put_option(writer, PACKET_ID, &frame->packet_id, 8);
    if (frame->has_queue)
        put_option(writer, PACKET_QUEUE, &frame->queue, 4);
    if (frame->comments || frame->has_flags || frame->has_packet_id || frame->has_queue)
        put_option(writer, OPTION_END, NULL, 0);
    close_block(writer);
    return true;
}

static bool put_pcap_header(FmWriter *writer, uint32_t link_type, int8_t fcs_length, GError **error)
{
    if (!reserve(writer, PCAP_HEADER, error))
        return false;
    put_u32(writer, writer->options.format == FM_FILE_NANO_PCAP ? MAGIC_NANO : MAGIC_MICRO);
    put_u16(writer, 2);
    put_u16(writer, 4);
    put_u32(writer, 0);
    put_u32(writer, 0);
    put_u32(writer, FM_MAX_FRAME);
    put_u32(writer, fcs_length < 0 ? link_type : link_type | FCS_PRESENT | (uint32_t)(fcs_length / 2) << 28);
    writer->link_type = link_type;
    writer->started = true;
    return true;
}

static bool write_pcap(FmWriter *writer, const FmFrame *frame, GError **error)
{
    if (!writer->started && !put_pcap_header(writer, frame->link_type, frame->fcs_length, error))
        return false;
    if (frame->link_type != writer->link_type)
        return fail(writer, error,
                    "a pcap file holds packets of one link type, and packet %" G_GUINT64_FORMAT
                    " is of type %u, not %u; pcapng holds both (-F pcapng)",
                    frame->number, frame->link_type, writer->link_type);
    FmTime time = frame->time == FM_TIME_NONE ? 0 : frame->time;
    if (time < 0 || time / FM_SECOND > UINT32_MAX)
        return fail(writer, error,
                    "the time of packet %" G_GUINT64_FORMAT " cannot be written to a pcap file; pcapng has room (-F pcapng)",
                    frame->number);
    if (!reserve(writer, PCAP_RECORD + frame->captured, error))
        return false;
    put_u32(writer, (uint32_t)(time / FM_SECOND));
    put_u32(writer, (uint32_t)(time % FM_SECOND / (writer->options.format == FM_FILE_NANO_PCAP ? 1 : FM_MICROSECOND)));
    put_u32(writer, frame->captured);
    put_u32(writer, frame->length);
    put_bytes(writer, frame->data, frame->captured);
    return true;
}

bool fm_writer_frame(FmWriter *writer, const FmFrame *frame, GError **error)
{
    if (frame->link_type >= FM_LINK_CUSTOM_BLOCK)
        return true; /* a record of another program, which only that knows how to copy */
    bool good = writer->options.format == FM_FILE_PCAPNG ? write_pcapng(writer, frame, error) : write_pcap(writer, frame, error);
    writer->frames += good;
    return good;
}

/* Is it the file that is being read? Writing would take the ground away. */
static bool is_source(const FmSource *source, int fd)
{
    struct stat read, written;
    return source && source->input.fd >= 0 && fstat(source->input.fd, &read) == 0 && fstat(fd, &written) == 0 &&
           S_ISREG(written.st_mode) && read.st_dev == written.st_dev && read.st_ino == written.st_ino;
}

static int open_path(const char *path, const FmWriterOptions *options, GError **error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, options->mode ? options->mode : 0666);
    if (fd >= 0 && is_source(options->source, fd)) {
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_WRITE, "%s: is the capture that is being read; choose another file",
                    path);
        close(fd);
        return -1;
    }
    struct stat status;
    if (fd < 0 || (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && ftruncate(fd, 0) < 0)) {
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_WRITE, "%s: cannot be made: %s", path, g_strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

FmWriter *fm_writer_open(const char *path, const FmWriterOptions *options, GError **error)
{
    bool standard_output = strcmp(path, "-") == 0;
    int fd = standard_output ? STDOUT_FILENO : open_path(path, options, error);
    if (fd < 0)
        return NULL;
    FmWriter *writer = g_new0(FmWriter, 1);
    writer->options = *options;
    writer->name = g_strdup(standard_output ? "standard output" : path);
    writer->fd = fd;
    writer->standard_output = standard_output;
    writer->described = g_array_new(FALSE, FALSE, sizeof(Described));
    writer->room = ROOM;
    writer->buffer = g_malloc(ROOM);
    if (options->format == FM_FILE_PCAPNG && !put_section(writer, error)) {
        fm_writer_close(writer, NULL);
        return NULL;
    }
    return writer;
}

static bool put_statistics(FmWriter *writer, size_t number, const FmInterface *interface, GError **error)
{
    if (!reserve(writer, BLOCK_FRAME + 12 + 12 + 12 + 4, error))
        return false;
    open_block(writer, BLOCK_STATISTICS);
    put_u32(writer, (uint32_t)number);
    uint64_t time = (uint64_t)(MAX(interface->counted, 0) / g_array_index(writer->described, Described, number).unit);
    put_u32(writer, (uint32_t)(time >> 32));
    put_u32(writer, (uint32_t)time);
    if (interface->has_received)
        put_option(writer, STATISTICS_RECEIVED, &interface->received, 8);
    if (interface->has_dropped)
        put_option(writer, STATISTICS_DROPPED, &interface->dropped, 8);
    put_option(writer, OPTION_END, NULL, 0);
    close_block(writer);
    return true;
}

/* What can be told only now. */
static bool finish(FmWriter *writer, GError **error)
{
    if (writer->failed)
        return true; /* told already */
    if (writer->options.format != FM_FILE_PCAPNG) {
        const FmInterface *first = writer->options.source ? fm_source_interface(writer->options.source, 0) : NULL;
        return writer->started || put_pcap_header(writer, first ? first->link_type : 1, -1, error);
    }
    if (!follow_source(writer, error))
        return false;
    for (size_t i = 0; i < writer->described->len; i++) {
        const FmInterface *interface = g_array_index(writer->described, Described, i).interface;
        if (interface && (interface->has_received || interface->has_dropped) && !put_statistics(writer, i, interface, error))
            return false;
    }
    return true;
}

bool fm_writer_close(FmWriter *writer, GError **error)
{
    if (!writer)
        return true;
    bool good = finish(writer, error) && fm_writer_flush(writer, error);
    if (!writer->standard_output && close(writer->fd) < 0 && good)
        good = fail(writer, error, "cannot be written: %s%s", g_strerror(errno), cure(errno));
    g_array_unref(writer->described);
    g_free(writer->buffer);
    g_free(writer->name);
    g_free(writer);
    return good;
}

uint64_t fm_writer_size(const FmWriter *writer)
{
    return writer->written + writer->used;
}

uint64_t fm_writer_count(const FmWriter *writer)
{
    return writer->frames;
}
