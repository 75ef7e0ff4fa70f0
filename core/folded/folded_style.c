// SPDX-License-Identifier: MIT
#include "folded/folded_style.h"

#include "input/scan.h"

/* So many stacks decide. */
enum { STACKS_MAX = 100, FRAMES_MAX = 1000 };

/* --- Parts of lines ------------------------------------------------------------------------- */

bool hp_folded_is_comment(hp_string line, bool ours)
{
    return HP_TAKE(&line, "#") || hp_trimmed(line).size == 0 ||
           (!ours && HP_TAKE(&line, "//") &&
            (line.size == 0 || !hp_is_digit(line.data[line.size - 1])));
}

static size_t digits_at(hp_string text, size_t at)
{
    size_t end = at;

    while (end < text.size && hp_is_digit(text.data[end]))
        end++;
    return end - at;
}

/* "12", "-12", "12.5", "12.5e3" or three of these with commas between them */
static bool is_number(hp_string text)
{
    size_t at = 0, numbers = 0;

    do {
        size_t count;

        at += at < text.size && text.data[at] == '-';
        count = digits_at(text, at);
        if (count == 0)
            return false;
        at += count;
        if (at < text.size && text.data[at] == '.')
            at += 1 + digits_at(text, at + 1);
        numbers++;
    } while (at < text.size && text.data[at++] == ',');
    return at == text.size && text.data[at - 1] != ',' && (numbers == 1 || numbers == 3);
}

bool hp_folded_take_numbers(hp_string *line, unsigned count, hp_string *numbers)
{
    hp_string left = *line;

    while (count > 0) {
        size_t start;

        while (left.size && hp_is_blank(left.data[left.size - 1]))
            left.size--;
        start = left.size;
        while (start && !hp_is_blank(left.data[start - 1]))
            start--;
        numbers[--count] = (hp_string){left.data + start, left.size - start};
        if (!is_number(numbers[count]))
            return false;
        left.size = start ? start - 1 : 0;
    }
    *line = left;
    return true;
}

bool hp_folded_is_line(hp_string text)
{
    return text.size > 1 && text.data[0] == 'L' && digits_at(text, 1) == text.size - 1;
}

bool hp_folded_take_line(hp_string *text, uint64_t *line)
{
    size_t start = text->size;
    uint64_t number = 0;

    while (start && hp_is_digit(text->data[start - 1]))
        start--;
    if (start == text->size || text->size - start > 18 || start == 0 ||
        text->data[start - 1] != ':')
        return false;
    for (size_t i = start; i < text->size; i++)
        number = 10 * number + (uint64_t)(text->data[i] - '0');
    *line = number;
    text->size = start - 1;
    return true;
}

/* Names and files may have parentheses, too: those of the place are the last ones that match. */
bool hp_folded_split_parentheses(hp_string text, size_t *name, hp_string *place)
{
    size_t at = text.size, open = 0;

    if (text.size < 3 || text.data[text.size - 1] != ')')
        return false;
    while (at-- > 1) {
        if (text.data[at] == ')') {
            open++;
        } else if (text.data[at] == '(') {
            open -= open > 0;
            if (open == 0 && text.data[at - 1] == ' ') {
                *name = at - 1;
                *place = (hp_string){text.data + at + 1, text.size - at - 2};
                return true;
            }
        }
    }
    return false;
}

/* --- Processes and threads ------------------------------------------------------------------ */

/* "P12", "Process 12" */
static bool is_austin_id(hp_string text, char letter, hp_string word)
{
    if (!hp_take_prefix(&text, word)) {
        if (text.size == 0 || *text.data != letter)
            return false;
        text.data++;
        text.size--;
    }
    if (letter == 'T' && digits_at(text, 0) && digits_at(text, 0) < text.size &&
        text.data[digits_at(text, 0)] == ':') {
        size_t interpreter = digits_at(text, 0) + 1;

        text.data += interpreter;
        text.size -= interpreter;
        if (HP_TAKE(&text, "0x"))
            return text.size > 0;
    }
    return text.size && digits_at(text, 0) == text.size;
}

static bool is_tid(hp_string text)
{
    return HP_TAKE(&text, "tid:") && text.size && digits_at(text, 0) == text.size;
}

static bool is_py_spy_process(hp_string text)
{
    size_t digits;

    if (!HP_TAKE(&text, "process ") || (digits = digits_at(text, 0)) == 0)
        return false;
    return digits == text.size || text.data[digits] == ':';
}

static bool is_py_spy_thread(hp_string text)
{
    return HP_TAKE(&text, "thread (") && text.size && hp_is_digit(*text.data) &&
           memchr(text.data, ')', text.size);
}

hp_folded_root hp_folded_root_of(hp_folded_roots roots, hp_string text, size_t place)
{
    static const hp_string process = HP_LITERAL("Process "), thread = HP_LITERAL("Thread ");

    switch (roots) {
    case HP_FOLDED_NO_ROOTS:
        break;
    case HP_FOLDED_AUSTIN:
        if (place == 0 && is_austin_id(text, 'P', process))
            return HP_FOLDED_PROCESS;
        if (place < 2 && is_austin_id(text, 'T', thread))
            return HP_FOLDED_THREAD;
        break;
    case HP_FOLDED_TID:
        return place == 0 && is_tid(text) ? HP_FOLDED_THREAD : HP_FOLDED_FRAME;
    case HP_FOLDED_PY_SPY:
        return is_py_spy_process(text)  ? HP_FOLDED_PROCESS
               : is_py_spy_thread(text) ? HP_FOLDED_THREAD
                                        : HP_FOLDED_FRAME;
    }
    return HP_FOLDED_FRAME;
}

/* --- The style of a file -------------------------------------------------------------------- */

/* What the first lines have in common. */
struct survey {
    bool ours, austin, full, bytes;
    size_t stacks, others;
    bool separator;                      /* a ";" between frames */
    bool two_numbers, three, commas;     /* behind all stacks */
    size_t austin_roots, tids, py_roots; /* stacks that begin with these */
    size_t frames, places, with_line, colons, lines_apart;
};

static bool is_colon_frame(hp_string text)
{
    uint64_t line;

    if (HP_TAKE(&text, ":"))
        return text.size && text.data[text.size - 1] == ':'; /* ":INVALID:" */
    return hp_folded_take_line(&text, &line) && memchr(text.data, ':', text.size);
}

static void survey_frame(struct survey *survey, hp_string text)
{
    size_t name;
    hp_string place;
    uint64_t line;

    survey->frames++;
    if (hp_folded_is_line(text)) {
        survey->lines_apart++;
    } else if (hp_folded_split_parentheses(text, &name, &place)) {
        survey->places++;
        survey->with_line += hp_folded_take_line(&place, &line);
    } else if (is_colon_frame(text)) {
        survey->colons++;
    }
}

/* cut: the last frame may not be whole. */
static void survey_frames(struct survey *survey, hp_string stack, bool cut)
{
    hp_string frame;

    for (size_t place = 0; stack.size && survey->frames < FRAMES_MAX; place++) {
        if (!hp_take_until(&stack, ';', &frame)) {
            if (cut)
                break;
            frame = stack;
            stack.size = 0;
        } else {
            survey->separator = true;
        }
        if (place == 0) {
            survey->tids += is_tid(frame);
            survey->py_roots += is_py_spy_process(frame) || is_py_spy_thread(frame);
        }
        if (hp_folded_root_of(HP_FOLDED_AUSTIN, frame, place) != HP_FOLDED_FRAME)
            survey->austin_roots += place == 0;
        else if (!is_tid(frame))
            survey_frame(survey, frame);
    }
}

static void survey_stack(struct survey *survey, hp_string line)
{
    hp_string stack = line, numbers[3];

    if (!hp_folded_take_numbers(&stack, 1, numbers)) {
        survey->others++;
        return;
    }
    survey->commas = survey->commas && memchr(numbers[0].data, ',', numbers[0].size);
    stack = line;
    survey->three = survey->three && hp_folded_take_numbers(&stack, 3, numbers) && stack.size;
    stack = line;
    survey->two_numbers =
        survey->two_numbers && hp_folded_take_numbers(&stack, 2, numbers) && stack.size;
    if (!survey->two_numbers) {
        stack = line;
        (void)hp_folded_take_numbers(&stack, 1, numbers);
    }
    survey->stacks++;
    survey_frames(survey, stack, false);
}

static void survey_comment(struct survey *survey, hp_string line)
{
    survey->ours = survey->ours || (survey->stacks == 0 && HP_TAKE(&line, "# hotprof: folded;"));
    survey->austin = survey->austin || HP_TAKE(&line, "# austin:");
    if (HP_TAKE(&line, "# mode:")) {
        line = hp_trimmed(line);
        survey->full = HP_IS(line, "full");
        survey->bytes = HP_IS(line, "memory");
    }
}

/* Whether it may be such a text: without control characters, and no JSON. */
static bool is_text(const char *data, size_t size)
{
    hp_string start = hp_trimmed((hp_string){data, size});

    if (HP_TAKE(&start, "{") && (start.size == 0 || strchr("\" \t\r\n", *start.data)))
        return false;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)data[i] < 9)
            return false;
    return true;
}

/* Whether the first lines are those of such a file. */
static bool is_folded(const struct survey *survey)
{
    if (survey->ours || survey->austin)
        return true;
    return survey->others <= survey->stacks / 4 && survey->stacks + survey->frames > 0 &&
           (survey->separator || survey->with_line || survey->tids || survey->austin_roots);
}

static hp_folded_roots roots_of(const struct survey *survey)
{
    return survey->austin || survey->austin_roots == survey->stacks + (survey->stacks == 0)
               ? HP_FOLDED_AUSTIN
           : survey->tids     ? HP_FOLDED_TID
           : survey->py_roots ? HP_FOLDED_PY_SPY
                              : HP_FOLDED_NO_ROOTS;
}

static hp_folded_frames frames_of(const struct survey *survey, hp_folded_roots roots)
{
    size_t most = survey->places > survey->colons ? survey->places : survey->colons;
    bool known = roots != HP_FOLDED_NO_ROOTS;

    if (survey->lines_apart && known)
        return HP_FOLDED_LINES_APART;
    /* A symbol may well look like that, so all frames must; py-spy leaves the place out of some. */
    if (!known && (2 * most < survey->frames || survey->with_line + survey->colons == 0 ||
                   (survey->colons && survey->colons < survey->frames)))
        return HP_FOLDED_SYMBOLS;
    return survey->colons > survey->places || (known && roots != HP_FOLDED_PY_SPY && most == 0)
               ? HP_FOLDED_COLONS
               : HP_FOLDED_PARENTHESES;
}

bool hp_folded_find_style(const char *data, size_t size, hp_folded_style *style)
{
    struct survey survey = {.two_numbers = true, .three = true, .commas = true};
    const char *at = data, *end = data + size;
    hp_string text = {data, size};

    if (!is_text(data, size))
        return false;
    if (HP_TAKE(&text, "\xef\xbb\xbf"))
        at = text.data;
    while (at < end && survey.stacks + survey.others < STACKS_MAX) {
        bool whole = memchr(at, '\n', (size_t)(end - at));

        text = hp_take_line(&at, end);
        if (hp_folded_is_comment(text, survey.ours))
            survey_comment(&survey, text);
        else if (!whole && survey.stacks)
            break;
        else if (!whole && size >= HP_HEAD_SIZE)
            survey_frames(&survey, text, true);
        else
            survey_stack(&survey, text);
    }
    if (!is_folded(&survey))
        return false;
    style->roots = survey.ours ? HP_FOLDED_NO_ROOTS : roots_of(&survey);
    style->frames = survey.ours ? HP_FOLDED_PARENTHESES : frames_of(&survey, style->roots);
    style->numbers = 1;
    style->weights = HP_FOLDED_SAMPLES;
    if (survey.ours) {
        style->weights = HP_FOLDED_OURS;
    } else if (style->roots == HP_FOLDED_AUSTIN) {
        style->weights = survey.full || (survey.commas && survey.stacks)   ? HP_FOLDED_FULL
                         : survey.bytes                                    ? HP_FOLDED_BYTES
                         : survey.three && survey.stacks && !survey.austin ? HP_FOLDED_NUMBERS
                                                                           : HP_FOLDED_MICROSECONDS;
        style->numbers = style->weights == HP_FOLDED_NUMBERS ? 3 : 1;
    } else if (survey.two_numbers && survey.stacks) {
        style->numbers = 2;
    }
    style->newline_ended = survey.ours || style->frames != HP_FOLDED_SYMBOLS;
    return true;
}
