/* fathom series: what TCP's senders knew and did, over time, as CSV. */
#pragma once

/* argv[0] is the verb. Returns the program's exit status. */
int fm_series_run(int argc, char **argv);
