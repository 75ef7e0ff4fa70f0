// SPDX-License-Identifier: MIT
#include "pstats/marshal.h"

#include "model/array.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char VALUE[] = "a marshal value";

static bool fails(hp_marshal *marshal, hp_status status, size_t offset, const char *expected,
                  const char *found)
{
    hp_error_set(marshal->in.error, status, offset, "offset %zu: expected %s, found %s", offset,
                 expected, found);
    return false;
}

static bool add_place(hp_marshal *marshal, struct hp_marshal_places *places, size_t start)
{
    if (!hp_array_reserve(&places->starts, &places->capacity, places->count + 1,
                          sizeof *places->starts)) {
        hp_no_memory(marshal->in.error);
        return false;
    }
    places->starts[places->count++] = start;
    return true;
}

/* Adds the place of a value that begins with that byte, at start, if it can be referred to. */
static bool add_places(hp_marshal *marshal, uint8_t byte, size_t start, hp_marshal_value *value)
{
    if (byte == 't')
        return add_place(marshal, &marshal->interned, start);
    if (byte < 0x80 || byte == ('N' | 0x80) || byte == ('T' | 0x80) || byte == ('F' | 0x80))
        return true;
    value->place = marshal->flagged.count + 1;
    return add_place(marshal, &marshal->flagged, start);
}

/* A count or length: Python writes them as signed 32-bit integers. */
static bool read_size(hp_marshal *marshal, const char *what, uint64_t *size)
{
    size_t start = marshal->in.offset;

    if (!hp_cursor_little_endian(&marshal->in, what, 4, size))
        return false;
    return *size <= INT32_MAX || fails(marshal, HP_CORRUPT, start, what, "a negative number");
}

static inline void set_string(hp_marshal_value *value, bool text, const uint8_t *bytes, size_t size)
{
    value->kind = HP_MARSHAL_STRING;
    value->text = text;
    value->string = (hp_string){(const char *)bytes, size};
}

static bool read_string(hp_marshal *marshal, unsigned length_size, bool text,
                        hp_marshal_value *value)
{
    const uint8_t *bytes;
    uint64_t size;

    if (!(length_size == 1 ? hp_cursor_little_endian(&marshal->in, "a length", 1, &size)
                           : read_size(marshal, "a length", &size)) ||
        !hp_cursor_bytes(&marshal->in, "a string", size, &bytes))
        return false;
    set_string(value, text, bytes, (size_t)size);
    return true;
}

static void set_integer(hp_marshal_value *value, bool negative, uint64_t magnitude)
{
    value->kind = HP_MARSHAL_INTEGER;
    value->negative = negative;
    value->integer = magnitude;
}

static inline void set_signed(hp_marshal_value *value, int64_t integer)
{
    set_integer(value, integer < 0, integer < 0 ? -(uint64_t)integer : (uint64_t)integer);
}

static bool read_integer(hp_marshal *marshal, unsigned size, hp_marshal_value *value)
{
    uint64_t bits;

    if (!hp_cursor_little_endian(&marshal->in, "an integer", size, &bits))
        return false;
    set_signed(value, size == 4 ? (int32_t)(uint32_t)bits : (int64_t)bits);
    return true;
}

/* Digits of 15 bits, the lowest first; their number has the sign of the integer. Constants of code
 * may have any size. */
static bool read_long(hp_marshal *marshal, hp_marshal_value *value)
{
    size_t start = marshal->in.offset;
    uint64_t bits, digit, magnitude = 0;
    bool large = false;
    int64_t count;

    if (!hp_cursor_little_endian(&marshal->in, "a number of digits", 4, &bits))
        return false;
    count = (int32_t)(uint32_t)bits;
    for (int64_t i = 0; i < (count < 0 ? -count : count); i++) {
        if (!hp_cursor_little_endian(&marshal->in, "a digit", 2, &digit))
            return false;
        if (digit > 0x7fff)
            return fails(marshal, HP_CORRUPT, marshal->in.offset - 2, "a digit of 15 bits", "more");
        large = large || i > 4 || (i == 4 && digit > 15);
        if (large && marshal->codes == 0)
            return fails(marshal, HP_CORRUPT, start, "an integer of at most 64 bits",
                         "a longer one");
        magnitude |= large ? 0 : digit << 15 * i;
    }
    value->kind = HP_MARSHAL_NONE;
    if (!large)
        set_integer(value, count < 0 && magnitude > 0, magnitude);
    return true;
}

static inline void set_float(hp_marshal_value *value, uint64_t bits)
{
    value->kind = HP_MARSHAL_FLOAT;
    memcpy(&value->number, &bits, sizeof value->number);
}

static bool read_binary_float(hp_marshal *marshal, hp_marshal_value *value)
{
    uint64_t bits;

    if (!hp_cursor_little_endian(&marshal->in, "a float", 8, &bits))
        return false;
    set_float(value, bits);
    return true;
}

/* strtod wants the decimal point of the locale: it gets the digits without one, and an exponent
 * that makes up for it. */
static bool parse_float(const char *text, size_t size, double *number)
{
    char digits[256 + 16];
    size_t i = 0, length = 0, count = 0;
    bool negative = false, point = false;
    long exponent = 0, power = 0;

    if (i < size && (text[i] == '-' || text[i] == '+'))
        negative = text[i++] == '-';
    if (size - i == 3 && (!memcmp(text + i, "inf", 3) || !memcmp(text + i, "nan", 3))) {
        *number = text[i] == 'n' ? (double)NAN : negative ? -HUGE_VAL : HUGE_VAL;
        return true;
    }
    for (; i < size && (text[i] == '.' || (text[i] >= '0' && text[i] <= '9')); i++) {
        if (text[i] != '.') {
            digits[length++] = text[i];
            exponent -= point;
            count++;
        } else if (point) {
            return false;
        } else {
            point = true;
        }
    }
    if (i < size && text[i] == 'e') {
        bool minus = ++i < size && text[i] == '-';

        if (i < size && (text[i] == '-' || text[i] == '+'))
            i++;
        if (i == size || size - i > 4)
            return false;
        for (; i < size && text[i] >= '0' && text[i] <= '9'; i++)
            power = 10 * power + (text[i] - '0');
        exponent += minus ? -power : power;
    }
    if (count == 0 || i < size)
        return false;
    snprintf(digits + length, sizeof digits - length, "e%ld", exponent);
    *number = negative ? -strtod(digits, NULL) : strtod(digits, NULL);
    return true;
}

static bool read_text_float(hp_marshal *marshal, hp_marshal_value *value)
{
    if (!read_string(marshal, 1, false, value))
        return false;
    value->kind = HP_MARSHAL_FLOAT;
    return parse_float(value->string.data, value->string.size, &value->number) ||
           fails(marshal, HP_CORRUPT, value->offset, "a float", "other text");
}

static inline void enter(hp_marshal *marshal, size_t start, size_t back,
                         const hp_marshal_value *value)
{
    struct hp_marshal_open *top = &marshal->open[marshal->depth++];

    top->start = start;
    top->back = back;
    top->dict = value->kind == HP_MARSHAL_DICT;
    top->code = value->kind == HP_MARSHAL_CODE;
    top->left = top->dict ? UINT64_MAX : value->count;
    top->parts = value->count;
}

static bool open_container(hp_marshal *marshal, size_t start, size_t back,
                           const hp_marshal_value *value)
{
    for (size_t i = 0; back > 0 && i < marshal->depth; i++)
        if (marshal->open[i].start == start)
            return fails(marshal, HP_CORRUPT, value->offset, "a reference to a value before it",
                         "one to a value around it");
    if (marshal->depth == HP_MARSHAL_DEPTH)
        return fails(marshal, HP_LIMIT, value->offset, "at most 100 levels of nesting", "more");
    enter(marshal, start, back, value);
    marshal->replays += back > 0;
    marshal->codes += value->kind == HP_MARSHAL_CODE;
    return true;
}

static bool count_expansion(hp_marshal *marshal, const hp_marshal_value *value)
{
    marshal->expansion += 1 + (value->kind == HP_MARSHAL_STRING ? value->string.size : 0);
    return marshal->expansion / HP_MARSHAL_EXPANSION <= marshal->in.size ||
           fails(marshal, HP_LIMIT, value->offset, "references to stand for less than 128 inputs",
                 "more");
}

/* The type of the value at that place, or of what it refers to; 0 if there is none. */
static uint8_t type_at(const hp_marshal *marshal, size_t offset)
{
    hp_cursor in = {marshal->in.data, marshal->in.size, offset, NULL};
    const struct hp_marshal_places *places;
    uint64_t place;
    uint8_t type;

    if (offset >= in.size || !hp_cursor_u8(&in, "", &type))
        return 0;
    type &= 0x7f;
    if (type != 'r' && type != 'R')
        return type;
    places = type == 'r' ? &marshal->flagged : &marshal->interned;
    return hp_cursor_little_endian(&in, "", 4, &place) && place < places->count
               ? in.data[places->starts[place]] & 0x7f
               : 0;
}

/* Code objects begin with integers of 32 bits, of which each version of Python has another number:
 * 2.7 has 4, 3.0 to 3.7 and 3.11 and later have 5, 3.8 to 3.10 have 6. The bytes of the code, which
 * may be referred to, follow. Then there are, each with the first line in front of the ninth part,
 *
 *     constants, names, variables, free variables, cell variables, file, name, lines
 *     constants, names, variables, kinds of variables, file, name, full name, lines, exceptions
 *
 * the latter from 3.11 on. */
enum { CODE_PARTS = 9, NEW_CODE_PARTS = 10, LINE_PART = 8 };

enum { INTEGERS_MIN = 4, INTEGERS_MAX = 6 };

/* What an integer before the bytes of the code is taken for would be far longer. */
static const uint64_t code_max = 1 << 30;

static bool read_code(hp_marshal *marshal, hp_marshal_value *value)
{
    const hp_cursor *in = &marshal->in;
    const uint8_t *ignored;

    for (size_t integers = INTEGERS_MIN; integers <= INTEGERS_MAX; integers++) {
        hp_cursor code = {in->data, in->size, in->offset + 4 * integers, NULL};
        uint64_t size;
        uint8_t type;

        if (type_at(marshal, code.offset) != 's' || !hp_cursor_u8(&code, "", &type) ||
            !hp_cursor_little_endian(&code, "", 4, &size) || size > code_max)
            continue;
        marshal->in.offset += 4 * integers;
        value->kind = HP_MARSHAL_CODE;
        value->count = CODE_PARTS;
        return true;
    }
    if (in->size - in->offset < 4 * INTEGERS_MAX + 5)
        return hp_cursor_bytes(&marshal->in, "a code object", in->size, &ignored);
    return fails(marshal, HP_CORRUPT, value->offset, "a code object of Python 2.7 to 3.15",
                 "another one");
}

/* Before each part of a code object. */
static bool enter_part(hp_marshal *marshal)
{
    struct hp_marshal_open *top = &marshal->open[marshal->depth - 1];
    uint64_t part = top->parts - top->left;

    if (part == 4 && type_at(marshal, marshal->in.offset) == 's') { /* the kinds of variables */
        top->parts = NEW_CODE_PARTS;
        top->left++;
    }
    return part != LINE_PART || hp_cursor_little_endian(&marshal->in, "a line", 4, &top->line);
}

/* Where the value is that a reference of which the type was read refers to. */
static bool read_reference(hp_marshal *marshal, uint8_t type, hp_marshal_value *value,
                           size_t *start)
{
    const struct hp_marshal_places *places = type == 'r' ? &marshal->flagged : &marshal->interned;
    uint64_t place;

    if (!hp_cursor_little_endian(&marshal->in, "a reference", 4, &place))
        return false;
    if (place >= places->count)
        return fails(marshal, HP_CORRUPT, value->offset, "a reference to a value before it",
                     "one to no value");
    if (type == 'r')
        value->place = (size_t)place + 1;
    *start = places->starts[place];
    return true;
}

/* The value that stands at start was read. back > 0: it is referred to, and reading goes on there.
 */
static bool finish(hp_marshal *marshal, size_t start, size_t back, const hp_marshal_value *value)
{
    if ((back > 0 || marshal->replays > 0) && !count_expansion(marshal, value))
        return false;
    if (value->kind == HP_MARSHAL_SEQUENCE || value->kind == HP_MARSHAL_DICT ||
        value->kind == HP_MARSHAL_CODE)
        return open_container(marshal, start, back, value);
    if (back > 0)
        marshal->in.offset = back;
    return true;
}

/* The rest of a value of that type. */
static bool read_type(hp_marshal *marshal, uint8_t type, size_t start, hp_marshal_value *value)
{
    const uint8_t *ignored;

    switch (type) {
    case 'N':
    case '.':
    case 'S':
        value->kind = HP_MARSHAL_NONE;
        return true;
    case 'x':
        for (int part = 0; part < 2; part++)
            if (!read_string(marshal, 1, false, value))
                return false;
        value->kind = HP_MARSHAL_NONE;
        return true;
    case 'y':
        value->kind = HP_MARSHAL_NONE;
        return hp_cursor_bytes(&marshal->in, "a complex number", 16, &ignored);
    case ':':
        value->kind = HP_MARSHAL_SEQUENCE;
        value->count = 3;
        return true;
    case 'c':
        return read_code(marshal, value);
    case 'T':
    case 'F':
        set_integer(value, false, type == 'T');
        return true;
    case 'i':
        return read_integer(marshal, 4, value);
    case 'I':
        return read_integer(marshal, 8, value);
    case 'l':
        return read_long(marshal, value);
    case 'f':
        return read_text_float(marshal, value);
    case 'g':
        return read_binary_float(marshal, value);
    case 'z':
    case 'Z':
        return read_string(marshal, 1, false, value);
    case 't':
    case 'u':
        return read_string(marshal, 4, true, value);
    case 's':
    case 'a':
    case 'A':
        return read_string(marshal, 4, false, value);
    case ')':
        value->kind = HP_MARSHAL_SEQUENCE;
        return hp_cursor_little_endian(&marshal->in, "a count", 1, &value->count);
    case '(':
    case '[':
    case '<':
    case '>':
        value->kind = HP_MARSHAL_SEQUENCE;
        return read_size(marshal, "a count", &value->count);
    case '{':
        value->kind = HP_MARSHAL_DICT;
        return true;
    default: {
        char found[40];

        snprintf(found, sizeof found, "a value of type 0x%02x", type);
        return fails(marshal, HP_CORRUPT, start, VALUE, found);
    }
    }
}

/* The value that stands at the cursor. */
static bool read_value(hp_marshal *marshal, hp_marshal_value *value)
{
    hp_cursor *in = &marshal->in;
    size_t start = in->offset, back = 0;
    uint8_t byte, type;

    value->place = 0;
    if (!hp_cursor_u8(in, VALUE, &byte))
        return false;
    type = byte & 0x7f;
    if (type == 'r' || type == 'R') {
        if (!read_reference(marshal, type, value, &start))
            return false;
        back = in->offset;
        in->offset = start + 1;
        type = in->data[start] & 0x7f; /* of no other reference: these are in no places */
    } else if (marshal->replays == 0 && !add_places(marshal, byte, start, value)) {
        return false;
    }
    return read_type(marshal, type, start, value) && finish(marshal, start, back, value);
}

/* The values that dumps are made of, as read_value reads them, but all bytes of one are checked at
 * once. False: nothing was done, since this is another value, or among the last, or wrong. */
static inline bool read_common(hp_marshal *marshal, hp_marshal_value *value)
{
    hp_cursor *in = &marshal->in;
    struct hp_marshal_places *flagged = &marshal->flagged;
    size_t start = in->offset, place = 0, size, stands_for = 1;
    const uint8_t *bytes;
    uint8_t byte;

    if (in->size - start < 1 + 8 || marshal->replays > 0)
        return false;
    byte = in->data[start];
    if (byte == 'r') {
        place = (size_t)hp_little_endian(in->data + start + 1, 4);
        if (place >= flagged->count ||
            (marshal->expansion + 1 + UINT8_MAX) / HP_MARSHAL_EXPANSION > in->size)
            return false;
        start = flagged->starts[place++];
    } else if (byte >= 0x80) {
        if (flagged->count == flagged->capacity)
            return false;
        place = flagged->count + 1;
    }
    bytes = in->data + start + 1;
    switch (bytes[-1] & 0x7f) {
    case 'i':
        size = 4;
        set_signed(value, (int32_t)(uint32_t)hp_little_endian(bytes, size));
        break;
    case 'g':
        size = 8;
        set_float(value, hp_little_endian(bytes, size));
        break;
    case 'z':
    case 'Z':
        size = stands_for = 1 + (size_t)bytes[0];
        if (size > in->size - start - 1)
            return false;
        set_string(value, false, bytes + 1, bytes[0]);
        break;
    case ')':
        size = 1;
        if (byte == 'r' || marshal->depth == HP_MARSHAL_DEPTH)
            return false;
        value->kind = HP_MARSHAL_SEQUENCE;
        value->count = bytes[0];
        enter(marshal, start, 0, value);
        break;
    default:
        return false;
    }
    value->place = place;
    if (byte == 'r') {
        marshal->expansion += stands_for;
        in->offset += 5;
        return true;
    }
    if (byte >= 0x80)
        flagged->starts[flagged->count++] = start;
    in->offset = start + 1 + size;
    return true;
}

/* A part of a code object. */
__attribute__((noinline)) static bool read_part(hp_marshal *marshal, hp_marshal_value *value)
{
    if (!enter_part(marshal))
        return false;
    marshal->open[marshal->depth - 1].left--;
    return read_value(marshal, value);
}

static inline void leave(hp_marshal *marshal)
{
    const struct hp_marshal_open *top = &marshal->open[--marshal->depth];

    if (top->back) {
        marshal->in.offset = top->back;
        marshal->replays--;
    }
    marshal->codes -= top->code;
}

void hp_marshal_skip(hp_marshal *marshal)
{
    assert(marshal->depth > 0 && marshal->open[marshal->depth - 1].back);
    leave(marshal);
}

/* Whether the innermost dict or sequence ends here. */
static inline bool at_end(const hp_marshal *marshal, const struct hp_marshal_open *top)
{
    const hp_cursor *in = &marshal->in;

    if (!top->dict)
        return top->left == 0;
    return top->left % 2 == 1 && in->offset < in->size && (in->data[in->offset] & 0x7f) == '0';
}

bool hp_marshal_next(hp_marshal *marshal, hp_marshal_value *value)
{
    value->offset = marshal->in.offset;
    if (marshal->depth > 0) {
        struct hp_marshal_open *top = &marshal->open[marshal->depth - 1];

        if (at_end(marshal, top)) {
            marshal->in.offset += top->dict;
            leave(marshal);
            value->kind = HP_MARSHAL_END;
            return true;
        }
        if (top->code)
            return read_part(marshal, value);
        top->left--;
    } else if (marshal->in.offset > 0) {
        return false;
    }
    return read_common(marshal, value) || read_value(marshal, value);
}

bool hp_marshal_read_code(hp_marshal *marshal, hp_marshal_code *code)
{
    size_t depth = marshal->depth;
    const struct hp_marshal_open *open = &marshal->open[depth - 1];
    hp_string strings[NEW_CODE_PARTS] = {{NULL, 0}};

    while (marshal->depth >= depth) {
        hp_marshal_value value;

        if (!hp_marshal_next(marshal, &value))
            return false;
        if (marshal->depth == depth && value.kind == HP_MARSHAL_STRING)
            strings[open->parts - open->left - 1] = value.string;
    }

    size_t file = open->parts == CODE_PARTS ? 6 : 5;

    *code = (hp_marshal_code){strings[file], strings[file + 1], open->line};
    return true;
}

const char *hp_marshal_kind_name(hp_marshal_kind kind)
{
    static const char *const NAMES[] = {"None",          "an integer",    "a float",
                                        "a string",      "a sequence",    "a dict",
                                        "a code object", "the end of one"};

    return NAMES[kind];
}

void hp_marshal_free(hp_marshal *marshal)
{
    free(marshal->flagged.starts);
    free(marshal->interned.starts);
}
