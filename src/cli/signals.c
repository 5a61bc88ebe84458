/*
 * Signals that end what executes: --timeout's alarm, and those that end a
 * command: Ctrl-C, SIGTERM, SIGHUP. The first stops the
 * work, and everything is printed to the end; another kills. timeout(1) and a
 * shell whose terminal is closed send theirs twice, so what comes right behind
 * the first one is taken for its echo.
 */
#include "cli/cli.h"
#include "base/clock.h"

#include <signal.h>
#include <sys/time.h>

#define ECHO_MILLISECONDS 250
/* Of a timer: less is none, and more need not fit it. */
#define LEAST_SECONDS 1e-3
#define MOST_SECONDS 1e8

/* A signal handler has no argument: the one place that needs globals. It may
   run in several threads at once, so all of them are atomic. */
static armgpu *executing;
static uint64_t caught_at; /* milliseconds; 0: none was caught */
static int caught;
static int has_rung; /* the alarm */

const int ag_cli_ending_signals[AG_CLI_ENDING_SIGNALS] = {SIGINT, SIGTERM,
                                                          SIGHUP};

static void set_action(int signal_number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    action.sa_flags = SA_RESTART; /* rows that are being written go on */
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < AG_CLI_ENDING_SIGNALS; i++)
        sigaddset(&action.sa_mask, ag_cli_ending_signals[i]);
    (void)sigaction(signal_number, &action, NULL);
}

/* The status is the signal's; it is delivered when the handler returns. */
static void die_of(int signal_number)
{
    set_action(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

static void stop_executing(void)
{
    armgpu *g = __atomic_load_n(&executing, __ATOMIC_SEQ_CST);

    if (g != NULL)
        armgpu_request_stop(g);
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    __atomic_store_n(&has_rung, 1, __ATOMIC_SEQ_CST);
    stop_executing();
}

static void on_signal(int signal_number)
{
    uint64_t now = (uint64_t)(ag_now() * 1e3) + 1, before = 0;

    if (!__atomic_compare_exchange_n(&caught_at, &before, now, false,
                                     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        if (now >= before + ECHO_MILLISECONDS)
            die_of(signal_number);
        return;
    }
    __atomic_store_n(&caught, signal_number, __ATOMIC_SEQ_CST);
    stop_executing();
}

/* What was ignored stays so: a shell's background jobs, nohup(1). */
void ag_cli_handle_endings(void (*handler)(int))
{
    struct sigaction before;

    for (size_t i = 0; i < AG_CLI_ENDING_SIGNALS; i++) {
        if (sigaction(ag_cli_ending_signals[i], NULL, &before) == 0 &&
            before.sa_handler != SIG_IGN)
            set_action(ag_cli_ending_signals[i], handler);
    }
}

void ag_cli_catch_signals(armgpu *g)
{
    __atomic_store_n(&executing, g, __ATOMIC_SEQ_CST);
    ag_cli_handle_endings(on_signal);
}

static void set_alarm(double seconds)
{
    struct itimerval timer = {.it_value.tv_sec = (time_t)seconds};

    timer.it_value.tv_usec =
        (suseconds_t)((seconds - (double)timer.it_value.tv_sec) * 1e6);
    (void)setitimer(ITIMER_REAL, &timer, NULL);
}

void ag_cli_stop_after(double seconds)
{
    if (seconds > MOST_SECONDS)
        return;
    set_action(SIGALRM, on_alarm);
    set_alarm(seconds < LEAST_SECONDS ? LEAST_SECONDS : seconds);
}

bool ag_cli_time_is_over(void)
{
    return __atomic_load_n(&has_rung, __ATOMIC_SEQ_CST) != 0;
}

void ag_cli_has_executed(void)
{
    set_alarm(0);
    __atomic_store_n(&executing, NULL, __ATOMIC_SEQ_CST);
}

int ag_cli_caught_signal(void)
{
    return __atomic_load_n(&caught, __ATOMIC_SEQ_CST);
}
