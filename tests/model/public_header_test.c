// SPDX-License-Identifier: MIT
/* The public header stands alone, and is C. Exits with the number of the first check that fails. */
#include "hotprof.h"

/* Numbers that programs were built with. */
_Static_assert(HP_OK == 0 && HP_TRUNCATED == 1 && HP_CORRUPT == 2 && HP_UNRECOGNISED == 3 &&
                   HP_MISMATCH == 4 && HP_OVERFLOW == 5 && HP_LIMIT == 6 && HP_IO == 7 &&
                   HP_NO_MEMORY == 8 && HP_CANCELLED == 9 && HP_INVALID == 10,
               "hp_status");
_Static_assert(HP_NANOSECONDS == 0 && HP_TICKS == 1 && HP_COUNT == 2 && HP_BYTES == 3 &&
                   HP_SAMPLES == 4,
               "hp_unit");

int main(void)
{
    hp_profile *profile = hp_profile_new();
    hp_error error = {0};
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    if (!profile)
        return 1;
    if (hp_profile_load_bytes(profile, "no profile", "no profile", 10, &options, &error) !=
        HP_UNRECOGNISED)
        return 2;
    if (error.status != HP_UNRECOGNISED || error.message[0] == '\0')
        return 3;
    if (hp_profile_function_count(profile) != 0 || hp_profile_input_count(profile) != 0)
        return 4;
    if (!hp_format_at(0) || !hp_version())
        return 5;
    if (hp_add_counts(1, 2) != 3 || hp_add_counts(1, HP_UNKNOWN) != HP_UNKNOWN)
        return 6;
    hp_error_clear(&error);
    options.size = 0;
    if (hp_profile_load(profile, "no profile", &options, &error) != HP_INVALID)
        return 7;
    hp_profile_free(profile);
    hp_profile_free(NULL);
    return 0;
}
