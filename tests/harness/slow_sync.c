/* A slow disk: every fsync and fdatasync takes SLOW_SYNC_US longer. Preloaded into the mall (LD_PRELOAD), because strace,
   even with --seccomp-bpf, stops the threads that never sync at each of their system calls and makes everything slow. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_for_the_disk(void) {
    const char *us = getenv("SLOW_SYNC_US");
    if (us) usleep((useconds_t)atol(us));
}

int fsync(int fd) {
    wait_for_the_disk();
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    wait_for_the_disk();
    return (int)syscall(SYS_fdatasync, fd);
}
