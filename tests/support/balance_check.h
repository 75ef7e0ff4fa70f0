// SPDX-License-Identifier: MIT
/* Checks hp_dump_balance against what is obviously right: sums by hand, reachability by trying all
 * paths, and a program whose calls are all known. Bytes make the dump, so that a fuzzer can look
 * for one that fails. Each returns what is wrong, or nothing. */
#ifndef HP_TESTS_BALANCE_CHECK_H
#define HP_TESTS_BALANCE_CHECK_H

#include <cstdint>
#include <string>

namespace test
{

/* Any numbers, which need not belong together: after hp_dump_balance they add up. */
std::string wrong_in_any_dump(const uint8_t *data, size_t size);

/* The dump that cProfile makes of a program: its costs come out as they are. Some programs have
 * functions with one label, of which cProfile keeps one. */
std::string wrong_in_recorded_dump(const uint8_t *data, size_t size);

/* A dump whose calls are merged as Stats.strip_dirs merges them: its total comes out. */
std::string wrong_in_stripped_dump(const uint8_t *data, size_t size);

} // namespace test

#endif
