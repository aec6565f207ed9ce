/* The memos of all packets of a session, small. Those that are final are kept as what differs from the memos of an earlier packet of the
 * same kind, a few dozen bytes instead of some hundreds; of others the pointer is kept. Private to src/engine. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct FmMemo { /* taken in a packet */
    void *at;
    uint32_t size;
    bool final; /* nobody writes to it after its packet, or keeps the pointer */
} FmMemo;

typedef struct FmMemos { /* of one packet, in the order of the calls */
    uint32_t count, room;
    void **at;
    uint64_t *image; /* what the final ones point into */
    size_t image_room;
} FmMemos;

typedef struct FmMemoStore FmMemoStore;

FmMemoStore *fm_memo_store_new(void);
void fm_memo_store_free(FmMemoStore *store);

/* Keeps the memos of the packet with that number (from 1); what `final` ones point to is copied. Packets with the same `family` are
 * likely to resemble each other. */
void fm_memo_store_put(FmMemoStore *store, uint64_t number, uint32_t family, const FmMemo *memos, uint32_t count);

/* Makes `memos` those of the packet, for reading: none, if none are known. They are valid until the next call. */
void fm_memo_store_get(const FmMemoStore *store, uint64_t number, FmMemos *memos);

/* The memos of packets in front of that number are not asked for any more; those of most of them are freed. */
void fm_memo_store_forget(FmMemoStore *store, uint64_t first);

void fm_memos_clear(FmMemos *memos);
