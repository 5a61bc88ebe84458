/*
 * NVRTC in a process of its own: what it makes is what it makes here, and what
 * becomes of it there (it refuses, crashes, never ends, cannot be started) is a
 * sentence and no more. NVRTC is a library of this test's own, which does what
 * the text says, and at the end the real one, where there is one. This
 * executable is the helper too.
 */
#define _GNU_SOURCE 1
#include "apart_folder.h"

#include "backend/cuda/nvrtc_apart.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OWN_PATH "/proc/self/exe"

static char message[AG_MESSAGE_BYTES];
static struct ag_nvrtc nvrtc;
static int is_given_up;

static const char library[] =
    "#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
    "#include <unistd.h>\n"
    "static char text[65536], options[4096], log[256];\n"
    "int nvrtcVersion(int *a, int *b) { *a = 13; *b = 0; return 0; }\n"
    "int nvrtcGetNumSupportedArchs(int *n) { *n = 1; return 0; }\n"
    "int nvrtcGetSupportedArchs(int *n) { *n = 90; return 0; }\n"
    "const char *nvrtcGetErrorString(int e) { return e ? \"an error\" : \"\"; "
    "}\n"
    "int nvrtcCreateProgram(void **p, const char *s, const char *n, int h,\n"
    "    const char *const *a, const char *const *b)\n"
    "{ *p = text; snprintf(text, sizeof text, \"%s\", s); return 0; }\n"
    "int nvrtcDestroyProgram(void **p) { *p = 0; return 0; }\n"
    "int nvrtcCompileProgram(void *p, int n, const char *const *o)\n"
    "{ for (int i = 0; i < n; i++) { strcat(options, \" \"); strcat(options, "
    "o[i]); }\n"
    "  if (strcmp(text, \"crashes\") == 0) abort();\n"
    "  if (strcmp(text, \"hangs\") == 0) for (;;) pause();\n"
    "  if (strcmp(text, \"exits\") == 0) exit(0);\n"
    "  if (strcmp(text, \"warns\") == 0) strcpy(log, \"a warning\");\n"
    "  if (strcmp(text, \"refuses\") == 0)\n"
    "      return strcpy(log, \"a.cu(3): warning\\na.cu(7): error: it will not "
    "do\\n\"), 6;\n"
    "  strcat(text, options); return 0; }\n"
    "int nvrtcGetProgramLogSize(void *p, size_t *n) { *n = strlen(log) + 1; "
    "return 0; }\n"
    "int nvrtcGetProgramLog(void *p, char *t) { strcpy(t, log); return 0; }\n"
    "int nvrtcGetCUBINSize(void *p, size_t *n) { *n = strlen(text); return 0; "
    "}\n"
    "int nvrtcGetCUBIN(void *p, char *t) { memcpy(t, text, strlen(text)); "
    "return 0; }\n"
    "int nvrtcGetPTXSize(void *p, size_t *n) { *n = strlen(text) + 1; return "
    "0; }\n"
    "int nvrtcGetPTX(void *p, char *t) { strcpy(t, text); return 0; }\n";

/* The library, and a folder that compilers have theirs in. */
static int begin(void **state)
{
    char path[256], command[768];
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/nvrtc.c", folder);
    FILE *out = fopen(path, "w");
    fputs(library, out);
    fclose(out);
    snprintf(command, sizeof command,
             "cc -w -shared -fPIC -o %s/nvrtc.so %s && mkdir %s/work", folder,
             path, folder);
    if (system(command) != 0)
        return -1;
    snprintf(path, sizeof path, "%s/nvrtc.so", folder);
    setenv("ARMGPU_NVRTC", path, 1);
    snprintf(path, sizeof path, "%s/work", folder);
    setenv("TMPDIR", path, 1);
    return ag_nvrtc_load(&nvrtc, 0, message);
}

static int32_t compile(const char *text, bool is_ptx, const char *helper,
                       struct ag_image *image)
{
    const struct ag_kernel_source source = {text, strlen(text), 0};
    const struct ag_nvrtc_target target = {.arch = 90, .is_ptx = is_ptx};
    message[0] = '\0';
    const int32_t error =
        helper == NULL
            ? ag_nvrtc_compile(&nvrtc, &source, &target, "-a=1 -b", image,
                               message)
            : ag_nvrtc_compile_apart(&nvrtc, helper, &source, &target,
                                     "-a=1 -b", &is_given_up, image, message);
    nothing_is_left();
    return error;
}

/* -- Tests ----------------------------------------------------------------- */

static void an_image_is_as_it_is_here(void **state)
{
    struct ag_image image;
    (void)state;
    for (int is_ptx = 0; is_ptx < 2; is_ptx++) {
        assert_int_equal(compile("a text", is_ptx, OWN_PATH, &image), 0);
        assert_int_equal(image.size, strlen("a text -a=1 -b") + (size_t)is_ptx);
        assert_memory_equal(image.bytes, "a text -a=1 -b", image.size);
        assert_null(image.log);
        ag_image_free(&image);
    }
    assert_int_equal(compile("warns", false, OWN_PATH, &image), 0);
    assert_string_equal(image.log, "a warning");
    ag_image_free(&image);
}

static void what_is_refused_has_the_same_words(void **state)
{
    char here[AG_MESSAGE_BYTES];
    struct ag_image image;
    (void)state;
    assert_int_not_equal(compile("refuses", false, NULL, &image), 0);
    memcpy(here, message, sizeof here);
    assert_non_null(strstr(here, "sm_90: a.cu(7): error: it will not do"));
    assert_int_not_equal(compile("refuses", false, OWN_PATH, &image), 0);
    assert_string_equal(message, here);
    assert_null(image.bytes);
}

static void a_crash_is_a_sentence(void **state)
{
    struct ag_image image;
    (void)state;
    assert_int_not_equal(compile("crashes", false, OWN_PATH, &image), 0);
    assert_non_null(strstr(message, "was ended by a signal"));
    assert_int_not_equal(compile("exits", false, OWN_PATH, &image), 0);
    assert_non_null(strstr(message, "wrote no image"));
}

static void what_never_ends_is_ended(void **state)
{
    struct ag_image image;
    (void)state;
    setenv("ARMGPU_CC_SECONDS", "0.2", 1);
    assert_int_not_equal(compile("hangs", false, OWN_PATH, &image), 0);
    unsetenv("ARMGPU_CC_SECONDS");
    assert_non_null(strstr(message, "took too long"));
}

static void *give_up(void *user)
{
    (void)user;
    usleep(100000);
    __atomic_store_n(&is_given_up, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void what_nobody_waits_for_is_ended(void **state)
{
    struct ag_image image;
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, give_up, NULL), 0);
    assert_int_not_equal(compile("hangs", false, OWN_PATH, &image), 0);
    pthread_join(thread, NULL);
    is_given_up = 0;
    assert_non_null(strstr(message, "was not waited for"));
}

static void what_cannot_be_started_is_a_sentence(void **state)
{
    struct ag_image image;
    (void)state;
    assert_int_not_equal(compile("crashes", false, "/nowhere/armgpu", &image),
                         0);
    assert_non_null(strstr(message, "could not be started"));
    assert_null(image.bytes);
}

/* Who is started as a helper takes none: a user of the library that is not made
   for it would start itself for ever. */
static void a_helper_has_none(void **state)
{
    (void)state;
    assert_false(ag_apart_is_helper());
    setenv("ARMGPU_HELPER_OF", "1", 1);
    assert_true(ag_apart_is_helper());
    unsetenv("ARMGPU_HELPER_OF");
}

/* A program that is no helper of ours. */
static void what_is_no_helper_is_a_sentence(void **state)
{
    struct ag_image image;
    (void)state;
    assert_int_not_equal(compile("a text", false, "/bin/false", &image), 0);
    assert_non_null(strstr(message, "failed"));
    assert_int_not_equal(compile("a text", false, "/bin/true", &image), 0);
    assert_non_null(strstr(message, "wrote no image"));
}

static void words_that_are_no_helpers(void **state)
{
    char own[] = "armgpu", word[] = ARMGPU_HELPER, cuda[] = "cuda",
         cpu[] = "cpu", other[] = "other";
    (void)state;
    assert_int_equal(armgpu_helper(1, (char *[]){own, NULL}), 2);
    assert_int_equal(armgpu_helper(3, (char *[]){own, other, cuda, NULL}), 2);
    assert_int_equal(armgpu_helper(3, (char *[]){own, word, cpu, NULL}), 2);
    assert_int_equal(armgpu_helper(3, (char *[]){own, word, other, NULL}), 2);
    assert_int_equal(armgpu_helper(3, (char *[]){own, word, cuda, NULL}), 2);
    assert_int_equal(
        armgpu_helper(6, (char *[]){own, word, cuda, cpu, other, own, NULL}),
        2);
}

/* The real one, where it is. */
static void a_real_text_is_compiled(void **state)
{
    static const char text[] =
        "extern \"C\" __global__ void f(int *p) { *p = 7; }";
    const struct ag_kernel_source source = {text, strlen(text), 0};
    struct ag_nvrtc real;
    struct ag_nvrtc_target target;
    struct ag_image here, apart;
    char options[AG_NVRTC_OPTIONS_BYTES];
    (void)state;
    unsetenv("ARMGPU_NVRTC");
    if (ag_nvrtc_load(&real, 0, message) != ARMGPU_OK)
        skip();
    assert_int_equal(ag_nvrtc_choose(&real, 90, &target, message), 0);
    assert_int_equal(
        ag_nvrtc_options(&target, AG_NVRTC_REGISTERS, NULL, options, message),
        0);
    assert_int_equal(
        ag_nvrtc_compile(&real, &source, &target, options, &here, message), 0);
    assert_int_equal(ag_nvrtc_compile_apart(&real, OWN_PATH, &source, &target,
                                            options, &is_given_up, &apart,
                                            message),
                     0);
    assert_int_equal(apart.size, here.size);
    assert_memory_equal(apart.bytes, "\177ELF", 4);
    ag_image_free(&here);
    ag_image_free(&apart);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_image_is_as_it_is_here),
        cmocka_unit_test(what_is_refused_has_the_same_words),
        cmocka_unit_test(a_crash_is_a_sentence),
        cmocka_unit_test(what_never_ends_is_ended),
        cmocka_unit_test(what_nobody_waits_for_is_ended),
        cmocka_unit_test(what_cannot_be_started_is_a_sentence),
        cmocka_unit_test(a_helper_has_none),
        cmocka_unit_test(what_is_no_helper_is_a_sentence),
        cmocka_unit_test(words_that_are_no_helpers),
        cmocka_unit_test(a_real_text_is_compiled),
    };
    if (argc > 1 && strcmp(argv[1], ARMGPU_HELPER) == 0)
        return armgpu_helper(argc, argv);
    return cmocka_run_group_tests(tests, begin, end);
}
