/* Packets from network interfaces, through libpcap. */
#include "config.h"

#include "capture/source_live.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap.h>

#include "base/limits.h"
#include "capture/devices.h"
#include "capture/reader.h"

enum {
    WAIT_MS = 100,
    DELAY_MS = 50,
    BUFFER_MIB = 2,
    LOOK_EVERY = 64, /* packets between two looks at stop_fd */
};

typedef struct Device {
    pcap_t *pcap;
    FmInterface *shown;
    int fd;                           /* to wait on; -1: none */
    bool gone, empty;                 /* no more; nothing when last looked at, which costs a system call */
    FmTime fraction;                  /* ns per unit of its time stamps */
    const struct pcap_pkthdr *header; /* the packet at hand; NULL: none */
    const uint8_t *data;
    uint64_t given;
} Device;

typedef struct Live {
    Device *devices;
    size_t count;
    struct pollfd *waits; /* of the devices, and stop_fd */
    int wait_ms, delay_ms, stop_fd;
    unsigned since_look;
    bool stopping;
    FmTime last_call; /* when stopping: no packet is taken after it */
    Device *latest;   /* its packet was given last */
    GError *error;    /* of an interface that is gone */
} Live;

static void live_close(FmSource *source)
{
    Live *live = source->state;
    for (size_t i = 0; i < live->count; i++) {
        if (live->devices[i].pcap)
            pcap_close(live->devices[i].pcap);
    }
    g_clear_error(&live->error);
    g_free(live->devices);
    g_free(live->waits);
    g_free(live);
}

static FmTime now(void)
{
    return g_get_monotonic_time() * FM_MICROSECOND;
}

static void begin_to_stop(Live *live)
{
    if (live->stopping)
        return;
    live->stopping = true;
    live->last_call = now() + 2 * live->delay_ms * FM_MILLISECOND;
}

static void lose_device(Live *live, Device *device)
{
    device->gone = true;
    if (!live->error)
        g_set_error(&live->error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_DEVICE,
                    "%s: %s; the capture ends here, what came before is good", device->shown->name, pcap_geterr(device->pcap));
}

/* Looks for a packet without waiting. */
static void fetch(Live *live, Device *device)
{
    struct pcap_pkthdr *header;
    int got = pcap_next_ex(device->pcap, &header, &device->data);
    device->header = got == 1 ? header : NULL;
    device->empty = got == 0;
    if (got < 0)
        lose_device(live, device);
}

static FmTime time_of(const Device *device)
{
    return device->header->ts.tv_sec * FM_SECOND + device->header->ts.tv_usec * device->fraction;
}

static Device *find_earliest(Live *live)
{
    Device *earliest = NULL;
    for (size_t i = 0; i < live->count; i++) {
        Device *device = &live->devices[i];
        if (!device->header && !device->gone && !device->empty)
            fetch(live, device);
        if (device->header && (!earliest || time_of(device) < time_of(earliest)))
            earliest = device;
    }
    return earliest;
}

/* Idle interfaces are looked at again. */
static void look_anew(Live *live)
{
    live->since_look = 0;
    for (size_t i = 0; i < live->count; i++)
        live->devices[i].empty = false;
}

static FmNext give(FmSource *source, Device *device, FmFrame *frame)
{
    Live *live = source->state;
    *frame = (FmFrame){
        .number = ++source->frames,
        .time = time_of(device),
        .data = device->data,
        .captured = device->header->caplen,
        .length = device->header->len,
        .link_type = device->shown->link_type,
        .interface = device->shown,
        .section = 1,
        .fcs_length = -1,
        .decimals = device->shown->decimals,
    };
    device->given++;
    live->latest = device;
    return FM_NEXT_FRAME;
}

static bool is_readable(int fd)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    return fd >= 0 && poll(&wait, 1, 0) > 0;
}

/* Waits for packets, the stop, or the time-out. */
static void wait_for_packets(Live *live, int timeout_ms)
{
    size_t n = 0;
    for (size_t i = 0; i < live->count; i++) {
        const Device *device = &live->devices[i];
        if (!device->gone && device->fd >= 0)
            live->waits[n++] = (struct pollfd){ .fd = device->fd, .events = POLLIN };
        else if (!device->gone)
            timeout_ms = MIN(timeout_ms, live->delay_ms);
    }
    if (live->stop_fd >= 0 && !live->stopping)
        live->waits[n++] = (struct pollfd){ .fd = live->stop_fd, .events = POLLIN };
    poll(live->waits, n, timeout_ms);
}

static FmNext finish(FmSource *source, GError **error)
{
    Live *live = source->state;
    if (!live->error)
        return FM_NEXT_END;
    g_propagate_error(error, g_steal_pointer(&live->error));
    live->stopping = true;
    live->last_call = 0;
    return FM_NEXT_ERROR;
}

static FmNext live_next(FmSource *source, FmFrame *frame, GError **error)
{
    Live *live = source->state;
    if (live->latest)
        live->latest->header = NULL;
    live->latest = NULL;
    if (++live->since_look >= LOOK_EVERY) {
        look_anew(live);
        if (is_readable(live->stop_fd))
            begin_to_stop(live);
        if (live->stopping && now() >= live->last_call)
            return finish(source, error);
    }
    Device *earliest = find_earliest(live);
    if (!earliest && !live->error) {
        FmTime left = live->stopping ? MAX(live->last_call - now(), 0) : live->wait_ms * FM_MILLISECOND;
        wait_for_packets(live, (int)((left + FM_MILLISECOND - 1) / FM_MILLISECOND));
        look_anew(live);
        earliest = find_earliest(live);
    }
    if (earliest)
        return give(source, earliest, frame);
    if (is_readable(live->stop_fd))
        begin_to_stop(live);
    if (live->error || (live->stopping && now() >= live->last_call))
        return finish(source, error);
    return FM_NEXT_WAIT;
}

void fm_source_stop(FmSource *source)
{
    if (source->close == live_close)
        begin_to_stop(source->state);
    else
        source->input.stopped = true;
}

bool fm_source_live_counts(FmSource *source, size_t i, FmLiveCounts *counts)
{
    Live *live = source->close == live_close ? source->state : NULL;
    struct pcap_stat statistics;
    if (!live || i >= live->count || pcap_stats(live->devices[i].pcap, &statistics) < 0)
        return false;
    Device *device = &live->devices[i];
    *counts = (FmLiveCounts){ statistics.ps_recv, device->given, statistics.ps_drop, statistics.ps_ifdrop };
    device->shown->received = statistics.ps_recv;
    device->shown->dropped = (uint64_t)statistics.ps_drop + statistics.ps_ifdrop;
    device->shown->has_received = device->shown->has_dropped = true;
    device->shown->counted = g_get_real_time() * FM_MICROSECOND;
    return true;
}

char *fm_source_live_title(const FmSource *source, size_t i)
{
    const FmInterface *interface = source->close == live_close ? fm_source_interface(source, i) : NULL;
    if (!interface)
        return g_strdup(source->name);
    return interface->description ? g_strdup_printf("%s: %s", interface->description, interface->name) : g_strdup(interface->name);
}

static void set_open_error(GError **error, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void set_open_error(GError **error, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_OPEN, "%s: %s", name, text);
}

static void explain_activation(pcap_t *pcap, const char *name, int status, GError **error)
{
    const char *more = pcap_geterr(pcap);
    switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        set_open_error(error, name, "there is no such interface; fathom -D lists those there are");
        break;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        set_open_error(error, name,
                       "no permission to capture; use sudo, or once and for all: sudo setcap cap_net_raw,cap_net_admin=ep FATHOM "
                       "(the path of this program)");
        break;
    case PCAP_ERROR_IFACE_NOT_UP: set_open_error(error, name, "the interface is down; ip link set %s up", name); break;
    case PCAP_ERROR_RFMON_NOTSUP: set_open_error(error, name, "the interface has no monitor mode; leave out -I"); break;
    default: set_open_error(error, name, "%s%s%s", pcap_statustostr(status), *more ? ": " : "", more); break;
    }
}

static bool set_time_stamps(pcap_t *pcap, const FmLiveInterface *wanted, const char *name, GError **error)
{
    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO); /* where it has them; we ask what we got */
    if (!wanted->time_stamp_type)
        return true;
    int type = pcap_tstamp_type_name_to_val(wanted->time_stamp_type);
    if (type >= 0 && pcap_set_tstamp_type(pcap, type) == 0)
        return true;
    set_open_error(error, name, "it has no time stamps of type \"%s\"; --list-time-stamp-types lists those it has",
                   wanted->time_stamp_type);
    return false;
}

static bool set_link_type(pcap_t *pcap, const FmLiveInterface *wanted, const char *name, GError **error)
{
    if (!wanted->link_type)
        return true;
    int type = pcap_datalink_name_to_val(wanted->link_type);
    if (type >= 0 && pcap_set_datalink(pcap, type) == 0)
        return true;
    set_open_error(error, name, "it has no link type \"%s\"; -L lists those it has", wanted->link_type);
    return false;
}

static bool set_filter(pcap_t *pcap, const char *filter, const char *name, GError **error)
{
    struct bpf_program program;
    if (!filter || !*filter)
        return true;
    if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) < 0) {
        set_open_error(error, name, "\"%s\" is not a capture filter: %s (man pcap-filter)", filter, pcap_geterr(pcap));
        return false;
    }
    bool good = pcap_setfilter(pcap, &program) == 0;
    if (!good)
        set_open_error(error, name, "the capture filter cannot be set: %s", pcap_geterr(pcap));
    pcap_freecode(&program);
    return good;
}

bool fm_live_filter_check(const char *filter, GError **error)
{
    struct bpf_program program;
    if (!*filter)
        return true;
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, FM_MAX_FRAME);
    bool good = pcap && pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (good)
        pcap_freecode(&program);
    else
        g_set_error(error, FM_CAPTURE_ERROR, FM_CAPTURE_ERROR_OPEN, "no capture filter: %s", pcap ? pcap_geterr(pcap) : "no memory");
    if (pcap)
        pcap_close(pcap);
    return good;
}

/* An open handle, activated; NULL with error set. */
static pcap_t *activate(const FmLiveInterface *wanted, const char *name, int delay_ms, GError **error)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_create(name, text);
    if (!pcap) {
        set_open_error(error, name, "%s", text);
        return NULL;
    }
    pcap_set_snaplen(pcap, (int)(wanted->snap_length ? MIN(wanted->snap_length, FM_MAX_FRAME) : FM_MAX_FRAME));
    pcap_set_promisc(pcap, !wanted->not_promiscuous);
    pcap_set_timeout(pcap, delay_ms);
    pcap_set_buffer_size(pcap, (int)(MIN(wanted->buffer_mib ? wanted->buffer_mib : BUFFER_MIB, 2047) << 20));
    if (wanted->monitor)
        pcap_set_rfmon(pcap, 1);
    bool good = set_time_stamps(pcap, wanted, name, error);
    if (good) {
        int status = pcap_activate(pcap);
        good = status >= 0; /* above zero is a warning: promiscuous mode, say, is not to be had */
        if (!good)
            explain_activation(pcap, name, status, error);
    }
    if (!good || !set_link_type(pcap, wanted, name, error)) {
        pcap_close(pcap);
        return NULL;
    }
    return pcap;
}

/* The name of a device that may be given by its number. */
static char *find_name(const char *name, GError **error)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(name, 10, 1, UINT32_MAX, &number, NULL))
        return g_strdup(name);
    g_autoptr(GPtrArray) devices = fm_live_devices(error);
    if (!devices)
        return NULL;
    if (number > devices->len) {
        set_open_error(error, name, "there is no interface of that number; fathom -D lists those there are");
        return NULL;
    }
    return g_strdup(((const FmDevice *)devices->pdata[number - 1])->name);
}

static char *describe(const char *name)
{
    g_autoptr(GPtrArray) devices = fm_live_devices(NULL);
    for (size_t i = 0; devices && i < devices->len; i++) {
        const FmDevice *device = devices->pdata[i];
        if (strcmp(device->name, name) == 0)
            return g_strdup(device->description);
    }
    return NULL;
}

static bool open_device(FmSource *source, Device *device, const FmLiveInterface *wanted, GError **error)
{
    const Live *live = source->state;
    char text[PCAP_ERRBUF_SIZE];
    g_autofree char *name = find_name(wanted->name, error);
    if (!name)
        return false;
    device->pcap = activate(wanted, name, live->delay_ms, error);
    if (!device->pcap || !set_filter(device->pcap, wanted->filter, name, error))
        return false;
    if (pcap_setnonblock(device->pcap, 1, text) < 0) {
        set_open_error(error, name, "%s", text);
        return false;
    }
    bool nano = pcap_get_tstamp_precision(device->pcap) == PCAP_TSTAMP_PRECISION_NANO;
    device->fraction = nano ? 1 : FM_MICROSECOND;
    device->fd = pcap_get_selectable_fd(device->pcap);
    device->shown = g_new(FmInterface, 1);
    *device->shown = (FmInterface){
        .name = g_strdup(name),
        .description = describe(name),
        .filter = g_strdup(wanted->filter),
        .number = source->interfaces->len,
        .section = 1,
        .link_type = fm_link_type((uint32_t)pcap_datalink(device->pcap)),
        .snap_length = (uint32_t)pcap_snapshot(device->pcap),
        .resolution = device->fraction,
        .decimals = nano ? 9 : 6,
        .fcs_length = -1,
    };
    fm_source_take_interface(source, device->shown);
    return true;
}

static bool is_pipe(const char *name)
{
    struct stat status;
    return strcmp(name, "-") == 0 || (stat(name, &status) == 0 && S_ISFIFO(status.st_mode));
}

FmSource *fm_source_open_live(const FmLiveOptions *options, GError **error)
{
    if (options->count == 1 && is_pipe(options->interfaces[0].name))
        return fm_source_open_pipe(options->interfaces[0].name, options->stop_fd, options->wait_ms ? options->wait_ms : WAIT_MS,
                                   error);
    g_autoptr(FmSource) source = fm_source_new(g_strdup(options->interfaces[0].name));
    Live *live = g_new0(Live, 1);
    live->devices = g_new0(Device, options->count);
    live->waits = g_new0(struct pollfd, options->count + 1);
    live->wait_ms = options->wait_ms ? options->wait_ms : WAIT_MS;
    live->delay_ms = options->delay_ms ? options->delay_ms : DELAY_MS;
    live->stop_fd = options->stop_fd;
    source->state = live;
    source->next = live_next;
    source->close = live_close;
    source->format = g_strdup("live");
    for (size_t i = 0; i < options->count; i++) {
        live->count = i + 1;
        if (!open_device(source, &live->devices[i], &options->interfaces[i], error))
            return NULL;
    }
    return g_steal_pointer(&source);
}

GPtrArray *fm_live_link_types(const FmLiveInterface *interface, GError **error)
{
    g_autofree char *name = find_name(interface->name, error);
    FmLiveInterface wanted = { .monitor = interface->monitor, .not_promiscuous = true };
    pcap_t *pcap = name ? activate(&wanted, name, DELAY_MS, error) : NULL;
    if (!pcap)
        return NULL;
    GPtrArray *list = fm_device_list_new();
    int *types, n = pcap_list_datalinks(pcap, &types);
    for (int i = 0; i < n; i++) {
        const char *type = pcap_datalink_val_to_name(types[i]);
        g_autofree char *number = g_strdup_printf("DLT %d", types[i]);
        fm_device_list_add(list, type ? type : number, pcap_datalink_val_to_description(types[i]));
    }
    if (n > 0)
        pcap_free_datalinks(types);
    pcap_close(pcap);
    return list;
}

GPtrArray *fm_live_time_stamp_types(const FmLiveInterface *interface, GError **error)
{
    char text[PCAP_ERRBUF_SIZE] = "";
    g_autofree char *name = find_name(interface->name, error);
    pcap_t *pcap = name ? pcap_create(name, text) : NULL;
    if (!pcap) {
        if (name)
            set_open_error(error, name, "%s", text);
        return NULL;
    }
    GPtrArray *list = fm_device_list_new();
    int *types, n = pcap_list_tstamp_types(pcap, &types);
    for (int i = 0; i < n; i++)
        fm_device_list_add(list, pcap_tstamp_type_val_to_name(types[i]), pcap_tstamp_type_val_to_description(types[i]));
    if (n > 0)
        pcap_free_tstamp_types(types);
    pcap_close(pcap);
    return list;
}

bool fm_live_link_type_known(const char *name)
{
    return pcap_datalink_name_to_val(name) >= 0;
}
