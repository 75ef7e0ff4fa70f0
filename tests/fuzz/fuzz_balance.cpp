// SPDX-License-Identifier: MIT
/* The calls of any dump add up, and those of a program's dump cost what the program did. */
#include "support/balance_check.h"

#include <cstdio>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    for (const auto check :
         {test::wrong_in_any_dump, test::wrong_in_recorded_dump, test::wrong_in_stripped_dump}) {
        const std::string wrong = check(data, size);

        if (!wrong.empty()) {
            fprintf(stderr, "%s\n", wrong.c_str());
            abort();
        }
    }
    return 0;
}
