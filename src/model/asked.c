/* Fields asked for by name. */
#include "config.h"

#include "model/asked.h"

#include <string.h>

static void ask(FmAsked *asked, const FmEntry *entry, uint8_t role)
{
    for (size_t i = 0; i < entry->id_count; i++) {
        uint16_t id = entry->ids[i];
        asked->bits[id / 64] |= UINT64_C(1) << id % 64;
        if (role)
            asked->roles[id] = role;
    }
}

FmAsked *fm_asked_new(const FmCatalog *catalog, const FmAskedField *fields, size_t count)
{
    FmAsked *asked = g_new0(FmAsked, 1);
    asked->bits = g_new0(uint64_t, fm_catalog_words(catalog));
    asked->roles = g_new0(uint8_t, fm_catalog_words(catalog) * 64);
    size_t entries;
    const FmEntry *all = fm_catalog_entries(catalog, &entries);
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(fields[i].name);
        bool prefix = n && fields[i].name[n - 1] == '*';
        const FmEntry *entry = prefix ? NULL : fm_catalog_find(catalog, fields[i].name);
        if (entry)
            ask(asked, entry, fields[i].role);
        for (size_t k = 0; prefix && k < entries; k++)
            if (strncmp(all[k].name, fields[i].name, n - 1) == 0)
                ask(asked, &all[k], fields[i].role);
    }
    return asked;
}

void fm_asked_free(FmAsked *asked)
{
    if (!asked)
        return;
    g_free(asked->bits);
    g_free(asked->roles);
    g_free(asked);
}
