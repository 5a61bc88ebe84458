/*
 * Signals that end a command: Ctrl-C, SIGTERM, SIGHUP. The first stops the
 * work, and everything is printed to the end; another kills. timeout(1) and a
 * shell whose terminal is closed send theirs twice, so what comes right behind
 * the first one is taken for its echo.
 */
#include "cli/cli.h"
#include "base/clock.h"

#include <signal.h>

#define ECHO_MILLISECONDS 250

/* A signal handler has no argument: the one place that needs globals. It may
   run in several threads at once, so all of them are atomic. */
static armgpu *executing;
static uint64_t caught_at; /* milliseconds; 0: none was caught */
static int caught;

static const int ending_signals[] = {SIGINT, SIGTERM, SIGHUP};

#define SIGNALS (sizeof ending_signals / sizeof ending_signals[0])

static void set_action(int signal_number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    action.sa_flags = SA_RESTART; /* rows that are being written go on */
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < SIGNALS; i++)
        sigaddset(&action.sa_mask, ending_signals[i]);
    (void)sigaction(signal_number, &action, NULL);
}

/* The status is the signal's; it is delivered when the handler returns. */
static void die_of(int signal_number)
{
    set_action(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

static void on_signal(int signal_number)
{
    uint64_t now = (uint64_t)(ag_now() * 1e3) + 1, before = 0;
    armgpu *g;

    if (!__atomic_compare_exchange_n(&caught_at, &before, now, false,
                                     __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        if (now >= before + ECHO_MILLISECONDS)
            die_of(signal_number);
        return;
    }
    __atomic_store_n(&caught, signal_number, __ATOMIC_SEQ_CST);
    g = __atomic_load_n(&executing, __ATOMIC_SEQ_CST);
    if (g != NULL)
        armgpu_request_stop(g);
}

/* What was ignored stays so: a shell's background jobs, nohup(1). */
void ag_cli_catch_signals(armgpu *g)
{
    struct sigaction before;

    __atomic_store_n(&executing, g, __ATOMIC_SEQ_CST);
    for (size_t i = 0; i < SIGNALS; i++) {
        if (sigaction(ending_signals[i], NULL, &before) == 0 &&
            before.sa_handler != SIG_IGN)
            set_action(ending_signals[i], on_signal);
    }
}

void ag_cli_has_executed(void)
{
    __atomic_store_n(&executing, NULL, __ATOMIC_SEQ_CST);
}

int ag_cli_caught_signal(void)
{
    return __atomic_load_n(&caught, __ATOMIC_SEQ_CST);
}
