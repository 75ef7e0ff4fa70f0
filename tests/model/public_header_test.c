// SPDX-License-Identifier: MIT
/* The public header stands alone, and is C. Exits with the number of the first check that fails. */
#include "hotprof.h"

int main(void)
{
    hp_profile *profile = hp_profile_new();
    hp_error error = {0};
    if (!profile)
        return 1;
    if (hp_profile_load_bytes(profile, "no profile", "no profile", 10, NULL, &error) !=
        HP_UNRECOGNISED)
        return 2;
    if (error.status != HP_UNRECOGNISED || error.message[0] == '\0')
        return 3;
    if (hp_profile_function_count(profile) != 0 || hp_profile_input_count(profile) != 0)
        return 4;
    if (!hp_format_at(0) || !hp_version())
        return 5;
    hp_profile_free(profile);
    hp_profile_free(NULL);
    return 0;
}
