// SPDX-License-Identifier: MIT
#include "support/reference_reader.h"

#include "support/support.h"

#include <optional>
#include <set>

namespace test
{

namespace
{

struct Truncated {
};
struct Corrupt {
};

enum class Type { enter, exit, line, info, file, function };

struct Record {
    Type type;
    uint64_t file = 0, line = 0, delta = 0;
    std::string key, text;     /* of info; text is the name in definitions too */
    bool timed = false;        /* delta is a measured time */
    bool line_timings = false; /* in force at this record */
    bool single_byte = false;  /* an EXIT that is the byte 01 */
};

struct Records {
    std::vector<Record> list;
    std::string status = "complete";
};

class Bytes
{
  public:
    explicit Bytes(const std::string &bytes) : bytes_(bytes) {}
    bool at_end() const
    {
        return at_ == bytes_.size();
    }
    size_t position() const
    {
        return at_;
    }
    unsigned char next()
    {
        if (at_end())
            throw Truncated();
        return static_cast<unsigned char>(bytes_[at_++]);
    }
    uint64_t packed()
    {
        return rest_of_packed(0, 0);
    }
    /* first holds the record's type in its low two bits. */
    uint64_t packed_with_type(unsigned char first)
    {
        const uint64_t low = (first & 0x7f) >> 2;
        return first & 0x80 ? rest_of_packed(low, 5) : low;
    }
    std::string string()
    {
        const uint64_t length = packed();
        if (length > bytes_.size() - at_)
            throw Truncated();
        at_ += length;
        return bytes_.substr(at_ - length, length);
    }

  private:
    uint64_t rest_of_packed(uint64_t low, unsigned shift)
    {
        __uint128_t value = low;
        for (;; shift += 7) {
            const unsigned char byte = next();
            if (shift > 63)
                throw Corrupt();
            value |= static_cast<__uint128_t>(byte & 0x7f) << shift;
            if (value > UINT64_MAX)
                throw Corrupt();
            if (!(byte & 0x80))
                return static_cast<uint64_t>(value);
        }
    }

    const std::string &bytes_;
    size_t at_ = 0;
};

/* A coverage log is read as if nothing were timed, whatever its flags say. */
Records records_of(const std::string &log, bool as_coverage)
{
    Records records;
    Bytes bytes(log);
    bool frame_timings = true, line_timings = false;
    try {
        while (!bytes.at_end()) {
            const size_t start = bytes.position();
            const unsigned char first = bytes.next();
            Record record{};
            bool is_flag = false;
            switch (first & 3) {
            case 0:
                record.type = Type::enter;
                record.file = bytes.packed_with_type(first);
                record.line = bytes.packed();
                record.timed = frame_timings && !as_coverage;
                if (record.timed)
                    record.delta = bytes.packed();
                break;
            case 1:
                record.type = Type::exit;
                record.delta = bytes.packed_with_type(first);
                record.timed = (frame_timings || record.delta > 0) && !as_coverage;
                record.single_byte = bytes.position() == start + 1 && record.delta == 0;
                break;
            case 2:
                record.type = Type::line;
                record.line = bytes.packed_with_type(first);
                record.timed = line_timings && !as_coverage;
                if (record.timed)
                    record.delta = bytes.packed();
                break;
            default:
                switch (first) {
                case 0x13:
                    record.type = Type::info;
                    record.key = bytes.string();
                    record.text = bytes.string();
                    break;
                case 0x23:
                    record.type = Type::file;
                    record.file = bytes.packed();
                    record.text = bytes.string();
                    break;
                case 0x33:
                    line_timings = bytes.next() != 0;
                    is_flag = true;
                    break;
                case 0x43:
                    record.type = Type::function;
                    record.file = bytes.packed();
                    record.line = bytes.packed();
                    record.text = bytes.string();
                    break;
                case 0x53:
                    frame_timings = bytes.next() != 0;
                    is_flag = true;
                    break;
                default:
                    throw Corrupt();
                }
            }
            record.line_timings = line_timings;
            if (!is_flag)
                records.list.push_back(record);
        }
    } catch (Truncated) {
        records.status = "truncated";
    } catch (Corrupt) {
        records.status = "corrupt";
    }
    return records;
}

bool is_event(Type type)
{
    return type == Type::enter || type == Type::exit || type == Type::line;
}

/* The header is what stands before the first event; the last value of a key counts. */
std::optional<std::string> header_value(const Records &records, const std::string &key)
{
    std::optional<std::string> value;
    for (const Record &record : records.list) {
        if (is_event(record.type))
            break;
        if (record.type == Type::info && record.key == key)
            value = record.text;
    }
    return value;
}

bool looks_like_coverage(const Records &records)
{
    if (header_value(records, "requested-line-events") != "no" || records.status == "corrupt")
        return false;
    std::set<uint64_t> files;
    std::set<std::pair<uint64_t, uint64_t>> functions;
    std::vector<uint64_t> first_lines;
    bool has_lines = false;
    for (const Record &record : records.list) {
        if (record.type == Type::file)
            files.insert(record.file);
        if (record.type == Type::function)
            functions.emplace(record.file, record.line);
        if (record.type == Type::enter) {
            if (files.count(record.file) + functions.count({record.file, record.line}) < 2)
                return false;
            first_lines.push_back(record.line);
        }
        if (record.type == Type::exit) {
            if (!record.single_byte)
                return false;
            if (!first_lines.empty())
                first_lines.pop_back();
        }
        if (record.type == Type::line) {
            has_lines = true;
            if (!first_lines.empty() && record.line < first_lines.back())
                return false;
        }
    }
    return has_lines;
}

/* Nanoseconds, or ticks, at so many ticks of the running clock. */
class Clock
{
  public:
    explicit Clock(const Records &records)
    {
        const auto frequency = header_value(records, "reported-performance-frequency");
        const auto platform = header_value(records, "platform");
        if (frequency) {
            const bool is_number = frequency->find_first_not_of("0123456789") == std::string::npos;
            frequency_ = is_number && !frequency->empty() ? std::stoull(*frequency) : 0;
            is_ticks_ = frequency_ == 0;
        } else if (platform == "win32") {
            is_ticks_ = true;
        }
    }
    std::string unit() const
    {
        return is_ticks_ ? "ticks" : "ns";
    }
    bool fits(uint64_t ticks, uint64_t delta) const
    {
        return exactly(static_cast<__uint128_t>(ticks) + delta) <= UINT64_MAX &&
               delta <= UINT64_MAX - ticks;
    }
    uint64_t at(uint64_t ticks) const
    {
        return static_cast<uint64_t>(exactly(ticks));
    }

  private:
    __uint128_t exactly(__uint128_t ticks) const
    {
        return is_ticks_ ? ticks : ticks * 1000000000 / frequency_;
    }

    uint64_t frequency_ = 1000000; /* of a clock of microseconds */
    bool is_ticks_ = false;
};

struct Frame {
    FunctionKey function;
    uint64_t line = 0;
    /* The call that made it, and whether its function was not active further out. */
    CallKey call;
    bool outermost = true;
};

class Replay
{
  public:
    Replay()
    {
        stack_.push_back(Frame{FunctionKey{"", 0, HP_INTERPRETER}, 0, {}, true});
    }

    void charge(const Cost &cost, uint64_t line)
    {
        facts.total += cost;
        facts.lines[LineKey(stack_.back().function, line)] += cost;
        facts.functions[stack_.back().function].self += cost;
        std::set<FunctionKey> seen;
        for (const Frame &frame : stack_)
            if (seen.insert(frame.function).second)
                facts.functions[frame.function].inclusive += cost;
        for (size_t i = 1; i < stack_.size(); i++)
            if (stack_[i].outermost)
                facts.calls[stack_[i].call].inclusive += cost;
    }
    void enter(const FunctionKey &callee)
    {
        Frame frame;
        frame.function = callee;
        frame.line = callee.line;
        frame.call = CallKey(stack_.back().function, stack_.back().line, callee);
        for (const Frame &outer : stack_)
            if (outer.function == callee)
                frame.outermost = false;
        facts.calls[frame.call].count++;
        facts.functions[callee].calls++;
        facts.functions[callee].primitive += frame.outermost;
        stack_.push_back(frame);
    }
    void exit()
    {
        if (stack_.size() == 1)
            facts.unmatched_exits++;
        else
            stack_.pop_back();
    }
    Frame &current()
    {
        return stack_.back();
    }
    size_t depth() const
    {
        return stack_.size() - 1;
    }

    Facts facts;

  private:
    std::vector<Frame> stack_;
};

/* Functions are told apart by the joined names of their files and shown by the recorded ones; by
 * the joined one where one function was recorded under several. */
class Names
{
  public:
    explicit Names(std::string directory) : directory_(std::move(directory)) {}
    FunctionKey identity(const FunctionKey &recorded)
    {
        const FunctionKey key{joined(directory_, recorded.file), recorded.line, recorded.name};
        spellings_[key].insert(recorded.file);
        return key;
    }
    FunctionKey shown(const FunctionKey &identity) const
    {
        const auto found = spellings_.find(identity);
        if (found == spellings_.end() || found->second.size() > 1)
            return identity;
        return {*found->second.begin(), identity.line, identity.name};
    }
    Facts shown(const Facts &facts) const
    {
        Facts result = facts;
        result.functions.clear();
        result.lines.clear();
        result.calls.clear();
        /* A position that only nothing was charged to is not a fact. */
        for (const auto &[key, function] : facts.functions)
            if (!(function == FunctionFacts{}))
                result.functions[shown(key)] = function;
        for (const auto &[key, cost] : facts.lines)
            if (!(cost == Cost{}))
                result.lines[LineKey(shown(key.first), key.second)] = cost;
        for (const auto &[key, call] : facts.calls)
            result.calls[CallKey(shown(std::get<0>(key)), std::get<1>(key),
                                 shown(std::get<2>(key)))] = call;
        return result;
    }

  private:
    std::string directory_;
    std::map<FunctionKey, std::set<std::string>> spellings_;
};

} // namespace

bool is_hotshot_log(const std::string &bytes)
{
    return bytes.rfind("\x13\x0fhotshot-version", 0) == 0;
}

std::string joined(const std::string &directory, const std::string &file)
{
    const bool is_pseudo = !file.empty() && file.front() == '<' && file.back() == '>';
    if (file.empty() || is_pseudo || file == "~" || file[0] == '/')
        return file;
    const std::string whole = directory.empty() ? file : directory + "/" + file;
    std::vector<std::string> parts;
    std::string part;
    for (const char c : whole + "/") {
        if (c != '/') {
            part += c;
            continue;
        }
        if (part == ".." && !parts.empty() && parts.back() != "..")
            parts.pop_back();
        else if (part == ".." && whole[0] != '/')
            parts.push_back(part);
        else if (!part.empty() && part != "." && part != "..")
            parts.push_back(part);
        part.clear();
    }
    std::string result;
    if (parts.empty())
        return whole[0] == '/' ? "/" : ".";
    for (const std::string &name : parts)
        result += (result.empty() && whole[0] != '/' ? "" : "/") + name;
    return result;
}

Facts read_by_reference(const std::string &log)
{
    Records records = records_of(log, true);
    const bool coverage = looks_like_coverage(records);
    if (!coverage)
        records = records_of(log, false);

    Replay replay;
    const Clock clock(records);
    Names names(header_value(records, "current-directory").value_or(""));
    std::map<uint64_t, std::string> files;
    std::map<std::pair<uint64_t, uint64_t>, std::string> functions;
    uint64_t ticks = 0;
    bool any_timed = false, any_lines = false;
    Facts &facts = replay.facts;

    for (const Record &record : records.list) {
        if (record.timed && !clock.fits(ticks, record.delta)) {
            records.status = "corrupt";
            break;
        }
        if (record.type == Type::info)
            facts.info[record.key].push_back(record.text);
        if (record.type == Type::file)
            files[record.file] = record.text;
        if (record.type == Type::function)
            functions[{record.file, record.line}] = record.text;
        if (!is_event(record.type))
            continue;

        facts.events++;
        any_timed = any_timed || record.timed;
        any_lines = any_lines || record.type == Type::line;
        if (record.timed) {
            const uint64_t before = clock.at(ticks);
            ticks += record.delta;
            const Frame &left = replay.current();
            replay.charge(Cost{clock.at(ticks) - before, 0},
                          record.line_timings ? left.line : left.function.line);
        }
        if (record.type == Type::enter) {
            const auto file = files.find(record.file);
            const auto name = functions.find({record.file, record.line});
            replay.enter(names.identity({file == files.end() ? "?" : file->second, record.line,
                                         name == functions.end() ? "?" : name->second}));
        }
        if (record.type == Type::exit)
            replay.exit();
        if (record.type == Type::line) {
            replay.current().line = record.line;
            replay.charge(Cost{0, 1}, record.line);
        }
    }

    facts.status = records.status;
    facts.open_frames = replay.depth();
    facts.coverage = coverage;
    facts.unit = clock.unit();
    facts.has_hits = any_lines ? Presence::yes : Presence::no;
    if (facts.events == 0)
        facts.has_time = Presence::either;
    else
        facts.has_time = any_timed ? Presence::yes : Presence::no;

    return names.shown(facts);
}

std::string disagreement(const std::string &log)
{
    const Loaded loaded = load_bytes(log);
    if (loaded.status != HP_OK && loaded.status != HP_TRUNCATED && loaded.status != HP_CORRUPT)
        return std::string("loading failed: ") + loaded.error.message;
    return differences(read_by_reference(log), facts_of_profile(loaded.profile.get())) +
           violated_invariants(loaded.profile.get());
}

} // namespace test
