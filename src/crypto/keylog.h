/* Lines of an NSS key log: LABEL, what the secret is found by, the secret. */
#pragma once

#include <stdbool.h>

#include "crypto/secrets.h"

typedef struct FmKeylogLine {
    FmSecretKind kind;
    uint8_t name[32], secret[FM_MAX_SECRET];
    size_t name_size, secret_size;
} FmKeylogLine;

/* Reads one line, without its end. False for comments, unknown labels and what is damaged. */
bool fm_keylog_line(const char *text, size_t size, FmKeylogLine *line);

/* The label of a kind as key logs write it; NULL if they do not. */
const char *fm_keylog_label(FmSecretKind kind);
