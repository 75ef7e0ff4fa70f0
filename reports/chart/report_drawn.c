// SPDX-License-Identifier: MIT
#include "chart/drawing.h"

#include "report_table.h"

#include <dlfcn.h>

const hp_drawing *hp_drawing_load(hp_error *error)
{
    void *module = dlopen("hotreport-draw.so", RTLD_NOW | RTLD_LOCAL);
    const hp_drawing *drawing = module ? dlsym(module, "hp_drawing_module") : NULL;

    if (!drawing)
        hp_error_set(error, HP_IO, 0,
                     "drawing needs cairo and Pango (apt-get install libpangocairo-1.0-0): %s",
                     dlerror());
    return drawing;
}

static hp_status draw(hp_drawing_kind kind, const hp_profile *profile,
                      const hp_report_options *options, FILE *out, hp_error *error)
{
    const hp_drawing *drawing = hp_drawing_load(error);

    return drawing ? drawing->write(kind, profile, options, out, error) : HP_IO;
}

static hp_status write_pdf(const hp_profile *profile, const hp_report_options *options, FILE *out,
                           hp_error *error)
{
    return draw(HP_DRAW_PDF, profile, options, out, error);
}

static hp_status write_ps(const hp_profile *profile, const hp_report_options *options, FILE *out,
                          hp_error *error)
{
    return draw(HP_DRAW_PS, profile, options, out, error);
}

static hp_status write_svg(const hp_profile *profile, const hp_report_options *options, FILE *out,
                           hp_error *error)
{
    return draw(HP_DRAW_SVG, profile, options, out, error);
}

static hp_status write_png(const hp_profile *profile, const hp_report_options *options, FILE *out,
                           hp_error *error)
{
    return draw(HP_DRAW_PNG, profile, options, out, error);
}

enum { USES = HP_USES_EVENT | HP_USES_THRESHOLDS | HP_USES_CHART | HP_USES_SHEETS };

const hp_report hp_report_pdf = {
    .name = "pdf",
    .description = "call graph on sheets of paper (--pages)",
    .manual = "the call graph, drawn on one page of any size or on sheets of paper",
    .drawn = true,
    .binary = true,
    .write = write_pdf,
    .uses = USES,
    .files = ".pdf",
};
const hp_report hp_report_ps = {
    .name = "ps",
    .description = "the same as PostScript",
    .manual = "the same as PostScript",
    .drawn = true,
    .write = write_ps,
    .uses = USES,
    .files = ".ps",
};
const hp_report hp_report_svg = {
    .name = "svg",
    .description = "call graph as a picture; with -o NAME-%d.svg, one file a page",
    .manual = "the call graph as a picture; with --output=NAME-%d.svg, one file for each page",
    .drawn = true,
    .write = write_svg,
    .file_a_page = true,
    .uses = USES,
    .files = ".svg",
};
const hp_report hp_report_png = {
    .name = "png",
    .description = "the same as a bitmap",
    .manual = "the same as a bitmap",
    .drawn = true,
    .binary = true,
    .write = write_png,
    .file_a_page = true,
    .uses = USES,
    .files = ".png",
};
