// SPDX-License-Identifier: MIT
#include "report_table.h"

#include <string.h>

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
