// SPDX-License-Identifier: MIT
/* Whatever the bytes of a pstats dump are: no crash, what was read adds up, and the pstats report
 * is a dump again. */
#include "fuzz/fuzz.h"

static void check_profile(const hp_profile *profile)
{
    size_t functions = hp_profile_function_count(profile);
    uint64_t *calls = calloc(functions + 1, sizeof *calls);
    uint64_t self = 0, total = *hp_profile_total(profile);

    check(calls != NULL);
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        const hp_line *line = hp_profile_line(profile, i);

        check(line->function < functions);
        check(line->line == hp_profile_function(profile, line->function)->line);
        self += *hp_profile_line_self(profile, i);
    }
    check(self == total);
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);

        check(call->caller < functions && call->callee < functions);
        check(call->count > 0 || *hp_profile_call_inclusive(profile, i) > 0);
        calls[call->callee] = call->count > UINT64_MAX - calls[call->callee]
                                  ? UINT64_MAX
                                  : calls[call->callee] + call->count;
    }
    for (hp_function_id id = 0; id < functions; id++) {
        const hp_function *function = hp_profile_function(profile, id);

        check(calls[id] >= function->calls || strcmp(function->name.data, HP_INTERPRETER) == 0);
    }
    free(calls);
}

static void read_back(hp_profile *profile)
{
    size_t size;
    char *dump = written("pstats", profile, &size);
    hp_profile *copy = hp_profile_new();

    check(copy && hp_profile_load_bytes(copy, "copy", dump, size, NULL, NULL) == HP_OK);
    check(hp_profile_sort(copy, NULL) == HP_OK);
    check(hp_profile_function_count(copy) <= hp_profile_function_count(profile) + 1);
    hp_profile_free(copy);
    free(dump);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const hp_format *format = hp_format_recognise(data, size);
    hp_profile *profile;
    hp_error error = {0};
    hp_status status;

    if (!format || strcmp(format->name, "pstats") != 0)
        return -1;
    profile = hp_profile_new();
    check(profile != NULL);
    status = hp_profile_load_bytes(profile, "fuzz", data, size, NULL, &error);
    check(status == error.status && status != HP_UNRECOGNISED && status != HP_MISMATCH);
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT) {
        check(hp_profile_sort(profile, NULL) == HP_OK);
        check_profile(profile);
        read_back(profile);
    } else {
        check(hp_profile_function_count(profile) == 0);
    }
    hp_profile_free(profile);
    return 0;
}
