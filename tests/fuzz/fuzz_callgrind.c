// SPDX-License-Identifier: MIT
/* Whatever the text of a callgrind file is: no crash, what was read adds up, and the callgrind
 * report on it reads back as the same. */
#include "fuzz/fuzz.h"

static void check_profile(const hp_profile *profile)
{
    const size_t events = hp_profile_event_count(profile);
    const size_t functions = hp_profile_function_count(profile);
    const uint64_t *total = hp_profile_total(profile);
    uint64_t sums[HP_EVENTS_MAX] = {0};

    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        check(hp_profile_line(profile, i)->function < functions);
        for (size_t e = 0; e < events; e++)
            sums[e] += hp_profile_line_self(profile, i)[e];
    }
    for (size_t e = 0; e < events; e++) {
        check(sums[e] == total[e]);
        sums[e] = 0;
    }
    for (hp_function_id id = 0; id < functions; id++) {
        const hp_function *function = hp_profile_function(profile, id);

        check(function->primitive <= function->calls);
        for (size_t e = 0; e < events; e++) {
            const uint64_t self = hp_profile_function_self(profile, id)[e];
            const uint64_t inclusive = hp_profile_function_inclusive(profile, id)[e];

            sums[e] += self;
            check(self <= inclusive && inclusive <= total[e]);
        }
    }
    for (size_t e = 0; e < events; e++)
        check(sums[e] == total[e]);
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);

        check(call->caller < functions && call->callee < functions);
    }
}

static void check_round_trip(hp_profile *profile)
{
    size_t size, again_size;
    char *text = written("callgrind", profile, &size), *again;
    hp_profile *copy = hp_profile_new();
    hp_error error = {0};

    for (size_t i = 0; i < size; i++)
        check((unsigned char)text[i] >= 0x20 || text[i] == '\n');
    check(copy != NULL);
    check(hp_profile_load_bytes(copy, "copy", text, size, NULL, &error) == HP_OK);
    again = written("callgrind", copy, &again_size);
    check(size == again_size && memcmp(text, again, size) == 0);
    hp_profile_free(copy);
    free(text);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const hp_format *format = hp_format_recognise(data, size);
    hp_profile *profile;
    hp_error error = {0};
    hp_status status;

    if (!format || strcmp(format->name, "callgrind") != 0 || data[0] == 0x1f)
        return -1;
    profile = hp_profile_new();
    check(profile != NULL);
    status = hp_profile_load_bytes(profile, "fuzz", data, size, NULL, &error);
    check(status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT);
    check(status == error.status && error.offset <= size);
    check((status == HP_OK) == (error.message[0] == '\0'));
    check(hp_profile_sort(profile, NULL) == HP_OK);
    check_profile(profile);
    check_round_trip(profile);
    hp_profile_free(profile);
    return 0;
}
