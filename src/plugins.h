/* Protocols from outside the tree (engine/plugin.h). */
#pragma once

#include "model/catalog.h"
#include "options.h"

/* The catalog of a run: protocols of plugins, then the program's own. Plugins are the files of --plugin, those that FATHOM_PLUGINS names
 * (files and folders, separated by colons), and those in the folder where they are installed.
 *
 * A file that was named and is no plugin, or one whose protocols collide with others, is an error: NULL, with error set. One that was found in
 * a folder is told of on standard error and left out. A program that runs with privileges of its own (set-user-ID, file capabilities)
 * takes only plugins that belong to root and that nobody else can change. */
FmCatalog *fm_plugins_catalog(const FmOptions *options, GError **error);
