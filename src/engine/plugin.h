/* A plugin: protocols in a shared object of their own, loaded when fathom starts. fathom-dissector(7) is the manual.
 *
 * It is one file that ends with
 *
 *     FM_PLUGIN(&acme);
 *
 * where `acme` is a `static const FmProtocol`; several are separated by commas. Nothing else is exported. A plugin calls what this
 * header leads to, which fathom itself provides: it is linked with nothing. */
#pragma once

#include "engine/dissect.h"

/* Counts what has changed in these headers, so that a plugin of other times is refused and not misunderstood. */
#define FM_PLUGIN_ABI 1

/* The same, told by the compiler where nobody has counted: sizes of what lies on both sides. */
typedef struct FmPluginSizes {
    uint32_t protocol, field, dissection, packet, node, cursor, stream, tables;
} FmPluginSizes;

#define FM_PLUGIN_SIZES                                                                                                            \
    {                                                                                                                              \
        sizeof(FmProtocol), sizeof(FmField), sizeof(FmDissection), sizeof(FmPacket), sizeof(FmNode), sizeof(FmCursor),             \
            sizeof(FmStream), FM_TABLES * 256 + FM_NAME_TABLES                                                                     \
    }

typedef struct FmPlugin {
    uint32_t abi; /* first for ever */
    FmPluginSizes sizes;
    const FmProtocol *const *protocols; /* ends with NULL */
} FmPlugin;

#define FM_PLUGIN_SYMBOL "fathom_plugin"
#define FM_PLUGIN(...)                                                                                                             \
    extern const FmPlugin fathom_plugin;                                                                                           \
    const FmPlugin fathom_plugin = { FM_PLUGIN_ABI, FM_PLUGIN_SIZES, (const FmProtocol *const[]){ __VA_ARGS__, NULL } }
