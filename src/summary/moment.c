/* One packet in two sentences: a table of rules, the first that fits tells. */
#include "config.h"

#include <glib.h>

#include "summary/flow_record.h"

enum { SYN = FM_SEGMENT_SYN, ACK = FM_SEGMENT_ACK, FIN = FM_SEGMENT_FIN, RST = FM_SEGMENT_RST };

/* In a text: %f and %t who sent it and to whom ("the client"), %s its sequence position, %e the end of its payload, %a its acknowledgment
 * position, %l its length, %n how many duplicates, %v bytes newly acknowledged, %h bytes held above the hole, %o bytes in flight,
 * %q how long the sender had been silent, %r how long ago the acknowledged bytes were sent, %p the phase of the data acknowledged,
 * %P the phase of its own sender. */
typedef struct Rule {
    bool (*fits)(const FmMoment *m);
    const char *text;
} Rule;

static bool has(const FmMoment *m, unsigned flags)
{
    return (m->segment.flags & flags) == flags;
}

static bool is_handshake(const FmMoment *m, unsigned flags)
{
    return (m->segment.flags & (SYN | ACK)) == flags;
}

static bool first_syn(const FmMoment *m) { return is_handshake(m, SYN) && m->status_before == FM_STATUS_OPEN; }
static bool later_syn(const FmMoment *m) { return is_handshake(m, SYN); }
static bool first_synack(const FmMoment *m) { return is_handshake(m, SYN | ACK) && m->status_before <= FM_STATUS_HALF_OPEN; }
static bool later_synack(const FmMoment *m) { return is_handshake(m, SYN | ACK); }
static bool third(const FmMoment *m) { return m->status_before == FM_STATUS_ANSWERED && m->flow->state == FM_STATUS_ESTABLISHED && !m->segment.length; }
static bool third_with_data(const FmMoment *m) { return m->status_before == FM_STATUS_ANSWERED && m->flow->state == FM_STATUS_ESTABLISHED; }
static bool refusal(const FmMoment *m) { return has(m, RST) && m->flow->state == FM_STATUS_REFUSED && m->status_before != FM_STATUS_REFUSED; }
static bool late_reset(const FmMoment *m) { return has(m, RST) && m->status_before >= FM_STATUS_CLOSED; }
static bool reset(const FmMoment *m) { return has(m, RST); }
static bool is(const FmMoment *m, FmVerdict verdict) { return m->segment.length && m->verdict == verdict; }
static bool fast(const FmMoment *m) { return is(m, FM_VERDICT_FAST_RETRANSMIT); }
static bool in_recovery(const FmMoment *m) { return is(m, FM_VERDICT_RECOVERY); }
static bool timeout(const FmMoment *m) { return is(m, FM_VERDICT_TIMEOUT); }
static bool go_back(const FmMoment *m) { return is(m, FM_VERDICT_GO_BACK); }
static bool tail_probe(const FmMoment *m) { return is(m, FM_VERDICT_TAIL_PROBE); }
static bool needless(const FmMoment *m) { return is(m, FM_VERDICT_NEEDLESS); }
static bool reordered(const FmMoment *m) { return is(m, FM_VERDICT_REORDERED); }
static bool duplicate(const FmMoment *m) { return is(m, FM_VERDICT_NETWORK_DUPLICATE); }
static bool keep_alive(const FmMoment *m) { return is(m, FM_VERDICT_KEEP_ALIVE); }
static bool window_probe(const FmMoment *m) { return is(m, FM_VERDICT_WINDOW_PROBE); }
static bool first_fin(const FmMoment *m) { return has(m, FIN) && m->flow->state == FM_STATUS_HALF_CLOSED && m->status_before < FM_STATUS_HALF_CLOSED; }
static bool second_fin(const FmMoment *m) { return has(m, FIN) && m->flow->state == FM_STATUS_CLOSED && m->status_before == FM_STATUS_HALF_CLOSED; }
static bool fin_again(const FmMoment *m) { return has(m, FIN); }
static bool last_ack(const FmMoment *m) { return m->status_before == FM_STATUS_CLOSED && !m->segment.length && m->advanced; }
static bool closes_window(const FmMoment *m) { return m->window_closes; }
static bool opens_window(const FmMoment *m) { return m->window_opens; }
static bool many_duplicates(const FmMoment *m) { return m->duplicates >= 3 && m->held; }
static bool third_duplicate(const FmMoment *m) { return m->duplicates == 3; }
static bool some_duplicates(const FmMoment *m) { return m->duplicates > 0 && m->held; }
static bool bare_duplicate(const FmMoment *m) { return m->duplicates > 0; }
static bool ends_recovery(const FmMoment *m) { return m->ends_blocking && m->advanced; }
static bool partial(const FmMoment *m) { return !m->segment.length && m->advanced && m->held; }
static bool plain_ack(const FmMoment *m) { return !m->segment.length && m->advanced && m->acked_after; }
static bool unseen_ack(const FmMoment *m) { return !m->segment.length && m->advanced; }
static bool slow_data(const FmMoment *m) { return m->segment.length && m->phase == FM_PHASE_SLOW_START && m->verdict == FM_VERDICT_NEW; }
static bool recovering_data(const FmMoment *m) { return m->segment.length && m->phase == FM_PHASE_RECOVERY && m->verdict == FM_VERDICT_NEW; }
static bool data(const FmMoment *m) { return m->segment.length > 0; }
static bool anything(const FmMoment *m) { return m != NULL; }

static const Rule rules[] = {
    { first_syn, "%F asks for a connection (SYN) and says from which number it will count. %T should agree with SYN and ACK, one way to it and back later." },
    { later_syn, "%F asks again: nothing came back for %q. It will wait twice as long before it asks once more." },
    { first_synack, "%F agrees (SYN and ACK) and says from which number it counts itself. An ACK of %t completes the handshake." },
    { later_synack, "%F agrees once more, because the ACK that completes the handshake has not reached it. It goes on doing so, each time after twice the time." },
    { third, "%F acknowledges the SYN of %t: the connection stands. Either side may send now." },
    { third_with_data, "%F acknowledges the SYN of %t and sends its first %l bytes along. %T answers." },
    { refusal, "%F refuses the connection: nothing listens on that port, or a filter answers in its place. %T gives up." },
    { late_reset, "%F resets a connection that is over already: something came for it that nobody waits for. Nothing follows." },
    { reset, "%F gives the connection up (RST); what it had not sent, and what it had not read, is lost. %T must not send any more." },
    { fast, "%F sends %s to %e again: acknowledgments told of data that arrived above, so it was lost (fast retransmission). Until all sent so far is acknowledged it sends with a smaller window." },
    { in_recovery, "%F sends another hole, %s to %e, again in the same recovery. The acknowledgment will jump when it arrives." },
    { timeout, "%F sends %s to %e again after %q without an answer: its retransmission timer ran out. It begins anew with a window of one segment, and waits twice as long next time." },
    { go_back, "%F sends %s to %e again: after the timeout it takes all it had in flight for lost. Slow start takes it up to half of its old window." },
    { tail_probe, "%F sends the end of its flight, %s to %e, again after %q, to get an acknowledgment (tail loss probe). If something before is missing, SACK will say so now." },
    { needless, "%F sends %s to %e again although %t has acknowledged it already: the acknowledgment came too late, or was lost. %T answers with a duplicate acknowledgment." },
    { reordered, "This is the first copy of %s to %e: packets sent after it have overtaken it. No retransmission is needed." },
    { duplicate, "The same packet was captured before: the network or the capture made a second one. %T drops it." },
    { keep_alive, "%F sends a byte that %t has already, after %q of silence, to see whether it is still there. %T acknowledges." },
    { window_probe, "%F asks with one byte whether the closed window of %t has opened. %T answers with its window." },
    { first_fin, "%F has no more to send (FIN). It still takes what %t sends, until that closes its side too." },
    { second_fin, "%F closes its side as well (FIN). With the ACK for it the connection is over; %t waits for a while (TIME_WAIT) for packets that are late." },
    { fin_again, "%F sends its FIN again: it was not acknowledged. %T acknowledges." },
    { last_ack, "%F acknowledges the FIN of %t: the connection is over. The side that closed first waits for late packets (TIME_WAIT)." },
    { closes_window, "%F has no room left: its application does not read as fast as data comes, and it closes its window. %T waits, and probes from time to time." },
    { opens_window, "%F has room again and opens its window to %w. %T goes on sending." },
    { third_duplicate, "The third duplicate acknowledgment for %a: data arrived above, that byte did not. %T sends it again now." },
    { many_duplicates, "Duplicate acknowledgment %n for %a: %h bytes have arrived above a hole. %T has been told of the loss and repairs it." },
    { some_duplicates, "Duplicate acknowledgment %n for %a: %h bytes have arrived above a hole that begins there. If the hole is not filled by late packets, %t sends it again." },
    { bare_duplicate, "%F repeats its acknowledgment of %a (%n times now): something arrived out of order, or twice. After three %t takes the next segment for lost." },
    { ends_recovery, "%F acknowledges up to %a, %v bytes at once: the hole is filled, and the application gets what waited behind it. %T goes on with %p." },
    { partial, "%F acknowledges %v more bytes, up to %a, and still holds %h bytes above another hole. %T sends that one again." },
    { plain_ack, "%F acknowledges %v bytes, up to %a; the last of them passed here %r ago. That makes room for %t to send more (%p)." },
    { unseen_ack, "%F acknowledges %v bytes, up to %a. That makes room for %t to send more." },
    { slow_data, "%F sends %l new bytes, %s to %e; %o are in flight now. It is in slow start: each acknowledged segment lets it send two." },
    { recovering_data, "%F sends %l new bytes, %s to %e, while it repairs losses: segments that left the network make room. %o are in flight." },
    { data, "%F sends %l bytes, %s to %e; %o are in flight now. %T acknowledges when they arrive, or together with the next ones." },
    { anything, "%F acknowledges up to %a, which tells nothing new. Nothing need follow." },
};

static void put_side(FmText *out, const FmMoment *m, bool sender, bool capital)
{
    bool client = (m->segment.direction == m->flow->client) == sender;
    fm_text_put(out, capital ? "The " : "the ");
    fm_text_put(out, client ? "client" : "server");
}

static void put_part(FmText *out, char letter, const FmMoment *m)
{
    switch (letter) {
    case 'f': case 'F': put_side(out, m, true, letter == 'F'); break;
    case 't': case 'T': put_side(out, m, false, letter == 'T'); break;
    case 's': fm_text_uint(out, m->position); break;
    case 'e': fm_text_uint(out, m->position + m->segment.length); break;
    case 'a': fm_text_uint(out, m->acked_position); break;
    case 'l': fm_text_uint(out, m->segment.length); break;
    case 'n': fm_text_uint(out, m->duplicates); break;
    case 'v': fm_text_uint(out, m->advanced); break;
    case 'h': fm_amount_text(out, m->held); break;
    case 'o': fm_amount_text(out, m->outstanding); break;
    case 'w': fm_text_uint(out, m->segment.window); break;
    case 'q': fm_span_text(out, m->quiet); break;
    case 'r': fm_span_text(out, m->acked_after); break;
    case 'p': fm_text_put(out, fm_phase_name(m->peer_phase)); break;
    case 'P': fm_text_put(out, fm_phase_name(m->phase)); break;
    default: g_assert_not_reached();
    }
}

void fm_moment_text(FmText *out, const FmMoment *m)
{
    size_t i = 0;
    while (!rules[i].fits(m))
        i++;
    for (const char *c = rules[i].text; *c; c++) {
        if (*c == '%')
            put_part(out, *++c, m);
        else
            fm_text_char(out, *c);
    }
}
