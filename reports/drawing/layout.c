// SPDX-License-Identifier: MIT
#include "drawing/layout.h"

#include <errno.h>
#include <fcntl.h>
#include <graphviz/gvc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

/* Larger graphs are laid out with less care, and faster. */
enum { CAREFUL_MAX = 400 };

enum { BORDER = 2 };

/* --- In the process that lays out ---------------------------------------------------------- */

static void set_number(void *object, const char *name, double number)
{
    char text[32];

    snprintf(text, sizeof text, "%.4f", number);
    agsafeset(object, (char *)name, text, "");
}

static graph_t *new_graph(const hp_layout *layout, Agnode_t **nodes, Agedge_t **edges)
{
    graph_t *graph = agopen("g", Agdirected, NULL);

    agattr(graph, AGRAPH, "rankdir", layout->sideways ? "LR" : "TB");
    agattr(graph, AGRAPH, "nodesep", "0.15");
    agattr(graph, AGRAPH, "ranksep", "0.3");
    agattr(graph, AGRAPH, "nslimit", "2");
    agattr(graph, AGRAPH, "nslimit1", "2");
    if (layout->node_count > CAREFUL_MAX)
        agattr(graph, AGRAPH, "splines", "polyline");
    agattr(graph, AGNODE, "shape", "box");
    agattr(graph, AGNODE, "label", "");
    agattr(graph, AGNODE, "fixedsize", "true");
    agattr(graph, AGEDGE, "arrowsize", "0.6");
    for (size_t i = 0; i < layout->node_count; i++) {
        nodes[i] = agnode(graph, NULL, 1);
        set_number(nodes[i], "width", layout->nodes[i].size.width / 72);
        set_number(nodes[i], "height", layout->nodes[i].size.height / 72);
    }
    for (size_t i = 0; i < layout->edge_count; i++) {
        const hp_layout_edge *edge = &layout->edges[i];

        edges[i] = agedge(graph, nodes[edge->from], nodes[edge->to], NULL, 1);
        set_number(edges[i], "minlen", edge->rows);
        set_number(edges[i], "weight", edge->weight);
        if (edge->label.width > 0) {
            char label[160];

            /* An empty table has exactly this size. */
            snprintf(label, sizeof label,
                     "<table border=\"0\" fixedsize=\"true\" width=\"%.0f\" height=\"%.0f\"><tr>"
                     "<td></td></tr></table>",
                     edge->label.width, edge->label.height);
            agsafeset(edges[i], "label", agstrdup_html(graph, label), "");
        }
    }
    return graph;
}

static bool write_all(int file, const void *data, size_t size)
{
    for (const char *at = data; size > 0;) {
        ssize_t written = write(file, at, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        at += written;
        size -= (size_t)written;
    }
    return true;
}

static hp_point point_of(pointf point, boxf box)
{
    return (hp_point){point.x - box.LL.x, box.UR.y - point.y};
}

/* The process writes the size, the centres, then each edge with its points. */
struct found_edge {
    hp_point label_centre, tip;
    size_t point_count;
    bool arrow;
};

static bool write_edge(int to, Agedge_t *edge, boxf box)
{
    const splines *curves = ED_spl(edge);
    const bezier *curve = curves && curves->size > 0 ? &curves->list[0] : NULL;
    struct found_edge found = {0};

    if (ED_label(edge))
        found.label_centre = point_of(ED_label(edge)->pos, box);
    if (curve) {
        found.point_count = (size_t)curve->size;
        found.arrow = curve->eflag != 0;
        if (found.arrow)
            found.tip = point_of(curve->ep, box);
    }
    if (!write_all(to, &found, sizeof found))
        return false;
    for (size_t i = 0; i < found.point_count; i++) {
        hp_point point = point_of(curve->list[i], box);

        if (!write_all(to, &point, sizeof point))
            return false;
    }
    return true;
}

static bool lay_out(const hp_layout *layout, int to)
{
    Agnode_t **nodes = calloc(layout->node_count + 1, sizeof(Agnode_t *));
    Agedge_t **edges = calloc(layout->edge_count + 1, sizeof(Agedge_t *));
    GVC_t *context = gvContext();
    graph_t *graph;

    if (!nodes || !edges || !context)
        return false;
    graph = new_graph(layout, nodes, edges);
    if (gvLayout(context, graph, "dot") != 0)
        return false;

    boxf box = GD_bb(graph);

    /* Positions of boxes are exact to half a point, and their borders are wider. */
    box.LL.x -= BORDER;
    box.LL.y -= BORDER;
    box.UR.x += BORDER;
    box.UR.y += BORDER;

    hp_size size = {box.UR.x - box.LL.x, box.UR.y - box.LL.y};
    bool ok = write_all(to, &size, sizeof size);

    for (size_t i = 0; ok && i < layout->node_count; i++) {
        hp_point centre = point_of(ND_coord(nodes[i]), box);

        ok = write_all(to, &centre, sizeof centre);
    }
    for (size_t i = 0; ok && i < layout->edge_count; i++)
        ok = write_edge(to, edges[i], box);
    return ok;
}

/* --- In the process that waits for it ------------------------------------------------------ */

struct waiting {
    int from;
    hp_working *working;
    void *context;
};

static void tell_working(const struct waiting *waiting)
{
    if (waiting->working)
        waiting->working(waiting->context, "laying out the graph");
}

/* Reads from the process. HP_IO: it has ended. */
static hp_status read_all(const struct waiting *waiting, void *data, size_t size)
{
    for (char *at = data; size > 0;) {
        struct pollfd file = {.fd = waiting->from, .events = POLLIN};

        if (waiting->working && poll(&file, 1, 100) == 0) {
            tell_working(waiting);
            continue;
        }

        ssize_t count = read(waiting->from, at, size);

        if (count > 0) {
            at += count;
            size -= (size_t)count;
        } else if (count == 0 || errno != EINTR) {
            return HP_IO;
        }
    }
    return HP_OK;
}

static hp_status read_points(const struct waiting *waiting, hp_layout *layout, size_t *count,
                             size_t more)
{
    hp_point *points = realloc(layout->points, (*count + more + 1) * sizeof *points);

    if (!points)
        return HP_NO_MEMORY;
    layout->points = points;
    *count += more;
    return read_all(waiting, points + *count - more, more * sizeof *points);
}

static hp_status read_layout(const struct waiting *waiting, hp_layout *layout)
{
    hp_status status = read_all(waiting, &layout->size, sizeof layout->size);
    size_t point_count = 0;

    for (size_t i = 0; status == HP_OK && i < layout->node_count; i++)
        status = read_all(waiting, &layout->nodes[i].centre, sizeof layout->nodes[i].centre);
    for (size_t i = 0; status == HP_OK && i < layout->edge_count; i++) {
        hp_layout_edge *edge = &layout->edges[i];
        struct found_edge found;

        status = read_all(waiting, &found, sizeof found);
        if (status != HP_OK)
            break;
        edge->label_centre = found.label_centre;
        edge->first_point = point_count;
        edge->point_count = found.point_count;
        edge->arrow = found.arrow;
        edge->tip = found.tip;
        status = read_points(waiting, layout, &point_count, found.point_count);
    }
    return status;
}

/* A killed parent must not leave the process running. Without prctl the process ends when it writes
 * into a pipe that nobody reads. */
static void end_with_parent(pid_t parent)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
    if (getppid() != parent)
        _exit(1);
}

/* The limit is one of computing time, which does not depend on what else the machine does. */
static _Noreturn void work(const hp_layout *layout, unsigned seconds, int to, pid_t parent)
{
    int nowhere = open("/dev/null", O_WRONLY);
    struct rlimit limit = {seconds, seconds + 1};

    end_with_parent(parent);
    dup2(nowhere, STDERR_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    setrlimit(RLIMIT_CPU, &limit);
    _exit(lay_out(layout, to) ? 0 : 1);
}

hp_status hp_layout_run(hp_layout *layout, unsigned seconds, hp_working *working, void *context,
                        hp_error *error)
{
    struct waiting waiting = {.working = working, .context = context};
    int ends[2], ended = 0;
    pid_t process, self = getpid();
    hp_status status;

    layout->points = NULL;
    if (pipe(ends) != 0)
        return hp_error_set(error, HP_IO, 0, "no pipe to lay the graph out: %s", strerror(errno));
    process = fork();
    if (process == 0) {
        close(ends[0]); /* otherwise writing would block for ever without the parent */
        work(layout, seconds, ends[1], self);
    }
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        return hp_error_set(error, HP_IO, 0, "no process to lay the graph out: %s",
                            strerror(errno));
    }
    waiting.from = ends[0];
    tell_working(&waiting);
    status = read_layout(&waiting, layout);
    close(ends[0]);
    while (waitpid(process, &ended, 0) < 0 && errno == EINTR)
        ;
    if (status == HP_OK)
        return HP_OK;
    hp_layout_free(layout);
    if (status == HP_NO_MEMORY)
        return hp_no_memory(error);
    if (WIFSIGNALED(ended) && WTERMSIG(ended) == SIGXCPU)
        return hp_error_set(error, HP_LIMIT, 0, "the graph takes too long to lay out");
    return hp_error_set(error, HP_IO, 0, "Graphviz cannot lay the graph out");
}

void hp_layout_free(hp_layout *layout)
{
    free(layout->points);
    layout->points = NULL;
}
