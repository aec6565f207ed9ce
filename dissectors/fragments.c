/* The tree of what was put together. */
#include "config.h"

#include "dissectors/fragments.h"

#define LABEL_MAX 237 /* what Wireshark shows of a long list */

static void add(FmDissection *d, const FmField *fields, unsigned row, const FmCursor *whole, uint32_t offset, uint32_t length,
                uint64_t value)
{
    if (fm_wanted(d, row))
        fm_record(d, row, offset, length, whole->buffer, FM_NODE_MADE, value);
}

static void add_fragment(FmDissection *d, const FmField *fields, unsigned first, const FmFragments *f, uint32_t i, const FmCursor *whole)
{
    static const struct {
        uint8_t mark, row;
    } kinds[] = {
        { FM_FRAGMENT_OVERLAP, FM_FRAGMENT_IS_OVERLAP },
        { FM_FRAGMENT_CONFLICT, FM_FRAGMENT_IS_CONFLICT },
        { FM_FRAGMENT_MULTIPLE_TAILS, FM_FRAGMENT_IS_MULTIPLE_TAILS },
        { FM_FRAGMENT_TOO_LONG, FM_FRAGMENT_IS_TOO_LONG },
    };
    uint8_t marks = f->marks[i];
    bool wrong = marks & (FM_FRAGMENT_CONFLICT | FM_FRAGMENT_MULTIPLE_TAILS | FM_FRAGMENT_TOO_LONG);
    unsigned row = first + (wrong ? FM_FRAGMENT_ERROR : FM_FRAGMENT);
    uint32_t offset = f->offsets[i], length = f->pieces[i].length;
    add(d, fields, row, whole, offset, length, f->pieces[i].packet);
    if (d->want_labels)
        fm_label_of(d, row, false, "Frame: %u, payload: %u-%u (%u byte%s)", f->pieces[i].packet, offset,
                    length ? offset + length - 1 : offset, length, length == 1 ? "" : "s");
    fm_down(d);
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++)
        if (marks & kinds[k].mark)
            add(d, fields, first + kinds[k].row, whole, offset, 0, 1);
    fm_up(d);
}

void fm_add_fragments(FmDissection *d, const FmField *fields, unsigned first, const char *name, const FmFragments *f,
                      const FmCursor *whole)
{
    add(d, fields, first + FM_FRAGMENTS, whole, 0, f->length, 0);
    if (d->want_labels) {
        g_auto(FmText) text = { 0 };
        fm_text_printf(&text, "%u %s (%u byte%s):", f->count, name, f->length, f->length == 1 ? "" : "s");
        for (uint32_t i = 0; i < f->count && text.size < LABEL_MAX; i++)
            fm_text_printf(&text, "%s #%u(%u)", i ? "," : "", f->pieces[i].packet, f->pieces[i].length);
        fm_label_of(d, first + FM_FRAGMENTS, false, "%.*s", LABEL_MAX, fm_text_string(&text));
    }
    fm_down(d);
    for (uint32_t i = 0; i < f->count; i++)
        add_fragment(d, fields, first, f, i, whole);
    add(d, fields, first + FM_FRAGMENT_COUNT, whole, 0, 0, f->count);
    add(d, fields, first + FM_REASSEMBLED_LENGTH, whole, 0, 0, f->length);
    add(d, fields, first + FM_REASSEMBLED_DATA, whole, 0, f->length, 0);
    fm_up(d);
}
