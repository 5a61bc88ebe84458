/*
 * The picture of `armgpu bench --plot` of measurements that are made up: a
 * whisker a point from the slowest repetition to the fastest, and a panel a
 * backend where lines of two backends cross, else one.
 */
#include "cli/bench/bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static ag_bench_run make_run(const char *backend, int program, uint64_t lanes,
                             double ips)
{
    ag_bench_run run;

    memset(&run, 0, sizeof run);
    run.task.program = &ag_bench_programs[program];
    run.task.backend = backend;
    run.task.lanes = lanes;
    run.outcome = AG_BENCH_MEASURED;
    run.instructions = 1000000000;
    run.seconds.median = 1e9 / ips;
    run.seconds.min = 0.5e9 / ips;
    run.seconds.max = 2e9 / ips;
    snprintf(run.device_name, sizeof run.device_name, "<%s & co>", backend);
    return run;
}

/* The file's text; free() it. */
static char *plot(const ag_bench_run *runs, size_t count)
{
    char name[] = "/tmp/armgpu-plot-XXXXXX";
    int file = mkstemp(name);
    char *text = calloc(1, 1 << 20);
    ssize_t size;

    assert_true(file >= 0 && text != NULL);
    assert_true(ag_bench_plot(name, runs, count));
    size = read(file, text, (1 << 20) - 1);
    assert_true(size > 0);
    close(file);
    unlink(name);
    return text;
}

static int count_of(const char *text, const char *what)
{
    int n = 0;

    for (; (text = strstr(text, what)) != NULL; text++)
        n++;
    return n;
}

static void test_whiskers(void **state)
{
    ag_bench_run runs[] = {make_run("cpu", 1, 1, 1e8),
                           make_run("cpu", 1, 64, 1e9)};
    char *text = plot(runs, 2);
    const char *at = text;
    double centre[2], low[2], high[2];

    (void)state;
    assert_int_equal(count_of(text, "<path class=\"whisker\""), 2);
    for (int i = 0; i < 2; i++) {
        double x;

        at = strstr(at, "<path class=\"whisker\"") + 1;
        assert_int_equal(sscanf(strstr(at, " d=\"M"),
                                " d=\"M%lf %lfh6m-3 0V%lf", &x, &low[i],
                                &high[i]),
                         3);
        assert_int_equal(sscanf(strstr(at, " cy="), " cy=\"%lf", &centre[i]),
                         1);
        /* Half and twice the speed: as far below as above. */
        assert_true(low[i] > centre[i] && centre[i] > high[i]);
        assert_true(low[i] - 2 * centre[i] + high[i] < 0.3);
        assert_true(low[i] - 2 * centre[i] + high[i] > -0.3);
        /* In the picture, below its head. */
        assert_true(high[i] >= 64 && low[i] <= 544);
    }
    assert_true(low[0] - high[0] - (low[1] - high[1]) < 0.3);
    free(text);
}

static void test_panels(void **state)
{
    ag_bench_run apart[] = {
        make_run("cpu", 1, 1, 1e8), make_run("cpu", 1, 64, 2e8),
        make_run("cuda", 1, 1, 2e8), make_run("cuda", 1, 64, 1e9)};
    ag_bench_run crossing[] = {
        make_run("cpu", 1, 1, 1e8), make_run("cpu", 1, 64, 2e8),
        make_run("cuda", 1, 1, 1e7), make_run("cuda", 1, 64, 1e9)};
    ag_bench_run programs[] = {
        make_run("cpu", 1, 1, 1e8), make_run("cpu", 1, 64, 2e8),
        make_run("cpu", 2, 1, 1e7), make_run("cpu", 2, 64, 1e9)};
    char *text;

    (void)state;
    text = plot(apart, 4);
    assert_int_equal(count_of(text, ">lanes</text>"), 1);
    assert_int_equal(count_of(text, "stroke-dasharray=\"8 4\""), 1);
    assert_non_null(strstr(text, ">cpu: &lt;cpu &amp; co>, cuda: "));
    free(text);
    text = plot(crossing, 4);
    assert_int_equal(count_of(text, ">lanes</text>"), 2);
    assert_int_equal(count_of(text, "stroke-dasharray=\"8 4\""), 0);
    assert_int_equal(count_of(text, "<path class=\"line\""), 2);
    assert_non_null(strstr(text, ">cpu: &lt;cpu &amp; co></text>"));
    free(text);
    /* Lines of one backend may cross. */
    text = plot(programs, 4);
    assert_int_equal(count_of(text, ">lanes</text>"), 1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whiskers),
                                       cmocka_unit_test(test_panels)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
