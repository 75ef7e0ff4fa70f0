// SPDX-License-Identifier: MIT
#include "text/labels.h"

#include "support/profile_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>

namespace
{

using namespace test;

/* Functions whose labels look alike, are escaped or begin with each other. */
Builder alike_functions()
{
    Builder builder;
    for (const char *name :
         {"",        " ",        "f",        " f",      "f ",         "f\t", "f g",     "f  g",
          "f\\x09",  "f\\",      "f;",       "#f",      "f (a.py:1)", "fg",  "f\u00e9", "f\xc3",
          "f\u2003", "~",        "z",        "Z",       "\1a",        "\1b", "\1",      "\u00e9a",
          "\u00e9b", "\u00ea",   "\xc3z",    "\u202ea", " \1",        "\1 ", "f\\y",    "f\\z",
          "f\\z ",   "\u00a0ab", "\u00a0ac", "ac"})
        for (const char *file : {"", "~", "a.py", "/p/a.py", "b.py:1", "a.py:1", "c\n.py", "c.py"})
            for (const uint64_t line : {0, 1, 12})
                builder.function(name, file, line, 1, 1, {1}, {1});
    hp_error error{};
    EXPECT_EQ(hp_profile_sort(builder.get(), &error), HP_OK) << error.message;
    return builder;
}

class Labels
{
  public:
    explicit Labels(const hp_profile *profile)
    {
        EXPECT_TRUE(hp_labels_init(&labels, profile, false));
    }
    ~Labels()
    {
        EXPECT_FALSE(labels.one.failed || labels.other.failed);
        hp_labels_free(&labels);
    }
    Labels(const Labels &) = delete;
    Labels &operator=(const Labels &) = delete;

    hp_labels labels{};
};

int sign(int order)
{
    return (order > 0) - (order < 0);
}

TEST(LabelsOfFunctions, Differ)
{
    const Builder builder = alike_functions();
    const size_t count = hp_profile_function_count(builder.get());
    Labels labels(builder.get());
    std::set<std::string> all;
    for (hp_function_id id = 0; id < count; id++)
        all.insert(hp_label(&labels.labels, id));
    EXPECT_EQ(all.size(), count);
    EXPECT_EQ(count, 36u * 8 * 3);
}

void compare_all(hp_labels *labels, size_t count)
{
    for (hp_function_id a = 0; a < count; a++) {
        const std::string one = hp_label(labels, a);
        for (hp_function_id b = 0; b < count; b++) {
            const std::string other = hp_label(labels, b);
            ASSERT_EQ(sign(hp_label_compare(labels, a, b)),
                      sign(strcmp(one.c_str(), other.c_str())))
                << one << "\n"
                << other;
        }
    }
}

TEST(LabelsOfFunctions, AreComparedAsIfTheyWereWritten)
{
    const Builder builder = alike_functions();
    const size_t count = hp_profile_function_count(builder.get());
    Labels labels(builder.get());
    compare_all(&labels.labels, count);
    for (hp_function_id id = 0; id < count; id += 2)
        labels.labels.starts[id] = HP_LABEL_NOT_KEPT;
    compare_all(&labels.labels, count);
    std::fill_n(labels.labels.starts, count, HP_LABEL_NOT_KEPT);
    compare_all(&labels.labels, count);
}

TEST(LabelsOfFunctions, AreTheSameIfTheyAreNotKept)
{
    const Builder builder = alike_functions();
    Labels labels(builder.get());
    for (hp_function_id id = 0; id < hp_profile_function_count(builder.get()); id++) {
        ASSERT_NE(labels.labels.starts[id], HP_LABEL_NOT_KEPT);
        const std::string kept = hp_label(&labels.labels, id);
        labels.labels.starts[id] = HP_LABEL_NOT_KEPT;
        EXPECT_EQ(hp_label(&labels.labels, id), kept);
    }
}

/* Of many functions of long names, only some are. */
TEST(LabelsOfFunctions, AreKeptUpToASize)
{
    const std::string name(HP_LABELS_KEPT_MAX / 10, 'f');
    Builder builder;
    for (char more = 'a'; more < 'a' + 20; more++)
        builder.function(name + more, "", 0, 1, 1, {1}, {1});
    Labels labels(builder.get());
    EXPECT_LE(labels.labels.kept.room, 2u * HP_LABELS_KEPT_MAX);
    for (hp_function_id id = 0; id < 20; id++) {
        EXPECT_EQ(labels.labels.starts[id] != HP_LABEL_NOT_KEPT, id < 9) << id;
        EXPECT_EQ(hp_label(&labels.labels, id), name + static_cast<char>('a' + id));
    }
}

} // namespace
