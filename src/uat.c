/* Rows of tables of preferences: -o uat:NAME:ROW. */
#include "config.h"

#include "uat.h"

#include <stdbool.h>

GPtrArray *fm_uat_row(const char *row)
{
    GPtrArray *fields = g_ptr_array_new_with_free_func(g_free);
    while (*row) {
        GString *field = g_string_new(NULL);
        bool quoted = *row == '"';
        for (row += quoted; *row && *row != (quoted ? '"' : ','); row++) {
            if (*row == '\\' && row[1] == 'x' && g_ascii_isxdigit(row[2]) && g_ascii_isxdigit(row[3])) {
                g_string_append_c(field, (char)(g_ascii_xdigit_value(row[2]) << 4 | g_ascii_xdigit_value(row[3])));
                row += 3;
                continue;
            }
            if (*row == '\\' && row[1])
                row++;
            g_string_append_c(field, *row);
        }
        g_ptr_array_add(fields, g_string_free(field, FALSE));
        row += quoted && *row == '"';
        while (*row == ',' || g_ascii_isspace(*row))
            row++;
    }
    return fields;
}
