// SPDX-License-Identifier: MIT
#include <hotprof.h>
#include <inttypes.h>
#include <stdio.h>

/* Prints the self cost and the name of each function of a profile. */
int main(int argc, char **argv)
{
    hp_profile *profile = hp_profile_new();
    hp_error error = {0};

    if (argc != 2 || !profile) {
        fputs("usage: example FILE\n", stderr);
        return 2;
    }
    if (hp_profile_load(profile, argv[1], NULL, &error) != HP_OK)
        fprintf(stderr, "%s: %s\n", argv[1], error.message);
    if (hp_profile_event_count(profile) > 0) {
        size_t count = hp_profile_function_count(profile);

        for (hp_function_id id = 0; id < count; id++) {
            char name[200];

            hp_string_escape(hp_profile_function(profile, id)->name,
                             name, sizeof name);
            printf("%12" PRIu64 " %s\n",
                   hp_profile_function_self(profile, id)[0], name);
        }
    }
    hp_profile_free(profile);
    return error.status == HP_OK ? 0 : 1;
}
