// SPDX-License-Identifier: MIT
#include "support/facts.h"

#include "support/unsafe_characters.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace test
{

namespace
{

using nlohmann::json;

std::string bytes(hp_string string)
{
    return std::string(string.data, string.size);
}

const char *status_name(hp_status status)
{
    switch (status) {
    case HP_OK:
        return "complete";
    case HP_TRUNCATED:
        return "truncated";
    case HP_CORRUPT:
        return "corrupt";
    default:
        return "a status that an input cannot have";
    }
}

bool is_empty(const FunctionFacts &function)
{
    return function == FunctionFacts{};
}

/* Functions that nothing happened in are left out of some forms and not of others. */
void drop_empty(Facts *facts)
{
    for (auto at = facts->functions.begin(); at != facts->functions.end();)
        at = is_empty(at->second) ? facts->functions.erase(at) : std::next(at);
    for (auto at = facts->lines.begin(); at != facts->lines.end();)
        at = at->second == Cost{} ? facts->lines.erase(at) : std::next(at);
}

/* Where in a profile's or a report's cost arrays our two events stand. */
struct EventIndex {
    int time = -1, hits = -1;
    std::string unit;

    void see(int index, const std::string &name, const std::string &event_unit)
    {
        if (name == "Time" || name == "Ticks") {
            time = index;
            unit = event_unit;
            if ((name == "Time") != (event_unit == "ns") ||
                (name == "Ticks") != (event_unit == "ticks"))
                throw std::runtime_error(name + " in " + event_unit);
        } else if (name == "Hits" && event_unit == "count") {
            hits = index;
        } else {
            throw std::runtime_error("unknown event " + name + " in " + event_unit);
        }
    }
    template <typename Costs> Cost pick(const Costs &costs) const
    {
        Cost cost;
        if (time >= 0)
            cost.time = costs[static_cast<size_t>(time)];
        if (hits >= 0)
            cost.hits = costs[static_cast<size_t>(hits)];
        return cost;
    }
    void tell(Facts *facts) const
    {
        facts->has_time = time >= 0 ? Presence::yes : Presence::no;
        facts->has_hits = hits >= 0 ? Presence::yes : Presence::no;
        facts->unit = unit;
        if (time > 0 || hits > 1 || (time == 0 && hits == 0))
            throw std::runtime_error("events out of order");
    }
};

template <typename Map, typename Key, typename Value>
void add_new(Map *map, const Key &key, const Value &value, const char *what)
{
    if (!map->emplace(key, value).second)
        throw std::runtime_error(std::string("listed twice: a ") + what);
}

/* JSON knows no lone surrogates, which stand for the bytes 0x80 to 0xff in files of expected facts:
 * they become U+F780 to U+F7FF here, which no name holds otherwise. */
std::string without_lone_surrogates(const std::string &text)
{
    std::string result;
    for (size_t i = 0; i < text.size();) {
        if (text[i] != '\\' || i + 6 > text.size() || text[i + 1] != 'u') {
            const size_t length = text[i] == '\\' ? 2 : 1;
            result += text.substr(i, length);
            i += length;
            continue;
        }
        const unsigned long unit = std::stoul(text.substr(i + 2, 4), nullptr, 16);
        const bool starts_pair = unit >= 0xd800 && unit < 0xdc00;
        if (unit >= 0xdc80 && unit <= 0xdcff) {
            result += "\\uf7" + text.substr(i + 4, 2);
            i += 6;
        } else {
            result += text.substr(i, starts_pair ? 12 : 6);
            i += starts_pair ? 12 : 6;
        }
    }
    return result;
}

/* U+F780 to U+F7FF, in UTF-8 EF 9E 80 to EF 9F BF, back to bytes. */
std::string recorded_bytes(const std::string &text)
{
    std::string result;
    for (size_t i = 0; i < text.size(); i++) {
        const auto byte = [&](size_t at) {
            return static_cast<unsigned char>(text[at]);
        };
        if (byte(i) == 0xef && i + 2 < text.size() &&
            (byte(i + 1) == 0x9e || byte(i + 1) == 0x9f)) {
            result += static_cast<char>((byte(i + 1) - 0x9e) * 0x40 + byte(i + 2));
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

FunctionKey expected_key(const json &function)
{
    return {recorded_bytes(function.at("file")), function.at("line"),
            recorded_bytes(function.at("name"))};
}

std::string shown(const FunctionKey &key)
{
    std::ostringstream out;
    out << key;
    return out.str();
}

std::string shown(const LineKey &key)
{
    return shown(key.first) + " at line " + std::to_string(key.second);
}

std::string shown(const CallKey &key)
{
    return shown(std::get<0>(key)) + " at line " + std::to_string(std::get<1>(key)) + " calls " +
           shown(std::get<2>(key));
}

std::string shown(const Cost &cost)
{
    return std::to_string(cost.time) + " and " + std::to_string(cost.hits) + " hits";
}

std::string shown(const FunctionFacts &function)
{
    return "self " + shown(function.self) + ", inclusive " + shown(function.inclusive) + ", " +
           std::to_string(function.calls) + " calls, " + std::to_string(function.primitive) +
           " primitive";
}

std::string shown(const CallFacts &call)
{
    return std::to_string(call.count) + " times, inclusive " + shown(call.inclusive);
}

class FirstLines
{
  public:
    void add(const std::string &line)
    {
        if (count_++ < 10)
            text_ += line + "\n";
    }
    std::string text() const
    {
        return count_ > 10 ? text_ + "and " + std::to_string(count_ - 10) + " more\n" : text_;
    }

  private:
    int count_ = 0;
    std::string text_;
};

template <typename Map>
void compare(const Map &expected, const Map &actual, const char *what, FirstLines *out)
{
    for (const auto &[key, value] : expected) {
        const auto found = actual.find(key);
        if (found == actual.end())
            out->add(std::string("missing ") + what + " " + shown(key) + ": " + shown(value));
        else if (!(found->second == value))
            out->add(std::string(what) + " " + shown(key) + ": expected " + shown(value) +
                     "; found " + shown(found->second));
    }
    for (const auto &[key, value] : actual)
        if (expected.find(key) == expected.end())
            out->add(std::string("made-up ") + what + " " + shown(key) + ": " + shown(value));
}

bool agree(Presence expected, Presence actual)
{
    return expected == Presence::either || actual == Presence::either || expected == actual;
}

size_t utf8_length(const std::string &text, size_t at)
{
    const auto byte = [&](size_t i) -> unsigned {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
    };
    const auto continues = [&](size_t i) {
        return (byte(i) & 0xc0) == 0x80;
    };
    const unsigned first = byte(at), second = byte(at + 1);
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return continues(at + 1) ? 2 : 0;
    if (first >= 0xe0 && first <= 0xef) {
        const bool overlong = first == 0xe0 && second < 0xa0;
        const bool surrogate = first == 0xed && second >= 0xa0;
        return continues(at + 1) && continues(at + 2) && !overlong && !surrogate ? 3 : 0;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        const bool overlong = first == 0xf0 && second < 0x90;
        const bool too_large = first == 0xf4 && second >= 0x90;
        return continues(at + 1) && continues(at + 2) && continues(at + 3) && !overlong &&
                       !too_large
                   ? 4
                   : 0;
    }
    return 0;
}

FunctionKey escaped(const FunctionKey &key)
{
    return {escape(key.file), key.line, escape(key.name)};
}

} // namespace

std::ostream &operator<<(std::ostream &out, const FunctionKey &key)
{
    return out << escape(key.name) << " (" << escape(key.file) << ":" << key.line << ")";
}

std::string escape(const std::string &text)
{
    std::string result;
    for (size_t i = 0; i < text.size();) {
        const size_t length = std::max<size_t>(utf8_length(text, i), 1);
        if (utf8_length(text, i) == 0 || unsafe_characters().count(text.substr(i, length)) != 0)
            for (const unsigned char byte : text.substr(i, length)) {
                const char *digits = "0123456789abcdef";
                result += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
            }
        else
            result += text.substr(i, length);
        i += length;
    }
    return result;
}

Facts escaped(const Facts &facts)
{
    Facts result = facts;
    result.info.clear();
    result.functions.clear();
    result.lines.clear();
    result.calls.clear();
    for (const auto &[key, values] : facts.info)
        for (const std::string &value : values)
            result.info[escape(key)].push_back(escape(value));
    for (const auto &[key, function] : facts.functions)
        add_new(&result.functions, escaped(key), function, "function");
    for (const auto &[key, cost] : facts.lines)
        add_new(&result.lines, LineKey(escaped(key.first), key.second), cost, "line");
    for (const auto &[key, call] : facts.calls)
        add_new(&result.calls,
                CallKey(escaped(std::get<0>(key)), std::get<1>(key), escaped(std::get<2>(key))),
                call, "call");
    return result;
}

Facts facts_of_profile(const hp_profile *profile)
{
    if (hp_profile_input_count(profile) != 1)
        throw std::runtime_error("not a profile of one input");
    const hp_input *input = hp_profile_input(profile, 0);
    Facts facts;
    facts.status = status_name(input->error.status);
    facts.events = input->events;
    facts.unmatched_exits = input->unmatched_exits;
    facts.open_frames = input->open_frames;
    facts.coverage = input->coverage;
    for (size_t i = 0; i < hp_profile_info_count(profile, 0); i++) {
        const hp_info info = hp_profile_info(profile, 0, i);
        facts.info[bytes(info.key)].push_back(bytes(info.value));
    }

    EventIndex index;
    const char *const units[] = {"ns", "ticks", "count"};
    for (size_t i = 0; i < hp_profile_event_count(profile); i++) {
        const hp_event *event = hp_profile_event(profile, i);
        index.see(static_cast<int>(i), event->name, units[event->unit]);
    }
    index.tell(&facts);
    facts.total = index.pick(hp_profile_total(profile));

    const auto key = [&](hp_function_id id) -> FunctionKey {
        const hp_function *function = hp_profile_function(profile, id);
        return {bytes(function->recorded_file), function->line, bytes(function->name)};
    };
    for (hp_function_id id = 0; id < hp_profile_function_count(profile); id++) {
        const hp_function *function = hp_profile_function(profile, id);
        add_new(&facts.functions, key(id),
                FunctionFacts{index.pick(hp_profile_function_self(profile, id)),
                              index.pick(hp_profile_function_inclusive(profile, id)),
                              function->calls, function->primitive},
                "function");
    }
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        const hp_line *line = hp_profile_line(profile, i);
        add_new(&facts.lines, LineKey(key(line->function), line->line),
                index.pick(hp_profile_line_self(profile, i)), "line");
    }
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        add_new(&facts.calls, CallKey(key(call->caller), call->line, key(call->callee)),
                CallFacts{call->count, index.pick(hp_profile_call_inclusive(profile, i))}, "call");
    }
    drop_empty(&facts);
    return facts;
}

Facts facts_of_expectation(const std::string &text)
{
    const json root = json::parse(without_lone_surrogates(text));
    Facts facts;
    const std::string status = root.at("status");
    facts.status = status.substr(0, status.find(':'));
    facts.events = root.at("events");
    facts.unmatched_exits = root.at("unmatched_exits");
    facts.open_frames = root.at("open_frames");
    facts.coverage = root.at("coverage");
    for (const auto &[key, values] : root.at("info").items())
        for (const std::string value : values)
            facts.info[recorded_bytes(key)].push_back(recorded_bytes(value));

    facts.unit = root.at("unit");
    facts.total.time = root.at("total");
    facts.has_hits = root.at("line_events") > 0 ? Presence::yes : Presence::no;
    if (!root.at("timed"))
        facts.has_time = Presence::no;
    else
        facts.has_time = facts.events > 0 ? Presence::yes : Presence::either;

    for (const json &function : root.at("functions"))
        add_new(&facts.functions, expected_key(function),
                FunctionFacts{{function.at("self"), function.at("self_hits")},
                              {function.at("inclusive"), function.at("inclusive_hits")},
                              function.at("calls"),
                              function.at("primitive")},
                "function");
    for (const json &line : root.at("lines")) {
        const Cost cost{line.at("self"), line.at("hits")};
        facts.total.hits += cost.hits;
        add_new(&facts.lines, LineKey(expected_key(line), line.at("at")), cost, "line");
    }
    for (const json &call : root.at("calls"))
        add_new(&facts.calls,
                CallKey(expected_key(call.at("caller")), call.at("at"),
                        expected_key(call.at("callee"))),
                CallFacts{call.at("count"), {call.at("inclusive"), call.at("inclusive_hits")}},
                "call");
    drop_empty(&facts);
    return facts;
}

Facts facts_of_report(const std::string &text)
{
    const json root = json::parse(text);
    if (root.at("schema") != "hotreport/1")
        throw std::runtime_error("unknown schema");
    if (root.at("inputs").size() != 1)
        throw std::runtime_error("not a report on one input");
    const json &input = root.at("inputs")[0];
    Facts facts;
    facts.status = input.at("status");
    facts.events = input.at("events");
    facts.unmatched_exits = input.at("unmatched_exits");
    facts.open_frames = input.at("open_frames");
    facts.coverage = input.at("coverage");
    for (const auto &[key, values] : input.at("info").items())
        facts.info[key] = values.get<std::vector<std::string>>();

    EventIndex index;
    int number = 0;
    for (const json &event : root.at("events"))
        index.see(number++, event.at("name"), event.at("unit"));
    index.tell(&facts);
    const auto costs = [&](const json &array) {
        if (array.size() != root.at("events").size())
            throw std::runtime_error("not one cost an event: " + array.dump());
        return index.pick(array.get<std::vector<uint64_t>>());
    };
    facts.total = costs(root.at("total"));

    std::vector<FunctionKey> keys;
    for (const json &function : root.at("functions")) {
        keys.push_back({function.at("file"), function.at("line"), function.at("name")});
        add_new(&facts.functions, keys.back(),
                FunctionFacts{costs(function.at("self")), costs(function.at("inclusive")),
                              function.at("calls"), function.at("primitive")},
                "function");
    }
    for (const json &line : root.at("lines"))
        add_new(&facts.lines, LineKey(keys.at(line.at("function")), line.at("line")),
                costs(line.at("self")), "line");
    for (const json &call : root.at("calls"))
        add_new(&facts.calls,
                CallKey(keys.at(call.at("caller")), call.at("line"), keys.at(call.at("callee"))),
                CallFacts{call.at("count"), costs(call.at("inclusive"))}, "call");
    return facts;
}

std::string differences(const Facts &expected, const Facts &actual)
{
    FirstLines out;
    const auto number = [&](const char *what, uint64_t wanted, uint64_t found) {
        if (wanted != found)
            out.add(std::string(what) + ": expected " + std::to_string(wanted) + ", found " +
                    std::to_string(found));
    };
    if (expected.status != actual.status)
        out.add("status: expected " + expected.status + ", found " + actual.status);
    number("events", expected.events, actual.events);
    number("unmatched exits", expected.unmatched_exits, actual.unmatched_exits);
    number("open frames", expected.open_frames, actual.open_frames);
    number("coverage", expected.coverage, actual.coverage);
    if (expected.info != actual.info)
        out.add("info differs");
    if (!agree(expected.has_time, actual.has_time))
        out.add("one has an event for time, the other has not");
    else if (expected.has_time == Presence::yes && expected.unit != actual.unit)
        out.add("unit: expected " + expected.unit + ", found " + actual.unit);
    if (!agree(expected.has_hits, actual.has_hits))
        out.add("one has an event for hits, the other has not");
    number("total time", expected.total.time, actual.total.time);
    number("total hits", expected.total.hits, actual.total.hits);
    compare(expected.functions, actual.functions, "function", &out);
    compare(expected.lines, actual.lines, "line", &out);
    compare(expected.calls, actual.calls, "call", &out);
    return out.text();
}

namespace
{

std::string violated(const hp_profile *profile, bool counted)
{
    FirstLines out;
    const size_t events = hp_profile_event_count(profile);
    const size_t functions = hp_profile_function_count(profile);
    const uint64_t *total = hp_profile_total(profile);
    using Sums = std::vector<std::vector<uint64_t>>;
    const auto zeros = [&] {
        return Sums(functions, std::vector<uint64_t>(events));
    };
    const auto named = [&](hp_function_id id) {
        const hp_function *function = hp_profile_function(profile, id);
        return shown(FunctionKey{bytes(function->recorded_file), function->line,
                                 bytes(function->name)}) +
               ": ";
    };
    const auto add = [&](std::vector<uint64_t> *sum, const uint64_t *cost) {
        for (size_t e = 0; e < events; e++)
            (*sum)[e] += cost[e];
    };
    const auto equal = [&](const std::vector<uint64_t> &sum, const uint64_t *cost) {
        return std::equal(sum.begin(), sum.end(), cost);
    };
    const auto exceeds_total = [&](const uint64_t *cost) {
        for (size_t e = 0; e < events; e++)
            if (cost[e] > total[e])
                return true;
        return false;
    };

    std::vector<uint64_t> sum_of_lines(events);
    Sums lines_of = zeros();
    for (size_t i = 0; i < hp_profile_line_count(profile); i++) {
        add(&sum_of_lines, hp_profile_line_self(profile, i));
        add(&lines_of[hp_profile_line(profile, i)->function], hp_profile_line_self(profile, i));
    }
    if (!equal(sum_of_lines, total))
        out.add("the self costs of all lines do not add up to the total");

    Sums incoming = zeros(), outgoing = zeros();
    std::vector<uint64_t> calls(functions);
    for (size_t i = 0; i < hp_profile_call_count(profile); i++) {
        const hp_call *call = hp_profile_call(profile, i);
        const uint64_t *inclusive = hp_profile_call_inclusive(profile, i);
        add(&incoming[call->callee], inclusive);
        add(&outgoing[call->caller], inclusive);
        calls[call->callee] = hp_add_counts(calls[call->callee], call->count);
        if (exceeds_total(inclusive))
            out.add(named(call->callee) + "a call exceeds the total");
        if (counted && call->count == 0)
            out.add(named(call->callee) + "a call that was never made");
    }

    std::vector<uint64_t> sum_of_functions(events);
    for (hp_function_id id = 0; id < functions; id++) {
        const hp_function *function = hp_profile_function(profile, id);
        const uint64_t *self = hp_profile_function_self(profile, id);
        const uint64_t *inclusive = hp_profile_function_inclusive(profile, id);
        const bool is_interpreter = bytes(function->name) == HP_INTERPRETER &&
                                    function->file.size == 0 && function->line == 0;
        add(&sum_of_functions, self);
        if (!equal(lines_of[id], self))
            out.add(named(id) + "its lines do not add up to its self cost");
        if (exceeds_total(inclusive))
            out.add(named(id) + "inclusive exceeds the total");
        for (size_t e = 0; e < events; e++)
            if (self[e] > inclusive[e])
                out.add(named(id) + "self exceeds inclusive");
        if (counted && calls[id] != function->calls)
            out.add(named(id) + "its callers' counts do not add up to its calls");
        if (counted &&
            (function->primitive > function->calls || (function->calls && !function->primitive)))
            out.add(named(id) + "primitive calls cannot be that many");
        if (!is_interpreter && !equal(incoming[id], inclusive))
            out.add(named(id) + "its callers' calls do not add up to its inclusive cost");
        if (is_interpreter) {
            std::vector<uint64_t> sum = outgoing[id];
            add(&sum, self);
            if (function->calls != 0 || !equal(sum, inclusive) || !equal(sum, total))
                out.add("<interpreter> is called, or does not contain all");
        }
        size_t first = 0;
        if (is_interpreter && equal(std::vector<uint64_t>(events), self) &&
            hp_profile_calls_from(profile, id, &first) == 0)
            out.add("<interpreter> without cost and calls");
    }
    if (!equal(sum_of_functions, total))
        out.add("the self costs of all functions do not add up to the total");

    const auto order = [&](hp_function_id id) {
        const hp_function *function = hp_profile_function(profile, id);
        return std::make_tuple(bytes(function->recorded_file), function->line,
                               bytes(function->name), bytes(function->file));
    };
    for (hp_function_id id = 1; id < functions; id++)
        if (!(order(id - 1) < order(id)))
            out.add(named(id) + "out of order");
    for (size_t i = 1; i < hp_profile_line_count(profile); i++) {
        const hp_line *one = hp_profile_line(profile, i - 1), *two = hp_profile_line(profile, i);
        if (!(std::tie(one->function, one->line) < std::tie(two->function, two->line)))
            out.add(named(two->function) + "a line out of order");
    }
    for (size_t i = 1; i < hp_profile_call_count(profile); i++) {
        const hp_call *one = hp_profile_call(profile, i - 1), *two = hp_profile_call(profile, i);
        if (!(std::tie(one->caller, one->line, one->callee) <
              std::tie(two->caller, two->line, two->callee)))
            out.add(named(two->caller) + "a call out of order");
    }

    size_t next_line = 0, next_call = 0;
    for (hp_function_id id = 0; id < functions; id++) {
        size_t first = 0;
        const size_t own_lines = hp_profile_lines_of(profile, id, &first);
        if (own_lines > 0 && first != next_line)
            out.add(named(id) + "its lines do not begin where the last function's end");
        next_line += own_lines;
        const size_t own_calls = hp_profile_calls_from(profile, id, &first);
        if (own_calls > 0 && first != next_call)
            out.add(named(id) + "its calls do not begin where the last function's end");
        next_call += own_calls;
    }
    if (next_line != hp_profile_line_count(profile) || next_call != hp_profile_call_count(profile))
        out.add("lines or calls that belong to no function");
    return out.text();
}

} // namespace

std::string violated_invariants(const hp_profile *profile)
{
    return violated(profile, true);
}

std::string violated_cost_invariants(const hp_profile *profile)
{
    return violated(profile, false);
}

} // namespace test
