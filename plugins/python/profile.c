// SPDX-License-Identifier: MIT
#include "profile.h"

#include "hooks.h"

#include <stddef.h>
#include <stdlib.h>
#include <structmember.h>

struct profile {
    PyObject_HEAD struct hp_recording *recording; /* NULL: closed */
    bool active;
    bool hooked; /* active, and events come */
    int lineevents, linetimings, frametimings;
};

static PyObject *profiler_error;

static struct profile *running; /* borrowed */

/* False: an exception is set. */
static bool require(bool condition, const char *otherwise)
{
    if (!condition)
        PyErr_SetString(profiler_error, otherwise);
    return condition;
}

static bool set_clock(const char *name, clockid_t *clock)
{
    if (strcmp(name, "wall") == 0)
        *clock = CLOCK_MONOTONIC;
    else if (strcmp(name, "cpu") == 0)
        *clock = CLOCK_THREAD_CPUTIME_ID;
    else
        PyErr_Format(PyExc_ValueError, "clock must be 'wall' or 'cpu', not '%s'", name);
    return !PyErr_Occurred();
}

static int profile_init(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"logfn", "lineevents",  "linetimings",   "builtins",
                            "clock", "all_threads", "_frametimings", NULL};
    struct profile *profile = (struct profile *)object;
    struct hp_settings settings = {.lines = false};
    int lines = 0, line_times = 1, builtins = 0, all_threads = 1, frame_times = 1;
    const char *clock = "wall";
    PyObject *file;
    char *path;

    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O&|pp$pspp:Profile", names,
                                     PyUnicode_FSConverter, &file, &lines, &line_times, &builtins,
                                     &clock, &all_threads, &frame_times))
        return -1;
    path = strdup(PyBytes_AS_STRING(file));
    Py_DECREF(file);
    if (!path) {
        PyErr_NoMemory();
        return -1;
    }
    if (!require(!profile->recording, "profiler already open") ||
        !set_clock(clock, &settings.clock)) {
        free(path);
        return -1;
    }
    settings.lines = lines;
    settings.line_times = lines && line_times;
    settings.builtins = builtins;
    settings.all_threads = all_threads;
    settings.frame_times = frame_times;
    profile->lineevents = lines;
    profile->linetimings = settings.line_times;
    profile->frametimings = frame_times;
    profile->recording = hp_recording_open(path, &settings);
    if (!profile->recording)
        return -1;
    profile->recording->keyed_by_code = hp_hooks_give_code(&settings);
    return 0;
}

/* Starts to record. base: see hp_thread. False: an exception is set. */
static bool start(struct profile *profile, PyFrameObject *base)
{
    PyObject *other;

    if (!require(!profile->active, "profiler already active") ||
        !require(profile->recording, "profiler already closed") ||
        !require(!running, "another hotshot profiler is active"))
        return false;
    profile->active = profile->recording->failed;
    if (profile->active) /* as far as the program sees */
        return true;
    other = hp_hooks_in_the_way(&profile->recording->settings);
    if (other) {
        PyErr_SetObject(profiler_error, other);
        Py_DECREF(other);
        return false;
    }
    /* The hooks come first: what it takes to set them is not part of the recording. */
    if (PyErr_Occurred() || !hp_hooks_set(&profile->recording->settings))
        return false;
    if (!hp_recording_resume(profile->recording, base)) {
        hp_hooks_unset(&profile->recording->settings);
        return false;
    }
    profile->active = profile->hooked = true;
    running = profile;
    return true;
}

/* Tells if events of this thread came no more. */
static void tell_replaced(const struct profile *profile)
{
    if (hp_recording_has_thread() && !hp_hooks_in_place(&profile->recording->settings))
        PySys_FormatStderr("hotshot: %s: the program set a trace or profile function of its own; "
                           "what this thread did afterwards is not recorded\n",
                           profile->recording->path);
}

static void stop(struct profile *profile)
{
    if (profile->hooked) {
        tell_replaced(profile);
        hp_recording_pause(profile->recording);
        hp_hooks_unset(&profile->recording->settings);
        running = NULL;
    }
    profile->active = profile->hooked = false;
}

static PyObject *profile_start(PyObject *object, PyObject *unused)
{
    (void)unused;
    if (!start((struct profile *)object, NULL))
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *profile_stop(PyObject *object, PyObject *unused)
{
    struct profile *profile = (struct profile *)object;

    (void)unused;
    if (!require(profile->active, "profiler not active"))
        return NULL;
    stop(profile);
    Py_RETURN_NONE;
}

static void close_profile(struct profile *profile)
{
    if (profile->active)
        stop(profile);
    if (profile->recording)
        hp_recording_free(profile->recording);
    profile->recording = NULL;
}

static PyObject *profile_close(PyObject *object, PyObject *unused)
{
    (void)unused;
    close_profile((struct profile *)object);
    Py_RETURN_NONE;
}

static PyObject *profile_flush(PyObject *object, PyObject *unused)
{
    struct profile *profile = (struct profile *)object;

    (void)unused;
    if (!require(profile->recording, "profiler already closed"))
        return NULL;
    hp_recording_flush(profile->recording);
    Py_RETURN_NONE;
}

void hp_profile_close_running(void)
{
    if (running)
        close_profile(running);
}

/* Records a call of a function. */
static PyObject *record_call(struct profile *profile, PyObject *function, PyObject *arguments,
                             PyObject *keywords)
{
    PyObject *result;

    if (!start(profile, PyEval_GetFrame()))
        return NULL;
    result = PyObject_Call(function, arguments, keywords);
    if (profile->active) {
        struct hp_exception exception = hp_exception_take();

        stop(profile);
        hp_recording_leave_frames(profile->recording);
        hp_exception_set(exception);
    }
    return result;
}

static PyObject *profile_runcall(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    PyObject *rest, *result;

    if (PyTuple_GET_SIZE(arguments) == 0) {
        PyErr_SetString(PyExc_TypeError, "runcall() needs a function to call");
        return NULL;
    }
    rest = PyTuple_GetSlice(arguments, 1, PyTuple_GET_SIZE(arguments));
    if (!rest)
        return NULL;
    result = record_call((struct profile *)object, PyTuple_GET_ITEM(arguments, 0), rest, keywords);
    Py_DECREF(rest);
    return result;
}

/* Records a statement. Returns the profile, as in 2003. */
static PyObject *record_statement(struct profile *profile, PyObject *statement, PyObject *globals,
                                  PyObject *locals)
{
    PyObject *builtins = PyImport_ImportModule("builtins");
    PyObject *exec = builtins ? PyObject_GetAttrString(builtins, "exec") : NULL;
    PyObject *code = NULL, *arguments = NULL, *result = NULL;

    if (exec)
        code = PyCode_Check(statement)
                   ? Py_BuildValue("O", statement)
                   : PyObject_CallMethod(builtins, "compile", "Oss", statement, "<string>", "exec");
    if (code)
        arguments = Py_BuildValue("(OOO)", code, globals, locals);
    if (arguments)
        result = record_call(profile, exec, arguments, NULL);
    Py_XDECREF(arguments);
    Py_XDECREF(code);
    Py_XDECREF(exec);
    Py_XDECREF(builtins);
    if (!result)
        return NULL;
    Py_DECREF(result);
    return Py_BuildValue("O", profile);
}

static PyObject *profile_runctx(PyObject *object, PyObject *arguments, PyObject *keywords)
{
    static char *names[] = {"cmd", "globals", "locals", NULL};
    PyObject *statement, *globals, *locals;

    if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "OOO:runctx", names, &statement, &globals,
                                     &locals))
        return NULL;
    return record_statement((struct profile *)object, statement, globals, locals);
}

static PyObject *profile_run(PyObject *object, PyObject *statement)
{
    PyObject *main = PyImport_AddModule("__main__");
    PyObject *globals = main ? PyModule_GetDict(main) : NULL;

    return globals ? record_statement((struct profile *)object, statement, globals, globals) : NULL;
}

/* Records the main program. Other threads are recorded until the profile is closed. */
static PyObject *profile_run_program(PyObject *object, PyObject *arguments)
{
    struct profile *profile = (struct profile *)object;
    PyObject *code, *globals, *result;

    if (!PyArg_ParseTuple(arguments, "O!O!:_run_program", &PyCode_Type, &code, &PyDict_Type,
                          &globals) ||
        !start(profile, PyEval_GetFrame()))
        return NULL;
    result = PyEval_EvalCode(code, globals, globals);
    if (profile->active) {
        struct hp_exception exception = hp_exception_take();

        tell_replaced(profile);
        hp_recording_detach(profile->recording);
        hp_hooks_unset_here(&profile->recording->settings);
        hp_exception_set(exception);
    }
    return result;
}

static PyObject *profile_addinfo(PyObject *object, PyObject *arguments)
{
    struct profile *profile = (struct profile *)object;
    const char *key, *value;
    Py_ssize_t size;

    if (!PyArg_ParseTuple(arguments, "ss#:addinfo", &key, &value, &size) ||
        !require(profile->recording, "profiler already closed"))
        return NULL;
    hp_recording_add_info(profile->recording, key, value, (size_t)size);
    Py_RETURN_NONE;
}

static PyObject *profile_fileno(PyObject *object, PyObject *unused)
{
    const struct profile *profile = (struct profile *)object;

    (void)unused;
    if (!profile->recording) {
        PyErr_SetString(PyExc_ValueError, "profiler's file object already closed");
        return NULL;
    }
    return PyLong_FromLong(profile->recording->threads->part.file);
}

static PyObject *profile_enter(PyObject *object, PyObject *unused)
{
    (void)unused;
    return start((struct profile *)object, NULL) ? Py_BuildValue("O", object) : NULL;
}

static PyObject *profile_exit(PyObject *object, PyObject *unused)
{
    (void)unused;
    close_profile((struct profile *)object);
    Py_RETURN_NONE;
}

static PyObject *profile_closed(PyObject *object, void *unused)
{
    (void)unused;
    return PyBool_FromLong(!((struct profile *)object)->recording);
}

static void profile_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    struct hp_exception exception = hp_exception_take();

    close_profile((struct profile *)object);
    hp_exception_set(exception);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"start", profile_start, METH_NOARGS,
     PyDoc_STR("Start recording. The frames of the caller are entered.")},
    {"stop", profile_stop, METH_NOARGS, PyDoc_STR("Stop recording; start() goes on.")},
    {"close", profile_close, METH_NOARGS, PyDoc_STR("Stop recording and complete the log.")},
    {"flush", profile_flush, METH_NOARGS, PyDoc_STR("Write what was recorded so far.")},
    {"run", profile_run, METH_O, PyDoc_STR("Record a statement in the namespace of __main__.")},
    {"runctx", (PyCFunction)(void (*)(void))profile_runctx, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("Record a statement in a namespace.")},
    {"runcall", (PyCFunction)(void (*)(void))profile_runcall, METH_VARARGS | METH_KEYWORDS,
     PyDoc_STR("Record a call of a function and return its result.")},
    {"_run_program", profile_run_program, METH_VARARGS,
     PyDoc_STR("Record the code of a program, and its other threads until close().")},
    {"addinfo", profile_addinfo, METH_VARARGS, PyDoc_STR("Add a key and a value to the log.")},
    {"fileno", profile_fileno, METH_NOARGS, PyDoc_STR("The descriptor of the log.")},
    {"__enter__", profile_enter, METH_NOARGS, NULL},
    {"__exit__", profile_exit, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"lineevents", T_INT, offsetof(struct profile, lineevents), READONLY, NULL},
    {"linetimings", T_INT, offsetof(struct profile, linetimings), READONLY, NULL},
    {"frametimings", T_INT, offsetof(struct profile, frametimings), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef getters[] = {
    {"closed", profile_closed, NULL, PyDoc_STR("Whether the log is closed."), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR(
                    "Profile(logfn, lineevents=0, linetimings=1, *, builtins=False, clock='wall',\n"
                    "        all_threads=True)\n\n"
                    "Records calls, and lines if lineevents is true, to the file logfn.")},
    {Py_tp_init, (void *)profile_init},
    {Py_tp_dealloc, (void *)profile_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {Py_tp_getset, getters},
    {0, NULL},
};

static PyType_Spec spec = {.name = "hotshot.Profile",
                           .basicsize = sizeof(struct profile),
                           /* NOLINTNEXTLINE(misc-redundant-expression): in the macro of Python */
                           .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                           .slots = slots};

bool hp_profile_type_add(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&spec);

    profiler_error = PyErr_NewException("hotshot.ProfilerError", NULL, NULL);
    return type && profiler_error && PyModule_AddObject(module, "Profile", type) == 0 &&
           PyModule_AddObject(module, "ProfilerError", Py_BuildValue("O", profiler_error)) == 0;
}
