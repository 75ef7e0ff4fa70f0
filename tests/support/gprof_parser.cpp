// SPDX-License-Identifier: MIT
#include "support/gprof_parser.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace test
{

namespace
{

bool is_number(const std::string &text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

uint64_t number(const std::string &text)
{
    if (!is_number(text))
        throw std::runtime_error("no number: " + text);
    return std::stoull(text);
}

Decimal decimal(const std::string &text)
{
    const size_t point = text.find('.');
    if (point == std::string::npos)
        return {static_cast<long double>(number(text)), 0};
    const std::string whole = text.substr(0, point), fraction = text.substr(point + 1);
    if (!is_number(whole) || !is_number(fraction))
        throw std::runtime_error("no number: " + text);
    return {std::stold(whole + fraction), static_cast<unsigned>(fraction.size())};
}

std::vector<std::string> words(const std::string &text)
{
    std::istringstream stream(text);
    std::vector<std::string> result;
    for (std::string word; stream >> word;)
        result.push_back(word);
    return result;
}

std::string trimmed(const std::string &line)
{
    return line.substr(0, line.find_last_not_of(" \r") + 1);
}

class Parser
{
  public:
    explicit Parser(const std::string &text)
    {
        std::istringstream stream(text);
        for (std::string line; std::getline(stream, line);)
            lines_.push_back(line);
    }

    GprofText parse()
    {
        while (at_ < lines_.size()) {
            const std::string line = trimmed(lines_[at_++]);
            const std::vector<std::string> heading = words(line);
            if (line.rfind("  %   ", 0) == 0)
                parse_flat();
            else if (heading == std::vector<std::string>{"index", "%", "time", "self", "children",
                                                         "called", "name"})
                parse_graph(line.rfind("name"));
            else if (line == "Index by function name")
                parse_index();
        }
        return std::move(text_);
    }

  private:
    /* The last column of the flat profile begins under the n of "name". */
    void parse_flat()
    {
        const std::string heading = trimmed(lines_[at_++]);
        const size_t names = heading.rfind("name");
        GprofFlat flat;
        flat.unit = words(heading)[4];
        flat.unit.erase(flat.unit.find("/call"));
        for (; at_ < lines_.size() && !lines_[at_].empty() && lines_[at_] != "\f"; at_++) {
            const std::string &line = lines_[at_];
            if (line.size() < names || line[names - 1] != ' ' || line[names - 2] != ' ')
                throw std::runtime_error("not a line of a flat profile: " + line);
            const std::vector<std::string> fields = words(line.substr(0, names));
            GprofRow row;
            if (fields.size() != 3 && fields.size() != 6)
                throw std::runtime_error("not a line of a flat profile: " + line);
            row.percent = decimal(fields[0]);
            row.cumulative = decimal(fields[1]);
            row.self = decimal(fields[2]);
            if (fields.size() == 6) {
                row.calls = number(fields[3]);
                row.self_per_call = decimal(fields[4]);
                row.total_per_call = decimal(fields[5]);
            }
            row.name = line.substr(names);
            flat.rows.push_back(row);
        }
        text_.flat = flat;
    }

    /* "name <cycle 1> [2]" */
    template <typename Line> void parse_name(std::string name, Line *line)
    {
        const size_t bracket = name.rfind(" [");
        if (bracket == std::string::npos || name.back() != ']')
            throw std::runtime_error("no index behind the name: " + name);
        line->index =
            static_cast<unsigned>(number(name.substr(bracket + 2, name.size() - bracket - 3)));
        name.erase(bracket);
        const size_t cycle = name.rfind("<cycle ");
        if (cycle != std::string::npos && name.back() == '>') {
            const std::vector<std::string> inner =
                words(name.substr(cycle + 7, name.size() - cycle - 8));
            const bool whole = inner.size() == 4 && cycle == 0;
            if (!inner.empty() && is_number(inner[0]) && (whole || inner.size() == 1)) {
                line->cycle = static_cast<unsigned>(number(inner[0]));
                name.erase(whole ? 0 : cycle - 1);
            }
        }
        line->name = name;
    }

    void parse_counts(const std::string &field, std::optional<uint64_t> *count,
                      std::optional<uint64_t> *total, std::optional<uint64_t> *recursive)
    {
        const size_t sign = field.find_first_of("/+");
        *count = number(field.substr(0, sign));
        if (sign != std::string::npos)
            *(field[sign] == '/' ? total : recursive) = number(field.substr(sign + 1));
    }

    GprofArc parse_arc(const std::string &line, size_t names)
    {
        GprofArc arc;
        const std::vector<std::string> fields = words(line.substr(0, names));
        if (line.size() <= names || line[names - 1] != ' ' ||
            (fields.size() != 1 && fields.size() != 3))
            throw std::runtime_error("not a caller or callee: " + line);
        if (fields.size() == 3) {
            arc.self = decimal(fields[0]);
            arc.children = decimal(fields[1]);
        }
        parse_counts(fields.back(), &arc.count, &arc.total, &arc.recursive);
        parse_name(line.substr(names), &arc);
        return arc;
    }

    void parse_primary(const std::string &line, size_t names, GprofEntry *entry)
    {
        const std::vector<std::string> fields = words(line.substr(0, names));
        std::optional<uint64_t> total;
        if (line.size() <= names || line[names - 1] != ' ' || fields.size() < 4 ||
            fields.size() > 5)
            throw std::runtime_error("not the line of a function: " + line);
        entry->percent = decimal(fields[1]);
        entry->self = decimal(fields[2]);
        entry->below = decimal(fields[3]);
        if (fields.size() == 5)
            parse_counts(fields[4], &entry->calls, &total, &entry->recursive);
        parse_name(line.substr(names), entry);
        if (total || fields[0] != "[" + std::to_string(entry->index) + "]")
            throw std::runtime_error("not the line of a function: " + line);
    }

    /* Names of functions begin under the n of "name", those of callers and callees four columns
     * to the right of it. */
    void parse_graph(size_t names)
    {
        GprofEntry entry;
        bool primary_seen = false;
        for (; at_ < lines_.size() && lines_[at_] != "\f"; at_++) {
            const std::string line = trimmed(lines_[at_]);
            if (line.empty()) {
                /* explanations follow */
                while (at_ < lines_.size() && lines_[at_] != "\f")
                    at_++;
                break;
            }
            if (line.find_first_not_of('-') == std::string::npos) {
                if (!primary_seen)
                    throw std::runtime_error("an entry without its function");
                text_.entries.push_back(entry);
                entry = {};
                primary_seen = false;
            } else if (line[0] == '[') {
                parse_primary(line, names, &entry);
                primary_seen = true;
            } else if (words(line) == std::vector<std::string>{"<spontaneous>"}) {
                if (primary_seen || line.find('<') != names + 4)
                    throw std::runtime_error("<spontaneous> in a wrong place");
                entry.spontaneous = true;
            } else {
                (primary_seen ? entry.children : entry.parents)
                    .push_back(parse_arc(line, names + 4));
            }
        }
        if (primary_seen || !entry.parents.empty())
            throw std::runtime_error("an entry that does not end");
        if (at_ == lines_.size())
            throw std::runtime_error("no form feed behind the call graph");
    }

    /* Cells "   [1] name" in columns; all but the last of a line have the same width. */
    void parse_index()
    {
        std::vector<std::vector<std::string>> columns;
        for (at_++; at_ < lines_.size() && !lines_[at_].empty(); at_++) {
            const std::string line = lines_[at_];
            for (size_t start = 0, column = 0; start < line.size(); column++) {
                size_t end = line.find("]", start) + 1;
                const size_t bracket = line.find_first_not_of(' ', start);
                const unsigned index =
                    static_cast<unsigned>(number(line.substr(bracket + 1, end - bracket - 2)));
                size_t next = end;
                do
                    next = line.find("  [", next + 1);
                while (next != std::string::npos && !is_cell(line, next + 2));
                if (next != std::string::npos)
                    while (line[next - 1] == ' ')
                        next--;
                const std::string name = trimmed(line.substr(end + 1, next - end - 1));
                if (columns.size() <= column)
                    columns.emplace_back();
                columns[column].push_back(name);
                if (!text_.index.emplace(index, name).second)
                    throw std::runtime_error("twice in the index: " + name);
                start = next == std::string::npos ? line.size() : next;
            }
        }
        for (const std::vector<std::string> &column : columns)
            text_.index_order.insert(text_.index_order.end(), column.begin(), column.end());
    }

    static bool is_cell(const std::string &line, size_t bracket)
    {
        const size_t end = line.find(']', bracket);
        return end != std::string::npos && is_number(line.substr(bracket + 1, end - bracket - 1));
    }

    std::vector<std::string> lines_;
    size_t at_ = 0;
    GprofText text_;
};

} // namespace

GprofText parse_gprof(const std::string &text)
{
    return Parser(text).parse();
}

} // namespace test
