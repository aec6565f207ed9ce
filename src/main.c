/* fathom: reads packets and shows what the protocols in them are doing. */
#include "config.h"

#include <locale.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "capture/source.h"
#include "commands/explain.h"
#include "commands/flows.h"
#include "commands/follow.h"
#include "commands/objects.h"
#include "commands/plot.h"
#include "commands/report.h"
#include "commands/qlog.h"
#include "commands/series.h"
#include "commands/teach.h"
#include "interactive.h"
#include "options.h"

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    fm_source_map_files();
#ifdef __GLIBC__
    mallopt(M_MXFAST, 0); /* flows come and go: emptying the fast bins again and again costs more than they save */
#endif
    static const struct {
        const char *verb;
        int (*run)(int argc, char **argv);
    } commands[] = { { "explain", fm_explain_run }, { "flows", fm_flows_run }, { "follow", fm_follow_run }, { "objects", fm_objects_run },
                   { "plot", fm_plot_run }, { "report", fm_report_run },       { "qlog", fm_qlog_run },       { "series", fm_series_run },
                   { "teach", fm_teach_run } };
    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++)
        if (strcmp(argv[1], commands[i].verb) == 0)
            return commands[i].run(argc - 1, argv + 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(FmOptions) options = fm_options_parse(argc, argv, &error);
    if (!options) {
        fprintf(stderr, "fathom: %s\n", error->message);
        return 1;
    }
    return fm_interactive_wanted(options) ? fm_interactive_run(options, NULL) : fm_batch_run(options);
}
