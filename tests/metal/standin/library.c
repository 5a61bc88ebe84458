/*
 * Kernel source to something that runs: finds the kernels and their parameters'
 * attributes in the text, writes a caller for each, compiles the whole as C++
 * against run/metal_stdlib and loads it. Results are kept in a folder by the
 * hash of everything that went in.
 */
#define _GNU_SOURCE 1
#include "standin.h"

#include "../run/standin_abi.h"

#include <ctype.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 1024, MAX_KERNELS = 16, NAME_BYTES = 64 };

struct text {
    char *bytes;
    size_t length, capacity;
};

static void put(struct text *t, const char *bytes, size_t n)
{
    if (t->length + n + 1 > t->capacity) {
        t->capacity = (t->length + n + 1) * 2;
        if ((t->bytes = realloc(t->bytes, t->capacity)) == NULL)
            standin_broken("out of memory");
    }
    memcpy(t->bytes + t->length, bytes, n);
    t->length += n;
    t->bytes[t->length] = 0;
}

static void put_string(struct text *t, const char *s)
{
    put(t, s, strlen(s));
}

static void put_file(struct text *t, const char *path)
{
    char chunk[4096];
    size_t n;
    FILE *f = fopen(path, "r");
    if (f == NULL)
        standin_broken("%s cannot be read: is STANDIN_SHIM right?", path);
    while ((n = fread(chunk, 1, sizeof chunk, f)) != 0)
        put(t, chunk, n);
    fclose(f);
}

static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return value == NULL || *value == 0 ? otherwise : value;
}

/* ---- reading the source */

/* Comments become spaces; lines stay. */
static void blank_comments(char *s)
{
    while (*s != 0) {
        if (s[0] != '/' || (s[1] != '*' && s[1] != '/')) {
            s++;
            continue;
        }
        char *end = s[1] == '*' ? strstr(s + 2, "*/") : strchr(s, '\n');
        if (end == NULL)
            end = s + strlen(s);
        else if (s[1] == '*')
            end += 2;
        for (; s < end; s++)
            if (*s != '\n')
                *s = ' ';
    }
}

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The next place of a whole word, or NULL. */
static char *find_word(char *s, const char *word)
{
    size_t n = strlen(word);
    for (char *p = s; (p = strstr(p, word)) != NULL; p += n)
        if ((p == s || !is_word(p[-1])) && !is_word(p[n]))
            return p;
    return NULL;
}

/* Behind the bracket that closes the one at s. */
static char *behind_bracket(char *s, char open, char close)
{
    int nested = 0;
    for (; *s != 0; s++) {
        nested += (*s == open) - (*s == close);
        if (nested == 0)
            return s + 1;
    }
    return s;
}

static char *read_name(char *s, char name[NAME_BYTES])
{
    size_t n = 0;
    while (isspace((unsigned char)*s))
        s++;
    for (; is_word(*s) && n < NAME_BYTES - 1; s++)
        name[n++] = *s;
    name[n] = 0;
    return s;
}

/* The text that the macro `word` stands for, parameters first, and its end; NULL
   if it is none. */
static char *find_macro(char *source, const char *word, char **end)
{
    static const char define[] = "#define ";
    for (char *p = source; (p = find_word(p, word)) != NULL; p += strlen(word)) {
        if (p < source + strlen(define) ||
            strncmp(p - strlen(define), define, strlen(define)) != 0)
            continue;
        p += strlen(word);
        for (*end = p; **end != 0 && (**end != '\n' || (*end)[-1] == '\\');)
            ++*end;
        return p;
    }
    return NULL;
}

/* The macro that LIST(WORD) gives to a list of parameters: p is behind LIST. */
static char *find_given(char *source, char *p, char name[NAME_BYTES],
                        char **end)
{
    char *macro = NULL;
    if (*p == '(' && *read_name(p + 1, name) == ')')
        macro = find_macro(source, name, end);
    return macro != NULL && *macro == '(' ? macro : NULL;
}

/* Writes what stands in [[ ]], in macros too. Where a macro is given to a list,
   the list is given another, which put_given() defines. */
static void put_list(struct text *out, char *source, char *list,
                     const char *end)
{
    char word[NAME_BYTES], given[NAME_BYTES], *macro_end, *given_end;
    for (char *p = list; p < end;) {
        if (p[0] == '[' && p[1] == '[') {
            char *close = strstr(p, "]]");
            if (close == NULL)
                return;
            put_string(out, "standin_");
            put(out, p + 2, (size_t)(close - p - 2));
            put_string(out, ", ");
            p = close + 2;
        } else if (is_word(*p)) {
            p = read_name(p, word);
            char *macro = find_macro(source, word, &macro_end);
            if (macro != NULL && *macro == '(' &&
                find_given(source, p, given, &given_end) != NULL) {
                put_string(out, word);
                put_string(out, "(standin_given_");
                put_string(out, given);
                put_string(out, ") ");
                p = behind_bracket(p, '(', ')');
            } else if (macro != NULL) {
                put_list(out, source, macro, macro_end);
            }
        } else {
            p++;
        }
    }
}

/* Defines, for each macro that is given to a list, one with the same parameters
   that gives only what stands in [[ ]]. */
static void put_given(struct text *out, char *source, char *list,
                      const char *end)
{
    char word[NAME_BYTES], given[NAME_BYTES], *macro_end, *given_end;
    for (char *p = list; p < end;) {
        if (!is_word(*p)) {
            p++;
            continue;
        }
        p = read_name(p, word);
        char *macro = find_macro(source, word, &macro_end);
        char *with = macro == NULL || *macro != '('
                         ? NULL
                         : find_given(source, p, given, &given_end);
        if (with != NULL) {
            char *body = behind_bracket(with, '(', ')');
            put_string(out, "#define standin_given_");
            put_string(out, given);
            put(out, with, (size_t)(body - with));
            put_string(out, " ");
            put_list(out, source, body, given_end);
            put_string(out, "\n");
        } else if (macro != NULL) {
            put_given(out, source, macro, macro_end);
        }
    }
}

/* Writes the table of a kernel's attributes: what stands in [[ ]]. */
static void put_attributes(struct text *out, char *source, const char *name,
                           char *list, const char *end)
{
    put_given(out, source, list, end);
    put_string(out, "static constexpr int standin_attributes_");
    put_string(out, name);
    put_string(out, "[] = {");
    put_list(out, source, list, end);
    put_string(out, "-1};\nSTANDIN_CALLER(");
    put_string(out, name);
    put_string(out, ")\n");
}

/* A statement in a kernel's body that begins with `threadgroup` and declares no
   pointer is a variable in threadgroup memory: it becomes STANDIN_GROUP. */
static void put_body(struct text *out, char *body, char *end)
{
    char *from = body, *p = body;
    while ((p = find_word(p, "threadgroup")) != NULL && p < end) {
        char *before = p - 1;
        size_t n = strlen("threadgroup");
        while (before > body && isspace((unsigned char)*before))
            before--;
        size_t declaration = strcspn(p, ";=");
        if (strchr(";{}", *before) != NULL &&
            memchr(p, '*', declaration) == NULL) {
            put(out, from, (size_t)(p - from));
            put_string(out, "STANDIN_GROUP");
            from = p + n;
        }
        p += n;
    }
    put(out, from, (size_t)(end - from));
}

/* The source with callers of its kernels behind it, as C++. */
static void translate(struct text *out, char *source)
{
    struct text callers = {0}, entries = {0};
    char name[NAME_BYTES], word[NAME_BYTES];
    char *from = source, *p = source;
    blank_comments(source);
    put_string(out, "#line 1 \"program_source\"\n");
    while ((p = find_word(p, "kernel")) != NULL) {
        char *parameters = read_name(read_name(p + 6, word), name);
        if (strcmp(word, "void") != 0 || *parameters != '(') {
            p += 6;
            continue;
        }
        char *body = behind_bracket(parameters, '(', ')');
        char *end = behind_bracket(body + strcspn(body, "{"), '{', '}');
        put(out, from, (size_t)(body - from));
        put_body(out, body, end);
        put_attributes(&callers, source, name, parameters, body);
        put_string(&entries, "STANDIN_ENTRY(");
        put_string(&entries, name);
        put_string(&entries, ")\n");
        from = p = end;
    }
    put_string(out, from);
    put_string(out, "\n#include <metal_stdlib>\n");
    put(out, callers.bytes ? callers.bytes : "", callers.length);
    put_string(out, "static const standin_kernel standin_kernels[] = {\n");
    put(out, entries.bytes ? entries.bytes : "", entries.length);
    put_string(out, "{}};\nSTANDIN_LIBRARY()\n");
    free(callers.bytes);
    free(entries.bytes);
}

/* ---- compiling */

static uint64_t hash(const char *s)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (; *s != 0; s++)
        h = (h ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
    return h;
}

/* The compiler's command line up to the files. */
static void put_command(struct text *t, NSUInteger version)
{
    char language[96];
    int sanitize = *setting("STANDIN_SANITIZE", "") != 0;
    snprintf(language, sizeof language, " -D__METAL_VERSION__=%lu",
             (version >> 16) * 100 + (version & 0xffff) * 10);
    /* Checks in everything that is inlined would take minutes to compile. */
    put_string(t, setting("STANDIN_CXX", sanitize ? "clang++ -O0 "
                                                    "-Dalways_inline=unused"
                                                  : "clang++ -O1"));
    put_string(t,
               " -x c++ -std=c++14 -fsigned-char -fPIC -shared -nostdinc "
               "-nostdinc++ -fno-exceptions -fno-rtti -Wno-unknown-attributes "
               "-Wno-c++17-extensions");
    put_string(t, language);
    put_string(t, " -I");
    put_string(t, setting("STANDIN_SHIM", "tests/metal/run"));
    if (sanitize) {
        put_string(t,
                   " -g -fno-sanitize-recover=all -shared-libsan -fsanitize=");
        put_string(t, getenv("STANDIN_SANITIZE"));
        put_string(t, " -Wl,-rpath,$(clang++ -print-resource-dir)/lib/linux");
    } else {
        put_string(t, " -nostdlib");
    }
}

static char *read_output(const char *command, int *status)
{
    struct text t = {0};
    char chunk[4096];
    size_t n;
    FILE *f = popen(command, "r");
    if (f == NULL)
        standin_broken("no shell for the compiler");
    put_string(&t, "");
    while ((n = fread(chunk, 1, sizeof chunk, f)) != 0)
        put(&t, chunk, n);
    *status = pclose(f);
    return t.bytes;
}

static void write_text(const char *path, const struct text *t)
{
    FILE *f = fopen(path, "w");
    if (f == NULL || fwrite(t->bytes, 1, t->length, f) != t->length ||
        fclose(f) != 0)
        standin_broken("%s cannot be written", path);
}

/* Makes path unless it is there. Returns 0 if the source is wrong. */
static int build(const char *path, struct text *command, const struct text *cxx,
                 char **message)
{
    char source[PATH_BYTES + 32], made[PATH_BYTES + 32];
    int status;
    if (access(path, R_OK) == 0)
        return 1;
    snprintf(source, sizeof source, "%s.%d.metal", path, (int)getpid());
    snprintf(made, sizeof made, "%s.%d", path, (int)getpid());
    write_text(source, cxx);
    put_string(command, " -o ");
    put_string(command, made);
    put_string(command, " ");
    put_string(command, source);
    put_string(command, " 2>&1");
    *message = read_output(command->bytes, &status);
    unlink(source);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0 &&
        rename(made, path) == 0)
        return 1;
    unlink(made);
    return 0;
}

static const struct standin_library *load(const char *path)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL)
        standin_broken("%s", dlerror());
    const struct standin_library *l = dlsym(handle, "standin_exported");
    if (l == NULL)
        standin_broken("%s", dlerror());
    return l;
}

/* A folder that is made if need be, and the file for this key in it. */
static void cache_path(char path[PATH_BYTES], uint64_t key)
{
    const char *folder = setting("STANDIN_CACHE", "build/metal-cache");
    mkdir("build", 0777);
    mkdir(folder, 0777);
    snprintf(path, PATH_BYTES, "%s%s/%016llx.so", *folder == '/' ? "" : "./",
             folder, (unsigned long long)key);
}

int standin_compile(struct object *library, const char *source,
                    NSUInteger version, int exact_math, char **message)
{
    struct text cxx = {0}, command = {0}, key = {0};
    char path[PATH_BYTES];
    char *copy = strdup(source);
    const char *shim = setting("STANDIN_SHIM", "tests/metal/run");
    if (copy == NULL || !exact_math)
        standin_broken("fast math is on: results would not be exact");
    translate(&cxx, copy);
    put_command(&command, version);
    put_string(&key, command.bytes);
    put_string(&key, cxx.bytes);
    snprintf(path, sizeof path, "%s/metal_stdlib", shim);
    put_file(&key, path);
    snprintf(path, sizeof path, "%s/standin_abi.h", shim);
    put_file(&key, path);
    cache_path(path, hash(key.bytes));
    int made = build(path, &command, &cxx, message);
    if (made)
        library->library = load(path);
    free(copy);
    free(cxx.bytes);
    free(command.bytes);
    free(key.bytes);
    return made;
}

const struct standin_kernel *standin_find(const struct object *library,
                                          const char *name)
{
    const struct standin_kernel *k = library->library->kernels;
    for (; k->name != NULL; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}
