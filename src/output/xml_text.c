/* What the XML formats share. */
#include "config.h"

#include "output/xml_text.h"

/* Has the character a meaning in XML? NUL counts, too. */
static bool special(uint8_t c)
{
    const uint64_t set = 1 | UINT64_C(1) << '"' | UINT64_C(1) << '&' | UINT64_C(1) << '\'' | UINT64_C(1) << '<' | UINT64_C(1) << '>';
    return c < 64 && (set >> c & 1);
}

void fm_xml_escape(FmText *out, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t run = i;
        while (run < n && !special((uint8_t)bytes[run]))
            run++;
        fm_text_escaped(out, bytes + i, run - i);
        if (run == n)
            break;
        switch (bytes[run]) {
        case '&': fm_text_literal(out, "&amp;"); break;
        case '<': fm_text_literal(out, "&lt;"); break;
        case '>': fm_text_literal(out, "&gt;"); break;
        case '"': fm_text_literal(out, "&quot;"); break;
        case '\'': fm_text_literal(out, "&#x27;"); break;
        default: fm_text_literal(out, "\\x00");
        }
        i = run + 1;
    }
}
