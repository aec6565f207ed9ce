/* Bytes of a flow as text. */
#include "config.h"

#include "follow/text.h"

#include <string.h>

#include <glib.h>

static const char *const modes[] = {
    [FM_FOLLOW_MODE_ASCII] = "ascii", [FM_FOLLOW_MODE_EBCDIC] = "ebcdic", [FM_FOLLOW_MODE_HEX] = "hex",
    [FM_FOLLOW_MODE_RAW] = "raw",     [FM_FOLLOW_MODE_UTF8] = "utf-8",    [FM_FOLLOW_MODE_YAML] = "yaml",
};

const char *fm_follow_mode(const char *name, size_t size, FmFollowMode *mode)
{
    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++)
        if (strlen(modes[i]) == size && g_ascii_strncasecmp(name, modes[i], size) == 0) {
            *mode = (FmFollowMode)i;
            return modes[i];
        }
    return NULL;
}

/* Printable characters of code page 037, from 0x40 on. */
static const char ebcdic[] =
    "           .<(+|&         !$*); -/         ,%_>?         `:#@'=\" abcdefghi       jklmnopqr       ~stuvwxyz      ^       "
    "  []    {ABCDEFGHI      }JKLMNOPQR      \\ STUVWXYZ      0123456789      ";

static char from_ebcdic(uint8_t c)
{
    if (c == 0x0d || c == 0x25 || c == 0x15)
        return c == 0x0d ? '\r' : '\n';
    if (c < 0x40)
        return '.';
    char letter = ebcdic[c - 0x40];
    return letter == ' ' && c != 0x40 ? '.' : letter;
}

void fm_follow_plain(FmText *out, FmSlice bytes, FmFollowMode mode)
{
    if (mode == FM_FOLLOW_MODE_UTF8) {
        for (size_t i = 0, from = 0; i <= bytes.size; i++) { /* line ends stay as they are */
            if (i < bytes.size && bytes.data[i] != '\n' && bytes.data[i] != '\r')
                continue;
            fm_text_escaped(out, (const char *)bytes.data + from, i - from);
            if (i < bytes.size)
                fm_text_char(out, (char)bytes.data[i]);
            from = i + 1;
        }
        return;
    }
    char *to = fm_text_room(out, bytes.size);
    for (size_t i = 0; i < bytes.size; i++) {
        char c = mode == FM_FOLLOW_MODE_EBCDIC ? from_ebcdic(bytes.data[i]) : (char)bytes.data[i];
        to[i] = g_ascii_isprint(c) || c == '\n' || c == '\r' ? c : '.';
    }
    out->size += bytes.size;
}

void fm_follow_hex(FmText *out, FmSlice bytes, uint64_t offset, const char *indent)
{
    for (size_t at = 0; at < bytes.size; at += 16) {
        size_t n = MIN(bytes.size - at, 16);
        fm_text_printf(out, "%s%08" G_GINT64_MODIFIER "X  ", indent, offset + at);
        for (size_t i = 0; i < 16; i++) {
            if (i == 8)
                fm_text_char(out, ' ');
            if (i < n)
                fm_text_hex(out, bytes.data[at + i], 2);
            else
                fm_text_literal(out, "  ");
            fm_text_char(out, ' ');
        }
        fm_text_char(out, ' ');
        for (size_t i = 0; i < n; i++) {
            if (i == 8)
                fm_text_char(out, ' ');
            char c = (char)bytes.data[at + i];
            fm_text_char(out, g_ascii_isprint(c) ? c : '.');
        }
        if (n > 8 && out->data[out->size - 1] == ' ') /* as tshark prints it */
            out->size--;
        fm_text_char(out, '\n');
    }
}

#define LINE_BYTES 57

void fm_follow_base64(FmText *out, FmSlice bytes, const char *indent)
{
    for (size_t at = 0; at < bytes.size; at += LINE_BYTES) {
        g_autofree char *line = g_base64_encode(bytes.data + at, MIN(bytes.size - at, LINE_BYTES));
        fm_text_put(out, indent);
        fm_text_put(out, line);
        fm_text_char(out, '\n');
    }
}

bool fm_follow_is_text(FmSlice bytes)
{
    size_t size = MIN(bytes.size, 4096), odd = 0;
    const char *end;
    bool valid = g_utf8_validate((const char *)bytes.data, (gssize)size, &end);
    if (!valid && (size_t)(end - (const char *)bytes.data) + 4 < size) /* a character cut at the end is none of its faults */
        return false;
    for (size_t i = 0; i < size; i++)
        odd += bytes.data[i] < ' ' && (!bytes.data[i] || !strchr("\t\n\r\f\033", bytes.data[i]));
    return odd * 50 <= size;
}
