// SPDX-License-Identifier: MIT
/* A locale in which the decimal point is a comma. */
#ifndef HP_TESTS_COMMA_LOCALE_H
#define HP_TESTS_COMMA_LOCALE_H

#include "support/command.h"
#include "support/support.h"

#include <clocale>
#include <cstdlib>

namespace test
{

/* Makes the locale, and lets this process have it until it is destroyed. */
class CommaLocale
{
  public:
    CommaLocale()
    {
        if (!is_installed("localedef"))
            return;
        const std::string path = directory_.file("de_DE.UTF-8");
        setenv("LOCPATH", directory_.path().c_str(), 1);
        is_set_ = run({"localedef", "-i", "de_DE", "-f", "UTF-8", path}).status == 0 &&
                  setlocale(LC_ALL, "de_DE.UTF-8");
    }
    ~CommaLocale()
    {
        setlocale(LC_ALL, "C");
        unsetenv("LOCPATH");
    }
    CommaLocale(const CommaLocale &) = delete;
    CommaLocale &operator=(const CommaLocale &) = delete;

    /* Whether there is such a locale: not where localedef is not installed. */
    bool is_set() const
    {
        return is_set_;
    }

  private:
    TemporaryDirectory directory_;
    bool is_set_ = false;
};

} // namespace test

#endif
