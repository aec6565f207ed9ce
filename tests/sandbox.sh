#!/bin/bash
# What a dissector that has gone wrong can still do: a plugin that tries, and tells. And that everything meant to be written is.
# shellcheck disable=SC2154
. "$(dirname "$0")/checks.sh"
"$fathom" -v | grep -q '^with.* seccomp ' || skip sandbox "built without libseccomp"
compiler sandbox
cd "$work" || exit 2

cat >escape.c <<'C'
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/plugin.h"

enum { ESCAPE };

static const FmField fields[] = { [ESCAPE] = { "escape", "Escape", FM_PROTOCOL } };

static const char *how(long result)
{
    return result >= 0 ? "done" : errno == EACCES || errno == EPERM ? "refused" : "failed";
}

static void *nothing(void *data)
{
    return data;
}

static void tell(const char *what, long result)
{
    dprintf(STDERR_FILENO, "%s %s\n", what, how(result));
}

static void dissect(FmDissection *d, FmCursor *c)
{
    char *arguments[] = { "true", NULL };
    const char *path = getenv("ESCAPE");
    pthread_t thread;
    tell("write", open(path, O_WRONLY | O_CREAT, 0600));
    tell("read", open("/etc/passwd", O_RDONLY));
    tell("remove", unlink("stays"));
    tell("truncate", truncate("stays", 0));
    tell("socket", socket(AF_INET, SOCK_STREAM, 0));
    tell("local socket", socket(AF_UNIX, SOCK_STREAM, 0));
    tell("trace", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    tell("thread", pthread_create(&thread, NULL, nothing, NULL) == 0 ? pthread_join(thread, NULL) : -1);
    tell("execute", execv("/bin/true", arguments));
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    tell("fork", child);
    fm_add_bytes(d, ESCAPE, c, fm_left(c));
}

static const FmProtocol escape = { .abbrev = "escape", .name = "ESCAPE", .title = "Escape", FM_FIELDS(fields), FM_BINDINGS({ FM_UDP_PORT, 4444 }), .dissect = dissect };

FM_PLUGIN(&escape);
C
$cc -std=c11 -D_GNU_SOURCE -shared -fPIC "${flags[@]}" "-I$top/src" escape.c -o escape.so -pthread || exit 1
printf '%b' "$(sed 's/../\\x&/g' <<<"a1b2c3d40002000400000000000000000000ffff000000010000000000000000\
0000002b0000002b02000000000102000000000208004500001d00000000401100007f0000017f00000104d2115c0009000041")" >escape.pcap

all_refused() # but for what is said
{
    [ "$(grep -c ' refused$' err)" = 8 ] && grep -qx 'read done' err && grep -qx 'thread done' err
}

export ESCAPE=$work/escaped
echo here >stays
for words in "-r escape.pcap" "-V -r escape.pcap" "-r escape.pcap -w copy.pcapng -P -Y escape" "flows escape.pcap" "explain escape.pcap" "objects escape.pcap" "series escape.pcap"; do
    read -ra list <<<"$words"
    if [ "${list[0]}" = series ]; then
        FATHOM_PLUGINS=$work/escape.so run "${list[@]}"
    else
        case ${list[0]} in
        -*) run --plugin ./escape.so "${list[@]}" ;;
        *) run "${list[0]}" --plugin ./escape.so "${list[@]:1}" ;;
        esac
    fi
    check "fathom $words" all_refused
done
check "nothing was written" [ ! -e escaped ]
check "nothing was removed" [ "$(cat stays)" = here ]
check "the copy is whole" [ "$("$fathom" -r copy.pcapng 2>/dev/null | wc -l)" = 1 ]

# ---- where something is to be written later, that and nothing else
mkdir kept
if "$fathom" -v | grep -q '^with.* Landlock' && unshare -rn true 2>/dev/null; then # the kernel may still have none
    ESCAPE=$work/kept/escaped run --plugin ./escape.so -r escape.pcap --export-objects http,kept
    check "in the folder of objects" grep -qx 'write done' err
    if ! "$fathom" --plugin ./escape.so -r escape.pcap --export-objects http,kept 2>&1 | grep -qx 'write done'; then
        run --plugin ./escape.so -r escape.pcap --export-objects http,kept
        check "not elsewhere" all_refused
    else
        echo "sandbox: this kernel has no Landlock"
        rm -f escaped
        echo here >stays
    fi
fi
data=$top/testdata
run -r "$data/http1.pcapng" -q --export-objects http,new
check "objects" [ "$status,$(ls new | wc -l)" != 0,0 -a "$status" = 0 ]
run objects "$data/http1.pcapng" -o other/
check "objects by the command" [ "$status,$(ls other | wc -l)" != 0,0 -a "$status" = 0 ]
run -r "$data/tls12.pcapng" -q --export-tls-session-keys keys
check "keys" [ "$status,$(wc -l <keys)" != 0,0 -a "$status" = 0 ]
run follow "$data/http1.pcapng" 0 -o followed
check "what a flow carried" [ "$status" = 0 -a -s followed ]
run report "$data/bulk-cubic.pcapng" -o page.html
check "a report" [ "$status" = 0 -a -s page.html ]
run qlog "$data/quic.pcapng" -o trace.sqlog
check "a qlog" [ "$status" = 0 -a -s trace.sqlog ]
if "$fathom" -v | grep -q '^with.* cairo '; then
    run plot "$data/bulk-cubic.pcapng" 0 -o picture.svg
    check "a picture" [ "$status" = 0 -a -s picture.svg ]
fi
"$fathom" -2 -r - -T fields -e dns.time <"$data/dns.pcapng" >out 2>err
check "two passes over a pipe" [ $? = 0 -a -s out ]
SSLKEYLOGFILE=$data/tls13-no-keys.keys run -r "$data/tls13-no-keys.pcap" -o "tls.keylog_file:$data/tls13-no-keys.keys" -Y http
check "a key log" [ "$status" = 0 -a -s out ]

count_up sandbox
