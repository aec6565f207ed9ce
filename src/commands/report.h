/* fathom report: a capture as one page. */
#pragma once

/* argv[0] is "report". Returns the exit status. */
int fm_report_run(int argc, char **argv);
