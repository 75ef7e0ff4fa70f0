// SPDX-License-Identifier: MIT
/* A profile as sampling profilers make it: what everything cost, but not how often it was called.
 */
#ifndef HP_TESTS_UNKNOWN_CALLS_H
#define HP_TESTS_UNKNOWN_CALLS_H

#include "support/profile_builder.h"

namespace test
{

/* main calls work, which calls itself, and ping, which pong calls back; counted: all of them are
 * called 3 times. */
inline Builder sampled_program(bool counted = false)
{
    const uint64_t calls = counted ? 3 : HP_UNKNOWN;
    Builder builder;
    const auto main = builder.function("main", "m.py", 1, calls, calls, {100000000}, {1000000000});
    const auto work = builder.function("work", "m.py", 5, calls, calls, {600000000}, {600000000});
    const auto ping = builder.function("ping", "m.py", 9, calls, calls, {200000000}, {300000000});
    const auto pong = builder.function("pong", "m.py", 12, calls, calls, {100000000}, {100000000});
    builder.call(main, work, calls, {600000000}, 2);
    builder.call(work, work, calls, {0}, 6);
    builder.call(main, ping, calls, {300000000}, 3);
    builder.call(ping, pong, calls, {100000000}, 10);
    builder.call(pong, ping, calls, {0}, 13);
    builder.input("run.prof");
    builder.sort();
    return builder;
}

} // namespace test

#endif
