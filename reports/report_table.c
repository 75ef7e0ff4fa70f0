// SPDX-License-Identifier: MIT
#include "report_table.h"

#include <string.h>
#include <strings.h>

static const hp_report *const reports[] = {
#define HP_REPORT(name) &hp_report_##name,
#include HP_REPORTS
#undef HP_REPORT
};
enum { REPORT_COUNT = sizeof reports / sizeof *reports };

const hp_report *hp_report_at(size_t index)
{
    return index < REPORT_COUNT ? reports[index] : NULL;
}

const hp_report *hp_report_find(const char *name)
{
    for (size_t i = 0; i < REPORT_COUNT; i++)
        if (strcmp(reports[i]->name, name) == 0)
            return reports[i];
    return NULL;
}

static bool ends_with(const char *name, size_t length, const char *ending, size_t size)
{
    return length > size && strncasecmp(name + length - size, ending, size) == 0;
}

/* "callgrind.out" begins callgrind.out.42, but not callgrind.output. */
static bool begins_with(const char *name, size_t length, const char *beginning, size_t size)
{
    return length >= size && strncasecmp(name, beginning, size) == 0 &&
           (length == size || name[size] == '.');
}

static bool stands_for(const char *name, size_t length, const char *files)
{
    for (; *files; files += *files == ' ') {
        size_t size = strcspn(files, " ");

        if ((*files == '.' ? ends_with : begins_with)(name, length, files, size))
            return true;
        files += size;
    }
    return false;
}

const hp_report *hp_report_for_file(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t length = strlen(name);

    if (ends_with(name, length, ".gz", 3))
        length -= 3;
    for (size_t i = 0; i < REPORT_COUNT; i++)
        if (reports[i]->files && stands_for(name, length, reports[i]->files))
            return reports[i];
    return NULL;
}
