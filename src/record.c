/* What -w, -F, -b and -a ask for. */
#include "config.h"

#include "record.h"

#include <string.h>

#include "capture/ring_files.h"
#include "capture/writer.h"

struct FmRecord {
    FmCaptureLimits stop, ring;
    bool live;
    const char *comments[2];
    FmWriter *writer;   /* one file, */
    FmRingFiles *files; /* or a ring; or neither */
    FmTime end;         /* by the clock; 0: none */
};

static bool usage(GError **error, const char *text)
{
    g_set_error_literal(error, FM_OPTION_ERROR, FM_OPTION_ERROR_USAGE, text);
    return false;
}

static bool read_limits(FmCaptureLimits *limits, const GPtrArray *texts, bool ring, GError **error)
{
    for (unsigned i = 0; i < texts->len; i++) {
        if (!fm_capture_limit(limits, texts->pdata[i], ring, error))
            return false;
    }
    return true;
}

static bool check_format(const char *name, FmFileFormat *format, GError **error)
{
    *format = FM_FILE_PCAPNG;
    if (!name || fm_file_format(name, format))
        return true;
    g_autoptr(GString) known = g_string_new(NULL);
    for (const FmFileFormatName *f = fm_file_formats(); f->name; f++)
        g_string_append_printf(known, "\n    %s - %s", f->name, f->description);
    g_set_error(error, FM_OPTION_ERROR, FM_OPTION_ERROR_USAGE,
                "\"%s\" isn't a valid capture file type\nThe available capture file types for the \"-F\" flag are:%s", name,
                known->str);
    return false;
}

static bool check_ring(const FmOptions *options, const FmCaptureLimits *ring, GError **error)
{
    if (options->read_file)
        return usage(error, "Multiple capture files requested, but a capture isn't being done.");
    if (!fm_capture_limits_end_files(ring))
        return usage(
            error,
            "Multiple capture files requested, but no maximum capture file size, duration, interval or packets were specified.");
    if (!options->write_file)
        return usage(error, "Multiple capture files requested, but the capture isn't being saved to a file (-w).");
    if (strcmp(options->write_file, "-") == 0)
        return usage(error, "Multiple capture files requested, but the capture is being written to the standard output.");
    return true;
}

static bool check_live(const FmOptions *options, GError **error)
{
    if (options->two_pass)
        return usage(error, "Live captures do not support two-pass analysis.");
    if (options->display_filter && options->write_file)
        return usage(error, "Display filters aren't supported when capturing and saving the captured packets.");
    for (unsigned i = 0; options->capture_filter_words && i < options->interfaces->len; i++) {
        const FmCaptureOptions *interface = options->interfaces->pdata[i];
        if (interface->filter)
            return usage(error, "A capture filter was specified both with \"-f\" and with additional command-line arguments.");
    }
    return true;
}

static bool check_stop(const FmOptions *options, const FmCaptureLimits *stop, GError **error)
{
    if (options->read_file && stop->duration)
        return usage(error, "A maximum capture time was specified, but a capture isn't being done.");
    if (!options->read_file && stop->file_size && !options->write_file)
        return usage(error, "Maximum capture file size specified, but capture isn't being saved to a file.");
    return true;
}

static bool check(const FmOptions *options, FmCaptureLimits *stop, FmCaptureLimits *ring, FmFileFormat *format, GError **error)
{
    *stop = *ring = (FmCaptureLimits){ 0 };
    return read_limits(stop, options->autostop, false, error) && read_limits(ring, options->ring, true, error) &&
           check_format(options->write_format, format, error) && (options->read_file || check_live(options, error)) &&
           check_stop(options, stop, error) && (!options->ring->len || check_ring(options, ring, error));
}

bool fm_record_check(const FmOptions *options, GError **error)
{
    FmCaptureLimits stop, ring;
    FmFileFormat format;
    return check(options, &stop, &ring, &format, error);
}

/* What was captured is for its owner alone, unless -g says otherwise; a copy of a file is as open as any file. */
static unsigned mode_of(const FmOptions *options)
{
    return options->read_file ? 0 : options->group_access ? 0640 : 0600;
}

/* A pcap file cannot hold what interfaces of different kinds will give: better told now than at the first packet. */
static bool check_link_types(const FmSource *source, FmFileFormat format, GError **error)
{
    for (size_t i = 1; format != FM_FILE_PCAPNG && i < fm_source_interface_count(source); i++) {
        const FmInterface *first = fm_source_interface(source, 0), *other = fm_source_interface(source, i);
        if (first->link_type == other->link_type)
            continue;
        g_set_error(error, FM_OPTION_ERROR, FM_OPTION_ERROR_USAGE,
                    "A pcap file holds packets of one link type, and %s has another than %s; write pcapng (-F pcapng).",
                    other->name, first->name);
        return false;
    }
    return true;
}

FmRecord *fm_record_new(const FmOptions *options, const FmSource *source, GError **error)
{
    FmRecord *record = g_new0(FmRecord, 1);
    FmWriterOptions written = { .source = source, .application = "fathom " PACKAGE_VERSION, .mode = mode_of(options) };
    bool good = check(options, &record->stop, &record->ring, &written.format, error);
    record->live = !options->read_file;
    good = good && (!record->live || !options->write_file || check_link_types(source, written.format, error));
    record->comments[0] = options->capture_comment;
    written.comments = record->comments;
    if (record->stop.duration)
        record->end = g_get_monotonic_time() * FM_MICROSECOND + record->stop.duration;
    if (record->stop.file_size && !record->ring.file_size)
        record->ring.file_size =
            record->stop.file_size; /* as dumpcap has it: together with -b, the file ends and the capture goes on */
    if (good && options->ring->len) {
        record->files = fm_ring_files_new(options->write_file, &record->ring, &written, error);
        good = record->files != NULL;
    } else if (good && options->write_file) {
        record->writer = fm_writer_open(options->write_file, &written, error);
        good = record->writer != NULL;
    }
    if (good)
        return record;
    fm_record_close(record, NULL);
    return NULL;
}

bool fm_record_idle(const FmRecord *record)
{
    return !record->files && !record->writer && !record->stop.packets && !record->stop.file_size && !record->stop.files && !record->end;
}

bool fm_record_frame(FmRecord *record, const FmFrame *frame, GError **error)
{
    if (record->files)
        return fm_ring_files_frame(record->files, frame, error);
    return !record->writer || fm_writer_frame(record->writer, frame, error);
}

bool fm_record_secrets(FmRecord *record, const char *lines, size_t size, GError **error)
{
    const FmSecretsBlock block = { FM_SECRETS_KEY_LOG, (const uint8_t *)lines, size };
    return !record->writer || fm_writer_secrets(record->writer, &block, error);
}

bool fm_record_tick(FmRecord *record, GError **error)
{
    if (!record->files || !(record->ring.duration || record->ring.interval))
        return true;
    return fm_ring_files_tick(record->files, g_get_real_time() * FM_MICROSECOND, error);
}

bool fm_record_flush(FmRecord *record, GError **error)
{
    if (record->files)
        return fm_ring_files_flush(record->files, error);
    return !record->writer || fm_writer_flush(record->writer, error);
}

/* While capturing, -a filesize is about the file written; otherwise about the one read. */
static bool size_reached(const FmRecord *record, uint64_t place)
{
    uint64_t limit = record->stop.file_size;
    if (!limit || record->files)
        return false;
    return record->live ? record->writer && fm_writer_size(record->writer) >= limit : place >= limit;
}

bool fm_record_enough(const FmRecord *record, uint64_t count, uint64_t place)
{
    return (record->stop.packets && count >= record->stop.packets) || size_reached(record, place) ||
           (record->stop.files && record->files && fm_ring_files_full(record->files) >= record->stop.files) ||
           (record->end && g_get_monotonic_time() * FM_MICROSECOND >= record->end);
}

bool fm_record_close(FmRecord *record, GError **error)
{
    if (!record)
        return true;
    bool good = fm_ring_files_close(record->files, error) && fm_writer_close(record->writer, error);
    g_free(record);
    return good;
}
