/* fathom plot: a picture of a flow in a file. */
#pragma once

int fm_plot_run(int argc, char **argv);
