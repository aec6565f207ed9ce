/* Wireshark's default colour rules: the first filter that matches gives a packet its colours. */
#pragma once

#include "session/archive.h"
#include "ui/theme.h"

typedef struct FmRules FmRules;

/* Rules whose fields nobody knows here are left out. */
FmRules *fm_rules_new(const FmCatalog *catalog);
void fm_rules_free(FmRules *rules);

/* Asks the viewer for what the rules look at. */
void fm_rules_want(const FmRules *rules, FmViewer *viewer);

FmStyle fm_rules_style(const FmRules *rules, const FmPacket *packet);
