/* fathom teach: lessons on real packets. */
#pragma once

int fm_teach_run(int argc, char **argv);
