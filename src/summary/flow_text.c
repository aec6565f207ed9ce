/* Records in words. */
#include "config.h"

#include <inttypes.h>

#include <glib.h>

#include "flow/flow.h"
#include "summary/flow_record.h"

const char *fm_flow_kind_name(unsigned kind)
{
    static const char *const names[FM_FLOW_KINDS] = { "", "TCP", "UDP", "SCTP", "DCCP", "IPv4", "IPv6", "Ethernet" };
    return names[kind < FM_FLOW_KINDS ? kind : 0];
}

const char *fm_phase_name(FmPhase phase)
{
    static const char *const names[] = { "slow start", "avoidance", "recovery", "timeout", "drain", "probe RTT" };
    return names[phase];
}

const char *fm_verdict_name(FmVerdict verdict)
{
    static const char *const names[FM_VERDICT_COUNT] = {
        "no data", "new data", "fast retransmission", "retransmission in recovery", "retransmission by timeout", "retransmission after timeout",
        "tail loss probe", "needless retransmission", "late first copy", "duplicate", "keep-alive", "window probe",
    };
    return names[verdict];
}

void fm_flow_stack_text(FmText *out, const FmFlowRecord *flow)
{
    fm_text_put(out, fm_flow_kind_name(flow->kind));
    for (unsigned i = 0; i < flow->protocol_count; i++) {
        const char *name = flow->protocols[i];
        fm_text_literal(out, "·");
        fm_text_put(out, strcmp(name, "TLS") == 0 && flow->refinement ? flow->refinement : name);
    }
}

static void put_address(FmText *out, const FmFlowRecord *flow, unsigned end)
{
    FmAddress address = { .type = (FmAddressType)flow->address_type };
    memcpy(address.bytes, flow->ends[end].bytes, sizeof address.bytes);
    fm_address_text(out, &address);
}

void fm_flow_end_text(FmText *out, const FmFlowRecord *flow, unsigned end)
{
    bool ipv6 = flow->address_type == FM_ADDRESS_IPV6;
    if (ipv6)
        fm_text_char(out, '[');
    put_address(out, flow, end);
    fm_text_printf(out, ipv6 ? "]:%u" : ":%u", (unsigned)flow->ends[end].port);
}

void fm_flow_server_text(FmText *out, const FmFlowRecord *flow)
{
    const char *name = flow->text ? flow->text->server_name : NULL;
    const FmFlowEnd *server = &flow->ends[!flow->client];
    if (!name || server->port == 53) { /* a question to a name server is not its name */
        fm_flow_end_text(out, flow, !flow->client);
        return;
    }
    const char *colon = strrchr(name, ':');
    size_t size = colon && colon != name && !strchr(colon, ']') ? (size_t)(colon - name) : strlen(name); /* "host:port" */
    fm_text_escaped(out, name, size);
    fm_text_printf(out, ":%u", (unsigned)server->port);
}

void fm_flow_state_text(FmText *out, const FmFlowRecord *flow)
{
    static const char *const names[FM_STATUS_COUNT] = { "open", "half-open", "answered", "established", "half-closed", "closed", "reset", "refused" };
    fm_text_put(out, names[flow->state]);
    if (flow->state >= FM_STATUS_HALF_CLOSED)
        fm_text_put(out, flow->closer == flow->client ? " by client" : " by server");
}

const char *fm_flow_limit(const FmFlowSide *side, unsigned *percent)
{
    static const char *const names[] = { "network", "receiver", "application" };
    FmTime all = 0, most = 0;
    const char *name = NULL;
    for (unsigned i = 0; i <= FM_LIMIT_APPLICATION; i++) {
        all += side->limited[i];
        if (side->limited[i] > most) {
            most = side->limited[i];
            name = names[i];
        }
    }
    *percent = name ? (unsigned)(100 * ((double)most / (double)all) + 0.5) : 0;
    return name;
}

static void put_algorithm(FmText *out, const FmFlowRecord *flow)
{
    unsigned heavy = flow->payload[1] > flow->payload[0];
    FmFlowSide side;
    if (fm_flow_side(flow, heavy, &side) && side.algorithm != FM_ALGORITHM_UNKNOWN)
        fm_text_printf(out, "%s%s", out->size ? "; " : "", fm_algorithm_name(side.algorithm));
}

/* Waiting for the application is what most connections do most of the time: nobody's fault until nothing else is found. */
static bool is_worth_telling(const FmFinding *f)
{
    return f->kind != FM_FINDING_APPLICATION_LIMIT && f->kind != FM_FINDING_SLOW_START && !fm_finding_is_doubt((FmFindingKind)f->kind);
}

void fm_flow_finding_text(FmText *out, const FmFlowRecord *flow)
{
    enum { MOST = 12 };
    FmFinding findings[MOST];
    unsigned n = fm_flow_findings(flow, findings, MOST), chosen = 0;
    g_auto(FmText) text = { 0 };
    if (flow->text && flow->text->closed_because)
        fm_text_escaped(&text, flow->text->closed_because, strlen(flow->text->closed_because));
    if (flow->text && flow->text->server_name && flow->ends[!flow->client].port == 53) {
        fm_text_literal(&text, "asks for ");
        fm_text_escaped(&text, flow->text->server_name, strlen(flow->text->server_name));
    }
    while (chosen < n && !is_worth_telling(&findings[chosen]))
        chosen++;
    if (chosen == n) /* doubts, then */
        for (chosen = 0; chosen < n && !fm_finding_is_doubt((FmFindingKind)findings[chosen].kind);)
            chosen++;
    if (chosen < n) {
        const FmFinding *f = &findings[chosen];
        bool client = f->direction == flow->client;
        fm_text_put(&text, text.size ? "; " : "");
        fm_finding_text(&text, f, client ? "the client" : "the server", client ? "the server" : "the client");
    }
    put_algorithm(&text, flow);
    if (!text.size && flow->quic && fm_quic_flow_eventful(flow->quic))
        fm_quic_flow_text(&text, flow->quic, 0);
    fm_text_add(out, text.data, text.size);
}
