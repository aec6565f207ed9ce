/* -z http,tree http_req,tree http_srv,tree: requests by method, host and server, responses by status. */
#include "config.h"

#include <string.h>

#include "statistics/all.h"
#include "statistics/http_trees.h"
#include "statistics/tree.h"

typedef enum Role { NOTHING, LAYER, METHOD, URI, HOST, REQUEST, CODE, PHRASE, RESPONSE, ROLES } Role;

static const char *const role_fields[ROLES] = {
    [LAYER] = "http", [METHOD] = "http.request.method", [URI] = "http.request.uri", [HOST] = "http.host", [REQUEST] = "http.request",
    [CODE] = "http.response.code", [PHRASE] = "http.response.code.desc", [RESPONSE] = "http.response",
};

typedef struct HttpTrees {
    FmObserver base;
    FmTree *tree;
    FmHttpTree kind;
    uint8_t *roles; /* by field id */
    FmText address;
} HttpTrees;

typedef struct Message { /* of a packet; texts are borrowed */
    FmSlice method, uri, host, phrase;
    uint64_t code;
    bool open; /* a layer that is neither request nor response so far */
} Message;

static const struct {
    const char *title, *line, *second;
} kinds[] = {
    [FM_HTTP_TREE_COUNTER] = { "HTTP/Packet Counter", "Total HTTP Packets", NULL },
    [FM_HTTP_TREE_REQUESTS] = { "HTTP/Requests", "HTTP Requests by HTTP Host", NULL },
    [FM_HTTP_TREE_SERVERS] = { "HTTP/Load Distribution", "HTTP Requests by Server", "HTTP Responses by Server Address" },
};

static const char *const classes[] = { "???: broken", "1xx: Informational", "2xx: Success", "3xx: Redirection", "4xx: Client Error", "5xx: Server Error" };

static uint32_t tick(HttpTrees *t, uint32_t parent, const char *name)
{
    uint32_t line = fm_tree_line(t->tree, parent, name, FM_TREE_COUNT);
    fm_tree_tick(t->tree, line, 1);
    return line;
}

static uint32_t tick_slice(HttpTrees *t, uint32_t parent, FmSlice name)
{
    g_auto(FmText) text = { 0 };
    fm_text_escaped(&text, (const char *)name.data, name.size);
    return tick(t, parent, fm_text_string(&text));
}

static const char *address_name(HttpTrees *t, const FmAddress *address)
{
    fm_text_reset(&t->address);
    fm_address_text(&t->address, address);
    return fm_text_string(&t->address);
}

static void take_request(HttpTrees *t, const FmPacket *packet, const Message *m)
{
    uint32_t line;
    switch (t->kind) {
    case FM_HTTP_TREE_COUNTER:
        line = tick(t, FM_TREE_ROOT, kinds[t->kind].line);
        tick_slice(t, tick(t, line, "HTTP Request Packets"), m->method);
        break;
    case FM_HTTP_TREE_REQUESTS:
        if (!m->host.size)
            break;
        line = tick(t, FM_TREE_ROOT, kinds[t->kind].line);
        line = tick_slice(t, line, m->host);
        if (m->uri.size)
            tick_slice(t, line, m->uri);
        break;
    default: {
        const char *server = address_name(t, &packet->net_destination);
        line = tick(t, FM_TREE_ROOT, kinds[t->kind].line);
        uint32_t by_address = tick(t, tick(t, line, "HTTP Requests by Server Address"), server);
        if (!m->host.size)
            break;
        tick_slice(t, by_address, m->host);
        tick(t, tick_slice(t, tick(t, line, "HTTP Requests by HTTP Host"), m->host), server);
        break;
    }
    }
}

static void take_response(HttpTrees *t, const FmPacket *packet, const Message *m)
{
    if (t->kind == FM_HTTP_TREE_COUNTER) {
        uint64_t class = m->code / 100;
        uint32_t line = tick(t, tick(t, FM_TREE_ROOT, kinds[t->kind].line), "HTTP Response Packets");
        line = tick(t, line, classes[class >= 1 && class <= 5 ? class : 0]);
        g_autofree char *name = g_strdup_printf("%u %.*s", (unsigned)m->code, (int)m->phrase.size, (const char *)m->phrase.data);
        tick(t, line, name);
    } else if (t->kind == FM_HTTP_TREE_SERVERS) {
        uint32_t line = tick(t, tick(t, FM_TREE_ROOT, kinds[t->kind].second), address_name(t, &packet->net_source));
        tick(t, line, m->code < 100 || m->code >= 400 ? "KO" : "OK"); /* 100 Continue is no failure, though tshark says so */
    }
}

static void take_other(HttpTrees *t)
{
    if (t->kind == FM_HTTP_TREE_COUNTER)
        tick(t, tick(t, FM_TREE_ROOT, kinds[t->kind].line), "Other HTTP Packets");
}

static void http_packet(FmObserver *observer, const FmPacket *packet)
{
    HttpTrees *t = (HttpTrees *)observer;
    Message m = { .open = false };
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++) {
        switch ((Role)t->roles[n->field]) {
        case LAYER:
            fm_tree_time(t->tree, fm_observer_time(packet));
            if (m.open)
                take_other(t);
            m = (Message){ .open = true };
            break;
        case METHOD: m.method = fm_node_bytes(packet, n); break;
        case URI: m.uri = fm_node_bytes(packet, n); break;
        case HOST: m.host = fm_node_bytes(packet, n); break;
        case CODE: m.code = n->value; break;
        case PHRASE: m.phrase = fm_node_bytes(packet, n); break;
        case REQUEST:
            take_request(t, packet, &m);
            m.open = false;
            break;
        case RESPONSE:
            take_response(t, packet, &m);
            m.open = false;
            break;
        default: break;
        }
    }
    if (m.open)
        take_other(t);
}

static void http_print(FmObserver *observer, FmText *out)
{
    fm_tree_print(((HttpTrees *)observer)->tree, out);
}

static void http_free(FmObserver *observer)
{
    HttpTrees *t = (HttpTrees *)observer;
    fm_tree_free(t->tree);
    fm_text_clear(&t->address);
    g_free(t->roles);
    g_free(t);
}

/* Lines that stand there even if nothing is counted. */
static void make_lines(HttpTrees *t)
{
    uint32_t line = fm_tree_line(t->tree, FM_TREE_ROOT, kinds[t->kind].line, FM_TREE_COUNT);
    if (t->kind == FM_HTTP_TREE_SERVERS) {
        fm_tree_line(t->tree, line, "HTTP Requests by Server Address", FM_TREE_COUNT);
        fm_tree_line(t->tree, line, "HTTP Requests by HTTP Host", FM_TREE_COUNT);
        fm_tree_line(t->tree, FM_TREE_ROOT, kinds[t->kind].second, FM_TREE_COUNT);
    }
    if (t->kind != FM_HTTP_TREE_COUNTER)
        return;
    fm_tree_line(t->tree, line, "HTTP Request Packets", FM_TREE_COUNT);
    uint32_t responses = fm_tree_line(t->tree, line, "HTTP Response Packets", FM_TREE_COUNT);
    for (size_t i = 0; i < G_N_ELEMENTS(classes); i++)
        fm_tree_line(t->tree, responses, classes[i], FM_TREE_COUNT);
    fm_tree_line(t->tree, line, "Other HTTP Packets", FM_TREE_COUNT);
}

FmObserver *fm_http_trees_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    HttpTrees *t = g_new0(HttpTrees, 1);
    t->base = (FmObserver){ .packet = http_packet, .print = http_print, .free = http_free };
    t->kind = (FmHttpTree)statistic->kind;
    t->tree = fm_tree_new(kinds[t->kind].title, 0);
    t->roles = g_new0(uint8_t, fm_catalog_words(context->catalog) * 64);
    g_autoptr(FmObserver) observer = &t->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    for (unsigned role = LAYER; role < ROLES; role++) {
        const FmEntry *entry = fm_observer_want(observer, context->catalog, role_fields[role]);
        for (size_t i = 0; entry && i < entry->id_count; i++)
            t->roles[entry->ids[i]] = (uint8_t)role;
    }
    make_lines(t);
    return g_steal_pointer(&observer);
}
