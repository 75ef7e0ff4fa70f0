// SPDX-License-Identifier: MIT
/* The characters that no report and no message may show as they are, spelt out here as bytes: they
 * could steer a terminal, show text in another order than it is read in, or are no characters. */
#ifndef HP_TESTS_UNSAFE_CHARACTERS_H
#define HP_TESTS_UNSAFE_CHARACTERS_H

#include <set>
#include <string>

namespace test
{

inline const std::set<std::string> &unsafe_characters()
{
    static const std::set<std::string> characters = [] {
        std::set<std::string> all = {
            "\x7f",         "\xd8\x9c",                                     /* U+061C */
            "\xe2\x80\x8e", "\xe2\x80\x8f",                                 /* U+200E, U+200F */
            "\xe2\x80\xa8", "\xe2\x80\xa9",                                 /* U+2028, U+2029 */
            "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac",                 /* U+202A to */
            "\xe2\x80\xad", "\xe2\x80\xae",                                 /* U+202E */
            "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9", /* U+2066 to U+2069 */
            "\xef\xbb\xbf",                                                 /* U+FEFF */
            "\xef\xbf\xbe", "\xef\xbf\xbf",                                 /* U+FFFE, U+FFFF */
        };
        for (char c = '\x90'; c < '\xb0'; c++) /* U+FDD0 to U+FDEF */
            all.insert({'\xef', '\xb7', c});
        for (unsigned plane = 1; plane <= 16; plane++) /* U+1FFFE, U+1FFFF and so on */
            for (const char last : {'\xbe', '\xbf'})
                all.insert({static_cast<char>(0xf0 + plane / 4),
                            static_cast<char>(0x8f + plane % 4 * 0x10), '\xbf', last});
        for (char c = 0; c < 0x20; c++)
            all.insert(std::string(1, c));
        for (int c = 0x80; c < 0xa0; c++)
            all.insert({'\xc2', static_cast<char>(c)});
        return all;
    }();

    return characters;
}

/* The first of them in a text, but for those allowed, as hexadecimal digits; empty: there is none.
 */
inline std::string unsafe_in(const std::string &text, const std::string &allowed = "\n")
{
    for (const std::string &character : unsafe_characters())
        if (allowed.find(character) == std::string::npos &&
            text.find(character) != std::string::npos) {
            std::string digits;
            for (const unsigned char byte : character)
                digits += {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]};
            return digits;
        }
    return "";
}

} // namespace test

#endif
