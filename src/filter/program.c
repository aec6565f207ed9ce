/* Display filters: from the checked tree to a program.
 *
 * Code is written from its end to its start: whatever a test leads to has its number already, so `and`, `or` and `not` need no
 * operations of their own. */
#include "config.h"

#include "filter/program.h"

#include <stdlib.h>
#include <string.h>

#define MATCH_LIMIT 1000000 /* steps of one regular expression on one value */

typedef struct Generator {
    Compiler *c;
    FmFilter *filter;
    GArray *operations, *uses, *probes, *keys, *constants, *slicings, *operands, *references;
    uint32_t lists; /* of the test at hand */
    unsigned xor_depth;
} Generator;

#define push(array, item) (g_array_append_val(array, item), (uint32_t)((array)->len - 1))

static uint32_t emit(Generator *g, Operation operation)
{
    return push(g->operations, operation);
}

/* ---- fields ---- */

static void use_ids(Generator *g, FieldUse *use, const FmEntry *entry)
{
    use->first = entry->ids[0];
    for (size_t i = 1; i < entry->id_count; i++)
        use->first = MIN(use->first, entry->ids[i]);
    uint16_t *far = fm_arena_alloc(g->filter->memory, entry->id_count * sizeof *far);
    for (size_t i = 0; i < entry->id_count; i++) {
        unsigned distance = (unsigned)(entry->ids[i] - use->first);
        if (distance < 64)
            use->near |= UINT64_C(1) << distance;
        else
            far[use->far_count++] = entry->ids[i];
        FmType type = fm_catalog_field(g->filter->catalog, entry->ids[i])->type;
        if (kind_of(type) != use->kind || fm_type_is_signed(type) != fm_type_is_signed(use->type) ||
            fm_type_is_bool(type) != fm_type_is_bool(use->type))
            use->mixed = true;
    }
    use->far = far;
}

static const Span *keep_spans(Generator *g, const Span *spans, size_t count)
{
    return count ? fm_arena_copy(g->filter->memory, spans, count * sizeof *spans) : NULL;
}

/* Id of the protocol node under which a field stands; parts stand under the protocol that their names begin with. */
static uint16_t layer_node(const FmCatalog *catalog, uint16_t id)
{
    const FmProtocol *protocol = fm_catalog_protocol(catalog, id);
    if (!protocol)
        return id;
    unsigned number = fm_catalog_number(catalog, protocol);
    if (protocol->part) {
        const char *name = fm_catalog_field(catalog, id)->abbrev;
        g_autofree char *first = g_strndup(name, strcspn(name, "."));
        number = fm_catalog_protocol_named(catalog, first);
    }
    return number ? fm_catalog_base(catalog, number) : id;
}

static void use_layers(Generator *g, FieldUse *use, const Syntax *field)
{
    if (!field->span_count)
        return;
    use->layers = keep_spans(g, field->spans, field->span_count);
    use->layer_count = field->span_count;
    uint16_t *nodes = fm_arena_alloc(g->filter->memory, use->entry->id_count * sizeof *nodes);
    for (size_t i = 0; i < use->entry->id_count; i++)
        nodes[i] = layer_node(g->filter->catalog, use->entry->ids[i]);
    use->layer_nodes = nodes;
}

static FieldUse make_use(Generator *g, const Syntax *field, const Span *span)
{
    const FmEntry *entry = field->entry;
    FieldUse use = { .entry = entry, .type = entry->field->type, .kind = kind_of(entry->field->type), .want = field->want };
    use.made = use.want == WANT_BYTES || use.want == WANT_TEXT || use.want == WANT_NAME;
    use.column = entry->ids[0] >= FM_ID_COLUMN_FIRST && entry->ids[0] < FM_ID_STEP;
    use.span = keep_spans(g, span, span ? 1 : 0);
    if (fm_type_is_signed(use.type) || use.kind == KIND_TIME || use.kind == KIND_SPAN)
        use.flip = UINT64_C(1) << 63;
    use_layers(g, &use, field);
    use_ids(g, &use, entry);
    return use;
}

static uint32_t use_of(Generator *g, const Syntax *field, const Span *span)
{
    FieldUse use = make_use(g, field, span);
    g->filter->columns = g->filter->columns || use.column;
    return push(g->uses, use);
}

/* Can the nodes be looked at one after the other, without a list? A field, or one piece of it. */
static const Syntax *plain_field(const Syntax *s, const Span **span)
{
    *span = NULL;
    if (s->kind == SYNTAX_SLICE && s->span_count == 1) {
        *span = s->spans;
        s = s->children[0];
    }
    if (s->kind != SYNTAX_FIELD || s->span_count || (s->entry->ids[0] >= FM_ID_COLUMN_FIRST && s->entry->ids[0] < FM_ID_STEP))
        return NULL;
    return s;
}

/* ---- lists ---- */

static void number_lists(Generator *g, Syntax *s)
{
    if (!s->constant)
        for (size_t i = 0; i < s->count; i++)
            number_lists(g, s->children[i]);
    s->list = g->lists++;
}

static uint32_t load_call(Generator *g, Syntax *s, uint32_t next, uint32_t no);

/* Code that puts the values of `s` into its list. */
static uint32_t load(Generator *g, Syntax *s, uint32_t next, uint32_t no)
{
    Operation o = { .a = s->list, .op = s->op, .kind = s->value, .yes = next, .no = no };
    if (s->constant) {
        o.code = CODE_CONSTANT;
        o.b = push(g->constants, s->bounds->low);
        return emit(g, o);
    }
    switch (s->kind) {
    case SYNTAX_FIELD:
        o.code = CODE_LOAD;
        o.b = use_of(g, s, NULL);
        return emit(g, o);
    case SYNTAX_REFERENCE: {
        Reference reference = { .use = make_use(g, s, NULL) };
        o.code = CODE_REFERENCE;
        o.b = push(g->references, reference);
        return emit(g, o);
    }
    case SYNTAX_SLICE: {
        Slicing slicing = { keep_spans(g, s->spans, s->span_count), s->span_count };
        o.code = CODE_SLICE;
        o.b = s->children[0]->list;
        o.c = push(g->slicings, slicing);
        break;
    }
    case SYNTAX_NEGATE:
        o.code = CODE_NEGATE;
        o.b = s->children[0]->list;
        break;
    case SYNTAX_ARITHMETIC:
        o.code = CODE_ARITHMETIC;
        o.b = s->children[0]->list;
        o.c = s->children[1]->list;
        o.kind = s->children[0]->value;
        o.second_kind = s->children[1]->value;
        break;
    default: return load_call(g, s, next, no);
    }
    uint32_t at = emit(g, o);
    for (size_t i = s->count; i-- > 0;)
        at = load(g, s->children[i], at, no);
    return at;
}

/* As many as the type of a field has; numbers of more than four bytes count as eight. */
static uint8_t hex_digits(const Syntax *s)
{
    unsigned width = s->kind == SYNTAX_FIELD ? fm_type_width(s->entry->field->type) : 0;
    return (uint8_t)(width > 4 ? 16 : width ? 2 * width : 1);
}

static uint32_t load_call(Generator *g, Syntax *s, uint32_t next, uint32_t no)
{
    bool some_may_lack = s->op == CALL_MAX || s->op == CALL_MIN;
    Operation o = { .code = CODE_CALL, .op = s->op, .kind = s->children[0]->value, .a = s->list, .yes = next, .no = no };
    o.b = g->operands->len;
    o.digits = hex_digits(s->children[0]);
    o.c = (uint32_t)s->count;
    for (size_t i = 0; i < s->count; i++)
        g_array_append_val(g->operands, s->children[i]->list);
    uint32_t at = emit(g, o);
    for (size_t i = s->count; i-- > 0;)
        at = load(g, s->children[i], at, some_may_lack ? at : no);
    return at;
}

/* Loads the operands of a test that has been written at `at`. */
static uint32_t load_all(Generator *g, Syntax *const *operands, size_t count, uint32_t at, uint32_t no)
{
    for (size_t i = count; i-- > 0;)
        at = load(g, operands[i], at, no);
    g_array_index(g->operations, Operation, at).reset = true;
    g->filter->list_count = MAX(g->filter->list_count, g->lists);
    return at;
}

static void start_lists(Generator *g, Syntax *const *operands, size_t count)
{
    g->lists = 0;
    for (size_t i = 0; i < count; i++)
        number_lists(g, operands[i]);
}

/* ---- tests ---- */

static Tally tally_of(Relation relation, Quantifier quantifier)
{
    bool all = quantifier == QUANTIFIER_ALL, any = quantifier == QUANTIFIER_ANY;
    switch (relation) {
    case REL_ALL_EQ: return any ? TALLY_ANY : TALLY_ALL;
    case REL_NE: return any ? TALLY_ANY_OUT : TALLY_NONE;
    case REL_ANY_NE: return all ? TALLY_NONE : TALLY_ANY_OUT;
    default: return all ? TALLY_ALL : TALLY_ANY;
    }
}

static int compare_keys(const void *a, const void *b)
{
    const KeyRange *x = a, *y = b;
    return x->low < y->low ? -1 : x->low > y->low;
}

/* The key of a number as an unsigned one, moved so that its order stays; outside of the type's numbers at their end. */
static uint64_t key_of(const Value *v, bool is_signed, bool *below, bool *above)
{
    *below = *above = false;
    if (!is_signed) {
        *below = v->negative;
        return v->negative ? 0 : v->number;
    }
    uint64_t half = UINT64_C(1) << 63;
    if (v->negative) {
        *below = v->number > half;
        return *below ? 0 : half - v->number;
    }
    *above = v->number >= half;
    return *above ? UINT64_MAX : half + v->number;
}

static bool key_range(const Bounds *b, const FieldUse *use, KeyRange *range)
{
    bool is_signed = use->flip != 0, below, above;
    *range = (KeyRange){ 0, UINT64_MAX };
    if (b->has_low) {
        range->low = key_of(&b->low, is_signed, &below, &above);
        if (above || (b->low_open && !below && range->low++ == UINT64_MAX))
            return false;
    }
    if (b->has_high) {
        range->high = key_of(&b->high, is_signed, &below, &above);
        if (below || (b->high_open && !above && range->high-- == 0))
            return false;
        if (fm_type_is_bool(use->type) && range->high >= 1)
            range->high = UINT64_MAX; /* any bit makes it true */
    }
    return range->low <= range->high;
}

/* Adds the ranges sorted, overlapping ones as one. */
static uint32_t add_keys(Generator *g, const FieldUse *use, const Bounds *bounds, size_t count, uint32_t *first)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(KeyRange));
    KeyRange range;
    for (size_t i = 0; i < count; i++)
        if (key_range(&bounds[i], use, &range))
            g_array_append_val(sorted, range);
    g_array_sort(sorted, compare_keys);
    *first = g->keys->len;
    for (guint i = 0; i < sorted->len; i++) {
        range = g_array_index(sorted, KeyRange, i);
        KeyRange *last = g->keys->len > *first ? &g_array_index(g->keys, KeyRange, g->keys->len - 1) : NULL;
        if (last && (last->high == UINT64_MAX || range.low <= last->high + 1))
            last->high = MAX(last->high, range.high);
        else
            g_array_append_val(g->keys, range);
    }
    return g->keys->len - *first;
}

/* A test of single values: over the nodes, or over a list. */
static uint32_t probe(Generator *g, Syntax *of, Probe p, Tally tally, uint32_t yes, uint32_t no)
{
    const Span *span;
    const Syntax *field = plain_field(of, &span);
    p.kind = of->value;
    Operation o = { .tally = tally, .kind = of->value, .yes = yes, .no = no };
    if (field) {
        o.a = use_of(g, field, span);
        const FieldUse *use = &g_array_index(g->uses, FieldUse, o.a);
        if (p.type == PROBE_WITHIN && !span && use->want == WANT_VALUE && !use->mixed && kind_has_keys(use->kind)) {
            o.code = CODE_KEYS;
            o.c = add_keys(g, use, p.bounds, p.bound_count, &o.b);
            return emit(g, o);
        }
        o.code = CODE_FIELD;
        o.b = push(g->probes, p);
        return emit(g, o);
    }
    start_lists(g, &of, 1);
    o.code = CODE_LIST;
    o.a = of->list;
    o.b = push(g->probes, p);
    return load_all(g, &of, 1, emit(g, o), no);
}

static uint32_t truth(Generator *g, Syntax *s, uint32_t yes, uint32_t no)
{
    Syntax *of = s->children[0];
    const Span *span;
    const Syntax *field = plain_field(of, &span);
    if (field && !span)
        return emit(g, (Operation){ .code = CODE_EXISTS, .a = use_of(g, field, NULL), .yes = yes, .no = no });
    if (of->kind == SYNTAX_FIELD || of->kind == SYNTAX_REFERENCE) { /* in a layer, or a column */
        start_lists(g, &of, 1);
        uint32_t at = load(g, of, yes, no);
        g_array_index(g->operations, Operation, at).reset = true;
        g->filter->list_count = MAX(g->filter->list_count, g->lists);
        return at;
    }
    bool zero_counts = of->kind == SYNTAX_SLICE || of->value == KIND_STRING;
    return probe(g, of, (Probe){ .type = zero_counts ? PROBE_NOT_EMPTY : PROBE_NOT_ZERO }, TALLY_ANY, yes, no);
}

static uint32_t compare(Generator *g, Syntax *s, uint32_t yes, uint32_t no)
{
    Tally tally = tally_of(s->op, s->quantifier);
    if (s->children[1]->constant)
        return probe(g, s->children[0], (Probe){ .type = PROBE_WITHIN, .bounds = s->bounds, .bound_count = s->bound_count }, tally,
                     yes, no);
    start_lists(g, s->children, 2);
    uint32_t at = emit(g, (Operation){ .code = CODE_PAIRS,
                                       .op = s->op,
                                       .tally = tally,
                                       .kind = s->children[0]->value,
                                       .a = s->children[0]->list,
                                       .b = s->children[1]->list,
                                       .yes = yes,
                                       .no = no });
    return load_all(g, s->children, 2, at, no);
}

static uint32_t contains(Generator *g, Syntax *s, uint32_t yes, uint32_t no)
{
    Tally tally = s->quantifier == QUANTIFIER_ALL ? TALLY_ALL : TALLY_ANY;
    if (s->children[1]->constant)
        return probe(g, s->children[0], (Probe){ .type = PROBE_CONTAINS, .needle = s->children[1]->bounds->low.bytes }, tally, yes,
                     no);
    start_lists(g, s->children, 2);
    uint32_t at = emit(
        g, (Operation){
               .code = CODE_CONTAINS, .tally = tally, .a = s->children[0]->list, .b = s->children[1]->list, .yes = yes, .no = no });
    return load_all(g, s->children, 2, at, no);
}

static uint32_t matches(Generator *g, Syntax *s, uint32_t yes, uint32_t no)
{
    const Token *pattern = &s->children[1]->token;
    int code;
    PCRE2_SIZE where;
    pcre2_code *regex = pcre2_compile((PCRE2_SPTR)pattern->text, pattern->size,
                                      PCRE2_CASELESS | PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &where, NULL);
    if (!regex) {
        char message[160];
        pcre2_get_error_message(code, (PCRE2_UCHAR *)message, sizeof message);
        compiler_fail(g->c, pattern->place, FM_FILTER_ERROR_SYNTAX, "Regex compilation error: %s.", message);
        return REJECT;
    }
    pcre2_jit_compile(regex, PCRE2_JIT_COMPLETE); /* where there is none, matching is slower */
    if (!g->filter->regex_limits) {
        g->filter->regex_limits = pcre2_match_context_create(NULL);
        pcre2_set_match_limit(g->filter->regex_limits, MATCH_LIMIT);
    }
    Tally tally = s->quantifier == QUANTIFIER_ALL ? TALLY_ALL : TALLY_ANY;
    return probe(g, s->children[0], (Probe){ .type = PROBE_MATCHES, .regex = regex }, tally, yes, no);
}

/* Constants in one test, then each field or range with a field in its own. */
static uint32_t membership(Generator *g, Syntax *s, uint32_t yes, uint32_t no)
{
    Tally tally = s->quantifier == QUANTIFIER_ALL ? TALLY_ALL : TALLY_ANY;
    uint32_t at = no;
    for (size_t i = s->count; i > 1; i -= 2) {
        Syntax *low = s->children[i - 2], *high = s->children[i - 1];
        Syntax *operands[3] = { s->children[0], low, high };
        size_t count = high ? 3 : 2;
        start_lists(g, operands, count);
        Operation o = { .code = high ? CODE_BETWEEN : CODE_PAIRS,
                        .op = REL_EQ,
                        .tally = TALLY_ANY,
                        .kind = operands[0]->value,
                        .a = operands[0]->list,
                        .b = low->list,
                        .c = high ? high->list : 0,
                        .yes = yes,
                        .no = at };
        at = load_all(g, operands, count, emit(g, o), at);
    }
    if (s->bound_count)
        at = probe(g, s->children[0], (Probe){ .type = PROBE_WITHIN, .bounds = s->bounds, .bound_count = s->bound_count }, tally,
                   yes, at);
    return at;
}

static uint32_t test(Generator *g, Syntax *s, uint32_t yes, uint32_t no);

static uint32_t exclusive(Generator *g, Syntax *s, uint32_t yes, uint32_t no)
{
    uint32_t depth = g->xor_depth++;
    uint32_t at = emit(g, (Operation){ .code = CODE_TOGGLED, .a = depth, .yes = yes, .no = no });
    for (size_t i = s->count; i-- > 0;) {
        uint32_t toggle = emit(g, (Operation){ .code = CODE_TOGGLE, .a = depth, .yes = at });
        at = test(g, s->children[i], toggle, at);
    }
    g->xor_depth--;
    return emit(g, (Operation){ .code = CODE_CLEAR, .a = depth, .yes = at });
}

static uint32_t test(Generator *g, Syntax *s, uint32_t yes, uint32_t no)
{
    uint32_t at;
    switch (s->kind) {
    case SYNTAX_TRUTH: return truth(g, s, yes, no);
    case SYNTAX_COMPARE: return compare(g, s, yes, no);
    case SYNTAX_CONTAINS: return contains(g, s, yes, no);
    case SYNTAX_MATCHES: return matches(g, s, yes, no);
    case SYNTAX_IN: return membership(g, s, yes, no);
    case SYNTAX_NOT: return test(g, s->children[0], no, yes);
    case SYNTAX_AND:
        at = yes;
        for (size_t i = s->count; i-- > 0;)
            at = test(g, s->children[i], at, no);
        return at;
    case SYNTAX_OR:
        at = no;
        for (size_t i = s->count; i-- > 0;)
            at = test(g, s->children[i], yes, at);
        return at;
    case SYNTAX_XOR: return exclusive(g, s, yes, no);
    default: g_assert_not_reached();
    }
}

static void *keep(FmFilter *filter, GArray *array)
{
    void *kept = array->len ? fm_arena_copy(filter->memory, array->data, array->len * g_array_get_element_size(array))
                            : fm_arena_alloc(filter->memory, 1);
    g_array_unref(array);
    return kept;
}

bool program_generate(Compiler *c, Syntax *root, FmFilter *filter)
{
    Generator g = { .c = c, .filter = filter };
    g.operations = g_array_new(FALSE, TRUE, sizeof(Operation));
    g.uses = g_array_new(FALSE, FALSE, sizeof(FieldUse));
    g.probes = g_array_new(FALSE, FALSE, sizeof(Probe));
    g.keys = g_array_new(FALSE, FALSE, sizeof(KeyRange));
    g.constants = g_array_new(FALSE, FALSE, sizeof(Value));
    g.slicings = g_array_new(FALSE, FALSE, sizeof(Slicing));
    g.operands = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    g.references = g_array_new(FALSE, FALSE, sizeof(Reference));
    g_array_set_size(g.operations, FIRST_OPERATION);
    filter->entry = root ? test(&g, root, ACCEPT, REJECT) : ACCEPT;
    filter->use_count = g.uses->len;
    filter->probe_count = g.probes->len;
    filter->reference_count = g.references->len;
    filter->operations = keep(filter, g.operations);
    filter->uses = keep(filter, g.uses);
    filter->probes = keep(filter, g.probes);
    filter->keys = keep(filter, g.keys);
    filter->constants = keep(filter, g.constants);
    filter->slicings = keep(filter, g.slicings);
    filter->operands = keep(filter, g.operands);
    filter->references = keep(filter, g.references);
    return !c->failed;
}
