/* A dissected packet: nodes, buffers, columns. Borrowed: valid until its engine's next call. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/text.h"
#include "model/catalog.h"
#include "model/frame.h"
#include "model/node.h"

typedef struct FmBuffer {
    FmSlice bytes;
    const char *name; /* "Reassembled TCP", … */
} FmBuffer;

typedef struct FmLabel { /* what people read at a node */
    const char *text; /* ends with a NUL */
    uint32_t size;
    bool plain;       /* printable as it is: no words from the packet in it */
    bool constant;    /* one text for the whole run of the program: the same pointer means the same text */
} FmLabel;

typedef enum FmAddressType { FM_ADDRESS_NONE, FM_ADDRESS_ETHER, FM_ADDRESS_IPV4, FM_ADDRESS_IPV6, FM_ADDRESS_TEXT } FmAddressType;

typedef struct FmAddress { /* bytes of IPv4 in the first four, of Ethernet in the first six; TEXT: a const char * */
    FmAddressType type;
    uint8_t bytes[16];
    const char *text;
} FmAddress;

typedef struct FmPacket {
    const FmCatalog *catalog;
    const FmFrame *frame;

    FmNode *nodes;
    uint32_t node_count;
    FmBuffer *buffers; /* [0] is the frame */
    uint32_t buffer_count;
    FmLabel *labels;
    uint32_t label_count;

    const char *const *layers; /* names in the order of dissection: frame.protocols */
    uint32_t layer_count;

    /* columns */
    FmAddress source, destination;       /* network layer if there is one, else link layer */
    FmAddress link_source, link_destination;
    FmAddress net_source, net_destination;
    const char *protocol;                /* never NULL */
    FmText info;                         /* raw: escape when printing */
    bool info_plain;                     /* … but not where it has no words of the packet */
    uint32_t source_port, destination_port;
    bool has_ports;
    uint16_t ip_id;                      /* of IPv4; 0: none */

    /* The innermost flow between ports that it belongs to: FmFlowKind, number in its kind, and 0 where it goes from the flow's lower end to the
     * higher. Kind 0: none. */
    uint8_t flow_kind, flow_direction;
    uint32_t flow_number;

    /* The TCP segment for the inference, if the engine was told that it is wanted and there is one; the innermost. */
    const struct FmSegment *segment;
    uint32_t segment_flow; /* its tcp.stream */

    /* times of neighbours, filled by the session: FM_TIME_NONE when there is none */
    FmTime first_time, previous_time, previous_displayed_time;

    const char *trouble; /* "Malformed Packet", …: what the info column ends with; NULL: none */
} FmPacket;

/* Bytes of a node; an empty slice where it has no place or the place was not captured. */
static inline FmSlice fm_node_bytes(const FmPacket *p, const FmNode *node)
{
    if (node->flags & FM_NODE_BLOB) {
        const FmBlob *blob = (const FmBlob *)(uintptr_t)node->value;
        return (FmSlice){ blob->bytes, blob->size };
    }
    if (node->buffer >= p->buffer_count)
        return (FmSlice){ NULL, 0 };
    FmSlice all = p->buffers[node->buffer].bytes;
    if (node->offset >= all.size)
        return (FmSlice){ NULL, 0 };
    size_t size = node->length < all.size - node->offset ? node->length : all.size - node->offset;
    return (FmSlice){ all.data + node->offset, size };
}

/* Bytes of a node as they stood on the wire, whatever the value is. */
static inline FmSlice fm_node_wire(const FmPacket *p, const FmNode *node)
{
    FmNode plain = *node;
    plain.flags &= (uint8_t)~FM_NODE_BLOB;
    return fm_node_bytes(p, &plain);
}

static inline const FmField *fm_node_field(const FmPacket *p, const FmNode *node)
{
    return fm_catalog_field(p->catalog, node->field);
}

/* The node after `node`'s whole subtree (may be one past the last). */
static inline const FmNode *fm_node_after(const FmPacket *p, const FmNode *node)
{
    const FmNode *end = p->nodes + p->node_count, *n = node + 1;
    while (n < end && n->depth > node->depth)
        n++;
    return n;
}

/* Label of a node, or NULL. */
static inline const char *fm_node_label(const FmPacket *p, const FmNode *node)
{
    return node->label ? p->labels[node->label - 1].text : NULL;
}

/* Adds the label of a node that has one, escaped where it needs that. */
static inline void fm_node_put_label(FmText *out, const FmPacket *p, const FmNode *node)
{
    const FmLabel *label = &p->labels[node->label - 1];
    if (label->plain)
        fm_text_add(out, label->text, label->size);
    else
        fm_text_escaped(out, label->text, label->size);
}

/* The address as text, names off. */
void fm_address_text(FmText *out, const FmAddress *address);
