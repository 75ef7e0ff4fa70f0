// SPDX-License-Identifier: MIT
/* The module hotshot._hotshot. */
#include "profile.h"
#include "recorder.h"

#include "hotprof.h"
#include "report.h"

#include <signal.h>
#include <stdlib.h>

/* Writes a profile as a dump of pstats. Returns bytes, or NULL with an exception. */
static PyObject *dump(hp_profile *profile)
{
    hp_report_options options = {0};
    hp_error error = {0};
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    PyObject *result = NULL;

    if (!out)
        return PyErr_NoMemory();

    hp_status status = hp_report_write(hp_report_find("pstats"), profile, &options, out, &error);

    if (fclose(out) != 0 || status == HP_NO_MEMORY)
        PyErr_NoMemory();
    else if (status != HP_OK)
        PyErr_SetString(PyExc_ValueError, error.message);
    else
        result = PyBytes_FromStringAndSize(bytes, (Py_ssize_t)size);
    free(bytes);
    return result;
}

static PyObject *load(PyObject *module, PyObject *argument)
{
    hp_load_options options = HP_LOAD_OPTIONS_INIT;
    hp_error error = {0};
    hp_profile *profile;
    hp_status status;
    PyThreadState *thread;
    PyObject *path, *result = NULL;

    (void)module;
    if (!PyUnicode_FSConverter(argument, &path))
        return NULL;
    profile = hp_profile_new();
    if (!profile) {
        Py_DECREF(path);
        return PyErr_NoMemory();
    }
    thread = PyEval_SaveThread();
    status = hp_profile_load(profile, PyBytes_AS_STRING(path), &options, &error);
    PyEval_RestoreThread(thread);
    /* What stands before the damage counts, as in hotreport. */
    if (status == HP_OK || status == HP_TRUNCATED || status == HP_CORRUPT)
        result = dump(profile);
    else if (status == HP_NO_MEMORY)
        PyErr_NoMemory();
    else
        PyErr_Format(status == HP_IO ? PyExc_OSError : PyExc_ValueError, "%s: %s",
                     PyBytes_AS_STRING(path), error.message);
    hp_profile_free(profile);
    Py_DECREF(path);
    return result;
}

static PyObject *begin_child(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    hp_recorder_forked();
    Py_RETURN_NONE;
}

static PyObject *close_running(PyObject *module, PyObject *unused)
{
    (void)module, (void)unused;
    hp_profile_close_running();
    Py_RETURN_NONE;
}

static void end_by_signal(int number)
{
    struct sigaction action = {.sa_handler = SIG_DFL};

    hp_recorder_end_by_signal();
    sigaction(number, &action, NULL);
    raise(number);
}

static PyObject *write_at_signals(PyObject *module, PyObject *unused)
{
    static const int numbers[] = {SIGTERM, SIGHUP};

    (void)module, (void)unused;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction action;

        if (sigaction(numbers[i], NULL, &action) == 0 && !(action.sa_flags & SA_SIGINFO) &&
            action.sa_handler == SIG_DFL) {
            action.sa_handler = end_by_signal;
            sigaction(numbers[i], &action, NULL);
        }
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"load", load, METH_O,
     PyDoc_STR("load(path) -> bytes\n\nReads any profile that hotreport reads, and returns it as a "
               "dump of pstats.")},
    {"begin_child", begin_child, METH_NOARGS,
     PyDoc_STR("To be called in a child after a fork, which records to a log of its own.")},
    {"close_running", close_running, METH_NOARGS, PyDoc_STR("Close the profile that records.")},
    {"write_at_signals", write_at_signals, METH_NOARGS,
     PyDoc_STR("Write what was recorded before SIGTERM or SIGHUP ends the process. Python does not "
               "know of it, and a handler of the program replaces it.")},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "hotshot._hotshot",
                                        .m_size = -1, .m_methods = methods};

HP_API PyMODINIT_FUNC PyInit__hotshot(void);

PyMODINIT_FUNC PyInit__hotshot(void)
{
#ifdef Py_GIL_DISABLED
    PyErr_SetString(PyExc_ImportError, "hotshot does not support free-threaded Python");
    return NULL;
#endif
    PyObject *module = PyModule_Create(&definition);

    if (module && hp_recorder_prepare() && hp_profile_type_add(module) &&
        PyModule_AddStringConstant(module, "__version__", HP_VERSION) == 0)
        return module;
    Py_XDECREF(module);
    return NULL;
}
