/* WebRTC sessions: found by the names in their checks (RFC 8445 §7.2.2), or by what runs on a flow. */
#include "config.h"

#include "summary/webrtc.h"

#include <string.h>

#include "flow/flow.h"

enum { MOST_SESSIONS = 4096, MOST_NAMES = 256 };
enum { STUN_REQUEST = 0x00, STUN_SUCCESS = 0x10, USE_CANDIDATE = 0x25, CLIENT_HELLO = 1, COOKIE_ACK = 11 };

typedef enum Role {
    ROLE_NONE, ROLE_USERNAME, ROLE_CLASS, ROLE_ATTRIBUTE, ROLE_SDP, ROLE_MESSAGE, ROLE_SECURED, ROLE_PROFILE, ROLE_CHUNK, ROLE_OPENED,
    ROLE_CHANNEL, ROLE_LABEL, ROLE_LENGTH, ROLE_SOURCE, ROLE_LOST, ROLES
} Role;

static const struct {
    const char *field;
    Role role;
} asked[] = {
    { "stun.att.username", ROLE_USERNAME }, { "stun.type.class", ROLE_CLASS }, { "stun.att.type", ROLE_ATTRIBUTE },
    { "sdp.media_attr", ROLE_SDP }, { "sdp.session_attr", ROLE_SDP }, { "dtls.handshake.type", ROLE_MESSAGE },
    { "fathom.tls.handshake_time", ROLE_SECURED }, { "dtls.use_srtp.protection_profile", ROLE_PROFILE }, { "sctp.chunk_type", ROLE_CHUNK },
    { "rtcdc.label", ROLE_OPENED }, { "fathom.rtcdc.id", ROLE_CHANNEL }, { "fathom.rtcdc.label", ROLE_LABEL },
    { "fathom.rtcdc.length", ROLE_LENGTH }, { "rtp.ssrc", ROLE_SOURCE }, { "fathom.rtp.lost", ROLE_LOST },
};

typedef struct Name { /* an ICE user fragment that a description told */
    char text[FM_WEBRTC_NAME + 1];
    FmWebrtcMark mark;
} Name;

struct FmWebrtc {
    uint64_t *wanted;
    uint8_t *roles;       /* by field id */
    GPtrArray *sessions;  /* of FmWebrtcSession */
    GHashTable *by_flow;  /* udp.stream → session */
    GHashTable *by_names; /* "a:b" → session */
    Name told[MOST_NAMES];
    unsigned told_count;
};

FmWebrtc *fm_webrtc_new(const FmCatalog *catalog)
{
    FmWebrtc *w = g_new0(FmWebrtc, 1);
    w->wanted = g_new0(uint64_t, fm_catalog_words(catalog));
    w->roles = g_new0(uint8_t, fm_catalog_words(catalog) * 64);
    w->sessions = g_ptr_array_new_with_free_func(g_free);
    w->by_flow = g_hash_table_new(NULL, NULL);
    w->by_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(asked); i++) {
        const FmEntry *entry = fm_catalog_find(catalog, asked[i].field);
        for (size_t k = 0; entry && k < entry->id_count; k++) {
            w->wanted[entry->ids[k] / 64] |= UINT64_C(1) << entry->ids[k] % 64;
            w->roles[entry->ids[k]] = (uint8_t)asked[i].role;
        }
    }
    return w;
}

void fm_webrtc_free(FmWebrtc *w)
{
    if (!w)
        return;
    g_hash_table_unref(w->by_flow);
    g_hash_table_unref(w->by_names);
    g_ptr_array_unref(w->sessions);
    g_free(w->wanted);
    g_free(w->roles);
    g_free(w);
}

const uint64_t *fm_webrtc_wanted(const FmWebrtc *w)
{
    return w->wanted;
}

/* ---- what packets say ---- */

static void mark(FmWebrtcSession *s, FmWebrtcStep step, const FmPacket *p)
{
    if (!s->steps[step].packet)
        s->steps[step] = (FmWebrtcMark){ p->frame->time, p->frame->number };
}

static FmWebrtcSession *new_session(FmWebrtc *w, const FmPacket *p)
{
    if (w->sessions->len >= MOST_SESSIONS)
        return NULL;
    FmWebrtcSession *s = g_new0(FmWebrtcSession, 1);
    s->first = s->last = p->frame->time;
    g_ptr_array_add(w->sessions, s);
    return s;
}

static void set_flow(FmWebrtc *w, FmWebrtcSession *s, const FmPacket *p)
{
    gpointer key = GUINT_TO_POINTER(p->flow_number);
    if (g_hash_table_lookup(w->by_flow, key) != s) {
        g_hash_table_insert(w->by_flow, key, s);
        s->pairs++;
    }
    if (s->steps[FM_WEBRTC_HELLO].packet && s->has_flow)
        return; /* DTLS has settled which */
    s->flow = p->flow_number;
    s->has_flow = true;
    bool forward = p->flow_direction == 0;
    s->ends[0] = forward ? p->net_source : p->net_destination;
    s->ends[1] = forward ? p->net_destination : p->net_source;
    s->ports[0] = forward ? p->source_port : p->destination_port;
    s->ports[1] = forward ? p->destination_port : p->source_port;
}

static void keep_text(char to[FM_WEBRTC_NAME + 1], FmSlice text)
{
    size_t size = MIN(text.size, FM_WEBRTC_NAME);
    if (size)
        memcpy(to, text.data, size);
    to[size] = '\0';
}

/* "a=ice-ufrag" of a description. */
static void take_attribute(FmWebrtc *w, const FmPacket *p, FmSlice text)
{
    static const char start[] = "ice-ufrag:";
    size_t size = sizeof start - 1;
    if (text.size <= size || memcmp(text.data, start, size) != 0)
        return;
    Name name = { .mark = { p->frame->time, p->frame->number } };
    keep_text(name.text, (FmSlice){ text.data + size, text.size - size });
    for (unsigned i = 0; i < MIN(w->told_count, MOST_NAMES); i++)
        if (strcmp(w->told[i].text, name.text) == 0)
            return;
    w->told[w->told_count++ % MOST_NAMES] = name;
}

static const Name *told_name(const FmWebrtc *w, const char *text)
{
    for (unsigned i = 0; i < MIN(w->told_count, MOST_NAMES); i++)
        if (strcmp(w->told[i].text, text) == 0)
            return &w->told[i];
    return NULL;
}

/* Which descriptions told the two names: the earlier one was the offer. */
static void find_signalling(const FmWebrtc *w, FmWebrtcSession *s)
{
    const Name *a = told_name(w, s->names[0]), *b = told_name(w, s->names[1]);
    if (!a && !b)
        return;
    const Name *offer = !b || (a && a->mark.packet <= b->mark.packet) ? a : b, *answer = offer == a ? b : a;
    s->steps[FM_WEBRTC_OFFER] = offer->mark;
    s->first = MIN(s->first, offer->mark.time);
    if (answer)
        s->steps[FM_WEBRTC_ANSWER] = answer->mark;
}

/* A check's user name: the peer's fragment, a colon, the sender's own. */
static FmWebrtcSession *session_named(FmWebrtc *w, const FmPacket *p, FmSlice text)
{
    const uint8_t *colon = text.size ? memchr(text.data, ':', text.size) : NULL;
    if (!colon)
        return NULL;
    char a[FM_WEBRTC_NAME + 1], b[FM_WEBRTC_NAME + 1];
    size_t left = (size_t)(colon - text.data);
    keep_text(a, (FmSlice){ text.data, left });
    keep_text(b, (FmSlice){ colon + 1, text.size - left - 1 });
    bool swap = strcmp(a, b) > 0;
    g_autofree char *key = g_strconcat(swap ? b : a, ":", swap ? a : b, NULL);
    FmWebrtcSession *s = g_hash_table_lookup(w->by_names, key);
    if (s)
        return s;
    s = new_session(w, p);
    if (!s)
        return NULL;
    memcpy(s->names[0], swap ? b : a, sizeof a);
    memcpy(s->names[1], swap ? a : b, sizeof a);
    g_hash_table_insert(w->by_names, g_steal_pointer(&key), s);
    find_signalling(w, s);
    return s;
}

static FmWebrtcChannel *channel_of(FmWebrtcSession *s, uint32_t number)
{
    for (unsigned i = 0; i < s->channel_count; i++)
        if (s->channels[i].number == number)
            return &s->channels[i];
    if (s->channel_count == FM_WEBRTC_CHANNELS)
        return NULL;
    FmWebrtcChannel *c = &s->channels[s->channel_count++];
    c->number = number;
    return c;
}

static FmWebrtcSource *source_of(FmWebrtcSession *s, uint32_t ssrc, uint8_t direction)
{
    for (unsigned i = 0; i < s->source_count; i++)
        if (s->sources[i].ssrc == ssrc && s->sources[i].direction == direction)
            return &s->sources[i];
    if (s->source_count == FM_WEBRTC_SOURCES)
        return NULL;
    FmWebrtcSource *source = &s->sources[s->source_count++];
    *source = (FmWebrtcSource){ .ssrc = ssrc, .direction = direction };
    return source;
}

typedef struct Said { /* of one packet */
    FmSlice username;
    uint64_t class;
    bool stun, nominates, hello, secured, dtls, associated, opened;
    uint16_t profile;
    const FmNode *channels[8], *labels[8], *lengths[8];
    unsigned channel_count, label_count, length_count;
    uint32_t ssrc;
    bool media;
    uint64_t lost;
} Said;

static void listen(FmWebrtc *w, const FmPacket *p, Said *said)
{
    for (const FmNode *n = p->nodes; n < p->nodes + p->node_count; n++) {
        switch ((Role)w->roles[n->field]) {
        case ROLE_USERNAME: said->username = fm_node_bytes(p, n); break;
        case ROLE_CLASS:
            said->stun = true;
            said->class = n->value;
            break;
        case ROLE_ATTRIBUTE: said->nominates |= n->value == USE_CANDIDATE; break;
        case ROLE_SDP: take_attribute(w, p, fm_node_bytes(p, n)); break;
        case ROLE_MESSAGE:
            said->dtls = true;
            said->hello |= n->value == CLIENT_HELLO;
            break;
        case ROLE_SECURED: said->secured = true; break;
        case ROLE_PROFILE: said->profile = (uint16_t)n->value; break;
        case ROLE_CHUNK: said->associated |= n->value == COOKIE_ACK; break;
        case ROLE_OPENED: said->opened = true; break;
        case ROLE_CHANNEL:
            if (said->channel_count < G_N_ELEMENTS(said->channels))
                said->channels[said->channel_count++] = n;
            break;
        case ROLE_LABEL:
            if (said->label_count < G_N_ELEMENTS(said->labels))
                said->labels[said->label_count++] = n;
            break;
        case ROLE_LENGTH:
            if (said->length_count < G_N_ELEMENTS(said->lengths))
                said->lengths[said->length_count++] = n;
            break;
        case ROLE_SOURCE:
            said->media = true;
            said->ssrc = (uint32_t)n->value;
            break;
        case ROLE_LOST: said->lost = n->value; break;
        default: break;
        }
    }
}

static void take_check(FmWebrtc *w, FmWebrtcSession *s, const FmPacket *p, const Said *said)
{
    if (said->class == STUN_REQUEST && said->username.size) {
        s->checks++;
        mark(s, FM_WEBRTC_CHECK, p);
        set_flow(w, s, p);
        if (said->nominates)
            mark(s, FM_WEBRTC_NOMINATED, p);
    } else if (said->class == STUN_SUCCESS) {
        s->answers++;
        mark(s, FM_WEBRTC_CHECKED, p);
    }
}

static void take_messages(FmWebrtcSession *s, const FmPacket *p, const Said *said)
{
    for (unsigned i = 0; i < said->channel_count; i++) {
        FmWebrtcChannel *c = channel_of(s, (uint32_t)said->channels[i]->value);
        if (!c)
            continue;
        c->messages[p->flow_direction]++;
        if (i < said->length_count)
            c->bytes[p->flow_direction] += said->lengths[i]->value;
        if (!c->label[0] && said->label_count == said->channel_count)
            keep_text(c->label, fm_node_bytes(p, said->labels[i]));
    }
}

void fm_webrtc_packet(FmWebrtc *w, const FmPacket *p)
{
    Said said = { .class = UINT64_MAX };
    listen(w, p, &said);
    if (p->flow_kind != FM_FLOW_UDP)
        return;
    FmWebrtcSession *s = said.stun && said.class == STUN_REQUEST && said.username.size ? session_named(w, p, said.username)
                         : g_hash_table_lookup(w->by_flow, GUINT_TO_POINTER(p->flow_number));
    if (!s && said.profile && said.dtls) { /* without checks that were seen */
        s = new_session(w, p);
        if (s)
            set_flow(w, s, p);
    }
    if (!s)
        return;
    s->last = MAX(s->last, p->frame->time);
    if (said.stun)
        take_check(w, s, p, &said);
    if (said.hello) {
        if (!s->steps[FM_WEBRTC_HELLO].packet)
            set_flow(w, s, p);
        mark(s, FM_WEBRTC_HELLO, p);
    }
    if (said.profile && !said.hello)
        s->profile = said.profile;
    if (said.secured)
        mark(s, FM_WEBRTC_SECURED, p);
    if (said.associated)
        mark(s, FM_WEBRTC_ASSOCIATED, p);
    if (said.opened)
        mark(s, FM_WEBRTC_CHANNEL, p);
    take_messages(s, p, &said);
    FmWebrtcSource *source = said.media ? source_of(s, said.ssrc, p->flow_direction) : NULL;
    if (source) {
        mark(s, FM_WEBRTC_MEDIA, p);
        source->packets++;
        source->lost += said.lost;
    }
}

/* ---- what they were ---- */

static bool is_session(const FmWebrtcSession *s)
{
    return s->steps[FM_WEBRTC_HELLO].packet || s->steps[FM_WEBRTC_SECURED].packet || s->steps[FM_WEBRTC_MEDIA].packet ||
           s->steps[FM_WEBRTC_OFFER].packet;
}

size_t fm_webrtc_count(const FmWebrtc *w)
{
    size_t count = 0;
    for (unsigned i = 0; i < w->sessions->len; i++)
        count += is_session(w->sessions->pdata[i]);
    return count;
}

const FmWebrtcSession *fm_webrtc_at(const FmWebrtc *w, size_t index)
{
    for (unsigned i = 0; i < w->sessions->len; i++)
        if (is_session(w->sessions->pdata[i]) && index-- == 0)
            return w->sessions->pdata[i];
    return NULL;
}

const FmWebrtcSession *fm_webrtc_of_flow(const FmWebrtc *w, uint32_t flow)
{
    const FmWebrtcSession *s = g_hash_table_lookup(w->by_flow, GUINT_TO_POINTER(flow));
    return s && is_session(s) && s->flow == flow ? s : NULL;
}

FmWebrtcMark fm_webrtc_ready(const FmWebrtcSession *s)
{
    FmWebrtcMark media = s->steps[FM_WEBRTC_MEDIA], channel = s->steps[FM_WEBRTC_CHANNEL];
    return !channel.packet || (media.packet && media.time <= channel.time) ? media : channel;
}

bool fm_webrtc_stages(const FmWebrtcSession *s, FmTime stages[FM_WEBRTC_STAGES])
{
    FmWebrtcMark ready = fm_webrtc_ready(s);
    if (!ready.packet)
        return false;
    const FmWebrtcMark ends[FM_WEBRTC_STAGES] = { s->steps[FM_WEBRTC_ANSWER], s->steps[FM_WEBRTC_HELLO], s->steps[FM_WEBRTC_SECURED], ready };
    FmTime at = s->first;
    for (unsigned i = 0; i < FM_WEBRTC_STAGES; i++) {
        FmTime end = ends[i].packet ? MIN(MAX(ends[i].time, at), MAX(ready.time, at)) : at;
        stages[i] = end - at;
        at = end;
    }
    return true;
}
