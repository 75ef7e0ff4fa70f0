// SPDX-License-Identifier: MIT
/* Python's headers, and what has other names in some of the versions 3.8 to 3.15. */
#ifndef HP_PYTHON_H
#define HP_PYTHON_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <frameobject.h>

#include <stdbool.h>
#include <stdint.h>

#if PY_VERSION_HEX < 0x030c0000
#define HP_GET_CODE_EXTRA _PyCode_GetExtra
#define HP_SET_CODE_EXTRA _PyCode_SetExtra
#define HP_REQUEST_CODE_EXTRA _PyEval_RequestCodeExtraIndex
#else
#define HP_GET_CODE_EXTRA PyUnstable_Code_GetExtra
#define HP_SET_CODE_EXTRA PyUnstable_Code_SetExtra
#define HP_REQUEST_CODE_EXTRA PyUnstable_Eval_RequestCodeExtraIndex
#endif

/* An exception that is set aside. */
#if PY_VERSION_HEX < 0x030c0000
struct hp_exception {
    PyObject *type, *value, *traceback;
};

static inline struct hp_exception hp_exception_take(void)
{
    struct hp_exception exception;

    PyErr_Fetch(&exception.type, &exception.value, &exception.traceback);
    return exception;
}

static inline void hp_exception_set(struct hp_exception exception)
{
    PyErr_Restore(exception.type, exception.value, exception.traceback);
}
#else
struct hp_exception {
    PyObject *value;
};

static inline struct hp_exception hp_exception_take(void)
{
    return (struct hp_exception){PyErr_GetRaisedException()};
}

static inline void hp_exception_set(struct hp_exception exception)
{
    PyErr_SetRaisedException(exception.value);
}
#endif

/* The code of a frame, borrowed from it. */
static inline PyCodeObject *hp_frame_code(PyFrameObject *frame)
{
#if PY_VERSION_HEX < 0x030b0000
    return frame->f_code;
#else
    PyCodeObject *code = PyFrame_GetCode(frame);

    Py_DECREF(code);
    return code;
#endif
}

/* The frame that called a frame, or NULL; borrowed, as the caller's frame lives longer. */
static inline PyFrameObject *hp_frame_back(PyFrameObject *frame)
{
#if PY_VERSION_HEX < 0x030b0000
    return frame->f_back;
#else
    PyFrameObject *back = PyFrame_GetBack(frame);

    Py_XDECREF(back);
    return back;
#endif
}

/* The line at which a frame is when a line event comes. */
static inline int hp_frame_line(PyFrameObject *frame)
{
#if PY_VERSION_HEX < 0x030b0000
    return frame->f_lineno;
#else
    return PyFrame_GetLineNumber(frame);
#endif
}

#endif
