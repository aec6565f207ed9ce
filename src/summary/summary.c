/* Records of flows: found by number, listed by age, filled packet by packet. */
#include "config.h"

#include "summary/summary.h"

#include <string.h>

#include "base/limits.h"
#include "flow/flow.h"
#include "summary/protocols.h"
#include "summary/tcp_flow.h"

enum { LIST_FRESH, LIST_OVER, LIST_OPEN, LISTS }; /* in the order in which they give up flows */
enum { FIRST_ROOM = 256, SMALL_FLOW = 8, END_AT_ONCE = 4, CANDIDATES = 16, FROZEN_AT_ONCE = 8, LATE_TRIPS = 8 };
#define LEAST_LATE (100 * FM_MILLISECOND)
#define MOST_LATE FM_SECOND

/* What fields say of a flow. */
typedef enum Role { ROLE_NONE, ROLE_NAME, ROLE_QUESTION, ROLE_ALPN, ROLE_CLOSED, ROLE_VERSION, ROLE_OLD_VERSION, ROLE_HANDSHAKE, ROLE_QUIC /* and more: fm_quic_flow_field */ } Role;

static const struct {
    const char *field;
    Role role;
} asked[] = {
    { "tls.handshake.extensions_server_name", ROLE_NAME }, { "http.host", ROLE_NAME }, { "http2.headers.authority", ROLE_NAME },
    { "http3.headers.authority", ROLE_NAME }, { "dns.qry.name", ROLE_QUESTION }, { "tls.handshake.extensions_alpn_str", ROLE_ALPN },
    { "fathom.tls.closed_because", ROLE_CLOSED }, { "fathom.quic.closed_because", ROLE_CLOSED },
    { "tls.handshake.extensions.supported_version", ROLE_VERSION }, { "tls.handshake.version", ROLE_OLD_VERSION },
    { "tls.handshake.type", ROLE_HANDSHAKE },
};

typedef struct List { /* by last packet */
    FmFlowRecord *newest, *oldest;
    size_t count;
} List;

struct FmSummary {
    const FmCatalog *catalog;
    FmSummaryOptions options;
    uint64_t *wanted;
    uint8_t *roles; /* by field id */
    const char *transports[FM_FLOW_KINDS]; /* layer names */
    FmFlowRecord **slots; /* by kind and number: linear probing */
    size_t room, used;
    GPtrArray *followed; /* records with inference at work, in no order */
    unsigned hand;       /* where the search for one to give up goes on */
    GPtrArray *records; /* in order of appearance; NULL where one was given up */
    size_t holes;
    List lists[LISTS];
    FmFlowRecord *latest;
    FmSummaryTotals totals;
    FmTime time; /* of the latest frame */
    uint32_t highest[FM_FLOW_KINDS]; /* 1 + greatest number so far */
};

/* ---- making ---- */

static void ask_for(FmSummary *s, const char *field, unsigned role)
{
    const FmEntry *entry = fm_catalog_find(s->catalog, field);
    for (size_t k = 0; entry && k < entry->id_count; k++) {
        uint16_t id = entry->ids[k];
        s->wanted[id / 64] |= UINT64_C(1) << id % 64;
        s->roles[id] = (uint8_t)role;
    }
}

static void ask(FmSummary *s)
{
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++)
        ask_for(s, asked[i].field, asked[i].role);
    for (unsigned i = 0; fm_quic_flow_field(i); i++)
        ask_for(s, fm_quic_flow_field(i), ROLE_QUIC + i);
}

FmSummary *fm_summary_new(const FmCatalog *catalog, const FmSummaryOptions *options)
{
    static const char *const transports[FM_FLOW_KINDS] = { [FM_FLOW_TCP] = "tcp", [FM_FLOW_UDP] = "udp", [FM_FLOW_SCTP] = "sctp", [FM_FLOW_DCCP] = "dccp" };
    FmSummary *s = g_new0(FmSummary, 1);
    s->catalog = catalog;
    if (options)
        s->options = *options;
    if (!s->options.most_flows)
        s->options.most_flows = FM_MAX_SUMMARY_FLOWS;
    if (!s->options.most_followed)
        s->options.most_followed = FM_MAX_FOLLOWED_FLOWS;
    s->wanted = g_new0(uint64_t, fm_catalog_words(catalog));
    s->roles = g_new0(uint8_t, fm_catalog_words(catalog) * 64);
    s->room = FIRST_ROOM;
    s->slots = g_new0(FmFlowRecord *, s->room);
    s->records = g_ptr_array_new();
    s->followed = g_ptr_array_new();
    s->totals.first = s->totals.last = s->time = FM_TIME_NONE;
    for (unsigned kind = 0; kind < FM_FLOW_KINDS; kind++) {
        unsigned number = transports[kind] ? fm_catalog_protocol_named(catalog, transports[kind]) : 0;
        s->transports[kind] = number ? fm_catalog_protocol_at(catalog, number)->abbrev : NULL;
    }
    ask(s);
    return s;
}

static void free_record(FmFlowRecord *flow)
{
    fm_tcp_flow_free(flow);
    g_free(flow->quic);
    if (flow->text) {
        g_free(flow->text->server_name);
        g_free(flow->text->alpn);
        g_free(flow->text->closed_because);
        g_free(flow->text);
    }
    g_free(flow->rate);
    g_free(flow);
}

void fm_summary_free(FmSummary *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->records->len; i++)
        if (s->records->pdata[i])
            free_record(s->records->pdata[i]);
    g_ptr_array_unref(s->records);
    g_ptr_array_unref(s->followed);
    g_free(s->slots);
    g_free(s->roles);
    g_free(s->wanted);
    g_free(s);
}

const uint64_t *fm_summary_wanted(const FmSummary *s)
{
    return s->wanted;
}

const FmSummaryTotals *fm_summary_totals(const FmSummary *s)
{
    return &s->totals;
}

/* ---- the table; numbers are given by the engine, one after the other, so nobody can choose them to collide ---- */

static size_t home(const FmSummary *s, unsigned kind, uint32_t number)
{
    return ((size_t)number * FM_FLOW_KINDS + kind) & (s->room - 1);
}

static size_t find_slot(const FmSummary *s, unsigned kind, uint32_t number)
{
    size_t at = home(s, kind, number);
    while (s->slots[at] && (s->slots[at]->number != number || s->slots[at]->kind != kind))
        at = (at + 1) & (s->room - 1);
    return at;
}

static void grow(FmSummary *s)
{
    g_autofree FmFlowRecord **old = s->slots;
    size_t room = s->room;
    s->room *= 2;
    s->slots = g_new0(FmFlowRecord *, s->room);
    for (size_t i = 0; i < room; i++)
        if (old[i])
            s->slots[find_slot(s, old[i]->kind, old[i]->number)] = old[i];
}

/* Entries behind the hole move up. */
static void empty_slot(FmSummary *s, size_t hole)
{
    size_t mask = s->room - 1;
    for (size_t at = (hole + 1) & mask; s->slots[at]; at = (at + 1) & mask) {
        size_t from = home(s, s->slots[at]->kind, s->slots[at]->number);
        if (((at - from) & mask) >= ((at - hole) & mask)) {
            s->slots[hole] = s->slots[at];
            hole = at;
        }
    }
    s->slots[hole] = NULL;
    s->used--;
}

const FmFlowRecord *fm_summary_find(const FmSummary *s, unsigned kind, uint32_t number)
{
    return s->slots[find_slot(s, kind, number)];
}

size_t fm_summary_count(FmSummary *s)
{
    if (!s->holes)
        return s->records->len;
    unsigned kept = 0;
    for (unsigned i = 0; i < s->records->len; i++) {
        FmFlowRecord *flow = s->records->pdata[i];
        if (!flow)
            continue;
        flow->place = kept;
        s->records->pdata[kept++] = flow;
    }
    g_ptr_array_set_size(s->records, (gint)kept);
    s->holes = 0;
    return kept;
}

const FmFlowRecord *fm_summary_at(FmSummary *s, size_t index)
{
    return index < fm_summary_count(s) ? s->records->pdata[index] : NULL;
}

/* ---- ages ---- */

static void unlink_record(List *list, FmFlowRecord *flow)
{
    *(flow->newer ? &flow->newer->older : &list->newest) = flow->older;
    *(flow->older ? &flow->older->newer : &list->oldest) = flow->newer;
    list->count--;
}

static void link_newest(List *list, FmFlowRecord *flow)
{
    flow->newer = NULL;
    flow->older = list->newest;
    *(list->newest ? &list->newest->newer : &list->oldest) = flow;
    list->newest = flow;
    list->count++;
}

static unsigned list_of(const FmFlowRecord *flow)
{
    if (flow->state >= FM_STATUS_CLOSED)
        return LIST_OVER;
    return flow->packets[0] && flow->packets[1] ? LIST_OPEN : LIST_FRESH;
}

static void touch(FmSummary *s, FmFlowRecord *flow)
{
    unsigned list = list_of(flow);
    if (flow->list == list && s->lists[list].newest == flow)
        return;
    unlink_record(&s->lists[flow->list], flow);
    flow->list = (uint8_t)list;
    link_newest(&s->lists[list], flow);
}

static void start_following(FmSummary *s, FmFlowRecord *flow)
{
    flow->followed_place = s->followed->len;
    g_ptr_array_add(s->followed, flow);
}

static void stop_following(FmSummary *s, const FmFlowRecord *flow)
{
    g_ptr_array_remove_index_fast(s->followed, flow->followed_place);
    if (flow->followed_place < s->followed->len) /* the last one took its place */
        ((FmFlowRecord *)s->followed->pdata[flow->followed_place])->followed_place = flow->followed_place;
}

/* Packets come hardly later than that after the end of a connection. */
static FmTime late_until(const FmFlowRecord *flow)
{
    return flow->last + CLAMP(LATE_TRIPS * fm_flow_handshake(flow).total, LEAST_LATE, MOST_LATE);
}

/* Connections that are over keep their inference for a moment, for packets that are late. */
static void freeze_some(FmSummary *s, FmTime now)
{
    for (unsigned i = 0; i < FROZEN_AT_ONCE && s->followed->len; i++) {
        s->hand = (s->hand + 1) % s->followed->len;
        FmFlowRecord *flow = s->followed->pdata[s->hand];
        if (flow->state < FM_STATUS_CLOSED || now < late_until(flow))
            continue;
        fm_tcp_flow_freeze(flow);
        stop_following(s, flow);
    }
}

/* Of a few, the one that was silent for longest gives up its inference. */
static void make_room_to_follow(FmSummary *s)
{
    FmFlowRecord *flow = NULL;
    for (unsigned i = 0; i < CANDIDATES; i++) {
        s->hand = (s->hand + 1) % s->followed->len;
        FmFlowRecord *one = s->followed->pdata[s->hand];
        if (!flow || one->last_packet < flow->last_packet)
            flow = one;
    }
    fm_tcp_flow_freeze(flow);
    stop_following(s, flow);
}

static void end_record(FmSummary *s, FmFlowRecord *flow)
{
    if (fm_tcp_flow_followed(flow))
        stop_following(s, flow);
    fm_tcp_flow_finish(flow);
    if (s->options.ended)
        s->options.ended(s->options.data, flow);
    unlink_record(&s->lists[flow->list], flow);
    empty_slot(s, find_slot(s, flow->kind, flow->number));
    s->records->pdata[flow->place] = NULL;
    s->holes++;
    s->totals.ended++;
    if (s->latest == flow)
        s->latest = NULL;
    free_record(flow);
    if (s->holes > s->records->len / 2)
        fm_summary_count(s);
}

static void make_room(FmSummary *s)
{
    if (s->lists[LIST_FRESH].count >= FM_MAX_FRESH_FLOWS)
        end_record(s, s->lists[LIST_FRESH].oldest);
    for (unsigned list = 0; list < LISTS && s->used >= s->options.most_flows; list++)
        for (unsigned i = 0; i < END_AT_ONCE && s->lists[list].oldest && s->used >= s->options.most_flows; i++)
            end_record(s, s->lists[list].oldest);
}

void fm_summary_expire(FmSummary *s, FmTime now)
{
    FmTime idle = s->options.idle;
    for (unsigned list = 0; idle && list < LISTS; list++) {
        FmTime most = list == LIST_OPEN ? idle : idle / 8;
        while (s->lists[list].oldest && s->lists[list].oldest->last != FM_TIME_NONE && now - s->lists[list].oldest->last > most)
            end_record(s, s->lists[list].oldest);
    }
}

/* ---- a packet ---- */

static FmFlowRecord *new_record(FmSummary *s, const FmPacket *p, size_t slot)
{
    FmFlowRecord *flow = g_new0(FmFlowRecord, 1);
    unsigned d = p->flow_direction & 1;
    flow->number = p->flow_number;
    flow->kind = p->flow_kind;
    flow->address_type = (uint8_t)p->net_source.type;
    memcpy(flow->ends[d].bytes, p->net_source.bytes, 16);
    memcpy(flow->ends[!d].bytes, p->net_destination.bytes, 16);
    flow->ends[d].port = p->source_port;
    flow->ends[!d].port = p->destination_port;
    bool backwards = p->source_port < p->destination_port && (flow->kind == FM_FLOW_TCP || p->source_port < 1024);
    flow->client = (uint8_t)(backwards ? !d : d);
    flow->client_guessed = true;
    flow->first = flow->last = p->frame->time;
    flow->first_packet = p->frame->number;
    flow->recalled = flow->number < s->highest[flow->kind];
    if (!flow->recalled) {
        s->highest[flow->kind] = flow->number + 1;
        s->totals.flows++;
    }
    flow->list = LIST_FRESH;
    flow->place = s->records->len;
    g_ptr_array_add(s->records, flow);
    link_newest(&s->lists[LIST_FRESH], flow);
    s->slots[slot] = flow;
    s->used++;
    return flow;
}

static FmFlowRecord *record_of(FmSummary *s, const FmPacket *p)
{
    FmFlowRecord *flow = s->latest;
    if (flow && flow->number == p->flow_number && flow->kind == p->flow_kind)
        return flow;
    size_t slot = find_slot(s, p->flow_kind, p->flow_number);
    flow = s->slots[slot];
    if (!flow) {
        make_room(s);
        if ((s->used + 1) * 3 > s->room * 2)
            grow(s);
        flow = new_record(s, p, find_slot(s, p->flow_kind, p->flow_number));
    }
    s->latest = flow;
    return flow;
}

/* The handshake inside QUIC is a part of it, which goes without saying. */
static bool says_more(const FmFlowRecord *flow, const char *name)
{
    bool quic = false;
    for (unsigned i = 0; i < flow->protocol_count; i++)
        quic |= strcmp(flow->protocols[i], "QUIC") == 0;
    return !quic || strcmp(name, "TLS") != 0;
}

/* Layers above the transport. Most packets bring none that is not known already: the topmost one tells. */
static void note_layers(FmSummary *s, FmFlowRecord *flow, const FmPacket *p)
{
    const char *top = p->layer_count ? p->layers[p->layer_count - 1] : NULL, *transport = s->transports[flow->kind];
    if (!top || top == transport || top == flow->top || !transport)
        return;
    flow->top = top;
    uint32_t i = p->layer_count;
    while (i > 0 && p->layers[i - 1] != transport)
        i--;
    for (; i > 0 && i < p->layer_count; i++) {
        const char *name = fm_protocol_short(s->catalog, p->layers[i]);
        unsigned k = 0;
        while (name && k < flow->protocol_count && flow->protocols[k] != name)
            k++;
        if (name && k == flow->protocol_count && k < FM_FLOW_STACK && says_more(flow, name))
            flow->protocols[flow->protocol_count++] = name;
    }
}

static void set_text(char **place, FmSlice bytes)
{
    size_t size = MIN(bytes.size, FM_FLOW_NAME);
    if (*place && strlen(*place) == size && memcmp(*place, bytes.data, size) == 0)
        return;
    g_free(*place);
    *place = g_strndup((const char *)bytes.data, size);
}

static const char *version_name(uint64_t version)
{
    static const char *const names[] = { "SSL3", "TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3" };
    return version >= 0x0300 && version <= 0x0304 ? names[version - 0x0300] : NULL;
}

typedef struct Said { /* by the fields of one packet */
    FmSlice name, question, alpn, closed;
    unsigned alpns;
    uint64_t version, old_version;
    bool answer; /* a ServerHello */
} Said;

static void read_field(Said *said, Role role, const FmPacket *p, const FmNode *node)
{
    switch (role) {
    case ROLE_NAME: said->name = fm_node_bytes(p, node); break;
    case ROLE_QUESTION: said->question = fm_node_bytes(p, node); break;
    case ROLE_ALPN:
        said->alpn = fm_node_bytes(p, node);
        said->alpns++;
        break;
    case ROLE_CLOSED: said->closed = fm_node_bytes(p, node); break;
    case ROLE_VERSION: said->version = node->value; break;
    case ROLE_OLD_VERSION: said->old_version = node->value; break;
    case ROLE_HANDSHAKE: said->answer |= node->value == 2; break;
    default: break;
    }
}

static void note_said(FmFlowRecord *flow, const Said *said)
{
    if (said->answer && (said->version || said->old_version))
        flow->refinement = version_name(said->version ? said->version : said->old_version);
    if (!said->name.size && !said->question.size && !said->alpn.size && !said->closed.size)
        return;
    if (!flow->text)
        flow->text = g_new0(FmFlowText, 1);
    if (said->name.size || said->question.size)
        set_text(&flow->text->server_name, said->name.size ? said->name : said->question);
    if (said->alpns == 1)
        set_text(&flow->text->alpn, said->alpn);
    if (said->closed.size)
        set_text(&flow->text->closed_because, said->closed);
}

static void note_fields(const FmSummary *s, FmFlowRecord *flow, const FmPacket *p)
{
    Said said = { 0 };
    bool any = false;
    for (uint32_t i = 0; i < p->node_count; i++) {
        Role role = (Role)s->roles[p->nodes[i].field];
        if (role == ROLE_NONE)
            continue;
        if (role >= ROLE_QUIC) {
            if (!flow->quic)
                flow->quic = g_new0(FmQuicFlow, 1);
            fm_quic_flow_note(flow->quic, role - ROLE_QUIC, p, &p->nodes[i]);
            continue;
        }
        any = true;
        read_field(&said, role, p, &p->nodes[i]);
    }
    if (any)
        note_said(flow, &said);
}

static void count(FmFlowRecord *flow, const FmPacket *p, unsigned d)
{
    const FmFrame *frame = p->frame;
    flow->packets[d]++;
    flow->bytes[d] += frame->length;
    flow->last_packet = frame->number;
    if (frame->time == FM_TIME_NONE)
        return;
    flow->last = MAX(flow->last, frame->time);
    if (flow->rate) {
        fm_history_add(&flow->rate[d], frame->time, frame->length);
    } else if (flow->packets[0] + flow->packets[1] == SMALL_FLOW) {
        flow->rate = g_new0(FmHistory, 2);
        for (unsigned i = 0; i < 2; i++) /* what came so far */
            fm_history_add(&flow->rate[i], flow->first, (uint32_t)MIN(flow->bytes[i], UINT32_MAX));
    }
}

static void take_segment(FmSummary *s, FmFlowRecord *flow, const FmPacket *p)
{
    const FmSegment *segment = p->segment;
    flow->payload[segment->direction & 1] += segment->length;
    if (s->options.no_inference || segment->time == FM_TIME_NONE)
        return;
    bool followed = fm_tcp_flow_followed(flow);
    fm_tcp_flow_add(flow, segment, p->frame->number, s->options.most_events);
    if (followed || !fm_tcp_flow_followed(flow))
        return;
    freeze_some(s, p->frame->time);
    if (s->followed->len >= s->options.most_followed)
        make_room_to_follow(s);
    start_following(s, flow);
}

static void count_total(FmSummary *s, const FmFrame *frame)
{
    FmSummaryTotals *t = &s->totals;
    t->packets++;
    t->bytes += frame->length;
    t->cut += frame->captured < frame->length;
    if (frame->time == FM_TIME_NONE)
        return;
    if (t->first == FM_TIME_NONE)
        t->first = t->last = frame->time;
    t->backwards += frame->time < s->time;
    s->time = frame->time;
    t->last = MAX(t->last, frame->time);
}

const FmFlowRecord *fm_summary_packet(FmSummary *s, const FmPacket *p, bool match)
{
    count_total(s, p->frame);
    if (p->flow_kind == FM_FLOW_NONE || p->flow_kind >= FM_FLOW_KINDS)
        return NULL;
    FmFlowRecord *flow = record_of(s, p);
    unsigned d = p->flow_direction & 1;
    flow->shown |= match;
    count(flow, p, d);
    note_layers(s, flow, p);
    if (p->node_count)
        note_fields(s, flow, p);
    if (p->segment && flow->kind == FM_FLOW_TCP && p->segment_flow == flow->number)
        take_segment(s, flow, p);
    touch(s, flow);
    return flow;
}

void fm_summary_finish(FmSummary *s)
{
    for (size_t i = 0; i < fm_summary_count(s); i++)
        fm_tcp_flow_finish(s->records->pdata[i]);
}
