// SPDX-License-Identifier: MIT
/* The JSON report has the shape that hotreport.schema.json describes, which programs rely on. */
#include "report.h"
#include "support/profile_builder.h"
#include "support/support.h"
#include "support/unknown_calls.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace
{

using namespace test;
using nlohmann::json;

/* Validates what the schema uses of JSON Schema; stricter, as it knows of every member. */
class Schema
{
  public:
    /* What is wrong; empty: nothing. */
    std::string check(const json &value) const
    {
        std::string problem;
        check(value, root_, "", &problem);
        return problem;
    }

  private:
    static bool has_type(const json &value, const std::string &type)
    {
        return type == "object"    ? value.is_object()
               : type == "array"   ? value.is_array()
               : type == "string"  ? value.is_string()
               : type == "boolean" ? value.is_boolean()
               : type == "integer" ? value.is_number_integer()
               : type == "null"    ? value.is_null()
                                   : false;
    }

    void check(const json &value, const json &schema, const std::string &at,
               std::string *problem) const
    {
        const auto expect = [&](bool truth, const std::string &what) {
            if (!truth && problem->empty())
                *problem = at + ": " + what + ": " + value.dump().substr(0, 200);
        };
        for (const auto &[key, rule] : schema.items()) {
            if (key == "$ref") {
                const std::string reference = rule;
                check(value, root_.at(json::json_pointer(reference.substr(1))), at, problem);
            } else if (key == "type" && rule.is_array()) {
                expect(std::any_of(rule.begin(), rule.end(),
                                   [&value](const json &type) {
                                       return has_type(value, type);
                                   }),
                       "type");
            } else if (key == "type") {
                expect(has_type(value, rule), "type");
            } else if (key == "const") {
                expect(value == rule, "const");
            } else if (key == "enum") {
                expect(std::find(rule.begin(), rule.end(), value) != rule.end(), "enum");
            } else if (key == "minimum") {
                expect(!value.is_number() || value >= rule, "minimum");
            } else if (key == "required") {
                for (const std::string member : rule)
                    expect(value.contains(member), "without " + member);
            } else if (key == "items") {
                for (size_t i = 0; value.is_array() && i < value.size(); i++)
                    check(value[i], rule, at + "/" + std::to_string(i), problem);
            } else if (key == "properties") {
                check_members(value, schema, at, problem);
            } else if (key == "additionalProperties") {
                if (!schema.contains("properties"))
                    for (const auto &[member, item] : value.items())
                        check(item, rule, at + "/" + member, problem);
            } else if (key != "$schema" && key != "title" && key != "description" &&
                       key != "$defs") {
                expect(false, "the test knows no " + key);
            }
        }
    }

    void check_members(const json &value, const json &schema, const std::string &at,
                       std::string *problem) const
    {
        const json &members = schema.at("properties");
        for (const auto &[member, item] : value.items()) {
            if (members.contains(member))
                check(item, members.at(member), at + "/" + member, problem);
            else if (problem->empty())
                *problem = at + ": the schema has no " + member;
        }
    }

    const json root_ =
        json::parse(read_file(HP_SOURCE_DIR "/reports/export/hotreport.schema.json"));
};

json written(hp_profile *profile, const hp_report_options &options)
{
    char *text = nullptr;
    size_t size = 0;
    hp_error error{};
    FILE *out = open_memstream(&text, &size);
    EXPECT_EQ(hp_report_write(hp_report_find("json"), profile, &options, out, &error), HP_OK)
        << error.message;
    fclose(out);
    const json root = json::parse(text, text + size);
    free(text);
    return root;
}

class JsonSchema : public testing::TestWithParam<std::string>
{
};

TEST_P(JsonSchema, DescribesTheReport)
{
    const Loaded loaded = load_file(data_path(GetParam()));
    EXPECT_EQ(Schema().check(written(loaded.profile.get(), {})), "");
}

std::vector<std::string> all_samples()
{
    std::vector<std::string> all;
    for (const auto &[folder, ending] :
         {std::pair("hotshot", ".prof"), std::pair("pstats", ".prof"),
          std::pair("callgrind", ".out")})
        for (const std::string &name : samples(folder, ending, 1 << 20))
            all.push_back(std::string(folder) + "/" + name + ending);
    return all;
}

INSTANTIATE_TEST_SUITE_P(, JsonSchema, testing::ValuesIn(all_samples()), [](const auto &instance) {
    return test_name(instance.param);
});

TEST(JsonSchemaItself, DescribesDifferences)
{
    const char *const samples[] = {"hotshot/json-linetimes.prof", "pstats/json-3.10.prof",
                                   "pstats/json-3.12.prof", "pstats/profile-raw-3.8.prof"};
    for (const char *now : samples)
        for (const char *before : samples) {
            const Loaded profile = load_file(data_path(now)), base = load_file(data_path(before));
            hp_report_options options{};
            options.base = base.profile.get();
            EXPECT_EQ(Schema().check(written(profile.profile.get(), options)), "")
                << now << " " << before;
        }
}

TEST(JsonSchemaItself, DescribesUnknownNumbersOfCalls)
{
    const Builder sampled = sampled_program(), counted = sampled_program(true);
    EXPECT_EQ(Schema().check(written(sampled.get(), {})), "");
    for (const auto &[program, base] :
         {std::pair(&sampled, &counted), std::pair(&counted, &sampled)}) {
        hp_report_options options{};
        options.base = base->get();
        EXPECT_EQ(Schema().check(written(program->get(), options)), "");
    }
}

TEST(JsonSchemaItself, DescribesWhatIsNotKnown)
{
    const std::vector<hp_event> events{{"Samples", HP_SAMPLES}, {"Memory", HP_BYTES}};
    const auto profile_of = [&](uint64_t calls, bool known) {
        Builder builder(events);
        const hp_function_id f = builder.function("f", "m.py", 1, 1, 1, {1, 1}, {1, 1});
        hp_function key{};
        hp_function_id g = 0;
        key.name = {"g", 1};
        key.file = key.recorded_file = {"m.py", 4};
        key.line = 5;
        key.calls = key.primitive = calls;
        key.line_unknown = true;
        key.estimated = !known;
        EXPECT_EQ(hp_profile_add_function(builder.get(), &key, &g, nullptr), HP_OK);
        builder.call(f, g, calls, {1, 1}, 2, !known);
        builder.input("a.prof");
        builder.sort();
        return builder;
    };
    const Builder unknown = profile_of(HP_UNKNOWN, false), known = profile_of(7, true);
    json root = written(unknown.get(), {});
    EXPECT_EQ(Schema().check(root), "");
    EXPECT_EQ(root["events"][0]["unit"], "samples");
    EXPECT_EQ(root["events"][1]["unit"], "bytes");
    EXPECT_FALSE(root["functions"][0].contains("line_unknown"));
    EXPECT_FALSE(root["functions"][0].contains("estimated"));
    const json &g = root["functions"][1];
    EXPECT_TRUE(g["calls"].is_null() && g["primitive"].is_null());
    EXPECT_EQ(g["line_unknown"], true);
    EXPECT_EQ(g["estimated"], true);
    EXPECT_TRUE(root["calls"][0]["count"].is_null());

    for (const bool first : {true, false}) {
        hp_report_options options{};
        options.base = (first ? known : unknown).get();
        root = written((first ? unknown : known).get(), options);
        EXPECT_EQ(Schema().check(root), "");
        EXPECT_TRUE(root["functions"][1]["calls"].is_null());
        EXPECT_TRUE(root["calls"][0]["count"].is_null());
        EXPECT_EQ(root["functions"][1]["base"]["calls"], first ? json(7) : json());
        EXPECT_EQ(root["calls"][0]["base"]["count"], first ? json(7) : json());
    }
}

TEST(JsonSchemaItself, RefusesWhatItDoesNotDescribe)
{
    Builder builder;
    builder.function("f", "m.py", 1, 1, 1, {1}, {1});
    builder.input("a.prof");
    builder.sort();
    const json root = written(builder.get(), {});
    ASSERT_EQ(Schema().check(root), "");
    const std::vector<std::pair<const char *, json>> wrong = {
        {"/schema", "hotreport/2"},
        {"/total", 1},
        {"/total/0", "1"},
        {"/functions/0/line", -1},
        {"/functions/0/path", nullptr},
        {"/functions/0/other", 1},
        {"/inputs/0/status", "whole"},
        {"/inputs/0/info", json({{"key", 1}})}};
    for (const auto &[at, value] : wrong) {
        json changed = root;
        changed[json::json_pointer(at)] = value;
        EXPECT_NE(Schema().check(changed), "") << at;
    }
    json without = root;
    without.at("functions")[0].erase("path");
    EXPECT_EQ(Schema().check(without).rfind("/functions/0: without path", 0), 0U);
}

} // namespace
