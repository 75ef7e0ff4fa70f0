// SPDX-License-Identifier: MIT
#include "command/output_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct hp_output_page {
    hp_output_file file;
    struct hp_output_page *before;
};

static const char number_sign[] = "%d";

/* The pattern with the number instead of "%d", to be freed; NULL without memory. */
static char *page_name(const char *pattern, size_t number, bool several)
{
    const char *sign = several ? strstr(pattern, number_sign) : NULL;
    size_t size = strlen(pattern) + 24;
    char *name = malloc(size);

    if (name && sign)
        snprintf(name, size, "%.*s%zu%s", (int)(sign - pattern), pattern, number,
                 sign + strlen(number_sign));
    else if (name)
        strcpy(name, pattern);
    return name;
}

FILE *hp_output_files_next(void *context, hp_error *error)
{
    hp_output_files *files = context;
    struct hp_output_page *page;
    char *name;
    hp_status status;

    if (files->pages && hp_output_file_close(&files->pages->file, error) != HP_OK)
        return NULL;
    page = malloc(sizeof *page);
    name = page_name(files->pattern, files->count + 1, files->several);
    if (!page || !name) {
        hp_no_memory(error);
        free(page);
        free(name);
        return NULL;
    }
    status = hp_output_file_open(&page->file, name, error);
    free(name);
    if (status != HP_OK) {
        free(page);
        return NULL;
    }
    page->before = files->pages;
    files->pages = page;
    files->count++;
    return page->file.stream;
}

static void drop_all(hp_output_files *files, void (*drop)(hp_output_file *))
{
    while (files->pages) {
        struct hp_output_page *page = files->pages;

        drop(&page->file);
        files->pages = page->before;
        free(page);
    }
}

hp_status hp_output_files_commit(hp_output_files *files, hp_error *error)
{
    hp_status status = files->pages ? hp_output_file_close(&files->pages->file, error) : HP_OK;
    int reason = errno;
    sigset_t signals;

    hp_temporary_hold_signals(&signals);
    for (struct hp_output_page *page = files->pages; page && status == HP_OK; page = page->before) {
        status = hp_output_file_place(&page->file, files->count > 1, error);
        reason = errno;
    }
    drop_all(files, status == HP_OK ? hp_output_file_finish : hp_output_file_remove);
    hp_temporary_release_signals(&signals);
    errno = reason;
    return status;
}

void hp_output_files_abandon(hp_output_files *files)
{
    drop_all(files, hp_output_file_remove);
}
