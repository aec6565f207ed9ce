/* Counters in a tree, and their bursts: the most that fell into a tenth of a second. */
#include "config.h"

#include "statistics/tree.h"

#include <stdlib.h>
#include <string.h>

#include "statistics/observer.h"
#include "statistics/roster.h"

#define BUCKET (5 * FM_MILLISECOND)
#define BURST_MS 100
#define BURST_BUCKETS 20

typedef struct Bucket {
    int64_t number; /* time / BUCKET */
    uint64_t count;
    FmTime start;   /* earliest time in it */
} Bucket;

typedef struct Line {
    uint32_t parent, first, last, next; /* numbers; 0: none */
    char *name;
    FmTreeKind kind;
    uint64_t count, sum, least, greatest;
    Bucket *buckets; /* in order of time; those of one window */
    uint32_t bucket_count, bucket_room;
    uint64_t burst, largest_burst;
    FmTime burst_start;
} Line;

struct FmTree {
    const char *title;
    size_t narrowest;
    FmRoster *roster; /* keys: parent, name */
    GArray *lines;    /* of Line; [0] is the root */
    FmText key;
    FmTime now, start;
    bool started;
    uint64_t left_out;
};

static Line *line_at(const FmTree *tree, uint32_t number)
{
    return &g_array_index(tree->lines, Line, number);
}

FmTree *fm_tree_new(const char *title, size_t narrowest)
{
    FmTree *tree = g_new0(FmTree, 1);
    tree->title = title;
    tree->narrowest = narrowest;
    tree->roster = fm_roster_new();
    tree->lines = g_array_new(FALSE, TRUE, sizeof(Line));
    g_array_set_size(tree->lines, 1);
    return tree;
}

void fm_tree_free(FmTree *tree)
{
    if (!tree)
        return;
    for (guint i = 0; i < tree->lines->len; i++) {
        g_free(line_at(tree, i)->name);
        g_free(line_at(tree, i)->buckets);
    }
    g_array_unref(tree->lines);
    fm_roster_free(tree->roster);
    fm_text_clear(&tree->key);
    g_free(tree);
}

static void add_bucket(Line *line, uint32_t at, Bucket bucket)
{
    if (line->bucket_count == line->bucket_room) {
        line->bucket_room = line->bucket_room ? line->bucket_room * 2 : 2;
        line->buckets = g_renew(Bucket, line->buckets, line->bucket_room);
    }
    memmove(line->buckets + at + 1, line->buckets + at, (line->bucket_count - at) * sizeof(Bucket));
    line->buckets[at] = bucket;
    line->bucket_count++;
}

uint32_t fm_tree_line(FmTree *tree, uint32_t parent, const char *name, FmTreeKind kind)
{
    fm_text_reset(&tree->key);
    fm_text_add(&tree->key, (const char *)&parent, sizeof parent);
    fm_text_put(&tree->key, name);
    bool fresh;
    uint32_t number = fm_roster_put(tree->roster, tree->key.data, tree->key.size, &fresh);
    if (number == FM_ROSTER_FULL) {
        tree->left_out++;
        return FM_TREE_ROOT;
    }
    number++;
    if (!fresh)
        return number;
    g_array_append_vals(tree->lines, &(Line){ .parent = parent, .kind = kind, .name = g_strdup(name) }, 1);
    add_bucket(line_at(tree, number), 0, (Bucket){ 0 }); /* what is seen in the first window counts from the capture's start */
    Line *above = line_at(tree, parent);
    if (above->last)
        line_at(tree, above->last)->next = number;
    else
        above->first = number;
    above->last = number;
    return number;
}

void fm_tree_time(FmTree *tree, FmTime time)
{
    tree->now = time;
    if (!tree->started)
        tree->start = time;
    tree->started = true;
}

/* Buckets that left the window go; what comes too late for it is not looked at. */
static void tick_burst(Line *line, FmTime now)
{
    int64_t number = now / BUCKET - (now % BUCKET < 0);
    Bucket *last = &line->buckets[line->bucket_count - 1];
    if (number > last->number) {
        add_bucket(line, line->bucket_count, (Bucket){ number, 1, now });
        uint32_t old = 0;
        line->burst++;
        for (; number >= line->buckets[old].number + BURST_BUCKETS; old++)
            line->burst -= line->buckets[old].count;
        line->bucket_count -= old;
        memmove(line->buckets, line->buckets + old, line->bucket_count * sizeof(Bucket));
    } else if (number + BURST_BUCKETS > last->number) {
        uint32_t at = line->bucket_count;
        while (at > 0 && line->buckets[at - 1].number > number)
            at--;
        if (at > 0 && line->buckets[at - 1].number == number) {
            line->buckets[at - 1].count++;
            line->buckets[at - 1].start = MIN(line->buckets[at - 1].start, now);
        } else {
            add_bucket(line, at, (Bucket){ number, 1, now });
        }
        line->burst++;
    }
    if (line->burst > line->largest_burst) {
        line->largest_burst = line->burst;
        line->burst_start = line->buckets[0].start;
    }
}

void fm_tree_tick(FmTree *tree, uint32_t number, uint64_t value)
{
    if (number == FM_TREE_ROOT)
        return;
    Line *line = line_at(tree, number);
    line->least = line->count ? MIN(line->least, value) : value;
    line->greatest = MAX(line->greatest, value);
    line->sum += value;
    line->count++;
    tick_burst(line, tree->now);
}

/* ---- printing ---- */

static int by_count(const void *a, const void *b)
{
    const Line *const *x = a, *const *y = b;
    if ((*x)->count != (*y)->count)
        return (*x)->count > (*y)->count ? -1 : 1;
    return -strcmp((*x)->name, (*y)->name);
}

static size_t name_width(const FmTree *tree)
{
    size_t width = MAX(strlen("Topic / Item"), tree->narrowest);
    for (uint32_t i = 1; i < tree->lines->len; i++) {
        size_t depth = 0;
        for (uint32_t up = line_at(tree, i)->parent; up != FM_TREE_ROOT; up = line_at(tree, up)->parent)
            depth++;
        width = MAX(width, depth + strlen(line_at(tree, i)->name));
    }
    return width;
}

static void put_cell(FmText *out, unsigned width, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void put_cell(FmText *out, unsigned width, const char *format, ...)
{
    char text[64];
    va_list args;
    va_start(args, format);
    g_vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t start = out->size;
    fm_text_put(out, text);
    fm_text_pad(out, start, width);
    fm_text_literal(out, "  ");
}

static void put_values(FmText *out, const Line *line)
{
    if (line->kind == FM_TREE_COUNT) {
        for (int i = 0; i < 3; i++)
            put_cell(out, 12, "%s", "");
    } else if (!line->count) {
        for (int i = 0; i < 3; i++)
            put_cell(out, 12, "-");
    } else {
        put_cell(out, 12, "%.2f", (double)line->sum / (double)line->count);
        put_cell(out, 12, "%lu", (unsigned long)line->least);
        put_cell(out, 12, "%lu", (unsigned long)line->greatest);
    }
}

static void put_line(const FmTree *tree, FmText *out, const Line *line, unsigned depth, size_t width)
{
    size_t start = out->size;
    for (unsigned i = 0; i < depth; i++)
        fm_text_char(out, ' ');
    fm_text_put(out, line->name);
    fm_text_pad(out, start, (unsigned)width);
    fm_text_literal(out, "  ");
    put_cell(out, 12, "%lu", (unsigned long)line->count);
    put_values(out, line);
    double elapsed = (double)(tree->now - tree->start) / (double)FM_MILLISECOND;
    if (elapsed > 0)
        put_cell(out, 12, "%.4f", (double)line->count / elapsed);
    else
        put_cell(out, 12, "%s", "");
    const Line *above = line_at(tree, line->parent);
    if (line->parent == FM_TREE_ROOT)
        put_cell(out, 12, "100%%");
    else if (above->count)
        put_cell(out, 12, "%.2f%%", 100.0 * (double)line->count / (double)above->count);
    else
        put_cell(out, 12, "%s", "");
    if (line->largest_burst) {
        put_cell(out, 12, "%.4f", (double)line->largest_burst / BURST_MS);
        put_cell(out, 11, "%.3f", (double)line->burst_start / (double)FM_SECOND);
    } else {
        put_cell(out, 12, "-");
        put_cell(out, 11, "-");
    }
    fm_text_char(out, '\n');
}

/* Trees are as deep as their makers made them: a few levels. */
static void put_lines(const FmTree *tree, FmText *out, const Line *above, unsigned depth, size_t width)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new();
    for (uint32_t n = above->first; n; n = line_at(tree, n)->next)
        g_ptr_array_add(lines, line_at(tree, n));
    if (lines->len && depth && above->kind != FM_TREE_RANGE)
        qsort(lines->pdata, lines->len, sizeof(gpointer), by_count);
    for (guint i = 0; i < lines->len; i++) {
        put_line(tree, out, lines->pdata[i], depth, width);
        put_lines(tree, out, lines->pdata[i], depth + 1, width);
    }
}

static void put_rule(FmText *out, char c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fm_text_char(out, c);
    fm_text_char(out, '\n');
}

void fm_tree_print(FmTree *tree, FmText *out)
{
    static const char *const titles[] = { "Count", "Average", "Min Val", "Max Val", "Rate (ms)", "Percent", "Burst Rate" };
    size_t width = name_width(tree), whole = width + 2 + G_N_ELEMENTS(titles) * 14 + 13;
    fm_text_char(out, '\n');
    put_rule(out, '=', whole);
    fm_text_printf(out, "%s:\n", tree->title);
    size_t start = out->size;
    fm_text_literal(out, "Topic / Item");
    fm_text_pad(out, start, (unsigned)width);
    fm_text_literal(out, "  ");
    for (size_t i = 0; i < G_N_ELEMENTS(titles); i++)
        put_cell(out, 12, "%s", titles[i]);
    fm_text_literal(out, "Burst Start  \n");
    put_rule(out, '-', whole);
    put_lines(tree, out, line_at(tree, FM_TREE_ROOT), 0, width);
    fm_text_char(out, '\n');
    put_rule(out, '-', whole);
    fm_observer_tell_full(out, tree->left_out);
}
