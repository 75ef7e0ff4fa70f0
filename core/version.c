// SPDX-License-Identifier: MIT
#include "hotprof.h"

const char *hp_version(void)
{
    return HP_VERSION;
}
