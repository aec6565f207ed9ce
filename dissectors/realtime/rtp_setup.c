/* What is known of media before it comes: told for the flow at hand (DTLS-SRTP), or announced for an address and port (SDP). */
#include "config.h"

#include <string.h>

#include "dissectors/realtime/rtp.h"

enum { PLACE = FM_FLOW_ANNOUNCED }; /* kind of the ids that announced flows go by: address and port */

#define PLACE_SIZE 18
#define SIZE_OF_FORMATS(f) (offsetof(RtpFormats, list) + (f)->count * sizeof (f)->list[0])

RtpState *fm_rtp_state(const FmDissection *d)
{
    if (!d->flow || d->replaying || d->quoting)
        return NULL;
    return fm_flow_state(d->flow, fm_catalog_number(d->packet->catalog, &fm_rtp), sizeof(RtpState), NULL);
}

static unsigned make_place(uint8_t *id, const uint8_t *address, unsigned size, uint32_t port)
{
    memcpy(id, address, size);
    id[size] = (uint8_t)(port >> 8);
    id[size + 1] = (uint8_t)port;
    return size + 2;
}

void fm_rtp_announce(FmDissection *d, const uint8_t *address, unsigned size, uint16_t port, const RtpSetup *setup)
{
    if (d->replaying || d->quoting || !port)
        return;
    uint8_t id[PLACE_SIZE];
    unsigned n = make_place(id, address, size, port);
    FmFlow *flow = fm_flow_announced(d, PLACE, id, n);
    RtpState *state = fm_flow_state(flow, fm_catalog_number(d->packet->catalog, &fm_rtp), sizeof *state, NULL);
    const RtpFormats *room = state->setup.formats;
    state->setup = *setup;
    if (setup->formats) {
        if (room)
            memcpy((RtpFormats *)(uintptr_t)room, setup->formats, sizeof *room);
        else
            room = fm_arena_copy(fm_flow_arena(flow), setup->formats, sizeof *room);
    }
    state->setup.formats = setup->formats ? room : NULL;
}

static const RtpSetup *announced_at(const FmDissection *d, const FmAddress *address, uint32_t port)
{
    uint8_t id[PLACE_SIZE];
    unsigned n = make_place(id, address->bytes, address->type == FM_ADDRESS_IPV6 ? 16 : 4, port);
    const FmFlowId *known = fm_flow_id(d, PLACE, id, n);
    RtpState *state = known ? fm_flow_state(known->flow, fm_catalog_number(d->packet->catalog, &fm_rtp), sizeof(RtpState), NULL) : NULL;
    return state ? &state->setup : NULL;
}

/* The latest word on where the packet goes to, or comes from. */
static const RtpSetup *announced(const FmDissection *d)
{
    const FmPacket *p = d->packet;
    if (!p->has_ports || d->flow_kind != FM_FLOW_UDP || p->net_source.type == FM_ADDRESS_NONE)
        return NULL;
    const RtpSetup *setup = announced_at(d, &p->net_destination, p->destination_port);
    return setup ? setup : announced_at(d, &p->net_source, p->source_port);
}

void fm_rtp_set_up(FmDissection *d, const char *method, uint16_t profile)
{
    RtpState *state = fm_rtp_state(d);
    if (state && !state->setup.lasting)
        state->setup = (RtpSetup){ .method = method, .frame = fm_frame_number(d), .profile = profile, .announced = true, .lasting = true };
}

/* Formats live where memos can point to them. */
static void adopt(const FmDissection *d, RtpState *state, const RtpSetup *setup)
{
    const RtpFormats *room = state->setup.formats;
    state->setup = *setup;
    if (!setup->formats)
        return;
    if (d->keeping)
        state->setup.formats = fm_arena_copy(fm_memo_arena((FmDissection *)(uintptr_t)d), setup->formats, SIZE_OF_FORMATS(setup->formats));
    else if (room)
        state->setup.formats = memcpy((RtpFormats *)(uintptr_t)room, setup->formats, sizeof *room);
    else
        state->setup.formats = fm_arena_copy(fm_flow_arena(d->flow), setup->formats, sizeof *room);
}

const RtpSetup *fm_rtp_setup(const FmDissection *d)
{
    if (!d->flow || d->replaying || d->quoting)
        return NULL;
    RtpState *state = fm_flow_met(d, &fm_rtp) ? fm_rtp_state(d) : NULL;
    const RtpSetup *setup = state && state->setup.lasting ? NULL : announced(d);
    if (setup && (!state || state->setup.frame != setup->frame || !state->setup.announced)) {
        state = fm_rtp_state(d);
        adopt(d, state, setup);
    }
    return state && state->setup.method ? &state->setup : NULL;
}

const struct RtpFormat *fm_rtp_format(const RtpSetup *setup, uint64_t type)
{
    if (type < 96) /* the others are fixed: RFC 3551 §6 */
        return NULL;
    for (unsigned i = 0; setup->formats && i < setup->formats->count; i++)
        if (setup->formats->list[i].type == type)
            return &setup->formats->list[i];
    return NULL;
}

const char *fm_rtp_format_name(const RtpSetup *setup, uint64_t type)
{
    const struct RtpFormat *format = fm_rtp_format(setup, type);
    return format ? format->name : NULL;
}

unsigned fm_srtp_tag_size(uint16_t profile)
{
    switch (profile) {
    case SRTP_AES128_CM_SHA1_80: case SRTP_NULL_SHA1_80: return 10;
    case SRTP_AES128_CM_SHA1_32: case SRTP_NULL_SHA1_32: return 4;
    case SRTP_AEAD_AES_128_GCM: case SRTP_AEAD_AES_256_GCM: return 16;
    default: return 0;
    }
}
