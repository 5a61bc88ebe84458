/*
 * --strace: one line a system call, as strace writes them. The library tells of
 * a call when it is done; what its arguments are is in kernels/linux/calls.h.
 */
#include "cli/run/run.h"

#include <stdarg.h>
#include <string.h>

#define MOST_STRING 32 /* bytes that are shown, as strace does */
#define MOST_PATH 256
#define MOST_VECTORS 4

/* A line is built whole, because stderr writes every piece at once. What has no
   room, which the bounds above leave to nothing, is cut. */
typedef struct line {
    const ag_run *r;
    uint64_t lane;
    const armgpu_call *call;
    size_t length;
    char text[4096];
} line;

static void add(line *l, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add(line *l, const char *format, ...)
{
    size_t room = sizeof l->text - l->length;
    va_list values;
    int n;

    va_start(values, format);
    n = vsnprintf(l->text + l->length, room, format, values);
    va_end(values);
    if (n > 0)
        l->length += (size_t)n < room ? (size_t)n : room - 1;
}

/* -- Flags ----------------------------------------------------------------- */

typedef struct flag {
    uint32_t bits;
    const char *name;
} flag;

/* As AArch64 has them; more bits before fewer of the same. */
static const flag open_flags[] = {
    {0100, "O_CREAT"},
    {0200, "O_EXCL"},
    {0400, "O_NOCTTY"},
    {01000, "O_TRUNC"},
    {02000, "O_APPEND"},
    {04000, "O_NONBLOCK"},
    {04010000, "O_SYNC"},
    {010000, "O_DSYNC"},
    {020040000, "O_TMPFILE"},
    {040000, "O_DIRECTORY"},
    {0100000, "O_NOFOLLOW"},
    {0200000, "O_DIRECT"},
    {0400000, "O_LARGEFILE"},
    {01000000, "O_NOATIME"},
    {02000000, "O_CLOEXEC"},
    {010000000, "O_PATH"},
    {0, NULL},
};
static const flag protections[] = {
    {1, "PROT_READ"}, {2, "PROT_WRITE"}, {4, "PROT_EXEC"}, {0, NULL}};
static const flag mapping_flags[] = {
    {3, "MAP_SHARED_VALIDATE"},
    {1, "MAP_SHARED"},
    {2, "MAP_PRIVATE"},
    {0x10, "MAP_FIXED"},
    {0x20, "MAP_ANONYMOUS"},
    {0x4000, "MAP_NORESERVE"},
    {0x8000, "MAP_POPULATE"},
    {0x20000, "MAP_STACK"},
    {0, NULL},
};

/* Those that are set, behind `first`; what has no name as a number. */
static void add_flags(line *l, const char *first, const flag *flags,
                      uint32_t bits)
{
    const char *between = "";

    if (first != NULL) {
        add(l, "%s", first);
        between = "|";
    }
    for (; flags->name != NULL; flags++) {
        if ((bits & flags->bits) != flags->bits)
            continue;
        add(l, "%s%s", between, flags->name);
        bits &= ~flags->bits;
        between = "|";
    }
    if (bits != 0 || between[0] == '\0')
        add(l, "%s%#" PRIx32, between, bits);
}

static void add_open_flags(line *l, uint32_t bits)
{
    static const char *const modes[] = {"O_RDONLY", "O_WRONLY", "O_RDWR",
                                        "O_ACCMODE"};

    add_flags(l, modes[bits & 3], open_flags, bits & ~3u);
}

static void add_protection(line *l, uint32_t bits)
{
    if (bits == 0)
        add(l, "PROT_NONE");
    else
        add_flags(l, NULL, protections, bits);
}

/* -- Memory ---------------------------------------------------------------- */

/* Bytes of the lane's memory, at most n: how many there are. */
static size_t read_some(const line *l, uint64_t address, uint8_t *bytes,
                        size_t n)
{
    size_t i;

    if (armgpu_read_memory(l->r->g, l->lane, address, bytes, n) == ARMGPU_OK)
        return n;
    for (i = 0; i < n; i++) {
        if (armgpu_read_memory(l->r->g, l->lane, address + i, bytes + i, 1) !=
            ARMGPU_OK)
            break;
    }
    return i;
}

/* A character as C has it. */
static void add_character(line *l, uint8_t c, bool next_is_digit)
{
    static const char names[] = "\tt\nn\vv\ff\rr\"\"\\\\";

    for (size_t i = 0; names[i] != '\0'; i += 2) {
        if (c != (uint8_t)names[i])
            continue;
        add(l, "\\%c", names[i + 1]);
        return;
    }
    if (c >= ' ' && c < 0x7f)
        add(l, "%c", c);
    else
        add(l, next_is_digit ? "\\%03o" : "\\%o", c);
}

static void add_quoted(line *l, const uint8_t *bytes, size_t n, bool is_cut)
{
    add(l, "\"");
    for (size_t i = 0; i < n; i++)
        add_character(l, bytes[i],
                      i + 1 < n && bytes[i + 1] >= '0' && bytes[i + 1] <= '9');
    add(l, is_cut ? "\"..." : "\"");
}

static void add_address(line *l, uint64_t address)
{
    if (address == 0)
        add(l, "NULL");
    else
        add(l, "0x%" PRIx64, address);
}

static void add_bytes(line *l, uint64_t address, uint64_t n)
{
    uint8_t bytes[MOST_STRING];
    size_t some = n < MOST_STRING ? (size_t)n : MOST_STRING;

    if (read_some(l, address, bytes, some) < some)
        add_address(l, address);
    else
        add_quoted(l, bytes, some, n > some);
}

static void add_path(line *l, uint64_t address)
{
    uint8_t bytes[MOST_PATH];
    size_t n = address != 0 ? read_some(l, address, bytes, sizeof bytes) : 0;
    const uint8_t *end = memchr(bytes, 0, n);

    if (end == NULL && n < sizeof bytes)
        add_address(l, address);
    else
        add_quoted(l, bytes, end != NULL ? (size_t)(end - bytes) : n,
                   end == NULL);
}

/* Two times of a file: of its last access, of its last change. */
static void add_times(line *l, uint64_t address)
{
    uint64_t times[2][2];

    if (address == 0 ||
        read_some(l, address, (uint8_t *)times, sizeof times) < sizeof times) {
        add_address(l, address);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        add(l, i == 0 ? "[" : ", ");
        if (times[i][1] == 0x3fffffff)
            add(l, "UTIME_NOW");
        else if (times[i][1] == 0x3ffffffe)
            add(l, "UTIME_OMIT");
        else
            add(l, "{tv_sec=%" PRId64 ", tv_nsec=%" PRId64 "}",
                (int64_t)times[i][0], (int64_t)times[i][1]);
    }
    add(l, "]");
}

/* -- Calls ----------------------------------------------------------------- */

static bool has_result(const line *l)
{
    return l->call->stop == ARMGPU_STOP_RUNNING;
}

static uint64_t error_of(const line *l)
{
    uint64_t result = l->call->result;

    return has_result(l) && result > UINT64_MAX - 4095 ? -result : 0;
}

/* Bytes that a call which reads has put into memory. */
static uint64_t bytes_read(const line *l)
{
    return has_result(l) && error_of(l) == 0 ? l->call->result : 0;
}

/* A list of n pieces of memory, `left` bytes altogether. */
static void add_vectors(line *l, uint64_t address, uint64_t n, uint64_t left)
{
    uint64_t pair[2];

    if (n == 0 ||
        read_some(l, address, (uint8_t *)pair, sizeof pair) < sizeof pair) {
        add_address(l, address);
        return;
    }
    add(l, "[");
    for (uint64_t i = 0; i < n; i++) {
        if (i == MOST_VECTORS ||
            read_some(l, address + i * sizeof pair, (uint8_t *)pair,
                      sizeof pair) < sizeof pair) {
            add(l, ", ...");
            break;
        }
        add(l, "%s{iov_base=", i == 0 ? "" : ", ");
        add_bytes(l, pair[0], pair[1] < left ? pair[1] : left);
        add(l, ", iov_len=%" PRIu64 "}", pair[1]);
        left -= pair[1] < left ? pair[1] : left;
    }
    add(l, "]");
}

static void add_argument(line *l, char kind, size_t i)
{
    const uint64_t *x = l->call->arguments, behind = i < 5 ? x[i + 1] : 0;

    switch (kind) {
    case 'd':
        if ((int32_t)x[i] == -100)
            add(l, "AT_FDCWD");
        else
            add(l, "%" PRId32, (int32_t)x[i]);
        break;
    case 'i':
        add(l, "%" PRId64,
            x[i] == (uint32_t)x[i] ? (int32_t)x[i] : (int64_t)x[i]);
        break;
    case 'u':
        add(l, "%" PRIu64, x[i]);
        break;
    case 's':
        add_path(l, x[i]);
        break;
    case 'w':
        add_bytes(l, x[i], behind);
        break;
    case 'r':
        if (has_result(l) && error_of(l) == 0)
            add_bytes(l, x[i], bytes_read(l));
        else
            add_address(l, x[i]);
        break;
    case 'v':
        add_vectors(l, x[i], behind, UINT64_MAX);
        break;
    case 'l':
        add_vectors(l, x[i], behind, bytes_read(l));
        break;
    case 'o':
        add_open_flags(l, (uint32_t)x[i]);
        break;
    case 'm':
        add(l, "%#03" PRIo32, (uint32_t)x[i]);
        break;
    case 'k':
        add_protection(l, (uint32_t)x[i]);
        break;
    case 'f':
        add_flags(l, NULL, mapping_flags, (uint32_t)x[i]);
        break;
    case 't':
        add_times(l, x[i]);
        break;
    case 'p':
        add_address(l, x[i]);
        break;
    default:
        add(l, "%#" PRIx64, x[i]);
        break;
    }
}

/* The mode is there only if a file is created. */
static bool is_left_out(const char *shape, size_t i, const uint64_t *x)
{
    return shape[i] == 'm' && i > 0 && shape[i - 1] == 'o' &&
           (x[i - 1] & 0100) == 0 && (x[i - 1] & 020000000) == 0;
}

static void add_arguments(line *l, const char *shape)
{
    for (size_t i = 0; shape[i] != '\0' && shape[i] != '='; i++) {
        if (is_left_out(shape, i, l->call->arguments))
            break;
        add(l, i == 0 ? "" : ", ");
        add_argument(l, shape[i], i);
    }
}

static void add_result(line *l, const char *shape)
{
    const armgpu_call *call = l->call;
    const char *error = armgpu_call_error(error_of(l));

    if (call->stop == ARMGPU_STOP_INTERRUPTED)
        add(l, " <unfinished ...>");
    else if (call->stop == ARMGPU_STOP_EXIT)
        add(l, ") = ?");
    else if (!has_result(l))
        add(l, ") = ? (%s)", armgpu_stop_name(call->stop));
    else if (error_of(l) != 0 && error != NULL)
        add(l, ") = -1 %s", error);
    else if (error_of(l) != 0)
        add(l, ") = -%" PRIu64, error_of(l));
    else if (strchr(shape, '=') != NULL)
        add(l, ") = 0x%" PRIx64, call->result);
    else
        add(l, ") = %" PRIu64, call->result);
}

static int32_t print_call(void *user, armgpu *g, uint64_t lane,
                          const armgpu_call *call)
{
    ag_run *r = user;
    const char *name = armgpu_call_name(call->number);
    const char *shape = armgpu_call_shape(call->number);
    line l = {.r = r, .lane = lane, .call = call};

    (void)g;
    if (shape == NULL)
        shape = "xxxxxx";
    if (name != NULL)
        add(&l, "%s(", name);
    else
        add(&l, "syscall_%" PRIu64 "(", call->number);
    add_arguments(&l, shape);
    add_result(&l, shape);
    fprintf(stderr, "%s\n", l.text);
    return ag_run_must_stop(r) ? 1 : 0;
}

int32_t ag_run_strace_begin(ag_run *r)
{
    const ag_run_settings *s = &r->settings;

    return s->strace.given
               ? armgpu_set_call_trace(r->g, s->strace.value, print_call, r)
               : ARMGPU_OK;
}
