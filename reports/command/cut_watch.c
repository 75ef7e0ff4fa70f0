// SPDX-License-Identifier: MIT
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "command/cut_watch.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static uintptr_t page_size;
static atomic_uint watches;        /* that are going on */
static atomic_uint hits_elsewhere; /* in threads that watch nothing: those that readers start */
static _Thread_local hp_cut_watch *current;

/* Puts a page of zeros where the file has none any more. */
static void survive(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    char *page = (char *)info->si_addr - (uintptr_t)info->si_addr % page_size;

    (void)context;
    if (info->si_code != BUS_ADRERR || atomic_load(&watches) == 0 ||
        mmap(page, page_size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
            MAP_FAILED)
        signal(number, SIG_DFL); /* the same happens again, and ends the process */
    else if (current)
        current->hit = 1;
    else
        atomic_fetch_add(&hits_elsewhere, 1);
    errno = saved;
}

static void install(void)
{
    struct sigaction action = {.sa_sigaction = survive, .sa_flags = SA_SIGINFO};

    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}

void hp_cut_watch_start(hp_cut_watch *watch)
{
    pthread_once(&once, install);
    *watch = (hp_cut_watch){.hits_elsewhere = atomic_load(&hits_elsewhere)};
    current = watch;
    atomic_fetch_add(&watches, 1);
}

bool hp_cut_watch_end(const hp_cut_watch *watch)
{
    atomic_fetch_sub(&watches, 1);
    current = NULL;
    return watch->hit || watch->hits_elsewhere != atomic_load(&hits_elsewhere);
}
