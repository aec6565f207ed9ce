/* fathom: reads packets and shows what the protocols in them are doing. */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "commands/series.h"
#include "options.h"

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    if (argc > 1 && strcmp(argv[1], "series") == 0)
        return fm_series_run(argc - 1, argv + 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(FmOptions) options = fm_options_parse(argc, argv, &error);
    if (!options) {
        fprintf(stderr, "fathom: %s\n", error->message);
        return 1;
    }
    return fm_batch_run(options);
}
