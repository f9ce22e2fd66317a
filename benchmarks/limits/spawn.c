/* The bare loop: start a command with two files of its own, wait for it, start the next. Nothing is kept but the files.
 *
 * spawn JOBS AT_ONCE DIRECTORY PROGRAM [ARGUMENT...]
 * Prints the seconds that it took. AT_ONCE 1 is the chain: one after the other.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int open_new(const char *directory, long number, const char *ending) {
    char path[4096];
    snprintf(path, sizeof path, "%s/job_%ld.%s", directory, number, ending);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
    if (descriptor < 0) fail(path);
    return descriptor;
}

static void start(const char *directory, long number, char **arguments, int null) {
    int out = open_new(directory, number, "o");
    int err = open_new(directory, number, "e");
    pid_t child = vfork();
    if (child < 0) fail("vfork");
    if (child == 0) {
        dup2(null, 0);
        dup2(out, 1);
        dup2(err, 2);
        execve(arguments[0], arguments, environ);
        _exit(127);
    }
    close(out);
    close(err);
}

int main(int count, char **words) {
    if (count < 5) {
        fprintf(stderr, "usage: spawn JOBS AT_ONCE DIRECTORY PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    long jobs = atol(words[1]), at_once = atol(words[2]), started = 0, ended = 0;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0) fail("/dev/null");
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    while (ended < jobs) {
        while (started < jobs && started - ended < at_once) start(words[3], started++, words + 4, null);
        int status;
        if (waitpid(-1, &status, 0) < 0) fail("waitpid");
        if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
            fprintf(stderr, "a job failed\n");
            return 1;
        }
        ended++;
    }
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("%.6f\n", (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9);
    return 0;
}
