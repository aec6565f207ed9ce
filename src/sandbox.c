/* seccomp and Landlock. */
#include "config.h"

#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef HAVE_SECCOMP
#include <seccomp.h>
#endif
#ifdef HAVE_LANDLOCK
#include <linux/landlock.h>
#endif

void fm_sandbox_write(FmSandbox *sandbox, const char *path)
{
    if (path && strcmp(path, "-") != 0 && sandbox->count < FM_SANDBOX_WRITES)
        sandbox->writes[sandbox->count++] = path;
    else if (path && strcmp(path, "-") != 0)
        sandbox->anywhere = true;
}

void fm_sandbox_options(FmSandbox *sandbox, const FmOptions *options)
{
    if (options->ring->len)
        fm_sandbox_write(sandbox, options->write_file);
    fm_sandbox_write(sandbox, options->export_keys);
    if (options->two_pass)
        fm_sandbox_write(sandbox, g_get_tmp_dir());
    for (guint i = 0; i < options->exports->len; i++) {
        const char *comma = strchr(options->exports->pdata[i], ',');
        fm_sandbox_write(sandbox, comma ? comma + 1 : NULL);
    }
}

#ifdef HAVE_LANDLOCK

/* Rights of later kernels than the headers are of. */
#define TRUNCATE (UINT64_C(1) << 14)
#define CONNECT_AND_BIND UINT64_C(3)
#define SCOPES UINT64_C(3) /* abstract sockets, signals */

typedef struct Ruleset {
    uint64_t files, network, scoped;
} Ruleset;

static const uint64_t changes = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
static const uint64_t makes = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG;

/* The folder, or the nearest one above that is there. -1: none. */
static int open_folder(const char *path)
{
    g_autofree char *folder = g_strdup(path);
    for (;;) {
        int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0 || strcmp(folder, "/") == 0 || strcmp(folder, ".") == 0)
            return fd;
        char *above = g_path_get_dirname(folder);
        g_free(folder);
        folder = above;
    }
}

static void allow(int ruleset, const char *path, uint64_t rights)
{
    struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = open_folder(path) };
    if (rule.parent_fd < 0)
        return;
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
}

static bool restrict_files(const FmSandbox *sandbox)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return false;
    uint64_t truncate = abi >= 3 ? TRUNCATE : 0;
    Ruleset rules = { .files = LANDLOCK_ACCESS_FS_EXECUTE | (sandbox->anywhere ? 0 : changes | truncate) };
    rules.network = abi >= 4 ? CONNECT_AND_BIND : 0;
    rules.scoped = abi >= 6 ? SCOPES : 0;
    size_t size = abi >= 6 ? sizeof rules : abi >= 4 ? offsetof(Ruleset, scoped) : offsetof(Ruleset, network);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (ruleset < 0)
        return false;
    for (size_t i = 0; i < sandbox->count && !sandbox->anywhere; i++)
        allow(ruleset, sandbox->writes[i], makes | truncate);
    bool good = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return good;
}

#else

static bool restrict_files(const FmSandbox *sandbox)
{
    return false;
}

#endif

#ifdef HAVE_SECCOMP

/* Nobody needs these any more: processes, sockets, other processes, the machine, ways around a filter. */
static const int refused[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork),
    SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(move_mount),
    SCMP_SYS(open_tree), SCMP_SYS(fsopen), SCMP_SYS(fsmount), SCMP_SYS(fspick),
    SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(reboot),
    SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(adjtimex),
    SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl),
    SCMP_SYS(open_by_handle_at), SCMP_SYS(personality), SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid),
    SCMP_SYS(setresuid), SCMP_SYS(setresgid), SCMP_SYS(setgroups), SCMP_SYS(capset), SCMP_SYS(mknod), SCMP_SYS(mknodat), SCMP_SYS(chmod),
    SCMP_SYS(fchmodat), SCMP_SYS(chown), SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(setxattr), SCMP_SYS(lsetxattr), SCMP_SYS(link),
    SCMP_SYS(linkat), SCMP_SYS(symlink), SCMP_SYS(symlinkat),
};

/* Where nothing more is written. */
static const int changing[] = {
    SCMP_SYS(creat), SCMP_SYS(truncate), SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
    SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir),
};

static void refuse_writing(scmp_filter_ctx filter)
{
    static const struct {
        int call;
        unsigned argument; /* the flags */
    } opens[] = { { SCMP_SYS(open), 1 }, { SCMP_SYS(openat), 2 } };
    static const int flags[] = { O_WRONLY, O_RDWR, O_CREAT, O_TRUNC };
    for (size_t i = 0; i < G_N_ELEMENTS(changing); i++)
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), changing[i], 0);
    for (size_t i = 0; i < G_N_ELEMENTS(opens); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(flags); k++)
            seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), opens[i].call, 1,
                             SCMP_CMP(opens[i].argument, SCMP_CMP_MASKED_EQ, (scmp_datum_t)flags[k], (scmp_datum_t)flags[k]));
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(openat2), 0); /* its flags are out of a filter's sight */
}

static void restrict_calls(bool writes)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused[i], 0);
    /* Threads, but no processes; clone3's flags are out of a filter's sight, and without it the C library takes clone. */
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, TIOCSTI)); /* typing for the user */
    if (!writes)
        refuse_writing(filter);
    seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    seccomp_load(filter);
    seccomp_release(filter);
}

#else

static void restrict_calls(bool writes)
{
}

#endif

void fm_sandbox_enter(const FmSandbox *sandbox)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return;
    restrict_files(sandbox);
    restrict_calls(sandbox->anywhere || sandbox->count);
}
