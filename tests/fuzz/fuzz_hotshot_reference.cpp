// SPDX-License-Identifier: MIT
/* The reader of hotshot logs reads any bytes as the reference reader does, number by number, at a
 * stretch, in two parts of any size, and in several. */
#include "support/reference_reader.h"
#include "support/support.h"

#include <cstdio>
#include <cstdlib>

using namespace test;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const std::string key = "current-directory";
    std::string log(reinterpret_cast<const char *>(data), size);

    /* A directory that changes midway parts functions that facts, which know recorded names alone,
     * cannot tell apart. */
    for (size_t at = 0; (at = log.find(key, at)) != std::string::npos;)
        log[at] = 'C';
    if (!is_hotshot_log(log))
        return 0;

    const Facts expected = read_by_reference(log);
    const size_t middle = log.size() * (data[size - 1] + 1u) / 257;
    const unsigned several = 3 + data[size - 1] % 14;
    for (const unsigned parts : {1u, 2u, several}) {
        const Loaded loaded = load_parts(log, parts, parts == 2 ? middle : log.size() / several);
        const std::string wrong = differences(expected, facts_of_profile(loaded.profile.get())) +
                                  violated_invariants(loaded.profile.get());
        if (!wrong.empty()) {
            fprintf(stderr, "%s\n", wrong.c_str());
            abort();
        }
    }
    return 0;
}
