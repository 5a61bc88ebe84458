/*
 * armgpu check: runs the conformance test of check.h on the backends that can
 * be used here, one table (or JSON object) for each. A signal ends it between
 * two rounds of a subject, and what was found so far is printed.
 */
#include "cli/check/check.h"
#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

#define EXIT_DIFFERS 1
#define CPU_THREADS 8

typedef struct check_settings {
    const char *backend; /* NULL: all but cpu */
    ag_cli_number device, threads, spread, seed;
    const char *only;
    bool quick;
    bool json;
    int engine;   /* enum armgpu_engine */
    int progress; /* enum ag_cli_when */

    const ag_check_subject *subject; /* --only; NULL: all */
    uint64_t round;
} check_settings;

#define AT(field) offsetof(check_settings, field)

static const ag_cli_option options[] = {
    {"Options", "backend", 'b', "NAME", AG_CLI_TEXT, AT(backend),
     AG_CLI_BACKENDS, NULL,
     "Check this backend (default: all that can be used but cpu, or else cpu "
     "with several threads)."},
    {"Options", "device", 0, "K", AG_CLI_NUMBER, AT(device), NULL, NULL,
     "Check the backend's device K (default 0)."},
    {"Options", "threads", 0, "N", AG_CLI_NUMBER, AT(threads), NULL, NULL,
     "Check the cpu backend with N threads (default 8)."},
    {"Options", "spread", 0, "K", AG_CLI_NUMBER, AT(spread), NULL, NULL,
     "Give K threads of each GPU warp a lane (default 0: what is fast)."},
    {"Options", "engine", 0, "ENGINE", AG_CLI_CHOICE, AT(engine),
     AG_CLI_ENGINES, NULL,
     "interpreter (default); translated: compile what lanes execute and say "
     "how much of it they executed so; in private memory, and without the "
     "subjects on shared memory."},
    {"Options", "seed", 0, "N", AG_CLI_NUMBER, AT(seed), NULL, NULL,
     "Draw other instructions and values (default 1)."},
    {"Options", "quick", 0, NULL, AG_CLI_FLAG, AT(quick), NULL, NULL,
     "Run a part of each subject: a few seconds at most."},
    {"Options", "only", 0, "SUBJECT[:ROUND]", AG_CLI_TEXT, AT(only), NULL, NULL,
     "Run one subject, or one round of it, as a difference says."},
    {"Options", "json", 0, NULL, AG_CLI_FLAG, AT(json), NULL, NULL,
     "Print one JSON object."},
    {"Options", "progress", 0, "WHEN", AG_CLI_CHOICE, AT(progress), AG_CLI_WHEN,
     NULL, "Draw a progress line: auto (on a terminal), always or never."},
    {NULL, NULL, 0, NULL, AG_CLI_FLAG, 0, NULL, NULL, NULL},
};

/* What became of all backends together, and how far it is. */
typedef struct totals {
    uint64_t checked, unusable, passed, failed;
    uint64_t subjects, done; /* of all backends */
    const ag_check *check;   /* the backend that is being checked */
    ag_cli_progress progress;
    double started;
} totals;

/* -- Rounds ---------------------------------------------------------------- */

static bool is_interrupted(void)
{
    return ag_cli_caught_signal() != 0;
}

/* Rounds of a subject take about as long as each other, subjects do not: the
   time left is a rough one. */
static bool goes_on(void *user, uint64_t done, uint64_t rounds)
{
    totals *t = user;
    double seconds = ag_now() - t->started;
    char text[192], name[64];

    if (is_interrupted())
        return false;
    if (!ag_cli_progress_is_due(&t->progress, seconds))
        return true;
    snprintf(text, sizeof text,
             "%s %" PRIu64 "/%" PRIu64 ", %" PRIu64 " differ, %.1f s, %s",
             t->check->subject, done, rounds, t->check->differences, seconds,
             ag_check_device_text(&t->check->devices[AG_CHECK_TESTED], name));
    ag_cli_progress_draw(&t->progress,
                         ((double)t->done + (double)done / (double)rounds) /
                             (double)t->subjects,
                         seconds, text);
    return true;
}

/* -- One backend ----------------------------------------------------------- */

static void print_head(const check_settings *s, const ag_check *c,
                       const char *device)
{
    char names[AG_CHECK_SIDES][64];

    ag_check_device_text(&c->devices[AG_CHECK_TESTED], names[1]);
    ag_check_device_text(&c->devices[AG_CHECK_REFERENCE], names[0]);
    if (!s->json)
        printf(
            "%s (%s) against %s, seed %" PRIu64 "\n%-12s %8s %8s %8s %s %s\n",
            names[1], device, names[0], c->seed, "subject", "lanes", "differ",
            "seconds", ag_check_is_translated(c) ? "translated " : "", "what");
}

static void print_subject(const check_settings *s, const ag_check *c,
                          const ag_check_subject *subject, double seconds,
                          bool is_first)
{
    if (s->json) {
        printf("%s\n{\"subject\":\"%s\",\"lanes\":%" PRIu64
               ",\"differ\":%" PRIu64 ",\"seconds\":%.3f",
               is_first ? "" : ",", subject->name, c->cases, c->differences,
               seconds);
        if (ag_check_is_translated(c))
            printf(",\"retired\":%" PRIu64 ",\"translated\":%" PRIu64,
                   c->executed, c->translated);
        printf(",\"report\":");
        ag_cli_json_string(stdout, c->report);
        printf("%s}", c->is_ended ? ",\"interrupted\":true" : "");
        return;
    }
    printf("%-12s %8" PRIu64 " %8" PRIu64 " %8.2f ", subject->name, c->cases,
           c->differences, seconds);
    if (ag_check_is_translated(c))
        printf("%9.1f%%  ", 100.0 * (double)c->translated /
                                (double)(c->executed > 0 ? c->executed : 1));
    printf(" %s%s\n", subject->text, c->is_ended ? " (interrupted)" : "");
    fputs(c->report, stdout);
    fflush(stdout);
}

/* What the driver's interface looks like: an answer to "what machine was that?"
   in a report, and a subject of its own where it is not as expected. */
static void print_interface(const check_settings *s, const ag_check *c,
                            const char *device, totals *t)
{
    if (c->report[0] == '\0')
        return;
    if (s->json) {
        printf("\"interface\":{\"differ\":%" PRIu64 ",\"report\":",
               c->differences);
        ag_cli_json_string(stdout, c->report);
        printf("},");
    } else {
        printf("%s\n%s", device, c->report);
    }
    if (c->differences != 0)
        t->failed++;
}

/* One that was interrupted has failed or says nothing. */
static void run_subjects(const check_settings *s, ag_check *c, totals *t)
{
    bool is_first = true;

    for (const ag_check_subject *u = ag_check_subjects; u->name != NULL; u++) {
        double start = ag_now();
        bool is_fine;

        if ((s->subject != NULL && s->subject != u) ||
            !ag_check_has((uint32_t)s->engine, u))
            continue;
        is_fine = ag_check_run(c, u, s->round);
        ag_cli_progress_end(&t->progress);
        t->passed += is_fine && !c->is_ended;
        t->failed += !is_fine;
        t->done += !c->is_ended;
        print_subject(s, c, u, ag_now() - start, is_first);
        is_first = false;
        if (c->is_ended)
            return;
    }
}

static void print_json_head(const ag_check_device *d, const char *device,
                            bool is_usable, bool is_first)
{
    printf("%s\n{\"backend\":", is_first ? "" : ",");
    ag_cli_json_string(stdout, d->backend);
    printf(",\"index\":%" PRIu32 ",\"threads\":%" PRIu32
           ",\"usable\":%s,\"%s\":",
           d->device, d->threads, is_usable ? "true" : "false",
           is_usable ? "device" : "detail");
    ag_cli_json_string(stdout, device);
    printf(",");
}

static void check_device(const check_settings *s, ag_check_device d, totals *t)
{
    ag_check *c = ag_cli_alloc(1, sizeof *c);
    char device[512], name[64];
    bool is_usable;

    ag_check_init(c, d, s->seed.value);
    c->is_quick = s->quick;
    c->goes_on = goes_on;
    c->user = t;
    t->check = c;
    is_usable = ag_check_opens(c, device, sizeof device);
    if (s->json)
        print_json_head(&d, device, is_usable, t->checked + t->unusable == 0);
    if (is_usable)
        print_interface(s, c, device, t);
    if (s->json)
        printf("\"subjects\":[");
    if (is_usable) {
        print_head(s, c, device);
        run_subjects(s, c, t);
        t->checked++;
    } else {
        ag_cli_say("%s cannot be checked: %s", ag_check_device_text(&d, name),
                   device);
        t->unusable++;
    }
    if (s->json)
        printf("]}");
    ag_check_free(c);
    free(c);
}

/* -- Which backends -------------------------------------------------------- */

static ag_check_device device_of(const check_settings *s, const char *backend,
                                 uint32_t index)
{
    ag_check_device d = {backend, index, 0, (uint32_t)s->spread.value,
                         (uint32_t)s->engine, ag_cli_own_path()};

    if (strcmp(backend, "cpu") == 0)
        d.threads = (uint32_t)s->threads.value;
    return d;
}

static bool is_checked(const armgpu_device *d)
{
    return d->usable != 0 && strcmp(d->backend, "cpu") != 0;
}

/* All that call themselves usable; a machine without one checks that the cpu
   backend's threads do not matter. */
static void check_all(const check_settings *s, totals *t)
{
    ag_check_device cpu = {"cpu", 0, (uint32_t)s->threads.value, 0,
                           (uint32_t)s->engine, NULL};
    uint64_t n, devices = 0;
    armgpu_device *list = ag_cli_list_devices(&n);

    for (uint64_t i = 0; i < n; i++)
        devices += is_checked(&list[i]);
    t->subjects *= devices == 0 ? 1 : devices;
    for (uint64_t i = 0; i < n && !is_interrupted(); i++) {
        if (is_checked(&list[i]))
            check_device(s, device_of(s, list[i].backend, list[i].index), t);
    }
    if (devices == 0)
        check_device(s, cpu, t);
    free(list);
}

/* -- The command ----------------------------------------------------------- */

static bool read_only(check_settings *s)
{
    size_t length = s->only == NULL ? 0 : strcspn(s->only, ":");
    char name[32];

    s->round = AG_CHECK_ALL_ROUNDS;
    if (s->only == NULL)
        return true;
    snprintf(name, sizeof name, "%.*s", (int)(length < 31 ? length : 31),
             s->only);
    s->subject = ag_check_find_subject(name);
    if (s->subject == NULL) {
        ag_cli_say("--only: there is no subject '%s'; 'armgpu check --quick' "
                   "lists them",
                   name);
        return false;
    }
    if (!ag_check_has((uint32_t)s->engine, s->subject)) {
        ag_cli_say("--only: '%s' is about shared memory, where nothing is "
                   "translated; leave out --engine translated",
                   name);
        return false;
    }
    return s->only[length] == '\0' ||
           ag_cli_number_of("--only: round", s->only + length + 1,
                            strlen(s->only + length + 1), 0, &s->round);
}

static bool settings_are_fine(check_settings *s)
{
    if (s->device.given && s->backend == NULL)
        ag_cli_say("--device needs --backend: each backend counts its own");
    else if (!ag_cli_machine_is_fine(s->device, s->threads, s->spread))
        return false;
    else
        return read_only(s);
    return false;
}

static uint64_t count_subjects(const check_settings *s)
{
    uint64_t n = 0;

    for (const ag_check_subject *u = ag_check_subjects; u->name != NULL; u++)
        n += ag_check_has((uint32_t)s->engine, u);
    return s->subject != NULL ? 1 : n;
}

static void check_and_print(const check_settings *s, totals *t)
{
    t->subjects = count_subjects(s);
    t->started = ag_now();
    ag_cli_progress_begin(&t->progress, s->progress, false);
    ag_cli_catch_signals(NULL);
    if (s->json)
        printf("{\"schema\":\"armgpu.check/1\",\"seed\":%" PRIu64
               ",\"quick\":%s,\"checks\":[",
               s->seed.value, s->quick ? "true" : "false");
    if (s->backend != NULL)
        check_device(s, device_of(s, s->backend, (uint32_t)s->device.value), t);
    else
        check_all(s, t);
    if (s->json)
        printf("\n],\"passed\":%" PRIu64 ",\"failed\":%" PRIu64 "%s}\n",
               t->passed, t->failed,
               is_interrupted() ? ",\"interrupted\":true" : "");
    else if (t->checked != 0)
        printf("%" PRIu64 " passed, %" PRIu64 " failed\n", t->passed,
               t->failed);
}

/* As `run` has it: that it was interrupted outranks what was found. */
static int exit_status(const totals *t)
{
    if (is_interrupted()) {
        fflush(stdout); /* the remark comes after what it is about */
        ag_cli_say("interrupted; %" PRIu64 " of %" PRIu64 " subjects were "
                   "checked to the end",
                   t->done, t->subjects);
        return AG_CLI_EXIT_SIGNAL + ag_cli_caught_signal();
    }
    if (t->failed != 0)
        return EXIT_DIFFERS;
    return t->unusable != 0 ? AG_CLI_EXIT_FAILED : AG_CLI_EXIT_OK;
}

static int check(int argc, char **argv)
{
    check_settings s = {.threads = {CPU_THREADS, false},
                        .seed = {1, false},
                        .engine = ARMGPU_ENGINE_INTERPRETER};
    totals t = {.checked = 0};
    int status = AG_CLI_EXIT_OK;
    int first = ag_cli_parse(&ag_cli_check, argc, argv, &s, &status);

    if (first < 0)
        return status;
    if (first < argc) {
        ag_cli_say("check takes no operand, but '%s' was given", argv[first]);
        return AG_CLI_EXIT_FAILED;
    }
    if (!settings_are_fine(&s))
        return AG_CLI_EXIT_FAILED;
    check_and_print(&s, &t);
    return exit_status(&t);
}

const ag_cli_command ag_cli_check = {
    "check",
    check,
    "compare backends with the CPU, bit for bit",
    "",
    "Runs generated instructions and small programs on a backend and on one "
    "thread of the CPU, and compares registers, flags, cycles, stops and "
    "memory of every lane bit for bit. A difference is printed with the code, "
    "what differs, and the command that repeats just that. Exits with 1 if "
    "anything differed.",
    options,
};
