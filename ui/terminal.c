/* The terminal, taken over and given back. */
#include "config.h"

#include "ui/terminal.h"

#include <langinfo.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>

#include <ncurses.h>

/* After a crash: leaves the other screen, shows the cursor, ends mouse reports, and lets lines be edited again. Nothing that was
 * remembered is needed for it, and every call is safe in a handler. */
static void crashed(int number)
{
    static const char restore[] = "\033[?1049l\033[?25h\033[?1000l\033[?1002l\033[?1006l\033[0m\033[?1l\033>\r\n";
    struct termios mode;
    if (write(STDOUT_FILENO, restore, sizeof restore - 1) >= 0 && tcgetattr(STDIN_FILENO, &mode) == 0) {
        mode.c_lflag |= ECHO | ICANON | ISIG | IEXTEN | ECHOE | ECHOK;
        mode.c_iflag |= ICRNL | IXON;
        mode.c_oflag |= OPOST | ONLCR;
        tcsetattr(STDIN_FILENO, TCSANOW, &mode);
    }
    raise(number); /* the handler is gone by SA_RESETHAND: now as usual */
}

static void handle_crashes(void)
{
    static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT };
    struct sigaction action = { .sa_handler = crashed, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < G_N_ELEMENTS(signals); i++)
        sigaction(signals[i], &action, NULL);
}

bool fm_terminal_start(FmScreen *screen, GError **error)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        g_set_error_literal(error, FM_TERMINAL_ERROR, FM_TERMINAL_ERROR_NONE, "the terminal: this is none");
        return false;
    }
    SCREEN *terminal = newterm(NULL, stdout, stdin);
    if (!terminal) {
        const char *name = getenv("TERM");
        g_set_error(error, FM_TERMINAL_ERROR, FM_TERMINAL_ERROR_NONE, "the terminal: TERM=%s is not known; try TERM=xterm-256color",
                    name ? name : "");
        return false;
    }
    set_term(terminal);
    handle_crashes();
    const char *codeset = nl_langinfo(CODESET);
    screen->utf8 = codeset && strcmp(codeset, "UTF-8") == 0;
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25);
    mousemask(BUTTON1_PRESSED | BUTTON1_DOUBLE_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    mouseinterval(150);
    return true;
}

void fm_terminal_stop(void)
{
    endwin();
}

void fm_terminal_write(const char *bytes)
{
    for (size_t done = 0, size = strlen(bytes); done < size;) {
        ssize_t n = write(STDOUT_FILENO, bytes + done, size - done);
        if (n <= 0)
            return;
        done += (size_t)n;
    }
}

int fm_terminal_event(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}
