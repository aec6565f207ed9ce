/* Random keys for a program in a terminal of random sizes.
 *
 *   keys [-n COUNT] [-s SEED] PROGRAM [ARGUMENT ...]
 *
 * The program is started again when it has ended well. Fails when it ends otherwise, when something that a sanitizer says is among
 * its standard error, and when it no longer answers. The same seed sends the same keys. */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include <glib.h>

enum { PATIENCE_S = 60, MOST_AT_ONCE = 6, KEYS_PER_SIZE = 150 };

static const char *const keys[] = {
    "j", "k", "h", "l", "\033[A", "\033[B", "\033[C", "\033[D", "\033OA", "\033OB", "\033OC", "\033OD", "\033[5~", "\033[6~", "\033[H", "\033[F",
    "\r", "\r", "\r", "\r", "\r", "\033", "\033", "\t", "\t", "\033[Z", "\033", "\177", " ", "/", ":", "?", "n", "N", "+", "-", "<", ">", "[", "]", "\\", "'", "\"", "*", "#",
    "a", "A", "b", "B", "c", "C", "d", "D", "e", "E", "f", "F", "g", "G", "H", "i", "I", "J", "K", "L", "m", "M", "o", "O", "p", "P", "r", "R",
    "s", "S", "t", "T", "u", "U", "v", "V", "w", "W", "x", "X", "y", "Y", "z", "Z", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9",
    "\001", "\002", "\004", "\005", "\006", "\013", "\014", "\016", "\020", "\025", "\027",
    "\033OP", "\033OQ", "\033OR", "\033OS", "\033[15~", "\033[17~", "\033[18~", "\033[19~", "\033[20~", "\033[21~",
    "\033[<0;5;3M", "\033[<0;40;10M", "\033[<0;70;20M", "\033[<64;40;10M", "\033[<65;40;10M", "\033[<0;999;999M",
    "tcp", "ip.addr", " == ", "192.0.2.10", "tcp.len > 0", "1-20", "\303\251", "\342\226\222", "\377", "quit\r", "q",
};

typedef struct Run {
    char **command;
    GRand *random;
    pid_t pid;
    int terminal, other; /* our end, and the program's */
    int status;
    bool gone;
    char *errors; /* where the program's standard error goes */
    unsigned long sent, starts;
} Run;

/* Takes what the program has drawn. Returns whether it is still there. */
static bool drain(Run *run)
{
    char drawn[65536];
    while (read(run->terminal, drawn, sizeof drawn) > 0)
        continue;
    run->gone = run->gone || waitpid(run->pid, &run->status, WNOHANG) == run->pid;
    return !run->gone;
}

static void pause_for_news(const Run *run)
{
    struct pollfd p = { run->terminal, POLLIN, 0 };
    poll(&p, 1, 1);
}

static void start(Run *run)
{
    struct winsize size = { .ws_row = 24, .ws_col = 80 };
    if (openpty(&run->terminal, &run->other, NULL, NULL, &size) != 0 || (run->pid = fork()) < 0) {
        perror("keys: a terminal");
        exit(2);
    }
    if (run->pid == 0) {
        int errors = open(run->errors, O_WRONLY | O_CREAT | O_APPEND, 0600);
        close(run->terminal);
        login_tty(run->other);
        if (errors >= 0)
            dup2(errors, STDERR_FILENO);
        execvp(run->command[0], run->command);
        _exit(127);
    }
    run->gone = false;
    run->starts++;
    struct pollfd drawn = { run->terminal, POLLIN, 0 };
    poll(&drawn, 1, PATIENCE_S * 1000);
    fcntl(run->terminal, F_SETFL, O_NONBLOCK);
}

static bool said_nothing(const Run *run)
{
    g_autofree char *said = NULL;
    if (!g_file_get_contents(run->errors, &said, NULL, NULL) || !(strstr(said, "ERROR: ") || strstr(said, "runtime error") || strstr(said, "CRITICAL")))
        return true;
    fprintf(stderr, "%.6000s\n", said);
    return false;
}

/* Waits for the program's end: it may be started again if it ended well. */
static bool ended_well(Run *run)
{
    for (time_t until = time(NULL) + PATIENCE_S; drain(run) && time(NULL) < until;)
        pause_for_news(run);
    bool stuck = !run->gone;
    if (stuck) {
        kill(run->pid, SIGABRT);
        waitpid(run->pid, &run->status, 0);
    }
    close(run->terminal);
    close(run->other);
    bool well = WIFEXITED(run->status) && WEXITSTATUS(run->status) == 0;
    if (stuck)
        fprintf(stderr, "keys: it no longer answers after %lu keys\n", run->sent);
    else if (!well)
        fprintf(stderr, "keys: it ended with %s %d after %lu keys\n", WIFSIGNALED(run->status) ? "signal" : "status",
                WIFSIGNALED(run->status) ? WTERMSIG(run->status) : WEXITSTATUS(run->status), run->sent);
    return said_nothing(run) && well;
}

/* Does its main thread wait for something? */
static bool sleeps(const Run *run)
{
    char path[32];
    g_autofree char *text = NULL;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)run->pid);
    const char *state = g_file_get_contents(path, &text, NULL, NULL) ? strrchr(text, ')') : NULL;
    return !state || state[2] != 'R';
}

/* Has the program taken all bytes that were sent, and drawn what came of them, in time? If not it has ended, or will not answer any
 * more. */
static bool took_all(Run *run)
{
    for (time_t until = time(NULL) + PATIENCE_S; drain(run) && time(NULL) < until;) {
        int left = 0;
        if (ioctl(run->other, FIONREAD, &left) == 0 && left == 0 && sleeps(run))
            return true;
        pause_for_news(run);
    }
    return false;
}

static void resize(Run *run)
{
    static const struct winsize sizes[] = {
        { 24, 80, 0, 0 }, { 40, 120, 0, 0 }, { 60, 200, 0, 0 }, { 1, 1, 0, 0 }, { 2, 2, 0, 0 }, { 3, 10, 0, 0 }, { 10, 40, 0, 0 }, { 24, 20, 0, 0 }, { 5, 300, 0, 0 },
    };
    ioctl(run->terminal, TIOCSWINSZ, &sizes[g_rand_int_range(run->random, 0, G_N_ELEMENTS(sizes))]);
}

static void press(Run *run)
{
    g_autoptr(GString) batch = g_string_new(NULL);
    int count = g_rand_int_range(run->random, 1, MOST_AT_ONCE);
    for (int i = 0; i < count; i++)
        g_string_append(batch, keys[g_rand_int_range(run->random, 0, G_N_ELEMENTS(keys))]);
    if (write(run->terminal, batch->str, batch->len) != (ssize_t)batch->len)
        perror("keys");
    run->sent += (unsigned)count;
    if (g_rand_int_range(run->random, 0, KEYS_PER_SIZE / MOST_AT_ONCE) == 0)
        resize(run);
}

static bool play(Run *run, unsigned long count)
{
    start(run);
    while (run->sent < count) {
        press(run);
        if (took_all(run))
            continue;
        if (!ended_well(run))
            return false;
        start(run);
    }
    kill(run->pid, SIGTERM);
    return ended_well(run);
}

int main(int argc, char **argv)
{
    unsigned long count = 100000, seed = 1;
    for (int option; (option = getopt(argc, argv, "+n:s:")) != -1;)
        switch (option) {
        case 'n': count = strtoul(optarg, NULL, 10); break;
        case 's': seed = strtoul(optarg, NULL, 10); break;
        default: return 2;
        }
    if (optind == argc) {
        fputs("keys [-n COUNT] [-s SEED] PROGRAM [ARGUMENT ...]\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    g_autoptr(GRand) random = g_rand_new_with_seed((guint32)seed);
    Run run = { .command = argv + optind, .random = random };
    g_autoptr(GError) error = NULL;
    int file = g_file_open_tmp("keys-XXXXXX", &run.errors, &error);
    if (file < 0) {
        fprintf(stderr, "keys: %s\n", error->message);
        return 2;
    }
    close(file);
    bool good = play(&run, count);
    printf("keys: seed %lu: %lu keys, %lu starts: %s\n", seed, run.sent, run.starts, good ? "good" : "FAILED");
    unlink(run.errors);
    g_free(run.errors);
    return good ? 0 : 1;
}
