/* fathom: reads packets and shows what the protocols in them are doing. */
#include "config.h"

#include <locale.h>
#include <stdio.h>

#include "batch.h"
#include "options.h"

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_autoptr(GError) error = NULL;
    g_autoptr(FmOptions) options = fm_options_parse(argc, argv, &error);
    if (!options) {
        fprintf(stderr, "fathom: %s\n", error->message);
        return 1;
    }
    return fm_batch_run(options);
}
