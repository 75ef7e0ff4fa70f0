// SPDX-License-Identifier: MIT
#include "pstats/dump.h"

#include "model/array.h"

#include <stdlib.h>
#include <string.h>

void hp_dump_free(hp_dump *dump)
{
    free(dump->functions);
    free(dump->calls);
}

bool hp_dump_need_functions(hp_dump *dump, size_t count)
{
    if (count <= dump->function_count)
        return true;
    if (!hp_array_reserve(&dump->functions, &dump->function_capacity, count,
                          sizeof *dump->functions))
        return false;
    memset(dump->functions + dump->function_count, 0,
           (count - dump->function_count) * sizeof *dump->functions);
    dump->function_count = count;
    return true;
}

hp_dump_call *hp_dump_add_call(hp_dump *dump)
{
    if (!hp_array_reserve(&dump->calls, &dump->call_capacity, dump->call_count + 1,
                          sizeof *dump->calls))
        return NULL;
    dump->calls[dump->call_count] = (hp_dump_call){.count = 0};
    return &dump->calls[dump->call_count++];
}
