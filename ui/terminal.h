/* The terminal: taken over, and given back in whatever way the program ends. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#include "ui/draw.h"

/* Takes the terminal over. False with error set if standard input and output are none. */
bool fm_terminal_start(FmScreen *screen, GError **error);
void fm_terminal_stop(void);

/* Sends bytes that are not for the screen. */
void fm_terminal_write(const char *bytes);

/* A descriptor that becomes readable when something was written to it (eventfd). */
int fm_terminal_event(void);

typedef enum FmTerminalError { FM_TERMINAL_ERROR_NONE } FmTerminalError;
#define FM_TERMINAL_ERROR (g_quark_from_static_string("fathom-terminal"))
