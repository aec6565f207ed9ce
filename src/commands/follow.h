/* fathom follow. */
#pragma once

/* argv[0] is "follow". Returns the exit status. */
int fm_follow_run(int argc, char **argv);
