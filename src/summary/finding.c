/* Findings in words. */
#include "config.h"

#include "summary/finding.h"

#include <inttypes.h>

static uint64_t divided(uint64_t value, uint64_t unit)
{
    uint64_t whole = value / unit, rest = value % unit;
    return whole + (rest >= unit - rest);
}

/* In units: whole ones from 9.95 on, with a decimal below. */
static void put_rounded(FmText *out, uint64_t value, uint64_t unit)
{
    uint64_t tenths = unit >= 10 && value / unit < 10 ? divided(value, unit / 10) : UINT64_MAX;
    if (tenths >= 100) {
        fm_text_uint(out, divided(value, unit));
        return;
    }
    fm_text_uint(out, tenths / 10);
    fm_text_char(out, '.');
    fm_text_uint(out, tenths % 10);
}

void fm_span_text(FmText *out, FmTime span)
{
    static const struct {
        FmTime from, unit;
        const char *name;
    } units[] = {
        { 100 * 60 * FM_SECOND, 3600 * FM_SECOND, "h" }, { 100 * FM_SECOND, 60 * FM_SECOND, "min" }, { FM_SECOND, FM_SECOND, "s" },
        { FM_MILLISECOND, FM_MILLISECOND, "ms" }, { FM_MICROSECOND, FM_MICROSECOND, "µs" }, { 0, 1, "ns" },
    };
    if (span < 0) {
        fm_text_char(out, '-');
        span = span == INT64_MIN ? INT64_MAX : -span;
    }
    unsigned i = 0;
    while (span < units[i].from)
        i++;
    put_rounded(out, (uint64_t)span, (uint64_t)units[i].unit);
    fm_text_char(out, ' ');
    fm_text_put(out, units[i].name);
}

void fm_amount_text(FmText *out, uint64_t amount)
{
    static const char letters[] = "kMGTPE";
    if (amount < 1000) {
        fm_text_uint(out, amount);
        return;
    }
    uint64_t unit = 1000;
    unsigned i = 0;
    for (; letters[i + 1] && amount / unit >= 999 && amount - 999 * unit >= unit / 2; i++)
        unit *= 1000;
    put_rounded(out, amount, unit);
    fm_text_char(out, letters[i]);
}

/* What a kind is called and how it is told. In a text: %n how often, %s plural's s of that, %l the time lost, %w the longest one, %p its
 * packet, %a the amount, %f and %t the ends. */
typedef struct Rule {
    const char *name, *once, *often;
    bool doubt;
} Rule;

static const Rule rules[FM_FINDING_KINDS] = {
    [FM_FINDING_SETUP_REPEATED] = { "setup-repeated", "set-up took %a SYNs and SYN-ACKs: %l lost (#%p)", NULL },
    [FM_FINDING_NO_ANSWER] = { "no-answer", "%t never answered the SYN #%p", "%t answered none of %n SYNs in %l (from #%p on)" },
    [FM_FINDING_TIMEOUT] = { "timeout", "a retransmission timeout stalled %f for %w at #%p", "%n timeouts stalled %f for %l, the longest %w at #%p" },
    [FM_FINDING_RECOVERY] = { "recovery", "one recovery from loss took %w at #%p (%a resent)", "%n recoveries from loss took %l, the longest %w at #%p (%a resent)" },
    [FM_FINDING_TAIL_PROBE] = { "tail-probe", "the end of a flight was probed after %w at #%p", "the end of a flight was probed %n times, after %l in all (#%p)" },
    [FM_FINDING_ZERO_WINDOW] = { "zero-window", "%t closed its window for %w at #%p", "%t closed its window %n times, %l in all, the longest %w at #%p" },
    [FM_FINDING_RECEIVER_LIMIT] = { "receiver-limit", "the window of %t held %f back for %l", NULL },
    [FM_FINDING_APPLICATION_LIMIT] = { "application-limit", "%f had nothing to send for %l", NULL },
    [FM_FINDING_SLOW_START] = { "slow-start", "%f spent %l in slow start", NULL },
    [FM_FINDING_BLOCKED] = { "blocked", "data waited %w at %t behind a hole (#%p)", "data waited %l at %t behind %n holes, the longest %w at #%p" },
    [FM_FINDING_SLOW_ANSWER] = { "slow-answer", "%t took %w to answer the request that ends with #%p", "%t took %l to answer %n requests, the longest %w after #%p" },
    [FM_FINDING_REFUSED] = { "refused", "%f refused the connection (#%p)", NULL },
    [FM_FINDING_RESET] = { "reset", "%f reset the connection (#%p)", NULL },
    [FM_FINDING_NEEDLESS] = { "needless", "one retransmission was needless (#%p)", "%n retransmissions were needless, %a bytes (first #%p)" },
    [FM_FINDING_REORDERED] = { "reordered", "one packet was overtaken (#%p)", "%n packets were overtaken on the way (first #%p)" },
    [FM_FINDING_DUPLICATED] = { "duplicated", "one packet was captured twice (#%p)", "%n packets were captured twice (first #%p)" },
    [FM_FINDING_KEEP_ALIVE] = { "keep-alive", "%f sent one keep-alive (#%p)", "%f sent %n keep-alives (first #%p)" },
    [FM_FINDING_CAPTURE_LOSS] = { "capture-loss", "%a bytes were acknowledged that the capture has not (#%p)",
                                  "%a bytes were acknowledged that the capture has not (%n times, first #%p)", true },
    [FM_FINDING_ONE_WAY] = { "one-way", "only packets of %f were captured", NULL, true },
    [FM_FINDING_NO_HANDSHAKE] = { "no-handshake", "the capture began after the connection", NULL, true },
    [FM_FINDING_OFFLOAD] = { "offload", "captured at %f: segments longer than the MSS are split behind the capture (#%p)", NULL, true },
};

const char *fm_finding_name(FmFindingKind kind)
{
    return rules[kind].name;
}

bool fm_finding_is_doubt(FmFindingKind kind)
{
    return rules[kind].doubt;
}

static void put_part(FmText *out, char letter, const FmFinding *f, const char *from, const char *to)
{
    switch (letter) {
    case 'n': fm_text_uint(out, f->count); break;
    case 'l': fm_span_text(out, f->lost); break;
    case 'w': fm_span_text(out, f->worst); break;
    case 'p': fm_text_uint(out, f->packet); break;
    case 'a': fm_amount_text(out, f->amount); break;
    case 'f': fm_text_put(out, from); break;
    case 't': fm_text_put(out, to); break;
    default: g_assert_not_reached();
    }
}

void fm_finding_text(FmText *out, const FmFinding *f, const char *from, const char *to)
{
    const Rule *rule = &rules[f->kind];
    const char *text = f->count > 1 && rule->often ? rule->often : rule->once;
    for (const char *c = text; *c; c++) {
        if (*c == '%')
            put_part(out, *++c, f, from, to);
        else
            fm_text_char(out, *c);
    }
}
