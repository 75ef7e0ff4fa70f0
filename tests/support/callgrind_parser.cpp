// SPDX-License-Identifier: MIT
#include "support/callgrind_parser.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace test
{

namespace
{

/* "(7) name" gives a number its name, "(7)" stands for the name. */
class CompressedNames
{
  public:
    /* Whether the number is new. */
    bool read(const std::string &text, uint64_t *number, std::string *name)
    {
        size_t digits = 0;
        if (text.empty() || text[0] != '(')
            throw std::runtime_error("a name without a number");
        *number = std::stoull(text.substr(1), &digits);
        if (text[1] < '0' || text[1] > '9' || text[digits + 1] != ')')
            throw std::runtime_error("a name's number is none");
        const std::string rest = text.substr(digits + 2);
        const auto known = names_.find(*number);
        if (rest.empty()) {
            if (known == names_.end())
                throw std::runtime_error("a number without a name");
            *name = known->second;
            return false;
        }
        if (rest[0] != ' ' || rest.size() < 2)
            throw std::runtime_error("no blank before a name, or no name");
        if (known != names_.end())
            throw std::runtime_error("a number is named twice");
        *name = rest.substr(1);
        names_[*number] = *name;
        return true;
    }

  private:
    std::map<uint64_t, std::string> names_;
};

class Parser
{
  public:
    CallgrindFile parse(const std::string &text)
    {
        if (text.empty() || text.back() != '\n')
            throw std::runtime_error("no newline at the end");
        std::istringstream in(text);
        size_t number = 0;
        for (std::string line; std::getline(in, line);) {
            number++;
            try {
                if (std::any_of(line.begin(), line.end(), [](char c) {
                        return static_cast<unsigned char>(c) < 0x20;
                    }))
                    throw std::runtime_error("a control character");
                if (number == 1)
                    file_.first_line = line;
                take(line);
            } catch (const std::exception &error) {
                throw std::runtime_error("line " + std::to_string(number) + ", '" + line +
                                         "': " + error.what());
            }
        }
        if (after_calls_)
            throw std::runtime_error("calls= without a cost at the end");
        return file_;
    }

  private:
    void take(const std::string &line)
    {
        if (after_calls_ && !is_cost(line))
            throw std::runtime_error("a cost must follow calls=");
        if (line.empty()) {
            in_header_ = in_header_ && file_.header.empty();
            return;
        }
        if (line[0] == '#') {
            file_.comments.push_back(line);
            return;
        }
        if (is_cost(line)) {
            take_cost(line);
            return;
        }
        const size_t colon = line.find(": "), equals = line.find('=');
        if (colon != std::string::npos && (equals == std::string::npos || colon < equals))
            take_header(line.substr(0, colon), line.substr(colon + 2));
        else if (equals != std::string::npos)
            take_specification(line.substr(0, equals), line.substr(equals + 1));
        else
            throw std::runtime_error("neither cost nor header nor specification");
    }

    static bool is_cost(const std::string &line)
    {
        return !line.empty() &&
               ((line[0] >= '0' && line[0] <= '9') || std::string("+-*").find(line[0]) == 0);
    }

    void take_header(const std::string &key, const std::string &value)
    {
        if (key == "summary" || key == "totals") {
            std::istringstream words(value);
            file_.sums[key] = costs(&words);
            return;
        }
        if (!in_header_)
            throw std::runtime_error("a header line behind the header");
        file_.header.emplace_back(key, value);
        if (key == "positions" && value != "line")
            throw std::runtime_error("positions other than lines");
        if (key == "events") {
            std::istringstream words(value);
            for (std::string word; words >> word;)
                file_.events.push_back(word);
        }
    }

    void take_specification(const std::string &key, const std::string &value)
    {
        if (in_header_)
            throw std::runtime_error("no blank line behind the header");
        uint64_t number = 0;
        std::string name;
        if (key == "fl") {
            files_.read(value, &number, &file_name_);
            callee_file_.clear();
        } else if (key == "cfi" || key == "cfl") {
            files_.read(value, &number, &callee_file_);
        } else if (key == "fn") {
            if (file_name_.empty())
                throw std::runtime_error("fn= before fl=");
            const CallgrindFunction function = bind(value, file_name_);
            for (const CallgrindRecord &record : file_.records)
                if (record.function == function)
                    throw std::runtime_error("a second fn= of one function");
            file_.records.push_back({function, {}, {}});
            line_ = 0;
        } else if (key == "cfn") {
            callee_ = bind(value, callee_file_.empty() ? file_name_ : callee_file_);
            has_callee_ = true;
        } else if (key == "calls") {
            if (!has_callee_ || file_.records.empty())
                throw std::runtime_error("calls= without fn= and cfn=");
            CallgrindCall call;
            call.callee = callee_;
            std::istringstream words(value);
            if (!(words >> call.count >> call.callee_line) || words >> name)
                throw std::runtime_error("calls= wants a count and a line");
            file_.records.back().calls.push_back(call);
            after_calls_ = true;
            has_callee_ = false;
        } else {
            throw std::runtime_error("unknown specification");
        }
    }

    /* The file is bound when a function is named; it must not be another afterwards. */
    CallgrindFunction bind(const std::string &value, const std::string &file)
    {
        uint64_t number = 0;
        std::string name;
        if (functions_.read(value, &number, &name))
            bound_[number] = file;
        else if (bound_[number] != file)
            throw std::runtime_error("a function that was bound to " + bound_[number]);
        return {file, name};
    }

    void take_cost(const std::string &line)
    {
        if (file_.records.empty() || in_header_)
            throw std::runtime_error("a cost before any function");
        std::istringstream words(line);
        std::string position;
        words >> position;
        if (position == "*")
            ;
        else if (position[0] == '+')
            line_ += std::stoull(position.substr(1));
        else if (position[0] == '-')
            line_ -= std::stoull(position.substr(1));
        else
            line_ = std::stoull(position);
        if (line_ > UINT32_MAX)
            throw std::runtime_error("a line of more than 32 bits");
        CallgrindRecord *record = &file_.records.back();
        if (after_calls_) {
            record->calls.back().line = line_;
            record->calls.back().inclusive = costs(&words);
            if (record->calls.back().callee_line > UINT32_MAX)
                throw std::runtime_error("a callee's line of more than 32 bits");
        } else {
            record->lines.emplace_back(line_, costs(&words));
        }
        after_calls_ = false;
    }

    /* Costs that are left out at the end are 0. */
    Costs costs(std::istringstream *words) const
    {
        Costs result;
        for (std::string word; *words >> word;) {
            if (word.find_first_not_of("0123456789") != std::string::npos)
                throw std::runtime_error("a cost that is no number");
            result.push_back(std::stoull(word));
        }
        if (result.size() > file_.events.size())
            throw std::runtime_error("more costs than events");
        result.resize(file_.events.size());
        return result;
    }

    CallgrindFile file_;
    CompressedNames files_, functions_;
    std::map<uint64_t, std::string> bound_;
    std::string file_name_, callee_file_;
    CallgrindFunction callee_;
    uint64_t line_ = 0;
    bool in_header_ = true, has_callee_ = false, after_calls_ = false;
};

} // namespace

CallgrindFile parse_callgrind(const std::string &text)
{
    return Parser().parse(text);
}

std::string kcachegrind_key(const CallgrindFunction &function)
{
    return function.name + function.file.substr(function.file.rfind('/') + 1);
}

} // namespace test
