// SPDX-License-Identifier: MIT
// The callgrind reports of profile files. A report is made again only if its file has changed.
#pragma once

#include <QString>

#include <atomic>
#include <cstdlib>
#include <memory>

struct Report {
    std::unique_ptr<char, decltype(&std::free)> text{
        nullptr, &std::free}; // null: the profile cannot be read
    std::size_t size = 0;
    int errnum = 0; // why there is no text
    QString remark; // for the user: an error, or what is wrong with a damaged profile
    mutable std::atomic<bool> told{false};
};

// The report of a file, which is converted if that is necessary. If this takes longer than half a
// second in the GUI thread, a dialog shows the progress and can cancel it.
std::shared_ptr<const Report> reportOf(const QString &path);

// Shows the remark of a report, if there is one: an error each time, a warning once.
void tellRemark(const QString &path, const Report &report);
