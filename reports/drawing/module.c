// SPDX-License-Identifier: MIT
/* The reports that are drawn: pdf, ps, svg and png. */
#include "chart/drawing.h"
#include "drawing/pdf_objects.h"
#include "drawing/sheets.h"

#include <cairo-pdf.h>
#include <cairo-ps.h>
#include <cairo-svg.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Pixels a point: 144 to the inch. */
static const double png_scale = 2;

/* cairo's limit for images. */
enum { PIXELS_MAX = 32000 };

/* Errors stay in the FILE, for its owner: cairo 1.16 fails an assertion if this returns one. */
static cairo_status_t write_bytes(void *file, const unsigned char *data, unsigned length)
{
    fwrite(data, 1, length, file);
    return CAIRO_STATUS_SUCCESS;
}

static hp_status status_of(cairo_status_t status, hp_error *error)
{
    switch (status) {
    case CAIRO_STATUS_SUCCESS:
        return HP_OK;
    case CAIRO_STATUS_NO_MEMORY:
        return hp_no_memory(error);
    default:
        return hp_error_set(error, HP_IO, 0, "cannot be drawn: %s", cairo_status_to_string(status));
    }
}

/* The status of everything drawn so far. */
static hp_status status_of_drawing(cairo_t *cairo, hp_error *error)
{
    cairo_status_t status = cairo_status(cairo);

    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(cairo_get_target(cairo));
    return status_of(status, error);
}

/* --- Documents of several pages ------------------------------------------------------------ */

/* No current time, so that the same profile gives the same bytes. */
static void describe_pdf(cairo_surface_t *surface, const hp_document *document)
{
    char creator[40];

    snprintf(creator, sizeof creator, "hotreport %s", hp_version());
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, document->print.chart.title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_SUBJECT,
                                   document->print.chart.subtitle);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, creator);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "1970-01-01T00:00:00Z");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, "1970-01-01T00:00:00Z");
}

/* Adds an entry for each sheet, and below it one for each function, in the order of their names. */
static void outline_pdf(cairo_surface_t *surface, const hp_document *document)
{
    const hp_atlas *atlas = &document->print.layout.atlas;

    for (size_t i = 0; i < document->sheet_count; i++) {
        const hp_sheet *sheet = &document->sheets[i];
        bool is_tile = sheet->kind == HP_SHEET_TILE;
        char title[HP_ATLAS_TITLE_SIZE], link[64];
        int parent;

        snprintf(title, sizeof title, "%s", sheet->name);
        if (is_tile || sheet->kind == HP_SHEET_ATLAS)
            hp_atlas_title(atlas, &document->print.chart, sheet->number, title, sizeof title);
        snprintf(link, sizeof link, "page=%zu pos=[0.0 0.0]", i + 1);
        parent = cairo_pdf_surface_add_outline(surface, CAIRO_PDF_OUTLINE_ROOT, title, link, 0);
        for (uint32_t e = 0;
             (is_tile || sheet->kind == HP_SHEET_ATLAS) && e < document->print.chart.node_count;
             e++) {
            uint32_t node = document->index.entries[e];
            char name[HP_CHART_NAME_SIZE];

            if (atlas->sheets[node] != sheet->number)
                continue;
            hp_chart_name(&document->print.chart.nodes[node], name, sizeof name);
            snprintf(link, sizeof link, "dest='" HP_FUNCTION_LINK "'", (unsigned)node);
            cairo_pdf_surface_add_outline(surface, parent, name, link, 0);
        }
    }
}

/* Makes the next page as large as the sheet. */
typedef void set_page(cairo_t *cairo, hp_size size);

static void set_pdf_page(cairo_t *cairo, hp_size size)
{
    cairo_pdf_surface_set_size(cairo_get_target(cairo), size.width, size.height);
}

/* Printers have upright paper, on which a sheet of landscape lies. */
static void set_ps_page(cairo_t *cairo, hp_size size)
{
    cairo_surface_t *surface = cairo_get_target(cairo);
    bool lies = size.width > size.height;

    cairo_ps_surface_set_size(surface, lies ? size.height : size.width,
                              lies ? size.width : size.height);
    cairo_ps_surface_dsc_begin_page_setup(surface);
    cairo_ps_surface_dsc_comment(surface, lies ? "%%PageOrientation: Landscape"
                                               : "%%PageOrientation: Portrait");
    if (lies) {
        cairo_translate(cairo, 0, size.width);
        cairo_rotate(cairo, -acos(0));
    }
}

static hp_status draw_pages(hp_document *document, cairo_surface_t *surface, set_page *set,
                            hp_error *error)
{
    cairo_t *cairo = cairo_create(surface);
    hp_status status;

    for (size_t i = 0; i < document->sheet_count; i++) {
        cairo_save(cairo);
        set(cairo, hp_document_sheet_size(document, &document->sheets[i]));
        hp_sheet_draw(document, &document->sheets[i], cairo);
        cairo_restore(cairo);
        cairo_show_page(cairo);
    }
    cairo_surface_finish(surface);
    status = status_of_drawing(cairo, error);
    cairo_destroy(cairo);
    return status;
}

static cairo_surface_t *new_pdf(const hp_document *document, FILE *out)
{
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(write_bytes, out, 100, 100);

    describe_pdf(surface, document);
    outline_pdf(surface, document);
    return surface;
}

static cairo_surface_t *new_ps(const hp_document *document, FILE *out)
{
    (void)document;
    return cairo_ps_surface_create_for_stream(write_bytes, out, 100, 100);
}

/* cairo writes the current time into the first lines. */
static void forget_time(char *ps, size_t size)
{
    static const char comment[] = "\n%%CreationDate: ", no_time[] = "Thu Jan  1 00:00:00 1970";
    char *date = strstr(ps, comment);

    (void)size;
    if (date && strcspn(date + strlen(comment), "\n") == strlen(no_time))
        memcpy(date + strlen(comment), no_time, sizeof no_time - 1);
}

/* A format of pages. */
struct pages {
    cairo_surface_t *(*create)(const hp_document *document, FILE *out);
    set_page *set;
    void (*mend)(char *bytes, size_t size); /* what cairo wrote */
};

static hp_status write_pages(hp_document *document, const struct pages *pages, FILE *out,
                             hp_error *error)
{
    char *bytes = NULL;
    size_t size;
    FILE *memory = open_memstream(&bytes, &size);
    hp_status status = HP_OK;

    if (!memory)
        return hp_no_memory(error);

    cairo_surface_t *surface = pages->create(document, memory);

    status = draw_pages(document, surface, pages->set, error);
    cairo_surface_destroy(surface);

    bool whole = !ferror(memory);

    if (fclose(memory) != 0 || !whole || !bytes)
        status = hp_no_memory(error);
    if (status == HP_OK) {
        pages->mend(bytes, size);
        fwrite(bytes, 1, size, out);
    }
    free(bytes);
    return status;
}

/* --- Pictures ------------------------------------------------------------------------------ */

/* Sheets one below the other, from first up to before last. */
struct strip {
    const hp_sheet *first, *last;
    hp_size size;
};

static struct strip strip_of(hp_document *document, size_t first, size_t count)
{
    struct strip strip = {document->sheets + first, document->sheets + first + count, {0, 0}};

    for (const hp_sheet *sheet = strip.first; sheet < strip.last; sheet++) {
        hp_size size = hp_document_sheet_size(document, sheet);

        strip.size.width = fmax(strip.size.width, size.width);
        strip.size.height += size.height;
    }
    return strip;
}

static void draw_strip(hp_document *document, const struct strip *strip, cairo_t *cairo)
{
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    for (const hp_sheet *sheet = strip->first; sheet < strip->last; sheet++) {
        hp_sheet_draw(document, sheet, cairo);
        cairo_translate(cairo, 0, hp_document_sheet_size(document, sheet).height);
    }
}

static hp_status write_svg(hp_document *document, const struct strip *strip, FILE *out,
                           hp_error *error)
{
    cairo_surface_t *surface = cairo_svg_surface_create_for_stream(
        write_bytes, out, strip->size.width, strip->size.height);
    cairo_t *cairo = cairo_create(surface);
    hp_status status;

    draw_strip(document, strip, cairo);
    cairo_surface_finish(surface);
    status = status_of_drawing(cairo, error);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return status;
}

static hp_status write_png(hp_document *document, const struct strip *strip, FILE *out,
                           hp_error *error)
{
    double scale = fmin(png_scale, PIXELS_MAX / fmax(strip->size.width, strip->size.height));
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(scale * strip->size.width),
                                   (int)ceil(scale * strip->size.height));
    cairo_t *cairo = cairo_create(surface);
    hp_status status;

    cairo_scale(cairo, scale, scale);
    draw_strip(document, strip, cairo);
    status = status_of_drawing(cairo, error);
    if (status == HP_OK)
        status = status_of(cairo_surface_write_to_png_stream(surface, write_bytes, out), error);
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
    return status;
}

typedef hp_status write_strip(hp_document *document, const struct strip *strip, FILE *out,
                              hp_error *error);

/* Writes one file a sheet if there may be several files. */
static hp_status write_pictures(hp_document *document, write_strip *write, FILE *out,
                                hp_error *error)
{
    const hp_files *files = &document->options->files;
    hp_status status = HP_OK;

    if (!files->next) {
        struct strip all = strip_of(document, 0, document->sheet_count);

        return write(document, &all, out, error);
    }
    for (size_t i = 0; status == HP_OK && i < document->sheet_count; i++) {
        struct strip sheet = strip_of(document, i, 1);

        if (i > 0)
            out = files->next(files->context, error);
        status = out ? write(document, &sheet, out, error) : HP_IO;
    }
    return status;
}

/* --- The module ---------------------------------------------------------------------------- */

static hp_status write(hp_drawing_kind kind, const hp_profile *profile,
                       const hp_report_options *options, FILE *out, hp_error *error)
{
    static const struct pages pdf = {new_pdf, set_pdf_page, hp_pdf_free_objects},
                              ps = {new_ps, set_ps_page, forget_time};
    bool paged = kind == HP_DRAW_PDF || kind == HP_DRAW_PS;
    hp_document document;
    hp_status status = hp_document_make(&document, profile, options,
                                        paged || hp_paper_wanted(&options->paper), error);

    if (status == HP_OK)
        switch (kind) {
        case HP_DRAW_PDF:
            status = write_pages(&document, &pdf, out, error);
            break;
        case HP_DRAW_PS:
            status = write_pages(&document, &ps, out, error);
            break;
        case HP_DRAW_SVG:
            status = write_pictures(&document, write_svg, out, error);
            break;
        case HP_DRAW_PNG:
            status = write_pictures(&document, write_png, out, error);
            break;
        }
    hp_document_free(&document);
    return status;
}

HP_API const hp_drawing hp_drawing_module = {write};
