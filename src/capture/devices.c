/* What one can capture from, and the privileges that it takes. */
#include "config.h"

#include "capture/devices.h"

#include <grp.h>
#include <unistd.h>

#ifdef HAVE_CAPNG
#include <cap-ng.h>
#endif
#include <pcap.h>

#include "capture/source_live.h"

static void free_device(void *pointer)
{
    FmDevice *device = pointer;
    g_free(device->name);
    g_free(device->description);
    g_free(device);
}

GPtrArray *fm_device_list_new(void)
{
    return g_ptr_array_new_with_free_func(free_device);
}

void fm_device_list_add(GPtrArray *list, const char *name, const char *description)
{
    FmDevice *device = g_new(FmDevice, 1);
    *device = (FmDevice){ g_strdup(name), g_strdup(description) };
    g_ptr_array_add(list, device);
}

GPtrArray *fm_live_devices(GError **error)
{
    char text[PCAP_ERRBUF_SIZE];
    pcap_if_t *devices;
    if (pcap_findalldevs(&devices, text) < 0) {
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_OPEN, "interfaces: cannot be listed: %s", text);
        return NULL;
    }
    GPtrArray *list = fm_device_list_new();
    for (const pcap_if_t *device = devices; device; device = device->next)
        fm_device_list_add(list, device->name, device->flags & PCAP_IF_LOOPBACK ? "Loopback" : NULL);
    pcap_freealldevs(devices);
    return list;
}

static bool cannot_drop(GError **error)
{
    g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_OPEN, "privileges: cannot be given up");
    return false;
}

/* A set-user-ID program goes back to its user; there is nothing to be got back afterwards. */
static bool return_to_user(void)
{
    uid_t user = getuid();
    gid_t group = getgid();
    if (geteuid() == user && getegid() == group)
        return true;
    if (geteuid() == 0 && setgroups(1, &group) < 0)
        return false;
    return setresgid(group, group, group) == 0 && setresuid(user, user, user) == 0 && (user == 0 || setuid(0) < 0);
}

bool fm_live_drop_privileges(bool keep_files, GError **error)
{
    if (!return_to_user())
        return cannot_drop(error);
#ifdef HAVE_CAPNG
    if (capng_get_caps_process() < 0 || capng_have_capabilities(CAPNG_SELECT_CAPS) == CAPNG_NONE)
        return true;
    bool files = keep_files && capng_have_capability(CAPNG_EFFECTIVE, CAP_DAC_OVERRIDE);
    capng_clear(CAPNG_SELECT_CAPS);
    if (files)
        capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_DAC_OVERRIDE);
    if (capng_apply(CAPNG_SELECT_CAPS) < 0)
        return cannot_drop(error);
#endif
    return true;
}
