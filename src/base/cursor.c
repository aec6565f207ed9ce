/* A cursor over bytes that may be hostile: the rare paths. */
#include "config.h"

#include "base/cursor.h"

static void note(FmCursor *c, FmTroubleKind kind)
{
    if (c->trouble && c->trouble->kind == FM_TROUBLE_NONE)
        *c->trouble = (FmTrouble){ .kind = kind, .offset = fm_offset(c), .buffer = c->buffer };
}

void fm_cursor_fail(FmCursor *c, uint64_t need)
{
    if (need > fm_left_on_wire(c))
        note(c, FM_TROUBLE_MALFORMED);
    else
        note(c, c->fragment ? FM_TROUBLE_FRAGMENT : FM_TROUBLE_CUT);
    c->at = c->end;
}

void fm_cursor_malformed(FmCursor *c)
{
    note(c, FM_TROUBLE_MALFORMED);
}

FmCursor fm_take(FmCursor *c, uint64_t n)
{
    FmCursor part = fm_cursor_copy(c);
    size_t left = fm_left(c);
    if (n <= left) {
        part.end = c->at + n;
        part.lost = 0;
        c->at += n;
        return part;
    }
    if (n - left <= c->lost) {
        part.lost = (uint32_t)(n - left);
        c->lost -= part.lost;
    } else {
        note(c, FM_TROUBLE_MALFORMED);
        c->lost = 0;
    }
    c->at = c->end;
    return part;
}

FmCursor fm_window(const FmCursor *c, uint64_t n)
{
    FmCursor part = fm_cursor_copy(c);
    size_t left = fm_left(c);
    if (n <= left) {
        part.end = c->at + n;
        part.lost = 0;
    } else if (n - left < c->lost) {
        part.lost = (uint32_t)(n - left);
    }
    return part;
}
