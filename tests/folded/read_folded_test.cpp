// SPDX-License-Identifier: MIT
/* Folded stacks of all writers, against a reader that takes lines apart character by character, and
 * samples that are added up by their definition. */
#include "support/facts.h"
#include "support/sampled_numbers.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <random>

namespace
{

using namespace test;

std::vector<std::string> split(const std::string &text, char separator)
{
    std::vector<std::string> parts(1);
    for (const char c : text)
        if (c == separator)
            parts.emplace_back();
        else
            parts.back() += c;
    return parts;
}

/* The text before and behind the last occurrence of a separator. */
std::pair<std::string, std::string> split_last(const std::string &text,
                                               const std::string &separator)
{
    const size_t at = text.rfind(separator);
    if (at == std::string::npos)
        return {text, ""};
    return {text.substr(0, at), text.substr(at + separator.size())};
}

bool is_number(const std::string &text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

Frame frame(const std::string &file, const std::string &name, const std::string &line)
{
    return {file + ":" + name, is_number(line) ? std::stoull(line) : 0};
}

Frame colon_frame(const std::string &text)
{
    const auto [rest, line] = split_last(text, ":");
    if (!is_number(line))
        return frame("", text, "0");
    const auto [file, name] = split_last(rest, ":");
    if (rest.find(':') == std::string::npos || (file == "kernel" && line == "0"))
        return frame("", rest, line);
    return frame(file == "~" ? "" : file, name, line);
}

/* Where no file has a blank before a parenthesis. */
Frame parentheses_frame(const std::string &text)
{
    if (text.empty() || text.back() != ')')
        return frame("", text, "0");
    size_t at = text.size(), open = 0;
    while (at-- > 0) {
        open += text[at] == ')';
        if (text[at] == '(' && --open == 0)
            break;
    }
    const std::string place = text.substr(at + 1, text.size() - at - 2);
    const auto [file, line] = split_last(place, ":");
    return is_number(line) ? frame(file, text.substr(0, at - 1), line)
                           : frame(place, text.substr(0, at - 1), "0");
}

Frame symbol_frame(const std::string &text)
{
    const auto [rest, line] = split_last(text, ":");
    const auto [name, file] = split_last(rest, " - ");
    return is_number(line) && !file.empty() ? frame(file, name, line) : frame("", text, "0");
}

enum Frames { COLONS, PARENTHESES, LINES, SYMBOLS };

struct Writer {
    const char *sample;
    Frames frames;
    size_t roots;   /* how many frames in front of a stack are none, at the most */
    size_t numbers; /* behind a stack */
    size_t threads;
    std::vector<std::string> events;
};

void PrintTo(const Writer &writer, std::ostream *out)
{
    *out << writer.sample;
}

std::vector<Sample> read(const std::string &text, const Writer &writer, bool native)
{
    std::vector<Sample> samples;
    for (std::string line : split(text, '\n')) {
        if (!line.empty() && line.back() == '\r')
            line.pop_back();
        if (line.empty() || line[0] == '#' || line.rfind("//", 0) == 0)
            continue;
        std::vector<std::string> numbers;
        for (size_t i = 0; i < writer.numbers; i++) {
            const auto [stack, number] = split_last(line, " ");
            line = stack;
            numbers.insert(numbers.begin(), number);
        }
        if (numbers[0].find(',') != std::string::npos)
            numbers = split(numbers[0], ',');
        Sample sample;
        const auto memory = [&](long long bytes) {
            sample.weights.push_back(bytes > 0 ? bytes : 0);
            sample.weights.push_back(bytes < 0 ? -bytes : 0);
        };
        for (const std::string &event : writer.events)
            if (event == "Time")
                sample.weights.push_back(1000 * std::stoull(numbers[0]));
            else if (event == "CPU")
                sample.weights.push_back(numbers[1] == "1" ? 0 : 1000 * std::stoull(numbers[0]));
            else if (event == "Samples")
                sample.weights.push_back(
                    writer.events.size() > 1
                        ? 1
                        : static_cast<uint64_t>(std::stod(numbers.back()) + 0.5));
            else if (event == "Allocated" && writer.numbers == 3)
                sample.weights.push_back(std::stoull(numbers[1]));
            else if (event == "Freed" && writer.numbers == 3)
                sample.weights.push_back(std::stoull(numbers[2]));
            else if (event == "Allocated")
                memory(std::stoll(numbers.back()));
        if (sample.weights == Weights(sample.weights.size()))
            continue;
        std::vector<std::string> frames = split(line, ';');
        for (size_t i = 0; i < frames.size(); i++) {
            const bool root = i < writer.roots &&
                              (writer.frames != PARENTHESES || frames[i].find("process ") == 0 ||
                               frames[i].find("thread (") == 0);
            if (root)
                continue;
            Frame of;
            switch (writer.frames) {
            case COLONS:
                of = colon_frame(frames[i]);
                break;
            case PARENTHESES:
                of = parentheses_frame(frames[i]);
                break;
            case LINES:
                of = parentheses_frame(frames[i]);
                of.second = std::stoull(frames[++i].substr(1));
                break;
            case SYMBOLS:
                of = symbol_frame(frames[i]);
                break;
            }
            if (of.first != ":<native>" || native)
                sample.stack.push_back(of);
        }
        samples.push_back(sample);
    }
    return samples;
}

const std::vector<std::string> samples_only{"Samples"}, austin{"Time", "Samples"},
    memory{"Allocated", "Freed", "Samples"}, austin_2{"Time", "Samples", "Allocated", "Freed"},
    full{"Time", "Samples", "CPU", "Allocated", "Freed"};

const Writer writers[] = {
    {"py-spy.txt", PARENTHESES, 0, 1, 0, samples_only},
    {"py-spy-subprocesses.txt", PARENTHESES, 3, 1, 3, samples_only},
    {"austin-2.txt", LINES, 2, 1, 2, austin},
    {"austin-2-full.txt", LINES, 2, 3, 1, austin_2},
    {"austin-full.austin", COLONS, 2, 1, 2, full},
    {"a-names.austin", COLONS, 2, 1, 1, austin},
    {"a-s.austin", COLONS, 2, 1, 2, austin},
    {"a-m.austin", COLONS, 2, 1, 2, memory},
    {"d-bin.collapsed.txt", COLONS, 1, 1, 1, samples_only},
    {"tachyon-names.txt", COLONS, 1, 1, 1, samples_only},
    {"tachyon-native.txt", COLONS, 1, 1, 2, samples_only},
    {"perf.txt", SYMBOLS, 0, 1, 0, samples_only},
    {"rbspy.txt", SYMBOLS, 0, 1, 0, samples_only},
    {"difference.txt", SYMBOLS, 0, 2, 0, samples_only},
    {"crlf.txt", SYMBOLS, 0, 1, 0, samples_only},
};

Loaded load(const std::string &text, const hp_load_options &options)
{
    Loaded loaded;
    loaded.profile.reset(hp_profile_new());
    loaded.status = hp_profile_load_bytes(loaded.profile.get(), "stacks", text.data(), text.size(),
                                          &options, &loaded.error);
    return loaded;
}

hp_load_options with_stacks()
{
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    options.stacks = true;
    return options;
}

class FoldedOf : public testing::TestWithParam<Writer>
{
  protected:
    const std::string text = read_file(data_path(std::string("folded/") + GetParam().sample));
};

TEST_P(FoldedOf, AreReadToTheNumbersOfTheDefinition)
{
    for (const bool native : {false, true}) {
        hp_load_options options = with_stacks();
        options.native = native;
        const Loaded loaded = load(text, options);
        const hp_profile *profile = loaded.profile.get();
        ASSERT_EQ(loaded.status, HP_OK) << loaded.error.message;
        const Numbers expected = numbers_of(read(text, GetParam(), native));
        const Numbers actual = numbers_of(profile, true);
        EXPECT_EQ(actual.total, expected.total);
        EXPECT_EQ(actual.inclusive, expected.inclusive);
        EXPECT_EQ(actual.self, expected.self);
        EXPECT_EQ(actual.calls, expected.calls);
        EXPECT_EQ(actual.stacks, expected.stacks);
        EXPECT_EQ(violated_invariants(profile), "");
        std::vector<std::string> events;
        for (size_t e = 0; e < hp_profile_event_count(profile); e++)
            events.push_back(hp_profile_event(profile, e)->name);
        EXPECT_EQ(events, GetParam().events);
        const hp_input *input = hp_profile_input(profile, 0);
        EXPECT_EQ(input->threads, GetParam().threads);
        EXPECT_TRUE(input->sampled);
    }
}

/* A cut file gives the lines that are whole, and says that it is cut where its writer ends every
 * line. */
TEST_P(FoldedOf, AreReadAsFarAsTheyAreWhole)
{
    const bool newline_ended = GetParam().frames != SYMBOLS;
    const size_t step = (text.size() > 5000 ? 97 : 1) * (HP_SANITIZED ? 7 : 1);
    size_t stacks = 0;
    for (size_t cut = 0; cut < text.size(); cut += step) {
        const std::string part = text.substr(0, cut);
        const Loaded loaded = load(part, with_stacks());
        if (loaded.status == HP_UNRECOGNISED) {
            EXPECT_LT(cut, size_t{HP_HEAD_SIZE});
            continue;
        }
        EXPECT_EQ(violated_invariants(loaded.profile.get()), "") << cut;
        EXPECT_TRUE(loaded.status == HP_OK || loaded.status == HP_TRUNCATED ||
                    loaded.status == HP_CORRUPT)
            << cut << loaded.error.message;
        EXPECT_GE(hp_profile_stack_count(loaded.profile.get()), stacks ? 1u : 0u);
        stacks = hp_profile_stack_count(loaded.profile.get());
        if (!newline_ended || !stacks)
            continue;
        EXPECT_EQ(loaded.status, part.back() == '\n' ? HP_OK : HP_TRUNCATED) << cut;
        const size_t end = part.rfind('\n') == std::string::npos ? 0 : part.rfind('\n') + 1;
        EXPECT_EQ(report("json", loaded.profile.get()).size() > 0, true);
        EXPECT_EQ(numbers_of(loaded.profile.get(), true),
                  numbers_of(load(part.substr(0, end), with_stacks()).profile.get(), true))
            << cut;
    }
}

TEST_P(FoldedOf, AddUpWhateverIsChanged)
{
    std::mt19937 random(1);
    for (int round = 0; round < 300; round++) {
        std::string changed = text.substr(0, 6000);
        for (unsigned i = 0; i <= random() % 8; i++) {
            const size_t at = random() % changed.size();
            switch (random() % 3) {
            case 0:
                changed[at] = static_cast<char>(random());
                break;
            case 1:
                changed.erase(at, 1 + random() % 9);
                break;
            default:
                changed.insert(at, std::string(1 + random() % 3, "; :()\n-,9L"[random() % 10]));
            }
        }
        const Loaded loaded = load(changed, with_stacks());
        if (loaded.status == HP_OK || loaded.status == HP_TRUNCATED || loaded.status == HP_CORRUPT)
            EXPECT_EQ(violated_invariants(loaded.profile.get()), "") << round;
        else
            EXPECT_TRUE(loaded.status == HP_UNRECOGNISED || loaded.status == HP_OVERFLOW)
                << loaded.status;
        EXPECT_EQ(loaded.status == HP_OK, loaded.error.message[0] == '\0');
    }
}

INSTANTIATE_TEST_SUITE_P(, FoldedOf, testing::ValuesIn(writers), [](const auto &instance) {
    return test_name(instance.param.sample);
});

std::string stacks_of(const std::string &text, const hp_load_options &options = with_stacks())
{
    return stacks_in(report("folded", load(text, options).profile.get()));
}

std::string problem_of(const std::string &text)
{
    const Loaded loaded = load(text, with_stacks());
    EXPECT_NE(loaded.status, HP_OK);
    return loaded.error.message;
}

TEST(Folded, FunctionsAreWhatThisRecordingIsKnownToHold)
{
    const Loaded loaded = load_file(data_path("folded/d-bin.collapsed.txt"));
    const Numbers numbers = numbers_of(loaded.profile.get(), true);
    EXPECT_EQ(numbers.total, Weights{2785});
    EXPECT_EQ(numbers.inclusive.at("deep.py:fib"), Weights{304});
    EXPECT_EQ(numbers.inclusive.at("deep.py:walk"), Weights{321});
    EXPECT_EQ(numbers.inclusive.at("deep.py:even"), Weights{640});
}

TEST(Folded, TextThatIsNoneIsNotTaken)
{
    for (const char *text :
         {"", "\n\n", "# only a comment\n", "hello 5\nworld 6\n", "a;b\nc;d\n", "5\n", "a;b x1\n",
          "int main() { int i; for (i = 0; i < 5; i++) print(i); return 5; }\n", "x;y,1\nz;2,3,\n",
          "<!DOCTYPE html>\n<p>&amp; 5\n", "key=value;other=1\n", "{\"a\": 1; \"b\": 3\n",
          "{ \"a\": 1; 3\n", "\x01;b 5\n"}) {
        const Loaded loaded = load(text, with_stacks());
        EXPECT_EQ(loaded.status, HP_UNRECOGNISED) << text;
    }
}

TEST(Folded, TheLastBlankSeparatesTheNumber)
{
    EXPECT_EQ(stacks_of("a b;c d  9 12\nx 3 4;y z 5\n"), "a b;c d  9 12\nx 3 4;y z 5\n");
    EXPECT_EQ(stacks_of("a;b 3\t\na;b\t4\n"), "a;b 7\n");
}

TEST(Folded, AnEmptyFrameIsAFunctionWithoutAName)
{
    EXPECT_EQ(stacks_of("a;;b 2\n;a 3\na; 4\n"), "???;a 3\na;??? 4\na;???;b 2\n");
}

TEST(Folded, ALineWithoutANumberIsNamedAndPassed)
{
    const std::string text = "a;b 1\na;c 2\na;d 3\na;b 4\na;b c\na;b 5\n";
    EXPECT_EQ(problem_of(text), "offset 24: expected a stack and a number, found 'a;b c'");
    EXPECT_EQ(stacks_of(text), "a;b 10\na;c 2\na;d 3\n");
}

TEST(Folded, NumbersThatDoNotFitAreErrors)
{
    EXPECT_EQ(problem_of("a;b 18446744073709551616\n"),
              "offset 4: expected a number that fits into 64 bits, found '18446744073709551616'");
    EXPECT_EQ(load("a;b 18446744073709551615\na 1\n", with_stacks()).status, HP_OVERFLOW);
    EXPECT_EQ(problem_of("P1;T1 18446744073709552\n"),
              "offset 6: expected a number that fits into 64 bits, found '18446744073709552'");
}

TEST(Folded, NegativeNumbersCountAsNone)
{
    const Loaded loaded = load("a;b -5\na;c 2\n", with_stacks());
    EXPECT_EQ(hp_profile_total(loaded.profile.get())[0], 2u);
    EXPECT_EQ(hp_profile_input(loaded.profile.get(), 0)->impossible_numbers, 1u);
}

TEST(Folded, ThreadsAndProcessesMayBeFunctions)
{
    hp_load_options options = with_stacks();
    options.threads_apart = true;
    EXPECT_EQ(stacks_of("P1;T0:2;a.py:f:3 1\nP1;T0:4;a.py:f:3 2\nP1;T0:4 5\n", options),
              "<process 1>;<thread 2>;f (a.py:3) 1000\n"
              "<process 1>;<thread 4> 5000\n"
              "<process 1>;<thread 4>;f (a.py:3) 2000\n");
    EXPECT_EQ(stacks_of("tid:7;a.py:f:3 1\n", options), "<thread 7>;f (a.py:3) 1\n");
    EXPECT_EQ(stacks_of("process 4:\"x (y)\";thread (0x2): Main (1);f (a.py:3) 1\n", options),
              "<process 4:\"x (y)\">;<thread 0x2: Main (1)>;f (a.py:3) 1\n");
    /* Deeper in a stack they are what they look like. */
    EXPECT_EQ(stacks_of("tid:7;a.py:f:3;tid:8 1\n", options), "<thread 7>;f (a.py:3);tid (:8) 1\n");
}

TEST(Folded, AFirstStackThatIsLongIsRecognised)
{
    for (const auto &[first, frame, end] : {std::tuple("tid:1;", "m.py:f:2", " 3\n"),
                                            {"", "f (m.py:2)", " 3\n"},
                                            {"P1;T0:2;", "m.py:f:2", " 3\n"},
                                            {"", "f", " 3\n"}}) {
        std::string text = first;
        for (int i = 0; i < 100000; i++)
            text += std::string(i ? ";" : "") + frame;
        text += end;
        const Loaded loaded = load_bytes(text);
        ASSERT_EQ(loaded.status, HP_OK) << first << frame << loaded.error.message;
        EXPECT_EQ(hp_profile_function_count(loaded.profile.get()), 2u);
        EXPECT_EQ(hp_profile_call_count(loaded.profile.get()), 2u);
        EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
    }
}

/* Comparing each of these stacks with the one before it from its root would take 10^10 steps. */
TEST(Folded, DeepStacksTakeOnlyWhatDiffers)
{
    std::string stack = "f (m.py:2)";
    for (int i = 0; i < 100000; i++)
        stack += ";g";
    std::string text;
    for (int i = 0; i < 200; i++)
        text += stack + (i % 2 ? ";h 1\n" : ";i 2\n");
    const Loaded loaded = load_bytes(text);
    ASSERT_EQ(loaded.status, HP_OK);
    EXPECT_EQ(*hp_profile_total(loaded.profile.get()), 300u);
    EXPECT_EQ(violated_invariants(loaded.profile.get()), "");
}

/* An empty frame is a byte. */
TEST(Folded, StacksThatAreTooDeepForTheFileAreRefused)
{
    const std::string text = "f (m.py:2);g (m.py:3) 1\n" + std::string(500000, ';') + "f 1\n";
    const Loaded loaded = load_bytes(text);
    EXPECT_EQ(loaded.status, HP_LIMIT);
    EXPECT_EQ(std::string(loaded.error.message).rfind("has a call stack of more than ", 0), 0u)
        << loaded.error.message;
}

TEST(Folded, ACommentOfTwoSlashesDoesNotEndInANumber)
{
    EXPECT_EQ(stacks_of("//\n//comment\n// of 3 words\nf (m.py:2);g (m.py:3) 1\n//p/x;f 5\n"),
              stacks_of("f (m.py:2);g (m.py:3) 1\n//p/x;f 5\n"));
    EXPECT_EQ(*hp_profile_total(load_bytes("f (m.py:2);g (m.py:3) 1\n//p/x;f 5\n").profile.get()),
              6u);
}

TEST(Folded, CompressedStacksAreRead)
{
    const std::string text = read_file(data_path("folded/py-spy.txt"));
    EXPECT_EQ(stacks_of(gzip(text)), stacks_of(text));
}

} // namespace
