// SPDX-License-Identifier: MIT
#include "layout/dot_text.h"

#include <math.h>

/* For strings in quotes: dot has its own escapes with backslashes, and reads entities even there.
 */
void hp_dot_quoted(FILE *out, const char *text, const char *line_break)
{
    for (; *text; text++)
        switch (*text) {
        case '"':
        case '\\':
            fprintf(out, "\\%c", *text);
            break;
        case '\n':
            fputs(line_break, out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            putc(*text, out);
        }
}

void hp_dot_html(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\\': /* dot replaces \N by the name of the node */
            fputs("&#92;", out);
            break;
        default:
            putc(*text, out);
        }
}

void hp_dot_color(FILE *out, const char *attribute, hp_color color)
{
    fprintf(out, "%s=\"#%02x%02x%02x\"", attribute, (unsigned)round(255 * color.red),
            (unsigned)round(255 * color.green), (unsigned)round(255 * color.blue));
}

/* Not printf, which takes the decimal point from the locale. */
void hp_dot_number(FILE *out, double number)
{
    long hundredths = lround(100 * fabs(number));

    fprintf(out, "%s%ld.%02ld", number < 0 && hundredths ? "-" : "", hundredths / 100,
            hundredths % 100);
}

void hp_dot_legend(FILE *out, const hp_palette *palette)
{
    const hp_legend *legend = hp_look_legend(palette);

    fputs("<table border=\"0\" cellspacing=\"0\" cellpadding=\"3\"><tr><td>", out);
    fputs(legend->shares, out);
    fputs("</td>", out);
    for (size_t i = 0; i < HP_LEGEND_COUNT; i++) {
        hp_node_look look = hp_look_of_node(palette, legend->share[i]);

        fputs("<td border=\"1\" ", out);
        hp_dot_color(out, "bgcolor", look.fill);
        fputs("><font ", out);
        hp_dot_color(out, "color", look.text);
        fprintf(out, ">%s</font></td>", legend->text[i]);
    }
    fprintf(out, "<td>%s</td></tr></table>", legend->boxes);
}
