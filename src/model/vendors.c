/* Who the IEEE gave an OUI to. */
#include "config.h"

#include "model/vendors.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

typedef struct Vendor {
    uint32_t oui;
    uint32_t name; /* place in names */
} Vendor;

struct FmVendors {
    GMutex lock;
    bool read;
    GArray *vendors; /* of Vendor, sorted */
    GString *names;  /* each ends with a NUL */
};

/* Debian's packages wireshark-common and ieee-data, and where others put the same lists; the first that is there is read. */
static const char *const lists[] = {
    "/usr/share/wireshark/manuf",
    "/usr/share/ieee-data/oui.txt",
    "/var/lib/ieee-data/oui.txt",
    "/usr/share/hwdata/oui.txt",
    "/usr/share/misc/oui.txt",
};

FmVendors *fm_vendors_new(void)
{
    FmVendors *v = g_new0(FmVendors, 1);
    g_mutex_init(&v->lock);
    v->vendors = g_array_new(FALSE, FALSE, sizeof(Vendor));
    v->names = g_string_new(NULL);
    return v;
}

void fm_vendors_free(FmVendors *v)
{
    if (!v)
        return;
    g_array_unref(v->vendors);
    g_string_free(v->names, TRUE);
    g_mutex_clear(&v->lock);
    g_free(v);
}

/* Six hexadecimal digits in pairs with any separator; false if the line starts with something else. */
static bool parse_oui(const char *line, uint32_t *oui)
{
    *oui = 0;
    for (unsigned i = 0; i < 8; i++) {
        if (i % 3 == 2) {
            if (line[i] != ':' && line[i] != '-')
                return false;
            continue;
        }
        int digit = g_ascii_xdigit_value(line[i]);
        if (digit < 0)
            return false;
        *oui = *oui << 4 | (uint32_t)digit;
    }
    return true;
}

/* "00:00:0C<tab>short<tab>long name", where either name may be all, or "00-00-0C   (hex)<tab><tab>name". */
static char *parse_name(char *rest)
{
    if (g_str_has_prefix(g_strchug(rest), "(hex)"))
        return g_strstrip(rest + strlen("(hex)"));
    char *tab = strchr(rest, '\t');
    char *name = tab && tab[1] && tab[1] != '#' ? tab + 1 : rest;
    name[strcspn(name, "\t")] = '\0';
    return g_strstrip(name);
}

static int compare(const void *a, const void *b)
{
    const Vendor *x = a, *y = b;
    return x->oui < y->oui ? -1 : x->oui > y->oui;
}

static void read_list(FmVendors *v, char *text)
{
    for (char *line = text, *next; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        uint32_t oui;
        if (strlen(line) < 10 || !parse_oui(line, &oui) || (line[8] != '\t' && line[8] != ' '))
            continue;
        char *name = parse_name(line + 9);
        if (!*name)
            continue;
        Vendor vendor = { oui, (uint32_t)v->names->len };
        g_string_append_len(v->names, name, (gssize)strlen(name) + 1);
        g_array_append_val(v->vendors, vendor);
    }
    qsort(v->vendors->data, v->vendors->len, sizeof(Vendor), compare);
}

static void read_first_list(FmVendors *v)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lists) && !v->vendors->len; i++) {
        g_autofree char *text = NULL;
        if (g_file_get_contents(lists[i], &text, NULL, NULL))
            read_list(v, text);
    }
}

static const char *find(const FmVendors *v, uint32_t oui)
{
    Vendor key = { oui, 0 };
    const Vendor *found = v->vendors->len ? bsearch(&key, v->vendors->data, v->vendors->len, sizeof(Vendor), compare) : NULL;
    return found ? v->names->str + found->name : NULL;
}

const char *fm_vendors_find(FmVendors *v, uint32_t oui)
{
    g_mutex_lock(&v->lock);
    if (!v->read) {
        read_first_list(v);
        v->read = true;
    }
    g_mutex_unlock(&v->lock);
    return find(v, oui);
}
