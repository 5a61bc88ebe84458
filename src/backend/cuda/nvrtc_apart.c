/*
 * NVRTC in a process of its own: see nvrtc_apart.h. Both sides of it:
 *
 *     HELPER ARMGPU_HELPER cuda FOLDER sm_N|compute_N OPTIONS
 *
 * reads the text from FOLDER, writes the image there, and the compiler's log if
 * there is one; or says on its standard error why not, and exits with 1.
 * ARMGPU_NVRTC is the library that the other side has found.
 */
#define _GNU_SOURCE 1
#include "backend/cuda/nvrtc_apart.h"
#include "backend/child.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#define SOURCE "region.cu"
#define IMAGE "image"
#define LOG "log"
#define BINARY "sm_"
#define PTX "compute_"
#define WHO "NVRTC, in a process of its own,"

/* -- The side that waits --------------------------------------------------- */

static bool start(struct ag_child *child, const struct ag_nvrtc *nvrtc,
                  const char *helper, const struct ag_nvrtc_target *target,
                  const char *options)
{
    char library[sizeof nvrtc->path + 16], folder[AG_CHILD_PATH_BYTES],
        arch[32];
    char *words[] = {(char *)(uintptr_t)helper,
                     (char *)(uintptr_t)ARMGPU_HELPER,
                     (char *)(uintptr_t) "cuda",
                     folder,
                     arch,
                     (char *)(uintptr_t)options,
                     NULL};
    const char *const environment[] = {library, NULL};
    ag_child_path(child, ".", folder);
    snprintf(arch, sizeof arch, "%s%" PRIu32, target->is_ptx ? PTX : BINARY,
             target->arch);
    snprintf(library, sizeof library, "ARMGPU_NVRTC=%s", nvrtc->path);
    return ag_child_start(child, words, environment);
}

static int32_t out_of_memory(char message[AG_MESSAGE_BYTES])
{
    snprintf(message, AG_MESSAGE_BYTES, "out of memory");
    return ARMGPU_ERROR_MEMORY;
}

/* Its own sentence where it has one. */
static int32_t report(const struct ag_child *child, const char *why,
                      char message[AG_MESSAGE_BYTES])
{
    size_t length = 0;
    char *said = ag_child_read(child, AG_CHILD_COMPLAINTS, &length);
    if (why == ag_child_refused && said != NULL) {
        said[strcspn(said, "\n")] = '\0';
        snprintf(message, AG_MESSAGE_BYTES, "%s", said);
    } else {
        ag_child_complain(child, WHO, why, message);
    }
    free(said);
    return ARMGPU_ERROR_BACKEND;
}

static int32_t finish(struct ag_child *child, const int *is_given_up,
                      struct ag_nvrtc_image *image,
                      char message[AG_MESSAGE_BYTES])
{
    size_t length = 0;
    const char *why = ag_child_finish(child, is_given_up);
    if (why == NULL) {
        image->bytes = ag_child_read(child, IMAGE, &image->size);
        image->log = ag_child_read(child, LOG, &length);
    }
    if (image->bytes != NULL)
        return ARMGPU_OK;
    return report(child, why != NULL ? why : "wrote no image", message);
}

int32_t ag_nvrtc_compile_apart(const struct ag_nvrtc *nvrtc, const char *helper,
                               const struct ag_kernel_source *source,
                               const struct ag_nvrtc_target *target,
                               const char *options, const int *is_given_up,
                               struct ag_nvrtc_image *image,
                               char message[AG_MESSAGE_BYTES])
{
    int32_t error = ARMGPU_ERROR_BACKEND;
    struct ag_child *child = ag_child_open(message);
    const bool is_started =
        child != NULL &&
        ag_child_write(child, SOURCE, source->text, source->length, message) &&
        start(child, nvrtc, helper, target, options);
    memset(image, 0, sizeof *image);
    if (is_started)
        error = finish(child, is_given_up, image, message);
    ag_child_close(child);
    return is_started ? error
                      : ag_nvrtc_compile(nvrtc, source, target, options, image,
                                         message);
}

/* -- The side that compiles ------------------------------------------------ */

/* Nobody is left who would end this process if the other one ends. */
static void end_with_parent(void)
{
#ifdef __linux__
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

static bool write_all(const char *folder, const char *name, const void *bytes,
                      size_t length)
{
    char path[AG_CHILD_PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    const bool ok = out != NULL && fwrite(bytes, 1, length, out) == length;
    return (out != NULL && fclose(out) == 0) && ok;
}

/* With a zero byte behind. */
static char *read_source(const char *folder)
{
    char path[AG_CHILD_PATH_BYTES], *text = NULL;
    size_t length = 0, got = 0;
    snprintf(path, sizeof path, "%s/" SOURCE, folder);
    FILE *in = fopen(path, "rb");
    FILE *out = in != NULL ? open_memstream(&text, &length) : NULL;
    char part[4096];
    while (out != NULL && (got = fread(part, 1, sizeof part, in)) != 0)
        fwrite(part, 1, got, out);
    if (out != NULL && fclose(out) != 0) {
        free(text);
        text = NULL;
    }
    if (in != NULL)
        fclose(in);
    return text;
}

static int32_t compile(const char *folder, const struct ag_nvrtc_target *target,
                       const char *options, char message[AG_MESSAGE_BYTES])
{
    struct ag_nvrtc nvrtc;
    struct ag_nvrtc_image image;
    char *text = read_source(folder);
    const struct ag_kernel_source source = {text, text ? strlen(text) : 0, 0};
    int32_t error = text != NULL ? ag_nvrtc_load(&nvrtc, 0, message)
                                 : out_of_memory(message);
    if (error == ARMGPU_OK)
        error =
            ag_nvrtc_compile(&nvrtc, &source, target, options, &image, message);
    free(text);
    if (error != ARMGPU_OK)
        return error;
    if ((image.log != NULL && image.log[0] != '\0' &&
         !write_all(folder, LOG, image.log, strlen(image.log))) ||
        !write_all(folder, IMAGE, image.bytes, image.size)) {
        snprintf(message, AG_MESSAGE_BYTES, "%.300s cannot be written to",
                 folder);
        error = ARMGPU_ERROR_BACKEND;
    }
    ag_nvrtc_image_free(&image);
    return error;
}

int ag_nvrtc_help(int argc, char **argv)
{
    char message[AG_MESSAGE_BYTES] = "";
    if (argc != 3 || strlen(argv[1]) < strlen(BINARY))
        return 2;
    const bool is_ptx = strncmp(argv[1], PTX, strlen(PTX)) == 0;
    const char *number = argv[1] + strlen(is_ptx ? PTX : BINARY);
    const struct ag_nvrtc_target target = {
        .arch = (uint32_t)strtoul(number, NULL, 10), .is_ptx = is_ptx};
    end_with_parent();
    if (compile(argv[0], &target, argv[2], message) == ARMGPU_OK)
        return 0;
    fprintf(stderr, "%s\n", message);
    return 1;
}
