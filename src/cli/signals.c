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

void ag_cli_has_executed(void)
{
    __atomic_store_n(&executing, NULL, __ATOMIC_SEQ_CST);
}

int ag_cli_caught_signal(void)
{
    return __atomic_load_n(&caught, __ATOMIC_SEQ_CST);
}
