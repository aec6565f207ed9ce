#include "config.h"

#include <string.h>

#include "base/limits.h"
#include "engine/dissect.h"
#include "engine/engine.h"
#include "test.h"

/* Three protocols to test with. A frame is a letter (upper case: the other direction), eight bytes of offset, and text of a stream.
 * With LAST in its offset it brings the stream's end, with TOLD the receiver has all before it, captured or not. The stream's records are "3abc", "<text until>", "~text until the stream ends",
 * "X": one that is too long, or "@": what follows, in both directions, belongs to `word`, whose records end with a full stop. */
enum { PIPE };

#define LAST (UINT64_C(1) << 63)
#define TOLD (UINT64_C(1) << 62)
#define SWAPPED (UINT64_C(1) << 61) /* "later|earlier": two pieces of one packet, the second of which comes before the first */
#define SOON (UINT64_C(1) << 60) /* dissected as it comes */
#define LATE (SOON | UINT64_C(1) << 59)
#define AGAIN (SOON | UINT64_C(1) << 58)

static const FmField pipe_fields[] = { [PIPE] = { "pipe", "Pipe", FM_PROTOCOL } };

enum { LINE, LINE_TEXT };

static const FmField fields[] = { [LINE] = { "line", "Line", FM_PROTOCOL }, [LINE_TEXT] = { "line.text", "Text", FM_STRING } };

static uint64_t line_record(const FmStream *stream, FmSlice bytes)
{
    if (bytes.data[0] == 'X')
        return (uint64_t)FM_MAX_RECORD + 1;
    if (bytes.data[0] == '~')
        return FM_UNTIL_END;
    if (bytes.data[0] == '@')
        return 1;
    if (bytes.data[0] != '<')
        return 1 + (uint64_t)(bytes.data[0] - '0');
    const uint8_t *end = memchr(bytes.data, '>', bytes.size);
    return end ? (uint64_t)(end - bytes.data) + 1 : FM_NEED_MORE;
}

static uint64_t line_resync(const FmStream *stream, FmSlice bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        if (g_ascii_isdigit(bytes.data[i]))
            return i;
    return FM_NEED_MORE;
}

enum { WORD_PORT = 9 };

static void line_dissect(FmDissection *d, FmCursor *c)
{
    uint64_t kind = fm_read_u8(c);
    if (kind == '@')
        fm_stream_hand_over(d, fm_catalog_bound(d->packet->catalog, FM_UDP_PORT, WORD_PORT));
    fm_add_bytes(d, LINE_TEXT, c, fm_left_on_wire(c) - (kind == '<' ? 1 : 0));
}

static const FmProtocol line = {
    .abbrev = "line",
    .name = "LINE",
    .title = "Line",
    FM_FIELDS(fields),
    FM_BINDINGS({ FM_UDP_PORT, 7 }),
    .dissect = line_dissect,
    .record = line_record,
    .resync = line_resync,
};

enum { WORD, WORD_TEXT };

static const FmField word_fields[] = { [WORD] = { "word", "Word", FM_PROTOCOL }, [WORD_TEXT] = { "word.text", "Text", FM_STRING } };

static uint64_t word_record(const FmStream *stream, FmSlice bytes)
{
    const uint8_t *end = memchr(bytes.data, '.', bytes.size);
    return end ? (uint64_t)(end - bytes.data) + 1 : FM_NEED_MORE;
}

static void word_dissect(FmDissection *d, FmCursor *c)
{
    fm_add_bytes_of(d, &word_fields[WORD_TEXT], WORD_TEXT, c, fm_left_on_wire(c));
}

static const FmProtocol word = {
    .abbrev = "word",
    .name = "WORD",
    .title = "Word",
    .fields = word_fields,
    .field_count = G_N_ELEMENTS(word_fields),
    FM_BINDINGS({ FM_UDP_PORT, WORD_PORT }),
    .dissect = word_dissect,
    .record = word_record,
};

static void pipe_dissect(FmDissection *d, FmCursor *c)
{
    static const uint8_t here[4] = { 10, 0, 0, 1 }, there[4] = { 10, 0, 0, 2 };
    uint64_t letter = fm_read_u8(c), offset = fm_read_u64(c);
    bool back = letter < 'a';
    fm_net_addresses(d, back ? there : here, back ? here : there, 4);
    fm_flow(d, FM_FLOW_UDP, back ? 7 : letter, back ? letter + 32 : 7);
    FmStream *s = fm_stream(d, 1);
    if (s && !s->protocol)
        fm_stream_feed(d, s, fm_catalog_bound(d->packet->catalog, FM_UDP_PORT, 7));
    if (s)
        s->tells = true;
    uint64_t place = offset & ~(LAST | TOLD | SWAPPED | LATE | AGAIN);
    if (s && (offset & SOON)) {
        s->unordered = true;
        s->arrival = (offset & LATE) == LATE ? FM_ARRIVAL_LATE : (offset & AGAIN) == AGAIN ? FM_ARRIVAL_REPEATED : FM_ARRIVAL_NEW;
    }
    if (s && (offset & TOLD))
        s->received = place;
    if (offset & LAST)
        fm_stream_finish(d, s, place + fm_left_on_wire(c));
    if (offset & SWAPPED) {
        const uint8_t *middle = memchr(c->at, '|', fm_left(c));
        FmCursor later = fm_take(c, (uint64_t)(middle - c->at));
        fm_read_u8(c);
        fm_stream_put(d, s, place + fm_left(c), &later);
    }
    FmStreamResult result = fm_stream_put(d, s, place, c);
    for (const FmGathered *g = result.gathered; g; g = g->next) {
        size_t size = 0;
        for (uint32_t i = 0; i < g->fragments.count; i++)
            size += g->fragments.pieces[i].length;
        CU_ASSERT(size == g->fragments.length && size == fm_left(&g->buffer));
    }
    if (result.waiting)
        fm_note(d, FM_CHAT, "waiting");
    if (result.conflict)
        fm_note(d, FM_CHAT, "conflict");
}

static const FmProtocol pipe_protocol = {
    .abbrev = "pipe",
    .name = "PIPE",
    .title = "Pipe",
    FM_FIELDS(pipe_fields),
    FM_BINDINGS({ FM_CONTENT, FM_CONTENT_FRAME }),
    .dissect = pipe_dissect,
};

static const FmProtocol *const protocols[] = { &pipe_protocol, &line, &word };

typedef struct Segment {
    char flow;
    uint64_t offset;
    const char *text;
    unsigned lost; /* bytes of text that were not captured */
} Segment;

static GByteArray *segment_bytes(const Segment *s)
{
    GByteArray *bytes = g_byte_array_new();
    uint64_t offset = GUINT64_TO_BE(s->offset);
    g_byte_array_append(bytes, (const guint8 *)&s->flow, 1);
    g_byte_array_append(bytes, (const guint8 *)&offset, 8);
    g_byte_array_append(bytes, (const guint8 *)s->text, (guint)strlen(s->text));
    return bytes;
}

static bool says(FmSlice bytes, const char *text)
{
    return bytes.size == strlen(text) && memcmp(bytes.data, text, bytes.size) == 0;
}

/* Records of a packet: their texts with spaces between, "…" where something waits, "!" where something went wrong. */
static char *records(const FmPacket *p)
{
    GString *out = g_string_new(NULL);
    for (const FmNode *n = p->nodes; n < p->nodes + p->node_count; n++) {
        const char *name = fm_node_field(p, n)->abbrev;
        FmSlice bytes = fm_node_bytes(p, n);
        if (strcmp(name, "line.text") == 0 || strcmp(name, "word.text") == 0)
            g_string_append_printf(out, "%s%.*s", out->len ? " " : "", (int)bytes.size, (const char *)bytes.data);
        else if (n->field == FM_ID_EXPERT_MESSAGE)
            g_string_append(out, says(bytes, "waiting") ? "…" : says(bytes, "conflict") ? "≠" : "!");
        else if (n->field == FM_ID_SHORT)
            g_string_append(out, "|");
    }
    return g_string_free(out, FALSE);
}

#define MAX_SEGMENTS 8

static const struct {
    const char *name;
    Segment segments[MAX_SEGMENTS]; /* ends with a NULL text */
    const char *expected[MAX_SEGMENTS];
} cases[] = {
    { "in order, one each", { { 'a', 0, "3one" }, { 'a', 4, "3two" } }, { "one", "two" } },
    { "starts anywhere", { { 'a', 77777, "3one" }, { 'a', 77781, "3two" } }, { "one", "two" } },
    { "several in one", { { 'a', 0, "3one3two1x" } }, { "one two x" } },
    { "over two", { { 'a', 0, "5he" }, { 'a', 3, "llo3end" } }, { "…", "hello end" } },
    { "over three, byte by byte", { { 'a', 0, "2" }, { 'a', 1, "o" }, { 'a', 2, "k" } }, { "…", "…", "ok" } },
    { "length not known for long", { { 'a', 0, "<never" }, { 'a', 6, " end" }, { 'a', 10, "ing>1x<y" }, { 'a', 18, ">" } },
      { "…", "…", "never ending x…", "y" } },
    { "early", { { 'a', 0, "3one" }, { 'a', 8, "5three" }, { 'a', 4, "3two" } }, { "one", "…", "two three" } },
    { "all early, from the end", { { 'a', 0, "1a" }, { 'a', 6, "1d" }, { 'a', 4, "1c" }, { 'a', 2, "1b" } }, { "a", "…", "…", "b c d" } },
    { "early end of a record", { { 'a', 0, "5he" }, { 'a', 5, "o" }, { 'a', 4, "l" }, { 'a', 3, "l" } }, { "…", "…", "…", "hello" } },
    { "early within one packet", { { 'a', 0, "1a" }, { 'a', 2 | SWAPPED, "3two|3one" }, { 'a', 10, "1b" } }, { "a", "one two", "b" } },
    { "early end within one packet", { { 'a', 0, "1a" }, { 'a', 2 | SWAPPED, "wo1b|3t" }, { 'a', 8, "1c" } }, { "a", "two b", "c" } },
    { "again", { { 'a', 0, "3one" }, { 'a', 0, "3one" }, { 'a', 4, "3two" } }, { "one", "", "two" } },
    { "again with more", { { 'a', 0, "3one" }, { 'a', 0, "3one3two" } }, { "one", "two" } },
    { "again, early, twice", { { 'a', 0, "1a" }, { 'a', 4, "1c" }, { 'a', 4, "1c" }, { 'a', 2, "1b" } }, { "a", "…", "", "b c" } },
    { "overlap of what is held", { { 'a', 0, "1a" }, { 'a', 3, "b2cc" }, { 'a', 4, "2cc1x" }, { 'a', 2, "1" } }, { "a", "…", "…", "b cc x" } },
    { "overlap over the front", { { 'a', 0, "5hel" }, { 'a', 2, "ello1x" } }, { "…", "hello x" } },
    { "first copy wins", { { 'a', 0, "1a" }, { 'a', 4, "1c" }, { 'a', 4, "1X" }, { 'a', 2, "1b" } }, { "a", "…", "≠", "b c" } },
    { "others for the same place", { { 'a', 0, "1a" }, { 'a', 4, "3cde" }, { 'a', 2, "1b3XY" } }, { "a", "…", "b XYe≠" } },
    { "behind a hole", { { 'a', 0, "3one" }, { 'a', 20 | TOLD, "xx2ok" }, { 'a', 25, "1x" } }, { "one", "x ok", "x" } },
    { "long behind a hole", { { 'a', 0, "3one" }, { 'a', 20 | TOLD, "xyz" }, { 'a', 23, "wv2ok" } }, { "one", "yz", "v ok" } },
    { "behind a hole in a record", { { 'a', 0, "9ab" }, { 'a', 8 | TOLD, "yz1x" } }, { "…", "x" } },
    { "both directions", { { 'a', 0, "4he" }, { 'A', 0, "4yo" }, { 'a', 3, "re" }, { 'A', 3, "ur" } }, { "…", "…", "here", "your" } },
    { "two flows", { { 'a', 0, "2o" }, { 'b', 0, "2n" }, { 'a', 2, "k" }, { 'b', 2, "o" } }, { "…", "…", "ok", "no" } },
    { "across 2^32", { { 'a', UINT32_MAX - 1, "5he" }, { 'a', (uint64_t)UINT32_MAX + 2, "llo1x" } }, { "…", "hello x" } },
    { "end not captured", { { 'a', 0, "5hello", 2 }, { 'a', 6, "1x" } }, { "hel|", "x" } },
    { "middle not captured", { { 'a', 0, "5he" }, { 'a', 3, "llo2ok", 4 }, { 'a', 9, "1x" } }, { "…", "hell|", "x" } },
    { "too long a record", { { 'a', 0, "X" }, { 'a', 1, "1a" } }, { "!", "" } },
    { "until the end", { { 'a', 0, "1a~bye" }, { 'a', 6, "by" }, { 'a', 8 | LAST, "e" } }, { "a…", "…", "byebye" } },
    { "until the end, which brings nothing", { { 'a', 0, "~bye" }, { 'a', 4 | LAST, "" } }, { "…", "bye" } },
    { "until the end, which comes early", { { 'a', 0, "~b" }, { 'a', 4 | LAST, "e" }, { 'a', 2, "yy" } }, { "…", "…", "byye" } },
    { "an end that ends nothing", { { 'a', 0, "3on" }, { 'a', 3 | LAST, "" } }, { "…", "" } },
    { "handed over", { { 'a', 0, "1a" }, { 'a', 2, "@" }, { 'a', 3, "3one.two." }, { 'A', 0, "three." } }, { "a", "", "3one. two.", "three." } },
    { "handed over within a segment", { { 'A', 0, "1b" }, { 'a', 0, "1a@one.t" }, { 'a', 8, "wo." }, { 'A', 2, "x.y" }, { 'A', 5, "z." } },
      { "b", "a  one.…", "two.", "x.…", "yz." } },
    { "handed over within what was gathered", { { 'a', 0, "<a" }, { 'a', 2, "a>@1.2.3" }, { 'a', 10, "." } }, { "…", "aa  1. 2.…", "3." } },
    { "handed over before early bytes", { { 'a', 0, "1a" }, { 'a', 3, "x.y." }, { 'a', 2, "@" } }, { "a", "…", "x. y." } },
    { "handed over in mid-record of the other side", { { 'A', 0, "9a." }, { 'a', 0, "@" }, { 'A', 3, "b." } }, { "…", "", "9a. b." } },
    { "several behind a gathered one", { { 'a', 0, "<ab" }, { 'a', 3, "c>1x2yz3u" }, { 'a', 12, "vw" } }, { "…", "abc x yz…", "uvw" } },
    { "soon: in order", { { 'a', SOON, "5he" }, { 'a', SOON | 3, "llo3on" }, { 'a', SOON | 9, "e1x" } }, { "…", "hello…", "one x" } },
    { "soon: early, then late", { { 'a', SOON, "3one" }, { 'a', SOON | 8, "5three" }, { 'a', LATE | 4, "3two" }, { 'a', SOON | 14, "1x" } },
      { "one", "three", "", "x" } },
    { "soon: late completes what is not dissected then", { { 'a', SOON, "5he" }, { 'a', SOON | 5, "o" }, { 'a', LATE | 3, "ll" }, { 'a', SOON | 6, "1x" } },
      { "…", "…", "", "x" } },
    { "soon: late in a record that goes on", { { 'a', SOON, "9ab" }, { 'a', SOON | 5, "ef" }, { 'a', LATE | 3, "cd" }, { 'a', SOON | 7, "ghi1x" } },
      { "…", "…", "…", "abcdefghi x" } },
    { "soon: late for a record put aside", { { 'a', SOON, "5he" }, { 'a', SOON | 6, "1x" }, { 'a', LATE | 3, "l" }, { 'a', LATE | 4, "lo1" }, { 'a', SOON | 8, "1y" } },
      { "…", "x", "…", "", "y" } },
    { "soon: one put aside is sent again at once", { { 'a', SOON, "5he" }, { 'a', SOON | 6, "1x" }, { 'a', SOON | 3, "llo" }, { 'a', SOON | 8, "1y" } },
      { "…", "x", "hello", "y" } },
    { "soon: over the end of a record with a hole", { { 'a', SOON, "5he" }, { 'a', SOON | 4, "lo1x" }, { 'a', LATE | 3, "l" }, { 'a', SOON | 8, "1y" } },
      { "…", "x", "", "y" } },
    { "soon: of unknown length, then early", { { 'a', SOON, "<ab" }, { 'a', SOON | 6, "1x" }, { 'a', LATE | 3, "cd>" }, { 'a', SOON | 8, "1y" } },
      { "…", "x", "", "y" } },
    { "soon: again, again with more", { { 'a', SOON, "3one" }, { 'a', AGAIN, "3one" }, { 'a', AGAIN, "3one3two" }, { 'a', SOON | 8, "1x" } }, { "one", "", "", "x" } },
    { "soon: sent again at once", { { 'a', SOON, "1a" }, { 'a', SOON | 4, "1c" }, { 'a', SOON | 2, "1b" }, { 'a', SOON | 6, "1d" } }, { "a", "c", "b", "d" } },
    { "soon: until the end", { { 'a', SOON, "~b" }, { 'a', SOON | 4, "e" }, { 'a', LATE | 2, "yy" }, { 'a', SOON | LAST | 5, "s" } }, { "…", "…", "…", "byyes" } },
    { "empty segments", { { 'a', 0, "" }, { 'a', 0, "1a" }, { 'a', 2, "" }, { 'a', 2, "1b" } }, { "", "a", "", "b" } },
};

static void run_case(size_t i, bool keep)
{
    g_autoptr(FmCatalog) catalog = fm_catalog_new(protocols, G_N_ELEMENTS(protocols), NULL);
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, keep);
    fm_engine_want_all(engine);
    for (size_t n = 0; n < MAX_SEGMENTS && cases[i].segments[n].text; n++) {
        const Segment *s = &cases[i].segments[n];
        g_autoptr(GByteArray) bytes = segment_bytes(s);
        FmFrame frame = test_frame(n + 1, bytes, 1);
        frame.captured -= s->lost;
        g_autofree char *got = records(fm_engine_feed(engine, &frame));
        g_autofree char *name = g_strdup_printf("%s, segment %zu%s", cases[i].name, n + 1, keep ? ", kept" : "");
        TEST_TEXT(name, got, cases[i].expected[n]);
    }
}

static void test_cases(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        run_case(i, false);
}

static void test_cases_kept(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        run_case(i, true);
}

/* Where the nodes lie. */
static char *places(const FmPacket *p)
{
    GString *out = g_string_new(NULL);
    for (const FmNode *n = p->nodes; n < p->nodes + p->node_count; n++)
        g_string_append_printf(out, "%s:%u:%u+%u ", fm_node_field(p, n)->abbrev, n->buffer, n->offset, n->length);
    return g_string_free(out, FALSE);
}

static bool fetch(void *data, uint32_t number, FmFrame *frame)
{
    GByteArray *const *frames = data;
    *frame = test_frame(number, frames[number - 1], 1);
    return true;
}

/* Each packet replayed alone, last first, shows what it showed at first. */
static void test_replay(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(FmCatalog) catalog = fm_catalog_new(protocols, G_N_ELEMENTS(protocols), NULL);
        g_autoptr(FmEngine) engine = fm_engine_new(catalog, true);
        fm_engine_want_all(engine);
        GByteArray *frames[MAX_SEGMENTS];
        g_autoptr(GPtrArray) first = g_ptr_array_new_with_free_func(g_free);
        size_t count = 0;
        for (; count < MAX_SEGMENTS && cases[i].segments[count].text; count++) {
            frames[count] = segment_bytes(&cases[i].segments[count]);
            g_byte_array_set_size(frames[count], frames[count]->len - cases[i].segments[count].lost);
            FmFrame frame = test_frame(count + 1, frames[count], 1);
            frame.length += cases[i].segments[count].lost;
            g_ptr_array_add(first, places(fm_engine_feed(engine, &frame)));
        }
        g_autoptr(FmReplay) replay = fm_replay_new(engine, fetch, frames);
        fm_replay_want_all(replay);
        for (size_t n = count; n-- > 0;) {
            FmFrame frame = test_frame(n + 1, frames[n], 1);
            frame.length += cases[i].segments[n].lost;
            const FmPacket *packet = fm_replay_packet(replay, &frame);
            g_autofree char *got = records(packet), *where = places(packet);
            g_autofree char *name = g_strdup_printf("%s, segment %zu again", cases[i].name, n + 1);
            TEST_TEXT(name, got, cases[i].expected[n]);
            TEST_TEXT(name, where, first->pdata[n]);
        }
        for (size_t n = 0; n < count; n++)
            g_byte_array_unref(frames[n]);
    }
}

/* Records that are put aside without end: bounded memory. */
static void test_aside_is_bounded(void)
{
    g_autoptr(FmCatalog) catalog = fm_catalog_new(protocols, G_N_ELEMENTS(protocols), NULL);
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    fm_engine_want_all(engine);
    for (uint64_t i = 0; i < 4 * FM_MAX_ASIDE; i++) {
        Segment early = { 'a', SOON | i * 16, "9ab" }, late = { 'a', LATE | (i * 16 + 3), "cdefghi" };
        for (unsigned n = 0; n < 2; n++) {
            g_autoptr(GByteArray) bytes = segment_bytes(n ? &late : &early);
            FmFrame frame = test_frame(2 * i + n + 1, bytes, 1);
            if (n && i % 2)
                continue;
            g_autofree char *got = records(fm_engine_feed(engine, &frame));
            CU_ASSERT_STRING_EQUAL(got, n ? "" : "…");
        }
    }
}

/* Far more early bytes than may be held, in tiny segments: bounded memory, and bounded time. */
static void test_held_is_bounded(void)
{
    g_autoptr(FmCatalog) catalog = fm_catalog_new(protocols, G_N_ELEMENTS(protocols), NULL);
    g_autoptr(FmEngine) engine = fm_engine_new(catalog, false);
    fm_engine_want_all(engine);
    const Segment first = { 'a', 0, "1a" };
    g_autoptr(GByteArray) start = segment_bytes(&first);
    FmFrame frame = test_frame(1, start, 1);
    fm_engine_feed(engine, &frame);
    gint64 began = g_get_monotonic_time();
    for (uint64_t i = 0; i < 200000; i++) {
        const Segment s = { 'a', 10 + 2 * i, "0" };
        g_autoptr(GByteArray) bytes = segment_bytes(&s);
        frame = test_frame(i + 2, bytes, 1);
        fm_engine_feed(engine, &frame);
    }
    CU_ASSERT(g_get_monotonic_time() - began < 20 * G_USEC_PER_SEC);
}

/* Any way to cut and order a text gives the same records. */
static void test_any_order(void)
{
    static const char text[] = "3one5three<and more>9ninebytes1x0<>2ok4last";
    g_autoptr(FmCatalog) catalog = fm_catalog_new(protocols, G_N_ELEMENTS(protocols), NULL);
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (int round = 0; round < 300; round++) {
        g_autoptr(FmEngine) engine = fm_engine_new(catalog, round % 2);
        fm_engine_want_all(engine);
        struct { size_t from, size; } parts[64];
        size_t count = 0;
        for (size_t at = 0; at < sizeof text - 1; count++) {
            size_t size = MIN((size_t)g_rand_int_range(random, 1, 12), sizeof text - 1 - at);
            parts[count].from = at;
            parts[count].size = MIN(size + (size_t)g_rand_int_range(random, 0, 3), sizeof text - 1 - at); /* some overlap */
            at += size;
        }
        for (size_t i = 1; i + 1 < count; i++) { /* the first stays: it starts the stream */
            size_t j = (size_t)g_rand_int_range(random, (gint32)i, (gint32)count);
            size_t from = parts[i].from, size = parts[i].size;
            parts[i] = parts[j];
            parts[j].from = from;
            parts[j].size = size;
        }
        g_autoptr(GString) all = g_string_new(NULL);
        for (size_t i = 0; i < count; i++) {
            g_autofree char *part = g_strndup(text + parts[i].from, parts[i].size);
            const Segment s = { 'a', parts[i].from, part };
            g_autoptr(GByteArray) bytes = segment_bytes(&s);
            FmFrame frame = test_frame(i + 1, bytes, 1);
            const FmPacket *p = fm_engine_feed(engine, &frame);
            for (const FmNode *n = p->nodes; n < p->nodes + p->node_count; n++)
                if (strcmp(fm_node_field(p, n)->abbrev, "line.text") == 0) {
                    FmSlice slice = fm_node_bytes(p, n);
                    g_string_append_printf(all, "%.*s/", (int)slice.size, (const char *)slice.data);
                }
        }
        CU_ASSERT_STRING_EQUAL(all->str, "one/three/and more/ninebytes/x///ok/last/");
    }
}

const TestSuite test_stream_suite = {
    "stream",
    TEST_CASES({ "cases", test_cases }, { "cases, memos kept", test_cases_kept }, { "replay", test_replay },
               { "what is held is bounded", test_held_is_bounded }, { "what is put aside is bounded", test_aside_is_bounded }, { "any order", test_any_order }),
};
