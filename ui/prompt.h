/* The line that is typed at the bottom: a filter, a command, something to look for, the filter of a curve. */
#pragma once

#include <stdbool.h>

#include "model/catalog.h"
#include "ui/draw.h"

typedef enum FmPromptKind { FM_PROMPT_NONE, FM_PROMPT_FILTER, FM_PROMPT_COMMAND, FM_PROMPT_FIND, FM_PROMPT_SAVE, FM_PROMPT_ADD, FM_PROMPT_KINDS } FmPromptKind;

typedef enum FmPromptEnd { FM_PROMPT_TYPING, FM_PROMPT_ACCEPTED, FM_PROMPT_CANCELLED } FmPromptEnd;

typedef struct FmPrompt FmPrompt;

FmPrompt *fm_prompt_new(const FmCatalog *catalog);
void fm_prompt_free(FmPrompt *prompt);

/* Where we are (FM_IN_…): commands that mean something there come first. Before it is opened. */
void fm_prompt_at(FmPrompt *prompt, unsigned where);

/* Starts with a text, the cursor behind it. */
void fm_prompt_open(FmPrompt *prompt, FmPromptKind kind, const char *text);
FmPromptKind fm_prompt_kind(const FmPrompt *prompt); /* NONE: closed */
const char *fm_prompt_text(const FmPrompt *prompt);

/* A key by its name (see fm_key_name). On ACCEPTED the text is in the history; in both ends the prompt is closed. */
FmPromptEnd fm_prompt_key(FmPrompt *prompt, const char *key);

/* Rows for completions that it would like above its line. */
int fm_prompt_rows(const FmPrompt *prompt);

/* Draws into the last rows of the box; returns the cursor's column. */
int fm_prompt_draw(FmPrompt *prompt, const FmScreen *screen, FmBox box);
