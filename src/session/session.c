/* One open capture: a source, an engine and a filter, wired. */
#include "config.h"

#include "session/session.h"

#include "engine/engine.h"
#include "session/spool.h"

typedef struct Kept { /* a frame of the first pass */
    uint64_t place;
    FmTime time;
} Kept;

struct FmSession {
    const FmCatalog *catalog;
    FmSource *source;
    FmEngine *engine;
    FmSessionOptions options;
    uint64_t count;
    size_t secrets; /* blocks of the source that were taken */

    uint64_t *wanted; /* asked for by others; the filters' own come on top */
    bool wants_all, wants_labels, wants_info, wants_segments;

    /* two passes */
    GArray *kept; /* NULL before the first pass is done */
    FmSpool *spool; /* of the kept frames, where the source cannot be read again */
    FmReplay *replay;
    GByteArray *room, *earlier_room;
    uint64_t at;
    FmTime previous_displayed;
    GError *trouble; /* of the first pass, told when the second is through */
};

FmSession *fm_session_new(const FmCatalog *catalog, FmSource *source, const FmSessionOptions *options)
{
    FmSession *session = g_new0(FmSession, 1);
    session->catalog = catalog;
    session->source = source;
    session->options = *options;
    if (!session->options.secrets)
        session->options.secrets = fm_secrets_new();
    session->wanted = g_new0(uint64_t, fm_catalog_words(catalog));
    session->previous_displayed = FM_TIME_NONE;
    return session;
}

void fm_session_free(FmSession *session)
{
    if (!session)
        return;
    fm_replay_free(session->replay);
    fm_engine_free(session->engine);
    fm_source_free(session->source);
    fm_filter_free(session->options.read);
    fm_filter_free(session->options.display);
    fm_secrets_free(session->options.secrets);
    fm_spool_free(session->spool);
    if (session->kept) {
        g_array_unref(session->kept);
        g_byte_array_unref(session->room);
        g_byte_array_unref(session->earlier_room);
    }
    g_clear_error(&session->trouble);
    g_free(session->wanted);
    g_free(session);
}

void fm_session_want(FmSession *session, const uint64_t *bits, bool all, bool labels, bool info)
{
    for (size_t i = 0; bits && i < fm_catalog_words(session->catalog); i++)
        session->wanted[i] |= bits[i];
    session->wants_all |= all;
    session->wants_labels |= labels;
    session->wants_info |= info;
}

void fm_session_want_segments(FmSession *session)
{
    session->wants_segments = true;
}

static void want_filter(const FmFilter *filter, uint64_t *wanted, bool *info)
{
    if (filter)
        fm_filter_wants(filter, wanted, info);
}

/* The next frame; secrets that stand before it are known when it is dissected. */
static FmNext next_frame(FmSession *session, FmFrame *frame, GError **error)
{
    FmNext next = fm_source_next(session->source, frame, error);
    while (G_UNLIKELY(session->secrets < fm_source_secrets_count(session->source))) {
        const FmSecretsBlock *block = fm_source_secrets(session->source, session->secrets++);
        if (block->type == FM_SECRETS_KEY_LOG)
            fm_secrets_add_lines(session->options.secrets, (FmSlice){ block->data, block->size });
    }
    return next;
}

static void start_engine(FmSession *session)
{
    FmEngine *engine = session->engine = fm_engine_new(session->catalog, session->options.two_pass);
    fm_engine_use_secrets(engine, session->options.secrets);
    g_autofree uint64_t *wanted = g_new0(uint64_t, fm_catalog_words(session->catalog));
    bool info = false;
    want_filter(session->options.two_pass ? session->options.read : session->options.display, wanted, &info);
    fm_engine_want(engine, wanted);
    if (info)
        fm_engine_want_info(engine);
    if (session->wants_segments)
        fm_engine_want_segment(engine);
    if (session->options.two_pass)
        return; /* what is shown comes from the second pass */
    fm_engine_want(engine, session->wanted);
    if (session->wants_all)
        fm_engine_want_all(engine);
    if (session->wants_labels)
        fm_engine_want_labels(engine);
    if (session->wants_info)
        fm_engine_want_info(engine);
}

/* The i-th kept frame, once more. */
static bool read_again(FmSession *session, size_t i, FmFrame *frame, GByteArray *room)
{
    frame->number = i + 1;
    if (session->spool)
        return fm_spool_get(session->spool, i, frame, room);
    return fm_source_again(session->source, g_array_index(session->kept, Kept, i).place, frame, room, NULL);
}

static bool fetch(void *data, uint32_t number, FmFrame *frame)
{
    FmSession *session = data;
    return number && number <= session->kept->len && read_again(session, number - 1, frame, session->earlier_room);
}

static void start_replay(FmSession *session)
{
    FmReplay *replay = session->replay = fm_replay_new(session->engine, fetch, session);
    bool info = session->wants_info;
    want_filter(session->options.display, session->wanted, &info);
    fm_replay_want(replay, session->wanted);
    if (session->wants_all)
        fm_replay_want_all(replay);
    if (session->wants_labels)
        fm_replay_want_labels(replay);
    if (info)
        fm_replay_want_info(replay);
}

/* Remembers a frame for the second pass. The first one shows whether the source can be read again. */
static bool keep_frame(FmSession *session, const FmFrame *frame, GError **error)
{
    FmFrame again = *frame;
    if (!session->kept->len && !fm_source_again(session->source, frame->place, &again, session->room, NULL)) {
        session->spool = fm_spool_new(error);
        if (!session->spool)
            return false;
    }
    g_array_append_vals(session->kept, &(Kept){ frame->place, frame->time }, 1);
    return !session->spool || fm_spool_add(session->spool, frame, error);
}

/* Reads all frames; remembers those that the read filter lets through, numbered anew. */
static FmNext first_pass(FmSession *session, GError **error)
{
    session->kept = g_array_new(FALSE, FALSE, sizeof(Kept));
    session->room = g_byte_array_new();
    session->earlier_room = g_byte_array_new();
    start_engine(session);
    FmFrame frame;
    FmNext next = FM_NEXT_END;
    while (!session->options.limit || session->count < session->options.limit) {
        next = next_frame(session, &frame, &session->trouble);
        if (next == FM_NEXT_WAIT)
            continue;
        if (next != FM_NEXT_FRAME)
            break;
        session->count++;
        frame.number = session->kept->len + 1;
        const FmPacket *packet = fm_engine_feed(session->engine, &frame);
        if (session->options.read && !fm_filter_match(session->options.read, packet))
            continue;
        if (!keep_frame(session, &frame, error))
            return FM_NEXT_ERROR;
    }
    start_replay(session);
    return FM_NEXT_FRAME;
}

static FmNext next_of_second_pass(FmSession *session, const FmPacket **packet, bool *match, GError **error)
{
    if (!session->kept) {
        FmNext next = first_pass(session, error);
        if (next != FM_NEXT_FRAME)
            return next;
    }
    FmFrame frame = { 0 };
    if (session->at >= session->kept->len) {
        if (!session->trouble)
            return FM_NEXT_END;
        g_propagate_error(error, g_steal_pointer(&session->trouble));
        return FM_NEXT_ERROR;
    }
    if (!read_again(session, session->at, &frame, session->room)) {
        g_set_error_literal(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_READ, "The file changed while it was read");
        return FM_NEXT_ERROR;
    }
    FmTime previous = session->at ? g_array_index(session->kept, Kept, session->at - 1).time : FM_TIME_NONE;
    fm_replay_neighbours(session->replay, previous, session->previous_displayed);
    session->at++;
    *packet = fm_replay_packet(session->replay, &frame);
    *match = !session->options.display || fm_filter_match(session->options.display, *packet);
    return FM_NEXT_FRAME;
}

FmNext fm_session_next(FmSession *session, const FmPacket **packet, bool *match, GError **error)
{
    if (session->options.two_pass)
        return next_of_second_pass(session, packet, match, error);
    if (session->options.limit && session->count >= session->options.limit)
        return FM_NEXT_END;
    if (!session->engine)
        start_engine(session);
    FmFrame *frame = fm_engine_frame(session->engine);
    FmNext next = next_frame(session, frame, error);
    if (next != FM_NEXT_FRAME)
        return next;
    if (session->options.reset) {
        if (session->count && session->count % session->options.reset == 0)
            fm_engine_forget(session->engine);
        frame->number = session->count % session->options.reset + 1;
    }
    session->count++;
    *packet = fm_engine_feed(session->engine, frame);
    *match = !session->options.display || fm_filter_match(session->options.display, *packet);
    return FM_NEXT_FRAME;
}

void fm_session_displayed(FmSession *session)
{
    if (session->options.two_pass)
        session->previous_displayed = g_array_index(session->kept, Kept, session->at - 1).time;
    else
        fm_engine_displayed(session->engine);
}

FmSecrets *fm_session_secrets(const FmSession *session)
{
    return session->options.secrets;
}

uint64_t fm_session_count(const FmSession *session)
{
    return session->count;
}
