// SPDX-License-Identifier: MIT
/* hotprof.h for C++: profiles that free themselves. */
#ifndef HOTPROF_CXX_H
#define HOTPROF_CXX_H

#include "hotprof.h"

#include <memory>

namespace hotprof
{

struct profile_deleter {
    void operator()(hp_profile *profile) const noexcept
    {
        hp_profile_free(profile);
    }
};

using profile_ptr = std::unique_ptr<hp_profile, profile_deleter>;

} // namespace hotprof

#endif
