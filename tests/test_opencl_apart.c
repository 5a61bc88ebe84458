/*
 * OpenCL's compiler in a process of its own: what it makes there is loaded
 * here, and what becomes of it (it refuses, crashes, never ends, is given up,
 * gives nothing that can be loaded) is a sentence, after which nothing is
 * compiled here. OpenCL is tests/opencl/standin.c, which does what the text
 * says, and at the end the real one, where there is one. This executable is the
 * helper too.
 */
#define _GNU_SOURCE 1
#include "apart_folder.h"
#include "targets.h"

#include "backend/apart.h"
#include "base/hash.h"

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

#define GPU 0
#define CPU 1

extern const struct ag_backend ag_backend_opencl;
static const struct ag_backend *const backend = &ag_backend_opencl;

static const char *own_path; /* of this executable */
static char message[AG_MESSAGE_BYTES];
static struct ag_module_info info;
static int *compiled; /* by this process */
static char *loaded;

/* The library, a folder that compilers have theirs in, and a cache. */
static int begin(void **state)
{
    char path[256], command[768];
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/opencl.so", folder);
    snprintf(command, sizeof command,
             "cc -w -shared -fPIC -Isrc -o %s tests/opencl/standin.c && "
             "mkdir %s/work",
             path, folder);
    if (system(command) != 0)
        return -1;
    setenv("ARMGPU_OPENCL", path, 1);
    setenv("OCL_ICD_FILENAMES", "first:second", 1);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return -1;
    compiled = dlsym(library, "standin_compiled");
    loaded = dlsym(library, "standin_loaded");
    snprintf(path, sizeof path, "%s/work", folder);
    setenv("TMPDIR", path, 1);
    setenv("XDG_CACHE_HOME", folder, 1);
    setenv("ARMGPU_CACHE", "on", 1);
    return compiled != NULL && loaded != NULL ? 0 : -1;
}

static ag_device *open_device(uint32_t index, const char *helper,
                              struct ag_device_info *about)
{
    const struct ag_device_options options = {
        .index = index, .lanes = 64, .helper = helper};
    ag_device *d = NULL;
    memset(about, 0, sizeof *about);
    if (backend->open(&d, &options, about, message) != ARMGPU_OK)
        fail_msg("%s", message);
    return d;
}

/* With an open device. */
static int32_t build(ag_device *d, const char *text, uint32_t is_region)
{
    const size_t length = strlen(text);
    const struct ag_kernel_source source = {
        text, length, ag_hash(AG_HASH_START, text, length)};
    struct ag_module_kernel kernel = {.name = "ag_translated"};
    const struct ag_module_options options = {.source = &source,
                                              .defines = "-DA=1 -DB",
                                              .kernels = &kernel,
                                              .count = 1,
                                              .keeps_refused = 1,
                                              .is_region = is_region};
    ag_module *m = NULL;
    *compiled = 0;
    loaded[0] = message[0] = '\0';
    const int32_t error = backend->build(d, &m, &options, &info);
    if (error != ARMGPU_OK) {
        assert_null(m);
        snprintf(message, sizeof message, "%s", backend->message(d));
    }
    backend->unload(d, m);
    nothing_is_left();
    return error;
}

/* A region on the GPU. */
static int32_t compile(const char *text, const char *helper)
{
    struct ag_device_info about;
    ag_device *d = open_device(GPU, helper, &about);
    const int32_t error = build(d, text, 1);
    backend->close(d);
    return error;
}

/* It fails with these words, the text is kept, and nothing is compiled here. */
static void fails(const char *text, const char *helper, const char *words)
{
    assert_int_not_equal(compile(text, helper), ARMGPU_OK);
    if (strstr(message, words) == NULL)
        fail_msg("'%s' is not in: %s", words, message);
    assert_int_equal(*compiled, 0);
    assert_string_not_equal(info.refused, "");
}

/* -- Tests ----------------------------------------------------------------- */

static void what_is_compiled_there_is_loaded_here(void **state)
{
    (void)state;
    if (compile("a text", own_path) != ARMGPU_OK)
        fail_msg("%s", message);
    assert_int_equal(*compiled, 0);
    assert_int_equal(info.was_cached, 0);
    assert_int_not_equal(strtol(loaded, NULL, 10), (long)getpid());
    assert_non_null(strstr(loaded, " a text -cl-std=CL1.2  -DA=1 -DB"));
    char first[256];
    snprintf(first, sizeof first, "%s", loaded);
    assert_int_equal(compile("a text", own_path), ARMGPU_OK);
    assert_int_equal(info.was_cached, 1);
    assert_string_equal(loaded, first);
}

/* Without a helper, and of what is no region whoever helps. */
static void others_are_compiled_here(void **state)
{
    struct ag_device_info about;
    (void)state;
    assert_int_equal(compile("another text", NULL), ARMGPU_OK);
    assert_int_equal(*compiled, 1);
    ag_device *d = open_device(GPU, own_path, &about);
    assert_int_equal(build(d, "an interpreter", 0), ARMGPU_OK);
    assert_int_equal(*compiled, 1);
    backend->close(d);
}

static void what_is_refused_has_the_same_words(void **state)
{
    char here[AG_MESSAGE_BYTES];
    (void)state;
    assert_int_not_equal(compile("refuses", NULL), ARMGPU_OK);
    memcpy(here, message, sizeof here);
    assert_non_null(strstr(here, "a.cl:7: error: it will not do"));
    fails("refuses", own_path, here);
    assert_string_equal(message, here);
}

/* While it compiles, as the kernel is launched, when some drivers do, and as
   what it made is loaded. */
static void a_crash_is_a_sentence(void **state)
{
    (void)state;
    fails("crashes now", own_path, "was ended by a signal");
    fails("crashes late", own_path, "was ended by a signal");
    fails("crashes again", own_path, "was ended by a signal");
    fails("exits", own_path, "wrote no image");
}

static void what_never_ends_is_ended(void **state)
{
    (void)state;
    setenv("ARMGPU_CC_SECONDS", "0.2", 1);
    fails("hangs", own_path, "took too long");
    unsetenv("ARMGPU_CC_SECONDS");
}

static void *give_up(void *user)
{
    usleep(100000);
    backend->give_up(user);
    return NULL;
}

/* Its builder's: not refused, and later builds fail at once. */
static void what_nobody_waits_for_is_ended(void **state)
{
    struct ag_device_info about;
    ag_device *d = open_device(GPU, own_path, &about), *builder;
    pthread_t thread;
    (void)state;
    assert_int_equal(backend->open_builder(d, &builder), ARMGPU_OK);
    assert_int_equal(pthread_create(&thread, NULL, give_up, builder), 0);
    assert_int_not_equal(build(builder, "hangs", 1), ARMGPU_OK);
    pthread_join(thread, NULL);
    assert_non_null(strstr(message, "was not waited for"));
    assert_string_equal(info.refused, "");
    assert_int_not_equal(build(builder, "hangs for ever", 1), ARMGPU_OK);
    assert_int_equal(*compiled, 0);
    backend->close(builder);
    assert_int_equal(build(d, "a third text", 1), ARMGPU_OK);
    assert_int_equal(*compiled, 0);
    backend->close(d);
}

static void what_cannot_be_loaded_is_a_sentence(void **state)
{
    (void)state;
    fails("no binary", own_path, "gives no binary");
    fails("strange", own_path, "CL_INVALID_BINARY");
}

static void another_device_is_a_sentence(void **state)
{
    (void)state;
    setenv("STANDIN_CHANGES", "1", 1);
    fails("for this one", own_path, "is another one");
    unsetenv("STANDIN_CHANGES");
}

static void what_is_no_helper_is_a_sentence(void **state)
{
    (void)state;
    fails("for nobody", "/nowhere/armgpu", "could not be started");
    fails("for nobody", "/bin/false", "failed");
    fails("for nobody", "/bin/true", "wrote no image");
}

static void a_helper_has_none(void **state)
{
    (void)state;
    setenv("ARMGPU_HELPER_OF", "1", 1);
    assert_int_equal(compile("by a helper", own_path), ARMGPU_OK);
    unsetenv("ARMGPU_HELPER_OF");
    assert_int_equal(*compiled, 1);
}

/* Where that can be given up, and takes no time of the lanes'. */
static void gpus_translate_what_lasts(void **state)
{
    const struct {
        uint32_t index;
        const char *helper;
        double after;
    } rows[] = {{GPU, own_path, AG_TRANSLATES_AFTER},
                {GPU, NULL, 0},
                {CPU, own_path, 0}};
    struct ag_device_info about;
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        backend->close(open_device(rows[i].index, rows[i].helper, &about));
        assert_true(about.translates_after == rows[i].after);
    }
}

static void words_that_are_no_helpers(void **state)
{
    static const char *const wrong[][8] = {
        {"/nowhere", "0", "d", "v", "64", "-DA", "k", NULL},
        {"/nowhere", "x", "d", "v", "64", "-DA", "k", "8"},
        {"/nowhere", "0", "d", "v", "", "-DA", "k", "8"},
        {"/nowhere", "0", "d", "v", "64", "-DA", "k", "-8"}};
    (void)state;
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        const char *words[12] = {"armgpu", ARMGPU_HELPER, "opencl"};
        int n = 3;
        for (size_t k = 0; k < 8 && wrong[i][k] != NULL; k++)
            words[n++] = wrong[i][k];
        assert_int_equal(armgpu_helper(n, (char **)(uintptr_t)words), 2);
    }
}

/* A kernel with the arguments that launches have. */
static void write_real(char *text, size_t size, const char *body)
{
    size_t n = (size_t)snprintf(text, size, "kernel void ag_translated(");
    for (int i = 0; i < AG_ARGUMENT_COUNT; i++)
        n += (size_t)snprintf(text + n, size - n, "global uint *b%d, ", i);
    snprintf(text + n, size - n,
             "struct { uint w[%zu]; } a, local uint *l)\n{ %s }\n",
             sizeof(ag_slice_args) / 4, body);
}

/* The real one, where it is. */
static void a_real_text_is_compiled(void **state)
{
    char text[4096];
    (void)state;
    unsetenv("ARMGPU_OPENCL");
    setenv("ARMGPU_CACHE", "off", 1);
    if (!is_tested("opencl")) {
        print_message("skipping: no OpenCL\n");
        skip();
    }
    write_real(text, sizeof text, "if (a.w[0] == 77) b0[0] = A;");
    if (compile(text, own_path) != ARMGPU_OK)
        fail_msg("%s", message);
    write_real(text, sizeof text, "b0[0] = what is this;");
    assert_int_not_equal(compile(text, own_path), ARMGPU_OK);
    assert_non_null(strstr(message, "CL_BUILD_PROGRAM_FAILURE"));
    assert_non_null(strstr(message, "error"));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_compiled_there_is_loaded_here),
        cmocka_unit_test(others_are_compiled_here),
        cmocka_unit_test(what_is_refused_has_the_same_words),
        cmocka_unit_test(a_crash_is_a_sentence),
        cmocka_unit_test(what_never_ends_is_ended),
        cmocka_unit_test(what_nobody_waits_for_is_ended),
        cmocka_unit_test(what_cannot_be_loaded_is_a_sentence),
        cmocka_unit_test(another_device_is_a_sentence),
        cmocka_unit_test(what_is_no_helper_is_a_sentence),
        cmocka_unit_test(a_helper_has_none),
        cmocka_unit_test(gpus_translate_what_lasts),
        cmocka_unit_test(words_that_are_no_helpers),
        cmocka_unit_test(a_real_text_is_compiled),
    };
    own_path = argv[0];
    if (argc > 1 && strcmp(argv[1], ARMGPU_HELPER) == 0)
        return armgpu_helper(argc, argv);
    return cmocka_run_group_tests(tests, begin, end);
}
