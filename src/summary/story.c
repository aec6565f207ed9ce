/* Events of a flow, and the moment of its latest segment. */
#include "config.h"

#include "summary/story.h"

#include <inttypes.h>

#include <glib.h>

#include "inference/sender.h"
#include "summary/tcp_flow.h"

enum { SENT = 256, PAUSE_RTTS = 4 };
#define LEAST_PAUSE (500 * FM_MILLISECOND)

typedef struct Sent { /* the end of a segment with payload, and when it passed first */
    uint32_t end;
    FmTime time;
} Sent;

typedef struct Way { /* one direction */
    bool has_base, has_ack;
    uint32_t base;     /* sequence number that counts as 0 */
    uint32_t end;      /* highest one sent, and one */
    uint32_t ack;      /* its highest acknowledgment number */
    uint32_t repeated; /* how often since */
    uint16_t window;
    FmTime last;       /* its latest packet; 0: none */
    Sent sent[SENT];   /* ring */
    unsigned sent_count;
} Way;

struct FmStory {
    FmFlowEvent *events;
    unsigned count, room, most;
    uint64_t left_out;
    FmMoment moment;
    bool any, blocked_before;
    Way way[2];
};

FmStory *fm_story_new(unsigned most_events)
{
    FmStory *story = g_new0(FmStory, 1);
    story->most = most_events;
    return story;
}

void fm_story_free(FmStory *story)
{
    if (!story)
        return;
    g_free(story->events);
    g_free(story);
}

void fm_story_event(FmStory *story, const FmFlowEvent *event)
{
    if (story->count >= story->most) {
        story->left_out++;
        return;
    }
    if (story->count == story->room) {
        story->room = story->room ? 2 * story->room : 16;
        story->events = g_renew(FmFlowEvent, story->events, story->room);
    }
    unsigned i = story->count++;
    for (; i > 0 && story->events[i - 1].time > event->time; i--) /* what has ended is told with the time at which it began */
        story->events[i] = story->events[i - 1];
    story->events[i] = *event;
}

const FmFlowEvent *fm_flow_events(const FmFlowRecord *flow, unsigned *count, uint64_t *left_out)
{
    const FmStory *story = flow->tcp ? flow->tcp->story : NULL;
    *count = story ? story->count : 0;
    *left_out = story ? story->left_out : 0;
    return story ? story->events : NULL;
}

bool fm_flow_moment(const FmFlowRecord *flow, FmMoment *moment)
{
    const FmStory *story = flow->tcp ? flow->tcp->story : NULL;
    if (!story || !story->any)
        return false;
    *moment = story->moment;
    return true;
}

/* ---- around a segment ---- */

static void note_sent(Way *way, uint32_t end, FmTime time)
{
    way->sent[way->sent_count++ % SENT] = (Sent){ end, time };
    way->end = end;
}

/* When the byte before `ack` was sent first; 0: not known any more. */
static FmTime sent_at(const Way *way, uint32_t ack)
{
    FmTime time = 0;
    for (unsigned i = 0; i < MIN(way->sent_count, SENT); i++) {
        const Sent *sent = &way->sent[(way->sent_count - 1 - i) % SENT];
        if (fm_seq_distance(ack, sent->end) < 0)
            break;
        time = sent->time;
    }
    return time;
}

static void take_ack(FmMoment *m, Way *own, const Way *peer, const FmSegment *s)
{
    int32_t advance = own->has_ack ? fm_seq_distance(own->ack, s->ack) : 0;
    if (!own->has_ack || advance > 0) {
        m->advanced = advance > 0 ? (uint32_t)advance : 0;
        FmTime sent = m->advanced ? sent_at(peer, s->ack) : 0;
        m->acked_after = sent ? s->time - sent : 0;
        own->repeated = 0;
    } else if (advance == 0 && !s->length && !(s->flags & (FM_SEGMENT_SYN | FM_SEGMENT_FIN | FM_SEGMENT_RST)) && s->window == own->window &&
               peer->has_base && fm_seq_distance(s->ack, peer->end) > 0) {
        m->duplicates = ++own->repeated;
    }
    m->window_opens = own->has_ack && s->window && !own->window;
    m->window_closes = !s->window && (!own->has_ack || own->window);
    if (advance >= 0) {
        own->ack = s->ack;
        own->window = s->window;
        own->has_ack = true;
    }
    for (unsigned i = 0; i < s->sacks; i++) {
        int32_t length = fm_seq_distance(s->sack[i].left, s->sack[i].right);
        if (length > 0 && fm_seq_distance(s->ack, s->sack[i].left) > 0)
            m->held += (uint32_t)length;
    }
}

static void note_pause(FmStory *story, const FmMoment *m, const FmTcpFlow *t, const Way *own, const Way *peer)
{
    const FmSegment *s = &m->segment;
    const FmSender *sender = t->connection ? fm_connection_sender(t->connection, s->direction) : NULL;
    bool idle = peer->has_ack && own->has_base && fm_seq_distance(peer->ack, own->end) <= 0;
    if (!s->length || !sender || !sender->packets || !idle || m->quiet < MAX(LEAST_PAUSE, PAUSE_RTTS * sender->rtt.smoothed) ||
        fm_seq_distance(own->end, s->seq) < 0)
        return;
    fm_story_event(story, &(FmFlowEvent){ own->last, m->quiet, m->packet, 0, FM_EVENT_PAUSE, 0, s->direction });
}

static void note_phases(const FmTcpFlow *t, FmMoment *m, bool before)
{
    for (unsigned i = 0; t->connection && i < 2; i++) {
        FmPhase phase = fm_connection_sender(t->connection, m->segment.direction ^ i)->phase;
        if (i == 0)
            *(before ? &m->phase_before : &m->phase) = phase;
        else
            *(before ? &m->peer_phase_before : &m->peer_phase) = phase;
    }
}

void fm_story_begin(FmStory *story, const FmFlowRecord *flow, const FmSegment *s, uint64_t packet)
{
    const FmTcpFlow *t = flow->tcp;
    unsigned d = s->direction & 1;
    Way *own = &story->way[d], *peer = &story->way[!d];
    bool syn = s->flags & FM_SEGMENT_SYN;
    story->any = true;
    FmMoment *m = &story->moment;
    *m = (FmMoment){ .flow = flow, .segment = *s, .packet = packet, .status_before = (FmFlowStatus)flow->state };
    m->segment.direction = (uint8_t)d;
    m->quiet = own->last ? s->time - own->last : 0;
    note_phases(t, m, true);
    note_pause(story, m, t, own, peer);
    if (!own->has_base || syn) {
        own->base = syn ? s->seq : s->seq - 1;
        own->end = s->seq;
        own->has_base = true;
    }
    if (!peer->has_base && (s->flags & FM_SEGMENT_ACK)) {
        peer->base = s->ack - 1;
        peer->end = s->ack;
        peer->has_base = true;
    }
    m->position = s->seq - own->base;
    m->acked_position = s->ack - peer->base;
    if (s->flags & FM_SEGMENT_ACK)
        take_ack(m, own, peer, s);
    uint32_t end = s->seq + s->length + (syn || (s->flags & FM_SEGMENT_FIN) ? 1 : 0);
    if (fm_seq_distance(own->end, end) > 0)
        note_sent(own, end, s->time);
    m->outstanding = peer->has_ack && fm_seq_distance(peer->ack, own->end) > 0 ? (uint32_t)fm_seq_distance(peer->ack, own->end) : 0;
    own->last = s->time;
    story->blocked_before = t->route && t->route->side[!d].blocking.open;
}

void fm_story_verdict(FmStory *story, FmVerdict verdict, bool first)
{
    FmMoment *m = &story->moment;
    m->verdict = verdict;
    if (first)
        fm_story_event(story, &(FmFlowEvent){ m->segment.time, 0, m->packet, m->segment.length, FM_EVENT_DATA, 0, m->segment.direction });
}

void fm_story_end(FmStory *story, const FmFlowRecord *flow)
{
    const FmTcpFlow *t = flow->tcp;
    FmMoment *m = &story->moment;
    note_phases(t, m, false);
    m->ends_blocking = story->blocked_before && t->route && !t->route->side[!m->segment.direction].blocking.open;
}

/* ---- events in words ---- */

void fm_flow_event_text(FmText *out, const FmFlowRecord *flow, const FmFlowEvent *e)
{
    const char *from = e->direction == flow->client ? "the client" : "the server", *to = e->direction == flow->client ? "the server" : "the client";
    FmFinding one = { .kind = e->detail, .direction = e->direction, .count = 1, .lost = e->span, .worst = e->span, .packet = e->packet, .amount = e->amount };
    switch ((FmEventKind)e->kind) {
    case FM_EVENT_ASKED: fm_text_printf(out, e->amount > 1 ? "%s asks again (SYN %" PRIu64 ")" : "%s asks for a connection", from, e->amount); break;
    case FM_EVENT_OPENED:
        fm_text_literal(out, "the connection stands");
        if (e->span) {
            fm_text_literal(out, " after ");
            fm_span_text(out, e->span);
        }
        break;
    case FM_EVENT_DATA: fm_text_printf(out, "first data of %s, %" PRIu64 " bytes", from, e->amount); break;
    case FM_EVENT_PHASE:
        fm_text_printf(out, "%s enters %s", from, fm_phase_name((FmPhase)e->detail));
        if (e->amount) {
            fm_text_literal(out, ", window ");
            fm_amount_text(out, e->amount);
        }
        break;
    case FM_EVENT_FINDING: fm_finding_text(out, &one, from, to); break;
    case FM_EVENT_PAUSE:
        fm_text_printf(out, "%s sends nothing for ", from);
        fm_span_text(out, e->span);
        break;
    case FM_EVENT_CLOSING: fm_text_printf(out, "%s closes its side", from); break;
    case FM_EVENT_RESET: fm_text_printf(out, "%s resets the connection", from); break;
    }
}
