/* What is sent on WebRTC data channels (RFC 8831). */
#include "config.h"

#include "dissectors/realtime/data_channel.h"

#include <string.h>

enum { CHANNEL, CHANNEL_LABEL, CHANNEL_STREAM, CHANNEL_COUNT, CHANNEL_LENGTH, CHANNEL_TEXT };

static const FmField fields[] = {
    [CHANNEL] = { "fathom.rtcdc", "Data channel", FM_NONE, .generated = true },
    [CHANNEL_LABEL] = { "fathom.rtcdc.label", "Channel", FM_STRING, .generated = true },
    [CHANNEL_STREAM] = { "fathom.rtcdc.id", "Channel number", FM_UINT16, FM_DEC, .generated = true },
    [CHANNEL_COUNT] = { "fathom.rtcdc.message", "Message of this side", FM_UINT64, FM_DEC, .generated = true },
    [CHANNEL_LENGTH] = { "fathom.rtcdc.length", "Bytes", FM_UINT64, FM_DEC, .generated = true },
    [CHANNEL_TEXT] = { "fathom.rtcdc.text", "Text", FM_STRING },
};

enum { STRING = 51, BINARY_PARTIAL = 52, BINARY = 53, STRING_PARTIAL = 54, STRING_EMPTY = 56, BINARY_EMPTY = 57 };

enum { MAX_LABEL = 63 };

typedef struct Channel { /* of a flow, by stream */
    char label[MAX_LABEL + 1], protocol[MAX_LABEL + 1];
    bool open;
    uint64_t messages[2]; /* by direction */
} Channel;

static Channel *channel_of(FmDissection *d, uint64_t stream)
{
    if (fm_replaying(d) || d->quoting || !d->flow)
        return NULL;
    FmTableUse before = fm_use(d, &fm_data_channels);
    Channel *channel = fm_stream_state(d, stream);
    fm_unuse(d, before);
    return channel;
}

static void keep_text(char *to, FmSlice text)
{
    size_t size = MIN(text.size, MAX_LABEL);
    if (size)
        memcpy(to, text.data, size);
    to[size] = '\0';
}

void data_channel_open(FmDissection *d, uint64_t stream, FmSlice label, FmSlice protocol)
{
    Channel *channel = channel_of(d, stream);
    if (!channel)
        return;
    *channel = (Channel){ .open = true };
    keep_text(channel->label, label);
    keep_text(channel->protocol, protocol);
}

bool data_channel_carries(uint64_t ppid)
{
    return (ppid >= STRING && ppid <= STRING_PARTIAL) || ppid == STRING_EMPTY || ppid == BINARY_EMPTY;
}

void data_channel_message(FmDissection *d, uint64_t ppid, uint64_t stream, const FmCursor *message, ChannelMemo *memo)
{
    FmTableUse before = fm_use(d, &fm_data_channels);
    Channel *channel = channel_of(d, stream);
    if (channel) {
        memo->messages = ++channel->messages[fm_direction(d)];
        if (channel->open)
            memo->label = fm_arena_strndup(fm_memo_arena(d), channel->label, strlen(channel->label));
        if (channel->protocol[0])
            memo->protocol = (uint16_t)fm_find_named(d, FM_CHANNEL_PROTOCOL, (FmSlice){ (const uint8_t *)channel->protocol, strlen(channel->protocol) });
    }
    bool empty = ppid == STRING_EMPTY || ppid == BINARY_EMPTY; /* a byte stands for none (RFC 8831 §6.6) */
    bool text = ppid == STRING || ppid == STRING_PARTIAL;
    FmCursor nowhere = { .start = NULL };
    FmSubtree tree = fm_open(d, CHANNEL, &nowhere);
    uint64_t size = empty ? 0 : fm_left_on_wire(message);
    fm_subtree_label(d, tree, "[Data channel %u%s%s%s: %s of %u byte%s]", (unsigned)stream, memo->label ? " \"" : "",
                     memo->label ? memo->label : "", memo->label ? "\"" : "", text || ppid == STRING_EMPTY ? "text" : "message", (unsigned)size,
                     size == 1 ? "" : "s");
    if (memo->label)
        fm_make_text(d, CHANNEL_LABEL, memo->label);
    fm_make(d, CHANNEL_STREAM, stream);
    if (memo->messages)
        fm_make(d, CHANNEL_COUNT, memo->messages);
    fm_make(d, CHANNEL_LENGTH, size);
    FmCursor bytes = *message;
    if (text && fm_left(&bytes))
        fm_add_bytes(d, CHANNEL_TEXT, &bytes, fm_left(&bytes));
    fm_close(d, tree, &nowhere);
    fm_unuse(d, before);
}

static void nothing(FmDissection *d, FmCursor *c)
{
}

const FmProtocol fm_data_channels = {
    .abbrev = "fathom.rtcdc",
    .title = "Data channels",
    FM_FIELDS(fields),
    .dissect = nothing,
    .stream_state_size = sizeof(Channel),
    .part = true,
};
