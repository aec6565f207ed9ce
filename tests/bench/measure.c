/* Runs two commands in turn and prints the medians: seconds, peak resident MB, and how many times longer the second takes.
 *
 *   measure RUNS NAME COMMAND [COMMAND]      commands are words for sh -c; their output is thrown away
 *
 * Exit status 1 if a command fails. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RUNS = 99 };

typedef struct Figures {
    double seconds[MAX_RUNS], megabytes[MAX_RUNS];
} Figures;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(const char *command, int i, Figures *figures)
{
    double began = now();
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        for (int fd = 0; fd < 3; fd++)
            dup2(null, fd);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    int status;
    struct rusage used;
    if (child < 0 || wait4(child, &status, 0, &used) < 0) {
        perror("measure");
        exit(2);
    }
    figures->seconds[i] = now() - began;
    figures->megabytes[i] = (double)used.ru_maxrss / 1024;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "measure: \"%s\" failed (status %x)\n", command, (unsigned)status);
        exit(1);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(const double *values, int n)
{
    double sorted[MAX_RUNS];
    for (int i = 0; i < n; i++)
        sorted[i] = values[i];
    qsort(sorted, (size_t)n, sizeof *sorted, ascending);
    return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

int main(int argc, char **argv)
{
    int runs = argc > 1 ? atoi(argv[1]) : 0;
    if (argc < 4 || argc > 5 || runs < 1 || runs > MAX_RUNS) {
        fputs("usage: measure RUNS NAME COMMAND [COMMAND]\n", stderr);
        return 2;
    }
    static Figures ours, theirs;
    double ratios[MAX_RUNS];
    for (int i = 0; i < runs; i++) {
        run(argv[3], i, &ours);
        if (argc == 5) {
            run(argv[4], i, &theirs);
            ratios[i] = theirs.seconds[i] / ours.seconds[i];
        }
    }
    printf("%-34s %8.3f s %7.1f MB", argv[2], median(ours.seconds, runs), median(ours.megabytes, runs));
    if (argc == 5)
        printf("   %8.3f s %7.1f MB   %7.2f x", median(theirs.seconds, runs), median(theirs.megabytes, runs), median(ratios, runs));
    putchar('\n');
    return 0;
}
