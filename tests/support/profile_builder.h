// SPDX-License-Identifier: MIT
/* Builds profiles call by call. */
#ifndef HP_TESTS_PROFILE_BUILDER_H
#define HP_TESTS_PROFILE_BUILDER_H

#include "hotprof_cxx.h"

#include <stdexcept>
#include <string>
#include <vector>

namespace test
{

class Builder
{
  public:
    explicit Builder(const std::vector<hp_event> &events = {{"Time", HP_NANOSECONDS}})
        : profile_(hp_profile_new())
    {
        check(hp_profile_set_events(get(), events.data(), events.size(), &error_));
    }

    hp_function_id function(const std::string &name, const std::string &file, uint64_t line,
                            uint64_t calls, uint64_t primitive, std::vector<uint64_t> self,
                            std::vector<uint64_t> inclusive)
    {
        hp_function key{};
        hp_function_id id = 0;
        key.name = {name.data(), name.size()};
        key.file = key.recorded_file = {file.data(), file.size()};
        key.line = line;
        key.calls = calls;
        key.primitive = primitive;
        check(hp_profile_add_function(get(), &key, &id, &error_));
        check(hp_profile_add_inclusive(get(), id, inclusive.data(), &error_));
        check(hp_profile_add_cost(get(), {id, line}, self.data(), &error_));
        return id;
    }

    void cost(hp_function_id function, uint64_t line, std::vector<uint64_t> self)
    {
        check(hp_profile_add_cost(get(), {function, line}, self.data(), &error_));
    }

    void call(hp_function_id caller, hp_function_id callee, uint64_t count,
              std::vector<uint64_t> inclusive, uint64_t line = 1, bool estimated = false)
    {
        hp_call call{};
        call.caller = caller;
        call.callee = callee;
        call.line = line;
        call.count = count;
        call.estimated = estimated;
        check(hp_profile_add_call(get(), call, inclusive.data(), &error_));
    }

    void input(const std::string &name)
    {
        hp_input *input = nullptr;
        check(hp_profile_add_input(get(), name.c_str(), "hotshot", &input, &error_));
    }

    void info(const std::string &key, const std::string &value)
    {
        check(hp_profile_add_info(get(), {key.data(), key.size()}, {value.data(), value.size()},
                                  &error_));
    }

    void sort()
    {
        check(hp_profile_sort(get(), &error_));
    }

    hp_profile *get() const
    {
        return profile_.get();
    }

  private:
    void check(hp_status status)
    {
        if (status != HP_OK)
            throw std::runtime_error(error_.message);
    }

    hotprof::profile_ptr profile_;
    hp_error error_{};
};

} // namespace test

#endif
