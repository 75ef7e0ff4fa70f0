// SPDX-License-Identifier: MIT
/* Whatever profile is built, and whatever the options are: every report is written or refused. The
 * bytes are read as a list of what to build. */
#include "fuzz/fuzz.h"

typedef struct source {
    const uint8_t *data;
    size_t size;
} source;

static unsigned take(source *in)
{
    if (in->size == 0)
        return 0;
    in->size--;
    return *in->data++;
}

static hp_string take_string(source *in)
{
    size_t size = take(in) % 24;
    hp_string string = {(const char *)in->data, size < in->size ? size : in->size};

    in->data += string.size;
    in->size -= string.size;
    return string;
}

/* A string of C that is freed with the others; NULL if there is none to be. */
typedef struct texts {
    char *items[16];
    size_t count;
} texts;

static const char *take_text(source *in, texts *strings)
{
    hp_string string = take_string(in);
    char *text;

    if (string.size == 0 || strings->count == sizeof strings->items / sizeof *strings->items)
        return NULL;
    text = malloc(string.size + 1);
    check(text != NULL);
    memcpy(text, string.data, string.size);
    text[string.size] = '\0';
    return strings->items[strings->count++] = text;
}

/* Mostly small, now and then near the largest. */
static uint64_t take_number(source *in)
{
    unsigned first = take(in);

    if (first < 200)
        return first;
    if (first < 240)
        return (uint64_t)take(in) << (first - 200);
    return first < 254 ? take(in) * 1000000007u : UINT64_MAX - take(in);
}

/* --- Profiles ----------------------------------------------------------------------------- */

static bool add_events(source *in, hp_profile *profile)
{
    static const hp_event events[] = {
        {"Time", HP_NANOSECONDS}, {"Hits", HP_COUNT}, {"Ticks", HP_TICKS}, {"Hits", HP_COUNT},
        {"Ir", HP_COUNT},         {"Dr", HP_COUNT},   {"D1mr", HP_COUNT}};
    static const struct {
        size_t first, count;
    } sets[] = {{0, 1}, {0, 2}, {1, 1}, {2, 1}, {2, 2}, {4, 3}, {4, 1}, {0, 0}};
    size_t set = take(in) % (sizeof sets / sizeof *sets);

    return hp_profile_set_events(profile, events + sets[set].first, sets[set].count, NULL) == HP_OK;
}

/* false: a sum became too large. */
static bool add_something(source *in, hp_profile *profile)
{
    uint64_t costs[3];
    const size_t functions = hp_profile_function_count(profile);
    const unsigned what = take(in) % 9;
    hp_function_id id, callee;
    hp_status status = HP_OK;

    if (what < 2 || functions == 0) {
        const hp_function key = {.name = take_string(in),
                                 .file = take_string(in),
                                 .recorded_file = take_string(in),
                                 .line = take_number(in),
                                 .calls = take(in),
                                 .primitive = take(in),
                                 .object = take(in) % 8 ? (hp_string){"", 0} : take_string(in)};

        return hp_profile_add_function(profile, &key, &id, NULL) == HP_OK;
    }
    if (what == 2 && hp_profile_input_count(profile))
        return hp_profile_add_info(profile, take_string(in), take_string(in), NULL) == HP_OK;
    id = take(in) % functions;
    callee = take(in) % functions;

    const uint64_t line = take_number(in);

    for (size_t e = 0; e < sizeof costs / sizeof *costs; e++)
        costs[e] = e < hp_profile_event_count(profile) ? take_number(in) : 0;
    if (what == 8) {
        const size_t stacks = hp_profile_stack_count(profile);
        const size_t caller = stacks ? take(in) % (stacks + 1) : 0;
        uint32_t index;

        status = hp_profile_add_stack(
            profile, (hp_stack){id, caller < stacks ? (uint32_t)caller : HP_NO_STACK, line}, costs,
            &index, NULL);
    } else if (what < 5) {
        status = hp_profile_add_cost(profile, (hp_line){id, line}, costs, NULL);
        if (status == HP_OK)
            status = hp_profile_add_inclusive(profile, id, costs, NULL);
    } else {
        const hp_call call = {.caller = id,
                              .callee = callee,
                              .line = line,
                              .count = take_number(in),
                              .estimated = what == 7};

        status = hp_profile_add_call(profile, call, costs, NULL);
        if (status == HP_OK && take(in) % 2)
            status = hp_profile_add_inclusive(profile, callee, costs, NULL);
    }
    return status == HP_OK;
}

/* NULL: the bytes would make too large a sum. */
static hp_profile *build(source *in)
{
    hp_profile *profile = hp_profile_new();
    hp_input *input;
    unsigned count;
    bool fits;

    check(profile && add_events(in, profile));
    if (take(in) % 4) {
        check(hp_profile_add_input(profile, "in\x1b put", "hotshot", &input, NULL) == HP_OK);
        input->unmatched_exits = take(in);
        input->coverage = take(in) % 2;
        input->stacks = !input->coverage;
    }
    count = take(in);
    fits = true;
    while (fits && count--)
        fits = add_something(in, profile);
    if (fits)
        return profile;
    hp_profile_free(profile);
    return NULL;
}

/* --- Options ------------------------------------------------------------------------------ */

static hp_threshold take_threshold(source *in)
{
    const unsigned percent = take(in);

    return percent > 100 ? (hp_threshold){0} : (hp_threshold){true, percent};
}

static hp_paper take_paper(source *in)
{
    static const hp_size sizes[] = {{0}, {595, 842}, {100, 200}, {144, 144}, {14400, 14400}};
    hp_paper paper = {.pages = take(in) % 12,
                      .paging = take(in) % 2 ? HP_ATLAS : HP_TILE,
                      .size = sizes[take(in) % (sizeof sizes / sizeof *sizes)],
                      .orientation = (hp_orientation)(take(in) % 3)};
    const unsigned more = take(in);

    if (more & 1) {
        paper.rows = 1 + take(in) % 4;
        paper.columns = 1 + take(in) % 4;
        paper.pages = paper.rows * paper.columns;
    }
    if (more & 2)
        paper.overlap = (hp_length){true, take(in)};
    paper.overview = more & 4;
    paper.no_index = more & 8;
    paper.min_font = more & 16 ? 1 + take(in) % 72 : 0;
    return paper;
}

static hp_filters take_filters(source *in, texts *strings)
{
    hp_filters filters = {0};
    const unsigned which = take(in);

    if (which & 1)
        filters.root = take_text(in, strings);
    if (which & 2)
        filters.leaf = take_text(in, strings);
    if (which & 4)
        filters.focus = take_text(in, strings);
    if (which & 8)
        filters.ignore = take_text(in, strings);
    if (which & 16)
        filters.hide = take_text(in, strings);
    if (which & 32)
        filters.show = take_text(in, strings);
    return filters;
}

static hp_report_options take_options(source *in, texts *strings)
{
    static const char *const events[] = {NULL, NULL, "time", "HITS", "Ir", "none"};
    hp_report_options options = {.event = events[take(in) % (sizeof events / sizeof *events)],
                                 .sort = (hp_sort)(take(in) % 4),
                                 .limit = take(in) % 16,
                                 .node_threshold = take_threshold(in),
                                 .edge_threshold = take_threshold(in),
                                 .max_nodes = take(in) % 64,
                                 .theme = take(in) % 2 ? HP_THEME_PRINT : HP_THEME_HEAT};
    const unsigned more = take(in);

    options.paper = take_paper(in);
    options.title = take_text(in, strings);
    options.filters = take_filters(in, strings);
    options.brief = more & 1;
    options.all = more & 2;
    options.color = more & 4;
    options.width = more & 8 ? take(in) : 0;
    return options;
}

/* --- Reports ------------------------------------------------------------------------------ */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    source in = {data, size};
    texts strings = {.count = 0};
    hp_report_options options = take_options(&in, &strings);
    const bool compared = take(&in) % 3 == 0;
    hp_profile *profile = build(&in), *base = profile && compared ? build(&in) : NULL;

    if (base)
        check(hp_profile_sort(base, NULL) == HP_OK);
    options.base = base;
    if (profile)
        write_all(profile, &options);
    for (size_t i = 0; i < strings.count; i++)
        free(strings.items[i]);
    hp_profile_free(base);
    hp_profile_free(profile);
    return 0;
}
