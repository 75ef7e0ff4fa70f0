// SPDX-License-Identifier: MIT
#include "support/balance_check.h"

extern "C" {
#include "pstats/dump.h"
}

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace test
{

namespace
{

class Choices
{
  public:
    Choices(const uint8_t *data, size_t size) : data_(data), size_(size) {}
    bool left() const
    {
        return size_ > 0;
    }
    unsigned byte()
    {
        if (size_ == 0)
            return 0;
        size_--;
        return *data_++;
    }
    unsigned below(unsigned bound)
    {
        return byte() % bound;
    }

  private:
    const uint8_t *data_;
    size_t size_;
};

// --- Dumps as plain values -----------------------------------------------------------------------

struct Dump {
    std::vector<hp_dump_function> functions;
    std::vector<hp_dump_call> calls;
    double rounding = 0;
    bool repeated = false;
    uint32_t not_recorded = HP_NO_FUNCTION;
};

struct Balanced {
    std::vector<hp_dump_function> functions;
    std::vector<hp_dump_call> calls;
    uint32_t not_recorded, interpreter;
    uint64_t total;
    bool mixed_threads;

    uint64_t cost(uint32_t caller, uint32_t callee) const
    {
        uint64_t sum = 0;

        for (const hp_dump_call &call : calls)
            sum += call.caller == caller && call.callee == callee ? call.cost : 0;
        return sum;
    }
    uint64_t count(uint32_t caller, uint32_t callee) const
    {
        uint64_t sum = 0;

        for (const hp_dump_call &call : calls)
            if (call.caller == caller && call.callee == callee)
                sum = hp_add_counts(sum, call.count);
        return sum;
    }
    uint64_t entered() const
    {
        uint64_t sum = 0;

        for (const hp_dump_call &call : calls)
            sum += call.caller == interpreter ? call.cost : 0;
        return sum;
    }
};

Balanced balance(const Dump &dump)
{
    hp_dump work = {};
    bool whole = hp_dump_need_functions(&work, dump.functions.size());

    std::copy(dump.functions.begin(), dump.functions.end(), work.functions);
    for (const hp_dump_call &call : dump.calls) {
        hp_dump_call *added = hp_dump_add_call(&work);

        whole = whole && added;
        *added = call;
    }
    work.rounding = dump.rounding;
    work.repeated = dump.repeated;
    work.not_recorded = dump.not_recorded;
    if (!whole || hp_dump_balance(&work, nullptr) != HP_OK)
        throw std::runtime_error("no memory");

    Balanced balanced = {{work.functions, work.functions + work.function_count},
                         {work.calls, work.calls + work.call_count},
                         work.not_recorded,
                         work.interpreter,
                         work.total,
                         work.mixed_threads};

    hp_dump_free(&work);
    return balanced;
}

double distance(uint64_t a, uint64_t b)
{
    return static_cast<double>(std::max(a, b) - std::min(a, b));
}

std::string text_of(const Dump &dump)
{
    std::ostringstream text;

    for (size_t f = 0; f < dump.functions.size(); f++)
        text << f << ": primitive " << static_cast<int64_t>(dump.functions[f].primitive)
             << " calls " << static_cast<int64_t>(dump.functions[f].calls) << " self "
             << dump.functions[f].self << " inclusive " << dump.functions[f].inclusive
             << (dump.functions[f].whole ? "" : " not whole") << "\n";
    for (const hp_dump_call &call : dump.calls)
        text << call.caller << " -> " << call.callee << " count "
             << static_cast<int64_t>(call.count) << " cost " << call.cost
             << (call.timed ? "" : " untimed") << (call.estimated ? " estimated" : "") << "\n";
    return text.str();
}

std::string text_of(const Balanced &balanced)
{
    Dump dump = {balanced.functions, balanced.calls};

    return "total " + std::to_string(balanced.total) + " not recorded " +
           std::to_string(static_cast<int32_t>(balanced.not_recorded)) + "\n" + text_of(dump);
}

/* reaches[a][b]: a calls b, directly or through others. */
std::vector<std::vector<bool>> reachability(size_t functions,
                                            const std::vector<hp_dump_call> &calls)
{
    std::vector<std::vector<bool>> reaches(functions, std::vector<bool>(functions));

    for (size_t f = 0; f < functions; f++)
        reaches[f][f] = true;
    for (const hp_dump_call &call : calls)
        reaches[call.caller][call.callee] = true;
    for (size_t k = 0; k < functions; k++)
        for (size_t i = 0; i < functions; i++)
            for (size_t j = 0; j < functions && reaches[i][k]; j++)
                if (reaches[k][j])
                    reaches[i][j] = true;
    return reaches;
}

// --- What holds for every dump -------------------------------------------------------------------

class Wrong
{
  public:
    template <typename... Parts> void unless(bool right, const Parts &...parts)
    {
        if (!right && text_.str().empty()) {
            (text_ << ... << parts);
            text_ << "\n";
        }
    }
    std::string with(const Dump &dump, const Balanced &balanced) const
    {
        return text_.str().empty() ? ""
                                   : text_.str() + text_of(dump) + "became\n" + text_of(balanced);
    }

  private:
    std::ostringstream text_;
};

void check_sums(const Dump &dump, const Balanced &balanced, Wrong *wrong)
{
    const size_t functions = balanced.functions.size();
    std::vector<uint64_t> into(functions);
    uint64_t self = 0;

    wrong->unless(functions == dump.functions.size() + 2, "not two functions more");
    wrong->unless(balanced.interpreter == functions - 1, "the interpreter is not the last");
    for (size_t f = 0; f < functions; f++)
        self += balanced.functions[f].self;
    wrong->unless(self == balanced.total, "self costs are ", self, " of ", balanced.total);
    wrong->unless(balanced.entered() == balanced.total, "the interpreter's calls cost ",
                  balanced.entered(), " of ", balanced.total);
    for (const hp_dump_call &call : balanced.calls) {
        wrong->unless(call.callee != balanced.interpreter, "the interpreter is called");
        wrong->unless(call.caller != call.callee || call.cost == 0, call.caller,
                      " calls itself for ", call.cost);
        into[call.callee] += call.cost;
    }
    for (size_t f = 0; f + 1 < functions; f++) {
        const hp_dump_function &function = balanced.functions[f];

        wrong->unless(into[f] == function.inclusive, "calls into ", f, " cost ", into[f]);
        wrong->unless(function.self <= function.inclusive, f, " costs less than itself");
        wrong->unless(function.inclusive <= balanced.total, f, " costs more than the total");
        if (f != dump.not_recorded && f < dump.functions.size())
            wrong->unless(function.self == dump.functions[f].self, f, " has another self cost");
    }
}

/* Calls from outside the recursion of their callee, which may be by way of what is not recorded,
 * are as they were, unless they are said to be estimated. */
void check_calls(const Dump &dump, const Balanced &balanced, Wrong *wrong)
{
    const auto reaches = reachability(balanced.functions.size(), balanced.calls);
    std::vector<double> tolerance(dump.functions.size(), 2 * dump.rounding);
    bool timed = true;

    for (const hp_dump_call &call : dump.calls) {
        tolerance[call.callee] += 4 * dump.rounding;
        timed = timed && call.timed;
    }
    for (size_t i = 0; i < dump.calls.size(); i++) {
        const hp_dump_call &before = dump.calls[i], &after = balanced.calls[i];

        wrong->unless(after.caller == before.caller && after.callee == before.callee &&
                          after.line == before.line,
                      "call ", i, " changed");
        if (before.timed && !after.estimated && !reaches[before.callee][before.caller])
            wrong->unless(distance(after.cost, before.cost) <= tolerance[before.callee], "call ", i,
                          " costs ", after.cost);
        wrong->unless(after.timed || after.estimated, "call ", i, " is not said to be estimated");
    }
    if (!timed)
        wrong->unless(balanced.not_recorded == HP_NO_FUNCTION,
                      "something is lost in an untimed one");
}

// --- Any dump ------------------------------------------------------------------------------------

uint64_t any_number(Choices *in)
{
    const unsigned first = in->byte();

    if (first < 160)
        return first;
    if (first < 200)
        return in->byte() * 257u;
    if (first < 252)
        return static_cast<uint64_t>(in->byte()) << (first - 200);
    return ((uint64_t{1} << 62) - 1) >> (first - 252);
}

uint64_t any_count(Choices *in)
{
    const unsigned first = in->byte();

    return first < 250 ? first % 5 : first < 254 ? HP_UNKNOWN : INT64_MAX - in->byte();
}

Dump any_dump(Choices *in)
{
    Dump dump;
    const unsigned kind = in->byte();
    uint64_t total = 0;

    dump.functions.resize(1 + in->below(9));
    dump.rounding = kind & 1 ? 0.5 : 0;
    for (hp_dump_function &function : dump.functions) {
        function.whole = in->below(8) > 0;
        if (!function.whole)
            continue;
        function.self = std::min(any_number(in), (uint64_t{1} << 62) - 1 - total);
        function.inclusive = in->below(2) ? any_number(in) : function.self + any_number(in) / 2;
        function.inclusive = std::min(function.inclusive, (uint64_t{1} << 62) - 1);
        function.calls = any_count(in);
        function.primitive = in->below(3) ? function.calls : any_count(in);
        total += function.self;
    }
    while (in->left() && dump.calls.size() < 40) {
        hp_dump_call call = {};
        const auto functions = static_cast<unsigned>(dump.functions.size());

        call.caller = in->below(functions);
        call.callee = in->below(functions);
        if (!dump.functions[call.callee].whole)
            continue;
        call.line = dump.calls.size();
        call.timed = !(kind & 2) || in->below(3) > 0;
        call.count = kind & 4 ? any_count(in) : 1 + in->below(4);
        call.cost = call.timed ? any_number(in) : 0;
        dump.calls.push_back(call);
    }
    dump.repeated = kind & 8;
    if (kind % 64 == 63 && dump.functions[0].whole)
        dump.not_recorded = 0;
    return dump;
}

// --- Programs ------------------------------------------------------------------------------------

/* A code object. Several may have one label, of which cProfile keeps the last one's numbers. */
struct Code {
    unsigned label = 0;
    uint64_t calls = 0, recursive = 0, inclusive = 0, self = 0;
    unsigned level = 0;
};

/* What a code object's calls of another one cost. */
struct Calls {
    uint64_t count = 0, cost = 0;
    unsigned level = 0;
};

struct Truth {
    uint64_t count = 0, cost = 0; /* calls by the interpreter */
};

/* Runs a program and keeps the books as cProfile does. */
class Program
{
  public:
    struct Shape {
        bool namesakes; /* code objects may have one label */
        bool rooted;    /* the interpreter calls the first one only, whose label nobody else has */
        bool recursive;
        bool costly; /* no call costs nothing */
    };

    Program(Choices *in, Shape shape) : shape_(shape)
    {
        const unsigned codes = 1 + in->below(7);
        const unsigned labels = shape.namesakes ? 1 + in->below(codes) : codes;

        codes_.resize(codes);
        for (unsigned c = 0; c < codes; c++)
            codes_[c].label = c < labels || labels == 1 ? c : 1 + in->below(labels - 1);
        entries_.resize(codes);
        while (in->left())
            step(in);
        while (!stack_.empty())
            leave();
    }

    Dump dump() const
    {
        Dump dump;
        std::vector<bool> kept(codes_.size());
        std::map<std::pair<unsigned, unsigned>, hp_dump_call> calls;

        dump.functions.resize(codes_.size());
        for (unsigned c = 0; c < codes_.size(); c++) {
            const Code &code = codes_[c];

            if (code.calls > 0)
                dump.functions[code.label] = {code.self,  code.inclusive,
                                              code.calls, code.calls - code.recursive,
                                              true,       false};
        }
        for (const auto &[key, made] : calls_) {
            if (!is_kept(key.second))
                continue;

            hp_dump_call &call = calls[{codes_[key.first].label, codes_[key.second].label}];

            call.caller = codes_[key.first].label;
            call.callee = codes_[key.second].label;
            call.count += made.count;
            call.cost += made.cost;
            call.timed = true;
        }
        for (const auto &[key, call] : calls)
            dump.calls.push_back(call);
        return dump;
    }

    /* Whether the dump holds a code object's numbers: it was the last one of its label. */
    bool is_kept(unsigned code) const
    {
        for (unsigned c = code + 1; c < codes_.size(); c++)
            if (codes_[c].label == codes_[code].label && codes_[c].calls > 0)
                return false;
        return codes_[code].calls > 0;
    }
    const std::vector<Code> &codes() const
    {
        return codes_;
    }
    /* The calls of a code object by the interpreter. */
    const Truth &entry(unsigned code) const
    {
        return entries_[code];
    }
    uint64_t total() const
    {
        return total_;
    }

  private:
    struct Frame {
        unsigned code;
        uint64_t start, callees;
    };

    void step(Choices *in)
    {
        const unsigned what = in->byte();

        if (what < 110 && stack_.size() < 12)
            call(in);
        else if (what < 210 && !stack_.empty())
            leave();
        else if (!stack_.empty())
            clock_ += in->byte();
    }
    void call(Choices *in)
    {
        unsigned first = shape_.recursive || stack_.empty() ? 0 : stack_.back().code + 1;
        unsigned count = static_cast<unsigned>(codes_.size()) - first;

        if (shape_.rooted && stack_.empty())
            enter(0);
        else if (count > 0)
            enter(first + in->below(count));
    }
    void enter(unsigned code)
    {
        codes_[code].level++;
        if (!stack_.empty())
            calls_[{stack_.back().code, code}].level++;
        stack_.push_back({code, clock_, 0});
        clock_ += shape_.costly;
    }
    void leave()
    {
        const Frame frame = stack_.back();
        const uint64_t cost = clock_ - frame.start;
        Code &code = codes_[frame.code];

        stack_.pop_back();
        if (--code.level == 0)
            code.inclusive += cost;
        else
            code.recursive++;
        code.self += cost - frame.callees;
        code.calls++;
        if (stack_.empty()) {
            entries_[frame.code].count++;
            entries_[frame.code].cost += cost;
            total_ += cost;
            return;
        }
        stack_.back().callees += cost;

        Calls &calls = calls_[{stack_.back().code, frame.code}];

        if (--calls.level == 0)
            calls.cost += cost;
        calls.count++;
    }

    Shape shape_;
    std::vector<Code> codes_;
    std::map<std::pair<unsigned, unsigned>, Calls> calls_;
    std::vector<Frame> stack_;
    std::vector<Truth> entries_;
    uint64_t clock_ = 0, total_ = 0;
};

/* The same dump with all but the first function under a few labels. */
Dump stripped(const Dump &dump, unsigned labels)
{
    const auto label = [labels](uint32_t f) {
        return f == 0 ? 0 : 1 + f % labels;
    };
    std::map<std::pair<uint32_t, uint32_t>, hp_dump_call> calls;
    Dump result;

    result.functions.resize(1 + labels);
    result.repeated = true;
    for (uint32_t f = 0; f < dump.functions.size(); f++) {
        hp_dump_function &function = result.functions[label(f)];

        function.self += dump.functions[f].self;
        function.inclusive += dump.functions[f].inclusive;
        function.calls += dump.functions[f].calls;
        function.primitive += dump.functions[f].primitive;
        function.whole = function.whole || dump.functions[f].whole;
    }
    for (const hp_dump_call &call : dump.calls) {
        hp_dump_call &sum = calls[{label(call.caller), label(call.callee)}];

        sum.caller = label(call.caller);
        sum.callee = label(call.callee);
        sum.count += call.count;
        sum.cost += call.cost;
        sum.timed = true;
    }
    for (const auto &[key, call] : calls)
        result.calls.push_back(call);
    return result;
}

/* Of a program without namesakes: what the interpreter's calls of a function, and of all functions
 * of its component, cost. */
void check_entry(const Program &program, unsigned code, const Dump &dump, const Balanced &balanced,
                 Wrong *wrong)
{
    const auto reaches = reachability(dump.functions.size(), dump.calls);
    const unsigned label = program.codes()[code].label;
    const Truth truth = program.entry(code);
    uint64_t component = 0, true_component = 0;
    size_t entered = 0;

    for (unsigned c = 0; c < program.codes().size(); c++) {
        const unsigned other = program.codes()[c].label;

        if (!program.is_kept(c) || !reaches[label][other] || !reaches[other][label])
            continue;
        component += balanced.cost(balanced.interpreter, other);
        true_component += program.entry(c).cost;
        entered += program.entry(c).count > 0;
    }
    wrong->unless(balanced.count(balanced.interpreter, label) == truth.count,
                  "the interpreter's calls of ", label, " are not ", truth.count);
    wrong->unless(component == true_component, "the interpreter's calls of the component of ",
                  label, " cost ", component, ", not ", true_component);
    if (entered < 2)
        wrong->unless(balanced.cost(balanced.interpreter, label) == truth.cost,
                      "the interpreter's calls of ", label, " do not cost ", truth.cost);
}

} // namespace

std::string wrong_in_any_dump(const uint8_t *data, size_t size)
{
    Choices in(data, size);
    const Dump dump = any_dump(&in);
    const Balanced balanced = balance(dump);
    Wrong wrong;

    check_sums(dump, balanced, &wrong);
    check_calls(dump, balanced, &wrong);
    return wrong.with(dump, balanced);
}

std::string wrong_in_recorded_dump(const uint8_t *data, size_t size)
{
    Choices in(data, size);
    const unsigned choice = in.byte();
    const Program::Shape shape = {(choice & 1) > 0, (choice & 2) > 0, (choice & 4) > 0,
                                  (choice & 8) > 0};
    const Program program(&in, shape);
    Dump dump = program.dump();

    dump.repeated = choice & 16;

    const Balanced balanced = balance(dump);
    bool lost = false;
    Wrong wrong;

    check_sums(dump, balanced, &wrong);
    check_calls(dump, balanced, &wrong);
    for (unsigned c = 0; c < program.codes().size(); c++)
        lost = lost || (program.codes()[c].calls > 0 && !program.is_kept(c));
    wrong.unless(!balanced.mixed_threads, "threads are mixed");
    if (!lost) {
        wrong.unless(balanced.not_recorded == HP_NO_FUNCTION, "something is lost");
        for (size_t f = 0; f < dump.functions.size(); f++)
            wrong.unless(balanced.functions[f].inclusive == dump.functions[f].inclusive,
                         "the inclusive cost of ", f, " changed");
    }
    /* In recursion by way of what is lost, too little is known. */
    if (!lost || (shape.rooted && !shape.recursive && !dump.repeated))
        wrong.unless(balanced.total == program.total(), "the total is not ", program.total());
    for (unsigned c = 0; !lost && c < program.codes().size(); c++)
        if (program.is_kept(c))
            check_entry(program, c, dump, balanced, &wrong);
    return wrong.with(dump, balanced);
}

std::string wrong_in_stripped_dump(const uint8_t *data, size_t size)
{
    Choices in(data, size);
    const unsigned labels = 1 + in.below(4), shape = in.byte();
    const Program program(&in, {false, (shape & 2) > 0, (shape & 4) > 0, true});
    const Dump dump = stripped(program.dump(), labels);
    const Balanced balanced = balance(dump);
    Wrong wrong;

    check_sums(dump, balanced, &wrong);
    wrong.unless(balanced.total == program.total(), "the total is not ", program.total());
    wrong.unless(balanced.not_recorded == HP_NO_FUNCTION, "something is lost");
    return wrong.with(dump, balanced);
}

} // namespace test
