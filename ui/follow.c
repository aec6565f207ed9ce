/* What a flow carried: as text, as bytes, side by side with who said it. */
#include "config.h"

#include "follow/follow.h"

#include <inttypes.h>
#include <string.h>

#include "follow/text.h"
#include "session/survey.h"
#include "statistics/observer.h"
#include "ui/flow.h"

enum { LEVELS = 3, GUTTER = 11, WIDE = 86, MOST_BYTES = 16 << 20, AT_ONCE = 256 << 10 };

typedef enum Format { AS_FITS, AS_TEXT, AS_HEX, FORMATS } Format;

typedef struct Chunk {
    FmTime time;
    uint64_t offset, stream, missing;
    const char *what;
    size_t at, size;   /* in the bytes of its level */
    uint32_t packet;
    uint8_t side;      /* as the library has it */
    bool text;
} Chunk;

typedef struct Level {
    FmFollow *follow;
    GArray *chunks;     /* of Chunk */
    GByteArray *bytes;
    uint64_t left_out;  /* bytes beyond the bound */
} Level;

typedef struct FollowObserver {
    FmObserver observer;
    Level levels[LEVELS];
} FollowObserver;

typedef struct Row {
    uint32_t chunk, length;
    size_t at;          /* in the bytes of the level */
    uint8_t kind;       /* RowKind */
} Row;

typedef enum RowKind { ROW_HEAD, ROW_TEXT, ROW_HEX, ROW_GAP } RowKind;

typedef struct FollowView {
    FmSurvey *survey;
    GArray *rows;       /* of Row */
    guint chunk;        /* where making rows goes on: */
    size_t at;
    int columns;        /* that they are made for */
    int level;          /* -1: the highest that says something */
    int side;           /* -1: both */
    int shown;          /* level that the rows are of */
    Format format;
} FollowView;

static const struct {
    FmFollowLevel level;
    const char *name;
} level_names[LEVELS] = { { FM_FOLLOW_CONTENT, "content" }, { FM_FOLLOW_DECRYPTED, "decrypted" }, { FM_FOLLOW_TRANSPORT, "transport" } };

/* ---- gathering ---- */

static void take_chunk(void *data, const FmFollowChunk *chunk)
{
    Level *level = data;
    if (level->bytes->len + chunk->bytes.size > MOST_BYTES) {
        level->left_out += chunk->bytes.size;
        return;
    }
    Chunk c = { .time = chunk->time, .offset = chunk->offset, .stream = chunk->stream, .missing = chunk->missing, .what = chunk->what, .at = level->bytes->len,
                .size = chunk->bytes.size, .packet = chunk->packet, .side = chunk->side, .text = fm_follow_is_text(chunk->bytes) };
    if (chunk->bytes.size)
        g_byte_array_append(level->bytes, chunk->bytes.data, (guint)chunk->bytes.size);
    g_array_append_val(level->chunks, c);
}

static void observe(FmObserver *observer, const FmPacket *packet)
{
    FollowObserver *o = (FollowObserver *)observer;
    for (unsigned i = 0; i < LEVELS; i++)
        fm_follow_packet(o->levels[i].follow, packet);
}

static void observer_free(FmObserver *observer)
{
    FollowObserver *o = (FollowObserver *)observer;
    for (unsigned i = 0; i < LEVELS; i++) {
        fm_follow_free(o->levels[i].follow);
        g_array_unref(o->levels[i].chunks);
        g_byte_array_unref(o->levels[i].bytes);
    }
    g_free(observer);
}

static void follow_open(FmPane *pane)
{
    FollowView *v = pane->state;
    FmFlowPage *flow = fm_flow_of(pane->page);
    const FmCatalog *catalog = pane->app->catalog;
    FollowObserver *o = g_new0(FollowObserver, 1);
    o->observer = (FmObserver){ .packet = observe, .free = observer_free, .wanted = g_new0(uint64_t, fm_catalog_words(catalog)) };
    bool quic = fm_flow_has_protocol(pane->page, "QUIC");
    for (unsigned i = 0; i < LEVELS; i++) {
        Level *level = &o->levels[i];
        level->chunks = g_array_new(FALSE, FALSE, sizeof(Chunk));
        level->bytes = g_byte_array_new();
        level->follow = fm_follow_new(catalog, level_names[i].level, quic ? FM_FLOW_QUIC : (FmFlowKind)flow->kind, flow->number, FM_FOLLOW_ALL, take_chunk, level);
        if (quic)
            fm_follow_any(level->follow); /* the connection has a number of its own; only this flow's packets come */
        for (size_t w = 0; w < fm_catalog_words(catalog); w++)
            o->observer.wanted[w] |= fm_follow_wanted(level->follow)[w];
    }
    FmObserver *observers[] = { &o->observer };
    v->survey = fm_survey_new_flow(pane->app->archive, flow->kind, flow->number, observers, 1, fm_app_wake, pane->app);
    v->rows = g_array_new(FALSE, FALSE, sizeof(Row));
    v->level = v->side = v->shown = -1;
}

static void follow_close(FmPane *pane)
{
    FollowView *v = pane->state;
    fm_survey_free(v->survey);
    g_array_unref(v->rows);
}

static FollowObserver *hold(FollowView *v)
{
    return (FollowObserver *)(void *)fm_survey_hold(v->survey, 0);
}

static bool same_end(const FmFollowEnd *a, const FmFollowEnd *b)
{
    return a->port == b->port && a->address.type == b->address.type && memcmp(a->address.bytes, b->address.bytes, sizeof a->address.bytes) == 0;
}

/* The library's sides are by who spoke first; here by who opened the flow. */
static unsigned side_of(const FollowObserver *o, int level, const Chunk *c)
{
    const FmFollow *follow = o->levels[level].follow;
    return !same_end(fm_follow_end(follow, c->side), fm_follow_opener(o->levels[LEVELS - 1].follow));
}

/* ---- rows ---- */

static void begin_rows(FollowView *v)
{
    g_array_set_size(v->rows, 0);
    v->chunk = 0;
    v->at = 0;
}

static void add_row(FollowView *v, RowKind kind, size_t at, size_t length)
{
    Row row = { .chunk = v->chunk, .kind = (uint8_t)kind, .at = at, .length = (uint32_t)length };
    g_array_append_val(v->rows, row);
}

/* Bytes of the next line of text: up to its end, or to what fits. */
static size_t line_length(const uint8_t *bytes, size_t size, int columns)
{
    const uint8_t *newline = memchr(bytes, '\n', MIN(size, (size_t)columns * 4 + 1));
    size_t n = newline ? (size_t)(newline - bytes) + 1 : MIN(size, (size_t)columns * 4);
    bool plain = true;
    for (size_t i = 0; i < n && plain; i++)
        plain = bytes[i] < 0x80 && bytes[i] != '\t';
    if (plain)
        return n <= (size_t)columns + 1 ? n : (size_t)columns;
    int width = 0;
    for (size_t i = 0; i < n;) {
        size_t step = bytes[i] < 0x80 ? 1 : MIN((size_t)g_utf8_skip[bytes[i]], n - i);
        width += bytes[i] == '\t' ? 4 : fm_width((const char *)bytes + i, step);
        if (width > columns && i)
            return i;
        i += step;
    }
    return n;
}

static bool starts_block(const GArray *chunks, guint i)
{
    const Chunk *c = &g_array_index(chunks, Chunk, i), *before = i ? c - 1 : NULL;
    return !before || before->side != c->side || before->stream != c->stream || before->what != c->what || strcmp(c->what, "tcp") != 0;
}

/* Goes on making rows; what takes longer is left for the next time. */
static bool make_rows(FollowView *v, const FollowObserver *o)
{
    const Level *level = &o->levels[v->shown];
    size_t hex = v->columns < WIDE ? 8 : 16;
    int columns = MAX(v->columns - GUTTER, 20);
    size_t done = 0;
    for (; v->chunk < level->chunks->len; v->chunk++, v->at = 0) {
        const Chunk *c = &g_array_index(level->chunks, Chunk, v->chunk);
        if (v->side >= 0 && side_of(o, v->shown, c) != (unsigned)v->side)
            continue;
        if (!v->at && starts_block(level->chunks, v->chunk))
            add_row(v, ROW_HEAD, 0, 0);
        if (c->missing)
            add_row(v, ROW_GAP, 0, 0);
        bool text = v->format == AS_TEXT || (v->format == AS_FITS && c->text);
        while (v->at < c->size) {
            const uint8_t *bytes = level->bytes->data + c->at + v->at;
            size_t n = text ? line_length(bytes, c->size - v->at, columns) : MIN(c->size - v->at, hex);
            add_row(v, text ? ROW_TEXT : ROW_HEX, c->at + v->at, n);
            v->at += n;
            done += n;
            if (done > AT_ONCE)
                return false;
        }
    }
    return true;
}

static void follow_refresh(FmPane *pane)
{
    FollowView *v = pane->state;
    FollowObserver *o = hold(v);
    if (fm_survey_seen(v->survey) >= fm_archive_count(pane->app->archive) && !fm_archive_loading(pane->app->archive))
        for (unsigned i = 0; i < LEVELS; i++)
            fm_follow_finish(o->levels[i].follow);
    int level = v->level;
    for (int i = 0; level < 0 && i < LEVELS; i++)
        if (o->levels[i].chunks->len)
            level = i;
    level = MAX(level, 0);
    if (level != v->shown || pane->box.columns != v->columns)
        begin_rows(v);
    v->shown = level;
    v->columns = pane->box.columns;
    bool whole = make_rows(v, o);
    fm_survey_release(v->survey);
    pane->count = v->rows->len;
    if (!whole)
        fm_app_wake(pane->app);
}

/* ---- drawing ---- */

static FmStyle side_style(unsigned side)
{
    return side ? FM_STYLE_GOOD : FM_STYLE_PROTOCOL;
}

static void put_head(FmPane *pane, FmPen *pen, const Chunk *c, unsigned side)
{
    char size[32];
    FmTime first = fm_archive_start_time(pane->app->archive);
    fm_putf(pen, side_style(side), "%s %s", side ? "◀" : "▶", side ? "server" : "client");
    fm_putf(pen, FM_STYLE_DIM, "  %.3f s  %s", first == FM_TIME_NONE ? 0 : (double)(c->time - first) / FM_SECOND, c->what);
    if (c->stream)
        fm_putf(pen, FM_STYLE_DIM, "  stream %" PRIu64, c->stream);
    if (strcmp(c->what, "tcp") != 0)
        fm_putf(pen, FM_STYLE_DIM, "  %s", fm_short_bytes(size, c->size));
}

static void put_text(FmPen *pen, FmStyle style, const uint8_t *bytes, size_t n)
{
    while (n && (bytes[n - 1] == '\n' || bytes[n - 1] == '\r'))
        n--;
    for (size_t i = 0, from = 0; i <= n; i++) {
        if (i < n && bytes[i] != '\t')
            continue;
        fm_put_n(pen, style, (const char *)bytes + from, i - from);
        if (i < n)
            fm_put(pen, style, "    ");
        from = i + 1;
    }
}

static void put_hex(FmPen *pen, FmStyle style, const uint8_t *bytes, size_t n, size_t most, uint64_t offset)
{
    fm_putf(pen, FM_STYLE_DIM, "%06" PRIx64 "  ", offset);
    for (size_t i = 0; i < most; i++)
        if (i < n)
            fm_putf(pen, style, "%02x%s", bytes[i], i == 7 ? "  " : " ");
        else
            fm_put(pen, style, i == 7 ? "    " : "   ");
    fm_put(pen, style, " ");
    for (size_t i = 0; i < n; i++)
        fm_put_n(pen, style, bytes[i] >= ' ' && bytes[i] < 0x7f ? (const char *)&bytes[i] : ".", 1);
}

static void follow_row(FmPane *pane, size_t i, FmPen *pen)
{
    FollowView *v = pane->state;
    if (i >= v->rows->len)
        return;
    Row row = g_array_index(v->rows, Row, i);
    const FollowObserver *o = hold(v);
    const Level *level = &o->levels[v->shown];
    const Chunk *c = &g_array_index(level->chunks, Chunk, row.chunk);
    unsigned side = side_of(o, v->shown, c);
    bool first = i == 0 || g_array_index(v->rows, Row, i - 1).chunk != row.chunk || row.kind == ROW_HEAD;
    bool headed = i && g_array_index(v->rows, Row, i - 1).kind == ROW_HEAD;
    const uint8_t *bytes = level->bytes->data + row.at;
    if (!pen->into && first)
        fm_putf(pen, FM_STYLE_DIM, "%8u ", c->packet);
    else if (!pen->into)
        fm_put(pen, FM_STYLE_DIM, "         ");
    if (row.kind != ROW_HEAD && !pen->into)
        fm_put(pen, side_style(side), "│ ");
    switch ((RowKind)row.kind) {
    case ROW_HEAD: put_head(pane, pen, c, side); break;
    case ROW_GAP: fm_putf(pen, FM_STYLE_BAD, "%" PRIu64 " bytes were not captured", c->missing); break;
    case ROW_TEXT: put_text(pen, headed && v->shown == 0 ? FM_STYLE_BRIGHT : side_style(side), bytes, row.length); break;
    case ROW_HEX: put_hex(pen, side_style(side), bytes, row.length, v->columns < WIDE ? 8 : 16, c->offset + (row.at - c->at)); break;
    }
    fm_survey_release(v->survey);
}

static void follow_head(FmPane *pane, FmPen *pen)
{
    static const char *const formats[] = { "as it fits", "as text", "as bytes" };
    static const char *const sides[] = { "both sides", "the client", "the server" };
    FollowView *v = pane->state;
    FollowObserver *o = hold(v);
    char size[32];
    for (int i = 0; i < LEVELS; i++)
        fm_putf(pen, i == v->shown ? FM_STYLE_TITLE : FM_STYLE_HEAD, "%s%s%s", i ? "  " : " ", level_names[i].name, o->levels[i].chunks->len ? "" : " (none)");
    const Level *level = &o->levels[v->shown];
    fm_putf(pen, FM_STYLE_HEAD, "   %s, %s, %s", sides[v->side + 1], formats[v->format], fm_short_bytes(size, level->bytes->len));
    if (level->left_out)
        fm_putf(pen, FM_STYLE_WAIT, ", %s more: see fathom follow", fm_short_bytes(size, level->left_out));
    if (fm_survey_seen(v->survey) < fm_archive_count(pane->app->archive))
        fm_put(pen, FM_STYLE_WAIT, "   so far");
    fm_survey_release(v->survey);
}

/* ---- requests ---- */

static void save(FmPane *pane, const char *path)
{
    FollowView *v = pane->state;
    const FollowObserver *o = hold(v);
    const Level *level = &o->levels[v->shown];
    g_autoptr(GByteArray) out = g_byte_array_new();
    g_autoptr(GError) error = NULL;
    char size[32];
    for (guint i = 0; i < level->chunks->len; i++) {
        const Chunk *c = &g_array_index(level->chunks, Chunk, i);
        if (v->side < 0 || side_of(o, v->shown, c) == (unsigned)v->side)
            g_byte_array_append(out, level->bytes->data + c->at, (guint)c->size);
    }
    fm_survey_release(v->survey);
    if (g_file_set_contents(path, (const char *)out->data, out->len, &error))
        fm_app_say(pane->app, "%s: %s", path, fm_short_bytes(size, out->len));
    else
        fm_app_complain(pane->app, "%s", error->message);
}

static uint32_t packet_at(FmPane *pane)
{
    FollowView *v = pane->state;
    uint32_t packet = 0;
    const Level *level = &hold(v)->levels[v->shown];
    if (pane->cursor < v->rows->len)
        packet = g_array_index(level->chunks, Chunk, g_array_index(v->rows, Row, pane->cursor).chunk).packet;
    fm_survey_release(v->survey);
    return packet;
}

/* The next one that says something. */
static int next_level(FollowView *v)
{
    const FollowObserver *o = hold(v);
    int level = v->shown;
    do
        level = (level + 1) % LEVELS;
    while (level != v->shown && !o->levels[level].chunks->len);
    fm_survey_release(v->survey);
    return level;
}

static bool follow_request(FmPane *pane, FmRequest request, const char *argument)
{
    FollowView *v = pane->state;
    switch (request) {
    case FM_REQUEST_FORMAT: v->format = (Format)((v->format + 1) % FORMATS); break;
    case FM_REQUEST_LEVEL: v->level = next_level(v); break;
    case FM_REQUEST_SWAP: v->side = v->side == 1 ? -1 : v->side + 1; break;
    case FM_REQUEST_SAVE:
        if (!argument)
            return false;
        save(pane, argument);
        return true;
    case FM_REQUEST_ENTER: {
        uint32_t packet = packet_at(pane);
        if (packet)
            fm_flow_show_packet(pane->page, packet);
        return true;
    }
    default: return false;
    }
    begin_rows(v);
    pane->cursor = pane->top = 0;
    return true;
}

const FmView fm_follow_view = {
    .name = "Follow",
    .where = FM_IN_LIST | FM_IN_FOLLOW,
    .private_size = sizeof(FollowView),
    .open = follow_open,
    .close = follow_close,
    .refresh = follow_refresh,
    .row = follow_row,
    .head = follow_head,
    .request = follow_request,
};
