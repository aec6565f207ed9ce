/* -z http,stat: responses by status, requests by method. */
#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "statistics/all.h"

enum { CODES = 1000 };

typedef enum Role { NOTHING, METHOD, CODE, PHRASE, ROLES } Role;

static const char *const role_fields[ROLES] = {
    [METHOD] = "http.request.method", [CODE] = "http.response.code", [PHRASE] = "http.response.code.desc",
};

typedef struct HttpStat {
    FmObserver base;
    char *filter;
    uint8_t *roles;      /* by field id */
    GHashTable *methods; /* counts */
    uint64_t codes[CODES];
    char *phrases[CODES];
} HttpStat;

static void stat_packet(FmObserver *observer, const FmPacket *packet)
{
    HttpStat *s = (HttpStat *)observer;
    uint64_t code = CODES;
    for (const FmNode *n = packet->nodes, *end = n + packet->node_count; n < end; n++) {
        FmSlice text = s->roles[n->field] ? fm_node_bytes(packet, n) : (FmSlice){ NULL, 0 };
        switch ((Role)s->roles[n->field]) {
        case METHOD: {
            g_autofree char *method = g_strndup((const char *)text.data, MIN(text.size, 64));
            if (g_hash_table_size(s->methods) >= FM_MAX_TALLY)
                break;
            uintptr_t count = (uintptr_t)g_hash_table_lookup(s->methods, method);
            g_hash_table_insert(s->methods, g_steal_pointer(&method), (gpointer)(count + 1));
            break;
        }
        case CODE:
            code = n->value;
            if (code < CODES)
                s->codes[code]++;
            break;
        case PHRASE:
            if (code < CODES && !s->phrases[code])
                s->phrases[code] = g_strndup((const char *)text.data, MIN(text.size, 64));
            break;
        default: break;
        }
    }
}

/* tshark prints its hash table of all codes as GLib has it. */
static int compare_codes(gconstpointer a, gconstpointer b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b, slot_x = x * 11 % 127, slot_y = y * 11 % 127;
    return slot_x != slot_y ? (slot_x > slot_y) - (slot_x < slot_y) : (x > y) - (x < y);
}

static void stat_print(FmObserver *observer, FmText *out)
{
    HttpStat *s = (HttpStat *)observer;
    fm_text_literal(out, "\n===================================================================\n");
    fm_text_printf(out, "HTTP Statistics%s%s\n", *s->filter ? " with filter " : "", s->filter);
    fm_text_literal(out, "* HTTP Response Status Codes                Packets\n");
    g_autoptr(GArray) seen = g_array_new(FALSE, FALSE, sizeof(unsigned));
    for (unsigned code = 0; code < CODES; code++)
        if (s->codes[code])
            g_array_append_val(seen, code);
    g_array_sort(seen, compare_codes);
    for (unsigned i = 0; i < seen->len; i++) {
        unsigned code = g_array_index(seen, unsigned, i);
        fm_text_printf(out, "  %3u ", code);
        size_t start = out->size;
        fm_text_put(out, s->phrases[code] ? s->phrases[code] : "");
        fm_text_pad(out, start, 36);
        fm_text_uint_right(out, s->codes[code], 9);
        fm_text_char(out, '\n');
    }
    fm_text_literal(out, "* HTTP Request Methods                      Packets\n");
    GHashTableIter iter;
    gpointer method, count;
    g_hash_table_iter_init(&iter, s->methods);
    while (g_hash_table_iter_next(&iter, &method, &count)) {
        fm_text_literal(out, "  ");
        size_t start = out->size;
        fm_text_escaped(out, method, strlen(method));
        fm_text_pad(out, start, 40);
        fm_text_uint_right(out, (uint64_t)(uintptr_t)count, 9);
        fm_text_literal(out, " \n");
    }
    fm_text_literal(out, "===================================================================\n");
}

static void stat_free(FmObserver *observer)
{
    HttpStat *s = (HttpStat *)observer;
    g_hash_table_unref(s->methods);
    for (unsigned i = 0; i < CODES; i++)
        g_free(s->phrases[i]);
    g_free(s->roles);
    g_free(s->filter);
    g_free(s);
}

FmObserver *fm_http_stat_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    HttpStat *s = g_new0(HttpStat, 1);
    (void)statistic;
    s->base = (FmObserver){ .packet = stat_packet, .print = stat_print, .free = stat_free };
    s->filter = g_strdup(arguments);
    s->methods = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    s->roles = g_new0(uint8_t, fm_catalog_words(context->catalog) * 64);
    g_autoptr(FmObserver) observer = &s->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    for (unsigned role = METHOD; role < ROLES; role++) {
        const FmEntry *entry = fm_observer_want(observer, context->catalog, role_fields[role]);
        for (size_t i = 0; entry && i < entry->id_count; i++)
            s->roles[entry->ids[i]] = (uint8_t)role;
    }
    return g_steal_pointer(&observer);
}
