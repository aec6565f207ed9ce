/* QUIC: what of a header all versions share, and which connection a packet belongs to (RFC 8999; RFC 9000 §5). */
#include "config.h"

#include "dissectors/quic/quic.h"

/* ---- versions ---- */

bool quic_is_version_2(uint64_t version)
{
    return version == QUIC_VERSION_2 || version == QUIC_VERSION_2_DRAFT;
}

bool quic_is_known_version(uint64_t version)
{
    return version == QUIC_VERSION_1 || quic_is_version_2(version) || (version >= 0xff000015 && version <= 0xff000022) ||
           quic_is_reserved(version) || (version >= 0xfaceb001 && version <= 0xfaceb00f);
}

static QuicPacketType long_type(uint8_t first, uint64_t version)
{
    static const QuicPacketType types[4] = { QUIC_INITIAL, QUIC_ZERO_RTT, QUIC_HANDSHAKE, QUIC_RETRY };
    if (!version)
        return QUIC_VERSION_NEGOTIATION;
    unsigned bits = first >> 4 & 3;
    return types[quic_is_version_2(version) ? (bits + 3) % 4 : bits];
}

void quic_read_invariants(FmCursor *c, QuicHeader *h)
{
    h->first = (uint8_t)fm_read_u8(c);
    h->version = fm_read_u32(c);
    uint64_t size = fm_read_u8(c);
    FmCursor id = fm_take(c, size);
    h->destination = fm_rest(&id);
    size = fm_read_u8(c);
    id = fm_take(c, size);
    h->source = fm_rest(&id);
    h->type = long_type(h->first, h->version);
}

/* ---- connections (first visits) ---- */

enum { ID_KIND = FM_FLOW_QUIC, PATH_KIND = FM_FLOW_UDP }; /* of ids: a connection id; a UDP flow and the direction in it */

#define PATH_ID_SIZE 5

static void make_path_id(uint8_t id[PATH_ID_SIZE], uint32_t flow_number, unsigned direction)
{
    for (unsigned i = 0; i < 4; i++)
        id[i] = (uint8_t)(flow_number >> 8 * i);
    id[4] = (uint8_t)direction;
}

/* Both directions of the UDP flow lead to the connection that used it last: for packets without a connection id. */
static void name_path(FmDissection *d, FmFlow *connection, uint32_t udp_flow, unsigned direction, QuicRole sender)
{
    uint8_t id[PATH_ID_SIZE];
    for (unsigned i = 0; i < 2; i++) {
        make_path_id(id, udp_flow, i);
        fm_flow_name(d, connection, PATH_KIND, id, sizeof id, i == direction ? sender : !sender);
    }
}

const FmFlowId *quic_find_path(const FmDissection *d)
{
    uint8_t id[PATH_ID_SIZE];
    make_path_id(id, d->flow_number, fm_direction(d));
    return fm_flow_id(d, PATH_KIND, id, sizeof id);
}

const FmFlowId *quic_find_short(const FmDissection *d, FmSlice bytes, unsigned *id_size)
{
    *id_size = 0;
    for (unsigned size = FM_FLOW_ID_SIZE; size >= 1; size--) {
        if (bytes.size < 1 + size)
            continue;
        const FmFlowId *id = fm_flow_id(d, ID_KIND, bytes.data + 1, size);
        if (id && (size >= 4 || quic_find_path(d))) {
            *id_size = size;
            return id;
        }
    }
    return NULL;
}

QuicConnection *quic_connection_of(FmDissection *d, FmFlow *flow)
{
    FmFlow *before = d->flow;
    d->flow = flow;
    QuicConnection *q = fm_state(d);
    d->flow = before;
    if (q && !q->started) {
        q->started = true;
        for (unsigned i = 0; i < 2; i++)
            for (unsigned space = 0; space < 3; space++)
                q->side[i].largest[space] = UINT64_MAX;
    }
    return q;
}

/* The connection of a long header's packet; a new one for a client's first packets. */
static FmFlow *find_long(FmDissection *d, const QuicHeader *h, QuicMemo *memo, bool *by_path)
{
    const FmFlowId *id = fm_flow_id(d, ID_KIND, h->destination.data, (unsigned)h->destination.size);
    if (id) {
        memo->role = !id->owner;
        return id->flow;
    }
    id = quic_find_path(d);
    if (id && (h->type != QUIC_INITIAL || id->owner == QUIC_SERVER || h->destination.size < 8)) {
        memo->role = id->owner;
        *by_path = true;
        return id->flow;
    }
    if (id) { /* a client's Initial with an unknown destination: after a Retry that was not captured, or a new connection */
        const QuicConnection *q = quic_connection_of(d, id->flow);
        const FmFlowId *source = fm_flow_id(d, ID_KIND, h->source.data, (unsigned)h->source.size);
        if (source && source->flow == id->flow && q->retried) {
            memo->role = QUIC_CLIENT;
            return id->flow;
        }
    }
    if (h->type != QUIC_INITIAL && h->type != QUIC_ZERO_RTT)
        return NULL;
    memo->role = QUIC_CLIENT;
    FmFlow *flow = fm_flow_new(d, FM_FLOW_QUIC);
    if (!flow)
        return NULL;
    QuicConnection *q = quic_connection_of(d, flow);
    q->version = (uint32_t)h->version;
    q->original_id_size = (uint8_t)MIN(h->destination.size, sizeof q->original_id);
    memcpy(q->original_id, h->destination.data, q->original_id_size);
    fm_flow_name(d, flow, ID_KIND, h->destination.data, (unsigned)h->destination.size, QUIC_SERVER);
    return flow;
}

void quic_learn_ids(FmDissection *d, FmFlow *flow, QuicConnection *q, const QuicHeader *h, QuicRole role)
{
    fm_flow_name(d, flow, ID_KIND, h->source.data, (unsigned)h->source.size, role);
    q->side[role].has_ids |= h->source.size > 0;
    if (h->type == QUIC_RETRY && role == QUIC_SERVER && !q->retried && h->source.size <= sizeof q->original_id) {
        q->retried = true; /* RFC 9001 §5.2: Initial keys are made anew of the id that the server chose */
        q->original_id_size = (uint8_t)h->source.size;
        memcpy(q->original_id, h->source.data, h->source.size);
        q->initial_count = 0;
    }
}

FmFlow *quic_find_connection(FmDissection *d, const QuicHeader *h, QuicMemo *memo)
{
    FmFlow *flow = NULL;
    bool by_path = false;
    if (h->first & QUIC_LONG_HEADER) {
        flow = find_long(d, h, memo, &by_path);
    } else {
        unsigned size;
        const FmFlowId *id = quic_find_short(d, fm_rest(&h->start), &size);
        if (id) {
            memo->role = !id->owner;
            memo->id_size = (uint8_t)size;
        } else if ((id = quic_find_path(d))) {
            memo->role = id->owner;
            by_path = true;
        }
        flow = id ? id->flow : NULL;
    }
    if (!flow)
        return NULL;
    memo->known = true;
    memo->assumed = by_path && quic_connection_of(d, flow)->side[!memo->role].has_ids;
    memo->connection = flow->number;
    name_path(d, flow, d->flow_number, fm_direction(d), memo->role);
    return flow;
}
