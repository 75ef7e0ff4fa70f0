// SPDX-License-Identifier: MIT
/* The table of input formats, made from formats.def. */
#include "input/reader.h"

#ifndef HP_FORMATS /* tests add a row */
#define HP_FORMATS "formats.def"
#endif

#define HP_FORMAT(name) extern const hp_reader hp_reader_##name;
#include HP_FORMATS
#undef HP_FORMAT

static const hp_reader *const readers[] = {
#define HP_FORMAT(name) &hp_reader_##name,
#include HP_FORMATS
#undef HP_FORMAT
};

const hp_reader *hp_reader_at(size_t index)
{
    return index < sizeof readers / sizeof *readers ? readers[index] : NULL;
}
