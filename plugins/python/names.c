// SPDX-License-Identifier: MIT
#include "names.h"

#include "log_part.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

Py_ssize_t hp_code_index = -1;

/* Greater than all that code objects have; 0 is what they have at first. */
static uintptr_t next_place = 1;
static const struct hp_names *newest;

/* The first byte of a key of the map. */
enum { FILE_KEY, ALIAS_KEY, LINE_KEY, FUNCTION_KEY, BUILTIN_KEY };

bool hp_names_prepare(void)
{
    if (hp_code_index < 0)
        hp_code_index = HP_REQUEST_CODE_EXTRA(NULL);
    if (hp_code_index < 0)
        PyErr_SetString(PyExc_RuntimeError, "too many modules keep data in code objects");
    return hp_code_index >= 0;
}

void hp_names_resume(struct hp_names *names)
{
    if (newest == names)
        return;
    newest = names;
    names->base = next_place;
    next_place += names->function_count;
}

void hp_names_free(struct hp_names *names)
{
    if (newest == names)
        newest = NULL;
    hp_map_free(&names->map);
    for (uint32_t i = 0; i < names->function_count; i++)
        free(names->functions[i].name);
    for (uint32_t i = 0; i < names->file_count; i++)
        free(names->files[i].name);
    free(names->files);
    free(names->functions);
    free(names->directory);
}

static bool reserve(void **array, size_t *capacity, size_t count, size_t size)
{
    size_t larger = *capacity ? *capacity * 2 : 64;
    void *moved;

    if (count < *capacity)
        return true;
    moved = realloc(*array, larger * size);
    if (!moved)
        return false;
    *array = moved;
    *capacity = larger;
    return true;
}

static char *copy_of(const char *bytes, size_t size)
{
    char *copy = malloc(size + 1);

    if (copy) {
        memcpy(copy, bytes, size);
        copy[size] = 0;
    }
    return copy;
}

/* The number in the map of a key that is made of a kind, two numbers and a string. */
static uint32_t *need(struct hp_names *names, uint8_t kind, uint32_t a, uint32_t b,
                      const char *string, size_t size)
{
    char *key = malloc(9 + size);
    uint32_t *number = NULL;

    if (key) {
        key[0] = (char)kind;
        memcpy(key + 1, &a, 4);
        memcpy(key + 5, &b, 4);
        memcpy(key + 9, string, size);
        number = hp_map_need(&names->map, key, 9 + size);
        free(key);
    }
    return number;
}

/* Finds or adds the alias-th number of a file, counted from 0. */
static bool need_file(struct hp_names *names, const char *name, size_t size, uint32_t alias,
                      uint32_t *file)
{
    uint32_t *number = need(names, alias ? ALIAS_KEY : FILE_KEY, alias, 0, name, size);

    if (!number || !reserve((void **)&names->files, &names->file_capacity, names->file_count,
                            sizeof *names->files))
        return false;
    if (*number == 0) {
        char *copy = copy_of(name, size);

        if (!copy)
            return false;
        names->files[names->file_count] = (struct hp_file_name){copy, size};
        *number = ++names->file_count;
    }
    *file = *number - 1;
    return true;
}

/* Finds or adds a function. */
static bool need_function(struct hp_names *names, const char *file_name, size_t file_size,
                          uint32_t line, const char *name, size_t size, uint32_t *found)
{
    struct hp_function_name function = {.line = line, .size = size};
    uint32_t file, *number, *at_line;

    if (!need_file(names, file_name, file_size, 0, &file))
        return false;
    number = need(names, FUNCTION_KEY, file, line, name, size);
    at_line = need(names, LINE_KEY, file, line, "", 0);
    if (!number || !at_line ||
        !reserve((void **)&names->functions, &names->function_capacity, names->function_count,
                 sizeof *names->functions))
        return false;
    if (*number == 0) {
        function.name = copy_of(name, size);
        if (!function.name || !need_file(names, file_name, file_size, *at_line, &function.file)) {
            free(function.name);
            return false;
        }
        ++*at_line;
        function.enter_size =
            (uint8_t)(hp_put_packed(hp_put_typed(function.enter, 0, function.file), line) -
                      function.enter);
        names->functions[names->function_count] = function;
        *number = ++names->function_count;
        next_place++;
    }
    *found = *number - 1;
    return true;
}

/* A string as bytes: file names as the system has them. NULL: none, and no exception is set. */
static PyObject *bytes_of(PyObject *string)
{
    PyObject *bytes = PyUnicode_AsEncodedString(string, "utf-8", "surrogateescape");

    if (!bytes) {
        PyErr_Clear();
        bytes = PyUnicode_AsEncodedString(string, "utf-8", "surrogatepass");
    }
    if (!bytes)
        PyErr_Clear();
    return bytes;
}

/* Removes "/." before a "/". */
static void clean_path(char *path)
{
    for (char *dot = path; (dot = strstr(dot, "/./"));)
        memmove(dot, dot + 2, strlen(dot + 2) + 1);
}

/* The absolute name of a file, if it has one; to be freed. Else NULL. */
static char *absolute_path(const struct hp_names *names, const char *name, size_t size)
{
    struct stat status;
    char *path;

    if (size == 0 || strlen(name) != size || (name[0] != '/' && !names->directory))
        return NULL;
    if (name[0] == '/') {
        path = copy_of(name, size);
        if (path)
            clean_path(path);
        return path;
    }
    path = malloc(strlen(names->directory) + size + 2);
    if (!path)
        return NULL;
    strcpy(path, names->directory);
    strcat(path, "/");
    strcat(path, name);
    clean_path(path);
    if (stat(path, &status) == 0)
        return path;
    free(path);
    return NULL;
}

static bool set_place(PyCodeObject *code, uintptr_t place)
{
    void *extra;

    memcpy(&extra, &place, sizeof extra); /* it is no address */
    return HP_SET_CODE_EXTRA((PyObject *)code, hp_code_index, extra) == 0;
}

bool hp_names_add_code(struct hp_names *names, PyCodeObject *code, uint32_t *number)
{
    struct hp_exception exception = hp_exception_take();
#if PY_VERSION_HEX < 0x030b0000
    PyObject *name = bytes_of(code->co_name);
#else
    PyObject *name = bytes_of(code->co_qualname);
#endif
    PyObject *file = bytes_of(code->co_filename);
    uint32_t line = code->co_firstlineno > 0 ? (uint32_t)code->co_firstlineno : 0;
    bool whole = false;

    if (name && file) {
        char *path = absolute_path(names, PyBytes_AS_STRING(file), (size_t)PyBytes_GET_SIZE(file));
        const char *file_name = path ? path : PyBytes_AS_STRING(file);

        whole =
            need_function(names, file_name, path ? strlen(path) : (size_t)PyBytes_GET_SIZE(file),
                          line, PyBytes_AS_STRING(name), (size_t)PyBytes_GET_SIZE(name), number);
        free(path);
    }
    if (whole && !set_place(code, names->base + *number))
        PyErr_Clear();
    Py_XDECREF(name);
    Py_XDECREF(file);
    hp_exception_set(exception);
    return whole;
}

/* The name that cProfile gives a function written in C. */
static PyObject *builtin_name(PyCFunctionObject *function)
{
    const char *name = function->m_ml->ml_name;
    PyObject *module = function->m_module;

    if (function->m_self) {
        PyObject *string = PyUnicode_FromString(name);
        PyObject *method = string ? _PyType_Lookup(Py_TYPE(function->m_self), string) : NULL;
        PyObject *described = method ? PyObject_Repr(method) : NULL;

        Py_XDECREF(string);
        PyErr_Clear();
        if (described)
            return described;
        return module && PyUnicode_Check(module)
                   ? PyUnicode_FromFormat("<built-in method %U.%s>", module, name)
                   : PyUnicode_FromFormat("<built-in method %s>", name);
    }
    return module && PyUnicode_Check(module) && PyUnicode_CompareWithASCIIString(module, "builtins")
               ? PyUnicode_FromFormat("<%U.%s>", module, name)
               : PyUnicode_FromFormat("<%s>", name);
}

bool hp_names_find_builtin(struct hp_names *names, PyObject *function, uint32_t *number)
{
    PyCFunctionObject *builtin = (PyCFunctionObject *)function;
    char key[1 + sizeof builtin->m_ml] = {BUILTIN_KEY};
    uint32_t *known;
    bool whole = false;

    memcpy(key + 1, &builtin->m_ml, sizeof builtin->m_ml);
    known = hp_map_need(&names->map, key, sizeof key);
    if (!known)
        return false;
    if (*known == 0) {
        struct hp_exception exception = hp_exception_take();
        PyObject *name = builtin_name(builtin);
        PyObject *bytes = name ? bytes_of(name) : NULL;

        if (bytes)
            whole = need_function(names, "~", 1, 0, PyBytes_AS_STRING(bytes),
                                  (size_t)PyBytes_GET_SIZE(bytes), number);
        if (whole)
            *known = *number + 1;
        Py_XDECREF(name);
        Py_XDECREF(bytes);
        PyErr_Clear();
        hp_exception_set(exception);
        return whole;
    }
    *number = *known - 1;
    return true;
}
