/* fathom explain: what happened in a capture, in a flow, in a packet, and why. */
#pragma once

/* argv[0] is the verb. Returns the program's exit status. */
int fm_explain_run(int argc, char **argv);
