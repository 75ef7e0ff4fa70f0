// SPDX-License-Identifier: MIT
/* The smallest report: what read_toy.c reads. */
#include "report_table.h"

#include <inttypes.h>

static hp_status write_toy(const hp_profile *profile, const hp_report_options *options, FILE *out,
                           hp_error *error)
{
    (void)options;
    if (hp_profile_event_count(profile) == 0)
        return hp_error_set(error, HP_MISMATCH, 0, "there are no costs");
    fputs("toy profile\n", out);
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++)
        if (hp_profile_function_self(profile, id)[0])
            fprintf(out, "%s %" PRIu64 "\n", hp_profile_function(profile, id)->name.data,
                    hp_profile_function_self(profile, id)[0]);
    return HP_OK;
}

const hp_report hp_report_toy = {
    .name = "toy",
    .description = "functions and their cost (for tests)",
    .manual = "a line for each function, as in toy-format(5)",
    .write = write_toy,
};
