/* Display filters: running a program on a packet. */
#include "config.h"

#include "filter/run.h"

#include <string.h>

#include "base/limits.h"

#define MAX_PAIRS (1u << 22) /* that one comparison of lists looks at */
#define PREFIX_TRIES 64
#define SCRATCH_BLOCK 4096

static void reset_lists(Run *run)
{
    Scratch *s = run_scratch(run);
    fm_arena_reset(s->arena);
    s->count = 0;
    memset(s->lists, 0, run->filter->list_count * sizeof *s->lists);
}

Scratch *run_scratch(Run *run)
{
    for (unsigned i = 0; !run->scratch && i < SPARES; i++)
        run->scratch = atomic_exchange(&run->filter->spares[i], NULL);
    if (!run->scratch) {
        run->scratch = g_new0(Scratch, 1);
        run->scratch->arena = fm_arena_new(SCRATCH_BLOCK);
        run->scratch->lists = g_new0(List, MAX(run->filter->list_count, 1));
    }
    return run->scratch;
}

static void give_back(Run *run)
{
    for (unsigned i = 0; run->scratch && i < SPARES; i++) {
        Scratch *none = NULL;
        if (atomic_compare_exchange_strong(&run->filter->spares[i], &none, run->scratch))
            run->scratch = NULL;
    }
    scratch_free(run->scratch);
}

void scratch_free(Scratch *s)
{
    if (!s)
        return;
    fm_arena_free(s->arena);
    fm_text_clear(&s->text);
    g_free(s->values);
    g_free(s->lists);
    pcre2_match_data_free(s->regex);
    g_free(s);
}

bool run_push(Run *run, List *list, Value value)
{
    Scratch *s = run->scratch;
    if (fm_arena_size(s->arena) > FM_MAX_FILTER_BYTES)
        return false;
    if (s->count == s->room) {
        if (s->room >= FM_MAX_FILTER_VALUES)
            return false;
        s->room = s->room ? s->room * 2 : 64;
        s->values = g_renew(Value, s->values, s->room);
    }
    s->values[s->count++] = value;
    list->count++;
    return true;
}

/* ---- single values ---- */

static bool regex_matches(Run *run, const pcre2_code *regex, FmSlice s)
{
    Scratch *scratch = run_scratch(run);
    if (!scratch->regex)
        scratch->regex = pcre2_match_data_create(1, NULL);
    const void *subject = s.data ? (const void *)s.data : "";
    return pcre2_match(regex, subject, s.size, 0, 0, scratch->regex, run->filter->regex_limits) >= 0;
}

/* memchr finds the first byte many at a time; where that byte is frequent, memmem is the one that stays linear. */
static bool has_bytes(FmSlice s, FmSlice needle)
{
    if (needle.size > s.size)
        return false;
    if (!needle.size)
        return true;
    const uint8_t *at = s.data, *last = s.data + (s.size - needle.size);
    for (unsigned tries = 0; tries < PREFIX_TRIES; tries++, at++) {
        at = at <= last ? memchr(at, needle.data[0], (size_t)(last - at) + 1) : NULL;
        if (!at)
            return false;
        if (memcmp(at, needle.data, needle.size) == 0)
            return true;
    }
    return memmem(at, (size_t)(s.data + s.size - at), needle.data, needle.size) != NULL;
}

static bool holds(Run *run, const Probe *p, const Value *v)
{
    switch (p->type) {
    case PROBE_WITHIN:
        for (size_t i = 0; i < p->bound_count; i++)
            if (value_within(p->kind, v, &p->bounds[i]))
                return true;
        return false;
    case PROBE_CONTAINS: return has_bytes(v->bytes, p->needle);
    case PROBE_MATCHES: return regex_matches(run, p->regex, v->bytes);
    case PROBE_NOT_EMPTY: return v->bytes.size > 0;
    case PROBE_NOT_ZERO: return !value_is_zero(p->kind, v);
    }
    return false;
}

/* Counts one value. True when the answer is known before the others are seen: `*answer`. */
static inline bool tally(Tally how, bool good, bool *answer)
{
    switch (how) {
    case TALLY_ANY: *answer = good; return good;
    case TALLY_ANY_OUT: *answer = !good; return !good;
    case TALLY_ALL: *answer = good; return !good;
    case TALLY_NONE: *answer = !good; return good;
    }
    return false;
}

static bool exists(const Run *run, const FieldUse *use)
{
    const FmPacket *p = run->packet;
    for (uint32_t i = 0; i < p->node_count; i++)
        if (use_has(use, p->nodes[i].field))
            return true;
    return false;
}

static bool in_ranges(const KeyRange *ranges, size_t count, uint64_t key)
{
    size_t low = 0;
    while (count > 1) { /* the last one that starts at or below the key */
        size_t half = count / 2;
        if (ranges[low + half].low <= key)
            low += half;
        count -= half;
    }
    return count && key >= ranges[low].low && key <= ranges[low].high;
}

static bool keys_hold(const Run *run, const Operation *o)
{
    const FieldUse *use = &run->filter->uses[o->a];
    const KeyRange *ranges = run->filter->keys + o->b;
    const FmNode *nodes = run->packet->nodes;
    uint32_t count = run->packet->node_count;
    bool answer = false;
    if (o->c == 1 && o->tally == TALLY_ANY) { /* nearly all */
        uint64_t low = ranges->low, width = ranges->high - low;
        for (uint32_t i = 0; i < count; i++)
            if (use_has(use, nodes[i].field) && (nodes[i].value ^ use->flip) - low <= width)
                return true;
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        if (use_has(use, nodes[i].field) && tally(o->tally, in_ranges(ranges, o->c, nodes[i].value ^ use->flip), &answer))
            return answer;
    return answer;
}

static bool field_holds(Run *run, const Operation *o)
{
    const FieldUse *use = &run->filter->uses[o->a];
    const Probe *probe = &run->filter->probes[o->b];
    const FmPacket *p = run->packet;
    FmText *made = use->made ? &run_scratch(run)->text : NULL;
    bool answer = false;
    Value v;
    for (uint32_t i = 0; i < p->node_count; i++)
        if (use_has(use, p->nodes[i].field) && use_value(use, p, &p->nodes[i], made, &v) &&
            tally(o->tally, holds(run, probe, &v), &answer))
            return answer;
    return answer;
}

/* ---- lists ---- */

static bool list_holds(Run *run, const Operation *o)
{
    const Scratch *s = run->scratch;
    List list = s->lists[o->a];
    bool answer = false;
    for (uint32_t i = 0; i < list.count; i++)
        if (tally(o->tally, holds(run, &run->filter->probes[o->b], &s->values[list.first + i]), &answer))
            return answer;
    return answer;
}

static bool related(Relation relation, Kind kind, const Value *a, const Value *b)
{
    if (kind == KIND_FLOAT && !(a->real <= b->real || a->real >= b->real))
        return false; /* not a number */
    int order = value_compare(kind, a, b);
    switch (relation) {
    case REL_GT: return order > 0;
    case REL_LT: return order < 0;
    case REL_GE: return order >= 0;
    case REL_LE: return order <= 0;
    default: return order == 0;
    }
}

/* Every value of one list with every value of another. */
static bool pairs_hold(const Run *run, const Operation *o)
{
    const Scratch *s = run->scratch;
    List left = s->lists[o->a], right = s->lists[o->b];
    bool answer = false;
    uint32_t rounds = 0;
    for (uint32_t i = 0; i < left.count; i++) {
        for (uint32_t j = 0; j < right.count; j++) {
            const Value *a = &s->values[left.first + i], *b = &s->values[right.first + j];
            bool good = o->code == CODE_CONTAINS ? has_bytes(a->bytes, b->bytes) : related(o->op, o->kind, a, b);
            if (tally(o->tally, good, &answer) || ++rounds == MAX_PAIRS)
                return answer;
        }
    }
    return answer;
}

/* Is a value of the first list between one of the second and one of the third? */
static bool between(const Run *run, const Operation *o)
{
    const Scratch *s = run->scratch;
    List of = s->lists[o->a], ends[2] = { s->lists[o->b], s->lists[o->c] };
    Value extreme[2]; /* the smallest low end, the largest high end */
    for (unsigned e = 0; e < 2; e++) {
        if (!ends[e].count)
            return false;
        extreme[e] = s->values[ends[e].first];
        for (uint32_t i = 1; i < ends[e].count; i++) {
            const Value *v = &s->values[ends[e].first + i];
            int order = value_compare(o->kind, v, &extreme[e]);
            if (e == 0 ? order < 0 : order > 0)
                extreme[e] = *v;
        }
    }
    Bounds bounds = { .low = extreme[0], .high = extreme[1], .has_low = true, .has_high = true };
    for (uint32_t i = 0; i < of.count; i++)
        if (value_within(o->kind, &s->values[of.first + i], &bounds))
            return true;
    return false;
}

static void load_node(Run *run, const FieldUse *use, const FmNode *node, List *list)
{
    Scratch *s = run->scratch;
    Value v;
    if (!use_value(use, run->packet, node, &s->text, &v))
        return;
    if (use->made && v.bytes.size)
        v.bytes.data = fm_arena_copy(s->arena, v.bytes.data, v.bytes.size);
    run_push(run, list, v);
}

static void load_layers(Run *run, const FieldUse *use, List *list)
{
    const FmPacket *p = run->packet;
    for (size_t k = 0; k < use->entry->id_count; k++) {
        int64_t layer = 0, count = 0;
        for (uint32_t i = 0; i < p->node_count; i++)
            count += p->nodes[i].field == use->layer_nodes[k];
        for (uint32_t i = 0; i < p->node_count; i++) {
            layer += p->nodes[i].field == use->layer_nodes[k];
            if (p->nodes[i].field == use->entry->ids[k] && layer_chosen(use, layer, count))
                load_node(run, use, &p->nodes[i], list);
        }
    }
}

static bool load(Run *run, const Operation *o)
{
    Scratch *s = run->scratch;
    const FieldUse *use = &run->filter->uses[o->b];
    List list = { s->count, 0 };
    if (use->column) {
        fm_text_reset(&s->text);
        column_text(&s->text, run->packet, use->entry->name);
        Value v = { 0 };
        if (s->text.size)
            v.bytes = (FmSlice){ fm_arena_copy(s->arena, s->text.data, s->text.size), s->text.size };
        run_push(run, &list, v);
    } else if (use->layers) {
        load_layers(run, use, &list);
    } else {
        for (uint32_t i = 0; i < run->packet->node_count; i++)
            if (use_has(use, run->packet->nodes[i].field))
                load_node(run, use, &run->packet->nodes[i], &list);
    }
    s->lists[o->a] = list;
    return list.count > 0;
}

static FmSlice slice_all(Scratch *s, FmSlice of, const Slicing *slicing)
{
    if (slicing->count == 1)
        return slice_bytes(of, slicing->spans);
    FmSlice pieces[MAX_SPANS], whole = { NULL, 0 };
    size_t n = 0;
    for (; n < slicing->count && n < MAX_SPANS; n++) {
        pieces[n] = slice_bytes(of, &slicing->spans[n]);
        if (!pieces[n].size)
            break; /* what follows a piece that is not there does not count */
        whole.size += pieces[n].size;
    }
    uint8_t *out = fm_arena_alloc(s->arena, whole.size);
    whole.data = out;
    for (size_t i = 0; i < n; out += pieces[i++].size)
        memcpy(out, pieces[i].data, pieces[i].size);
    return whole;
}

static void compute(Run *run, const Operation *o)
{
    Scratch *s = run->scratch;
    List a = s->lists[o->b], out = { s->count, 0 };
    for (uint32_t i = 0; i < a.count; i++) {
        Value v = s->values[a.first + i], result = v;
        if (o->code == CODE_SLICE) {
            result.bytes = slice_all(s, v.bytes, &run->filter->slicings[o->c]);
        } else if (o->code == CODE_NEGATE) {
            if (o->kind == KIND_FLOAT)
                result.real = -v.real;
            else
                result.negative = !v.negative && v.number;
        } else {
            List b = s->lists[o->c];
            for (uint32_t j = 0; j < b.count; j++) {
                Value w = s->values[b.first + j];
                if (value_arithmetic(o->op, o->kind, &v, o->second_kind, &w, s->arena, &result) && !run_push(run, &out, result))
                    i = a.count, j = b.count;
            }
            continue;
        }
        if (!run_push(run, &out, result))
            break;
    }
    s->lists[o->a] = out;
}

static void refer(Run *run, const Operation *o)
{
    const Reference *reference = &run->filter->references[o->b];
    List list = { run->scratch->count, 0 };
    for (uint32_t i = 0; i < reference->count && run_push(run, &list, reference->values[i]); i++)
        ;
    run->scratch->lists[o->a] = list;
}

/* Runs one operation that fills a list; false if it stays empty. */
static bool fill(Run *run, const Operation *o)
{
    List *list = &run->scratch->lists[o->a];
    switch (o->code) {
    case CODE_LOAD: return load(run, o);
    case CODE_CONSTANT: *list = (List){ run->scratch->count, 0 }; return run_push(run, list, run->filter->constants[o->b]);
    case CODE_CALL: run_call(run, o); break;
    case CODE_REFERENCE: refer(run, o); break;
    default: compute(run, o); break;
    }
    return list->count > 0;
}

bool fm_filter_match(const FmFilter *filter, const FmPacket *packet)
{
    Run run = { .filter = filter, .packet = packet };
    bool toggles[MAX_HEIGHT + 1];
    uint32_t at = filter->entry;
    while (at >= FIRST_OPERATION) {
        const Operation *o = &filter->operations[at];
        bool good = true;
        if (o->reset)
            reset_lists(&run);
        switch (o->code) {
        case CODE_EXISTS: good = exists(&run, &filter->uses[o->a]); break;
        case CODE_KEYS: good = keys_hold(&run, o); break;
        case CODE_FIELD: good = field_holds(&run, o); break;
        case CODE_LIST: good = list_holds(&run, o); break;
        case CODE_PAIRS:
        case CODE_CONTAINS: good = pairs_hold(&run, o); break;
        case CODE_BETWEEN: good = between(&run, o); break;
        case CODE_CLEAR: toggles[o->a] = false; break;
        case CODE_TOGGLE: toggles[o->a] = !toggles[o->a]; break;
        case CODE_TOGGLED: good = toggles[o->a]; break;
        default: good = fill(&run, o); break;
        }
        at = good ? o->yes : o->no;
    }
    if (run.scratch)
        give_back(&run);
    return at == ACCEPT;
}

void fm_filter_refer(FmFilter *filter, const FmPacket *selected)
{
    if (filter->reference_count)
        fm_arena_reset(filter->referred);
    for (size_t k = 0; k < filter->reference_count; k++) {
        Reference *reference = &filter->references[k];
        uint32_t found = 0;
        for (uint32_t i = 0; selected && i < selected->node_count; i++)
            found += use_has(&reference->use, selected->nodes[i].field);
        Value *values = fm_arena_alloc0(filter->referred, found * sizeof *values);
        reference->values = values;
        reference->count = 0;
        for (uint32_t i = 0; selected && i < selected->node_count; i++) {
            Value *v = &values[reference->count];
            if (use_has(&reference->use, selected->nodes[i].field) &&
                use_value(&reference->use, selected, &selected->nodes[i], NULL, v)) {
                v->bytes.data = fm_arena_copy(filter->referred, v->bytes.data, v->bytes.size);
                reference->count++;
            }
        }
    }
}
