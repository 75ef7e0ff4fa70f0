// SPDX-License-Identifier: MIT
/* The smallest reader: the line "toy profile", then "NAME NANOSECONDS" for each function. */
#include "input/reader.h"
#include "input/scan.h"

static const hp_string head_line = HP_LITERAL("toy profile\n");

static bool recognise(const uint8_t *head, size_t size)
{
    hp_string text = {(const char *)head, size};

    return hp_take_prefix(&text, head_line);
}

static hp_status read_toy(hp_profile *profile, hp_input *input, const uint8_t *data, size_t size,
                          const hp_load_options *options, hp_error *error)
{
    static const hp_event time = {"Time", HP_NANOSECONDS};
    const char *end = (const char *)data + size, *at = (const char *)data + head_line.size;
    hp_status status = hp_profile_set_events(profile, &time, 1, error);
    hp_function_id bottom;

    (void)input;
    (void)options;
    if (status == HP_OK)
        status = hp_profile_add_interpreter(profile, &bottom, error);
    while (status == HP_OK && at < end) {
        hp_string line = hp_take_line(&at, end), name;
        hp_function function = {.file = HP_LITERAL(""), .recorded_file = HP_LITERAL("")};
        hp_function_id id;
        uint64_t cost;

        if (!hp_take_word(&line, &name) || (line = hp_trimmed(line)).size == 0 ||
            !hp_take_number(&line.data, &cost))
            return hp_error_set(error, HP_CORRUPT, 0, "expected a name and a number");
        function.name = name;
        function.calls = function.primitive = 1;
        status = hp_profile_add_function(profile, &function, &id, error);
        if (status == HP_OK)
            status = hp_profile_add_cost(profile, (hp_line){id, 0}, &cost, error);
        if (status == HP_OK)
            status = hp_profile_add_inclusive(profile, id, &cost, error);
        if (status == HP_OK)
            status = hp_profile_add_call(
                profile, (hp_call){.caller = bottom, .callee = id, .count = 1}, &cost, error);
    }
    return status == HP_OK
               ? hp_profile_add_inclusive(profile, bottom, hp_profile_total(profile), error)
               : status;
}

const hp_reader hp_reader_toy = {
    .format = {"toy", "toy profile (for tests)", .stacks = false},
    .manual = "a profile that a person can write; see toy-format(5)",
    .mime = {.type = "application/x-toy",
             .comment = "Toy profile",
             .pattern = "*.toy",
             .priority = "50",
             .magic = {HP_LITERAL("toy profile\n")}},
    .recognise = recognise,
    .read = read_toy,
};
