/* fathom flows: a table of all flows of a capture. */
#pragma once

/* argv[0] is the verb. Returns the program's exit status. */
int fm_flows_run(int argc, char **argv);
