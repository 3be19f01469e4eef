/* The time of day, moved by as many nanoseconds as the file MOVED_CLOCK holds (64 bits, the
   machine's byte order). Sleeps, timeouts and the monotonic clock are left as they are: libfaketime
   moves what a sleep waits for, too, and Python's time.sleep() then fails. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

static const volatile int64_t *moved;

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("MOVED_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *found = mmap(NULL, sizeof *moved, PROT_READ, MAP_SHARED, file, 0);
    if (found != MAP_FAILED)
        moved = found;
    close(file);
}

static struct timespec later(struct timespec at, int64_t by)
{
    int64_t whole = at.tv_sec * SECOND + at.tv_nsec + by;
    return (struct timespec){whole / SECOND, whole % SECOND};
}

int clock_gettime(clockid_t clock, struct timespec *at)
{
    int failed = (int)syscall(SYS_clock_gettime, clock, at);
    if (!failed && moved && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        *at = later(*at, *moved);
    return failed;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    *at = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *kept)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (kept)
        *kept = now.tv_sec;
    return now.tv_sec;
}

/* its deadline is a time of day (POSIX) */
int sem_timedwait(sem_t *restrict lock, const struct timespec *restrict until)
{
    static int (*wait)(sem_t *, const struct timespec *);
    if (!wait)
        wait = (int (*)(sem_t *, const struct timespec *))dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec real = later(*until, moved ? -*moved : 0);
    return wait(lock, &real);
}
