/* SPDX-License-Identifier: MIT */
/* C and C++: prints how many functions a profile has. usage: consumer FILE */
#include <hotprof.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    static hp_error error;
    hp_profile *profile = hp_profile_new();

    if (argc != 2 || !profile || hp_profile_load(profile, argv[1], NULL, &error) != HP_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    printf("%u functions\n", (unsigned)hp_profile_function_count(profile));
    hp_profile_free(profile);
    return 0;
}
