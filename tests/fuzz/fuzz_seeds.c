/* Writes inputs of the packet target, made from the captures of testdata, into the directory $SEEDS. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"
#include "test.h"

enum { MOST_FRAMES = 8, MOST_BYTES = 3000 };

static int number_of(uint32_t link_type)
{
    for (int i = 0; i < FUZZ_LINK_TYPES; i++)
        if (fuzz_link_types[i] == link_type)
            return i;
    return -1;
}

/* From frame `from` on as many as fit; returns the index of the first that does not. */
static size_t write_input(const TestCapture *capture, size_t from, const char *path)
{
    g_autoptr(GByteArray) input = g_byte_array_new();
    uint32_t link_type = test_frame_at(capture, from)->link_type;
    uint8_t choice = (uint8_t)number_of(link_type);
    g_byte_array_append(input, &choice, 1);
    size_t i = from;
    for (; i < capture->frames->len && i < from + MOST_FRAMES; i++) {
        const FmFrame *f = test_frame_at(capture, i);
        if (f->link_type != link_type || f->captured > 0x7fff || input->len + f->captured > MOST_BYTES)
            break;
        const uint8_t length[2] = { (uint8_t)(f->captured >> 8), (uint8_t)f->captured };
        g_byte_array_append(input, length, 2);
        g_byte_array_append(input, f->data, f->captured);
    }
    if (i > from)
        g_file_set_contents(path, (const char *)input->data, input->len, NULL);
    return i > from ? i : i + 1;
}

int main(void)
{
    const char *directory = g_getenv("SEEDS");
    g_autoptr(GPtrArray) captures = test_captures();
    unsigned count = 0;
    for (guint c = 0; directory && g_ptr_array_index(captures, c); c++) {
        g_autoptr(TestCapture) capture = test_load(g_ptr_array_index(captures, c));
        g_autofree char *name = g_path_get_basename(g_ptr_array_index(captures, c));
        for (size_t i = 0; i < capture->frames->len && i < 10 * MOST_FRAMES;) {
            if (number_of(test_frame_at(capture, i)->link_type) < 0) {
                i++;
                continue;
            }
            g_autofree char *path = g_strdup_printf("%s/%s-%zu", directory, name, i);
            i = write_input(capture, i, path);
            count++;
        }
    }
    printf("%u seeds\n", count);
    return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
