/* Opens capture files: finds out what they are, with plain words for what they are not. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "capture/reader.h"

/* Captures of other programs, to name them in the message. */
static const struct {
    const char *magic;
    size_t size;
    const char *name;
} strangers[] = {
    { "snoop\0\0\0", 8, "a Solaris snoop capture" },
    { "btsnoop\0", 8, "a Bluetooth snoop capture" },
    { "TRSNIFF data", 12, "a Sniffer capture" },
    { "RTSS", 4, "a Network Monitor 1 capture" },
    { "GMBU", 4, "a Network Monitor 2 capture" },
    { "XCP\0", 4, "a NetXRay or Sniffer Pro capture" },
    { "PK\003\004", 4, "a ZIP archive" },
    { "BZh", 3, "compressed with bzip2" },
    { "\xfd"
      "7zXZ",
      5, "compressed with xz" },
    { "\x7f"
      "ELF",
      4, "a program" },
};

static bool refuse(FmSource *source, const uint8_t *bytes, size_t n, GError **error)
{
    const char *known = "fathom reads pcap and pcapng, also compressed with gzip, zstd or lz4";
    if (n == 0) {
        fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT, "%s",
                       source->input.stopped ? "stopped before anything came"
                                             : "the file is empty; was anything captured into it?");
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
        if (n >= strangers[i].size && memcmp(bytes, strangers[i].magic, strangers[i].size) == 0) {
            fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT, "is %s; %s (editcap or an unpacker converts others)",
                           strangers[i].name, known);
            return false;
        }
    }
    fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT, "isn't a capture file in a known format; %s", known);
    return false;
}

static bool open_format(FmSource *source, GError **error)
{
    FmInput *input = &source->input;
    bool whole = fm_input_need(input, FM_FORMAT_MAGIC);
    size_t n = (size_t)(input->end - input->at);
    if (!whole && input->error) {
        g_propagate_error(error, g_steal_pointer(&input->error));
        return false;
    }
    if (fm_pcap_found(input->at, n))
        return fm_pcap_open(source, error);
    if (fm_pcapng_found(input->at, n))
        return fm_pcapng_open(source, error);
    return refuse(source, input->at, n, error);
}

/* A named pipe is opened without waiting for its writer: that is done where one can be stopped. */
static int open_path(const char *path, bool stoppable, GError **error)
{
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (stoppable ? O_NONBLOCK : 0);
    int fd = strcmp(path, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, flags);
    if (fd < 0)
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_OPEN, "%s: cannot be opened: %s", path, g_strerror(errno));
    return fd;
}

static FmSource *open_source(const char *path, int stop_fd, GError **error)
{
    int fd = open_path(path, stop_fd >= 0, error);
    if (fd < 0)
        return NULL;
    g_autoptr(FmSource) source = fm_source_new(g_strdup(strcmp(path, "-") == 0 ? "standard input" : path));
    if (!fm_input_open(&source->input, fd, source->name, stop_fd, error) || !open_format(source, error))
        return NULL;
    return g_steal_pointer(&source);
}

FmSource *fm_source_open_file(const char *path, GError **error)
{
    FmSource *source = open_source(path, -1, error);
    if (source && source->input.decoder) {
        char *plain = source->format;
        source->format = g_strdup_printf("%s, %s", plain, fm_decoder_name(source->input.decoder));
        g_free(plain);
    }
    return source;
}

FmSource *fm_source_open_pipe(const char *path, int stop_fd, int wait_ms, GError **error)
{
    g_autoptr(FmSource) source = open_source(path, stop_fd, error);
    if (!source)
        return NULL;
    if (source->input.decoder) {
        fm_source_fail(source, error, FM_CAPTURE_ERROR_FORMAT,
                       "is compressed, which a capture that goes on cannot be; unpack it in the pipe");
        return NULL;
    }
    source->input.wait_ms = wait_ms;
    return g_steal_pointer(&source);
}
