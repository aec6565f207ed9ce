/* Secrets of sessions: key logs and keys, found by name. */
#include "config.h"

#include "crypto/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/arena.h"
#include "base/limits.h"
#include "crypto/keylog.h"

#define LOOK_EVERY (G_TIME_SPAN_MILLISECOND * 20) /* µs between looks at files while nothing is asked for by name */

typedef struct Entry {
    guint hash;
    uint8_t kind, name_size, secret_size;
    bool captured; /* it stands in the capture */
    bool used;
    uint8_t bytes[]; /* the name, then the secret */
} Entry;

typedef struct File {
    char *path;
    uint64_t size;    /* when it was looked at */
    uint64_t read;    /* bytes taken so far, whole lines */
    uint64_t device, inode;
} File;

struct FmSecrets {
    pthread_mutex_t lock; /* of everything that changes: all but keys and psk, which are there before the first packet. Not GLib's:
                             ThreadSanitizer knows this one */
    GHashTable *entries;
    uint64_t seed;    /* of their hashes: names come from files that others wrote */
    FmArena *arena;
    uint64_t count, learned;
    GPtrArray *used; /* entries, in the order of their first use */
    GArray *files;
    gint64 looked;
    GPtrArray *keys;
    GByteArray *psk;
    FmTrust *trust;
};

void fm_secrets_take_trust(FmSecrets *secrets, FmTrust *trust)
{
    fm_trust_free(secrets->trust);
    secrets->trust = trust;
}

FmTrust *fm_secrets_trust(const FmSecrets *secrets)
{
    return secrets->trust;
}

static guint hash_entry(gconstpointer data)
{
    return ((const Entry *)data)->hash;
}

static gboolean equal_entries(gconstpointer a, gconstpointer b)
{
    const Entry *x = a, *y = b;
    return x->kind == y->kind && x->name_size == y->name_size && memcmp(x->bytes, y->bytes, x->name_size) == 0;
}

static void free_key(gpointer key)
{
    fm_rsa_key_free(key);
}

FmSecrets *fm_secrets_new(void)
{
    FmSecrets *secrets = g_new0(FmSecrets, 1);
    pthread_mutex_init(&secrets->lock, NULL);
    secrets->entries = g_hash_table_new(hash_entry, equal_entries);
    secrets->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    secrets->arena = fm_arena_new(4096);
    secrets->used = g_ptr_array_new();
    secrets->files = g_array_new(FALSE, TRUE, sizeof(File));
    secrets->keys = g_ptr_array_new_with_free_func(free_key);
    secrets->psk = g_byte_array_new();
    return secrets;
}

void fm_secrets_free(FmSecrets *secrets)
{
    if (!secrets)
        return;
    g_hash_table_unref(secrets->entries);
    fm_arena_free(secrets->arena);
    for (unsigned i = 0; i < secrets->files->len; i++)
        g_free(g_array_index(secrets->files, File, i).path);
    g_array_unref(secrets->files);
    g_ptr_array_unref(secrets->keys);
    g_ptr_array_unref(secrets->used);
    g_byte_array_unref(secrets->psk);
    fm_trust_free(secrets->trust);
    pthread_mutex_destroy(&secrets->lock);
    g_free(secrets);
}

/* ---- adding ---- */

static void name_entry(const FmSecrets *secrets, Entry *e, FmSecretKind kind, FmSlice name)
{
    e->kind = (uint8_t)kind;
    e->name_size = (uint8_t)name.size;
    e->hash = (guint)XXH3_64bits_withSeed(name.data, name.size, secrets->seed + kind);
    memcpy(e->bytes, name.data, name.size);
}

static Entry *find_entry(const FmSecrets *secrets, FmSecretKind kind, FmSlice name)
{
    union {
        Entry entry;
        uint8_t room[sizeof(Entry) + UINT8_MAX];
    } key;
    if (!name.size || name.size > UINT8_MAX)
        return NULL;
    name_entry(secrets, &key.entry, kind, name);
    return g_hash_table_lookup(secrets->entries, &key.entry);
}

/* Was the old one read from a line that was half written? */
static bool is_start_of(const Entry *old, FmSlice secret)
{
    return old->secret_size < secret.size && memcmp(old->bytes + old->name_size, secret.data, old->secret_size) == 0;
}

static Entry *add(FmSecrets *secrets, FmSecretKind kind, FmSlice name, FmSlice secret)
{
    if (secrets->count >= FM_MAX_SECRETS || !name.size || !secret.size || name.size > UINT8_MAX || secret.size > FM_MAX_SECRET)
        return NULL;
    const Entry *old = find_entry(secrets, kind, name);
    if (old && !is_start_of(old, secret))
        return NULL;
    Entry *e = fm_arena_alloc(secrets->arena, sizeof(Entry) + name.size + secret.size);
    name_entry(secrets, e, kind, name);
    e->captured = e->used = false;
    e->secret_size = (uint8_t)secret.size;
    memcpy(e->bytes + name.size, secret.data, secret.size);
    g_hash_table_replace(secrets->entries, e, e);
    secrets->count++;
    return e;
}

static void note_use(FmSecrets *secrets, Entry *e)
{
    if (e->used)
        return;
    e->used = true;
    g_ptr_array_add(secrets->used, e);
}

void fm_secrets_learn(FmSecrets *secrets, FmSecretKind kind, FmSlice name, FmSlice secret)
{
    pthread_mutex_lock(&secrets->lock);
    if (secrets->learned < FM_MAX_LEARNED_SECRETS) {
        uint64_t before = secrets->count;
        Entry *e = add(secrets, kind, name, secret);
        if (e && kind == FM_SECRET_OWN_MASTER)
            note_use(secrets, e);
        secrets->learned += secrets->count - before;
    }
    pthread_mutex_unlock(&secrets->lock);
}

/* Adds the lines; how many bytes the whole ones are. `all`: also the last one where it lacks its end. */
static size_t add_lines(FmSecrets *secrets, const char *text, size_t size, bool all, bool captured)
{
    size_t whole = 0;
    FmKeylogLine line;
    for (size_t at = 0; at < size;) {
        const char *end = memchr(text + at, '\n', size - at);
        if (!end && !all)
            break;
        size_t n = end ? (size_t)(end - text) - at : size - at;
        if (fm_keylog_line(text + at, n, &line)) {
            Entry *e = add(secrets, line.kind, (FmSlice){ line.name, line.name_size }, (FmSlice){ line.secret, line.secret_size });
            if (e)
                e->captured = captured;
        }
        at += n + 1;
        if (end)
            whole = at;
    }
    return whole;
}

void fm_secrets_add_lines(FmSecrets *secrets, FmSlice lines)
{
    pthread_mutex_lock(&secrets->lock);
    add_lines(secrets, (const char *)lines.data, lines.size, true, true);
    pthread_mutex_unlock(&secrets->lock);
}

void fm_secrets_add(FmSecrets *secrets, FmSecretKind kind, FmSlice name, FmSlice secret)
{
    pthread_mutex_lock(&secrets->lock);
    add(secrets, kind, name, secret);
    pthread_mutex_unlock(&secrets->lock);
}

void fm_secrets_take_key(FmSecrets *secrets, FmRsaKey *key)
{
    g_ptr_array_add(secrets->keys, key);
}

void fm_secrets_set_psk(FmSecrets *secrets, FmSlice psk)
{
    g_byte_array_set_size(secrets->psk, 0);
    g_byte_array_append(secrets->psk, psk.data, (guint)psk.size);
}

/* ---- files ---- */

/* Reads what is new in an open file; a line longer than any is skipped. */
static void read_new(FmSecrets *secrets, File *file, int fd)
{
    char buffer[16 * 1024];
    for (;;) {
        ssize_t n = pread(fd, buffer, sizeof buffer, (off_t)file->read);
        if (n <= 0)
            return;
        bool is_end = (size_t)n < sizeof buffer;
        size_t used = add_lines(secrets, buffer, (size_t)n, is_end, false);
        if (is_end) {
            file->read += used;
            return;
        }
        file->read += used ? used : (size_t)n;
    }
}

/* Looks whether the file has grown; false with errno set if it cannot be read. */
static bool look(FmSecrets *secrets, File *file)
{
    struct stat status;
    if (stat(file->path, &status) < 0)
        return false;
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return false;
    }
    bool is_same = (uint64_t)status.st_dev == file->device && (uint64_t)status.st_ino == file->inode;
    if (is_same && (uint64_t)status.st_size == file->size)
        return true;
    if (!is_same || (uint64_t)status.st_size < file->size)
        file->read = 0; /* another file under the same name, or begun anew */
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    file->device = (uint64_t)status.st_dev;
    file->inode = (uint64_t)status.st_ino;
    file->size = (uint64_t)status.st_size;
    read_new(secrets, file, fd);
    close(fd);
    return true;
}

static void look_at_files(FmSecrets *secrets)
{
    secrets->looked = g_get_monotonic_time();
    for (unsigned i = 0; i < secrets->files->len; i++)
        look(secrets, &g_array_index(secrets->files, File, i));
}

bool fm_secrets_add_file(FmSecrets *secrets, const char *path, bool may_come, GError **error)
{
    pthread_mutex_lock(&secrets->lock);
    File file = { .path = g_strdup(path) };
    bool good = look(secrets, &file) || (may_come && errno == ENOENT);
    if (good) {
        g_array_append_val(secrets->files, file);
    } else {
        g_set_error(error, FM_CRYPTO_ERROR, FM_CRYPTO_ERROR_FILE, "%s: the key log cannot be read: %s", path, g_strerror(errno));
        g_free(file.path);
    }
    pthread_mutex_unlock(&secrets->lock);
    return good;
}

/* ---- finding ---- */

FmSlice fm_secrets_find(FmSecrets *secrets, FmSecretKind kind, FmSlice name)
{
    pthread_mutex_lock(&secrets->lock);
    Entry *e = find_entry(secrets, kind, name);
    if (!e && secrets->files->len) {
        look_at_files(secrets);
        e = find_entry(secrets, kind, name);
    }
    if (e)
        note_use(secrets, e);
    pthread_mutex_unlock(&secrets->lock);
    return e ? (FmSlice){ e->bytes + e->name_size, e->secret_size } : (FmSlice){ NULL, 0 };
}

uint64_t fm_secrets_generation(FmSecrets *secrets)
{
    pthread_mutex_lock(&secrets->lock);
    if (secrets->files->len && g_get_monotonic_time() - secrets->looked > LOOK_EVERY)
        look_at_files(secrets);
    uint64_t count = secrets->count - secrets->learned;
    pthread_mutex_unlock(&secrets->lock);
    return count;
}

bool fm_secrets_has_log(FmSecrets *secrets)
{
    return secrets->files->len || fm_secrets_generation(secrets) > 0;
}

const FmRsaKey *fm_secrets_key_for(FmSecrets *secrets, FmSlice certificate)
{
    for (unsigned i = 0; i < secrets->keys->len; i++)
        if (fm_rsa_key_fits(secrets->keys->pdata[i], certificate))
            return secrets->keys->pdata[i];
    return NULL;
}

bool fm_secrets_has_keys(const FmSecrets *secrets)
{
    return secrets->keys->len > 0;
}

FmSlice fm_secrets_psk(const FmSecrets *secrets)
{
    return (FmSlice){ secrets->psk->data, secrets->psk->len };
}

static void print_hex(GString *text, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        g_string_append_printf(text, "%02x", bytes[i]);
}

void fm_secrets_note_session(FmSecrets *secrets, const uint8_t *client_random)
{
    pthread_mutex_lock(&secrets->lock);
    for (FmSecretKind kind = FM_SECRET_MASTER; kind <= FM_SECRET_EXPORTER; kind++) {
        Entry *e = find_entry(secrets, kind, (FmSlice){ client_random, 32 });
        if (e)
            note_use(secrets, e);
    }
    pthread_mutex_unlock(&secrets->lock);
}

size_t fm_secrets_print_used(FmSecrets *secrets, size_t from, bool all, GString *lines)
{
    pthread_mutex_lock(&secrets->lock);
    size_t count = secrets->used->len;
    for (size_t i = from; i < count; i++) {
        const Entry *e = secrets->used->pdata[i];
        const char *label = fm_keylog_label(e->kind == FM_SECRET_OWN_MASTER ? FM_SECRET_MASTER : e->kind);
        bool replaced = find_entry(secrets, e->kind, (FmSlice){ e->bytes, e->name_size }) != e;
        if (!label || replaced || (e->captured && !all))
            continue;
        g_string_append_printf(lines, "%s ", label);
        print_hex(lines, e->bytes, e->name_size);
        g_string_append_c(lines, ' ');
        print_hex(lines, e->bytes + e->name_size, e->secret_size);
        g_string_append_c(lines, '\n');
    }
    pthread_mutex_unlock(&secrets->lock);
    return count;
}
