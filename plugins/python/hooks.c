// SPDX-License-Identifier: MIT
#include "hooks.h"

/* --- Events ------------------------------------------------------------------------------- */

static inline uint64_t clock_now(void)
{
    return hp_clock(hp_running->settings.clock);
}

/* This thread's part; NULL if it takes no part. *fresh: the frames from this one down were entered
 * just now. */
static inline struct hp_thread *this_thread(PyFrameObject *frame, bool *fresh)
{
    *fresh = hp_here.serial != hp_serial || !hp_serial;
    return *fresh ? hp_thread_attach(frame) : hp_here.thread;
}

/* Runs for each event, with the frame that it is of. */
static int take_trace(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    struct hp_thread *thread;
    uint64_t now;
    bool fresh;

    (void)object, (void)argument;
    if (what != PyTrace_LINE && what != PyTrace_CALL && what != PyTrace_RETURN)
        return 0;
    thread = this_thread(frame, &fresh);
    if (!thread || (fresh && what == PyTrace_CALL))
        return 0;
    now = clock_now();

    if (what == PyTrace_CALL) {
        uint32_t function;

        if (hp_names_find_code(&hp_running->names, hp_frame_code(frame), &function))
            hp_record_enter(thread, frame, function, now);
        return 0;
    }
    if (!hp_is_on_top(thread, frame)) {
        hp_running->switches++;
        hp_thread_align(thread, frame);
        if (!hp_running)
            return 0;
    }
    if (what == PyTrace_LINE)
        hp_record_line(thread, hp_frame_line(frame), now);
    else
        hp_record_exit(thread, now);
    return 0;
}

/* The same for functions written in C. */
static int take_builtin(struct hp_thread *thread, PyFrameObject *frame, int what,
                        PyObject *function)
{
    if (!PyCFunction_Check(function))
        return 0;

    uint64_t now = clock_now();

    if (what == PyTrace_C_CALL) {
        uint32_t number;

        if (!hp_is_on_top(thread, frame))
            hp_thread_align(thread, frame);
        if (hp_running && hp_names_find_builtin(&hp_running->names, function, &number))
            hp_record_enter(thread, hp_builtin_key(function), number, now);
    } else if (hp_is_on_top(thread, hp_builtin_key(function))) {
        hp_record_exit(thread, now);
    }
    return 0;
}

static int take_profile(PyObject *object, PyFrameObject *frame, int what, PyObject *argument)
{
    if (what == PyTrace_CALL || what == PyTrace_RETURN)
        return hp_running && hp_running->settings.lines ? 0
                                                        : take_trace(object, frame, what, argument);
    if (!hp_running || !hp_running->settings.builtins)
        return 0;

    bool fresh;
    struct hp_thread *thread = this_thread(frame, &fresh);

    return thread ? take_builtin(thread, frame, what, argument) : 0;
}

/* --- sys.monitoring ----------------------------------------------------------------------- */

#if PY_VERSION_HEX >= 0x030c0000
#define HAS_MONITORING 1

/* As this_thread. Events come from all threads, whether asked for or not. */
static inline struct hp_thread *monitored_thread(bool *fresh)
{
    *fresh = hp_here.serial != hp_serial || !hp_serial;
    if (!*fresh)
        return hp_here.thread;
    return hp_running && hp_running->settings.all_threads ? hp_thread_attach(PyEval_GetFrame())
                                                          : NULL;
}

static PyObject *take_start(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    bool fresh;
    struct hp_thread *thread = monitored_thread(&fresh);

    (void)module, (void)count;
    if (thread && !fresh && PyCode_Check(arguments[0])) {
        PyCodeObject *code = (PyCodeObject *)arguments[0];
        uint64_t now = clock_now();
        uint32_t function;

        if (hp_names_find_code(&hp_running->names, code, &function))
            hp_record_enter(thread, code, function, now);
    }
    Py_RETURN_NONE;
}

static PyObject *take_end(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    bool fresh;
    struct hp_thread *thread = monitored_thread(&fresh);

    (void)module, (void)count;
    if (thread && PyCode_Check(arguments[0])) {
        uint64_t now = clock_now();

        if (!hp_is_on_top(thread, arguments[0])) {
            hp_running->switches++;
            hp_thread_align(thread, PyEval_GetFrame());
        }
        if (hp_running && hp_is_on_top(thread, arguments[0]))
            hp_record_exit(thread, now);
    }
    Py_RETURN_NONE;
}

static PyMethodDef start_method = {"start", (PyCFunction)(void (*)(void))take_start, METH_FASTCALL,
                                   NULL};
static PyMethodDef end_method = {"end", (PyCFunction)(void (*)(void))take_end, METH_FASTCALL, NULL};

/* The events, and what takes them. */
static const struct {
    const char *name;
    PyMethodDef *method;
} monitored[] = {{"PY_START", &start_method}, {"PY_RESUME", &start_method},
                 {"PY_THROW", &start_method}, {"PY_RETURN", &end_method},
                 {"PY_YIELD", &end_method},   {"PY_UNWIND", &end_method}};

enum { PROFILER_ID = 2 };

/* Takes over result. */
static bool succeeded(PyObject *result)
{
    Py_XDECREF(result);
    return result != NULL;
}

/* Takes events, or no more. False: an exception is set. */
static bool monitor(bool take)
{
    PyObject *monitoring = PySys_GetObject("monitoring");
    PyObject *events = monitoring ? PyObject_GetAttrString(monitoring, "events") : NULL;
    long mask = 0;
    bool whole = events != NULL;

    for (size_t i = 0; whole && i < sizeof monitored / sizeof *monitored; i++) {
        PyObject *event = PyObject_GetAttrString(events, monitored[i].name);
        PyObject *method = take ? PyCFunction_New(monitored[i].method, NULL) : Py_NewRef(Py_None);

        whole = event && method &&
                succeeded(PyObject_CallMethod(monitoring, "register_callback", "iOO", PROFILER_ID,
                                              event, method));
        if (event)
            mask |= PyLong_AsLong(event);
        Py_XDECREF(event);
        Py_XDECREF(method);
    }
    Py_XDECREF(events);
    return whole && succeeded(PyObject_CallMethod(monitoring, "set_events", "il", PROFILER_ID,
                                                  take ? mask : 0));
}

static bool set_monitoring(void)
{
    PyObject *monitoring = PySys_GetObject("monitoring");

    return monitoring &&
           succeeded(
               PyObject_CallMethod(monitoring, "use_tool_id", "is", PROFILER_ID, "hotshot")) &&
           monitor(true);
}

static bool unset_monitoring(void)
{
    PyObject *monitoring = PySys_GetObject("monitoring");
    bool whole = monitor(false) &&
                 succeeded(PyObject_CallMethod(monitoring, "free_tool_id", "i", PROFILER_ID));
    PyErr_Clear();
    return whole;
}

static PyObject *monitoring_tool(void)
{
    PyObject *monitoring = PySys_GetObject("monitoring");
    PyObject *tool =
        monitoring ? PyObject_CallMethod(monitoring, "get_tool", "i", PROFILER_ID) : NULL;

    if (!tool || tool == Py_None) {
        PyErr_Clear();
        Py_XDECREF(tool);
        return NULL;
    }
    return tool;
}
#else
#define HAS_MONITORING 0

static bool set_monitoring(void)
{
    return false;
}

static void unset_monitoring(void) {}

static PyObject *monitoring_tool(void)
{
    return NULL;
}
#endif

bool hp_hooks_give_code(const struct hp_settings *settings)
{
    return HAS_MONITORING && !settings->lines && !settings->builtins;
}

/* --- Hooks of all threads ----------------------------------------------------------------- */

static bool needs_trace(const struct hp_settings *settings)
{
    return settings->lines;
}

static bool needs_profile(const struct hp_settings *settings)
{
    return settings->builtins || (!settings->lines && !HAS_MONITORING);
}

static void set_here(const struct hp_settings *settings, bool take)
{
    if (needs_trace(settings))
        PyEval_SetTrace(take ? take_trace : NULL, NULL);
    if (needs_profile(settings))
        PyEval_SetProfile(take ? take_profile : NULL, NULL);
}

static void set_everywhere(const struct hp_settings *settings, bool take)
{
    PyThreadState *here = PyThreadState_Get();
#if PY_VERSION_HEX >= 0x030c0000
    if (needs_trace(settings))
        PyEval_SetTraceAllThreads(take ? take_trace : NULL, NULL);
    if (needs_profile(settings))
        PyEval_SetProfileAllThreads(take ? take_profile : NULL, NULL);
    (void)here;
#else
    for (PyThreadState *state = PyInterpreterState_ThreadHead(here->interp); state;
         state = PyThreadState_Next(state)) {
#if PY_VERSION_HEX >= 0x03090000
        if (needs_trace(settings))
            _PyEval_SetTrace(state, take ? take_trace : NULL, NULL);
        if (needs_profile(settings))
            _PyEval_SetProfile(state, take ? take_profile : NULL, NULL);
#else
        PyThreadState_Swap(state);
        set_here(settings, take);
#endif
    }
    PyThreadState_Swap(here);
#endif
}

/* Python calls this for the first event of a thread that starts while a recording runs. From then
 * on events come by the C interface. */
static PyObject *begin_thread(PyObject *module, PyObject *arguments)
{
    PyObject *frame = PyTuple_Size(arguments) ? PyTuple_GET_ITEM(arguments, 0) : NULL;

    (void)module;
    if (!hp_running) {
        PyEval_SetTrace(NULL, NULL);
        PyEval_SetProfile(NULL, NULL);
    } else if (frame && PyFrame_Check(frame)) {
        set_here(&hp_running->settings, true);
        if (hp_here.serial != hp_serial)
            hp_thread_attach((PyFrameObject *)frame);
    }
    Py_RETURN_NONE;
}

static PyMethodDef begin_method = {"begin_thread", begin_thread, METH_VARARGS, NULL};
static PyObject *begin;
static PyObject *trace_before, *profile_before; /* what the module threading had */

/* Exchanges a hook of the module threading. Takes over old if it puts it back. */
static bool set_threading(const char *name, const char *attribute, PyObject **before, bool take)
{
    PyObject *threading = PyImport_ImportModule("threading");
    PyObject *now = threading ? PyObject_GetAttrString(threading, attribute) : NULL;
    bool whole = now != NULL;

    if (take && whole) {
        Py_INCREF(now);
        Py_XSETREF(*before, now);
        Py_XDECREF(PyObject_CallMethod(threading, name, "O", begin));
    } else if (whole && now == begin) {
        Py_XDECREF(PyObject_CallMethod(threading, name, "O", *before ? *before : Py_None));
    }
    if (!take)
        Py_CLEAR(*before);
    Py_XDECREF(now);
    Py_XDECREF(threading);
    return whole && !PyErr_Occurred();
}

static bool set_new_threads(const struct hp_settings *settings, bool take)
{
    if (!begin)
        begin = PyCFunction_New(&begin_method, NULL);
    return begin &&
           (!needs_trace(settings) ||
            set_threading("settrace", "_trace_hook", &trace_before, take)) &&
           (!needs_profile(settings) ||
            set_threading("setprofile", "_profile_hook", &profile_before, take));
}

/* --- The interface ------------------------------------------------------------------------ */

PyObject *hp_hooks_in_the_way(const struct hp_settings *settings)
{
    const PyThreadState *state = PyThreadState_Get();

    if (needs_trace(settings) && state->c_tracefunc) {
        PyObject *object = state->c_traceobj;

        return PyUnicode_FromFormat("a debugger or a coverage tool traces this thread "
                                    "(sys.settrace: %.200S)",
                                    object ? (PyObject *)Py_TYPE(object) : Py_None);
    }
    if (needs_profile(settings) && state->c_profilefunc)
        return PyUnicode_FromString("another profiler is active (sys.setprofile or cProfile)");
    if (hp_hooks_give_code(settings)) {
        PyObject *tool = monitoring_tool();

        if (tool) {
            PyObject *text =
                PyUnicode_FromFormat("another profiler is active (sys.monitoring: %S)", tool);

            Py_DECREF(tool);
            return text;
        }
    }
    return NULL;
}

bool hp_hooks_set(const struct hp_settings *settings)
{
    if (hp_hooks_give_code(settings))
        return set_monitoring();
    if (!settings->all_threads) {
        set_here(settings, true);
    } else {
        if (!set_new_threads(settings, true))
            return false;
        set_everywhere(settings, true);
    }
    return true;
}

void hp_hooks_unset_here(const struct hp_settings *settings)
{
    const PyThreadState *state = PyThreadState_Get();

    if (needs_trace(settings) && state->c_tracefunc == take_trace)
        PyEval_SetTrace(NULL, NULL);
    if (needs_profile(settings) && state->c_profilefunc == take_profile)
        PyEval_SetProfile(NULL, NULL);
}

bool hp_hooks_in_place(const struct hp_settings *settings)
{
    const PyThreadState *state = PyThreadState_Get();

    return (!needs_trace(settings) || state->c_tracefunc == take_trace) &&
           (!needs_profile(settings) || state->c_profilefunc == take_profile);
}

void hp_hooks_unset(const struct hp_settings *settings)
{
    const PyThreadState *state = PyThreadState_Get();

    if (hp_hooks_give_code(settings)) {
        unset_monitoring();
        return;
    }
    if (settings->all_threads) {
        set_new_threads(settings, false);
        PyErr_Clear();
    }
    if (settings->all_threads && (!state->c_tracefunc || state->c_tracefunc == take_trace) &&
        (!state->c_profilefunc || state->c_profilefunc == take_profile))
        set_everywhere(settings, false);
    else
        hp_hooks_unset_here(settings);
}
