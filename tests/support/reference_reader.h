// SPDX-License-Identifier: MIT
/* Reads a hotshot log as slowly and plainly as the definition of the numbers goes: at every event
 * the whole stack is walked and every function on it is given its share. */
#ifndef HP_TESTS_REFERENCE_READER_H
#define HP_TESTS_REFERENCE_READER_H

#include "support/facts.h"

#include <string>

namespace test
{

/* Whether bytes begin as a hotshot log does. */
bool is_hotshot_log(const std::string &bytes);

/* What a log holds; of a damaged one, what stands before the damage. */
Facts read_by_reference(const std::string &log);

/* Nothing if the library reads a log as the reference does, or what is different. */
std::string disagreement(const std::string &log);

/* A file name as recorded in a log whose current-directory is the other. */
std::string joined(const std::string &directory, const std::string &file);

} // namespace test

#endif
