/* What every test is written with.
 *
 * A suite is one file, test_NAME.c, which exports `const TestSuite test_NAME_suite`; it needs a line in suites.h and one in
 * tests/sources.mk. Texts returned are the caller's: free with g_free (g_autofree). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <CUnit/CUnit.h>
#include <glib.h>

#include "capture/source.h"
#include "crypto/secrets.h"
#include "dump.h"
#include "model/packet.h"
#include "model/protocol.h"

typedef struct TestCase {
    const char *name;
    void (*run)(void);
} TestCase;

typedef struct TestSuite {
    const char *name;
    const TestCase *cases; /* ends with a NULL name */
} TestSuite;

#define TEST_CASES(...) .cases = (const TestCase[]){ __VA_ARGS__, { NULL, NULL } }

/* Asserts that two texts are equal; says whose case it is, and shows both, if they are not. */
#define TEST_TEXT(name, got, expected) test_text((name), (got), (expected), __LINE__, __FILE__, __func__)
void test_text(const char *name, const char *got, const char *expected, unsigned line, const char *file, const char *function);

/* Bytes from hex pairs; spaces are skipped, 'text' in single quotes stands for itself, and a pair followed by *N is repeated.
 * Anything else aborts. */
GByteArray *test_bytes(const char *hex);

/* A catalog of all protocols: free with fm_catalog_free. */
FmCatalog *test_catalog(void);

/* A frame of these bytes, captured whole; time is `number` milliseconds. Link types are LINKTYPE_ numbers: 1 is Ethernet. */
FmFrame test_frame(uint64_t number, const GByteArray *bytes, uint32_t link_type);

/* Dissects bytes with one protocol, as if frames started with it; all fields are wanted. Returns the nodes as test_nodes does. */
char *test_dissect(const FmProtocol *protocol, const char *hex);

/* The same with only the first `captured` bytes of the frame at hand. */
char *test_dissect_cut(const FmProtocol *protocol, const char *hex, size_t captured);

/* Dissects frames (hex, ends with NULL) in order on one engine; one line of nodes for each, without the frame's own. */
char *test_dissect_frames(uint32_t link_type, const char *const *frames);

/* The same frames as lines of the detail view, and as lines "source → destination protocol info". */
char *test_detail_frames(uint32_t link_type, const char *const *frames);
char *test_column_frames(uint32_t link_type, const char *const *frames);

/* Path of a file below testdata/, wherever the tests are built. */
char *test_data_path(const char *name);

typedef struct TestCapture { /* a capture read as far as it goes */
    FmSource *source;        /* interfaces of the frames lie there */
    GArray *frames;          /* of FmFrame, with bytes and comments of their own */
    FmSecrets *secrets;      /* that it brings along */
} TestCapture;

TestCapture *test_load(const char *path);
void test_unload(TestCapture *capture);

static inline const FmFrame *test_frame_at(const TestCapture *capture, size_t i)
{
    return &g_array_index(capture->frames, FmFrame, i);
}

/* An FmFetch for replays; data is a TestCapture. */
bool test_fetch(void *capture, uint32_t number, FmFrame *frame);

/* Paths of all captures below testdata/, sorted: a GPtrArray of char *, NULL-ended; free with g_ptr_array_unref. */
GPtrArray *test_captures(void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestCapture, test_unload)
