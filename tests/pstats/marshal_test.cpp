// SPDX-License-Identifier: MIT
#include "support/comma_locale.h"
extern "C" {
#include "pstats/marshal.h"
}

#include <cmath>
#include <gtest/gtest.h>
#include <string>
#include <vector>

using namespace std::string_literals;

namespace
{

struct Parsed {
    std::string text; // as Python prints it, without blanks; tuples as lists, True as 1
    hp_status status;
    uint64_t offset;
    std::string message;
};

std::string number(double value)
{
    char buffer[40];

    snprintf(buffer, sizeof buffer, "%.17g", value);
    return buffer;
}

Parsed parse(const std::string &bytes)
{
    struct Open {
        bool dict;
        size_t items;
    };
    hp_error error = {};
    hp_marshal marshal = {};
    hp_marshal_value value;
    std::vector<Open> open;
    std::string text;

    marshal.in = {reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size(), 0, &error};
    while (hp_marshal_next(&marshal, &value)) {
        if (value.kind == HP_MARSHAL_END) {
            text += open.back().dict ? '}' : ']';
            open.pop_back();
            continue;
        }
        if (!open.empty() && open.back().items++ > 0)
            text += open.back().dict && open.back().items % 2 == 0 ? ':' : ',';
        switch (value.kind) {
        case HP_MARSHAL_NONE:
            text += "None";
            break;
        case HP_MARSHAL_INTEGER:
            text += (value.negative ? "-" : "") + std::to_string(value.integer);
            break;
        case HP_MARSHAL_FLOAT:
            text += number(value.number);
            break;
        case HP_MARSHAL_STRING:
            text += "'" + std::string(value.string.data, value.string.size) + "'";
            break;
        default:
            open.push_back({value.kind == HP_MARSHAL_DICT, 0});
            text += open.back().dict ? '{' : '[';
        }
    }
    EXPECT_EQ(marshal.depth, error.status == HP_OK ? 0u : open.size());
    EXPECT_TRUE(error.status != HP_OK || marshal.in.offset <= bytes.size());
    hp_marshal_free(&marshal);
    return {text, error.status, error.offset, error.message};
}

std::string text_of(const std::string &bytes)
{
    Parsed parsed = parse(bytes);

    return parsed.status == HP_OK ? parsed.text : parsed.message;
}

std::string tuple(size_t count)
{
    return ")"s + static_cast<char>(count);
}

TEST(Marshal, ReadsEveryTypeThatADumpCanHold)
{
    EXPECT_EQ(text_of("N"), "None");
    EXPECT_EQ(text_of("T"), "1");
    EXPECT_EQ(text_of("F"), "0");
    EXPECT_EQ(text_of("i\x7f\0\0\0"s), "127");
    EXPECT_EQ(text_of("i\xfb\xff\xff\xff"s), "-5");
    EXPECT_EQ(text_of("I\0\0\0\0\0\1\0\0"s), "1099511627776");
    EXPECT_EQ(text_of("I\0\0\0\0\0\0\0\x80"s), "-9223372036854775808");
    EXPECT_EQ(text_of("l\0\0\0\0"s), "0");
    EXPECT_EQ(text_of("l\3\0\0\0\0\0\0\0\0\4"s), "1099511627776");
    EXPECT_EQ(text_of("l\xfb\xff\xff\xff\0\0\0\0\0\0\0\0\4\0"s), "-4611686018427387904");
    EXPECT_EQ(text_of("l\5\0\0\0\xff\x7f\xff\x7f\xff\x7f\xff\x7f\7\0"s), "9223372036854775807");
    EXPECT_EQ(text_of("l\5\0\0\0\xff\x7f\xff\x7f\xff\x7f\xff\x7f\x0f\0"s), "18446744073709551615");
    EXPECT_EQ(text_of("g\0\0\0\0\0\0\x0a@"s), "3.25");
    EXPECT_EQ(text_of("f\4"
                      "3.25"),
              "3.25");
    EXPECT_EQ(text_of("s\2\0\0\0ab"s), "'ab'");
    EXPECT_EQ(text_of("t\2\0\0\0ab"s), "'ab'");
    EXPECT_EQ(text_of("u\2\0\0\0\xc3\xa9"s), "'\u00e9'");
    EXPECT_EQ(text_of("a\2\0\0\0ab"s), "'ab'");
    EXPECT_EQ(text_of("A\2\0\0\0ab"s), "'ab'");
    EXPECT_EQ(text_of("z\2ab"), "'ab'");
    EXPECT_EQ(text_of("Z\0"s), "''");
    EXPECT_EQ(text_of("(\2\0\0\0NN"s), "[None,None]");
    EXPECT_EQ(text_of(")\0"s), "[]");
    EXPECT_EQ(text_of("[\1\0\0\0T"s), "[1]");
    EXPECT_EQ(text_of("{NTFN0"), "{None:1,0:None}");
    EXPECT_EQ(text_of("{0"), "{}");
}

TEST(Marshal, ReadsOneValueAsEveryVersionWritesIt)
{
    const std::string tail = "i\1\0\0\0i\2\0\0\0"s;
    const std::string text_floats = "f\3"
                                    "0.5f\x16"
                                    "1.0000000000000001e-09";
    const std::string floats = "g\0\0\0\0\0\0\xe0?g\x95\xd6&\xe8\x0b.\x11>"s;
    const std::string value = "{['f',1,'n']:[1,2,0.5," + number(1e-9) + ",{}]}";

    EXPECT_EQ(
        text_of("{(\3\0\0\0s\1\0\0\0fi\1\0\0\0s\1\0\0\0n(\5\0\0\0"s + tail + text_floats + "{00"),
        value);
    EXPECT_EQ(
        text_of("{(\3\0\0\0u\1\0\0\0fi\1\0\0\0u\1\0\0\0n(\5\0\0\0"s + tail + text_floats + "{00"),
        value);
    EXPECT_EQ(text_of("{(\3\0\0\0t\1\0\0\0fi\1\0\0\0t\1\0\0\0n(\5\0\0\0"s + tail + floats + "{00"),
              value);
    EXPECT_EQ(text_of("\xfb\xa8\3\0\0\0\xf4\1\0\0\0f\xe9\1\0\0\0\xf4\1\0\0\0n(\5\0\0\0"
                      "r\3\0\0\0\xe9\2\0\0\0"s +
                      floats + "{00"),
              value);
    EXPECT_EQ(
        text_of("\xfb\xa9\3\xda\1f\xe9\1\0\0\0\xda\1n)\5r\3\0\0\0\xe9\2\0\0\0"s + floats + "{00"),
        value);
}

TEST(Marshal, ReadsFloatsWrittenAsText)
{
    auto read = [](const std::string &text) {
        return text_of("f"s + static_cast<char>(text.size()) + text);
    };

    EXPECT_EQ(read("0"), "0");
    EXPECT_EQ(read("-0.0"), "-0");
    EXPECT_EQ(read("12.5e1"), "125");
    EXPECT_EQ(read("1.0000000000000001e-09"), number(1e-9));
    EXPECT_EQ(read("0.10000000000000001"), number(0.1));
    EXPECT_EQ(read("1.7976931348623157e+308"), number(1.7976931348623157e308));
    EXPECT_EQ(read("4.9406564584124654e-324"), number(5e-324));
    EXPECT_EQ(read("1e9999"), "inf");
    EXPECT_EQ(read("inf"), "inf");
    EXPECT_EQ(read("-inf"), "-inf");
    EXPECT_EQ(read("nan"), number(NAN));
    EXPECT_EQ(read(std::string(255, '9')), number(1e255));
    for (const char *bad : {"", "-", ".", "e5", "1e", "1e+", "1.2.3", "1,5", "0x10", "1e99999",
                            "infinity", "1 ", " 1"})
        EXPECT_EQ(read(bad), "offset 0: expected a float, found other text") << bad;
}

TEST(Marshal, ReadsFloatsTheSameInEveryLocale)
{
    const test::CommaLocale locale;

    if (!locale.is_set())
        GTEST_SKIP() << "no localedef makes a locale with a decimal comma";
    EXPECT_EQ(parse("f\4"
                    "0.25")
                  .text,
              "0,25")
        << "as printf has it here";
}

TEST(Marshal, FollowsReferencesToFlaggedValues)
{
    // Values are numbered in the order in which they begin: a container before its items.
    EXPECT_EQ(text_of(tuple(3) + "\xa9\2\xda\3"
                                 "abcr\1\0\0\0r\0\0\0\0\xe9\5\0\0\0"s),
              "[['abc','abc'],['abc','abc'],5]");
    // None, True and False have no number, even with a flag.
    EXPECT_EQ(text_of(tuple(4) + "\xce\xd4\xfa\1ar\0\0\0\0"s), "[None,1,'a','a']");
    // The items of a value that is repeated are numbered once.
    EXPECT_EQ(text_of(tuple(4) + "\xa9\1\xfa\1ar\0\0\0\0\xfa\1br\2\0\0\0"s),
              "[['a'],['a'],'b','b']");
    // A dict, and references within references.
    EXPECT_EQ(text_of(tuple(3) + "\xfb\xfa\1k\xa9\1r\1\0\0\0"
                                 "0r\0\0\0\0r\2\0\0\0"s),
              "[{'k':['k']},{'k':['k']},['k']]");
}

TEST(Marshal, FollowsReferencesToInternedStringsOfPython2)
{
    EXPECT_EQ(text_of("[\4\0\0\0t\1\0\0\0as\1\0\0\0bt\1\0\0\0cR\1\0\0\0"s), "['a','b','c','c']");
    // Python 3 flags strings of the same type, but numbers other values, too.
    EXPECT_EQ(text_of("[\3\0\0\0\xe9\1\0\0\0\xf4\1\0\0\0ar\1\0\0\0"s), "[1,'a','a']");
}

TEST(Marshal, RefusesReferencesThatLeadNowhereOrInCircles)
{
    Parsed parsed = parse(tuple(2) + "\xfa\1ar\1\0\0\0"s);

    EXPECT_EQ(parsed.status, HP_CORRUPT);
    EXPECT_EQ(parsed.offset, 5u);
    EXPECT_EQ(parsed.message,
              "offset 5: expected a reference to a value before it, found one to no value");
    EXPECT_EQ(text_of("r\0\0\0\0"s),
              "offset 0: expected a reference to a value before it, found one to no value");
    EXPECT_EQ(text_of("R\xff\xff\xff\xff"s),
              "offset 0: expected a reference to a value before it, found one to no value");
    EXPECT_EQ(
        text_of("\xa9\1r\0\0\0\0"s),
        "offset 2: expected a reference to a value before it, found one to a value around it");
    EXPECT_EQ(
        text_of("\xfbNr\0\0\0\0"s + "0"),
        "offset 2: expected a reference to a value before it, found one to a value around it");
    EXPECT_EQ(
        text_of(tuple(2) + "\xa9\1\xa9\1r\0\0\0\0"s),
        "offset 6: expected a reference to a value before it, found one to a value around it");
}

TEST(Marshal, RefusesToNestDeeperThanAHundredLevels)
{
    std::string nested;

    for (int i = 0; i < 100; i++)
        nested += tuple(1);
    EXPECT_EQ(parse(nested + "N").status, HP_OK);
    EXPECT_EQ(text_of(nested + tuple(0)),
              "offset 200: expected at most 100 levels of nesting, found more");
}

// Each tuple holds the last one twice: 2^90 values in a few hundred bytes.
TEST(Marshal, RefusesReferencesThatMultiply)
{
    std::string bomb = tuple(90) + "\xa9\1N"s;

    for (char i = 0; i < 89; i++)
        bomb += "\xa9\2r"s + i + "\0\0\0r"s + i + "\0\0\0"s;
    EXPECT_EQ(parse(bomb).status, HP_LIMIT);

    std::string repeated = "[\0\4\0\0\xfa\xff"s + std::string(255, 'x');

    for (int i = 1; i < 1024; i++)
        repeated += "r\0\0\0\0"s;
    EXPECT_EQ(parse(repeated).status, HP_OK);
}

TEST(Marshal, RefusesNumbersThatCannotBe)
{
    EXPECT_EQ(text_of("s\xff\xff\xff\xff"s),
              "offset 1: expected a length, found a negative number");
    EXPECT_EQ(text_of("(\0\0\0\x80"s), "offset 1: expected a count, found a negative number");
    EXPECT_EQ(text_of("l\1\0\0\0\0\x80"s), "offset 5: expected a digit of 15 bits, found more");
    EXPECT_EQ(text_of("l\5\0\0\0\xff\x7f\xff\x7f\xff\x7f\xff\x7f\x10\0"s),
              "offset 1: expected an integer of at most 64 bits, found a longer one");
    EXPECT_EQ(text_of("l\0\0\0\x80"s + std::string(100, '\0')),
              "offset 1: expected an integer of at most 64 bits, found a longer one");
    EXPECT_EQ(text_of("s\xff\xff\xff\x7fxx"s),
              "offset 7: expected a string, found the end of the input");
}

TEST(Marshal, RefusesOtherTypes)
{
    EXPECT_EQ(text_of("?"), "offset 0: expected a marshal value, found a value of type 0x3f");
    EXPECT_EQ(text_of("0"), "offset 0: expected a marshal value, found a value of type 0x30");
    EXPECT_EQ(text_of(tuple(1) + "0"),
              "offset 2: expected a marshal value, found a value of type 0x30");
    EXPECT_EQ(text_of("{N0"), "offset 2: expected a marshal value, found a value of type 0x30");
    EXPECT_EQ(text_of("\x80"s), "offset 0: expected a marshal value, found a value of type 0x00");
}

// --- Code objects ----------------------------------------------------------------------------

std::string little_endian(uint32_t value)
{
    std::string bytes;

    for (int i = 0; i < 4; i++)
        bytes += static_cast<char>(value >> 8 * i);
    return bytes;
}

std::string text(char type, const std::string &value)
{
    return type + little_endian(static_cast<uint32_t>(value.size())) + value;
}

/* Some code of module m.py as a version writes it: so many integers, the code itself, and the
 * constants, then variables as they were before Python 3.11, or as since then. */
std::string code_object(size_t integers, const std::string &code, const std::string &constants,
                        bool since_11)
{
    std::string bytes = "\xe3";

    for (size_t i = 0; i < integers; i++)
        bytes += little_endian(i + 1 == integers ? 0x73 : 0); // the flags, which look like 's'
    bytes += code + constants + tuple(1) + text('t', "x") + tuple(0);
    bytes += since_11 ? text('s', "") : tuple(0) + tuple(0);
    bytes += text('t', "m.py") + text('t', "<module>");
    if (since_11)
        bytes += text('t', "full name");
    bytes += little_endian(42) + text('s', "lines");
    return since_11 ? bytes + text('s', "exceptions") : bytes;
}

struct Code {
    std::string file, name, after;
    uint64_t line;
    hp_status status;
    uint64_t offset;
};

/* The code object in a tuple of two, and the string behind it. */
Code read_code(const std::string &bytes)
{
    const std::string input = tuple(2) + bytes + "z\5after";
    hp_error error = {};
    hp_marshal marshal = {};
    hp_marshal_value value;
    hp_marshal_code code = {};
    Code result = {};

    marshal.in = {reinterpret_cast<const uint8_t *>(input.data()), input.size(), 0, &error};
    EXPECT_TRUE(hp_marshal_next(&marshal, &value));
    if (hp_marshal_next(&marshal, &value)) {
        EXPECT_EQ(value.kind, HP_MARSHAL_CODE);
        if (hp_marshal_read_code(&marshal, &code) && hp_marshal_next(&marshal, &value)) {
            result.file.assign(code.file.data, code.file.size);
            result.name.assign(code.name.data, code.name.size);
            result.line = code.line;
            result.after.assign(value.string.data, value.string.size);
        }
    }
    hp_marshal_free(&marshal);
    result.status = error.status;
    result.offset = error.offset;
    return result;
}

void expect_code(const std::string &bytes)
{
    const Code code = read_code(bytes);

    EXPECT_EQ(code.status, HP_OK);
    EXPECT_EQ(code.file, "m.py");
    EXPECT_EQ(code.name, "<module>");
    EXPECT_EQ(code.line, 42u);
    EXPECT_EQ(code.after, "after");
}

const std::string some_code = "\xf3\3\0\0\0abc"s;

TEST(Marshal, ReadsTheNamesOfCodeOfEveryVersion)
{
    expect_code(code_object(4, some_code, tuple(0), false)); // 2.7
    expect_code(code_object(5, some_code, tuple(0), false)); // 3.0 to 3.7
    expect_code(code_object(6, some_code, tuple(0), false)); // 3.8 to 3.10
    expect_code(code_object(5, some_code, tuple(0), true));  // 3.11 and later
}

TEST(Marshal, ReadsCodeWithAnyConstants)
{
    const std::string inner = code_object(6, some_code, tuple(1) + "N", false);
    const std::string constants = tuple(7) + "l\6\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0"s +
                                  "l\xfa\xff\xff\xff"s + std::string(10, '\0') + "\1\0"s + "." +
                                  "y" + std::string(16, '\0') + "\xbe\0\0\0\0"s + inner + tuple(1) +
                                  inner;

    expect_code(code_object(6, some_code, constants, false));
}

// Python 3.10 shares the code of functions that do the same.
TEST(Marshal, ReadsCodeThatRefersToOtherCode)
{
    const std::string inner = code_object(6, "r\1\0\0\0"s, tuple(0), false);

    expect_code(code_object(6, some_code, tuple(1) + inner, false));
}

TEST(Marshal, KnowsWhereCodeWasCut)
{
    const std::string whole = tuple(1) + code_object(5, some_code, tuple(0), true);

    ASSERT_EQ(parse(whole).status, HP_OK);
    for (size_t size = 0; size < whole.size(); size++) {
        const Parsed parsed = parse(whole.substr(0, size));

        EXPECT_EQ(parsed.status, HP_TRUNCATED) << size << ": " << parsed.message;
    }
}

TEST(Marshal, RefusesCodeOfOtherVersions)
{
    EXPECT_EQ(text_of("c" + std::string(100, '\0')),
              "offset 0: expected a code object of Python 2.7 to 3.15, found another one");
}

TEST(Marshal, KnowsWhereItWasCut)
{
    const std::string whole = "\xfb\xa9\3\xda\1f\xe9\1\0\0\0\xf4\1\0\0\0n)\6r\3\0\0\0l\1\0\0\0\2\0"
                              "g\0\0\0\0\0\0\xe0?f\1"
                              "5I\1\0\0\0\0\0\0\0{00"s;

    ASSERT_EQ(parse(whole).status, HP_OK);
    for (size_t size = 0; size < whole.size(); size++) {
        Parsed parsed = parse(whole.substr(0, size));

        EXPECT_EQ(parsed.status, HP_TRUNCATED) << size;
        EXPECT_EQ(parsed.offset, size);
    }
}

} // namespace
