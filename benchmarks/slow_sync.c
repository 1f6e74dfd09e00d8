/* Preload shim: every fsync and fdatasync takes so many milliseconds longer, as on a slow disk.
 *
 * cc -O2 -shared -fPIC -o slow_sync.so slow_sync.c -ldl
 * SLOW_SYNC_MS=4 LD_PRELOAD=./slow_sync.so program
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void delay(void)
{
    const char *text = getenv("SLOW_SYNC_MS");
    long ms = text ? atol(text) : 4;
    struct timespec rest = {ms / 1000, (ms % 1000) * 1000000L};
    nanosleep(&rest, NULL);
}

int fsync(int fd)
{
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    delay();
    return real(fd);
}

int fdatasync(int fd)
{
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    delay();
    return real(fd);
}
