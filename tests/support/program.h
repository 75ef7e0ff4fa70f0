// SPDX-License-Identifier: MIT
/* Profiles of made-up programs of any size and shape. */
#ifndef HP_TESTS_PROGRAM_H
#define HP_TESTS_PROGRAM_H

#include "support/profile_builder.h"

#include <functional>
#include <random>

namespace test
{

/* The name of a function of such a program. */
inline std::string function_name(size_t number)
{
    return "function_" + std::to_string(number);
}

/* A program of so many functions, of which parent tells who calls each one but the first; extra
 * calls more go from earlier functions to later ones. Costs are consistent, and differ. */
inline Builder program(size_t functions, const std::function<size_t(size_t)> &parent,
                       size_t extra = 0, unsigned seed = 1,
                       const std::function<std::string(size_t)> &name = function_name)
{
    Builder builder;
    std::vector<uint64_t> self(functions), inclusive(functions);
    std::vector<hp_function_id> ids(functions);
    std::mt19937 random(seed);
    for (size_t i = 0; i < functions; i++)
        inclusive[i] = self[i] = 1000 + random() % 9000;
    for (size_t i = functions; i-- > 1;)
        inclusive[parent(i)] += inclusive[i];
    for (size_t i = 0; i < functions; i++)
        ids[i] = builder.function(name(i), "/src/module" + std::to_string(i % 7) + ".py", i + 1, 1,
                                  1, {self[i]}, {inclusive[i]});
    for (size_t i = 1; i < functions; i++)
        builder.call(ids[parent(i)], ids[i], 1, {inclusive[i]});
    for (size_t i = 0; i < extra && functions > 2; i++) {
        const size_t to = 1 + random() % (functions - 1);
        builder.call(ids[random() % to], ids[to], 2, {inclusive[to] / 8}, 77);
    }
    builder.input("program.prof");
    builder.sort();
    return builder;
}

inline Builder tree(size_t functions, size_t branches, size_t extra = 0, unsigned seed = 1)
{
    return program(
        functions,
        [=](size_t i) {
            return (i - 1) / branches;
        },
        extra, seed);
}

inline Builder star(size_t functions)
{
    return program(functions, [](size_t) {
        return 0;
    });
}

inline Builder chain(size_t functions)
{
    return program(functions, [](size_t i) {
        return i - 1;
    });
}

} // namespace test

#endif
