/* -z expert: the notes of all packets, counted by what they say. */
#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "statistics/all.h"
#include "statistics/roster.h"

static const struct {
    FmSeverity severity;
    const char *argument, *title;
} levels[] = { /* most severe first */
    { FM_ERROR, "error", "Errors" }, { FM_WARN, "warn", "Warns" }, { FM_NOTE, "note", "Notes" }, { FM_CHAT, "chat", "Chats" },
    { FM_COMMENT, "comment", "Comments" },
};

typedef struct Line {
    const char *protocol, *group;
    size_t summary; /* where it begins in the key */
    uint64_t count;
} Line;

typedef struct Level {
    FmRoster *roster; /* keys: protocol, NUL, summary */
    GArray *lines;    /* of Line, by number */
    uint64_t total;
} Level;

typedef struct Expert {
    FmObserver base;
    Level levels[G_N_ELEMENTS(levels)];
    size_t lowest; /* level that is still shown */
    FmText key;
    uint64_t left_out;
} Expert;

static void count_note(Expert *expert, const char *protocol, uint64_t severity, const char *group, FmSlice summary)
{
    size_t at = 0;
    while (at < G_N_ELEMENTS(levels) && levels[at].severity != severity)
        at++;
    if (at > expert->lowest)
        return;
    FmText *key = &expert->key;
    fm_text_reset(key);
    fm_text_put(key, protocol);
    fm_text_char(key, '\0');
    size_t start = key->size;
    fm_text_escaped(key, (const char *)summary.data, summary.size);
    Level *level = &expert->levels[at];
    bool fresh;
    uint32_t number = fm_roster_put(level->roster, key->data, key->size, &fresh);
    if (number == FM_ROSTER_FULL) {
        expert->left_out++;
        return;
    }
    if (fresh)
        g_array_append_vals(level->lines, &(Line){ protocol, group, start, 0 }, 1);
    g_array_index(level->lines, Line, number).count++;
    level->total++;
}

/* A note is a node _ws.expert with message, severity and group inside, in that order. */
static void expert_packet(FmObserver *observer, const FmPacket *p)
{
    Expert *expert = (Expert *)observer;
    const char *protocol = "Frame";
    FmSlice summary = { NULL, 0 };
    uint64_t severity = 0;
    bool quoted = false; /* inside a packet that another one quotes */
    for (const FmNode *n = p->nodes, *end = n + p->node_count; n < end; n++) {
        switch (n->field) {
        case FM_ID_EXPERT_MESSAGE: summary = fm_node_bytes(p, n); break;
        case FM_ID_EXPERT_SEVERITY: severity = n->value; break;
        case FM_ID_EXPERT_GROUP:
            if (!quoted)
                count_note(expert, protocol, severity, fm_name(fm_node_field(p, n)->names, n->value), summary);
            break;
        default: {
            const FmProtocol *owner = fm_node_field(p, n)->type == FM_PROTOCOL ? fm_catalog_protocol(p->catalog, n->field) : NULL;
            if (!owner)
                break;
            if (owner->name) /* comments and the frame have none */
                protocol = owner->name;
            quoted = n->depth > 0;
        }
        }
    }
}

static void expert_print(FmObserver *observer, FmText *out)
{
    Expert *expert = (Expert *)observer;
    for (size_t i = 0; i <= expert->lowest; i++) {
        Level *level = &expert->levels[i];
        if (!level->total)
            continue;
        fm_text_printf(out, "\n%s (%lu)\n=============\n   Frequency      Group           Protocol  Summary\n", levels[i].title,
                       (unsigned long)level->total);
        for (guint k = 0; k < level->lines->len; k++) {
            const Line *line = &g_array_index(level->lines, Line, k);
            FmSlice key = fm_roster_key(level->roster, k);
            fm_text_printf(out, "%12lu %10s %18s  %.*s\n", (unsigned long)line->count, line->group ? line->group : "Unknown", line->protocol,
                           (int)(key.size - line->summary), (const char *)key.data + line->summary);
        }
    }
    fm_observer_tell_full(out, expert->left_out);
}

static void expert_free(FmObserver *observer)
{
    Expert *expert = (Expert *)observer;
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        fm_roster_free(expert->levels[i].roster);
        g_array_unref(expert->levels[i].lines);
    }
    fm_text_clear(&expert->key);
    g_free(expert);
}

FmObserver *fm_expert_start(const FmStatistic *statistic, const FmStatisticContext *context, const char *arguments, GError **error)
{
    Expert *expert = g_new0(Expert, 1);
    expert->base = (FmObserver){ .packet = expert_packet, .print = expert_print, .free = expert_free };
    expert->lowest = G_N_ELEMENTS(levels) - 1;
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        expert->levels[i].roster = fm_roster_new();
        expert->levels[i].lines = g_array_new(FALSE, FALSE, sizeof(Line));
        size_t size = strlen(levels[i].argument);
        if (g_ascii_strncasecmp(arguments, levels[i].argument, size) == 0 && (arguments[size] == ',' || !arguments[size])) {
            expert->lowest = i;
            arguments += size + (arguments[size] == ',');
        }
    }
    g_autoptr(FmObserver) observer = &expert->base;
    if (!fm_observer_start(observer, context, arguments, error))
        return NULL;
    static const char *const needed[] = { "_ws.expert", "_ws.expert.message", "_ws.expert.severity", "_ws.expert.group" };
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++)
        fm_observer_want(observer, context->catalog, needed[i]);
    fm_observer_want_type(observer, context->catalog, FM_PROTOCOL);
    return g_steal_pointer(&observer);
}
