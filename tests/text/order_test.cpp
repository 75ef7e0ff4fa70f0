// SPDX-License-Identifier: MIT
/* What reports sort comes out the same whatever the algorithm of the C library: this program's own
 * qsort checks the comparison and begins with another permutation each time. */
#include "report.h"
#include "support/profile_builder.h"
#include "support/program.h"
#include "support/support.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>

namespace
{

using namespace test;
using Compare = int (*)(const void *, const void *);

unsigned permutation = 0; /* 0: sort as the C library does */
size_t sorted = 0;        /* how many arrays of several elements */
std::string complaint;

int sign(int order)
{
    return (order > 0) - (order < 0);
}

int call_compare(const void *a, const void *b, void *compare)
{
    return (*static_cast<Compare *>(compare))(a, b);
}

/* Every element with every other one, and if there are many, with some. */
void check(const std::vector<const char *> &elements, Compare compare)
{
    const size_t step = 1 + elements.size() / 50;
    for (size_t i = 0; i < elements.size(); i++) {
        if (compare(elements[i], elements[i]) != 0)
            complaint = "an element is not equal to itself";
        for (size_t j = i + 1; j < elements.size(); j += j == i + 1 ? 1 : step) {
            const int order = sign(compare(elements[i], elements[j]));
            if (order != -sign(compare(elements[j], elements[i])))
                complaint = "a < b, but not b > a";
            if (order > 0)
                complaint = "a < b < c, but not a < c";
        }
    }
}

} // namespace

/* Stands before that of the C library. */
extern "C" void qsort(void *base, size_t count, size_t size, Compare compare)
{
    if (permutation == 0) {
        qsort_r(base, count, size, call_compare, &compare);
        return;
    }
    const std::string copy(static_cast<const char *>(base), count * size);
    std::vector<const char *> elements;
    for (size_t i = 0; i < count; i++)
        elements.push_back(copy.data() + i * size);
    std::shuffle(elements.begin(), elements.end(), std::mt19937(permutation));
    const auto less = [compare](const char *a, const char *b) {
        return compare(a, b) < 0;
    };
    std::make_heap(elements.begin(), elements.end(), less); /* not stable */
    std::sort_heap(elements.begin(), elements.end(), less);
    check(elements, compare);
    for (size_t i = 0; i < count; i++)
        memcpy(static_cast<char *>(base) + i * size, elements[i], size);
    sorted += count > 1;
}

namespace
{

/* The text of a report, or why there is none. */
std::string written(const hp_report *report, hp_profile *profile, const hp_report_options &options)
{
    char *text = nullptr;
    size_t size = 0;
    hp_error error{};
    FILE *out = open_memstream(&text, &size);
    const hp_status status = hp_report_write(report, profile, &options, out, &error);
    fclose(out);
    const std::string result = status == HP_OK ? std::string(text, size) : error.message;
    free(text);
    return result;
}

void expect_the_same_in_any_order(hp_profile *profile, const hp_report_options &options)
{
    ASSERT_EQ(hp_profile_sort(profile, nullptr), HP_OK);
    for (size_t i = 0; hp_report_at(i); i++) {
        SCOPED_TRACE(hp_report_at(i)->name);
        const std::string expected = written(hp_report_at(i), profile, options);
        for (unsigned other = 1; other <= 4; other++) {
            complaint.clear();
            permutation = other;
            const std::string text = written(hp_report_at(i), profile, options);
            permutation = 0;
            EXPECT_EQ(complaint, "");
            ASSERT_TRUE(text == expected);
        }
    }
}

/* Files, functions, calls and lines that cost the same. */
Builder equals()
{
    Builder builder;
    const auto main = builder.function("main", "main.py", 1, 1, 1, {0}, {40000});
    for (size_t file = 0; file < 200; file++)
        for (size_t i = 0; i < 2; i++) {
            const auto id = builder.function("run", "module" + std::to_string(file) + ".py", 1 + i,
                                             1, 1, {100}, {100});
            builder.call(main, id, 1, {100}, 1 + i);
        }
    builder.input("program.prof");
    builder.sort();
    return builder;
}

/* Functions that call each other in circles, at the same cost. */
Builder cycles()
{
    Builder builder;
    std::vector<hp_function_id> ids;
    for (int i = 0; i < 30; i++)
        ids.push_back(builder.function("turn", "m" + std::to_string(i % 3) + ".py", 1 + i, 2, 2,
                                       {100}, {300}));
    for (size_t i = 0; i < ids.size(); i++)
        for (size_t next : {i / 3 * 3 + (i + 1) % 3, i})
            builder.call(ids[i], ids[next], 1, {next == i ? 0U : 200U});
    builder.sort();
    return builder;
}

TEST(Order, IsTheSameWhateverTheAlgorithmOfSorting)
{
    const Builder programs[] = {equals(), cycles(), tree(60, 3, 60)};
    hp_report_options options{};
    for (const Builder &program : programs)
        for (const hp_sort sort : {HP_SORT_SELF, HP_SORT_INCLUSIVE, HP_SORT_CALLS, HP_SORT_NAME}) {
            options.sort = sort;
            expect_the_same_in_any_order(program.get(), options);
        }
    EXPECT_GT(sorted, 100U);
}

TEST(Order, OfADifferenceIsTheSameWhateverTheAlgorithmOfSorting)
{
    const Builder programs[] = {equals(), cycles()};
    hp_report_options options{};
    for (const Builder &program : programs)
        for (const Builder &base : programs) {
            options.base = base.get();
            expect_the_same_in_any_order(program.get(), options);
        }
}

TEST(Order, OfAnAtlasIsTheSameWhateverTheAlgorithmOfSorting)
{
    const Builder programs[] = {equals(), tree(60, 3, 60)};
    hp_report_options options{};
    options.paper.pages = 3;
    options.paper.paging = HP_ATLAS;
    options.max_nodes = 60;
    options.node_threshold = {true, 0};
    for (const Builder &program : programs)
        expect_the_same_in_any_order(program.get(), options);
}

class OrderOfSample : public testing::TestWithParam<const char *>
{
};

TEST_P(OrderOfSample, IsTheSameWhateverTheAlgorithmOfSorting)
{
    const Loaded loaded = load_file(data_path(GetParam()));
    expect_the_same_in_any_order(loaded.profile.get(), {});
}

INSTANTIATE_TEST_SUITE_P(, OrderOfSample,
                         testing::Values("hotshot/json-linetimes.prof",
                                         "pstats/cProfile-raw-2.7.prof", "pstats/names-3.13.prof",
                                         "callgrind/everything.out"),
                         [](const auto &instance) {
                             return test_name(instance.param);
                         });

/* Files of one cost are in the order of their names. */
TEST(Order, OfAnnotatedFilesIsByCostThenByName)
{
    Builder builder;
    std::vector<std::string> expected;
    for (int file = 100; file < 400; file++) {
        const std::string name = "m" + std::to_string(file) + ".py";
        builder.function("f", name, 1, 1, 1, {100}, {100});
        expected.push_back(name);
    }
    builder.function("f", "zz.py", 1, 1, 1, {101}, {101});
    expected.insert(expected.begin(), "zz.py");
    builder.sort();
    permutation = 1;
    const std::string text = report("annotate", builder.get());
    permutation = 0;
    std::vector<std::string> files;
    for (size_t at = 0; (at = text.find(".py: self ", at)) != std::string::npos; at++)
        files.push_back(text.substr(text.rfind('\n', at) + 1, at + 3 - text.rfind('\n', at) - 1));
    EXPECT_EQ(files, expected);
}

} // namespace
