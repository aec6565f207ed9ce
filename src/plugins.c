/* Protocols from outside the tree. */
#include "config.h"

#include "plugins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmodule.h>

#include "dissectors/all.h"
#include "engine/plugin.h"

static bool fail(GError **error, const char *path, const char *why)
{
    g_set_error(error, FM_OPTION_ERROR, FM_OPTION_ERROR_USAGE, "%s: %s", path, why);
    return false;
}

/* Whoever can call a program with privileges must not thereby run code of his own with them. */
static bool trusted(int fd)
{
    struct stat about;
    return !getauxval(AT_SECURE) || (fstat(fd, &about) == 0 && about.st_uid == 0 && !(about.st_mode & (S_IWGRP | S_IWOTH)));
}

static const char *unfit(const FmPlugin *plugin)
{
    static const FmPluginSizes ours = FM_PLUGIN_SIZES;
    if (plugin->abi != FM_PLUGIN_ABI)
        return plugin->abi < FM_PLUGIN_ABI ? "this plugin was built for an older fathom; build it again with this one's headers"
                                           : "this plugin was built for a newer fathom; build it again with this one's headers";
    if (memcmp(&plugin->sizes, &ours, sizeof ours) != 0)
        return "this plugin was built for another build of fathom; build it again with this one's headers";
    return NULL;
}

/* Opened once: what was looked at is what is loaded. The module stays to the end, and so does its descriptor, whose number is the name
 * that the loader knows it by. */
static const FmPlugin *load(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fail(error, path, g_strerror(errno));
        return NULL;
    }
    g_autofree char *opened = g_strdup_printf("/proc/self/fd/%d", fd);
    const char *why = NULL;
    gpointer symbol = NULL;
    GModule *module = NULL;
    if (!trusted(fd))
        why = "fathom runs with privileges here and takes only plugins that belong to root and that nobody else can change";
    else if (!(module = g_module_open(opened, G_MODULE_BIND_LOCAL)))
        why = g_module_error();
    else if (!g_module_symbol(module, FM_PLUGIN_SYMBOL, &symbol) || !symbol)
        why = "it is no plugin of fathom: it does not export " FM_PLUGIN_SYMBOL;
    else
        why = unfit(symbol);
    if (why) {
        const char *plain = g_str_has_prefix(why, opened) ? why + strlen(opened) + strspn(why + strlen(opened), ": ") : why;
        fail(error, path, plain);
        if (module)
            g_module_close(module);
        close(fd);
        return NULL;
    }
    g_module_make_resident(module);
    return symbol;
}

static bool add_file(GPtrArray *protocols, const char *path, GError **error)
{
    const FmPlugin *plugin = load(path, error);
    if (!plugin)
        return false;
    for (const FmProtocol *const *p = plugin->protocols; *p; p++)
        if (!g_ptr_array_find(protocols, *p, NULL))
            g_ptr_array_add(protocols, (gpointer)(uintptr_t)*p);
    return true;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_folder(GPtrArray *protocols, const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name; dir && (name = g_dir_read_name(dir));)
        if (g_str_has_suffix(name, "." G_MODULE_SUFFIX))
            g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    g_ptr_array_sort(names, by_name);
    for (guint i = 0; i < names->len; i++) {
        g_autoptr(GError) error = NULL;
        if (!add_file(protocols, names->pdata[i], &error))
            fprintf(stderr, "fathom: %s\n", error->message);
    }
}

static bool add_all(GPtrArray *protocols, const FmOptions *options, GError **error)
{
    for (guint i = 0; options && i < options->plugins->len; i++)
        if (!add_file(protocols, options->plugins->pdata[i], error))
            return false;
    const char *list = g_getenv("FATHOM_PLUGINS");
    g_auto(GStrv) places = g_strsplit(list ? list : "", ":", -1);
    for (char **place = places; *place; place++) {
        if (g_file_test(*place, G_FILE_TEST_IS_DIR))
            add_folder(protocols, *place);
        else if (**place && !add_file(protocols, *place, error))
            return false;
    }
    add_folder(protocols, FM_PLUGIN_FOLDER);
    return true;
}

FmCatalog *fm_plugins_catalog(const FmOptions *options, GError **error)
{
    g_autoptr(GPtrArray) protocols = g_ptr_array_new();
    if (!add_all(protocols, options, error))
        return NULL;
    if (!protocols->len)
        return fm_catalog_new(fm_all_protocols, fm_all_protocol_count, error);
    for (size_t i = 0; i < fm_all_protocol_count; i++) /* last: a plugin is asked before those that guess */
        g_ptr_array_add(protocols, (gpointer)(uintptr_t)fm_all_protocols[i]);
    return fm_catalog_new((const FmProtocol *const *)protocols->pdata, protocols->len, error);
}
