/* fathom qlog: QUIC connections as qlog, one trace each. */
#pragma once

/* argv[0] is "qlog". Returns the exit status. */
int fm_qlog_run(int argc, char **argv);
