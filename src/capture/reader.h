/* What the sources have in common; for capture/ only. */
#pragma once

#include "capture/input.h"
#include "capture/source.h"

enum { FM_FORMAT_MAGIC = 12 }; /* bytes by which formats are recognised */

struct FmSource {
    FmNext (*next)(FmSource *source, FmFrame *frame, GError **error);
    bool (*again)(FmSource *source, uint64_t place, FmFrame *frame, GByteArray *room, FmAhead *ahead); /* NULL: not possible */
    void (*close)(FmSource *source);                                                   /* frees `state` */
    void *state;
    char *name; /* of the file, for messages */
    char *format;
    uint64_t frames;
    size_t kept;           /* bytes of text and secrets held for the whole run */
    GPtrArray *interfaces; /* FmInterface, first member of what the reader keeps */
    GPtrArray *secrets;    /* FmSecretsBlock */
    GString *names;
    FmSection *section;  /* NULL: nothing is said */
    GPtrArray *comments; /* of the section, NULL-ended when it has any */
    FmInput input;
};

/* A source without a reader yet; takes `name`. */
FmSource *fm_source_new(char *name_taken);

/* Sets the error, with the source's name in front; the source gives FM_NEXT_END from now on. Returns FM_NEXT_ERROR. */
FmNext fm_source_fail(FmSource *source, GError **error, FmCaptureError code, const char *format, ...) G_GNUC_PRINTF(4, 5);

/* The input gave less than was needed: END where `at_end` says that this is a good place and nothing is left, else the reason. */
FmNext fm_source_short(FmSource *source, bool at_end, GError **error);

/* Opens a pipe that another program captures into, "-" or a named one, which ends when `stop_fd` becomes readable (-1: never) and
 * gives FM_NEXT_WAIT when nothing came for `wait_ms`. */
FmSource *fm_source_open_pipe(const char *path, int stop_fd, int wait_ms, GError **error);

/* Counts `n` more bytes that are kept to the end; false if that is more than a sane file has. */
bool fm_source_keep(FmSource *source, uint64_t n);

/* Takes an interface, which is freed with g_free, as its name and description are. */
void fm_source_take_interface(FmSource *source, FmInterface *interface);

/* Most bytes of one frame of this link type; a larger one is taken for damage. */
uint32_t fm_max_frame(uint32_t link_type);

/* Link types that are known by several numbers get the usual one. */
uint32_t fm_link_type(uint32_t number);

/* Is this the start of such a file? `n` bytes are there. If so, the other function makes it the source's reader. */
bool fm_pcap_found(const uint8_t *bytes, size_t n);
bool fm_pcap_open(FmSource *source, GError **error);
bool fm_pcapng_found(const uint8_t *bytes, size_t n);
bool fm_pcapng_open(FmSource *source, GError **error);
