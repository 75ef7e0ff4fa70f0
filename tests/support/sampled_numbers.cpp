// SPDX-License-Identifier: MIT
#include "support/sampled_numbers.h"

#include <gtest/gtest.h>

#include <set>

namespace test
{

namespace
{

const std::string interpreter = HP_INTERPRETER;

void add(Weights &sums, const Weights &weights)
{
    sums.resize(weights.size());
    for (size_t e = 0; e < weights.size(); e++)
        sums[e] += weights[e];
}

std::string name_of(const hp_profile *profile, hp_function_id id, bool files)
{
    const hp_function *function = hp_profile_function(profile, id);
    const std::string name(function->name.data, function->name.size);
    return files && !hp_function_is_interpreter(function)
               ? std::string(function->file.data, function->file.size) + ":" + name
               : name;
}

} // namespace

Numbers numbers_of(const std::vector<Sample> &samples)
{
    Numbers numbers;
    for (const Sample &sample : samples) {
        Stack stack{{interpreter, 0}};
        stack.insert(stack.end(), sample.stack.begin(), sample.stack.end());
        add(numbers.total, sample.weights);
        add(numbers.self[stack.back()], sample.weights);
        std::set<std::string> seen;
        Stack path;
        for (size_t i = 0; i < stack.size(); i++) {
            const std::string &name = stack[i].first;
            const bool outermost = seen.insert(name).second;
            const Weights counted = outermost ? sample.weights : Weights(sample.weights.size());
            path.push_back(stack[i]);
            add(numbers.inclusive[name], counted);
            if (i > 0)
                add(numbers.calls[{stack[i - 1], name}], counted);
            add(numbers.stacks[path], Weights(sample.weights.size()));
        }
        add(numbers.stacks[path], sample.weights);
    }
    for (auto line = numbers.self.begin(); line != numbers.self.end();)
        line = line->second == Weights(line->second.size()) ? numbers.self.erase(line)
                                                            : std::next(line);
    return numbers;
}

Numbers numbers_of(const hp_profile *profile, bool files)
{
    const size_t events = hp_profile_event_count(profile);
    const auto costs = [&](const uint64_t *first) {
        return Weights(first, first + events);
    };
    Numbers numbers;
    numbers.total = costs(hp_profile_total(profile));
    for (hp_function_id i = 0; i < hp_profile_function_count(profile); i++)
        numbers.inclusive[name_of(profile, i, files)] =
            costs(hp_profile_function_inclusive(profile, i));
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        const hp_line *line = hp_profile_line(profile, i);
        numbers.self[{name_of(profile, line->function, files), line->line}] =
            costs(hp_profile_line_self(profile, i));
    }
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        EXPECT_EQ(call->count, HP_UNKNOWN);
        numbers.calls[{{name_of(profile, call->caller, files), call->line},
                       name_of(profile, call->callee, files)}] =
            costs(hp_profile_call_inclusive(profile, i));
    }
    std::vector<Stack> paths;
    for (size_t i = 0; i < hp_profile_stack_count(profile); i++) {
        const hp_stack *stack = hp_profile_stack(profile, i);
        paths.push_back(stack->caller == HP_NO_STACK ? Stack() : paths[stack->caller]);
        paths.back().push_back({name_of(profile, stack->function, files), stack->line});
        numbers.stacks[paths.back()] = costs(hp_profile_stack_self(profile, i));
    }
    return numbers;
}

} // namespace test
