/* Objects into files of a directory. */
#include "config.h"

#include "follow/save.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

struct FmSave {
    int directory;
    char *path;          /* for messages */
    GHashTable *numbers; /* by name: the number to try next, so that a thousand of one name do not try a million */
    GHashTable *open;    /* names of objects that may go on, by number */
    FmText name;
};

enum { MAX_SAME = 1 << 20, MAX_OPEN = 4096 };

static void fail(const FmSave *save, const char *name, GError **error)
{
    int why = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(why), "%s/%s: %s", save->path, name, g_strerror(why));
}

FmSave *fm_save_new(const char *directory, GError **error)
{
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        int why = errno;
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(why), "%s: %s", directory, g_strerror(why));
        return NULL;
    }
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        int why = errno;
        g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(why), "%s: %s", directory, g_strerror(why));
        return NULL;
    }
    FmSave *save = g_new0(FmSave, 1);
    save->directory = fd;
    save->path = g_strdup(directory);
    save->numbers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    save->open = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return save;
}

void fm_save_free(FmSave *save)
{
    if (!save)
        return;
    close(save->directory);
    g_free(save->path);
    g_hash_table_unref(save->numbers);
    g_hash_table_unref(save->open);
    fm_text_clear(&save->name);
    g_free(save);
}

/* "name(2).txt". */
static void put_numbered(FmText *out, const char *name, unsigned number)
{
    const char *dot = strrchr(name, '.');
    size_t stem = dot ? (size_t)(dot - name) : strlen(name);
    fm_text_reset(out);
    fm_text_add(out, name, stem);
    if (number)
        fm_text_printf(out, "(%u)", number);
    fm_text_put(out, name + stem);
}

/* A new file of that name, or of the first one with a number that is not there. -1 with errno. */
static int create(FmSave *save, const char *name)
{
    unsigned number = GPOINTER_TO_UINT(g_hash_table_lookup(save->numbers, name));
    int fd = -1;
    for (; number < MAX_SAME; number++) {
        put_numbered(&save->name, name, number);
        fd = openat(save->directory, fm_text_string(&save->name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd >= 0 || errno != EEXIST)
            break;
    }
    if (g_hash_table_size(save->numbers) >= FM_MAX_TALLY)
        g_hash_table_remove_all(save->numbers);
    g_hash_table_insert(save->numbers, g_strdup(name), GUINT_TO_POINTER(number + 1));
    return fd;
}

static bool write_all(int fd, FmSlice bytes)
{
    while (bytes.size) {
        ssize_t n = write(fd, bytes.data, bytes.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        bytes = (FmSlice){ bytes.data + n, bytes.size - (size_t)n };
    }
    return true;
}

static int open_file(FmSave *save, const FmObject *object)
{
    gint64 number = (gint64)object->number;
    const char *known = object->continued ? g_hash_table_lookup(save->open, &number) : NULL;
    if (known) {
        fm_text_reset(&save->name);
        fm_text_put(&save->name, known);
        return openat(save->directory, known, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    }
    g_auto(FmText) name = { 0 };
    fm_object_name(&name, object);
    int fd = create(save, fm_text_string(&name));
    if (g_hash_table_size(save->open) >= MAX_OPEN)
        g_hash_table_remove_all(save->open);
    gint64 *key = g_new(gint64, 1);
    *key = number;
    g_hash_table_insert(save->open, key, g_strdup(fm_text_string(&save->name)));
    return fd;
}

const char *fm_save_object(FmSave *save, const FmObject *object, GError **error)
{
    int fd = open_file(save, object);
    bool good = fd >= 0 && write_all(fd, object->bytes);
    if (fd >= 0)
        good = close(fd) == 0 && good;
    if (!good) {
        fail(save, fm_text_string(&save->name), error);
        return NULL;
    }
    return fm_text_string(&save->name);
}
