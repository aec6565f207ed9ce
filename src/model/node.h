/* What dissection leaves behind: an array of nodes in pre-order, 24 bytes each. */
#pragma once

#include <stdint.h>

enum { /* FmNode.flags */
    FM_NODE_MADE = 1,       /* not on the wire: shown in [brackets] */
    FM_NODE_BLOB = 2,       /* value points to an FmBlob in the packet's arena */
    FM_NODE_HIDDEN = 4,
    FM_NODE_LABEL_ADDS = 8, /* the label follows the standard text instead of replacing it */
};

typedef struct FmNode {
    uint16_t field;          /* catalog id */
    uint8_t depth;           /* children follow their parent, one deeper; protocols have depth 0 */
    uint8_t flags;
    uint32_t offset, length; /* in the buffer; both 0 for what has no place */
    uint16_t buffer;         /* 0 the frame, then reassembled and decrypted ones */
    uint16_t label;          /* 0, or 1 + index in the packet's labels */
    uint64_t value;          /* number; FmBlob * with FM_NODE_BLOB; bytes otherwise stay in the buffer.
                                Protocols: bytes from the start to the end of the layer, payload included */
} FmNode;

_Static_assert(sizeof(FmNode) == 24, "a node is 24 bytes");

typedef struct FmBlob { /* bytes or text made by a dissector */
    uint32_t size;
    uint8_t bytes[]; /* NUL behind them */
} FmBlob;
