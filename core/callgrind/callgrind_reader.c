// SPDX-License-Identifier: MIT
#include "callgrind/callgrind_reader.h"

#include "model/profile.h"

void hp_callgrind_keep_problem(hp_callgrind_reader *reader)
{
    hp_error problem = reader->problem;

    hp_error_clear(&reader->problem);
    if (problem.status == HP_OK)
        return;
    if (problem.status == HP_CORRUPT || problem.status == HP_TRUNCATED) {
        hp_error_set(reader->error, problem.status, problem.offset, "%s", problem.message);
        reader->stopped = reader->names.exhausted || reader->parts.sums.exhausted;
    } else {
        *reader->error = problem;
        reader->stopped = true;
    }
}

void hp_callgrind_cut(hp_callgrind_reader *reader, size_t offset, const char *expected,
                      const char *found)
{
    hp_error_set(&reader->problem, HP_TRUNCATED, offset, "offset %zu: expected %s, found %s",
                 offset, expected, found);
}

uint64_t hp_callgrind_impossible(hp_callgrind_reader *reader)
{
    reader->input->impossible_numbers++;
    return 0;
}

void hp_callgrind_forget_place(hp_callgrind_reader *reader)
{
    const hp_string none = {"", 0};

    reader->line = 0;
    reader->object = reader->file = reader->own_file = none;
    reader->called_object.data = reader->called_file.data = NULL;
    reader->function.id = reader->callee.id = HP_NO_FUNCTION;
    reader->next = HP_CALLGRIND_SELF;
    reader->at = 0;
    reader->estimated = reader->uncounted = false;
}

bool hp_callgrind_is_closed(const hp_callgrind_reader *reader)
{
    /* Cachegrind knows no calls. */
    bool is_cachegrind =
        reader->end == HP_CALLGRIND_SUMMARY && reader->parts.profile->call_table.count == 0;

    return reader->closed == reader->end || !(is_cachegrind || reader->end == HP_CALLGRIND_TOTALS);
}

const char *hp_callgrind_end_mark(const hp_callgrind_reader *reader)
{
    return reader->end == HP_CALLGRIND_TOTALS ? "more costs and totals:"
                                              : "more costs and summary:";
}

void hp_callgrind_leave_part(hp_callgrind_reader *reader, const char *at)
{
    if (!hp_callgrind_is_closed(reader)) {
        hp_callgrind_cut(reader, (size_t)(at - reader->scan.data), hp_callgrind_end_mark(reader),
                         "another part");
        hp_callgrind_keep_problem(reader);
    }
    if (!hp_callgrind_end_part(&reader->parts, reader->start))
        hp_callgrind_keep_problem(reader);
    reader->has_events = reader->has_lines = false;
    reader->header.first_info = reader->whole->info_count;
    hp_callgrind_forget_place(reader);
}

void hp_callgrind_begin_header(hp_callgrind_reader *reader, const char *at)
{
    if (reader->has_events && (reader->has_lines || reader->closed == HP_CALLGRIND_TOTALS))
        hp_callgrind_leave_part(reader, at);
}
