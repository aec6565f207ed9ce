/* Display filters: compiling a text, and what the outside may ask of the result. */
#include "config.h"

#include "filter/program.h"

#include <string.h>

#include "base/limits.h"

#define BLOCK 4096

static FmFilter *filter_new(const FmCatalog *catalog)
{
    FmFilter *filter = g_new0(FmFilter, 1);
    filter->catalog = catalog;
    filter->memory = fm_arena_new(BLOCK);
    filter->referred = fm_arena_new(BLOCK);
    filter->spares = g_new0(_Atomic(Scratch *), SPARES);
    return filter;
}

static bool compile(Compiler *c, FmFilter *filter)
{
    if (c->size > FM_MAX_FILTER)
        return compiler_fail(c, (Place){ FM_MAX_FILTER, 0 }, FM_FILTER_ERROR_SYNTAX, "The filter is longer than %d bytes",
                             FM_MAX_FILTER);
    Syntax *root = parser_parse(c);
    if (c->failed || (root && !checker_check(c, root)))
        return false;
    return program_generate(c, root, filter);
}

FmFilter *fm_filter_compile(const FmCatalog *catalog, const char *text, size_t *at, size_t *size, GPtrArray *warnings,
                            GError **error)
{
    g_autoptr(FmFilter) filter = filter_new(catalog);
    g_autoptr(FmArena) memory = fm_arena_new(BLOCK);
    Compiler c = { .catalog = catalog,
                   .text = text,
                   .size = strlen(text),
                   .memory = memory,
                   .constants = filter->memory,
                   .warnings = warnings,
                   .error = error };
    bool good = compile(&c, filter);
    if (at)
        *at = c.error_at;
    if (size)
        *size = c.error_size;
    return good ? g_steal_pointer(&filter) : NULL;
}

void fm_filter_free(FmFilter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->probe_count; i++)
        pcre2_code_free(filter->probes[i].regex);
    pcre2_match_context_free(filter->regex_limits);
    for (unsigned i = 0; i < SPARES; i++)
        scratch_free(atomic_load(&filter->spares[i]));
    g_free(filter->spares);
    fm_arena_free(filter->referred);
    fm_arena_free(filter->memory);
    g_free(filter);
}

void fm_filter_wants(const FmFilter *filter, uint64_t *wanted, bool *columns)
{
    bool layers = false;
    for (size_t i = 0; i < filter->use_count; i++) {
        const FieldUse *use = &filter->uses[i];
        layers = layers || use->layers;
        for (size_t k = 0; !use->column && k < use->entry->id_count; k++)
            wanted[use->entry->ids[k] / 64] |= UINT64_C(1) << use->entry->ids[k] % 64;
    }
    for (unsigned n = 1; layers && n <= fm_catalog_protocol_count(filter->catalog); n++) {
        uint16_t id = fm_catalog_base(filter->catalog, n);
        wanted[id / 64] |= UINT64_C(1) << id % 64;
    }
    if (columns && filter->columns)
        *columns = true;
}
