// SPDX-License-Identifier: MIT
// The callgrind reports of profile files, each made once for each state of its file.
#pragma once

#include <QString>

#include <atomic>
#include <cstdlib>
#include <memory>

struct Report {
    std::unique_ptr<char, decltype(&std::free)> text{nullptr, &std::free}; // null: there is none
    std::size_t size = 0;
    int errnum = 0; // why there is none, in the terms of errno
    QString remark; // what to tell the user: an error, or what is wrong with a damaged profile
    mutable std::atomic<bool> told{false};
};

// Converts the file unless that was done already and the file has not changed since. In the GUI
// thread, a conversion that takes longer than half a second lets events through, shows its progress
// and can be cancelled.
std::shared_ptr<const Report> reportOf(const QString &path);

// Shows the user an error, or once what is wrong with a profile that has a report.
void tellRemark(const QString &path, const Report &report);
