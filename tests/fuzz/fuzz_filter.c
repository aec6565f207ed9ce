/* Display filters: any text is compiled or refused with a place inside it; what is compiled runs on a packet made of its bytes. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "dissectors/all.h"
#include "filter/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NODES 64

/* Nodes of any field with any place in the bytes. */
static void make_nodes(const FmCatalog *catalog, const uint8_t *data, size_t size, FmNode *nodes, FmBlob *blob)
{
    size_t names;
    const FmEntry *entries = fm_catalog_entries(catalog, &names);
    uint32_t random = (uint32_t)size;
    for (unsigned i = 0; i < NODES; i++) {
        random = random * 1103515245 + 12345 + (size ? data[i % size] : 0);
        const FmEntry *entry = &entries[(random >> 8) % names];
        nodes[i] = (FmNode){
            .field = entry->ids[random % entry->id_count], .offset = random % 64, .length = random >> 4 & 31, .value = random
        };
        if (i % 8 == 7) {
            nodes[i].flags = FM_NODE_BLOB;
            nodes[i].value = (uint64_t)(uintptr_t)blob;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FmCatalog *catalog; /* made once: it takes longer than a run */
    if (!catalog)
        catalog = fm_catalog_new(fm_all_protocols, fm_all_protocol_count, NULL);
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    size_t at = 0, length = 0;
    g_autoptr(FmFilter) filter = fm_filter_compile(catalog, text, &at, &length, warnings, &error);
    if (!filter) {
        if (!error || at + length > strlen(text))
            abort();
        return 0;
    }
    FmNode nodes[NODES];
    g_autofree FmBlob *blob = g_malloc0(sizeof *blob + 20);
    blob->size = 16;
    make_nodes(catalog, data, size, nodes, blob);
    FmFrame frame = { .number = 1, .data = data, .captured = (uint32_t)size, .length = (uint32_t)size };
    FmBuffer buffer = { { data, size }, NULL };
    FmPacket packet = { .catalog = catalog,
                        .frame = &frame,
                        .nodes = nodes,
                        .node_count = NODES,
                        .buffers = &buffer,
                        .buffer_count = 1,
                        .protocol = "" };
    fm_filter_match(filter, &packet);
    fm_filter_refer(filter, &packet);
    fm_filter_match(filter, &packet);
    return 0;
}
