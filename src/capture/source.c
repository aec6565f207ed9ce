/* What every source does the same way. */
#include "config.h"

#include "base/limits.h"
#include "capture/reader.h"

enum { /* link types with large messages, and those that need a better name */
       LINK_RAW_BSD = 12,
       LINK_RAW_OPENBSD = 14,
       LINK_RAW = 101,
       LINK_DBUS = 231,
       LINK_USBPCAP = 249,
       LINK_EBHSCR = 279,
};

static void free_interface(void *pointer)
{
    FmInterface *interface = pointer;
    g_free((void *)(uintptr_t)interface->name);
    g_free((void *)(uintptr_t)interface->description);
    g_free((void *)(uintptr_t)interface->filter);
    g_free(interface);
}

static void free_secrets(void *pointer)
{
    FmSecretsBlock *secrets = pointer;
    g_free((void *)(uintptr_t)secrets->data);
    g_free(secrets);
}

FmSource *fm_source_new(char *name_taken)
{
    FmSource *source = g_new0(FmSource, 1);
    source->name = name_taken;
    source->input.fd = -1;
    source->interfaces = g_ptr_array_new_with_free_func(free_interface);
    source->secrets = g_ptr_array_new_with_free_func(free_secrets);
    source->names = g_string_new(NULL);
    return source;
}

static void free_section(FmSource *source)
{
    FmSection *section = source->section;
    if (!section)
        return;
    g_free((void *)(uintptr_t)section->hardware);
    g_free((void *)(uintptr_t)section->system);
    g_free((void *)(uintptr_t)section->application);
    g_ptr_array_unref(source->comments);
    g_free(section);
}

void fm_source_free(FmSource *source)
{
    if (!source)
        return;
    if (source->close)
        source->close(source);
    fm_input_close(&source->input);
    g_ptr_array_unref(source->interfaces);
    g_ptr_array_unref(source->secrets);
    g_string_free(source->names, TRUE);
    free_section(source);
    g_free(source->format);
    g_free(source->name);
    g_free(source);
}

FmNext fm_source_next(FmSource *source, FmFrame *frame, GError **error)
{
    return source->next(source, frame, error);
}

bool fm_source_again(FmSource *source, uint64_t place, FmFrame *frame, GByteArray *room, FmAhead *ahead)
{
    return source->again && source->again(source, place, frame, room, ahead);
}

static FmNext nothing_follows(FmSource *source, FmFrame *frame, GError **error)
{
    return FM_NEXT_END;
}

FmNext fm_source_fail(FmSource *source, GError **error, FmCaptureError code, const char *format, ...)
{
    if (fm_input_shrunk(&source->input)) { /* zeros look like damage */
        source->next = nothing_follows;
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_CUT, "%s: the file was cut short while it was read", source->name);
        return FM_NEXT_ERROR;
    }
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, FM_CAPTURE_ERROR, (int)code, "%s: %s", source->name, text);
    source->next = nothing_follows;
    return FM_NEXT_ERROR;
}

FmNext fm_source_short(FmSource *source, bool at_end, GError **error)
{
    FmInput *input = &source->input;
    if (input->error) {
        source->next = nothing_follows;
        g_propagate_error(error, g_steal_pointer(&input->error));
        return FM_NEXT_ERROR;
    }
    if (input->waiting)
        return FM_NEXT_WAIT;
    if (input->stopped || (at_end && input->at == input->end))
        return FM_NEXT_END;
    return fm_source_fail(source, error, FM_CAPTURE_ERROR_CUT,
                          "the file was cut short in the middle of a packet, after %" G_GUINT64_FORMAT " whole ones",
                          source->frames);
}

bool fm_source_keep(FmSource *source, uint64_t n)
{
    if (n > FM_MAX_KEPT - source->kept)
        return false;
    source->kept += (size_t)n;
    return true;
}

void fm_source_take_interface(FmSource *source, FmInterface *interface)
{
    g_ptr_array_add(source->interfaces, interface);
}

uint32_t fm_max_frame(uint32_t link_type)
{
    switch (link_type) {
    case LINK_DBUS:
    case LINK_USBPCAP: return FM_MAX_BIG_FRAME;
    case LINK_EBHSCR: return FM_MAX_BIG_FRAME / 16;
    default: return FM_MAX_FRAME;
    }
}

uint32_t fm_link_type(uint32_t number)
{
    return number == LINK_RAW_BSD || number == LINK_RAW_OPENBSD ? LINK_RAW : number;
}

size_t fm_source_interface_count(const FmSource *source)
{
    return source->interfaces->len;
}

const FmInterface *fm_source_interface(const FmSource *source, size_t i)
{
    return i < source->interfaces->len ? source->interfaces->pdata[i] : NULL;
}

size_t fm_source_secrets_count(const FmSource *source)
{
    return source->secrets->len;
}

const FmSecretsBlock *fm_source_secrets(const FmSource *source, size_t i)
{
    return i < source->secrets->len ? source->secrets->pdata[i] : NULL;
}

const char *fm_source_names(const FmSource *source)
{
    return source->names->str;
}

const FmSection *fm_source_section(const FmSource *source)
{
    return source->section;
}

const char *fm_source_format(const FmSource *source)
{
    return source->format;
}
