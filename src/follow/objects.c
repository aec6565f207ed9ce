/* Bodies of HTTP as objects. */
#include "config.h"

#include "follow/objects.h"

#include <string.h>

#include "base/limits.h"

typedef enum Role {
    NOTHING, TCP_STREAM, HTTP_LAYER, HTTP_METHOD, HTTP_STATUS, HTTP_HOST, HTTP_URI, HTTP_FOR_URI, HTTP_TYPE, HTTP2_STREAM, HTTP2_PROMISED, HTTP2_PATH,
    HTTP2_AUTHORITY, HTTP2_TYPE, BODY, ROLES
} Role;

static const char *const role_fields[ROLES] = {
    [TCP_STREAM] = "tcp.stream", [HTTP_LAYER] = "http", [HTTP_METHOD] = "http.request.method", [HTTP_STATUS] = "http.response.code",
    [HTTP_HOST] = "http.host", [HTTP_URI] = "http.request.uri", [HTTP_FOR_URI] = "http.response_for.uri", [HTTP_TYPE] = "http.content_type",
    [HTTP2_STREAM] = "http2.streamid", [HTTP2_PROMISED] = "http2.push_promise.promised_stream_id", [HTTP2_PATH] = "http2.headers.path",
    [HTTP2_AUTHORITY] = "http2.headers.authority", [HTTP2_TYPE] = "http2.headers.content_type", [BODY] = "fathom.http.body",
};

enum { MAX_WORD = 2048 };

typedef struct Key {      /* what messages belong together by */
    uint32_t flow, inner; /* tcp.stream; stream of HTTP/2, or the way that HTTP/1's message goes */
    bool two;             /* HTTP/2 */
} Key;

typedef struct Message { /* the latest one of a key */
    Key key;
    char *host, *path, *type[2]; /* type: of HTTP/2 by side; HTTP/1 uses the first */
    uint64_t number;
    bool told;
} Message;

struct FmObjects {
    void (*take)(void *data, const FmObject *object);
    void *data;
    uint64_t *wanted;
    uint8_t *roles; /* by field id */
    GHashTable *messages; /* of Message, by key */
    uint64_t count;
};

static guint hash_key(gconstpointer data)
{
    const Key *k = data;
    return (k->flow * 2654435761u) ^ (k->inner * 40503u) ^ k->two;
}

static gboolean equal_keys(gconstpointer a, gconstpointer b)
{
    const Key *x = a, *y = b;
    return x->flow == y->flow && x->inner == y->inner && x->two == y->two;
}

static void free_message(gpointer data)
{
    Message *m = data;
    g_free(m->host);
    g_free(m->path);
    g_free(m->type[0]);
    g_free(m->type[1]);
    g_free(m);
}

FmObjects *fm_objects_new(const FmCatalog *catalog, void (*take)(void *data, const FmObject *object), void *data)
{
    FmObjects *o = g_new0(FmObjects, 1);
    *o = (FmObjects){ .take = take, .data = data };
    o->wanted = g_new0(uint64_t, fm_catalog_words(catalog));
    o->roles = g_new0(uint8_t, fm_catalog_words(catalog) * 64);
    o->messages = g_hash_table_new_full(hash_key, equal_keys, NULL, free_message);
    for (unsigned role = 1; role < ROLES; role++) {
        const FmEntry *entry = fm_catalog_find(catalog, role_fields[role]);
        for (size_t i = 0; entry && i < entry->id_count; i++) {
            o->roles[entry->ids[i]] = (uint8_t)role;
            o->wanted[entry->ids[i] / 64] |= UINT64_C(1) << (entry->ids[i] % 64);
        }
    }
    return o;
}

void fm_objects_free(FmObjects *o)
{
    if (!o)
        return;
    g_hash_table_unref(o->messages);
    g_free(o->wanted);
    g_free(o->roles);
    g_free(o);
}

const uint64_t *fm_objects_wanted(const FmObjects *o)
{
    return o->wanted;
}

/* ---- messages ---- */

/* When there are too many, all are forgotten: bodies that come then have no name. */
static Message *message_of(FmObjects *o, Key key)
{
    Message *m = g_hash_table_lookup(o->messages, &key);
    if (m)
        return m;
    if (g_hash_table_size(o->messages) >= FM_MAX_STREAMS)
        g_hash_table_remove_all(o->messages);
    m = g_new0(Message, 1);
    m->key = key;
    g_hash_table_insert(o->messages, &m->key, m);
    return m;
}

static void set(char **word, const char *bytes, size_t size)
{
    g_free(*word);
    *word = g_strndup(bytes, MIN(size, MAX_WORD));
}

/* "http://host/path": takes it apart. */
static void set_uri(Message *m, FmSlice uri)
{
    const char *text = (const char *)uri.data, *end = text + uri.size;
    const char *scheme = g_strstr_len(text, (gssize)MIN(uri.size, 16), "://");
    const char *path = text;
    if (scheme) {
        const char *host = scheme + 3;
        path = memchr(host, '/', (size_t)(end - host));
        path = path ? path : end;
        set(&m->host, host, (size_t)(path - host));
    }
    set(&m->path, path, (size_t)(end - path));
}

static void set_type(char **type, FmSlice value)
{
    const uint8_t *end = value.size ? memchr(value.data, ';', value.size) : NULL;
    size_t size = end ? (size_t)(end - value.data) : value.size;
    while (size && (value.data[size - 1] == ' ' || value.data[size - 1] == '\t'))
        size--;
    set(type, (const char *)value.data, size);
}

/* A response that nothing else names is for what was asked for last. */
static void begin(Message *m, const Message *request)
{
    g_free(m->host);
    g_free(m->path);
    m->host = request ? g_strdup(request->host) : NULL;
    m->path = request ? g_strdup(request->path) : NULL;
    g_clear_pointer(&m->type[0], g_free);
    m->told = false;
}

/* HTTP/1 has all that a body needs in its own message, or, in pieces, in the one before it; HTTP/2's requests name what responses bring. */
static void tell(FmObjects *o, const FmPacket *packet, Message *m, FmSlice bytes, unsigned side)
{
    if (!bytes.size)
        return;
    FmObject object = { .packet = (uint32_t)packet->frame->number, .continued = m->told, .host = m->host, .path = m->path, .bytes = bytes };
    object.type = m->type[m->key.two ? side : 0];
    if (!m->told)
        m->number = o->count++;
    object.number = m->number;
    m->told = !m->key.two;
    object.host = object.host ? object.host : "";
    object.path = object.path ? object.path : "";
    object.type = object.type ? object.type : "";
    o->take(o->data, &object);
}

static void take_word(FmObjects *o, const FmPacket *packet, Message *m, Role role, FmSlice text)
{
    unsigned side = packet->flow_direction;
    switch (role) {
    case HTTP_METHOD: begin(m, NULL); break;
    case HTTP_STATUS: begin(m, g_hash_table_lookup(o->messages, &(Key){ m->key.flow, !side, false })); break;
    case HTTP_HOST:
    case HTTP2_AUTHORITY: set(&m->host, (const char *)text.data, text.size); break;
    case HTTP_URI:
    case HTTP_FOR_URI: set_uri(m, text); break;
    case HTTP_TYPE: set_type(&m->type[0], text); break;
    case HTTP2_PATH: set(&m->path, (const char *)text.data, text.size); break;
    case HTTP2_TYPE: set_type(&m->type[side], text); break;
    case BODY: tell(o, packet, m, text, side); break;
    default: break;
    }
}

void fm_objects_packet(FmObjects *o, const FmPacket *packet)
{
    uint32_t flow = UINT32_MAX;
    unsigned side = packet->flow_direction;
    Message *m = NULL;
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++) {
        Role role = (Role)o->roles[n->field];
        FmSlice text = role ? fm_node_bytes(packet, n) : (FmSlice){ NULL, 0 };
        switch (role) {
        case TCP_STREAM: flow = (uint32_t)n->value; break;
        case HTTP_LAYER: m = message_of(o, (Key){ flow, side, false }); break;
        case HTTP2_PROMISED:
        case HTTP2_STREAM: m = message_of(o, (Key){ flow, (uint32_t)n->value, true }); break;
        default:
            if (m && role)
                take_word(o, packet, m, role, text);
            break;
        }
    }
}

/* ---- names ---- */

enum { MAX_NAME = 200, MAX_ENDING = 16 }; /* room for a number is left below what file systems take */

static bool is_plain(uint8_t c)
{
    return c >= ' ' && c != 0x7f && !strchr("/\\:*?\"<>|", c);
}

/* The last part of the path that is not empty, and the query. */
static char *last_part(const char *path)
{
    size_t size = strcspn(path, "?"), end = size;
    while (end && path[end - 1] == '/')
        end--;
    size_t from = end;
    while (from && path[from - 1] != '/')
        from--;
    if (from == end)
        return g_strdup(path[size] ? path + size : "/");
    return g_strdup_printf("%.*s%s", (int)(end - from), path + from, path + size);
}

/* At most MAX_NAME bytes, and the ending stays. */
static void shorten(FmText *name)
{
    if (name->size <= MAX_NAME)
        return;
    const char *dot = g_strrstr_len(name->data, (gssize)name->size, ".");
    size_t ending = dot ? name->size - (size_t)(dot - name->data) : 0;
    if (ending > MAX_ENDING)
        ending = 0;
    size_t keep = MAX_NAME - ending;
    while (keep && ((uint8_t)name->data[keep] & 0xc0) == 0x80) /* not inside a character */
        keep--;
    memmove(name->data + keep, name->data + name->size - ending, ending);
    name->size = keep + ending;
}

void fm_object_name(FmText *out, const FmObject *object)
{
    g_autofree char *name = *object->path ? last_part(object->path) : g_strdup_printf("object%u.%s", object->packet, object->type);
    bool only_dots = strspn(name, ".") == strlen(name);
    g_auto(FmText) safe = { 0 };
    for (const char *c = name; *c; c++)
        if (is_plain((uint8_t)*c) && !only_dots)
            fm_text_char(&safe, *c);
        else
            fm_text_printf(&safe, "%%%02x", (unsigned)(uint8_t)*c);
    shorten(&safe);
    fm_text_add(out, safe.data, safe.size);
}
