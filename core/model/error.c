// SPDX-License-Identifier: MIT
#include "model/error.h"

#include <stdarg.h>
#include <stdio.h>

hp_status hp_error_set(hp_error *error, hp_status status, uint64_t offset, const char *format, ...)
{
    va_list arguments;

    if (!error || error->status != HP_OK)
        return status;
    error->status = status;
    error->offset = offset;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

void hp_error_clear(hp_error *error)
{
    *error = (hp_error){.status = HP_OK};
}

hp_status hp_no_memory(hp_error *error)
{
    return hp_error_set(error, HP_NO_MEMORY, 0, "out of memory");
}

hp_status hp_overflow(hp_error *error)
{
    return hp_error_set(error, HP_OVERFLOW, 0, "a sum of costs or calls does not fit into 64 bits");
}
