// SPDX-License-Identifier: MIT
/* A profile of functions that are easily taken for each other: the names of some are shown alike,
 * or are nothing but blanks, or look like what a report makes of another name; others differ by
 * their file, line or object alone. */
#ifndef HP_TESTS_ALIKE_FUNCTIONS_H
#define HP_TESTS_ALIKE_FUNCTIONS_H

#include "hotprof_cxx.h"

#include <cstring>
#include <set>
#include <stdexcept>
#include <string>

namespace test
{

/* Each function has another self cost, from 1, and no calls but one stack. */
inline hotprof::profile_ptr alike_functions()
{
    static const char *const names[] = {"",
                                        " ",
                                        "   ",
                                        "\u00a0",
                                        "\u3000 ",
                                        "???",
                                        "(unknown)",
                                        "x",
                                        " x",
                                        "x  ",
                                        "f",
                                        "f\x80",
                                        "f\\x80",
                                        "f\\x5cx80",
                                        "f\uffff",
                                        "f\\xef\\xbf\\xbf",
                                        "f;g",
                                        "f\\x3bg",
                                        "f:1",
                                        "f (a.py:1)",
                                        "f [liba.so]",
                                        "f #3",
                                        "#3 f",
                                        "f(int)",
                                        "f\n(a.py:1)",
                                        "f\\x0a(a.py:1)",
                                        "\u05e9\u05dc\u05d5\u05dd",
                                        "a\u202eb",
                                        "a\\xe2\\x80\\xaeb",
                                        "<cycle 1>"};
    static const char *const files[] = {"",  "~",        "a.py",      "/b/a.py", "???",
                                        "/", "a\x80.py", "a\\x80.py", "b\\a.py"};
    static const char *const objects[] = {"", "liba.so", "/x/liba.so", "/y/liba.so", "libb.so"};
    hotprof::profile_ptr profile(hp_profile_new());
    const hp_event event = {"Time", HP_NANOSECONDS};
    hp_error error{};
    uint64_t self = 0;
    const auto check = [&error](hp_status status) {
        if (status != HP_OK)
            throw std::runtime_error(error.message);
    };
    const auto of = [](const char *text) {
        return hp_string{text, strlen(text)};
    };
    check(hp_profile_set_events(profile.get(), &event, 1, &error));
    for (const char *name : names)
        for (const char *file : files)
            for (const char *object : objects)
                for (const uint64_t line : {0, 1}) {
                    hp_function function{};
                    hp_function_id id = 0;
                    uint32_t stack = 0;
                    function.name = of(name);
                    function.file = function.recorded_file = of(file);
                    function.object = of(object);
                    function.line = line;
                    function.calls = function.primitive = 1;
                    self++;
                    check(hp_profile_add_function(profile.get(), &function, &id, &error));
                    check(hp_profile_add_inclusive(profile.get(), id, &self, &error));
                    check(hp_profile_add_cost(profile.get(), {id, line}, &self, &error));
                    check(hp_profile_add_stack(profile.get(), {id, HP_NO_STACK, 0}, &self, &stack,
                                               &error));
                }
    check(hp_profile_sort(profile.get(), &error));
    return profile;
}

/* The self costs of all functions that have one. */
inline std::multiset<uint64_t> self_costs(const hp_profile *profile)
{
    std::multiset<uint64_t> costs;
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        if (*hp_profile_function_self(profile, id) > 0)
            costs.insert(*hp_profile_function_self(profile, id));
    return costs;
}

} // namespace test

#endif
