// SPDX-License-Identifier: MIT
#include "layout/dot_sheets.h"

#include "layout/dot_text.h"
#include "layout/print.h"
#include "layout/text_size.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A call that comes from the sheet above passes to the left of the heading. */
static const double heading_indent = 12;

/* Graphviz rounds the widths of letters, so its text may be wider than it is. */
static const double label_room = 1.1;

/* What is being written: pages in rows and columns. Graphviz knows no footer, so its pages are
 * higher than tiles. */
struct canvas {
    const hp_print *print;
    FILE *out;
    hp_size page; /* within the margins */
    uint32_t rows, columns;
    uint32_t index_rows; /* before those of the sheets */
};

/* --- Places -------------------------------------------------------------------------------- */

/* The place on the canvas of a point within the area of a sheet. Graphviz counts from below. */
static hp_point place_of(const struct canvas *canvas, uint32_t sheet, hp_point point)
{
    const hp_print *print = canvas->print;
    hp_point area = hp_grid_corner(&print->grid, 0, 0);
    uint32_t row = canvas->index_rows + sheet / canvas->columns;

    return (hp_point){sheet % canvas->columns * canvas->page.width + area.x +
                          print->scale * point.x,
                      (canvas->rows - row) * canvas->page.height - area.y - print->scale * point.y};
}

static void print_point(FILE *out, hp_point point)
{
    hp_dot_number(out, point.x);
    putc(',', out);
    hp_dot_number(out, point.y);
}

/* Inches need six decimals. They are rounded down or up: a millionth less of the paper, or more of
 * its margin, would need another row of sheets. */
static void print_inches(FILE *out, double points, bool up)
{
    double millionths = points / 72 * 1e6;
    long number = lround(up ? ceil(millionths) : floor(millionths));

    fprintf(out, "%ld.%06ld", number / 1000000, number % 1000000);
}

/* pos, width and height of a rectangle in the area of a sheet. */
static void print_rectangle(const struct canvas *canvas, uint32_t sheet, hp_point corner,
                            hp_size size)
{
    FILE *out = canvas->out;

    fputs("pos=\"", out);
    print_point(out, place_of(canvas, sheet,
                              (hp_point){corner.x + size.width / 2, corner.y + size.height / 2}));
    fputs("\", width=", out);
    print_inches(out, canvas->print->scale * size.width, true);
    fputs(", height=", out);
    print_inches(out, canvas->print->scale * size.height, true);
}

/* --- What is on a sheet -------------------------------------------------------------------- */

static void print_box(const struct canvas *canvas, uint32_t node)
{
    const hp_chart *chart = &canvas->print->chart;
    const hp_box *box = &canvas->print->layout.boxes[node];
    hp_node_look look = hp_look_of_node(&chart->palette, chart->nodes[node].share);
    FILE *out = canvas->out;

    fprintf(out, "    n%" PRIu32 " [label=\" ", node); /* a blank is the left padding */
    hp_dot_quoted(out, box->name, "\\l ");
    fputs("\\l ", out);
    hp_dot_quoted(out, box->details, "\\l ");
    fputs("\\l\", ", out);
    print_rectangle(canvas, box->sheet, box->corner, box->size);
    hp_dot_color(out, ", fillcolor", look.fill);
    hp_dot_color(out, ", fontcolor", look.text);
    if (box->step)
        fputs(", color=\"#bf0000\", penwidth=1.60", out);
    else
        hp_dot_color(out, ", color", look.border);
    if (look.less)
        fputs(", style=\"filled,dashed\"", out);
    fputs("];\n", out);
}

static void print_note(const struct canvas *canvas, uint32_t number)
{
    const hp_palette *palette = &canvas->print->chart.palette;
    const hp_note *note = &canvas->print->layout.notes[number];
    FILE *out = canvas->out;

    fprintf(out, "    t%" PRIu32 " [shape=plaintext, style=\"\", label=\"", number);
    hp_dot_quoted(out, note->text, "\\l");
    fputs("\\l\", ", out);
    print_rectangle(canvas, note->sheet, note->corner,
                    (hp_size){label_room * note->size.width, note->size.height});
    if (note->kind != HP_NOTE_SHARE && hp_look_is_heavy(palette, note->share))
        hp_dot_color(out, ", fontcolor", hp_look_of_arc(palette, note->share).color);
    else
        fputs(", fontcolor=\"#595959\"", out);
    fputs("];\n", out);
}

static void print_spline(const struct canvas *canvas, const hp_curve *curve)
{
    const hp_point *points = canvas->print->layout.points + curve->first_point;

    if (curve->arrow) {
        fputs("e,", canvas->out);
        print_point(canvas->out, place_of(canvas, curve->sheet, curve->tip));
        putc(' ', canvas->out);
    }
    for (size_t i = 0; i < curve->point_count; i++) {
        fputs(i ? " " : "", canvas->out);
        print_point(canvas->out, place_of(canvas, curve->sheet, points[i]));
    }
}

/* A call that crosses the border of two sheets has a piece on each. Returns the number of pieces.
 */
static uint32_t print_curve(const struct canvas *canvas, uint32_t number)
{
    const hp_print *print = canvas->print;
    const hp_curve *curve = &print->layout.curves[number];
    hp_arc_look look = hp_look_of_arc(&print->chart.palette, curve->share);
    bool crosses = !curve->arrow;
    FILE *out = canvas->out;

    if (curve->header != HP_NO_NODE)
        fprintf(out, "    t%" PRIu32 " -> ", curve->header);
    else
        fprintf(out, "    n%" PRIu32 " -> ",
                curve->note != HP_NO_NODE ? print->layout.notes[curve->note].node
                                          : print->chart.arcs[curve->arc].caller);
    if (curve->note != HP_NO_NODE)
        fprintf(out, "t%" PRIu32 " [pos=\"", curve->note);
    else
        fprintf(out, "n%" PRIu32 " [pos=\"", print->chart.arcs[curve->arc].callee);
    print_spline(canvas, curve);
    if (crosses) {
        fputs("; ", out);
        print_spline(canvas, curve + 1);
    }
    hp_dot_color(out, "\", color", look.color);
    fputs(", penwidth=", out);
    hp_dot_number(out, print->scale * look.width);
    fputs(look.less ? ", style=dashed];\n" : "];\n", out);
    return crosses ? 2 : 1;
}

/* Writes a line as a node at x, y on the page of a sheet, from the top left corner of its margins;
 * only the begin of a line that is wider than width, and what is behind it. */
static void print_line(const struct canvas *canvas, const char *name, hp_point place, double width,
                       double size, const char *text, const char *behind)
{
    FILE *out = canvas->out;
    char line[2 * HP_ATLAS_TITLE_SIZE];
    size_t length = (size_t)snprintf(line, sizeof line - HP_SHEET_NAME_SIZE - 4, "%s", text);

    if (length > sizeof line - HP_SHEET_NAME_SIZE - 5)
        length = sizeof line - HP_SHEET_NAME_SIZE - 5;
    width -= hp_text_width(behind, size, false);
    while (length > 1 && hp_text_width(line, size, false) > width) {
        while ((line[--length] & 0xc0) == 0x80)
            ;
        strcpy(line + length, "...");
    }
    strcat(line, behind);
    width = hp_text_width(line, size, false);
    fprintf(out, "    %s [shape=plaintext, style=\"\", fontsize=", name);
    hp_dot_number(out, size);
    fputs(", pos=\"", out);
    print_point(out, (hp_point){place.x + label_room * width / 2, place.y - 0.6 * size});
    fputs("\", width=", out);
    print_inches(out, label_room * width, true);
    fputs(", height=", out);
    print_inches(out, 1.2 * size, true);
    fputs(", label=\"", out);
    hp_dot_quoted(out, line, "\\l");
    fputs("\\l\"];\n", out);
}

/* The title, what is drawn, and the legend, from the place of the heading of a sheet on. */
static void print_heading(const struct canvas *canvas, const char *name, const char *title,
                          hp_point place)
{
    const hp_print *print = canvas->print;
    const hp_chart *chart = &print->chart;
    const hp_legend *legend = hp_look_legend(&chart->palette);
    double width = (print->grid.area.width - heading_indent) / label_room;
    double part = print->grid.heading / 42; /* small paper has a small heading */
    double size = 8 * part, x = place.x;
    char line[HP_ATLAS_TITLE_SIZE + 400], node[80];

    snprintf(line, sizeof line, "%s%s%s", title, *title ? "   " : "", chart->title);
    snprintf(node, sizeof node, "title_%s", name);
    print_line(canvas, node, place, width, 12 * part, line, "");
    snprintf(node, sizeof node, "about_%s", name);
    print_line(canvas, node, (hp_point){place.x, place.y - 15 * part}, width, size, chart->subtitle,
               "");
    place.y -= 27 * part;
    snprintf(node, sizeof node, "shares_%s", name);
    print_line(canvas, node, place, width, size, legend->shares, "");
    x += hp_text_width(legend->shares, size, false) + 6 * part;
    for (size_t i = 0; i < HP_LEGEND_COUNT; i++) {
        hp_node_look look = hp_look_of_node(&chart->palette, legend->share[i]);
        double box = hp_text_width(legend->text[i], size, false) + 6 * part;

        fprintf(canvas->out, "    share%zu_%s [fontsize=", i, name);
        hp_dot_number(canvas->out, size);
        fprintf(canvas->out, ", label=\"%s\", pos=\"", legend->text[i]);
        print_point(canvas->out, (hp_point){x + box / 2, place.y - 0.6 * size});
        fputs("\", width=", canvas->out);
        print_inches(canvas->out, box, true);
        fputs(", height=", canvas->out);
        print_inches(canvas->out, 1.3 * size, true);
        hp_dot_color(canvas->out, ", fillcolor", look.fill);
        hp_dot_color(canvas->out, ", fontcolor", look.text);
        fputs("];\n", canvas->out);
        x += box;
    }
    snprintf(node, sizeof node, "boxes_%s", name);
    print_line(canvas, node, (hp_point){x + 8 * part, place.y}, width - (x + 8 * part - place.x),
               size, legend->boxes, "");
}

static void print_sheet_heading(const struct canvas *canvas, uint32_t sheet)
{
    const hp_print *print = canvas->print;
    char title[HP_ATLAS_TITLE_SIZE] = "", name[HP_SHEET_NAME_SIZE];
    hp_point corner = {heading_indent / print->scale, -print->grid.heading / print->scale};

    if (print->layout.atlas.sheet_count > 1)
        hp_atlas_title(&print->layout.atlas, &print->chart, sheet, title, sizeof title);
    hp_atlas_sheet_name(&print->layout.atlas, sheet, name, sizeof name);
    print_heading(canvas, name, title, place_of(canvas, sheet, corner));
}

static void print_sheets(const struct canvas *canvas)
{
    const hp_layout *layout = &canvas->print->layout;

    for (uint32_t i = 0; i < layout->atlas.sheet_count; i++)
        print_sheet_heading(canvas, i);
    for (uint32_t i = 0; i < layout->box_count; i++)
        print_box(canvas, i);
    for (uint32_t i = 0; i < layout->note_count; i++)
        print_note(canvas, i);
    for (uint32_t i = 0; i < layout->curve_count;)
        i += print_curve(canvas, i);
}

/* --- The index ----------------------------------------------------------------------------- */

enum { INDEX_COLUMNS_MIN = 2, INDEX_COLUMNS_MAX = 4, INDEX_GUTTER = 10 };

/* The hot path, and the functions by name with their sheets. */
static void print_index(const struct canvas *canvas, const uint32_t *order, const char *hot_path)
{
    const hp_print *print = canvas->print;
    const hp_chart *chart = &print->chart;
    double top = canvas->rows * canvas->page.height, heading = print->grid.heading;
    double line = heading / 5, half = (canvas->page.height - heading) / 2;
    size_t steps = (size_t)fmin((double)hp_text_lines(hot_path), fmax(1, floor(half / line)));
    double path = line * (double)steps, room = canvas->page.height - heading - path - 8;
    double columns = ceil(chart->node_count * 1.2 * HP_TYPE_SIZE / fmax(room, 1));
    uint32_t count = (uint32_t)fmin(fmax(columns, INDEX_COLUMNS_MIN), INDEX_COLUMNS_MAX);
    uint32_t rows = (chart->node_count + count - 1) / count;
    double width = (canvas->page.width + INDEX_GUTTER) / count;
    double pitch = fmin(1.2 * HP_TYPE_SIZE, room / fmax(rows, 1));
    const char *rest = hot_path;

    print_heading(canvas, "index", "", (hp_point){0, top});
    for (size_t i = 0; i < steps && *rest; i++) {
        size_t length = strcspn(rest, "\n");
        bool cut = i + 1 == steps && rest[length] == '\n';
        char text[2 * HP_ATLAS_TITLE_SIZE], node[40];

        snprintf(text, sizeof text, "%.*s", (int)length, rest);
        snprintf(node, sizeof node, "path%zu", i);
        print_line(canvas, node, (hp_point){0, top - heading - line * (double)i},
                   canvas->page.width, line / 1.2, text, cut ? " ..." : "");
        rest += length + (rest[length] == '\n');
    }
    for (uint32_t i = 0; i < chart->node_count; i++) {
        char name[HP_ATLAS_NAME_SIZE], sheet[HP_SHEET_NAME_SIZE], text[HP_SHEET_NAME_SIZE + 1],
            node[40];
        uint32_t column = i / rows;
        hp_point place = {column * width, top - heading - path - 8 - i % rows * pitch};

        hp_atlas_name(&print->layout.atlas, chart, order[i], name, sizeof name);
        hp_atlas_sheet_name(&print->layout.atlas, print->layout.atlas.sheets[order[i]], sheet,
                            sizeof sheet);
        snprintf(text, sizeof text, " %s", sheet);
        snprintf(node, sizeof node, "entry%" PRIu32, i);
        print_line(canvas, node, place, (width - INDEX_GUTTER) / label_room, pitch / 1.2, name,
                   text);
    }
}

/* "Hot path: 1. main p1, 2. run p1", in lines that are not too long to be printed; to be freed.
 * NULL without memory. */
static char *new_hot_path(const struct canvas *canvas)
{
    const double font = canvas->print->grid.heading / 6, longest = 150 * font;
    const hp_layout *layout = &canvas->print->layout;
    char *text = NULL, *wrapped;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    fputs("Hot path:", out);
    for (uint32_t i = 0; i < layout->path_length; i++) {
        char name[HP_ATLAS_NAME_SIZE], sheet[HP_SHEET_NAME_SIZE];
        uint32_t node = layout->path[i];

        hp_atlas_name(&layout->atlas, &canvas->print->chart, node, name, sizeof name);
        hp_atlas_sheet_name(&layout->atlas, layout->boxes[node].sheet, sheet, sizeof sheet);
        fprintf(out, "%s %" PRIu32 ". %s %s", i ? "," : "", i + 1, name, sheet);
    }
    if (fclose(out) != 0 || !text) {
        free(text);
        return NULL;
    }
    wrapped = hp_text_wrapped(text, fmin(canvas->page.width / label_room, longest), font, false);
    free(text);
    return wrapped;
}

/* --- Graphs -------------------------------------------------------------------------------- */

static void print_size(FILE *out, const char *name, hp_size size)
{
    fprintf(out, "%s=\"", name);
    print_inches(out, size.width, true);
    putc(',', out);
    print_inches(out, size.height, true);
}

/* Two points that nobody sees tell Graphviz how large the graph is: not larger than the paper, as
 * it would draw it smaller. */
static void begin_graph(const struct canvas *canvas)
{
    const hp_grid *grid = &canvas->print->grid;
    hp_size size = {canvas->columns * canvas->page.width, canvas->rows * canvas->page.height};
    /* Graphviz turns the drawing, not the paper. */
    hp_size upright =
        grid->landscape ? (hp_size){grid->sheet.height, grid->sheet.width} : grid->sheet;
    FILE *out = canvas->out;

    fputs("digraph callgraph {\n    ", out);
    print_size(out, "page", upright);
    fputs("\"; margin=\"", out);
    print_inches(out, HP_MARGIN, false);
    fprintf(out, "\"; pagedir=%s;%s\n    ", grid->landscape ? "RB" : "TL",
            grid->landscape ? " rotate=90;" : "");
    print_size(out, "size", size);
    fputs("\"; viewport=\"", out);
    print_point(out, (hp_point){size.width, size.height});
    fputs("\"; pad=0; nodesep=0.15; ranksep=0.3;\n"
          /* Graphviz measures Helvetica with other fonts than it is printed with. */
          "    node [shape=box, style=filled, fixedsize=true, fontname=Arial, fontsize=",
          out);
    hp_dot_number(out, hp_print_type(canvas->print));
    fputs(", penwidth=0.60, margin=0];\n    edge [arrowsize=", out);
    hp_dot_number(out, 0.4 * canvas->print->scale);
    fputs("];\n"
          "    corner0 [style=invis, width=0, height=0, label=\"\", pos=\"1,1\"];\n"
          "    corner1 [style=invis, width=0, height=0, label=\"\", pos=\"",
          out);
    print_point(out, (hp_point){size.width - 1, size.height - 1});
    fputs("\"];\n", out);
}

/* Prints the name of the output file as a shell reads it. */
static void print_file_name(FILE *out, const char *name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._-/+,:=@%";

    if (!name || strcmp(name, "-") == 0 || strpbrk(name, "\n\r"))
        name = "callgraph.dot";
    if (*name == '-')
        fputs("./", out);
    if (name[strspn(name, plain)] == '\0') {
        fputs(name, out);
        return;
    }
    putc('\'', out);
    for (; *name; name++)
        if (*name == '\'')
            fputs("'\\''", out);
        else
            putc(*name, out);
    putc('\'', out);
}

static void print_command(const struct canvas *canvas, const char *output_name)
{
    const hp_grid *grid = &canvas->print->grid;

    fprintf(canvas->out, "// On %" PRIu32 " sheets of paper: neato -n2 -Tps ",
            canvas->rows * canvas->columns);
    print_file_name(canvas->out, output_name);
    fprintf(canvas->out,
            " | ps2pdf -dDEVICEWIDTHPOINTS=%.0f -dDEVICEHEIGHTPOINTS=%.0f - callgraph.pdf\n",
            fmin(grid->sheet.width, grid->sheet.height),
            fmax(grid->sheet.width, grid->sheet.height));
}

hp_status hp_dot_sheets_write(const hp_profile *profile, const hp_report_options *options,
                              FILE *out, hp_error *error)
{
    hp_report_options cut = *options;
    hp_print print;
    hp_status status;

    /* Graphviz cuts sheets that do not overlap. */
    cut.paper.overlap = (hp_length){0};
    status = hp_print_make(&print, profile, &cut, true, error);

    hp_size sheet = print.grid.sheet;
    bool index = options->paper.paging == HP_ATLAS && !options->paper.no_index;
    struct canvas canvas = {&print,
                            out,
                            {sheet.width - 2 * HP_MARGIN, sheet.height - 2 * HP_MARGIN},
                            (uint32_t)print.grid.rows + index,
                            (uint32_t)print.grid.columns,
                            index};
    uint32_t *order = malloc(((size_t)print.chart.node_count + 1) * sizeof *order);
    char *hot_path = index && status == HP_OK ? new_hot_path(&canvas) : NULL;

    if (status == HP_OK &&
        (!order || (index && (!hot_path || !hp_chart_order_by_name(&print.chart, order)))))
        status = hp_no_memory(error);
    if (status == HP_OK) {
        print_command(&canvas, options->output_name);
        begin_graph(&canvas);
        if (index)
            print_index(&canvas, order, hot_path);
        print_sheets(&canvas);
        fputs("}\n", out);
    }
    free(order);
    free(hot_path);
    hp_print_free(&print);
    return status;
}
